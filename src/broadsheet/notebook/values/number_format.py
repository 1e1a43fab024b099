"""Formats by example, which say how a value reads.

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
(:mod:`~broadsheet.notebook.values.rounding`). Then zeros at the end of the example say how far it is
rounded, "nearly $200 billion" to hundreds; the rounding goes to the side that the word asks for;
and where the word would not be true of the value, the format does not fit.

A value in the middle between two numbers is rounded as the example has it, if that is one of the two.

Of several examples the first serves that fits the value and that the value reaches: "$1.2 billion"
from 1 billion on, "$12 million" from 10 million on, "0.12 percent" from 0.1. The last must fit.

Figures, scale words and dates are in the language that is asked for, by Babel's CLDR data; number
words and rounding words in those that :mod:`~broadsheet.notebook.values.fact_words` has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError, dates

from broadsheet.notebook.values import rounding
from broadsheet.notebook.values.fact_words import words_in
from broadsheet.notebook.values.places import is_year
from broadsheet.notebook.values.rounding import PLAIN, Rounding
from broadsheet.notebook.values.spelled_numbers import after_a_rank, rank_in_figures, spelled_out
from broadsheet.notebook.values.units import Unit, currency_in, measures_in, starts_with_percent
from broadsheet.notebook.values.values import (
    FormatFault,
    MisfitError,
    PlainNumber,
    PlainValue,
    Reading,
    in_message,
    whole_number,
)
from broadsheet.text.language import notation_of
from broadsheet.text.lexicon import FactWords, any_of
from plotly_alive.text.numbers import MINUS, YEAR, NumberStyle


def read(value: PlainValue, unit: Unit, examples: Sequence[str], language: str) -> Reading:
    """Return the text of ``value`` after the first of ``examples`` that fits. Raises
    :class:`FormatFault`.
    """
    locale = _locale(language)
    if not examples:
        return _as_it_is(value, unit, locale)
    *others, last = examples
    for example in others:
        try:
            return _after(value, unit, example, locale, is_last=False)
        except MisfitError:
            continue
    return _after(value, unit, last, locale, is_last=True)


def scale_of(example: str, language: str) -> Decimal:
    """Return the factor of the number of an example: a million of "$1.2 million"."""
    tokens, _ = _tokens(example, _locale(language))
    return tokens[0].scale if tokens else Decimal(1)


def _after(
    value: PlainValue, unit: Unit, example: str, locale: Locale, *, is_last: bool
) -> Reading:
    """Return the text of a value after one example."""
    if isinstance(value, str):
        raise FormatFault(
            f"the format {example!r} is for a number or a date, and the value is the text {value!r}; "
            "leave `format` out"
        )
    if isinstance(value, date):
        return Reading(dates.format_date(value, _date_pattern(example, locale), locale=locale))
    _check_measure(unit, example, locale)
    word, rest, round_to = _opening(example, words_in(locale.language))
    reading = _in_figures(value, unit, rest, round_to, locale, is_last=is_last)
    if reading is None and isinstance(value, Decimal):
        reading = spelled_out(value, unit, rest, round_to, locale)
    if reading is None:
        raise FormatFault(
            f"the format {example!r} holds no number: write the text as it would read, such as "
            '"$190 billion", "12.3 percent", "a third", "three", "3rd"'
        )
    return replace(reading, text=word + reading.text)


@lru_cache(maxsize=1000)
def _opening(example: str, words: FactWords) -> tuple[str, str, Rounding]:
    """Return the rounding word of an example, the rest of it, and the rounding that it asks for."""
    meanings = rounding.known_words(words.rounding)
    word = rounding.at_start(example, meanings)
    return word, example[len(word) :], rounding.rounding_of(word, meanings)


def _as_it_is(value: PlainValue, unit: Unit, locale: Locale) -> Reading:
    """Return the text of a value without an example."""
    if isinstance(value, str):
        return Reading(value)
    if isinstance(value, date):
        return Reading(str(dates.format_date(value, "long", locale=locale)))
    if unit.kind != "none" or isinstance(value, tuple):
        raise FormatFault(
            'there is no `format`: write the text as it would read, such as "$190 billion"'
        )
    style = YEAR if is_year(value) else NumberStyle(most=15)
    return Reading(style.write(value, notation_of(locale)), value)


# Figures

_SIGNED = re.compile(r"(?<!\w)(?P<sign>[-−+])(?P<symbol>(?:[A-Z]{0,3}[$€£¥]|[A-Z]{3}[ \u00a0]?))$")


@dataclass(frozen=True)
class _Token:
    """A number of an example, and the text before it."""

    before: str
    """The text before it."""
    sign: str
    """Its sign; "" if it has none."""
    digits: str
    """Its figures, with the marks of groups and decimals."""
    scale: Decimal
    """The factor of its scale word: a million."""
    space: str
    """The space before the scale word."""
    scale_word: str
    """The scale word; "" if there is none."""
    grouped: bool
    """Its digits are grouped, or too few to tell."""
    decimals: int
    """The number of its decimals."""
    example: Decimal
    """The number itself."""
    symbol: str = ""
    """The symbol of a currency between the sign and the digits: `-$1.2 billion`."""

    def step(self, round_to: Rounding) -> Decimal:
        """Return the unit of rounding: the example's last decimal; or its zeros, after a rounding
        word.
        """
        digits = re.sub(r"\D", "", self.digits)
        has_zeros = round_to is not PLAIN and not self.decimals and self.example
        zeros = len(digits) - len(digits.rstrip("0")) if has_zeros else 0
        return Decimal(1).scaleb(zeros - self.decimals)

    def leeway(self, round_to: Rounding) -> Decimal:
        """Return the most by which rounding alone changes the number, in the plain unit; 0 if
        it is rounded to zeros.
        """
        step = self.step(round_to)
        return Decimal(0) if step > 1 else step * self.scale / (1 if round_to.side else 2)

    def written_sign(self, number: Decimal) -> str:
        """Return the sign of a number, at its position in the example."""
        if number >= 0:
            return "+" if self.sign == "+" and number else ""
        return "-" if self.sign == "-" else MINUS


def _in_figures(
    value: PlainNumber,
    unit: Unit,
    example: str,
    round_to: Rounding,
    locale: Locale,
    *,
    is_last: bool,
) -> Reading | None:
    """Return the text of a value after an example in figures; None if the example has no
    figures.
    """
    tokens, after = _tokens(example, locale)
    if not tokens:
        return None
    amounts = value if isinstance(value, tuple) else (value,)
    if len(tokens) != len(amounts):
        raise FormatFault(
            f"the format {example!r} has {len(tokens)} numbers ({', '.join(t.digits for t in tokens)}), "
            f"and the value has {len(amounts)}: one fact is one number, or a pair for a range"
        )
    if len(tokens) == 2 and not tokens[0].scale_word and tokens[1].scale_word:
        tokens = replace(tokens[0], scale=tokens[1].scale), tokens[1]
    if sign := after_a_rank(locale).match(after):
        rank = rank_in_figures(whole_number(amounts[0], tokens[0].digits + sign[0]), locale)
        return Reading(tokens[0].before + rank + after[sign.end() :], amounts[0])
    _check_currency(unit, example, locale)
    text, stated = "", list[Decimal]()
    for amount, token in zip(amounts, tokens, strict=True):
        factor = _factor(unit, token, example, after, locale)
        written, number = _written(amount * factor, token, round_to, locale, is_last=is_last)
        text += token.before + written
        stated.append(number / factor)
        tolerance = max(abs(stated[-1]) * rounding.NEAR, token.leeway(round_to) / factor)
        if round_to is not PLAIN and not round_to.holds(stated[-1], amount, tolerance):
            raise MisfitError(
                f"the format {example!r} after a rounding word does not fit "
                f"{f'{in_message(amount)} {unit.text}'.strip()}: it would say {in_message(stated[-1])}"
            )
    return Reading(text + after, (stated[0], stated[1]) if len(stated) == 2 else stated[0])


def _tokens(example: str, locale: Locale) -> tuple[tuple[_Token, ...], str]:
    """Return the numbers of an example, and the text after the last."""
    return _tokens_with(example, locale, words_in(locale.language))


@lru_cache(maxsize=1000)
def _tokens_with(example: str, locale: Locale, words: FactWords) -> tuple[tuple[_Token, ...], str]:
    tokens, end = list[_Token](), 0
    scales = _scales(locale, words)
    group_mark = notation_of(locale).group
    for match in _pattern_with(locale, tuple(scales)).finditer(example):
        digits, word = match["digits"], match["scale"] or ""
        whole, _, part = digits.partition(notation_of(locale).decimal)
        bare = re.sub(r"\D", "", whole)
        before, sign, symbol = example[end : match.start()], match["sign"] or "", ""
        if signed := _SIGNED.search(before):
            before, sign, symbol = before[: signed.start()], signed["sign"], signed["symbol"]
        tokens.append(
            _Token(
                before,
                sign,
                digits,
                Decimal(10) ** scales.get(word.lower(), 0),
                match["space"] or "" if word else "",
                word,
                group_mark in whole or len(bare) < 4,
                len(part),
                Decimal(f"{bare}.{part}" if part else bare),
                symbol,
            )
        )
        end = match.end()
    return tuple(tokens), example[end:]


@lru_cache(maxsize=64)
def _pattern_with(locale: Locale, scales: tuple[str, ...]) -> re.Pattern[str]:
    decimal_mark = re.escape(notation_of(locale).decimal)
    group_mark = re.escape(notation_of(locale).group)
    words = "|".join(map(re.escape, sorted(scales, key=len, reverse=True)))
    return re.compile(
        rf"(?P<sign>(?<!\w)[-−+](?=\d))?(?P<digits>\d+(?:{group_mark}\d{{3}})*(?:{decimal_mark}\d+)?)"
        rf"(?:(?P<space>[ \u00a0]?)(?P<scale>{words})(?!\w))?",
        re.IGNORECASE,
    )


def _written(
    amount: Decimal, token: _Token, round_to: Rounding, locale: Locale, *, is_last: bool
) -> tuple[str, Decimal]:
    """Return the text of an amount, in the plain unit, after a token; and the number in that
    text.
    """
    scaled = amount / token.scale
    if scaled < 0 and not token.sign:
        raise FormatFault(
            f"the value is negative and the example {token.digits!r} has no sign: give the value without "
            "its sign, or an example with one"
        )
    step = token.step(round_to)
    number = round_to.rounded(scaled, step)
    if round_to is PLAIN and abs(abs(scaled) - token.example) * 2 == step:
        number = token.example.copy_sign(scaled)  # just as near, and as the author rounds it
    size = Decimal(1).scaleb(token.example.adjusted()) if token.example else Decimal(0)
    if not is_last and abs(scaled) < size * Decimal("0.995") and round_to.side <= 0:
        raise MisfitError("too small for this example")
    if not number and scaled:
        raise MisfitError(
            f"the value, {in_message(scaled)}, would read {in_message(number)}: give an example with more "
            "decimals, or one in a smaller unit"
        )
    style = NumberStyle(token.decimals, token.decimals, is_grouped=token.grouped)
    figures = style.write(abs(number), notation_of(locale))
    word = token.space + _scale_word(token, number, locale)
    sign = token.written_sign(number) + token.symbol
    return sign + figures + word, number * token.scale


def _factor(unit: Unit, token: _Token, example: str, after: str, locale: Locale) -> Decimal:
    """Return the factor that brings the value to the plain unit of the example."""
    if starts_with_percent(after, locale.language):
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


def _check_measure(unit: Unit, example: str, locale: Locale) -> None:
    """Raise :class:`FormatFault` for a format in another known unit than the value's."""
    ours, theirs = (measures_in(text, str(locale)) for text in (unit.text, example))
    is_money = bool(currency_in(unit.text, "en") and currency_in(example, str(locale)))
    if not ours or not theirs or is_money or not {*ours.values()}.isdisjoint(theirs.values()):
        return
    figures = re.search(r"\d[\d.,]*(?<=\d)", example)
    raise FormatFault(
        f"the format {example!r} is in {next(iter(theirs))}, and the unit is {unit.text!r}: write "
        f'"{figures[0] if figures else "12"} {unit.text}", or convert the value, and say in `unit` what it is '
        "in then"
    )


def _check_currency(unit: Unit, example: str, locale: Locale) -> None:
    shown = currency_in(example, str(locale))
    if shown and unit.currency and shown != unit.currency:
        raise FormatFault(f"the format {example!r} is in {shown}, and the unit is {unit.text!r}")
    if shown and unit.kind != "amount":
        raise FormatFault(
            f'the format {example!r} is money: say in `unit` what the value is in, such as "US$ bn"'
            + (f", not {unit.text!r}" if unit.text else "")
        )


# Scale words, as the CLDR has them in its compact formats: `0 billion`, `0 Milliarden`


def _scales(locale: Locale, words: FactWords) -> dict[str, int]:
    """Return the scale words of a language, each with its power of ten; the publication may
    have some of its own.
    """
    return _common_scales(locale) | words.scales


@cache
def _common_scales(locale: Locale) -> dict[str, int]:
    scales: dict[str, int] = {}
    for form in ("long", "short"):
        for patterns in locale.compact_decimal_formats.get(form, {}).values():
            for size, pattern in patterns.items():
                word = _word_of(pattern).lower()
                if len(word) > 1:
                    scales.setdefault(word, len(size) - _text_of(pattern).count("0"))
    return scales


def _scale_word(token: _Token, number: Decimal, locale: Locale) -> str:
    """Return the example's scale word, in the form for this number: `eine Milliarde`, `190
    Milliarden`.
    """
    forms = _forms_of_scale(token.scale.adjusted(), locale)
    if token.scale_word not in forms.values():
        return token.scale_word
    return forms.get(locale.plural_form(number)) or forms.get("other") or token.scale_word


@lru_cache(maxsize=64)
def _forms_of_scale(power: int, locale: Locale) -> Mapping[str, str]:
    """Return the word of a power of ten in each of its forms: `one`, `other`."""
    size, long = str(10**power), locale.compact_decimal_formats.get("long", {})
    return {plural: _word_of(long[plural][size]) for plural in long if size in long[plural]}


def _word_of(pattern: object) -> str:
    return re.sub(r"[0¤'\s\u00a0]", "", _text_of(pattern))


def _text_of(pattern: object) -> str:
    return str(getattr(pattern, "pattern", pattern))


# Dates


def _date_pattern(example: str, locale: Locale) -> str:
    """Return Babel's pattern for a date that is written like ``example``."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", example):
        return "yyyy-MM-dd"
    names = _date_names(locale)
    words = any_of(names)
    codes: list[str] = []

    def piece(match: re.Match[str]) -> str:
        text = match[0]
        figures = "yyyy" if re.fullmatch(r"\d{4}", text) else "d" if text.isdigit() else ""
        codes.append(names.get(text.lower()) or figures)
        return codes[-1] or "'" + text.replace("'", "''") + "'"

    pattern = re.sub(rf"(?:{words})(?!\w)|\d+|[^\W\d_]+", piece, example, flags=re.IGNORECASE)
    if not any(codes) or codes.count("d") > 1:
        raise FormatFault(
            f'the format {example!r} is no date: write it as "26 May 2023", "May 2023", '
            '"2023-05-26"'
        )
    return pattern


@cache
def _date_names(locale: Locale) -> dict[str, str]:
    """Return the names of months and days, each with the code for it in a pattern."""
    # British English abbreviates September otherwise than American.
    spoken = (locale, Locale("en"), Locale("en", "GB")) if locale.language == "en" else (locale,)
    forms = [
        (letter * length, names["format"][form])
        for language in spoken
        for letter, names in (("M", language.months), ("E", language.days))
        for length, form in ((4, "wide"), (3, "abbreviated"))
    ]
    # Of a name that is in several forms, such as May, the first one counts.
    return {str(name).lower(): code for code, names in forms[::-1] for name in names.values()}


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError) as error:
        raise FormatFault(
            f'there is no language {language!r}: write it as "en", "de", "pt-BR"'
        ) from error
