"""What the gate reads: passages of an edition as a reader reads them, with marks on what is
accounted for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from broadsheet.errors import Place

MarkKind = Literal["fact", "claim", "cite", "unchecked", "reference", "code"]

OPAQUE: frozenset[MarkKind] = frozenset(("cite", "reference", "code"))
"""Marks whose text is not prose: whatever it says, nothing in it is read."""


@dataclass(frozen=True)
class Mark:
    """A stretch of a passage's text, from ``start`` up to ``end``, that is accounted for or is no
    prose.

    ==========  =======================================================================================
    kind        what it is, and what ``name`` says
    ==========  =======================================================================================
    fact        a value that is bound to its data; the fact's name
    claim       words that rest on a claim; the claim's name
    cite        a citation, which accounts for its sentence; its keys. It may be empty: ``start == end``
    unchecked   words that an author answers for; the reason
    reference   "Figure 1", "Section 2": a cross reference; what it refers to
    code        code or mathematics
    ==========  =======================================================================================
    """

    start: int
    end: int
    kind: MarkKind
    name: str = ""


@dataclass(frozen=True)
class Passage:
    """One paragraph, list item, heading, caption, title, table cell … of an edition: what is read
    at one go.

    ``text`` is plain, with the values of the edition put in; ``kind`` is how a message calls it
    (`paragraph`, `title`, `caption`, `alt text` …). ``place`` is where it was written, its line
    that on which it begins.
    """

    text: str
    marks: tuple[Mark, ...]
    place: Place
    kind: str = "paragraph"
