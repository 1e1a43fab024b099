"""The readings of a rank: "the second-largest", "ranks third", "the highest since 2008", "the most powerful
American car".
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

import numpy as np

from broadsheet.checks.audit.audit_table import (
    IntArray,
    LabelColumn,
    Mask,
    Resolution,
    periods_of,
)
from broadsheet.checks.audit.comparing.quantified import (
    is_rank_of_each,
    rank_at_any_time,
    rank_of_each,
)
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, months
from broadsheet.checks.audit.places import WHOLE_WORLD
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.vocabulary import CLEAR, bare_word

_WHOLE = 0.9
"""A period with so much of the cells of the longest is whole: February has 28 days."""
_NEAR = 24
"""The most letters behind a superlative in which a noun says that it is of a period."""
_NEAR_NAME = 5
"""The most letters between "followed by" and the name behind it."""
_FEW = 4
"""The fewest rows among which one is first and another the next."""
_MANY = 10
"""A rank among fewer holds by chance too often."""
_NEVER = 99_991_231
"""A time behind all others."""
_IS_PLACED = re.compile(
    r"\b(?:is|are|was|were|rank\w*|came|comes|finish\w*|placed|stands|stood|in)(?: in)? $"
)
"""Words before "first" with which it is a place, and not the order of what happened: "at first"."""
_DONE = re.compile(r" \w+(?:ed|en|t)\b")
"""A word behind "was first" with which it is no place: "was first passed"."""
_ONE_OF = re.compile(
    r"(?:one of|among|some of|near|close to|almost|nearly|not quite)\s+(?:the |its |their )?$"
)


def rank_of(
    judge: Judge, words: Placed, side: int, rank: int, *, among_labels: bool = False
) -> Iterator[AuditReading]:
    """Yield the place of a label among all at a time, or of a time among all of a label, unless it is
    ``among_labels``: "no other state"; or that which it has each time.
    """
    if _is_no_rank(judge, words) or (judge.measure.is_count and judge.measure.is_constant):
        return  # of counts that are all alike none is the first
    if is_rank_of_each(judge):
        yield from rank_of_each(judge, judge.label_sets(words), side, rank)
    else:
        yield from _rank(judge, words, side, rank, among_labels=among_labels)


def _rank(
    judge: Judge, words: Placed, side: int, rank: int, *, among_labels: bool
) -> Iterator[AuditReading]:
    sentence, table = judge.sentence, judge.table
    placed = judge.words.patterns["placed"].fullmatch(sentence.low, words.start, words.end)
    beside, excepted = _others_named(judge, words, is_behind=bool(placed and placed["only"]))
    rank += len(excepted)
    beside += excepted
    kinds = _kinds_beside(judge, words)
    labels = judge.label_sets(words, without=beside)
    time = _time_of(judge, words)
    if judge.needs_label:
        subjects = [
            each for each in judge.mentions if each.start >= 0 and each not in (*beside, *kinds)
        ]
        columns = judge.codes_by_column(subjects).values()
        is_one = bool(subjects or kinds) and all(len(codes) == 1 for codes in columns)
        if not is_one:
            return
        if time is None and table.time is not None and not table.is_of_things:
            yield from _rank_at_last(judge, labels, side, rank)
            return
        place = judge.cell(labels, time)
        if place is None or _is_of_change(judge, words):
            return
        in_time = (
            []  # "Hawaii came third in 2012" is no time of Hawaii's
            if placed or among_labels
            else list(_rank_in_time(judge, side, rank, labels, place, since=sentence.since))
        )
        bare = _bare_months(judge)
        if time is not None and bare and time.key // 100 % 100 not in bare:
            return  # "colder than any January"
        if bare or _is_of_times(judge, words) or (in_time and _is_its_own(judge, words)):
            yield from in_time
            return
        others = judge.among_labels(place)
        if kinds:
            others = _of_kinds(judge, kinds, time)
        if len(others) < 2 or (kinds and sentence.since):
            return
        is_of_one_time = time is None or time.role == "at"
        is_sure = len(others) > rank and is_of_one_time
        ranked = _ranked(judge, others, place, side, rank, sure=is_sure)
        of_labels = judge.codes_by_column(subjects)
        groups = _groups_with(judge, of_labels, others, place)
        may_be = _names_only_a_group(judge, of_labels, others) or any(
            len(group) <= rank or _ranked(judge, group, place, side, rank, sure=True).fits
            for group in groups
        )
        is_of_world = judge.words.has("world", sentence.low)
        may_be = may_be or (not is_of_world and any(each.fits for each in in_time))
        yield replace(ranked, fits=None) if may_be and not ranked.fits else ranked
        return
    if time is None or table.time is None:
        return
    place = judge.cell(labels, time)
    if place is None:
        yield from _rank_of_period(judge, words, side, rank, time)
        return
    if _is_of_change(judge, words):
        yield from _rank_of_changes(judge, side, rank, place)
        return
    yield from _rank_in_time(judge, side, rank, labels, place, since=sentence.since)


def _is_no_rank(judge: Judge, words: Placed) -> bool:
    """True if words for a rank say the order of what happened, or one among some."""
    sentence = judge.sentence
    before, said = sentence.low[: words.start], sentence.low[words.start : words.end]
    is_of_order = any(form.fullmatch(said) for form in judge.words.ordinals)
    return bool(
        said == "record"
        or (is_of_order and not _IS_PLACED.search(before))
        or sentence.low.startswith(" but ", words.end)
        or (said.endswith("first") and _DONE.match(sentence.low, words.end))
        or ("place" in said and not judge.needs_label)
        or _ONE_OF.search(before)
        or (sentence.words.has("within", sentence.low) and judge.needs_label)
    )


def _rank_at_last(
    judge: Judge, labels: Sequence[LabelMention], side: int, rank: int
) -> Iterator[AuditReading]:
    """Yield the rank of a label among many at its last time, if it fits: a sentence without a time may be of it."""
    last = judge.latest(labels)
    place = judge.cell(labels, last) if last else None
    always = rank_at_any_time(judge, labels, side, rank)
    if always is not None:
        yield always
        return
    others = judge.among_labels(place) if place is not None else ()
    if place is not None and len(others) >= _MANY:
        ranked = _ranked(judge, judge.among_labels(place), place, side, rank, sure=False)
        yield ranked if ranked.fits else replace(ranked, fits=None)


def follower_of(judge: Judge, words: Placed) -> Iterator[AuditReading]:
    """Yield the reading of "followed by Salem", if the label before it is the first or the last of all: Salem is
    the one next to it.
    """
    sentence, time = judge.sentence, judge.time_of(words)
    labels = [each for each in judge.mentions if each.start >= 0]
    before = [each for each in labels if each.end <= words.start]
    behind = [each for each in labels if words.end < each.start <= words.end + _NEAR_NAME]
    columns = judge.codes_by_column(labels)
    is_of_some = sentence.words.has("within", sentence.low) or len(columns) != 1
    if is_of_some or not before or not behind or judge.named.score < CLEAR:
        return
    if time is None and judge.table.time is not None and not judge.table.is_of_things:
        return
    first, second = judge.cell(before[-1:], time), judge.cell(behind[:1], time)
    if first is None or second is None:
        return
    others = judge.among_labels(first)
    values, value = judge.measure.values[others], judge.measure.values[first]
    if len(others) < _FEW or second not in others:
        return
    for side, end in ((1, values.max()), (-1, values.min())):
        if value == end:
            yield _ranked(judge, others, second, side, 2, sure=True)


def _others_named(
    judge: Judge, words: Placed, *, is_behind: bool
) -> tuple[list[LabelMention], list[LabelMention]]:
    """Return the labels that are not ranked themselves, "the world" and those behind which one comes: "second
    only to Chicago"; and those that are left out, "more than any other state except Ohio".
    """
    low = judge.sentence.low
    excepted = judge.words.patterns["all-but"].search(low, words.start)
    if excepted:
        return [], [each for each in judge.mentions if each.start >= excepted.end()]
    next_to = (
        judge.words.patterns[name].search(low, words.end) for name in ("followed", "next-to")
    )
    ends = [match.end() for match in next_to if match]
    end = min(ends, default=words.end if is_behind else len(low))
    world = [mention for mention in judge.mentions if mention.place == WHOLE_WORLD]
    return [*world, *(each for each in judge.mentions if each.start >= end)], []


def _groups_with(
    judge: Judge, columns: Container[int], others: IntArray, place: int
) -> Iterator[IntArray]:
    """Yield the cells of each group in which the labels of a sentence may rank one: the rivers of Italy, if it
    names the Po and Italy. The column with most labels names the cells, and no groups: winners, of whom a few
    won twice.
    """
    labels = [column for at, column in enumerate(judge.table.labels) if at in columns]
    naming = max(labels, key=lambda column: len(np.unique(column.codes[others])), default=None)
    for column in labels if len(labels) > 1 else ():
        rest = [each for each in labels if each is not column]
        if any(_is_of_several(each, others) and each is not naming for each in rest):
            alike = [each.codes[others] == each.codes[place] for each in rest]
            yield others[np.logical_and.reduce(alike)]


def _names_only_a_group(judge: Judge, columns: Container[int], others: IntArray) -> bool:
    """True if a sentence about things names none, but what they are of: "it is the longest river in Germany"."""
    several = [_is_of_several(column, others) for column in judge.table.labels]
    named = [is_group for at, is_group in enumerate(several) if at in columns]
    return judge.table.is_of_things and all(named) and not all(several)


def _is_of_several(column: LabelColumn, cells: IntArray) -> bool:
    """True if a label of a column may have several of some cells: a country, and no river."""
    return len(np.unique(column.codes[cells])) < len(cells)


def _is_its_own(judge: Judge, words: Placed) -> bool:
    """True if a superlative is of the times of one thing: "its highest"."""
    low = judge.sentence.low
    before = " ".join(low[: words.start].split()[-1:])
    said = " ".join(low[words.start : words.end].split()[:2])
    return judge.words.has("own", f"{before} {said}")


def place_said(judge: Judge, match: re.Match[str]) -> int:
    """Return the place that words such as "ranks third" say."""
    if match["led"]:
        return 1
    if match["only"]:
        return 1 + len([each for each in judge.mentions if each.start >= match.end()])
    return judge.words.place_of(match["rank"]) or 1


def _kinds_beside(judge: Judge, words: Placed) -> list[LabelMention]:
    """Return the labels that say among which things one is ranked: "the most powerful American car",
    "Iran's deadliest", "the deadliest of them", "among French rivers".
    """
    if not judge.table.is_of_things:
        return []
    low = judge.sentence.low
    noun = re.match(r"[^,;:()]*", low[words.end :])
    end = words.end + (len(noun[0]) if noun else 0)
    is_of_them = judge.words.patterns["of-them"].match(low, words.end + 1) is not None
    among = re.match(rf"{judge.words.patterns['scope'].pattern}[^,]*", low)
    kinds = [
        each
        for each in judge.mentions
        if words.end <= each.start < end
        or (each.start >= 0 and re.fullmatch(r"['’]s? ", low[each.end : words.start]))
        or (each.start < 0 and is_of_them)
        or (among is not None and 0 <= each.start < min(among.end(), words.start))
    ]
    return [each for each in kinds if judge.chosen([each]).sum() > 1]


def _of_kinds(judge: Judge, kinds: Sequence[LabelMention], time: TimeMention | None) -> IntArray:
    """Return the cells of some kinds, up to a time: "in 1931 it was the longest American bridge"."""
    mask, column = judge.chosen(kinds), judge.table.time
    if time is not None and column is not None:
        mask = mask & (column.keys <= time.bounds[1])
    return np.flatnonzero(mask)


def _rank_of_changes(judge: Judge, side: int, rank: int, place: int) -> Iterator[AuditReading]:
    """Yield the rank of the change to a time from the one before: "the largest rise"."""
    line = judge.series(())
    if line is None or len(line[0]) < 3:
        return
    places, _ = line
    changes = np.diff(judge.measure.values[places])
    if judge.words.has("down", judge.sentence.low):
        changes = -changes
    at = np.flatnonzero(places[1:] == place)
    if len(at):
        order = int((changes * side > changes[at[0]] * side).sum()) + 1
        yield judge.reading("rank", [place], float(order), order == rank, sure=True)


def _is_of_change(judge: Judge, words: Placed) -> bool:
    """True if a superlative is of a change: "the largest rise"."""
    behind = judge.sentence.low[words.end : words.end + 24]
    return re.match(rf" (?:\w+ )?{judge.words.patterns['change'].pattern}", behind) is not None


def _is_of_times(judge: Judge, words: Placed) -> bool:
    """True if the words are of a time of a label and not of a label among others: "peaked"."""
    start, end = words.start, words.end + 40
    text = judge.sentence.low[start:end]
    return (
        any(each.kind == "since" and start <= each.start < end for each in judge.sentence.meanings)
        or re.search(
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
    chosen = places[_ranked_with(judge, keys, key, since)]
    if len(chosen) < 3:
        return
    ranked = _ranked(judge, chosen, place, side, rank, sure=True)
    later = chosen[judge.table.time.keys[chosen] > since.bounds[1]] if since else chosen  # type: ignore[union-attr]
    may_be = ranked.fits or _ranked(judge, later, place, side, rank, sure=True).fits
    yield ranked if ranked.fits or not may_be else replace(ranked, fits=None)


def is_limit(judge: Judge, time: TimeMention) -> bool:
    """True if a time limits others: "before 2020"."""
    before = judge.sentence.low[: max(time.start, 0)]
    return any(judge.words.leads(name, before) for name in ("before-time", "after-time"))


def _time_of(judge: Judge, words: Placed) -> TimeMention | None:
    """Return the time of a superlative, which is none that limits it: "the highest before 2020 in 2019"."""
    times = [time for time in judge.sentence.times if not is_limit(judge, time)]
    is_limited = 0 < len(times) < len(judge.sentence.times)
    return judge.sentence.nearest(times, words) if is_limited else judge.time_of(words)


def _ranked_with(judge: Judge, keys: IntArray, key: int, since: TimeMention | None) -> Mask:
    """Return the times among which one is ranked: all, those up to it, those since a time, or
    those from one time to another.
    """
    if any(time.has_year_apart for time in judge.sentence.times):
        return np.asarray(keys // 10_000 == key // 10_000)
    until = judge.sentence.until
    if since is not None and since.role == "from" and until is not None:
        return (keys >= since.bounds[0]) & (keys <= until.bounds[1])
    limits = list(_limits(judge, key))
    if limits:
        within = [(keys >= first) & (keys <= last) for first, last in limits]
        return np.asarray(np.logical_and.reduce(within))
    if since is not None and since.key < key:
        return (keys > since.bounds[1]) & (keys <= key) & _alike(judge, keys, key)
    is_of_past = re.search(
        r"\b(?:record|up to then|until then|so far|ever|never before|bis dahin)\b",
        judge.sentence.low,
    )
    return (keys <= key if is_of_past else keys > 0) & _alike(judge, keys, key)


def _alike(judge: Judge, keys: IntArray, key: int) -> Mask:
    """Return the times among which a month is ranked that a sentence names without its year, or calls "that
    month": "the coldest January".
    """
    sentence, month = judge.sentence, key // 100 % 100
    is_alike = month in _bare_months(judge) or sentence.words.has("that-month", sentence.low)
    return keys // 100 % 100 == month if is_alike else np.ones(len(keys), dtype=bool)


def _bare_months(judge: Judge) -> frozenset[int]:
    """Return the months that a sentence names without a day or a year."""
    sentence, names = judge.sentence, months(judge.sentence.language)
    return frozenset(
        names[bare_word(match[0])]
        for match in sentence.word_matches
        if match[0][:1].isupper()
        and bare_word(match[0]) in names
        and not re.match(r"\s+\d", sentence.text[match.end() :])
        and not re.search(r"\d\S*\s+$", sentence.text[: match.start()])
    )


def _limits(judge: Judge, key: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last time of each limit of a sentence: "before 2020", "after 2020", and
    "since 2021" with which it begins. A limit that is the time itself is within.
    """
    sentence, words = judge.sentence, judge.words
    for time in sentence.times:
        first, last = time.bounds
        before, is_itself = sentence.low[: max(time.start, 0)], first <= key <= last
        if words.leads("before-time", before):
            yield 0, last if is_itself else first - 1
        elif words.leads("after-time", before):
            yield first if is_itself else last + 1, _NEVER
        elif time.role == "since" and any(each.start > time.start for each in sentence.times):
            yield first, _NEVER


def _rank_of_period(
    judge: Judge, words: Placed, side: int, rank: int, time: TimeMention
) -> Iterator[AuditReading]:
    """Yield the rank of a month, a quarter or a year in a table of shorter times, by its sum, or its mean if
    values are not added: "the warmest year". A period of which the table has a part is no sure one.
    """
    table = judge.table
    is_mean = not judge.can_be_added
    if table.time is None or not judge.is_series or not (judge.is_flow or is_mean):
        return
    if is_mean and not judge.words.has("period", judge.sentence.low[words.end :][:_NEAR]):
        return  # its highest value may be of one day
    present = judge.has_values & (table.time.keys > 0)
    resolution: Resolution = (
        "quarter" if time.is_quarter else "month" if time.key % 10_000 else "year"
    )
    periods = periods_of(table.time.keys, resolution)
    names, inverse, counts = np.unique(periods[present], return_inverse=True, return_counts=True)
    if time.key not in names:
        return
    weights = judge.measure.values[present] * side
    sums = np.bincount(inverse, weights=weights / counts[inverse] if is_mean else weights)
    ranked = _ranked_with(judge, names, time.key, judge.sentence.since)
    order = int((sums[ranked] > sums[names == time.key]).sum()) + 1
    is_whole = counts[ranked].min() >= _WHOLE * counts.max()
    places = np.flatnonzero(present & (periods == time.key))
    yield judge.reading("rank", places, float(order), order == rank, sure=bool(is_whole))


def _ranked(
    judge: Judge, others: IntArray, place: int, side: int, rank: int, *, sure: bool
) -> AuditReading:
    values = judge.measure.values[others]
    value = float(judge.measure.values[place])
    order = int((values * side > value * side).sum()) + 1
    ahead = others[np.argsort(-values * side, kind="stable")][: max(rank, 1)]
    operands = [place, *(other for other in ahead if other != place)]
    fits: bool | None = order == rank
    if fits and len(values) > 2 and (values == value).all():
        fits = None  # all are the first
    return judge.reading("rank", operands, float(order), fits, sure=sure)
