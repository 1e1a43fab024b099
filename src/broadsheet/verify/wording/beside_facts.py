"""Holds the years, months, quarters, names and columns in a sentence against the places from which its facts
come, and units and nouns against what the facts state.

A fact is of a value at a place of a table: exports, 2022. Words beside it may contradict that: "in 2021",
"imports came to". Of several facts in a sentence, each has the words that are nearest to it. What stands in
another clause, or is of something else ("a law of 2018"), is left alone, and so is a sentence that names
the place of the fact as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.beside_units import Stated, misfits
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.place_names import in_language
from broadsheet.verify.wording.recorded_comparisons import Time, time_of

_YEAR = r"(?:1[5-9]|2[01])\d\d"
_STOP = re.compile(r"[;:()—–]")
_PAUSE = re.compile(r"[,;:()—–]")
_WORD = re.compile(r"[^\W_]+")
_SHORT, _STEM = 4, 5
"""The fewest letters of a word that names a column, and the number of them that are compared."""
_NEAR = 14
"""The most letters between a fact and the year that is directly beside it."""


@dataclass(frozen=True)
class PlacedFact:
    """A fact in a sentence."""

    start: int
    """The position of the fact's first letter in the sentence."""
    end: int
    """The position behind its last letter."""
    whats: tuple[str, ...]
    """The columns of the values that went into the fact."""
    wheres: tuple[str, ...]
    """The places of these values in their table."""
    times: tuple[Time, ...]
    """The times of these values."""
    stated: Stated
    """The fact as the sentence states it."""


@dataclass(frozen=True)
class Surroundings:
    """The names that the tables of a page have beside the values of its facts."""

    columns: Sequence[Mapping[str, str]] = ()
    """The titles of columns by their names, for each table."""
    places: tuple[str, ...] = ()
    """The names of places, the longest first."""
    common: frozenset[str] = frozenset()
    """The stems of words that name no column."""
    joined: re.Pattern[str] = re.compile(r"(?!)")
    """Words that join two facts, such as "and"."""
    leads: re.Pattern[str] = re.compile(r"(?!)")
    """Words before a place, such as "in"."""
    language: str = "en"
    """The language of the page."""


@dataclass(frozen=True)
class Contradiction:
    """Words beside a fact that are of another place."""

    fact: PlacedFact
    """The fact."""
    words: str
    """The words that contradict it."""
    of: str
    """The fact's own place, unit or text."""


def surroundings(
    columns: Iterable[Mapping[str, str]], places: Iterable[str], words: Lexicon
) -> Surroundings:
    """Return the names that the tables of a page have, for texts in a language."""
    common, joined, leads = _of_language(words)
    longest_first = tuple(sorted(set(places), key=lambda place: (-len(place), place)))
    return Surroundings(list(columns), longest_first, common, joined, leads, words.language)


@cache
def _of_language(
    words: Lexicon,
) -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    """Return the stems of a language's words that name no column, and patterns of those that join
    two facts, and of those before a place.
    """
    meanings = words.meanings
    common = {
        *meanings.than,
        *meanings.compared,
        *meanings.from_times,
        *meanings.at_times,
        *meanings.articles,
        *meanings.denials,
        *(word for family in meanings.units.values() for word in family),
    }
    return (
        frozenset(map(_stem, common)),
        re.compile(rf"\b(?:{any_of(meanings.joins)})\b"),
        re.compile(rf"(?<!\w)(?:{any_of(meanings.in_places)}) $"),
    )


def placed(start: int, end: int, fact: Mapping[str, Any]) -> PlacedFact:
    """Return a fact as it was declared, at its place in a sentence."""
    parts = fact.get("parts") or ()
    times = (time_of(part["at"]) for part in parts)
    return PlacedFact(
        start,
        end,
        tuple(dict.fromkeys(str(part["what"]) for part in parts if part["what"])),
        tuple(dict.fromkeys(str(part["where"]) for part in parts if part["where"])),
        tuple(dict.fromkeys(time for time in times if time)),
        Stated(
            start, end, str(fact.get("text", "")), fact.get("value"), str(fact.get("unit") or "")
        ),
    )


def contradictions(
    sentence: str, facts: Sequence[PlacedFact], around: Surroundings, words: Lexicon
) -> Iterator[Contradiction]:
    """Yield the words of a sentence that contradict the place of a fact, at most one for each fact."""
    if not facts:
        return
    low = plain(sentence)
    times = _Times(sentence, low, facts, words)
    for fact in facts:
        against = (
            times.against(fact)
            or _column(low, fact, facts, around)
            or _name(low, fact, facts, around)
        )
        shown = ", ".join((*fact.whats[:2], *fact.wheres[:2]))
        for span, stated in misfits(sentence, fact.stated, words) if not against else ():
            against, shown = span, stated
        if against:
            yield Contradiction(fact, sentence[slice(*against)], shown)


# Years and months


@dataclass(frozen=True)
class _Mention:
    """A year, a month or a day in the text."""

    start: int
    """The position of its first letter."""
    end: int
    """The position behind its last letter."""
    time: Time
    """The time that the words name."""
    before: str
    """The word before it."""


@dataclass(frozen=True)
class _Forms:
    """The words and patterns of a language for times."""

    months: Mapping[str, int]
    """The numbers of months by their names."""
    ranks: Mapping[str, int]
    """The numbers of quarters by their ranks."""
    time: re.Pattern[str]
    """A year, perhaps with a month and a day."""
    part_of_year: re.Pattern[str]
    """A month or a quarter behind a word such as "in"."""
    compared: re.Pattern[str]
    """Words before the other side of a comparison, up to the end of a text."""


@cache
def _forms(words: Lexicon) -> _Forms:
    meanings = words.meanings
    months = {word: number % 12 + 1 for number, word in enumerate(meanings.months)}
    ranks = {word: number for number, word in enumerate(meanings.ranks[:4], start=1)}
    time = (
        rf"(?:(?:(?P<day>\d{{1,2}})\.? )?(?P<month>{any_of(months)})\.? )?"
        rf"(?<![\d-])(?P<year>{_YEAR})(?![\d-])"
    )
    part_of_year = (
        rf"(?<!\w)(?P<at>{any_of(meanings.at_times)})(?: (?:{any_of(meanings.articles)}))?"
        rf" (?:(?P<month>{any_of(months)})(?!\w)|"
        rf"(?P<quarter>{any_of(ranks)})\w{{0,2}} (?:{any_of(meanings.quarters)})(?!\w))"
    )
    compared = rf"(?<!\w)(?:{any_of(meanings.compared)})(?: \w+){{0,2}} $"
    return _Forms(months, ranks, re.compile(time), re.compile(part_of_year), re.compile(compared))


class _Times:
    """The times that a sentence mentions, and to which of its facts each belongs."""

    def __init__(
        self, sentence: str, text: str, facts: Sequence[PlacedFact], words: Lexicon
    ) -> None:
        self._sentence, self._text, self._facts = sentence, text, facts
        self._words = words.meanings
        self._forms = _forms(words)
        self._mentions = [
            mention
            for mention in self._read()
            if not any(f.start <= mention.start < f.end for f in facts)
        ]

    def _read(self) -> Iterator[_Mention]:
        months = self._forms.months
        for match in self._forms.time.finditer(self._text):
            parts = [int(match["year"])]
            if match["month"]:
                parts += [months[match["month"]], *([int(match["day"])] if match["day"] else ())]
            lead = self._text[max(0, match.start() - 24) : match.start()].split()
            yield _Mention(match.start(), match.end(), tuple(parts), lead[-1] if lead else "")

    def against(self, fact: PlacedFact) -> Span | None:
        """Return the span of the time beside a fact that is not the fact's."""
        if not fact.times:
            return None
        start, end = _clause(self._text, fact)
        near = [
            mention for mention in self._mentions if start <= mention.start and mention.end <= end
        ]
        if len(fact.times) > 1:
            return self._against_change(fact, near)
        if bare := self._part_of_year(fact, start, end):
            return bare
        for mention in near:  # directly behind it: "$5 in 2021"
            between = self._text[fact.end : mention.start]
            if (
                fact.end <= mention.start
                and len(between) <= _NEAR
                and mention.before in self._words.at_times
            ):
                if not (_PAUSE.search(between) or _fits(mention.time, fact.times)):
                    return mention.start, mention.end
                return None
        if any(_fits(mention.time, fact.times) for mention in self._mentions):
            return None
        for mention in reversed(near):
            if mention.end <= fact.start and self._is_of(mention, fact):
                return mention.start, mention.end
        return None

    def _part_of_year(self, fact: PlacedFact, start: int, end: int) -> Span | None:
        """Return the span of the month or the quarter in a clause, without a year, that is not the
        fact's.
        """
        (time,) = fact.times
        if len(time) < 2 or len(self._facts) > 1:
            return None
        if any(
            len(mention.time) > 1 and _fits(mention.time, fact.times) for mention in self._mentions
        ):
            return None
        spans: list[Span] = []
        for match, months in self._parts_of_years():
            if time[1] in months:
                return None
            if start <= match.start() and match.end() <= end:
                spans.append((match.end("at") + 1, match.end()))
        return spans[0] if spans else None

    def _parts_of_years(self) -> Iterator[tuple[re.Match[str], Collection[int]]]:
        """Yield the months and quarters that stand without a year, with the numbers of their
        months.
        """
        months = self._forms.months
        for match in self._forms.part_of_year.finditer(self._text):
            if match["quarter"]:
                last = self._forms.ranks[match["quarter"]] * 3
                yield match, range(last - 2, last + 1)
                continue
            follows = re.compile(r" ?\d").match(self._text, match.end())
            is_day = follows and not any(fact.start == follows.end() - 1 for fact in self._facts)
            if self._sentence[match.start("month")].isupper() and not is_day:  # "may", "May 5"
                yield match, (months[match["month"]],)

    def _is_of(self, mention: _Mention, fact: PlacedFact) -> bool:
        """Return True if a time before a fact is the fact's: it begins the clause, or stands in it
        without a pause, and is not of something else.
        """
        between = self._text[mention.end : fact.start]
        if any(mention.end <= other.start < fact.start for other in self._facts):
            return False
        if any(0 <= mention.start - other.end <= _NEAR for other in self._facts):
            return False  # it is of the fact before it: "from $5 in 2019 to $7"
        lead = self._text[_clause(self._text, fact)[0] : mention.start].split()
        is_bare_year = len(mention.time) == 1 or all(len(time) == 1 for time in fact.times)
        if mention.before in self._words.of_times and len(lead) > 2 and is_bare_year:
            return _stem(lead[-2]) in _stems(" ".join(fact.whats))  # "exports of 2021"
        if mention.before in self._words.at_times:
            if len(lead) <= 2:
                return True
            is_of_participle = len(lead) > 1 and self._words.participles.search(lead[-2])
            return not (_PAUSE.search(between) or is_of_participle)
        is_first = not lead or lead in [[word] for word in self._words.articles]
        is_bare = self._words.bare_times and mention.before not in self._words.from_times
        if is_bare and self._words.participles.search(mention.before):
            return False
        return (is_first or is_bare) and not _PAUSE.search(between)

    def _against_change(self, fact: PlacedFact, near: Sequence[_Mention]) -> Span | None:
        """Return the span of the time beside a change between two times that is neither of them."""
        years = [time[:1] for time in fact.times]
        for mention in near:
            leads = mention.before in self._words.from_times or (
                mention.before in self._words.at_times
                and self._text[: mention.start].split()[-2:-1]
                and self._text[: mention.start].split()[-2] in self._words.from_times
            )
            leads = leads or self._forms.compared.search(self._text, 0, mention.start) is not None
            others = [other for other in self._facts if other is not fact]
            is_nearest = not any(_is_between(other, mention, fact) for other in others)
            if leads and is_nearest and not _fits(mention.time, (*fact.times, *years)):
                return mention.start, mention.end
        return None


def _is_between(other: PlacedFact, mention: _Mention, fact: PlacedFact) -> bool:
    return min(mention.start, fact.start) < other.start < max(mention.start, fact.start)


def _fits(time: Time, times: Sequence[Time]) -> bool:
    """Return True if a time is one of those of a fact, as exactly as both are known."""
    return any(
        time[: min(len(time), len(other))] == other[: min(len(time), len(other))] for other in times
    )


# Columns and names


def _column(
    text: str, fact: PlacedFact, facts: Sequence[PlacedFact], around: Surroundings
) -> Span | None:
    """Return the span of the name of another column that stands where that of the fact should."""
    if len(fact.whats) != 1:
        return None
    table = next((titles for titles in around.columns if fact.whats[0] in titles.values()), {})
    stems = {
        name: _stems(f"{name.replace('_', ' ')} {title}") - around.common
        for name, title in table.items()
    }
    ours = next(
        (stems[name] for name, title in table.items() if title == fact.whats[0]), frozenset()
    )
    others = set().union(*(stem for stem in stems.values() if stem is not ours)) - ours
    unique = ours - set().union(*(stem for stem in stems.values() if stem is not ours))
    if not unique or not others:
        return None
    left, right = _segments(text, fact, facts, around.joined)
    words = [*_words(text, *left), *list(_words(text, *right))[:2]]
    if any(_stem(word) in ours for _, word in words):
        return None
    named = [(at, word) for at, word in words if _stem(word) in others]
    if not named:
        return None
    at, word = named[-1]
    return at, at + len(word)


def _name(
    text: str, fact: PlacedFact, facts: Sequence[PlacedFact], around: Surroundings
) -> Span | None:
    """Return the span of the name of another place. It begins the part of the sentence in which the
    fact stands, or is the only one there, "in Norway", and the fact's is not in the sentence.
    """
    ours = [where for where in fact.wheres if where in around.places]
    if len(ours) != 1:
        return None
    our_names = in_language(ours[0], around.language)
    (start, end), (_, last) = _segments(text, fact, facts, around.joined)
    part = text[start:end]
    if any(name in text[start:last] for name in our_names):
        return None
    is_named = any(name in text for name in our_names)
    apart: list[Span] = []
    for place in around.places:
        for name in in_language(place, around.language):
            if (
                place == ours[0]
                or name not in part
                or any(name in our_name for our_name in our_names)
            ):
                continue
            match = re.match(rf"\W*(?:\w+\W+)?(?P<name>{re.escape(name)})(?!\w)", part)
            if match:
                return start + match.start("name"), start + match.end("name")
            at = part.find(name)
            is_whole = not part[at + len(name) : at + len(name) + 1].isalpha()
            if is_whole and around.leads.search(part[:at]):
                apart.append((start + at, start + at + len(name)))
    return apart[0] if len(set(apart)) == 1 and not is_named else None


def _segments(
    text: str, fact: PlacedFact, facts: Sequence[PlacedFact], joined: re.Pattern[str]
) -> tuple[Span, Span]:
    """Return the spans of the text before a fact and after it, up to the next pause or fact."""
    start, end = 0, len(text)
    for match in _PAUSE.finditer(text):
        if match.end() <= fact.start:
            start = match.end()
        elif match.start() >= fact.end:
            end = min(end, match.start())
    for other in facts:
        if start <= other.end <= fact.start:  # the words behind it are its own, up to an "and"
            joins = list(joined.finditer(text, other.end, fact.start))
            start = joins[-1].start() if joins else fact.start
        elif other.start >= fact.end:
            end = min(end, other.start)
    return (start, fact.start), (fact.end, end)


def _clause(text: str, fact: PlacedFact) -> Span:
    starts = [match.end() for match in _STOP.finditer(text, 0, fact.start)]
    stop = _STOP.search(text, fact.end)
    return max(starts, default=0), stop.start() if stop else len(text)


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for match in _WORD.finditer(text, start, end):
        yield match.start(), match[0]


@lru_cache(maxsize=1000)
def _stems(names: str) -> frozenset[str]:
    """Return the stems of the words of a column's names. Each fact asks for those of all columns."""
    stems = (_stem(word) for word in _WORD.findall(plain(names)) if not word.isdigit())
    return frozenset(stem for stem in stems if stem)


def _stem(word: str) -> str:
    return word[:_STEM] if len(word) >= _SHORT else ""
