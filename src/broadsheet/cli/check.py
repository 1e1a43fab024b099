"""`broadsheet check`: the faults, warnings and notes of the publication."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from broadsheet.cli.report import (
    CommandReport,
    as_json,
    grouped,
    grouped_faults,
    many,
    reports,
    root,
    say,
    stopping,
)
from broadsheet.errors import BroadsheetError, Notice, UsageError

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
    try:
        return work(options)
    except BroadsheetError as error:  # such as a `_quarto.yml` that cannot be read
        if options.format not in ("sarif", "github") or isinstance(error, UsageError):
            raise
        return _reported(options, 1, "", [error])


def _reported(
    options: argparse.Namespace, code: int, text: str, problems: Sequence[Notice | BroadsheetError]
) -> CommandReport:
    """Return the report in the format that was asked for."""
    from broadsheet.cli.problem_formats import github, sarif

    if options.format == "sarif":
        return CommandReport(code, sarif(problems, root()))
    if options.format == "github":
        return CommandReport(code, "\n".join(filter(None, (github(problems, root()), text))))
    return CommandReport(code, text, problems, whole=options.verbose)


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
    if options.format == "json":
        for_machines = {
            "pages": report.pages,
            "accounted": {"share": round(report.share, 4), **report.counts},
            "claims": [claim.report() for claim in report.claims],
            "faults": reports(report.faults),
            "unaccounted": [words.report() for words in report.unaccounted],
            "stale": reports(report.stale),
            "notices": reports(report.notices),
        }
        return CommandReport(code, as_json(for_machines))
    unaccounted = [words.notice() for words in report.unaccounted]
    ways = ", ".join(f"{report.counts.get(way, 0):,} {name}" for way, name in _WAYS.items())
    whole = options.verbose or options.format != "text"
    notices = grouped(report.notices, whole=whole)
    notices.sort(key=lambda notice: notice.is_strict)
    faults = grouped_faults(report.faults, whole=whole)
    problems: list[Notice | BroadsheetError] = [*notices, *report.stale, *unaccounted, *faults]
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
    return _reported(options, code, "\n".join([text, *last]), problems)


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
    if options.format == "json":
        for_machines = {
            "share": round(report.share, 4),
            "safe": report.safe,
            "stopped": report.stopped,
            "of": report.read,
            "changes": dict(report.counts),
            "editions": {"run": report.editions, "of": report.of_editions},
            "reworded": reports(report.reworded),
            "unmoved": reports(report.unmoved),
            "escaped": reports(report.escaped),
            "chosen": reports(report.chosen),
            "faults": reports(report.faults),
        }
        return CommandReport(code, as_json(for_machines))
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
    return _reported(options, code, text, [*notes, *warnings, *report.faults])


def _parameters(options: argparse.Namespace) -> CommandReport:
    """Check the articles for other values of their parameters."""
    from broadsheet.checks.check_parameters import check_parameters
    from broadsheet.cli.progress import watch
    from broadsheet.project.reading import open_publication

    publication = open_publication(root(), day=options.today, drafts=options.drafts)
    editions = publication.choose_read(options.slugs)
    report = check_parameters(publication.project, editions, jobs=options.jobs, watch=watch)
    code = int(bool(report.faults) or (options.strict and bool(report.notices)))
    if options.format == "json":
        for_machines = {
            "articles": report.articles,
            "tried": report.tried,
            "refused": report.refused,
            "faults": reports(report.faults),
            "notices": reports(report.notices),
        }
        return CommandReport(code, as_json(for_machines))
    text = (
        f"{many(report.tried, 'value')} of parameters of {many(report.articles, 'article')} tried: "
        f"{report.refused:,} refused by the articles themselves, "
        f"{many(len(report.faults), 'fault')}, {many(len(report.notices), 'notice')}"
    )
    return _reported(options, code, text, [*report.notices, *report.faults])
