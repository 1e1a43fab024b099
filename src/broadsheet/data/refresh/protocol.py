"""The protocol of a source of tables, and the values that pass between a source and a refresh.

A source says what it is (:meth:`DataSource.describe`), tells cheaply whether something is new
(:meth:`~DataSource.latest`), asks for the bytes (:meth:`~DataSource.fetch`), and reads them
(:meth:`~DataSource.parse`). It never touches the catalogue. A source of one's own is a class of
another distribution, named by an entry point of the group ``broadsheet.sources``::

    [project.entry-points."broadsheet.sources"]
    harbour-office = "harbour.tables:HarbourOffice"

Whatever cannot be taken is a :class:`SourceError`: it says what was asked and what came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from broadsheet.data.descriptor import Refresh

if TYPE_CHECKING:
    from broadsheet.data.refresh.client import Client


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


class DataSource(Protocol):
    """A source of tables."""

    def describe(self, entry: Refresh) -> SourceDescription:
        """Describe the source."""

    def latest(self, entry: Refresh, client: Client) -> str:
        """Return a mark that changes when the source has something new, by a cheap request; empty
        if there is none.
        """

    def fetch(self, entry: Refresh, client: Client) -> Sequence[RawAnswer]:
        """Return all that the source sends for an entry. Raises :class:`SourceError`."""

    def parse(self, entry: Refresh, answers: Sequence[RawAnswer]) -> SourceTable:
        """Return the table in what the source has sent. Raises :class:`SourceError`."""
