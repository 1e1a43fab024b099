"""`broadsheet audit`: the numbers and comparisons of any folder, held against its tables."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, grouped, many

if TYPE_CHECKING:
    from broadsheet.checks.audit.auditing import Audit
    from broadsheet.checks.audit.statement import AuditStatement


def audit_path(options: argparse.Namespace) -> CommandReport:
    """Audit a path, and report what the tables contradict."""
    from broadsheet.checks.audit.auditing import audit
    from broadsheet.checks.audit.explaining import (
        findings_of,
        notice_of,
        read_baseline,
        save_report,
        write_baseline,
    )
    from broadsheet.cli.formats.code_review import sarif

    path: Path = options.path
    jobs = options.jobs or os.cpu_count() or 1
    baseline = read_baseline(options.baseline) if options.baseline else None
    result = audit(path, options.data, jobs=jobs)
    findings = findings_of(result.statements, baseline)
    written = ""
    if options.baseline and baseline is None:
        write_baseline(options.baseline, findings)
        written = f"{options.baseline} is new: {many(len(findings), 'finding')} will be passed over. Commit it."
        findings = []
    root = path.parent if path.is_file() else path
    problems = [notice_of(finding) for finding in findings]
    if options.sarif:
        save_report(options.sarif, sarif(problems, root))
    if options.html:
        from broadsheet.checks.audit.audit_page import audit_page

        save_report(options.html, audit_page(result, path, findings))
    code = int(bool(findings))
    shown = result.statements if options.verbose else findings
    listed = "\n".join(_line(statement) for statement in shown if options.format == "text")
    return CommandReport(
        code,
        "\n\n".join(filter(None, (listed, _summary(result, findings), written))),
        grouped(result.notices, whole=options.verbose),
        result=_for_machines(result, findings),
        problems=[*result.notices, *problems],
        root=root,
    )


def _for_machines(result: Audit, findings: Sequence[AuditStatement]) -> dict[str, object]:
    return {
        "documents": result.documents,
        "tables": list(result.tables),
        "bound": result.bound,
        "counts": dict(result.counts),
        "findings": len(findings),
        "statements": [statement.report() for statement in result.statements],
    }


def _line(statement: AuditStatement) -> str:
    """Return a statement as the terminal shows it: place, verdict, sentence, and what the table has."""
    from broadsheet.checks.audit.explaining import explained

    place = statement.place
    where = f"{place.file}:{place.line or 1}" + (f" (cell {place.cell})" if place.cell else "")
    lines = [f"{where}: {statement.verdict}: “{statement.words}”", f"  │ {statement.sentence}"]
    if text := explained(statement):
        lines.append(f"  → {text}")
    if statement.version:
        lines.append(f"  → it was so in the version of {statement.version}")
    return "\n".join(lines)


def _summary(result: Audit, findings: Sequence[AuditStatement]) -> str:
    counts = result.counts
    standing = counts["contradicted"] + counts["stale"] - len(findings)
    parts = [f"{counts[verdict]:,} {verdict}" for verdict in counts]
    text = (
        f"{many(result.documents, 'document')}, {many(len(result.tables), 'table')}: "
        f"{', '.join(parts)}; {result.bound:,} bound by inline code"
    )
    return f"{text}; {standing:,} of the baseline" if standing else text
