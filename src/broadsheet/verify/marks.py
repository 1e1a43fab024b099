"""Marks held against what the run declared.

What is declared is a mapping as :mod:`broadsheet.notebook.values.declarations` publishes it:

    fact    text, value, said, unit, place, keys, sources, as_of, note, is_computed, language,
            perhaps rounding and derivation
    claim   truth, says, evidence (place, value, unit), keys, sources; code, if the program has
            no words for its condition; perhaps derivations, one for each value of the evidence

`sources` are names of tables, and keys of documents with an @. `said` is the number that the text
says, in the unit of `value`; the note of a fact that `is_computed` says how; `rounding` are the
publication's own rounding words; `keys` has for each value the parts by which its row is found in
its table; a `derivation` tells readers how a value was computed (:mod:`broadsheet.notebook.values.source_value`).
A mark is *kept* if its name is declared, its claim is true, the words that rest on the
claim mean what its values say (:mod:`broadsheet.verify.wording.claim_words`), and the rounding word that the
author wrote before its fact is true, too. Otherwise the page that it is on must not be published.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from broadsheet.errors import FactError, Place
from broadsheet.markdown.prose import Mark as ProseMark
from broadsheet.markdown.prose import Passage
from broadsheet.markdown.rendering import Rendering
from broadsheet.notebook.values import rounding
from broadsheet.text.lexicon import Lexicon, lexicon
from broadsheet.verify.passages import place_of
from broadsheet.verify.sentences import Span, sentences
from broadsheet.verify.wording.beside_claims import other_name
from broadsheet.verify.wording.claim_words import LONGEST, JudgedWords, judged
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.place_names import names_place
from broadsheet.verify.wording.recorded_comparisons import Extreme, comparisons_of
from broadsheet.verify.wording.table_names import Surroundings
from plotly_alive.text.did_you_mean import question

_MEND = (
    "Mend the sentence, or the data if they are wrong.",
    "Add the missing values, leave their places out (`values.dropna()`), or let a comparative allow "
    "them: `gaps=True`.",
)
"""Advice on a claim that is false, and on one that cannot be checked."""

_NAMED = re.compile(r"""(?P<key>name|claim)=["']?""")
_GOES_ON = re.compile(r"[\w-]")
Declared = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class PageMark:
    """Words of a page that state a fact or rest on a claim."""

    kind: Literal["fact", "claim"]
    """The kind of the mark."""
    name: str
    """The name of the fact or claim."""
    words: str
    """The words."""
    sentence: str
    """The sentence in which they stand."""
    placed: Place | Callable[[], Place]
    """The place of the words in the source, or what finds it."""
    before: str = ""
    """The text before the words."""
    start: int = -1
    """The position of the words in the sentence."""
    facts: tuple[Span, ...] = ()
    """The spans of the facts in the sentence."""
    others: tuple[Span, ...] = ()
    """The spans of its other facts and claims."""
    is_answered: bool = False
    """The author takes responsibility for the words."""

    @property
    def span(self) -> Span:
        """The span of the words in the sentence."""
        return self.start, self.start + len(self.words)

    @cached_property
    def where(self) -> Place:
        """The place of the words in the source. To search for it takes time, and few marks need it."""
        return self.placed if isinstance(self.placed, Place) else self.placed()


JudgedMark = tuple[PageMark, JudgedWords | None]
"""A mark, with the judgement on its words if it is a claim."""


def marks_of(
    passage: Passage, where: Place | Rendering, language: str, own: Path | None
) -> Iterator[PageMark]:
    """Yield the facts and claims of a passage, each in its sentence. ``own`` is the publication's
    folder of word files.
    """
    text, spans = passage.text, list[Span]()
    for mark in passage.marks:
        if mark.kind not in ("fact", "claim"):
            continue
        spans = spans or list(sentences(text, language, own))
        place = where if isinstance(where, Place) else partial(_place, mark, passage, where)
        start, end = next((span for span in spans if mark.start < span[1]), (0, len(text)))
        start += len(text[start:end]) - len(text[start:end].lstrip())
        # A rounding word that is marked as something else is none.
        follows_a_mark = any(
            other.end == mark.start for other in passage.marks if other is not mark
        )
        yield PageMark(
            mark.kind,
            mark.name,
            text[mark.start : mark.end],
            text[start:end].strip(),
            place,
            "" if follows_a_mark else text[: mark.start],
            mark.start - start,
            tuple(
                (other.start - start, other.end - start)
                for other in passage.marks
                if other.kind == "fact" and start <= other.start < end
            ),
            tuple(
                (first - start, last - start)
                for first, last in others_of(mark, passage.marks)
                if start <= first < end
            ),
            any(
                other.kind == "unchecked" and other.start <= mark.start and mark.end <= other.end
                for other in passage.marks
            ),
        )


def others_of(mark: ProseMark, marks: Iterable[ProseMark]) -> tuple[Span, ...]:
    """Return the spans of the facts and claims of a text that do not touch a mark."""
    return tuple(
        (other.start, other.end)
        for other in marks
        if other.kind in ("fact", "claim") and (other.end <= mark.start or mark.end <= other.start)
    )


def judged_marks(
    marks: Iterable[PageMark],
    declared: Declared,
    language: str = "en",
    own: Path | None = None,
    around: Surroundings | None = None,
) -> list[JudgedMark]:
    """Judge the words of marks, as :func:`words_of` does."""
    return [(mark, words_of(mark, declared, language, own, around)) for mark in marks]


def broken(
    marks: Iterable[JudgedMark], declared: Declared, language: str = "en"
) -> list[FactError]:
    """Return the error of each mark of a page in a language that is not kept."""
    errors, by_name = list[FactError](), defaultdict[tuple[str, str], list[PageMark]](list)
    for mark, words in marks:
        of_name = by_name[mark.kind, mark.name]
        of_name.append(mark)
        error = _wrong(mark, declared, language) or misworded(mark, words)
        if error is not None:  # of several marks of a name at a place, each has a cause of its own
            number = sum(other.where == mark.where for other in of_name)
            errors.append(error.of_cause(f"{error.cause}, mark {number}"))
    return errors


def words_of(
    mark: PageMark,
    declared: Declared,
    language: str,
    own: Path | None = None,
    around: Surroundings | None = None,
) -> JudgedWords | None:
    """Judge the words of a claim; None for a fact, or for a claim that is not declared. ``own`` is the
    publication's folder of word files; ``around`` has the names in the tables of the page.
    """
    claim = declared.get("claims", {}).get(mark.name) if mark.kind == "claim" else None
    if claim is None:
        return None
    if mark.is_answered or mark.start < 0:
        return JudgedWords("open")
    lexical, written = lexicon(language, own), json.dumps(claim, default=str)
    of_claim = _ClaimWords(mark.sentence, mark.span, mark.facts, mark.others, written, claim)
    judge = _judged_once if len(written) <= _LONGEST_KEPT else _judged
    return judge(of_claim, lexical, around)


_LONGEST_KEPT = 20_000
"""The most characters of a claim, as JSON, whose judgements are kept."""


@dataclass(frozen=True)
class _ClaimWords:
    """The words of a claim, in their sentence."""

    sentence: str
    """The sentence."""
    span: Span
    """The span of the words in it."""
    facts: tuple[Span, ...]
    """The spans of its facts."""
    others: tuple[Span, ...]
    """The spans of its other facts and claims."""
    written: str
    """The claim as it was declared, as JSON."""
    claim: Mapping[str, Any] = field(compare=False)
    """The claim."""


def _judged(words: _ClaimWords, lexical: Lexicon, around: Surroundings | None) -> JudgedWords:
    claim = words.claim
    judgement = judged(words.sentence, words.span, claim, lexical, words.facts)
    if len(words.sentence) > LONGEST:
        return judgement
    other = other_name(words.sentence, words.span, words.others, claim, around, lexical)
    if other is None or judgement.truth == "refuted":
        return replace(judgement, beside=other)
    says = ((other.words, f"the condition reads “{other.of}”"),) if other.is_sure else ()
    return JudgedWords("refuted" if says else "open", says, beside=other)


_judged_once = lru_cache(maxsize=500)(_judged)
"""Judges words as :func:`_judged`, and keeps the last judgements: the preview makes a page again after each
edit, and most of its sentences stay.
"""


_SPELLING = {
    "fact": "State the value by an expression: `{python} usd(trade.total[2022])`.",
    "claim": 'Write a condition in quotes, or the name of one: `{claim="total[2022] > total[2021]"}`.',
}
"""The spelling of a fact and of a claim."""


def misworded(mark: PageMark, words: JudgedWords | None) -> FactError | None:
    """Return the error of words that say something else than the values of their claim."""
    if words is None or words.truth != "refuted":
        return None
    refuted = ", ".join(f"“{refuted_words}”" for refuted_words, _ in words.refutations)
    by_reason: dict[str, list[str]] = {}
    for words_of_meaning, reason in words.refutations:
        by_reason.setdefault(reason, []).append(f"“{words_of_meaning}”")
    says = "\n".join(f"{', '.join(of)}: {reason}" for reason, of in by_reason.items())
    instead = f"True would be “{words.alternative}”. " if words.alternative else ""
    return FactError(
        mark.where,
        f"“{mark.sentence}”: the condition of “{mark.words}” is true, but its values do not "
        f"say {refuted}",
        f"{instead}Mend the words, or the condition if it compares something else; if they are "
        'meant, put them into `[…]{.unchecked reason="…"}`.',
        says,
        "claim-words",
    ).of_cause(_cause(mark, "misworded"))


def _wrong(mark: PageMark, declared: Declared, language: str) -> FactError | None:
    declarations = declared.get(f"{mark.kind}s", {})
    declaration = declarations.get(mark.name)
    if declaration is None:
        return FactError(
            mark.where,
            f"“{mark.sentence}”: no {mark.kind} is called `{mark.name}`",
            question(mark.name, declarations) + _SPELLING[mark.kind],
        ).of_cause(_cause(mark, "unknown"))
    return (
        _false(mark, declaration, language)
        if mark.kind == "claim"
        else _misrounded(mark, declaration)
    )


def _false(mark: PageMark, claim: Mapping[str, Any], language: str) -> FactError | None:
    if claim["truth"] is True:
        return None
    verdict = (
        "it is not true that" if claim["truth"] is False else "data are missing to check whether"
    )
    evidence = "\n".join(evidence_line(value) for value in claim["evidence"])
    sources = f"source: {', '.join(claim['sources'])}" if claim["sources"] else ""
    code = f"condition: {claim['code']}" if claim.get("code") else ""
    mend = _MEND[claim["truth"] is None] + _meant(mark, claim, language)
    return FactError(
        mark.where,
        f"“{mark.sentence}”: “{mark.words}” rests on the claim `{mark.name}`, but "
        f"{verdict} {claim['says']}",
        mend,
        "\n".join(filter(None, [code, evidence, sources])),
    ).of_cause(_cause(mark, verdict))


def _meant(mark: PageMark, claim: Mapping[str, Any], language: str) -> str:
    """Return how to write the row of which a false claim would be true, if the sentence names it and no
    other; else "".
    """
    text = plain(mark.sentence)
    for comparison in comparisons_of(claim) if claim["truth"] is False else ():
        if not isinstance(comparison, Extreme) or comparison.among.times:
            continue
        sizes = {
            row: comparison.sign * value
            for row, value in comparison.among.values.items()
            if isinstance(row, str) and value is not None
        }
        named = [row for row in sizes if names_place(text, row, language)]
        if len(named) == 1 and [row for row in sizes if sizes[row] >= sizes[named[0]]] == named:
            row = json.dumps(named[0], ensure_ascii=False)
            return f" If “{named[0]}” is meant, say so in the condition: `at={row}`."
    return ""


def _cause(mark: PageMark, wrong: str) -> str:
    """Return the cause of an error. What is ``wrong`` with a mark in the same way in many editions
    has one cause there, whatever the values are.
    """
    return f"{mark.where}: {mark.kind} {mark.name}: {wrong}"


def evidence_line(evidence: Mapping[str, Any]) -> str:
    """Return a value that a claim rests on, as a line."""
    value = evidence["value"]
    shown = "no value" if value is None else f"{value} {evidence['unit']}".strip()
    return f"{evidence['place']}: {shown}"


def _misrounded(mark: PageMark, fact: Mapping[str, Any]) -> FactError | None:
    """Return the error of a mark whose rounding word is wrong about the side of the value on which
    the written number lies. Its format only guarantees that the number is near enough for "about".
    """
    words = fact.get("rounding") or lexicon(fact["language"]).facts.rounding
    roundings = rounding.known_words(words)
    word = rounding.at_end(mark.before, roundings)
    value, written = fact["value"], fact["said"]
    if (
        not word
        or isinstance(value, (str, list))
        or written is None
        or rounding.at_start(fact["text"], roundings)
    ):
        return None
    round_to = rounding.rounding_of(word, roundings)
    if not round_to.side or round_to.holds(Decimal(repr(written)), Decimal(repr(value))):
        return None
    return FactError(
        mark.where,
        f"“{mark.sentence}”: “{word} {mark.words}” is not true of the exact value",
        "Take another word, or another format of the fact.",
        f"exactly: {value} {fact['unit']}".strip(),
    ).of_cause(_cause(mark, word))


def _place(mark: ProseMark, passage: Passage, rendering: Rendering) -> Place:
    """Return the place where a mark is written: by its name, and where several marks have that, by
    its words.
    """
    document = rendering.document
    markdown, key = document.markdown, "name" if mark.kind == "fact" else "claim"
    lines = [
        markdown.count("\n", 0, at) + 1
        for named, at in _names_in(markdown)
        if named == key
        and markdown.startswith(mark.name, at)
        and not _GOES_ON.match(markdown, at + len(mark.name))
    ]
    is_caption = passage.kind == "caption"  # that of a cell is not in the Markdown
    if is_caption or len(lines) > 1:
        by_words = place_of(passage, mark.start, rendering)
        if by_words in map(document.place, lines) or (is_caption and by_words != passage.place):
            return by_words
    return document.place(lines[0] if lines else None)


@lru_cache(maxsize=4)
def _names_in(markdown: str) -> tuple[tuple[str, int], ...]:
    """Return the attributes that name a fact or a claim, each with the place of the name. All marks
    of a page ask for them.
    """
    return tuple((match["key"], match.end()) for match in _NAMED.finditer(markdown))
