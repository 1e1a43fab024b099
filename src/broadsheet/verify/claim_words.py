"""Holds the words that rest on a claim against the values that it compares.

A condition may be true, and the words that rest on it false: "doubled" on `trade[2022] > trade[2021]`.
The words are read (:mod:`broadsheet.verify.meanings`) and evaluated
(:mod:`broadsheet.verify.word_truth`). Words are **by meaning** if everything in them that the number
check would report is proved. Words that no rule knows, and those that the values leave open, rest **on
the author's word**.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.lexicon import Lexicon
from broadsheet.verify.compared import Comparison, Pair, comparisons_of
from broadsheet.verify.meanings import Meaning, meanings_of, plain
from broadsheet.verify.rules import rules_of
from broadsheet.verify.word_context import Context, Truth, Verdict, bare
from broadsheet.verify.word_subjects import Subjects
from broadsheet.verify.word_truth import evaluated

Span = tuple[int, int]
_CHANGES = frozenset(("up", "down", "level", "times", "by"))
"""The meanings in place of which a change may be said, "rose by 30 percent"."""


@dataclass(frozen=True)
class JudgedWords:
    """The words of a mark: whether they are proved, refuted or open, and the ``refutations``: which
    words, and what the values say. ``alternative`` are words that would be true.
    """

    truth: Truth
    refutations: tuple[tuple[str, str], ...] = ()
    alternative: str = ""


def judged(
    sentence: str,
    span: Span,
    claim: Mapping[str, Any],
    words: Lexicon,
    facts: Sequence[Span] = (),
) -> JudgedWords:
    """What becomes of the words at ``span`` of a sentence that rest on a claim; ``facts`` are the
    spans of facts in the sentence.
    """
    subjects, known = Subjects(sentence, words), meanings_of(words)
    comparisons = [subjects.in_order(one) for one in comparisons_of(claim)]
    meanings = known.of(sentence, *span)
    is_shared = known.shared.search(plain(sentence)) is not None
    context = Context(comparisons, meanings, subjects, is_shared)
    ranked = context.meaning("high", "low", "none-more", "none-less")
    read = [one for one in meanings if one.kind != "within" or ranked]
    verdicts = [(one, evaluated(one, context)) for one in read] if comparisons else []
    refutations = tuple(_refutations(verdicts))
    if refutations:
        is_change = any(
            one.kind in _CHANGES and verdict.truth == "refuted" for one, verdict in verdicts
        )
        return JudgedWords(
            "refuted", refutations, _alternative(comparisons, words) if is_change else ""
        )
    is_proved = bool(verdicts) and all(verdict.truth == "proved" for _, verdict in verdicts)
    covered = [(one.start, one.end) for one, _ in verdicts] + list(facts)
    covered += _limits(sentence, span, comparisons)
    if is_proved and not _left(sentence, span, covered, words):
        return JudgedWords("proved")
    return JudgedWords("open")


def _refutations(verdicts: Iterable[tuple[Meaning, Verdict]]) -> Iterable[tuple[str, str]]:
    """The refuted words, each once, with what the values say."""
    found: dict[str, str] = {}
    for meaning, verdict in verdicts:
        if verdict.truth == "refuted":
            found.setdefault(meaning.words, verdict.says)
    return found.items()


def _limits(sentence: str, span: Span, comparisons: Sequence[Comparison]) -> Iterable[Span]:
    """The figures of the words that the condition has as a number: "above 200 billion"."""
    limits = {
        side.number
        for one in comparisons
        if isinstance(one, Pair)
        for side in (one.this, one.than)
        if side.is_constant
    }
    for match in re.finditer(r"\d+(?:[.,]\d+)?", sentence[: span[1]]):
        if match.start() >= span[0] and float(match[0].replace(",", ".")) in limits:
            yield match.span()


def _left(sentence: str, span: Span, covered: Sequence[Span], words: Lexicon) -> bool:
    """Whether the mark has a number or a comparison in it that no meaning covers."""
    findings = rules_of(words).findings(sentence, (0, len(sentence)))
    return any(
        not one.exempt
        and span[0] <= one.start
        and one.end <= span[1]
        and not any(start < one.end and one.start < end for start, end in covered)
        for one in findings
    )


def _alternative(comparisons: Sequence[Comparison], words: Lexicon) -> str:
    """Words that would be true of the first change, such as "rose by 30 percent"; none of a rate."""
    for one in comparisons:
        if isinstance(one, Pair) and one.in_time:
            now, then = (bare(side).number for side in one.in_time)
            if now is None or then is None or then <= 0 or now < 0 or one.this.is_rate:
                continue
            kind = "held" if now == then else "rose" if now > then else "fell"
            template = words.facts.changes.get(f"verb-{kind}", "")
            percent = next(iter(words.facts.formats.get("pct", ())), "")
            return template.replace("{}", _sized(percent, now / then - 1))
    return ""


def _sized(example: str, part: float) -> str:
    """A part after the example of a percentage, `12.3 percent`."""
    size = f"{abs(part) * 100:.1f}".removesuffix(".0")
    return re.sub(r"\d+([.,])\d+", lambda match: size.replace(".", match[1]), example)
