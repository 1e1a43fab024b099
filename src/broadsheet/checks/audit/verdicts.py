"""Makes statements of sentences, each with its verdict.

Precision comes first. A number is *borne out* if a reading of it fits. It is *contradicted* only if
the sentence names the measure, the row and the time, all such readings agree that it is something
else, and no other reading fits. Whatever could be read in two ways is unknown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from broadsheet.checks.audit.audited_sentence import (
    EVEN,
    SAME_SPAN,
    AuditedSentence,
    AuditTables,
    Named,
    Placed,
)
from broadsheet.checks.audit.comparisons import comparisons_in
from broadsheet.checks.audit.counts.conditions import counts_under
from broadsheet.checks.audit.counts.counting import counts_in, sizes_in
from broadsheet.checks.audit.documents import BOUND, OPAQUE, AuditDocument, AuditPassage
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import LabelMention, distinct
from broadsheet.checks.audit.operations import readings_of, years_in
from broadsheet.checks.audit.places import WHOLE_WORLD
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditReading, AuditStatement, AuditVerdict
from broadsheet.checks.audit.vocabulary import BY_LABEL, CLEAR, concepts_in
from broadsheet.checks.audit.weighing.doubts import Doubts
from broadsheet.verify.sentences import sentences

_CLOSE = 0.3
"""A measure that is named by so much less is another possible reading."""
_BESIDE = 0.2
"""The same for two measures of a table."""
_RIVAL = 0.45
"""A measure that is named by so much less bears nothing out that another contradicts."""
_SAME = 0.1
"""A reading that is not sure bears a number out only of the measure that is named best."""
_FEW = 2
"""A statement that contradicts more different values is read in too many ways."""
LONGEST = 1500
"""A sentence with more letters is none."""
_ANAPHOR = re.compile(
    r"\b(?:it|its|there|that year|"
    r"(?:the|that|this) (?:country|figure|number|rate|total|price|city|state|company|same year)|"
    r"of them|"
    r"dort|es|ihr|dessen|deren|y était|il|elle|allí|su)\b"
)
"""Words for what the sentence before is of."""
_POSSESSIVE = re.compile(r"\b(?:its|ihre?[rnms]?|su|sus|son|sa|ses|leurs?)\s(?P<noun>\w+(?: \w+)?)")
"""Words for what belongs to what the sentence before is of."""
_PERSONS = re.compile(r"(?:they|he|she)\b")
_TOOK = re.compile(r"\b(?:he|she|they|it) (?:took|won|got|received|scored|drew|earned)\b")
_NAME = re.compile(r"\b[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*)*")
_THERE = re.compile(r"\b(?:there|of them)\b")
"""Words for the place of the sentence before, beside which others are named."""
_THAT = re.compile(r"(?:(?:that|this) (?:was|is|were)|it (?:was|is) the (?:only|first))\b")
"""Words for the value of the sentence before."""
_TOLD = 0.1
"""A measure that is named by so much less is not meant."""
_LEVEL = r"(?:figure|share|rate|level|total|tally|number|proportion|average)"
_VERB = (
    r"(?:was|is|were|are|stood|stands|went|came|rose|fell|grew|climbed|dropped|declined|increased|"
    r"decreased|jumped|shrank|averaged|peaked|reached|even|still)"
)
_ELLIPTIC = re.compile(
    rf"\w['’]s? (?:own )?(?:{_LEVEL} )?{_VERB}\b"
    rf"|\bthe {_LEVEL} {_VERB}\b"
    r"|\b(?:came|comes|ranks?|ranked|placed|finished|stands|stood)(?: in)? (?:first|second|third|fourth|fifth|"
    r"sixth|seventh|eighth|ninth|tenth|next|last)\b(?! (?:by|for|on|among|of|in(?! [12]\d{3}))\b)"
)
"""Words of a sentence that leaves out what is measured, since the one before names it."""


def statements_of(document: AuditDocument, tables: AuditTables) -> Iterator[AuditStatement]:
    """Yield the numbers and comparisons of a document, in order."""
    heading: AuditedSentence | None = None
    above = ""
    for passage in document.passages:
        before, file = heading, document.file_at(passage.place.line)
        for start, end in sentences(passage.text, document.language):
            if end - start > LONGEST:
                continue
            sentence = AuditedSentence(
                passage.text[start:end], document.language, tables, passage.context, file, above
            )
            if passage.kind == "paragraph" and before is not None:
                sentence = with_carried(sentence, before, is_heading=before is heading)
            yield from _statements(sentence, passage, start)
            if passage.kind in ("heading", "title"):
                heading, above = sentence, sentence.text
            before = sentence


def _statements(
    sentence: AuditedSentence, passage: AuditPassage, at: int
) -> Iterator[AuditStatement]:
    for words, kind, readings in readings_in(sentence):
        verdict, reading = verdict_of(readings)
        quantity = words if isinstance(words, Quantity) else None
        yield AuditStatement(
            passage.place_at(at + words.start),
            sentence.text.replace(BOUND, "…").replace(OPAQUE, "…"),
            words.start,
            words.end,
            "number" if kind == "number" else "comparison",
            passage.kind,
            verdict,
            reading,
            quantity.scale if quantity else 1.0,
            (quantity.unit or quantity.kind) if quantity else "",
            language=sentence.language,
            context=sentence.context,
            data_file=sentence.file,
            others=tuple(filter(may_be_stale, readings)),
        )


def may_be_stale(reading: AuditReading) -> bool:
    """True if today's tables say otherwise than a reading, and an older one may bear it out."""
    is_named = reading.is_main and (reading.is_sure or reading.is_of_latest)
    return reading.fits is False and is_named and bool(reading.operands)


def readings_in(sentence: AuditedSentence) -> list[tuple[Placed, str, list[AuditReading]]]:
    """Return the numbers and comparisons of a sentence, each with its readings."""
    numbers: dict[Quantity, list[AuditReading]] = {
        quantity: [] for quantity in sentence.quantities if quantity.kind != "rank"
    }
    years: dict[Quantity, list[AuditReading]] = {}
    compared: defaultdict[tuple[int, int], list[AuditReading]] = defaultdict(list)
    spans: dict[tuple[int, int], Placed] = {}
    has_bound = BOUND in sentence.text
    for named in sentence.named:
        judge = Judge(sentence, named)
        if judge.is_elsewhere or judge.is_of_other_resolution:
            continue
        doubts = Doubts(judge)
        for quantity, readings in numbers.items():
            if judge.is_of_other_period(quantity) or not judge.counts_at(quantity):
                continue
            of_cells = (
                replace(reading, factor=judge.factor(quantity, reading))
                for reading in readings_of(judge, quantity)
            )
            all_readings = (*of_cells, *counts_under(judge, quantity))
            readings += [doubts.weighed(quantity, reading) for reading in all_readings]
        for quantity, reading in years_in(judge):
            if reading.fits or not judge.unexplained:
                years.setdefault(quantity, []).append(reading)
        if not has_bound and named.score > BY_LABEL:
            for words, reading in comparisons_in(judge):
                if judge.is_of_other_period(words) or not judge.counts_at(words):
                    continue
                compared[words.start, words.end].append(doubts.weighed(words, reading))
                spans.setdefault((words.start, words.end), words)
    _doubt_second_numbers(numbers)
    for quantity in numbers:
        numbers[quantity] += counts_in(sentence, quantity)
        numbers[quantity] += sizes_in(sentence, quantity)
    numbers = {quantity: _told(quantity, readings) for quantity, readings in numbers.items()}
    result: list[tuple[Placed, str, list[AuditReading]]] = [
        (quantity, "number", readings)
        for quantity, readings in numbers.items()
        if readings or not quantity.is_word
    ]
    result += [(quantity, "number", readings) for quantity, readings in years.items()]
    result += [(spans[span], "comparison", readings) for span, readings in compared.items()]
    return sorted(result, key=lambda item: item[0].start)


def _told(quantity: Quantity, readings: Sequence[AuditReading]) -> list[AuditReading]:
    """Return the readings of a number; one of a single figure may fit by chance if it is not sure."""
    return [
        reading
        if quantity.is_telling or reading.is_sure or not reading.fits
        else replace(reading, is_main=False)
        for reading in readings
    ]


def _doubt_second_numbers(numbers: dict[Quantity, list[AuditReading]]) -> None:
    """Make readings of a cell unsure if another number of the sentence is that cell: "40 million, 30
    million of them abroad".
    """
    said = {
        _cell(reading): quantity
        for quantity, readings in numbers.items()
        for reading in readings
        if reading.operation == "cell" and reading.fits and reading.is_sure
    }
    for quantity, readings in numbers.items():
        numbers[quantity] = [
            replace(reading, is_sure=False, is_of_latest=False)
            if reading.operation == "cell"
            and reading.fits is False
            and said.get(_cell(reading), quantity) != quantity
            else reading
            for reading in readings
        ]


def _cell(reading: AuditReading) -> tuple[str, str, int]:
    operand = reading.operands[0]
    return operand.table, operand.column, operand.row


def verdict_of(readings: Sequence[AuditReading]) -> tuple[AuditVerdict, AuditReading | None]:
    """Return the verdict on a statement by its readings, and the one that it rests on."""
    if not readings:
        return "unknown", None
    ahead = dict[str, float]()
    for reading in readings:
        ahead[_table(reading)] = max(reading.score, ahead.get(_table(reading), 0.0))
    best = max(ahead.values())
    readings = [
        reading for reading in readings if reading.score >= ahead[_table(reading)] - _BESIDE
    ]
    close = [reading for reading in readings if reading.score >= best - _CLOSE]
    fitting = [reading for reading in readings if reading.fits]
    fitting = [reading for reading in fitting if reading.is_sure or reading.score >= best - _SAME]
    sure_fit = [
        reading
        for reading in fitting
        if (reading in close and (reading.is_main or reading.is_sure))
        or (reading.is_sure and reading.is_main and reading.operation not in ("comparison", "rank"))
    ]
    if sure_fit:
        return "borne out", max(
            sure_fit, key=lambda reading: (reading.is_sure, reading.is_main, reading.score)
        )
    against = [
        reading
        for reading in close
        if reading.is_sure and reading.is_main and reading.fits is False
    ]
    doubtful = [reading for reading in close if reading.is_main and reading.fits is None]
    if (
        against
        and not any(reading.fits and reading.score >= best - _RIVAL for reading in readings)
        and not doubtful
        and _are_few(against)
    ):
        return "contradicted", max(against, key=lambda reading: reading.score)
    return "unknown", max(
        readings, key=lambda reading: (reading.is_sure, reading.is_main, reading.score)
    )


def _are_few(readings: Sequence[AuditReading]) -> bool:
    """True if readings that contradict a statement are of at most two values."""
    values = {round(reading.value, 9) for reading in readings}
    return len(values) <= _FEW


def _table(reading: AuditReading) -> str:
    """Return the file of the table of a reading."""
    return reading.operands[0].table if reading.operands else ""


def with_carried(
    sentence: AuditedSentence, before: AuditedSentence, *, is_heading: bool
) -> AuditedSentence:
    """Return a sentence with the place, the time or the measure of the one before, if it speaks of them
    as "it" or "there", or leaves them out; with the place of a heading, if it names none.
    """
    if sentence.context:
        return sentence
    labels = [each for each in before.labels if each.start >= 0 and each.place != WHOLE_WORLD]
    is_of_person = _TOOK.search(sentence.low) is not None and _names_a_person(before)
    if _is_elliptic(sentence, is_of_person=is_of_person):
        parts = [*_times_left_out(sentence, before), *_measure_left_out(sentence, before)]
        if labels and EVEN.search(sentence.low):
            parts.append(labels[-1].words)
        return replace(sentence, context=" | ".join(parts)) if parts else sentence
    if _is_of_several(labels):
        return sentence
    is_that = bool(sentence.times) and _THAT.match(sentence.low) is not None
    is_said = is_that or _ANAPHOR.search(sentence.low) is not None
    is_place_said = is_said or _PERSONS.match(sentence.low) is not None
    owned = _POSSESSIVE.search(sentence.low)
    if owned and not _is_named(owned["noun"], (*sentence.named[:1], *before.named[:1])):
        return sentence  # "its capital"
    if not (is_place_said or (is_heading and labels and not sentence.labels)):
        return sentence
    beside = _THERE.search(sentence.low)
    is_beside = beside is not None and beside.start() < min(
        (each.start for each in sentence.labels), default=0
    )
    parts = [each.words for each in labels] if is_beside or not sentence.labels else []
    if is_said and (is_that or not sentence.times):
        parts += [before.text[each.start : each.end] for each in before.times if each.start >= 0]
    if is_said and not any(each.score > BY_LABEL for each in sentence.named):
        parts += _measure_left_out(sentence, before)
    elif is_said and not any(each.score >= CLEAR for each in sentence.named):
        parts += [named.measure.title for named in before.named[:1] if named.score >= CLEAR]
    return replace(sentence, context=" | ".join(parts)) if parts else sentence


def _names_a_person(before: AuditedSentence) -> bool:
    """True if a sentence has one name beside its labels, which "he" or "she" may be."""
    placed: list[Placed] = [each for each in before.labels if each.start >= 0]
    placed += [each for each in before.times if each.start >= 0]
    names = [
        match
        for match in _NAME.finditer(before.text)
        if not any(each.start < match.end() and match.start() < each.end for each in placed)
        and not before.is_opener(match[0].lower())
    ]
    return len(names) < 2


def _is_elliptic(sentence: AuditedSentence, *, is_of_person: bool) -> bool:
    """True if a sentence names what it is of, and leaves out what is measured."""
    if any(each.score > BY_LABEL for each in sentence.named):
        return False
    is_number = sentence.quantities[:1] and sentence.quantities[0].start == 0
    low = sentence.low
    is_left_out = _ELLIPTIC.search(low) is not None or sentence.words.has("follows", low)
    is_of_label = bool(sentence.labels) and (is_left_out or is_of_person)
    return is_of_label or bool(is_number and not sentence.named)


def _measure_left_out(sentence: AuditedSentence, before: AuditedSentence) -> Iterator[str]:
    """Yield the title of the measure that the sentence before names, if it names no other as well."""
    named = [each for each in before.named if each.score > BY_LABEL]
    numbers = {number for each in sentence.labels for number in each.codes}
    is_told = len(named) < 2 or named[0].score - named[1].score >= _TOLD
    if named and is_told and (named[0].number in numbers or not sentence.labels):
        table, measure = named[0].table, named[0].measure
        yield measure.title or table.title or table.name


def _times_left_out(sentence: AuditedSentence, before: AuditedSentence) -> Iterator[str]:
    """Yield the time of the sentence before, or the two for "over the same period"."""
    times = distinct(before.times)
    if sentence.times or any(time.key % 10_000 for time in times):
        return
    years = [str(time.key // 10_000) for time in times]
    if len(years) == 2 and SAME_SPAN.search(sentence.low):
        yield f"between {years[0]} and {years[1]}"
    elif len(years) == 1 and times[0].role == "at":
        yield years[0]


def _is_of_several(labels: Sequence[LabelMention]) -> bool:
    """True if labels are of several things; those that stand side by side are of one: "Ferrari F40"."""
    names = list[str]()
    for at, label in enumerate(labels):
        is_joined = at > 0 and label.start - labels[at - 1].end == 1
        names = [*names[:-1], f"{names[-1]} {label.words}"] if is_joined else [*names, label.words]
    return len(set(names)) > 1


def _is_named(noun: str, named: Sequence[Named]) -> bool:
    """True if a noun is of one of some measures."""
    return any(concepts_in(noun) & each.words.own for each in named)
