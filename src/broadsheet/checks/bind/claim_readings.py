"""The conditions that words of a sentence may mean: a record, more than, rose, doubled."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import mean, median

from broadsheet.checks.audit.vocabulary import concepts_in
from broadsheet.checks.bind.claim_cases import (
    TEXTS,
    StatedNumber,
    columns_of,
    in_all_cases,
    limits_behind,
)
from broadsheet.checks.bind.claim_changes import change_conditions
from broadsheet.checks.bind.claim_numbers import number_conditions, part_conditions
from broadsheet.checks.bind.claim_records import records
from broadsheet.checks.bind.claim_sides import (
    PLACED,
    THAN_WORD,
    at_labels,
    names_column,
    side_conditions,
)
from broadsheet.checks.bind.compared_words import RANKED, PlacedComparison, subject_of
from broadsheet.checks.bind.naming.columns_here import OF_SIGNS, Candidate, ColumnHere
from broadsheet.checks.bind.naming.named_values import NamedValues
from broadsheet.checks.bind.naming.passages import PlacedWords, is_gap, is_gap_before

_AVERAGE = re.compile(
    r"\s+(?:than )?(?:the|its|their|dem|der|den) (?:[^\W\d_]+ ){0,2}?"
    r"(?P<name>average|mean|median|Durchschnitt|Mittel)\b",
    re.IGNORECASE,
)
"""The words behind a comparison with the average of all."""
_NOUN = 0.6
"""The clearness that the noun behind "no" adds to its column."""
_UNNAMED = 1.6
"""The clearness that a value of zero lacks whose column the words beside do not name."""
_AHEAD_OF_CONTRARY = 0.2
"""The clearness by which a condition must be ahead of one of which the words are not true."""
_ACROSS = 0.7
"""The clearness that a record among all groups at a time lacks beside that of a column with a name."""
_SIGNS = {"more": ">", "less": "<", "at-least": ">=", "at-most": "<="}
"""The signs of words that hold a value against a number."""


def conditions(
    compared: PlacedComparison, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield the conditions that a comparison may mean, in a sentence with some numbers: those on the columns
    of the noun behind "more", if there are any.
    """
    noun = concepts_in(compared.words.noun) if compared.is_of_side else frozenset()
    of_noun = [each for each in named.columns if noun & each.own]
    for candidate in _conditions(compared, named, stated):
        if not of_noun or any(each.is_read_by(candidate.value) for each in of_noun):
            yield candidate


def _conditions(
    compared: PlacedComparison, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    words, meaning = compared.words, compared.meaning
    if compared.is_of_cases or meaning.kind in TEXTS:
        yield from in_all_cases(compared, named, stated)
    if compared.is_of_cases or _is_of_others(compared, named):
        return
    if meaning.kind == "part":
        yield from part_conditions(compared, stated)
        return
    is_placed = words.text.lower() in PLACED
    if meaning.kind not in RANKED and not is_placed:
        yield from number_conditions(compared, stated)
    columns, is_of_gap = columns_of(words, named), is_gap_before(words)
    if meaning.kind in RANKED:
        for here in columns_of(words, named, named.across):
            for candidate in records(compared, here):
                yield replace(candidate, score=candidate.score - _ACROSS)
    yield from _clearer_than_contrary(
        candidate
        for here in columns
        if not is_of_gap or is_gap(here.column)
        for candidate in _of_column(compared, here, columns, stated)
    )


def _clearer_than_contrary(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the conditions that a sentence names more clearly than any of which its words are not true: a
    false sentence is not one of something else.
    """
    listed = list(candidates)
    contrary = max((each.score for each in listed if each.is_contrary), default=-math.inf)
    clear = contrary + _AHEAD_OF_CONTRARY
    yield from (each for each in listed if each.score > clear and not each.is_contrary)


def _of_column(
    compared: PlacedComparison,
    here: ColumnHere,
    columns: Sequence[ColumnHere],
    stated: Sequence[StatedNumber],
) -> Iterator[Candidate]:
    """Yield the conditions on a column that a comparison may mean."""
    kind = compared.meaning.kind
    if kind in RANKED:
        yield from records(compared, here)
    if kind in ("up", "down", "times", "as-much", "level"):
        yield from change_conditions(compared, here, stated)
    if kind in ("nothing", "none", "no", "none-more"):
        yield from _nothing(compared.words, here)
    if kind in ("more", "less", "as-much", "times", "equal", "all", "overtake"):
        yield from side_conditions(compared, here, columns)
        if compared.is_of_side:
            yield from _averages(compared, here)
    if kind in _SIGNS:
        yield from _beyond(compared, here, stated)


def _is_label_behind(words: PlacedWords, named: NamedValues) -> bool:
    """True if the label of a value stands directly behind words: "below Denmark"."""
    return any(
        start == words.end + 1
        for column in named.columns
        for label in words.labels(column)
        for start, _ in words.positions(label)
    )


def _is_of_sides(words: PlacedWords, named: NamedValues) -> bool:
    """True if two columns are the sides of words, and the text before tells what is counted of both: "the
    park counted more bicycles than the station", of an article about bicycles.
    """
    told = concepts_in(f"{words.passage.head} | {words.passage.before}")
    if not concepts_in(words.noun) & told:
        return False
    behind = THAN_WORD.split(words.clause_behind, maxsplit=1)
    sides = (words.sentence[: words.start], behind[1] if len(behind) > 1 else "")
    return all(any(names_column(side, column) for column in named.columns) for side in sides)


def _nothing(words: PlacedWords, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the conditions that a value is zero."""
    is_noun = bool(concepts_in(words.noun) & here.column.own)
    said = len((words.beside | concepts_in(words.noun)) & here.column.own)
    lack = _UNNAMED * (2 * said <= len(here.column.own))
    for label, clear in here.labels.items():
        if here.value(label) == 0:
            score = here.naming + clear + _NOUN * is_noun - lack
            yield Candidate(f"{here.at(label)} == 0", score)


def _is_of_others(compared: PlacedComparison, named: NamedValues) -> bool:
    """True if words compare nothing that a column has: "fewer tourists came", "and the rain was less",
    "the highest tide"; or set a scene: "Under the cap, wind gave 31 TWh".
    """
    words, subject = compared.words, subject_of(compared)
    return (
        (
            compared.is_of_side
            and not _is_label_behind(words, named)
            and all(map(words.is_of_others, named.columns))
            and not _is_of_sides(words, named)
        )
        or (bool(subject) and not any(subject & each.named_with_places for each in named.columns))
        or (words.text.lower() in PLACED and not words.sentence[: words.start].strip())
    )


def _averages(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the comparisons of a value with the average of its column, "above the average"."""
    words, side = compared.words, compared.side
    match = _AVERAGE.match(words.sentence, compared.meaning.end)
    if match is None:
        return
    name = "median" if match["name"].lower() == "median" else "mean"
    values = list(here.column.values.values())
    middle = median(values) if name == "median" else mean(values)
    for label, clear in here.labels.items():
        if (here.value(label) - middle) * side > 0:
            code = f"{here.at(label)} {'>' if side > 0 else '<'} {here.column.code}.{name}()"
            yield Candidate(code, here.naming + clear)


def _beyond(
    compared: PlacedComparison, here: ColumnHere, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield comparisons of a value with the limit that the sentence has behind the words."""
    sign = _SIGNS[compared.meaning.kind]
    for limit, number in limits_behind(compared, here.column, here.named, stated):
        codes = {
            label: f"{here.at(label)} {sign} {limit}"
            for label in here.labels
            if OF_SIGNS[sign](here.value(label), number) and str(label) != limit
        }
        yield from at_labels(compared.words, here, codes, here.naming)
