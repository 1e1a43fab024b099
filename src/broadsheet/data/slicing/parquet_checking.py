"""Checks tables in Parquet against their schemas.

A table that could be read at once is judged as one in CSV is. A larger one is read batch by batch, and
only a batch in which something is wrong is judged cell by cell; of the rows before, a digest of each
key is all that is held. Its identities must be such as each row keeps by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.data.checking import TableState, breaks_rules, checksum_fault, judge
from broadsheet.data.descriptor import Field, Resource
from broadsheet.data.identities import Rows, is_row_by_row
from broadsheet.data.slicing.parquet_file import (
    batches,
    cells_of,
    content_of_batch,
    file_digest,
    noted_of,
    row_count,
    slice_content,
)
from broadsheet.data.slicing.slices import ALL_ROWS, Slice
from broadsheet.errors import BroadsheetError, DataError, Place
from broadsheet.storage.limits import TABLE

if TYPE_CHECKING:
    import pyarrow

_MOST = 100
"""The most faults of a large table that are looked for."""


def parquet_state(root: Path, resource: Resource) -> TableState:
    """Return the state of a table in Parquet, with its rows if they can be held at once. Raises
    :class:`DataError` for a file that cannot be read or has other columns.
    """
    rows = row_count(root, resource)
    if not rows:
        raise DataError(
            Place(resource.file),
            f"table {resource.name!r}: the file has no rows",
            "Put the table back from its last version, or take the resource out of the catalogue.",
        )
    if cells_of(rows, resource.table_schema.fields) <= TABLE["cells"].value:
        content = slice_content(root, resource, ALL_ROWS)
        of = {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
        state = judge(resource.model_copy(update=of), content)
    else:
        state = TableState(resource, None, tuple(_noted_faults(root, resource)))
        state = replace(state, rows=0 if state.faults else rows)
    return _with_checksum(root, resource, state)


def _with_checksum(root: Path, resource: Resource, state: TableState) -> TableState:
    size, sha256 = file_digest(root, resource)
    is_ok = (resource.hash, resource.bytes) == (f"sha256:{sha256}", size)
    faults = state.faults
    if not faults and not is_ok:
        faults = (checksum_fault(resource, size, sha256),)
    return replace(
        state, resource=resource, faults=faults, size=size, sha256=sha256, checksum_ok=is_ok
    )


def _noted_faults(root: Path, resource: Resource) -> list[BroadsheetError]:
    """Return the faults of a large table, which is not read again if it had none as it is."""
    faults: list[BroadsheetError] = []

    def verdict() -> str:
        faults.extend(_faults(root, resource))
        return "" if faults else "sound"

    rules = resource.model_dump_json(include={"table_schema", "identities", "sources"})
    of = f"rules\n{hashlib.sha256(rules.encode()).hexdigest()}"
    if not noted_of(root, resource, of, verdict) and not faults:
        verdict()
    return faults


def _faults(root: Path, resource: Resource) -> Iterator[DataError]:
    foreign = [
        identity
        for identity in resource.identities
        if not is_row_by_row(identity.holds, identity.unless)
    ]
    for identity in foreign:
        yield DataError(
            Place(resource.file),
            f"table {resource.name!r}: `{identity.holds}` is about several rows, and the table is too "
            "large to be held at once",
            "State what each row keeps by itself, or take the identity out.",
        )
    start, count = 0, 0
    for batch in batches(root, resource, ALL_ROWS):
        if _is_suspicious(resource, batch):
            for fault in _of_batch(resource, batch, start):
                count += 1
                yield fault
                if count >= _MOST:
                    return
        start += batch.num_rows
    if not count:
        for key in _keys(resource):
            yield from _repeated(root, resource, key)


def _keys(resource: Resource) -> Iterator[tuple[str, ...]]:
    yield resource.table_schema.primary_key
    for field in resource.table_schema.fields:
        if field.constraints.unique:
            yield (field.name,)


def _is_suspicious(resource: Resource, batch: pyarrow.RecordBatch) -> bool:
    """True if a cell of a batch breaks a rule, or a row an identity."""
    key = resource.table_schema.primary_key
    if any(
        _is_wrong(resource, field, batch.column(field.name), is_key=field.name in key)
        for field in resource.table_schema.fields
    ):
        return True
    rows = Rows(resource.columns, batch.to_pandas()) if resource.identities else None
    return rows is not None and any(
        next(rows.breaches(identity.holds, identity.within, identity.unless), None) is not None
        for identity in resource.identities
        if is_row_by_row(identity.holds, identity.unless)
    )


def _is_wrong(resource: Resource, field: Field, cells: Any, *, is_key: bool) -> bool:
    from pyarrow import compute

    rules = field.constraints
    if (rules.required or is_key) and cells.null_count:
        return True
    if field.type == "string" or rules.enum is not None:
        present = [str(value) for value in cells.unique().to_pylist() if value is not None]
        return breaks_rules(resource, field, present)
    if field.type == "number" and compute.all(compute.is_finite(cells)).as_py() is False:
        return True
    if rules.minimum is None and rules.maximum is None:
        return False
    ends = compute.min_max(cells).as_py()
    return breaks_rules(resource, field, [str(end) for end in ends.values() if end is not None])


def _of_batch(resource: Resource, batch: pyarrow.RecordBatch, start: int) -> Iterator[DataError]:
    """Yield the faults of a batch whose first row is the one after ``start`` others."""
    by_row = tuple(
        identity
        for identity in resource.identities
        if is_row_by_row(identity.holds, identity.unless)
    )
    alone = resource.model_copy(update={"identities": by_row, "corrections": ()})
    for fault in judge(alone, content_of_batch(resource, batch)).faults:
        if fault.where.row is not None:
            place = replace(fault.where, row=fault.where.row + start)
            yield DataError(place, fault.what, fault.mend)


def _repeated(root: Path, resource: Resource, key: tuple[str, ...]) -> Iterator[DataError]:
    """Yield a fault for each key that is there twice."""
    import numpy as np

    digests = np.zeros(row_count(root, resource), "uint64")
    start = 0
    for digest, _ in _digests(root, resource, key):
        digests[start : start + len(digest)] = digest
        start += len(digest)
    digests.sort()
    twice = np.unique(digests[1:][digests[1:] == digests[:-1]])[:_MOST]
    del digests
    if not len(twice):
        return
    seen: dict[tuple[Any, ...], int] = {}
    start = 0
    for digest, frame in _digests(root, resource, key):
        for row in np.flatnonzero(np.isin(digest, twice)):
            values = tuple(frame.iloc[int(row)])
            number = start + int(row) + 1
            first = seen.setdefault(values, number)
            if first != number and not all(value is None for value in values):
                shown = ", ".join(
                    f"{name} {value}" for name, value in zip(key, values, strict=True)
                )
                yield DataError(
                    Place(resource.file, row=number, column=key[0] if len(key) == 1 else None),
                    f"table {resource.name!r}: {shown} is in row {first} already, and "
                    + (
                        "the primary key allows it once"
                        if key == resource.table_schema.primary_key
                        else "the rule `unique` allows it once"
                    ),
                    "Take one of the two rows out.",
                )
        start += len(digest)


def _digests(root: Path, resource: Resource, key: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
    """Yield the digest of each row's key, and the keys, batch by batch."""
    import pandas as pd

    for batch in batches(root, resource, Slice((), key)):
        frame = batch.to_pandas()
        yield pd.util.hash_pandas_object(frame, index=False).to_numpy(), frame
