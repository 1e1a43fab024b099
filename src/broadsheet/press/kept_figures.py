"""The memory of a press from one page to the next: figures that were drawn.

Editions of a notebook, and articles on the same tables, have figures in common, which a build makes
once. The preview makes the same page again and again, and most of it is as it was.
"""

from __future__ import annotations

from dataclasses import replace
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

MOST, MOST_ON_SCREEN = 50, 200
"""The number of figures that a build remembers, in each of its processes, and that the preview does."""
LARGEST = 500_000
"""The most bytes of the files of a figure that a build remembers."""


class FigureMemory:
    """Makes figures, and remembers up to ``most`` of them, those that were wanted last, if their files
    have no more than ``largest`` bytes. Has state.
    """

    def __init__(self, most: int = 0, largest: int | None = None) -> None:
        self._most = most
        self._largest = largest
        self._sketches: dict[str, Sketch] = {}
        self._drawn: dict[str, DrawnFigure] = {}
        self._keys = WeakKeyDictionary[Sketch, str]()

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
        of_any_page = replace(options, saved_as="", page="")
        key = digest_of((figure, label, of_any_page, tables, str(today), spoken().tag))
        kept = self._sketches.pop(key, None)
        if kept is None:
            kept = figure_making.sketched(figure, label, folder, catalogue, options)
        self._sketches[key] = kept
        if len(self._sketches) > self._most:
            self._forget(next(iter(self._sketches)))
        sketch = replace(kept, folder=folder, options=options)
        self._keys[sketch] = key
        return sketch

    def figure(self, sketch: Sketch, pictures: Pictures) -> DrawnFigure:
        """Return the figure of a ``sketch``, drawn as
        :func:`~broadsheet.figures.figure_making.drawn` does.
        """
        key = self._keys.get(sketch, "")
        if key in self._drawn:
            return figure_making.placed(self._drawn[key], sketch)
        drawn = figure_making.drawn(sketch, pictures)
        if key in self._sketches:
            size = sum(map(len, drawn.assets.values()))
            if self._largest is not None and size > self._largest:
                self._forget(key)
            elif drawn.is_drawn:
                self._drawn[key] = drawn
        return drawn

    def _forget(self, key: str) -> None:
        del self._sketches[key]
        self._drawn.pop(key, None)
