"""Evaluates what a value that overtook another was before: not ahead of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from broadsheet.verify.wording.recorded_comparisons import ComparedValue, Pair, Time
from broadsheet.verify.wording.word_context import OPEN, Verdict


def has_turned(pairs: Sequence[Pair]) -> bool:
    """Return True if a claim compares the same two both ways, as of what is now and what was before."""
    ahead = {tuple(_ahead_and_behind(pair)) for pair in pairs}
    return any(sides[::-1] in ahead for sides in ahead)


def newly_ahead(pair: Pair) -> Verdict:
    """Return the verdict on one of two values that overtook the other: directly before it was not
    ahead of that.
    """
    if pair.this.at is None or pair.sign not in ("<", ">", "<=", ">="):
        return OPEN
    sign = 1 if pair.sign[0] == ">" else -1
    ours, theirs = _until(pair.this), _until(pair.than)
    ahead = [
        (value - other) * sign > 0
        for time in sorted(ours.keys() & theirs.keys())
        if (value := ours[time]) is not None and (other := theirs[time]) is not None
    ][:-1]
    if not ahead:
        return OPEN
    if all(ahead):
        return Verdict("refuted", f"{pair.this} was not on the other side of {pair.than} before")
    return OPEN if ahead[-1] else Verdict("proved")


def _ahead_and_behind(pair: Pair) -> Iterator[str]:
    """Yield the names of the two sides of a pair without their times, the larger first: those by which
    they differ.
    """
    this, than = pair.this, pair.than
    sides = (this, than) if (this.number or 0.0) > (than.number or 0.0) else (than, this)
    are_rows = this.where != than.where
    yield from (_without_times(side.where if are_rows else side.what) for side in sides)


def _without_times(name: str) -> str:
    return re.sub(r"[\d\W]+", " ", name).strip()


def _until(value: ComparedValue) -> dict[Time, float | None]:
    """Return the values of a series up to that of a value, by their times."""
    series = value.history
    return (
        {series.times[at]: series.values[at] for at in series.until(value.at).times}
        if series
        else {}
    )
