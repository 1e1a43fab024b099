"""Words that their author answers for, and does not say why: `[40 people]{.unchecked reason=""}`.
Such a mark accounts for nothing, and its author is told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from broadsheet.errors import Notice, Place
from broadsheet.markdown.document import Document
from broadsheet.markdown.typographic_quotes import ATTRIBUTES
from broadsheet.project.sources.inline_expressions import without_code

_BEFORE = r"(?:[^{}\"']|\"[^\"{}]*\"|'[^'{}]*')*?"
"""Other attributes, as a pattern: what is written in a quoted value is none."""
_CLASS = r"(?<![^\s{])\.unchecked(?![\w-])"
_KEY = r"(?<![\w-])reason="
ANSWERED = rf"(?={_BEFORE}{_CLASS}){_BEFORE}{_KEY}(?:\"\s*[^\s\"]|'\s*[^\s']|[^\s\"'}}])"
"""The attributes of such a mark with a reason that is not empty, from their brace on, as a pattern."""
_ANSWERED = re.compile(ANSWERED)
_WRITTEN = re.compile(rf"{_BEFORE}(?P<written>{_KEY}(?:\"[^\"]*\"|'[^']*'|\S*))")
_UNCHECKED = re.compile(rf"{_BEFORE}(?P<written>{_CLASS})")


def without_reason(document: Document, titles: Mapping[str, Place]) -> Iterator[Notice]:
    """Yield a notice of each mark of a page that has no reason; ``titles`` are the places of its short
    texts.
    """
    if ".unchecked" in document.markdown:
        markdown = without_code(document.markdown)
        for start, written in without_reason_in(markdown):
            yield no_reason(document.place(markdown.count("\n", 0, start) + 1), written)
    for name, text in document.inlines.items():
        for _, written in without_reason_in(without_code(text)):
            yield no_reason(titles.get(name, Place(document.file)), written)


def without_reason_in(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the empty reason of each such mark of Markdown without code, or the class of one that
    has none: where it begins, and its text.
    """
    for braces in ATTRIBUTES.finditer(markdown):
        mark = _UNCHECKED.match(braces["inner"])
        if mark and not _ANSWERED.match(braces["inner"]):
            written = _WRITTEN.match(braces["inner"]) or mark
            yield braces.start("inner") + written.start("written"), written["written"]


def no_reason(where: Place, written: str) -> Notice:
    """Return the notice of an empty reason, as it is ``written``, or of a class without one."""
    return Notice(
        where,
        f"the reason of `.unchecked` is {'empty' if written.startswith('reason') else 'missing'}",
        'Say why you answer for the words: `[…]{.unchecked reason="…"}`. Until then nothing accounts '
        "for them.",
        topic="no-reason",
    )
