"""A figure for a phone, where it differs in more than its ticks and labels.

What an author places side by side for a wide page leaves nothing of a plot that is 320 pixels wide:
margins of hundreds of pixels, three vertical axes beside each other, pies in a row. Here margins that
leave no plot, and the places of legends and scales at the right of it, are left to the layout; each of
several vertical axes gets a panel of its own, one below the other, and so does each pie or the like of
a row; a note that is longer than the drawing is wide gets more lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plotly_alive.chart_theme import NARROW
from plotly_alive.labels import folded, width
from plotly_alive.layout.axes import margins
from plotly_alive.reading.number_words import number_of
from plotly_alive.reading.plotly_json import PlotlyFigure, Raw

_MOST = 0.4
"""The most of a drawing that margins may take, as a part of its width or its height."""
_SMALL = {"l": 56.0, "r": 24.0, "t": 12.0, "b": 48.0}
"""The margins in their place, before anything around the plot has made more."""
_BESIDE = 0.98
"""The place from which a legend or a scale is at the right of the plot."""
_LONGEST = 0.85
"""The most of a drawing's width that a line of a note takes."""
_AXES = 3
"""From this many vertical axes over each other, each has a panel of its own."""
_PANEL = 150
"""The pixels of a panel's height."""
_GAP = 0.06
"""The gap between two panels, as a part of the plot's height."""
_LEAST = 130.0
"""The fewest pixels of a pie or the like beside another."""
_ALONE = 6
"""The most parts that are in one column."""
_WHOLE = 0.75
"""A part alone that has less than this of the plot's width gets all of it."""
_BROAD = frozenset({"parcats", "parcoords", "sankey", "table"})
"""The types of traces that need twice that."""
_PARTS = _BROAD | {"pie", "funnelarea", "sunburst", "treemap", "icicle", "indicator"}
"""The types of traces that have a domain of their own."""
_EYE = 1.2
"""The part by which one looks at a scene from further away: its ticks are at the edge of a phone."""
_MIDDLE = {"x": 1.25, "y": 1.25, "z": 1.25}
"""plotly's own place of the eye."""
_SPATIAL = frozenset(
    {"scatter3d", "surface", "mesh3d", "cone", "streamtube", "volume", "isosurface"}
)
_ROUND = ("polar", "ternary", "smith", "scene", "geo")
"""The beginnings of the names of subplots that have a domain."""

_Box = tuple[float, float, float, float]
"""Left, right, bottom, top, in parts of the plot."""


def for_phone(figure: PlotlyFigure, wide: float) -> PlotlyFigure:
    """Return the figure for a drawing that is ``wide`` pixels wide, with what has no room side by
    side one below the other.
    """
    figure = _with_lines(_without_places(_without_height(figure)), wide)
    figure = _with_panels(_without_margins(figure, wide))
    return _below_each_other(_with_scenes(figure, wide), wide)


def _without_height(figure: PlotlyFigure) -> PlotlyFigure:
    """Return a map alone without a height for a wide page, most of which would be empty."""
    layout, data = figure["layout"], figure["data"]
    is_map = data and all(trace.get("type") in ("choropleth", "scattergeo") for trace in data)
    is_alone = len({str(trace.get("geo") or "geo") for trace in data}) == 1
    if not is_map or not is_alone or (number_of(layout.get("height")) or 0) <= NARROW[1]:
        return figure
    kept = {name: part for name, part in layout.items() if name != "height"}
    return {**figure, "layout": kept}


def _without_margins(figure: PlotlyFigure, wide: float) -> PlotlyFigure:
    """Return the figure without margins that would leave no plot, its own or a template's: what is
    around the plot gets the room that it needs. Margins beside labels at the ends of lines stay.
    """
    layout = figure["layout"]
    template = layout.get("template") or {}
    of_template = template.get("layout") or {}
    whole = margins(layout)
    high = layout.get("height") or NARROW[1]
    is_labelled = any(
        note.get("xanchor") == "left" and note.get("xref", "x") != "paper"
        for note in layout.get("annotations") or ()
    )
    small = {
        side: min(pixels, whole[side])
        for sides, most in (("lr", wide), ("tb", high))
        if sum(whole[side] for side in sides) > _MOST * most and not (is_labelled and "r" in sides)
        for side, pixels in _SMALL.items()
        if side in sides
    }
    if not small:
        return figure
    margin = {side: of for side, of in (layout.get("margin") or {}).items() if side not in small}
    changed = {**of_template, "margin": {**(of_template.get("margin") or {}), **small}}
    return {
        **figure,
        "layout": {**layout, "margin": margin, "template": {**template, "layout": changed}},
    }


_PLACE = frozenset({"x", "y", "xanchor", "yanchor", "xref", "yref", "orientation", "xpad", "ypad"})
"""The keys of the place of a legend or a scale."""


def _without_places(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure without the places of legends and scales that stand at the right of the plot."""
    layout = {
        name: _unplaced(part)
        if name.startswith("legend")
        else {**part, "colorbar": _unplaced(part["colorbar"])}
        if name.startswith("coloraxis") and isinstance(part.get("colorbar"), Mapping)
        else part
        for name, part in figure["layout"].items()
    }
    data = []
    for trace in figure["data"]:
        changed = dict(trace)
        if isinstance(trace.get("colorbar"), Mapping):
            changed["colorbar"] = _unplaced(trace["colorbar"])
        for name in ("marker", "line"):
            part = trace.get(name)
            if isinstance(part, Mapping) and isinstance(part.get("colorbar"), Mapping):
                changed[name] = {**part, "colorbar": _unplaced(part["colorbar"])}
        data.append(changed)
    return {**figure, "data": data, "layout": layout}


def _unplaced(part: Any) -> Any:
    """Return a legend or a scale without its place, if that is at the right of the plot."""
    if not isinstance(part, Mapping) or (number_of(part.get("x")) or 0) < _BESIDE:
        return part
    if part.get("xanchor") in ("right", "center") or part.get("orientation") == "h":
        return part
    return {name: value for name, value in part.items() if name not in _PLACE}


def _with_lines(figure: PlotlyFigure, wide: float) -> PlotlyFigure:
    """Return the figure with long notes on as many lines as they need."""
    notes = figure["layout"].get("annotations")
    if not isinstance(notes, list):
        return figure
    most = wide * _LONGEST
    folds = [
        {**note, "text": _folded(str(note.get("text", "")), most)}
        if not note.get("textangle") and width([str(note.get("text", ""))]) > most
        else note
        for note in notes
    ]
    return (
        figure
        if folds == notes
        else {**figure, "layout": {**figure["layout"], "annotations": folds}}
    )


def _folded(text: str, pixels: float) -> str:
    """Return a text on more lines; one with tags that have attributes stays."""
    if "<a " in text or "<span " in text:
        return text
    return "<br>".join(folded(line, pixels) for line in text.split("<br>"))


# ---- Several vertical axes


def _with_panels(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure with a panel for each of several vertical axes that lie over each other, if
    all of them belong to one horizontal axis.
    """
    layout = figure["layout"]
    axes = {
        str(trace.get("yaxis") or "y")
        for trace in figure["data"]
        if "x" in trace or "y" in trace or "yaxis" in trace
    }
    across = {str(trace.get("xaxis") or "x") for trace in figure["data"]}
    over = [name for name in axes if (layout.get(_axis(name)) or {}).get("overlaying") in axes]
    if len(axes) < _AXES or len(across) > 1 or len(over) < len(axes) - 1:
        return figure
    (base,) = across
    names = sorted(axes, key=lambda name: int(name[1:] or 1))
    high = (1 - _GAP * (len(names) - 1)) / len(names)
    changed: dict[str, Any] = {}
    for number, name in enumerate(names):
        top = 1 - number * (high + _GAP)
        left_out = ("overlaying", "position", "side", "anchor", "shift", "autoshift", "tickmode")
        axis = {
            key: part
            for key, part in (layout.get(_axis(name)) or {}).items()
            if key not in left_out
        }
        ends = [max(0.0, top - high), top]
        changed[_axis(name)] = {**axis, "domain": ends, "side": "left", "anchor": base}
    key = _axis(base)
    kept = {
        name: part
        for name, part in (layout.get(key) or {}).items()
        if name not in ("domain", "position")
    }
    changed[key] = {**kept, "anchor": names[-1], "side": "bottom"}
    return {**figure, "layout": {**layout, **_height(layout, _PANEL * len(names)), **changed}}


def _height(layout: Raw, pixels: float) -> dict[str, float]:
    return {"height": max(number_of(layout.get("height")) or 0, round(pixels))}


def _axis(name: str) -> str:
    return f"{name[0]}axis{name[1:]}"


# ---- Scenes


def _with_scenes(figure: PlotlyFigure, wide: float) -> PlotlyFigure:
    """Return the figure with its scenes looked at from further away; a scene alone is about as high
    as it is wide, since plotly.js fits it to its height.
    """
    layout = figure["layout"]
    names = {
        str(trace.get("scene") or "scene")
        for trace in figure["data"]
        if trace.get("type") in _SPATIAL
    }
    if not names:
        return figure
    scenes = {}
    for name in names:
        scene = layout.get(name) or {}
        camera = scene.get("camera") or {}
        eye = {**_MIDDLE, **(camera.get("eye") or {})}
        far = {axis: (number_of(at) or 0) * _EYE for axis, at in eye.items()}
        scenes[name] = {**scene, "camera": {**camera, "eye": far}}
    height = {"height": round(wide * 1.15)} if len(names) == 1 else {}
    return {**figure, "layout": {**layout, **scenes, **height}}


# ---- Pies and the like in rows


def _below_each_other(figure: PlotlyFigure, wide: float) -> PlotlyFigure:
    """Return the figure with its pies, circles, maps and the like in one column, or in two if there
    are many, where a row leaves no room for each. Notes within them go along.
    """
    layout, data = figure["layout"], figure["data"]
    boxes = {
        ("data", number): _box(trace.get("domain"), layout)
        for number, trace in enumerate(data)
        if trace.get("type") in _PARTS
    }
    boxes |= {
        ("layout", name): _box(part.get("domain"), layout)
        for name, part in layout.items()
        if name.startswith(_ROUND) and isinstance(part, Mapping)
    }
    others = [
        trace for trace in data if {"x", "y"} & set(trace) and trace.get("type") not in _SPATIAL
    ]
    places = sorted(set(boxes.values()), key=lambda box: (-round(box[3], 2), box[0]))
    least = min((box[1] - box[0] for box in places), default=1.0) * wide
    if any(trace.get("type") in _BROAD for trace in data):
        least /= 2
    if others or not places or least >= (_LEAST if len(places) > 1 else wide * _WHOLE):
        return figure
    columns = 1 if len(places) <= _ALONE else 2
    rows = -(-len(places) // columns)
    new = {
        box: _slot(number // columns, number % columns, rows, columns)
        for number, box in enumerate(places)
    }
    if len(places) == 1:
        new = {box: (0.0, 1.0, *box[2:]) for box in places}
    traces = [
        {**trace, "domain": _domain(new[boxes["data", number]])}
        if ("data", number) in boxes
        else trace
        for number, trace in enumerate(data)
    ]
    parts = {
        name: {**layout[name], "domain": _domain(new[box])}
        for (kind, name), box in boxes.items()
        if kind == "layout"
    }
    notes = [_along(note, new) for note in layout.get("annotations") or ()]
    height = (
        {} if len(places) == 1 else _height(layout, rows * wide * (0.75 if columns == 1 else 0.55))
    )
    changed = {**layout, **parts, **height} | ({"annotations": notes} if notes else {})
    return {**figure, "data": traces, "layout": changed}


def _box(domain: Any, layout: Raw) -> _Box:
    """Return the part of the plot that a domain is, given by its ends or by a cell of the grid."""
    domain = domain if isinstance(domain, Mapping) else {}
    grid = layout.get("grid") or {}
    ends = []
    for side, cell, count in (("x", "column", "columns"), ("y", "row", "rows")):
        number, of = domain.get(cell), grid.get(count)
        if isinstance(number, int) and isinstance(of, int) and of > 0:
            at = (
                number
                if side == "x" or grid.get("roworder") == "bottom to top"
                else of - 1 - number
            )
            ends += [at / of, (at + 1) / of]
        else:
            span = domain.get(side)
            span = span if isinstance(span, list) and len(span) == 2 else [0.0, 1.0]
            ends += [number_of(end) or 0.0 for end in span]
    left, right, bottom, top = ends
    return left, right, bottom, top


def _slot(row: int, column: int, rows: int, columns: int) -> _Box:
    """Return a cell, with room for a title above."""
    top = 1 - row / rows
    beside = 0.0 if columns == 1 else 0.03
    return (
        column / columns + beside,
        (column + 1) / columns - beside,
        top - 0.86 / rows,
        top - 0.1 / rows,
    )


def _domain(box: _Box) -> dict[str, Sequence[float]]:
    return {"x": [box[0], box[1]], "y": [box[2], box[3]]}


def _along(note: Raw, new: Mapping[_Box, _Box]) -> Raw:
    """Return a note with the place that it has in its part of the plot."""
    x, y = number_of(note.get("x")), number_of(note.get("y"))
    if note.get("xref") != "paper" or note.get("yref") != "paper" or x is None or y is None:
        return note
    for old, box in new.items():
        left, right, bottom, top = old
        if left <= x <= right and bottom <= y <= top + 0.1:
            across = (x - left) / ((right - left) or 1)
            up = min(1.0, (y - bottom) / ((top - bottom) or 1))
            return {
                **note,
                "x": box[0] + across * (box[1] - box[0]),
                "y": box[2] + up * (box[3] - box[2]),
            }
    return note
