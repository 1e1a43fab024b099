"""The values that pass between a source of tables, the client that asks it, and a refresh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

LOOK = "See what is there now."
"""The advice for a file that is not as it was: one on a server, or in a folder of this machine."""


class SourceError(Exception):
    """A source that cannot be asked, or an answer that cannot be taken: ``what``, and the ``mend``."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclass(frozen=True)
class Rate:
    """A limit of a source: so many requests in so many seconds."""

    requests: int
    """The number of requests."""
    seconds: float
    """The seconds."""


@dataclass(frozen=True)
class SourceDescription:
    """A source, as people know it."""

    title: str
    """Its name."""
    licence: str = ""
    """The terms of its data, in a sentence."""
    terms: str = ""
    """The address of these terms."""
    key: str = ""
    """The environment variable that has its key, if the entry names no other; empty without one."""
    rates: tuple[Rate, ...] = ()
    """Its limits."""


@dataclass(frozen=True)
class RawAnswer:
    """Bytes that came from a source, with the request that they answer."""

    request: str
    """The request, without secrets."""
    content: bytes
    """The bytes, unpacked, in which each secret is replaced by its name."""
    at: datetime
    """The time at which they came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers of the answer that say what it is."""


@dataclass(frozen=True)
class SourceTable:
    """A table as a source has it: each cell is text, empty where there is no value."""

    columns: tuple[str, ...]
    """The names of its columns."""
    rows: tuple[tuple[str, ...], ...]
    """Its rows."""
