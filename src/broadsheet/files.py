"""Files that a person or data named, read so that whatever stands in their place is a message and
no exception.

A path may name a folder, a pipe that never ends, a link that leads back to itself, a file larger
than the memory, or be no path at all. :func:`content` opens regular files alone, within a limit of
size; :func:`read_text` also wants UTF-8.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from broadsheet.errors import BroadsheetError, ConfigError, Place
from broadsheet.limits import SOURCE, Limit, check, exceeded

LONGEST_NAME = 255
"""Bytes of a file's name, on most file systems."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LINK = "Mend the link, or remove it."
_WHY = {
    errno.ELOOP: ("cannot be read: it is a link that leads back to itself", _LINK),
    errno.EACCES: ("may not be read", "Give yourself the permission: `chmod u+r`."),
    errno.ENAMETOOLONG: ("has too long a name", f"A name may have {LONGEST_NAME} bytes."),
}
_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))


class UnreadableError(Exception):
    """A file that cannot be read. The message completes "the file …": `does not exist`; ``mend``
    says what to do.
    """

    def __init__(self, what: str, mend: str = "See what is there.") -> None:
        super().__init__(what)
        self.mend = mend


def content(path: Path, where: Place | str, limit: Limit = SOURCE) -> bytes:
    """The bytes of a regular file. Raises :class:`UnreadableError`, and at ``where`` a
    :class:`LimitError` for a file that is larger than the ``limit``.
    """
    try:
        # A pipe would wait for somebody to write; without O_NONBLOCK even to open it does.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb", closefd=True) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError(
                    f"cannot be read: it is {_kind(status.st_mode)}", "Put a plain file there."
                )
            check(limit, status.st_size, where, path.name, "Make it smaller.")
            most = int(limit.value)
            data = file.read(most + 1)
    except IsADirectoryError:
        raise UnreadableError("cannot be read: it is a folder", "Put a plain file there.") from None
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise UnreadableError(
                "does not exist: it is a link that leads nowhere", _LINK
            ) from None
        raise UnreadableError("does not exist") from None
    except OSError as error:
        raise _unreadable(error) from None
    except ValueError:  # NUL, or a lone surrogate
        raise UnreadableError("has a name that no file can have") from None
    if len(data) > most:  # it has grown meanwhile, or its size is not told, as in /proc
        raise exceeded(limit, most, where, path.name, "Make it smaller.", at_least=True)
    return data


def read_text(
    path: Path,
    where: Place | str,
    error: type[BroadsheetError] = ConfigError,
    limit: Limit = SOURCE,
    mend: str = "",
) -> str:
    """The text of a regular file in UTF-8, with lines that end in a line feed alone, with spaces
    for form feeds, and without a byte order mark.

    Raises ``error`` for a file that cannot be read (with ``mend``, where it is given) or is not
    UTF-8, and :class:`LimitError` as :func:`content` does.
    """
    try:
        data = content(path, where, limit)
    except UnreadableError as unreadable:
        raise error(where, f"the file {unreadable}", mend or unreadable.mend) from None
    try:
        return _lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        if data.startswith(_UTF_16):
            raise error(
                where, "not UTF-8 text but UTF-16 or UTF-32", "Save the file as UTF-8."
            ) from None
        start = (
            fault.start + len(data) - len(fault.object)
        )  # from the start of the file, its mark too
        place = where if isinstance(where, Place) else Place(where)
        raise error(
            Place(place.file, line=data.count(b"\n", 0, start) + 1),
            f"not UTF-8 text: here is the byte {data[start]:#04x}",
            "Save the file as UTF-8.",
        ) from None


def readable_text(path: Path, limit: Limit = SOURCE) -> str:
    """What can be made out of a file as text; nothing of one that cannot be read, which others say."""
    try:
        return _lines(content(path, path.name, limit).decode("utf-8-sig", errors="replace"))
    except (UnreadableError, BroadsheetError):
        return ""


def real(path: Path) -> Path | None:
    """Where a path really leads, links followed; None for one that leads in a circle or can be no
    path.
    """
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


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


def _unreadable(error: OSError) -> UnreadableError:
    return UnreadableError(
        *_WHY.get(
            error.errno or 0,
            (
                f"cannot be read: {(error.strerror or type(error).__name__).lower()}",
                "See what is there.",
            ),
        )
    )


def _kind(mode: int) -> str:
    return next((name for fits, name in _KINDS if fits(mode)), "a device")
