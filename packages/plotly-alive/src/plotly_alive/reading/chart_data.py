"""The data of a chart, from which its alternative text, its table, its CSV and its series for the
keyboard are made. :mod:`plotly_alive.reading.chart_reading` reads it from a plotly figure, once.

Every trace is read into columns of equal length, whatever plotly calls its arrays:

- ``place`` and ``value`` of lines, areas, bars, dots, slices and maps, however they are turned;
- ``row``, ``column`` and ``value`` of heat maps and contours, row by row;
- ``place``, ``start`` and ``end`` of bars from one date or number to another;
- ``group`` and ``value`` of histograms, boxes and violins, which are drawn of samples;
- ``x`` and ``y``, ``lat`` and ``lon``, ``open``, ``high``, ``low`` and ``close`` and so on, under
  plotly's own names, where a point has more than a place and a value, and of each unknown type;
- ``text`` and ``size``, where a point has its own, and ``error``, where its value has one.

Traces of one name are one series: a line that goes on dashed is one line. Only what a reader sees
is read: no hidden traces, no lines between dots that have no hover label, no words on the chart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from plotly_alive.reading.marked_events import Event, said
from plotly_alive.reading.number_words import (
    PLAIN,
    AxisNumbers,
    Places,
    hover_format,
    hovered,
    in_unit,
    is_number,
    is_unit,
    number_of,
    places_of,
    without_final_unit,
    without_unit,
)

FAMILIES = {
    **dict.fromkeys(("scatter", "scattergl", "bar", "funnel", "waterfall"), "series"),
    **dict.fromkeys(("scatterpolar", "scatterpolargl", "barpolar"), "series"),
    **dict.fromkeys(("pie", "donut", "funnelarea"), "slices"),
    **dict.fromkeys(("heatmap", "heatmapgl", "contour", "surface"), "grid"),
    **dict.fromkeys(("choropleth", "choroplethmap", "choroplethmapbox"), "map"),
    **dict.fromkeys(("scattergeo", "scattermap", "scattermapbox"), "marks"),
    **dict.fromkeys(("densitymap", "densitymapbox"), "marks"),
    **dict.fromkeys(("histogram", "box", "violin"), "samples"),
    **dict.fromkeys(("candlestick", "ohlc"), "candles"),
    **dict.fromkeys(("timeline", "range"), "spans"),
    "sankey": "flows",
    "table": "table",
    "indicator": "indicator",
}
"""plotly's trace types by how they are read; the arrays of all others are kept unchanged. A pie
with a hole is a `donut`, bars from date to date are a `timeline`, and those from number to number
a `range`.
"""


IN_SPACE = frozenset(
    {"scatter3d", "surface", "mesh3d", "cone", "streamtube", "isosurface", "volume"}
)
"""The types of traces that are drawn along three axes."""
_TIME = re.compile(r"\b(?:years?|jahre?|dates?|datum|time|zeit)\b", re.IGNORECASE)
"""Words in the title of an axis of years."""
LONGEST = 60
"""The most letters of the subject of a subtitle."""


@dataclass(frozen=True)
class Axis:
    """An axis, or the scale of colours."""

    letter: str
    """plotly's letter of the axis; ``z`` is the scale of colours."""
    key: str = ""
    """plotly's name of the axis (``y2``), or of the axis that it matches."""
    title: str = ""
    """The title as plain text."""
    ticks: AxisNumbers = PLAIN
    """The prefix, suffix and number format of the ticks."""
    kind: str = ""
    """plotly's type of the axis (`linear`, `log`, `date`, `category`, `multicategory`)."""
    is_turned: bool = False
    """The axis goes from right to left or from top to bottom."""
    words: Mapping[float | None, str] = field(default_factory=dict)
    """The texts of ticks, by their values."""
    head: str = ""
    """The author's name for the axis in the table, if it has no title."""
    is_hidden: bool = False
    """Readers see no ticks of the axis."""

    @property
    def name(self) -> str:
        """The title without the unit in brackets."""
        return without_unit(self.title)

    def measure(self, hovers: Iterable[str], subtitle: str = "") -> AxisNumbers:
        """Return the style of values along the axis: the style of its ticks; the style of the hover
        labels if all are alike (``US$ %{y:.1f} bn``); else the unit of its title or of the
        subtitle.
        """
        if self.ticks.prefix or self.ticks.suffix:
            return self.ticks
        labels = set(hovers)
        if not self.ticks.format and len(labels) == 1:
            measure = hovered(labels.pop(), self.letter)
            if measure is not None:
                return measure
        return in_unit(self.title, subtitle, number_format=self.ticks.format)

    def places(self, column: Iterable[Any], hovers: Iterable[str] = ()) -> Places:
        """Return the style and order of a column of places along the axis."""
        places = (place for place in column if place is not None)
        is_category = self.kind in ("category", "multicategory")
        is_time = bool(_TIME.search(self.title))
        measure = self.measure(hovers)
        return places_of(places, is_category=is_category, measure=measure, is_time=is_time)


@dataclass(frozen=True)
class Trace:
    """A trace of a chart, read into columns."""

    number: int
    """Its number in the figure."""
    kind: str
    """plotly's type of it."""
    look: str
    """Its look: line, area, bar or dot; empty for other kinds."""
    name: str
    """The name that its author gave to it."""
    label: str
    """Its name, or another text that identifies it."""
    panel: str
    """The title of its panel."""
    across: Axis
    """The axis of its places."""
    along: Axis
    """The axis of its values."""
    hover: str
    """The template of its hover label."""
    columns: Mapping[str, Sequence[Any]]
    """Its columns, of equal length, by their names."""
    down: Axis
    """The axis of a grid's rows."""
    width: int = 0
    """The number of a grid's columns."""
    height: int = 0
    """The number of a picture's rows."""
    is_estimate: bool = False
    """Its `meta` has `estimate`."""
    corners: Mapping[str, str] = field(default_factory=dict)
    """The titles of a triangle's three axes, by `a`, `b` and `c`."""
    is_raised: bool = False
    """Its bars around a centre begin elsewhere than there."""
    aggregate: str = ""
    """The function by which the bars of a histogram come of a second column (`sum`, `avg`, `min`,
    `max`); empty for their number.
    """
    is_norm: bool = False
    """The bars of a histogram are drawn as shares or densities, or each with those before it."""
    is_piled: bool = False
    """Its values at one place, and those of other traces of its name, stand on each other."""

    @property
    def family(self) -> str:
        """The kind of reading in :data:`FAMILIES`; empty for an unknown type."""
        return FAMILIES.get(self.kind, "")

    @property
    def is_empty(self) -> bool:
        """True if it certainly has no value at all."""
        read = [self.columns["value"]] if "value" in self.columns else self.columns.values()
        return bool(self.family) and all(
            value is None or (isinstance(value, float) and math.isnan(value))
            for column in read
            for value in column
        )

    @property
    def length(self) -> int:
        """The number of its points."""
        return len(next(iter(self.columns.values()), ()))

    def column(self, name: str) -> Sequence[Any]:
        """Return a column; all values are missing if the trace does not have it."""
        return self.columns.get(name) or [None] * self.length

    def draws(self, place: Any, value: Any) -> bool:
        """True if plotly draws a point: it has a place and a value, on a logarithmic axis above zero."""
        return all(
            item is not None and not (axis.kind == "log" and is_number(item) and item <= 0)
            for item, axis in ((place, self.across), (value, self.along))
        )

    @cached_property
    def drawn_pairs(self) -> list[tuple[Any, Any]]:
        """The places and values of the points that plotly draws."""
        pairs = zip(self.column("place"), self.column("value"), strict=True)
        return [pair for pair in pairs if self.draws(*pair)]

    def as_labelled(self, axis: Axis, measure: AxisNumbers) -> AxisNumbers:
        """Return the ``measure`` of an axis with the number format of the hover label, if it has one."""
        return replace(measure, format=hover_format(self.hover, axis.letter) or measure.format)

    @cached_property
    def numbers(self) -> list[float | None]:
        """The values, as numbers that plotly draws; none along an axis of dates or names."""
        if self.along.kind in ("date", "category", "multicategory"):
            return [None] * self.length
        return [number_of(value) for value in self.column("value")]


class Point(NamedTuple):
    """A value at a place."""

    place: Any
    """The place."""
    value: float | None
    """The value, None if there is none."""
    trace: int
    """The number of the trace in the figure."""
    at: int
    """The number of the point in the trace."""


@dataclass(frozen=True)
class Series:
    """The traces of one name."""

    name: str
    """The name that its traces share."""
    is_named: bool
    """Its traces have a name of their own."""
    points: Sequence[Point]
    """Its points, in order of place if places have an order."""
    measure: AxisNumbers
    """The style in which its values are written."""

    @cached_property
    def known(self) -> list[tuple[Any, float]]:
        """The places that have a value, with the value."""
        return [(point.place, point.value) for point in self.points if point.value is not None]

    @property
    def is_single(self) -> bool:
        """True if it has no more than one value at each place."""
        return len({place for place, _ in self.known}) == len({*self.known})

    @property
    def piled(self) -> Series:
        """The series with the sum of its values at each place; unchanged if a place has values above
        zero and below.
        """
        first: dict[Any, Point] = {}
        for point in self.points:
            before = first.get(point.place, point)
            if before is point or before.value is None or point.value is None:
                first[point.place] = point if before.value is None else before
            elif before.value * point.value < 0:
                return self
            else:
                first[point.place] = before._replace(value=before.value + point.value)
        return replace(self, points=list(first.values()))

    @property
    def last(self) -> float:
        """The value at the end."""
        return self.known[-1][1]

    @property
    def gaps(self) -> list[Any]:
        """The places that have no value."""
        filled = {place for place, _ in self.known}
        places = dict.fromkeys(point.place for point in self.points)
        return [place for place in places if place not in filled]


@dataclass(frozen=True)
class Chart:
    """A chart as a reader sees it."""

    title: str
    """The title."""
    subtitle: str
    """The subtitle."""
    traces: tuple[Trace, ...]
    """The traces that readers see."""
    stack: str = ""
    """The stack of the series: ``total``, ``norm`` for shares of the whole, empty for none."""
    is_norm: bool = False
    """Its values are drawn as shares of all values at their place."""
    is_stack_of_bars: bool = False
    """Bars of several traces at one place stand on each other."""
    views: tuple[tuple[str, Chart], ...] = ()
    """All views by their names, if there are several (:mod:`plotly_alive.reading.views`)."""
    view: str = ""
    """The word for the views (`year`)."""
    line: str = ""
    """The line below a picture of the first view: `year: 1952, one of 12 frames`."""
    is_animated: bool = False
    """The views are the frames of an animation."""
    choices: Sequence[str] = ()
    """The names of other data that a menu or a slider shows, where these are no views."""
    unmeasured: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """The places that a map shows without data, by trace."""
    group: str = ""
    """The kind of thing that its series are (`Continent`)."""
    events: tuple[Event, ...] = ()
    """The events marked on its time axis."""

    @property
    def measured(self) -> str:
        """The text that says what is measured, perhaps with the unit at its end."""
        return self.subtitle or self.title

    @property
    def marked(self) -> str:
        """Its events in a sentence; empty if there are none."""
        return said(self.events)

    @cached_property
    def measure(self) -> AxisNumbers:
        """The writer of numbers in the unit of that text."""
        return in_unit(self.measured)

    @property
    def subject(self) -> str:
        """The subject of the subtitle, without its unit: `Trade by year`; empty if it says no more
        than a unit, or is long.
        """
        subject = "" if is_unit(self.subtitle) else without_final_unit(self.subtitle)
        return subject if len(subject) <= LONGEST else ""

    @cached_property
    def family(self) -> str:
        """The family of all traces; empty if they are of several families, or of an unknown one."""
        families = {trace.family for trace in self.traces}
        return families.pop() if len(families) == 1 else ""

    @property
    def looks(self) -> list[str]:
        """The looks of its traces, in their order, each once."""
        return list(dict.fromkeys(trace.look for trace in self.traces))

    @cached_property
    def places(self) -> Places:
        """The style and order of the places of its series."""
        column = (place for trace in self.traces for place in trace.column("place"))
        return self.traces[0].across.places(column, (trace.hover for trace in self.traces))

    @cached_property
    def is_plane(self) -> bool:
        """True if the chart shows points in a plane: dots over numbers, or a line that goes back
        and forth.
        """
        if self.looks == ["dot"]:
            return self.places.kind == "number"
        is_stack = any(trace.is_piled for trace in self.traces)
        if "bar" in self.looks or is_stack or not self.places.ordered:
            return False
        return not all(map(self._goes_one_way, self.traces))

    def _goes_one_way(self, trace: Trace) -> bool:
        orders = [self.places.order(place) for place in trace.column("place") if place is not None]
        steps = list(pairwise(orders))
        return all(a <= b for a, b in steps) or all(a >= b for a, b in steps)

    @cached_property
    def series(self) -> list[Series]:
        """Its traces by name. A point that two parts of a line share counts once."""
        of: dict[str, list[Trace]] = {}
        for trace in self.traces:
            of.setdefault(trace.label, []).append(trace)
        return [self._series(name, traces) for name, traces in of.items()]

    @cached_property
    def drawn(self) -> list[Series]:
        """Its series as they are drawn: what stands on each other at one place is one value, and what
        an axis cannot show is none.
        """
        piled = {trace.label for trace in self.traces if trace.is_piled}
        return [
            series.piled if series.name in piled else series
            for series in map(self._within_axes, self.series)
        ]

    def _within_axes(self, series: Series) -> Series:
        traces = {trace.number: trace for trace in self.traces}
        points = [
            point if traces[point.trace].draws(*point[:2]) else point._replace(value=None)
            for point in series.points
        ]
        return series if points == series.points else replace(series, points=points)

    def _series(self, name: str, traces: Sequence[Trace]) -> Series:
        points: list[Point] = []
        for trace in traces:
            joins = trace.look in ("line", "dot")
            earlier = {point[:2] for point in points} if joins else set()
            pairs = zip(trace.column("place"), trace.numbers, strict=True)
            points += [
                Point(*pair, trace.number, at)
                for at, pair in enumerate(pairs)
                if pair[0] is not None and pair not in earlier
            ]
        if self.places.ordered:
            points.sort(key=lambda point: self.places.order(point.place))
        hovers = [trace.hover for trace in traces]
        measure = traces[0].along.measure(hovers, self.measured)
        return Series(name, bool(traces[0].name or traces[0].panel), points, measure)
