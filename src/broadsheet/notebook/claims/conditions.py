"""Claims and words in prose that a condition decides.

    [a record]{claim="highest(trade.total[:year])"}
    [more than it sells]{claim="trade.china_imports[year] > trade.china_exports[year]"}
    [rose|fell|held]{by="trade.total, year - 1, year"}
    [a record|below the record]{if="highest(trade.total[:year])"}

A condition is Python, evaluated in the run. Each of its parts is shown with its value as evidence,
and its words are made from them: "China’s imports from Russia, 2022 (US$114.1 bn) is more than …".
The comparatives (:mod:`broadsheet.notebook.claims.comparatives`) are functions in it. A name alone stands
for the claim or the condition that a cell assigned to it.

`by=` takes the arguments of `direction`, values, start and end. It chooses the first word if they
rose, the second if they fell, the third if they held. `if=` chooses the first words if its condition is
true, else the second, or none; the third if the values that it compares are equal. Either way the
chosen words rest on the claim that they are right.
"""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from broadsheet.notebook.claims.calls import tracer_of
from broadsheet.notebook.claims.cases import CASES, answer
from broadsheet.notebook.claims.claim import EVIDENCE, Claim, Evidence, truth_of
from broadsheet.notebook.claims.comparatives import COMPARATIVES
from broadsheet.notebook.claims.compared_values import (
    PYTHON_SIGNS,
    Comparison,
    comparison_in_cases,
    operand,
)
from broadsheet.notebook.claims.definitions import name_from
from broadsheet.notebook.claims.evidence import evidence_from, is_readable, missing_from, phrases
from broadsheet.notebook.claims.formats import FORMATS, direction
from broadsheet.notebook.claims.python_formats import fact_in
from broadsheet.notebook.claims.series_values import series_values
from broadsheet.notebook.claims.ties import tie_of
from broadsheet.notebook.claims.traced import COMPARISONS, Traced
from broadsheet.notebook.claims.tracing import SIGNS
from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.label_slices import ByLabel
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.sources import NO_SOURCES
from broadsheet.notebook.values.unit_arithmetic import is_like
from broadsheet.notebook.values.written_numbers import bare
from broadsheet.text.language import t_

VOCABULARY: dict[str, Any] = {**FORMATS, **COMPARATIVES, **CASES}
"""The names that expressions in prose may use without `bs.`; a name of the notebook comes first."""

_WORDS: dict[type[ast.cmpop], Callable[[], str]] = {
    ast.Gt: lambda: t_("%(this)s is more than %(than)s"),
    ast.Lt: lambda: t_("%(this)s is less than %(than)s"),
    ast.GtE: lambda: t_("%(this)s is at least %(than)s"),
    ast.LtE: lambda: t_("%(this)s is at most %(than)s"),
    ast.Eq: lambda: t_("%(this)s is equal to %(than)s"),
    ast.NotEq: lambda: t_("%(this)s is not equal to %(than)s"),
    ast.In: lambda: t_("%(this)s is among %(than)s"),
    ast.NotIn: lambda: t_("%(this)s is not among %(than)s"),
    ast.Is: lambda: t_("%(this)s is %(than)s"),
    ast.IsNot: lambda: t_("%(this)s is not %(than)s"),
}
_OF_PLACES: dict[str, Callable[[], str]] = {
    "any": lambda: t_("%(what)s: at one place at least"),
    "is_monotonic_increasing": lambda: t_("%(what)s: falls at no place"),
    "is_monotonic_decreasing": lambda: t_("%(what)s: rises at no place"),
}
"""The words for a column by a method or a property of pandas, or by `any`."""
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.LtE, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


class Expressions:
    """The expressions of prose, evaluated in the ``namespace`` of a notebook."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        ours = {"__by_label__": ByLabel, "__direction__": direction}
        self._namespace = {**VOCABULARY, **namespace, **ours}
        self._tracer = tracer_of(self._namespace)

    def value(self, code: str) -> Any:
        """Return the value of an expression. Raises whatever it raises."""
        try:
            return self._tracer.trace(_parsed(code)).value
        except RecursionError:  # too deep to follow part by part
            return eval(code, self._namespace)

    def stated(self, code: str, value: Any) -> Fact | None:
        """Return the fact that an expression states which gave ``value``, no fact, by Python's own means;
        None if it states none.
        """
        with suppress(RecursionError):
            return fact_in(self._tracer, _parsed(code), value)
        return None

    def taken(self) -> list[str]:
        """Return the values of the data that went into expressions since the last call, as text."""
        values = list(self._tracer.looked_up)
        self._tracer.looked_up.clear()
        return values

    def claim(self, code: str) -> str:
        """Return the name under which the claim of a condition is declared. Raises TypeError."""
        node = _parsed(code)
        claim = self._condition(node)
        return claim.name or _beside(claim).registered(name_from(node)).name

    def choice(self, kind: str, code: str, words: Sequence[str]) -> tuple[str, str]:
        """Return the words that a condition chooses, and the name of the claim they rest on."""
        if kind == "by":
            call = _parsed(f"__direction__({code})")
            assert isinstance(call, ast.Call)
            course = self._tracer.trace(call).value
            order = ("rose", "fell", "held")
            at = order.index(course.name)
            if at >= len(words):
                raise ValueError(
                    f"the values {course.name}, and there are no words for that: {'|'.join(words)}; "
                    "the third ones are for values that held"
                )
            claim = replace(course, name="").registered(f"{name_from(call.args[0])}-{course.name}")
            return words[at], claim.name
        node = _parsed(code)
        claim, name = self._condition(node), name_from(node)
        if claim.truth is not False:
            return words[0], _beside(claim).registered(name).name
        if len(words) > 1 and words[1] and (tie := tie_of(claim)) is not None:
            if len(words) < 3:
                raise ValueError(
                    f"{tie.says}, and there are no words for that: give them as the third, "
                    f"{'|'.join(words)}|as much as; they may be the second ones again"
                )
            return words[2], tie.registered(f"tied-{name}").name
        if len(words) < 2 or not words[1]:
            return "", ""
        denied = _beside(self._denied(node))
        return words[1], denied.registered(f"not-{name}").name

    def _condition(self, node: ast.expr) -> Claim:
        match node:
            case ast.BoolOp(op=op, values=values):
                return _joined([self._condition(part) for part in values], op)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._denied(inner)
            case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as op, right=right) if all(
                _is_truth(self._tracer.trace(side).value) for side in (left, right)
            ):
                is_and = isinstance(op, ast.BitAnd)
                return self._condition(ast.BoolOp(ast.And() if is_and else ast.Or(), [left, right]))
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [self._tracer.trace(side) for side in (left, *others)]
                nodes = (left, *others)
                pairs = [
                    _compared(this, op, than, ast.Compare(nodes[at], [op], [nodes[at + 1]]))
                    for at, (this, op, than) in enumerate(zip(sides, ops, sides[1:], strict=False))
                ]
                return pairs[0] if len(pairs) == 1 else _joined(pairs, ast.And())
            case ast.Name(id=name) if _is_truth(self._namespace.get(name)):
                for defined in self._tracer.definitions(name):
                    if isinstance(defined, (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Call)):
                        claim = self._condition(defined)
                        if claim.truth == self._namespace[name]:
                            return claim
        traced = self._tracer.trace(node)
        if isinstance(traced.value, Claim):
            return traced.value
        truth = _truth(traced.value, node)
        if (of_all := self._of_all_places(node)) and of_all.truth == truth:
            return of_all
        says = self._of_places(node)
        code = "" if says else _code(node)
        evidence = evidence_from(traced) or self._evidence_of_places(node)
        return Claim("", truth, says or _calculated(), evidence, traced.sources, code=code)

    def _evidence_of_places(self, node: ast.expr) -> tuple[Evidence, ...]:
        """Return a few values of a column of which the author says something, by their places."""
        match node:
            case (
                ast.Call(func=ast.Attribute(value=inner)) | ast.Call(func=ast.Name(), args=[inner])
            ):
                pass
            case ast.Attribute(value=inner):
                pass
            case _:
                return ()
        traced = self._tracer.trace(inner)
        if not hasattr(traced.value, "items") or len(traced.value) > EVIDENCE:
            return ()
        series = series_values(traced.value, None, base=traced)
        if traced.sides is None:
            return series.evidence(*series.by_place)
        return tuple(
            Evidence(
                series.place(place), answer(series.by_place[place]), leaf=series.compared_at(place)
            )
            for place in series.by_place
        )

    def _of_all_places(self, node: ast.expr) -> Claim | None:
        """Return the claim of `(condition).all()`, or `all(condition)`, of a column, as `every`."""
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="all"), args=[], keywords=[]):
                pass
            case ast.Call(func=ast.Name(id="all"), args=[inner], keywords=[]):
                pass
            case _:
                return None
        if not self._is_comparison(inner):
            return None
        claim = self._tracer.trace(ast.Call(ast.Name("every", ast.Load()), [inner], [])).value
        return claim if isinstance(claim, Claim) else None

    def _of_places(self, node: ast.expr) -> str:
        """Return the words of other conditions on a column; "" if there are none for it."""
        match node:
            case ast.Call(
                func=ast.Attribute(value=inner, attr="any" as name), args=[], keywords=[]
            ):
                pass
            case ast.Call(func=ast.Name(id="any" as name), args=[inner], keywords=[]):
                pass
            case ast.Attribute(value=inner, attr=name) if name.startswith("is_monotonic_"):
                pass
            case _:
                return ""
        label = self._tracer.trace(inner).label
        is_said = bool(label) and (name != "any" or self._is_comparison(inner))
        return _OF_PLACES[name]() % {"what": label} if is_said else ""

    def _is_comparison(self, node: ast.expr) -> bool:
        """True if a value is a column of truths that is named after the values it compares."""
        traced = self._tracer.trace(node)
        is_column = hasattr(traced.value, "items")
        return is_column and any(f" {sign} " in traced.label for sign in SIGNS.values())

    def _denied(self, node: ast.expr) -> Claim:
        """Return the opposite of a condition."""
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[other]):
                return self._condition(ast.Compare(left, [_OPPOSITE[type(op)]()], [other]))
            case ast.BoolOp(op=op, values=values):
                other_op = ast.Or() if isinstance(op, ast.And) else ast.And()
                return _joined([self._denied(part) for part in values], other_op)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._condition(inner)
        claim = self._condition(node)
        truth = None if claim.truth is None else not claim.truth
        if claim.code:
            return replace(claim, name="", truth=truth, code=f"not ({claim.code})")
        return replace(
            claim, name="", truth=truth, says=t_("it is not so that %(claim)s", claim=claim.says)
        )


def read_expressions(codes: Iterable[str]) -> None:
    """Parse expressions that are to be evaluated in several runs; a run tells what is wrong with one."""
    for code in codes:
        with suppress(Exception):
            _parsed(code)


def _beside(claim: Claim) -> Claim:
    """Return a claim whose condition an author wrote beside its words."""
    compared = tuple(replace(comparison, is_beside=True) for comparison in claim.compared)
    return replace(claim, compared=compared)


def _compared(left: Traced, op: ast.cmpop, right: Traced, node: ast.expr) -> Claim:
    sources = left.sources + right.sources
    for side in (left, right):
        if isinstance(side.value, float) and not math.isfinite(side.value):
            return Claim("", None, t_("there is no value"), evidence_from(left, right), sources)
    this, than = _amounts(left, right)
    truth = _truth(COMPARISONS[type(op)](this, than), None)
    if not (is_readable(this) and is_readable(than)):
        evidence = evidence_from(left, right)
        return Claim("", truth, _calculated(), evidence, sources, code=_code(node))
    names = phrases(left, right)
    says = _WORDS[type(op)]() % {"this": names[0], "than": names[1]}
    if missing := missing_from(left, right):
        return Claim("", None, says, missing, sources)
    sides = operand(left, this), operand(right, than)
    sign = PYTHON_SIGNS.get(type(op).__name__, "")
    compared = [Comparison("pair", sign, *sides)] if sign else []
    for side in (left, right):
        counted = side.leaves[0].series if side.sides and len(side.leaves) == 1 else None
        if compared and counted is not None and side.leaves[0].method in ("sum", "mean"):
            compared.append(comparison_in_cases(side, counted))  # `(regions.wind > 2).sum() == 6`
    return Claim("", truth, says, evidence_from(left, right), sources, compared=tuple(compared))


def _amounts(left: Traced, right: Traced) -> tuple[Any, Any]:
    """Return two values to compare, in one unit. Raises ValueError for units that differ in kind."""
    this, than = bare(left.value), bare(right.value)
    if left.unit and right.unit:
        if not is_like(left.unit, right.unit):
            raise ValueError(f"values in {left.unit} and in {right.unit} cannot be compared")
        sizes = left.measure.size, right.measure.size
        if sizes[0] != sizes[1]:
            return float(this) * float(sizes[0]), float(than) * float(sizes[1])
    return this, than


def _joined(claims: Sequence[Claim], op: ast.boolop) -> Claim:
    truths = [claim.truth for claim in claims]
    decides = isinstance(op, ast.Or)
    truth = decides if decides in truths else None if None in truths else not decides
    says = [claim.says for claim in claims]
    sources = sum((claim.sources for claim in claims), NO_SOURCES)
    evidence = tuple(dict.fromkeys(item for claim in claims for item in claim.evidence))
    words = t_("%(this)s, or %(than)s") if decides else t_("%(this)s, and %(than)s")
    joined = words % {"this": "; ".join(says[:-1]), "than": says[-1]}
    is_known = not any(claim.code for claim in claims)
    if not is_known and len(set(says)) < len(says):  # readers need that sentence once
        joined = (
            says[0]
            if len(set(says)) == 1
            else words % {"this": "; ".join(dict.fromkeys(says[:-1])), "than": says[-1]}
        )
    code = "" if is_known else "; ".join(claim.code or claim.says for claim in claims)
    compared = tuple(comparison for claim in claims for comparison in claim.compared)
    return Claim("", truth, joined, evidence[:EVIDENCE], sources, code, compared)


def _truth(value: Any, node: ast.expr | None) -> bool | None:
    shown = f"`{_code(node)}` is" if node is not None else "it is"
    return truth_of(
        value,
        f"a claim is true or false, and {shown} a {type(value).__name__}; compare it, or use "
        "every(…) of a condition on each row",
    )


def _is_truth(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_")


def _calculated() -> str:
    """Return the words for a condition that has none of its own: readers do not read code."""
    return t_("the words follow from a calculation with the data")


def _code(node: ast.AST) -> str:
    """Return an expression as its author wrote it."""
    return ast.unparse(_AsWritten().visit(copy.deepcopy(node)))


class _Slices(ast.NodeTransformer):
    """Makes slices go by label: `total[:2022]` ends with 2022."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.slice, ast.Slice):
            node.value = ast.Call(ast.Name("__by_label__", ast.Load()), [node.value], [])
        return node


class _AsWritten(ast.NodeTransformer):
    """Takes back what :class:`_Slices` has put in."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        is_ours = isinstance(node.func, ast.Name) and node.func.id == "__by_label__"
        return node.args[0] if is_ours else node


@lru_cache(maxsize=1000)
def _parsed(code: str) -> ast.expr:
    parsed = ast.parse(code.strip(), mode="eval").body
    expression: ast.expr = ast.fix_missing_locations(_Slices().visit(parsed))
    return expression
