"""The verdicts of the audit on the numbers of a source, and the tables that have its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from broadsheet.checks.audit.audit_table import AuditTable
from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.indexed_tables import AuditTables
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditVerdict
from broadsheet.checks.audit.verdicts import LONGEST, readings_in, verdict_of
from broadsheet.checks.audit.vocabulary import words_of
from broadsheet.checks.bind.asking import AskedSentence
from broadsheet.checks.bind.probe import figures

_TELLING = 3
"""The figures that a number has at least which tells of which table a text is."""
_FEWEST_ALIKE = 3
"""The fewest numbers of a text that a table has of which it is."""
_BY_CHANCE = 5
"""The times that they are at least as many as those that a table of so many numbers has by chance."""
_MOST_CELLS = 5_000
"""A table with more cells is not looked through."""


@dataclass(frozen=True)
class AuditedNumber:
    """A number of a source as the audit reads it."""

    verdict: AuditVerdict
    """The verdict."""
    value: float
    """The value that the tables have, in the unit of the table."""
    is_sure: bool
    """The sentence names all of its reading."""
    table: str
    """The file of the table."""
    scale: float
    """The value of the magnitude that is written, in the unit of the table."""
    text: str
    """The words."""


Audited = Mapping[tuple[int, int, int], AuditedNumber]
"""Numbers by their sentence, start and end."""


def audited_numbers(
    asked: Sequence[AskedSentence], tables: AuditTables, language: str
) -> dict[tuple[int, int, int], AuditedNumber]:
    """Return the numbers of sentences that the tables bear out or contradict."""
    numbers, spoken = {}, words_of(language).language
    for number, sentence in enumerate(asked):
        if len(sentence.text) > LONGEST:
            continue
        for words, _, readings in readings_in(AuditedSentence(sentence.text, spoken, tables)):
            verdict, reading = verdict_of(readings)
            if isinstance(words, Quantity) and reading and verdict in ("borne out", "contradicted"):
                numbers[number, words.start, words.end] = AuditedNumber(
                    verdict,
                    reading.value,
                    reading.is_sure and reading.is_main,
                    reading.operands[0].table if reading.operands else "",
                    words.scale * reading.factor,
                    words.text,
                )
    return numbers


def mended_sentences(
    asked: Sequence[AskedSentence], audited: Audited, language: str
) -> Iterator[AskedSentence]:
    """Yield the sentences with contradicted numbers, each with the one that holds."""
    for (number, start, end), audited_number in audited.items():
        if audited_number.verdict != "contradicted":
            continue
        sentence = asked[number]
        words = _in_form(audited_number, language)
        if words and words != audited_number.text:
            text = f"{sentence.text[:start]}{words}{sentence.text[end:]}"
            yield replace(sentence, text=text, mended=(start, end, words))


def _in_form(number: AuditedNumber, language: str) -> str:
    """Return the value that holds, in the form of the words; empty for a form without written."""
    written = re.search(r"\d(?:[\d.,\u00a0\u202f ]*\d)?", number.text)
    if written is None:
        return ""
    mark = words_of(language).decimal
    decimals = len(written[0].rpartition(mark)[2]) if mark in written[0] else 0
    value = f"{abs(number.value) / number.scale:,.{decimals}f}"
    if abs(number.value) / number.scale < 10_000 and not re.search(r"\d[.,]\d{3}", written[0]):
        value = value.replace(",", "")
    if mark == ",":
        value = value.translate(str.maketrans(",.", ".,"))
    return f"{number.text[: written.start()]}{value}{number.text[written.end() :]}"


def tables_with_figures(
    numbers: Iterable[tuple[str, int]], tables: Sequence[AuditTable]
) -> Iterator[str]:
    """Yield the files of the tables that have many of some numbers, each given by its figures and how many
    tell: far more than by chance.
    """
    telling = {(said, size) for said, size in numbers if size >= _TELLING}
    for table in tables if len(telling) >= _FEWEST_ALIKE else ():
        if table.counted is None and 0 < table.size <= _MOST_CELLS:
            cells = {
                figures(float(value))
                for measure in table.measures
                for value in measure.values[measure.present]
            }
            alike = sum(said in cells for said, _ in telling)
            by_chance = sum(len(cells) / (9 * 10 ** (size - 1)) for _, size in telling)
            if alike >= max(_FEWEST_ALIKE, _BY_CHANCE * by_chance):
                yield table.file
