"""Arithmetic on traced values, and what its result is called and computed of."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from broadsheet.notebook.claims.traced import Derivation, Traced, own_name, value_at
from broadsheet.notebook.values.places import at_place
from broadsheet.notebook.values.unit_arithmetic import PLAIN, of_result
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


def computed(left: Traced, right: Traced, op: type[ast.operator], value: Any = None) -> Traced:
    """The result of arithmetic on two values, which is ``value`` if a method has computed it. Raises
    ValueError for units that cannot be added.
    """
    sign, apply, rank = OPERATORS[op]
    if value is None:
        value = apply(bare(left.value), bare(right.value))
    made = of_result(left.measure, right.measure, op)
    unit, factor = made.unit, made.factor
    named = _names(left, right, rank)
    label = own_name(value) or (f" {sign} ".join(named) if len("".join(named)) <= 80 else named[0])
    sides = [_within(left, rank, left.working), _within(right, rank + 1, right.working)]
    if unit == PLAIN and factor != 1:  # one is in millions, the other in billions
        at, times = (0, factor) if factor > 1 else (1, 1 / factor)
        converted = f"{sides[at]} × {in_computation(times)}"
        sides[at] = converted if at == 0 else f"({converted})"
    working = f" {sign} ".join(sides) if is_number(value) else ""
    measured = right if left.measure.constant is not None else left
    if unit and factor != measured.factor and not measured.is_computed:  # in another unit: the same
        derive = _derivation(left, right, op) if hasattr(value, "iloc") else None
        return replace(measured, value=value, factor=factor, working=f"({working})", derive=derive)
    if unit == PLAIN and factor != 1:
        value, factor = value * float(factor), Decimal(1)
    days = [one.as_of for one in (left, right) if one.as_of]
    is_series = hasattr(value, "iloc")
    return Traced(
        value, left.sources + right.sources, unit, factor, label,
        as_of=max(days, default=None), working=working, rank=rank,
        leaves=tuple(dict.fromkeys((*left.leaves, *right.leaves))),
        derive=_derivation(left, right, op) if is_series else None,
        formula=f" {sign} ".join(named) if is_series else "",
    )  # fmt: skip


def _derivation(left: Traced, right: Traced, op: type[ast.operator]) -> Derivation:
    return lambda at: computed(value_at(left, at), value_at(right, at), op)


def _names(left: Traced, right: Traced, rank: int) -> list[str]:
    """What the parts of a computation are called, a constant by its number: `imports × 0.5` is not
    `imports`. One empty name if neither is called anything.
    """
    if not (left.what or right.what):
        return [""]
    parts = ((left, rank), (right, rank + 1))
    return [
        _within(one, at, one.what or one.working) for one, at in parts if one.what or one.working
    ]


def _within(one: Traced, rank: int, text: str) -> str:
    """The text of a part of a computation, in brackets if they are needed."""
    return f"({text})" if one.rank < rank else bracketed(text) if rank > 1 else text


def joined(left: Traced, right: Traced, *, is_both: bool) -> Traced:
    """Two conditions on each row, of which both are true, or one at least."""
    value = left.value & right.value if is_both else left.value | right.value
    words = t_("%(this)s and %(that)s") if is_both else t_("%(this)s or %(that)s")
    are_named = bool(left.label and right.label)
    label = words % {"this": left.label, "that": right.label} if are_named else ""
    return Traced(value, left.sources + right.sources, PLAIN, label=label, formula=label)


def inverted(one: Traced) -> Traced:
    """Where a condition is not true."""
    label = t_("not: %(condition)s", condition=one.label) if one.label else ""
    return Traced(~bare(one.value), one.sources, PLAIN, label=label, formula=label)


def negated(one: Traced) -> Traced:
    """A value with the opposite sign."""
    working = f"−{_within(one, 2, one.working)}" if one.working else ""
    made = replace(one, value=-one.value, working=working)
    if one.is_computed:
        return replace(made, rank=1)
    return _changed(made, one, t_("%(what)s, with the opposite sign"))


def adjusted(one: Traced, value: Any, function: str) -> Traced:
    """A value without its sign, `abs(…)`, or rounded."""
    made = replace(one, value=value)
    if not is_number(value):
        return made
    if one.is_computed:
        is_abs = function == "abs"
        return replace(made, working=f"|{one.working}|", rank=8) if is_abs else made
    made = replace(made, working=in_computation(value))
    without = t_("%(what)s, without its sign")
    words = without if function == "abs" else t_("%(what)s, rounded")
    return made if value == bare(one.value) else _changed(made, one, words)


def _changed(made: Traced, one: Traced, words: str) -> Traced:
    what = at_place(one.label, one.place)
    return replace(made, label=words % {"what": what}, place="", key=()) if what else made
