"""Finds statements that an older version of a table bears out and today's does not, by the history
of the table in git. Objects are read, and nothing in the repository is run.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.counts.row_counts import with_counts
from broadsheet.checks.audit.indexed_tables import AuditTables, tables_with
from broadsheet.checks.audit.places import place_code
from broadsheet.checks.audit.statement import AuditOperand, AuditReading, AuditStatement
from broadsheet.checks.audit.table_files import tables_in
from broadsheet.checks.audit.tables.table_shapes import TableWords
from broadsheet.checks.audit.verdicts import readings_in
from broadsheet.data.versions.git_history import Repository
from broadsheet.errors import BroadsheetError, DataError
from broadsheet.storage.limits import TABLE

_FEW_DIGITS = 3
"""A number without a time needs so many digits to be told from another by chance."""


def with_stale(
    statements: Sequence[AuditStatement], sources: Mapping[str, tuple[Path, TableWords]]
) -> list[AuditStatement]:
    """Return the statements; those that only an older version of their table bears out are stale."""
    result = list(statements)
    sought: defaultdict[str, set[int]] = defaultdict(set)
    for number, statement in enumerate(statements):
        if statement.verdict in ("contradicted", "unknown"):
            for reading in statement.others:
                if reading.fits is False and _is_whole(reading, statement):
                    sought[reading.operands[0].table].add(number)
    for file, numbers in sought.items():
        if file not in sources:
            continue
        for version, tables in _versions(*sources[file]):
            for number in sorted(numbers):
                stale = _stale(statements[number], tables, version)
                if stale is not None:
                    result[number] = stale
                    numbers.discard(number)
            if not numbers:
                break
    return result


def _is_whole(reading: AuditReading, statement: AuditStatement) -> bool:
    """True if a sentence names a reading whole, or all of it but the time."""
    if not reading.operands or not reading.is_main:
        return False
    digits = sum(sign.isdigit() for sign in statement.words)
    return reading.is_sure or (reading.is_of_latest and digits >= _FEW_DIGITS)


def _stale(statement: AuditStatement, tables: AuditTables, version: str) -> AuditStatement | None:
    """Return the statement as a stale one, if these older tables bear it out; else None."""
    said = (statement.sentence, statement.language, tables, statement.context, statement.data_file)
    sentence = AuditedSentence(*said)
    for words, _, readings in readings_in(sentence):
        if (words.start, words.end) != (statement.start, statement.end):
            continue
        for reading in readings:
            if not (reading.fits and _is_whole(reading, statement)):
                continue
            today = next((other for other in statement.others if _is_same(reading, other)), None)
            if today is not None and today.fits is False:
                return replace(statement, verdict="stale", reading=today, version=version)
    return None


def _is_same(older: AuditReading, newer: AuditReading) -> bool:
    """True if two readings are of the same cell, or of the last of each table, or of the same rows."""
    if older.operation != newer.operation or not newer.operands or not older.operands:
        return False
    first, other = older.operands[0], newer.operands[0]
    is_same_table = first.table == other.table and first.column == other.column
    if older.operation == "count" or older.is_of_latest:
        return is_same_table
    return is_same_table and _named(first) == _named(other)


def _named(operand: AuditOperand) -> set[str]:
    """Return the labels and the time of an operand; a place by its code, whatever it is called."""
    return {place_code(label) or label for label in operand.keys.values()}


def _versions(path: Path, words: TableWords) -> Iterator[tuple[str, AuditTables]]:
    """Yield the older versions of a file of tables, the newest first, each with its commit and day."""
    if not any((folder / ".git").exists() for folder in path.absolute().parents):
        return
    repository = Repository(path.absolute().parent)
    most = int(TABLE["audit-versions"].value)
    try:
        inner = repository.inner(path)
        history = repository.history(inner) if inner else []
    except DataError:  # it is in no repository, or has no commits
        return
    blobs = {version.blob: version for version in reversed(history) if version.blob}
    ordered = sorted(blobs.values(), key=history.index)
    step = max(1, math.ceil(len(ordered) / most))
    chosen = ordered[::step][:most]
    contents = repository.contents(each.blob for each in chosen)
    for version in chosen:
        try:
            data = next(contents)
        except (DataError, StopIteration):  # git has stopped
            return
        try:
            tables = [] if data is None else tables_in(data, words)
        except BroadsheetError:
            continue
        if not tables:
            continue
        yield f"{version.commit[:10]}, {version.day.isoformat()}", tables_with(with_counts(tables))
