"""Where a table comes from, as a typed value that travels with it in ``df.attrs["origin"]``.

pandas deep-copies ``attrs`` at every operation and compares them in :func:`pandas.concat`; an
origin is therefore immutable, comparable and hashable, and its deep copy is itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Source:
    """A document from which figures were taken. ``key`` is the key by which the table's rows cite
    it, if they do.
    """

    title: str
    publisher: str
    path: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Licence:
    """The terms of reuse: ``name`` is an Open Definition identifier if there is one
    (``CC-BY-4.0``).
    """

    name: str
    title: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Column:
    """One column of a table: its label for people, its meaning, and the unit of its figures.
    ``notes`` has those of its values that need a note on the row (an estimate), each with the note;
    ``of`` are the columns that the notes are about, all figures if there are none.
    """

    name: str
    title: str
    description: str | None = None
    unit: str | None = None
    notes: tuple[tuple[str, str], ...] = ()
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """The provenance of one table. ``as_of`` is the last day that the figures cover, ``retrieved``
    the day on which they were taken from the sources, ``sha256`` the checksum of the CSV file's
    bytes, ``path`` the file relative to the publication's root, ``key`` the columns that together
    name a row.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    sources: tuple[Source, ...]
    licences: tuple[Licence, ...]
    as_of: date
    retrieved: date
    sha256: str
    path: str
    key: tuple[str, ...] = ()

    @property
    def units(self) -> dict[str, str]:
        """The unit of each column that has one: ``{"total": "US$ bn"}``."""
        return {column.name: column.unit for column in self.columns if column.unit}

    @property
    def unit(self) -> str | None:
        """The unit that all the measured columns share, or None where they differ."""
        units = set(self.units.values())
        return units.pop() if len(units) == 1 else None

    def __copy__(self) -> Origin:
        return self

    def __deepcopy__(self, memo: object) -> Origin:
        return self
