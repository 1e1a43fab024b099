"""The conditions that words of a sentence may mean: a record, more than, rose, doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from broadsheet.checks.audit.comparisons import SIDES
from broadsheet.checks.bind.named_values import NamedColumn, NamedValues, is_time, written
from broadsheet.checks.bind.number_readings import Candidate, ColumnHere, columns_here, limit_of
from broadsheet.checks.bind.passages import BoundPassage, PlacedWords, label_positions
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of

_TO_LIMIT = re.compile(r"(?:\s+(?:than|als))?\s+")
"""The words between those of a comparison and the number that is its limit."""
_TO_FIRST = re.compile(r"[^.;:\d]{0,60}\b(?:from|than|von|als|after|nach)\s[^.;:\d]{0,20}")
"""The words of a comparison and those between them and the number that was before."""
_TO_LABEL = re.compile(r"[^.;:,\d]{0,60}|\s*(?:than|as|als|wie)\b[^.;:,]{0,60}")
"""The words between a comparison and the label that is held against."""
_TO_LAST = re.compile(r"[^.;:]{0,60}\b(?:to|auf)\s[^.;:\d]{0,20}")
"""The words between it and the number that is now."""
_FROM_LAST = re.compile(r"[^.;:]{0,60}")
"""The words between a number that is now and a comparison behind it."""
_BY = re.compile(r"\s*(?:by|um)?(?:\s+[a-z]+)?\s+")
"""The words between a change and the number that says by how much."""
_BARE = re.compile(r"\s*")
_THAN = re.compile(r"\s*(?:\w+\s+){0,2}(?:than|as|als|wie)\b")
"""The words behind a comparison that say with what."""
_CELL = re.compile(r"(?P<of>[^\s()]+)\[(?P<key>[^\[\]]+)\]")
"""A value of a column by its label."""
_MOST_VALUES = 4
"""The most expressions of a number of which conditions are made."""
_HELD = (0.005, 0.01, 0.02, 0.05)
"""The parts by which a value differs that is said to have held."""
_SHOWN = ("up", "down", "times", "as-much", "equal", "level", "nothing", "none", "no", "all")


@dataclass(frozen=True)
class PlacedComparison:
    """Words that compare, with their meaning."""

    words: PlacedWords
    """The words."""
    meaning: Meaning
    """The meaning."""
    is_on_time_before: bool = False
    """The sentence compares with the time before one that it names, "a year earlier"."""


@dataclass(frozen=True)
class StatedNumber:
    """A number of a sentence, with what it may state."""

    words: PlacedWords
    """Its words."""
    kind: str
    """The kind of its unit."""
    values: Sequence[Candidate]
    """The expressions that read so, the clearest first."""


def compared_words_in(passage: BoundPassage) -> Iterator[PlacedComparison]:
    """Yield the comparisons of a sentence."""
    words = lexicon(passage.language)
    if not words.has_rules:
        return
    meanings = meanings_of(words).of(passage.text, 0, len(passage.text))
    is_on_time_before = any(meaning.kind == "year-before" for meaning in meanings)
    for meaning in meanings:
        if meaning.is_denied or meaning.kind not in (*SIDES, *_SHOWN):
            continue
        placed = PlacedWords(passage, meaning.start, meaning.end)
        yield PlacedComparison(placed, meaning, is_on_time_before)


def conditions(
    compared: PlacedComparison, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield the conditions that a comparison may mean, in a sentence with some numbers."""
    words, meaning = compared.words, compared.meaning
    yield from _of_numbers(compared, stated)
    columns = columns_here(words, named, lambda column: 0)
    for here in columns:
        if meaning.kind in ("high", "low", "none-more", "none-less"):
            yield from _extremes(compared, here)
        if meaning.kind in ("up", "down", "times", "as-much", "level"):
            yield from _moves(compared, here)
        if meaning.kind in ("nothing", "none", "no", "none-more"):
            for label, clear in here.labels.items():
                if here.value(label) == 0:
                    yield Candidate(f"{here.at(label)} == 0", here.naming + clear)
        if meaning.kind in ("more", "less", "as-much", "times", "equal", "all"):
            yield from _pairs(meaning, here, columns)
            yield from _labels(compared, here)
            yield from _beyond(compared, here)


def _extremes(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    meaning, column = compared.meaning, here.column
    side = SIDES.get(meaning.kind, 0)
    if len(column.values) < 3:
        return
    function = "highest" if side > 0 else "lowest"
    for label, clear in here.labels.items():
        value, score = here.value(label), here.naming + clear
        rank = sum(other * side > value * side for other in column.values.values()) + 1
        before = column.places[: column.places.index(label)]
        for key in here.named.keys(label):
            if meaning.size and meaning.size > 1:
                if rank == int(meaning.size):
                    lowest = ", lowest_first=True" if side < 0 else ""
                    yield Candidate(f"ranks({column.code}, {key}, {rank}{lowest})", score)
                continue
            is_so_far = bool(before) and all(
                here.value(other) * side < value * side for other in before
            )
            courses = [(f"{column.code}, {key}", score)] if rank == 1 else []
            if is_time(label) and is_so_far:
                courses.append((f"{column.code}[:{key}]", score - 0.05 * (rank == 1)))
            for course, clearness in courses:
                yield Candidate(f"{function}({course})", clearness)
            if meaning.time is not None:
                year = str(getattr(meaning.time, "year", meaning.time))
                for since in (other for other in before if str(other) == year):
                    code = f"{function}({column.code}, {key}, since={written(since)})"
                    yield Candidate(code, score + 0.3)


def _of_numbers(compared: PlacedComparison, stated: Sequence[StatedNumber]) -> Iterator[Candidate]:
    """Yield comparisons of what the numbers beside the words state: of the two that they speak of, "fell
    from 56 to 28 percent", "28 percent, down from 56"; of the sides of a change, "rose by 8 percent".
    """
    for then, now in _ends(compared, stated):
        for first, last in product(then.values[:_MOST_VALUES], now.values[:_MOST_VALUES]):
            clear = (first.score + last.score) / 2
            yield from _compared(compared.meaning, last.value, first.value, clear)
    for number in stated:
        if _is_within(compared.words, number.words):
            for value in number.values[:_MOST_VALUES]:
                if value.sides:
                    upper, lower = value.sides
                    yield from _compared(compared.meaning, upper, lower, value.score)


def _compared(meaning: Meaning, now: str, then: str, clear: float) -> Iterator[Candidate]:
    """Yield the comparison of two values; of two of a column, as a change of it."""
    if not (side := SIDES.get(meaning.kind, 1 if meaning.kind in ("times", "as-much") else 0)):
        return
    start, end = _CELL.fullmatch(then), _CELL.fullmatch(now)
    if start and end and start["of"] == end["of"] and meaning.kind in ("up", "down"):
        function = "rose" if side > 0 else "fell"
        yield Candidate(f"{function}({start['of']}, {start['key']}, {end['key']})", clear)
    else:
        yield Candidate(f"{now} {'>' if side > 0 else '<'} {then}", clear)


def _is_within(words: PlacedWords, number: PlacedWords) -> bool:
    """True if a number is in the words, or directly beside them: "rose by 8 percent"."""
    if number.start < words.end and words.start < number.end:
        return True
    between = words.sentence[min(number.end, words.end) : max(number.start, words.start)]
    return (_BY if words.end <= number.start else _BARE).fullmatch(between) is not None


def _ends(
    compared: PlacedComparison, stated: Sequence[StatedNumber]
) -> Iterator[tuple[StatedNumber, StatedNumber]]:
    """Yield the pairs of numbers that words compare: what was before, and what is now."""
    words, text = compared.words, compared.words.sentence
    before = [number for number in stated if number.words.end <= words.start]
    for then in stated:
        if then.words.start < words.end:
            continue
        if not _TO_FIRST.fullmatch(text, words.start, then.words.start):
            continue
        for now in stated:
            is_behind = now.words.start >= then.words.end and _TO_LAST.fullmatch(
                text, then.words.end, now.words.start
            )
            is_before = now in before and _FROM_LAST.fullmatch(text, now.words.end, words.start)
            if now.kind == then.kind and (is_behind or is_before):
                yield then, now
    is_of_both = compared.meaning.kind in ("times", "as-much", "more", "less")
    if is_of_both and not _THAN.match(text, words.end):
        for then, now in pairwise(before):
            is_last = _FROM_LAST.fullmatch(text, now.words.end, words.start)
            if now.kind == then.kind and is_last and now.words.start >= then.words.end:
                yield then, now


def _moves(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    meaning = compared.meaning
    side = SIDES.get(meaning.kind, 0)
    for first, last, clear in here.spans():
        if first not in here.labels and not compared.is_on_time_before:
            continue
        score = here.naming + clear
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
    meaning: Meaning, here: ColumnHere, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield comparisons of two columns at a label."""
    side = SIDES.get(meaning.kind, 0)
    for other in columns:
        if other is here or not _are_alike(here.column, other.column):
            continue
        for label, clear in here.labels.items():
            if clear < 0.4 or label not in other.column.values:
                continue
            off = here.value(label) - other.value(label)
            score = 0.6 * here.naming + 0.6 * other.naming + clear - 0.3
            if meaning.kind in ("equal", "all"):
                if not off:
                    yield Candidate(f"{here.at(label)} == {other.at(label)}", score)
            elif off * (side or 1) > 0:
                sign = "<" if side < 0 else ">"
                yield Candidate(f"{here.at(label)} {sign} {other.at(label)}", score)


def _labels(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield comparisons of two labels of a column, of which the one behind the words is held against."""
    side, words = SIDES.get(compared.meaning.kind, 0), compared.words
    behind = [
        label
        for label in here.labels
        if any(
            start >= words.end and _TO_LABEL.fullmatch(words.sentence, words.end, start)
            for start, _ in label_positions(words.sentence, label)
        )
    ]
    for first, clear in here.labels.items():
        for last in behind if first not in behind else ():
            other_clear, off = here.labels[last], here.value(first) - here.value(last)
            if side and off * side > 0 and min(clear, other_clear) >= 0.5:
                score = here.naming + (clear + other_clear) / 2 - 0.1
                sign = ">" if side > 0 else "<"
                yield Candidate(f"{here.at(first)} {sign} {here.at(last)}", score)


def _beyond(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield comparisons of a value with the number that the sentence has behind the words."""
    side, words = SIDES.get(compared.meaning.kind, 0), compared.words
    behind = (each for each in words.passage.quantities if each.start >= words.end)
    number = next(behind, None)
    if not side or number is None:
        return
    limit = limit_of(number, here.column)
    if not limit or not _TO_LIMIT.fullmatch(words.sentence, words.end, number.start):
        return
    sign = ">" if side > 0 else "<"
    for label, clear in here.labels.items():
        if (here.value(label) - number.value) * side > 0 and str(label) != limit:
            yield Candidate(f"{here.at(label)} {sign} {limit}", here.naming + clear)


def _are_alike(column: NamedColumn, other: NamedColumn) -> bool:
    """True if two columns may be compared: of one frame, one name, or one unit."""
    if column.own == other.own and column.groups == other.groups:
        return False  # the same column in a part of its frame
    frames = [re.split(r"[.\[]", each.code)[0] for each in (column, other)]
    is_of_both = frames[0] == frames[1] or bool(column.own & other.own)
    return is_of_both and (column.unit == other.unit or not (column.unit and other.unit))
