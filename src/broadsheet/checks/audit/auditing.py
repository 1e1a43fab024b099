"""The audit of a path: its documents held against the tables that are in it or were given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from broadsheet.checks.audit import documents as document_files
from broadsheet.checks.audit.audited_sentence import tables_with
from broadsheet.checks.audit.documents import read_document
from broadsheet.checks.audit.statement import VERDICTS, Statement
from broadsheet.checks.audit.table_files import files_below, read_tables, shown_path
from broadsheet.checks.audit.verdicts import statements_of
from broadsheet.errors import BroadsheetError, Notice, Place, UsageError
from broadsheet.storage.files import is_file


@dataclass(frozen=True)
class Audit:
    """The result of an audit."""

    statements: tuple[Statement, ...]
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


def audit(path: Path, data: Sequence[Path] = ()) -> Audit:
    """Audit the documents of a path, a file or a folder; ``data`` are folders or files of tables
    beside those in the path. Raises :class:`UsageError` for a path that does not exist.
    """
    for place in (path, *data):
        if not place.exists():
            raise UsageError(
                str(place), "there is no such file or folder", "Look for a misspelling."
            )
    root = path.parent if is_file(path) else path
    files = read_tables([*data, *((path,) if not is_file(path) else (path.parent,))], root)
    tables = tables_with(files.tables)
    notices, statements, bound, count = list(files.notices), list[Statement](), 0, 0
    sources = [path] if is_file(path) else list(files_below(path, document_files.SUFFIXES))
    for source in sources:
        name = shown_path(source, root)
        try:
            document = read_document(source, name)
        except BroadsheetError as error:
            notices.append(
                Notice(
                    Place(name),
                    f"this document is not read: {error.what}",
                    error.mend,
                    topic="unread-document",
                )
            )
            continue
        count, bound = count + 1, bound + document.bound
        statements += statements_of(document, tables)
    order = {verdict: at for at, verdict in enumerate(VERDICTS)}
    statements.sort(key=lambda statement: order[statement.verdict])
    shown = tuple(dict.fromkeys(table.file for table in files.tables))
    return Audit(tuple(statements), count, bound, shown, tuple(notices))
