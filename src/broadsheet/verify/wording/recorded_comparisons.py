"""The comparisons of a claim, read back from what the run recorded
(:mod:`broadsheet.notebook.claims.compared_values` says the form): values, the series that they
stand in, and the times of their places.
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
LEAST_COUNT = 100
"""The least value without a unit that is no rate."""
_TIME = re.compile(r"(1[5-9]\d\d|2[01]\d\d)(?:-(\d\d))?(?:-(\d\d))?(?!\d|-)")
_YEAR = re.compile(r"(?<![\d-])(?:1[5-9]|2[01])\d\d(?![\d-])")


_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, "<": operator.lt, "≥": operator.ge, "≤": operator.le,
    "=": operator.eq, "≠": operator.ne,
}  # fmt: skip


@dataclass(frozen=True)
class ComparedSeries:
    """Values by place."""

    values: Mapping[Any, float | bool | None]
    """The value of each place; None for one that is missing."""

    @cached_property
    def times(self) -> dict[Any, Time]:
        """The time of each place, in order; empty if a place is no time."""
        times = [(place, time_of(place)) for place in self.values]
        if any(time is None for _, time in times):
            return {}
        return {
            place: time for place, time in sorted(times, key=lambda timed: timed[1] or ()) if time
        }

    @cached_property
    def rows(self) -> frozenset[str]:
        """The names of rows in the places."""
        parts = (place if isinstance(place, tuple) else (place,) for place in self.values)
        return frozenset(
            part for of in parts for part in of if isinstance(part, str) and part[:1].isalpha()
        )

    def until(self, at: Any) -> ComparedSeries:
        """Return the values up to a place, if the places are times; else all."""
        end = self.times.get(at)
        if end is None:
            return self
        return ComparedSeries(
            {place: self.values[place] for place, time in self.times.items() if time <= end}
        )

    def between(self, start: Time, end: Time) -> list[Any]:
        """Return the places after the time ``start``, up to ``end``."""
        return [
            place
            for place, time in self.times.items()
            if start < time[: len(start)] and time <= end
        ]


@dataclass(frozen=True)
class ComparedValue:
    """A side of a comparison."""

    value: float | str | bool | None
    """The value; None if it is missing."""
    what: str = ""
    """The name of its column."""
    where: str = ""
    """The name of its place."""
    unit: str = ""
    """The unit of its column."""
    at: Any = None
    """The key of its place in the series."""
    series: ComparedSeries | None = None
    """The series that it stands in."""
    method: str = ""
    """The method by which it was computed of the series: `max`, `sum`."""
    parts: tuple[ComparedValue, ...] = ()
    """The values that it was computed of."""
    cases: Cases | None = None
    """The cases of which it is the number."""

    @property
    def number(self) -> float | None:
        """The value if it is a number."""
        is_number = isinstance(self.value, (int, float)) and not isinstance(self.value, bool)
        return float(self.value) if is_number else None  # type: ignore[arg-type]

    @property
    def is_constant(self) -> bool:
        """The value is a number of the condition, and not of the data."""
        return not (self.what or self.where or self.parts or self.series)

    @cached_property
    def time(self) -> Time | None:
        """The time of the value's place, a year in its name, or the last time of its parts."""
        time = time_of(self.at)
        time = time or year_in(f"{self.where} {self.what}")
        parts = [part.time for part in self.parts if part.time]
        return time or max(parts, default=None)

    @cached_property
    def history(self) -> ComparedSeries | None:
        """The series; of one with several keys, the values of its row over time: of Maths at all years."""
        row = row_keys(self.at)
        if self.series is None or not row or not all(isinstance(part, str) for part in row):
            return self.series
        if time_of(self.at) is None:
            return self.series
        of_row = {at: value for at, value in self.series.values.items() if row_keys(at) == row}
        return ComparedSeries(of_row)

    @property
    def is_rate(self) -> bool:
        """The value is a percentage or a ratio, or computed of values of several times."""
        times = {part.time for part in self.parts}
        is_count = not self.unit and abs(self.number or 0.0) >= LEAST_COUNT
        is_share = self.is_percent or (self.unit in ("", "ratio") and not is_count)
        return len(times) > 1 or (not self.parts and is_share)

    @property
    def is_percent(self) -> bool:
        """The unit is percent, in whatever words."""
        return unit_of(self.unit).kind == "percent"

    @property
    def names(self) -> str:
        """The names of the value and of its parts."""
        return " ".join((self.what, self.where, *(part.names for part in self.parts)))

    def is_of_row(self, other: ComparedValue) -> bool:
        """Return True if another value stands in the same series, and in its row, if that has several keys."""
        return (
            self.series is not None
            and self.series is other.series
            and row_keys(self.at) == row_keys(other.at)
        )

    def __str__(self) -> str:
        name = ", ".join(filter(None, (self.what, self.where)))
        shown = f"{self.value:,.6g}" if self.number is not None else str(self.value)
        return f"{shown} ({name})" if name else shown


@dataclass(frozen=True)
class Pair:
    """Two values that a condition compares."""

    sign: str
    """The sign between them."""
    this: ComparedValue
    """The first value."""
    than: ComparedValue
    """The value with which it is compared."""
    is_change: bool = False
    """The first is what became of the second."""
    is_beside: bool = False
    """The condition stands beside its words."""

    @cached_property
    def in_time(self) -> tuple[ComparedValue, ComparedValue] | None:
        """The later and the earlier value, if their times differ."""
        first, second = self.this.time, self.than.time
        if first is None or second is None or first == second:
            return None
        return (self.this, self.than) if first > second else (self.than, self.this)


@dataclass(frozen=True)
class Extreme:
    """A value among others, of which it is said to be the highest, the lowest, or of some rank."""

    sign: int
    """1 for the highest, -1 for the lowest."""
    this: ComparedValue
    """The value."""
    among: ComparedSeries
    """The values among which it stands."""


@dataclass(frozen=True)
class Cases:
    """The cases in which a condition holds."""

    sign: str
    """The sign of the condition."""
    this: str
    """The name of what is compared."""
    than: str
    """The name of what it is compared with."""
    holds: ComparedSeries
    """The truth of the condition by place."""
    since: Any = None
    """The place from which the condition holds."""
    ours: ComparedSeries | None = None
    """The values of ``this``."""
    theirs: ComparedSeries | None = None
    """The values of ``than``."""
    limit: float | None = None
    """A number in place of ``theirs``."""
    steps: ComparedSeries | None = None
    """The values whose changes from each place to the next are compared."""
    unit: str = ""
    """The unit of the values."""

    @property
    def step(self) -> int:
        """The direction of the steps for which the condition holds, 1 or -1; 0 if it is of no
        steps.
        """
        if self.steps is None or not self.steps.times or self.limit != 0:
            return 0
        return {">": 1, "≥": 1, "<": -1, "≤": -1}.get(self.sign, 0)

    def at_all(self) -> dict[Any, bool | None]:
        """Return the truth of the condition at all places that the values have, also at those that
        the condition leaves out; None where a value is missing.
        """
        holds_at: dict[Any, bool | None] = {
            place: None if truth is None else bool(truth)
            for place, truth in self.holds.values.items()
        }
        holds, ours, theirs = _HOLDS.get(self.sign), self.ours, self.theirs
        if holds is None or ours is None or self.steps is not None:
            return holds_at
        for place, value in ours.values.items():
            other = self.limit if theirs is None else theirs.values.get(place)
            if place not in holds_at and not isinstance(value, str):
                holds_at[place] = None if value is None or other is None else holds(value, other)
        return holds_at


Comparison = Pair | Extreme | Cases


def comparisons_of(claim: Mapping[str, Any]) -> list[Comparison]:
    """Return the comparisons of a claim as it was declared; none if they are not known."""
    declared = claim.get("compared") or {}
    series = [
        ComparedSeries(dict(zip(map(_hashable, record["places"]), record["values"], strict=True)))
        for record in declared.get("series", ())
    ]
    comparisons = (_comparison(record, series) for record in declared.get("comparisons", ()))
    return [comparison for comparison in comparisons if comparison is not None]


def tied(extreme: Extreme) -> list[Any]:
    """Return the places of the value of a rank, and of those that are equal to it."""
    values, this = extreme.among.values, extreme.this
    return [place for place, value in values.items() if value is not None and value == this.value]


def time_of(place: Any) -> Time | None:
    """Return the time that a place is: a year, a month or a day; of several parts the first that is
    one.
    """
    if isinstance(place, (tuple, list)):
        return next(filter(None, map(time_of, place)), None)
    match = _TIME.match(str(place)) if isinstance(place, (int, float, str)) else None
    return tuple(int(part) for part in match.groups() if part) if match else None


def row_keys(place: Any) -> tuple[Any, ...]:
    """Return the parts of a place of several keys that are no times: of ("Maths", 2023) "Maths"."""
    parts = place if isinstance(place, (tuple, list)) else ()
    return tuple(part for part in parts if time_of(part) is None)


def year_in(name: str) -> Time | None:
    """Return the year in the name of a column or a place."""
    year = _YEAR.search(name)
    return (int(year[0]),) if year else None


def _comparison(record: Mapping[str, Any], series: Sequence[ComparedSeries]) -> Comparison | None:
    if record["kind"] in ("pair", "change"):
        this, than = (_value(record[side], series) for side in ("this", "than"))
        is_beside = bool(record.get("beside"))
        return Pair(record["sign"], this, than, record["kind"] == "change", is_beside)
    if record["kind"] == "extreme" and record["among"] is not None:
        return Extreme(record["sign"], _value(record["this"], series), series[record["among"]])
    if record["kind"] == "cases" and record["holds"] is not None:
        return _cases(record, series)
    return None


def _cases(record: Mapping[str, Any], series: Sequence[ComparedSeries]) -> Cases:
    def of(name: str) -> ComparedSeries | None:
        number = record.get(name)
        return None if number is None else series[number]

    return Cases(
        record["sign"],
        record["this"],
        record["than"],
        series[record["holds"]],
        _hashable(record["since"]),
        of("ours"),
        of("theirs"),
        record.get("limit"),
        of("steps"),
        record.get("unit", ""),
    )


def _value(record: Mapping[str, Any], series: Sequence[ComparedSeries]) -> ComparedValue:
    number = record.get("series")
    return ComparedValue(
        record.get("value"),
        record.get("what", ""),
        record.get("where", ""),
        record.get("unit", ""),
        _hashable(record.get("at")),
        None if number is None else series[number],
        record.get("method", ""),
        tuple(_value(part, series) for part in record.get("parts", ())),
        _cases(record["cases"], series)
        if (record.get("cases") or {}).get("holds") is not None
        else None,
    )


def _hashable(place: Any) -> Any:
    return tuple(map(_hashable, place)) if isinstance(place, list) else place
