"""The number check: finds words in the passages of an edition that nothing accounts for.

Findings are made by the rules of the passage's language (:mod:`broadsheet.verify.numbers.number_rules`). A fact, a
claim, a `held-by` or an `unchecked` mark accounts for the findings that it touches, and a citation
for those in its sentence; an exempt finding needs none. The others are reported, adjacent findings as one: "rose
12 percent".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from broadsheet.errors import Notice, Place
from broadsheet.markdown.prose import ALTERNATIVE, OPAQUE, Mark, Passage
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.numbers.finding import Finding, Kind
from broadsheet.verify.numbers.number_rules import Rules, rules_of
from broadsheet.verify.sentences import Span, sentences

_LABEL, _NOTE = "chart label", "note of a figure"
"""Kinds of passages whose numbers need no account: they are values that the chart draws, or say how it
came about.
"""
UNMARKABLE = frozenset(
    (
        _LABEL,
        _NOTE,
        "chart title",
        "chart subtitle",
        ALTERNATIVE,
        "note",
        "correction",
        "entry of a list",
        "edition-label",
        "picker-title",
        "pagetitle",
    )
)
"""Kinds of passages in which an author can mark nothing."""
_RANK: Mapping[Kind, int] = {"number": 0, "comparison": 1, "superlative": 2}
_MENDS = {
    "number": "Bind it to the data as a fact, cite its source in the sentence, or mark it "
    '`[…]{.unchecked reason="…"}`.',
    "comparison": 'Rest it on a claim, `[…]{claim="condition"}`, cite a source in the sentence, name who '
    'holds it, `[…]{held-by="…"}`, or mark it `[…]{.unchecked reason="…"}`.',
}
_UNMARKED = (
    'Nothing can be marked here. Mark the same words in the article, `[…]{claim="condition"}`, about the same '
    "year and the same thing; or leave them out here."
)


@dataclass(frozen=True)
class Unaccounted:
    """Words that nothing accounts for."""

    words: str
    """The words."""
    kind: Kind
    """The kind of the finding."""
    sentence: str
    """The sentence of the words."""
    passage: Passage = field(repr=False)
    """The passage of the words."""
    start: int
    """The position of the words in the passage."""

    @property
    def mend(self) -> str:
        """Advice for the author."""
        if self.passage.kind in UNMARKABLE:
            return _UNMARKED
        return _MENDS["number" if self.kind == "number" else "comparison"]

    @property
    def code(self) -> str:
        """The code of the message."""
        return self.notice().code

    def notice(self, place: Place | None = None) -> Notice:
        """Return the words as a message, at ``place`` if that is known more exactly than the
        passage's.
        """
        return Notice(
            place or self.passage.place,
            f"nothing accounts for “{self.words}”: {self.sentence}",
            self.mend,
            topic="unbound-number" if self.kind == "number" else "unbound-comparison",
        )


@dataclass(frozen=True)
class NumberCheck:
    """The result of the number check of some passages."""

    unaccounted: tuple[Unaccounted, ...] = ()
    """The words that nothing accounts for."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """The numbers and comparisons by what accounts for them: `fact`, `claim`, `cite`, `held`,
    `unchecked`, `exempt`, or `open` for the ``unaccounted``.
    """

    @property
    def share(self) -> float:
        """The share of findings that are accounted for, among those that are not exempt; 1 if there
        are none.
        """
        accountable = sum(count for kind, count in self.counts.items() if kind != "exempt")
        return 1 - self.counts.get("open", 0) / accountable if accountable else 1.0

    def __add__(self, other: NumberCheck) -> NumberCheck:
        """Return the sum of two checks."""
        return NumberCheck(
            (*self.unaccounted, *other.unaccounted), Counter(self.counts) + Counter(other.counts)
        )


def check_numbers(
    passages: Iterable[Passage], language: str = "en", own: Path | None = None
) -> NumberCheck:
    """Check the ``passages`` of an edition. ``own`` is the publication's folder of word files; a
    language without rules is checked with those of English.
    """
    rules = rules_of(lexicon(language, own))
    counts: Counter[str] = Counter()
    unaccounted: list[Unaccounted] = []
    for passage in passages:
        for span in sentences(passage.text, language, own):
            left: list[Finding] = []
            bound = [
                mark
                for mark in passage.marks
                if mark.kind in ("fact", "claim") and span[0] <= mark.start < span[1]
            ]
            for finding in rules.findings(passage.text, span):
                became = _account(finding, span, passage, bound)
                if passage.kind in (_LABEL, _NOTE) and finding.kind == "number":
                    continue
                if became:
                    counts[became] += 1
                if became == "open":
                    left.append(finding)
            sentence = passage.text[slice(*span)]
            unaccounted += [
                Unaccounted(
                    passage.text[finding.start : finding.end],
                    finding.kind,
                    sentence,
                    passage,
                    finding.start,
                )
                for finding in _joined(left, passage.text, rules)
            ]
    return NumberCheck(tuple(unaccounted), counts)


def _joined(findings: Sequence[Finding], text: str, rules: Rules) -> Iterator[Finding]:
    """Yield the findings, with those that belong together joined."""
    runs: list[list[Finding]] = []
    for finding in findings:
        if runs and rules.belong_together(runs[-1][-1], finding, text):
            runs[-1].append(finding)
        else:
            runs.append([finding])
    for run in runs:
        kind = max((finding.kind for finding in run), key=_RANK.__getitem__)
        yield replace(run[-1], start=run[0].start, kind=kind)


def _account(finding: Finding, span: Span, passage: Passage, bound: Sequence[Mark]) -> str:
    """Return what accounts for a finding; empty if it is in words that are not prose. A citation
    accounts for what it stands directly behind or before: nothing ``bound`` to data may be between.
    """
    cited = False
    for mark in passage.marks:
        touches = mark.start < finding.end and finding.start < mark.end
        if touches and mark.kind in OPAQUE:
            return ""
        if touches and not finding.exempt:
            return mark.kind
        if mark.kind == "cite" and span[0] <= mark.start <= span[1]:
            first, last = sorted(((finding.start, finding.end), (mark.start, mark.end)))
            cited = cited or not any(first[1] <= other.start < last[0] for other in bound)
    return "exempt" if finding.exempt else "cite" if cited else "open"
