"""Facts and claims as letters that stand in a text for the time of its reading.

Pandoc reads `[49 percent]{.fact name="values"}` several times over before it knows what the bracket
is, and a bracket within another as often again: half of a page's reading goes there. So what runs
have marked is given to it as a letter that opens, the words, and a letter that closes. The letters
are of Unicode's private planes. To Pandoc they are symbols, like the brackets; `lua/letter_marks.lua`
puts the tags in their place when the page is written.

Plain words between two such letters are one letter as well, and so is a plain value in the prose; they
are in the page until its HTML is there. A value has a letter of Tangut, a script of the eleventh
century: to Pandoc it is a word. So the pages of a notebook's editions, and those of a table before and
after a revision, are one text to Pandoc, which is read once
(:mod:`broadsheet.markdown.kept_answers`).

What could read otherwise keeps its brackets: words with other marks of Markdown in them, and all of a
paragraph or a page whose Markdown depends on where letters stand, such as code and tables.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from broadsheet.project.sources.inline_expressions import escaped

FIRST, CLOSE, WORDS, VALUES = 0xF0000, chr(0x100000), 0x100001, 0x17000
"""The first of the letters that open, the one that closes, the first of those that are the words of a
mark, and the first of those that are values.
"""
_READ_AS = "markdown"
"""The Markdown of a page that says nothing else."""
_MOST = 60_000
"""The most letters that open: a plane has little more."""
_MOST_VALUES = 6_000
"""The most letters that are values: the script has little more."""
MARK_LETTERS = re.compile("[\U00017000-\U000187ff\U000f0000-\U0010ffff]")
"""The letters, which no text may have that is given to Pandoc in this way."""

_MARK = re.compile(
    r"""(?<![\\^!\]])\[(?P<words>(?!\s)(?:[^\[\]\\*_~^"'@`<|\n]|\\[^\w\s]|(?<=\w)'(?=\w))+(?<!\s))\]
    \{(?:\.fact[ ]name=["](?P<fact>[\w-]+)"|claim=["](?P<claim>[\w-]+)")\}(?!\{)""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"(?:[^\W_]|[ ](?![ ])|[,;%/–—’€£−]|\.(?=[^\W_])|\\[-.,:;$+=()#!%])+")
"""Words that Pandoc writes as they are, apart from the signs of escape."""
_ESCAPE = re.compile(r"\\(.)")
_OF_WORDS = re.compile("[\U00017000-\U000187ff\U00100001-\U0010ffff]")
_BEFORE, _AFTER = (
    r"(?<![^\s(\"“‘—–*\U000f0000-\U0010ffff])",
    r"(?![^\s.,;:!?)\"”’'%—–*\U000f0000-\U0010ffff])",
)
"""The surroundings of a value that is a letter."""
_LINE_OF_NAMES = re.compile(r"[ \t>]*[#:]")
"""A heading, whose words are an address, or the edge of a part of the page, whose words are classes."""
_OF_LISTS = re.compile(r"(?:[\s>*+:~#(.)@-]|\w[\w-]*[.)])*")
"""The beginning of a line that may be all signs of lists, of which the next may be one more."""
_ABBREVIATION = re.compile(
    r"(?:.*[ ])?(?:Mrs?|Ms|Capt|Dr|Prof|Gen|Gov|e\.g|i\.e|Sgt|St|vol|vs|Sen|Rep|Pres|Hon|Rev"
    r"|Ph\.D|M\.D|M\.A|pp?|ch|chap|sec|cf|cp)",
    re.IGNORECASE,
)
"""Words behind which Pandoc takes a full stop for one of the word."""
_PARAGRAPHS = re.compile(r"(\n[ \t]*\n)")
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})", re.MULTILINE)
_OF_PAGES = re.compile(r"^[ \t>]*[-+=][-+= \t:]*$|\\begin\b", re.MULTILINE | re.IGNORECASE)
"""Tables by columns and TeX, which make the places of letters matter to a whole page."""
_TAGS = ("<pre", "<script", "<style", "<textarea")
"""Elements of HTML that do the same: nothing in them is Markdown."""
_HEADING = re.compile(r"^[ \t>]*#.*\]\{(?:\.fact|claim=)", re.MULTILINE)
"""A mark in a heading, which keeps its brackets: `[the same words]` leads to it."""
_OF_PARAGRAPHS = re.compile(
    r"""[`<|]|(?<!\\)\$|\\[A-Za-z]|^(?:[ ]{4}|[ \t]*\t)
    |^[ \t>]*(?:\[[^\]^][^\]]*\]:|:::[^\n]*\]\{(?:\.fact|claim=))""",
    re.MULTILINE | re.VERBOSE,
)
"""Code, HTML, tables, mathematics, TeX, addresses of links and classes of a part of the page, which
make them matter to a paragraph.
"""
_TIGHT = re.compile(r"~|(?<!\[)\^(?!\[)")
"""Signs of raised and lowered text, which may have no space."""
_LONGEST = 20_000
"""The most letters of a paragraph that is searched for marks."""
_WORD = 200
"""The most letters of a word before a bracket."""
_BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
_WITHIN = re.compile(r"\{[^{}]*\}?|\]\([^)]*\)?")
"""Attributes and addresses, in which no mark is read."""
_NUMBERED = re.compile(
    r"&#(?:x0*(?:(?:f|10)[0-9a-f]{4}|1[78][0-9a-f]{3})(?![0-9a-f])|0*(?:9[4-9]\d{3}|10[01]\d{3}|9[89]\d{4}|1\d{6}))",
    re.IGNORECASE,
)
"""A letter by its number that may be one of ours."""


@dataclass(frozen=True)
class Lettered:
    """A request for a page in which facts and claims are letters."""

    request: Mapping[str, Any]
    """The request; its `marks` are the tags that open them."""
    words: Sequence[str] = ()
    """The plain words of marks that are letters."""
    values: Sequence[str] = ()
    """The values that are letters."""

    def filled(self, answer: str) -> str:
        """Return the JSON of an answer with the words in the place of their letters."""
        return _OF_WORDS.sub(self._word, answer) if self.words or self.values else answer

    def _word(self, letter: re.Match[str]) -> str:
        number = ord(letter.group())
        first, words = (WORDS, self.words) if number >= WORDS else (VALUES, self.values)
        return words[number - first] if number - first < len(words) else letter.group()


def with_letters(request: Mapping[str, Any], values: Iterable[str] = ()) -> Lettered:
    """Return a request for a page with facts, claims and these ``values`` as letters. It is as it was
    if the page has another Markdown than Pandoc's, or if any text of it may have such letters of its
    own.
    """
    plain = sorted(filter(_is_plain, {*values}), key=len, reverse=True)
    has_marks = any("]{" in text for text in (request["markdown"], *request["inlines"].values()))
    if not (has_marks or plain) or request["options"].get("from", _READ_AS) != _READ_AS:
        return Lettered(request)
    whole = json.dumps(request, ensure_ascii=False, default=str)
    if _NUMBERED.search(whole) or MARK_LETTERS.search(whole):
        return Lettered(request)
    one_of = "|".join(re.escape(escaped(value)) for value in plain)
    marks = _LetterMarks(re.compile(f"{_BEFORE}(?:{one_of}){_AFTER}") if plain else None)
    markdown = marks.written(request["markdown"])
    inlines = {name: marks.written(text) for name, text in request["inlines"].items()}
    lettered = {**request, "markdown": markdown, "inlines": inlines, "marks": marks.tags}
    return Lettered(lettered, marks.words, marks.values)


def _is_plain(value: str) -> bool:
    """Return True for a value that is words which begin and end like words."""
    ends = value[:1] + value[-1:]
    return ends.isalnum() and _PLAIN.fullmatch(escaped(value)) is not None


def has_letters(answer: str) -> bool:
    """Return True if letters have come to a place of the answer, as JSON, where no tag can be."""
    return MARK_LETTERS.search(answer) is not None


_Bracket = tuple[str, str, str]
"""The word before some brackets, these with what is in them, and the letter behind."""


@dataclass
class _LetterMarks:
    """The marks of a page that are letters. Has state: the tags, the words and the values so far."""

    pattern: re.Pattern[str] | None
    """The values that may be letters; None if there are none."""
    tags: list[str] = field(default_factory=list)
    """The HTML tag that opens each mark."""
    words: list[str] = field(default_factory=list)
    """The words of marks that are letters."""
    values: list[str] = field(default_factory=list)
    """The values that are letters."""
    is_led_to: bool = False
    """True if words in brackets may lead to a heading with marks."""
    keeps_words: bool = False
    """True if the words of the paragraph stay as they are."""

    def written(self, text: str) -> str:
        """Return a text of Markdown in which facts and claims are letters, where these read the
        same.
        """
        has_tags = any(tag in text.lower() for tag in _TAGS)
        has_any = self.pattern is not None or "]{" in text
        if not has_any or has_tags or _OF_PAGES.search(text) or _has_long_comment(text):
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
        has_values = self.pattern is not None and self.pattern.search(text)
        if "]{" not in text and not has_values:
            return text
        self.keeps_words = _TIGHT.search(text) is not None
        before, lettered, tags, words = "", text, len(self.tags), len(self.words)
        while lettered != before and len(self.tags) < _MOST:
            before, apart = lettered, [match.span() for match in _WITHIN.finditer(lettered)]
            lettered = _MARK.sub(partial(self._letters, apart), lettered)
        if any(map(self._leads_elsewhere, _brackets(lettered))):
            del self.tags[tags:], self.words[words:]
            return text
        return self._with_values(lettered)

    def _with_values(self, text: str) -> str:
        """Return a paragraph with its values as letters, outside of brackets and addresses."""
        if self.pattern is None or self.keeps_words:
            return text
        apart = [match.span() for match in _WITHIN.finditer(text)]
        apart += _bracketed(text)

        def lettered(match: re.Match[str]) -> str:
            start, end = match.span()
            after, value = text[end : end + 1], _ESCAPE.sub(r"\1", match.group())
            is_apart = any(first <= start < last for first, last in apart)
            line = text[text.rfind("\n", 0, start) + 1 : start]
            is_name = _LINE_OF_NAMES.match(line)
            begins_list = after in (".", ")") and _OF_LISTS.fullmatch(line)
            is_short = after == "." and _ABBREVIATION.fullmatch(value)
            is_kept = is_apart or is_name or begins_list or is_short
            if is_kept or len(self.values) == _MOST_VALUES:
                return match.group()
            self.values.append(value)
            return chr(VALUES + len(self.values) - 1)

        return self.pattern.sub(lettered, text)

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
        words = match["words"]
        if not self.keeps_words and _PLAIN.fullmatch(words):
            self.words.append(_ESCAPE.sub(r"\1", words))
            words = chr(WORDS + len(self.words) - 1)
        return f"{chr(FIRST + len(self.tags) - 1)}{words}{CLOSE}"


def _has_long_comment(text: str) -> bool:
    """Return True if a comment has several paragraphs: in those nothing is Markdown."""
    comments = (part.partition("-->")[0] for part in text.split("<!--")[1:])
    return any(_PARAGRAPHS.search(comment) for comment in comments)


def _brackets(text: str) -> Iterator[_Bracket]:
    """Yield what stands in brackets that are in no others: the word before, the brackets, and the
    letter behind.
    """
    for start, end in _bracketed(text):
        before = text[max(start - _WORD, 0) : start].rstrip().rpartition(" ")[2]
        yield before, text[start:end], text[end : end + 1]


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of brackets that are in no others, with what is in them."""
    depth = start = 0
    for sign in _BRACKET.finditer(text):
        if sign[0] == "[":
            start = start if depth else sign.start()
            depth += 1
        elif sign[0] == "]" and depth:
            depth -= 1
            if not depth:
                yield start, sign.end()
    if depth:
        yield start, len(text)
