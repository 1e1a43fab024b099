"""Cells of other notebooks on a page: `{{< embed notebook.ipynb#label >}}` on a line that holds
nothing else.

A cell is named by its label, its id or a tag, several by commas; without a name all cells of the
notebook are shown. `echo=true` shows their code, too. Their outputs are those that are saved in the
notebook.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from broadsheet.project.settings.address import from_root
from broadsheet.project.sources.cell_options import REMOVED, tags_of
from broadsheet.project.sources.inline_expressions import without_blocks
from broadsheet.project.sources.source import Source

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

_EMBED = re.compile(r"[ \t]*\{\{<[ \t]+embed[ \t]+(?P<call>\S.*?)[ \t]+>\}\}[ \t]*")
_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*(?:\{[^{}]*\})?$", re.MULTILINE)
_EMPHASIS = re.compile(r"[*_`]")


@dataclass(frozen=True)
class Embed:
    """A call of the shortcode, read."""

    path: PurePosixPath
    """The notebook, from the root."""
    names: tuple[str, ...]
    """The names of its cells; none for all."""
    echo: bool
    """Show their code."""


@dataclass(frozen=True)
class Embedded:
    """Cells of another notebook, finished."""

    source: Source
    """The notebook."""
    cells: tuple[tuple[int, NotebookNode], ...]
    """The cells, each with its number."""
    echo: bool
    """Show their code."""
    address: str
    """The address of the notebook's page, from this one; empty if it has none."""

    @property
    def title(self) -> str:
        """The title of the notebook, its first heading, or else the name of its file."""
        title = self.source.front_matter.data.get("title")
        for cell in self.source.cells():
            if title:
                break
            if cell.cell_type == "markdown":
                heading = _HEADING.search(without_blocks(cell.source))
                title = heading["title"] if heading else None
        return _EMPHASIS.sub("", str(title or "")) or self.source.path.name


def calls_of(source: Source) -> list[str]:
    """Return what the shortcodes of a page ask for, each once."""
    written = [cell.source for cell in source.cells() if cell.cell_type == "markdown"]
    lines = [
        line
        for text in (source.markdown, *written)
        if "{{< embed" in text
        for line in text.split("\n")
    ]
    return list(dict.fromkeys(filter(None, map(call_of, lines))))


def call_of(line: str) -> str | None:
    """Return what the shortcode on a line asks for; None for another line."""
    match = _EMBED.fullmatch(line)
    return match["call"] if match else None


def embed_of(call: str, page: PurePosixPath) -> Embed | None:
    """Return what a call on a ``page`` asks for; None if it names no notebook of the publication."""
    try:
        address, *more = shlex.split(call)
    except ValueError:
        return None
    name, _, names = address.partition("#")
    path = PurePosixPath(from_root(name, page.parent))
    if path.suffix != ".ipynb" or path.parts[0] == "..":
        return None
    cells = tuple(part.strip() for part in names.split(",") if part.strip())
    return Embed(path, cells, "echo=true" in more)


def cells_named(source: Source, names: tuple[str, ...]) -> Iterator[tuple[int, NotebookNode]]:
    """Yield the cells of these names, each with its number, in the order of the names; without
    names, all. Front matter, other raw cells, and what its author removes from pages are left out.
    """
    cells: list[tuple[int, NotebookNode]] = []
    names_of: dict[int, set[str]] = {}
    for number, (cell, read) in enumerate(zip(source.cells(), source.options, strict=True), 1):
        tags = tags_of(cell, read.options)
        if cell.cell_type != "raw" and not REMOVED & tags:
            cells.append((number, cell))
            names_of[number] = {
                str(read.options.get("label") or ""),
                str(cell.get("id", "")),
                *tags,
            }
    for name in names:
        yield from ((number, cell) for number, cell in cells if name in names_of[number])
    if not names:
        yield from cells
