"""Words by which a number is of less than the cell that its sentence names, a change of another way
than from the one time to the other, or a comparison of a few. With them nothing is contradicted.
"""

from __future__ import annotations

import re

from broadsheet.checks.audit.audited_sentence import Placed
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.places import plain_name
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.vocabulary import concepts_in

_PART = re.compile(
    r"\b(?:of (?:it|them|these|those|this|that)\b(?! who\b)|half|quarters?|third|"
    r"the (?:north|south|east|west)(?:ern \w+)?|includ(?:es?|ed|ing)|abroad|"
    r"outside|other than|besides|apart|alone|elsewhere|(?:before|after) (?:1[5-9]|2[01])\d\d)\b"
)
_OF_WHOLE = re.compile(
    r"[^,;.]{0,30}?\bof (?:its|their|his|her|our|the \d|(?P<noun>(?:the |all )?))"
)
_NOUN = re.compile(
    r"\b(?:of|from|in|for|by|among|within) (?:(?:the|a|an|its|their|this|that) )?(?P<noun>[^\W\d_][\w'’-]*)"
)
_LOST = re.compile(
    r"\b(?:lost|gained|added|shed|losing|gaining|adding|shedding|saved|cut)(?: \w+)?\s*$"
)
_LONGER_WAY = re.compile(
    r"\b(?:by (?:1[5-9]|2[01])\d\d|had|over|decades?|years|since|from|compared|later|earlier|previous|peak|level)\b"
)
_OTHER_TIME = re.compile(
    r"\b(?:(?:the|a|one) year (?:before|later|earlier)|previous year|years? (?:later|earlier)|last year|next year)\b"
)
_BETWEEN = re.compile(
    r"\b(?:once|twice|only|first|then|again|briefly|in \w+ (?:of \w+ )*years?|every|each|until)\b"
)
_FEW = re.compile(
    r"\bof (?:the (?:\w+[- ])?(?:two|three|four|five|six|seven|eight|nine|ten|\d+)|its|their|these|those|our)\b"
    r"|\bof the (?:\w+ )?neighbou?rs\b|\b(?:decade|century|millennium|(?:19|20)\d0s)\b"
)
_CONDITION = re.compile(
    r"\b(?:with|without|that|which|whose|who|having|where|"
    r"(?:are|were|is|was|have|had|has) (?!(?:in|from|of|their|its)\b)\w+)\b"
)


def is_of_part(judge: Judge, quantity: Quantity) -> bool:
    """True if a number may be of a part of what its sentence names, of a loss, or of all the rest."""
    sentence = judge.sentence
    if sentence.language != "en":
        return False
    low = sentence.low
    is_loss = bool({"loss", "death"} & (judge.named.words.own | judge.named.words.other))
    if _PART.search(low) or (_LOST.search(low[: quantity.start]) and not is_loss):
        return True
    behind = _OF_WHOLE.match(low, quantity.end)
    if behind and (
        behind["noun"] is None or any(mention.start == behind.end() for mention in sentence.labels)
    ):
        return True
    return any(_is_strange(judge, match) for match in _NOUN.finditer(sentence.text))


def _is_strange(judge: Judge, match: re.Match[str]) -> bool:
    """True if nothing explains a noun behind a preposition: no label, time, number or measure."""
    sentence, (start, end) = judge.sentence, match.span("noun")
    placed: tuple[Placed, ...] = (*sentence.labels, *sentence.times, *sentence.quantities)
    if any(start < each.end and each.start < end for each in placed):
        return False
    word = plain_name(match["noun"])
    if sentence.is_plain_word(word, start):
        return False
    table, measure = judge.table, judge.measure
    about = concepts_in(
        f"{table.name} {table.title} {measure.title} {measure.description} {measure.unit} "
        + " ".join(column.title for column in table.labels)
    )
    return not concepts_in(word) & (about | judge.named.words.own | judge.named.words.other)


def is_of_move(judge: Judge, quantity: Quantity) -> bool:
    """True if a number stands directly behind words of a change or a crossing: it is no sum."""
    before = " ".join(judge.sentence.low[: quantity.start].split()[-3:])
    words = judge.words
    return any(words.has(name, before) for name in ("up", "down", "crossed", "fell-below"))


def is_of_longer_way(judge: Judge) -> bool:
    """True if a change with one time may be from another time than the one before."""
    return _LONGER_WAY.search(judge.sentence.low) is not None


def is_of_several_changes(judge: Judge) -> bool:
    """True if a sentence has more than one change, or a time that is told by another."""
    low = judge.sentence.low
    changes = [each for each in judge.sentence.quantities if each.kind in ("percent", "points")]
    others = [
        each for each in judge.sentence.quantities if each.kind not in ("rank", "percent", "points")
    ]
    moved = re.findall(r"\bby (?:about |nearly |some |just |over )?\S?\d", low)
    return (
        _OTHER_TIME.search(low) is not None
        or len(moved) > 1
        or (bool(changes) and bool(others) and ";" in low)
    )


def is_of_ends(judge: Judge) -> bool:
    """True if words of a rise or a fall are of the ends of a time, not of something between."""
    low, words = judge.sentence.low, judge.words
    return not _BETWEEN.search(low) and not (words.has("up", low) and words.has("down", low))


def is_of_few(judge: Judge) -> bool:
    """True if a rank may be one among a few, or in a longer time than the table has."""
    return _FEW.search(judge.sentence.low) is not None


def has_condition(text: str) -> bool:
    """True if the words behind a number that counts say which rows are counted."""
    return _CONDITION.search(text) is not None
