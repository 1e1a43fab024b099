"""What a cluster costs: the same editions in local processes and on Dask workers of this machine,
in the same run.

    python benchmarks/scale.py [--editions 100] [--workers 2]

The publication is made for it: one article of `--editions` editions, each a small summary and chart
of a table of 4,000 rows. First local processes run it, as many as there are workers; then a
scheduler and the workers are started, on loopback, and run it with an empty cache. Printed are the
rates, what was sent to workers (jobs, files) and came back, the peak memory of the builder's
process in each half, and the scheduler's. Outcomes and cache entries are compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

CONFIG = "project:\n  type: website\n  output-dir: _site\nwebsite:\n  title: Scale\n"
CODE = (
    "import pandas as pd\nimport plotly.graph_objects as go\n\n"
    "rows = pd.read_csv('../../data/trade.csv')\nrows = rows[rows.partner == partner]\n"
    "yearly = rows.groupby('year').value.agg(['sum', 'mean']).round(1)\n"
    "print(f'Partner {partner}: {yearly[\"sum\"].sum():,.0f} in all')\nyearly.tail()",
    "go.Figure(go.Scatter(x=list(yearly.index), y=list(yearly['sum'])), go.Layout(title=f'Partner {partner}'))",
)


def publish(root: Path, editions: int) -> None:
    """Write the publication."""
    (root / "data").mkdir(parents=True)
    (root / "posts/a").mkdir(parents=True)
    (root / "_quarto.yml").write_text(CONFIG)
    (root / "data/trade.csv").write_text(
        "partner,year,value\n"
        + "".join(
            f"{number % editions},{1950 + number // editions % 70},{number * 37 % 1009}\n"
            for number in range(4000)
        )
    )
    front = f"title: A\neditions:\n  matrix: {{partner: {list(range(1, editions))}}}\n  slug: 'p{{{{ partner }}}}'"
    cells = [
        new_raw_cell(f"---\n{front}\n---"),
        new_code_cell("partner: int = 0", metadata={"tags": ["parameters"]}),
        *(new_code_cell(code) for code in CODE),
    ]
    nbformat.write(new_notebook(cells=cells), root / "posts/a/index.ipynb")


def run(
    root: Path, scheduler: str | None, workers: int
) -> tuple[dict[str, str], float, float, int]:
    """The results' digests, the seconds that they took with connecting or starting processes, and
    of this process the seconds of processor and the peak memory.
    """
    from broadsheet.project.reading import open_publication
    from broadsheet.run.executors import open_executor
    from broadsheet.run.running import execute

    publication = open_publication(root)
    start, used, results = time.perf_counter(), time.process_time(), {}
    with open_executor(scheduler, workers, publication.project) as executor:
        for outcome in execute(publication.project, publication.editions, executor):
            if outcome.error:
                raise outcome.error
            result = json.dumps(outcome.notebook(), sort_keys=True)
            results[outcome.edition.slug] = hashlib.sha256(result.encode()).hexdigest()
    return (
        results,
        time.perf_counter() - start,
        time.process_time() - used,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def cluster(folder: Path, workers: int, stack: ExitStack) -> tuple[str, psutil.Process]:
    """Start it; the scheduler's address and process."""

    def started(module: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"distributed.cli.{module}",
                *arguments,
                "--dashboard-address",
                ":0",
            ],
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        return process

    def output_of(process: subprocess.Popen[str], pattern: str) -> str:
        assert process.stderr is not None
        found = next(match for line in process.stderr if (match := re.search(pattern, line)))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        return found[0]

    scheduler = started("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    address = output_of(scheduler, r"(?<=Scheduler at: {5})\S+").strip()
    for one in [
        started("dask_worker", address, "--nthreads", "1", "--no-nanny") for _ in range(workers)
    ]:
        output_of(one, "Registered to")
    return address, psutil.Process(scheduler.pid)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description="Local processes against a Dask cluster on this machine."
    )
    parser.add_argument("--editions", type=int, default=100)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, "
        f"{options.editions} editions, {options.workers} processes"
    )
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        root = Path(name, "publication")
        publish(root, options.editions)
        runs = root / ".broadsheet/runs"
        local, seconds, used, memory = run(root, None, options.workers)
        print(
            f"local     {options.editions / seconds:6.2f} a second, {seconds:5.1f} s, "
            f"builder {memory / 2**20:.0f} MB and {used / options.editions * 1000:.0f} ms of processor an edition"
        )
        kept = sorted(path.name for path in runs.glob("??/*/*.json"))
        size = sum(path.stat().st_size for path in runs.glob("??/*/*.json")) / len(kept)
        shutil.rmtree(runs)
        address, scheduler = cluster(Path(name), options.workers, stack)
        before, traffic = (
            scheduler.memory_info().rss,
            psutil.net_io_counters(pernic=True)["lo"].bytes_sent,
        )
        remote, took, used, memory = run(root, address, options.workers)
        traffic = psutil.net_io_counters(pernic=True)["lo"].bytes_sent - traffic
        print(
            f"cluster   {options.editions / took:6.2f} a second, {took:5.1f} s, builder {memory / 2**20:.0f} MB "
            f"and {used / options.editions * 1000:.0f} ms of processor an edition, "
            f"scheduler {scheduler.memory_info().rss / 2**20:.0f} MB ({before / 2**20:.0f} before), "
            f"{traffic / options.editions / 1024:.0f} KB an edition over loopback, of which a result has "
            f"{size / 1024:.0f}"
        )
        same = local == remote and kept == sorted(path.name for path in runs.glob("??/*/*.json"))
        print(
            f"ratio {seconds / took:.2f}; outcomes and cache entries are {'the same' if same else 'NOT THE SAME'}"
        )


if __name__ == "__main__":
    main()
