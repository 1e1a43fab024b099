"""Entries of the stores under `.broadsheet/`, verified whenever they are read.

A store holds what an earlier build made, so that the next need not make it again. What is found
there is not trusted. An entry is data in a format that cannot carry code. Before its content stands
the SHA-256 of its place in the store and of the content, so that it is not taken for another. One
that is truncated, foreign, of an older format, unreadable, or no file at all is thrown away, and
whoever asked makes it anew. :func:`messages` says so, in one line for each store.

The digest tells damage from soundness. It does not tell who wrote the entry: whoever may write
`.broadsheet/` may write what is on a page, but runs no code here.

Has state: which stores had entries that were thrown away. Forked processes share it.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from broadsheet import store as keeping
from broadsheet.errors import Place, StoreError

FOLDER = ".broadsheet"
_FORMAT = b"broadsheet 1 "
_HEADER = len(_FORMAT) + hashlib.sha256().digest_size * 2 + 1
_STORES = ("runs", "pages", "pictures", "cards", "search", "quarto", "another store")
_damaged = mmap.mmap(-1, len(_STORES))


def write(path: Path, content: bytes) -> None:
    """Write an entry. Raises :class:`StoreError` where the store cannot be written."""
    store(path, _header(path, content) + content)


def read(path: Path) -> bytes | None:
    """The content of an entry; None if there is none. A damaged one is thrown away."""
    data = fetch(path)
    if data is None:
        return None
    content = data[_HEADER:]
    if data[:_HEADER] != _header(path, content):
        discard(path)
        return None
    return content


def store(path: Path, data: bytes) -> None:
    """Write an entry whose own name is the digest of its content. Raises :class:`StoreError` as
    :func:`write` does.
    """
    try:
        _clear(path)
        keeping.put(path, data)
    except OSError as error:
        raise StoreError(
            Place(_shown(_root_of(path))),
            f"this store cannot be written: {error.strerror or error}",
            "See that this is a folder, that you may write it, and that the disk has room; all of it may "
            "be removed.",
        ) from error


def fetch(path: Path) -> bytes | None:
    """The bytes of an entry as they are; None if there is none. What is no plain file is thrown
    away.

    The entry counts as used now: :func:`broadsheet.store.trim` removes first what was not used for
    longest.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        discard(path)
        return None
    try:
        if stat.S_ISREG(os.fstat(file).st_mode):
            with suppress(OSError):
                os.utime(file)
            with open(file, "rb", closefd=False) as content:
                return content.read()
    except (OSError, MemoryError):
        pass
    finally:
        os.close(file)
    discard(path)
    return None


def discard(path: Path) -> None:
    """Throw an entry away that cannot be used, whatever it is, and have :func:`messages` say so."""
    name = _root_of(path).name
    _damaged[_STORES.index(name if name in _STORES else _STORES[-1])] = 1
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def messages() -> list[str]:
    """One line for each store of which entries were thrown away since this was last asked."""
    names = [name for name, damaged in zip(_STORES, _damaged[:], strict=True) if damaged]
    _damaged[:] = bytes(len(_STORES))
    return [
        f"{FOLDER}/{name}: what was damaged, foreign or of another version there was thrown away and is made anew"
        for name in names
    ]


def _header(path: Path, content: bytes) -> bytes:
    digest = hashlib.sha256(path.relative_to(_root_of(path)).as_posix().encode() + b"\0")
    digest.update(content)
    return _FORMAT + digest.hexdigest().encode() + b"\n"


def _root_of(path: Path) -> Path:
    """The folder of the store that an entry is in."""
    parts = path.parts
    at = len(parts) - 1 - parts[::-1].index(FOLDER) if FOLDER in parts else len(parts) - 2
    return Path(*parts[: at + 2]) if at + 2 < len(parts) else path.parent


def _shown(store: Path) -> str:
    return f"{FOLDER}/{store.name}" if store.parent.name == FOLDER else str(store)


def _clear(path: Path) -> None:
    """Throw away what stands where the entry goes, or a folder on the way to it inside the store."""
    if path.is_dir() and not path.is_symlink():
        discard(path)
    root = _root_of(path)
    for parent in path.parents:
        if parent in (root, parent.parent):
            break
        if os.path.lexists(parent) and not parent.is_dir():
            discard(parent)
