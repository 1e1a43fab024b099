"""A chart's values as series for keyboard and pointer: the words for a reader who steps through
them with the arrow keys, or points at their marks.

There is a series for each name, and in it a point for each value, in order of place where places
have an order. A point has its place and its value, in the units and rounding of the chart's own
labels; its trace and its number in that, so that the browser finds its mark; over time, the
difference to the point before; and what the table says of it, such as that it is an estimate.

Lines, bars, dots, slices, maps, heat maps, spans and candles are read from the figure. plotly.js
computes the bins of histograms, the quartiles of boxes and the sums of flows; these come from the
drawing. Other kinds, such as charts in space, have only their table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from plotly_alive.alive.marks import Marks, TraceMarks
from plotly_alive.reading.chart_data import Chart, Series, Trace
from plotly_alive.reading.number_words import (
    AxisNumbers,
    Places,
    as_percent,
    number_of,
    percent,
    place_of,
)
from plotly_alive.text.language import t_
from plotly_alive.text.numbers import decimal_of

STEPS = 1000
"""The most points of a series; of a longer one this many are taken, evenly, its ends among them."""

Remarks = Mapping[tuple[Any, str], str]
"""The remarks of a table on its values, by the place and the name of the series, as the chart's
table has them.
"""


class KeyboardPoint(NamedTuple):
    """A point of a series, in words."""

    place: str
    """The place."""
    value: str
    """The value at the place."""
    trace: int
    """The number of its trace in the figure."""
    point: int
    """Its number in the trace."""
    change: str = ""
    """The change since the point before; empty for none."""
    note: str = ""
    """A note; empty for none."""


class KeyboardSeries(NamedTuple):
    """The points of one name."""

    name: str
    """The name; empty for the only series of a chart."""
    points: Sequence[KeyboardPoint]
    """The points."""


_Found = Iterator[tuple[str, list[KeyboardPoint]]]


class _Reading(NamedTuple):
    """The material of a reader: traces of one family, with their marks and remarks."""

    chart: Chart
    """The chart, with traces of one family alone."""
    marks: Marks
    """The marks of its drawing."""
    remarks: Remarks
    """The remarks on values."""
    by_place: Mapping[Any, str]
    """The first remark on each place."""
    is_only: bool
    """The chart has a single trace."""

    def label(self, trace: Trace) -> str:
        """Return the label of a trace; empty if there is only one."""
        return "" if self.is_only else trace.label


def keyboard_series(
    chart: Chart, marks: Marks | None = None, remarks: Remarks | None = None
) -> list[KeyboardSeries]:
    """Return the series of ``chart`` that have values; none if it has no plain ones. ``marks`` are
    the marks of its drawing.
    """
    series: dict[str, list[KeyboardPoint]] = {}
    said = remarks or {}
    by_place = {place: text for (place, _), text in reversed([*said.items()])}
    is_only = len(chart.traces) == 1
    for family, traces in groupby(chart.traces, key=lambda trace: trace.family or trace.kind):
        part = replace(chart, traces=tuple(traces))
        read = _READERS.get(family, _nothing)
        for name, points in read(_Reading(part, marks or Marks(), said, by_place, is_only)):
            so_far = series.setdefault(name, [])
            places = {point.place for point in so_far}
            so_far += [point for point in points if point.place not in places]
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


def _nothing(reading: _Reading) -> _Found:
    yield from ()


def _joined(*parts: str) -> str:
    return ", ".join(dict.fromkeys(filter(None, parts)))


# ---- Lines, areas, bars and dots


def _courses(reading: _Reading) -> _Found:
    """Read lines, bars and dots. A text names a dot over numbers; a dot between two names has no
    value.
    """
    chart, places = reading.chart, reading.chart.places
    traces = {trace.number: trace for trace in chart.traces}
    for series in chart.series:
        changes = _changes(series, places)
        points = []
        for place, value, number, at in series.points:
            trace = traces[number]
            text = str(trace.column("text")[at] or "") if places.kind == "number" else ""
            where = _joined(text, places.whole(place))
            named = trace.across.name and trace.along.name if chart.is_plane else ""
            raw = trace.column("value")[at]
            note = _remark(reading, place, trace)
            if value is not None:
                written = series.measure.write(value)
                if named:  # either number says what it is
                    across = f"{trace.across.name} {places.whole(place)}"
                    written = f"{trace.along.name} {written}"
                    where, written = (text, f"{across}; {written}") if text else (across, written)
                points.append(
                    KeyboardPoint(where, written, number, at, changes.get(place, ""), note)
                )
            elif isinstance(raw, str):
                other = trace.along.places(trace.column("value")).whole(raw)
                points.append(KeyboardPoint(_joined(where, other), "", number, at))
        yield series.name, points


def _changes(series: Series, places: Places) -> dict[Any, str]:
    """Return the difference of each value to the value before, over time: ``+57.0``. If values
    share their places, or only some are taken, there are no differences.
    """
    is_thinned = len(series.known) > STEPS
    is_shared = len({place for place, _ in series.known}) < len(series.known)
    if places.kind not in ("year", "date") or is_thinned or is_shared:
        return {}
    plain = AxisNumbers(
        "", percent() if series.measure.format.endswith("%") else "", series.measure.format
    )
    changes = {}
    for (_, before), (place, value) in pairwise(series.known):
        changes[place] = plain.write(decimal_of(value) - decimal_of(before), is_signed=True)
    return changes


def _remark(reading: _Reading, place: Any, trace: Trace) -> str:
    """Return the remark on a value: the table's, or the trace's if all of it is an estimate."""
    if len(reading.chart.series) == 1:
        remark = reading.by_place.get(place, "")
    else:
        remark = reading.remarks.get((place, trace.name), "")
    return remark or (t_("estimate") if trace.is_estimate else "")


# ---- Slices and maps


def _slices(reading: _Reading) -> _Found:
    measure = reading.chart.measure
    for trace in reading.chart.traces:
        sizes = [size or 0 for size in trace.numbers]
        whole = sum(sizes)
        points = []
        for at, (place, size) in enumerate(zip(trace.column("place"), sizes, strict=True)):
            if size and place is not None:
                share = f", {as_percent(size / whole * 100)}" if whole else ""
                text = f"{measure.write(size)}{share}"
                points.append(KeyboardPoint(str(place), text, trace.number, at))
        yield trace.label, points


def _parts(reading: _Reading) -> _Found:
    """Read the parts of a sunburst, a treemap or the like; each says which part it is of."""
    measure = reading.chart.measure
    for trace in reading.chart.traces:
        names = dict(zip(trace.column("ids"), trace.column("labels"), strict=True))
        points = []
        columns = (trace.column("labels"), trace.column("parents"), trace.column("values"))
        for at, (label, parent, size) in enumerate(zip(*columns, strict=True)):
            number = number_of(size)
            where = _joined(str(label or ""), str(names.get(parent, parent) or ""))
            if where:
                written = "" if number is None else measure.write(number)
                points.append(KeyboardPoint(where, written, trace.number, at))
        yield reading.label(trace), points


def _map(reading: _Reading) -> _Found:
    """Read the places from A to Z, each with the words or the number of its colour. If all have one
    value, the name of the series says what they are.
    """
    for trace in reading.chart.traces:
        measure = trace.along.measure([trace.hover], reading.chart.measured)
        is_shown = f"%{{{trace.along.letter}" in trace.hover
        is_plain = len(set(trace.numbers)) <= 1 and not is_shown
        columns = (trace.column("place"), trace.column("text"), trace.column("value"))
        points = [
            KeyboardPoint(
                str(text or place or ""),
                "" if is_plain else _coloured(trace, measure, value),
                trace.number,
                at,
            )
            for at, (place, text, value) in enumerate(zip(*columns, strict=True))
        ]
        named = (point for point in points if point.place)
        label = trace.label.removesuffix(f" {trace.length}")  # counted for the legend
        yield label, sorted(named, key=lambda point: point.place.casefold())


def _coloured(trace: Trace, measure: AxisNumbers, value: Any) -> str:
    """Write a value that a colour stands for: in words, if its scale has words."""
    number = number_of(value)
    return trace.along.words.get(number) or (
        t_("no figure") if number is None else measure.write(number)
    )


# ---- Heat maps, spans, candles


def _cells(reading: _Reading) -> _Found:
    """Read a series for each row of a heat map, from the top."""
    for trace in reading.chart.traces:
        if not trace.width:
            continue
        measure = trace.along.measure([trace.hover], reading.chart.measured)
        down, across = trace.column("row")[:: trace.width], trace.column("column")[: trace.width]
        rows, columns = trace.down.places(down), trace.across.places(across)
        numbers = trace.numbers
        series = []
        for row, name in enumerate(down):
            first = row * trace.width
            points = [
                KeyboardPoint(
                    columns.whole(place), _coloured(trace, measure, value), trace.number, at
                )
                for at, place in enumerate(across, start=first)
                if (value := numbers[at]) is not None and place is not None
            ]
            series.append((_joined(reading.label(trace), rows.whole(name)), points))
        yield from series if trace.down.is_turned else reversed(series)


def _spans(reading: _Reading) -> _Found:
    """Read bars from one date or number to another."""
    places = reading.chart.places
    for trace in reading.chart.traces:
        columns = [trace.column(name) for name in ("place", "start", "end")]
        ends = trace.along.places([*columns[1], *columns[2]])
        if columns[1] != columns[2] and ends.precision in (
            "year",
            "month",
        ):  # the other end may be any day
            ends = replace(ends, precision="day")
        yield (
            trace.label,
            [
                KeyboardPoint(
                    places.whole(place),
                    " – ".join(dict.fromkeys((ends.whole(start), ends.whole(end)))),
                    trace.number,
                    at,
                )
                for at, (place, start, end) in enumerate(zip(*columns, strict=True))
                if None not in (place, start, end)
            ],
        )


def _candles(reading: _Reading) -> _Found:
    places = reading.chart.places
    sides = {"open": t_("Open"), "high": t_("High"), "low": t_("Low"), "close": t_("Close")}
    for trace in reading.chart.traces:
        measure = trace.along.measure([trace.hover], reading.chart.measured)
        for side, name in sides.items():
            pairs = zip(trace.column("place"), trace.column(side), strict=True)
            yield (
                _joined(reading.label(trace), name),
                [
                    KeyboardPoint(places.whole(place), measure.write(value), trace.number, at)
                    for at, (place, raw) in enumerate(pairs)
                    if place is not None and (value := number_of(raw)) is not None
                ],
            )


# ---- What plotly.js computes of samples


def _samples(reading: _Reading) -> _Found:
    for trace in reading.chart.traces:
        drawn = reading.marks.traces.get(trace.number, TraceMarks(0))
        yield from _bins(reading, trace, drawn) if drawn.bins else _boxes(reading, trace, drawn)


def _bins(reading: _Reading, trace: Trace, drawn: TraceMarks) -> _Found:
    """Read the bins of a histogram, each from one value to another, with its count."""
    places = trace.along.places([end for *ends, _ in drawn.bins for end in ends], [trace.hover])
    measure = trace.across.measure([trace.hover])
    points = []
    for at, (start, end, value) in enumerate(drawn.bins):
        place = _from_to(places, start, end)
        points.append(KeyboardPoint(place, measure.write(value), trace.number, at))
    yield reading.label(trace), points


def _boxes(reading: _Reading, trace: Trace, drawn: TraceMarks) -> _Found:
    """Read lowest and highest value, median and quartiles; a place for each box."""
    measure = trace.along.measure([trace.hover], reading.chart.measured)
    names = (
        t_("Lowest"),
        t_("Lower quartile"),
        t_("Median"),
        t_("Upper quartile"),
        t_("Highest"),
    )
    groups = trace.across.places([box.place for box in drawn.boxes])
    is_grouped = "group" in trace.columns
    label = "" if is_grouped else trace.label
    for part, name in reversed(list(enumerate(names))):
        yield (
            name,
            [
                KeyboardPoint(
                    _joined(
                        trace.name or label, groups.whole(place_of(box.place)) if is_grouped else ""
                    ),
                    measure.write(box.parts[part]),
                    trace.number,
                    at * len(names) + part,
                )
                for at, box in enumerate(drawn.boxes)
            ],
        )


def _counted(reading: _Reading) -> _Found:
    """Read the cells of a histogram of two dimensions, from the top; each row is a series."""
    for trace in reading.chart.traces:
        cells = reading.marks.traces.get(trace.number, TraceMarks(0)).cells
        across = trace.across.places([end for cell in cells for end in cell[:2]])
        down = trace.down.places([end for cell in cells for end in cell[2:4]])
        measure = (
            AxisNumbers() if trace.columns.get("z") is None else trace.along.measure([trace.hover])
        )
        rows: dict[str, list[KeyboardPoint]] = {}
        for at, (left, right, low, high, value) in enumerate(cells):
            row, place = _from_to(down, low, high), _from_to(across, left, right)
            point = KeyboardPoint(place, measure.write(value), trace.number, at)
            rows.setdefault(_joined(reading.label(trace), row), []).append(point)
        yield from reversed(rows.items())


def _from_to(places: Places, start: Any, end: Any) -> str:
    return "–".join(dict.fromkeys((places.whole(start), places.whole(end))))


def _flows(reading: _Reading) -> _Found:
    """Read flows, and then the nodes that they go through."""
    measure = reading.chart.measure
    for trace in reading.chart.traces:
        parts = reading.marks.traces.get(trace.number, TraceMarks(0)).parts
        yield (
            reading.label(trace),
            [
                KeyboardPoint(name, measure.write(value), trace.number, at)
                for at, (name, value) in enumerate(parts)
            ],
        )


def _mixtures(reading: _Reading) -> _Found:
    """Read points of a triangle, whose three parts are named by their axes."""
    for trace in reading.chart.traces:
        texts = trace.column("text")
        parts = [(name, [number_of(value) for value in trace.column(name)]) for name in "abc"]
        names = [trace.corners.get(name) or name for name, _ in parts]
        points = []
        for at, shares in enumerate(zip(*(column for _, column in parts), strict=True)):
            if None in shares:
                continue
            written = [
                f"{name} {AxisNumbers().write(share)}"
                for name, share in zip(names, shares, strict=True)
                if share is not None
            ]
            text = str(texts[at] or "")
            where, value = (
                (text, "; ".join(written)) if text else (written[0], "; ".join(written[1:]))
            )
            points.append(KeyboardPoint(where, value, trace.number, at))
        yield trace.label, points


_READERS: Mapping[str, Callable[[_Reading], _Found]] = {
    "series": _courses,
    "slices": _slices,
    "map": _map,
    "marks": _map,
    "grid": _cells,
    "spans": _spans,
    "candles": _candles,
    "samples": _samples,
    "flows": _flows,
    "parcats": _flows,
    "histogram2d": _counted,
    "scatterternary": _mixtures,
    **dict.fromkeys(("sunburst", "treemap", "icicle"), _parts),
}
