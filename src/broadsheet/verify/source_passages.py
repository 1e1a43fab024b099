"""Passages of Markdown as its author wrote it, for checks that need the source: whether a year was
typed.

Values by code are `code`, so that all other numbers were typed. Fenced code is left out, and so is
conditional content, which only some editions show. Each passage knows its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from broadsheet.errors import Place
from broadsheet.markdown.prose import Mark, MarkKind, Passage
from broadsheet.markdown.reasons import ANSWERED
from broadsheet.project.settings.crossref_settings import CROSSREF

_CODE_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_DIV = re.compile(r" {0,3}:{3,}\s*(?P<opens>\{[^}]*\}|\w\S*)?\s*:*\s*$")
_BEGINS = re.compile(r"\s*(?:#{1,6}|[-*+]|\d{1,9}[.)]|>)\s|\||:\s")
"""A line that begins something of its own: a heading, an item of a list, a row of a table."""
_ANSWERED: Mapping[MarkKind, re.Pattern[str]] = {
    "held": re.compile(r"\bheld-by="),
    "unchecked": re.compile(rf"\{{{ANSWERED}"),
}
"""Blocks that somebody answers for."""
_CONDITION = re.compile(r"content-(?:visible|hidden)")
_MARKS: tuple[tuple[MarkKind, re.Pattern[str]], ...] = (
    ("code", re.compile(r"(?<!`)(`++).+?(?<!`)\1(?!`)|\]\([^)\s]{0,2000}\)|\{[^{}]*\}|<[^<>]+>")),
    (
        "cite",
        re.compile(
            rf"\[[^\[\]]{{0,2000}}@(?!{CROSSREF})[\w:][^\[\]]{{0,2000}}\]|(?<!\w)@(?!{CROSSREF})[\w:][\w:.-]*"
        ),
    ),
    ("claim", re.compile(r"\[[^\[\]]*\](?=\{[^{}]*(?:claim|\bby|\bif)=)")),
    ("fact", re.compile(r"\[[^\[\]]*\](?=\{[^{}]*\.fact)")),
    ("held", re.compile(r"\[[^\[\]]*\](?=\{[^{}]*held-by=)")),
    ("unchecked", re.compile(rf"\[[^\[\]]*\](?=\{{{ANSWERED})")),
)


def source_passages(
    markdown: str, place: Place, shows: Callable[[str], bool] = lambda condition: False
) -> Iterator[Passage]:
    """Yield the paragraphs of ``markdown``, whose first line is at ``place``, that every edition
    shows; and those under a condition, as it is written, that ``shows`` says to be shown.
    """
    first = place.line or 1
    lines: list[str] = []
    start, whole = 0, list[MarkKind]()
    for number, (line, answered) in enumerate([*_shown(markdown, shows), ("", None)]):
        if lines and (not line.strip() or _BEGINS.match(line)):
            text = "\n".join(lines)
            marks = [*_marks(text), *(Mark(0, len(text), kind) for kind in whole)]
            yield Passage(text, tuple(marks), replace(place, line=first + start), "paragraph")
            lines = []
        if line.strip():
            start = start if lines else number
            whole = [answered] if answered else []
            lines.append(line)


def conditions_in(markdown: str) -> frozenset[str]:
    """Return the conditions in a text under which parts of it are shown, as they are written."""
    if not _CONDITION.search(markdown):
        return frozenset()
    opened = (div["opens"] for div in map(_DIV.match, markdown.split("\n")) if div)
    return frozenset(div for div in opened if div and _CONDITION.search(div))


def _shown(markdown: str, shows: Callable[[str], bool]) -> Iterator[tuple[str, MarkKind | None]]:
    """Yield the lines of ``markdown``, each with the mark of the block that it is in; lines that
    are not prose, or not for every edition, are empty.
    """
    fence, divs = "", list[str]()
    for line in markdown.split("\n"):
        opened = _CODE_FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence):
                fence = ""
            yield "", None
        elif opened:
            fence = opened[1]
            yield "", None
        elif div := _DIV.match(line):
            if div["opens"]:
                divs.append(div["opens"])
            elif divs:
                divs.pop()
            yield "", None
        else:
            hidden = any(_CONDITION.search(div) and not shows(div) for div in divs)
            kinds = (kind for div in divs for kind, form in _ANSWERED.items() if form.search(div))
            yield "" if hidden else line, next(kinds, None)


def _marks(text: str) -> Iterator[Mark]:
    for kind, form in _MARKS:
        for match in form.finditer(text):
            yield Mark(match.start(), match.end(), kind)
