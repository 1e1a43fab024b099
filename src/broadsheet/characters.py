"""Characters that no page, feed or drawing can hold."""

from __future__ import annotations

import re

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Control characters but tabs and line breaks, halves of surrogate pairs, and what is no character at all."""


def named(character: str) -> str:
    """A character as a message names it: `the character U+0007`."""
    return f"the character U+{ord(character):04X}"
