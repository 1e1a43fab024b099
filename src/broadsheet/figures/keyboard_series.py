"""A chart's values one after the other, as they are read out to those who step through it with the
arrow keys.

There is a series for each name, and in it a point for each value, in order of place where places
have an order. A point says where it is and what is there, in the units and rounding of the chart's
own labels; and which point it is of which trace, so that the browser can show it. Lines, bars,
dots, slices and maps are read out; what has no plain series, such as a heat map or a distribution,
has its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from broadsheet.figures.chart_table import panels
from broadsheet.figures.number_words import (
    Measure,
    Places,
    as_percent,
    axis_of,
    in_unit,
    measure_of,
    number_of,
    places_of,
    text_of,
    ticks_of,
)
from broadsheet.figures.traces import Figure, Trace, drawn, plain_text, values
from broadsheet.language import t_

STEPS = 400
"""The most points of a series; of more, so many are read out, evenly, and the ends are among them.
"""

_LINES = frozenset(("scatter", "scattergl", "bar", "funnel", "waterfall"))
_MAPS = frozenset(("choropleth", "scattergeo"))


class Point(NamedTuple):
    """``value`` at ``place``, as text; the number of its trace in the figure, and its own in the
    trace.
    """

    place: str
    value: str
    trace: int
    point: int


class Series(NamedTuple):
    """What is read out under one name, which is empty for the only series of a chart."""

    name: str
    points: Sequence[Point]


def readout(figure: Figure, subtitle: str = "") -> list[Series]:
    """The series of ``figure`` that have values; none where it has no plain ones. ``subtitle`` may
    have the unit.
    """
    shown = drawn(figure)
    traces = {
        number: trace
        for number, trace in enumerate(figure.get("data") or ())
        if any(trace is one for one in shown)
    }
    kinds = {str(trace.get("type") or "scatter") for trace in traces.values()}
    read = next((read for known, read in _READERS if kinds and kinds <= known), None)
    series: dict[str, list[Point]] = {}
    for name, points in read(figure, traces, subtitle) if read else ():
        known = series.setdefault(name, [])
        places = {point.place for point in known}
        known += [point for point in points if point.place not in places]
    return [
        Series(name if len(series) > 1 else "", _some(points))
        for name, points in series.items()
        if points
    ]


def _some(points: Sequence[Point]) -> Sequence[Point]:
    last = len(points) - 1
    return (
        points if last < STEPS else [points[round(at * last / (STEPS - 1))] for at in range(STEPS)]
    )


_Named = Iterator[tuple[str, Sequence[Point]]]


def _lines(figure: Figure, traces: Mapping[int, Trace], subtitle: str) -> _Named:
    """By name, each trace by itself: a line that goes on dashed is one series, and their common
    point is read once.
    """
    columns = {number: _columns(trace) for number, trace in traces.items()}
    across, along = next(letters for *_, letters in columns.values())
    first = next(iter(traces.values()))
    told = places_of(
        (place for found, *_ in columns.values() for place in found if place is not None),
        axis_of(figure, first, across),
        measure_of(figure, list(traces.values()), across),
    )
    names = _names(figure, traces)
    for name in dict.fromkeys(names.values()):
        own = [number for number in traces if names[number] == name]
        measure = measure_of(figure, [traces[number] for number in own], along, subtitle)
        found = [
            (place, value, number, at)
            for number in own
            for at, (place, value) in enumerate(zip(*columns[number][:2], strict=False))
            if place is not None and value is not None
        ]
        if told.ordered:
            found.sort(key=lambda item: told.order(item[0]))
        yield (
            name,
            [
                Point(_place(told, place, traces[number], at), measure.write(value), number, at)
                for place, value, number, at in _once(found)
            ],
        )


def _once(found: Sequence[tuple[Any, float, int, int]]) -> Iterator[tuple[Any, float, int, int]]:
    """Without the value that a line's second part repeats of its first."""
    before: tuple[Any, float] | None = None
    for item in found:
        if item[:2] != before:
            yield item
        before = item[:2]


def _place(told: Places, place: Any, trace: Trace, at: int) -> str:
    """Where a point is; a dot over numbers that has a text is known by it."""
    text = _texts(trace, at) if told.kind == "number" else ""
    return f"{text}, {told.whole(place)}" if text else told.whole(place)


def _texts(trace: Trace, at: int) -> str:
    for key in ("hovertext", "text"):
        texts = values(trace.get(key))
        if at < len(texts) and texts[at]:
            return plain_text(str(texts[at]))
    return ""


def _names(figure: Figure, traces: Mapping[int, Trace]) -> dict[int, str]:
    listed = panels(figure, list(traces.values()))
    return {
        number: ", ".join(
            dict.fromkeys(filter(None, (panel, plain_text(str(trace.get("name") or "")))))
        )
        or t_("Series %(number)s", number=at)
        for at, ((number, trace), panel) in enumerate(zip(traces.items(), listed, strict=True), 1)
    }


def _columns(trace: Trace) -> tuple[list[Any], list[float | None], tuple[str, str]]:
    """Places, values, and the axes along which they lie."""
    x, y = values(trace.get("x")), values(trace.get("y"))
    lies = trace.get("orientation") == "h" or (
        "orientation" not in trace
        and any(number_of(value) is not None for value in x)
        and bool(y)
        and all(number_of(value) is None for value in y)
    )
    places, along = (y, x) if lies else (x, y)
    places = places or list(range(len(along)))
    if all(isinstance(level, list) for level in places):
        places = [", ".join(map(str, level)) for level in zip(*places, strict=False)]
    return places, [number_of(value) for value in along], ("y", "x") if lies else ("x", "y")


def _slices(figure: Figure, traces: Mapping[int, Trace], subtitle: str) -> _Named:
    names = _names(figure, traces)
    for number, trace in traces.items():
        sizes = [number_of(size) or 0 for size in values(trace.get("values"))]
        measure, whole = in_unit(subtitle), sum(sizes)
        yield (
            names[number],
            [
                Point(
                    plain_text(str(label)),
                    f"{measure.write(size)}, {as_percent(size / whole * 100)}"
                    if whole
                    else measure.write(size),
                    number,
                    at,
                )
                for at, (label, size) in enumerate(
                    zip(values(trace.get("labels")), sizes, strict=False)
                )
                if size
            ],
        )


def _map(figure: Figure, traces: Mapping[int, Trace], subtitle: str) -> _Named:
    """By name of place, from A to Z. Where all have one value, what they are is said by the series'
    name.
    """
    names = _names(figure, traces)
    for number, trace in traces.items():
        write = _colours(figure, trace, subtitle)
        places = values(trace.get("locations")) or [""] * max(len(values(trace.get("lat"))), 0)
        shades = values(trace.get("z")) or [None] * len(places)
        points = [
            Point(_texts(trace, at) or plain_text(str(place)), write(value), number, at)
            for at, (place, value) in enumerate(zip(places, shades, strict=False))
        ]
        yield (
            names[number],
            sorted(
                filter(lambda point: point.place, points), key=lambda point: point.place.casefold()
            ),
        )


def _colours(figure: Figure, trace: Trace, subtitle: str) -> Callable[[Any], str]:
    """How values that are shown as colours are told: by the words of the colour bar, else as
    numbers.
    """
    shared = figure.get("layout", {}).get(str(trace.get("coloraxis"))) or {}
    bar = trace.get("colorbar") or shared.get("colorbar") or {}
    if len({number_of(value) for value in values(trace.get("z"))}) <= 1:
        return lambda value: ""
    words = {
        number_of(value): plain_text(str(text))
        for value, text in zip(
            values(bar.get("tickvals")), values(bar.get("ticktext")), strict=False
        )
    }
    measure = (
        ticks
        if (ticks := ticks_of(bar)) != Measure()
        else in_unit(text_of(bar.get("title")), subtitle)
    )

    def write(value: Any) -> str:
        number = number_of(value)
        return words.get(number) or (t_("no figure") if number is None else measure.write(number))

    return write


_READERS: Sequence[tuple[frozenset[str], Callable[[Figure, Mapping[int, Trace], str], _Named]]] = (
    (_LINES, _lines),
    (frozenset({"pie"}), _slices),
    (_MAPS, _map),
)
