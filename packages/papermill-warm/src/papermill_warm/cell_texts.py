"""Computes once, for all runs of a cell with the same text, what IPython computes from that text alone.

A warm process :func:`prepares <prepare>` texts before it forks. The processes below it then have, of each
text, what IPython makes of it before it is Python, the name of its file, its syntax tree, the code of
its statements, and whether a semicolon at its end keeps its value from being shown. A cell's code names
a file of its own process, and so does the copy that a run gets.

Where a cell has changed how IPython reads cells, by transformers of text or of trees, or by an import
from `__future__`, nothing of this is used. Nor is it for a text whose compilation warns: each run
shows the warning.

State of the process: :data:`_process`, and the caches of the functions that stand in for IPython's.
"""

from __future__ import annotations

import ast
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any

from ipykernel import compiler
from IPython.core import displayhook, inputtransformer2, interactiveshell
from IPython.core.compilerop import CachingCompiler

REMEMBERED = 2_000
"""The most texts that are cached."""


@dataclass
class _Process:
    """The code that was prepared."""

    trees: dict[tuple[str, int], ast.Module] = field(default_factory=dict)
    """The tree of each text, by the text and the flags of the compiler."""
    codes: dict[int, tuple[ast.stmt, str, int, CodeType]] = field(default_factory=dict)
    """The code of each statement of these trees, by the statement's id: with the statement, the mode
    and the flags of the compiler.
    """


_process = _Process()


def prepare(shell: Any, text: str) -> None:
    """Compile the code of a cell that is to run again, as the kernel's ``shell`` does. Raises what
    its compilation raises.
    """
    flags = shell.compile.flags
    if "__future__" in text or len(_process.trees) >= REMEMBERED:
        return
    with warnings.catch_warnings(record=True, action="always") as said:
        tree = compile(text, "<cell>", "exec", flags | ast.PyCF_ONLY_AST, True)
        each = flags | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if shell.autoawait else 0)
        codes = {}
        for statement in tree.body:
            is_shown = statement is tree.body[-1] and isinstance(statement, ast.Expr)
            mode = "single" if is_shown else "exec"
            part = ast.Interactive([statement]) if is_shown else ast.Module([statement], [])
            code = compile(part, "<cell>", mode, each, True)
            codes[id(statement)] = statement, mode, each, code
            if is_shown:
                # as the history has it, from which the hook takes it
                shell.displayhook.semicolon_at_end_of_expression(text.rstrip("\n"))
    if not said:
        _process.trees[text, flags] = tree
        _process.codes.update(codes)


def remember() -> None:
    """Have IPython use what is prepared, and cache what it computes of a text, if it is the IPython
    that is known here.
    """
    with suppress(AttributeError, KeyError):
        compiler.murmur2_x86 = lru_cache(REMEMBERED)(compiler.murmur2_x86)
        # IPython compiles each cell twice more to see whether it awaits something at its top level
        names = vars(interactiveshell)
        awaits = names["_should_be_async"]
        names["_should_be_async"] = lambda cell: (
            ("await" in cell or "async" in cell) and awaits(cell)
        )
        _remember_transformed()
        _remember_quiet()
        _use_prepared()


def _remember_transformed() -> None:
    """Cache the texts that IPython makes of cells, for as long as its transformers are its own."""
    manager: Any = inputtransformer2.TransformerManager
    stock, transform = manager(), manager.transform_cell
    cached = lru_cache(REMEMBERED)(lambda cell: transform(stock, cell))

    def transform_cell(self: Any, cell: str) -> str:
        is_stock = all(
            getattr(self, kind) == getattr(stock, kind)
            for kind in ("cleanup_transforms", "line_transforms", "token_transformers")
        )
        text: str = cached(cell) if is_stock else transform(self, cell)
        return text

    manager.transform_cell = transform_cell


def _remember_quiet() -> None:
    """Cache whether a cell ends in a semicolon, for which IPython splits its text into tokens."""
    hook: Any = displayhook.DisplayHook
    ends = lru_cache(REMEMBERED)(hook.semicolon_at_end_of_expression)
    hook.semicolon_at_end_of_expression = staticmethod(lambda cell: ";" in cell and ends(cell))


def _use_prepared() -> None:
    """Have the compiler of cells give what is prepared."""
    kind: Any = CachingCompiler
    parse, compile_part = kind.ast_parse, kind.__call__

    def ast_parse(self: Any, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        tree = _process.trees.get((source, self.flags)) if symbol == "exec" else None
        shell: Any = interactiveshell.InteractiveShell._instance
        if tree is None or shell is None or shell.ast_transformers:
            return parse(self, source, filename, symbol)
        return ast.Module([*tree.body], [*tree.type_ignores])

    def call(self: Any, source: Any, filename: str, symbol: str, **options: Any) -> CodeType:
        body = source.body if isinstance(source, ast.Module | ast.Interactive) else []
        prepared = _process.codes.get(id(body[0])) if len(body) == 1 and not options else None
        if prepared is not None:
            statement, mode, flags, code = prepared
            if statement is body[0] and mode == symbol and flags == self.flags:
                return _of_file(code, filename)
        compiled: CodeType = compile_part(self, source, filename, symbol, **options)
        return compiled

    kind.ast_parse, kind.__call__ = ast_parse, call


def _of_file(code: CodeType, name: str) -> CodeType:
    """Return a code as of a file of this name."""
    constants = tuple(
        _of_file(part, name) if isinstance(part, CodeType) else part for part in code.co_consts
    )
    return code.replace(co_filename=name, co_consts=constants)
