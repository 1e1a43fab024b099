"""A value of the data that went into another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from broadsheet.notebook.values.values import of_python

COUNTING = frozenset({"count", "size", "nunique", "idxmax", "idxmin", "argmax", "argmin", "rank"})
"""The methods of pandas whose result is no value of the data."""


@dataclass(frozen=True)
class Leaf:
    """A value that was looked up, or computed of others."""

    place: str
    """The words that name its column and its row: ``what`` and ``where``."""
    value: Any
    """The value itself."""
    unit: str | None
    """The unit of its column; None if it is unknown."""
    key: tuple[str, ...] = field(default=(), compare=False)
    """The key of its row in one of the ``tables``."""
    what: str = field(default="", compare=False)
    """The words for its column."""
    where: str = field(default="", compare=False)
    """The words for its row."""
    at: Any = field(default=None, compare=False, repr=False)
    """The label of its place in the ``series``."""
    series: Any = field(default=None, compare=False, repr=False)
    """The series that it is of."""
    method: str = field(default="", compare=False)
    """The method that made it of the series, such as `sum`; "" for a single value."""
    missing: tuple[str, ...] = field(default=(), compare=False)
    """The places that the method passed over, in words."""
    number: str = field(default="", compare=False)
    """The number as a computation writes it."""
    working: str = field(default="", compare=False)
    """The computation in words; "" if it was looked up."""
    parts: tuple[Leaf, ...] = field(default=(), compare=False)
    """The values that it was computed of."""
    remark: str = field(default="", compare=False)
    """The rest that a reader needs to check it."""
    tables: tuple[str, ...] = field(default=(), compare=False)
    """The names of its tables."""

    @property
    def is_count(self) -> bool:
        """It is a number of values, and none of them."""
        return self.method in COUNTING

    def is_same_place(self, other: Leaf) -> bool:
        """True if two have the same words for their places, in whatever order."""
        return sorted(self.place.split(", ")) == sorted(other.place.split(", "))


MOST_PARTS = 12
"""The most values that a reader is shown of one computation."""


def shown_parts(leaves: Iterable[Leaf]) -> list[dict[str, Any]]:
    """Return the values of a computation for readers, each before those that it was computed of."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    todo = [*leaves]
    while todo and len(parts) < MOST_PARTS:
        leaf = _renamed(todo.pop(0))
        if leaf.number and (leaf.number, leaf.place) not in parts:
            parts[leaf.number, leaf.place] = _shown(leaf)
            todo = [*leaf.parts, *todo]
    return list(parts.values())


def shown_derivation(leaf: Leaf | None) -> dict[str, Any]:
    """Return the computation of a value for readers; it is empty for a value that stands in a
    table.
    """
    if leaf is None:
        return {}
    derivation = {"working": leaf.working, "remark": leaf.remark, "parts": shown_parts(leaf.parts)}
    return {key: value for key, value in derivation.items() if value}


def _renamed(leaf: Leaf) -> Leaf:
    """Return a value that an author has given another name, with both names."""
    numbers = [each.number.split(" ")[0] for each in (leaf, *leaf.parts)]
    if len(numbers) != 2 or leaf.working or numbers[0] != numbers[1]:
        return leaf
    (of,) = leaf.parts
    if of.is_same_place(leaf) or of.place.startswith(f"{leaf.place}, "):
        return of
    return replace(of, place=f"{leaf.place} ({of.where if of.what == leaf.what else of.place})")


def _shown(leaf: Leaf) -> dict[str, Any]:
    """Return a value for readers, without the fields that are empty."""
    shown = {
        "number": leaf.number,
        "place": leaf.place,
        "working": leaf.working,
        "remark": leaf.remark,
        "key": list(leaf.key),
        "tables": list(leaf.tables),
    }
    shown = {key: value for key, value in shown.items() if value}
    value = of_python(leaf.value)
    return shown | ({"value": value} if leaf.key and isinstance(value, (int, float, str)) else {})
