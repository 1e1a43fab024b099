"""The newsroom's comparatives, each of which computes its own truth and its own evidence.

    highest(trade.total[:2022])                        the last is the highest of all; at=2014, that of 2014 is
    highest(trade.total, 2022, since=2014)             the highest since then
    lowest(…)
    rose(trade.total, 2021, 2022)                      more at the end than at the start; fell, less
    held(trade.total, 2021, 2022, within=0.05)         within five percent of it
    multiplied(trade.total, 2014, 2024, times=3)       three times as much or more
    doubled(…), halved(…)
    more(china, union), less(…)                        one and another; with times=2, that many times
    close(exports, imports, within=0.05)
    ranks(totals, "Turkey", 3)                         third from the top; of=190 gives their number

They stand in prose, `[a record]{claim="highest(trade.total[:year])"}`, or in a cell as
`bs.highest(…)`, where the result is true or false in an `if`. `values` are a Series or a mapping; a
place that is not there, or has no value, leaves the claim unproven, and so does a hole among values
of which the claim speaks, such as a year without a row: `gaps=True` allows these. `says=` puts the
claim in other words than those that are made here, `source=` gives a source where the values carry
none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from broadsheet.notebook.claims.calls import traced
from broadsheet.notebook.claims.claim import EVIDENCE, Claim, Evidence, number
from broadsheet.notebook.claims.comparative_functions import comparative
from broadsheet.notebook.claims.compared_values import Comparison, operand
from broadsheet.notebook.claims.evidence import evidence_on, missing_from, names_of_values
from broadsheet.notebook.claims.series_values import SeriesValues, series_values
from broadsheet.notebook.claims.tracing import call_now
from broadsheet.notebook.values.places import all_in_words
from broadsheet.notebook.values.sources import sources_of
from broadsheet.notebook.values.unit_arithmetic import are_counts, is_like
from broadsheet.text.language import t_, written_number
from plotly_alive.text.numbers import COMPUTED

LAST: Any = object()
"""The last place of the values."""


@comparative
def highest(
    values: Any,
    at: Any = LAST,
    *,
    since: Any = None,
    gaps: bool = False,
    shared: bool = False,
    says: str = "",
    source: Any = None,
) -> Claim:
    """The value at ``at`` is the highest, alone; with ``shared``, others may equal it. With
    ``since``, it is higher than all values between the two, but not than the one at
    ``since``.
    """
    series = series_values(values, source, gaps=gaps, may_miss=True)
    return _extreme(series, at, since, is_highest=True, shared=shared, says=says)


@comparative
def lowest(
    values: Any,
    at: Any = LAST,
    *,
    since: Any = None,
    gaps: bool = False,
    shared: bool = False,
    says: str = "",
    source: Any = None,
) -> Claim:
    """The value at ``at`` is the lowest; else as :func:`highest`."""
    series = series_values(values, source, gaps=gaps, may_miss=True)
    return _extreme(series, at, since, is_highest=False, shared=shared, says=says)


@comparative
def rose(values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """The value at ``end`` is more than at ``start``."""
    return _change(
        values,
        start,
        end,
        t_("%(what)s of %(end)s is more than in %(start)s"),
        lambda now, then: now > then,
        says=says,
        source=source,
    )


@comparative
def fell(values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """The value at ``end`` is less than at ``start``."""
    return _change(
        values,
        start,
        end,
        t_("%(what)s of %(end)s is less than in %(start)s"),
        lambda now, then: now < then,
        says=says,
        source=source,
    )


@comparative
def held(
    values: Any,
    start: Any,
    end: Any,
    *,
    within: float = 0.05,
    says: str = "",
    source: Any = None,
) -> Claim:
    """The value at ``end`` differs from that at ``start`` by no more than the part ``within``
    of it.
    """
    return _change(
        values,
        start,
        end,
        t_("%(what)s of %(end)s is within %(share)s percent of %(start)s"),
        lambda now, then: abs(now - then) <= within * abs(then),
        says=says,
        source=source,
        share=written_number(within * 100, COMPUTED),
    )


@comparative
def multiplied(
    values: Any,
    start: Any,
    end: Any,
    times: float,
    *,
    says: str = "",
    source: Any = None,
) -> Claim:
    """The value at ``end`` is at least ``times`` the value at ``start``."""
    return _change(
        values,
        start,
        end,
        t_("%(what)s of %(end)s is at least %(times)s times that of %(start)s"),
        lambda now, then: then > 0 and now >= times * then,
        says=says,
        source=source,
        times=written_number(times, COMPUTED),
    )


@comparative
def doubled(values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """The value at ``end`` is at least twice the value at ``start``."""
    return multiplied(values, start, end, 2, says=says, source=source)


@comparative
def halved(values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """The value at ``end`` is at most half the value at ``start``."""
    return _change(
        values,
        start,
        end,
        t_("%(what)s of %(end)s is at most half that of %(start)s"),
        lambda now, then: then > 0 and now * 2 <= then,
        says=says,
        source=source,
    )


@comparative
def more(this: Any, than: Any, *, times: float = 1, says: str = "", source: Any = None) -> Claim:
    """``this`` is more than ``times`` ``than``. Each is a fact or a number."""
    words = (
        t_("%(this)s is more than %(than)s")
        if times == 1
        else t_("%(this)s is more than %(times)s times %(than)s")
    )
    return _pair(
        this,
        than,
        words,
        ">",
        lambda left, right: left > times * right,
        says=says,
        source=source,
        is_ratio=times != 1,
        times=written_number(times, COMPUTED),
    )


@comparative
def less(this: Any, than: Any, *, times: float = 1, says: str = "", source: Any = None) -> Claim:
    """``this`` is less than ``times`` ``than``. Each is a fact or a number."""
    words = (
        t_("%(this)s is less than %(than)s")
        if times == 1
        else t_("%(this)s is less than %(times)s times %(than)s")
    )
    return _pair(
        this,
        than,
        words,
        "<",
        lambda left, right: left < times * right,
        says=says,
        source=source,
        is_ratio=times != 1,
        times=written_number(times, COMPUTED),
    )


@comparative
def close(this: Any, to: Any, *, within: float = 0.05, says: str = "", source: Any = None) -> Claim:
    """Two values are nearly equal: they differ by no more than the part ``within`` of the
    larger.
    """
    return _pair(
        this,
        to,
        t_("%(this)s is within %(share)s percent of %(than)s"),
        "==",
        lambda left, right: abs(left - right) <= within * max(abs(left), abs(right)),
        says=says,
        source=source,
        share=written_number(within * 100, COMPUTED),
    )


@comparative
def ranks(
    values: Any,
    who: Any,
    nth: int,
    *,
    of: int | None = None,
    lowest_first: bool = False,
    shared: bool = False,
    says: str = "",
    source: Any = None,
) -> Claim:
    """``who`` is number ``nth`` from the top, of ``of`` in all. No other has the same value,
    unless it is ``shared``: then each has the better rank.
    """
    series = series_values(values, source)
    value = series.at(who)
    what = series.name
    parts: dict[str, object] = {"who": series.place(who), "rank": nth, "what": what, "of": of}
    if lowest_first:
        says = says or (
            t_("number %(rank)s from the bottom by %(what)s is %(who)s", **parts)
            if of is None
            else t_("number %(rank)s from the bottom of %(of)s by %(what)s is %(who)s", **parts)
        )
    says = says or (
        t_("number %(rank)s by %(what)s is %(who)s", **parts)
        if of is None
        else t_("number %(rank)s of %(of)s by %(what)s is %(who)s", **parts)
    )
    operand = series.operand(who)
    compared = Comparison("extreme", -1 if lowest_first else 1, operand, among=series.by_place)
    if value is None or series.holes:
        evidence = series.evidence(who, *series.holes)
        return series.claim(None, says, *evidence, compared=compared)
    sign = 1 if lowest_first else -1
    order = sorted(series.by_place, key=lambda place: sign * (series.by_place[place] or 0))
    rank = 1 + sum(sign * (other or 0) < sign * value for other in series.by_place.values())
    equal = [place for place, other in series.by_place.items() if other == value and place != who]
    near = [*equal, *order[max(0, min(rank, nth) - 2) : max(rank, nth) + 1]]
    ranked = t_(
        "%(number)s of %(all)s", number=written_number(rank), all=written_number(len(order))
    )
    truth = bool(rank == nth and (of is None or of == len(order)) and (shared or not equal))
    return series.claim(
        truth,
        says + series.same_note(equal),
        *series.evidence(who, *near)[: EVIDENCE - 1],
        Evidence(t_("rank of %(who)s", **parts), ranked),
        compared=compared,
    )


COMPARATIVES = {
    function.__name__: function
    for function in (
        *(highest, lowest, rose, fell, held, multiplied, doubled, halved, more, less, close, ranks),
    )
}
"""The functions of this module by their names, as prose uses them."""


def _extreme(
    series: SeriesValues, at: Any, since: Any, *, is_highest: bool, shared: bool, says: str
) -> Claim:
    places = list(series.by_place)
    at = (places or [None])[-1] if at is LAST else series.named(at)
    since = series.named(since)
    value = series.at(at)
    parts = {
        "what": series.name,
        "place": series.place(at),
        "start": series.place(places[0] if since is None and places else since),
        "end": series.place(places[-1] if places else at),
    }
    parts["these"] = all_in_words(places, parts["start"], parts["end"])
    if since is not None:
        says = says or (
            t_("%(what)s of %(place)s is the highest since %(start)s", **parts)
            if is_highest
            else t_("%(what)s of %(place)s is the lowest since %(start)s", **parts)
        )
    says = says or (
        t_("%(what)s of %(place)s is the highest of %(these)s", **parts)
        if is_highest
        else t_("%(what)s of %(place)s is the lowest of %(these)s", **parts)
    )
    since_then = [] if since is None else [since]
    others = [place for place in places if place != at and (since is None or since < place < at)]
    missing = [place for place in (*others, *since_then) if series.at(place) is None]
    sign = 1 if is_highest else -1
    compared = Comparison("extreme", sign, series.operand(at), among=series.by_place)
    if value is None or missing:
        return series.claim(None, says, *series.evidence(at, *missing), compared=compared)
    ahead = {place: sign * (value - (series.at(place) or 0)) for place in (*others, *since_then)}
    equal = [place for place in others if ahead[place] == 0]
    not_beaten = [
        place for place in others if ahead[place] < 0 or (ahead[place] == 0 and not shared)
    ]
    nearest = sorted(others, key=lambda place: ahead[place])[:1]
    is_new = since is None or ahead[since] <= 0
    evidence = series.evidence(at, *(not_beaten or equal or nearest), *since_then)
    truth = not not_beaten and is_new
    says += series.same_note(equal) + series.gap_note()
    return series.claim(truth, says, *evidence, compared=compared)


def _change(
    values: Any,
    start: Any,
    end: Any,
    words: str,
    holds: Callable[[float, float], bool],
    *,
    says: str,
    source: Any,
    **more: str,
) -> Claim:
    series = series_values(values, source)
    start, end = series.named(start), series.named(end)
    now, then = series.at(end), series.at(start)
    truth = None if now is None or then is None else holds(now, then)
    parts = {"what": series.name, "start": series.place(start), "end": series.place(end), **more}
    sign = ">" if truth is None or now is None or then is None or now >= then else "<"
    compared = Comparison("change", sign, series.operand(end), series.operand(start))
    evidence = series.evidence(start, end)
    return series.claim(truth, says or words % parts, *evidence, compared=compared)


def _pair(
    this: Any,
    than: Any,
    words: str,
    sign: str,
    holds: Callable[[float, float], bool],
    *,
    says: str,
    source: Any,
    is_ratio: bool = False,
    **more: str,
) -> Claim:
    first, second = number(this), number(than)
    call = call_now()
    is_traced = call is not None and len(call.arguments) > 1
    arguments = call.arguments[:2] if call and is_traced else (traced(this), traced(than))
    left, right = arguments
    are_like = not (left.unit and right.unit) or is_like(left.unit, right.unit)
    if not (are_like or (is_ratio and are_counts(left.unit, right.unit))):
        raise ValueError(f"{this!r} and {than!r} are not in the same unit")
    truth, scale = None, 1.0
    if first is not None and second is not None:
        if left.unit and right.unit and are_like:
            scale = float(left.measure.size) / float(right.measure.size)
        truth = holds(first * scale, second)
    shown = (*evidence_on(this, left, t_("the one")), *evidence_on(than, right, t_("the other")))
    names = names_of_values((this, left), (than, right))
    says = says or words % {"this": names[0], "than": names[1], **more}
    sources = sources_of(source) + left.sources + right.sources
    missing = missing_from(left, right)
    truth = None if missing else truth
    sides = operand(left, first and first * scale), operand(right, second)
    compared = Comparison("pair", sign, *sides)
    evidence = missing or tuple(dict.fromkeys(shown))[:EVIDENCE]
    return Claim("", truth, says, evidence, sources, compared=(compared,))
