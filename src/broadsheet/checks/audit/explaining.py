"""Says in a line what the tables say of a statement, and makes messages of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from broadsheet.checks.audit.statement import AuditOperand, AuditReading, AuditStatement, Operation
from broadsheet.checks.audit.tables.table_formats import BASELINE
from broadsheet.errors import DataError, Notice, Place, UsageError
from broadsheet.storage.files import UnreadableError, content
from broadsheet.storage.json_text import read_json
from broadsheet.storage.limits import TABLE
from broadsheet.storage.store import write_file

TOPICS: Mapping[str, str] = {"contradicted": "contradicted-by-table", "stale": "stale-number"}
"""The code of the message about a statement, by its verdict."""
_SCALES = {1e3: "thousand", 1e6: "million", 1e9: "billion", 1e12: "trillion"}
_SIGNS = {"percent": "%", "points": "percentage points", "times": "times"}
_UNITS: Mapping[Operation, str] = {
    "change in percent": "%", "difference in percent": "%", "change in points": " percentage points",
}  # fmt: skip
"""The units of results that are not in the unit of their cells."""
_NAMED = 3
_OF_CHANGES = 4
"""The cells of two changes."""


def number_shown(value: float, statement: AuditStatement) -> str:
    """Return a result of a reading as the statement writes its numbers."""
    size = value / statement.scale
    digits = 0 if float(size).is_integer() else 2 if abs(size) >= 10 else 4
    text = f"{size:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    scale = _SCALES.get(statement.scale, "")
    unit = _SIGNS.get(statement.unit, statement.unit)
    joined = f"{text}{unit}" if unit == "%" else f"{text} {scale} {unit}"
    return " ".join(joined.split())


def keys_shown(operand: AuditOperand) -> str:
    """Return the labels and the time of an operand: `Germany, 2022`."""
    return ", ".join(dict.fromkeys(operand.keys.values()))


def explained(statement: AuditStatement) -> str:
    """Return in a line what the tables say of a statement; empty if nothing."""
    reading = statement.reading
    if reading is None:
        return ""
    if reading.operation in ("comparison", "comparison of changes", "rank"):
        return _compared(reading)
    if not reading.operands:
        return f"{reading.operation}: {reading.count:,}"
    first = reading.operands[0]
    where = f"{first.table}, row {first.row}" if first.row else first.table
    if reading.operation == "cell":
        return f"{_column(first)} of {keys_shown(first) or where} is {_plain(first)} ({where})"
    named = "; ".join(
        f"{keys_shown(operand)}: {_plain(operand)}" for operand in reading.operands[:_NAMED]
    )
    if reading.operation == "count":
        return f"{reading.count:,} {first.column or 'rows'} ({first.table})" if reading.value == reading.count else (
            f"{number_shown(reading.value, statement)} of the rows ({first.table})"
        )  # fmt: skip
    if reading.operation.startswith("first"):
        return f"{reading.operation} it at {keys_shown(first)}: {_plain(first)} ({where})"
    more = f" and {reading.count - _NAMED:,} more" if reading.count > _NAMED else ""
    return f"{reading.operation} is {_result(reading, statement)} of {named}{more} ({first.table})"


def _result(reading: AuditReading, statement: AuditStatement) -> str:
    if reading.operation in ("share", "ratio"):
        return number_shown(reading.value, statement)
    unit = _UNITS.get(reading.operation, f" {reading.operands[0].unit}")
    sign = "+" if reading.operation.startswith("change") and reading.value > 0 else ""
    return f"{sign}{_figure(reading.value)}{unit}".rstrip()


def _compared(reading: AuditReading) -> str:
    named = "; ".join(
        f"{keys_shown(operand)}: {_plain(operand)}"
        for operand in reading.operands[: _NAMED if reading.operation == "rank" else _OF_CHANGES]
    )
    rank = f"place {reading.value:,.0f}: " if reading.operation == "rank" else ""
    table = reading.operands[0].table if reading.operands else ""
    return f"{rank}{named} ({table})"


def _column(operand: AuditOperand) -> str:
    return operand.column or "the value"


def _plain(operand: AuditOperand) -> str:
    unit = operand.unit if len(operand.unit) < 30 else ""
    return f"{_figure(operand.value)} {unit}".strip()


def _figure(value: float) -> str:
    text = f"{value:,.4f}" if abs(value) < 1000 else f"{value:,.1f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def notice_of(statement: AuditStatement) -> Notice:
    """Return a statement as a message at its place."""
    place = statement.place
    mend = (
        f"The version of {statement.version} has it. Write what the table says today, or when it was so."
        if statement.verdict == "stale"
        else "Correct the sentence or the table, or leave it if it is of something else."
    )
    return Notice(
        Place(place.file, place.line, place.cell),
        f"“{statement.words}” is {statement.verdict}: {explained(statement)}",
        mend,
        statement.sentence,
        TOPICS[statement.verdict],
    )


# What stands today


@dataclass(frozen=True)
class Baseline:
    """The findings that stood when a baseline was written."""

    entries: frozenset[tuple[str, str, str]]
    """The file, the sentence and the words of each."""

    def has(self, statement: AuditStatement) -> bool:
        """True if a finding stood then."""
        return _entry(statement) in self.entries


def _entry(statement: AuditStatement) -> tuple[str, str, str]:
    return statement.place.file, statement.sentence, statement.words


def read_baseline(path: Path) -> Baseline | None:
    """Return the baseline in a file; None if there is no such file. Raises :class:`UsageError`."""
    if not path.exists():
        return None
    try:
        text = content(path, str(path), TABLE["source-size"]).decode("utf-8", "replace")
        value = read_json(text, Place(str(path)), DataError, "this is no baseline")
        entries = frozenset(
            (entry["file"], entry["sentence"], entry["written"]) for entry in value["findings"]
        )
    except (UnreadableError, DataError, KeyError, TypeError) as error:
        raise UsageError(
            str(path),
            f"this is no baseline: {type(error).__name__}",
            "Remove it, and run the audit again.",
        ) from None
    return Baseline(entries)


def write_baseline(path: Path, statements: Iterable[AuditStatement]) -> None:
    """Write the findings that stand today. Raises :class:`UsageError` for a file that cannot be
    written.
    """
    findings = [
        dict(zip(("file", "sentence", "written"), entry, strict=True))
        for entry in sorted(set(map(_entry, statements)))
    ]
    save_report(
        path, json.dumps({BASELINE: 1, "findings": findings}, ensure_ascii=False, indent=1) + "\n"
    )


def save_report(path: Path, text: str) -> None:
    """Write a report into a file, whole or not at all; a letter that is none, such as half of a
    pair, is written by its number. Raises :class:`UsageError`.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():  # a pipe is not replaced
            path.write_bytes(data)
        else:
            write_file(path.resolve(), data, mode=0o644)
    except OSError as error:
        raise UsageError(
            str(path), f"this cannot be written: {error.strerror}", "Name another file."
        ) from None


def findings_of(
    statements: Sequence[AuditStatement], baseline: Baseline | None
) -> list[AuditStatement]:
    """Return the statements that are contradicted or stale, but for those of a baseline."""
    return [
        statement
        for statement in statements
        if statement.verdict in TOPICS and not (baseline and baseline.has(statement))
    ]
