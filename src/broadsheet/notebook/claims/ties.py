"""Ties: equal values are neither more nor less, and no one of them is the highest alone."""

from __future__ import annotations

import math
from typing import Any

from broadsheet.notebook.claims.claim import Claim, Evidence, number
from broadsheet.notebook.claims.compared_values import Comparison, Operand
from broadsheet.notebook.values.places import at_place, place_in_words
from broadsheet.text.language import t_, written_number
from broadsheet.text.numbers import COMPUTED


def tie_of(claim: Claim) -> Claim | None:
    """What is true in place of a ``claim`` that one value is more or less than another, or the
    highest, if they are equal; None if they are not.
    """
    if len(claim.compared) != 1:
        return None
    (one,) = claim.compared
    if one.kind == "extreme":
        return _shared(claim, one)
    if one.kind != "pair" or one.sign not in ("<", ">"):
        return None
    this, than = _number(one.this), _number(one.than)
    if this is None or than is None or not math.isclose(this, than, rel_tol=1e-9):
        return None
    says = t_("%(this)s is equal to %(than)s", this=_named(one.this), than=_named(one.than))
    equal = Comparison("pair", "==", one.this, one.than)
    return Claim("", True, says, claim.evidence, claim.sources, compared=(equal,))


def _shared(claim: Claim, one: Comparison) -> Claim | None:
    """That the highest value is that of several places."""
    value, sign = _number(one.this), int(one.sign)
    known = {place: number(other) for place, other in one.among.items()}
    same = [place for place, other in known.items() if other == value]
    if (
        value is None
        or len(same) < 2
        or any((other or value) * sign > value * sign for other in known.values())
    ):
        return None
    places = [place_in_words(place) for place in same]
    says = t_(
        "%(places)s have the same value of %(what)s", places=", ".join(places), what=one.this.what
    )
    evidence = tuple(
        Evidence(at_place(one.this.what, place), value, one.this.unit) for place in places
    )
    return Claim("", True, says, evidence, claim.sources, compared=claim.compared)


def _number(one: Operand) -> float | None:
    try:
        return number(one.value)
    except TypeError:
        return None


def _named(one: Operand) -> str:
    value: Any = one.value
    return at_place(one.what, one.where) or written_number(value, COMPUTED)
