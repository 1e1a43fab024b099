"""Where a table comes from, as a typed value that travels with it in ``df.attrs["origin"]``.

pandas deep-copies ``attrs`` at every operation and compares them in :func:`pandas.concat`; an
origin is therefore immutable, comparable and hashable, and its deep copy is itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from broadsheet.data.descriptor import Field, LicenceEntry, SourceEntry


@dataclass(frozen=True)
class Origin:
    """The provenance of one table. ``as_of`` is the last day that the figures cover, ``retrieved``
    the day on which they were taken from the sources, ``sha256`` the checksum of the CSV file's
    bytes, ``path`` the file relative to the publication's root, ``key`` the columns that together
    name a row, ``names`` the name of each code in them.
    """

    name: str
    title: str
    description: str
    columns: tuple[Field, ...]
    sources: tuple[SourceEntry, ...]
    licences: tuple[LicenceEntry, ...]
    as_of: date
    retrieved: date
    sha256: str
    path: str
    key: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

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
