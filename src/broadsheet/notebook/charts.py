"""A newsroom's staples, where plain plotly needs many lines: each gives a plotly figure, to go on
with as with any.

    fig = bs.charts.lines(trade, colours=bs.COLOURS, dashed_after=2021)
    fig.update_layout(title={"text": "The finding", "subtitle": {"text": "Measure, unit"}})

- :func:`lines`: lines over time, each named at its end; estimates dashed;
- :func:`slope`: two moments, and the line from one to the other;
- :func:`dumbbell`: two values of each of several, and the way between;
- :func:`record`: bars of which the highest is named;
- :func:`multiples`: a small chart for each series, all on one scale;
- :func:`world`: countries by what they did.

Data come as pandas has them: a row for each place or moment, a column for each series. Labels stand
beside what they name, are placed so that they do not lie on each other, and take its colour. What a
phone shows otherwise is told to the page in the figure's `meta.narrow`, as an author would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.language import figures
from broadsheet.notebook import chart_theme, outlines
from broadsheet.notebook.labels import LINE, apart, folded, height, width

if TYPE_CHECKING:
    import pandas as pd

    Colours = Mapping[str, str]

_BELOW, _ABOVE = 36, 12  # pixels under a plot and above it
_OTHERS = tuple(chart_theme.PALETTE[f"chart-{number}"][0] for number in (5, 2, 3, 1, 4))
_OPEN = {True: "circle-open", False: "circle"}


def lines(
    data: pd.DataFrame,
    *,
    colours: Colours | None = None,
    dashed_after: Any = None,
    hollow: pd.DataFrame | None = None,
    labels: Mapping[str, str] | None = None,
    number: str = ".1f",
    unit: str = "",
    tall: int = chart_theme.WIDE[1],
) -> go.Figure:
    """A line for each column of ``data`` over its index, named at its end with the last value.

    ``dashed_after`` is the last place of the index that is not an estimate: from there on lines are
    dashed. ``hollow`` has the shape of ``data``: where it is true, the dot is open. ``number`` is
    Python's format of a value, ``unit`` stands after it where a reader points (``US$ bn``).
    ``labels`` are what stands at the lines' ends, where that is not the name and the last value.
    """
    fig = go.Figure()
    shades = _colours(data.columns, colours)
    ends: list[tuple[str, Any, float, str]] = []
    for column in data.columns:
        values = data[column]
        known = values.dropna()
        if known.empty:
            continue
        for part, dash in _parts(values, dashed_after):
            marks = [
                _OPEN[bool(hollow is not None and hollow.loc[place, column])]
                for place in part.index
            ]
            fig.add_scatter(
                x=_plain(part.index),
                y=_plain(part),
                name=str(column),
                mode="lines+markers",
                cliponaxis=False,
                connectgaps=False,
                line={"color": shades[column], "dash": dash},
                marker={"size": 6, "symbol": marks},
                hovertemplate=_hover("x", "y", number, unit),
            )
        text = (labels or {}).get(str(column), f"{column} {_written(known.iloc[-1], number)}")
        ends.append((text, _plain(known.index)[-1], float(known.iloc[-1]), shades[column]))
    low, high = min(0.0, float(data.min().min())), max(0.0, float(data.max().max()))
    span = (low * 1.06, (high or 1) * 1.06)
    drawn = tall - _BELOW - _ABOVE
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
        margin={"r": round(width(text for text, *_ in ends)) + 12, "t": _ABOVE, "b": _BELOW},
        xaxis={"range": _with_edges(data.index)},
        yaxis={"range": list(span)},
    )
    return fig


def slope(
    data: pd.DataFrame,
    *,
    colours: Colours | None = None,
    number: str = ".1f",
    unit: str = "",
    tall: int = chart_theme.WIDE[1],
) -> go.Figure:
    """A line for each row of ``data`` from its first column to its second, named at both ends.

    Rows without a colour of their own are context: grey, beneath the others.
    """
    first, last = data.columns[:2]
    fig = go.Figure()
    low, high = float(data.min().min()), float(data.max().max())
    pad = (high - low) * 0.06 or 1
    drawn = tall - _ABOVE - _BELOW
    at = {
        side: apart(
            [(high + pad - value) / (high - low + 2 * pad) * drawn for value in data[side]],
            [LINE] * len(data),
        )
        for side in (first, last)
    }
    grey = chart_theme.ROLES["context"]
    own = {str(name): (colours or {}).get(str(name), grey) for name in data.index}
    for row, name in sorted(enumerate(map(str, data.index)), key=lambda one: own[one[1]] != grey):
        values = [float(data[side].iloc[row]) for side in (first, last)]
        fig.add_scatter(
            x=[str(first), str(last)],
            y=values,
            name=name,
            mode="lines+markers",
            cliponaxis=False,
            line={"color": own[name]},
            marker={"size": 7},
            hovertemplate=_hover("x", "y", number, unit),
        )
        for side, value, anchor, text in (
            (0, values[0], "right", f"{name} {_written(values[0], number)}"),
            (1, values[1], "left", f"{_written(values[1], number)} {name}"),
        ):
            fig.add_annotation(
                x=side,
                y=value,
                text=text,
                xanchor=anchor,
                yshift=-at[data.columns[side]][row],
                xshift=-9 if anchor == "right" else 9,
                font={"color": chart_theme.text_colour(own[name])},
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
        "margin": {"l": round(width(_written(value, number) for value in data[first])) + 18},
    }
    fig.update_layout(
        showlegend=False,
        height=tall,
        margin={"l": room, "r": room, "t": _ABOVE, "b": _BELOW},
        meta={"narrow": phone},
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
    colours: Colours | None = None,
    hollow: pd.DataFrame | None = None,
    number: str = ".1f",
    unit: str = "",
    heads: Mapping[str, str] | None = None,
    labels: bool = True,
    tall: int | None = None,
) -> go.Figure:
    """Two dots and the way between for each row of ``data``, in its order from above; a column is a
    colour.

    The two columns are named above the first row that has both, as ``heads`` says or as they are
    called; with ``labels`` each dot has its value on its outer side. ``hollow`` has the shape of
    ``data``: where it is true the dot is open.
    """
    first, last = data.columns[:2]
    shades = _colours(
        (first, last),
        colours or {str(first): chart_theme.ROLES["context"], str(last): chart_theme.ROLES["ink"]},
    )
    rows = _plain(data.index)
    fig = go.Figure()
    for column in (first, last):
        shade = shades[column]
        marks = [_OPEN[bool(hollow is not None and hollow.loc[row, column])] for row in data.index]
        fig.add_scatter(
            x=_plain(data[column]),
            y=rows,
            orientation="h",
            name=_plain_name((heads or {}).get(str(column), str(column))),
            mode="markers",
            cliponaxis=False,
            hovertemplate=_hover("y", "x", number, unit),
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
            line={"color": chart_theme.ROLES["context"], "width": 1.5},
        )
    for row in range(len(data)) if labels else ():
        known = data[[first, last]].iloc[row].dropna().sort_values()
        for place, (side, value) in enumerate(known.items()):
            is_left = place == 0 and (len(known) == 2 or side == first)
            fig.add_annotation(
                x=float(value),
                y=row,
                text=_written(value, number),
                showarrow=False,
                xanchor="right" if is_left else "left",
                xshift=-10 if is_left else 10,
                font={"color": chart_theme.text_colour(shades[side])},
            )
    low, high = float(data[[first, last]].min().min()), float(data[[first, last]].max().max())
    names = round(width(map(str, rows))) + 20
    written = (
        width(_written(value, number) for value in both.to_numpy().flat) + 20 if labels else 14
    )
    spans = [
        _spanned(low, high, written / (size[0] - names - 24 - written))
        for size in (chart_theme.WIDE, chart_theme.NARROW)
    ]
    top = [
        (
            f"<b>{(heads or {}).get(str(column), str(column))}</b>",
            float(both[column].iloc[0]),
            chart_theme.text_colour(shades[column]),
        )
        for column in (both.iloc[0].sort_values().index if len(both) else ())
    ]
    row = int(data.index.get_indexer(both.index)[0]) if len(both) else 0
    (notes, above), (short, above_short) = (
        _heads(top, row, span, (names, size[0]))
        for span, size in zip(spans, (chart_theme.WIDE, chart_theme.NARROW), strict=True)
    )
    fig.layout.annotations = [*notes, *fig.layout.annotations]
    fig.update_layout(
        showlegend=False,
        height=tall or round((34 if labels else 30) * (len(rows) + 0.4) + above + _BELOW),
        margin={"r": 24, "t": above, "b": _BELOW},
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
        },
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
    """A bar for each value of ``data``; the highest has the accent and says what it is: ``Record:
    190.3``.
    """
    known = data.dropna()
    where: Any = known.idxmax()
    colours = [
        chart_theme.ROLES["accent"] if place == where else chart_theme.ROLES["context"]
        for place in known.index
    ]
    fig = go.Figure(
        go.Bar(
            x=_plain(known.index),
            y=_plain(known),
            marker={"color": colours},
            name=str(data.name or ""),
            hovertemplate=_hover("x", "y", number, unit),
        )
    )
    text = f"<b>{word}: {_written(known[where], number)}</b>"
    place = list(known.index).index(where) / max(1, len(known) - 1)
    side = "left" if place < 0.25 else "right" if place > 0.75 else "center"
    fig.add_annotation(
        x=_plain([where])[0],
        y=float(known[where]),
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
        yaxis={"range": [min(0.0, float(known.min())), float(known[where]) * 1.1]},
    )
    return fig


def multiples(
    data: pd.DataFrame,
    *,
    colours: Colours | None = None,
    across: int = 3,
    number: str = ".1f",
    unit: str = "",
) -> go.Figure:
    """A small chart of a line for each column of ``data``, all on one scale, its last value
    written.

    On a phone there are two in a row.

    A column without a colour of its own has the accent.
    """
    low, high = min(0.0, float(data.min().min())), float(data.max().max())
    fig = go.Figure()
    for at, column in enumerate(data.columns, start=1):
        known = data[column].dropna()
        shade = (colours or {}).get(str(column), chart_theme.ROLES["accent"])
        axes = {"xaxis": f"x{at if at > 1 else ''}", "yaxis": f"y{at if at > 1 else ''}"}
        fig.add_scatter(
            x=_plain(data.index),
            y=_plain(data[column]),
            name=str(column),
            mode="lines",
            cliponaxis=False,
            line={"color": shade},
            hovertemplate=_hover("x", "y", number, unit),
            **axes,
        )
        if len(known):
            last = float(known.iloc[-1])
            fig.add_scatter(
                x=_plain(known.index)[-1:],
                y=[last],
                name=str(column),
                mode="markers+text",
                text=[f" {_written(last, number)}"],
                textposition="middle right",
                textfont={"color": chart_theme.text_colour(shade), "size": 12},
                cliponaxis=False,
                marker={"color": shade, "size": 6},
                hoverinfo="skip",
                **axes,
            )
    names, ends = [str(column) for column in data.columns], _plain([data.index[0], data.index[-1]])
    room = round(width(_written(value, number) for value in data.iloc[-1].dropna())) + 24
    wide, narrow = (
        _panels(names, columns, ends, (low, high * 1.06), (room, width))
        for columns, (width, _) in (
            (across, chart_theme.WIDE),
            (min(2, across), chart_theme.NARROW),
        )
    )
    fig.update_layout(**wide, showlegend=False, meta={"narrow": narrow})
    return fig


def world(
    data: pd.Series[Any],
    *,
    colours: Colours,
    labels: Mapping[str, str] | None = None,
    places: Mapping[str, str] | pd.Series[str] | None = None,
    tall: int = 372,
) -> go.Figure:
    """A map of the world: ``data`` has a word for each country, by its ISO 3166-1 alpha-3 code, and
    each word a colour.

    Above it each word is named, as ``labels`` has it, with the number of its countries. ``places``
    are the countries' names for readers who point at them. Countries that ``data`` does not have
    are grey, and so is what the United Nations draw as of undetermined status.
    """
    named = {} if places is None else dict(places.items())
    fig = go.Figure()
    for word, colour in colours.items():
        codes = [str(code) for code in data.index[data == word]]
        name = (labels or {}).get(word, word)
        fig.add_choropleth(
            locations=codes,
            z=[1] * len(codes),
            colorscale=[[0, colour], [1, colour]],
            showscale=False,
            name=f"{name} {len(codes)}",
            showlegend=True,
            text=[str(named.get(code, code)) for code in codes],
            hovertemplate="%{text}<extra></extra>",
        )
    others = [code for code in outlines.territories("world_110m") if code not in data.index]
    grey = chart_theme.PALETTE["chart-grid"][0]
    fig.add_choropleth(
        locations=others,
        z=[1] * len(others),
        colorscale=[[0, grey], [1, grey]],
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
    )
    legend = {"itemclick": False, "itemdoubleclick": False, "x": 0, "y": 1, "yanchor": "bottom"}
    # Cut through the Bering Strait, and without Antarctica, where nobody votes.
    fig.update_layout(
        geo={
            "projection": {"rotation": {"lon": 11}},
            "lonaxis": {"range": [-169, 191]},
            "lataxis": {"range": [-58, 84]},
            "showland": False,
        },
        height=tall,
        margin={"l": 0, "r": 0, "t": 32, "b": 0},
        legend=legend,
        meta={"narrow": {"height": 270, "margin": {"l": 0, "r": 0, "t": 54, "b": 0}}},
    )
    return fig


def _panels(
    names: Sequence[str],
    across: int,
    ends: Sequence[Any],
    span: tuple[float, float],
    room: tuple[int, int],
) -> dict[str, Any]:
    """The layout of a grid of small charts: axes, each with its place, and the charts' names.

    ``room`` is what each has at its right, of how many pixels of the whole.
    """
    down = -(-len(names) // across)
    margin = {"l": 36, "r": room[0], "t": 0, "b": _BELOW}
    free = room[1] - margin["l"] - margin["r"]
    gap = room[0] / free
    titles = [folded(name, (1 - gap * (across - 1)) / across * free, bold=True) for name in names]
    head = 22 + max(map(height, titles))
    each = 100 + head
    layout: dict[str, Any] = {
        "height": round(each * down + _BELOW),
        "margin": margin,
        "annotations": [],
    }
    for at, title in enumerate(titles):
        row, column = divmod(at, across)
        is_lowest = at + across >= len(names)
        suffix = str(at + 1) if at else ""
        left, bottom = column * (1 + gap) / across, 1 - (row + 1) / down
        layout[f"xaxis{suffix}"] = {
            "domain": [left, min(1.0, left + (1 - gap * (across - 1)) / across)],
            "anchor": f"y{suffix}",
            "tickvals": list(ends),
            "range": list(ends),
            "showticklabels": is_lowest,
            "ticks": "outside" if is_lowest else "",
        }
        layout[f"yaxis{suffix}"] = {
            "domain": [bottom, bottom + 100 / each / down],
            "anchor": f"x{suffix}",
            "range": list(span),
            "nticks": 4,
            "showticklabels": column == 0,
        }
        layout["annotations"].append(
            {
                "x": 0,
                "y": 1,
                "xref": f"x{suffix} domain",
                "yref": f"y{suffix} domain",
                "text": f"<b>{title}</b>",
                "align": "left",
                "xanchor": "left",
                "yanchor": "bottom",
                "yshift": 3,
                "showarrow": False,
            }
        )
    return layout


def _heads(
    top: Sequence[tuple[str, float, str]],
    row: int,
    span: Sequence[float],
    room: tuple[float, float],
) -> tuple[list[dict[str, Any]], int]:
    """The names of a dumbbell's columns above its first row, each with a value and a colour, the
    lower value first.

    ``room`` is where the plot begins and how wide all is. Returned with the pixels that they need
    above the plot.
    """
    begin, whole = room
    made = []
    ends: list[float] = []
    for at, (text, value, colour) in enumerate(top):
        x = begin + (value - span[0]) / (span[1] - span[0]) * (whole - 24 - begin)
        wide = width([text])
        to_left = x + 6 - wide > 4 if at == 0 else x - 6 + wide > whole - 4
        ends.append(
            x + 6
            if at == 0 and to_left
            else x - 6 + wide
            if at == 0
            else x + 6 - wide
            if to_left
            else x - 6
        )
        made.append(
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
        made[0]["yshift"] = 11 + height(top[1][0])
        lines_high = height(top[1][0]) + height(top[0][0])
    return made, round(lines_high) + 4


def _with_edges(index: pd.Index[Any]) -> list[Any]:
    """The range of an axis that leaves the first and the last dot whole."""
    first, last = index.min(), index.max()
    edge = (last - first) * 0.015
    return _plain([first - edge, last + edge])


def _spanned(low: float, high: float, part: float) -> list[float]:
    """A range from zero, or from what is below it, that leaves ``part`` of itself free on both
    sides of the values.
    """
    free = (high - min(low, 0)) * part
    return [min(0.0, low - free), high + free]


def _colours(columns: Iterable[Any], colours: Colours | None) -> dict[Any, str]:
    """The colour of each column: its own, else one that no other has."""
    names = list(columns)
    own = {name: colour for name in names if (colour := (colours or {}).get(str(name)))}
    others = iter([colour for colour in _OTHERS if colour not in own.values()])
    return {name: own.get(name) or next(others, chart_theme.ROLES["context"]) for name in names}


def _parts(values: pd.Series[Any], dashed_after: Any) -> Iterator[tuple[pd.Series[Any], str]]:
    """The line to the last place that is no estimate, and the line from there on."""
    if dashed_after is None:
        yield values, "solid"
        return
    solid, dashed = values[values.index <= dashed_after], values[values.index >= dashed_after]
    if solid.notna().any():
        yield solid, "solid"
    if dashed[dashed.index > dashed_after].notna().any():
        yield dashed, "5px,4px"


def _plain(values: Iterable[Any]) -> list[Any]:
    """As JSON has them: numbers, text, dates as text; None for what is missing."""
    import pandas as pd

    found = [value.item() if hasattr(value, "item") else value for value in values]
    return [
        None if pd.isna(value) else value.isoformat() if hasattr(value, "isoformat") else value
        for value in found
    ]


def _written(value: float, number: str) -> str:
    """A number in Python's format, with the marks of the article's language."""
    return figures(f"{value:{number}}")


def _plain_name(text: str) -> str:
    return text.replace("<br>", " ")


def _hover(place: str, value: str, number: str, unit: str) -> str:
    """`2022: US$ 190.3 bn`."""
    before, after = (
        ("", unit) if not unit or unit[0].islower() or unit[0] == "%" else unit.partition(" ")[::2]
    )
    after = after if after[:1] in ("", "%") else f" {after}"
    return f"%{{{place}}}: {f'{before} ' if before else ''}%{{{value}:{number}}}{after}"
