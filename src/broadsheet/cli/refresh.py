"""`broadsheet data refresh`: tables taken anew from their sources."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from broadsheet.cli.data import by_own_limits, refuse_unknown
from broadsheet.cli.report import CommandReport, Message, as_json, many, root
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR, Refresh, Resource
from broadsheet.data.refresh.mapping import changed_cells
from broadsheet.data.refresh.retrieval import accept, retrieved
from broadsheet.data.revision import Revision
from broadsheet.errors import BroadsheetError, UsageError
from broadsheet.project.project import open_project

_LISTED = 5
"""The most rows of a kind that are listed."""


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
    catalogue = Catalogue.open(root())
    refuse_unknown(catalogue, options.names)
    if options.accept and not options.names:
        raise UsageError(
            "--accept",
            "it is for tables that you have looked at, and no table is named",
            "Name them: broadsheet data refresh NAME --accept.",
        )
    today = open_project(root()).today
    tables = _chosen(catalogue, options.names, today)
    outcomes = [_retrieved(table, options, today) for table in tables]
    outcomes = [outcome if options.dry_run else _accepted(outcome) for outcome in outcomes]
    faults = [outcome.fault for outcome in outcomes if outcome.fault is not None]
    if options.json:
        report = {
            "dry_run": options.dry_run,
            "tables": [_for_machines(outcome) for outcome in outcomes],
        }
        return CommandReport(int(bool(faults)), as_json(report))
    messages: list[Message] = list(faults)
    return CommandReport(int(bool(faults)), _for_people(outcomes, options.dry_run), messages)


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


def _retrieved(table: Resource, options: argparse.Namespace, today: date) -> _Outcome:
    try:
        revision = retrieved(
            root(),
            table.name,
            today=today,
            is_accepted=options.accept,
            keeps=not options.dry_run,
        )
    except BroadsheetError as fault:
        return _Outcome(table.name, table, fault=fault)
    return _Outcome(table.name, table, revision)


def _accepted(outcome: _Outcome) -> _Outcome:
    """Return an outcome whose revision, if it has one, is in place."""
    if outcome.revision is None:
        return outcome
    try:
        accept(root(), outcome.revision)
    except BroadsheetError as fault:
        return _Outcome(outcome.name, outcome.standing, fault=fault)
    return outcome


def _for_machines(outcome: _Outcome) -> dict[str, object]:
    revision = outcome.revision
    report: dict[str, object] = {"name": outcome.name, "state": outcome.state}
    if outcome.fault is not None:
        report["fault"] = outcome.fault.report()
    if revision is not None:
        changes = list(changed_cells(revision.before, revision.content, revision.resource))
        report |= {
            "as_of": revision.resource.as_of.isoformat(),
            "as_of_before": outcome.standing.as_of.isoformat(),
            "retrieved": revision.resource.retrieved.isoformat(),
            "sha256": (revision.resource.hash or "").removeprefix("sha256:"),
            "rows": {
                kind: [row for of, row in changes if of == kind]
                for kind in ("lost", "moved", "added")
            },
        }
    return report


def _for_people(outcomes: Sequence[_Outcome], is_dry_run: bool) -> str:
    lines = [line for outcome in outcomes for line in _lines(outcome)]
    if not outcomes:
        return f"no table has a source; {DESCRIPTOR} says it, in `refresh`"
    counts = Counter(outcome.state for outcome in outcomes)
    verb = "would be refreshed" if is_dry_run else "refreshed"
    lines.append(
        f"{many(len(outcomes), 'table')}: {counts['refreshed']:,} {verb}, "
        f"{counts['unchanged']:,} unchanged, {counts['failed']:,} failed"
    )
    return "\n".join(lines)


def _lines(outcome: _Outcome) -> list[str]:
    revision = outcome.revision
    if revision is None:
        return [f"{outcome.name}: stays as it is"]
    if not revision.changes:
        looked = revision.resource.retrieved != outcome.standing.retrieved
        due = f"; next due {revision.resource.due}" if looked else ""
        return [f"{outcome.name}: nothing has changed{due}"]
    changes = list(changed_cells(revision.before, revision.content, revision.resource))
    counts = Counter(kind for kind, _ in changes)
    lines = [
        f"{outcome.name}: {many(counts['lost'], 'row')} lost, {counts['moved']:,} moved, "
        f"{counts['added']:,} added; as of {revision.resource.as_of}"
        f" (was {outcome.standing.as_of})"
    ]
    for kind in ("lost", "moved", "added"):
        rows = [row for of, row in changes if of == kind]
        lines += [f"  {kind}: {row}" for row in rows[:_LISTED]]
        if len(rows) > _LISTED:
            lines.append(f"  {kind}: and {len(rows) - _LISTED:,} more")
    return lines
