"""Passages of plain text, such as an alternative text; and the places where words of a passage were
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from broadsheet.errors import Place
from broadsheet.markdown.prose import Mark, MarkKind, Passage, Prose
from broadsheet.markdown.rendering import Rendering

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


def place_of(passage: Passage, at: int, rendering: Rendering) -> Place:
    """Return the place where the author wrote the words at ``at`` of a passage of a page; they are
    searched for in its Markdown. Of words that it has several times, each passage has its own.
    """
    if passage.place.cell is not None or passage.place.line is not None:
        return passage.place
    tokens, document = _written_tokens(passage), rendering.document
    index = sum(token.start() < at for token in tokens)
    written = list(_TOKEN.finditer(document.markdown))
    windows = _windows([token[0] for token in tokens], [word[0] for word in written])
    if not windows:
        return passage.place
    earlier, count = _repeats(passage, rendering.rendered.prose)
    closest = sorted(windows, key=lambda window: window[-1] - window[0])[: max(count, 1)]
    window = sorted(closest)[min(earlier, len(closest) - 1)]
    word = written[window[min(index, len(window) - 1)]]
    return document.place(document.markdown.count("\n", 0, word.start()) + 1)


def _written_tokens(passage: Passage) -> list[re.Match[str]]:
    """Return the words of a passage, except those that the renderer made."""
    return [
        match
        for match in _TOKEN.finditer(passage.text)
        if not any(
            mark.kind in _RENDERED and mark.start <= match.start() < mark.end
            for mark in passage.marks
        )
    ]


def _repeats(passage: Passage, prose: Prose) -> tuple[int, int]:
    """Return how often the words of a passage stand in the prose before it, and how often in all."""
    passages = [*prose.passages, *prose.apart]
    texts = ["".join(f"\n{token[0]}\n" for token in _written_tokens(one)) for one in passages]
    place = next((number for number, one in enumerate(passages) if one is passage), None)
    if place is None:
        return 0, 1
    counts = [text.count(texts[place]) for text in texts]
    return sum(counts[:place]), sum(counts)


def _windows(wanted: Sequence[str], written: Sequence[str]) -> list[list[int]]:
    """Return the stretches of ``written`` that have all words of ``wanted`` in order: the index of
    each word. Of those with one end, the shortest is returned.
    """
    windows: dict[int, list[int]] = {}
    for start, first in enumerate(written):
        if not wanted or first != wanted[0]:
            continue
        window = [start]
        for word in wanted[1:]:
            at = window[-1] + 1
            try:
                window.append(written.index(word, at, at + _SKIPPED))
            except ValueError:
                break
        else:
            windows[window[-1]] = window
    return list(windows.values())
