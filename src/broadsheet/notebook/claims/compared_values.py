"""The values that a claim compares, with the series that they come of, so that the words which rest on
the claim can be held against them (:mod:`broadsheet.verify.claims.meanings`).

A condition is a list of comparisons. Each is of one of these forms, as JSON:

    {"kind": "pair", "sign": ">", "this": VALUE, "than": VALUE}      more(…), a > b
    {"kind": "change", "sign": ">", "this": VALUE, "than": VALUE}    rose(…), held(…)
    {"kind": "extreme", "sign": 1, "this": VALUE, "among": SERIES}   highest(…), lowest(…), ranks(…)
    {"kind": "cases", "holds": SERIES, "sign": ">", "this": NAME, "than": NAME, "since": PLACE,
     "ours": SERIES, "theirs": SERIES, "limit": NUMBER, "steps": SERIES, "unit": UNIT,
     "is_change": true}

VALUE is a number or a text with its `what` and `where`, the place `at` which it stands in its
`series`, the `parts` of a computation, and the `method` of an aggregate; the number of cases in which
something holds has these `cases`. Of cases, `ours` and `theirs` are the values that are compared, with
those that `drop` leaves out, `limit` is a number in place of `theirs`; `steps` has the values whose
changes are compared, as `is_change` says. SERIES is an index into the list of series of the claim, each
with its places and values. A series is whole: of `total[2016:]` it is `total`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from broadsheet.notebook.claims.traced import (
    Traced,
)
from broadsheet.notebook.values.leaf import Leaf
from broadsheet.notebook.values.method_words import RESULTS
from broadsheet.notebook.values.places import is_month
from broadsheet.notebook.values.values import has_time, of_python
from broadsheet.notebook.values.written_numbers import bare, is_number

CHANGE = "diff"
"""The method of pandas by which a column is one of changes."""
LONGEST = 2_000
"""The most places of a series that is recorded."""
COMPARED = {"Gt": ">", "Lt": "<", "GtE": ">=", "LtE": "<=", "Eq": "==", "NotEq": "!="}
"""The comparisons of Python's syntax trees, as they are written."""


@dataclass(frozen=True)
class Operand:
    """A side of a comparison: its ``value``, what it is called, and where it stands in its ``series``,
    which is a Series or a mapping. ``parts`` are those of a computation.
    """

    value: Any
    what: str = ""
    where: str = ""
    unit: str = ""
    at: Any = None
    series: Any = None
    method: str = ""
    parts: tuple[Leaf, ...] = ()
    cases: Comparison | None = None


@dataclass(frozen=True)
class Comparison:
    """One comparison of a condition; ``among`` is the series in which an extreme was looked for,
    ``since`` the place from which on something holds. ``is_beside`` says that the condition stands
    beside its words, and was not made by other code. ``gaps`` are the places, in words, that have no
    value, where the author allows that.
    """

    kind: str
    sign: str | int
    this: Operand
    than: Operand = field(default=Operand(None))
    among: Any = None
    since: Any = None
    is_beside: bool = False
    gaps: tuple[str, ...] = ()
    sides: Any = None


def operand(one: Traced, value: Any = None) -> Operand:
    """A traced value as a side of a comparison; ``value`` is given if it is in another unit there."""
    value = bare(one.amount) if value is None else value
    leaves = tuple(leaf for leaf in one.leaves if not leaf.is_count)
    if len(leaves) == 1 and not one.is_computed:
        leaf = leaves[0]
        return Operand(
            value, leaf.what, leaf.where, one.unit or "", leaf.at, leaf.series, leaf.method,
            cases=cases_of(one, leaf.series) if one.sides else None,
        )  # fmt: skip
    return Operand(value, one.label, one.place, one.unit or "", parts=leaves)


def parts_of(one: Traced) -> list[dict[str, Any]]:
    """The values of the data that went into a value: what each is called, and where it stands."""
    parts: list[dict[str, Any]] = []
    for leaf in one.leaves:
        part = {"what": leaf.what, "where": leaf.where, "at": _place(leaf.at)}
        if not leaf.method and part not in parts:
            parts.append(part)
    return parts


def written(comparisons: Iterable[Comparison]) -> dict[str, Any]:
    """The comparisons as JSON, with the series that they name."""
    known = _Known()
    listed = [known.comparison(one) for one in comparisons]
    return {"series": known.series, "comparisons": listed} if listed else {}


def cases_of(one: Traced, among: Any, since: Any = None) -> Comparison:
    """Where a condition holds, with the sides that it compares."""
    this, sign, than = one.sides or (None, "", None)
    change = RESULTS[CHANGE]() % {"what": ""}
    is_change = this is not None and this.label.startswith(change)
    left = Operand(None, this.what if this else "", method=CHANGE if is_change else "")
    right = Operand(None, than.what or than.working if than else "")
    return Comparison("cases", sign, left, right, among=among, since=since, sides=one.sides)


class _Known:
    """The series that were written so far, each once."""

    def __init__(self) -> None:
        self.series: list[dict[str, Any]] = []

    def comparison(self, one: Comparison) -> dict[str, Any]:
        made: dict[str, Any] = {"kind": one.kind, "sign": one.sign}
        if one.gaps:
            made["gaps"] = list(one.gaps)
        if one.kind == "cases":
            return made | self._cases(one)
        made["this"] = self._operand(one.this)
        if one.kind in ("pair", "change"):
            return made | {"than": self._operand(one.than), "beside": one.is_beside}
        return made | {"among": self.number(one.among)}

    def _cases(self, one: Comparison) -> dict[str, Any]:
        this, _, than = one.sides or (None, "", None)
        made = {
            "holds": self.number(one.among),
            "this": one.this.what,
            "than": one.than.what,
            "since": _place(one.since),
            "is_change": one.this.method == CHANGE,
        }
        more = {
            "ours": self._whole(this, one.among),
            "theirs": self._whole(than, one.among),
            "limit": _value(than.value) if than is not None and is_number(than.value) else None,
            "steps": self.number(this.steps_of) if this is not None else None,
            "unit": this.unit if this is not None else None,
        }
        return made | {key: value for key, value in more.items() if value is not None}

    def _whole(self, one: Traced | None, among: Any) -> int | None:
        """The values of a side of a condition at the places ``among`` which it is asked for, or at those,
        too, that a side is without.
        """
        if one is None:
            return None
        if one.is_without:
            return self.number(one.whole)
        values = one.value
        if hasattr(values, "items") and hasattr(among, "items") and len(among) < len(values):
            places = dict(among.items())
            values = {place: value for place, value in values.items() if place in places}
        return self.number(values)

    def _operand(self, one: Operand) -> dict[str, Any]:
        made = {
            "value": _value(one.value),
            "what": one.what,
            "where": one.where,
            "unit": one.unit,
            "at": _place(one.at),
            "series": self.number(one.series),
            "method": one.method,
            "parts": [self._part(leaf) for leaf in one.parts],
            "cases": {"sign": one.cases.sign} | self._cases(one.cases) if one.cases else None,
        }
        return {key: value for key, value in made.items() if value not in ("", None, [])}

    def _part(self, leaf: Leaf) -> dict[str, Any]:
        return self._operand(
            Operand(
                leaf.value,
                leaf.what,
                leaf.where,
                leaf.unit or "",
                leaf.at,
                leaf.series,
                leaf.method,
            )
        )

    def number(self, series: Any) -> int | None:
        """The index of a series; None if there is none, or if it is too long or no row of values."""
        items = getattr(series, "items", None)
        if items is None or hasattr(series, "columns") or len(series) > LONGEST:
            return None
        pairs = [(_place(place), _value(value)) for place, value in items()]
        places, values = map(list, zip(*pairs, strict=True)) if pairs else ([], [])
        made = {"places": places, "values": values}
        if made not in self.series:
            self.series.append(made)
        return self.series.index(made)


def _place(place: Any) -> Any:
    """A place for JSON: a number, a text; days and months in ISO form; a list of these."""
    place = of_python(place)
    if isinstance(place, tuple):
        return [_place(part) for part in place]
    if is_month(place):
        return f"{place.start_time:%Y-%m}"
    if isinstance(place, date) and not has_time(place):
        return place.isoformat()[:10]
    if isinstance(place, datetime):
        return place.isoformat()
    return place if place is None or isinstance(place, (int, float, str)) else str(place)


def _value(value: Any) -> Any:
    value = of_python(bare(value))
    if isinstance(value, (bool, str)):
        return value
    return float(value) if is_number(value) and math.isfinite(value) else None
