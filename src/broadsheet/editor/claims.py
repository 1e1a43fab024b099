"""The claims of an edited file, and what the words of each rest on, by the values of the last run.

Words whose condition was not in the last run are left alone, as are those for which their author
answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.problem import Problem, placed
from broadsheet.editor.workspace import Workspace
from broadsheet.errors import LAST_RUN, Notice, Place
from broadsheet.markdown.prose import Passage
from broadsheet.markdown.reasons import ANSWERED
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.text.lexicon import FOLDER
from broadsheet.verify.marks import marks_of, misworded, words_of
from broadsheet.verify.passages import plain_passages
from broadsheet.verify.source_passages import source_passages
from broadsheet.verify.wording.claim_words import JudgedWords
from broadsheet.verify.wording.table_names import Surroundings

Declared = Mapping[str, Mapping[str, Mapping[str, Any]]]
_CLOSING = re.compile(
    r"\]\{(?=[^{}]*?(?P<claim>\bclaim=|(?<![\w-])(?:by|if)=)"
    rf"|{ANSWERED})"
)

_CLAIM = re.compile(inline.CLAIM)
_INNER_CLAIM = re.compile(rf"{inline.CLAIM}(?=.*\bclaim=)", re.DOTALL)


@dataclass(frozen=True)
class ClaimHere:
    """The words of a claim at a place of a file."""

    place: Place
    """The line."""
    start: int
    """The first column, from 0."""
    end: int
    """The column behind the last one."""
    words: str
    """The words."""
    says: str
    """The condition in words."""
    truth: bool | None
    """The truth of the condition; None if data are missing."""
    judged: JudgedWords
    """The judgement on the words."""
    error: str = ""
    """The fault of the words; empty without one."""
    mend: str = ""
    """The remedy."""
    name: str = ""
    """The name under which it was declared."""

    @property
    def _beside(self) -> str:
        """The words beside those of the claim that it does not bear out, behind a colon."""
        return f": {self.judged.beside.message}" if self.judged.beside else ""

    def description(self) -> str:
        """Return the evidence of the words, as Markdown."""
        ways = {
            "proved": "by their meaning: the values prove what they say",
            "open": f"the condition is true, and the words are on your word{self._beside}",
            "refuted": f"refused. {self.error}",
        }
        way = (
            ways[self.judged.truth] if self.truth is True else "refused: the condition is not true"
        )
        advice = f"\n\n{self.mend}" if self.judged.truth == "refuted" else ""
        return f"“{self.words}”: {way}.{advice}\n\nThe condition: {self.says}."


def claims_of(
    edited: EditedFile,
    parts: Iterable[tuple[Place, str]],
    language: str,
    workspace: Workspace,
) -> Iterator[ClaimHere]:
    """Yield the claims in the Markdown of an edited file, by the values of its last run."""
    declared = workspace.declared(edited.path)
    if not declared.get("claims"):
        return
    judging = language, workspace.root / FOLDER, workspace.around(edited.path, language)
    for place, markdown in parts:
        values = workspace.written(edited.path, place.cell)
        for passage in source_passages(markdown, place, lambda _: True):
            if _CLOSING.search(passage.text):
                yield from _of_passage(passage, values, declared, judging)


def refused(claims: Iterable[ClaimHere], run: str) -> Iterator[Problem]:
    """Yield a problem for words that the values of a ``run`` contradict, such as `the last run`."""
    for claim in claims:
        if claim.truth is True and claim.judged.truth == "refuted":
            notice = Notice(
                claim.place, f"in the last run, {claim.error}", claim.mend, topic=LAST_RUN
            )
            here = replace(notice, what=f"in {run}, {claim.error}")
            yield Problem(here, claim.start, claim.end)


def _of_passage(
    passage: Passage,
    values: Mapping[str, str],
    declared: Declared,
    judging: tuple[str, Path, Surroundings],
) -> Iterator[ClaimHere]:
    text, (language, folder, _) = passage.text, judging
    expressions = inline.matches(text)
    filled = [_result(match, values) for match in expressions]
    marks = [
        mark
        for read in plain_passages(inline.substitute(text, filled), passage.place, "paragraph")
        for mark in marks_of(read, passage.place, language, folder)
        if mark.kind == "claim"
    ]
    spans = list(_spans(text))
    choices = [
        (match.start() + bool(_CLAIM.search(result)), match.end())
        for match, result in zip(expressions, filled, strict=True)
        if match["kind"]
    ]
    written = [
        span
        for span in spans
        if span[2] and not any(first <= span[0] < last for first, last in choices)
    ]
    if len(marks) != len(written):
        return  # not as the last run had it
    answered = [(start, end) for start, end, is_claim in spans if not is_claim]
    for mark, (start, end, _) in zip(marks, written, strict=True):
        claim = declared["claims"].get(mark.name)
        judged = words_of(mark, declared, *judging)
        if claim is None or judged is None:
            continue
        if any(first <= start and end <= last for first, last in answered):
            judged = JudgedWords("open")
        error = misworded(mark, judged)
        where, column = placed(passage.place, text, start + 1)
        line = text.find("\n", start)
        size = min(end, line if line > start else end) - start - 1
        yield ClaimHere(
            where,
            column,
            column + max(size, 1),
            mark.words,
            str(claim["says"]),
            claim["truth"],
            judged,
            _reason(judged),
            error.mend if error else "",
            mark.name,
        )


def _reason(judged: JudgedWords) -> str:
    return "; ".join(
        f"the values do not say “{words}”: {says}" for words, says in judged.refutations
    )


def _result(match: re.Match[str], values: Mapping[str, str]) -> str:
    """Return the result of an expression, in which no words have the mark of a claim but those that
    the author wrote: a value may have words of its own, and a choice claims within its words.
    """
    result = values.get((match["code"] or match[0]).strip())
    if result is None:
        return inline.escaped(match[0]) if match["code"] or match["kind"] else match[0]
    if match["code"] is None:
        return _INNER_CLAIM.sub("", result)
    text = _CLAIM.sub("", result)
    return text if text.endswith("}") else f"[{text}]{{.fact name=value}}"


def _spans(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where bracketed words of claims, and words that their author answers for, begin and
    end, and True for those of claims; in the order of their ends.
    """
    code = [match.span() for match in inline.matches(text) if match["code"] is not None]
    opened: list[int] = []
    at = 0
    while at < len(text):
        inside = next((end for start, end in code if start <= at < end), 0)
        if inside:
            at = inside
        elif text[at] == "\\":
            at += 2
        elif text[at] == "[":
            opened.append(at)
            at += 1
        elif text[at] == "]" and opened:
            start = opened.pop()
            closing = _CLOSING.match(text, at)
            if closing:
                yield start, at, closing["claim"] is not None
            braces = text.startswith("{", at + 1)
            at = text.find("}", at) + 1 if braces and text.find("}", at) > 0 else at + 1
        else:
            at += 1
