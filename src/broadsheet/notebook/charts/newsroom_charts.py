"""A newsroom's staple charts, for which plain plotly needs many lines. Each function returns a
plotly figure, which can be changed like any other.

    fig = bs.charts.lines(trade, colours=bs.COLOURS, dashed_after=2021)
    fig.update_layout(title={"text": "The finding", "subtitle": {"text": "Measure, unit"}})

- :func:`lines`: lines over time, each named at its end; estimates dashed;
- :func:`slope`: two moments, and the line from one to the other;
- :func:`dumbbell`: two values of each of several, and the way between;
- :func:`record`: bars of which the highest is named;
- :func:`multiples`: a small chart for each series, all on one scale;
- :func:`events`: events with their dates, marked on any of these; :func:`timeline`: by themselves;
- :func:`world`: countries by a number or a category; :func:`tiles`: a tile for each;
- :func:`symbols`: circles by value on a map; :func:`flows`: lines from place to place;
- :func:`locator`: the position of a place.

Data come as pandas has them: a row for each place or moment, a column for each series. Labels are
beside what they name, do not overlap, and have its colour. The layout for a phone is in the
figure's `meta.narrow`, as an author would write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.notebook.charts import chart_style
from broadsheet.notebook.charts.chart_parts import (
    ABOVE,
    BELOW,
    DOT_MARKS,
    ColoursByName,
    colours_of,
    for_json,
    heads_from,
    hover,
    written,
)
from broadsheet.notebook.charts.locator_map import locator
from broadsheet.notebook.charts.small_multiples import multiples
from broadsheet.notebook.charts.symbol_map import flows, symbols
from broadsheet.notebook.charts.timeline import timeline
from broadsheet.notebook.charts.world_map import tiles, world
from plotly_alive import chart_theme
from plotly_alive.chart_events import events
from plotly_alive.labels import LINE, apart, height, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "dumbbell",
    "events",
    "flows",
    "lines",
    "locator",
    "multiples",
    "record",
    "slope",
    "symbols",
    "tiles",
    "timeline",
    "world",
]


def lines(
    data: pd.DataFrame,
    *,
    colours: ColoursByName | None = None,
    dashed_after: Any = None,
    hollow: pd.DataFrame | None = None,
    labels: Mapping[str, str] | None = None,
    number: str = ".1f",
    unit: str = "",
    tall: int = chart_theme.WIDE[1],
) -> go.Figure:
    """Draw a line for each column of ``data`` over its index, named at its end with the last value.

    ``dashed_after`` is the last place of the index that is not an estimate: from there on lines are
    dashed. ``hollow`` has the shape of ``data``: where it is true, the dot is open. ``number`` is
    Python's format of a value, ``unit`` follows it in hover labels (``US$ bn``). ``labels`` replace
    the name and the last value at the lines' ends.
    """
    fig = go.Figure()
    shades = colours_of(data.columns, colours)
    ends: list[tuple[str, Any, float, str]] = []
    for column in data.columns:
        values = data[column]
        present = values.dropna()
        if present.empty:
            continue
        for part, dash in _parts(values, dashed_after):
            marks = [
                DOT_MARKS[bool(hollow is not None and hollow.loc[place, column])]
                for place in part.index
            ]
            fig.add_scatter(
                x=for_json(part.index),
                y=for_json(part),
                name=str(column),
                mode="lines+markers",
                cliponaxis=False,
                connectgaps=False,
                line={"color": shades[column], "dash": dash},
                marker={"size": 6, "symbol": marks},
                hovertemplate=hover("x", "y", number, unit),
                meta={"estimate": True} if dash != "solid" else None,
            )
        text = (labels or {}).get(str(column), f"{column} {written(present.iloc[-1], number)}")
        ends.append((text, for_json(present.index)[-1], float(present.iloc[-1]), shades[column]))
    low, high = min(0.0, float(data.min().min())), max(0.0, float(data.max().max()))
    span = (low * 1.06, (high or 1) * 1.06)
    drawn = tall - BELOW - ABOVE
    # None stands on the line of the axis.
    shifts = apart(
        [(span[1] - value) / (span[1] - span[0]) * drawn for _, _, value, _ in ends],
        [LINE] * len(ends),
        floor=drawn,
    )
    for (text, place, value, colour), shift in zip(ends, shifts, strict=True):
        fig.add_annotation(
            x=place,
            y=value,
            text=text,
            xanchor="left",
            xshift=9,
            yshift=-shift,
            font={"color": chart_theme.text_colour(colour)},
        )
    fig.update_layout(
        showlegend=False,
        height=tall,
        margin={"r": round(width(text for text, *_ in ends)) + 12, "t": ABOVE, "b": BELOW},
        xaxis={"range": _with_edges(data.index)},
        yaxis={"range": list(span)},
        meta=heads_from("x", data.index),
    )
    return fig


def slope(
    data: pd.DataFrame,
    *,
    colours: ColoursByName | None = None,
    number: str = ".1f",
    unit: str = "",
    tall: int = chart_theme.WIDE[1],
) -> go.Figure:
    """Draw a line for each row of ``data`` from its first column to its second, named at both ends.

    Rows without a colour of their own are context: grey, beneath the others.
    """
    first, last = data.columns[:2]
    fig = go.Figure()
    low, high = float(data.min().min()), float(data.max().max())
    pad = (high - low) * 0.06 or 1
    drawn = tall - ABOVE - BELOW
    at = {
        side: apart(
            [(high + pad - value) / (high - low + 2 * pad) * drawn for value in data[side]],
            [LINE] * len(data),
        )
        for side in (first, last)
    }
    grey = chart_style.ROLES["context"]
    shade_of = {str(name): (colours or {}).get(str(name), grey) for name in data.index}
    for row, name in sorted(
        enumerate(map(str, data.index)), key=lambda row: shade_of[row[1]] != grey
    ):
        values = [float(data[side].iloc[row]) for side in (first, last)]
        fig.add_scatter(
            x=[str(first), str(last)],
            y=values,
            name=name,
            mode="lines+markers",
            cliponaxis=False,
            line={"color": shade_of[name]},
            marker={"size": 7},
            hovertemplate=hover("x", "y", number, unit),
        )
        for side, value, anchor, text in (
            (0, values[0], "right", f"{name} {written(values[0], number)}"),
            (1, values[1], "left", f"{written(values[1], number)} {name}"),
        ):
            fig.add_annotation(
                x=side,
                y=value,
                text=text,
                xanchor=anchor,
                yshift=-at[data.columns[side]][row],
                xshift=-9 if anchor == "right" else 9,
                font={"color": chart_theme.text_colour(shade_of[name])},
            )
    room = round(width(note.text for note in fig.layout.annotations)) + 14
    short = [
        {"text": note.text.removeprefix(name).strip()}
        for note, name in zip(
            fig.layout.annotations,
            (trace.name for trace in fig.data for _ in (first, last)),
            strict=True,
        )
    ]
    phone = {
        "annotations": short,
        "margin": {"l": round(width(written(value, number) for value in data[first])) + 18},
    }
    fig.update_layout(
        showlegend=False,
        height=tall,
        margin={"l": room, "r": room, "t": ABOVE, "b": BELOW},
        meta={"narrow": phone} | heads_from("x", data.columns),
        xaxis={
            "type": "category",
            "range": [0, 1],
            "showline": False,
            "ticks": "",
            "tickfont": {"size": 13},
        },
        yaxis={"visible": False, "range": [low - pad, high + pad]},
        shapes=[
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": x,
                "x1": x,
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "line": {"color": chart_theme.PALETTE["chart-grid"][0], "width": 1},
            }
            for x in (0, 1)
        ],
    )
    return fig


def dumbbell(
    data: pd.DataFrame,
    *,
    colours: ColoursByName | None = None,
    hollow: pd.DataFrame | None = None,
    number: str = ".1f",
    unit: str = "",
    heads: Mapping[str, str] | None = None,
    labels: bool = True,
    tall: int | None = None,
) -> go.Figure:
    """Draw two dots and a line between them for each row of ``data``, in its order from above; each
    column has a colour.

    The two columns are named above the first row that has both, by ``heads`` or by their own names;
    with ``labels`` each dot has its value on its outer side. ``hollow`` has the shape of ``data``:
    where it is true the dot is open.
    """
    first, last = data.columns[:2]
    shades = colours_of(
        (first, last),
        colours or {str(first): chart_style.ROLES["context"], str(last): chart_style.ROLES["ink"]},
    )
    rows = for_json(data.index)
    names = {column: (heads or {}).get(str(column), str(column)) for column in (first, last)}
    fig = go.Figure()
    for column in (first, last):
        shade = shades[column]
        marks = [
            DOT_MARKS[bool(hollow is not None and hollow.loc[row, column])] for row in data.index
        ]
        fig.add_scatter(
            x=for_json(data[column]),
            y=rows,
            orientation="h",
            name=names[column].replace("<br>", " "),
            mode="markers",
            cliponaxis=False,
            hovertemplate=hover("y", "x", number, unit),
            marker={
                "color": shade,
                "size": 10,
                "symbol": marks,
                "line": {"width": 2.5, "color": shade},
            },
        )
    both = data[[first, last]].dropna()
    for at, (a, b) in zip(data.index.get_indexer(both.index), both.to_numpy(), strict=True):
        fig.add_shape(
            type="line",
            x0=float(a),
            x1=float(b),
            y0=int(at),
            y1=int(at),
            layer="between",
            line={"color": chart_style.ROLES["context"], "width": 1.5},
        )
    for row in range(len(data)) if labels else ():
        pair = data[[first, last]].iloc[row].dropna().sort_values()
        for place, (side, value) in enumerate(pair.items()):
            is_left = place == 0 and (len(pair) == 2 or side == first)
            fig.add_annotation(
                x=float(value),
                y=row,
                text=written(value, number),
                showarrow=False,
                xanchor="right" if is_left else "left",
                xshift=-10 if is_left else 10,
                font={"color": chart_theme.text_colour(shades[side])},
            )
    low, high = float(data[[first, last]].min().min()), float(data[[first, last]].max().max())
    begin = round(width(map(str, rows))) + 20
    beside = width(written(value, number) for value in both.to_numpy().flat) + 20 if labels else 14
    spans = [
        _spanned(low, high, beside / (size[0] - begin - 24 - beside))
        for size in (chart_theme.WIDE, chart_theme.NARROW)
    ]
    top = [
        (
            f"<b>{names[column]}</b>",
            float(both[column].iloc[0]),
            chart_theme.text_colour(shades[column]),
        )
        for column in (both.iloc[0].sort_values().index if len(both) else ())
    ]
    row = int(data.index.get_indexer(both.index)[0]) if len(both) else 0
    (notes, above), (short, above_short) = (
        _heads(top, row, span, (begin, size[0]))
        for span, size in zip(spans, (chart_theme.WIDE, chart_theme.NARROW), strict=True)
    )
    fig.layout.annotations = [*notes, *fig.layout.annotations]
    fig.update_layout(
        showlegend=False,
        height=tall or round((34 if labels else 30) * (len(rows) + 0.4) + above + BELOW),
        margin={"r": 24, "t": above, "b": BELOW},
        xaxis={"range": spans[0], "showgrid": not labels, "nticks": 5},
        yaxis={
            "type": "category",
            "categoryarray": rows,
            "categoryorder": "array",
            "tickvals": rows,
            "range": [len(rows) - 0.4, -0.7],
            "showgrid": False,
            "zeroline": False,
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": "rgba(0,0,0,0)",
        },  # room between names and dots
        meta={
            "narrow": {
                "annotations": short,
                "xaxis": {"range": spans[1]},
                "margin": {"t": above_short},
            }
        }
        | heads_from("y", data.index),
    )
    return fig


def record(
    data: pd.Series[Any],
    *,
    word: str = "Record",
    number: str = ".1f",
    unit: str = "",
    tall: int = chart_theme.WIDE[1],
) -> go.Figure:
    """Draw a bar for each value of ``data``; the highest has the accent and its label: ``Record:
    190.3``.
    """
    present = data.dropna()
    where: Any = present.idxmax()
    accent = chart_theme.by_default(chart_style.ROLES["accent"])
    colours = [
        accent if place == where else chart_style.ROLES["context"] for place in present.index
    ]
    fig = go.Figure(
        go.Bar(
            x=for_json(present.index),
            y=for_json(present),
            marker={"color": colours},
            name=str(data.name or ""),
            hovertemplate=hover("x", "y", number, unit),
        )
    )
    text = f"<b>{word}: {written(present[where], number)}</b>"
    place = list(present.index).index(where) / max(1, len(present) - 1)
    side = "left" if place < 0.25 else "right" if place > 0.75 else "center"
    fig.add_annotation(
        x=for_json([where])[0],
        y=float(present[where]),
        text=text,
        yanchor="bottom",
        xanchor=side,
        yshift=2,
        xshift={"left": -8, "right": 8, "center": 0}[side],
    )
    fig.update_layout(
        showlegend=False,
        height=tall,
        bargap=0.25,
        meta=heads_from("x", data.index),
        yaxis={"range": [min(0.0, float(present.min())), float(present[where]) * 1.1]},
    )
    return fig


def _heads(
    top: Sequence[tuple[str, float, str]],
    row: int,
    span: Sequence[float],
    room: tuple[float, float],
) -> tuple[list[dict[str, Any]], int]:
    """Return the names of a dumbbell's columns above its first row, and the pixels that they need
    above the plot. Each name in ``top`` has a value and a colour, the lower value first. ``room``
    is the start of the plot and the whole width.
    """
    begin, whole = room
    notes = []
    ends: list[float] = []
    for at, (text, value, colour) in enumerate(top):
        x = begin + (value - span[0]) / (span[1] - span[0]) * (whole - 24 - begin)
        wide = width([text])
        to_left = x + 6 - wide > 4 if at == 0 else x - 6 + wide > whole - 4
        left = x + 6 - wide if to_left else x - 6
        ends.append(left + wide if at == 0 else left)
        notes.append(
            {
                "x": value,
                "y": row,
                "text": text,
                "showarrow": False,
                "yanchor": "bottom",
                "yshift": 11,
                "xanchor": "right" if to_left else "left",
                "xshift": 6 if to_left else -6,
                "font": {"color": colour},
            }
        )
    lines_high = max((height(text) for text, *_ in top), default=0)
    if len(ends) == 2 and ends[0] + 4 > ends[1]:  # the first stands above the second
        notes[0]["yshift"] = 11 + height(top[1][0])
        lines_high = height(top[1][0]) + height(top[0][0])
    return notes, round(lines_high) + 4


def _with_edges(index: pd.Index[Any]) -> list[Any]:
    """Return the range of an axis on which the first and the last dot are complete."""
    first, last = index.min(), index.max()
    edge = (last - first) * 0.015
    return for_json([first - edge, last + edge])


def _spanned(low: float, high: float, part: float) -> list[float]:
    """Return a range from zero, or from a value below it, that leaves ``part`` of itself free on
    both sides of the values.
    """
    free = (high - min(low, 0)) * part
    return [min(0.0, low - free), high + free]


def _parts(values: pd.Series[Any], dashed_after: Any) -> Iterator[tuple[pd.Series[Any], str]]:
    """Yield the line up to the last place that is not an estimate, and the line from there on."""
    if dashed_after is None:
        yield values, "solid"
        return
    solid, dashed = values[values.index <= dashed_after], values[values.index >= dashed_after]
    if solid.notna().any():
        yield solid, "solid"
    if dashed[dashed.index > dashed_after].notna().any():
        yield dashed, "5px,4px"
