"""Sentences that the audit bears out, each with one thing changed, and what it says of them then.

A statement that is borne out names a number, a row or a direction. The same sentence with another
number, with the row of another label, or with the direction turned is false by the same reading, so it
should be contradicted. The changes are made of all sentences of a set; nobody has to write them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from broadsheet.checks.audit.counts.row_counts import with_counts
from broadsheet.checks.audit.documents import DOCUMENT_SUFFIXES, AuditDocument, read_document
from broadsheet.checks.audit.indexed_tables import AuditTables, tables_with
from broadsheet.checks.audit.statement import AuditStatement
from broadsheet.checks.audit.table_files import read_table_files
from broadsheet.checks.audit.verdicts import statements_of
from broadsheet.checks.audit.vocabulary import words_of

Counts = Counter[tuple[str, str, str]]
"""The number of sentences by operation, change and verdict."""
_TURNED = """
rose fell, risen fallen, rise fall, grew shrank, increased decreased, increase decrease, more less, higher lower,
highest lowest, largest smallest, most least, longer shorter, longest shortest, above below, heavier lighter,
heaviest lightest, hotter colder, warmer cooler, hottest coldest, warmest coldest, cheaper dearer, cheapest dearest,
older younger, oldest youngest, climbed dropped, richer poorer, faster slower, fastest slowest, biggest smallest,
gestiegen gesunken, stieg sank, höher niedriger, höchste niedrigste, mehr weniger, größte kleinste, größer kleiner,
augmenté diminué, aumentó bajó, subió bajó"""
_PAIRS = [(pair.split()[0], pair.split()[1]) for pair in _TURNED.split(",")]
_TURNS = dict(_PAIRS) | {b: a for a, b in reversed(_PAIRS)}
_MOST_SWAPS = 2
"""The most labels that take the place of one."""


def changed(folder: Path) -> tuple[Counts, list[str]]:
    """Return the verdicts on the sentences of a set with one thing changed in each, and the sentences that
    are not contradicted.
    """
    files = read_table_files([folder / "tables"], folder)
    tables, counts, missed = tables_with(with_counts(files.tables)), Counts(), list[str]()
    documents = folder / "documents"
    for path in sorted(documents.rglob("*")):
        if path.suffix in DOCUMENT_SUFFIXES:
            _changed_in(read_document(path, path.name), tables, counts, missed)
    return counts, missed


def _changed_in(
    document: AuditDocument, tables: AuditTables, counts: Counts, missed: list[str]
) -> None:
    for at, passage in enumerate(document.passages):
        until = replace(document, passages=document.passages[: at + 1])
        for statement in statements_of(until, tables):
            is_here = statement.place.file and statement.sentence in passage.text
            if statement.verdict != "borne out" or not is_here or not statement.reading:
                continue
            operation = statement.reading.operation
            for kind, sentence in dict.fromkeys(_changes(statement, tables)):
                text = passage.text.replace(statement.sentence, sentence, 1)
                passages = (*document.passages[:at], replace(passage, text=text))
                again = statements_of(replace(document, passages=passages), tables)
                verdicts = {each.verdict for each in again if each.sentence == sentence}
                verdict = next(
                    (each for each in ("contradicted", "borne out") if each in verdicts), "unknown"
                )
                counts[operation, kind, verdict] += 1
                if verdict != "contradicted":
                    missed.append(f"{operation}, {kind} → {verdict}: {sentence}")


def _changes(statement: AuditStatement, tables: AuditTables) -> Iterator[tuple[str, str]]:
    """Yield the sentence of a statement with its number, a label of its row, or a direction changed."""
    sentence, start, end = statement.sentence, statement.start, statement.end
    if statement.kind == "number":
        figures = re.search(r"\d[\d.,\u202f\u00a0 ]*\d|\d", sentence[start:end])
        if figures:
            first, last = start + figures.start(), start + figures.end()
            for kind, number in _other_numbers(figures[0], words_of(statement.language).decimal):
                yield kind, f"{sentence[:first]}{number}{sentence[last:]}"
    for other in _other_labels(statement, tables):
        yield "label", other
    if statement.kind == "comparison" or (
        statement.reading and "change" in statement.reading.operation
    ):
        for match in re.finditer(r"[^\W\d_]+", sentence):
            turned = _TURNS.get(match[0].lower())
            is_near = abs(match.start() - start) < 40 or start <= match.start() < end
            if turned and is_near:
                turned = turned.capitalize() if match[0][0].isupper() else turned
                yield "direction", f"{sentence[: match.start()]}{turned}{sentence[match.end() :]}"


def _other_numbers(figures: str, decimal: str) -> Iterator[tuple[str, str]]:
    """Yield figures 7 percent above and below some, and with two digits in the other order. What is below
    1,000 is written with fewer digits: 930.
    """
    digits = re.sub(r"\D", "", figures)
    for factor in (1.07, 0.93):
        number = round(int(digits) * factor)
        number += (1 if factor > 1 else -1) if number == int(digits) else 0
        if number > 0:
            written = _as_written(str(number).rjust(len(digits), "0"), figures)
            yield "7 percent", re.sub(rf"^(?:0[^\d{re.escape(decimal)}]?(?=\d))+", "", written)
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1] and (at or digits[1] != "0"):
            turned = f"{digits[:at]}{digits[at + 1]}{digits[at]}{digits[at + 2 :]}"
            yield "digits", _as_written(turned, figures)
            return


def _as_written(digits: str, figures: str) -> str:
    """Return digits with the signs between those of some figures, from the end."""
    result, left = list[str](), list(digits)
    for sign in reversed(figures):
        if not sign.isdigit():
            result.append(sign)
        elif left:
            result.append(left.pop())
    return "".join(left) + "".join(reversed(result))


def _other_labels(statement: AuditStatement, tables: AuditTables) -> Iterator[str]:
    """Yield the sentence with a label of the statement's rows exchanged for another of it, or for others of
    its column.
    """
    reading, sentence = statement.reading, statement.sentence
    file = reading.operands[0].table if reading and reading.operands else ""
    numbers = [at for at, table in enumerate(tables.tables) if table.file == file]
    mentions = [
        (each, number)
        for each in tables.labels.mentions(sentence, (0, len(sentence)))
        for number in numbers
        if number in each.codes
    ]
    for (left, at), (right, other) in pairwise(mentions):
        columns = [
            {column for column, _ in each.codes[at]} for each in (left, right) if at == other
        ]
        if len(columns) == 2 and columns[0] & columns[1] and left.codes[at] != right.codes[at]:
            middle = sentence[left.end : right.start]
            yield f"{sentence[: left.start]}{right.words}{middle}{left.words}{sentence[right.end :]}"
            return
    for mention, number in mentions[:1]:
        column, code = min(mention.codes[number])
        labels = tables.tables[number].labels[column].labels
        others = [
            label
            for at, label in enumerate(labels)
            if at != code and label[:1].isupper() and len(label) > 3
        ]
        for label in others[1 : 1 + _MOST_SWAPS]:
            yield f"{sentence[: mention.start]}{label}{sentence[mention.end :]}"
