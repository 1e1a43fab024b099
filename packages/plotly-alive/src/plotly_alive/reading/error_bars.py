"""Reads error bars: how far they reach above and below each value, as plotly computes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from plotly_alive.reading.number_words import number_of
from plotly_alive.reading.plotly_json import Raw, values

ERRORS = frozenset({"error", "error_below", "error_across", "error_across_below"})
"""The names of columns of error bars: along the axis of the values, and along that of the places."""


def read(raw: Raw, along: str, name: str = "error") -> dict[str, list[Any]]:
    """Return the columns of a trace's error bars along an axis: ``name``, and with `_below` if they
    reach otherwise below; none if it has no error bars.
    """
    bars = raw.get(f"error_{along}")
    if not isinstance(bars, Mapping) or bars.get("visible") is False:
        return {}
    kind = str(bars.get("type") or ("data" if "array" in bars else "percent"))
    if not ("array" in bars or "value" in bars or kind == "sqrt" or bars.get("visible") is True):
        return {}
    is_symmetric = bars.get("symmetric", _below(kind) not in bars)
    above = _lengths(raw, along, kind, bars.get("array"), bars.get("value", 10))
    if is_symmetric:
        return {name: above}
    value = bars.get("valueminus", 10)
    return {
        name: above,
        f"{name}_below": _lengths(raw, along, kind, bars.get("arrayminus"), value),
    }


def _below(kind: str) -> str:
    return "arrayminus" if kind == "data" else "valueminus"


def _lengths(raw: Raw, along: str, kind: str, array: object, value: object) -> list[Any]:
    """Return the length of each bar: from an array, or by a rule."""
    if kind == "data":
        return values(array)
    size = number_of(value)
    rules: dict[str, Callable[[float], float | None]] = {
        "percent": lambda number: abs(number) * (size or 0) / 100,
        "constant": lambda _: abs(size or 0),
        "sqrt": lambda number: math.sqrt(number) if number >= 0 else None,
    }
    rule = rules.get(kind)
    if rule is None:
        return []
    numbers = (number_of(item) for item in raw.get(along, []))
    return [None if number is None else rule(number) for number in numbers]
