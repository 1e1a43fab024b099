"""The cell of a table that a number is of, as far as its sentence names it, and the height of a measure for
some labels at a time: one cell, or what several come to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from broadsheet.checks.audit.audit_table import IntArray
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import LabelMention, TimeMention
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.vocabulary import concepts_in


@dataclass(frozen=True)
class Level:
    """The height of a measure for some labels at a time: a cell, or what several come to."""

    places: tuple[int, ...]
    """The cells."""
    value: float
    """The value."""
    is_sure: bool = True
    """It is clear what several cells come to."""


def level_of(
    judge: Judge, labels: Sequence[LabelMention], times: Sequence[TimeMention]
) -> Level | None:
    """Return the height of the measure for some labels at a time, or over a range of times: the
    one cell, the sum of those of a longer time, or their mean if they cannot be added. None if
    there is none, or if it is not clear what is meant.
    """
    until = times[-1] if len(times) > 1 and times[-1].role == "until" else None
    at = judge.at(times[0] if times else None, until)
    if at is None:
        return None
    places = np.flatnonzero(judge.chosen(labels) & at)
    if judge.needs_label and not labels and not judge.table.is_of_things:
        is_sum = judge.words.has("sum", judge.sentence.low) or judge.is_only_of_world
        if until or not judge.can_be_added or not is_sum:
            return None
        places = judge.parts(places)
        values = judge.measure.values[places]
        return Level(tuple(map(int, places)), float(values.sum())) if len(places) else None
    if len(places) > 1:
        places = judge.totals(places)
    values = judge.measure.values[places]
    if len(places) < 2:
        return Level((int(places[0]),), float(values[0])) if len(places) else None
    is_meant = judge.words.has("mean", judge.sentence.low)
    if judge.table.is_of_things:
        return Level(tuple(map(int, places)), float(values.mean())) if is_meant or labels else None
    if judge.table.time is None or not times:
        return None
    keys = judge.table.time.keys[places]
    is_over_time = len(np.unique(keys)) == len(keys)
    if not is_over_time and len(np.unique(keys)) > 1:
        return None
    is_sum = not is_meant and (judge.is_flow if is_over_time else judge.can_be_added)
    value = float(values.sum() if is_sum else values.mean())
    return Level(tuple(map(int, places)), value, judge.is_flow or is_meant or not is_over_time)


def single_of(judge: Judge, item: Placed) -> tuple[int, bool] | None:
    """Return the cell that a number is of, and True if the sentence names it whole."""
    labels, time = judge.label_sets(item), judge.time_of(item)
    times = judge.sentence.times
    is_first = judge.words.leads("from", judge.sentence.low[: item.start])
    is_of_first = is_first and [each.role for each in times] == ["from", "until"]
    is_sure = is_of_first or _is_certain(judge, times, item)
    is_sure = is_sure and _is_certain_of_labels(judge, item)
    is_of_period = judge.named.words.period is not None and judge.table.time is None
    if is_of_period:
        is_sure = _is_certain_of_labels(judge, item)
    elif time is not None and time.role != "at" and not _is_at_end(judge, item):
        is_sure = False  # "since 1956 it had lost …" is of all these years
    if judge.table.time is not None and time is None and not judge.table.is_of_things:
        time, is_sure = judge.latest(labels), False
    if not labels and judge.needs_label:
        return None
    place = judge.cell(labels, time)
    if judge.table.time is None:
        is_whole = len(labels) == len(judge.table.labels) > 1
        is_sure = is_sure and (is_whole or any(is_proper(judge, each) for each in labels))
    return None if place is None else (place, is_sure)


def listed_cells(judge: Judge, item: Placed) -> IntArray:
    """Return the cells of several labels that stand side by side before a number: "Wyoming, Vermont and Alaska have
    fewer than"; none if that is not all that the sentence names, or what they have together.
    """
    sentence, none = judge.sentence, np.array([], dtype=np.int64)
    mentions = [each for each in judge.mentions if each.start >= 0]
    is_joined = len(mentions) > 1 and all(
        judge.words.patterns["listed"].fullmatch(sentence.low[first.end : second.start].strip())
        for first, second in pairwise(mentions)
    )
    times = judge.sentence.times
    if not is_joined or mentions[-1].end > item.start or len(times) > 1:
        return none
    if judge.words.has("sum", sentence.low) or len(judge.codes_by_column(mentions)) != 1:
        return none
    places = [judge.cell([each], times[0] if times else None) for each in mentions]
    is_at_once = judge.table.time is None or (bool(times) and times[0].role == "at")
    return np.array(places) if is_at_once and None not in places else none


def names_row(judge: Judge, item: Placed) -> bool:
    """True if the sentence names the time and the label of a number, and the measure clearly: even
    "64" is surely of them.
    """
    has_labels = bool(judge.label_sets(item)) or not judge.needs_label
    has_time = judge.table.time is None or judge.table.is_of_things
    has_time = has_time or judge.time_of(item) is not None
    return has_labels and has_time and judge.is_named


def is_proper(judge: Judge, mention: LabelMention) -> bool:
    """True if a label names a row of its own, and is no word of the measure: a place, a name."""
    is_name = mention.place or (len(mention.words) > 3 and mention.words[:1].isupper())
    is_name = is_name or mention.words[-1:].isdecimal() or mention.words[:1].isdecimal()
    return (bool(is_name) or _is_key(judge, mention)) and not concepts_in(
        mention.words
    ) & judge.named.words.own


def _is_key(judge: Judge, mention: LabelMention) -> bool:
    """True if a label is of the first column of labels, which names each row: "cow"."""
    first = judge.table.labels[0]
    is_alone = len(first.labels) == judge.table.size
    return is_alone and any(at == 0 for at, _ in mention.codes[judge.named.number])


def _is_at_end(judge: Judge, item: Placed) -> bool:
    """True if a number is one of the two of "from 3 to 5 between 2010 and 2015"."""
    before = judge.sentence.low[: item.start]
    return judge.words.leads("from", before) or judge.words.leads("to", before)


def _is_certain(judge: Judge, items: Sequence[TimeMention | LabelMention], item: Placed) -> bool:
    """True if it is clear which of some words belongs to a number: there is one, or it stands
    directly behind the number, or between it and the number before.
    """
    keys = {
        part.key if isinstance(part, TimeMention) else part.codes[judge.named.number]
        for part in items
    }
    return len(keys) < 2 or judge.sentence.is_beside(items, item)


def _is_certain_of_labels(judge: Judge, item: Placed) -> bool:
    columns: dict[int, list[LabelMention]] = {}
    for mention in judge.mentions:
        columns.setdefault(min(at for at, _ in mention.codes[judge.named.number]), []).append(
            mention
        )
    return all(_is_certain(judge, mentions, item) for mentions in columns.values())
