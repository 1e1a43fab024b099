"""A sentence as words with their classes, for rules that look at a word's neighbours.

``line`` has each word in small letters with the signs of its classes, separated by spaces:
`exports/s rose/t 12.4/D percent/f`. A rule is written as `{quantity} rose {digits} percent`, and a
method of :class:`WordClasses` turns it into a regular expression for such a line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from string import ascii_letters, digits

from broadsheet.text.lexicon import WordClass

_WORD = re.compile(
    r"""
    ((?:(?:US|NZ|HK|[ACRS])?[$€£¥₹]\ ?)?\d+(?:[.,:/]\d+)*(?:[^\W\d_]|[%‰°½¼¾²³])* | [½¼¾])   # a number with its signs
  | [^\W\d_]\w*(?:[’'][^\W\d_]+)*                                                            # a word
  | [^\w\s]""",
    re.VERBOSE,
)
_LETTER = r"[^\W\d_A-Z]"
_ITEM = re.compile(
    rf"""
    (?P<kept>\[[^\]]*\]|\{{\d[^}}]*\}})                         # a set of signs stays as it is
  | \{{(?P<name>\w+)\}}
  | (?<![\w\\?…])(?P<word>{_LETTER}(?:{_LETTER}|['’])*)(?P<more>…?)(?!{_LETTER}|['’/])
  | (?P<mark>(?<!\?)[,;:—§]|\\\.(?=[ )|])|(?<=[ (|:])-(?=[ )|]))""",
    re.VERBOSE,
)
_TWICE = re.compile(r"/\\w\*(?:\w\\w\*)?[)?…]*/")
_PLURAL = re.compile(rf"\b({_LETTER}+)({_LETTER})\?")

DIGITS, CAPITAL, INITIAL = "D", "K", "J"
_LOOKS = {"digits": DIGITS, "capital": CAPITAL, "initial": INITIAL}
"""Classes by the look of a word: a number, a word with a capital, one that begins the sentence."""
_GREEK = "".join(map(chr, range(ord("α"), ord("ω") + 1)))
_SIGNS = "".join(sign for sign in ascii_letters + digits + _GREEK if sign not in _LOOKS.values())


class WordClasses:
    """The classes of words of a language: each has a sign of one letter. Raises ValueError for
    classes that cannot be read.
    """

    def __init__(self, classes: Mapping[str, WordClass]) -> None:
        if len(classes) > len(_SIGNS):
            raise ValueError(f"`classes` are {len(classes)}; {len(_SIGNS)} are the most")
        signs = dict(zip(classes, _SIGNS, strict=False))
        self._signs = _LOOKS | signs
        self._members = {signs[name]: self._words(name, classes) for name in classes}
        self._patterns = {
            signs[name]: (compiled(of_class.pattern, f"classes.{name}"), of_class.except_)
            for name, of_class in classes.items()
            if of_class.pattern
        }
        self._known: dict[str, str] = {}

    def of(self, word: str) -> str:
        """Return the signs of a word in small letters."""
        signs = self._known.get(word)
        if signs is None:
            signs = "".join(sign for sign, words in self._members.items() if word in words)
            for sign, (pattern, excepted) in self._patterns.items():
                if word not in excepted and pattern.fullmatch(word):
                    signs += sign
            self._known[word] = signs
        return signs

    def has(self, word: str, name: str) -> bool:
        """Return True if a word is of the class ``name``; False if there is no such class."""
        return self._signs.get(name, "-") in self.of(word)

    def pattern(self, rule: str, name: str) -> re.Pattern[str]:
        """Return a rule as a regular expression. `{class}` is any word of that class, `{word}` any
        at all; a word is itself, with `…` any that begins so, and `an?` is "a" or "an"; the rest is
        a regular expression as it is. Raises ValueError.
        """
        pattern = _ITEM.sub(self._item, _PLURAL.sub(r"(?:\1|\1\2)", rule))
        if _TWICE.search(pattern):
            raise ValueError(
                f"`{name}` has a `/` after a word, a class or a group, which brings its own"
            )
        return compiled(pattern, name)

    def _item(self, match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"]
        if match["name"] == "word":
            return r"[^\W\d_][^ /]*/\w*"
        if match["name"]:
            if match["name"] not in self._signs:
                raise ValueError(f"there is no class {match[0]}: {match.string}")
            return rf"[^ /]+/\w*{self._signs[match['name']]}\w*"
        rest = "[^ /]*" if match["more"] else ""
        return rf"{match['word'] or match['mark']}{rest}/\w*"

    def _words(self, name: str, classes: Mapping[str, WordClass], depth: int = 0) -> frozenset[str]:
        """Return the words of a class, including those of the classes that it names."""
        if name not in classes or depth > len(classes):
            raise ValueError(f"`{{{name}}}` is no class, or is made of itself")
        named = [word[1:-1] for word in classes[name].words if word.startswith("{")]
        others = [self._words(other, classes, depth + 1) for other in named]
        return classes[name].words.union(*others) - classes[name].except_


def compiled(text: str, name: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression of the file, called ``name`` in messages. Raises ValueError."""
    try:
        return re.compile(text, flags)
    except re.error as error:
        raise ValueError(f"`{name}` is no regular expression: {error}") from error


class Tagged:
    """The words of the sentence from ``start`` up to ``end`` of a text. Word i is ``words[i]``, in
    small letters and with the signs of its classes; it starts at ``at[i]`` in the ``line``, and is at
    ``spans[i]`` in the text.
    """

    __slots__ = ("at", "line", "spans", "text", "words")

    def __init__(self, text: str, start: int, end: int, classes: WordClasses) -> None:
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self.at: list[int] = []
        self.words: list[str] = []
        length, initial, before = 0, True, start
        for match in _WORD.finditer(text, start, end):
            word = match[0]
            low = word.lower()
            if match.lastindex:
                low, signs, initial = low.replace("/", "⁄").replace(" ", ""), DIGITS, False
            elif word[0].isalpha():
                signs = classes.of(low)
                if word[0].isupper():
                    signs += INITIAL if initial else CAPITAL
                initial = False
            else:
                low = _dash(text, match, before) if low in "-–" else low
                signs = classes.of(low)
            before = match.end()
            self.spans.append(match.span())
            self.at.append(length)
            tagged = f"{low}/{signs}"
            length += len(tagged) + 1
            self.words.append(tagged)
        self.line = " ".join(self.words)

    def last(self, position: int) -> int:
        """Return the last word that starts before ``position`` of the line."""
        return max(0, bisect_left(self.at, position) - 1)


def _dash(text: str, match: re.Match[str], before: int) -> str:
    """Return a hyphen within a word, or a dash between words."""
    is_apart = match.start() > before or text[match.end() : match.end() + 1].isspace()
    return "—" if is_apart else "-"
