"""A source as bind changes it: its cells, its texts, and the file with edits of them."""

from __future__ import annotations

import codecs
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from broadsheet.checks.bind.document_texts import (
    TextStretch,
    end_of_front,
    stretches_in,
    stretches_of,
)
from broadsheet.checks.bind.source_edits import with_code_cells, with_sources
from broadsheet.errors import Place
from broadsheet.project.project import NOTEBOOK
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.code_fences import fences
from broadsheet.project.sources.notebook_file import CURRENT, read_notebook
from broadsheet.storage.limits import TABLE


@dataclass(frozen=True)
class Insertion:
    """A text that replaces some letters of a cell."""

    cell: int
    """The number of the cell, from 1; 1 for a source without cells."""
    start: int
    """The position of the first letter that goes."""
    end: int
    """The position behind the last one."""
    text: str
    """The text in their place."""


@dataclass(frozen=True)
class BoundSource:
    """The file of a source."""

    path: PurePosixPath
    """Its path from the publication's root."""
    text: str
    """Its text."""

    @property
    def is_notebook(self) -> bool:
        """True for a notebook, False for a page of Markdown."""
        return self.path.suffix == NOTEBOOK

    @cached_property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """The kind and the text of each cell; of a page of Markdown, all of it."""
        if not self.is_notebook:
            return (("page", self.text),)
        notebook = read_notebook(self.text, Place(str(self.path)))
        return tuple((cell.cell_type, cell.source) for cell in notebook.cells)

    @property
    def is_of_older_format(self) -> bool:
        """True if it is a notebook whose cells are not those of its file, which is converted when it is
        read.
        """
        return self.is_notebook and json.loads(self.text)["nbformat"] < CURRENT

    def codes(self) -> Iterator[str]:
        """Yield its code: that of cells, and the expressions of texts."""
        for kind, text in self.cells:
            if kind == "code":
                yield text
            else:
                yield from inline.expressions(text)
            if kind == "page":
                lines = text.split("\n")
                yield from ("\n".join(fence.body(lines)) for fence in fences(lines))

    @cached_property
    def is_too_long(self) -> bool:
        """True if it has more texts than are bound."""
        return sum(len(stretch.text) for stretch in self._texts()) > _most_letters()

    def stretches(self) -> Iterator[TextStretch]:
        """Yield its texts that may be bound; of very long ones, the first."""
        left = _most_letters()
        for stretch in self._texts():
            left -= len(stretch.text)
            if left < 0:
                return
            yield stretch

    def _texts(self) -> Iterator[TextStretch]:
        if not self.is_notebook:
            yield from stretches_in(self.text)
            return
        for number, (kind, text) in enumerate(self.cells, start=1):
            yield from stretches_of(kind, number, text)

    def place(self, cell: int, at: int) -> Place:
        """Return the place of a position."""
        line = self.cells[cell - 1][1].count("\n", 0, at) + 1
        return Place(str(self.path), line=line, cell=cell if self.is_notebook else None)

    @property
    def beginning(self) -> tuple[int, int]:
        """The place of code that runs before all other."""
        return (0, 0) if self.is_notebook else (1, end_of_front(self.text))

    def edited(self, insertions: Sequence[Insertion]) -> str:
        """Return the text of the file with some changes, of which none overlap."""
        by_cell = defaultdict[int, list[Insertion]](list)
        for insertion in insertions:
            by_cell[insertion.cell].append(insertion)
        sources = {}
        for cell, changes in by_cell.items():
            text = self.cells[cell - 1][1]
            order = sorted(
                enumerate(changes), key=lambda each: (each[1].start, each[1].end, each[0])
            )
            for _, change in reversed(order):
                text = f"{text[: change.start]}{change.text}{text[change.end :]}"
            sources[cell] = text
        if self.is_notebook:
            return with_sources(self.text, sources)
        return sources.get(1, self.text)

    def with_code(self, codes: Mapping[tuple[int, int], str]) -> str:
        """Return the text of the file with code cells behind some cells, 0 for before all; of a page of
        Markdown, behind some positions.
        """
        if self.is_notebook:
            return with_code_cells(self.text, {cell: code for (cell, _), code in codes.items()})
        text = self.text
        for (_, at), code in sorted(codes.items(), reverse=True):
            text = f"{text[:at]}\n\n```{{python}}\n#| include: false\n{code}\n```\n\n{text[at:]}"
        return text


def _most_letters() -> int:
    return int(TABLE["bound-text"].value)


def encoded_as(content: bytes, text: str) -> bytes:
    """Return a text with the byte order mark and the ends of lines that a file has."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    has_returns = content.count(b"\n") == content.count(b"\r\n") > 0
    return mark + (text.replace("\n", "\r\n") if has_returns else text).encode()
