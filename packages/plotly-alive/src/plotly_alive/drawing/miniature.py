"""A chart as lists show it: drawn for its size, with few words and without axes.

Values along time are lines or columns, between the first and the last place; values of names are
bars, the largest first. A single series has one value written. Of several series two have their
names: series in a colour come before series in grey, and larger series before smaller. A map has
the picture of :mod:`plotly_alive.drawing.map_miniature`; a chart of another kind has no
picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, groupby, pairwise, takewhile
from typing import Any, NamedTuple

from markupsafe import escape

from plotly_alive.chart_theme import palette_name
from plotly_alive.drawing.miniature_parts import (
    HEIGHT,
    LINE,
    WIDTH,
    cut,
    for_letters,
    is_grey,
    names_above,
    picture_of,
    width,
    within,
    words,
    wrapped,
)
from plotly_alive.reading.chart_data import Chart, Series
from plotly_alive.reading.number_words import percent

_BESIDE = 78
"""The most pixels of names beside lines."""
_BARS = 5
"""The most names that have a bar."""


def miniature(chart: Chart, colours: Mapping[int, str]) -> str:
    """Return the picture as SVG, in the colours of the stylesheet's custom properties; empty if the
    chart is of another kind. ``colours`` are those of its traces, by their numbers in the figure.
    """
    has_one_panel = len({trace.panel for trace in chart.traces}) == 1
    if chart.family != "series" or not has_one_panel or chart.is_plane or chart.views:
        return ""
    series = [_Values.of(line, colours) for line in chart.series if line.known]
    if not series:
        return ""
    picture = _Picture(chart, series)
    drawn = picture.along_time() if chart.places.ordered else picture.of_names()
    return picture_of(drawn)


class _Values(NamedTuple):
    """The values of a series."""

    series: Series
    """The series."""
    colour: str
    """Its colour; empty for none."""
    by_place: Mapping[Any, float]
    """Its values, by their places."""

    @classmethod
    def of(cls, series: Series, colours: Mapping[int, str]) -> _Values:
        drawn = next(point.trace for point in series.points if point.value is not None)
        colour = palette_name(colours.get(drawn, "")).partition("/")[0]
        return cls(series, colour, dict(series.known))

    @property
    def order(self) -> tuple[bool, float]:
        """The key by which series are sorted; the first are named."""
        return is_grey(self.colour), -abs(self.series.last)

    @property
    def fill(self) -> str:
        """Its colour in the picture."""
        return (
            f"var({self.colour})" if self.colour.startswith("--") else escape(self.colour) or "gray"
        )


@dataclass(frozen=True)
class _Picture:
    chart: Chart
    """The chart."""
    series: Sequence[_Values]
    """Its series with values."""

    @cached_property
    def places(self) -> list[Any]:
        """All places, in order if they have one."""
        places = dict.fromkeys(place for part in self.series for place in part.by_place)
        return (
            sorted(places, key=self.chart.places.order) if self.chart.places.ordered else [*places]
        )

    @property
    def is_stacked(self) -> bool:
        return bool(self.chart.stack) and len(self.series) > 1

    def whole(self, place: Any) -> float:
        """Return the sum of all series at a place."""
        return sum(abs(part.by_place.get(place, 0.0)) for part in self.series)

    def written(self, value: float) -> str:
        """Write a value without its unit, for which a picture has no room; a percentage keeps its
        sign.
        """
        measure = self.series[0].series.measure
        is_share = measure.suffix.strip() == percent().strip()
        return (measure if is_share else replace(measure, prefix="", suffix="")).write(value)

    @cached_property
    def named(self) -> list[tuple[_Values, str]]:
        """The two series that are named, with their names; words with which all names begin are
        left out. Single points are no series.
        """
        candidates = [
            part for part in self.series if part.series.is_named and len(part.by_place) > 1
        ]
        if len(candidates) < 2:
            return []
        words = [part.series.name.split() for part in candidates]
        columns = zip(*(each[:-1] for each in words), strict=False)
        shared = sum(1 for _ in takewhile(lambda column: len({*column}) == 1, columns))
        names = [" ".join(each[shared:]) for each in words]
        named = [
            (candidate, name[:1].upper() + name[1:])
            for candidate, name in zip(candidates, names, strict=True)
        ]
        return sorted(named, key=lambda each: each[0].order)[:2]

    def stacked(self, place: Any) -> Iterator[tuple[_Values, float, float]]:
        """Yield the parts at a place, each from one value to another."""
        values = [part.by_place.get(place, 0.0) for part in self.series]
        share = self.whole(place) if self.chart.stack == "norm" else 1.0
        for signed in (
            [max(value, 0.0) for value in values],
            [min(value, 0.0) for value in values],
        ):
            ends = [end / (share or 1.0) for end in accumulate(signed, initial=0.0)]
            for part, (start, end) in zip(self.series, pairwise(ends), strict=True):
                if start != end:
                    yield part, start, end

    # --- along time

    def along_time(self) -> Iterator[str]:
        """Draw lines or columns, between the first place and the last."""
        has_columns = "bar" in self.chart.looks
        beside, above = [], []
        if has_columns or self.is_stacked:
            above = self._names_above()
        else:
            beside = [wrapped(name, _BESIDE, 2) for _, name in self.named]
        room = max((width(line) for name in beside for line in name), default=0.0)
        right = WIDTH - 3 - (room + 6 if all(beside) and room else 0)
        top, bottom = max(1, len({y for y, _ in above})) * LINE + 3, HEIGHT - LINE - 2
        orders = [self.chart.places.order(place) for place in self.places]
        gap = min((b - a for a, b in pairwise(orders) if b > a), default=1.0)
        half = gap / 2 if has_columns else 0.0
        across = _scale(min(orders) - half, max(orders) + half, 3, right)
        values = [value for part in self.series for value in part.by_place.values()]
        if self.is_stacked:
            values = [end for place in self.places for _, _, end in self.stacked(place)]
        along = self._along(values, bottom, top, from_zero=has_columns or self.is_stacked)
        if has_columns:
            wide = max(1.0, (across(gap) - across(0)) * 0.75)
            for place, order in zip(self.places, orders, strict=True):
                yield from self._columns(place, across(order) - wide / 2, wide, along)
        elif self.is_stacked:
            yield from self._areas(across, along)
        else:
            for part in sorted(self.series, key=lambda each: each.order, reverse=True):
                yield from self._line(part, across, along)
        yield from self._ends(right)
        if above:
            yield from (drawn for _, drawn in above)
        elif beside and all(beside):
            ends = [along(part.series.last) for part, _ in self.named]
            yield from self._names_beside(beside, ends, right + 6)
        else:
            yield from self._highest(across, along)

    def _along(self, values: Sequence[float], low: float, high: float, *, from_zero: bool) -> Any:
        if self.chart.traces[0].along.kind == "log" and min(values) > 0:
            scale = _scale(math.log10(min(values)), math.log10(max(values)), low, high)
            return lambda value: scale(math.log10(value)) if value > 0 else low
        ends = [*values, 0.0] if from_zero or 0 < min(values) < max(values) / 2 else values
        return _scale(min(ends), max(ends), low, high)

    def _columns(self, place: Any, left: float, wide: float, along: Any) -> Iterator[str]:
        if self.is_stacked:
            for part, start, end in self.stacked(place):
                yield _box(left, along(end), left + wide, along(start), part.fill)
            return
        each = wide / len(self.series)
        for number, part in enumerate(self.series):
            if place in part.by_place:
                begin = left + number * each
                value = part.by_place[place]
                yield _box(begin, along(value), begin + each, along(0.0), part.fill)

    def _areas(self, across: Any, along: Any) -> Iterator[str]:
        order = self.chart.places.order
        edges: dict[int, list[tuple[float, float, float]]] = {}
        for place in self.places:
            for part, start, end in self.stacked(place):
                at = (across(order(place)), along(start), along(end))
                edges.setdefault(self.series.index(part), []).append(at)
        for number, points in edges.items():
            outward = [(x, end) for x, _, end in points]
            back = [(x, start) for x, start, _ in reversed(points)]
            yield f'<path d="{_path([*outward, *back])}Z" fill="{self.series[number].fill}"/>'

    def _line(self, values: _Values, across: Any, along: Any) -> Iterator[str]:
        order = self.chart.places.order
        looks = {trace.look for trace in self.chart.traces if trace.label == values.series.name}
        end: list[tuple[float, float]] = []
        for is_known, part in groupby(values.series.points, lambda point: point.value is not None):
            points = [(across(order(each.place)), along(each.value)) for each in part if is_known]
            if not points:
                continue
            if looks == {"dot"} or len(values.by_place) == 1:
                yield from (_dot(x, y, values.fill) for x, y in points)
                continue
            if end:
                yield _stroke([*end, points[0]], values.fill, 'stroke-dasharray="2 2"')
            yield _stroke(points, values.fill, 'stroke-width="2" stroke-linejoin="round"')
            end = points[-1:]

    def _highest(self, across: Any, along: Any) -> Iterator[str]:
        """Draw the last value, if it is the highest; else the highest."""
        tops = {
            place: sum(max(part.by_place.get(place, 0.0), 0.0) for part in self.series)
            if self.is_stacked
            else max(part.by_place[place] for part in self.series if place in part.by_place)
            for place in self.places
        }
        place = max(reversed(self.places), key=tops.__getitem__)
        text = self.written(tops[place])
        x, y = across(self.chart.places.order(place)), along(tops[place])
        yield words(within(x, width(text)), y - 4, text, anchor="middle", bold=True)

    def _ends(self, right: float) -> Iterator[str]:
        """Draw the first place and the last, if there is room for both; else the last."""
        first, last = (self.chart.places.write(self.places[at]) for at in (0, -1))
        if width(last) > right - 3:
            right = WIDTH - 3
        if len(self.places) > 1 and width(first) + width(last) + 8 <= right - 3:
            yield words(3, HEIGHT - 4, first)
        if width(last) <= right - 3:
            yield words(right, HEIGHT - 4, last, anchor="end")

    def _names_beside(
        self, names: Sequence[Sequence[str]], ends: Sequence[float], left: float
    ) -> Iterator[str]:
        """Draw names at the ends of their lines, so that they do not overlap."""
        upper, lower = sorted(range(2), key=ends.__getitem__)
        tall = {number: len(names[number]) * LINE for number in (upper, lower)}
        tops = {number: ends[number] - tall[number] / 2 for number in (upper, lower)}
        over = max(0.0, tops[upper] + tall[upper] - tops[lower])
        tops[upper] = max(0.0, tops[upper] - over / 2)
        tops[lower] = max(tops[lower] + over / 2, tops[upper] + tall[upper])
        tops[lower] = min(tops[lower], HEIGHT - tall[lower])
        tops[upper] = min(tops[upper], tops[lower] - tall[upper])
        for number, (part, _) in enumerate(self.named):
            for line, text in enumerate(names[number]):
                y = tops[number] + (line + 0.8) * LINE
                yield words(left, y, text, fill=for_letters(part.fill), bold=True)

    def _names_above(self) -> list[tuple[int, str]]:
        return names_above([(name, part.fill) for part, name in self.named])

    # --- names

    def of_names(self) -> Iterator[str]:
        """Draw a bar for each of the largest, with the names of the first two and their values."""
        main = min(self.series, key=lambda part: part.order)
        sizes = {
            place: self.whole(place) if self.is_stacked else abs(main.by_place.get(place, 0.0))
            for place in self.places
        }
        largest = sorted(self.places, key=sizes.__getitem__, reverse=True)[:_BARS]
        if self.is_stacked and self.chart.stack == "norm":
            largest = self.places[:_BARS]
        ends = [0.0]
        for place in largest:
            if self.is_stacked:
                ends += [end for _, _, end in self.stacked(place)]
            else:
                ends += [part.by_place[place] for part in self.series if place in part.by_place]
        across = _scale(min(ends), max(ends), 3, WIDTH - 3)
        above = self._names_above() if self.is_stacked else []
        has_names = not above
        y = max((line + 1 for line, _ in above), default=0) * LINE + (4.0 if above else 0.0)
        yield from (drawn for _, drawn in above)
        heads = sum(LINE for _ in largest[:2]) if has_names else 0
        each = (HEIGHT - y - heads) / len(largest)
        tall = min(each * 0.7, 14.0)
        for number, place in enumerate(largest):
            if has_names and number < 2:
                value = self.written(main.by_place.get(place, 0.0))
                room = WIDTH - 12 - width(value)
                y += LINE
                yield words(3, y - 4, cut(self.chart.places.write(place), room))
                yield words(WIDTH - 3, y - 4, value, anchor="end", bold=True)
            yield from self._row(place, y, tall, across)
            y += each

    def _row(self, place: Any, y: float, tall: float, across: Any) -> Iterator[str]:
        if self.is_stacked:
            for part, start, end in self.stacked(place):
                yield _box(across(start), y, across(end), y + tall, part.fill)
        elif "bar" in self.chart.looks:
            each = tall / len(self.series)
            for number, part in enumerate(self.series):
                if place in part.by_place:
                    top = y + number * each
                    yield _box(
                        across(0.0), top, across(part.by_place[place]), top + each, part.fill
                    )
        else:
            middle = y + tall / 2
            parts = [part for part in self.series if place in part.by_place]
            xs = [across(part.by_place[place]) for part in parts]
            if len(xs) > 1:
                yield _box(min(xs), middle - 0.75, max(xs), middle + 0.75, "var(--chart-axis)")
            for part, x in zip(parts, xs, strict=True):
                yield _dot(x, middle, part.fill)


def _scale(low: float, high: float, begin: float, end: float) -> Any:
    span = (high - low) or 1.0
    return lambda value: begin + (value - low) / span * (end - begin)


def _box(left: float, top: float, right: float, bottom: float, fill: str) -> str:
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    wide, tall = max(right - left, 0.5), max(bottom - top, 0.5)
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{fill}"/>'
    )


def _dot(x: float, y: float, fill: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}"/>'


def _stroke(points: Sequence[tuple[float, float]], colour: str, how: str) -> str:
    return f'<path d="{_path(points)}" fill="none" stroke="{colour}" {how}/>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Return a line through points; of several in one pixel, the first."""
    kept = [next(part) for _, part in groupby(points, lambda at: (round(at[0]), round(at[1])))]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept)
