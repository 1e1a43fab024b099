"""Checks the meanings of colours in an article: each stands for one thing, so that a reader need
not learn them anew at each chart.

A colour stands for a name if an author gave it to the name, and it tells names apart: for a series,
a slice, a kind of place, a place of its own colour. Not counted are greys and ink, which are
context; the colour of a chart that has no other; a colour that several places have, which sets them
off; classes of a scale (`10–20`, `80 and more`, or in shades along one of plotly's scales, whatever
they are called); and colours of an order, that of the theme, of the figure's template or one of
plotly's, unless the publication has named them. Names are one thing if
one of them has all words of the other (`Hired` and `By hired climbers`), or if both have a name of
the publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations, pairwise, takewhile
from typing import Any, NamedTuple

from broadsheet.errors import Notice, Place
from broadsheet.notebook.charts.chart_style import ROLES
from plotly_alive.chart_theme import COLORWAY, by_default, palette_name
from plotly_alive.reading.plotly_json import plain_text, rows, values

TOPIC = "colour"

_Paint = tuple[float, float, float]
_HEX = re.compile(r"#[0-9a-f]{6}")
_RGB = re.compile(r"rgb\(\s*([\d.]+)\s*,\s*([\d.]+)\s*,\s*([\d.]+)\s*\)")
_NEAR = 1.5
"""The most by which a band of a colour may be off a scale, of 255: it is rounded."""

_CONTEXT = ("--chart-4", "--chart-ink", "--chart-muted", "--chart-grid", "--chart-axis")
_WORD = re.compile(r"[^\W\d_]+")
_CLASS = re.compile(
    r"\W*(?:(?:under|below|less than|fewer than|up to|at most|over|above|more than|at least|from|to"
    r"|unter|weniger als|bis|höchstens|über|mehr als|mindestens|ab|von)\s+)?[^\w\s]*\d",
    re.IGNORECASE,
)
"""The beginning of the name of a class of numbers."""


class ColourMeaning(NamedTuple):
    """A colour and its meaning in a chart."""

    colour: str
    """The colour."""
    name: str
    """The name that the colour stands for."""
    label: str
    """The label of the chart."""


def colour_notices(
    charts: Iterable[tuple[str, Mapping[str, Any]]], named: Mapping[str, str], place: Place
) -> Iterator[Notice]:
    """Yield a notice for each colour that stands for two things in the article at ``place``.
    ``charts`` are its labels and plotly figures; ``named`` are the publication's colours by their
    names.
    """
    named_colours = {
        name: palette_name(ROLES.get(colour, colour)) for name, colour in named.items()
    }
    uses = [use for label, figure in charts for use in meanings(figure, label, named_colours)]
    reported = set()
    for meaning, other in combinations(uses, 2):
        if (
            meaning.colour != other.colour
            or meaning.colour in reported
            or meaning.label == other.label
        ):
            continue
        if not _is_one_thing(meaning.name, other.name, [*named_colours]):
            reported.add(meaning.colour)
            yield Notice(
                place,
                f"the colour `{_called(meaning.colour)}` stands for {meaning.name} in `{meaning.label}`, and "
                f"for {other.name} in `{other.label}`",
                "Give one of them another colour, or a grey: `context`, `muted` or `ink`.",
                topic=TOPIC,
            )


def meanings(
    figure: Mapping[str, Any], label: str, publication: Mapping[str, str]
) -> list[ColourMeaning]:
    """Return the meanings of a figure's colours; ``publication`` are the publication's, by their names."""
    pairs = [
        (colour, plain_text(name))
        for trace in figure.get("data") or ()
        for colour, name in _named(trace)
    ]
    drawn = [{**trace, "visible": True} for trace in figure.get("data") or ()]
    written = list(dict.fromkeys(colour.lower() for trace in drawn for colour, _ in _named(trace)))
    tells_apart = len({palette_name(colour) for colour, _ in pairs}) > 1
    is_given = tells_apart and not _is_an_order(written) and not _are_shades(tuple(written))
    in_order = _in_order(figure)
    of_names = [pair for pair in pairs if not palette_name(pair[0]).startswith(_CONTEXT)]
    if all(_CLASS.match(name) for _, name in of_names):
        return []
    return [
        ColourMeaning(colour, name, label)
        for colour, name in dict.fromkeys(
            (palette_name(colour), name)
            for colour, name in of_names
            if (is_given and colour not in in_order)
            or publication.get(name) == palette_name(colour)
        )
    ]


def _in_order(figure: Mapping[str, Any]) -> set[str]:
    """Return the colours, as they are written, that nobody chose: those that the theme, the
    figure's template or the figure gives to series in their order.
    """
    layout = figure.get("layout") or {}
    template = (layout.get("template") or {}).get("layout") or {}
    ways = (part.get("colorway", ()) for part in (layout, template))
    return {*map(by_default, COLORWAY), *(str(colour) for way in ways for colour in way)}


def _is_an_order(colours: Sequence[str]) -> bool:
    """True if colours are, in their order, the first of a sequence of plotly's."""
    return any(list(sequence[: len(colours)]) == [*colours] for sequence in _sequences())


@lru_cache(maxsize=1000)
def _are_shades(colours: tuple[str, ...]) -> bool:
    """True if two colours or more lie along one of plotly's scales, from one of its ends towards
    the other.
    """
    paints = [_rgb(colour) for colour in colours]
    if len(paints) < 2 or None in paints:
        return False
    for scale in _scales():
        on_scale = (_place_on(scale, paint) for paint in paints if paint is not None)
        places = [*takewhile(lambda place: place is not None, on_scale)]  # few scales have them all
        if len(places) == len(paints) and places in (sorted(places), sorted(places, reverse=True)):  # type: ignore[type-var]
            return True
    return False


def _place_on(scale: Sequence[_Paint], paint: _Paint) -> float | None:
    """Return the place of a colour along a scale, from 0 at its first stop; None if it is not on it."""
    for number, (start, end) in enumerate(pairwise(scale)):
        steps = [b - a for a, b in zip(start, end, strict=True)]
        length = sum(step * step for step in steps)
        along = sum((p - a) * step for p, a, step in zip(paint, start, steps, strict=True))
        part = min(1.0, max(0.0, along / length)) if length else 0.0
        if all(
            abs(a + step * part - p) <= _NEAR
            for a, step, p in zip(start, steps, paint, strict=True)
        ):
            return number + part
    return None


def _rgb(colour: str) -> _Paint | None:
    """Return a colour in the form of plotly's scales as three numbers to 255; None for any other."""
    if _HEX.fullmatch(colour):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return red, green, blue
    parts = _RGB.fullmatch(colour)
    return (float(parts[1]), float(parts[2]), float(parts[3])) if parts else None


@cache
def _scales() -> Sequence[Sequence[_Paint]]:
    from plotly import colors

    scales = [
        [_rgb(str(colour).lower()) for colour in scale]
        for kind in (colors.sequential, colors.diverging, colors.cyclical)
        for scale in vars(kind).values()
        if isinstance(scale, list)
    ]
    return [[paint for paint in scale if paint is not None] for scale in scales]


@cache
def _sequences() -> Sequence[Sequence[str]]:
    from plotly import colors

    kinds = (colors.qualitative, colors.sequential, colors.diverging, colors.cyclical)
    return [
        [str(colour).lower() for colour in sequence]
        for kind in kinds
        for sequence in vars(kind).values()
        if isinstance(sequence, list)
    ]


def _named(trace: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the colours of a trace, each with its meaning."""
    if trace.get("visible", True) is not True or trace.get("hoverinfo") == "skip":
        return
    meta = trace.get("meta")
    if isinstance(meta, Mapping) and meta.get("class"):
        return
    name, marker = str(trace.get("name") or ""), trace.get("marker") or {}
    kind = str(trace.get("type") or "scatter")
    if kind == "pie":
        pairs = zip(values(marker.get("colors")), trace.get("labels", []), strict=False)
        yield from ((str(colour), str(place)) for colour, place in pairs)
    elif kind == "choropleth":
        scale = rows(trace.get("colorscale"))
        if name and scale and len({str(colour) for _, colour in scale}) == 1:
            yield str(scale[0][1]), name.removesuffix(f" {len(trace.get('locations', []))}")
    elif isinstance(marker.get("color"), str) or (trace.get("line") or {}).get("color"):
        drawn = kind.startswith("scatter") and trace.get("mode") != "markers"
        line = (trace.get("line") or {}).get("color") if drawn else None
        colour = line or marker.get("color")
        if name and isinstance(colour, str):
            yield colour, name
    else:
        yield from _of_places(values(marker.get("color")), trace)


def _of_places(colours: Sequence[Any], trace: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the colours of single points: of names along an axis, if each has its own."""
    for letter in "xy":
        places: dict[Any, set[Any]] = {}
        for colour, place in zip(colours, trace.get(letter, []), strict=False):
            if isinstance(colour, str) and isinstance(place, str):
                places.setdefault(colour, set()).add(place)
        if places and all(len(names) == 1 for names in places.values()):
            yield from ((colour, *named) for colour, named in places.items())
            return


def _is_one_thing(name: str, other: str, named: Sequence[str]) -> bool:
    first, second = _words(name), _words(other)
    if first <= second or second <= first:
        return True
    return any(_words(name) <= first & second for name in named if _words(name))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _called(colour: str) -> str:
    """Return the name of a colour as authors write it."""
    roles = {palette_name(value): role for role, value in reversed([*ROLES.items()])}
    return roles.get(colour, colour)
