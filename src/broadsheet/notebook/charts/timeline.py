"""A timeline: events under each other, each at its date: `bs.charts.timeline`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.notebook.charts import chart_style
from broadsheet.notebook.charts.chart_parts import ABOVE, BELOW
from broadsheet.text.language import t_, written_day
from plotly_alive import chart_theme
from plotly_alive.chart_events import moments_of
from plotly_alive.labels import LINE, folded

if TYPE_CHECKING:
    import pandas as pd

SIDE, SHIFT, BAR, ROW = 16, 10, 4, 10
"""Pixels beside the plot, between a dot or a bar and its label, and between labels."""
WIDTH, LOWER = 0.12, 0.3
"""The height of a bar and its distance under the middle, as parts of a row; a label stands on it."""
DAY = timedelta(days=1)


def timeline(happenings: Mapping[Any, str] | pd.Series[str]) -> go.Figure:
    """Draw a row for each happening, in order of time, with a dot at its date, or a bar from one date
    to another, and beside it, or above the bar, its date and its label::

        bs.charts.timeline({"2022-02-24": "Invasion", ("2022-11-15", "2022-12-05"): "Talks"})

    Dates are those of :func:`events`. Raises :class:`ValueError` for a value that is no date, and
    for two happenings with the same label.
    """
    rows = sorted(
        ((moments_of(when), str(label)) for when, label in happenings.items()),
        key=lambda row: row[0][0].start,
    )
    labels = [label for _, label in rows]
    if not rows:
        raise ValueError(
            "a timeline needs a happening, such as {'2022-02-24': 'Full-scale invasion'}"
        )
    if twice := next((label for label in labels if labels.count(label) > 1), None):
        raise ValueError(f"two happenings are called {twice!r}: tell them apart")
    starts = [moments[0].start for moments, _ in rows]
    ends = [
        max(moments[-1].end - DAY, moments[-1].start) if len(moments) > 1 else moments[0].start
        for moments, _ in rows
    ]
    edge = max((max(ends) - min(starts)) * 0.02, rows[0][0][0].end - rows[0][0][0].start) or DAY
    span = (min(starts) - edge, max(ends) + edge)
    fig = go.Figure(
        go.Bar(
            base=[start.isoformat() for start in starts],
            x=[
                (end - start).total_seconds() * 1000
                for start, end in zip(starts, ends, strict=True)
            ],
            y=labels,
            orientation="h",
            width=WIDTH,
            offset=[
                -WIDTH / 2 if start == end else LOWER
                for start, end in zip(starts, ends, strict=True)
            ],
            marker={"color": chart_style.ROLES["accent"]},
        )
    )
    dots = [
        number for number, (start, end) in enumerate(zip(starts, ends, strict=True)) if start == end
    ]
    fig.add_scatter(
        x=[starts[number].isoformat() for number in dots],
        y=[labels[number] for number in dots],
        mode="markers",
        marker={"color": chart_style.ROLES["accent"], "size": 9},
        cliponaxis=False,
        hoverinfo="skip",
    )
    notes: dict[bool, list[dict[str, Any]]] = {}
    heights = {}
    for is_phone, (across, _) in ((False, chart_theme.WIDE), (True, chart_theme.NARROW)):
        notes[is_phone], lines = [], 1
        for (moments, label), start, end in zip(rows, starts, ends, strict=True):
            first, last = ((day - span[0]) / (span[1] - span[0]) for day in (start, end))
            is_dot = start == end
            is_right = 1 - first >= last
            room = (1 - first if is_right else last) * (across - 2 * SIDE) - SHIFT * is_dot
            when = " – ".join(written_day(moment.text) for moment in moments)
            text = f"<b>{folded(when, room, bold=True)}</b><br>{folded(label, room)}"
            lines = max(lines, text.count("<br>") + 1 + (not is_dot))
            side = "left" if is_right else "right"
            notes[is_phone].append(
                {
                    "x": (start if is_right else end).isoformat(),
                    "y": label,
                    "text": text,
                    "showarrow": False,
                    "xanchor": side,
                    "align": side,
                    "xshift": 0 if not is_dot else SHIFT if is_right else -SHIFT,
                    "yanchor": "middle" if is_dot else "bottom",
                    "yshift": 0,
                }
            )
        row = lines * LINE + ROW
        for note in notes[is_phone]:
            if note["yanchor"] == "bottom":
                note["yshift"] = round(BAR - LOWER * row)
        heights[is_phone] = round(len(rows) * row + ABOVE + BELOW)
    fig.update_layout(
        showlegend=False,
        height=heights[False],
        margin={"l": SIDE, "r": SIDE, "t": ABOVE, "b": BELOW},
        annotations=notes[False],
        xaxis={"type": "date", "range": [day.isoformat() for day in span]},
        yaxis={
            "type": "category",
            "categoryarray": labels,
            "categoryorder": "array",
            "range": [len(rows) - 0.5, -0.5],
            "showticklabels": False,
            "showgrid": False,
            "ticks": "",
        },
        meta={
            "narrow": {"annotations": notes[True], "height": heights[True]},
            "heads": {"y": t_("What happened")},
        },
    )
    return fig
