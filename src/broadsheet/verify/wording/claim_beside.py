"""A claim in its sentence, and the words in it that say more than the values of the claim."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from broadsheet.errors import ConfigError
from broadsheet.text.lexicon import EXAMPLE, Lexicon, any_of
from broadsheet.verify.sentences import PAUSE, Span
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    ComparedSeries,
    Comparison,
    Extreme,
)
from broadsheet.verify.wording.table_names import Surroundings

_STOP = re.compile(r"[;:()—–]|(?<!\d)[.](?!\d)")


@dataclass(frozen=True)
class Beyond:
    """Words that say more than the values of a claim."""

    span: Span
    """Their place in the sentence."""
    of: str = ""
    """The row, the column or the rows that the claim reads in place of it; "" of what may be."""


@dataclass(frozen=True)
class Beside:
    """A claim in its sentence."""

    sentence: str
    """The sentence."""
    span: Span
    """The place of the words of the claim in it."""
    others: Sequence[Span]
    """The places of the other marks in it."""
    comparisons: Sequence[Comparison]
    """The comparisons of the claim."""
    around: Surroundings
    """The names in the tables of the page."""
    words: Lexicon
    """The words of its language."""

    @cached_property
    def text(self) -> str:
        """The sentence in small letters."""
        return plain(self.sentence)

    @cached_property
    def part(self) -> Span:
        """The part of the sentence from the last pause or mark before the words up to their end."""
        ends = [match.end() for match in PAUSE.finditer(self.text, 0, self.span[0])]
        ends += [last for _, last in self.others if last <= self.span[0]]
        return max(ends, default=0), self.span[1]

    def is_apart(self, span: Span) -> bool:
        """Return True if another clause, or another mark, is between the claim and some words, or in
        them.
        """
        first, last = sorted((self.span, span))
        between = self.text[first[1] : last[0]]
        if any(first[1] <= start < last[0] for start, _ in self.others):
            return True
        return (
            _STOP.search(between) is not None or _contrasts(self.words).search(between) is not None
        )


def series_of_ranks(comparisons: Iterable[Comparison]) -> Iterator[ComparedSeries]:
    """Yield the series in which a comparison finds a rank, or what holds of all or of one."""
    for comparison in comparisons:
        if isinstance(comparison, Extreme):
            yield comparison.among
        elif isinstance(comparison, Cases):
            yield comparison.holds
        else:
            sides = (comparison.this, comparison.than)
            yield from (side.series for side in sides if side.series and side.method)


def is_of_place(place: str, beside: Beside) -> bool:
    """Return True if the tables of the page say that they are of a place, or have it in a row."""
    return bool(
        re.search(rf"(?<!\w){re.escape(place)}", beside.around.about)
        or beside.around.named_in(place)
        or any(
            plain(row) == place
            for series in series_of_ranks(beside.comparisons)
            for row in series.rows
        )
    )


def pattern(form: str, key: str, words: Lexicon) -> re.Pattern[str]:
    """Return the pattern of a form that begins with a word or a mark. Raises :class:`ConfigError` for one of a
    publication that cannot be read.
    """
    try:
        return re.compile(rf"(?:(?<!\w)|(?=\W)){form.replace(chr(10), '')}")
    except re.error as error:
        what = f"`meanings.{key}` cannot be used: {error}"
        raise ConfigError(words.file, what, EXAMPLE) from error


@cache
def _contrasts(words: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words.meanings.contrasts)})(?!\w)")
