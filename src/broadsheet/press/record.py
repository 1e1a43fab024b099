"""What a built site knows of its own making: its manifest, `.broadsheet.json` in its root.

Of each page: its entry, the files that it needs, the story that it was pressed from, a digest of what the rest of
the site put around it, and what it leads to. Of each source: the digest of every file that its pages were made of. So
a build can tell which sources need not even be opened, and which pages stand as they are; and a page that cannot be
made takes part in all lists with the entry of its old one.

The manifest goes into place with the site, in the same swap. It names sources that have pages, and no others: a
draft stays unknown, and so does what is yet to come out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from broadsheet.errors import Notice, Place
from broadsheet.press.entry import Byline, Correction, Entry, Picture, plain
from broadsheet.press.links import Lead, Reference
from broadsheet.press.related import NO_GIST, Gist
from broadsheet.press.swap import MARKER

_FORMAT = 8


@dataclass(frozen=True)
class PageRecord:
    """A page. ``story`` is its story's name in the store, ``around`` the digest of its surroundings; both are empty
    where the page is older than that. ``files`` are the site's files that it needs, its own among them.
    """

    entry: Entry
    story: str = ""
    around: str = ""
    files: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    references: tuple[Reference, ...] = ()
    anchors: tuple[str, ...] = ()
    gist: Gist = NO_GIST


@dataclass(frozen=True)
class Shard:
    """An index of search: the digest of what it was made of, and its files, by their paths in the site."""

    digest: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class SourceRecord:
    """A source all of whose pages were made. ``files`` are those of the publication that they were made of, each
    with its digest, empty for one that was not there; ``notices`` is what was said of it; ``withheld`` says of each
    of its editions that is not on the site why (:meth:`Edition.awaits`), and not which.
    """

    files: Mapping[str, str]
    pages: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """The whole site. ``ground`` is the digest of what every story stands on, ``dress`` of what goes into the site
    beside the pages; ``notices`` are all that the build gave, if it gave no faults (``sound``); ``setting`` is the
    digest of all that may be around a page that is no list; ``day`` is that of the build, an ISO date. ``related`` has
    the pages related to those of each source, as they were found for the digest ``likeness``; ``lists`` the digest of
    each page of a list that no source asks for; ``search`` the indexes, by their first months.
    """

    ground: str = ""
    dress: str = ""
    sound: bool = False
    pages: Mapping[str, PageRecord] = field(default_factory=dict)
    sources: Mapping[str, SourceRecord] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    setting: str = ""
    day: str = ""
    likeness: str = ""
    related: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    search: Mapping[str, Shard] = field(default_factory=dict)

    def is_whole(self, standing: Collection[str]) -> bool:
        """Whether nothing was wrong with the build, and no file that a page needs is missing from those that stand."""
        names = {name for page in self.pages.values() for name in page.files}.union(
            self.feeds, self.lists, *(shard.files for shard in self.search.values()))
        return self.sound and names.issubset(standing)

    def has_news_of(self, day: date) -> bool:
        """Whether its news, in the sitemap of news, are those of the ``day``."""
        then = date.fromisoformat(self.day)
        return all(page.entry.is_news_of(day) == page.entry.is_news_of(then) for page in self.pages.values())

    def manifest(self) -> bytes:
        """The content of the manifest."""
        return (as_json({"format": _FORMAT, **vars(self)}) + "\n").encode()


def as_json(value: object) -> str:
    """A record, or parts of one: the same text for the same content."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)


def read_record(site: Path) -> Record:
    """The record of a built site; an empty one where there is no site of ours, or one of another format."""
    try:
        data = json.loads((site / MARKER).read_text(encoding="utf-8"))
        if data.pop("format") != _FORMAT:
            return Record()
        return Record(**{
            **data, "notices": _notices(data["notices"]),
            "pages": {path: _page(page) for path, page in data["pages"].items()},
            "search": {month: Shard(shard["digest"], tuple(shard["files"])) for month, shard in data["search"].items()},
            "sources": {path: SourceRecord(source["files"], tuple(source["pages"]), _notices(source["notices"]),
                                           tuple(source.get("withheld", ())))
                        for path, source in data["sources"].items()}})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Record()


def _plain(value: object) -> object:
    return vars(value) if is_dataclass(value) else plain(value)


def _page(data: dict[str, Any]) -> PageRecord:
    return PageRecord(_entry(data["entry"]), data["story"], data["around"], tuple(data["files"]),
                      tuple(data["aliases"]), tuple(Lead(**lead) for lead in data["leads"]),
                      tuple(Reference(**{**one, "place": Place(**one["place"])}) for one in data["references"]),
                      tuple(data["anchors"]), Gist(data["gist"]["words"], tuple(data["gist"]["tables"])))


def _entry(data: dict[str, Any]) -> Entry:
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("date", "modified")}
    pictures = {name: Picture(**data[name]) if data[name] else None for name in ("picture", "chart", "card")}
    authors = tuple(Byline(**author) for author in data["authors"])
    corrections = tuple(Correction(date.fromisoformat(one["date"]), one["wrong"], one["right"])
                        for one in data["corrections"])
    return Entry(**{**data, **days, **pictures, "authors": authors, "corrections": corrections,
                    "categories": tuple(data["categories"])})


def _notices(data: list[dict[str, Any]]) -> tuple[Notice, ...]:
    return tuple(Notice(**{**notice, "where": Place(**notice["where"])}) for notice in data)
