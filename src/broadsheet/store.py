"""How the stores under `.broadsheet/` keep what they keep: an entry is whole or absent, and the
room is bounded.

Runs, pictures and stories each name their entries by what they are of; what the stores have in
common is here. Any number of builds may use a store at once, and be killed at any moment.

An entry is written to a temporary file in `.broadsheet/parts/`, and moved to its place. While it is
written its file is locked, so that :func:`sweep` can tell it from one that a killed build has left.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_STORES = ".broadsheet"
_PARTS = "parts"
_SUFFIX = ".part"


def put(path: Path, content: bytes, *, durable: bool = False, mode: int = 0o600) -> None:
    """Write a file whole or not at all: under another name, and then in the place of what is there.

    A ``durable`` one is whole after a power failure, too. That takes milliseconds, and a page puts
    some ten entries, so it is not for those: whoever reads one holds it against its digest.
    """
    folder = _parts_for(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked_part(folder) as file:
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if durable:
                os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def sweep(stores: Path) -> None:
    """Remove what killed builds have left half written in a `.broadsheet` folder."""
    for part in sorted((stores / _PARTS).glob(f"*{_SUFFIX}")):
        with suppress(OSError), part.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def _locked_part(folder: Path) -> tempfile._TemporaryFileWrapper[bytes]:
    """A new temporary file that no :func:`sweep` removes."""
    while True:
        file = tempfile.NamedTemporaryFile(dir=folder, suffix=_SUFFIX, delete=False)  # noqa: SIM115 - it is returned
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # swept before it was locked


def _parts_for(path: Path) -> Path:
    """A folder for a temporary file, on the file system of ``path``."""
    stores = next((folder for folder in path.parents if folder.name == _STORES), None)
    return stores / _PARTS if stores else path.parent


def trim(paths: Iterable[Path], room: int) -> None:
    """Remove files, those first that served longest ago (by their time), until ``room`` bytes are
    left of them.
    """
    kept = []
    for path in paths:
        with suppress(OSError):
            stat = path.lstat()
            kept.append((stat.st_mtime_ns, stat.st_size, path))
    for _, size, path in sorted(kept, reverse=True):
        room -= size
        if room < 0:
            with suppress(OSError):  # what is no file is thrown away when somebody asks for it
                path.unlink(missing_ok=True)
