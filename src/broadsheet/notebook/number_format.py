"""How a value reads: formats by example.

A format is the text as it would read with some value; the value at hand takes the place of the
example's:

    "$190 billion"                    figures, with as many decimals as the example has
    "12.3 percent", "2.1 percentage points", "2.1 times", "3.6-fold", "US$190.3bn", "2022", "86 million tonnes"
    "45 to 50 percent"                of a pair
    "a third", "three quarters"       a share as a plain fraction, where one lies within half a percentage point
    "three times", "twice"            a ratio in words, where a whole number lies within five percent
    "three", "Three"                  a count in words, up to twelve (an example above twelve: up to ninety-nine)
    "3rd", "third"                    a rank
    "26 May 2023", "May 2023", "Friday 26 May"        a date

A rounding word may come first: "about", "nearly", "more than" and the like
(:mod:`~broadsheet.notebook.rounding`). Then zeros at the end of the example say how far it is
rounded, "nearly $200 billion" to hundreds; the rounding goes to the side that the word asks for;
and where the word would not be true of the value, the format does not fit.

Of several examples the first serves that fits the value and that the value reaches: "$1.2 billion"
from 1 billion on, "$12 million" from 10 million on, "0.12 percent" from 0.1. The last must fit.

Figures, scale words and dates are in the language that is asked for, by Babel's CLDR data; number
words and rounding words in those that :mod:`~broadsheet.notebook.words` has.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from numbers import Integral, Real

from babel import Locale, UnknownLocaleError, dates, numbers

from broadsheet.notebook import rounding
from broadsheet.notebook.rounding import PLAIN, Rounding
from broadsheet.notebook.units import PERCENT, SHORT_SCALES, Unit, currency_in
from broadsheet.notebook.words import Words, words_in

Number = Decimal | tuple[Decimal, Decimal]
Value = Decimal | tuple[Decimal, Decimal] | date | str

IN_WORDS = 12
"""The highest count that is spelled out, if the example is not above it."""
PLAIN_FRACTION, ROUGH_FRACTION, SIDED_FRACTION = Decimal("0.005"), Decimal("0.017"), Decimal("0.03")
"""How far a share may be from "a third", from "about a third", and from "nearly" or "more than a
third".
"""


class FormatFault(ValueError):
    """A format that is none, or that is not one for this unit."""


class MisfitError(FormatFault):
    """A format that does not fit this value; another might."""


@dataclass(frozen=True)
class Reading:
    """A value as it reads. ``said`` is the number that the text says, in the value's own unit; None
    if it says none.
    """

    text: str
    said: Number | None = None


def read(value: Value, unit: Unit, examples: Sequence[str], language: str) -> Reading:
    """How ``value`` reads after the first of ``examples`` that fits. Raises :class:`FormatFault`."""
    for number, example in enumerate(examples, start=1):
        try:
            return _read(value, unit, example, _locale(language), is_last=number == len(examples))
        except MisfitError:
            if number == len(examples):
                raise
    return _as_it_is(value, unit, _locale(language))


def plain_value(value: object) -> Value:
    """A value of Python, NumPy or pandas as one that has a format. Raises TypeError or ValueError."""
    if isinstance(value, (tuple, list)) and len(value) == 2:
        low, high = plain_value(value[0]), plain_value(value[1])
        if isinstance(low, Decimal) and isinstance(high, Decimal):
            return low, high
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Real) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ValueError(
                "there is no value (NaN)" if math.isnan(value) else f"the value is {value}"
            )
        return Decimal(repr(float(value)))
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        raise ValueError("there is no value")
    raise TypeError(
        f"a value of the type {type(value).__name__} is no fact: give a number, a date, a text, or a pair "
        "of numbers"
    )


def _read(value: Value, unit: Unit, example: str, locale: Locale, *, is_last: bool) -> Reading:
    if isinstance(value, str):
        raise FormatFault(
            f"the format {example!r} is for a number or a date, and the value is the text {value!r}; "
            "leave `format` out"
        )
    if isinstance(value, date):
        return Reading(dates.format_date(value, _date_pattern(example, locale), locale=locale))
    words = words_in(locale.language)
    word = rounding.at_start(example, words.rounding)
    rest, round_to = (
        example[len(word) :],
        rounding.rounding_of(word, words.rounding) if word else PLAIN,
    )
    reading = _figures(value, unit, rest, round_to, locale, is_last=is_last)
    if reading is None and isinstance(value, Decimal):
        spelled = (
            spell(value, unit, rest, round_to, words)
            for spell in (_fraction, _multiple, _rank, _count)
        )
        reading = next((made for made in spelled if made is not None), None)
    if reading is None:
        raise FormatFault(
            f"the format {example!r} holds no number: write the text as it would read, such as "
            '"$190 billion", "12.3 percent", "a third", "three", "3rd"'
        )
    return Reading(word + reading.text, reading.said)


# Figures


@dataclass(frozen=True)
class _Token:
    """One number of an example, and what stands before it."""

    before: str
    sign: str
    digits: str
    scale: Decimal
    space: str
    scale_word: str
    grouped: bool
    decimals: int
    example: Decimal

    def step(self, round_to: Rounding) -> Decimal:
        """How far the number is rounded: to the example's last decimal; to its zeros, after a
        rounding word.
        """
        digits = re.sub(r"\D", "", self.digits)
        zeros = (
            len(digits) - len(digits.rstrip("0"))
            if round_to is not PLAIN and not self.decimals and self.example
            else 0
        )
        return Decimal(1).scaleb(zeros - self.decimals)

    def leeway(self, round_to: Rounding) -> Decimal:
        """How far off the number may be by rounding alone, in the plain unit; nothing where zeros
        are rounded to.
        """
        step = self.step(round_to)
        return Decimal(0) if step > 1 else step * self.scale / (1 if round_to.side else 2)


def _figures(
    value: Number, unit: Unit, example: str, round_to: Rounding, locale: Locale, *, is_last: bool
) -> Reading | None:
    tokens, after = _tokens(example, locale)
    if not tokens:
        return None
    many = value if isinstance(value, tuple) else (value,)
    if len(tokens) != len(many):
        raise FormatFault(
            f"the format {example!r} has {len(tokens)} numbers ({', '.join(t.digits for t in tokens)}), "
            f"and the value has {len(many)}: one fact is one number, or a pair for a range"
        )
    if len(tokens) == 2 and not tokens[0].scale_word and tokens[1].scale_word:
        tokens[0] = replace(tokens[0], scale=tokens[1].scale)
    words = words_in(locale.language)
    if sign := re.match(words.ordinal_signs, after):
        rank = words.ordinal(_whole(many[0], tokens[0].digits + sign[0]))
        return Reading(tokens[0].before + rank + after[sign.end() :], many[0])
    _check_currency(unit, example, locale)
    text, said, steps = "", [], []
    for amount, token in zip(many, tokens, strict=True):
        factor = _factor(unit, token, example, after)
        made, number = _figure(amount * factor, token, round_to, locale, is_last=is_last)
        text += token.before + made
        said.append(number / factor)
        steps.append(token.leeway(round_to) / factor)
    if round_to is not PLAIN:
        for number, amount, step in zip(said, many, steps, strict=True):
            if not round_to.holds(number, amount, max(abs(number) * rounding.NEAR, step)):
                raise MisfitError(
                    f"the format {example!r} after a rounding word does not fit {_plain(amount)}"
                    f"{f' {unit.text}' if unit.text else ''}: it would say {_plain(number)}"
                )
    return Reading(text + after, (said[0], said[1]) if len(said) == 2 else said[0])


def _tokens(example: str, locale: Locale) -> tuple[list[_Token], str]:
    tokens, end = [], 0
    decimal_mark, group_mark = (
        numbers.get_decimal_symbol(locale),
        numbers.get_group_symbol(locale),
    )
    scales = _scales(locale)
    for match in _token_pattern(locale).finditer(example):
        digits, word = match["digits"], match["scale"] or ""
        whole, _, part = digits.partition(decimal_mark)
        bare = re.sub(r"\D", "", whole)
        tokens.append(
            _Token(
                example[end : match.start()],
                match["sign"] or "",
                digits,
                Decimal(10) ** scales.get(word.lower(), 0),
                match["space"] or "" if word else "",
                word,
                group_mark in whole or len(bare) < 4,
                len(part),
                Decimal(f"{bare}.{part}" if part else bare),
            )
        )
        end = match.end()
    return tokens, example[end:]


@cache
def _token_pattern(locale: Locale) -> re.Pattern[str]:
    decimal_mark, group_mark = (
        re.escape(mark)
        for mark in (numbers.get_decimal_symbol(locale), numbers.get_group_symbol(locale))
    )
    words = "|".join(re.escape(word) for word in sorted(_scales(locale), key=len, reverse=True))
    return re.compile(
        rf"(?P<sign>(?<!\w)[-−+](?=\d))?(?P<digits>\d+(?:{group_mark}\d{{3}})*(?:{decimal_mark}\d+)?)"
        rf"(?:(?P<space>[ \u00a0]?)(?P<scale>{words})(?!\w))?",
        re.IGNORECASE,
    )


@cache
def _scales(locale: Locale) -> dict[str, int]:
    """Scale words of a language, each with its power of ten."""
    found: dict[str, int] = {}
    for form in ("long", "short"):
        for patterns in locale.compact_decimal_formats.get(form, {}).values():
            for size, pattern in patterns.items():
                word = re.sub(
                    r"[0¤'\s\u00a0]", "", str(getattr(pattern, "pattern", pattern))
                ).lower()
                power = (
                    len(size)
                    - 1
                    - (len(re.findall("0", str(getattr(pattern, "pattern", pattern)))) - 1)
                )
                if len(word) > 1:
                    found.setdefault(word, power)
    return found | (SHORT_SCALES if locale.language == "en" else {})


def _figure(
    amount: Decimal, token: _Token, round_to: Rounding, locale: Locale, *, is_last: bool
) -> tuple[str, Decimal]:
    """An amount, in the plain unit, after a token; and the number that the text says."""
    scaled = amount / token.scale
    if scaled < 0 and not token.sign:
        raise FormatFault(
            f"the value is negative and the example {token.digits!r} has no sign: give the value without "
            "its sign, or an example with one"
        )
    number = round_to.rounded(scaled, token.step(round_to))
    size = Decimal(1).scaleb(token.example.adjusted()) if token.example else Decimal(0)
    if not is_last and abs(scaled) < size * Decimal("0.995") and round_to.side <= 0:
        raise MisfitError("too small for this example")
    if not number and scaled:
        raise MisfitError(
            f"the value, {_plain(scaled)}, would read {_plain(number)}: give an example with more "
            "decimals, or one in a smaller unit"
        )
    pattern = ("#,##0" if token.grouped else "0") + (
        f".{'0' * token.decimals}" if token.decimals else ""
    )
    sign = (
        ""
        if not token.sign
        else "+"
        if token.sign == "+" and number > 0
        else ""
        if number >= 0
        else "−"
        if token.sign != "-"
        else "-"
    )
    written = numbers.format_decimal(abs(number), pattern, locale=locale)
    return sign + written + _scale_word(token, number, locale), number * token.scale


def _scale_word(token: _Token, number: Decimal, locale: Locale) -> str:
    """The example's scale word, in the form that goes with this number: `eine Milliarde`, `190
    Milliarden`.
    """
    if not token.scale_word or locale.language == "en":
        return token.space + token.scale_word
    power = token.scale.adjusted()
    long = locale.compact_decimal_formats.get("long", {})
    forms = {
        re.sub(r"[0'\s\u00a0]", "", str(getattr(patterns.get(str(10**power)), "pattern", "")))
        for patterns in long.values()
    }
    if token.scale_word not in forms:
        patterns = long.get("other", {})
        forms.add(
            re.sub(r"[0'\s\u00a0]", "", str(getattr(patterns.get(str(10**power)), "pattern", "")))
        )
    if token.scale_word not in forms:
        return token.space + token.scale_word
    fitting = long.get(locale.plural_form(number), long.get("other", {}))
    word = re.sub(
        r"[0'\s\u00a0]", "", str(getattr(fitting.get(str(10**power)), "pattern", token.scale_word))
    )
    return token.space + (word or token.scale_word)


def _factor(unit: Unit, token: _Token, example: str, after: str) -> Decimal:
    """What the value is multiplied by to be in the plain unit that the example is in."""
    if PERCENT.match(after.lstrip(" \u00a0-")):
        if unit.kind == "none":
            raise FormatFault(
                f"the format {example!r} is in percent: say whether the value is of a hundred "
                '(unit="percent") or of one (unit="ratio")'
            )
        if unit.kind == "amount":
            raise FormatFault(
                f"the format {example!r} is in percent, and the unit is {unit.text!r}"
            )
        return Decimal(100) if unit.kind == "ratio" else Decimal(1)
    if token.scale != 1 and unit.kind != "amount":
        raise FormatFault(
            f"the format {example!r} has a scale ({token.scale_word}): say in `unit` what the value is "
            'in, such as "US$ bn"' + (f", not {unit.text!r}" if unit.text else "")
        )
    is_bare = token.scale == 1 and not after.strip() and not token.before.strip()
    return Decimal(1) if is_bare else unit.scale


def _check_currency(unit: Unit, example: str, locale: Locale) -> None:
    shown = currency_in(example, str(locale))
    if shown and unit.currency and shown != unit.currency:
        raise FormatFault(f"the format {example!r} is in {shown}, and the unit is {unit.text!r}")
    if shown and unit.kind != "amount":
        raise FormatFault(
            f'the format {example!r} is money: say in `unit` what the value is in, such as "US$ bn"'
            + (f", not {unit.text!r}" if unit.text else "")
        )


# Words


def _fraction(
    value: Decimal, unit: Unit, example: str, round_to: Rounding, words: Words
) -> Reading | None:
    fractions, phrase = next(
        ((one, found) for one in words.fractions if (found := _phrase(one, example))), ({}, None)
    )
    if phrase is None:
        return None
    if unit.kind not in ("percent", "ratio"):
        raise FormatFault(
            f"the format {example!r} is a fraction: say whether the value is of a hundred "
            '(unit="percent") or of one (unit="ratio")'
        )
    scale = Decimal(100) if unit.kind == "percent" else Decimal(1)
    share = value / scale
    tolerance = (
        PLAIN_FRACTION if round_to is PLAIN else SIDED_FRACTION if round_to.side else ROUGH_FRACTION
    )
    word = Rounding(round_to.side, True, round_to.or_equal)
    fitting = [
        (name, said)
        for name, part in fractions.items()
        if word.holds(said := _decimal(part), share, tolerance)
    ]
    if not fitting:
        raise MisfitError(
            f"no plain fraction lies close enough to {_plain(share * 100)} percent: give another example "
            'beside this one, such as "about 30 percent"'
        )
    name, said = min(fitting, key=lambda item: abs(item[1] - share))
    return Reading(_put(example, phrase, name), said * scale)


def _multiple(
    value: Decimal, unit: Unit, example: str, round_to: Rounding, words: Words
) -> Reading | None:
    counts = "|".join(words.counts[2:])
    twice, times, match = next(
        (
            (twice, times, found)
            for twice, times in words.multiples
            if (
                found := re.search(
                    rf"\b(?:{twice}|{times.format(f'(?:{counts})')})\b", example, re.IGNORECASE
                )
            )
        ),
        ("", "", None),
    )
    if match is None:
        return None
    if unit.kind in ("percent", "amount"):
        raise FormatFault(
            f"the format {example!r} is a multiple, and the unit is {unit.text!r}: give a ratio"
        )
    said = (Rounding(0, False) if round_to is PLAIN else round_to).rounded(value, Decimal(1))
    word = Rounding(0, is_near=True) if round_to is PLAIN else round_to
    if said < 2 or not word.holds(said, value):
        raise MisfitError(
            f"{_plain(value)} is no whole multiple: give another example beside {example!r}, such as "
            '"2.1 times"'
        )
    name = twice if said == 2 else times.format(_spelled(said, 99, words))
    return Reading(_put(example, match.span(), name), said)


def _rank(
    value: Decimal, unit: Unit, example: str, round_to: Rounding, words: Words
) -> Reading | None:
    ranks, span = next(
        ((one, found) for one in words.ranks if (found := _phrase(one[1:], example))), ([], None)
    )
    if span is None:
        return None
    number = _whole(value, example)
    name = ranks[number] if number < len(ranks) else words.ordinal(number)
    return Reading(_put(example, span, name), value)


def _count(
    value: Decimal, unit: Unit, example: str, round_to: Rounding, words: Words
) -> Reading | None:
    span = _phrase([*words.counts, *words.ones], example)
    if span is None:
        return None
    said = round_to.rounded(value, Decimal(1))
    if round_to is PLAIN:
        said = Decimal(_whole(value, example))
    elif not round_to.holds(said, value):
        raise MisfitError(f"{example!r} after a rounding word does not fit {_plain(value)}")
    shown = example[slice(*span)].lower()
    if said == 1 and words.ones:
        if shown not in (*words.ones, words.counts[1]):
            raise MisfitError(
                f"one is declined, and the format {example!r} does not say how: give an example beside "
                f"it that does, such as {words.ones[0]!r}"
            )
        return Reading(example, said)
    limit = IN_WORDS if shown in (*words.counts[: IN_WORDS + 1], *words.ones) else 99
    return Reading(_put(example, span, _spelled(said, limit, words)), said)


def _phrase(phrases: Iterable[str], example: str) -> tuple[int, int] | None:
    words = "|".join(sorted(phrases, key=len, reverse=True))
    match = re.search(rf"\b(?:{words})\b(?!-)", example, re.IGNORECASE) if words else None
    return match.span() if match else None


def _put(example: str, span: tuple[int, int], words: str) -> str:
    """``example`` with other words in the place of its own; a capital stays one."""
    if example[span[0]].isupper():
        words = words[0].upper() + words[1:]
    return example[: span[0]] + words + example[span[1] :]


def _whole(value: Decimal, example: str) -> int:
    if value != value.to_integral_value() or value < 0:
        raise FormatFault(
            f"the format {example!r} is for a whole number, and the value is {_plain(value)}"
        )
    return int(value)


def _spelled(number: Decimal, limit: int, words: Words) -> str:
    return words.counts[int(number)] if 0 <= number <= limit else words.figures(int(number))


def _decimal(part: Fraction) -> Decimal:
    return Decimal(part.numerator) / Decimal(part.denominator)


# Dates


def _date_pattern(example: str, locale: Locale) -> str:
    """Babel's pattern for a date that is written as ``example`` is."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", example):
        return "yyyy-MM-dd"
    names = [
        (str(name), code)
        for code, form in (("MMMM", "wide"), ("MMM", "abbreviated"))
        for name in locale.months["format"][form].values()
    ]
    names += [
        (str(name), code)
        for code, form in (("EEEE", "wide"), ("EEE", "abbreviated"))
        for name in locale.days["format"][form].values()
    ]
    known = {name.lower(): code for name, code in reversed(names)}
    words = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    found: list[str] = []

    def piece(match: re.Match[str]) -> str:
        text = match[0]
        code = known.get(text.lower()) or (
            "yyyy" if re.fullmatch(r"\d{4}", text) else "d" if text.isdigit() else ""
        )
        found.append(code)
        return code or "'" + text.replace("'", "''") + "'"

    pattern = re.sub(rf"(?:{words})(?!\w)|\d+|[^\W\d_]+", piece, example, flags=re.IGNORECASE)
    if not any(found) or found.count("d") > 1:
        raise FormatFault(
            f'the format {example!r} is no date: write it as "26 May 2023", "May 2023", '
            '"2023-05-26"'
        )
    return pattern


# What there is without an example


def _as_it_is(value: Value, unit: Unit, locale: Locale) -> Reading:
    if isinstance(value, str):
        return Reading(value)
    if isinstance(value, date):
        return Reading(str(dates.format_date(value, "long", locale=locale)))
    if unit.kind != "none" or isinstance(value, tuple):
        raise FormatFault(
            'there is no `format`: write the text as it would read, such as "$190 billion"'
        )
    is_year = value == value.to_integral_value() and 1500 < value < 2200
    return Reading(
        numbers.format_decimal(value, "0" if is_year else "#,##0.###############", locale=locale),
        value,
    )


def _plain(number: Decimal) -> str:
    """A number for a message."""
    return f"{float(number):,.6g}" if abs(number) < 10**6 else f"{float(number):,.0f}"


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError) as error:
        raise FormatFault(
            f'there is no language {language!r}: write it as "en", "de", "pt-BR"'
        ) from error
