"""The layout of a figure for the width at which it is drawn: a wide page's, or a phone's.

Plain plotly draws one figure at one size. On a phone a chart is not the same chart made smaller: it
has fewer ticks, its margins are narrow, and labels at the end of a line are above or below the
line. :func:`narrow` makes such a layout, and an author can change it::

    fig.update_layout(meta={"narrow": {"height": 520, "xaxis": {"tickvals": [2000, 2020]}}})

`meta.narrow` may have every key of a layout; a list of annotations or shapes changes those at the
same positions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from plotly_alive.chart_theme import NARROW, WIDE
from plotly_alive.labels import LINE, Box, apart, folded, height, width
from plotly_alive.layout.around_plot import Room, make_room
from plotly_alive.layout.axes import (
    categories,
    margins,
    on_two_levels,
    with_few_ticks,
    with_gaps,
    with_levels,
    with_log_ticks,
    with_names,
    with_whole_ticks,
    without_slider,
)
from plotly_alive.layout.event_labels import event_lines, with_events, without_events
from plotly_alive.layout.phone import for_phone
from plotly_alive.reading.plotly_json import PlotlyFigure, plain_text, text_of
from plotly_alive.text.language import spoken

TICKS = 5
"""The number of ticks that a horizontal axis has on a phone."""
POINTS = 10_000
"""A WebGL trace of up to this many points becomes one of SVG; a larger one is a picture in the
drawing.
"""
_LEAST = 0.5
"""The least part of its height that a drawing on a phone has for its plot, whatever lies around it."""
FOLD = 60.0
"""A label beside a line that is this many pixels wide or more is set on two lines."""
_VALUE = re.compile(r"\s*[-−]?[\d.,]+\s?%?$")
_LONGEST_VALUE = 40
_EDGE = 14.0  # pixels beside a plot that nothing stands beside

_SEPARATORS = ".,"
"""plotly's own marks: of decimals, and between thousands."""

Size = tuple[int, int]
_Points = Sequence[tuple[float, float]]


def untitled(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure without its title, which is the page's, and with the language's marks in its
    numbers.
    """
    layout = {name: value for name, value in figure["layout"].items() if name != "title"}
    if spoken().separators != _SEPARATORS:
        layout.setdefault("separators", spoken().separators)
    return {**figure, "layout": layout}


def wide(figure: PlotlyFigure, across: int = WIDE[0]) -> tuple[PlotlyFigure, Size]:
    """Return the figure for a wide page, ``across`` CSS pixels wide, and its size."""
    figure, events = without_events(figure)
    roomy = _roomy(
        *_set(figure, _moved_labels(figure, on_phone=False), (across, WIDE[1])), on_phone=False
    )
    return with_events(*roomy, events, on_phone=False)


def narrow(figure: PlotlyFigure, across: int = NARROW[0]) -> tuple[PlotlyFigure, Size]:
    """Return the figure for a phone, ``across`` CSS pixels wide, and its size."""
    figure, events = without_events(for_phone(figure, across))
    roomy = _roomy(*_set(figure, narrow_layout(figure), (across, NARROW[1])), on_phone=True)
    return with_events(*roomy, events, on_phone=True)


def narrow_layout(figure: PlotlyFigure) -> dict[str, Any]:
    """Return the keys of the layout that are different on a phone, each whole; they replace the
    keys of the figure's layout.
    """
    layout = figure.get("layout", {})
    changes: dict[str, Any] = {"width": None} if "width" in layout else {}
    changes |= with_whole_ticks(figure)
    for name in {"xaxis", *(key for key in layout if key.startswith("xaxis"))}:
        axis = layout.get(name) or {}
        if isinstance(axis, Mapping) and not {"tickvals", "dtick"} & set(axis):
            if (
                name in changes
                or axis.get("type") == "log"
                or categories(figure, name)
                or on_two_levels(figure, name)
            ):
                continue
            changes[name] = {"nticks": TICKS, **axis}
        elif isinstance(axis, Mapping) and (few := _few(axis)) is not None:
            changes[name] = {**axis, **few}
    changes |= _moved_labels(figure, on_phone=True)
    by_author = (
        (layout.get("meta") or {}).get("narrow")
        if isinstance(layout.get("meta"), Mapping)
        else None
    )
    for key, value in (by_author or {}).items():
        changes[key] = _merged(changes.get(key, layout.get(key)), value)
    return changes


def _roomy(figure: PlotlyFigure, size: Size, *, on_phone: bool) -> tuple[PlotlyFigure, Size]:
    """Return the figure with room for all of its names, titles and legends. A height or a margin
    that its layout sets stays.
    """
    layout = figure["layout"]
    set_margin = layout.get("margin") or {}
    template = (layout.get("template") or {}).get("layout") or {}
    margin = margins(layout)
    room = Room(figure, *size, on_phone, {**margin})
    changed, more = with_names(figure, room.across, room.along)
    few = with_few_ticks(figure) if (template.get("legend") or {}).get("orientation") == "h" else {}
    levels, below = with_levels(figure, room.across, room.along)
    more += below
    room.layout |= (
        few
        | with_whole_ticks(figure)
        | levels
        | changed
        | with_log_ticks(figure, room.across, room.along)
    )
    room.more = more
    make_room(room)
    bullets = [
        trace for trace in figure["data"] if (trace.get("gauge") or {}).get("shape") == "bullet"
    ]
    if titles := [text_of(trace.get("title")) for trace in bullets if trace.get("title")]:
        room.need("l", width(titles) * 1.4 + 12)
    for name, domain in with_gaps(figure, room.across).items():
        room.layout[name] = {**(room.get(name) or {}), "domain": domain}
    kept = {side: value for side, value in room.margin.items() if side not in set_margin}
    new_margin = {side: round(value) for side, value in kept.items() if value != margin[side]}
    if new_margin:
        room.layout["margin"] = {**set_margin, **new_margin}
    grown = room.more + sum(new_margin.get(side, margin[side]) - margin[side] for side in "tb")
    high = size[1] if "height" in layout else round(size[1] + grown)
    if on_phone and (lack := size[1] * _LEAST - (high - room.margin["t"] - room.margin["b"])) > 0:
        high += round(lack)  # a long legend leaves a plot
    return {**room.figure, "layout": {**layout, **room.layout}}, (size[0], high)


def _set(figure: PlotlyFigure, changes: Mapping[str, Any], size: Size) -> tuple[PlotlyFigure, Size]:
    layout = {
        key: value
        for key, value in {**figure.get("layout", {}), **changes}.items()
        if value is not None
    }
    if isinstance(layout.get("annotations"), list):  # of `meta.narrow` it may be anything
        layout["annotations"] = [
            _aligned(note) if isinstance(note, Mapping) else note for note in layout["annotations"]
        ]
    layout |= without_slider(figure, layout)
    height = int(layout.get("height") or size[1])
    changed = {**figure, "data": list(map(_drawn_as_lines, figure["data"])), "layout": layout}
    if "frames" in figure:
        changed["frames"] = [
            {**frame, "data": list(map(_drawn_as_lines, frame.get("data") or ()))}
            for frame in figure["frames"]
        ]
    return changed, (size[0], height)


def _aligned(annotation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Align text by its right end or its middle, if that is where it is placed: the reader's letters
    may be narrower.
    """
    anchor = annotation.get("xanchor", "auto")
    if anchor not in ("left", "right", "center"):
        anchor = "center" if annotation.get("xref", "x") != "paper" else None
    return (
        annotation if "align" in annotation or anchor is None else {**annotation, "align": anchor}
    )


def _drawn_as_lines(trace: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a WebGL trace as an SVG trace: a picture of pixels is not small and does not follow
    the colours, and only the largest bundle of plotly.js has WebGL.
    """
    points = max(len(trace.get(letter, [])) for letter in "xy")
    if trace.get("type") == "scattergl" and points <= POINTS:
        return {**trace, "type": "scatter"}
    return trace


def _merged(old: Any, new: Any) -> Any:
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    if (
        isinstance(new, list)
        and isinstance(old, list)
        and any(isinstance(item, Mapping) for item in new)
    ):
        return (
            [_merged(*pair) for pair in zip(old, new, strict=False)]
            + old[len(new) :]
            + new[len(old) :]
        )
    return new


def _few(axis: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return every second, third … of the ticks that an author has set, if there is not room for
    all.
    """
    ticks, texts = axis.get("tickvals", []), axis.get("ticktext", [])
    words = [plain_text(str(text)) for text in texts or ticks]
    room = NARROW[0] - 60
    step = next(
        (
            n
            for n in range(1, len(words) + 1)
            if sum(width([word]) + 14 for word in words[::n]) <= room
        ),
        1,
    )
    if step == 1 or not ticks:
        return None
    return {"tickvals": ticks[::step]} | ({"ticktext": texts[::step]} if texts else {})


# ---- Labels at the ends of lines
# -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plot:
    """The plot in the picture, which gives a place to each x and y."""

    area: Box
    """The box of the plot in pixels."""
    across: tuple[float, float]
    """The first and the last x."""
    along: tuple[float, float]
    """The first and the last y."""

    def at(self, x: float, y: float) -> tuple[float, float]:
        part = (x - self.across[0]) / ((self.across[1] - self.across[0]) or 1)
        up = (y - self.along[0]) / ((self.along[1] - self.along[0]) or 1)
        return (
            self.area.left + part * (self.area.right - self.area.left),
            self.area.bottom - up * (self.area.bottom - self.area.top),
        )


def _moved_labels(figure: PlotlyFigure, *, on_phone: bool) -> dict[str, Any]:
    """Return the keys of the layout that move labels at the right of the lines' ends above or below
    the lines. On a phone all of them are moved, and the plot gets their margin; if a label would
    overlap the drawing, all stay beside the lines, on two lines of text if they are long. On a wide
    page the labels of lines that end before others are moved: at their right the others go on.
    Empty, if the positions in the drawing are not known.
    """
    layout, annotations = figure.get("layout", {}), figure.get("layout", {}).get("annotations")
    lines = _lines(figure) if annotations and isinstance(annotations, Sequence) else []
    if not lines:
        return {}
    last = max(line[-1][0] for line in lines)
    ends = {
        number: line
        for number, note in enumerate(annotations)
        if (line := _ends_at(note, lines)) is not None and (on_phone or line[-1][0] < last)
    }
    plot = _plot(layout, lines, on_phone)
    if not ends or plot is None:
        return {}
    drawn = [[plot.at(*point) for point in line] for line in lines]
    marked = [x for x in map(_number, event_lines(layout)) if x is not None]
    drawn += [[plot.at(x, end) for end in plot.along] for x in marked]
    placed = _placed(annotations, ends, plot, drawn, at_the_end=True) or _placed(
        annotations, ends, plot, drawn
    )
    changes: dict[str, Any] = {}
    if on_phone:
        right = _EDGE
        if not placed:
            placed = _beside(annotations, ends, plot)
            right = width(str(note["text"]) for note in placed.values()) + 11
        changes["margin"] = {**(layout.get("margin") or {}), "r": round(right)}
    if placed:
        changes["annotations"] = [
            placed.get(number, note) for number, note in enumerate(annotations)
        ]
    return changes


def _placed(
    annotations: Sequence[Mapping[str, Any]],
    ends: Mapping[int, _Points],
    plot: _Plot,
    drawn: Sequence[_Points],
    *,
    at_the_end: bool = False,
) -> dict[int, dict[str, Any]]:
    """Return the annotations at the ends of lines, each with a place; none, if one of them has no
    place, or is not at the end of its line and so does not label it.
    """
    taken: list[Box] = []
    placed = {}
    for number in sorted(ends, key=lambda number: ends[number][-1][1], reverse=True):
        note, line = annotations[number], ends[number]
        text = str(note.get("text", "")).replace("<br>", " ")
        text = (
            text if at_the_end else text[:-_LONGEST_VALUE] + _VALUE.sub("", text[-_LONGEST_VALUE:])
        )
        points = [plot.at(*point) for point in line]
        place = _place(
            points, text, plot.area, drawn, taken, reach=1 if at_the_end else len(points)
        )
        if place is None:
            return {}
        at, box, side, above = place
        taken.append(box)
        placed[number] = {
            **note,
            "text": text,
            "x": _as_given(note["x"], line[at][0]),
            "y": line[at][1],
            "xanchor": side,
            "align": side,
            "xshift": 0,
            "yanchor": "bottom" if above else "top",
            "yshift": 4 if above else -4,
        }
    return placed


def _beside(
    annotations: Sequence[Mapping[str, Any]], ends: Mapping[int, _Points], plot: _Plot
) -> dict[int, dict[str, Any]]:
    """Return the annotations at the ends of lines, narrow, moved off each other and off the ticks
    under the axis.
    """
    texts = {number: str(annotations[number].get("text", "")) for number in ends}
    longest = max(width([text.replace("<br>", " ")]) for text in texts.values())
    if longest > FOLD:
        texts = {
            number: folded(text.replace("<br>", " "), max(FOLD, longest / 2))
            for number, text in texts.items()
        }
    shifts = apart(
        [plot.at(*ends[number][-1])[1] for number in ends],
        [height(text) for text in texts.values()],
        floor=plot.area.bottom + LINE / 2,
    )
    return {
        number: {
            **annotations[number],
            "text": texts[number],
            "yanchor": "middle",
            "yshift": -shift,
        }
        for number, shift in zip(ends, shifts, strict=True)
    }


def _place(
    line: _Points,
    text: str,
    area: Box,
    drawn: Sequence[_Points],
    taken: Sequence[Box],
    *,
    reach: int,
) -> tuple[int, Box, str, bool] | None:
    """Return the last of the final ``reach`` points of a line at which a label overlaps nothing:
    its index, position, alignment, and whether it is above.
    """
    long = width([text])
    for at in reversed(range(len(line) - reach, len(line))):
        x, y = line[at]
        for side, left in (("right", x - long), ("center", x - long / 2), ("left", x)):
            for above in (True, False):
                top = y - 4 - LINE if above else y + 4
                box = Box(left, top, left + long, top + LINE)
                inside = (
                    box.left >= area.left - 2
                    and box.right <= area.right + _EDGE
                    and box.top >= 0
                    and box.bottom <= area.bottom - 2
                )
                if (
                    inside
                    and not any(box.common(other) for other in taken)
                    and not _is_crossed(box, drawn)
                ):
                    return at, box, side, above
    return None


def _is_crossed(box: Box, drawn: Sequence[_Points]) -> bool:
    """True if a line or a mark on it comes nearer than two pixels to the box."""
    for line in drawn:
        for (x0, y0), (x1, y1) in pairwise(line):
            is_beside = max(x0, x1) < box.left - 2 or min(x0, x1) > box.right + 2
            if is_beside or max(y0, y1) < box.top - 2 or min(y0, y1) > box.bottom + 2:
                continue
            steps = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / 2))
            for step in range(steps + 1):
                x, y = x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
                if box.left - 2 < x < box.right + 2 and box.top - 2 < y < box.bottom + 2:
                    return True
    return False


def _lines(figure: PlotlyFigure) -> list[_Points]:
    """Return the points of each line; none if something else is drawn too, or on other axes."""
    lines: list[_Points] = []
    for trace in figure.get("data", []):
        is_line = trace.get("type", "scatter") == "scatter" and "lines" in str(
            trace.get("mode", "lines")
        )
        if (
            not is_line
            or {"stackgroup", "xaxis", "yaxis"} & set(trace)
            or trace.get("fill", "none") != "none"
        ):
            return []
        points = [
            (x, y)
            for x, y in zip(
                map(_number, trace.get("x", [])),
                map(_number, trace.get("y", [])),
                strict=False,
            )
            if x is not None and y is not None
        ]
        lines += [points] if points else []
    return lines


def _ends_at(note: Any, lines: Sequence[_Points]) -> _Points | None:
    """Return the line with an annotation at the right of its end, its solid and dashed pieces
    joined.
    """
    if (
        not isinstance(note, Mapping)
        or note.get("xanchor") != "left"
        or note.get("showarrow")
        or note.get("ax")
    ):
        return None
    if note.get("xref", "x") != "x" or note.get("yref", "y") != "y":
        return None
    x, y = _number(note.get("x")), _number(note.get("y"))
    line = next(
        (
            line
            for line in lines
            if x is not None and y is not None and line[-1][0] == x and math.isclose(line[-1][1], y)
        ),
        None,
    )
    if line is None:
        return None
    before = next((other for other in lines if other[-1] == line[0] and other is not line), [])
    return [*before, *line[1:]] if before else list(line)


def _plot(layout: Mapping[str, Any], lines: Iterable[_Points], on_phone: bool) -> _Plot | None:
    size = NARROW if on_phone else WIDE
    points = [point for line in lines for point in line]
    template = (layout.get("template") or {}).get("layout") or {}
    margin = {
        "l": 44,
        "t": 12,
        "b": 36,
        **(template.get("margin") or {}),
        "r": 24,
        **(layout.get("margin") or {}),
    }
    right = _EDGE if on_phone else float(margin["r"])
    ranges = []
    for name, letter in (("xaxis", 0), ("yaxis", 1)):
        axis = {**(template.get(name) or {}), **(layout.get(name) or {})}
        if (
            axis.get("type", "linear") not in ("linear", "date", "-")
            or axis.get("autorange") == "reversed"
        ):
            return None
        along = [point[letter] for point in points]
        low, high = min(along), max(along)
        pad = (high - low) * 0.06
        ends = [_number(end) for end in axis.get("range", [])]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            ranges.append((ends[0], ends[1]))
        elif letter and axis.get("rangemode") == "tozero":
            ranges.append((min(0.0, low - pad if low < 0 else 0.0), max(0.0, high + pad)))
        else:
            ranges.append((low - pad, high + pad))
    high = int(layout.get("height") or size[1])
    area = Box(margin["l"], margin["t"], size[0] - right, high - margin["b"])
    return _Plot(area, ranges[0], ranges[1])


def _number(value: Any) -> float | None:
    """Return a number or a date as a number; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value) if math.isfinite(value) else None
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None).timestamp()
    except ValueError:
        return None


def _as_given(place: Any, number: float) -> Any:
    """Return a place on the axis in the form in which the author writes such places."""
    if isinstance(place, (int, float)):
        return int(number) if number == int(number) else number
    return datetime.fromtimestamp(number).isoformat()
