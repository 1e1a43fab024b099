"""A figure as the site's outputs show it, and as it is stored with the content of its page.

:mod:`broadsheet.figures.figure_making` makes it of a cell's plotly figure: the page, the figure's
own page, lists, cards, feeds, the Markdown copy and the e-mail show the parts of it that they can
use. Paths count from the site's root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from broadsheet.figures.table.credits import Credits
from broadsheet.text.templating import Templates
from plotly_alive.layout import pixels

_TEMPLATES = Templates()


@dataclass(frozen=True)
class Download:
    """A file for readers to download."""

    kind: str
    """Its kind as people know it."""
    path: str
    """Its path."""
    name: str
    """Its name when it is saved."""


@dataclass(frozen=True)
class PageFigure:
    """A figure of a page."""

    label: str
    """Its label."""
    alt: str = ""
    """Its alternative text."""
    title: str = ""
    """Its title."""
    subtitle: str = ""
    """Its subtitle."""
    credits: Credits = field(default_factory=Credits)
    """Its sources, date, licence and note."""
    wide: str = ""
    """Its drawing as inline SVG for a wide page; empty if nothing could be drawn."""
    narrow: str = ""
    """Its drawing as inline SVG for a phone; empty if nothing could be drawn."""
    small: str = ""
    """Its drawing for lists; empty if it has none of its own."""
    data: str = ""
    """The path of plotly's JSON."""
    kinds: str = ""
    """Its trace types; empty if there is nothing to explore."""
    values: str = ""
    """The path of the JSON by which it answers without plotly.js."""
    series: int = 0
    """The number of series in ``values``."""
    pointing: bool = False
    """It answers pointer and finger by ``values``."""
    table: str = ""
    """Its table as HTML."""
    rows: int = 0
    """The number of the table's rows."""
    downloads: tuple[Download, ...] = ()
    """Its files for readers to download."""
    page: str = ""
    """The path of its own page; empty for none."""
    caption: str = ""
    """Its caption as HTML with the addresses of the article, without the figure's number; the note
    of the credits is at its end.
    """
    is_table: bool = False
    """The table is the figure, and not only its data."""
    marked: str = ""
    """The events that are marked on it, with their dates."""
    is_explorable: bool = True
    """plotly.js may take over."""
    number: str = ""
    """The words of the big number whose line it is, as Markdown; the page has them above it."""

    @property
    def name(self) -> str:
        """The name of the figure."""
        return self.title or self.alt

    @property
    def is_sortable(self) -> bool:
        """The reader can sort its table."""
        return "is-sortable" in self.table

    @property
    def source(self) -> str:
        """Source, date and licence in one line of plain text."""
        return self.credits.line

    def file(self, suffix: str) -> str:
        """Return the path of the file for download in the format with that suffix."""
        paths = (
            download.path
            for download in self.downloads
            if PurePosixPath(download.path).suffix == suffix
        )
        return next(paths, "")

    def drawings(self, href: Callable[[str], str]) -> tuple[str, str]:
        """Return the drawings as a page has them, for a wide page and for a phone. ``href`` gives
        the address of a path.
        """
        wide, narrow = (
            pixels.linked(drawing, self.data, href) for drawing in (self.wide, self.narrow)
        )
        return wide, narrow

    def html(self, href: Callable[[str], str]) -> str:
        """Return the figure on a page, in the current language. ``href`` gives the address of a
        path.
        """
        return _TEMPLATES.render("chart.html.jinja", figure=self, href=href)

    def plain_html(self, href: Callable[[str], str], *, longest: int = 0) -> str:
        """Return the figure without styles and scripts: its words and its picture; its table, if it
        has at most ``longest`` rows, and a link to its data, unless ``longest`` is 0.
        """
        return _TEMPLATES.render(
            "plain-figure.html.jinja",
            figure=self,
            href=href,
            longest=longest,
            picture=self.data.removesuffix(".json") + ".svg",
        )
