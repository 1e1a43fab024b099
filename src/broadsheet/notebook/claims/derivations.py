"""Derivations of the values of a computed series from the data: from the parts of a sum in a
row, from the rows of a group, from the value before it.

A :data:`~broadsheet.notebook.claims.traced.Derivation` computes a single value again. Readers
see its result only if that is the value that the notebook has. So a method that orders,
filters or names the values anew may keep the derivation of its series.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from broadsheet.notebook.claims.aggregates import reduced
from broadsheet.notebook.claims.arithmetic import calculated
from broadsheet.notebook.claims.traced import (
    Derivation,
    Traced,
    constant,
    derived,
    leaf,
    looked_up,
    value_at,
    within_place,
)
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.written_numbers import in_computation, is_number, with_unit
from broadsheet.text.language import t_

ARITHMETIC: Mapping[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "subtract": ast.Sub,
    "mul": ast.Mult,
    "multiply": ast.Mult,
    "div": ast.Div,
    "divide": ast.Div,
    "truediv": ast.Div,
    "pow": ast.Pow,
}
"""The operators that methods of pandas stand for."""
_AGGREGATES = frozenset({"sum", "mean", "median", "max", "min", "std", "count", "size", "nunique"}) | {
    "agg", "aggregate",
}  # fmt: skip


_MOST_INDEXED = 100_000
"""The most rows of a table whose rows are looked up by their keys; those of a larger one are searched."""
_RELABELLING = frozenset({"set_axis", "set_index", "reset_index", "add_prefix", "add_suffix"}) | {
    "rename", "droplevel", "swaplevel", "reorder_levels", "to_period", "to_timestamp",
}  # fmt: skip
"""Methods that keep the values in their order, and give their places other names."""


@dataclass(frozen=True)
class MethodCall:
    """A call of a method of pandas."""

    base: Traced
    """The value whose method it is."""
    method: str
    """The method's name."""
    arguments: Sequence[Traced]
    """The arguments, traced."""
    named: Mapping[str, Any]
    """The values of the named arguments."""
    result: Any
    """The value that it returned."""

    def argument(self, name: str, otherwise: Any = None) -> Any:
        """Return the value of the first argument, which may be named."""
        return self.arguments[0].value if self.arguments else self.named.get(name, otherwise)


def derivation_of(call: MethodCall) -> Derivation | None:
    """Return the derivation of the values of the result of a method."""
    is_of_values = any(
        hasattr(call.base.value, attribute) for attribute in ("iloc", "get_group", "window")
    )
    of_method = _OF_METHOD.get(call.method) if is_of_values else None
    return call.base.derive if of_method is None else of_method(call)


def _with(call: MethodCall) -> Derivation | None:
    """Derive a series or a frame and another, put together by a method; a frame and a series
    by its rows or by its columns.
    """
    if not call.arguments:
        return None
    base, other, operation = call.base, call.arguments[0], ARITHMETIC[call.method]
    is_by_row = call.named.get("axis") in (0, "index")

    def derive(at: Any) -> Traced:
        of_frame = hasattr(base.value, "columns") and not hasattr(other.value, "columns")
        place = at[0 if is_by_row else 1] if of_frame else at
        return calculated(value_at(base, at), value_at(other, place), operation)

    return derive


def _of_aggregate(call: MethodCall) -> Derivation | None:
    """Derive aggregates of groups, of the places before each, of each row or of each column."""
    base, values, method = call.base, call.base.value, call.method
    if method in ("agg", "aggregate"):
        method = call.argument("func")
    if hasattr(values, "get_group"):
        return _of_group(base, method)
    if hasattr(values, "window"):
        return _of_window(base, method)
    if not hasattr(values, "columns"):
        return None
    if call.argument("axis") in (1, "columns"):
        return lambda row: _aggregate(_at_row(base, row), values.loc[row], method)
    return lambda column: _aggregate(_column_of(base, column), values[column], method)


def _of_total(call: MethodCall) -> Derivation | None:
    return lambda at: _aggregate(call.base, call.base.value.loc[:at], "sum")


def _of_other_labels(call: MethodCall) -> Derivation | None:
    """Derive values that have the same rows under other names; and columns, if they are as
    many. The number of a row is no name.
    """
    base, values, result = call.base, call.base.value, call.result
    if len(result) != len(values):
        return None

    def row_of(row: Any) -> Any:
        return values.index[result.index.get_loc(row)]

    def derive(at: Any) -> Traced:
        if not hasattr(values, "columns"):
            return value_at(base, row_of(at))
        row, column = at
        if len(values.columns) == len(result.columns):
            column = values.columns[result.columns.get_loc(column)]
        return value_at(base, (row_of(row), column))

    is_numbered = getattr(values.index, "start", None) is not None
    return None if is_numbered else derive


def _of_joined(call: MethodCall) -> Derivation | None:
    """Derive the values of two tables side by side: from the table that has the value."""
    if not call.arguments or not hasattr(call.arguments[0].value, "columns"):
        return None
    base, other, named = call.base, call.arguments[0], call.named
    ours, theirs = named.get("suffixes", (named.get("lsuffix", ""), named.get("rsuffix", "")))

    def derive(at: Any) -> Traced:
        row, column = at
        for frame, suffix in ((base, ours), (other, theirs)):
            name = column.removesuffix(suffix or "")
            if name in frame.value and row in frame.value.index:
                of = value_at(frame, (row, name))
                if of.value == call.result.loc[row, column]:
                    return of
        raise LookupError

    return derive


def _of_group(base: Traced, method: str) -> Derivation:
    groups = base.value

    def derive(at: Any) -> Traced:
        group, column = (at, groups.obj.name) if groups.ndim == 1 else at
        rows = groups.get_group(group)
        rows = rows if groups.ndim == 1 else rows[column]
        return _aggregate(_at_row(_column_of(base, column), group), rows, method)

    return derive


def _of_window(base: Traced, method: str) -> Derivation:
    values, size = base.value.obj, base.value.window

    def derive(at: Any) -> Traced:
        last = values.index.get_loc(at) + 1
        return _aggregate(base, values.iloc[last - size : last], method)

    return derive


def _of_pivot(call: MethodCall) -> Derivation | None:
    """Derive a cell of a pivot from the rows of the table."""
    base, named = call.base, call.named
    table, column = base.value, named.get("values")
    keys = [*_listed(named.get("index")), *_listed(named.get("columns"))]
    if not isinstance(column, str) or not keys:
        return None
    rows_by_key = cache(partial(_rows_by_key, table, keys))

    def derive(at: Any) -> Traced:
        parts = [part for label in at for part in (label if isinstance(label, tuple) else (label,))]
        if (numbers := rows_by_key().get(tuple(parts))) is not None:
            cells = table[column].iloc[numbers]
        else:  # a large table, or a place under another name: "2022-01" of a month
            rows = table
            for key, part in zip(keys, parts, strict=True):
                rows = rows[rows[key] == part]
            cells = rows[column]
        if len(cells) == 1:
            only = _column_of(base, column)
            if (of_table := base.derive) is not None:
                only = replace(only, derive=lambda _: of_table((cells.index[0], column)))
            return _named(only, cells.iloc[0], parts)
        return _aggregate(_column_of(base, column), cells, named.get("aggfunc", "mean"))

    return derive


def _rows_by_key(table: Any, keys: Sequence[str]) -> dict[tuple[Any, ...], list[int]]:
    """Return the numbers of the rows that have each key, without those in which a part of it is
    missing; nothing of a table with more than :data:`_MOST_INDEXED` rows.
    """
    numbers: dict[tuple[Any, ...], list[int]] = {}
    if len(table) <= _MOST_INDEXED:
        are_whole = table[keys].notna().all(axis=1).to_numpy()
        parts = zip(*(table[key].tolist() for key in keys), strict=True)
        for number, (key, is_whole) in enumerate(zip(parts, are_whole, strict=True)):
            if is_whole:
                numbers.setdefault(key, []).append(number)
    return numbers


def _of_earlier(call: MethodCall) -> Derivation:
    base, values, method = call.base, call.base.value, call.method
    periods = call.argument("periods", 1)

    def derive(at: Any) -> Traced:
        before = values.index[values.index.get_loc(at) - periods]
        now, then = value_at(base, at), value_at(base, before)
        if method == "shift":
            return then
        if method == "diff":
            return calculated(now, then, ast.Sub)
        return calculated(calculated(now, then, ast.Div), constant(1), ast.Sub)

    return derive


def _of_rank(call: MethodCall) -> Derivation:
    """Derive a rank, with the value that has it and those beside it."""
    base, is_ascending = call.base, call.named.get("ascending", True)
    is_by_column = call.named.get("axis") in (1, "columns")

    def derive(at: Any) -> Traced:
        of = base
        if hasattr(base.value, "columns"):
            at, column = at[::-1] if is_by_column else at
            of = replace(base, value=base.value.loc[column]) if is_by_column else base
            of = of if is_by_column else looked_up(base, base.value[column], column)
        order = of.value.dropna().sort_values(ascending=is_ascending)
        here = order.index.get_loc(at)
        beside = {
            t_("the one before"): order.index[here - 1] if here else None,
            t_("the one after"): order.index[here + 1] if here + 1 < len(order) else None,
        }
        unit = of.unit if of.factor == 1 else ""
        words = [with_unit(in_computation(order.iloc[here]), unit)]
        for said, place in beside.items():
            if place is not None:
                number = with_unit(in_computation(order[place]), unit)
                words.append(f"{said}, {of.sources.place_in_words(place)}: {number}")
        ranked = of.value.rank(ascending=is_ascending)[at]
        return Traced(ranked, of.sources, working=in_computation(ranked), remark="; ".join(words))

    return derive


def _aggregate(base: Traced, values: Any, method: Any) -> Traced:
    """Return an aggregate of some values of a column, as of the places that they stand at."""
    if not isinstance(method, str):
        raise TypeError("a function of the author's is no aggregate that there are words for")
    if len(values) == 1 and method in ("sum", "mean", "median", "max", "min"):
        only = values.index[0]
        if values.index.name is None and is_number(only):
            raise LookupError("the number of a row is no name")
        return looked_up(replace(base, value=values), values.iloc[0], only)
    value = len(values) if method == "size" else getattr(values, method)()
    of = replace(base, value=values, working=in_computation(value))
    return reduced(of, replace(of, value=value, derive=None), method)


def _named(base: Traced, value: Any, parts: Sequence[Any]) -> Traced:
    """Return the value of a row of a table that has these parts in its key."""
    result = replace(base, value=value, working=in_computation(value), derive=None)
    return derived(leaf(result, *within_place(base, *parts)), base.derive, None)


def _column_of(base: Traced, column: Any) -> Traced:
    """Return a column of a frame, or of a frame in groups, with its unit and its label."""
    return replace(
        base,
        unit=base.units.get(column, base.unit),
        label=base.labels.get(column, base.label or str(column).replace("_", " ")),
        units={},
        labels={},
    )


def _at_row(base: Traced, row: Any) -> Traced:
    place, key = within_place(base, row)
    return replace(base, place=place, key=key)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _of_none(_: MethodCall) -> None:
    return None


_OF_METHOD: Mapping[str, Callable[[MethodCall], Derivation | None]] = {
    **dict.fromkeys(ARITHMETIC, _with),
    **dict.fromkeys(_AGGREGATES, _of_aggregate),
    **dict.fromkeys(_RELABELLING, _of_other_labels),
    **dict.fromkeys(("pivot", "pivot_table"), _of_pivot),
    **dict.fromkeys(("diff", "pct_change", "shift"), _of_earlier),
    **dict.fromkeys(("join", "merge"), _of_joined),
    **dict.fromkeys(("cumprod", "cummax", "cummin"), _of_none),
    "cumsum": _of_total,
    "rank": _of_rank,
}
"""Derivations by method. The result of any other method has that of the value it was called on."""
