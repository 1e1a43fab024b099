"""Files that a source refers to, read so that whatever stands in their place is a message and no exception.

A path comes from a person or out of data: it may name a folder, a pipe that never ends, a link that leads to itself, or
be no path at all. :func:`content` opens regular files alone; :func:`text` also wants UTF-8.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from broadsheet.errors import BroadsheetError, Place


class UnreadableError(Exception):
    """A file that cannot be read. The message completes "the file …": `does not exist`."""


def content(path: Path) -> bytes:
    """The bytes of a regular file. Raises :class:`UnreadableError`."""
    try:
        # A pipe would wait for somebody to write; without O_NONBLOCK even to open it does.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            os.close(descriptor)
            raise UnreadableError(f"cannot be read: it is {_kind(mode)}")
        with os.fdopen(descriptor, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableError("does not exist") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {_reason(error)}") from None
    except ValueError:  # NUL, or a lone surrogate
        raise UnreadableError("has a name that no file can have") from None


def text(path: Path, where: Place | str, error: type[BroadsheetError], mend: str) -> str:
    """The text of a regular file in UTF-8, a byte order mark left out. Raises ``error``, with ``mend`` for a file that
    cannot be read.
    """
    try:
        data = content(path)
    except UnreadableError as unreadable:
        raise error(where, f"the file {unreadable}", mend) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        start = fault.start + len(data) - len(fault.object)  # from the start of the file, its mark too
        place = where if isinstance(where, Place) else Place(where)
        raise error(Place(place.file, line=data.count(b"\n", 0, start) + 1),
                    f"byte {start} is not UTF-8: {data[start]:#04x}", "Save the file as UTF-8.") from None


def real(path: Path) -> Path | None:
    """Where a path really leads, links followed; None for one that leads in a circle or can be no path."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def is_file(path: Path) -> bool:
    """Whether there is a regular file; no path that data can hold is an exception."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _reason(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a link that leads to itself"
    return (error.strerror or type(error).__name__).lower()


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for fits, name in kinds if fits(mode)), "a device")
