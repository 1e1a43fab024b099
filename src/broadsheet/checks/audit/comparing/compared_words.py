"""The words of a sentence that compare: what the rules of its language find, and what the words of a measure add,
"the sunniest month", "undercuts".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import unit_of_measure
from broadsheet.checks.audit.vocabulary import concepts_in
from broadsheet.verify.wording.meaning_rules import Meaning


@dataclass(frozen=True)
class ComparedWords:
    """Words of a sentence that compare."""

    start: int
    """The position of their first letter."""
    end: int
    """The position behind their last letter."""


def comparing_words(judge: Judge) -> Iterator[Meaning]:
    """Yield what the words of a sentence compare, for one measure."""
    sentence = judge.sentence
    yield from sentence.meanings or _by_words(sentence)
    yield from _superlatives(judge)
    yield from _unequalled(judge)
    yield from _undercutting(judge)


def _undercutting(judge: Judge) -> Iterator[Meaning]:
    """Yield "less" for verbs that say it of prices: "undercuts"."""
    sentence = judge.sentence
    if "price" in judge.named.words.own or unit_of_measure(judge.measure).kind == "currency":
        for match in judge.words.patterns["cheaper"].finditer(sentence.low):
            yield Meaning("less", match[0], match.start(), match.end())


def _superlatives(judge: Judge) -> Iterator[Meaning]:
    """Yield superlatives by words of the measure: "the most expensive city", "the sunniest month"."""
    sentence, words = judge.sentence, judge.words
    for match in words.patterns["superlative"].finditer(sentence.low):
        naming = match["most"] or match["est"]
        is_told = any(
            each.start < match.end() and match.start() < each.end for each in sentence.meanings
        )
        if is_told or not concepts_in(naming) & judge.named.words.own:
            continue
        is_least = match["least"] or words.has("little", naming)
        yield Meaning("low" if is_least else "high", match[0], match.start(), match.end(), 1.0)


def _unequalled(judge: Judge) -> Iterator[Meaning]:
    """Yield what is the highest or the lowest by "not since 1990 as high as in 2004", "never as dear as in 2004"."""
    for match in judge.words.patterns["unequalled"].finditer(judge.sentence.low):
        is_little = judge.words.has("little", match["as"])
        yield Meaning("low" if is_little else "high", match[0], match.start(), match.end(), 1.0)


def _by_words(sentence: AuditedSentence) -> Iterator[Meaning]:
    """Yield a rise or a fall, and in a language without rules for meanings "more than" and "less than"."""
    moved = list(_first_of(sentence, {"up": "up", "down": "down"}))
    yield from moved if len(moved) == 1 else ()
    yield from _first_of(sentence, {"more": "more-than", "less": "less-than"})


def _first_of(sentence: AuditedSentence, kinds: Mapping[str, str]) -> Iterator[Meaning]:
    """Yield the first words of each kind, which has a pattern of this name."""
    for kind, name in kinds.items():
        if match := sentence.words.patterns[name].search(sentence.low):
            yield Meaning(kind, match[0], match.start(), match.end())
