"""Slices of tables: the rows with given values, in some of the columns.

    bs.table("flows", where={"partner": "Turkey", "year": [2022, 2023]}, columns=["year", "value"])

A slice has a name that stands wherever the name of a table does, written like the query of an
address, with the values in order; that of a version has its day before it:

    flows?partner=Turkey&year=2022&year=2023#year,value
    flows@2023-05-26?partner=Turkey

Rows are in the order of the file. A row is named by the rest of the primary key: columns that are
left out of a slice are in its key no more, so it is refused if its rows could then not be told apart.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from broadsheet.data.descriptor import DESCRIPTOR, Field, Resource, Schema
from broadsheet.data.identities import is_row_by_row, names_in
from broadsheet.errors import DataError, Place
from plotly_alive.errors import enumerated, shown
from plotly_alive.text.did_you_mean import question

if TYPE_CHECKING:
    import pandas as pd

SLICED = "?"
"""The sign between the name of a table and its slice."""


@dataclass(frozen=True)
class Slice:
    """Some rows and columns of a table."""

    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The values of each column by which rows are chosen, as text, both in order."""
    columns: tuple[str, ...] = ()
    """The columns in their order; all if there are none."""

    def __str__(self) -> str:
        rows = "&".join(
            f"{quote(column, safe='')}={quote(value, safe='')}"
            for column, values in self.where
            for value in values
        )
        columns = ",".join(quote(column, safe="") for column in self.columns)
        return f"{rows}#{columns}" if columns else rows


ALL_ROWS = Slice()
"""All rows and columns."""


def slice_name(name: str, where: Mapping[str, object] | None, columns: Sequence[str] | None) -> str:
    """Return the name of a slice of the table, or version, ``name``; that name if neither rows nor
    columns are chosen. Raises :class:`DataError` for a choice that no table can answer.
    """
    if where is None and columns is None:
        return name
    if not isinstance(where or {}, Mapping):
        raise _misused(name, "where", where, 'where={"partner": "Turkey"}')
    listed = [columns] if isinstance(columns, str) else list(columns or ())
    if (columns is not None and not listed) or not all(
        isinstance(column, str) for column in listed
    ):
        raise _misused(name, "columns", columns, 'columns=["year", "value"]')
    chosen = {
        str(column): tuple(sorted({_text(name, column, value) for value in _listed(values)}))
        for column, values in (where or {}).items()
    }
    for column, values in chosen.items():
        if not values:
            raise _misused(name, f"where[{column!r}]", [], f'where={{"{column}": ["…"]}}')
    of_rows = tuple(sorted(chosen.items()))
    return f"{name}{SLICED}{Slice(of_rows, tuple(dict.fromkeys(listed)))}"


def named_slice(name: str) -> tuple[str, Slice | None]:
    """Return the table, or version, and the slice in a name; None for a table that is not cut."""
    table, sign, part = name.partition(SLICED)
    if not sign:
        return name, None
    rows, _, columns = part.partition("#")
    where: dict[str, list[str]] = {}
    for pair in filter(None, rows.split("&")):
        column, _, value = pair.partition("=")
        where.setdefault(unquote(column), []).append(unquote(value))
    return table, Slice(
        tuple((column, tuple(values)) for column, values in where.items()),
        tuple(unquote(column) for column in columns.split(",") if column),
    )


def sliced_resource(resource: Resource, part: Slice) -> Resource:
    """Return the entry of a slice of a table: its columns, its key, and the rules that its rows can
    be judged by. Raises :class:`DataError` for a slice that the table cannot have.
    """
    fields = {field.name: field for field in resource.table_schema.fields}
    for column in (*(column for column, _ in part.where), *part.columns):
        if column not in fields:
            raise DataError(
                Place(resource.file, column=column),
                f"the table {resource.name!r} has no column {column!r}",
                f"{question(column, fields)}There are: {enumerated(list(fields), 20)}.",
            )
    where = dict(part.where)
    for column, values in part.where:
        for value in values:
            typed_value(resource, fields[column], value)
    chosen = [fields[column] for column in part.columns or fields]
    names = {field.name for field in chosen}
    key = resource.table_schema.primary_key
    lost = [name for name in key if name not in names and len(where.get(name, ())) != 1]
    if lost:
        raise DataError(
            Place(resource.file),
            f"table {resource.name!r}: without {enumerated(lost, 5)}, rows of a slice cannot be told "
            "apart",
            f"Add {enumerated(lost, 5)} to `columns`, or choose one value of it in `where`.",
        )
    schema = Schema.model_construct(
        fields=tuple(chosen), primary_key=tuple(name for name in key if name in names)
    )
    return resource.model_copy(
        update={
            "table_schema": schema,
            "identities": tuple(
                identity
                for identity in resource.identities
                if is_row_by_row(identity.holds, identity.unless)
                if names.issuperset(
                    [*names_in(identity.holds), *names_in(identity.unless or "True")]
                )
            ),
            "corrections": tuple(
                correction
                for correction in resource.corrections
                if correction.column in names
                and all(
                    _cell_text(part) in where.get(name, (_cell_text(part),))
                    for name, part in correction.row
                )
            ),
        }
    )


def sliced_frame(resource: Resource, part: Slice, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the slice of the rows of a whole table. Raises :class:`DataError` if there are none."""
    fields = {field.name: field for field in resource.table_schema.fields}
    for column, values in part.where:
        if not len(frame):
            break
        chosen = [typed_value(resource, fields[column], value) for value in values]
        rows = frame[frame[column].isin(chosen).fillna(False)]
        if rows.empty:
            raise no_rows(resource, part, column, map(_cell_text, frame[column].dropna().unique()))
        frame = rows
    return frame[list(part.columns or fields)].reset_index(drop=True)


def no_rows(resource: Resource, part: Slice, column: str, values: Iterable[str]) -> DataError:
    """Return the error of a slice without rows, with the nearest of the ``values`` of a column."""
    chosen = dict(part.where).get(column, ())
    near = question(chosen[0], sorted(set(values))) if chosen else ""
    return DataError(
        Place(resource.file, column=column or None),
        f"the table {resource.name!r} has no row with {_in_words(part)}",
        f"{near}See which values the column has." if column else "Choose other values in `where`.",
    )


def typed_value(resource: Resource, field: Field, value: str) -> Any:
    """Return a value of `where` as the values of its column are. Raises :class:`DataError`."""
    try:
        match field.type:
            case "integer":
                return int(value)
            case "number":
                return float(value)
            case "boolean":
                return {"true": True, "false": False}[value]
            case "date":
                return datetime.fromisoformat(date.fromisoformat(value).isoformat())
            case _:
                return value
    except (ValueError, KeyError):
        raise DataError(
            Place(resource.file, column=field.name),
            f"`where` has {shown(value)} for {field.name!r}, whose type is {field.type!r}",
            f"Give a value of that type, as {DESCRIPTOR} has it.",
        ) from None


def content_of_frame(frame: pd.DataFrame) -> bytes:
    """Return rows in the one form by which slices are compared: CSV."""
    return frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()


def answer_digest(resource: Resource, rows: str) -> str:
    """Return the digest of all that a slice tells: of its ``rows``, whose digest is given, and of the
    entry of the table without the checksum of the whole file.
    """
    entry = resource.model_dump(mode="json", exclude={"bytes", "hash"})
    told = json.dumps(entry, sort_keys=True)
    return hashlib.sha256(f"{rows}\n{told}".encode()).hexdigest()


def _listed(values: object) -> list[object]:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        return [values]
    return list(values)


def _text(name: str, column: object, value: object) -> str:
    """Return a value of `where` as the text of a cell."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, str | int | date) or (isinstance(plain, float) and math.isfinite(plain)):
        return _cell_text(plain)
    raise _misused(name, f"where[{column!r}]", value, 'where={"partner": "Turkey"}')


def _cell_text(value: Any) -> str:
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, datetime):
        return plain.date().isoformat()
    if isinstance(plain, float) and plain.is_integer():
        return str(int(plain))
    return str(plain)


def _in_words(part: Slice) -> str:
    return " and ".join(
        f"{column} {enumerated([shown(value) for value in values], 5)}"
        for column, values in part.where
    )


def _misused(name: str, what: str, value: object, example: str) -> DataError:
    return DataError(
        DESCRIPTOR,
        f"`{what}` of the table {name!r} is {shown(value)}",
        f"Give a text, number, day, or a list of these: {example}.",
    )
