"""Units as tables and authors write them: `US$ bn`, `million tonnes`, `percent`, `percentage
points`, `ratio`; in English, or in the language of the article.

A unit gives the scale of a figure, its currency, and whether it is a part of a hundred or of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from babel import Locale

from broadsheet.notebook.values.fact_words import words_in_each
from broadsheet.text.lexicon import FactWords, lexicon

_PER = re.compile(r"\b(?:per|an?|pro|je|each)\b|/")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Unit:
    """The unit of a value."""

    text: str = ""
    """The unit as written."""
    scale: Decimal = Decimal(1)
    """A figure times this is in the plain unit."""
    kind: Literal["none", "amount", "percent", "ratio"] = "none"
    """An amount of things or money, a part of a hundred or of one, or no unit."""
    currency: str = ""
    """The ISO code of a currency; "" for any other unit."""


def unit_of(text: str | None, language: str = "en") -> Unit:
    """Return the unit that ``text`` names."""
    if not text or not text.strip():
        return Unit()
    return _unit(text, words_in_each("en", language))


@lru_cache(maxsize=1000)
def _unit(text: str, languages: tuple[FactWords, ...]) -> Unit:
    if any(words.percent.search(text) for words in languages):
        return Unit(text, kind="percent")
    if any(text.strip().lower() in words.ratios for words in languages):
        return Unit(text, kind="ratio")
    scales = {word: power for words in languages for word, power in words.scales.items()}
    powers = [scales[word] for word in re.findall(r"[^\W\d_]+", text.lower()) if word in scales]
    return Unit(text, Decimal(10) ** sum(powers), "amount", currency_in(text, "en"))


def starts_with_percent(text: str, language: str) -> bool:
    """True if a text begins with "percent", "%" or the like, after spaces and a hyphen."""
    text = text.lstrip(" \u00a0\u2009\u202f-")
    return any(words.percent.match(text) for words in words_in_each("en", language))


@lru_cache(maxsize=1000)
def measures_in(text: str, language: str = "en") -> Mapping[str, str]:
    """Return the words for units in a text, "tonnes", each with its family, those behind "per" left
    out. A family of money is the code of the currency.
    """
    families = _families("en") | _families(language)
    counted = _PER.split(text.lower(), maxsplit=1)[0]
    words = {word: families[word] for word in _WORD.findall(counted) if word in families}
    code = currency_in(text, language.replace("-", "_"))
    return words | ({code: code} if code else {})


@cache
def _families(language: str) -> dict[str, str]:
    units = lexicon(language).meanings.units
    return {word: family for family, words in units.items() for word in words}


@lru_cache(maxsize=1000)
def currency_in(text: str, locale: str) -> str:
    """Return the ISO code of the currency whose symbol or code is in ``text``, the longest first;
    "" if there is none.
    """
    return next((code for symbol, code in _symbols(locale) if symbol in text), "")


@cache
def _symbols(locale: str) -> list[tuple[str, str]]:
    codes = {
        symbol: code
        for code, symbol in Locale.parse(locale).currency_symbols.items()
        if not symbol.isalpha() and len(symbol) <= 4
    }
    codes |= {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}
    codes |= {code: code for code in ("USD", "EUR", "GBP", "CNY", "RUB")}
    return sorted(codes.items(), key=lambda item: -len(item[0]))
