"""The tables of My Blog that have a source: an answer in the agency's shape gives the very table."""
# ruff: noqa: F811

from __future__ import annotations

import csv
import json
from functools import partial
from typing import Any

from refreshing import TODAY, Refreshed, refreshed  # noqa: F401 - a fixture

from broadsheet.data.catalogue import record_tables
from broadsheet.data.refresh.client import Client
from broadsheet.data.refresh.retrieval import retrieved
from conftest import ROOT
from standin_source import Asked

SCALES = {"gdp": ("NY.GDP.MKTP.CD", 10**8), "population": ("SP.POP.TOTL", 1)}


def economies(rows: list[dict[str, str]], asked: Asked) -> Any:
    """A page of the World Bank: the figures as it has them, in dollars and people."""
    codes = asked.path.split("/")[-1].split(";")
    values = [
        {
            "indicator": {"id": code, "value": column},
            "country": {
                "id": row["code"][:2],
                "value": row["economy"].replace("Russia", "Russian Federation"),
            },
            "countryiso3code": row["code"],
            "date": row["year"],
            "value": round(float(row[column]) * (10 if column == "gdp" else 1)) * scale,
        }
        for column, (code, scale) in SCALES.items()
        if code in codes
        for row in reversed(rows)
    ]
    page, size = int(asked.query["page"]), int(asked.query["per_page"])
    head = {"page": page, "pages": -(-len(values) // size), "per_page": size, "total": len(values)}
    return [head | {"lastupdated": "2026-10-01"}, values[(page - 1) * size : page * size]]


def test_the_economies_come_from_the_world_bank(refreshed: Refreshed) -> None:
    resources = json.loads((ROOT / "data/datapackage.json").read_text())["resources"]
    (entry,) = [resource for resource in resources if resource["name"] == "world-economies"]
    text = (ROOT / "data/world-economies.csv").read_text()
    entry["refresh"]["address"] = refreshed.standin.address
    refreshed.site.table(text, entry=entry)
    record_tables(refreshed.root)
    rows = list(csv.DictReader(text.splitlines()))
    refreshed.standin.answer = partial(economies, rows)
    client = partial(Client, sleep=refreshed.clock.sleep, now=refreshed.clock.now)
    revision = retrieved(refreshed.root, "world-economies", today=TODAY, client=client)
    assert revision.content.decode() == text
    asked = refreshed.standin.asked[-1]
    assert asked.path == (
        "/country/WLD;CHN;USA;EUU;JPN;DEU;IND;RUS/indicator/NY.GDP.MKTP.CD;SP.POP.TOTL"
    )
    assert asked.query["source"] == "2"
