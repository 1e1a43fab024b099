"""The readings of a number: which cells it may be made of, and how. The words beside it say which
operation is meant; others are tried, too, and can bear it out, but contradict nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from broadsheet.checks.audit.aggregates import (
    cell_of,
    each_of,
    extreme_in,
    extreme_of,
    middle_of,
    sum_of,
    written_of,
)
from broadsheet.checks.audit.cells import is_proper, level_of, single_of
from broadsheet.checks.audit.comparing.comparisons import SIDES, Sides, at_two_times, sides_of
from broadsheet.checks.audit.comparing.crossings import (
    crossed_between,
    crossed_in,
    crossing_of,
    move_of,
    threshold_of,
)
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import may_be_percent, unit_of_measure
from broadsheet.checks.audit.mentions import TimeMention, distinct
from broadsheet.checks.audit.places import WHOLE_WORLD
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditReading, Operation
from broadsheet.checks.audit.vocabulary import (
    BY_TOPIC,
    AuditWords,
    concepts_in,
    lemma,
    words_listed,
)
from broadsheet.checks.audit.weighing.doubts import is_lost
from broadsheet.checks.audit.weighing.doubts_of_changes import (
    is_of_longer_way,
    is_of_several_changes,
    side_of_part,
)

_NEAR = 48
"""The number of letters beside a number in which the words for what is done with it are looked for."""
_OF = 9
"""The most letters between a part and what it is a part of: "half of the"."""
_OTHER_RATIO = 0.15
"""A ratio that is off by more than this part is another: "three times" of 2.5."""
_LARGE = 5.0
"""A change by so many percent, told with the wrong sign, is wrong at constant prices as well."""
_LESS = re.compile(
    r"\s*(?:less|fewer|lower|below|smaller|shorter|behind|weniger|niedriger|kleiner|unter|moins|menos)"
)
_CLAUSE = re.compile(
    r"[;:()—–]|, (?:and|but|while|whereas|whilst|as|und|aber|während|et|mais|tandis que|y|pero|mientras que) "
)


def readings_of(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the readings of a number, by what the words beside it say."""
    before, behind, clause = _beside(judge, quantity)
    words = judge.words
    if quantity.kind == "times" and not (judge.table.counted and single_of(judge, quantity)):
        yield from _ratio(judge, quantity)
    elif quantity.kind == "points":
        yield from _change(judge, quantity, before, behind, "change in points")
    elif quantity.kind == "percent":
        is_of_label = any(0 <= each.start - quantity.end < _OF for each in judge.mentions)
        is_part = words.has("share", clause) or (quantity.is_word and not is_of_label)
        if words.has("first", clause) and (
            crossing := crossing_of(judge, quantity, before, behind)
        ):
            yield from threshold_of(judge, quantity, crossing)
            return
        said = re.sub(r"\b(?:made|makes?|making) up\b", "", before)
        is_change = _is_change(words, said, behind) or side_of_part(judge, quantity)
        if is_change and not _is_end(judge, quantity):
            if judge.is_of_changes:
                yield from cell_of(judge, quantity, main=True)
                return
            yield from _change(judge, quantity, before, behind, "change in percent")
            return
        if is_part or re.match(r"\s*of\b|\s*der\b|\s*des\b|\s*de", behind):
            parts = list(_share_of_other(judge, quantity))
            yield from parts
            if parts:
                return
        if is_part:
            yield from _share(judge, quantity)
        is_share = unit_of_measure(judge.measure).kind == "percent" or may_be_percent(judge.measure)
        cells = list(cell_of(judge, quantity, main=not is_part or is_share))
        yield from cells
        yield from each_of(judge, quantity)
        if words.has("mean", clause):
            yield from middle_of(judge, quantity, "mean", main=not cells)
    elif quantity.kind != "rank":
        yield from _amount(judge, quantity, before, behind, clause)


def _amount(
    judge: Judge, quantity: Quantity, before: str, behind: str, clause: str
) -> Iterator[AuditReading]:
    words = judge.words
    whole = judge.sentence.low
    is_moved = is_lost(judge, quantity) and len(distinct(judge.sentence.times)) == 2
    if is_moved or _is_by(words, before) or _is_of_change(words, before):
        is_in_percent = unit_of_measure(judge.measure).kind == "percent"
        is_of_points = words.patterns["bare-points"].match(behind.lstrip()) is not None
        operation: Operation = "change in points" if is_in_percent and is_of_points else "change"
        yield from _change(judge, quantity, before, behind, operation)
        return
    if _is_difference(judge, quantity, behind):
        differences = list(_difference(judge, quantity))
        if not differences and "anomal" in judge.named.words.own:  # "1 °C above the base period"
            yield from cell_of(judge, quantity, main=True)
        yield from differences
        return
    if words.has("first", clause) and (crossing := crossing_of(judge, quantity, before, behind)):
        yield from threshold_of(judge, quantity, crossing)
        return
    yield from crossed_in(judge, quantity, before)
    moves = list(crossed_between(judge, quantity, before)) or list(move_of(judge, quantity))
    if moves:
        yield from moves
        return
    is_sum, is_mean = words.has("sum", clause), words.has("mean", clause)
    extreme = 0 if single_of(judge, quantity) else extreme_in(judge)
    yield from each_of(judge, quantity)
    yield from cell_of(judge, quantity, main=not extreme)
    yield from sum_of(judge, quantity, main=not is_mean and not extreme, is_named=is_sum)
    if is_mean:
        yield from middle_of(judge, quantity, "mean", main=True)
    if words.has("median", whole):
        yield from middle_of(judge, quantity, "median", main=True)
    if extreme:
        yield from extreme_of(judge, quantity, extreme)


def years_in(judge: Judge) -> Iterator[tuple[Quantity, AuditReading]]:
    """Yield the years of a sentence that are values of a measure: "founded in 1997"."""
    yield from _years_of_row(judge)
    is_of_years = judge.measure.is_of_years and judge.table.is_of_things
    is_of_years = is_of_years and unit_of_measure(judge.measure).kind != "unit"
    if not is_of_years or judge.named.score <= BY_TOPIC:
        return
    times = [time for time in judge.sentence.times if time.key % 10_000 == 0 and time.start >= 0]
    labels = judge.mentions
    places = np.flatnonzero(judge.chosen(labels))
    if len(times) != 1 or len(places) != 1 or not labels:
        return
    year = Quantity(
        times[0].start, times[0].end, str(times[0].key // 10_000), times[0].key / 10_000, 1.0
    )
    exact = float(judge.measure.values[places[0]])
    yield year, judge.reading("cell", places, exact, year.value == exact, sure=True)


def _years_of_row(judge: Judge) -> Iterator[tuple[Quantity, AuditReading]]:
    """Yield the year that says when the thing of a row began: "came out in 1977"."""
    column, times = judge.table.time, judge.sentence.times
    if column is None or not judge.table.is_of_things or len(times) != 1 or times[0].key % 10_000:
        return
    places = np.flatnonzero(judge.chosen(judge.mentions))
    before = judge.sentence.low[: max(times[0].start, 0)].split()
    if before[-1:] not in (["in"], ["im"], ["en"]) or not set(before) & words_listed("begun"):
        return
    if len(places) != 1 or not any(is_proper(judge, each) for each in judge.mentions):
        return
    key = times[0].key // 10_000
    year = Quantity(times[0].start, times[0].end, str(key), float(key), 1.0)
    exact = float(int(column.keys[places[0]]) // 10_000)
    yield year, judge.reading("cell", places, exact, exact == key, sure=True)


# Words beside a number


def _beside(judge: Judge, quantity: Quantity) -> tuple[str, str, str]:
    """Return the words before a number, those behind it, and its clause; in small letters."""
    low = judge.sentence.low_without_names
    start, end = judge.sentence.around(quantity, _CLAUSE)
    return (
        low[max(start, quantity.start - _NEAR) : quantity.start],
        low[quantity.end : quantity.end + _NEAR],
        low[start:end],
    )


@cache
def _by_form(words: AuditWords) -> re.Pattern[str]:
    moved = f"(?:{words.patterns['up'].pattern}|{words.patterns['down'].pattern})"
    by = words.patterns["by"].pattern
    return re.compile(rf"{moved}(?: \w+)?(?:(?: \w+){{0,3}},? {by}|(?:ed)? (?:of|um|de|d')|,?)$")


def _is_change(words: AuditWords, before: str, behind: str) -> bool:
    """True if the words beside a percentage say that it is a change."""
    if re.match(
        rf"\s*(?:{words.patterns['difference'].pattern}|{words.patterns['change'].pattern})", behind
    ):
        return True
    if _is_target(words, before):
        return False
    in_brackets = re.search(r"(?:, or|\() ?(?:\w+ )?$", before) is not None
    is_moved = words.has("up", before) or words.has("down", before)
    return _by_form(words).search(words.unrounded(before)) is not None or (in_brackets and is_moved)


def _is_difference(judge: Judge, quantity: Quantity, behind: str) -> bool:
    """True if a number is by how much something is more or less than something else."""
    form = judge.words.patterns["difference"].pattern
    if re.match(rf"\s*{form}(?! than (?:\$|€|£)?\d)", behind):
        return True
    sentence = judge.sentence
    return any(
        meaning.kind in ("more", "less")
        and (
            not meaning.is_limited
            or any(0 <= time.start - meaning.end < 6 for time in sentence.times)
        )
        and (
            meaning.start <= quantity.start < meaning.end
            or (
                meaning.start >= quantity.end
                and not sentence.text[quantity.end : meaning.start].strip()
            )
        )
        for meaning in sentence.meanings
    )


def _is_by(words: AuditWords, before: str) -> bool:
    """True if a number is by how much something changed: "rose by about"."""
    is_moved = words.has("up", before) or words.has("down", before)
    return is_moved and words.ends("by", words.unrounded(before))


def _is_end(judge: Judge, quantity: Quantity) -> bool:
    """True if a percentage is one of the two between which a value went: "cayó del 75 % al 7 %"."""
    low, words = judge.sentence.low, judge.words
    alike = [each for each in judge.sentence.quantities if each.kind == quantity.kind]
    return any(
        quantity in (first, last)
        and words.leads("from", low[: first.start])
        and words.leads("to", low[: last.start])
        for first, last in pairwise(alike)
    )


def _is_target(words: AuditWords, before: str) -> bool:
    """True if a number is what something rose or fell from or to."""
    return re.search(r"\b(?:to|at|auf|bei|à|from|von)$", words.unrounded(before)) is not None


def _is_of_change(words: AuditWords, before: str) -> bool:
    """True if a number is the size of a change: "an increase of"."""
    return words.ends("change", re.sub(r"\b(?:of|von|um|de)$", "", words.unrounded(before)))


def _direction(judge: Judge, quantity: Quantity, before: str, behind: str) -> int:
    """Return 1 for words of a rise, -1 for words of a fall, 0 for none or both."""
    words = judge.words
    text = f"{before} | {behind[:24]}"
    up, down = words.has("up", before), words.has("down", before)
    if up == down:
        up, down = words.has("up", text), words.has("down", text)
    return int(up) - int(down) or side_of_part(judge, quantity)


# Operations


def _pairs(judge: Judge, quantity: Quantity) -> Iterator[Sides]:
    """Yield the later and the earlier level of a change."""
    labels = judge.label_sets(quantity)
    times = distinct(judge.sentence.times)
    column = judge.table.time
    if column is None or (judge.needs_label and not labels):
        return
    spans: list[tuple[TimeMention, TimeMention, bool]] = []
    if len(times) == 2:
        spans.append((_end_of_decade(judge, times), times[0], True))
    elif len(times) == 1:
        only = times[0]
        if only.role == "since":
            latest = judge.latest(labels)
            spans += [(latest, only, False)] if latest else []
        else:
            is_sure = column.resolution == "year" and not is_of_longer_way(judge)
            spans.append((only, only.year_before, is_sure))
    elif len(times) > 2:
        near = judge.time_of(quantity)
        if near is not None:
            spans += [(near, time, False) for time in times if time.key < near.key]
    for later, earlier, is_sure in spans:
        sides = at_two_times(judge, labels, later, earlier, sure=is_sure)
        if sides is not None:
            yield sides


def _end_of_decade(judge: Judge, times: Sequence[TimeMention]) -> TimeMention:
    """Return the later of two times; in a table of every tenth year the one with which "the 1930s" end."""
    first, last = times
    if not last.is_decade_from(first):
        return last
    after = last.years_on(1)
    at_end, at_next = judge.at(last), judge.at(after)
    is_of_tens = at_end is not None and not at_end.any() and at_next is not None and at_next.any()
    return after if is_of_tens else last


def _change(
    judge: Judge, quantity: Quantity, before: str, behind: str, operation: Operation
) -> Iterator[AuditReading]:
    side = _direction(judge, quantity, before, behind)
    if _is_difference(judge, quantity, behind) or _compares_labels(judge, quantity):
        yield from _difference(judge, quantity)
        return
    for pair in _pairs(judge, quantity):
        new, old = pair.first.value, pair.other.value
        exact = new - old
        if operation == "change in percent":
            if old <= 0:
                continue
            exact = exact / old * 100
            fits = quantity.fits(exact * side if side else abs(exact))
            is_spanned = len({time.key for time in judge.sentence.times}) == 2
            is_turned = abs(exact) >= _LARGE and quantity.fits(-exact * side) is True
            is_unit_sure = is_spanned or is_turned or not judge.may_be_deflated
        elif operation == "change in points":
            unit = _percent_scale(judge)
            if unit is None:
                continue
            exact *= unit
            fits, is_unit_sure = quantity.fits(exact * side if side else abs(exact)), True
        else:
            result = written_of(
                judge, quantity, exact * side if side else abs(exact), is_level=False
            )
            if result is None:
                continue
            fits, is_unit_sure = result[0], result[1] or quantity.kind != ""
        yield judge.reading(
            operation,
            pair.places,
            exact,
            fits,
            sure=pair.is_sure and is_unit_sure and side != 0 and not is_of_several_changes(judge),
        )


def _percent_scale(judge: Judge) -> float | None:
    if unit_of_measure(judge.measure).kind == "percent" or judge.measure.largest <= 100:
        return 100.0 if judge.measure.largest <= 1.0 else 1.0
    return None


def _compares_labels(judge: Judge, quantity: Quantity) -> bool:
    """True if the clause of a number has several labels of a column."""
    start, end = judge.sentence.around(quantity, _CLAUSE)
    mentions = [each for each in judge.mentions if start <= each.start < end or each.start < 0]
    return any(len(codes) > 1 for codes in judge.codes_by_column(mentions).values())


def _ratio(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    sides = sides_of(judge, quantity)
    if sides is None or sides.first.value <= 0 or sides.other.value <= 0:
        return
    exact = sides.first.value / sides.other.value
    fits = quantity.fits(exact)
    if fits is None and quantity.step >= 1 and abs(exact - quantity.value) <= 0.1 * quantity.value:
        fits = True  # "three times" is said of 3.1
    if fits is None and abs(exact - quantity.value) > _OTHER_RATIO * quantity.value:
        fits = False
    yield judge.reading("ratio", sides.places, exact, fits, sure=sides.is_sure)


def _difference(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    sides = sides_of(judge, quantity)
    if sides is None:
        return
    less = [each.start for each in judge.sentence.meanings if SIDES.get(each.kind, 0) < 0]
    is_less = judge.words.has("down", judge.sentence.low[quantity.end : quantity.end + 24]) or any(
        quantity.start <= start <= quantity.end + 3 for start in less
    )
    is_less = is_less or re.match(_LESS, judge.sentence.low[quantity.end :]) is not None
    over, under = sides.first.value, sides.other.value
    exact = (over - under) * (-1 if is_less else 1)
    operation: Operation = "difference"
    if quantity.kind == "percent":
        if under <= 0:
            return
        exact = exact / under * 100
        operation = "difference in percent"
        result: tuple[bool | None, bool] | None = (quantity.fits(exact), True)
    elif quantity.kind == "points":
        unit = _percent_scale(judge)
        exact *= unit or 1.0
        result = None if unit is None else (quantity.fits(exact), True)
    else:
        result = written_of(judge, quantity, exact, is_level=False)
    if result is not None:
        is_unit_sure = result[1] or quantity.kind != ""
        is_sure = sides.is_sure and is_unit_sure
        yield judge.reading(operation, sides.places, exact, result[0], sure=is_sure)


def _share(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the share of a label in the sum of all labels, or in the row of their total."""
    labels = judge.label_sets(
        quantity, without=[each for each in judge.mentions if each.place == WHOLE_WORLD]
    )
    time = judge.time_of(quantity)
    is_sure = judge.table.time is None or time is not None
    if time is None:
        time = judge.latest(labels)
    if labels and (part := judge.cell(labels, time)) is not None:
        yield from _share_of_measure(judge, quantity, part, is_sure=is_sure)
    if not labels or not judge.can_be_added:
        return
    groups = [mention for mention in judge.mentions if mention.place == WHOLE_WORLD]
    parts = judge.label_sets(quantity, without=groups)
    part = judge.cell(parts or labels, time)
    if part is None:
        return
    places = judge.among_labels(part)
    at = judge.at(time)
    if at is None:
        return
    places = np.intersect1d(places, np.flatnonzero(at))
    total = judge.cell(groups, time) if groups else None
    whole = float(judge.measure.values[total if total is not None else places].sum())
    if whole <= 0 or len(places) < 2:
        return
    exact = float(judge.measure.values[part]) / whole * 100
    yield judge.reading(
        "share",
        [part, *places[:1]] if total is None else [part, total],
        exact,
        quantity.fits(exact),
        sure=is_sure,
    )


def _share_of_other(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the share of the measure in another one that the sentence names behind the number:
    "government made up 15% of employment", "90% of the graduates are women".
    """
    sentence, number = judge.sentence, judge.named.number
    behind = sentence.text[quantity.end :]
    middle = re.search(r"\b(?:are|were|is|was|came from|come from|sind|waren|sont)\b", behind)
    parts = [(sentence.text[: quantity.start], behind)]
    if middle:
        parts = [(behind[middle.end() :], behind[: middle.start()])]
    labels, time = judge.label_sets(quantity), judge.time_of(quantity)
    for part, whole in parts:
        parts_named = sentence.named_by(concepts_in(part), number)
        wholes_named = sentence.named_by(concepts_in(whole), number)
        if not parts_named or parts_named[0].measure is not judge.measure or not wholes_named:
            continue
        other = Judge(sentence, wholes_named[0])
        if wholes_named[0].measure is judge.measure or not (
            judge.can_be_added and other.can_be_added
        ):
            continue
        times = [time] if time else list(filter(None, [judge.latest(labels)]))
        levels = level_of(judge, labels, times), level_of(other, labels, times)
        if levels[0] is None or levels[1] is None or levels[1].value <= 0:
            continue
        exact = levels[0].value / levels[1].value * 100
        is_sure = time is not None or judge.table.time is None
        places = levels[0].places
        yield judge.reading("share", places, exact, quantity.fits(exact), sure=is_sure)
        return


def _share_of_measure(
    judge: Judge, quantity: Quantity, place: int, *, is_sure: bool
) -> Iterator[AuditReading]:
    """Yield the share of a measure in that of the same row which is called the total."""
    if unit_of_measure(judge.measure).kind == "percent":
        return
    for measure in judge.table.measures:
        if measure is not judge.measure and lemma(measure.name.lower()) == "total":
            whole = float(measure.values[place])
            if whole > 0:
                exact = float(judge.measure.values[place]) / whole * 100
                yield judge.reading("share", [place], exact, quantity.fits(exact), sure=is_sure)
