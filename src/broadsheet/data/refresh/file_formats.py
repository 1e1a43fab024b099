"""Reads the files that sources publish: CSV, JSON, Excel workbooks, Parquet; packed by gzip or not.

Each becomes a :class:`SourceTable`, whose cells are text as the file writes it: `12.50` stays
`12.50`. A file that is cut, or is something else than its name says, is a :class:`SourceError`.
"""

from __future__ import annotations

import gzip
import io
import math
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from broadsheet.data.csv_reading import decoded_text, delimiter_of
from broadsheet.data.csv_rows import csv_rows, refuse_foreign
from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import LOOK, RawAnswer, SourceError, SourceTable
from broadsheet.data.refresh.client import beginning_of, read_json_answer
from broadsheet.data.slicing.parquet_file import check_row_groups
from broadsheet.errors import DataError
from broadsheet.storage.limits import TABLE, LimitError
from plotly_alive.errors import enumerated, shown

FORMATS_BY_SUFFIX = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".json": "json",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".parquet": "parquet",
}


def table_of_file(entry: Refresh, answer: RawAnswer, name: str) -> SourceTable:
    """Return the table in a file called ``name``. Raises :class:`SourceError`."""
    content, name = answer.content, name.lower()
    if content.startswith(b"\x1f\x8b"):
        content, name = _unpacked(content, answer), name.removesuffix(".gz")
    answer = RawAnswer(answer.request, content, answer.at, answer.headers)
    suffix = f".{name.rpartition('.')[2]}"
    form = entry.format or FORMATS_BY_SUFFIX.get(suffix) or _by_content(answer)
    return with_rows(_READERS[form](entry, answer), answer)


def with_rows(table: SourceTable, answer: RawAnswer) -> SourceTable:
    """Return a table that has rows. Raises :class:`SourceError` for a header alone."""
    if not table.rows:
        raise SourceError(f"{answer.request} has no rows", LOOK)
    return table


_LENGTHS = frozenset({"content-length", "transfer-encoding"})
"""The headers that say where a body ends."""


def table_of_csv(entry: Refresh, answer: RawAnswer) -> SourceTable:
    """Return the table in CSV with any delimiter. Raises :class:`SourceError`."""
    text, _ = decoded_text(answer.content)
    has_end = not answer.request.startswith("GET ") or _LENGTHS & answer.headers.keys()
    if not has_end and not text.endswith(("\n", "\r")):
        raise SourceError(
            f"{answer.request} is answered without a length, and ends within a line: it may be cut",
            "Run it again; or give the address of a server that says how long a file is.",
        )
    text = "".join(text.splitlines(keepends=True)[entry.skip :])
    try:
        refuse_foreign(answer.content, answer.request)
        rows = csv_rows(text, answer.request, delimiter_of(text))
        return table_of_rows((row for _, row in rows), answer)
    except LimitError as error:
        raise SourceError(f"{answer.request}: {error.what}", error.mend) from None
    except DataError as error:
        raise SourceError(f"{answer.request}: {error.what}", LOOK) from None


def table_of_rows(rows: Iterable[list[str]], answer: RawAnswer) -> SourceTable:
    """Return the table whose first row is the header. Raises :class:`SourceError`."""
    header: list[str] = []
    cells = []
    for number, row in enumerate(rows):
        if not header:
            header = [name.strip() for name in row]
            continue
        if len(row) != len(header):
            raise SourceError(
                f"row {number} of {answer.request} has {len(row)} cells, and the header "
                f"{len(header)}: {shown(','.join(row), 80)}",
                f"It may be cut; or there are lines above the header, which `skip` leaves out. {LOOK}",
            )
        cells.append(tuple(cell.strip() for cell in row))
    if not any(header):
        beginning = beginning_of(answer.content) or "it is empty"
        raise SourceError(f"{answer.request} has no table: {beginning}", LOOK)
    twice = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if twice:
        raise SourceError(f"{answer.request} has two columns {shown(twice[0])}", LOOK)
    return SourceTable(tuple(header), tuple(cells))


def _table_of_json(entry: Refresh, answer: RawAnswer) -> SourceTable:
    value = read_json_answer(answer, entry.decimal)
    for step in (entry.at or "").split(".") if entry.at else ():
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise SourceError(
                f"{answer.request} has nothing at {shown(entry.at)}: {beginning_of(answer.content)}",
                "Correct `at`, or see what the source sends now.",
            ) from None
    return table_of_objects(value, answer)


def table_of_objects(value: Any, answer: RawAnswer) -> SourceTable:
    """Return the table in a list of JSON's objects, those within them with dots: `country.id`.
    Lists in a list have the header first.
    """
    if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        return table_of_rows(([_text_of(cell) for cell in row] for row in value), answer)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise SourceError(
            f"{answer.request} is answered by JSON that has no list of rows: "
            f"{beginning_of(answer.content)}",
            "Say in `at` which keys lead to the rows, or see what the source sends now.",
        )
    flat = [dict(_flattened(row)) for row in value]
    columns = tuple(dict.fromkeys(name for row in flat for name in row))
    check_shape(len(columns), len(flat), answer)
    return SourceTable(columns, tuple(tuple(row.get(name, "") for name in columns) for row in flat))


def check_shape(columns: int, rows: int, answer: RawAnswer) -> None:
    """Raise :class:`SourceError` for more columns or cells than a table may have."""
    most = TABLE["cells"]
    if columns > TABLE["columns"].value or columns * rows > most.value:
        raise SourceError(
            f"{answer.request} has {columns:,} columns and {rows:,} rows",
            f"Ask for less.{most.mend}",
        )


def _flattened(
    row: Mapping[str, Any], above: str = "", depth: int = 0
) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, dict) and depth < _DEPTH:
            yield from _flattened(value, f"{above}{name}.", depth + 1)
        elif not isinstance(value, list | dict):
            yield f"{above}{name}", _text_of(value)


_DEPTH = 8


def _text_of(value: object, mark: str = ".") -> str:
    """Return a cell as text: days in ISO 8601, numbers with this decimal ``mark``, nothing for no
    value.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        is_day = not (value.hour or value.minute or value.second)
        return value.date().isoformat() if is_day else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal) and math.isfinite(value):
        return format(Decimal(str(value)), "f").replace(".", mark)  # without an exponent
    return str(value).strip()


def workbook_rows(entry: Refresh, answer: RawAnswer) -> list[list[str]]:
    """Return the rows of a sheet, each cell as text. Raises :class:`SourceError`."""
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise SourceError(
            f"{answer.request} is an Excel workbook, and openpyxl is not installed",
            "Run `pip install 'broadsheet[files]'`, and the command again.",
        ) from None
    _refuse_bomb(answer)
    try:
        book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True, data_only=True)
        names = book.sheetnames
        if entry.sheet is not None and entry.sheet not in names:
            raise SourceError(
                f"{answer.request} has no sheet {shown(entry.sheet)}",
                f"There are: {enumerated(names, 20)}.",
            )
        sheet = book[entry.sheet or names[0]]
        sheet.reset_dimensions()  # which the file may say as it likes
        return _within_limit(sheet.iter_rows(values_only=True), entry, answer)
    except SourceError:
        raise
    except Exception as error:
        # The library has no error of its own for a damaged file.
        raise SourceError(
            f"{answer.request} is no workbook that can be read: {type(error).__name__}", LOOK
        ) from None


def _table_of_workbook(entry: Refresh, answer: RawAnswer) -> SourceTable:
    rows = [row for row in workbook_rows(entry, answer)[entry.skip :] if any(row)]
    return table_of_rows(even_rows(rows), answer)


def even_rows(rows: list[list[str]]) -> Iterator[list[str]]:
    """Yield rows of a sheet, each as wide as the first."""
    width = max(
        (number for row in rows[:1] for number, cell in enumerate(row, 1) if cell), default=0
    )
    for row in rows:
        yield [*row[:width], *[""] * (width - len(row))]


def _within_limit(
    rows: Iterable[Iterable[Any]], entry: Refresh, answer: RawAnswer
) -> list[list[str]]:
    """Return the cells of a sheet as text. Raises :class:`SourceError` if there are too many."""
    most, count, texts = TABLE["cells"], 0, []
    for row in rows:
        texts.append([_text_of(cell, entry.decimal) for cell in row])
        count += max(1, len(texts[-1]))
        if count > most.value:
            raise SourceError(
                f"{answer.request} has more than {most.shown(most.value)}",
                f"Take a smaller sheet.{most.mend}",
            )
    return texts


def _refuse_bomb(answer: RawAnswer) -> None:
    """Raise :class:`SourceError` for a workbook that unpacks to more than may be retrieved."""
    try:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise SourceError(
            f"{answer.request} is no workbook (.xlsx): {beginning_of(answer.content)}",
            f"An old workbook (.xls) is not read. {LOOK}",
        ) from None
    most = TABLE["retrieved-size"]
    if size > most.value:
        raise SourceError(
            f"{answer.request} has {most.shown(size)} unpacked; the limit is {most.shown(most.value)}",
            f"Ask for less.{most.mend}",
        )


def _table_of_parquet(entry: Refresh, answer: RawAnswer) -> SourceTable:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise SourceError(
            f"{answer.request} is Parquet, and pyarrow is not installed",
            "Run `pip install 'broadsheet[files]'`, and the command again.",
        ) from None
    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(answer.content))
        shape = file.metadata
        check_shape(shape.num_columns, shape.num_rows, answer)
        check_row_groups(file, answer.request, "")
        names = [field.name for field in file.schema_arrow if not _is_nested(field.type)]
        file = pyarrow.parquet.ParquetFile(io.BytesIO(answer.content), read_dictionary=names)
        return table_of_rows(_rows_of_parquet(file, names, entry, answer), answer)
    except LimitError as error:
        raise SourceError(f"{answer.request}: {error.what}", error.mend) from None
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{answer.request} is no Parquet file that can be read: {type(error).__name__}", LOOK
        ) from None


def _is_nested(kind: Any) -> bool:
    """True for a column of lists or the like, of which no table has a cell."""
    from pyarrow import types

    return bool(types.is_nested(kind))


def _rows_of_parquet(
    file: Any, names: list[str], entry: Refresh, answer: RawAnswer
) -> Iterator[list[str]]:
    """Yield the header and the rows of a Parquet file. One text that is there a million times is a
    small file, so columns are read as dictionaries, and measured before their cells are made.
    """
    yield names
    most, size = TABLE["retrieved-size"], 0
    for batch in file.iter_batches(batch_size=1000, columns=names):
        size += sum(map(_size_of, batch.columns))
        if size > most.value:
            raise SourceError(
                f"{answer.request} has more than {most.shown(most.value)} of text",
                f"Take another file.{most.mend}",
            )
        columns = [
            [_text_of(cell, entry.decimal) for cell in column.to_pylist()]
            for column in batch.columns
        ]
        yield from map(list, zip(*columns, strict=True))


def _size_of(column: Any) -> int:
    """Return the bytes of the cells of a column of pyarrow, each written out."""
    from pyarrow import compute, types

    if not types.is_dictionary(column.type):
        return int(column.nbytes)
    values = column.dictionary
    is_text = types.is_string(values.type) or types.is_large_string(values.type)
    if not is_text and not types.is_binary(values.type):
        return int(column.nbytes)
    return int(compute.sum(compute.binary_length(values).take(column.indices)).as_py() or 0)


def _unpacked(content: bytes, answer: RawAnswer) -> bytes:
    most = TABLE["retrieved-size"]
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            unpacked = file.read(int(most.value) + 1)
    except (OSError, EOFError, zlib.error):
        raise SourceError(
            f"{answer.request} is a gzip archive that is cut or damaged", LOOK
        ) from None
    if len(unpacked) > most.value:
        raise SourceError(
            f"{answer.request} has more than {most.shown(most.value)} unpacked",
            f"Ask for less.{most.mend}",
        )
    return unpacked


def _by_content(answer: RawAnswer) -> str:
    """Return the format that the first bytes of a file show, where its name shows none."""
    if answer.content.startswith(b"PAR1"):
        return "parquet"
    if answer.content.startswith(b"PK\x03\x04"):
        return "excel"
    return "json" if answer.content.lstrip()[:1] in (b"{", b"[") else "csv"


_READERS: dict[str, Callable[[Refresh, RawAnswer], SourceTable]] = {
    "csv": table_of_csv,
    "json": _table_of_json,
    "excel": _table_of_workbook,
    "parquet": _table_of_parquet,
}
