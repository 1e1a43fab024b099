"""The report of an audit as a page of HTML that stands alone: sentence by sentence, with the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from broadsheet.checks.audit.auditing import Audit
from broadsheet.checks.audit.explaining import TOPICS, explained
from broadsheet.checks.audit.statement import VERDICTS, AuditOperand, AuditStatement, AuditVerdict
from broadsheet.text.templating import Templates

_TEMPLATES = Templates()
_ANCHORS: dict[AuditVerdict, str] = {verdict: verdict.replace(" ", "-") for verdict in VERDICTS}


@dataclass(frozen=True)
class SentencePart:
    """A stretch of a sentence."""

    text: str
    """The words."""
    anchor: str = ""
    """The class of the verdict on them; empty for the words between."""


@dataclass(frozen=True)
class ShownStatement:
    """A statement as the page shows it."""

    words: str
    """The words."""
    verdict: AuditVerdict
    """The verdict."""
    anchor: str
    """The class of the verdict."""
    text: str
    """The answer of the tables, in a line."""
    version: str
    """The older version that bears it out; empty if it is not stale."""
    operation: str
    """The operation and the number of its values; empty if no rows are shown."""
    rows: tuple[tuple[str, str, str, str, str], ...]
    """The table, row, keys, column and value of each operand."""
    is_open: bool
    """True if the rows are seen at once."""


@dataclass(frozen=True)
class ShownSentence:
    """A sentence as the page shows it."""

    where: str
    """Its file and line."""
    verdict: AuditVerdict
    """The worst verdict on it."""
    anchor: str
    """The class of that verdict."""
    parts: tuple[SentencePart, ...]
    """Its words."""
    statements: tuple[ShownStatement, ...]
    """Its statements."""
    is_standing: bool
    """True if its findings are in the baseline."""


def audit_page(audit: Audit, path: Path, findings: Sequence[AuditStatement]) -> str:
    """Return the page of an audit. ``findings`` are those that no baseline has."""
    new = set(map(id, findings))
    in_order = sorted(
        audit.statements,
        key=lambda each: (
            each.place.file,
            each.place.cell or 0,
            each.place.line or 0,
            each.sentence,
            each.start,
        ),
    )
    sentences = [
        _sentence(list(group), new)
        for _, group in groupby(
            in_order,
            key=lambda each: (each.place.file, each.place.cell, each.sentence, each.context),
        )
    ]
    rank = {verdict: at for at, verdict in enumerate(VERDICTS)}
    sentences.sort(key=lambda each: rank[each.verdict])
    standing = audit.counts["contradicted"] + audit.counts["stale"] - len(findings)
    return _TEMPLATES.render(
        "audit.html.jinja",
        title=path.resolve().name or str(path),
        counts=[
            (verdict, _ANCHORS[verdict], f"{audit.counts[verdict]:,}", audit.counts[verdict] > 0)
            for verdict in VERDICTS
        ],
        bound=f"{audit.bound:,}",
        scope=f"{audit.documents:,} documents, held against {len(audit.tables):,} tables.",
        standing=f"{standing:,} findings are in the baseline." if standing else "",
        sentences=sentences,
        notices=audit.notices,
    )


def _sentence(statements: Sequence[AuditStatement], new: set[int]) -> ShownSentence:
    first = statements[0]
    worst = min(statements, key=lambda each: VERDICTS.index(each.verdict))
    place = first.place
    cell = f", cell {place.cell}" if place.cell else ""
    return ShownSentence(
        f"{place.file}{cell}, line {place.line or 1}",
        worst.verdict,
        _ANCHORS[worst.verdict],
        tuple(_parts(statements)),
        tuple(map(_shown, statements)),
        worst.verdict in TOPICS and not any(id(each) in new for each in statements),
    )


def _shown(statement: AuditStatement) -> ShownStatement:
    reading = statement.reading
    has_rows = reading is not None and bool(reading.operands) and statement.verdict != "unknown"
    count = reading.count if reading else 0
    return ShownStatement(
        statement.words,
        statement.verdict,
        _ANCHORS[statement.verdict],
        explained(statement),
        statement.version,
        f"{reading.operation} of {count:,} value{'' if count == 1 else 's'}".capitalize()
        if reading and has_rows
        else "",
        tuple(map(_row, reading.operands)) if reading and has_rows else (),
        statement.verdict in TOPICS,
    )


def _row(operand: AuditOperand) -> tuple[str, str, str, str, str]:
    keys = "; ".join(f"{key}: {label}" for key, label in operand.keys.items())
    value = f"{operand.value:,.10g} {operand.unit}".strip()
    row = f"{operand.row:,}" if operand.row else ""
    return operand.table, row, keys, operand.column, value


def _parts(statements: Sequence[AuditStatement]) -> list[SentencePart]:
    sentence, parts, at = statements[0].sentence, list[SentencePart](), 0
    for statement in statements:
        if statement.start >= at:
            parts += [
                SentencePart(sentence[at : statement.start]),
                SentencePart(statement.words, _ANCHORS[statement.verdict]),
            ]
            at = statement.end
    return [part for part in (*parts, SentencePart(sentence[at:])) if part.text]
