"""Finds the header of a table below its title, and the end of its rows above notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_ABOVE = 12
"""The most rows, or lines of CSV, above a header."""
_WHOLE = 0.6
"""A header has names for so many of the columns."""
_LOOKED_AT = 200
"""So many rows tell how many cells of a row have a value."""
_LONGEST = 200
"""A title has no more letters."""
_SIGNS = re.compile(r"^[\s#\"';,|\t]+|[\s\"';,|\t]+$")
"""The signs around a title in a line of CSV."""


def below_title(rows: Sequence[list[str]]) -> tuple[str, list[list[str]]]:
    """Return the title above the header of a table, and its rows from the header on, without the notes below.
    A table whose header is its first row has no title, and all its rows.
    """
    widths = sorted(map(_filled, rows[:_LOOKED_AT]))
    typical = widths[len(widths) // 2] if widths else 0
    if typical < 2 or _filled(rows[0]) > max(1, typical // 3):
        return "", list(rows)
    header = next(
        (
            at
            for at, row in enumerate(rows[:MOST_ABOVE])
            if _filled(row) >= max(2, _WHOLE * typical)
        ),
        0,
    )
    title = title_in([" ".join(filter(None, row)) for row in rows[:header]])
    kept = list(rows[header:]) if title else list(rows)
    while title and len(kept) > 2 and _filled(kept[-1]) == 1 and kept[-1][0]:
        kept.pop()
    return title, kept


def title_in(lines: Sequence[str]) -> str:
    """Return the first of the lines above a header that has words; empty if none has."""
    texts = (_SIGNS.sub("", line) for line in lines)
    return next((text[:_LONGEST] for text in texts if re.search(r"[^\W\d_]{2}", text)), "")


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell) for cell in row)
