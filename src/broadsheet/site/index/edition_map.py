"""A map of the world whose countries are links, as SVG of the page: drawn here, without a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from broadsheet.notebook.charts import countries
from broadsheet.notebook.charts.map_classes import classes_of
from broadsheet.notebook.charts.map_region import World
from plotly_alive.chart_theme import palette_name

SIZE = (720, 340)
_HALF = SIZE[0] / 2
_STRENGTHS = 5
WITHOUT = frozenset({"ATA"})
"""The codes of land that is not on maps of the world."""


@dataclass(frozen=True)
class EditionMap:
    """A map of countries in classes."""

    outlines: Mapping[str, str]
    """The path of each country, by its code."""
    classes: Mapping[str, int]
    """The number of the class of each country that has a value."""
    paints: Sequence[tuple[str, str, str]]
    """Of each class the name, the colour's name in the palette, and its opacity."""


def edition_map(values: Mapping[str, float]) -> EditionMap:
    """Return the map of the values of countries."""
    classes = classes_of(list(values.values()), _STRENGTHS, ",.10g")
    shown = {code: classes.of(value) for code, value in values.items()}
    paints = [
        (name, *palette_name(colour).removeprefix("--").partition("/")[::2])
        for name, colour in zip(classes.names, classes.colours, strict=True)
    ]
    return EditionMap(outlines(), shown, paints)


@cache
def outlines() -> dict[str, str]:
    """Return the path of each country, in the picture's pixels; discs last, as they lie on others."""
    world = World(SIZE)
    shapes = sorted(countries.shapes().items(), key=lambda shape: shape[1].small)
    return {
        code: "".join(_path(*world.pixels(ring[:, 0], ring[:, 1])) for ring in country.rings)
        for code, country in shapes
        if code not in WITHOUT
    }


def _path(across: Iterable[float], down: Iterable[float]) -> str:
    """Return a ring as a path, with steps of a tenth of a pixel. What crosses the edge of the map
    is drawn in two parts.
    """
    steps: list[str] = []
    before: tuple[int, int] | None = None
    for x, y in zip(across, down, strict=True):
        here = round(float(x) * 10), round(float(y) * 10)
        if before is None or abs(here[0] - before[0]) > _HALF * 10:
            steps.append(f"M{here[0] / 10:g} {here[1] / 10:g}")
        elif here != before:
            steps.append(f"l{(here[0] - before[0]) / 10:g} {(here[1] - before[1]) / 10:g}")
        before = here
    return "".join(steps) + "Z"
