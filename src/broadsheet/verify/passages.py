"""Passages of plain text, such as an alternative text; and the places where words of a passage were
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from broadsheet.errors import Place
from broadsheet.markdown.document import Document
from broadsheet.markdown.prose import Mark, MarkKind, Passage

_TOKEN = re.compile(r"\w+")
_SKIPPED = 60
"""The most words of markup between two words of the text."""
_RENDERED = ("cite", "reference")
"""Marks whose words were made by the renderer."""
_CLOSED = re.compile(r"\]\{([^{}]*)\}")
_NAMED = re.compile(
    r"""\.fact\s+name=["']?(?P<fact>[\w-]+)|\bclaim=["']?(?P<claim>[\w-]+)
    |\bheld-by=(?:"(?P<held>[^"]+)"|(?P<by>[^\s"]+))""",
    re.VERBOSE,
)


def plain_passages(text: str, place: Place, kind: str) -> Iterator[Passage]:
    """Yield a passage of plain text, such as an alternative text, in which facts and claims have
    Markdown's marks.
    """
    read, marks, opened, at = "", list[Mark](), list[int](), 0
    while at < len(text):
        closed = _CLOSED.match(text, at)
        if text[at] == "\\" and at + 1 < len(text):
            read, at = read + text[at + 1], at + 2
        elif text[at] == "[":
            opened, at = [*opened, len(read)], at + 1
        elif closed and opened:
            start, named = opened.pop(), _NAMED.search(closed[1])
            if named:
                kind_of: MarkKind = (
                    "claim" if named["claim"] else "fact" if named["fact"] else "held"
                )
                marks.append(Mark(start, len(read), kind_of, named[named.lastgroup or 0]))
            at = closed.end()
        else:
            read, at = read + text[at], at + 1
    if read:
        yield Passage(read, tuple(marks), place, kind)


def place_of(passage: Passage, at: int, document: Document) -> Place:
    """Return the place where the author wrote the words at ``at`` of a passage; they are searched
    for in the Markdown.
    """
    if passage.place.cell is not None or passage.place.line is not None:
        return passage.place
    rendered = [
        match
        for match in _TOKEN.finditer(passage.text)
        if not any(
            mark.kind in _RENDERED and mark.start <= match.start() < mark.end
            for mark in passage.marks
        )
    ]
    index = sum(match.start() < at for match in rendered)
    written = list(_TOKEN.finditer(document.markdown))
    read, words = [match[0] for match in rendered], [match[0] for match in written]
    position = _aligned(read, words, index)
    if position is not None:
        return document.place(document.markdown.count("\n", 0, written[position].start()) + 1)
    return passage.place


def _aligned(rendered: Sequence[str], written: Sequence[str], index: int) -> int | None:
    """Return the index in ``written`` of the word ``index`` of ``rendered``, at the position where
    all its words follow in order, closest together.
    """
    best: tuple[int, int] | None = None
    for start, word in enumerate(written):
        if not rendered or word != rendered[0]:
            continue
        position, at = start, start
        for number, next_word in enumerate(rendered):
            try:
                at = written.index(next_word, at, at + _SKIPPED)
            except ValueError:
                break
            if number == index:
                position = at
            at += 1
        else:
            if best is None or at - start < best[0]:
                best = (at - start, position)
    return best[1] if best else None
