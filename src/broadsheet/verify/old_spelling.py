"""The old spelling of facts and claims, which are named and made in a cell, and its new one:

    total = bs.fact("total", trade["total"], at=2022, format="$190 billion")     `{python} total`
    bs.highest("record", trade["total"], at=2022)                                [a record]{claim=record}

    `{python} usd(trade.total[2022], '$190 billion')`       [a record]{claim="highest(trade.total, at=2022)"}

It works for one release. The code of a notebook is read here and never executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from broadsheet.errors import DEPRECATED, Notice
from broadsheet.notebook.comparatives import COMPARATIVES
from broadsheet.project.python_ast import parsed
from broadsheet.project.source import Source

_BY_EXAMPLE = {
    r"[€]": "eur",
    r"[£]": "gbp",
    r"[$]|dollar": "usd",
    r"percentage points?": "pp",
    r"percent|%": "pct",
    r"\btimes\b|-fold\b|\btwice\b": "times",
    r"^[\d,]+$|^[A-Za-z-]+$": "count",
}
"""The function for an example of a format that has this."""

_METHODS = re.compile(
    "all|any|at|axes|bool|copy|corr|count|cov|diff|dot|empty|filter|first|get|head|index|info|items|join|"
    "keys|last|map|mask|max|mean|median|min|mode|name|pivot|plot|pop|prod|product|query|rank|replace|"
    "round|shape|shift|size|stack|std|style|sub|sum|tail|update|values|var|where"
)
"""Names that a column may have and that are methods of a frame or a mapping."""


@dataclass(frozen=True)
class OldCall:
    """A call in the old spelling: its ``name``, the line of its cell, counted from 1, and the cell.
    ``variable`` is the name to which a statement of its own assigns it, "" for a statement without,
    None for a call that is part of something else.
    """

    name: str
    is_fact: bool
    cell: int
    line: int
    last_line: int
    variable: str | None
    expression: str


def old_calls(source: Source) -> list[OldCall]:
    """The calls of a notebook that are spelled the old way, in its order."""
    return [
        OldCall(name, is_fact, number, line, last, variable, expression)
        for number, cell in enumerate(source.cells(), start=1)
        if cell.cell_type == "code" and "bs." in cell.source
        for name, is_fact, line, last, variable, expression in _calls(cell.source)
    ]


def deprecation(source: Source) -> Iterator[Notice]:
    """One notice for an article, which shows the new spelling of its first old one."""
    found = old_calls(source)
    if not found:
        return
    first = found[0]
    new = (
        f"`` `{{python}} {first.expression}` ``"
        if first.is_fact
        else f'`[…]{{claim="{first.expression}"}}`'
    )
    number = f"{len(found)} facts and claims are" if len(found) > 1 else "a fact or claim is"
    yield Notice(
        source.place(first.cell, first.line),
        f"{number} made the old way, by name; the next version will not know it",
        f"Write `{first.name}` in its sentence as {new}; "
        f"`broadsheet facts migrate {source.slug}` does it where it can.",
        topic=DEPRECATED,
    )


@cache
def _calls(code: str) -> tuple[tuple[str, bool, int, int, str | None, str], ...]:
    try:
        tree = parsed(code)
    except SyntaxError:
        return ()
    statements: dict[int, str] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                statements[id(call)] = name
            case ast.Expr(value=ast.Call() as call):
                statements[id(call)] = ""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="bs"), attr=kind), args=[given, _, *_]
            ) if kind in ("fact", "claim") or (kind in COMPARATIVES and _is_text(given)):
                name = str(given.value) if isinstance(given, ast.Constant) else ast.unparse(given)
                last, variable = node.end_lineno or node.lineno, statements.get(id(node))
                new = ast.unparse(new_spelling(kind, node))
                found.append((name, kind == "fact", node.lineno, last, variable, new))
    return tuple(sorted(found, key=lambda one: one[2]))


def new_spelling(kind: str, call: ast.Call) -> ast.expr:
    """The expression for a call in the old spelling."""
    value: ast.expr
    _, value, *others = (_Shorter().visit(one) for one in call.args)
    given = {one.arg: _Shorter().visit(one.value) for one in call.keywords if one.arg}
    if kind == "claim":
        return value
    if kind != "fact":
        keywords = [ast.keyword(name, one) for name, one in given.items()]
        return ast.Call(ast.Name(kind), [value, *others], keywords)
    if "at" in given:
        value = ast.Subscript(value, given.pop("at"))
    example = given.pop("format", None)
    source = given.get("source")
    if isinstance(source, ast.Name) and source.id in _names(value):
        del given["source"]
    keywords = [ast.keyword(name, one) for name, one in given.items()]
    arguments = [value] if example is None else [value, example]
    return ast.Call(ast.Name(_function(example)), arguments, keywords)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _function(example: ast.expr | None) -> str:
    first = example.elts[0] if isinstance(example, ast.List) and example.elts else example
    text = first.value if isinstance(first, ast.Constant) else ""
    known = (one for form, one in _BY_EXAMPLE.items() if re.search(form, str(text)))
    return next(known, "amount")


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


class _Shorter(ast.NodeTransformer):
    """`trade["total"]` as `trade.total`, where pandas has no method of that name."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Subscript(value=ast.Name() as table, slice=ast.Constant(value=str(column))):
                if column.isidentifier() and not _METHODS.fullmatch(column):
                    return ast.Attribute(table, column, ast.Load())
        return node
