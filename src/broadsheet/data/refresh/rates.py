"""The requests that were sent to a host lately, shared by all processes of a user.

A source counts the requests of a machine, whichever publication sends them. So they are kept in the
user's folder for caches, in a small file for each host: the times of requests, and the time before
which the host wants no further one (`Retry-After`). The file is locked while it is read and
written. One that is damaged counts as empty.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from broadsheet.data.refresh.answers import Rate
from broadsheet.storage.json_text import decoded


class SentRequests(msgspec.Struct):
    """The requests that were sent to a host."""

    at: list[float] = []
    """The times of requests, in seconds since 1970."""
    closed_until: float = 0.0
    """The time before which the host wants no further request."""


def seconds_to_wait(host: str, rates: Sequence[Rate], now: float) -> float:
    """Return the seconds until a request may be sent to ``host``. At 0 the request is counted."""
    longest = max((rate.seconds for rate in rates), default=0.0)
    with _sent_to(host) as sent:
        sent.at = [moment for moment in sent.at if now - longest < moment <= now]
        free = [sent.closed_until if sent.closed_until - now < _LONGEST else 0.0]
        for rate in rates:
            if len(sent.at) >= rate.requests:
                free.append(sent.at[-rate.requests] + rate.seconds)
        wait = max(free) - now
        if wait > 0:
            return wait
        sent.at.append(now)
        return 0.0


def close_until(host: str, moment: float) -> None:
    """Note that ``host`` wants no request before ``moment``."""
    with _sent_to(host) as sent:
        sent.closed_until = max(sent.closed_until, moment)


_LONGEST = 86_400.0
"""The longest time for which a host is believed that it wants no request: a day."""


@contextmanager
def _sent_to(host: str) -> Iterator[SentRequests]:
    """Yield what is noted of a host, and write what becomes of it."""
    folder = _folder()
    name = f"{hashlib.sha256(host.encode()).hexdigest()[:16]}.json"
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(folder / name, flags, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        sent = decoded(file.read(), SentRequests) or SentRequests()
        before = msgspec.json.encode(sent)
        yield sent
        after = msgspec.json.encode(sent)
        if after != before:
            file.seek(0)
            file.truncate()
            file.write(after)


def _folder() -> Path:
    caches = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(caches) if Path(caches).is_absolute() else Path.home() / ".cache"
    return base / "broadsheet" / "requests"
