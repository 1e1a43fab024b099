"""The changes of a column that words may mean: rose, fell, held, doubled, from one time to another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from broadsheet.checks.bind.claim_cases import StatedNumber
from broadsheet.checks.bind.compared_words import PlacedComparison
from broadsheet.checks.bind.naming.columns_here import (
    Candidate,
    ColumnHere,
    is_since_then,
)
from broadsheet.checks.bind.naming.named_values import is_dated
from broadsheet.checks.bind.naming.passages import PlacedWords

_TO_REACHED = re.compile(r",?\s*(?:again )?(?:to|auf)\s+[^.;:\d]{0,20}")
"""The words between a change and the number that it came to."""
_UNSAID_SPAN = 1.0
"""The clearness that a change lacks of which the sentence does not say from when or to when it is."""
_UNTOLD_SPAN = 5.0
"""The clearness that one lacks of which the sentence before does not say it, either."""
_REACHED = 0.6
"""The clearness that a change has in addition which comes to the number that is said."""
_FROM = re.compile(r"\b(?:from|between|von|zwischen) $", re.IGNORECASE)
_TO = re.compile(r" (?:to|and|until|bis|und) (?:in )?")
"""The words before and between two times from one of which to the other something changed."""
_AND = re.compile(r",? (?:and|und)(?: in| im)? ")
"""The words between two times of which something is said."""
_BETWEEN = re.compile(r"\b(?:between|zwischen) $", re.IGNORECASE)
_IN_YEAR = re.compile(r"\b(?:[Ii]n|[Dd]uring|[Ii]m Jahre?) $")
"""The words before a year in which something changed."""
_PERFECT = re.compile(r"\b(?:ha[ds]|have|was|were|been|is|are|hatten?|waren?|ist|sind)(?: \w+)? $")
"""The words before a change that make it one since an earlier time."""
_HELD = (0.005, 0.01, 0.02, 0.05)
"""The parts by which a value differs that is said to have held."""


def change_conditions(
    compared: PlacedComparison, here: ColumnHere, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield the changes of a column that words may mean, each from one time to another; also those of
    which the words are not true, if the sentence names both.
    """
    meaning, words = compared.meaning, compared.words
    side = compared.side
    for first, last, score in _spans(compared, here, stated):
        then, now = here.value(first), here.value(last)
        start, end = here.span(first, last)
        course = f"({here.column.code}, {start}, {end})"
        if meaning.kind in ("times", "as-much"):
            if meaning.size and then and now != then:
                yield Candidate(f"{'rose' if now > then else 'fell'}{course}", score)
        elif meaning.kind == "level":
            parts = (part for part in _HELD if abs(now - then) <= part * abs(then))
            if (part := next(parts, None)) is not None:
                code = f"held{course[:-1]}, within={part})"
                yield Candidate(code, score)
        elif (now - then) * side > 0:
            yield Candidate(f"{'rose' if side > 0 else 'fell'}{course}", score)
        elif _is_from_to(words, first, last):
            yield Candidate(course, score, is_contrary=True)


def _spans(
    compared: PlacedComparison, here: ColumnHere, stated: Sequence[StatedNumber]
) -> Iterator[tuple[Any, Any, float]]:
    """Yield the times from one of which to the other something may have changed, with the clearness."""
    words = compared.words
    reached = _reached(words, stated)
    for first, last, clear in here.spans():
        if not (is_dated(first) and is_dated(last)) or _are_times_each(words, first, last):
            continue
        is_year = first not in here.labels and _is_of_year(words, here, last)
        if first not in here.labels and not (compared.is_on_time_before or is_year):
            continue
        is_reached = here.at(last) in reached
        if here.at(first) in reached:
            continue  # it came to the number, and did not begin at it
        begins, ends = here.labels.get(first, 1), here.labels.get(last, 1)
        if begins >= 0.5 > ends and not is_reached:
            continue  # the sentence says from when on, and not to when
        score = here.naming + clear + _REACHED * is_reached
        if is_year:
            score += 0.4 * here.labels[last] - _UNSAID_SPAN * is_reached
        elif begins < 0.5 and not is_since_then(words):
            is_before = words.is_in_sentence_before(first)
            score -= _UNSAID_SPAN * (not is_reached) if is_before else _UNTOLD_SPAN
        yield first, last, score


def _reached(words: PlacedWords, stated: Sequence[StatedNumber]) -> set[str]:
    """Return the codes of the values to which a change came, "fell to 12"."""
    return {
        value.value
        for number in stated
        if number.words.start >= words.end
        and _TO_REACHED.fullmatch(words.sentence, words.end, number.words.start)
        for value in number.values
    }


def _is_from_to(words: PlacedWords, first: Any, last: Any) -> bool:
    """True if a sentence tells of the change from one time to another."""
    return any(map(_FROM.search, _before_both(words, first, last, _TO)))


def _are_times_each(words: PlacedWords, first: Any, last: Any) -> bool:
    """True if something is said of each of two times, "in 2022 and 2024", and not from one to the other."""
    return not all(map(_BETWEEN.search, _before_both(words, first, last, _AND)))


def _before_both(
    words: PlacedWords, first: Any, last: Any, between: re.Pattern[str]
) -> Iterator[str]:
    """Yield the text before two times of a sentence that have some words between them."""
    for start, end in words.positions(first):
        if any(
            end < next_start and between.fullmatch(words.sentence, end, next_start)
            for next_start, _ in words.positions(last)
        ):
            yield words.sentence[:start]


def _is_of_year(words: PlacedWords, here: ColumnHere, label: Any) -> bool:
    """True if words tell of a change in a year, from the one before on, and of no other time: "In 2022
    trade grew"; not "by 2022 it had grown", nor "in 2022 it added one site".
    """
    column, is_perfect = here.column, _PERFECT.search(words.sentence[: words.start])
    others = [each for each, clear in here.labels.items() if each != label and clear >= 0.5]
    is_verb = words.text.isalpha()
    if others or is_perfect or is_since_then(words) or not (is_verb and isinstance(label, int)):
        return False
    return label - 1 == column.before.get(label) and any(
        _IN_YEAR.search(words.sentence[:start]) for start, _ in words.positions(label)
    )
