"""`{{< include file >}}`: a file's Markdown in the place of a line.

The line holds nothing else. The path counts from the file that includes, or from the root where it starts with a
slash, and stays within the root; front matter of the included file is dropped. Included files may include others.
Notebooks are not included: their cells would have to run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from broadsheet import paths
from broadsheet.errors import Place, RenderError

_INCLUDE = re.compile(r"^[ \t]*\{\{<[ \t]+include[ \t]+(?P<path>\S.*?)[ \t]+>\}\}[ \t]*$")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)

Line = tuple[Place, str]
"""A line and where it was written."""


def included(text: str, where: Place, root: Path, files: set[str], within: tuple[str, ...] = ()) -> Iterator[Line]:
    """The lines of ``text``, whose first is at ``where`` (with a line), its includes put in; their names
    go to ``files``.

    Raises :class:`RenderError` for a file that is missing, not text, outside of the root, or that includes itself.
    """
    first = where.line or 1
    for number, line in enumerate(text.split("\n")):
        here = replace(where, line=first + number)
        match = _INCLUDE.match(line)
        if match is None:
            yield here, line
        else:
            yield from _lines(match["path"].strip("\"'"), here, root, files, (*within, where.file))


def _lines(path: str, where: Place, root: Path, files: set[str], within: tuple[str, ...]) -> Iterator[Line]:
    folder = PurePosixPath() if path.startswith("/") else PurePosixPath(where.file).parent
    written = root / folder / path.lstrip("/")
    paths.check(root, written, where)
    target = written.resolve()
    name = os.path.relpath(target, root.resolve())
    if name in within:
        raise RenderError(where, f"{name} includes itself", "Take one of the includes out.",
                          " → ".join((*within, name)))
    if target.suffix == ".ipynb":
        raise RenderError(where, f"the include {path!r} is a notebook", "Include Markdown; link to notebooks.")
    try:
        text = target.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RenderError(where, f"there is no file {name} to include",
                          "Mend the path; it counts from the file that includes.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RenderError(where, f"{name} cannot be included: {error}", "Include a file of UTF-8 text.") from error
    files.add(name)
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    first = text.count("\n", 0, start) + 1
    yield from included(text[start:].removesuffix("\n"), Place(name, line=first), root, files, within)
