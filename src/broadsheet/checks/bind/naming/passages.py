"""The words of a place of a text: the labels that the sentence names, and those before it, and the things
that the words beside a number are about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import permutations
from typing import Any

from broadsheet.checks.audit.places import plain_name
from broadsheet.checks.audit.quantities import Quantity, quantities_in
from broadsheet.checks.audit.vocabulary import (
    concepts_in,
    tokens,
    units,
    words_listed,
    words_of,
)
from broadsheet.checks.bind.naming.labels import DATE, form_of, label_positions, mentions
from broadsheet.checks.bind.naming.named_values import RATES, NamedColumn, is_dated

_BEHIND = re.compile(
    r"[\w ]{0,24}?(?:in|for|at the end of|of|im Jahr|bis|by|on|since|seit)?(?: the)?\s*\(?"
)
_GOES_ON = re.compile(
    r"\W*(?:(?:and|but|yet|by|in|since|und|aber|im|in) (?:[\w ]{0,20}?\b)?)?"
    r"(?:they|it|its|their|that|this|these|sie|es|ihr\w*|sein\w*|dies\w*|das)\b",
    re.IGNORECASE,
)
"""The beginning of a sentence that goes on about the subject of the one before."""
_LISTED_BEFORE = re.compile(r"(?:[A-Z]\w+|\d{4}),? (?:and|und|or|oder)(?: in| im)? $")
_LISTED_BEHIND = re.compile(
    r",? (?:and|und|or|oder)(?: in| im)? (?:[A-Z]\w+|\d{4})\b|(?:, [A-Z]\w+)+ (?:and|und|or|oder) [A-Z]"
)
"""The words between a label and others of which the same is said."""
_THAN = re.compile(r"\b(?:than|as|als|wie)(?: \w+){0,2} $", re.IGNORECASE)
"""The words before a label with which something is compared."""
_OTHER_SIDE = 0.8
"""The clearness that it lacks for a number directly behind it, which is of what is compared."""
_SAME_TIME = re.compile(
    r"\b(?:that|the same|jene\w*|diese\w*|demselben) (?:year|month|day|decade|jahr|monat|tag)",
    re.IGNORECASE,
)
"""Words for the time that was named last."""
_BALLOT = re.compile(r"\bby (?:a vote of )?(?P<yes>\d+)(?: votes)? to (?P<no>\d+)\b")
"""The result of a vote."""
TURN_TO_OTHERS = re.compile(r"[;—]\s|\b(?:while|whereas|but|während|aber)\b")
"""Words and marks behind which a sentence is about something else."""
GAP_WORDS = re.compile(
    r"\b(?:gap|difference|distance|lead|margin|discount|surplus|deficit|spread|Abstand|Unterschied|Vorsprung|"
    r"Rückstand|Differenz|Abschlag|Überschuss|Defizit)e?s?\b",
    re.IGNORECASE,
)
"""Words for how far two values are apart."""
_TIME = "year|month|decade|day|week|quarter|season|winter|summer"
"""The names of times."""
NEXT_TIME = re.compile(
    rf"\b(?:an?|one|the) (?:{_TIME}) (?:later\b|after(?=[.,;:]|$))"
    rf"|\b(?:the )?(?:next|following) (?:{_TIME})\b"
    r"|\bein(?:e|en)? (?:Jahr|Monat|Tag|Woche|Jahrzehnt|Saison) (?:später|darauf)\b"
    r"|\bim (?:Jahr|Monat|Winter|Sommer) darauf\b",
    re.IGNORECASE,
)
"""Words for the time behind the one that was named last."""
_GAP_BEFORE = re.compile(
    r"\b(?:the|this|that|its|their|der|die|dieser|ihr|sein) "
    rf"(?:[^\W\d_]+ )?(?:{GAP_WORDS.pattern})(?: [^\W\d_]+){{0,5}} $",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"\s+(?:(?:of|out of|von|der|aller)\s+)(?:(?:the|its|all|den)\s+)?")
"""The words between a number and that of which it is a part."""
_NEAR_PART = 0.006
"""The part by which a value may differ from such a number."""
_OF_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
"""A year in a sentence."""
_BEFORE = 0.4
"""The clearness of a label that only the sentences before name."""
_BY = 45
"""The letters beside a number in which words for a change or an extreme are looked for."""
_NEAR = 70
"""The letters beside a number in which the words for it are looked for."""


@dataclass(frozen=True)
class BoundPassage:
    """A sentence with what is said before it."""

    text: str
    """The sentence, with spaces for what is no prose."""
    before: str = ""
    """The sentences before it in its paragraph, and the heading."""
    language: str = "en"
    """The language."""
    day: str = ""
    """The day that its block is about, as `2023-11-29`; empty for none."""
    head: str = ""
    """The title and the other texts of the front matter."""
    year: str = ""
    """The year of the months that the tables have, if it is only one."""

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers, in order."""
        return tuple(quantities_in(self.text, (0, len(self.text)), words_of(self.language)))

    @cached_property
    def parts(self) -> tuple[tuple[float, float], ...]:
        """Its numbers of which the first is a part of the second: "27 of 79"."""
        pairs = permutations(self.quantities, 2)
        return tuple(
            (part.value * part.scale, whole.value * whole.scale)
            for part, whole in pairs
            if self.is_part_of(part.end, whole.start)
        )

    def is_part_of(self, end: int, start: int) -> bool:
        """True if the number that ends at a position is said to be a part of that which starts at another."""
        return end < start and _PART_OF.fullmatch(self.text, end, start) is not None

    def has_part(self, value: float, other: float) -> bool:
        """True if one of two values is said to be a part of the other: they are not held against each
        other.
        """
        return any(
            abs(part - less) <= _NEAR_PART * part and abs(whole - more) <= _NEAR_PART * whole
            for part, whole in self.parts
            for less, more in [sorted((value, other))]
        )


@dataclass(frozen=True)
class PlacedWords:
    """Words of a sentence that may be bound."""

    passage: BoundPassage
    """The sentence."""
    start: int
    """The position of their first letter in it."""
    end: int
    """The position behind their last letter."""

    @property
    def sentence(self) -> str:
        """The text of the sentence."""
        return self.passage.text

    @property
    def text(self) -> str:
        """The words."""
        return self.sentence[self.start : self.end]

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The things that the sentence is about."""
        return concepts_in(self.sentence)

    @cached_property
    def near(self) -> frozenset[str]:
        """The things that the words beside them are about."""
        first = max(0, self.start - _NEAR)
        text = f"{self.sentence[first : self.start]} | {self.sentence[self.end : self.end + _NEAR]}"
        return concepts_in(text) | self._ballot

    @property
    def noun(self) -> str:
        """The word behind them, if it says what is counted."""
        word = plain_name(self.behind)
        is_scale = word in words_of(self.passage.language).scales
        return "" if is_scale or word in words_listed("function") else word

    @cached_property
    def behind(self) -> str:
        """The unit at their end; else the word behind them, and behind a word for a power of ten."""
        last = (self.text.split() or [""])[-1]
        if families(last):
            return last
        match = _behind(self.passage.language).match(self.sentence, self.end)
        return match["word"] if match else ""

    @property
    def clause_behind(self) -> str:
        """The rest of the clause behind them."""
        return re.split(r"[.,;:()]", self.sentence[self.end :])[0]

    @cached_property
    def about(self) -> str:
        """The text beside them, in small letters."""
        return self.sentence[max(0, self.start - _BY) : self.end + _BY].lower()

    @cached_property
    def beside(self) -> frozenset[str]:
        """The things that the three words before and behind them are about."""
        left = " ".join(self.sentence[: self.start].split()[-3:])
        right = " ".join(re.split(r"[.;:()]", self.sentence[self.end :])[0].split()[:3])
        return concepts_in(f"{left} | {right}") | self._ballot

    @cached_property
    def _ballot(self) -> frozenset[str]:
        """The side of a vote that a number is: "by 141 votes to 7"."""
        for match in _BALLOT.finditer(self.sentence):
            for side, said in (("yes", "yes favour"), ("no", "no against")):
                if match.start(side) == self.start:
                    return concepts_in(said)
        return frozenset()

    @cached_property
    def context(self) -> frozenset[str]:
        """The things that the sentences before are about."""
        return concepts_in(self.passage.before)

    @cached_property
    def said(self) -> frozenset[str]:
        """The things that the sentence and those before are about."""
        return self.concepts | self.context | self._ballot

    @cached_property
    def carried(self) -> frozenset[str]:
        """The things that the sentence before is about, if this one goes on about them: "It rose"."""
        if not _GOES_ON.match(self.sentence):
            return frozenset()
        return concepts_in(self.sentence_before)

    @property
    def sentence_before(self) -> str:
        """The sentence before this one."""
        return re.split(r"(?<=[.!?])\s", self.passage.before.strip())[-1]

    def labels(self, column: NamedColumn) -> Mapping[Any, float]:
        """Return the labels of a column that the text names, each with how clearly: 2 for one that
        stands directly behind the words, 1 in the sentence, 0.5 before it.
        """
        return {} if column.is_numbered else _labels(self, tuple(column.places))

    def positions(self, label: Any) -> tuple[tuple[int, int], ...]:
        """Return the places of the sentence at which a label stands; of a month that the sentences before
        name with its year, also without it.
        """
        is_known = bool(label_positions(self.passage.before, label))
        return _positions(self.sentence, label, self.passage.year, is_known=is_known)

    def is_in_sentence_before(self, label: Any) -> bool:
        """True if a label stands in the sentence before this one."""
        return bool(_positions(self.sentence_before, label, self.passage.year))

    def part(self, breaks: re.Pattern[str]) -> tuple[int, int]:
        """Return the start and the end of the part of the sentence between breaks that they are in."""
        ends = [match.end() for match in breaks.finditer(self.sentence, 0, self.start)]
        behind = breaks.search(self.sentence, self.end)
        return ends[-1] if ends else 0, behind.start() if behind else len(self.sentence)

    def naming(self, column: NamedColumn) -> float:
        """Return how clearly the text names a column: 0 for not at all."""
        naming = column.own - _EMPTY
        score = 0.0
        if naming and not naming & self.said:
            is_of_frame = bool(column.other & (self.concepts | self.context)) or not column.other
            score -= _UNNAMED if is_of_frame else _UNTOLD
        if naming:
            score += 1.2 * len(naming & self.near) / len(naming)
            score += 0.5 * len(naming & (self.concepts | self._ballot)) / len(naming)
            score += 0.6 * bool(naming & self.beside)
            score += 0.2 * len(naming & self.context) / len(naming)
            score += self.carrying(column)
        score += 0.2 * min(3, len(column.other & self.concepts))
        score += 0.1 * min(2, len(column.other & self.context))
        if column.own & RATES:  # "20 percent" may be a rate, and how much something changed
            said = self.concepts & RATES
            score += 0.3 if naming and said - _PERCENT else 0 if said else -0.3
        for group in column.groups:
            score += 0.6 if mentions(self.sentence, group) else -0.4
        return score

    def carrying(self, column: NamedColumn) -> float:
        """Return how clearly the sentence before names a column, if this one goes on about it."""
        naming = column.own - _EMPTY
        return 0.7 * len(naming & self.carried - self.concepts) / max(1, len(naming))

    def lists(self, labels: Sequence[Any]) -> bool:
        """True if the sentence has one of some labels in a list with others: "in May and June"."""
        return any(
            _LISTED_BEFORE.search(self.sentence[:start]) or _LISTED_BEHIND.match(self.sentence, end)
            for label in labels
            for start, end in self.positions(label)
        )

    def is_held_against(self, label: Any) -> bool:
        """True if a label is only what the words before it are compared with: "8, more than France"."""
        positions = self.positions(label)
        return bool(positions) and all(
            start >= self.end and _THAN.search(self.sentence[:start]) for start, _ in positions
        )

    def is_of_others(self, column: NamedColumn) -> bool:
        """True if the noun behind a number is not one of a column."""
        if not self.noun:
            return False
        said = concepts_in(self.noun)
        named = column.named
        beginning = self.noun[:-2] if len(self.noun) >= _INFLECTED else self.noun
        is_of_persons = bool(said & words_listed("of-persons"))
        return not (
            said & named
            or families(self.noun) & families(column.unit)
            or any(word.startswith(beginning) for word in named)
            or (is_of_persons and named & words_listed("of-persons"))
        )


def _positions(
    text: str, label: Any, only_year: str, *, is_known: bool = False
) -> tuple[tuple[int, int], ...]:
    """Return the places of a text at which a label stands; of a month that is known, or is one of the only
    year, also without its year.
    """
    spans = label_positions(text, label)
    if spans or not (date := DATE.fullmatch(str(label))):
        return spans
    year, month, day = date.groups()
    is_only_year = year == only_year and not _OF_YEAR.search(text)
    if day is not None or not (is_only_year or is_known):
        return ()
    return tuple(match.span() for match in form_of(year, month, None).finditer(text))


@cache
def _behind(language: str) -> re.Pattern[str]:
    """Return the pattern of what stands behind a number, with its noun."""
    scales = "|".join(map(re.escape, words_of(language).scales))
    return re.compile(
        rf"(?:[\s-]*(?:{scales})\b\.?)?[\s-]*(?P<word>[^\W\d_][\w'’-]*)", re.IGNORECASE
    )


def families(text: str) -> frozenset[str]:
    """Return the families of the units in a text: mass, length."""
    words = tokens(text.replace("°", " degrees "))
    return frozenset(units()[word][0] for word in words if word in units())


_INFLECTED = 7
"""The letters of a word of which the last two may be an ending."""
_UNNAMED = 0.5
"""The clearness that a column lacks of whose name the text has nothing."""
_UNTOLD = 2.5
"""The clearness that a column lacks of which the text does not name the table, either."""
_PERCENT = concepts_in("percent")
_EMPTY = concepts_in("year share number rate")
"""Words that many columns have in their names."""


@lru_cache(maxsize=5_000)
def _labels(words: PlacedWords, places: tuple[Any, ...]) -> Mapping[Any, float]:
    named = dict[Any, float]()
    for place in places:
        at = [
            (start, end)
            for start, end in words.positions(place)
            if end <= words.start or words.end <= start  # a number is not its own label
        ]
        if at:
            named[place] = max(_nearness(words, start, end) for start, end in at)
        elif label_positions(words.passage.before, place):
            named[place] = _BEFORE
    if _SAME_TIME.search(words.sentence) and not any(c > _BEFORE for c in named.values()):
        ends = {
            place: max(end for _, end in spans)
            for place in named
            if is_dated(place) and (spans := label_positions(words.passage.before, place))
        }
        if ends:
            named[max(ends, key=ends.__getitem__)] = 1.0
    if (later := NEXT_TIME.search(words.sentence)) and not any(
        start < later.end() for place in named for start, _ in words.positions(place)
    ):  # "a year later it was 8, more than in 2020"
        named |= _next_time(words, places)
    if words.passage.day and not any(clear > _BEFORE for clear in named.values()):
        for place in places:
            if str(place).removesuffix(" 00:00:00") == words.passage.day:
                named[place] = 1.2
    return named


def _next_time(words: PlacedWords, places: tuple[Any, ...]) -> Mapping[Any, float]:
    """Return the place behind the last time that the text before names, if it is next to it."""
    ends = {
        at: max(end for _, end in spans)
        for at, place in enumerate(places)
        if is_dated(place) and (spans := label_positions(words.passage.before, place))
    }
    at = max(ends, key=ends.__getitem__) + 1 if ends else 0
    is_next = 0 < at < len(places) and _is_next(places[at - 1], places[at])
    return {places[at]: 1.0} if is_next else {}


def _is_next(place: Any, later: Any) -> bool:
    """True if no year is left out between two times."""
    years = (re.match(r"\d{4}", str(each)) for each in (place, later))
    first, last = (int(match[0]) if match else 0 for match in years)
    return last - first <= 1


def _nearness(words: PlacedWords, start: int, end: int) -> float:
    if start >= words.end:
        between = words.sentence[words.end : start]
        if re.fullmatch(_BEHIND, between) and not re.search(r"\d", between):
            return 2.0
        return 1.0 - min(0.5, (start - words.end) / 300)
    between = words.sentence[end : words.start]
    has_number = re.search(r"\d", between) is not None
    clear = (1.1 if has_number else 1.6) - min(0.5, (words.start - end) / 300)
    is_than = not between.strip(" ,") and _THAN.search(words.sentence[:start]) is not None
    return clear - _OTHER_SIDE * is_than


def is_gap_before(words: PlacedWords) -> bool:
    """True if the noun before words is how far two values are apart: "the gap between them has grown"."""
    return _GAP_BEFORE.search(words.sentence[: words.start]) is not None


def is_gap(column: NamedColumn) -> bool:
    """True if a column has how far two values are apart, by its name."""
    return GAP_WORDS.search(re.sub(r"[\W_]+", " ", f"{column.code} | {column.title}")) is not None


def shared_part(words: PlacedWords, text: str) -> float:
    """Return the part of the words of a name that a sentence has."""
    said = concepts_in(text)
    return len(said & words.concepts) / len(said) if said else 0.0
