"""Values of the data for a reader: with their unit, and as many digits as say something."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from broadsheet.notebook.values.fact_words import words_in_each
from broadsheet.notebook.values.number_format import read, scale_of
from broadsheet.notebook.values.places import is_year
from broadsheet.notebook.values.units import Unit, unit_of
from broadsheet.notebook.values.values import FormatFault
from broadsheet.text.language import language_of, notation_of
from plotly_alive.text.numbers import COUNT, MINUS, YEAR, decimal_of, telling, to_digits

MOST_DIGITS = 15
_NUMBER = re.compile(r"\d(?:[.,'’\u00a0\u202f]?\d)*")
_FORMATS = {"USD": "usd", "EUR": "eur", "GBP": "gbp"}
"""The name of the format of a currency."""


def shown(value: object, unit: str, language: str, digits: int = 0) -> str:
    """Return a value with its unit and no more digits than say something: "$190.3 billion" of
    190.271 US$ bn, "21.6 percent" of 21.594. It has at least ``digits`` digits, and rounded to
    these it equals the value.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    number, measure = decimal_of(value), unit_of(unit, language)
    if not number.is_finite():
        return COUNT.write(value, language_of(language).notation)
    for least in range(min(digits, MOST_DIGITS - 1), MOST_DIGITS):
        text, rounded = _rounded(number, measure, least, language)
        if not digits or to_digits(rounded, digits) == to_digits(number, digits):
            break
    return text


def digits_of(text: str, language: str) -> int:
    """Return the number of digits in a text that say something: four of "$47.85", two of
    "190,000".
    """
    mark = language_of(language).notation.decimal
    return max((len(_digits(number, mark)) for number in _NUMBER.findall(text)), default=0)


def told_apart(values: Sequence[Any], show: Callable[[int], list[str]]) -> list[str]:
    """Return the texts that ``show`` makes of ``values`` with a number of digits: with as many as
    it takes for values that differ to look different.
    """
    different = {value if isinstance(value, (int, float)) else repr(value) for value in values}
    for digits in range(MOST_DIGITS):
        texts = show(digits)
        if len(set(texts)) >= len(different):
            return texts
    return show(0)


def _rounded(number: Decimal, unit: Unit, least: int, language: str) -> tuple[str, Decimal]:
    """Return the text of a number with at least so many digits, and the number in that text."""
    locale = language_of(language).locale
    words, english = words_in_each(locale.language, "en")
    formats = words.formats.get(_FORMATS.get(unit.currency, ""), ())
    last_word = "".join(unit.text.lower().split()[-1:])
    if formats and last_word in ("$", *english.scales):
        try:
            return _as_money(number, unit, least, formats, language)
        except FormatFault:
            pass
    style = YEAR if not unit.text and is_year(number) else telling(number, least)
    rounded = style.rounded(number)
    is_bare = not unit.text or unit.text == "ratio" or (rounded == 1 and _is_plural(unit))
    style = style if is_bare else style.with_unit(suffix=f" {unit.text}")
    return style.write(number, notation_of(locale)), rounded


def _is_plural(unit: Unit) -> bool:
    """True if a unit is a word for things that are counted, such as `sites`, and no sign such as
    `km`.
    """
    is_word = unit.text.isalpha() and len(unit.text) > 3
    return is_word and unit.kind == "amount" and unit.scale == 1 and not unit.currency


def _as_money(
    number: Decimal, unit: Unit, least: int, formats: Sequence[str], language: str
) -> tuple[str, Decimal]:
    mark = language_of(language).notation.decimal
    if not number:  # "$0 million": in millions, it is nothing
        scaled = [example for example in formats if scale_of(example, language) == unit.scale]
        formats = [_with_decimals(example, None, mark) for example in scaled or formats[-1:]]
    if number < 0:
        formats = [f"{MINUS}{example}" for example in formats]
    reading = read(number, unit, formats, language)
    lacking = least - len(_digits(reading.text, mark, whole=True))
    if lacking > 0 and number:
        formats = [_with_decimals(example, lacking, mark) for example in formats]
        reading = read(number, unit, formats, language)
    assert isinstance(reading.stated, Decimal)
    return reading.text, reading.stated


def _with_decimals(example: str, more: int | None, mark: str) -> str:
    """Return an example with more decimals; with none, for None."""

    def changed(match: re.Match[str]) -> str:
        whole, _, part = match[0].partition(mark)
        return whole if more is None else f"{whole}{mark}{part}{'0' * more}"

    return _NUMBER.sub(changed, example, count=1)


def _digits(text: str, mark: str, *, whole: bool = False) -> str:
    """Return the digits of a number that say something; with ``whole``, all zeros of its end
    too.
    """
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits if whole or mark in text else digits.rstrip("0")
