"""The newsroom's comparatives, each of which computes its own truth and its own evidence.

    bs.highest("record", trade["total"], at=2022)                     the highest of all; with since=2014, since then
    bs.lowest(…)
    bs.rose("rose", trade["total"], 2021, 2022)                       more at the end than at the start; bs.fell, less
    bs.held("steady", trade["total"], 2021, 2022, within=0.05)        within five percent of it
    bs.multiplied("tripled", trade["total"], 2014, 2024, times=3)     three times as much or more
    bs.doubled(…), bs.halved(…)
    bs.more("ahead", china, union), bs.less(…)                        one and another; with times=2, that many times
    bs.close("even", exports, imports, within=0.05)
    bs.ranks("third", totals_of_2024, "Turkey", 3)                    third from the top; of=190 says of how many
    bs.every("leads", oil > coal)                                     true at every place
    bs.since("overtook", china > union, 2023)                         true from there on, and not just before

The first word is the claim's name. `values` are a Series or a mapping; a place that is not there,
or has no value, leaves the claim unproven, and so does a hole among values of which the claim
speaks: take holes out (`dropna`) where the words do not speak of them. `says=` puts the claim in
other words than those that are made here, `source=` gives a source where the values carry none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from broadsheet.language import figures, p_, t_
from broadsheet.notebook.claim import EVIDENCE, Claim, Evidence, evidence_of, number, register_claim
from broadsheet.notebook.declared import checked_name
from broadsheet.notebook.fact import Fact
from broadsheet.notebook.sources import (
    NONE,
    Sources,
    carried_by,
    label_of,
    sources_of,
    unit_of_column,
)


@dataclass(frozen=True)
class _Values:
    """Values by place, of which the claim ``name`` speaks; None for a missing one."""

    name: str
    label: str
    unit: str
    known: Mapping[Any, float | None]
    sources: Sources

    def at(self, place: Any) -> float | None:
        return self.known.get(place)

    def evidence(self, *places: Any) -> tuple[Evidence, ...]:
        return tuple(
            Evidence(f"{self.label}, {_shown(place)}", self.at(place), self.unit)
            for place in dict.fromkeys(places)
        )

    def claim(self, truth: bool | None, says: str, *evidence: Evidence) -> Claim:
        return register_claim(Claim(self.name, truth, says, evidence[:EVIDENCE], self.sources))

    @property
    def holes(self) -> list[Any]:
        return [place for place, value in self.known.items() if value is None]


def highest(
    name: str, values: Any, at: Any, *, since: Any = None, says: str = "", source: Any = None
) -> Claim:
    """The value at ``at`` is the highest, alone. With ``since``: higher than all between the two,
    but not than the one at ``since``.
    """
    return _extreme(name, values, at, since, is_highest=True, says=says, source=source)


def lowest(
    name: str, values: Any, at: Any, *, since: Any = None, says: str = "", source: Any = None
) -> Claim:
    """As :func:`highest`, for the lowest."""
    return _extreme(name, values, at, since, is_highest=False, says=says, source=source)


def rose(
    name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None
) -> Claim:
    """The value at ``end`` is more than at ``start``."""
    return _change(
        name,
        values,
        start,
        end,
        t_("%(what)s of %(end)s is more than in %(start)s"),
        lambda now, then: now > then,
        says=says,
        source=source,
    )


def fell(
    name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None
) -> Claim:
    """The value at ``end`` is less than at ``start``."""
    return _change(
        name,
        values,
        start,
        end,
        t_("%(what)s of %(end)s is less than in %(start)s"),
        lambda now, then: now < then,
        says=says,
        source=source,
    )


def held(
    name: str,
    values: Any,
    start: Any,
    end: Any,
    *,
    within: float = 0.05,
    says: str = "",
    source: Any = None,
) -> Claim:
    """The value at ``end`` is within a part of the value at ``start``."""
    return _change(
        name,
        values,
        start,
        end,
        t_("%(what)s of %(end)s is within %(share)s percent of %(start)s"),
        lambda now, then: abs(now - then) <= within * abs(then),
        says=says,
        source=source,
        share=figures(f"{within * 100:g}"),
    )


def multiplied(
    name: str,
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
        name,
        values,
        start,
        end,
        t_("%(what)s of %(end)s is at least %(times)s times that of %(start)s"),
        lambda now, then: then > 0 and now >= times * then,
        says=says,
        source=source,
        times=figures(f"{times:g}"),
    )


def doubled(
    name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None
) -> Claim:
    """Twice as much or more."""
    return multiplied(name, values, start, end, 2, says=says, source=source)


def halved(
    name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None
) -> Claim:
    """Half as much or less."""
    return _change(
        name,
        values,
        start,
        end,
        t_("%(what)s of %(end)s is at most half that of %(start)s"),
        lambda now, then: then > 0 and now * 2 <= then,
        says=says,
        source=source,
    )


def more(
    name: str, this: Any, than: Any, *, times: float = 1, says: str = "", source: Any = None
) -> Claim:
    """One value and another, each a fact or a number: ``this`` is more than ``times`` ``than``."""
    words = (
        t_("%(this)s is more than %(than)s")
        if times == 1
        else t_("%(this)s is more than %(times)s times %(than)s")
    )
    return _pair(
        name,
        this,
        than,
        words,
        lambda one, other: one > times * other,
        says=says,
        source=source,
        times=figures(f"{times:g}"),
    )


def less(
    name: str, this: Any, than: Any, *, times: float = 1, says: str = "", source: Any = None
) -> Claim:
    """``this`` is less than ``times`` ``than``."""
    words = (
        t_("%(this)s is less than %(than)s")
        if times == 1
        else t_("%(this)s is less than %(times)s times %(than)s")
    )
    return _pair(
        name,
        this,
        than,
        words,
        lambda one, other: one < times * other,
        says=says,
        source=source,
        times=figures(f"{times:g}"),
    )


def close(
    name: str, this: Any, to: Any, *, within: float = 0.05, says: str = "", source: Any = None
) -> Claim:
    """Two values are nearly equal: they differ by no more than a part of the larger."""
    return _pair(
        name,
        this,
        to,
        t_("%(this)s is within %(share)s percent of %(than)s"),
        lambda one, other: abs(one - other) <= within * max(abs(one), abs(other)),
        says=says,
        source=source,
        share=figures(f"{within * 100:g}"),
    )


def ranks(
    name: str,
    values: Any,
    who: Any,
    nth: int,
    *,
    of: int | None = None,
    lowest_first: bool = False,
    says: str = "",
    source: Any = None,
) -> Claim:
    """``who`` is ``nth`` from the top; ``of`` so many. Of equal values each has the better rank."""
    found = _values(name, values, source)
    value = found.at(who)
    parts: dict[str, object] = {"who": _shown(who), "rank": nth, "what": found.label, "of": of}
    if lowest_first:
        says = says or (
            t_("%(who)s is number %(rank)s from the bottom by %(what)s", **parts)
            if of is None
            else t_("%(who)s is number %(rank)s from the bottom of %(of)s by %(what)s", **parts)
        )
    says = says or (
        t_("%(who)s is number %(rank)s by %(what)s", **parts)
        if of is None
        else t_("%(who)s is number %(rank)s of %(of)s by %(what)s", **parts)
    )
    if value is None or found.holes:
        return found.claim(None, says, *found.evidence(who, *found.holes))
    sign = 1 if lowest_first else -1
    order = sorted(found.known, key=lambda place: sign * (found.known[place] or 0))
    rank = 1 + sum(sign * (other or 0) < sign * value for other in found.known.values())
    near = order[max(0, min(rank, nth) - 2) : max(rank, nth) + 1]
    ranked = t_("%(number)s of %(all)s", number=rank, all=len(order))
    truth = rank == nth and (of is None or of == len(order))
    return found.claim(
        truth,
        says,
        *found.evidence(who, *near)[: EVIDENCE - 1],
        Evidence(t_("rank of %(who)s", **parts), ranked),
    )


def every(name: str, holds: Any, *, says: str = "", source: Any = None) -> Claim:
    """A condition, as a Series or mapping of bools, is true at every place."""
    found = _values(name, holds, source)
    failing = [place for place, value in found.known.items() if value == 0]
    truth = False if failing else None if found.holes or not found.known else True
    counted = Evidence(
        t_("places where it holds"),
        t_(
            "%(number)s of %(all)s",
            number=len(found.known) - len(failing) - len(found.holes),
            all=len(found.known),
        ),
    )
    named = tuple(Evidence(_shown(place), p_("answer", "no")) for place in failing) + tuple(
        Evidence(_shown(place), None) for place in found.holes
    )
    says = says or t_("%(what)s: at every place", what=found.label)
    return found.claim(truth, says, counted, *named)


def since(name: str, holds: Any, place: Any, *, says: str = "", source: Any = None) -> Claim:
    """A condition is true from ``place`` on, to the last; and not at the place just before, if
    there is one.
    """
    found = _values(name, holds, source)
    order = sorted(found.known)
    says = says or t_("%(what)s: from %(place)s on", what=found.label, place=_shown(place))
    if place not in found.known:
        return found.claim(None, says, Evidence(_shown(place), None))
    at = order.index(place)
    spoken_of = order[max(0, at - 1) :]
    failing = [one for one in order[at:] if found.known[one] == 0]
    before = at > 0 and found.known[order[at - 1]] == 1
    truth: bool | None = not failing and not before
    if truth and any(found.known[one] is None for one in spoken_of):
        truth = None
    shown = dict.fromkeys([*spoken_of[:3], *failing, order[-1]])
    answers = [Evidence(_shown(one), _answer(found.known[one])) for one in shown]
    return found.claim(truth, says, *answers)


def _answer(value: float | None) -> str | None:
    return None if value is None else p_("answer", "yes") if value else p_("answer", "no")


def _extreme(
    name: str, values: Any, at: Any, since: Any, *, is_highest: bool, says: str, source: Any
) -> Claim:
    found = _values(name, values, source)
    value, places = found.at(at), list(found.known)
    parts = {
        "what": found.label,
        "place": _shown(at),
        "start": _shown(places[0] if since is None and places else since),
        "end": _shown(places[-1] if places else at),
    }
    if since is not None:
        says = says or (
            t_("%(what)s of %(place)s is the highest since %(start)s", **parts)
            if is_highest
            else t_("%(what)s of %(place)s is the lowest since %(start)s", **parts)
        )
    says = says or (
        t_("%(what)s of %(place)s is the highest of %(start)s to %(end)s", **parts)
        if is_highest
        else t_("%(what)s of %(place)s is the lowest of %(start)s to %(end)s", **parts)
    )
    since_then = [] if since is None else [since]
    others = [place for place in places if place != at and (since is None or since < place < at)]
    missing = [place for place in (*others, *since_then) if found.at(place) is None]
    if value is None or missing:
        return found.claim(None, says, *found.evidence(at, *missing))
    sign = 1 if is_highest else -1
    ahead = {place: sign * (value - (found.at(place) or 0)) for place in (*others, *since_then)}
    not_beaten = [place for place in others if ahead[place] <= 0]
    nearest = sorted(others, key=lambda place: ahead[place])[:1]
    is_new = since is None or ahead[since] <= 0
    evidence = found.evidence(at, *(not_beaten or nearest), *since_then)
    return found.claim(not not_beaten and is_new, says, *evidence)


def _change(  # noqa: PLR0917
    name: str,
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
    found = _values(name, values, source)
    now, then = found.at(end), found.at(start)
    truth = None if now is None or then is None else holds(now, then)
    parts = {"what": found.label, "start": _shown(start), "end": _shown(end), **more}
    return found.claim(truth, says or words % parts, *found.evidence(start, end))


def _pair(
    name: str,
    this: Any,
    than: Any,
    words: str,
    holds: Callable[[float, float], bool],
    *,
    says: str,
    source: Any,
    **more: str,
) -> Claim:
    who = checked_name("claim", name)
    one, other = number(this, who), number(than, who)
    units = {fact.unit for fact in (this, than) if isinstance(fact, Fact)}
    if len(units) == 2:
        raise ValueError(f"{who}: {this!r} and {than!r} are not in the same unit")
    sources = sources_of(source, who)
    for fact in (this, than):
        sources += fact.sources if isinstance(fact, Fact) else NONE
    truth = None if one is None or other is None else holds(one, other)
    shown = tuple(
        evidence_of(value) if isinstance(value, Fact) else Evidence(label, found)
        for label, value, found in ((t_("the one"), this, one), (t_("the other"), than, other))
    )
    says = says or words % {"this": _name(this), "than": _name(than), **more}
    return register_claim(Claim(name, truth, says, shown, sources))


def _values(name: str, values: Any, source: Any) -> _Values:
    who = checked_name("claim", name)
    if not hasattr(values, "items") or hasattr(values, "columns"):
        raise TypeError(
            f"{who}: the values are a Series or a mapping of places to values, not a "
            f"{type(values).__name__}"
        )
    known: dict[Any, float | None] = {}
    for place, value in values.items():
        if place in known:
            raise ValueError(f"{who}: there is more than one value of {_shown(place)}")
        known[place] = number(value, who)
    sources = sources_of(source, who) or carried_by(values)
    label = label_of(values) or "the value"
    return _Values(name, label, unit_of_column(values) or "", known, sources)


def _name(value: Any) -> str:
    if not isinstance(value, Fact):
        return f"{value}"
    return f"{value.place} ({value.text})" if value.place else value.text


def _shown(place: Any) -> str:
    """A place in words for people."""
    if isinstance(place, tuple):
        return ", ".join(map(str, place))
    text = place.isoformat() if hasattr(place, "isoformat") else str(place)
    return text.removesuffix("T00:00:00")
