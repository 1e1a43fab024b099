"""Evaluates what words mean on the values that their claim compares.

A meaning is **proved** if the values bear it out, **refuted** if they contradict it, and else **open**:
then the words rest on their author. Of several comparisons in a claim, one that bears the words out is
enough, as each word is about one of them.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    ComparedValue,
    Comparison,
    Extreme,
    Pair,
)
from broadsheet.verify.wording.word_cases import (
    none_more,
    number_of_cases,
    only_these,
    quantity,
    top,
)
from broadsheet.verify.wording.word_context import (
    OPEN,
    Context,
    Truth,
    Verdict,
    before,
    best,
    cases_in,
    changes,
    compared,
    worst,
)
from broadsheet.verify.wording.word_measures import as_much, by, part, times
from broadsheet.verify.wording.word_overtaking import has_turned, newly_ahead
from broadsheet.verify.wording.word_ranks import extreme, rank
from broadsheet.verify.wording.word_steps import all_cases, at_each_step, in_a_row, newly

_NUMBER = re.compile(r"\s*[$€£]?(\d+(?:[.,]\d+)*)(?![\d%])")
"""A number behind words such as "above"."""


def evaluated(meaning: Meaning, context: Context) -> Verdict:
    """Return the verdict of the values on a meaning."""
    verdict = _EVALUATED[meaning.kind](meaning, context.of(meaning))
    if not meaning.is_denied:
        return verdict
    return Verdict("proved") if verdict.truth == "refuted" else OPEN


def _direction(meaning: Meaning, context: Context) -> Verdict:
    by_case = [
        cases
        for cases in context.comparisons
        if isinstance(cases, Cases) and cases.steps is not None
    ]
    if by_case and context.meaning(*_QUANTITIES):
        return best(_moved_in_cases(meaning, cases, context) for cases in by_case)
    if each := context.meaning("each"):
        return at_each_step(each, context)
    if row := context.meaning("in-a-row"):
        return in_a_row(row, context)
    if context.meaning("slower", "faster"):
        return best(_rate_moved(meaning, pair) for pair in context.pairs)
    others = [
        comparison
        for comparison in context.subjects.comparisons
        if not isinstance(comparison, Extreme)
    ]
    if others and all(isinstance(comparison, Extreme) for comparison in context.comparisons):
        context = replace(context, comparisons=others)  # "rose from its low of 2020"
    is_first = context.meaning("first-time") is not None  # "for the first time since" is a scope
    since = None if is_first else context.meaning("since")
    verdicts = [
        _moved(meaning, now, then)
        for comparison in context.comparisons
        for now, then in changes(comparison, since)
    ]
    verdicts += [
        _moved_in_cases(meaning, cases, context)
        for comparison in context.comparisons
        if (cases := cases_in(comparison)) is not None
    ]
    verdicts += [OPEN for pair in context.pairs if pair.this.parts and pair.than.parts]
    if context.meaning("all") and len(context.pairs) > 1:  # "both fell"
        return worst(verdicts)
    return best([*verdicts, *_across(meaning, context)])


def _better(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "improved", of what is more; what is less may be better as well."""
    verdict = _direction(replace(meaning, kind="up"), context)
    return OPEN if verdict.truth == "refuted" else verdict


def _moved_in_cases(meaning: Meaning, cases: Cases, context: Context) -> Verdict:
    """Evaluate the direction that cases have in common, `every(people > before)`, or that steps which
    are counted have, "fell in only one year".
    """
    is_counted = cases.steps is not None and context.meaning(*_QUANTITIES) is not None
    sign = context.subjects.moved(cases)
    if not sign or meaning.kind == "level":
        return OPEN
    holding = [bool(value) for value in cases.holds.values.values()]
    says = f"{cases.this} {cases.sign} {cases.than}".strip()
    if sign != (1 if meaning.kind == "up" else -1):
        return Verdict("refuted", says) if is_counted or all(holding) else OPEN
    if not is_counted and not any(holding):
        return Verdict("refuted", f"not {says}")
    return Verdict("proved", says) if cases.sign in "<>" else OPEN


def _across(meaning: Meaning, context: Context) -> Iterator[Verdict]:
    """Evaluate the direction in "rose above 100": from the value before, which need not be on the
    other side.
    """
    for pair in context.pairs:
        if pair.than.is_constant and pair.than.number and (last := before(pair.this)):
            verdict = _moved(meaning, pair.this, last)
            yield verdict if verdict.truth == "proved" else OPEN


def _rate_moved(meaning: Meaning, pair: Pair) -> Verdict:
    """Evaluate the direction in "grew more slowly", which is the sign of both rates that are
    compared.
    """
    sides = pair.this.number, pair.than.number
    if meaning.kind == "level" or None in sides:
        return OPEN
    sign = 1 if meaning.kind == "up" else -1
    return Verdict("proved") if all((side or 0.0) * sign > 0 for side in sides) else OPEN


def _moved(meaning: Meaning, now: ComparedValue, then: ComparedValue) -> Verdict:
    number, base = now.number, then.number
    if number is None or base is None:
        return OPEN
    says = f"{now} is {compared(number, base)} {then}"
    if meaning.kind == "level":
        off = abs(number - base) / abs(base) if base else math.inf if number else 0.0
        return Verdict("proved" if off <= 0.025 else "open" if off <= 0.075 else "refuted", says)
    is_so = number > base if meaning.kind == "up" else number < base
    if is_so:
        return Verdict("proved", says)
    # "The deficit grew" may be said of a balance that fell.
    return OPEN if number < 0 and base < 0 else Verdict("refuted", says)


def _side(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "more than", "below"."""
    each = context.meaning("each")
    if each and not any(isinstance(comparison, Cases) for comparison in context.comparisons):
        return at_each_step(each, context) if context.pairs else OPEN
    return best(
        _on_side(cases_in(comparison) or comparison, meaning, context)
        for comparison in context.comparisons
        if not _is_change_of_one(comparison, meaning, context)
    )


def _is_change_of_one(comparison: Comparison, meaning: Meaning, context: Context) -> bool:
    """Return True if a comparison is of one series, as a change is, and the words compare two that the
    claim reads.
    """
    is_change = isinstance(comparison, Pair) and comparison.this.is_of_row(comparison.than)
    return is_change and context.subjects.are_two(meaning)


def _on_side(comparison: Comparison, meaning: Meaning, context: Context) -> Verdict:
    kind = meaning.kind if meaning.kind in _ON_SIDE else "more"
    if isinstance(comparison, Cases):
        return _cases_on_side(comparison, kind, meaning, context)
    if isinstance(comparison, Extreme):
        return OPEN
    this, than = comparison.this.number, comparison.than.number
    if this is None or than is None or (comparison.sign == "==" and comparison.than.is_constant):
        return OPEN
    if meaning.is_limited and not comparison.than.is_constant:
        return OPEN  # "fell by more than 30 billion" on `total < before - 30`
    is_fall = (
        context.meaning("down") is not None and comparison.this.is_rate and comparison.than.is_rate
    )
    if is_fall:  # "fell more than imports" is a smaller ratio of the years
        kind = _OTHER_SIDE[kind]
    straight = context.subjects.is_straight(
        meaning, comparison.this.names, comparison.than.names, comparison.is_beside
    )
    if comparison.than.is_constant:
        straight = True
    ways = [(than, this)] if straight is False else [(this, than)]
    if comparison.than.is_constant and _is_other_limit(meaning, context, than):
        return OPEN
    if straight is None and comparison.in_time is not None:
        # "than a year before" is of the later value
        ways.append((comparison.in_time[0].number or 0.0, comparison.in_time[1].number or 0.0))
        straight = True
    is_so = any(_ON_SIDE[kind](ours, theirs) for ours, theirs in ways)
    says = f"{comparison.this} is {compared(this, than)} {comparison.than}"
    if is_so:
        return Verdict("proved", says)
    is_difference = comparison.than.is_constant and than == 0
    is_difference |= is_fall and not (comparison.this.parts and comparison.than.parts)
    is_unclear = (straight is None and this != than) or (this < 0 and than < 0) or is_difference
    return OPEN if is_unclear else Verdict("refuted", says)


def _cases_on_side(cases: Cases, kind: str, meaning: Meaning, context: Context) -> Verdict:
    if cases.sign not in (">", "<", "≥", "≤") or not cases.this:
        return OPEN
    is_limit = cases.limit is not None
    straight = is_limit or context.subjects.is_straight(meaning, cases.this, cases.than, True)
    if cases.than.startswith(cases.this) and _is_than_each(meaning, context):
        straight = (
            False  # "less in 2023 than in each year before" on `every(total[:2022] > total[2023])`
        )
    is_more = (cases.sign in (">", "≥")) == (straight is not False)
    is_so = is_more == (kind in ("more", "at-least"))
    if straight is None and not is_so and not is_limit:
        return OPEN
    if is_limit and _is_other_limit(meaning, context, cases.limit or 0.0):
        return OPEN
    return Verdict("proved" if is_so else "refuted", f"{cases.this} {cases.sign} {cases.than}")


def _is_than_each(meaning: Meaning, context: Context) -> bool:
    middle = meanings_of(context.subjects.words).other_side(context.sentence, meaning)
    each = context.meaning("each", "ever")
    if middle is None or each is None or each.start <= middle:
        return False
    return len(context.sentence[middle : each.start].split()) <= 2  # "than in every year"


def _is_other_limit(meaning: Meaning, context: Context, limit: float) -> bool:
    """Return True if the number behind the words is not that of the condition: "above 30" on `total
    > 25`.
    """
    number = _NUMBER.match(context.sentence, meaning.end)
    if number is None:
        return False
    ways = (number[1].replace(",", ""), number[1].replace(".", "").replace(",", "."))
    return limit not in (float(way) for way in ways if way.count(".") < 2)


def _overtakes(meaning: Meaning, context: Context) -> Verdict:
    pairs = [
        pair
        for pair in context.pairs
        if not (pair.than.is_constant or _is_change_of_one(pair, meaning, context))
    ]
    last = max((pair.this.time or () for pair in pairs), default=())
    now = [pair for pair in pairs if (pair.this.time or ()) == last]
    crossed = [
        comparison
        for comparison in context.comparisons
        if isinstance(comparison, Cases) and comparison.since is not None
    ]
    if crossed and not pairs:
        return best(_on_side(comparison, meaning, context) for comparison in crossed)
    verdict = best(_on_side(pair, meaning, context) for pair in now)
    if verdict.truth == "refuted" and len(now) > 1:
        return OPEN
    if verdict.truth != "proved" or has_turned(pairs):
        return verdict
    return best(map(newly_ahead, now))


def _equal(meaning: Meaning, context: Context) -> Verdict:
    def same(pair: Pair) -> Verdict:
        this, than = pair.this.number, pair.than.number
        if this is None or than is None:
            return OPEN
        off = abs(this - than) / max(abs(this), abs(than), 1e-300)
        says = f"{pair.this} is {compared(this, than)} {pair.than}"
        return Verdict("proved" if off <= 0.005 else "open" if off <= 0.03 else "refuted", says)

    return best(map(same, context.pairs))


def _none_more(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "no country won more": of the highest, or of cases of which there are
    none.
    """
    verdict = rank(meaning, context)
    return none_more(meaning, context) if verdict is OPEN else verdict


def _ever(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate a scope, which is proved with the words that it belongs to."""
    if first := context.meaning("first-time"):
        return newly(first, context)
    if ranked := context.like(meaning.is_denied, "high", "low", "none-more", "none-less"):
        return rank(ranked, context)
    if meaning.kind == "since" and (direction := context.meaning("up", "down", "level")):
        return _direction(direction, context)
    if meaning.kind == "since":
        return (
            best(
                all_cases(cases, meaning.time)
                for cases in context.comparisons
                if isinstance(cases, Cases)
            )
            if meaning.time
            else OPEN
        )
    return OPEN


def _pace(meaning: Meaning, context: Context) -> Verdict:
    is_down = meaning.kind in ("slower", "narrower")
    is_gap = meaning.kind in ("wider", "narrower")
    compare = {other.start for other in context.meanings if other.kind in ("more", "less")}
    is_of_two = meaning.start in compare  # "outpaced" says it of one and another
    verdicts = []
    for pair in context.pairs:
        if is_of_two and pair.this.what and pair.this.what == pair.than.what:
            continue
        ordered = pair.in_time or ((pair.this, pair.than) if pair.this.time is None else None)
        if ordered is None and pair.this.is_rate and pair.than.is_rate:
            names = pair.this.names, pair.than.names
            straight = context.subjects.is_straight(meaning, *names, pair.is_beside)
            sides = pair.this, pair.than
            ordered = None if straight is None else sides if straight else sides[::-1]
        if ordered is None or pair.than.is_constant:
            continue
        now, then = ordered
        number, base = now.number, then.number
        if number is None or base is None:
            continue
        number, base = (abs(number), abs(base)) if is_gap else (number, base)
        is_so = number < base if is_down else number > base
        says = f"{now} is {compared(number, base)} {then}"
        is_rate = is_gap or now.is_rate
        if is_so:
            verdicts.append(Verdict("proved" if is_rate else "open", says))
        elif is_rate:
            verdicts.append(Verdict("refuted", says))
        else:
            verdicts.append(OPEN)
    return best(verdicts)


def _all(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "all": everywhere where a condition holds, or of the cases that it
    counts.
    """
    everywhere = [cases for cases in context.comparisons if isinstance(cases, Cases)]
    if everywhere and not any(cases_in(pair) for pair in context.pairs):
        return best(_all_of_a_number(cases, meaning.size) for cases in everywhere)
    return quantity(meaning, context)


def _all_of_a_number(cases: Cases, number: float | None) -> Verdict:
    """Evaluate words such as "all eight stations": also of those that the condition leaves out."""
    verdict = all_cases(cases, None)
    is_of_all = number is None or number == len(cases.holds.values)
    return verdict if is_of_all or verdict.truth == "refuted" else OPEN


def _amount(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "by three points", of the difference of two values."""
    size, side = meaning.size or 0.0, meaning.round_to.side
    are_points = re.search(context.subjects.words.meanings.points, plain(meaning.words)) is not None
    verdicts = []
    for comparison in context.comparisons:
        for apart in _differences(comparison):
            off = apart - size if not side else (apart - size) * -side
            near = size * (0.05 if meaning.round_to.is_near else 0.02)
            if not side:
                is_so, is_wrong = abs(off) <= max(near, 1e-9), abs(off) > 0.1 * size
            else:
                is_so = off > 1e-9 and (not meaning.round_to.is_near or off <= 0.2 * size)
                is_wrong = off < -0.02 * size
            is_wrong = is_wrong and are_points and _is_of_shares(comparison)
            truth: Truth = "proved" if is_so else "refuted" if is_wrong else "open"
            verdicts.append(Verdict(truth, f"it is by {apart:.3g}"))
    return best(verdicts)


def _is_of_shares(comparison: Comparison) -> bool:
    """Return True if two percentages are compared, which differ by points."""
    if not isinstance(comparison, Pair):
        return False
    sides = (
        (comparison.this, comparison.than)
        if not comparison.than.is_constant
        else comparison.this.parts
    )
    return len(sides) == 2 and all(side.is_percent for side in sides)


def _differences(comparison: Comparison) -> Iterator[float]:
    """Yield the differences of the values of a comparison, or of the parts of a value that is
    compared with a number.
    """
    for now, then in changes(comparison, None):
        if now.number is not None and then.number is not None:
            yield abs(now.number - then.number)
    if (
        isinstance(comparison, Pair)
        and comparison.than.is_constant
        and len(comparison.this.parts) == 2
    ):
        first, second = (part.number for part in comparison.this.parts)
        size = comparison.this.number
        are_known = first is not None and second is not None and size is not None
        if are_known and math.isclose(abs(first - second), abs(size), rel_tol=1e-9):  # type: ignore[operator, arg-type]
            yield abs(size)  # type: ignore[arg-type]


def _count(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "three of the eight": in so many cases a condition holds."""
    verdicts = []
    for comparison in context.comparisons:
        is_number = (
            isinstance(comparison, Pair) and comparison.than.is_constant and comparison.sign == "=="
        )
        if is_number or isinstance(comparison, Cases):
            verdicts.append(number_of_cases(comparison, lambda number, _: number == meaning.size))
    return best(verdicts)


def _back(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "back above its level of 2021": in between it was on the other side."""
    return best(_came_back(pair.in_time) for pair in context.pairs if pair.in_time)


def _came_back(ordered: tuple[ComparedValue, ComparedValue]) -> Verdict:
    now, then = ordered
    number, base, series = now.number, then.number, now.history
    if number is None or base is None or series is None or not (now.time and then.time):
        return OPEN
    between = [
        value
        for place in series.between(then.time, now.time)
        if place != now.at and (value := series.values[place]) is not None
    ]
    was_away = any(
        (value - base) * (number - base) < 0 or (number == base != value) for value in between
    )
    return Verdict(
        "proved" if was_away else "refuted", f"it was not {_away(number, base)} in between"
    )


def _away(number: float, base: float) -> str:
    return "below" if number > base else "above" if number < base else "elsewhere"


_QUANTITIES = (
    "each",
    "all",
    "most",
    "only",
    "none",
    "no",
    "all-but",
    "part",
    "count",
    "first-time",
)
"""The meanings that say in how many cases something holds."""

_ON_SIDE: dict[str, Callable[[float, float], bool]] = {
    "more": operator.gt, "less": operator.lt, "at-least": operator.ge, "at-most": operator.le,
}  # fmt: skip
_OTHER_SIDE = {"more": "less", "less": "more", "at-least": "at-most", "at-most": "at-least"}
_EVALUATED: dict[str, Callable[[Meaning, Context], Verdict]] = {
    "up": _direction, "down": _direction, "level": _direction,
    "times": times, "as-much": as_much, "by": by, "part": part,
    "high": rank, "low": rank, "none-more": _none_more, "none-less": _none_more,
    "more": _side, "less": _side, "at-least": _side, "at-most": _side, "equal": _equal,
    "overtake": _overtakes, "slower": _pace, "faster": _pace, "wider": _pace, "narrower": _pace,
    "first-time": newly, "only": quantity, "none": quantity, "no": quantity, "most": quantity,
    "all": _all, "each": at_each_step, "in-a-row": in_a_row, "ever": _ever, "since": _ever,
    "within": _ever, "of-year": _ever, "all-but": quantity, "only-these": only_these, "back": _back,
    "top": top, "any": lambda meaning, context: OPEN, "count": _count, "extreme": extreme,
    "amount": _amount, "better": _better, "year-before": lambda meaning, context: OPEN,
}  # fmt: skip
