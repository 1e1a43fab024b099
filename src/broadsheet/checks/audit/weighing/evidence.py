"""Evidence that a number is of the cell that its sentence names, though it is not its value: it is the
value of another row or time of the same column, or it is near the value.

Where a sentence has words that nothing explains, they may be what the number is of. They are not, if they
stand apart from the number, from the words of the measure and from the label, and the number is that of a
neighbour in the column, or of the size of the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import in_unit_of
from broadsheet.checks.audit.mentions import Code
from broadsheet.checks.audit.places import plain_name
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.read_sentence import PART_SIGN, Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.vocabulary import CLEAR, bare_word, concepts_in

_BY_CHANCE = 0.05
"""A number that is a neighbour's with so much probability by chance tells nothing."""
_NEAR = 1.5
"""A number is near a value that is at most so many times as large, or as small."""
_MOST_NEIGHBOURS = 400
"""A column with more cells of a time or a row has too many values to tell one by."""
LEVELS = ("cell", "sum", "mean", "median", "highest", "lowest")
"""The operations whose result is in the unit of the measure."""
_BEHIND, _BEFORE = 4, 2
"""The most words behind and before a number or a measure that are of it."""
_MANY_DIGITS = 3
"""Two numbers of so many digits are hardly alike by chance."""
_EXACT = 1000
"""A number written as so many of its last digit tells a value."""
_MANY = 10
"""A rank among fewer holds by chance too often."""
_STOP = re.compile(rf"{PART_SIGN.pattern}|\.\s")
"""Signs at which a group of words ends."""


def is_surely_of(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number, or words that compare, are surely of the measure of a reading, whatever else the
    sentence says.
    """
    if judge.named.score < CLEAR or judge.is_elsewhere or judge.is_of_compound:
        return False
    if _has_word_beside(judge, item):
        return False
    is_wrong = is_wrong_cell(judge, item, reading)
    if is_wrong and isinstance(item, Quantity) and is_misspelt(judge, item, reading):
        return True
    if _has_word_beside_label(judge):
        return False
    if is_wrong:
        return True
    is_apart = not words_apart(judge, item, judge.strange_words)
    is_close = not isinstance(item, Quantity) or (item.is_telling and is_near(judge, item, reading))
    return is_apart and is_close


def is_wrong_cell(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number is the value of a neighbour of the cell that its sentence names, or that value
    with its digits in disorder, and hardly so by chance.
    """
    if not isinstance(item, Quantity) or reading.operation != "cell" or not item.is_telling:
        return False
    if reading.fits is not False:
        return False
    return is_misspelt(judge, item, reading) or is_of_neighbour(judge, item, reading)


def is_exact_cell(item: Placed, reading: AuditReading) -> bool:
    """True if a number is the value of a cell by so many digits that it is hardly so by chance."""
    if not isinstance(item, Quantity) or reading.operation != "cell" or item.round_to.side:
        return False
    return bool(item.step) and abs(item.value) / item.step >= _EXACT


def is_of_its_size(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a number is near a reading's value, or that of a neighbour; or if words compare."""
    if not isinstance(item, Quantity):
        return True
    return is_near(judge, item, reading) or is_wrong_cell(judge, item, reading)


def is_misspelt(judge: Judge, quantity: Quantity, reading: AuditReading) -> bool:
    """True if a number is a reading's value with two of its digits in disorder."""
    converted = in_unit_of(quantity, judge.measure, reading.value)
    if converted is None or not converted[0].step:
        return False
    number, exact = (
        f"{abs(value) / converted[0].step:.0f}" for value in (converted[0].value, reading.value)
    )
    if len(number) != len(exact):
        return False
    number = number.rstrip("0")
    exact = exact[: len(number)]
    others = sum(left != right for left, right in zip(number, exact, strict=True))
    return len(number) >= _MANY_DIGITS and sorted(number) == sorted(exact) and others == 2


def is_near(judge: Judge, quantity: Quantity, reading: AuditReading) -> bool:
    """True if a number is of the size of a reading's value."""
    number = quantity.value
    if reading.operation in (*LEVELS, "first above", "first below"):
        converted = in_unit_of(quantity, judge.measure, reading.value)
        if converted is None or not converted[1]:
            return False
        number = converted[0].value
    return number != 0 and 1 / _NEAR <= abs(reading.value / number) <= _NEAR


def is_of_neighbour(judge: Judge, quantity: Quantity, reading: AuditReading) -> bool:
    """True if a number is the value of another time of the same row, or of another row at the same
    time, and hardly so by chance.
    """
    converted = in_unit_of(quantity, judge.measure, reading.value)
    if converted is None or not converted[1] or quantity.round_to.side:
        return False
    digits = len(re.sub(r"\D", "", quantity.text).strip("0"))
    column = judge.table.time
    labels = judge.label_sets(quantity)
    groups = []
    if column is not None and not judge.table.is_of_things:
        groups.append(judge.chosen(labels))
    at = judge.at(judge.time_of(quantity)) if column is not None else None
    groups.append(judge.has_values & at if at is not None else judge.has_values)
    for group in groups:
        cells = np.flatnonzero(group)
        if len(cells) > _MOST_NEIGHBOURS or len(cells) > _BY_CHANCE * 9 * 10 ** (digits - 1):
            continue
        if any(converted[0].fits(float(value)) for value in judge.measure.values[cells]):
            return True
    return False


@dataclass(frozen=True)
class Witness:
    """A number or a rank by which a sentence is surely of a measure and of some labels."""

    labels: frozenset[frozenset[Code]]
    """The labels."""
    start: int
    """The position of its first letter."""
    cell: tuple[object, ...]
    """The cell that it is; empty for a rank."""


def witnesses_of(
    judge: Judge, readings: Iterable[tuple[Placed, AuditReading]]
) -> frozenset[Witness]:
    """Return the numbers of the sentence that are exactly the value of their labels by the measure, and the
    ranks that hold among many: the sentence is of that measure and of these labels, whatever else it says.
    """
    is_timeless = judge.table.time is None and bool(judge.sentence.times)
    if judge.is_elsewhere or judge.is_of_compound or is_timeless:
        return frozenset()
    return frozenset(
        Witness(_labels_of(judge, item), item.start, _cell_of(reading))
        for item, reading in readings
        if _is_witness(judge, item, reading)
    )


def is_witnessed(
    judge: Judge, item: Placed, reading: AuditReading, witnesses: Iterable[Witness]
) -> bool:
    """True if another number or rank of the sentence tells that a number, or words that compare, are of the
    measure of a reading; a number is of the size of the value, too, and of another cell than the other.
    """
    is_level = isinstance(item, Quantity) and reading.operation in LEVELS
    if is_level and not (item.is_telling and is_of_its_size(judge, item, reading)):  # type: ignore[attr-defined]
        return False
    labels = _labels_of(judge, item)
    return any(
        each.labels == labels
        and not (is_level and each.cell == _cell_of(reading))
        and not _has_word_of_its_own(judge, item, each)
        for each in witnesses
    )


def _cell_of(reading: AuditReading) -> tuple[object, ...]:
    if reading.operation not in ("cell", "count") or not reading.operands:
        return ()
    operand = reading.operands[0]
    return operand.column, operand.row, *operand.keys.items()


def _labels_of(judge: Judge, item: Placed) -> frozenset[frozenset[Code]]:
    return frozenset(each.codes[judge.named.number] for each in judge.label_sets(item))


def _is_witness(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a reading fits, and hardly by chance."""
    if not reading.fits or not reading.is_main:
        return False
    if not isinstance(item, Quantity):
        is_of_many = len(judge.among_labels(0)) >= _MANY
        return reading.operation == "rank" and reading.is_sure and is_of_many
    digits = len(re.sub(r"\D", "", item.text).strip("0"))
    is_exact = digits >= _MANY_DIGITS and not item.round_to.side
    return reading.operation in ("cell", "count") and is_exact


def _has_word_of_its_own(judge: Judge, item: Placed, witness: Witness) -> bool:
    """True if a word that nothing explains may say what an item is of, and not a witness as well: it is in
    the part of the item, and the witness in another, or it stands between them or beside the item.
    """
    sentence = judge.sentence
    start, end = sentence.span_around(item)
    first, last = sorted((item.start, witness.start))
    is_together = start <= witness.start < end
    anchors = [
        at
        for at, match in enumerate(sentence.word_matches)
        if item.start <= match.start() < item.end
    ]
    for at in _strange_at(judge, judge.unexplained):
        place = sentence.word_matches[at].start()
        if start <= place < end and (not is_together or first < place < last):
            return True
        if any(
            -_BEFORE <= at - anchor <= _BEHIND and _are_together(sentence, at, anchor)
            for anchor in anchors
        ):
            return True
    return False


def words_apart(judge: Judge, item: Placed, words: Sequence[str]) -> list[str]:
    """Return of some words those that stand outside of clauses that tell more of something, "whom …", unless
    the number is in the clause, too.
    """
    sentence = judge.sentence
    asides = [each for each in sentence.asides if not each[0] <= item.start < each[1]]
    outside = {
        plain_name(match[0])
        for match in sentence.word_matches
        if not any(start <= match.start() < end for start, end in asides)
    }
    return [word for word in words if plain_name(word) in outside]


def is_scoped_for(judge: Judge, item: Placed) -> bool:
    """True if nothing in the sentence, but for such clauses, says that it is of something else."""
    if judge.is_elsewhere or judge.is_of_compound:
        return False
    is_named = judge.named.score >= CLEAR or not words_apart(judge, item, judge.unexplained)
    return is_named and not words_apart(judge, item, judge.strange_words)


def _has_word_beside(judge: Judge, item: Placed) -> bool:
    """True if a word that nothing explains may say what a number or the measure is of: it is beside one
    of them, or behind a preposition.
    """
    sentence, naming = judge.sentence, judge.named.words.own
    anchors = [
        at
        for at, match in enumerate(sentence.word_matches)
        if item.start <= match.start() < item.end or sentence.named_in(*match.span()) & naming
    ]
    things = [
        at
        for at, match in enumerate(sentence.word_matches)
        if concepts_in(match[0]) & judge.named.words.other
    ]
    return any(
        _is_scope(sentence, at)
        or at + 1 in things  # "a terraced house"
        or any(
            -_BEFORE <= at - anchor <= _BEHIND and _are_together(sentence, at, anchor)
            for anchor in anchors
        )
        for at in _strange_at(judge, words_apart(judge, item, judge.unexplained))
    )


def _has_word_beside_label(judge: Judge) -> bool:
    """True if a word that nothing explains may make something else of a label: "Skomer village", "the old
    town of Bremen".
    """
    sentence = judge.sentence
    labels = [
        at
        for at, match in enumerate(sentence.word_matches)
        if any(each.start <= match.start() < each.end for each in judge.mentions)
    ]
    return any(
        -_BEFORE <= at - label <= 1 and _are_together(sentence, at, label)
        for at in _strange_at(judge, judge.unexplained)
        for label in labels
    )


def _strange_at(judge: Judge, words: Sequence[str]) -> list[int]:
    """Return the places of some words among those of the sentence."""
    strange = {plain_name(word) for word in words}
    return [
        at
        for at, match in enumerate(judge.sentence.word_matches)
        if {plain_name(match[0]), plain_name(bare_word(match[0]))} & strange
    ]


def _is_scope(sentence: AuditedSentence, at: int) -> bool:
    """True if a preposition stands before a word, with at most two words between."""
    before = sentence.word_matches[max(0, at - 3) : at]
    return any(sentence.words.has("scope", match[0].lower()) for match in before)


def _are_together(sentence: AuditedSentence, at: int, anchor: int) -> bool:
    """True if between two words no sign stands."""
    words = sentence.word_matches
    first, last = sorted((at, anchor))
    between = sentence.text[words[first].end() : words[last].start()]
    return not _STOP.search(between)
