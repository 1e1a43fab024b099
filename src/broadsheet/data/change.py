"""A value of a table that a run reads otherwise than the file has it, for the mutation test; and the
values at which something turns.

The change is part of what the run executes (:attr:`Change.code`), and holds for its process. The file
stays as it is; the catalogue judges the changed table as it judges any.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from broadsheet.data.descriptor import Field, Resource

if TYPE_CHECKING:
    import pandas as pd

THRESHOLDS = (25, 100 / 3, 50, 200 / 3, 75)
"""Percentages that shares cross in words."""


@dataclass(frozen=True)
class Change:
    """``value``, as it stands in a CSV file, in the place of that in ``row`` (from 0). The rules and
    identities of the table are left out of account if it ``is_extreme``.
    """

    table: str
    row: int
    column: str
    value: str
    is_extreme: bool = False

    @property
    def code(self) -> str:
        """The Python that puts the change in force."""
        return f"__import__({__name__!r}, fromlist=['put_in_force']).put_in_force{astuple(self)!r}"

    def applied(self, data: bytes) -> bytes:
        """The bytes of the table's file, changed."""
        header, *rows = [
            row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if row
        ]
        rows[self.row][header.index(self.column)] = self.value
        changed = io.StringIO(newline="")
        csv.writer(changed).writerows([header, *rows])
        return changed.getvalue().encode()


_in_force: dict[str, Change] = {}


def put_in_force(table: str, row: int, column: str, value: str, is_extreme: bool) -> None:
    """Called in the run: from now on the table is read with this change."""
    _in_force[table] = Change(table, row, column, value, is_extreme)


def in_force(table: str) -> Change | None:
    """The change with which a table is to be read here."""
    return _in_force.get(table)


def extreme_values(value: float, of: Field) -> Iterator[tuple[str, str]]:
    """A thousandth and a thousandfold, as :func:`changed_values`: they turn whatever rests on a value."""
    for new, what in (
        (value / 1000, "a thousandth"),
        (max(abs(value), 1) * 1000, "a thousandfold"),
    ):
        yield f"{new:.0f}" if of.type == "integer" else f"{new:.6f}", what


def changed_values(
    resource: Resource, frame: pd.DataFrame, row: int, of: Field
) -> Iterator[tuple[str, str]]:
    """What a value of a ``frame`` may become, as it is written in CSV, and what turns by it."""
    value = frame[of.name][row]
    if of not in resource.measured:
        for other in of.constraints.enum or ():
            if other != value:
                yield str(other), "another of its values"
        return
    places = max(len(str(one).partition(".")[2]) for one in frame[of.name].dropna())
    places = 0 if of.type == "integer" else min(places, 6)
    has_negative = bool((frame[of.name] < 0).any())
    seen = {f"{value:.{places}f}"}
    for new, what in _turned(resource, frame, row, of):
        written = f"{new if has_negative else max(new, 0):.{places}f}"
        if written not in seen:
            seen.add(written)
            yield written, what


def _turned(
    resource: Resource, frame: pd.DataFrame, row: int, of: Field
) -> Iterator[tuple[float, str]]:
    """The numbers at which something turns, each with what it is."""
    value, along = float(frame[of.name][row]), resource.columns.along
    numbers = frame[of.name].astype("float64")
    series, rivals = numbers.drop(row), numbers.iloc[:0]
    if along is not None:
        same = [one for one in resource.table_schema.primary_key if one != along]
        is_series = (frame[same] == frame.loc[row, same]).all(axis=1)
        at = frame[along][row]
        series = numbers[is_series].drop(row).dropna()
        rivals = numbers[(frame[along] == at) & ~is_series].dropna()
        before = series[frame[along].loc[series.index] < at]
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
        nearest = min(THRESHOLDS, key=lambda one: abs(one - value))
        yield 2 * nearest - value, f"it crosses {nearest:.3g} percent"
    above = rivals[rivals > value]
    if len(above):
        yield above.min() * 1.01, "it passes the next in rank"
