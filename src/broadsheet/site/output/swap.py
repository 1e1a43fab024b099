"""The old site replaced by the new one, whole.

A site is built in a work folder beside the old one (`.broadsheet/`, next to the output, so on the
same file system) and then changes places with it: `renameat2(RENAME_EXCHANGE)` on Linux,
`renamex_np(RENAME_SWAP)` on macOS, in one step of the kernel. Where a file system has neither, two
renames do it, and a build that was killed between the two is mended by the next. Killed at any
moment, a build leaves the old site or the new one.

The old site then stays in the work folder, for the next build to begin with
(:mod:`broadsheet.site.output.new_site`): its files are those of the new one, but for what has changed. Where
there was none, links to the new one's files stand there.

One build at a time: the others wait for its lock. In the work folder these are ours, NAME being the
output's, and nothing else is ever touched there:

===========================  ==========================================================================================
`NAME.lock`                  the lock
`NAME.before`                the site before this one
`NAME.DIGEST.json`           the record of the site (`site/index/build_record.py`), by the digest in its marker
`NAME.new-PID`               the site that the process is making; that of a dead one is what the next begins with
`NAME.old-PID`               the old site, for the moment between two renames
`NAME.index-XXXXXXXX`        where the search index is made, and what is to be removed or not yet whole
===========================  ==========================================================================================

Not promised: that a new site outlives a power failure in the seconds after the swap.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from broadsheet.errors import StoreError, UsageError
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.output.output_folder import (
    MARKER,
    WORK,
    Contents,
    marker_of,
    read_marker,
    site_at,
)
from broadsheet.storage import store

STAGING = "index-"
"""The start of the name of a build's temporary folder, after the output's name and a dot."""

_BEFORE = "before"
_SITES = r"(?:new|old)-\d+"
_LEFT = rf"{_SITES}|{STAGING}[a-z0-9_]{{8}}"
_RECORD = r"[0-9a-f]{64}\.json"
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


@contextmanager
def building(
    output: Path, root: Path, waiting: Callable[[], None] = lambda: None
) -> Iterator[SiteFolder]:
    """Give a folder for the new site of the publication at ``root``; on leaving it without an
    error, it and the site at ``output`` are swapped. ``waiting`` is called once if another build
    holds the lock. Raises :class:`UsageError` if ``output`` was not made by a build, so that a swap
    would destroy it.
    """
    with alone_at(output, root, waiting) as contents, replacing(output, root, contents) as folder:
        yield folder.begin()


@contextmanager
def alone_at(
    output: Path, root: Path, waiting: Callable[[], None] = lambda: None
) -> Iterator[Contents]:
    """Hold the lock of ``output`` and repair what a killed build has left; gives the contents of
    ``output``. A refusal (:class:`UsageError`) leaves everything as it was.
    """
    output, root = output.resolve(), root.resolve()
    work = output.parent / WORK
    with suppress(FileNotFoundError):  # another build is at work: we look again when it has ended
        site_at(output, root)
    if work.is_symlink() and output.is_relative_to(work.resolve()):
        store.set_aside(work)
    for stores in {work, root / WORK}:
        store.mend(stores)
    _make(work)
    with locked(output, waiting):
        _set_foreign_aside(output)
        _recover(output, work)
        for stores in {work, root / WORK}:
            store.sweep(stores)
        yield site_at(output, root)


def clear_scratch(output: Path, root: Path) -> None:
    """Set aside whatever is at an output under `.broadsheet/` and is no site of the publication."""
    if WORK in output.parts:
        store.mend_way(output / MARKER)
        if (work := output.parent / WORK).is_symlink():
            store.set_aside(work)
        try:
            site_at(output, root)
        except UsageError:
            store.set_aside(output)


@contextmanager
def replacing(output: Path, root: Path, contents: Contents) -> Iterator[SiteFolder]:
    """Give a new, empty or partly filled folder for the new site, swapped in on leaving without an
    error. The caller holds the lock of ``output``, which has these ``contents``.
    """
    output, root = output.resolve(), root.resolve()
    work = output.parent / WORK
    new, before = (work / f"{output.name}.{name}" for name in (f"new-{os.getpid()}", _BEFORE))
    if before.is_dir():
        before.rename(new)
    else:
        new.mkdir()
    if not (new / MARKER).exists():
        _put_marker(
            new, marker_of(output, root, "", ())
        )  # so that the next build knows it for ours
    try:
        folder = SiteFolder(new, output, contents)
        with _staying(new):
            yield folder
            folder.settle(site_at(output, root))  # what came meanwhile is carried over, too
        digest = keep_record(output, folder.record)
        _put_marker(new, marker_of(output, root, digest, {*folder.names, MARKER}))
        if contents.built and read_marker(output) is None:  # Quarto's: ours when it stands aside
            _put_marker(output, marker_of(output, root, "", contents.built))
        swap(new, output)
        if not new.is_dir():
            _double(output, before)
    finally:
        if new.is_dir():
            if os.path.lexists(before):  # a cell put it there while we were at work
                store.set_aside(before)
            new.rename(before)
        with suppress(OSError):
            _sweep_records(output)


@contextmanager
def _staying(new: Path) -> Iterator[None]:
    """Refuse what stands in place of the new site after the block, if a cell or another program has
    removed or replaced that. Raises :class:`StoreError`.
    """
    folder = os.open(
        new, os.O_RDONLY | os.O_DIRECTORY
    )  # while it is open, no other gets its number
    try:
        yield
        if _is(new, folder):
            return
    except OSError:
        if _is(new, folder):
            raise
    finally:
        os.close(folder)
    if os.path.lexists(new):
        store.set_aside(new)
    raise StoreError(
        f"{WORK}/{new.name}",
        "the new site was removed from here, or replaced, while it was made",
        f"See what writes to {WORK}/ while a build runs, perhaps a cell, and have it leave that folder alone.",
    )


def _is(path: Path, opened: int) -> bool:
    """True if a path leads to the very folder that is open."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(opened))
    except OSError:
        return False


def _put_marker(site: Path, content: bytes) -> None:
    """Give a site its marker, in one step: a folder of ours is never without one."""
    store.write_file(site / MARKER, content, mode=0o644)


def record_path(output: Path, digest: str) -> Path:
    """Return the path of the record of the site at ``output``, by its digest."""
    return output.parent / WORK / f"{output.name}.{digest}.json"


def keep_record(output: Path, record: bytes) -> str:
    """Write the record of a site that is about to be put at ``output``. Returns its digest, empty
    if there is no record.
    """
    if not record:
        return ""
    digest = hashlib.sha256(record).hexdigest()
    store.write_file(record_path(output, digest), record, durable=True)
    return digest


def _sweep_records(output: Path) -> None:
    """Remove the records of sites that no longer exist."""
    marker = read_marker(output)
    current = record_path(output, marker.record).name if marker else ""
    for path in _ours(output, _RECORD):
        if path.name != current:
            path.unlink(missing_ok=True)


def _ours(output: Path, pattern: str) -> list[Path]:
    """Return the files of builds of ``output`` in the work folder whose names, after the output's,
    fit the pattern.
    """
    named = re.compile(rf"{re.escape(output.name)}\.(?:{pattern})")
    work = output.parent / WORK
    return [work / name for name in sorted(os.listdir(work)) if named.fullmatch(name)]  # noqa: PTH208


def _double(output: Path, before: Path) -> None:
    """Give a first site a second folder with links to its files, for the next build to begin with;
    if the file system has links.
    """
    copy = Path(tempfile.mkdtemp(prefix=f"{output.name}.{STAGING}", dir=before.parent))
    try:
        shutil.copytree(output, copy, copy_function=os.link, symlinks=True, dirs_exist_ok=True)
        copy.rename(before)
    except OSError:  # a file system without links, or without room
        shutil.rmtree(copy, ignore_errors=True)


def _set_foreign_aside(output: Path) -> None:
    """Set aside a folder that has a name of ours and was not made by a build. The caller holds the
    lock.
    """
    for path in _ours(output, f"{_BEFORE}|{_SITES}"):
        if any(path.iterdir()) and read_marker(path) is None:
            store.set_aside(path)


def _make(work: Path) -> None:
    """Make the work folder. Raises :class:`UsageError` if it cannot be made, and leaves no part of
    the way to it.
    """
    folders: list[Path] = []
    try:
        for folder in reversed([folder for folder in (work, *work.parents) if not folder.exists()]):
            folder.mkdir(exist_ok=True)
            folders.append(folder)
        if not os.access(work, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(work))
    except OSError as error:
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()
        raise UsageError(
            str(work.parent),
            f"nothing can be written here: {error.strerror}: {error.filename}",
            "Name an output in a folder that may be written to.",
        ) from error


def swap(new: Path, output: Path) -> None:
    """Put ``new`` in the place of ``output``; the old site, if any, is afterwards at ``new``."""
    if not output.exists():
        new.rename(output)
    elif not _exchange(new, output):
        _two_renames(new, output)


def _exchange(folder: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step. Returns False if the system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(folder), os.fsencode(other)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        failed = libc.renameat2(
            _AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE)
        )
    elif sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(names[0], names[1], ctypes.c_uint(_RENAME_SWAP))
    else:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _NOT_HERE:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _two_renames(new: Path, output: Path) -> None:
    old = new.with_name(f"{output.name}.old-{os.getpid()}")
    output.rename(old)
    try:
        new.rename(output)
    except OSError:
        old.rename(output)
        raise
    old.rename(new)


def _recover(output: Path, work: Path) -> None:
    """Undo what a killed build left: put an old site back that was moved aside, and keep one of the
    other folders to begin with.
    """
    left = _ours(output, _LEFT)
    aside = [path for path in left if path.name.startswith(f"{output.name}.old-")]
    if aside and not output.exists():
        left.remove(aside[0])
        aside[0].rename(output)
    before = work / f"{output.name}.{_BEFORE}"
    for path in left:
        if path.name.startswith(f"{output.name}.{STAGING}"):
            shutil.rmtree(path, ignore_errors=True)
        elif before.is_dir():  # under a name that needs no marker: this build may be killed here
            aside_for_good = tempfile.mkdtemp(prefix=f"{output.name}.{STAGING}", dir=work)
            shutil.rmtree(path.rename(aside_for_good), ignore_errors=True)
        else:
            path.rename(before)


def lock_of(output: Path) -> Path:
    """Return the file that a build of the site at ``output`` holds locked."""
    return output.parent / WORK / f"{output.name}.lock"


@contextmanager
def locked(output: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of ``output``."""
    with os.fdopen(
        os.open(lock_of(output), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666), "a"
    ) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
