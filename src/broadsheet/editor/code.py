"""The Python of an edited file, as far as its text shows: tables that it reads, names that it
defines.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from broadsheet.data.vintages import SIGN
from broadsheet.editor.problem import Problem, placed
from broadsheet.errors import DataError, ExecutionError, Place
from broadsheet.notebook.claims.conditions import VOCABULARY
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.python_ast import parsed
from plotly_alive.text.did_you_mean import question

_MAGIC = re.compile(r"^([ \t]*)(?:[%!].*|\??[\w.]+\?{1,2})[ \t]*$", re.MULTILINE)
"""Lines of IPython's own, which are not Python."""
_QUOTING = re.compile(r"[\\\s'\"#|]")
"""Signs that an expression may have, or lose, where it is written in YAML."""
_STAR = ("exec", "globals", "vars", "locals")
"""Functions that may define names that the text does not have."""
_BOUND = {
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.ExceptHandler: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.arg: "arg",
}
"""Nodes that bind a name beside assignments and imports, and the attribute that has it."""


_SELECTING = frozenset(
    (
        *("assign", "copy", "drop_duplicates", "dropna", "fillna", "head", "nlargest", "nsmallest"),
        *("query", "reset_index", "round", "sample", "set_index", "sort_index", "sort_values"),
        *("tail", "where"),
    )
)
"""The methods of a data frame whose result has its columns."""


@dataclass(frozen=True)
class TableCall:
    """A call `bs.table("name")` in a cell."""

    name: str
    """The name of the table."""
    place: Place
    """The place of the name."""
    column: int
    """The first column of the name."""
    variable: str = ""
    """The variable to which the table is assigned; empty without one."""
    index: str = ""
    """The column that becomes the table's index; empty without one."""


def tree_of(code: str) -> ast.Module | None:
    """Return the tree of a cell; None while it is not Python."""
    try:
        return parsed(_MAGIC.sub(r"\1pass", code))
    except (SyntaxError, ValueError, RecursionError):
        return None


def table_calls(parts: Iterable[tuple[Place, str]]) -> Iterator[TableCall]:
    """Yield the calls by which cells read tables of the catalogue."""
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
                    args=[ast.Constant(value=str(name)) as argument, *_],
                ):
                    where = place.at(argument.lineno)
                    yield TableCall(name, where, argument.col_offset + 1, variable, index)


def _indexed(node: ast.expr) -> tuple[str, ast.expr]:
    """Return the column of `….set_index("column")`, and the expression on which it is called; empty
    and the expression itself for any other.
    """
    match node:
        case ast.Call(
            func=ast.Attribute(value=inner, attr="set_index"), args=[ast.Constant(value=str(name))]
        ):
            return name, inner
    return "", node


def with_selections(parts: Iterable[tuple[Place, str]]) -> list[TableCall]:
    """Return the tables that cells read, those in variables as they are behind the last cell, with
    those variables that have some of the rows of another: `large = trade[trade.total > 100]`.
    """
    parts = list(parts)
    variables: dict[str, TableCall] = {}
    for _, code in parts:
        tree = tree_of(code)
        for node in ast.walk(tree) if tree else ():
            match node:
                case ast.Assign(targets=[ast.Name(id=variable)], value=value):
                    selected = _selected_from(value, variables)
                    if selected is not None:
                        variables[variable] = replace(selected, variable=variable)
    return [*variables.values(), *(call for call in table_calls(parts) if not call.variable)]


def _selected_from(node: ast.expr, variables: Mapping[str, TableCall]) -> TableCall | None:
    """Return the table of which an expression takes rows; None if it is anything else."""
    match node:
        case ast.Name(id=name):
            return variables.get(name)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="bs" | "broadsheet"), attr="table"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return TableCall(name, Place(""), 0)
        case ast.Subscript(slice=ast.Constant(value=str())):
            return None  # a column
        case (
            ast.Subscript(value=inner)
            | ast.Attribute(value=inner, attr="loc" | "iloc")
            | ast.Call(func=ast.Attribute(value=inner, attr=_))
        ) if not isinstance(node, ast.Call) or _method(node) in _SELECTING:
            selected = _selected_from(inner, variables)
            if selected is None or not isinstance(node, ast.Call):
                return selected
            if _method(node) == "reset_index":
                return replace(selected, index="")
            return replace(selected, index=_indexed(node)[0] or selected.index)
    return None


def _method(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def unknown_tables(
    parts: Iterable[tuple[Place, str]], tables: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each table that cells read and the catalogue does not have."""
    for call in table_calls(parts):
        if tables and not call.variable and call.name.partition(SIGN)[0] not in tables:
            error = DataError(
                call.place,
                f"there is no table {call.name!r} in the catalogue",
                question(call.name, tables) + "`broadsheet data list` lists them.",
            )
            yield Problem(error, call.column, call.column + len(call.name))


def names_in(codes: Iterable[str]) -> frozenset[str] | None:
    """Return the names that cells define; None if some may be defined in another way."""
    defined: set[str] = set()
    for code in codes:
        names = _names_of(code)
        if names is None:
            return None
        defined |= names
    return frozenset(defined)


@lru_cache(maxsize=1024)
def _names_of(code: str) -> frozenset[str] | None:
    tree = tree_of(code)
    if tree is None or "%run" in code or "%load" in code:
        return None
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and node.id in _STAR:
            return None
        elif attribute := _BOUND.get(type(node)):
            names.add(getattr(node, attribute) or "")
    return None if "*" in names else frozenset(names)


def group_of(match: re.Match[str]) -> str:
    """Return the name of the group that has the code of an inline expression."""
    names = ("code", "condition", "condition_", "claim", "claim_")
    return next(name for name in names if match[name] is not None)


def unknown_names(
    parts: Iterable[tuple[Place, str]], names: frozenset[str] | None
) -> Iterator[Problem]:
    """Yield a problem for each inline expression that is not Python, or uses a name that no cell
    defines.
    """
    for place, text in parts:
        for match in inline.matches(text):
            yield from _faults(match, match, place, text, names)


def unknown_names_in_yaml(
    data: object, place: Place, text: str, names: frozenset[str] | None
) -> Iterator[Problem]:
    """Yield the problems of the inline expressions in the values of YAML, whose ``text`` begins at
    a place. The expressions are those of the values: in the text, their quotation marks may be
    escaped, and their lines may have signs of their own.
    """
    written = defaultdict[str, list[re.Match[str]]](list)
    for match in inline.matches(text):
        written[_QUOTING.sub("", match[0])].append(match)
    for value in inline.front_matter_strings(data):
        for match in inline.matches(value):
            for at in written.pop(_QUOTING.sub("", match[0]), ()):
                yield from _faults(match, at, place, text, names)


def _faults(
    match: re.Match[str],
    written: re.Match[str],
    place: Place,
    text: str,
    names: frozenset[str] | None,
) -> Iterator[Problem]:
    """Yield the problem of an inline expression, at the place where it is ``written`` in a text."""
    group = group_of(match)
    code, start = match[group], written.start(group)
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
        yield Problem(notice, column, column + len(written[group].partition("\n")[0]))
        return
    name = _unknown(tree, names) if names is not None else None
    if name and (use := re.search(rf"\b{name}\b", written[group])):
        where, column = placed(place, text, start + use.start())
        fault = ExecutionError(
            where,
            f"no cell defines the name `{name}`",
            question(name, (*(names or ()), *VOCABULARY))
            + "An expression in prose uses what the cells define.",
        )
        yield Problem(fault, column, column + len(name))


def _unknown(tree: ast.Expression, names: frozenset[str]) -> str | None:
    """Return the first name of an expression that nothing defines; None if all are defined."""
    bound = _names_of(ast.unparse(tree)) or frozenset()
    return next(
        (
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and not (node.id in names or node.id in bound or node.id in VOCABULARY)
            and not hasattr(builtins, node.id)
        ),
        None,
    )
