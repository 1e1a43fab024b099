"""Makes room around the plot of a plain plotly figure: for its legend, the titles of its panels,
notes and pictures beside it, the scale of its colours on a phone.

plotly.js places these in parts of the plot, without looking whether they touch. Here their sizes
are measured, and the drawing gets the margins that they need, and grows by these. Margins, heights
and places that an author has set stay as they are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from plotly_alive.labels import LINE, folded, height, width
from plotly_alive.layout.axes import axes_of, share
from plotly_alive.reading.number_words import number_of
from plotly_alive.reading.plotly_json import PlotlyFigure, Raw, plain_text, text_of

SYMBOL, GAP, ROW = 40.0, 5.0, 19.0
"""Pixels of a legend: its symbol with the space beside it, the gap between entries, a line."""
SCALE = 50.0
"""The height of a scale of colours that lies above a plot, with its title."""
_WITHOUT_LEGEND = frozenset(
    {
        *("heatmap", "contour", "histogram2d", "histogram2dcontour", "image", "surface", "mesh3d"),
        *("cone", "streamtube", "volume", "isosurface", "choropleth", "choroplethmap", "table"),
        *("sankey", "indicator", "treemap", "sunburst", "icicle", "parcoords", "parcats", "carpet"),
        *("densitymap", "contourcarpet"),
    }
)
"""The types of traces that are in a legend only if an author says so."""
_SLICES = ("pie", "funnelarea")


@dataclass
class Room:
    """The room that a drawing needs around its plot. It has state: it is filled step by step."""

    figure: PlotlyFigure
    """The figure that is drawn."""
    wide: int
    """The width of the drawing in pixels."""
    high: int
    """The height of the drawing in pixels."""
    on_phone: bool
    """The drawing is for a phone."""
    margin: dict[str, float]
    """The margins in pixels, by their sides."""
    layout: dict[str, Any] = field(default_factory=dict)
    """The changed keys of the layout."""
    more: float = 0.0
    """The pixels by which the plot grows."""

    @property
    def across(self) -> float:
        """The width of the plot."""
        return self.wide - self.margin["l"] - self.margin["r"]

    @property
    def along(self) -> float:
        """The height of the plot after it has grown."""
        before = self.high - self.before["t"] - self.before["b"]
        return before + self.more

    def __post_init__(self) -> None:
        self.before = dict(self.margin)

    def get(self, name: str) -> Any:
        """Return a part of the layout with the changes so far."""
        return self.layout.get(name, self.figure["layout"].get(name))

    def need(self, side: str, pixels: float) -> None:
        """Have a margin of at least this many pixels."""
        self.margin[side] = max(self.margin[side], pixels)

    def grow_to(self, pixels: float) -> None:
        """Have a plot of at least this height."""
        self.more = max(self.more, self.more + pixels - self.along)


def make_room(room: Room) -> None:
    """Measure everything around the plot, from the plot outwards."""
    _around_maps(room)
    _around_kinds(room)
    _titles_of_panels(room)
    _titles_of_axes(room)
    _beside(room)
    _scales(room)
    _legend(room)


# ---- Kinds of charts that write around their plot


def _around_maps(room: Room) -> None:
    """Draw a map of the world half as high as it is wide."""
    layout = room.figure["layout"]
    kinds = {str(trace.get("type") or "scatter") for trace in room.figure["data"]}
    maps = [value for name, value in layout.items() if name.startswith("geo")] or [{}]
    is_world = len(maps) == 1 and not {"fitbounds", "scope", "projection"} & set(maps[0])
    if (
        room.on_phone
        and "height" not in layout
        and is_world
        and kinds <= {"choropleth", "scattergeo"}
    ):
        room.margin |= {side: 8.0 for side in "lr" if side not in (layout.get("margin") or {})}
        room.more += 0.55 * room.across - room.along


def _around_kinds(room: Room) -> None:
    limit = room.wide * 0.28
    if room.get("sliders") and "height" not in room.figure["layout"]:
        room.more += 60
    for number, trace in enumerate(room.figure["data"]):
        kind = str(trace.get("type") or "scatter")
        if "polar" in kind:
            _around_polar(room, trace, limit)
        elif kind == "scatterternary":
            _around_triangle(room, trace, limit)
        elif kind == "parcoords":
            _around_parallels(room, number, trace)
        elif kind == "parcats":
            dimensions = trace.get("dimensions") or [{}]
            left, right = (width(map(str, dimensions[at].get("values", []))) for at in (0, -1))
            _need(room, t=30, b=12, l=min(limit, left + 14), r=min(limit, right + 24))
        elif kind == "indicator":
            _need(room, t=64 if text_of(trace.get("title")) else 24, b=24, l=44, r=44)
        elif kind == "pie":
            _around_pie(room, trace)
        elif kind == "splom":
            sides = [
                plain_text(str(dimension.get("label", "")))
                for dimension in trace.get("dimensions") or ()
            ]
            room.grow_to(len(sides) * (width(sides) + 14))


def _need(room: Room, **sides: float) -> None:
    for side, pixels in sides.items():
        room.need(side, pixels)


def _around_polar(room: Room, trace: Raw, limit: float) -> None:
    """Make room for names around a circle, on several lines if they are long."""
    names = [plain_text(str(name)) for name in dict.fromkeys(trace.get("theta", []))]
    names = [name for name in names if number_of(name) is None]
    texts = [folded(name, limit) if width([name]) > limit else name for name in names]
    _need(room, t=30, b=30, l=width(texts) + 10, r=width(texts) + 10)
    name = str(trace.get("subplot") or "polar")
    polar = room.get(name) or {}
    around = polar.get("angularaxis") or {}
    if texts != names and not {"tickvals", "ticktext", "tickmode"} & set(around):
        ticks = {"tickvals": names, "ticktext": texts}
        room.layout[name] = {**polar, "angularaxis": {**around, **ticks}}


def _around_triangle(room: Room, trace: Raw, limit: float) -> None:
    """Make room for the titles of a triangle, which stand at its corners: those at the left and at
    the right below half of their width.
    """
    name = str(trace.get("subplot") or "ternary")
    triangle = dict(room.get(name) or {})
    halves = []
    for letter in "bc":
        axis = triangle.get(f"{letter}axis") or {}
        text = text_of(axis.get("title")) or f"Component {letter.upper()}"  # plotly's own
        if width([text]) / 2 > limit:
            title = axis["title"] if isinstance(axis.get("title"), Mapping) else {}
            folds = {**title, "text": folded(text, limit * 2)}
            triangle[f"{letter}axis"] = {**axis, "title": folds}
            text = folds["text"]
            room.layout[name] = triangle
        halves.append(width([text]) * 0.6 + 8)
    _need(room, t=36, b=44, l=max(52, halves[0]), r=max(52, halves[1]))


def _around_parallels(room: Room, number: int, trace: Raw) -> None:
    """Make room for the names of parallel coordinates, which slant if they would touch."""
    names = [
        plain_text(str(dimension.get("label", ""))) for dimension in trace.get("dimensions") or ()
    ]
    _need(room, t=48, b=30, l=56, r=44)
    if width(names) > room.across / max(1, len(names) - 1) - 6 and "labelangle" not in trace:
        data = list(room.figure["data"])
        data[number] = {**trace, "labelangle": -30}
        room.figure = {**room.figure, "data": data}
        _need(room, t=48 + width(names) / 2, r=24 + width(names) * 0.8)


def _around_pie(room: Room, trace: Raw) -> None:
    """Make room for the labels of small slices, which stand beside the pie, above each other."""
    if trace.get("textposition") == "inside" or trace.get("textinfo") == "none":
        return
    amounts, labels = trace.get("values", []), trace.get("labels", [])
    slices: dict[str, float] = defaultdict(float)  # values of one label are one slice
    for label, amount in zip(
        labels or range(len(amounts)), amounts or [1] * len(labels), strict=False
    ):
        slices[str(label)] += max(number_of(amount) or 0, 0)
    whole = sum(slices.values())
    small = sum(0 < amount < whole * 0.05 for amount in slices.values())
    if small:
        _need(room, t=30 + 4 * small, b=30, l=56, r=64)
        if "height" not in room.figure["layout"]:
            room.grow_to(small * LINE * 1.1)


# ---- Titles of panels and axes


def _titles_of_panels(room: Room) -> None:
    """Fold the titles above panels to their width, and those at the right of rows to their height;
    a beginning that all share, such as plotly's `country=`, is left out.
    """
    notes = room.get("annotations")
    if not isinstance(notes, list):
        return
    above = {at: _panel(room, note, "x") for at, note in enumerate(notes) if _is_above(note)}
    beside = {at: _panel(room, note, "y") for at, note in enumerate(notes) if _is_beside(note)}
    for place in (above, beside):
        if beside is place and place:
            room.grow_to(96 / min(place.values()))
        pixels = room.across if place is above else room.along
        texts = _shortened(
            {at: str(notes[at].get("text", "")) for at in place},
            {at: part * pixels - 4 for at, part in place.items()},
            [_size(notes[at]) for at in place],
        )
        notes = [
            {**note, "text": texts[at], "align": "center"}
            if texts.get(at, note.get("text")) != note.get("text")
            else note
            for at, note in enumerate(notes)
        ]
    room.layout["annotations"] = notes
    inner = [at for at in above if (number_of(notes[at].get("y")) or 0) < 0.97]
    lines = max((height(notes[at]["text"]) / LINE for at in inner), default=0)
    gaps = _gaps(room)
    if inner and gaps and "height" not in room.figure["layout"]:
        size = max(_size(notes[at]) for at in inner)
        shown = any(
            axis.get("showticklabels", True) is not False and name[0] == "x"
            for name, axis in axes_of(room.figure)
            if (axis.get("domain") and _is_inner(room, name, axis))
        )
        room.grow_to((lines * size * 1.35 + 4 + (22 if shown else 0)) / min(gaps))


def _is_inner(room: Room, name: str, axis: Raw) -> bool:
    """True if an x axis lies above other panels."""
    anchor = str(axis.get("anchor") or "y")
    other = room.figure["layout"].get(f"yaxis{anchor[1:]}") or {}
    ends = other.get("domain", [])
    return name[0] == "x" and bool(ends) and ends[0] > 0.01


def _gaps(room: Room) -> list[float]:
    """Return the gaps between rows of panels, as parts of the plot."""
    rows = sorted(
        {
            (ends[0], ends[1])
            for name, axis in axes_of(room.figure)
            if name[0] == "y" and len(ends := axis.get("domain", [])) == 2
        }
    )
    gaps = [after[0] - before[1] for before, after in pairwise(rows)]
    return [gap for gap in gaps if gap > 0.004]


def _shortened(
    texts: dict[int, str], room_of: dict[int, float], sizes: Sequence[float]
) -> dict[int, str]:
    """Return texts that fit into their pixels, on several lines if need be."""
    part = max(sizes, default=12) / 12
    if all(width([text]) * part <= room_of[at] for at, text in texts.items()):
        return texts
    begins = {text.partition("=")[0] for text in texts.values() if "=" in text}
    if len(begins) == 1 and all("=" in text for text in texts.values()):
        texts = {at: text.partition("=")[2] for at, text in texts.items()}
    return {
        at: folded(text, room_of[at] / part) if width([text]) * part > room_of[at] else text
        for at, text in texts.items()
    }


def _on_paper(note: Raw) -> bool:
    return note.get("xref") == note.get("yref") == "paper" and not note.get("showarrow")


def _is_above(note: Raw) -> bool:
    return (
        _on_paper(note)
        and note.get("yanchor") == "bottom"
        and note.get("xanchor", "center") == "center"
        and not note.get("textangle")
    )


def _is_beside(note: Raw) -> bool:
    return _on_paper(note) and note.get("textangle") == 90 and (number_of(note.get("x")) or 0) > 0.9


def _panel(room: Room, note: Raw, letter: str) -> float:
    """Return the part of the plot that belongs to the panel of a title."""
    at = number_of(note.get(letter)) or 0
    parts = [
        ends[1] - ends[0]
        for name, axis in axes_of(room.figure)
        if name[0] == letter and len(ends := axis.get("domain", [])) == 2
        if abs((ends[0] + ends[1]) / 2 - at) < 0.02
    ]
    return min(parts, default=1.0)


def _size(note: Raw) -> float:
    return number_of((note.get("font") or {}).get("size")) or 12.0


def _titles_of_axes(room: Room) -> None:
    """Have titles of axes on as many lines as their axis has room for."""
    free = "height" not in room.figure["layout"]
    for name, axis in axes_of(room.figure):
        of = room.get(name) or axis
        title = of.get("title")
        text = text_of(title)
        if not text:
            continue
        if name[0] == "y" and free:
            room.grow_to(min(width([text]), 150) / share(axis) + 8)
        entries = title if isinstance(title, Mapping) else {}
        pixels = (room.across if name[0] == "x" else room.along) * share(axis)
        pixels *= min(1.0, 12 / _size(entries))
        if width([text]) > pixels:
            short = folded(text.replace("_", "_ "), max(pixels, 30)).replace("_ ", "_")
            room.layout[name] = {**of, "title": {**entries, "text": short}}


# ---- Notes and pictures beside the plot


def _beside(room: Room) -> None:
    """Make margins for notes and pictures that are placed outside the plot."""
    for note in room.get("annotations") or ():
        if note.get("yref") == "paper" and not note.get("showarrow"):
            high = height(str(note.get("text", ""))) * _size(note) / 12
            if note.get("textangle"):
                high = 0.0
            _need_along(room, note, high, note.get("yanchor", "auto"))
        if _on_paper(note):
            wide = width([str(note.get("text", ""))]) * _size(note) / 12
            if note.get("textangle"):
                wide = height(str(note.get("text", ""))) * _size(note) / 12
            at = number_of(note.get("x")) or 0
            if at >= 0.98 and note.get("xanchor") == "left":
                room.need("r", min((at - 1) * room.across + wide + 6, room.wide * 0.35))
    for picture in room.get("images") or ():
        if picture.get("yref") == "paper":
            high = (number_of(picture.get("sizey")) or 0) * room.along
            _need_along(room, picture, high, picture.get("yanchor", "top"))


def _need_along(room: Room, placed: Raw, high: float, anchor: str) -> None:
    """Make a margin above or below for something at a height of the plot."""
    at = number_of(placed.get("y")) or 0
    up, down = {"bottom": (1.0, 0.0), "top": (0.0, 1.0), "middle": (0.5, 0.5)}.get(
        anchor, (1.0, 0.0) if at > 2 / 3 else (0.0, 1.0) if at < 1 / 3 else (0.5, 0.5)
    )
    shift = number_of(placed.get("yshift")) or 0
    above = (at - 1) * room.along + shift + up * high
    below = -at * room.along - shift + down * high
    if above > 0:
        room.need("t", above + 4)
    if below > 0 and at < 0:
        room.need("b", below + 6)


# ---- Scales of colours


def _scales(room: Room) -> None:
    """On a phone, scales of colours lie above the plot, and not beside it."""
    if not room.on_phone:
        return
    top = room.margin["t"]
    over = top / room.along if top > room.before["t"] else 0.0
    data = list(room.figure["data"])
    count = 0

    def lying(bar: Any) -> dict[str, Any] | None:
        nonlocal count
        entries = bar if isinstance(bar, Mapping) else {}
        if {"x", "y", "orientation"} & set(entries):
            return None
        count += 1
        title = entries.get("title")
        words = title if isinstance(title, Mapping) else {"text": text_of(title)}
        place = {"x": 0.5, "xanchor": "center", "y": 1 + over, "yanchor": "bottom", "len": 1}
        return {
            **{name: value for name, value in entries.items() if name not in ("len", "lenmode")},
            **place,
            "ypad": 4,
            "orientation": "h",
            "thickness": 10,
            "nticks": 5,
            "title": {**words, "side": "top"},
        }

    for name in [name for name in room.figure["layout"] if name.startswith("coloraxis")]:
        axis = room.get(name) or {}
        used = any(
            name in map(_axis_of, (trace, trace.get("marker"), trace.get("line"))) for trace in data
        )
        if axis.get("showscale", True) and used and (bar := lying(axis.get("colorbar"))):
            room.layout[name] = {**axis, "colorbar": bar}
    for at, trace in enumerate(data):
        for name, part in _scaled(trace):
            if (bar := lying(part.get("colorbar"))) is not None:
                changed = {**part, "colorbar": bar}
                data[at] = {**data[at], name: changed} if name else {**data[at], **changed}
    if count:
        room.figure = {**room.figure, "data": data}
        room.margin["t"] = top + SCALE


def _axis_of(part: Any) -> str:
    return str(part.get("coloraxis") or "") if isinstance(part, Mapping) else ""


_SCALED = frozenset(
    {
        *("heatmap", "contour", "surface", "histogram2d", "histogram2dcontour", "cone"),
        *("streamtube", "volume", "isosurface", "choropleth"),
    }
)
"""The types of traces that have a scale of colours by themselves."""


def _scaled(trace: Raw) -> Iterator[tuple[str, Raw]]:
    """Yield the parts of a trace that have a scale of colours of their own, with their names: its
    marks, its lines, or itself, which has no name.
    """
    for name in ("marker", "line"):
        part = trace.get(name)
        if isinstance(part, Mapping) and part.get("showscale") and not part.get("coloraxis"):
            yield name, part
    is_scaled = trace.get("showscale", trace.get("type") in _SCALED)
    if is_scaled and not trace.get("coloraxis"):
        yield "", trace


# ---- Legends


def _legend(room: Room) -> None:
    """Put a legend above everything, if it needs more than the one line that it has there."""
    layout = room.figure["layout"]
    legend = layout.get("legend") or {}
    template = ((layout.get("template") or {}).get("layout") or {}).get("legend") or {}
    lies = template.get("orientation") == "h"
    entries = _entries(room.figure)
    if not entries or {"x", "y", "orientation", "xanchor", "yanchor"} & set(legend):
        return
    if not lies and not room.on_phone:
        return
    title = text_of(legend.get("title"))
    widths = [SYMBOL + width([entry]) for entry in entries]
    room_for = room.across - 8
    on_a_line = sum(widths) + GAP * len(widths) + (width([title]) * 1.1 + 10 if title else 0)
    lines = 1 if on_a_line <= room_for else _lines(room, widths, room_for)
    on_top = bool(title) and on_a_line > room_for
    if lines == 1 and lies and not on_top and room.margin["t"] <= room.before["t"]:
        return  # as the template has it
    high = lines * ROW + 10 + (ROW if on_top else 0)
    place: dict[str, Any] = {"orientation": "h", "x": 0, "xanchor": "left", "yref": "container"}
    place |= {"y": 1, "yanchor": "top", "maxheight": 1}
    words: Raw = legend["title"] if isinstance(legend.get("title"), Mapping) else {}
    if title and on_top:
        place["title"] = {**words, "side": "top"}
    room.layout["legend"] = {**legend, **place}
    room.margin["t"] = max(room.margin["t"] - room.before["t"], 6) + high


def _lines(room: Room, widths: Sequence[float], pixels: float) -> int:
    """Count the lines that plotly.js needs for a legend: entries of groups one after the other,
    others in columns.
    """
    if any(trace.get("legendgroup") for trace in room.figure["data"]):
        lines, used = 1, 0.0
        for wide in widths:
            if used and used + wide + GAP > pixels:
                lines, used = lines + 1, 0.0
            used += wide + GAP
        return lines
    columns = max(1, math.floor(pixels / (max(widths) + GAP)))
    return math.ceil(len(widths) / columns)


def _entries(figure: PlotlyFigure) -> list[str]:
    """Return the texts of a legend; none if there is no legend."""
    entries: dict[str, str] = {}
    is_shown = False
    if figure["layout"].get("showlegend") is False:
        return []
    for number, trace in enumerate(figure["data"]):
        kind = str(trace.get("type") or "scatter")
        is_listed = trace.get("showlegend", kind not in _WITHOUT_LEGEND)
        if not is_listed or trace.get("visible", True) is False:
            continue
        if kind in _SLICES:
            labels = trace.get("labels", []) or range(len(trace.get("values", [])))
            entries |= {str(label): plain_text(str(label)) for label in labels}
            is_shown = True
            continue
        is_shown = is_shown or trace.get("showlegend") is True
        entries[str(number)] = plain_text(str(trace.get("name") or f"trace {number}"))
    return (
        list(entries.values())
        if is_shown or len(entries) > 1 or figure["layout"].get("showlegend")
        else []
    )
