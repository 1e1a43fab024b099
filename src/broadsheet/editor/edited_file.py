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
class Cell:
    """A cell of a notebook; its ``kind`` is `code`, `markdown` or `raw`."""

    kind: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class EditedFile:
    """A file at ``path``, from the publication's root: the ``text`` of a file of Markdown or YAML, or
    of a script, or the ``cells`` of a notebook. Columns of a script's prose count without the signs
    that make comments of its lines (:meth:`margin`).
    """

    path: PurePosixPath
    text: str = ""
    cells: tuple[Cell, ...] = ()

    def source(self, root: Path) -> Source:
        """The edited file as a source. Raises :class:`NotebookError` or :class:`ConfigError`."""
        if self.path.suffix != ".ipynb":
            return source_of(self.path, self.text, root)
        return source_of_notebook(self.path, _notebook(self.cells))

    def texts(self, source: Source) -> list[tuple[str, Place, str]]:
        """Its parts in order: the kind of each, the place of its first line, and its text. Those of
        included files are not among them.
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
        """The line of the edited file at a place; empty if it has none there."""
        lines = self.lines(place.cell)
        number = place.line or 1
        return lines[number - 1] if number <= len(lines) else ""

    def lines(self, cell: int | None = None) -> list[str]:
        """The lines of the edited file, or of a cell of it."""
        lines = (self.text if cell is None else self._cell(cell)).split("\n")
        if self.path.suffix != SCRIPT:
            return lines
        return [line[width:] for line, width in zip(lines, commented(self.text), strict=True)]

    def margin(self, place: Place) -> int:
        """How many signs stand before the first column of the line at a place."""
        widths = commented(self.text) if self.path.suffix == SCRIPT else ()
        return widths[place.line - 1] if place.line and place.line <= len(widths) else 0

    def _cell(self, number: int) -> str:
        return self.cells[number - 1].text if number <= len(self.cells) else ""


def _notebook(cells: Iterable[Cell]) -> NotebookNode:
    import nbformat

    made = (new_cell(one.kind, one.text, tags=list(one.tags)) for one in cells)
    notebook: NotebookNode = nbformat.from_dict(
        new_notebook(made, {"name": "python3", "language": "python"})
    )
    return notebook
