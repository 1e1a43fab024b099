"""The readings of comparisons without a number: "more than Japan's", "the second-largest", "the
highest since 2008", "fell between 2019 and 2020", "doubled".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.checks.audit.audit_table import IntArray, Mask, Resolution, periods_of
from broadsheet.checks.audit.audited_sentence import AuditedSentence, Named
from broadsheet.checks.audit.doubts import is_of_ends, is_of_longer_way
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import unit_of_measure
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, distinct
from broadsheet.checks.audit.places import WHOLE_WORLD
from broadsheet.checks.audit.sides import Sides, at_two_times, pivot_of, sides_of
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.vocabulary import concepts_in
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
_WHOLE = 0.9
"""A period with so much of the cells of the longest is whole: February has 28 days."""
_SMALL = 0.002
"""A difference below this part of a value is no surely wrong "more" or "less"."""
_PLACES = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
_PLACED = re.compile(
    r"\b(?:rank(?:s|ed|ing)?|came|comes|finish(?:es|ed)|placed|stands|stood)(?: in)?(?: only)? "
    rf"(?P<rank>{'|'.join(_PLACES)}|\d+(?=st|nd|rd|th|\.))(?:st|nd|rd|th)?(?: place)?"
    r"(?P<last> (?:from the bottom|from last|to last))?\b"
    r"|\b(?P<led>leads?|led|tops?|topped|heads?|headed) "
    r"(?:the (?:world|list|table|ranking|field|pack|league|standings)|all\b)"
    r"|\b(?P<only>behind only|second only to|only behind|hinter nur|nur hinter)\b"
)
"""Words that say the place of a label among all."""
_AHEAD = re.compile(
    r"\b(?:followed by|ahead of|in front of|gefolgt von|vor|devant|por delante de)\b"
)
"""Words before the labels that come behind one in a ranking."""
_NO_MOVE = re.compile(
    r" (?:short|behind|apart|out of|out with|in (?:love|line)|to (?:the )?(?:top|bottom|last|"
    rf"{'|'.join(_PLACES)}|\d+(?:st|nd|rd|th)))\b"
)
"""Words behind "fell" or "rose" with which it is no change of a value."""
_IS_PLACED = re.compile(
    r"\b(?:is|are|was|were|rank\w*|came|comes|finish\w*|placed|stands|stood|in)(?: in)? $"
)
"""Words before "first" with which it is a place, and not the order of what happened: "at first"."""
_DONE = re.compile(r" \w+(?:ed|en|t)\b")
"""A word behind "was first" with which it is no place: "was first passed"."""
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
    told = {each.start for each in sentence.meanings if each.kind == "times"}
    meanings = (
        *(sentence.meanings or _by_words(sentence)),
        *_superlatives(judge),
        *_undercutting(judge),
    )
    for meaning in meanings:
        words = ComparedWords(meaning.start, meaning.end)
        if meaning.kind in ("up", "down") and meaning.start in told:
            continue  # "doubled" is more than "rose"
        if meaning.is_denied or meaning.kind not in (*SIDES, "times", "as-much", "overtake"):
            continue
        for reading in _readings(judge, meaning, words):
            yield words, reading
    yield from _only_changes(judge)
    for match in _PLACED.finditer(sentence.low):
        words = ComparedWords(*match.span())
        side = -1 if match["last"] else 1
        for reading in _rank(judge, words, side, _place(judge, match)):
            yield words, reading


def _undercutting(judge: Judge) -> Iterator[Meaning]:
    """Yield "less" for verbs that say it of prices: "undercuts"."""
    sentence = judge.sentence
    if "price" in judge.named.words.own or unit_of_measure(judge.measure).kind == "currency":
        for match in judge.words.patterns["cheaper"].finditer(sentence.low):
            yield Meaning("less", match[0], match.start(), match.end())


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
    if not re.match(r" since|[.,;]", sentence.low[match.end() :]):
        return  # "the only increase above 20 percent"
    places, keys = line
    side = 1 if match["up"] else -1
    changes = np.diff(judge.measure.values[places]) * side
    is_such = (changes > 0) & (keys[1:] > since.bounds[1])
    if "only" not in match[0]:
        is_such &= keys[1:] <= times[0].bounds[1]
    at = np.flatnonzero(is_such)
    if len(at):
        operands = [int(place) for place in places[at + 1]]
        fits = len(at) == 1 and keys[at[0] + 1] == times[0].key
        yield (
            ComparedWords(*match.span()),
            judge.reading("count", operands, float(len(at)), bool(fits), sure=True),
        )


def _superlatives(judge: Judge) -> Iterator[Meaning]:
    """Yield superlatives by words of the measure: "the most expensive city", "the sunniest month"."""
    sentence, words = judge.sentence, judge.words
    for match in words.patterns["superlative"].finditer(sentence.low):
        naming = match["most"] or match["est"]
        is_told = any(
            each.start < match.end() > each.end > match.start() for each in sentence.meanings
        )
        if is_told or not concepts_in(naming) & judge.named.words.own:
            continue
        is_least = match["least"] or words.has("little", naming)
        yield Meaning("low" if is_least else "high", match[0], match.start(), match.end(), 1.0)


def _by_words(sentence: AuditedSentence) -> Iterator[Meaning]:
    """Yield the rises and falls in a language without rules for meanings, and "more than" and "less
    than".
    """
    low, words = sentence.low, sentence.words
    moved = [
        (name, match) for name in ("up", "down") if (match := words.patterns[name].search(low))
    ]
    forms = {
        "more": r"\b(?:plus|más)\b(?=.* (?:qu|que))",
        "less": r"\b(?:moins|menos)\b(?=.* (?:qu|que))",
    }
    moved = moved if len(moved) == 1 else []
    moved += [(name, match) for name, form in forms.items() if (match := re.search(form, low))]
    for name, match in moved:
        yield Meaning(name, match[0], match.start(), match.end())


def _place(judge: Judge, match: re.Match[str]) -> int:
    """Return the place that words such as "ranks third" say."""
    if match["led"]:
        return 1
    if match["only"]:
        return 1 + len([each for each in judge.mentions if each.start >= match.end()])
    rank = match["rank"]
    return _PLACES.index(rank) + 1 if rank in _PLACES else int(rank)


def _readings(judge: Judge, meaning: Meaning, words: ComparedWords) -> Iterator[AuditReading]:
    side = SIDES.get(meaning.kind, 0)
    numbers = [each for each in judge.sentence.quantities if each.kind != "rank"]
    is_apart = judge.sentence.low.startswith(",", words.end)  # "even lower, at 35 percent"
    is_numbered = not is_apart and any(
        each.start < words.end + 12 and words.start < each.end for each in numbers
    )
    if meaning.kind in ("high", "low"):
        yield from _rank(judge, words, side, int(meaning.size or 1))
    elif meaning.kind in ("more", "less") and not is_numbered:
        yield from _compared(judge, words, side)
    elif meaning.kind == "overtake":
        yield from _overtaken(judge, words)
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


def _rank(judge: Judge, words: ComparedWords, side: int, rank: int) -> Iterator[AuditReading]:
    """Yield the place of a label among all at a time, or of a time among all of a label."""
    sentence, table = judge.sentence, judge.table
    before, said = sentence.low[: words.start], sentence.low[words.start : words.end]
    is_of_order = said in _PLACES and not _IS_PLACED.search(before)
    if (
        said == "record"
        or is_of_order
        or sentence.low.startswith(" but ", words.end)
        or (said.endswith("first") and _DONE.match(sentence.low, words.end))
        or ("place" in said and not judge.needs_label)
        or _ONE_OF.search(before)
        or (sentence.words.has("within", sentence.low) and judge.needs_label)
    ):
        return
    beside = [mention for mention in judge.mentions if mention.place == WHOLE_WORLD]
    ahead = _AHEAD.search(sentence.low, words.end)
    if ahead:
        beside += [mention for mention in judge.mentions if mention.start >= ahead.end()]
    kinds = _kinds_beside(judge, words)
    labels = judge.label_sets(words, without=beside)
    time = judge.time_of(words)
    if judge.needs_label:
        subjects = [
            each for each in judge.mentions if each.start >= 0 and each not in (*beside, *kinds)
        ]
        is_one = len(subjects) == 1 or (table.is_of_things and bool(kinds))
        if not is_one or (time is None and table.time is not None and not table.is_of_things):
            return
        place = judge.cell(labels, time)
        if place is None:
            return
        if _is_of_change(judge, words):
            return
        if _is_of_times(judge, words):
            yield from _rank_in_time(judge, side, rank, labels, place, since=sentence.since)
            return
        others = judge.among_labels(place)
        if kinds:
            others = _of_kinds(judge, kinds, time)
        if len(others) < 2 or (kinds and sentence.since):
            return
        yield _ranked(judge, others, place, side, rank, sure=len(others) > rank)
        return
    if time is None or table.time is None:
        return
    place = judge.cell(labels, time)
    if place is None:
        yield from _rank_of_period(judge, side, rank, time, since=sentence.since)
        return
    if _is_of_change(judge, words):
        yield from _rank_of_changes(judge, side, rank, place)
        return
    yield from _rank_in_time(judge, side, rank, labels, place, since=sentence.since)


def _kinds_beside(judge: Judge, words: ComparedWords) -> list[LabelMention]:
    """Return the labels that say among which things one is ranked: "the most powerful American car",
    "Iran's deadliest", "the deadliest of them".
    """
    if not judge.table.is_of_things:
        return []
    low = judge.sentence.low
    noun = re.match(r"[^,;:()]*", low[words.end :])
    end = words.end + (len(noun[0]) if noun else 0)
    is_of_them = low.startswith(" of them", words.end)
    kinds = [
        each
        for each in judge.mentions
        if words.end <= each.start < end
        or (each.start >= 0 and re.fullmatch(r"['’]s? ", low[each.end : words.start]))
        or (each.start < 0 and is_of_them)
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


def _is_of_change(judge: Judge, words: ComparedWords) -> bool:
    """True if a superlative is of a change: "the largest rise"."""
    behind = judge.sentence.low[words.end : words.end + 24]
    return re.match(rf" (?:\w+ )?{judge.words.patterns['change'].pattern}", behind) is not None


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
    chosen = places[_ranked_with(judge, keys, key, since)]
    if len(chosen) < 3:
        return
    yield _ranked(judge, chosen, place, side, rank, sure=True)


def _ranked_with(judge: Judge, keys: IntArray, key: int, since: TimeMention | None) -> Mask:
    """Return the times among which one is ranked: all, those up to it, or those since a time."""
    if any(time.has_year_apart for time in judge.sentence.times):
        return np.asarray(keys // 10_000 == key // 10_000)
    if since is not None and since.key < key:
        return (keys > since.bounds[1]) & (keys <= key)
    is_of_past = re.search(
        r"\b(?:record|up to then|until then|so far|ever|never before|bis dahin)\b",
        judge.sentence.low,
    )
    return keys <= key if is_of_past else np.ones(len(keys), dtype=bool)


def _rank_of_period(
    judge: Judge, side: int, rank: int, time: TimeMention, *, since: TimeMention | None
) -> Iterator[AuditReading]:
    """Yield the rank of a month, a quarter or a year in a table of shorter times, by its sum. A period
    of which the table has a part is no sure one.
    """
    table = judge.table
    if table.time is None or not judge.is_series or not judge.is_flow:
        return
    present = judge.has_values & (table.time.keys > 0)
    resolution: Resolution = (
        "quarter" if time.is_quarter else "month" if time.key % 10_000 else "year"
    )
    periods = periods_of(table.time.keys, resolution)
    names, inverse, counts = np.unique(periods[present], return_inverse=True, return_counts=True)
    if time.key not in names:
        return
    sums = np.bincount(inverse, weights=judge.measure.values[present]) * side
    ranked = _ranked_with(judge, names, time.key, since)
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
    return judge.reading("rank", operands, float(order), order == rank, sure=sure)


def _compared(judge: Judge, words: ComparedWords, side: int) -> Iterator[AuditReading]:
    sides = sides_of(judge, words)
    if sides is not None:
        yield _pair(judge, sides, side)
    else:
        yield from _of_measures(judge, words, side)


def _of_measures(judge: Judge, words: ComparedWords, side: int) -> Iterator[AuditReading]:
    """Yield the reading of "more beer than wine": two measures of a table, of a row or a time."""
    sentence, named = judge.sentence, judge.named
    pivot = pivot_of(sentence, words)
    if pivot <= words.start or not re.match(r"than|als|que", sentence.low[pivot:]):
        return
    left = sentence.named_by(concepts_in(sentence.text[:pivot]), named.number)
    behind = concepts_in(sentence.text[pivot:])
    right = sentence.named_by(behind, named.number) or sentence.named_by(
        behind | named.words.own,
        named.number,  # "dearer than new ones"
    )
    if not (left and right) or left[0].measure is not judge.measure:
        return
    others = [each for each in right if each.measure is not judge.measure]
    if not others or right[0] is not others[0] or not _are_alike(judge, others[0]):
        return
    other = Judge(sentence, others[0])
    labels, times = judge.label_sets(words), judge.sentence.times
    times = times or tuple(filter(None, [judge.latest(labels)]))
    levels = judge.level(labels, times), other.level(labels, times)
    if levels[0] is None or levels[1] is None:
        return
    off = (levels[0].value - levels[1].value) * side
    table = judge.table
    is_sure = bool(sentence.times) or table.time is None or table.is_of_things
    yield judge.reading("comparison", levels[0].places, off, off > 0, sure=is_sure)


def _are_alike(judge: Judge, other: Named) -> bool:
    """True if the values of two measures can be compared."""
    first, second = unit_of_measure(judge.measure), unit_of_measure(other.measure)
    return (first.kind, first.name, first.scale) == (second.kind, second.name, second.scale)


def _pair(judge: Judge, sides: Sides, side: int) -> AuditReading:
    this, that = sides.first.value, sides.other.value
    off = (this - that) * side
    fits: bool | None = off > 0
    if not fits and abs(off) < _SMALL * max(abs(this), abs(that)):
        fits = None if off else False
    is_sure = sides.is_sure and sides.first.is_sure and sides.other.is_sure
    return judge.reading("comparison", sides.places, this - that, fits, sure=is_sure)


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
        if (level := judge.level(labels, [time]))
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
    mentions = {each.codes[judge.named.number] for each in judge.mentions if each.start >= 0}
    if judge.needs_label and (not labels or len(mentions) > 1):
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
        yield _pair(judge, sides, side)


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
    if year.role != "at" or year.key % 10_000 or is_of_loss or _NO_MOVE.match(low, words.end):
        return
    is_noun = judge.words.patterns["change"].fullmatch(low, words.start, words.end)
    is_doubtful = is_noun or judge.may_be_deflated or is_of_longer_way(judge)
    sides = at_two_times(
        judge, labels, year, year.year_before, sure=not is_doubtful and is_of_ends(judge)
    )
    if sides is not None and sides.first.value > 0 and sides.other.value > 0:
        yield _pair(judge, sides, side)


def _multiplied(judge: Judge, meaning: Meaning, words: ComparedWords) -> Iterator[AuditReading]:
    """Yield the reading of "doubled between 2005 and 2010", "twice as much as France"."""
    sides = sides_of(judge, words)
    times = {time.key for time in judge.sentence.times}
    if sides is None and meaning.kind == "times" and len(times) == 1:
        now = judge.sentence.times[0]
        labels = judge.label_sets(words)
        sides = at_two_times(judge, labels, now, now.year_before, sure=False)
    if sides is None or sides.other.value <= 0:
        return
    ratio = sides.first.value / sides.other.value
    side = -meaning.round_to.side  # "more than doubled"
    off = ratio / (meaning.size or 1.0)
    if side > 0:
        fits: bool | None = off >= 1.0 and off < 2.0 if off < 0.995 or off >= 1.0 else None
    elif side < 0:
        fits = True if 0.85 <= off <= 1.0 else None if 0.7 < off < 1.05 else False
    else:
        fits = True if 0.95 <= off <= 1.05 else None if 0.88 <= off <= 1.14 else False
    yield judge.reading("ratio", sides.places, ratio, fits, sure=sides.is_sure)
