"""Templates of editions: `{{ column }}` in a declaration's strings, filled from a row of a table.

    title: "Trade with {{ partner }}"             the value as text
    slug: "{{ partner | slug }}"                  as part of an address
    parameters: {year: "{{ year }}"}              a string that is one placeholder and no more keeps the value's type

Where a renderer reads a key as Markdown, Markdown's special characters in the value are escaped; in
parameters and other keys the value stands as it is. Code is never filled: inline expressions (``
`{python} …` ``) stay as they are written, and a value that holds one is refused, since a table is
data and not code. A shortcode (`{{< … >}}`) is no placeholder. There is one filter, and nothing is
computed: what a title needs beyond a column, the notebook computes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from broadsheet.project.settings.address import slug
from broadsheet.project.sources import inline_expressions as inline
from plotly_alive.text.did_you_mean import question

MARKDOWN_KEYS = frozenset(
    {
        "title",
        "subtitle",
        "description",
        "abstract",
        "excerpt",
        "fig-cap",
        "fig-subcap",
        "tbl-cap",
        "tbl-subcap",
        "lst-cap",
        "toc-title",
        "code-summary",
    }
)
"""Keys of front matter and cell options whose text a renderer reads as Markdown."""

FILTERS = {"slug": slug}

_PLACEHOLDER = re.compile(r"(?<!\{)\{\{(?![{<])(?P<inside>[^{}]*)\}\}")


class TemplateFault(Exception):
    """An error in a template or a value, and the mend; the caller knows the place."""

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(what)


@dataclass(frozen=True)
class Values:
    """The values of placeholders."""

    by_column: Mapping[str, object]
    """The value of each column that has one."""
    varying: Mapping[str, str] = field(default_factory=dict)
    """The reason, in words, for which another column has no single value."""


def filled(template: object, values: Values, *, key: str = "", raw: bool = False) -> object:
    """Return ``template`` with its placeholders filled, at any depth; ``raw`` for parameters, which
    are never escaped. Raises :class:`TemplateFault`.
    """
    if isinstance(template, Mapping):
        return {
            name: filled(value, values, key=str(name), raw=raw) for name, value in template.items()
        }
    if isinstance(template, list):
        return [filled(item, values, key=key, raw=raw) for item in template]
    if not isinstance(template, str):
        return template
    alone = _PLACEHOLDER.fullmatch(template.strip())
    if alone and "|" not in alone["inside"]:
        value = _value(alone, values, empty=raw)
        if raw or not isinstance(value, str):
            return value
    as_text = str if raw or key not in MARKDOWN_KEYS else inline.escaped
    return inline.outside(
        template, lambda text: _PLACEHOLDER.sub(lambda match: as_text(_text(match, values)), text)
    )


def _text(match: re.Match[str], values: Values) -> str:
    _, bar, name = match["inside"].partition("|")
    value = _value(match, values)
    text = (
        str(value).lower()
        if isinstance(value, bool)
        else value.isoformat()
        if isinstance(value, date)
        else " ".join(str(value).split())
    )
    if not bar:
        return text
    if name.strip() not in FILTERS:
        raise TemplateFault(
            f"`{match[0]}` has the filter `{name.strip()}`, which there is not",
            f"There is: {', '.join(FILTERS)}.",
        )
    return FILTERS[name.strip()](text)


def _value(match: re.Match[str], values: Values, *, empty: bool = False) -> object:
    column = match["inside"].partition("|")[0].strip()
    if column in values.varying:
        raise TemplateFault(
            f"`{match[0]}` has no one value here: {values.varying[column]}",
            "Name a column that has one, or compute it in the notebook.",
        )
    if column not in values.by_column:
        raise TemplateFault(
            f"`{match[0]}` names no column that there is",
            question(column, values.by_column) + f"There are: {', '.join(values.by_column)}.",
        )
    value = values.by_column[column]
    if value is None and not empty:
        raise TemplateFault(
            f"`{match[0]}` has no value: the cell is empty",
            "Fill the cell in, or leave the row out.",
        )
    if isinstance(value, str) and "{python}" in value:
        raise TemplateFault(
            f"`{match[0]}` holds inline code, {value!r}",
            "A table is data: take the code out of it.",
        )
    return value
