"""What a meaning of words is evaluated on, and what becomes of it: the values that bear it out, those
that contradict it, and the changes that a comparison is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from broadsheet.verify.claims.compared import (
    Cases,
    ComparedSeries,
    ComparedValue,
    Comparison,
    Extreme,
    Pair,
    Time,
)
from broadsheet.verify.claims.meanings import Meaning
from broadsheet.verify.claims.word_subjects import Subjects

Truth = Literal["proved", "refuted", "open"]


@dataclass(frozen=True)
class Verdict:
    """What became of a meaning, and what the values say instead; the ``size`` that they have, a ratio or
    a number of cases, of the cases in ``whole``.
    """

    truth: Truth
    says: str = ""
    size: float | None = None
    whole: int = 0


OPEN = Verdict("open")


@dataclass(frozen=True)
class Context:
    """What a meaning is evaluated on: the ``comparisons`` of the claim, all ``meanings`` of its words,
    what they are about, whether the sentence says that a place is shared, and the ``sentence`` in
    small letters.
    """

    comparisons: Sequence[Comparison]
    meanings: Sequence[Meaning]
    subjects: Subjects
    is_shared: bool = False
    sentence: str = ""

    def of(self, meaning: Meaning) -> Context:
        """What a meaning is evaluated on: the comparisons that it may be about, and the meanings that
        stand with it.
        """
        together = [one for one in self.meanings if self.subjects.are_together(one, meaning)]
        is_of_all = any(one.kind == "all" for one in together)
        concerned = self.subjects.concerned(meaning)
        return replace(
            self, comparisons=self.comparisons if is_of_all else concerned, meanings=together
        )

    @property
    def pairs(self) -> list[Pair]:
        """The comparisons of two values."""
        return [one for one in self.comparisons if isinstance(one, Pair)]

    def meaning(self, *kinds: str) -> Meaning | None:
        """The first meaning of some kinds that is not denied."""
        return self.like(False, *kinds)

    def like(self, is_denied: bool, *kinds: str) -> Meaning | None:
        """The first meaning of some kinds that is denied, or is not: "not at a record high"."""
        known = (one for one in self.meanings if one.is_denied == is_denied)
        return next((one for one in known if one.kind in kinds), None)


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of several candidates: one that is proved is enough."""
    known = list(verdicts)
    for truth in ("proved", "open", "refuted"):
        for one in known:
            if one.truth == truth:
                return one
    return OPEN


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on what is said of all: one that is refuted is enough."""
    known = list(verdicts)
    for truth in ("refuted", "open"):
        for one in known:
            if one.truth == truth:
                return one
    return known[0] if known else OPEN


def changes(
    one: Comparison, since: Meaning | None
) -> Iterator[tuple[ComparedValue, ComparedValue]]:
    """The changes that a comparison is about: the later value and the earlier one."""
    if isinstance(one, Extreme):
        last = before(one.this)
        if last is not None:
            yield one.this, last
    if not isinstance(one, Pair):
        return
    ordered = one.in_time
    if one.than.is_constant and (parts := two_times(one.this)):
        yield parts
    elif one.than.is_constant and one.than.number == 0 and one.this.number is not None:
        yield one.this, ComparedValue(0.0)
    elif ordered is not None and not one.is_change:
        now, then = ordered
        start = at_time(now.series, since.time) if since and since.time else None
        for one_now, one_then in bare_pairs(now, then):
            yield one_now, start or one_then
    elif one.is_change:
        series = one.this.series
        start = at_time(series, since.time) if since and since.time and ordered else None
        yield one.this, start or one.than
    elif not (one.this.time or one.than.time) and _is_of_one_place(one):
        yield from bare_pairs(one.this, one.than)


def _is_of_one_place(pair: Pair) -> bool:
    """Whether a pair compares two columns of one row."""
    is_of_data = not (pair.this.is_constant or pair.than.is_constant)
    return is_of_data and pair.this.what != pair.than.what and pair.this.where == pair.than.where


def two_times(one: ComparedValue) -> tuple[ComparedValue, ComparedValue] | None:
    """The later and the earlier part of what was computed of two values of the same: of
    `total[2022] - total[2021]`.
    """
    if len(one.parts) != 2:
        return None
    first, second = sorted(one.parts, key=lambda part: part.time or ())
    are_same = first.what == second.what or (first.where == second.where and first.where)
    is_known = first.number is not None and second.number is not None and first.time and second.time
    return (second, first) if are_same and is_known and first.time != second.time else None


def bare_pairs(
    one: ComparedValue, other: ComparedValue
) -> Iterator[tuple[ComparedValue, ComparedValue]]:
    """Two values; or what stands in the data in place of a computation with a constant: `total` of
    `total / 2`, and what one is a multiple of.
    """
    ours, theirs = bare(one), bare(other)
    yield ours, theirs
    for part in other.parts if len(other.parts) > 1 and not one.parts else ():
        if part.what == one.what and part.time != one.time:
            yield one, part


def bare(one: ComparedValue) -> ComparedValue:
    """The only part of a computation with a constant, `total / 2`; any other value unchanged."""
    return one.parts[0] if len(one.parts) == 1 and one.parts[0].number is not None else one


def ratio_of(now: ComparedValue, then: ComparedValue) -> Iterator[float]:
    """How many times as much one value is as another; nothing if that cannot be said."""
    one, other = now.number, then.number
    if one is not None and other:
        yield one / other


def cases_of(one: Comparison) -> Iterator[tuple[int, int]]:
    """In how many cases, of how many, something holds."""
    if isinstance(one, Cases):
        values = list(one.holds.values.values())
        yield sum(bool(value) for value in values), len(values)
    elif isinstance(one, Pair):
        for side in (one.this, one.than):
            values = list(side.series.values.values()) if side.series else []
            if side.method in ("sum", "mean") and values and all(type(v) is bool for v in values):
                yield sum(map(bool, values)), len(values)


def cases_in(one: Comparison) -> Cases | None:
    """The cases of a comparison: where a condition holds, or of which a number is compared."""
    if isinstance(one, Cases):
        return one
    if isinstance(one, Pair):
        return one.this.cases or one.than.cases
    return None


def before(one: ComparedValue) -> ComparedValue | None:
    """The value at the place before that of another, if the places are times."""
    if one.series is None or one.at not in one.series.times:
        return None
    places = list(one.series.times)
    index = places.index(one.at)
    if not index:
        return None
    place = places[index - 1]
    value = one.series.values[place]
    return ComparedValue(value, one.what, str(place), one.unit, place, one.series)


def at_time(series: ComparedSeries | None, time: Time) -> ComparedValue | None:
    """The value of a series at a time."""
    for place, known in series.times.items() if series else ():
        if known == time:
            return ComparedValue(series.values[place], "", str(place), at=place, series=series)  # type: ignore[union-attr]
    return None


def compared(one: float, other: float) -> str:
    """How a number compares with another, in words."""
    return "equal to" if one == other else "more than" if one > other else "less than"


def shown(places: Sequence[Any]) -> str:
    """Some places in words, the first few by name."""
    named = [", ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in places]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
