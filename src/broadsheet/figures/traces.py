"""plotly's JSON, read: what is drawn, the elements of its arrays, its texts without tags."""

from __future__ import annotations

import base64
import math
import re
import struct
from collections.abc import Mapping
from typing import Any

Figure = Mapping[str, Any]
Trace = Mapping[str, Any]

_TAG = re.compile(r"<[^<>]+>")
TYPES = {
    "i1": "b",
    "u1": "B",
    "u1c": "B",
    "i2": "h",
    "u2": "H",
    "i4": "i",
    "u4": "I",
    "f4": "f",
    "f8": "d",
}
"""plotly's names of numbers, and those of `struct`."""


def drawn(figure: Figure) -> list[Trace]:
    """The traces that a reader sees; not the lines between dots that have no label of their own."""
    shown = [trace for trace in figure.get("data") or () if trace.get("visible", True) is True]
    return [trace for trace in shown if trace.get("hoverinfo") != "skip"] or shown


def values(array: object) -> list[Any]:
    """The elements of an array as plotly's JSON has it: a list, or base64 of typed numbers. NaN
    becomes None.
    """
    if isinstance(array, Mapping) and "bdata" in array:
        numbers = struct.iter_unpack(
            "<" + TYPES[str(array["dtype"])], base64.b64decode(array["bdata"])
        )
        array = [number for (number,) in numbers]
    listed = list(array) if isinstance(array, (list, tuple)) else []
    return [None if isinstance(value, float) and math.isnan(value) else value for value in listed]


def rows(array: object) -> list[list[Any]]:
    """The rows of a two-dimensional array."""
    cells = values(array)
    if isinstance(array, Mapping):
        width = int(str(array.get("shape", len(cells))).split(",")[-1]) or 1
        return [cells[at : at + width] for at in range(0, len(cells), width)]
    return [values(row) for row in cells]


def is_turned(axis: Mapping[str, Any]) -> bool:
    """Whether an axis goes from right to left or from top to bottom."""
    ends = values(axis.get("range"))
    return str(axis.get("autorange")) == "reversed" or (
        len(ends) == 2 and all(isinstance(end, (int, float)) for end in ends) and ends[0] > ends[1]
    )


def plain_text(text: str) -> str:
    """A text of plotly without the few HTML tags that it understands."""
    return _TAG.sub("", re.sub(r"<br\s*/?>", " ", text)).strip()
