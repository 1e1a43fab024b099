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
from broadsheet.verify.marks import JudgedMark
from broadsheet.verify.numbers.listed_names import miscounted
from broadsheet.verify.passages import place_of
from broadsheet.verify.sentences import sentences
from broadsheet.verify.wording.beside_facts import contradictions, placed
from broadsheet.verify.wording.table_names import Surroundings

_MEND = 'Mend the words or the fact; if both are meant, put the words into `[…]{.unchecked reason="…"}`.'

_MEND_CLAIM = _MEND.replace("the fact", "the condition")


def beside_facts(root: Path, rendering: Rendering, around: Surroundings) -> Iterator[Notice]:
    """Yield the messages for a page. ``root`` is the publication's folder; ``around`` has the names in
    the tables of the page.
    """
    finished, rendered = rendering.finished, rendering.rendered
    lang, folder = finished.edition.settings.lang, root / FOLDER
    words = lexicon(lang, folder)
    titles = finished.edition.source.place(1)
    places: list[tuple[Passage, Place | None]] = [(one, titles) for one in rendered.titles]
    places += [(one, None) for one in (*rendered.prose.passages, *rendered.prose.apart)]
    for passage, place in places:
        for start, end in sentences(passage.text, lang, folder):
            for at, what in _messages(passage, (start, end), finished, around, words):
                where = place or place_of(passage, at, rendering)
                sentence = " ".join(passage.text[start:end].split())
                yield Notice(where, what, _MEND, sentence, "beside-fact")


def beside_claims(marks: Iterable[JudgedMark]) -> Iterator[Notice]:
    """Yield a message for each claim of a page beside the name of something else than it reads."""
    for mark, words in marks:
        other = words.beside if words else None
        if other is not None and not other.is_sure:
            sentence = " ".join(mark.sentence.split())
            yield Notice(mark.where, other.message, _MEND_CLAIM, sentence, "beside-fact")


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
