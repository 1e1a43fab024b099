"""A table of rows and columns, its values as readers see them.

- Numbers have thousands separated and the same decimals all down a column: the decimals of the
  values, up to three; else as many as give the middle value three digits. Years are written as
  such.
- Dates are written out; a missing value is an empty text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, zip_longest
from typing import Any

from plotly_alive.table.cell_bars import CellBar, cell_bars
from plotly_alive.text.language import spoken, t_, written_date, written_number
from plotly_alive.text.numbers import (
    ENGLISH,
    MINUS,
    YEAR,
    column_decimals,
    decimal_of,
    decimals_of,
    fixed,
)

SORTED_FROM = 8
"""The rows from which on a header sorts them."""
YEARS = range(1501, 2200)
"""Whole numbers that are years where a column has no others."""


@dataclass(frozen=True)
class Cell:
    """A value as readers see it."""

    text: str
    """The text, "" if the value is missing."""
    exact: str | float = ""
    """The number that the text rounds, or the ISO date."""


_REMEMBERED = 10_000
"""The most values whose rounded figures are remembered."""


@dataclass(frozen=True)
class Column:
    """A column, or a level of the index."""

    name: tuple[str, ...]
    """The levels of its header."""
    kind: str
    """The kind of its values."""
    values: Sequence[Any]
    """Its values: numbers, texts, truths, ISO dates and times, "∞" and "−∞"; None for none."""
    unit: str = ""
    """Its unit; empty for none."""
    write: Callable[[Any], str] | None = None
    """The function that writes a value if its kind is not enough."""
    decimals: int | None = None
    """The decimals of its numbers; None if nothing sets them."""
    has_bars: bool = False
    """Each of its numbers has a bar."""

    @property
    def header(self) -> str:
        """The header in one line."""
        return " ".join(part for part in self.name if part) + (
            f" ({self.unit})" if self.unit else ""
        )

    def cells(self) -> list[Cell]:
        """The values as they are shown."""
        if self.write is not None:
            return [
                Cell(
                    self.write(value), value if self.kind == "number" and value is not None else ""
                )
                for value in self.values
            ]
        if self.kind == "number":
            return _numbers(self.values, not self.unit and _are_years(self.values), self.decimals)
        return [Cell("") if value is None else _CELLS[self.kind](value) for value in self.values]

    def bars(self) -> Sequence[CellBar | None]:
        """The bars of the values, if they have any."""
        return cell_bars(self.values) if self.has_bars else [None] * len(self.values)

    def is_of(self, others: frozenset[Any]) -> bool:
        """True if all values are among the ``others``, perhaps rounded. Whole numbers that may be
        ranks or counts must be among them unrounded, since many small numbers are among rounded
        ones.
        """
        present = [value for value in self.values if value is not None]
        if others.issuperset(present):
            return True
        if self.kind != "number" or any(isinstance(value, str) for value in present):
            return False
        decimals = max(map(decimals_of, present))
        if not decimals and max(present) <= len(others):
            return False
        round_to = _rounded if len(others) <= _REMEMBERED else _rounded.__wrapped__
        return round_to(others, decimals).issuperset(present)


@lru_cache(maxsize=32)
def _rounded(values: frozenset[Any], decimals: int) -> frozenset[float]:
    """Return the figures among some values, rounded. The charts of a table ask for the same ones."""
    import numpy as np

    figures = [value for value in values if isinstance(value, (int, float))]
    return frozenset(np.round(figures, decimals).tolist())


@dataclass(frozen=True)
class Table:
    """A table of rows and columns."""

    index: tuple[Column, ...]
    """The columns that name the rows; there may be none."""
    columns: tuple[Column, ...]
    """The other columns."""
    count: int
    """The number of all rows, with rows that are left out."""
    has_search: bool = False
    """Readers may search the rows."""

    @property
    def length(self) -> int:
        """The number of rows that are shown."""
        return len((*self.index, *self.columns)[0].values) if self.index or self.columns else 0

    @property
    def is_sortable(self) -> bool:
        """The header sorts the rows."""
        return SORTED_FROM <= self.length == self.count

    def groups(self) -> list[list[tuple[str, int]]]:
        """Return the upper levels of the header: for each level, names and the number of columns
        below each.
        """
        depth = max((len(column.name) for column in self.columns), default=1)
        return [
            [
                (names[-1], len(list(group)))
                for names, group in groupby(column.name[:level] for column in self.columns)
            ]
            for level in range(1, depth)
        ]

    def rows(self) -> list[tuple[tuple[str, str, str | float, bool, CellBar | None], ...]]:
        """Return the rows as they are shown: for each cell its column's kind, its text, its exact
        value, whether it belongs to the index, which comes first, and its bar.
        """
        cells = [
            [
                (column.kind, cell.text, cell.exact, at < len(self.index), bar)
                for cell, bar in zip(column.cells(), column.bars(), strict=True)
            ]
            for at, column in enumerate((*self.index, *self.columns))
        ]
        return list(zip(*cells, strict=True))

    def first(self, count: int) -> Table:
        """Return the table with at most ``count`` rows shown."""
        index, columns = (
            tuple(replace(column, values=column.values[:count]) for column in part)
            for part in (self.index, self.columns)
        )
        return replace(self, index=index, columns=columns)

    def csv(self) -> str:
        """Return the rows that are shown as CSV, with exact values."""
        columns = (*self.index, *self.columns)
        return csv_of(
            [column.header for column in columns],
            zip_longest(*(column.values for column in columns)),
        )


def csv_of(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Write CSV, with an empty cell for None. A cell that a spreadsheet would take for a formula
    becomes text.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_harmless(name) for name in columns])
    writer.writerows([["" if value is None else _harmless(value) for value in row] for row in rows])
    return text.getvalue()


# Values as people read them


def _numbers(values: Sequence[Any], plain: bool, decimals: int | None) -> list[Cell]:
    present = [value for value in values if isinstance(value, (int, float))]
    style = fixed(column_decimals(present) if decimals is None else decimals)
    style = YEAR if plain else style
    cells: dict[Any, Cell] = {
        None: Cell(""),
        "∞": Cell("∞", "Infinity"),
        "−∞": Cell("−∞", "-Infinity"),
    }
    is_english = spoken().separators == ENGLISH.decimal + ENGLISH.group
    for value in present:
        text = written_number(value, style)
        is_exact = style.rounded(value) == decimal_of(value) and (
            is_english or text.lstrip(MINUS).isdigit()
        )
        cells[value] = Cell(text, "" if is_exact else value)
    return [cells[value] for value in values]


def _are_years(values: Sequence[Any]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(value in YEARS for value in present)


def _day(value: str) -> Cell:
    return Cell(written_date(date.fromisoformat(value)), value)


def _time(value: str) -> Cell:
    moment = datetime.fromisoformat(value)
    return Cell(f"{_day(value[:10]).text}, {moment:%H:%M %Z}".strip(), value)


def _text(value: object) -> Cell:
    return Cell((t_("Yes") if value else t_("No")) if isinstance(value, bool) else str(value))


_CELLS = {"date": _day, "time": _time, "text": _text}


# CSV

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(
    r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?|[+-]?\d+([.,'’ \xa0\u202f]\d+)*[ \xa0\u202f]?%?|[+-]+",
    re.IGNORECASE,
)
"""Texts that begin as a formula does and compute nothing: numbers as people write them, and dashes
for what is missing.
"""


def _harmless(value: object) -> object:
    if (
        isinstance(value, str)
        and value.lstrip(" ").startswith(_FORMULA)
        and not _NUMBER.fullmatch(value)
    ):
        return f"'{value}"
    return value
