"""The chart theme: a palette, and a template for plotly.

Each colour has a light and a dark value. plotly gets the light ones; in a drawing they are replaced
by custom properties of the same name (`--chart-1`), so that a chart follows the reader's setting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

PALETTE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "chart-paper": ("#fdfcf9", "#161613"),
        "chart-ink": ("#1b1a17", "#e9e6df"),
        "chart-muted": ("#5c5a54", "#a8a49b"),
        "chart-grid": ("#e4e1d9", "#302f2a"),
        "chart-axis": ("#6f6d66", "#8b877d"),
        "chart-1": ("#b3262a", "#ef7b6b"),
        "chart-2": ("#2b5a94", "#3a8fdb"),
        "chart-3": ("#bd7b10", "#f5bd4c"),
        "chart-4": ("#8f8d87", "#77736c"),
        "chart-5": ("#4a1e52", "#ddd3f7"),
        "chart-3-text": ("#8a5906", "#f5bd4c"),
        "chart-4-text": ("#66645e", "#a19d95"),
    }
)
"""Custom property (without its dashes) → its light and its dark value. Series 1, 2 and 5 are dark
enough for text.
"""

_PALETTE_NAMES = {light: f"--{name}" for name, (light, _) in reversed(list(PALETTE.items()))}
_RGB = re.compile(r"rgba?\((\d+), ?(\d+), ?(\d+)(?:, ?([\d.]+))?\)")

COLORWAY = tuple(PALETTE[f"chart-{number}"][0] for number in range(1, 6))
"""The colours of series without one, in their order."""

FONT = "'Source Sans 3', 'Helvetica Neue', 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
"""The stylesheet's `--sans`."""
WIDE = (720, 420)
NARROW = (320, 400)
"""Width and height, in CSS pixels, of a chart on a wide page and on a phone, if its layout gives no
height. A page leaves it 320 of a phone's 360 pixels, so that its letters have the size at which
they are drawn.
"""
PLOT_MARGIN: Mapping[str, int] = MappingProxyType({"l": 44, "r": 24, "t": 12, "b": 36, "pad": 0})
"""The CSS pixels around the plot of a chart without a title; axes, legends and labels widen them."""


def text_colour(colour: str) -> str:
    """Return the colour for text in a series' colour: the same, or the darker one of its kind
    where letters need it.
    """
    names = {light: name for name, (light, _) in PALETTE.items()}
    return PALETTE.get(f"{names.get(colour.lower(), '')}-text", (colour,))[0]


def palette_name(colour: str) -> str:
    """Return the name of a colour in the palette; another colour stays."""
    rgb = _RGB.fullmatch(colour)
    plain = "#{:02x}{:02x}{:02x}".format(*map(int, rgb.groups()[:3])) if rgb else colour.lower()
    name = _PALETTE_NAMES.get(plain)
    return colour if name is None else f"{name}/{rgb[4]}" if rgb and rgb[4] else name


def by_default(colour: str) -> str:
    """Return a colour ``#rrggbb`` that nobody gave to a name. It is the same for all who draw,
    with its last letter as a capital, which tells it from a colour that an author gave.
    """
    return _LAST_LETTER.sub(lambda letter: letter[0].upper(), colour)


_LAST_LETTER = re.compile(r"[a-f](?=[^a-f]*\Z)")


def template() -> dict[str, object]:
    """Return the template in plotly's form: quiet grid, labels in ink, no legend where a label
    will do.
    """
    ink, muted, grid, axis, paper = (
        PALETTE[f"chart-{name}"][0] for name in ("ink", "muted", "grid", "axis", "paper")
    )
    tick = {"size": 12, "color": muted}
    scale = {"colorbar": {**_BAR, "tickfont": tick, "title": {"font": tick}}}
    controls = {"bgcolor": paper, "activecolor": grid, "bordercolor": axis, "font": {"color": ink}}
    round_axis = {"gridcolor": grid, "linecolor": axis, "tickcolor": axis, "tickfont": tick}
    space_axis = {"color": muted, "gridcolor": grid, "zerolinecolor": axis, "showbackground": False}
    return {
        "layout": {
            "font": {"family": FONT, "size": 13, "color": ink},
            "title": {
                "x": 0,
                "xref": "container",
                "xanchor": "left",
                "font": {"size": 17},
                "pad": {"l": 4},
                "subtitle": {"font": {"size": 13, "color": muted}},
            },
            "paper_bgcolor": paper,
            "plot_bgcolor": paper,
            "colorway": [by_default(colour) for colour in COLORWAY],
            **dict.fromkeys((f"{kind}colorway" for kind in _OF_PARTS), _tints()),
            "coloraxis": scale,
            "colorscale": {"sequential": _VIRIDIS, "sequentialminus": _VIRIDIS},
            "margin": dict(PLOT_MARGIN),
            "xaxis": {
                "showgrid": False,
                "gridcolor": grid,
                "zeroline": False,
                "showline": True,
                "linecolor": axis,
                "ticks": "outside",
                "tickcolor": axis,
                "ticklen": 4,
                "tickfont": tick,
                "title": {"font": tick, "standoff": 8},
                "automargin": True,
                "rangeslider": {"bgcolor": paper, "bordercolor": grid},
                "rangeselector": controls,
            },
            "yaxis": {
                "gridcolor": grid,
                "zeroline": True,
                "zerolinecolor": axis,
                "zerolinewidth": 1,
                "ticks": "",
                "tickfont": tick,
                "title": {"font": tick, "standoff": 8},
                "automargin": True,
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"size": 12, "color": ink},
                "title": {"text": ""},
            },
            "annotationdefaults": {
                "font": {"size": 12, "color": ink},
                "arrowcolor": axis,
                "arrowwidth": 1,
                "arrowhead": 0,
                "showarrow": False,
                "align": "left",
            },
            "shapedefaults": {"line": {"color": axis, "width": 1}},
            "hoverlabel": {
                "bgcolor": paper,
                "bordercolor": axis,
                "font": {"family": FONT, "size": 13, "color": ink},
            },
            "geo": {
                "projection": {"type": "equal earth"},
                "bgcolor": paper,
                "showframe": False,
                "showcoastlines": False,
                "showland": True,
                "landcolor": grid,
            },
            "polar": {
                "bgcolor": paper,
                "angularaxis": round_axis,
                "radialaxis": {**round_axis, "angle": 90, "tickangle": 90},
            },
            "smith": {"bgcolor": paper},
            "ternary": {
                "bgcolor": paper,
                **{f"{letter}axis": {**round_axis, "title": {"font": tick}} for letter in "abc"},
            },
            # what is drawn in space is a picture of pixels: it has a paper of its own
            "scene": {"bgcolor": paper, **{f"{letter}axis": space_axis for letter in "xyz"}},
            "updatemenudefaults": {"bgcolor": paper, "bordercolor": axis, "borderwidth": 1},
            "sliderdefaults": {
                "bgcolor": grid,
                "activebgcolor": axis,
                "bordercolor": axis,
                "borderwidth": 1,
                "tickcolor": axis,
                "font": tick,
                "currentvalue": {"font": {"size": 13, "color": ink}},
            },
            "hovermode": "closest",
            "dragmode": False,
        },
        "data": {
            "scatter": [{"type": "scatter", "line": {"width": 2.25}, "marker": {"size": 7}}],
            "bar": [{"type": "bar", "marker": {"line": {"width": 0}}}],
            "choropleth": [
                {
                    "type": "choropleth",
                    "marker": {"line": {"width": 0.5, "color": paper}},
                    **scale,
                }
            ],
            **{
                kind: [{"type": kind, "colorscale": _VIRIDIS, **scale}]
                for kind in ("heatmap", "contour", "surface", "histogram2d", "histogram2dcontour")
            },
            **{
                kind: [{"type": kind, **_changes("increasing", "decreasing", parts="line")}]
                for kind in ("candlestick", "ohlc")
            },
            "waterfall": [
                {
                    "type": "waterfall",
                    **_changes("increasing", "decreasing", "totals", parts="marker"),
                    "connector": {"line": {"color": axis, "width": 1}},
                }
            ],
            "indicator": [
                {
                    "type": "indicator",
                    "delta": {
                        "increasing": {"color": _CHANGES["increasing"]},
                        "decreasing": {"color": _CHANGES["decreasing"]},
                    },
                    "gauge": {
                        "bar": {"color": COLORWAY[0]},
                        "bordercolor": axis,
                        "axis": {"tickcolor": axis, "tickfont": tick},
                    },
                }
            ],
            "sankey": [
                {
                    "type": "sankey",
                    "node": {"line": {"width": 0}},
                    "link": {"color": tint(muted, 0.3)},
                }
            ],
            "table": [
                {
                    "type": "table",
                    "header": {
                        "fill": {"color": grid},
                        "line": {"color": paper},
                        "font": {"color": ink},
                    },
                    "cells": {
                        "fill": {"color": paper},
                        "line": {"color": grid},
                        "font": {"color": ink},
                    },
                }
            ],
        },
    }


_CHANGES = {
    "increasing": PALETTE["chart-2"][0],
    "decreasing": PALETTE["chart-1"][0],
    "totals": PALETTE["chart-4"][0],
}
"""The colours of what grows, of what shrinks, and of their sums."""


def _changes(*names: str, parts: str) -> dict[str, object]:
    """Return the parts of a chart of changes, in their colours."""
    return {name: {parts: {"color": _CHANGES[name]}} for name in names}


_BAR = {"outlinewidth": 0, "thickness": 14, "ticks": "outside", "ticklen": 3}
_OF_PARTS = ("pie", "funnelarea", "sunburst", "treemap", "icicle")
"""The kinds of charts whose parts have a colour each, of which there may be many."""
_VIRIDIS = [
    [at / 4, colour]
    for at, colour in enumerate(("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"))
]


def _tints() -> list[str]:
    """Return the colours of series, then these again, lighter and lighter on any paper."""
    return [
        *map(by_default, COLORWAY),
        *(tint(colour, part) for part in (0.65, 0.4) for colour in COLORWAY),
    ]


def tint(colour: str, part: float) -> str:
    """Return ``colour`` with an opacity: lighter on a light paper, darker on a dark one."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return colour if part == 1 else f"rgba({red}, {green}, {blue}, {part})"
