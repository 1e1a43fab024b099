"""The report of an audit as a page of HTML that stands alone: sentence by sentence, with the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from broadsheet.checks.audit.auditing import Audit
from broadsheet.checks.audit.explaining import explained
from broadsheet.checks.audit.statement import VERDICTS, Statement, Verdict
from broadsheet.text.templating import Templates

_TEMPLATES = Templates()
_ANCHORS: dict[Verdict, str] = {verdict: verdict.replace(" ", "-") for verdict in VERDICTS}


@dataclass(frozen=True)
class SentencePart:
    """A stretch of a sentence."""

    text: str
    """The words."""
    statement: Statement | None = None
    """The statement that they are; none for the words between."""


@dataclass(frozen=True)
class AuditedSentenceOnPage:
    """A sentence as the page shows it."""

    where: str
    """Its file and line."""
    verdict: Verdict
    """The worst verdict on it."""
    anchor: str
    """The class of that verdict."""
    parts: tuple[SentencePart, ...]
    """Its words."""
    statements: tuple[tuple[Statement, str], ...]
    """The statements, each with what the tables say."""
    is_new: bool
    """True if a finding of it is not in the baseline."""


def audit_page(audit: Audit, path: Path, findings: Sequence[Statement]) -> str:
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
    return _TEMPLATES.render(
        "audit.html.jinja",
        title=path.resolve().name or str(path),
        audit=audit,
        counts=[(verdict, _ANCHORS[verdict], audit.counts[verdict]) for verdict in VERDICTS],
        sentences=sentences,
        standing=audit.counts["contradicted"] + audit.counts["stale"] - len(findings),
    )


def _sentence(statements: Sequence[Statement], new: set[int]) -> AuditedSentenceOnPage:
    first = statements[0]
    worst = min(statements, key=lambda each: VERDICTS.index(each.verdict))
    place = first.place
    cell = f", cell {place.cell}" if place.cell else ""
    return AuditedSentenceOnPage(
        f"{place.file}{cell}, line {place.line or 1}",
        worst.verdict,
        _ANCHORS[worst.verdict],
        tuple(_parts(statements)),
        tuple((each, explained(each)) for each in statements),
        any(id(each) in new for each in statements),
    )


def _parts(statements: Sequence[Statement]) -> list[SentencePart]:
    sentence, parts, at = statements[0].sentence, list[SentencePart](), 0
    for statement in statements:
        if statement.start >= at:
            parts += [
                SentencePart(sentence[at : statement.start]),
                SentencePart(statement.words, statement),
            ]
            at = statement.end
    return [part for part in (*parts, SentencePart(sentence[at:])) if part.text]
