"""The mutation test of articles that read slices of a table, in CSV and in Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable

import pyarrow
import pyarrow.parquet
import pytest

from broadsheet.data.catalogue import update_hashes
from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]

ROWS = [
    (name, year, 10.0 * at + year - 2020)
    for at, name in enumerate("abc", 1)
    for year in (2021, 2022)
]
READ = 'import broadsheet as bs\nflows = bs.table("flows"{})'
PART = ', where={"partner": "b"}, columns=["year", "value"]'


@pytest.fixture(params=["csv", "parquet"])
def paper(request: pytest.FixtureRequest, site: Site) -> Site:
    form = request.param
    columns = ("partner", "year", "value")
    fields = [
        {"name": name, "title": name.title(), "type": of}
        for name, of in zip(columns, ("string", "integer", "number"), strict=True)
    ]
    fields[2]["unit"] = "US$ bn"
    entry = TABLE | {
        "name": "flows",
        "title": "Flows",
        "path": f"flows.{form}",
        "format": form,
        "schema": {"fields": fields, "primaryKey": ["partner", "year"]},
    }
    described = {"name": "test", "title": "Test", "resources": [entry]}
    site.write("data/datapackage.json", json.dumps(described))
    if form == "csv":
        lines = [columns, *ROWS]
        site.write("data/flows.csv", "".join(f"{','.join(map(str, line))}\n" for line in lines))
    else:
        table = pyarrow.table(dict(zip(columns, map(list, zip(*ROWS, strict=True)), strict=True)))
        pyarrow.parquet.write_table(table, site.root / "data/flows.parquet", row_group_size=2)
    update_hashes(site.root)
    return site


@pytest.mark.parametrize("part", [PART, ""], ids=["slice", "whole"])
def test_a_slice_is_changed_as_a_table_is(paper: Site, run: Command, part: str) -> None:
    value = 'value = flows.set_index("year")["value"]'
    if not part:
        value = 'value = flows[flows.partner == "b"].set_index("year")["value"]'
    paper.article(
        "trade",
        READ.format(part),
        value,
        (
            "md",
            "It was `{python} usd(value[2022])`. "
            'It was [more]{claim="value[2022] > value[2021]"}. '
            'It was [large]{claim="value[2022] > 0"}.',
        ),
    )
    before = {file: file.read_bytes() for file in (paper.root / "data").iterdir()}
    code, out, err = run(paper, "check", "--mutate", "40", "--json")
    assert code == 0, err
    whole = json.loads(out)
    report = whole | whole["result"]
    assert report["faults"] == [] and report["editions"] == {"run": 1, "of": 1}
    assert report["of"] and {"failed", "true"} & {*report["changes"]}
    (escaped,) = report["escaped"]
    assert escaped["message"].startswith("“It was large.” stays as it is")
    is_part = bool(part) and (paper.root / "data/flows.parquet").is_file()
    assert (", row " in escaped["message"]) != is_part  # a row of the slice is another in the file
    assert {file: file.read_bytes() for file in (paper.root / "data").iterdir()} == before
