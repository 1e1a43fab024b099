"""Which tables a cell's figure is made from: the flow of data through the notebook, read in its
code.

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
way a condition goes. A name that is assigned in branches or loops has the tables of all of them.
One table too many is better than one too few; an author can correct the result by `source`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from broadsheet.project.syntax import parsed

_SHOWING = frozenset((*dir(builtins), "display"))

Tables = frozenset[str]
NONE: Tables = frozenset()


@dataclass(frozen=True)
class Step:
    """A code cell: its number, its code, and the tables whose files its run opened."""

    number: int
    code: str
    opened: Tables = NONE


@lru_cache(maxsize=64)
def lineage(steps: Sequence[Step]) -> dict[int, Tables]:
    """The tables of each cell by its number; ``steps`` are all code cells of a notebook in order,
    as a tuple. Cached, since the editions of an article have the same code.
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
        self._found: set[str] = set()
        self._unnamed = NONE

    def cell(self, step: Step) -> Tables:
        tree = _parsed(step.code)
        named = frozenset(table for node in ast.walk(tree) if (table := _table_named(node)))
        self._found, self._unnamed = set(step.opened), step.opened - named
        self._run(tree.body)
        return frozenset(self._found)

    def _run(self, statements: Iterable[ast.stmt], *, surely: bool = True) -> None:
        for statement in statements:
            self._do(statement, surely)

    def _do(self, node: ast.stmt, surely: bool) -> None:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                self._made_of[name] = frozenset(
                    table for one in ast.walk(node) if (table := _table_named(one))
                )
                self._uses[name] = _free_names(node)
            case ast.Assign(targets=targets, value=value):
                self._assign(targets, self._from(value), surely)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign([target], self._from(value), surely)
            case ast.AugAssign(target=target, value=value):
                self._assign([target], self._tables(value), False)
            case ast.Expr(value=ast.Call() as call):
                self._call(call)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                self._assign([target], self._tables(value), False)
                for _ in range(2):  # what the end of a round gives to the start of the next
                    self._run([*node.body, *node.orelse], surely=False)
            case _:
                self._others(node)

    def _others(self, node: ast.stmt) -> None:
        """Conditions, contexts, attempts: their statements count as if they always ran."""
        for part in _parts(node):
            if isinstance(part, ast.stmt):
                self._do(part, False)
            elif isinstance(part, ast.withitem):
                self._assign(
                    [part.optional_vars] if part.optional_vars else [],
                    self._from(part.context_expr),
                    False,
                )
            elif isinstance(part, ast.expr):
                self._tables(part)

    def _call(self, call: ast.Call) -> None:
        """A call without a use of its result: it may change the object that it is called on, or its
        first argument.
        """
        given = self._tables(call)
        changed = (
            call.func.value
            if isinstance(call.func, ast.Attribute)
            else call.args[0]
            if call.args
            else None
        )
        shows = isinstance(call.func, ast.Name) and call.func.id in _SHOWING
        if changed is not None and not shows:
            self._assign([changed], given, False)

    def _assign(self, targets: Iterable[ast.expr], tables: Tables, surely: bool) -> None:
        for target in targets:
            if isinstance(target, (ast.Tuple, ast.List)):
                self._assign(target.elts, tables, surely)
            elif isinstance(target, ast.Name) and surely:
                self._made_of[target.id] = tables
                self._uses.pop(target.id, None)
            elif (name := _root(target)) is not None:
                self._made_of[name] = self._made_of.get(name, NONE) | tables
                self._found |= self._made_of[name]

    def _from(self, value: ast.expr) -> Tables:
        """The tables of a value that is assigned; one that a call got without naming it counts,
        too.
        """
        found = self._tables(value)
        calls = any(isinstance(node, ast.Call) for node in ast.walk(value))
        return found or (self._unnamed if calls else NONE)

    def _tables(self, value: ast.expr) -> Tables:
        found = {table for node in ast.walk(value) if (table := _table_named(node))}
        for node in ast.walk(value):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found |= self._made(node.id, set())
        for node in ast.walk(value):
            if isinstance(node, ast.NamedExpr):
                self._assign([node.target], frozenset(found), False)
        self._found |= found
        return frozenset(found)

    def _made(self, name: str, seen: set[str]) -> Tables:
        if name in seen:
            return NONE
        seen.add(name)
        tables = self._made_of.get(name, NONE)
        return tables.union(*(self._made(other, seen) for other in self._uses.get(name, ())))


def _parsed(code: str) -> ast.Module:
    """The code without IPython's magics; an empty module for a cell that is not Python."""
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


def _table_named(node: ast.AST) -> str | None:
    """The table that `bs.table("…")` names."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="table") | ast.Name(id="table"),
            args=[ast.Constant(value=str() as name)],
        ):
            return name
    return None


def _free_names(node: ast.AST) -> frozenset[str]:
    """The names that a function uses and does not set itself."""
    used, own = set[str](), set[str]()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (used if isinstance(part.ctx, ast.Load) else own).add(part.id)
        elif isinstance(part, ast.arg):
            own.add(part.arg)
    return frozenset(used - own)


def _root(node: ast.expr) -> str | None:
    """The name at the start of `fig.data[0].x`, or of `fig.update_layout(…)`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, expressions and contexts right below a statement, also those of its handlers
    and cases.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.ExceptHandler, ast.match_case)):
            yield from _parts(child)
        else:
            yield child
