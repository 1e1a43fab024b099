"""The lock of a target, so that two do not publish to it at once.

A lock is a small file or link at the target that says who holds it. Whoever finds one of a process of this
very machine that has ended takes it away, so that a publication that was killed is no obstacle to the
next. Of a lock of another machine nobody here can say whether its holder lives: the message has its
age, and the command that removes it.
"""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec
import psutil

from broadsheet.errors import BroadsheetError, PublishError
from broadsheet.storage.json_text import decoded


@dataclass(frozen=True)
class Holder:
    """The holder of a lock: a process."""

    by: str
    """The user's name."""
    host: str
    """The machine's name."""
    pid: int
    """The number of the process."""
    began: float
    """The moment at which the process began, in seconds."""
    since: str
    """The moment at which the lock was taken, an ISO time in UTC."""
    space: str = ""
    """The space in which the number counts, as containers of one machine have spaces of their own.
    """
    token: str = ""
    """A text that makes each lock another one."""

    @property
    def is_gone(self) -> bool:
        """The process is known to have ended."""
        if (self.host, self.space) != (socket.gethostname(), _space()):
            return False
        try:
            return bool(abs(psutil.Process(self.pid).create_time() - self.began) > 2)
        except psutil.NoSuchProcess:
            return True
        except psutil.Error:
            return False


class Lockable(Protocol):
    """A place with a lock."""

    where: str
    """The place, for messages."""

    def take_lock(self, content: bytes) -> bytes:
        """Put a lock there. Return the content of a lock that is there already, else nothing."""

    def drop_lock(self, content: bytes) -> None:
        """Remove the lock, if it is still the one with this content."""

    def how_to_unlock(self) -> str:
        """Return the command with which a person removes the lock."""


@contextmanager
def held(place: Lockable) -> Iterator[None]:
    """Hold the lock of a place for the length of a block. Raises :class:`PublishError` if somebody
    else holds it.
    """
    mine = msgspec.json.encode(_me())
    other = place.take_lock(mine)
    if other and (holder := decoded(other, Holder)) and holder.is_gone:
        place.drop_lock(other)
        other = place.take_lock(mine)
    if other:
        raise _refusal(other, place)
    try:
        yield
    finally:
        with suppress(BroadsheetError):  # what was wrong before has been told, or will be
            place.drop_lock(mine)


def _me() -> Holder:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return Holder(
        user,
        socket.gethostname(),
        os.getpid(),
        psutil.Process().create_time(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        _space(),
        secrets.token_hex(8),
    )


def _space() -> str:
    """Return the space of process numbers: that of a container, on a machine since it was started.
    The first one has the same name on each machine, and machines can have the same host name.
    """
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{start} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no Linux
        return f"{uuid.getnode():x}"


def _refusal(content: bytes, place: Lockable) -> PublishError:
    who, holder = "somebody", decoded(content, Holder)
    if holder is not None:
        who = f"{holder.by} on {holder.host} (process {holder.pid}){_age(holder)}"
    return PublishError(
        place.where,
        f"{who} is publishing to this place",
        "Wait until that has ended. If it has broken off, remove its lock and publish again: "
        f"`{place.how_to_unlock()}`",
    )


def _age(holder: Holder) -> str:
    with suppress(ValueError, TypeError):
        minutes = (datetime.now(UTC) - datetime.fromisoformat(holder.since)).total_seconds() / 60
        age = f"{minutes:,.0f} minutes" if minutes < 120 else f"{minutes / 60:,.0f} hours"
        return f", for {age}," if minutes >= 2 else ", for less than two minutes,"
    return ""
