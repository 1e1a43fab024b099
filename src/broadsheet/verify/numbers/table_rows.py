"""The row of a table that has a value which a page states: what it cites, and what is noted of it."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice, permutations
from operator import itemgetter
from pathlib import Path
from typing import Any

from broadsheet.data.corrections import correct_cells, note_of, says
from broadsheet.data.descriptor import DeclaredCorrection, SourceEntry
from broadsheet.data.origin import Origin
from broadsheet.data.slicing.slice_reading import slice_rows
from broadsheet.data.slicing.slices import SLICED
from broadsheet.data.vintages import SIGN, Vintage, content_of, named_version
from broadsheet.errors import BroadsheetError
from broadsheet.storage.limits import TABLE
from plotly_alive.moments import moment_of

Cells = Mapping[str, str]
_NEAR = 1e-9
"""The part of a number by which it may differ from that of the file."""
_WEEK = re.compile(r"\d{4}-?W\d\d")


@dataclass(frozen=True)
class TableRow:
    """A row of a table that has a value of the prose."""

    table: str
    """The table's name."""
    number: int
    """The number of the row as a spreadsheet counts, which has the header in row 1."""
    sources: tuple[SourceEntry, ...]
    """The sources that the row cites by their keys."""
    remarks: tuple[str, ...]
    """The notes of the table's columns on the value: "an estimate of the Fund"."""


def row_of(root: Path, origin: Origin, key: Sequence[str], value: Any) -> TableRow | None:
    """Return the one row of a table that has a ``value``, and the parts of the ``key`` among its
    cells; None if there is none, or more than one. What parts are,
    :func:`broadsheet.notebook.values.places.key_of` says.
    """
    keys = {source.key: source for source in origin.sources if source.key}
    if not key or not isinstance(value, (int, float, str)):
        return None
    has_notes = bool(origin.corrections) or any(column.notes for column in origin.columns)
    file = _file_of(root, origin)
    if not (keys or has_notes or file.size() <= TABLE["row-numbers-size"].value):
        return None
    table = _table(file)
    at = table.at(key)
    columns_by_row: dict[int, list[str]] = {}
    for row, column in table.with_value(value):
        if row in at:
            columns_by_row.setdefault(row, []).append(column)
    if len(columns_by_row) != 1:
        return None
    ((row, columns),) = columns_by_row.items()
    cells = table.rows[row]
    cited = [keys[text] for text in cells.values() if text in keys]
    remarks = [
        note.text
        for column in origin.columns
        for note in column.notes
        if cells.get(column.name) == note.value and (not column.of or {*column.of} & {*columns})
    ]
    remarks += [
        note_of(correction)
        for correction in origin.corrections
        if correction.column in columns
        and all(says(cells.get(name, ""), part) for name, part in correction.row)
    ]
    cited, remarks = list(dict.fromkeys(cited)), list(dict.fromkeys(remarks))
    return TableRow(origin.name, row + 2, tuple(cited), tuple(remarks))


def names_in(root: Path, origin: Origin) -> Sequence[frozenset[str]]:
    """Return the names by which the rows of a table are known, for each column of its key: its texts,
    and the names of codes in it.
    """
    return _key_names(_file_of(root, origin), origin.names)


@dataclass(frozen=True)
class _File:
    """The file of a table as a run has read it."""

    path: Path
    """Its path."""
    root: Path
    """The publication's root."""
    name: str
    """The name of the table, or version."""
    sha256: str
    """The digest of its bytes."""
    key: tuple[str, ...]
    """The primary key."""
    corrections: tuple[DeclaredCorrection, ...]
    """The corrections that are made when it is read."""

    @property
    def is_part(self) -> bool:
        """True for a slice, and for a version, which are not the bytes of the file at ``path``."""
        return SLICED in self.name or SIGN in self.name

    def size(self) -> int:
        """Return the number of its bytes, as they are read: those of a slice, or of a version that is
        unpacked; 0 if it cannot be read.
        """
        if self.is_part:
            return len(_content(self))
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def content(self) -> bytes:
        """Return its bytes; none if it is another one by now, or cannot be read."""
        try:
            if SLICED in self.name:
                content = slice_rows(self.root, self.name)
                return content if hashlib.sha256(content).hexdigest() == self.sha256 else b""
            table, day = named_version(self.name)
            if day is not None:
                return content_of(self.root, table, Vintage(day, self.sha256, 0, ""))
            content = self.path.read_bytes()
        except (BroadsheetError, OSError):
            return b""
        return content if hashlib.sha256(content).hexdigest() == self.sha256 else b""


@lru_cache(maxsize=4)
def _content(file: _File) -> bytes:
    """Return the bytes of a slice or a version, which are read once for their number and their rows."""
    return file.content()


def _file_of(root: Path, origin: Origin) -> _File:
    path = root / origin.path
    return _File(path, root, origin.name, origin.sha256, origin.key, origin.corrections)


@lru_cache(maxsize=32)
def _key_names(file: _File, of_codes: tuple[tuple[str, str], ...]) -> Sequence[frozenset[str]]:
    """Return the texts in each column of a table's key, with the names of codes. Of a large table,
    nothing else is held.
    """
    named, columns = dict(of_codes), [set[str]() for _ in file.key]
    for cells in _rows(file):
        for texts, column in zip(columns, file.key, strict=True):
            texts.add(cells.get(column, ""))
    return [
        frozenset(
            name for text in texts for name in (text, named.get(text, "")) if name[:1].isalpha()
        )
        for texts in columns
    ]


@dataclass(frozen=True)
class _Column:
    """The cells of a column."""

    texts: Mapping[str, set[int]]
    """The rows of each text."""
    numbers: Mapping[float, set[int]]
    """The rows of each number."""
    days: Sequence[tuple[tuple[date, date], set[int]]]
    """The first and the last day of each text that is a day or a period, with its rows."""

    def equal(self, part: str) -> set[int]:
        """Return the rows with this text or number."""
        return self.texts.get(part) or self.numbers.get(_number(part), set())

    def within(self, part: str) -> set[int]:
        """Return the rows with a day or a period within the one that ``part`` says."""
        span = _days(part)
        return self._where(lambda days: span is not None and _is_within(days, span))

    def around(self, part: str) -> set[int]:
        """Return the rows with a period that begins on the day that ``part`` says: as which pandas
        reads it.
        """
        span = _days(part)
        return self._where(lambda days: span is not None and days[0] == span[0])

    def _where(self, holds: Callable[[tuple[date, date]], bool]) -> set[int]:
        return {row for days, rows in self.days if holds(days) for row in rows}


@dataclass(frozen=True)
class _Table:
    """The cells of a table, by row, column and number."""

    rows: list[Cells]
    """The rows."""
    columns: Sequence[Sequence[_Column]]
    """The columns that name a row, and the others."""
    by_text: Mapping[str, Sequence[tuple[int, str]]]
    """The rows and columns of each text."""
    numbers: Sequence[tuple[float, int, str]]
    """The numbers in order, each with its row and column."""
    seen: dict[str, frozenset[int]] = field(default_factory=dict, compare=False)
    """The rows that have the parts of keys which were asked for: all pages ask for the same years."""

    def at(self, key: Iterable[str]) -> frozenset[int]:
        """Return the rows that have all parts of a key in their cells."""
        return frozenset.intersection(*map(self._having, key))

    def _having(self, part: str) -> frozenset[int]:
        if part not in self.seen:
            finds = (
                find(columns, part)
                for columns in self.columns
                for find in (_equal, _within, _of_year_and_month, _around)
            )
            self.seen[part] = frozenset(next(filter(None, finds), ()))
        return self.seen[part]

    def with_value(self, value: float | str) -> Iterator[tuple[int, str]]:
        """Yield the rows and columns of a value."""
        if isinstance(value, str):
            yield from self.by_text.get(value, ())
            return
        start = bisect_left(self.numbers, value - abs(value) * 2 * _NEAR, key=itemgetter(0))
        for number, row, column in islice(self.numbers, start, None):
            if math.isclose(number, value, rel_tol=_NEAR):
                yield row, column
            elif number > value:
                return


def _equal(columns: Sequence[_Column], part: str) -> set[int]:
    return {row for column in columns for row in column.equal(part)}


def _within(columns: Sequence[_Column], part: str) -> set[int]:
    return {row for column in columns for row in column.within(part)}


def _of_year_and_month(columns: Sequence[_Column], part: str) -> set[int]:
    """Return the rows of a month, or of its first day, whose year and month are in two columns."""
    days = _days(part)
    if days is None or (days[0].year, days[0].month) != (days[1].year, days[1].month):
        return set()
    year, month = str(days[0].year), str(days[0].month)
    pairs = permutations(columns, 2)
    candidates = (first.equal(year) & second.equal(month) for first, second in pairs)
    return next((rows for rows in candidates if rows), set())


def _around(columns: Sequence[_Column], part: str) -> set[int]:
    return {row for column in columns for row in column.around(part)}


@lru_cache(maxsize=32)
def _table(file: _File) -> _Table:
    """Return the cells of the file that the run has read."""
    rows: list[Cells] = [*_rows(file)]
    names = list(rows[0]) if rows else []
    by_text: dict[str, list[tuple[int, str]]] = {}
    numbers: list[tuple[float, int, str]] = []
    for number, row in enumerate(rows):
        for column, cell in row.items():
            by_text.setdefault(cell, []).append((number, column))
            if not math.isnan(value := _number(cell)):
                numbers.append((value, number, column))
    columns = [
        [_column(rows, name) for name in names if (name in file.key) == is_key]
        for is_key in (True, False)
    ]
    return _Table(rows, columns, by_text, sorted(numbers))


def _rows(file: _File) -> Iterator[Cells]:
    """Yield the rows of the file that the run has read; none if it is another one by now."""
    content = _content(file) if file.is_part else file.content()
    for cells in csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline="")):
        correct_cells(file.corrections, [cells])
        yield cells


def _column(rows: Iterable[Cells], name: str) -> _Column:
    texts: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        texts.setdefault(row[name], set()).add(number)
    numbers: dict[float, set[int]] = {}
    for text, those in texts.items():
        numbers.setdefault(_number(text), set()).update(those)
    numbers.pop(math.nan, None)
    days = [(span, those) for text, those in texts.items() if (span := _days(text)) is not None]
    return _Column(texts, numbers, days)


def _number(text: str) -> float:
    """Return the number that a cell is; NaN for another."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a day, a week (`2023-W44`), a month, a quarter, a year,
    or of `2023-10-30/2023-11-05`.
    """
    first, _, last = text.partition("/")
    if last:
        ends = moment_of(first), moment_of(last)
        return (ends[0].start.date(), ends[1].start.date()) if ends[0] and ends[1] else None
    if _WEEK.fullmatch(text):
        try:
            monday = date.fromisoformat(text)
        except ValueError:
            return None
        return monday, monday + timedelta(days=6)
    moment = moment_of(text)
    if moment is None:
        return None
    last_day = max(moment.start, moment.end - timedelta(days=1))
    return moment.start.date(), last_day.date()


def _is_within(days: tuple[date, date], span: tuple[date, date]) -> bool:
    return span[0] <= days[0] and days[1] <= span[1]
