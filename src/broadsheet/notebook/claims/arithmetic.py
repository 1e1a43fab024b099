"""Arithmetic on traced values, with the name and the computation of the result."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from broadsheet.notebook.claims.traced import Derivation, Traced, own_name, value_at
from broadsheet.notebook.values.places import at_place
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.unit_arithmetic import NO_UNIT, of_result
from broadsheet.notebook.values.written_numbers import bare, bracketed, in_computation, is_number
from broadsheet.text.language import t_

OPERATORS: Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any], int]] = {
    ast.Add: ("+", operator.add, 1),
    ast.Sub: ("−", operator.sub, 1),
    ast.Mult: ("×", operator.mul, 2),
    ast.Div: ("/", operator.truediv, 2),
    ast.FloorDiv: ("//", operator.floordiv, 2),
    ast.Mod: ("mod", operator.mod, 2),
    ast.Pow: ("^", operator.pow, 3),
}


def calculated(left: Traced, right: Traced, op: type[ast.operator], value: Any = None) -> Traced:
    """Return the result of arithmetic on two values; ``value`` has it if a method has
    computed it. Raises ValueError for units that cannot be added.
    """
    sign, apply, rank = OPERATORS[op]
    if value is None:
        value = apply(bare(left.value), bare(right.value))
    measure = of_result(left.measure, right.measure, op)
    unit, factor = measure.unit, measure.factor
    named = _names(left, right, rank)
    label = own_name(value) or (f" {sign} ".join(named) if len("".join(named)) <= 80 else named[0])
    sides = [_within(left, rank, left.working), _within(right, rank + 1, right.working)]
    if unit == NO_UNIT and factor != 1:  # one is in millions, the other in billions
        at, times = (0, factor) if factor > 1 else (1, 1 / factor)
        converted = f"{sides[at]} × {in_computation(times)}"
        sides[at] = converted if at == 0 else f"({converted})"
    working = f" {sign} ".join(sides) if is_number(value) else ""
    measured = right if left.measure.constant is not None else left
    if unit and factor != measured.factor and not measured.is_computed:  # in another unit: the same
        derive = _derivation(left, right, op) if hasattr(value, "iloc") else None
        return replace(measured, value=value, factor=factor, working=f"({working})", derive=derive)
    if unit == NO_UNIT and factor != 1:
        value, factor = value * float(factor), Decimal(1)
    days = [side.as_of for side in (left, right) if side.as_of]
    is_series = hasattr(value, "iloc")
    return Traced(
        value, left.sources + right.sources, unit, factor, label,
        as_of=max(days, default=None), working=working, rank=rank,
        leaves=tuple(dict.fromkeys((*left.leaves, *right.leaves))),
        derive=_derivation(left, right, op) if is_series else None,
        formula=f" {sign} ".join(named) if is_series else "",
    )  # fmt: skip


def _derivation(left: Traced, right: Traced, op: type[ast.operator]) -> Derivation:
    return lambda at: calculated(value_at(left, at), value_at(right, at), op)


def _names(left: Traced, right: Traced, rank: int) -> list[str]:
    """Return the names of the parts of a computation, a constant by its number: `imports ×
    0.5` is not `imports`. One empty name if neither has a name.
    """
    if not (left.what or right.what):
        return [""]
    parts = ((left, rank), (right, rank + 1))
    return [
        _within(part, at, part.what or part.working)
        for part, at in parts
        if part.what or part.working
    ]


def _within(part: Traced, rank: int, text: str) -> str:
    """Return the text of a part of a computation, in brackets if they are needed."""
    return f"({text})" if part.rank < rank else bracketed(text) if rank > 1 else text


def combined(left: Traced, right: Traced, *, is_both: bool) -> Traced:
    """Return the truths of two conditions on each row, of which both hold, or one at least."""
    value = left.value & right.value if is_both else left.value | right.value
    words = t_("%(this)s and %(that)s") if is_both else t_("%(this)s or %(that)s")
    are_named = bool(left.label and right.label)
    label = words % {"this": left.label, "that": right.label} if are_named else ""
    return Traced(value, left.sources + right.sources, NO_UNIT, label=label, formula=label)


def inverted(condition: Traced) -> Traced:
    """Return the truths of the opposite of a condition."""
    label = t_("not: %(condition)s", condition=condition.label) if condition.label else ""
    return Traced(~bare(condition.value), condition.sources, NO_UNIT, label=label, formula=label)


def negated(base: Traced) -> Traced:
    """Return a value with the opposite sign."""
    working = f"−{_within(base, 2, base.working)}" if base.working else ""
    result = replace(base, value=-base.value, working=working)
    if base.is_computed:
        return replace(result, rank=1)
    return _changed(result, base, t_("%(what)s, with the opposite sign"))


def adjusted(base: Traced, value: Any, function: str) -> Traced:
    """Return a value without its sign, `abs(…)`, or rounded."""
    result = replace(base, value=value)
    if not is_number(value):
        return result
    if base.is_computed:
        is_abs = function == "abs"
        return replace(result, working=f"|{base.working}|", rank=8) if is_abs else result
    result = replace(result, working=in_computation(value))
    without = t_("%(what)s, without its sign")
    words = without if function == "abs" else t_("%(what)s, rounded")
    return result if value == bare(base.value) else _changed(result, base, words)


def _changed(result: Traced, base: Traced, words: str) -> Traced:
    """Return a result that is named after the value that it was made of."""
    what = at_place(base.label, base.place)
    return replace(result, label=words % {"what": what}, place="", key=()) if what else result
