"""Tables against their past: what is called a mistake, and what is an ordinary revision."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.data.descriptor import Field, Resource, Schema
from broadsheet.data.differences import differences
from broadsheet.data.recorded import record_of


def resource_of(frame: pd.DataFrame, key: list[str]) -> Resource:
    def kind(name: str) -> str:
        code = frame[name].dtype.kind
        return {"i": "integer", "f": "number", "b": "boolean", "M": "date"}.get(code, "string")

    fields = tuple(Field(name=name, type=kind(name), title=name) for name in frame)
    return Resource.model_construct(
        name="trade",
        path="trade.csv",
        identities=(),
        table_schema=Schema(fields=fields, primaryKey=tuple(key)),
    )


def told(before: pd.DataFrame, after: pd.DataFrame, key: list[str]) -> list[str]:
    record = record_of(resource_of(before, key), before, "")
    resource = resource_of(after, key)
    after = after.reset_index(drop=True)
    return [one.notice(resource).what for one in differences(record, resource, after)]


# Tables of many kinds

KEYS = {
    "years": ["year"],
    "codes": ["code"],
    "codes and years": ["code", "year"],
    "months": ["month"],
    "codes and months": ["code", "month"],
    "codes and kinds": ["code", "kind"],
    "days": ["day"],
    "years and months": ["year", "number"],
}


def key_rows(kind: str, count: int) -> list[dict[str, Any]]:
    codes = ["AUT", "BEL", "CHE", "DNK", "EST"]
    months = [f"{2000 + n // 12}-{n % 12 + 1:02}-01" for n in range(600)]
    several = max(count // 4, 1)
    rows: dict[str, list[dict[str, Any]]] = {
        "years": [{"year": 1950 + n} for n in range(count)],
        "codes": [{"code": f"C{n:03}"} for n in range(count)],
        "codes and years": [{"code": c, "year": 2000 + n} for c in codes for n in range(several)],
        "months": [{"month": months[n]} for n in range(count)],
        "codes and months": [
            {"code": c, "month": months[n]} for c in codes for n in range(several)
        ],
        "codes and kinds": [
            {"code": f"C{n:03}", "kind": k} for n in range(several) for k in ("oil", "gas", "coal")
        ],
        "days": [{"day": f"2024-{n // 28 + 1:02}-{n % 28 + 1:02}"} for n in range(min(count, 300))],
        "years and months": [{"year": 2000 + n // 12, "number": n % 12 + 1} for n in range(count)],
    }
    return rows[kind]


def values_of(kind: str, count: int, chance: random.Random) -> list[Any]:
    level = 10 ** chance.uniform(-2, 7)
    makers: dict[str, Any] = {
        "two decimals": lambda n: round(chance.uniform(1, 300), 2),
        "small counts": lambda n: chance.randrange(0, 6),
        "tens": lambda n: chance.randrange(10, 60),
        "large counts": lambda n: chance.randrange(10**5, 10**9),
        "growth": lambda n: round(100 * 1.05**n, 1) if n < 300 else 1.0,
        "line": lambda n: n + 1,
        "wild": lambda n: level * math.exp(chance.gauss(0, 2)),
        "constant": lambda n: 5.0,
        "zeros": lambda n: 0.0,
        "symmetrical": lambda n: float(n - count // 2),
        "negative": lambda n: -round(chance.uniform(1, 90), 1),
        "both signs": lambda n: round(chance.uniform(-9, 9), 1),
        "shares": lambda n: round(chance.random(), 3),
        "gaps": lambda n: None if chance.random() < 0.3 else round(chance.uniform(1, 90), 1),
        "missing": lambda n: float("nan"),
        "status": lambda n: chance.choice(["reported", "estimate"]),
        "names": lambda n: f"Name {n}",
        "flags": lambda n: chance.random() < 0.2,
        "notes": lambda n: chance.choice(["", "a", "a long note " * 5]) or None,
    }
    return [makers[kind](n) for n in range(count)]


VALUES = [
    "two decimals", "small counts", "tens", "large counts", "growth", "line", "wild", "constant",
    "zeros", "symmetrical", "negative", "both signs", "shares", "gaps", "missing", "status", "names",
    "flags", "notes",
]  # fmt: skip


@st.composite
def tables(draw: Any) -> tuple[pd.DataFrame, list[str], random.Random]:
    chance = random.Random(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(sorted(KEYS)))
    rows = key_rows(kind, draw(st.sampled_from([1, 2, 3, 4, 8, 30, 120])))
    frame = pd.DataFrame(rows)
    for name in ("month", "day"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name])
    for number, one in enumerate(draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=6))):
        frame[f"v{number}"] = values_of(one, len(frame), chance)
        if one in ("gaps", "missing"):
            frame[f"v{number}"] = frame[f"v{number}"].astype("float64")
    return frame, KEYS[kind], chance


def measured(frame: pd.DataFrame, key: list[str]) -> list[str]:
    return [name for name in frame if name not in key and frame[name].dtype.kind in "if"]


def set_number(frame: pd.DataFrame, row: int, name: str, value: float) -> None:
    whole = frame[name].dtype.kind == "i"
    frame.loc[row, name] = round(value) if whole else value


def honest(frame: pd.DataFrame, key: list[str], chance: random.Random, how: str) -> pd.DataFrame:
    """An ordinary revision of a table."""
    new = frame.copy()
    columns = measured(frame, key)
    if how in ("few cells", "all cells", "all cells much"):
        part, size = {"few cells": (0.05, 0.3), "all cells": (1, 0.05), "all cells much": (1, 0.3)}[
            how
        ]
        for name in columns:
            for row in new.index:
                if chance.random() < part and not pd.isna(new.loc[row, name]):
                    set_number(
                        new, row, name, new.loc[row, name] * chance.uniform(1 - size, 1 + size)
                    )
    elif how == "doubled" and columns:
        row, name = chance.choice(list(new.index)), chance.choice(columns)
        if not pd.isna(new.loc[row, name]):
            set_number(new, row, name, new.loc[row, name] * 2)
    elif how == "sorted":
        new = new.sample(frac=1, random_state=chance.randrange(1000))
    elif how == "new rows":
        more = frame.copy()
        for name in key:
            if name == "year":
                more[name] = more[name] + int(more[name].max() - more[name].min()) + 1
            elif name in ("month", "day"):
                more[name] = more[name] + pd.DateOffset(years=60)
            elif name == "code":
                more[name] = "N" + more[name]
        new = pd.concat([frame, more.head(max(len(more) // 10, 1))])
    elif how == "new column":
        new.insert(len(new.columns), "fresh", range(len(new)))
    elif how == "digits":
        for name in columns:
            if new[name].dtype.kind == "f":
                new[name] = new[name].map(lambda value: float(f"{value:.6g}"))
    elif how == "text":
        texts = [one for one in new if one not in key and new[one].dtype.kind not in "ifbM"]
        if texts:
            new.loc[chance.choice(list(new.index)), chance.choice(texts)] = "revised"
    elif how == "filled":
        for name in columns:
            if new[name].dtype.kind == "f":
                new[name] = new[name].fillna(17.3)
    return new


WAYS = [
    "few cells", "all cells", "all cells much", "doubled", "sorted", "new rows", "new column",
    "digits", "text", "filled",
]  # fmt: skip


@given(tables(), st.lists(st.sampled_from(WAYS), min_size=1, max_size=3, unique=True))
@settings(max_examples=100, deadline=None)
def test_an_ordinary_revision_is_not_reported(
    table: tuple[pd.DataFrame, list[str], random.Random], ways: list[str]
) -> None:
    frame, key, chance = table
    new = frame
    for way in ways:
        new = honest(new.reset_index(drop=True), key, chance, way)
    assert told(frame, new, key) == []


# Mistakes

YEARS = range(2001, 2021)
COUNTRIES = ("Austria", "Belgium", "Chile")


def trade() -> pd.DataFrame:
    chance = random.Random(7)
    rows = [
        {
            "country": country,
            "year": year,
            "exports": round(level * 1.04 ** (year - 2001) * chance.uniform(0.9, 1.1), 1),
            "imports": round(level * 0.8 * chance.uniform(0.9, 1.1), 1),
            "balance": round(chance.uniform(-90, 90), 1) or 1.0,
            "deaths": chance.randrange(0, 9),
            "since": 1950 + chance.randrange(0, 40),
            "status": "reported" if year < 2015 else "estimate",
        }
        for country, level in zip(COUNTRIES, (120, 240, 35), strict=True)
        for year in YEARS
    ]
    return pd.DataFrame(rows)


KEY = ["country", "year"]


def exchanged(frame: pd.DataFrame, name: str, one: Any, other: Any) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].replace({one: other, other: one})})


def at(frame: pd.DataFrame, rows: Any, name: str, change: Any) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].where(~rows, change(frame[name]))})


def swapped_in(frame: pd.DataFrame, rows: Any) -> pd.DataFrame:
    new = frame.copy()
    new.loc[rows, ["exports", "imports"]] = frame.loc[rows, ["imports", "exports"]].to_numpy()
    return new


def wrong(frame: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, str]]:
    belgium, late = frame.country == "Belgium", frame.year > 2010
    one = belgium & (frame.year == 2007)
    columns = {"exports": "imports", "imports": "exports"}
    by_country = frame.groupby("country")
    noise = np.random.default_rng(1).uniform(0.75, 1.3, len(frame))
    return {
        "a column by 1,000": (frame.assign(exports=frame.exports * 1000), "`exports` is about 1,000 times what it was in 60 rows: country Austria year 2001"),
        "a column by 1/1000": (frame.assign(exports=frame.exports / 1000), "1,000 times smaller than it was in 60 rows"),
        "a column by 100": (frame.assign(deaths=frame.deaths * 100), "`deaths` is about 100 times"),
        "a column by 10": (frame.assign(imports=frame.imports * 10), "`imports` is about 10 times what it was in 60 rows"),
        "revised and by 1,000": (frame.assign(exports=frame.exports * 1000 * noise), "`exports` is about 1,000 times what it was in 60 rows"),
        "a series by 1,000": (at(frame, belgium, "exports", lambda x: x * 1000), "1,000 times what it was in 20 rows: country Belgium"),
        "a run by 1,000": (at(frame, belgium & late, "exports", lambda x: x * 1000), "1,000 times what it was in 10 rows: country Belgium year 2011"),
        "a cell by 1,000": (at(frame, one, "exports", lambda x: x * 1000), "1,000 times what it was in 1 row: country Belgium year 2007"),
        "signs": (frame.assign(balance=-frame.balance), "`balance` has the opposite sign in 60 rows"),
        "two countries": (exchanged(frame, "country", "Austria", "Chile"), "country Austria and Chile have exchanged their values"),
        "two countries in a year": (exchanged(frame[frame.year == 2007], "country", "Austria", "Chile").combine_first(frame)[list(frame)], "have exchanged their values"),
        "three countries": (frame.assign(country=frame.country.replace(dict(zip(COUNTRIES, (*COUNTRIES[1:], COUNTRIES[0]), strict=True)))), "stand at Belgium"),
        "two years": (exchanged(frame, "year", 2005, 2012), "year 2005 and 2012 have exchanged their values"),
        "a country renamed": (frame.assign(country=frame.country.replace("Chile", "Chili")), "values of country Chile stand at Chili"),
        "two columns": (frame.rename(columns=columns)[list(frame)], "`exports` and `imports` are exchanged in 60 rows"),
        "two columns in a row": (swapped_in(frame, one), "`exports` and `imports` are exchanged in 1 row: country Belgium year 2007"),
        "years later": (frame.assign(year=frame.year + 1), "stand at a `year` 1 later"),
        "years earlier": (frame.assign(year=frame.year - 1), "stand at a `year` 1 earlier"),
        "decades": (frame.assign(year=frame.year + 10), "stand at a `year` 10 later"),
        "values a year later": (frame.assign(exports=by_country.exports.shift(1).fillna(1)), "in `exports` stand at a `year` 1 later"),
        "a series a year later": (at(frame, belgium, "exports", lambda x: x.shift(1).fillna(1)), "`exports` stand at a `year` 1 later: country Belgium"),
        "another year": (frame.assign(since=frame.since + 1), "`since` is 1 year later in 60 rows"),
        "rows": (frame.drop(index=[3, 4, 30]), "3 rows are gone: country Austria year 2004, country Austria year 2005"),
        "a row": (frame.drop(index=[3]), "1 row is gone: country Austria year 2004"),
        "a column gone": (frame.drop(columns="deaths"), "1 column went: `deaths`"),
        "a column of text": (frame.assign(deaths=frame.deaths.astype(str)), "`deaths` was a number, and is text"),
        "empty cells": (at(frame, one, "exports", lambda x: math.nan), "`exports` is empty in 1 row: country Belgium year 2007 (empty, was"),
        "statuses": (frame.assign(status="reported"), "`status` says something else in 18 rows"),
    }  # fmt: skip


@pytest.mark.parametrize("mistake", wrong(trade()))
def test_a_mistake_is_reported_with_its_rows(mistake: str) -> None:
    frame = trade()
    after, words = wrong(frame)[mistake]
    messages = told(frame, after, KEY)
    assert any(part in message for part in words.split("|") for message in messages), messages
    assert len(messages) <= (3 if mistake == "three countries" else 1), messages


@pytest.mark.parametrize("mistake", ["two columns", "a column by 1,000", "years later", "rows"])
def test_what_is_reported_goes_on_to_be_found_among_revisions_of_other_cells(mistake: str) -> None:
    frame = trade()
    after, words = wrong(frame)[mistake]
    revised = after.assign(balance=after.balance * 1.03)
    assert words.split(":")[0] in " ".join(told(frame, revised, KEY))


SHORT = pd.DataFrame({"year": [2020, 2021, 2022], "total": [107.8, 146.9, 190.3]})


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (SHORT.assign(total=SHORT.total * 1000), "1,000 times what it was in 3 rows"),
        (SHORT.assign(total=-SHORT.total), "opposite sign in 3 rows"),
        (SHORT.assign(year=SHORT.year + 1), "3 rows in `total` stand at a `year` 1 later"),
        (SHORT.head(2), "1 row is gone: year 2022"),
        (exchanged(SHORT, "year", 2020, 2022), "have exchanged their values in `total`"),
        (SHORT.assign(total=[107.8, math.nan, 190.3]), "is empty in 1 row: year 2021"),
    ],
)
def test_a_short_table(after: pd.DataFrame, words: str) -> None:
    (message,) = told(SHORT, after, ["year"])
    assert words in message


def test_small_numbers_of_several_columns() -> None:
    medals = pd.DataFrame(
        {"country": ["NOR", "GER", "SWE"], "gold": [16, 12, 8], "all": [37, 27, 18]}
    )
    (message,) = told(medals, exchanged(medals, "country", "NOR", "GER"), ["country"])
    assert "country GER and NOR have exchanged their values in `gold`, `all`" in message


def test_zeros_in_the_place_of_figures() -> None:
    assert "`exports` is 0 in 60 rows" in told(trade(), trade().assign(exports=0.0), KEY)[0]


def test_months_at_their_ends_that_moved() -> None:
    months = pd.date_range("2021-01-31", periods=18, freq="ME").astype("datetime64[us]")
    frame = pd.DataFrame({"month": months, "price": [70 + (n * 37 % 29) / 3 for n in range(18)]})
    moved = (months + pd.offsets.MonthEnd(1)).astype("datetime64[us]")
    (message,) = told(frame, frame.assign(month=moved), ["month"])
    assert "stand at a `month` 1 month later" in message


def test_days_before_the_year_1000() -> None:
    days = pd.Series(np.array(["0999-05-01", "1000-01-01", "1666-09-02"], dtype="datetime64[us]"))
    frame = pd.DataFrame({"day": days, "dead": [120, 340, 6]})
    assert record_of(resource_of(frame, ["day"]), frame, "").rows[0] == ("0999-05-01", 120)
    assert told(frame, frame.assign(dead=frame.dead), ["day"]) == []
    assert "1 row is gone: day 0999-05-01" in told(frame, frame.iloc[1:], ["day"])[0]


def test_a_row_that_is_gone_beside_values_that_moved() -> None:
    frame = trade()
    moved = frame.assign(exports=frame.groupby("country").exports.shift(1).fillna(1))
    messages = told(frame, moved.drop(index=[3]), KEY)
    assert len(messages) == 2 and "1 row is gone" in messages[1]


def test_texts_alone() -> None:
    frame = pd.DataFrame({"code": ["AUT", "BEL", "CHL"], "name": ["Austria", "Belgium", "Chile"]})
    after = exchanged(frame, "name", "Austria", "Chile")
    (message,) = told(frame, after, ["code"])
    assert "have exchanged their values in `name`" in message
    assert told(frame, frame.assign(name=["Österreich", "Belgium", "Chile"]), ["code"]) == []


def test_a_large_table_is_recorded_by_a_sample_in_which_mistakes_are_met() -> None:
    chance = np.random.default_rng(3)
    count = 40_000
    frame = pd.DataFrame(
        {
            "code": np.repeat([f"C{n:04}" for n in range(count // 20)], 20),
            "year": np.tile(np.arange(2000, 2020), count // 20),
            "one": chance.uniform(1, 900, count).round(2),
            "two": chance.uniform(1, 900, count).round(2),
        }
    )
    key = ["code", "year"]
    record = record_of(resource_of(frame, key), frame, "")
    assert len(record.rows) * 4 <= 25_000
    longer = pd.concat([frame, frame.assign(year=frame.year + 20)])
    again = record_of(resource_of(longer, key), longer, "")
    shared = {row[:2] for row in record.rows} & {row[:2] for row in again.rows}
    assert len(shared) > len(record.rows) / 3  # the rows that a longer table keeps in its sample
    assert told(frame, longer, key) == []
    assert told(frame, frame.assign(one=frame.one * chance.uniform(0.9, 1.1, count)), key) == []
    for after, words in (
        (frame.assign(one=frame.one / 1000), "1,000 times smaller"),
        (frame.assign(year=frame.year + 1), "1 later"),
        (frame.rename(columns={"one": "two", "two": "one"})[list(frame)], "are exchanged"),
        (frame.iloc[5:], "5 rows or more are gone"),
        (exchanged(frame, "year", 2005, 2006), "have exchanged"),
    ):
        assert words in " ".join(told(frame, after, key))


@given(tables(), st.sampled_from(["by 1,000", "rows", "signs"]))
@settings(max_examples=40, deadline=None)
def test_in_any_table_a_mistake_is_reported(
    table: tuple[pd.DataFrame, list[str], random.Random], mistake: str
) -> None:
    frame, key, chance = table
    columns = [
        name
        for name in measured(frame, key)
        if (frame[name].fillna(0) != 0).sum() > 1 and not name.startswith("number")
    ]
    if mistake == "rows":
        after = frame.drop(index=[chance.randrange(len(frame))])
        words = "gone"
        if after.empty:
            return
    elif columns:
        name = chance.choice(columns)
        factor = 1000 if mistake == "by 1,000" else -1
        after = frame.assign(**{name: frame[name] * factor})
        words = "times what it was" if factor > 0 else "opposite sign"
        if told(frame, after, key) and "stand at" in told(frame, after, key)[0]:
            return  # a symmetrical series, whose signs turn as it does from end to end
    else:
        return
    assert words in " ".join(told(frame, after, key))
