"""The data of a chart as a table: exactly what it draws.

Lines, bars and the like have a row for each place and a column for each series, under a second
level of header where the chart has several panels; slices, maps, heat maps, points in a plane and
distributions have the table that is usual for them. A series that draws more than once at one place
has a row for each value. Headers have the unit, and numbers the decimals, of the chart's own
labels; a unit that the chart does not say is the catalogue's, where the values are.

Not tabulated: what has no plain table, such as surfaces, contours of functions, and charts of mixed
kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from broadsheet.figures.number_words import (
    Measure,
    Places,
    axis_of,
    hover_format,
    in_unit,
    measure_of,
    number_of,
    percent,
    places_of,
    text_of,
    ticks_of,
)
from broadsheet.figures.tables import Column, Table
from broadsheet.figures.traces import Figure, Trace, drawn, is_turned, plain_text, rows, values
from broadsheet.language import figures, t_

WIDEST = 30
"""Columns of a heat map that are columns of its table; one with more is a list of cells."""

PLAIN = Measure()
_AXES = {
    "scatterpolar": ("theta", "r"),
    "scatterpolargl": ("theta", "r"),
    "barpolar": ("theta", "r"),
}
_SERIES = frozenset(("scatter", "scattergl", "bar", "funnel", "waterfall", *_AXES))
_MAPS = re.compile(r"(choropleth|scattergeo|scattermap)")
_FIXED = re.compile(r"\.(\d)([f%])$")
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)$")


@dataclass(frozen=True)
class _Chart:
    """A figure with what its subtitle says is measured."""

    figure: Figure
    subtitle: str

    def column(
        self,
        name: str | tuple[str, ...],
        found: Sequence[Any],
        measure: Measure = PLAIN,
        hover: str = "",
    ) -> Column:
        """A column of values, as ``measure`` writes them."""
        levels = (name,) if isinstance(name, str) else name
        kind = (
            "number"
            if any(_is_number(value) for value in found)
            and all(value is None or _is_number(value) for value in found)
            else "text"
        )
        unit = (measure.prefix + measure.suffix).strip()
        fixed = _FIXED.search(hover or measure.format)
        as_percent = fixed is not None and fixed[2] == "%"
        write = _percent(int(fixed[1])) if fixed and as_percent else None
        return Column(
            levels,
            kind,
            found,
            "" if as_percent and unit == "%" else unit,
            write=write,
            decimals=int(fixed[1]) if fixed and not as_percent else None,
        )

    def along(
        self, name: str | tuple[str, ...], found: Sequence[Any], trace: Trace, letter: str
    ) -> Column:
        """A column of values along an axis."""
        return self.column(
            name,
            found,
            measure_of(self.figure, [trace], letter, self.subtitle),
            hover_format(trace, letter),
        )

    def places(
        self, name: str, found: Sequence[Any], trace: Trace, letter: str
    ) -> tuple[Column, Places]:
        """A column of places along an axis, and how they are told."""
        axis = axis_of(self.figure, trace, letter)
        told = places_of([place for place in found if place is not None], axis, PLAIN)
        head = name or _IN_BRACKETS.sub("", text_of(axis.get("title"))) or _kind_of_place(told.kind)
        if told.kind == "number":
            return self.along(head, found, trace, letter), told
        return Column(
            (head,), "text", found, write=lambda place: "" if place is None else told.whole(place)
        ), told

    def title(self, trace: Trace, letter: str) -> str:
        """What an axis is of, without its unit."""
        return _IN_BRACKETS.sub("", text_of(axis_of(self.figure, trace, letter).get("title")))


def _kind_of_place(kind: str) -> str:
    return {"year": t_("Year"), "date": t_("Date"), "name": t_("Category"), "number": t_("Place")}[
        kind
    ]


def tabulate(
    figure: Figure, subtitle: str = "", known: Iterable[tuple[Column, frozenset[Any]]] = ()
) -> Table | None:
    """The table of a figure; None for one of a kind that has none.

    ``known`` are columns of the catalogue, each with its values: theirs are the units, and the
    names of series without one, where the chart gives none.
    """
    traces = _without_labels(drawn(figure))
    kinds = {str(trace.get("type") or "scatter") for trace in traces}
    kind = next(iter(kinds)) if len(kinds) == 1 else ""
    make = _points_or_series if kinds and kinds <= _SERIES else _MAKERS.get(_general(kind))
    table = make(_Chart(figure, subtitle), traces) if make else None
    if table is None or not table.length:
        return None
    known = tuple(known)
    rows = max(len(column.values) for column in (*table.index, *table.columns))
    index, columns = (
        tuple(_filled(_clean(_identified(column, known)), rows) for column in part)
        for part in (table.index, table.columns)
    )
    return replace(table, index=index, columns=columns)


def _filled(column: Column, rows: int) -> Column:
    """A column of so many rows: where a figure's arrays differ in length, values are missing at the
    end.
    """
    missing = rows - len(column.values)
    return replace(column, values=[*column.values, *[None] * missing]) if missing > 0 else column


# Lines, bars, dots


@dataclass(frozen=True)
class _Series:
    """A trace as places and values; ``letters`` are the axes that they lie along."""

    trace: Trace
    name: tuple[str, ...]
    places: Sequence[Any]
    values: Sequence[Any]
    letters: tuple[str, str]


def _points_or_series(chart: _Chart, traces: Sequence[Trace]) -> Table:
    if _are_points(traces):
        return _points(chart, traces)
    shown_in = panels(chart.figure, traces)
    many = len(traces) > 1
    series = [
        _series(chart, trace, panel, many) for trace, panel in zip(traces, shown_in, strict=True)
    ]
    table = _wide(chart, series)
    return table or _long(chart, series)


def _series(chart: _Chart, trace: Trace, panel: str, many: bool) -> _Series:
    across, along = _AXES.get(str(trace.get("type")), ("x", "y"))
    found = {letter: values(trace.get(letter)) for letter in (across, along)}
    horizontal = trace.get("orientation") == "h" or (
        "orientation" not in trace
        and _all_numbers(found[across])
        and (
            not _all_numbers(found[along]) or (_has_dots_alone(trace) and _are_years(found[along]))
        )
    )
    if horizontal:
        across, along = along, across
    size = max(map(len, found.values()))
    places, measured = (found[letter] or list(range(size)) for letter in (across, along))
    name = plain_text(str(trace.get("name") or ""))
    if not name:
        name = "" if many else chart.title(trace, along) or t_("Value")
    levels = (panel, name) if panel and panel != name else (name,)
    return _Series(trace, levels, places, measured, (across, along))


def _wide(chart: _Chart, series: Sequence[_Series]) -> Table | None:
    """A row a place, a column a series; None where that would lose a value."""
    depth = max(len(one.name) for one in series)
    columns: dict[tuple[str, ...], tuple[_Series, dict[Any, Any]]] = {}
    order: dict[Any, None] = {}
    for number, one in enumerate(series, start=1):
        name = (
            *[""] * (depth - len(one.name)),
            *(part or t_("Series %(number)s", number=number) for part in one.name),
        )
        _, column = columns.setdefault(name, (one, {}))
        for at, value in zip(one.places, one.values, strict=False):
            place = tuple(at) if isinstance(at, list) else at
            if place is None:
                continue
            if column.get(place) is not None and value is not None and column[place] != value:
                return None
            order[place] = None
            column[place] = value if value is not None else column.get(place)
    first = series[0]
    index, told = chart.places("", list(order), first.trace, first.letters[0])
    found = list(order)
    if told.ordered:
        found.sort(key=told.order)
    elif first.letters[0] == "y" and not is_turned(axis_of(chart.figure, first.trace, "y")):
        found.reverse()  # as they stand, from the top
    return Table(
        (replace(index, values=found),),
        tuple(
            chart.along(name, [column.get(place) for place in found], one.trace, one.letters[1])
            for name, (one, column) in columns.items()
        ),
        len(found),
    )


def _long(chart: _Chart, series: Sequence[_Series]) -> Table:
    """A row for each value."""
    cells = [
        (one.name, place, value)
        for one in series
        for place, value in zip(one.places, one.values, strict=False)
        if place is not None
    ]
    first = series[0]
    index, _ = chart.places("", [place for _, place, _ in cells], first.trace, first.letters[0])
    names = [", ".join(filter(None, name)) for name, _, _ in cells]
    named = [Column((t_("Series"),), "text", names)] if len(set(names)) > 1 else []
    measured = chart.title(first.trace, first.letters[1]) or t_("Value")
    return Table(
        (index, *named),
        (chart.along(measured, [value for _, _, value in cells], first.trace, first.letters[1]),),
        len(cells),
    )


def _are_points(traces: Sequence[Trace]) -> bool:
    """Whether the figure is of points in a plane: numbers along both axes, the places no years,
    dots and no lines.
    """
    for trace in traces:
        x, y = values(trace.get("x")), values(trace.get("y"))
        if (
            str(trace.get("type") or "scatter") not in ("scatter", "scattergl")
            or not _has_dots_alone(trace)
            or not (_all_numbers(x) and _all_numbers(y))
            or _are_years(x)
            or _are_years(y)
        ):
            return False
    return True


def _has_dots_alone(trace: Trace) -> bool:
    return "markers" in str(trace.get("mode")) and "lines" not in str(trace.get("mode"))


def _points(chart: _Chart, traces: Sequence[Trace]) -> Table:
    first = traces[0]
    pairs: list[tuple[str, str, Any, Any, Any]] = []
    for trace in traces:
        x, y = values(trace.get("x")), values(trace.get("y"))
        texts = _per_point(trace.get("text") or trace.get("hovertext"), len(x))
        sizes = values((trace.get("marker") or {}).get("size")) or [None] * len(x)
        name = plain_text(str(trace.get("name") or ""))
        pairs += [(text, name, *rest) for text, *rest in zip(texts, x, y, sizes, strict=False)]
    names, groups, x, y, sizes = (list(column) for column in zip(*pairs, strict=True))
    index = [Column((t_("Name"),), "text", names)] if any(names) else []
    index += [Column((t_("Group"),), "text", groups)] if len(set(groups)) > 1 else []
    columns = [
        chart.along(chart.title(first, letter) or letter, found, first, letter)
        for letter, found in (("x", x), ("y", y))
    ]
    columns += [chart.column(t_("Size"), sizes)] if any(size is not None for size in sizes) else []
    return Table(tuple(index), tuple(columns), len(pairs))


def panels(figure: Figure, traces: Sequence[Trace]) -> list[str]:
    """The panel of each trace, by its title; nothing for a figure of one panel, or where panels say
    nothing new.
    """
    anchors = [(str(trace.get("xaxis") or "x"), str(trace.get("yaxis") or "y")) for trace in traces]
    lies_over = {
        f"{letter}{name[5:]}": axis["overlaying"]
        for letter in "xy"
        for name, axis in figure.get("layout", {}).items()
        if name.startswith(f"{letter}axis") and isinstance(axis, Mapping) and axis.get("overlaying")
    }
    anchors = [(lies_over.get(x, x), lies_over.get(y, y)) for x, y in anchors]
    if len(set(anchors)) == 1:
        return [""] * len(traces)
    titles = {
        anchor: _panel_title(figure, trace) or t_("Panel %(number)s", number=number)
        for number, (anchor, trace) in enumerate(
            dict(zip(anchors, traces, strict=True)).items(), start=1
        )
    }
    return [titles[anchor] for anchor in anchors]


def _panel_title(figure: Figure, trace: Trace) -> str:
    """The annotation above the panel, as `make_subplots` and facets of plotly put it; else the y
    axis' title.
    """
    x, y = ((axis_of(figure, trace, letter).get("domain") or (0, 1)) for letter in "xy")
    for note in figure.get("layout", {}).get("annotations") or ():
        at = number_of(note.get("x")), number_of(note.get("y"))
        if (
            not str(note.get("xref", "paper")).startswith("paper")
            or None in at
            or note.get("yref", "paper") != "paper"
        ):
            continue
        above = abs(at[1] - y[1]) < 0.06 and x[0] - 0.01 <= at[0] <= x[1] + 0.01  # type: ignore[operator]
        if above:
            return plain_text(str(note.get("text") or "")).rpartition("=")[2]
    return text_of(axis_of(figure, trace, "y").get("title"))


# Other kinds


def _pie(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    trace = traces[0]
    labels, sizes = values(trace.get("labels")), values(trace.get("values"))
    if len(traces) > 1 or not sizes:
        return None
    kept = list(zip(labels or [None] * len(sizes), sizes, strict=False))
    name = plain_text(str(trace.get("name") or "")) or t_("Value")
    return Table(
        (Column((t_("Slice"),), "text", [label for label, _ in kept]),),
        (chart.column(name, [size for _, size in kept], in_unit(chart.subtitle)),),
        len(kept),
    )


def _grid(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    trace = traces[0]
    cells = rows(trace.get("z"))
    width = max(map(len, cells), default=0)
    across, down = (
        values(trace.get("x")) or list(range(width)),
        values(trace.get("y")) or list(range(len(cells))),
    )
    if (
        len(traces) > 1
        or any(len(row) != width for row in cells)
        or (len(across), len(down)) != (width, len(cells))
    ):
        return None
    measure, name = _of_colours(chart, trace)
    head, told = chart.places("", down, trace, "y")
    columns, _ = chart.places("", across, trace, "x")
    if not told.ordered and not is_turned(axis_of(chart.figure, trace, "y")):
        down, cells = down[::-1], cells[::-1]
    if width > WIDEST:
        of = [
            (row, column, value)
            for row, line in zip(down, cells, strict=True)
            for column, value in zip(across, line, strict=True)
        ]
        return Table(
            (
                replace(head, values=[row for row, _, _ in of]),
                replace(columns, values=[column for _, column, _ in of]),
            ),
            (chart.column(name, [value for _, _, value in of], measure),),
            len(of),
        )
    return Table(
        (replace(head, values=down),),
        tuple(
            chart.column(written.text, [row[number] for row in cells], measure)
            for number, written in enumerate(columns.cells())
        ),
        len(down),
    )


def _map(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    if len(traces) > 1:
        return _map_of_kinds(chart, traces)
    trace = traces[0]
    codes, found = values(trace.get("locations")), values(trace.get("z"))
    names = _per_point(trace.get("text") or trace.get("hovertext"), len(codes))
    measure, name = _of_colours(chart, trace)
    coded = [chart.column(t_("Code"), codes)] if any(names) and names != codes else []
    named = Column(
        (t_("Place"),), "text", [name or code for name, code in zip(names, codes, strict=False)]
    )
    return Table((named, *coded), (chart.column(name, found, measure),), len(codes))


def _map_of_kinds(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    """Of a map with a trace for each kind of place: the places, and of which kind each is."""
    if not all(trace.get("name") and len(set(values(trace.get("z")))) <= 1 for trace in traces):
        return None
    found = []
    for trace in traces:
        codes = values(trace.get("locations"))
        kind = str(trace["name"]).removesuffix(f" {len(codes)}")
        names = _per_point(trace.get("text") or trace.get("hovertext"), len(codes))
        found += [(name or code, kind) for name, code in zip(names, codes, strict=False)]
    return Table(
        (Column((t_("Place"),), "text", [place for place, _ in found]),),
        (chart.column(t_("Kind"), [kind for _, kind in found]),),
        len(found),
    )


def _marks(chart: _Chart, traces: Sequence[Trace]) -> Table:
    found = []
    for trace in traces:
        lat, lon, codes = (values(trace.get(key)) for key in ("lat", "lon", "locations"))
        size = max(len(lat), len(codes))
        texts = _per_point(trace.get("text") or trace.get("hovertext"), size)
        sizes = values((trace.get("marker") or {}).get("size"))
        named = [text or plain_text(str(code or "")) for text, code in zip_longest(texts, codes)]
        found += list(zip_longest(named, lat, lon, sizes))
    columns = [
        chart.column(head, list(column))
        for head, column in zip(
            (t_("Latitude"), t_("Longitude"), t_("Size")),
            list(zip(*found, strict=True))[1:],
            strict=True,
        )
    ]
    return Table(
        (Column((t_("Place"),), "text", [one[0] for one in found]),),
        tuple(column for column in columns if any(value is not None for value in column.values)),
        len(found),
    )


def _samples(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    """Of a histogram or a box plot the values that it is drawn of."""
    cells: list[tuple[object, Any]] = []
    for trace in traces:
        x, y = values(trace.get("x")), values(trace.get("y"))
        sideways = trace.get("orientation") == "h" or not y
        along, groups = (x, y) if sideways else (y, x)
        if trace.get("type") == "histogram":
            along, groups = (y, []) if trace.get("orientation") == "h" or not x else (x, [])
        name = plain_text(str(trace.get("name") or ""))
        cells += list(zip_longest(groups, along)) if groups else [(name, value) for value in along]
    if not cells:
        return None
    first = traces[0]
    letter = (
        "x"
        if values(first.get("x"))
        and (
            first.get("type") == "histogram"
            or not values(first.get("y"))
            or first.get("orientation") == "h"
        )
        else "y"
    )
    groups = [group for group, _ in cells]
    named = (
        [Column((t_("Group"),), "text", groups)]
        if len({str(group) for group in groups}) > 1
        else []
    )
    measured = chart.title(first, letter) or t_("Value")
    return Table(
        tuple(named),
        (chart.along(measured, [value for _, value in cells], first, letter),),
        len(cells),
    )


def _candles(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    trace = traces[0]
    index, _ = chart.places("", values(trace.get("x")), trace, "x")
    columns = [
        chart.along(head, values(trace.get(name)), trace, "y")
        for name, head in (
            ("open", t_("Open")),
            ("high", t_("High")),
            ("low", t_("Low")),
            ("close", t_("Close")),
        )
    ]
    if len(traces) > 1 or len({len(column.values) for column in (index, *columns)}) > 1:
        return None
    return Table((index,), tuple(columns), len(index.values))


def _parts_of_whole(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    trace = traces[0]
    labels, parents, sizes = (values(trace.get(key)) for key in ("labels", "parents", "values"))
    if len(traces) > 1 or not len(labels) == len(parents) == len(sizes):
        return None
    return Table(
        (chart.column(t_("Part"), labels), chart.column(t_("Of"), parents)),
        (chart.column(t_("Value"), sizes, in_unit(chart.subtitle)),),
        len(labels),
    )


def _flows(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    trace = traces[0]
    link = trace.get("link") or {}
    labels = values((trace.get("node") or {}).get("label"))
    ends = [values(link.get(end)) for end in ("source", "target")]
    sizes = values(link.get("value"))
    if len(traces) > 1 or not len(ends[0]) == len(ends[1]) == len(sizes):
        return None
    named = [
        [
            labels[node] if isinstance(node, int) and 0 <= node < len(labels) else node
            for node in end
        ]
        for end in ends
    ]
    return Table(
        (chart.column(t_("From"), named[0]), chart.column(t_("To"), named[1])),
        (chart.column(t_("Value"), sizes, in_unit(chart.subtitle)),),
        len(sizes),
    )


def _given(chart: _Chart, traces: Sequence[Trace]) -> Table | None:
    header, cells = ((traces[0].get(part) or {}).get("values") for part in ("header", "cells"))
    columns = rows(cells)
    heads = [
        ", ".join(map(str, head)) if isinstance(head, list) else str(head)
        for head in values(header)
    ]
    if (
        len(traces) > 1
        or len(columns) != len(heads)
        or len({len(column) for column in columns}) > 1
    ):
        return None
    return Table(
        (),
        tuple(chart.column(head, column) for head, column in zip(heads, columns, strict=True)),
        len(columns[0]) if columns else 0,
    )


_MAKERS: dict[str, Callable[[_Chart, Sequence[Trace]], Table | None]] = {
    "pie": _pie,
    "funnelarea": _pie,
    "heatmap": _grid,
    "contour": _grid,
    "choropleth": _map,
    "scattergeo": _marks,
    "scattermap": _marks,
    "histogram": _samples,
    "box": _samples,
    "violin": _samples,
    "candlestick": _candles,
    "ohlc": _candles,
    "treemap": _parts_of_whole,
    "sunburst": _parts_of_whole,
    "icicle": _parts_of_whole,
    "sankey": _flows,
    "table": _given,
}


# What the columns are


def _identified(column: Column, known: Sequence[tuple[Column, frozenset[Any]]]) -> Column:
    """The column with the unit, and the title if it has no other, of the catalogue's column that it
    is of.
    """
    if column.kind != "number" and column.name[-1] != t_("Category"):
        return column
    if column.unit and column.name[-1] != t_("Value"):
        return column
    for original, of in known:
        if original.kind == column.kind and column.is_of(of):
            is_nameless = column.name[-1] in (t_("Value"), t_("Category"))
            name = (*column.name[:-1], original.name[0]) if is_nameless else column.name
            return replace(column, name=name, unit=column.unit or original.unit)
    return column


def _clean(column: Column) -> Column:
    """Without plotly's tags."""
    return replace(
        column,
        name=tuple(plain_text(part) for part in column.name),
        values=[plain_text(value) if isinstance(value, str) else value for value in column.values],
    )


def _without_labels(traces: list[Trace]) -> list[Trace]:
    """Without the traces that only write words on the chart, if there are others."""
    return [trace for trace in traces if trace.get("mode") != "text"] or traces


def _general(kind: str) -> str:
    found = _MAPS.match(kind)
    return found[1] if found else kind


def _of_colours(chart: _Chart, trace: Trace) -> tuple[Measure, str]:
    """How values that are shown as colours are written, and what they are."""
    shared = chart.figure.get("layout", {}).get(str(trace.get("coloraxis"))) or {}
    bar = trace.get("colorbar") or shared.get("colorbar") or {}
    title = text_of(bar.get("title"))
    ticks = ticks_of(bar)
    measure = (
        ticks
        if ticks.prefix or ticks.suffix
        else replace(in_unit(title, chart.subtitle), format=ticks.format)
    )
    hover = hover_format(trace, "z")
    return replace(measure, format=hover or measure.format), _IN_BRACKETS.sub("", title) or t_(
        "Value"
    )


def _per_point(texts: object, size: int) -> list[str]:
    """A text for each point: plotly takes one for all, or a list."""
    found = values(texts)
    return [plain_text(str(text)) if text is not None else "" for text in found[:size]] + [""] * (
        size - len(found)
    )


def _percent(decimals: int) -> Callable[[Any], str]:
    return lambda value: (
        ""
        if value is None
        else figures(f"{value * 100:,.{decimals}f}").replace("-", "−") + percent()
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_years(found: Sequence[Any]) -> bool:
    return bool(found) and all(
        value is None or (_is_number(value) and 1500 < value < 2200 and value == int(value))
        for value in found
    )


def _all_numbers(found: Sequence[object]) -> bool:
    return bool(found) and all(value is None or _is_number(value) for value in found)
