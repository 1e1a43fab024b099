"""A sentence of an audit, with the measures of tables that it names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from broadsheet.checks.audit.audit_table import AuditTable, MeasureColumn
from broadsheet.checks.audit.indexed_tables import Named, measures_told_apart
from broadsheet.checks.audit.measured import counts_its_labels, is_unit_of, unit_of_measure
from broadsheet.checks.audit.mentions import LabelMention
from broadsheet.checks.audit.places import is_people, plain_name
from broadsheet.checks.audit.read_sentence import ReadSentence
from broadsheet.checks.audit.tables.measure_words import MeasureWords, measure_words
from broadsheet.checks.audit.vocabulary import (
    BY_LABEL,
    CLEAR,
    concepts_in,
    lemma,
    qualifiers_in,
    tokens,
)

_NEXT = 2
"""The letters between a number and the word behind it are fewer."""
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


@dataclass(frozen=True, eq=False)
class AuditedSentence(ReadSentence):
    """A sentence with the measures that it names, and the words by which it names them."""

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

    def _are_counted(self, label: LabelMention) -> bool:
        """True if a label is a people, of whom the sentence tells the number: "11 million Canadians"."""
        return label.start >= 0 and is_people(label.words) and self._is_behind_number(label)

    def _is_behind_number(self, label: LabelMention) -> bool:
        """True if a label stands behind a number, or words of one: "the number of swifts"."""
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
        named = (*named, *self._beside_by_unit(named))
        named = (*named, *self._by_counted_label(numbers - {each.number for each in named}))
        named = named[:_MOST_MEASURES]
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

    def _beside_by_unit(self, named: Sequence[Named]) -> Iterator[Named]:
        """Yield the measures that the unit of a number tells beside those of their tables that words name, and
        that are in no such unit: "sold for £319,700".
        """
        for number in dict.fromkeys(each.number for each in named):
            siblings = [each for each in named if each.number == number]
            table = siblings[0].table
            for quantity in self.quantities:
                alike = [each for each in table.measures if is_unit_of(quantity, each)]
                if len(alike) == 1 and all(each.measure is not alike[0] for each in siblings):
                    words = measure_words(table, alike[0])
                    score = max(each.score for each in siblings)
                    yield Named(number, table, alike[0], words, score, is_guess=True)
                    break

    def _by_counted_label(self, numbers: Container[int]) -> Iterator[Named]:
        """Yield the measures of tables that say only by their labels what they count, "388 goldfinches". It is a
        guess, unless the sentence or the heading has a word of what the table is of.
        """
        said = self.concepts | concepts_in(self.heading)
        for label in filter(self._is_counted, self.labels):
            for number in sorted(each for each in label.codes if each in numbers):
                table = self.among.tables[number]
                measure = table.measures[0] if len(table.measures) == 1 else None
                if measure is None or not counts_its_labels(table, measure):
                    continue
                words = measure_words(table, measure)
                if words.may_be(self.qualifiers_for(number)):
                    is_guess = not words.other & said
                    yield Named(number, table, measure, words, CLEAR, is_guess)

    def _is_counted(self, label: LabelMention) -> bool:
        """True if a label that is no name is of several, or stands behind a number or words of one."""
        is_lower = label.words.islower() or (label.start == 0 and label.words[1:].islower())
        if label.start < 0 or label.place or not is_lower:
            return False
        is_several = lemma(plain_name(label.words)) != plain_name(label.words)
        return is_several or self._is_behind_number(label)

    def _is_told_by_unit(self, table: AuditTable, measure: MeasureColumn) -> bool:
        """True if of the measures of a table only one has the unit of a number: "1,941 metres"."""
        amounts = [each for each in self.quantities if each.kind == "unit"]
        alike = [
            each for each in table.measures if any(is_unit_of(amount, each) for amount in amounts)
        ]
        return alike == [measure]
