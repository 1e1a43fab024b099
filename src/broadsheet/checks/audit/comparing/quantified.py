"""Comparisons that hold each time, everywhere, or of one alone: "has fallen every year since 2019", "for the third
year in a row", "the wettest in every month", "the only line to carry more".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from broadsheet.checks.audit.audit_table import FloatArray, IntArray, Mask
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import LabelMention
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.vocabulary import concepts_in

_FEW = 3
"""The fewest times of which "every year" is told."""
_MOSTLY = 0.5
"""So many changes the other way are none "every year", whenever it began."""
_NUMBER = re.compile(r"\W*\d")
_ALONE = ("only", "only-these")


def is_of_each_time(judge: Judge) -> bool:
    """True if a sentence says that something is so each time: "every year"."""
    return judge.words.has("every-time", judge.sentence.low)


def is_in_a_row(judge: Judge) -> bool:
    """True if a sentence says how many times in a row something was so."""
    return any(each.kind == "in-a-row" for each in judge.sentence.meanings)


def run_of(judge: Judge, labels: Sequence[LabelMention], side: int) -> Iterator[AuditReading]:
    """Yield the reading of a rise or a fall that is one each time, or so many times in a row."""
    line = judge.series(labels)
    if line is None:
        return
    places, keys = line
    moved = np.diff(judge.measure.values[places]) * side
    if is_in_a_row(judge):
        yield from _in_a_row(judge, places, keys, moved)
        return
    times, since, until = judge.sentence.times, judge.sentence.since, judge.sentence.until
    is_untold = since is None and judge.words.has("since", judge.sentence.low)  # "since the war"
    if is_untold or any(time.role not in ("since", "from", "until") for time in times):
        return
    chosen = np.ones(len(moved), dtype=bool)
    if since is not None:
        chosen &= keys[:-1] >= since.bounds[0]
    if until is not None:
        chosen &= keys[1:] <= until.bounds[1]
    at = np.flatnonzero(chosen)
    if len(at) + 1 < _FEW:
        return
    against = at[moved[at] <= 0]
    is_told = since is not None or len(against) > _MOSTLY * len(at) or not len(against)
    shown = int(against[0] if len(against) else at[-1])
    yield _compared(judge, places[[shown + 1, shown]], fits=not len(against), sure=is_told)


def _in_a_row(
    judge: Judge, places: IntArray, keys: IntArray, moved: FloatArray
) -> Iterator[AuditReading]:
    """Yield the reading of "for the third year in a row": a longer row leaves it open."""
    row = next(each for each in judge.sentence.meanings if each.kind == "in-a-row")
    times = [time for time in judge.sentence.times if time.role == "at"]
    size = int(row.size or 0)
    if size < 2 or len(judge.sentence.times) != len(times) or len(times) > 1:
        return
    ends = np.flatnonzero(keys == times[0].key) if times else np.array([len(keys) - 1])
    if not len(ends) or ends[0] < size:
        return
    end = int(ends[0])
    fits: bool | None = bool((moved[end - size : end] > 0).all())
    if fits and end > size and moved[end - size - 1] > 0:
        fits = None
    shown = next((at for at in range(end - 1, end - size - 1, -1) if moved[at] <= 0), end - 1)
    yield _compared(judge, places[[shown + 1, shown]], fits=fits, sure=bool(times))


def is_over_times(judge: Judge) -> bool:
    """True if a sentence says that a comparison holds each time, or since a time: "lower since 2019"."""
    is_since = [each.role for each in judge.sentence.times] == ["since"]
    return judge.table.time is not None and (is_of_each_time(judge) or is_since)


def compared_over_times(
    judge: Judge, cells: Sequence[int], side: int, other: Judge | None = None
) -> Iterator[AuditReading]:
    """Yield the reading of a comparison of two things that is said to hold each time. ``cells`` are one of each,
    of any time; the second is of the measure of an ``other`` judge, if there is one. "Since 2019" may also be of
    all these times together: it is only wrong if it does not hold in the first of them.
    """
    judges = (judge, other or judge)
    lines = [_by_time(each, cell) for each, cell in zip(judges, cells, strict=True)]
    keys = sorted(lines[0].keys() & lines[1].keys())
    if not keys or (len(keys) < _FEW and not judge.sentence.times):
        return
    values = [each.measure.values for each in judges]
    off = {key: float(values[0][lines[0][key]] - values[1][lines[1][key]]) for key in keys}
    against = [key for key in keys if off[key] * side <= 0]
    is_told = bool(judge.sentence.times) or not 0 < len(against) <= _MOSTLY * len(keys)
    shown = against[0] if against else keys[-1]
    places = [lines[0][shown]] if other else [line[shown] for line in lines]
    is_told_wrong = is_of_each_time(judge) or against[:1] == keys[:1]
    fits = not against if is_told_wrong or not against else None
    yield judge.reading("comparison", places, off[shown], fits, sure=is_told)


def _by_time(judge: Judge, cell: int) -> dict[int, int]:
    """Return the cells with the labels of one, by their times, as far as the sentence speaks of them."""
    column, sentence = judge.table.time, judge.sentence
    assert column is not None
    mask = judge.has_values & (column.keys > 0)
    for labels in judge.table.labels:
        mask &= labels.codes == labels.codes[cell]
    if sentence.since is not None:
        mask &= column.keys >= sentence.since.bounds[0]
    if sentence.until is not None:
        mask &= column.keys <= sentence.until.bounds[1]
    for time in sentence.times:
        if time.role == "at":
            mask &= judge.table.at_time(time.key, time.last)
    places = np.flatnonzero(mask)
    return {int(column.keys[place]): int(place) for place in places}


def _compared(
    judge: Judge, cells: IntArray | Sequence[int], *, fits: bool | None, sure: bool
) -> AuditReading:
    """Return the reading of a comparison of two cells, which tells by how much the first is above the other."""
    first, other = judge.measure.values[cells]
    return judge.reading("comparison", cells, float(first - other), fits, sure=sure)


def is_of_one_alone(judge: Judge, words: Placed) -> bool:
    """True if a sentence says that a comparison is of one thing alone: "the only line to", "only Ohio lost"."""
    sentence = judge.sentence
    return any(
        each.kind in _ALONE
        and each.start < words.start
        and not _NUMBER.match(sentence.low, each.end)
        for each in sentence.meanings
    )


def told_of_one(
    judge: Judge, reading: AuditReading, cells: Sequence[int], side: int
) -> AuditReading:
    """Return the reading of a comparison of two times that is said to be of one thing alone: it does not hold if
    another does so, too. ``cells`` are those of the thing, the one that is compared first.
    """
    if not reading.fits:
        return reading
    if len(cells) != 2 or judge.table.time is None:
        return replace(reading, fits=None, is_sure=False)
    sides = [_by_label(judge, cell) for cell in cells]
    values = judge.measure.values
    others = [
        name
        for name, place in sides[0].items()
        if name in sides[1]
        and place != cells[0]
        and (values[place] - values[sides[1][name]]) * side > 0
    ]
    if not others:
        return reading
    shown = [side_of[others[0]] for side_of in sides]
    return _compared(judge, shown, fits=False, sure=reading.is_sure)


def _by_label(judge: Judge, cell: int) -> dict[tuple[int, ...], int]:
    """Return the cells of the time of one, by the codes of their labels, without groups of others."""
    assert judge.table.time is not None
    keys = judge.table.time.keys
    places = judge.parts(np.flatnonzero(judge.has_values & (keys == keys[cell])))
    return {
        tuple(int(column.codes[place]) for column in judge.table.labels): int(place)
        for place in places
    }


def is_rank_of_each(judge: Judge) -> bool:
    """True if a rank is said to hold each time, or for all labels of another column: "in every hospital"."""
    return is_of_each_time(judge) or _column_of_all(judge) is not None


def _column_of_all(judge: Judge) -> int | None:
    """Return the column of which a sentence says all labels: "in every hospital"."""
    for each in judge.sentence.meanings:
        if each.kind not in ("all", "each"):
            continue
        for at, column in enumerate(judge.table.labels):
            if concepts_in(each.words) & concepts_in(f"{column.title} {column.name}"):
                return at
    return None


def rank_of_each(
    judge: Judge, labels: Sequence[LabelMention], side: int, rank: int
) -> Iterator[AuditReading]:
    """Yield the reading of a rank that a thing has each time, or for all labels of a column."""
    sentence, table = judge.sentence, judge.table
    if not labels or not judge.needs_label:
        return
    among = _no_groups(judge)
    at = _column_of_all(judge)
    if at is not None:
        groups = table.labels[at].codes
        if table.time is not None and len(sentence.times) != 1:
            return
        if table.time is not None and sentence.times:
            when = judge.at(sentence.times[0])
            among &= when if when is not None else False
    elif table.time is not None:
        groups = table.time.keys
        if any(time.role not in ("since", "from", "until") for time in sentence.times):
            return
        if sentence.since is not None:
            among &= groups >= sentence.since.bounds[0]
        if sentence.until is not None:
            among &= groups <= sentence.until.bounds[1]
    else:
        return
    orders = _orders_in(judge, labels, (side, rank), groups, among)
    wrong = [place for place, order in orders.items() if order != rank]
    if orders:
        shown = wrong[0] if wrong else next(iter(orders))
        yield judge.reading("rank", [shown], float(orders[shown]), not wrong, sure=True)


def rank_at_any_time(
    judge: Judge, labels: Sequence[LabelMention], side: int, rank: int
) -> AuditReading | None:
    """Return the reading of a rank of which a sentence tells no time, if it holds at all times, or at none."""
    assert judge.table.time is not None
    orders = _orders_in(judge, labels, (side, rank), judge.table.time.keys, _no_groups(judge))
    holds = {order == rank for order in orders.values()}
    if len(holds) != 1:
        return None
    last = max(orders, key=lambda place: judge.table.time.keys[place])  # type: ignore[union-attr]
    return judge.reading("rank", [last], float(orders[last]), holds.pop(), sure=True)


def _no_groups(judge: Judge) -> Mask:
    """Return the cells with a value whose labels are no groups of others."""
    among = np.zeros(judge.table.size, dtype=bool)
    among[judge.parts(np.flatnonzero(judge.has_values))] = True
    return among


def _orders_in(
    judge: Judge,
    labels: Sequence[LabelMention],
    place: tuple[int, int],
    groups: IntArray,
    among: Mask,
) -> dict[int, int]:
    """Return the place of some labels in each group of cells, by their cell there; nothing if they have not
    one cell in each, or if there are not two groups. ``place`` is the side from which is counted, and a rank.
    """
    side, rank = place
    values, orders = judge.measure.values, dict[int, int]()
    mine = judge.chosen(labels)
    for group in np.unique(groups[mine & among]):
        cells = np.flatnonzero(among & (groups == group))
        cells_of_it = [int(cell) for cell in cells if mine[cell]]
        if len(cells_of_it) != 1 or len(cells) <= rank:
            return {}
        orders[cells_of_it[0]] = (
            int((values[cells] * side > values[cells_of_it[0]] * side).sum()) + 1
        )
    return orders if len(orders) > 1 else {}
