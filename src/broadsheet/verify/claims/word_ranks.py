"""Evaluates words of rank: "the second-highest since 2010", "a record", "for the first time".

A series of times ends where the value stands that is spoken of: "a record" of 2022 is not refuted by
2024.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from broadsheet.verify.claims.compared import ComparedSeries, ComparedValue, Extreme, Pair
from broadsheet.verify.claims.meanings import Meaning
from broadsheet.verify.claims.word_context import OPEN, Context, Verdict, best, shown


@dataclass(frozen=True)
class _Wanted:
    """The rank that words claim: the ``number`` from the top (``sign`` 1) or from the bottom (-1), ``of`` so
    many.
    """

    sign: int
    number: int
    scope: Meaning | None
    is_shared: bool
    of: float | None = None


def rank(meaning: Meaning, context: Context) -> Verdict:
    """Words such as "the second-highest since 2010", "a record"."""
    sign = -1 if meaning.kind in ("low", "none-less") else 1
    scope = context.meaning("since", "within") or context.like(meaning.is_denied, "ever")
    if scope and scope.kind == "since" and scope.time is None:
        return OPEN
    wanted = _Wanted(sign, int(meaning.size or 1), scope, context.is_shared, meaning.of)
    verdicts = []
    for one in context.comparisons:
        if isinstance(one, Extreme):
            is_loss = (one.this.number or 0.0) < 0 and context.meaning("down") is not None
            of_losses = (
                replace(wanted, sign=-sign) if is_loss else wanted
            )  # "lost more than any other"
            verdicts.append(_ranked(one.this, one.among, of_losses, is_loss=is_loss))
        elif isinstance(one, Pair):
            verdicts += _rank_in_pair(one, wanted)
    return best(verdicts)


def extreme(meaning: Meaning, context: Context) -> Verdict:
    """Words such as "the best", of which the values do not say whether the highest is meant."""
    ways = [rank(replace(meaning, kind=kind, size=1.0), context) for kind in ("high", "low")]
    verdict = best(ways)
    return OPEN if verdict.truth == "proved" else verdict


def _rank_in_pair(pair: Pair, wanted: _Wanted) -> Iterator[Verdict]:
    sign, scope = wanted.sign, wanted.scope
    method = "max" if sign > 0 else "min"
    other = "min" if sign > 0 else "max"
    for one, than in ((pair.this, pair.than), (pair.than, pair.this)):
        if than.method in ("max", "min") and one.number is not None and than.number is not None:
            is_so = than.method == method and (one.number - than.number) * sign >= 0
            is_not = than.method == other and one.number == than.number
            if is_so or is_not:
                yield Verdict(
                    "proved" if is_so and wanted.number == 1 else "refuted", f"{one} and {than}"
                )
                return
    named = [one for one in (pair.this, pair.than) if one.series and one.at in one.series.values]
    if pair.this.series is pair.than.series and pair.this.series is not None:
        named = named[: 1 if scope else 2]
    for one in named:
        assert one.series is not None
        if not one.method:
            verdict = _ranked(one, one.series, wanted)
            is_alone = len(named) == 1 or scope is not None
            yield verdict if verdict.truth == "proved" or is_alone or pair.in_time else OPEN


def _ranked(
    one: ComparedValue, among: ComparedSeries, wanted: _Wanted, *, is_loss: bool = False
) -> Verdict:
    sign, scope = wanted.sign, wanted.scope
    whole = ComparedSeries({**(one.series.values if one.series else {}), **among.values})
    value = whole.values.get(one.at)
    if value is None:
        return OPEN
    values = among.values
    if scope is not None and (end := whole.times.get(one.at)) is not None:
        start = scope.time
        if scope.kind == "within" and scope.size:
            start = (end[0] - int(scope.size),)
        values = whole.until(one.at).values
        if start is not None:
            places = whole.between(start, end)
            first = next(iter(whole.times.values()))
            if first[0] > start[0] + 1:
                return Verdict("refuted", f"the series begins only in {first[0]}")
            values = {place: whole.values[place] for place in places}
    elif scope is not None and scope.kind != "ever":
        return OPEN
    elif scope is not None:  # "more than any other": also than those that the condition leaves out
        values = whole.values
    others = {place: other for place, other in values.items() if place != one.at}
    if (
        any(other is None for other in others.values())
        and scope is not None
        and scope.kind != "ever"
    ):
        missing = [place for place, other in others.items() if other is None]
        return Verdict("open", f"there is no value of {shown(missing)}")
    known = {place: other for place, other in others.items() if other is not None}
    better = [place for place, other in known.items() if (other - value) * sign > 0]
    same = [place for place, other in known.items() if other == value]
    if value < 0 and not is_loss and len(better) + 1 != wanted.number:
        return OPEN
    number = len(better) + 1
    if wanted.of and wanted.of != len(known) + 1:
        return Verdict("refuted", f"{one} is one of {len(known) + 1}")
    top = "highest" if sign > 0 else "lowest"
    if number != wanted.number:
        verb = "is" if len(better) == 1 else "are"
        ahead = f"; {shown(better)} {verb} ahead" if 0 < len(better) <= 3 else ""
        return Verdict(
            "refuted", f"{one} is number {number} of {len(known) + 1} from the {top}{ahead}"
        )
    if same and not wanted.is_shared:
        return Verdict("refuted", f"{one} shares its place with {shown(same)}")
    return Verdict("proved")


def first_time(meaning: Meaning, context: Context) -> Verdict:
    """Words such as "for the first time": a limit that no earlier value has passed."""

    def first(pair: Pair) -> Verdict:
        series, limit = pair.this.series, pair.than.number
        if series is not None and pair.than.series is not None:
            return _first_ahead(pair)
        if series is None or limit is None or not pair.than.is_constant or pair.sign[0] not in "<>":
            return OPEN
        sign = 1 if pair.sign[0] == ">" else -1
        for place, value in series.until(pair.this.at).values.items():
            if place != pair.this.at and value is not None and (value - limit) * sign > 0:
                return Verdict("refuted", f"so it was in {place}: {value:g}")
        return Verdict("proved" if series.times else "open")

    return best(map(first, context.pairs))


def _first_ahead(pair: Pair) -> Verdict:
    """Whether one of two series was on that side of the other at no earlier time."""
    ours, theirs = pair.this.series, pair.than.series
    assert ours is not None and theirs is not None
    if ours is theirs or pair.this.at != pair.than.at or pair.sign not in ("<", ">"):
        return OPEN
    sign = 1 if pair.sign == ">" else -1
    for place, one in ours.until(pair.this.at).values.items():
        other = theirs.values.get(place)
        if place != pair.this.at and None not in (one, other) and (one - other) * sign > 0:  # type: ignore[operator]
            return Verdict("refuted", f"so it was in {place}: {one:g} and {other:g}")
    return Verdict("proved" if ours.times else "open")
