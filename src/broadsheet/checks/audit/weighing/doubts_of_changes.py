"""Doubts about what is read of changes and of counts, by the words of a sentence alone."""

from __future__ import annotations

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import TimeMention
from broadsheet.checks.audit.quantities import Quantity


def is_of_longer_way(judge: Judge) -> bool:
    """True if a change with one time may be from another time than the one before."""
    return judge.words.doubts_of("longer-way", judge.sentence.low)


def is_of_several_changes(judge: Judge) -> bool:
    """True if a sentence has more than one change, or a time that is told by another."""
    low = judge.sentence.low
    changes = [each for each in judge.sentence.quantities if each.kind in ("percent", "points")]
    others = [
        each for each in judge.sentence.quantities if each.kind not in ("rank", "percent", "points")
    ]
    words = judge.words
    moved = [
        each
        for each in judge.sentence.quantities
        if words.ends("by", words.unrounded(low[: each.start]))
    ]
    return (
        words.doubts_of("other-year", low)
        or len(moved) > 1
        or (bool(changes) and bool(others) and ";" in low)
    )


def is_of_ends(judge: Judge) -> bool:
    """True if words of a rise or a fall are of the ends of a time, not of something between."""
    low, words = judge.sentence.low, judge.words
    is_between = words.doubts_of("between", low)
    return not is_between and not (words.has("up", low) and words.has("down", low))


def has_condition(
    sentence: AuditedSentence, quantity: Quantity, limit: TimeMention | None = None
) -> bool:
    """True if the words behind a number that counts say which rows are counted, by more than a label, and
    the time that limits them: "before 1900".
    """
    low = sentence.low
    if limit is not None:
        before = " ".join(low[: limit.start].split(" ")[:-3])  # "founded before"
        low = f"{before}{' ' * (limit.end - len(before))}{low[limit.end :]}"
    for label in sentence.labels:
        if label.start >= quantity.end:
            blank = " " * (label.end - label.start)
            low = f"{low[: label.start]}{blank}{low[label.end :]}"
    behind = sentence.words.doubts["happened"].sub(" ", low[quantity.end :])
    return sentence.words.doubts_of("condition", behind)


def side_of_part(judge: Judge, quantity: Quantity) -> int:
    """Return 1 or -1 for a part by which something rose or fell, whose verb may have two parts: "ging um ein
    Viertel zurück"; 0 for another number.
    """
    sentence, by = judge.sentence, judge.words.patterns["by"]
    start, end = sentence.around(quantity)
    meanings = [each for each in sentence.meanings if start <= each.start < end]
    is_by = any(
        each.kind == "by"
        and each.start <= quantity.start < each.end
        and by.match(sentence.low, each.start)
        for each in meanings
    )
    kinds = {each.kind for each in meanings}
    return int("up" in kinds) - int("down" in kinds) if is_by else 0
