"""Addresses in style sheets: of `url(…)` and `@import`, as CSS has them. What stands in comments and
other strings is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_STRING = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
_PART = re.compile(
    rf"""/\*.*?(?:\*/|\Z) | (?P<import>@import\s*)(?P<named>{_STRING})
    | (?P<url>(?<![\w-])url\(\s*)(?P<written>{_STRING}|(?:[^\s"'()\\]|\\(?:[0-9a-f]{{1,6}}+\s?|.))*+)(?=\s*(?:\)|\Z))
    | {_STRING}""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})[ \t\n\r\f]?|\n|(.))", re.IGNORECASE | re.DOTALL)
_SPECIAL = re.compile(r"""["'\\()\s]""")


def rewrite_styles(css: str, rewrite: Callable[[str], str]) -> str:
    """Return a style sheet, or the value of a `style`, with each address in it passed through
    ``rewrite``.
    """

    def rewritten(part: re.Match[str]) -> str:
        written = part["named"] or part["written"]
        if not written:
            return part[0]
        address = _plain(written[1:-1] if written[0] in "\"'" else written)
        new = rewrite(address)
        if new == address:
            return part[0]
        quoted = _SPECIAL.sub(lambda sign: f"\\{ord(sign[0]):x} ", new)
        return f'{part["import"] or part["url"]}"{quoted}"'

    return _PART.sub(rewritten, css)


def style_addresses(css: str) -> list[str]:
    """Return each address in a style sheet, or in the value of a `style`, in order."""
    noted: list[str] = []

    def note(address: str) -> str:
        noted.append(address)
        return address

    rewrite_styles(css, note)
    return noted


def _plain(written: str) -> str:
    """Return an address without the escapes of CSS."""
    return _ESCAPE.sub(lambda escape: _sign(escape[1]) if escape[1] else escape[2] or "", written)


def _sign(digits: str) -> str:
    number = int(digits, 16)
    is_character = 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return chr(number) if is_character else "\N{REPLACEMENT CHARACTER}"
