"""A fact: a value with its unit, its text, its source, and its date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from broadsheet.notebook.values import declarations as register
from broadsheet.notebook.values import number_format
from broadsheet.notebook.values.fact_words import own_rounding
from broadsheet.notebook.values.source_value import Leaf, shown_derivation
from broadsheet.notebook.values.sources import Sources
from broadsheet.notebook.values.units import unit_of
from broadsheet.notebook.values.values import plain_value
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.text.language import settle, spoken


def language(code: str) -> None:
    """Set the language of the facts, claims and charts of the article, such as "de", once and
    before the first fact. Raises ValueError for an unknown language, TypeError for a call
    that comes too late.
    """
    register.settle_language(code)
    settle(code)


@dataclass(frozen=True)
class Fact:
    """A value that the prose states; `str` of a fact is its text."""

    name: str
    """The name by which the page marks it."""
    value: Any
    """The value to compute with."""
    text: str
    """The value as readers see it."""
    stated: float | list[float] | None
    """The number in the text, in the value's own unit; two for a range; None if there is none."""
    unit: str
    """The unit as the table writes it; "" if it has none."""
    sources: Sources
    """The tables and documents that it is from."""
    as_of: date | None
    """The last day of which it is true, if that is known."""
    place: str = ""
    """The words for its position in its table: `Exports, China, 2022`."""
    note: str = ""
    """A remark of the author, or the computation with its result."""
    key: tuple[str, ...] = field(default=(), compare=False)
    """The key of its row, as the table has it."""
    working: str = field(default="", compare=False)
    """The computation in words; "" if it was looked up."""
    remark: str = field(default="", compare=False)
    """The rest that a reader needs to check it."""
    leaves: tuple[Leaf, ...] = field(default=(), compare=False, repr=False)
    """The values of the data that went into it."""

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
    """Return a fact of these parts, declared to the run. ``working`` is its computation, ``noun``
    gives the word that follows a number, ``parts`` are the values of the data that went into it,
    and ``derivation`` has the same for readers. A name that is taken gets a number. Raises
    ValueError or TypeError, whose message starts with ``who``.
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
    fact = Fact(
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
        "text": fact.text,
        "value": fact.value,
        "said": fact.stated,
        "unit": fact.unit,
        "place": fact.place,
        "keys": [list(fact.key)],
        "sources": fact.sources.written(),
        "as_of": fact.as_of.isoformat() if fact.as_of else None,
        "note": fact.note,
        "is_computed": bool(working),
        "language": tag,
        "parts": list(parts),
        **({"derivation": shown} if (shown := shown_derivation(derivation)) else {}),
    }
    if rounding := own_rounding(tag):
        declared["rounding"] = rounding
    return replace(fact, name=register.declare("facts", name, declared))


def _day(day: date | str | None, who: str) -> date | None:
    if day is None or (isinstance(day, date) and not isinstance(day, datetime)):
        return day
    try:
        return day.date() if isinstance(day, datetime) else date.fromisoformat(day)
    except (ValueError, TypeError):
        raise ValueError(f'{who}: `as_of` is {day!r}; write it as "2022-12-31"') from None


def _json(value: Any) -> Any:
    """Return a value for JSON, whole numbers without decimals."""
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if isinstance(value, Decimal):
        return (
            int(value)
            if value == value.to_integral_value() and value.as_tuple().exponent == 0
            else float(value)
        )
    return value.isoformat() if isinstance(value, date) else value
