"""The outlines of maps. plotly.js would fetch them from elsewhere, one for each scope and resolution of a
figure's maps. They are in `topology/`, which says where they come from.

Those at 1:110 million are files of a site. Its map of the world is small: countries, land and coasts.
A map that shows more, such as states, rivers or lakes, or that is at 1:50 million, is drawn from the
outlines in `topology/whole/`; they go into the file of the figure itself.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "topology"
WHOLE = FOLDER / "whole"
MAPS = frozenset({"choropleth", "scattergeo"})
"""The trace types that are drawn on outlines."""
STATES = "USA-states"
"""plotly's mode of locations that are states of the United States, by their two letters."""
_SCOPES = frozenset(
    {"world", "usa", "europe", "asia", "africa", "north-america", "south-america", "antarctica"}
    | {"oceania"}
)
_LAYERS = ("showlakes", "showrivers", "showsubunits", "showocean")
"""The layers that the small map of the world does not have."""
_WORLD = "world_110m"
_NAMES = """AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut,
DE Delaware, DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana,
IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan,
MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire,
NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma,
OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas,
UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming"""
_LETTERS = {
    text.casefold(): entry[:2]
    for entry in _NAMES.replace("\n", " ").split(", ")
    for text in (entry[3:], entry[:2])
}
"""The two letters of each state of the United States, by its name and by themselves."""


def names(figure: Mapping[str, Any]) -> frozenset[str]:
    """Return the outlines of a figure's maps, by plotly.js' names: `world_110m`. Empty without a
    map.
    """
    return frozenset(_name(_geo(figure, trace)) for trace in _maps(figure))


def whole(figure: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the outlines of a figure's maps that are no files of a site, by plotly.js' names."""
    return {
        name: _whole(name)
        for trace in _maps(figure)
        if _needs_whole(name := _name(geo := _geo(figure, trace)), geo, trace)
    }


def letters_of(state: Any) -> Any:
    """Return the two letters of a state of the United States that is named; anything else stays."""
    return _LETTERS.get(str(state).strip().casefold(), state)


def unknown_places(figure: Mapping[str, Any]) -> list[str]:
    """Return the places to which a map gives a value and which its outlines do not have:
    plotly.js leaves them out without a word. Places are identified by ISO 3166-1 alpha-3, unless
    the figure says otherwise or brings its own outlines.
    """
    unknown: set[str] = set()
    for trace in _maps(figure):
        name = _name(_geo(figure, trace))
        mode = trace.get("locationmode", "ISO-3")
        if trace.get("geojson") is None and mode in ("ISO-3", STATES):
            named = {str(place) for place in trace.get("locations") or () if place is not None}
            unknown |= named - (_states(name) if mode == STATES else _places(name))
    return sorted(unknown)


def read(name: str) -> bytes:
    """Return the outlines of that name which a site has, TopoJSON."""
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


def country_codes(name: str) -> frozenset[str]:
    """Return the codes of all countries and territories that the outlines ``name`` show."""
    return _ids(name, "countries")


def _maps(figure: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    traces = figure.get("data")
    return [
        trace
        for trace in (traces if isinstance(traces, list) else ())
        if isinstance(trace, Mapping) and trace.get("type") in MAPS
    ]


def _geo(figure: Mapping[str, Any], trace: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the layout of a trace's map, completed by the template."""
    layout = figure.get("layout") or {}
    common = ((layout.get("template") or {}).get("layout") or {}).get("geo") or {}
    return {**common, **(layout.get(trace.get("geo") or "geo") or {})}


def _name(geo: Mapping[str, Any]) -> str:
    """Return the name of a map's outlines. plotly.js takes the world for a scope that it does not
    know, 1:110 million for another resolution, and the United States for their own projection.
    """
    is_of_states = (geo.get("projection") or {}).get("type") == "albers usa"
    scope = "usa" if is_of_states else str(geo.get("scope")).replace(" ", "-")
    resolution = 50 if str(geo.get("resolution")) == "50" else 110
    return f"{scope if scope in _SCOPES else 'world'}_{resolution}m"


def _needs_whole(name: str, geo: Mapping[str, Any], trace: Mapping[str, Any]) -> bool:
    """True if the outlines in a site lack something that a map shows."""
    if name != _WORLD:
        return name.endswith("_50m")
    return trace.get("locationmode") == STATES or any(geo.get(layer) is True for layer in _LAYERS)


@functools.cache
def _whole(name: str) -> bytes:
    return gzip.decompress((WHOLE / f"{name}.json.gz").read_bytes())


@functools.cache
def _ids(name: str, layer: str) -> frozenset[str]:
    is_whole = not (FOLDER / f"{name}.json").is_file()
    objects = json.loads(_whole(name) if is_whole else read(name))["objects"]
    return frozenset(str(shape.get("id")) for shape in objects[layer]["geometries"])


def _places(name: str) -> frozenset[str]:
    """Return the codes of countries, of states too where the outlines have them."""
    return country_codes(name) | _ids(name, "subunits")


def _states(name: str) -> frozenset[str]:
    """Return the letters of the states of the United States that a map can show."""
    return _ids("usa_110m", "subunits") if "USA" in country_codes(name) else frozenset()
