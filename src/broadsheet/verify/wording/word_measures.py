"""Evaluates words of degree: "more than doubled", "twice as much", "by a third", "half of".

Between proof and refutation lies a margin, for words are no formulas: "doubled" is proved from 1.95 to
2.05 times, refuted below 1.88 and above 2.25.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from broadsheet.notebook.values.rounding import PLAIN, Rounding
from broadsheet.verify.wording.meaning_rules import Meaning
from broadsheet.verify.wording.recorded_comparisons import Cases, Pair
from broadsheet.verify.wording.word_context import (
    OPEN,
    Context,
    Verdict,
    bare_pairs,
    best,
    cases_of,
    changes,
    ratio_of,
    two_times,
    worst,
)


def times(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "doubled", of the later value and the earlier one."""
    size = meaning.size or 0.0
    return best(_near(ratio, size, meaning) for ratio in _changed_by(meaning, context))


def as_much(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "twice as much", of what is spoken of and what it is compared with."""
    size = meaning.size or 0.0
    ratios = [ratio for pair in context.pairs for ratio in _ratios(pair, meaning, context)]
    verdicts = [_near(ratio, size, meaning) for ratio in ratios]
    for comparison in context.comparisons:
        if (
            isinstance(comparison, Cases)
            and comparison.limit is not None
            and comparison.ours
            and not comparison.steps
        ):
            of_each = [comparison.ours.values.get(place) for place in comparison.holds.values]
            if (
                not comparison.unit
                and None not in of_each
                and all(comparison.holds.values.values())
            ):
                verdicts.append(worst(_near(float(ratio or 0), size, meaning) for ratio in of_each))
    return best(verdicts)


def by(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "by a third", "30 percent more"."""
    size = (meaning.size or 0.0) * (0.01 if meaning.is_percent else 1.0)
    sizes = [abs(ratio - 1) for ratio in _changed_by(meaning, context)]
    for pair in context.pairs:
        if pair.than.is_constant and pair.this.number is not None and pair.this.parts:
            parts = two_times(pair.this)
            is_ratio = parts and pair.this.number in ratio_of(*parts)
            sizes += [] if is_ratio else [abs(pair.this.number)]
    return best(_near_part(part_of, size, meaning) for part_of in sizes)


def part(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "more than half"."""
    if meaning.of and (
        counted := [count for side in context.comparisons for count in cases_of(side)]
    ):
        return best(_number_of(meaning, number, of) for number, of in counted)
    size = (meaning.size or 0.0) / (meaning.of or 1.0) * (0.01 if meaning.is_percent else 1.0)
    ratios = [ratio for pair in context.pairs for ratio in _ratios(pair, meaning, context)]
    ratios += [
        number / of
        for comparison in context.comparisons
        for number, of in cases_of(comparison)
        if of
    ]
    shrunk = [two_times(pair.this) for pair in context.pairs if pair.than.is_constant]
    for now, then in filter(None, shrunk):  # "a quarter of them vanished" of three quarters
        ratios += [1 - ratio for ratio in ratio_of(now, then) if ratio < 1]
    ratios += [level for pair in context.pairs for level in _levels(pair)]
    if meaning.round_to.is_near and meaning.round_to.side and context.meaning("down"):
        fallen = replace(meaning, round_to=Rounding(-meaning.round_to.side, is_near=True))
        return best(  # "fell to nearly half" comes from above
            _near_part(ratio, size, way) for ratio in ratios for way in (meaning, fallen)
        )
    verdict = best(_near_part(ratio, size, meaning) for ratio in ratios)
    is_share = any(pair.than.is_constant for pair in context.pairs)
    return OPEN if meaning.is_percent and not is_share and verdict.truth == "refuted" else verdict


def _levels(pair: Pair) -> Iterator[float]:
    """Yield the values of a pair that are parts themselves: "down to a quarter" on two shares."""
    for side in (pair.this, pair.than):
        if (
            side.number is not None
            and not side.is_constant
            and (side.is_percent or side.unit == "ratio")
        ):
            yield side.number / (100 if side.is_percent else 1)


def _number_of(meaning: Meaning, number: int, of: int) -> Verdict:
    """Return the verdict on so many of so many cases: "in at least six of the nine years". Of
    another number in all, it is a part: "two in three".
    """
    said, whole = Decimal(str(meaning.size or 0)), Decimal(str(meaning.of or 1))
    if whole != of:
        return _near_part(number / of, float(said / whole), meaning) if of else OPEN
    is_so = (
        meaning.round_to.holds(said, Decimal(number))
        if meaning.round_to is not PLAIN
        else said == number
    )
    return Verdict("proved" if is_so else "refuted", f"it is so in {number} of {of} cases")


def is_majority(pair: Pair, meaning: Meaning, context: Context) -> Verdict:
    """Return the verdict on words that say that one value is most of another: more than half of it.
    A value is no part of what it was before.
    """
    if pair.in_time or pair.is_change:
        return OPEN
    of_half = replace(meaning, kind="part", size=0.5, round_to=Rounding(-1))
    return best(_near_part(ratio, 0.5, of_half) for ratio in _ratios(pair, of_half, context))


def _changed_by(meaning: Meaning, context: Context) -> list[float]:
    """Return the ratios of later values to earlier ones, and of what is spoken of to what it is
    compared with.
    """
    since = context.meaning("since")
    steps = (step for comparison in context.comparisons for step in changes(comparison, since))
    ratios = [ratio for now, then in steps for ratio in ratio_of(now, then)]
    return [
        *ratios,
        *(ratio for pair in context.pairs for ratio in _ratios(pair, meaning, context)),
    ]


def _ratios(pair: Pair, meaning: Meaning, context: Context) -> Iterator[float]:
    """Yield the ratios that a pair may be about: of its sides, or of their only parts, `exports >
    total / 2`; of what is a ratio itself, `exports / total > 0.5`.
    """
    if pair.than.is_constant or pair.this.is_constant:
        yield from _constant_ratios(pair, meaning)
        return
    straight = context.subjects.is_straight(
        meaning, pair.this.names, pair.than.names, pair.is_beside
    )
    for this, than in bare_pairs(pair.this, pair.than):
        if straight is not False:
            yield from ratio_of(this, than)
        if straight is not True and pair.in_time is None:
            yield from ratio_of(than, this)
    for now, then in bare_pairs(*pair.in_time) if pair.in_time else ():
        yield from ratio_of(now, then)


def _constant_ratios(pair: Pair, meaning: Meaning) -> Iterator[float]:
    value = pair.than if pair.this.is_constant else pair.this
    if value.number is not None and (value.parts or not value.unit or value.is_percent):
        is_of_hundred = value.is_percent or (meaning.kind == "part" and value.number > 1.5)
        yield value.number / 100 if is_of_hundred else value.number
    for number, of in cases_of(pair):
        yield number / of


def _near(ratio: float, size: float, meaning: Meaning) -> Verdict:
    """Return the verdict on a ratio: "doubled", "more than three times"."""
    says, value = f"it is {ratio:.3g} times as much", ratio
    if not size:  # "zero times as much"
        return OPEN
    if meaning.kind == "times" and size < 1 and ratio:  # "more than halved" is less than half
        ratio, size = 1 / ratio, 1 / size
    off, side = ratio / size - 1, meaning.round_to.side
    if meaning.round_to is PLAIN or (not side and meaning.round_to.is_near):
        margin = 0.025 if meaning.round_to is PLAIN else 0.075
        wide = 0.06 if meaning.round_to is PLAIN else 0.125
        is_open = -wide <= off <= max(wide, 0.125)
        return Verdict(
            "proved" if abs(off) <= margin else "open" if is_open else "refuted", says, value
        )
    off *= -side  # how far it is on the side where it should be
    if off < -0.005:
        return Verdict("refuted", says, value)
    if not meaning.round_to.is_near:
        return Verdict("proved", says, value)
    return Verdict("proved" if off <= 0.125 else "open" if off <= 0.2 else "refuted", says, value)


def _near_part(ratio: float, size: float, meaning: Meaning) -> Verdict:
    """Return the verdict on a part: "a third", "nearly half", "30 percent"."""
    off, side, value = ratio - size, meaning.round_to.side, ratio
    says = f"it is {ratio * 100:.3g} percent"
    if meaning.round_to is PLAIN or (not side and meaning.round_to.is_near):
        narrow = 0.00505 if meaning.is_percent else 0.02
        wide = max(0.015, size * 0.05) if meaning.is_percent else 0.04
        if meaning.round_to is not PLAIN:
            narrow, wide = max(narrow, 0.03), max(wide, 0.05)
        return Verdict(
            "proved" if abs(off) <= narrow else "open" if abs(off) <= wide else "refuted",
            says,
            value,
        )
    off *= -side
    if off < -0.002:
        return Verdict("refuted", says, value)
    if not meaning.round_to.is_near:
        return Verdict("proved", says, value)
    return Verdict("proved" if off <= 0.06 else "open" if off <= 0.1 else "refuted", says, value)
