"""The places of a text at which the labels of columns stand: times, countries by any name, texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError

from broadsheet.checks.audit.places import place_code

DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-([0-3]\d))?(?: 00:00:00)?")


@lru_cache(maxsize=100_000)
def label_positions(text: str, label: Any) -> tuple[tuple[int, int], ...]:
    """Return the places of a text at which a label stands."""
    if isinstance(label, bool | float):
        return ()
    name = str(label)
    if len(name) < 2 or len(name) > 80:
        return ()
    if date := DATE.fullmatch(name):
        year, month, day = date.groups()
        if str(int(day or year)) not in text:  # before a pattern is made
            return ()
        return tuple(match.span() for match in form_of(year, month, day).finditer(text))
    if name in text:
        ending = r"(?:n|s|['’]s?)?" if isinstance(label, str) and len(name) > 3 else ""
        form = rf"(?<![\w.,$€£]){re.escape(name)}{ending}(?![\w%]|[.,]\d)"
        if spans := tuple(match.span() for match in re.finditer(form, text)):
            return spans
    if (code := place_code(name)) and (spans := _places_at(text).get(code, ())):
        return spans
    short = re.split(r"[,(]", name)[0].strip()
    if isinstance(label, int) or len(short) < 4 or short.lower() not in _in_small_letters(text):
        return ()
    form = rf"(?<!\w){re.escape(short)}(?:s|['’]s?)?(?!\w)"
    return tuple(match.span() for match in re.finditer(form, text, re.IGNORECASE))


@lru_cache(maxsize=100)
def _places_at(text: str) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Return the places of a text at which it names a country, by whichever name, by its code."""
    spans, at = defaultdict[str, tuple[tuple[int, int], ...]](tuple), 0
    for match in re.finditer(r"\b(?!The\b)[A-Z]\w+(?=(?P<next> [A-Z]\w+)?)", text):
        for name in (f"{match[0]}{match['next'] or ''}", match[0]):
            if match.start() >= at and (code := place_code(name)):
                at = match.start() + len(name)
                spans[code] += ((match.start(), at),)
                break
    return spans


@lru_cache(maxsize=100)
def _in_small_letters(text: str) -> str:
    return text.lower()


@lru_cache(maxsize=5_000)
def form_of(year: str, month: str, day: str | None) -> re.Pattern[str]:
    """Return the pattern of a month, or of a day, whose year may be left out: it is elsewhere in the
    text.
    """
    whole, short = (
        "|".join(
            re.escape(str(Locale(tag).months["format"][width][int(month)]).rstrip("."))
            for tag in ("en", "de", "fr")
        )
        for width in ("wide", "abbreviated")
    )
    names = f"{whole}|{short}"
    if day is None:
        return re.compile(
            rf"(?<!\w)(?:{names})\.? {year}(?!\d)|(?<![\w-]){year}-{month}(?![\w-])"
            rf"|(?<![\w.])(?<!\d )(?<!\d\. )(?:{whole})\b(?! \d)"
        )
    number = rf"{int(day)}(?:st|nd|rd|th|\.)?"
    return re.compile(
        rf"(?<![\w.]){number} (?:of )?(?:{names})\b(?! (?!{year})\d{{4}})"
        rf"|(?<!\w)(?:{names})\.? {number}(?!\d)(?!,? (?!{year})\d{{4}})|{year}-{month}-{day}"
    )


def dates_in(text: str, language: str) -> Iterator[tuple[int, int, tuple[int, int, int]]]:
    """Yield the places of the dates of a text, each with its year, 0 if that is left out, its month,
    and its day.
    """
    for match in _dates(language).finditer(text):
        month = next(
            number for number in range(1, 13) if match[f"m{number}"] or match[f"n{number}"]
        )
        day = int(match["day"] or match["day_"])
        yield match.start(), match.end(), (int(match["year"] or match["year_"] or 0), month, day)


@cache
def _dates(language: str) -> re.Pattern[str]:
    """Return the pattern of the dates of a language, such as `2 March 2022`, `March 2`, `2. März`."""
    try:
        locale = Locale(language)
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    names = locale.months["format"]["wide"]
    first, second = (
        "|".join(rf"(?P<{sign}{number}>{re.escape(name)})" for number, name in names.items())
        for sign in "mn"
    )
    weekday = "|".join(map(re.escape, locale.days["format"]["wide"].values()))
    return re.compile(
        rf"(?<![\w.])(?:(?:{weekday}),? )?(?:"
        rf"(?P<day>\d{{1,2}})\.? (?:{first})(?: (?P<year>\d{{4}}))?(?!\w)"
        rf"|(?:{second}) (?P<day_>\d{{1,2}})(?:, (?P<year_>\d{{4}}))?(?![\w]|,?\d))"
    )


def mentions(text: str, label: str) -> bool:
    """True if a text names a label, or a place by another of its names."""
    if label_positions(text, label):
        return True
    code = place_code(label)
    return bool(code) and code in _places_in(text)


@lru_cache(maxsize=100)
def _places_in(text: str) -> frozenset[str]:
    """Return the codes of the places that a text names in a word or in two."""
    words = text.split()
    named = (
        place_code(re.sub(r"[^\w\s].*$", "", " ".join(words[at : at + count])))
        for at in range(len(words))
        for count in (1, 2)
    )
    return frozenset(filter(None, named))
