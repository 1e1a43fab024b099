"""Where a drawing has its marks, and what plotly.js has computed for them, as `marks.js` wrote it
into the drawing.

Everything is in CSS pixels of the drawing. A mark is a point, or the box of what has an extent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from broadsheet.storage.json_text import decoder

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""
Mark = tuple[int, ...]
"""A point (x, y) or a :data:`Box`."""


class BoxPlot(msgspec.Struct, array_like=True, frozen=True):
    """A box of a box plot, at its place: lowest value, quartiles, highest value."""

    place: Any
    parts: tuple[float, float, float, float, float]


class TraceMarks(msgspec.Struct, frozen=True):
    """The marks of a trace by the numbers of their points, its panel, and its colour if it has one.
    ``bins`` are those of a histogram: from, to, value; ``cells`` those of one of two dimensions:
    from, to, from, to, value. Each of its ``boxes`` has five marks. ``parts`` of flows are names
    and values.
    """

    panel: int
    colour: str = ""
    marks: Sequence[Mark] = ()
    bins: Sequence[tuple[Any, Any, float]] = ()
    boxes: Sequence[BoxPlot] = ()
    cells: Sequence[tuple[Any, Any, Any, Any, float]] = ()
    parts: Sequence[tuple[str, float]] = ()

    @property
    def by_point(self) -> dict[int, Mark]:
        """The mark of each point."""
        return {mark[0]: mark[1:] for mark in self.marks}


class Marks(msgspec.Struct, frozen=True):
    """The marks of a drawing by the numbers of their traces; the boxes of its panels."""

    panels: Sequence[Box] = ()
    traces: Mapping[int, TraceMarks] = {}


def read(told: str) -> Marks:
    """The marks that a drawing told of; none if it told of none, or of what cannot be read."""
    try:
        return decoder(Marks).decode(told)
    except msgspec.DecodeError:
        return Marks()
