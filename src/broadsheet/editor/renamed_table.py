"""A column of a table with another name: what its file, its entry of the catalogue and its record are then.

The table is the same. So its days stay, and its checksum is that of the new file. In `refresh` the column
comes of the column of the source from which it came before.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.data.adding import with_entry
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.checking import judge
from broadsheet.data.descriptor import DESCRIPTOR, Resource
from broadsheet.data.descriptor_reading import package_of
from broadsheet.data.recorded import TableRecord, as_file, read_record, record_path
from broadsheet.data.vintages import FOLDER as VINTAGES
from broadsheet.errors import ConfigError, UsageError
from broadsheet.storage.files import read_text
from broadsheet.storage.limits import TABLE

_NO_NAME = re.compile(r"[\"'`\\{}]")
"""Signs that code, claims and templates read otherwise than as a part of a name."""
_CELL = re.compile(r'(?:"(?:[^"]|"")*"|[^,"\r\n][^,\r\n]*)?')
"""A cell of a header."""


@dataclass(frozen=True)
class NewText:
    """A text in place of another."""

    before: str
    """The text that stands."""
    after: str
    """The new text."""


def renamed_column(root: Path, table: str, column: str, name: str) -> Iterator[tuple[str, NewText]]:
    """Yield the files of a table that change if a ``column`` gets another ``name``, with their texts.
    Raises :class:`UsageError` if it cannot have that name, and :class:`ConfigError` or
    :class:`DataError` for a file that cannot be read.
    """
    catalogue = Catalogue.open(root)
    resource = catalogue.resource(table)
    _refuse(catalogue, resource, column, name)
    data = catalogue.content(resource)
    text = data.decode("utf-8-sig")
    header = _header(text, column, name)
    content = header.encode()
    if len(data) > len(text.encode()):  # its byte order mark stays
        content = b"\xef\xbb\xbf" + content
    sha256 = hashlib.sha256(content).hexdigest()
    descriptor = read_text(root / DESCRIPTOR, DESCRIPTOR, limit=TABLE["config-size"])
    entries = json.loads(descriptor)["resources"]
    entry = next(entry for entry in entries if entry["name"] == table)
    entry = _entry(entry, column, name) | {"bytes": len(content), "hash": f"sha256:{sha256}"}
    described = with_entry(descriptor, entry)
    try:
        faults = judge(package_of(described).resource(table), content).faults
    except ConfigError as error:
        raise UsageError(name, error.what, "Choose another name.") from None
    if faults:
        raise UsageError(name, faults[0].what, "Choose another name.")
    yield resource.file, NewText(text, header)
    yield DESCRIPTOR, NewText(descriptor, described)
    if os.path.lexists(root / record_path(table)):
        yield record_path(table), _record(root, resource, column, name, sha256)


def _refuse(catalogue: Catalogue, resource: Resource, column: str, name: str) -> None:
    """Raise :class:`UsageError` for a name that cannot be used, or a table that cannot be changed."""
    table, fields = resource.name, [field.name for field in resource.table_schema.fields]
    if not name.isprintable() or name != name.strip() or not name or _NO_NAME.search(name):
        raise UsageError(
            name,
            "this is no name of a column",
            "Quotes, braces and backslashes cannot be in it, nor spaces around it.",
        )
    if column not in fields:
        raise UsageError(column, f"the table {table!r} has no such column", "Save its entry first.")
    if name in fields:
        raise UsageError(
            name, f"the table {table!r} has this column already", "Choose another name."
        )
    if resource.is_parquet:
        raise UsageError(
            table,
            f"the table {table!r} is in Parquet, whose columns are named where it is made",
            "Make it anew with the other name, and add it with --replace.",
        )
    if os.path.lexists(catalogue.root / VINTAGES / table):
        raise UsageError(
            table,
            f"earlier versions of the table {table!r} have this column, in {VINTAGES}/{table}",
            "Give the column another `title`, which is what readers see.",
        )
    others = [each.name for each in catalogue.package.resources if each.file == resource.file]
    if len(others) > 1:
        raise UsageError(
            table,
            f"the tables {' and '.join(map(repr, others))} are one file",
            "Give each a file of its own.",
        )
    if faults := catalogue.state(resource).faults:
        raise UsageError(table, f"{faults[0].where}: {faults[0].what}", faults[0].mend)


def _header(text: str, column: str, name: str) -> str:
    """Return the text of a CSV file with another name in its header. A cell that has quotes keeps
    them.
    """
    at = len(text) - len(text.lstrip("\r\n"))
    while True:
        match = _CELL.match(text, at)
        assert match is not None
        start, end = match.span()
        if next(csv.reader([match[0]], strict=True), [""]) == [column]:
            break
        at = end + 1
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow([name])
    cell = written.getvalue()
    if match[0].startswith('"') and not cell.startswith('"'):
        cell = f'"{cell}"'
    return f"{text[:start]}{cell}{text[end:]}"


def _entry(entry: dict[str, Any], column: str, name: str) -> dict[str, Any]:
    """Return an entry of the descriptor with another name of the column wherever it has it."""

    def named(names: list[str]) -> list[str]:
        return [name if each == column else each for each in names]

    def keyed(values: dict[str, Any]) -> dict[str, Any]:
        return {name if key == column else key: value for key, value in values.items()}

    def with_names(part: dict[str, Any], key: str) -> dict[str, Any]:
        return part | ({key: named(part[key])} if key in part else {})

    fields = [
        with_names(field | {"name": named([field["name"]])[0]}, "of")
        for field in entry["schema"]["fields"]
    ]
    changed: dict[str, Any] = {
        "sources": [with_names(source, "of") for source in entry["sources"]],
        "schema": with_names(entry["schema"], "primaryKey") | {"fields": fields},
        "identities": [
            {
                key: _expression(value, column, name) if key in ("holds", "unless") else value
                for key, value in identity.items()
            }
            for identity in entry.get("identities", ())
        ],
        "corrections": [
            correction
            | {"row": keyed(correction["row"]), "column": named([correction["column"]])[0]}
            for correction in entry.get("corrections", ())
        ],
    }
    refresh = entry.get("refresh")
    if isinstance(refresh, dict):
        columns = refresh.get("columns", {})
        origin = columns.get(column, column)
        if isinstance(origin, dict) and not {"from", "constant"} & origin.keys():
            origin = {"from": column, **origin}
        columns = keyed(columns) | {name: origin}
        changed["refresh"] = refresh | {"columns": columns}
    return {key: changed.get(key, value) for key, value in entry.items()}


def _expression(text: str, column: str, name: str) -> str:
    """Return the expression of an identity with another name of the column."""
    text = text.strip()
    tree = ast.parse(text, mode="eval")
    functions = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    lines = [line.encode() for line in text.split("\n")]
    places = [
        (node.lineno - 1, node.col_offset)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == column and node not in functions)
        or (isinstance(node, ast.keyword) and node.arg == column)
    ]
    if places and not name.isidentifier():
        raise UsageError(name, f"the identity `{text}` cannot name this", "Choose one word.")
    for line, start in sorted(places, reverse=True):
        old = lines[line]
        lines[line] = old[:start] + name.encode() + old[start + len(column.encode()) :]
    return b"\n".join(lines).decode()


def _record(root: Path, resource: Resource, column: str, name: str, sha256: str) -> NewText:
    """Return the record of a table with another name of the column."""
    path, record = record_path(resource.name), read_record(root, resource.name)
    head = record.head
    if name in head.columns:
        raise UsageError(name, f"{path} has a column of this name", "Record the table anew.")
    changed = msgspec.structs.replace(
        head,
        sha256=sha256 if resource.hash == f"sha256:{head.sha256}" else head.sha256,
        key=[name if key == column else key for key in head.key],
        columns={name if key == column else key: kind for key, kind in head.columns.items()},
    )
    before = read_text(root / path, path, limit=TABLE["config-size"])
    return NewText(before, as_file(TableRecord(changed, record.rows)).decode())
