"""Doubts: what a sentence may mean beside a reading of it. A number may be of less than the cell that
the sentence names, of a part of a time, of a range or a limit; a change of another way than from the
one time to the other; a rank one among a few. With a doubt nothing is contradicted.

Each doubt holds for all operations that it does not name, and for each language by words of its own
(`words.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import unit_of_measure
from broadsheet.checks.audit.places import is_people, plain_name
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.read_sentence import PART_SIGN, Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.vocabulary import (
    BY_LABEL,
    CLEAR,
    concepts_in,
    qualifiers_in,
    words_listed,
)
from broadsheet.checks.audit.weighing.doubts_of_changes import has_condition
from broadsheet.checks.audit.weighing.evidence import (
    LEVELS,
    Witness,
    is_exact_cell,
    is_of_its_size,
    is_scoped_for,
    is_surely_of,
    is_witnessed,
    is_wrong_cell,
    words_apart,
)
from broadsheet.checks.audit.weighing.other_measures import is_of_another_measure, is_of_kind
from broadsheet.checks.audit.weighing.times import is_of_part_of_time, is_so_far, without_numbers

_JOINED = re.compile(r"\s*(?:-|–|—|to|and|or|bis|und|oder|à|et|ou|a|y|o)\s+\S?\s*|\s*[–—-]\s*")
_RANGED = re.compile(
    r"\b(?:between|within|from|zwischen|von|entre|de)\s+(?:\w+ )?\S?$|\brang(?:e|ed|es|ing) .*$"
)
_AND = re.compile(r"\s*(?:and|or|und|oder|et|ou|y|o)\s")
_UNTIL = re.compile(r"\b(?:until|till|up to|before|after|bis|vor|nach|jusqu\w*|avant|hasta)\b")
_APART = 5
"""The ends of a range are hardly so many times apart."""
_COMPARING = ("comparison", "rank", "ratio", "difference", "difference in percent")


class Doubts:
    """The doubts about the readings of a sentence by one measure."""

    def __init__(self, judge: Judge, witnesses: frozenset[Witness] = frozenset()) -> None:
        self._judge, self._witnesses = judge, witnesses

    @cached_property
    def _is_of_something_else(self) -> bool:
        """True if the sentence may be of something else than the measure, whatever is read of it."""
        return _is_of_persons_elsewhere(self._judge) or _is_of_heading(self._judge)

    def weighed(self, item: Placed, reading: AuditReading) -> AuditReading:
        """Return a reading of a number or of words that compare: without force to contradict if there
        is a doubt, and without any if the sentence says that the value is not so.
        """
        judge = self._judge
        is_told = judge.named.score >= CLEAR and is_wrong_cell(judge, item, reading)
        others = (_is_denied,) if is_told and judge.is_scoped else _OTHERS
        if reading.fits and judge.named.score >= CLEAR and is_exact_cell(item, reading):
            others = tuple(doubt for doubt in others if doubt is not _is_of_other_things)
        if any(is_other(judge, item, reading) for is_other in others):
            return replace(reading, is_sure=False, is_main=False, is_of_latest=False)
        if reading.fits and _is_loose_limit(judge, item, reading):
            return replace(reading, is_sure=False, is_main=False, is_of_latest=False)
        is_said = isinstance(item, Quantity) or not words_apart(judge, item, judge.unexplained)
        if judge.sentence.is_loose and not is_said:
            return replace(reading, is_sure=False, is_main=False, is_of_latest=False)
        if reading.fits is not False or not (reading.is_sure or reading.is_of_latest):
            return reading
        is_of_times = isinstance(item, Quantity) and item.kind == "times" and judge.measure.is_count
        is_loose = judge.sentence.is_loose or is_of_times
        if (is_loose and not is_of_its_size(judge, item, reading)) or (
            judge.named.is_guess and not is_wrong_cell(judge, item, reading)
        ):
            return replace(reading, is_sure=False, is_of_latest=False)
        doubts = _DOUBTS
        if is_witnessed(judge, item, reading, self._witnesses):
            doubts = tuple(doubt for doubt in _DOUBTS if doubt not in _OF_MEASURE)
        if reading.operation in LEVELS and is_so_far(judge, item):
            return replace(reading, is_sure=False, is_of_latest=False)
        if self._is_of_something_else or is_of_part_of_time(
            judge, item, is_count=reading.operation == "count"
        ):
            return replace(reading, is_sure=False, is_of_latest=False)
        if any(doubt(judge, item, reading) for doubt in doubts):
            return replace(reading, is_sure=False, is_of_latest=False)
        return reading


# Doubts about a sentence


def _is_of_persons_elsewhere(judge: Judge) -> bool:
    """True if only a word for persons names a population, and the sentence says more of them than
    that they live: "45 million people worked".
    """
    sentence, named = judge.sentence, judge.named
    if "population" not in named.words.own or named.words.own & sentence.concepts - {"population"}:
        return False  # "people in poverty"
    naming = {
        word
        for word in (plain_name(match[0]) for match in sentence.word_matches)
        if "population" in concepts_in(word) or word in words_listed("persons") or is_people(word)
    }
    if not naming or not all(word in words_listed("persons") or is_people(word) for word in naming):
        return False
    placed: tuple[Placed, ...] = (*sentence.labels, *sentence.times, *sentence.quantities)
    heads = concepts_in(" ".join(f"{each.title} {each.name}" for each in judge.table.labels))
    return any(
        plain_name(match[0]) not in naming | words_listed("living")
        and match[0].lower() not in words_listed("living")
        and not any(judge.words.has(name, match[0].lower()) for name in ("up", "down"))
        and not concepts_in(match[0]) & (heads | named.words.own)  # "the county of Cook"
        and not any(each.start <= match.start() < each.end for each in placed)
        for match in sentence.word_matches
    )


def _is_of_heading(judge: Judge) -> bool:
    """True if the heading above a sentence makes another measure of the one that it names."""
    words = judge.named.words
    heading = judge.sentence.heading.split()
    beside = [word for word in heading if not judge.names_another(word)]
    others = qualifiers_in(" ".join(beside)) - qualifiers_in(judge.sentence.text)
    return bool(others - words.qualifiers - words.table_qualifiers - words.implied)


# Doubts about a reading


def _is_of_part(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number may be of a part of what its sentence names, of a loss, or of all the rest."""
    if reading.operation not in LEVELS or not isinstance(item, Quantity):
        return False
    sentence, low = judge.sentence, judge.sentence.low
    is_loss = bool({"loss", "death"} & (judge.named.words.own | judge.named.words.other))
    quarters = [each for each in sentence.times if each.is_quarter and each.start >= 0]
    beside = without_numbers(sentence, sentence.low_without_times if quarters else low)
    if sentence.context:
        beside = judge.words.patterns["same-span"].sub(lambda match: " " * len(match[0]), beside)
    for mention in judge.mentions:  # "the North" may be a label
        start = max(mention.start, 0)
        said = judge.words.doubts["part"].finditer(beside, 0, start)
        start = next((each.start() for each in said if each.end() == start - 1), start)
        beside = f"{beside[:start]}{' ' * (mention.end - start)}{beside[mention.end :]}"
    if judge.words.doubts_of("part", beside) or (is_lost(judge, item) and not is_loss):
        return True
    if item.kind == "percent" and unit_of_measure(judge.measure).kind == "percent":
        return False  # "21.9 percent of its people"
    of_whole = judge.words.doubts["of-whole"].pattern
    behind = re.compile(rf"[^,;.]{{0,30}}?{of_whole}").match(low, item.end)
    return behind is not None and (
        behind.groupdict().get("label") is None
        or any(mention.start == behind.end() + 1 for mention in sentence.labels)
    )


def is_lost(judge: Judge, quantity: Quantity) -> bool:
    """True if the words before a number are of a loss or a gain."""
    lost = judge.words.doubts["lost"].pattern
    return re.search(rf"{lost}(?: \w+)?\s*$", judge.sentence.low[: quantity.start]) is not None


def _is_of_range(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number is the first or the last of a range, and no time tells them apart."""
    if not isinstance(item, Quantity) or reading.operation == "count":
        return False
    sentence = judge.sentence
    for left, right in zip(sentence.quantities, sentence.quantities[1:], strict=False):
        between = sentence.low[left.end : right.start]
        if item not in (left, right) or not _JOINED.fullmatch(between):
            continue
        is_ranged = _RANGED.search(sentence.low[: left.start]) is not None
        if reading.operation == "change" and judge.words.leads("from", sentence.low[: left.start]):
            continue
        is_moved = any(judge.words.has(name, sentence.low) for name in ("up", "down", "went"))
        is_moved = is_moved or any(each.kind == "times" for each in sentence.meanings)
        if is_moved and _is_change_to(left, right):
            continue
        if _AND.match(between):
            return is_ranged
        if not (is_moved and len({time.key for time in sentence.times}) > 1):
            return True
    return False


def _is_change_to(left: Quantity, right: Quantity) -> bool:
    """True if the first of two numbers is by how much something rose or fell, and the second what it
    came to: "5 percent to 3.1 million".
    """
    if left.kind and left.kind != right.kind:
        return True
    return left.kind == right.kind and abs(right.value) > _APART * abs(left.value)


def _is_of_limit(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if words say that a number is crossed or kept to, and no rounding word says how."""
    return (
        isinstance(item, Quantity)
        and reading.operation in LEVELS
        and not item.round_to.side
        and judge.words.has("limit", judge.sentence.low)
    )


def _is_of_other_side(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number behind "than Germany's" may be of what is compared with Germany."""
    sentence = judge.sentence
    than = judge.words.patterns["than"].search(sentence.low, 0, max(item.start, 0))
    labels = {each.codes[judge.named.number] for each in judge.mentions}
    return (
        isinstance(item, Quantity)
        and reading.operation in LEVELS
        and than is not None
        and len(labels) > 1
        and any(than.end() <= each.start < item.start for each in judge.mentions)
    )


def _is_of_other_end(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a comparison holds up to its one time, and not at it."""
    is_compared = reading.operation in _COMPARING
    is_one = len({time.key for time in judge.sentence.times}) == 1
    return is_compared and is_one and _UNTIL.search(judge.sentence.low) is not None


def _is_of_few(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a rank may be one among a few, or in a longer time than the table has."""
    low, group = judge.sentence.low, judge.words.patterns["group"].pattern
    some = re.search(rf"\bof (?:the |all )?(?P<kind>(?:[^\W\d_]+ )+){group}", low)
    is_kind = some is not None and not set(some["kind"].split()) <= {
        *judge.words.counts,
        "the",
        "all",
    }
    if reading.operation != "rank":
        return False
    return is_kind or judge.words.doubts_of("few", _without_number_of_all(judge, low))


def _without_number_of_all(judge: Judge, low: str) -> str:
    """Return a text without the number of all rows, or labels: "the longest of the 35 races"."""
    sizes = {judge.table.rows, *(len(column.labels) for column in judge.table.labels)}
    for each in judge.sentence.quantities:
        if each.kind == "" and each.value in sizes:
            low = f"{low[: each.start]}{' ' * (each.end - each.start)}{low[each.end :]}"
    return low


def _is_of_move(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number stands directly behind words of a change or a crossing: it is no sum."""
    before = " ".join(judge.sentence.low[: item.start].split()[-3:])
    return reading.operation in ("sum", "highest", "lowest") and any(
        judge.words.has(name, before) for name in ("up", "down", "crossed", "fell-below")
    )


def _is_only_of_label(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a sentence names a row, and no word of the measure. The only measure of a table needs none, if
    the number has its unit, beside percent, and is that of a neighbour.
    """
    if judge.named.score > BY_LABEL:
        return False
    unit = unit_of_measure(judge.measure)
    is_in_unit = isinstance(item, Quantity) and item.kind in ("currency", "unit")
    is_only = len(judge.table.measures) == 1 and is_in_unit and unit.is_sure
    return not (is_only and unit.name != "things" and is_wrong_cell(judge, item, reading))


def _is_of_unexplained(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a word of the sentence is explained by nothing. A comparison has two measures; and a
    number may have its own beside others.
    """
    words = words_apart(judge, item, judge.unexplained)
    is_scoped = is_scoped_for(judge, item)
    if (words or not is_scoped) and is_surely_of(judge, item, reading):
        return False
    if not is_scoped:
        return True
    if not words:
        return False
    is_beside = reading.operation in LEVELS and isinstance(item, Quantity)
    if reading.operation == "comparison" or (is_beside and _is_beside_measure(judge, item)):
        return not all(map(judge.names_another, words))
    return True


def _is_beside_measure(judge: Judge, quantity: Placed) -> bool:
    """True if of the measures of the table that a sentence names, this one is beside a number:
    "206 seats", "net income was $4 million".
    """
    text, numbers = judge.sentence.text, judge.sentence.quantities
    before = max((each.end for each in numbers if each.end <= quantity.start), default=0)
    behind = min((each.start for each in numbers if each.start >= quantity.end), default=None)
    nouns = text[quantity.end : behind].split()[:4]
    nouns = nouns if {"and", "or", "und", "et", "y"} & set(nouns[1:3]) else nouns[:2]
    for part in (" ".join(nouns), text[before : quantity.start]):
        if concepts_in(part) & judge.named.words.own:
            return not any(judge.names_another(word) for word in _others_in(judge, part))
        if any(judge.names_another(word) for word in _others_in(judge, part)):
            return False
    return False


def _others_in(judge: Judge, text: str) -> list[str]:
    """Return the words of a text that are not of the measure."""
    return [word for word in text.split() if not concepts_in(word) & judge.named.words.own]


def _is_of_set(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number says among how many, "the highest of the 27 members", or how many of some: "53 of
    the cities".
    """
    if reading.operation not in LEVELS or not isinstance(item, Quantity):
        return False
    low, doubts = judge.sentence.low, judge.words.doubts
    is_bare = item.kind == "" and not judge.measure.is_count
    is_some_of = is_bare and doubts["some-of"].match(low, item.end + 1) is not None
    return is_some_of or re.search(rf"{doubts['set'].pattern} $", low[: item.start]) is not None


def _is_of_some_of_them(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a percentage is of those that the measure is of: "40 percent of people in poverty are old"."""
    if reading.operation not in LEVELS or not isinstance(item, Quantity) or item.kind != "percent":
        return False
    low, naming = judge.sentence.low, judge.named.words.own - {"population"}
    whole = judge.words.doubts["of-them-is"].match(low, item.end + 1)
    if whole is None or not concepts_in(whole["whole"]) & naming:
        return False
    said = PART_SIGN.split(low[whole.end() :])[0]
    return not concepts_in(said) & naming  # "39 percent of the drivers in collisions were speeding"


def _is_of_larger_whole(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a percentage may be of more than the table has: "half of all in the country"."""
    is_share = isinstance(item, Quantity) and item.kind == "percent"
    is_share = is_share and reading.operation in ("share", "count")
    return is_share and judge.words.doubts_of("larger-whole", judge.sentence.low)


def _is_of_all_times(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a rank by counts of a time stands in words of its own, and the time elsewhere: "Newham, the
    borough with the most murders, had 14 in 2010".
    """
    if reading.operation != "rank" or not judge.measure.is_count or judge.table.time is None:
        return False
    low = judge.sentence.low
    start, end = low.rfind(",", 0, item.start), low.find(",", item.end)
    return 0 <= start < end and not any(start < time.start < end for time in judge.sentence.times)


def _is_of_condition(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if the words behind a number of rows may say which of them are counted."""
    is_count = judge.table.counted is not None and isinstance(item, Quantity)
    return is_count and has_condition(judge.sentence, item)  # type: ignore[arg-type]


def _is_of_each_time(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number is of each of the times that a reading adds: "221 tonnes a month"."""
    return reading.operation == "sum" and judge.words.doubts_of("per-time", judge.sentence.low)


def _is_of_most(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number is the most of some time, "up to 14 rescues", and a value is of all of it."""
    if not isinstance(item, Quantity) or reading.operation not in LEVELS or not item.round_to.side:
        return False
    up_to = judge.words.doubts["up-to"].pattern
    return re.search(rf"{up_to}\s*$", judge.sentence.low[: item.start]) is not None


def _is_of_one_case(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a superlative may be of one case, and the measure is the middle of many: "the longest wait was 71
    weeks" beside median waits.
    """
    whole = judge.named.words.qualifiers | judge.named.words.whole
    is_middle = bool(whole & {"median", "mean", "average"})
    is_extreme = any(each.kind in ("high", "low") for each in judge.sentence.meanings)
    is_said = any(judge.words.has(name, judge.sentence.low) for name in ("mean", "median"))
    return reading.operation == "cell" and is_middle and is_extreme and not is_said


Doubt = Callable[[Judge, Placed, AuditReading], bool]
_OF_MEASURE: tuple[Doubt, ...] = (_is_only_of_label, _is_of_unexplained)
"""The doubts about the measure, which another number of the sentence may take away."""
_DOUBTS: tuple[Doubt, ...] = (
    *_OF_MEASURE,
    _is_of_set,
    _is_of_part,
    _is_of_range,
    _is_of_limit,
    _is_of_other_side,
    _is_of_other_end,
    _is_of_few,
    _is_of_move,
    _is_of_condition,
    _is_of_all_times,
    _is_of_some_of_them,
    _is_of_larger_whole,
    _is_of_each_time,
    _is_of_most,
    _is_of_one_case,
    is_of_kind,
)


# What bears nothing out


def _is_loose_limit(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a limit that many values keep is of words that nothing explains: "over 60 percent own a machine"."""
    return (
        isinstance(item, Quantity)
        and reading.operation in LEVELS
        and bool(item.round_to.side)
        and not item.round_to.is_near
        and bool(words_apart(judge, item, judge.unexplained))
    )


def _is_denied(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a sentence says that a number is not so: "never had"."""
    sentence = judge.sentence
    if not isinstance(item, Quantity) or item.round_to.side:
        return False
    before = sentence.low[max(0, item.start - 40) : item.start]
    clause = re.split(r"[,;:()]", before)[-1]
    return sentence.words.has("denial", re.sub(r"\bnot only\b|\bnicht nur\b", "", clause))


def _is_of_other_things(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number that fits is of persons who did something else than live in a place, or of a
    loss or a gain of what it would be.
    """
    if reading.operation not in LEVELS or not isinstance(item, Quantity):
        return False
    behind = re.match(r"\s(?P<noun>[^\W\d_]+)", judge.sentence.text[item.end :])
    if item.kind == "" and behind and behind["noun"] in map(plain_name, judge.unexplained):
        return True  # "83.2 million cars"
    is_moved = "population" in judge.named.words.own and is_lost(judge, item)
    return is_moved or (bool(judge.unexplained) and _is_of_persons_elsewhere(judge))


def _goes_other_way(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if the sentence says that a value rose to a number, and it fell from the time before."""
    sentence = judge.sentence
    is_target = judge.words.leads("to", sentence.low[: item.start])
    if not (reading.fits and reading.operation == "cell" and is_target):
        return False
    before = sentence.low[max(0, item.start - 40) : item.start]
    up, down = judge.words.has("up", before), judge.words.has("down", before)
    time = judge.time_of(item)
    line = judge.series(judge.label_sets(item))
    if up == down or time is None or line is None or len({each.key for each in sentence.times}) > 1:
        return False
    places, keys = line
    earlier = places[keys < time.key]
    if not len(earlier):
        return False
    moved = reading.operands[0].value - float(judge.measure.values[earlier[-1]])
    return moved < 0 if up else moved > 0


def _is_of_untold_time(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a sentence compares with another year, and the table has no times: "more than in Ohio last year"; or
    tells how often: "12 percent drink it every day".
    """
    words, low = judge.words, judge.sentence.low
    if judge.table.time is None and reading.operation in _COMPARING:
        return words.doubts_of("other-year", low) and not judge.sentence.times
    is_share = isinstance(item, Quantity) and item.kind == "percent"
    return is_share and reading.operation == "cell" and words.has("every-time", low)


_OTHERS: tuple[Doubt, ...] = (
    _is_denied,
    _is_of_untold_time,
    _is_of_other_things,
    _goes_other_way,
    is_of_another_measure,
)
