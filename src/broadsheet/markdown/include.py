"""`{{< include file >}}`: a file's Markdown in the place of a line.

The line holds nothing else. The path counts from the file that includes, or from the root where it
starts with a slash, and stays within the root; front matter of the included file is dropped.
Included files may include others. Notebooks are not included: their cells would have to run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from broadsheet import limits
from broadsheet.characters import refuse_unprintable
from broadsheet.errors import BroadsheetError, Place, RenderError, shown
from broadsheet.files import check_path, is_file, read_text, real

_INCLUDE = re.compile(r"^[ \t]*\{\{<[ \t]+include[ \t]+(?P<path>\S.*?)[ \t]+>\}\}[ \t]*$")
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)

Line = tuple[Place, str]
"""A line and where it was written."""


@dataclass
class _Page:
    """A page that includes: the names of the ``files`` so far, how many times any was included, the
    letters of all.
    """

    root: Path
    files: set[str]
    includes: int = 0
    letters: int = 0


def included(text: str, where: Place, root: Path, files: set[str]) -> Iterator[Line]:
    """The lines of ``text``, whose first is at ``where`` (with a line), its includes put in; their
    names go to ``files``.

    Raises :class:`RenderError` for a file that is missing, not text, outside of the root, or that
    includes itself, and :class:`LimitError` where they are too many, too deep or too long.
    """
    yield from _with_includes(text, where, _Page(root, files))


def _with_includes(
    text: str, where: Place, page: _Page, within: tuple[str, ...] = ()
) -> Iterator[Line]:
    first = where.line or 1
    for number, line in enumerate(text.split("\n")):
        here = replace(where, line=first + number)
        match = _INCLUDE.match(line)
        if match is None:
            yield here, line
        else:
            yield from _lines(match["path"].strip("\"'"), here, page, (*within, where.file))


def _lines(path: str, where: Place, page: _Page, within: tuple[str, ...]) -> Iterator[Line]:
    root = page.root
    folder = PurePosixPath() if path.startswith("/") else PurePosixPath(where.file).parent
    written = root / folder / path.lstrip("/")
    check_path(root, written, where)
    target = real(written)
    if target is None:
        raise RenderError(
            where,
            f"the include {shown(path)} is a link that leads to itself, or no path at all",
            "Mend the path; it counts from the file that includes.",
        )
    name = os.path.relpath(target, root.resolve())
    if name in within:
        raise RenderError(
            where,
            f"{name} includes itself",
            "Take one of the includes out.",
            " → ".join((*within, name)),
        )
    by = f"included by {' → '.join(within)}" if len(within) > 1 else ""
    if target.suffix == ".ipynb":
        raise RenderError(
            where, f"the include {path!r} is a notebook", "Include Markdown; link to notebooks.", by
        )
    if not is_file(target):
        raise RenderError(
            where,
            f"there is no file {name} to include",
            "Mend the path; it counts from the file that includes.",
            by,
        )
    try:
        text = read_text(target, Place(name), RenderError)
        refuse_unprintable(text, Place(name), RenderError)
    except BroadsheetError as error:
        error.detail = f"included by {' → '.join(within)}"
        raise
    page.includes += 1
    page.letters += len(text)
    told = f"the page {within[0]}"
    limits.check(
        limits.INCLUDES,
        page.includes,
        where,
        told,
        "Look for a file that is included again and again.",
    )
    limits.check(
        limits.INCLUDED,
        page.letters,
        where,
        told,
        "Look for a file that is included again and again.",
    )
    limits.check(
        limits.INCLUDE_DEPTH, len(within), where, told, "Include files with fewer includes in them."
    )
    page.files.add(name)
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    first = text.count("\n", 0, start) + 1
    yield from _with_includes(
        text[start:].removesuffix("\n"), Place(name, line=first), page, within
    )
