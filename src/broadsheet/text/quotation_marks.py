"""Typographic quotation marks in places where only straight ones have a meaning: in attributes, in Python,
in the options of cells. A Mac and a word processor write them by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKS = "“”„‟«»″‘’‚‛‹›"
"""All typographic quotation marks, the double ones first."""
SMART = "An editor may replace them while you type: turn smart quotes off."
"""The advice that keeps them away."""
MISQUOTED = "typographic-quotes"
"""The topic of a message about them."""
_TO_STRAIGHT = str.maketrans(
    {mark: '"' if number < 7 else "'" for number, mark in enumerate(MARKS)}
)

_STRAIGHT = re.compile(r"""=(?:"[^"]*"|'[^']*')""")
_PAIR = re.compile(
    rf"""(?P<key>[\w-]+)=(?P<value>[{MARKS}"'].*?[{MARKS}"'])(?=\s+(?:[.#][\w-]|[\w-]+=)|\s*\Z)""",
    re.DOTALL,
)
"""An attribute in quotation marks of any kind, up to the next one."""


def has_marks(text: str) -> bool:
    """True if a text has a typographic quotation mark."""
    return not set(text).isdisjoint(MARKS)


def straight(code: str) -> str:
    """Return code with straight quotation marks."""
    return code.translate(_TO_STRAIGHT)


def misquoted(attributes: str) -> Iterator[tuple[int, str]]:
    """Yield the attributes whose value is in typographic marks, each with its place in the text."""
    rest = _STRAIGHT.sub(lambda match: "=" + "_" * (len(match[0]) - 1), attributes)
    for pair in _PAIR.finditer(rest):
        if has_marks(pair["value"]):
            yield pair.start(), attributes[pair.start() : pair.end()]


def straight_value(text: str) -> str:
    """Return an attribute, such as `claim=“…”`, with straight double marks around its value, and
    single ones in it.
    """
    marked = re.sub(rf"[{MARKS}\"']", "\0", text)
    first, last = marked.find("\0"), marked.rfind("\0")
    if first == last:
        return marked.replace("\0", '"')
    inner = marked[first + 1 : last].replace("\0", "'")
    return f'{marked[:first]}"{inner}"{marked[last + 1 :]}'
