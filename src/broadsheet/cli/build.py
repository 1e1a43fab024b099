"""`broadsheet build`: the site."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.cli.report import (
    CommandReport,
    grouped,
    grouped_faults,
    many,
    root,
    say,
    short,
    stopping,
)
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.processes import garbage

if TYPE_CHECKING:
    from broadsheet.site.build.options import Options, Reader
    from broadsheet.site.build.report import Report as BuildReport


def build_site(options: argparse.Namespace) -> CommandReport:
    """Build the site; with `--watch` again and again."""
    if options.watch:
        from broadsheet.cli.watching import whenever_a_file_changes

        return whenever_a_file_changes(root(), partial(_again, options), options.format)
    started, folder, request = time.perf_counter(), root(), _request(options)
    return _reported(options, started, _standing(folder, request) or _built(folder, request))


def _again(options: argparse.Namespace) -> CommandReport:
    """Build the site again, and say nothing if there is nothing to do."""
    started, folder, request = time.perf_counter(), root(), _request(options)
    if _standing(folder, request):
        return CommandReport(0)
    return _reported(options, started, _built(folder, request))


def _request(options: argparse.Namespace) -> Options:
    """Return the options of the build that is asked for."""
    from broadsheet.site.build.options import Options

    return Options(
        options.slugs,
        output=options.output,
        day=options.today,
        drafts=options.drafts,
        jobs=options.jobs,
        scheduler=options.scheduler,
        use_cache=not options.no_cache,
        reader=_refuse() if options.strict else None,
        waiting=lambda: say("another build is at work here: waiting for it"),
    )


def _reported(options: argparse.Namespace, started: float, report: BuildReport) -> CommandReport:
    """Put the report of a build that was ``started`` at a time into words."""
    seconds = time.perf_counter() - started
    code = (
        1
        if report.faults or (options.strict and any(notice.is_strict for notice in report.notices))
        else 0
    )
    lines = []
    if options.explain:
        lines = [f"{slug}: {why}" for slug, why in sorted(report.explained.items())]
        lines += [f"/{path}: {why}" for path, why in sorted(report.reasons.items())]
    summary = _summary(report, seconds, "among them" if options.drafts else "not on the site")
    notices = grouped(report.notices, whole=options.verbose)
    notices.sort(key=lambda notice: notice.is_strict)
    messages: list[Notice | BroadsheetError] = [
        *notices,
        *grouped_faults(report.faults, whole=options.verbose),
    ]
    lines += [summary, *stopping(report.faults, report.notices)]
    return CommandReport(
        code,
        "\n".join(lines),
        messages,
        whole=options.verbose,
        result=_for_machines(report, seconds),
        problems=[*report.notices, *report.faults],
    )


def _standing(folder: Path, request: Options) -> BuildReport | None:
    """Return the report of a build that has nothing to do, as a look at the files shows; else None."""
    if not request.may_stand:
        return None
    from broadsheet.site.build.standing_site import standing_report

    return standing_report(folder, request.output, request.day, drafts=request.drafts)


def _built(folder: Path, request: Options) -> BuildReport:
    from broadsheet.cli.progress import watch
    from broadsheet.site.build import build

    garbage.collect_seldom()
    return build.build_site(folder, replace(request, watch=watch))


def _refuse() -> Reader:
    """Return the reader that refuses pages with unaccounted words. It is imported only if it is
    asked for.
    """

    from broadsheet.checks.check import strict_reader

    return strict_reader(root())


def _for_machines(report: BuildReport, seconds: float) -> dict[str, object]:
    return {
        "pages": report.pages,
        "made": report.new_pages,
        "ran": report.ran,
        "seconds": round(seconds, 2),
        "output": str(report.output),
        "explained": dict(report.explained),
        "reasons": dict(report.reasons),
        "withheld": list(report.withheld),
    }


def _summary(report: BuildReport, seconds: float, withheld_are: str) -> str:
    anew = f", {report.new_pages:,} of them anew" if report.new_pages else ", unchanged"
    anew = "" if report.new_pages == report.pages else anew
    took = f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"
    old = [
        many(len(pages), f"{state} page")
        for state, pages in (("broken", report.kept_pages), ("changed", report.unasked_pages))
        if pages
    ]
    kept = f", and {' and '.join(old)} left as before," if old else ""
    withheld = _withheld(report.withheld, withheld_are)
    warnings = sum(notice.is_strict for notice in report.notices)
    notes = len(report.notices) - warnings
    counts = [
        many(count, noun)
        for count, noun in ((len(report.faults), "fault"), (warnings, "warning"), (notes, "note"))
        if count
    ]
    *before, last = counts or [""]
    faults = (
        f"; {' and '.join(filter(None, (', '.join(before), last)))}, told above" if last else ""
    )
    return (
        f"{many(report.pages, 'page')}{anew}{kept} in {took} ({many(report.ran, 'notebook')} ran)"
        f"{withheld}{faults}. "
        f"To look: python3 -m http.server -d {short(report.output)} -b 127.0.0.1 8000"
    )


def _withheld(reasons: Sequence[str], where: str) -> str:
    """Return, in words, how many pages are drafts, how many come out on a later day, and the first
    of these days.
    """
    days = sorted(why for why in reasons if why != "draft")
    drafts = len(reasons) - len(days)
    parts = [many(drafts, "draft")] if drafts else []
    if days:
        first = "the first " if len(days) > 1 else ""
        parts.append(f"{many(len(days), 'page')} to come, {first}on {days[0]}")
    return f"; {where}: {' and '.join(parts)}" if parts else ""
