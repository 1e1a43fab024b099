"""Classes of values for maps: their breaks, names and colours."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from broadsheet.notebook.charts.chart_parts import written
from broadsheet.text.language import t_
from plotly_alive import chart_theme

_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Round numbers, times a power of ten."""
_STRENGTH = {
    1: (0.7,),
    2: (0.4, 1),
    3: (0.28, 0.6, 1),
    4: (0.22, 0.42, 0.7, 1),
    5: (0.18, 0.33, 0.5, 0.7, 1),
    6: (0.16, 0.28, 0.4, 0.54, 0.7, 1),
    7: (0.14, 0.24, 0.35, 0.46, 0.58, 0.7, 1),
}
"""The opacities of the colours, by the number of classes, from the lowest on. Between 0.7 and 1,
letters would be hard to read.
"""
MOST_CLASSES = 7


@dataclass(frozen=True)
class Classes:
    """Classes of values. A value that is a break is in the class above it."""

    breaks: Sequence[float]
    """The values between the classes, upwards."""
    names: Sequence[str]
    """The name of each class."""
    colours: Sequence[str]
    """The colour of each class."""

    def of(self, value: float) -> int:
        """Return the number of a value's class."""
        return bisect_right(self.breaks, value)


def classes_of(values: Sequence[float], classes: int | Sequence[float], number: str) -> Classes:
    """Return the classes of ``values``: between the breaks in ``classes``, or that many, with
    about as many values in each, between round numbers. Where values lie on both sides of zero,
    zero is a break, and the classes below it have another colour. Raises ValueError.
    """
    breaks = (
        _rounded(values, classes) if isinstance(classes, int) else [float(end) for end in classes]
    )
    if breaks != sorted(set(breaks)):
        raise ValueError(f"classes are {list(breaks)}: write breaks that go up")
    if len(breaks) >= MOST_CLASSES:
        raise ValueError(f"there are {len(breaks) + 1} classes; a map has {MOST_CLASSES} at most")
    return Classes(breaks, _names(breaks, number), _colours(values, breaks))


def _rounded(values: Sequence[float], count: int) -> list[float]:
    if not 2 <= count <= MOST_CLASSES:
        raise ValueError(f"there are {count} classes; a map has 2 to {MOST_CLASSES}")
    if len(set(values)) < 2:
        return []
    quantiles = [float(end) for end in np.quantile(values, np.arange(1, count) / count)]
    if min(values) < 0 < max(values):
        quantiles[min(range(len(quantiles)), key=lambda at: abs(quantiles[at]))] = 0.0
    breaks = sorted({_round(end) for end in quantiles})
    inside = [end for end in breaks if min(values) < end <= max(values)]
    return inside or [float(np.median(values))]


def _round(value: float) -> float:
    """Return the round number that is nearest to ``value``."""
    if value == 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(abs(value)))
    nearest = min(_ROUND, key=lambda step: abs(step - abs(value) / power))
    return math.copysign(float(f"{nearest * power:.6g}"), value)


def _names(breaks: Sequence[float], number: str) -> list[str]:
    exact = number if number.endswith("%") else ",.10g"
    ends = [written(end, exact) for end in breaks]
    if not ends:
        return [t_("all")]
    between = [f"{low}–{high}" for low, high in pairwise(ends)]
    return [
        t_("under %(number)s", number=ends[0]),
        *between,
        t_("%(number)s and more", number=ends[-1]),
    ]


def _colours(values: Sequence[float], breaks: Sequence[float]) -> list[str]:
    """Return tints of one colour, or of two where a break is zero."""
    high, low = chart_theme.PALETTE["chart-2"][0], chart_theme.PALETTE["chart-1"][0]
    if 0 in breaks and min(values, default=0) < 0:
        below = breaks.index(0) + 1
        above = len(breaks) + 1 - below
        return [
            *(chart_theme.tint(low, part) for part in reversed(_STRENGTH[below])),
            *(chart_theme.tint(high, part) for part in _STRENGTH[above]),
        ]
    return [chart_theme.tint(high, part) for part in _STRENGTH[len(breaks) + 1]]
