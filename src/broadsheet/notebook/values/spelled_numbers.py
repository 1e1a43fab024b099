"""Numbers in words after an example: "a third", "three times", "third", "three"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale

from broadsheet.notebook.values.fact_words import words_in
from broadsheet.notebook.values.rounding import PLAIN, Rounding
from broadsheet.notebook.values.units import Unit
from broadsheet.notebook.values.values import (
    FormatFault,
    MisfitError,
    Reading,
    in_message,
    whole_number,
)
from broadsheet.text.language import notation_of
from broadsheet.text.lexicon import FactWords, any_of
from plotly_alive.text.numbers import COUNT

IN_WORDS, MOST_IN_WORDS = 12, 99
"""The highest count that is spelled out; and the highest after an example above that."""
PLAIN_FRACTION, ROUGH_FRACTION, SIDED_FRACTION = Decimal("0.005"), Decimal("0.017"), Decimal("0.03")
"""The most that a share may be off "a third", "about a third", and "nearly" or "over a third"."""

_Span = tuple[int, int]


def spelled_out(
    value: Decimal, unit: Unit, example: str, round_to: Rounding, locale: Locale
) -> Reading | None:
    """Return the text of a value after an example in words; None if the example has none.
    Raises :class:`FormatFault`.
    """
    speller = _Speller(value, unit, example, round_to, locale, words_in(locale.language))
    for fraction_names in speller.words.fractions:
        if span := _phrase(fraction_names, example):
            return speller.fraction(span, fraction_names)
    for twice, times in speller.words.multiples:
        counts = "|".join(speller.words.counts[2:])
        multiple = rf"\b(?:{twice}|{times.format(f'(?:{counts})')})\b"
        if match := re.search(multiple, example, re.IGNORECASE):
            return speller.multiple(match.span(), twice, times)
    for names in speller.words.ranks:
        if span := _phrase(names[1:], example):
            number = whole_number(value, example)
            rank = names[number] if number < len(names) else rank_in_figures(number, locale)
            return Reading(_put(example, span, rank), value)
    if span := _phrase([*speller.words.counts, *speller.words.ones], example):
        return speller.count(span)
    return None


@dataclass(frozen=True)
class _Speller:
    """A value, and the example for its text."""

    value: Decimal
    """The value."""
    unit: Unit
    """Its unit."""
    example: str
    """The example, without its rounding word."""
    round_to: Rounding
    """The meaning of the rounding word."""
    locale: Locale
    """The language."""
    words: FactWords
    """The words of the language."""

    def fraction(self, span: _Span, names: Mapping[str, Fraction]) -> Reading:
        """Return the text with a plain fraction at ``span``."""
        if self.unit.kind not in ("percent", "ratio"):
            raise FormatFault(
                f"the format {self.example!r} is a fraction: say whether the value is of a hundred "
                '(unit="percent") or of one (unit="ratio")'
            )
        whole = Decimal(100) if self.unit.kind == "percent" else Decimal(1)
        share = self.value / whole
        tolerance = (
            PLAIN_FRACTION
            if self.round_to is PLAIN
            else SIDED_FRACTION
            if self.round_to.side
            else ROUGH_FRACTION
        )
        word = Rounding(self.round_to.side, True, self.round_to.or_equal)
        parts = {
            name: Decimal(fraction.numerator) / fraction.denominator
            for name, fraction in names.items()
        }
        fitting = [name for name, part in parts.items() if word.holds(part, share, tolerance)]
        if not fitting:
            raise MisfitError(
                f"no plain fraction lies close enough to {in_message(share * 100)} percent: give another "
                'example beside this one, such as "about 30 percent"'
            )
        name = min(fitting, key=lambda fit: abs(parts[fit] - share))
        return Reading(_put(self.example, span, name), parts[name] * whole)

    def multiple(self, span: _Span, twice: str, times: str) -> Reading:
        """Return the text with a multiple at ``span``."""
        if self.unit.kind in ("percent", "amount"):
            raise FormatFault(
                f"the format {self.example!r} is a multiple, and the unit is {self.unit.text!r}: "
                "give a ratio"
            )
        number = self.round_to.rounded(self.value, Decimal(1))
        word = Rounding(0, is_near=True) if self.round_to is PLAIN else self.round_to
        if number < 2 or not word.holds(number, self.value):
            raise MisfitError(
                f"{in_message(self.value)} is no whole multiple: give another example beside "
                f'{self.example!r}, such as "2.1 times"'
            )
        count = self.spelled(int(number), MOST_IN_WORDS)
        name = twice if number == 2 else times.format(count)
        return Reading(_put(self.example, span, name), number)

    def count(self, span: _Span) -> Reading:
        """Return the text with a count at ``span``."""
        number = self.round_to.rounded(self.value, Decimal(1))
        if self.round_to is PLAIN:
            number = Decimal(whole_number(self.value, self.example))
        elif not self.round_to.holds(number, self.value):
            raise MisfitError(
                f"{self.example!r} after a rounding word does not fit {in_message(self.value)}"
            )
        shown = self.example[slice(*span)].lower()
        if number == 1 and self.words.ones:
            if shown not in (*self.words.ones, self.words.counts[1]):
                raise MisfitError(
                    f"one is declined, and the format {self.example!r} does not say how: give an "
                    f"example beside it that does, such as {self.words.ones[0]!r}"
                )
            return Reading(self.example, number)
        is_small = shown in (*self.words.counts[: IN_WORDS + 1], *self.words.ones)
        limit = IN_WORDS if is_small else MOST_IN_WORDS
        count = self.spelled(int(number), limit)
        return Reading(_put(self.example, span, count), number)

    def spelled(self, number: int, limit: int) -> str:
        """Return a count in words up to ``limit``, in figures above."""
        is_spelled = 0 <= number <= limit
        return (
            self.words.counts[number]
            if is_spelled
            else COUNT.write(number, notation_of(self.locale))
        )


def rank_in_figures(number: int, locale: Locale) -> str:
    """Return a rank in figures: 22nd, "22."."""
    ordinals = words_in(locale.language).ordinals
    form = ordinals.get(locale.ordinal_form(number)) or ordinals.get("other", "{}")
    return form.replace("{}", COUNT.write(number, notation_of(locale)))


def after_a_rank(locale: Locale) -> re.Pattern[str]:
    """Return a pattern of the text after the figures of a rank: "rd", "."."""
    return _ends_of_ranks(tuple(words_in(locale.language).ordinals.values()))


@lru_cache(maxsize=64)
def _ends_of_ranks(ordinals: tuple[str, ...]) -> re.Pattern[str]:
    ends = [form.partition("{}")[2] for form in ordinals]
    forms = [re.escape(end) + (r"\b" if end.isalpha() else r"(?=\s)") for end in ends if end]
    return re.compile("|".join(forms) or "(?!)")


def _phrase(phrases: Iterable[str], example: str) -> _Span | None:
    """Return the position of the first of some words in an example, the longest of them first."""
    match = re.search(rf"\b(?:{any_of(phrases)})\b(?!-)", example, re.IGNORECASE)
    return match.span() if match else None


def _put(example: str, span: _Span, words: str) -> str:
    """Return ``example`` with other words in place of its own; a capital stays one."""
    if example[span[0]].isupper():
        words = words[0].upper() + words[1:]
    return example[: span[0]] + words + example[span[1] :]
