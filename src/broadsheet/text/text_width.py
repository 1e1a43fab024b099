"""The width of a text, and its breaking into lines.

Letters have the widths that were measured in the fonts that ship (`letter_widths.json`, which
`scripts/letter_widths.py` writes), in ems: parts of the letters' size. A reader's own sans serif
may be wider, by at most the factor in :data:`READERS_OWN`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

READERS_OWN = {"sans": 1.28, "sans bold": 1.32}
"""How much wider a reader's sans serif may be than the one that ships: DejaVu Sans is, the widest
that browsers fall back to.
"""

_FILE = Path(__file__).with_name("letter_widths.json")
_UNKNOWN, _BROAD = 0.65, 1.0
_BROAD_FROM = "\u2e80"  # the scripts of East Asia


def text_width(text: str, face: str) -> float:
    """The width of ``text`` on one line, in ems; ``face`` is "sans", "sans bold" or "serif bold"."""
    return sum(_letter_width(letter, face) for letter in text)


def lines(text: str, room: float, face: str, *, breaks_words: bool = False) -> list[str]:
    """``text`` in lines of at most ``room`` ems. A word that is longer than a line sticks out, or
    is broken too.
    """
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and text_width(longer, face) > room:
            found.append(word)
        else:
            found[-1] = longer
        while breaks_words and (at := _fitting(found[-1], room, face)) < len(found[-1]):
            found[-1:] = [found[-1][:at], found[-1][at:]]
    return [line for line in found if line]


def _fitting(word: str, room: float, face: str) -> int:
    """How many letters fit into ``room``; at least one."""
    width = 0.0
    for number, letter in enumerate(word):
        width += _letter_width(letter, face)
        if width > room:
            return max(1, number)
    return len(word)


@cache
def _widths(face: str) -> Mapping[str, float]:
    by_width = json.loads(_FILE.read_text(encoding="utf-8"))[face]
    return {letter: int(width) / 1000 for width, letters in by_width.items() for letter in letters}


def _letter_width(letter: str, face: str) -> float:
    known = _widths(face).get(letter)
    if known is not None:
        return known
    if unicodedata.combining(letter):
        return 0.0
    return _BROAD if letter >= _BROAD_FROM else _UNKNOWN
