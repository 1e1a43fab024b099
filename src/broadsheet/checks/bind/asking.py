"""Asks the editions of a source, in runs of it, for the expressions that read as its words do."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.checks.bind.bound_source import IPYNB_SUFFIX, BoundSource
from broadsheet.checks.bind.document_texts import TextStretch
from broadsheet.checks.bind.probe import MIME, code_of
from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition, editions_of
from broadsheet.project.editions.parameters import declared as parameters_of
from broadsheet.project.project import Project
from broadsheet.project.sources.source import source_of
from broadsheet.verify.sentences import sentences

MOST_EDITIONS = 6
"""The most editions that are asked."""
_BEFORE = 400
"""The letters before a sentence that say what it is about."""

Key = tuple[int, int, int, str]
"""Words that may be bound: the number of the sentence, their start and end in it, their kind."""
Answers = Mapping[Key, Mapping[str, Any]]
"""The findings of an edition for words."""


@dataclass(frozen=True)
class AskedSentence:
    """A sentence of a source that is asked for."""

    stretch: TextStretch
    """The text that it is in."""
    start: int
    """Its position there."""
    text: str
    """The sentence, with spaces for what is no prose."""
    before: str
    """The text before it, in the same form."""
    mended: tuple[int, int, str] | None = None
    """Its words that are false, by their start and end, with the true ones, which ``text`` has."""

    @property
    def position(self) -> int:
        """Its position in the text of the cell."""
        return self.stretch.start + self.start

    @property
    def is_cited(self) -> bool:
        """True if a document is its source."""
        return "@" in self.stretch.text[self.start : self.start + len(self.text)]


def editions_with(project: Project, source: BoundSource, text: str) -> list[Edition]:
    """Return the editions of a source if it has this text, the first ones of many."""
    read = source_of(source.path, text, project.root)
    return editions_of(project, read)[0][:MOST_EDITIONS]


def sentences_of(source: BoundSource, language: str) -> list[AskedSentence]:
    """Return the sentences of a source."""
    result, context = list[AskedSentence](), ""
    for stretch in source.stretches():
        before = context
        for start, end in sentences(stretch.masked, language):
            text = stretch.masked[start:end]
            result.append(AskedSentence(stretch, start, text, before[-_BEFORE:]))
            before = f"{before} {text}"
        if stretch.kind == "paragraph":
            is_heading = stretch.text.lstrip().startswith("#")
            context = stretch.masked if is_heading else f"{context[:80]} {stretch.masked[-200:]}"
    return result


def answers_of(
    press: Press, source: BoundSource, asked: Sequence[AskedSentence], edition: Edition
) -> list[Answers]:
    """Return what each edition of a source, of which ``edition`` is the first, finds for the words of
    sentences. Raises :class:`BroadsheetError` for a run that fails.
    """
    parameters, language = list(parameters_of(edition.source)), edition.settings.lang[:2]
    tasks = defaultdict[tuple[int, int], list[dict[str, Any]]](list)
    is_notebook = source.path.suffix == IPYNB_SUFFIX
    for number, sentence in enumerate(asked):
        stretch = sentence.stretch
        is_front = is_notebook and stretch.kind == "front matter"
        place = (
            len(source.cells) if is_front else stretch.cell,
            0 if is_notebook else stretch.after,
        )
        tasks[place].append(
            {
                "id": number,
                "sentence": sentence.text,
                "before": sentence.before,
                "language": language,
                "quote": stretch.quote,
                "parameters": parameters,
            }
        )
    text = source.with_code({place: code_of(task) for place, task in tasks.items()})
    answers = list[Answers]()
    for run in press.run(editions_with(press.project, source, text), use_frozen=False):
        if run.error is not None:
            raise run.error
        ran = run.notebook()
        items = [
            item
            for cell in (ran.cells if ran is not None else ())
            for output in cell.get("outputs", ())
            if MIME in output.get("data", {})
            for item in json.loads(output["data"][MIME])
        ]
        answers.append(
            {(item["id"], item["start"], item["end"], item["kind"]): item for item in items}
        )
    return answers
