"""Changes of a table, as revisions make them, that a run reads in place of the file: for the mutation
test.

    value       a number becomes another one, at which something turns
    revision    a number is revised, and others with it, so that the identities hold (`revision.py`)
    tie         a number becomes equal to one that it is compared with
    exchange    the numbers of two neighbours in rank are exchanged
    labels      two labels of rows are exchanged
    date        a row, or each, is moved by a year or a day
    status      a text becomes another one of its column
    gap         a cell is emptied
    row         a row is taken out
    new         a year, a month or a day is added, with numbers a few percent on

The file stays as it is, and the catalogue judges the changed table like any other. A change holds for the
process in which it was put in force (:func:`put_in_force`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from broadsheet.data.descriptor import Field, Resource
from broadsheet.data.trial_revisions import revised

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal[
    "value",
    "revision",
    "tie",
    "exchange",
    "labels",
    "date",
    "status",
    "gap",
    "row",
    "new",
    "extreme",
]
THRESHOLDS = (25, 100 / 3, 50, 200 / 3, 75)
"""Percentages that shares cross in words."""
_ORDER: Sequence[Kind] = (
    *("value", "revision", "tie", "value", "row", "exchange", "labels"),
    *("value", "status", "date", "new", "revision", "gap"),
)
"""The kinds in the order in which they are tried, and how often."""
_TEXTS = 12
"""The most different texts of a column that is taken for statuses."""


@dataclass(frozen=True)
class Change:
    """A change of a table's file. One of the kind `extreme` leaves the rules and identities of the
    table out of account.
    """

    table: str
    """The name of the table, or of the slice of a table in Parquet."""
    kind: Kind
    """The kind of change."""
    what: str
    """The change in words."""
    cells: tuple[tuple[int, str, str], ...] = ()
    """The changed cells: row, from 0, column and new text."""
    removed: tuple[int, ...] = ()
    """The rows that are taken out."""
    added: tuple[tuple[str, ...], ...] = ()
    """The rows that are put at the end."""

    @property
    def at(self) -> tuple[int, str | None]:
        """The first row that it changes, and the column of the first cell in it."""
        return self.cells[0][:2] if self.cells else ((*self.removed, 0)[0], None)

    def applied(self, data: bytes) -> bytes:
        """Return the bytes of the table's file with the change."""
        header, *rows = rows_of(data)
        for row, column, value in self.cells:
            rows[row][header.index(column)] = value
        kept = [row for number, row in enumerate(rows) if number not in self.removed]
        changed = io.StringIO(newline="")
        csv.writer(changed).writerows([header, *kept, *self.added])
        return changed.getvalue().encode()


def with_change(resource: Resource, data: bytes, change: Change) -> tuple[Resource, bytes]:
    """Return a table's entry and the bytes of its file with a change: the entry has the checksum that
    the file then has, and the rules that the change heeds.
    """
    data = change.applied(data)
    if change.kind == "extreme":
        resource = resource.without_rules
    if change.added:
        resource = resource.open_ended
    checksum = {"hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
    return resource.model_copy(update=checksum), data


def rows_of(data: bytes) -> list[list[str]]:
    """Return the header and the rows of a CSV file."""
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return [row for row in csv.reader(text) if row]


@dataclass
class _Process:
    """State of the process, which a changed run has for itself."""

    in_force: dict[str, Change] = field(default_factory=dict)
    """The changes in force, by their tables."""
    before_reading: Callable[[str], None] | None = None
    """A function that is called with a table's name before the table is read."""


_process = _Process()


def when_read(call: Callable[[str], None]) -> None:
    """Have ``call`` called in this process with the name of each table before it is read."""
    _process.before_reading = call


def put_in_force(change: Change) -> None:
    """Let this process read the table with the change from now on."""
    _process.in_force[change.table] = change


def in_force(table: str) -> Change | None:
    """Return the change with which a table is read in this process; None without one."""
    if _process.before_reading is not None:
        _process.before_reading(table)
    return _process.in_force.get(table)


def extreme_changes(change: Change, resource: Resource, frame: pd.DataFrame) -> Iterator[Change]:
    """Yield changes to a thousandfold and to a thousandth of the numbers that ``change`` changes.
    They turn whatever rests on these.
    """
    measured = {column.name: column for column in resource.measured}
    cells = [
        (row, measured[name], float(frame[name][row]))
        for row, name, _ in change.cells
        if name in measured
    ]
    for size, what in ((1000.0, "a thousandfold"), (0.001, "a thousandth")):
        texts = [
            (row, of.name, f"{max(abs(value), 1) * size:.{0 if of.type == 'integer' else 6}f}")
            for row, of, value in cells
        ]
        if texts:
            yield Change(change.table, "extreme", what, tuple(texts))


class TableChanges:
    """The changes that can be tried with a table: its ``frame``, and the ``data`` of its file.
    Cells for which ``is_read`` is true come first.
    """

    def __init__(
        self,
        resource: Resource,
        frame: pd.DataFrame,
        data: bytes,
        is_read: Callable[[Any], bool],
        chance: random.Random,
    ) -> None:
        self._resource, self._frame, self._chance = resource, frame, chance
        header, *self._rows = rows_of(data)
        self._at = {name: number for number, name in enumerate(header)}
        self._is_read = is_read

    def each(self) -> Iterator[Change]:
        """Yield the changes, the kinds in turn."""
        kinds: dict[Kind, Iterator[Change]] = {
            "value": self._values(),
            "revision": self._revisions(),
            "tie": self._ties(),
            "exchange": self._exchanges(),
            "labels": self._labels(),
            "date": self._dates(),
            "status": self._statuses(),
            "gap": self._gaps(),
            "row": self._missing_rows(),
            "new": self._new_rows(),
        }
        while kinds:
            for kind in _ORDER:
                change = next(kinds[kind], None) if kind in kinds else None
                if change is not None:
                    yield change
                elif kind in kinds:
                    del kinds[kind]

    def field(self, column: str) -> Field:
        """Return the description of a column."""
        return next(field for field in self._resource.table_schema.fields if field.name == column)

    def name(self, row: int) -> str:
        """Return a row's primary key in words: "year 2022"."""
        return ", ".join(f"{column} {self._text(row, column)}" for column in self._key)

    @property
    def _key(self) -> Sequence[str]:
        return self._resource.table_schema.primary_key

    def _text(self, row: int, column: str) -> str:
        return self._rows[row][self._at[column]]

    @cached_property
    def _cells(self) -> list[tuple[int, Field]]:
        """The cells that hold measured numbers. Cells that are read come first."""
        frame = self._frame
        cells = [
            (int(row), of)
            for of in self._resource.measured
            for row in frame.index[frame[of.name].notna()]
        ]
        self._chance.shuffle(cells)
        cells.sort(key=lambda cell: not self._is_read(frame[cell[1].name][cell[0]]))
        return cells

    def _change(self, kind: Kind, what: str, *cells: tuple[int, str, str]) -> Change:
        return Change(self._resource.name, kind, what, cells)

    def _values(self) -> Iterator[Change]:
        """Yield changes of numbers to those at which something turns, cell after cell in turn."""
        left: dict[int, list[tuple[str, str]]] = {}
        cells = self._cells[:_MOST]
        while cells:
            for number, (row, of) in enumerate(cells):
                if number not in left:
                    turns = list(changed_values(self._resource, self._frame, row, of))
                    left[number] = (
                        turns[number % (len(turns) or 1) :] + turns[: number % (len(turns) or 1)]
                    )
                if left[number]:
                    new, why = left[number].pop(0)
                    what = f"{new} and not {self._text(row, of.name)}: {why}"
                    yield self._change("value", what, (row, of.name, new))
            if not any(left.values()):
                return

    def _revisions(self) -> Iterator[Change]:
        """Yield revisions of numbers by a few percent, up and down, with the numbers that depend on
        them.
        """
        for row, of in self._cells[:_MOST]:
            part = self._chance.choice((-0.3, -0.1, -0.04, 0.04, 0.1, 0.3))
            old = float(self._frame[of.name][row])
            new = _written(old * (1 + part), of, self._frame)
            cells = revised(self._resource, self._frame, {(row, of.name): float(new)})
            if cells is not None and new != self._text(row, of.name):
                texts = [
                    (at, name, _written(value, self.field(name), self._frame))
                    for (at, name), value in cells.items()
                ]
                others = len(texts) - 1
                with_it = f", and {others} with it" if others else ""
                yield self._change(
                    "revision",
                    f"{new} and not {self._text(row, of.name)}: revised{with_it}",
                    *texts,
                )

    def _ties(self) -> Iterator[Change]:
        for row, of in self._cells[:_MOST]:
            for other in self._compared(row, of):
                if other != self._text(row, of.name):
                    what = f"{other} and not {self._text(row, of.name)}: a tie"
                    yield self._change("tie", what, (row, of.name, other))
                    break

    def _compared(self, row: int, of: Field) -> Iterator[str]:
        """Yield the texts of the numbers with which a number is compared: the next in rank, the
        highest of its series and the one before it, the number of another column.
        """
        series, rivals = _beside(self._resource, self._frame, row, of)
        value = float(self._frame[of.name][row])
        near = [(rivals - value).abs().idxmin()] if len(rivals) else []
        if len(series):
            near += [series.idxmax(), series.index[(series.index < row).sum() - 1]]
        self._chance.shuffle(near)
        yield from (self._text(int(str(index)), of.name) for index in near)
        for other in self._resource.measured:
            if other.name != of.name and other.unit == of.unit and self._text(row, other.name):
                yield self._text(row, other.name)

    def _exchanges(self) -> Iterator[Change]:
        for row, of in self._cells[:_MOST]:
            series, rivals = _beside(self._resource, self._frame, row, of)
            others = rivals if len(rivals) else series
            if len(others):
                distances = (others - float(self._frame[of.name][row])).abs()
                other = int(str(distances.idxmin()))
                new, old = self._text(other, of.name), self._text(row, of.name)
                if new != old:
                    what = f"exchanged with row {other + 1}, {self.name(other)}"
                    yield self._change("exchange", what, (row, of.name, new), (other, of.name, old))

    def _labels(self) -> Iterator[Change]:
        """Yield exchanges of two names wherever they occur; of two years in a table without names."""
        frame, along = self._frame, self._resource.columns.along
        names = [column for column in self._key if column != along] or list(self._key[:1])
        twins = [
            of.name
            for of in self._resource.table_schema.fields
            if of.type == "string"
            and of.name not in names
            and len(names) == 1
            and frame.groupby(names[0])[of.name].nunique(dropna=False).max() == 1
            and frame[of.name].nunique() == frame[names[0]].nunique()
        ]
        order = [row for row, _ in self._cells] or list(range(len(frame)))
        for column in names:
            seen = list(dict.fromkeys(self._text(row, column) for row in order))
            for label, other in zip(seen[::2], seen[1::2], strict=False):
                first = {text: self._first(column, text) for text in (label, other)}
                swapped = {label: other, other: label}
                cells = [
                    (row, name, self._text(first[swapped[self._text(row, column)]], name))
                    for row in range(len(frame))
                    if self._text(row, column) in swapped
                    for name in (column, *twins)
                ]
                yield self._change("labels", f"“{label}” and “{other}” exchanged", *cells)

    def _first(self, column: str, text: str) -> int:
        return next(row for row in range(len(self._rows)) if self._text(row, column) == text)

    def _dates(self) -> Iterator[Change]:
        """Yield moves of the last row of a series by a year or a day; then of all rows back by one."""
        along = self._resource.columns.along
        columns = [along] if along else []
        columns += [
            of.name
            for of in self._resource.table_schema.fields
            if of.type == "date" and of.name != along
        ]
        for column in columns:
            last = int(str(self._frame[column].idxmax()))
            rows = list(dict.fromkeys([last, *(row for row, _ in self._cells)]))
            for row in rows[:_MOST]:
                for step in (1, -1):
                    new = self._moved(row, column, step)
                    if new:
                        old = self._text(row, column)
                        yield self._change("date", f"{new} and not {old}", (row, column, new))
                        break
            cells = [(row, column, self._moved(row, column, -1)) for row in range(len(self._rows))]
            if all(text for *_, text in cells):
                yield self._change("date", "each row is of one time before", *cells)

    def _moved(self, row: int, column: str, step: int) -> str:
        import pandas as pd

        value = self._frame[column][row]
        if not self._text(row, column):
            return ""
        if self._frame[column].dtype.kind == "M":
            is_month = bool((self._frame[column].dropna().dt.day == 1).all())
            moved = value + (pd.DateOffset(months=step) if is_month else pd.Timedelta(days=step))
            return str(moved.date())
        return str(int(value) + step)

    def _statuses(self) -> Iterator[Change]:
        """Yield changes of texts and truths to others of their column, the last ones and those that
        are read first.
        """
        for of in self._resource.table_schema.fields:
            texts = list(dict.fromkeys(row[self._at[of.name]] for row in self._rows))
            texts = ["true", "false"] if of.type == "boolean" else [text for text in texts if text]
            if of.name in self._key or not 1 < len(texts) <= _TEXTS:
                continue
            if of.type not in ("string", "boolean") or getattr(of, "source_key", False):
                continue
            turns = self._turning(of.name)
            rows = list(dict.fromkeys([*turns, *(row for row, _ in self._cells[:_MOST])]))
            for row in rows or range(len(self._rows)):
                if old := self._text(row, of.name):
                    new = self._chance.choice([text for text in texts if text != old])
                    yield self._change("status", f"{new} and not {old}", (row, of.name, new))

    def _turning(self, column: str) -> list[int]:
        """Return the rows at which the texts of a column change, from row to row."""
        texts = [self._text(row, column) for row in range(len(self._rows))]
        pairs = [row for row in range(1, len(texts)) if texts[row] != texts[row - 1]]
        self._chance.shuffle(pairs)
        return [index for row in pairs[:_MOST] for index in (row, row - 1)]

    def _gaps(self) -> Iterator[Change]:
        for row, of in self._cells[:_MOST]:
            if not of.constraints.required:
                old = self._text(row, of.name)
                yield self._change("gap", f"no value, and not {old}", (row, of.name, ""))

    def _missing_rows(self) -> Iterator[Change]:
        rows = [row for row, _ in self._cells] or range(len(self._rows))
        for row in dict.fromkeys([*list(rows)[:1], len(self._rows) - 1, *rows]):
            yield Change(self._resource.name, "row", "the row is missing", (), (row,))

    def _new_rows(self) -> Iterator[Change]:
        """Yield the rows of the last time once more, a year, a month or a day later."""
        along = self._resource.columns.along
        if along is None:
            return
        last = self._frame[along].max()
        rows = [row for row in range(len(self._rows)) if self._frame[along][row] == last]
        measured = {of.name: of for of in self._resource.measured}
        for part in (1.06, 0.9):
            added = []
            for row in rows:
                texts = list(self._rows[row])
                texts[self._at[along]] = self._moved(row, along, 1)
                for name, of in measured.items():
                    if text := texts[self._at[name]]:
                        texts[self._at[name]] = _written(float(text) * part, of, self._frame)
                added.append(tuple(texts))
            what = f"a new {along}, {self._moved(rows[0], along, 1)}"
            yield Change(self._resource.name, "new", what, added=tuple(added))


_MOST = 200
"""The most cells of a table for one kind of change."""


def _written(value: float, of: Field, frame: pd.DataFrame) -> str:
    """Return a number in the form of its column."""
    return f"{value:.{_places(of, frame)}f}"


def _places(of: Field, frame: pd.DataFrame) -> int:
    places = max(len(str(number).partition(".")[2]) for number in frame[of.name].dropna())
    return 0 if of.type == "integer" else min(places, 6)


def changed_values(
    resource: Resource, frame: pd.DataFrame, row: int, of: Field
) -> Iterator[tuple[str, str]]:
    """Yield the texts, as CSV has them, that a number of a ``frame`` may become, and what turns by
    each.
    """
    places = _places(of, frame)
    has_negative = bool((frame[of.name] < 0).any())
    seen = {f"{float(frame[of.name][row]):.{places}f}"}
    for new, what in _turned(resource, frame, row, of):
        written = f"{new if has_negative else max(new, 0):.{places}f}"
        if written not in seen:
            seen.add(written)
            yield written, what


def _beside(
    resource: Resource, frame: pd.DataFrame, row: int, of: Field
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the other numbers of a series, and those of other series at the same time."""
    numbers, along = frame[of.name].astype("float64"), resource.columns.along
    if along is None:
        return numbers.drop(row).dropna(), numbers.iloc[:0]
    same = [column for column in resource.table_schema.primary_key if column != along]
    is_series = (frame[same] == frame.loc[row, same]).all(axis=1)
    is_then = frame[along] == frame[along][row]
    return numbers[is_series].drop(row).dropna(), numbers[is_then & ~is_series].dropna()


def _turned(
    resource: Resource, frame: pd.DataFrame, row: int, of: Field
) -> Iterator[tuple[float, str]]:
    """Yield the numbers at which something turns, each with what it is."""
    value, along = float(frame[of.name][row]), resource.columns.along
    series, rivals = _beside(resource, frame, row, of)
    if along is not None:
        before = series[frame[along].loc[series.index] < frame[along][row]]
        if len(before):
            nearest = before[frame[along].loc[before.index].idxmax()]
            yield 2 * nearest - value, "the change against the one before turns"
    for other in resource.measured:
        if other.name != of.name and other.unit == of.unit and frame[other.name].notna()[row]:
            yield 2 * float(frame[other.name][row]) - value, f"it passes {other.name}"
    if len(series):
        low, high = series.min(), series.max()
        yield low - max(abs(low) / 20, 1), "the lowest"
        yield high + max(abs(high) / 20, 1), "the highest"
    if of.unit == "percent":
        nearest = min(THRESHOLDS, key=lambda threshold: abs(threshold - value))
        yield 2 * nearest - value, f"it crosses {nearest:.3g} percent"
    above = rivals[rivals > value]
    if len(above):
        yield above.min() * 1.01, "it passes the next in rank"
