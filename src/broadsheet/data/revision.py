"""A new version of a table, before it replaces the one that stands."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.data.descriptor import Resource


@dataclass(frozen=True)
class Revision:
    """A table as its source now has it: retrieved, mapped and valid, and not yet in the catalogue."""

    name: str
    """The name of the table."""
    resource: Resource
    """Its entry as it will be, with the new hash, size and days."""
    content: bytes
    """The new CSV, as the catalogue writes it."""
    before: bytes
    """The CSV that stands."""

    @property
    def changes(self) -> bool:
        """True if the new CSV differs from the one that stands."""
        return self.content != self.before
