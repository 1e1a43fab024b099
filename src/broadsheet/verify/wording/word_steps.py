"""Evaluates words that speak of each step of a series: "every year", "for the third year running", "for the
first time since 2020".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from broadsheet.verify.wording.meaning_rules import Meaning
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    ComparedSeries,
    ComparedValue,
    Pair,
    Time,
    time_of,
)
from broadsheet.verify.wording.word_cases import number_of_cases
from broadsheet.verify.wording.word_context import (
    OPEN,
    Context,
    Verdict,
    best,
    changes,
    compared,
    shown,
)
from broadsheet.verify.wording.word_ranks import first_time


def newly(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "fell for the first time since 2020": no step went that way in
    between.
    """
    direction, since = context.meaning("up", "down"), context.meaning("since")
    cases = [case for case in context.comparisons if isinstance(case, Cases)]
    if cases:
        return best(_first_case(case, since.time if since else None) for case in cases)
    moves = [now for comparison in context.comparisons for now, _ in changes(comparison, None)]
    if direction is None or (since is None and not moves):
        return first_time(meaning, context)
    if since is None:
        return best(_newly_moved(direction, now) for now in moves)
    if since.time is None:
        return OPEN
    return best(_first_move(direction, now, since.time) for now in moves)


def at_each_step(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "every year": each case, or each step of the series."""
    direction, side = context.meaning("up", "down", "level"), context.meaning("more", "less")
    since = context.meaning("since")
    verdicts = []
    for comparison in context.comparisons:
        if (
            isinstance(comparison, Cases)
            and comparison.step
            and direction
            and direction.kind != "level"
        ):
            verdicts.append(_steps_of_cases(comparison, direction, since))
        elif isinstance(comparison, Cases):
            verdicts.append(all_cases(comparison, since.time if since else None))
        elif isinstance(comparison, Pair) and side and not direction and _is_of_itself(comparison):
            up = replace(side, kind="up" if side.kind == "more" else "down")
            verdicts.append(_steps(comparison, up, since))
        elif (
            isinstance(comparison, Pair)
            and direction
            and comparison.in_time
            and comparison.in_time[0].series
        ):
            verdicts.append(_steps(comparison, direction, since))
        elif (
            isinstance(comparison, Pair)
            and side
            and comparison.this.series
            and comparison.than.series
        ):
            verdicts.append(_side_by_side(comparison, since))
        elif isinstance(comparison, Pair):
            verdicts.append(number_of_cases(comparison, lambda number, of: number == of))
    return best(verdicts)


def all_cases(cases: Cases, since: Time | None) -> Verdict:
    """Return the verdict on what holds at all places, or at all since a time: also at those that the
    condition leaves out.
    """
    holds = cases.holds
    begin = since or time_of(cases.since)
    values = {
        place: value
        for place, value in cases.at_all().items()
        if begin is None or (time := holds.times.get(place)) is None or time[: len(begin)] >= begin
    }
    failing = [place for place, value in values.items() if value is not None and not value]
    if failing:
        return Verdict("refuted", f"not at {shown(failing)}")
    return Verdict("proved" if values and None not in values.values() else "open")


def in_a_row(meaning: Meaning, context: Context) -> Verdict:
    """Evaluate words such as "for the third year running"."""
    direction = context.meaning("up", "down")
    verdicts = []
    for comparison in context.comparisons if int(meaning.size or 0) else ():
        if (
            isinstance(comparison, Cases)
            and comparison.step
            and all(comparison.holds.values.values())
        ):
            verdicts.append(_steps_in_a_row(comparison, direction, meaning))
        if isinstance(comparison, Pair) and comparison.in_time and comparison.in_time[0].series:
            verdicts.append(_moves_in_a_row(*comparison.in_time, direction, meaning))
    return best(verdicts)


def _first_case(cases: Cases, since: Time | None) -> Verdict:
    """Evaluate a condition that holds at a place, and since a time at no earlier place."""
    time = cases.holds.times.get(cases.since)
    if time is None:
        return OPEN
    earlier = [
        place
        for place, other in cases.holds.times.items()
        if other < time
        and cases.holds.values[place]
        and (since is None or other[: len(since)] > since)
    ]
    if earlier:
        return Verdict("refuted", f"so it was at {shown(earlier)}")
    return Verdict("proved" if cases.holds.values[cases.since] else "refuted")


def _first_move(direction: Meaning, now: ComparedValue, since: Time) -> Verdict:
    places = list(now.history.until(now.at).times) if now.history else []
    if now.history is None or now.at not in places:
        return OPEN
    for place, next_place in pairwise(places[:-1]):
        earlier, later = now.history.values[place], now.history.values[next_place]
        time = now.history.times[next_place]
        if earlier is None or later is None or time[: len(since)] <= since:
            continue
        if later > earlier if direction.kind == "up" else later < earlier:
            return Verdict(
                "refuted", f"so it did in {shown([next_place])}: {later:g} after {earlier:g}"
            )
    return Verdict("proved")


def _newly_moved(direction: Meaning, now: ComparedValue) -> Verdict:
    """Evaluate "fell for the first time": the step before went the other way, or none went that way
    before.
    """
    places = list(now.history.until(now.at).times) if now.history else []
    if now.history is None or now.at not in places or len(places) < 3:
        return OPEN
    values = [now.history.values[place] for place in places[:-1]]
    sign = 1 if direction.kind == "up" else -1
    steps = [
        None if value is None or next_value is None else (next_value - value) * sign > 0
        for value, next_value in pairwise(values)
    ]
    if steps[-1]:
        return Verdict("refuted", f"so it did in {shown([places[-2]])}")
    return Verdict("proved") if not any(step is not False for step in steps) else OPEN


def _is_of_itself(pair: Pair) -> bool:
    """Return True if a value is compared with an earlier one of the same series."""
    return pair.in_time is not None and pair.this.is_of_row(pair.than)


def _steps_of_cases(cases: Cases, direction: Meaning, since: Meaning | None) -> Verdict:
    """Evaluate the steps of which the condition is, and those since a time that the words name."""
    series = cases.steps
    assert series is not None
    begin = since.time if since else None
    sign = 1 if direction.kind == "up" else -1
    for place, next_place in pairwise(series.times):
        is_since = begin is not None and series.times[next_place][: len(begin)] > begin
        earlier, later = series.values[place], series.values[next_place]
        if next_place not in cases.holds.values and not is_since:
            continue
        if earlier is None or later is None:
            return OPEN
        if (later - earlier) * sign <= 0:
            says = _stepped((place, earlier), (next_place, later))
            return Verdict("refuted", says)
    return Verdict("proved")


def _steps(pair: Pair, direction: Meaning, since: Meaning | None) -> Verdict:
    assert pair.in_time is not None
    now, then = pair.in_time
    series = now.history
    start = (since.time if since else None) or then.time
    if series is None or not start or not now.time or now.at not in series.values:
        return OPEN
    places = [
        place
        for place, time in series.times.items()
        if start <= time[: len(start)] and time <= now.time
    ]
    begun = series.times and min(series.times.values())[: len(start)] <= start
    if not begun:
        return Verdict("refuted", f"the series begins only with {next(iter(series.times), '')}")
    sign = 1 if direction.kind == "up" else -1
    for place, next_place in pairwise(places):
        earlier, later = series.values[place], series.values[next_place]
        if earlier is None or later is None:
            return Verdict(
                "refuted",
                f"there is no value of {shown([place if earlier is None else next_place])}",
            )
        if direction.kind == "level" or (later - earlier) * sign <= 0:
            return (
                OPEN
                if direction.kind == "level"
                else Verdict("refuted", _stepped((place, earlier), (next_place, later)))
            )
    return Verdict("proved")


def _stepped(earlier: tuple[Any, float], later: tuple[Any, float]) -> str:
    """Return in words a value and the one before it, each with its place."""
    (place, value), (next_place, next_value) = earlier, later
    relation = compared(next_value, value)
    return f"{next_value:g} in {shown([next_place])} is {relation} {value:g} in {shown([place])}"


def _side_by_side(pair: Pair, since: Meaning | None) -> Verdict:
    """Compare two series at each of their places, as the pair compares them at one."""
    ours, theirs = pair.this.history, pair.than.series
    assert ours is not None and theirs is not None
    is_one = pair.this.series is theirs
    if is_one or pair.this.at != pair.than.at or pair.sign not in ("<", ">", "<=", ">="):
        return OPEN
    begin = since.time if since else None
    for place, value in ours.values.items():
        other, time = theirs.values.get(place), ours.times.get(place)
        if value is None or other is None or (begin and time and time[: len(begin)] < begin):
            continue
        if not (value > other if pair.sign[0] == ">" else value < other):
            return Verdict("refuted", f"not in {shown([place])}: {value:g} and {other:g}")
    return Verdict("proved")


def _steps_in_a_row(cases: Cases, direction: Meaning | None, meaning: Meaning) -> Verdict:
    """Evaluate the number of steps in a row that the values went one way, up to the last place of
    which the condition is.
    """
    if direction and (direction.kind == "up") != (cases.step > 0):
        return Verdict("refuted", f"{cases.this} {cases.sign}")
    assert cases.steps is not None
    last = max(cases.holds.times.values(), default=())
    places = [place for place, time in cases.steps.times.items() if time <= last]
    run = _run(cases.steps, places, cases.step)
    return _of_run(run, meaning, f"it is so {run} times in a row")


def _moves_in_a_row(
    now: ComparedValue, then: ComparedValue, direction: Meaning | None, meaning: Meaning
) -> Verdict:
    """Evaluate the number of steps in a row that a series went one way, up to the later of two values:
    the way of the ``direction``, or of these.
    """
    assert now.history is not None
    is_up = direction.kind == "up" if direction else (now.number or 0) > (then.number or 0)
    run = _run(now.history, now.history.until(now.at).times, 1 if is_up else -1)
    moved = "rose" if is_up else "fell"
    return _of_run(run, meaning, f"up to {now.where or now.at} it {moved} {run} times in a row")


def _run(series: ComparedSeries, places: Iterable[Any], sign: int) -> int:
    """Return the number of steps in a row, up to the last of some places, that a series went up, or down
    if the sign is -1.
    """
    run = 0
    for earlier, later in reversed(list(pairwise(series.values[place] for place in places))):
        if earlier is None or later is None or (later - earlier) * sign <= 0:
            break
        run += 1
    return run


def _of_run(run: int, meaning: Meaning, says: str) -> Verdict:
    """Return the verdict on a number of steps in a row: "third" is just that, "three" at least."""
    expected = int(meaning.size or 0)
    is_so = run == expected if meaning.is_ordinal else run >= expected
    return Verdict("proved" if is_so else "refuted", says, run or None)
