"""Facts and claims as letters that stand in a text for the time of its reading.

Pandoc reads `[49 percent]{.fact name="values"}` several times over before it knows what the bracket
is, and a bracket within another as often again: half of a page's reading goes there. So what runs
have marked is given to it as a letter that opens, the words, and a letter that closes. The letters
are of Unicode's private planes. To Pandoc they are symbols, like the brackets; `lua/letter_marks.lua`
puts the tags in their place when the page is written.

What could read otherwise keeps its brackets: words with other marks of Markdown in them, and all of a
paragraph or a page whose Markdown depends on where letters stand, such as code and tables.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

FIRST, CLOSE = 0xF0000, chr(0x100000)
"""The first of the letters that open, and the one that closes."""
_READ_AS = "markdown"
"""The Markdown of a page that says nothing else."""
_MOST = 60_000
"""The most letters that open: a plane has little more."""
MARK_LETTERS = re.compile("[\U000f0000-\U0010ffff]")
"""The letters, which no text may have that is given to Pandoc in this way."""

_MARK = re.compile(
    r"""(?<![\\^!\]])\[(?P<words>(?!\s)(?:[^\[\]\\*_~^"'@`<|\n]|\\[^\w\s]|(?<=\w)'(?=\w))+(?<!\s))\]
    \{(?:\.fact[ ]name=["](?P<fact>[\w-]+)"|claim=["](?P<claim>[\w-]+)")\}(?!\{)""",
    re.VERBOSE,
)
_PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})", re.MULTILINE)
_OF_PAGES = re.compile(r"^[ \t>]*[-+=][-+= \t:]*$|\\begin\b", re.MULTILINE | re.IGNORECASE)
"""Tables by columns and TeX, which make the places of letters matter to a whole page."""
_TAGS = ("<pre", "<script", "<style", "<textarea")
"""Elements of HTML that do the same: nothing in them is Markdown."""
_HEADING = re.compile(r"^[ \t>]*#.*\]\{(?:\.fact|claim=)", re.MULTILINE)
"""A mark in a heading, which keeps its brackets: `[the same words]` leads to it."""
_OF_PARAGRAPHS = re.compile(r"[`<|]|(?<!\\)\$|^(?: {4}|[ \t]*\t)", re.MULTILINE)
"""Code, HTML, tables and mathematics, which make them matter to a paragraph."""
_LONGEST = 20_000
"""The most letters of a paragraph that is searched for marks."""
_WORD = 200
"""The most letters of a word before a bracket."""
_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
_WITHIN = re.compile(r"\{[^{}]*\}?|\]\([^)]*\)?")
"""Attributes and addresses, in which no mark is read."""
_NUMBERED = re.compile(
    r"&#(?:x0*(?:f|10)[0-9a-f]{4}(?![0-9a-f])|0*(?:9[89]\d{4}|1\d{6}))", re.IGNORECASE
)
"""A letter by its number that may be one of ours."""


def with_letters(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a request for a page in which facts and claims are letters, with the `marks`: the tags
    that open them. It is returned as it is if the page has another Markdown than Pandoc's, or if any
    text of it may have such letters of its own.
    """
    has_marks = any("]{" in text for text in (request["markdown"], *request["inlines"].values()))
    if not has_marks or request["options"].get("from", _READ_AS) != _READ_AS:
        return request
    whole = json.dumps(request, ensure_ascii=False, default=str)
    if _NUMBERED.search(whole) or MARK_LETTERS.search(whole):
        return request
    marks = _LetterMarks()
    markdown = marks.written(request["markdown"])
    inlines = {name: marks.written(text) for name, text in request["inlines"].items()}
    return {**request, "markdown": markdown, "inlines": inlines, "marks": marks.tags}


def has_letters(answer: Mapping[str, Any]) -> bool:
    """Return True if letters have come to a place of the answer where no tag can be."""
    others = {name: value for name, value in answer.items() if name != "html"}
    texts = str(answer.get("html")), json.dumps(others, ensure_ascii=False)
    return any(MARK_LETTERS.search(text) for text in texts)


_Bracket = tuple[str, str, str]
"""The word before some brackets, these with what is in them, and the letter behind."""


@dataclass
class _LetterMarks:
    """The marks of a page that are letters. Has state: the tags so far."""

    tags: list[str] = field(default_factory=list)
    """The HTML tag that opens each mark."""
    is_led_to: bool = False
    """True if words in brackets may lead to a heading with marks."""

    def written(self, text: str) -> str:
        """Return a text of Markdown in which facts and claims are letters, where these read the
        same.
        """
        has_tags = any(tag in text.lower() for tag in _TAGS)
        if "]{" not in text or has_tags or _OF_PAGES.search(text):
            return text
        self.is_led_to = _HEADING.search(text) is not None
        parts, fence = _PARAGRAPHS.split(text), ""
        for number, part in enumerate(parts):
            fences = _FENCE.findall(part)
            if not (fence or fences or len(part) > _LONGEST or self._keeps(part)):
                parts[number] = self._paragraph(part)
            for signs in fences:
                if not fence:
                    fence = signs
                elif signs[0] == fence[0] and len(signs) >= len(fence):
                    fence = ""
        return "".join(parts)

    def _paragraph(self, text: str) -> str:
        before, lettered, tags = "", text, len(self.tags)
        while lettered != before and len(self.tags) < _MOST:
            before, apart = lettered, [match.span() for match in _WITHIN.finditer(lettered)]
            lettered = _MARK.sub(partial(self._letters, apart), lettered)
        if any(map(self._leads_elsewhere, _brackets(lettered))):
            del self.tags[tags:]
            return text
        return lettered

    def _keeps(self, part: str) -> bool:
        """Return True if a paragraph keeps its brackets."""
        return bool(_OF_PARAGRAPHS.search(part) or (self.is_led_to and _HEADING.search(part)))

    def _leads_elsewhere(self, bracket: _Bracket) -> bool:
        """Return True if what is in brackets has letters, and may be a citation, which would look in it
        for its pages, or the words of a heading.
        """
        before, text, after = bracket
        may_lead = "@" in before + text or (self.is_led_to and after not in ("{", "("))
        return may_lead and MARK_LETTERS.search(text) is not None

    def _letters(self, apart: Sequence[tuple[int, int]], match: re.Match[str]) -> str:
        """Return a mark as letters; as it is if it is in one of the spans ``apart``."""
        number = bisect_left(apart, (match.start(), 0))
        if number and match.start() < apart[number - 1][1]:
            return match.group()
        fact, claim = match["fact"], match["claim"]
        tag = f'<span class="fact" name="{fact}">' if fact else f'<span data-claim="{claim}">'
        self.tags.append(tag)
        return f"{chr(FIRST + len(self.tags) - 1)}{match['words']}{CLOSE}"


def _brackets(text: str) -> Iterator[_Bracket]:
    """Yield what stands in brackets that are in no others: the word before, the brackets, and the
    letter behind.
    """
    depth = start = 0
    for sign in _BRACKET.finditer(text):
        if sign[0] == "[":
            start = start if depth else sign.start()
            depth += 1
        elif sign[0] == "]" and depth:
            depth -= 1
            if not depth:
                before = text[max(start - _WORD, 0) : start].rstrip().rpartition(" ")[2]
                yield before, text[start : sign.end()], text[sign.end() : sign.end() + 1]
    if depth:
        yield "", text[start:], ""
