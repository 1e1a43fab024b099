"""The memory of a press from one page to the next: figures that were drawn.

A build makes each figure once. The preview makes the same page again and again, and most of it is
as it was.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.slicing.slices import SLICED
from broadsheet.data.vintages import SIGN
from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.sketch import FigureOptions, Sketch
from broadsheet.figures.figure_making import DrawnFigure
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import spoken
from plotly_alive.reading.plotly_json import PlotlyFigure

MOST = 200
"""The number of figures that the preview remembers."""


class FigureMemory:
    """Makes figures, and remembers up to ``most`` of them, those that were wanted last. Has state."""

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._sketches: dict[str, Sketch] = {}
        self._drawn = WeakKeyDictionary[Sketch, DrawnFigure]()

    def sketch(
        self,
        figure: PlotlyFigure,
        label: str,
        folder: PurePosixPath,
        catalogue: Catalogue | None,
        options: FigureOptions,
    ) -> Sketch:
        """Return a figure, planned as :func:`~broadsheet.figures.figure_making.sketched` does."""
        if not self._most:
            return figure_making.sketched(figure, label, folder, catalogue, options)
        tables = list[tuple[object, object]]()
        if catalogue is not None:
            tables = [
                (resource, catalogue.state(resource).sha256)
                for resource in catalogue.package.resources
                if resource.name in options.drawn_from
            ]
            tables += [
                (name, catalogue.origin(name))
                for name in options.drawn_from
                if SLICED in name or SIGN in name
            ]
        today = catalogue.today if catalogue is not None else None
        key = digest_of((figure, label, folder, options, tables, str(today), spoken().tag))
        sketch = self._sketches.pop(key, None)
        if sketch is None:
            sketch = figure_making.sketched(figure, label, folder, catalogue, options)
        self._sketches[key] = sketch
        if len(self._sketches) > self._most:
            del self._sketches[next(iter(self._sketches))]
        return sketch

    def figure(self, sketch: Sketch, pictures: Pictures) -> DrawnFigure:
        """Return the figure of a ``sketch``, drawn as
        :func:`~broadsheet.figures.figure_making.drawn` does.
        """
        drawn = self._drawn.get(sketch) or figure_making.drawn(sketch, pictures)
        if self._most and drawn.is_drawn:
            self._drawn[sketch] = drawn
        return drawn
