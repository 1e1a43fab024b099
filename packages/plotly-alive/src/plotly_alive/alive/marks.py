"""Reads the marks of a drawing, and the numbers that plotly.js has computed for them, as `marks.js`
wrote them into the drawing.

Everything is in CSS pixels of the drawing. A mark is a point, or the box of what has an extent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from plotly_alive.text.json_decoding import decoder

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""
Mark = tuple[int, ...]
"""A point (x, y) or a :data:`Box`."""


class BoxPlot(msgspec.Struct, array_like=True, frozen=True):
    """A box of a box plot."""

    place: Any
    """Its place."""
    parts: tuple[float, float, float, float, float]
    """The lowest value, the three quartiles, the highest value."""


class TraceMarks(msgspec.Struct, frozen=True):
    """The marks of a trace."""

    panel: int
    """The number of its panel."""
    colour: str = ""
    """Its colour; empty for none."""
    marks: Sequence[Mark] = ()
    """The marks by the numbers of their points."""
    bins: Sequence[tuple[Any, Any, float]] = ()
    """The bins of a histogram: from, to, value."""
    boxes: Sequence[BoxPlot] = ()
    """The boxes of a box plot; each has five marks."""
    cells: Sequence[tuple[Any, Any, Any, Any, float]] = ()
    """The cells of a histogram of two dimensions: from, to, from, to, value."""
    parts: Sequence[tuple[str, float]] = ()
    """The names and values of flows."""

    @property
    def by_point(self) -> dict[int, Mark]:
        """Return the mark of each point."""
        return {mark[0]: mark[1:] for mark in self.marks}


class Marks(msgspec.Struct, frozen=True):
    """The marks of a drawing."""

    panels: Sequence[Box] = ()
    """The boxes of its panels."""
    traces: Mapping[int, TraceMarks] = {}
    """The marks, by the numbers of their traces."""


def read(told: str) -> Marks:
    """Read the marks that a drawing wrote; there are none if it wrote none, or if they cannot be
    read.
    """
    try:
        return decoder(Marks).decode(told)
    except msgspec.DecodeError:
        return Marks()
