"""Reads tables in Parquet: a slice without the rest of the file, and what the file is as a whole.

Row groups whose statistics rule a slice out are not read, and the others batch by batch, so a file
may be larger than the memory. A slice becomes a small table in CSV, which is judged as any table is
(:mod:`broadsheet.data.checking`); its bytes are also the form in which two slices are compared.

What was worked out from a whole file is kept in `.broadsheet/slices/` with the file's state, and
holds while the file has that state (:mod:`broadsheet.storage.file_states`).
"""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from broadsheet.data.descriptor import DESCRIPTOR, Field, Resource
from broadsheet.data.slicing.slices import Slice, no_rows, typed_value
from broadsheet.data.table_file import table_path, unreadable
from broadsheet.errors import DataError, Place, StoreError
from broadsheet.storage.file_states import State, now_at, state_of
from broadsheet.storage.files import UnreadableError
from broadsheet.storage.limits import TABLE, cached, exceeded
from broadsheet.storage.store import FOLDER, Store

if TYPE_CHECKING:
    import pyarrow

_STORE = "slices"
_BATCH = 65_536
"""The rows that are held at once."""
_KEPT = 16_777_216
"""The bytes of `.broadsheet/slices/` that are kept."""
_SORT = (
    "Write it with smaller row groups, in the order of the column that articles choose by: "
    "frame.sort_values('partner').to_parquet(path, row_group_size=100_000)."
)


def slice_content(root: Path, resource: Resource, part: Slice) -> bytes:
    """Return the rows of a slice, in CSV. Raises :class:`DataError` for a file that cannot be read
    or has other columns, :class:`LimitError` for a slice that is too large.
    """
    path = table_path(root, resource)
    state = _state(resource, path)
    return _content(root, path, state, resource, part)


@cached(4)
def _content(root: Path, path: Path, state: State, resource: Resource, part: Slice) -> bytes:
    del state  # by which it is kept
    columns = part.columns or tuple(field.name for field in resource.table_schema.fields)
    out, rows = _with_header(columns), 0
    for batch in batches(root, resource, part):
        rows += batch.num_rows
        if cells_of(rows, columns) > TABLE["cells"].value:
            raise exceeded(
                TABLE["cells"],
                TABLE["cells"].value,
                Place(resource.file),
                f"table {resource.name!r}: what is read of it",
                f'Read a slice: bs.table("{resource.name}", where={{…}}, columns=[…]).',
                at_least=True,
            )
        _write(batch, out)
    if not rows:
        raise _without_rows(root, resource, part)
    return out.getvalue()


def content_of_batch(resource: Resource, batch: pyarrow.RecordBatch) -> bytes:
    """Return a batch of all columns, in CSV."""
    out = _with_header([field.name for field in resource.table_schema.fields])
    _write(batch, out)
    return out.getvalue()


def _with_header(columns: Sequence[str]) -> io.BytesIO:
    names = ('"' + name.replace('"', '""') + '"' for name in columns)
    out = io.BytesIO()
    out.write(f"{','.join(names)}\n".encode())
    return out


def _write(batch: pyarrow.RecordBatch, out: Any) -> None:
    import pyarrow.csv

    options = pyarrow.csv.WriteOptions(include_header=False)
    pyarrow.csv.write_csv(batch, out, options)


def _without_rows(root: Path, resource: Resource, part: Slice) -> DataError:
    """Return the error of a slice without rows, with the nearest value of the column that has none
    of those that were part for.
    """
    for column, values in part.where:
        values_there = set[str]()
        for batch in batches(root, resource, Slice((), (column,))):
            values_there.update(str(value) for value in batch.column(0).unique().to_pylist())
        if values_there.isdisjoint(values):
            return no_rows(resource, part, column, values_there)
    return no_rows(resource, part, "", ())


def batches(root: Path, resource: Resource, part: Slice) -> Iterator[pyarrow.RecordBatch]:
    """Yield the rows of a slice in batches, with the types of the catalogue. Raises
    :class:`DataError`.
    """
    dataset = _arrow("dataset")
    path = table_path(root, resource)
    with _opened(resource, path) as file:
        schema = _checked_schema(resource, file)
        fields = {field.name: field for field in resource.table_schema.fields}
        chosen = [fields[name] for name in part.columns or fields]
        rows = None
        for column, values in part.where:
            condition = _is_of(resource, fields[column], schema.field(column).type, values)
            rows = condition if rows is None else rows & condition
        options = dataset.ParquetFragmentScanOptions(pre_buffer=False, use_buffered_stream=True)
        form = dataset.ParquetFileFormat(default_fragment_scan_options=options)
        scanner = dataset.dataset(str(path), format=form).scanner(
            columns=[field.name for field in chosen],
            filter=rows,
            batch_size=max(1, min(_BATCH, int(TABLE["cells"].value) // len(chosen) - 1)),
            batch_readahead=1,
            fragment_readahead=1,
            use_threads=False,
        )
        for batch in scanner.to_batches():
            if batch.num_rows:
                yield _as_described(resource, chosen, batch)


def cells_of(rows: int, columns: Sized) -> int:
    """Return the number of cells of a table, its header among them."""
    return (rows + 1) * len(columns)


def row_count(root: Path, resource: Resource) -> int:
    """Return the number of rows, as the end of the file says. Raises :class:`DataError`."""
    with _opened(resource, table_path(root, resource)) as file:
        return int(file.metadata.num_rows)


def file_digest(root: Path, resource: Resource) -> tuple[int, str]:
    """Return size and SHA-256 of the file, which is read once while it stays as it is."""
    path = table_path(root, resource)
    state = _state(resource, path)

    def digest() -> str:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return state.size, noted(root, path, resource.file, state, digest)


class _Noted(msgspec.Struct):
    """An entry of `.broadsheet/slices/`."""

    state: State
    """The state of the file."""
    value: str
    """The result of the work on it."""


def noted(root: Path, path: Path, name: str, state: State, work_out: Callable[[], str]) -> str:
    """Return what is worked out of a file under a ``name``, or was when it had the same ``state``."""
    store, key = Store(root, _STORE), hashlib.sha256(f"{path}\0{name}".encode()).hexdigest()
    entry = store.decode(key, store.get(key), _Noted)
    if entry is not None and entry.state == state:
        return entry.value
    value = work_out()
    with suppress(OSError, StoreError):
        (root / FOLDER / _STORE).mkdir(parents=True, exist_ok=True)
        if now_at(root / FOLDER / _STORE).settles(state) and state_of(str(path)) == state:
            store.put(key, msgspec.json.encode(_Noted(state, value)))
            store.trim(_KEPT)
    return value


def noted_of(root: Path, resource: Resource, name: str, work_out: Callable[[], str]) -> str:
    """Return what is worked out of the file of a table under a ``name``, as :func:`noted` does."""
    path = table_path(root, resource)
    return noted(root, path, name, _state(resource, path), work_out)


def field_types(file: Path, shown_path: str) -> dict[str, str]:
    """Return the columns of a file with their types in the catalogue's terms, for a new entry.
    Raises :class:`DataError` for a column of another type.
    """
    with _opened_at(file, Place(shown_path), "") as opened:
        schema = opened.schema_arrow
    kinds = {name: _kind_of(schema.field(name).type) for name in schema.names}
    for name, kind in kinds.items():
        if not kind:
            raise DataError(
                Place(shown_path, column=name),
                f"the column is of the type {schema.field(name).type}, which no table has",
                "Write it as text, numbers, truths or days.",
            )
    return kinds


def greatest(root: Path, resource: Resource, column: str) -> Any:
    """Return the greatest value of a column."""
    from pyarrow import compute

    parts = batches(root, resource, Slice((), (column,)))
    return max(compute.max(part.column(0)).as_py() for part in parts)


# The library


def _arrow(part: str) -> Any:
    import importlib

    try:
        return importlib.import_module(f"pyarrow.{part}")
    except ModuleNotFoundError:
        raise DataError(
            DESCRIPTOR,
            "a table is Parquet, and pyarrow is not installed",
            "Run `pip install 'broadsheet[files]'`, and the command again.",
        ) from None


def _state(resource: Resource, path: Path) -> State:
    try:
        state = state_of(str(path))
    except OSError:
        raise unreadable(resource, UnreadableError("does not exist")) from None
    if not stat.S_ISREG(state.mode):
        raise unreadable(resource, UnreadableError("cannot be read: it is no plain file"))
    return state


@contextmanager
def _opened(resource: Resource, path: Path) -> Iterator[Any]:
    _state(resource, path)
    with _opened_at(path, Place(resource.file), f"table {resource.name!r}: ") as file:
        yield file


@contextmanager
def _opened_at(path: Path, where: Place, what: str) -> Iterator[Any]:
    parquet = _arrow("parquet")
    import pyarrow

    try:
        # Opened by Python, so that a run records it.
        with path.open("rb") as content, parquet.ParquetFile(content) as file:
            check_row_groups(file, where, what)
            yield file
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(
            where,
            f"{what}the file is no Parquet file that can be read: {_reason(error)}",
            "Write it anew, or put it back from its last version.",
        ) from None


def _reason(error: Exception) -> str:
    line = str(error).strip().partition("\n")[0].rstrip(".")
    return line[:200] or type(error).__name__


def check_row_groups(file: Any, where: Place | str, what: str) -> None:
    """Raise :class:`LimitError` for a file of pyarrow with a row group that is too large."""
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    largest = max((group.total_byte_size for group in groups), default=0)
    limit = TABLE["row-group-size"]
    if largest > limit.value:
        raise exceeded(limit, largest, where, f"{what}a row group", _SORT)


def _checked_schema(resource: Resource, file: Any) -> pyarrow.Schema:
    """Return the schema of a file. Raises :class:`DataError` if it is not that of the catalogue."""
    schema = file.schema_arrow
    fields = {field.name: field for field in resource.table_schema.fields}

    def fault(column: str, what: str, mend: str) -> DataError:
        place = Place(resource.file, column=column)
        return DataError(place, f"table {resource.name!r}: {what}", mend)

    for name in schema.names:
        if schema.names.count(name) > 1:
            raise fault(name, "the column is there twice", "Take one of the two out of the file.")
        if name not in fields:
            raise fault(
                name,
                "the column is not in the schema",
                f"Describe it in {DESCRIPTOR}, or take it out of the file.",
            )
    for name, field in fields.items():
        if name not in schema.names:
            raise fault(
                name,
                "the column is missing",
                f"Add it to the file, or take the field out of {DESCRIPTOR}.",
            )
        kind = schema.field(name).type
        if _kind_of(kind) not in (field.type, *(["integer"] if field.type == "number" else [])):
            raise fault(
                name,
                f"the file has values of the type {kind}, and the catalogue says {field.type!r}",
                f"Correct the type in {DESCRIPTOR}, or write the file anew.",
            )
    return schema


def _kind_of(kind: pyarrow.DataType) -> str:
    """Return the type of a column in the catalogue's terms; empty for one that it has not."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    checks = {
        "string": (types.is_string, types.is_large_string, types.is_string_view),
        "integer": (types.is_integer,),
        "number": (types.is_floating, types.is_decimal),
        "boolean": (types.is_boolean,),
        "date": (types.is_date, types.is_timestamp),
    }
    return next((name for name, are in checks.items() if any(is_(kind) for is_ in are)), "")


def _is_of(
    resource: Resource, field: Field, kind: pyarrow.DataType, values: tuple[str, ...]
) -> Any:
    """Return the condition that a column has one of these values."""
    import pyarrow
    from pyarrow import compute, types

    if types.is_dictionary(kind):
        kind = kind.value_type
    condition = None
    for text in values:
        value = typed_value(resource, field, text)
        try:
            scalar = pyarrow.scalar(value).cast(kind)
        except pyarrow.ArrowException:  # such as 1.5 in a column of whole numbers
            continue
        equal = compute.field(field.name) == scalar
        condition = equal if condition is None else condition | equal
    return pyarrow.scalar(False) if condition is None else condition


def _as_described(
    resource: Resource, fields: list[Field], batch: pyarrow.RecordBatch
) -> pyarrow.RecordBatch:
    """Return rows with the types of the catalogue. Raises :class:`DataError` for a value that has
    none.
    """
    import pyarrow

    targets = {
        "string": pyarrow.string(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
    }
    columns = []
    for field in fields:
        column, target = batch.column(field.name), targets[field.type]
        try:
            cast = column.cast(target)
            if field.type == "date" and not cast.cast(column.type).equals(column):
                raise pyarrow.ArrowInvalid("it has times of the day")
        except pyarrow.ArrowException as error:
            raise DataError(
                Place(resource.file, column=field.name),
                f"table {resource.name!r}: a value is not of the type {field.type!r}: {_reason(error)}",
                "Correct it, and write the file anew.",
            ) from None
        columns.append(cast)
    return pyarrow.RecordBatch.from_arrays(columns, names=[field.name for field in fields])
