"""The Python of an edited file, as far as its text says: tables that it reads, names that it defines."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.editor.problem import Problem, placed
from broadsheet.errors import DataError, ExecutionError, Place
from broadsheet.notebook.claims.conditions import VOCABULARY
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.python_ast import parsed
from broadsheet.text.did_you_mean import question

_MAGIC = re.compile(r"^([ \t]*)(?:[%!].*|\??[\w.]+\?{1,2})[ \t]*$", re.MULTILINE)
"""Lines of IPython's own, which are no Python."""
_STAR = ("exec", "globals", "vars", "locals")
"""Functions that may define names which the text does not have."""
_BOUND = {
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.arg: "arg",
}
"""Nodes that bind a name beside assignments and imports, and their attribute that has it."""


@dataclass(frozen=True)
class TableCall:
    """`bs.table("name")` in a cell: the name with its place and its first column, the variable that
    the table is assigned to, and the column that becomes its index.
    """

    name: str
    place: Place
    column: int
    variable: str = ""
    index: str = ""


def tree_of(code: str) -> ast.Module | None:
    """The tree of a cell; None while it is no Python."""
    try:
        return parsed(_MAGIC.sub(r"\1pass", code))
    except (SyntaxError, ValueError, RecursionError):
        return None


def table_calls(parts: Iterable[tuple[Place, str]]) -> Iterator[TableCall]:
    """The tables of the catalogue that cells read."""
    for place, code in parts:
        tree = tree_of(code) if "table" in code else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                variable, index, call = node.targets[0].id, *_indexed(node.value)
            elif isinstance(node, ast.Call):
                variable, index, call = "", "", node
            else:
                continue
            match call:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="bs" | "broadsheet"), attr="table"),
                    args=[ast.Constant(value=str(name)) as given, *_],
                ):
                    where = place.at(given.lineno)
                    yield TableCall(name, where, given.col_offset + 1, variable, index)


def _indexed(node: ast.expr) -> tuple[str, ast.expr]:
    """The column of `….set_index("column")`, and what it is called on; a plain expression itself."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=inner, attr="set_index"), args=[ast.Constant(value=str(name))]
        ):
            return name, inner
    return "", node


def unknown_tables(
    parts: Iterable[tuple[Place, str]], tables: Collection[str]
) -> Iterator[Problem]:
    """The tables that cells read and a catalogue does not have."""
    for one in table_calls(parts):
        if tables and not one.variable and one.name not in tables:
            error = DataError(
                one.place,
                f"there is no table {one.name!r} in the catalogue",
                question(one.name, tables) + "`broadsheet data list` lists them.",
            )
            yield Problem(error, one.column, one.column + len(one.name))


def names_in(codes: Iterable[str]) -> frozenset[str] | None:
    """The names that cells define; None if some may be defined in another way."""
    found: set[str] = set()
    for code in codes:
        names = _names_of(code)
        if names is None:
            return None
        found |= names
    return frozenset(found)


@lru_cache(maxsize=1024)
def _names_of(code: str) -> frozenset[str] | None:
    tree = tree_of(code)
    if tree is None or "%run" in code or "%load" in code:
        return None
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and node.id in _STAR:
            return None
        elif attribute := _BOUND.get(type(node)):
            found.add(getattr(node, attribute) or "")
    return None if "*" in found else frozenset(found)


def unknown_names(
    parts: Iterable[tuple[Place, str]], known: frozenset[str] | None
) -> Iterator[Problem]:
    """The inline expressions that are no Python, or use a name that no cell defines."""
    for place, text in parts:
        for match in inline.matches(text):
            group = next(
                name
                for name in ("code", "condition", "condition_", "claim", "claim_")
                if match[name] is not None
            )
            code, start = match[group], match.start(group)
            call = f"print({code})" if match["kind"] == "by" else code
            where, column = placed(place, text, start)
            try:
                tree = ast.parse(call.strip(), mode="eval")
            except (SyntaxError, ValueError, RecursionError) as error:
                reason = getattr(error, "msg", None) or str(error)
                notice = ExecutionError(
                    where,
                    f"`{code.strip()}` is no expression of Python: {reason}",
                    "Mend it: it is one expression, as the last line of a cell.",
                )
                yield Problem(notice, column, column + len(code.partition("\n")[0]))
                continue
            name = _unknown(tree, known) if known is not None else None
            if name and (found := re.search(rf"\b{name}\b", code)):
                where, column = placed(place, text, start + found.start())
                fault = ExecutionError(
                    where,
                    f"no cell defines the name `{name}`",
                    question(name, (*(known or ()), *VOCABULARY))
                    + "An expression in prose uses what the cells define.",
                )
                yield Problem(fault, column, column + len(name))


def _unknown(tree: ast.Expression, known: frozenset[str]) -> str | None:
    """The first name of an expression that nothing defines."""
    own = _names_of(ast.unparse(tree)) or frozenset()
    return next(
        (
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and not (node.id in known or node.id in own or node.id in VOCABULARY)
            and not hasattr(builtins, node.id)
        ),
        None,
    )
