"""The headers of a chart's table, in words for people.

A name that the figure does not give is the catalogue's, if the values are from there. A unit is
said once: not where the name has it already (`Ascents`, not `Ascents / ascents`), and in full, if
the chart or the catalogue says more than the label of a point has room for (`US$ a barrel`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from plotly_alive.table.table import Column
from plotly_alive.text.language import t_

Known = tuple[Column, frozenset[Any]]
"""A column of the catalogue, and its values."""

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
_WORD = re.compile(r"\w+")


def headed(column: Column, catalogued: Sequence[Known], unit: str) -> Column:
    """Return the column with the name and the unit that people read; ``unit`` is that of the
    chart.
    """
    of_catalogue = _original(column, catalogued)
    column = replace(column, name=tuple(map(_plain, column.name)))
    if of_catalogue is not None:
        last = of_catalogue.name[0] if _is_nameless(column) else column.name[-1]
        fuller = _fuller(column.unit, of_catalogue.unit)
        column = replace(column, name=(*column.name[:-1], last), unit=fuller)
    if column.unit:
        column = replace(column, unit=_fuller(column.unit, unit))
    name = tuple(_capitalized(part) for part in column.name)
    said = {word.casefold() for word in _WORD.findall(" ".join(name))}
    words = {word.casefold() for word in _WORD.findall(column.unit)}
    is_said = bool(words) and words <= said
    return replace(column, name=name, unit="" if is_said else column.unit)


def _capitalized(name: str) -> str:
    """Write a name as a header begins: `hostages` as `Hostages`, and `iPhone` as it is."""
    is_plain = name[:1].islower() and (len(name) == 1 or not name[1].isupper())
    return name[0].upper() + name[1:] if is_plain and len(name) > 1 else name


def _plain(name: str) -> str:
    return name.replace("_", " ") if _IDENTIFIER.fullmatch(name) else name


def _is_nameless(column: Column) -> bool:
    return column.name[-1] in (t_("Value"), t_("Name"), t_("Place"))


def _original(column: Column, catalogued: Sequence[Known]) -> Column | None:
    """Return the catalogue's column with these values."""
    if column.kind != "number" and not _is_nameless(column):
        return None
    fits = (
        candidate
        for candidate, of in catalogued
        if candidate.kind == column.kind and column.is_of(of)
    )
    return next(fits, None)


def _fuller(unit: str, other: str) -> str:
    """Return the fuller unit, if one begins with the other."""
    return other if other.startswith(unit) else unit
