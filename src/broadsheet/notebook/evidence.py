"""The values of an expression as evidence of a claim, and in the claim's words."""

from __future__ import annotations

from typing import Any

from broadsheet.language import listed, spoken
from broadsheet.notebook import number_format
from broadsheet.notebook.claim import EVIDENCE, Evidence, evidence_of, number
from broadsheet.notebook.fact import Fact
from broadsheet.notebook.places import place_in_words
from broadsheet.notebook.traced import Traced
from broadsheet.notebook.values import of_python


def phrase(one: Traced) -> str:
    """A side of a comparison in words: its place in the data with its value, or the value."""
    value = of_python(one.amount)
    if isinstance(value, (list, tuple, set, frozenset)):
        shown = listed([str(part) for part in value])
    elif isinstance(value, (int, float)):
        shown = number_format.shown(value, one.unit or "", spoken().tag)
    else:
        shown = place_in_words(value)
    return f"{one.what} ({shown})" if one.what and (one.leaves or one.sources) else shown


def evidence_from(*sides: Traced) -> tuple[Evidence, ...]:
    """The values that were looked up for the sides of a condition, each once."""
    found = []
    for side in sides:
        for leaf in side.leaves:
            place = ", ".join(filter(None, [leaf.label, leaf.place]))
            value = of_python(leaf.value)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            found.append(
                Evidence(place, float(value) if is_number else str(value), leaf.unit or "")
            )
    return tuple(dict.fromkeys(found))[:EVIDENCE]


def evidence_on(value: Any, known: Traced, label: str) -> tuple[Evidence, ...]:
    """The evidence that a fact or a number is; ``label`` names one of which nothing is known."""
    if isinstance(value, Fact):
        return (evidence_of(value),)
    return evidence_from(known) or (Evidence(label, number(value)),)


def name_of_value(value: Any, known: Traced) -> str:
    """A fact or a number in a claim's words."""
    if isinstance(value, Fact):
        return f"{value.place} ({value.text})" if value.place else value.text
    return phrase(known) if known.leaves else f"{value}"
