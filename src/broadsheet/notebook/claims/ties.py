"""Ties: equal values are neither more nor less, and no one of them is the highest alone."""

from __future__ import annotations

import math
from typing import Any

from broadsheet.notebook.claims.claim import Claim, Evidence, number
from broadsheet.notebook.claims.compared_values import Comparison, Operand
from broadsheet.notebook.values.places import at_place, place_in_words
from broadsheet.text.language import t_, written_number
from plotly_alive.text.numbers import COMPUTED


def tie_of(claim: Claim) -> Claim | None:
    """Return the claim that is true in place of a ``claim`` that one value is more or less
    than another, or the highest, if they are equal; None if they are not.
    """
    if len(claim.compared) != 1:
        return None
    (comparison,) = claim.compared
    if comparison.kind == "extreme":
        return _shared(claim, comparison)
    if comparison.kind != "pair" or comparison.sign not in ("<", ">"):
        return None
    this, than = _number(comparison.this), _number(comparison.than)
    if this is None or than is None or not math.isclose(this, than, rel_tol=1e-9):
        return None
    says = t_(
        "%(this)s is equal to %(than)s", this=_named(comparison.this), than=_named(comparison.than)
    )
    equal = Comparison("pair", "==", comparison.this, comparison.than)
    return Claim("", True, says, claim.evidence, claim.sources, compared=(equal,))


def _shared(claim: Claim, comparison: Comparison) -> Claim | None:
    """Return the claim that several places have the highest value."""
    value, sign = _number(comparison.this), int(comparison.sign)
    by_place = {place: number(other) for place, other in comparison.among.items()}
    same = [place for place, other in by_place.items() if other == value]
    if (
        value is None
        or len(same) < 2
        or any((other or value) * sign > value * sign for other in by_place.values())
    ):
        return None
    places = [place_in_words(place) for place in same]
    says = t_(
        "%(places)s have the same value of %(what)s",
        places=", ".join(places),
        what=comparison.this.what,
    )
    evidence = tuple(
        Evidence(at_place(comparison.this.what, place), value, comparison.this.unit)
        for place in places
    )
    return Claim("", True, says, evidence, claim.sources, compared=claim.compared)


def _number(side: Operand) -> float | None:
    try:
        return number(side.value)
    except TypeError:
        return None


def _named(side: Operand) -> str:
    value: Any = side.value
    return at_place(side.what, side.where) or written_number(value, COMPUTED)
