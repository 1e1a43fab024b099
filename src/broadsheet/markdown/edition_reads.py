"""Reads the tables and the facts of an edition's run, beside the page itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbformat.notebooknode import NotebookNode

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.versions.partial_reads import slice_read, version_read
from broadsheet.errors import Notice
from broadsheet.figures.table.table_lineage import CellStep, lineage
from broadsheet.project.editions.edition import Edition
from broadsheet.project.sources.kernels import PYTHON
from broadsheet.project.sources.notebook_file import language_of


def lineage_of(
    edition: Edition, executed: NotebookNode, catalogue: Catalogue | None
) -> Mapping[int, frozenset[str]]:
    """Return the tables that each cell read, by its number."""
    if catalogue is None:
        return {}
    tables = {catalogue.files(name)[1]: name for name in catalogue.names}

    def read(number: int) -> frozenset[str]:
        paths = opened.get(number, ())
        names = (tables.get(path) or version_read(path) or slice_read(path) for path in paths)
        return frozenset(filter(None, names))

    opened = {
        record["cell"]: record["reads"]
        for cell in executed.cells
        if (record := cell.metadata.get("broadsheet"))
    }
    assert edition.source.notebook is not None
    if language_of(edition.source.notebook) != PYTHON:
        return _so_far({number: read(number) for number in opened})
    return lineage(
        tuple(
            CellStep(
                number,
                options.body,
                read(number),
            )
            for number, (cell, options) in enumerate(
                zip(edition.source.cells(), edition.source.options, strict=True), 1
            )
            if cell.cell_type == "code"
        )
    )


def _so_far(tables: Mapping[int, frozenset[str]]) -> Mapping[int, frozenset[str]]:
    """Return the tables of each cell and of those before it, for code that cannot be followed."""
    return {
        number: frozenset[str]().union(*(tables[before] for before in tables if before <= number))
        for number in tables
    }


def in_another_language(facts: Mapping[str, Any], edition: Edition) -> Iterator[Notice]:
    """Yield a notice for each language of facts that is not the page's."""
    lang = edition.settings.lang
    others = {
        code
        for fact in facts.get("facts", {}).values()
        if (code := fact["language"]).partition("-")[0] != lang.partition("-")[0]
    }
    for code in sorted(others):
        yield Notice(
            edition.source.place(),
            f"facts are written in {code!r} on a page in {lang!r}",
            f'Call bs.language("{lang}") before the first fact.',
            topic="language",
        )
