"""The tables of an audit, with what leads from the words of a sentence to them: to their labels, to their
measures, and to the one of several measures that its words tell apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from broadsheet.checks.audit.audit_table import AuditTable, MeasureColumn
from broadsheet.checks.audit.mentions import LabelIndex
from broadsheet.checks.audit.tables.measure_words import MeasureWords, measure_words
from broadsheet.checks.audit.tables.table_shapes import spaced
from broadsheet.checks.audit.vocabulary import (
    BY_TOPIC,
    CLEAR,
    is_group_of_words,
    tokens,
    words_listed,
)

_MOST_SPREAD = 40
"""A word of so many measures is of many."""
_TOLD = 0.6
"""The score of the words by which a measure is told from others of its table."""
_SHORTENED = (3, 4)
"""The fewest and the most letters of a word that is shortened."""
_LONGER = 3
"""The fewest letters that were left out of it."""


@dataclass(frozen=True)
class Named:
    """A measure that a sentence names."""

    number: int
    """The number of its table."""
    table: AuditTable
    """The table."""
    measure: MeasureColumn
    """The measure."""
    words: MeasureWords
    """The words that name it."""
    score: float
    """The part of them that is in the sentence; 2 for all."""
    is_guess: bool = False
    """Only a unit names it: "1,941 metres"."""


@dataclass(frozen=True)
class AuditTables:
    """The tables of an audit, with what leads from words to them."""

    tables: tuple[AuditTable, ...]
    """The tables."""
    labels: LabelIndex
    """Their labels."""
    measures: Mapping[str, tuple[tuple[int, int], ...]]
    """The measures, by table and number, of each word that names them."""
    near: frozenset[int] = frozenset()
    """The numbers of the tables that a document may be about."""

    @cached_property
    def shortened(self) -> frozenset[str]:
        """The words of names of columns that may be the first letters of a longer word: "dem" of `dem_vote`."""
        names = (measure.name for table in self.tables for measure in table.measures)
        words = {word for name in names for word in tokens(spaced(name))}
        return frozenset(
            word
            for word in words
            if _SHORTENED[0] <= len(word) <= _SHORTENED[1]
            and word.isalpha()
            and word in self.measures
            and not is_group_of_words(word)
        )

    def shortened_of(self, word: str) -> frozenset[str]:
        """Return the words of names of columns that may be shortened from a word."""
        lengths = range(_SHORTENED[0], min(_SHORTENED[1], len(word) - _LONGER) + 1)
        return frozenset(word[:length] for length in lengths) & self.shortened

    def spread(self, word: str) -> int:
        """Return the number of measures that a word names, but for counts of rows."""
        places = self.measures.get(word, ())
        return sum(self.tables[number].counted is None for number, _ in places[:_MOST_SPREAD])


def tables_with(tables: Sequence[AuditTable]) -> AuditTables:
    """Return tables with their indexes."""
    by_word: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, table in enumerate(tables):
        for at, measure in enumerate(table.measures):
            if measure.has_values:
                words = measure_words(table, measure)
                for word in words.own | words.other:
                    by_word[word].append((number, at))
    return AuditTables(
        tuple(tables),
        LabelIndex(tables),
        {word: tuple(places) for word, places in by_word.items()},
        frozenset(range(len(tables))),
    )


def measures_told_apart(siblings: Sequence[Named], concepts: frozenset[str]) -> list[Named]:
    """Return measures of a table with scores by the words that only some of them have: "new houses"
    is of "Price (New)". A sentence without such a word is of the whole: "Price (All)". What the table
    is of names a measure only where no measure of it is named itself.
    """
    itself = [each for each in siblings if each.score > BY_TOPIC] or list(siblings)
    if len(itself) < 2:
        return itself
    names = [each.words.whole for each in itself]
    shared = names[0].intersection(*names)
    rests = [name - shared for name in names]
    is_told = any(rest & concepts for rest in rests)
    totals = words_listed("whole")
    return [
        replace(
            each,
            score=_with_told(each.score, rest, concepts, is_whole=rest <= totals and not is_told),
        )
        for each, rest in zip(itself, rests, strict=True)
    ]


def _with_told(
    score: float, rest: frozenset[str], concepts: frozenset[str], *, is_whole: bool
) -> float:
    """Return a score with that of the words that tell a measure from others; a measure is not named by
    most of its words for them.
    """
    told = _TOLD if is_whole else _TOLD * len(rest & concepts) / len(rest) if rest else 0.0
    return score + told if score >= CLEAR else min(score + told, CLEAR - 0.01)
