"""What the preview remembers from one page to the next: tables that were read, figures that were made.

A build makes each of them once. Here the same page is made again and again, and most of it is as it
was.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.checking import TableState
from broadsheet.data.descriptor import Resource
from broadsheet.figures import figure_making
from broadsheet.figures.chart_renderer import ChartRenderer
from broadsheet.figures.drawing import PlotlyFigure
from broadsheet.language import spoken

MOST = 200
"""How many figures are remembered."""


@dataclass(frozen=True)
class HeldCatalogue(Catalogue):
    """A catalogue that reads each table once. It is opened anew when a file of a table changes."""

    _states: dict[str, TableState] = field(default_factory=dict, compare=False, repr=False)

    def state(self, resource: Resource) -> TableState:
        """The state of a table, as it was when the catalogue was opened."""
        if resource.name not in self._states:
            self._states[resource.name] = super().state(resource)
        return self._states[resource.name]


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


class Figures:
    """Makes figures, and remembers those that were made last. Has state."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], figure_making.Made] = {}

    def make(
        self, figure: dict[str, Any], identifier: str, *others: Any, **named: Any
    ) -> figure_making.Made:
        """A figure, as :func:`~broadsheet.figures.figure_making.make` makes it."""
        folder, pictures = others
        catalogue = named.pop("catalogue")
        content = hashlib.sha256(json.dumps(figure, sort_keys=True).encode()).digest()
        # The catalogue by its identity: one with other tables is another one.
        key = (content, identifier, folder, id(catalogue), repr(named), spoken().tag)
        made = self._made.pop(key, None)
        if made is None:
            made = figure_making.make(
                figure, identifier, folder, pictures, catalogue=catalogue, **named
            )
        if made.is_drawn:
            self._made[key] = made
            if len(self._made) > MOST:
                del self._made[next(iter(self._made))]
        return made

    def forget(self) -> None:
        """Forget all: the tables are others."""
        self._made.clear()
