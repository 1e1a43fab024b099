"""A chart in words, from its data: the alternative text of a chart whose author gave none.

:func:`describe` says what kind of chart it is, of what, over what range; then where it starts and
ends, what is highest and lowest, in units and rounding as the chart has them. It says what is
drawn: no cause, no trend, no correlation, no judgement. That all of it is true, `test_alt_text.py`
holds for any figure, by reading the sentences and computing them anew.

Out of scope, and named by kind alone: what has no plain highest and lowest (flows, surfaces,
parallel coordinates).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from broadsheet.figures.chart_data import ChartData, Point, Series
from broadsheet.figures.number_words import (
    Measure,
    Places,
    as_percent,
    counted,
    is_unit,
    number_of,
    percent,
    places_of,
    short,
    spelled,
)
from broadsheet.language import figures, listed, n_, t_

LIMIT = 350
"""Characters of a description."""
SENTENCES = 2
"""That follow the one which says what it is."""
NAMED = 3
"""Series that are named; of more, those that matter."""

_SUBJECT = 120
_SPAN = re.compile(r"\b\d{4} ?[-–] ?\d{4}\b")
_COURSES = frozenset({"scatter", "scattergl", "bar", "funnel"})


@dataclass
class Description:
    """The kind of a chart, the first and the last of its places, and sentences, the most important
    first.
    """

    kind: str
    span: Sequence[str] = ()
    sentences: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Adds a sentence."""
        self.sentences.append(text[:1].upper() + text[1:] + ".")


def describe(chart: ChartData) -> str:
    """What ``chart`` shows, in one to three sentences and at most :data:`LIMIT` characters.

    The subtitle says what is measured and in what unit (``Trade by year, US$ bn``); the title
    stands for it where there is none.
    """
    description = _description(chart)
    if chart.frames:
        frames = figures(f"{chart.frames:,}")
        description.add(
            t_("it is animated, and this is the first of %(frames)s frames", frames=frames)
        )
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
    return text


def _subject(chart: ChartData) -> str:
    """What the chart is of: the subtitle if it says more than a unit, else the title, else an axis."""
    subtitle = "" if is_unit(chart.subtitle) else chart.subtitle
    axes = [axis.title for trace in chart.traces[:1] for axis in (trace.along, trace.across)]
    subject = next(filter(None, [subtitle, chart.title, *axes, chart.subtitle]), "")
    return re.sub(r"\s+", " ", subject).rstrip(" .:")


def _description(chart: ChartData) -> Description:
    kinds = {trace.kind for trace in chart.traces}
    if kinds and kinds <= _COURSES:
        return _plane(chart) if chart.is_plane else _courses(chart)
    names = {_name_of(kind) for kind in kinds}
    description = Description(names.pop() if len(names) == 1 else t_("Chart"))
    if not kinds:
        description.add(t_("it has no data"))
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
        "candlestick": t_("Candlestick chart"),
        "ohlc": t_("Open-high-low-close chart"),
        "indicator": t_("Indicator"),
        "waterfall": t_("Waterfall chart"),
        "treemap": t_("Treemap"),
        "sunburst": t_("Sunburst chart"),
        "icicle": t_("Icicle chart"),
        "image": t_("Picture"),
        "sankey": t_("Flow diagram"),
        "table": t_("Table"),
        "scatterpolar": t_("Polar chart"),
        "scatter3d": t_("Three-dimensional scatter plot"),
        "surface": t_("Surface"),
        "scatterternary": t_("Ternary plot"),
        "parcoords": t_("Parallel coordinates"),
        "splom": t_("Scatter plot matrix"),
    }.get(kind) or t_("Chart")


# ---- Lines, areas, bars, dots


@dataclass(frozen=True)
class _Drawing:
    """The series of a chart that have values, and how they are read together: over which places,
    ``stacked`` or each for itself. Values on different axes are not set against each other.
    """

    series: Sequence[Series]
    places: Places
    look: str
    stacked: bool
    one_axis: bool

    @property
    def total(self) -> Series:
        """The sum of all series at each place."""
        places = self.places
        sums = [Point(place, value, 0, 0) for place, value in _summed(self.series).items()]
        if places.ordered:
            sums.sort(key=lambda point: places.order(point.place))
        return Series("", False, sums, self.series[0].measure)


def _courses(chart: ChartData) -> Description:
    description = Description(_kind_of_courses(chart))
    shown = _shares(chart.series) if chart.stack == "norm" else chart.series
    known = [series for series in shown if series.known]
    if not known:
        description.add(t_("it has no figures"))
        return description
    drawing = _Drawing(
        known,
        chart.places,
        chart.looks[0] if len(chart.looks) == 1 else "",
        chart.stack == "total",
        len({trace.along.key for trace in chart.traces}) == 1,
    )
    if drawing.places.ordered:
        places = {chart.places.order(place): place for one in known for place, _ in one.known}
        ends = (places[min(places)], places[max(places)])
        description.span = list(dict.fromkeys(map(chart.places.write, ends)))
        _add_course(description, drawing)
    else:
        _add_ranking(description, drawing)
    for series in shown if not chart.stack else ():
        if series.gaps:
            _add_gaps(description, series, chart.places, series.is_named or len(shown) > 1)
    return description


def _kind_of_courses(chart: ChartData) -> str:
    look = chart.looks[0] if len(chart.looks) == 1 else ""
    stacked = {"area": t_("Stacked area chart"), "bar": t_("Stacked bar chart")}
    plain = {
        "line": t_("Line chart"),
        "area": t_("Area chart"),
        "bar": t_("Bar chart"),
        "dot": t_("Dot chart"),
    }
    if chart.traces[0].kind == "funnel":
        name = t_("Stacked funnel chart") if chart.stack else t_("Funnel chart")
    elif look:
        name = (stacked if chart.stack else plain)[look]
    else:
        words = {"line": t_("line"), "area": t_("area"), "bar": t_("bar"), "dot": t_("dot")}
        parts = listed([words[one] for one in chart.looks])
        name = t_("%(parts)s chart", parts=parts[0].upper() + parts[1:])
    is_log = any(trace.along.kind == "log" for trace in chart.traces)
    return t_("%(chart)s on a logarithmic scale", chart=name) if is_log else name


def _summed(shown: Sequence[Series]) -> dict[Any, float]:
    sums: dict[Any, float] = {}
    for series in shown:
        for place, value in series.known:
            sums[place] = sums.get(place, 0) + value
    return sums


def _shares(shown: Sequence[Series]) -> list[Series]:
    """The series as percent of what all of them are at each place."""
    sums = _summed(shown)
    measure = Measure(suffix=percent())
    return [
        replace(
            series,
            measure=measure,
            points=[
                Point(place, value / sums[place] * 100 if sums[place] else None, 0, 0)
                for place, value in series.known
            ],
        )
        for series in shown
    ]


def _quoted(series: Series) -> str:
    return t_("“%(text)s”", text=short(series.name))


def _add_course(description: Description, drawing: _Drawing) -> None:
    """Over years, dates or numbers: from where to where, and what is highest and lowest on the way."""
    if drawing.stacked:
        _add_one(description, drawing.total, drawing.places, t_("the total"))
        _add_end(description, drawing)
    elif len(drawing.series) == 1:
        series = drawing.series[0]
        _add_one(
            description, series, drawing.places, _quoted(series) if series.is_named else t_("it")
        )
    elif len(drawing.series) <= NAMED:
        _add_each(description, drawing)
        if drawing.one_axis and not _ends_are_extremes(drawing.series):
            _add_overall(description, drawing)
    elif drawing.one_axis:
        _add_end(description, drawing)
        _add_overall(description, drawing)


def _ends_are_extremes(shown: Sequence[Series]) -> bool:
    """Whether what is highest and lowest of all has been said with the ends."""
    ends = [value for series in shown for value in (series.known[0][1], series.last)]
    found = [value for series in shown for _, value in series.known]
    return (min(ends), max(ends)) == (min(found), max(found))


def _level(series: Series, places: Places, who: str) -> str:
    """A series that has one value, once or throughout; empty for any other."""
    place, value = series.known[0]
    written = series.measure.write(value)
    if len(series.known) == 1:
        at = places.at(place)
        return t_("%(who)s has one value, %(value)s %(at)s", who=who, value=written, at=at)
    if all(each == value for _, each in series.known):
        return t_("%(who)s stays at %(value)s", who=who, value=written)
    return ""


def _add_one(description: Description, series: Series, places: Places, who: str) -> None:
    """One alone: its start, its end, and its highest and lowest, each said where it stands if it is
    one of these.
    """
    if level := _level(series, places, who):
        description.add(level)
        return
    write, (start, first), (end, last) = series.measure.write, series.known[0], series.known[-1]
    found = [value for _, value in series.known]
    high, low = max(found), min(found)
    start_text = f"{write(first)} {places.at(start)}"
    end_text = f"{write(last)} {places.at(end)}"
    parts = []
    for value, is_high in ((high, True), (low, False)):
        place = next(place for place, each in series.known if each == value)
        there = {"value": write(value), "at": places.at(place)}
        if found.count(value) > 1 and is_high:
            parts.append(t_("the highest is %(value)s, first %(at)s", **there))
        elif found.count(value) > 1:
            parts.append(t_("the lowest is %(value)s, first %(at)s", **there))
        elif value == first:
            start_text += t_(", the highest,") if is_high else t_(", the lowest,")
        elif value == last:
            end_text += t_(", the highest") if is_high else t_(", the lowest")
        elif is_high:
            parts.append(t_("the highest is %(value)s %(at)s", **there))
        else:
            parts.append(t_("the lowest is %(value)s %(at)s", **there))
    course = t_("%(who)s goes from %(start)s to %(end)s", who=who, start=start_text, end=end_text)
    description.add("; ".join([course, t_(", and ").join(parts)] if parts else [course]))


def _add_each(description: Description, drawing: _Drawing) -> None:
    """Two or three: each from where to where, the one that ends highest first."""
    shown, places = drawing.series, drawing.places
    start = min(places.order(series.known[0][0]) for series in shown)
    end = max(places.order(series.known[-1][0]) for series in shown)
    leader = None
    if drawing.one_axis:
        reach = _reaching(shown, places)
        shown = [*reach, *(series for series in shown if series not in reach)]
        leader = reach[0] if len(reach) > 1 and reach[0].last > reach[1].last else None
    texts: list[str] = []
    goes = False  # whether it has been said that the one before goes
    for series in shown:
        (first, value), (last, final) = series.known[0], series.known[-1]
        level = _level(series, places, _quoted(series))
        if level:
            text = level
        else:
            since = f" {places.at(first)}" if places.order(first) != start else ""
            until = f" {places.at(last)}" if places.order(last) != end else ""
            ends = {
                "who": _quoted(series),
                "start": f"{series.measure.write(value)}{since}",
                "end": f"{series.measure.write(final)}{until}",
            }
            text = t_("%(who)s from %(start)s to %(end)s", **ends)
            if not goes:
                text = t_("%(who)s goes from %(start)s to %(end)s", **ends)
        goes = not level
        if series is leader and len(series.known) > 1:
            text += t_(" and ends highest")
        texts.append(text)
    description.add("; ".join(texts))


def _reaching(shown: Sequence[Series], places: Places) -> list[Series]:
    """Those that reach the end of the chart, the highest there first."""
    end = max(places.order(series.known[-1][0]) for series in shown)
    reach = [series for series in shown if places.order(series.known[-1][0]) == end]
    return sorted(reach, key=lambda series: series.last, reverse=True)


def _add_end(description: Description, drawing: _Drawing) -> None:
    """Which of many ends highest, which lowest."""
    reach = _reaching(drawing.series, drawing.places)
    if len(reach) < 2 or reach[0].last == reach[1].last or reach[-1].last == reach[-2].last:
        return
    at = [
        t_("%(name)s, at %(value)s", name=_quoted(series), value=series.measure.write(series.last))
        for series in reach
    ]
    ends = {
        "when": drawing.places.at(reach[0].known[-1][0]),
        "highest": at[0],
        "lowest": at[-1],
    }
    if drawing.stacked:
        description.add(
            t_("the largest part %(when)s is %(highest)s, the smallest %(lowest)s", **ends)
        )
    elif len(reach) > 2:
        description.add(
            t_(
                "of %(series)s, the highest %(when)s is %(highest)s, then %(second)s; the lowest is %(lowest)s",
                series=_how_many(drawing),
                second=at[1],
                **ends,
            )
        )


def _how_many(drawing: _Drawing) -> str:
    number = len(drawing.series)
    if drawing.look == "line":
        return counted("one line", "%(count)s lines", number)
    if drawing.look == "area":
        return counted("one area", "%(count)s areas", number)
    if drawing.look == "bar":
        return counted("one set of bars", "%(count)s sets of bars", number)
    if drawing.look == "dot":
        return counted("one set of dots", "%(count)s sets of dots", number)
    return counted("one series", "%(count)s series", number)


def _add_overall(description: Description, drawing: _Drawing) -> None:
    """The highest and lowest value of all series."""
    points = [(value, series, place) for series in drawing.series for place, value in series.known]
    places, texts = drawing.places, []
    for pick in (max, min):
        value, series, place = pick(points, key=lambda point: point[0])
        text, name = series.measure.write(value), _quoted(series)
        if sum(each == value for each, _, _ in points) == 1:
            if places.ordered:
                where = t_("for %(series)s %(at)s", series=name, at=places.at(place))
            else:
                where = t_("%(series)s for %(name)s", series=name, name=places.write(place))
            text = f"{text}, {where}"
        texts.append(text)
    ends = {"highest": texts[0], "lowest": texts[1]}
    description.add(t_("the highest value is %(highest)s, and the lowest %(lowest)s", **ends))


def _add_ranking(description: Description, drawing: _Drawing) -> None:
    """Over names: which is highest, which lowest."""
    if drawing.stacked:
        description.add(t_("in total, %(said)s", said=_ranked(drawing.total, drawing.places.write)))
    if len(drawing.series) <= NAMED and not drawing.stacked:
        texts = [_ranked(series, drawing.places.write) for series in drawing.series]
        if len(texts) > 1:
            texts = [
                t_("for %(series)s %(said)s", series=_quoted(series), said=text)
                for series, text in zip(drawing.series, texts, strict=True)
            ]
        description.add("; ".join(texts))
    elif drawing.one_axis:
        _add_overall(description, drawing)


def _ranked(series: Series, name_of: Callable[[Any], str]) -> str:
    """``the highest of 12 is Germany, at 45%, and the lowest Malta, at 3%``."""
    write, known = series.measure.write, series.known
    found = [value for _, value in known]
    if len(known) == 1:
        name = name_of(known[0][0])
        return t_("the one value is %(value)s, for %(name)s", value=write(found[0]), name=name)
    how_many = len({place for place, _ in known})
    high, low = max(found), min(found)
    if high == low and how_many > 1:
        return counted(
            "the one value is %(value)s",
            "all %(count)s values are %(value)s",
            how_many,
            value=write(high),
        )
    texts = []
    for value in (high, low):
        tied = list(dict.fromkeys(place for place, each in known if each == value))
        written, count = write(value), len(tied)
        if count > NAMED:
            shared = {"value": written, "count": spelled(count)}
            texts.append(t_("is %(value)s, shared by %(count)s", **shared))
        else:
            texts.append(
                n_(
                    "is %(names)s, at %(value)s",
                    "are %(names)s, at %(value)s",
                    count,
                    names=listed([name_of(place) for place in tied]),
                    value=written,
                )
            )
    ends = {"highest": texts[0], "lowest": texts[1]}
    if how_many > 2:
        return t_(
            "the highest of %(count)s %(highest)s, and the lowest %(lowest)s",
            count=spelled(how_many),
            **ends,
        )
    return t_("the highest %(highest)s, and the lowest %(lowest)s", **ends)


def _add_gaps(description: Description, series: Series, places: Places, is_named: bool) -> None:
    gaps = series.gaps
    where = listed([places.write(gap) for gap in gaps[:NAMED]])
    if len(gaps) > NAMED:
        of = len({point.place for point in series.points})
        counts = {"number": figures(f"{len(gaps):,}"), "all": figures(f"{of:,}")}
        at = t_("at %(number)s of %(all)s places", **counts)
    elif places.kind == "number":
        at = t_("at %(value)s", value=where)
    elif is_named and places.ordered:
        at = t_("in %(times)s", times=where)
    else:
        at = t_("for %(name)s", name=where)
    if is_named:
        description.add(
            t_("there is no figure for %(series)s %(at)s", series=_quoted(series), at=at)
        )
    else:
        description.add(t_("there is no figure %(at)s", at=at))


# ---- Other kinds


def _plane(chart: ChartData) -> Description:
    """Points in a plane: how many, and the range of both axes."""
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
    for at, axis in sorted(enumerate((first.across, first.along)), key=lambda one: one[1].letter):
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
    """The largest slices and the smallest, as shares of the whole."""
    if len(chart.traces) > 1:
        return
    sums: dict[str, float] = {}
    for place, value in zip(chart.traces[0].column("place"), chart.traces[0].numbers, strict=True):
        if place is not None and value is not None and value >= 0:
            sums[str(place)] = sums.get(str(place), 0) + value
    whole = sum(sums.values())
    if not whole:
        description.add(t_("it has no slices"))
        return
    nameless = t_("a slice without a name")
    at = [
        f"{short(label) or nameless}, {as_percent(size / whole * 100)}"
        for label, size in sorted(sums.items(), key=lambda item: -item[1])
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
    """A heat map: its size, its highest and lowest cell."""
    trace = chart.traces[0]
    if len(chart.traces) > 1 or (trace.length and not trace.width):
        return
    cells = list(zip(trace.numbers, trace.column("row"), trace.column("column"), strict=True))
    found = [cell for cell in cells if cell[0] is not None]
    if not found:
        description.add(t_("it has no figures"))
        return
    write = trace.along.measure([trace.hover], chart.measured).write
    rows = places_of(
        dict.fromkeys(trace.column("row")),
        is_category=trace.down.kind == "category",
        measure=Measure(),
    )
    columns = places_of(
        trace.column("column")[: trace.width],
        is_category=trace.across.kind == "category",
        measure=Measure(),
    )
    texts = []
    for pick in (max, min):
        value, row, column = pick(found, key=lambda cell: cell[0] or 0)
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
    empty = len(cells) - len(found)
    if empty:
        description.add(counted("one cell has no figure", "%(count)s cells have no figure", empty))


def _add_samples(description: Description, chart: ChartData) -> None:
    """Of a histogram how many values, from where to where, and their median; of boxes the highest
    and the lowest median, and the range of all values.
    """
    first = chart.traces[0]
    samples: dict[Any, list[float]] = {}
    grouped = any("group" in trace.columns for trace in chart.traces)
    if len(chart.traces) > 1 and (grouped or len({trace.kind for trace in chart.traces}) > 1):
        return
    for trace in chart.traces:
        if trace.length and not any(value is not None for value in trace.numbers):
            return  # drawn of categories, or of figures that are not samples
        for group, value in zip(trace.column("group"), trace.numbers, strict=True):
            if value is not None and (group is not None or "group" not in trace.columns):
                samples.setdefault(trace.label if group is None else group, []).append(value)
    found = [value for sample in samples.values() for value in sample]
    if not found:
        description.add(t_("it has no values"))
        return
    hovers = {trace.hover for trace in chart.traces}
    write = first.along.measure(hovers, chart.measured).write
    ends = {"start": write(min(found)), "end": write(max(found))}
    if first.kind == "histogram":
        values = counted("one value", "%(count)s values", len(found))
        text = f"{values}, {ends['start']}"
        if min(found) != max(found):
            text = t_(
                "%(values)s from %(start)s to %(end)s; the median is %(median)s",
                values=values,
                median=write(median(found)),
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


def _add_map(description: Description, chart: ChartData) -> None:
    """The highest and the lowest place; of several kinds of places, how many there are of each."""
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
    description.add(_ranked(series, lambda place: places.write(named.get(place, place))))


def _add_marks(description: Description, chart: ChartData) -> None:
    marks = sum(trace.length for trace in chart.traces)
    description.add(counted("one place is marked", "%(count)s places are marked", marks))


def _add_candles(description: Description, chart: ChartData) -> None:
    """The first opening, the last close, the highest high, the lowest low."""
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


def _add_indicator(description: Description, chart: ChartData) -> None:
    value = chart.traces[0].numbers[0]
    if len(chart.traces) == 1 and value is not None:
        written = chart.traces[0].along.ticks.write(value)
        description.add(t_("it reads %(value)s", value=written))


_DESCRIBERS: dict[str, Callable[[Description, ChartData], None]] = {
    "slices": _add_slices,
    "grid": _add_grid,
    "samples": _add_samples,
    "map": _add_map,
    "marks": _add_marks,
    "candles": _add_candles,
    "indicator": _add_indicator,
}
