"""One source file: a notebook, or a Markdown page, and its front matter.

A `.qmd` with Python cells is a notebook (:mod:`broadsheet.project.sources.markdown_cells`), and so are
jupytext's scripts and Markdown (:mod:`broadsheet.project.sources.text_notebook`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from broadsheet.errors import NotebookError, Notice, Place, place_in
from broadsheet.project.sources import markdown_cells, text_notebook
from broadsheet.project.sources.cell_options import CellOptions, cell_options
from broadsheet.project.sources.front_matter import split, titled
from broadsheet.project.sources.includes import Includes
from broadsheet.project.sources.notebook_file import read_notebook
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
    """A file of the publication. Exactly one of ``notebook`` and ``markdown`` is set; ``markdown``
    is the text after the front matter. ``path`` is relative to the root. Of a notebook that is
    written as text, ``places`` has the first line of each cell, ``includes`` the files that were
    included to find its cells, and ``not_included`` those that could not be.
    """

    path: PurePosixPath
    front_matter: YamlText
    notebook: NotebookNode | None = None
    markdown: str = ""
    places: tuple[Place, ...] = ()
    includes: tuple[str, ...] = ()
    not_included: tuple[Notice, ...] = ()

    @property
    def slug(self) -> str:
        """The name of the source on the command line."""
        return slug_of(self.path)

    def cells(self) -> list[NotebookNode]:
        """The notebook's cells; none for a Markdown page."""
        return list(self.notebook.cells) if self.notebook is not None else []

    @property
    def has_parameters(self) -> bool:
        """Whether a cell of it is tagged as that of parameters."""
        return any(TAG in cell.metadata.get("tags", ()) for cell in self.cells())

    def place(self, cell: int | None = None, line: int | None = None) -> Place:
        """A place in this file; ``cell`` counts from 1, and ``line`` from the cell's first one."""
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


def slug_of(path: PurePosixPath) -> str:
    """The short name of a source: the folder of an `index`, else the file's own name."""
    return path.parent.name if path.stem == "index" and path.parent.name else path.stem


def page_slug(path: PurePosixPath, name: str) -> str:
    """The name on the command line of the page ``name`` of a source: `china-russia`, or
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
    """A file of the publication by its text. Raises as :func:`read_source` does."""
    where = Place(str(path))
    if path.suffix == ".ipynb":
        return source_of_notebook(path, read_notebook(text, where))
    refuse_unprintable(text, where, NotebookError)
    if path.suffix == text_notebook.SCRIPT:
        return _source_of_text(path, text)
    front, markdown = split(text, where)
    if path.suffix == ".md" and text_notebook.is_jupytext(front.data):
        return _source_of_text(path, text)
    head = text[: len(text) - len(markdown)]
    front, markdown = titled(front, markdown)
    includes = Includes(root)
    found = (
        markdown_cells.read(head, markdown, front, includes, where)
        if path.suffix == ".qmd"
        else None
    )
    if found is None:
        return Source(path, front, markdown=markdown)
    notebook, places = found
    return Source(
        path,
        front,
        notebook,
        places=places,
        includes=tuple(includes.files),
        not_included=tuple(includes.missing),
    )


def source_of_notebook(path: PurePosixPath, notebook: NotebookNode) -> Source:
    """A file of the publication by its notebook, which is changed: its front matter becomes raw.
    Raises :class:`ConfigError`.
    """
    return Source(path, _front_matter(notebook, str(path), ()), notebook=notebook)


def _source_of_text(path: PurePosixPath, text: str) -> Source:
    """A file of the publication by the text of its notebook. What its header says of the page comes
    before front matter in a cell.
    """
    notebook, places, header = text_notebook.read(path, text)
    own = {key: value for key, value in header.data.items() if key not in text_notebook.KEYS}
    front = _front_matter(notebook, str(path), places, replace(header, data=own))
    return Source(path, front, notebook=notebook, places=places)


def _front_matter(
    notebook: NotebookNode, file: str, places: Sequence[Place], header: YamlText | None = None
) -> YamlText:
    """The front matter of a notebook, as Quarto finds it: in the first cell, raw or Markdown, that
    begins with it, which is raw from here on, with its text a cell of its own; or that in the
    ``header`` of its file. Without a title there, a heading with which the first Markdown cell begins
    becomes the title.
    """
    front = header or YamlText({}, place_in(file, places, 1))
    for number, cell in enumerate(notebook.cells if not front.data else (), start=1):
        if cell.cell_type == "code":
            continue
        found, rest = split(cell.source, place_in(file, places, number))
        if found.data:
            front = found
            if (
                cell.cell_type == "markdown"
            ):  # blank lines, so that those of the text keep their numbers
                before = cell.source[: len(cell.source) - len(rest)]
                cell.source = "\n" * before.count("\n") + rest if rest.strip() else ""
            break
        if number == 1 and cell.cell_type == "raw":
            front = found
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if first is not None:
        front, first.source = titled(front, first.source)
    return front


def front_matter_strings(data: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each string of nested metadata with its path."""
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(data, Mapping):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for key, value in items:
        if isinstance(value, str):
            yield (key,), value
        else:
            for path, text in front_matter_strings(value):
                yield (key, *path), text
