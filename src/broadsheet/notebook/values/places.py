"""Places of the data: the years, months and names by which a series is looked up. A month is a
pandas `Period`, as `.dt.to_period("M")` makes it, or the date of its first day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_skeleton

from broadsheet.notebook.values.values import has_time, of_python
from broadsheet.text.language import spoken, t_, written_number
from plotly_alive.text.numbers import AS_IT_IS

_SPAN = re.compile(r"(?P<start>\d{4})\s?[-–]\s?(?P<end>\d{4})")
YEARS = range(1501, 2200)
_YEARS = frozenset(YEARS)
_NONE: Mapping[Any, str] = {}


def is_year(number: Decimal) -> bool:
    """True if a decimal is a year; a range would compare it with each of its years."""
    return number in _YEARS


def place_in_words(place: Any, names: Mapping[Any, str] = _NONE) -> str:
    """Return a place in words for people: `China, 2022`, `December 2022`, `31 December 2022`.
    ``names`` has the names of codes.
    """
    if isinstance(place, tuple):
        return ", ".join(place_in_words(part, names) for part in place)
    if isinstance(place, slice):
        ends = (part for part in (place.start, place.stop) if part is not None)
        return "–".join(place_in_words(part, names) for part in ends)
    if isinstance(place, str):
        return names.get(place, place)
    if is_month(place):
        return str(format_skeleton("yMMMM", place.start_time, locale=spoken().locale))
    if isinstance(place, date) and not has_time(place):
        return str(format_date(place, "long", locale=spoken().locale))
    if isinstance(place, float) and not place.is_integer():
        return written_number(place, AS_IT_IS) or str(place)
    return str(place)


def key_of(place: Any) -> tuple[str, ...]:
    """Return the parts of a place as a table has them, by which its row is found: a code or a
    number as text, a day in ISO form, a period by its first and last day
    (`2023-11-01/2023-11-30`). A slice has none.
    """
    if isinstance(place, tuple):
        return tuple(part for element in place for part in key_of(element))
    if isinstance(place, slice):
        return ()
    if hasattr(place, "end_time") and hasattr(place, "start_time"):
        return (f"{place.start_time:%Y-%m-%d}/{place.end_time:%Y-%m-%d}",)
    plain = of_python(place)
    if isinstance(plain, date):
        return (plain.isoformat() if has_time(plain) else f"{plain:%Y-%m-%d}",)
    if isinstance(plain, float) and plain.is_integer():
        plain = int(plain)
    return (str(plain).lower() if isinstance(plain, bool) else str(plain),)


def end_of(parts: Sequence[Any]) -> date | None:
    """Return the last day of the year, the years (`2011-2020`) or the month, or the day, among
    the parts of a place.
    """
    for part in parts:
        if is_month(part):
            return date.fromisoformat(f"{part.end_time:%Y-%m-%d}")
        if isinstance(part, datetime):
            return part.date()
        if isinstance(part, date):
            return part
        span = _SPAN.fullmatch(part) if isinstance(part, str) else None
        number = int(span["end"]) if span else of_python(part)
        if type(number) is int and number in YEARS:
            return date(number, 12, 31)
    return None


def all_in_words(places: Sequence[Any], start: str, end: str) -> str:
    """Return all places in words: days, months or years from ``start`` to ``end``, others by
    their number.
    """
    if all(end_of(place if isinstance(place, tuple) else (place,)) for place in places):
        return t_("%(start)s to %(end)s", start=start, end=end)
    return t_("all %(number)s", number=written_number(len(places)))


def is_month(place: Any) -> bool:
    """True if a place is a month of pandas."""
    if isinstance(place, (str, int)):  # to look for an attribute in vain takes longer
        return False
    return getattr(place, "freqstr", "") == "M" and hasattr(place, "end_time")


def at_place(label: str, place: str) -> str:
    """Return a label with its place, as in `Exports, China, 2022`, without words of the place
    that are in the label: `Deliveries of crude oil, 2022`.
    """
    words = label.casefold()
    parts = [
        part
        for part in place.split(", ")
        if not _has_word(words, part.casefold()) or any(letter.isdigit() for letter in part)
    ]
    return ", ".join(filter(None, [label, *parts]))


def _has_word(words: str, part: str) -> bool:
    """True if a text has a part, which is not empty, as words of its own."""
    is_in = bool(part) and part in words  # a pattern is compiled for the few that are
    return is_in and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", words) is not None
