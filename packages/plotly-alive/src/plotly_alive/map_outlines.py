"""The outlines of maps. plotly.js would fetch them from elsewhere, one for each scope and resolution of a
figure's maps. They are in `topology/`, which says where they come from.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "topology"
MAPS = frozenset({"choropleth", "scattergeo"})
"""The trace types that are drawn on outlines."""


class UnknownTopologyError(Exception):
    """There are no outlines for a map."""


def names(figure: Mapping[str, Any]) -> frozenset[str]:
    """Return the outlines of a figure's maps, by plotly.js' names: `world_110m`. Empty without a
    map.
    """
    return frozenset(_name(figure, trace) for trace in _maps(figure))


def unknown_places(figure: Mapping[str, Any]) -> list[str]:
    """Return the places to which a map gives a value and which its outlines do not have:
    plotly.js leaves them out without a word. Places are identified by ISO 3166-1 alpha-3, unless
    the figure says otherwise or brings its own outlines.
    """
    unknown: set[str] = set()
    for trace in _maps(figure):
        name = _name(figure, trace)
        if trace.get("geojson") is None and trace.get("locationmode", "ISO-3") == "ISO-3":
            named = {str(place) for place in trace.get("locations") or () if place is not None}
            if (FOLDER / f"{name}.json").is_file():
                unknown |= named - _places(name)
    return sorted(unknown)


def read(name: str) -> bytes:
    """Return the outlines of that name, TopoJSON. Raises :class:`UnknownTopologyError`."""
    available = sorted(path.stem for path in FOLDER.glob("*.json"))
    if name not in available:
        raise UnknownTopologyError(
            f"there are no outlines `{name}` for its map, only {', '.join(available)}"
        )
    return (FOLDER / f"{name}.json").read_bytes()


@functools.cache
def territories(name: str) -> tuple[str, ...]:
    """Return the codes of the countries and territories that the outlines ``name`` show, except
    those that are only a disc.
    """
    shown = json.loads(read(name))["objects"]["countries"]["geometries"]
    return tuple(
        sorted(
            {
                str(shape.get("id"))
                for shape in shown
                if not (shape.get("properties") or {}).get("small")
            }
        )
    )


@functools.cache
def country_codes(name: str) -> frozenset[str]:
    """Return the codes of all countries and territories that the outlines ``name`` show."""
    shown = json.loads(read(name))["objects"]["countries"]["geometries"]
    return frozenset(str(shape["id"]) for shape in shown)


def _maps(figure: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    traces = figure.get("data")
    return [
        trace
        for trace in (traces if isinstance(traces, list) else ())
        if isinstance(trace, Mapping) and trace.get("type") in MAPS
    ]


def _name(figure: Mapping[str, Any], trace: Mapping[str, Any]) -> str:
    layout = figure.get("layout") or {}
    common = ((layout.get("template") or {}).get("layout") or {}).get("geo") or {}
    geo = {**common, **(layout.get(trace.get("geo") or "geo") or {})}
    scope = str(geo.get("scope") or "world").replace(" ", "-")
    return f"{scope}_{geo.get('resolution') or 110}m"


@functools.cache
def _places(name: str) -> frozenset[str]:
    """Return the codes of countries, of states too where the outlines have them."""
    objects = json.loads(read(name))["objects"]
    return frozenset(
        str(shape.get("id"))
        for layer in ("countries", "subunits")
        for shape in objects[layer]["geometries"]
    )
