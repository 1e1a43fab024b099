"""Slices of a large table: time, memory, and the look at the next build if they are as they were.

    python benchmarks/large_tables.py [--rows 10000000] [--slices 200] [--shuffled] [--keep FOLDER]

A Parquet file is written: trade by partner, product and year, in the order of partners, each of which is
an edition; or in no order. Each measurement is a process of its own, which says how much memory it had
at most. Beside the slice stand the same rows by pandas, which reads all, and by DuckDB if it is
installed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet

YEARS = 20
ENTRY = {
    "name": "flows",
    "type": "table",
    "path": "flows.parquet",
    "format": "parquet",
    "title": "Flows",
    "description": "Trade by partner, product and year.",
    "as_of": "2023-12-31",
    "retrieved": "2024-01-31",
    "sources": [{"title": "Flows", "publisher": "The Customs"}],
    "licenses": [{"name": "CC0-1.0"}],
    "schema": {
        "primaryKey": ["partner", "product", "year"],
        "fields": [
            {"name": "partner", "type": "string", "title": "Partner"},
            {"name": "product", "type": "integer", "title": "Product"},
            {"name": "year", "type": "integer", "title": "Year"},
            {
                "name": "value",
                "type": "number",
                "title": "Value",
                "unit": "US$",
                "constraints": {"minimum": 0},
            },
        ],
    },
}
MEASURED = """import re, time
from pathlib import Path
{setup}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
print(seconds, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""
WHERE = "where={'partner': 'Partner 007'}, columns=['product', 'year', 'value']"
STATES = (
    "for number in range({slices}):\n"
    "    state(Path.cwd(), f'data/flows.parquet: flows?partner=Partner%20{{number:03d}}"
    "#product,year,value')"
)
PEERS = {
    "pandas: all, then the rows": (
        "import pandas as pd",
        "flows = pd.read_parquet('data/flows.parquet')\n"
        "flows[flows.partner == 'Partner 007'][['product', 'year', 'value']].sum()",
    ),
    "DuckDB: the rows": (
        "import duckdb, pandas",
        "duckdb.sql(\"SELECT product, year, value FROM 'data/flows.parquet' "
        "WHERE partner = 'Partner 007'\").df().sum()",
    ),
}


def main() -> None:
    """Write the table, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--slices", type=int, default=200)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = options.keep or Path(folder)
        written(root, options.rows, options.slices, shuffled=options.shuffled)
        size = (root / "data/flows.parquet").stat().st_size / 1e6
        print(f"{options.rows:,} rows, {options.slices} partners, {size:,.0f} MB")
        states = STATES.format(slices=options.slices)
        reads = "from broadsheet.run.reads import state"
        for name, setup, work in (
            (
                "data check --update-hashes",
                "from broadsheet.data.catalogue import update_hashes",
                "update_hashes(Path.cwd())",
            ),
            (
                "data check, as it was",
                "from broadsheet.data.catalogue import Catalogue",
                "assert not Catalogue.open(Path.cwd()).check()",
            ),
            ("a slice", "import broadsheet as bs, pandas", f"bs.table('flows', {WHERE}).sum()"),
            (f"{options.slices} slices, the file changed", reads, states),
            (f"{options.slices} slices, the file as it was", reads, states),
            *((name, *peer) for name, peer in PEERS.items()),
        ):
            print(f"{name:<34} {measured(root, setup, work)}", flush=True)


def written(root: Path, rows: int, partners: int, *, shuffled: bool) -> None:
    """Write the publication."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "_quarto.yml").write_text("website:\n  title: Large\n")
    descriptor = {"name": "data", "title": "Data", "resources": [ENTRY]}
    (root / "data/datapackage.json").write_text(json.dumps(descriptor))
    chance, each = np.random.default_rng(1), rows // partners
    number = np.repeat(np.arange(partners), each)
    row = np.tile(np.arange(each), partners)
    table = pyarrow.table(
        {
            "partner": pyarrow.array([f"Partner {each:03d}" for each in range(partners)]).take(
                pyarrow.array(number)
            ),
            "product": row // YEARS,
            "year": 2004 + row % YEARS,
            "value": np.round(chance.random(len(row)) * 1e6, 2),
        }
    )
    if shuffled:
        table = table.take(pyarrow.array(chance.permutation(len(row))))
    pyarrow.parquet.write_table(table, root / "data/flows.parquet", row_group_size=100_000)


def measured(root: Path, setup: str, work: str) -> str:
    """Return time and memory of some work in a process of its own, or why there are none."""
    program = MEASURED.format(setup=setup, work=work)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    seconds, memory = map(float, done.stdout.split())
    return f"{seconds:8.3f} s  {memory:7,.0f} MB at most"


if __name__ == "__main__":
    main()
