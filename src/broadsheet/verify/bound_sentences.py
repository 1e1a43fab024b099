"""The sentences of an executed edition, as an author wrote them, with the values that each reads: those
that its expressions looked up, those of its facts, and the evidence of its claims; and with the words
in it that rest on nothing but their author. Nothing is rendered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from broadsheet.errors import Place
from broadsheet.markdown.inline_values import markdown
from broadsheet.markdown.prose import Mark as TextMark
from broadsheet.markdown.prose import Passage
from broadsheet.markdown.reasons import ANSWERED
from broadsheet.project.editions.edition import Edition
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.run.notebook_to_run import own_metadata
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.marks import Declared, JudgedMark, PageMark, broken, judged_marks, others_of
from broadsheet.verify.numbers.number_rules import rules_of
from broadsheet.verify.passages import plain_passages
from broadsheet.verify.sentences import sentences
from broadsheet.verify.source_passages import conditions_in, source_passages
from broadsheet.verify.wording.table_names import Surroundings

Key = tuple[str, int]
"""A sentence of an edition, by the edition's slug and its number there."""
GAP = "…"
"""The sign in place of a value in the words that an author typed."""

_VALUE = re.compile(r"Value(\d+)e")
_ATTRIBUTES = re.compile(r"\{[^{}]*\}")
_REASON = re.compile(rf"\{{{ANSWERED}")
_CONDITION = re.compile(r"""(when|unless)-meta=["']?([\w.-]+)""")
_NAME = re.compile(r"""(?:\bclaim|\bname)=["']?([\w-]+)""")
_FIRST, _LAST = "\ue000", "\ue001"
"""Characters that stand around a value by code while marks are read."""


@dataclass(frozen=True)
class Value:
    """A value by code in a sentence."""

    code: str
    """The expression that the value is of."""
    text: str
    """The value as readers see it."""
    before: str
    """The author's words before the value, with gaps in place of other values."""
    after: str
    """The author's words after the value, with gaps in place of other values."""


@dataclass(frozen=True)
class Sentence:
    """A sentence as one run has it."""

    place: Place
    """The place of the sentence in its source."""
    text: str
    """The sentence as readers see it."""
    reads: tuple[str, ...]
    """The values that the sentence reads: of its expressions, facts and claims."""
    is_broken: bool
    """A claim or a rounding word in the sentence is not true."""
    is_marked: bool
    """The author answers for the sentence."""
    open_words: tuple[str, ...] = ()
    """The words that no value proves, of those that the number check would find or that rest on a
    claim.
    """
    values: tuple[Value, ...] = ()
    """The values by code that are no facts."""
    typed: str = ""
    """The author's words, with gaps in place of values."""
    places: tuple[tuple[str, str], ...] = ()
    """The names of facts and claims, each with its place in the data."""
    is_bound: bool = True
    """The sentence reads a value, or has a mark."""
    written: str = ""
    """The sentence as it stands in the source."""


Known = dict[object, "Sentence | None"]
"""Sentences that have been read, by all that they are made of."""


def bound_sentences(
    edition: Edition,
    ran: NotebookNode,
    own: Path,
    known: Known | None = None,
    *,
    around: Surroundings | None = None,
    is_judged: bool = True,
) -> dict[Key, Sentence]:
    """Return the sentences of an executed edition that have a value, a claim or a fact in them, and
    those that are bound to nothing and have ``open_words``. Sentences in ``known``, from another
    run of the edition, are not read again; new ones are added to it. They are judged with the names
    ``around`` them in the tables of the page. If they are not judged, which is most of the work, none
    is broken or has open words, and there are those with a value alone.
    """
    done = {} if known is None else known
    declared: Declared = ran.metadata["broadsheet"]["facts"]
    language = edition.settings.lang
    is_answered = bool(edition.settings.unchecked)
    bound_by_key: dict[Key, Sentence] = {}
    number = 0
    for place, text, results in _texts(edition, ran):
        if not (results or is_judged):
            continue
        numbered = inline.substitute(text, [f"Value{at}e" for at in range(len(results))])
        conditions = conditions_in(numbered)
        shown = filter(lambda written: _shows(written, edition.metadata), conditions)
        for passage in _passages(numbered, place, frozenset(shown)):
            masked = _ATTRIBUTES.sub(lambda match: "x" * len(match[0]), passage.text)
            for start, end in sentences(masked, language, own):
                number += 1
                written = passage.text[start:end]
                used = [results[int(number)] for number in _VALUE.findall(written)]
                if not (used or is_judged):
                    continue
                line = (passage.place.line or 1) + passage.text.count("\n", 0, start)
                where = Place(place.file, line if place.line else None, place.cell)
                marks = [mark for mark in passage.marks if mark.start < end and start < mark.end]
                is_held = is_answered or any(
                    mark.kind in ("held", "unchecked") and mark.start <= start and end <= mark.end
                    for mark in marks
                )
                made_of = where, written, digest_of(used), _declared_in(written, used, declared)
                if made_of not in done:
                    is_sourced = is_held or any(mark.kind == "cite" for mark in marks)
                    done[made_of] = _sentence(
                        written,
                        results,
                        declared,
                        where,
                        (language, own, around) if is_judged else None,
                        is_sourced=is_sourced,
                    )
                sentence = done[made_of]
                if sentence is not None:
                    bound_by_key[edition.slug, number] = sentence
    return bound_by_key


@lru_cache(maxsize=200)
def _passages(numbered: str, place: Place, shown: frozenset[str]) -> tuple[Passage, ...]:
    """Return the passages of a text with the numbers of values in their places, which are the same
    in all editions that have the same conditions ``shown``.
    """
    return tuple(source_passages(numbered, place, shown.__contains__))


def _texts(
    edition: Edition, ran: NotebookNode
) -> Iterator[tuple[Place, str, Sequence[Mapping[str, str]]]]:
    """Yield each text that an author wrote, with the results of its inline expressions."""
    results = iter(ran.metadata["broadsheet"]["inline"])
    for text in inline.front_matter_strings(own_metadata(edition)):
        yield edition.source.place(), text, _next(results, text)
    for number, cell in enumerate(ran.cells, start=1):
        results, place = (
            iter(cell.metadata["broadsheet"]["inline"]),
            edition.source.place(number, 1),
        )
        texts = [cell.source]
        if cell.cell_type != "markdown":
            options = edition.source.options[number - 1].options
            texts = list(inline.front_matter_strings(options))
        for text in texts:
            yield place, text, _next(results, text)


def _next(results: Iterator[Mapping[str, str]], text: str) -> list[Mapping[str, str]]:
    return list(islice(results, len(inline.expressions(text))))


def _shows(condition: str, metadata: Any) -> bool:
    """Return True if the content under a condition is shown, as `markdown/lua/conditional.lua`
    decides it.
    """
    shows = "content-visible" in condition
    for kind, path in _CONDITION.findall(condition):
        value = metadata
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if (value is not None and value is not False) != (kind == "when"):
            return not shows
    return shows


def _declared_in(
    written: str, used: Sequence[Mapping[str, str]], declared: Declared
) -> tuple[str, ...]:
    """Return digests of the declarations that a run has of the names in a sentence."""
    texts = [written, *(result.get("markdown", "") for result in used)]
    names = {name for text in texts for name in _NAME.findall(text)}
    return tuple(
        digest_of(of[name]) for of in declared.values() for name in sorted(names) if name in of
    )


def _sentence(
    written: str,
    results: Sequence[Mapping[str, str]],
    declared: Declared,
    where: Place,
    judging: tuple[str, Path, Surroundings | None] | None,
    *,
    is_sourced: bool,
) -> Sentence | None:
    """Return the sentence; None if it is bound to nothing, and has no words that should be. A
    sentence that ``is_sourced`` has a source, or an author who answers for words that are bound to
    nothing. It is judged by the words of a language and of the publication's folder, and with the
    names around it; without them not at all.
    """
    used = [results[int(number)] for number in _VALUE.findall(written)]
    filled = _VALUE.sub(lambda match: _around(markdown(results[int(match[1])])), written)
    passages = list(plain_passages(" ".join(filled.split()), where, "sentence"))
    if not passages:
        return None
    text, spans, texts = _without_signs(passages[0].text, passages[0].marks)
    is_bound, is_marked = bool(used or texts), bool(_REASON.search(written))
    reads, marks = list[str](), list[PageMark]()
    facts = tuple((mark.start, mark.end) for mark in texts if mark.kind == "fact")
    for result in used:
        reads += result.get("reads", "").split("\n")
    places = list[tuple[str, str]]()
    for mark in texts:
        if mark.kind in ("fact", "claim"):
            of_kind: Any = mark.kind
            words, before = text[mark.start : mark.end], text[: mark.start]
            place = mark.start, facts, others_of(mark, texts), is_marked
            marks.append(PageMark(of_kind, mark.name, words, text, where, before, *place))
            declaration = declared.get(f"{mark.kind}s", {}).get(mark.name, {})
            values = [
                declaration.get("value"),
                *(evidence["value"] for evidence in declaration.get("evidence", ())),
            ]
            reads += [str(value) for value in values]
            places.append((mark.name, str(declaration.get("place", ""))))
    judged = judged_marks(marks, declared, *judging) if judging else []
    open_words = tuple(_open_words(text, spans, judged, *judging[:2]) if judging else ())
    if not is_bound and (is_sourced or is_marked or not open_words):
        return None
    taken = sorted({*spans, *(mark.span for mark in marks)})
    codes = [result.get("expression", "") for result in used]
    return Sentence(
        where,
        text,
        tuple(map(as_number, reads)),
        bool(broken(judged, declared)),
        is_marked,
        open_words,
        tuple(_values(text, spans, taken, marks, codes)),
        _typed(text, taken),
        tuple(places),
        is_bound,
        written,
    )


def _around(value: str) -> str:
    """Return a value between signs. An attribute in Markdown stays as it is."""
    return value if value.startswith('claim="') else f"{_FIRST}{value}{_LAST}"


def _without_signs(
    text: str, marks: Sequence[TextMark]
) -> tuple[str, list[tuple[int, int]], list[TextMark]]:
    """Return a text without the signs around values, the spans of the values, and the marks at
    their new places.
    """
    at, plain, spans, begun = [], "", list[tuple[int, int]](), 0
    for sign in text:
        at.append(len(plain))
        if sign == _FIRST:
            begun = len(plain)
        elif sign == _LAST:
            spans.append((begun, len(plain)))
        else:
            plain += sign
    at.append(len(plain))
    moved = [TextMark(at[mark.start], at[mark.end], mark.kind, mark.name) for mark in marks]
    return plain, spans, moved


def _open_words(
    text: str,
    spans: Sequence[tuple[int, int]],
    marks: Sequence[JudgedMark],
    language: str,
    own: Path,
) -> Iterator[str]:
    """Yield the words that no value proves: findings of the number check that are no value, and the
    words of claims that are not by meaning.
    """
    proved = list(spans)
    for mark, words in marks:
        if mark.kind == "claim" and mark.words and (words is None or words.truth != "proved"):
            yield mark.words
        proved.append(mark.span)
    for finding in rules_of(lexicon(language, own)).findings(text, (0, len(text))):
        is_proved = any(start < finding.end and finding.start < end for start, end in proved)
        if not finding.exempt and not is_proved:
            yield text[finding.start : finding.end]


def _values(
    text: str,
    spans: Sequence[tuple[int, int]],
    taken: Sequence[tuple[int, int]],
    marks: Sequence[PageMark],
    codes: Sequence[str],
) -> Iterator[Value]:
    """Yield the values by code that neither are facts nor rest on claims. ``codes`` are the
    expressions of the sentence, of which those of claims have no span.
    """
    of_spans = [expression for expression in codes if not expression.startswith("claim=")]
    for (start, end), code in zip(spans, of_spans, strict=False):
        if any(mark.start <= start and end <= mark.start + len(mark.words) for mark in marks):
            continue
        before = [(first, last) for first, last in taken if last <= start]
        after = [(first - end, last - end) for first, last in taken if first >= end]
        yield Value(code, text[start:end], _typed(text[:start], before), _typed(text[end:], after))


def _typed(text: str, taken: Sequence[tuple[int, int]]) -> str:
    """Return the words of a text that its author typed, with gaps in place of the spans ``taken``."""
    typed, at = "", 0
    for start, end in taken:
        if start >= at:
            typed, at = typed + text[at:start] + GAP, end
        at = max(at, end)
    return typed + text[at:]


def is_chosen(code: str, parameters: Mapping[str, object]) -> bool:
    """Return True if an expression depends on more than the parameters of its edition."""
    try:
        names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    except SyntaxError:
        return False
    return not names <= parameters.keys()


def as_number(written: str) -> str:
    """Return a number in one form, as a whole number or not; other text as it is."""
    try:
        return f"{float(written):.12g}"
    except ValueError:
        return written
