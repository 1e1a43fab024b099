"""Reads the arrangement of a figure's traces: panels, stacks, and bars that begin where others end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plotly_alive.reading.chart_data import Chart
from plotly_alive.reading.number_words import number_of
from plotly_alive.reading.plotly_json import Raw, plain_text, text_of, values
from plotly_alive.text.language import t_

_LISTED = frozenset(
    {
        *("bar", "barpolar", "box", "violin", "histogram", "funnel", "waterfall", "candlestick"),
        *("ohlc", "splom", "pie", "funnelarea"),
    }
)
"""The types of traces, beside dots and lines, that a legend lists by itself."""
Numbered = tuple[int, Raw]
"""A trace, with its number in the figure."""


def without_bases(shown: Sequence[Numbered]) -> Iterator[Numbered]:
    """Yield the traces. Bars that an author stacks begin where other bars end: they keep their
    lengths alone, since they do not go from one number to another.
    """
    tops: list[dict[Any, float]] = []
    for number, raw in shown:
        if raw.get("type") != "bar":
            yield number, raw
            continue
        across, along = ("y", "x") if raw.get("orientation") == "h" else ("x", "y")
        bases = [number_of(base) for base in values(raw.get("base"))]
        lengths = [number_of(length) or 0 for length in raw.get(along, [])]
        places = [str(place) for place in raw.get(across, [])]
        begins = dict(zip(places, bases, strict=False))
        is_stacked = bool(begins) and begins in tops
        yield (
            number,
            {key: array for key, array in raw.items() if not (is_stacked and key == "base")},
        )
        starts = bases or [0] * len(lengths)
        ends = zip(places, starts, lengths, strict=False)
        tops.append({place: (start or 0) + length for place, start, length in ends})


def panels(layout: Raw, shown: Sequence[Raw]) -> list[str]:
    """Return the title of each trace's panel; empty if the chart has only one panel. An axis that
    overlies another is of the same panel.
    """
    lies_over = {
        f"{name[0]}{name[5:]}": str(axis["overlaying"])
        for name, axis in layout.items()
        if name[1:5] == "axis" and isinstance(axis, Mapping) and axis.get("overlaying")
    }
    anchors = []
    for raw in shown:
        x, y = str(raw.get("xaxis") or "x"), str(raw.get("yaxis") or "y")
        subplot = _subplot(raw)
        anchors.append((subplot,) if subplot else (lies_over.get(x, x), lies_over.get(y, y)))
    if len(set(anchors)) <= 1:
        return [""] * len(shown)
    first = dict(zip(reversed(anchors), reversed(shown), strict=True))
    titles = {anchor: _panel_title(layout, raw) for anchor, raw in first.items()}
    names = {str(raw.get("name") or "") for raw in shown}
    if not any(titles.values()) and len(names - {""}) == len(shown):
        return [""] * len(shown)  # their names are enough to tell them apart
    shared = [title for title in titles.values() if [*titles.values()].count(title) > 1]
    for number, anchor in enumerate(dict.fromkeys(anchors), start=1):
        if not titles[anchor] or titles[anchor] in shared:
            titles[anchor] = t_("Panel %(number)s", number=number)
    return [titles[anchor] for anchor in anchors]


def _subplot(raw: Raw) -> str:
    """Return plotly's name (`geo2`) of the map, the circle or the space that a trace is drawn in;
    empty for a trace between two axes.
    """
    return next((str(raw[key]) for key in ("geo", "subplot", "scene") if raw.get(key)), "")


def _panel_title(layout: Raw, raw: Raw) -> str:
    """Return the annotation above the panel, where `make_subplots` and plotly's facets put it; else
    the title of the vertical axis.
    """
    subplot = layout.get(_subplot(raw)) or {}
    domains = []
    for letter in "xy":
        axis = layout.get(f"{letter}axis{str(raw.get(f'{letter}axis') or letter)[1:]}") or {}
        within = (subplot.get("domain") or {}) if subplot else {letter: axis.get("domain")}
        domains.append(within.get(letter, []) or [0, 1])
    x, y = domains
    above = row = far = ""
    for note in layout.get("annotations") or ():
        left, top = number_of(note.get("x")), number_of(note.get("y"))
        is_on_paper = str(note.get("xref", "paper")) == note.get("yref", "paper") == "paper"
        if not is_on_paper or left is None or top is None:
            continue
        text = plain_text(str(note.get("text") or "")).rpartition("=")[2]
        if note.get("textangle") == 90 and left > 0.9:
            row = row or (text if y[0] <= top <= y[1] else "")
        elif x[0] - 0.01 <= left <= x[1] + 0.01:
            above = above or (text if abs(top - y[1]) < 0.06 else "")
            far = far or (text if top > 0.97 else "")
    if title := ", ".join(filter(None, [above or (far if row else ""), row])):
        return title
    axis = layout.get(f"yaxis{str(raw.get('yaxis') or 'y')[1:]}")
    return text_of(axis.get("title")) if isinstance(axis, Mapping) else ""


def stack(layout: Raw, shown: Sequence[Raw], chart: Chart) -> str:
    """Return the kind of stack that the parts of a whole make; empty if a part is missing or
    negative, and if there are several panels.
    """
    groups = {raw.get("stackgroup") for raw in shown}
    bars = chart.looks == ["bar"] and layout.get("barmode") in ("stack", "relative")
    areas = chart.looks == ["area"] and len(groups) == 1 and None not in groups
    if not (bars or areas) or len(chart.series) < 2 or _has_panels(chart):
        return ""
    if _is_below(chart) or any(series.gaps for series in chart.drawn):
        return ""
    return "norm" if is_norm(layout, shown, chart) else "total"


def is_norm(layout: Raw, shown: Sequence[Raw], chart: Chart) -> bool:
    """True if each value is drawn as a share of all values at its place."""
    bars = chart.looks == ["bar"] and layout.get("barnorm") in ("fraction", "percent")
    areas = any(raw.get("groupnorm") in ("fraction", "percent") for raw in shown)
    return (bars and not is_overlaid(layout)) or (areas and chart.looks == ["area"])


def is_overlaid(layout: Raw) -> bool:
    """True if bars at one place are drawn over each other."""
    return layout.get("barmode") == "overlay"


def is_piled(layout: Raw, raw: Raw) -> bool:
    """True if values of a trace at one place stand on each other, as bars and stacked areas do."""
    kind = str(raw.get("type") or "scatter")
    if kind == "bar":
        return not is_overlaid(layout)
    return kind == "funnel" or (kind == "scatter" and bool(raw.get("stackgroup")))


def _has_panels(chart: Chart) -> bool:
    return len({trace.panel for trace in chart.traces}) > 1


def _is_below(chart: Chart) -> bool:
    return any((point.value or 0) < 0 for series in chart.series for point in series.points)


def listed(layout: Raw, data: Sequence[Raw]) -> frozenset[int]:
    """Return the numbers of the traces that a legend lists, where plotly shows one."""
    entries = [
        number
        for number, raw in enumerate(data)
        if raw.get("visible", True) is not False and raw.get("showlegend", _has_entry(raw))
    ]
    is_shown = len(entries) > 1 or any(data[at].get("showlegend") is True for at in entries)
    return frozenset(entries if layout.get("showlegend", is_shown) is True else ())


def _has_entry(raw: Raw) -> bool:
    """True if plotly lists traces of this type unless an author says otherwise."""
    kind = str(raw.get("type") or "scatter")
    return kind.startswith("scatter") or kind in _LISTED
