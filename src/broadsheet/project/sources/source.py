"""A source file: a notebook, or a Markdown page, and its front matter.

A `.qmd` with Python cells is a notebook (:mod:`broadsheet.project.sources.markdown_cells`), and so are
jupytext's scripts and Markdown (:mod:`broadsheet.project.sources.text_notebook`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from broadsheet.errors import NotebookError, Notice, Place, place_in
from broadsheet.project.sources import markdown_cells, text_notebook
from broadsheet.project.sources.cell_options import CellOptions, cell_options, tags_of
from broadsheet.project.sources.front_matter import split, titled
from broadsheet.project.sources.includes import Includes
from broadsheet.project.sources.notebook_file import read_notebook, refuse_reserved
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.unprintable import refuse_unprintable
from broadsheet.storage.yaml_text import YamlText

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

TAG = "parameters"
"""The tag of the cell of parameters."""
GENERATED = "edition_of"
"""The key in a notebook's `broadsheet` metadata that names the source from which it was written for
Quarto; it is not a source itself.
"""


@dataclass(frozen=True)
class Source:
    """A file of the publication. Exactly one of ``notebook`` and ``markdown`` is set."""

    path: PurePosixPath
    """The path, relative to the root."""
    front_matter: YamlText
    """The front matter, each key with its place."""
    notebook: NotebookNode | None = None
    """The notebook, with outputs that are saved in it; None for a page of Markdown."""
    markdown: str = ""
    """The text after the front matter."""
    places: tuple[Place, ...] = ()
    """The place of the first line of each cell, of a notebook that is written as text."""
    includes: tuple[str, ...] = ()
    """The files that were included to find the cells of such a notebook."""
    not_included: tuple[Notice, ...] = ()
    """A notice of each file that could not be included."""

    @property
    def slug(self) -> str:
        """The name of the source on the command line."""
        return slug_of(self.path)

    def cells(self) -> list[NotebookNode]:
        """Return the notebook's cells; none for a Markdown page."""
        return list(self.notebook.cells) if self.notebook is not None else []

    @property
    def has_parameters(self) -> bool:
        """True if a cell is tagged `parameters`."""
        return any(TAG in cell.metadata.get("tags", ()) for cell in self.cells())

    def place(self, cell: int | None = None, line: int | None = None) -> Place:
        """Return a place in this file; ``cell`` counts from 1, ``line`` from the cell's first line."""
        return place_in(str(self.path), self.places, cell, line)

    @cached_property
    def options(self) -> list[CellOptions]:
        """The options of each cell, in order (empty ones for cells that are not code).

        Raises :class:`ConfigError` for options that are not YAML.
        """
        return [
            cell_options(cell.source if cell.cell_type == "code" else "", self.place(number))
            for number, cell in enumerate(self.cells(), start=1)
        ]

    def forget_cells(self) -> None:
        """Let go of the cells, which are most of a source's memory. Call it when its pages are made:
        nothing looks at the cells of a source after that.
        """
        if self.notebook is not None:
            self.notebook.cells = []
            vars(self).pop("options", None)


def slug_of(path: PurePosixPath) -> str:
    """Return the short name of a source: the folder of an `index`, else the file's own name."""
    return path.parent.name if path.stem == "index" and path.parent.name else path.stem


def page_slug(path: PurePosixPath, name: str) -> str:
    """Return the name on the command line of the page ``name`` of a source: `china-russia`, or
    `china-russia/2024`.
    """
    return slug_of(path) if name == path.stem else f"{slug_of(path)}/{name}"


def read_source(root: Path, path: PurePosixPath) -> Source:
    """Read one file. Raises :class:`NotebookError` or :class:`ConfigError`."""
    where = Place(str(path))
    check_path(root, root / path, where)
    text = read_text(root / path, where, NotebookError)
    return source_of(path, text, root)


def source_of(path: PurePosixPath, text: str, root: Path) -> Source:
    """Return the source at ``path`` that has this ``text``. Raises as :func:`read_source` does."""
    where = Place(str(path))
    if path.suffix == ".ipynb":
        return source_of_notebook(path, read_notebook(text, where))
    refuse_unprintable(text, where, NotebookError, is_body=True)
    if path.suffix == text_notebook.SCRIPT:
        return _source_of_text(path, text)
    front, markdown = split(text, where)
    if path.suffix == ".md" and text_notebook.is_jupytext(front.data):
        return _source_of_text(path, text)
    head = text[: len(text) - len(markdown)]
    front, markdown = titled(front, markdown)
    includes = Includes(root)
    reading = (
        markdown_cells.read_cells(head, markdown, front, includes, where)
        if path.suffix == ".qmd"
        else None
    )
    if reading is None:
        return Source(path, front, markdown=markdown)
    notebook, places = reading
    _add_tags(notebook, str(path), places)
    return Source(
        path,
        front,
        notebook,
        places=places,
        includes=tuple(includes.files),
        not_included=tuple(includes.missing),
    )


def source_of_notebook(path: PurePosixPath, notebook: NotebookNode) -> Source:
    """Return the source of a notebook, make its front matter a raw cell, and give its cells the tags of
    their options. Raises :class:`NotebookError` or :class:`ConfigError`.
    """
    _add_tags(notebook, str(path), ())
    return Source(path, _front_matter(notebook, str(path), ()), notebook=notebook)


def _source_of_text(path: PurePosixPath, text: str) -> Source:
    """Return the source of a notebook that is written as text. Its header comes before front matter
    in a cell.
    """
    notebook, places, header = text_notebook.read_script(path, text)
    keys = {key: value for key, value in header.data.items() if key not in text_notebook.KEYS}
    front = _front_matter(notebook, str(path), places, replace(header, data=keys))
    _add_tags(notebook, str(path), places)
    return Source(path, front, notebook=notebook, places=places)


def _add_tags(notebook: NotebookNode, file: str, places: Sequence[Place]) -> None:
    """Give each code cell the tags among its options, `#| tags: [parameters]`."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and "tags" in cell.source:
            where = place_in(file, places, number)
            written = cell.metadata.get("tags", [])
            more = tags_of(cell, cell_options(cell.source, where).options).difference(written)
            refuse_reserved(more, where)
            cell.metadata["tags"] = [*written, *sorted(more)]


def _front_matter(
    notebook: NotebookNode, file: str, places: Sequence[Place], header: YamlText | None = None
) -> YamlText:
    """Return the front matter of a notebook, as Quarto finds it.

    It is in the first cell, raw or Markdown, that begins with it; this cell becomes raw, and its
    text a cell of its own. Or it is the ``header`` of the file. Without a title in it, a heading
    with which the first Markdown cell begins becomes the title.
    """
    front = header or YamlText({}, place_in(file, places, 1))
    for number, cell in enumerate(notebook.cells if not front.data else (), start=1):
        if cell.cell_type == "code":
            continue
        yaml, rest = split(cell.source, place_in(file, places, number))
        if yaml.data:
            front = yaml
            if (
                cell.cell_type == "markdown"
            ):  # blank lines, so that those of the text keep their numbers
                before = cell.source[: len(cell.source) - len(rest)]
                cell.source = "\n" * before.count("\n") + rest if rest.strip() else ""
            break
        if number == 1 and cell.cell_type == "raw":
            front = yaml
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if first is not None:
        front, first.source = titled(front, first.source)
    return front
