"""`broadsheet check`: what is wrong with the publication."""

from __future__ import annotations

import argparse

from broadsheet.cli.report import Report, as_json, many, reports, root

_WAYS = {
    "fact": "by a fact",
    "claim": "by a claim",
    "cite": "by a citation",
    "held": "by who holds them",
    "unchecked": "marked unchecked",
    "exempt": "exempt",
    "open": "by nothing",
}
"""The ways in which numbers and comparisons are accounted for."""


def check_publication(options: argparse.Namespace) -> Report:
    """Report all that is wrong."""
    from broadsheet.cli.progress import watch
    from broadsheet.site.check import check

    report = check(
        root(),
        options.slugs,
        day=options.today,
        drafts=options.drafts,
        jobs=options.jobs,
        watch=watch,
    )
    code = int(bool(report.faults) or (options.strict and not report.is_clean))
    if options.json:
        for_machines = {
            "pages": report.pages,
            "accounted": {"share": round(report.share, 4), **report.counts},
            "faults": reports(report.faults),
            "unaccounted": [words.report() for words in report.unaccounted],
            "stale": reports(report.stale),
            "notices": reports(report.notices),
        }
        return Report(code, as_json(for_machines))
    unaccounted = [words.notice() for words in report.unaccounted]
    ways = ", ".join(f"{report.counts.get(way, 0):,} {name}" for way, name in _WAYS.items())
    text = (
        f"{many(report.pages, 'page')}: {report.share:.1%} of numbers and comparisons accounted "
        f"for ({ways})\n"
        f"{many(len(report.faults), 'fault')}, {many(len(unaccounted), 'sentence')} unaccounted "
        f"for, {len(report.stale):,} stale, {many(len(report.notices), 'notice')}"
    )
    return Report(code, text, [*report.notices, *report.stale, *unaccounted, *report.faults])
