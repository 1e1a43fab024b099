"""Checks a cell's plotly figure as it came out of a run; all other code may rely on its shape.

plotly checks figures that are made with it, but other libraries may put out anything under plotly's
type. The rules are few:

- `data` is a list of traces, `layout` a mapping; a trace's `type` is a text; axes, margins and the
  like are mappings, annotations and shapes lists of mappings;
- an array is a list of numbers, texts and dates (perhaps of lists of them), or base64 of typed
  numbers;
- texts have no control characters, which SVG cannot hold;
- it is nested no deeper than :data:`DEPTH`, its numbers have a double's range, its size fits a
  page.

A key whose value is null is left out, as plotly.js reads it, and so is what plotly.js wants as an
array and is none; a number that is not finite becomes null, as plotly writes it. An array in base64
becomes a list, so that all other code sees lists.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import struct
from collections.abc import Mapping, Set
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from plotly_alive.errors import FigureError, shown
from plotly_alive.reading.formulas import raised, readable
from plotly_alive.text.unprintable import UNPRINTABLE, named

PlotlyFigure = dict[str, Any]
"""A figure in plotly's own form: `data`, `layout`."""
Raw = Mapping[str, Any]
"""A trace or a part of the layout, in plotly's JSON."""

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
"""plotly's names of number types, and those of `struct`."""
_BREAK_OR_RAISED = re.compile(r"<br\b[^<>]*>|<sup\b[^<>]*>([^<>]*)</sup>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-z]+));")
_ENTITIES = {
    **{"amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "mu": "μ", "times": "×", "plusmn": "±"},
    **{"deg": "°"},
}
"""The names of signs that plotly knows."""
DEPTH = 60
LARGEST = 20_000
"""The most CSS pixels of a figure's width or height."""

_MAPPINGS = re.compile(
    r"(?:[xy]axis\d*|margin|template|legend\d*|font|geo\d*|coloraxis\d*|polar\d*|hoverlabel)$"
)
_AXIS = re.compile(r"[xy]axis\d*$")
_MAPPINGS_WITHIN = {
    "title.subtitle": "a mapping with `text`",
    "meta.narrow": "a mapping with keys of a layout",
    "template": "a mapping",
    "template.layout": "a mapping",
}
_LISTS = frozenset({"annotations", "shapes", "images"})
ARRAYS = frozenset(
    {
        "x",
        "y",
        "z",
        "labels",
        "values",
        "locations",
        "lat",
        "lon",
        "r",
        "theta",
        "open",
        "high",
        "low",
        "close",
        "parents",
        "base",
        "measure",
        "a",
        "b",
        "c",
    }
)
_SCALARS = frozenset({"base"})
"""Arrays for which a trace may have a single value for all points."""
_LISTED = frozenset({"values", "range", "tickvals", "ticktext", "colorway"})
"""Keys that have an array in each part of a figure."""
_PARTS = frozenset(
    {
        "marker",
        "line",
        "colorbar",
        "node",
        "link",
        "header",
        "cells",
        "hoverlabel",
        "font",
        "textfont",
        "tickfont",
        "error_x",
        "error_y",
    }
)
_FREE = frozenset({"meta", "customdata", "geojson"})
_MEND = "Make it with plotly, or mend it there."


def checked(given: object) -> dict[str, Any]:
    """Return ``given`` as `{"data": […], "layout": {…}, "frames": […]}` of plain values. Raises
    :class:`FigureError`.
    """
    if not isinstance(given, Mapping):
        raise _unfit("the figure", given, "a mapping with `data` and `layout`")
    data, layout = given.get("data", []), given.get("layout")
    if not isinstance(data, list):
        raise _unfit("`data`", data, "a list of traces")
    if layout is not None and not isinstance(layout, Mapping):
        raise _unfit("`layout`", layout, "a mapping")
    figure: dict[str, Any] = {
        "data": [_trace(trace, f"data[{number}]") for number, trace in enumerate(data)],
        "layout": _plain_layout(layout or {}),
    }
    _check_layout(figure["layout"])
    if isinstance(given.get("frames"), list):
        figure["frames"] = [
            _frame(frame, f"frames[{number}]") for number, frame in enumerate(given["frames"])
        ]
    return figure


def _plain_layout(layout: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layout as plain values. Its template, nine tenths of it, is the same in many figures,
    and is a shared value there.
    """
    template = layout.get("template")
    try:
        written = json.dumps(template) if template else ""
    except (TypeError, ValueError, RecursionError):
        written = ""
    if not written:
        return dict(_plain(layout, "layout", 0))
    plain: dict[str, Any] = _plain({**layout, "template": {}}, "layout", 0)
    plain["template"] = _plain_template(written)
    return plain


@lru_cache(maxsize=64)
def _plain_template(written: str) -> Any:
    return _plain(json.loads(written), "layout.template", 1)


def _frame(entry: object, path: str) -> dict[str, Any]:
    """Return a frame of an animation: its traces, which may be parts of traces, and its layout."""
    if not isinstance(entry, Mapping):
        raise _unfit(f"`{path}`", entry, "a frame, which is a mapping")
    frame: dict[str, Any] = _plain(entry, path, 0)
    data, layout = frame.get("data", []), frame.get("layout", {})
    if not isinstance(data, list):
        raise _unfit(f"`{path}.data`", data, "a list of traces")
    if not isinstance(layout, dict):
        raise _unfit(f"`{path}.layout`", layout, "a mapping")
    _check_layout(layout)
    frame["data"] = [_trace(trace, f"{path}.data[{number}]") for number, trace in enumerate(data)]
    _leave_out_scalars(frame, {"traces"})
    return frame


def _trace(entry: object, path: str) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        raise _unfit(f"`{path}`", entry, "a trace, which is a mapping")
    trace: dict[str, Any] = _plain(entry, path, 0)
    if not isinstance(trace.get("type", "scatter"), str):
        raise _unfit(f"`{path}.type`", trace["type"], "the name of a trace type, such as `bar`")
    _leave_out_scalars(trace, ARRAYS - _SCALARS)
    is_image = trace.get("type") == "image"  # its cells are colours, and lists themselves
    for name in (name for name in trace if name in ARRAYS and not is_image):
        _check_array(trace[name], f"{path}.{name}")
    return trace


def _check_array(array: object, path: str, *, is_row: bool = False) -> None:
    if not isinstance(array, list):
        return
    rows = any(isinstance(item, list) for item in array)
    for number, item in enumerate(array):
        if isinstance(item, dict):
            raise _unfit(f"`{path}[{number}]`", item, "a number, a text or a date")
        if rows and (is_row or not (item is None or isinstance(item, list))):
            raise _unfit(
                f"`{path}[{number}]`",
                item,
                "as the others are: an array has values or rows of values",
            )
        if isinstance(item, list):
            _check_array(item, f"{path}[{number}]", is_row=True)


def _check_layout(layout: dict[str, Any]) -> None:
    for name, value in layout.items():
        path = f"`layout.{name}`"
        if _MAPPINGS.match(name) and not isinstance(value, dict):
            raise _unfit(path, value, "a mapping")
        if _AXIS.match(name):
            _leave_out_scalars(value, {"domain"})
        if name in _LISTS and not (
            isinstance(value, list) and all(isinstance(item, dict) for item in value)
        ):
            raise _unfit(path, value, "a list of mappings")
        if name in ("width", "height") and not (
            type(value) in (int, float) and 0 < value <= LARGEST
        ):
            raise _unfit(path, value, f"a number of pixels, at most {LARGEST:,}")
    for path, kind in _MAPPINGS_WITHIN.items():
        part = _at(layout, path)
        if part is not None and not isinstance(part, dict):
            raise _unfit(f"`layout.{path}`", part, kind)
    subtitle = _at(layout, "title.subtitle.text")
    if subtitle is not None and not isinstance(subtitle, str):
        raise _unfit("`layout.title.subtitle.text`", subtitle, "a text")


def _at(mapping: Any, path: str) -> Any:
    """Return the value at a path such as ``template.layout``; None if there is none."""
    for step in path.split("."):
        mapping = mapping.get(step) if isinstance(mapping, dict) else None
    return mapping


def _plain(value: Any, path: str, depth: int, is_free: bool = False) -> Any:
    """Return ``value`` as plain Python values, each part of it checked; ``is_free`` says that its
    keys are an author's.
    """
    if depth > DEPTH:
        raise FigureError(
            f"the figure is nested too deeply: `{path[:60]}…` is more than {DEPTH} levels down",
            _MEND,
        )
    kind = type(value)
    if kind is str:
        if (sign := UNPRINTABLE.search(value)) is not None:
            raise FigureError(
                f"`{path}` is {shown(value)}: a picture cannot hold {named(sign[0])}",
                "Take the character out of the data.",
            )
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is int:
        if not -_GREATEST < value < _GREATEST:
            raise FigureError(
                f"`{path}` is a number too great to draw", "Draw it in a greater unit."
            )
        return value
    if isinstance(value, Mapping):
        if "bdata" in value:
            return _decoded(value, path)
        mapping = {
            str(_plain(name, path, depth, is_free)): _plain(
                item, f"{path}.{name}", depth + 1, is_free or name in _FREE
            )
            for name, item in value.items()
            if item is not None
        }
        if not is_free:
            _check_parts(mapping, path)
        return mapping
    if isinstance(value, (list, tuple)):
        items = [
            _plain(item, f"{path}[{number}]", depth + 1, is_free)
            for number, item in enumerate(value)
        ]
        return (
            _finite(items)
            if not _NOT_FINITE.isdisjoint(item for item in items if type(item) is str)
            else items
        )
    return value


_NOT_FINITE = frozenset({"nan", "inf", "-inf"})
"""The texts that Jupyter's messages have for numbers that JSON does not have."""


def _finite(items: list[Any]) -> list[Any]:
    """Return ``items`` with null for each number that is not finite; unchanged if they are not all
    numbers.
    """
    is_number = (
        item is None or type(item) in (int, float) or item in _NOT_FINITE for item in items
    )
    return [None if item in _NOT_FINITE else item for item in items] if all(is_number) else items


_GREATEST = 10**308


def _check_parts(mapping: dict[str, Any], path: str) -> None:
    """Check that keys that always hold a mapping do, and that titles are texts."""
    _leave_out_scalars(mapping, _LISTED)
    for name in (name for name in mapping if name in _PARTS):
        if not isinstance(mapping[name], dict):
            raise _unfit(f"`{path}.{name}`", mapping[name], "a mapping")
    title = mapping.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    if not isinstance(text, str):
        raise _unfit(f"`{path}.title`", text, "a text")


def _leave_out_scalars(mapping: dict[str, Any], names: Set[str]) -> None:
    for name in names & mapping.keys():
        if not isinstance(mapping[name], list):
            del mapping[name]


def _decoded(array: Mapping[str, Any], path: str) -> list[Any]:
    """Return an array in base64 as a list, of lists if it has several dimensions."""
    kind, written = array.get("dtype"), array.get("bdata")
    if not isinstance(kind, str) or kind not in TYPES:
        raise _unfit(f"`{path}.dtype`", kind, f"one of {', '.join(TYPES)}")
    try:
        data = base64.b64decode(written, validate=True) if isinstance(written, str) else None
    except (binascii.Error, ValueError):
        data = None
    size = struct.calcsize(f"<{TYPES[kind]}")
    if data is None or len(data) % size:
        raise _unfit(
            f"`{path}.bdata`",
            written,
            f"base64 of numbers of {size} bytes each; it may have been cut short",
        )
    numbers = struct.unpack(f"<{len(data) // size}{TYPES[kind]}", data)
    items: list[Any] = [number if math.isfinite(number) else None for number in numbers]
    shape = array.get("shape")
    if shape is None:
        return items
    sides = [side.strip() for side in str(shape).split(",")][:4]
    if not all(side.isascii() and side.isdecimal() for side in sides) or math.prod(
        map(int, sides)
    ) * size != len(data):
        raise _unfit(f"`{path}.shape`", shape, f"the sides of an array of {len(items)} numbers")
    for side in map(int, reversed(sides[1:])):
        items = [items[at : at + side] for at in range(0, len(items), side or 1)]
    return items


def _unfit(what: str, value: object, fit: str) -> FigureError:
    return FigureError(f"{what} is {_written(value)}, and not {fit}", _MEND)


def _written(value: object) -> str:
    return "null" if value is None else shown(value, 60)


# ---- What was checked, read


def values(array: object) -> list[Any]:
    """Return the values of an array; none if plotly has a single value for all points."""
    return array if isinstance(array, list) else []


def rows(array: object) -> list[list[Any]]:
    """Return the rows of a two-dimensional array."""
    return [values(row) for row in values(array)]


def grid_of(trace: Mapping[str, Any]) -> list[list[Any]]:
    """Return the rows of a heat map as they are drawn; none if its cells are in a list."""
    cells = rows(trace.get("z"))
    if trace.get("transpose") is not True:
        return cells
    return [list(column) for column in zip_longest(*cells)]


def text_of(title: object) -> str:
    """Return a title of plotly as plain text."""
    return plain_text(str((title.get("text") if isinstance(title, Mapping) else title) or ""))


def corners(layout: Mapping[str, Any], trace: Mapping[str, Any]) -> dict[str, str]:
    """Return the titles of the axes of the triangle that a trace is in, by their letters `a`, `b`,
    `c`.
    """
    triangle = layout.get(str(trace.get("subplot") or "ternary")) or {}
    axes = {letter: triangle.get(f"{letter}axis") or {} for letter in "abc"}
    return {letter: text for letter, axis in axes.items() if (text := text_of(axis.get("title")))}


def is_estimate(trace: Mapping[str, Any]) -> bool:
    """True if an author marks the values of a trace as estimates: `meta={"estimate": True}`."""
    meta = trace.get("meta")
    return isinstance(meta, Mapping) and meta.get("estimate") is True


def plain_text(text: str) -> str:
    """Return a text of plotly as it is read: without tags, with signs in the place of entities, and
    with formulas as text.
    """
    if "$" in text:
        text = readable(text)
    if "<" in text:
        text = _BREAK_OR_RAISED.sub(lambda match: raised(match[1]) if match[1] else " ", text)
        text = _TAG.sub("", text)
    return (_ENTITY.sub(_sign, text) if "&" in text else text).strip()


def _sign(match: re.Match[str]) -> str:
    """Return the sign of an entity, as plotly draws it; one that plotly does not know stays."""
    decimal, hexadecimal, name = match.groups()
    if name:
        return _ENTITIES.get(name, match[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    is_letter = 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 and not 0x7F <= code < 0xA0
    return chr(code) if is_letter else match[0]
