"""The bars in the cells of a column: all on one scale, from a common zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CellBar:
    """A bar in a cell; its measures are in hundredths of the cell's room."""

    start: float
    """The place where it begins."""
    length: float
    """Its length."""
    zero: float
    """The place of zero."""


def cell_bars(values: Sequence[Any]) -> list[CellBar]:
    """Return a bar for each value; it has no length if the value is no finite number. The longest
    bar ends at the edge of its room. Zero is at the other edge, or between them if values lie on
    both sides of it.
    """
    numbers = [
        value if type(value) in (int, float) and math.isfinite(value) else 0 for value in values
    ]
    greatest = max(map(abs, numbers), default=0) or 1
    parts = [number / greatest for number in numbers]
    low, high = min([0, *parts]), max([0, *parts])
    span = high - low or 1
    return [
        CellBar(*(round(100 * share / span, 1) for share in (min(part, 0) - low, abs(part), -low)))
        for part in parts
    ]
