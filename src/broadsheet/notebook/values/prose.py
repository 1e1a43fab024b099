"""Sentences that code puts together, with the facts and claims in them marked.

    bs.prose("Russia sold {compared} than it bought: exports of {exports}.", compared=balance("more"), exports=exports)

The template's own words are text; what is put in keeps its mark if it is a fact, a claim's words or
prose, and is text otherwise. A chart's title gets the plain text, `str` of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import Any

from broadsheet.project.sources import inline_expressions as inline

_MARKED = r"\[((?:[^\[\]\\]|\\.)*)\]\{(?:\.fact |claim=)[^{}]*\}"


@dataclass(frozen=True)
class MarkedText:
    """A text, plain and as Markdown with its marks."""

    text: str = ""
    """The plain text."""
    markdown: str = ""
    """The same text as Markdown, with the marks of facts and claims."""

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return format(self.text, spec)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __add__(self, other: object) -> MarkedText:
        more = prose_of(other)
        return MarkedText(self.text + more.text, self.markdown + more.markdown)

    def __radd__(self, other: object) -> MarkedText:
        return prose_of(other) + self

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.text)}</p>"

    def _inline_(self) -> dict[str, str]:
        return {"text": self.text, "markdown": self.markdown}


def prose(template: str, *parts: Any, **named: Any) -> MarkedText:
    """Return ``template`` filled as `str.format` does it. Raises ValueError for a missing value."""
    filled, automatic = MarkedText(), iter(range(len(parts)))
    for literal, field, spec, _ in Formatter().parse(template):
        filled += literal
        if field is None:
            continue
        try:
            value, _ = Formatter().get_field(field or str(next(automatic)), parts, named)
        except (KeyError, IndexError, StopIteration):
            raise ValueError(
                f"the prose {template!r} has a place for {field!r}, and nothing is given for it"
            ) from None
        filled += format(value, spec) if spec and not hasattr(value, "_inline_") else value
    return filled


def joined(parts: Any, between: str = " ") -> MarkedText:
    """Return the parts that are not empty, with a text between each two."""
    whole = MarkedText()
    for part in map(prose_of, parts):
        whole = whole + between + part if whole and part else whole or part
    return whole


def unmarked(markdown: str) -> str:
    """Return Markdown without the marks of facts and claims; their words stay."""
    bare = re.sub(_MARKED, r"\1", markdown)
    return bare if bare == markdown else unmarked(bare)


def prose_of(value: object) -> MarkedText:
    """Return a value as prose: with its marks if it has some, else its text."""
    if isinstance(value, MarkedText):
        return value
    both = getattr(value, "_inline_", None)
    if both is not None:
        return MarkedText(
            **{key: text for key, text in both().items() if key in ("text", "markdown")}
        )
    return MarkedText(str(value), inline.escaped(str(value)))
