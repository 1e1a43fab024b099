"""Evaluates words that say in how many cases something holds: "most", "only China", "all but one", and
"the three largest", of a sum of some.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from broadsheet.verify.wording.meaning_rules import Meaning
from broadsheet.verify.wording.place_names import names_place
from broadsheet.verify.wording.recorded_comparisons import Cases, ComparedSeries, Comparison, Pair
from broadsheet.verify.wording.word_context import OPEN, Context, Verdict, best, cases_of, compared
from broadsheet.verify.wording.word_measures import is_majority


def quantity(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "most", "all but one", "no"."""
    tests: dict[str, Callable[[int, int], bool]] = {
        "only": lambda number, of: number == 1,
        "most": lambda number, of: number * 2 > of,
        "all": lambda number, of: number == of,
        "all-but": lambda number, of: number == of - int(meaning.size or 0),
    }
    is_none = meaning.kind not in tests
    verdicts = []
    for comparison in context.comparisons:
        if is_none and isinstance(comparison, Cases):
            verdicts.append(number_of_cases(comparison, lambda number, of: number in (0, of)))
            continue
        verdict = number_of_cases(
            comparison, tests.get(meaning.kind, lambda number, _: number == 0)
        )
        if verdict is OPEN and isinstance(comparison, Pair):
            verdict = (
                is_majority(comparison, meaning, context)
                if meaning.kind == "most"
                else _quantity_of_pair("none" if is_none else meaning.kind, comparison)
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
    """Evaluate words such as "no country won more" of cases: it is so in none, or the opposite in
    all.
    """
    if not any(
        isinstance(comparison, Cases) and comparison.sign for comparison in context.comparisons
    ):
        return quantity(meaning, context)
    signs = "<≤" if meaning.kind == "none-less" else ">≥"
    verdicts = []
    for comparison in context.comparisons:
        if isinstance(comparison, Cases) and comparison.sign and comparison.sign[0] in "<≤>≥":
            number = 0 if comparison.sign[0] in signs else len(comparison.holds.values)
            verdicts.append(number_of_cases(comparison, partial(_is_as_many, number)))
    return best(verdicts)


def only_these(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "only China": the sentence names each place where the condition holds."""
    cases = [case for case in context.comparisons if isinstance(case, Cases)]
    places = [place for case in cases for place, value in case.holds.values.items() if value]
    language = context.subjects.words.language
    is_named = bool(places) and all(
        names_place(context.sentence, place, language) for place in places
    )
    return Verdict("proved") if is_named else OPEN


def top(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "the three largest": a sum of so many values, the largest of a column."""
    sides = [side for pair in context.pairs for side in (pair.this, pair.than)]
    sums = [
        part
        for side in sides
        for part in (side, *side.parts)
        if part.series and part.method in ("sum", "mean")
    ]
    some = [part for part in sums if part.series and len(part.series.values) == meaning.size]
    for part in some:
        for other in sums:
            if part.what == other.what and part.series and other.series:
                largest = _ordered(other.series)[: len(part.series.values)]
                if len(other.series.values) > len(largest):
                    is_so = _ordered(part.series) == largest
                    return Verdict("proved" if is_so else "refuted", "others are larger")
    return OPEN


def number_of_cases(comparison: Comparison, holds: Callable[[int, int], bool]) -> Verdict:
    """Return the verdict on the number of cases in which a comparison holds: ``holds`` takes it,
    and the number of all.
    """
    return best(
        Verdict(
            "proved" if holds(number, of) else "refuted",
            f"it is so in {number} of {of} cases",
            number,
            of,
        )
        for number, of in cases_of(comparison)
    )


def _is_as_many(expected: int, number: int, of: int) -> bool:
    return number == expected


def _quantity_of_pair(kind: str, pair: Pair) -> Verdict:
    this, than = pair.this.number, pair.than.number
    if this is None or than is None:
        return OPEN
    says = f"{pair.this} is {compared(this, than)} {pair.than}"
    if kind == "all" and not pair.than.is_constant and this == than:
        return Verdict("proved", says)
    if kind == "none" and pair.than.is_constant and pair.sign == "==":
        return Verdict("proved" if this == 0 else "refuted", says)
    if kind == "only" and pair.than.is_constant and pair.sign == "==" and this == 1:
        return Verdict("proved", says)
    return OPEN


def _ordered(series: ComparedSeries) -> list[float]:
    return sorted(
        (float(value) for value in series.values.values() if value is not None), reverse=True
    )
