"""Charts of flows, of parts within parts, and around a centre, in words: for
:mod:`plotly_alive.words.alt_text`.
"""

from __future__ import annotations

from plotly_alive.reading.chart_data import ChartData
from plotly_alive.reading.number_words import counted, number_of, short
from plotly_alive.text.language import t_
from plotly_alive.words.alt_text_series import Description, ranked


def add_flows(description: Description, chart: ChartData) -> None:
    """Add the number of flows, and the largest flow."""
    flows = [
        (number, str(start), str(end))
        for trace in chart.traces
        for number, start, end in zip(
            trace.numbers, trace.column("source"), trace.column("target"), strict=True
        )
        if number is not None and None not in (start, end)
    ]
    if not flows:
        return
    value, start, end = max(flows, key=lambda item: item[0])
    description.add(
        t_(
            "the largest of %(count)s, %(value)s, is from %(start)s to %(end)s",
            count=counted("one flow", "%(count)s flows", len(flows)),
            value=chart.measure.write(value),
            start=short(start),
            end=short(end),
        )
    )


def add_parts(description: Description, chart: ChartData) -> None:
    """Add the number of parts that have no parts of their own, and the largest of them."""
    if len(chart.traces) > 1:
        return
    trace = chart.traces[0]
    columns = (trace.column("ids"), trace.column("labels"), trace.column("parents"))
    rows = [(name or label, label, parent) for name, label, parent in zip(*columns, strict=True)]
    names = {label if "ids" not in trace.columns else name: label for name, label, _ in rows}
    above = {parent for *_, parent in rows}
    sizes = [
        (size, label, names.get(parent, parent))
        for (name, label, parent), value in zip(rows, trace.column("values"), strict=True)
        if label and name not in above and (size := number_of(value)) is not None
    ]
    if not sizes:
        return
    size, label, parent = max(sizes, key=lambda part: part[0])
    description.add(
        t_(
            "the largest of %(count)s is %(part)s, at %(value)s",
            count=counted("one part", "%(count)s parts", len(sizes)),
            part=short(", ".join(map(str, filter(None, (label, parent))))),
            value=chart.measure.write(size),
        )
    )


def add_polar(description: Description, chart: ChartData) -> None:
    """Add the highest value and the lowest around the centre."""
    if len(chart.series) == 1 and chart.series[0].known:
        description.add(ranked(chart.series[0], chart.places.write))
        return
    values = [
        (value, series, place)
        for series in chart.series
        for place, value in series.known
        if series.is_named
    ]
    if values:
        value, series, place = max(values, key=lambda item: item[0])
        description.add(
            t_(
                "the highest value is %(value)s, at %(row)s and %(column)s",
                value=series.measure.write(value),
                row=short(series.name),
                column=chart.places.write(place),
            )
        )
