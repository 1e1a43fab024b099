"""The texts of a source that readers read and that may be bound, at their places: paragraphs, titles,
captions, alternative texts.

A stretch has the same text twice: as it is written, and *masked*, in which all that is no prose is
spaces, so that a position in one is the same position in the other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Literal

from broadsheet.checks.audit.documents import BOUND
from broadsheet.project.sources.inline_expressions import without_blocks

_FRONT = re.compile(r"\A---[ \t]*\n(?P<keys>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(
    r"^(?P<key>title|subtitle|description|excerpt|image-alt):[ \t]*(?P<text>\S.*(?:\n[ \t]+\S.*)*)$",
    re.MULTILINE,
)
_OPTION = re.compile(
    r"^(?P<lead>#\|[ \t]*(?P<key>fig-cap|tbl-cap|fig-alt|note):[ \t]*)(?P<text>\S.*(?:\n#\|[ \t]{2,}.*)*)",
    re.MULTILINE,
)
_FENCE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)(?P<info>[^\n]*)\n(?P<code>.*?)(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_PARAGRAPH = re.compile(r"^(?:(?!^[ \t]*$|^ {0,3}:{3,}|^ {0,3}\|).*\n?)+", re.MULTILINE)
_BLOCK = re.compile(r"^ {0,3}:{3,}+(?P<of>.*)$", re.MULTILINE)
_DAY = re.compile(r"""\.update\b.{0,200}?\btime=["']?(\d{4}-\d\d-\d\d)""")
_BOUND = re.compile(
    r"(?<!`)(?P<ticks>`++)[^`]*+(?P=ticks)(?!`)"
    r"|\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*+\}\}|\{%(?:[^{%]|\{(?!%)|%(?!\}))*+%\}"
    r"|\[(?:[^\[\]`]|`[^`]*`|\[[^\[\]]*\])*+\]"
    r"\{(?=[^{}]{0,2000}?(?:claim=|\bby=|\bif=|\.fact|\.unchecked|held-by=))[^{}]{0,4000}\}",
    re.DOTALL,
)
_NO_PROSE = re.compile(
    r"<!--(?:[^<]|<(?!!--))*?-->|\[(?=[^\[\]]{0,2000}?@[\w:])[^\[\]]{0,4000}\]|\[\^[^\[\]]{0,2000}\]:?|(?<!\w)@[\w:][\w:.-]*"
    r"|\]\((?:[^)\s\]]|\](?!\())*+\)|\{[^{}]*\}|<[^<>\n]+>"
    r"|\$\$.+?\$\$|https?://\S+|[*_\[\]\\\n]|(?m:^ {0,3}#{1,6} )|(?m:^[^\S\n]*(?:[-*+]|\d{1,9}[.)]) )|^ {0,3}>|!\[",
    re.DOTALL,
)
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<text>.*)(?P=quote)\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class TextStretch:
    """A text that may be bound."""

    cell: int
    """The number of its cell, from 1; 1 for a source without cells."""
    start: int
    """Its position in the text of the cell."""
    text: str
    """The text as it is written."""
    masked: str
    """The text with spaces for what is no prose."""
    kind: Literal["paragraph", "front matter", "option"]
    """Its kind."""
    quote: str = ""
    """The quotation mark of YAML that is about it."""
    after: int = 0
    """The position in a text without cells behind which its expressions are evaluated."""
    day: str = ""
    """The day of the update that it is a part of, as `2023-11-29`; empty for none."""

    def has(self, cell: int, at: int) -> bool:
        """True if a position of a cell is in the text, or directly behind it."""
        return self.cell == cell and self.start <= at <= self.start + len(self.text)


def stretches_of(cell_type: str, number: int, text: str) -> Iterator[TextStretch]:
    """Yield the texts of a cell of a notebook."""
    if cell_type == "code":
        yield from _options(text, number, 0, 0)
    elif cell_type == "raw":
        yield from _front_matter(text, number)
    elif cell_type == "markdown":
        yield from _front_matter(text, number)
        at, prose = _prose_of(text)
        yield from _paragraphs(prose, number, [(at, len(text))])


def stretches_in(text: str) -> Iterator[TextStretch]:
    """Yield the texts of a page of Markdown, with or without code."""
    yield from _front_matter(text, 1)
    at, prose = _prose_of(text)
    spans, options = list[tuple[int, int]](), list[TextStretch]()
    for fence in _FENCE.finditer(text, at):
        spans.append((at, fence.start()))
        at = fence.end()
        if re.match(r"\{python\b", fence["info"].strip()):
            options += _options(fence["code"], 1, fence.start("code"), at)
    spans.append((at, len(text)))
    paragraphs = _paragraphs(prose, 1, spans)
    yield from merge(paragraphs, options, key=lambda stretch: stretch.start)


def _prose_of(text: str) -> tuple[int, str]:
    """Return the position behind the front matter of a text, and the text without blocks of code."""
    at = end_of_front(text)
    return at, f"{text[:at]}{without_blocks(text[at:])}"


def end_of_front(text: str) -> int:
    """Return the position behind the front matter of a text."""
    front = _FRONT.match(text)
    return front.end() if front else 0


def _front_matter(text: str, number: int) -> Iterator[TextStretch]:
    front = _FRONT.match(text)
    for match in _KEY.finditer(text, 0, front.end()) if front else ():
        yield _of_yaml(match, number, 0, "front matter", len(text))


def _options(code: str, number: int, at: int, after: int) -> Iterator[TextStretch]:
    for match in _OPTION.finditer(code):
        yield _of_yaml(match, number, at, "option", after)


def _of_yaml(
    match: re.Match[str], number: int, at: int, kind: Literal["front matter", "option"], after: int
) -> TextStretch:
    start, text, quote = match.start("text"), match["text"], ""
    quoted = _QUOTED.match(text)
    if quoted:
        start, text, quote = start + 1, quoted["text"], quoted["quote"]
    masked = re.sub(r"(?m)^#\||\A>-?", lambda lead: " " * len(lead[0]), _masked(text))
    return TextStretch(number, at + start, text, masked, kind, quote, after)


def _paragraphs(text: str, number: int, spans: Sequence[tuple[int, int]]) -> Iterator[TextStretch]:
    """Yield the paragraphs in some spans of a text, each evaluated behind its span."""
    days = list(_days(text))
    for start, end in spans:
        for match in _PARAGRAPH.finditer(text, start, end):
            if match[0].strip():
                day = days[bisect_right(days, match.start(), key=lambda each: each[0]) - 1][1]
                yield TextStretch(
                    number, match.start(), match[0], _masked(match[0]), "paragraph", "", end, day
                )


def _days(text: str) -> Iterator[tuple[int, str]]:
    """Yield the positions from which on a text is of the update of a day, or of none."""
    days = [""]
    yield 0, ""
    for block in _BLOCK.finditer(text):
        if of := block["of"].strip(" \t:"):
            match = _DAY.search(of)
            days.append(match[1] if match else days[-1])
        elif len(days) > 1:
            days.pop()
        yield block.end(), days[-1]


def _masked(text: str) -> str:
    lead = re.compile(r"\n#\|[ \t]*")
    text = lead.sub(lambda match: " " * len(match[0]), text)
    text = _BOUND.sub(lambda match: BOUND + " " * (len(match[0]) - 1), text)
    return _NO_PROSE.sub(lambda match: " " * len(match[0]), text)
