"""The names of countries and territories by their ISO 3166-1 alpha-3 codes: those of the Unicode CLDR,
in the current language.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from typing import Any

from babel import Locale
from babel.core import get_global

from plotly_alive import map_outlines
from plotly_alive.text.language import spoken

_WORLD = "world_110m"
_NOT_IN_CLDR = {"XKX": "XK"}
"""Codes in use that the CLDR's list of ISO codes does not have."""


def country_name(code: str) -> str:
    """Return the name of a country in the language of the page; the code itself, if it has none."""
    return str(spoken().locale.territories.get(_short(code), code))


def code_of(name: str) -> str | None:
    """Return the code of a country by its code, or by its name in English or in the language of
    the page; None for any other text.
    """
    if name in map_outlines.country_codes(_WORLD):
        return name
    code = _codes(spoken().locale).get(_plain(name))
    return code or _codes(Locale("en")).get(_plain(name))


def one_code(place: object) -> str:
    """Return the code of a country, whichever of its names is given; any other place keeps
    its name.
    """
    return code_of(str(place)) or str(place)


def _short(code: str) -> str:
    """Return the alpha-2 code, by which the CLDR has names."""
    aliases: Any = get_global("territory_aliases").get(code)
    return _NOT_IN_CLDR.get(code) or (aliases[0] if aliases else code)


@functools.cache
def _codes(locale: Locale) -> Mapping[str, str]:
    names = locale.territories
    return {
        _plain(str(names[short])): code
        for code in map_outlines.country_codes(_WORLD)
        if (short := _short(code)) in names
    }


def _plain(name: str) -> str:
    """Return a name to compare: small letters without accents, without text in brackets."""
    bare = unicodedata.normalize("NFKD", name.partition("(")[0]).casefold()
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return letters.replace("&", "and").replace("’", "'").removeprefix("the ").strip()
