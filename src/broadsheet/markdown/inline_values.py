"""Puts inline values in the place of their expressions.

Text is escaped for its place: in Markdown (prose, captions, titles) each character that Markdown
could parse is escaped, in plain text (alt text, dates, file names) nothing is. A value that is
Markdown on purpose is put in unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from broadsheet.notebook.values.prose import unmarked
from broadsheet.project.editions.edition_template import MARKDOWN_KEYS
from broadsheet.project.sources import inline_expressions as inline

Result = Mapping[str, str]

_EMPHASIS = re.compile(r"\\.|[*_`]")


def markdown(result: Result) -> str:
    """Return a result as Markdown on one line."""
    if "markdown" in result:
        return result["markdown"]
    return inline.escaped(result["text"])


def plain(result: Result) -> str:
    """Return a result as plain text; of a value that is Markdown, without its marks of emphasis."""
    text = result.get("text")
    return text if text is not None else _EMPHASIS.sub("", result["markdown"])


def filled(
    data: Mapping[str, object], results: Sequence[Result], *, marked: bool = False
) -> dict[str, Any]:
    """Return nested metadata with its inline expressions replaced by ``results``, in the order of
    the walk. If a key's text is Markdown, its values are Markdown too; with ``marked`` all values
    are.
    """
    remaining = iter(results)
    return {name: _filled(value, remaining, name, marked) for name, value in data.items()}


def _filled(data: object, results: Iterator[Result], key: str, marked: bool) -> object:
    if isinstance(data, Mapping):
        return {name: _filled(value, results, str(name), marked) for name, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, results, key, marked) for value in data]
    if not isinstance(data, str):
        return data
    values = [next(results) for _ in inline.expressions(data)]
    if marked or key in MARKDOWN_KEYS:
        return inline.substitute(data, [markdown(value) for value in values])
    text = inline.substitute(data, [plain(value) for value in values])
    return unmarked(text) if values else text
