"""The old site replaced by the new one, whole.

A site is built in a work folder beside the old one (`.broadsheet/`, next to the output, so on the same file system)
and then changes places with it: `renameat2(RENAME_EXCHANGE)` on Linux, `renamex_np(RENAME_SWAP)` on macOS, in one step
of the kernel. Where a file system has neither, two renames do it, and a build that was killed between the two is
mended by the next. Killed at any moment, a build leaves the old site or the new one.

The old site then stays in the work folder, for the next build to begin with (:mod:`broadsheet.press.folder`): its files
are those of the new one, but for what has changed. Where there was none, links to the new one's files stand there.

One build at a time: the others wait for its lock. What else stands in the work folder while the lock is ours is left
over from the dead, and goes. Not promised: that a new site outlives a power failure in the seconds after the swap.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from broadsheet.errors import UsageError
from broadsheet.press.folder import SiteFolder, files_in

MARKER = ".broadsheet.json"
"""The file in a site's root that says that we built it (it is the site's manifest, too)."""

_WORK = ".broadsheet"
_BEFORE = "before"
_QUARTO_MARKERS = ("site_libs/quarto-html", "site_libs/quarto-nav", "site_libs/quarto-listing")
_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


@contextmanager
def building(output: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[SiteFolder]:
    """A folder for the new site of ``output``; on leaving it without an error, the two are swapped.

    ``waiting`` is called once if another build holds the lock. Raises :class:`UsageError` if ``output`` is
    something that no build made, and that a swap would therefore destroy.
    """
    with alone_at(output, waiting), replacing(output, files_in(output)) as folder:
        yield folder.begin()


@contextmanager
def alone_at(output: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """No other build of ``output`` is at work, and what one that was killed has left is mended."""
    output = output.resolve()
    work = output.parent / _WORK
    work.mkdir(parents=True, exist_ok=True)
    with _locked(work / f"{output.name}.lock", waiting):
        _recover(output, work)
        refuse_foreign(output)
        yield


@contextmanager
def replacing(output: Path, standing: Mapping[str, int]) -> Iterator[SiteFolder]:
    """A folder for the new site, not yet begun, swapped in on leaving without an error; for whoever is alone at
    ``output``, whose files are ``standing``.
    """
    output = output.resolve()
    new, before = (output.parent / _WORK / f"{output.name}.{name}" for name in (f"new-{os.getpid()}", _BEFORE))
    if before.is_dir():
        before.rename(new)
    else:
        new.mkdir()
    try:
        folder = SiteFolder(new, output, standing)
        yield folder
        folder.settle()
        swap(new, output)
        if not new.is_dir():
            _double(output, before)
    finally:
        if new.is_dir():
            new.rename(before)


def _double(output: Path, before: Path) -> None:
    """A site that follows none has the same files twice, for the next to begin with; where there are links."""
    with suppress(OSError):
        shutil.copytree(output, before, copy_function=os.link, symlinks=True)


def refuse_foreign(output: Path) -> None:
    """Raise :class:`UsageError` unless ``output`` is absent, empty, or a site that we or Quarto built."""
    if output.is_dir():
        names = list(output.iterdir())
        if not names or (output / MARKER).is_file() or any((output / name).is_dir() for name in _QUARTO_MARKERS):
            return
        what = f"this folder has {len(names)} entries and is not a built site, so it will not be replaced"
    elif output.exists():
        what = "this is a file, where the site's folder should go"
    else:
        return
    raise UsageError(str(output), what, "Name an empty or new folder, or remove this one yourself.")


def swap(new: Path, output: Path) -> None:
    """Put ``new`` in the place of ``output``; the old one, if any, is afterwards at ``new``."""
    if not output.exists():
        new.rename(output)
    elif not _exchange(new, output):
        _two_renames(new, output)


def _exchange(one: Path, other: Path) -> bool:
    """The two folders change names in one step; False where the system can not."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        failed = libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE))
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
    new.rename(output)
    old.rename(new)


def _recover(output: Path, work: Path) -> None:
    """Undo what a killed build left: an old site that stands aside goes back, of the rest one is kept to begin with."""
    if not output.exists():
        for old in sorted(work.glob(f"{output.name}.old-*")):
            old.rename(output)
            break
    before = work / f"{output.name}.{_BEFORE}"
    for kind in ("new", "old"):
        for left in work.glob(f"{output.name}.{kind}-*"):
            if before.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.rename(before)


@contextmanager
def _locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
