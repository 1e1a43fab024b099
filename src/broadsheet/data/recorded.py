"""The record of a table: its state when somebody last looked, to compare it with the state now.

`data/recorded/NAME.jsonl` lies beside the data, and is committed with them. Its first line describes
the table; each other line is a row, the primary key first, in the order of the key:

    {"sha256":"f68b71ee…","rows":23,"key":["year"],"columns":{"year":"integer","total":"number",…}}
    [1996,6.83,null,null,"reported"]
    [1999,5.72,null,null,0]

Numbers have four digits. A long text is cut, and ends in a digest. 0 is the same text as in the row above.
A large table is recorded by a sample: the rows whose keys have the smallest digests, so that a longer table
has nearly the same sample. Each row has its own line, so that a revision is a small difference.

`broadsheet data record` and `broadsheet data add` write it. :mod:`broadsheet.data.differences` compares
tables with it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet.data.descriptor import FieldType, Resource
from broadsheet.data.identities import is_day
from broadsheet.errors import ConfigError, Place
from broadsheet.storage import store
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.limits import TABLE
from plotly_alive.errors import shown
from plotly_alive.text.json_decoding import decoder
from plotly_alive.text.unprintable import UNPRINTABLE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FOLDER = "data/recorded"
DIGITS = 4
"""The significant digits of a number in a record."""
_DITTO = 0
"""The cell that stands for the text of the row above."""
_LONGEST_TEXT = 24
_FEWEST_ROWS = 20
"""The fewest rows of a sample, however many columns there are."""

Cell = str | int | float | bool | None


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of a record."""

    sha256: str
    """The digest of the table's file."""
    rows: int
    """The number of its rows."""
    key: list[str]
    """The primary key."""
    columns: dict[str, FieldType]
    """The type of each column."""


@dataclass(frozen=True)
class TableRecord:
    """A table as it was recorded."""

    head: Head
    """The first line."""
    rows: tuple[tuple[Cell, ...], ...]
    """All rows of the table, or a sample, with the columns in the order of ``names``."""

    @property
    def names(self) -> list[str]:
        """The columns, those of the key first."""
        return [*self.head.key, *(name for name in self.head.columns if name not in self.head.key)]

    @property
    def is_whole(self) -> bool:
        """True if it has all rows of the table."""
        return len(self.rows) == self.head.rows


def record_path(name: str) -> str:
    """Return the path of the record of the table ``name``, from the publication's root."""
    return f"{FOLDER}/{name}.jsonl"


def record_of(resource: Resource, frame: pd.DataFrame, sha256: str) -> TableRecord:
    """Return the record of a table that is this ``frame``."""
    import pandas as pd

    key = list(resource.table_schema.primary_key)
    types = {field.name: field.type for field in resource.table_schema.fields}
    head = Head(sha256, len(frame), key, types)
    most = max(int(TABLE["recorded-cells"].value) // len(types), _FEWEST_ROWS)
    if len(frame) > most:
        digests = pd.util.hash_pandas_object(frame[key], index=False).to_numpy()
        frame = frame.iloc[digests.argsort(kind="stable")[:most]]
    frame = frame.sort_values(key, kind="stable")
    columns = [
        cells(frame[name], types[name], is_exact=name in key)
        for name in TableRecord(head, ()).names
    ]
    return TableRecord(head, tuple(zip(*columns, strict=True)))


def cells(column: pd.Series[Any], kind: FieldType, *, is_exact: bool = False) -> list[Cell]:
    """Return the cells of a column of a table in the form of a record. Numbers of the key are
    exact.
    """
    import numpy as np

    if kind in ("integer", "number") and is_exact:
        return column.tolist()
    if kind in ("integer", "number"):
        return [None if math.isnan(value) else _plain(value) for value in numbers(column).tolist()]
    if kind == "boolean":
        return [None if value is None else bool(value) for value in _missing_as_none(column)]
    if kind == "date":
        days = np.datetime_as_string(column.to_numpy("datetime64[D]")).tolist()
        return [None if day == "NaT" else day for day in days]
    return [None if value is None else short(value) for value in _missing_as_none(column)]


def numbers(column: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the numbers of a column with the digits of a record; NaN where they are missing."""
    import numpy as np

    values = column.to_numpy("float64", na_value=np.nan)
    with np.errstate(all="ignore"):
        size = np.floor(np.log10(np.abs(values)))
        steps = 10.0 ** (DIGITS - 1 - size)
        rounded = np.round(values * steps) / steps
    return np.where(np.isfinite(rounded), rounded, values)


def _plain(value: float) -> int | float:
    value = float(f"{value:.{DIGITS}g}")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _missing_as_none(column: pd.Series[Any]) -> list[Any]:
    return [
        None if is_missing else value
        for value, is_missing in zip(column.tolist(), column.isna().tolist(), strict=True)
    ]


def short(text: str) -> str:
    """Return a text in the form of a record: a long one is cut, and ends in a digest."""
    if len(text) <= _LONGEST_TEXT:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: _LONGEST_TEXT - 9]}…{digest}"


# The file


def recorded_digest(root: Path, name: str) -> str | None:
    """Return the digest of the file of the table ``name`` as it was recorded; None without a
    record. Raises :class:`ConfigError`.
    """
    if not os.path.lexists(root / record_path(name)):
        return None
    return _head(name, _lines(root, name)[0]).sha256


def read_record(root: Path, name: str) -> TableRecord:
    """Return the record of the table ``name``. Raises :class:`ConfigError` if the file is not a
    record.
    """
    first, *lines = _lines(root, name)
    head = _head(name, first)
    if head.rows < len(lines):
        raise _no_record(name, 1, first)
    names = TableRecord(head, ()).names
    types = [head.columns[column] for column in names]
    above: tuple[Cell, ...] = (None,) * len(types)
    rows = []
    for number, line in enumerate(lines, 2):
        above = _row(name, number, line, types, above)
        if None in above[: len(head.key)]:
            raise _no_record(name, number, line)
        rows.append(above)
    if len({row[: len(head.key)] for row in rows}) < len(rows):
        raise _no_record(name, 1, "a key stands twice in it")
    return TableRecord(head, tuple(rows))


def write_record(root: Path, name: str, record: TableRecord) -> None:
    """Write the record of the table ``name``."""
    store.write_file(root / record_path(name), as_file(record), durable=True, mode=0o644)


def as_file(record: TableRecord) -> bytes:
    """Return the bytes of the file of a record."""
    lines = [msgspec.to_builtins(record.head)]
    above: tuple[Cell, ...] = (None,) * len(record.names)
    for row in record.rows:
        pairs = zip(row, above, strict=True)
        lines.append(
            [_DITTO if isinstance(text, str) and text == last else text for text, last in pairs]
        )
        above = row
    text = "".join(
        f"{json.dumps(line, ensure_ascii=False, separators=(',', ':'))}\n" for line in lines
    )
    return text.encode()


def _lines(root: Path, name: str) -> list[str]:
    file = record_path(name)
    check_path(root, root / file, Place(file))
    text = read_text(root / file, file, limit=TABLE["config-size"])
    return text.removesuffix("\n").split("\n")


def _head(name: str, line: str) -> Head:
    try:
        head = decoder(Head).decode(line)
        is_sound = set(head.key) <= head.columns.keys() and 0 < len(set(head.key)) == len(head.key)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        is_sound = False
    if not is_sound or UNPRINTABLE.search(line):
        raise _no_record(name, 1, line)
    return head


def _row(
    name: str, number: int, line: str, types: Sequence[FieldType], above: Sequence[Cell]
) -> tuple[Cell, ...]:
    try:
        row = decoder(list[Cell]).decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise _no_record(name, number, line) from None
    if len(row) == len(types):
        row = [
            last if kind in ("string", "date") and type(cell) is int and cell == _DITTO else cell
            for cell, kind, last in zip(row, types, above, strict=True)
        ]
    if len(row) != len(types) or not all(map(_fits, row, types)):
        raise _no_record(name, number, line)
    return tuple(row)


def _fits(cell: Cell, kind: FieldType) -> bool:
    if cell is None:
        return True
    if kind in ("integer", "number"):
        return isinstance(cell, int | float) and type(cell) is not bool and abs(cell) < 1e300
    if kind == "boolean":
        return type(cell) is bool
    return (
        isinstance(cell, str) and not UNPRINTABLE.search(cell) and (kind != "date" or is_day(cell))
    )


def _no_record(name: str, line: int, text: str) -> ConfigError:
    return ConfigError(
        Place(record_path(name), line=line),
        f"this is no record of the table {name!r}: {shown(text, 80)}",
        "A merge may have left conflict marks. Put it back from its last version; or look the table "
        f"over, and record it anew: broadsheet data record {name}",
    )
