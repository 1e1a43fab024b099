"""The comparisons that words may mean of what the numbers of their sentence state: of two of them, of the
sides of one, of a number with a part of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product

from broadsheet.checks.audit.comparing.comparisons import SIDES
from broadsheet.checks.bind.claim_cases import StatedNumber
from broadsheet.checks.bind.compared_words import PlacedComparison
from broadsheet.checks.bind.naming.columns_here import Candidate
from broadsheet.checks.bind.naming.named_values import QUOTE
from broadsheet.checks.bind.naming.passages import TURN_TO_OTHERS, PlacedWords
from broadsheet.verify.wording.meaning_rules import Meaning

_TO_FIRST = re.compile(r"[^.;:\d]{0,60}\b(?:from|than|von|als|after|nach)\s[^.;:\d]{0,20}")
"""The words of a comparison and those between them and the number that was before."""
_TO_LAST = re.compile(r"[^.;:]{0,60}\b(?:to|auf)\s[^.;:\d]{0,20}")
"""The words between it and the number that is now."""
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
_MOST_VALUES = 4
"""The most expressions of a number of which conditions are made."""


def number_conditions(
    compared: PlacedComparison, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
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


def part_conditions(
    compared: PlacedComparison, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
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
    return TURN_TO_OTHERS.search(words.sentence, first.end, last.start) is not None
