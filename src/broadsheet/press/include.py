"""`{{< include file >}}`: a file's Markdown in the place of a line.

The line holds nothing else. The path counts from the file that includes, or from the root where it starts with a
slash, and stays within the root; front matter of the included file is dropped. Included files may include others.
Notebooks are not included: their cells would have to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from broadsheet.characters import UNPRINTABLE, named
from broadsheet.errors import Place, RenderError, shown
from broadsheet.files import UnreadableError, content, real

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
    target = real(root / folder / path.lstrip("/"))
    if target is None:
        raise RenderError(where, f"the include {shown(path)} is a link that leads to itself, or no path at all",
                          "Mend the path; it counts from the file that includes.")
    if not target.is_relative_to(root.resolve()):
        raise RenderError(where, f"the include {path!r} lies outside of the publication",
                          "Include files from within it only.")
    name = target.relative_to(root.resolve()).as_posix()
    if name in within:
        raise RenderError(where, f"{name} includes itself", "Take one of the includes out.",
                          " → ".join((*within, name)))
    by = f"included by {' → '.join(within)}" if len(within) > 1 else ""
    if target.suffix == ".ipynb":
        raise RenderError(where, f"the include {path!r} is a notebook", "Include Markdown; link to notebooks.", by)
    try:
        data = content(target)
    except UnreadableError as error:
        is_absent = str(error) == "does not exist"
        what = f"there is no file {name} to include" if is_absent else f"the file {name} to include {error}"
        raise RenderError(where, what, "Mend the path; it counts from the file that includes.", by) from error
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RenderError(where, f"{name}, line {line}: byte {error.start} of the included file is not UTF-8: "
                          f"{data[error.start]:#04x}", "Save the file as UTF-8.", by) from error
    if (sign := UNPRINTABLE.search(text)) is not None:
        line = text.count("\n", 0, sign.start()) + 1
        raise RenderError(Place(name, line=line), f"here is {named(sign[0])}, which no page can show; {where} includes "
                          "this file", "Take the character out.", by)
    files.add(name)
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    first = text.count("\n", 0, start) + 1
    yield from included(text[start:].removesuffix("\n"), Place(name, line=first), root, files, within)
