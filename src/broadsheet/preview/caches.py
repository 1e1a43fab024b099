"""What the preview remembers from one page to the next: tables that were read, figures that were made.

A build makes each of them once. Here the same page is made again and again, and most of it is as it
was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.checking import TableState
from broadsheet.data.descriptor import Resource
from broadsheet.data.descriptor_reading import read_descriptor
from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import ChartRenderer, Pictures
from broadsheet.figures.figure_making import PLAIN, FigureOptions, Made
from broadsheet.figures.reading.plotly_json import PlotlyFigure
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import spoken

MOST = 200
"""How many figures are remembered."""


class TableCache:
    """Opens catalogues that read a table again only if its file or its entry has changed."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[Resource, tuple[int, int], TableState]] = {}

    def open(self, root: Path) -> Catalogue:
        """The catalogue as it is now. Raises :class:`ConfigError`."""
        return _HeldCatalogue(root, read_descriptor(root), self._states)


@dataclass(frozen=True)
class _HeldCatalogue(Catalogue):
    held: dict[str, tuple[Resource, tuple[int, int], TableState]] = field(compare=False, repr=False)

    def state(self, resource: Resource) -> TableState:
        """The state of a table, read if that has not been done."""
        try:
            status = (self.root / resource.file).stat()
        except (OSError, ValueError):  # what reads it says what is wrong
            return super().state(resource)
        version = status.st_mtime_ns, status.st_size
        known = self.held.get(resource.name)
        if known is None or known[1] != version or known[0] != resource:
            known = resource, version, super().state(resource)
            self.held[resource.name] = known
        return known[2]


class ScreenRenderer(ChartRenderer):
    """Draws what a page shows. Pictures in PNG are for other sites and to take along: nobody looks at
    them here, and they are empty.
    """

    def draw(
        self, figure: PlotlyFigure, size: tuple[int, int], form: str = "svg", scale: float = 1
    ) -> bytes | None:
        """``figure`` as cleaned SVG, ``size`` in CSS pixels."""
        return b"" if form == "png" else super().draw(figure, size, form, scale)

    def rasterize(self, picture: bytes, size: tuple[int, int], scale: float) -> bytes | None:
        """Nothing."""
        return b""


class FigureCache:
    """Makes figures, and remembers those that were made last. Has state."""

    def __init__(self) -> None:
        self._made: dict[str, Made] = {}

    def make(
        self,
        figure: PlotlyFigure,
        identifier: str,
        folder: PurePosixPath,
        pictures: Pictures,
        *,
        catalogue: Catalogue | None = None,
        options: FigureOptions = PLAIN,
    ) -> Made:
        """A figure, as :func:`~broadsheet.figures.figure_making.make` makes it."""
        names = {*options.drawn_from, *(options.given.tables or ())}
        tables = []
        if catalogue is not None:
            tables = [
                (resource, catalogue.state(resource).sha256)
                for resource in catalogue.package.resources
                if resource.name in names
            ]
        key = digest_of((figure, identifier, folder, options, tables, spoken().tag))
        made = self._made.pop(key, None)
        if made is None:
            made = figure_making.make(
                figure, identifier, folder, pictures, catalogue=catalogue, options=options
            )
        if made.is_drawn:
            self._made[key] = made
            if len(self._made) > MOST:
                del self._made[next(iter(self._made))]
        return made
