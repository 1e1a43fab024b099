"""How long the editions of one notebook take when only its prose has changed.

    python benchmarks/editions.py [--editions 200] [--jobs 2] [--keep DIR] [--python PATH]

A publication is written of one article of about 1,100 words with two charts and eight facts, which
has so many editions, a row of a table each. First everything runs. Then a sentence of the notebook
changes, again and again: the runs and the pictures are at hand, and all pages are made anew. Last
the table changes, so that all editions run.

To set two versions beside each other, see `build.py`: `--keep` and `--python` are as there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from build import (
    CHART,
    FRONT,
    NEW,
    OLD,
    REFERENCES,
    SITE,
    WORDS,
    notebook,
    prose,
    sentence,
    tell,
    timed,
)
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

ROUNDS = 3
"""The number of sentences that change."""
ARTICLE = "posts/partners/index.ipynb"
SAID = """
In 2023 the {name} of `{{python}} partner` was `{{python}} f"{{last.{name}:.1f}} million"`, after
`{{python}} f"{{first.{name}:.1f}} million"` in 2000. The highest was
`{{python}} f"{{figures.{name}.max():.1f}} million"`, the mean
`{{python}} f"{{figures.{name}.mean():.1f}} million"`.
"""


def main() -> int:
    """Write, build, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--editions", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="a folder for the publication, which stays")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that builds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = options.keep or Path(folder, "publication")
        if not (root / "_quarto.yml").is_file():
            publication(root, options.editions)
        build = [options.python, "-m", "broadsheet", "build", "--jobs", str(options.jobs)]
        tell("everything, from nothing", timed(build, root), options.editions)
        for _ in range(ROUNDS):
            text = (root / ARTICLE).read_text(encoding="utf-8")
            text = text.replace(OLD, NEW, 1) if OLD in text else text.replace(NEW, OLD, 1)
            (root / ARTICLE).write_text(text, encoding="utf-8")
            tell("one sentence changed", timed(build, root), options.editions)
        (root / "data/trade.csv").write_text(table(options.editions, 2), encoding="utf-8")
        tell("the table changed", timed(build, root), options.editions)
    return 0


def publication(root: Path, editions: int) -> None:
    """A front page, an about page, one table, and the article."""
    files = {
        "_quarto.yml": SITE + "execute: {echo: false}\n",
        "index.qmd": FRONT,
        "references.bib": REFERENCES,
        "about.qmd": "---\ntitle: About\n---\nWho we are.\n",
        "data/trade.csv": table(editions, 1),
        ARTICLE: nbformat.writes(article(editions)),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def partners(editions: int) -> list[str]:
    """The names of the rows."""
    return [f"{WORDS[number % len(WORDS)].capitalize()}land {number}" for number in range(editions)]


def table(editions: int, seed: int) -> str:
    """A table of twenty-four years for each partner."""
    chance = random.Random(seed)
    rows = [
        f"{partner},{year},{chance.uniform(10, 90):.1f},{chance.uniform(20, 60):.1f}"
        for partner in partners(editions)
        for year in range(2000, 2024)
    ]
    return "\n".join(["partner,year,income,outlay", *rows]) + "\n"


def article(editions: int) -> Any:
    """The notebook."""
    chance, (first, *others) = random.Random(1), partners(editions)
    front = (
        f'---\ntitle: "Trade with `{{python}} partner`"\nsubtitle: {sentence(chance)}\n'
        f"description: {sentence(chance)}\nauthor: A. Clerk\ndate: 2024-05-06\ncategories: [trade]\n"
        f'editions:\n  slug: "{{{{ partner | slug }}}}"\n  matrix: {{partner: {json.dumps(others)}}}\n---'
    )
    cells = [
        new_raw_cell(front),
        new_code_cell(
            "import broadsheet as bs\nimport pandas as pd\nimport plotly.graph_objects as go\n"
            'trade = pd.read_csv("../../data/trade.csv")'
        ),
        new_code_cell(f"partner = {first!r}", metadata={"tags": ["parameters"]}),
        new_code_cell(
            "figures = trade[trade.partner == partner]\nfirst, last = figures.iloc[0], figures.iloc[-1]"
        ),
    ]
    for name, kind in (("income", "Scatter"), ("outlay", "Bar")):
        cells += [
            new_markdown_cell(prose(chance, name) + "\n" + SAID.format(name=name)),
            new_code_cell(CHART.format(name=name, kind=kind)),
        ]
    cells.append(new_markdown_cell(f"{prose(chance, 'income')}\n\n[^1]: {sentence(chance)}"))
    return notebook(cells)


if __name__ == "__main__":
    sys.exit(main())
