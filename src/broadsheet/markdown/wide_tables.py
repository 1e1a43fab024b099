"""Puts tables into boxes: each box scrolls by itself, also by the keyboard, and the page never
scrolls sideways.
"""

from __future__ import annotations

from lxml.html import HtmlElement

from broadsheet.text.html_tree import classes, new_element, wrap

WIDE = 5
"""A table with this many columns or more is wide."""

_BOX = "table-scroll"
_REACHED = {"tabindex": "0", "role": "group", "aria-label": "Table"}


def make_scroll(body: HtmlElement) -> None:
    """Put each table of a ``body`` into a box that scrolls (unless it is in one), and let the
    keyboard reach code blocks.
    """
    for table in list(body.iter("table")):
        around = table.getparent()
        if _BOX in classes(around) or any(True for _ in table.iterancestors("table")):
            continue
        row = next(table.iter("tr"), ())
        if sum(cell.tag in ("td", "th") for cell in row) < WIDE:
            wrap(table, new_element("div", {"class": _BOX}))
        else:
            wrap(table, new_element("div", {"class": f"{_BOX} is-wide", **_REACHED}))
    for code in body.iter("pre"):
        if code.get("tabindex") is None:
            code.set("tabindex", "0")
