"""A claim: a statement in words that the data support or not, with the values that it rests on."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from broadsheet.notebook.claims.compared_values import Comparison, comparisons_as_json
from broadsheet.notebook.values import declarations as register
from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.prose import MarkedText, prose_of
from broadsheet.notebook.values.source_value import Leaf, shown_derivation
from broadsheet.notebook.values.sources import NO_SOURCES, Sources
from broadsheet.notebook.values.values import has_time, is_absent, plain_value

EVIDENCE = 8
"""The most values that a claim shows."""


@dataclass(frozen=True)
class Evidence:
    """A value that a claim rests on, or that refutes it."""

    place: str
    """The words for its place in the data."""
    value: float | str | None
    """The value; None if it is missing."""
    unit: str = ""
    """The unit as the table writes it; "" if it has none."""
    key: tuple[str, ...] = field(default=(), compare=False)
    """The key of its row, as the table has it."""
    leaf: Leaf | None = field(default=None, compare=False, repr=False)
    """Its computation, if it was computed."""

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.place}: no value"
        is_long = isinstance(self.value, float) and abs(self.value) >= 10000
        value = f"{self.value:,.10g}" if is_long else f"{self.value}"
        return f"{self.place}: {value} {self.unit}".rstrip()


@dataclass(frozen=True)
class Claim:
    """A statement that the data support or not. Call it with the words that rest on it, to
    put them into prose by code: `rose("rose by 12 percent")`.
    """

    name: str
    """The name under which it is declared; "" before."""
    truth: bool | None
    """True or false; None if data are missing."""
    says: str
    """The claim in full."""
    evidence: tuple[Evidence, ...] = ()
    """The values that it rests on, or that refute it."""
    sources: Sources = NO_SOURCES
    """The tables and documents that these are from."""
    code: str = ""
    """Its condition as the author wrote it, if the program has no words for that."""
    compared: tuple[Comparison, ...] = ()
    """Its comparisons, against which the words of the prose are held."""

    def __bool__(self) -> bool:
        return self.truth is True

    def __call__(self, words: object) -> MarkedText:
        """Return words as prose that rests on the claim."""
        inner, name = prose_of(words), (self if self.name else self.registered()).name
        return MarkedText(inner.text, f'[{inner.markdown}]{{claim="{name}"}}')

    def registered(self, name: str = "") -> Claim:
        """Return the claim, declared to the run under ``name``; without one, under a name
        that is made of its words.
        """
        declared = {
            "truth": self.truth,
            "says": self.says,
            "sources": self.sources.written(),
            "evidence": [
                {"place": item.place, "value": item.value, "unit": item.unit}
                for item in self.evidence
            ],
            "keys": [list(item.key) for item in self.evidence],
            **({"code": self.code} if self.code else {}),
            "compared": comparisons_as_json(self.compared),
        }
        if any(derivations := [shown_derivation(item.leaf) for item in self.evidence]):
            declared["derivations"] = derivations
        words = name or "-".join(re.findall(r"[a-z0-9]+", self.says.lower())[:8])
        name = words if words[:1].isalpha() else f"claim-{words}"
        return replace(self, name=register.declare("claims", name, declared))

    def __str__(self) -> str:
        return self.says

    def __repr__(self) -> str:
        return "\n".join(
            [f"{self.says}: {CHECKS[self.truth]}", *(f"  {item}" for item in self.evidence)]
        )

    def _repr_html_(self) -> str:
        from html import escape

        shown = "".join(f"<li>{escape(str(item))}</li>" for item in self.evidence)
        return f"<p>{escape(self.says)}: <strong>{CHECKS[self.truth]}</strong></p><ul>{shown}</ul>"

    def _ipython_display_(self) -> None:
        """Show the claim to its author. A page shows it with the words that rest on it."""
        if not register.is_run():
            from IPython.display import publish_display_data

            shown = {"text/plain": repr(self), "text/html": self._repr_html_()}
            publish_display_data(shown)  # type: ignore[no-untyped-call]

    def _inline_(self) -> dict[str, str]:
        marked = self(self.says)
        return {"text": marked.text, "markdown": marked.markdown}


CHECKS: dict[bool | None, str] = {
    True: "holds",
    False: "is false",
    None: "cannot be checked, data are missing",
}


def number(value: Any) -> float | None:
    """Return a number, or None for one that is missing. Raises TypeError."""
    if isinstance(value, Fact):
        value = value.value
    if is_absent(value):
        return None
    try:
        amount = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{value!r} is no number") from None
    return amount if math.isfinite(amount) else None


def evidence_of(fact: Fact) -> Evidence:
    """Return a fact as evidence, under its place in the table, or else under its text."""
    return Evidence(
        fact.place or fact.text,
        fact.text if isinstance(fact.value, list) else fact.value,
        fact.unit,
        fact.key,
        Leaf("", None, None, working=fact.working, remark=fact.remark, parts=fact.leaves),
    )


def truth_of(value: Any, otherwise: str) -> bool | None:
    """Return a truth of Python or NumPy; None for one that is missing. Raises TypeError with
    the message ``otherwise``.
    """
    if is_absent(value) or (isinstance(value, float) and math.isnan(value)):
        return None
    if type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise TypeError(otherwise)


def value_of_evidence(value: Any) -> float | str | None:
    """Return a value in the form of evidence: a number or a text; None for a missing one."""
    if isinstance(value, str):
        return value
    if is_absent(value):
        return None
    try:
        plain = plain_value(value)
    except ValueError:
        return None
    except TypeError:
        return str(value)
    if isinstance(plain, Decimal):
        return float(plain)
    # The plain value of a time is its day.
    return str(value if isinstance(plain, tuple) or has_time(value) else plain)
