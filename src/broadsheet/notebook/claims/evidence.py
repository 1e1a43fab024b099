"""The values of an expression as evidence of a claim, and in the claim's words."""

from __future__ import annotations

import math
from typing import Any

from broadsheet.notebook.claims.claim import (
    EVIDENCE,
    Evidence,
    evidence_of,
    number,
    value_of_evidence,
)
from broadsheet.notebook.claims.traced import Traced
from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.places import at_place, place_in_words
from broadsheet.notebook.values.shown_values import shown, told_apart
from broadsheet.notebook.values.values import of_python
from broadsheet.notebook.values.written_numbers import as_given, is_number
from broadsheet.text.language import listed, spoken, t_

_LISTED = 10
"""The most values that a sentence lists."""


def phrases(*sides: Traced) -> list[str]:
    """Return the sides of a comparison in words: each with its place in the data and its
    value, or the value alone. A place stands between quotation marks, so that a sentence fits
    `exports` as well as `trade`.
    """
    values = [of_python(side.amount) for side in sides]
    texts = told_apart(
        values,
        lambda digits: [
            _shown(value, side.unit or "", digits)
            for value, side in zip(values, sides, strict=True)
        ],
    )
    return [
        f"{quoted(_place(side))} ({text})"
        if _place(side) and (side.leaves or side.sources)
        else text
        for side, text in zip(sides, texts, strict=True)
    ]


def quoted(name: str) -> str:
    """Return the name of a value, as it stands in a sentence."""
    return t_("“%(text)s”", text=name)


def _place(side: Traced) -> str:
    return at_place(side.label, side.place)


def is_readable(value: Any) -> bool:
    """True if readers understand a value as it is written: a number, a word, a day, or a few
    of those; not a truth, a table, or an object of the code.
    """
    if isinstance(value, (bool, dict, type)) or callable(value) or type(value).__name__ == "bool_":
        return False
    if (several := _several(value)) is not None:
        return len(several) <= _LISTED and all(map(is_readable, several))
    return not str(value).startswith("<")


def _several(value: Any) -> list[Any] | None:
    """Return the values of a list, or of a column of a table; None for any other value."""
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return list(value)
    if hasattr(value, "columns"):
        return [value] * (_LISTED + 1)
    return list(value) if hasattr(value, "tolist") and getattr(value, "ndim", None) else None


def _shown(value: Any, unit: str, digits: int) -> str:
    if (several := _several(value)) is not None:
        return listed(
            [as_given(part) if is_number(part) else str(of_python(part)) for part in several]
        )
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return shown(value, unit, spoken().tag, digits)
    return place_in_words(value)


def evidence_from(*sides: Traced) -> tuple[Evidence, ...]:
    """Return the values that were looked up for the sides of a condition, each once."""
    items = (
        Evidence(leaf.place, value_of_evidence(leaf.value), leaf.unit or "", leaf.key, leaf)
        for side in sides
        for leaf in side.leaves
        if not leaf.is_count
    )
    return tuple(dict.fromkeys(items))[:EVIDENCE]


def missing_from(*sides: Traced) -> tuple[Evidence, ...]:
    """Return the places that are missing in the sums, means or extremes on the sides of a
    condition.
    """
    places = dict.fromkeys(
        place for side in sides for leaf in side.leaves for place in leaf.missing
    )
    return tuple(Evidence(place, None) for place in places)[:EVIDENCE]


def evidence_on(value: Any, base: Traced, label: str) -> tuple[Evidence, ...]:
    """Return a fact or a number as evidence; ``label`` names a number without a place in the
    data.
    """
    if isinstance(value, Fact):
        return (evidence_of(value),)
    return evidence_from(base) or (Evidence(label, number(value)),)


def names_of_values(*pairs: tuple[Any, Traced]) -> list[str]:
    """Return facts or numbers in a claim's words."""
    of_data = iter(phrases(*(base for value, base in pairs if not isinstance(value, Fact))))
    names = []
    for value, _ in pairs:
        if isinstance(value, Fact):
            place, text = value.place, value.text
            names.append(f"{quoted(place)} ({text})" if place else text)
        else:
            names.append(next(of_data))
    return names
