"""A map of the world whose countries are links, as SVG of the page: drawn here, without a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from broadsheet.notebook.charts import countries
from broadsheet.notebook.charts.chart_theme import palette_name
from broadsheet.notebook.charts.map_classes import classes_of
from broadsheet.notebook.charts.map_region import World

SIZE = (720, 340)
_HALF = SIZE[0] / 2
_STRENGTHS = 5
WITHOUT = frozenset({"ATA"})
"""What is not on maps of the world."""


@dataclass(frozen=True)
class EditionMap:
    """The outlines of countries, and of each that has a value the number of its class; of
    the classes the name, the colour's name in the palette, and its opacity.
    """

    outlines: Mapping[str, str]
    classes: Mapping[str, int]
    paints: Sequence[tuple[str, str, str]]


def edition_map(values: Mapping[str, float]) -> EditionMap:
    """The map of the values of countries."""
    made = classes_of(list(values.values()), _STRENGTHS, ",.10g")
    shown = {code: made.of(value) for code, value in values.items()}
    paints = [
        (name, *palette_name(colour).removeprefix("--").partition("/")[::2])
        for name, colour in zip(made.names, made.colours, strict=True)
    ]
    return EditionMap(outlines(), shown, paints)


@cache
def outlines() -> dict[str, str]:
    """The path of each country, in the picture's pixels; discs last, as they lie on others."""
    world = World(SIZE)
    known = sorted(countries.shapes().items(), key=lambda one: one[1].small)
    return {
        code: "".join(_path(*world.pixels(ring[:, 0], ring[:, 1])) for ring in country.rings)
        for code, country in known
        if code not in WITHOUT
    }


def _path(across: Iterable[float], down: Iterable[float]) -> str:
    """A ring as a path, with steps of a tenth of a pixel. What crosses the edge of the map is drawn
    in two parts.
    """
    found: list[str] = []
    before: tuple[int, int] | None = None
    for x, y in zip(across, down, strict=True):
        here = round(float(x) * 10), round(float(y) * 10)
        if before is None or abs(here[0] - before[0]) > _HALF * 10:
            found.append(f"M{here[0] / 10:g} {here[1] / 10:g}")
        elif here != before:
            found.append(f"l{(here[0] - before[0]) / 10:g} {(here[1] - before[1]) / 10:g}")
        before = here
    return "".join(found) + "Z"
