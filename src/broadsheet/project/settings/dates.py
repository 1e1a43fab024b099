"""The days and times of front matter, in the forms that Quarto accepts.

Beside YAML's own (`2023-05-26`, `2023-05-26T12:30:00+02:00`) these are

* numbers with the month first (`05/26/2023`, `5-26-23`). The day comes first if no month has that
  number; if both readings are possible, the author gets a notice;
* day and month by name (`26 May 2023`, `May 26, 2023`);
* three words: `today` and `now` are the day of the build (as is knitr's inline `Sys.Date()`),
  `last-modified` is the time of the source's last change.

Numbers and names may be followed by a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

TODAY = ("today", "now")
LAST_MODIFIED = "last-modified"
KEYS = ("date", "date-modified")
_DAYS = (
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%m/%d/%y",
    "%m-%d-%y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%Y %B %d",
    "%Y %b %d",
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:\D|\Z)")
_SHORT_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=\D|\Z)")
_NUMBERS = re.compile(
    r"0?(?P<first>\d{1,2})(?P<sign>[/-])0?(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4}|\d\d)(?!\d)"
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_KNITR = re.compile(r"`r\s.*\bsys\.(?:date|time)\(")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)


def read_moment(text: str) -> date | datetime | str:
    """Return the day or time that a text of one of these forms names; an ISO date stays a text.
    Raises ValueError for any other.
    """
    text = text.strip()
    if _ISO.match(text):
        return text
    if short := _SHORT_ISO.match(text):
        year, month, day = short.groups()
        return f"{year}-{month:0>2}-{day:0>2}{text[short.end() :]}"
    plain = " ".join(_ORDINAL.sub("", _WEEKDAY.sub("", text)).replace(",", " ").split())
    for form in _DAYS:
        for time in _TIMES:
            try:
                moment = datetime.strptime(plain, form + time)
            except ValueError:
                continue
            return moment if time else moment.date()
    raise ValueError(text)


def other_reading(text: str) -> date | None:
    """Return the day that a text in numbers names if its day comes first and not its month, where
    both are days: 5 June of `5/6/2026`; None if it can be read in one way only.
    """
    match = _NUMBERS.match(" ".join(text.split()))
    if match is None or match["first"] == match["second"]:
        return None
    year = match["year"]
    with suppress(ValueError):
        form = "%m/%d/%Y" if len(year) == 4 else "%m/%d/%y"
        datetime.strptime(f"{match['first']}/{match['second']}/{year}", form)
        return datetime.strptime(f"{match['second']}/{match['first']}/{year}", form).date()
    return None


def in_words(day: date) -> str:
    """Return a day as a message has it: `6 May 2026`."""
    return f"{day.day} {day:%B %Y}"


def without_words(metadata: Mapping[str, object]) -> dict[str, object]:
    """Return the metadata without dates that are words, or empty."""
    return {
        key: value
        for key, value in metadata.items()
        if key not in KEYS or not (_is_empty(value) or _word(value))
    }


def in_force(
    metadata: Mapping[str, object], file: Path, day: date
) -> tuple[dict[str, object], bool]:
    """Return the metadata of a ``file`` with its dates that are words as dates of this ``day``; and
    True if another day would give another date.
    """
    words = {key: _word(metadata.get(key)) for key in KEYS}
    days: dict[str, object] = {key: day for key, word in words.items() if word in TODAY}
    of_today = bool(days)
    for key, word in words.items():
        if word == LAST_MODIFIED:
            days[key] = datetime.fromtimestamp(file.stat().st_mtime).date()
    return {**without_words(metadata), **days}, of_today


def _is_empty(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _word(value: object) -> str:
    """Return the word that a date is; empty for any other value."""
    text = value.strip().lower() if isinstance(value, str) else ""
    if _KNITR.match(text):
        return TODAY[0]
    return text if text in (*TODAY, LAST_MODIFIED) else ""
