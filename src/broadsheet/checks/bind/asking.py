"""Asks the editions of a source, in runs of it, for the expressions that read as its words do."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.changed_tables import SIZES_OF_CHANGES
from broadsheet.checks.bind.changed_tables import code_of as changing_code
from broadsheet.checks.bind.document_texts import TextStretch
from broadsheet.checks.bind.probe import MIME, Coded, Kind, code_of, code_of_values
from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition, editions_of
from broadsheet.project.editions.parameters import declared as parameters_of
from broadsheet.project.project import Project
from broadsheet.project.settings.crossref_settings import CROSSREF
from broadsheet.project.sources.source import source_of
from broadsheet.run.running import Run
from broadsheet.verify.sentences import sentences

MOST_EDITIONS = 6
"""The most editions that are asked."""
_CITATION = re.compile(rf"@(?!{CROSSREF})")
_CHANGES = 3
"""The most runs with changed tables."""
_BEFORE = 400
"""The letters before a sentence that say what it is about."""

Key = tuple[int, int, int, Kind]
"""Words that may be bound: the number of the sentence, their start and end in it, their kind."""
Answers = Mapping[Key, "Answer"]
"""The findings of an edition for words."""
ValuesByCode = Mapping[tuple[tuple[int, int], Coded], str | None]
"""The results of codes, by the place at which they are evaluated."""


@dataclass(frozen=True)
class BoundReading:
    """An expression that reads as some words do, or a condition that they may mean."""

    code: str
    """The expression, or the condition."""
    score: float
    """The clearness with which the text names it."""
    declared: Mapping[str, Any]
    """The fact or claim that it declares in the run."""
    rests: Sequence[str] = ()
    """The figures of the values on which it rests."""
    otherwise: tuple[str | None, ...] = ()
    """The results in runs with other numbers; None where it fails."""


@dataclass(frozen=True)
class Answer:
    """The readings of some words."""

    words: str
    """The words."""
    size: int
    """The number of their figures that tell."""
    readings: tuple[BoundReading, ...]
    """Their readings."""
    said: str = ""
    """The figures of a number, in a form to compare."""


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
    head: str = ""
    """The texts of the front matter."""
    mended: tuple[int, int, str] | None = None
    """Its words that are false, by their start and end, with the true ones, which ``text`` has."""

    @property
    def position(self) -> int:
        """Its position in the text of the cell."""
        return self.stretch.start + self.start

    @property
    def is_cited(self) -> bool:
        """True if a document is its source; a reference to a figure is none."""
        written = self.stretch.text[self.start : self.start + len(self.text)]
        return _CITATION.search(written) is not None


def editions_with(project: Project, source: BoundSource, text: str) -> list[Edition]:
    """Return the editions of a source if it has this text, the first ones of many."""
    read = source_of(source.path, text, project.root)
    return editions_of(project, read)[0][:MOST_EDITIONS]


def sentences_of(source: BoundSource, language: str) -> list[AskedSentence]:
    """Return the sentences of a source."""
    result, context = list[AskedSentence](), ""
    stretches = list(source.stretches())
    head = " | ".join(each.masked for each in stretches if each.kind == "front matter")
    for stretch in stretches:
        before = context
        for start, end in sentences(stretch.masked, language):
            text = stretch.masked[start:end]
            result.append(AskedSentence(stretch, start, text, before[-_BEFORE:], head))
            before = f"{before} {text}"
        if stretch.kind == "paragraph":
            is_heading = stretch.text.lstrip().startswith("#")
            context = stretch.masked if is_heading else f"{context[:80]} {stretch.masked[-200:]}"
    return result


def answers_of(
    press: Press, source: BoundSource, asked: Sequence[AskedSentence], language: str
) -> list[Answers]:
    """Return what each edition of a source finds for the words of sentences. Raises
    :class:`BroadsheetError` for a run that fails.
    """
    parameters = list(parameters_of(source_of(source.path, source.text, press.project.root)))
    tasks = defaultdict[tuple[int, int], list[dict[str, Any]]](list)
    for number, sentence in enumerate(asked):
        tasks[place_of(source, sentence.stretch)].append(
            {
                "id": number,
                "sentence": sentence.text,
                "before": sentence.before,
                "head": sentence.head,
                "day": sentence.stretch.day,
                "language": language,
                "quote": sentence.stretch.quote,
            }
        )
    text = source.with_code({place: code_of(task, parameters) for place, task in tasks.items()})
    answers = list[Answers]()
    for run in press.run(editions_with(press.project, source, text), use_frozen=False):
        if run.error is not None:
            raise run.error
        answers.append(dict(map(answer_of, _published(run))))
    return answers


def answer_of(item: Mapping[str, Any]) -> tuple[Key, Answer]:
    """Return what is found for some words of a sentence (:func:`broadsheet.checks.bind.probe.findings_in`)."""
    readings = tuple(BoundReading(**option) for option in item["options"])
    key = (item["id"], item["start"], item["end"], item["kind"])
    return key, Answer(item["words"], item["size"], readings, item["said"])


def meanings_apart(
    press: Press,
    source: BoundSource,
    asked: Sequence[AskedSentence],
    answers: Answers,
    language: str,
) -> Answers:
    """Return the answers of the first edition with what each reading comes to where the tables have
    other numbers.
    """
    if not any(answer.readings for answer in answers.values()):
        return answers
    places = {key: place_of(source, asked[key[0]].stretch) for key in answers}
    said = {key: _said(key, asked[key[0]], answers, language) for key in answers}
    tasks = defaultdict[tuple[int, int], list[Coded]](list)
    for key, answer in answers.items():
        tasks[places[key]] += [said[key]._replace(code=each.code) for each in answer.readings]
    runs = [values for _, values in islice(values_of(press, source, tasks), _CHANGES)]
    return {
        key: replace(
            answer,
            readings=tuple(
                replace(
                    reading,
                    otherwise=tuple(
                        run[places[key], said[key]._replace(code=reading.code)] for run in runs
                    ),
                )
                for reading in answer.readings
            ),
        )
        for key, answer in answers.items()
    }


def _said(key: Key, sentence: AskedSentence, answers: Answers, language: str) -> Coded:
    """Return the words of a comparison, without a code yet; none for those with a number in them, which
    changes with its value.
    """
    number, start, end, kind = key
    has_number = any(
        other == number and of == "fact" and first < end and start < last
        for other, first, last, of in answers
    )
    if kind == "fact" or has_number:
        return Coded(kind, "")
    return Coded(kind, "", sentence.text, start, end, language)


def values_of(
    press: Press, source: BoundSource, tasks: Mapping[tuple[int, int], Collection[Coded]]
) -> Iterator[tuple[int, ValuesByCode]]:
    """Yield what some codes come to at their places, in runs of the first edition in which each table
    has other numbers, each with the number of the change. A run that fails with them has no say.
    """
    cells = {
        place: code_of_values(place, list(dict.fromkeys(task))) for place, task in tasks.items()
    }
    for number in range(len(SIZES_OF_CHANGES)):
        text = source.with_code({source.beginning: changing_code(number), **cells})
        edition = editions_with(press.project, source, text)[0]
        (run,) = press.run([edition], use_frozen=False)
        if run.error is None:
            yield (
                number,
                {
                    ((place[0], place[1]), Coded(*coded)): value
                    for place, coded, value in _published(run)
                },
            )


def place_of(source: BoundSource, stretch: TextStretch) -> tuple[int, int]:
    """Return the cell and the position of code that is evaluated as the expressions of a text are."""
    if not source.is_notebook:
        return stretch.cell, stretch.after
    return len(source.cells) if stretch.kind == "front matter" else stretch.cell, 0


def _published(run: Run) -> list[Any]:
    """Return what the probes of a run have published."""
    ran = run.notebook()
    return [
        item
        for cell in (ran.cells if ran is not None else ())
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
        for item in json.loads(output["data"][MIME])
    ]
