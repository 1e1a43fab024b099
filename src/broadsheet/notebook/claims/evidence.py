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
from broadsheet.notebook.claims.traced import (
    Traced,
)
from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.places import at_place, place_in_words
from broadsheet.notebook.values.shown_values import shown, told_apart
from broadsheet.notebook.values.values import of_python
from broadsheet.notebook.values.written_numbers import as_given, is_number
from broadsheet.text.language import listed, spoken, t_

_LISTED = 10
"""The most values that a sentence lists."""


def phrases(*sides: Traced) -> list[str]:
    """The sides of a comparison in words: each with its place in the data and its value, or the
    value alone. A place stands between quotation marks, so that what is said of it is right of
    `exports` as of `trade`.
    """
    values = [of_python(one.amount) for one in sides]
    texts = told_apart(
        values,
        lambda digits: [
            _shown(value, one.unit or "", digits) for value, one in zip(values, sides, strict=True)
        ],
    )
    return [
        f"{quoted(_place(one))} ({text})" if _place(one) and (one.leaves or one.sources) else text
        for one, text in zip(sides, texts, strict=True)
    ]


def quoted(name: str) -> str:
    """What a value is called, as a name in a sentence."""
    return t_("“%(text)s”", text=name)


def _place(one: Traced) -> str:
    return at_place(one.label, one.place)


def in_words(value: Any) -> bool:
    """Whether readers understand a value as it is written: a number, a word, a day, or a few of
    those; not a truth, a table, or an object of the code.
    """
    if isinstance(value, (bool, dict, type)) or callable(value) or type(value).__name__ == "bool_":
        return False
    if (several := _several(value)) is not None:
        return len(several) <= _LISTED and all(map(in_words, several))
    return not str(value).startswith("<")


def _several(value: Any) -> list[Any] | None:
    """The values of a list, or of a column of a table; None for any other value."""
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
    """The values that were looked up for the sides of a condition, each once."""
    found = (
        Evidence(leaf.place, value_of_evidence(leaf.value), leaf.unit or "", leaf.key, leaf)
        for side in sides
        for leaf in side.leaves
        if not leaf.is_count
    )
    return tuple(dict.fromkeys(found))[:EVIDENCE]


def missing_from(*sides: Traced) -> tuple[Evidence, ...]:
    """The places that are missing in what the sides of a condition are sums, means or extremes of."""
    places = dict.fromkeys(
        place for side in sides for leaf in side.leaves for place in leaf.missing
    )
    return tuple(Evidence(place, None) for place in places)[:EVIDENCE]


def evidence_on(value: Any, known: Traced, label: str) -> tuple[Evidence, ...]:
    """The evidence that a fact or a number is; ``label`` names one of which nothing is known."""
    if isinstance(value, Fact):
        return (evidence_of(value),)
    return evidence_from(known) or (Evidence(label, number(value)),)


def names_of_values(*pairs: tuple[Any, Traced]) -> list[str]:
    """Facts or numbers in a claim's words."""
    of_data = iter(phrases(*(known for value, known in pairs if not isinstance(value, Fact))))
    names = []
    for value, _ in pairs:
        if isinstance(value, Fact):
            place, text = value.place, value.text
            names.append(f"{quoted(place)} ({text})" if place else text)
        else:
            names.append(next(of_data))
    return names
