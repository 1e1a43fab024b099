"""A claim: a statement in words that the data support or not, with the values that it rests on."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from broadsheet.notebook.claims.compared_values import Comparison, written
from broadsheet.notebook.values import declared as register
from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.leaf import Leaf, shown_derivation
from broadsheet.notebook.values.prose import MarkedText, prose_of
from broadsheet.notebook.values.sources import NONE, Sources
from broadsheet.notebook.values.values import has_time, is_absent, plain_value

EVIDENCE = 8
"""The most values that a claim shows."""


@dataclass(frozen=True)
class Evidence:
    """A value that a claim rests on, or that refutes it; None if it is missing. ``place`` is its
    place in the data, and ``key`` that of its row as the table has it; ``leaf`` says how it was
    computed.
    """

    place: str
    value: float | str | None
    unit: str = ""
    key: tuple[str, ...] = field(default=(), compare=False)
    leaf: Leaf | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.place}: no value"
        is_long = isinstance(self.value, float) and abs(self.value) >= 10000
        value = f"{self.value:,.10g}" if is_long else f"{self.value}"
        return f"{self.place}: {value} {self.unit}".rstrip()


@dataclass(frozen=True)
class Claim:
    """``truth`` is None if data are missing; ``says`` is the claim in full; ``code`` is its condition
    as the author wrote it, if the program has no words for that. Call it with the words that rest on
    it, to put them into prose by code: `rose("rose by 12 percent")`. ``compared`` are its
    comparisons, against which these words are held.
    """

    name: str
    truth: bool | None
    says: str
    evidence: tuple[Evidence, ...] = ()
    sources: Sources = NONE
    code: str = ""
    compared: tuple[Comparison, ...] = ()

    def __bool__(self) -> bool:
        return self.truth is True

    def __call__(self, words: object) -> MarkedText:
        """Words that rest on the claim."""
        inner, name = prose_of(words), (self if self.name else self.registered()).name
        return MarkedText(inner.text, f'[{inner.markdown}]{{claim="{name}"}}')

    def registered(self, name: str = "") -> Claim:
        """The claim, declared to the run under ``name``; without one, under a name that is made of
        its words.
        """
        declared = {
            "truth": self.truth,
            "says": self.says,
            "sources": self.sources.written(),
            "evidence": [
                {"place": one.place, "value": one.value, "unit": one.unit} for one in self.evidence
            ],
            "keys": [list(one.key) for one in self.evidence],
            **({"code": self.code} if self.code else {}),
            "compared": written(self.compared),
        }
        if any(derivations := [shown_derivation(one.leaf) for one in self.evidence]):
            declared["derivations"] = derivations
        words = name or "-".join(re.findall(r"[a-z0-9]+", self.says.lower())[:8])
        name = words if words[:1].isalpha() else f"claim-{words}"
        return replace(self, name=register.declare("claims", name, declared))

    def __str__(self) -> str:
        return self.says

    def __repr__(self) -> str:
        return "\n".join(
            [f"{self.says}: {CHECKS[self.truth]}", *(f"  {one}" for one in self.evidence)]
        )

    def _repr_html_(self) -> str:
        from html import escape

        shown = "".join(f"<li>{escape(str(one))}</li>" for one in self.evidence)
        return f"<p>{escape(self.says)}: <strong>{CHECKS[self.truth]}</strong></p><ul>{shown}</ul>"

    def _ipython_display_(self) -> None:
        """Show the claim to its author. A page shows it with the words that rest on it."""
        if not register.is_run():
            from IPython.display import publish_display_data

            shown = {"text/plain": repr(self), "text/html": self._repr_html_()}
            publish_display_data(shown)  # type: ignore[no-untyped-call]

    def _inline_(self) -> dict[str, str]:
        made = self(self.says)
        return {"text": made.text, "markdown": made.markdown}


CHECKS: dict[bool | None, str] = {
    True: "holds",
    False: "is false",
    None: "cannot be checked, data are missing",
}


def number(value: Any) -> float | None:
    """A number, or None for one that is missing. Raises TypeError."""
    if isinstance(value, Fact):
        value = value.value
    if is_absent(value):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{value!r} is no number") from None
    return found if math.isfinite(found) else None


def evidence_of(fact: Fact) -> Evidence:
    """A fact as evidence, under its place in the table, or else under its text."""
    return Evidence(
        fact.place or fact.text,
        fact.text if isinstance(fact.value, list) else fact.value,
        fact.unit,
        fact.key,
        Leaf("", None, None, working=fact.working, remark=fact.remark, parts=fact.leaves),
    )


def truth_of(value: Any, otherwise: str) -> bool | None:
    """A truth of Python or NumPy; None for one that is missing. Raises TypeError with the message
    ``otherwise``.
    """
    if is_absent(value) or (isinstance(value, float) and math.isnan(value)):
        return None
    if type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise TypeError(otherwise)


def value_of_evidence(value: Any) -> float | str | None:
    """A value as evidence has it: a number or a text; None for a missing one."""
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
