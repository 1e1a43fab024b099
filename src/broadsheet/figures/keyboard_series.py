"""A chart's values as series for the keyboard: each is read out as a reader steps through them with
the arrow keys.

There is a series for each name, and in it a point for each value, in order of place where places
have an order. A point has its place and its value, in the units and rounding of the chart's own
labels; and its trace and its number in that, so that the browser can show it. Lines, bars, dots,
slices and maps have series; a chart without plain values, such as a heat map or a distribution, has
only its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from broadsheet.figures.chart_data import ChartData, Trace
from broadsheet.figures.number_words import as_percent, in_unit, number_of
from broadsheet.language import t_

STEPS = 400
"""The most points of a series; of a longer one this many are taken, evenly, its ends among them."""


class KeyboardPoint(NamedTuple):
    """``value`` at ``place``, as text; the number of its trace in the figure, and its own in the
    trace.
    """

    place: str
    value: str
    trace: int
    point: int


class KeyboardSeries(NamedTuple):
    """The points of one name, which is empty for the only series of a chart."""

    name: str
    points: Sequence[KeyboardPoint]


def keyboard_series(chart: ChartData) -> list[KeyboardSeries]:
    """The series of ``chart`` that have values; none if it has no plain ones."""
    families = {trace.family for trace in chart.traces}
    if any("polar" in trace.kind for trace in chart.traces):
        return []
    if families == {"series"}:
        found = list(_courses(chart))
    elif families == {"slices"} and all(trace.kind != "funnelarea" for trace in chart.traces):
        found = [(trace.label, _slices(trace, chart)) for trace in chart.traces]
    elif families and families <= {"map", "marks"}:
        found = [(trace.label, _map(trace, chart)) for trace in chart.traces]
    else:
        return []
    series: dict[str, list[KeyboardPoint]] = {}
    for name, points in found:
        known = series.setdefault(name, [])
        places = {point.place for point in known}
        known += [point for point in points if point.place not in places]
    return [
        KeyboardSeries(name if len(series) > 1 else "", _some(points))
        for name, points in series.items()
        if points
    ]


def _some(points: Sequence[KeyboardPoint]) -> Sequence[KeyboardPoint]:
    last = len(points) - 1
    if last < STEPS:
        return points
    return [points[round(at * last / (STEPS - 1))] for at in range(STEPS)]


def _courses(chart: ChartData) -> Iterator[tuple[str, list[KeyboardPoint]]]:
    """Lines, areas, bars and dots. A dot over numbers that has a text is named by that."""
    places = chart.places
    texts = {trace.number: trace.column("text") for trace in chart.traces}
    for series in chart.series:
        points = []
        for place, value, trace, at in series.points:
            if value is not None:
                text = texts[trace][at] if places.kind == "number" else ""
                where = ", ".join(filter(None, (text, places.whole(place))))
                points.append(KeyboardPoint(where, series.measure.write(value), trace, at))
        yield series.name, points


def _slices(trace: Trace, chart: ChartData) -> list[KeyboardPoint]:
    measure = in_unit(chart.measured)
    sizes = [size or 0 for size in trace.numbers]
    whole = sum(sizes)
    points = []
    for at, (place, size) in enumerate(zip(trace.column("place"), sizes, strict=True)):
        if size and place is not None:
            share = f", {as_percent(size / whole * 100)}" if whole else ""
            text = f"{measure.write(size)}{share}"
            points.append(KeyboardPoint(str(place), text, trace.number, at))
    return points


def _map(trace: Trace, chart: ChartData) -> list[KeyboardPoint]:
    """The places from A to Z, each with the words or the number of its colour. If all have one
    value, the name of the series says what they are.
    """
    measure, words = trace.along.measure([trace.hover], chart.measured), trace.along.words
    is_plain = len(set(trace.numbers)) <= 1

    def written(value: Any) -> str:
        number = number_of(value)
        if is_plain:
            return ""
        return words.get(number) or (t_("no figure") if number is None else measure.write(number))

    columns = (trace.column("place"), trace.column("text"), trace.column("value"))
    points = [
        KeyboardPoint(str(text or place or ""), written(value), trace.number, at)
        for at, (place, text, value) in enumerate(zip(*columns, strict=True))
    ]
    return sorted(
        (point for point in points if point.place), key=lambda point: point.place.casefold()
    )
