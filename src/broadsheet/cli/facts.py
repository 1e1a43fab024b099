"""`broadsheet facts`: what articles state, written down."""

from __future__ import annotations

import argparse

from broadsheet.cli.report import Report, many, root


def record_facts(options: argparse.Namespace) -> Report:
    """Write what articles state into their ledgers."""
    from broadsheet.site.fact_recording import record

    report = record(root(), options.slugs, options.on)
    lines = [
        f"{slug}: {many(count, 'value')} recorded in {path}" if count else f"{slug}: as recorded"
        for slug, count, path in report.recorded
    ]
    return Report(1 if report.faults else 0, "\n".join(lines), list(report.faults))


def migrate_facts(options: argparse.Namespace) -> Report:
    """Move facts and claims of the old spelling into the prose."""
    from broadsheet.site.fact_migration import migrate

    result = migrate(root(), options.slug)
    text = (
        f"{result.path}: facts and claims moved into the prose: {len(result.moved):,}; "
        f"left as they are: {len(result.left):,}"
    )
    if result.moved:
        text += (
            "\nEach has a new name: if the article has a ledger, run "
            f"broadsheet facts record {options.slug}"
        )
    return Report(0, text, list(result.left))
