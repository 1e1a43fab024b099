"""Finds the tables that a cell's figure is drawn from: the flow of data through the notebook, read
in its code.

A cell's tables are those that it read itself, and those that went into the names which it uses.
From cell to cell, statement by statement, each name carries the tables that it was made of:

    trade = bs.table("trade").set_index("year")     trade: the table `trade`
    shown = trade.loc[2000:]                        shown: what trade has
    def total(year): return shown.loc[year].sum()   total: what shown has, when it is called
    fig.add_bar(y=shown["exports"])                 fig: what it had, and what shown has

The files that a cell really opened are recorded in its run (:mod:`broadsheet.run.reads`). Some of
them are tables whose name the code does not spell out: `bs.table(name)`,
`pd.read_csv("../../data/trade.csv")`, a function of a module of the project. Such a table goes to
the names that the cell assigns from calls.

Only names are followed: not what `eval`, `globals()` or an f-string in a query do, and not which
way a condition goes. A condition, a loop or a `with` is one statement: each name that is assigned
in it has the tables of all of it. One table too many is better than one too few; an author can
correct the result by `source`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from broadsheet.data.vintages import version_name
from broadsheet.errors import DataError
from broadsheet.project.sources.python_ast import parsed

_SHOWING = frozenset((*dir(builtins), "display"))

Tables = frozenset[str]
NONE: Tables = frozenset()


@dataclass(frozen=True)
class CellStep:
    """A code cell."""

    number: int
    """Its number."""
    code: str
    """Its code."""
    opened: Tables = NONE
    """The tables whose files its run opened."""


@lru_cache(maxsize=64)
def lineage(steps: Sequence[CellStep]) -> dict[int, Tables]:
    """Return the tables of each cell by its number; ``steps`` are all code cells of a notebook in
    order, as a tuple. Cached, since the editions of an article have the same code.
    """
    flow = _Flow()
    return {step.number: flow.cell(step) for step in steps}


class _Flow:
    """The analysis of a notebook. Has state: the tables of each name so far, and the names that
    each function uses.
    """

    def __init__(self) -> None:
        self._made_of: dict[str, Tables] = {}
        self._uses: dict[str, frozenset[str]] = {}

    def cell(self, step: CellStep) -> Tables:
        tree = _parsed(step.code)
        unnamed = step.opened - _tables_named(tree)
        tables = step.opened
        for statement in tree.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self._made_of[statement.name] = _tables_named(statement)
                self._uses[statement.name] = _free_names(statement)
            else:
                tables |= self._run(statement, unnamed)
        return tables

    def _run(self, statement: ast.stmt, unnamed: Tables) -> Tables:
        """Follow a statement, and return the tables that it uses. A compound one, such as a loop,
        gives all of its tables to each name that it changes. ``unnamed`` are tables that the cell
        opened without naming them: they go to names that are assigned from a call.
        """
        tables = self._tables(statement)
        used = tables
        assigns = isinstance(statement, (ast.Assign, ast.AnnAssign))
        may_open = not tables if assigns else hasattr(statement, "body")
        if may_open and any(isinstance(node, ast.Call) for node in ast.walk(statement)):
            tables |= unnamed
        for target in _targets(statement):
            name = _root(target)
            if name is None:
                continue
            if assigns and isinstance(target, ast.Name):
                self._made_of[name] = tables
                self._uses.pop(name, None)
            else:
                self._made_of[name] = self._made_of.get(name, NONE) | tables
                used |= self._made_of[name]
        return used

    def _tables(self, node: ast.AST) -> Tables:
        tables = _tables_named(node)
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                tables |= self._made(part.id, set())
        return tables

    def _made(self, name: str, seen: set[str]) -> Tables:
        if name in seen:
            return NONE
        seen.add(name)
        tables = self._made_of.get(name, NONE)
        return tables.union(*(self._made(other, seen) for other in self._uses.get(name, ())))


def tables_named(code: str) -> Tables:
    """Return the tables that the code of a cell names, whole or as versions."""
    return _tables_named(_parsed(code))


def _parsed(code: str) -> ast.Module:
    """Parse the code without IPython's magics; an empty module for a cell that is not Python."""
    for read in (str, _without_magics):
        try:
            return parsed(read(code))
        except SyntaxError:
            continue
    return ast.Module([], [])


def _without_magics(code: str) -> str:
    from IPython.core.inputtransformer2 import TransformerManager

    manager: Any = TransformerManager
    return str(manager().transform_cell(code))


def _tables_named(node: ast.AST) -> Tables:
    """Return the tables that are named in `bs.table("…")`, with `known=` as versions. A version whose
    day the code does not spell out is among the files that the cell opened.
    """
    names = set()
    for part in ast.walk(node):
        match part:
            case ast.Call(
                func=ast.Attribute(attr="table") | ast.Name(id="table"),
                args=[ast.Constant(value=str() as name)],
                keywords=[],
            ):
                names.add(name)
            case ast.Call(
                func=ast.Attribute(attr="table") | ast.Name(id="table"),
                args=[ast.Constant(value=str() as name)],
                keywords=[ast.keyword(arg="known", value=ast.Constant(value=str() as day))],
            ):
                with suppress(DataError):
                    names.add(version_name(name, day))
    return frozenset(names)


def _targets(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the targets that a statement assigns to or changes. A call without a use of its result
    may change the object that it is called on, or its first argument.
    """
    for node in ast.walk(statement):
        match node:
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from _unpacked(target)
            case (
                ast.AnnAssign(target=target)
                | ast.AugAssign(target=target)
                | ast.For(target=target)
                | ast.AsyncFor(target=target)
                | ast.NamedExpr(target=target)
                | ast.withitem(optional_vars=ast.expr() as target)
            ):
                yield from _unpacked(target)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner))):
                yield owner
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=[first, *_])):
                if name not in _SHOWING:
                    yield first


def _unpacked(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _unpacked(element)
    else:
        yield target


def _free_names(node: ast.AST) -> frozenset[str]:
    """Return the names that a function uses and does not set itself."""
    used, bound = set[str](), set[str]()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (used if isinstance(part.ctx, ast.Load) else bound).add(part.id)
        elif isinstance(part, ast.arg):
            bound.add(part.arg)
    return frozenset(used - bound)


def _root(node: ast.expr) -> str | None:
    """Return the name at the start of `fig.data[0].x`, or of `fig.update_layout(…)`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
