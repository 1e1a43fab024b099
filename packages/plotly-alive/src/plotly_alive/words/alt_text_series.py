"""Lines, areas, bars and dots in words: over years, dates and numbers their start and end, and
their highest and lowest values; over names, their ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plotly_alive.reading.chart_data import Chart, Point, Series
from plotly_alive.reading.number_words import (
    AxisNumbers,
    Places,
    counted,
    percent,
    short,
    spelled,
)
from plotly_alive.text.language import (
    appended,
    as_sentence,
    clauses,
    listed,
    n_,
    t_,
    written_number,
)
from plotly_alive.words import extents
from plotly_alive.words.extents import NAMED


@dataclass
class Description:
    """A description of a chart."""

    kind: str
    """The kind of chart."""
    span: Sequence[str] = ()
    """The first and the last of its places."""
    sentences: list[str] = field(default_factory=list)
    """Its sentences, the most important first."""

    def add(self, text: str) -> None:
        """Add a sentence."""
        self.sentences.append(as_sentence(text))


@dataclass(frozen=True)
class _Drawing:
    """The series of a chart that have values. Values on different axes are not compared."""

    series: Sequence[Series]
    """The series."""
    places: Places
    """The style and order of their places."""
    look: str
    """The look that they share; empty for several looks."""
    stacked: bool
    """The series are stacked; otherwise each is read for itself."""
    one_axis: bool
    """All series are along one axis."""

    @property
    def total(self) -> Series:
        """The sum of all series at each place."""
        places = self.places
        sums = [Point(place, value, 0, 0) for place, value in _summed(self.series).items()]
        if places.ordered:
            sums.sort(key=lambda point: places.order(point.place))
        return Series("", False, sums, self.series[0].measure)


def describe_courses(chart: Chart) -> Description:
    """Return the words for a chart of lines, areas, bars or dots."""
    description = Description(_kind_of_courses(chart))
    shown = _shares(chart.drawn) if chart.is_norm else chart.drawn
    with_values = [series for series in shown if series.known]
    if not _are_courses(chart, with_values):
        description.add(extents.extent_of(chart) or t_("it has no figures"))
        return description
    drawing = _Drawing(
        with_values,
        chart.places,
        chart.looks[0] if len(chart.looks) == 1 else "",
        chart.stack == "total",
        len({trace.along.key for trace in chart.traces}) == 1,
    )
    if drawing.places.ordered:
        places = {
            chart.places.order(place): place for series in with_values for place, _ in series.known
        }
        ends = (places[min(places)], places[max(places)])
        description.span = list(dict.fromkeys(map(chart.places.write, ends)))
        _add_course(description, drawing)
    else:
        _add_ranking(description, drawing)
    for series in shown if not chart.stack else ():
        if series.gaps:
            _add_gaps(description, series, chart.places, series.is_named or len(shown) > 1)
    return description


def _are_courses(chart: Chart, shown: Sequence[Series]) -> bool:
    """True if each series has one number at each place, so that it has a course or a ranking."""
    is_below = any(value < 0 for series in chart.drawn for _, value in series.known)
    return (
        bool(shown)
        and all(series.is_single for series in shown)
        and len({trace.across.kind for trace in chart.traces}) == 1
        and not (chart.is_norm and is_below)
    )


def _kind_of_courses(chart: Chart) -> str:
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
        parts = listed([words[look] for look in chart.looks])
        name = t_("%(parts)s chart", parts=parts)
        name = name[0].upper() + name[1:]
    is_log = all(trace.along.kind == "log" for trace in chart.traces)
    return t_("%(chart)s on a logarithmic scale", chart=name) if is_log else name


def _summed(shown: Sequence[Series]) -> dict[Any, float]:
    sums: dict[Any, float] = {}
    for series in shown:
        for place, value in series.known:
            sums[place] = sums.get(place, 0) + value
    return sums


def _shares(shown: Sequence[Series]) -> list[Series]:
    """Return the series as percentages of the sum of all at each place."""
    sums = _summed(shown)
    measure = AxisNumbers(suffix=percent())
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
    """Add start and end over years, dates or numbers, and the highest and lowest values between
    them.
    """
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
    """True if the highest and lowest values of all are at the ends, which have been described."""
    ends = [value for series in shown for value in (series.known[0][1], series.last)]
    drawn = [value for series in shown for _, value in series.known]
    return (min(ends), max(ends)) == (min(drawn), max(drawn))


def _level(series: Series, places: Places, who: str) -> str:
    """Describe a series that has the same value throughout, or only one value; empty for any other."""
    place, value = series.known[0]
    written = series.measure.write(value)
    if len(series.known) == 1:
        at = places.at(place)
        return t_("%(who)s has one value, %(value)s %(at)s", who=who, value=written, at=at)
    if all(each == value for _, each in series.known):
        return t_("%(who)s stays at %(value)s", who=who, value=written)
    return ""


def _add_one(description: Description, series: Series, places: Places, who: str) -> None:
    """Describe a single series: its start, its end, and its highest and lowest values, which are
    named with the start or end if they lie there.
    """
    if level := _level(series, places, who):
        description.add(level)
        return
    write, (start, first), (end, last) = series.measure.write, series.known[0], series.known[-1]
    values = [value for _, value in series.known]
    high, low = max(values), min(values)
    start_text = t_("%(value)s %(at)s", value=write(first), at=places.at(start))
    end_text = t_("%(value)s %(at)s", value=write(last), at=places.at(end))
    parts = []
    for value, is_high in ((high, True), (low, False)):
        place = next(place for place, each in series.known if each == value)
        words = {"value": write(value), "at": places.at(place)}
        if values.count(value) > 1 and is_high:
            parts.append(t_("the highest is %(value)s, first %(at)s", **words))
        elif values.count(value) > 1:
            parts.append(t_("the lowest is %(value)s, first %(at)s", **words))
        elif value == first:
            start_text += t_(", the highest,") if is_high else t_(", the lowest,")
        elif value == last:
            end_text += t_(", the highest") if is_high else t_(", the lowest")
        elif is_high:
            parts.append(t_("the highest is %(value)s %(at)s", **words))
        else:
            parts.append(t_("the lowest is %(value)s %(at)s", **words))
    course = t_("%(who)s goes from %(start)s to %(end)s", who=who, start=start_text, end=end_text)
    description.add(clauses([course, t_(", and ").join(parts)] if parts else [course]))


def _add_each(description: Description, drawing: _Drawing) -> None:
    """Describe two or three series: start and end of each, the one that ends highest first."""
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
            begin, close = series.measure.write(value), series.measure.write(final)
            if places.order(first) != start:
                begin = t_("%(value)s %(at)s", value=begin, at=places.at(first))
            if places.order(last) != end:
                close = t_("%(value)s %(at)s", value=close, at=places.at(last))
            ends = {"who": _quoted(series), "start": begin, "end": close}
            text = t_("%(who)s from %(start)s to %(end)s", **ends)
            if not goes:
                text = t_("%(who)s goes from %(start)s to %(end)s", **ends)
        goes = not level
        if series is leader and len(series.known) > 1:
            text += t_(" and ends highest")
        texts.append(text)
    description.add(clauses(texts))


def _reaching(shown: Sequence[Series], places: Places) -> list[Series]:
    """Return the series that reach the end of the chart, the highest there first."""
    end = max(places.order(series.known[-1][0]) for series in shown)
    reach = [series for series in shown if places.order(series.known[-1][0]) == end]
    return sorted(reach, key=lambda series: series.last, reverse=True)


def _add_end(description: Description, drawing: _Drawing) -> None:
    """Say which of many series ends highest, and which lowest."""
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
    """Add the highest and lowest value of all series."""
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
            text = appended(text, where)
        texts.append(text)
    ends = {"highest": texts[0], "lowest": texts[1]}
    description.add(t_("the highest value is %(highest)s, and the lowest %(lowest)s", **ends))


def add_ranking(
    description: Description, series: Sequence[Series], places: Places, *, is_stacked: bool
) -> None:
    """Rank the values of bars over names."""
    with_values = [each for each in series if each.known]
    _add_ranking(description, _Drawing(with_values, places, "bar", is_stacked, one_axis=True))


def _add_ranking(description: Description, drawing: _Drawing) -> None:
    """Rank the values over names: the highest and the lowest."""
    if drawing.stacked:
        description.add(t_("in total, %(said)s", said=ranked(drawing.total, drawing.places.write)))
    if len(drawing.series) <= NAMED and not drawing.stacked:
        texts = [ranked(series, drawing.places.write) for series in drawing.series]
        if len(texts) > 1:
            texts = [
                t_("for %(series)s %(said)s", series=_quoted(series), said=text)
                for series, text in zip(drawing.series, texts, strict=True)
            ]
        description.add(clauses(texts))
    elif drawing.one_axis:
        _add_overall(description, drawing)


def ranked(series: Series, name_of: Callable[[Any], str]) -> str:
    """Rank a series: ``the highest of 12 is Germany, at 45%, and the lowest Malta, at 3%``."""
    write, points = series.measure.write, series.known
    values = [value for _, value in points]
    if len(points) == 1:
        name = name_of(points[0][0])
        return t_("the one value is %(value)s, for %(name)s", value=write(values[0]), name=name)
    how_many = len({place for place, _ in points})
    high, low = max(values), min(values)
    if high == low and how_many > 1:
        return counted(
            "the one value is %(value)s",
            "all %(count)s values are %(value)s",
            how_many,
            value=write(high),
        )
    texts = []
    for value in (high, low):
        tied = list(dict.fromkeys(place for place, each in points if each == value))
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
        counts = {"number": written_number(len(gaps)), "all": written_number(of)}
        at = _of_all(places, counts)
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


def _of_all(places: Places, counts: dict[str, str]) -> str:
    if places.kind == "year" or places.precision == "year":
        return t_("for %(number)s of %(all)s years", **counts)
    if places.precision == "month":
        return t_("for %(number)s of %(all)s months", **counts)
    if places.precision == "day":
        return t_("for %(number)s of %(all)s days", **counts)
    return t_("at %(number)s of %(all)s places", **counts)
