"""The readings of a number that is told over the times of a label: first crossed, crossed in a year, gone from one to
another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from broadsheet.checks.audit.aggregates import written_of
from broadsheet.checks.audit.audit_table import FloatArray, IntArray
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import in_unit_of
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditReading, Operation

_BEHIND = 2
"""The most words between a number that is crossed and the times between which it is."""
_ABOVE = re.compile(r"\b(?:above|over|past|beyond|through|more than|über|au-dessus de|plus de)\s*$")
_BELOW = re.compile(r"\b(?:below|under|less than|fewer than|unter|moins de|menos de)\s*$")
_FIRST_BEHIND = re.compile(r"(?: \w+)? (?:was|were|had been) first (?P<verb>\w+)")


def crossing_of(judge: Judge, quantity: Quantity, before: str, behind: str) -> Operation | None:
    """Return how words of what was first say that a number was crossed: "first exceeded 400", "above
    400 for the first time", "was first passed"; None if they do not.
    """
    words = judge.words
    if words.has("fell-below", before) or _BELOW.search(before):
        return "first below"
    passive = _FIRST_BEHIND.match(behind)
    is_passed = passive is not None and words.has("crossed", passive["verb"])
    if words.has("crossed", before) or _ABOVE.search(before) or is_passed:
        return "first above"
    is_plain = quantity.start == 0  # "Ten million came for the first time"
    return "first above" if is_plain and _has_first_time(judge) else None


def _has_first_time(judge: Judge) -> bool:
    return any(meaning.kind == "first-time" for meaning in judge.sentence.meanings)


def threshold_of(judge: Judge, quantity: Quantity, operation: Operation) -> Iterator[AuditReading]:
    """Yield the reading of "first exceeded 400 ppm in 2015": the first time above a number."""
    labels = judge.label_sets(quantity)
    if judge.needs_label and not labels:
        return
    line = judge.series(labels)
    time = judge.time_of(quantity)
    if line is None or time is None:
        return
    places, keys = line
    values = judge.measure.values[places]
    is_of_longer = judge.table.time is not None and not judge.is_of_years
    is_of_longer = is_of_longer and not time.key % 10_000
    if is_of_longer and judge.can_be_added:
        keys, values, places = _by_year(keys, values, places)
    typical = (float(np.median(values)), float(values.max()))
    converted = next(filter(None, (in_unit_of(quantity, judge.measure, x) for x in typical)), None)
    if converted is None:
        return
    limit, is_unit_sure = converted
    off = (values - limit.value) * (1 if operation == "first above" else -1)
    crossed = np.flatnonzero(off >= 0 if quantity.start == 0 else off > 0)
    if not len(crossed):
        yield judge.reading(
            operation, [int(places[-1])], float(values[-1]), False, sure=is_unit_sure
        )
        return
    at = int(crossed[0])
    first, last = time.bounds
    fits = first <= int(keys[at]) <= last
    is_told = int(keys[at]) < first or bool(((keys >= first) & (keys <= last)).any())
    is_told = is_told or (at > 0 and judge.are_next(keys[at - 1 : at + 1]))
    is_unit_sure = is_unit_sure and (judge.is_flow or not (is_of_longer and judge.can_be_added))
    yield judge.reading(
        operation,
        [int(places[at])],
        float(values[at]),
        fits,
        sure=is_unit_sure and (fits or is_told),
    )


def _by_year(
    keys: IntArray, values: FloatArray, places: IntArray
) -> tuple[IntArray, FloatArray, IntArray]:
    """Return the years of some times, the sum of each, and the first cell of each."""
    years, first, inverse = np.unique(keys // 10_000, return_index=True, return_inverse=True)
    return years * 10_000, np.bincount(inverse, weights=values).astype(float), places[first]


def crossed_in(judge: Judge, quantity: Quantity, before: str) -> Iterator[AuditReading]:
    """Yield the reading of "dipped below two in 2007" or "passed 400 in 2015", if a value did so from the
    time before. If it is only on that side, the words leave open when it came there.
    """
    words, labels, time = judge.words, judge.label_sets(quantity), judge.time_of(quantity)
    ends = (before, words.unrounded(before))
    is_fall = any(words.ends("fell-below", text) for text in ends)
    if time is None or not (is_fall or any(words.ends("crossed", text) for text in ends)):
        return
    line = judge.series(labels) if labels or not judge.needs_label else None
    if line is None or time.role != "at":
        return
    places, keys = line
    at = np.flatnonzero(keys == time.key)
    if not len(at) or not at[0]:
        return
    values = judge.measure.values[places[at[0] - 1 : at[0] + 1]]
    converted = in_unit_of(quantity, judge.measure, float(values[1]))
    if converted is None or not converted[1]:
        return
    off = (values - converted[0].value) * (-1 if is_fall else 1)
    if off[0] < 0 < off[1]:
        operation: Operation = "first below" if is_fall else "first above"
        operands = [int(place) for place in places[at[0] - 1 : at[0] + 1]]
        is_next = judge.are_next(keys[at[0] - 1 : at[0] + 1])
        yield judge.reading(operation, operands, float(values[1]), True, sure=is_next)


def crossed_between(judge: Judge, quantity: Quantity, before: str) -> Iterator[AuditReading]:
    """Yield the reading of "passed two million between 1957 and 1967": it fits if a value did so from the one
    time to the other.
    """
    words, labels = judge.words, judge.label_sets(quantity)
    first, last = judge.sentence.since, judge.sentence.until
    ends = (before, words.unrounded(before))
    is_fall = any(words.ends("fell-below", text) for text in ends)
    is_crossed = is_fall or any(words.ends("crossed", text) for text in ends)
    if first is None or last is None or not is_crossed or len(judge.sentence.times) != 2:
        return
    behind = judge.sentence.text[quantity.end : first.start].split()
    if first.start < quantity.end or len(behind) > _BEHIND:
        return  # "between 1957 and 1967 it passed two million twice"
    line = judge.series(labels) if labels or not judge.needs_label else None
    if line is None:
        return
    places, keys = line
    levels = [places[keys == time.key] for time in (first, last)]
    if not all(map(len, levels)):
        return
    operands = [int(level[0]) for level in levels]
    values = judge.measure.values[operands]
    converted = in_unit_of(quantity, judge.measure, float(values[1]))
    if converted is None or not converted[1]:
        return
    off = (values - converted[0].value) * (-1 if is_fall else 1)
    operation: Operation = "first below" if is_fall else "first above"
    fits = bool(off[0] < 0 <= off[1])
    yield judge.reading(operation, operands, float(values[1]), fits, sure=True)


def move_of(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the reading of a number of "fell from 2.4 million to 2.1 million", if the sentence has no
    time: it fits if a label had the one before the other. It is wrong if it only had the other first.
    """
    pair = _pair_with(judge, quantity)
    labels = judge.label_sets(quantity)
    if pair is None or judge.sentence.times or (judge.needs_label and not labels):
        return
    line = judge.series(labels)
    if line is None:
        return
    places, _ = line
    first, last = (_times_with(judge, number, places) for number in pair)
    if not len(first) or not len(last):
        return
    is_in_order = bool(first[0] < last[-1])
    fits = is_in_order and not _goes_other_way(judge, pair)
    ends = (first[0], last[-1]) if is_in_order else (last[0], first[-1])
    operands = [int(places[at]) for at in ends]
    earlier, later = judge.measure.values[operands]
    exact = float(later - earlier)
    is_sure = ends[0] != ends[1] and judge.is_of_years and all(each.is_telling for each in pair)
    yield judge.reading("change", operands, exact, fits, sure=is_sure)


def _goes_other_way(judge: Judge, pair: tuple[Quantity, Quantity]) -> bool:
    """True if the words before two numbers say the other way than the numbers do: "fell from 2 to 3"."""
    before = judge.sentence.low[: pair[0].start]
    up, down = judge.words.has("up", before), judge.words.has("down", before)
    moved = pair[1].value - pair[0].value
    return up != down and min(each.value for each in pair) > 0 and (moved < 0 if up else moved > 0)


def _pair_with(judge: Judge, quantity: Quantity) -> tuple[Quantity, Quantity] | None:
    """Return the two numbers between which a value went, of which this is one."""
    sentence = judge.sentence
    words = judge.words
    for left, right in zip(sentence.quantities, sentence.quantities[1:], strict=False):
        before = sentence.low[: left.start]
        is_moved = any(words.has(name, before) for name in ("up", "down", "went"))
        between = sentence.low[left.end : right.start]
        if (
            quantity in (left, right)
            and is_moved
            and not (words.has("up", before) and words.has("down", before))
            and words.leads("from", before)
            and words.patterns["to"].fullmatch(words.unrounded(between).strip())
        ):
            return left, right
    return None


def _times_with(judge: Judge, quantity: Quantity, places: IntArray) -> IntArray:
    """Return the positions of the cells that are what is written of a number."""
    exact = judge.measure.values[places]
    results = [written_of(judge, quantity, float(value)) for value in exact]
    return np.array(
        [at for at, result in enumerate(results) if result and result[0]], dtype=np.int64
    )
