"""Evaluates the inline expressions of a cell in the run, and publishes their results.

In a session of JupyterLab, its extension asks for the same (:func:`publish_in_session`). Each result
has the facts and claims that it marks, since no last cell puts them out.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from broadsheet.notebook.claims.conditions import Expressions
from broadsheet.notebook.session.error_hints import complete_message
from broadsheet.notebook.values import declarations
from broadsheet.project.sources import inline_expressions as inline
from plotly_alive.text.unprintable import UNPRINTABLE, named

_LONGEST = 100_000
"""The most characters of an inline value."""


def publish(expressions: Sequence[str]) -> None:
    """Evaluate each expression in the notebook's namespace, and publish the results as an
    output.
    """
    shell = _shell()
    _publish(shell, evaluated(expressions, shell.user_ns))


def publish_in_session(expressions: Sequence[str]) -> None:
    """Evaluate each expression as :func:`publish` does. Each result has its `facts` and its
    `claims`, by name, as they are declared then.
    """
    shell = _shell()
    _publish(shell, evaluated_in_session(expressions, shell.user_ns))


def _shell() -> Any:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    assert shell is not None, "inline values are published from within a run"
    return shell


def _publish(shell: Any, results: Sequence[Mapping[str, Any]]) -> None:
    shell.display_pub.publish({inline.MIME: results, "text/plain": ""})


def _declared(markdown: str) -> declarations.DeclaredByName:
    """Return the facts and the claims that the Markdown of a result marks."""
    return declarations.declared_as(re.findall(r'="([^"]+)"', markdown))


def evaluated(expressions: Sequence[str], namespace: dict[str, Any]) -> list[dict[str, str]]:
    """Return the published result of each expression: its value as text or Markdown, or its
    error; and, as `reads`, the values that were looked up for it in data, one a line.
    """
    evaluator = Expressions(namespace)
    return [_result(expression, evaluator) for expression in expressions]


def evaluated_in_session(
    expressions: Sequence[str], namespace: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the results that :func:`publish_in_session` publishes."""
    return [
        {**result, **_declared(result.get("markdown", ""))}
        for expression in expressions
        for result in evaluated([expression], namespace)
    ]


def _result(expression: str, evaluator: Expressions) -> dict[str, str]:
    try:
        parts = {name: _shown(text) for name, text in _value(expression, evaluator).items()}
        reads = "\n".join(evaluator.taken())
        return {"expression": expression, **parts, **({"reads": reads} if reads else {})}
    except Exception as error:
        evaluator.taken()
        complete_message(error, error.__traceback__)
        message = traceback.format_exception_only(error)[-1].strip()
        return {
            "expression": expression,
            "error": message.encode("utf-8", "backslashreplace").decode(),
        }


def _value(expression: str, evaluator: Expressions) -> dict[str, Any]:
    """Return the text of an expression, and its Markdown if it has marks."""
    form = re.fullmatch(f"{inline.CLAIM}|{inline.CHOICE}", expression, re.DOTALL)
    if form and form["words"] is None:
        name = evaluator.claim(form["claim"] if form["claim"] is not None else form["claim_"])
        return {"markdown": f'claim="{name}"'}
    if form:
        code = form["condition"] if form["condition"] is not None else form["condition_"]
        words, name = evaluator.choice(form["kind"], code, _alternatives(form["words"]))
        inner = [_value(part, evaluator) for part in inline.expressions(words)]
        marked = [part.get("markdown", inline.escaped(part.get("text", ""))) for part in inner]
        text = inline.substitute(
            words, [part.get("text", part.get("markdown", "")) for part in inner]
        )
        before, bare, after = _between_spaces(inline.substitute(words, marked))
        markdown = f'{before}[{bare}]{{claim="{name}"}}{after}' if bare else before
        return {"text": text, "markdown": markdown}
    value = evaluator.value(expression)
    both = getattr(value, "_inline_", None)
    if both is not None:
        return dict(both())
    shown = getattr(value, "_repr_markdown_", None)
    if shown is not None:
        return {"markdown": str(shown())}
    fact = evaluator.stated(expression, value)
    return {"text": str(value)} if fact is None else fact._inline_()


def _alternatives(words: str) -> list[str]:
    """Return the words, apart at each | that is not in code."""
    return re.findall(r"(?:^|(?<=\|))((?:[^|`]|`[^`]*`)*)", words)


def _between_spaces(words: str) -> tuple[str, str, str]:
    """Return the words, with the spaces before and after them, which Pandoc would drop within
    brackets.
    """
    bare = words.strip()
    before, _, after = words.partition(bare) if bare else (words, "", "")
    return before, bare, after


def _shown(text: object) -> str:
    """Return ``text``, if a page can show it. Raises TypeError or ValueError."""
    if not isinstance(text, str):
        raise TypeError(f"the value's text is no text but {type(text).__name__}")
    if len(text) > _LONGEST:
        raise ValueError(f"the value has {len(text):,} characters, and stands in a sentence")
    sign = UNPRINTABLE.search(text)
    if sign is not None:
        raise ValueError(f"the value holds {named(sign[0])}, which no page can show")
    return text
