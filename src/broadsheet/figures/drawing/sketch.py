"""What the pictures of a chart are drawn from, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.figures.alive import marks
from broadsheet.figures.alive.marks import Marks
from broadsheet.figures.drawing import svg
from broadsheet.figures.drawing.chart_export import chart_export
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.self_contained import self_contained
from broadsheet.figures.layout.figure_layout import Size
from broadsheet.figures.reading.plotly_json import PlotlyFigure
from broadsheet.figures.reading.views import begun, still
from broadsheet.figures.table.credits import Credits

SCALE = 1.5
"""Pixels of a PNG for each CSS pixel."""


@dataclass(frozen=True)
class Drawings:
    """The chart drawn for a wide page and for a phone: SVG, cleaned, its colours the stylesheet's
    custom properties. :mod:`broadsheet.figures.drawing.svg` makes from it the drawing in a page, or a file
    in light or dark colours. The ``export`` is the chart with title and source, as SVG and as PNG.
    ``wide_marks`` and ``narrow_marks`` say where the marks are in the two drawings.
    """

    wide: bytes
    narrow: bytes
    export: bytes
    png: bytes | None
    wide_marks: Marks
    narrow_marks: Marks


@dataclass(frozen=True)
class Sketch:
    """A chart before it is drawn: the figure laid out for a wide page and for a phone, each with
    its size, and the words of the export. ``line`` is a line below each drawing, or empty.
    """

    wide: tuple[PlotlyFigure, Size]
    narrow: tuple[PlotlyFigure, Size]
    title: str
    subtitle: str
    credits: Credits
    alt: str
    line: str = ""

    def draw(self, pictures: Pictures) -> Drawings | None:
        """The chart drawn, in the language that is spoken; None where ``pictures`` has none."""
        wide, narrow = pictures.draw(*self.wide), pictures.draw(*self.narrow)
        if wide is None or narrow is None:
            return None
        (wide, wide_marks), (narrow, narrow_marks) = svg.parted(wide), svg.parted(narrow)
        wide, narrow = svg.with_line(wide, self.line), svg.with_line(narrow, self.line)
        export, size = chart_export(wide, self.title, self.subtitle, self.credits, self.alt)
        png = pictures.rasterize(export, size, SCALE)
        return Drawings(wide, narrow, export, png, marks.read(wide_marks), marks.read(narrow_marks))


@dataclass(frozen=True)
class Card:
    """The picture of a page before it is drawn: a whole figure, title and all."""

    figure: PlotlyFigure

    def draw(self, pictures: Pictures) -> bytes | None:
        """A PNG in the proportions of a card for social sites (1200 × 630)."""
        whole, _ = self_contained({"data": [], "layout": {}, **self.figure})
        shown = still(begun(whole))
        layout = {**shown["layout"], "margin": {"l": 56, "r": 96, "t": 84, "b": 48}}
        layout.pop("height", None)
        return pictures.draw({"data": shown["data"], "layout": layout}, (800, 420), "png", SCALE)
