"""The conditions that words of a sentence may mean: a record, more than, rose, doubled."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations, product
from statistics import mean, median
from typing import Any

from broadsheet.checks.audit.comparing.comparisons import SIDES
from broadsheet.checks.audit.vocabulary import concepts_in, words_listed
from broadsheet.checks.bind.claim_cases import (
    TEXTS,
    StatedNumber,
    columns_of,
    in_all_cases,
    limits_behind,
)
from broadsheet.checks.bind.claim_records import records
from broadsheet.checks.bind.compared_words import PlacedComparison, subject_of
from broadsheet.checks.bind.naming.columns_here import (
    OF_SIGNS,
    Candidate,
    ColumnHere,
    is_since_then,
)
from broadsheet.checks.bind.naming.named_values import (
    QUOTE,
    NamedColumn,
    NamedValues,
    is_dated,
)
from broadsheet.checks.bind.naming.passages import PlacedWords, is_gap, is_gap_before
from broadsheet.verify.wording.meaning_rules import Meaning

_TO_FIRST = re.compile(r"[^.;:\d]{0,60}\b(?:from|than|von|als|after|nach)\s[^.;:\d]{0,20}")
"""The words of a comparison and those between them and the number that was before."""
_TO_LABEL = re.compile(
    r"[^.;:,\d]{0,60}|\s*(?:than|as|als|wie)\b[^.;:,]{0,60}|[^.;:,]{0,60}\b(?:than|as|als|wie)(?: \w+){0,2} "
)
"""The words between a comparison and the label that is held against."""
_THAN = re.compile(r"(?:[^.;:,]{0,60}\b|\s*)(?:than|as|als|wie)(?: \w+){0,2} ")
"""The words between a comparison and the label that stands directly behind "than"."""
_AVERAGE = re.compile(
    r"\s+(?:than )?(?:the|its|their|dem|der|den) (?:[^\W\d_]+ ){0,2}?"
    r"(?P<name>average|mean|median|Durchschnitt|Mittel)\b",
    re.IGNORECASE,
)
"""The words behind a comparison with the average of all."""
_THAN_WORD = re.compile(r"\b(?:than|as|als|wie)\b")
_TO_LAST = re.compile(r"[^.;:]{0,60}\b(?:to|auf)\s[^.;:\d]{0,20}")
"""The words between it and the number that is now."""
_TO_REACHED = re.compile(r",?\s*(?:again )?(?:to|auf)\s+[^.;:\d]{0,20}")
"""The words between a change and the number that it came to."""
_FROM_LAST = re.compile(r"[^.;:]{0,60}")
"""The words between a number that is now and a comparison behind it."""
_BY = re.compile(r"\s*(?:by|um)?(?:\s+[a-z]+)?\s+")
"""The words between a change and the number that says by how much."""
_AGAINST = re.compile(
    r"(?: [^\W\d_]+)? (?:against|compared (?:with|to)|gegen|gegenüber|nach)(?: (?:only|just|nur))? [$€£]?"
)
"""The words between two numbers that are held against each other: "76 against 140"."""
_SET_AGAINST = 1.0
"""The clearness that a comparison of two such numbers has in addition."""
_MOST_PARTS = 20
"""The most parts of a whole that words name."""
_UNSAID = 0.3
"""The clearness that a comparison of two numbers lacks if the words do not say which they are."""
_CELL = re.compile(r"(?P<of>[^\s()\[]+(?:\[[^\[\]]*\])*)\[(?P<key>[^\[\]]+)\]")
"""A value of a column by its label."""
_NOUN = 0.6
"""The clearness that the noun behind "no" adds to its column."""
_JOINED = 4.0
"""The clearness that a condition on one label of a list lacks, "in May and June"."""
_LISTED = 0.2
"""The clearness that one on all of them has in addition."""
_PLACED = frozenset(
    ("above", "below", "under", "over", "beneath", "beyond", "unter", "unterhalb", "über", "oberhalb")
)  # fmt: skip
"""Words that compare with what stands behind them, if that has a number."""
_SMALL = words_listed("small-en") | words_listed("small-de") | words_listed("function")
_UNPLACED = 4.0
"""The clearness that a comparison lacks of which another thing stands behind such words."""
_APART = re.compile(r"[;—]\s|\b(?:while|whereas|but|während|aber)\b")
"""Words and marks behind which a sentence is about something else."""
_UNSAID_SPAN = 1.0
"""The clearness that a change lacks of which the sentence does not say from when or to when it is."""
_UNTOLD_SPAN = 5.0
"""The clearness that one lacks of which the sentence before does not say it, either."""
_REACHED = 0.6
"""The clearness that a change has in addition which comes to the number that is said."""
_UNNAMED = 1.6
"""The clearness that a value of zero lacks whose column the words beside do not name."""
_THAN_LABEL = 1.0
"""The clearness that a comparison of two columns lacks if the words compare with another label."""
_MOST_VALUES = 4
"""The most expressions of a number of which conditions are made."""
_HELD = (0.005, 0.01, 0.02, 0.05)
"""The parts by which a value differs that is said to have held."""
_HOLDS = {**OF_SIGNS, "==": operator.eq}
_SIGNS = {"more": ">", "less": "<", "at-least": ">=", "at-most": "<="}
"""The signs of words that hold a value against a number."""


def conditions(
    compared: PlacedComparison, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield the conditions that a comparison may mean, in a sentence with some numbers."""
    words, meaning = compared.words, compared.meaning
    if compared.is_of_cases or meaning.kind in TEXTS:
        yield from in_all_cases(compared, named, stated)
    if compared.is_of_cases or _is_of_others(compared, named):
        return
    if meaning.kind == "part":
        yield from _parts(compared, stated)
        return
    is_placed = words.text.lower() in _PLACED
    if meaning.kind not in ("high", "low", "none-more", "none-less") and not is_placed:
        yield from _of_numbers(compared, stated)
    columns, is_of_gap = columns_of(words, named), is_gap_before(words)
    for here in columns:
        if not is_of_gap or is_gap(here.column):
            yield from _of_column(compared, here, columns, stated)


def _of_column(
    compared: PlacedComparison,
    here: ColumnHere,
    columns: Sequence[ColumnHere],
    stated: Sequence[StatedNumber],
) -> Iterator[Candidate]:
    """Yield the conditions on a column that a comparison may mean."""
    kind = compared.meaning.kind
    if kind in ("high", "low", "none-more", "none-less"):
        yield from records(compared, here)
    if kind in ("up", "down", "times", "as-much", "level"):
        yield from _moves(compared, here, stated)
    if kind in ("nothing", "none", "no", "none-more"):
        yield from _nothing(compared.words, here)
    if kind in ("more", "less", "as-much", "times", "equal", "all", "overtake"):
        yield from _pairs(compared, here, columns)
        if kind not in ("all", "overtake"):
            yield from _labels(compared, here)
            yield from _before(compared, here)
        if kind in ("more", "less"):
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
    is_more_of = compared.meaning.kind in ("more", "less")
    return (
        (
            is_more_of
            and not _is_label_behind(words, named)
            and all(map(words.is_of_others, named.columns))
        )
        or (bool(subject) and not any(subject & each.named_with_places for each in named.columns))
        or (words.text.lower() in _PLACED and not words.sentence[: words.start].strip())
    )


def _of_numbers(compared: PlacedComparison, stated: Sequence[StatedNumber]) -> Iterator[Candidate]:
    """Yield comparisons of what the numbers of the sentence state: of two of them, best of the two that
    the words speak of, "fell from 56 to 28 percent", "28 percent, down from 56"; of the sides of a
    change, "rose by 8 percent".
    """
    for then, now, less in _ends(compared, stated):
        values = (
            [value for value in number.values if value.is_share or not value.sides]
            for number in (then, now)
        )
        for first, last in product(*(of[:_MOST_VALUES] for of in values)):
            if ("len(" in first.value) != ("len(" in last.value):
                continue  # a number of rows, and a value
            clear = (first.score + last.score) / 2 - less
            yield from _compared(compared.meaning, last.value, first.value, clear)
    for number in stated:
        if _is_within(compared.words, number.words):
            for value in number.values[:_MOST_VALUES]:
                if value.sides and not value.is_share:
                    upper, lower = value.sides
                    yield from _compared(compared.meaning, upper, lower, value.score)


def _parts(compared: PlacedComparison, stated: Sequence[StatedNumber]) -> Iterator[Candidate]:
    """Yield comparisons of a number of the sentence with a part of another one, "of 90 members 50 came,
    more than half"; of the two sides of a share, "56 percent, more than half".
    """
    words, meaning = compared.words, compared.meaning
    sign = "<" if meaning.round_to.side > 0 else ">"
    part_of = Fraction(meaning.size or 1.0).limit_denominator(_MOST_PARTS)
    times = f" * {part_of.numerator}" * (part_of.numerator > 1)
    part = f"{times} / {part_of.denominator}"
    sizes = {each.start: each.value * each.scale for each in words.passage.quantities}
    beside = [number for number in stated if not _overlap(words, number.words)]
    for number, whole in permutations(beside, 2):
        of, total = (sizes.get(each.words.start, 0.0) for each in (number, whole))
        if not _are_alike(number, whole) or not 0 < of < total or _is_apart(words, number.words):
            continue
        values = (each.values[:_MOST_VALUES] for each in (number, whole))
        for first, last in product(*values):
            if not (first.sides or last.sides):
                score = (first.score + last.score) / 2 - _UNSAID
                yield Candidate(f"{first.value} {sign} {last.value}{part}", score)
    for number in beside:
        for value in number.values[:_MOST_VALUES]:
            if value.sides and value.is_share and not _is_apart(words, number.words):
                upper, lower = value.sides
                yield Candidate(f"{upper} {sign} {lower}{part}", value.score)


def _compared(meaning: Meaning, now: str, then: str, clear: float) -> Iterator[Candidate]:
    """Yield the comparison of two values; of two of a column, as a change of it."""
    is_size = meaning.kind in ("times", "as-much")
    if not (side := SIDES.get(meaning.kind, int(is_size))):
        return
    if is_size and (meaning.size or 1) < 1:  # "half as much"
        side = -side
    start, end = _CELL.fullmatch(then), _CELL.fullmatch(now)
    if start and end and start["of"] == end["of"] and meaning.kind in ("up", "down"):
        function = "rose" if side > 0 else "fell"
        if not _is_later(start["key"], end["key"]):
            yield Candidate(f"{function}({start['of']}, {start['key']}, {end['key']})", clear)
    elif meaning.kind not in ("up", "down") or start is None or end is None:
        yield Candidate(f"{now} {'>' if side > 0 else '<'} {then}", clear)


def _is_later(key: str, other: str) -> bool:
    """True if the first of two labels is surely the later one."""
    years = (key.strip(QUOTE), other.strip(QUOTE))
    return all(year[:4].isdigit() for year in years) and years[0] > years[1]


def _overlap(words: PlacedWords, number: PlacedWords) -> bool:
    return number.start < words.end and words.start < number.end


def _is_within(words: PlacedWords, number: PlacedWords) -> bool:
    """True if a number is in the words, or directly beside them: "rose by 8 percent"."""
    if _overlap(words, number):
        return True
    between = words.sentence[min(number.end, words.end) : max(number.start, words.start)]
    return not between.strip() or (words.end <= number.start and _BY.fullmatch(between) is not None)


def _ends(
    compared: PlacedComparison, stated: Sequence[StatedNumber]
) -> Iterator[tuple[StatedNumber, StatedNumber, float]]:
    """Yield the pairs of numbers that words may compare, what was before and what is now, with the
    clearness that they lack: none if the words say which they are.
    """
    words, text = compared.words, compared.words.sentence
    beside = [number for number in stated if not _overlap(words, number.words)]
    for then, now in permutations(beside, 2):
        if not _are_alike(now, then) or now.words.start == then.words.start:
            continue
        if all(_is_apart(words, number.words) for number in (then, now)):
            continue
        part, whole = sorted((then.words, now.words), key=lambda each: each.start)
        if words.passage.is_part_of(part.end, whole.start):
            continue
        is_from = then.words.start >= words.end and _TO_FIRST.fullmatch(
            text, words.end, then.words.start
        )
        is_to = now.words.start >= then.words.end and _TO_LAST.fullmatch(
            text, then.words.end, now.words.start
        )
        is_before = now.words.end <= words.start and _FROM_LAST.fullmatch(
            text, now.words.end, words.start
        )
        is_against = (
            now.words.start >= words.end
            and then.words.start >= now.words.end
            and _AGAINST.fullmatch(text, now.words.end, then.words.start)
        )
        lack = 0 if is_from and (is_to or is_before) else _UNSAID
        yield then, now, -_SET_AGAINST if is_against else lack


def _are_alike(number: StatedNumber, other: StatedNumber) -> bool:
    """True if two numbers may be of one kind: of the second the unit is often left out."""
    plain = {"", "unit"}
    return number.kind == other.kind or {number.kind, other.kind} <= plain


def _is_apart(words: PlacedWords, number: PlacedWords) -> bool:
    """True if a number is in another part of the sentence."""
    first, last = sorted((words, number), key=lambda each: each.start)
    return _APART.search(words.sentence, first.end, last.start) is not None


def _moves(
    compared: PlacedComparison, here: ColumnHere, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    meaning, words = compared.meaning, compared.words
    side = SIDES.get(meaning.kind, 0)
    reached = {
        value.value
        for number in stated
        if number.words.start >= words.end
        and _TO_REACHED.fullmatch(words.sentence, words.end, number.words.start)
        for value in number.values
    }
    for first, last, clear in here.spans():
        if not (is_dated(first) and is_dated(last)):
            continue
        if first not in here.labels and not compared.is_on_time_before:
            continue
        is_reached = here.at(last) in reached
        if here.at(first) in reached:
            continue  # it came to the number, and did not begin at it
        begins, ends = here.labels.get(first, 1), here.labels.get(last, 1)
        if begins >= 0.5 > ends and not is_reached:
            continue  # the sentence says from when on, and not to when
        score = here.naming + clear + _REACHED * is_reached
        if begins < 0.5 and not is_since_then(words):
            is_before = words.is_in_sentence_before(first)
            score -= _UNSAID_SPAN * (not is_reached) if is_before else _UNTOLD_SPAN
        then, now = here.value(first), here.value(last)
        start, end = here.span(first, last)
        course = f"({here.column.code}, {start}, {end})"
        if meaning.kind in ("times", "as-much"):
            if meaning.size and then and now != then:
                yield Candidate(f"{'rose' if now > then else 'fell'}{course}", score)
        elif meaning.kind == "level":
            parts = (part for part in _HELD if abs(now - then) <= part * abs(then))
            if (part := next(parts, None)) is not None:
                code = f"held{course[:-1]}, within={part})"
                yield Candidate(code, score)
        elif (now - then) * side > 0:
            yield Candidate(f"{'rose' if side > 0 else 'fell'}{course}", score)


def _pairs(
    compared: PlacedComparison, here: ColumnHere, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield comparisons of two columns at a label."""
    meaning = compared.meaning
    side = SIDES.get(meaning.kind, 0)
    lack = 0.3 + _THAN_LABEL * bool(_labels_behind(compared.words, here, _THAN))
    of_more = concepts_in(compared.words.noun) if compared.is_without_other_side else frozenset()
    has_part = compared.words.passage.has_part
    for other in columns:
        if not here.is_comparable(other):
            continue
        if of_more & (here.column.own | other.column.own):
            continue  # "they grew more barley"
        if meaning.kind == "overtake" and not _is_in(_behind(compared.words), other.column):
            continue  # "passengers overtook their level of 2019"
        score = 0.6 * here.naming + 0.6 * other.naming - lack
        score -= _UNPLACED * (not _stands_behind(compared.words, other.column))
        sign = "==" if meaning.kind in ("equal", "all") else "<" if side < 0 else ">"
        codes = {
            label: f"{here.at(label)} {sign} {other.at(label)}"
            for label, clear in here.labels.items()
            if clear >= 0.4
            and label in other.column.values
            and _HOLDS[sign](here.value(label), other.value(label))
            and (sign == "==" or not has_part(here.value(label), other.value(label)))
        }
        yield from _at_labels(compared.words, here, codes, score)


def _stands_behind(words: PlacedWords, column: NamedColumn) -> bool:
    """True unless the words compare with what stands behind them, and that is not a column."""
    return words.text.lower() not in _PLACED or _is_in(_first_behind(words), column)


def _first_behind(words: PlacedWords) -> str:
    """Return the first word that tells something behind words, and behind their "than"."""
    behind = _THAN_WORD.split(_behind(words))[-1]
    telling = (word for word in behind.split() if word.lower() not in _SMALL)
    return next(telling, "")


def _behind(words: PlacedWords) -> str:
    """Return the rest of the clause behind words."""
    return re.split(r"[.,;:()]", words.sentence[words.end :])[0]


def _is_in(text: str, column: NamedColumn) -> bool:
    """True if a text names a column, or one of its groups."""
    named = column.own | frozenset[str]().union(*map(concepts_in, column.groups))
    return bool(concepts_in(text) & named)


def _labels(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield comparisons of two labels of a column, of which the one behind the words is held against."""
    kind, words = compared.meaning.kind, compared.words
    side, first = SIDES.get(kind, 0), _first_behind(words)
    others = (column for column in here.named.columns if not _is_in(first, here.column))
    if any(_is_in(first, column) and not column.groups for column in others):
        return  # "wages were more than prices in 1570 and 1580"
    if _THAN_WORD.search(_behind(words)) and _is_in(first, here.column):
        return  # "wages were more than prices": those of prices at two times
    than = _labels_behind(words, here, _THAN)
    behind = than or _labels_behind(words, here, _TO_LABEL)
    for label, clear in here.labels.items():
        for last in behind if label not in behind else ():
            other_clear, off = here.labels[last], here.value(label) - here.value(last)
            is_size = kind in ("times", "as-much") and bool(than)
            is_so = off * side > 0 if side else bool(off) if is_size else bool(than) and not off
            if is_so and min(clear, other_clear) >= 0.4:
                score = here.naming + (clear + other_clear) / 2 - 0.1
                score += _THAN_LABEL / 2 * bool(than)
                is_direct = any(start == words.end + 1 for start, _ in words.positions(last))
                is_placed = words.text.lower() in _PLACED
                score -= _UNPLACED * (is_placed and not (than or is_direct))
                sign = "==" if not off else ">" if off > 0 else "<"
                yield Candidate(f"{here.at(label)} {sign} {here.at(last)}", score)


def _before(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the comparison of the label of a sentence with the one that only the sentence before names:
    "In 2023 it was half as much".
    """
    words, kind = compared.words, compared.meaning.kind
    if _THAN_WORD.search(words.sentence, words.end) or not words.carried:
        return
    now = [label for label, clear in here.labels.items() if clear > 0.5]
    then = [label for label in here.labels if words.is_in_sentence_before(label)]
    side = SIDES.get(kind, 0)
    if len(now) != 1 or len(then) != 1 or now == then or kind == "equal":
        return
    off = here.value(now[0]) - here.value(then[0])
    if off and (off > 0) * 2 - 1 == (side or (off > 0) * 2 - 1):
        sign = ">" if off > 0 else "<"
        code = f"{here.at(now[0])} {sign} {here.at(then[0])}"
        yield Candidate(code, here.naming + here.labels[now[0]] - _UNSAID)


def _averages(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the comparisons of a value with the average of its column, "above the average"."""
    words, side = compared.words, SIDES[compared.meaning.kind]
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
        yield from _at_labels(compared.words, here, codes, here.naming)


def _at_labels(
    words: PlacedWords, here: ColumnHere, codes: Mapping[Any, str], score: float
) -> Iterator[Candidate]:
    """Yield conditions on values at labels; of labels in a list, that all of them hold."""
    listed = [label for label in here.labels if words.lists([label])]
    for label, code in codes.items():
        yield Candidate(code, score + here.labels[label] - _JOINED * (label in listed))
    if len(listed) > 1 and codes.keys() >= set(listed):
        clear = min(here.labels[label] for label in listed)
        yield Candidate(" and ".join(codes[label] for label in listed), score + clear + _LISTED)
