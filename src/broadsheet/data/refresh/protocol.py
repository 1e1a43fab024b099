"""The protocol of a source of tables.

A source says what it is (:meth:`DataSource.describe`), tells cheaply whether something is new
(:meth:`~DataSource.latest`), asks for the bytes (:meth:`~DataSource.fetch`), and reads them
(:meth:`~DataSource.parse`). It never touches the catalogue. A source of one's own is a class of
another distribution, named by an entry point of the group ``broadsheet.sources``::

    [project.entry-points."broadsheet.sources"]
    harbour-office = "harbour.tables:HarbourOffice"

Whatever cannot be taken is a :class:`~broadsheet.data.refresh.answers.SourceError`: it says what was
asked and what came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import RawAnswer, SourceDescription, SourceTable
from broadsheet.data.refresh.client import Client


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
