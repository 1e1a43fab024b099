"""Remarks with which a reader checks an aggregate, a count or an extreme by hand.

They hold the values that went into it, or the places that were counted, as long as they are
few.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from broadsheet.notebook.values.places import end_of, place_in_words
from broadsheet.notebook.values.values import is_absent, of_python
from broadsheet.notebook.values.written_numbers import bracketed, in_computation, is_number
from broadsheet.text.language import listed, n_, t_

MOST_SHOWN = 12
"""The most values or places that a reader is shown."""
_LONGEST = 10_000
"""The most values on which there is a remark."""
EXTREMES = frozenset({"idxmax", "idxmin"})
_COUNTS = frozenset({"count", "size", "nunique"})
_REMARKED = EXTREMES | _COUNTS | {"sum", "mean", "median"}
"""The methods on whose values there may be a remark."""


def working_of(values: Any, method: str) -> str:
    """Return the computation of a sum or an average of a few values; zeros add nothing."""
    if method not in ("sum", "mean") or getattr(values, "ndim", 0) != 1:
        return ""
    present = values.dropna() if hasattr(values, "dropna") else values
    terms = present[present != 0] if hasattr(present, "iloc") else []
    if len(present) < 2 or not 0 < len(terms) <= MOST_SHOWN or not all(map(is_number, terms)):
        return ""
    first, *others = (in_computation(of_python(term)) for term in terms)
    total = " + ".join([first, *map(bracketed, others)])
    return total if method == "sum" else f"({total}) / {len(present)}"


def remark_on(values: Any, method: str, words: Any = place_in_words) -> str:
    """Return the places that were counted, or the values in order, or the runner-up. ``words``
    names a place.
    """
    if method not in _REMARKED or not hasattr(values, "dropna") or not hasattr(values, "items"):
        return ""
    if hasattr(values, "columns") or len(values) > _LONGEST:
        return ""
    if getattr(getattr(values, "dtype", None), "kind", "") == "b" and method in ("sum", "mean"):
        return _counted([words(place) for place, holds in values.items() if holds], values)
    present = {place: value for place, value in values.items() if not _is_missing(value)}
    if method in _COUNTS and method != "nunique":
        return _counted(list(map(words, present)), values) or _span(list(present), words)
    if method == "nunique":
        return _counted(dict.fromkeys(words(value) for value in present.values()), None)
    if method in EXTREMES:
        return _extreme(present, method, words)
    numbers = sorted(value for value in present.values() if is_number(value))
    if method == "median" and 0 < len(numbers) <= MOST_SHOWN:
        return t_("in order: %(values)s", values="; ".join(map(in_computation, numbers)))
    if method == "sum" and len(numbers) > 1:
        return n_("%(number)s value added up", "%(number)s values added up", len(numbers))
    return ""


def remark_on_end(index: Any, at: Any) -> str:
    """Return the remark that a place is the first or the last of all; "" for any other."""
    if len(index) < 2 or not isinstance(at, int) or at not in (0, -1):
        return ""
    words = t_("the first of %(number)s") if at == 0 else t_("the last of %(number)s")
    return words % {"number": len(index)}


def _counted(places: Iterable[str], values: Any) -> str:
    """Return the places that were counted; none where they are the numbers of rows, or many."""
    index = getattr(values, "index", None)
    names = list(places)
    if not 0 < len(names) <= MOST_SHOWN or getattr(index, "start", None) == 0:
        return ""
    return t_("counted: %(places)s", places=listed(names))


def _span(places: list[Any], words: Any) -> str:
    """Return the first and the last of the places that were counted, if they are times."""
    if len(places) < 2 or end_of((places[0],)) is None:
        return ""
    return t_("from %(start)s to %(end)s", start=words(places[0]), end=words(places[-1]))


def _extreme(values: dict[Any, Any], method: str, words: Any) -> str:
    """Return the highest or the lowest value, and the next."""
    order = sorted(values, key=lambda place: values[place], reverse=method == "idxmax")[:2]
    of = [f"{words(place)}: {in_computation(values[place])}" for place in order]
    if len(of) < 2:
        return ""
    return t_("%(first)s; next, %(second)s", first=of[0], second=of[1])


def _is_missing(value: Any) -> bool:
    return is_absent(value) or (isinstance(value, float) and math.isnan(value))
