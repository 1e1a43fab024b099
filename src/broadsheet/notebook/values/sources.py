"""The sources of facts and claims: tables of the catalogue, and documents of the bibliography.

`source=` takes a table (a DataFrame or a Series of one, which carries its origin), a table's name,
a document as `"@key"`, or a list of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from broadsheet.notebook.values.places import place_in_words

if TYPE_CHECKING:
    from broadsheet.data.origin import Origin


@dataclass(frozen=True)
class Sources:
    """The tables and documents that a fact or a claim is from."""

    tables: tuple[str, ...] = ()
    """The names of the tables."""
    references: tuple[str, ...] = ()
    """The keys of the documents, without the @."""
    origins: tuple[Origin, ...] = ()
    """The origins of the tables that carried one."""

    def __bool__(self) -> bool:
        return bool(self.tables or self.references)

    def __add__(self, other: Sources) -> Sources:
        are_known = other.tables == self.tables and other.references == self.references
        if not other or (are_known and len(other.origins) <= len(self.origins)):
            return self
        if not self:
            return other
        return Sources(
            *(
                tuple(dict.fromkeys((*ours, *theirs)))
                for ours, theirs in (
                    (self.tables, other.tables),
                    (self.references, other.references),
                    (self.origins, other.origins),
                )
            )
        )

    @property
    def as_of(self) -> date | None:
        """The last day that the tables cover."""
        return max((origin.as_of for origin in self.origins), default=None)

    @property
    def unit(self) -> str | None:
        """The unit of all figures, if the tables have only one."""
        units = {origin.unit for origin in self.origins}
        return units.pop() if len(units) == 1 else None

    def has_column(self, label: str) -> bool:
        """True if a column of the tables has this title, or this name."""
        return any(
            label in (column.title, column.name)
            for origin in self.origins
            for column in origin.columns
        )

    def place_in_words(self, place: Any) -> str:
        """Return a place of the tables in words, a code by its name."""
        return place_in_words(place, self._names)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {code: name for origin in self.origins for code, name in origin.names}

    def written(self) -> list[str]:
        """Return the form in which they are registered: names of tables, then keys with their @."""
        return [*self.tables, *(f"@{key}" for key in self.references)]


NO_SOURCES = Sources()
"""No source."""


def sources_of(source: Any, who: str = "") -> Sources:
    """Return the sources that an author gives. Raises TypeError or ValueError, whose message
    starts with ``who``.
    """
    sources = Sources()
    for item in _listed(source):
        carried = carried_by(item)
        if carried:
            sources += carried
        elif isinstance(item, str) and item.startswith("@"):
            if not re.fullmatch(r"@\w[\w:.#$%&+?<>~/-]*", item):
                raise ValueError(
                    f"{who}: the source {item!r} is no key of the bibliography; write it as "
                    '"@reuters2023"'
                )
            sources += Sources((), (item[1:],))
        elif isinstance(item, str) and item.strip():
            sources += _named(item, who)
        elif isinstance(item, Sources):
            sources += item
        else:
            raise TypeError(
                f'{who}: the source is {_described(item)}; give a table of bs.table, its name, or "@key"'
            )
    return sources


def origin_of(table: Any) -> Origin | None:
    """Return the origin that a DataFrame or Series carries."""
    attrs = getattr(table, "attrs", None)
    origin: Origin | None = attrs.get("origin") if isinstance(attrs, dict) else None
    return origin


def carried_by(table: Any) -> Sources:
    """Return the source that a DataFrame or Series carries, if any."""
    origin = origin_of(table)
    return NO_SOURCES if origin is None else Sources((origin.name,), (), (origin,))


def unit_of_column(table: Any) -> str | None:
    """Return the unit of a Series that is still a column of its table, by its name."""
    origin, name = origin_of(table), getattr(table, "name", None)
    return origin.units.get(name) if origin is not None and isinstance(name, str) else None


def column_label(values: Any) -> str:
    """Return a label for the values of a Series: the title of the column that it still is, else
    its own name.
    """
    origin, name = origin_of(values), getattr(values, "name", None)
    titles = {column.name: column.title for column in origin.columns} if origin is not None else {}
    return str(titles.get(str(name)) or name or "")


def _named(name: str, who: str) -> Sources:
    from broadsheet.data.catalogue import origin
    from broadsheet.errors import BroadsheetError

    try:
        return Sources((name,), (), (origin(name),))
    except BroadsheetError as error:
        raise ValueError(
            f"{who}: the source {name!r} is no table of the catalogue ({error.what}); a document of the "
            f'bibliography is written "@{name}"'
        ) from error


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _described(value: Any) -> str:
    kind = type(value).__name__
    return f"a {kind} without an origin" if kind in ("DataFrame", "Series") else f"{value!r}"
