"""The readings of comparisons of columns of a table with each other: "more beer than wine", "broilers overtook beef in
1996", "beef came third".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from broadsheet.checks.audit.audit_table import MeasureColumn
from broadsheet.checks.audit.cells import Level, level_of
from broadsheet.checks.audit.comparing.quantified import compared_over_times, is_over_times
from broadsheet.checks.audit.indexed_tables import Named
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import unit_of_measure
from broadsheet.checks.audit.mentions import LabelMention, TimeMention
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.tables.measure_words import measure_words
from broadsheet.checks.audit.vocabulary import CLEAR, concepts_in

_FEW = 3
"""A place among fewer columns says nothing."""


def compared_columns(judge: Judge, words: Placed, side: int, pivot: int) -> Iterator[AuditReading]:
    """Yield the reading of "more beer than wine": two measures of a table, of a row or a time. Behind the ``pivot``
    is the one that the other is compared with.
    """
    sentence = judge.sentence
    is_ahead = judge.words.patterns["next-to"].match(sentence.low, words.start) is not None
    is_than = pivot > words.start and re.match(r"than|als|que", sentence.low[pivot:])
    if not (is_ahead or is_than):
        return
    start = words.start if is_ahead else pivot
    pair = _two_columns(judge, sentence.text[:start], sentence.text[pivot:])
    if pair is None:
        return
    labels, times = judge.label_sets(words), sentence.times
    times = times or tuple(filter(None, [judge.latest(labels)]))
    levels = [level_of(each, labels, times) for each in pair]
    if levels[0] is None or levels[1] is None:
        return
    table = judge.table
    if is_over_times(judge):
        cells = [levels[0].places[0], levels[1].places[0]]
        yield from compared_over_times(judge, cells, side, pair[1])
        return
    off = (levels[0].value - levels[1].value) * side
    is_sure = bool(sentence.times) or table.time is None or table.is_of_things
    yield judge.reading("comparison", levels[0].places, off, off > 0, sure=is_sure)


def overtaken_columns(judge: Judge, words: Placed) -> Iterator[AuditReading]:
    """Yield the reading of "broilers overtook beef in 1996": it fits if one column was above the other in that year,
    and not in the one before.
    """
    sentence = judge.sentence
    times = sentence.times
    pair = _two_columns(judge, sentence.text[: words.start], sentence.text[words.end :])
    if pair is None or len(times) != 1 or times[0].key % 10_000 or times[0].role != "at":
        return
    labels = judge.label_sets(words)
    now, before = (_levels(pair, labels, time) for time in (times[0], times[0].year_before))
    if len(now) != len(pair) or len(before) != len(pair):
        return
    off = now[0].value - now[1].value
    fits = off > 0 and before[0].value <= before[1].value
    yield judge.reading("comparison", now[0].places, off, fits, sure=True)


def rank_of_column(judge: Judge, side: int, rank: int) -> Iterator[AuditReading]:
    """Yield the place of a column among all of its table, if these are alike: "in 2023 beef came third"."""
    table, times = judge.table, judge.sentence.times
    columns = [each for each in table.measures if each.has_values]
    if len(columns) < _FEW or judge.named.score < CLEAR or len(times) != 1 or judge.mentions:
        return
    if (
        table.labels
        or table.counted is not None
        or not all(_is_alike(judge, each) for each in columns)
    ):
        return
    others = [
        Judge(
            judge.sentence, Named(judge.named.number, table, each, measure_words(table, each), 0.0)
        )
        for each in columns
    ]
    levels = {each.measure.name: _levels([each], (), times[0]) for each in others}
    if not all(levels.values()):
        return
    value = levels[judge.measure.name][0].value * side
    order = 1 + sum(each[0].value * side > value for each in levels.values())
    places = levels[judge.measure.name][0].places
    yield judge.reading("rank", places, float(order), order == rank, sure=True)


def _levels(
    judges: Sequence[Judge], labels: Sequence[LabelMention], time: TimeMention
) -> list[Level]:
    """Return the heights of some measures at a time, as far as there are."""
    levels = (level_of(judge, labels, [time]) for judge in judges)
    return [level for level in levels if level is not None]


def _two_columns(judge: Judge, before: str, behind: str) -> tuple[Judge, Judge] | None:
    """Return the measure of a judge and another of its table that two parts of the sentence name; None if the first
    is of another one, or the values cannot be compared.
    """
    sentence, named = judge.sentence, judge.named
    left = sentence.named_by(concepts_in(before), named.number)
    concepts = concepts_in(behind)
    right = sentence.named_by(concepts, named.number) or sentence.named_by(
        concepts | named.words.own,
        named.number,  # "dearer than new ones"
    )
    if not (left and right) or left[0].measure is not judge.measure:
        return None
    others = [each for each in right if each.measure is not judge.measure]
    if not others or right[0] is not others[0] or not _is_alike(judge, others[0].measure):
        return None
    return judge, Judge(sentence, others[0])


def _is_alike(judge: Judge, other: MeasureColumn) -> bool:
    """True if the values of two measures can be compared."""
    first, second = unit_of_measure(judge.measure), unit_of_measure(other)
    return (first.kind, first.name, first.scale) == (second.kind, second.name, second.scale)
