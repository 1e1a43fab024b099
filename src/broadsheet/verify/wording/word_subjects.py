"""Which values a word in a sentence is about: the clause that it stands in, the names that the clause has,
and on which side of "than" they stand.

Names are compared by the stems of their words. Words that name the same are lines of `alike` in the
file of a language, "sold" and "exports"; countries are known by their names in English and in the
language of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.place_names import countries
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    Comparison,
    Extreme,
    Pair,
    Time,
    year_in,
)

_STOP = re.compile(r"[,;:()—–]|(?<!\d)\.(?!\d)")
_WORD = re.compile(r"\w+")
_SHORT = 3
"""The fewest letters of a word by which a side of a comparison is recognised."""
_STEM = 5
_FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


@dataclass(frozen=True)
class Subjects:
    """The things that the words of a sentence are about."""

    sentence: str
    """The sentence."""
    words: Lexicon
    """The words of its language."""
    comparisons: Sequence[Comparison] = ()
    """The comparisons of the claim that the words rest on."""

    @cached_property
    def _text(self) -> str:
        return plain(self.sentence)

    @cached_property
    def _joins(self) -> list[int]:
        """The positions at which a part of the sentence begins that may speak of something else: at
        "and", "while".
        """
        return [match.start() for match in _joins(self.words).finditer(self._text)]

    def are_together(self, this: Meaning, other: Meaning) -> bool:
        """Return True if two meanings stand in the same part of the sentence."""
        first, last = sorted((this, other), key=lambda meaning: meaning.start)
        return not any(first.end <= join <= last.start for join in self._joins)

    def concerned(self, meaning: Meaning) -> Sequence[Comparison]:
        """Return the comparisons that the words around a meaning name, and not others; all if they
        name none.
        """
        if len(self.comparisons) < 2:
            return self.comparisons
        before, behind, *goes_on = self._around(meaning)
        names, with_years = self._keys
        for span, keys in [
            (before, with_years),
            (behind, with_years),
            *((s, names) for s in goes_on),
        ]:
            written = _stems(self._text[slice(*span)])
            named = [
                comparison
                for comparison, key in zip(self.comparisons, keys, strict=True)
                if not written.isdisjoint(key)
            ]
            if named:
                return [
                    comparison
                    for comparison in self.comparisons
                    if comparison in named or self._is_of(comparison, named)
                ]
        return self.comparisons

    def are_two(self, meaning: Meaning) -> bool:
        """Return True if the words before a meaning name one of several comparisons, and those behind it
        another: "Felbridge fell behind Harwick" on the change of each.
        """
        if len(self.comparisons) < 2:
            return False
        before, behind, *_ = self._around(meaning)
        names, _ = self._keys
        first, second = (
            {
                number
                for number, key in enumerate(names)
                if not key.isdisjoint(_stems(self._text[slice(*span)]))
            }
            for span in (before, behind)
        )
        return bool(first and second) and first.isdisjoint(second)

    def _is_of(self, comparison: Comparison, named: Sequence[Comparison]) -> bool:
        """Return True if cases are those of which a named comparison is the number, or a single
        one.
        """
        if not isinstance(comparison, Cases):
            return False
        return any(
            isinstance(pair, Pair)
            and (
                comparison.holds is pair.this.series
                or comparison.holds is pair.than.series
                or (comparison.since is not None and comparison.since == pair.this.at)
            )
            for pair in named
        )

    @cached_property
    def _keys(self) -> tuple[list[set[str]], ...]:
        """The stems by which each comparison is told from the others: of its names, and with the year
        of its later value.
        """
        names = [
            {stem for stem in _stems(_names(comparison)) if not stem.isdigit()}
            for comparison in self.comparisons
        ]
        years = [
            {str(time[0])} if (time := _last(comparison)) else set()
            for comparison in self.comparisons
        ]
        both = [stems | year for stems, year in zip(names, years, strict=True)]
        kinds = []
        for keys in (names, both):
            common = keys[0].intersection(*keys)
            kinds.append([self.alike(stems - common) for stems in keys])
        return tuple(kinds)

    def is_straight(self, meaning: Meaning, this: str, than: str, is_beside: bool) -> bool | None:
        """Return True if the sentence speaks of ``this``, the first side of a comparison, and
        compares it with ``than``; False if it is the other way round, None if that cannot be told.
        In a clause that names neither, the author means the first, if it has a name at all and the
        condition stands there.
        """
        meanings = meanings_of(self.words)
        common = _common(self.words)
        ours, theirs = _stems(this) - common, _stems(than) - common
        low = _clause(self._text, meaning)
        at_this = _first(low, self.alike(ours - theirs))
        at_than = _first(low, self.alike(theirs - ours))
        middle = meanings.other_side(low, meaning)
        if at_this is None and at_than is None:
            is_open = middle is not None and self._goes_on(low, middle)
            return True if is_beside and ours != theirs and not is_open else None
        if at_this is None or at_than is None:
            at, is_this = (at_this, True) if at_than is None else (at_than, False)
            assert at is not None
            if middle is not None and at > middle and self._has_name(middle, at):
                return None
            is_first = (middle is None or at < middle) and not meanings.is_other(low, at)
            return is_first == is_this
        if meanings.is_other(low, at_this) != meanings.is_other(low, at_than):
            return meanings.is_other(low, at_than)
        if middle is None or (at_this < middle) == (at_than < middle):
            return None
        return at_this < at_than

    def in_order(self, comparison: Comparison) -> Comparison:
        """Return a comparison of two columns of a row as a change, if their names say which is the
        later.
        """
        if not isinstance(comparison, Pair) or comparison.in_time or comparison.is_change:
            return comparison
        if comparison.this.is_constant or comparison.than.is_constant:
            return comparison
        this, than = comparison.this, comparison.than
        if this.where != than.where or this.what == than.what or this.parts or than.parts:
            return comparison
        order = self._order(this.what, than.what)
        if order == 0:
            return comparison
        if order > 0:
            return replace(comparison, is_change=True)
        sign = _FLIPPED.get(comparison.sign, comparison.sign)
        return replace(comparison, sign=sign, this=than, than=this, is_change=True)

    def moved(self, cases: Cases) -> int:
        """Return the direction, 1 or -1, for which the cases hold; 0 if the names of the two sides
        do not say which is the later.
        """
        if cases.step:
            return cases.step
        if not cases.sign or cases.sign not in "<>≤≥":
            return 0
        sign = 1 if cases.sign[:1] in ">≥" else -1
        return sign * self._order(cases.this, cases.than)

    def _order(self, name: str, other: str) -> int:
        """Return 1 if the first name is that of later values, -1 if that of earlier ones, else 0."""
        first, second = year_in(name), year_in(other)
        if first and second:
            return (first > second) - (first < second)
        return self._is_late(name) - self._is_late(other)

    def _is_late(self, name: str) -> int:
        meanings = self.words.meanings
        words = {word for word in re.split(r"[\W_]+", plain(name)) if word}
        return bool(words & meanings.later) - bool(words & meanings.earlier)

    def _around(self, meaning: Meaning) -> Iterator[tuple[int, int]]:
        """Yield the spans in which the names of a meaning may stand, the likeliest first: before it
        in its part of the sentence, behind it, and before the "and" from which its part goes on.
        """
        stops = [match.start() for match in _STOP.finditer(self._text)]
        bounds = sorted({*stops, *self._joins})
        start = max((bound for bound in bounds if bound < meaning.start), default=0)
        end = min((bound for bound in bounds if bound >= meaning.end), default=len(self._text))
        yield start, meaning.start
        yield meaning.end, end
        if start in self._joins and start not in stops:
            yield max((bound for bound in bounds if bound < start), default=0), start

    def _goes_on(self, text: str, middle: int) -> bool:
        """Return True if the other side is what the same one did: "more than it bought"."""
        pronouns = any_of(self.words.meanings.pronouns)
        return re.match(rf"\w+,? (?:{pronouns})(?!\w)", text[middle:]) is not None

    def _has_name(self, middle: int, at: int) -> bool:
        """Return True if another name stands directly behind the word at which the other side
        begins.
        """
        word = _WORD.match(self._text, middle)
        rest = self.sentence[word.end() if word else middle : at].lstrip()
        return rest[:1].isupper()

    def alike(self, stems: set[str]) -> set[str]:
        """Return some stems, with those of the words that name the same."""
        groups = _groups(self.words)
        return stems.union(*(groups.get(stem, ()) for stem in stems))


def _stems(names: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(plain(names)) if len(word) >= _SHORT}


def _names(comparison: Comparison) -> str:
    if isinstance(comparison, Pair):
        return f"{comparison.this.names} {comparison.than.names}"
    return (
        f"{comparison.this} {comparison.than}"
        if isinstance(comparison, Cases)
        else comparison.this.names
    )


def _last(comparison: Comparison) -> Time | None:
    """Return the later time of a comparison."""
    if isinstance(comparison, Pair):
        return max(filter(None, (comparison.this.time, comparison.than.time)), default=None)
    return comparison.this.time if isinstance(comparison, Extreme) else None


def _clause(text: str, meaning: Meaning) -> str:
    """Return the clause that has the words of a meaning, with blanks in place of the others."""
    ends = [match.start() for match in _STOP.finditer(text)]
    start = max((end for end in ends if end < meaning.start), default=-1) + 1
    end = min((end for end in ends if end >= meaning.end), default=len(text))
    return " " * start + text[start:end]


def _first(text: str, stems: set[str], start: int = 0, end: int | None = None) -> int | None:
    """Return the position of the first word with one of some stems."""
    words = _WORD.finditer(text, start, len(text) if end is None else end)
    return next(
        (match.start() for match in words if len(match[0]) >= _SHORT and match[0][:_STEM] in stems),
        None,
    )


@cache
def _joins(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words at which another part of a sentence begins."""
    joins = any_of([*words.meanings.joins, *words.meanings.contrasts])
    return re.compile(rf"(?<!\w)(?:{joins})(?!\w)")


@cache
def _common(words: Lexicon) -> frozenset[str]:
    """Return the stems of words that name nothing: "the", "in"."""
    meanings = words.meanings
    listed = (
        meanings.articles,
        meanings.at_times,
        meanings.from_times,
        meanings.of_times,
        meanings.joins,
    )
    return frozenset(word[:_STEM] for few in listed for word in few)


@cache
def _groups(words: Lexicon) -> dict[str, set[str]]:
    """Return, for a stem, the stems of all words that name the same in a language."""
    groups: dict[str, set[str]] = {}
    lines = [line.split() for line in words.meanings.alike.splitlines()]
    lines += [[*pair] for pair in countries(words.language).items() if " " not in "".join(pair)]
    for line in lines:
        stems = {word[:_STEM] for word in line}
        for stem in stems:
            groups.setdefault(stem, set()).update(stems)
    return groups
