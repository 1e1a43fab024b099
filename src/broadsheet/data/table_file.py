"""The file of a table, which has to be in the publication's `data/`, and its bytes."""

from __future__ import annotations

import os
from pathlib import Path

from broadsheet.data.descriptor import DESCRIPTOR, Resource
from broadsheet.errors import DataError, Place
from broadsheet.storage.files import UnreadableError, content, real, refusal
from broadsheet.storage.limits import TABLE
from plotly_alive.errors import shown


def table_bytes(root: Path, resource: Resource) -> bytes:
    """Return the bytes of the file of ``resource``. Raises :class:`DataError`, and
    :class:`LimitError` for a file that is too large to be read whole.
    """
    try:
        return content(table_path(root, resource), resource.file, TABLE["table-size"])
    except UnreadableError as error:
        raise unreadable(resource, error) from None


def table_path(root: Path, resource: Resource) -> Path:
    """Return the path of the file of ``resource``, which must be in ``root/data``; a link may lead to
    a folder that the publication allows, and to no other place in it. Raises :class:`DataError`.
    """
    folder = root / "data"
    file = folder / resource.path
    if "://" in resource.path:
        raise DataError(
            DESCRIPTOR,
            f"table {resource.name!r}: the path {shown(resource.path)} is an address",
            "Save the table as a file in data, and give its path from there: trade.csv.",
        )
    leaves = "\\" in resource.path or not Path(os.path.normpath(file)).is_relative_to(folder)
    if not leaves and (refused := refusal(root, file)) is not None:
        raise DataError(Place(resource.file), f"table {resource.name!r}: {refused[0]}", refused[1])
    target = real(file)
    if leaves or (
        target
        and target.is_relative_to(root.resolve())
        and not target.is_relative_to(folder.resolve())
    ):
        raise DataError(
            DESCRIPTOR,
            f"table {resource.name!r}: the path {shown(resource.path)} leaves the folder data",
            "Keep the file in data, and give its path from there: trade.csv.",
        )
    return file


def unreadable(resource: Resource, error: UnreadableError) -> DataError:
    """Return the error of a table whose file cannot be read."""
    return DataError(
        Place(resource.file),
        f"table {resource.name!r}: the file {error}",
        f"Put the file there, or correct `path` in {DESCRIPTOR}.",
    )
