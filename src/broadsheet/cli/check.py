"""`broadsheet check`: what is wrong with the publication."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from broadsheet.cli.report import (
    Report,
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


_VERDICTS = {
    "refused": "refused by the catalogue",
    "failed": "by a claim or a run that fails",
    "changed": "by other words",
    "held": "by a claim that holds anew",
    "marked": "marked unchecked",
    "escaped": "escaped",
    "unread": "that no sentence reads",
}
"""What became of values that were changed."""


def check_publication(options: argparse.Namespace) -> Report:
    """Report all that is wrong."""
    work = _mutate if options.mutate else _parameters if options.parameters else _check
    try:
        return work(options)
    except BroadsheetError as error:  # such as a `_quarto.yml` that cannot be read
        if options.format not in ("sarif", "github") or isinstance(error, UsageError):
            raise
        return _reported(options, 1, "", [error])


def _reported(
    options: argparse.Namespace, code: int, text: str, problems: Sequence[Notice | BroadsheetError]
) -> Report:
    """The report in the format that was asked for."""
    from broadsheet.cli.problem_formats import github, sarif

    if options.format == "sarif":
        return Report(code, sarif(problems, root()))
    if options.format == "github":
        return Report(code, "\n".join(filter(None, (github(problems, root()), text))))
    return Report(code, text, problems, whole=options.verbose)


def _check(options: argparse.Namespace) -> Report:
    """Report what is wrong with the publication as it is."""
    from broadsheet.cli.progress import watch
    from broadsheet.site.check import check
    from broadsheet.site.claim_check import summary

    report = check(
        root(),
        options.slugs,
        day=options.today,
        drafts=options.drafts,
        jobs=options.jobs,
        watch=watch,
        waiting=lambda: say("another check is at work here: waiting for it"),
    )
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
        return Report(code, as_json(for_machines))
    unaccounted = [words.notice() for words in report.unaccounted]
    ways = ", ".join(f"{report.counts.get(way, 0):,} {name}" for way, name in _WAYS.items())
    whole = options.verbose or options.format != "text"
    notices = grouped(report.notices, whole=whole)
    notices.sort(key=lambda one: one.is_strict)
    faults = grouped_faults(report.faults, whole=whole)
    problems: list[Notice | BroadsheetError] = [*notices, *report.stale, *unaccounted, *faults]
    warnings = sum(one.is_strict for one in report.notices)
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


def _mutate(options: argparse.Namespace) -> Report:
    """Report the sentences that a changed table leaves as they are."""
    from broadsheet.cli.progress import watch
    from broadsheet.markdown.press import Press
    from broadsheet.project.reading import open_publication
    from broadsheet.verify.mutation import mutate

    publication = open_publication(root(), day=options.today, drafts=options.drafts)
    editions, project = publication.choose_read(options.slugs), publication.project
    with Press(project, options.jobs) as press:
        report = mutate(project, editions, options.mutate, press.executor, watch)
    code = int(bool(report.faults) or (options.strict and bool(report.escaped)))
    if options.format == "json":
        for_machines = {
            "caught": report.caught,
            "of": report.read,
            "values": dict(report.counts),
            "escaped": reports(report.escaped),
            "faults": reports(report.faults),
        }
        return Report(code, as_json(for_machines))
    ways = ", ".join(f"{report.counts.get(way, 0):,} {name}" for way, name in _VERDICTS.items())
    text = f"{report.caught:,} of {many(report.read, 'changed value')} caught ({ways})"
    return _reported(options, code, text, [*report.escaped, *report.faults])


def _parameters(options: argparse.Namespace) -> Report:
    """Report what is wrong with the articles for other values of their parameters."""
    from broadsheet.cli.progress import watch
    from broadsheet.project.reading import open_publication
    from broadsheet.site.check_parameters import check_parameters

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
        return Report(code, as_json(for_machines))
    text = (
        f"{many(report.tried, 'value')} of parameters of {many(report.articles, 'article')} tried: "
        f"{report.refused:,} refused by the articles themselves, "
        f"{many(len(report.faults), 'fault')}, {many(len(report.notices), 'notice')}"
    )
    return _reported(options, code, text, [*report.notices, *report.faults])
