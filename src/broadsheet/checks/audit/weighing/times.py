"""Doubts about the time that a sentence is of: a part of a year, a time near that of the table, today, some
time where a table counts the rows of all.
"""

from __future__ import annotations

import re

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.mentions import TimeMention, months
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.vocabulary import concepts_in, words_listed

_DATED = re.compile(
    r"\b(?:later|earlier|before|after|später|zuvor|davor|danach|antes|después),(?: in| en| im| on)?   "
)
"""Words for a time that is named behind them: "three years later, in 2014"."""


def is_of_part_of_time(judge: Judge, item: Placed, *, is_count: bool = False) -> bool:
    """True if a sentence tells a time by other words than the table, but for clauses aside that have not the item: a
    part of a year, a time near it, some years, today. A ``is_count`` of times is no span: "in five months of 2022".
    """
    sentence, column = judge.sentence, judge.table.time
    is_of_all_times = column is None and judge.table.counted is not None
    low = without_numbers(sentence, sentence.without_asides(sentence.low_without_labels, item))
    low = _DATED.sub(" ", low)
    is_told = any(sentence.words.has(name, low) for name in ("year-before", "year-after"))
    if is_told or sentence.is_of_time_before:
        return True  # of a time that stands elsewhere
    if is_of_all_times and _is_of_some_time(sentence, low):
        return True
    measure = judge.named.words.own | judge.named.words.other
    is_of_years = bool(sentence.times) if column is None else column.resolution == "year"
    is_of_years = is_of_years or is_of_all_times
    if column is not None or is_of_years:
        parts = {match[0] for match in sentence.words.patterns["part-of-time"].finditer(low)}
        if column is not None and not is_of_years:
            parts -= words_listed(f"times-{column.resolution}")
        if any(not concepts_in(part) & measure for part in parts):
            return True
    if is_of_years:
        names = months(sentence.language)
        if any(time.has_year_apart for time in sentence.times):
            return True
        if any(word[:1].isupper() and word.lower() in names for word in _bare(sentence)):
            return True
    has_time = is_of_all_times or (bool(sentence.times) and column is not None)
    if has_time and (
        sentence.words.has("other-time", low)
        or sentence.words.doubts_of("other-year", low)
        or sentence.words.has(
            "time-span", _without(sentence.low, item) if is_count else sentence.low
        )
    ):
        return True
    said = sentence.without_asides(sentence.low, item)
    since = len(sentence.words.patterns["since"].findall(said))
    roles = [time.role for time in sentence.times]
    if since > len([role for role in roles if role in ("since", "from")]):
        return True
    return any(_is_count(sentence, time, measure) for time in sentence.times)


def is_so_far(judge: Judge, item: Placed) -> bool:
    """True if an amount may be of all times up to one, "by May 2022, 83,900 passengers had come"; not if something
    rose or fell to it.
    """
    sentence = judge.sentence
    if not judge.is_flow or judge.words.leads("to", sentence.low[: max(item.start, 0)]):
        return False
    time = judge.time_of(item)
    return (
        time is not None
        and time.start >= 0
        and any(
            judge.words.leads(name, sentence.low[: time.start])
            for name in ("by-time", "before-time")
        )
    )


def _is_of_some_time(sentence: AuditedSentence, low: str) -> bool:
    """True if words say that a count is of some time among all: "a year", "on average", "the record"."""
    words = sentence.words
    return words.has("mean", low) or any(
        words.doubts_of(each, low) for each in ("per-time", "some-time")
    )


def without_numbers(sentence: AuditedSentence, low: str) -> str:
    """Return a text with spaces for the numbers in letters: "half a million" is no half."""
    for each in sentence.quantities:
        if each.is_word:
            low = f"{low[: each.start]}{' ' * (each.end - each.start)}{low[each.end :]}"
    return low


def _without(low: str, item: Placed) -> str:
    """Return a text with a sign for an item, which is no word then."""
    return f"{low[: item.start]}{'#' * (item.end - item.start)}{low[item.end :]}"


def _bare(sentence: AuditedSentence) -> list[str]:
    """Return the words outside of times."""
    return [
        match[0]
        for match in sentence.word_matches
        if not any(time.start <= match.start() < time.end for time in sentence.times)
    ]


def _is_count(sentence: AuditedSentence, time: TimeMention, measure: frozenset[str]) -> bool:
    """True if a year may be a number of things: "2000 schools"."""
    if time.key % 10_000 or time.start < 0 or time.role != "at":
        return False
    before = sentence.low[: time.start].split()[-1:]
    behind = re.match(r"\s(?P<noun>[^\W\d_]{3,}s)\b", sentence.text[time.end :])
    return (
        behind is not None
        and not set(before) & {"in", "of", "since", "by", "from", "during", "the", "for", "until"}
        and behind["noun"].islower()
        and behind["noun"] not in sentence.words.neutral
        and not concepts_in(behind["noun"]) & measure
    )
