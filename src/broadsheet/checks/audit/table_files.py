"""Finds tables in folders and reads them: CSV, JSON, Excel, Parquet; with the words of the Data
Packages beside them.

What was read is kept between runs in the user's cache folder, by the digest of the file: arrays of
numbers and lists of texts, never code. Nothing is written where the tables are. A file that cannot
be read is told, and the others are audited.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from broadsheet.checks.audit.audit_table import AuditTable
from broadsheet.checks.audit.tables.kept_tables import keep_tables, kept_tables
from broadsheet.checks.audit.tables.table_formats import tables_in_file
from broadsheet.checks.audit.tables.table_shapes import ColumnWords, TableWords, shaped
from broadsheet.data.refresh.answers import LOOK, SourceError
from broadsheet.errors import BroadsheetError, DataError, Notice, Place
from broadsheet.storage.files import UnreadableError, content, is_file, readable_text
from broadsheet.storage.json_text import read_json
from broadsheet.storage.limits import TABLE
from broadsheet.version import __version__

TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".parquet", ".json", ".csv.gz")
APART = frozenset(
    (
        "node_modules",
        "env",
        "venv",
        "renv",
        "__pycache__",
        "site_libs",
        "site-packages",
        "dist-info",
    )
)
"""Folders that hold other people's files."""
_NOT_TABLES = re.compile(
    r"(?:package(?:-lock)?|datapackage|tsconfig.*|composer|manifest|search|listings|_freeze|.*\.schema|"
    r"\..*|vercel|requirements|renv|codemeta|\.?zenodo|sitemap|theme|config|settings|references?|bibliography|citations?|.*\.csl|.*\.min|.*\.geo)\.json",
    re.IGNORECASE,
)
_VERSION = re.compile(r"[0-9a-f]{64}\.(?:csv\.gz|json)")
"""The name of a kept version of a table, its digest: `data/vintages` has those of a publication."""
_PLAIN_FOLDERS = frozenset(
    [
        "data",
        "_data",
        "raw",
        "processed",
        "clean",
        "tables",
        "csv",
        "datasets",
        "dataset",
        "input",
        "output",
        "src",
        "source",
        "files",
        "assets",
        "static",
        "public",
        "resources",
        "archive",
    ]
)
"""Names of folders that say nothing of what is in them."""
_PACKAGE = "datapackage.json"
_FORMAT = 14
"""The version of the form in which tables are kept."""
_SETTING = re.compile(r" Or raise `broadsheet: limits: [\w-]+` in _quarto\.yml\.")
"""The advice of :attr:`Limit.mend`, which is of no use here: an audit reads no settings."""


@dataclass(frozen=True)
class TableFiles:
    """The tables of an audit, and what is to be said of files that are none."""

    tables: tuple[AuditTable, ...]
    """The tables."""
    notices: tuple[Notice, ...]
    """The files that could not be read, and why."""
    sources: Mapping[str, tuple[Path, TableWords]]
    """The path of each file of tables, and the words for it, by the name that messages have."""


def read_table_files(folders: Sequence[Path], root: Path) -> TableFiles:
    """Return the tables in some folders or files, which are named as seen from ``root``. Raises
    :class:`LimitError` for folders of too many files.
    """
    tables, notices = list[AuditTable](), list[Notice]()
    sources = dict[str, tuple[Path, TableWords]]()
    words = dict[Path, TableWords]()
    homes = {path: folder for folder in reversed(folders) for path in _candidates(folder)}
    for path in homes:
        if path.name == _PACKAGE:
            words |= _package(path, root)
    for path, home in homes.items():
        if path.name == _PACKAGE or any(
            form.fullmatch(path.name) for form in (_NOT_TABLES, _VERSION)
        ):
            continue
        said = words.get(path.resolve()) or TableWords(
            shown_path(path, root), _short_name(path, home)
        )
        try:
            read = tables_in(content(path, said.file, TABLE["table-size"]), said)
        except (UnreadableError, BroadsheetError) as error:
            what = error.what if isinstance(error, BroadsheetError) else f"the file {error}"
            notices.append(
                Notice(
                    Place(said.file),
                    f"this table is not read: {what}",
                    remedy(error.mend),
                    topic="unread-table",
                )
            )
            continue
        if read or path.suffix.lower() != ".json":  # most files of JSON are no tables
            tables += read
            sources[said.file] = path, said
    return TableFiles(tuple(tables), tuple(notices), sources)


def remedy(mend: str) -> str:
    """Return what to do about a file of a folder that has neither sources nor settings, where
    ``mend`` says what to do about those.
    """
    mend = _SETTING.sub("", mend)
    return mend.replace(LOOK, "See what file it is.").replace("Ask for less.", "Divide it.")


def tables_in(data: bytes, words: TableWords) -> list[AuditTable]:
    """Return the tables in the bytes of a file: kept ones, or newly read. Raises
    :class:`DataError`.
    """
    about = json.dumps(
        [
            _FORMAT,
            __version__,
            words.file,
            words.name,
            words.title,
            {name: vars(column) for name, column in (words.columns or {}).items()},
        ],
        sort_keys=True,
    )
    key = hashlib.sha256(about.encode() + b"\0" + data).hexdigest()
    kept = kept_tables(key)
    if kept is not None:
        return kept
    tables = [table for table in _mapped(data, words) if table.measures or table.labels]
    keep_tables(key, tables)
    return tables


def _mapped(data: bytes, words: TableWords) -> Iterator[AuditTable]:
    """Yield the tables of a file, each sheet of a workbook one. Raises :class:`DataError`."""
    try:
        for read in tables_in_file(data, words.file):
            title = words.title or read.title
            said = TableWords(words.file, words.name, title, words.columns, read.sheet)
            with np.errstate(all="ignore"):
                yield from shaped(read.source, said)
    except SourceError as error:
        what = error.what.removeprefix(f"{words.file}: ").replace(f"{words.file} ", "it ", 1)
        raise DataError(words.file, what, error.mend) from None
    except BroadsheetError:
        raise
    except Exception as error:
        # Libraries for Excel and Parquet raise whatever a damaged file leads them to.
        raise DataError(
            words.file, f"it cannot be read: {type(error).__name__}", "See what file it is."
        ) from None


def _package(path: Path, root: Path) -> dict[Path, TableWords]:
    """Return the words of the tables of a Data Package, by the paths of their files; none of one
    that cannot be read.
    """
    try:
        text = readable_text(path, TABLE["config-size"])
        package = read_json(text, Place(str(path)), DataError, "this is not JSON")
    except BroadsheetError:
        return {}
    words = {}
    listed = package.get("resources") if isinstance(package, dict) else None
    for resource in listed if isinstance(listed, list) else ():
        if not isinstance(resource, dict) or not isinstance(resource.get("path"), str):
            continue
        file = path.parent / resource["path"]
        schema = resource.get("schema")
        fields = schema.get("fields") if isinstance(schema, dict) else None
        columns = {
            str(field["name"]): ColumnWords(
                *(_text(field.get(key)) for key in ("title", "unit", "description"))
            )
            for field in (fields if isinstance(fields, list) else ())
            if isinstance(field, dict) and "name" in field
        }
        title = _text(resource.get("title")) or (
            _text(package.get("title")) if isinstance(listed, list) and len(listed) <= 2 else ""
        )
        with suppress(OSError, ValueError, RuntimeError):
            words[file.resolve()] = TableWords(
                shown_path(file, root), _text(resource.get("name")) or file.stem, title, columns
            )
    return words


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _short_name(path: Path, home: Path) -> str:
    """Return the name of a table by its file in the folder ``home``; a file such as
    `gold/data/monthly.csv` has the name of the folder too, and one at the top that of the repository.
    """
    stem = path.name.partition(".")[0]
    if len(re.split(r"[\W_]+", stem)) > 1 or not path.is_relative_to(home):
        return stem
    tops = [home.resolve().name] if (home / ".git").exists() else []
    parents = [
        part
        for part in (*tops, *path.relative_to(home).parts[:-1])
        if part.lower() not in _PLAIN_FOLDERS
    ]
    return f"{parents[-1]} {stem}" if parents else stem


def shown_path(path: Path, root: Path) -> str:
    """Return a path as messages name it: from ``root``, if it is below it."""
    with suppress(ValueError):
        return path.absolute().relative_to(root.absolute()).as_posix()
    return os.path.relpath(path, root) if path.is_absolute() == root.is_absolute() else str(path)


def tables_near(
    document: Path, text: str, sources: Mapping[str, tuple[Path, TableWords]], given: Sequence[Path]
) -> set[str]:
    """Return the files of tables that a document may be about: those that were ``given`` by name,
    those whose folder the document lies in or below, those below the document's, and those that its
    ``text`` names.
    """
    here, near = document.absolute().parent, set[str]()
    homes = [folder.absolute() for folder in given]
    for file, (path, _) in sources.items():
        whole = path.absolute()
        folder = whole.parent
        while folder.name.lower() in _PLAIN_FOLDERS and folder != folder.parent:
            folder = folder.parent
        is_given = any(whole.is_relative_to(home) for home in homes)
        if (
            is_given
            or here.is_relative_to(folder)
            or folder.is_relative_to(here)
            or path.name in text
        ):
            near.add(file)
    return near


def _candidates(folder: Path) -> Iterator[Path]:
    """Yield the files that may be tables, and the Data Packages, of a folder; or the file itself."""
    if is_file(folder):
        yield folder
        return
    yield from files_below(folder, TABLE_SUFFIXES)


def files_below(folder: Path, suffixes: Iterable[str]) -> Iterator[Path]:
    """Yield the files below a folder with some suffixes, in order, without those of programs and
    hidden folders. No link is followed out of the folder. Raises :class:`LimitError`.
    """
    from broadsheet.storage.limits import check

    ends, count, home = tuple(suffixes), 0, folder.resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in APART and not name.startswith((".", "_freeze"))
        )
        count += len(names)
        check(TABLE["files"], count, str(folder), "this folder", "Name a smaller one.")
        for name in sorted(names):
            path = Path(place, name)
            if not name.lower().endswith(ends) or name.startswith("."):
                continue
            with suppress(OSError, RuntimeError):
                if not path.is_symlink() or path.resolve().is_relative_to(home):
                    yield path
