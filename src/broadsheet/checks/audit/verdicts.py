"""Makes statements of sentences, each with its verdict.

Precision comes first. A number is *borne out* if a reading of it fits. It is *contradicted* only if
the sentence names the measure, the row and the time, all such readings agree that it is something
else, and no other reading fits. Whatever could be read in two ways is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.carrying import title_of_measure, with_carried, with_topic
from broadsheet.checks.audit.comparing.compared_changes import all_comparisons
from broadsheet.checks.audit.counts.conditions import counts_under
from broadsheet.checks.audit.counts.counting import counts_in, sizes_in, time_limit
from broadsheet.checks.audit.documents import BOUND, OPAQUE, AuditDocument, AuditPassage
from broadsheet.checks.audit.indexed_tables import AuditTables, Named
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.operations import readings_of, years_in
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditReading, AuditStatement, AuditVerdict
from broadsheet.checks.audit.vocabulary import BY_LABEL, CLEAR
from broadsheet.checks.audit.weighing.doubts import Doubts
from broadsheet.checks.audit.weighing.evidence import witnesses_of
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


def statements_of(document: AuditDocument, tables: AuditTables) -> Iterator[AuditStatement]:
    """Yield the numbers and comparisons of a document, in order."""
    heading: AuditedSentence | None = None
    above = ""
    for passage in document.passages:
        before, file = heading, document.file_at(passage.place.line)
        topic: Named | None = None
        for start, end in sentences(passage.text, document.language):
            if end - start > LONGEST:
                continue
            sentence = AuditedSentence(
                passage.text[start:end], document.language, tables, passage.context, file, above
            )
            if passage.kind == "paragraph" and before is not None:
                sentence = with_carried(sentence, before, topic, is_heading=before is heading)
                if before is not heading:
                    sentence = with_topic(sentence, before, topic)
            statements = list(_statements(sentence, passage, start))
            yield from statements
            is_of_other = any(each.score >= CLEAR for each in sentence.named) and not sentence.topic
            topic = _topic(sentence, statements) or (None if is_of_other else topic)
            if passage.kind in ("heading", "title"):
                heading, above = sentence, sentence.text
            before = sentence


def _topic(sentence: AuditedSentence, statements: Sequence[AuditStatement]) -> Named | None:
    """Return the measure by which the statements of a sentence were judged; None if there is not one."""
    judged = {
        (operand.table, operand.column)
        for statement in statements
        if statement.verdict != "unknown" and statement.reading
        for operand in statement.reading.operands[:1]
    }
    measures = [
        named
        for named in sentence.named
        if named.score > BY_LABEL
        and any(
            (named.table.file, name) in judged for name in (named.measure.name, *named.table.wide)
        )
    ]
    return measures[0] if len({each.measure.name for each in measures}) == 1 else None


def _context(sentence: AuditedSentence) -> str:
    """Return the words that a sentence has from elsewhere, and the title of its topic."""
    title = title_of_measure(sentence.topic) if sentence.topic else ""
    return " | ".join(filter(None, (sentence.context, title)))


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
            context=_context(sentence),
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
        of_numbers = {quantity: list(_of_number(judge, quantity)) for quantity in numbers}
        of_words = (
            []
            if has_bound or named.score <= BY_LABEL
            else [
                (words, reading)
                for words, reading in all_comparisons(judge)
                if _may_be_of(judge, words)
            ]
        )
        told = [(item, each) for item, readings in of_numbers.items() for each in readings]
        doubts = Doubts(judge, witnesses_of(judge, (*told, *of_words)))
        for quantity, readings in of_numbers.items():
            weighed = [doubts.weighed(quantity, reading) for reading in readings]
            numbers[quantity].extend(map(_as_count, weighed) if named.measure.is_count else weighed)
        for quantity, reading in years_in(judge):
            if reading.fits or not judge.unexplained:
                years.setdefault(quantity, []).append(reading)
        for words, reading in of_words:
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


def _may_be_of(judge: Judge, item: Placed) -> bool:
    """True if a number, or words that compare, may be of the years of a measure, or of its counts."""
    is_limited = judge.table.counted is not None and time_limit(judge.sentence) is not None
    return not judge.is_of_other_period(item) and judge.counts_at(item) and not is_limited


def _of_number(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the readings of a number by a measure, before they are weighed."""
    if _may_be_of(judge, quantity) and not judge.is_of_sibling(quantity):
        for reading in readings_of(judge, quantity):
            yield replace(reading, factor=judge.factor(quantity, reading))
        yield from counts_under(judge, quantity)


def _as_count(reading: AuditReading) -> AuditReading:
    """Return the reading of a cell that is a number of rows as a count."""
    return replace(reading, operation="count") if reading.operation == "cell" else reading


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
        if _is_cell(reading) and reading.fits and reading.is_sure
    }
    for quantity, readings in numbers.items():
        numbers[quantity] = [
            replace(reading, is_sure=False, is_of_latest=False)
            if _is_cell(reading)
            and reading.fits is False
            and said.get(_cell(reading), quantity) != quantity
            else reading
            for reading in readings
        ]


def _is_cell(reading: AuditReading) -> bool:
    """True if a reading is of one cell of a table, or of one of the counts of its rows."""
    return reading.operation in ("cell", "count") and len(reading.operands) == 1


def _cell(reading: AuditReading) -> tuple[object, ...]:
    operand = reading.operands[0]
    return operand.table, operand.column, operand.row, *operand.keys.items()


def verdict_of(readings: Sequence[AuditReading]) -> tuple[AuditVerdict, AuditReading | None]:
    """Return the verdict on a statement by its readings, and the one that it rests on."""
    if not readings:
        return "unknown", None
    ahead = dict[str, float]()
    for reading in [each for each in readings if each.is_main or each.fits] or readings:
        ahead[_table(reading)] = max(reading.score, ahead.get(_table(reading), 0.0))
    best = max(ahead.values())
    readings = [
        reading
        for reading in readings
        if reading.score >= ahead.get(_table(reading), 0.0) - _BESIDE
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
