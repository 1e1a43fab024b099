"""Characters that no page, feed or drawing can hold: control characters, halves of surrogate pairs,
noncharacters.
"""

from __future__ import annotations

import re
import unicodedata

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Of control characters only tabs and line breaks (U+0085 among them) may be in a text."""


def named(character: str) -> str:
    """Return the name of a character in messages: `the control character U+0007`."""
    kind = {"Cs": "half of a surrogate pair,", "Cc": "the control character"}.get(
        unicodedata.category(character), "the character"
    )
    return f"{kind} U+{ord(character):04X}"


def unprintable(text: str) -> str:
    """Return the first character of ``text`` that no page can show, by its name in messages; empty
    if there is none.
    """
    match = UNPRINTABLE.search(text)
    return named(match[0]) if match else ""
