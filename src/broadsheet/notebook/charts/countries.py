"""The land of countries and territories, by their ISO 3166-1 alpha-3 codes, from the outlines of the
maps (:mod:`plotly_alive.map_outlines`).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plotly_alive import map_outlines

Ring = NDArray[np.float64]
"""Points of a closed line: a row for each, longitude and latitude."""

OUTLINES = "world_110m"
_CONTINENTS = tuple(
    f"{name}_110m"
    for name in [
        "africa",
        "antarctica",
        "asia",
        "europe",
        "north-america",
        "oceania",
        "south-america",
    ]
)
_NEAR = 2.0
"""Degrees by which two outlines of a country may differ."""


class Country(NamedTuple):
    """A country on the map."""

    middle: tuple[float, float]
    """The longitude and the latitude of its middle."""
    polygons: tuple[tuple[Ring, ...], ...]
    """The polygons of its land: each a ring, and the rings of its holes."""
    small: bool
    """It is too small to show, and is drawn as a disc."""

    @property
    def rings(self) -> list[Ring]:
        """All rings of its land."""
        return [ring for polygon in self.polygons for ring in polygon]


@functools.cache
def shapes() -> Mapping[str, Country]:
    """Return all countries of the outlines of the world, by code."""
    return _read(OUTLINES)


@functools.cache
def detailed_shapes() -> Mapping[str, Country]:
    """Return the land of countries in the lines of the continents' outlines, which are finer;
    some are cut at the continent's edge. There are no discs.
    """
    return _read(*_CONTINENTS)


class DetailedRings(NamedTuple):
    """All rings of the detailed shapes in one array, which is projected at once."""

    points: Ring
    """Their points, ring after ring."""
    starts: NDArray[np.intp]
    """The row with which each begins."""
    codes: tuple[str, ...]
    """The country of each."""


@functools.cache
def detailed_rings() -> DetailedRings:
    """Return the rings of the detailed shapes."""
    of_countries = [
        (code, ring) for code, country in detailed_shapes().items() for ring in country.rings
    ]
    ends = np.cumsum([len(ring) for _, ring in of_countries])
    points = np.concatenate([ring for _, ring in of_countries])
    codes = tuple(code for code, _ in of_countries)
    return DetailedRings(points, np.concatenate([[0], ends[:-1]]), codes)


def are_read() -> bool:
    """True if this process has read the detailed shapes."""
    return detailed_rings.cache_info().currsize > 0


def read_all() -> None:
    """Read all shapes, for the processes that are forked from this one."""
    detailed_rings()
    for code, whole in shapes().items():
        if not whole.small and code in detailed_shapes():
            cut_off(code)


@functools.cache
def cut_off(code: str) -> Ring:
    """Return the points of a country's land that its detailed shape does not have."""
    ours, all_ = (
        np.concatenate(outlines[code].rings) for outlines in (detailed_shapes(), shapes())
    )
    low, high = ours.min(axis=0) - _NEAR, ours.max(axis=0) + _NEAR
    outside: Ring = all_[((all_ < low) | (all_ > high)).any(axis=1)]
    return outside


def _read(*outlines: str) -> dict[str, Country]:
    """Return the countries of some outlines; the parts of a country, in the same file or several,
    are put together.
    """
    countries: dict[str, Country] = {}
    for name in outlines:
        topology = json.loads(map_outlines.read(name))
        scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
        arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]
        for geometry in topology["objects"]["countries"]["geometries"]:
            code, about = str(geometry["id"]), geometry["properties"]
            parts = (
                [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])
            )
            polygons = tuple(tuple(_joined(ring, arcs) for ring in polygon) for polygon in parts)
            if code in countries:
                polygons = countries[code].polygons + polygons
            countries[code] = Country(tuple(about["ct"]), polygons, bool(about.get("small")))
    return countries


def _joined(ring: list[int], arcs: list[Ring]) -> Ring:
    lines = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in ring]
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])
