"""The names of countries in English, as tables mostly have them, and in the language of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError

from broadsheet.verify.wording.meaning_rules import plain


def in_language(place: str, language: str) -> tuple[str, ...]:
    """Return the name of a place in small letters, and the one that it has in a language, if it is
    a country.
    """
    name = plain(place)
    local = countries(language).get(name, name)
    return (name,) if local == name else (name, local)


def names_place(text: str, place: Any, language: str) -> bool:
    """Return True if a text in small letters names a place as whole words, in a language, or what is the
    place's, "Deutschlands"; of a place of several keys, each of them.
    """
    if isinstance(place, tuple):
        return all(names_place(text, part, language) for part in place)
    return any(
        name in text and re.search(rf"(?<!\w){re.escape(name)}s?(?!\w)", text)
        for name in in_language(str(place), language)
    )


@cache
def countries(language: str) -> Mapping[str, str]:
    """Return the names of countries in a language by those in English, both in small letters."""
    try:
        local = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {
        plain(name): plain(local[code])
        for code, name in Locale("en").territories.items()
        if code.isalpha() and code in local
    }
