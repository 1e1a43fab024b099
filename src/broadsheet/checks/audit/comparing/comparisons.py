"""The readings of comparisons without a number: "more than Japan's", "fell between 2019 and
2020", "doubled", "the only fall since 1990".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.cells import Level, level_of
from broadsheet.checks.audit.comparing.compared_columns import (
    compared_columns,
    overtaken_columns,
    rank_of_column,
)
from broadsheet.checks.audit.comparing.compared_words import ComparedWords, comparing_words
from broadsheet.checks.audit.comparing.quantified import (
    compared_over_times,
    is_in_a_row,
    is_of_each_time,
    is_of_one_alone,
    is_over_times,
    run_of,
    told_of_one,
)
from broadsheet.checks.audit.comparing.ranks import follower_of, is_limit, place_said, rank_of
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, distinct
from broadsheet.checks.audit.places import WHOLE_WORLD
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.weighing.doubts_of_changes import is_of_ends, is_of_longer_way
from broadsheet.verify.wording.meaning_rules import Meaning

SIDES = {
    "high": 1,
    "low": -1,
    "more": 1,
    "less": -1,
    "up": 1,
    "down": -1,
    "none-more": 1,
    "none-less": -1,
}
"""The kinds of meanings that compare, and 1 for more, -1 for less."""
_APART = re.compile(r"[\d.,;:()]")
"""A sign or a figure that stands between "the only fall" and the years of which it is."""
_OF_THE = re.compile(r"\bof (?:the|all|these) $|\bder $|\bdes $|\bde l[oa]s $")
"""Words before the number of all: "no country of the six"."""
_SMALL = 0.002
"""A difference below this part of a value is no surely wrong "more" or "less"."""
_THAN = re.compile(
    r"\b(?:than|as (?:much|many|high|large|big|long|heavy|populous) as|(?<=as )(?:much|many)(?: \w+){0,3} as|"
    r"compared (?:with|to)|against|behind|ahead of|that (?:of|in)|those (?:of|in)|versus|from that|"
    r"als|wie|que|qu(?=['’])|de)\b"
)
_OTHER_FIRST = re.compile(
    r"(?:compared (?:with|to)|unlike|against|next to|after|verglichen mit|in contrast to)\b"
)
"""Words that open a sentence with what is compared against."""


def comparisons_in(judge: Judge) -> Iterator[tuple[ComparedWords, AuditReading]]:
    """Yield the readings of the comparisons of a sentence, with their words."""
    sentence = judge.sentence
    told = {each.start for each in sentence.meanings if each.kind == "times"}
    placed = list(judge.words.patterns["placed"].finditer(sentence.low))
    of_columns = {
        match: readings
        for match in placed
        if (readings := list(rank_of_column(judge, *_place(judge, match))))
    }
    for meaning in comparing_words(judge):
        words = ComparedWords(meaning.start, meaning.end)
        is_noun = meaning.start == 0 and meaning.words.endswith("s")
        if meaning.kind in ("up", "down") and (meaning.start in told or is_noun):
            continue  # "doubled" is more than "rose"; "Falls accounted for" is no fall
        if meaning.is_denied or meaning.kind not in (*SIDES, "times", "as-much", "overtake"):
            continue
        if any(match.start() <= meaning.start < match.end() for match in of_columns):
            continue
        for reading in _readings(judge, meaning, words):
            yield words, reading
    yield from _only_changes(judge)
    for match in judge.words.patterns["followed"].finditer(sentence.low):
        words = ComparedWords(*match.span())
        for reading in follower_of(judge, words):
            yield words, reading
    for match in placed:
        words = ComparedWords(*match.span())
        for reading in of_columns.get(match) or rank_of(judge, words, *_place(judge, match)):
            yield words, reading


def _place(judge: Judge, match: re.Match[str]) -> tuple[int, int]:
    """Return 1 for a place from the top, -1 for one from the bottom, and the place."""
    return -1 if match["last"] else 1, place_said(judge, match)


def _only_changes(judge: Judge) -> Iterator[tuple[ComparedWords, AuditReading]]:
    """Yield the reading of "the only fall since 1990" of a time that the sentence has, or the one before:
    the number of such changes from each time to the next.
    """
    sentence, since = judge.sentence, judge.sentence.since
    match = judge.words.patterns["only-change"].search(sentence.low)
    times = [time for time in sentence.times if time.role == "at"]
    line = judge.series(judge.label_sets(ComparedWords(*match.span()))) if match else None
    if match is None or line is None or since is None or len(times) != 1 or not judge.is_of_years:
        return
    behind = sentence.low[match.end() :].lstrip()
    between = sentence.low[match.end() : since.start] if since.start > match.end() else ""
    is_ranged = bool(between) and _APART.search(between) is None
    is_said = is_ranged or judge.words.patterns["since"].match(behind) is not None
    if behind[:1] not in (".", ",", ";", "") and not is_said:
        return  # "the only increase above 20 percent"
    places, keys = line
    side = 1 if match["up"] else -1
    changes = np.diff(judge.measure.values[places]) * side
    is_such = (changes > 0) & (keys[1:] > since.bounds[1])
    if sentence.until is not None:
        is_such &= keys[1:] <= sentence.until.bounds[1]
    if not match["only"]:
        is_such &= keys[1:] <= times[0].bounds[1]
    at = np.flatnonzero(is_such)
    if len(at):
        operands = [int(place) for place in places[at + 1]]
        fits = len(at) == 1 and keys[at[0] + 1] == times[0].key
        yield (
            ComparedWords(*match.span()),
            judge.reading("count", operands, float(len(at)), bool(fits), sure=True),
        )


def _readings(judge: Judge, meaning: Meaning, words: ComparedWords) -> Iterator[AuditReading]:
    side = SIDES.get(meaning.kind, 0)
    numbers = [
        each
        for each in judge.sentence.quantities
        if each.kind != "rank" and not _OF_THE.search(judge.sentence.low[: each.start])
    ]
    is_apart = judge.sentence.low.startswith(",", words.end)  # "even lower, at 35 percent"
    is_numbered = not is_apart and any(
        each.start < words.end + 12 and words.start < each.end for each in numbers
    )
    if meaning.kind in ("up", "down") and any(
        words.start < each.start and each.end <= words.end for each in numbers
    ):
        return  # "lost two thirds" is told by its number
    is_none = meaning.kind in ("none-more", "none-less")
    if meaning.kind in ("high", "low", "none-more", "none-less") and not (is_none and is_numbered):
        yield from rank_of(judge, words, side, int(meaning.size or 1), among_labels=is_none)
    elif meaning.kind in ("more", "less") and not is_numbered:
        pivot = pivot_of(judge.sentence, words)
        if judge.words.patterns["than-any"].match(judge.sentence.low, pivot):
            yield from rank_of(judge, words, side, 1, among_labels=True)
            return
        yield from _compared(judge, words, side)
    elif meaning.kind == "overtake":
        yield from _overtaken(judge, words)
        yield from overtaken_columns(judge, words)
    elif meaning.kind in ("up", "down") and not (is_numbered and _is_by_number(judge, words)):
        yield from _moved(judge, words, side)
    elif (
        meaning.kind in ("times", "as-much")
        and meaning.size
        and not re.search(r"\d", meaning.words)
    ):
        yield from _multiplied(judge, meaning, words)


def _is_by_number(judge: Judge, words: ComparedWords) -> bool:
    """True if a number behind words of a rise or a fall says by how much."""
    behind = judge.sentence.low[words.end : words.end + 30]
    return re.match(r"(?: \w+){0,2} (?:by|um|de|en)\b(?: \w+){0,2} \S?\d", behind) is not None


def _compared(judge: Judge, words: ComparedWords, side: int) -> Iterator[AuditReading]:
    sides = sides_of(judge, words)
    if sides is None or not _are_two_things(judge, sides):
        pivot = pivot_of(judge.sentence, words)
        of_columns = list(compared_columns(judge, words, side, pivot))
        yield from of_columns
        sides = None if of_columns else sides
    if sides is not None and is_over_times(judge) and _are_two_things(judge, sides):
        cells = [sides.first.places[0], sides.other.places[0]]
        yield from compared_over_times(judge, cells, side)
    elif sides is not None:
        yield _pair(judge, words, sides, side)


def _are_two_things(judge: Judge, sides: Sides) -> bool:
    """True if the sides of a comparison have other labels, and not only other times."""
    first, other = sides.first.places[0], sides.other.places[0]
    return any(column.codes[first] != column.codes[other] for column in judge.table.labels)


def _pair(judge: Judge, words: ComparedWords, sides: Sides, side: int) -> AuditReading:
    this, that = sides.first.value, sides.other.value
    off = (this - that) * side
    fits: bool | None = off > 0
    if not fits and abs(off) < _SMALL * max(abs(this), abs(that)):
        fits = None if off else False
    is_sure = sides.is_sure and sides.first.is_sure and sides.other.is_sure
    reading = judge.reading("comparison", sides.places, this - that, fits, sure=is_sure)
    return (
        told_of_one(judge, reading, sides.places, side)
        if is_of_one_alone(judge, words)
        else reading
    )


def _overtaken(judge: Judge, words: ComparedWords) -> Iterator[AuditReading]:
    """Yield the reading of "China overtook the United States in 2006"."""
    left = [mention for mention in judge.mentions if 0 <= mention.start < words.start]
    right = [mention for mention in judge.mentions if mention.start >= words.end]
    times = judge.sentence.times
    if len(times) != 1 or times[0].key % 10_000 or not left or not right:
        return
    levels = [
        level
        for time in (times[0], times[0].year_before)
        for labels in (left[-1:], right[:1])
        if (level := level_of(judge, labels, [time]))
    ]
    if len(levels) != 4:
        return
    now_first, now_other, first_before, other_before = (level.value for level in levels)
    yield judge.reading(
        "comparison",
        [level.places[0] for level in levels],
        now_first - now_other,
        now_first > now_other and first_before <= other_before,
        sure=True,
    )


def _moved(judge: Judge, words: ComparedWords, side: int) -> Iterator[AuditReading]:
    """Yield the reading of "rose between 2019 and 2020"."""
    times = distinct(judge.sentence.times)
    labels = judge.label_sets(words)
    columns = judge.codes_by_column([each for each in judge.mentions if each.start >= 0])
    is_of_several = any(len(codes) > 1 for codes in columns.values())
    if judge.needs_label and (not labels or is_of_several):
        return
    if is_of_each_time(judge) or is_in_a_row(judge):
        yield from run_of(judge, labels, side)
        return
    if len(times) == 1:
        yield from _moved_in(judge, words, side, labels, times[0])
    if len(times) != 2:
        return
    is_spanned = any(time.role in ("from", "until") for time in judge.sentence.times) or re.search(
        r"\bfrom\b.*\bto\b|\bvon\b.*\bauf\b", judge.sentence.low
    )
    is_sure = bool(is_spanned) and is_of_ends(judge)
    sides = at_two_times(judge, labels, times[1], times[0], sure=is_sure)
    if sides is not None:
        yield _pair(judge, words, sides, side)


def _moved_in(
    judge: Judge,
    words: ComparedWords,
    side: int,
    labels: Sequence[LabelMention],
    year: TimeMention,
) -> Iterator[AuditReading]:
    """Yield the reading of "rose in 2023": from the year before. A noun is hardly of the whole year."""
    low = judge.sentence.low
    is_of_loss = judge.words.doubts["lost"].search(low, words.start, words.end)
    is_no_move = judge.words.patterns["no-move"].match(low, words.end + 1)
    if year.role != "at" or year.key % 10_000 or is_of_loss or is_no_move or is_limit(judge, year):
        return
    is_verb = judge.words.ends("to", low[: words.start])  # "to gain"
    is_noun = (
        not is_verb
        and judge.words.patterns["change"].fullmatch(low, words.start, words.end) is not None
    )
    is_doubtful = is_noun or judge.may_be_deflated or is_of_longer_way(judge)
    sides = at_two_times(
        judge,
        labels,
        year,
        year.year_before,
        sure=not is_doubtful and (is_of_ends(judge) or is_of_one_alone(judge, words)),
    )
    if sides is not None and sides.first.value > 0 and sides.other.value > 0:
        yield _pair(judge, words, sides, side)


def _multiplied(judge: Judge, meaning: Meaning, words: ComparedWords) -> Iterator[AuditReading]:
    """Yield the reading of "doubled between 2005 and 2010", "twice as much as France"."""
    sides = sides_of(judge, words)
    times = {time.key for time in judge.sentence.times}
    if sides is None and meaning.kind == "times" and len(times) == 1:
        now = judge.sentence.times[0]
        labels = judge.label_sets(words)
        latest = judge.latest(labels) if now.role == "since" else None
        pair = (latest, now) if latest else (now, now.year_before)
        sides = at_two_times(judge, labels, *pair, sure=False)
    if sides is None or sides.other.value <= 0:
        return
    ratio = sides.first.value / sides.other.value
    side = -meaning.round_to.side  # "more than doubled"
    is_halved = judge.words.has("halved", judge.sentence.low[words.start : words.end])
    side = -side if is_halved else side  # "more than halved"
    off = ratio / (meaning.size or 1.0)
    if side and not meaning.round_to.is_near:
        off = off if side > 0 else 1 / off
        fits: bool | None = (True if off < 2.0 else None) if off > 1.0 else False
        fits = None if 0.995 < off <= 1.0 else fits
    elif side > 0:
        fits = True if 1.0 <= off <= 1.15 else None if 0.95 < off < 1.3 else False
    elif side < 0:
        fits = True if 0.85 <= off <= 1.0 else None if 0.7 < off < 1.05 else False
    else:
        fits = True if 0.95 <= off <= 1.05 else None if 0.85 <= off <= 1.2 else False
    yield judge.reading("ratio", sides.places, ratio, fits, sure=sides.is_sure)


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
    mentions, shared = _compared_labels(judge, mentions)
    if len({_key(judge, each) for each in mentions}) > 2:
        world = [each for each in mentions if each.place == WHOLE_WORLD]
        mentions = [each for each in mentions if each not in world]
    left = [each for each in mentions if each.start < pivot]
    right = [each for each in mentions if each.start >= pivot and each not in left]
    if left and not right and sentence.words.has("even", sentence.low):
        right = [each for each in judge.mentions if each.start < 0]
        mentions = [*left, *right]
    if right and not left and sentence.has_subject_before:
        left = [each for each in judge.mentions if each.start < 0]
        mentions = [*left, *right]
    if not left and right and len(mentions) == 2:  # "than in Japan, more people live in India"
        return None
    times = [time for time in sentence.times if time.start >= 0]
    times = list(sentence.times) if len(distinct(times)) < 2 else times
    if left and right and len({_key(judge, each) for each in mentions}) == 2:
        pair = ([*shared, *left[-1:]], [*shared, *right[:1]])
        return _of_labels(judge, pair, times, pivot, is_first=is_first)
    labels = judge.label_sets(words)
    is_of_all = judge.is_only_of_world or judge.words.has("sum", sentence.low)
    if judge.needs_label and not labels and not is_of_all:
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


def _compared_labels(
    judge: Judge, mentions: list[LabelMention]
) -> tuple[list[LabelMention], list[LabelMention]]:
    """Return the labels of the only column of which a sentence has several, and those of the other columns,
    which both sides have: "more patients for hearts than".
    """
    columns = dict[int, list[LabelMention]]()
    for mention in mentions:
        at = min(at for at, _ in mention.codes[judge.named.number])
        columns.setdefault(at, []).append(mention)
    several = [at for at, each in columns.items() if len({_key(judge, one) for one in each}) > 1]
    if len(columns) < 2 or len(several) != 1:
        return mentions, []
    shared = [each for at, others in columns.items() if at != several[0] for each in others]
    return columns[several[0]], shared


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
    this, that = level_of(judge, labels, [first]), level_of(judge, labels, [other])
    return None if this is None or that is None else Sides(this, that, sure)


def pivot_of(sentence: AuditedSentence, words: Placed) -> int:
    """Return the position behind which the other side of a comparison stands."""
    pivots = _THAN.finditer(sentence.low, max(words.start, 0))
    outside = (match for match in pivots if not _is_of_size(match, words))
    pivot = next(outside, None)
    if pivot is None:
        return words.end
    return pivot.start() if pivot.start() >= words.end else pivot.end()  # "as much" of "as much as"


def _is_of_size(match: re.Match[str], words: Placed) -> bool:
    """True if "than" is of a multiple: "more than twelve times as much as"."""
    return match[0] in ("than", "als", "que", "de") and match.end() < words.end


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
    levels = (
        level_of(judge, left, span or left_times),
        level_of(judge, right, span or right_times),
    )
    return None if None in levels else Sides(levels[0], levels[1], is_first)  # type: ignore[arg-type]


def _spans(times: Sequence[TimeMention]) -> set[object]:
    """Return the distinct times, or the range that they are."""
    if [time.role for time in times] == ["from", "until"]:
        return {(times[0].key, times[1].key)}
    return {time.key for time in times}
