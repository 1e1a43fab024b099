"""Reads a plotly figure into :class:`~plotly_alive.reading.chart_data.Chart`.

plotly leaves some things open, which are decided here: on which side a trace lies, what its places
are, which panel it is in, which axis is its own, whether its series are stacked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from plotly_alive.reading import error_bars, map_reading, plotly_json
from plotly_alive.reading.annotated_cells import with_cells
from plotly_alive.reading.arrangement import (
    is_norm,
    is_piled,
    listed,
    panels,
    stack,
    without_bases,
)
from plotly_alive.reading.axis_types import as_numbers, of_levels, typed
from plotly_alive.reading.chart_data import FAMILIES, IN_SPACE, Axis, Chart, Trace
from plotly_alive.reading.marked_events import events_of
from plotly_alive.reading.meta_texts import filled
from plotly_alive.reading.number_words import (
    PLAIN,
    AxisNumbers,
    are_numbers,
    are_years,
    date_of,
    is_number,
    number_of,
    place_of,
    places_of,
)
from plotly_alive.reading.plotly_json import (
    Raw,
    grid_of,
    is_estimate,
    plain_text,
    rows,
    text_of,
    values,
)
from plotly_alive.reading.views import choices_of, views_of
from plotly_alive.text.language import t_

Columns = dict[str, list[Any]]

_OWN_ARRAYS = (
    *("ids", "labels", "parents", "values", "locations", "lat", "lon", "x", "y", "z"),
    *("a", "b", "c", "r", "theta", "u", "v", "w", "open", "high", "low", "close"),
    *("lowerfence", "q1", "median", "q3", "upperfence", "mean", "sd"),
)
"""The arrays of a trace that say what it draws, in the order in which a table has them; other
arrays of numbers come after them.
"""
_NOT_MEASURES = frozenset({"customdata", "selectedpoints", "i", "j", "k"})
"""Arrays that may have numbers, and do not say what is drawn."""
_COLOURED = ("value", "intensity")
"""Arrays that the scale of colours measures, in traces that are drawn in space."""
_POLAR = {"theta": "angularaxis", "r": "radialaxis"}


def read(figure: Raw) -> Chart:
    """Return the chart of a figure that is :func:`~plotly_alive.reading.plotly_json.checked`.
    Raises :class:`FigureError` if a map gives two values to a place.
    """
    map_reading.check_places(figure)
    if not (views := views_of(dict(figure))).views:
        return replace(_read(figure), choices=choices_of(dict(figure)))
    charts = tuple((view.name, _read(view.figure)) for view in views.views)
    return replace(
        charts[views.first][1],
        views=charts,
        view=views.title,
        line=views.line,
        is_animated=views.is_animated,
    )


def _read(figure: Raw) -> Chart:
    layout, data = typed(*filled(figure.get("layout") or {}, figure.get("data") or ()))
    title = layout.get("title") or {}
    subtitle = title.get("subtitle") if isinstance(title, Mapping) else None
    in_cells = _turned(with_cells(layout, data))
    shown = _named(list(without_bases(_shown(in_cells))), listed(layout, data))
    titles = panels(layout, [raw for _, raw in shown])
    traces = tuple(
        _trace(layout, raw, number, panel, label)
        for (number, raw), panel, label in zip(shown, titles, _labels(shown, titles), strict=True)
    )
    unmeasured = map_reading.without_data(data)
    chart = Chart(
        text_of(title),
        text_of(subtitle),
        traces,
        unmeasured=unmeasured,
        group=_group(layout),
        events=events_of(layout),
        is_stack_of_bars=layout.get("barmode") in ("stack", "relative"),
    )
    if chart.family != "series":
        return chart
    drawn = [raw for _, raw in shown]
    norm = is_norm(layout, drawn, chart)
    return replace(chart, stack=stack(layout, drawn, chart), is_norm=norm)


def _named(shown: Sequence[tuple[int, Raw]], in_legend: frozenset[int]) -> list[tuple[int, Raw]]:
    """Return the traces, with a name for each nameless one of several whose name readers see: in a
    legend, and under boxes without places.
    """
    several = len(shown) > 1
    return [
        (number, {**raw, "name": t_("Series %(number)s", number=position)})
        if several and not raw.get("name") and (number in in_legend or _is_place(raw))
        else (number, raw)
        for position, (number, raw) in enumerate(shown, start=1)
    ]


def _turned(data: Sequence[Raw]) -> Sequence[Raw]:
    """Return the traces with the orientation of their stack, which one of them may give for all."""
    stacks = {
        _stack(raw): raw["orientation"]
        for raw in reversed(data)
        if raw.get("stackgroup") and "orientation" in raw
    }
    return [
        {**raw, "orientation": stacks[_stack(raw)]}
        if raw.get("stackgroup") and _stack(raw) in stacks
        else raw
        for raw in data
    ]


def _stack(raw: Raw) -> tuple[str, str, str]:
    return str(raw.get("xaxis")), str(raw.get("yaxis")), str(raw.get("stackgroup"))


def _is_place(raw: Raw) -> bool:
    """True if the name of a trace stands at an axis, as a box's without places does."""
    if raw.get("type") not in ("box", "violin"):
        return False
    across = "y" if raw.get("orientation") == "h" or not raw.get("y") else "x"
    return across not in raw


def _shown(data: Sequence[Raw]) -> list[tuple[int, Raw]]:
    """Return the traces that a reader sees, with their numbers: no lines without labels, no words."""
    shown = [(number, raw) for number, raw in enumerate(data) if raw.get("visible", True) is True]
    shown = [(number, raw) for number, raw in shown if raw.get("hoverinfo") != "skip"] or shown
    return [(number, raw) for number, raw in shown if not _is_words(raw)] or shown


def _labels(shown: Sequence[tuple[int, Raw]], panels: Sequence[str]) -> Iterator[str]:
    """Yield the label of each trace: its panel and its name; a number, if it has neither."""
    for position, ((_, raw), panel) in enumerate(zip(shown, panels, strict=True), start=1):
        name = plain_text(str(raw.get("name") or ""))
        if not name and not (panel and panels.count(panel) == 1):
            name = t_("Series %(number)s", number=position)
        yield ", ".join(dict.fromkeys(filter(None, (panel, name))))


def _is_words(raw: Raw) -> bool:
    return raw.get("mode") == "text" and str(raw.get("type") or "scatter").startswith("scatter")


def _trace(layout: Raw, raw: Raw, number: int, panel: str, label: str) -> Trace:
    kind = str(raw.get("type") or "scatter")
    if kind == "pie" and number_of(raw.get("hole")):
        kind = "donut"
    family = FAMILIES.get(kind, "")
    across, along = _letters(raw, kind)
    if kind == "bar" and (spans := _kind_of_spans(values(raw.get("base")))):
        kind, family = spans, "spans"
        columns = _spans(raw, across, along)
    elif family == "series":
        columns = _places_and_values(raw, across, along)
    elif family == "samples":
        columns = _samples(raw, across, along)
    else:
        columns = _READERS.get(family, _arrays)(raw)
    if family == "slices":
        hidden = set(map(str, layout.get("hiddenlabels") or ()))
        columns["place"] = [None if str(place) in hidden else place for place in columns["place"]]
    length = max(map(len, columns.values()), default=0)
    name = plain_text(str(raw.get("name") or ""))
    return Trace(
        number,
        kind,
        _look(raw, kind) if family in ("series", "marks") else "",
        name,
        label,
        panel,
        _axis(layout, raw, across),
        _axis(layout, raw, along),
        str(raw.get("hovertemplate") or ""),
        {
            key: _filled(column, length)
            for key, column in (columns | _beside(raw, across, along)).items()
        },
        _axis(layout, raw, "y"),
        _width(raw, family),
        len(values(raw.get("z"))) if kind == "image" else 0,
        is_estimate(raw),
        _titles(layout, raw, kind),
        **_bins(layout, raw),
        is_piled=is_piled(layout, raw),
        is_raised=kind == "barpolar" and bool(raw.get("base")),
    )


def _width(raw: Raw, family: str) -> int:
    """Return the number of a grid's columns; 0 if its cells are in a list."""
    if raw.get("type") == "image":
        return max(map(len, rows(raw.get("z"))), default=0)
    sides = (*raw.get("x", []), *raw.get("y", [])) if raw.get("type") == "surface" else ()
    if family != "grid" or any(isinstance(place, list) for place in sides):
        return 0
    return max(map(len, grid_of(raw)), default=0)


def _bins(layout: Raw, raw: Raw) -> dict[str, Any]:
    """Return what the heights of a histogram's bars say."""
    if raw.get("type") != "histogram":
        return {}
    function = str(raw.get("histfunc") or "count")
    has_weights = bool(raw.get("x")) and bool(raw.get("y"))
    cumulative = raw.get("cumulative")
    is_cumulative = isinstance(cumulative, Mapping) and cumulative.get("enabled") is True
    return {
        "aggregate": function if has_weights and function != "count" else "",
        "is_norm": bool(raw.get("histnorm") or layout.get("barnorm") or is_cumulative),
    }


def _filled(column: list[Any], length: int) -> list[Any]:
    return (column + [None] * (length - len(column)))[:length]


# ---- Columns


def _letters(raw: Raw, kind: str) -> tuple[str, str]:
    """Return the axes along which a trace has its places and its values."""
    family = FAMILIES.get(kind, "")
    if "polar" in kind:
        return "theta", "r"
    if family == "indicator":
        return "x", "number"
    if family == "marks":
        return "x", map_reading.measured(raw)[0]
    coloured = _COLOURED if family == "" else ()
    if family in ("grid", "map") or any(name in raw for name in coloured):
        return "x", "z"
    x, y = raw.get("x", []), raw.get("y", [])
    if family == "samples":
        if kind == "histogram":
            lies = bool(x) and not (raw.get("orientation") == "h" and y)
        else:
            lies = raw.get("orientation") == "h" or not y
    else:
        lies = _lies(raw, kind, x, y)
    return ("y", "x") if lies else ("x", "y")


def _lies(raw: Raw, kind: str, x: list[Any], y: list[Any]) -> bool:
    """True if the places of a trace are along the vertical axis."""
    if "orientation" in raw or not any(number_of(value) is not None for value in x):
        return raw.get("orientation") == "h"
    if kind == "funnel" or "y" not in raw:
        return True
    if any(isinstance(value, str) for value in y):
        return all(number_of(value) is None for value in y)
    return _look(raw, kind) == "dot" and are_years(y) and not are_years(x)


def _look(raw: Raw, kind: str) -> str:
    if kind in ("bar", "funnel", "waterfall", "barpolar"):
        return "bar"
    if raw.get("stackgroup") or str(raw.get("fill") or "none") != "none":
        return "area"
    if FAMILIES.get(kind) == "marks":
        mode = str(raw.get("mode") or "markers")
        return "line" if "lines" in mode and "markers" not in mode else "dot"
    return "line" if "lines" in str(raw.get("mode") or "lines") else "dot"


def _places_and_values(raw: Raw, across: str, along: str) -> Columns:
    places, column = raw.get(across, []), raw.get(along, [])
    if places and along not in raw:
        column = _counted(raw, along, len(places))
    places = of_levels(places) or _counted(raw, across, len(column))
    if raw.get("type") == "waterfall":
        column = _with_totals(column, raw.get("measure", []))
    size = min(len(places), len(column))
    if str in {*map(type, column)}:  # marks between two names
        column = [plain_text(value) if isinstance(value, str) else value for value in column]
    return {"place": [place_of(place) for place in places[:size]], "value": column[:size]}


def _with_totals(changes: list[Any], measures: list[Any]) -> list[Any]:
    """Return the lengths of a waterfall's bars: its changes, and in the place of each total the sum
    up to there, which plotly computes.
    """
    drawn: list[Any] = []
    total: float = 0
    for change, measure in zip(changes, _filled(measures, len(changes)), strict=True):
        if measure in ("total", "t"):
            drawn.append(total)
            continue
        number = _number(change) or 0
        total = number if measure in ("absolute", "a") else total + number
        drawn.append(change)
    return drawn


def _kind_of_spans(starts: list[Any]) -> str:
    """Return the kind of bars that begin at ``starts``: at dates, or at other numbers than 0; empty
    for plain bars.
    """
    if places_of(starts, is_category=False, measure=PLAIN).kind == "date":
        return "timeline"
    return "range" if any(map(number_of, starts)) else ""


def _spans(raw: Raw, across: str, along: str) -> Columns:
    """Read bars that begin at dates, and whose lengths are milliseconds, or that begin at numbers."""
    columns = _places_and_values(raw, across, along)
    spans = [
        _span(*pair) for pair in zip(values(raw.get("base")), columns.pop("value"), strict=False)
    ]
    return {**columns, "start": [start for start, _ in spans], "end": [end for _, end in spans]}


def _span(base: Any, length: Any) -> tuple[Any, Any]:
    """Return the start and the end of a bar: numbers, or ISO dates or times."""
    start, number = date_of(base), _number(length)
    if number is None:
        return None, None
    if start is None:
        begin = _number(base) or 0
        return begin, begin + number
    try:
        end = start + timedelta(milliseconds=number)
    except OverflowError:
        return None, None
    first, last = (moment.isoformat().removesuffix("T00:00:00") for moment in (start, end))
    return first, last


def _counted(raw: Raw, letter: str, size: int) -> list[Any]:
    """Return places for an array without places: steps from a start."""
    start, step = number_of(raw.get(f"{letter}0", 0)), number_of(raw.get(f"d{letter}", 1))
    if start is None or step is None:
        start, step = 0, 1
    whole = start == int(start) and step == int(step)
    return [int(start + step * at) if whole else start + step * at for at in range(size)]


def _slices(raw: Raw) -> Columns:
    """Read the slices by their labels: values with the same label are one slice, at the first of
    them, and the others have no place; plotly draws none for a negative number.
    """
    labels, sizes = raw.get("labels", []), raw.get("values", [])
    labels = labels or values(raw.get("text")) or _counted(raw, "label", len(sizes))
    sizes = sizes or [1] * len(labels)
    slices: dict[Any, int] = {}
    columns: Columns = {"place": [], "value": []}
    for at, (label, size) in enumerate(zip(labels, sizes, strict=False)):
        place = place_of("null" if label is None else str(at) if label == "" else str(label))
        first = slices.setdefault(place, at)
        columns["place"].append(place if first == at else None)
        columns["value"].append(None)
        number = _number(size)
        if number is not None and number >= 0:
            columns["value"][first] = (columns["value"][first] or 0) + number
    return columns


def _number(value: Any) -> float | None:
    """Return a number that plotly draws; a whole number stays whole."""
    number = number_of(value)
    return value if number is not None and is_number(value) else number


def _grid(raw: Raw) -> Columns:
    """Return the cells row by row. Of a list of cells, those that have a place."""
    cells, down, across = grid_of(raw), raw.get("y", []), raw.get("x", [])
    width = max(map(len, cells), default=0)
    if raw.get("type") != "surface":
        down, across = of_levels(down), of_levels(across)
    elif any(isinstance(place, list) for place in (*down, *across)):
        return _curved_grid(raw, cells, down, across)
    if not width:
        count = min(map(len, (down, across, raw.get("z", []))))
        return {"row": down[:count], "column": across[:count], "value": raw.get("z", [])[:count]}
    across, down = _middles(across, width), _middles(down, len(cells))
    across = across + _counted(raw, "x", width)[len(across) :]
    down = down + _counted(raw, "y", len(cells))[len(down) :]
    return {
        "row": [place_of(down[at]) for at in range(len(cells)) for _ in range(width)],
        "column": [place_of(place) for _ in cells for place in across[:width]],
        "value": [cell for row in cells for cell in _filled(row, width)],
    }


def _middles(ends: list[Any], count: int) -> list[Any]:
    """Return the places of ``count`` cells; of numbers that are the cells' ends, the middles."""
    if len(ends) == count + 1 and all(map(is_number, ends)):
        return [(start + end) / 2 for start, end in pairwise(ends)]
    return ends


def _curved_grid(raw: Raw, cells: list[list[Any]], down: list[Any], across: list[Any]) -> Columns:
    """Read the points of a surface each of which has its own position."""
    sides = {"row": down, "column": across}
    size = max(map(len, cells), default=0)
    columns: Columns = {"value": [cell for row in cells for cell in _filled(row, size)]}
    for at, (name, side) in enumerate(sides.items()):
        if any(isinstance(place, list) for place in side):
            columns[name] = [place for row in rows(side) for place in _filled(row, size)]
        else:
            plain = side + _counted(raw, "yx"[at], (len(cells), size)[at])[len(side) :]
            columns[name] = [
                plain[(number, place)[at]] for number in range(len(cells)) for place in range(size)
            ]
    return {"row": columns["row"], "column": columns["column"], "value": columns["value"]}


def _samples(raw: Raw, across: str, along: str) -> Columns:
    """Read the values of a histogram or a box, and their groups; or the statistics that a box is
    drawn from, if the trace has them.
    """
    column, groups = raw.get(along, []), of_levels(raw.get(across, []))
    is_histogram = raw.get("type") == "histogram"
    if raw.get("median") is not None or (is_histogram and groups and column):
        return _arrays(raw)
    if groups and not is_histogram:
        return {"value": column, "group": [place_of(group) for group in groups]}
    return {"value": column}


def _candles(raw: Raw) -> Columns:
    days = [place_of(day) for day in raw.get("x", [])]
    sides = {side: raw.get(side, [])[: len(days)] for side in ("open", "high", "low", "close")}
    return {"place": days, **sides}


def _flows(raw: Raw) -> Columns:
    link, labels = raw.get("link") or {}, values((raw.get("node") or {}).get("label"))

    def named(node: Any) -> Any:
        is_labelled = isinstance(node, int) and 0 <= node < len(labels)
        return place_of(labels[node]) if is_labelled else node

    ends = {end: [named(node) for node in values(link.get(end))] for end in ("source", "target")}
    return {**ends, "value": values(link.get("value"))}


def _table(raw: Raw) -> Columns:
    columns: Columns = {}
    heads = (raw.get("header") or {}).get("values", [])
    for number, cells in enumerate(rows((raw.get("cells") or {}).get("values"))):
        head = heads[number] if number < len(heads) else ""
        head = plain_text(", ".join(map(str, head)) if isinstance(head, list) else str(head))
        name = f"{head} {number + 1}".strip() if head in ("", *columns) else head
        columns[name] = [place_of(cell) for cell in cells]
    return columns


def _indicator(raw: Raw) -> Columns:
    """Read a number, and the one that its delta compares it with."""
    has_delta = "delta" in str(raw.get("mode") or "").split("+")
    reference = (raw.get("delta") or {}).get("reference") if has_delta else None
    columns = {"value": [raw.get("value")]}
    return columns if reference is None else {**columns, "reference": [reference]}


def _arrays(raw: Raw) -> Columns:
    """Read the arrays of a trace unchanged, and its dimensions if it has any."""
    columns = {name: values(raw.get(name)) for name in _OWN_ARRAYS}
    dimensions = raw.get("dimensions")
    for number, dimension in enumerate(dimensions if isinstance(dimensions, list) else (), start=1):
        if isinstance(dimension, Mapping):
            label = plain_text(str(dimension.get("label") or number))
            columns[label] = as_numbers(dimension.get("values", []))
    columns = {
        name: [plain_text(value) if isinstance(value, str) else value for value in column]
        for name, column in columns.items()
        if column and _are_flat(column)
    }
    others = {name: values(raw[name]) for name in raw if name not in (*_OWN_ARRAYS, *_NOT_MEASURES)}
    return columns | {
        "value" if name in _COLOURED else name: column
        for name, column in others.items()
        if are_numbers(column)
    }


def _are_flat(column: Sequence[Any]) -> bool:
    return not any(isinstance(value, (list, dict)) for value in column)


_READERS: Mapping[str, Callable[[Raw], Columns]] = {
    "slices": _slices,
    "grid": _grid,
    "map": map_reading.regions,
    "marks": map_reading.marks,
    "candles": _candles,
    "flows": _flows,
    "table": _table,
    "indicator": _indicator,
}


def _beside(raw: Raw, across: str, along: str) -> Columns:
    """Read what points have in addition to place and value: texts, sizes, errors."""
    texts = raw.get("text") if isinstance(raw.get("text"), list) else raw.get("hovertext")
    texts = [text for row in rows(texts) for text in row] or values(texts)
    columns = {
        "text": ["" if text is None else plain_text(str(text)) for text in texts],
        "size": [] if along == "marker.size" else values((raw.get("marker") or {}).get("size")),
        **error_bars.read(raw, along),
        **error_bars.read(raw, across, "error_across"),
    }
    return {
        name: column
        for name, column in columns.items()
        if any(value not in (None, "") for value in column)
    }


# ---- Axes


def _axis(layout: Raw, raw: Raw, letter: str) -> Axis:
    """Return the axis of a trace; ``z`` is the scale of its colours."""
    key, title = str(raw.get(f"{letter}axis") or letter), "title"
    if letter in _POLAR:
        polar = layout.get(str(raw.get("subplot") or "polar")) or {}
        part_of_layout = polar.get(_POLAR[letter]) if isinstance(polar, Mapping) else {}
    elif raw.get("type") in IN_SPACE and letter in "xy":
        part_of_layout = _scene(layout, raw).get(f"{letter}axis")
    elif letter == "z":
        shared = layout.get(str(raw.get("coloraxis"))) or {}
        part_of_layout = raw.get("colorbar") or (shared.get("colorbar") if shared else {})
        if raw.get("type") == "surface" and not text_of((part_of_layout or {}).get("title")):
            part_of_layout = _scene(layout, raw).get("zaxis")
    elif letter.partition("[")[0] in map_reading.MEASURES:
        part_of_layout = {"title": map_reading.title_of(raw)}
    elif FAMILIES.get(str(raw.get("type"))) == "indicator" and letter == "x":
        part_of_layout = {"title": raw.get("title")}
    elif letter == "number":
        number = raw.get("number") or {}
        part_of_layout = {f"tick{part}": number.get(part) for part in ("prefix", "suffix")} | {
            "tickformat": number.get("valueformat")
        }
    else:
        part_of_layout = layout.get(f"{letter}axis{key[1:]}")
    axis = part_of_layout if isinstance(part_of_layout, Mapping) else {}
    affixes = (_affix(str(axis.get(part) or "")) for part in ("tickprefix", "ticksuffix"))
    ticks = (*affixes, str(axis.get("tickformat") or ""))
    texts = zip(axis.get("tickvals", []), axis.get("ticktext", []), strict=False)
    return Axis(
        letter,
        str(axis.get("matches") or key),
        text_of(axis.get(title)),
        AxisNumbers(*ticks),
        str(axis.get("type") or ""),
        _is_turned(axis),
        {number_of(value): plain_text(str(text)) for value, text in texts},
        _heads(layout).get(key, ""),
        axis.get("visible") is False,
    )


def _titles(layout: Raw, raw: Raw, kind: str) -> Mapping[str, str]:
    """Return the titles of axes that are not those of a plane, by their letters."""
    if kind == "scatterternary":
        return plotly_json.corners(layout, raw)
    if kind in IN_SPACE:
        axes = ((letter, _scene(layout, raw).get(f"{letter}axis")) for letter in "xyz")
        return _titles_of(axes)
    if kind == "carpet":
        return _titles_of((letter, raw.get(f"{letter}axis")) for letter in "ab")
    return {}


def _titles_of(axes: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return {
        letter: title
        for letter, axis in axes
        if isinstance(axis, Mapping) and (title := text_of(axis.get("title")))
    }


def _scene(layout: Raw, raw: Raw) -> Raw:
    """Return the part of a layout that describes the space that a trace is in."""
    scene = layout.get(str(raw.get("scene") or "scene"))
    return scene if isinstance(scene, Mapping) else {}


def _affix(text: str) -> str:
    """Return what stands before or after a number as plain text, with its space."""
    plain = plain_text(text)
    return text.replace(text.strip(), plain) if text.strip() else text


def _heads(layout: Raw) -> Mapping[str, str]:
    """Return an author's names for axes without a title, by their keys, and for the series
    (`series`).
    """
    meta = layout.get("meta")
    heads = meta.get("heads") if isinstance(meta, Mapping) else None
    named = heads if isinstance(heads, Mapping) else {}
    return {str(key): plain_text(str(text)) for key, text in named.items()}


def _group(layout: Raw) -> str:
    """Return the kind of thing that the series of a chart are."""
    legend = layout.get("legend")
    title = legend.get("title") if isinstance(legend, Mapping) else None
    named = _heads(layout).get("series") or text_of(title)
    return "" if named == "variable" else named  # so express calls columns of a wide table


def _is_turned(axis: Raw) -> bool:
    """True if an axis goes from right to left or from top to bottom."""
    ends = axis.get("range", [])
    numbers = len(ends) == 2 and all(isinstance(end, (int, float)) for end in ends)
    return str(axis.get("autorange")) == "reversed" or (numbers and ends[0] > ends[1])
