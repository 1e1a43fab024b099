"""Digests of values: two values have one digest only if they are equal, and those that cannot be
written have none.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from broadsheet.project.settings.settings import Listing
from broadsheet.site.article.entry import Byline, Entry
from broadsheet.storage.value_digest import bytes_of, digest_of


@dataclass(frozen=True)
class Hidden:
    shown: int = 1
    hidden: Any = field(default=None, repr=False)
    cached: object = field(default=None, compare=False)


@dataclass(frozen=True)
class Other:
    shown: int = 1
    hidden: Any = None


class Model(BaseModel):
    model_config = ConfigDict(extra="allow")
    number: int = 1


class Struct(msgspec.Struct):
    number: int = 1


class Pair(NamedTuple):
    first: int
    second: int


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Word(enum.StrEnum):
    RED = "red"


SPRING = datetime(2024, 3, 31, 12, tzinfo=UTC)
DIFFERENT = [
    *(None, False, True, 0, 1, -1, 10**30, 0.0, -0.0, 1.0, 0.1, float("nan"), float("inf")),
    *(Decimal("1"), Decimal("1.0"), Fraction(1, 2), "", "1", "None", "nan", "a", b"a", Markup("a")),
    *("\ud800", "\x00", "'", '"'),
    *(date(2024, 3, 31), datetime(2024, 3, 31), "2024-03-31", SPRING, timedelta(1), time(12)),
    *(SPRING.astimezone(ZoneInfo("Europe/Berlin")), time(12, tzinfo=timezone(timedelta(hours=1)))),
    *([], (), {}, set(), [[]], [()], [None], ["a", "b"], ["ab"], ["a, b"], ("a", "b"), {"a", "b"}),
    *(
        {"a": 1},
        {"a": 1.0},
        {"a": True},
        {"a": None},
        {"a": {"b": 1}},
        {1: "a"},
        {"1": "a"},
        {True: 2},
    ),
    *([("a", 1)], range(3), [0, 1, 2], Pair(1, 2), (1, 2), bytearray(b"a")),
    *(Hidden(), Hidden(2), Hidden(1, [1]), Hidden(1, {"a": 1}), Hidden(1, {"a": "1"}), Other()),
    *(Model(), Model(number=2), Model(more=1), Model(more="1"), Struct(), Struct(2)),
    *(
        Colour.RED,
        Colour.BLUE,
        Word.RED,
        "red",
        Colour,
        Word,
        int,
        PurePosixPath("a"),
        PurePosixPath("b"),
    ),
    *(
        np.int64(1),
        np.float64(1),
        np.float32(1),
        np.array([1, 2]),
        np.array([[1, 2]]),
        np.array([1.0, 2]),
    ),
    *(np.array(["1", None], dtype=object), np.datetime64("2024-03-31")),
    *(
        pd.NA,
        pd.NaT,
        pd.Timestamp("2024-03-31"),
        pd.Timestamp("2024-03-31", tz="UTC"),
        pd.Timedelta("1D"),
    ),
    *(pd.Timestamp("2024-03-31 00:00:00.000000001"), pd.Period("2024-03"), pd.Period("2024Q1")),
    *(pd.Interval(0, 1), pd.Series([1, 2]), pd.Series([1.0, 2]), pd.Series([1, 2], [1, 2])),
    *(
        pd.Series([1, 2], name="a"),
        pd.Series([1, None]),
        pd.Index([1, 2]),
        pd.Index([1, 2], name="a"),
    ),
    *(pd.Series(["a", "b"]), pd.Series(["a", "b"], dtype="category"), pd.Series(["a", None])),
    *(
        pd.Series(pd.Categorical(["a"], ["a", "b"])),
        pd.Series(pd.Categorical(["a"], ["a", "b"], ordered=True)),
    ),
    *(
        pd.DataFrame({"a": [1]}),
        pd.DataFrame({"a": [1.0]}),
        pd.DataFrame({"b": [1]}),
        pd.DataFrame({"a": [1], "b": 1}),
    ),
    *(pd.DataFrame({"a": [1]}, ["x"]), pd.DataFrame([[1, 2]], columns=["a", "a"])),
    *(
        pd.MultiIndex.from_tuples([("a", 1)]),
        pd.Series([pd.Timestamp("2024")]),
        pd.Series([pd.Period("2024")]),
    ),
]


def test_different_values_have_different_digests():
    digests = [digest_of(value) for value in DIFFERENT]
    same = [
        (first, second)
        for (first, one), (second, other) in combinations(zip(DIFFERENT, digests, strict=True), 2)
        if one == other
    ]
    assert same == []
    wrapped = {digest_of([{"key": value}]) for value in DIFFERENT}
    assert len(wrapped) == len(DIFFERENT) and not wrapped & set(digests)


@pytest.mark.parametrize(
    ("value", "same"),
    [
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
        ({"b", "a", "c"}, {"c", "b", "a"}),
        (frozenset("ab"), set("ab")),
        ({1: "a", "b": 2, None: 3}, {None: 3, "b": 2, 1: "a"}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (Path("/a/b"), PurePosixPath("/a/b")),
        (float("nan"), -float("nan")),
        (Hidden(1, [2], object()), Hidden(1, [2])),
        (Model(more=1, other=2), Model(other=2, more=1)),
        (pd.DataFrame({"a": [1, None]}), pd.DataFrame({"a": [1, float("nan")]})),
        (Listing.model_validate({"max-items": 3}), Listing.model_validate({"max-items": 3})),
    ],
)
def test_equal_values_have_one_digest(value: object, same: object):
    assert digest_of(value) == digest_of(same)


class Plain:
    """A class that says nothing of its fields."""


@pytest.mark.parametrize(
    "value",
    [Plain(), object(), len, lambda: 1, iter([]), (number for number in [1]), ..., 1j, {}.values()],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize(
    "within", [lambda value: value, lambda value: [{"a": (value,)}], lambda value: Hidden(1, value)]
)
def test_a_value_that_cannot_be_written_has_no_digest(value: object, within: Any):
    with pytest.raises(TypeError, match="has no digest"):
        digest_of(within(value))


def test_each_field_of_a_page_counts():
    """Each that our lists show, whatever `repr` says of it. They show minutes, and no numbers of words."""
    meta = Entry("a.html", "a", "a.qmd", "A", "A", fields={"price": 1})
    assert [one.name for one in dataclasses.fields(meta) if not one.compare] == ["words"]
    other: dict[type, Any] = {
        str: "other",
        bool: None,
        int: 7,
        tuple: ("other",),
        dict: {"price": 2},
    }
    for one in dataclasses.fields(meta):
        value = getattr(meta, one.name)
        changed = not value if isinstance(value, bool) else other.get(type(value), Byline("B"))
        is_other = digest_of(dataclasses.replace(meta, **{one.name: changed})) != digest_of(meta)
        assert is_other == one.compare, one.name


class Silent(str):
    """A text whose `repr` says nothing of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "…"


def test_a_repr_has_no_part_in_a_digest():
    assert digest_of([Silent("a")]) != digest_of([Silent("b")])
    assert digest_of({Silent("a"): 1}) != digest_of({Silent("b"): 1})


def test_equal_values_have_the_same_bytes_however_they_came_about():
    text = "".join(["a", "bc"])
    assert bytes_of([text, text, ("abc",)]) == bytes_of(["abc", "ab" + text[2:], (text[:],)])
    assert digest_of([float("nan")]) == digest_of([-float("nan")]) == digest_of([np.inf - np.inf])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def exact(value: object) -> object:
    """A value with its types, so that `1 == True` does not count as equal."""
    if isinstance(value, list):
        return [exact(one) for one in value]
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    return type(value), value, str(value)


@given(VALUES, VALUES)
def test_digests_are_equal_where_values_are(value: object, other: object):
    assert (digest_of(value) == digest_of(other)) == (exact(value) == exact(other))
