"""Units through arithmetic: a sum keeps its unit, a quotient of two like amounts has none, a factor
of a thousand, a million or a billion converts, and a hundred makes percent of a ratio.

A :class:`Measure` is a unit as tables write it, and the factor by which a value is in that unit.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from decimal import Decimal

from broadsheet.notebook.values.fact_words import words_in
from broadsheet.notebook.values.units import Unit, unit_of
from broadsheet.text.lexicon import lexicon

NO_UNIT = ""
"""The unit of a plain number, such as a constant or a ratio of two like amounts."""
_CONVERTING = (10**3, 10**6, 10**9, 10**12)


@dataclass(frozen=True)
class Measure:
    """The unit of a value, and its factor."""

    unit: str | None
    """The unit as tables write it; None if it is unknown."""
    factor: Decimal = Decimal(1)
    """The value is in the unit times this."""
    constant: float | None = None
    """The number, if the value is a constant of the code."""

    @property
    def size(self) -> Decimal:
        """The number of plain units in one of this."""
        return unit_of(self.unit).scale * self.factor


_UNKNOWN = Measure(None)


def of_result(left: Measure, right: Measure, op: type[ast.operator]) -> Measure:
    """Return the measure of a result. Raises ValueError for a sum of unlike amounts."""
    if left.unit is None or right.unit is None:
        return _UNKNOWN
    if op in (ast.Add, ast.Sub):
        return _of_sum(left, right, is_gap=op is ast.Sub)
    if op is ast.Mult and left.constant is not None:
        return _of_multiple(right, left.constant, is_times=True)
    if op in (ast.Mult, ast.Div) and right.constant is not None:
        return _of_multiple(left, right.constant, is_times=op is ast.Mult)
    if op is ast.Div and left.unit and right.unit and is_like(left.unit, right.unit):
        return Measure(NO_UNIT, left.size / right.size)
    if op is ast.Div and right.unit == NO_UNIT:
        return Measure(left.unit, left.factor)
    if op is ast.Mult and NO_UNIT in (left.unit, right.unit):
        measured = left if left.unit else right
        return Measure(measured.unit, measured.factor)
    return _UNKNOWN


def _of_sum(left: Measure, right: Measure, *, is_gap: bool) -> Measure:
    mine, theirs = str(left.unit), str(right.unit)
    if is_like(mine, theirs) and left.size == right.size:
        is_points = is_gap and unit_of(mine).kind == "percent"
        return Measure("percentage points" if is_points else mine, left.factor)
    if mine and theirs:
        raise ValueError(f"values in {mine} and in {theirs} cannot be added or subtracted")
    if left.constant is None and right.constant is None:
        return _UNKNOWN
    return Measure(mine or theirs, (left if mine else right).factor)


def _of_multiple(left: Measure, number: float, *, is_times: bool) -> Measure:
    unit = str(left.unit)
    kind = unit_of(unit).kind
    if kind in ("none", "ratio"):
        return Measure("percent" if is_times and number == 100 else NO_UNIT)
    if kind == "percent" and not is_times and number == 100:
        return Measure(NO_UNIT)
    if number in _CONVERTING:
        size = Decimal(int(number))
        return Measure(unit, left.factor / size if is_times else left.factor * size)
    return Measure(unit, left.factor)


def is_like(first: str, second: str) -> bool:
    """True if two units differ in their scale only: US$ mn and US$ bn."""
    a, b = unit_of(first), unit_of(second)
    return a.kind == b.kind and (a.currency, _thing(a)) == (b.currency, _thing(b))


def are_counts(*units: str | None) -> bool:
    """True if values in these units are numbers of things, such as "four for each"."""
    measures = {word for words in lexicon("en").meanings.units.values() for word in words}
    return all(
        (measure := unit_of(unit or "")).kind == "amount"
        and not measure.currency
        and measures.isdisjoint(measure.text.lower().split())
        for unit in units
    )


def _thing(unit: Unit) -> str:
    if unit.currency:
        return unit.text.partition(" a ")[2]
    scales = words_in("en").scales
    return " ".join(word for word in unit.text.split() if word.lower() not in scales)
