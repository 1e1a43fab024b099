"""The two sides of a comparison: two labels, a label at two times, or two measures of a label; each
with its level, which is a cell, or what the cells of a longer time come to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.checks.audit.audited_sentence import EVEN, AuditedSentence, Placed
from broadsheet.checks.audit.judging import Judge, Level
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, distinct
from broadsheet.checks.audit.places import WHOLE_WORLD

_THAN = re.compile(
    r"\b(?:than|as (?:much|many|high|large|big|long|heavy|populous) as|(?<=as )(?:much|many)(?: \w+){0,3} as|"
    r"compared (?:with|to)|against|behind|ahead of|that (?:of|in)|those (?:of|in)|versus|from that|"
    r"als|wie|que|de)\b"
)
_OTHER_FIRST = re.compile(
    r"(?:compared (?:with|to)|unlike|against|next to|after|verglichen mit|in contrast to)\b"
)
"""Words that open a sentence with what is compared against."""


@dataclass(frozen=True)
class Sides:
    """The two sides of a comparison, the one that the sentence is of first."""

    first: Level
    """The level of the first."""
    other: Level
    """The level of the other."""
    is_sure: bool
    """The sentence names both whole."""

    @property
    def places(self) -> list[int]:
        """The cells of both, the first of many."""
        return [*self.first.places[:6], *self.other.places[:6]]


def sides_of(judge: Judge, words: Placed) -> Sides | None:
    """Return the sides of a comparison whose words these are; None if there are not two."""
    sentence = judge.sentence
    pivot = pivot_of(sentence, words)
    is_first = not _OTHER_FIRST.match(sentence.low)
    if "local" in judge.measure.name.lower():
        return None
    mentions = _of_rows(judge, [each for each in judge.mentions if each.start >= 0])
    if len({_key(judge, each) for each in mentions}) > 2:
        world = [each for each in mentions if each.place == WHOLE_WORLD]
        mentions = [each for each in mentions if each not in world]
    left = [each for each in mentions if each.start < pivot]
    right = [each for each in mentions if each.start >= pivot and each not in left]
    if left and not right and EVEN.search(sentence.low):
        right = [each for each in judge.mentions if each.start < 0]
        mentions = [*left, *right]
    if not left and right and len(mentions) == 2:  # "than in Japan, more people live in India"
        return None
    times = [time for time in sentence.times if time.start >= 0]
    times = list(sentence.times) if len(distinct(times)) < 2 else times
    if left and right and len({_key(judge, each) for each in mentions}) == 2:
        return _of_labels(judge, (left, right), times, pivot, is_first=is_first)
    labels = judge.label_sets(words)
    if judge.needs_label and not labels:
        return None
    both = distinct(times)
    if len(both) != 2 or len({_key(judge, each) for each in mentions}) > 1:
        return None
    earlier, later = both
    behind = {time.key for time in times if time.start >= pivot}
    if len(behind) != 1 or pivot <= words.end:
        is_sure = len(behind) == 1 or pivot <= words.end
        return at_two_times(judge, labels, later, earlier, sure=is_sure)
    if behind == {later.key}:
        later, earlier = earlier, later
    return at_two_times(judge, labels, later, earlier, sure=is_first)


def _of_rows(judge: Judge, mentions: Sequence[LabelMention]) -> list[LabelMention]:
    """Return labels without those that stand directly before another of the same thing: "Ford Focus"."""
    if not judge.table.is_of_things:
        return list(mentions)
    starts = {each.start - 1: each for each in mentions}
    return [
        each
        for each in mentions
        if each.end not in starts or len(judge.codes_by_column([each, starts[each.end]])) == 1
    ]


def at_two_times(
    judge: Judge,
    labels: Sequence[LabelMention],
    first: TimeMention,
    other: TimeMention,
    *,
    sure: bool,
) -> Sides | None:
    """Return the level of some labels at a time, and at another; None if one of them has none."""
    this, that = judge.level(labels, [first]), judge.level(labels, [other])
    return None if this is None or that is None else Sides(this, that, sure)


def pivot_of(sentence: AuditedSentence, words: Placed) -> int:
    """Return the position behind which the other side of a comparison stands."""
    pivot = _THAN.search(sentence.low, max(words.start, 0))
    return pivot.start() if pivot else words.end


def _key(judge: Judge, mention: LabelMention) -> object:
    return mention.codes[judge.named.number]


def _of_labels(
    judge: Judge,
    labels: tuple[Sequence[LabelMention], Sequence[LabelMention]],
    times: Sequence[TimeMention],
    pivot: int,
    *,
    is_first: bool,
) -> Sides | None:
    """Return two labels, at one time or each at its own."""
    left, right = labels
    left_times = [time for time in times if time.start < pivot]
    right_times = [time for time in times if time.start >= pivot]
    span = times if len(_spans(times)) == 1 else None
    if span is None and times and not (len(_spans(left_times)) == len(_spans(right_times)) == 1):
        return None
    if not times and judge.table.time is not None and not judge.table.is_of_things:
        latest = judge.latest(left)
        span, is_first = ([latest] if latest else []), False
    levels = judge.level(left[-1:], span or left_times), judge.level(right[:1], span or right_times)
    return None if None in levels else Sides(levels[0], levels[1], is_first)  # type: ignore[arg-type]


def _spans(times: Sequence[TimeMention]) -> set[object]:
    """Return the distinct times, or the range that they are."""
    if [time.role for time in times] == ["from", "until"]:
        return {(times[0].key, times[1].key)}
    return {time.key for time in times}
