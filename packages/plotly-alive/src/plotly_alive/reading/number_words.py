"""Figures and places in a sentence: numbers in an axis' own units and rounding, dates as people
write them.

A unit is looked for where an author puts it: in the ticks' prefix and suffix, in the hover label
(``US$ %{y:.1f} bn``), in the title of the axis (``Output (tonnes)``), at the end of the subtitle
(``Trade, US$ bn``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeGuard

from plotly_alive.reading.plotly_json import plain_text
from plotly_alive.text.language import (
    n_,
    spoken,
    t_,
    written_date,
    written_month,
    written_number,
)
from plotly_alive.text.numbers import COMPACT, YEAR, NumberStyle, style_of

DRAWN = 1e304
"""plotly does not draw numbers of this size or larger."""
_NAME = 40
_CURRENCY = r"(?:[A-Z]{0,3}[$€£¥]|USD|EUR|GBP|CNY|RUB)"
_UNIT = re.compile(
    rf"(?:^|, |\()((?:{_CURRENCY}|%|per ?cent|thousand|million|billion|trillion|bn|mn|tonnes|tons|kg|km|"
    r"metres|litres|barrels|people|hours|days|years|GWh|TWh|MWh|°C|"
    r"Prozent|Tausend|Millionen|Milliarden|Billionen|Mio\.|Mrd\.|Bio\.|Tonnen|Meter|Liter|Fass|Menschen|"
    r"Personen|Stunden|Tage|Jahre)(?![a-z])[^,;()\d]{0,20})\)?"
    r"(?:, \d{4}.*)?$"
)
_HOVERED = re.compile(
    r"(?:^|[:=}>])\s*+([^:=}>]*?)%\{(?:VALUE)(?::([^}]*))?\}([^%<(]{0,20})(?=$|[<(])"
)
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)$")
_MOST_DECIMALS = 6
"""A format with more decimals is for drawing."""


@dataclass(frozen=True)
class AxisNumbers:
    """The style in which the numbers of an axis are written."""

    prefix: str = ""
    """The text before a number (``US$``)."""
    suffix: str = ""
    """The text after a number (`` bn``)."""
    format: str = ""
    """d3's number format; empty for none."""

    def write(self, value: float | Decimal, *, is_signed: bool = False) -> str:
        """Write the number as people write it: ``−US$1,230 bn``, ``12.5%``, ``1.41 billion``; one
        that ``is_signed`` has a plus if it is above zero.
        """
        style = self._style
        most = 10_000 if style.is_percent else 1_000_000
        if style.digits or not -most < value < most or not style.rounded(value):
            style = self._compact
        if style.is_signed != is_signed:
            style = replace(style, is_signed=is_signed)
        return written_number(value, style)

    @property
    def unit(self) -> str:
        """The unit alone, as the head of a column has it."""
        return (self.prefix + self.suffix).strip()

    @property
    def exact(self) -> NumberStyle | None:
        """The style in which all numbers have as many decimals; None if the format does not ask for
        that.
        """
        style = style_of(self.format)
        if style is None or style.least != style.most or style.digits:
            return None
        return replace(style, is_signed=False)

    @cached_property
    def _style(self) -> NumberStyle:
        """The style of the format, with its number of decimals; compact without one."""
        style = style_of(self.format)
        if style is None or style.digits or style.most > _MOST_DECIMALS:
            return self._compact
        return replace(style, is_signed=False).with_unit(self._prefix, self._suffix)

    @cached_property
    def _compact(self) -> NumberStyle:
        is_percent = self.format.endswith(("%", "p"))
        style = replace(COMPACT, is_percent=is_percent)
        return style.with_unit(self._prefix, self._suffix)

    @property
    def _prefix(self) -> str:
        return self.prefix or ("$" if "$" in self.format else "")

    @property
    def _suffix(self) -> str:
        return "" if self.format.endswith(("%", "p")) else self.suffix


_IN_YEARS = replace(YEAR, most=3)
"""Years, and times of years: `2020.5`."""
PLAIN = AxisNumbers()
"""Numbers without a unit."""


def percent() -> str:
    """Return the percent sign as it is put after a number."""
    return spoken().notation.percent


def as_percent(value: float) -> str:
    """Write a percentage: ``12.5%``."""
    return AxisNumbers(suffix=percent()).write(value)


def hover_format(template: str, letter: str) -> str:
    """Return d3's number format of the values along ``letter`` in a hover label; empty for none."""
    match = re.search(rf"%\{{{re.escape(letter)}:([^}}]*)\}}", template)
    return match[1] if match else ""


def hovered(template: str, letter: str) -> AxisNumbers | None:
    """Return the style of the values along ``letter`` in a hover label; None if it does not show
    them.
    """
    lines = plain_text(re.sub(r"<extra>.*", "", template).replace("<br>", "\n")).split("\n")
    pattern = re.compile(_HOVERED.pattern.replace("VALUE", re.escape(letter)))
    match = next(filter(None, map(pattern.search, lines)), None)
    if match is None or not (match[1].strip() or match[2] or match[3].strip()):
        return None
    prefix = match[1].lstrip()
    prefix = prefix.rstrip() if re.search(rf"{_CURRENCY}\s*$", prefix) else ""
    suffix = "" if match[3].lstrip().startswith((",", ";", "–")) else match[3]
    return AxisNumbers(prefix, suffix.rstrip(" .,;"), match[2] or "")


def in_unit(*texts: str, number_format: str = "") -> AxisNumbers:
    """Return the unit at the end of the first of ``texts`` that has one."""
    unit = next((match[1] for text in texts if (match := _UNIT.search(text))), "")
    currency = re.match(_CURRENCY, unit)
    prefix = currency[0] if currency and not currency[0][-1:].isalpha() else ""
    rest = unit[len(prefix) :].strip()
    if prefix and not rest and spoken().currency_follows:
        return AxisNumbers("", f"\u00a0{prefix}", number_format)
    suffix = f" {rest}" if rest else ""
    if rest.startswith("%"):
        suffix = percent() + rest[1:]
    return AxisNumbers(prefix, suffix, number_format)


def place_of(place: Any) -> Any:
    """Return a place in the form in which places are compared: a text without tags, a number that
    plotly draws, a truth value as plotly writes it.
    """
    if isinstance(place, bool):
        return str(place).lower()
    if isinstance(place, float):
        return place if abs(place) < DRAWN else None
    return plain_text(place) if isinstance(place, str) else place


def are_numbers(column: Sequence[Any]) -> bool:
    """True if a column has numbers, and nothing else."""
    types = {*map(type, column)}
    return bool(types - {type(None)}) and is_of_numbers(column)


def is_of_numbers(column: Iterable[Any]) -> bool:
    """True if all values of a column that are not missing are numbers."""
    return {*map(type, column)} <= {int, float, type(None)}


def without_final_unit(text: str) -> str:
    """Return a text without the unit at its end: ``Trade by year``."""
    unit = _UNIT.search(text)
    return text[: unit.start()].rstrip(" ,(") if unit else text


def without_unit(title: str) -> str:
    """Return the title of an axis without the unit in brackets at its end."""
    return _IN_BRACKETS.sub("", title)


def is_unit(text: str) -> bool:
    """True if ``text`` is a unit and nothing more."""
    return bool(_UNIT.match(text))


def short(text: str, length: int = _NAME) -> str:
    """Return ``text`` in at most ``length`` characters, cut between words."""
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def spelled(number: int) -> str:
    """Write a count in words, up to ten: ``two``, ``12``."""
    words = (
        t_("no"),
        t_("one"),
        t_("two"),
        t_("three"),
        t_("four"),
        t_("five"),
        t_("six"),
        t_("seven"),
        t_("eight"),
        t_("nine"),
        t_("ten"),
    )
    return words[number] if number < len(words) else written_number(number)


def counted(one: str, many: str, number: int, **values: object) -> str:
    """Write ``no lines``, ``one line``, ``12 lines``: ``many`` has ``%(count)s``."""
    return n_(one, many, number, count=spelled(number), **values)


@dataclass(frozen=True)
class Places:
    """The style in which the places of a chart are written."""

    kind: str
    """The kind of place: ``name``, ``number``, ``year`` or ``date``."""
    precision: str = ""
    """The precision of dates, a key of the table of written dates."""
    measure: AxisNumbers = PLAIN
    """The style of numbers."""

    @property
    def ordered(self) -> bool:
        """The places have an order."""
        return self.kind != "name"

    def write(self, place: object) -> str:
        """Write the place: ``2022``, ``May 2023``, ``26 May 2023``, ``Germany``."""
        if self.kind == "year":
            return written_number(float(str(place)), _IN_YEARS)
        if self.kind == "number":
            return self.measure.write(float(str(place)))
        when = date_of(place) if self.kind == "date" else None
        if when is not None:
            return _WRITTEN[self.precision](when)
        return short(str(place)) or t_("a place without a name")

    def whole(self, place: object) -> str:
        """Write the place with its full name, however long."""
        if self.ordered:
            return self.write(place)
        return ", ".join(map(str, place)) if isinstance(place, (list, tuple)) else str(place)

    def at(self, place: object) -> str:
        """Write the place with its preposition: ``in 2022``, ``on 26 May 2023``."""
        written = self.write(place)
        if self.kind == "name":
            return t_("for %(name)s", name=written)
        if self.kind == "number":
            return t_("at %(value)s", value=written)
        if self.kind == "year" or self.precision == "year":
            return t_("in %(year)s", year=written)
        return (
            t_("in %(month)s", month=written)
            if self.precision == "month"
            else t_("on %(date)s", date=written)
        )

    def order(self, place: object) -> float:
        """Return the key by which ordered places are sorted."""
        if type(place) in (int, float):
            return place  # type: ignore[return-value]
        when = date_of(place) if self.kind == "date" else None
        return when.timestamp() if when else float(str(place))


def is_number(value: object) -> TypeGuard[int | float]:
    """True if a value is a number, and not a text of one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def are_years(values: Iterable[object]) -> bool:
    """True if all values, at least one, are whole numbers in the range of years."""
    years = [value for value in values if value is not None]
    return bool(years) and all(
        is_number(value) and 1500 < value < 2200 and value == int(value) for value in years
    )


def _are_within_years(values: Sequence[float], is_time: bool) -> bool:
    """True if numbers are years, or times of years (``2020.5``): on an axis of time, and where at
    least half are whole.
    """
    first, last = (1000, 3000) if is_time else (1500, 2200)
    if not first < min(values) <= max(values) < last:
        return False
    whole = sum(value == int(value) for value in values)
    return is_time or 2 * whole >= len(values)


def places_of(
    values: Iterable[object],
    *,
    is_category: bool,
    measure: AxisNumbers,
    is_time: bool = False,
) -> Places:
    """Return the style and order of ``values``, the places along an axis; ``is_time`` says that the
    axis is one of time by its title. Dates that are categories, from the earliest to the latest,
    are dates all the same.
    """
    places: list[Any] = list(values)
    if not places or (is_category and not _are_dates_in_order(places)):
        return Places("name")
    if is_of_numbers(places):
        is_year = _are_within_years(places, is_time) and not measure.prefix and not measure.suffix
        return Places("year" if is_year else "number", measure=measure)
    dates = [date_of(place) for place in places]
    if any(when is None for when in dates):
        return Places("name")
    return Places(
        "date",
        _precision([when for when in dates if when], max(len(str(place)) for place in places)),
    )


def _are_dates_in_order(values: list[object]) -> bool:
    """True if categories are dates, and no codes of four digits, such as postal codes."""
    dates = [when for when in map(date_of, values) if when is not None]
    if not all(1500 < when.year < 2200 for when in dates):
        return False
    categories = list(dict.fromkeys(dates))
    return len(dates) == len(values) and categories == sorted(categories)


def _precision(dates: list[datetime], length: int) -> str:
    several = len(set(dates)) > 1
    if any(when.hour or when.minute or when.second for when in dates):
        return "minute"
    if length == 4 or (several and all((when.month, when.day) == (1, 1) for when in dates)):
        return "year"
    return "month" if length == 7 or (several and all(when.day == 1 for when in dates)) else "day"


_WRITTEN: Mapping[str, Callable[[datetime], str]] = {
    "year": lambda when: str(when.year),
    "month": lambda when: written_month(when.date()),
    "day": lambda when: written_date(when.date()),
    "minute": lambda when: f"{written_date(when.date())}, {when:%H:%M}",
}


_DATE = re.compile(
    r"\s*(\d{4})(?:-(\d\d?)(?:-(\d\d?)"
    r"(?:[ Tt]([01]?\d|2[0-3])(?::([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?)?"
    r"(?:[Zz]|[+-]\d\d(?::?\d\d)?)?)?)?)?\s*"
)


def date_of(place: object) -> datetime | None:
    """Read a date or time as plotly takes it, without its zone; None for anything else."""
    match = _DATE.fullmatch(place) if isinstance(place, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, part = match.groups()
    date = (int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0))
    try:
        when = datetime(*date, int(second or 0), int(f"{part or ''}000000"[:6]))
    except ValueError:
        return None
    return when if when.year > 1 else None


_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*")


def number_of(value: object) -> float | None:
    """Read a finite number as plotly takes it, from text too, else None."""
    if is_number(value):
        return float(value) if abs(value) < DRAWN else None
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return None
    number = float(value)
    return number if abs(number) < DRAWN else None
