"""The comparatives of a condition on each row of a column: in which cases it holds.

    every(oil > coal)                                  true at every place
    most(oil > coal)                                   true at more than half of the places
    only(exports > 50, "China")                        true there and nowhere else; also of a list
    since(china > union, 2023)                         true from there on, and not just before
    first_time(price > 100, 2022)                      true there and at no earlier place

A place that has no value leaves the claim unproven where it could change it; so does a year that is
not there. `gaps=True` leaves such places out. See :mod:`broadsheet.notebook.claims.comparatives`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from broadsheet.notebook.claims.calls import traced
from broadsheet.notebook.claims.claim import Claim, Evidence, truth_of
from broadsheet.notebook.claims.comparative import comparative
from broadsheet.notebook.claims.compared_values import (
    COMPARED,
    Comparison,
    Operand,
    cases_of,
    operand,
)
from broadsheet.notebook.claims.evidence import evidence_from
from broadsheet.notebook.claims.series_values import SeriesValues, series_values
from broadsheet.notebook.claims.traced import Traced
from broadsheet.notebook.claims.tracing import SIGNS
from broadsheet.notebook.values.sources import sources_of
from broadsheet.text.language import listed, p_, t_, written_number


@comparative
def every(holds: Any, *, gaps: bool = False, says: str = "", source: Any = None) -> Claim:
    """A condition, as a Series or mapping of bools, is true at every place. It may be a single truth
    too, such as a function of your own gives; ``says`` puts that into words.
    """
    if says and not hasattr(holds, "items"):
        truth = truth_of(holds, f"a condition is true or false, and this is {holds!r}")
        of = traced(holds)
        sides = (of.sides[0], of.sides[2]) if of.sides else (of,)
        return Claim("", truth, says, evidence_from(*sides), sources_of(source) + of.sources)
    found = series_values(holds, source, gaps=gaps, may_miss=True)
    failing = [place for place, value in found.known.items() if value == 0]
    is_true = False if failing else None if found.holes or not found.known else True
    named = tuple(Evidence(found.place(place), p_("answer", "no")) for place in failing) + tuple(
        Evidence(found.place(place), None) for place in (*found.holes, *found.left_out)
    )
    says = says or t_("%(what)s: at every place", what=found.label)
    return found.claim(is_true, says, _counted(found), *named, compared=_cases(found))


@comparative
def most(holds: Any, *, gaps: bool = False, says: str = "", source: Any = None) -> Claim:
    """A condition, as a Series or mapping of bools, is true at more than half of the places. Where
    it is unknown at some, it is so if those cannot change it.
    """
    found = series_values(holds, source, gaps=gaps, may_miss=True)
    true, half = _true_places(found), len(found.known) / 2
    undecided = len(true) <= half < len(true) + len(found.holes)
    says = says or t_("%(what)s: at most places", what=found.label)
    holes = (Evidence(found.place(place), None) for place in (*found.holes, *found.left_out))
    is_true = None if undecided or not found.known else len(true) > half
    return found.claim(is_true, says, _counted(found), *holes, compared=_cases(found))


@comparative
def only(holds: Any, who: Any, *, gaps: bool = False, says: str = "", source: Any = None) -> Claim:
    """A condition, as a Series or mapping of bools, is true at ``who``, a place or a list of places,
    and nowhere else.
    """
    found = series_values(holds, source, gaps=gaps, may_miss=True)
    named = [found.named(one) for one in (who if isinstance(who, (list, tuple)) else [who])]
    names = listed([found.place(one) for one in named])
    says = says or t_("%(what)s: only %(places)s", what=found.label, places=names)
    false = [one for one in named if found.known.get(one, 0) == 0]
    others = [one for one in _true_places(found) if one not in named]
    is_true = False if false or others else None if found.holes else True
    shown = dict.fromkeys([*named, *others, *found.holes, *found.left_out])
    answers = (_at(found, one) for one in shown)
    return found.claim(is_true, says, _counted(found), *answers, compared=_cases(found))


@comparative
def first_time(
    holds: Any,
    place: Any,
    *,
    since: Any = None,
    gaps: bool = False,
    says: str = "",
    source: Any = None,
) -> Claim:
    """A condition, as a Series or mapping of bools, is true at ``place`` and at no earlier one. With
    ``since``: it was true there, and at no place between the two.
    """
    found = series_values(holds, source, gaps=gaps, may_miss=True)
    place, since = found.named(place), found.named(since)
    before = sorted(one for one in found.known if one < place and (since is None or one > since))
    words = {"what": found.label, "place": found.place(place), "since": found.place(since)}
    says = says or (
        t_("%(what)s: for the first time in %(place)s", **words)
        if since is None
        else t_("%(what)s: for the first time since %(since)s in %(place)s", **words)
    )
    must = [place] if since is None else [since, place]
    answers = [found.known.get(one) for one in must] + [
        None if found.known[one] is None else 1 - (found.known[one] or 0) for one in before
    ]
    is_true = False if 0 in answers else None if None in answers else True
    earlier = [one for one in before if found.known[one]]
    unknown = [one for one in before if found.known[one] is None]
    shown = dict.fromkeys([*must, *earlier, *unknown, *before[-1:]])
    evidence = [_at(found, one) for one in shown]
    evidence += [Evidence(found.place(one), None) for one in found.left_out if one < place]
    compared = (_cases(found, place), *_at_place(found, place))
    return found.claim(is_true, says, *evidence, compared=compared)


@comparative
def since(
    holds: Any, place: Any, *, gaps: bool = False, says: str = "", source: Any = None
) -> Claim:
    """A condition is true from ``place`` on, to the last; and not at the place just before, if
    there is one.
    """
    found = series_values(holds, source, gaps=gaps, may_miss=True)
    order, place = sorted(found.known), found.named(place)
    says = says or t_("%(what)s: from %(place)s on", what=found.label, place=found.place(place))
    compared = (_cases(found, place), *_at_place(found, place))
    if place not in found.known:
        missing = Evidence(found.place(place), None)
        return found.claim(None, says, missing, compared=compared)
    at = order.index(place)
    spoken_of = order[max(0, at - 1) :]
    failing = [one for one in order[at:] if found.known[one] == 0]
    before = at > 0 and found.known[order[at - 1]] == 1
    truth: bool | None = not failing and not before
    if truth and any(found.known[one] is None for one in spoken_of):
        truth = None
    shown = dict.fromkeys([*spoken_of[:3], *failing, order[-1]])
    answers = [_at(found, one) for one in shown]
    answers += [Evidence(found.place(one), None) for one in found.left_out if one > place]
    return found.claim(truth, says, *answers, compared=compared)


CASES = {one.__name__: one for one in (every, most, only, since, first_time)}
"""The functions of this module by their names, as prose uses them."""


def _cases(found: SeriesValues, since: Any = None) -> Comparison:
    """Where a condition holds."""
    return cases_of(found.traced, found.known, since)


def _at(found: SeriesValues, place: Any) -> Evidence:
    """What a condition says of a place, with the values that it compares there."""
    said = answer(found.known.get(place))
    return Evidence(found.place(place), said, leaf=found.compared_at(place))


def _at_place(found: SeriesValues, place: Any) -> Iterator[Comparison]:
    """The two values that a condition compares at a place."""
    if found.traced.sides is None or place not in found.known:
        return
    this, sign, than = found.traced.sides
    written = {SIGNS[op]: COMPARED[op.__name__] for op in SIGNS}[sign]
    yield Comparison("pair", written, _side(this, place, found), _side(than, place, found))


def _side(of: Traced, place: Any, found: SeriesValues) -> Operand:
    if not hasattr(of.value, "items"):
        return operand(of)
    series = of.value if of.whole is None else of.whole
    return Operand(of.value.get(place), of.label, found.place(place), of.unit or "", place, series)


def _true_places(found: SeriesValues) -> list[Any]:
    return [place for place, value in found.known.items() if value]


def _counted(found: SeriesValues) -> Evidence:
    """At how many places a condition holds."""
    true = len(_true_places(found))
    counted = t_(
        "%(number)s of %(all)s", number=written_number(true), all=written_number(len(found.known))
    )
    return Evidence(t_("places where it holds"), counted, leaf=found.compared_everywhere())


def answer(value: float | None) -> str | None:
    """What a condition says of a place, in words; None if it is unknown there."""
    return None if value is None else p_("answer", "yes") if value else p_("answer", "no")
