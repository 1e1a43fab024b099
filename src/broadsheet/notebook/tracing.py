"""Follows a value back through the expression that it comes of, to the tables of the catalogue.

    usd(trade.total[2022])            the table, the unit "US$ bn", the place "Total trade, 2022"
    pct(trade.total[2022] / trade.total[2021] - 1)
                                      the table; no unit, since one is divided by the other; "190.3 / 146.9 − 1"

An expression is evaluated part by part, as pytest evaluates an assertion. Each part is a
:class:`Traced`: its value with the sources, the unit and the place that can be known of it. A name
of the notebook stands for the expression that was assigned to it, if that still gives its value.

Units go through selection, aggregation and arithmetic. A sum keeps its unit, a quotient of two like
units has none, a factor of a thousand, a million or a billion converts (US$ mn to US$ bn), and a
hundred makes percent of a ratio. Whatever is not known is left open: then the author gives `unit=`.

The sources of what cannot be followed, such as the result of a function, are those of all names in
its expression.
"""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from broadsheet.language import t_
from broadsheet.notebook.definitions import Definitions
from broadsheet.notebook.fact import Fact
from broadsheet.notebook.places import YEARS, end_of, place_in_words
from broadsheet.notebook.sources import NONE, Sources, origin_of
from broadsheet.notebook.unit_arithmetic import PLAIN, Measure, of_result

_RATIOS = frozenset({"pct_change"})
_PLAIN_RESULTS = frozenset(
    {"count", "nunique", "size", "value_counts", "rank", "idxmax", "idxmin", "argmax", "argmin"}
    | {"index", "columns", "shape", "isin", "notna", "isna", "duplicated", "any", "all", "year"}
)
_PLACES = {"index": "", "columns": "", "idxmax": "highest %(what)s", "idxmin": "lowest %(what)s"}
_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Gt: ">",
    ast.Lt: "<",
    ast.GtE: "≥",
    ast.LtE: "≤",
    ast.Eq: "=",
    ast.NotEq: "≠",
}
_SIGNED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_NOT_PURE = frozenset({"to_csv", "to_json", "to_excel", "plot", "pop", "update", "insert", "hist"})
_PURE = frozenset({"abs", "round", "min", "max", "sum", "len", "float", "int", "str", "sorted"})
_WORKED: Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any], int]] = {
    ast.Add: ("+", operator.add, 1),
    ast.Sub: ("−", operator.sub, 1),
    ast.Mult: ("×", operator.mul, 2),
    ast.Div: ("/", operator.truediv, 2),
    ast.FloorDiv: ("//", operator.floordiv, 2),
    ast.Mod: ("mod", operator.mod, 2),
    ast.Pow: ("^", operator.pow, 3),
}


@dataclass(frozen=True)
class Leaf:
    """A value that was looked up: ``label`` names its column, ``place`` its row."""

    label: str
    place: str
    value: Any
    unit: str | None


@dataclass(frozen=True)
class Traced:
    """A value, and what is known of it.

    ``unit`` is written as tables write it, :data:`PLAIN` for a plain number, None if it is not
    known; the value times ``factor`` is in that unit. ``units`` and ``labels`` are those of a
    frame's columns. ``working`` is a number's computation with its numbers filled in, of the
    ``rank`` that its last operator has.
    """

    value: Any
    sources: Sources = NONE
    unit: str | None = None
    factor: Decimal = Decimal(1)
    label: str = ""
    place: str = ""
    as_of: date | None = None
    units: tuple[tuple[Any, str], ...] = ()
    labels: tuple[tuple[Any, str], ...] = ()
    working: str = ""
    rank: int = 9
    leaves: tuple[Leaf, ...] = ()

    @property
    def amount(self) -> Any:
        """The value in its unit."""
        if self.factor == 1:
            return self.value
        return float(Decimal(repr(float(self.value))) * self.factor)

    @property
    def measure(self) -> Measure:
        """The unit of the value, for arithmetic."""
        is_constant = self.unit == PLAIN and not self.sources and _is_number(self.value)
        return Measure(self.unit, self.factor, float(self.value) if is_constant else None)

    @property
    def what(self) -> str:
        """What it is a value of: its column and its place."""
        return " ".join(filter(None, [self.label, self.place]))

    @property
    def is_computed(self) -> bool:
        """Whether it is the result of arithmetic, and not looked up."""
        return self.rank < 9


class Tracer:
    """Evaluates expressions in a ``namespace``. ``definitions`` are those of the notebook's names, ``calling`` tells
    a function of ours how its arguments were written."""

    def __init__(
        self,
        namespace: dict[str, Any],
        definitions: Definitions,
        calling: Callable[[tuple[Traced, ...], ast.Call | None], AbstractContextManager[None]],
    ) -> None:
        self._namespace = namespace
        self._calling = calling
        self._definitions = definitions
        self._within: set[str] = set()

    def trace(self, node: ast.expr) -> Traced:
        """The value of an expression, traced. Raises whatever the expression raises."""
        match node:
            case ast.Constant(value=value):
                return _plain(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=inner, attr=name):
                base = self.trace(inner)
                return self._of_column(_picked(base, getattr(base.value, name), name), base, name)
            case ast.Subscript(value=inner, slice=key):
                base, at = self.trace(inner), self._evaluated(key)
                value = _item(base, at, by_label=getattr(node, "by_label", False))
                return self._of_column(_looked_up(base, value, at), base, at)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _SIGNS:
                sides = self.trace(left), self.trace(right)
                label = f" {_SIGNS[type(op)]} ".join(one.what or str(one.value) for one in sides)
                sources = sides[0].sources + sides[1].sources
                value = _SIGNED[type(op)](*(bare(one.value) for one in sides))
                return Traced(value, sources, PLAIN, label=label)
            case ast.Call():
                return self._call(node)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _WORKED:
                return _computed(self.trace(left), self.trace(right), type(op))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                one = self.trace(inner)
                return replace(one, value=-one.value, working=f"−{one.working}")
            case ast.IfExp(test=test, body=then, orelse=other):
                return self.trace(then if self._evaluated(test) else other)
        return Traced(self._evaluated(node), self.sources(node))

    def definitions(self, name: str) -> list[ast.expr]:
        """The expressions that were assigned to a name of the notebook, the last first."""
        return self._definitions.of(name)

    def sources(self, node: ast.AST) -> Sources:
        """The sources of all names in an expression."""
        found = NONE
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                found += self._sources_of(one.id)
        return found

    def _of_column(self, made: Traced, frame: Traced, name: Any) -> Traced:
        """A column that the notebook has added to its frame, as the expression that it was made of."""
        if made.unit is not None or not isinstance(name, str) or name in self._within:
            return made
        if not (hasattr(frame.value, "columns") and type(made.value).__name__ == "Series"):
            return made
        self._within.add(name)
        try:
            found = self._defined(self._definitions.of_column(name), made.value)
        finally:
            self._within.discard(name)
        label = _renamed(made.value) or name.replace("_", " ")
        return made if found is None else replace(found, value=made.value, label=label)

    def _defined(self, nodes: Sequence[ast.expr], value: Any) -> Traced | None:
        """The first of some expressions that still gives a value."""
        for node in nodes:
            if not self.is_pure(node):
                continue
            try:
                found = self.trace(node)
            except Exception:  # it was made of what has changed since
                continue
            if is_same(found.value, value):
                return found
        return None

    def _evaluated(self, node: ast.expr) -> Any:
        code = compile(ast.Expression(node), "<expression>", "eval")
        return eval(code, self._namespace)

    def _call(self, node: ast.Call) -> Traced:
        func = self.trace(node.func)
        arguments = [
            *(one.value if isinstance(one, ast.Starred) else one for one in node.args),
            *(keyword.value for keyword in node.keywords),
        ]
        if any(isinstance(one, ast.Starred) for one in node.args):
            return Traced(self._evaluated(node), self.sources(node))
        traced = [self.trace(one) for one in arguments]
        count = len(node.args)
        given = [one.value for one in traced[:count]]
        named = {
            keyword.arg: one.value
            for keyword, one in zip(node.keywords, traced[count:], strict=True)
            if keyword.arg is not None
        }
        for keyword, one in zip(node.keywords, traced[count:], strict=True):
            if keyword.arg is None:
                named |= one.value
        with self._calling(tuple(traced), node if _is_ours(func.value) else None):
            value = func.value(*given, **named)
        if isinstance(node.func, ast.Attribute) and func.sources:
            method = node.func.attr
            base = func
            if method == "get" and given:
                return _looked_up(base, value, given[0])
            if isinstance(column := named.get("values"), str):
                base = replace(
                    base, unit=dict(base.units).get(column), label=dict(base.labels).get(column, "")
                )
            result = _picked(base, value, method)
            if method not in _PLAIN_RESULTS and _is_number(value):
                where, day = _reduced(base, method)
                result = _leaf(replace(result, as_of=day or result.as_of), where)
        elif traced and any(func.value is getattr(builtins, name) for name in _PURE):
            result = replace(traced[0], value=value, working=written_number(value))
            if func.value in (len, str):
                result = Traced(value, unit=PLAIN, working=written_number(value))
        else:
            result = Traced(
                value,
                self.sources(node.func) if not func.sources else NONE,
                working=written_number(value),
            )
        sources = result.sources
        for one in traced:
            sources += one.sources
        return carried(replace(result, sources=sources))

    def _name(self, name: str) -> Traced:
        value = _looked(self._namespace, name)
        known = carried(Traced(value, working=written_number(value), label=""))
        if known.units or callable(value) or isinstance(value, type) or name in self._within:
            return known
        self._within.add(name)
        try:
            found = self._defined(self._definitions.of(name), value)
            if found is not None:
                label = found.label or known.label
                if found.is_computed and not (label := _renamed(value)):
                    label = name.replace("_", " ")
                return replace(found, value=value, label=label)
        finally:
            self._within.discard(name)
        sources = known.sources + self._sources_of(name)
        if known.unit is None and not sources and _is_number(value):
            return replace(known, unit=PLAIN)
        return replace(known, sources=sources)

    def _sources_of(self, name: str) -> Sources:
        seen, found, todo = set[str](), NONE, [name]
        while todo:
            one = todo.pop()
            if one in seen:
                continue
            seen.add(one)
            if one in self._namespace:
                found += carried(Traced(self._namespace[one])).sources
            todo += self._definitions.uses(one)
        return found

    def is_pure(self, node: ast.AST) -> bool:
        """Whether an expression can be evaluated again without doing anything else."""
        for one in ast.walk(node):
            if isinstance(one, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
                return False
            if isinstance(one, ast.Call):
                if isinstance(one.func, ast.Attribute):
                    if one.func.attr in _NOT_PURE or one.func.attr == "table":
                        return False
                    if any(keyword.arg == "inplace" for keyword in one.keywords):
                        return False
                elif not (isinstance(one.func, ast.Name) and one.func.id in _PURE):
                    return False
        return True


# The parts of an expression


def _plain(value: Any) -> Traced:
    return Traced(value, unit=PLAIN if _is_number(value) else None, working=written_number(value))


def carried(one: Traced) -> Traced:
    """A value with what it carries itself: the origin of a frame, the parts of a fact."""
    value = one.value
    if isinstance(value, Fact):
        leaf = Leaf(value.place or value.text, "", value.value, value.unit)
        return Traced(
            value, value.sources, value.unit, Decimal(1), value.place, "", value.as_of,
            working=written_number(value.value), leaves=(leaf,),
        )  # fmt: skip
    origin = origin_of(value)
    if origin is None:
        return one
    name = getattr(value, "name", None)
    columns = set(getattr(value, "columns", ())) | {name}
    sources = one.sources + Sources((origin.name,), (), (origin,))
    units = one.units or tuple(
        (c.name, c.unit or PLAIN) for c in origin.columns if c.name in columns
    )
    labels = one.labels or tuple((c.name, c.title) for c in origin.columns if c.name in columns)
    if not hasattr(value, "columns") and one.unit is None and not one.units:
        unit = next((c.unit for c in origin.columns if c.name == name), None)
        label = next((c.title for c in origin.columns if c.name == name), str(name or ""))
        return replace(one, sources=sources, unit=unit, label=one.label or label, units=())
    return replace(one, sources=sources, units=units, labels=labels)


def _picked(base: Traced, value: Any, name: str) -> Traced:
    """An attribute of a value, or the result of its method: a column, a selection, an aggregate."""
    if name in _PLAIN_RESULTS:
        label = base.label if callable(value) else _PLACES.get(name, base.label)
        label = label % {"what": base.label} if "%" in label else label
        return Traced(value, base.sources, PLAIN, label=label, working=written_number(value))
    if name in _RATIOS:
        label = _renamed(value) or t_("change in %(what)s", what=base.label)
        return Traced(value, base.sources, PLAIN, label=label, rank=1)
    if _is_number(value) and name in dict(base.units):
        return _looked_up(base, value, name)
    if not base.sources:
        return carried(Traced(value, working=written_number(value)))
    made = replace(base, value=value, working=written_number(value))
    if hasattr(value, "columns"):
        return replace(made, units=base.units) if base.units else made
    return _column(made, base)


def _item(base: Traced, at: Any, *, by_label: bool) -> Any:
    """An item of a value; a slice ``by_label`` has both its ends, `[2014:2022]` nine years, where
    pandas would count rows. Raises LookupError with the label of what has no such place.
    """
    index = getattr(base.value, "index", None)
    is_labelled = by_label and isinstance(at, slice) and hasattr(base.value, "loc")
    try:
        if is_labelled and getattr(index, "start", None) != 0:  # which numbers its rows
            return base.value.loc[at]
        return base.value[at]
    except KeyError:
        if not base.sources:
            raise
        columns = getattr(base.value, "columns", ())
        known = f"; its columns are {', '.join(map(str, columns))}" if len(columns) else ""
        what = base.label or base.sources.tables[0]
        raise LookupError(f"there is no {what} of {place_in_words(at)}{known}") from None


def _looked_up(base: Traced, value: Any, at: Any) -> Traced:
    """An item of a value: a column of a frame, or the value at a place."""
    made = replace(base, value=value, working=written_number(value))
    values = getattr(base.value, "obj", base.value)
    if type(base.value).__name__ == "_iLocIndexer" and isinstance(at, int):
        at = values.index[at]
    is_series = type(values).__name__ == "Series"
    if is_series and isinstance(at, str) and hasattr(values.index, "freqstr"):
        row = values.index.get_loc(at)  # of a day or a month that is written as text
        at = values.index[row] if isinstance(row, int) else at
    if not _is_scalar(value):
        if hasattr(value, "columns"):
            return made
        return _column(made, base)
    parts = at if isinstance(at, tuple) else (at,)
    units = dict(base.units)
    column = next((part for part in parts if _hashable(part) and part in units), None)
    if column is not None:
        made = replace(made, unit=units[column], label=dict(base.labels).get(column, str(column)))
        parts = tuple(part for part in parts if part is not column)
    if not _is_number(value) and not isinstance(value, str):
        return replace(made, unit=None, as_of=end_of(parts) or made.as_of)
    where = ", ".join(filter(None, [base.place, *(place_in_words(part) for part in parts)]))
    return _leaf(replace(made, as_of=end_of(parts) or made.as_of), where)


def _column(made: Traced, base: Traced) -> Traced:
    """A series, with what is known of its column; or a row, whose place is its name."""
    if type(made.value).__name__ != "Series":
        return made
    name, units = made.value.name, dict(made.units)
    if _hashable(name) and name in units:
        return replace(
            made, unit=units[name], label=dict(made.labels).get(name, str(name)), units=()
        )
    frame = getattr(base.value, "obj", base.value)
    is_pivoted = bool(base.label) and name in list(getattr(frame, "columns", ()))
    if hasattr(frame, "columns") and name is not None and (is_pivoted or not _renamed(made.value)):
        where = ", ".join(filter(None, [base.place, place_in_words(name)]))
        return replace(made, place=where, as_of=end_of((name,)) or made.as_of)
    return replace(made, label=_renamed(made.value) or made.label)


def _leaf(made: Traced, place: str) -> Traced:
    one = Leaf(made.label, place, made.amount if _is_number(made.value) else made.value, made.unit)
    return replace(made, place=place, rank=9, leaves=(one,))


def _reduced(base: Traced, method: str) -> tuple[str, date | None]:
    """The place of an aggregate, and its day: where the highest is, or the first place and the last."""
    values = getattr(base.value, "__self__", base.value)
    index = list(getattr(values, "index", ()))
    if method in ("max", "min") and index and not hasattr(values, "columns"):
        at = getattr(values, f"idx{method}")()
        return ", ".join(filter(None, [base.place, place_in_words(at)])), end_of((at,))
    if len(index) < 2:
        return base.place, base.as_of
    span = (
        f"{place_in_words(index[0])}–{place_in_words(index[-1])}"
        if not isinstance(index[0], tuple)
        else ""
    )
    if method == "mean":
        span = t_("average of %(places)s", places=span)
    return ", ".join(filter(None, [base.place, span])), base.as_of or end_of((index[-1],))


def _computed(left: Traced, right: Traced, op: type[ast.operator]) -> Traced:
    sign, apply, rank = _WORKED[op]
    value = apply(bare(left.value), bare(right.value))
    made = of_result(left.measure, right.measure, op)
    unit, factor = made.unit, made.factor
    named = [
        _within(one, at, one.what) for one, at in ((left, rank), (right, rank + 1)) if one.what
    ]
    label = _renamed(value) or (f" {sign} ".join(named) if len("".join(named)) <= 80 else named[0])
    working = (
        f"{_within(left, rank, left.working)} {sign} {_within(right, rank + 1, right.working)}"
        if _is_number(value)
        else ""
    )
    if unit == PLAIN and factor != 1:
        value, factor = value * float(factor), Decimal(1)
    days = [one.as_of for one in (left, right) if one.as_of]
    return Traced(
        value, left.sources + right.sources, unit, factor, label,
        as_of=max(days, default=None), working=working, rank=rank,
        leaves=tuple(dict.fromkeys((*left.leaves, *right.leaves))),
    )  # fmt: skip


def _within(one: Traced, rank: int, text: str) -> str:
    """The text of a part of a computation, in brackets if they are needed."""
    return f"({text})" if one.rank < rank else text


def _renamed(value: Any) -> str:
    name = getattr(value, "name", None)
    return name if isinstance(name, str) and not name.isidentifier() else ""


def written_number(value: Any) -> str:
    """A number as it is written in a computation."""
    if not _is_number(value):
        return ""
    number = float(value)
    if number.is_integer() and abs(number) < 10**15:
        return f"{int(number):,}" if not (type(value) is int and value in YEARS) else str(value)
    return f"{number:,.6g}" if abs(number) < 10**6 else f"{number:,.1f}"


def bare(value: Any) -> Any:
    """The number of a fact; any other value unchanged."""
    return value.value if isinstance(value, Fact) else value


def _is_number(value: Any) -> bool:
    if isinstance(value, (int, float, Decimal)):
        return not isinstance(value, bool)
    return (
        type(value).__module__ == "numpy"
        and getattr(value, "ndim", 1) == 0
        and value.dtype.kind in "iuf"
    )


def _is_ours(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith("broadsheet.")


def _is_scalar(value: Any) -> bool:
    return not hasattr(value, "__len__") or isinstance(value, str)


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _looked(namespace: Mapping[str, Any], name: str) -> Any:
    if name in namespace:
        return namespace[name]
    try:
        return getattr(builtins, name)
    except AttributeError:
        raise NameError(f"name {name!r} is not defined") from None


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are one, or equal."""
    if one is other:
        return True
    if hasattr(other, "equals"):
        return type(one) is type(other) and bool(other.equals(one))
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False
