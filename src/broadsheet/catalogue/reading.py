"""The one place where the bytes of a table are read from disk."""

from __future__ import annotations

from pathlib import Path

from broadsheet.catalogue.descriptor import DESCRIPTOR, Resource
from broadsheet.errors import DataError, Place, shown
from broadsheet.files import UnreadableError, content, real
from broadsheet.limits import TABLE_SIZE


def read_bytes(root: Path, resource: Resource) -> bytes:
    """The bytes of the CSV file of ``resource``, which must lie in ``root/data``, links followed."""
    folder = (root / "data").resolve()
    file = folder / resource.path
    if "://" in resource.path:
        raise DataError(
            DESCRIPTOR,
            f"table {resource.name!r}: the path {shown(resource.path)} is an address",
            "Save the table as a file in data, and give its path from there: trade.csv.",
        )
    target = real(file)
    if "\\" in resource.path or not (target or file).is_relative_to(folder):
        raise DataError(
            DESCRIPTOR,
            f"table {resource.name!r}: the path {shown(resource.path)} leaves the folder data",
            "Keep the file in data, and give its path from there: trade.csv.",
        )
    try:
        return content(file, resource.file, TABLE_SIZE)
    except UnreadableError as error:
        raise DataError(
            Place(resource.file),
            f"table {resource.name!r}: the file {error}",
            f"Put the file there, or correct `path` in {DESCRIPTOR}.",
        ) from None
