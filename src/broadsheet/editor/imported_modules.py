"""The modules of a publication that the code of an article imports, and what they name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from broadsheet.editor.code import tree_of
from broadsheet.editor.column_reading import in_condition
from broadsheet.errors import Place
from broadsheet.storage.files import is_file, read_text


def imported_files(
    root: Path, folder: PurePosixPath, trees: Iterable[ast.AST]
) -> Iterator[PurePosixPath]:
    """Yield the files of the publication that code in a ``folder`` imports, and those that they
    import themselves. They are looked for in the folder and in those above it.
    """
    seen = set[PurePosixPath]()
    code = [(folder, tree) for tree in trees]
    while code:
        folder, tree = code.pop()
        for start, name in _imports(folder, tree):
            for file in {*_files(root, start, name)} - seen:
                seen.add(file)
                yield file
                below = tree_of(read_text(root / file, Place(str(file))))
                code += [(file.parent, below)] if below else []


def first_mention(text: str, name: str) -> int | None:
    """Return the first line of a module at which it has a name as a text, as an attribute or in the
    condition of a query; None if it has it nowhere.
    """
    tree = tree_of(text)
    if tree is None:
        word = re.search(rf"\b{re.escape(name)}\b", text)
        return text.count("\n", 0, word.start()) + 1 if word else None
    lines = [
        getattr(node, "lineno", 1)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Constant) and node.value == name)
    ]
    lines += [
        part.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("query", "eval")
        for part in ast.walk(node)
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and in_condition(name).search(part.value)
    ]
    return min(lines, default=None)


def _imports(folder: PurePosixPath, tree: ast.AST) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the folder from which on each imported module is looked for, and its dotted name."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((folder, each.name) for each in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                start = folder
                for _ in range(level - 1):
                    start = start.parent
                yield from ((start, f"{module or ''}.{each.name}".strip(".")) for each in names)


def _files(root: Path, folder: PurePosixPath, name: str) -> Iterator[PurePosixPath]:
    parts = name.split(".")
    for start in (folder, *folder.parents):
        for number in range(1, len(parts) + 1):
            path = start.joinpath(*parts[:number])
            for file in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
                if is_file(root / file):
                    yield file
