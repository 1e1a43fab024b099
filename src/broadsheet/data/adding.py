"""Adds a table to the catalogue: its entry in the descriptor, and its file in `data/`.

Types, the primary key and the checksum come from the file (:mod:`broadsheet.data.csv_reading`); source,
licence and units come from the author. What is still unknown is written as :data:`UNKNOWN`, and
:func:`unfinished` reports it until it is filled in. Nothing is written unless the
whole catalogue can be read with the new entry, and the other entries stay as they are written.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, cast

from broadsheet.data.checking import cell_value, judge
from broadsheet.data.csv_reading import CsvColumn, PlainTable, column_title, plain_table
from broadsheet.data.csv_rows import refuse_foreign
from broadsheet.data.descriptor import DESCRIPTOR, FieldType, Package, Resource, has_catalogue
from broadsheet.data.descriptor_reading import package_of
from broadsheet.data.last_day import last_day
from broadsheet.data.revision import Revision
from broadsheet.data.slicing.parquet_checking import parquet_state
from broadsheet.data.slicing.parquet_file import field_types, greatest
from broadsheet.data.vintages import Accepted, files_to_keep, first_source
from broadsheet.errors import ConfigError, DataError, Notice, Place, UsageError
from broadsheet.storage import store
from broadsheet.storage.data_swap import check_replaceable, replace_together
from broadsheet.storage.files import UnreadableError, content, read_text
from broadsheet.storage.json_text import positions
from broadsheet.storage.limits import TABLE
from plotly_alive.errors import enumerated
from plotly_alive.text.did_you_mean import question

UNKNOWN = "?"
"""The text in an entry for what is not known yet."""
_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
ORIGINALS = "originals"
"""The folder in `data/` that keeps the original of a file that was rewritten."""


@dataclass(frozen=True)
class Details:
    """An author's words about a table; empty where they are missing."""

    title: str = ""
    """The title of the table."""
    description: str = ""
    """The subject of the table, in a sentence."""
    source: str = ""
    """The title of its source."""
    publisher: str = ""
    """The publisher of its source."""
    url: str = ""
    """The address of its source."""
    licence: str = ""
    """The name of its licence."""
    as_of: date | None = None
    """The last day that its figures cover."""
    units: Mapping[str, str] = field(default_factory=dict)
    """The units of columns, by their names."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """The titles of columns, by their names."""
    key: tuple[str, ...] = ()
    """The columns that together name a row."""


def read_table(root: Path, file: Path, details: Details) -> PlainTable:
    """Return the table in ``file``. Raises :class:`DataError`, or :class:`UsageError` for a unit or
    a title of a column that it does not have.
    """
    shown = _shown(root, file)
    try:
        data = content(file, shown, TABLE["table-size"])
    except UnreadableError as error:
        raise DataError(shown, f"the file {error}", "Give the path of a CSV file.") from None
    refuse_foreign(data, shown)
    if file.suffix.lower() not in _SUFFIXES:
        raise DataError(shown, "this is no CSV file", "Save the table as CSV, and add that.")
    table = plain_table(data, shown, details.key)
    _check_columns(shown, [column.name for column in table.columns], details)
    return table


@dataclass(frozen=True)
class ParquetTable:
    """A table in Parquet that is to be added as it is."""

    file: Path
    """Its file."""
    columns: tuple[CsvColumn, ...]
    """The columns."""
    key: tuple[str, ...]
    """The columns that together name a row."""


def read_parquet(root: Path, file: Path, details: Details) -> ParquetTable:
    """Return the table in a Parquet ``file``. Raises :class:`DataError`, or :class:`UsageError` if
    the author does not say which columns name a row: a large file is not searched for them.
    """
    shown = _shown(root, file)
    if not file.is_file():
        raise DataError(shown, "the file does not exist", "Give the path of a Parquet file.")
    types = field_types(file, shown)
    _check_columns(shown, list(types), details)
    unknown = [name for name in details.key if name not in types]
    if unknown or not details.key:
        raise UsageError(
            "--key",
            f"{shown} has no column {unknown[0]!r}"
            if unknown
            else f"{shown} is Parquet, and it is not known which columns name a row",
            f"Name them: --key COLUMN, once for each. There are: {enumerated(list(types), 20)}.",
        )
    columns = tuple(
        CsvColumn(name, cast(FieldType, kind), column_title(name)) for name, kind in types.items()
    )
    return ParquetTable(file, columns, details.key)


def _check_columns(shown: str, names: Sequence[str], details: Details) -> None:
    """Raise :class:`UsageError` for a unit or a title of a column that the file does not have."""
    for option, texts in (("--unit", details.units), ("--column-title", details.columns)):
        for name in texts:
            if name not in names:
                mend = f"{question(name, names)}There are: {enumerated(names, 20)}."
                raise UsageError(option, f"{shown} has no column {name!r}", mend)


def kept(root: Path, name: str) -> Details:
    """Return the details in the catalogue that a table keeps when its file is replaced."""
    if not has_catalogue(root):
        return Details()
    text = _text(root, "")
    package_of(text)  # which says what is wrong with it
    before = _before(text, name)
    source: dict[str, str] = next(iter(before.get("sources", ())), {})
    licence: dict[str, str] = next(iter(before.get("licenses", ())), {})
    fields = before.get("schema", {}).get("fields", ())

    def said(text: str | None) -> str:
        return text if text and text != UNKNOWN else ""

    return Details(
        title=said(before.get("title")),
        source=said(source.get("title")),
        url=said(source.get("path")),
        licence=said(licence.get("name")),
        units={column["name"]: column["unit"] for column in fields if column.get("unit")},
    )


def add(
    root: Path,
    file: Path,
    table: PlainTable,
    name: str,
    details: Details,
    *,
    today: date,
    title_of_all: str,
    replace: bool = False,
) -> tuple[str, list[str]]:
    """Add the ``table`` that was read from ``file`` to the catalogue as ``name``. Returns the path
    of its file, and notes for the author.

    ``title_of_all`` is the catalogue's title if it is new. Raises :class:`UsageError` if the name
    or the file exists, unless ``replace`` is set.
    """
    path = f"data/{name}.csv"
    descriptor = store.file_content(root / DESCRIPTOR) or b""
    text = _text(root, title_of_all)
    _refuse_taken(name, file, root / path, text, replace=replace)
    text, resource = _planned(text, table, name, details, today)
    notes, before = list(table.notes), store.file_content(root / path) or b""
    source = details.url or first_source(resource)
    files: dict[str, bytes | None] = {}
    if before and before != table.data:
        kept = f"data/{ORIGINALS}/{name}.{hashlib.sha256(before).hexdigest()[:8]}.csv"
        files[kept] = before
        notes.append(f"the file as it was is {kept}")
    files |= {path: table.data, DESCRIPTOR: text.encode()}
    check_replaceable(root, files)
    files = files_to_keep(root, name, [Accepted(resource, table.data, today, source)]) | files
    if not replace_together(root, files, {path: before, DESCRIPTOR: descriptor}):
        raise DataError(path, "it or the catalogue has changed meanwhile", "Add it again.")
    return path, notes


def revision(root: Path, table: PlainTable, name: str, details: Details, today: date) -> Revision:
    """Return the revision that a ``table`` is of the one that the catalogue has as ``name``; of a new
    one, with nothing before it. Nothing is written. Raises as :func:`add` does.
    """
    _, resource = _planned(_text(root, name), table, name, details, today)
    target = root / "data" / f"{name}.csv"
    before = target.read_bytes() if target.is_file() else b""
    return Revision(name, resource, table.data, before)


def _planned(
    text: str, table: PlainTable, name: str, details: Details, today: date
) -> tuple[str, Resource]:
    """Return the descriptor's text with the entry of a table, and the entry. Raises the first fault
    of the table.
    """
    text = with_entry(text, _entry(name, table, details, today, _before(text, name)))
    resource = _package(text).resource(name)
    for fault in judge(resource, table.data).faults:
        raise fault
    return text, resource


def add_parquet(
    root: Path,
    table: ParquetTable,
    name: str,
    details: Details,
    *,
    today: date,
    title_of_all: str,
    replace: bool = False,
) -> tuple[str, int]:
    """Add a table in Parquet to the catalogue as ``name``. Returns the path of its file, and the
    number of its rows. Raises as :func:`add` does.
    """
    target = root / "data" / f"{name}.parquet"
    text = _text(root, title_of_all)
    _refuse_taken(name, table.file, target, text, replace=replace)
    target.parent.mkdir(exist_ok=True)
    new = target.with_name(f"{name}.new.parquet")
    shutil.copyfile(table.file, new)
    try:
        with new.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        as_csv = PlainTable(b"", table.columns, table.key, ())
        entry = _entry(name, as_csv, details, today, _before(text, name))
        del entry["encoding"]
        entry |= {
            "path": new.name,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "bytes": new.stat().st_size,
            "hash": f"sha256:{sha256}",
        }
        resource = _package(with_entry(text, entry)).resource(name)
        state = parquet_state(root, resource)
        for fault in state.faults:
            raise fault
        columns, of_file = table.columns, partial(greatest, root, resource)
        as_of = details.as_of or last_day(columns, table.key, of_file) or today
        entry |= {"path": target.name, "as_of": as_of.isoformat()}
        shutil.move(new, target)
    finally:
        new.unlink(missing_ok=True)
    text = with_entry(text, entry)
    store.write_file(root / DESCRIPTOR, text.encode(), durable=True, mode=0o644)
    return f"data/{target.name}", state.rows


def _refuse_taken(name: str, file: Path, target: Path, text: str, *, replace: bool) -> None:
    """Raise :class:`UsageError` if a table, or another file, has the name already."""
    is_target = target.exists() and file.resolve() == target.resolve()
    exists = name in package_of(text).names
    if not replace and (exists or (target.exists() and not is_target)):
        raise UsageError(
            name,
            "the catalogue has a table of this name"
            if exists
            else f"data/{target.name} is there already",
            "Give another: --name NAME, or replace it: --replace.",
        )


def unfinished(package: Package, files: Collection[str] | None = None) -> Iterator[Notice]:
    """Yield a notice for each table that lacks something that its readers have to know: a source, a
    licence. With ``files``, only for tables of these files.
    """
    for resource in package.resources:
        if files is not None and resource.file not in files:
            continue
        missing = [
            *(
                ["its source"]
                if any(source.publisher == UNKNOWN for source in resource.sources)
                else []
            ),
            *(
                ["its licence"]
                if any(licence.name == UNKNOWN for licence in resource.licenses)
                else []
            ),
        ]
        if missing:
            yield Notice(
                Place(DESCRIPTOR),
                f"the table {resource.name!r} has `{UNKNOWN}` for {' and '.join(missing)}",
                "Fill it in there: each chart of it names its source and its licence.",
                topic="unfinished-table",
            )


def _shown(root: Path, file: Path) -> str:
    path = file.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(file)


def _before(text: str, name: str) -> dict[str, Any]:
    """Return the entry that the table has already; empty if it has none."""
    entries: list[dict[str, Any]] = json.loads(text)["resources"]
    return next((entry for entry in entries if entry.get("name") == name), {})


def _entry(
    name: str, table: PlainTable, details: Details, today: date, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entry of the descriptor. The details in ``before`` stay, unless the author gives
    others now.
    """
    title = details.title or name.replace("-", " ").capitalize()
    first: dict[str, str] = next(iter(before.get("sources", ())), {})
    source: dict[str, str] = {
        **first,
        "title": details.source or first.get("title") or details.publisher or UNKNOWN,
        "publisher": details.publisher or details.source or first.get("publisher") or UNKNOWN,
    }
    if details.url:
        source["path"] = details.url
    old_fields = {column["name"]: column for column in before.get("schema", {}).get("fields", ())}
    fields = []
    for column in table.columns:
        old = old_fields.get(column.name, {})
        entry: dict[str, Any] = {"name": column.name, "type": column.type, "title": column.title}
        entry |= {**({"unit": column.unit} if column.unit else {}), **old, "type": column.type}
        if unit := details.units.get(column.name):
            entry["unit"] = unit
        if title_of_column := details.columns.get(column.name):
            entry["title"] = title_of_column
        fields.append(entry)
    changed = {
        *(["title"] if details.title else []),
        *(["description"] if details.description else []),
        *(["sources"] if details.source or details.publisher or details.url else []),
        *(["licenses"] if details.licence else []),
        *_OF_THE_FILE,
    }
    fresh = {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": title,
        "description": details.description or f"{title}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(table.data),
        "hash": f"sha256:{hashlib.sha256(table.data).hexdigest()}",
        "as_of": (details.as_of or _last_day(table) or today).isoformat(),
        "retrieved": today.isoformat(),
        "sources": [source, *before.get("sources", ())[1:]],
        "licenses": [{"name": details.licence or UNKNOWN}],
        "schema": {"primaryKey": list(table.key), "fields": fields},
    }
    return {**fresh, **{key: value for key, value in before.items() if key not in changed}}


_OF_THE_FILE = ("path", "bytes", "hash", "as_of", "retrieved", "schema")
"""The keys of an entry whose values come from the file."""


def _last_day(table: PlainTable) -> date | None:
    """Return the last day of the rows."""
    columns = {column.name: (number, column.type) for number, column in enumerate(table.columns)}

    def greatest_of(name: str) -> object:
        number, kind = columns[name]
        values = [cell_value(row[number], kind) for row in table.rows]
        return max((value for value in values if value is not None), default=None)

    return last_day(table.columns, table.key, greatest_of)


# The descriptor's text, in which the other entries stay as they are


def _text(root: Path, title: str) -> str:
    """Return the descriptor's text; for a publication without one, that of an empty catalogue."""
    if has_catalogue(root):
        return read_text(root / DESCRIPTOR, DESCRIPTOR, limit=TABLE["config-size"])
    new = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "data",
        "title": title,
        "resources": list[object](),
    }
    return json.dumps(new, indent=2, ensure_ascii=False) + "\n"


def _package(text: str) -> Package:
    """Return the package with the new entry. Its faults come from the author's words."""
    try:
        return package_of(text)
    except ConfigError as error:
        raise UsageError("data add", error.what, error.mend, error.detail) from None


def with_entry(text: str, entry: Mapping[str, Any]) -> str:
    """Return the text with the entry in place of that of the same name, or at its end."""
    spans = {path: (start, end) for path, start, end in positions(text)}
    start, end = spans["resources",]
    items = [span for path, span in spans.items() if len(path) == 2 and path[0] == "resources"]
    indent = re.search(r"\n([ \t]+)\"", text)
    step = indent[1] if indent else "  "
    written = json.dumps(entry, indent=step, ensure_ascii=False).replace("\n", f"\n{step * 2}")
    for first, last in items:
        if json.loads(text[first:last]).get("name") == entry["name"]:
            return text[:first] + written + text[last:]
    if items:
        last = items[-1][1]
        return f"{text[:last]},\n{step * 2}{written}{text[last:]}"
    return f"{text[:start]}[\n{step * 2}{written}\n{step}]{text[end:]}"
