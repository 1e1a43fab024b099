"""The entries that a listing shows, in their order: Quarto's `listing:`, over the pages' metadata.

`contents` are globs from the listing page's folder and choose sources; the editions of a chosen
source, and its translations, are one entry, unless it says that each edition is news of its own.
Entries that are written out (:mod:`broadsheet.project.editions.listing_items`) stand among them.
`include` and `exclude` compare fields, with `*` as wildcard; `sort` is a list of `field` or `field
desc`. A page never lists itself, nor other listings. After `page-size` entries it goes on, on a
page of its own (:mod:`broadsheet.site.index.paging`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from html import escape
from itertools import takewhile
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet.errors import MISSING_FILE, Notice
from broadsheet.project.file_lines import place_of_address
from broadsheet.project.project import matching
from broadsheet.project.settings.dates import read_moment
from broadsheet.project.settings.settings import Listing
from broadsheet.site.article.entry import Byline, Entry, Picture, plain_fields
from broadsheet.site.article.lead_picture import ELSEWHERE
from broadsheet.site.article.links import target_of
from broadsheet.site.index.edition_picker import one_entry_each
from broadsheet.text.url_schemes import scheme_of
from plotly_alive.text.did_you_mean import question

_EVERYTHING = ["**"]
_WILD = re.compile(r"[*?\[{]")
_FIELDS: Mapping[str, Callable[[Entry], object]] = {
    "date": lambda meta: meta.date,
    "date-modified": lambda meta: meta.updated,
    "title": lambda meta: meta.title,
    "subtitle": lambda meta: meta.subtitle,
    "description": lambda meta: meta.description,
    "categories": lambda meta: meta.categories,
    "author": lambda meta: [author.name for author in meta.authors],
    "order": lambda meta: meta.order,
    "filename": lambda meta: PurePosixPath(meta.path).name,
    "reading-time": lambda meta: meta.minutes,
    "word-count": lambda meta: meta.words,
}


def listed(
    listing: Listing, page: PurePosixPath, entries: Iterable[Entry], lang: str = ""
) -> list[Entry]:
    """Return the entries of the ``listing`` on the page whose source is ``page`` and whose language
    ``lang``, in its order.
    """
    candidates = [meta for meta in entries if not meta.is_listing and meta.source != str(page)]
    sources = sorted({PurePosixPath(meta.source) for meta in candidates})
    chosen = {str(path) for path in matching(sources, listing.contents or _EVERYTHING, page.parent)}
    if listing.items and not listing.contents:
        chosen = set()
    shown = [meta for meta in candidates if meta.source in chosen and _passes(meta, listing)]
    written = [one for one in _written(listing, page, candidates) if _passes(one, listing)]
    named = {meta.path for meta in written}
    shown = [*(meta for meta in shown if meta.path not in named), *written]
    shown = ordered(one_entry_each(shown, lang), listing.sort)
    return shown if listing.max_items is None else shown[: listing.max_items]


def missing_contents(
    listing: Listing, source: str, entries: Iterable[Entry], root: Path
) -> Iterator[Notice]:
    """Yield a notice for each of the `contents` of a list that chooses none of the ``entries``, and
    begins with a file or folder that is not there. It counts from the page, or from the ``root``.
    """
    sources = sorted({PurePosixPath(meta.source) for meta in entries})
    for pattern in listing.contents:
        plain = list(takewhile(lambda part: not _WILD.search(part), PurePosixPath(pattern).parts))
        named = PurePosixPath(*plain).as_posix().lstrip("/!")
        folders = (root / PurePosixPath(source).parent, root)
        if matching(sources, [pattern], PurePosixPath(source).parent):
            continue
        if not any(os.path.exists(folder / named) for folder in folders if "\0" not in named):  # noqa: PTH110 - which raises nothing
            names = (file.name for folder in folders for file in folder.iterdir())
            yield Notice(
                place_of_address(root, source, pattern),
                f"`contents` names {pattern!r}, and there is no such file or folder",
                f"{question(named, names)}A path counts from the page.",
                topic=MISSING_FILE,
            )


def _written(listing: Listing, page: PurePosixPath, candidates: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries that are written out: pages with the title and other texts of the list in
    place of their own, and links to elsewhere.
    """
    pages = {meta.path: meta for meta in candidates}
    for number, item in enumerate(listing.items):
        address = str(item.get("path") or item.get("href") or item.get("url") or "")
        target = target_of(address, page.parent) if address else None
        meta = pages.get(str(target.path)) if target else None
        title = str(item.get("title") or (meta.title if meta else address))
        if not title:
            continue
        elsewhere = str(target.path) if target else address
        base = meta or Entry(
            elsewhere, elsewhere, f"{page}, entry {listing.id or ''} {number}", title, title
        )
        authors, topics = item.get("author"), item.get("categories")
        picture = target_of(str(item["image"]), page.parent) if item.get("image") else None
        values: dict[str, Any] = {
            "title": title,
            "subtitle": str(item.get("subtitle") or ""),
            "description": str(item.get("description") or ""),
            "date": _day(item.get("date")),
            "authors": tuple(Byline(name) for name in _texts(authors)),
            "categories": tuple(_texts(topics)),
            "picture": Picture(
                str(picture.path) if picture else str(item["image"]),
                str(item.get("image-alt") or ""),
            )
            if picture or scheme_of(str(item.get("image"))) in ELSEWHERE
            else None,
        }
        if "title" in item or meta is None:
            values["title_html"] = escape(title)
        if values["subtitle"]:
            values["subtitle_html"] = escape(values["subtitle"])
        fields = {**base.fields, **plain_fields(item)}
        yield replace(base, **{key: value for key, value in values.items() if value}, fields=fields)


def _day(value: object) -> date | None:
    """Return the day of a written date, if it is one."""
    if isinstance(value, str):
        try:
            value = read_moment(value)
            value = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        except ValueError:
            return None
    return (
        value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
    )


def ordered(entries: Iterable[Entry], sort: Iterable[str] | bool) -> list[Entry]:
    """Return entries sorted by ``sort``; ties by path, so that the order never depends on how they
    were read.
    """
    result = sorted(entries, key=lambda meta: meta.path)
    for key in reversed(list(sort) if not isinstance(sort, bool) else []):
        name, _, direction = key.partition(" ")
        values = [(value, meta) for meta in result if (value := _sortable(meta, name)) is not None]
        without = [meta for meta in result if _sortable(meta, name) is None]
        values.sort(key=itemgetter(0), reverse=direction.strip() == "desc")
        result = [meta for _, meta in values] + without
    return result


def categories(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    """Return each category with the number of its entries, sorted by name."""
    counts: dict[str, int] = {}
    for meta in entries:
        for name in meta.categories:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda item: item[0].casefold())


def _passes(meta: Entry, listing: Listing) -> bool:
    included = all(_fits(meta, name, wanted) for name, wanted in (listing.include or {}).items())
    excluded = any(_fits(meta, name, wanted) for name, wanted in (listing.exclude or {}).items())
    return included and not excluded


def _fits(meta: Entry, name: str, wanted: object) -> bool:
    patterns = [str(item) for item in wanted] if isinstance(wanted, list) else [str(wanted)]
    return any(
        fnmatchcase(value.casefold(), re.sub(r"([\[?])", r"[\1]", pattern.casefold()))
        for pattern in patterns
        for value in _texts(_value(meta, name))
    )


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, Mapping):
        return _texts(value.get("name"))
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def _value(meta: Entry, name: str) -> object:
    read = _FIELDS.get(name)
    return read(meta) if read else meta.fields.get(name)


def _sortable(meta: Entry, name: str) -> tuple[object, ...] | None:
    value = _value(meta, name)
    if isinstance(value, (list, tuple)):
        value = ", ".join(_texts(value)) or None
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return (0, value.isoformat())
    if isinstance(value, (int, float)):
        return (1, value)
    return (2, str(value).casefold())
