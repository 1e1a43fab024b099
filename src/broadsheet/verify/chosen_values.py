"""Values that the data choose, a year or a name, beside words that describe the one of today.

    In `{python} last`, the last year before the invasion, …

The year comes from the data, and the words after it were typed: they fit the year that the data chose
when they were written. Where the value has become another one and such words are as they were, somebody
has to read them. The words that lead from a value to its description are those of the language
(`[stale]` of `words/LANG.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from broadsheet.lexicon import lexicon
from broadsheet.verify.bound_sentences import GAP, Sentence, Value

CHOSEN = "chosen-value"
CHOSEN_MEND = (
    'Read the words. Choose them by the data, `[…|…]{if="…"}`, or rest them on a claim that names the '
    'value that they fit, `[…]{claim="year == 2021"}`.'
)
_YEAR = re.compile(r"[12]\d{3}")
_MONEY = re.compile(r"[$€£¥₹%]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\w+")


def is_label(text: str) -> bool:
    """Whether a value is the name of something, a year or a day, and no number."""
    return bool(_YEAR.fullmatch(text) or (_LETTER.search(text) and not _MONEY.search(text)))


def moved(was: Sentence, now: Sentence, language: str, own: Path) -> Iterator[str]:
    """Each value of a sentence that was chosen and is another one now, beside words that are as they
    were, as a message.
    """
    for before, after in zip_longest(was.values, now.values):
        if before is None or after is None or before.text == after.text:
            continue
        words = description(before, language, own)
        if words and words == description(after, language, own) and is_label(before.text):
            yield message(before.text, after.text, words)
    places = dict(now.places)
    for name, place in was.places:
        typed = {*_WORD.findall(was.typed)} & {*_WORD.findall(now.typed)}
        gone = [
            word
            for word in _WORD.findall(place)
            if word not in _WORD.findall(places.get(name, place)) and word[:1].isalnum()
        ]
        if words := " ".join(one for one in gone if one in typed and not one.islower()):
            yield message(place, places[name], words)


def message(before: str, after: str, words: str) -> str:
    """What is told of a value that has moved."""
    return (
        f"the value that chooses moved from {before} to {after}; the words beside it, “{words}”, are as "
        "they were: read them"
    )


def description(value: Value, language: str, own: Path) -> str:
    """The words beside a value that describe it; empty if there are none."""
    if not is_label(value.text):
        return ""
    words = lexicon(language, own).stale
    after = re.match(words.after_a_name.replace("\n", ""), value.after)
    found = after or re.search(words.before_a_name.replace("\n", ""), value.before)
    return found[0].strip(f" ,;:()–—{GAP}") if found else ""
