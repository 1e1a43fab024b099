"""A chart in words, from its data: the alternative text of a chart whose author gave none.

:func:`describe` names the kind of chart, its subject and its range; then its start and end, its
highest and lowest values, in units and rounding as the chart has them. It describes the drawing: no
cause, no trend, no correlation, no judgement. `test_alt_text.py` checks that all of it is true for
any figure, by reading the sentences and computing them anew.

A chart without a plain highest and lowest value (charts in space, parallel coordinates) is out of
scope: only its kind is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from plotly_alive.reading.chart_data import IN_SPACE, Chart, Point, Series, Trace
from plotly_alive.reading.number_words import (
    AxisNumbers,
    as_percent,
    counted,
    is_unit,
    number_of,
    percent,
    places_of,
    short,
    spelled,
)
from plotly_alive.text.language import (
    appended,
    as_sentence,
    clauses,
    followed_by,
    full_stop,
    listed,
    t_,
    under_head,
    written_number,
)
from plotly_alive.words import extents
from plotly_alive.words.alt_text_parts import add_flows, add_parts, add_polar, add_waterfall
from plotly_alive.words.alt_text_samples import add_boxes, add_histogram
from plotly_alive.words.alt_text_series import Description, describe_courses, ranked
from plotly_alive.words.extents import NAMED

LIMIT = 350
"""The most characters of a description."""
MOST_HEADS = 8
"""The most columns of a table that are named."""
SENTENCES = 2
"""The most sentences after the first, which says what the chart is."""

_SUBJECT = 120
_SPAN = re.compile(r"\b\d{4} ?[-–] ?\d{4}\b")
_SAID_BY_SPAN = frozenset({"spans", "slices", "flows", "table", "indicator"})
"""Families of which more points and axes say nothing."""
_COURSES = frozenset({"scatter", "scattergl", "bar", "funnel"})


def describe(chart: Chart) -> str:
    """Describe ``chart`` in one to three sentences and at most :data:`LIMIT` characters. The
    subtitle says what is measured and in what unit (``Trade by year, US$ bn``); without a subtitle
    the title does.
    """
    description = _description(chart)
    if chart.views:
        _add_views(description, chart)
    elif len(chart.choices) > 1:
        _add_choices(description, chart.choices)
    subject, span = _subject(chart), description.span
    text, about = description.kind, short(subject, _SUBJECT)
    text = under_head(text, about) if text and about else text or about
    if span and not all(part in subject for part in span):
        written = span[0]
        if len(span) > 1:
            written = t_("%(start)s to %(end)s", start=span[0], end=span[1])
        has_span = _SPAN.search(subject)
        of_span = t_("; figures for %(span)s", span=written)
        text = text + of_span if has_span else appended(text, written)
    text, added = as_sentence(text), 0
    for more in description.sentences:
        if added < SENTENCES and len(text) + len(more) < LIMIT:
            text, added = followed_by(text, more), added + 1
    if not added and chart.family not in _SAID_BY_SPAN:
        extent = extents.extent_of(chart)
        if extent and len(text) + len(extent) < LIMIT:
            text = followed_by(text, as_sentence(extent))
    marked = chart.marked
    if len(text) + len(marked) >= LIMIT:
        count = len(chart.events)
        marked = counted("one event is marked", "%(count)s events are marked", count)
        marked = as_sentence(marked) if count else ""
    return followed_by(text, marked)


def _add_views(description: Description, chart: Chart) -> None:
    """Add the views that a reader can see in turn, before the sentences about the first view."""
    names = [short(name) for name, _ in chart.views]
    shown = next(name for name, view in chart.views if view.traces == chart.traces)
    of = {"count": written_number(len(names)), "start": names[0], "end": names[-1]}
    texts = description.sentences[:]
    description.sentences.clear()
    if chart.is_animated:
        if chart.view:
            of["start"] = f"{short(chart.view)} {names[0]}"
        description.add(
            t_(
                "it is animated, in %(count)s frames, %(start)s to %(end)s; described is %(shown)s",
                shown=short(shown),
                **of,
            )
        )
    else:
        description.add(
            t_(
                "readers choose among %(count)s views, %(start)s to %(end)s; described is %(shown)s",
                shown=short(shown),
                **of,
            )
        )
    description.sentences += texts


def _add_choices(description: Description, choices: Sequence[str]) -> None:
    """Add the names of other data that a reader can choose, before the sentences about the first."""
    names = [*map(short, choices)]
    if len(names) <= NAMED:
        text = t_("readers choose among %(names)s", names=listed(names))
    else:
        ends = {"count": written_number(len(names)), "start": names[0], "end": names[-1]}
        text = t_("readers choose among %(count)s views, %(start)s to %(end)s", **ends)
    description.sentences.insert(0, as_sentence(text))


def _subject(chart: Chart) -> str:
    """Return the subject of the chart: the subtitle if it has more than a unit, else the title,
    else an axis.
    """
    subtitle = "" if is_unit(chart.subtitle) else chart.subtitle
    axes = [
        axis.title
        for trace in chart.traces[:1]
        for axis in (trace.along, trace.across)
        if trace.kind not in IN_SPACE
    ]
    subject = next(filter(None, [subtitle, chart.title, *axes, chart.subtitle]), "")
    return re.sub(r"\s+", " ", subject).rstrip(" .:")


def _description(chart: Chart) -> Description:
    kinds = {trace.kind for trace in chart.traces}
    if kinds and kinds <= _COURSES:
        return _plane(chart) if chart.is_plane else describe_courses(chart)
    parts = list(dict.fromkeys(map(_part_of, chart.traces)))
    if len(parts) > 1:
        return _in_parts(chart, parts)
    description = Description(parts[0][0] if parts else t_("Chart"))
    if not kinds:
        description.add(t_("it has no data"))
    elif describe_kind := _BY_KIND.get(min(kinds)) if len(kinds) == 1 else None:
        describe_kind(description, chart)
    elif describe_family := _DESCRIBERS.get(chart.family):
        describe_family(description, chart)
    return description


def _part_of(trace: Trace) -> tuple[str, str]:
    """Return the name of the part of a chart that a trace belongs to, and its family."""
    return ("", "") if trace.kind in _COURSES else (_name_of(trace.kind), trace.family)


def _in_parts(chart: Chart, of_chart: Sequence[tuple[str, str]]) -> Description:
    """Describe a chart of several kinds, each by itself."""
    parts, firsts = [], []
    for key in of_chart:
        traces = tuple(trace for trace in chart.traces if _part_of(trace) == key)
        part_of_chart = replace(chart, traces=traces, stack="", is_norm=False)
        parts.append(_description(part_of_chart))
        firsts.append([*parts[-1].sentences, extents.extent_of(part_of_chart)][0])
    kinds = list(dict.fromkeys(part.kind for part in parts))
    description = Description(listed(kinds))
    for part, first in zip(parts, firsts, strict=True):
        if text := first.removesuffix(full_stop()):
            text = f"{text[0].lower()}{text[1:]}" if text[1:2].islower() else text
            named = under_head(part.kind, text)
            description.add(named if len(kinds) > 1 else text)
    return description


def _name_of(kind: str) -> str:
    return {
        "pie": t_("Pie chart"),
        "donut": t_("Donut chart"),
        "funnelarea": t_("Funnel area chart"),
        "heatmap": t_("Heat map"),
        "contour": t_("Contour chart"),
        "histogram": t_("Histogram"),
        "histogram2d": t_("Two-dimensional histogram"),
        "histogram2dcontour": t_("Two-dimensional histogram"),
        "box": t_("Box plot"),
        "violin": t_("Violin plot"),
        "choropleth": t_("Map"),
        "choroplethmap": t_("Map"),
        "choroplethmapbox": t_("Map"),
        "scattergeo": t_("Map"),
        "scattermap": t_("Map"),
        "scattermapbox": t_("Map"),
        "densitymap": t_("Map"),
        "densitymapbox": t_("Map"),
        "candlestick": t_("Candlestick chart"),
        "ohlc": t_("Open-high-low-close chart"),
        "timeline": t_("Timeline"),
        "range": t_("Bar chart"),
        "indicator": t_("Indicator"),
        "waterfall": t_("Waterfall chart"),
        "treemap": t_("Treemap"),
        "sunburst": t_("Sunburst chart"),
        "icicle": t_("Icicle chart"),
        "image": t_("Picture"),
        "sankey": t_("Flow diagram"),
        "table": t_("Table"),
        "scatterpolar": t_("Polar chart"),
        "scatterpolargl": t_("Polar chart"),
        "barpolar": t_("Polar chart"),
        "scatter3d": t_("Three-dimensional scatter plot"),
        "surface": t_("Surface"),
        "mesh3d": t_("Three-dimensional mesh"),
        "cone": t_("Three-dimensional field of cones"),
        "streamtube": t_("Three-dimensional stream tubes"),
        "isosurface": t_("Isosurface"),
        "volume": t_("Three-dimensional volume"),
        "scatterternary": t_("Ternary plot"),
        "scattersmith": t_("Smith chart"),
        "carpet": t_("Carpet plot"),
        "scattercarpet": t_("Scatter plot on a carpet"),
        "contourcarpet": t_("Contour chart on a carpet"),
        "parcoords": t_("Parallel coordinates"),
        "parcats": t_("Parallel categories"),
        "splom": t_("Scatter plot matrix"),
        "quiver": t_("Field of arrows"),
    }.get(kind) or t_("Chart")


# ---- Other kinds


def _plane(chart: Chart) -> Description:
    """Describe points in a plane: how many, and the range of both axes."""
    description = Description(
        t_("Scatter plot") if chart.looks == ["dot"] else t_("Connected scatter plot")
    )
    description.add(extents.extent_of(chart) or t_("it has no points"))
    return description


def _add_slices(description: Description, chart: Chart) -> None:
    """Add the largest slices and the smallest, as shares of the whole."""
    parts = [_shares(trace) for trace in chart.traces]
    if not any(parts):
        description.add(t_("it has no slices"))
        return
    if len(parts) > 1:
        texts = [
            t_("for %(series)s %(said)s", series=short(trace.label), said=_ranked_slices(part))
            for trace, part in zip(chart.traces, parts, strict=True)
            if part
        ]
        pies = counted("one chart", "%(count)s charts", len(texts))
        while texts and (len(clauses(texts)) > LIMIT // 2 or len(texts) > NAMED):
            texts.pop()
        said = clauses(texts)
        if len(texts) < sum(map(bool, parts)):
            said = under_head(pies, said) if said else pies
        description.add(said)
        return
    shares = sorted(parts[0].items(), key=lambda item: -item[1])
    at = [appended(short(label) or _nameless(), as_percent(share)) for label, share in shares]
    if len(at) <= NAMED:
        slices = counted("one slice", "%(count)s slices", len(at))
        description.add(under_head(slices, clauses(at)))
        return
    ranks = [share for _, share in shares]
    if len({*ranks[:3]}) < 3 or ranks[-1] == ranks[-2]:
        description.add(_ranked_slices(parts[0]))
        return
    description.add(
        t_(
            "the largest of %(count)s slices is %(largest)s, then %(second)s; the smallest is %(smallest)s",
            count=spelled(len(at)),
            largest=at[0],
            second=at[1],
            smallest=at[-1],
        )
    )


def _nameless() -> str:
    return t_("a slice without a name")


def _shares(trace: Trace) -> dict[str, float]:
    """Return the slices of a pie by their names, as percentages of the whole."""
    sizes = {
        str(place): size
        for place, size in zip(trace.column("place"), trace.numbers, strict=True)
        if place is not None and size is not None
    }
    whole = sum(sizes.values())
    return {label: size / whole * 100 for label, size in sizes.items()} if whole else {}


def _ranked_slices(shares: dict[str, float]) -> str:
    points = [Point(label, share, 0, 0) for label, share in shares.items()]
    measure = AxisNumbers(suffix=percent())
    return ranked(Series("", False, points, measure), lambda label: short(label) or _nameless())


def _add_grid(description: Description, chart: Chart) -> None:
    """Describe a heat map: its size, its highest and lowest cell."""
    trace = chart.traces[0]
    if len(chart.traces) > 1 or trace.along.kind == "category":
        return
    cells = list(zip(trace.numbers, trace.column("row"), trace.column("column"), strict=True))
    filled = [cell for cell in cells if cell[0] is not None]
    if not filled:
        description.add(t_("it has no figures"))
        return
    measure = trace.along.measure([trace.hover], chart.measured)
    low, high = (pick(cell[0] or 0 for cell in filled) for pick in (min, max))
    if low != high and measure.write(low) == measure.write(high):
        measure = replace(measure, format=",.6~f")  # near to each other
    write = measure.write
    rows = trace.down.places(trace.column("row"))
    columns = trace.across.places(trace.column("column"))
    texts = [t_("all values are %(value)s", value=write(low))] if low == high else []
    for pick in (max, min) if low != high else ():
        value, row, column = pick(filled, key=lambda cell: cell[0] or 0)
        count = sum(cell[0] == value for cell in filled)
        if count > 1:
            cells_of = {"value": write(value or 0), "count": spelled(count)}
            if pick is max:
                texts.append(t_("the highest value is %(value)s, in %(count)s cells", **cells_of))
            else:
                texts.append(t_("the lowest value is %(value)s, in %(count)s cells", **cells_of))
            continue
        at = {
            "value": write(value or 0),
            "row": rows.write(row),
            "column": columns.write(column),
        }
        if pick is max:
            texts.append(t_("the highest value is %(value)s, at %(row)s and %(column)s", **at))
        else:
            texts.append(t_("the lowest value is %(value)s, at %(row)s and %(column)s", **at))
    size = counted("one cell", "%(count)s cells", len(cells))
    if trace.width:
        size = t_(
            "%(columns)s by %(rows)s",
            columns=counted("one column", "%(count)s columns", trace.width),
            rows=counted("one row", "%(count)s rows", len(cells) // trace.width),
        )
    description.add(under_head(size, clauses(texts)))
    empty = len(cells) - len(filled)
    if empty:
        description.add(counted("one cell has no figure", "%(count)s cells have no figure", empty))


def _add_map(description: Description, chart: Chart) -> None:
    """Add the highest and the lowest place; on a map of several kinds of places, the number of each
    kind.
    """
    if len(chart.traces) > 1 and not all("%{z" in trace.hover for trace in chart.traces):
        counts = {
            trace.name: sum(value is not None for value in trace.numbers) for trace in chart.traces
        }
        is_of_kinds = all(len({*trace.numbers}) <= 1 for trace in chart.traces)
        if len(counts) == len(chart.traces) and all(counts) and is_of_kinds:
            names = [
                name if name.endswith(f" {number}") else f"{name} {number}"
                for name, number in counts.items()
            ]
            description.add(t_("places: %(names)s", names=listed(names)))
            return
    _add_places(description, chart)


def _add_places(description: Description, chart: Chart) -> None:
    """Rank the places of a map; places without names have only a range."""
    points = [
        Point(short(str(text or ("" if place is None else place))), number, trace.number, at)
        for trace in chart.traces
        for at, (text, place, number) in enumerate(
            zip(trace.column("text"), trace.column("place"), trace.numbers, strict=True)
        )
        if number is not None
    ]
    if not points:
        description.add(t_("it has no figures"))
        return
    first = chart.traces[0]
    measure = first.along.measure([trace.hover for trace in chart.traces], chart.measured)
    if len({trace.along.title for trace in chart.traces}) > 1 or not all(p.place for p in points):
        values = [point.value for point in points if point.value is not None]
        ends = {"start": measure.write(min(values)), "end": measure.write(max(values))}
        places = counted("one place", "%(count)s places", len(points))
        if len({*values}) == 1:
            description.add(t_("%(places)s with the value %(start)s", places=places, **ends))
        else:
            text = t_("%(places)s with values from %(start)s to %(end)s", places=places, **ends)
            description.add(text)
        return
    description.add(ranked(Series("", False, points, measure), str))


def _add_marks(description: Description, chart: Chart) -> None:
    if any(number is not None for trace in chart.traces for number in trace.numbers):
        _add_places(description, chart)
        return
    texts = [str(text) for trace in chart.traces for text in trace.column("text") if text]
    marks = [trace for trace in chart.traces if trace.look != "line"]
    lines = sum(_lines(trace) for trace in chart.traces if trace.look == "line")
    places = sum(_placed(trace) for trace in marks)
    if 0 < len(texts) == places <= NAMED and not lines:
        description.add(t_("marked on it: %(places)s", places=listed(list(map(short, texts)))))
        return
    if places or not lines:
        description.add(counted("one place is marked", "%(count)s places are marked", places))
    if lines:
        description.add(counted("one line is drawn", "%(count)s lines are drawn", lines))


def _positions(trace: Trace) -> list[bool]:
    """Return which points of a map have a position."""
    sides = zip(trace.column("lat"), trace.column("lon"), trace.column("place"), strict=True)
    return [(None not in (lat, lon)) or place is not None for lat, lon, place in sides]


def _placed(trace: Trace) -> int:
    return sum(_positions(trace))


def _lines(trace: Trace) -> int:
    """Return the number of lines of a trace, which end where a position is missing."""
    return sum(is_drawn for is_drawn, _ in groupby(_positions(trace)))


def _add_candles(description: Description, chart: Chart) -> None:
    """Add the first opening, the last close, the highest high, the lowest low."""
    trace, places = chart.traces[0], chart.places
    side = {
        name: [
            (number, day)
            for day, value in zip(trace.column("place"), trace.column(name), strict=True)
            if day is not None and (number := number_of(value)) is not None
        ]
        for name in ("open", "close", "high", "low")
    }
    if len(chart.traces) > 1 or not places.ordered or not all(side.values()):
        return
    write = trace.along.measure([trace.hover], chart.measured).write
    first = min(side["open"], key=lambda item: places.order(item[1]))
    last = max(side["close"], key=lambda item: places.order(item[1]))
    high = max(side["high"], key=lambda item: item[0])
    low = min(side["low"], key=lambda item: item[0])
    description.span = list(dict.fromkeys(places.write(day) for _, day in (first, last)))
    description.add(
        t_(
            "it opens at %(open)s and closes at %(close)s; the highest is %(high)s and the lowest %(low)s",
            open=write(first[0]),
            close=write(last[0]),
            high=t_("%(value)s %(at)s", value=write(high[0]), at=places.at(high[1])),
            low=t_("%(value)s %(at)s", value=write(low[0]), at=places.at(low[1])),
        )
    )


def _add_spans(description: Description, chart: Chart) -> None:
    """Add the first start and the last end of all bars."""
    ends = [
        moment
        for trace in chart.traces
        for moment in (*trace.column("start"), *trace.column("end"))
        if moment is not None
    ]
    written = places_of(ends, is_category=False, measure=AxisNumbers())
    if written.ordered:
        first, last = min(ends, key=written.order), max(ends, key=written.order)
        description.span = [written.write(first), written.write(last)]


def _add_indicator(description: Description, chart: Chart) -> None:
    read = []
    for trace in chart.traces:
        value = trace.numbers[0] if trace.length else None
        if value is None:
            continue
        written = trace.along.ticks.write(value)
        (reference,) = map(number_of, trace.column("reference"))
        if reference is not None:
            written = t_(
                "%(value)s (compared with %(reference)s)",
                value=written,
                reference=trace.along.ticks.write(reference),
            )
        title = trace.across.title if len(chart.traces) > 1 else ""
        read.append(f"{short(title)} {written}".strip())
    if read:
        description.add(t_("it reads %(value)s", value=listed(read)))


def _add_table(description: Description, chart: Chart) -> None:
    """Add the number of rows, and the headers."""
    rows = counted("one row", "%(count)s rows", sum(trace.length for trace in chart.traces))
    heads = [short(head) for trace in chart.traces for head in trace.columns]
    if len(heads) > MOST_HEADS:
        columns = counted("one column", "%(count)s columns", len(heads))
        description.add(t_("%(columns)s by %(rows)s", columns=columns, rows=rows))
    elif heads:
        description.add(t_("%(rows)s of %(names)s", rows=rows, names=listed(heads)))


def _add_picture(description: Description, chart: Chart) -> None:
    """Add the size of a picture, if it has cells."""
    sizes = [(trace.width, trace.height) for trace in chart.traces if trace.width]
    if len(chart.traces) > 1:
        description.add(counted("one picture", "%(count)s pictures", len(chart.traces)))
    elif sizes:
        width, height = map(written_number, sizes[0])
        description.add(t_("%(width)s by %(height)s pixels", width=width, height=height))


_DESCRIBERS: dict[str, Callable[[Description, Chart], None]] = {
    "slices": _add_slices,
    "grid": _add_grid,
    "samples": add_boxes,
    "map": _add_map,
    "marks": _add_marks,
    "candles": _add_candles,
    "spans": _add_spans,
    "indicator": _add_indicator,
    "flows": add_flows,
    "table": _add_table,
}
_BY_KIND: dict[str, Callable[[Description, Chart], None]] = {
    "histogram": add_histogram,
    "waterfall": add_waterfall,
    "image": _add_picture,
    **dict.fromkeys(("sunburst", "treemap", "icicle"), add_parts),
    **dict.fromkeys(("scatterpolar", "scatterpolargl", "barpolar"), add_polar),
}
