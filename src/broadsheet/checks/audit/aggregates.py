"""The readings of a number as a cell, or as a sum, a mean, a median, the highest or lowest of several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from broadsheet.checks.audit.audit_table import IntArray
from broadsheet.checks.audit.cells import listed_cells, names_row, single_of
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import counts_its_labels
from broadsheet.checks.audit.mentions import TimeMention
from broadsheet.checks.audit.places import WORD, is_people, plain_name
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditReading, Operation
from broadsheet.checks.audit.vocabulary import (
    CLEAR,
    concepts_in,
    is_part_of,
    lemma,
    words_listed,
    words_said,
)
from broadsheet.checks.audit.weighing.evidence import is_of_neighbour

_NEAR = 30
"""The number of letters behind a superlative in which the measure is named."""


def _several(judge: Judge, quantity: Quantity) -> Iterator[tuple[IntArray, bool]]:
    """Yield the cells of which a number may be a sum or a mean, each with True if the sentence names
    them: those of several labels at a time, of a time or a range, of a label.
    """
    times, first, until = judge.sentence.times, judge.sentence.since, judge.sentence.until
    if first is not None:
        mask = judge.at(first, until or TimeMention(0, 0, 99_991_231, "until"))
        is_ranged = until is not None
    else:
        time = judge.time_of(quantity)
        mask = judge.at(time)
        is_ranged = time is not None or judge.table.time is None
    if mask is None:
        return
    for labels in dict.fromkeys((judge.mentions, tuple(judge.label_sets(quantity)))):
        places = np.flatnonzero(judge.chosen(labels) & mask)
        if len(places) > 1:
            is_ranged = is_ranged or (judge.table.is_of_things and not times)
            yield (
                places,
                is_ranged
                and (
                    bool(labels)
                    or not judge.needs_label
                    or judge.table.time is None
                    or _is_of_all(judge)
                    or _is_of_parts_of_world(judge, quantity)
                ),
            )


def _is_of_parts_of_world(judge: Judge, quantity: Quantity) -> bool:
    """True if a number is of the world, and its table says that it has all of it."""
    about = words_said(f"{judge.table.name} {judge.table.title}")
    return judge.is_of_world(quantity) and "worldwide" in about


def _is_of_all(judge: Judge) -> bool:
    """True if the sentence says all labels: "the four branches", "all states"."""
    counts, low = judge.words.counts, judge.sentence.low.split()
    for column in judge.table.labels:
        heads = concepts_in(f"{column.title} {column.name}")
        size = len(column.labels) - len(judge.groups(column.labels))
        for all_words in zip(low, [*low[1:], ""], [*low[2:], "", ""], strict=False):
            number = counts.get(all_words[0], all_words[0])
            is_all = all_words[0] == "all" or str(number) == str(size)
            nouns = all_words[1:]
            if is_all and any(
                concepts_in(each) & heads or is_part_of(each, heads) for each in nouns
            ):
                return True
    return False


def sum_of(
    judge: Judge, quantity: Quantity, *, main: bool, is_named: bool
) -> Iterator[AuditReading]:
    """Yield the sums of the cells that a sentence names, or of a period."""
    for places, is_sure in _several(judge, quantity):
        is_over_time = judge.is_over_time(places)
        if not judge.can_be_added or (is_over_time and judge.is_stock):
            continue
        is_of_world = judge.is_of_world(quantity)
        is_all = (not judge.mentions or is_of_world) and judge.needs_label
        kept = (
            np.intersect1d(places, judge.among_labels(int(places[0])))
            if is_all and judge.table.time is not None
            else places
        )
        exact = float(judge.measure.values[kept].sum())
        result = written_of(judge, quantity, exact)
        if result is not None:
            # A year of days, or parts named together, are a sum; other sums want a word for it.
            is_of_period = len(kept) > 2 and (
                (judge.is_series and judge.table.time is not None)
                or _are_parts_of_year(judge, kept)
            )
            is_said = is_named or is_of_period or judge.measure.is_count or is_of_world
            yield judge.reading(
                "sum",
                kept,
                exact,
                result[0],
                sure=is_sure
                and is_said
                and (judge.is_flow or not is_over_time)
                and result[1]
                and _may_be_sum(judge, quantity, is_of_period=is_of_period),
                main=main and is_said,
            )


def _are_parts_of_year(judge: Judge, places: IntArray) -> bool:
    """True if cells are the months, quarters or days of the only year of a sentence, one of each."""
    column, times = judge.table.time, judge.sentence.times
    if column is None or column.resolution == "year" or judge.table.is_of_things:
        return False
    keys = column.keys[places]
    is_year = len(times) == 1 and times[0].role == "at" and not times[0].key % 10_000
    return is_year and len(np.unique(keys)) == len(keys)


def middle_of(
    judge: Judge, quantity: Quantity, operation: Literal["mean", "median"], *, main: bool
) -> Iterator[AuditReading]:
    """Yield the means or the medians of the cells that a sentence names."""
    of = np.mean if operation == "mean" else np.median
    for places, is_sure in _several(judge, quantity):
        exact = float(of(judge.measure.values[places]))
        result = written_of(judge, quantity, exact)
        if result is not None:
            sure = is_sure and result[1] and _is_said(judge, quantity, operation)
            yield judge.reading(operation, places, exact, result[0], sure=sure, main=main)


def extreme_in(judge: Judge) -> int:
    """Return 1 if the sentence speaks of the highest value of the measure, -1 of the lowest, 0 of
    neither. "The lowest temperature", "the heaviest": the measure is named there.
    """
    naming = judge.named.words.own or judge.named.words.other
    kinds = {
        meaning.kind
        for meaning in judge.sentence.meanings
        if meaning.size in (None, 1.0)
        and not meaning.is_denied
        and judge.sentence.named_in(meaning.start, meaning.end + _NEAR // 2) & naming
    }
    return 1 if "high" in kinds else -1 if "low" in kinds else 0


def extreme_of(judge: Judge, quantity: Quantity, side: int) -> Iterator[AuditReading]:
    """Yield the highest or lowest value of the rows that the sentence names."""
    operation: Operation = "highest" if side > 0 else "lowest"
    labels = judge.label_sets(quantity)
    for time in dict.fromkeys((judge.time_of(quantity), None)):
        mask = judge.at(time)
        if mask is None:
            continue
        places = np.flatnonzero(judge.chosen(labels) & mask)
        if len(places) < 2:
            continue
        values = judge.measure.values[places]
        at = int(places[values.argmax() if side > 0 else values.argmin()])
        exact = float(judge.measure.values[at])
        result = written_of(judge, quantity, exact)
        if result is not None:
            is_all = judge.needs_label and not labels and not judge.table.is_of_things
            is_sure = result[1] and not is_all and (time is None) == (not judge.sentence.times)
            reading = judge.reading(operation, [at], exact, result[0], sure=is_sure)
            is_of_table = _is_of_table(judge) or (
                quantity.is_telling and is_of_neighbour(judge, quantity, reading)
            )
            yield reading if is_of_table else replace(reading, is_sure=False)
            return


def _may_be_sum(judge: Judge, quantity: Quantity, *, is_of_period: bool) -> bool:
    """True if a sentence says of what a number would be the sum: of a period, of labels, of times; and not that it
    is by how much they differ, "the gap between them".
    """
    if judge.words.has("of-change", judge.sentence.low):
        return False
    is_said = is_of_period or _is_of_all(judge) or bool(judge.mentions or judge.sentence.times)
    is_named = quantity.kind != "" or _has_noun(judge, quantity)
    return is_said and (is_named or _is_no_index(judge, quantity))


def _is_of_table(judge: Judge) -> bool:
    """True if a sentence says of which cells it speaks: by a label, a time, or the table itself."""
    sentence = judge.sentence
    said = sentence.concepts | concepts_in(sentence.heading)
    about = words_said(f"{judge.table.name} {judge.table.title}") & said
    is_of_all = sentence.words.has("world", sentence.low) or sentence.words.has("sum", sentence.low)
    is_said = is_of_all or sentence.words.has("of-data", sentence.low)
    return bool(judge.mentions or sentence.times or about) or is_said


def _is_said(judge: Judge, quantity: Quantity, name: str) -> bool:
    """True if a word such as "average" is of this number and this measure: nothing else is between
    them, and the noun behind the word is of the measure.
    """
    sentence = judge.sentence
    if quantity.is_word or not _is_of_table(judge):
        return False
    form = sentence.words.patterns[name]
    matches = list(form.finditer(sentence.low, 0, quantity.start))
    if not matches:
        behind = sentence.low[quantity.end : quantity.end + _NEAR]
        match = form.search(behind)
        return match is not None and not re.search(r"[\d;]", behind[: match.start()])
    between = sentence.low[matches[-1].end() : quantity.start]
    times = " ".join(
        sentence.text[time.start : time.end] for time in sentence.times if time.start >= 0
    )
    numbers = set(re.findall(r"\d+", between)) - set(re.findall(r"\d+", times))
    if numbers or sentence.words.has("spread", between):
        return False
    nouns = between.split()[:2]
    is_measure = bool(
        concepts_in(" ".join(nouns)) & (judge.named.words.own | judge.named.words.other)
    )
    return (
        is_measure
        or not nouns
        or nouns[0] in words_listed("function")
        or nouns[0][:1].isdigit()
        or _is_verb(matches[-1])
    )


def _is_verb(match: re.Match[str]) -> bool:
    """True if a word is no adjective: "on average", "averaged"."""
    return (
        match[0].endswith("d")
        or match[0].startswith(("on ", "im ", "en "))
        or match[0] == "averaging"
    )


def cell_of(judge: Judge, quantity: Quantity, *, main: bool) -> Iterator[AuditReading]:
    """Yield the reading of a number as a cell; not the ``main`` one where words say otherwise."""
    single = single_of(judge, quantity)
    if single is None:
        return
    place, is_sure = single
    exact = float(judge.measure.values[place])
    if exact < 0 and quantity.value > 0 and judge.words.has("down", judge.sentence.low):
        exact = -exact  # "lost 802 thousand jobs"
    result = judge.written(quantity, exact)
    if result is not None:
        fits, is_unit_sure = result
        is_named = quantity.kind != "" or _is_of_measure(judge, quantity)
        if judge.words.has("of-change", judge.sentence.low):
            is_named = False
        is_short = quantity.kind == "" and not _is_no_index(judge, quantity)
        is_word = quantity.is_word and not (
            judge.measure.is_count
            or _has_noun(judge, quantity)
            or _is_limit_of_row(judge, quantity)
        )
        if is_word or (is_short and not names_row(judge, quantity)):
            is_named = False
        if judge.named.score < CLEAR and not (judge.is_named or _is_no_index(judge, quantity)):
            main = False
        has_no_time = judge.table.time is not None and not judge.sentence.times
        is_known = is_unit_sure and is_named
        yield judge.reading(
            "cell",
            [place],
            exact,
            fits,
            sure=is_sure and is_known,
            main=main,
            latest=has_no_time and is_known,
        )


def _is_limit_of_row(judge: Judge, quantity: Quantity) -> bool:
    """True if a number in letters is a limit of what the sentence names whole: "it was above three in 2005"."""
    return bool(quantity.round_to.side) and names_row(judge, quantity)


def _has_noun(judge: Judge, quantity: Quantity) -> bool:
    """True if the noun behind a whole number is one of the measure: "six executions"."""
    behind = WORD.match(judge.sentence.text, quantity.end + 1)
    naming = judge.named.words.own or judge.named.words.other
    is_of_measure = behind is not None and bool(concepts_in(behind[0]) & naming)
    return is_of_measure and judge.measure.is_whole


def each_of(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the reading of a limit that each of several labels keeps: "Ohio and Utah have fewer than 4 million"."""
    places = listed_cells(judge, quantity)
    if not len(places) or not quantity.round_to.side:
        return
    values = [float(judge.measure.values[place]) for place in places]
    results = [judge.written(quantity, value) for value in values]
    told = [result for result in results if result is not None]
    if len(told) < len(results):
        return
    together = judge.written(quantity, sum(values)) if judge.can_be_added else None
    broken = [at for at, (fits, _) in enumerate(told) if fits is False]
    is_sure = all(sure for _, sure in told) and not (broken and together and together[0])
    worst = broken[0] if broken else 0
    yield judge.reading("cell", [places[worst]], values[worst], not broken, sure=is_sure)


def _is_no_index(judge: Judge, quantity: Quantity) -> bool:
    """True if a number without a unit can be no list number, index or parameter: it has three
    digits, a magnitude, or decimals, and stands in no formula or brackets.
    """
    text = judge.sentence.text
    before, behind = text[: quantity.start].rstrip(), text[quantity.end :].lstrip()
    is_apart = before[-1:] in ("=", "(", "≈", "~", "/") or behind[:1] in ("=", ")", "/", "°")
    digits = sum(sign.isdigit() for sign in quantity.text)
    return not is_apart and (digits >= 3 or quantity.scale > 1 or quantity.step < 1)


def written_of(
    judge: Judge, quantity: Quantity, exact: float, *, is_level: bool = True
) -> tuple[bool | None, bool] | None:
    """Return what :meth:`Judge.written` does; a number of other things than the measure is not sure."""
    result = judge.written(quantity, exact, is_level=is_level)
    if result is None or quantity.kind != "" or _is_of_measure(judge, quantity):
        return result
    return result[0], False


def _is_of_measure(judge: Judge, quantity: Quantity) -> bool:
    """True if the noun behind a number without unit is one of the measure, or there is none."""
    end = next(
        (each.end for each in judge.mentions if 0 <= each.start - quantity.end < 2), quantity.end
    )
    if end > quantity.end and counts_its_labels(judge.table, judge.measure):
        return True  # "388 goldfinches"
    whole = judge.named.words.own | judge.named.words.other
    behind = (each for each in judge.sentence.labels if 0 <= each.start - quantity.end < 2)
    if "population" in whole and any(is_people(each.words) for each in behind):
        return True
    match = re.match(r"[\s-]*(?P<word>[^\W\d_][\w'’-]*)?", judge.sentence.text[end:])
    word = plain_name(match["word"]) if match and match["word"] else ""
    if not word or word in words_listed("function"):
        return True
    if judge.measure.is_count and lemma(word) in words_listed("rows"):
        return True
    if word in words_listed("persons") and whole & words_listed("of-persons"):
        return True
    is_money = "exchange_rate" in whole and word in words_listed("currencies")
    return is_money or bool(concepts_in(word) & (whole | concepts_in(judge.measure.unit)))
