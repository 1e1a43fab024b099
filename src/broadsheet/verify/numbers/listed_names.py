"""Counts beside a list: "three partners, China and India" names two.

A list stands behind a number and a noun, after a comma or a colon, and has names or days alone. One that
names only some of them, "among them", "including", is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from broadsheet.text.lexicon import Lexicon

_SMALL = 12
_NAME = r"[A-ZÄÖÜ][\w’'.-]*"
_LINK = r"(?:of|the|de|la|le|al|van|von|der|di|du|and|region|city|state|district|island|old|town)"
_LEAD = r"(?:die|der|das|den|dem|in|im|at|on|to|from|auf|am|an|bei|aus|nach)"


def miscounted(sentence: str, words: Lexicon) -> Iterator[tuple[str, int, list[str]]]:
    """Each count of a sentence that does not fit the list behind it: its words, the number, and the
    names of the list.
    """
    forms = _forms(words)
    lowered = sentence[:1].lower() + sentence[1:]
    for match in forms.counted.finditer(lowered):
        if forms.partly.search(match["noun"]) or forms.partly.search(match["list"]):
            continue
        items = [one.strip() for one in forms.between.split(match["list"]) if one.strip()]
        are_names = all(_is_item(one, forms.day) for one in items)
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
    """What is looked for in a language: a number before a list, what stands between its names, words
    of a list of some alone, days.
    """

    counts: Mapping[str, int]
    counted: re.Pattern[str]
    between: re.Pattern[str]
    joined: re.Pattern[str]
    next: re.Pattern[str]
    partly: re.Pattern[str]
    day: re.Pattern[str]


@cache
def _forms(words: Lexicon) -> _Forms:
    given = words.meanings
    counts = {word: number for number, word in enumerate(words.facts.counts[: _SMALL + 1])}
    joins, numbers = _any_of(given.joins), _any_of(list(counts)[2:])
    being = words.check.classes.get("being")
    verbs = _any_of(being.words if being else ())
    noun = rf"(?: (?!(?:{verbs}|{numbers})[,:]?(?: |$))[^\W\d_]+)"
    first = "" if given.capital_nouns else "(?! [A-ZÄÖÜ])"
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
        re.compile(rf"\b(?:{_any_of(given.partly)})\b", re.IGNORECASE),
        re.compile(rf"(?:on |am )?(?:the )?\d{{1,2}}\.? (?i:{_any_of(given.months)})(?: \d{{4}})?"),
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"


def _is_item(text: str, day: re.Pattern[str]) -> bool:
    """Whether a part of a list is a name, or a day."""
    name = rf"(?:(?:{_LINK}|{_LEAD}) )*{_NAME}(?: (?:{_NAME}|{_LINK}))*"
    return day.fullmatch(text) is not None or re.fullmatch(name, text) is not None
