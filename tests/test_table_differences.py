"""Tables against their past: what is called a mistake, and what is an ordinary revision."""

from __future__ import annotations

import math
import random
from typing import Any

import pandas as pd
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
@settings(max_examples=300, deadline=None)
def test_an_ordinary_revision_is_not_reported(
    table: tuple[pd.DataFrame, list[str], random.Random], ways: list[str]
) -> None:
    frame, key, chance = table
    new = frame
    for way in ways:
        new = honest(new.reset_index(drop=True), key, chance, way)
    assert told(frame, new, key) == []
