"""Counts beside a list: "three partners, China and India" names two.

A list stands behind a number and a noun, after a comma or a colon, and has names or days alone. One that
names only some of them, "among them", "including", is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from broadsheet.text.lexicon import Lexicon, any_of

_SMALL = 12
_NAME = r"[A-ZÄÖÜ][\w’'.-]*"
_LINK = r"(?:of|the|de|la|le|al|van|von|der|di|du|and|region|city|state|district|island|old|town)"
_LEAD = r"(?:die|der|das|den|dem|in|im|at|on|to|from|auf|am|an|bei|aus|nach)"


def miscounted(sentence: str, words: Lexicon) -> Iterator[tuple[str, int, list[str]]]:
    """Yield each count of a sentence that does not fit the list behind it: its words, the number,
    and the names of the list.
    """
    forms = _forms(words)
    lowered = sentence[:1].lower() + sentence[1:]
    for match in forms.counted.finditer(lowered):
        if forms.partly.search(match["noun"]) or forms.partly.search(match["list"]):
            continue
        items = [item.strip() for item in forms.between.split(match["list"]) if item.strip()]
        are_names = all(_is_item(item, forms.day) for item in items)
        goes_on = len(items) == 1 and forms.next.search(lowered, match.end() - 2)
        if not items or not are_names or goes_on:
            continue
        joined = len(forms.joined.findall(match["list"]))
        least = len(items) - max(0, joined - 1)  # "Trinidad and Tobago" is one name
        number = forms.counts[match["number"]]
        if not least <= number <= len(items):
            yield sentence[match.start() : match.end("noun")], number, items


@dataclass(frozen=True)
class _Forms:
    """The words and patterns of a language for counts and the lists behind them."""

    counts: Mapping[str, int]
    """The numbers in words."""
    counted: re.Pattern[str]
    """A number, a noun, and the list behind them."""
    between: re.Pattern[str]
    """The signs and words between the names of a list."""
    joined: re.Pattern[str]
    """An "and" between two names."""
    next: re.Pattern[str]
    """An "and" behind a comma."""
    partly: re.Pattern[str]
    """Words of a list of some alone: "among them"."""
    day: re.Pattern[str]
    """A day."""


@cache
def _forms(words: Lexicon) -> _Forms:
    meanings = words.meanings
    counts = {word: number for number, word in enumerate(words.facts.counts[: _SMALL + 1])}
    joins, numbers = any_of(meanings.joins), any_of(list(counts)[2:])
    being = words.check.classes.get("being")
    verbs = any_of(being.words if being else ())
    noun = rf"(?: (?!(?:{verbs}|{numbers})[,:]?(?: |$))[^\W\d_]+)"
    first = "" if meanings.capital_nouns else "(?! [A-ZÄÖÜ])"
    counted = (
        rf"(?<![\w-])(?P<number>{numbers})"
        rf"(?P<noun>(?:{first}{noun}){{1,6}}?(?:,|:)|(?:{first} [^\W\d_]+){{1,6}}?:) "
        rf"(?P<list>[^;:.()]+?)(?:, (?!(?:{joins}) |(?:(?:{_LINK}|{_LEAD}) )+[A-ZÄÖÜ])(?=[a-z])|[;.()]|$)"
    )
    return _Forms(
        counts,
        re.compile(counted),
        re.compile(rf", (?:{joins}) | (?:{joins}) |, "),
        re.compile(rf"(?<!,) (?:{joins}) "),
        re.compile(rf", (?:{joins}) "),
        re.compile(rf"\b(?:{any_of(meanings.partly)})\b", re.IGNORECASE),
        re.compile(
            rf"(?:on |am )?(?:the )?\d{{1,2}}\.? (?i:{any_of(meanings.months)})(?: \d{{4}})?"
        ),
    )


def _is_item(text: str, day: re.Pattern[str]) -> bool:
    """Return True if a part of a list is a name, or a day."""
    name = rf"(?:(?:{_LINK}|{_LEAD}) )*{_NAME}(?: (?:{_NAME}|{_LINK}))*"
    return day.fullmatch(text) is not None or re.fullmatch(name, text) is not None
