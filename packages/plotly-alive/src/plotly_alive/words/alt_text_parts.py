"""Charts of flows, of parts within parts, and around a centre, in words: for
:mod:`plotly_alive.words.alt_text`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from plotly_alive.reading.chart_data import Chart
from plotly_alive.reading.number_words import counted, number_of, short, spelled
from plotly_alive.text.language import clauses, listed, t_
from plotly_alive.words import extents
from plotly_alive.words.alt_text_series import Description, ranked
from plotly_alive.words.extents import NAMED


def add_flows(description: Description, chart: Chart) -> None:
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
    count = counted("one flow", "%(count)s flows", len(flows))
    tied = sum(flow[0] == value for flow in flows)
    if tied > 1:
        description.add(_of_several(count, chart.measure.write(value), tied))
        return
    description.add(
        t_(
            "the largest of %(count)s, %(value)s, is from %(start)s to %(end)s",
            count=count,
            value=chart.measure.write(value),
            start=short(start),
            end=short(end),
        )
    )


def _of_several(count: str, value: str, tied: int) -> str:
    """Say the largest value of ``count`` things, which ``tied`` of them have."""
    return t_(
        "the largest of %(count)s is %(value)s, shared by %(tied)s",
        count=count,
        value=value,
        tied=spelled(tied),
    )


def add_parts(description: Description, chart: Chart) -> None:
    """Add the number of parts that are not made of parts alone, and the largest of them."""
    leaves, count = [], 0
    for trace in chart.traces:
        columns = (trace.column("ids"), trace.column("labels"), trace.column("parents"))
        rows = [
            (name or label, label, parent) for name, label, parent in zip(*columns, strict=True)
        ]
        sizes = list(map(number_of, trace.column("values")))
        names = {name: label for name, label, _ in rows}
        below: dict[Any, list[float | None]] = {}
        for (*_, parent), size in zip(rows, sizes, strict=True):
            below.setdefault(parent, []).append(size)
        # A single root is the whole, and no part of it.
        if len(tops := below.get("", []) + below.get(None, [])) == 1:
            below |= {name: tops for name, _, parent in rows if parent in (None, "")}
        lowest = [
            (size, label, names.get(parent, parent))
            for (name, label, parent), size in zip(rows, sizes, strict=True)
            if label not in (None, "") and (name not in below or _has_more(size, below[name]))
        ]
        count += len(lowest)
        leaves += [(size, label, parent) for size, label, parent in lowest if size is not None]
    parts = counted("one part", "%(count)s parts", count)
    if not count:
        description.add(t_("it has no parts"))
        return
    if len(leaves) < count:
        roots = [
            short(str(label))
            for trace in chart.traces
            for label, parent in zip(trace.column("labels"), trace.column("parents"), strict=True)
            if parent in (None, "") and label not in (None, "")
        ]
        is_few = 0 < len(roots) <= NAMED
        description.add(
            t_("%(parts)s of %(names)s", parts=parts, names=listed(roots)) if is_few else parts
        )
        return
    size, label, parent = max(leaves, key=lambda part: part[0])
    tied = sum(leaf[0] == size for leaf in leaves)
    if tied > 1:
        description.add(_of_several(parts, chart.measure.write(size), tied))
        return
    description.add(
        t_(
            "the largest of %(count)s is %(part)s, at %(value)s",
            count=parts,
            part=short(", ".join(map(str, filter(None, (label, parent))))),
            value=chart.measure.write(size),
        )
    )


def _has_more(size: float | None, parts: Sequence[float | None]) -> bool:
    """True if a part holds something beside its ``parts``, such as what none of them accounts for."""
    total = sum(part or 0 for part in parts)
    return bool(size) and None not in parts and not math.isclose(size or 0, total, rel_tol=1e-6)


def add_waterfall(description: Description, chart: Chart) -> None:
    """Add the bars of a waterfall, with its greatest rise and fall."""
    series = chart.series[0]
    if len(chart.series) > 1 or not series.known or not series.is_single:
        description.add(extents.extent_of(chart) or t_("it has no figures"))
        return
    write = chart.places.write
    changes = [(value, write(place)) for place, value in series.known]
    names = [name for _, name in changes]
    count = counted("one bar", "%(count)s bars", len(changes))
    steps = t_("%(bars)s from %(start)s to %(end)s", bars=count, start=names[0], end=names[-1])
    description.add(clauses([steps, ranked(series, write)]))


def add_polar(description: Description, chart: Chart) -> None:
    """Add the highest value and the lowest around the centre."""
    if any(trace.is_raised for trace in chart.traces):
        description.add(extents.extent_of(chart))
        return
    if len(chart.series) == 1 and chart.series[0].known and chart.series[0].is_single:
        description.add(ranked(chart.series[0], chart.places.write))
        return
    values = [
        (value, series, place)
        for series in chart.series
        for place, value in series.known
        if series.is_named
    ]
    if not values or len({trace.panel for trace in chart.traces}) > 1:
        description.add(extents.extent_of(chart) or t_("it has no figures"))
        return
    value, series, place = max(values, key=lambda item: item[0])
    if sum(each[0] == value for each in values) > 1:
        description.add(extents.extent_of(chart))
        return
    description.add(
        t_(
            "the highest value is %(value)s, at %(row)s and %(column)s",
            value=series.measure.write(value),
            row=short(series.name),
            column=chart.places.write(place),
        )
    )
