"""The readings of comparisons without a number: "more than Japan's", "the second-largest", "the
highest since 2008", "fell between 2019 and 2020", "doubled".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.checks.audit.audit_table import IntArray, bounds
from broadsheet.checks.audit.doubts import is_of_ends, is_of_few
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import LabelMention, TimeMention
from broadsheet.checks.audit.places import WHOLE_WORLD
from broadsheet.checks.audit.statement import AuditReading
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
_SMALL = 0.002
"""A difference below this part of a value is no surely wrong "more" or "less"."""
_ONE_OF = re.compile(
    r"(?:one of|among|some of|near|close to|almost|nearly|not quite)\s+(?:the |its |their )?$"
)


@dataclass(frozen=True)
class ComparedWords:
    """Words of a sentence that compare."""

    start: int
    """The position of their first letter."""
    end: int
    """The position behind their last letter."""


def comparisons_in(judge: Judge) -> Iterator[tuple[ComparedWords, AuditReading]]:
    """Yield the readings of the comparisons of a sentence, with their words."""
    sentence = judge.sentence
    if sentence.language == "fr":
        yield from _french(judge)
        return
    for meaning in sentence.meanings:
        words = ComparedWords(meaning.start, meaning.end)
        if meaning.is_denied or meaning.kind not in (*SIDES, "times", "as-much", "overtake"):
            continue
        is_numbered = any(
            number.start < meaning.end + 12 and meaning.start < number.end and number.kind != "rank"
            for number in sentence.quantities
        )
        for reading in _readings(judge, meaning, words, is_numbered):
            yield words, reading


def _readings(
    judge: Judge, meaning: Meaning, words: ComparedWords, is_numbered: bool
) -> Iterator[AuditReading]:
    side = SIDES.get(meaning.kind, 0)
    if meaning.kind in ("high", "low"):
        yield from _rank(judge, words, side, int(meaning.size or 1))
    elif meaning.kind in ("more", "less") and not (is_numbered and meaning.is_limited):
        yield from _compared(judge, words, side)
    elif meaning.kind == "overtake":
        yield from _overtaken(judge, words)
    elif meaning.kind in ("up", "down"):
        yield from _moved(judge, words, side)
    elif (
        meaning.kind in ("times", "as-much")
        and meaning.size
        and not re.search(r"\d", meaning.words)
    ):
        yield from _multiplied(judge, meaning, words)


def _french(judge: Judge) -> Iterator[tuple[ComparedWords, AuditReading]]:
    low, words = judge.sentence.low, judge.words
    for name, side in (("up", 1), ("down", -1)):
        match = words.patterns[name].search(low)
        other = words.patterns["down" if name == "up" else "up"].search(low)
        if match and not other:
            place = ComparedWords(match.start(), match.end())
            for reading in _moved(judge, place, side):
                yield place, reading


def _rank(judge: Judge, words: ComparedWords, side: int, rank: int) -> Iterator[AuditReading]:
    """Yield the place of a label among all at a time, or of a time among all of a label."""
    sentence, table = judge.sentence, judge.table
    before = sentence.low[: words.start]
    if (
        judge.sentence.low[words.start : words.end] == "record"
        or _ONE_OF.search(before)
        or (sentence.words.has("within", sentence.low) and judge.needs_label)
    ):
        return
    world = [mention for mention in judge.mentions if mention.place == WHOLE_WORLD]
    labels = judge.label_sets(words, without=world)
    time = judge.time_of(words)
    has_since = next(
        (mention for mention in sentence.times if mention.role in ("since", "from")), None
    )
    if judge.needs_label:
        if len(
            [mention for mention in judge.mentions if mention.start >= 0 and mention not in world]
        ) != 1 or (time is None and table.time is not None):
            return
        place = judge.cell(labels, time)
        if place is None:
            return
        if _is_of_times(judge, words):
            yield from _rank_in_time(judge, side, rank, labels, place, since=has_since)
            return
        others = judge.among_labels(place)
        yield _ranked(judge, others, place, side, rank, sure=len(others) > rank)
        return
    if time is None or table.time is None:
        return
    place = judge.cell(labels, time)
    if place is None:
        yield from _rank_of_period(judge, side, rank, time)
        return
    yield from _rank_in_time(judge, side, rank, labels, place, since=has_since)


def _is_of_times(judge: Judge, words: ComparedWords) -> bool:
    """True if the words are of a time of a label and not of a label among others: "peaked"."""
    text = judge.sentence.low[words.start : words.end + 40]
    return (
        re.search(
            r"\b(?:peak\w*|record|since|ever|on record|trough\w*|bottomed|year|month)\b", text
        )
        is not None
    )


def _rank_in_time(
    judge: Judge,
    side: int,
    rank: int,
    labels: Sequence[LabelMention],
    place: int,
    *,
    since: TimeMention | None,
) -> Iterator[AuditReading]:
    """Yield the rank of a time among those of its label: all, those up to it, or those since a time."""
    line = judge.series(labels)
    if line is None:
        return
    places, keys = line
    key = int(keys[np.flatnonzero(places == place)[0]]) if place in places else None
    if key is None:
        return
    low = judge.sentence.low
    if since is not None and since.key < key:
        chosen = places[(keys > bounds(since.key)[1]) & (keys <= key)]
    elif re.search(r"\b(?:record|up to then|until then|so far|ever|never before|bis dahin)\b", low):
        chosen = places[keys <= key]
    else:
        chosen = places
    if len(chosen) < 3:
        return
    yield _ranked(judge, chosen, place, side, rank, sure=True)


def _rank_of_period(
    judge: Judge, side: int, rank: int, time: TimeMention
) -> Iterator[AuditReading]:
    """Yield the rank of a month or a year in a table of days, by its sum."""
    table = judge.table
    if (
        table.time is None
        or not judge.is_series
        or not {"precipitation", "rain", "sale", "production"}
        & (judge.named.words.own | judge.named.words.other)
    ):
        return
    divisor = 10_000 if time.key % 10_000 == 0 else 100
    periods = table.time.keys // divisor
    finite = judge.has_values
    names, inverse = np.unique(periods[finite], return_inverse=True)
    sums = np.bincount(inverse, weights=judge.measure.values[finite])
    at = np.flatnonzero(names == time.key // divisor)
    if not len(at):
        return
    order = int((sums * side > sums[at[0]] * side).sum()) + 1
    places = np.flatnonzero(finite & (periods == names[at[0]]))
    yield judge.reading("rank", places, float(order), order == rank, sure=True)


def _ranked(
    judge: Judge, others: IntArray, place: int, side: int, rank: int, *, sure: bool
) -> AuditReading:
    values = judge.measure.values[others]
    value = float(judge.measure.values[place])
    order = int((values * side > value * side).sum()) + 1
    ahead = others[np.argsort(-values * side, kind="stable")][: max(rank, 1)]
    operands = [place, *(other for other in ahead if other != place)]
    is_sure = sure and not is_of_few(judge)
    return judge.reading("rank", operands, float(order), order == rank, sure=is_sure)


def _sides(judge: Judge, words: ComparedWords) -> tuple[IntArray, IntArray, bool] | None:
    """Return the two sides of "A has more than B", with True if the sentence names the time; or one
    label at two times. None if there are not two.
    """
    low = judge.sentence.low
    is_local = "local" in judge.measure.name.lower()
    than = re.compile(r"\b(?:than|als|compared (?:with|to))\b").search(low, words.start)
    if than is None:
        return None
    left = [mention for mention in judge.mentions if 0 <= mention.start < than.start()]
    right = [mention for mention in judge.mentions if mention.start >= than.end()]
    times = judge.sentence.times
    left_times = [time for time in times if 0 <= time.start < than.start()]
    right_times = [time for time in times if time.start >= than.end()]
    if left and right:
        if (
            is_local
            or len({mention.codes[judge.named.number] for mention in (*left, *right)}) != 2
            or len({time.key for time in times}) > 1
        ):
            return None
        time = times[0] if times else judge.latest(left)
        cells = _side(judge, left[-1:], time), _side(judge, right[:1], time)
        is_sure = bool(times) or judge.table.time is None or judge.table.is_of_things
    elif left_times and right_times and (left or not judge.needs_label):
        labels = judge.label_sets(words)
        cells = _side(judge, labels, left_times[-1]), _side(judge, labels, right_times[0])
        is_sure = True
    else:
        return None
    if cells[0] is None or cells[1] is None or set(cells[0]) & set(cells[1]):
        return None
    return cells[0], cells[1], is_sure


def _side(
    judge: Judge, labels: Sequence[LabelMention], time: TimeMention | None
) -> IntArray | None:
    """Return the cells of a side: one; those of a period that are added; those of things that are
    compared on average.
    """
    is_of_things = judge.table.is_of_things
    if is_of_things:
        time = time if judge.sentence.times else None
    place = judge.cell(labels, time)
    if place is not None:
        return np.array([place])
    at = judge.at(time)
    if at is None:
        return None
    places = np.flatnonzero(judge.chosen(labels) & at)
    is_meant = is_of_things and judge.words.has("mean", judge.sentence.low)
    is_added = judge.is_series and time is not None and judge.can_be_added
    return places if len(places) > 1 and (is_meant or is_added) else None


def _value(judge: Judge, places: IntArray) -> float:
    values = judge.measure.values[places]
    return float(values.mean() if judge.table.is_of_things else values.sum())


def _compared(judge: Judge, words: ComparedWords, side: int) -> Iterator[AuditReading]:
    cells = _sides(judge, words)
    if cells is None:
        return
    yield _pair(judge, cells[0], cells[1], side, sure=cells[2])


def _pair(judge: Judge, first: IntArray, other: IntArray, side: int, *, sure: bool) -> AuditReading:
    this, that = _value(judge, first), _value(judge, other)
    off = (this - that) * side
    fits: bool | None = off > 0
    if not fits and abs(off) < _SMALL * max(abs(this), abs(that)):
        fits = None if off else False
    places = [*first[:6], *other[:6]]
    return judge.reading("comparison", places, this - that, fits, sure=sure)


def _overtaken(judge: Judge, words: ComparedWords) -> Iterator[AuditReading]:
    """Yield the reading of "China overtook the United States in 2006"."""
    left = [mention for mention in judge.mentions if 0 <= mention.start < words.start]
    right = [mention for mention in judge.mentions if mention.start >= words.end]
    times = judge.sentence.times
    if len(times) != 1 or times[0].key % 10_000 or not left or not right:
        return
    now, before = times[0], TimeMention(0, 0, times[0].key - 10_000, "at")
    cells = [judge.cell(side, time) for time in (now, before) for side in (left[-1:], right[:1])]
    if None in cells:
        return
    places = [cell for cell in cells if cell is not None]
    now_first, now_other, first_before, other_before = (
        float(judge.measure.values[place]) for place in places
    )
    yield judge.reading(
        "comparison",
        places,
        now_first - now_other,
        now_first > now_other and first_before <= other_before,
        sure=True,
    )


def _moved(judge: Judge, words: ComparedWords, side: int) -> Iterator[AuditReading]:
    """Yield the reading of "rose between 2019 and 2020"."""
    times = sorted({time.key for time in judge.sentence.times})
    if len(times) != 2 or (judge.needs_label and len(judge.label_sets(words)) == 0):
        return
    if len([mention for mention in judge.mentions if mention.start >= 0]) > 1 and judge.needs_label:
        return
    labels = judge.label_sets(words)
    cells = [judge.cell(labels, TimeMention(0, 0, key, "at")) for key in times]
    if cells[0] is None or cells[1] is None:
        return
    is_spanned = any(time.role in ("from", "until") for time in judge.sentence.times) or re.search(
        r"\bfrom\b.*\bto\b|\bvon\b.*\bauf\b", judge.sentence.low
    )
    is_sure = bool(is_spanned) and is_of_ends(judge)
    yield _pair(judge, np.array([cells[1]]), np.array([cells[0]]), side, sure=is_sure)


def _multiplied(judge: Judge, meaning: Meaning, words: ComparedWords) -> Iterator[AuditReading]:
    """Yield the reading of "doubled between 2005 and 2010", "twice as much as France"."""
    size = meaning.size or 1.0
    if meaning.kind == "as-much":
        cells = _sides_as(judge, words)
    else:
        times = sorted({time.key for time in judge.sentence.times})
        labels = judge.label_sets(words)
        if len(times) != 2 or (judge.needs_label and not labels):
            return
        later, earlier = (
            judge.cell(labels, TimeMention(0, 0, key, "at")) for key in (times[1], times[0])
        )
        cells = None if later is None or earlier is None else (later, earlier, True)
    if cells is None:
        return
    over, under = (float(judge.measure.values[place]) for place in cells[:2])
    if under <= 0:
        return
    ratio = over / under
    side = -meaning.round_to.side  # "more than doubled"
    off = ratio / size
    if side > 0:
        fits: bool | None = off >= 1.0 and off < 2.0 if off < 0.995 or off >= 1.0 else None
    elif side < 0:
        fits = True if 0.85 <= off <= 1.0 else None if 0.7 < off < 1.05 else False
    else:
        fits = True if 0.95 <= off <= 1.05 else None if 0.8 <= off <= 1.25 else False
    yield judge.reading("ratio", cells[:2], ratio, fits, sure=cells[2])


def _sides_as(judge: Judge, words: ComparedWords) -> tuple[int, int, bool] | None:
    """Return the cells of the two sides of "twice as much as B"."""
    rest = judge.sentence.low
    mentions = [mention for mention in judge.mentions if mention.start >= 0]
    left = [mention for mention in mentions if mention.start < words.start]
    right = [mention for mention in mentions if mention.start >= words.end]
    times = judge.sentence.times
    if left and right:
        time = times[0] if times else judge.latest(left)
        cells = judge.cell(left[-1:], time), judge.cell(right[:1], time)
        return (
            None
            if None in cells or len({time.key for time in times}) > 1
            else (int(cells[0] or 0), int(cells[1] or 0), bool(times) or judge.table.time is None)
        )
    behind = rest[words.end : words.end + 60]
    before = re.search(
        r"\b(?:a|the) (?:year|month) (?:before|earlier)|(?:as )?(?:in )(?P<year>\d{4})", behind
    )
    earlier = [time for time in times if time.start >= words.end]
    now = [time for time in times if time.end <= words.start]
    labels = judge.label_sets(words)
    if len(now) == 1 and (earlier or before):
        key = earlier[0].key if earlier else now[0].key - 10_000
        cells = judge.cell(labels, now[0]), judge.cell(labels, TimeMention(0, 0, key, "at"))
        return None if None in cells else (int(cells[0] or 0), int(cells[1] or 0), True)
    return None
