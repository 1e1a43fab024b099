"""A check of the words beside the facts and claims of a page: years, names and columns that contradict
the places from which they come, and counts that do not fit the list behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from broadsheet.errors import Notice, Place
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.prose import Passage
from broadsheet.markdown.rendering import Rendering
from broadsheet.text.lexicon import FOLDER, Lexicon, lexicon
from broadsheet.verify.marks import PageMark, name_beside
from broadsheet.verify.numbers.listed_names import miscounted
from broadsheet.verify.numbers.table_rows import names_in
from broadsheet.verify.passages import place_of
from broadsheet.verify.sentences import sentences
from broadsheet.verify.wording.beside_facts import (
    Surroundings,
    contradictions,
    placed,
    surroundings,
)

_MEND = 'Mend the words or the fact; if both are meant, put the words into `[…]{.unchecked reason="…"}`.'

_MEND_CLAIM = _MEND.replace("the fact", "the condition")


def beside_facts(root: Path, rendering: Rendering) -> Iterator[Notice]:
    """Yield the messages for a page. ``root`` is the publication's folder."""
    finished, rendered = rendering.finished, rendering.rendered
    lang, folder = finished.edition.settings.lang, root / FOLDER
    words, around = lexicon(lang, folder), around_of(root, finished)
    titles = finished.edition.source.place(1)
    places: list[tuple[Passage, Place | None]] = [(one, titles) for one in rendered.titles]
    places += [(one, None) for one in (*rendered.prose.passages, *rendered.prose.apart)]
    for passage, place in places:
        for start, end in sentences(passage.text, lang, folder):
            for at, what in _messages(passage, (start, end), finished, around, words):
                where = place or place_of(passage, at, rendering)
                sentence = " ".join(passage.text[start:end].split())
                yield Notice(where, what, _MEND, sentence, "beside-fact")


def beside_claims(root: Path, finished: Finished, marks: Iterable[PageMark]) -> Iterator[Notice]:
    """Yield a message for each claim of a page beside the name of something else than it reads."""
    lang, around = finished.edition.settings.lang, around_of(root, finished)
    for mark in marks:
        other = name_beside(mark, finished.facts, lang, root / FOLDER, around)
        if other is not None and not other.is_sure:
            sentence = " ".join(mark.sentence.split())
            what = f"“{other.words}” stands beside a claim that reads “{other.of}”"
            yield Notice(mark.where, what, _MEND_CLAIM, sentence, "beside-fact")


def around_of(root: Path, finished: Finished) -> Surroundings:
    """Return the names in the tables that the facts and claims of a page come from."""
    origins = finished.origins.values()
    columns = [
        {one.name: one.title for one in origin.columns if one.name not in origin.key}
        for origin in origins
    ]
    rows = (column for origin in origins for column in names_in(root, origin))
    return surroundings(columns, rows, lexicon(finished.edition.settings.lang, root / FOLDER))


def _messages(
    passage: Passage,
    span: tuple[int, int],
    finished: Finished,
    around: Surroundings,
    words: Lexicon,
) -> Iterator[tuple[int, str]]:
    """Yield each fault of a sentence: its place in the passage, and the message."""
    start, end = span
    declared = finished.facts.get("facts", {})
    inside = [one for one in passage.marks if start <= one.start < end]
    facts = [
        placed(one.start - start, one.end - start, declared[one.name])
        for one in inside
        if one.kind == "fact" and one.name in declared
    ]
    answered = [
        (one.start, one.end) for one in inside if one.kind in ("unchecked", "held", "reference")
    ]
    text = passage.text[start:end]
    for clash in contradictions(text, facts, around, words):
        at = start + clash.fact.start
        if not any(first <= at < last for first, last in answered):
            yield at, f"“{clash.words}” stands beside a value of “{clash.of}”"
    for counted, number, names in miscounted(text, words):
        at = start + text.find(counted)
        if not any(first <= at < last for first, last in answered):
            listed = f"{len(names)} name{'' if len(names) == 1 else 's'}"
            yield at, f"“{counted}” is {number}, and {listed} follow: {', '.join(names)}"
