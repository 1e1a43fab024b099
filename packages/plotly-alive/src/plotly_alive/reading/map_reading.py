"""Reads the traces of plotly's maps: regions that are coloured, marks at places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from plotly_alive import country_names
from plotly_alive.errors import FigureError
from plotly_alive.reading.number_words import are_numbers, place_of
from plotly_alive.reading.plotly_json import Raw, plain_text, rows, values

Columns = dict[str, list[Any]]

REGIONS = frozenset({"choropleth", "choroplethmap", "choroplethmapbox"})
"""The types of traces that colour regions."""
MEASURES = frozenset({"marker.size", "marker.color", "customdata"})
"""Arrays that may say what a mark stands for."""
_SHOWN = re.compile(r"%\{(marker\.size|marker\.color|customdata)(\[(\d+)\])?[:}]")
_TITLE = re.compile(r"([^<>=%]+)=%\{(?:marker\.size|marker\.color|customdata)[\[:}]")


def regions(raw: Raw) -> Columns:
    """Read regions and their numbers."""
    places = [place_of(place) for place in raw.get("locations", [])]
    return {"place": places, "value": raw.get("z", [])[: len(places)]}


def check_places(figure: Raw) -> None:
    """Raise :class:`FigureError` if a map in colours gives two values to a place:
    one is drawn over the other. Several traces are compared if each has an entry of the legend, as
    express makes them of words.
    """
    repeated: dict[str, None] = {}
    for part in (figure, *(figure.get("frames") or ())):
        by_place: dict[object, list[tuple[str, str, object]]] = {}
        for number, trace in enumerate(part.get("data") or ()):
            if trace.get("type") in REGIONS:
                for key, said, name, value in _coloured(trace, number):
                    by_place.setdefault(key, []).append((said, name, value))
        for same in by_place.values():
            if len({value for *_, value in same}) > 1:
                names = " and ".join(dict.fromkeys(name for _, name, _ in same))
                repeated[f"{names} ({', '.join(said for said, *_ in same)})"] = None
    if repeated:
        first = "; ".join([*repeated][:3])
        raise FigureError(
            "the map has places with two values, one drawn over the other: "
            f"{first}{' …' if len(repeated) > 3 else ''}",
            "Keep one row for each place, or put its rows together first, such as by `groupby`.",
        )


def _coloured(trace: Raw, number: int) -> Iterator[tuple[object, str, str, object]]:
    """Yield the key of each place of a trace, its value in words, its name, and its value."""
    mode, shapes = str(trace.get("locationmode", "ISO-3")), trace.get("geojson")
    is_category = bool(trace.get("showlegend") and trace.get("name"))
    kind = str(trace["type"])
    of_kind = kind.removeprefix("choropleth") or "geo"
    drawn_on = str(trace.get("geo") or trace.get("subplot") or of_kind)
    layer = (kind, drawn_on, "category" if is_category else number)
    pairs = zip(trace.get("locations", []), trace.get("z", []), strict=False)
    for row, (place, value) in enumerate(pairs, start=1):
        if place in (None, "") or value is None:
            continue
        code = country_names.code_of(str(place)) if mode == "country names" and not shapes else None
        said = f"“{trace['name']}”" if is_category else f"row {row}: {value}"
        coloured = trace["name"] if is_category else value
        yield (*layer, code or str(place)), said, str(place), coloured


def marks(raw: Raw) -> Columns:
    """Read marks: their places or positions, and the numbers that they stand for."""
    places = [place_of(place) for place in raw.get("locations", [])]
    columns = {"place": places, "lat": raw.get("lat", []), "lon": raw.get("lon", [])}
    numbers = measured(raw)[1]
    return {**columns, "value": numbers} if numbers else columns


def measured(raw: Raw) -> tuple[str, list[Any]]:
    """Return the name and numbers of what the marks of a map stand for: `z`, or the first array of
    numbers that their hover label shows, under plotly's name for it (`marker.size`,
    `customdata[0]`); without a label, their sizes.
    """
    if "z" in raw:
        return "z", raw.get("z", [])
    marker = raw.get("marker") or {}
    label = str(raw.get("hovertemplate") or "")
    for name, index, column in _SHOWN.findall(label) or [("marker.size", "", "")]:
        array = marker.get(name[7:]) if name.startswith("marker.") else raw.get(name)
        column_values = values(array)
        if column:
            at = int(column)
            column_values = [row[at] if at < len(row) else None for row in rows(array)]
        if are_numbers(column_values):
            return name + index, column_values
    return "z", []


def title_of(raw: Raw) -> str:
    """Return the title of what marks stand for, if the hover label has one:
    ``people=%{marker.size}``.
    """
    match = _TITLE.search(str(raw.get("hovertemplate") or ""))
    return plain_text(match[1]).strip() if match else ""


def without_data(data: Sequence[Raw]) -> dict[int, list[str]]:
    """Return the names of the regions for which a map has no data, by the numbers of their traces.
    Such a trace has names and no hover label.
    """
    return {
        number: [plain_text(str(text)) for text in values(raw.get("text"))]
        for number, raw in enumerate(data)
        if raw.get("type") == "choropleth" and raw.get("hoverinfo") == "skip" and raw.get("text")
    }
