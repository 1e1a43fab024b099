"""The audit of a path: its documents held against the tables that are in it or were given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from broadsheet.checks.audit.counts.row_counts import with_counts
from broadsheet.checks.audit.documents import DOCUMENT_SUFFIXES, read_document
from broadsheet.checks.audit.indexed_tables import AuditTables, tables_with
from broadsheet.checks.audit.past_tables import with_stale
from broadsheet.checks.audit.statement import VERDICTS, AuditStatement
from broadsheet.checks.audit.table_files import (
    TableFiles,
    files_below,
    read_table_files,
    remedy,
    shown_path,
    tables_near,
)
from broadsheet.checks.audit.tables.kept_tables import trim_kept
from broadsheet.checks.audit.verdicts import statements_of
from broadsheet.errors import BroadsheetError, Notice, Place, UsageError, guarded
from broadsheet.processes.worker_processes import Workers, worker_count
from broadsheet.storage.files import is_file, readable_text


@dataclass(frozen=True)
class Audit:
    """The result of an audit."""

    statements: tuple[AuditStatement, ...]
    """The numbers and comparisons, the worst first, then in the order of documents."""
    documents: int
    """The number of documents."""
    bound: int
    """The number of values of inline code, which are bound to data."""
    tables: tuple[str, ...]
    """The files of the tables."""
    notices: tuple[Notice, ...]
    """The files that could not be read."""

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of statements of each verdict."""
        counts = Counter(statement.verdict for statement in self.statements)
        return {verdict: counts[verdict] for verdict in VERDICTS}


@dataclass(frozen=True)
class _Read:
    """A document that was audited."""

    statements: tuple[AuditStatement, ...] = ()
    """Its statements."""
    bound: int = 0
    """The number of its values of inline code."""
    notices: tuple[Notice, ...] = ()
    """The reason for which it, or a paragraph of it, could not be read."""
    is_read: bool = True
    """It could be read."""


def audit(path: Path, data: Sequence[Path] = (), *, jobs: int = 1) -> Audit:
    """Audit the documents of a path, a file or a folder; ``data`` are folders or files of tables
    beside those in the path. Raises :class:`UsageError` for a path that does not exist.
    """
    for place in (path, *data):
        if not place.exists():
            raise UsageError(
                str(place), "there is no such file or folder", "Look for a misspelling."
            )
    root = path.parent if is_file(path) else path
    files = read_table_files([*data, root], root)
    tables = tables_with(with_counts(files.tables))
    sources = [path] if is_file(path) else list(files_below(path, DOCUMENT_SUFFIXES))
    with Workers(
        worker_count(jobs, len(sources)), partial(_audited, tables, root, files, tuple(data))
    ) as workers:
        documents = list(workers.map(sources, partial(_died, root)))
    statements = with_stale(
        [statement for document in documents for statement in document.statements], files.sources
    )
    trim_kept()
    order = {verdict: at for at, verdict in enumerate(VERDICTS)}
    statements.sort(key=lambda statement: order[statement.verdict])
    unread = [notice for document in documents for notice in document.notices]
    return Audit(
        tuple(statements),
        sum(document.is_read for document in documents),
        sum(document.bound for document in documents),
        tuple(files.sources),
        (*files.notices, *unread),
    )


def _audited(
    tables: AuditTables, root: Path, files: TableFiles, data: Sequence[Path], source: Path
) -> _Read:
    """Return what was read of a document. It is held against the tables near it."""
    name = shown_path(source, root)
    try:
        with guarded(name, "reading this document"):
            document = read_document(source, name)
            near = tables_near(source, readable_text(source), files.sources, data)
            numbers = (number for number, table in enumerate(tables.tables) if table.file in near)
            among = replace(tables, near=frozenset(numbers))
            statements = tuple(statements_of(document, among))
            return _Read(statements, document.bound, document.notices)
    except BroadsheetError as error:
        what = f"this document is not read: {error.what}"
        return _unread(name, what, remedy(error.mend))


def _died(root: Path, source: Path) -> _Read:
    """Return what is said of a document whose process has died."""
    what = "this document is not read: the process that read it has died"
    mend = "See whether it is very large, and run the audit with --jobs 1."
    return _unread(shown_path(source, root), what, mend)


def _unread(name: str, what: str, mend: str) -> _Read:
    notice = Notice(Place(name), what, mend, topic="unread-document")
    return _Read(notices=(notice,), is_read=False)
