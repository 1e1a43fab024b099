"""Characters that no page, feed or drawing can hold: control characters, halves of surrogate pairs,
noncharacters.

:func:`refuse_unprintable` says where a text has one, before some library stops at it.
"""

from __future__ import annotations

import re
import unicodedata

from broadsheet.errors import BroadsheetError, ConfigError, Place

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Of control characters only tabs and line breaks (U+0085 among them) may be in a text."""


def plain_lines(text: str) -> str:
    """Return a text with lines that end in a line feed alone, and with spaces for form feeds."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


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


def refuse_unprintable(
    text: str, where: Place, kind: type[BroadsheetError] = ConfigError, first_line: int = 1
) -> None:
    """Raise an error of the ``kind`` if ``text``, whose first line is ``first_line`` of ``where``,
    has a character that no page can show.
    """
    match = UNPRINTABLE.search(text)
    if match:
        line = first_line + text.count("\n", 0, match.start())
        raise kind(
            Place(where.file, line=line, cell=where.cell),
            f"here is {named(match[0])}, which no page can show",
            "Take it out; editors show it when they mark invisible characters.",
        )
