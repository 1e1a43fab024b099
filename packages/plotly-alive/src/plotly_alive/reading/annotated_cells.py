"""Words that stand over the cells of a heat map: its annotations, one for each cell.

The figure factory makes tables in this way (`create_table`): the colours of the cells say nothing,
and such a trace is read as a table. Words over other heat maps stand beside the values, unless they
are the values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plotly_alive.reading.number_words import number_of
from plotly_alive.reading.plotly_json import Raw, grid_of, plain_text, values


def with_cells(layout: Raw, data: Sequence[Raw]) -> list[Raw]:
    """Return the traces, with the words over the cells of heat maps as their `text`, and tables in
    the place of heat maps that are only the ground of words.
    """
    notes = [note for note in layout.get("annotations") or () if "text" in note]
    if not notes:
        return list(data)
    return [_read(raw, notes) if raw.get("type") == "heatmap" else raw for raw in data]


def _read(raw: Raw, notes: Sequence[Raw]) -> Raw:
    cells = grid_of(raw)
    width = max(map(len, cells), default=0)
    across = _places(raw, "x", width)
    down = _places(raw, "y", len(cells))
    words = {
        (_nearest(note.get("x"), across), _nearest(note.get("y"), down)): plain_text(
            str(note["text"])
        )
        for note in notes
        if (_axis(note, "x"), _axis(note, "y")) == (_of(raw, "x"), _of(raw, "y"))
    }
    keys = [[(str(x), str(y)) for x in across] for y in down]
    texts = [[words.get(key, "") for key in row] for row in keys]
    if not cells or not all(key in words for row in keys for key in row):
        return raw
    if raw.get("hoverinfo") == "none" and len(texts) > 1:
        columns = [list(column) for column in zip(*texts[1:], strict=True)]
        return {"type": "table", "header": {"values": texts[0]}, "cells": {"values": columns}}
    numbers = [[number_of(text) for text in row] for row in texts]
    if all(number is not None for row in numbers for number in row):
        return raw
    return {**raw, "text": texts}


def _places(raw: Raw, letter: str, count: int) -> Sequence[Any]:
    """Return the places of rows or columns, by their numbers if they have no names."""
    places = values(raw.get(letter))
    return places[:count] if len(places) >= count else range(count)


def _nearest(place: Any, places: Sequence[Any]) -> str:
    """Return the cell that a place is in, as a text: cells without names are one wide."""
    number = number_of(place)
    return str(round(number) if number is not None and isinstance(places, range) else place)


def _of(raw: Raw, letter: str) -> str:
    return str(raw.get(f"{letter}axis") or letter)


def _axis(note: Mapping[str, Any], letter: str) -> str:
    """Return the axis to which an annotation refers; plotly takes `x1` for `x`."""
    axis = str(note.get(f"{letter}ref") or "")
    return letter if axis == f"{letter}1" else axis
