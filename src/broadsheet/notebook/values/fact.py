"""A fact: a value with its unit, its text, its source, and its date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from broadsheet.notebook.values import declared as register
from broadsheet.notebook.values import number_format
from broadsheet.notebook.values.leaf import Leaf, shown_derivation
from broadsheet.notebook.values.sources import (
    Sources,
)
from broadsheet.notebook.values.units import unit_of
from broadsheet.notebook.values.values import plain_value
from broadsheet.notebook.values.words import own_rounding
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.text.language import settle, spoken


def language(code: str) -> None:
    """Set the language of the facts, claims and charts of the article, such as "de", once and before
    the first fact. Raises ValueError for a language that there is none of, TypeError for a call
    that comes too late.
    """
    register.settle_language(code)
    settle(code)


@dataclass(frozen=True)
class Fact:
    """A value that the prose states. ``value`` is the value to compute with; ``str`` of a fact is its
    text. ``place`` is where it stands in its table, and ``key`` that of its row as the table has it;
    ``working``, ``remark`` and ``leaves`` say how it was computed (:class:`Leaf`).
    """

    name: str
    value: Any
    text: str
    stated: float | list[float] | None
    unit: str
    sources: Sources
    as_of: date | None
    place: str = ""
    note: str = ""
    key: tuple[str, ...] = field(default=(), compare=False)
    working: str = field(default="", compare=False)
    remark: str = field(default="", compare=False)
    leaves: tuple[Leaf, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return format(self.text, spec)

    def __repr__(self) -> str:
        return f"{self.text!r} ({'; '.join(self._lines())})"

    def _repr_html_(self) -> str:
        from html import escape

        lines = "<br>".join(map(escape, self._lines()))
        return f"<p><strong>{escape(self.text)}</strong><br>{lines}</p>"

    def _inline_(self) -> dict[str, str]:
        return {
            "text": self.text,
            "markdown": f'[{inline.escaped(self.text)}]{{.fact name="{self.name}"}}',
        }

    def _lines(self) -> list[str]:
        exact = f"exactly {f'{self.value} {self.unit}'.strip()}"
        source = f"source: {', '.join(self.sources.written())}"
        lines = [
            f"{exact}: {self.place}" if self.place else exact,
            f"{source}, as of {self.as_of}" if self.as_of else source,
            self.note,
        ]
        return [line for line in lines if line]


def fact_of(
    who: str,
    name: str,
    value: Any,
    *,
    place: str,
    unit: str | None,
    examples: Sequence[str],
    sources: Sources,
    as_of: date | str | None,
    note: str = "",
    key: tuple[str, ...] = (),
    working: str = "",
    noun: Callable[[Decimal], str] | None = None,
    parts: Sequence[Mapping[str, Any]] = (),
    derivation: Leaf | None = None,
) -> Fact:
    """A fact of known parts, declared to the run; messages start with ``who``. ``working`` is how it
    was computed, ``noun`` gives the word that follows a number, ``parts`` are the values of the data
    that went into it, ``derivation`` has the same for readers. A number is added to a name that is
    taken. Raises ValueError or TypeError.
    """
    if not sources:
        raise ValueError(
            f'{who}: it has no source; give `source=`, a table of bs.table, its name, or "@key" of the '
            "bibliography"
        )
    tag = spoken().tag
    try:
        plain = plain_value(value)
        is_amount = isinstance(plain, (Decimal, tuple))
        measure = unit_of(unit if is_amount and examples else None, tag)
        reading = number_format.read(plain, measure, examples, tag)
    except TypeError as error:
        raise TypeError(f"{who}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{who}: {error}") from None
    text = f"{reading.text} {noun(plain)}" if noun and isinstance(plain, Decimal) else reading.text
    made = Fact(
        name,
        _json(plain),
        text,
        _json(reading.stated),
        (unit or "") if is_amount else "",
        sources,
        _day(as_of, who) or sources.as_of,
        place,
        f"{working} = {text}" if working else note,
        key,
        working=working or (derivation.working if derivation else ""),
        remark=derivation.remark if derivation else "",
        leaves=derivation.parts if derivation else (),
    )
    declared = {
        "text": made.text,
        "value": made.value,
        "said": made.stated,
        "unit": made.unit,
        "place": made.place,
        "keys": [list(made.key)],
        "sources": made.sources.written(),
        "as_of": made.as_of.isoformat() if made.as_of else None,
        "note": made.note,
        "is_computed": bool(working),
        "language": tag,
        "parts": list(parts),
        **({"derivation": shown} if (shown := shown_derivation(derivation)) else {}),
    }
    if rounding := own_rounding(tag):
        declared["rounding"] = rounding
    return replace(made, name=register.declare("facts", name, declared))


def _day(given: date | str | None, who: str) -> date | None:
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    try:
        return given.date() if isinstance(given, datetime) else date.fromisoformat(given)
    except (ValueError, TypeError):
        raise ValueError(f'{who}: `as_of` is {given!r}; write it as "2022-12-31"') from None


def _json(value: Any) -> Any:
    """A value for JSON, whole numbers without decimals."""
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if isinstance(value, Decimal):
        return (
            int(value)
            if value == value.to_integral_value() and value.as_tuple().exponent == 0
            else float(value)
        )
    return value.isoformat() if isinstance(value, date) else value
