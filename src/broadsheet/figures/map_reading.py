"""Reads the traces of plotly's maps: regions that are coloured, marks at places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from broadsheet.figures.number_words import are_numbers, place_of
from broadsheet.figures.plotly_json import plain_text, rows, values

Raw = Mapping[str, Any]
Columns = dict[str, list[Any]]

MEASURES = frozenset({"marker.size", "marker.color", "customdata"})
"""Arrays that may say what a mark stands for."""
_SHOWN = re.compile(r"%\{(marker\.size|marker\.color|customdata)(\[(\d+)\])?[:}]")
_TITLE = re.compile(r"([^<>=%]+)=%\{(?:marker\.size|marker\.color|customdata)[\[:}]")


def regions(raw: Raw) -> Columns:
    """Regions and their numbers."""
    places = [place_of(place) for place in values(raw.get("locations"))]
    return {"place": places, "value": values(raw.get("z"))[: len(places)]}


def marks(raw: Raw) -> Columns:
    """Marks: their places or positions, and what they stand for."""
    places = [place_of(place) for place in values(raw.get("locations"))]
    found = {"place": places, "lat": values(raw.get("lat")), "lon": values(raw.get("lon"))}
    numbers = measured(raw)[1]
    return {**found, "value": numbers} if numbers else found


def measured(raw: Raw) -> tuple[str, list[Any]]:
    """What the marks of a map stand for: `z`, or the first array of numbers that their hover label
    shows, under plotly's name for it (`marker.size`, `customdata[0]`); without a label, their
    sizes.
    """
    if "z" in raw:
        return "z", values(raw.get("z"))
    marker = raw.get("marker") or {}
    label = str(raw.get("hovertemplate") or "")
    for name, index, column in _SHOWN.findall(label) or [("marker.size", "", "")]:
        given = marker.get(name[7:]) if name.startswith("marker.") else raw.get(name)
        found = values(given)
        if column:
            at = int(column)
            found = [row[at] if at < len(row) else None for row in rows(given)]
        if are_numbers(found):
            return name + index, found
    return "z", []


def title_of(raw: Raw) -> str:
    """The title of what marks stand for, if the hover label has one: ``people=%{marker.size}``."""
    found = _TITLE.search(str(raw.get("hovertemplate") or ""))
    return plain_text(found[1]).strip() if found else ""


def without_data(data: Sequence[Raw]) -> dict[int, list[str]]:
    """The names of the regions of a map that it has no data for, by the numbers of their traces:
    those of traces that have names and no hover label.
    """
    return {
        number: [plain_text(str(text)) for text in values(raw.get("text"))]
        for number, raw in enumerate(data)
        if raw.get("type") == "choropleth" and raw.get("hoverinfo") == "skip" and raw.get("text")
    }
