"""The names and ticks along the axes of a plain plotly figure.

plotly.js leaves out names for which there is no room, and says nothing. Here a drawing grows until
it has all names along its vertical axis; long names go on several lines; where there is still no
room for all, the title of the axis says how many are there, and that the data have the rest.
Logarithmic axes get as many ticks as do not touch.

What an author has set of an axis stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from broadsheet.figures.reading.number_words import date_of, number_of
from broadsheet.figures.reading.plotly_json import PlotlyFigure, Raw, plain_text, text_of
from broadsheet.notebook.charts.labels import folded, width
from broadsheet.text.language import t_

BETWEEN = 56.0
"""Pixels between two panels for the title and the ticks of a vertical axis."""

Axes = dict[str, dict[str, Any]]
"""Changed axes of a layout, by their names."""

ROOM = 14.4
"""The pixels along an axis that plotly.js gives a name, 1.2 times the size of its letters."""
TICKS = 6
"""How many ticks a vertical axis of numbers has, about."""
MOST = 80
"""So many names along a vertical axis make the drawing higher; of more, some are left out."""
_MARGIN = {"l": 80, "r": 80, "t": 100, "b": 80}
"""plotly's own margins."""
_SET = frozenset({"tickvals", "ticktext", "dtick", "nticks", "tickmode"})
_ON_LOG = {"x": (450, 110, 34), "y": (350, 120, 24)}
"""The pixels of a decade from which it has ticks at 1 to 9, at 1, 2 and 5, at 1."""


def margins(layout: Raw) -> dict[str, float]:
    """The margins of a layout by their sides: its own, its template's, else plotly's."""
    template = (layout.get("template") or {}).get("layout") or {}
    found = _MARGIN | (template.get("margin") or {}) | (layout.get("margin") or {})
    return {side: float(found[side]) for side in _MARGIN}


def axes_of(figure: PlotlyFigure) -> Iterator[tuple[str, Raw]]:
    """The x and y axes of a figure by their names in its layout (`xaxis2`)."""
    layout = figure["layout"]
    named = {
        f"{letter}axis{str(trace.get(f'{letter}axis') or letter)[1:]}"
        for trace in figure["data"]
        for letter in "xy"
        if "x" in trace or "y" in trace
    }
    for name in sorted(
        named | {name for name in layout if name[1:5] == "axis" and name[0] in "xy"}
    ):
        yield name, layout.get(name) or {}


def share(axis: Raw) -> float:
    """The part of the plot that an axis takes."""
    ends = axis.get("domain", [])
    return max(0.01, ends[1] - ends[0]) if len(ends) == 2 else 1.0


def with_gaps(figure: PlotlyFigure, across: float) -> dict[str, list[float]]:
    """The domains of horizontal axes of panels that begin further right, since the title and the
    ticks of their vertical axis would lie on the panel at their left.
    """
    ends = {
        name: (domain[0], domain[1])
        for name, axis in axes_of(figure)
        if name[0] == "x" and len(domain := axis.get("domain", [])) == 2
    }
    moved: dict[tuple[float, float], float] = {}
    for name, axis in axes_of(figure):
        own = ends.get(f"xaxis{str(axis.get('anchor') or 'x')[1:]}")
        is_left = axis.get("side", "left") == "left" and not axis.get("overlaying")
        if name[0] != "y" or own is None or not is_left or not text_of(axis.get("title")):
            continue
        before = [right for _, right in ends.values() if right <= own[0]]
        lack = BETWEEN - (own[0] - max(before)) * across if before else 0.0
        if lack > 0:
            moved[own] = max(moved.get(own, 0), min(lack / across, (own[1] - own[0]) * 0.35))
    return {name: [own[0] + moved[own], own[1]] for name, own in ends.items() if own in moved}


def categories(figure: PlotlyFigure, name: str) -> list[str]:
    """The names along an axis, each once; none if it has numbers, dates, or names on two levels."""
    letter = name[0]
    kind = (figure["layout"].get(name) or {}).get("type", "-")
    if kind not in ("-", "category"):
        return []
    found: dict[str, None] = {}
    for trace in _traces_on(figure, name):
        given = trace.get(letter, [])
        if not given and trace.get("type") in ("box", "violin") and trace.get("name"):
            given = [trace["name"]]
        if given and isinstance(given[0], list):
            return []
        found |= dict.fromkeys(str(one) for one in given if one is not None)
    is_named = any(number_of(one) is None and date_of(one) is None for one in found)
    return list(found) if kind == "category" or is_named else []


def _traces_on(figure: PlotlyFigure, name: str) -> Iterator[Raw]:
    """The traces along an axis, those of an animation's frames too."""
    traces = [*figure["data"]]
    for frame in figure.get("frames") or ():
        for number, trace in enumerate(frame["data"]):
            base = figure["data"][number] if number < len(figure["data"]) else {}
            traces.append({**base, **trace})
    letter, key = name[0], name[0] + name[5:]
    return (one for one in traces if str(one.get(f"{letter}axis") or letter) == key)


def with_names(figure: PlotlyFigure, wide: float, high: float) -> tuple[Axes, float]:
    """The axes that are changed so that names have room in a plot of that size, and by how many
    pixels it has to be higher. The plot's height is fixed if the layout has one.
    """
    found: Axes = {}
    names = {name: known for name, _ in axes_of(figure) if (known := categories(figure, name))}
    needed = high
    beside = 0.0
    for name, known in names.items():
        axis = dict(figure["layout"].get(name) or {})
        if name[0] == "x" or not _is_free(axis):
            continue
        found[name] = axis
        longest = width(map(plain_text, known))
        texts = _shortened(known, max(wide * 0.4, min(wide * 0.6, longest / 2 + 12)))
        beside = max(beside, width(texts))
        lines = max(text.count("<br>") + 1 for text in texts)
        room = ROOM * lines + (3 if lines > 1 else 0)
        if len(known) <= MOST and "height" not in figure["layout"]:
            needed = max(needed, len(known) * (room + 0.6) / share(axis))
        _set_names(axis, known, texts, needed * share(axis), room)
    if any("scaleanchor" in axis for _, axis in axes_of(figure)):
        # cells are square: what is not as wide does not become as high
        needed = min(high, wide - max(0.0, beside - 36))
        for name in found:
            known, side = names[name], needed
            axis = dict(figure["layout"].get(name) or {})
            _set_names(axis, known, [plain_text(one) for one in known], side, ROOM)
            found[name] = axis
    for name, known in names.items():
        axis = dict(figure["layout"].get(name) or {})
        if name[0] == "y" or not _is_free(axis):
            continue
        along = (wide - max(0.0, beside - 36)) * share(axis)
        slot = along / len(known) - 6
        texts = _shortened(known, slot) if slot > 40 else [plain_text(one) for one in known]
        if width(texts) > slot:
            texts = (
                _shortened(known, 170) if slot > 2 * ROOM else [plain_text(one) for one in known]
            )
            if "height" not in figure["layout"]:
                needed += max(0.0, min(width(texts), 200) - 20)
        _set_names(axis, known, texts, along, ROOM)
        if axis != (figure["layout"].get(name) or {}):
            found[name] = axis
    changed = {name: axis for name, axis in found.items() if axis != figure["layout"].get(name)}
    return changed, needed - high


def _is_free(axis: Raw) -> bool:
    """Whether an author leaves it to plotly.js which names there are."""
    return (
        not _SET & set(axis)
        and axis.get("showticklabels", True) is not False
        and axis.get("visible", True) is not False
    )


def _shortened(names: Sequence[str], pixels: float) -> list[str]:
    """The names on as many lines as they need."""
    plain = map(plain_text, names)
    return [folded(name, pixels) if width([name]) > pixels else name for name in plain]


def _set_names(
    axis: dict[str, Any], names: Sequence[str], texts: Sequence[str], along: float, room: float
) -> None:
    """Give an axis these texts, or as many of them as have ``room`` and a word about the others."""
    step = math.ceil(len(names) * room / max(along, room) - 0.01)
    if step > 1:
        axis |= {"tickvals": list(names[::step]), "ticktext": list(texts[::step])}
        title = text_of(axis.get("title"))
        word = t_("one name in %(step)s; all are in the data", step=step)
        given = axis.get("title")
        own = given if isinstance(given, Mapping) else {}
        axis["title"] = {**own, "text": f"{title} ({word})" if title else word}
    elif any("<br>" in text for text in texts):
        axis |= {"tickvals": list(names), "ticktext": list(texts)}


def with_few_ticks(figure: PlotlyFigure) -> Axes:
    """The vertical axes of numbers and dates, with as many ticks as the house style has; horizontal
    axes of a few whole numbers, such as years, with a tick at each. One that lies over another has
    round numbers of its own, for which there is no grid.
    """
    found: Axes = {}
    for name, axis in axes_of(figure):
        is_open = name[0] == "x" and not {*_SET, "range"} & set(axis)
        if is_open and (whole := _few_whole(figure, name)):
            found[name] = {**axis, "tickvals": whole}
        is_free = name[0] == "y" and axis.get("type", "-") in ("-", "linear", "date")
        if is_free and not _SET & set(axis) and not categories(figure, name):
            levels = any(
                isinstance(one, list)
                for trace in _traces_on(figure, name)
                for one in trace.get("y", [])[:1]
            )
            if not levels:
                over = {"tickmode": "auto", "showgrid": False} if axis.get("overlaying") else {}
                found[name] = {**over, **axis, "nticks": TICKS}
    return found


def _few_whole(figure: PlotlyFigure, name: str) -> list[int]:
    """The whole numbers from the least to the greatest along an axis, if it has no others and they
    are a few. A distance of ticks would do for these, but not where a shape or an annotation makes
    the axis longer.
    """
    if (figure["layout"].get(name) or {}).get("type", "-") not in ("-", "linear"):
        return []
    found = [one for trace in _traces_on(figure, name) for one in trace.get(name[0], [])]
    is_whole = all(isinstance(one, int) and not isinstance(one, bool) for one in found)
    if not found or not is_whole or not 0 < max(found) - min(found) <= TICKS:
        return []
    return list(range(min(found), max(found) + 1))


def with_log_ticks(figure: PlotlyFigure, wide: float, high: float) -> Axes:
    """The logarithmic axes that get ticks of their own."""
    found: Axes = {}
    for name, axis in axes_of(figure):
        decades = _decades(figure, name, axis) if axis.get("type") == "log" else 0.0
        if decades <= 0 or _SET & set(axis):
            continue
        each = (wide if name[0] == "x" else high) * share(axis) / decades
        all_of, some, one = _ON_LOG[name[0]]
        if decades > 0.7:
            step = "D1" if each >= all_of else "D2" if each >= some else math.ceil(one / each)
            found[name] = {**axis, "dtick": step}
    return found


def _decades(figure: PlotlyFigure, name: str, axis: Raw) -> float:
    """How many powers of ten a logarithmic axis has."""
    ends = [number_of(end) for end in axis.get("range", [])]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        return abs(ends[1] - ends[0])
    drawn = [
        number
        for trace in _traces_on(figure, name)
        for one in trace.get(name[0], [])
        if not isinstance(one, list) and (number := number_of(one)) is not None and number > 0
    ]
    return math.log10(max(drawn) / min(drawn)) * 1.1 if drawn else 0.0


def without_slider(figure: PlotlyFigure, layout: Raw) -> Axes:
    """The horizontal axis of candles without the slider that plotly.js puts below it, unless an
    author says otherwise.
    """
    if not any(trace.get("type") in ("candlestick", "ohlc") for trace in figure["data"]):
        return {}
    return {"xaxis": {"rangeslider": {"visible": False}, **(layout.get("xaxis") or {})}}
