"""The one place where the bytes of a table are read from disk."""

from __future__ import annotations

import os
from pathlib import Path

from broadsheet.catalogue.descriptor import DESCRIPTOR, Resource
from broadsheet.errors import DataError, Place
from broadsheet.paths import check as check_file


def read_bytes(root: Path, resource: Resource) -> bytes:
    """The bytes of the CSV file of ``resource``, which must lie in ``root/data``; a link may lead to a folder that the
    publication allows, and to no other place in it.
    """
    folder = root / "data"
    file = folder / resource.path
    leaves = "\\" in resource.path or not Path(os.path.normpath(file)).is_relative_to(folder)
    if not leaves:
        check_file(root, file, Place(resource.file))
    real = file.resolve()
    if leaves or (real.is_relative_to(root.resolve()) and not real.is_relative_to(folder.resolve())):
        raise DataError(
            DESCRIPTOR,
            f"table {resource.name!r}: the path {resource.path!r} leaves the folder data",
            "Keep the file in data, and give its path from there: trade.csv.",
        )
    try:
        return file.read_bytes()
    except OSError as error:
        absent = isinstance(error, FileNotFoundError)
        reason = "the file does not exist" if absent else f"the file cannot be read: {error.strerror}"
        raise DataError(
            Place(resource.file),
            f"table {resource.name!r}: {reason}",
            f"Put the file there, or correct `path` in {DESCRIPTOR}.",
        ) from None
