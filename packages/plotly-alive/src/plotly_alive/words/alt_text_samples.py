"""Histograms, boxes and violins in words: what of their samples can be seen in the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from plotly_alive.reading.chart_data import Chart, Point, Series, Trace
from plotly_alive.reading.number_words import (
    PLAIN,
    Places,
    counted,
    number_of,
    short,
    spelled,
)
from plotly_alive.text.language import appended, clauses, full_stop, t_, under_head
from plotly_alive.words import extents
from plotly_alive.words.alt_text_series import Description, add_ranking, ranked

_AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": sum,
    "avg": fmean,
    "min": min,
    "max": max,
}


def add_histogram(description: Description, chart: Chart) -> None:
    """Add the number of values and their range, and the median of a single sample; over names, the
    highest and the lowest bar.
    """
    first = chart.traces[0]
    if all(trace.along.kind in ("category", "multicategory") for trace in chart.traces):
        _add_bars_over_names(description, chart)
        return
    samples = [
        [value for value in trace.column(_sample_of(trace)) if value is not None]
        for trace in chart.traces
    ]
    pooled = [value for sample in samples for value in sample]
    if not pooled:
        description.add(t_("it has no values"))
        return
    hovers = {trace.hover for trace in chart.traces}
    places = first.along.places(pooled, hovers)
    if not places.ordered or any(trace.panel or trace.aggregate for trace in chart.traces):
        description.add(extents.extent_of(chart))
        return
    measure = first.along.measure(hovers, chart.measured)
    write: Callable[[Any], str] = places.write if places.kind == "date" else measure.write
    start, end = (write(pick(pooled, key=places.order)) for pick in (min, max))
    values = counted("one value", "%(count)s values", len(pooled))
    if len(samples) > 1:
        groups = counted("one group", "%(count)s groups", len(samples))
        values = t_("%(points)s in %(groups)s", points=values, groups=groups)
    ends = {"values": values, "start": start, "end": end}
    if min(pooled) == max(pooled):
        description.add(appended(values, start))
    elif len(samples) > 1 or places.kind == "date":
        description.add(t_("%(values)s from %(start)s to %(end)s", **ends))
    else:
        middle = write(median(pooled))
        text = t_(
            "%(values)s from %(start)s to %(end)s; the median is %(median)s", **ends, median=middle
        )
        description.add(text)


def _sample_of(trace: Trace) -> str:
    """Return the name of the column that a histogram counts."""
    return "value" if "value" in trace.columns else trace.along.letter


def _add_bars_over_names(description: Description, chart: Chart) -> None:
    series, values = [], 0
    for trace in chart.traces:
        names = [name if name is None else str(name) for name in trace.column(_sample_of(trace))]
        values += sum(name is not None for name in names)
        points = [Point(name, value, trace.number, 0) for name, value in _bars(trace, names)]
        series.append(Series(trace.label, bool(trace.name), points, PLAIN))
    if not any(each.known for each in series):
        description.add(t_("it has no values"))
        return
    if any(trace.is_norm for trace in chart.traces):
        description.add(extents.extent_of(chart))
        return
    first = chart.traces[0]
    heads = {"sum": t_("sums"), "avg": t_("averages"), "min": t_("lowest values")}
    head = counted("one value", "%(count)s values", values)
    if first.aggregate:
        head = first.across.title or heads.get(first.aggregate) or t_("highest values")
    if len(series) == 1:
        said = ranked(series[0], Places("name").write)
        description.add(under_head(short(head), said))
    else:
        is_stacked = chart.is_stack_of_bars and first.aggregate in ("", "sum")
        add_ranking(description, series, Places("name"), is_stacked=is_stacked)
        if first.aggregate and description.sentences:
            text = description.sentences[0]
            said = f"{text[0].lower()}{text[1:]}".removesuffix(full_stop())
            description.sentences.clear()
            description.add(under_head(short(head), said))


def _bars(trace: Trace, names: Sequence[str | None]) -> list[tuple[str, float]]:
    """Return the names of a histogram, with the height of the bar of each."""
    weights: dict[str, list[float]] = {}
    column = trace.column(trace.across.letter) if trace.aggregate else [1] * len(names)
    for name, weight in zip(names, column, strict=True):
        number = number_of(weight)
        if name is not None and number is not None:
            weights.setdefault(name, []).append(number)
    height = _AGGREGATES.get(trace.aggregate, len)
    return [(name, float(height(of_name))) for name, of_name in weights.items()]


def add_boxes(description: Description, chart: Chart) -> None:
    """Add the highest and the lowest median of boxes, and the range of all values."""
    first = chart.traces[0]
    samples = _samples(chart)
    pooled = [value for sample in samples.values() for value in sample]
    middles = _medians(chart) or [(median(sample), name) for name, sample in samples.items()]
    hovers = {trace.hover for trace in chart.traces}
    write = first.along.measure(hovers, chart.measured).write
    if len({trace.along.key for trace in chart.traces}) > 1 or not middles:
        said = extents.extent_of(chart)
        description.add(said or t_("it has no values"))
        return
    middles.sort(key=lambda item: -item[0])
    ends = {}
    if pooled:
        ends = {"start": write(min(pooled)), "end": write(max(pooled))}
    if len(middles) == 1 and pooled:
        description.add(
            t_(
                "the values go from %(start)s to %(end)s; the median is %(median)s",
                median=write(middles[0][0]),
                **ends,
            )
        )
        return
    high, low = write(middles[0][0]), write(middles[-1][0])
    if len(middles) == 1:
        description.add(t_("the median is %(median)s", median=high))
        return
    is_tied = middles[0][0] == middles[1][0] or middles[-1][0] == middles[-2][0]
    if is_tied or not pooled:
        count = spelled(len(middles))
        if middles[0][0] == middles[-1][0]:
            text = t_("all %(count)s medians are %(value)s", count=count, value=low)
        else:
            text = t_(
                "%(count)s medians from %(start)s to %(end)s", count=count, start=low, end=high
            )
        if pooled:
            text = clauses([text, t_("all values go from %(start)s to %(end)s", **ends)])
        description.add(text)
        return
    description.add(
        t_(
            "the highest of %(count)s medians is that of %(highest)s, and the lowest that of %(lowest)s; all "
            "values go from %(start)s to %(end)s",
            count=spelled(len(middles)),
            highest=appended(short(middles[0][1]), high),
            lowest=appended(short(middles[-1][1]), low),
            **ends,
        )
    )


def _samples(chart: Chart) -> dict[str, list[float]]:
    """Return the numbers of each box, by its name."""
    samples: dict[str, list[float]] = {}
    several = len({trace.name for trace in chart.traces}) > 1
    for trace in chart.traces:
        if "value" not in trace.columns:
            continue
        groups = trace.column("group")
        places = trace.across.places(groups)
        for group, value in zip(groups, trace.numbers, strict=True):
            if value is None or (group is None and "group" in trace.columns):
                continue
            name = trace.label if group is None else places.write(group)
            if group is not None and (several or trace.panel):
                name = ", ".join(dict.fromkeys((trace.label, name)))
            samples.setdefault(name, []).append(value)
    return samples


def _medians(chart: Chart) -> list[tuple[float, str]]:
    """Return the medians from which boxes are drawn, if an author gives them, with their names."""
    return [
        (middle, ", ".join(filter(None, (trace.name, str(place or "")))))
        for trace in chart.traces
        if "median" in trace.columns
        for value, place in zip(
            trace.column("median"), trace.column(trace.across.letter), strict=True
        )
        if (middle := number_of(value)) is not None
    ]
