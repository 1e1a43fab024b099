"""The values that a claim compares, with the series that they come of, so that the words which rest on
the claim can be held against them (:mod:`broadsheet.verify.wording.meaning_rules`).

A condition is a list of comparisons. Each is of one of these forms, as JSON:

    {"kind": "pair", "sign": ">", "this": VALUE, "than": VALUE}      more(…), a > b
    {"kind": "change", "sign": ">", "this": VALUE, "than": VALUE}    rose(…), held(…)
    {"kind": "extreme", "sign": 1, "this": VALUE, "among": SERIES}   highest(…), lowest(…), ranks(…)
    {"kind": "cases", "holds": SERIES, "sign": ">", "this": NAME, "than": NAME, "since": PLACE,
     "ours": SERIES, "theirs": SERIES, "limit": NUMBER, "steps": SERIES, "unit": UNIT}

VALUE is a number or a text with its `what` and `where`, the place `at` which it stands in its
`series`, the `parts` of a computation, and the `method` of an aggregate; the number of cases in which
something holds has these `cases`. Of cases, `ours` and `theirs` are the values that are compared, with
those that `drop` leaves out, `limit` is a number in place of `theirs`; `steps` has the values whose
changes are compared. SERIES is an index into the list of series of the claim, each
with its places and values. A series is whole: of `total[2016:]` it is `total`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from broadsheet.notebook.claims.traced import Traced
from broadsheet.notebook.values.places import is_month
from broadsheet.notebook.values.source_value import Leaf
from broadsheet.notebook.values.values import has_time, of_python
from broadsheet.notebook.values.written_numbers import bare, is_number

_LONGEST = 2_000
"""The most places of a series that is recorded."""
PYTHON_SIGNS = {"Gt": ">", "Lt": "<", "GtE": ">=", "LtE": "<=", "Eq": "==", "NotEq": "!="}
"""The signs of comparisons, by the names that Python's syntax trees have for them."""


@dataclass(frozen=True)
class Operand:
    """A side of a comparison."""

    value: Any
    """The value."""
    what: str = ""
    """The words for its column."""
    where: str = ""
    """The words for its place."""
    unit: str = ""
    """The unit as the table writes it; "" if it has none."""
    at: Any = None
    """The label of its place in the ``series``."""
    series: Any = None
    """The Series or the mapping that it stands in."""
    method: str = ""
    """The method that made it of the series; "" for a single value."""
    parts: tuple[Leaf, ...] = ()
    """The values of the data in a computation."""
    cases: Comparison | None = None
    """The condition whose cases it counts."""


@dataclass(frozen=True)
class Comparison:
    """A comparison of a condition."""

    kind: str
    """Its form: `pair`, `change`, `extreme` or `cases`."""
    sign: str | int
    """The sign between the sides; of an extreme, 1 for the highest and -1 for the lowest."""
    this: Operand
    """Its first side."""
    than: Operand = field(default=Operand(None))
    """Its second side."""
    among: Any = None
    """The series in which an extreme was looked for, or a condition holds."""
    since: Any = None
    """The place from which on a condition holds."""
    is_beside: bool = False
    """The condition stands beside its words, and was not made by other code."""
    gaps: tuple[str, ...] = ()
    """The places, in words, that have no value, where the author allows that."""
    sides: Any = None
    """The sides of a condition on each row, with its sign."""


def operand(side: Traced, value: Any = None) -> Operand:
    """Return a traced value as a side of a comparison; ``value`` is given if it is in another
    unit there.
    """
    value = bare(side.amount) if value is None else value
    leaves = tuple(leaf for leaf in side.leaves if not leaf.is_count)
    if len(leaves) == 1 and not side.is_computed:
        leaf = leaves[0]
        return Operand(
            value, leaf.what, leaf.where, side.unit or "", leaf.at, leaf.series, leaf.method,
            cases=comparison_in_cases(side, leaf.series) if side.sides else None,
        )  # fmt: skip
    return Operand(value, side.label, side.place, side.unit or "", parts=leaves)


def parts_of(base: Traced) -> list[dict[str, Any]]:
    """Return the values of the data that went into a value, each with its column and its place."""
    parts: list[dict[str, Any]] = []
    for leaf in base.leaves:
        part = {"what": leaf.what, "where": leaf.where, "at": _place(leaf.at)}
        if not leaf.method and part not in parts:
            parts.append(part)
    return parts


def comparisons_as_json(comparisons: Iterable[Comparison]) -> dict[str, Any]:
    """Return the comparisons as JSON, with the series that they name."""
    series = _SeriesList()
    listed = [series.comparison(comparison) for comparison in comparisons]
    return {"series": series.series, "comparisons": listed} if listed else {}


def comparison_in_cases(condition: Traced, among: Any, since: Any = None) -> Comparison:
    """Return the comparison in the cases of a condition, with the sides that it compares."""
    this, sign, than = condition.sides or (None, "", None)
    left = Operand(None, this.what if this else "")
    right = Operand(None, than.what or than.working if than else "")
    return Comparison("cases", sign, left, right, among=among, since=since, sides=condition.sides)


class _SeriesList:
    """The series that were written so far, each once."""

    def __init__(self) -> None:
        self.series: list[dict[str, Any]] = []

    def comparison(self, comparison: Comparison) -> dict[str, Any]:
        record: dict[str, Any] = {"kind": comparison.kind, "sign": comparison.sign}
        if comparison.gaps:
            record["gaps"] = list(comparison.gaps)
        if comparison.kind == "cases":
            return record | self._cases(comparison)
        record["this"] = self._operand(comparison.this)
        if comparison.kind in ("pair", "change"):
            return record | {"than": self._operand(comparison.than), "beside": comparison.is_beside}
        return record | {"among": self.number(comparison.among)}

    def _cases(self, comparison: Comparison) -> dict[str, Any]:
        this, _, than = comparison.sides or (None, "", None)
        record = {
            "holds": self.number(comparison.among),
            "this": comparison.this.what,
            "than": comparison.than.what,
            "since": _place(comparison.since),
        }
        more = {
            "ours": self._whole(this, comparison.among),
            "theirs": self._whole(than, comparison.among),
            "limit": _value(than.value) if than is not None and is_number(than.value) else None,
            "steps": self.number(this.steps_of) if this is not None else None,
            "unit": this.unit if this is not None else None,
        }
        return record | {key: value for key, value in more.items() if value is not None}

    def _whole(self, side: Traced | None, among: Any) -> int | None:
        """Return the values of a side of a condition at the places ``among`` which it is needed,
        and at those that a side is without.
        """
        if side is None:
            return None
        if side.is_without:
            return self.number(side.whole)
        values = side.value
        if hasattr(values, "items") and hasattr(among, "items") and len(among) < len(values):
            places = dict(among.items())
            values = {place: value for place, value in values.items() if place in places}
        return self.number(values)

    def _operand(self, side: Operand) -> dict[str, Any]:
        record = {
            "value": _value(side.value),
            "what": side.what,
            "where": side.where,
            "unit": side.unit,
            "at": _place(side.at),
            "series": self.number(side.series),
            "method": side.method,
            "parts": [self._part(leaf) for leaf in side.parts],
            "cases": {"sign": side.cases.sign} | self._cases(side.cases) if side.cases else None,
        }
        return {key: value for key, value in record.items() if value not in ("", None, [])}

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
        """Return the index of a series; None if there is none, or if it is too long or no row
        of values.
        """
        items = getattr(series, "items", None)
        if items is None or hasattr(series, "columns") or len(series) > _LONGEST:
            return None
        pairs = [(_place(place), _value(value)) for place, value in items()]
        places, values = map(list, zip(*pairs, strict=True)) if pairs else ([], [])
        record = {"places": places, "values": values}
        if record not in self.series:
            self.series.append(record)
        return self.series.index(record)


def _place(place: Any) -> Any:
    """Return a place for JSON: a number, a text; days and months in ISO form; a list of these."""
    if type(place) in (str, int):  # nearly all are
        return place
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
    if type(value) is float:  # nearly all are
        return value if math.isfinite(value) else None
    value = of_python(bare(value))
    if isinstance(value, (bool, str)):
        return value
    return float(value) if is_number(value) and math.isfinite(value) else None
