"""Texts with characters that no page can show: :func:`refuse_unprintable` says where a text has one,
before some library stops at it.
"""

from __future__ import annotations

import re

from broadsheet.errors import BroadsheetError, ConfigError, Place
from plotly_alive.text.unprintable import UNPRINTABLE, named

UNSEEN = re.compile("[\x80-\x84\x86-\x9f]")
"""Control characters that browsers pass over, such as those of a text that was read in a wrong
encoding. A page's text and code may have them: they are left out of the page.
"""


def plain_lines(text: str) -> str:
    """Return a text with lines that end in a line feed alone, and with spaces for form feeds."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


def refuse_unprintable(
    text: str,
    where: Place,
    kind: type[BroadsheetError] = ConfigError,
    first_line: int = 1,
    *,
    is_body: bool = False,
) -> None:
    """Raise an error of the ``kind`` if ``text``, whose first line is ``first_line`` of ``where``,
    has a character that no page can show. The text or code of a page, ``is_body``, may have those
    that are left out of it.
    """
    matches = UNPRINTABLE.finditer(text)
    if match := next((each for each in matches if not (is_body and UNSEEN.match(each[0]))), None):
        line = first_line + text.count("\n", 0, match.start())
        raise kind(
            Place(where.file, line=line, cell=where.cell),
            f"here is {named(match[0])}, which no page can show",
            "Take it out; editors show it when they mark invisible characters.",
        )
