"""Evaluates words of rank: "the second-highest since 2010", "a record", "for the first time".

A series of times ends where the value stands that is spoken of: "a record" of 2022 is not refuted by
2024.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.text.lexicon import any_of
from broadsheet.verify.wording.meaning_rules import Meaning
from broadsheet.verify.wording.place_names import in_language, names_place
from broadsheet.verify.wording.recorded_comparisons import (
    ComparedSeries,
    ComparedValue,
    Extreme,
    Pair,
    tied,
)
from broadsheet.verify.wording.word_context import OPEN, Context, Verdict, best, shown


@dataclass(frozen=True)
class _Claimed:
    """The rank that words claim."""

    sign: int
    """1 from the top, -1 from the bottom."""
    number: int
    """The rank, from 1."""
    scope: Meaning | None
    """The meaning that limits the values: "since 2010"."""
    is_shared: bool
    """The words say that the rank is shared."""
    of: float | None = None
    """The number of values that the words name."""


def rank(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "the second-highest since 2010", "a record"."""
    sign = -1 if meaning.kind in ("low", "none-less") else 1
    scope = context.meaning("since", "within", "of-year")
    scope = scope or context.like(meaning.is_denied, "ever")
    if scope and scope.kind == "since" and scope.time is None:
        return OPEN
    claimed = _Claimed(sign, int(meaning.size or 1), scope, context.is_shared, meaning.of)
    verdicts = []
    for comparison in context.comparisons:
        if isinstance(comparison, Extreme):
            is_loss = (comparison.this.number or 0.0) < 0 and context.meaning("down") is not None
            sign = -claimed.sign if is_loss else claimed.sign  # "lost more than any other"
            is_shared = claimed.is_shared or _are_named(comparison, context)
            ours = replace(claimed, sign=sign, is_shared=is_shared)
            verdicts.append(_ranked(comparison.this, comparison.among, ours, is_loss=is_loss))
        elif isinstance(comparison, Pair) and not _is_of_change(meaning, context):
            verdicts += _rank_in_pair(comparison, claimed)
    return best(verdicts)


def _are_named(extreme: Extreme, context: Context) -> bool:
    """Return True if a sentence lists all places that share a rank: "Garth and Hulme conceded the most"."""
    places, words, text = tied(extreme), context.subjects.words, context.sentence
    if len(places) < 2 or not all(names_place(text, place, words.language) for place in places):
        return False
    names = any_of(name for place in places for name in in_language(str(place), words.language))
    between = rf",? (?:{any_of(words.meanings.joins)}) |, "
    listed = rf"(?<!\w)(?:{names})(?:(?:{between})(?:{names})){{{len(places) - 1}}}(?!\w)"
    return re.search(listed, text) is not None


def _is_of_change(meaning: Meaning, context: Context) -> bool:
    """True if a rank stands directly behind a change, whose size it ranks: "grew more than any other"."""
    return any(
        other.kind in ("up", "down") and context.sentence[other.end : meaning.start].isspace()
        for other in context.meanings
    )


def extreme(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "the best", of which the values do not say whether the highest is
    meant.
    """
    ways = [rank(replace(meaning, kind=kind, size=1.0), context) for kind in ("high", "low")]
    verdict = best(ways)
    return OPEN if verdict.truth == "proved" else verdict


def _rank_in_pair(pair: Pair, claimed: _Claimed) -> Iterator[Verdict]:
    sign, scope = claimed.sign, claimed.scope
    method = "max" if sign > 0 else "min"
    other = "min" if sign > 0 else "max"
    for this, than in ((pair.this, pair.than), (pair.than, pair.this)):
        if than.method in ("max", "min") and this.number is not None and than.number is not None:
            is_so = than.method == method and (this.number - than.number) * sign >= 0
            is_not = than.method == other and this.number == than.number
            if is_so or is_not:
                yield Verdict(
                    "proved" if is_so and claimed.number == 1 else "refuted", f"{this} and {than}"
                )
                return
    named = [
        side for side in (pair.this, pair.than) if side.series and side.at in side.series.values
    ]
    is_of_row = pair.this.is_of_row(pair.than)
    if pair.this.series is pair.than.series and pair.this.series is not None:
        named = named[: 1 if scope else 2]
    for side in named:
        assert side.series is not None
        if not side.method:
            among = side.history if is_of_row else side.series
            verdict = _ranked(side, among or side.series, claimed)
            is_alone = len(named) == 1 or scope is not None
            yield verdict if verdict.truth == "proved" or is_alone or pair.in_time else OPEN


def _ranked(
    this: ComparedValue, among: ComparedSeries, claimed: _Claimed, *, is_loss: bool = False
) -> Verdict:
    sign, scope = claimed.sign, claimed.scope
    series = (
        this.history
        if this.history and among.values.keys() <= this.history.values.keys()
        else this.series
    )
    whole = ComparedSeries({**(series.values if series else {}), **among.values})
    value = whole.values.get(this.at)
    if value is None:
        return OPEN
    values = _in_scope(this, among, whole, scope)
    if isinstance(values, Verdict):
        return values
    others = {place: other for place, other in values.items() if place != this.at}
    if (
        any(other is None for other in others.values())
        and scope is not None
        and scope.kind != "ever"
    ):
        missing = [place for place, other in others.items() if other is None]
        return Verdict("open", f"there is no value of {shown(missing)}")
    compared = {place: other for place, other in others.items() if other is not None}
    better = [place for place, other in compared.items() if (other - value) * sign > 0]
    same = [place for place, other in compared.items() if other == value]
    if value < 0 and not is_loss and len(better) + 1 != claimed.number:
        return OPEN
    number = len(better) + 1
    if claimed.of and claimed.of != len(compared) + 1:
        return Verdict("refuted", f"{this} is one of {len(compared) + 1}")
    top = "highest" if sign > 0 else "lowest"
    if number != claimed.number:
        verb = "is" if len(better) == 1 else "are"
        ahead = f"; {shown(better)} {verb} ahead" if 0 < len(better) <= 3 else ""
        return Verdict(
            "refuted", f"{this} is number {number} of {len(compared) + 1} from the {top}{ahead}"
        )
    if same and not claimed.is_shared:
        return Verdict("refuted", f"{this} shares its place with {shown(same)}")
    return Verdict("proved")


def _in_scope(
    this: ComparedValue, among: ComparedSeries, whole: ComparedSeries, scope: Meaning | None
) -> Mapping[Any, float | bool | None] | Verdict:
    """Return the values among which words say that one has a rank: those of the claim; of the ``whole``
    series those since a time, of the year, or all. If there are none that fit, the verdict.
    """
    end = whole.times.get(this.at)
    if scope is None:
        return among.values
    if scope.kind == "of-year":
        return _of_year(this, whole) or among.values
    if end is None:  # "more than any other": also than those that the condition leaves out
        return whole.values if scope.kind == "ever" else OPEN
    start = scope.time
    if scope.kind == "within" and scope.size:
        start = (end[0] - int(scope.size),)
    if start is None:
        return whole.until(this.at).values
    first = next(iter(whole.times.values()))
    if first[0] > start[0] + 1:
        return Verdict("refuted", f"the series begins only in {first[0]}")
    return {place: whole.values[place] for place in whole.between(start, end)}


def _of_year(this: ComparedValue, series: ComparedSeries) -> dict[Any, float | bool | None]:
    """Return the values of a series in the year of one of them, if it has a closer time than a year."""
    year, *closer = series.times.get(this.at) or (0,)
    times = series.times if closer else {}
    return {place: series.values[place] for place, time in times.items() if time[0] == year}


def first_time(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "for the first time": a limit that no earlier value has passed."""

    def first(pair: Pair) -> Verdict:
        series, limit = pair.this.history, pair.than.number
        if series is not None and pair.than.series is not None:
            return _first_ahead(pair)
        if series is None or limit is None or not pair.than.is_constant or pair.sign[0] not in "<>":
            return OPEN
        sign = 1 if pair.sign[0] == ">" else -1
        for place, value in series.until(pair.this.at).values.items():
            if place != pair.this.at and value is not None and (value - limit) * sign > 0:
                return Verdict("refuted", f"so it was in {shown([place])}: {value:g}")
        return Verdict("proved" if series.times else "open")

    return best(map(first, context.pairs))


def _first_ahead(pair: Pair) -> Verdict:
    """Return the verdict on one of two series that was on that side of the other at no earlier
    time.
    """
    ours, theirs = pair.this.history, pair.than.series
    assert ours is not None and theirs is not None
    if pair.this.series is theirs or pair.this.at != pair.than.at or pair.sign not in ("<", ">"):
        return OPEN
    sign = 1 if pair.sign == ">" else -1
    for place, value in ours.until(pair.this.at).values.items():
        other = theirs.values.get(place)
        if place != pair.this.at and None not in (value, other) and (value - other) * sign > 0:  # type: ignore[operator]
            return Verdict("refuted", f"so it was in {shown([place])}: {value:g} and {other:g}")
    return Verdict("proved" if ours.times else "open")
