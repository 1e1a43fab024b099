"""The conditions that words may mean which say something of all cases: "rose every year", "never fell",
"abstained each time", "above the cap in every month".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from broadsheet.checks.audit.tables.table_shapes import spaced
from broadsheet.checks.audit.vocabulary import concepts_in, words_listed, words_of
from broadsheet.checks.bind.compared_words import KINDS_OF_TIMES, PlacedComparison
from broadsheet.checks.bind.naming.columns_here import Candidate, ColumnHere, columns_here, limit_of
from broadsheet.checks.bind.naming.labels import label_positions
from broadsheet.checks.bind.naming.named_values import (
    NamedColumn,
    NamedValues,
    TextColumn,
    is_dated,
    text_code,
    written,
)
from broadsheet.checks.bind.naming.other_things import is_of_other_group, is_planned, is_quoted
from broadsheet.checks.bind.naming.passages import PlacedWords, shared_part
from broadsheet.notebook.values.fact import Fact
from broadsheet.text.lexicon import any_of, lexicon
from broadsheet.verify.wording.meaning_rules import Meaning

TEXTS = frozenset(("each", "all", "no"))
"""The meanings of words that say of texts that all of them are the same, or none."""
_COMPARATIVE = re.compile(r"more|fewer|less|mehr|weniger|[^\W\d_]{2,}er(?:e\w?)?")
"""Words with which something is more than the time before, "less every month"; not "ahead"."""
_TO_LIMIT = re.compile(
    r"\s+(?:(?:than|als)\b(?:[^.;:,\d]{0,40})?)?(?:(?:the|its|a|den|dem|der|die|das) \w+ (?:of|von) )?[$€£]?"
)
"""The words between a comparison and the number that is its limit, which may have a name."""
_LIMITED = re.compile(r"\s+(?:(?:than|als)\s+)?")
"""The words between a comparison and the number that is its limit, if that stands directly behind."""
_NAMED_LIMIT = re.compile(
    r"\s+(?:(?:than|als) )?(?:the|its|that|this|den|dem|der|die|das|ihr\w*) (?P<name>[\w ]{2,40})"
)
"""A limit with a name behind a comparison: "above the cap"."""
_MOST_PAIRED = 16
"""The most columns with which one is held against another at each time."""
_STATES = 2.0
"""The clearness from which on a number states a value, and is no limit."""
_UNTIL = re.compile(r"\b(?:until|till|through|up to|bis)(?: \w+)? $", re.IGNORECASE)
"""The words before the last time of which something is said."""
_OTHER_GROUP = 5.0
"""The clearness that a column lacks which is of another group."""
_SINCE = 1.0
"""The clearness that the time adds since which something is so."""
_OF_TEXTS = 2.7
"""The clearness of a condition on texts, of which the sentence has the text and the column."""


@dataclass(frozen=True)
class StatedNumber:
    """A number of a sentence, with what it may state."""

    words: PlacedWords
    """Its words."""
    kind: str
    """The kind of its unit."""
    values: Sequence[Candidate]
    """The expressions that read so, the clearest first."""


def in_all_cases(
    compared: PlacedComparison, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield the conditions on all cases that words may mean: on each time of a column, or on each text of
    one.
    """
    words, each = compared.words, compared.each
    before = words.sentence[: each.start if each else words.start]
    if _almost(words.passage.language).search(before):
        return
    if each is not None:
        yield from _of_numbers(compared, each, named, stated)
    elif compared.since is not None:
        yield from _since(compared, named, stated)
    else:
        yield from _of_texts(compared, named)


def columns_of(
    words: PlacedWords, named: NamedValues, among: Sequence[NamedColumn] | None = None
) -> list[ColumnHere]:
    """Return the columns, or those ``among`` which are looked for, with what a text says of them; those of
    another group than the sentence names lack clearness. Their numbers are told of when they are proved.
    """
    return columns_here(
        words, named, lambda column: _OTHER_GROUP * is_of_other_group(words, column), among
    )


def _of_numbers(
    compared: PlacedComparison, each: Meaning, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield conditions on each time of a column, or on those that the words name: each step of it, each
    value held against a number, or against another column.
    """
    words, meaning = compared.words, compared.meaning
    sign = (">" if compared.side > 0 else "<") + "=" * meaning.is_denied
    said = concepts_in(words.sentence[each.start : each.end])
    times = [of for of in KINDS_OF_TIMES if of & said]
    between = words.sentence[meaning.end : each.start]
    is_more = _COMPARATIVE.fullmatch(meaning.words.lower()) is not None
    is_beside = is_more and compared.is_without_other_side and between.isspace()
    columns = columns_of(words, named)
    for here in columns:
        places = here.column.places
        if len(places) < 3 or not all(map(is_dated, places)) or not here.column.is_in_order:
            continue
        if here.column.dimension and not all(of & here.column.dimension for of in times):
            continue  # "every month" of the values of years
        is_of_steps = meaning.kind in ("up", "down") or is_beside  # "less every month"
        if is_of_steps:
            for span, clear in _times(here, words, is_of_steps=True):
                code = f"every({here.column.code}.diff(){span} {sign} 0)"
                yield Candidate(code, here.naming + clear)
        if is_of_steps:
            continue
        for span, clear in _times(here, words, is_of_steps=False):
            for limit, _ in limits_behind(compared, here.column, named, stated):
                score = here.naming + clear
                yield Candidate(f"every({here.column.code}{span} {sign} {limit})", score)
            for other in columns[:_MOST_PAIRED]:
                if here.is_comparable(other):
                    score = 0.6 * here.naming + 0.6 * other.naming + clear
                    code = f"{here.column.code}{span} {sign} {other.column.code}{span}"
                    yield Candidate(f"every({code})", score)


def limits_behind(
    compared: PlacedComparison,
    column: NamedColumn,
    named: NamedValues,
    stated: Sequence[StatedNumber],
) -> Iterator[tuple[str, float]]:
    """Yield the limits behind words with which a column may be compared, by code and number: a number
    that states no value itself, or a single value that has the name there.
    """
    words, end = compared.words, compared.meaning.end
    clear = [
        number.words for number in stated if number.values and number.values[0].score > _STATES
    ]
    for number in words.passage.quantities:
        if any(number.start < of.end and of.start < number.end for of in clear):
            continue
        is_behind = _TO_LIMIT.fullmatch(words.sentence, end, number.start)
        if is_behind and (limit := limit_of(number, column)):
            yield limit, float(limit)
    if match := _NAMED_LIMIT.match(words.sentence, end):
        for name, value in named.single.items():
            unit = value.unit if isinstance(value, Fact) else ""
            is_of_unit = not (unit and column.unit) or concepts_in(unit) == concepts_in(column.unit)
            size = value.value if isinstance(value, Fact) else value
            if isinstance(size, int | float) and is_of_unit and _is_named(name, match["name"]):
                yield name, float(size)


def _since(
    compared: PlacedComparison, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield the conditions that a column is above or below another one, or a limit, since a time that the
    words name, and was not before it.
    """
    sign = ">" if compared.side > 0 else "<"
    columns = columns_of(compared.words, named)
    for here in columns:
        places = here.column.places
        begin = next(filter(compared.is_since, places), None)
        if begin is None or not here.column.is_in_order:
            continue
        for limit, _ in limits_behind(compared, here.column, named, stated):
            code = f"since({here.column.code} {sign} {limit}, {here.key(begin)})"
            yield Candidate(code, here.naming + _SINCE)
        for other in columns[:_MOST_PAIRED]:
            if here.is_comparable(other):
                code = f"since({here.column.code} {sign} {other.column.code}, {here.key(begin)})"
                yield Candidate(code, 0.6 * here.naming + 0.6 * other.naming + _SINCE)


def is_limit_of_cases(compared: PlacedComparison, number: PlacedWords) -> bool:
    """True if a number is what all cases are compared with, and no value: "never rose above 36 degrees"."""
    return compared.is_of_cases and bool(
        number.start >= compared.meaning.end
        and _TO_LIMIT.fullmatch(number.sentence, compared.meaning.end, number.start)
    )


def side_of_limit(comparisons: Sequence[PlacedComparison], number: PlacedWords) -> int:
    """Return 1 for a number directly behind words with which something is more than it, "above 15 percent",
    -1 for one behind words for less, 0 for any other.
    """
    for compared in comparisons:
        between = number.sentence[compared.meaning.end : number.start]
        is_behind = number.start >= compared.meaning.end and _LIMITED.fullmatch(between)
        if is_behind and compared.is_of_side:
            return compared.side
    return 0


def _times(
    here: ColumnHere, words: PlacedWords, *, is_of_steps: bool
) -> Iterator[tuple[str, float]]:
    """Yield the slices of a column from one time on that the part of the sentence names, and up to
    another, or all of it; of steps, from the first one behind the time. Each has how clearly it is named.
    """
    places = here.column.places
    first, last = words.part(_breaks(words.passage.language))
    named = [
        label
        for label in places
        if here.labels.get(label, 0) > 0.5
        and any(first <= start < last for start, _ in words.positions(label) or ((first, last),))
    ]
    if not named:
        yield (f"[{written(places[1])}:]" if is_of_steps else "", 0.5)
        return
    if len(named) == 1 and _is_end(words, named[0]):
        at = places.index(named[0])
        if at > is_of_steps:
            start = written(places[1]) if is_of_steps else ""
            yield f"[{start}:{here.key(named[0])}]", here.labels[named[0]]
        return
    for first, last in ((named[0], named[-1]), (named[0], places[-1])):
        at = places.index(first) + is_of_steps
        if at < places.index(last):
            clear = (here.labels[first] + here.labels.get(last, 0.8)) / 2
            end = "" if last == places[-1] and last not in named else here.key(last)
            start = here.key(first) if not is_of_steps else written(places[at])
            yield f"[{start}:{end}]", clear


def _is_end(words: PlacedWords, label: Any) -> bool:
    """True if a sentence says of a time only that something was so up to it: "each year until 2019"."""
    positions = words.positions(label)
    return bool(positions) and all(_UNTIL.search(words.sentence[:start]) for start, _ in positions)


def _of_texts(compared: PlacedComparison, named: NamedValues) -> Iterator[Candidate]:
    """Yield conditions on all texts of the columns that the part of a sentence names: each is the text
    that it has, too, "India abstained each time"; or none is, "never abstained".
    """
    words = compared.words
    part = _part_of(words)
    if is_quoted(words) or is_planned(words):
        return
    is_never = compared.meaning.kind == "no"
    if is_never and not re.fullmatch(
        lexicon(words.passage.language).meanings.never, words.text.lower()
    ):
        return  # "nothing", "no vote"
    sign = "!=" if is_never else "=="
    for name, frame in named.frames.items():
        said, told = list[TextColumn](), 0.0
        with suppress(Exception):  # of labels that are no plain texts
            if frame.ndim == 2 and not any(label_positions(part, each) for each in frame.index):
                said = [each for each in named.texts[name] if _is_named(each.name, part)]
                told = 0.5 * shared_part(words, spaced(name))
        alike = [
            column
            for column in named.texts[name]
            if any(column.counts.keys() & each.counts.keys() for each in said)
        ]
        texts = {text for column in alike for text in column.counts}
        for text in filter(lambda text: _is_named(text, part), texts if said else ()):
            columns = (f"{name}[{text_code(column.name)}]" for column in said)
            code = " and ".join(f"every({column} {sign} {text_code(text)})" for column in columns)
            yield Candidate(code, _OF_TEXTS + told)


def _part_of(words: PlacedWords) -> str:
    """Return the part of a sentence that words are in, without them."""
    first, last = words.part(_breaks(words.passage.language))
    return f"{words.sentence[first : words.start]} | {words.sentence[words.end : last]}"


@cache
def _almost(language: str) -> re.Pattern[str]:
    """Return the pattern of the words before "every year" that say that it was not each."""
    words = lexicon(language)
    near = (*words.check.classes["near"].words, *words.facts.rounding["nearly"])
    return re.compile(rf"\b(?:{any_of(near)})(?: \w+)? $", re.IGNORECASE)


@cache
def _breaks(language: str) -> re.Pattern[str]:
    """Return the pattern of the marks and words between parts of a sentence."""
    contrasts = any_of(lexicon(language).meanings.contrasts)
    condition = words_of(language).doubts["if"].pattern
    return re.compile(rf"[.;:()—]\s|\b(?:{contrasts})\b|{condition}")


def _is_named(name: str, text: str) -> bool:
    """True if a text has all words of a name that tell something, in whichever form."""
    telling = concepts_in(spaced(name)) - words_listed("function")
    return bool(telling) and telling <= concepts_in(text)
