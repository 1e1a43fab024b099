"""The memory of a press from one page to the next: tables that were read, figures that were drawn.

A build makes each figure once. The preview makes the same page again and again, and most of it is
as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from weakref import WeakKeyDictionary

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.checking import TableState
from broadsheet.data.descriptor import Resource
from broadsheet.data.descriptor_reading import read_descriptor
from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.sketch import FigureOptions, Sketch
from broadsheet.figures.figure_making import DrawnFigure
from broadsheet.figures.reading.plotly_json import PlotlyFigure
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import spoken

MOST = 200
"""The number of figures that the preview remembers."""


class TableMemory:
    """Opens catalogues that read a table again only if its file or its entry has changed."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[Resource, tuple[int, int], TableState]] = {}

    def open(self, root: Path) -> Catalogue:
        """Return the catalogue as it is now. Raises :class:`ConfigError`."""
        return _HeldCatalogue(root, read_descriptor(root), self._states)


@dataclass(frozen=True)
class _HeldCatalogue(Catalogue):
    held: dict[str, tuple[Resource, tuple[int, int], TableState]] = field(compare=False, repr=False)
    """The state of each table that was read, with its entry, and its file's time and size then."""

    def state(self, resource: Resource) -> TableState:
        """Return the state of a table, read if that has not been done."""
        try:
            status = (self.root / resource.file).stat()
        except (OSError, ValueError):  # what reads it says what is wrong
            return super().state(resource)
        version = status.st_mtime_ns, status.st_size
        entry = self.held.get(resource.name)
        if entry is None or entry[1] != version or entry[0] != resource:
            entry = resource, version, super().state(resource)
            self.held[resource.name] = entry
        return entry[2]


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
        names = {*options.drawn_from, *(options.credit.tables or ())}
        tables = []
        if catalogue is not None:
            tables = [
                (resource, catalogue.state(resource).sha256)
                for resource in catalogue.package.resources
                if resource.name in names
            ]
        key = digest_of((figure, label, folder, options, tables, spoken().tag))
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
