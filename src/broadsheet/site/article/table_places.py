"""The places where readers find a table of the catalogue: its page, and its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from broadsheet.data.slicing.slices import named_slice
from broadsheet.data.vintages import SIGN
from broadsheet.figures.drawing.page_figure import PageFigure

FOLDER = "data"
CATALOGUE_PAGE = f"{FOLDER}/index.html"

IsPublished = Callable[[str], bool]
"""Says if a file of the publication is on the site."""


def nothing(name: str) -> bool:
    """Say of each file that it is not on the site."""
    return False


def page_of(name: str) -> str:
    """Return the path of the page of a table."""
    return f"{FOLDER}/{name}/index.html"


def file_kind(path: str) -> str:
    """Return the kind of a file of a table, as people know it."""
    return {".json": "JSON", ".parquet": "Parquet"}.get(PurePosixPath(path).suffix.lower(), "CSV")


@dataclass(frozen=True)
class TablePlaces:
    """The places of the tables that a page uses."""

    has_pages: bool = False
    """Each table has a page."""
    is_published: IsPublished = nothing
    """Says if a file is on the site."""

    def page(self, name: str) -> str:
        """Return the path of the page of a table, or of that which a slice is of; empty for a version,
        and where tables have none.
        """
        return page_of(named_slice(name)[0]) if self.has_pages and SIGN not in name else ""

    def file(self, path: str) -> str:
        """Return the path of a table's file; empty if it is not on the site."""
        return path if self.is_published(path) else ""

    def in_credits(self, figure: PageFigure) -> PageFigure:
        """Return a figure whose credits lead to the pages of its tables."""
        named = ((table, self.page(table.url)) for table in figure.credits.tables)
        tables = dict.fromkeys(replace(table, url=path) for table, path in named if path)
        return replace(figure, credits=replace(figure.credits, tables=tuple(tables)))


NO_PLACES = TablePlaces()
"""Readers find no table."""
