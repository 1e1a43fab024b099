"""Makes a figure self-contained: a browser fetches no tiles of maps and no pictures for it from
another site.

A build asks nothing of the network, and a page loads nothing from elsewhere. A map of tiles becomes
plotly's map of outlines, framed to its data: its points, lines and regions are what they were, with
land where it is coarse enough to be true. The density of points, which there is only on tiles,
becomes the points themselves, in the colours of their values. What a line goes around becomes a
region below the lines: on a globe, a ring that runs the wrong way round is all but its inside.
Pictures by their address are left out. A line says what a reader does not see. A formula, which
MathJax would draw, becomes text with the signs of Unicode.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from plotly_alive import map_outlines
from plotly_alive.chart_theme import COLORWAY, PALETTE
from plotly_alive.reading.formulas import readable
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
_OF_LAYERS = "#444"
"""plotly's colour of a layer that has none."""
_MAP = re.compile(r"map(?:box)?\d*$")
_FREE = frozenset({"meta", "customdata", "geojson", "source", "template"})
"""Parts of a figure that plotly does not write."""
_SCALE = {"zmin": "cmin", "zmax": "cmax", "zmid": "cmid", "zauto": "cauto"}
_SCALED = ("coloraxis", "colorscale", "colorbar", "showscale", "reversescale", "autocolorscale")


def self_contained(figure: PlotlyFigure) -> tuple[PlotlyFigure, list[str]]:
    """Return the figure as it can be drawn without the network, and a sentence for readers on each
    kind of thing that it does not show.
    """
    figure, of_maps = _without_tiles(_with_projections(_with_states(_with_scales(figure))))
    figure, of_pictures = _without_pictures(figure)
    return _without_formulas(figure), [*of_maps, *of_pictures]


# ---- Formulas


def _without_formulas(part: Any) -> Any:
    """Return a part of a figure whose formulas are text. A text with a place for a value, such as
    `$%{y}`, has none.
    """
    if isinstance(part, str):
        return readable(part) if part.count("$") > 1 and "%{" not in part else part
    if isinstance(part, dict):
        return {
            name: value if name in _FREE else _without_formulas(value)
            for name, value in part.items()
        }
    if isinstance(part, list) and part and not isinstance(part[0], (int, float)):
        return [_without_formulas(item) for item in part]
    return part


# ---- Maps of outlines


def _with_scales(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure without the scales of maps in a single colour, unless an author asks for
    them: they tell nothing.
    """
    data = [
        {"showscale": False, **trace}
        if str(trace.get("type")).startswith("choropleth") and _is_plain(trace.get("colorscale"))
        else trace
        for trace in figure["data"]
    ]
    return {**figure, "data": data}


def _is_plain(scale: Any) -> bool:
    if not isinstance(scale, list) or not all(isinstance(stop, list) for stop in scale):
        return False
    return len({str(stop[-1]) for stop in scale if stop}) == 1


def _with_states(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure with the two letters of each state of the United States that it names."""
    data = [
        {**trace, "locations": [map_outlines.letters_of(place) for place in trace["locations"]]}
        if trace.get("locationmode") == map_outlines.STATES and "locations" in trace
        else trace
        for trace in figure["data"]
    ]
    return {**figure, "data": data}


def _with_projections(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure with the template's projection for maps of the world alone: each other
    scope of plotly's has its own, and that of the United States does not draw without it.
    """
    layout = figure["layout"]
    template = layout.get("template") or {}
    common = (template.get("layout") or {}).get("geo") or {}
    maps = {
        name: layout.get(name) or {}
        for name in {str(trace.get("geo") or "geo") for trace in figure["data"]}
    }
    if "projection" not in common or all(_is_world(part, common) for part in maps.values()):
        return figure
    worlds = {
        name: {**part, "projection": {**common["projection"], **(part.get("projection") or {})}}
        for name, part in maps.items()
        if _is_world(part, common)
    }
    others = {name: part for name, part in common.items() if name != "projection"}
    template = {**template, "layout": {**template["layout"], "geo": others}}
    return {**figure, "layout": {**layout, **worlds, "template": template}}


def _is_world(part: Raw, common: Raw) -> bool:
    return bool(part.get("scope", common.get("scope", "world")) == "world")


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
    maps = {
        names[name]: _outlines(tiles := layout.get(name) or {}, bounds[name] or _in_view(tiles))
        for name in names
    }
    layers = [
        drawn
        for name in names
        for layer in _layers(layout.get(name) or {})
        for drawn in _drawn_layer(layer, names[name])
    ]
    regions = [
        _region(trace, names[_subplot(trace)], _colour(figure, number))
        for number, trace in enumerate(figure["data"])
        if _is_filled(trace) and trace.get("visible", True) is True
    ]
    plain = {
        **figure,
        "data": [*(_plain(trace, names, wound) for trace in figure["data"]), *regions, *layers],
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
    if _is_filled(trace):
        plain["fill"] = "none"  # its inside is a region
    if kind.startswith("scatter") and isinstance(trace.get("marker"), Mapping):
        icons = ("symbol", "allowoverlap", "angle")  # of the tiles' own style
        plain["marker"] = {
            name: value for name, value in trace["marker"].items() if name not in icons
        }
    return plain


_AREA = "toself"
"""plotly's word for the inside of a line."""


def _is_filled(trace: Raw) -> bool:
    return str(trace.get("type")).startswith("scattermap") and trace.get("fill") == _AREA


def _region(trace: Raw, geo: str, colour: str) -> Raw:
    """Return the inside of a trace's lines as a region of the map ``geo``; ``colour`` is the trace's."""
    rings = [ring for line in _lines(trace) if len(ring := _closed(line)) > 3]
    polygons = _wound({"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]})
    inside = {"type": "Feature", "id": _AREA, "properties": {}, "geometry": polygons}
    paint = trace.get("fillcolor")
    opacity = number_of(trace.get("opacity", 1))
    return {
        "type": "choropleth",
        "geo": geo,
        "geojson": {"type": "FeatureCollection", "features": [inside]},
        "locations": [_AREA],
        "z": [0],
        "colorscale": [[0, paint or colour], [1, paint or colour]],
        "showscale": False,
        "showlegend": False,
        "hoverinfo": "skip",
        "marker": {"opacity": (1 if opacity is None else opacity) * (1 if paint else 0.5)}
        | {"line": {"width": 0}},
    }


def _lines(trace: Raw) -> Iterator[list[list[float]]]:
    """Yield the lines of a trace, which gaps part unless it joins them."""
    line: list[list[float]] = []
    for lon, lat in zip(trace.get("lon", []), trace.get("lat", []), strict=False):
        east, north = number_of(lon), number_of(lat)
        if east is not None and north is not None:
            line.append([east, north])
        elif not trace.get("connectgaps"):
            yield line
            line = []
    yield line


def _closed(line: list[list[float]]) -> list[list[float]]:
    return line if line[:1] == line[-1:] else [*line, line[0]]


def _colour(figure: PlotlyFigure, number: int) -> str:
    """Return the colour of a trace's lines: its own, or the one that plotly gives to its number."""
    trace, layout = figure["data"][number], figure["layout"]
    parts = (trace.get("line") or {}, trace.get("marker") or {})
    named = next((part["color"] for part in parts if isinstance(part.get("color"), str)), None)
    template = (layout.get("template") or {}).get("layout") or {}
    colours = layout.get("colorway") or template.get("colorway") or COLORWAY
    return named or str(colours[number % len(colours)])


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
    is_fetched = any(not _shapes(layer) for layer in _layers(tiles))
    return tiles.get("style") != "white-bg" or is_fetched


# ---- Layers of a map of tiles


def _layers(tiles: Raw) -> list[Raw]:
    layers = tiles.get("layers")
    return [
        layer
        for layer in (layers if isinstance(layers, list) else ())
        if isinstance(layer, Mapping) and layer.get("visible", True)
    ]


def _shapes(layer: Raw) -> list[Raw]:
    """Return the features of a layer that has them itself; a layer of tiles or of a picture, and
    one by its address, has none.
    """
    source = layer.get("source")
    if layer.get("sourcetype", "geojson") != "geojson" or not isinstance(source, Mapping):
        return []
    if source.get("type") == "FeatureCollection":
        features = source.get("features")
    else:
        features = [source if source.get("type") == "Feature" else {"geometry": source}]
    return [
        feature
        for feature in (features if isinstance(features, list) else ())
        if isinstance(feature, Mapping) and isinstance(feature.get("geometry"), Mapping)
    ]


def _drawn_layer(layer: Raw, geo: str) -> Iterator[Raw]:
    """Yield the traces that draw a layer on the map ``geo``: its regions, its lines or its points."""
    shapes = [_wound(shape) for shape in _shapes(layer)]
    if not shapes:
        return
    kind, colour = layer.get("type", "circle"), layer.get("color", _OF_LAYERS)
    common = {"geo": geo, "hoverinfo": "skip", "showlegend": False}
    points = {"type": "scattergeo", **common, "opacity": layer.get("opacity", 1)}
    if kind == "fill":
        edge = (layer.get("fill") or {}).get("outlinecolor", colour)
        yield {
            "type": "choropleth",
            **common,
            "geojson": {
                "type": "FeatureCollection",
                "features": [
                    {**shape, "type": "Feature", "id": str(number)}
                    for number, shape in enumerate(shapes)
                ],
            },
            "locations": [str(number) for number in range(len(shapes))],
            "z": [0] * len(shapes),
            "colorscale": [[0, colour], [1, colour]],
            "showscale": False,
            "marker": {"opacity": layer.get("opacity", 1), "line": {"color": edge, "width": 1}},
        }
        return
    lines = [line for shape in shapes for line in _paths(shape["geometry"].get("coordinates"))]
    places = [place for line in lines for place in (*line, (None, None))]
    columns = {"lon": [lon for lon, _ in places], "lat": [lat for _, lat in places]}
    if kind == "line":
        width = (layer.get("line") or {}).get("width", 2)
        yield {**points, **columns, "mode": "lines", "line": {"color": colour, "width": width}}
    elif kind == "circle":
        size = (number_of((layer.get("circle") or {}).get("radius")) or 15) * 2
        yield {**points, **columns, "mode": "markers", "marker": {"color": colour, "size": size}}
    else:
        text = (layer.get("symbol") or {}).get("text") or ""
        yield {**points, **columns, "mode": "markers+text", "marker": {"color": colour}} | {
            "text": text,
            "textposition": "bottom center",
        }


def _paths(coordinates: Any) -> Iterator[list[tuple[float, float]]]:
    """Yield each list of positions in the coordinates of a geometry; a position alone is one, too."""
    if not isinstance(coordinates, list) or not coordinates:
        return
    parts = coordinates if isinstance(coordinates[0], list) else [coordinates]
    if all(isinstance(part, list) and not isinstance(part[0], list) for part in parts if part):
        yield list(_positions(parts))
        return
    for part in parts:
        yield from _paths(part)


def _in_view(tiles: Raw) -> list[Bounds]:
    """Return the bounds of a map without data: those of its layers, or of its view, if it says what
    that is.
    """
    places = [
        place
        for layer in _layers(tiles)
        for shape in _shapes(layer)
        for place in _positions(shape["geometry"].get("coordinates"))
    ]
    if places:
        return [(lon, lat, lon, lat) for lon, lat in places]
    middle = tiles.get("center") or {}
    lon, lat, zoom = (
        number_of(of) for of in (middle.get("lon"), middle.get("lat"), tiles.get("zoom"))
    )
    if lon is None or lat is None or zoom is None:
        return []
    half = min(WORLD, 180 / 2**zoom)
    return [(lon - half, lat - half / 2, lon + half, lat + half / 2)]


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
    """Return twice the area of a ring, positive if it runs anticlockwise. It may go over the
    180th meridian.
    """
    points: list[tuple[float, float]] = []
    for lon, lat in (point for part in ring for point in _positions(part)):
        turns = round((points[-1][0] - lon) / 360) if points else 0
        points.append((lon + 360 * turns, lat))
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
