"""A sentence as words with their classes, for rules that look at a word's neighbours.

``line`` has each word in small letters with the signs of its classes, a space between two:
`exports/s rose/t 12.4/D percent/f`. A rule is written as `{quantity} rose {digits} percent`, and
:func:`pattern` makes of it a regular expression that fits such a line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from string import ascii_lowercase, digits

from broadsheet.verify import lexicon

_WORD = re.compile(
    r"""
    ((?:(?:US|NZ|HK|[ACRS])?[$€£¥₹]\ ?)?\d+(?:[.,:/]\d+)*(?:[^\W\d_]|[%‰°½¼¾²³])* | [½¼¾])   # a number with its signs
  | [^\W\d_]\w*(?:[’'][^\W\d_]+)*                                                            # a word
  | [^\w\s]""",
    re.VERBOSE,
)
_ITEM = re.compile(
    r"""
    (?P<kept>\[[^\]]*\]|\{\d[^}]*\})                            # a set of signs stays as it is
  | \{(?P<name>[a-z]+)\}
  | (?<![\w\\?])(?P<word>[a-z][a-z'’]*)(?![a-z'’/])    # a word; before a slash, the end of one
  | (?P<mark>(?<!\?)[,;:—§]|\\\.(?=[ )])|(?<=[ (|:])-(?=[ )|]))""",
    re.VERBOSE,
)
_PLURAL = re.compile(r"\b([a-z]+)([a-z])\?")

_LOOKS = ("digits", "capital", "initial", "est", "er")
SIGNS = dict(
    zip(
        [*_LOOKS, *lexicon.CLASSES],
        "DKJER" + ascii_lowercase + digits + "ABCFGHILMNOPQ",
        strict=False,
    )
)
"""The sign of each class, by its name: the sets of the lexicon, and what a word looks like."""
_KNOWN: dict[str, str] = {}
for _name, _members in lexicon.CLASSES.items():
    for _member in _members:
        _KNOWN[_member] = _KNOWN.get(_member, "") + SIGNS[_name]


class Words:
    """The words of the sentence from ``start`` up to ``end`` of a text.

    Word i, ``lows[i]`` in small letters, of the classes ``signs[i]``, starts at ``at[i]`` in the
    ``line`` and stands at ``spans[i]`` in the text.
    """

    __slots__ = ("at", "line", "lows", "signs", "spans", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self.at: list[int] = []
        self.lows: list[str] = []
        self.signs: list[str] = []
        parts, length, initial, before = list[str](), 0, True, start
        for match in _WORD.finditer(text, start, end):
            said = match[0]
            low = said.lower()
            if match.lastindex:
                low, signs, initial = low.replace("/", "⁄"), "D", False
            elif said[0].isalpha():
                signs = _signs(low)
                if said[0].isupper():
                    signs += "J" if initial else "K"
                initial = False
            else:
                signs = ""
                if low in "-–" and (
                    match.start() > before or text[match.end() : match.end() + 1].isspace()
                ):
                    low = "—"
                elif low == "–":
                    low = "-"
            before = match.end()
            self.spans.append(match.span())
            self.at.append(length)
            self.lows.append(low)
            self.signs.append(signs)
            part = f"{low}/{signs} "
            length += len(part)
            parts.append(part)
        self.line = "".join(parts)[:-1]

    def end(self, position: int) -> int:
        """Where in the text the last word ends that starts before ``position`` of the line."""
        return self.spans[max(0, bisect_left(self.at, position) - 1)][1]


def pattern(rule: str) -> str:
    """A rule as a regular expression. `{class}` is any word of that class, `{word}` any at all; a
    word is itself, `an?` is "a" or "an"; the rest is a regular expression as it is.
    """
    return _ITEM.sub(_item, _PLURAL.sub(r"(?:\1|\1\2)", rule))


def _item(match: re.Match[str]) -> str:
    if match["kept"]:
        return match["kept"]
    if match["name"] == "word":
        return r"[^\W\d_][^ /]*/\w*"
    if match["name"]:
        return rf"[^ /]+/\w*{SIGNS[match['name']]}\w*"
    return rf"{match['word'] or match['mark']}/\w*"


@lru_cache(4096)
def _signs(low: str) -> str:
    known = _KNOWN.get(low, "")
    if low.endswith("est") and len(low) > 5 and low not in lexicon.NO_SUPERLATIVES:
        return known + "E"
    return known + "R" if low.endswith("er") else known
