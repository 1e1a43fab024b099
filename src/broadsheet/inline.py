"""Inline values: `` `{python} expr` `` in prose, in front matter and in cell options.

An expression is evaluated in the run, right after its cell (front matter: after the last cell), so
its value is the one that the notebook shows at that point. For this, each such cell is followed by
one more code cell in the notebook that runs. It is tagged :data:`TAG` and calls :func:`publish`;
its one output, of type :data:`MIME`, has a value or an error for each expression, and is removed
when the edition is finished.

A value is text: the result of `str`, which is escaped later; or Markdown on purpose, if the value
has `_repr_markdown_` (as `IPython.display.Markdown` has). A value that is both, because its text is
different without marks, such as a fact, has `_inline_`, which gives a mapping with `text` and
`markdown`.
"""

from __future__ import annotations

import re
import traceback
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from broadsheet.unprintable import UNPRINTABLE, named

MIME = "application/vnd.broadsheet.inline+json"
TAG = "broadsheet-inline"

LONGEST = 100_000
"""The most characters of an inline value."""

_CODE = re.compile(
    r"(?<!`)(?P<ticks>`++)\{python\}[ \t](?P<code>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
_SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#+\-!|~^$@&:=]")
_ORDINAL = re.compile(r"\A(\d+)([.)])")
_FENCE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)


def expressions(markdown: str) -> list[str]:
    """The inline expressions of a piece of Markdown, in order; none from fenced code."""
    return [match["code"].strip() for match in _matches(markdown)]


def substitute(markdown: str, values: Sequence[str]) -> str:
    """``markdown`` with its inline expressions replaced, in order."""
    pieces = _pieces(markdown)
    return "".join(piece + value for piece, value in zip(pieces[::2], [*values, ""], strict=True))


def outside(markdown: str, change: Callable[[str], str]) -> str:
    """``markdown`` with ``change`` applied to everything that is not an inline expression."""
    pieces = _pieces(markdown)
    pieces[::2] = map(change, pieces[::2])
    return "".join(pieces)


def escaped(text: str) -> str:
    """``text`` on one line, with each character escaped that Markdown could parse."""
    first, *others = text.split("\n")
    if others:
        between = (line.strip() for line in others[:-1] if line.strip())
        text = " ".join([first.rstrip(), *between, others[-1].lstrip()])
    return _ORDINAL.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))


def probe(expressions: Sequence[str]) -> str:
    """The source of the code cell that evaluates ``expressions``; it leaves no name behind."""
    return f"__import__({__name__!r}, fromlist=['publish']).publish({list(expressions)!r})"


def publish(expressions: Sequence[str]) -> None:
    """Called in the run: evaluate each expression in the notebook's namespace and publish the
    results.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    assert shell is not None, "inline values are published from within a run"
    results = evaluated(expressions, shell.user_ns)
    shell.display_pub.publish({MIME: results, "text/plain": ""})


def evaluated(expressions: Sequence[str], namespace: dict[str, Any]) -> list[dict[str, str]]:
    """The published result of each expression: its value as text or Markdown, or its error."""
    return [_result(expression, namespace) for expression in expressions]


def _pieces(markdown: str) -> list[str]:
    """``markdown`` in pieces: every second one is an inline expression."""
    pieces, end = [], 0
    for match in _matches(markdown):
        pieces += [markdown[end : match.start()], match[0]]
        end = match.end()
    return [*pieces, markdown[end:]]


def _matches(markdown: str) -> list[re.Match[str]]:
    fences = [match.span() for match in _FENCE.finditer(markdown)]
    starts = [start for start, _ in fences]

    def is_fenced(offset: int) -> bool:
        before = bisect_right(starts, offset) - 1
        return before >= 0 and offset < fences[before][1]

    return [match for match in _CODE.finditer(markdown) if not is_fenced(match.start())]


def _result(expression: str, namespace: dict[str, Any]) -> dict[str, str]:
    try:
        value = eval(expression, namespace)
        both = getattr(value, "_inline_", None)
        markdown = getattr(value, "_repr_markdown_", None)
        if both is not None:
            found = dict(both())
        elif markdown is not None:
            found = {"markdown": str(markdown())}
        else:
            found = {"text": str(value)}
        return {"expression": expression, **{name: _shown(text) for name, text in found.items()}}
    except Exception as error:
        message = traceback.format_exception_only(error)[-1].strip()
        return {
            "expression": expression,
            "error": message.encode("utf-8", "backslashreplace").decode(),
        }


def _shown(text: object) -> str:
    """``text``, if a page can show it. Raises TypeError or ValueError."""
    if not isinstance(text, str):
        raise TypeError(f"the value's text is no text but {type(text).__name__}")
    if len(text) > LONGEST:
        raise ValueError(f"the value has {len(text):,} characters, and stands in a sentence")
    sign = UNPRINTABLE.search(text)
    if sign is not None:
        raise ValueError(f"the value holds {named(sign[0])}, which no page can show")
    return text
