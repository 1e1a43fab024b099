"""Evaluates the inline expressions of a cell in the run, and publishes their results."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from typing import Any

from broadsheet.notebook.claims.conditions import Expressions
from broadsheet.notebook.session.error_hints import complete
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.storage.unprintable import UNPRINTABLE, named

LONGEST = 100_000
"""The most characters of an inline value."""


def publish(expressions: Sequence[str]) -> None:
    """Called in the run: evaluate each expression in the notebook's namespace and publish the
    results.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    assert shell is not None, "inline values are published from within a run"
    results = evaluated(expressions, shell.user_ns)
    shell.display_pub.publish({inline.MIME: results, "text/plain": ""})


def evaluated(expressions: Sequence[str], namespace: dict[str, Any]) -> list[dict[str, str]]:
    """The published result of each expression: its value as text or Markdown, or its error; and, as
    `reads`, the values that were looked up for it in data, one a line.
    """
    known = Expressions(namespace)
    return [_result(expression, known) for expression in expressions]


def _result(expression: str, known: Expressions) -> dict[str, str]:
    try:
        found = {name: _shown(text) for name, text in _value(expression, known).items()}
        reads = "\n".join(known.taken())
        return {"expression": expression, **found, **({"reads": reads} if reads else {})}
    except Exception as error:
        known.taken()
        complete(error, error.__traceback__)
        message = traceback.format_exception_only(error)[-1].strip()
        return {
            "expression": expression,
            "error": message.encode("utf-8", "backslashreplace").decode(),
        }


def _value(expression: str, known: Expressions) -> dict[str, Any]:
    """The text of an expression, and its Markdown if it has marks."""
    form = re.fullmatch(f"{inline.CLAIM}|{inline.CHOICE}", expression, re.DOTALL)
    if form and form["words"] is None:
        name = known.claim(form["claim"] if form["claim"] is not None else form["claim_"])
        return {"markdown": f'claim="{name}"'}
    if form:
        code = form["condition"] if form["condition"] is not None else form["condition_"]
        words, name = known.choice(form["kind"], code, _alternatives(form["words"]))
        inner = [_value(one, known) for one in inline.expressions(words)]
        marked = [one.get("markdown", inline.escaped(one.get("text", ""))) for one in inner]
        text = inline.substitute(words, [one.get("text", one.get("markdown", "")) for one in inner])
        before, bare, after = _between_spaces(inline.substitute(words, marked))
        markdown = f'{before}[{bare}]{{claim="{name}"}}{after}' if bare else before
        return {"text": text, "markdown": markdown}
    value = known.value(expression)
    both = getattr(value, "_inline_", None)
    if both is not None:
        return dict(both())
    shown = getattr(value, "_repr_markdown_", None)
    return {"text": str(value)} if shown is None else {"markdown": str(shown())}


def _alternatives(words: str) -> list[str]:
    """Words apart at each | that is not in code."""
    return re.findall(r"(?:^|(?<=\|))((?:[^|`]|`[^`]*`)*)", words)


def _between_spaces(words: str) -> tuple[str, str, str]:
    """Words, with the spaces before and after them, which Pandoc would drop within brackets."""
    bare = words.strip()
    before, _, after = words.partition(bare) if bare else (words, "", "")
    return before, bare, after


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
