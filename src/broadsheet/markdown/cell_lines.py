"""The lines of a Markdown cell in which inline values stand, as its author counts them: a value may
have several lines, and an expression may stand on several.
"""

from __future__ import annotations

from collections.abc import Sequence

from nbformat.notebooknode import NotebookNode

from broadsheet.errors import Place
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.includes import Line

KEY = "broadsheet-lines"
"""The key of a cell's metadata: the author's line of each of its lines, from 1."""


def fill(cell: NotebookNode, values: Sequence[str]) -> None:
    """Put ``values`` in the place of the cell's inline expressions."""
    cell.metadata[KEY] = inline.lines_of(cell.source, values)
    cell.source = inline.substitute(cell.source, values)


def written_lines(cell: NotebookNode, place: Place) -> list[Line]:
    """Return the lines of a cell at ``place``, each with the place where the author wrote it."""
    lines = cell.source.split("\n")
    numbers = cell.metadata.get(KEY) or range(1, len(lines) + 1)
    return [(place.at(number), line) for number, line in zip(numbers, lines, strict=True)]
