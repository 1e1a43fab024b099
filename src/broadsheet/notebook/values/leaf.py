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
    """A value that was looked up; ``place`` names its column and its row, which are ``what`` and
    ``where``; its ``key`` finds the row in one of the ``tables``. It stands ``at`` a place of a
    ``series``, or is what a ``method`` makes of it, for which places are ``missing``. In a computation
    it is written as ``number``. If it was itself computed, ``working`` says how, of its ``parts``; the
    ``remark`` says what else a reader needs to check it.
    """

    place: str
    value: Any
    unit: str | None
    key: tuple[str, ...] = field(default=(), compare=False)
    what: str = field(default="", compare=False)
    where: str = field(default="", compare=False)
    at: Any = field(default=None, compare=False, repr=False)
    series: Any = field(default=None, compare=False, repr=False)
    method: str = field(default="", compare=False)
    missing: tuple[str, ...] = field(default=(), compare=False)
    number: str = field(default="", compare=False)
    working: str = field(default="", compare=False)
    parts: tuple[Leaf, ...] = field(default=(), compare=False)
    remark: str = field(default="", compare=False)
    tables: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_count(self) -> bool:
        """Whether it is a number of values, and none of them."""
        return self.method in COUNTING

    def is_same_place(self, other: Leaf) -> bool:
        """Whether two are called the same, in whatever order."""
        return sorted(self.place.split(", ")) == sorted(other.place.split(", "))


MOST_PARTS = 12
"""The most values that a reader is shown of one computation."""


def shown_parts(leaves: Iterable[Leaf]) -> list[dict[str, Any]]:
    """The values of a computation for readers, each before those that it was computed of."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    todo = [*leaves]
    while todo and len(parts) < MOST_PARTS:
        one = _renamed(todo.pop(0))
        if one.number and (one.number, one.place) not in parts:
            parts[one.number, one.place] = _shown(one)
            todo = [*one.parts, *todo]
    return list(parts.values())


def shown_derivation(one: Leaf | None) -> dict[str, Any]:
    """How a value came about, for readers; nothing of one that stands in a table."""
    if one is None:
        return {}
    made = {"working": one.working, "remark": one.remark, "parts": shown_parts(one.parts)}
    return {key: value for key, value in made.items() if value}


def _renamed(one: Leaf) -> Leaf:
    """A value that an author has given another name, with both."""
    numbers = [each.number.split(" ")[0] for each in (one, *one.parts)]
    if len(numbers) != 2 or one.working or numbers[0] != numbers[1]:
        return one
    (of,) = one.parts
    if of.is_same_place(one) or of.place.startswith(f"{one.place}, "):
        return of
    return replace(of, place=f"{one.place} ({of.where if of.what == one.what else of.place})")


def _shown(one: Leaf) -> dict[str, Any]:
    made = {
        "number": one.number,
        "place": one.place,
        "working": one.working,
        "remark": one.remark,
        "key": list(one.key),
        "tables": list(one.tables),
    }
    made = {key: value for key, value in made.items() if value}
    value = of_python(one.value)
    return made | ({"value": value} if one.key and isinstance(value, (int, float, str)) else {})
