"""`broadsheet data refresh`: tables taken anew from their sources, and the sentences that move with
them told first.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.cli.data import by_own_limits, refuse_unknown
from broadsheet.cli.moved import reported_moves
from broadsheet.cli.report import CommandReport, Message, many, root
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR, Refresh, Resource
from broadsheet.data.refresh.retrieval import accept, retrieved
from broadsheet.data.revision import Revision
from broadsheet.errors import BroadsheetError, UsageError, guarded
from broadsheet.project.project import open_project

if TYPE_CHECKING:
    from broadsheet.checks.moved.moved_report import MovedReport
    from broadsheet.project.project import Project
    from broadsheet.publish.pull_request import Proposal


@dataclass(frozen=True)
class _Outcome:
    """The outcome of one table."""

    name: str
    """The name of the table."""
    standing: Resource
    """Its entry before."""
    revision: Revision | None = None
    """The new version; None if there is none that can be taken."""
    fault: BroadsheetError | None = None
    """The reason."""

    @property
    def state(self) -> str:
        """The outcome in a word."""
        if self.revision is None:
            return "failed"
        return "refreshed" if self.revision.changes else "unchanged"


@by_own_limits
def refresh_tables(options: argparse.Namespace) -> CommandReport:
    """Refresh tables from their sources."""
    from broadsheet.publish.pull_request import text_file

    project = open_project(root())
    catalogue = Catalogue.open(project.root)
    refuse_unknown(catalogue, options.names)
    _refuse_unfitting(options)
    tables = _chosen(catalogue, options.names, project.today)
    outcomes = [_retrieved(table, options, project) for table in tables]
    revisions = [outcome.revision for outcome in outcomes if outcome.revision is not None]
    changed = [revision for revision in revisions if revision.changes]
    pictures = text_file(project.root) if options.pr else None
    report, missed = reported_moves(project, changed, options.report, pictures)
    proposal = None
    if options.pr:
        proposal = _proposed(project, report, revisions)
    elif not options.dry_run:
        outcomes = [_accepted(outcome, project) for outcome in outcomes]
    faults = [outcome.fault for outcome in outcomes if outcome.fault is not None]
    code = int(bool(faults) or (options.pr and bool(missed)))
    messages: list[Message] = [*missed, *faults]
    data = {
        "dry_run": options.dry_run,
        "tables": [_for_machines(outcome) for outcome in outcomes],
        "moved": report and report.for_machines(),
        "proposal": proposal and {"branch": proposal.branch, "title": proposal.title},
    }
    lines = [report.text()] if report is not None else []
    lines += _for_people(outcomes, is_kept=options.dry_run or options.pr)
    lines += _of_proposal(proposal) if options.pr else []
    return CommandReport(code, "\n".join(lines), messages, result=data)


def _refuse_unfitting(options: argparse.Namespace) -> None:
    """Raise :class:`UsageError` for options that do not go together."""
    if options.accept and not options.names:
        raise UsageError(
            "--accept",
            "it is for tables that you have looked at, and no table is named",
            "Name them: broadsheet data refresh NAME --accept.",
        )
    if options.pr and options.dry_run:
        raise UsageError(
            "--pr",
            "it makes a branch, and --dry-run touches nothing",
            "Give one of the two.",
        )


def _proposed(
    project: Project, report: MovedReport | None, revisions: Sequence[Revision]
) -> Proposal | None:
    """Make the branch that proposes new tables, with the days of the looks at the others; None if
    no table is new, or if nobody can tell what moves.
    """
    from broadsheet.publish.pull_request import forget_proposal, propose

    if report is None:
        forget_proposal(project.root)
        return None

    def accept_all(worktree: Path, changed: Sequence[Revision]) -> None:
        unchanged = [revision for revision in revisions if not revision.changes]
        for revision in (*changed, *unchanged):
            accept(worktree, revision, retrieved_in=project.root)

    changed = [revision for revision in revisions if revision.changes]
    return propose(project.root, report, changed, accept_all)


def _chosen(catalogue: Catalogue, names: Sequence[str], today: date) -> list[Resource]:
    """Return the tables to refresh: those that are due longest first, then the others."""
    with_source = [
        table for table in catalogue.package.resources if isinstance(table.refresh, Refresh)
    ]
    chosen = [table for table in with_source if not names or table.name in names]
    for name in names:
        if name not in [table.name for table in chosen]:
            raise UsageError(
                name,
                "the entry of this table names no source",
                f'Give it one in {DESCRIPTOR}: "refresh": {{"source": "file", "address": …}}; '
                "docs/refresh.md shows each.",
            )
    return sorted(chosen, key=lambda table: table.due if table.due is not None else date.max)


def _retrieved(table: Resource, options: argparse.Namespace, project: Project) -> _Outcome:
    try:
        revision = retrieved(
            project.root,
            table.name,
            today=project.today,
            is_accepted=options.accept,
            keeps=not options.dry_run,
        )
    except BroadsheetError as fault:
        return _Outcome(table.name, table, fault=fault)
    return _Outcome(table.name, table, revision)


def _accepted(outcome: _Outcome, project: Project) -> _Outcome:
    """Return an outcome whose revision, if it has one, is in place."""
    if outcome.revision is None:
        return outcome
    try:
        with guarded(outcome.standing.file, "putting it in place"):
            accept(project.root, outcome.revision)
    except BroadsheetError as fault:
        return _Outcome(outcome.name, outcome.standing, fault=fault)
    return outcome


def _for_machines(outcome: _Outcome) -> dict[str, object]:
    revision = outcome.revision
    report: dict[str, object] = {"name": outcome.name, "state": outcome.state}
    if outcome.fault is not None:
        report["fault"] = outcome.fault
    if revision is not None:
        report |= {
            "as_of": revision.resource.as_of.isoformat(),
            "as_of_before": outcome.standing.as_of.isoformat(),
            "retrieved": revision.resource.retrieved.isoformat(),
            "sha256": (revision.resource.hash or "").removeprefix("sha256:"),
        }
    return report


def _for_people(outcomes: Sequence[_Outcome], *, is_kept: bool) -> list[str]:
    if not outcomes:
        return [f"no table has a source; {DESCRIPTOR} says it, in `refresh`"]
    counts = Counter(outcome.state for outcome in outcomes)
    verb = "would be refreshed" if is_kept else "refreshed"
    return [
        *(_line(outcome) for outcome in outcomes),
        f"{many(len(outcomes), 'table')}: {counts['refreshed']:,} {verb}, "
        f"{counts['unchanged']:,} unchanged, {counts['failed']:,} failed",
    ]


def _line(outcome: _Outcome) -> str:
    revision, standing = outcome.revision, outcome.standing
    if revision is None:
        return f"{outcome.name}: stays as it is"
    if revision.changes:
        return f"{outcome.name}: as of {revision.resource.as_of} (was {standing.as_of})"
    has_looked = revision.resource.retrieved != standing.retrieved
    return f"{outcome.name}: nothing has changed" + (
        f"; next due {revision.resource.due}" if has_looked else ""
    )


def _of_proposal(proposal: Proposal | None) -> list[str]:
    if proposal is None:
        return ["Nothing is proposed."]
    state = "is made" if proposal.is_new else "has these tables already"
    return [f"The branch {proposal.branch} {state}; the text of its pull request: {proposal.text}"]
