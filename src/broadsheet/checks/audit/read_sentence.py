"""A sentence as the audit reads it: its numbers, times and labels, what its words mean, and which belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from typing import Protocol, TypeVar

from broadsheet.checks.audit.indexed_tables import AuditTables, Named
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, times_in
from broadsheet.checks.audit.places import WORD, plain_name
from broadsheet.checks.audit.quantities import Quantity, quantities_in, with_parts
from broadsheet.checks.audit.vocabulary import (
    AuditWords,
    bare_word,
    concepts_in,
    parts_of_compound,
    stem,
    units,
    words_listed,
    words_of,
)
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain

_BOUND_BEHIND = re.compile(
    r"[\w°/²³-]*(?:,? (?:an? |per )?(?:\w+ )?(?:in|for|of|at|on|by|during|"
    r"im|en|für|bei|pour|à|au|aux|the|der|das|dans))?(?: the)?(?: (?:year|jahre?|année|año))? ?\(?",
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
_JOINED = 2
"""The fewest letters of the second of two words that are one in a table."""
_DECADE, _MOST_YEARS = 10, 200
"""The years of "a decade later", and the most that two times are apart."""
_APPOSED = re.compile(r",? ?(?:in )?")
"""The words between a time and other words for it: "in 2010, ten years later"."""
_P = TypeVar("_P", bound=Placed)


@dataclass(frozen=True, eq=False)
class ReadSentence:
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
            for quantity in with_parts(numbers, (*self.meanings, *self._parts_of_changes))
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
        if base.is_quarter:
            for name, quarters in (("before", -1), ("after", 1)):
                for match in self.words.patterns[f"quarter-{name}"].finditer(self.low):
                    start, end = match.span()
                    yield replace(base.quarters_on(quarters), start=start, end=end)
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
    def _parts_of_changes(self) -> tuple[Meaning, ...]:
        """The parts by which something changed: "two thirds" of "lost two thirds", "a quarter" of "by a quarter"."""
        parts = dict[int, Meaning]()
        for each in self.meanings:
            start = self.text.find(" ", each.start, each.end) + 1
            if each.kind in ("up", "down", "by") and start and not re.search(r"\d", each.words):
                rest = self.text[start : each.end]
                for part in meanings_of(lexicon(self.language)).of(rest, 0, len(rest)):
                    if part.kind == "part":
                        moved = replace(part, start=start + part.start, end=start + part.end)
                        parts[moved.start] = moved
        return tuple(parts.values())

    @cached_property
    def joined(self) -> tuple[tuple[int, int, str], ...]:
        """The words of columns that two words of the text are together, and where these are: "long jump" of
        `longjump`.
        """
        words = [(match.start(), match.end(), plain_name(match[0])) for match in self.word_matches]
        pairs = (
            (start, end, name)
            for (start, _, first), (_, end, last) in pairwise(words)
            if (name := stem(first + last)) in self.among.measures
            and len(name) > len(first) + _JOINED
            and name not in (stem(first), stem(last))
        )
        return (*pairs, *self._compounds)

    def named_in(self, start: int, end: int) -> frozenset[str]:
        """Return what the words of a part name."""
        joined = (name for first, last, name in self.joined if start <= first and last <= end)
        return concepts_in(self.text[start:end]).union(joined)

    @cached_property
    def _compounds(self) -> tuple[tuple[int, int, str], ...]:
        """The German words that are a word of a table and a noun behind it: "Weizenernte" of `Weizen`."""
        return tuple(
            (*match.span(), name)
            for match in (self.word_matches if self.language == "de" else ())
            for first, _ in parts_of_compound(plain_name(match[0]))
            for name in concepts_in(first)
            if name in self.among.measures
        )

    @cached_property
    def asides(self) -> tuple[Span, ...]:
        """The clauses that tell more of something: "where …", "whom …"."""
        return tuple(match.span() for match in self.words.patterns["aside"].finditer(self.low))

    def without_asides(self, low: str, item: Placed | None = None) -> str:
        """Return a text of its length with spaces for clauses aside: those without an item, or without any number
        and comparison.
        """
        placed: Sequence[Placed] = (item,) if item else (*self.quantities, *self.meanings)
        for start, end in self.asides:
            if not any(start <= each.start < end for each in placed):
                low = f"{low[:start]}{' ' * (end - start)}{low[end:]}"
        return low

    @cached_property
    def is_plain(self) -> bool:
        """True if it states what is, and asks nothing; not what will be, would be, or is not."""
        return self.is_plain_for("")

    def is_plain_for(self, unit: str) -> bool:
        """True if it states what is of a measure in some unit; "bushels per acre" is no part of it."""
        low = self.without_asides(self.low_without_times)  # "May 2007" is no "may"
        for name in ("all-but", "unequalled"):
            low = self.words.patterns[name].sub(" ", low)
        for each in self.meanings:  # "so viel wie nie" denies nothing
            if each.kind == "ever":
                low = low.replace(plain(self.text[each.start : each.end]), " ")
        per = re.search(r"\bper (?:\w+)", unit.lower())
        if per:
            is_rate = per[0][4].isdigit()  # "per 100k" is "per 100,000"
            same = r"\d[\d,]*" if is_rate else "|".join(map(re.escape, _names_of_unit(per[0][4:])))
            low = re.sub(rf"\bper (?:{same})(?!\w)", " ", low)
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
        if not between.startswith(","):
            return True
        return not self.words.doubts["joins"].search(between.lower()) and not self._begins(item)

    def _begins(self, item: Placed) -> bool:
        """True if more words follow a time or label up to the next sign: ", in 2007 it was 82.6"."""
        behind = PART_SIGN.search(self.text, item.end)
        return bool(re.search(r"\w", self.text[item.end : behind.start() if behind else None]))


@cache
def _names_of_unit(name: str) -> tuple[str, ...]:
    """Return the names of a unit: "ha", "hectare"; of another word, itself."""
    alike = (each for each in units() if name in units() and units()[each] == units()[name])
    return tuple(dict.fromkeys((name, *alike)))


@cache
def _part_end(words: AuditWords) -> re.Pattern[str]:
    return re.compile(rf"{PART_SIGN.pattern}|{words.doubts['joins'].pattern}")
