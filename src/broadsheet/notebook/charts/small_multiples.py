"""A small chart for each series, all on one scale: `bs.charts.multiples`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.notebook.charts import chart_style
from broadsheet.notebook.charts.chart_parts import BELOW, ColoursByName, for_json, hover, written
from plotly_alive import chart_theme
from plotly_alive.labels import folded, height, width

if TYPE_CHECKING:
    import pandas as pd


def multiples(
    data: pd.DataFrame,
    *,
    colours: ColoursByName | None = None,
    across: int = 3,
    number: str = ".1f",
    unit: str = "",
) -> go.Figure:
    """Draw a small chart of a line for each column of ``data``, all on one scale.

    The last value of each is written. On a phone there are two in a row.

    A column without a colour of its own has the accent.
    """
    low, high = min(0.0, float(data.min().min())), float(data.max().max())
    accent = chart_theme.by_default(chart_style.ROLES["accent"])
    fig = go.Figure()
    for at, column in enumerate(data.columns, start=1):
        present = data[column].dropna()
        shade = (colours or {}).get(str(column), accent)
        axes = {"xaxis": f"x{at if at > 1 else ''}", "yaxis": f"y{at if at > 1 else ''}"}
        fig.add_scatter(
            x=for_json(data.index),
            y=for_json(data[column]),
            name=str(column),
            mode="lines",
            cliponaxis=False,
            line={"color": shade},
            hovertemplate=hover("x", "y", number, unit),
            **axes,
        )
        if len(present):
            last = float(present.iloc[-1])
            fig.add_scatter(
                x=for_json(present.index)[-1:],
                y=[last],
                name=str(column),
                mode="markers+text",
                text=[f" {written(last, number)}"],
                textposition="middle right",
                textfont={"color": chart_theme.text_colour(shade), "size": 12},
                cliponaxis=False,
                marker={"color": shade, "size": 6},
                hoverinfo="skip",
                **axes,
            )
    names, ends = (
        [str(column) for column in data.columns],
        for_json([data.index[0], data.index[-1]]),
    )
    room = round(width(written(value, number) for value in data.iloc[-1].dropna())) + 24
    wide, narrow = (
        _panels(names, columns, ends, (low, high * 1.06), (room, width))
        for columns, (width, _) in (
            (across, chart_theme.WIDE),
            (min(2, across), chart_theme.NARROW),
        )
    )
    fig.update_layout(**wide, showlegend=False, meta={"narrow": narrow})
    return fig


def _panels(
    names: Sequence[str],
    across: int,
    ends: Sequence[Any],
    span: tuple[float, float],
    room: tuple[int, int],
) -> dict[str, Any]:
    """Return the layout of a grid of small charts: axes, each with its place, and the charts'
    names. ``room`` is the space that each has at its right, and the whole width, in pixels.
    """
    down = -(-len(names) // across)
    margin = {"l": 36, "r": room[0], "t": 0, "b": BELOW}
    free = room[1] - margin["l"] - margin["r"]
    gap = room[0] / free
    titles = [folded(name, (1 - gap * (across - 1)) / across * free, bold=True) for name in names]
    head = 22 + max(map(height, titles))
    each = 100 + head
    layout: dict[str, Any] = {
        "height": round(each * down + BELOW),
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
