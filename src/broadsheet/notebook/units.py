"""Units as tables and authors write them: `US$ bn`, `million tonnes`, `percent`, `percentage
points`, `ratio`.

A unit says by how much a figure is scaled, in which currency, and whether it is a part of a hundred
or of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale

SHORT_SCALES = {
    "thousand": 3,
    "thousands": 3,
    "million": 6,
    "millions": 6,
    "mn": 6,
    "billion": 9,
    "billions": 9,
    "bn": 9,
    "trillion": 12,
    "trillions": 12,
    "tn": 12,
}
"""Powers of ten as units have them, in English; authors may write those of units in German too."""

_UNIT_SCALES = SHORT_SCALES | {
    "tausend": 3,
    "mio": 6,
    "millionen": 6,
    "mrd": 9,
    "milliarden": 9,
    "billionen": 12,
}

PERCENT = re.compile(
    r"per ?cent\b|%|\bpct\b|\bpercentage points?\b|\bprozent(?:punkten?)?\b", re.IGNORECASE
)
_RATIOS = frozenset({"ratio", "share", "fraction", "times", "fold", "1", "verhältnis"})


@dataclass(frozen=True)
class Unit:
    """A unit: ``text`` as written; a figure times ``scale`` is in the plain unit; ``currency`` is
    an ISO code or "".
    """

    text: str = ""
    scale: Decimal = Decimal(1)
    kind: Literal["none", "amount", "percent", "ratio"] = "none"
    currency: str = ""


def unit_of(text: str | None) -> Unit:
    """The unit that ``text`` names."""
    if not text or not text.strip():
        return Unit()
    if PERCENT.search(text):
        return Unit(text, kind="percent")
    if text.strip().lower() in _RATIOS:
        return Unit(text, kind="ratio")
    powers = [
        _UNIT_SCALES[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _UNIT_SCALES
    ]
    return Unit(text, Decimal(10) ** sum(powers), "amount", currency_in(text, "en"))


def currency_in(text: str, locale: str) -> str:
    """The ISO code of the currency whose symbol or code stands in ``text``, the longest first; ""
    if there is none.
    """
    return next((code for symbol, code in _symbols(locale) if symbol in text), "")


@cache
def _symbols(locale: str) -> list[tuple[str, str]]:
    known = {
        symbol: code
        for code, symbol in Locale.parse(locale).currency_symbols.items()
        if not symbol.isalpha() and len(symbol) <= 4
    }
    known |= {
        "$": "USD",
        "US$": "USD",
        "€": "EUR",
        "£": "GBP",
        "USD": "USD",
        "EUR": "EUR",
        "GBP": "GBP",
        "CNY": "CNY",
        "RUB": "RUB",
    }
    return sorted(known.items(), key=lambda item: -len(item[0]))
