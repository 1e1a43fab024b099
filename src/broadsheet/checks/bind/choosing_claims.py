"""Chooses of the conditions that a comparison may mean the one that rests on the numbers of its sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from broadsheet.checks.bind.asking import Answers, AskedSentence, BoundReading, Key
from broadsheet.checks.bind.naming.passages import TURN_TO_OTHERS
from broadsheet.checks.bind.readings_apart import MARGIN_AHEAD, ChosenReading, firsts_of, is_ahead

_CLEAR_CLAIM = 0.9
"""The clearness that a comparison needs that rests on a value of the number beside it."""
_CLEAR_APART = 2.0
"""The clearness that one needs if nothing is known of the number beside it, but of another."""
_MARGIN_APART = 0.5
"""The clearness by which it must be ahead of the next one."""
_FAR_AHEAD = 1.5
"""The clearness by which a condition is so far ahead of those that rest on a number that it is none of it."""
_CLEAR_ALONE = 2.6
"""The clearness that a comparison needs in a sentence without numbers."""
_MARGIN_ALONE = 0.5
"""The clearness by which it must be ahead of the next one."""
_BESIDE = 180
"""The letters between words and the farthest number that says on what they rest."""
_NEAR_BY = 40
"""The letters between words and a number that halve what it says of them."""
_DIRECT = 16
"""The letters up to which a number is directly beside words, which rest on it."""
_ABREAST = 3
"""The letters by which another number may be farther, and still be beside them."""
_ALL_STATED = 0.5
"""The clearness that a condition has in addition of which the sentence states all values."""
_OF_CASES = ("every(", "since(")
"""The beginnings of conditions that rest on no value, but on how many."""
_OF_NUMBER = 1.0
"""The clearness that each number of a sentence adds to a condition that rests on its values."""
_SO_FAR = re.compile(
    r"(?P<function>highest|lowest)\((?P<of>.+)\[:(?P<key>[^\[\]:]+)\](?:, gaps=True)?\)"
)
_BREAK = re.compile(rf"\.\s|{TURN_TO_OTHERS.pattern}")
"""Words and marks behind which a sentence is about something else, and the point of an abbreviation."""
_THAT_IS = re.compile(
    r"\s*(?:(?:still|but|yet|and),? )?(?:that|this|das|dies) (?:is|was|were|had been|ist|war) (?:still |noch )?"
    r"(?:(?:far|much|well|slightly|somewhat|only|just|a (?:little|bit|lot)|etwas|viel|weit|deutlich|nur) ){0,2}",
    re.IGNORECASE,
)
"""The words before a comparison of what the sentence before tells."""
_NEXT_CLAUSE = re.compile(r", (?:and|but|und|aber)\b")
_AND = re.compile(r"\b(?:and|und)\b")
_PAUSE = re.compile(r"[:()]\s|, (?:and|und)\b")
"""Marks behind a number behind which the sentence may be about something else."""
_ASIDE = re.compile(r"[()]\s")
"""The same before a number: a colon introduces what words rest on."""


@dataclass(frozen=True)
class NumberAbout:
    """A number of the sentence of a comparison."""

    values: set[str]
    """The values that it states, and on which it rests."""
    distance: float
    """The letters between it and the words of the comparison, more for a break."""
    limit: str
    """Its figures, as a condition would have them."""
    is_behind_and: bool = False
    """It stands in a clause behind that of the words: "fell, and it was 12"."""

    @property
    def nearness(self) -> float:
        """Its nearness to the words, from 0 to 1."""
        return 1 / (1 + self.distance / _NEAR_BY)


def of_all_times(readings: Sequence[BoundReading]) -> Sequence[BoundReading]:
    """Return the readings without the records so far that are records of all times, too; but those up
    to the time of a parameter, of which an edition may tell.
    """
    codes = {reading.code.replace(", gaps=True", "") for reading in readings}
    return [
        reading
        for reading in readings
        if not (match := _SO_FAR.fullmatch(reading.code))
        or match["key"].isidentifier()
        or f"{match['function']}({match['of']}, {match['key']})" not in codes
    ]


def claim_chosen(
    readings: Sequence[BoundReading], numbers: Sequence[NumberAbout] | None
) -> ChosenReading:
    """Return the choice of a condition by what the ``numbers`` of its sentence state; None stands for a
    part of a sentence without numbers.
    """
    if numbers is None:
        best, *others = firsts_of(readings)
        is_clear = best.score >= _CLEAR_ALONE and is_ahead(best, others, _MARGIN_ALONE)
        return ChosenReading(best, others, is_clear)
    nearest = min(number.distance for number in numbers)
    beside = [number for number in numbers if number.distance <= nearest + _ABREAST]
    values = set[str]().union(*(number.values for number in beside))
    resting = [
        replace(reading, score=reading.score + _support(reading, numbers))
        for reading in readings
        if not values or values.intersection(reading.rests)
    ]
    if all(number.is_behind_and for number in beside) and _is_of_far(readings, resting):
        return claim_chosen(readings, None)
    best, *others = firsts_of(resting or readings)
    is_resting = bool(resting) and any(
        number.distance < _BESIDE and number.values.intersection(best.rests) for number in numbers
    )
    if is_resting and values:
        needed, margin = _CLEAR_CLAIM, MARGIN_AHEAD
    elif is_resting:
        needed, margin = _CLEAR_APART, _MARGIN_APART
    else:
        needed, margin = _CLEAR_ALONE, _MARGIN_ALONE
    limits = [re.escape(number.limit) for number in beside if number.limit]
    is_limit = any(re.search(rf"[<>]=? {limit}(?![\d.])", best.code) for limit in limits)
    is_of_cases = best.code.startswith(_OF_CASES)
    # the number says on what the words rest
    is_of_number = nearest < _DIRECT and not (is_limit or is_of_cases)
    is_clear = (is_resting and bool(values)) or not is_of_number
    is_clear = is_clear and best.score >= needed and is_ahead(best, others, margin)
    return ChosenReading(best, others, is_clear)


def _is_of_far(readings: Sequence[BoundReading], resting: Sequence[BoundReading]) -> bool:
    """True if the words name a condition far more clearly than those that rest on the number beside."""
    best = max(reading.score for reading in readings)
    return bool(resting) and max(reading.score for reading in resting) < best - _FAR_AHEAD


def _support(reading: BoundReading, numbers: Sequence[NumberAbout]) -> float:
    """Return how much clearer a condition is by the numbers on whose values it rests."""
    rests, stated = set(reading.rests), set[str]()
    if not rests:
        return 0.0
    support = 0.0
    for number in numbers:
        part = len(rests & number.values) / len(rests)
        support += _OF_NUMBER * part * (0.3 + 0.7 * number.nearness)
        stated |= number.values
    return support + _ALL_STATED * (rests <= stated)


def numbers_about(
    key: Key,
    sentence: AskedSentence,
    stated: Mapping[Key, set[str]],
    compared: Sequence[tuple[int, int]],
    told: Mapping[Key, set[str]],
) -> list[NumberAbout] | None:
    """Return what the numbers of the sentence of a comparison state; None if it has none in the part of
    the sentence that it is in. A number behind "and" and another comparison is of that. One that is not
    bound states the value with its figures, ``told``, if a condition rests on that.
    """
    number, start, end, _ = key
    numbers, is_apart = list[NumberAbout](), True
    for (other, first, last, _), values in stated.items():
        if other == number:
            is_within = first < end and start < last
            if is_within and not values:
                continue  # "six times as much" says how large, and on what it rests others do
            between = "" if is_within else sentence.text[min(end, last) : max(start, first)]
            breaks = len(_BREAK.findall(between)) or any(
                end <= start_of and end_of <= first and _AND.search(sentence.text, end, start_of)
                for start_of, end_of in compared
            )
            is_apart = is_apart and breaks > 0
            pauses = len((_PAUSE if first < start else _ASIDE).findall(between))
            distance = len(between) + _BESIDE * (breaks / 2 + pauses / 4)
            limit = re.sub(r"[^\d.]", "", sentence.text[first:last])
            is_behind_and = first > start and _NEXT_CLAUSE.search(between) is not None
            numbers.append(
                NumberAbout(
                    values or told.get((other, first, last, "fact"), set()),
                    distance,
                    limit,
                    is_behind_and,
                )
            )
    return None if is_apart else numbers


def number_before(
    key: Key, asked: Sequence[AskedSentence], stated: Mapping[Key, set[str]]
) -> NumberAbout | None:
    """Return the last number of the sentence before one that begins with "That is", which compares it."""
    number, start, _, _ = key
    if not _THAT_IS.fullmatch(asked[number].text[:start]):
        return None
    before = [of for of in stated if of[0] == number - 1 and stated[of]]
    if not before or asked[number].stretch != asked[number - 1].stretch:
        return None
    return NumberAbout(stated[max(before, key=lambda of: of[1])], start, "")


def compared_in(answers: Answers, number: int) -> list[tuple[int, int]]:
    """Return the places of the comparisons of a sentence."""
    return [(start, end) for of, start, end, kind in answers if of == number and kind == "claim"]
