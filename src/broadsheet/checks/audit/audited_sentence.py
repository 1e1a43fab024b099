"""A sentence as the audit reads it: its numbers, times, labels, what its words mean; and which
measures of which tables it names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice, pairwise
from typing import Protocol, TypeVar

from broadsheet.checks.audit.audit_table import AuditTable, MeasureColumn
from broadsheet.checks.audit.indexed_tables import AuditTables, Named, measures_told_apart
from broadsheet.checks.audit.measured import unit_of_measure
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, times_in
from broadsheet.checks.audit.places import WORD, is_people, plain_name
from broadsheet.checks.audit.quantities import Quantity, quantities_in, with_parts
from broadsheet.checks.audit.vocabulary import (
    BY_LABEL,
    CLEAR,
    AuditWords,
    MeasureWords,
    bare_word,
    concepts_in,
    measure_words,
    qualifiers_in,
    stem,
    tokens,
    units,
    words_listed,
    words_of,
)
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain

_BOUND_BEHIND = re.compile(
    r"[\w°/²³-]*(?:,? (?:an? |per )?(?:\w+ )?(?:in|for|of|at|on|by|during|"
    r"im|en|für|bei|pour|à|au|aux|the|der|das|dans))?(?: the)?(?: year)? ?\(?",
    re.IGNORECASE,
)
"""The words between a number and a time or a label that belongs to it: "4.1 trillion in 2015"."""


class Placed(Protocol):
    """Words at a place of a sentence."""

    @property
    def start(self) -> int:
        """The position of their first letter."""

    @property
    def end(self) -> int:
        """The position behind their last letter."""


PART_SIGN = re.compile(r"[,;:()—–]")
"""A sign at which a part of a sentence ends: a comma, a dash."""
_NEXT = 2
"""The letters between a number and the word behind it are fewer."""
_JOINED = 2
"""The fewest letters of the second of two words that are one in a table."""
_DECADE, _MOST_YEARS = 10, 200
"""The years of "a decade later", and the most that two times are apart."""
_APPOSED = re.compile(r",? ?(?:in )?")
"""The words between a time and other words for it: "in 2010, ten years later"."""
_MOST_MEASURES = 8
"""The most measures that a sentence is held against."""
_MOST_BY_LABEL = 5
"""The most of those that it names only by a row."""
_RARE = 3
"""A word that so few measures have names each of them alone."""
_OF_TOPIC = 2.0
"""The score of the measure that goes without saying."""
_OF_ROWS = frozenset(("median",))
"""The words for what is computed of all rows of a table of things."""
_P = TypeVar("_P", bound=Placed)


@dataclass(frozen=True, eq=False)
class AuditedSentence:
    """A sentence of a passage. ``context`` has words that do not stand in it and are of it."""

    text: str
    """The text of the sentence."""
    language: str
    """Its language."""
    among: AuditTables
    """The tables."""
    context: str = ""
    """The heads of the column and row of a cell of a table in the text, or the place, the time and the
    measure carried from the sentence before or from the heading.
    """
    file: str | None = None
    """The file of data that is named last before it; None if the document names no file."""
    heading: str = ""
    """The heading above it."""
    is_loose: bool = False
    """The context, or the topic, is what goes without saying in its paragraph."""
    topic: Named | None = None
    """The measure that goes without saying."""

    @property
    def span(self) -> Span:
        """The whole of it."""
        return 0, len(self.text)

    @cached_property
    def low(self) -> str:
        """The text in small letters."""
        return plain(self.text)

    @cached_property
    def low_without_names(self) -> str:
        """The text in small letters, with spaces for names of columns of two words: a "long jump" is no rise."""
        low = self.low
        for start, end, _ in self.joined:
            low = f"{low[:start]}{' ' * (end - start)}{low[end:]}"
        return low

    @cached_property
    def low_without_times(self) -> str:
        """The text in small letters, with spaces for the times."""
        low = self.low
        for time in self.times:
            start = max(time.start, 0)
            low = f"{low[:start]}{' ' * (time.end - start)}{low[time.end :]}"
        return low

    @cached_property
    def low_without_labels(self) -> str:
        """The text in small letters, with spaces for the times and for labels of tables: "USA Today"."""
        low = self.low_without_times
        for label in self.labels:
            if label.start >= 0 and label.words[:1].isupper():
                blank = " " * (label.end - label.start)
                low = f"{low[: label.start]}{blank}{low[label.end :]}"
        return low

    @cached_property
    def word_matches(self) -> tuple[re.Match[str], ...]:
        """The words of the text."""
        return tuple(WORD.finditer(self.text))

    @cached_property
    def telling(self) -> frozenset[int]:
        """The positions of the words that say what a value is of."""
        return frozenset(
            match.start()
            for match in self.word_matches
            if not self._says_nothing(bare_word(match[0]), match.start())
        )

    def _says_nothing(self, word: str, start: int) -> bool:
        return (
            self.words.says_nothing(word)
            or (start == 0 and self.words.is_opener(word))
            or any(meaning.start <= start < meaning.end for meaning in self.meanings)
        )

    @cached_property
    def words(self) -> AuditWords:
        """The words of its language."""
        return words_of(self.language)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers, but for those in a longer label, "the Seven Hills", behind "per", "per 100,000", and in
        "ten years later".
        """
        names = [each for each in self.labels if each.start >= 0]
        numbers = [
            each
            for each in quantities_in(self.text, self.span, self.words)
            if not any(start <= each.start < end for start, end, _ in self._steps)
        ]
        return tuple(
            quantity
            for quantity in with_parts(numbers, self.meanings)
            if not words_listed("per") & set(self.low[: quantity.start].split()[-1:])
            and not any(
                name.start <= quantity.start < name.end and name.words != quantity.text
                for name in names
            )
        )

    @cached_property
    def labels(self) -> tuple[LabelMention, ...]:
        """The labels in it, and in its context, which stand before it."""
        mentions = self.among.labels.mentions(self.text, self.span)
        if self.context:
            others = self.among.labels.mentions(self.context, (0, len(self.context)))
            mentions = [
                *(LabelMention(-1, 0, other.words, other.place, other.codes) for other in others),
                *mentions,
            ]
        return tuple(mentions)

    @cached_property
    def times(self) -> tuple[TimeMention, ...]:
        """The times in it, and in its context."""
        times = list(times_in(self.text, self.span, self.language))
        if self.context:
            others = times_in(self.context, (0, len(self.context)), self.language)
            same = self.words.patterns["same-span"].search(self.low)
            start, end = same.span() if same else (-1, 0)
            times = [*(replace(other, start=start, end=end) for other in others), *times]
        return tuple(sorted((*times, *self._relative(times)), key=lambda time: time.start))

    def _relative(self, times: Sequence[TimeMention]) -> Iterator[TimeMention]:
        """Yield the times that are told by the only one of the sentence: "the year before", "ten years later"."""
        if len({time.key for time in times}) != 1 or times[0].role != "at":
            return
        base = times[0]
        for start, end, years in self._steps:
            is_itself = start < base.start or _APPOSED.fullmatch(self.low, max(base.end, 0), start)
            if abs(years) == 1 or base.start < 0 or not is_itself:
                yield replace(base.years_on(years), start=start, end=end)

    @cached_property
    def _steps(self) -> tuple[tuple[int, int, int], ...]:
        """The words for a time that another tells, where they are, and the years between the two."""
        steps = list[tuple[int, int, int]]()
        for name, side in (("before", -1), ("after", 1)):
            for match in self.words.patterns[f"year-{name}"].finditer(self.low):
                steps.append((*match.span(), side))
            for match in self.words.patterns[f"years-{name}"].finditer(self.low):
                number = match["number"] or str(_DECADE)
                years = self.words.counts.get(number, int(number) if number.isdecimal() else 0)
                if 0 < years <= _MOST_YEARS and self._is_at_edge(*match.span()):
                    steps.append((*match.span(), side * years))
        return tuple(steps)

    def _is_at_edge(self, start: int, end: int) -> bool:
        """True if words stand at the beginning or the end of a part of the sentence."""
        ends = _part_end(self.words)
        first = max((match.end() for match in ends.finditer(self.low, 0, start)), default=0)
        behind = ends.search(self.low, end)
        last = behind.start() if behind else len(self.low)
        return not self.low[first:start].strip() or not self.low[end:last].strip(" .")

    @property
    def has_subject_before(self) -> bool:
        """True if it is of the value that the sentence before tells: "that was twice as much as in India"."""
        return self.words.patterns["that-was"].match(self.low) is not None

    @property
    def is_of_time_before(self) -> bool:
        """True if it has no time but one that another sentence tells: "the year after"."""
        return bool(self._steps) and not self.times

    def around(self, item: Placed, ends: re.Pattern[str] = PART_SIGN) -> Span:
        """Return where the words around an item begin and end, up to the next of some signs or words."""
        starts = [match.end() for match in ends.finditer(self.low, 0, max(item.start, 0))]
        behind = ends.search(self.low, item.end)
        return starts[-1] if starts else 0, behind.start() if behind else len(self.low)

    def part_around(self, item: Placed) -> str:
        """Return the part around an item, up to the next signs and words such as "and", in small letters."""
        start, end = self.span_around(item)
        return self.low[start:end]

    def span_around(self, item: Placed) -> Span:
        """Return where that part begins and ends."""
        return self.around(item, _part_end(self.words))

    @cached_property
    def since(self) -> TimeMention | None:
        """The time since which or from which it speaks."""
        return next((time for time in self.times if time.role in ("since", "from")), None)

    @cached_property
    def until(self) -> TimeMention | None:
        """The time until which it speaks."""
        return next((time for time in self.times if time.role == "until"), None)

    @cached_property
    def meanings(self) -> tuple[Meaning, ...]:
        """The meanings of its words, in a language that has rules for it."""
        words = lexicon(self.language)
        if not words.has_rules or self.language not in ("en", "de"):
            return ()
        return tuple(
            each
            for each in meanings_of(words).of(self.text, *self.span)
            if not any(start <= each.start < end for start, end, _ in self.joined)
        )

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The things that its words name, but for clauses aside without a number."""
        text = self.text
        for start, end in self.asides:
            if not any(start <= each.start < end for each in self.quantities):
                text = f"{text[:start]}|{' ' * (end - start - 1)}{text[end:]}"
        concepts = concepts_in(f"{self.context} | {text}") | self._shortened_in(text)
        concepts |= {joined for _, _, joined in self.joined}
        concepts |= {"population"} if any(map(self._are_counted, self.labels)) else frozenset()
        words = self.topic.words if self.topic else None
        return concepts | words.own | words.other if words else concepts

    @cached_property
    def joined(self) -> tuple[tuple[int, int, str], ...]:
        """The words of columns that two words of the text are together, and where these are: "long jump" of
        `longjump`.
        """
        words = [(match.start(), match.end(), plain_name(match[0])) for match in self.word_matches]
        return tuple(
            (start, end, name)
            for (start, _, first), (_, end, last) in pairwise(words)
            if (name := stem(first + last)) in self.among.measures
            and len(name) > len(first) + _JOINED
            and name not in (stem(first), stem(last))
        )

    def _are_counted(self, label: LabelMention) -> bool:
        """True if a label is a people, of whom the sentence tells the number: "11 million Canadians"."""
        if label.start < 0 or not is_people(label.words):
            return False
        is_behind = any(0 <= label.start - each.end < _NEXT for each in self.quantities)
        return is_behind or self.words.ends("number-of", self.low[: label.start])

    def _shortened_in(self, text: str) -> frozenset[str]:
        """Return the words of columns that are shortened from words of a text."""
        words = tokens(text) if self.among.shortened else ()
        return frozenset(short for word in words for short in self.shortened_of(word))

    def shortened_of(self, word: str) -> frozenset[str]:
        """Return the words of columns that may be shortened from a plain word."""
        return frozenset() if self.words.says_nothing(word) else self.among.shortened_of(word)

    @cached_property
    def asides(self) -> tuple[Span, ...]:
        """The clauses that tell more of something: "where …", "whom …"."""
        return tuple(match.span() for match in self.words.patterns["aside"].finditer(self.low))

    def without_asides(self, low: str, item: Placed | None = None) -> str:
        """Return a text of its length with spaces for clauses aside: those without an item, or without any number
        and comparison.
        """
        placed = (item,) if item else (*self.quantities, *self.meanings)
        for start, end in self.asides:
            if not any(start <= each.start < end for each in placed):
                low = f"{low[:start]}{' ' * (end - start)}{low[end:]}"
        return low

    @cached_property
    def qualifiers(self) -> frozenset[str]:
        """The words that make another measure of one, but for labels."""
        return self._qualifiers_beside_labels(self.labels)

    def qualifiers_for(self, number: int) -> frozenset[str]:
        """Return the words that make another measure of one of a table: "women" may be a label of it."""
        labels = [each for each in self.labels if number in each.codes]
        is_all = len(labels) == len(self.labels)
        said = self.qualifiers if is_all else self._qualifiers_beside_labels(labels)
        table = self.among.tables[number]
        if not said & _OF_ROWS or not table.is_of_things:
            return said
        told = (measure_words(table, measure).whole for measure in table.measures)
        return said - (_OF_ROWS - frozenset[str]().union(*told))  # the median of the rows

    def _qualifiers_beside_labels(self, labels: Sequence[LabelMention]) -> frozenset[str]:
        text = self.text
        for mention in labels:
            if mention.start >= 0 and not mention.place:
                text = f"{text[: mention.start]}{' ' * len(mention.words)}{text[mention.end :]}"
        text = re.sub(r"(\d[\d.,]*(?: \w+illion)?) (?:wo)?men\b", r"\1 people", text)
        text = re.sub(r"\b(?:per|a) woman\b", " ", text)  # "children per woman" are no women
        return qualifiers_in(f"{self.context} | {text}")

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """The measures that it names, the best first; then those of which it names only a row."""
        numbers = frozenset(number for number in self.among.near if self._may_count(number))
        named = self._named_by(self.concepts, numbers)[:_MOST_MEASURES]
        others = islice(
            self._by_label(numbers - {each.number for each in named}),
            min(_MOST_BY_LABEL, _MOST_MEASURES - len(named)),
        )
        if self.topic is None:
            return (*named, *others)
        by_label = (each for each in (*named, *others) if each.score <= BY_LABEL)
        weak = (each for each in by_label if each.measure is not self.topic.measure)
        return (replace(self.topic, score=_OF_TOPIC), *weak)

    def _may_count(self, number: int) -> bool:
        """True if a table is of a file, or counts rows of labels and times that the sentence has."""
        table = self.among.tables[number]
        if table.counted is None:
            return True
        has_labels = not table.labels or any(number in each.codes for each in self.labels)
        return has_labels and (table.time is None or bool(self.times))

    def named_by(self, concepts: frozenset[str], number: int) -> tuple[Named, ...]:
        """Return the measures of a table that a part of the sentence names, the best first."""
        return self._named_by(concepts, frozenset((number,)))

    def _named_by(self, concepts: frozenset[str], numbers: frozenset[int]) -> tuple[Named, ...]:
        measures = self.among.measures
        rare = frozenset(each for each in concepts if self.among.spread(each) <= _RARE)
        places = {
            place
            for concept in concepts
            for place in measures.get(concept, ())
            if place[0] in numbers
        }
        by_table = defaultdict[int, list[Named]](list)
        for number, at in places:
            table = self.among.tables[number]
            words = measure_words(table, table.measures[at])
            qualifiers = self.qualifiers_for(number)
            qualifiers -= self._qualifiers_beside(table, words, concepts)
            score = words.score(concepts, qualifiers, rare, is_only=len(table.measures) == 1)
            is_carried = concepts_in(self.context) & (words.own | words.other)
            if (
                "rate" in concepts
                and not is_carried
                and unit_of_measure(table.measures[at]).kind != "percent"
            ):
                score -= 0.4
            if score > 0:
                by_table[number].append(Named(number, table, table.measures[at], words, score))
        named = [
            each
            for siblings in by_table.values()
            for each in measures_told_apart(siblings, concepts)
        ]
        return tuple(
            sorted(named, key=lambda named: (-named.score, named.number, named.measure.name))
        )

    def _qualifiers_beside(
        self, table: AuditTable, words: MeasureWords, concepts: frozenset[str]
    ) -> frozenset[str]:
        """Return the qualifiers that are of other measures of a table, which the sentence names beside
        one: "8 gold and 12 silver medals".
        """
        if not self.qualifiers:
            return frozenset()
        siblings = (measure_words(table, measure) for measure in table.measures)
        beside = [
            sibling.qualifiers
            for sibling in siblings
            if sibling.qualifiers & self.qualifiers and (words.whole - sibling.whole) & concepts
        ]
        return frozenset[str]().union(*beside) - words.qualifiers

    def _by_label(self, numbers: Container[int]) -> Iterator[Named]:
        """Yield the measures of tables that a sentence names only by a label of theirs."""
        labelled = {
            number: len(mention.codes)
            for mention in self.labels
            if mention.place or mention.words[:1].isupper()
            for number in mention.codes
            if number in numbers
        }
        for number in sorted(labelled, key=lambda number: (labelled[number], number)):
            table = self.among.tables[number]
            for measure in table.measures if table.counted is None else ():
                words = measure_words(table, measure)
                if measure.has_values and words.may_be(self.qualifiers_for(number)):
                    is_guess = self._is_told_by_unit(table, measure)
                    score = CLEAR if is_guess else BY_LABEL
                    yield Named(number, table, measure, words, score, is_guess)

    def _is_told_by_unit(self, table: AuditTable, measure: MeasureColumn) -> bool:
        """True if of the measures of a table only one has the unit of a number: "1,941 metres"."""
        families = {units()[each.unit][0] for each in self.quantities if each.kind == "unit"} - {
            "things",
            "time",
        }
        alike = [each for each in table.measures if unit_of_measure(each).name in families]
        return alike == [measure]

    @cached_property
    def is_plain(self) -> bool:
        """True if it states what is, and asks nothing; not what will be, would be, or is not."""
        return self.is_plain_for("")

    def is_plain_for(self, unit: str) -> bool:
        """True if it states what is of a measure in some unit; "bushels per acre" is no part of it."""
        low = self.without_asides(self.low_without_times)  # "May 2007" is no "may"
        for name in ("all-but", "unequalled"):
            low = self.words.patterns[name].sub(" ", low)
        per = re.search(r"\bper (?:\w+)", unit.lower())
        if per:
            is_rate = per[0][4].isdigit()  # "per 100k" is "per 100,000"
            low = re.sub(r"\bper \d[\d,]*", " ", low) if is_rate else low.replace(per[0], " ")
        for limit in re.findall(r"\b(?:over|under) \d+\b", unit.lower()):
            low = low.replace(limit, " ")  # "people under 15" are all of them
        if re.search(r"\bage\b", unit.lower()):
            low = re.sub(r"\baged (?=\d)", " ", low)  # "aged 47" is no part of those of an age
        is_question = self.text.rstrip().endswith("?")
        return not is_question and not any(
            self.words.has(name, low) for name in ("modal", "denial", "subgroup")
        )

    def nearest(self, placed: Sequence[_P], quantity: Placed) -> _P | None:
        """Return the words that belong to a number: those behind it with nothing but "in" between,
        else the last before it, else the first behind it.
        """
        others = [other for other in self.quantities if other is not quantity]
        for item in placed:
            if self._stands_behind(item, quantity):
                return item
        before = [item for item in placed if item.end <= quantity.start]
        taken = [item for item in before if self._is_taken(item, others)]
        free = [item for item in before if item not in taken]
        if free:
            return free[-1]
        behind = [item for item in placed if item.start >= quantity.end]
        return behind[0] if behind and not before else (before[-1] if before else None)

    def is_beside(self, items: Sequence[Placed], quantity: Placed) -> bool:
        """True if some words stand directly behind a number, or between it and the one before."""
        behind = any(self._stands_behind(item, quantity) for item in items)
        last = max(
            (other.end for other in self.quantities if other.end <= quantity.start), default=0
        )
        others = [other for other in self.quantities if other is not quantity]
        between = {
            (item.start, item.end)
            for item in items
            if last <= item.start
            and item.end <= quantity.start
            and not self._is_taken(item, others)
        }
        return (
            behind
            or len(between) == 1
            or bool(
                re.search(r"\b(?:from|to|von|auf|de|à)\s\S?$", self.low[: quantity.start]) and last
            )
        )

    def _is_taken(self, item: Placed, others: Sequence[Quantity]) -> bool:
        """True if a time or label stands directly behind another number."""
        return any(self._stands_behind(item, other) for other in others)

    def _stands_behind(self, item: Placed, quantity: Placed) -> bool:
        """True if a time or label stands directly behind a number, and is not of the next one: "in Bavaria
        it was 8.1, in Saxony 8.8".
        """
        between = self.text[quantity.end : item.start] if item.start >= quantity.end else None
        if between is None or not _BOUND_BEHIND.fullmatch(between):
            return False
        if self.words.has("followed", between.lower()):
            return False
        is_of_next = any(
            each.start >= item.end and not self.text[item.end : each.start].strip()
            for each in self.quantities
        )
        return not (is_of_next and between.startswith(","))


@cache
def _part_end(words: AuditWords) -> re.Pattern[str]:
    return re.compile(rf"{PART_SIGN.pattern}|{words.doubts['joins'].pattern}")
