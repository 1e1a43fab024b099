"""Countries and territories by their ISO 3166-1 alpha-3 codes: names, outlines, places.

Names are those of the Unicode CLDR, in the language of the page. Outlines are those of the maps
(:mod:`broadsheet.notebook.charts.map_outlines`).
"""

from __future__ import annotations

import functools
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from babel import Locale
from babel.core import get_global
from numpy.typing import NDArray

from broadsheet.notebook.charts import map_outlines
from broadsheet.text.language import spoken

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
_NOT_IN_CLDR = {"XKX": "XK"}
"""Codes in use that the CLDR's list of ISO codes does not have."""


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


def country_name(code: str) -> str:
    """Return the name of a country in the language of the page; the code itself, if it has none."""
    return str(spoken().locale.territories.get(_short(code), code))


def code_of(name: str) -> str | None:
    """Return the code of a country by its code, or by its name in English or in the language of
    the page; None for any other text.
    """
    if name in shapes():
        return name
    code = _codes(spoken().locale).get(_plain(name))
    return code or _codes(Locale("en")).get(_plain(name))


def one_code(place: object) -> str:
    """Return the code of a country, whichever of its names is given; any other place keeps
    its name.
    """
    return code_of(str(place)) or str(place)


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


def _short(code: str) -> str:
    """Return the alpha-2 code, by which the CLDR has names."""
    aliases: Any = get_global("territory_aliases").get(code)
    return _NOT_IN_CLDR.get(code) or (aliases[0] if aliases else code)


@functools.cache
def _codes(locale: Locale) -> Mapping[str, str]:
    names = locale.territories
    return {
        _plain(str(names[short])): code for code in shapes() if (short := _short(code)) in names
    }


def _plain(name: str) -> str:
    """Return a name to compare: small letters without accents, without text in brackets."""
    bare = unicodedata.normalize("NFKD", name.partition("(")[0]).casefold()
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return letters.replace("&", "and").replace("’", "'").removeprefix("the ").strip()
