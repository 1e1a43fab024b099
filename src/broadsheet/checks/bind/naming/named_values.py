"""The values that a notebook has by name at a place of its text: columns of numbers, whose places are
named by labels, single values, and frames that are counted.

In codes, :data:`QUOTE` stands for the quotation mark of texts, which depends on where a code is put.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from broadsheet.checks.audit.places import place_code
from broadsheet.checks.audit.vocabulary import concepts_in, tokens, words_listed
from broadsheet.notebook.values.units import currency_in

QUOTE = "\ue010"
"""The sign for a quotation mark in a code."""
REFUSED = "\\"
"""A sign with which a code is not bound."""
_ENDS = re.compile(r"[\\`{}\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""The signs that could end a code, or hide what it says: marks of Markdown, control codes, new lines."""
_DATED = re.compile(
    r"\d{4}(?:-\d\d){0,2}(?: 00:00:00)?|\d{4}s|\d{4}[/–]\d\d(?:\d\d)?|\d{4}[ -]?[QWH]\d\d?"
)
"""A label that is a time as text."""
_BEHIND_THING = re.compile(r"\b(?:of|from|by|in|for|with|von|aus|durch|an|für|mit)\b")
"""The words behind a thing that say of what it is."""
RATES = concepts_in("share rate growth percent anteil")
"""Words of columns that are no amounts."""
_MOST_NAMED = 100
"""The most places of a column of which the names are looked at."""
_MONTH = re.compile(r"(?P<year>\d{4})-\d\d")
_FRAME = re.compile(r"[A-Za-z_]\w*(?=[.\[])")
"""The name of the frame of a column, in its code."""
_NEAR_TOTAL = 0.01
"""The part by which a column may differ from the sum of the others that it is."""
_FEWEST_PEERS = 3
"""The fewest columns of a frame of which one may be the highest."""
_MOST_PARTS = 6
"""The most columns of a frame that are added up."""
_MOST_TEXTS = 60
"""The most texts of a column whose rows are counted."""


@dataclass(frozen=True, eq=False)
class NamedColumn:
    """Numbers at places, by the code that gives all of them."""

    code: str
    """The code of the whole."""
    values: Mapping[Any, float]
    """The numbers by their labels, in order, without missing ones."""
    own: frozenset[str]
    """The things that its name names."""
    other: frozenset[str]
    """The things that its frame, its table and its group name."""
    unit: str = ""
    """Its unit; empty if that is not known."""
    groups: tuple[str, ...] = ()
    """The labels of the groups that it is of, the widest first."""
    siblings: frozenset[str] = field(default=frozenset())
    """The labels of the other groups beside them."""
    labels: frozenset[str] = field(default=frozenset())
    """The words of the columns that name its places."""
    is_numbered: bool = False
    """Its places are numbers of rows, which no text names."""
    dimension: frozenset[str] = field(default=frozenset())
    """The words for what its own places are: years, countries."""
    title: str = ""
    """Its own title, or its name."""
    about: str = ""
    """The title and the description of its table."""
    beside: str = ""
    """The other texts of its table: the names of its columns and of its sources."""

    @cached_property
    def named(self) -> frozenset[str]:
        """All things that its code, its titles, its unit and the names of its places name."""
        code = re.sub(r"[\W_]+", " ", self.code)
        said = concepts_in(f"{code} | {self.unit} | {self.title}")
        return self.own | self.other | self.labels | said

    @cached_property
    def counted(self) -> frozenset[str]:
        """The things that it counts, and not what they are of: deaths, in "Deaths from wounds"."""
        return concepts_in(_BEHIND_THING.split(self.title)[0]) & self.own

    @cached_property
    def named_with_places(self) -> frozenset[str]:
        """The same, and what its first places are called."""
        places = " | ".join(map(str, self.places[:_MOST_NAMED]))
        return self.named | self.dimension | concepts_in(places)

    @cached_property
    def told(self) -> str:
        """All texts of its table, with its places."""
        names = (*self.groups, *self.siblings, *map(str, self.places))
        return " | ".join((self.about, self.beside, *names))

    @cached_property
    def countries(self) -> frozenset[str]:
        """The codes of the countries that it and its places name."""
        names = (*map(str, self.places), *self.groups, *self.own, *self.other, self.title)
        return frozenset(filter(None, map(place_code, names)))

    @cached_property
    def is_rate(self) -> bool:
        """True if the numbers are parts of something, or prices: no amounts."""
        is_named = bool((self.own | concepts_in(self.title)) & RATES)
        return is_named or "%" in self.unit or "percent" in self.unit

    @cached_property
    def is_ratio(self) -> bool:
        """True if the numbers are parts of 1, not percentages."""
        is_percent = "%" in self.unit or "percent" in self.unit
        return not is_percent and all(abs(value) <= 1 for value in self.values.values())

    @cached_property
    def is_whole(self) -> bool:
        """True if the numbers are whole ones."""
        return all(value == int(value) for value in self.values.values())

    @cached_property
    def has_sum(self) -> bool:
        """True if the sum of the numbers tells something: they are neither rates nor parts of 1."""
        return not self.is_rate and (self.is_whole or not self.is_ratio)

    @cached_property
    def may_be_in_percent(self) -> bool:
        """True if the numbers may be said in percent: not the counts of a table, nor amounts in a unit."""
        is_rate = self.is_rate or self.is_ratio or bool(self.other & RATES)
        return is_rate or not (self.unit or (self.is_whole and not self.code.isidentifier()))

    @cached_property
    def places(self) -> Sequence[Any]:
        """The labels in order, times from the first on."""
        labels = list(self.values)
        return sorted(labels, key=str) if all(map(is_dated, labels)) else labels

    @cached_property
    def is_in_order(self) -> bool:
        """True if the column has its places in this order: a slice of it goes forward in time."""
        return list(self.values) == self.places

    @cached_property
    def before(self) -> Mapping[Any, Any]:
        """The label before each but the first."""
        return {later: earlier for earlier, later in pairwise(self.places)}

    @cached_property
    def total(self) -> float:
        """The sum of the numbers."""
        return sum(self.values.values())

    def at(self, key: str) -> str:
        """Return the code of the value at a place, whose code is ``key``."""
        return f"{self.code}[{key}]"

    def is_read_by(self, code: str) -> bool:
        """True if an expression reads the column: `port.car[2022]`, not `port.cargo[2022]`."""
        return self._in_codes.search(code) is not None

    @cached_property
    def _in_codes(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w.{QUOTE}]){re.escape(self.code)}(?![\w{QUOTE}])")


@dataclass(frozen=True)
class TextColumn:
    """The texts of a column, as they are counted."""

    name: str
    """The name of the column."""
    number: int
    """The number of different texts."""
    counts: Mapping[str, int]
    """The most frequent texts, each with the number of its rows."""


@dataclass(frozen=True)
class Peers:
    """The columns of a frame that are alike, as they are for one of them."""

    frame: str
    """The name of the frame."""
    name: str
    """The code of the name of the one column."""
    columns: Sequence[NamedColumn]
    """All columns."""

    @property
    def are_places(self) -> bool:
        """True if columns are countries or continents."""
        return any(place_code(each.title) for each in self.columns)


@dataclass(frozen=True)
class NamedValues:
    """All that a notebook has by name."""

    columns: tuple[NamedColumn, ...]
    """The columns of numbers."""
    single: Mapping[str, Any]
    """Single values: facts, numbers, texts."""
    frames: Mapping[str, Any]
    """The frames and columns whose rows may be counted."""
    parameters: tuple[str, ...] = ()
    """The names of the parameters."""
    across: tuple[NamedColumn, ...] = ()
    """The columns of all groups at a time that the text names, such as those of all countries in 2022."""

    @cached_property
    def dimensions(self) -> frozenset[str]:
        """The words for what the places of any column are."""
        return frozenset[str]().union(*(column.dimension for column in self.columns))

    @cached_property
    def totals(self) -> tuple[NamedColumn, ...]:
        """The sums of the columns of each frame, row by row, where all have one unit, and none is such a sum
        itself.
        """
        parts = defaultdict[str, list[NamedColumn]](list)
        for column in self.columns:
            name = _FRAME.match(column.code)
            if name and name[0] in self.frames and not (column.groups or column.is_numbered):
                parts[name[0]].append(column)
        return tuple(map(_total, filter(_have_total, parts.values())))

    def peers(self, column: NamedColumn) -> Peers | None:
        """Return the columns of a frame that has nothing but numbers of one unit at the same places, such
        as one of continents, if a column is of it; None for another one.
        """
        frame = _FRAME.match(column.code)
        if column.groups or frame is None or frame[0] not in self.frames:
            return None
        columns = [
            each
            for each in self.columns
            if not each.groups and (of := _FRAME.match(each.code)) and of[0] == frame[0]
        ]
        is_whole = self.frames[frame[0]].shape == (len(columns[0].places), len(columns))
        if len(columns) < _FEWEST_PEERS or not is_whole or column.is_numbered:
            return None
        if any(
            each.unit != column.unit or each.is_rate or each.places != column.places
            for each in columns
        ):
            return None
        rest = column.code[len(frame[0]) :]
        name = text_code(rest[1:]) if rest[0] == "." else rest[1:-1]
        return Peers(frame[0], name, columns)

    @cached_property
    def texts(self) -> Mapping[str, Sequence[TextColumn]]:
        """The columns of texts of each frame, by its name."""
        columns = {name: list[TextColumn]() for name in self.frames}
        for name, frame in self.frames.items():
            with suppress(Exception):  # of values that are no plain numbers and texts
                columns[name] += _text_columns(frame)
        return columns

    @cached_property
    def year(self) -> str:
        """The year of all months by which columns name their places; empty for those of several."""
        places = (str(each) for column in self.columns for each in column.places)
        years = {match["year"] for match in map(_MONTH.fullmatch, places) if match}
        return next(iter(years)) if len(years) == 1 else ""

    def keys(self, label: Any) -> list[str]:
        """Return the codes of a label: the parameter that has it first, then itself."""
        names = [
            name
            for name in self.parameters
            if name in self.single and _is_same(self.single[name], label)
        ]
        return [*names, written(label)]


def _have_total(columns: Sequence[NamedColumn]) -> bool:
    """True if the columns of a frame are parts of which the sum tells something."""
    first = columns[0]
    is_of_one = first.unit or first.own.intersection(*(each.own for each in columns))
    are_places = any(place_code(each.title) for each in columns)
    if not 2 <= len(columns) <= _MOST_PARTS or not is_of_one or are_places:
        return False
    rows = [list(each.values.values()) for each in columns]
    sums = [sum(row) for row in zip(*rows, strict=False)]
    return all(
        each.places == first.places
        and each.unit == first.unit
        and not (each.is_rate or each.is_ratio)
        and any(
            abs(2 * of - total) > 1e-6 * abs(total) for of, total in zip(row, sums, strict=True)
        )
        for each, row in zip(columns, rows, strict=True)
    )


def _total(columns: Sequence[NamedColumn]) -> NamedColumn:
    """Return the sum of columns, which is named by what they have in common."""
    first = columns[0]
    return replace(
        first,
        code=f"({' + '.join(each.code for each in columns)})",
        values={label: sum(each.values[label] for each in columns) for label in first.values},
        own=first.own.intersection(*(each.own for each in columns)),
        title="",
    )


def _is_same(value: Any, label: Any) -> bool:
    return type(plain(value)) is type(plain(label)) and plain(value) == plain(label)


def plain(value: Any) -> Any:
    """Return a value of numpy as one of Python."""
    return value.item() if isinstance(value, np.generic) else value


def written(label: Any) -> str:
    """Return the code of a label."""
    label = plain(label)
    if isinstance(label, str):
        return text_code(label)
    shown = str(label).removesuffix(" 00:00:00")
    return repr(label) if isinstance(label, int) else text_code(shown)


def text_code(text: str) -> str:
    """Return the code of a text. One that has :data:`QUOTE` itself becomes a code that is refused."""
    return f"{QUOTE}{text.replace(QUOTE, REFUSED)}{QUOTE}"


def with_quotes(code: str, mark: str, *, refused: str = "") -> str:
    """Return a code with quotation marks; empty if a text in it has such a mark itself, one of the
    ``refused`` characters, or one that could end the code where it stands.
    """
    if any(sign in code for sign in (mark, *refused)) or _ENDS.search(code):
        return ""
    return code.replace(QUOTE, mark)


def frame_columns(frame: Any) -> Iterator[tuple[str, Any]]:
    """Yield the columns of a frame that have a name of their own, each with it."""
    for column in frame.columns:
        values = frame[column] if isinstance(column, str) else None
        if isinstance(values, pd.Series):  # two columns of one name are a frame
            yield column, values


def _text_columns(frame: Any) -> Iterator[TextColumn]:
    for name, values in frame_columns(frame) if frame.ndim == 2 else ():
        if _is_text_column(values):
            texts = values.dropna()
            counts = texts.value_counts().head(_MOST_TEXTS)
            yield TextColumn(name, texts.nunique(), dict(counts.items()))


def is_time(label: Any) -> bool:
    """True if a label is a year, a month, or a day."""
    return isinstance(label, date | pd.Period) or (
        isinstance(label, int) and 1000 < label < 2500 and not isinstance(label, bool)
    )


def is_money(unit: str) -> bool:
    """True if a unit is of money."""
    return bool(currency_in(unit, "en") or set(tokens(unit)) & words_listed("currencies"))


def is_dated(label: Any) -> bool:
    """True if a label is a time, or one as text: "2023-05", "1990s", "2019/20", "2023 Q1"."""
    return is_time(label) or bool(_DATED.fullmatch(str(label)))


def _is_text_column(series: Any) -> bool:
    """True if a column has texts, and nothing else."""
    is_category = isinstance(series.dtype, pd.CategoricalDtype)
    values = series.dtype.categories if is_category else series.dropna()
    return len(values) > 0 and bool(pd.api.types.is_string_dtype(values))
