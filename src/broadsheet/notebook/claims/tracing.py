"""Follows a value back through the expression that it comes of, to the tables of the catalogue.

    usd(trade.total[2022])            the table, the unit "US$ bn", the place "Total trade, 2022"
    pct(trade.total[2022] / trade.total[2021] - 1)
                                      the table; no unit, since one is divided by the other; "190.3 / 146.9 − 1"

An expression is evaluated part by part, as pytest evaluates an assertion. Each part is a
:class:`Traced`: its value with its sources, its unit and its place, as far as they are known. A name
of the notebook stands for the expression that was assigned to it, if that still gives its value.

Units go through selection, aggregation and arithmetic. A sum keeps its unit, a quotient of two like
units has none, a factor of a thousand, a million or a billion converts (US$ mn to US$ bn), and a
hundred makes percent of a ratio. Anything else is left open: then the author gives `unit=`.

A value that cannot be followed, such as the result of a function, has the sources of all names in
its expression.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from types import CodeType, ModuleType
from typing import Any

from broadsheet.notebook.claims.aggregates import reduced
from broadsheet.notebook.claims.arithmetic import (
    OPERATORS,
    adjusted,
    calculated,
    combined,
    inverted,
    negated,
)
from broadsheet.notebook.claims.definitions import Definitions
from broadsheet.notebook.claims.derivations import ARITHMETIC, MethodCall, derivation_of
from broadsheet.notebook.claims.row_conditions import with_condition
from broadsheet.notebook.claims.traced import (
    COMPARISONS,
    PLAIN_RESULTS,
    Derivation,
    Traced,
    carried,
    constant,
    is_same,
    item,
    looked_up,
    own_name,
    picked,
    size_of,
    sources_of_value,
    value_at,
)
from broadsheet.notebook.values.label_slices import ByLabel
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.sources import NO_SOURCES, Sources
from broadsheet.notebook.values.unit_arithmetic import NO_UNIT
from broadsheet.notebook.values.written_numbers import bare, in_computation, is_number, with_limit
from broadsheet.text.language import t_

_NOT_PURE = frozenset({"to_csv", "to_json", "to_excel", "plot", "pop", "update", "insert", "hist"})
_PURE = frozenset({"abs", "round", "min", "max", "sum", "len", "float", "int", "str", "sorted"})
SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Gt: ">",
    ast.Lt: "<",
    ast.GtE: "≥",
    ast.LtE: "≤",
    ast.Eq: "=",
    ast.NotEq: "≠",
}
"""The signs of comparisons in the name of a comparison: `Total > 100`."""
TWO_SIDED: Mapping[type[ast.operator], Callable[[Traced, Traced], Traced]] = {
    **{op: partial(calculated, op=op) for op in OPERATORS},
    ast.BitAnd: partial(combined, is_both=True),
    ast.BitOr: partial(combined, is_both=False),
}
ONE_SIDED: Mapping[type[ast.unaryop], Callable[[Traced], Traced]] = {
    ast.USub: negated,
    ast.Invert: inverted,
}
"""The functions of operators on one value; those above, on two."""
_traces: dict[str, tuple[Any, Definitions, Traced]] = {}
"""The last trace of each name: its value and the definitions then, and the result."""


@dataclass(frozen=True)
class Call:
    """A call that is being evaluated."""

    arguments: tuple[Traced, ...]
    """Its arguments, traced."""
    node: ast.Call
    """Its expression."""


_calls: list[Call | None] = []


@contextmanager
def calling(call: Call | None) -> Iterator[None]:
    """Let functions of ours see the arguments of ``call`` within the block (:func:`call_now`)."""
    _calls.append(call)
    try:
        yield
    finally:
        _calls.pop()


def call_now() -> Call | None:
    """Return the call that is being evaluated, if its arguments are traced."""
    return _calls[-1] if _calls else None


class Tracer:
    """Evaluates expressions in a ``namespace``, with the ``definitions`` of the notebook's names."""

    def __init__(self, namespace: dict[str, Any], definitions: Definitions) -> None:
        self._namespace = namespace
        self._definitions = definitions
        self._within: set[str] = set()
        self._bound: dict[str, Traced] = {}
        self.looked_up: dict[str, None] = {}
        """The values that were looked up in data so far, as text, each once."""

    def trace(self, node: ast.expr) -> Traced:
        """Return the value of an expression, traced. Raises whatever the expression raises."""
        traced = self._traced(node)
        self.looked_up.update(
            (str(leaf.value), None) for leaf in traced.leaves if not leaf.is_count
        )
        return traced

    def _traced(self, node: ast.expr) -> Traced:
        match node:
            case ast.Constant(value=value):
                return constant(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=inner, attr=name):
                return self._attribute(self.trace(inner), name)
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="__by_label__"), args=[inner]), slice=key
            ):
                base, at = self.trace(inner), self._evaluated(key)
                return looked_up(base, ByLabel(base.value)[at], at)
            case ast.Subscript(value=inner, slice=key):
                base, at = self.trace(inner), self._evaluated(key)
                result = looked_up(base, item(base, at), at, self._condition(key, at))
                return self._of_column(result, base, at)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in SIGNS:
                sides = self.trace(left), self.trace(right)
                sign = SIGNS[type(op)]
                label = f" {sign} ".join(
                    side.what or side.working or str(side.value) for side in sides
                )
                sources = sides[0].sources + sides[1].sources
                value = COMPARISONS[type(op)](*(bare(side.value) for side in sides))
                compared = (sides[0], sign, sides[1])
                return Traced(value, sources, NO_UNIT, label=label, formula=label, sides=compared)
            case ast.Call():
                return self._call(node)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in TWO_SIDED:
                return TWO_SIDED[type(op)](self.trace(left), self.trace(right))
            case ast.UnaryOp(op=op, operand=inner) if type(op) in ONE_SIDED:
                return ONE_SIDED[type(op)](self.trace(inner))
            case ast.IfExp(test=test, body=then, orelse=other):
                return self.trace(then if self.trace(test).value else other)
            case ast.Compare(left=left, comparators=others) if self.is_pure(node):
                for side in (left, *others):
                    self.trace(side)
        return Traced(self._evaluated(node), self.sources(node))

    def trace_ahead(self, name: str) -> None:
        """Trace a table that has a name, with its first value, by which what all of them need is made."""
        table = self._name(name)
        if table.derive is not None and len(table.value):
            first = table.value.index[0]
            columns = getattr(table.value, "columns", None)
            value_at(table, first if columns is None else (first, columns[0]))

    def definitions(self, name: str) -> list[ast.expr]:
        """Return the expressions that were assigned to a name of the notebook, the last first."""
        return self._definitions.of(name)

    def definition(self, name: str, value: Any) -> ast.expr | None:
        """Return the expression that was assigned to a name and still gives its value; None if there is
        none.
        """
        giving = self._giving(self._definitions.of(name), value)
        return next((node for node, _ in giving), None)

    def sources(self, node: ast.AST) -> Sources:
        """Return the sources of all names in an expression."""
        names = (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        return sum(map(self._sources_of, names), NO_SOURCES)

    def _of_column(self, column: Traced, frame: Traced, name: Any) -> Traced:
        """Return a column that the notebook added to its frame, traced through its expression."""
        if not isinstance(name, str) or name in self._within:
            return column
        if not (hasattr(frame.value, "columns") and type(column.value).__name__ == "Series"):
            return column
        if nodes := self._definitions.of_column(name):
            column = replace(column, derive=self._column_derivation(frame, nodes, column.derive))
        elif old := self._definitions.renamed.get(name):
            column = replace(column, derive=_renamed_derivation(column, old, column.derive))
        if column.unit is not None:
            return column
        self._within.add(name)
        try:
            source = self._defined(self._definitions.of_column(name), column.value)
        finally:
            self._within.discard(name)
        label = own_name(column.value) or name.replace("_", " ")
        if source is None:
            return column
        return replace(
            source, value=column.value, label=label, derive=column.derive or source.derive
        )

    def _defined(self, nodes: Sequence[ast.expr], value: Any) -> Traced | None:
        """Return the trace of the first of some expressions that still gives a value."""
        return next((traced for _, traced in self._giving(nodes, value)), None)

    def _giving(self, nodes: Iterable[ast.expr], value: Any) -> Iterator[tuple[ast.expr, Traced]]:
        """Yield those of some expressions that still give a value, each with its trace."""
        for node in nodes:
            if not self.is_pure(node):
                continue
            try:
                traced = self.trace(node)
            except Exception:  # it was made of what has changed since
                continue
            if is_same(traced.value, value):
                yield node, traced

    def _attribute(self, base: Traced, name: str) -> Traced:
        return self._of_column(picked(base, getattr(base.value, name), name), base, name)

    def _condition(self, key: ast.expr, at: Any) -> str:
        """Return the condition of the rows that a key chooses."""
        if getattr(getattr(at, "dtype", None), "kind", "") != "b" or not self.is_pure(key):
            return ""
        with suppress(Exception):
            chosen = self.trace(key)
            if chosen.sides and not hasattr(chosen.sides[2].value, "iloc"):
                column, sign, limit = chosen.sides
                return with_limit(column.what, sign, bare(limit.value))
            return chosen.label
        return ""

    def _name_derivation(self, name: str) -> Derivation:
        """Return the derivation of the values of a name, by the expressions assigned to it."""
        return self._first_of(name, self._definitions.of(name), {})

    def _column_derivation(
        self, frame: Traced, nodes: Sequence[ast.expr], otherwise: Derivation | None
    ) -> Derivation:
        """Return the derivation of the values of an added column from the other columns of its frame,
        under whatever name, order or index the frame had then.
        """
        names = {part.arg for node in nodes for part in ast.walk(node) if isinstance(part, ast.arg)}
        names |= {
            part.id
            for node in nodes
            for part in ast.walk(node)
            if isinstance(part, ast.Name) and hasattr(self._namespace.get(part.id), "columns")
        }
        bodies = [node.body if isinstance(node, ast.Lambda) else node for node in nodes]
        return self._first_of("", bodies, dict.fromkeys(names, frame), otherwise)

    def _first_of(
        self,
        name: str,
        nodes: Sequence[ast.expr],
        bound: dict[str, Traced],
        otherwise: Derivation | None = None,
    ) -> Derivation:
        """Return the derivation by the first of some expressions that gives a value. Each expression is
        traced once, when a value is first needed, and each value is derived once. ``bound`` are
        names that stand for other values in the expressions. The derivation raises LookupError.
        """
        derivations: dict[int, Derivation | None] = {}

        def derive(at: Any) -> Traced:
            before = dict(self.looked_up), self._bound
            self._bound = bound
            self._within.add(name)
            try:
                for number, node in enumerate(nodes):
                    with suppress(Exception):  # it was made of what has changed since
                        if number not in derivations:
                            derivations[number] = None
                            derivations[number] = (
                                self.trace(node).derive if self.is_pure(node) else None
                            )
                        if (of := derivations[number]) is not None:
                            return of(at)
            finally:
                self._within.discard(name)
                self.looked_up, self._bound = before
            if otherwise is None:
                raise LookupError
            return otherwise(at)

        return cache(derive)

    def _evaluated(self, node: ast.expr) -> Any:
        return eval(_compiled(node), self._namespace)

    def _call(self, node: ast.Call) -> Traced:
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            return Traced(self._evaluated(node), self.sources(node))
        owner, func = None, None
        if isinstance(node.func, ast.Attribute):
            owner = self.trace(node.func.value)
            func = self._attribute(owner, node.func.attr)
        func = func or self.trace(node.func)
        traced = [self.trace(argument) for argument in node.args]
        arguments = [argument.value for argument in traced]
        named: dict[str, Any] = {}
        for keyword in node.keywords:
            traced.append(self.trace(keyword.value))
            named |= {keyword.arg: traced[-1].value} if keyword.arg else traced[-1].value
        with calling(Call(tuple(traced), node) if _is_ours(func.value) else None):
            value = func.value(*arguments, **named)
        if isinstance(node.func, ast.Attribute) and owner and func.sources:
            if node.func.attr == "get" and arguments:
                if len(traced) > 1 and arguments[0] not in owner.value:
                    return traced[1]  # what the author gives for it
                return looked_up(func, value, arguments[0])
            call = MethodCall(owner, node.func.attr, traced[: len(arguments)], named, value)
            result = self._of_method(call, func)
        elif traced and any(func.value is getattr(builtins, name) for name in _PURE):
            result = _of_builtin(func.value, traced, value, node.args)
        else:
            result = Traced(
                value,
                self.sources(node.func) if not func.sources else NO_SOURCES,
                working=in_computation(value),
            )
        sources = sum((argument.sources for argument in traced), result.sources)
        return carried(replace(result, sources=sources))

    def _of_method(self, call: MethodCall, bound: Traced) -> Traced:
        """Return the result of a method; ``bound`` is the method itself, traced."""
        value, method = call.result, call.method
        if isinstance(column := call.named.get("values"), str):
            unit, label = bound.units.get(column), bound.labels.get(column, "")
            bound = replace(bound, unit=unit, label=label)
        result = picked(bound, value, method)
        if method == "dropna":
            result = replace(result, is_dropped=True)
        if method in ("diff", "pct_change") and not (call.arguments or call.named):
            result = replace(result, steps_of=call.base.value)
        if method == "drop" and type(value).__name__ == "Series":
            result = replace(result, whole=call.base.value, is_without=True)
        if method in ("join", "merge"):
            result = replace(result, place="", key=())
        result = with_condition(call, result, self._namespace)
        if is_number(value):
            if method == "round":
                return adjusted(call.base, value, "round")
            return result if method in PLAIN_RESULTS else reduced(bound, result, method)
        if method in ARITHMETIC and call.arguments:
            with suppress(ValueError):  # of units that cannot be added
                result = calculated(call.base, call.arguments[0], ARITHMETIC[method], value)
        return replace(result, derive=derivation_of(call))

    def _name(self, name: str) -> Traced:
        if name in self._bound:
            return self._bound[name]
        value = _looked(self._namespace, name)
        if name in self._within:
            return carried(Traced(value, working=in_computation(value)))
        last = _traces.get(name)
        if last is not None and last[0] is value:
            is_frame = hasattr(value, "iloc")
            if is_frame or last[1] is self._definitions:
                return last[2]
        traced = self._defined_name(name, value)
        if hasattr(value, "iloc") and traced.derive is None and self._definitions.of(name):
            traced = replace(traced, derive=self._name_derivation(name))
        _traces[name] = (value, self._definitions, traced)
        return traced

    def _defined_name(self, name: str, value: Any) -> Traced:
        base = carried(Traced(value, working=in_computation(value)))
        if base.units:
            return self._with_rows_chosen(base, name)
        if callable(value) or isinstance(value, type):
            return base
        self._within.add(name)
        try:
            defined = self._defined(self._definitions.of(name), value)
            if defined is not None:
                label = defined.label or base.label
                if defined.is_computed and not (label := own_name(value)):
                    label = name.replace("_", " ")
                return replace(defined, value=value, label=label)
        finally:
            self._within.discard(name)
        sources = base.sources + self._sources_of(name)
        if base.unit is None and not sources and is_number(value):
            return replace(base, unit=NO_UNIT)
        return replace(base, sources=sources)

    def _with_rows_chosen(self, table: Traced, name: str) -> Traced:
        """Return a table with the place or the conditions by which its rows were chosen."""
        nodes = [node for node in self._definitions.of(name) if self._chooses_rows(node)]
        self._within.add(name)
        try:
            chosen = self._defined(nodes[:1], table.value)
        finally:
            self._within.discard(name)
        if chosen is None:
            return table
        is_elsewhere = bool(chosen.place) and not table.place
        place, key = (chosen.place, chosen.key) if is_elsewhere else (table.place, table.key)
        return replace(table, only=chosen.only, place=place, key=key)

    @staticmethod
    def _chooses_rows(node: ast.expr) -> bool:
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        return isinstance(node, ast.Subscript) or (
            is_method and node.func.attr in ("query", "dropna", "xs")  # type: ignore[attr-defined]
        )

    def _sources_of(self, name: str) -> Sources:
        seen, sources, todo = set[str](), NO_SOURCES, [name]
        while todo:
            current = todo.pop()
            if current in seen:
                continue
            seen.add(current)
            if current in self._namespace:
                sources += sources_of_value(self._namespace[current])
            todo += self._definitions.uses(current)
        return sources

    def _declares(self, module: str) -> bool:
        """True if the functions of a module declare facts and claims, or read tables: `bs`."""
        value = self._namespace.get(module)
        return isinstance(value, ModuleType) and value.__name__.partition(".")[0] == "broadsheet"

    def is_pure(self, node: ast.AST) -> bool:
        """True if an expression can be evaluated again without side effects."""
        owners = owners_if_pure(node)
        return owners is not None and not any(map(self._declares, owners))


@lru_cache(maxsize=2048)
def _compiled(node: ast.expr) -> CodeType:
    return compile(ast.Expression(node), "<expression>", "eval")


@lru_cache(maxsize=4096)
def owners_if_pure(node: ast.AST) -> frozenset[str] | None:
    """Return the names whose methods, or functions, an expression calls; None if one of its parts has
    side effects, whatever the names stand for.
    """
    owners = set[str]()
    for part in ast.walk(node):
        if isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return None
        if isinstance(part, ast.Call):
            if isinstance(part.func, ast.Attribute):
                is_in_place = any(keyword.arg == "inplace" for keyword in part.keywords)
                if part.func.attr in _NOT_PURE or is_in_place:
                    return None
                if isinstance(part.func.value, ast.Name):
                    owners.add(part.func.value.id)
            elif not (isinstance(part.func, ast.Name) and part.func.id in _PURE):
                return None
    return frozenset(owners)


def _renamed_derivation(
    column: Traced, old: str, otherwise: Derivation | None
) -> Derivation | None:
    """Derive the values of a column of a table under the name and in the unit that it has there."""
    of = next(
        (
            field
            for origin in column.sources.origins
            for field in origin.columns
            if field.name == old
        ),
        None,
    )
    if of is None:
        return otherwise
    renamed = replace(column, label=of.title, unit=of.unit or NO_UNIT, derive=None)

    def derive(row: Any) -> Traced:
        if otherwise is not None:
            with suppress(LookupError):
                return otherwise(row)
        return looked_up(renamed, renamed.value.loc[row], row)

    return derive


def _of_builtin(
    function: Any, traced: Sequence[Traced], value: Any, nodes: Sequence[ast.expr]
) -> Traced:
    """Return the result of `len`, `max` and the like."""
    first, name = traced[0], str(function.__name__)
    result = replace(first, value=value, working=in_computation(value))
    if name == "len":
        if isinstance(nodes[0], ast.Attribute) and nodes[0].attr == "columns":
            words = t_("number of columns")
            return Traced(value, first.sources, NO_UNIT, label=words, working=in_computation(value))
        is_bare = not first.label and not hasattr(first.value, "columns")
        if is_bare and isinstance(nodes[0], ast.Name):
            words = t_("number of %(what)s", what=nodes[0].id.replace("_", " "))
            return Traced(value, first.sources, NO_UNIT, label=words, working=in_computation(value))
        return size_of(first)
    if name == "str":
        return Traced(value, unit=NO_UNIT)
    if name in ("min", "max", "sum") and is_number(value):
        if len(traced) > 1 and name != "sum":
            return _chosen(traced, value)
        return reduced(first, result, name) if hasattr(first.value, "iloc") else result
    return adjusted(first, value, name) if name in ("abs", "round", "int", "float") else result


def _chosen(traced: Sequence[Traced], value: Any) -> Traced:
    """Return the choice of `max` or `min`. A number of no table, `max(trade, 0)`, is in the
    unit of the data.
    """
    chosen = next((argument for argument in traced if argument.value is value), traced[0])
    of_data = next((argument for argument in traced if argument.leaves or argument.sources), None)
    if of_data is None or chosen.leaves or chosen.sources:
        return chosen
    return replace(of_data, value=value, label="", place="", working=chosen.working)


def _looked(namespace: Mapping[str, Any], name: str) -> Any:
    if name in ("exit", "quit") and callable(namespace.get(name, print)):
        raise NameError(f"{name!r} would end the notebook, which an expression cannot")
    if name in namespace:
        return namespace[name]
    try:
        return getattr(builtins, name)
    except AttributeError:
        raise NameError(f"name {name!r} is not defined") from None


def _is_ours(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith("broadsheet.")
