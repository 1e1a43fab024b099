"""What a claim compares, read back from what the run recorded
(:mod:`broadsheet.notebook.claims.compared_values` says the form): values, the series that they stand in, and
the times of their places.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from broadsheet.notebook.values.units import unit_of

Time = tuple[int, ...]
"""A year, a year and a month, or a day."""
_TIME = re.compile(r"(1[5-9]\d\d|2[01]\d\d)(?:-(\d\d))?(?:-(\d\d))?(?!\d|-)")
_YEAR = re.compile(r"(?<![\d-])(?:1[5-9]|2[01])\d\d(?![\d-])")


_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, "≥": operator.ge, "≤": operator.le,
    "=": operator.eq, "≠": operator.ne,
}  # fmt: skip


@dataclass(frozen=True)
class ComparedSeries:
    """Values by place; a value that is missing is None."""

    values: Mapping[Any, float | bool | None]

    @cached_property
    def times(self) -> dict[Any, Time]:
        """The time of each place, in order; empty if a place is no time."""
        known = [(place, time_of(place)) for place in self.values]
        if any(time is None for _, time in known):
            return {}
        return {place: time for place, time in sorted(known, key=lambda one: one[1] or ()) if time}

    def until(self, at: Any) -> ComparedSeries:
        """The values up to a place, if the places are times; else all."""
        end = self.times.get(at)
        if end is None:
            return self
        return ComparedSeries(
            {place: self.values[place] for place, time in self.times.items() if time <= end}
        )

    def between(self, start: Time, end: Time) -> list[Any]:
        """The places after the time ``start``, up to ``end``."""
        return [
            place
            for place, time in self.times.items()
            if start < time[: len(start)] and time <= end
        ]


@dataclass(frozen=True)
class ComparedValue:
    """A side of a comparison."""

    value: float | str | bool | None
    what: str = ""
    where: str = ""
    unit: str = ""
    at: Any = None
    series: ComparedSeries | None = None
    method: str = ""
    parts: tuple[ComparedValue, ...] = ()
    cases: Cases | None = None

    @property
    def number(self) -> float | None:
        """The value if it is a number."""
        is_number = isinstance(self.value, (int, float)) and not isinstance(self.value, bool)
        return float(self.value) if is_number else None  # type: ignore[arg-type]

    @property
    def is_constant(self) -> bool:
        """Whether it is a number of the condition, and not of the data."""
        return not (self.what or self.where or self.parts or self.series)

    @cached_property
    def time(self) -> Time | None:
        """The time that it is of: that of its place, a year in its name, or the last of its parts."""
        own = time_of(self.at)
        own = own or year_in(f"{self.where} {self.what}")
        parts = [part.time for part in self.parts if part.time]
        return own or max(parts, default=None)

    @property
    def is_rate(self) -> bool:
        """Whether it is a percentage or a ratio, or computed of values of several times."""
        times = {part.time for part in self.parts}
        is_share = self.is_percent or self.unit in ("", "ratio")
        return len(times) > 1 or (not self.parts and is_share)

    @property
    def is_percent(self) -> bool:
        """Whether its unit is percent, in whatever words."""
        return unit_of(self.unit).kind == "percent"

    @property
    def names(self) -> str:
        """What it is called, with the names of its parts."""
        return " ".join((self.what, self.where, *(part.names for part in self.parts)))

    def __str__(self) -> str:
        name = ", ".join(filter(None, (self.what, self.where)))
        shown = f"{self.value:,.6g}" if self.number is not None else str(self.value)
        return f"{shown} ({name})" if name else shown


@dataclass(frozen=True)
class Pair:
    """Two values that a condition compares, with the ``sign`` between them. ``is_change`` says that
    the first is what became of the second, ``is_beside`` that the condition stands beside its words.
    """

    sign: str
    this: ComparedValue
    than: ComparedValue
    is_change: bool = False
    is_beside: bool = False

    @cached_property
    def in_time(self) -> tuple[ComparedValue, ComparedValue] | None:
        """The later and the earlier value, if their times differ."""
        one, other = self.this.time, self.than.time
        if one is None or other is None or one == other:
            return None
        return (self.this, self.than) if one > other else (self.than, self.this)


@dataclass(frozen=True)
class Extreme:
    """A value among others, of which it is said to be the highest (``sign`` 1), the lowest (-1), or
    of some rank.
    """

    sign: int
    this: ComparedValue
    among: ComparedSeries


@dataclass(frozen=True)
class Cases:
    """Where a condition holds: ``this`` and ``than`` are the names of what it compares, ``ours`` and
    ``theirs`` the values, ``limit`` a number in place of ``theirs``. ``steps`` has the values whose
    changes from each place to the next are compared, as ``is_change`` says.
    """

    sign: str
    this: str
    than: str
    holds: ComparedSeries
    since: Any = None
    is_change: bool = False
    ours: ComparedSeries | None = None
    theirs: ComparedSeries | None = None
    limit: float | None = None
    steps: ComparedSeries | None = None
    unit: str = ""

    @property
    def step(self) -> int:
        """The direction of the steps for which it holds, 1 or -1; 0 if it is of no steps."""
        if self.steps is None or not self.steps.times or self.limit != 0:
            return 0
        return {">": 1, "<": -1}.get(self.sign[:1], 0)

    def at_all(self) -> dict[Any, bool | None]:
        """Where it holds among all places that the values have, also those that the condition leaves
        out; None where a value is missing.
        """
        known: dict[Any, bool | None] = {
            place: None if value is None else bool(value)
            for place, value in self.holds.values.items()
        }
        holds, ours, theirs = _HOLDS.get(self.sign), self.ours, self.theirs
        if holds is None or ours is None or self.steps is not None:
            return known
        for place, one in ours.values.items():
            other = self.limit if theirs is None else theirs.values.get(place)
            if place not in known and not isinstance(one, str):
                known[place] = None if one is None or other is None else holds(one, other)
        return known


Comparison = Pair | Extreme | Cases


def comparisons_of(claim: Mapping[str, Any]) -> list[Comparison]:
    """The comparisons of a claim as it was declared; none if they are not known."""
    known = claim.get("compared") or {}
    series = [
        ComparedSeries(dict(zip(map(_hashable, one["places"]), one["values"], strict=True)))
        for one in known.get("series", ())
    ]
    made = (_comparison(one, series) for one in known.get("comparisons", ()))
    return [one for one in made if one is not None]


def time_of(place: Any) -> Time | None:
    """The time that a place is: a year, a month or a day; of several parts the first that is one."""
    if isinstance(place, (tuple, list)):
        return next(filter(None, map(time_of, place)), None)
    match = _TIME.match(str(place)) if isinstance(place, (int, float, str)) else None
    return tuple(int(part) for part in match.groups() if part) if match else None


def year_in(name: str) -> Time | None:
    """The year in the name of a column or a place."""
    year = _YEAR.search(name)
    return (int(year[0]),) if year else None


def _comparison(one: Mapping[str, Any], series: Sequence[ComparedSeries]) -> Comparison | None:
    if one["kind"] in ("pair", "change"):
        this, than = (_value(one[side], series) for side in ("this", "than"))
        is_beside = bool(one.get("beside"))
        return Pair(one["sign"], this, than, one["kind"] == "change", is_beside)
    if one["kind"] == "extreme" and one["among"] is not None:
        return Extreme(one["sign"], _value(one["this"], series), series[one["among"]])
    if one["kind"] == "cases" and one["holds"] is not None:
        return _cases(one, series)
    return None


def _cases(one: Mapping[str, Any], series: Sequence[ComparedSeries]) -> Cases:
    def of(name: str) -> ComparedSeries | None:
        number = one.get(name)
        return None if number is None else series[number]

    return Cases(
        one["sign"],
        one["this"],
        one["than"],
        series[one["holds"]],
        _hashable(one["since"]),
        bool(one.get("is_change")),
        of("ours"),
        of("theirs"),
        one.get("limit"),
        of("steps"),
        one.get("unit", ""),
    )


def _value(one: Mapping[str, Any], series: Sequence[ComparedSeries]) -> ComparedValue:
    number = one.get("series")
    return ComparedValue(
        one.get("value"),
        one.get("what", ""),
        one.get("where", ""),
        one.get("unit", ""),
        _hashable(one.get("at")),
        None if number is None else series[number],
        one.get("method", ""),
        tuple(_value(part, series) for part in one.get("parts", ())),
        _cases(one["cases"], series) if (one.get("cases") or {}).get("holds") is not None else None,
    )


def _hashable(place: Any) -> Any:
    return tuple(map(_hashable, place)) if isinstance(place, list) else place
