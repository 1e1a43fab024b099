"""How fast editions run: stock papermill, the warm engine and a build, the same notebook, as many
processes.

    python benchmarks/execution.py [--editions 200] [--jobs 2] [--sample N]

Each edition is one small article: a table of 400 rows made from its parameter, a pandas summary,
two plotly charts. Both engines go through `papermill.execute_notebook`, each in `--jobs` worker
processes, in the same run, in turn, a quarter of the editions each time, since a machine has its
moods; the warm engine's time includes starting its warm processes. Then the outputs are compared,
edition by edition, as they are. `--sample N` runs only N editions through the stock engine and
compares the rates. On a machine that has other work, the ratio of processor time is the one to
trust. Peak memory is that of a worker and of its largest child, resident pages; a forked process
shares most of them with the warm one.

Then the same editions, declared in a publication, are run as `broadsheet build` runs them: with
what they read, their tables and facts recorded, and each run kept. Rates and processor time include
this process, which keeps them.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import multiprocessing
import os
import platform
import resource
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
    from broadsheet.engine.zygotes import close_all

    close_all()  # a child's use is counted when it has ended
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


def built(editions: int, jobs: int, root: Path) -> tuple[float, float]:
    """Seconds, and seconds of processor, of running ``editions`` as a build does."""
    from broadsheet.project.reading import open_publication
    from broadsheet.run.executors import open_executor
    from broadsheet.run.running import execute

    article = notebook()
    front = f"title: Trade\neditions:\n  matrix: {{partner: {list(range(1, editions))}}}\n  slug: 'p{{{{ partner }}}}'"
    article.cells[0] = new_raw_cell(f"---\n{front}\n---")
    article.cells[1].source = "partner: int = 0"
    (root / "posts/trade").mkdir(parents=True)
    (root / "_quarto.yml").write_text("project:\n  type: website\nwebsite:\n  title: Trade\n")
    nbformat.write(article, root / "posts/trade/index.ipynb")
    publication = open_publication(root)

    def processor() -> float:
        return sum(
            used.ru_utime + used.ru_stime
            for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )

    before, start = processor(), time.perf_counter()
    with open_executor(None, jobs, publication.project) as executor:
        for outcome in execute(publication.project, publication.editions, executor):
            assert outcome.error is None and outcome.ran, outcome
    return time.perf_counter() - start, processor() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description="Stock papermill against the engine broadsheet-warm."
    )
    parser.add_argument("--editions", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument(
        "--sample", type=int, default=0, help="editions through the stock engine (default: all)"
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
        stock, warm = (
            Engine(name, options.jobs, Path(folder)) for name in (None, "broadsheet-warm")
        )
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
        seconds, processor = built(options.editions, options.jobs, Path(folder, "publication"))
    differing = sum(one != other for one, other in zip(stock.outputs, warm.outputs, strict=False))
    print(
        f"ratio {rates[1] / rates[0]:.1f} ({costs[0] / costs[1]:.1f} by processor time); "
        f"outputs that differ: {differing} of {len(stock.outputs)}"
    )
    rate, cost = options.editions / seconds, processor / options.editions
    print(
        f"{'a build':16} {options.editions:4} editions in {seconds:5.1f} s, {rate:6.2f} a second, "
        f"{cost * 1000:.0f} ms of processor each\n"
        f"ratio {rate / rates[0]:.1f} ({costs[0] / cost:.1f} by processor time)"
    )


if __name__ == "__main__":
    main()
