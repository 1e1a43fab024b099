"""A finished edition as the notebook that Quarto renders.

The YAML cell comes first, with the values put in. Figures and outputs that are HTML are slots, which
`post-render` fills: Quarto reads each table in an output, and would carry each chart's drawing
through Pandoc and into its feed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.errors import Place
from broadsheet.figures.page_figure import PageFigure
from broadsheet.markdown.finished import FIGURE, Finished
from broadsheet.markdown.finishing import FIGURE_KEYS
from broadsheet.project.edition import Edition
from broadsheet.project.source import GENERATED, cell_options

SLOT = '<div class="slot" data-slot="{}"></div>'
_ROOTED = ("bibliography", "csl", "format")
"""Keys that stay as the author wrote them: their paths count from the notebook's folder."""
_FROM_ASSEMBLY = ("image", "image-alt")


def notebook_for_quarto(finished: Finished) -> str:
    """The text of the notebook that Quarto renders for an edition; the same for the same edition."""
    edition = finished.edition
    assert finished.notebook is not None
    notebook = nbformat.from_dict(finished.notebook)
    for number, output in enumerate(_slotted(notebook)):
        output.data = {"text/html": SLOT.format(number)}
    cells = [
        cell
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    if cells and cells[0].cell_type == "raw":
        cells = cells[1:]
    for cell in cells:
        if cell.cell_type == "code":
            cell.source = _without_own_options(cell.source, edition)
    notebook.cells = [nbformat.v4.new_raw_cell(_front_matter(finished)), *cells]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    if not edition.is_first:
        notebook.metadata["broadsheet"] = {GENERATED: str(edition.source.path)}
    return str(nbformat.writes(notebook)) + "\n"


def slots(finished: Finished) -> list[str | PageFigure]:
    """What fills an edition's slots, by their numbers."""
    if finished.notebook is None:
        return []
    return [
        finished.figures[int(output.data[FIGURE])]
        if FIGURE in output.data
        else str(output.data["text/html"])
        for output in _slotted(finished.notebook)
    ]


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write a file unless it has these bytes already, since Quarto goes by modification times;
    whether it wrote.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return True


def _slotted(notebook: NotebookNode) -> Iterator[NotebookNode]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if not {FIGURE, "text/html"}.isdisjoint(output.get("data", {})):
                yield output


def _front_matter(finished: Finished) -> str:
    edition = finished.edition
    own = edition.source.front_matter.data
    declared = edition.declared.metadata if edition.declared else {}
    kept = {key: own[key] for key in _ROOTED if key in own}
    keys = dict.fromkeys([*own, *declared, *_FROM_ASSEMBLY])
    values = {
        key: edition.metadata[key] for key in keys if key in edition.metadata and key != "editions"
    }
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}"
        for key, value in (values | kept).items()
    ]
    return "\n".join(["---", *lines, "---"])


def _without_own_options(source: str, edition: Edition) -> str:
    options = cell_options(source, Place(str(edition.source.path)))
    if not set(FIGURE_KEYS) & set(options.options):
        return source
    kept = {key: value for key, value in options.options.items() if key not in FIGURE_KEYS}
    return "\n".join(
        [
            *(
                f"#| {key}: {json.dumps(value, ensure_ascii=False, default=str)}"
                for key, value in kept.items()
            ),
            options.body,
        ]
    )
