"""Makes a typed table of a CSV file's bytes, and reports every fault on the way.

Reading and checking are one pass over the cells, so that what was checked is what is handed out.
The rules are Table Schema's (type, required, unique, minimum, maximum, enum, pattern, primaryKey),
applied to the text of each cell:

* a header must be the schema's field names, in order; where it is not, the cells are not judged;
* a row of the wrong length is one fault, and its cells are not judged;
* a cell has one fault at most, the first rule that it breaks;
* text has no control characters but tabs and line breaks: it goes into pages, feeds and addresses,
  which hold none;
* an empty cell is a missing value; ``NaN``, ``-`` and the like are text;
* the cells that its entry corrects (:mod:`broadsheet.data.corrections`) are judged as corrected;
* the table's identities (:mod:`broadsheet.data.identities`) are judged if its cells are sound;
* the checksum is judged only where all else is sound: any edit changes it.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from broadsheet.data.code_names import Names, names_of_codes
from broadsheet.data.corrections import corrected
from broadsheet.data.csv_rows import csv_rows, refuse_foreign
from broadsheet.data.descriptor import DESCRIPTOR, Field, FieldType, Resource, Schema
from broadsheet.data.identities import Rows, shown_value
from broadsheet.errors import BroadsheetError, DataError, Place
from broadsheet.storage.limits import cached, matching
from plotly_alive.errors import shown
from plotly_alive.text.unprintable import UNPRINTABLE

if TYPE_CHECKING:
    import pandas as pd

UPDATE_HASHES = "broadsheet data check --update-hashes"
Value = str | int | float | bool | date


@dataclass(frozen=True)
class TableState:
    """A table on disk."""

    resource: Resource
    """Its entry in the catalogue."""
    frame: pd.DataFrame | None
    """Its rows, typed; None if it has faults."""
    faults: tuple[BroadsheetError, ...]
    """Its faults."""
    size: int = 0
    """The size of its file in bytes."""
    sha256: str = hashlib.sha256(b"").hexdigest()
    """The SHA-256 of its file, hexadecimal."""
    checksum_ok: bool = False
    """True if size and checksum are those in the catalogue."""
    names: Names = ()
    """The names of its codes."""
    rows: int = 0
    """The number of its rows if they are sound; 0 if it has faults other than its checksum."""


@cached(64)
def judge(resource: Resource, data: bytes) -> TableState:
    """Return the state of a table whose file holds ``data``; cached for the process.

    The frame has one column a field: int64, float64, bool or str, and Int64 or boolean where values
    are missing; dates are datetime64. It is shared by all callers, who copy it before they pass it
    on.
    """
    frame: pd.DataFrame | None = None
    try:
        columns, faults = _checked(resource, data)
        if not faults:
            typed = _frame(columns)
            faults += _identity_faults(resource, typed) if resource.identities else ()
            frame = None if faults else typed
    except DataError as fault:
        faults = [fault]
    size, sha256 = len(data), hashlib.sha256(data).hexdigest()
    checksum_ok = (resource.hash, resource.bytes) == (f"sha256:{sha256}", size)
    if not faults and not checksum_ok:
        faults.append(checksum_fault(resource, size, sha256))
    names = () if frame is None else names_of_codes(resource, frame)
    rows = 0 if frame is None else len(frame)
    return TableState(resource, frame, tuple(faults), size, sha256, checksum_ok, names, rows)


def cell_value(cell: str, kind: FieldType) -> Value | None:
    """Return the value of a cell in a column of this type; None if it is empty, or of no such type."""
    return _PARSERS[kind](cell) if cell else None


def checksum_fault(resource: Resource, size: int, sha256: str) -> DataError:
    """Return the error of a file that is not the one in the catalogue."""
    if resource.hash is None or resource.bytes is None:
        what = "the catalogue has no checksum of the file yet, the rule `hash`"
        mend = f"Look the table over, then run: {UPDATE_HASHES}"
    else:
        what = (
            "the file is not the one in the catalogue, the rule `hash`: its checksum is "
            f"sha256:{sha256[:12]}… of {size} bytes, not {resource.hash[:19]}… of {resource.bytes}"
        )
        mend = (
            f"If you meant to change the table, run: {UPDATE_HASHES}; if not, put it back from its "
            "last version."
        )
    return _fault(resource, what, mend)


def breaks_rules(resource: Resource, of: Field, cells: Collection[str]) -> bool:
    """True if one of these cells of a column breaks a rule, other than that values are unique."""
    rules = of.constraints.model_copy(update={"unique": False})
    alone = Schema.model_construct(
        fields=(of.model_copy(update={"constraints": rules}),),
        primary_key=tuple(name for name in resource.table_schema.primary_key if name == of.name),
    )
    column = resource.model_copy(update={"table_schema": alone})
    return bool(_column(column, 0, [(number, [cell]) for number, cell in enumerate(cells)]).faults)


def _checked(resource: Resource, data: bytes) -> tuple[list[_Checked], list[DataError]]:
    refuse_foreign(data, resource.file, f"table {resource.name!r}: ")
    header, rows = _rows(resource, _decoded(resource, data))
    faults = list(_header_faults(resource, header))
    if faults:
        return [], faults
    if not rows:
        raise _fault(resource, "the file has a header and no rows", _EMPTY_MEND)
    numbered = []
    for number, row in enumerate(rows, 1):
        if len(row) == len(header):
            numbered.append((number, row))
        else:
            faults.append(_ragged(resource, number, row))
    numbered, misfits = corrected(resource, numbered)
    faults += misfits
    columns = [_column(resource, position, numbered) for position in range(len(header))]
    faults += [fault for column in columns for fault in column.faults]
    faults += _key_faults(resource, numbered, columns)
    faults.sort(key=lambda fault: fault.where.row or 0)
    return columns, faults


# The file


def _decoded(resource: Resource, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `utf-8-sig` counts from after a byte order mark; an author counts from the start of the
        # file.
        start = error.start + len(data) - len(error.object)
        line = data.count(b"\n", 0, start) + 1
        raise DataError(
            Place(resource.file, line=line),
            f"table {resource.name!r}: byte {start} of the file is {data[start]:#04x}, which is not UTF-8",
            "Save the file as UTF-8 (spreadsheets call it “CSV UTF-8”), and look at the letters with accents again.",
        ) from None


def _rows(resource: Resource, text: str) -> tuple[list[str], list[list[str]]]:
    """Return header and data rows, without empty lines."""
    rows = [row for _, row in csv_rows(text, resource.file, what=f"table {resource.name!r}: ")]
    if not rows:
        raise _fault(resource, "the file is empty", _EMPTY_MEND)
    return rows[0], rows[1:]


def _header_faults(resource: Resource, header: list[str]) -> Iterator[DataError]:
    expected = [field.name for field in resource.table_schema.fields]
    named, seen = set(header), Counter[str]()
    if not named.intersection(expected):
        yield _fault(
            resource,
            f"the first line names none of the columns {_cut(', '.join(expected))}: "
            f"{shown(','.join(header[:_LONG]), _LONG)}",
            "Put the header there, with commas between the "
            "names; a file with semicolons or tabs, or of a spreadsheet, is saved anew as CSV.",
        )
        return
    for name in expected:
        if name not in named:
            yield _fault(
                resource,
                "the column is missing",
                f"Add it to the file, or take the field out of {DESCRIPTOR}.",
                column=name,
            )
    for position, name in enumerate(header):
        if name not in expected:
            what = (
                "the column is not in the schema" if name else f"column {position + 1} has no name"
            )
            yield _fault(
                resource,
                what,
                f"Describe it in {DESCRIPTOR}, or take it out of the file.",
                column=_cut(name) or None,
            )
        elif seen[name] == 1:
            yield _fault(
                resource,
                "the column is there twice",
                "Take one of the two out of the file.",
                column=name,
            )
        seen[name] += 1
    if sorted(header) == sorted(expected) and header != expected:
        yield _fault(
            resource,
            f"the columns are in the order {', '.join(header)}; the schema has {', '.join(expected)}",
            f"Put them in one order, in the file or in {DESCRIPTOR}.",
        )


def _ragged(resource: Resource, number: int, row: list[str]) -> DataError:
    return _fault(
        resource,
        f"the row has {_count(len(row), 'cell')}, the header has {len(resource.table_schema.fields)}: "
        + shown(",".join(row[:_LONG]), _LONG)[1:-1],
        "A figure with a comma needs quotes, or a point for its decimals; an empty cell still needs its comma.",
        row=number,
    )


# The cells


@dataclass(frozen=True)
class _Checked:
    """The cells of a column after the check."""

    of: Field
    """The column."""
    values: list[Value | None]
    """The values, row by row; None where a cell is empty or has a fault."""
    faults: list[DataError] = field(default_factory=list)
    """The faults."""


def _column(resource: Resource, position: int, rows: list[tuple[int, list[str]]]) -> _Checked:
    """Check one column. Values are None where a cell is empty or has a fault."""
    of = resource.table_schema.fields[position]
    rules = tuple(
        _rules(
            of, resource, {row[position] for _, row in rows} if of.constraints.pattern else set()
        )
    )
    required = of.constraints.required or of.name in resource.table_schema.primary_key
    checked = _Checked(of, [])
    seen: dict[Value, int] = {}
    for number, row in rows:
        cell = row[position]
        value: Value | None = None
        broken = None
        if cell == "":
            if required:
                broken = (
                    "the cell is empty, and the rule `required` wants a value",
                    "Fill it in, or drop the row.",
                )
        elif (value := _PARSERS[of.type](cell)) is None:
            broken = (f"{shown(cell)} is not {_NOUN[of.type]}", _TYPE_MEND[of.type])
        elif broken_rule := next((what for holds, what in rules if not holds(value)), None):
            broken = (f"{shown(cell)} {broken_rule}", _RULE_MEND)
        elif of.constraints.unique and seen.setdefault(value, number) != number:
            broken = (
                f"{shown(cell)} is in row {seen[value]} already, and the rule `unique` allows it once",
                _RULE_MEND,
            )
        if broken:
            checked.faults.append(_fault(resource, *broken, row=number, column=of.name))
        checked.values.append(None if broken else value)
    return checked


def _rules(
    of: Field, resource: Resource, cells: Collection[str]
) -> Iterator[tuple[Callable[[Any], bool], str]]:
    """Yield the rules of a column other than type and emptiness: for each a test of a value, and
    the message for a breach. ``cells`` has the distinct cells of a column with a pattern.
    """
    rules = of.constraints
    if rules.minimum is not None:
        lowest = _bound(of, rules.minimum)
        yield (lambda value: value >= lowest), f"is less than {rules.minimum}, the rule `minimum`"
    if rules.maximum is not None:
        highest = _bound(of, rules.maximum)
        yield (lambda value: value <= highest), f"is more than {rules.maximum}, the rule `maximum`"
    if rules.enum is not None:
        allowed = {_bound(of, value) for value in rules.enum}
        yield (
            allowed.__contains__,
            f"is none of {_cut(', '.join(map(str, rules.enum)))}, the rule `enum`",
        )
    if rules.pattern is not None:
        where = Place(DESCRIPTOR, column=of.name)
        fitting = matching(
            rules.pattern, cells, where, f"table {resource.name!r}: the rule `pattern`"
        )
        yield fitting.__contains__, f"does not match {_cut(rules.pattern)}, the rule `pattern`"
    if of.source_key:
        keys = resource.source_keys
        yield keys.__contains__, "is not the key of a source of the table, the rule `source_key`"


def _bound(of: Field, limit: Value) -> Any:
    """Return a limit or allowed value of the schema as a value of the column's type."""
    value = _PARSERS[of.type](str(limit))
    return limit if value is None else value


def _key_faults(
    resource: Resource, rows: list[tuple[int, list[str]]], columns: list[_Checked]
) -> Iterator[DataError]:
    names = resource.table_schema.primary_key
    if not names:  # of a slice of one row
        return
    parts = [column.values for name in names for column in columns if column.of.name == name]
    seen: dict[tuple[Value | None, ...], int] = {}
    for (number, _), key in zip(rows, zip(*parts, strict=True), strict=True):
        if None in key:
            continue  # reported already, as a cell
        first = seen.setdefault(key, number)
        if first != number:
            names_and_values = ", ".join(
                f"{name} {_cut(str(value))}" for name, value in zip(names, key, strict=True)
            )
            yield _fault(
                resource,
                f"{names_and_values} is in row {first} already, and the primary key allows it once",
                "Take one of the two rows out.",
                row=number,
                column=names[0] if len(names) == 1 else None,
            )


def _identity_faults(resource: Resource, frame: pd.DataFrame) -> Iterator[DataError]:
    names, rows = resource.table_schema.primary_key, Rows(resource.columns, frame)
    for identity in resource.identities:
        for row, numbers in rows.breaches(identity.holds, identity.within, identity.unless):
            where = ""
            if row is not None:
                key = [f"{name} {shown_value(frame[name][row])}" for name in names]
                where = f"{_cut(', '.join(key))}: "
            yield _fault(
                resource,
                f"{where}`{identity.holds}` does not hold: {numbers}",
                f"Correct the row, or the identity in {DESCRIPTOR}; its `unless` excepts rows.",
                row=None if row is None else row + 1,
            )


# The types


def _text(cell: str) -> str | None:
    return None if UNPRINTABLE.search(cell) else cell


def _integer(cell: str) -> int | None:
    if not _INTEGER.fullmatch(cell):
        return None
    value = int(cell)
    return value if -(2**63) <= value < 2**63 else None


def _number(cell: str) -> float | None:
    if not _NUMBER.fullmatch(cell):
        return None
    value = float(cell)
    return value if math.isfinite(value) else None


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if _DATE.fullmatch(cell) else None
    except ValueError:
        return None


_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOLEAN = {
    "true": True,
    "True": True,
    "TRUE": True,
    "1": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "0": False,
}

_PARSERS: dict[FieldType, Callable[[str], Value | None]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _BOOLEAN.get,
    "date": _date,
}
_NOUN: dict[FieldType, str] = {
    "string": "text, since it holds control characters",
    "integer": "a whole number, the type `integer`",
    "number": "a number, the type `number`",
    "boolean": "true or false, the type `boolean`",
    "date": "a date like 2024-12-31, the type `date`",
}
_FIGURE_MEND = (
    "Write digits, and a point for decimals: no unit, space or thousands separator. "
    "No figure? Leave the cell empty."
)
_TYPE_MEND: dict[FieldType, str] = {
    "string": "Take the characters out that cannot be seen.",
    "integer": _FIGURE_MEND,
    "number": _FIGURE_MEND,
    "boolean": "Write true or false.",
    "date": "Write year, month and day: 2024-12-31.",
}
_RULE_MEND = f"Correct the cell, or the rule in {DESCRIPTOR}."
_EMPTY_MEND = "Put the table back from its last version, or take the resource out of the catalogue."


def _frame(columns: Iterable[_Checked]) -> pd.DataFrame:
    import pandas as pd

    series = {}
    for column in columns:
        missing = any(value is None for value in column.values)
        dtypes: dict[FieldType, Any] = {
            # Whatever this pandas makes of text: `str` from version 3, `object` before.
            "string": pd.Series([""]).dtype,
            "integer": "Int64" if missing else "int64",
            "number": "float64",
            "boolean": "boolean" if missing else "bool",
            "date": "datetime64[us]",
        }
        series[column.of.name] = pd.Series(column.values, dtype=dtypes[column.of.type])
    return pd.DataFrame(series)


def _fault(
    resource: Resource, what: str, mend: str, row: int | None = None, column: str | None = None
) -> DataError:
    return DataError(
        Place(resource.file, row=row, column=column), f"table {resource.name!r}: {what}", mend
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


_LONG = 80
"""The most characters of a cell or a rule that a message quotes."""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
