"""Reads slices of tables, whatever the format of the file; and tells if one is as it was.

A slice of a table in Parquet is read without the rest of the file. Of a table in CSV all rows are
read and judged, and then those of the slice are taken.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from broadsheet.data.checking import TableState, checksum_fault, judge
from broadsheet.data.descriptor import Resource
from broadsheet.data.descriptor_reading import read_descriptor
from broadsheet.data.slicing.parquet_file import (
    cells_of,
    file_digest,
    noted_of,
    row_count,
    slice_content,
)
from broadsheet.data.slicing.slices import (
    ALL_ROWS,
    Slice,
    answer_digest,
    content_of_frame,
    named_slice,
    sliced_frame,
    sliced_resource,
)
from broadsheet.data.table_file import table_bytes
from broadsheet.data.trial_changes import Change, with_change
from broadsheet.errors import BroadsheetError, DataError, Place, guarded
from broadsheet.storage.limits import TABLE


def slice_state(
    root: Path, resource: Resource, part: Slice, change: Change | None = None
) -> TableState:
    """Return the state of a slice of a table in Parquet, with the ``change`` of a test. Raises what
    reading it raises.
    """
    of_slice = sliced_resource(resource, part)
    _check_accepted(root, resource)
    if not part.where:
        _check_size(root, resource, of_slice)
    content = slice_content(root, resource, part)
    if change is not None:
        of_slice, content = with_change(of_slice, content, change)
    checksum = {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    with guarded(Place(resource.file), f"checking the table {resource.name!r}"):
        return judge(of_slice.model_copy(update=checksum), content)


def sliced_state(whole: TableState, part: Slice) -> TableState:
    """Return the state of a slice of a table without faults. Raises :class:`DataError`."""
    assert whole.frame is not None
    resource = sliced_resource(whole.resource, part)
    frame = sliced_frame(whole.resource, part, whole.frame)
    content = content_of_frame(frame)
    digest = hashlib.sha256(content).hexdigest()
    return TableState(resource, frame, (), len(content), digest, True, whole.names, len(frame))


def slice_rows(root: Path, name: str) -> bytes:
    """Return the rows of a slice, in CSV. Raises what reading it raises."""
    table, part = named_slice(name)
    return _rows(root, read_descriptor(root).resource(table), part or ALL_ROWS)


def slice_digest(root: Path, file: str, name: str) -> str:
    """Return the digest of what the slice ``name`` tells, of a table in ``file``; empty if it cannot
    be read. While the file is as it was, it is not read.
    """
    table, part = named_slice(name)
    try:
        resource = read_descriptor(root).resource(table)
        if part is None or resource.file != file:
            return ""
        # The types decide how rows are read, so they are part of what is asked.
        of = f"{name}\n{hashlib.sha256(resource.table_schema.model_dump_json().encode()).hexdigest()}"
        rows = noted_of(
            root,
            resource,
            of,
            lambda: hashlib.sha256(_rows(root, resource, part)).hexdigest(),
        )
        return answer_digest(resource, rows)
    except (BroadsheetError, OSError):
        return ""


def _rows(root: Path, resource: Resource, part: Slice) -> bytes:
    sliced_resource(resource, part)  # which says what it cannot have
    if resource.is_parquet:
        return slice_content(root, resource, part)
    state = judge(resource.unchecked, table_bytes(root, resource))
    if state.frame is None:
        raise state.faults[0]
    return content_of_frame(sliced_frame(resource, part, state.frame))


def _check_accepted(root: Path, resource: Resource) -> None:
    """Raise :class:`DataError` for a file that is not the one in the catalogue."""
    size, sha256 = file_digest(root, resource)
    if (resource.hash, resource.bytes) != (f"sha256:{sha256}", size):
        raise checksum_fault(resource, size, sha256)


def _check_size(root: Path, resource: Resource, of_slice: Resource) -> None:
    rows, columns = row_count(root, resource), len(of_slice.table_schema.fields)
    limit = TABLE["cells"]
    if cells_of(rows, of_slice.table_schema.fields) > limit.value:
        raise DataError(
            Place(resource.file),
            f"the table {resource.name!r} has {rows:,} rows of {columns} columns, and "
            f"{limit.shown(limit.value)} are the most that are read at once",
            f'Read the rows that you need: bs.table("{resource.name}", where={{"'
            f'{resource.table_schema.primary_key[0]}": …}}).{limit.mend}',
        )
