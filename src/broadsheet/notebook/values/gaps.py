"""Years and months that are missing in a series."""

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
    """Return the years, or months, that are missing between the first of ``places`` and the last,
    in the form of these; none if they are something else. First days that are three months apart,
    or a number of times that, are those of quarters or years.
    """
    written = list(places)
    if len(written) < 3 or not _may_have_gaps(_plain_place(written[0])):
        return []
    plain = [_plain_place(place) for place in written]
    if all(type(year) is int and year in YEARS for year in plain):
        return _absent(plain, _least_gap(plain))
    if all(isinstance(day, date) and day.day == 1 for day in plain):
        months = [day.year * 12 + day.month - 1 for day in plain]
        gap = _least_gap(months)
        step = 1 if gap % 3 or is_month(written[0]) else gap
        absent = _absent(months, step)
        return [_like(written[0], date(month // 12, month % 12 + 1, 1)) for month in absent]
    return []


def missing_places(values: Any, *sides: Any) -> list[Any]:
    """Return the places of a series that have no value, in it or in the ``sides`` that were
    compared, and the years or months that are absent.
    """
    places = list(getattr(values, "index", ()))
    unknown = {
        place
        for side in (values, *sides)
        if hasattr(side, "isna") and hasattr(side, "index") and not hasattr(side, "columns")
        if (unknown_here := side.isna()).to_numpy().any()
        for place, is_missing in unknown_here.items()
        if is_missing
    }
    return [place for place in places if place in unknown] + absent_places(places)


def _may_have_gaps(place: Any) -> bool:
    """True of a year, and of the first day of a month."""
    return place in YEARS if type(place) is int else isinstance(place, date) and place.day == 1


def _least_gap(numbers: Iterable[int]) -> int:
    return min(later - earlier for earlier, later in pairwise(sorted(numbers))) or 1


def _absent(numbers: Sequence[int], step: int) -> list[int]:
    present = set(numbers)
    return [number for number in range(min(present), max(present), step) if number not in present]


def _like(place: Any, day: date) -> Any:
    """Return a month in the form of another place: a `Period` or `Timestamp` of pandas, or a
    date.
    """
    return type(place)(day, "M") if is_month(place) else type(place)(day.year, day.month, day.day)


def _plain_place(place: Any) -> Any:
    if is_month(place):
        return place.start_time.date()
    return of_python(place)
