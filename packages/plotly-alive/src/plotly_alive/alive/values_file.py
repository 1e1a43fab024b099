"""The JSON by which a chart answers pointer, finger and keys without plotly.js, for `alive.js`.

It is in the page, or a file beside it that is fetched when a reader comes to the chart::

    {"panels": [{"by": "x", "wide": [44, 12, 700, 384], "narrow": [40, 12, 310, 364]}],
     "traces": {"0": [0, "--chart-1"]},
     "series": [{"name": "Exports",
                 "points": [["2022", "US$76.1 bn", 0, 3, "+8.5", "estimate"]],
                 "wide": [[612, 130]], "narrow": [[280, 121]]}]}

``blank`` has the names of places that a map shows without data: a list for each trace of such.

Of a trace there is its panel and its colour; of a point its place, value, trace, number, change and
note, without empty ones at the end. ``wide`` and ``narrow`` have the marks in the two drawings: a
point, a box, or 0 for none. ``by`` says what the nearest mark is: along the horizontal (``x``) or
vertical axis (``y``), or in both (``xy``). A panel of areas is ``filled``: there, what is below a
line belongs to it. A plane of so many points that only some are here is ``thinned``: there, only
what is near answers. ``marked``, if there is any, are the events at places.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from plotly_alive.alive.keyboard_series import STEPS, KeyboardSeries
from plotly_alive.alive.marks import Mark, Marks
from plotly_alive.chart_theme import palette_name
from plotly_alive.moments import moment_of
from plotly_alive.reading.chart_data import Chart, Trace

_ALONG_AN_AXIS = frozenset({"series", "candles", "samples"})


def values_file(
    chart: Chart, series: Sequence[KeyboardSeries], wide: Marks, narrow: Marks
) -> bytes:
    """Write the JSON of a chart's ``series``, with their marks in its drawings."""
    drawings = {"wide": wide, "narrow": narrow}
    marks = {
        name: {number: trace.by_point for number, trace in drawing.traces.items()}
        for name, drawing in drawings.items()
    }
    whole: dict[str, Any] = {
        "panels": [_panel(chart, series, number, drawings) for number in range(len(wide.panels))],
        "traces": {
            number: [trace.panel, palette_name(trace.colour)]
            for number, trace in wide.traces.items()
        },
        "series": [
            {
                "name": line.name,
                "points": [_trimmed(point) for point in line.points],
                **{name: _marks(line, by_trace) for name, by_trace in marks.items()},
            }
            for line in series
        ],
    }
    if chart.unmeasured:
        whole["blank"] = chart.unmeasured
    if marked := _marked(chart):
        whole["marked"] = marked
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()


def _marked(chart: Chart) -> dict[str, str]:
    """Return the events at each place of a chart, by the place as it is written. An event has the
    place that it falls into, and a period all places in it.
    """
    if chart.family not in ("series", "candles") or not chart.events or chart.is_plane:
        return {}
    places = {place for trace in chart.traces for place in trace.column("place")}
    slots = sorted(
        ((moment.start, moment.end, place) for place in places if (moment := moment_of(place))),
        key=lambda slot: slot[0],
    )
    events: dict[str, list[str]] = {}
    for event in chart.events:
        start, end = event.ends[0].start, event.ends[-1].end
        if len(event.ends) == 1:
            before = [place for begin, _, place in slots if begin <= start]
            inside = [place for begin, stop, place in slots if begin <= start < stop]
            at = inside or before[-1:]
        else:
            at = [place for begin, stop, place in slots if begin < end and stop > start]
        for place in at:
            events.setdefault(chart.places.whole(place), []).append(event.text)
    return {place: "; ".join(texts) for place, texts in events.items()}


def _panel(
    chart: Chart, series: Sequence[KeyboardSeries], number: int, drawings: Mapping[str, Marks]
) -> dict[str, Any]:
    """Return a panel: its box in each drawing, and the axis along which the nearest mark is."""
    inside = {key for key, trace in drawings["wide"].traces.items() if trace.panel == number}
    ways = {_way(chart, trace) for trace in chart.traces if trace.number in inside} - {""}
    panel: dict[str, Any] = {"by": ways.pop() if len(ways) == 1 else "xy"}
    if {trace.look for trace in chart.traces if trace.number in inside} == {"area"}:
        panel["filled"] = True
    thinned = (line.points for line in series if len(line.points) == STEPS)
    if panel["by"] == "xy" and any(points[0].trace in inside for points in thinned):
        panel["thinned"] = True
    for name, drawing in drawings.items():
        marks = next((drawing.traces[key] for key in inside if key in drawing.traces), None)
        panel[name] = drawing.panels[marks.panel] if marks else [0, 0, 0, 0]
    return panel


def _way(chart: Chart, trace: Trace) -> str:
    """Return the axis along which the places of a trace are; ``xy`` for points in a plane, empty
    for spans, which answer along both.
    """
    if trace.family == "spans":
        return ""
    if trace.family not in _ALONG_AN_AXIS or "polar" in trace.kind or chart.is_plane:
        return "xy"
    if trace.kind == "histogram":
        return trace.along.letter
    if trace.family == "series" and any(isinstance(value, str) for value in trace.column("value")):
        return "xy"
    return trace.across.letter


def _trimmed(point: Sequence[Any]) -> list[Any]:
    trimmed = list(point)
    while trimmed[-1] == "":
        trimmed.pop()
    return trimmed


def _marks(
    series: KeyboardSeries, by_trace: Mapping[int, Mapping[int, Mark]]
) -> Sequence[Mark | int]:
    marks = [by_trace.get(point.trace, {}).get(point.point, 0) for point in series.points]
    return marks if any(marks) else []
