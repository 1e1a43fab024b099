"""The comparatives of a condition on each row of a column. They say in which cases it holds.

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
from broadsheet.notebook.claims.comparative_functions import comparative
from broadsheet.notebook.claims.compared_values import (
    PYTHON_SIGNS,
    Comparison,
    Operand,
    comparison_in_cases,
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
    """A condition, as a Series or mapping of bools, is true at every place. It may be a
    single truth too, such as the result of a function of your own; ``says`` puts that into
    words.
    """
    if says and not hasattr(holds, "items"):
        truth = truth_of(holds, f"a condition is true or false, and this is {holds!r}")
        of = traced(holds)
        sides = (of.sides[0], of.sides[2]) if of.sides else (of,)
        return Claim("", truth, says, evidence_from(*sides), sources_of(source) + of.sources)
    cases = series_values(holds, source, gaps=gaps, may_miss=True)
    failing = [place for place, value in cases.by_place.items() if value == 0]
    is_true = False if failing else None if cases.holes or not cases.by_place else True
    named = tuple(Evidence(cases.place(place), p_("answer", "no")) for place in failing) + tuple(
        Evidence(cases.place(place), None) for place in (*cases.holes, *cases.left_out)
    )
    says = says or t_("%(what)s: at every place", what=cases.label)
    return cases.claim(is_true, says, _counted(cases), *named, compared=_cases(cases))


@comparative
def most(holds: Any, *, gaps: bool = False, says: str = "", source: Any = None) -> Claim:
    """A condition, as a Series or mapping of bools, is true at more than half of the places.
    Places at which it is unknown leave the claim unproven only if they could change it.
    """
    cases = series_values(holds, source, gaps=gaps, may_miss=True)
    true, half = _true_places(cases), len(cases.by_place) / 2
    undecided = len(true) <= half < len(true) + len(cases.holes)
    says = says or t_("%(what)s: at most places", what=cases.label)
    holes = (Evidence(cases.place(place), None) for place in (*cases.holes, *cases.left_out))
    is_true = None if undecided or not cases.by_place else len(true) > half
    return cases.claim(is_true, says, _counted(cases), *holes, compared=_cases(cases))


@comparative
def only(holds: Any, who: Any, *, gaps: bool = False, says: str = "", source: Any = None) -> Claim:
    """A condition, as a Series or mapping of bools, is true at ``who``, a place or a list of places,
    and nowhere else.
    """
    cases = series_values(holds, source, gaps=gaps, may_miss=True)
    named = [cases.named(each) for each in (who if isinstance(who, (list, tuple)) else [who])]
    names = listed([cases.place(each) for each in named])
    says = says or t_("%(what)s: only %(places)s", what=cases.label, places=names)
    false = [each for each in named if cases.by_place.get(each, 0) == 0]
    others = [each for each in _true_places(cases) if each not in named]
    is_true = False if false or others else None if cases.holes else True
    shown = dict.fromkeys([*named, *others, *cases.holes, *cases.left_out])
    answers = (_at(cases, each) for each in shown)
    return cases.claim(is_true, says, _counted(cases), *answers, compared=_cases(cases))


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
    """A condition, as a Series or mapping of bools, is true at ``place`` and at no earlier
    one. With ``since``, it was true there, and at no place between the two.
    """
    cases = series_values(holds, source, gaps=gaps, may_miss=True)
    place, since = cases.named(place), cases.named(since)
    before = sorted(
        other for other in cases.by_place if other < place and (since is None or other > since)
    )
    words = {"what": cases.label, "place": cases.place(place), "since": cases.place(since)}
    says = says or (
        t_("%(what)s: for the first time in %(place)s", **words)
        if since is None
        else t_("%(what)s: for the first time since %(since)s in %(place)s", **words)
    )
    must = [place] if since is None else [since, place]
    answers = [cases.by_place.get(other) for other in must] + [
        None if cases.by_place[other] is None else 1 - (cases.by_place[other] or 0)
        for other in before
    ]
    is_true = False if 0 in answers else None if None in answers else True
    earlier = [other for other in before if cases.by_place[other]]
    unknown = [other for other in before if cases.by_place[other] is None]
    shown = dict.fromkeys([*must, *earlier, *unknown, *before[-1:]])
    evidence = [_at(cases, other) for other in shown]
    evidence += [Evidence(cases.place(other), None) for other in cases.left_out if other < place]
    compared = (_cases(cases, place), *_at_place(cases, place))
    return cases.claim(is_true, says, *evidence, compared=compared)


@comparative
def since(
    holds: Any, place: Any, *, gaps: bool = False, says: str = "", source: Any = None
) -> Claim:
    """A condition is true from ``place`` on, to the last, and not at the place just before,
    if there is one.
    """
    cases = series_values(holds, source, gaps=gaps, may_miss=True)
    order, place = sorted(cases.by_place), cases.named(place)
    says = says or t_("%(what)s: from %(place)s on", what=cases.label, place=cases.place(place))
    compared = (_cases(cases, place), *_at_place(cases, place))
    if place not in cases.by_place:
        missing = Evidence(cases.place(place), None)
        return cases.claim(None, says, missing, compared=compared)
    at = order.index(place)
    spoken_of = order[max(0, at - 1) :]
    failing = [other for other in order[at:] if cases.by_place[other] == 0]
    before = at > 0 and cases.by_place[order[at - 1]] == 1
    truth: bool | None = not failing and not before
    if truth and any(cases.by_place[other] is None for other in spoken_of):
        truth = None
    shown = dict.fromkeys([*spoken_of[:3], *failing, order[-1]])
    answers = [_at(cases, other) for other in shown]
    answers += [Evidence(cases.place(other), None) for other in cases.left_out if other > place]
    return cases.claim(truth, says, *answers, compared=compared)


CASES = {function.__name__: function for function in (every, most, only, since, first_time)}
"""The functions of this module by their names, as prose uses them."""


def _cases(cases: SeriesValues, since: Any = None) -> Comparison:
    """Return the comparison in the cases of a condition."""
    return comparison_in_cases(cases.traced, cases.by_place, since)


def _at(cases: SeriesValues, place: Any) -> Evidence:
    """Return the answer of a condition at a place, with the values that it compares there."""
    said = answer(cases.by_place.get(place))
    return Evidence(cases.place(place), said, leaf=cases.compared_at(place))


def _at_place(cases: SeriesValues, place: Any) -> Iterator[Comparison]:
    """Yield the two values that a condition compares at a place."""
    if cases.traced.sides is None or place not in cases.by_place:
        return
    this, sign, than = cases.traced.sides
    written = {SIGNS[op]: PYTHON_SIGNS[op.__name__] for op in SIGNS}[sign]
    yield Comparison("pair", written, _side(this, place, cases), _side(than, place, cases))


def _side(of: Traced, place: Any, cases: SeriesValues) -> Operand:
    if not hasattr(of.value, "items"):
        return operand(of)
    series = of.value if of.whole is None else of.whole
    return Operand(of.value.get(place), of.label, cases.place(place), of.unit or "", place, series)


def _true_places(cases: SeriesValues) -> list[Any]:
    return [place for place, value in cases.by_place.items() if value]


def _counted(cases: SeriesValues) -> Evidence:
    """Return the number of places at which a condition holds."""
    true = len(_true_places(cases))
    counted = t_(
        "%(number)s of %(all)s",
        number=written_number(true),
        all=written_number(len(cases.by_place)),
    )
    return Evidence(t_("places where it holds"), counted, leaf=cases.compared_everywhere())


def answer(value: float | None) -> str | None:
    """Return the answer of a condition at a place in words; None if it is unknown there."""
    return None if value is None else p_("answer", "yes") if value else p_("answer", "no")
