"""The unit of a measure, and a written number in that unit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from broadsheet.checks.audit.audit_table import AuditTable, MeasureColumn
from broadsheet.checks.audit.places import plain_name
from broadsheet.checks.audit.quantities import CENT, Quantity
from broadsheet.checks.audit.tables.measure_words import measure_words
from broadsheet.checks.audit.vocabulary import concepts_in, tokens, units, words_listed, words_of
from broadsheet.notebook.values.units import currency_in, unit_of

_DOLLARS = re.compile(r"\b(?:us ?)?dollars?\b|\busd\b|us\$", re.IGNORECASE)
_EUROS = re.compile(r"\beuros?\b|\beur\b|€", re.IGNORECASE)
_CENTS = re.compile(r"\b(?:us )?cents?\b|¢", re.IGNORECASE)
_LOCAL = re.compile(r"\blocal\b|\bnational currency\b|\blcu\b", re.IGNORECASE)
_PERCENT = re.compile(r"\bpercent(?:age)?\b|\bper cent\b|%|\bpct\b|\bprozent\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:rate|share|ratio|proportion|turnout|quote|anteil|taux|part|tasa)\b", re.IGNORECASE
)
"""Words for a column whose values from 0 to 1 are parts."""
_NO_SCALES = frozenset(("mil", "mille"))
"""Words for powers of ten in one language, and for something else in others: "per mille"."""
_THOUSANDS = ("000", "000s", "1000", "1000s")
_SHORT_SCALES = {"m": 1e6, "k": 1e3}
"""Magnitudes at the end of a name of what is counted or paid; of a height, "m" is metres."""
_SCALES_OF_MONEY = {"m": 1e6, "k": 1e3, "t": 1e3, "md": 1e9, "b": 1e9}
"""Magnitudes beside a currency; "t" only before it, as in `TEUR`."""
_PER = re.compile(r"\bper[ _]\w+", re.IGNORECASE)
"""The thing that a price or a rate is of: the unit of "price per kg" is no kilogram."""
_NOT_ADDED = frozenset(
    (
        "price",
        "rate",
        "temperature",
        "concentration",
        "index",
        "life_expectancy",
        "percentage",
        "gdp_per_capita",
        "speed",
    )
)
"""Words of measures that are not added."""
_HUNDRED = 100.0
_ALIKE = 3.0
"""A number that is so many times the exact one is not taken for it in an unknown magnitude."""


_OF_CENTS = ("USD", "EUR", "AUD", "CAD", "NZD", "HKD", "SGD", "ZAR")
"""Currencies that have cents."""
Certainty = Literal["sure", "alike", "weak"]
"""A unit that is known; a magnitude that is told by the size of the number; a mere guess."""
_ANY_MAGNITUDE: tuple[tuple[float, Certainty], ...] = tuple(
    (factor, "alike") for factor in (1.0, 1e-3, 1e-6, 1e-9)
)
"""The magnitudes of a column that nothing names: as it is, thousands, millions, billions."""


@dataclass(frozen=True)
class MeasuredIn:
    """The unit of a measure."""

    kind: str
    """percent, currency, unit; empty if nothing says it."""
    name: str = ""
    """The code of a currency, or the family of a unit."""
    scale: float = 1.0
    """A figure times this is in the plain unit, such as kilograms or dollars."""
    is_sure: bool = False
    """Something says the unit and the magnitude."""
    size: float = 1.0
    """The unit as written is so much of the plain one: a tonne is 1,000 kilograms."""

    @property
    def magnitude(self) -> float:
        """A figure times this is in the unit as written: a million for "million tonnes"."""
        return self.scale / self.size


def unit_of_measure(measure: MeasureColumn) -> MeasuredIn:
    """Return the unit of a measure, as its unit, its name or its description say it."""
    return _unit(measure.unit, measure.name, f"{measure.title} {measure.description}")


def currency_in_name(name: str) -> str:
    """Return the unit that the name of a column of money says, with its magnitude: "million EUR" of
    `schools_eur_m`; empty if it says no currency.
    """
    unit = _unit("", name, name)
    words = {1.0: "", 1e3: "thousand ", 1e6: "million ", 1e9: "billion ", 1e12: "trillion "}
    if unit.kind != "currency" or unit.scale not in words:
        return ""
    return f"{words[unit.scale]}{unit.name}"


@lru_cache(maxsize=10_000)
def _unit(unit: str, name: str, title: str) -> MeasuredIn:
    for said, is_sure in ((unit, True), (f"{name.replace('_', ' ')} {title}", False)):
        if not said.strip():
            continue
        if _PERCENT.search(said) and not (not is_sure and _DOLLARS.search(said)):
            return MeasuredIn("percent", "", 1.0, True)
        text = said if is_sure else _PER.sub(" ", said)
        text = _joined_codes().sub(r"\1 \2", text)
        words = _joined(tokens(text))
        scale = 1.0
        for word in dict.fromkeys(words):  # the title may be the name
            scale *= _scale_words().get(word, 1.0)
        if not is_sure:
            words, short = _without_short_scale(words)
            scale *= short
        if is_sure:
            scale = max(scale, float(unit_of(text).scale)) * _number_before(text)
        is_part = not is_sure and _PART.search(text) and not _DOLLARS.search(text)
        currency = "" if is_part else _currency(text, is_sure=is_sure)  # "euro turnout"
        scale = _scale_of_money(text) if currency and scale == 1.0 else scale
        if is_sure and _CENTS.search(text):
            return MeasuredIn("currency", currency or "USD", 0.01, True)
        if currency:
            return MeasuredIn("currency", currency, scale, True)
        among = units()
        family = next(
            (
                among[word]
                for word in words
                if word in among and (is_sure or word not in ("t", "m", "g") or word == words[-1])
            ),
            None,
        )
        if family is None and "°c" in text.lower():
            family = ("temperature", 1.0)
        if family is not None:
            return MeasuredIn("unit", family[0], scale * family[1], True, family[1])
        if is_sure and f"({text})" not in name:  # "Price (All)" is in no unit
            return MeasuredIn("unit", text.lower(), scale, True)
        if not is_sure and scale > 1.0:
            return MeasuredIn("unit", "things", scale, True)
    return MeasuredIn("")


@cache
def _scale_words() -> Mapping[str, float]:
    """Return the words for powers of ten in each language, plain; those of English first: a "billion"."""
    return {"tsd": 1e3} | {
        plain_name(word): 10.0**exponent
        for language in ("es", "fr", "de", "en")
        for word, exponent in words_of(language).scales.items()
        if word not in _NO_SCALES
    }


@cache
def _joined_codes() -> re.Pattern[str]:
    """Return the pattern of a magnitude that is one word with the code of a currency: `TEUR`."""
    return re.compile(rf"\b([kmt]|md)({_codes()})\b", re.IGNORECASE)


@cache
def _scales_beside_money() -> re.Pattern[str]:
    """Return the pattern of a magnitude of a letter or two beside a currency: "€m", "M€", "EUR k"."""
    money = rf"(?:[€£$¥]|\b(?:{_codes()}|euros?|dollars?|pounds?)\b)"
    return re.compile(
        rf"{money} ?(?P<behind>[mkb])\b|\b(?P<before>[mkt]|md) ?{money}", re.IGNORECASE
    )


def _codes() -> str:
    return "|".join(sorted(words_listed("currency-codes")))


def _scale_of_money(text: str) -> float:
    """Return the magnitude that a letter or two beside a currency say."""
    match = _scales_beside_money().search(text)
    if match is None:
        return 1.0
    return _SCALES_OF_MONEY[(match["behind"] or match["before"]).lower()]


def _without_short_scale(words: Sequence[str]) -> tuple[list[str], float]:
    """Return the words of a name without a short magnitude at their end, and that: `passengers_m` are millions,
    and `area_1000_ha` is in thousand hectares.
    """
    thousands = [word for word in words if word not in _THOUSANDS]
    scale = 1000.0 if len(thousands) < len(words) else 1.0
    last = thousands[-1] if thousands else ""
    counted = words_listed("of-persons") | words_listed("flows") | words_listed("of-money")
    if last in _SHORT_SCALES and concepts_in(" ".join(thousands)) & counted:
        return [word for word in thousands if word != last], scale * _SHORT_SCALES[last]
    return thousands, scale


def _number_before(unit: str) -> float:
    """Return the number before a magnitude or a thing of a unit: 100 of "100 million cubic metres"."""
    number = re.match(r"(?:(ten)|(hundred)|(1[0,]+))(?: |(?=[^\W\d_]))", unit.strip().lower())
    if number is None or number.end() == len(unit.strip()):
        return 1.0
    return 10.0 if number[1] else 100.0 if number[2] else float(number[3].replace(",", ""))


def _joined(words: Sequence[str]) -> list[str]:
    """Return words, with two that are one unit as one: "sq miles"."""
    pairs = [f"{word} {behind}" for word, behind in pairwise(words)]
    return [
        pairs[at] if at < len(pairs) and pairs[at] in units() else word
        for at, word in enumerate(words)
        if not (at and pairs[at - 1] in units())
    ]


def _currency(text: str, *, is_sure: bool) -> str:
    """Return the code of the currency that a text names; of a name or a description, only dollars
    and euros, and codes that are no words.
    """
    if _LOCAL.search(text):
        return ""
    if _DOLLARS.search(text) or _EUROS.search(text):
        return "USD" if _DOLLARS.search(text) else "EUR"
    if is_sure:
        return currency_in(text, "en")
    codes = (word for word in tokens(text) if word in words_listed("currency-codes"))
    return next(codes, "").upper()


def is_unit_of(quantity: Quantity, measure: MeasureColumn) -> bool:
    """True if a number is in the currency of a measure, or in a unit of its family."""
    if quantity.kind not in ("currency", "unit"):
        return False
    unit = unit_of_measure(measure)
    if quantity.kind == "currency":
        return unit.kind == "currency" and unit.name == quantity.unit
    family, _ = units()[quantity.unit]
    return family not in ("things", "time") and unit.name == family


def is_rate(measure: MeasureColumn) -> bool:
    """True if the values of a measure are in percent, or so many per something."""
    text = f"{measure.unit} {measure.name} {measure.title} {measure.description}"
    is_per = any(word in words_listed("per") for word in tokens(text.replace("_", " ")))
    return is_per or unit_of_measure(measure).kind == "percent"


def can_be_added(measure: MeasureColumn, words: frozenset[str]) -> bool:
    """True if the values of a measure are amounts, and no rates, prices or means."""
    unit = unit_of_measure(measure)
    if measure.is_of_years and unit.kind == "":
        return False
    return unit.kind != "percent" and unit.name != "fraction" and not words & _NOT_ADDED


def counts_its_labels(table: AuditTable, measure: MeasureColumn) -> bool:
    """True if the values of a measure are numbers of what its labels name: they are whole, and nothing says
    another thing of them.
    """
    words = measure_words(table, measure)
    is_bare = not words.names and table.counted is None and unit_of_measure(measure).kind == ""
    is_amount = can_be_added(measure, words.other) and not words.other & words_listed("of-money")
    return is_bare and is_amount and measure.is_whole


def in_unit_of(
    quantity: Quantity, measure: MeasureColumn, exact: float
) -> tuple[Quantity, bool] | None:
    """Return a written number in the unit of a measure, and True if its unit is surely that; None
    if it is another unit. ``exact`` is the value that it may be.
    """
    unit = unit_of_measure(measure)
    is_measured = quantity.kind == "unit" and units()[quantity.unit][0] not in ("things", "time")
    if is_measured and concepts_in(measure.name) & words_listed("of-persons"):
        return None  # no square metres of pupils
    if quantity.kind == "unit" and not unit.kind:
        for factor in _conversions(quantity.unit):
            if (converted := scaled(quantity, factor)).fits(exact):
                return converted, factor == 1.0
        powers = [each for each in _conversions(quantity.unit) if math.log10(each).is_integer()]
        alike = next((each for each in powers if _is_alike(quantity.value * each, exact)), None)
        if alike is not None and units()[quantity.unit][0] != "time":
            return scaled(quantity, alike), True
    for factor, certainty in _factors(quantity, unit, measure, exact):
        if certainty == "sure" or _is_alike(quantity.value * factor, exact):
            return scaled(quantity, factor), certainty != "weak"
    return None


def scaled(quantity: Quantity, factor: float) -> Quantity:
    """Return a number times a factor."""
    return replace(quantity, value=quantity.value * factor, step=quantity.step * factor)


def _is_alike(value: float, exact: float) -> bool:
    if not value or not exact:
        return value == exact
    return 1 / _ALIKE < value / exact < _ALIKE


def _factors(
    quantity: Quantity, unit: MeasuredIn, measure: MeasureColumn, exact: float
) -> Sequence[tuple[float, Certainty]]:
    """Return the factors that make a number one of the measure's unit, the likeliest first; it may be ``exact``."""
    kind = quantity.kind
    if measure.is_count:
        return ((1.0, "sure"),) if kind in ("", "times", "unit") else ()
    if kind in ("times", "rank", "points"):
        return ()
    if kind == "percent":
        if unit.kind not in ("", "percent"):
            return ()
        is_part = measure.largest <= 1.0
        is_sure = unit.kind == "percent" or (is_part and bool(_PART.search(measure.title)))
        certainty: Certainty = "sure" if is_sure else "alike" if may_be_percent(measure) else "weak"
        return ((0.01 if is_part else 1.0, certainty),)
    if kind == "currency":
        if unit.kind != "currency" and concepts_in(measure.name) & words_listed("of-persons"):
            return ()
        if unit.kind == "unit" and tokens(quantity.text)[-1:] == tokens(unit.name)[-1:]:
            return ((1 / unit.scale, "sure"),)  # "5.5 billion pounds" of meat
        return _factors_of_currency(quantity, unit)
    if kind == "unit":
        return _factors_of_unit(quantity, unit, measure)
    if unit.kind == "percent":
        return ((1.0, "weak"),)
    if unit.kind:
        is_plain = unit.magnitude == 1.0 or quantity.scale > 1.0
        return (
            ((1 / unit.magnitude, "sure"),)
            if is_plain or _is_scaled(abs(quantity.value), unit.magnitude, measure, exact)
            else ((1.0, "alike"), (1 / unit.magnitude, "weak"))
        )
    is_of_thousands = abs(quantity.value) >= 1000 and not _is_among(quantity.value, measure)
    if quantity.scale > 1.0 or is_of_thousands:
        return _ANY_MAGNITUDE
    return ((1.0, "sure"),)


def may_be_percent(measure: MeasureColumn) -> bool:
    """True if the values of a measure without a unit are no whole numbers, and between 0 and 100."""
    values = measure.values[measure.present]
    is_within = 1.0 < measure.largest <= _HUNDRED and bool((values >= 0).all())
    return is_within and not measure.is_whole


def _is_scaled(value: float, scale: float, measure: MeasureColumn, exact: float) -> bool:
    """True if a number is far beyond the values of a measure in thousands, and among them, or of the size
    of an exact one, such as a sum, when it is told in thousands: "112,000".
    """
    is_beyond = value >= 1000 and value > measure.largest * _ALIKE
    return is_beyond and (_is_among(value / scale, measure) or _is_alike(value / scale, exact))


def _is_among(value: float, measure: MeasureColumn) -> bool:
    """True if a value is of the size of those of a measure."""
    return measure.smallest / _ALIKE <= abs(value) <= measure.largest * _ALIKE


def _factors_of_currency(quantity: Quantity, unit: MeasuredIn) -> Sequence[tuple[float, Certainty]]:
    if unit.kind == "currency":
        is_same = unit.name == quantity.unit or (quantity.unit == CENT and unit.name in _OF_CENTS)
        return ((1 / unit.scale, "sure"),) if is_same else ()
    if unit.kind:
        return ()
    if quantity.unit == CENT:
        return ((1.0, "alike"), (100.0, "alike"))
    return _ANY_MAGNITUDE if quantity.scale > 1.0 else ((1.0, "sure"), *_ANY_MAGNITUDE)


def _factors_of_unit(
    quantity: Quantity, unit: MeasuredIn, measure: MeasureColumn
) -> Sequence[tuple[float, Certainty]]:
    family, size = units()[quantity.unit]
    if unit.kind == "unit" and unit.name == family:
        return ((size / unit.scale, "sure"),)
    if family == "time" and not unit.kind:
        return ((1.0, "sure"),)
    is_counted = family in ("things", "time") and unit.kind in ("", "unit")
    if is_counted and unit.name not in _families():
        if unit.kind:
            return ((1 / unit.scale, "sure"),)
        if family == "things" and quantity.scale == 1.0 and _is_among(quantity.value, measure):
            return (*_ANY_MAGNITUDE, (1.0, "sure"))
        is_of_percent = measure.largest <= _HUNDRED and quantity.scale > 1.0
        return ((1 / quantity.scale, "weak"),) if is_of_percent else _ANY_MAGNITUDE
    return () if unit.kind else ((1.0, "sure"),)


@lru_cache(maxsize=100)
def _conversions(name: str) -> tuple[float, ...]:
    """Return the factors that make a number of a unit one of another unit of its family."""
    family, size = units()[name]
    return tuple(
        dict.fromkeys([1.0, *(size / other for kind, other in units().values() if kind == family)])
    )


@lru_cache(maxsize=1)
def _families() -> frozenset[str]:
    return frozenset(family for family, _ in units().values() if family not in ("things", "time"))
