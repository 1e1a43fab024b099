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
from collections.abc import Callable
from statistics import median
from typing import Any

from plotly_alive.reading.chart_data import ChartData, Point, Series
from plotly_alive.reading.number_words import (
    AxisNumbers,
    Places,
    as_percent,
    counted,
    is_unit,
    number_of,
    places_of,
    short,
    spelled,
)
from plotly_alive.text.language import listed, t_, written_number
from plotly_alive.words.alt_text_parts import add_flows, add_parts, add_polar
from plotly_alive.words.alt_text_series import NAMED, Description, describe_courses, ranked

LIMIT = 350
"""The most characters of a description."""
SENTENCES = 2
"""The most sentences after the first, which says what the chart is."""

_SUBJECT = 120
_SPAN = re.compile(r"\b\d{4} ?[-–] ?\d{4}\b")
_COURSES = frozenset({"scatter", "scattergl", "bar", "funnel"})


def describe(chart: ChartData) -> str:
    """Describe ``chart`` in one to three sentences and at most :data:`LIMIT` characters. The
    subtitle says what is measured and in what unit (``Trade by year, US$ bn``); without a subtitle
    the title does.
    """
    description = _description(chart)
    if chart.views:
        _add_views(description, chart)
    subject, span = _subject(chart), description.span
    text = ": ".join(filter(None, [description.kind, short(subject, _SUBJECT)]))
    if span and not all(part in subject for part in span):
        written = span[0]
        if len(span) > 1:
            written = t_("%(start)s to %(end)s", start=span[0], end=span[1])
        has_span = _SPAN.search(subject)
        text += t_("; figures for %(span)s", span=written) if has_span else f", {written}"
    text, added = f"{text}.", 0
    for sentence in description.sentences:
        if added < SENTENCES and len(text) + len(sentence) < LIMIT:
            text, added = f"{text} {sentence}", added + 1
    marked = chart.marked
    if len(text) + len(marked) >= LIMIT:
        count = len(chart.events)
        marked = counted("one event is marked", "%(count)s events are marked", count)
        marked = f"{marked[0].upper()}{marked[1:]}." if count else ""
    return f"{text} {marked}".rstrip()


def _add_views(description: Description, chart: ChartData) -> None:
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


def _subject(chart: ChartData) -> str:
    """Return the subject of the chart: the subtitle if it has more than a unit, else the title,
    else an axis.
    """
    subtitle = "" if is_unit(chart.subtitle) else chart.subtitle
    axes = [axis.title for trace in chart.traces[:1] for axis in (trace.along, trace.across)]
    subject = next(filter(None, [subtitle, chart.title, *axes, chart.subtitle]), "")
    return re.sub(r"\s+", " ", subject).rstrip(" .:")


def _description(chart: ChartData) -> Description:
    kinds = {trace.kind for trace in chart.traces}
    if kinds and kinds <= _COURSES:
        return _plane(chart) if chart.is_plane else describe_courses(chart)
    names = {_name_of(kind) for kind in kinds}
    description = Description(names.pop() if len(names) == 1 else t_("Chart"))
    if not kinds:
        description.add(t_("it has no data"))
    elif describe_kind := _BY_KIND.get(min(kinds)) if len(kinds) == 1 else None:
        describe_kind(description, chart)
    elif describe_family := _DESCRIBERS.get(chart.family):
        describe_family(description, chart)
    return description


def _name_of(kind: str) -> str:
    return {
        "pie": t_("Pie chart"),
        "donut": t_("Donut chart"),
        "funnelarea": t_("Funnel chart"),
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
        "scatterternary": t_("Ternary plot"),
        "parcoords": t_("Parallel coordinates"),
        "parcats": t_("Parallel categories"),
        "splom": t_("Scatter plot matrix"),
    }.get(kind) or t_("Chart")


# ---- Other kinds


def _plane(chart: ChartData) -> Description:
    """Describe points in a plane: how many, and the range of both axes."""
    description = Description(
        t_("Scatter plot") if chart.looks == ["dot"] else t_("Connected scatter plot")
    )
    pairs = [
        (place, value)
        for trace in chart.traces
        for place, value in zip(trace.column("place"), trace.numbers, strict=True)
        if place is not None and value is not None
    ]
    if not pairs:
        description.add(t_("it has no points"))
        return description
    first, texts = chart.traces[0], []
    hovers = [trace.hover for trace in chart.traces]
    for at, axis in sorted(enumerate((first.across, first.along)), key=lambda item: item[1].letter):
        column = [pair[at] for pair in pairs]
        written = chart.places if at == 0 else Places("number", measure=axis.measure(hovers))
        start, end = min(column, key=written.order), max(column, key=written.order)
        name = t_("the horizontal axis") if axis.letter == "x" else t_("the vertical axis")
        texts.append(
            t_(
                "%(axis)s from %(start)s to %(end)s",
                axis=short(axis.name) if axis.title else name,
                start=written.write(start),
                end=written.write(end),
            )
        )
    points = counted("one point", "%(count)s points", len(pairs))
    groups = len({trace.name for trace in chart.traces if trace.name})
    if groups > 1:
        written_groups = counted("one group", "%(count)s groups", groups)
        points = t_("%(points)s in %(groups)s", points=points, groups=written_groups)
    ranges = t_(", and ").join(texts)
    description.add(f"{points}: {ranges}")
    return description


def _add_slices(description: Description, chart: ChartData) -> None:
    """Add the largest slices and the smallest, as shares of the whole."""
    if len(chart.traces) > 1:
        return
    trace = chart.traces[0]
    sizes = {
        str(place): size
        for place, size in zip(trace.column("place"), trace.numbers, strict=True)
        if place is not None and size is not None
    }
    whole = sum(sizes.values())
    if not whole:
        description.add(t_("it has no slices"))
        return
    nameless = t_("a slice without a name")
    at = [
        f"{short(label) or nameless}, {as_percent(size / whole * 100)}"
        for label, size in sorted(sizes.items(), key=lambda item: -item[1])
    ]
    if len(at) <= NAMED:
        slices = counted("one slice", "%(count)s slices", len(at))
        description.add(f"{slices}: {'; '.join(at)}")
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


def _add_grid(description: Description, chart: ChartData) -> None:
    """Describe a heat map: its size, its highest and lowest cell."""
    trace = chart.traces[0]
    if len(chart.traces) > 1 or (trace.length and not trace.width):
        return
    cells = list(zip(trace.numbers, trace.column("row"), trace.column("column"), strict=True))
    filled = [cell for cell in cells if cell[0] is not None]
    if not filled:
        description.add(t_("it has no figures"))
        return
    write = trace.along.measure([trace.hover], chart.measured).write
    rows = trace.down.places(trace.column("row"))
    columns = trace.across.places(trace.column("column"))
    texts = []
    for pick in (max, min):
        value, row, column = pick(filled, key=lambda cell: cell[0] or 0)
        at = {
            "value": write(value or 0),
            "row": rows.write(row),
            "column": columns.write(column),
        }
        if pick is max:
            texts.append(t_("the highest value is %(value)s, at %(row)s and %(column)s", **at))
        else:
            texts.append(t_("the lowest value is %(value)s, at %(row)s and %(column)s", **at))
    size = t_(
        "%(columns)s by %(rows)s",
        columns=counted("one column", "%(count)s columns", trace.width),
        rows=counted("one row", "%(count)s rows", len(cells) // trace.width),
    )
    description.add(f"{size}: {'; '.join(texts)}")
    empty = len(cells) - len(filled)
    if empty:
        description.add(counted("one cell has no figure", "%(count)s cells have no figure", empty))


def _add_samples(description: Description, chart: ChartData) -> None:
    """Add the number of a histogram's values, their range and their median; for boxes add the
    highest and the lowest median, and the range of all values.
    """
    first = chart.traces[0]
    samples: dict[Any, list[float]] = {}
    grouped = any("group" in trace.columns for trace in chart.traces)
    if len(chart.traces) > 1 and (grouped or len({trace.kind for trace in chart.traces}) > 1):
        return
    for trace in chart.traces:
        column = trace.columns.get("value")
        if column is None or (
            any(map(_is_given, column)) and not any(map(_is_given, trace.numbers))
        ):
            return  # drawn of categories, or of figures that are not samples
        for group, value in zip(trace.column("group"), trace.numbers, strict=True):
            if value is not None and (group is not None or "group" not in trace.columns):
                samples.setdefault(trace.label if group is None else group, []).append(value)
    pooled = [value for sample in samples.values() for value in sample]
    if not pooled:
        description.add(t_("it has no values"))
        return
    hovers = {trace.hover for trace in chart.traces}
    write = first.along.measure(hovers, chart.measured).write
    ends = {"start": write(min(pooled)), "end": write(max(pooled))}
    if first.kind == "histogram":
        values = counted("one value", "%(count)s values", len(pooled))
        text = f"{values}, {ends['start']}"
        if min(pooled) != max(pooled):
            text = t_(
                "%(values)s from %(start)s to %(end)s; the median is %(median)s",
                values=values,
                median=write(median(pooled)),
                **ends,
            )
        description.add(text)
        return
    middles = sorted(
        ((median(sample), group) for group, sample in samples.items()), key=lambda item: -item[0]
    )
    if len(middles) == 1:
        description.add(
            t_(
                "the values go from %(start)s to %(end)s; the median is %(median)s",
                median=write(middles[0][0]),
                **ends,
            )
        )
        return
    of = [f"{short(str(group))}, {write(middle)}" for middle, group in (middles[0], middles[-1])]
    description.add(
        t_(
            "the highest of %(count)s medians is that of %(highest)s, and the lowest that of %(lowest)s; all "
            "values go from %(start)s to %(end)s",
            count=spelled(len(middles)),
            highest=of[0],
            lowest=of[1],
            **ends,
        )
    )


def _is_given(value: object) -> bool:
    return value is not None


def _add_map(description: Description, chart: ChartData) -> None:
    """Add the highest and the lowest place; on a map of several kinds of places, the number of each
    kind.
    """
    if len(chart.traces) > 1 and all("%{z" in trace.hover for trace in chart.traces):
        description.add(_ranked_places(chart))
        return
    if len(chart.traces) > 1:
        counts = {
            trace.name: sum(value is not None for value in trace.numbers) for trace in chart.traces
        }
        if len(counts) == len(chart.traces) and all(counts):
            names = [
                name if name.endswith(f" {number}") else f"{name} {number}"
                for name, number in counts.items()
            ]
            description.add(t_("places: %(names)s", names=listed(names)))
        return
    trace, places = chart.traces[0], Places("name")
    texts = zip(trace.column("place"), trace.column("text"), strict=True)
    named = {place: text for place, text in texts if text}
    series = chart.series[0]
    if not series.known:
        description.add(t_("it has no figures"))
        return
    description.add(ranked(series, lambda place: places.write(named.get(place, place))))


def _ranked_places(chart: ChartData) -> str:
    """Return the highest and the lowest place of all traces."""
    points = [
        Point(str(text or place or ""), number, trace.number, at)
        for trace in chart.traces
        for at, (text, place, number) in enumerate(
            zip(trace.column("text"), trace.column("place"), trace.numbers, strict=True)
        )
    ]
    first = chart.traces[0]
    measure = first.along.measure([trace.hover for trace in chart.traces], chart.measured)
    measured = [point for point in points if point.value is not None]
    return ranked(Series("", False, measured, measure), short)


def _add_marks(description: Description, chart: ChartData) -> None:
    trace = chart.traces[0]
    if any(number is not None for number in trace.numbers):
        description.add(_ranked_places(chart))
        return
    marks = sum(trace.length for trace in chart.traces)
    texts = [str(text) for trace in chart.traces for text in trace.column("text") if text]
    if 0 < len(texts) == marks <= NAMED:
        description.add(t_("marked on it: %(places)s", places=listed(list(map(short, texts)))))
        return
    description.add(counted("one place is marked", "%(count)s places are marked", marks))


def _add_candles(description: Description, chart: ChartData) -> None:
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
            high=f"{write(high[0])} {places.at(high[1])}",
            low=f"{write(low[0])} {places.at(low[1])}",
        )
    )


def _add_spans(description: Description, chart: ChartData) -> None:
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


def _add_indicator(description: Description, chart: ChartData) -> None:
    read = [
        trace.along.ticks.write(value)
        for trace in chart.traces
        if (value := trace.numbers[0]) is not None
    ]
    if read:
        description.add(t_("it reads %(value)s", value=listed(read)))


_DESCRIBERS: dict[str, Callable[[Description, ChartData], None]] = {
    "slices": _add_slices,
    "grid": _add_grid,
    "samples": _add_samples,
    "map": _add_map,
    "marks": _add_marks,
    "candles": _add_candles,
    "spans": _add_spans,
    "indicator": _add_indicator,
    "flows": add_flows,
}
_BY_KIND: dict[str, Callable[[Description, ChartData], None]] = {
    **dict.fromkeys(("sunburst", "treemap", "icicle"), add_parts),
    **dict.fromkeys(("scatterpolar", "scatterpolargl", "barpolar"), add_polar),
}
