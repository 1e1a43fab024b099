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

from broadsheet.text.lexicon import Lexicon
from broadsheet.verify.claims.compared import Cases, Comparison, Extreme, Pair, Time, year_in
from broadsheet.verify.claims.meanings import Meaning, any_of, meanings_of, plain
from broadsheet.verify.claims.place_names import countries

_STOP = re.compile(r"[,;:()—–]|(?<!\d)\.(?!\d)")
_WORD = re.compile(r"\w+")
_SHORT = 3
"""The fewest letters of a word by which a side of a comparison is recognised."""
_STEM = 5
_FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


@dataclass(frozen=True)
class Subjects:
    """What the words of a ``sentence`` are about."""

    sentence: str
    words: Lexicon
    comparisons: Sequence[Comparison] = ()

    @cached_property
    def _text(self) -> str:
        return plain(self.sentence)

    @cached_property
    def _joins(self) -> list[int]:
        """Where a new part of the sentence begins that may speak of something else: at "and", "while"."""
        given = self.words.meanings
        joins = re.compile(rf"(?<!\w)(?:{any_of([*given.joins, *given.contrasts])})(?!\w)")
        return [match.start() for match in joins.finditer(self._text)]

    def are_together(self, one: Meaning, other: Meaning) -> bool:
        """Whether two meanings stand in the same part of the sentence."""
        first, last = sorted((one, other), key=lambda meaning: meaning.start)
        return not any(first.end <= join <= last.start for join in self._joins)

    def concerned(self, meaning: Meaning) -> Sequence[Comparison]:
        """The comparisons that the words around a meaning name, and not others; all if they name none."""
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
                one
                for one, key in zip(self.comparisons, keys, strict=True)
                if not written.isdisjoint(key)
            ]
            if named:
                return [one for one in self.comparisons if one in named or self._is_of(one, named)]
        return self.comparisons

    def _is_of(self, one: Comparison, named: Sequence[Comparison]) -> bool:
        """Whether cases are those of which a named comparison is the number, or a single one."""
        if not isinstance(one, Cases):
            return False
        return any(
            isinstance(pair, Pair)
            and (
                one.holds is pair.this.series
                or one.holds is pair.than.series
                or (one.since is not None and one.since == pair.this.at)
            )
            for pair in named
        )

    @cached_property
    def _keys(self) -> tuple[list[set[str]], ...]:
        """The stems by which each comparison is told from the others: of its names, and with the year
        of its later value.
        """
        names = [
            {stem for stem in _stems(_names(one)) if not stem.isdigit()} for one in self.comparisons
        ]
        years = [{str(time[0])} if (time := _last(one)) else set() for one in self.comparisons]
        both = [one | year for one, year in zip(names, years, strict=True)]
        kinds = []
        for keys in (names, both):
            common = keys[0].intersection(*keys)
            kinds.append([self._alike(one - common) for one in keys])
        return tuple(kinds)

    def is_straight(self, meaning: Meaning, this: str, than: str, is_beside: bool) -> bool | None:
        """Whether the sentence speaks of ``this``, the first side of a comparison, and compares it with
        ``than``; False if it is the other way round, None if that cannot be told. Where the clause
        names neither, the author means the first, if it has a name at all and the condition stands
        there.
        """
        known = meanings_of(self.words)
        common = _common(self.words)
        ours, theirs = _stems(this) - common, _stems(than) - common
        low = _clause(self._text, meaning)
        one = _first(low, self._alike(ours - theirs))
        other = _first(low, self._alike(theirs - ours))
        middle = known.other_side(low, meaning)
        if one is None and other is None:
            is_open = middle is not None and self._goes_on(low, middle)
            return True if is_beside and ours != theirs and not is_open else None
        if one is None or other is None:
            at, is_this = (one, True) if other is None else (other, False)
            assert at is not None
            if middle is not None and at > middle and self._has_name(middle, at):
                return None
            is_first = (middle is None or at < middle) and not known.is_other(low, at)
            return is_first == is_this
        if known.is_other(low, one) != known.is_other(low, other):
            return known.is_other(low, other)
        if middle is None or (one < middle) == (other < middle):
            return None
        return one < other

    def in_order(self, comparison: Comparison) -> Comparison:
        """A comparison of two columns of a row as a change, if their names say which is the later."""
        if not isinstance(comparison, Pair) or comparison.in_time or comparison.is_change:
            return comparison
        if comparison.this.is_constant or comparison.than.is_constant:
            return comparison
        one, other = comparison.this, comparison.than
        if one.where != other.where or one.what == other.what or one.parts or other.parts:
            return comparison
        order = self._order(one.what, other.what)
        if order == 0:
            return comparison
        if order > 0:
            return replace(comparison, is_change=True)
        sign = _FLIPPED.get(comparison.sign, comparison.sign)
        return replace(comparison, sign=sign, this=other, than=one, is_change=True)

    def moved(self, cases: Cases) -> int:
        """The direction, 1 or -1, for which the cases hold; 0 if the names of the two sides do not say
        which is the later.
        """
        if cases.step:
            return cases.step
        if not cases.sign or cases.sign not in "<>≤≥":
            return 0
        sign = 1 if cases.sign[:1] in ">≥" else -1
        return sign * self._order(cases.this, cases.than)

    def _order(self, one: str, other: str) -> int:
        """1 if the first name is that of later values, -1 if that of earlier ones, else 0."""
        first, second = year_in(one), year_in(other)
        if first and second:
            return (first > second) - (first < second)
        return self._is_late(one) - self._is_late(other)

    def _is_late(self, name: str) -> int:
        given = self.words.meanings
        words = {word for word in re.split(r"[\W_]+", plain(name)) if word}
        return bool(words & given.later) - bool(words & given.earlier)

    def _around(self, meaning: Meaning) -> Iterator[tuple[int, int]]:
        """Where the names of a meaning may stand, the likeliest first: before it in its part of the
        sentence, behind it, and before the "and" from which its part goes on.
        """
        stops = [match.start() for match in _STOP.finditer(self._text)]
        bounds = sorted({*stops, *self._joins})
        start = max((one for one in bounds if one < meaning.start), default=0)
        end = min((one for one in bounds if one >= meaning.end), default=len(self._text))
        yield start, meaning.start
        yield meaning.end, end
        if start in self._joins and start not in stops:
            yield max((one for one in bounds if one < start), default=0), start

    def _goes_on(self, text: str, middle: int) -> bool:
        """Whether the other side is what the same one did: "more than it bought"."""
        pronouns = any_of(self.words.meanings.pronouns)
        return re.match(rf"\w+,? (?:{pronouns})(?!\w)", text[middle:]) is not None

    def _has_name(self, middle: int, at: int) -> bool:
        """Whether another name stands directly behind the word at which the other side begins."""
        word = _WORD.match(self._text, middle)
        rest = self.sentence[word.end() if word else middle : at].lstrip()
        return rest[:1].isupper()

    def _alike(self, stems: set[str]) -> set[str]:
        """Some stems, with those of the words that name the same."""
        groups = _groups(self.words)
        return stems.union(*(groups.get(stem, ()) for stem in stems))


def _stems(names: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(plain(names)) if len(word) >= _SHORT}


def _names(one: Comparison) -> str:
    if isinstance(one, Pair):
        return f"{one.this.names} {one.than.names}"
    return f"{one.this} {one.than}" if isinstance(one, Cases) else one.this.names


def _last(one: Comparison) -> Time | None:
    """The later time of a comparison."""
    if isinstance(one, Pair):
        return max(filter(None, (one.this.time, one.than.time)), default=None)
    return one.this.time if isinstance(one, Extreme) else None


def _clause(text: str, meaning: Meaning) -> str:
    """The clause that has the words of a meaning, with blanks in place of the others."""
    ends = [match.start() for match in _STOP.finditer(text)]
    start = max((end for end in ends if end < meaning.start), default=-1) + 1
    end = min((end for end in ends if end >= meaning.end), default=len(text))
    return " " * start + text[start:end]


def _first(text: str, stems: set[str], start: int = 0, end: int | None = None) -> int | None:
    """Where the first word with one of some stems stands."""
    words = _WORD.finditer(text, start, len(text) if end is None else end)
    return next(
        (match.start() for match in words if len(match[0]) >= _SHORT and match[0][:_STEM] in stems),
        None,
    )


@cache
def _common(words: Lexicon) -> frozenset[str]:
    """The stems of words that name nothing: "the", "in"."""
    given = words.meanings
    listed = (given.articles, given.at_times, given.from_times, given.of_times, given.joins)
    return frozenset(word[:_STEM] for few in listed for word in few)


@cache
def _groups(words: Lexicon) -> dict[str, set[str]]:
    """For a stem, the stems of all words that name the same in a language."""
    groups: dict[str, set[str]] = {}
    lines = [line.split() for line in words.meanings.alike.splitlines()]
    lines += [[*pair] for pair in countries(words.language).items() if " " not in "".join(pair)]
    for line in lines:
        stems = {word[:_STEM] for word in line}
        for stem in stems:
            groups.setdefault(stem, set()).update(stems)
    return groups
