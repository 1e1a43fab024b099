"""Evaluates words that say in how many cases something holds: "most", "only China", "all but one", and
"the three largest", of a sum of some.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from broadsheet.verify.claims.compared import Cases, ComparedSeries, Comparison, Pair
from broadsheet.verify.claims.meanings import Meaning
from broadsheet.verify.claims.word_context import OPEN, Context, Verdict, best, cases_of, compared
from broadsheet.verify.claims.word_measures import is_majority


def quantity(meaning: Meaning, context: Context) -> Verdict:
    """Words such as "most", "all but one", "no"."""
    tests: dict[str, Callable[[int, int], bool]] = {
        "only": lambda number, of: number == 1,
        "most": lambda number, of: number * 2 > of,
        "all": lambda number, of: number == of,
        "all-but": lambda number, of: number == of - int(meaning.size or 0),
    }
    is_none = meaning.kind not in tests
    verdicts = []
    for one in context.comparisons:
        if is_none and isinstance(one, Cases):
            verdicts.append(number_of_cases(one, lambda number, of: number in (0, of)))
            continue
        verdict = number_of_cases(one, tests.get(meaning.kind, lambda number, _: number == 0))
        if verdict is OPEN and isinstance(one, Pair):
            verdict = (
                is_majority(one, meaning, context)
                if meaning.kind == "most"
                else _quantity_of_pair("none" if is_none else meaning.kind, one)
            )
        verdicts.append(verdict)
    if meaning.kind == "all" and len({pair.sign for pair in context.pairs}) == 1 < len(
        context.pairs
    ):
        return Verdict("proved")  # the condition says so of each
    verdict = best(verdicts)
    is_weak = meaning.kind == "no" and verdict.truth == "refuted"
    return OPEN if is_weak else verdict


def none_more(meaning: Meaning, context: Context) -> Verdict:
    """Words such as "no country won more" of cases: it is so in none, or the opposite in all."""
    if not any(isinstance(one, Cases) and one.sign for one in context.comparisons):
        return quantity(meaning, context)
    signs = "<≤" if meaning.kind == "none-less" else ">≥"
    verdicts = []
    for one in context.comparisons:
        if isinstance(one, Cases) and one.sign and one.sign[0] in "<≤>≥":
            wanted = 0 if one.sign[0] in signs else len(one.holds.values)
            verdicts.append(number_of_cases(one, partial(_is_as_wanted, wanted)))
    return best(verdicts)


def only_these(meaning: Meaning, context: Context) -> Verdict:
    """Words such as "only China": the sentence names each place where the condition holds."""
    cases = [one for one in context.comparisons if isinstance(one, Cases)]
    places = [
        str(place).lower() for one in cases for place, value in one.holds.values.items() if value
    ]
    is_named = bool(places) and all(place in context.sentence for place in places)
    return Verdict("proved") if is_named else OPEN


def top(meaning: Meaning, context: Context) -> Verdict:
    """Words such as "the three largest": a sum of so many values, the largest of a column."""
    sides = [side for pair in context.pairs for side in (pair.this, pair.than)]
    sums = [
        one
        for side in sides
        for one in (side, *side.parts)
        if one.series and one.method in ("sum", "mean")
    ]
    some = [one for one in sums if one.series and len(one.series.values) == meaning.size]
    for one in some:
        for other in sums:
            if one.what == other.what and one.series and other.series:
                largest = _ordered(other.series)[: len(one.series.values)]
                if len(other.series.values) > len(largest):
                    is_so = _ordered(one.series) == largest
                    return Verdict("proved" if is_so else "refuted", "others are larger")
    return OPEN


def number_of_cases(one: Comparison, holds: Callable[[int, int], bool]) -> Verdict:
    """Whether the number of cases in which a comparison holds, of how many, is as wanted."""
    return best(
        Verdict(
            "proved" if holds(number, of) else "refuted",
            f"it is so in {number} of {of} cases",
            number,
            of,
        )
        for number, of in cases_of(one)
    )


def _is_as_wanted(wanted: int, number: int, of: int) -> bool:
    return number == wanted


def _quantity_of_pair(kind: str, pair: Pair) -> Verdict:
    one, other = pair.this.number, pair.than.number
    if one is None or other is None:
        return OPEN
    says = f"{pair.this} is {compared(one, other)} {pair.than}"
    if kind == "all" and not pair.than.is_constant and one == other:
        return Verdict("proved", says)
    if kind == "none" and pair.than.is_constant and pair.sign == "==":
        return Verdict("proved" if one == 0 else "refuted", says)
    if kind == "only" and pair.than.is_constant and pair.sign == "==" and one == 1:
        return Verdict("proved", says)
    return OPEN


def _ordered(series: ComparedSeries) -> list[float]:
    return sorted((float(one) for one in series.values.values() if one is not None), reverse=True)
