"""Places the labels of events (:mod:`plotly_alive.chart_events`) above the plot, each
at its line, beside and above each other, so that no label lies on another or on another's line.

A label is like a flag at a pole: it stands at the right of its line, or at the left where there is
no room. If two labels would touch, a label stands higher if the other's line would cross it. The
drawing grows by what they need, so that the plot stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate, combinations
from typing import Any

from plotly_alive.chart_events import NAMED
from plotly_alive.labels import folded, height, width
from plotly_alive.layout.axes import margins
from plotly_alive.reading.marked_events import labels_in
from plotly_alive.reading.number_words import date_of, number_of
from plotly_alive.reading.plotly_json import PlotlyFigure, Raw, plain_text

Size = tuple[int, int]
_Flag = tuple[float, float, float, float]
"""The line of a label, its two sides, its height."""

WIDEST = (190.0, 118.0)
"""The most pixels of a label's line, on a page and on a phone."""
TRIES = 2000
"""The most ways to place labels that are tried."""
GAP = 5.0
"""Pixels between a label and its line, and between labels."""
_PADDING = 0.05
"""The part of itself that plotly adds to an axis of dots, about."""


def event_lines(layout: Raw) -> list[Any]:
    """Return the places of events' lines along the horizontal axis."""
    shapes = (shape for shape in layout.get("shapes") or () if isinstance(shape, Mapping))
    named = (shape for shape in shapes if str(shape.get("name") or "").startswith(NAMED))
    return [shape.get("x0") for shape in named if shape.get("type") == "line"]


def without_events(figure: PlotlyFigure) -> tuple[PlotlyFigure, list[Raw]]:
    """Return the figure without the labels of its events, and these labels."""
    layout = figure["layout"]
    labels = list(labels_in(layout))
    if not labels:
        return figure, []
    kept = [note for note in layout["annotations"] if note not in labels]
    return {**figure, "layout": {**layout, "annotations": kept}}, labels


def with_events(
    figure: PlotlyFigure, size: Size, labels: Sequence[Raw], *, on_phone: bool
) -> tuple[PlotlyFigure, Size]:
    """Return the figure and its size with the events' labels above the plot, whose margins are
    known.
    """
    if not labels:
        return figure, size
    layout = figure["layout"]
    template = (layout.get("template") or {}).get("layout") or {}
    margin = margins(layout)
    across = size[0] - margin["l"] - margin["r"]
    name = f"xaxis{str(labels[0].get('xref', 'x'))[1:]}"
    begin, end = (layout.get(name) or {}).get("domain") or (0, 1)
    left, right = begin * across, end * across
    low, high = _span(figure, name)
    flags = []
    for note in labels:
        part = (_coordinate(note["x"]) - low) / ((high - low) or 1)
        text = plain_text(str(note.get("text") or "").replace("<br>", " "))
        text = folded(text, min(WIDEST[on_phone], (right - left) * 0.6))
        flags.append((left + part * (right - left), width([text]) + 2 * GAP, height(text), text))
    room = max(right, size[0] - margin["l"] - 4)  # what is beside the plot is free above it
    stand = placed([flag[:3] for flag in flags], 4 - margin["l"], room)
    strip = max(bottom + flag[2] for (_, bottom), flag in zip(stand, flags, strict=True)) + 6
    notes, poles = [], []
    for note, flag, (start, bottom) in zip(labels, flags, stand, strict=True):
        x, _, high_of, text = flag
        is_left = start < x - GAP
        is_aside = abs(start - x) < 1 or abs(start + flag[1] - x) < 1
        notes.append(
            {
                **note,
                "text": text,
                "align": "right" if is_left and is_aside else "left",
                "xanchor": "right" if is_left and is_aside else "left",
                "xshift": round(-GAP if is_left and is_aside else start - x + GAP),
                "yshift": round(bottom + 2),
            }
        )
        poles.append(
            {
                "name": note["name"],
                "type": "line",
                "xref": note.get("xref", "x"),
                "yref": note.get("yref", "paper"),
                "x0": note["x"],
                "x1": note["x"],
                "ysizemode": "pixel",
                "yanchor": 1,
                "y0": 0,
                "y1": round(bottom + (high_of if is_aside else 0)),
                "layer": "below",
                "line": {"color": (note.get("font") or {}).get("color"), "width": 1},
            }
        )
    top = max((layout.get(_under(name, layout)) or {}).get("domain") or [1])
    raised = [_raised(note, strip, top, layout) for note in layout.get("annotations") or ()]
    changed = {
        **layout,
        "annotations": [*raised, *notes],
        "shapes": [*(layout.get("shapes") or ()), *poles],
        "margin": {**(layout.get("margin") or {}), "t": round(margin["t"] + strip)},
    }
    along = size[1] - margin["t"] - margin["b"]
    if legend := _legend(layout, template, strip / along):
        changed["legend"] = legend
    if "height" in layout:
        changed["height"] = round(size[1] + strip)
    return {**figure, "layout": changed}, (size[0], round(size[1] + strip))


def placed(
    flags: Sequence[tuple[float, float, float]], left: float, right: float
) -> list[tuple[float, float]]:
    """Return the left end of each label, and its height above the plot. A flag has its line, its
    width and its height. Labels are between ``left`` and ``right``.
    """
    order = sorted(range(len(flags)), key=lambda number: flags[number][0])
    tries: list[list[_Flag]] = []
    for number in order:
        at, wide, high = flags[number]
        sides = [at] if at + wide <= right else []
        sides += [at - wide] if at - wide >= left else []
        sides += [
            min(max(left, at - wide * part), right - wide) for part in (0, 1, 0.5, 0.25, 0.75)
        ]
        tries.append([(at, side, side + wide, high) for side in sides])
    chosen = _chosen(tries) or [options[0] for options in tries]
    bottoms = _bottoms(chosen)
    if bottoms is None:  # one above the other, so that at least no label lies on another
        bottoms = [0.0, *accumulate(flag[3] for flag in chosen[:-1])]
    places = {
        number: (flag[1], bottom)
        for number, flag, bottom in zip(order, chosen, bottoms, strict=True)
    }
    return [places[number] for number in range(len(flags))]


def _chosen(tries: Sequence[Sequence[_Flag]]) -> list[_Flag] | None:
    """Choose for each label the first side that goes with the sides of the others; None if there is
    no such choice.
    """
    left = TRIES

    def rest(chosen: list[_Flag]) -> list[_Flag] | None:
        nonlocal left
        if len(chosen) == len(tries):
            return chosen
        for flag in tries[len(chosen)]:
            left -= 1
            if left < 0:
                return None
            more = [*chosen, flag]
            if _bottoms(more) is not None and (flags := rest(more)) is not None:
                return flags
        return None

    return rest([])


def _bottoms(flags: Sequence[_Flag]) -> list[float] | None:
    """Return the height at which each label stands; None if two would each lie on the line of the
    other.
    """
    below: list[list[int]] = [[] for _ in flags]
    for (number, flag), (other, second) in combinations(enumerate(flags), 2):
        lies_on, is_crossed = _lies_on(flag, second[0]), _lies_on(second, flag[0])
        is_same_line = abs(flag[0] - second[0]) < 1
        if lies_on and is_crossed and not is_same_line:
            return None
        if is_crossed and not is_same_line:
            below[other].append(number)
        elif lies_on or (flag[1] < second[2] and second[1] < flag[2]):
            below[number].append(other)
    bottoms = [0.0] * len(flags)
    try:
        for number in TopologicalSorter(dict(enumerate(below))).static_order():
            under = (bottoms[other] + flags[other][3] for other in below[number])
            bottoms[number] = max(under, default=0.0)
    except CycleError:
        return None
    return bottoms


def _lies_on(flag: _Flag, line: float) -> bool:
    return flag[1] < line < flag[2]


# ---- The figure around


def _coordinate(value: Any) -> float:
    when = date_of(value)
    return when.timestamp() if when is not None else number_of(value) or 0.0


def _span(figure: PlotlyFigure, name: str) -> tuple[float, float]:
    """Return the span that a horizontal axis shows: its range, else about the range that plotly
    gives to it.
    """
    axis = figure["layout"].get(name) or {}
    ends = [_coordinate(end) for end in axis.get("range", [])]
    if len(ends) == 2:
        return ends[0], ends[1]
    key = f"x{name[5:]}"
    traces = [trace for trace in figure["data"] if str(trace.get("xaxis") or "x") == key]
    ends_of_traces = [end for trace in traces for end in trace.get("x", []) if end is not None]
    starts = [base for trace in traces if isinstance(base := trace.get("base"), list)]
    ends_of_traces += [end for base in starts for end in base if date_of(end)]
    if axis.get("type") == "category" or any(
        date_of(end) is None and number_of(end) is None for end in ends_of_traces
    ):
        return -0.5, len(dict.fromkeys(map(str, ends_of_traces))) - 0.5
    places = sorted({_coordinate(end) for end in ends_of_traces} or {0.0})
    low, high = places[0], places[-1]
    if any(trace.get("type") == "bar" for trace in traces):
        step = (high - low) / max(1, len(places) - 1)
        return low - step / 2, high + step / 2
    has_dots = any("markers" in str(trace.get("mode") or "") for trace in traces)
    pad = (high - low) * _PADDING if has_dots else 0.0
    return low - pad, high + pad


def _under(name: str, layout: Raw) -> str:
    """Return the vertical axis that a horizontal axis is at."""
    return f"yaxis{str((layout.get(name) or {}).get('anchor') or 'y')[1:]}"


def _raised(note: Any, strip: float, top: float, layout: Raw) -> Any:
    """Return a title of a panel in the highest row, above the labels."""
    if not isinstance(note, Mapping) or number_of(note.get("y")) is None:
        return note
    yref, y = str(note.get("yref") or "y"), number_of(note.get("y")) or 0.0
    is_title = yref == "paper" and y >= top - 0.001
    if yref.endswith(" domain") and y >= 1:
        ends = (layout.get(f"yaxis{yref[1:-7]}") or {}).get("domain") or [0, 1]
        is_title = max(ends) >= top - 0.001
    return {**note, "yshift": (note.get("yshift") or 0) + round(strip)} if is_title else note


def _legend(layout: Raw, template: Raw, part: float) -> dict[str, Any]:
    """Return a legend that lies upon the plot, above the labels."""
    given_legend = layout.get("legend") or {}
    legend = (template.get("legend") or {}) | given_legend
    y = number_of(legend.get("y"))
    lies_on = legend.get("yref", "paper") == "paper" and y is not None and y >= 1
    return (
        {**given_legend, "y": (y or 1) + part} if lies_on and layout.get("showlegend", True) else {}
    )
