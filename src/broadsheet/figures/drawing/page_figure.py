"""A figure as the site's outputs show it, and as it is stored with the content of its page.

:mod:`broadsheet.figures.figure_making` makes it of a cell's plotly figure: the page, the figure's
own page, lists, cards, feeds, the Markdown copy and the e-mail show the parts of it that they can
use. Paths count from the site's root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from broadsheet.figures.layout import pixels
from broadsheet.figures.table.credits import Credits
from broadsheet.text.templating import Templates

_TEMPLATES = Templates()


@dataclass(frozen=True)
class Download:
    """A file for readers to download: its kind as people know it, its path, its name when saved."""

    kind: str
    path: str
    name: str


@dataclass(frozen=True)
class PageFigure:
    """A chart of a page. ``wide`` and ``narrow`` are its drawings, inline SVG for a wide page and
    for a phone; they are empty if nothing could be drawn. ``small`` is its drawing for lists, empty
    if it has none of its own. ``data`` is the path of plotly's JSON,
    ``kinds`` its trace types (empty if there is nothing to explore). ``values`` is the path of the
    JSON by which it answers without plotly.js, ``series`` the number of series there; ``pointing``
    says that it answers pointer and finger by that. ``table`` is HTML, of ``rows`` rows;
    ``is_table`` says that it is the figure, and not only its data. ``page`` is the path of the
    figure's own page, if it has one; ``is_explorable`` says that plotly.js may take over.
    ``caption`` is HTML with the addresses of the article, without the figure's number; the note of
    the credits is at its end. ``marked`` says which events are marked on it, and when they were.
    ``number`` are the words of the big number whose line it is, as Markdown; the page has them
    above it.
    """

    label: str
    alt: str = ""
    title: str = ""
    subtitle: str = ""
    credits: Credits = field(default_factory=Credits)
    wide: str = ""
    narrow: str = ""
    small: str = ""
    data: str = ""
    kinds: str = ""
    values: str = ""
    series: int = 0
    pointing: bool = False
    table: str = ""
    rows: int = 0
    downloads: tuple[Download, ...] = ()
    page: str = ""
    caption: str = ""
    is_table: bool = False
    marked: str = ""
    is_explorable: bool = True
    number: str = ""

    @property
    def name(self) -> str:
        """The name of the figure."""
        return self.title or self.alt

    @property
    def is_sortable(self) -> bool:
        """Whether the reader can sort its table."""
        return "is-sortable" in self.table

    @property
    def source(self) -> str:
        """Source, date and licence in one line of plain text."""
        return self.credits.line

    def file(self, suffix: str) -> str:
        """The path of the file for download in the format with that suffix."""
        found = (one.path for one in self.downloads if PurePosixPath(one.path).suffix == suffix)
        return next(found, "")

    def drawings(self, href: Callable[[str], str]) -> tuple[str, str]:
        """The drawings as a page has them, for a wide one and for a phone. ``href`` gives the
        address of a path.
        """
        wide, narrow = (pixels.linked(one, self.data, href) for one in (self.wide, self.narrow))
        return wide, narrow

    def html(self, href: Callable[[str], str]) -> str:
        """The figure on a page, in the current language. ``href`` gives the address of a path."""
        return _TEMPLATES.render("chart.html.jinja", figure=self, href=href)

    def plain_html(self, href: Callable[[str], str], *, longest: int = 0) -> str:
        """The figure without styles and scripts: its words and its picture; its table, if that has
        at most ``longest`` rows, and a link to its data, if tables are wanted at all.
        """
        return _TEMPLATES.render(
            "plain-figure.html.jinja",
            figure=self,
            href=href,
            longest=longest,
            picture=self.data.removesuffix(".json") + ".svg",
        )
