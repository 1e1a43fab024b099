"""The form of an article's parameters, made of their types and comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from broadsheet.errors import BroadsheetError
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.parameters import bind_edition, choices, declared

_KINDS: Mapping[object, str] = {int: "number", float: "number", date: "date", str: "text"}


@dataclass(frozen=True)
class FormField:
    """A field of the form, for a parameter."""

    name: str
    """The parameter's name."""
    help: str
    """The parameter's comment."""
    kind: str
    """The type of HTML's `input`, or "select"."""
    value: str
    """The value, as text."""
    step: str = ""
    """The `step` of a number; empty for whole numbers."""
    options: tuple[str, ...] = ()
    """The values to choose from."""


def fields_of(edition: Edition, given: Mapping[str, str]) -> list[FormField]:
    """Return the fields for the parameters of an edition, with the values ``given`` or its own;
    none if they cannot be read, which is a fault of the article.
    """
    try:
        return list(_fields(edition, given))
    except BroadsheetError:
        return []


def _fields(edition: Edition, given: Mapping[str, str]) -> Iterator[FormField]:
    values = bind_edition(edition)
    for parameter in declared(edition.source).values():
        value = given.get(parameter.name) or _text(values.get(parameter.name, parameter.default))
        options = tuple(map(_text, choices(parameter.kind)))
        whole = options and not str(parameter.annotation).startswith(("list", "Optional"))
        kind = "select" if whole and "|" not in parameter.annotation else ""
        yield FormField(
            parameter.name,
            parameter.help,
            kind or _KINDS.get(parameter.kind, "text"),
            value,
            "any" if parameter.kind is float else "",
            options if kind else (),
        )


def _text(value: object) -> str:
    """Return a value as the command line would give it."""
    if isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else json.dumps(value, default=str)
