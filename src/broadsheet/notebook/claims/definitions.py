"""The assignments in a notebook's code: the expressions of each name, and the names in them.

Nothing is executed.
"""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache


class Definitions:
    """The assignments of a notebook's cells to each name, as read in their code."""

    def __init__(self, cells: Sequence[str]) -> None:
        self._values: dict[str, list[ast.expr]] = {}
        self._uses: dict[str, set[str]] = {}
        self.renamed: dict[str, str] = {}
        """The new names of columns, with the old ones."""
        for cell in cells:
            self.renamed.update(cell_code(cell).renamed)
            for name, value, uses in cell_code(cell).assigned:
                if value is not None:
                    self._values.setdefault(name, []).append(value)
                self._uses.setdefault(name, set()).update(uses)

    def of(self, name: str) -> list[ast.expr]:
        """Return the expressions that were assigned to a name, the last first."""
        return self._values.get(name, [])[::-1]

    def of_column(self, name: str) -> list[ast.expr]:
        """Return the expressions of which columns of that name were made, the last first."""
        return self._values.get(f"[{name}]", [])[::-1]

    def uses(self, name: str) -> set[str]:
        """Return the names from which a name was made, or that a function uses."""
        return self._uses.get(name, set())


@dataclass(frozen=True)
class CellCode:
    """The assignments and the calls in the code of a cell."""

    assigned: Sequence[tuple[str, ast.expr | None, frozenset[str]]] = ()
    """The names that it assigns, each with its expression, or None for any other way, and
    with the names that went into it.
    """
    renamed: Mapping[str, str] = field(default_factory=dict)
    """The new names of columns, with the old ones."""
    calls: Mapping[tuple[int | None, int | None], ast.Call] = field(default_factory=dict)
    """Its calls, by the line and the byte at which each ends."""


def cell_code(text: str) -> CellCode:
    """Return the assignments and the calls of a cell, or of a module; nothing where it is no
    Python.
    """
    return _cell_code(text.rstrip("\n"))


@lru_cache(maxsize=256)
def _cell_code(text: str) -> CellCode:
    try:
        with warnings.catch_warnings(action="ignore"):  # the run of the cell gives them
            nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellCode()
    calls = {
        (node.end_lineno, node.end_col_offset): node for node in nodes if isinstance(node, ast.Call)
    }
    assigned = [each for node in nodes for each in _assigned(node)]
    return CellCode(assigned, dict(each for node in nodes for each in _renamed(node)), calls)


def _renamed(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the new and the old names of a call such as `rename(columns={"deaths":
    "Todesfälle"})`.
    """
    match node:
        case ast.keyword(arg="columns", value=ast.Dict(keys=keys, values=values)):
            for old, new in zip(keys, values, strict=True):
                if isinstance(old, ast.Constant) and isinstance(new, ast.Constant):
                    yield str(new.value), str(old.value)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr | None, frozenset[str]]]:
    match node:
        case ast.Call(func=ast.Attribute(attr="assign"), keywords=keywords):
            for keyword in keywords:
                if keyword.arg:
                    yield f"[{keyword.arg}]", keyword.value, frozenset()
        case ast.FunctionDef(name=name):
            yield name, None, _names(node)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _targets(target, value)
        case ast.AugAssign(target=target, value=value) | ast.For(target=target, iter=value):
            for name in _names(target):
                yield name, None, _names(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))) as call):
            yield name, None, _names(call)


def _targets(
    target: ast.expr, value: ast.expr
) -> Iterator[tuple[str, ast.expr | None, frozenset[str]]]:
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        yield f"[{target.slice.value!s}]", value, frozenset()
    if isinstance(target, ast.Name):
        yield target.id, value, _names(value)
    elif (
        isinstance(target, (ast.Tuple, ast.List))
        and isinstance(value, (ast.Tuple, ast.List))
        and len(target.elts) == len(value.elts)
    ):
        for part, of_part in zip(target.elts, value.elts, strict=True):
            yield from _targets(part, of_part)
    else:
        for name in _names(target):
            yield name, None, _names(value)


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def name_from(node: ast.AST) -> str:
    """Return a name for the value of an expression, from the names in it: `trade.total[year]`
    is `trade-total-year`.
    """
    words = []
    for part in _in_order(node):
        match part:
            case ast.Name(id=word) if word.startswith("__"):
                continue
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
                words += re.findall(r"[A-Za-z0-9]+", plain)
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                words.append(str(number))
    kept = [word.lower() for word in words if word not in ("bs", "loc", "iloc", "at", "item")][:8]
    name = "-".join(kept)
    return name if name[:1].isalpha() else f"value-{name}".strip("-")


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression in the order in which they are written."""
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Attribute):
        yield from _in_order(node.value)
        yield node
        return
    yield node
    for child in children:
        yield from _in_order(child)
