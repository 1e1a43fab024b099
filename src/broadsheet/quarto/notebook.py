"""The notebook that Quarto renders for an edition.

Its front matter comes first, with the inline values put in. A figure, or an output that is HTML, is
an empty slot, which `post-render` fills: Quarto would read each table in an output, and would carry each
chart's drawing through Pandoc and into its feed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.errors import Place
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.table.credits import KEYS as FIGURE_KEYS
from broadsheet.figures.table.table_making import KEYS as TABLE_KEYS
from broadsheet.markdown import cell_lines
from broadsheet.markdown.elements import figure_steps
from broadsheet.markdown.elements.big_numbers import CLASS
from broadsheet.markdown.filter_words import words
from broadsheet.markdown.finished_edition import FIGURE, Finished
from broadsheet.project.editions.edition import Edition
from broadsheet.project.sources.cell_options import cell_options, with_options, yaml_lines
from broadsheet.project.sources.source import GENERATED
from broadsheet.storage import store

SLOT = '<div class="slot" data-slot="{}"></div>'
_FROM_NOTEBOOK = ("bibliography", "csl", "format")
"""Keys that stay as the author wrote them, since their paths count from the notebook's folder."""
_WORDS = "broadsheet-words"
"""The key by which `elements.lua` finds the words of a page that has some of its own."""
_FROM_FIGURES = ("image", "image-alt")
"""Keys that the first chart of a page may give."""


def notebook_for_quarto(finished: Finished) -> str:
    """Return the text of the notebook that Quarto renders; the same for the same edition."""
    edition = finished.edition
    notebook = nbformat.from_dict(finished.notebook)
    filling = slots(finished)
    for number, output in enumerate(_slot_outputs(notebook)):
        slot, figure = SLOT.format(number), filling[number]
        if isinstance(figure, PageFigure) and figure.number:
            lines = [f"::: {{.{CLASS}}}", figure.number, slot, ":::"]
            output.data = {"text/markdown": "\n\n".join(lines)}
        else:
            output.data = {"text/html": slot}
    cells = [
        cell
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    if cells and cells[0].cell_type == "raw":
        cells = cells[1:]
    first = len(filling) - len(_step_figures(notebook))
    numbers = itertools.count(first)
    for cell in cells:
        if cell.cell_type == "code":
            cell.source = _without_own_options(cell.source, edition)
        elif figure_steps.KEY in cell.metadata:
            cell.source = "\n".join(
                part
                for piece in figure_steps.pieces(cell)
                for part in (piece.text, piece.before, *_slot(piece.figure, numbers), piece.after)
            )
            del cell.metadata[figure_steps.KEY]
        cell.metadata.pop(cell_lines.KEY, None)
    notebook.cells = [nbformat.v4.new_raw_cell(_front_matter(edition)), *cells]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    if not edition.is_first:
        notebook.metadata["broadsheet"] = {GENERATED: str(edition.source.path)}
    return str(nbformat.writes(notebook)) + "\n"


def slots(finished: Finished) -> list[str | PageFigure]:
    """Return the contents of an edition's slots, by their numbers: figures and HTML."""
    if finished.notebook is None:
        return []
    outputs = [
        finished.figures[int(output.data[FIGURE])]
        if FIGURE in output.data
        else str(output.data["text/html"])
        for output in _slot_outputs(finished.notebook)
    ]
    return [*outputs, *(finished.figures[number] for number in _step_figures(finished.notebook))]


def _step_figures(notebook: NotebookNode) -> list[int]:
    """Return the figures of steps, which are in the text of cells."""
    return [
        figure
        for cell in notebook.cells
        for piece in figure_steps.pieces(cell)
        if (figure := piece.figure) is not None
    ]


def _slot(figure: int | None, numbers: Iterator[int]) -> list[str]:
    return [] if figure is None else [SLOT.format(next(numbers))]


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write a file unless it has this content, since Quarto goes by modification times.

    Return True if it wrote.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    store.write_file(path, content, mode=0o644)
    return True


def _slot_outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if not {FIGURE, "text/html"}.isdisjoint(output.get("data", {})):
                yield output


def _front_matter(edition: Edition) -> str:
    written = edition.source.front_matter.data
    declared = edition.declared.metadata if edition.declared else {}
    values = {
        key: edition.metadata[key]
        for key in dict.fromkeys([*written, *declared, *_FROM_FIGURES])
        if key in edition.metadata and key != "editions"
    }
    values.update({key: written[key] for key in _FROM_NOTEBOOK if key in written})
    if edition.settings.language:
        values[_WORDS] = words(edition.settings.lang, edition.settings.language)
    return "\n".join(["---", *yaml_lines(values), "---"])


def _without_own_options(source: str, edition: Edition) -> str:
    """Return a cell's source without the cell options that only Broadsheet knows."""
    cell = cell_options(source, Place(str(edition.source.path)))
    keys = {*FIGURE_KEYS, *TABLE_KEYS}
    if keys.isdisjoint(cell.options):
        return source
    rest = {key: value for key, value in cell.options.items() if key not in keys}
    return with_options(rest, cell.body)
