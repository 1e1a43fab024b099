"""`broadsheet facts`: what articles state, written down."""

from __future__ import annotations

import argparse

from broadsheet.cli.options import Commands, day, root
from broadsheet.cli.report import Report, many


def add_to(commands: Commands) -> None:
    """Add the commands to the parser."""
    group = commands.add_parser("facts", help="what articles state")
    command = group.add_subparsers(required=True, metavar="WHAT").add_parser(
        "record", help="write down what published articles state, to tell readers what changes"
    )
    command.add_argument(
        "slugs",
        nargs="*",
        metavar="SLUG",
        help="articles or editions (default: all that were recorded)",
    )
    command.add_argument("--on", type=day, metavar="DATE", help="the day (default: today)")
    command.set_defaults(command=_record)


def _record(options: argparse.Namespace) -> Report:
    from broadsheet.site.recording import record

    report = record(root(), options.slugs, options.on)
    lines = [
        f"{slug}: {many(count, 'value')} recorded in {path}" if count else f"{slug}: as recorded"
        for slug, count, path in report.recorded
    ]
    return Report(1 if report.faults else 0, "\n".join(lines), list(report.faults))
