"""A chart, ready for every output: a page, a feed, a card or an e-mail shows parts of it.

:func:`broadsheet.figures.figure_making.make` makes it from a cell's plotly figure. It is passed through
unchanged; each output renders from it what it needs, and none parses another's HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from broadsheet.figures.credits import Credits
from broadsheet.figures.keyboard_series import KeyboardSeries
from broadsheet.figures.tables import Table

SHOWN = 100
"""How many rows of a chart's table are in the page; the file has all."""


@dataclass(frozen=True)
class Drawings:
    """The chart drawn for a wide page and for a phone: SVG, cleaned, its colours the stylesheet's
    custom properties. :mod:`broadsheet.figures.svg` makes from it the drawing in a page, or a file
    in light or dark colours. The ``export`` is the chart with title and source, as SVG and as PNG.
    """

    wide: bytes
    narrow: bytes
    export: bytes
    png: bytes | None


@dataclass(frozen=True)
class Export:
    """A file for readers to download: its ``kind`` (CSV, SVG, PNG), its name among
    :attr:`Figure.files`, and the name that it is saved under.
    """

    kind: str
    file: str
    saved_as: str


@dataclass(frozen=True)
class Figure:
    """A chart with all that belongs to it. Texts are plain, except ``caption``.

    ``identifier`` is the cell's label (``fig-trade``), ``caption`` the cell's `fig-cap` in
    Markdown; ``drawings`` are None if it is not drawn yet or cannot be, and ``table`` is None if
    nothing is drawn. ``series`` are the values for the keyboard, ``trace_types`` plotly's types of
    its traces. ``files`` are the figure's files in the site, by name, in ``folder`` (from the
    site's root). ``page`` is the path of its own page, empty if it has none. ``needs_source`` says
    that neither a table nor the author names a source.
    """

    identifier: str
    title: str
    subtitle: str
    alt: str
    credits: Credits
    folder: PurePosixPath
    caption: str = ""
    drawings: Drawings | None = field(default=None, repr=False)
    table: Table | None = field(default=None, repr=False)
    series: Sequence[KeyboardSeries] = field(default=(), repr=False)
    trace_types: tuple[str, ...] = ("scatter",)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    exports: tuple[Export, ...] = ()
    page: str = ""
    needs_source: bool = False

    @property
    def is_drawn(self) -> bool:
        """Whether it has all of its pictures."""
        return self.drawings is not None and self.drawings.png is not None

    @property
    def name(self) -> str:
        """The title, or another name if it has none."""
        return self.title or self.alt

    @property
    def interactive_file(self) -> str:
        """The name of the interactive chart's JSON file."""
        return f"{self.identifier}.json"

    @property
    def picture_files(self) -> tuple[str, str] | None:
        """The names of the drawing's files in light and in dark colours."""
        if self.drawings is None:
            return None
        return f"{self.identifier}.svg", f"{self.identifier}-dark.svg"

    @property
    def assets(self) -> dict[str, bytes]:
        """Its files by their path from the site's root."""
        return {str(self.folder / name): data for name, data in self.files.items()}
