"""Removes from a text in Markdown what readers do not see: comments, scripts and styles, but for those in code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

_CODE_OR_COMMENT = re.compile(r"^[ \t]{0,3}(?P<fence>`{3,}|~{3,})|`+|<!--", re.MULTILINE)
_LONGEST_CODE = 2000
"""The most letters of code in a line."""
_HIDDEN = re.compile(r"<!--|<(?P<element>script|style)\b[^<>]*>", re.IGNORECASE)
"""The beginning of what readers do not see."""


def without_hidden(text: str) -> str:
    """Return a text without its comments, scripts and styles; one in code, or one without an end,
    is text.
    """
    parts, at, last, code = list[str](), 0, 0, code_in(text)
    lower, endless = text.lower(), set[str]()
    while begins := _HIDDEN.search(text, at):
        start, element = begins.start(), begins["element"]
        closing = f"</{element.lower()}>" if element else "-->"
        end = -1 if closing in endless else lower.find(closing, start)
        inside = code.end_at(start)
        at = inside or (end + len(closing) if end >= 0 else begins.end())
        if end < 0:
            endless.add(closing)
        elif not inside:
            parts += [text[last:start], "\n" * text.count("\n", start, at)]
            last = at
    return "".join((*parts, text[last:]))


class Stretches:
    """Stretches of a text, in order."""

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in stretches]
        self._ends = [end for _, end in stretches]

    def end_at(self, position: int) -> int:
        """Return the end of the stretch at a position; 0 if there is none."""
        at = bisect_right(self._starts, position) - 1
        return self._ends[at] if at >= 0 and position < self._ends[at] else 0


def code_in(text: str) -> Stretches:
    """Return the stretches of code in a text, those in fences and in lines."""
    stretches, at, ends = list[tuple[int, int]](), 0, 0
    for match in _CODE_OR_COMMENT.finditer(text):
        if match.start() < at:
            continue
        if match["fence"]:
            closing = re.compile(
                rf"^[ \t]{{0,3}}{re.escape(match['fence'])}[`~]*[ \t]*$", re.MULTILINE
            ).search(text, match.end())
            at = closing.end() if closing else len(text)
            stretches.append((match.start(), at))
        elif match[0] == "<!--":
            ends = text.find("-->", match.start()) if ends >= 0 else ends
            at = ends + 3 if ends >= 0 else at
        else:
            end = text.find(match[0], match.end(), match.end() + _LONGEST_CODE)
            if end >= 0 and "\n\n" not in text[match.end() : end]:
                at = end + len(match[0])
                stretches.append((match.start(), at))
    return Stretches(stretches)
