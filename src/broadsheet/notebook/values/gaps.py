"""Which years or months are missing in a series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from broadsheet.notebook.values.places import YEARS, is_month
from broadsheet.notebook.values.values import of_python

SKIPPING = frozenset(("sum", "mean", "median", "max", "min"))
"""The methods of pandas that pass over what is missing."""


def absent_places(places: Iterable[Any]) -> list[Any]:
    """The years, or months, that are missing between the first of ``places`` and the last, as such
    places are written; none if they are something else. First days that are three months apart, or
    a number of times that, are those of quarters or years.
    """
    given = list(places)
    known = [_plain_place(place) for place in given]
    if len(known) > 2 and all(type(one) is int and one in YEARS for one in known):
        return _absent(known, _least_gap(known))
    if len(known) > 2 and all(isinstance(one, date) and one.day == 1 for one in known):
        months = [one.year * 12 + one.month - 1 for one in known]
        gap = _least_gap(months)
        step = 1 if gap % 3 or is_month(given[0]) else gap
        absent = _absent(months, step)
        return [_like(given[0], date(month // 12, month % 12 + 1, 1)) for month in absent]
    return []


def missing_places(values: Any, *sides: Any) -> list[Any]:
    """The places of a series that have no value, in it or in the ``sides`` that it was compared of; and
    the years or months that are not there.
    """
    places = list(getattr(values, "index", ()))
    unknown = {
        place
        for one in (values, *sides)
        if hasattr(one, "isna") and hasattr(one, "index") and not hasattr(one, "columns")
        for place, is_missing in one.isna().items()
        if is_missing
    }
    return [place for place in places if place in unknown] + absent_places(places)


def _least_gap(numbers: Iterable[int]) -> int:
    return min(later - one for one, later in pairwise(sorted(numbers))) or 1


def _absent(numbers: Sequence[int], step: int) -> list[int]:
    known = set(numbers)
    return [one for one in range(min(known), max(known), step) if one not in known]


def _like(place: Any, day: date) -> Any:
    """A month as the place of another is written: pandas' `Period` or `Timestamp`, or a date."""
    return type(place)(day, "M") if is_month(place) else type(place)(day.year, day.month, day.day)


def _plain_place(place: Any) -> Any:
    if is_month(place):
        return place.start_time.date()
    return of_python(place)
