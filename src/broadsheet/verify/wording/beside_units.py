"""Holds the units and nouns beside a fact against its unit and its number: "euros" beside dollars, "percent"
beside percentage points, "a tonne" beside a price of a barrel, "one deaths".

Only words are compared that the file of a language lists: units under `[meanings.units]`, nouns in
one and in many under `counted`. What is in brackets is left alone: "$5 (€4)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from broadsheet.notebook.values.units import currency_in
from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.sentences import PAUSE, Span
from broadsheet.verify.wording.meaning_rules import plain

_PER = re.compile(r"\b(?:per|an?|pro|je|each)\b|/")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Stated:
    """A fact as a sentence has it."""

    start: int
    """The position of its first letter in the sentence."""
    end: int
    """The position behind its last letter."""
    text: str
    """The text of the fact."""
    value: object
    """The value that the text states."""
    unit: str
    """The unit of the value; empty if it has none."""


@dataclass(frozen=True)
class _Forms:
    """The words and patterns of a language for units and nouns beside facts."""

    families: dict[str, str]
    """The family of each word of a unit."""
    behind: re.Pattern[str]
    """A unit directly behind a fact."""
    per: re.Pattern[str]
    """A unit behind "a" or "per"."""
    of_one: re.Pattern[str]
    """A unit behind "a" or "per" and before "of"."""
    percent: re.Pattern[str]
    """Percent that are no points."""
    points: re.Pattern[str]
    """Percentage points."""
    nouns: dict[str, int]
    """The number of each form of a noun: 1, or 2 for many."""
    goes_on: re.Pattern[str]
    """The words and signs that may follow a noun that ends its phrase."""
    ones: frozenset[str]
    """The forms of the number one."""
    counts: frozenset[str]
    """All numbers in words."""


def misfits(sentence: str, fact: Stated, words: Lexicon) -> Iterator[tuple[Span, str]]:
    """Yield the words beside a fact that do not fit its unit or its number, and what they stand
    beside.
    """
    forms, low = _forms(words), plain(sentence)
    if fact.unit:
        for misfit in (_share, _unit, _divisor):
            if span := misfit(low, fact, forms):
                yield span, fact.unit
                return
    if span := _noun(low, fact, forms):
        yield span, fact.text


def _share(text: str, fact: Stated, forms: _Forms) -> Span | None:
    """Return the span of percent beside a difference of shares, or of points beside a share."""
    are_points = "point" in fact.unit or forms.points.search(plain(fact.unit)) is not None
    if not (are_points or forms.percent.search(plain(fact.unit))):
        return None
    start = fact.start + len(fact.text) - len(fact.text.lstrip("0123456789., \u00a0-−+"))
    rest = text[start : fact.end] + text[fact.end : fact.end + 24]
    at = start + len(rest) - len(rest.lstrip(" \u00a0-"))
    points = forms.points.match(text, at)
    if are_points and not points and (percent := forms.percent.match(text, at)):
        return percent.span()
    return points.span() if points and not are_points else None


def _unit(text: str, fact: Stated, forms: _Forms) -> Span | None:
    """Return the span of a unit directly behind a fact that is not the fact's."""
    ours = _families(_PER.split(plain(fact.unit), maxsplit=1)[0], forms) | _currency(fact.unit)
    match = forms.behind.match(text, fact.end)
    if not ours or not match or forms.families[match["unit"]] in ours:
        return None
    has_unit = bool(_families(plain(fact.text), forms) | _currency(fact.text))
    is_money = bool(_currency(fact.unit)) and forms.families[match["unit"]].isupper()
    return match.span("unit") if is_money or not has_unit else None


def _divisor(text: str, fact: Stated, forms: _Forms) -> Span | None:
    """Return the span of what a price is of, "a tonne", where the unit says otherwise, "US$ a
    barrel".
    """
    _, *rest = _PER.split(plain(fact.unit), maxsplit=1)
    ours = _families(rest[0], forms) if rest else set()
    if not ours:
        return None
    match = forms.per.match(text, fact.end)
    if match is None:
        pauses = [pause.end() for pause in PAUSE.finditer(text, 0, fact.start)]
        *_, match = [None, *forms.of_one.finditer(text, max(pauses, default=0), fact.start)]
    if match is None or forms.families[match["unit"]] in ours:
        return None
    return match.span()


def _noun(text: str, fact: Stated, forms: _Forms) -> Span | None:
    """Return the span of a noun in many behind one, or in one behind another number."""
    value = fact.value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 1:
        return None
    is_one = plain(fact.text) in forms.ones
    is_count = fact.text.isdigit() or plain(fact.text) in forms.counts
    if value != int(value) or not (is_one or is_count) or is_one != (value == 1):
        return None
    match = re.compile(r"[ \u00a0](?P<noun>[^\W\d_]+)(?![\w'’-])").match(text, fact.end)
    number = forms.nouns.get(match["noun"]) if match else None
    if match is None or number is None or (number == 1) == is_one:
        return None
    if number == 1 and not forms.goes_on.match(text, match.end()):
        return None  # "two country houses"
    return match.span("noun")


def _families(text: str, forms: _Forms) -> set[str]:
    return {forms.families[word] for word in _WORD.findall(text) if word in forms.families}


def _currency(text: str) -> set[str]:
    code = currency_in(text, "en")
    return {code} if code else set()


@cache
def _forms(words: Lexicon) -> _Forms:
    meanings = words.meanings
    families = {word: name for name, listed in meanings.units.items() for word in listed}
    scales, units = any_of(words.facts.scales), any_of(families)
    nouns = dict(_numbers(meanings.counted))
    follows = any_of([*meanings.after_a_noun, *meanings.joins, *meanings.at_times])
    return _Forms(
        families,
        re.compile(rf"[ \u00a0-](?:(?:{scales})[ \u00a0])?(?P<unit>{units})(?![\w-])"),
        re.compile(rf",? (?:{any_of(meanings.each)}) (?P<unit>{units})(?!\w)"),
        re.compile(
            rf"(?<!\w)(?:{any_of(meanings.each)}) (?P<unit>{units})(?= {_of(meanings.of_times)})"
        ),
        re.compile(rf"(?:{meanings.percent})(?!\w)(?![ -]?(?:{meanings.points}))"),
        re.compile(rf"(?:(?:{meanings.percent}|percentage)[ -]?)?(?:{meanings.points})(?!\w)"),
        nouns,
        re.compile(rf"[.,;:!?)]|$| (?:{follows})(?!\w)"),
        frozenset(("1", *words.facts.ones, *words.facts.counts[1:2])),
        frozenset(words.facts.counts),
    )


def _of(words: Sequence[str] | frozenset[str]) -> str:
    return rf"(?:{any_of(words)})(?!\w)"


def _numbers(listed: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Yield each form of the nouns, `man/men`, with 1 or 2; not those that are the same in both."""
    for noun in listed:
        singular, *plurals = noun.split("/")
        for form in plurals:
            if form != singular:
                yield form, 2
        if singular not in plurals:
            yield singular, 1
