"""What is wider than a phone scrolls in a box of its own, which the keyboard can reach; the page
never does.
"""

from __future__ import annotations

import re

WIDE = 5
"""Columns from which on a table is wide."""

_TABLE = re.compile(r"<table\b[^>]*>.*?</table\s*>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr\s*>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b")
_BOXED = re.compile(r'<div[^>]*\bclass="[^"]*\btable-scroll\b[^"]*"[^>]*>\s*\Z')
_CODE = re.compile(r"<pre(?=[\s>])(?![^>]*\btabindex=)")


def scrolling(body: str) -> str:
    """``body`` with each table in a box that scrolls (unless it is in one), and code blocks within
    reach of keys.
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
