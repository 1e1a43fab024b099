"""A map that shows the position of places: `bs.charts.locator`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.notebook.charts import chart_style, countries, map_labels, map_region
from broadsheet.notebook.charts.chart_parts import positions_of
from broadsheet.notebook.charts.map_region import Region
from broadsheet.text.language import written_number
from plotly_alive import chart_theme
from plotly_alive.labels import Box
from plotly_alive.text.numbers import AS_IT_IS

if TYPE_CHECKING:
    import pandas as pd

DOT = 5
"""The radius in pixels of a place's mark."""
GLOBE = {"wide": 104, "narrow": 76}
"""Pixels of the globe on which the region is shown."""
_FREE = 10
"""Pixels between the scale and the edge."""


def locator(
    places: Mapping[str, tuple[float, float]] | pd.DataFrame,
    *,
    region: Collection[str] | None = None,
    emphasis: Collection[str] = (),
    across: float | None = None,
    tall: int = 380,
) -> go.Figure:
    """Draw a map of one place or several, with the region about them, and with a globe that shows the
    region.

    ``places`` are latitudes and longitudes by name: ``{"Odesa": (46.48, 30.73)}``, or a table with
    the columns ``lat`` and ``lon``. The map shows all of them, and is ``across`` so many kilometres
    at least, 1,700 without it; or it shows the countries whose ISO 3166-1 alpha-3 codes are the
    ``region``. Those of ``emphasis`` are darker. Countries have their names in the language of the
    page where there is room. The outlines are at 1:110 million: they do not show a coast or a
    border as it is within some ten kilometres.
    """
    at = positions_of(places)
    fig = go.Figure()
    least = map_region.LEAST if across is None else across
    if not 0 < least < math.inf:
        raise ValueError(f"across={across!r}: a map is a number of kilometres above zero wide")
    sizes = {"wide": (chart_theme.WIDE[0], tall), "narrow": (chart_theme.NARROW[0], 320)}
    regions = {form: _region(at, region, size, least) for form, size in sizes.items()}
    _add_land(fig, list(regions.values()), emphasis)
    _add_globe(fig, regions["wide"])
    fig.add_scattergeo(
        lat=[lat for lat, _ in at.values()],
        lon=[lon for _, lon in at.values()],
        text=list(at),
        mode="markers",
        marker={
            "size": 2 * DOT,
            "color": chart_style.ROLES["accent"],
            "line": {"width": 1.5, "color": chart_theme.PALETTE["chart-paper"][0]},
        },
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    forms = (_drawn(part, at, GLOBE[form]) for form, part in regions.items())
    return map_labels.finished(fig, *forms)


def _region(
    at: Mapping[str, tuple[float, float]],
    codes: Collection[str] | None,
    size: tuple[int, int],
    least: float,
) -> Region:
    if codes is not None:
        return map_region.region_of_countries(codes, size)
    lats, lons = zip(*at.values(), strict=True)
    return map_region.around(lons, lats, size, least)


def _add_land(fig: go.Figure, regions: Sequence[Region], emphasis: Collection[str]) -> None:
    """Add the countries of the regions with their borders; those of the emphasis are darker."""
    grid, axis = (chart_theme.PALETTE[f"chart-{name}"][0] for name in ("grid", "axis"))
    shapes: dict[str, countries.Country] = {}
    for region in regions:  # of a country that both show, what the larger one needs
        for code, country in region.land.items():
            shapes[code] = max(
                shapes.get(code, country), country, key=lambda shape: len(shape.rings)
            )
    if unknown := [code for code in emphasis if code not in countries.shapes()]:
        raise ValueError(
            f"emphasis: {', '.join(map(repr, unknown))}; write ISO 3166-1 alpha-3 codes, such as 'UKR'"
        )
    for codes, shade in (
        ([code for code in shapes if code not in emphasis], grid),
        ([code for code in shapes if code in emphasis], chart_theme.tint(axis, 0.42)),
    ):
        if not codes:
            continue

        fig.add_choropleth(
            locations=codes,
            z=[1] * len(codes),
            geojson=_geojson({code: shapes[code] for code in codes}),
            featureidkey="id",
            colorscale=[[0, shade], [1, shade]],
            marker={"line": {"width": 0.75, "color": chart_theme.tint(axis, 0.7)}},
            hoverinfo="skip",
            showlegend=False,
        )


def _geojson(shapes: Mapping[str, countries.Country]) -> dict[str, Any]:
    """Return countries as GeoJSON, in degrees to two decimals."""
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [ring.round(2).tolist() for ring in polygon] for polygon in country.polygons
                ],
            },
        }
        for code, country in shapes.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def _drawn(region: Region, at: Mapping[str, tuple[float, float]], globe: int) -> dict[str, Any]:
    """Return the layout of the map in one size."""
    wide, high = region.size
    points = map_region.points(region, at.values())
    corner = max(_corners(region.size, globe), key=lambda box: _distance(box, points))
    bar, note, below = _scale(region, is_left=corner.left > wide / 2)
    taken = [corner, below]
    labels = map_labels.beside(
        points, list(at), [DOT] * len(at), region.size, taken, all_of_them=True
    )
    names = map_labels.on_land(region, taken)
    paper, axis = (chart_theme.PALETTE[f"chart-{name}"][0] for name in ("paper", "axis"))
    frame = {
        "type": "rect",
        "xref": "paper",
        "yref": "paper",
        "x0": corner.left / wide,
        "x1": corner.right / wide,
        "y0": 1 - corner.bottom / high,
        "y1": 1 - corner.top / high,
        "line": {"width": 0.75, "color": chart_theme.tint(axis, 0.7)},
    }
    return {
        "height": high,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "geo": {
            **region.geo,
            "domain": {"x": [0, 1], "y": [0, 1]},
            "showland": False,
        },
        "geo2": {
            "domain": {
                "x": [corner.left / wide, corner.right / wide],
                "y": [1 - corner.bottom / high, 1 - corner.top / high],
            },
            "projection": {
                "type": "orthographic",
                "rotation": {"lon": region.lon, "lat": max(-50, min(50, region.lat * 0.7))},
                "scale": 0.9,
            },
            "bgcolor": paper,
            "landcolor": chart_theme.tint(axis, 0.5),
            "showframe": True,
            "framecolor": axis,
            "framewidth": 0.75,
        },
        "annotations": [note, *labels, *names],
        "shapes": [bar, frame],
    }


def _add_globe(fig: go.Figure, region: Region) -> None:
    """Add the globe, with the edge of the region on it."""
    lons, lats = region.outline()
    fig.add_scattergeo(
        lon=lons,
        lat=lats,
        geo="geo2",
        mode="lines",
        line={"color": chart_style.ROLES["accent"], "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )


def _corners(size: tuple[int, int], side: int) -> list[Box]:
    """Return the corners in which the globe may be; of those that are alike the first is taken."""
    wide, high = size
    return [
        Box(left, top, left + side, top + side)
        for top in (high - side, 0)
        for left in (wide - side, 0)
    ]


def _distance(box: Box, points: Collection[tuple[float, float]]) -> float:
    """Return the pixels to the nearest of the points, up to a distance from which on it does not
    matter.
    """
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return min(150.0, *(math.dist((x, y), point) for point in points), 151.0)


def _scale(region: Region, *, is_left: bool) -> tuple[dict[str, Any], dict[str, Any], Box]:
    """Return a line as long as a round number of kilometres, its label, and the room of both."""
    wide, high = region.size
    most = wide / 5 / region.kilometre
    power = 10.0 ** math.floor(math.log10(most))
    length = max(step * power for step in (1, 2, 5) if step * power <= most)
    pixels = length * region.kilometre
    start = _FREE if is_left else wide - _FREE - pixels
    axis, muted = (chart_theme.PALETTE[f"chart-{name}"][0] for name in ("axis", "muted"))
    y = 1 - (high - _FREE) / high
    line = {
        "type": "line",
        "xref": "paper",
        "yref": "paper",
        "x0": round(start / wide, 4),
        "x1": round((start + pixels) / wide, 4),
        "y0": round(y, 4),
        "y1": round(y, 4),
        "line": {"color": axis, "width": 1.5},
    }
    note = {
        "xref": "paper",
        "yref": "paper",
        "x": line["x0"] if is_left else line["x1"],
        "y": line["y0"],
        "text": written_number(length, AS_IT_IS.with_unit(suffix=" km")),
        "xanchor": "left" if is_left else "right",
        "yanchor": "bottom",
        "yshift": 1,
        "showarrow": False,
        "borderpad": 0,
        "font": {"size": 11, "color": muted},
    }
    room = Box(start - 4, high - _FREE - 20, start + pixels + 4, high)
    return line, note, room
