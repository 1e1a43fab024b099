"""What facts and claims cost in a cold build: the same articles, with their numbers bound and with
plain ones.

    python benchmarks/facts.py [--posts 100] [--rounds 3] [--jobs 2]

Two publications are written of the same articles: about 1,100 words, two charts, a table of the
catalogue, twenty numbers and six comparatives in the prose. In one the numbers are facts and the
comparatives rest on claims; in the other the same words are put in by f-strings. Both are built
from nothing, in turn, each build in a process of its own. The ratio of their times is the result;
on a machine that has other work, take several rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from build import CHART, FRONT, REFERENCES, SITE, Timed, notebook, prose, table, timed
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from broadsheet.data.catalogue import update_hashes

FACTS, CLAIMS = range(2001, 2021), range(2001, 2007)
TABLE = {
    "name": "ledger",
    "type": "table",
    "path": "ledger.csv",
    "title": "The ledger",
    "description": "Income and outlay.",
    "schema": {
        "fields": [
            {"name": "year", "title": "Year", "type": "integer", "constraints": {"required": True}},
            {"name": "income", "title": "Income", "type": "number", "unit": "US$ bn"},
            {"name": "outlay", "title": "Outlay", "type": "number", "unit": "US$ bn"},
        ],
        "primaryKey": ["year"],
    },
    "sources": [
        {
            "title": "Yearly account",
            "publisher": "Office of the Ledger",
            "path": "https://ledger.example/a",
        }
    ],
    "licenses": [{"name": "CC-BY-4.0"}],
    "as_of": "2023-12-31",
    "retrieved": "2024-01-31",
}
READ = """\
import plotly.graph_objects as go
import broadsheet as bs
figures = bs.table("ledger")
income = figures.set_index("year")["income"]
"""
BOUND = READ + "\n".join(
    [
        *(
            f'sum_{year} = bs.usd(income[{year}], "$190.3 billion", name="income-{year}")'
            for year in FACTS
        ),
        *(
            f"moved_{year} = (bs.rose if income[{year}] > income[{year - 1}] else bs.fell)("
            f'income, {year - 1}, {year})("rose" if income[{year}] > income[{year - 1}] else "fell")'
            for year in CLAIMS
        ),
    ]
)
PLAIN = READ + "\n".join(
    [
        *(f'sum_{year} = f"${{income[{year}]:.1f}} billion"' for year in FACTS),
        *(
            f'moved_{year} = "rose" if income[{year}] > income[{year - 1}] else "fell"'
            for year in CLAIMS
        ),
    ]
)
SENTENCES = " ".join(
    f"In {year} it {f'`{{python}} moved_{year}` and ' if year in CLAIMS else ''}came to `{{python}} sum_{year}`."
    for year in FACTS
)


def main() -> int:
    """Write, build in turn, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        roots = {name: Path(folder, name) for name in ("plain", "bound")}
        for name, root in roots.items():
            publication(root, options.posts, BOUND if name == "bound" else PLAIN)
        times: dict[str, list[Timed]] = {name: [] for name in roots}
        for number in range(options.rounds):
            for name in sorted(roots, reverse=number % 2 == 0):
                shutil.rmtree(roots[name] / ".broadsheet", ignore_errors=True)
                shutil.rmtree(roots[name] / "_site", ignore_errors=True)
                run = timed(
                    [sys.executable, "-m", "broadsheet", "build", "--jobs", str(options.jobs)],
                    roots[name],
                )
                times[name].append(run)
                print(f"{name}: {run.wall:.1f} s wall, {run.processor:.1f} s processor", flush=True)
        for what in ("wall", "processor"):
            ratios = [
                getattr(bound, what) / getattr(plain, what)
                for bound, plain in zip(times["bound"], times["plain"], strict=True)
            ]
            print(
                f"bound to plain, {what}: {statistics.median(ratios):.3f} "
                f"({', '.join(f'{ratio:.3f}' for ratio in ratios)})"
            )
    return 0


def publication(root: Path, posts: int, code: str) -> None:
    """A front page, a table, and ``posts`` articles."""
    files = {
        "_quarto.yml": f"{SITE}broadsheet: {{page-time-limit: 300}}\n",
        "index.qmd": FRONT,
        "about.qmd": "---\ntitle: About\n---\nWho we are.\n",
        "references.bib": REFERENCES,
        "data/ledger.csv": table(0),
        "data/datapackage.json": json.dumps(
            {
                "name": "ledger",
                "title": "Ledger",
                "resources": [TABLE],
                "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            }
        ),
    }
    for number in range(posts):
        files[f"posts/p{number:05}/index.ipynb"] = nbformat.writes(article(number, code))
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    update_hashes(root)


def article(number: int, code: str) -> Any:
    """One article."""
    chance = random.Random(number)
    cells = [
        new_raw_cell(
            f"---\ntitle: The ledger, part {number}\ndate: 2024-01-{number % 28 + 1:02}\n---"
        ),
        new_code_cell(code),
    ]
    for name, kind in (("income", "Scatter"), ("outlay", "Bar")):
        cells += [
            new_markdown_cell(prose(chance, name)),
            new_code_cell(CHART.format(name=name, kind=kind)),
        ]
    cells.append(new_markdown_cell(f"{prose(chance, 'income')}\n\n{SENTENCES}\n\n[^1]: A note."))
    return notebook(cells)


if __name__ == "__main__":
    sys.exit(main())
