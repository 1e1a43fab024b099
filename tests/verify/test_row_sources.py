"""The source that a row of a table cites, and what the table notes of it, are found by the row's key,
whatever the key is and however the page writes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest

from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]
TOTAL = {"name": "total", "title": "Total", "type": "number", "unit": "t"}
SOURCE = {"name": "source", "title": "Source", "type": "string", "source_key": True}
STATUS = {
    "name": "status",
    "title": "Status",
    "type": "string",
    "notes": [{"value": "estimate", "text": "an estimate"}],
}
PREPARE = "import pandas as pd, broadsheet as bs\ntable = bs.table('trade')\n"


def entry_of(kinds: dict[str, str]) -> dict[str, Any]:
    """A table whose rows cite `first` and `second`, with a key of these columns and types."""
    fields = [
        {"name": name, "title": name.capitalize(), "type": kind} for name, kind in kinds.items()
    ]
    sources = [
        {"title": "All of it", "publisher": "The Office"},
        *(
            {"key": key, "title": f"The {key} issue", "publisher": f"Paper {key}"}
            for key in ("first", "second")
        ),
    ]
    return TABLE | {
        "sources": sources,
        "schema": {"fields": [*fields, TOTAL, SOURCE, STATUS], "primaryKey": list(kinds)},
    }


DAYS = "2023-11-01,5,first,\n2023-12-01,6,second,estimate\n2024-11-01,6,first,"
DAY = {"date": "date"}
TEXT = {"period": "string"}
KEYS: dict[str, tuple[dict[str, str], str, str, str]] = {
    "a day": (DAY, DAYS, "set_index('date')", "pd.Timestamp('2023-12-01')"),
    "a day as text": (DAY, DAYS, "set_index('date')", "'2023-12-01'"),
    "a day of Python": (
        DAY,
        DAYS,
        "assign(date=lambda t: t.date.dt.date).set_index('date')",
        "__import__('datetime').date(2023, 12, 1)",
    ),
    "a month of days": (
        DAY,
        DAYS,
        "assign(date=lambda t: t.date.dt.to_period('M')).set_index('date')",
        "pd.Period('2023-12')",
    ),
    "a month as text": (
        DAY,
        DAYS,
        "assign(date=lambda t: t.date.dt.to_period('M')).set_index('date')",
        "'2023-12'",
    ),
    "a quarter of days": (
        DAY,
        "2023-07-01,5,first,\n2023-10-01,6,second,estimate\n2024-10-01,6,first,",
        "assign(date=lambda t: t.date.dt.to_period('Q')).set_index('date')",
        "pd.Period('2023Q4')",
    ),
    "a week of days": (
        DAY,
        "2023-10-30,5,first,\n2023-11-08,6,second,estimate\n2023-11-15,6,first,",
        "assign(date=lambda t: t.date.dt.to_period('W')).set_index('date')",
        "pd.Period('2023-11-06', 'W')",
    ),
    "a year of days": (
        DAY,
        "2022-12-31,5,first,\n2023-12-31,6,second,estimate\n2024-12-31,6,first,",
        "assign(date=lambda t: t.date.dt.year).set_index('date')",
        "2023",
    ),
    "a month in the file": (
        TEXT,
        "2023-11,5,first,\n2023-12,6,second,estimate\n2024-01,6,first,",
        "set_index('period')",
        "'2023-12'",
    ),
    "a month in the file, parsed": (
        TEXT,
        "2023-11,5,first,\n2023-12,6,second,estimate\n2024-01,6,first,",
        "assign(period=lambda t: pd.to_datetime(t.period)).set_index('period')",
        "pd.Timestamp('2023-12-01')",
    ),
    "a quarter in the file": (
        TEXT,
        "2023-Q3,5,first,\n2023-Q4,6,second,estimate\n2024-Q1,6,first,",
        "set_index('period')",
        "'2023-Q4'",
    ),
    "a quarter in the file, parsed": (
        TEXT,
        "2023-Q3,5,first,\n2023-Q4,6,second,estimate\n2024-Q1,6,first,",
        "assign(period=lambda t: pd.PeriodIndex(t.period.str.replace('-', ''), freq='Q')).set_index('period')",
        "pd.Period('2023Q4')",
    ),
    "a week in the file": (
        TEXT,
        "2023-W44,5,first,\n2023-W45,6,second,estimate\n2023-W46,6,first,",
        "set_index('period')",
        "'2023-W45'",
    ),
    "a week in the file, parsed": (
        TEXT,
        "2023-W44,5,first,\n2023-W45,6,second,estimate\n2023-W46,6,first,",
        "assign(period=lambda t: pd.to_datetime(t.period + '-1', format='%G-W%V-%u').dt.to_period('W')).set_index('period')",
        "pd.Period('2023-11-06', 'W')",
    ),
    "a year": (
        {"year": "integer"},
        "2022,5,first,\n2023,6,second,estimate\n2024,6,first,",
        "set_index('year')",
        "2023",
    ),
    "an integer": (
        {"number": "integer"},
        "1,5,first,\n2,6,second,estimate\n3,6,first,",
        "set_index('number')",
        "2",
    ),
    "a decimal": (
        {"height": "number"},
        "1.0,5,first,\n2.50,6,second,estimate\n3,6,first,",
        "set_index('height')",
        "2.5",
    ),
    "a code with a name": (
        {"code": "string", "year": "integer"},
        "CHN,2022,6,first,\nRUS,2022,6,second,estimate\nRUS,2023,6,first,",
        "set_index(['code', 'year'])",
        "('RUS', 2022)",
    ),
    "several columns": (
        {"partner": "string", "date": "date"},
        "Ox,2023-11-01,6,first,\nAx,2023-12-01,6,second,estimate\nAx,2024-01-01,6,first,",
        "assign(date=lambda t: t.date.dt.to_period('M')).set_index(['partner', 'date'])",
        "('Ax', pd.Period('2023-12'))",
    ),
    "a year and a month": (
        {"year": "integer", "month": "integer"},
        "2022,12,6,first,\n2023,12,6,second,estimate\n2023,11,6,first,",
        "set_index(['year', 'month'])",
        "(2023, 12)",
    ),
    "a day of a year and a month": (
        {"year": "integer", "month": "integer"},
        "2022,1,6,first,\n2023,1,6,second,estimate\n2023,11,6,first,",
        "assign(date=lambda t: pd.to_datetime(t[['year', 'month']].assign(day=1))).set_index('date')",
        "pd.Timestamp('2023-01-01')",
    ),
    "a part of the rows": (
        {"partner": "string", "date": "date"},
        "Ox,2023-12-01,6,first,\nAx,2023-12-01,6,second,estimate\nAx,2024-01-01,6,first,",
        "query('partner == \"Ax\"').set_index('date')",
        "pd.Timestamp('2023-12-01')",
    ),
}
NAMES = {"CHN": "China", "RUS": "Russia"}


def published(
    site: Site,
    run: Command,
    what: str,
    *prose: str,
    more: str = "",
    language: str = "",
    front: str = "",
) -> Any:
    """The page, and `facts.json`, of an article on a table with a key of some kind."""
    kinds, rows, index, at = KEYS[what]
    entry = entry_of(kinds)
    header = ",".join([*kinds, "total", "source", "status"])
    if "code" in kinds:
        entry["schema"]["fields"].append({"name": "country", "title": "Country", "type": "string"})
        header += ",country"
        rows = "\n".join(f"{row},{NAMES[row[:3]]}" for row in rows.splitlines())
    site.table(f"{header}\n{rows}\n", entry=entry)
    cell = f"{PREPARE}{language}table = table.{index}\nat = {at}\n{more}"
    site.article("trade", cell, ("md", " ".join(prose)), front=front)
    code, _, reported = run(site, "build")
    assert code == 0, reported
    page = lxml.html.fromstring(site.read("_site/posts/trade/index.html"))
    (facts,) = (site.root / "_site/posts/trade").rglob("facts.json")
    return page, json.loads(facts.read_text("utf-8"))


def cited(listed: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [source["key"] for source in one["sources"] if source["kind"] == "document"]
        for one in listed
    ]


@pytest.mark.parametrize("what", list(KEYS))
def test_a_fact_and_a_claim_cite_what_their_row_cites(site: Site, run: Command, what: str) -> None:
    page, facts = published(
        site, run, what,
        "It was `{python} amount(table.total[at], '6 t')`, [x]{claim='table.total[at] > 5'}.",
    )  # fmt: skip
    assert cited(facts["facts"]) == [["second"]]
    assert cited(facts["claims"]) == [["second"]]
    listed = page.find_class("known")[0].text_content()
    assert "Paper second" in listed and "Paper first" not in listed
    assert listed.count("(an estimate)") == 2


@pytest.mark.parametrize("what", ["a day", "a month of days", "a code with a name"])
def test_each_way_to_state_a_value_finds_its_row(site: Site, run: Command, what: str) -> None:
    _, facts = published(
        site, run, what,
        "`{python} declared` `{python} located` [x]{claim='more(table.total[at], 5)'} [y]{claim='own'}",
        "[z]{claim='highest(table.total[:at])'}" if what == "a day" else "",
        more="declared = bs.amount(table.total[at], '6 t', name='declared')\n"
        "located = bs.amount(table.loc[at, 'total'], '6 t')\n"
        "own = bs.every(table.total[at] > 0, says='it is so')",
    )  # fmt: skip
    assert cited(facts["facts"]) == [["second"]] * 2
    assert ["second"] in cited(facts["claims"])
    assert all("second" in keys for keys in cited(facts["claims"]))


@pytest.mark.parametrize("what", ["several columns", "a code with a name"])
def test_a_value_under_other_names_is_still_that_of_its_row(
    site: Site, run: Command, what: str
) -> None:
    key = {"several columns": "partner", "a code with a name": "code"}[what]
    _, facts = published(
        site, run, what,
        "`{python} amount(named.Other[at], '6 t', unit='t')` `{python} amount(wide.B[at[1]], '6 t', unit='t')`",
        more="named = table.rename(columns={'total': 'Other'})\n"
        "flat = table.reset_index()\n"
        f"second = [c for c in {list(KEYS[what][0])} if c != '{key}'][0]\n"
        f"wide = flat.pivot(index=second, columns='{key}', values='total').set_axis(['B', 'A'] "
        f"if '{key}' == 'partner' else ['A', 'B'], axis=1)",
    )  # fmt: skip
    assert cited(facts["facts"]) == [["second"]] * 2


def test_what_is_computed_of_rows_is_that_of_no_row(site: Site, run: Command) -> None:
    """Whatever number it is: that of a row may be the same."""
    _, facts = published(
        site, run, "a year",
        "`{python} count(ranks[2023])` `{python} amount(table.total.sum(), '17 t')` "
        "`{python} amount(table.total[2023] * 2, '12 t')` `{python} amount(steps[2023], '1 t')`",
        more="ranks = table.total.rank() + 3.5\nsteps = table.total.diff() * 6",
    )  # fmt: skip
    assert cited(facts["facts"]) == [[]] * 4


def test_the_language_of_the_page_says_nothing_of_the_row(site: Site, run: Command) -> None:
    page, facts = published(
        site, run, "a month of days", "Es waren `{python} amount(table.total[at], '6 t')`.",
        front="title: Handel\ndate: 2023-05-26\nlang: de", language="bs.language('de')\n",
    )  # fmt: skip
    assert "Dezember 2023" in page.find_class("known")[0].text_content()
    assert cited(facts["facts"]) == [["second"]]


def test_two_rows_that_fit_are_none(site: Site, run: Command) -> None:
    """A month of two rows with one value, and a value that no row of the key has."""
    kinds = {"date": "date"}
    KEYS["two"] = (
        kinds,
        "2023-12-01,6,first,\n2023-12-02,6,second,\n2024-01-01,7,first,",
        "set_index('date')",
        "pd.Timestamp('2023-12-01')",
    )
    try:
        _, facts = published(
            site, run, "two",
            "`{python} amount(months['2023-12'], '6 t')` `{python} amount(table.total[at], '6 t')`",
            more="months = table.total.groupby(table.index.to_period('M')).max()",
        )  # fmt: skip
    finally:
        del KEYS["two"]
    assert cited(facts["facts"]) == [[], ["first"]]
