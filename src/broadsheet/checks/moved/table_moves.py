"""The rows of a table that are lost, moved or added by a new version, and what its entry says otherwise.

Rows are compared by their primary key, and cells by the types of their columns: a number has moved if
its value is another, however it is written; a text, if a sign of it is another, digits too. The moves
are sorted by their size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from broadsheet.data.checking import Value, cell_value
from broadsheet.data.csv_rows import csv_rows
from broadsheet.data.descriptor import FieldType, Resource
from broadsheet.data.revision import Revision

TIERS = ((0.15, "above 15 percent"), (0.01, "above 1 percent"), (-1.0, "1 percent or less"))
"""The tiers of moves, each by the size above which a move is in it."""
OTHER = "texts and gaps"
"""The tier of what is no move of a number: another text, a gap that is filled, a value that goes."""
_OF_THE_FILE = {"mediatype", "path", "bytes", "hash", "retrieved", "name", "type"}
"""The keys of an entry that are others with each version, or never."""


@dataclass(frozen=True)
class CellMove:
    """A value of a row that is another."""

    row: str
    """The row by its key: `2022, India`."""
    column: str
    """The name of the column."""
    before: str
    """The value as it is."""
    now: str
    """The value as it will be."""
    numbers: tuple[float, float] | None = None
    """The two as numbers; None if either is none."""

    @property
    def size(self) -> float:
        """The relative move; infinite for texts, gaps, and a number that was 0."""
        return relative_move(*self.numbers) if self.numbers else float("inf")

    @property
    def tier(self) -> str:
        """The tier of the move."""
        if self.numbers is None:
            return OTHER
        return next(name for least, name in TIERS if self.size > least)


@dataclass(frozen=True)
class EntryMove:
    """A part of a table's entry that is another."""

    what: str
    """The part: `unit of total`."""
    before: str
    """The part as it is; empty if it is new."""
    now: str
    """The part as it will be; empty if it goes."""


@dataclass(frozen=True)
class TableMove:
    """The changes of a table by a new version."""

    name: str
    """The name of the table."""
    rows: tuple[int, int]
    """The number of its rows before and now."""
    lost: tuple[str, ...] = ()
    """The rows that go, by their keys."""
    moved: tuple[CellMove, ...] = ()
    """The values that are others, the greatest moves first."""
    added: tuple[str, ...] = ()
    """The rows that come, by their keys."""
    entry: tuple[EntryMove, ...] = ()
    """The parts of its entry that are others."""
    tiers: Mapping[str, int] = field(default_factory=dict)
    """The number of moved values in each tier."""

    @property
    def is_moved(self) -> bool:
        """True if anything of the table is another."""
        return bool(self.lost or self.moved or self.added or self.entry)


def relative_move(before: float, now: float) -> float:
    """Return the move of a number, as a share of it; infinite for a number that was 0."""
    return abs(now - before) / abs(before) if before else float("inf")


def table_move(revision: Revision, before: Resource | None) -> TableMove:
    """Return the changes of a table by a revision. ``before`` is its entry as it is."""
    resource, key = revision.resource, revision.resource.table_schema.primary_key
    old = _rows(revision.before, before or resource)
    new = _rows(revision.content, resource)
    entry = tuple(_entry_moves(before, resource)) if before is not None else ()
    if before is not None and before.table_schema.primary_key != key:
        return TableMove(revision.name, (len(old), len(new)), entry=entry)
    types, types_before = _types(resource), _types(before or resource)
    as_text = {column for column in key if types.get(column) != types_before.get(column)}
    was, now = _by_key(old, key, as_text), _by_key(new, key, as_text)
    moved = [
        _move(_named(row, key), column, was[name][column], row[column])
        for name, row in now.items()
        if name in was
        for column in row
        if column in was[name] and not was[name][column].is_same(row[column])
    ]
    moved.sort(key=lambda cell: (cell.numbers is None, -cell.size))
    counts = Counter(cell.tier for cell in moved)
    return TableMove(
        revision.name,
        (len(old), len(new)),
        tuple(_named(row, key) for name, row in was.items() if name not in now),
        tuple(moved),
        tuple(_named(row, key) for name, row in now.items() if name not in was),
        entry,
        {name: counts[name] for name in (*(name for _, name in TIERS), OTHER) if counts[name]},
    )


@dataclass(frozen=True)
class _Cell:
    """A cell of a table."""

    text: str
    """Its text in the file."""
    value: Value
    """Its value, by the type of its column; its text if it is empty, or breaks the type."""

    def is_same(self, other: _Cell) -> bool:
        """True if another cell has the same text or the same value."""
        return self.text == other.text or self.value == other.value

    @property
    def number(self) -> float | None:
        """Its value, if that is a number."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return float(self.value)
        return None


_Row = dict[str, _Cell]


def _rows(content: bytes, resource: Resource) -> list[_Row]:
    """Return the rows of a table that has this entry."""
    rows = csv_rows(content.decode("utf-8-sig"), resource.file)
    _, header = next(rows, (0, list[str]()))
    types = _types(resource)
    kinds: list[FieldType] = [types.get(name, "string") for name in header]
    return [
        {
            name: _Cell(text, text if (value := cell_value(text, kind)) is None else value)
            for name, kind, text in zip(header, kinds, row, strict=False)
        }
        for _, row in rows
    ]


def _types(resource: Resource) -> dict[str, FieldType]:
    return {field.name: field.type for field in resource.table_schema.fields}


def _by_key(
    rows: Sequence[_Row], key: Sequence[str], as_text: Collection[str]
) -> dict[tuple[Value, ...], _Row]:
    """Return the rows by the values of their key; of columns ``as_text``, whose type is another in
    the other table, by the texts.
    """
    return {
        tuple(
            row[column].text if column in as_text else row[column].value
            for column in key
            if column in row
        ): row
        for row in rows
    }


def _named(row: _Row, key: Sequence[str]) -> str:
    return ", ".join(row[column].text for column in key if column in row)


def _move(row: str, column: str, before: _Cell, now: _Cell) -> CellMove:
    old, new = before.number, now.number
    numbers = None if old is None or new is None else (old, new)
    return CellMove(row, column, before.text, now.text, numbers)


def _entry_moves(before: Resource, now: Resource) -> Iterator[EntryMove]:
    old, new = (dict(_parts(resource)) for resource in (before, now))
    for what in dict.fromkeys((*old, *new)):
        if old.get(what) != new.get(what):
            yield EntryMove(what, old.get(what, ""), new.get(what, ""))


def _parts(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the parts of an entry that people read, each with its name: columns with type, unit and
    notes, licences and sources, days.
    """
    entry: dict[str, Any] = resource.model_dump(mode="json", by_alias=True, exclude_none=True)
    schema = entry.pop("schema")
    yield "primary key", ", ".join(schema["primaryKey"])
    for column in schema["fields"]:
        for key, value in column.items():
            if key != "name" and value:
                yield f"{key} of {column['name']}", _in_words(value)
    for key, value in entry.items():
        if key not in _OF_THE_FILE and value:
            yield {"licenses": "licence", "as_of": "last day"}.get(key, key), _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_in_words(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "; ".join(map(_in_words, value))
    return str(value)
