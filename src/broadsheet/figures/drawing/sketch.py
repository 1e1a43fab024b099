"""A figure of a page before it is drawn.

A :class:`Sketch` has all that can be said of a figure without its pictures: what it shows, its table,
its words, its notices, and how it is laid out. All sketches of a page are there before the first of
them is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from broadsheet.figures.drawing.chart_export import chart_export
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.interactivity import LIGHT
from broadsheet.figures.table.credits import NOTHING, Credits, Given
from plotly_alive.alive import marks
from plotly_alive.alive.keyboard_series import Remarks
from plotly_alive.alive.marks import Marks
from plotly_alive.drawing import svg
from plotly_alive.drawing.self_contained import self_contained
from plotly_alive.layout.figure_layout import Size
from plotly_alive.reading.chart_data import Chart
from plotly_alive.reading.plotly_json import PlotlyFigure
from plotly_alive.reading.views import begun, still
from plotly_alive.table.table import Table

SCALE = 1.5
"""Pixels of a PNG for each CSS pixel."""


@dataclass(frozen=True)
class FigureOptions:
    """The words of a page about a figure, and the way in which the figure answers its readers."""

    alt: str = ""
    """The alternative text; without it, the figure is described from its data."""
    credit: Given = NOTHING
    """The credits as the author wrote them."""
    drawn_from: tuple[str, ...] = ()
    """The tables that the figure is drawn from."""
    interactivity: str = LIGHT
    """The way in which it answers pointer, finger and keys."""
    saved_as: str = ""
    """The name of its files when a reader takes them along."""
    page: str = ""
    """The path of its own page, empty if it has none."""


PLAIN = FigureOptions()
"""No options: the figure is described from its data, and has neither credits nor a page."""


@dataclass(frozen=True)
class Drawings:
    """The chart drawn for a wide page and for a phone: SVG, cleaned, its colours the stylesheet's
    custom properties. :mod:`plotly_alive.drawing.svg` makes from it the drawing in a page, or a file
    in light or dark colours.
    """

    wide: bytes
    """The drawing for a wide page."""
    narrow: bytes
    """The drawing for a phone."""
    export: bytes
    """The chart with title and source, as SVG."""
    export_size: tuple[int, int]
    """Its width and height in CSS pixels."""
    png: bytes | None
    """The same as PNG; None where nothing can be drawn."""
    wide_marks: Marks
    """The places of the marks in the drawing for a wide page."""
    narrow_marks: Marks
    """The places of the marks in the drawing for a phone."""


@dataclass(frozen=True, eq=False)
class Sketch:
    """A figure of a page, planned; two of them are never the same."""

    label: str
    """The name of the figure on its page."""
    folder: PurePosixPath
    """The folder with the files of its page, from the site's root."""
    chart: Chart
    """The values that the figure shows."""
    table: Table | None
    """Its values as a table."""
    alt: str
    """Its alternative text: its author's, or generated."""
    credits: Credits
    """Source, day, licence and note."""
    wide: tuple[PlotlyFigure, Size]
    """The figure laid out for a wide page, whole: with its frames."""
    narrow: tuple[PlotlyFigure, Size]
    """The same for a phone."""
    options: FigureOptions = PLAIN
    """The words of its page about it."""
    is_explorable: bool = True
    """True if plotly.js may draw it for a reader."""
    unplaced: Sequence[str] = ()
    """The places that its map does not have."""
    remarks: Remarks = field(default_factory=dict)
    """The notes of the tables on its values."""

    @property
    def is_table(self) -> bool:
        """True if the figure is a table and nothing else."""
        return self.table is not None and self.chart.family == "table"

    @property
    def has_table(self) -> bool:
        """True if its values are in a table."""
        return self.table is not None

    @property
    def needs_source(self) -> bool:
        """True if neither a table nor its author names a source."""
        return not self.credits.sources and self.options.credit.sources is None

    @property
    def is_empty(self) -> bool:
        """True if it has traces without a single value."""
        return bool(self.chart.traces) and all(trace.is_empty for trace in self.chart.traces)

    def drawings(self, pictures: Pictures) -> Drawings | None:
        """Return the chart drawn, in the current language; None if ``pictures`` has no drawing.
        Raises :class:`UndrawableError` for what plotly.js refuses.
        """
        wide, narrow = (
            pictures.draw(still(figure), size) for figure, size in (self.wide, self.narrow)
        )
        if wide is None or narrow is None:
            return None
        (wide, wide_marks), (narrow, narrow_marks) = svg.parted(wide), svg.parted(narrow)
        line = self.chart.line
        wide, narrow = svg.with_line(wide, line), svg.with_line(narrow, line)
        title, subtitle = self.chart.title, self.chart.subtitle
        export, size = chart_export(wide, title, subtitle, self.credits, self.alt)
        png = pictures.rasterize(export, size, SCALE)
        return Drawings(
            wide, narrow, export, size, png, marks.read(wide_marks), marks.read(narrow_marks)
        )


def card(figure: PlotlyFigure, pictures: Pictures) -> bytes | None:
    """Return the picture of a page: a figure, title and all, as a PNG in the proportions of a card
    for social sites (1200 × 630); None if ``pictures`` has no drawing.
    """
    whole, _ = self_contained({"data": [], "layout": {}, **figure})
    shown = still(begun(whole))
    layout = {**shown["layout"], "margin": {"l": 56, "r": 96, "t": 84, "b": 48}}
    layout.pop("height", None)
    return pictures.draw({"data": shown["data"], "layout": layout}, (800, 420), "png", SCALE)
