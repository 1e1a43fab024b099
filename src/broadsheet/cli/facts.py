"""`broadsheet facts`: the facts and claims of articles, recorded."""

from __future__ import annotations

import argparse

from broadsheet.cli.report import CommandReport, many, root


def record_facts(options: argparse.Namespace) -> CommandReport:
    """Write the facts and claims of articles into their ledgers."""
    from broadsheet.checks.fact_recording import record

    report = record(root(), options.slugs, options.on)
    lines = [
        f"{slug}: {many(count, 'value')} recorded in {path}" if count else f"{slug}: as recorded"
        for slug, count, path in report.recorded
    ]
    recorded = [
        {"article": slug, "values": count, "ledger": str(path)}
        for slug, count, path in report.recorded
    ]
    return CommandReport(
        1 if report.faults else 0,
        "\n".join(lines),
        list(report.faults),
        result={"recorded": recorded},
    )
