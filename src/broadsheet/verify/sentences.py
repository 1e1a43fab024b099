"""Finds the sentences of prose.

A full stop ends a sentence unless it belongs to a title (Mr., Lt. Col.), an initial (J. P. Morgan),
an abbreviation (No. 10, U.S. troops), a rank (der 3. Platz) or a number. The next word must look
like a beginning: a capital, a digit, an opening quotation mark. The words for all of these are in
the language's file (:mod:`broadsheet.text.lexicon`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from broadsheet.text.lexicon import SentenceWords, lexicon

Span = tuple[int, int]
"""A stretch of a text, by its first position and the one behind its last."""
PAUSE = re.compile(r"[,;:()—–]")
"""A mark between parts of a sentence."""

_STOP = re.compile(r"""([.!?…]["“”’'»«)\]]*)\s+(?=["“„‚‘'«»(\[]*[^\W_])""")
_OPENING = "\"“„‚‘'«»(["
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]+$")
_RANK = re.compile(r"(?<![\d.,])\d{1,2}$")
_WORD = re.compile(r"[^\W\d_]+")
_MEASURED = re.compile(r"[\d°]")


def sentences(text: str, language: str = "en", own: Path | None = None) -> Iterator[Span]:
    """Yield the spans of the sentences of ``text``, in order, without the space between them.

    ``own`` is the publication's folder of word files. A language without a file is read as English.
    """
    start, stops = 0, list(_STOP.finditer(text))
    words = lexicon(language, own).sentences if stops else SentenceWords()
    for match in stops:
        if match[1][0] != "." or _ends(text, match.start(), match.end(), words):
            yield start, match.end(1)
            start = match.end()
    if start < len(text):
        yield start, len(text)


def _ends(text: str, stop: int, following: int, words: SentenceWords) -> bool:
    """Return True if the full stop at ``stop`` ends a sentence; the next word starts at
    ``following``.
    """
    while text[following] in _OPENING:
        following += 1
    if text[following].islower():
        return False
    if words.stops_make_ranks and _RANK.search(text, max(0, stop - 4), stop):
        return _opens(text, following, words)
    match = _LAST_WORD.search(text, max(0, stop - 20), stop)
    if match is None:
        return True
    word, low = match[0], match[0].lower()
    if word in words.goes_on or word.rpartition(".")[2] in words.goes_on:
        return False
    if low in words.goes_on_with_a_figure:
        return not text[following].isdigit()
    if low in words.ends_before_an_opener or word in words.ends_before_an_opener:
        return _opens(text, following, words)
    is_initial = len(word) == 1 and word.isupper()
    return not is_initial or _MEASURED.match(text, max(0, match.start() - 1)) is not None


def _opens(text: str, at: int, words: SentenceWords) -> bool:
    """Return True if the word at ``at`` mostly begins a sentence."""
    word = _WORD.match(text, at)
    return word is not None and word[0].lower() in words.openers
