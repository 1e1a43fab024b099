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

The first word is the claim's name. `values` are a Series or a mapping; a place that is not there, or has no value,
leaves the claim unproven, and so does a hole among values of which the claim speaks: take holes out (`dropna`) where
the words do not speak of them. `says=` puts the claim in other words than those that are made here, `source=` gives
a source where the values carry none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from broadsheet.facts.claim import EVIDENCE, Claim, Evidence, evidence_of, number, register_claim
from broadsheet.facts.fact import NAME, Fact
from broadsheet.facts.sources import Sources, label_of, origin_of, sources_of, unit_of_column


@dataclass(frozen=True)
class _Values:
    """Values by place; None for one that is missing."""

    who: str
    label: str
    unit: str
    known: Mapping[Any, float | None]
    sources: Sources

    def at(self, place: Any) -> float | None:
        return self.known.get(place)

    def evidence(self, *places: Any) -> tuple[Evidence, ...]:
        return tuple(Evidence(f"{self.label}, {_told(place)}", self.at(place), self.unit)
                     for place in dict.fromkeys(places))[:EVIDENCE]

    @property
    def holes(self) -> list[Any]:
        return [place for place, value in self.known.items() if value is None]


def highest(name: str, values: Any, at: Any, *, since: Any = None, says: str = "", source: Any = None) -> Claim:
    """At ``at`` is the highest value, alone. With ``since``: higher than all between the two, and not than there."""
    return _extreme(name, values, at, since, "highest", lambda one, other: one > other, says=says, source=source)


def lowest(name: str, values: Any, at: Any, *, since: Any = None, says: str = "", source: Any = None) -> Claim:
    """As :func:`highest`, for the lowest."""
    return _extreme(name, values, at, since, "lowest", lambda one, other: one < other, says=says, source=source)


def rose(name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """More at ``end`` than at ``start``."""
    return _change(name, values, start, end, "more than in", lambda now, then: now > then, says=says, source=source)


def fell(name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """Less at ``end`` than at ``start``."""
    return _change(name, values, start, end, "less than in", lambda now, then: now < then, says=says, source=source)


def held(name: str, values: Any, start: Any, end: Any, *, within: float = 0.05, says: str = "", source: Any = None
         ) -> Claim:
    """At ``end`` within a part of what was at ``start``."""
    return _change(name, values, start, end, f"within {within * 100:g} percent of",
                   lambda now, then: abs(now - then) <= within * abs(then), says=says, source=source)


def multiplied(name: str, values: Any, start: Any, end: Any, times: float, *, says: str = "", source: Any = None
               ) -> Claim:
    """At ``end`` at least ``times`` as much as at ``start``."""
    return _change(name, values, start, end, f"at least {times:g} times that of",
                   lambda now, then: then > 0 and now >= times * then, says=says, source=source)


def doubled(name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """Twice as much or more."""
    return multiplied(name, values, start, end, 2, says=says, source=source)


def halved(name: str, values: Any, start: Any, end: Any, *, says: str = "", source: Any = None) -> Claim:
    """Half as much or less."""
    return _change(name, values, start, end, "at most half that of",
                   lambda now, then: then > 0 and now * 2 <= then, says=says, source=source)


def more(name: str, this: Any, than: Any, *, times: float = 1, says: str = "", source: Any = None) -> Claim:
    """One value and another, each a fact or a number: ``this`` is more than ``times`` ``than``."""
    return _pair(name, this, than, f"more than {'' if times == 1 else f'{times:g} times '}",
                 lambda one, other: one > times * other, says=says, source=source)


def less(name: str, this: Any, than: Any, *, times: float = 1, says: str = "", source: Any = None) -> Claim:
    """``this`` is less than ``times`` ``than``."""
    return _pair(name, this, than, f"less than {'' if times == 1 else f'{times:g} times '}",
                 lambda one, other: one < times * other, says=says, source=source)


def close(name: str, this: Any, to: Any, *, within: float = 0.05, says: str = "", source: Any = None) -> Claim:
    """Two values are as good as equal: they differ by no more than a part of the larger."""
    return _pair(name, this, to, f"within {within * 100:g} percent of ",
                 lambda one, other: abs(one - other) <= within * max(abs(one), abs(other)), says=says, source=source)


def ranks(name: str, values: Any, who: Any, nth: int, *, of: int | None = None, lowest_first: bool = False,
          says: str = "", source: Any = None) -> Claim:
    """``who`` is ``nth`` from the top; ``of`` so many. Of equal values each has the better rank."""
    found = _values(name, values, source)
    value = found.at(who)
    if value is None or found.holes:
        return _made(found, name, None, says or f"{_told(who)} is number {nth} by {found.label}",
                     found.evidence(who, *found.holes))
    sign = 1 if lowest_first else -1
    order = sorted(found.known, key=lambda place: sign * (found.known[place] or 0))
    rank = 1 + sum(sign * (other or 0) < sign * value for other in found.known.values())
    near = order[max(0, min(rank, nth) - 2):max(rank, nth) + 1]
    counted = f" of {of}" if of is not None else ""
    evidence = (*found.evidence(who, *near)[:EVIDENCE - 1],
                Evidence(f"rank of {_told(who)}", f"{rank} of {len(order)}"))
    truth = rank == nth and (of is None or of == len(order))
    end = " from the bottom" if lowest_first else ""
    return _made(found, name, truth, says or f"{_told(who)} is number {nth}{end}{counted} by {found.label}", evidence)


def every(name: str, holds: Any, *, says: str = "", source: Any = None) -> Claim:
    """A condition, as a Series or mapping of bools, is true at every place."""
    found = _values(name, holds, source)
    failing = [place for place, value in found.known.items() if value == 0]
    truth = False if failing else None if found.holes or not found.known else True
    counted = Evidence("places where it holds", f"{len(found.known) - len(failing) - len(found.holes)} of "
                                                f"{len(found.known)}")
    named = tuple(Evidence(_told(place), "no") for place in failing) + tuple(
        Evidence(_told(place), None) for place in found.holes)
    return _made(found, name, truth, says or f"{found.label}: at every place", (counted, *named)[:EVIDENCE])


def since(name: str, holds: Any, place: Any, *, says: str = "", source: Any = None) -> Claim:
    """A condition is true from ``place`` on, to the last; and not at the place just before, if there is one."""
    found = _values(name, holds, source)
    order = sorted(found.known)
    says = says or f"{found.label}: from {_told(place)} on"
    if place not in found.known:
        return _made(found, name, None, says, (Evidence(_told(place), None),))
    at = order.index(place)
    spoken_of = order[max(0, at - 1):]
    failing = [one for one in order[at:] if found.known[one] == 0]
    before = at > 0 and found.known[order[at - 1]] == 1
    truth: bool | None = not failing and not before
    if truth and any(found.known[one] is None for one in spoken_of):
        truth = None
    shown = dict.fromkeys([*spoken_of[:3], *failing, order[-1]])
    return _made(found, name, truth, says, tuple(
        Evidence(_told(one), _answer(found.known[one])) for one in shown)[:EVIDENCE])


def _answer(value: float | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _extreme(name: str, values: Any, at: Any, since: Any, word: str,  # noqa: PLR0917
             beats: Callable[[float, float], bool], *, says: str, source: Any) -> Claim:
    found = _values(name, values, source)
    value = found.at(at)
    places = list(found.known)
    after = "" if since is None else f" since {_told(since)}"
    span = f" of {_told(places[0])} to {_told(places[-1])}" if places and not after else ""
    says = says or f"{found.label} of {_told(at)} is the {word}{after or span}"
    others = [place for place in places if place != at and (since is None or since < place < at)]
    missing = [place for place in (*others, *([since] if since is not None else [])) if found.at(place) is None]
    if value is None or missing:
        return _made(found, name, None, says, found.evidence(at, *missing))
    equal_or_beyond = [place for place in others if not beats(value, found.known[place] or 0)]
    kept_before = since is None or not beats(value, found.at(since) or 0)
    nearest = sorted(others, key=lambda place: found.known[place] or 0, reverse=word == "highest")[:1]
    evidence = found.evidence(at, *(equal_or_beyond or nearest), *([since] if since is not None else []))
    return _made(found, name, not equal_or_beyond and kept_before, says, evidence)


def _change(name: str, values: Any, start: Any, end: Any, words: str,  # noqa: PLR0917
            holds: Callable[[float, float], bool], *, says: str, source: Any) -> Claim:
    found = _values(name, values, source)
    now, then = found.at(end), found.at(start)
    truth = None if now is None or then is None else holds(now, then)
    return _made(found, name, truth, says or f"{found.label} of {_told(end)} is {words} {_told(start)}",
                 found.evidence(start, end))


def _pair(name: str, this: Any, than: Any, words: str, holds: Callable[[float, float], bool], *, says: str,
          source: Any) -> Claim:
    who = _checked(name)
    one, other = number(this, who), number(than, who)
    units = {fact.unit for fact in (this, than) if isinstance(fact, Fact)}
    if len(units) == 2:
        raise ValueError(f"{who}: {this!r} and {than!r} are not in the same unit")
    sources = sources_of(source, who)
    for fact in (this, than):
        sources += fact.sources if isinstance(fact, Fact) else Sources()
    truth = None if one is None or other is None else holds(one, other)
    shown = tuple(evidence_of(value) if isinstance(value, Fact) else Evidence(label, found) for label, value, found in
                  (("the one", this, one), ("the other", than, other)))
    return register_claim(Claim(name, truth, says or f"{_name(this)} is {words}{_name(than)}", shown, sources))


def _made(found: _Values, name: str, truth: bool | None, says: str, evidence: tuple[Evidence, ...]) -> Claim:
    return register_claim(Claim(name, truth, says, evidence, found.sources))


def _values(name: str, values: Any, source: Any) -> _Values:
    who = _checked(name)
    if not hasattr(values, "items") or hasattr(values, "columns"):
        raise TypeError(f"{who}: the values are a Series or a mapping of places to values, not a "
                        f"{type(values).__name__}")
    known: dict[Any, float | None] = {}
    for place, value in values.items():
        if place in known:
            raise ValueError(f"{who}: there is more than one value of {_told(place)}")
        known[place] = number(value, who)
    sources = sources_of(source, who) or (sources_of(values, who) if origin_of(values) else Sources())
    label = label_of(values) or "the value"
    return _Values(who, label, unit_of_column(values) or "", known, sources)


def _checked(name: str) -> str:
    who = f"claim {name!r}"
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(f"{who}: a name has letters, digits and hyphens, and starts with a letter")
    return who


def _name(value: Any) -> str:
    return f"{value.place or value.name} ({value.text})" if isinstance(value, Fact) else f"{value}"


def _told(place: Any) -> str:
    return ", ".join(map(str, place)) if isinstance(place, tuple) else str(getattr(place, "isoformat", lambda: place)()
                                                                          ).removesuffix("T00:00:00")
