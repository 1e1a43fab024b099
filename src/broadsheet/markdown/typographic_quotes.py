"""Attributes in typographic quotation marks, as a Mac or a word processor writes them.

    [fell]{claim=“total[2022] < total[2021]”}     ::: {.steps figure=“fig-trade”}

Only straight quotation marks hold the value of an attribute. With others the text stands on the
page as it is written, and a claim in it is not checked. So each attribute is a fault, with the
words to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from broadsheet.errors import Place, RenderError
from broadsheet.markdown.document import Document
from broadsheet.project.sources.inline_expressions import without_code
from broadsheet.text.quotation_marks import MISQUOTED, SMART, has_marks, misquoted, straight_value

ATTRIBUTES = re.compile(
    r"(?:(?<=[\])`])|^[ \t>]*:::+[ \t]*|^#{1,6}[ \t][^\n{}]*)\{(?P<inner>[^{}]*)\}", re.MULTILINE
)
"""The attributes in braces behind words, a picture or a heading, or at the start of a div."""


def misquoted_attributes(document: Document, titles: Mapping[str, Place]) -> Iterator[RenderError]:
    """Yield the fault of each attribute of a page that has such marks; ``titles`` are the places of
    its short texts.
    """
    if has_marks(document.markdown):
        markdown = without_code(document.markdown)
        for start, written in misquoted_in(markdown):
            yield fault_of_quotes(document.place(markdown.count("\n", 0, start) + 1), written)
    for name, text in document.inlines.items():
        for _, written in misquoted_in(without_code(text)) if has_marks(text) else ():
            yield fault_of_quotes(titles.get(name, Place(document.file)), written)


def fault_of_quotes(where: Place, attribute: str) -> RenderError:
    """Return the fault of an ``attribute`` with such marks."""
    shown = " ".join(attribute.split())
    return RenderError(
        where,
        f"the quotation marks of `{shown}` are typographic, and hold no value",
        f"Write straight ones: `{straight_value(shown)}`. {SMART}",
        topic=MISQUOTED,
    )


def misquoted_in(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield each such attribute of Markdown without code: where it begins, and its text."""
    for braces in ATTRIBUTES.finditer(markdown):
        for start, written in misquoted(braces["inner"]):
            yield braces.start("inner") + start, written
