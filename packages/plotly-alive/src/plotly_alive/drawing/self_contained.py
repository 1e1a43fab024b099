"""Makes a figure self-contained: a browser fetches no tiles of maps and no pictures for it from
another site.

A build asks nothing of the network, and a page loads nothing from elsewhere. A map of tiles becomes
plotly's map of outlines, framed to its data: its points, lines and regions are what they were, with
land where it is coarse enough to be true. The density of points, which there is only on tiles,
becomes the points themselves, in the colours of their values. Pictures by their address are left
out. A line says what a reader does not see.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from plotly_alive.chart_theme import PALETTE
from plotly_alive.reading.number_words import number_of
from plotly_alive.reading.plotly_json import PlotlyFigure, Raw
from plotly_alive.text.language import t_

Bounds = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

KINDS = {
    **dict.fromkeys(("scattermap", "scattermapbox"), "scattergeo"),
    **dict.fromkeys(("densitymap", "densitymapbox"), "scattergeo"),
    **dict.fromkeys(("choroplethmap", "choroplethmapbox"), "choropleth"),
}
"""Each trace type that is drawn on tiles, and its counterpart that is not."""
WORLD = 150.0
"""A map of more degrees of longitude than this is a map of the world."""
COARSE = 8.0
"""A map of fewer degrees shows no land: its outlines, at 1:110 million, would be wrong."""
_MAP = re.compile(r"map(?:box)?\d*$")
_SCALE = {"zmin": "cmin", "zmax": "cmax", "zmid": "cmid", "zauto": "cauto"}
_SCALED = ("coloraxis", "colorscale", "colorbar", "showscale", "reversescale", "autocolorscale")


def self_contained(figure: PlotlyFigure) -> tuple[PlotlyFigure, list[str]]:
    """Return the figure as it can be drawn without the network, and a sentence for readers on each
    kind of thing that it does not show.
    """
    figure, of_maps = _without_tiles(figure)
    figure, of_pictures = _without_pictures(figure)
    return figure, [*of_maps, *of_pictures]


# ---- Maps of tiles


def _without_tiles(figure: PlotlyFigure) -> tuple[PlotlyFigure, list[str]]:
    layout, frames = figure["layout"], figure.get("frames") or ()
    every = [*figure["data"], *(trace for frame in frames for trace in frame["data"])]
    tiled = [trace for trace in every if trace.get("type") in KINDS]
    if not tiled:
        return figure, []
    names = _names(layout, tiled)
    bounds: dict[str, list[Bounds]] = {name: [] for name in names}
    wound: dict[int, Any] = {}
    for trace in tiled:
        shape = trace.get("geojson")
        if isinstance(shape, Mapping) and id(shape) not in wound:
            wound[id(shape)] = _wound(shape)
        bounds[_subplot(trace)] += _bounds(trace)
    maps = {names[name]: _outlines(layout.get(name) or {}, bounds[name]) for name in names}
    plain = {
        **figure,
        "data": [_plain(trace, names, wound) for trace in figure["data"]],
        "layout": {**_without_maps(layout), **maps},
    }
    if frames:
        plain["frames"] = [_frame(frame, names, wound) for frame in frames]
    lines = []
    if any(_has_background(layout.get(name) or {}) for name in names):
        lines.append(
            t_("The background map is not shown: its tiles would be fetched from another site.")
        )
    if any(str(trace["type"]).startswith("density") for trace in tiled):
        lines.append(t_("The points are shown in place of their density."))
    return plain, lines


def _subplot(trace: Raw) -> str:
    kind = "mapbox" if str(trace["type"]).endswith("mapbox") else "map"
    return str(trace.get("subplot") or kind)


def _names(layout: Raw, tiled: Iterable[Raw]) -> dict[str, str]:
    """Return a name of a map of outlines, which the figure does not use, for each map of tiles."""
    free = (
        name
        for number in range(1, 10_000)
        if (name := f"geo{number}".removesuffix("1")) not in layout
    )
    return dict(zip(dict.fromkeys(map(_subplot, tiled)), free, strict=False))


def _without_maps(layout: Raw) -> dict[str, Any]:
    return {name: value for name, value in layout.items() if not _MAP.match(name)}


def _frame(frame: Raw, names: Mapping[str, str], wound: Mapping[int, Any]) -> dict[str, Any]:
    plain = {**frame, "data": [_plain(trace, names, wound) for trace in frame["data"]]}
    if "layout" in frame:
        plain["layout"] = _without_maps(frame["layout"])
    return plain


def _plain(trace: Raw, names: Mapping[str, str], wound: Mapping[int, Any]) -> Raw:
    """Return a trace on tiles as its counterpart."""
    kind = trace.get("type")
    if kind not in KINDS:
        return trace
    of_tiles = ("subplot", "below", "cluster", "radius")
    plain = {name: value for name, value in trace.items() if name not in of_tiles}
    plain |= {"type": KINDS[kind], "geo": names[_subplot(trace)]}
    shape = trace.get("geojson")
    if isinstance(shape, Mapping):
        plain["geojson"] = wound[id(shape)]
    if kind.startswith("density"):
        return _points(plain)
    if kind.startswith("scatter") and isinstance(trace.get("marker"), Mapping):
        icons = ("symbol", "allowoverlap", "angle")  # of the tiles' own style
        plain["marker"] = {
            name: value for name, value in trace["marker"].items() if name not in icons
        }
    return plain


def _points(trace: dict[str, Any]) -> dict[str, Any]:
    """Return the points of a density, each in the colour of its value."""
    marker: dict[str, Any] = {"size": 8, "opacity": 0.7}
    if trace.get("z"):
        marker |= {
            "color": trace["z"],
            "showscale": trace.get("showscale", "coloraxis" not in trace),
        }
        marker |= {name: trace[name] for name in _SCALED if name in trace}
        marker |= {ours: trace[name] for name, ours in _SCALE.items() if name in trace}
    kept = {name: value for name, value in trace.items() if name not in ("z", *_SCALED, *_SCALE)}
    if isinstance(hover := trace.get("hovertemplate"), str):
        kept["hovertemplate"] = hover.replace("%{z", "%{marker.color")
    return {**kept, "mode": "markers", "marker": marker}


def _has_background(tiles: Raw) -> bool:
    return tiles.get("style") != "white-bg" or bool(tiles.get("layers"))


def _outlines(tiles: Raw, bounds: Sequence[Bounds]) -> dict[str, Any]:
    """Return a map of outlines that shows all of the ``bounds``, in the place of the map ``tiles``."""
    outlines: dict[str, Any] = {"domain": tiles["domain"]} if "domain" in tiles else {}
    outlines["fitbounds"] = False
    if not bounds:
        return outlines
    west, south = (min(box[side] for box in bounds) for side in (0, 1))
    east, north = (max(box[side] for box in bounds) for side in (2, 3))
    if east - west > WORLD:
        return {
            **outlines,
            "projection": {"type": "natural earth"},
            "lonaxis": {"range": [-180, 180]},
        }
    pad = max((east - west) * 0.12, (north - south) * 0.12, 0.005)
    return {
        **outlines,
        "projection": {"type": "mercator"},
        "lonaxis": {"range": [west - pad, east + pad]},
        "lataxis": {"range": [max(south - pad, -84), min(north + pad, 84)]},
        "showland": max(east - west, north - south) > COARSE,
        "showframe": True,
        "framecolor": PALETTE["chart-grid"][0],
    }


def _bounds(trace: Raw) -> Iterator[Bounds]:
    """Yield the bounds of each point of a trace, or of each of its regions."""
    pairs = zip(trace.get("lat", []), trace.get("lon", []), strict=False)
    for lat, lon in ((number_of(lat), number_of(lon)) for lat, lon in pairs):
        if lat is not None and lon is not None:
            yield lon, lat, lon, lat
    shape = trace.get("geojson")
    features = shape.get("features") if isinstance(shape, Mapping) else None
    drawn = {str(place) for place in trace.get("locations", [])}
    path = str(trace.get("featureidkey") or "id").split(".")
    for feature in features if isinstance(features, list) else ():
        identifier = feature
        for step in path:
            identifier = identifier.get(step) if isinstance(identifier, Mapping) else None
        if str(identifier) in drawn and isinstance(feature.get("geometry"), Mapping):
            points = list(_positions(feature["geometry"].get("coordinates")))
            if points:
                lons, lats = zip(*points, strict=True)
                yield min(lons), min(lats), max(lons), max(lats)


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates, list):
        return
    if len(coordinates) >= 2 and all(type(value) in (int, float) for value in coordinates[:2]):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _positions(part)


def _wound(shape: Any) -> Any:
    """Return GeoJSON whose outer rings run clockwise: on a globe, a ring that runs the other way is
    all but its inside. Maps of tiles take either.
    """
    if isinstance(shape, list):
        return [_wound(part) for part in shape]
    if not isinstance(shape, Mapping):
        return shape
    kind, coordinates = shape.get("type"), shape.get("coordinates")
    if kind == "Polygon" and isinstance(coordinates, list):
        return {**shape, "coordinates": _rings(coordinates)}
    if kind == "MultiPolygon" and isinstance(coordinates, list):
        return {
            **shape,
            "coordinates": [
                _rings(polygon) for polygon in coordinates if isinstance(polygon, list)
            ],
        }
    parts = ("features", "geometry", "geometries")
    return {name: _wound(value) if name in parts else value for name, value in shape.items()}


def _rings(rings: list[Any]) -> list[Any]:
    return [
        ring[::-1] if isinstance(ring, list) and (_area(ring) > 0) == (at == 0) else ring
        for at, ring in enumerate(rings)
    ]


def _area(ring: list[Any]) -> float:
    """Return twice the area of a ring, positive if it runs anticlockwise."""
    points = [point for part in ring for point in _positions(part)]
    return math.fsum(
        (x1 * y2 - x2 * y1)
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True)
    )


# ---- Pictures


def _without_pictures(figure: PlotlyFigure) -> tuple[PlotlyFigure, list[str]]:
    pictures, data = figure["layout"].get("images") or (), figure["data"]
    kept = [picture for picture in pictures if not _is_fetched(picture)]
    fetched = [trace for trace in data if trace.get("type") == "image" and _is_fetched(trace)]
    if len(kept) == len(pictures) and not fetched:
        return figure, []
    line = t_("A picture in the chart is not shown: it would be fetched from another site.")
    drawn = [
        {name: value for name, value in trace.items() if name != "source"}
        if trace in fetched
        else trace
        for trace in data
    ]
    return {**figure, "data": drawn, "layout": {**figure["layout"], "images": kept}}, [line]


def _is_fetched(picture: Raw) -> bool:
    return not str(picture.get("source") or "data:").startswith("data:")
