"""Expressions of the prose that failed in a session at a name that they misspell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from broadsheet.editor.code import group_of
from broadsheet.editor.column_reading import word_in
from broadsheet.editor.problem import Problem, placed
from broadsheet.errors import ExecutionError, Place
from broadsheet.project.sources import inline_expressions as inline
from plotly_alive.text.did_you_mean import nearest

_MEANT = re.compile(r";? *did you mean '?([^'?\n]+)'?\?\Z")
"""The end of the error of a misspelt name (:mod:`broadsheet.notebook.session.error_hints`)."""
_NAME = re.compile(r"""(?<=["'])[^"'\n]+(?=["'])|\w+""")


def misspelt(place: Place, markdown: str, errors: Mapping[str, str], run: str) -> Iterator[Problem]:
    """Yield a problem for each expression of Markdown that failed, in a
    ``run`` with these ``errors``, if its error says which name is meant; at the name in its place.
    """
    for match in inline.matches(markdown) if errors else ():
        code = (match["code"] or match[0]).strip()
        error = errors.get(code, "")
        meant = _MEANT.search(error)
        if meant is None or error.startswith("NameError"):  # a name is looked for in the cells
            continue
        group = group_of(match)
        names = {name[0]: name.start() for name in reversed([*_NAME.finditer(match[group])])}
        said = error[: meant.start()]
        told = {name for name in names if word_in(name).search(said)}
        for name in nearest(meant[1], sorted(told - {meant[1]})):
            where, column = placed(place, markdown, match.start(group) + names[name])
            fault = ExecutionError(
                where,
                f"in {run}, the inline expression `{code}` fails: {said}",
                f"Did you mean `{meant[1]}`? Mend the expression.",
            )
            yield Problem(fault, column, column + len(name))
