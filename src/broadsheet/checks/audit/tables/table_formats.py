"""Reads a file of tables as it is: CSV, JSON, Excel, Parquet; each with its cells as text, and the title above
its header.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from broadsheet.checks.audit.tables.header_rows import MOST_ABOVE, below_title, title_in
from broadsheet.data.csv_reading import decoded_text, delimiter_of
from broadsheet.data.csv_rows import refuse_foreign
from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import RawAnswer, SourceError, SourceTable
from broadsheet.data.refresh.file_formats import (
    check_shape,
    even_rows,
    table_of_file,
    table_of_objects,
    table_of_rows,
    with_rows,
    workbook_rows,
)
from broadsheet.storage.limits import TABLE

BASELINE = "audit-baseline"
"""The key by which a baseline is told from a table."""
_AT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ReadTable:
    """A table as a file has it."""

    source: SourceTable
    """Its cells."""
    title: str = ""
    """The title above its header."""
    sheet: str = ""
    """The sheet of a workbook."""


def tables_in_file(data: bytes, name: str) -> Iterator[ReadTable]:
    """Yield the tables in the bytes of a file, each sheet of a workbook one. Raises :class:`SourceError`."""
    entry, low = Refresh(source="file", address=name), name.lower()
    answer = RawAnswer(name, data, _AT, {"content-length": str(len(data))})
    if low.endswith((".xlsx", ".xlsm")):
        yield from _workbook(data, entry, answer)
    elif low.endswith(".json"):
        yield from map(ReadTable, _json_tables(data, answer))
    elif low.endswith((".csv", ".tsv", ".tab")):
        yield _csv_table(data, entry, answer, low)
    else:
        yield ReadTable(table_of_file(entry, answer, low))


def _workbook(data: bytes, entry: Refresh, answer: RawAnswer) -> Iterator[ReadTable]:
    """Yield the sheets of a workbook that are tables. Raises :class:`SourceError` if none is."""
    fault, count = None, 0
    for sheet in _sheets(data):
        try:
            rows = workbook_rows(entry.model_copy(update={"sheet": sheet or None}), answer)
            filled = [row for row in rows if any(row)]
            if not filled:
                raise SourceError("it has no cell with a value", "See what file it is.")
            title, rows = below_title(filled)
            table = with_rows(table_of_rows(even_rows(rows), answer), answer)
            yield ReadTable(table, title, sheet)
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


def _csv_table(data: bytes, entry: Refresh, answer: RawAnswer, name: str) -> ReadTable:
    """Return the table in CSV, with names for columns that have none, without lines above the
    header or notes below the rows.
    """
    refuse_foreign(data, name)
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError("here is a NUL, which no text has", "See what file it is.")
    try:
        table = table_of_file(entry, answer, name)
    except SourceError as error:
        text, _ = decoded_text(data)
        lines = text.splitlines()
        for skip in range(MOST_ABOVE):
            rest = lines[skip:]
            if len(rest) < 2:
                break
            fixed = _evened(rest, answer)
            if fixed is not None:
                return ReadTable(fixed, title_in(lines[:skip]))
        raise error
    if 2 * sum(map(bool, table.columns)) > len(table.columns):
        return ReadTable(table)
    title, rows = below_title([list(table.columns), *map(list, table.rows)])
    if not title:
        return ReadTable(table)
    return ReadTable(with_rows(table_of_rows(rows, answer), answer), title)


def _evened(lines: Sequence[str], answer: RawAnswer) -> SourceTable | None:
    """Return the table of some lines if nearly all have as many cells as the first; the last cell
    of a row may be missing or empty. Raises :class:`SourceError` for too many columns or cells.
    """
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
