"""Maps of marks: circles by value, `bs.charts.symbols`, and lines from place to place, as wide as
their values, `bs.charts.flows`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.notebook.charts import chart_style, countries, map_labels, map_region
from broadsheet.notebook.charts.chart_parts import (
    check_once,
    finite,
    for_json,
    hover,
    names_for_readers,
    positions_of,
)
from broadsheet.notebook.charts.map_region import MapView
from broadsheet.text.language import written_number
from plotly_alive import chart_theme, country_names
from plotly_alive.labels import Box, width
from plotly_alive.text.numbers import AS_IT_IS

if TYPE_CHECKING:
    import pandas as pd

    Places = Mapping[str, tuple[float, float]] | pd.DataFrame

_LARGEST = 38
"""Pixels of the diameter of the largest circle."""
_WIDEST = 10.0
"""Pixels of the widest line."""
_NAMED = 12
"""The most places at the ends of flows that are named."""
_END = 3
"""The radius in pixels of the mark of an end."""
_TALL = {"world": (340, 196), "region": (380, 300)}
"""The height of a map of the world and of a region, on a wide page and on a phone."""


def symbols(
    data: pd.Series[Any],
    *,
    at: Places | None = None,
    places: Mapping[str, str] | pd.Series[str] | None = None,
    colour: str = chart_theme.PALETTE["chart-2"][0],
    number: str = ".1f",
    unit: str = "",
    region: Collection[str] | None = None,
    named: int = 0,
) -> go.Figure:
    """Draw a circle for each place of ``data``, whose area is its number.

    Three circles above the map are its legend.

    The index of ``data`` are names of places, and ``at`` has their latitudes and longitudes, as
    :func:`locator` takes them; without it, the index are countries by ISO 3166-1 alpha-3, and the
    circles are in their middles. ``places`` are names for readers. The largest ``named`` have their
    names on the map. ``region`` are the codes of the countries that the map shows; without it, it
    shows the world, or the region about the places if they all lie within a fifth of it.
    """
    check_once(data.index, data, map(country_names.one_code, data.index) if at is None else None)
    present = data[data.notna()].sort_values(ascending=False, kind="stable")
    if not len(present) or float(present.iloc[-1]) < 0 or float(present.iloc[0]) == 0:
        raise ValueError("circles stand for numbers above zero; `data` has none, or has one below")
    keys = [str(key) for key in present.index]
    where = _positions(keys, at)
    names = _names(keys, places, at)
    values = finite(present)
    radii = [_LARGEST * math.sqrt(value / values[0]) / 2 for value in values]
    fig = go.Figure()
    fig.add_scattergeo(
        lat=[where[key][0] for key in keys],
        lon=[where[key][1] for key in keys],
        text=names,
        mode="markers",
        marker={
            "size": for_json(present),
            "sizemode": "area",
            "sizeref": 2 * values[0] / _LARGEST**2,
            "sizemin": 1,
            "color": chart_theme.tint(colour, 0.5),
            "line": {"width": 1, "color": colour},
        },
        hovertemplate=f"{hover('text', 'marker.size', number, unit)}<extra></extra>",
        showlegend=False,
    )
    sizes = _sizes(values[0])
    above = _LARGEST + 12
    forms = []
    for view in _views(region, list(where.values())):
        points = map_region.points(view, [where[key] for key in keys])
        others = list(zip(points, radii, strict=True))[named:]
        taken = [Box.about(x, y, 2 * radius, 2 * radius) for (x, y), radius in others]
        labels = map_labels.beside(points[:named], names[:named], radii[:named], view.size, taken)
        shapes, notes = _legend(sizes, values[0], colour)
        forms.append(_layout(view, above, [*notes, *labels]) | {"shapes": shapes})
    return map_labels.finished(fig, *forms)


def flows(
    data: pd.DataFrame,
    *,
    at: Places | None = None,
    places: Mapping[str, str] | pd.Series[str] | None = None,
    colour: str = chart_theme.PALETTE["chart-2"][0],
    number: str = ".1f",
    unit: str = "",
    region: Collection[str] | None = None,
) -> go.Figure:
    """Draw a line for each row of ``data``, from the place in its first column to that in its second.

    It is as wide as the number in the third. The lines are shortest ways on the globe, and an arrow
    in the middle says the direction.

    ``at``, ``places`` and ``region`` are as in :func:`symbols`. The places at the ends of lines are
    named where there is room, those of the widest lines first.
    """
    if len(data.columns) < 3:
        raise ValueError("a table of flows has three columns: from where, to where, how much")
    start, end, much = data.columns[:3]
    named = list(zip(data[start], data[end], strict=True))
    code = country_names.one_code if at is None else str
    check_once((f"{a} → {b}" for a, b in named), data[much], [(code(a), code(b)) for a, b in named])
    rows = data[data[much].notna() & (data[much] > 0) & (data[start] != data[end])]
    rows = rows.sort_values(much, kind="stable")  # the widest is drawn last
    if not len(rows):
        raise ValueError("there is no flow above zero between two places")
    pairs = [(str(a), str(b)) for a, b in zip(rows[start], rows[end], strict=True)]
    ends = list(dict.fromkeys(end for pair in reversed(pairs) for end in pair))
    where = _positions(ends, at)
    names = dict(zip(ends, _names(ends, places, at), strict=True))
    most = max(finite(rows[much]))
    ways = [map_region.great_circle(where[a][::-1], where[b][::-1]) for a, b in pairs]
    views = _views(region, list(where.values()))
    fig = go.Figure()
    for (lons, lats), value in zip(ways, rows[much], strict=True):
        fig.add_scattergeo(
            lon=[round(float(degrees), 2) for degrees in lons],
            lat=[round(float(degrees), 2) for degrees in lats],
            mode="lines",
            line={
                "width": round(max(1.0, _WIDEST * value / most), 2),
                "color": chart_theme.tint(colour, 0.55),
            },
            hoverinfo="skip",
            showlegend=False,
        )
    fig.add_scattergeo(
        lat=[where[key][0] for key in ends],
        lon=[where[key][1] for key in ends],
        mode="markers",
        marker={"size": 2 * _END, "color": chart_style.ROLES["ink"]},
        hoverinfo="skip",
        showlegend=False,
    )
    middles = [len(lons) // 2 for lons, _ in ways]
    fig.add_scattergeo(
        lon=[round(float(lons[at]), 2) for (lons, _), at in zip(ways, middles, strict=True)],
        lat=[round(float(lats[at]), 2) for (_, lats), at in zip(ways, middles, strict=True)],
        text=[f"{names[a]} → {names[b]}" for a, b in pairs],
        customdata=for_json(rows[much]),
        mode="markers",
        marker={
            "symbol": "arrow",
            "size": [round(9 + _WIDEST * value / most, 1) for value in rows[much]],
            "angle": [_angle(views[0], *way, at) for way, at in zip(ways, middles, strict=True)],
            "color": colour,
        },
        hovertemplate=f"{hover('text', 'customdata', number, unit)}<extra></extra>",
        showlegend=False,
    )
    forms = []
    for view in views:
        points = map_region.points(view, [where[key] for key in ends[:_NAMED]])
        arrows = map_region.points(
            view, [(lats[at], lons[at]) for (lons, lats), at in zip(ways, middles, strict=True)]
        )
        taken = [Box.about(x, y, 16, 16) for x, y in arrows]
        texts = [names[key] for key in ends[:_NAMED]]
        labels = map_labels.beside(points, texts, [_END] * len(points), view.size, taken)
        forms.append(_layout(view, 0, labels))
    return map_labels.finished(fig, *forms)


def _positions(keys: Sequence[str], at: Places | None) -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of each place. Raises ValueError for one that has none."""
    if at is not None:
        positions = positions_of(at)
    else:
        middles = {code: country.middle for code, country in countries.shapes().items()}
        positions = {code: (lat, lon) for code, (lon, lat) in middles.items()}
    if missing := [key for key in keys if key not in positions]:
        what = (
            "`at` has no place" if at is not None else "there is no country by ISO 3166-1 alpha-3"
        )
        raise ValueError(f"{what} {', '.join(map(repr, missing))}")
    return {key: positions[key] for key in keys}


def _names(keys: Sequence[str], places: Any, at: Any) -> list[str]:
    """Return the name of each place for readers."""
    names = names_for_readers(places)
    return [
        names.get(key) or (country_names.country_name(key) if at is None else key) for key in keys
    ]


def _views(region: Collection[str] | None, where: Sequence[tuple[float, float]]) -> list[MapView]:
    """Return the part of the earth that the map shows, on a wide page and on a phone."""
    lats, lons = zip(*where, strict=True)
    is_world = region is None and map_region.around(lons, lats, (100, 100), 0).wide > _FAR
    heights = _TALL["world" if is_world else "region"]
    sizes = zip((chart_theme.WIDE[0], chart_theme.NARROW[0]), heights, strict=True)
    if is_world or region is not None:
        return [map_region.view_of(region, size) for size in sizes]
    return [map_region.around(lons, lats, size) for size in sizes]


_FAR = 1.3
"""The greatest width of a region, in radii of the earth; the world is wider."""


def _angle(view: MapView, lons: Any, lats: Any, at: int) -> float:
    """Return the direction of a line at a point of it, in degrees clockwise from the top."""
    x, y = view.pixels(lons[at - 1 : at + 2], lats[at - 1 : at + 2])
    return round(math.degrees(math.atan2(float(x[-1] - x[0]), -float(y[-1] - y[0]))), 1)


def _layout(view: MapView, above: int, notes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the layout of a map below its legend."""
    grid, paper = (chart_theme.PALETTE[f"chart-{name}"][0] for name in ("grid", "paper"))
    return {
        "height": view.size[1] + above,
        "margin": {"l": 0, "r": 0, "t": above, "b": 0},
        "geo": {
            **view.geo,
            "landcolor": grid,
            "showcountries": True,
            "countrycolor": paper,
            "countrywidth": 0.5,
        },
        "annotations": notes,
    }


def _sizes(largest: float) -> list[float]:
    """Return three round numbers up to the largest."""
    power = 10.0 ** math.floor(math.log10(largest))
    first = max(step * power for step in (1, 2, 5) if step * power <= largest)
    return [first, first / 5 if first / power != 2 else first / 4, first / 20]


def _legend(
    sizes: Sequence[float], largest: float, colour: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return circles in a row above the map, each with its number."""
    shapes, notes, left = [], [], 2.0
    for value in sizes:
        wide = _LARGEST * math.sqrt(value / largest)
        anchored = {"xref": "paper", "yref": "paper", "xanchor": 0, "yanchor": 1}
        shapes.append(
            {
                "type": "circle",
                **anchored,
                "xsizemode": "pixel",
                "ysizemode": "pixel",
                "x0": left,
                "x1": left + wide,
                "y0": 8,
                "y1": 8 + wide,
                "line": {"width": 1, "color": colour},
                "fillcolor": chart_theme.tint(colour, 0.5),
            }
        )
        text = written_number(value, AS_IT_IS)
        notes.append(
            {
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 1,
                "xshift": round(left + wide + 4),
                "yshift": round(8 + wide / 2),
                "text": text,
                "xanchor": "left",
                "yanchor": "middle",
                "showarrow": False,
                "borderpad": 0,
            }
        )
        left += wide + width([text]) + 24
    return shapes, notes
