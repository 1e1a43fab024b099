"""The data of a chart as a table: exactly the data that it draws.

Lines, bars and the like have a row for each place and a column for each series, under a second
level of header if the chart has several panels. A heat map is its own table. Everything else has a
row for each point: slices, maps, points in a plane, samples, flows; and so has a chart with several
values of a series at one place, and a chart of an unknown kind, whose arrays are tabulated
unchanged. A chart with several views, such as the frames of an animation, has the rows of all of
them, under the view's name in the first column. Headers have the unit, and numbers the decimals, of
the chart's own labels; a unit that the chart does not say is the catalogue's, if the values are
from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from plotly_alive.reading.chart_data import Axis, Chart, Trace
from plotly_alive.reading.error_bars import ERRORS
from plotly_alive.reading.number_words import (
    PLAIN,
    AxisNumbers,
    Places,
    is_number,
)
from plotly_alive.table.table import Column, Table
from plotly_alive.table.table_headers import Known, headed
from plotly_alive.text.language import t_, written_number
from plotly_alive.text.numbers import NumberStyle

WIDEST = 30
"""The most columns of a heat map that become columns of its table; a wider one is a list of cells.
"""


def chart_table_of(chart: Chart, of_catalogue: Iterable[Known] = ()) -> Table | None:
    """Return the table of a chart; None if nothing is drawn. ``of_catalogue`` are columns of the
    catalogue, which give units, and the names of series without one, if the chart gives none.
    """
    table = _table_of_views(chart) if chart.views else _table(chart)
    if table is None or not table.length:
        return None
    catalogued = tuple(of_catalogue)
    index, columns = (
        tuple(headed(column, catalogued, chart.measure.unit) for column in part)
        for part in (table.index, table.columns)
    )
    return replace(table, index=index, columns=columns)


def _table_of_views(chart: Chart) -> Table | None:
    """Return the tables of all views below each other; a column that a view lacks is empty there."""
    tables = [(name, table) for name, view in chart.views if (table := _table(view)) is not None]
    if not tables:
        return None
    names = [name for name, table in tables for _ in range(table.length)]
    head = chart.view or (t_("Frame") if chart.is_animated else t_("View"))
    parts = [
        _below([(getattr(table, part), table.length) for _, table in tables])
        for part in ("index", "columns")
    ]
    return Table((Column((head,), "text", names), *parts[0]), parts[1], len(names))


def _below(parts: Sequence[tuple[Sequence[Column], int]]) -> tuple[Column, ...]:
    """Join columns of one name, in the order in which they come; ``parts`` are the columns of each
    table, and its length.
    """
    joined: dict[tuple[str, ...], Column] = {}
    for columns, _ in parts:
        for column in columns:
            first = joined.setdefault(column.name, replace(column, values=[]))
            if first.kind != column.kind and any(value is not None for value in column.values):
                joined[column.name] = replace(first, kind="text", write=None)
    for name, whole in joined.items():
        rows: list[Any] = []
        for columns, length in parts:
            part = next((column.values for column in columns if column.name == name), None)
            rows += [None] * length if part is None else part
        joined[name] = replace(whole, values=rows)
    return tuple(joined.values())


def _table(chart: Chart) -> Table | None:
    if not chart.traces:
        return None
    first = chart.traces[0]
    by_place = _has_places(chart) and not _has_words(chart)
    if by_place and (table := _by_place(chart)) is not None:
        return table
    is_plain = "text" not in first.columns
    if chart.family == "grid" and len(chart.traces) == 1 and is_plain and 0 < first.width <= WIDEST:
        return _grid(chart, first)
    if chart.family == "table":
        return _cells(chart)
    if _is_map_of_kinds(chart):
        return _map_of_kinds(chart)
    return _by_point(chart)


def _has_places(chart: Chart) -> bool:
    """True if the chart shows values at places, and not points in a plane."""
    return chart.family == "series" and not (chart.is_plane and chart.places.kind == "number")


def _has_words(chart: Chart) -> bool:
    """True if values are words or dates: marks between two names."""
    return any(
        isinstance(value, str) and number is None
        for trace in chart.traces
        for value, number in zip(trace.column("value"), trace.numbers, strict=True)
    )


# ---- A row a place


def _by_place(chart: Chart) -> Table | None:
    """Return a table with a row for each place and a column for each series; None if it would lose
    a value.
    """
    columns: dict[tuple[str, ...], tuple[Trace, dict[Any, Any]]] = {}
    errors: dict[tuple[str, ...], dict[str, dict[Any, Any]]] = {}
    order: dict[Any, None] = {}
    for name, trace in zip(_heads(chart), chart.traces, strict=True):
        _, column = columns.setdefault(name, (trace, {}))
        for place, value in zip(trace.column("place"), trace.column("value"), strict=True):
            if place is None:
                continue
            before = column.get(place)
            if before is not None and value is not None and before != value:
                return None
            order[place] = None
            column[place] = before if value is None else value
        for key in ERRORS & trace.columns.keys():
            bars = dict(zip(trace.column("place"), trace.column(key), strict=True))
            errors.setdefault(name, {}).setdefault(key, {}).update(bars)
    first, places = chart.traces[0], list(order)
    if chart.places.ordered:
        places.sort(key=chart.places.order)
    elif first.across.letter == "y" and not first.across.is_turned:
        places.reverse()  # as they stand, from the top
    table_columns = []
    for name, (trace, column) in columns.items():
        table_columns.append(_along(chart, name, [column.get(place) for place in places], trace))
        for key, by_place in sorted(errors.get(name, {}).items()):
            of = _places(chart, places).name[-1] if "across" in key else name[-1]
            beside = (*name[:-1], _error_of(of, key, errors[name]))
            error = [by_place.get(place) for place in places]
            table_columns.append(_along(chart, beside, error, trace))
    return Table((_places(chart, places),), tuple(table_columns), len(places))


def _error_of(name: str, key: str, keys: Iterable[str]) -> str:
    """Return the header of a column of error bars of what has a ``name``; ``keys`` are all of its
    columns of error bars.
    """
    if key.endswith("_below"):
        return t_("%(name)s, error below", name=name)
    if f"{key}_below" in keys:
        return t_("%(name)s, error above", name=name)
    return t_("%(name)s, error", name=name)


def _heads(chart: Chart) -> list[tuple[str, ...]]:
    """Return the header of each trace: its name, under that of its panel if there are several
    panels.
    """
    many = len(chart.traces) > 1
    heads = []
    for trace in chart.traces:
        name = trace.name
        if not name:
            name = "" if many else _measured(chart, trace.along)
        levels = (trace.panel, name) if trace.panel and trace.panel != name else (name,)
        heads.append(levels)
    depth = max(map(len, heads))
    return [
        (
            *[""] * (depth - len(levels)),
            *(part or t_("Series %(number)s", number=number) for part in levels),
        )
        for number, levels in enumerate(heads, start=1)
    ]


def _places(chart: Chart, column: Sequence[Any]) -> Column:
    first, places = chart.traces[0], chart.places
    return _placed(first.across, column, places, first.as_labelled(first.across, places.measure))


# ---- Heat maps


def _grid(chart: Chart, trace: Trace) -> Table:
    """Return the cells in the order drawn; the row at the top comes first."""
    width = trace.width
    down, across = trace.column("row")[::width], trace.column("column")[:width]
    cells = [trace.column("value")[at::width] for at in range(width)]
    index = _cell_places(trace, trace.down, down)
    heads = _cell_places(trace, trace.across, across).cells()
    columns = [
        _along(chart, (head.text,), column, trace)
        for head, column in zip(heads, cells, strict=True)
    ]
    if not trace.down.places(down).ordered and not trace.down.is_turned:
        index = replace(index, values=index.values[::-1])
        columns = [replace(column, values=column.values[::-1]) for column in columns]
    return Table((index,), tuple(columns), len(down))


def _cell_places(trace: Trace, axis: Axis, column: Sequence[Any]) -> Column:
    places = axis.places(column)
    return _placed(axis, column, places, trace.as_labelled(axis, places.measure))


# ---- Maps of kinds


def _is_map_of_kinds(chart: Chart) -> bool:
    """True if a map has a trace for each kind of place: its name says which, and the values say
    nothing.
    """
    return (
        chart.family == "map"
        and len(chart.traces) > 1
        and all(trace.name and len(set(trace.numbers)) <= 1 for trace in chart.traces)
    )


def _map_of_kinds(chart: Chart) -> Table:
    places: list[Any] = []
    kinds: list[str] = []
    for trace in chart.traces:
        texts = zip(trace.column("text"), trace.column("place"), strict=True)
        places += [text or place for text, place in texts]
        kinds += [trace.name.removesuffix(f" {trace.length}")] * trace.length
    place = Column((chart.traces[0].across.head or t_("Place"),), "text", places)
    kind = Column((chart.group or t_("Kind"),), "text", kinds)
    return Table((place,), (kind,), len(places))


# ---- Tables


def _cells(chart: Chart) -> Table:
    """Return the cells of plotly's tables, below each other if there are several."""
    parts = [
        (
            [_column((head,), column, PLAIN) for head, column in trace.columns.items()],
            trace.length,
        )
        for trace in chart.traces
    ]
    return Table((), _below(parts), sum(length for _, length in parts))


# ---- A row a point


def _by_point(chart: Chart) -> Table:
    """Return a row for each point, with a column for each of its values, after those that name it."""
    parts = [_point_columns(chart, trace) for trace in chart.traces]
    values: dict[str, list[Any]] = {key: [] for part in parts for key in part}
    for part in parts:
        length = max(map(len, part.values()))
        for key in values:
            values[key] += part.get(key) or [None] * length
    if len(set(values.get("name", ()))) <= 1 or values.get("name") in (
        values.get("place"),
        values.get("group"),
    ):
        values.pop("name", None)
    if "start" in values and values["start"] == values.get("end"):
        values.pop("end")
    for key in ("text", "value"):  # what stands beside a mark may be the name of its series
        if "name" in values and _said(values.get(key, ())) == _said(values["name"]):
            values.pop(key)
    for axis in (chart.traces[0].across, chart.traces[0].along):
        if all(_is_hidden(trace, axis.letter) for trace in chart.traces):
            values.pop(axis.letter, None)
    shown = {
        key: column
        for key, column in values.items()
        if key in ("place", "value") or _has_any(column)
    }
    columns = {key: _point_column(chart, key, column) for key, column in shown.items()}
    return Table(
        tuple(column for key, column in columns.items() if key in _NAMES),
        tuple(column for key, column in columns.items() if key not in _NAMES),
        max((len(column.values) for column in columns.values()), default=0),
    )


_NAMES = frozenset(
    (
        "text",
        "name",
        "group",
        "place",
        "code",
        "row",
        "column",
        "labels",
        "parents",
        "source",
        "target",
    )
)
"""The columns that name a point."""


def _has_ends(chart: Chart) -> bool:
    """True if any bar of a timeline ends later than it begins."""
    return any(trace.column("start") != trace.column("end") for trace in chart.traces)


def _said(column: Sequence[Any]) -> list[str]:
    return [str(value or "").strip().casefold() for value in column]


def _is_hidden(trace: Trace, letter: str) -> bool:
    """True if the points of a plane only have room along an axis: readers see no ticks, and no
    hover label has the axis.
    """
    is_hidden = any(
        axis.letter == letter and axis.is_hidden for axis in (trace.across, trace.along)
    )
    return trace.family == "series" and is_hidden and f"%{{{letter}" not in trace.hover


def _has_any(column: Sequence[Any]) -> bool:
    return any(value not in (None, "") for value in column)


def _point_columns(chart: Chart, trace: Trace) -> dict[str, Sequence[Any]]:
    """Return the columns of a trace's points; columns that name the points come first."""
    columns = dict(trace.columns)
    texts = columns.pop("text", [])
    name = ", ".join(filter(None, dict.fromkeys((trace.panel, trace.name))))
    names: dict[str, Sequence[Any]] = {"name": [name] * trace.length}
    if trace.family == "slices" or _has_places(chart):
        drawn = [at for at, place in enumerate(columns["place"]) if place is not None]
        kept = names | columns | ({"text": texts} if texts else {})
        return {key: [column[at] for at in drawn] for key, column in kept.items()}
    if trace.family == "series":
        places, column_values = columns.pop("place"), columns.pop("value")
        by_letter = {trace.across.letter: places, trace.along.letter: column_values}
        return {"text": texts, **names, **dict(sorted(by_letter.items())), **columns}
    if trace.family in ("map", "marks"):
        places = trace.column("place")
        named = [text or place for text, place in zip(trace.column("text"), places, strict=True)]
        codes = places if texts and list(texts) != list(places) and _has_any(places) else []
        return {**columns, "place": named, "code": codes, **names}
    if trace.family == "samples" and "group" in columns:
        if len({each.name for each in chart.traces}) > 1:
            return {**names, "group": columns.pop("group"), **columns}
        return {"name": columns.pop("group"), **columns}
    has_words = not trace.family or (trace.family == "grid" and texts)
    return {**({"text": texts} if has_words else {}), **names, **columns}


def _point_column(chart: Chart, key: str, column: Sequence[Any]) -> Column:
    first = chart.traces[0]
    heads = {
        "name": chart.group or t_("Group"),
        "group": first.across.name or t_("Place"),
        "text": t_("Name"),
        "code": t_("Code"),
        "size": t_("Size"),
        "lat": t_("Latitude"),
        "lon": t_("Longitude"),
        "labels": t_("Part"),
        "parents": t_("Of"),
        "place": t_("Slice") if chart.family == "slices" else t_("Place"),
        "value": t_("Value"),
        "values": t_("Value"),
        "reference": t_("Compared with"),
        "source": t_("From"),
        "target": t_("To"),
        "start": t_("Start") if _has_ends(chart) else t_("Date"),
        "end": t_("End"),
        "open": t_("Open"),
        "high": t_("High"),
        "low": t_("Low"),
        "close": t_("Close"),
        "error": t_("Error"),
        "error_below": t_("Error below"),
        **_across_errors(chart),
        **first.corners,
    }
    head = heads.get(key, key)
    if key == "place" and chart.family in ("candles", "spans", "series"):
        return _places(chart, column)
    if key in ("text", "name", "group", "place"):
        return Column((head,), "text", column)
    if key in ("row", "column"):
        return _cell_places(first, first.down if key == "row" else first.across, column)
    if key in ("start", "end"):
        places = first.along.places(column)
        if _has_ends(chart) and places.precision in (
            "year",
            "month",
        ):  # the other end may be any day
            places = replace(places, precision="day")
        return replace(_placed(first.along, column, places, places.measure), name=(head,))
    if key in ("value", "values", "open", "high", "low", "close"):
        return _values(chart, key, head, column)
    for axis in (first.across, first.along):
        if key == axis.letter and first.family == "series":
            measure = axis.measure([first.hover], chart.measured)
            side = t_("Horizontal axis") if key == "x" else t_("Vertical axis")
            name = axis.name or axis.head or measure.suffix.strip() or side
            return _column((name,), column, first.as_labelled(axis, measure))
    return _column((head,), column, PLAIN)


def _across_errors(chart: Chart) -> dict[str, str]:
    """Return the headers of error bars along the axis of places."""
    axis = chart.traces[0].across
    side = t_("Horizontal axis") if axis.letter == "x" else t_("Vertical axis")
    keys = [key for trace in chart.traces for key in trace.columns if "error_across" in key]
    return {key: _error_of(axis.name or axis.head or side, key, keys) for key in keys}


def _values(chart: Chart, key: str, head: str, column: Sequence[Any]) -> Column:
    """Return a column of what is measured: along an axis, or in the unit of the chart's texts."""
    first = chart.traces[0]
    if key == "values" or chart.family in ("slices", "flows"):
        name = first.name if len(chart.traces) == 1 and chart.family == "slices" else ""
        return _column((name or head,), column, chart.measure)
    if key == "value" and first.along.places(column).kind == "date":
        return _cell_places(first, first.along, column)
    return _along(
        chart, (_measured(chart, first.along) if key == "value" else head,), column, first
    )


def _measured(chart: Chart, axis: Axis) -> str:
    """Return the name of the values along an axis: its title, else the subject of the subtitle."""
    return axis.name or axis.head or chart.subject or t_("Value")


# ---- Columns


def _along(chart: Chart, head: tuple[str, ...], column: Sequence[Any], trace: Trace) -> Column:
    """Return a column of values along the axis of a trace's values."""
    measure = trace.along.measure([trace.hover], chart.measured)
    return _column(head, column, trace.as_labelled(trace.along, measure))


def _placed(axis: Axis, column: Sequence[Any], places: Places, measure: AxisNumbers) -> Column:
    """Return a column of places: numbers by their ``measure``, others as people write them."""
    head = (axis.name or axis.head or _head_of(column, places),)
    if places.kind == "number":
        return _column(head, column, measure)
    whole = places.whole
    return Column(head, "text", column, write=lambda place: "" if place is None else whole(place))


def _head_of(column: Sequence[Any], places: Places) -> str:
    """Return a header for places that nothing names."""
    if all(isinstance(place, str) and re.fullmatch(r"\d{4}", place) for place in column):
        return t_("Year")
    if all(isinstance(place, str) and re.fullmatch(r"\d{3}0\D{1,3}", place) for place in column):
        return t_("Decade")
    heads = {"year": t_("Year"), "date": t_("Date"), "name": t_("Name"), "number": t_("Place")}
    return heads[places.kind]


def _column(head: tuple[str, ...], column: Sequence[Any], measure: AxisNumbers) -> Column:
    """Return a column of values in the unit of ``measure``, with the decimals of its format."""
    values = [value for value in column if value is not None]
    kind = "number" if values and all(map(is_number, values)) else "text"
    unit, style = measure.unit, measure.exact
    if style is None:
        return Column(head, kind, column, unit)
    if not style.is_percent:
        return Column(head, kind, column, unit, decimals=style.most)
    unit = "" if unit == "%" else unit
    write = partial(_written, style=style)
    return Column(head, kind, column, unit, write=write)


def _written(value: Any, style: NumberStyle) -> str:
    if is_number(value):
        return written_number(value, style)
    return "" if value is None else str(value)
