"""A map as lists show it: its countries in their colours, as coarse as the picture is small.

A map of categories, which plotly draws as values of 1, has the names of the two that matter, those
in a colour before those in grey; a map of values has the place with the highest value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from markupsafe import escape

from plotly_alive.drawing import svg_paths
from plotly_alive.drawing.miniature_parts import (
    HEIGHT,
    LETTERS,
    LINE,
    WIDTH,
    cut,
    is_grey,
    names_above,
    picture_of,
    width,
    words,
)
from plotly_alive.drawing.svg import parsed_svg
from plotly_alive.drawing.svg_paths import Line, Point
from plotly_alive.reading.chart_data import Chart, Series

_SMALLEST = 1 / 150
"""The smallest island that is drawn, as a part of the map's width."""
_STEPS = 2
"""Outlines go from half pixel to half pixel."""
_PROPERTY = re.compile(r"var\((--[\w-]+)\)")

Shapes = dict[int, dict[str, list[Line]]]
"""The outlines of a map by the numbers of their traces, and by their colours."""


def map_miniature(chart: Chart, drawing: bytes) -> str:
    """Return the picture as SVG, made of the ``drawing`` of the map for a wide page; empty if the
    chart is not one map of regions.
    """
    has_one_panel = len({trace.panel for trace in chart.traces}) == 1
    shapes = _shapes(drawing) if chart.family == "map" and has_one_panel else {}
    if not shapes or chart.views:
        return ""
    above = _words(chart, shapes)
    top = max((line + 1 for line, _ in above), default=0) * LINE + 2
    return picture_of([*(drawn for _, drawn in above), *_map(shapes, top)])


def _shapes(drawing: bytes) -> Shapes:
    """Return the outlines that are drawn for the regions of each trace."""
    shapes: Shapes = {}
    for trace in parsed_svg(drawing).iter("{*}g"):
        if "data-trace" not in trace.attrib:
            continue
        number = int(trace.get("data-trace", ""))
        for path in trace.iterchildren("{*}path"):
            lines = svg_paths.read(path.get("d", "")) if path.get("data-point") else None
            if lines and (fill := path.get("fill", "none")) != "none":
                shapes.setdefault(number, {}).setdefault(fill, []).extend(lines)
    return shapes


def _map(shapes: Shapes, top: float) -> Iterator[str]:
    """Yield all regions, each colour of a trace in one path, as large as there is room."""
    outlines = [line for colours in shapes.values() for lines in colours.values() for line in lines]
    least = _SMALLEST * max(map(_extent, _sides_of(outlines)))
    large = {line for line in outlines if max(map(_extent, _sides_of([line]))) >= least}
    (left, right), (upper, lower) = _sides_of(large)
    scale = min(WIDTH / ((right - left) or 1), (HEIGHT - top) / ((lower - upper) or 1))
    dx = WIDTH / 2 - scale * (left + right) / 2
    dy = (HEIGHT + top) / 2 - scale * (upper + lower) / 2

    def coarse(line: Line) -> Line:
        placed = ((dx + x * scale, dy + y * scale) for x, y in line.points)
        steps = ((round(x * _STEPS) / _STEPS, round(y * _STEPS) / _STEPS) for x, y in placed)
        return _straight([point for point, _ in groupby(steps)])

    for colours in shapes.values():
        for fill, lines in colours.items():
            rings = [coarse(line) for line in lines if line in large]
            yield (
                f'<path d="{svg_paths.write(rings)}" fill="{escape(fill)}" '
                'stroke="var(--chart-paper)" stroke-width="0.4"/>'
            )


def _sides_of(lines: Iterable[Line]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of lines, across and down."""
    xs, ys = zip(*(point for line in lines for point in line.points), strict=True)
    return (min(xs), max(xs)), (min(ys), max(ys))


def _extent(side: tuple[float, float]) -> float:
    return side[1] - side[0]


def _straight(points: Sequence[Point]) -> Line:
    """Return a ring without the points on the straight way from their neighbours to each other."""
    around = zip((points[-1], *points[:-1]), points, (*points[1:], points[0]), strict=True)
    kept = tuple(
        here
        for before, here, after in around
        if (here[0] - before[0]) * (after[1] - here[1])
        != (here[1] - before[1]) * (after[0] - here[0])
    )
    return Line(kept or tuple(points), closed=True)


def _words(chart: Chart, shapes: Shapes) -> list[tuple[int, str]]:
    series = [each for each in chart.series if each.known]
    values = [(value, place, each) for each in series for place, value in each.known]
    if {value for value, _, _ in values} == {1} and all(each.is_named for each in series):
        return names_above(list(_categories(series, shapes)))
    if not values:
        return []
    value, place, highest = max(values, key=lambda each: each[0])
    written = highest.measure.write(value)
    name = cut(chart.places.write(place), WIDTH - 12 - width(written))
    value_text = words(WIDTH - 3, LETTERS, written, anchor="end", bold=True)
    return [(0, words(3, LETTERS, name)), (0, value_text)]


def _categories(series: Iterable[Series], shapes: Shapes) -> Iterator[tuple[str, str]]:
    """Yield the names of two categories and their colours, in the order of the chart."""
    categories: list[tuple[bool, int, str, str]] = []
    for kind in series:
        colours = shapes.get(kind.points[0].trace, {})
        if len(colours) == 1 and kind.is_named:
            fill = next(iter(colours))
            colour = _PROPERTY.fullmatch(fill)
            categories.append(
                (is_grey(colour[1] if colour else fill), len(categories), kind.name, fill)
            )
    for _, _, name, fill in sorted(sorted(categories)[:2], key=lambda each: each[1]):
        yield name, fill
