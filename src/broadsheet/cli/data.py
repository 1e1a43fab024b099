"""`broadsheet data`: the catalogue of tables."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, Message, many, root
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.recorded import record_path
from broadsheet.errors import ConfigError, Notice, Place, UsageError
from plotly_alive.errors import enumerated

if TYPE_CHECKING:
    from pathlib import Path

    from broadsheet.checks.moved.moved_report import MovedReport
    from broadsheet.data.adding import Details
    from broadsheet.data.catalogue import Catalogue
    from broadsheet.data.checking import TableState
    from broadsheet.data.csv_reading import PlainTable
    from broadsheet.data.version_log import LoggedVersion
    from broadsheet.project.project import Project


_LISTED = 20
"""The most columns that a message names, and the most lines of a kind."""
_VERSIONS = 20
"""The most versions that `data log` lists without `--all`."""
_CHANGES_FOR_MACHINES = 10_000
"""The most changes of a kind in JSON."""


def by_own_limits(
    command: Callable[[argparse.Namespace], CommandReport],
) -> Callable[[argparse.Namespace], CommandReport]:
    """Have a command read tables by the publication's limits, if its configuration can be read; what is
    wrong with that is a build's to say.
    """

    @functools.wraps(command)
    def at_work(options: argparse.Namespace) -> CommandReport:
        from broadsheet.project.project import open_project

        with ExitStack() as stack:
            with suppress(ConfigError):
                stack.enter_context(open_project(root()).at_work())
            return command(options)

    return at_work


@by_own_limits
def list_tables(options: argparse.Namespace) -> CommandReport:
    """List the tables of the catalogue."""
    from broadsheet.data.catalogue import Catalogue

    tables = Catalogue.open(root()).states()
    return CommandReport(
        0,
        "\n".join(_for_people(table) for table in tables),
        result={"tables": [_for_machines(table) for table in tables]},
    )


def _for_machines(table: TableState) -> dict[str, object]:
    resource = table.resource
    return {
        "name": resource.name,
        "title": resource.title,
        "path": resource.file,
        "rows": table.rows or None,
        "as_of": resource.as_of.isoformat(),
        "retrieved": resource.retrieved.isoformat(),
        "sources": [source.publisher for source in resource.sources],
        "licences": [licence.name for licence in resource.licenses],
        "checksum_ok": table.checksum_ok,
    }


def _for_people(table: TableState) -> str:
    resource = table.resource
    rows = many(table.rows, "row") if table.rows else "has a fault"
    differs = "" if table.checksum_ok else ", CHECKSUM DIFFERS"
    publishers = ", ".join(dict.fromkeys(source.publisher for source in resource.sources))
    return (
        f"{resource.name}: {resource.title}\n"
        f"  {rows}, as of {resource.as_of}, retrieved {resource.retrieved}{differs}\n"
        f"  {publishers}"
    )


def add_table(options: argparse.Namespace) -> CommandReport:
    """Add a CSV file to the catalogue: ask for details that it does not have, and report what is
    missing.
    """
    from broadsheet.project.project import open_project

    project = open_project(root())
    with project.at_work():
        return _added(project, options)


def _added(project: Project, options: argparse.Namespace) -> CommandReport:
    from broadsheet.data.adding import (
        Details,
        ParquetTable,
        add,
        add_parquet,
        kept,
        read_parquet,
        read_table,
        unfinished,
    )
    from broadsheet.data.catalogue import Catalogue, record_tables
    from broadsheet.project.settings.address import slug

    name = slug(options.name or options.file.stem)[:100].strip("-")
    if not name:
        raise UsageError("--name", "a table's name has letters", "Give one: --name coffee-prices.")
    details = _details(options)
    is_parquet = options.file.suffix.lower() == ".parquet"
    table: PlainTable | ParquetTable = (
        read_parquet(project.root, options.file, details)
        if is_parquet
        else read_table(project.root, options.file, details)
    )
    measured = [
        column
        for column in table.columns
        if column.type in ("integer", "number") and column.name not in table.key
    ]
    before = kept(project.root, name) if options.replace else Details()
    if sys.stdin.isatty() and sys.stderr.isatty():
        unknown = [
            column.name for column in measured if not (column.unit or before.units.get(column.name))
        ]
        details = _asked(details, unknown, before)
    report, missed = (
        (None, [])
        if isinstance(table, ParquetTable)
        else _moved(project, table, name, details, options)
    )
    for_machines = {"table": name, "moved": report and report.for_machines()}
    if options.dry_run:
        count = (
            "a table in Parquet"
            if isinstance(table, ParquetTable)
            else many(len(table.rows), "row")
        )
        text = report.text() if report else f"{name}: {count}, to be added"
        text = f"{text}\nThe table stays as it is."
        return CommandReport(int(bool(missed)), text, missed, result=for_machines)
    title_of_all = f"The tables of {project.settings.website.title or 'the publication'}"
    notes = list[str]()
    if isinstance(table, ParquetTable):
        file, rows = add_parquet(
            project.root,
            table,
            name,
            details,
            today=project.today,
            title_of_all=title_of_all,
            replace=options.replace,
        )
    else:
        rows = len(table.rows)
        file, notes = add(
            project.root,
            options.file,
            table,
            name,
            details,
            today=project.today,
            title_of_all=title_of_all,
            replace=options.replace,
        )
    catalogue = Catalogue.open(project.root)
    messages: list[Message] = [*missed, *(f"{file}: {note}" for note in notes)]
    if differences := catalogue.differences([name]):
        messages += differences
    else:
        record_tables(project.root, [name])
    units = {**before.units, **details.units}
    bare = [column.name for column in measured if not units.get(column.name, column.unit)]
    messages += [notice for notice in unfinished(catalogue.package) if repr(name) in notice.what]
    if bare:
        messages.append(
            Notice(
                Place(DESCRIPTOR),
                f"the table {name!r} has no unit for {enumerated(bare, _LISTED)}",
                'Add "unit" to the fields that need one: prices, weights, shares.',
                topic="unfinished-table",
            )
        )
    shape = enumerated([f"{column.name} ({column.type})" for column in table.columns], _LISTED)
    faults = catalogue.check([name])
    moved = f"{report.text()}\n" if report else ""
    return CommandReport(
        int(bool(faults)),
        f"{moved}{name}: {many(rows, 'row')} in {file}; {shape}; "
        f"a row is named by {', '.join(table.key)}\n"
        f'In a notebook: bs.table("{name}")',
        [*messages, *faults],
        result=for_machines,
    )


def _moved(
    project: Project, table: PlainTable, name: str, details: Details, options: argparse.Namespace
) -> tuple[MovedReport | None, list[Notice]]:
    """Return what moves when a table of the catalogue is replaced; None for a new one."""
    from broadsheet.cli.moved import reported_moves
    from broadsheet.data.adding import revision

    revised = revision(project.root, table, name, details, project.today)
    is_replaced = options.replace and revised.before
    return reported_moves(project, [revised] if is_replaced else [], options.report)


def _details(options: argparse.Namespace) -> Details:
    """Return the details of a table in the options."""
    from broadsheet.data.adding import Details

    return Details(
        options.title,
        options.description,
        options.source,
        options.publisher,
        options.url,
        options.licence,
        options.as_of,
        _of_columns("--unit", options.unit, "price=US$ per kg"),
        _of_columns("--column-title", options.column_title, "gdp_pc=GDP per head"),
        tuple(options.key),
    )


def _of_columns(option: str, options: Sequence[str], example: str) -> dict[str, str]:
    """Return texts by the names of columns, each given as `COLUMN=TEXT`."""
    texts = {}
    for option_text in options:
        column, _, text = option_text.partition("=")
        if not text.strip():
            raise UsageError(
                option, f"{option_text!r} has no `=TEXT`", f'Write {option} "{example}".'
            )
        texts[column.strip()] = text.strip()
    return texts


def _asked(details: Details, columns: Sequence[str], before: Details) -> Details:
    """Ask on the terminal for details that are missing. ``before`` has the proposals; an empty
    answer leaves a detail out.
    """

    def ask(value: str, question: str, kept: str = "") -> str:
        if value or kept:
            return value
        print(f"{question}: ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()

    print("An empty answer leaves it out.", file=sys.stderr)
    return replace(
        details,
        title=ask(details.title, "Title", before.title),
        source=ask(details.source, "Source, as charts name it", before.source),
        url=ask(details.url, "Address of the source", before.url),
        licence=ask(details.licence, "Licence, such as CC-BY-4.0", before.licence),
        units={
            **{name: unit for name in columns if (unit := ask("", f"Unit of {name}"))},
            **details.units,
        },
    )


@by_own_limits
def check_tables(options: argparse.Namespace) -> CommandReport:
    """Check tables against their schemas, checksums and records."""
    from broadsheet.data.adding import unfinished
    from broadsheet.data.catalogue import Catalogue, record_tables, update_hashes

    updated = update_hashes(root(), today=_today()) if options.update_hashes else ()
    messages: list[Message] = [f"{name}: checksum updated" for name in updated]
    if options.update_hashes:
        record_tables(root())
    catalogue = Catalogue.open(root())
    refuse_unknown(catalogue, options.names)
    names = options.names or catalogue.names
    faults = catalogue.check(names)
    notices = catalogue.differences(names)
    messages += unfinished(catalogue.package)
    code = 1 if faults or (notices and options.strict) else 0
    warnings = f", {many(len(notices), 'warning')}" if notices else ""
    text = f"{many(len(names), 'table')}, {many(len(faults), 'fault')}{warnings}"
    bare = catalogue.unrecorded(names)
    if bare:
        text += f"; {len(bare):,} not recorded: broadsheet data record"
    result = {"tables": list(names), "unrecorded": list(bare), "updated": list(updated)}
    return CommandReport(code, text, [*messages, *notices, *faults], result=result)


@by_own_limits
def record_changes(options: argparse.Namespace) -> CommandReport:
    """Record tables as they are now."""
    from broadsheet.data.catalogue import Catalogue, record_tables

    catalogue = Catalogue.open(root())
    refuse_unknown(catalogue, options.names)
    recorded, suspicious = record_tables(root(), options.names or None, today=_today())
    faults = Catalogue.open(root()).check(options.names or None)
    count = len(options.names or catalogue.names)
    lines = [f"{name}: recorded in {record_path(name)}" for name in recorded]
    lines.append(f"{many(count, 'table')}, {len(recorded):,} recorded anew")
    return CommandReport(
        int(bool(faults or suspicious)),
        "\n".join(lines),
        [*suspicious, *faults],
        result={"tables": count, "recorded": list(recorded)},
    )


@by_own_limits
def log_table(options: argparse.Namespace) -> CommandReport:
    """List the versions of a table; before, take in those of a git history."""
    from broadsheet.data.version_log import logged

    name, folder = options.name, root()
    messages = _taken_in(folder, name, options.take_in) if options.take_in else []
    versions, others = logged(folder, name, 10**6 if options.all else _VERSIONS)
    lines = [_version_line(one) for one in versions]
    lines += [f"{others:,} more: broadsheet data log {name} --all"] if others else []
    result = {"table": name, "versions": [_version_data(one) for one in versions], "more": others}
    return CommandReport(0, "\n".join(lines), messages, result=result)


def _version_line(version: LoggedVersion) -> str:
    vintage = version.vintage
    changed = version.reason or (str(version.changes) if version.changes is not None else "")
    head = f"{vintage.known}  {vintage.sha256[:12]}  {many(vintage.rows, 'row')}  {vintage.source}"
    return f"{head}\n  {changed}" if changed else head


def _version_data(version: LoggedVersion) -> dict[str, object]:
    vintage, changes = version.vintage, version.changes
    return {
        "known": vintage.known.isoformat(),
        "sha256": vintage.sha256,
        "rows": vintage.rows,
        "source": vintage.source,
        "is_kept": vintage.is_kept,
        "changes": None if changes is None else changes.as_data(0),
        **({"reason": version.reason} if version.reason else {}),
    }


def _taken_in(folder: Path, name: str, text: str) -> list[Message]:
    """Take in a git history, and return what became of its commits."""
    from broadsheet.data.catalogue import Catalogue
    from broadsheet.data.version_log import take_in
    from broadsheet.data.versions.git_history import repository_of

    file = Catalogue.open(folder).files(name)[1]
    repository, path = repository_of(text, folder / file, name)
    taken = take_in(folder, name, repository, path)
    counts = (
        f"{path}: {many(taken.commits, 'commit')}, {many(len(taken.versions), 'version')} taken in, "
        f"{len(taken.passed_over):,} passed over"
    )
    return [
        counts,
        *(
            f"{commit.commit[:12]} of {commit.day} passed over: {reason}"
            for commit, reason in taken.passed_over[-_LISTED:]
        ),
    ]


@by_own_limits
def diff_table(options: argparse.Namespace) -> CommandReport:
    """Compare two versions of a table."""
    from broadsheet.data.version_log import difference

    changes = difference(root(), options.name, options.first, options.other)
    return CommandReport(
        0,
        "\n".join([str(changes), *changes.lines(_LISTED)]),
        result=changes.as_data(_CHANGES_FOR_MACHINES),
    )


def _today() -> date:
    """Return today where the publication is; in UTC, if its configuration cannot be read."""
    from broadsheet.project.build_day import today
    from broadsheet.project.project import open_project

    try:
        return open_project(root()).today
    except ConfigError:
        return today()


def refuse_unknown(catalogue: Catalogue, names: Sequence[str]) -> None:
    """Raise :class:`UsageError` for a name that no table has."""
    unknown = [name for name in names if name not in catalogue.names]
    if unknown:
        lies = catalogue.without_entry(unknown[0])
        raise UsageError(
            unknown[0],
            f"{lies} has no entry in the catalogue" if lies else "no table has this name",
            f"Add it: broadsheet data add {lies}"
            if lies
            else f"There are: {', '.join(catalogue.names)}.",
        )
