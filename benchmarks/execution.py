"""How fast editions run: stock papermill, the warm engine and a build, the same notebook, as many
processes.

    python benchmarks/execution.py [--editions 200] [--jobs 2] [--sample N] [--publication FOLDER]
                                   [--engines-alone]

Each edition is one small article: a table of 400 rows made from its parameter, a pandas summary,
two plotly charts. Both engines go through `papermill.execute_notebook`, each in `--jobs` worker
processes, in the same run, in turn, a quarter of the editions each time, since a machine has its
moods; the warm engine's time includes starting its warm processes. Then the outputs are compared,
edition by edition, as they are. `--sample N` runs only N editions through the stock engine and
compares the rates. On a machine that has other work, the ratio of processor time is the one to
trust. Peak memory is that of a worker and of its largest child, resident pages; a forked process
shares most of them with the warm one.

Then publications are run as `broadsheet build` runs them from nothing: with what they read, their
tables and facts recorded, and each run kept. Rates and processor time include this process, which
keeps them. The first has the same editions. In the second they use `broadsheet`: a table of the
catalogue, facts, a claim and a staple chart. The third is a copy of a whole publication, this
repository's own if no other is given.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import multiprocessing
import os
import platform
import resource
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

CELLS = [
    ("parameters", "partner = 0"),
    (
        "",
        "import numpy as np\nimport pandas as pd\nimport plotly.graph_objects as go\n\n"
        "values = np.random.default_rng(partner).normal(100, 15, 400).cumsum()\n"
        "trade = pd.DataFrame({'month': pd.date_range('1990-01-01', periods=400, freq='MS'), 'value': values,\n"
        "                      'kind': np.where(np.arange(400) % 3, 'goods', 'services')})\n"
        "trade.head()",
    ),
    (
        "",
        "yearly = trade.groupby([trade.month.dt.year, 'kind'])['value'].agg(['sum', 'mean']).round(1).reset_index()\n"
        "print(f'Partner {partner}: {len(yearly)} rows, {yearly[\"sum\"].sum():,.0f} in all')\nyearly.tail()",
    ),
    (
        "",
        "goods = trade[trade.kind == 'goods']\n"
        "go.Figure(go.Scatter(x=goods.month, y=goods.value, mode='lines', name='goods'),\n"
        "          go.Layout(title=f'Trade with partner {partner}', xaxis={'title': 'month'}))",
    ),
    (
        "",
        "totals = yearly.groupby('month')['sum'].sum()\n"
        "go.Figure(go.Bar(x=list(totals.index), y=list(totals)), go.Layout(title='By year'))",
    ),
]


ROUNDS = 4


def notebook() -> Any:
    """The article."""
    cells = [new_markdown_cell("# Trade with a partner")]
    cells += [new_code_cell(code, metadata={"tags": [tag] if tag else []}) for tag, code in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def run(engine: str | None, source: str, target: str, partner: int) -> str:
    """One edition, in a worker: its outputs as JSON."""
    import papermill

    ran = papermill.execute_notebook(
        source, target, {"partner": partner}, engine_name=engine, progress_bar=False
    )
    return json.dumps(
        [cell.outputs for cell in ran.cells if cell.cell_type == "code"], sort_keys=True
    )


def used(_: int) -> tuple[float, int]:
    """By this worker and its children: seconds of processor, and the peak of it and of the largest
    child in bytes.
    """
    from papermill_warm.zygote_pool import ZYGOTES

    ZYGOTES.close_all()  # a child's use is counted when it has ended
    time.sleep(0.2)  # so that each worker answers once
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usages), sum(
        one.ru_maxrss for one in usages
    ) * 1024


class Engine:
    """Worker processes that run editions through one engine; what it took so far is added up."""

    def __init__(self, name: str | None, jobs: int, folder: Path) -> None:
        self.name, self._jobs, self._folder = name, jobs, folder
        self._pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
        self._before = sum(
            seconds for seconds, _ in self._pool.map(used, range(jobs))
        )  # and workers are up
        self.outputs: list[str] = []
        self.seconds = 0.0

    def run(self, editions: range) -> None:
        """Run some editions."""
        targets = [
            str(self._folder / f"{self.name or 'stock'}-{number}.ipynb") for number in editions
        ]
        source = [str(self._folder / "article.ipynb")] * len(editions)
        start = time.perf_counter()
        self.outputs += self._pool.map(run, [self.name] * len(editions), source, targets, editions)
        self.seconds += time.perf_counter() - start

    def end(self) -> tuple[float, int]:
        """Seconds of processor, and peak memory."""
        after, peaks = zip(*self._pool.map(used, range(self._jobs)), strict=True)
        self._pool.shutdown()
        return sum(after) - self._before, max(peaks)


def parts(editions: int) -> list[range]:
    """The editions in :data:`ROUNDS` parts."""
    bounds = [editions * number // ROUNDS for number in range(ROUNDS + 1)]
    return [range(*pair) for pair in pairwise(bounds)]


BROADSHEET_CELLS = [
    "partner: int = 0",
    "import broadsheet as bs\n\ntrade = bs.table('trade').set_index('year')",
    "total = bs.usd(trade['total'][2022], '$190.3 billion', name='total')\n"
    "before = bs.usd(trade['total'][2021], '$190.3 billion', name='before')\n"
    "part = bs.pct(100 / (partner + 2), '12.3 percent', unit='percent', source=trade, name='part')\n"
    "rose = bs.rose(trade['total'], 2021, 2022)('rose')",
    "summary = bs.prose('Trade {} to {} from {}', rose, total, before)",
    "bs.charts.lines(trade[['total']], unit='US$ bn')",
]
CONFIG = "project:\n  type: website\nwebsite:\n  title: Trade\n"
LEFT_OUT = shutil.ignore_patterns("_site", ".*", "node_modules", "src", "tests", "__pycache__")


def publication(root: Path, cells: list[str], editions: int) -> Path:
    """A publication of one article with so many editions, and a table."""
    from broadsheet.data.catalogue import update_hashes

    front = (
        f"title: Trade\neditions:\n  matrix: {{partner: {list(range(1, editions))}}}\n"
        "  slug: 'p{{ partner }}'"
    )
    made = [new_raw_cell(f"---\n{front}\n---")]
    made += [
        new_code_cell(code, metadata={"tags": [] if number else ["parameters"]})
        for number, code in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    table = {
        "name": "trade",
        "type": "table",
        "path": "trade.csv",
        "title": "Trade",
        "description": "Trade by year.",
        "as_of": "2022-12-31",
        "retrieved": "2023-01-01",
        "sources": [{"title": "Customs", "publisher": "Customs", "path": "https://example.org/"}],
        "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org/"}],
        "schema": {
            "primaryKey": ["year"],
            "fields": [
                {"name": "year", "type": "integer", "title": "Year"},
                {"name": "total", "type": "number", "title": "Trade", "unit": "US$ bn"},
            ],
        },
    }
    for folder in ("posts/trade", "data"):
        (root / folder).mkdir(parents=True)
    (root / "_quarto.yml").write_text(CONFIG)
    (root / "data/trade.csv").write_text(
        "year,total\n" + "".join(f"{year},{year - 1900}.5\n" for year in range(1923, 2023))
    )
    (root / "data/datapackage.json").write_text(
        json.dumps({"name": "trade", "title": "Trade", "resources": [table]})
    )
    update_hashes(root)
    nbformat.write(
        new_notebook(cells=made, metadata={"kernelspec": kernel}), root / "posts/trade/index.ipynb"
    )
    return root


def built(root: Path, jobs: int) -> tuple[int, float, float]:
    """Runs, seconds, and seconds of processor, of running a publication as a build does."""
    from broadsheet.project.reading import open_publication
    from broadsheet.run.executors import open_executor
    from broadsheet.run.running import execute

    opened = open_publication(root)
    editions = [one for one in opened.editions if one.source.notebook is not None]

    def processor() -> float:
        return sum(
            used.ru_utime + used.ru_stime
            for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )

    before, start = processor(), time.perf_counter()
    with open_executor(None, jobs, opened.project) as executor:
        for outcome in execute(opened.project, editions, executor):
            assert outcome.error is None and outcome.ran, outcome
    return len(editions), time.perf_counter() - start, processor() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Stock papermill against the engine warm.")
    parser.add_argument("--editions", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument(
        "--sample", type=int, default=0, help="editions through the stock engine (default: all)"
    )
    parser.add_argument("--publication", type=Path, default=Path(__file__).parents[1])
    parser.add_argument(
        "--engines-alone", action="store_true", help="no publications, which need Broadsheet"
    )
    options = parser.parse_args()
    names = ("papermill", "nbclient", "ipykernel", "ipython", "pandas", "numpy", "plotly")
    print(
        f"Python {platform.python_version()}, "
        + ", ".join(f"{n} {importlib.metadata.version(n)}" for n in names)
    )
    print(
        f"{options.jobs} processes, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
    )
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook(), Path(folder, "article.ipynb"))
        stock, warm = (Engine(name, options.jobs, Path(folder)) for name in (None, "warm"))
        for few, many in zip(
            parts(options.sample or options.editions), parts(options.editions), strict=True
        ):
            stock.run(few)
            warm.run(many)
        rates, costs = [], []
        for engine in (stock, warm):
            editions, (processor, memory) = len(engine.outputs), engine.end()
            rates.append(editions / engine.seconds)
            costs.append(processor / editions)
            print(
                f"{engine.name or 'stock':16} {editions:4} editions in {engine.seconds:5.1f} s, {rates[-1]:6.2f} a "
                f"second, {costs[-1] * 1000:.0f} ms of processor each, peak {memory / 2**20:.0f} MB"
            )
        print_ratios(stock, warm, rates, costs)
        if options.engines_alone:
            return
        plain = [code.replace("partner = 0", "partner: int = 0") for _, code in CELLS]
        whole = shutil.copytree(options.publication, Path(folder, "whole"), ignore=LEFT_OUT)
        for name, root in (
            ("plain", publication(Path(folder, "plain"), plain, options.editions)),
            ("broadsheet", publication(Path(folder, "own"), BROADSHEET_CELLS, options.editions)),
            ("publication", whole),
        ):
            runs, seconds, processor = built(root, options.jobs)
            rate, cost = runs / seconds, processor / runs
            print(
                f"build {name:11} {runs:4} runs in {seconds:5.1f} s, {rate:6.2f} a second, "
                f"{cost * 1000:.0f} ms of processor each; ratio {rate / rates[0]:.1f} "
                f"({costs[0] / cost:.1f} by processor time)"
            )


def print_ratios(stock: Engine, warm: Engine, rates: list[float], costs: list[float]) -> None:
    """How the two engines compare, and whether their outputs do."""
    differing = sum(one != other for one, other in zip(stock.outputs, warm.outputs, strict=False))
    print(
        f"ratio {rates[1] / rates[0]:.1f} ({costs[0] / costs[1]:.1f} by processor time); "
        f"outputs that differ: {differing} of {len(stock.outputs)}"
    )


if __name__ == "__main__":
    main()
