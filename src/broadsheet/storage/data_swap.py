"""Replaces several files of `data/` as one: whenever the process ends, all are old or all are new.

No file system moves several files at once. So the new contents are first written, whole, into one
file, `.broadsheet/data.swap`; then the files are replaced; then that file is removed. If the process
ends in between, whoever reads the catalogue next does the rest (:func:`finish_swap`). If a file cannot
be written, as on a full disk, those that were replaced are put back at once, and an error says so.
If even that fails, the swap stays, and is finished once it can be.

What lies in `.broadsheet/` is not trusted: a swap reaches files of `data/` alone, which hold no code,
and one that is damaged is thrown away.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import msgspec

from broadsheet.errors import BroadsheetError, StoreError
from broadsheet.storage import store
from broadsheet.storage.files import FileError, check_path

_SWAP, _LOCK = "data.swap", "data.lock"
_Files = dict[str, bytes | None]


def replace_together(
    root: Path, files: Mapping[str, bytes | None], standing: Mapping[str, bytes]
) -> bool:
    """Replace files of the publication at ``root``, by their paths from there; None removes one.
    Returns False, and replaces nothing, if the files of ``standing`` have other bytes now. Raises
    :class:`FileError` if they cannot be written; then all are as they were.
    """
    targets = _targets(root, files)
    with writing_data(), _locked(root):
        _finish(root)
        if any(
            (store.file_content(_real(root, name)) or b"") != was for name, was in standing.items()
        ):
            return False
        _swap(root, files, targets)
        return True


@contextmanager
def writing_data() -> Iterator[None]:
    """Raise :class:`FileError` if a file of `data/` cannot be written in the block. It says that all
    that are to be replaced together are as they were.
    """
    try:
        yield
    except store.HalfReplacedError as error:
        raise FileError(
            "data",
            f"some of its files cannot be replaced: {error.strerror}; others are new already",
            "See that you may write there, then replace the rest: broadsheet data check.",
        ) from error
    except (OSError, StoreError) as error:
        reason = error.__cause__ if isinstance(error, StoreError) else error
        raise FileError(
            "data",
            f"its files cannot be replaced: {getattr(reason, 'strerror', '') or reason}; "
            "all are as they were",
            "See that the disk has room, and that you may write there; then try again.",
        ) from error


def check_replaceable(root: Path, names: Iterable[str]) -> None:
    """Raise :class:`FileError` for a file of ``names`` that :func:`replace_together` refuses."""
    _targets(root, dict.fromkeys(names))


def _swap(
    root: Path, files: Mapping[str, bytes | None], targets: Mapping[Path, bytes | None]
) -> None:
    swap = root / store.FOLDER / _SWAP
    store.make_room(swap)
    try:
        store.write_entry(swap, msgspec.json.encode(dict(files)))
        store.write_all(root, targets)
    except store.HalfReplacedError:  # the swap is finished later
        raise
    except (OSError, StoreError):
        swap.unlink(missing_ok=True)
        raise
    swap.unlink(missing_ok=True)


def finish_swap(root: Path) -> None:
    """Finish what a process that has ended began to replace."""
    if os.path.lexists(root / store.FOLDER / _SWAP):
        with suppress(OSError), _locked(root):
            _finish(root)


def _finish(root: Path) -> None:
    swap = root / store.FOLDER / _SWAP
    content = store.read_entry(swap, _Files)
    files = store.decode(swap, content, _Files)
    if files is not None and all(map(_is_of_data, files)):
        with suppress(BroadsheetError):
            store.write_all(root, _targets(root, files))
    swap.unlink(missing_ok=True)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Have no other process replace files of `data/` in the block."""
    path = root / store.FOLDER / _LOCK
    store.make_room(path)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _targets(root: Path, files: Mapping[str, bytes | None]) -> dict[Path, bytes | None]:
    """Return the real paths of files. Raises :class:`FileError` for one that may not be read, or that a
    link leads to: it may be anything.
    """
    targets = {}
    for name, content in files.items():
        if not _is_of_data(name):
            raise ValueError(f"no file of data: {name!r}")
        check_path(root, root / name, name)
        if _real(root, name) != _real(root, "") / name:
            raise FileError(
                name, "this is a link, or in a folder that is one", "Put the file itself there."
            )
        targets[_real(root, name)] = content
    return targets


def _real(root: Path, name: str) -> Path:
    return Path(os.path.realpath(root / name))


def _is_of_data(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] == "data" and ".." not in parts
