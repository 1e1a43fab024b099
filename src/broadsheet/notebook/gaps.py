"""Which years or months are missing in a series."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from broadsheet.notebook.places import YEARS, is_month
from broadsheet.notebook.values import of_python


def absent_places(places: Iterable[Any]) -> list[Any]:
    """The years, or months, that are missing between the first of ``places`` and the last, as such
    places are written; none if they are something else.
    """
    given = list(places)
    known = [_plain_place(place) for place in given]
    if len(known) > 2 and all(type(one) is int and one in YEARS for one in known):
        years = sorted(known)
        step = min(later - year for year, later in pairwise(years)) or 1
        return [year for year in range(years[0], years[-1], step) if year not in years]
    if len(known) > 2 and all(isinstance(one, date) and one.day == 1 for one in known):
        months = {one.year * 12 + one.month - 1 for one in known}
        return [
            _like(given[0], date(month // 12, month % 12 + 1, 1))
            for month in range(min(months), max(months))
            if month not in months
        ]
    return []


def _like(place: Any, day: date) -> Any:
    """A month as the place of another is written: pandas' `Period` or `Timestamp`, or a date."""
    return type(place)(day, "M") if is_month(place) else type(place)(day.year, day.month, day.day)


def _plain_place(place: Any) -> Any:
    if is_month(place):
        return place.start_time.date()
    return of_python(place)
