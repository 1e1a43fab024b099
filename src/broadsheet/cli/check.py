"""`broadsheet check`: the faults, warnings and notes of the publication."""

from __future__ import annotations

import argparse

from broadsheet.cli.report import (
    CommandReport,
    grouped,
    grouped_faults,
    many,
    root,
    say,
    stopping,
)
from broadsheet.errors import BroadsheetError, Notice

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


def check_publication(options: argparse.Namespace) -> CommandReport:
    """Check the publication, its parameters, or changes of a table."""
    work = _mutate if options.mutate else _parameters if options.parameters else _check
    return work(options)


def _check(options: argparse.Namespace) -> CommandReport:
    """Check the publication as it is."""
    from broadsheet.checks.check import check_site
    from broadsheet.checks.claim_report import summary
    from broadsheet.cli.progress import watch
    from broadsheet.site.build.options import Options

    site_options = Options(
        options.slugs,
        day=options.today,
        drafts=options.drafts,
        jobs=options.jobs,
        watch=watch,
        waiting=lambda: say("another check is at work here: waiting for it"),
    )
    report = check_site(root(), site_options)
    code = int(bool(report.faults) or (options.strict and not report.is_clean))
    for_machines = {
        "pages": report.pages,
        "accounted": {"share": round(report.share, 4), **report.counts},
        "claims": [claim.report() for claim in report.claims],
        "unaccounted": [words.report() for words in report.unaccounted],
    }
    unaccounted = [words.notice() for words in report.unaccounted]
    ways = ", ".join(f"{report.counts.get(way, 0):,} {name}" for way, name in _WAYS.items())
    notices = grouped(report.notices, whole=options.verbose)
    notices.sort(key=lambda notice: notice.is_strict)
    faults = grouped_faults(report.faults, whole=options.verbose)
    messages: list[Notice | BroadsheetError] = [*notices, *report.stale, *unaccounted, *faults]
    warnings = sum(notice.is_strict for notice in report.notices)
    text = (
        f"{many(report.pages, 'page')}: {report.share:.1%} of numbers and comparisons accounted "
        f"for ({ways})\n{summary(report.claims)}\n"
        f"{many(len(report.faults), 'fault')}, {many(len(unaccounted), 'sentence')} unaccounted "
        f"for, {len(report.stale):,} stale, {many(warnings, 'warning')}, "
        f"{many(len(report.notices) - warnings, 'note')}"
    )
    if options.claims:
        text = "\n".join([*dict.fromkeys(map(str, report.claims)), text])
    last = stopping(report.faults, [*report.notices, *report.stale, *unaccounted]) or [
        "Nothing stops publication."
    ]
    return CommandReport(
        code,
        "\n".join([text, *last]),
        messages,
        whole=options.verbose,
        result=for_machines,
        problems=[*report.notices, *report.stale, *unaccounted, *report.faults],
    )


def _mutate(options: argparse.Namespace) -> CommandReport:
    """Revise a table, and report what becomes of the sentences that read it."""
    from broadsheet.checks.mutation import mutate
    from broadsheet.cli.progress import watch
    from broadsheet.press.press import Press
    from broadsheet.project.reading import open_publication

    publication = open_publication(root(), day=options.today, drafts=options.drafts)
    editions, project = publication.choose_read(options.slugs), publication.project
    with Press(project, options.jobs) as press:
        report = mutate(project, editions, options.mutate, press.executor, watch)
    warnings = [*report.chosen, *report.escaped]
    notes = [*report.reworded, *report.unmoved]
    code = int(bool(report.faults) or (options.strict and bool(warnings)))
    for_machines = {
        "share": round(report.share, 4),
        "safe": report.safe,
        "stopped": report.stopped,
        "of": report.read,
        "changes": dict(report.counts),
        "editions": {"run": report.editions, "of": report.of_editions},
        "reworded": report.reworded,
        "unmoved": report.unmoved,
        "escaped": report.escaped,
        "chosen": report.chosen,
    }
    count = report.counts.get
    text = (
        f"{report.safe:,} of {many(report.read, 'change')} stopped or provably true "
        f"({report.share:.1%}): "
        f"{report.stopped:,} stopped ({count('refused', 0):,} by the catalogue, {count('failed', 0):,} by "
        f"a claim or a run that fails), {count('true', 0):,} provably true, {count('reworded', 0):,} "
        f"reworded, {count('unmoved', 0):,} unmoved, {count('marked', 0):,} marked unchecked\n"
        f"{many(count('unread', 0), 'other change')} that no sentence reads; "
        f"{report.editions:,} of {many(report.of_editions, 'edition')} run; "
        f"{many(len(report.reworded), 'new sentence')} to read, "
        f"{len(report.unmoved):,} that stay on the author’s word, "
        f"{len(report.escaped):,} that nothing moves, {len(report.chosen):,} with words beside a value that "
        "chose another"
    )
    messages: list[Notice | BroadsheetError] = [*notes, *warnings, *report.faults]
    return CommandReport(code, text, messages, whole=options.verbose, result=for_machines)


def _parameters(options: argparse.Namespace) -> CommandReport:
    """Check the articles for other values of their parameters."""
    from broadsheet.checks.check_parameters import check_parameters
    from broadsheet.cli.progress import watch
    from broadsheet.project.reading import open_publication

    publication = open_publication(root(), day=options.today, drafts=options.drafts)
    editions = publication.choose_read(options.slugs)
    report = check_parameters(publication.project, editions, jobs=options.jobs, watch=watch)
    code = int(bool(report.faults) or (options.strict and bool(report.notices)))
    for_machines = {
        "articles": report.articles,
        "tried": report.tried,
        "refused": report.refused,
    }
    text = (
        f"{many(report.tried, 'value')} of parameters of {many(report.articles, 'article')} tried: "
        f"{report.refused:,} refused by the articles themselves, "
        f"{many(len(report.faults), 'fault')}, {many(len(report.notices), 'notice')}"
    )
    messages: list[Notice | BroadsheetError] = [*report.notices, *report.faults]
    return CommandReport(code, text, messages, whole=options.verbose, result=for_machines)
