"""The comparisons on which a meaning of words is evaluated, and the verdict on it: the values that
bear it out, those that contradict it, and the changes that a comparison is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from broadsheet.verify.wording.meaning_rules import Meaning
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    ComparedSeries,
    ComparedValue,
    Comparison,
    Extreme,
    Pair,
    Time,
)
from broadsheet.verify.wording.word_subjects import Subjects

Truth = Literal["proved", "refuted", "open"]


@dataclass(frozen=True)
class Verdict:
    """The verdict of the values on a meaning."""

    truth: Truth
    """The meaning is proved, refuted or open."""
    says: str = ""
    """A phrase with the values that contradict the meaning."""
    size: float | None = None
    """The ratio, or the number of cases, that the values have."""
    whole: int = 0
    """The number of all cases of which ``size`` are a part."""


OPEN = Verdict("open")


@dataclass(frozen=True)
class Context:
    """The surroundings in which a meaning is evaluated."""

    comparisons: Sequence[Comparison]
    """The comparisons of the claim."""
    meanings: Sequence[Meaning]
    """All meanings of its words."""
    subjects: Subjects
    """The subjects of the sentence."""
    is_shared: bool = False
    """The sentence says that a place is shared."""
    sentence: str = ""
    """The sentence in small letters."""

    def of(self, meaning: Meaning) -> Context:
        """Return the context of one meaning: the comparisons that it may be about, and the meanings
        that stand with it.
        """
        together = [other for other in self.meanings if self.subjects.are_together(other, meaning)]
        is_of_all = any(other.kind == "all" for other in together)
        concerned = self.subjects.concerned(meaning)
        return replace(
            self, comparisons=self.comparisons if is_of_all else concerned, meanings=together
        )

    @property
    def pairs(self) -> list[Pair]:
        """The comparisons of two values."""
        return [comparison for comparison in self.comparisons if isinstance(comparison, Pair)]

    def meaning(self, *kinds: str) -> Meaning | None:
        """Return the first meaning of some kinds that is not denied."""
        return self.like(False, *kinds)

    def like(self, is_denied: bool, *kinds: str) -> Meaning | None:
        """Return the first meaning of some kinds that is denied, or is not: "not at a record high"."""
        candidates = (meaning for meaning in self.meanings if meaning.is_denied == is_denied)
        return next((meaning for meaning in candidates if meaning.kind in kinds), None)


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of several candidates: a proved candidate is enough."""
    candidates = list(verdicts)
    for truth in ("proved", "open", "refuted"):
        for verdict in candidates:
            if verdict.truth == truth:
                return verdict
    return OPEN


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on what is said of all: a refuted candidate is enough."""
    candidates = list(verdicts)
    for truth in ("refuted", "open"):
        for verdict in candidates:
            if verdict.truth == truth:
                return verdict
    return candidates[0] if candidates else OPEN


def changes(
    comparison: Comparison, since: Meaning | None
) -> Iterator[tuple[ComparedValue, ComparedValue]]:
    """Yield the changes that a comparison is about: the later value and the earlier one."""
    if isinstance(comparison, Extreme):
        last = before(comparison.this)
        if last is not None:
            yield comparison.this, last
    if not isinstance(comparison, Pair):
        return
    ordered = comparison.in_time
    if comparison.than.is_constant and (parts := two_times(comparison.this)):
        yield parts
    elif (
        comparison.than.is_constant
        and comparison.than.number == 0
        and comparison.this.number is not None
    ):
        yield comparison.this, ComparedValue(0.0)
    elif ordered is not None and not comparison.is_change:
        now, then = ordered
        start = at_time(now.history, since.time) if since and since.time else None
        for one_now, one_then in bare_pairs(now, then):
            yield one_now, start or one_then
    elif comparison.is_change:
        series = comparison.this.history
        start = at_time(series, since.time) if since and since.time and ordered else None
        yield comparison.this, start or comparison.than
    elif not (comparison.this.time or comparison.than.time) and _is_of_one_place(comparison):
        yield from bare_pairs(comparison.this, comparison.than)


def _is_of_one_place(pair: Pair) -> bool:
    """Return True if a pair compares two columns of one row."""
    is_of_data = not (pair.this.is_constant or pair.than.is_constant)
    return is_of_data and pair.this.what != pair.than.what and pair.this.where == pair.than.where


def two_times(value: ComparedValue) -> tuple[ComparedValue, ComparedValue] | None:
    """Return the later and the earlier part of what was computed of two values of the same: of
    `total[2022] - total[2021]`.
    """
    if len(value.parts) != 2:
        return None
    first, second = sorted(value.parts, key=lambda part: part.time or ())
    are_same = first.what == second.what or (first.where == second.where and first.where)
    is_known = first.number is not None and second.number is not None and first.time and second.time
    return (second, first) if are_same and is_known and first.time != second.time else None


def bare_pairs(
    value: ComparedValue, other: ComparedValue
) -> Iterator[tuple[ComparedValue, ComparedValue]]:
    """Yield two values; or what stands in the data in place of a computation with a constant:
    `total` of `total / 2`, and what one is a multiple of.
    """
    ours, theirs = bare(value), bare(other)
    yield ours, theirs
    for part in other.parts if len(other.parts) > 1 and not value.parts else ():
        if part.what == value.what and part.time != value.time:
            yield value, part


def bare(value: ComparedValue) -> ComparedValue:
    """Return the only part of a computation with a constant, `total / 2`; any other value
    unchanged.
    """
    return value.parts[0] if len(value.parts) == 1 and value.parts[0].number is not None else value


def ratio_of(now: ComparedValue, then: ComparedValue) -> Iterator[float]:
    """Yield the ratio of one value to another; nothing if there is none."""
    size, base = now.number, then.number
    if size is not None and base:
        yield size / base


def cases_of(comparison: Comparison) -> Iterator[tuple[int, int]]:
    """Yield the number of cases in which something holds, and the number of all."""
    if isinstance(comparison, Cases):
        values = list(comparison.holds.values.values())
        yield sum(bool(value) for value in values), len(values)
    elif isinstance(comparison, Pair):
        for side in (comparison.this, comparison.than):
            values = list(side.series.values.values()) if side.series else []
            if side.method in ("sum", "mean") and values and all(type(v) is bool for v in values):
                yield sum(map(bool, values)), len(values)


def cases_in(comparison: Comparison) -> Cases | None:
    """Return the cases of a comparison: where a condition holds, or of which a number is compared."""
    if isinstance(comparison, Cases):
        return comparison
    if isinstance(comparison, Pair):
        return comparison.this.cases or comparison.than.cases
    return None


def before(now: ComparedValue) -> ComparedValue | None:
    """Return the value at the place before that of another, if the places are times."""
    if now.history is None or now.at not in now.history.times:
        return None
    places = list(now.history.times)
    index = places.index(now.at)
    if not index:
        return None
    place = places[index - 1]
    value = now.history.values[place]
    return ComparedValue(value, now.what, shown([place]), now.unit, place, now.series)


def at_time(series: ComparedSeries | None, time: Time) -> ComparedValue | None:
    """Return the value of a series at a time."""
    for place, place_time in series.times.items() if series else ():
        if place_time == time:
            return ComparedValue(series.values[place], "", shown([place]), at=place, series=series)  # type: ignore[union-attr]
    return None


def compared(number: float, other: float) -> str:
    """Return the relation of a number to another, in words: "more than"."""
    return "equal to" if number == other else "more than" if number > other else "less than"


def shown(places: Sequence[Any]) -> str:
    """Return some places in words, the first few by name."""
    named = [
        ", ".join(map(str, place)) if isinstance(place, tuple) else str(place) for place in places
    ]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
