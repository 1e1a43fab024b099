"""Inline values: `` `{python} expr` `` in prose, in front matter and in cell options; and the words
that rest on a condition, `[a record]{claim="…"}`, or that one chooses, `[rose|fell]{by="…"}`
(:mod:`broadsheet.notebook.claims.conditions`).

An expression is evaluated in the run, right after its cell (front matter: after the last cell), so
its value is the one that the notebook shows at that point. For this, each such cell is followed by
one more code cell in the notebook that runs. It is tagged :data:`TAG` and calls `publish` of
:data:`PUBLISHER`;
its one output, of type :data:`MIME`, has a value or an error for each expression, and is removed
when the edition is finished.

A value is text: the result of `str`, which is escaped later; or Markdown on purpose, if the value
has `_repr_markdown_` (as `IPython.display.Markdown` has). A value that is both, because its text is
different without marks, such as a fact, has `_inline_`, which gives a mapping with `text` and
`markdown`.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

MIME = "application/vnd.broadsheet.inline+json"
TAG = "broadsheet-inline"

PUBLISHER = "broadsheet.notebook.session.inline_results"
"""The module that evaluates expressions in the run."""
PROBE = f"__import__({PUBLISHER!r}, fromlist=['publish'])"
"""The beginning of the code that evaluates inline expressions."""

_INLINE = r"(?<!`)(?P<{0}ticks>`++)\{{python\}}[ \t](?P<{0}code>.+?)(?<!`)(?P={0}ticks)(?!`)"
_QUOTED = r"""(?:"(?P<{0}>[^"]*)"|'(?P<{0}_>[^']*)')"""
CHOICE = (
    r"\[(?P<words>(?:[^\[\]`]|`[^`]*`|\[[^\[\]`]*\])*)\]\{(?P<kind>by|if)="
    + _QUOTED.format("condition")
    + r"\}"
)
CLAIM = r"(?<![\w-])claim=" + _QUOTED.format("claim")
_SPAN = r"(?<!`)(?P<span>`++).+?(?<!`)(?P=span)(?!`)"
_CODE_SPAN = re.compile(_SPAN, re.DOTALL)
_EXPRESSION = re.compile("|".join((_INLINE.format(""), _SPAN, CHOICE, CLAIM)), re.DOTALL)
"""An inline value, code that is shown, words that a condition chooses, and the condition of a claim."""
_SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#+\-!|~^$@&:=]")
_ORDINAL = re.compile(r"\A(\d+)([.)])")
_FENCE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)


def expressions(markdown: str) -> list[str]:
    """Return the inline expressions of a piece of Markdown, in order: the code of a value, the
    source of a choice, the attribute of a claim. Code that is shown has none.
    """
    return [(match["code"] or match[0]).strip() for match in matches(markdown)]


def expressions_in(data: object) -> list[str]:
    """Return the inline expressions in the texts of nested metadata, in order."""
    return [code for text in front_matter_strings(data) for code in expressions(text)]


def front_matter_strings(data: object) -> Iterator[str]:
    """Yield each text of nested metadata."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from front_matter_strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from front_matter_strings(value)


def substitute(markdown: str, values: Sequence[str]) -> str:
    """Return ``markdown`` with its inline expressions replaced, in order."""
    pieces = _pieces(markdown)
    return "".join(piece + value for piece, value in zip(pieces[::2], [*values, ""], strict=True))


def lines_of(markdown: str, values: Sequence[str]) -> list[int]:
    """Return, for each line of the result of :func:`substitute`, its line in ``markdown``, from 1.
    The lines of a value have the line on which its expression begins.
    """
    pieces, line, numbers = _pieces(markdown), 1, [1]
    for text, expression, value in zip(
        pieces[::2], [*pieces[1::2], ""], [*values, ""], strict=True
    ):
        numbers += range(line + 1, line + 1 + text.count("\n"))
        line += text.count("\n")
        numbers += [line] * value.count("\n")
        line += expression.count("\n")
    return numbers


def outside(markdown: str, change: Callable[[str], str]) -> str:
    """Return ``markdown`` with ``change`` applied to everything that is not an inline expression."""
    pieces = _pieces(markdown)
    pieces[::2] = map(change, pieces[::2])
    return "".join(pieces)


def without_code(markdown: str) -> str:
    """Return ``markdown`` with spaces in place of its code; lines stay where they are."""
    return _CODE_SPAN.sub(_blank, without_blocks(markdown))


def without_blocks(markdown: str) -> str:
    """Return ``markdown`` with spaces in place of its blocks of code; lines stay where they are."""
    return _FENCE.sub(_blank, markdown)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def escaped(text: str) -> str:
    """Return ``text`` on one line, with each character escaped that Markdown could parse."""
    first, *others = text.split("\n")
    if others:
        between = (line.strip() for line in others[:-1] if line.strip())
        text = " ".join([first.rstrip(), *between, others[-1].lstrip()])
    return _ORDINAL.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))


def probe(expressions: Sequence[str]) -> str:
    """Return the source of the code cell that evaluates ``expressions``; it leaves no name behind."""
    return f"{PROBE}.publish({list(expressions)!r})"


def probed(code: str) -> list[str]:
    """Return the expressions that a code cell evaluates, as :func:`probe` makes it; none of another
    cell.
    """
    start = f"{PROBE}.publish("
    listed = code.strip()[len(start) : -1] if code.startswith(start) else "[]"
    expressions: list[str] = ast.literal_eval(listed)
    return expressions


def _pieces(markdown: str) -> list[str]:
    """Return ``markdown`` in pieces: every second piece is an inline expression."""
    pieces, end = [], 0
    for match in matches(markdown):
        pieces += [markdown[end : match.start()], match[0]]
        end = match.end()
    return [*pieces, markdown[end:]]


@lru_cache(maxsize=500)
def matches(markdown: str) -> tuple[re.Match[str], ...]:
    """Return the inline expressions of a piece of Markdown, in order, with their places: `code` of
    a value, `kind` and `condition` of a choice, `claim` of a claim. The editions of an article ask for
    those of the same pieces.
    """
    fences = [match.span() for match in _FENCE.finditer(markdown)]
    starts = [start for start, _ in fences]

    def is_fenced(offset: int) -> bool:
        before = bisect_right(starts, offset) - 1
        return before >= 0 and offset < fences[before][1]

    return tuple(
        match
        for match in _EXPRESSION.finditer(markdown)
        if match["span"] is None and not is_fenced(match.start())
    )
