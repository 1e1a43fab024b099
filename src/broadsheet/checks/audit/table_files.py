"""Finds tables in folders and reads them: CSV, JSON, Excel, Parquet; with the words of the Data
Packages beside them.

What was read is kept between runs in the user's cache folder, by the digest of the file: arrays of
numbers and lists of texts, never code. Nothing is written where the tables are. A file that cannot
be read is told, and the others are audited.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.checks.audit.audit_table import AuditTable, LabelColumn, MeasureColumn, TimeColumn
from broadsheet.checks.audit.table_shapes import ColumnWords, TableWords, shaped
from broadsheet.data.csv_reading import decoded_text
from broadsheet.data.csv_rows import refuse_foreign
from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import LOOK, RawAnswer, SourceError, SourceTable
from broadsheet.data.refresh.file_formats import (
    check_shape,
    table_of_file,
    table_of_objects,
)
from broadsheet.errors import BroadsheetError, DataError, Notice, Place
from broadsheet.storage.files import UnreadableError, content, is_file, readable_text
from broadsheet.storage.json_text import read_json
from broadsheet.storage.limits import TABLE
from broadsheet.storage.store import trim, write_file
from broadsheet.version import __version__

BASELINE = "audit-baseline"
"""The key by which a baseline is told from a table."""
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
_FORMAT = 11
"""The version of the form in which tables are kept."""
_ROOM = 1_000_000_000
"""The most bytes that are kept between runs."""
_PREAMBLE = 12
"""The most lines above the header of a CSV file."""
_SETTING = re.compile(r" Or raise `broadsheet: limits: [\w-]+` in _quarto\.yml\.")
"""The advice of :attr:`Limit.mend`, which is of no use here: an audit reads no settings."""
_AT = datetime(2000, 1, 1, tzinfo=UTC)


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
        if path.name == _PACKAGE or _NOT_TABLES.fullmatch(path.name):
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
    kept = _kept(key)
    if kept is not None:
        return kept
    tables = [table for table in _mapped(data, words) if table.measures or table.labels]
    _keep(key, tables)
    return tables


def _mapped(data: bytes, words: TableWords) -> Iterator[AuditTable]:
    """Yield the tables of a file, each sheet of a workbook one. Raises :class:`DataError`."""
    try:
        for sheet, source in _sources(data, words.file):
            said = TableWords(words.file, words.name, words.title, words.columns, sheet)
            with np.errstate(all="ignore"):
                yield from shaped(source, said)
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


def _sources(data: bytes, name: str) -> Iterator[tuple[str, SourceTable]]:
    entry, low = Refresh(source="file", address=name), name.lower()
    answer = RawAnswer(name, data, _AT, {"content-length": str(len(data))})
    if low.endswith((".xlsx", ".xlsm")):
        yield from _workbook(data, entry, answer, low)
    elif low.endswith(".json"):
        yield from (("", table) for table in _json_tables(data, answer))
    elif low.endswith((".csv", ".tsv", ".tab")):
        yield "", _csv_table(data, entry, answer, low)
    else:
        yield "", table_of_file(entry, answer, low)


def _workbook(
    data: bytes, entry: Refresh, answer: RawAnswer, name: str
) -> Iterator[tuple[str, SourceTable]]:
    """Yield the sheets of a workbook that are tables. Raises :class:`SourceError` if none is."""
    fault, count = None, 0
    for sheet in _sheets(data):
        try:
            yield sheet, table_of_file(entry.model_copy(update={"sheet": sheet}), answer, name)
            count += 1
        except SourceError as error:
            fault = fault or error
    if fault and not count:
        raise fault


def _sheets(data: bytes) -> list[str]:
    """Return the names of the sheets of a workbook; one that is none has the first, whose reading
    says what is wrong.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listing = archive.getinfo("xl/workbook.xml")
            if listing.file_size > TABLE["config-size"].value:
                return [""]
            text = archive.read(listing).decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise SourceError(
            "it is no workbook (.xlsx)", "Save it anew as .xlsx, or as CSV."
        ) from None
    from lxml import etree

    try:
        tree = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        raise SourceError("its list of sheets is damaged", "Save it anew as .xlsx.") from None
    return [str(sheet.get("name")) for sheet in tree.iter("{*}sheet")][:20]


def _csv_table(data: bytes, entry: Refresh, answer: RawAnswer, name: str) -> SourceTable:
    """Return the table in CSV, with names for columns that have none, without lines above the
    header or notes below the rows.
    """
    refuse_foreign(data, name)
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError("here is a NUL, which no text has", "See what file it is.")
    try:
        return table_of_file(entry, answer, name)
    except SourceError as error:
        text, _ = decoded_text(data)
        lines = text.splitlines()
        for skip in range(_PREAMBLE):
            rest = lines[skip:]
            if len(rest) < 2:
                break
            fixed = _evened(rest, answer)
            if fixed is not None:
                return fixed
        raise error


def _evened(lines: Sequence[str], answer: RawAnswer) -> SourceTable | None:
    """Return the table of some lines if nearly all have as many cells as the first; the last cell
    of a row may be missing or empty. Raises :class:`SourceError` for too many columns or cells.
    """
    import csv

    from broadsheet.data.csv_reading import delimiter_of

    delimiter = delimiter_of("\n".join(lines[:50]))
    try:
        reader = filter(any, csv.reader(lines, delimiter=delimiter))
        header = next(reader, [])
        width = len(header)
        if width < 2 or not all(cell.strip() for cell in header[:-1]):
            return None
        check_shape(width, len(lines) - 1, answer)
        rows = list(reader)
    except csv.Error:
        return None
    good = [row for row in rows if abs(len(row) - width) <= 1]
    if not rows or len(good) < 0.9 * len(rows):
        return None
    names = [cell.strip() or f"column {at}" for at, cell in enumerate(header, 1)]
    first = {name: at for at, name in reversed(list(enumerate(names)))}
    unique = [name if first[name] == at else f"{name} ({at + 1})" for at, name in enumerate(names)]
    cells = tuple(
        tuple(cell.strip() for cell in [*row, *[""] * (width - len(row))][:width]) for row in good
    )
    return SourceTable(tuple(unique), cells)


def _json_tables(data: bytes, answer: RawAnswer) -> Iterator[SourceTable]:
    """Yield the table in JSON: a list of rows, columns of lists, or either under a key. Nothing is
    yielded for JSON of another kind.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise SourceError("it is no JSON", "See what file it is.") from None
    if isinstance(value, dict) and (BASELINE in value or {"$schema", "runs"} <= value.keys()):
        return  # what an audit has written
    for _ in range(3):
        if isinstance(value, dict):
            lists = {name: cells for name, cells in value.items() if isinstance(cells, list)}
            lengths = {len(cells) for cells in lists.values()}
            plain = all(
                not isinstance(cell, dict | list) for cells in lists.values() for cell in cells
            )
            if len(lists) >= 2 and len(lengths) == 1 and plain:
                names = list(lists)
                value = [
                    dict(zip(names, row, strict=True)) for row in zip(*lists.values(), strict=True)
                ]
                break
            rows = [cells for cells in value.values() if _is_rows(cells)]
            inner = [cells for cells in value.values() if isinstance(cells, dict)]
            if len(rows) != 1 and not (not rows and len(inner) == 1):
                break
            value = rows[0] if rows else inner[0]
        elif isinstance(value, list) and len(value) == 2 and _is_rows(value[1]):
            value = value[1]  # as the World Bank sends it
        else:
            break
    try:
        yield table_of_objects(value, answer)
    except SourceError:
        if _is_rows(value):
            raise


def _is_rows(value: object) -> bool:
    return (
        isinstance(value, list) and len(value) > 1 and all(isinstance(row, dict) for row in value)
    )


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


# What is kept between runs


def cache_folder() -> Path:
    """Return the folder in which what was read is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "broadsheet" / "audit"


def _kept(key: str) -> list[AuditTable] | None:
    """Return the tables kept under a key; None if there are none, or what is there cannot be used."""
    path = cache_folder() / f"{key}.npz"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            texts = json.loads(bytes(arrays["texts"]))
            return [_unpacked(said, arrays) for said in texts]
    except Exception:  # nothing there, cut, foreign, of another form: it is read anew
        return None


def _keep(key: str, tables: Sequence[AuditTable]) -> None:
    """Keep some tables. A cache that cannot be written is done without."""
    arrays: dict[str, Any] = {}
    texts = [_packed(table, f"t{at}", arrays) for at, table in enumerate(tables)]
    arrays["texts"] = np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    with suppress(OSError):
        write_file(cache_folder() / f"{key}.npz", packed.getvalue())


def trim_kept() -> None:
    """Remove the tables that were not used for longest, if very many are kept."""
    with suppress(OSError):
        trim(cache_folder().glob("*.npz"), _ROOM)


def _packed(table: AuditTable, name: str, arrays: dict[str, Any]) -> dict[str, Any]:
    for at, column in enumerate(table.labels):
        arrays[f"{name}l{at}"] = column.codes.astype(np.int32)
    for at, measure in enumerate(table.measures):
        arrays[f"{name}m{at}"] = measure.values
    if table.time is not None:
        arrays[f"{name}t"] = table.time.keys
    return {
        "name": name,
        "table": [
            table.file,
            table.name,
            table.title,
            table.size,
            table.rows,
            table.wide,
            table.sheet,
            table.columns,
        ],
        "labels": [[column.name, column.title, column.labels] for column in table.labels],
        "time": None if table.time is None else [table.time.name, table.time.resolution],
        "measures": [
            [measure.name, measure.title, measure.description, measure.unit]
            for measure in table.measures
        ],
    }


def _unpacked(said: Mapping[str, Any], arrays: Mapping[str, Any]) -> AuditTable:
    name = said["name"]
    file, short, title, size, rows, wide, sheet, columns = said["table"]
    time = said["time"]
    return AuditTable(
        file,
        short,
        title,
        tuple(
            LabelColumn(column, shown, tuple(labels), arrays[f"{name}l{at}"].astype(np.int64))
            for at, (column, shown, labels) in enumerate(said["labels"])
        ),
        None if time is None else TimeColumn(time[0], time[1], arrays[f"{name}t"]),
        tuple(
            MeasureColumn(column, shown, described, unit, arrays[f"{name}m{at}"])
            for at, (column, shown, described, unit) in enumerate(said["measures"])
        ),
        size,
        rows,
        tuple(wide),
        sheet,
        columns,
    )
