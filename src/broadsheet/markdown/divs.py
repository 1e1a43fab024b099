"""The divs of a page's HTML, by their tags."""

from __future__ import annotations

import re

TAG = re.compile(r"<(/?)div\b[^>]*>")
"""A tag that opens or closes a div."""


def closing(html: str, start: int) -> re.Match[str] | None:
    """The tag that closes the div whose opening tag is the first from ``start`` on; None where none
    does.
    """
    depth = 0
    for tag in TAG.finditer(html, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag
    return None
