"""The text of a file that a person wrote: UTF-8, and nothing in it that no page can show.

:func:`read_text` says of a file that cannot be read why not; :func:`refuse_unprintable` says where a text has a
character that neither HTML nor a feed may hold (a NUL, other control characters, half of a surrogate pair), which
would otherwise be noticed by whichever library comes across it.
"""

from __future__ import annotations

import errno
import re
import unicodedata
from pathlib import Path, PurePosixPath

from broadsheet.errors import BroadsheetError, ConfigError, Place

LONGEST_NAME = 255
"""Bytes of a file's name, on most file systems."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WHY = {
    errno.ENOENT: ("there is no such file; it is a link that leads nowhere", "Mend the link, or remove it."),
    errno.ELOOP: ("this is a link that leads back to itself", "Mend the link, or remove it."),
    errno.EACCES: ("this file may not be read", "Give yourself the permission: `chmod u+r`."),
    errno.EISDIR: ("this is a folder, where a file should be", "Rename it, or put the file in its place."),
    errno.ENAMETOOLONG: ("the name of this file is too long", f"A name may have {LONGEST_NAME} bytes."),
}


def read_text(root: Path, path: PurePosixPath, kind: type[BroadsheetError] = ConfigError) -> str:
    """The text of the file at ``path``, with lines that end in a line feed alone, and without a byte order mark.

    Raises an error of the ``kind`` for a file that cannot be read or is not UTF-8.
    """
    where = Place(str(path))
    try:
        return (root / path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        if error.object[:2] in _UTF_16:
            raise kind(where, "not UTF-8 text but UTF-16", "Save the file as UTF-8.") from error
        line = error.object.count(b"\n", 0, error.start) + 1
        raise kind(where, f"not UTF-8 text: in line {line} is the byte {error.object[error.start]:#04x}",
                   "Save the file as UTF-8.") from error
    except OSError as error:
        what, mend = _WHY.get(error.errno or 0, (f"this file cannot be read: {error.strerror}", "See what is there."))
        raise kind(where, what, mend) from error


def refuse_unprintable(text: str, where: Place, kind: type[BroadsheetError] = ConfigError, first_line: int = 1) -> None:
    """Raise an error of the ``kind`` if ``text``, whose first line is ``first_line`` of ``where``, has a character that
    no page can show.
    """
    found = _UNPRINTABLE.search(text)
    if found:
        line = first_line + text.count("\n", 0, found.start())
        raise kind(Place(where.file, line=line, cell=where.cell), f"here is {_described(found[0])}, which no page can "
                   "show", "Take it out; editors show it when they mark invisible characters.")


def unprintable(text: str) -> str:
    """The first character of ``text`` that no page can show, in words; nothing if there is none."""
    found = _UNPRINTABLE.search(text)
    return _described(found[0]) if found else ""


def _described(character: str) -> str:
    """A character in words: `the control character U+0007`."""
    kind = {"Cs": "half of a surrogate pair,", "Cc": "the control character"}.get(
        unicodedata.category(character), "the character")
    return f"{kind} U+{ord(character):04X}"
