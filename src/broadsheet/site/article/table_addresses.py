"""The addresses at which readers find a table of the catalogue: its page, or else its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from broadsheet.data.vintages import SIGN
from broadsheet.figures.drawing.page_figure import PageFigure

FOLDER = "data"
CATALOGUE_PAGE = f"{FOLDER}/index.html"

TableAddress = Callable[[str, str], str]
"""Gives the path in the site at which readers find the table of a name, whose file has that path in
the publication; empty if they do not.
"""


def nowhere(name: str, file: str) -> str:
    """Say of each table that readers do not find it."""
    return ""


def page_of(name: str) -> str:
    """Return the path of the page of a table; of a version, which has none, empty."""
    return "" if SIGN in name else f"{FOLDER}/{name}/index.html"


def with_tables(figure: PageFigure, address: TableAddress) -> PageFigure:
    """Return a figure whose credits lead to the tables that readers find."""
    credits, found = figure.credits, []
    for table in credits.tables:
        if path := address(table.url, ""):
            found.append(replace(table, url=path))
    return replace(figure, credits=replace(credits, tables=tuple(found)))
