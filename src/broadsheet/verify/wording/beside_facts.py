"""Holds the years, months, quarters, names and columns in a sentence against the places from which its facts
come, and units and nouns against what the facts state.

A fact is of a value at a place of a table: exports, 2022. Words beside it may contradict that: "in 2021",
"imports came to". Of several facts in a sentence, each has the words that are nearest to it. What stands in
another clause, or is of something else ("a law of 2018"), is left alone, and so is a sentence that names
the place of the fact as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.sentences import PAUSE, Span
from broadsheet.verify.wording.beside_units import Stated, misfits
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.place_names import in_language
from broadsheet.verify.wording.recorded_comparisons import Time, time_of, year_in
from broadsheet.verify.wording.table_names import (
    Surroundings,
    rows_in,
    spoken_stem,
    stem_of,
    stems_of,
    words_at,
)

_YEAR = r"(?:1[5-9]|2[01])\d\d"
_STOP = re.compile(r"[;:()—–]")
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
class Contradiction:
    """Words beside a fact that are of another place."""

    fact: PlacedFact
    """The fact."""
    words: str
    """The words that contradict it."""
    of: str
    """The fact's own place, unit or text."""


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
    facts = [_with_years_of_columns(fact, around) for fact in facts]
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


def _with_years_of_columns(fact: PlacedFact, around: Surroundings) -> PlacedFact:
    """Return a fact with the years in the names of its columns, if the same table has the same column
    of another year: "Population 2023" beside "Population 2011".
    """
    if fact.times or not any(map(year_in, fact.whats)):
        return fact
    table = next((t for t in around.columns if {*fact.whats} <= {*t.values()}), {})
    kinds = Counter(_without_year(title) for title in {*table.values()})
    years = [year_in(what) for what in fact.whats if kinds[_without_year(what)] > 1]
    times = tuple(dict.fromkeys(filter(None, years)))
    return replace(fact, times=times) if len(years) == len(fact.whats) else fact


def _without_year(name: str) -> str:
    return re.sub(rf"(?<![\d-]){_YEAR}(?![\d-])", "", name)


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
                if not (PAUSE.search(between) or _fits(mention.time, fact.times)):
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
            return stem_of(lead[-2]) in stems_of(" ".join(fact.whats))  # "exports of 2021"
        if mention.before in self._words.at_times:
            if len(lead) <= 2:
                return True
            is_of_participle = len(lead) > 1 and self._words.participles.search(lead[-2])
            return not (PAUSE.search(between) or is_of_participle)
        is_first = not lead or lead in [[word] for word in self._words.articles]
        is_bare = self._words.bare_times and mention.before not in self._words.from_times
        if is_bare and self._words.participles.search(mention.before):
            return False
        return (is_first or is_bare) and not PAUSE.search(between)

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
    spans = [(other.start, other.end) for other in facts]
    left, right = segments(text, (fact.start, fact.end), spans, around.joined)
    return other_column(
        [*words_at(text, *left), *list(words_at(text, *right))[:2]], fact.whats, around
    )


def other_column(
    words: Sequence[tuple[int, str]],
    whats: Collection[str],
    around: Surroundings,
    alike: Callable[[set[str]], set[str]] = set,
    *,
    is_whole: bool = False,
) -> Span | None:
    """Return the span of the last of some words that names another column of the table than
    ``whats``, if none names one of these; if it ``is_whole``, they have all words of its name or its
    title close together, and of those of ``whats`` at most what it has as well. ``alike`` adds the stems
    of words that mean the same.
    """
    of_table = around.labels_beside(whats)
    spoken = {spoken_stem(word) for _, word in words}
    ours = set[str]().union(*(of_table.stems.get(what, ()) for what in whats))
    unique = {stem for stem in ours if all(title in whats for title, _ in of_table.labels[stem])}
    is_told = bool(ours if is_whole else unique) and len(of_table.labels) > len(ours)
    told = spoken & alike(ours)
    if not is_told or (told and not is_whole):
        return None
    theirs = {
        stem
        for stem in spoken
        for title, stems in of_table.labels.get(stem, ())
        if title not in whats
        and (
            not is_whole
            or (stems <= spoken and told <= of_table.stems[title] and _is_near(stems, words))
        )
    }
    named = [(at, word) for at, word in words if spoken_stem(word) in theirs - alike(ours)]
    if not named:
        return None
    at, word = named[-1]
    return at, at + len(word)


def _is_near(stems: Collection[str], words: Sequence[tuple[int, str]]) -> bool:
    """Return True if some words have the stems of a name together, with at most one other in between."""
    at = [number for number, (_, word) in enumerate(words) if spoken_stem(word) in stems]
    return len(stems) == 1 or any(
        len({spoken_stem(words[number][1]) for number in at[start : start + len(stems)]})
        == len(stems)
        and at[start + len(stems) - 1] - at[start] <= len(stems)
        for start in range(len(at) - len(stems) + 1)
    )


def _name(
    text: str, fact: PlacedFact, facts: Sequence[PlacedFact], around: Surroundings
) -> Span | None:
    """Return the span of the name of another place than the fact's."""
    ours = rows_in(fact.wheres, around)
    if len(ours) != 1 and len(fact.wheres) != 1:
        return None
    spans = [(other.start, other.end) for other in facts]
    before, (_, last) = segments(text, (fact.start, fact.end), spans, around.joined)
    return other_row(text, before, last, ours, around, around.leads)


def other_row(  # noqa: PLR0917
    text: str,
    before: Span,
    last: int,
    ours: Sequence[str],
    around: Surroundings,
    leads: re.Pattern[str],
    left_out: Collection[str] = (),
) -> Span | None:
    """Return the span of the name of another row that is not ``left_out``. It begins the part
    ``before`` of a sentence, or is the only one there, "in Norway", and one of ``ours`` is not in the
    sentence. The part goes on up to ``last``. Of several rows, each may have others in its column of
    the key.
    """
    start, end = before
    part = text[start:end]
    names = {row: in_language(row, around.language) for row in ours}
    spoken = _without_longer(text, names, around)
    missing = [row for row in ours if not any(name in spoken[start:last] for name in names[row])]
    if not missing:
        return None
    is_named = any(name in spoken for row in missing for name in names[row])
    own_names = [name for row in ours for name in names[row]]
    apart: list[Span] = []
    for place in around.named_in(part, None if len(ours) == 1 else missing):
        if place in ours or place in left_out:
            continue
        for name in in_language(place, around.language):
            whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
            if name not in part or any(map(whole.search, own_names)):
                continue
            match = re.match(
                rf"\W*(?:\w+\W+(?:\d{{4}}\W+)?)?(?P<name>{re.escape(name)})(?:'?s|')?(?!\w)", part
            )
            if match:
                return start + match.start("name"), start + match.end("name")
            at = part.find(name)
            is_whole = not re.match(r"\w", part[at + len(name) :])
            if is_whole and leads.search(part[:at]):
                apart.append((start + at, start + at + len(name)))
    return apart[0] if len(set(apart)) == 1 and not is_named else None


def _without_longer(text: str, names: Mapping[str, Collection[str]], around: Surroundings) -> str:
    """Return a text with blanks in place of other rows that have one of the ``names`` in theirs, for
    each row: "Nigeria" is not Niger.
    """
    own_names = [name for of_row in names.values() for name in of_row]
    for row in around.named_in(text):
        for name in in_language(row, around.language) if row not in names else ():
            if any(own_name in name for own_name in own_names if own_name != name):
                text = text.replace(name, " " * len(name))
    return text


def segments(
    text: str, span: Span, others: Iterable[Span], joined: re.Pattern[str]
) -> tuple[Span, Span]:
    """Return the spans of the text before a mark and after it, up to the next pause or to one of the
    ``others``.
    """
    start, end = 0, len(text)
    for match in PAUSE.finditer(text):
        if match.end() <= span[0]:
            start = match.end()
        elif match.start() >= span[1]:
            end = min(end, match.start())
    for first, last in others:
        if start <= last <= span[0]:  # the words behind it are its own, up to an "and"
            joins = list(joined.finditer(text, last, span[0]))
            start = joins[-1].start() if joins else span[0]
        elif first >= span[1]:
            end = min(end, first)
    return (start, span[0]), (span[1], end)


def _clause(text: str, fact: PlacedFact) -> Span:
    starts = [match.end() for match in _STOP.finditer(text, 0, fact.start)]
    stop = _STOP.search(text, fact.end)
    return max(starts, default=0), stop.start() if stop else len(text)
