"""The one place where the bytes of a table are read from disk."""

from __future__ import annotations

from pathlib import Path

from broadsheet.catalogue.descriptor import DESCRIPTOR, Resource
from broadsheet.errors import DataError, Place
from broadsheet.limits import TABLE_SIZE
from broadsheet.limits import read_bytes as bounded_bytes


def read_bytes(root: Path, resource: Resource) -> bytes:
    """The bytes of the CSV file of ``resource``, which must lie in ``root/data``, links followed."""
    folder = (root / "data").resolve()
    file = folder / resource.path
    if "\\" in resource.path or not file.resolve().is_relative_to(folder):
        raise DataError(
            DESCRIPTOR,
            f"table {resource.name!r}: the path {resource.path!r} leaves the folder data",
            "Keep the file in data, and give its path from there: trade.csv.",
        )
    try:
        return bounded_bytes(file, resource.file, TABLE_SIZE)
    except OSError as error:
        absent = isinstance(error, FileNotFoundError)
        reason = "the file does not exist" if absent else f"the file cannot be read: {error.strerror}"
        raise DataError(
            Place(resource.file),
            f"table {resource.name!r}: {reason}",
            f"Put the file there, or correct `path` in {DESCRIPTOR}.",
        ) from None
