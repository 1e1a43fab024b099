"""Boxes for what is wider than a phone: each scrolls by itself, also by the keyboard, and the page
never scrolls sideways.
"""

from __future__ import annotations

import re

WIDE = 5
"""A table with this many columns or more is wide."""

_TABLE = re.compile(r"<table\b[^>]*>.*?</table\s*>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr\s*>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b")
_BOXED = re.compile(r'<div[^>]*\bclass="[^"]*\btable-scroll\b[^"]*"[^>]*>\s*\Z')
_CODE = re.compile(r"<pre(?=[\s>])(?![^>]*\btabindex=)")


def scrolling(body: str) -> str:
    """``body`` with each table in a box that scrolls (unless it is in one), and code blocks that
    the keyboard can reach.
    """

    def boxed(match: re.Match[str]) -> str:
        if _BOXED.search(body, max(0, match.start() - 300), match.start()):
            return match[0]
        row = _ROW.search(match[0])
        if row is None or len(_CELL.findall(row[0])) < WIDE:
            return f'<div class="table-scroll">{match[0]}</div>'
        return (
            '<div class="table-scroll is-wide" tabindex="0" role="group" aria-label="Table">'
            f"{match[0]}</div>"
        )

    return _CODE.sub('<pre tabindex="0"', _TABLE.sub(boxed, body))
