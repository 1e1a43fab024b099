"""The names and ticks along the axes of a plain plotly figure.

plotly.js leaves out names for which there is no room, and says nothing. Here a drawing grows until
it has all names along its vertical axis; long names go on several lines; where there is still no
room for all, the title of the axis says how many are there, and that the data have the rest.
Logarithmic axes get as many ticks as do not touch.

An author's own settings of an axis stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plotly_alive.labels import folded, width
from plotly_alive.reading.number_words import date_of, number_of
from plotly_alive.reading.plotly_json import PlotlyFigure, Raw, plain_text, text_of
from plotly_alive.text.language import t_

BETWEEN = 56.0
"""Pixels between two panels for the title and the ticks of a vertical axis."""

Axes = dict[str, dict[str, Any]]
"""Changed axes of a layout, by their names."""

ROOM = 14.4
"""The pixels along an axis that plotly.js gives a name, 1.2 times the size of its letters."""
TICKS = 6
"""The number of ticks that a vertical axis of numbers has, about."""
MOST = 80
"""The most names for which a drawing grows along a vertical axis; of more names, some are left out."""
_MARGIN = {"l": 80, "r": 80, "t": 100, "b": 80}
"""plotly's own margins."""
_SET = frozenset({"tickvals", "ticktext", "dtick", "nticks", "tickmode"})
_ON_LOG = {"x": (450, 110, 34), "y": (350, 120, 24)}
"""The pixels of a decade from which it has ticks at 1 to 9, at 1, 2 and 5, at 1."""


def margins(layout: Raw) -> dict[str, float]:
    """Return the margins of a layout by their sides: its own, its template's, else plotly's."""
    template = (layout.get("template") or {}).get("layout") or {}
    by_side = _MARGIN | (template.get("margin") or {}) | (layout.get("margin") or {})
    return {side: float(by_side[side]) for side in _MARGIN}


def axes_of(figure: PlotlyFigure) -> Iterator[tuple[str, Raw]]:
    """Yield the x and y axes of a figure by their names in its layout (`xaxis2`)."""
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
    """Return the part of the plot that an axis takes."""
    ends = axis.get("domain", [])
    return max(0.01, ends[1] - ends[0]) if len(ends) == 2 else 1.0


def with_gaps(figure: PlotlyFigure, across: float) -> dict[str, list[float]]:
    """Return the domains of horizontal axes of panels that begin further right, since the title and
    the ticks of their vertical axis would lie on the panel at their left.
    """
    ends = {
        name: (domain[0], domain[1])
        for name, axis in axes_of(figure)
        if name[0] == "x" and len(domain := axis.get("domain", [])) == 2
    }
    moved: dict[tuple[float, float], float] = {}
    for name, axis in axes_of(figure):
        span = ends.get(f"xaxis{str(axis.get('anchor') or 'x')[1:]}")
        is_left = axis.get("side", "left") == "left" and not axis.get("overlaying")
        if name[0] != "y" or span is None or not is_left or not text_of(axis.get("title")):
            continue
        before = [right for _, right in ends.values() if right <= span[0]]
        lack = BETWEEN - (span[0] - max(before)) * across if before else 0.0
        if lack > 0:
            moved[span] = max(moved.get(span, 0), min(lack / across, (span[1] - span[0]) * 0.35))
    return {
        name: [domain[0] + moved[domain], domain[1]]
        for name, domain in ends.items()
        if domain in moved
    }


def categories(figure: PlotlyFigure, name: str) -> list[str]:
    """Return the names along an axis, each once; none if it has numbers, dates, or names on two
    levels.
    """
    letter = name[0]
    kind = (figure["layout"].get(name) or {}).get("type", "-")
    if kind not in ("-", "category"):
        return []
    names: dict[str, None] = {}
    for trace in _traces_on(figure, name):
        column = trace.get(letter, [])
        if not column and trace.get("type") in ("box", "violin") and trace.get("name"):
            column = [trace["name"]]
        if column and isinstance(column[0], list):
            return []
        names |= dict.fromkeys(str(value) for value in column if value is not None)
    is_named = any(number_of(name) is None and date_of(name) is None for name in names)
    return list(names) if kind == "category" or is_named else []


def _traces_on(figure: PlotlyFigure, name: str) -> Iterator[Raw]:
    """Yield the traces along an axis, with those of an animation's frames."""
    traces = [*figure["data"]]
    for frame in figure.get("frames") or ():
        for number, trace in enumerate(frame["data"]):
            base = figure["data"][number] if number < len(figure["data"]) else {}
            traces.append({**base, **trace})
    letter, key = name[0], name[0] + name[5:]
    return (trace for trace in traces if str(trace.get(f"{letter}axis") or letter) == key)


def with_names(figure: PlotlyFigure, wide: float, high: float) -> tuple[Axes, float]:
    """Return the axes that change so that names have room in a plot of that size, and the pixels by
    which it has to grow. The plot's height is fixed if the layout has a height.
    """
    moved: Axes = {}
    names = {
        name: along_axis for name, _ in axes_of(figure) if (along_axis := categories(figure, name))
    }
    needed = high
    beside = 0.0
    for name, shown in names.items():
        axis = dict(figure["layout"].get(name) or {})
        if name[0] == "x" or not _is_free(axis):
            continue
        moved[name] = axis
        longest = width(map(plain_text, shown))
        texts = _shortened(shown, max(wide * 0.4, min(wide * 0.6, longest / 2 + 12)))
        beside = max(beside, width(texts))
        lines = max(text.count("<br>") + 1 for text in texts)
        room = ROOM * lines + (3 if lines > 1 else 0)
        if len(shown) <= MOST and "height" not in figure["layout"]:
            needed = max(needed, len(shown) * (room + 0.6) / share(axis))
        _set_names(axis, shown, texts, needed * share(axis), room)
    if any("scaleanchor" in axis for _, axis in axes_of(figure)):
        # cells are square: what is not as wide does not become as high
        needed = min(high, wide - max(0.0, beside - 36))
        for name in moved:
            shown, side = names[name], needed
            axis = dict(figure["layout"].get(name) or {})
            _set_names(axis, shown, [plain_text(text) for text in shown], side, ROOM)
            moved[name] = axis
    for name, shown in names.items():
        axis = dict(figure["layout"].get(name) or {})
        if name[0] == "y" or not _is_free(axis):
            continue
        along = (wide - max(0.0, beside - 36)) * share(axis)
        slot = along / len(shown) - 6
        texts = _shortened(shown, slot) if slot > 40 else [plain_text(text) for text in shown]
        if width(texts) > slot:
            texts = (
                _shortened(shown, 170) if slot > 2 * ROOM else [plain_text(text) for text in shown]
            )
            if "height" not in figure["layout"]:
                needed += max(0.0, min(width(texts), 200) - 20)
        _set_names(axis, shown, texts, along, ROOM)
        if axis != (figure["layout"].get(name) or {}):
            moved[name] = axis
    changed = {name: axis for name, axis in moved.items() if axis != figure["layout"].get(name)}
    return changed, needed - high


def with_levels(figure: PlotlyFigure, wide: float, high: float) -> tuple[Axes, float]:
    """Return the axes of names on two levels that show all of them, and the pixels that these need
    below the plot: plotly.js leaves out those that touch, and so turns none.
    """
    changed: Axes = {}
    more = 0.0
    for name, _ in axes_of(figure):
        axis = figure["layout"].get(name) or {}
        pairs = on_two_levels(figure, name) if _is_free(axis) else []
        along = (wide if name[0] == "x" else high) * share(axis)
        if pairs and len(pairs) * ROOM <= along:
            changed[name] = {**axis, "dtick": 1}
            inner = width(plain_text(text) for _, text in pairs)
            if name[0] == "x" and inner > along / len(pairs) - 6:
                more = max(more, min(inner, 150))
    return changed, more


def on_two_levels(figure: PlotlyFigure, name: str) -> list[tuple[str, str]]:
    """Return the names along an axis whose traces have two rows of names, each pair once."""
    pairs: dict[tuple[str, str], None] = {}
    for trace in _traces_on(figure, name):
        column = trace.get(name[0], [])
        if len(column) != 2 or not all(isinstance(level, list) for level in column):
            return []
        pairs |= dict.fromkeys(zip(map(str, column[0]), map(str, column[1]), strict=False))
    return list(pairs)


def _is_free(axis: Raw) -> bool:
    """True if an author leaves the choice of names to plotly.js."""
    return (
        not _SET & set(axis)
        and axis.get("showticklabels", True) is not False
        and axis.get("visible", True) is not False
    )


def _shortened(names: Sequence[str], pixels: float) -> list[str]:
    """Return the names on as many lines as they need."""
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
        before = axis.get("title")
        entries = before if isinstance(before, Mapping) else {}
        axis["title"] = {**entries, "text": f"{title} ({word})" if title else word}
    elif any("<br>" in text for text in texts):
        axis |= {"tickvals": list(names), "ticktext": list(texts)}


def with_whole_ticks(figure: PlotlyFigure) -> Axes:
    """Return the horizontal axes of a few whole numbers, such as years, with a tick at each."""
    return {
        name: {**axis, "tickvals": whole}
        for name, axis in axes_of(figure)
        if name[0] == "x" and not _SET & set(axis) and (whole := _few_whole(figure, name))
    }


def with_few_ticks(figure: PlotlyFigure) -> Axes:
    """Return the vertical axes of numbers and dates, with as many ticks as the chart theme has. An
    axis that lies over another has round numbers of its own, for which there is no grid.
    """
    changed: Axes = {}
    for name, axis in axes_of(figure):
        is_free = name[0] == "y" and axis.get("type", "-") in ("-", "linear", "date")
        if is_free and not _SET & set(axis) and not categories(figure, name):
            levels = any(
                isinstance(value, list)
                for trace in _traces_on(figure, name)
                for value in trace.get("y", [])[:1]
            )
            if not levels:
                over = {"tickmode": "auto", "showgrid": False} if axis.get("overlaying") else {}
                changed[name] = {**over, **axis, "nticks": TICKS}
    return changed


def _few_whole(figure: PlotlyFigure, name: str) -> list[int]:
    """Return the whole numbers from the least to the greatest along an axis, if it has a few of
    them and no other values. A distance of ticks would do for these, but not where a shape or an
    annotation makes the axis longer.
    """
    if (figure["layout"].get(name) or {}).get("type", "-") not in ("-", "linear"):
        return []
    column = [value for trace in _traces_on(figure, name) for value in trace.get(name[0], [])]
    is_whole = all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value)
        for value in column
    )
    if not column or not is_whole:
        return []
    ends = [number_of(end) for end in (figure["layout"].get(name) or {}).get("range", [])]
    limits = [end for end in ends if end is not None]
    if len(limits) != 2:
        limits = [min(column), max(column)]
    least, most = math.ceil(min(limits)), math.floor(max(limits))
    return list(range(least, most + 1)) if 0 < most - least <= TICKS else []


def with_log_ticks(figure: PlotlyFigure, wide: float, high: float) -> Axes:
    """Return the logarithmic axes that get ticks of their own."""
    changed: Axes = {}
    for name, axis in axes_of(figure):
        decades = _decades(figure, name, axis) if axis.get("type") == "log" else 0.0
        if decades <= 0 or _SET & set(axis):
            continue
        each = (wide if name[0] == "x" else high) * share(axis) / decades
        all_of, some, power = _ON_LOG[name[0]]
        if decades > 0.7:
            step = "D1" if each >= all_of else "D2" if each >= some else math.ceil(power / each)
            changed[name] = {**axis, "dtick": step}
    return changed


def _decades(figure: PlotlyFigure, name: str, axis: Raw) -> float:
    """Return the number of powers of ten that a logarithmic axis has."""
    ends = [number_of(end) for end in axis.get("range", [])]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        return abs(ends[1] - ends[0])
    drawn = [
        number
        for trace in _traces_on(figure, name)
        for value in trace.get(name[0], [])
        if not isinstance(value, list) and (number := number_of(value)) is not None and number > 0
    ]
    return (math.log10(max(drawn)) - math.log10(min(drawn))) * 1.1 if drawn else 0.0


def without_slider(figure: PlotlyFigure, layout: Raw) -> Axes:
    """Return the horizontal axis of candles without the slider that plotly.js puts below it, unless
    an author says otherwise.
    """
    if not any(trace.get("type") in ("candlestick", "ohlc") for trace in figure["data"]):
        return {}
    return {"xaxis": {"rangeslider": {"visible": False}, **(layout.get("xaxis") or {})}}
