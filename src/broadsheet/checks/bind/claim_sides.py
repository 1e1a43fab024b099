"""The comparisons of two sides that words may mean: of two columns at a label, of two labels of a column, of
one with the sum of several, or with the time before it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from broadsheet.checks.audit.vocabulary import concepts_in, words_listed
from broadsheet.checks.bind.compared_words import PlacedComparison
from broadsheet.checks.bind.naming.columns_here import OF_SIGNS, Candidate, ColumnHere
from broadsheet.checks.bind.naming.labels import label_positions, mentions
from broadsheet.checks.bind.naming.named_values import NamedColumn, is_dated
from broadsheet.checks.bind.naming.passages import PlacedWords

_TO_LABEL = re.compile(
    r"[^.;:,\d]{0,60}|\s*(?:than|as|als|wie)\b[^.;:,]{0,60}|[^.;:,]{0,60}\b(?:than|as|als|wie)(?: \w+){0,2} "
)
"""The words between a comparison and the label that is held against."""
_THAN = re.compile(r"(?:[^.;:,]{0,60}\b|\s*)(?:than|as|als|wie)(?: \w+){0,2} ")
"""The words between a comparison and the label that stands directly behind "than"."""
_THAN_GROUP = re.compile(
    r"[^.;:]{0,60}?\b(?:than|as|als|wie)(?: \w+){0,2} (?:[^.;:\d]{0,60}(?:, | and | und ))?"
)
"""The words between a comparison and a group that is held against."""
THAN_WORD = re.compile(r"\b(?:than|as|als|wie)\b")
_UNSAID = 0.3
"""The clearness that a comparison of two numbers lacks if the words do not say which they are."""
_JOINED = 4.0
"""The clearness that a condition on one label of a list lacks, "in May and June"."""
_LISTED = 0.2
"""The clearness that one on all of them has in addition."""
PLACED = frozenset(
    ("above", "below", "under", "over", "beneath", "beyond", "unter", "unterhalb", "über", "oberhalb")
)  # fmt: skip
"""Words that compare with what stands behind them, if that has a number."""
_SMALL = words_listed("small-en") | words_listed("small-de") | words_listed("function")
_UNPLACED = 4.0
"""The clearness that a comparison lacks of which another thing stands behind such words."""
_TOGETHER = re.compile(
    r"[^.;:]*?\b(?:than|as|als|wie)\b[^.;:]*?\b(?:together|combined|zusammen|zusammengenommen)\b"
)
"""The words behind a comparison with the sum of what they name."""
_THAN_LABEL = 1.0
"""The clearness that a comparison of two columns lacks if the words compare with another label."""
_HOLDS = {**OF_SIGNS, "==": operator.eq}


def side_conditions(
    compared: PlacedComparison, here: ColumnHere, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield the comparisons of a column with others, and of its own labels, that words may mean."""
    yield from _pairs(compared, here, columns)
    if compared.meaning.kind not in ("all", "overtake"):
        yield from _labels(compared, here)
        yield from _before(compared, here)
        yield from _year_before(compared, here)


def _pairs(
    compared: PlacedComparison, here: ColumnHere, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield comparisons of two columns at a label."""
    meaning = compared.meaning
    side = compared.side
    lack = 0.3 + _THAN_LABEL * bool(_labels_behind(compared.words, here, _THAN))
    noun, is_alone = concepts_in(compared.words.noun), compared.is_without_other_side
    is_than = compared.is_of_side and THAN_WORD.search(compared.words.clause_behind)
    has_part, is_placed = compared.words.passage.has_part, compared.words.text.lower() in PLACED
    against, first = _groups_behind(compared.words, here), _first_behind(compared.words)
    is_of_here = names_column(first, here.column)
    for other in columns:
        if not here.is_comparable(other):
            continue
        if is_alone and noun & (here.column.own | other.column.own):
            continue  # "they grew more barley"
        if is_than and noun & other.column.own and not noun & here.column.own:
            continue  # "they grew more barley than in 2020" is not of wheat and barley
        if against and not (here.is_of_same(other) and against & set(other.column.groups)):
            continue  # "longer than in Ramsey"
        if meaning.kind == "overtake" and not names_column(
            compared.words.clause_behind, other.column
        ):
            continue  # "passengers overtook their level of 2019"
        score = 0.6 * here.naming + 0.6 * other.naming - lack
        score -= _UNPLACED * (is_placed and not names_column(first, other.column))
        score -= _UNPLACED * _are_groups_before(compared.words, here, other)
        score -= _UNPLACED * (here.is_of_same(other) and here.is_of_owner)
        sign = "==" if meaning.kind in ("equal", "all") else "<" if side < 0 else ">"
        codes = {
            label: f"{here.at(label)} {sign} {other.at(label)}"
            for label, clear in here.labels.items()
            if clear >= 0.4
            and label in other.column.values
            and _HOLDS[sign](here.value(label), other.value(label))
            and (sign == "==" or not has_part(here.value(label), other.value(label)))
        }
        yield from at_labels(compared.words, here, codes, score)
        if side and not is_of_here and names_column(first, other.column):
            for label, clear in here.labels.items():
                if clear >= 0.5 and label in other.column.values and label not in codes:
                    yield Candidate(here.at(label), score + clear, is_contrary=True)


def _are_groups_before(words: PlacedWords, here: ColumnHere, other: ColumnHere) -> bool:
    """True if two columns are of groups of which the sentence names none, and does not go on about one."""
    groups = {*here.column.groups, *other.column.groups}
    is_of_two = here.column.groups != other.column.groups
    return (
        is_of_two and not words.carried and not any(mentions(words.sentence, of) for of in groups)
    )


def _groups_behind(words: PlacedWords, here: ColumnHere) -> set[str]:
    """Return the groups beside that of a column that stand directly behind "than", or in a list there."""
    return {
        group
        for group in here.column.siblings
        if any(
            start >= words.end and _THAN_GROUP.fullmatch(words.sentence, words.end, start)
            for start, _ in label_positions(words.sentence, group)
        )
    }


def _first_behind(words: PlacedWords) -> str:
    """Return the first word that tells something behind words, and behind their "than"."""
    behind = THAN_WORD.split(words.clause_behind)[-1]
    telling = (word for word in behind.split() if word.lower() not in _SMALL)
    return next(telling, "")


def names_column(text: str, column: NamedColumn) -> bool:
    """True if a text names a column, or one of its groups."""
    named = column.own | frozenset[str]().union(*map(concepts_in, column.groups))
    return bool(concepts_in(text) & named)


def _labels(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield comparisons of two labels of a column, of which the one behind the words is held against;
    also of those of which the words are not true.
    """
    kind, words = compared.meaning.kind, compared.words
    side, first = compared.side, _first_behind(words)
    is_of_here, others = names_column(first, here.column), here.named.columns
    if not is_of_here and any(names_column(first, of) and not of.groups for of in others):
        return  # "wages were more than prices in 1570 and 1580"
    if is_of_here and THAN_WORD.search(words.clause_behind):
        return  # "wages were more than prices": those of prices at two times
    than = _labels_behind(words, here, _THAN)
    behind = than or _labels_behind(words, here, _TO_LABEL)
    if _TOGETHER.match(words.sentence, words.end):
        yield from _beside_sum(compared, here)
        return
    pairs = [
        (label, last, (clear + here.labels[last]) / 2)
        for label, clear in here.labels.items()
        for last in behind
        if label not in behind and min(clear, here.labels[last]) >= 0.4
    ]
    named_before = [
        label
        for label, clear in here.labels.items()
        if clear >= 0.5 and any(end <= words.start for _, end in words.positions(label))
    ]
    for label, last, clear in pairs:
        if named_before and here.labels[label] < 0.5 and not words.carried:
            continue  # "in 2024 there were 31, but fewer than in 2022" is not of 2023
        off = here.value(label) - here.value(last)
        is_size = kind in ("times", "as-much") and bool(than)
        is_so = off * side > 0 if side else bool(off) if is_size else bool(than) and not off
        is_contrary = off * side < 0 and min(here.labels[label], here.labels[last]) >= 0.5
        if is_so or is_contrary:
            score = here.naming + clear - 0.1
            score += _THAN_LABEL / 2 * bool(than)
            is_direct = any(start == words.end + 1 for start, _ in words.positions(last))
            is_placed = words.text.lower() in PLACED
            score -= _UNPLACED * (is_placed and not (than or is_direct))
            sign = "==" if not off else ">" if off > 0 else "<"
            code = f"{here.at(label)} {sign} {here.at(last)}"
            yield Candidate(code, score, is_contrary=is_contrary)


def _beside_sum(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the comparisons of a label with the sum of several that stand behind "than": "more than Iowa and
    Ohio together".
    """
    words, side = compared.words, compared.side
    behind = [
        label
        for label in here.labels
        if any(start >= words.end for start, _ in words.positions(label))
        and not any(end <= words.start for _, end in words.positions(label))
    ]
    if len(behind) < 2 or not side or here.column.is_rate:
        return
    total = sum(map(here.value, behind))
    for label, clear in here.labels.items():
        if label not in behind and clear >= 0.5:
            off, rest = here.value(label) - total, " + ".join(map(here.at, behind))
            code = f"{here.at(label)} {'>' if side > 0 else '<'} {rest}"
            yield Candidate(code, here.naming + clear, is_contrary=off * side <= 0)


def _before(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the comparison of the label of a sentence with the one that only the sentence before names:
    "In 2023 it was half as much".
    """
    words, kind = compared.words, compared.meaning.kind
    if THAN_WORD.search(words.sentence, words.end) or not words.carried:
        return
    now = [label for label, clear in here.labels.items() if clear > 0.5]
    then = [label for label in here.labels if words.is_in_sentence_before(label)]
    side = compared.side
    if len(now) != 1 or len(then) != 1 or now == then or kind == "equal":
        return
    off = here.value(now[0]) - here.value(then[0])
    if off and (off > 0) * 2 - 1 == (side or (off > 0) * 2 - 1):
        sign = ">" if off > 0 else "<"
        code = f"{here.at(now[0])} {sign} {here.at(then[0])}"
        yield Candidate(code, here.naming + here.labels[now[0]] - _UNSAID)


def _year_before(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the comparison of the label of a sentence, or of the one before if this names none, with the
    time before it: "less than the year before"; also if its words are not true.
    """
    side = compared.side
    if not (compared.is_held_against_it and side):
        return
    for label, clear in here.labels.items():
        before = here.column.before.get(label)
        if before is None or not (is_dated(label) and is_dated(before)):
            continue
        off = here.value(label) - here.value(before)
        start, end = here.span(before, label)
        sign = ">" if side > 0 else "<"
        code = f"{here.column.at(end)} {sign} {here.column.at(start)}"
        yield Candidate(code, here.naming + clear, is_contrary=off * side <= 0)


def _labels_behind(words: PlacedWords, here: ColumnHere, between: re.Pattern[str]) -> list[object]:
    """Return the labels behind words, with some words between."""
    return [
        label
        for label in here.labels
        if any(
            start >= words.end and between.fullmatch(words.sentence, words.end, start)
            for start, _ in words.positions(label)
        )
    ]


def at_labels(
    words: PlacedWords, here: ColumnHere, codes: Mapping[Any, str], score: float
) -> Iterator[Candidate]:
    """Yield conditions on values at labels; of labels in a list, that all of them hold."""
    listed = [label for label in here.labels if words.lists([label])]
    for label, code in codes.items():
        yield Candidate(code, score + here.labels[label] - _JOINED * (label in listed))
    if len(listed) > 1 and codes.keys() >= set(listed):
        clear = min(here.labels[label] for label in listed)
        yield Candidate(" and ".join(codes[label] for label in listed), score + clear + _LISTED)
