"""Gives a sentence the place, the time and the measure that it leaves out, or calls "it" and "there": they are
those of the sentence before it, or of the heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from broadsheet.checks.audit.audit_table import time_text
from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.indexed_tables import Named
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, distinct
from broadsheet.checks.audit.places import WHOLE_WORLD
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.vocabulary import BY_LABEL, CLEAR, AuditWords, concepts_in

_PERSONS = re.compile(r"(?:they|he|she)\b")
_TOOK = re.compile(r"\b(?:he|she|they|it) (?:took|won|got|received|scored|drew|earned)\b")
_NAME = re.compile(r"\b[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*)*")
_THERE = re.compile(r"\b(?:there|of them)\b")
"""Words for the place of the sentence before, beside which others are named."""
_THAT = re.compile(r"(?:(?:that|this) (?:was|is|were)|it (?:was|is) the (?:only|first))\b")
"""Words for the value of the sentence before."""
_NEAR = 32
"""The most letters before a pronoun that is the subject of a sentence: "Between 1950 and 1960 they grew"."""
_WEAK = 1.0
"""A measure that is named by less is named by a word that happens to be in its table."""
_TOLD = 0.1
"""A measure that is named by so much less is not meant."""
_LEVEL = r"(?:figure|share|rate|level|total|tally|number|proportion|average)"
_VERB = (
    r"(?:was|is|were|are|stood|stands|went|came|rose|fell|grew|climbed|dropped|declined|increased|"
    r"decreased|jumped|shrank|averaged|peaked|reached|even|still)"
)
_ELLIPTIC = re.compile(
    rf"\w['’]s? (?:own )?(?:{_LEVEL} )?{_VERB}\b"
    rf"|\bthe {_LEVEL} {_VERB}\b"
)
"""Words of a sentence that leaves out what is measured, since the one before names it."""
_OF_OTHER = re.compile(
    r" (?:by|for|on|among|of|in(?! [12]\d{3})|nach|bei|unter|pour|par|por|entre)\b"
)
"""Words behind a place with which it is one by something that is named."""


def with_carried(
    sentence: AuditedSentence,
    before: AuditedSentence,
    topic: Named | None,
    *,
    is_heading: bool,
) -> AuditedSentence:
    """Return a sentence with the place, the time or the measure of the one before, if it speaks of them
    as "it" or "there", or leaves them out; with the place of a heading, if it names none. ``topic`` is the
    measure that the sentence before was judged by.
    """
    if sentence.context:
        return sentence
    labels = _subjects(before)
    is_of_person = _TOOK.search(sentence.low) is not None and _names_a_person(before)
    if _is_elliptic(sentence, is_of_person=is_of_person):
        parts = list(_times_left_out(sentence, before))
        if labels and sentence.words.has("even", sentence.low):
            parts.append(labels[-1].words)
        return _with(sentence, parts, _measure_left_out(sentence, before, topic))
    if _is_of_several(labels):
        return sentence
    is_that = _THAT.match(sentence.low) is not None
    is_that = is_that and bool(sentence.times or sentence.quantities)
    is_said = is_that or sentence.words.has("anaphor", sentence.low) or sentence.is_of_time_before
    is_place_said = is_said or _PERSONS.match(sentence.low) is not None
    if _is_of_belonging(sentence, before):
        return sentence  # "its capital"
    if not (is_place_said or (is_heading and labels and not sentence.labels)):
        return sentence
    beside = _THERE.search(sentence.low)
    is_beside = beside is not None and beside.start() < min(
        (each.start for each in sentence.labels), default=0
    )
    is_beside = is_beside or (is_that and _compares(sentence))
    parts = [each.words for each in labels] if is_beside or not sentence.labels else []
    if is_said and (is_that or not sentence.times):
        told = _told_times([each for each in before.times if each.start >= 0])
        parts += [before.text[each.start : each.end] for each in told]
    left_out = None
    if is_said and not any(each.score > BY_LABEL for each in sentence.named):
        left_out = _measure_left_out(sentence, before, topic)
    elif is_said and not any(each.score >= CLEAR for each in sentence.named):
        parts += [named.measure.title for named in before.named[:1] if named.score >= CLEAR]
    return _with(sentence, parts, left_out)


def _compares(sentence: AuditedSentence) -> bool:
    """True if the first label of a sentence is what it compares with: "45 times as much as in India"."""
    first = min((each.start for each in sentence.labels if each.start >= 0), default=0)
    return any(sentence.words.has(name, sentence.low[:first]) for name in ("than", "as-much-as"))


def _is_of_belonging(sentence: AuditedSentence, before: AuditedSentence) -> bool:
    """True if a sentence is of what belongs to the subject of the one before, and not of its measure."""
    owned = _owned(sentence.words).search(sentence.low)
    return (
        owned is not None
        and not all(map(sentence.words.says_nothing, owned["noun"].split()))
        and not _is_named(owned["noun"], (*sentence.named[:1], *before.named[:1]))
    )


@cache
def _owned(words: AuditWords) -> re.Pattern[str]:
    """Return the words for what belongs to what the sentence before is of: "its capital"."""
    return re.compile(rf"{words.patterns['possessive'].pattern}\s(?P<noun>\w+(?: \w+)?)")


def _told_times(times: Sequence[TimeMention]) -> Sequence[TimeMention]:
    """Return the one time of a record "since 1951", else all times."""
    at_once = list({each.key: each for each in reversed(times) if each.role == "at"}.values())
    is_since = any(each.role == "since" for each in times) and len(at_once) == 1
    return at_once if is_since else times


def _is_compared(sentence: AuditedSentence, time: TimeMention) -> bool:
    """True if a time is one that is compared with: "twice as many as in 1956"."""
    return sentence.words.ends("as-then", sentence.low[: max(time.start, 0)])


def _subjects(before: AuditedSentence) -> list[LabelMention]:
    """Return the labels of a sentence, but for those that it is only compared with: "richer than Kenya"."""
    labels = [each for each in before.labels if each.start >= 0 and each.place != WHOLE_WORLD]
    than = next(before.words.patterns["than"].finditer(before.low), None)
    return [each for each in labels if than is None or each.start < than.start()] or labels


def _with(sentence: AuditedSentence, parts: Sequence[str], topic: Named | None) -> AuditedSentence:
    return replace(sentence, context=" | ".join(parts), topic=topic) if parts or topic else sentence


def with_topic(
    sentence: AuditedSentence, before: AuditedSentence, topic: Named | None
) -> AuditedSentence:
    """Return a sentence of a paragraph with what it leaves out of the measure, the place and the time of
    the one before: of a paragraph with one topic they go without saying. ``topic`` is the measure that the
    sentence before was judged by.
    """
    if not (sentence.quantities or sentence.meanings) or _places(sentence, by=True):
        return sentence
    if _TOOK.search(sentence.low) and not _names_a_person(before):
        return sentence  # "Reed had 61.5 percent, against Mary Stone. In Lakeview she got …"
    if _is_of_belonging(sentence, before):
        return sentence
    named = next((each for each in sentence.named if each.score > BY_LABEL), None)
    parts, carried = list[str](), None
    is_weak = named is None or (
        named.score < _WEAK and topic is not None and topic.number != named.number
    )
    is_topic = topic is not None and _is_of_table(sentence, topic) and _may_be(sentence, topic)
    if is_weak and is_topic:
        named = carried = topic
    if named is None:
        return sentence
    table = named.table
    labels = [each for each in before.labels if named.number in each.codes]
    is_of_all = any(each.kind in ("high", "low") for each in sentence.meanings)
    is_of_all = is_of_all or any(
        sentence.words.has(name, sentence.low) for name in ("sum", "world")
    )
    heads = concepts_in(" ".join(f"{each.title} {each.name}" for each in table.labels))
    is_mean = any(sentence.words.has(name, sentence.low) for name in ("mean", "median"))
    is_of_all = is_of_all or any(
        (is_mean or each[0].endswith("s")) and concepts_in(each[0]) & heads
        for each in sentence.word_matches
    )
    if (
        table.labels
        and not is_of_all
        and not any(named.number in each.codes or each.place for each in sentence.labels)
        and len({each.codes[named.number] for each in labels}) == 1
        and (topic is None or topic.number == named.number)
    ):
        parts.append(labels[0].words)
    times = distinct(_told_times(before.times))
    others = [each for each in sentence.times if not _is_compared(sentence, each)]
    is_at_once = len(times) == 1 and times[0].role == "at" and not others
    is_beside = topic is not None and topic.number == named.number and not table.labels
    if (parts or carried or is_beside) and table.time is not None and is_at_once and not is_of_all:
        parts.append(_written(times[0]))
    if not (parts or carried):
        return sentence
    context = " | ".join(filter(None, (sentence.context, *parts)))
    is_told = sentence.words.has("pronoun", sentence.low[:_NEAR]) and not parts
    return replace(sentence, context=context, is_loose=not is_told, topic=carried or sentence.topic)


def title_of_measure(named: Named) -> str:
    """Return the title of a measure, or of its table."""
    return named.measure.title or named.table.title or named.table.name


def _is_of_table(sentence: AuditedSentence, topic: Named) -> bool:
    """True if a sentence has a label of a table, or no place and label at all."""
    return not sentence.labels or any(topic.number in each.codes for each in sentence.labels)


def _may_be(sentence: AuditedSentence, topic: Named) -> bool:
    """True if no word of a sentence makes another measure of its topic: "real GDP"."""
    words = topic.words
    return not sentence.qualifiers - words.qualifiers - words.table_qualifiers - words.implied


def _written(time: TimeMention) -> str:
    """Return a time as a sentence writes it."""
    text = time_text(time.key, "day")
    return f"Q{(time.key // 100 % 100 + 2) // 3} {text[:4]}" if time.is_quarter else text


def _names_a_person(before: AuditedSentence) -> bool:
    """True if a sentence has one name beside its labels, which "he" or "she" may be."""
    placed: list[Placed] = [each for each in before.labels if each.start >= 0]
    placed += [each for each in before.times if each.start >= 0]
    names = [
        match
        for match in _NAME.finditer(before.text)
        if not any(each.start < match.end() and match.start() < each.end for each in placed)
        and not before.words.is_opener(match[0].lower())
    ]
    return len(names) < 2


def _is_elliptic(sentence: AuditedSentence, *, is_of_person: bool) -> bool:
    """True if a sentence names what it is of, and leaves out what is measured."""
    if any(each.score > BY_LABEL for each in sentence.named):
        return False
    is_number = sentence.quantities[:1] and sentence.quantities[0].start == 0
    low = sentence.low
    is_left_out = leaves_out_measure(sentence) or sentence.words.has("follows", low)
    is_left_out = is_left_out or _places(sentence, by=False)
    is_of_label = bool(sentence.labels) and (is_left_out or is_of_person)
    return is_of_label or bool(is_number and not sentence.named)


def leaves_out_measure(sentence: AuditedSentence) -> bool:
    """True if a sentence speaks of the measure of the one before, without naming it: "Germany's was"."""
    return _ELLIPTIC.search(sentence.low) is not None


def _places(sentence: AuditedSentence, *, by: bool) -> bool:
    """True if a sentence says a place, "came third": by something that it names, or by nothing."""
    return any(
        match["rank"] and bool(_OF_OTHER.match(sentence.low, match.end())) == by
        for match in sentence.words.patterns["placed"].finditer(sentence.low)
    )


def _measure_left_out(
    sentence: AuditedSentence, before: AuditedSentence, topic: Named | None
) -> Named | None:
    """Return the measure that the sentence before was judged by, or names, if it names no other as well."""
    named = [topic] if topic else [each for each in before.named if each.score > BY_LABEL]
    numbers = {number for each in sentence.labels for number in each.codes}
    is_told = len(named) < 2 or named[0].score - named[1].score >= _TOLD
    is_of_table = bool(named) and (named[0].number in numbers or not sentence.labels)
    is_it = is_told and is_of_table and _may_be(sentence, named[0])
    return named[0] if is_it else None


def _times_left_out(sentence: AuditedSentence, before: AuditedSentence) -> Iterator[str]:
    """Yield the time of the sentence before, or the two for "over the same period"."""
    times = distinct(before.times)
    if sentence.times or any(time.key % 10_000 for time in times):
        return
    years = [str(time.key // 10_000) for time in times]
    if len(years) == 2 and sentence.words.has("same-span", sentence.low):
        yield f"between {years[0]} and {years[1]}"
    elif len(years) == 1 and times[0].role == "at":
        yield years[0]


def _is_of_several(labels: Sequence[LabelMention]) -> bool:
    """True if labels are of several things; those that stand side by side are of one: "Ferrari F40"."""
    names = list[str]()
    for at, label in enumerate(labels):
        is_joined = at > 0 and label.start - labels[at - 1].end == 1
        names = [*names[:-1], f"{names[-1]} {label.words}"] if is_joined else [*names, label.words]
    return len(set(names)) > 1


def _is_named(noun: str, named: Sequence[Named]) -> bool:
    """True if a noun is of one of some measures."""
    return any(concepts_in(noun) & each.words.own for each in named)
