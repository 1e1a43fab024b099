"""Puts tables into boxes: each box scrolls by itself, also by the keyboard, and the page never
scrolls sideways. And gives them the looks that their authors name.
"""

from __future__ import annotations

from lxml.html import HtmlElement

from broadsheet.text.html_tree import classes, new_element, wrap

WIDE = 5
"""A table with this many columns or more is wide."""

_BOX = "table-scroll"
_REACHED = {"tabindex": "0", "role": "group", "aria-label": "Table"}

_LOOKS = frozenset(
    {
        *("striped", "hover", "bordered", "borderless", "sm", "active"),
        *("primary", "secondary", "success", "danger", "warning", "info", "light", "dark"),
    }
)
"""The looks of Bootstrap's tables that an author may name without `table-`, as in Quarto."""


def make_scroll(body: HtmlElement) -> None:
    """Put each table of a ``body`` into a box that scrolls (unless it is in one), and let the
    keyboard reach code blocks.
    """
    for table in list(body.iter("table")):
        _name_looks(table)
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


def _name_looks(table: HtmlElement) -> None:
    names = classes(table)
    named = [f"table-{name}" if name in _LOOKS else name for name in names]
    if "table-sm" in named and "small" not in named:
        named.append("small")
    if named != names:
        table.set("class", " ".join(named))
