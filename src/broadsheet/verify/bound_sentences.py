"""The sentences of an executed edition that are bound to data, as an author wrote them, with the values
that each reads: those that its expressions looked up, those of its facts, and the evidence of its
claims. Nothing is rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from broadsheet import inline
from broadsheet.errors import Place
from broadsheet.markdown.inline_values import markdown
from broadsheet.project.edition import Edition
from broadsheet.project.source import front_matter_strings
from broadsheet.run.notebook_to_run import own_metadata
from broadsheet.verify.marks import Declared, Mark, broken
from broadsheet.verify.passages import plain_passages
from broadsheet.verify.sentences import sentences
from broadsheet.verify.source_passages import source_passages

Key = tuple[str, int]
"""A sentence of an edition, by the edition's slug and its number there."""
_VALUE = re.compile(r"Value(\d+)e")
_ATTRIBUTES = re.compile(r"\{[^{}]*\}")
_REASON = re.compile(r"\.unchecked\b[^{}]*\breason=")
_CONDITION = re.compile(r"""(when|unless)-meta=["']?([\w.-]+)""")


@dataclass(frozen=True)
class Sentence:
    """A sentence as one run has it. ``is_broken`` says that a claim or a rounding word in it is not
    true, ``is_marked`` that its author answers for it.
    """

    place: Place
    text: str
    reads: tuple[str, ...]
    is_broken: bool
    is_marked: bool


def bound_sentences(edition: Edition, ran: NotebookNode, own: Path) -> dict[Key, Sentence]:
    """The sentences of an executed edition that have a value, a claim or a fact in them."""
    declared: Declared = ran.metadata["broadsheet"]["facts"]
    found: dict[Key, Sentence] = {}
    number = 0
    for place, text, results in _texts(edition, ran):
        numbered = inline.substitute(text, [f"Value{at}e" for at in range(len(results))])
        for passage in source_passages(numbered, place, lambda one: _shows(one, edition.metadata)):
            masked = _ATTRIBUTES.sub(lambda match: "x" * len(match[0]), passage.text)
            for start, end in sentences(masked, edition.settings.lang, own):
                line = (passage.place.line or 1) + passage.text.count("\n", 0, start)
                where = Place(place.file, line if place.line else None, place.cell)
                written = passage.text[start:end]
                sentence = _sentence(
                    written, results, declared, where, (edition.settings.lang, own)
                )
                number += 1
                if sentence is not None:
                    found[edition.slug, number] = sentence
    return found


def _texts(
    edition: Edition, ran: NotebookNode
) -> Iterator[tuple[Place, str, Sequence[Mapping[str, str]]]]:
    """Each text that an author wrote, with the results of its inline expressions."""
    results = iter(ran.metadata["broadsheet"]["inline"])
    for _, text in front_matter_strings(own_metadata(edition)):
        yield edition.source.place(), text, _next(results, text)
    for number, cell in enumerate(ran.cells, start=1):
        results, place = (
            iter(cell.metadata["broadsheet"]["inline"]),
            edition.source.place(number, 1),
        )
        texts = [cell.source]
        if cell.cell_type != "markdown":
            options = edition.source.options[number - 1].options
            texts = [text for _, text in front_matter_strings(options)]
        for text in texts:
            yield place, text, _next(results, text)


def _next(results: Iterator[Mapping[str, str]], text: str) -> list[Mapping[str, str]]:
    return list(islice(results, len(inline.expressions(text))))


def _shows(condition: str, metadata: Any) -> bool:
    """Whether what is under a condition is shown, as `markdown/lua/conditional.lua` decides it."""
    shows = "content-visible" in condition
    for kind, path in _CONDITION.findall(condition):
        value = metadata
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if (value is not None and value is not False) != (kind == "when"):
            return not shows
    return shows


def _sentence(
    written: str,
    results: Sequence[Mapping[str, str]],
    declared: Declared,
    where: Place,
    language: tuple[str, Path],
) -> Sentence | None:
    """The sentence; None if it is bound to nothing."""
    used = [results[int(number)] for number in _VALUE.findall(written)]
    filled = _VALUE.sub(lambda match: markdown(results[int(match[1])]), written)
    passages = list(plain_passages(" ".join(filled.split()), where, "sentence"))
    if not passages or not (used or passages[0].marks):
        return None
    text, reads, marks = passages[0].text, list[str](), list[Mark]()
    is_marked = bool(_REASON.search(written))
    facts = tuple((one.start, one.end) for one in passages[0].marks if one.kind == "fact")
    for result in used:
        reads += result.get("reads", "").split("\n")
    for one in passages[0].marks:
        if one.kind in ("fact", "claim"):
            of_kind: Any = one.kind
            words, before = text[one.start : one.end], text[: one.start]
            place = one.start, facts, is_marked
            marks.append(Mark(of_kind, one.name, words, text, where, before, *place))
            known = declared.get(f"{one.kind}s", {}).get(one.name, {})
            values = [
                known.get("value"),
                *(evidence["value"] for evidence in known.get("evidence", ())),
            ]
            reads += [str(value) for value in values]
    is_broken = bool(broken(marks, declared, *language))
    return Sentence(where, text, tuple(map(as_number, reads)), is_broken, is_marked)


def as_number(written: str) -> str:
    """A number in one form, whether it was whole or not; other text as it is."""
    try:
        return f"{float(written):.12g}"
    except ValueError:
        return written
