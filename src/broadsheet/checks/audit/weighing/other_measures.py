"""Words by which a comparison is of another measure than the one that a sentence names: the growth of it, a
share or a ratio, so much per head, a kind of it, another currency; or a size, a heat, a wealth of its own
("Ramsey, with one school, is bigger than Lundy").

They stand for each language in `words.toml`. A word that the measure, its table or its unit has itself is
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel import Locale

from broadsheet.checks.audit.carrying import leaves_out_measure
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import in_unit_of, unit_of_measure
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.tables.measure_words import measure_words
from broadsheet.checks.audit.vocabulary import (
    concepts_in,
    is_group_of_words,
    lemma,
    tokens,
    words_listed,
)

_COMPUTED = ("share", "change", "change in percent", "change in points", "mean", "median", "count",
             "comparison of changes")  # fmt: skip
"""The operations that compute another measure of the one that a sentence names."""
_NEAR = 10
"""The most letters between a multiple and its adjective: "twice as big", "half the size of"."""
_IN_CURRENCY = re.compile(r"\b(?:in|en) (?:\w+[ -])??([^\W\d_]+)\b")
"""Words for the currency in which amounts are told: "in US dollars"."""
_OF_ALL = 1e6
"""A unit that is so many plain ones is none of a figure per head: billions, terawatt-hours."""
_BEHIND = 4
"""The most words behind "more" up to a noun of change: "a larger annual rise"."""
_SIZES = frozenset(("area", "population"))
"""The measures of which something is simply larger than something else."""


def is_of_another_measure(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a comparison, or words of a multiple, are of another measure than that of a reading."""
    if reading.operation in _COMPUTED or judge.measure.is_count:
        return False
    if isinstance(item, Quantity) and item.kind != "times":
        return False
    return (
        _is_of_growth(judge, item, reading)
        or _is_of_ratio(judge, item)
        or is_of_kind(judge, item, reading)
        or _is_in_other_currency(judge)
        or _is_in_other_unit(judge, item)
        or _is_of_other_adjective(judge, item, reading)
    )


def _said_of(judge: Judge) -> frozenset[str]:
    """Return what the measure and its table say, by all their words."""
    table, measure = judge.table, judge.measure
    text = f"{table.name} {table.title} {measure.name} {measure.title} {measure.description}"
    return concepts_in(f"{text.replace('_', ' ')} {measure.unit}") | judge.named.words.own


def _strangers(judge: Judge, name: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the words of a list in a part of the sentence that the measure itself has not."""
    said = _said_of(judge)
    for match in judge.words.doubts[name].finditer(judge.sentence.low, start, end):
        if not concepts_in(match[0]) & said:
            yield match


def _is_of_growth(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a comparison is of a change: "growth in revenue was lower", "a larger rise than"."""
    low = judge.sentence.low
    start, _ = judge.sentence.around(item)
    if any(_strangers(judge, "growth", start, item.start)):
        return True
    behind = re.match(rf"(?: [\w'-]+){{0,{_BEHIND}}}", low[item.end :])
    end = item.end + (len(behind[0]) if behind else 0)
    is_pair = reading.operation in ("comparison", "ratio")
    return is_pair and any(_strangers(judge, "growth", item.end, end))


def _is_of_ratio(judge: Judge, item: Placed) -> bool:
    """True if a comparison is of a share or of so much per something."""
    sentence, unit = judge.sentence, unit_of_measure(judge.measure)
    start, end = sentence.around(item)
    if unit.kind != "percent" and any(_strangers(judge, "ratio", start, item.start)):
        return True
    words = judge.named.words
    is_of_heads = "per-head" in sentence.qualifiers - words.qualifiers - words.table_qualifiers
    if is_of_heads and unit.scale >= _OF_ALL:
        return True
    measure = f"{judge.measure.name} {judge.measure.title} {judge.measure.unit}"
    if words_listed("per") & set(tokens(measure.replace("_", " "))) or "/" in measure:
        return False
    ends = {each.end for each in sentence.quantities}
    per = judge.words.doubts["per"].finditer(sentence.low, start, end)
    return any(match.start() - 1 not in ends for match in per)


def is_of_kind(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if a word before one of the measure makes another of it: "new passengers"."""
    if reading.operation in _COMPUTED:
        return False
    low = judge.sentence.low
    naming = judge.named.words.own or judge.named.words.other
    for match in _strangers(judge, "kind", 0, len(low)):
        if any(each.start <= match.start() < each.end for each in judge.mentions):
            continue
        is_mean = judge.words.has("mean", match[0]) or judge.words.has("median", match[0])
        behind = re.match(r"\s*([\w'-]+)(?: ([\w'-]+))?", low[match.end() :])
        nouns = " ".join(filter(None, behind.groups())) if behind else ""
        is_of_name = not concepts_in(match[0]) <= concepts_in(f"{match[0]} {nouns}")
        if is_of_name or (is_mean and not judge.can_be_added):
            continue  # "net generation"
        if concepts_in(nouns) & naming:
            return True
    return False


def _is_in_other_currency(judge: Judge) -> bool:
    """True if a sentence tells amounts in another currency than that of the measure: "in dollars"."""
    unit, sentence = unit_of_measure(judge.measure), judge.sentence
    if unit.kind != "currency":
        return False
    name = str(Locale(sentence.language).currencies.get(unit.name, "")).lower()
    said = {
        lemma(match[1])
        for match in _IN_CURRENCY.finditer(sentence.low)
        if match[1] in words_listed("currencies")
    }
    return bool(said) and not any(word in name for word in said)


def _is_in_other_unit(judge: Judge, item: Placed) -> bool:
    """True if the part of a comparison has an amount that the measure cannot have: "coal fell to 98 dollars"."""
    if isinstance(item, Quantity):
        return False
    start, end = judge.sentence.span_around(item)
    amounts = [
        each
        for each in judge.sentence.quantities
        if start <= each.start < end and each.kind in ("currency", "unit")
    ]
    typical = judge.measure.typical or 1.0
    return bool(amounts) and all(
        in_unit_of(each, judge.measure, typical) is None for each in amounts
    )


def _is_of_other_adjective(judge: Judge, item: Placed, reading: AuditReading) -> bool:
    """True if an adjective compares by itself, and is of another measure: "hotter", "twice as big"."""
    sentence, low = judge.sentence, judge.sentence.low
    naming = (judge.named.words.own or judge.named.words.other) | judge.named.words.whole
    end = item.end + (_NEAR if reading.operation == "ratio" else 1)
    adjectives = [
        match[0]
        for match in judge.words.doubts["adjective"].finditer(low, max(item.start, 0))
        if match.start() < end
    ]
    if not adjectives or any(concepts_in(each) & naming for each in adjectives):
        return False
    if naming & words_listed("of-persons") and all(map(_is_of_other_kind, adjectives)):
        return True  # patients who wait longest are not most
    is_size = all(judge.words.doubts_of("size", each) for each in adjectives)
    if is_size and _is_only_size(judge):
        return False
    if sentence.named_in(*sentence.span_around(item)) & naming or _is_subject(judge, item, naming):
        return False
    return not (is_size and leaves_out_measure(sentence))


def _is_of_other_kind(adjective: str) -> bool:
    """True if an adjective is of a length, a heat, a price, and of no number."""
    return any(is_group_of_words(each) for each in concepts_in(adjective))


def _is_only_size(judge: Judge) -> bool:
    """True if the measure is the only one of its table that is a size."""
    sizes = [
        measure
        for measure in judge.table.measures
        if measure_words(judge.table, measure).own & _SIZES
    ]
    return sizes == [judge.measure]


def _is_subject(judge: Judge, item: Placed, naming: frozenset[str]) -> bool:
    """True if a sentence begins with words of the measure: "The population of Ramsey, 588, is …"."""
    sentence = judge.sentence
    is_scene = judge.words.patterns["scope"].match(sentence.low) is not None
    if is_scene or judge.words.doubts["joins"].search(sentence.low, 0, max(item.start, 0)):
        return False
    first = min((each.start for each in sentence.labels if each.start >= 0), default=0)
    return bool(sentence.named_in(0, first) & naming)
