"""The changes between two versions of a table, row by row: lost, moved, added; columns and units.

A row is the same if it has the same key. Rows that are lost come before cells that moved, and these
before rows that were added, because a lost figure is what nobody notices. Cells that are empty now come
first, then numbers by the size of the move, which is the part of the old number by which it changed,
then texts. This is what happened; what is suspicious of it, :mod:`broadsheet.data.differences` says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from broadsheet.data.compared_table import count_of, label_of
from broadsheet.data.descriptor import Resource
from broadsheet.data.identities import shown_value

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Moved:
    """A cell that has another value."""

    key: Key
    """The key of its row."""
    column: str
    """Its column."""
    before: Any
    """Its value before; None for an empty cell."""
    now: Any
    """Its value now; None for an empty cell."""

    @property
    def size(self) -> float:
        """The part of the old number by which it moved; infinite for a cell that is empty now, and
        for a number that was 0; less than 0 for a text, and for a cell that was empty.
        """
        if self.now is None:
            return math.inf
        if not (_is_number(self.before) and _is_number(self.now)):
            return -1.0
        return abs((self.now - self.before) / self.before) if self.before else math.inf

    def __str__(self) -> str:
        shown = f"{_cell(self.now)}, was {_cell(self.before)}"
        is_sized = 0 <= self.size < math.inf
        return f"{shown} ({_percent(self.before, self.now)})" if is_sized else shown


@dataclass(frozen=True)
class VersionChanges:
    """The changes of a table from one version to another."""

    key: tuple[str, ...]
    """The columns that name a row, as they are now."""
    lost: tuple[Key, ...] = ()
    """The rows that are gone."""
    moved: tuple[Moved, ...] = ()
    """The cells that have another value, the largest move first."""
    added: tuple[Key, ...] = ()
    """The rows that are new."""
    described: tuple[str, ...] = ()
    """The changes of columns, units and the key, in words."""

    @property
    def moved_rows(self) -> int:
        """The number of rows in which a cell moved."""
        return len({moved.key for moved in self.moved})

    def __bool__(self) -> bool:
        return bool(self.lost or self.moved or self.added or self.described)

    def __str__(self) -> str:
        """The changes in short."""
        parts = [
            f"{count_of(len(self.lost))} lost" if self.lost else "",
            f"{count_of(self.moved_rows)} moved" if self.moved else "",
            f"{count_of(len(self.added))} added" if self.added else "",
            *self.described,
        ]
        return ", ".join(filter(None, parts)) or "no value changed"

    def lines(self, most: int) -> Iterator[str]:
        """Yield the changes in lines, of each kind ``most`` at the most."""
        yield from self.described
        yield from self._listed("lost", [self.named(key) for key in self.lost], most)
        moved = [f"{self.named(one.key)}, {one.column}: {one}" for one in self.moved[:most]]
        yield from self._listed("moved", moved, most, len(self.moved))
        yield from self._listed("added", [self.named(key) for key in self.added], most)

    def named(self, key: Key) -> str:
        """Return a row by its key, as a message has it: `partner China year 2022`."""
        pairs = zip(self.key, key, strict=False)
        return " ".join(f"{name} {label_of(value)}" for name, value in pairs)

    def as_data(self, most: int) -> dict[str, object]:
        """Return the changes for machines, of each kind ``most`` at the most, with all counts."""
        return {
            "key": list(self.key),
            "columns": list(self.described),
            "lost_rows": len(self.lost),
            "moved_cells": len(self.moved),
            "added_rows": len(self.added),
            "lost": [_plain_key(key) for key in self.lost[:most]],
            "moved": [
                {
                    "row": _plain_key(one.key),
                    "column": one.column,
                    "before": _plain(one.before),
                    "now": _plain(one.now),
                }
                for one in self.moved[:most]
            ],
            "added": [_plain_key(key) for key in self.added[:most]],
        }

    @staticmethod
    def _listed(kind: str, texts: Sequence[str], most: int, count: int = 0) -> Iterator[str]:
        count = count or len(texts)
        yield from (f"{kind}: {text}" for text in texts[:most])
        if count > most:
            yield f"{kind}: {count - most:,} more"


def version_changes(
    before: tuple[Resource, pd.DataFrame], now: tuple[Resource, pd.DataFrame]
) -> VersionChanges:
    """Return the changes from one version of a table to another, each with its entry."""
    (old, old_frame), (new, new_frame) = before, now
    key, was = new.table_schema.primary_key, old.table_schema.primary_key
    described = tuple(_described(old, new))
    if key != was:
        return VersionChanges(key, described=described)
    old_rows, new_rows = _rows(old_frame, key), _rows(new_frame, key)
    columns = [
        name for name in new_frame.columns if name in set(old_frame.columns) and name not in key
    ]
    moved = [
        Moved(at, name, then, value)
        for name in columns
        for at, then, value in _moved(old_frame[name], new_frame[name], old_rows, new_rows)
    ]
    return VersionChanges(
        key,
        tuple(at for at in old_rows if at not in new_rows),
        tuple(sorted(moved, key=lambda one: -one.size)),
        tuple(at for at in new_rows if at not in old_rows),
        described,
    )


def _described(old: Resource, new: Resource) -> Iterator[str]:
    """Yield the changes of columns, units and the key."""
    before = {field.name: field for field in old.table_schema.fields}
    now = {field.name: field for field in new.table_schema.fields}
    yield from (f"column `{name}` went" for name in before if name not in now)
    yield from (f"column `{name}` is new" for name in now if name not in before)
    for name in (name for name in now if name in before):
        for part in ("type", "unit"):
            then, value = getattr(before[name], part), getattr(now[name], part)
            if then != value:
                yield f"the {part} of `{name}` is {value or 'none'}, was {then or 'none'}"
    key, was = new.table_schema.primary_key, old.table_schema.primary_key
    if key != was:
        yield f"rows are named by {', '.join(key)}, not by {', '.join(was)}"


def _rows(frame: pd.DataFrame, key: Sequence[str]) -> dict[Key, int]:
    """Return the position of each row by its key."""
    keys = zip(*(frame[name].tolist() for name in key), strict=True)
    return {at: number for number, at in enumerate(keys)}


def _moved(
    old: pd.Series[Any], new: pd.Series[Any], old_rows: dict[Key, int], new_rows: dict[Key, int]
) -> Iterator[tuple[Key, Any, Any]]:
    before, now = _values(old), _values(new)
    for at, number in new_rows.items():
        if at in old_rows:
            then, value = before[old_rows[at]], now[number]
            if then != value:
                yield at, then, value


def _values(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column, None for those that are missing."""
    values = zip(column.tolist(), column.isna().tolist(), strict=True)
    return [None if is_missing else value for value, is_missing in values]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: Any) -> str:
    return "empty" if value is None else label_of(value)


def _percent(before: float, now: float) -> str:
    change = (now - before) / abs(before) * 100
    return f"{change:+,.1f} percent" if abs(change) >= 0.05 else f"{change:+.2g} percent"


def _plain_key(key: Key) -> list[Any]:
    return [_plain(part) for part in key]


def _plain(value: Any) -> Any:
    return shown_value(value) if isinstance(value, date | datetime) else value
