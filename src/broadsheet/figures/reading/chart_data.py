"""The data of a chart, from which its alternative text, its table, its CSV and its series for the
keyboard are made. :mod:`broadsheet.figures.reading.chart_reading` reads it from a plotly figure, once.

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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from broadsheet.figures.reading.marked_events import Event
from broadsheet.figures.reading.number_words import (
    PLAIN,
    AxisNumbers,
    Places,
    hovered,
    in_unit,
    number_of,
    places_of,
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


@dataclass(frozen=True)
class Axis:
    """An axis, or the scale of colours (``z``), by its title and its ticks. ``key`` is plotly's
    name of it (``y2``), ``kind`` its type (`log`, `category`); ``words`` are the texts of its ticks
    by their values; ``head`` is what an author calls it in the table, if it has no title;
    ``is_hidden`` says that readers see no ticks of it.
    """

    letter: str
    key: str = ""
    title: str = ""
    ticks: AxisNumbers = PLAIN
    kind: str = ""
    is_turned: bool = False
    words: Mapping[float | None, str] = field(default_factory=dict)
    head: str = ""
    is_hidden: bool = False

    @property
    def name(self) -> str:
        """The title without the unit in brackets."""
        return without_unit(self.title)

    def measure(self, hovers: Iterable[str], subtitle: str = "") -> AxisNumbers:
        """How values along the axis are written: as its ticks, as the hover labels if all are alike
        (``US$ %{y:.1f} bn``), else in the unit of its title or of the subtitle.
        """
        if self.ticks.prefix or self.ticks.suffix:
            return self.ticks
        labels = set(hovers)
        if not self.ticks.format and len(labels) == 1:
            found = hovered(labels.pop(), self.letter)
            if found is not None:
                return found
        return in_unit(self.title, subtitle, number_format=self.ticks.format)

    def places(self, found: Iterable[Any], hovers: Iterable[str] = ()) -> Places:
        """How the places along the axis are written and ordered."""
        known = (place for place in found if place is not None)
        is_category = self.kind == "category"
        return places_of(known, is_category=is_category, measure=self.measure(hovers))


@dataclass(frozen=True)
class Trace:
    """A trace: its ``number`` in the figure, plotly's ``kind`` of it, its ``look`` (line, area,
    bar, dot; empty for other kinds), its axes. ``label`` is its name, or another that identifies
    it; ``down`` is the axis of a grid's rows, ``width`` the number of its columns; ``is_estimate``
    says that its `meta` has `estimate`; ``corners`` are the titles of the three axes of a triangle
    (`a`, `b`, `c`).
    """

    number: int
    kind: str
    look: str
    name: str
    label: str
    panel: str
    across: Axis
    along: Axis
    hover: str
    columns: Mapping[str, Sequence[Any]]
    down: Axis
    width: int = 0
    is_estimate: bool = False
    corners: Mapping[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """How it is read; empty for an unknown type."""
        return FAMILIES.get(self.kind, "")

    @property
    def is_empty(self) -> bool:
        """Whether it is known to have no value at all."""
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
        """A column; all values are missing if the trace does not have it."""
        return self.columns.get(name) or [None] * self.length

    @cached_property
    def numbers(self) -> list[float | None]:
        """The values, as numbers that plotly draws."""
        return [number_of(value) for value in self.column("value")]


class Point(NamedTuple):
    """A value at a place, None where there is none; the trace's number in the figure, and the
    point's own in the trace.
    """

    place: Any
    value: float | None
    trace: int
    at: int


@dataclass(frozen=True)
class Series:
    """The traces of one name. The points are in order of place where places have an order."""

    name: str
    is_named: bool
    points: Sequence[Point]
    measure: AxisNumbers

    @cached_property
    def known(self) -> list[tuple[Any, float]]:
        """The places that have a value, with the value."""
        return [(point.place, point.value) for point in self.points if point.value is not None]

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
class ChartData:
    """A chart. ``stack`` says how its series are stacked: ``total``, ``norm`` for shares of the
    whole, empty for not at all. ``views`` are all of its views by their names, if it has several
    (:mod:`broadsheet.figures.reading.views`): what ``view`` calls them, and whether they are the frames of
    an animation. ``unmeasured`` are the places that a map shows without data, by trace; ``group``
    says what its series are (`Continent`); ``events`` are marked on its time axis.
    """

    title: str
    subtitle: str
    traces: tuple[Trace, ...]
    stack: str = ""
    views: tuple[tuple[str, ChartData], ...] = ()
    view: str = ""
    is_animated: bool = False
    unmeasured: Mapping[int, Sequence[str]] = field(default_factory=dict)
    group: str = ""
    events: tuple[Event, ...] = ()

    @property
    def measured(self) -> str:
        """The text that says what is measured, perhaps with the unit at its end."""
        return self.subtitle or self.title

    @property
    def family(self) -> str:
        """How all traces are read; empty if they are of several families, or of an unknown one."""
        families = {trace.family for trace in self.traces}
        return families.pop() if len(families) == 1 else ""

    @property
    def looks(self) -> list[str]:
        """The looks of its traces, in their order, each once."""
        return list(dict.fromkeys(trace.look for trace in self.traces))

    @cached_property
    def places(self) -> Places:
        """How the places of its series are written and ordered."""
        found = (place for trace in self.traces for place in trace.column("place"))
        return self.traces[0].across.places(found, (trace.hover for trace in self.traces))

    @cached_property
    def is_plane(self) -> bool:
        """Whether the chart shows points in a plane: dots over numbers, or a line that goes back
        and forth.
        """
        if self.looks == ["dot"]:
            return self.places.kind == "number"
        if "bar" in self.looks or not self.places.ordered:
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
