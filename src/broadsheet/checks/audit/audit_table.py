"""A table as the audit asks it: columns that name rows, the times of rows, and what is measured.

A table may be long, a row for each value, or wide, with years, months or places as columns. Both
become the same: *cells*, each with its labels, its time, and a value for each measure. A cell knows
the row and the column of the file that it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Resolution = Literal["year", "quarter", "month", "day"]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Mask = NDArray[np.bool_]
_FEW_THINGS = 3
"""So few rows with names of their own may be of a time each."""
DIVISORS: Mapping[Resolution, int] = {"year": 10_000, "quarter": 100, "month": 100, "day": 1}
"""The number by which a time, written 20240131, is divided to be one of a resolution."""

_MOST_TIMES = 24
"""The most times of a table whose cells are remembered."""


@dataclass(frozen=True, eq=False)
class LabelColumn:
    """A column whose cells name something: a country, a sector, a species."""

    name: str
    """Its name in the file; empty for labels that were the names of columns."""
    title: str
    """Its title for people."""
    labels: tuple[str, ...]
    """The distinct labels."""
    codes: IntArray
    """The number of the label of each cell; -1 without one."""


@dataclass(frozen=True, eq=False)
class TimeColumn:
    """The times of the cells."""

    name: str
    """Its name in the file; empty for times that were the names of columns."""
    resolution: Resolution
    """The length of its periods."""
    keys: IntArray
    """The time of each cell, as 20240131, 20240100 or 20240000; 0 without one. A quarter has its
    first month.
    """

    @cached_property
    def latest(self) -> int:
        """The last time."""
        return int(self.keys.max(initial=0))


@dataclass(frozen=True, eq=False)
class MeasureColumn:
    """A column of numbers."""

    name: str
    """Its name in the file; empty for the values of a wide table."""
    title: str
    """Its title for people, or its name as words."""
    description: str
    """Its description; empty without one."""
    unit: str
    """Its unit as written; empty if nothing says it."""
    values: FloatArray
    """The value of each cell; NaN without one."""
    is_count: bool = False
    """Its values are numbers of rows."""

    @cached_property
    def present(self) -> Mask:
        """The cells with a value."""
        return np.isfinite(self.values)

    @cached_property
    def is_whole(self) -> bool:
        """Its values are whole numbers."""
        return bool((self.values[self.present] % 1 == 0).all())

    @cached_property
    def is_constant(self) -> bool:
        """All its values are the same."""
        values = self.values[self.present]
        return len(values) > 0 and bool((values == values[0]).all())

    @cached_property
    def is_of_years(self) -> bool:
        """Its values are years, such as those in which companies were founded."""
        values = self.values[self.present]
        is_whole = self.has_values and self.is_whole
        return is_whole and bool(values.min() >= 1000 and values.max() < 2200)

    @cached_property
    def typical(self) -> float:
        """The median of the sizes of its values; NaN without one."""
        return float(np.median(np.abs(self.values[self.present]))) if self.has_values else np.nan

    @cached_property
    def largest(self) -> float:
        """The largest size of a value."""
        return float(np.nanmax(np.abs(self.values))) if self.has_values else 0.0

    @cached_property
    def smallest(self) -> float:
        """The smallest size of a value that is not 0."""
        sizes = np.abs(self.values[np.isfinite(self.values)])
        return float(sizes[sizes > 0].min(initial=np.inf))

    @cached_property
    def has_values(self) -> bool:
        """It has a value."""
        return bool(self.present.any())


@dataclass(frozen=True, eq=False)
class AuditTable:
    """A table of which the audit asks for values."""

    file: str
    """The path of its file, as messages name it."""
    name: str
    """Its short name."""
    title: str
    """Its title, from a Data Package; empty without one."""
    labels: tuple[LabelColumn, ...]
    """The columns that name rows."""
    time: TimeColumn | None
    """The times of its cells, if it has any."""
    measures: tuple[MeasureColumn, ...]
    """Its columns of numbers."""
    size: int
    """The number of cells."""
    rows: int
    """The number of rows in the file."""
    wide: tuple[str, ...] = ()
    """The names of the columns of a wide table, in the order of the cells of a row."""
    sheet: str = ""
    """The sheet of a workbook."""
    columns: int = 0
    """The number of columns in the file."""
    counted: AuditTable | None = None
    """The table whose rows this one counts; None for a table of a file."""
    first_rows: IntArray | None = None
    """The first row that each cell counts; -1 for none."""
    cache: dict[str, object] = field(default_factory=dict, repr=False)
    """Results that were computed of it, by name. Has state."""

    @cached_property
    def is_of_things(self) -> bool:
        """True if its rows are things, such as companies or penguins, and not values of a time."""
        if not self.labels or self.wide or self.counted is not None:
            return False
        if self.time is None:
            return True
        rows = np.zeros(self.size, dtype=np.int64)
        for column in self.labels:
            _, each = np.unique(column.codes, return_inverse=True)
            _, rows = np.unique(rows * (int(each.max(initial=0)) + 1) + each, return_inverse=True)
        things = int(rows.max(initial=0)) + 1
        _, each = np.unique(self.time.keys, return_inverse=True)
        times = int(each.max(initial=0)) + 1
        _, rows = np.unique(rows * times + each, return_inverse=True)
        is_several = int(rows.max(initial=0)) + 1 < 0.9 * self.size
        is_once = things >= 0.6 * self.size
        steps = np.diff(np.sort(ordinals(self.time.keys, self.time.resolution)))
        is_even = len(set(steps)) == 1
        if self.size > _FEW_THINGS and len(self.labels[0].labels) == self.size and not is_even:
            return True  # films, each of a year; not the years, each with its best film
        return is_several or (
            is_once and (times < 0.9 * self.size or self.time.resolution == "day")
        )

    def row(self, cell: int) -> int:
        """Return the number of the row of a cell, from 1 without the header; 0 for a count of no rows."""
        if self.first_rows is not None:
            return int(self.first_rows[cell]) + 1
        return cell // len(self.wide) + 1 if self.wide else cell + 1

    def column(self, cell: int, measure: MeasureColumn) -> str:
        """Return the name of the column of a value."""
        return self.wide[cell % len(self.wide)] if self.wide else measure.name

    def keys(self, cell: int) -> dict[str, str]:
        """Return the labels and the time of a cell, by column."""
        keys = {
            column.title or "column": column.labels[code]
            for column in self.labels
            if (code := int(column.codes[cell])) >= 0
        }
        if self.time is not None and (key := int(self.time.keys[cell])):
            keys[self.time.name or "time"] = time_text(key, self.time.resolution)
        return keys

    def at_time(self, key: int, until: int | None = None) -> Mask:
        """Return the cells of a time, which may be a year of months; or of all times from one
        ``until`` another.
        """
        if self.time is None:
            return np.ones(self.size, dtype=bool)
        kept = self._times
        if (key, until) not in kept:
            keys = self.time.keys
            first, last = (bounds(key)[0], bounds(key if until is None else until)[1])
            if len(kept) >= _MOST_TIMES:
                kept.clear()
            kept[key, until] = (keys >= first) & (keys <= last) & (keys > 0)
        return kept[key, until]

    @cached_property
    def _times(self) -> dict[tuple[int, int | None], Mask]:
        """The cells of the times that were asked for last. Has state."""
        return {}


def periods_of(keys: IntArray, resolution: Resolution) -> IntArray:
    """Return the period that each time is of, written as times are."""
    if resolution == "quarter":
        return keys // 10_000 * 10_000 + (keys // 100 % 100 - 1) // 3 * 300 + 100
    return keys // DIVISORS[resolution] * DIVISORS[resolution]


def ordinals(keys: IntArray, resolution: Resolution) -> IntArray:
    """Return times as numbers of years, quarters, months or days, of which the next is one more."""
    years, months = keys // 10_000, np.maximum(keys // 100 % 100, 1)
    if resolution == "year":
        return years
    if resolution == "quarter":
        quarters: IntArray = years * 4 + (months - 1) // 3
        return quarters
    if resolution == "month":
        return years * 12 + months - 1
    first = (years - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (months - 1)
    days: IntArray = first.astype("datetime64[D]").astype(np.int64)
    return days + np.maximum(keys % 100, 1) - 1


def bounds(key: int) -> tuple[int, int]:
    """Return the first and the last time that are within one: all of 2024 for 20240000."""
    if key % 10_000 == 0:
        return key, key + 9_999
    return (key, key + 99) if key % 100 == 0 else (key, key)


def time_text(key: int, resolution: Resolution) -> str:
    """Return a time as ISO 8601 writes it; a quarter as 2024-Q1."""
    year, month, day = key // 10_000, key // 100 % 100, key % 100
    if resolution == "quarter" and month:
        return f"{year}-Q{(month + 2) // 3}"
    return f"{year}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
