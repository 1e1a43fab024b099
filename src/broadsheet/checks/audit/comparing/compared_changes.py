"""The readings of comparisons of changes: "grew faster than France", "rose more in 2024 than in 2023", "the
rise was larger in Texas than in Ohio".

One change may be larger than another in amount, and smaller in percent. Only what holds in both is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broadsheet.checks.audit.comparing.compared_words import ComparedWords
from broadsheet.checks.audit.comparing.comparisons import (
    at_two_times,
    comparisons_in,
    pivot_of,
)
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import unit_of_measure
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, distinct
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.verify.wording.meaning_rules import Meaning

_SIDES = {"faster": 1, "more": 1, "slower": -1, "less": -1}
"""The kinds of meanings that compare changes, and 1 for the larger, -1 for the smaller."""
_TOGETHER = 4
"""The most letters between "rose" and "more", as of "by"."""


@dataclass(frozen=True)
class _Change:
    """The change of the measure for some labels from one time to another."""

    places: tuple[int, ...]
    """The later cell and the earlier one."""
    amount: float
    """By how much it changed."""
    part: float | None
    """The part of the earlier value that this is; None if that is not above 0."""


def all_comparisons(judge: Judge) -> Iterator[tuple[ComparedWords, AuditReading]]:
    """Yield the readings of the comparisons of a sentence, with their words: those that say which of two
    changes is the larger, and all others.
    """
    ways = {
        ComparedWords(meaning.start, meaning.end): (way, _SIDES[meaning.kind])
        for meaning in judge.sentence.meanings
        if meaning.kind in _SIDES and not meaning.is_denied and (way := _way(judge, meaning))
    }
    for words, (way, side) in ways.items():
        changes = _two_changes(judge, words)
        if changes is not None:
            yield words, _reading(judge, changes, way, side)
    for words, reading in comparisons_in(judge):
        if words not in ways:
            yield words, reading


def _way(judge: Judge, meaning: Meaning) -> int:
    """Return 1 if the words are of rises, -1 if of falls, 0 if of no changes, or of both."""
    sentence = judge.sentence
    moved = [
        each
        for each in sentence.meanings
        if each.kind in ("up", "down") and each.end <= meaning.start
    ]
    start, _ = sentence.around(meaning)
    nouns = judge.words.doubts["growth"].search(sentence.low, start, meaning.start)
    is_beside = any(meaning.start - each.end <= _TOGETHER for each in moved)
    is_of_pace = meaning.kind in ("faster", "slower")
    if not (is_beside or nouns or is_of_pace) or judge.is_of_changes:
        return 0
    ways = {1 if each.kind == "up" else -1 for each in moved if each.start >= start}
    if not ways and nouns and judge.words.has("up", nouns[0]):
        ways = {1}
    return ways.pop() if len(ways) == 1 else 0


def _two_changes(judge: Judge, words: Placed) -> tuple[_Change, _Change] | None:
    """Return the change that is compared, and the one that it is compared with; None if the sentence does
    not name two, each of one label from one time to another.
    """
    sentence, pivot = judge.sentence, pivot_of(judge.sentence, words)
    labels = [each for each in judge.mentions if each.start >= 0]
    left = [each for each in labels if each.start < pivot]
    right = [each for each in labels if each.start >= pivot]
    times = distinct(sentence.times)
    if pivot <= words.start or any(time.key % 10_000 for time in times):
        return None
    if len(left) == len(right) == 1 and len(times) in (1, 2):
        later, earlier = times[-1], times[0] if len(times) == 2 else times[0].year_before
        is_range = len(times) == 2 or times[0].role == "at"
        pairs = [(left, later, earlier), (right, later, earlier)] if is_range else []
    elif len(times) == 2 and not right and (left or not judge.needs_label):
        others = [time for time in sentence.times if time.start >= pivot]
        firsts = [time for time in sentence.times if time.start < pivot]
        pairs = [
            (left, each[0], each[0].year_before)
            for each in (firsts, others)
            if len(each) == 1 and each[0].role == "at"
        ]
    else:
        return None
    changes = [change for each in pairs if (change := _change(judge, *each)) is not None]
    return (changes[0], changes[1]) if len(changes) == 2 else None


def _change(
    judge: Judge, labels: Sequence[LabelMention], later: TimeMention, earlier: TimeMention
) -> _Change | None:
    sides = at_two_times(judge, labels, later, earlier, sure=True)
    if sides is None or not (sides.first.is_sure and sides.other.is_sure):
        return None
    new, old = sides.first.value, sides.other.value
    return _Change(tuple(sides.places), new - old, (new - old) / old if old > 0 else None)


def _reading(judge: Judge, changes: tuple[_Change, _Change], way: int, side: int) -> AuditReading:
    first, other = changes
    offs = [(first.amount - other.amount) * way * side]
    is_in_percent = unit_of_measure(judge.measure).kind == "percent"
    if first.part is not None and other.part is not None and not is_in_percent:
        offs.append((first.part - other.part) * way * side)
    holds = {off > 0 for off in offs}
    fits = holds.pop() if len(holds) == 1 else None
    if fits and not (first.amount * way > 0 and other.amount * way > 0):
        fits = None  # the one rose and the other fell
    places = [*first.places, *other.places]
    return judge.reading("comparison of changes", places, offs[0], fits, sure=True)
