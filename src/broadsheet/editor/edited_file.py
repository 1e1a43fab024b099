"""An edited file: a file of the publication as it is in the editor, saved or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from broadsheet.errors import Place
from broadsheet.project.sources.notebook_file import new_cell, new_notebook
from broadsheet.project.sources.source import Source, source_of, source_of_notebook
from broadsheet.project.sources.text_notebook import SCRIPT, commented

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode


@dataclass(frozen=True)
class EditedCell:
    """A cell of a notebook."""

    kind: str
    """`code`, `markdown` or `raw`."""
    text: str
    """The text."""
    tags: tuple[str, ...] = ()
    """The tags."""


@dataclass(frozen=True)
class EditedFile:
    """A file in the editor. Columns of a script's prose count without the signs that make its lines
    comments (:meth:`margin`).
    """

    path: PurePosixPath
    """The path, from the publication's root."""
    text: str = ""
    """The text of a file of Markdown or YAML, or of a script."""
    cells: tuple[EditedCell, ...] = ()
    """The cells of a notebook."""

    def source(self, root: Path) -> Source:
        """Return the edited file as a source. Raises :class:`NotebookError` or
        :class:`ConfigError`.
        """
        if self.path.suffix != ".ipynb":
            return source_of(self.path, self.text, root)
        return source_of_notebook(self.path, edited_notebook(self.cells))

    def texts(self, source: Source) -> list[tuple[str, Place, str]]:
        """Return its parts in order, without those of included files: the kind of each, the place
        of its first line, and its text.
        """
        if source.notebook is None:
            head = self.text[: len(self.text) - len(source.markdown)]
            return [("markdown", Place(str(self.path), head.count("\n") + 1), source.markdown)]
        parts = [
            (cell.cell_type, source.place(number, 1), cell.source)
            for number, cell in enumerate(source.cells(), start=1)
        ]
        return [part for part in parts if part[1].file == str(self.path)]

    def line(self, place: Place) -> str:
        """Return the line of the edited file at a place; empty if it has none there."""
        lines = self.lines(place.cell)
        number = place.line or 1
        return lines[number - 1] if number <= len(lines) else ""

    def lines(self, cell: int | None = None) -> list[str]:
        """Return the lines of the edited file, or of a cell of it."""
        lines = (self.text if cell is None else self._cell(cell)).split("\n")
        if self.path.suffix != SCRIPT:
            return lines
        return [line[width:] for line, width in zip(lines, commented(self.text), strict=True)]

    def margin(self, place: Place) -> int:
        """Return the number of signs before the first column of the line at a place."""
        widths = commented(self.text) if self.path.suffix == SCRIPT else ()
        return widths[place.line - 1] if place.line and place.line <= len(widths) else 0

    def _cell(self, number: int) -> str:
        return self.cells[number - 1].text if number <= len(self.cells) else ""


def edited_notebook(cells: Iterable[EditedCell]) -> NotebookNode:
    """Return a notebook of some cells."""
    import nbformat

    content = (new_cell(cell.kind, cell.text, tags=list(cell.tags)) for cell in cells)
    notebook: NotebookNode = nbformat.from_dict(
        new_notebook(content, {"name": "python3", "language": "python"})
    )
    return notebook
