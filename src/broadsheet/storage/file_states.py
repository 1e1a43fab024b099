"""States of files and folders, by which a later build sees at once whether something has changed.

A state is what the file system says of a file (device, inode, mode, owner, size, the times of its
last change) and, where the times are not enough, the SHA-256 of its bytes. That of a folder has the
digest of its list of names instead.

The times alone are believed only if a later change must have moved them. They are *settled* if they
lay some seconds back when the state was taken, by the clock of the file system itself; since two
changes in one tick of that clock have the same time. Whole seconds, as some network drives have
them, are never settled, nor are the times of another file system, whose clock nobody has read. What
is not settled, or differs, is compared by its bytes, or by its names. `touch`, `cp -p`, a backup
that was put back and a clock that was set back therefore hide no change: each of them moves the
time of the inode's change, or leaves times that are not settled.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

SETTLED = 2 * 10**9
"""Nanoseconds after which another change has another time on every file system."""
_TICK = 2 * 10**7
"""Nanoseconds: longer than a tick of the clock by which file systems stamp changes."""
_SECOND = 10**9
_READ_AT_MOST = 2**26
"""Bytes: of a larger file in doubt nothing is read. The next build then looks for itself, and reads
it only if a page is made of it.
"""
_NEVER_LISTED = frozenset({".broadsheet", "__pycache__"})
"""Folders that builds and runs themselves make in folders of a publication."""


class State(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The state of a file or a folder."""

    device: int
    """The number of its file system."""
    inode: int
    """Its number there."""
    mode: int
    """Its type and permissions."""
    owner: int
    """The number of its owner."""
    size: int
    """Its size in bytes; of a folder 0, since the names tell more."""
    written: int
    """The time of its last write, in nanoseconds."""
    changed: int
    """The time of the inode's last change, in nanoseconds."""
    digest: str = ""
    """The SHA-256 of its bytes or of its names; empty if nobody needs it, since the times are
    settled.
    """

    @property
    def latest(self) -> int:
        """The later of its times."""
        return max(self.written, self.changed)

    def is_like(self, other: State) -> bool:
        """True if the file system says the same of both."""
        return (
            self.changed == other.changed
            and self.written == other.written
            and self.inode == other.inode
            and self.size == other.size
            and self.is_as_allowed_as(other)
        )

    def is_as_allowed_as(self, other: State) -> bool:
        """True if both are of one type, owner and file system, with the same permissions."""
        return (self.device, self.mode, self.owner) == (other.device, other.mode, other.owner)


class Moment(msgspec.Struct, frozen=True):
    """A time by the clock of a file system."""

    device: int
    """The number of the file system; -1 if its clock could not be read."""
    time: int
    """The time, in nanoseconds."""

    def settles(self, state: State) -> bool:
        """True if a change after this time must change the times of a state that is taken now."""
        return (
            state.device == self.device
            and state.latest < self.time - SETTLED
            and bool(state.written % _SECOND or state.changed % _SECOND)
        )

    def precedes(self, state: State) -> bool:
        """True if something may have changed since this time."""
        return state.latest >= self.time - _TICK


class States(msgspec.Struct):
    """The states of files and folders, by their paths, as they were at a ``moment``; and the paths
    that were ``absent``.
    """

    moment: Moment
    """The time before any of them was taken."""
    files: dict[str, State] = {}
    """The states of files."""
    folders: dict[str, State] = {}
    """The states of folders."""
    absent: list[str] = []
    """The paths at which nothing was."""
    unlisted: list[str] = []
    """The paths that count for nothing in a folder's list of names."""

    def add_tree(
        self,
        folder: str,
        is_entered: Callable[[str], bool] = lambda path: True,
        before: States | None = None,
    ) -> None:
        """Add a folder and all in it, but the content of folders that are not entered, by their
        paths. The states ``before`` spare reading what has not changed.
        """
        unseen = [folder]
        while unseen:
            for entry in self.add_folder(unseen.pop()):
                if not entry.is_dir(follow_symlinks=False):
                    self.add(entry.path, before)
                elif is_entered(entry.path):
                    unseen.append(entry.path)

    def add_folder(self, path: str) -> list[os.DirEntry[str]]:
        """Add a folder, or that there is none. Return what is in it."""
        try:
            state = state_of(path)
            entries = _entries(path, self.unlisted)
        except OSError:
            self.absent.append(path)
            return []
        self.folders[path] = msgspec.structs.replace(state, digest=_names(entries))
        return entries

    def add(self, path: str, before: States | None = None) -> None:
        """Add what is at a path, or that there is nothing."""
        if path in self.files or path in self.folders:
            return
        try:
            state = state_of(path)
        except (OSError, ValueError):
            self.absent.append(path)
            return
        if stat.S_ISDIR(state.mode):
            self.add_folder(path)
            return
        digest = before.digest_of(path, state) if before else ""
        is_in_doubt = stat.S_ISREG(state.mode) and not self.moment.settles(state)
        if not digest and is_in_doubt and state.size <= _READ_AT_MOST:
            with suppress(OSError):  # whoever reads it says what is wrong with it
                digest = _bytes_of(path)
        self.files[path] = msgspec.structs.replace(state, digest=digest)

    def digest_of(self, path: str, now: State) -> str:
        """Return the digest of a file whose state is ``now`` this; empty if only its bytes tell."""
        state = self.files.get(path)
        is_sure = state is not None and self.moment.settles(state) and state.is_like(now)
        return state.digest if state is not None and is_sure else ""

    def note(self, path: str, digest: str) -> None:
        """Note the digest of the bytes of a file whose state was taken, for a later build."""
        if (state := self.files.get(path)) and not state.digest:
            self.files[path] = msgspec.structs.replace(state, digest=digest)

    @property
    def is_sure(self) -> bool:
        """True if nothing has changed while the states were taken."""
        states = (*self.files.values(), *self.folders.values())
        return not any(map(self.moment.precedes, states))

    def are_surer_than(self, others: States) -> bool:
        """True if a file is settled that these ``others`` of before had left in doubt."""
        return any(
            self.moment.settles(state)
            and not (state == others.files[path] and others.moment.settles(state))
            for path, state in self.files.items()
        )

    def seen_again(self, moment: Moment) -> States | None:
        """Return the states as they are ``moment``, which is now, if nothing has changed since
        these; else None. What was in doubt may then be settled.
        """
        new = States(moment, {}, {}, self.absent, self.unlisted)
        for path in self.absent:
            if os.path.lexists(path):
                return None
        for path, before in self.folders.items():
            now = _again(path, before, self.moment, self.unlisted)
            if now is None:
                return None
            new.folders[path] = now
        for path, before in self.files.items():
            now = _again(path, before, self.moment, self.unlisted)
            if now is None:
                return None
            new.files[path] = now
        return new


def now_at(folder: Path, ago: int = 0) -> Moment:
    """Return the time by the clock of the file system that a ``folder`` of ours is on, or the time
    some nanoseconds ``ago``.
    """
    try:
        os.utime(folder)
        status = folder.stat()
    except OSError:
        return Moment(-1, time.time_ns() - ago)
    return Moment(status.st_dev, status.st_mtime_ns - ago)


def state_of(path: str) -> State:
    """Return the state of what is at a path, links followed, without a digest. Raises OSError."""
    status = os.stat(path)  # noqa: PTH116 - of many thousands
    return State(
        status.st_dev,
        status.st_ino,
        status.st_mode,
        status.st_uid,
        0 if stat.S_ISDIR(status.st_mode) else status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def _again(path: str, before: State, then: Moment, unlisted: Collection[str]) -> State | None:
    """Return the state of a path if it is as ``before``, which was taken after the moment ``then``;
    None if it has changed.
    """
    try:
        state = state_of(path)
        if state.is_like(before) and then.settles(before):
            return before
        if not before.digest or not state.is_as_allowed_as(before) or state.size != before.size:
            return None
        is_folder = stat.S_ISDIR(state.mode)
        digest = _names(_entries(path, unlisted)) if is_folder else _bytes_of(path)
        is_still = state_of(path).is_like(state)
    except OSError:
        return None
    if digest != before.digest or not is_still:
        return None
    return msgspec.structs.replace(state, digest=digest)


def _entries(path: str, unlisted: Collection[str]) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return [
            entry
            for entry in entries
            if entry.name not in _NEVER_LISTED and entry.path not in unlisted
        ]


def _names(entries: Iterable[os.DirEntry[str]]) -> str:
    """Return the digest of the names of entries, with their types, and where links lead."""
    names = sorted(
        f"{entry.name}\0{Path(entry).readlink()}"
        if entry.is_symlink()
        else f"{entry.name}{'/' if entry.is_dir() else ''}"
        for entry in entries
    )
    return hashlib.sha256("\n".join(names).encode(errors="surrogateescape")).hexdigest()


def _bytes_of(path: str) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - of many thousands
        return hashlib.file_digest(file, "sha256").hexdigest()
