"""The modules of a publication that the code of an article imports, and what they name."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from broadsheet.editor.code import tree_of
from broadsheet.editor.column_reading import (
    CONDITIONS,
    NAMING,
    function_of,
    in_condition,
    named_sources,
    nodes_of,
    word_in,
)
from broadsheet.storage.files import is_file, real


def imported_modules(
    root: Path,
    home: PurePosixPath,
    trees: Iterable[ast.AST],
    text_of: Callable[[PurePosixPath], str],
) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the files of the publication that code in the folder ``home`` imports, and those that they
    import themselves, each with its text. They are looked for in ``home`` and in the folders above it;
    those that are imported by dots, in their own folder alone.
    """
    seen = set[Path | None]()
    code = [(home, tree) for tree in trees]
    while code:
        folder, tree = code.pop()
        for starts, name in _imports(home, folder, tree):
            for file in _files(root, starts, name):
                if (path := real(root / file)) not in seen:
                    seen.add(path)
                    text = text_of(file)
                    yield file, text
                    below = tree_of(text)
                    code += [(file.parent, below)] if below else []


def first_mention(text: str, table: str, column: str) -> int | None:
    """Return the first line of a module at which it names a ``column`` of a ``table``, or something
    that is called so: as a text, an attribute, a keyword, in a source or in a condition; None if it
    does so nowhere. A condition that is kept under a name, and a name of several pieces, are not
    found.
    """
    tree = tree_of(text)
    if tree is None:
        word = word_in(column).search(text)
        return text.count("\n", 0, word.start()) + 1 if word else None
    return min(
        (
            getattr(node, "lineno", 1)
            for node, above in nodes_of(tree)
            if _names(node, above, table, column)
        ),
        default=None,
    )


def _names(node: ast.AST, above: tuple[ast.AST, ...], table: str, column: str) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name == column
        case ast.keyword(arg=name):
            return name == column and function_of(above[-1]) in NAMING
        case ast.Constant(value=str(text)):
            is_condition = any(function_of(each) in CONDITIONS for each in above)
            return (
                text == column
                or any(name == table for name, _ in named_sources(text, column))
                or (is_condition and in_condition(column).search(text) is not None)
            )
    return False


def _imports(
    home: PurePosixPath, folder: PurePosixPath, tree: ast.AST
) -> Iterator[tuple[tuple[PurePosixPath, ...], str]]:
    """Yield the folders in which each imported module is looked for, and its dotted name."""
    above = (home, *home.parents)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((above, each.name) for each in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                starts = (folder, *folder.parents)[level - 1 : level] if level else above
                yield from ((starts, f"{module or ''}.{each.name}".strip(".")) for each in names)


def _files(root: Path, starts: Iterable[PurePosixPath], name: str) -> Iterator[PurePosixPath]:
    parts = name.split(".")
    for start in starts:
        for number in range(1, len(parts) + 1):
            path = start.joinpath(*parts[:number])
            for file in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
                if is_file(root / file):
                    yield file
