"""A value of the data that went into another one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Leaf:
    """A value that was looked up; ``place`` names its column and its row, which are ``what`` and
    ``where``; its ``key`` finds the row in the table. It stands ``at`` a place of a ``series``, or is
    what a ``method`` makes of it, for which places are ``missing``.
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
