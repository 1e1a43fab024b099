"""The gate itself: what in the passages of an edition nothing accounts for.

A sentence's spots are found by the rules of :mod:`broadsheet.verify.number_rules`. One is accounted
for by a fact, a claim or an `unchecked` mark that it touches, or by a citation in its sentence; one
that is exempt needs no account. What is left is told, spots side by side as one: "rose 12 percent".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from broadsheet.errors import Notice, Place
from broadsheet.markdown.prose import OPAQUE, Passage
from broadsheet.verify import german
from broadsheet.verify import sentences as english
from broadsheet.verify.finding import Kind, Spot
from broadsheet.verify.lexicon import TIME_UNITS, TRIGGERS
from broadsheet.verify.number_rules import spot
from broadsheet.verify.sentences import Span
from broadsheet.verify.words import Words

_WORTH = re.compile(r"\d|[½¼¾]|est\b")
_WORD = re.compile(r"[^\W\d_]+")
_RANGE = re.compile(r"\s?(?:to|and|or|[-–])\s?|\s(?:in|out of|of every)\s")
_RANK: Mapping[Kind, int] = {"number": 0, "comparison": 1, "superlative": 2}
_MENDS: Mapping[Kind, str] = {
    "number": "Bind it to the data as a fact, cite its source in the sentence, or mark it "
    '`[…]{.unchecked reason="…"}`.',
    "comparison": "Rest it on a claim, `[…]{claim=name}`, cite a source in the sentence, or mark it "
    '`[…]{.unchecked reason="…"}`.',
}


@dataclass(frozen=True)
class Finding:
    """Words that nothing accounts for: they start at ``start`` of ``passage``, in ``sentence``."""

    words: str
    kind: Kind
    sentence: str
    passage: Passage = field(repr=False)
    start: int

    @property
    def mend(self) -> str:
        """What an author can do about it."""
        return _MENDS["number" if self.kind == "number" else "comparison"]

    def notice(self, place: Place | None = None) -> Notice:
        """The finding as it is told, at ``place`` if that is known better than the passage's."""
        return Notice(
            place or self.passage.place,
            f"nothing accounts for “{self.words}”: {self.sentence}",
            self.mend,
        )


@dataclass(frozen=True)
class Reading:
    """What the gate found in some passages.

    ``counts`` are the numbers and comparisons seen, by what became of them: `fact`, `claim`,
    `cite`, `unchecked`, `exempt`, or `open` for those that are told in ``findings``.
    """

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]

    @property
    def share(self) -> float:
        """The share that is accounted for, of all that are not exempt; 1 where there are none."""
        wanted = sum(count for kind, count in self.counts.items() if kind != "exempt")
        return 1 - self.counts.get("open", 0) / wanted if wanted else 1.0

    def __add__(self, other: Reading) -> Reading:
        """Both together."""
        return Reading(
            (*self.findings, *other.findings), Counter(self.counts) + Counter(other.counts)
        )


NOTHING = Reading((), {})


def read(passages: Iterable[Passage], language: str = "en") -> Reading:
    """Hold the ``passages`` of an edition to account. German is read by its own rules, all else by
    those of English.
    """
    sentences, spots = (
        (german.sentences, german.spots) if language == "de" else (english.sentences, english_spots)
    )
    counts: Counter[str] = Counter()
    findings: list[Finding] = []
    for passage in passages:
        for span in sentences(passage.text):
            unaccounted: list[Spot] = []
            for one in spots(passage.text, span):
                kind = _account(one, span, passage)
                if kind:
                    counts[kind] += 1
                if kind == "open":
                    unaccounted.append(one)
            sentence = passage.text[slice(*span)]
            findings += [
                Finding(passage.text[one.start : one.end], one.kind, sentence, passage, one.start)
                for one in joined(unaccounted, passage.text)
            ]
    return Reading(tuple(findings), counts)


def english_spots(text: str, span: Span) -> list[Spot]:
    """The numbers and comparisons in one sentence of ``text``, in order, exempt ones among them."""
    start, end = span
    sentence = text[start:end]
    if not _WORTH.search(sentence) and TRIGGERS.isdisjoint(_WORD.findall(sentence.lower())):
        return []
    words, found, done = Words(text, start, end), list[Spot](), start
    for index, (at, _) in enumerate(words.spans):
        one = spot(words, index) if at >= done else None
        if one:
            found.append(replace(one, start=at) if one.start < done else one)
            done = max(done, one.end)
    return found


def joined(found: Sequence[Spot], text: str) -> Iterator[Spot]:
    """Spots side by side as one, and ranges: `rose` `by 12 percent`; `40` to `50 percent`."""
    whole: Spot | None = None
    for one in found:
        if whole and _belong(whole, one, text):
            kind = max(whole.kind, one.kind, key=_RANK.__getitem__)
            whole = replace(one, start=whole.start, kind=kind)
            continue
        if whole:
            yield whole
        whole = one
    if whole:
        yield whole


def _belong(one: Spot, other: Spot, text: str) -> bool:
    between = text[one.end : other.start]
    if not between.strip(" -\u00a0"):
        return True
    if between == " and " and _lasts(text[one.start : one.end]):
        return _lasts(text[other.start : other.end])
    return one.bare and other.kind == "number" and _RANGE.fullmatch(between) is not None


def _lasts(said: str) -> bool:
    """Whether it ends in a unit of time: two hours (and ten minutes)."""
    return said.rpartition(" ")[2] in TIME_UNITS


def _account(one: Spot, span: Span, passage: Passage) -> str:
    """What became of a spot; nothing if it stands in what is no prose."""
    cited = False
    for mark in passage.marks:
        touches = mark.start < one.end and one.start < mark.end
        if touches and mark.kind in OPAQUE:
            return ""
        if touches and not one.exempt:
            return mark.kind
        cited = cited or (mark.kind == "cite" and span[0] <= mark.start <= span[1])
    return "exempt" if one.exempt else "cite" if cited else "open"
