"""Reads what words mean that rest on a claim: "more than doubled", "the second-highest since 2010".

The rules are in the file of a language, under `[meanings]` (:mod:`broadsheet.text.lexicon`). A rule is a
line: what the words mean, then a regular expression for them, in small letters.

    up                  {up}
    times=2 up          doubl(?:ed|es|ing)|twice
    high                {rank}[- ]{highest}

`{up}` is any word of a class. `{number}`, `{fraction}`, `{rank}` and `{when}` (a year, or a month and
a year) stand for what they name, and are the values of the meanings `times`, `by`, `amount`, `part`,
`high`, `low`, `count`, `all`, `in-a-row`, `within` and `since`; `year-before` has the months between two
times. `{number} in {whole}` is a fraction, `{number} of {of}` a count of so many; `{limit}` is the number
behind "more than"; `{about}` stands for a rounding word, "more than", "nearly", or none. At a place the
longest words count, of equal ones the first rule.

What the meanings are is said by :mod:`broadsheet.verify.wording.word_truth`, which evaluates them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from broadsheet.errors import ConfigError
from broadsheet.notebook.values import rounding
from broadsheet.notebook.values.rounding import PLAIN, Rounding
from broadsheet.text.lexicon import EXAMPLE, FOLDER, Lexicon, any_of
from broadsheet.verify.wording.recorded_comparisons import Time
from broadsheet.verify.wording.rule_beginnings import ITEM, beginnings, starts_in

KINDS = frozenset(
    (
        *("up", "down", "level", "times", "as-much", "by", "part", "high", "low", "more", "less"),
        *("equal", "slower", "faster", "wider", "narrower", "none-more", "none-less", "overtake"),
        *("first-time", "only", "none", "no", "most", "all", "each", "in-a-row", "ever", "since"),
        *(
            "within",
            "count",
            "extreme",
            "at-most",
            "at-least",
            "nothing",
            "amount",
            "year-before",
            "better",
        ),
        *("all-but", "only-these", "back", "top", "any", "of-year"),
    )
)
"""The kinds of meanings that words can have."""
_FIGURES = r"\d{1,3}(?: \d{3}){1,4}(?![\d.,]*\d)|\d{1,15}(?:[.,]\d{1,15}){0,5}"
_YEARS = r"(?:1[5-9]|2[01])\d\d"
_SENTENCES = 100
"""The number of sentences whose matches are remembered."""
_STOP = re.compile(r"[,;:()—–]|(?<!\d)\.(?!\d)")
_DENIED_BY_NEVER = frozenset(("up", "down", "more", "less", "times", "by", "equal", "overtake"))
"""The meanings that "never" denies at the beginning of its clause; other words may have it in them.
"""
_OF_TIMES = frozenset(("only", "count", "each", "since", "first-time"))
_OUTSIDE = _OF_TIMES | {"all", "most", "none", "no", "part", "high", "low", "extreme", "of-year"}
"""The meanings that words outside of a claim may add to it, in its clause or before a comma."""


@dataclass(frozen=True)
class Meaning:
    """A meaning of some words."""

    kind: str
    """The meaning, of :data:`KINDS`."""
    words: str
    """The words."""
    start: int
    """The position of their first letter."""
    end: int
    """The position behind their last letter."""
    size: float | None = None
    """A number: of times, of a part, a rank, or of steps in a row."""
    of: float | None = None
    """The whole of which the size is."""
    time: Time | None = None
    """The time that the words name."""
    round_to: Rounding = PLAIN
    """The rounding that a word before the size asks for."""
    is_percent: bool = False
    """The size is in percent."""
    is_ordinal: bool = False
    """The size is a rank, "third"."""
    is_denied: bool = False
    """Words before or after it turn the meaning round."""
    is_limited: bool = False
    """The meaning is about the number behind it, "more than 30 billion"."""


@dataclass(frozen=True)
class _Rule:
    """A line of the rules. Its pattern is compiled when a text may have its words."""

    means: tuple[tuple[str, float | None], ...]
    """The meanings, with their fixed sizes."""
    line: str
    """The line."""
    beginnings: frozenset[str]
    """The letters with one of which a word of the text must begin."""
    compiled: Callable[[str], re.Pattern[str]]
    """The compiler of a line."""

    @cached_property
    def form(self) -> re.Pattern[str]:
        """The words. Raises ValueError for a line that is no regular expression."""
        return self.compiled(self.line)


class Meanings:
    """The meanings of the words of a language. Raises ValueError for a rule that cannot be read."""

    def __init__(self, words: Lexicon) -> None:
        self._words = meanings = words.meanings
        self._counts = {word: number for number, word in enumerate(words.facts.counts)}
        self._rounding = rounding.known_words(words.facts.rounding)
        self._ranks = {word: number for number, word in enumerate(meanings.ranks, start=1)}
        self._months = {
            word: number % 12 + 1 for number, word in enumerate(meanings.months)
        }  # in their order, perhaps twice: short forms
        self._items = 0
        self._classes = {
            name: words_of.words - words_of.except_ for name, words_of in meanings.classes.items()
        }
        self._rules = [self._rule(line) for line in meanings.rules.splitlines() if line.strip()]
        denials = any_of(meanings.denials)
        self._denied = re.compile(
            rf"(?<!\w)(?:{denials})(?!\s+(?:{any_of(meanings.wholes)})\s)(?:\s+[\w’'-]+){{0,3}}\s*$"
        )
        self._hedged = re.compile(rf",?(?: \w+){{0,6}},? (?:{meanings.hedges})(?!\w)")
        # marks and words between clauses
        splits = any_of([*meanings.contrasts, *meanings.joins])
        self.breaks = re.compile(rf"[;:()—–]|(?<!\w)(?:{splits})(?!\w)")
        self.excepted = re.compile(rf"(?<!\w)(?:{meanings.exceptions})(?!\w)")
        self.shared = re.compile(rf"(?<!\w)(?:{any_of(meanings.shared)})(?!\w)")
        than = [*meanings.than, *meanings.compared]
        self._than = re.compile(rf"(?<!\w)(?:{any_of(than)})(?!\w)")
        self._compared = re.compile(rf"(?<!\w)(?:{any_of(meanings.compared)})(?: \w+){{0,2}} $")
        self._never = re.compile(rf"(?:^|[,;:()—–])\s*(?:{meanings.never})(?!\w)[^,;:()—–]*$")
        ends = r"(?=\s*(?:[.,;:!?()—–]|$))"
        after = any_of(meanings.denials_after)
        self._denied_after = re.compile(rf"(?:\s[\w'-]+){{0,4}}?\s(?:{after})(?:\s\w+)?{ends}")
        comparatives = any_of([*self._classes.get("more", ()), *self._classes.get("less", ())])
        self._open = re.compile(
            rf"(?<!\w)(?:{comparatives}|(?:{any_of(meanings.degree)}) \w+)$"
        )  # they may stand without the other side: "more were sold in 2023"
        # Each mark of a sentence asks for all of it, several times.
        self._matches = lru_cache(maxsize=_SENTENCES)(self._matched)

    def compile(self) -> None:
        """Compile all rules. Raises ValueError for one that is no regular expression."""
        for rule in self._rules:
            _ = rule.form

    def other_side(self, text: str, meaning: Meaning) -> int | None:
        """Return the position at which the other side of a comparison begins in a text in small
        letters: at "than", or behind words such as "exceeded". None if the text has no other side:
        "more were sold in 2023".
        """
        if self._open.search(plain(meaning.words)):
            pivot = self._than.search(text, meaning.end)
            return pivot.start() if pivot else None
        return meaning.end

    def is_other(self, text: str, at: int) -> bool:
        """Return True if a name is what something is compared with: "compared with 2019"."""
        return self._compared.search(text, 0, at) is not None

    def named_time(self, year: str, month: str | None) -> Time:
        """Return the time of a year in figures, or of a month by its name in one."""
        return (int(year), self._months[month]) if month else (int(year),)

    def around(self, text: str, start: int, end: int) -> list[Meaning]:
        """Return the meanings of words before those from ``start`` up to ``end``, and behind them,
        that say of how many the claim is, or since when: "Most parties [gained]", "Since 2016,
        exports [rose]".
        """
        low = plain(text)
        pauses = [match.end() for match in _STOP.finditer(low, 0, start)]
        breaks = [match.end() for match in self.breaks.finditer(low, 0, start)]
        first = max(breaks, default=0)
        ends = [match.start() for form in (_STOP, self.breaks) for match in form.finditer(low, end)]
        last = min(ends, default=len(low))
        near = max(pauses, default=0)
        return [
            meaning
            for meaning in self.of(text, first, last)
            if (meaning.end <= start or meaning.start >= end)
            and (meaning.kind in _OF_TIMES if meaning.start < near else meaning.kind in _OUTSIDE)
            and (meaning.kind != "since" or meaning.time is not None)
        ]

    def of(self, text: str, start: int, end: int) -> list[Meaning]:
        """Return the meanings of the words of a sentence that touch those from ``start`` up to
        ``end``.
        """
        low = plain(text)
        meanings, done = list[Meaning](), -1
        for rule, match in self._matches(low):
            first, last = match.span()
            if done <= first < end and start < last:
                is_denied = (
                    self._denied.search(low, max(0, first - 60), first) is not None
                    or self._denied_after.match(low, last) is not None
                )
                is_never = self._never.search(low[:first]) is not None
                if is_never and all(kind in _DENIED_BY_NEVER for kind, _ in rule.means):
                    is_denied = True
                meanings += self._meanings(rule, match, text, is_denied)
                done = last
        # "In any year" says something of its own only behind "not".
        return [
            meaning
            for meaning in meanings
            if meaning.kind != "nothing" and (meaning.kind != "any" or meaning.is_denied)
        ]

    def _matched(self, low: str) -> Sequence[tuple[_Rule, re.Match[str]]]:
        """Return all that the rules find in a text in small letters, in the order in which it counts."""
        starts = starts_in(low)
        matches = [
            (rule, match)
            for rule in self._rules
            if not rule.beginnings.isdisjoint(starts)
            for match in rule.form.finditer(low)
        ]
        return sorted(matches, key=lambda pair: (pair[1].start(), -pair[1].end()))

    def _meanings(
        self, rule: _Rule, match: re.Match[str], text: str, is_denied: bool
    ) -> Iterator[Meaning]:
        named = match.groupdict().items()
        groups: dict[str, str] = {}
        for key, part in named:
            if part is not None:  # of two numbers the first: "five of the eight"
                groups.setdefault(key.partition("_")[0], part)
        size, is_percent = self._size(groups)
        round_to = rounding.rounding_of(groups.get("rounding", ""), self._rounding)
        if round_to is PLAIN and self._hedged.match(plain(text), match.end()):
            round_to = Rounding(0, is_near=True)
        for kind, fixed in rule.means:
            yield Meaning(
                kind,
                text[match.start() : match.end()],
                match.start(),
                match.end(),
                fixed if fixed is not None else size,
                self._number(groups["of"]) if "of" in groups else None,
                self.named_time(groups["year"], groups.get("month")) if "year" in groups else None,
                round_to,
                is_percent,
                "rank" in groups,
                is_denied and kind not in ("since", "within", "year-before"),
                "limit" in groups,
            )

    def _size(self, groups: dict[str, str]) -> tuple[float | None, bool]:
        if word := groups.get("fraction"):
            return float(self._words.fractions[" ".join(word.replace("-", " ").split())]), False
        if word := groups.get("rank"):
            digits = re.match(r"\d+", word)
            return float(digits[0]) if digits else float(self._ranks[word]), False
        if word := groups.get("number"):
            whole = groups.get("whole")
            size = (
                self._number(word) / (self._number(whole) or 1.0) if whole else self._number(word)
            )
            return size, "percent" in groups
        return None, False

    def _number(self, word: str) -> float:
        if word in self._counts:
            return float(self._counts[word])
        decimal = self._words.decimal
        apart = "," if decimal == "." else "."
        return float(word.replace(apart, "").replace(" ", "").replace(decimal, "."))

    def _rule(self, line: str) -> _Rule:
        meant, _, form = line.strip().partition("  ")
        means = []
        for named in meant.split():
            kind, _, size = named.partition("=")
            if kind not in KINDS:
                raise ValueError(f"`meanings.rules`: there is no meaning {kind!r}: {line.strip()}")
            means.append((kind, _fixed(size, line)))
        return _Rule(tuple(means), line, beginnings(form.strip(), self._beginnings), self._compiled)

    def _compiled(self, line: str) -> re.Pattern[str]:
        form = ITEM.sub(self._item, line.strip().partition("  ")[2].strip())
        try:
            return re.compile(rf"(?<![\w])(?:{form})(?![\w])")
        except re.error as error:
            raise ValueError(
                f"`meanings.rules` has a regular expression that is none: {error}: {line.strip()}"
            ) from error

    def _beginnings(self, name: str) -> Iterable[str]:
        """Return the beginnings of the texts that an item stands for."""
        digits, counts = tuple("0123456789"), tuple(self._counts)
        if name in ("number", "whole", "of"):
            return (*digits, *counts)
        if name == "limit":
            return (*"$€£", *digits, *counts)
        if name == "fraction":
            return [words.split()[0] for words in self._words.fractions]
        if name == "rank":
            return (*self._ranks, *beginnings(self._words.rank_figures, self._beginnings))
        if name == "percent":
            return beginnings(self._words.percent, self._beginnings)
        if name == "when":
            return (*digits, *self._months)
        return self._class(name)

    def _class(self, name: str) -> Iterable[str]:
        """Return the words of a class. Raises ValueError for one that the rules do not have."""
        if name not in self._classes:
            raise ValueError(f"`meanings.rules`: there is no class {{{name}}}")
        return self._classes[name]

    def _item(self, match: re.Match[str]) -> str:
        name = match[1]
        self._items += 1
        at = self._items  # a group has one name in a rule
        if name == "about":
            return rf"(?:(?P<rounding_{at}>{any_of(self._rounding)})\s+)?"
        if name in ("number", "whole", "of"):
            counts = any_of(self._counts)
            return rf"(?P<{name}_{at}>{_FIGURES}|{counts})"
        if name == "fraction":
            words = any_of(self._words.fractions).replace(r"\ ", r"[\s-]")
            return rf"(?P<fraction_{at}>{words})"
        if name == "rank":
            return rf"(?P<rank_{at}>{any_of(self._ranks)}|{self._words.rank_figures})"
        if name == "limit":
            return rf"(?P<limit_{at}>[$€£]?(?:{_FIGURES})|(?:{any_of(self._counts)})(?!\w))"
        if name == "percent":
            return rf"(?P<percent_{at}>{self._words.percent})"
        if name == "when":
            return rf"(?:(?P<month_{at}>{any_of(self._months)})\s+)?(?P<year_{at}>{_YEARS})"
        return f"(?:{any_of(self._class(name))})"


@cache
def meanings_of(words: Lexicon) -> Meanings:
    """Return the meanings of the words of a language; the rules of a publication's own file are
    compiled at once, so that a mistake is seen. Raises :class:`ConfigError`.
    """
    try:
        meanings = Meanings(words)
        if words.file.startswith(FOLDER):
            meanings.compile()
        return meanings
    except (ValueError, KeyError) as error:
        raise ConfigError(
            words.file, f"the rules of `[meanings]` cannot be used: {error}", EXAMPLE
        ) from error


def plain(text: str) -> str:
    """Return a text in small letters, with plain apostrophes and spaces, as long as it was."""
    low = text.lower()
    if len(low) != len(text):  # "İ" has two characters in small letters
        low = "".join(letter if len(letter.lower()) > 1 else letter.lower() for letter in text)
    return re.sub(r"\s", " ", low.replace("’", "'").replace("\u2011", "-"))


def _fixed(size: str, line: str) -> float | None:
    """Return the size that a rule gives: `2`, `1/2`."""
    if not size:
        return None
    try:
        over, _, under = size.partition("/")
        return float(over) / float(under or 1)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"`meanings.rules`: {size!r} is no number: {line.strip()}") from None
