"""Links from one edition of an article to another by a parameter: `edition-select`.

For each parameter that it names, a page links to the editions that differ from it in this parameter
alone. So an article on five years and two measures has, on each page, the same measure's other
years, and the same year's other measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.errors import Notice, Place
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.parameters import declared
from broadsheet.project.settings.settings import OwnKeys
from broadsheet.site.article.entry import PARAMETERS, Entry

KEY = "edition-select"
ORDERED = 40
"""The most numbers or days that are shown as a scale. More, and words, are a list."""


@dataclass(frozen=True)
class Choice:
    """A value of a parameter, and the page that has it."""

    value: str
    """The value, as text."""
    path: str
    """The page's path from the site's root."""


@dataclass(frozen=True)
class Select:
    """The values of a parameter, and the one that a page has."""

    name: str
    """The parameter's name for readers."""
    choices: Sequence[Choice]
    """The values, each with its page."""
    current: str
    """The page's own value."""
    is_scale: bool
    """The values are in order, so that they can stand on a line."""


def selects_of(meta: Entry, editions: Iterable[Entry]) -> list[Select]:
    """Return the selects of a page; ``editions`` are all pages of its article."""
    named, parameters = meta.fields.get(KEY), parameters_of(meta)
    if not named:
        return []
    others = [(other.path, parameters_of(other)) for other in editions]
    selects = []
    for key, name in _names(named).items():
        if key not in parameters:  # as unknown_selects tells
            continue
        alike = [
            (path, theirs[key])
            for path, theirs in others
            if key in theirs and {**theirs, key: None} == {**parameters, key: None}
        ]
        pages = {str(parameters[key]): (parameters[key], meta.path)}
        for path, value in sorted(alike, key=lambda pair: pair[0]):
            pages.setdefault(str(value), (value, path))
        values = [value for value, _ in pages.values()]
        is_ordered = all(map(_is_number, values)) or all(map(_is_day, values))
        values.sort(key=lambda value: value if is_ordered else str(value).casefold())
        if len(values) > 1:
            choices = [Choice(str(value), pages[str(value)][1]) for value in values]
            is_scale = is_ordered and len(values) <= ORDERED
            selects.append(Select(name, choices, str(parameters[key]), is_scale))
    return selects


def select_fields(edition: Edition) -> dict[str, object]:
    """Return the field with the parameters of an edition whose readers go by them to others: all,
    with their defaults.
    """
    settings = edition.settings
    if not (settings.edition_select or settings.edition_index):
        return {}
    defaults = {name: one.default for name, one in declared(edition.source).items()}
    return {PARAMETERS: defaults | dict(edition.parameters)}


def unknown_selects(editions: Iterable[Entry]) -> Notice | None:
    """Return a notice for a parameter that `edition-select` names and an article does not have."""
    for meta in editions:
        if not meta.fields.get(KEY):
            continue
        parameters = parameters_of(meta)
        for name in _names(meta.fields[KEY]):
            if name not in parameters:
                has = (
                    f"It has {', '.join(parameters)}." if parameters else "Tag a cell `parameters`."
                )
                what = f"`{KEY}` names {name!r}, which is no parameter of the article"
                return Notice(Place(meta.source), what, has)
    return None


def parameters_of(meta: Entry) -> Mapping[str, Any]:
    """Return the parameters of a page, with their defaults."""
    parameters: Mapping[str, Any] = meta.fields.get(PARAMETERS) or {}
    return parameters


def _names(given: Any) -> dict[str, str]:
    return OwnKeys.model_validate({KEY: given}).edition_select


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_day(value: object) -> bool:
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"
