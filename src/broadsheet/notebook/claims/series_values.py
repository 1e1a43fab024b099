"""The values by place of which a claim speaks: those of a Series or a mapping, with their
names, their unit and their sources.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.notebook.claims.calls import traced
from broadsheet.notebook.claims.claim import EVIDENCE, Claim, Evidence, number
from broadsheet.notebook.claims.compared_values import Comparison, Operand
from broadsheet.notebook.claims.evidence import quoted
from broadsheet.notebook.claims.traced import Traced, value_at
from broadsheet.notebook.values.gaps import absent_places, missing_places
from broadsheet.notebook.values.places import at_place, key_of
from broadsheet.notebook.values.remarks import MOST_SHOWN
from broadsheet.notebook.values.source_value import Leaf
from broadsheet.notebook.values.sources import Sources, column_label, sources_of, unit_of_column
from broadsheet.notebook.values.written_numbers import bare, is_number
from broadsheet.text.language import listed, n_, t_

_MOST_COMPARED = 100
"""The most places at which two values are compared for a reader."""
_OPPOSITE = {">": "≤", "<": "≥", "≥": "<", "≤": ">", "=": "≠", "≠": "="}


@dataclass(frozen=True)
class SeriesValues:
    """Values by place, of which a claim speaks."""

    label: str
    """Their name."""
    name: str
    """Their name in a sentence, in quotation marks."""
    unit: str
    """The unit as the table writes it; "" if it has none."""
    by_place: Mapping[Any, float | None]
    """The numbers by place; None for a missing one."""
    sources: Sources
    """The tables and documents that they are from."""
    traced: Traced
    """The values as they were traced."""
    left_out: tuple[Any, ...] = ()
    """The places that may have no value, and have none."""
    is_column: bool = False
    """They are a column of a table."""

    def at(self, place: Any) -> float | None:
        """Return the value at a place; None if it is missing."""
        return self.by_place.get(place)

    def named(self, place: Any) -> Any:
        """Return a place; for a month or a day that is written as text, the place that it means."""
        if not isinstance(place, str) or place in self.by_place:
            return place
        midnight = f"{place} 00:00:00"  # of a day with a time, as pandas has it
        return next((other for other in self.by_place if str(other) in (place, midnight)), place)

    def evidence(self, *places: Any) -> tuple[Evidence, ...]:
        """Return the values at some places, each once."""
        shown = {place: at_place(self.label, self.place(place)) for place in places}
        return tuple(
            Evidence(text, self.at(place), self.unit, self._key(place), self.leaf(place))
            for place, text in shown.items()
        )

    def leaf(self, place: Any) -> Leaf | None:
        """Return the computation of the value at a place; None if it was not computed."""
        if self.traced.derive is None:
            return None
        try:
            of = value_at(self.traced, place)
        except Exception:  # a place that has no derivation
            return None
        if of.is_computed:
            return Leaf("", None, None, working=of.working, parts=of.leaves)
        return next(iter(of.leaves), None)

    def compared_everywhere(self) -> Leaf | None:
        """Return the two values of which a condition holds, at each place, or where they are
        nearest.
        """
        if len(self.by_place) > _MOST_COMPARED:
            return None
        cases = {place: case for place in self.by_place if (case := self.compared_at(place))}
        if not cases:
            return None
        if len(cases) <= MOST_SHOWN:
            return Leaf("", None, None, remark="; ".join(case.remark for case in cases.values()))
        nearest = min(cases.values(), key=lambda case: _distance(case.parts))
        return replace(nearest, remark=t_("nearest to it: %(case)s", case=nearest.remark))

    def compared_at(self, place: Any) -> Leaf | None:
        """Return the two values of which a condition holds at a place, or does not."""
        if self.traced.sides is None:
            return None
        this, sign, than = self.traced.sides
        try:
            sides = value_at(this, place), value_at(than, place)
        except Exception:  # one of the two has no such place
            return None
        leaves = tuple(leaf for side in sides for leaf in side.leaves)
        said = f" {sign if self.at(place) else _OPPOSITE.get(sign, sign)} "
        case = f"{self.place(place)}: {said.join(side.working or str(bare(side.value)) for side in sides)}"
        return Leaf("", None, None, remark=case, parts=leaves)

    def _key(self, place: Any) -> tuple[str, ...]:
        return (*self.traced.key, *key_of(place)) if self.is_column else ()

    def place(self, place: Any) -> str:
        """Return a place in words."""
        return self.sources.place_in_words(place)

    def claim(
        self,
        truth: bool | None,
        says: str,
        *evidence: Evidence,
        compared: Comparison | tuple[Comparison, ...],
    ) -> Claim:
        """Return a claim about the values."""
        shown = evidence[:EVIDENCE]
        several = compared if isinstance(compared, tuple) else (compared,)
        gaps = tuple(map(self.place, self.left_out))
        several = tuple(replace(comparison, gaps=gaps) for comparison in several)
        return Claim("", truth, says, shown, self.sources, compared=several)

    def operand(self, place: Any) -> Operand:
        """Return the value at a place, as a side of a comparison."""
        series = self.by_place if self.traced.whole is None else self.traced.whole
        where = self.place(place)
        return Operand(self.at(place), self.label, where, self.unit, place, series)

    def gap_note(self) -> str:
        """Return a note on the places without a value, where these are allowed."""
        absent = list(map(self.place, self.left_out or absent_places(self.by_place)))
        named = {"number": listed(absent)} if len(absent) <= EVIDENCE else {}
        note = n_("%(number)s has no value", "%(number)s have no value", len(absent), **named)
        return f" ({note})" if absent else ""

    def same_note(self, equal: Sequence[Any]) -> str:
        """Return a note on the places that have the same value."""
        named = listed(list(map(self.place, equal[:EVIDENCE])))
        note = n_("%(places)s has the same", "%(places)s have the same", len(equal), places=named)
        return f" ({note})" if equal else ""

    @property
    def holes(self) -> list[Any]:
        """The places without a value."""
        return [place for place, value in self.by_place.items() if value is None]


def _distance(sides: Sequence[Leaf]) -> float:
    values = [side.value for side in sides if is_number(side.value)]
    return abs(float(values[0]) - float(values[-1])) if values else math.inf


def series_values(
    values: Any,
    source: Any,
    *,
    gaps: bool = True,
    may_miss: bool = False,
    base: Traced | None = None,
) -> SeriesValues:
    """Return the values that an author gives, by place. Without ``gaps``, years or months
    that are absent are missing values; ``may_miss`` leaves out the places without a value
    where there may be gaps. ``base`` are the traced values, if they are no argument of the
    current call. Raises TypeError or ValueError.
    """
    if not hasattr(values, "items") or hasattr(values, "columns"):
        raise TypeError(
            f"the values are a Series or a mapping of places to values, not a "
            f"{type(values).__name__}"
        )
    by_place: dict[Any, float | None] = {}
    for place, value in values.items():
        if place in by_place:
            raise ValueError(f"there is more than one value of {place}")
        by_place[place] = number(value)
    of = base or traced(values)
    sources = sources_of(source) or of.sources
    in_expression = at_place(of.label, of.place) if of.sources else ""
    label = in_expression or column_label(values)
    unit = (unit_of_column(values) if of.unit is None else of.unit) or ""
    if of.sides:  # a condition is unknown where one of its sides is
        compared = (of.sides[0].value, of.sides[2].value)
        by_place |= dict.fromkeys(
            (missing for missing in missing_places(values, *compared) if missing in by_place), None
        )
    left_out: list[Any] = []
    if not gaps and (absent := absent_places(by_place)):
        first, *rest = by_place.items()
        by_place = dict([first, *((place, None) for place in absent), *rest])
    elif gaps and may_miss:
        left_out = [
            *absent_places(by_place),
            *(place for place, value in by_place.items() if value is None),
        ]
        by_place = {place: value for place, value in by_place.items() if value is not None}
    name = quoted(label) if label else t_("the value")
    is_column = sources.has_column(of.label or label) and not of.is_computed
    return SeriesValues(
        label or name, name, unit, by_place, sources, of, tuple(left_out), is_column
    )
