"""Files that a person or data named: which of them may be read, and how they are read.

A path may name a folder, a pipe that never ends, a link that leads back to itself, a file larger
than the memory, or be no path at all. :func:`content` opens regular files alone, within a limit of
size; :func:`read_text` also wants UTF-8. Whatever stands in a file's place is a message and no
exception.

A publication is often somebody else's: a pull request, an archive. A link in it may lead anywhere
on the machine that builds it, so a file reaches the site only if its real path, links followed,
lies in the publication's own folder, or in one that `_quarto.yml` allows:

    broadsheet:
      allowed-folders: [../shared, /srv/photographs]     # from the root, or absolute

What is *published as it is* must also not be hidden: the name that a link leads to has no part that
begins with a dot or an underscore, so that `photo.png` is not `.env`. Nor may it be private, by its
name or by what it holds (:mod:`broadsheet.storage.private_paths`). :func:`check_path` and :func:`refusal` hold
this; a refusal says where the link leads, and how to allow it.
"""

from __future__ import annotations

import errno
import mimetypes
import os
import stat
from functools import lru_cache
from pathlib import Path

from broadsheet.errors import BroadsheetError, ConfigError, Place
from broadsheet.storage.limits import TABLE, Limit, check, exceeded
from broadsheet.storage.private_paths import (
    BEGINNING,
    private_content,
    private_inodes,
    private_name,
)
from broadsheet.storage.publication_root import CONFIG
from broadsheet.storage.unprintable import plain_lines
from broadsheet.storage.yaml_text import one_or_more, read_yaml

ALLOWED = "allowed-folders"
LONGEST_NAME = 255
"""The most bytes of a file's name, on most file systems."""

NEVER_PUBLIC = "That is never published: move it out of what is, or leave it out."
"""Advice on a file that is private."""
_ABSENT = "is not there"
_LONGEST_SHOWN = 200
"""The most characters of a name that a message shows."""
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


def content(path: Path, where: Place | str, limit: Limit = TABLE["source-size"]) -> bytes:
    """Return the bytes of a regular file. Raises :class:`UnreadableError`, and at ``where`` a
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
            data = file.read(status.st_size + 1)  # for the limit, 64 MiB would be taken each time
            if len(data) > status.st_size:  # it grows, or its size is unknown, as in /proc
                data += file.read(most + 1 - len(data))
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
    if len(data) > most:
        raise exceeded(limit, most, where, path.name, "Make it smaller.", at_least=True)
    return data


def read_text(
    path: Path,
    where: Place | str,
    error: type[BroadsheetError] = ConfigError,
    limit: Limit = TABLE["source-size"],
    mend: str = "",
) -> str:
    """Return the text of a regular file in UTF-8, with lines that end in a line feed alone, with
    spaces for form feeds, and without a byte order mark.

    Raises ``error`` for a file that cannot be read (with ``mend``, unless that is empty) or is not
    UTF-8, and :class:`LimitError` as :func:`content` does.
    """
    return utf_8_text(read_bytes(path, where, error, limit, mend), where, error)


def read_bytes(
    path: Path,
    where: Place | str,
    error: type[BroadsheetError] = ConfigError,
    limit: Limit = TABLE["source-size"],
    mend: str = "",
) -> bytes:
    """Return the bytes of a regular file. Raises as :func:`read_text` does for one that cannot be read."""
    try:
        return content(path, where, limit)
    except UnreadableError as unreadable:
        raise error(where, f"the file {unreadable}", mend or unreadable.mend) from None


def utf_8_text(data: bytes, where: Place | str, error: type[BroadsheetError] = ConfigError) -> str:
    """Return the text of a file's bytes as :func:`read_text` does. Raises ``error`` for bytes that are
    not UTF-8.
    """
    try:
        return plain_lines(data.decode("utf-8-sig"))
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


def readable_text(path: Path, limit: Limit = TABLE["source-size"]) -> str:
    """Return the text of a file as far as it can be decoded; empty for a file that cannot be read,
    which is reported elsewhere.
    """
    try:
        return plain_lines(content(path, path.name, limit).decode("utf-8-sig", errors="replace"))
    except (UnreadableError, BroadsheetError):
        return ""


def beginning(path: Path, most: int) -> bytes:
    """Return the first bytes of a file, at ``most`` so many; none of a file that cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read(most) or b""
    except (OSError, ValueError):
        return b""


def real(path: Path) -> Path | None:
    """Return the path with all links followed; None for one that leads in a circle or cannot be a
    path.
    """
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def is_file(path: Path) -> bool:
    """Return True if a regular file has this path. No path that data can hold raises an exception."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _unreadable(error: OSError) -> UnreadableError:
    reason = (error.strerror or type(error).__name__).lower()
    usual = (f"cannot be read: {reason}", "See what is there.")
    return UnreadableError(*_WHY.get(error.errno or 0, usual))


def _kind(mode: int) -> str:
    return next((name for fits, name in _KINDS if fits(mode)), "a device")


# Which files may be read


class FileError(BroadsheetError):
    """A file that may not be read for the site, or that cannot be read."""


def check_path(root: Path, file: Path, where: Place | str, *, published: bool = False) -> None:
    """Raise :class:`FileError` at ``where`` if ``file`` exists and may not be read for the site of
    the publication at ``root``. A missing file passes, because the code that reads it has the
    better message. ``published`` is for a file that goes into the site unchanged.
    """
    refused = refusal(root, file, published=published)
    if refused is not None:
        raise FileError(where, *refused)


def refusal(
    root: Path, file: Path, *, published: bool = False, may_be_hidden: bool = False
) -> tuple[str, str] | None:
    """Return the reason for which a file may not be read for the site, and what to do; None if it
    may. A file that is ``published`` and was asked for by its own name ``may_be_hidden``, but not
    private.
    """
    real, mode = _resolved(file)
    name, is_link = _named(root, file), _is_link(root, file, real, mode)
    which = f"{name} is a link to {seen_from(_real(root), real)}, which" if is_link else name
    home = _home(root, real)
    outside = (
        f"{which} lies outside of the publication",
        "Put the file itself into the publication; or allow the folder that it is in, in "
        f"_quarto.yml: `broadsheet: {{{ALLOWED}: [{real.parent}]}}`.",
    )
    if isinstance(mode, str):
        if is_link:
            return f"{which} {mode}", "Mend the link, or take it away."
        if mode != _ABSENT:
            return f"{name} {mode}", "See who may read it."
        return None if home else outside
    if stat.S_ISDIR(mode):
        return None
    if not stat.S_ISREG(mode):
        return f"{which} is {_kind(mode)}", "Put a file there, or take the name away."
    if home is None:
        return outside
    inside = real.relative_to(home)
    is_hidden = any(part[0] in "._" for part in inside.parts)
    if published and is_hidden and not (may_be_hidden and not private_name(inside)):
        return (
            f"{which} is hidden",
            "What begins with a dot or an underscore is never published: give it another name.",
        )
    if not os.access(real, os.R_OK):
        return f"{which} cannot be read: permission denied", "See who may read it."
    why = published and why_private(root, file, real)
    return (f"{which} is {why}", NEVER_PUBLIC) if why else None


def why_private(root: Path, file: Path, real: Path) -> str:
    """Return the reason for which a file of the publication at ``root`` is never public; empty if
    it may be. ``real`` is its path when links are followed.
    """
    names = (seen_from(root, file), seen_from(_real(root), real))
    why = next(filter(None, map(private_name, names)), "")
    if not why and (status := real.stat()).st_nlink > 1:
        is_other = (status.st_dev, status.st_ino) in private_inodes(root)
        why = "another name of a file that is private" if is_other else ""
    return why or private_content(beginning(real, BEGINNING))


def _resolved(file: Path) -> tuple[Path, int | str]:
    """Return the path with links followed, and the mode of the file there, or the error."""
    try:
        real = Path(os.path.realpath(file, strict=True))
        return real, real.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return Path(os.path.realpath(file)), _ABSENT
    except ValueError:  # no file can have such a name
        return file, _ABSENT
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return file, _ABSENT
        return (
            file,
            "leads in a circle"
            if error.errno == errno.ELOOP
            else f"cannot be read: {(error.strerror or 'unknown error').lower()}",
        )


def _home(root: Path, real: Path) -> Path | None:
    """Return the folder, the publication's or an allowed one, that a real path is in."""
    home = _real(root)
    if real.is_relative_to(home):
        return home
    try:
        allowed = _allowed(home, (home / CONFIG).stat().st_mtime_ns)
    except OSError:
        return None
    return next((folder for folder in allowed if real.is_relative_to(folder)), None)


@lru_cache(maxsize=8)
def _allowed(root: Path, changed: int) -> tuple[Path, ...]:
    """Return the folders that `_quarto.yml` allows. It is read only when a path leads out of the
    publication, because notebooks read tables too, and no publication is open in their processes.
    """
    config = read_yaml(
        read_text(root / CONFIG, CONFIG, limit=TABLE["config-size"]), Place(CONFIG)
    ).data
    settings = config.get("broadsheet")
    folders = one_or_more(settings.get(ALLOWED) if isinstance(settings, dict) else None)
    return tuple(
        Path(os.path.realpath(root / folder)) for folder in folders if isinstance(folder, str)
    )


def _is_link(root: Path, file: Path, real: Path, mode: int | str) -> bool:
    """Return True if the path to a file has a link in it, from the root on. ``real`` is the path
    with links followed; where the ``mode`` is an error it may not tell.
    """
    inside = os.fspath(file).removeprefix(f"{root}/")
    is_sure = mode == _ABSENT or isinstance(mode, int)
    if is_sure and os.fspath(real) == f"{_real(root)}/{inside}":
        return False
    return any(
        os.path.islink(path)  # noqa: PTH114 - Path.is_symlink raises for a name that is too long
        for path in (file, *file.parents)
        if path != root and path.is_relative_to(root)
    )


def seen_from(folder: Path, path: Path) -> Path:
    """Return a path from a folder that it lies in; any other path as it is."""
    return path.relative_to(folder) if path.is_relative_to(folder) else path


@lru_cache(maxsize=64)
def _real(folder: Path) -> Path:
    return Path(os.path.realpath(folder))


def _named(root: Path, file: Path) -> str:
    name = seen_from(root, Path(os.path.normpath(file))).as_posix()
    return f"`{name if len(name) <= _LONGEST_SHOWN else name[:_LONGEST_SHOWN] + '…'}`"


_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".md": "text/markdown",
    ".atom": "application/atom+xml",
    ".woff2": "font/woff2",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ipynb": "application/x-ipynb+json",
}
"""Types of files that not every machine knows."""


def media_type(path: str) -> str:
    """Return the media type of a file by its name, for those who serve it."""
    kind = _TYPES.get(Path(path).suffix.lower()) or mimetypes.guess_type(path)[0]
    return kind or "application/octet-stream"
