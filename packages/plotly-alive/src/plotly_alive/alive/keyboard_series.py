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
from functools import partial
from itertools import groupby, pairwise
from typing import Any, Generic, NamedTuple, TypeVar, overload

from plotly_alive.alive.marks import Marks, TraceMarks
from plotly_alive.reading.chart_data import Chart, Point, Series, Trace
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


_Found = Iterator[tuple[str, Sequence[KeyboardPoint]]]
_Read = TypeVar("_Read")


class _Written(Sequence[KeyboardPoint], Generic[_Read]):
    """The points of a series, each of which is written when it is asked for: of a long series only
    some are taken, and words cost more than all else.
    """

    def __init__(self, read: Sequence[_Read], write: Callable[[_Read], KeyboardPoint]) -> None:
        self._read, self._write = read, write

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, at: int) -> KeyboardPoint: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[KeyboardPoint]: ...
    def __getitem__(self, at: int | slice) -> KeyboardPoint | Sequence[KeyboardPoint]:
        if isinstance(at, slice):
            return [self._write(point) for point in self._read[at]]
        return self._write(self._read[at])


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
    series: dict[str, Sequence[KeyboardPoint]] = {}
    said = remarks or {}
    by_place = {place: text for (place, _), text in reversed([*said.items()])}
    is_only = len(chart.traces) == 1
    for family, traces in groupby(chart.traces, key=lambda trace: trace.family or trace.kind):
        part = replace(chart, traces=tuple(traces))
        read = _READERS.get(family, _nothing)
        for name, points in read(_Reading(part, marks or Marks(), said, by_place, is_only)):
            series[name] = _together(series[name], points) if series.get(name) else points
    return [
        KeyboardSeries(name if len(series) > 1 else "", _some(points))
        for name, points in series.items()
        if points
    ]


def _together(
    points: Sequence[KeyboardPoint], others: Sequence[KeyboardPoint]
) -> Sequence[KeyboardPoint]:
    """Return two parts of a series as one, in which the first has the places that both have."""
    places = {point.place for point in points}
    return [*points, *(point for point in others if point.place not in places)]


def _some(points: Sequence[KeyboardPoint]) -> Sequence[KeyboardPoint]:
    last = len(points) - 1
    if last < STEPS:
        return [*points]
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
    drawn = {trace.number: _Course.of(trace) for trace in chart.traces}

    def is_shown(point: Point) -> bool:
        return point.value is not None or isinstance(drawn[point.trace].values[point.at], str)

    for series in chart.series:
        points = [point for point in series.points if is_shown(point)]
        write = partial(_course_point, reading, series, _changes(series, places), drawn)
        yield series.name, _Written(points, write)


class _Course(NamedTuple):
    """A trace of lines, bars or dots, with what each of its points is written from."""

    trace: Trace
    """The trace."""
    texts: Sequence[Any]
    """The texts of its points."""
    values: Sequence[Any]
    """Their values, as its author wrote them."""
    names: Places
    """The style of values that are no numbers."""

    @classmethod
    def of(cls, trace: Trace) -> _Course:
        """Return the course of a trace."""
        values = trace.column("value")
        names = trace.along.places(values if str in {*map(type, values)} else ())
        return cls(trace, trace.column("text"), values, names)


def _course_point(
    reading: _Reading,
    series: Series,
    changes: Mapping[Any, str],
    drawn: Mapping[int, _Course],
    point: Point,
) -> KeyboardPoint:
    """Write a point of a line, a bar or a dot."""
    places, (place, value, number, at) = reading.chart.places, point
    trace, texts, values, names = drawn[number]
    text = str(texts[at] or "") if places.kind == "number" else ""
    where = _joined(text, places.whole(place))
    if value is None:
        return KeyboardPoint(_joined(where, names.whole(values[at])), "", number, at)
    written = series.measure.write(value)
    if reading.chart.is_plane and trace.across.name and trace.along.name:
        # either number says what it is
        across = f"{trace.across.name} {places.whole(place)}"
        written = f"{trace.along.name} {written}"
        where, written = (text, f"{across}; {written}") if text else (across, written)
    note = _remark(reading, place, trace)
    return KeyboardPoint(where, written, number, at, changes.get(place, ""), note)


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
    for trace in reading.chart.traces:
        sizes = [size or 0 for size in trace.numbers]
        shown = [
            (place, size, at)
            for at, (place, size) in enumerate(zip(trace.column("place"), sizes, strict=True))
            if size and place is not None
        ]
        write = partial(_slice, reading.chart.measure, sum(sizes), trace.number)
        yield trace.label, _Written(shown, write)


def _slice(
    measure: AxisNumbers, whole: float, trace: int, read: tuple[Any, float, int]
) -> KeyboardPoint:
    place, size, at = read
    share = f", {as_percent(size / whole * 100)}" if whole else ""
    return KeyboardPoint(str(place), f"{measure.write(size)}{share}", trace, at)


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
            shown = [
                (place, value, at)
                for at, (place, raw) in enumerate(pairs)
                if place is not None and (value := number_of(raw)) is not None
            ]
            write = partial(_candle, places, measure, trace.number)
            yield _joined(reading.label(trace), name), _Written(shown, write)


def _candle(
    places: Places, measure: AxisNumbers, trace: int, read: tuple[Any, float, int]
) -> KeyboardPoint:
    place, value, at = read
    return KeyboardPoint(places.whole(place), measure.write(value), trace, at)


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
        parts = [(name, [number_of(value) for value in trace.column(name)]) for name in "abc"]
        names = [trace.corners.get(name) or name for name, _ in parts]
        shown = [
            (text, shares, at)
            for at, (text, *shares) in enumerate(
                zip(trace.column("text"), *(column for _, column in parts), strict=True)
            )
            if None not in shares
        ]
        yield trace.label, _Written(shown, partial(_mixture, names, trace.number))


def _mixture(
    names: Sequence[str], trace: int, read: tuple[Any, Sequence[float | None], int]
) -> KeyboardPoint:
    said, shares, at = read
    written = [
        f"{name} {AxisNumbers().write(share)}"
        for name, share in zip(names, shares, strict=True)
        if share is not None
    ]
    text = str(said or "")
    where, value = (text, "; ".join(written)) if text else (written[0], "; ".join(written[1:]))
    return KeyboardPoint(where, value, trace, at)


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
