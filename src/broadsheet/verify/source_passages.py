"""Passages of Markdown as its author wrote it, for checks that need the source: whether a year was
typed.

Values by code are `code`, so that all other numbers were typed. Fenced code is left out, and so is
conditional content, which only some editions show. Each passage knows its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from broadsheet.errors import Place
from broadsheet.markdown.prose import Mark, MarkKind, Passage

_CODE_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_DIV = re.compile(r" {0,3}:{3,}\s*(?P<opens>\{[^}]*\}|\w\S*)?\s*:*\s*$")
_CONDITION = re.compile(r"content-(?:visible|hidden)")
_MARKS: tuple[tuple[MarkKind, re.Pattern[str]], ...] = (
    ("code", re.compile(r"(?<!`)(`++).+?(?<!`)\1(?!`)|\]\([^)\s]*\)|\{[^{}]*\}|<[^<>]+>")),
    ("cite", re.compile(r"\[[^\[\]]*@[\w:][^\[\]]*\]|(?<!\w)@[\w:][\w:.-]*")),
    ("claim", re.compile(r"\[[^\[\]]*\](?=\{[^{}]*claim=)")),
    ("fact", re.compile(r"\[[^\[\]]*\](?=\{[^{}]*\.fact)")),
    ("held", re.compile(r"\[[^\[\]]*\](?=\{[^{}]*held-by=)")),
    ("unchecked", re.compile(r"\[[^\[\]]*\](?=\{[^{}]*\.unchecked[^{}]*reason=)")),
)


def source_passages(
    markdown: str, place: Place, shows: Callable[[str], bool] = lambda condition: False
) -> Iterator[Passage]:
    """The paragraphs of ``markdown``, whose first line is at ``place``, that every edition shows; and
    those under a condition, given as it is written, that ``shows`` says to be shown.
    """
    first = place.line or 1
    lines: list[str] = []
    start = 0
    for number, line in enumerate([*_shown(markdown, shows), ""]):
        if line.strip():
            start = start if lines else number
            lines.append(line)
        elif lines:
            text = "\n".join(lines)
            yield Passage(
                text, tuple(_marks(text)), replace(place, line=first + start), "paragraph"
            )
            lines = []


def _shown(markdown: str, shows: Callable[[str], bool]) -> Iterator[str]:
    """The lines of ``markdown``; lines that are not prose, or not for every edition, are empty."""
    fence, divs = "", list[bool]()
    for line in markdown.split("\n"):
        opened = _CODE_FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence):
                fence = ""
            yield ""
        elif opened:
            fence = opened[1]
            yield ""
        elif div := _DIV.match(line):
            if div["opens"]:
                condition = div["opens"]
                divs.append(_CONDITION.search(condition) is not None and not shows(condition))
            elif divs:
                divs.pop()
            yield ""
        else:
            yield "" if any(divs) else line


def _marks(text: str) -> Iterator[Mark]:
    for kind, form in _MARKS:
        for match in form.finditer(text):
            yield Mark(match.start(), match.end(), kind)
