"""Which entries a listing shows, and in which order: Quarto's `listing:`, over entries.

`contents` are globs from the listing page's folder and choose sources; the editions of a chosen
source, and its translations, are one entry, unless it says that each edition is news of its own.
`include` and `exclude` compare fields, with `*` as wildcard; `sort` is a list of `field` or `field
desc`. A page never lists itself, nor other listings. After `page-size` entries it goes on, on a
page of its own (:mod:`broadsheet.site.paging`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from operator import itemgetter
from pathlib import PurePosixPath

from broadsheet.project.project import matching
from broadsheet.project.settings import Listing
from broadsheet.site.editions import one_entry_each
from broadsheet.site.page_meta import PageMeta

_EVERYTHING = ["**"]
_FIELDS: Mapping[str, Callable[[PageMeta], object]] = {
    "date": lambda entry: entry.date,
    "date-modified": lambda entry: entry.updated,
    "title": lambda entry: entry.title,
    "subtitle": lambda entry: entry.subtitle,
    "description": lambda entry: entry.description,
    "categories": lambda entry: entry.categories,
    "author": lambda entry: [author.name for author in entry.authors],
    "order": lambda entry: entry.order,
    "filename": lambda entry: PurePosixPath(entry.path).name,
    "reading-time": lambda entry: entry.minutes,
    "word-count": lambda entry: entry.words,
}


def listed(
    listing: Listing, page: PurePosixPath, entries: Iterable[PageMeta], lang: str = ""
) -> list[PageMeta]:
    """The entries of the ``listing`` on the page whose source is ``page`` and whose language
    ``lang``, in its order.
    """
    candidates = [entry for entry in entries if not entry.is_listing and entry.source != str(page)]
    sources = sorted({PurePosixPath(entry.source) for entry in candidates})
    chosen = {str(path) for path in matching(sources, listing.contents or _EVERYTHING, page.parent)}
    found = [entry for entry in candidates if entry.source in chosen and _passes(entry, listing)]
    found = ordered(one_entry_each(found, lang), listing.sort)
    return found if listing.max_items is None else found[: listing.max_items]


def ordered(entries: Iterable[PageMeta], sort: Iterable[str] | bool) -> list[PageMeta]:
    """Entries by ``sort``; ties by path, so that the order never depends on how they were found."""
    result = sorted(entries, key=lambda entry: entry.path)
    for key in reversed(list(sort) if not isinstance(sort, bool) else []):
        name, _, direction = key.partition(" ")
        values = [
            (value, entry) for entry in result if (value := _sortable(entry, name)) is not None
        ]
        without = [entry for entry in result if _sortable(entry, name) is None]
        values.sort(key=itemgetter(0), reverse=direction.strip() == "desc")
        result = [entry for _, entry in values] + without
    return result


def categories(entries: Iterable[PageMeta]) -> list[tuple[str, int]]:
    """Each category and how many entries have it, by name."""
    counts: dict[str, int] = {}
    for entry in entries:
        for name in entry.categories:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda item: item[0].casefold())


def _passes(entry: PageMeta, listing: Listing) -> bool:
    included = all(_fits(entry, name, wanted) for name, wanted in (listing.include or {}).items())
    excluded = any(_fits(entry, name, wanted) for name, wanted in (listing.exclude or {}).items())
    return included and not excluded


def _fits(entry: PageMeta, name: str, wanted: object) -> bool:
    patterns = [str(item) for item in wanted] if isinstance(wanted, list) else [str(wanted)]
    return any(
        fnmatchcase(value.casefold(), re.sub(r"([\[?])", r"[\1]", pattern.casefold()))
        for pattern in patterns
        for value in _texts(_value(entry, name))
    )


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, Mapping):
        return _texts(value.get("name"))
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _value(entry: PageMeta, name: str) -> object:
    own = _FIELDS.get(name)
    return own(entry) if own else entry.fields.get(name)


def _sortable(entry: PageMeta, name: str) -> tuple[object, ...] | None:
    value = _value(entry, name)
    if isinstance(value, (list, tuple)):
        value = ", ".join(_texts(value)) or None
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return (0, value.isoformat())
    if isinstance(value, (int, float)):
        return (1, value)
    return (2, str(value).casefold())
