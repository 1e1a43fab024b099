"""How long a site takes to build: cold, with nothing changed, with one sentence changed, with one
table changed.

    python benchmarks/build.py [--posts 1000] [--jobs 2] [--quarto-posts 20] [--keep DIR]
                               [--only STAGE …] [--python PATH]

A publication is written of `--posts` articles of about 1,100 words and two charts each, and built
by `broadsheet build`, each build in a process of its own as a person would start it. First
everything runs; what is measured then is the making of the site alone: the runs and the charts' pictures are at
hand, the site and all that the build has stored are put away ("cold"; not removed, since a file
system that has just removed so many files is slow to make others). Where `quarto` is on PATH it
renders as many posts as `--quarto-posts` says, executed notebooks too, as it comes (plotly's own
output, nothing of ours), and its time a page is set beside ours.

To set two versions beside each other, build the same publication by each: `--keep` names a folder,
which is written if it is not there (copy it for the other version), `--python` the interpreter of
an environment that has the other version, and `--only` the stages that are to run, in their order:
`everything`, `cold`, `nothing`, `sentence`, `table`.

Peak memory is the resident set of the largest process of the build. Times are wall time; on a
machine that has other work, trust the ratios.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

_WORDS = """trade port harbour council price barrel river budget minister winter market tonne export import currency
season factory village railway grain border election figure survey record quarter customs demand supply
reserve pipeline tariff harvest cargo treaty mayor signal bridge energy average ledger account"""
WORDS = _WORDS.split()
SITE = """\
project: {type: website, render: ["*.qmd", "posts/**/index.ipynb"]}
website: {title: The Ledger, site-url: "https://ledger.example/", navbar: {left: [{href: about.qmd, text: About}]}}
lang: en
bibliography: references.bib
"""
FRONT = """\
---
title: The Ledger
listing: {contents: posts, sort: date desc, feed: true}
---
"""
REFERENCES = """\
@techreport{ledger, author={{Office of the Ledger}}, title={Yearly account}, year={2024}, url={https://ledger.example/a}}
"""
OLD, NEW = "in *short* and", "in few and"
"""Words of each article, and those that an edit puts in their place."""
CHART = """\
#| label: fig-{name}
#| fig-cap: The {name} of the year.
#| fig-alt: A chart of the {name}.
#| source: false
go.Figure(go.{kind}(x=figures.year, y=figures.{name}, name="{name}"))"""


@dataclass(frozen=True)
class Timed:
    """A command that was run: seconds of wall and processor time, bytes of its largest process."""

    wall: float
    processor: float
    memory: int
    output: str


def main() -> int:
    """Write, build, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--quarto-posts", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder for the publication, which stays")
    parser.add_argument("--only", choices=STAGES, nargs="+", default=STAGES, help="these stages")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that builds")
    options = parser.parse_args()
    versions = (
        f"{name} {importlib.metadata.version(name)}"
        for name in ("plotly", "pypandoc_binary", "nbformat", "papermill")
    )
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; {', '.join(versions)}")
    with tempfile.TemporaryDirectory() as folder:
        root = options.keep or Path(folder, "publication")
        if not (root / "_quarto.yml").is_file():
            publication(root, options.posts)
        build = [options.python, "-m", "broadsheet", "build", "--jobs", str(options.jobs)]
        for stage, function in STAGES.items():
            if stage in options.only:
                function(build, root, options.posts)
        if options.only != STAGES:
            print("only some stages ran: no peer in this run")
        elif shutil.which("quarto"):
            peer(root, Path(folder, "peer"), options.quarto_posts)
        else:
            print("quarto is not on PATH: no peer in this run")
    return 0


def publication(root: Path, posts: int) -> None:
    """A front page, an about page, one table, and ``posts`` articles."""
    files = {
        "_quarto.yml": SITE,
        "index.qmd": FRONT,
        "references.bib": REFERENCES,
        "data/shared.csv": table(0),
        "about.qmd": "---\ntitle: About\n---\nWho we are.\n",
    }
    for number in range(posts):
        files[f"posts/p{number:05}/index.ipynb"] = nbformat.writes(article(number))
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def table(seed: int) -> str:
    """A table of twenty-four years."""
    chance = random.Random(seed)
    rows = [
        f"{year},{chance.uniform(10, 90):.1f},{chance.uniform(20, 60):.1f}"
        for year in range(2000, 2024)
    ]
    return "\n".join(["year,income,outlay", *rows]) + "\n"


def article(number: int) -> Any:
    """One article; its table is its own, and one of twenty, so that no more than twenty pairs of
    charts are drawn.
    """
    chance = random.Random(number)
    front = (
        f'---\ntitle: "The {chance.choice(WORDS)} and the {chance.choice(WORDS)}, part {number}"\n'
        f"subtitle: {sentence(chance)}\ndescription: {sentence(chance)}\nauthor: A. Clerk\n"
        f"date: 2024-{number % 12 + 1:02}-{number % 28 + 1:02}\ncategories: [{WORDS[number % 5]}]\n---"
    )
    code = "import pandas as pd\nimport plotly.graph_objects as go\n" + (
        'figures = pd.read_csv("../../data/shared.csv")'
        if number % 10 == 0
        else f"import io\nfigures = pd.read_csv(io.StringIO({table(number % 20)!r}))"
    )
    cells = [new_raw_cell(front), new_code_cell(code)]
    for name, kind in (("income", "Scatter"), ("outlay", "Bar")):
        cells += [
            new_markdown_cell(prose(chance, name)),
            new_code_cell(CHART.format(name=name, kind=kind)),
        ]
    cells.append(new_markdown_cell(f"{prose(chance, 'income')}\n\n[^1]: {sentence(chance)}"))
    return notebook(cells)


def notebook(cells: list[Any]) -> Any:
    """A notebook of these cells."""
    for index, cell in enumerate(cells):
        cell["id"] = f"c{index}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def sentence(chance: random.Random) -> str:
    """About a dozen words."""
    return " ".join(chance.choices(WORDS, k=chance.randint(8, 16))).capitalize() + "."


def prose(chance: random.Random, name: str) -> str:
    """About 370 words of Markdown: a heading, paragraphs with a reference, a citation, a link and a
    note, a list.
    """
    paragraphs = [" ".join(sentence(chance) for _ in range(6)) for _ in range(4)]
    paragraphs[0] += f" See @fig-{name}, and [@ledger]."
    paragraphs[1] += " More is [about us](/about.qmd), in *short* and **bold** words.[^1]"
    points = "\n".join(f"- {sentence(chance)}" for _ in range(3))
    return f"## On the {chance.choice(WORDS)}\n\n" + "\n\n".join([*paragraphs, points])


def everything(build: list[str], root: Path, posts: int) -> None:
    """Build it for the first time."""
    tell("everything, from nothing", timed(build, root), posts)


def cold(build: list[str], root: Path, posts: int) -> None:
    """Build the site anew, with the runs and the pictures at hand."""
    with set_aside(root):
        tell("press alone, cold", timed(build, root), posts)


@contextmanager
def set_aside(root: Path) -> Iterator[None]:
    """Put the site and what the build has stored of its pages away, and remove them in the end: a
    file system that has just removed so many files is slow to make others. They are put beside the
    publication, since the next build sees it if something in there has changed.
    """
    aside = root.with_name(f"{root.name}-aside")
    aside.mkdir()
    stores = (f".broadsheet/{name}" for name in ("pages", "search", "markdown", "figures"))
    for kept in ("_site", ".broadsheet/_site.before", *stores):
        if (root / kept).exists():
            (root / kept).rename(aside / Path(kept).name)
    yield
    shutil.rmtree(aside)


def nothing(build: list[str], root: Path, posts: int) -> None:
    """Build when nothing has changed."""
    tell("nothing changed", timed(build, root), posts)


def one_sentence(build: list[str], root: Path, posts: int) -> None:
    """Build when one sentence of one article has changed."""
    path = root / f"posts/p{posts // 2:05}/index.ipynb"
    text = path.read_text(encoding="utf-8")
    text = text.replace(OLD, NEW, 1) if OLD in text else text.replace(NEW, OLD, 1)
    path.write_text(text, encoding="utf-8")
    tell("one sentence changed", timed(build, root), posts)


def one_table(build: list[str], root: Path, posts: int) -> None:
    """Build when a table has changed that a tenth of the articles read."""
    shared = root / "data/shared.csv"
    seed = zlib.crc32(shared.read_bytes()) % 1000 + 1000
    shared.write_text(table(seed), encoding="utf-8")
    tell(f"one table changed, which {(posts + 9) // 10} posts read", timed(build, root), posts)


STAGES = {
    "everything": everything,
    "cold": cold,
    "nothing": nothing,
    "sentence": one_sentence,
    "table": one_table,
}
"""The builds of `broadsheet`, in their order."""


def peer(root: Path, folder: Path, posts: int) -> None:
    """`quarto render` of the first posts, executed by nobody anew: outputs are in the notebooks."""
    names = sorted(path.parent.name for path in root.glob("posts/*/index.ipynb"))[:posts]
    for name in ("_quarto.yml", "index.qmd", "about.qmd", "references.bib", "data/shared.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)
    for name in names:
        target = folder / "posts" / name / "index.ipynb"
        target.parent.mkdir(parents=True)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "papermill",
                str(root / "posts" / name / "index.ipynb"),
                str(target),
                "--cwd",
                str(root / "posts" / name),
                "--no-progress-bar",
                "--engine",
                "warm",
            ],
            check=True,
            capture_output=True,
        )
    version = subprocess.run(
        ["quarto", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    for state in ("cold", "nothing changed"):
        tell(
            f"quarto {version} render, {state}",
            timed(["quarto", "render", "--no-execute"], folder),
            len(names),
        )


def timed(command: list[str], folder: Path) -> Timed:
    """Run a command to its end. Modules are compiled once, as they are for people."""
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{output[-3000:]}")
    return Timed(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output)


def tell(what: str, run: Timed, pages: int) -> None:
    """One line."""
    print(
        f"{what}: {run.wall:.2f} s wall, {run.processor:.2f} s processor, {1000 * run.wall / pages:.1f} ms a post, "
        f"peak {run.memory / 2**20:,.0f} MiB | {json.dumps(run.output.strip().splitlines()[-1][:100])}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
