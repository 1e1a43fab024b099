"""The origin of a table, as a typed value that travels with it in ``df.attrs["origin"]``.

pandas deep-copies ``attrs`` at every operation and compares them in :func:`pandas.concat`; an
origin is therefore immutable, comparable and hashable, and its deep copy is itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from broadsheet.data.descriptor import DeclaredCorrection, Field, LicenceEntry, SourceEntry


@dataclass(frozen=True)
class Origin:
    """The provenance of one table."""

    name: str
    """The name of the table; of a version of it, with its day: `trade@2023-05-26`."""
    title: str
    """Its title."""
    description: str
    """Its description."""
    columns: tuple[Field, ...]
    """Its columns."""
    sources: tuple[SourceEntry, ...]
    """Its sources."""
    licences: tuple[LicenceEntry, ...]
    """Its licences."""
    as_of: date
    """The last day that the figures cover."""
    retrieved: date
    """The day on which the figures were taken from the sources."""
    sha256: str
    """The checksum of the CSV file's bytes, hexadecimal."""
    path: str
    """The file, relative to the publication's root."""
    key: tuple[str, ...] = ()
    """The columns that together name a row."""
    names: tuple[tuple[str, str], ...] = ()
    """Each code in the key with its name."""
    known: date | None = None
    """The day on which the figures were known as they are here; None for the table as it stands."""
    corrections: tuple[DeclaredCorrection, ...] = ()
    """The cells that are wrong in the source, and are corrected here."""
    overdue: date | None = None
    """The day by which the figures were to be retrieved anew, if that has passed."""

    @property
    def units(self) -> dict[str, str]:
        """The unit of each column that has one: ``{"total": "US$ bn"}``."""
        return {column.name: column.unit for column in self.columns if column.unit}

    @property
    def unit(self) -> str | None:
        """The unit that all measured columns share; None if they differ."""
        units = set(self.units.values())
        return units.pop() if len(units) == 1 else None

    def __copy__(self) -> Origin:
        return self

    def __deepcopy__(self, memo: object) -> Origin:
        return self
