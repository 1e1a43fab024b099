"""The width of a text, and its breaking into lines.

Letters have the widths that were measured in the fonts that ship (`letter_widths.json`, which
`scripts/letter_widths.py` writes), in ems: parts of the letters' size. A reader's own sans serif
may be wider, by at most the factor in :data:`READERS_OWN`.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path

READERS_OWN = {"sans": 1.28, "sans bold": 1.32}
"""The largest factor by which a reader's sans serif is wider than the one that ships: that of
DejaVu Sans, the widest to which browsers fall back.
"""

_FILE = Path(__file__).with_name("letter_widths.json")
_UNKNOWN, _BROAD = 0.65, 1.0
_BROAD_FROM = "\u2e80"  # the scripts of East Asia


def text_width(text: str, face: str) -> float:
    """Return the width of ``text`` on one line, in ems; ``face`` is "sans", "sans bold" or "serif
    bold".
    """
    return sum(map(_widths(face).__getitem__, text))


def lines(text: str, room: float, face: str, *, breaks_words: bool = False) -> list[str]:
    """Return ``text`` in lines of at most ``room`` ems. A word that is longer than a line sticks
    out; with ``breaks_words`` it is broken.
    """
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and text_width(longer, face) > room:
            rows.append(word)
        else:
            rows[-1] = longer
        while breaks_words and (at := _fitting(rows[-1], room, face)) < len(rows[-1]):
            rows[-1:] = [rows[-1][:at], rows[-1][at:]]
    return [line for line in rows if line]


def _fitting(word: str, room: float, face: str) -> int:
    """Return the number of letters that fit into ``room``; at least one."""
    width, widths = 0.0, _widths(face)
    for number, letter in enumerate(word):
        width += widths[letter]
        if width > room:
            return max(1, number)
    return len(word)


class _Widths(dict[str, float]):
    """The widths of the letters of a face, in ems, also of those that were not measured."""

    def __missing__(self, letter: str) -> float:
        if unicodedata.combining(letter):
            return 0.0
        return _BROAD if letter >= _BROAD_FROM else _UNKNOWN


@cache
def _widths(face: str) -> _Widths:
    by_width = json.loads(_FILE.read_text(encoding="utf-8"))[face]
    return _Widths(
        {letter: int(width) / 1000 for width, letters in by_width.items() for letter in letters}
    )
