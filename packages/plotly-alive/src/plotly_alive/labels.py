"""The labels of charts, before anything is drawn: their size, and their positions without overlaps.
The size is that in a reader's own font, which may be wider than ours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plotly_alive.text import text_width

SIZE, LINE = 12.0, 16.0
"""Pixels of a label's letters, and of its lines."""

_TAG = re.compile(r"<[^<>]+>")


class Box(NamedTuple):
    """A rectangle in pixels, from the left and from the top."""

    left: float
    """The left edge."""
    top: float
    """The upper edge."""
    right: float
    """The right edge."""
    bottom: float
    """The lower edge."""

    def common(self, other: Box) -> float:
        """Return the area that both have in common, in square pixels."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(across, 0) * max(down, 0)

    @classmethod
    def about(cls, x: float, y: float, wide: float, high: float) -> Box:
        """Return a box about its middle."""
        return cls(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def width(texts: Iterable[str]) -> float:
    """Return the width in pixels of the longest line of ``texts`` in plotly's form, with ``<br>``
    between lines and ``<b>`` for bold ones.
    """
    return max(
        (
            text_width.text_width(_TAG.sub("", line), _face(text)) * _em(_face(text))
            for text in texts
            for line in text.split("<br>")
        ),
        default=0,
    )


def height(text: str) -> float:
    """Return the height in pixels of all lines."""
    return (text.count("<br>") + 1) * LINE


def folded(text: str, pixels: float, *, bold: bool = False) -> str:
    """Return ``text`` on as many lines as are needed to stay within ``pixels``; a word is not
    broken.
    """
    face = "sans bold" if bold else "sans"
    return "<br>".join(text_width.lines(text, pixels / _em(face), face))


def _face(text: str) -> str:
    return "sans bold" if "<b>" in text else "sans"


def _em(face: str) -> float:
    return SIZE * text_width.READERS_OWN[face]


def apart(
    middles: Sequence[float], heights: Sequence[float], floor: float = math.inf
) -> list[float]:
    """Return the pixels by which each label must move down, so that none overlaps another; their
    sum is as small as possible. ``middles`` are their positions before, from the top; none may
    reach below ``floor``.
    """
    groups: list[tuple[list[int], float]] = []  # labels that touch, and the top of the first
    for label in sorted(range(len(middles)), key=lambda label: middles[label]):
        members = [label]
        while True:
            top = _top(members, middles, heights)
            if (
                not groups
                or groups[-1][1] + sum(heights[member] for member in groups[-1][0]) <= top
            ):
                break
            members = [*groups.pop()[0], *members]
        groups.append((members, top))
    shifts = [0.0] * len(middles)
    for members, start in groups:
        top = start
        for label in members:
            shifts[label] = round(top + heights[label] / 2 - middles[label], 1)
            top += heights[label]
    for label in sorted(range(len(middles)), key=lambda label: -(middles[label] + shifts[label])):
        top = min(middles[label] + shifts[label], floor - heights[label] / 2)
        shifts[label] = round(top - middles[label], 1)
        floor = top - heights[label] / 2
    return shifts


def _top(members: Sequence[int], middles: Sequence[float], heights: Sequence[float]) -> float:
    """Return the top of a stack of labels whose average distance from their own positions is
    zero.
    """
    stacked, distance = 0.0, 0.0
    for label in members:
        distance += middles[label] - heights[label] / 2 - stacked
        stacked += heights[label]
    return distance / len(members)
