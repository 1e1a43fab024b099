"""What a build knows of a site: its record, which lies beside the output and not in it.

Of each page: its entry, the files that it needs, the story that it was pressed from, a digest of
what the rest of the site put around it, and what it leads to. Of each source: the digest of every
file that its pages were made of. So a build can tell which sources need not even be opened, and
which pages stand as they are; and a page that cannot be made takes part in all lists with the entry
of its old one.

It is `.broadsheet/NAME.DIGEST.json`, NAME being the output's, and the site's marker has the digest:
so the record changes in the same step as the site. Where it is gone, or is not what the digest
says, the site is built anew. It names sources that have pages, and no others: a draft stays
unknown, and so does what is yet to come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec

from broadsheet.errors import Notice
from broadsheet.site.links import Lead, Reference
from broadsheet.site.output import read_marker
from broadsheet.site.page_meta import PageMeta, plain
from broadsheet.site.swap import record_path

_FORMAT = 10


@dataclass(frozen=True)
class PageRecord:
    """A page. ``story`` is its story's name in the store, ``around`` the digest of its
    surroundings; both are empty where the page is older than that. ``files`` are the site's files
    that it needs, its own among them.
    """

    entry: PageMeta
    story: str = ""
    around: str = ""
    files: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    references: tuple[Reference, ...] = ()
    anchors: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shard:
    """An index of search: the digest of what it was made of, and its files, by their paths in the
    site.
    """

    digest: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class SourceRecord:
    """A source all of whose pages were made. ``files`` are those of the publication that they were
    made of, each with its digest, empty for one that was not there; ``notices`` is what was said of
    it; ``withheld`` says of each of its editions that is not on the site why
    (:meth:`Edition.awaits`), and not which.
    """

    files: Mapping[str, str]
    pages: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """The whole site. ``ground`` is the digest of what every story stands on, ``dress`` of what
    goes into the site beside the pages; ``notices`` are all that the build gave, if it gave no
    faults (``sound``); ``setting`` is the digest of all that may be around a page that is no list;
    ``day`` is that of the build, an ISO date. ``lists`` the digest of each page of a
    list that no source asks for; ``search`` the indexes, by their first months.
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
    lists: Mapping[str, str] = field(default_factory=dict)
    search: Mapping[str, Shard] = field(default_factory=dict)

    def is_whole(self, standing: Collection[str]) -> bool:
        """Whether nothing was wrong with the build, and no file that a page needs is missing from
        those that stand.
        """
        names = {name for page in self.pages.values() for name in page.files}.union(
            self.feeds, self.lists, *(shard.files for shard in self.search.values())
        )
        return self.sound and names.issubset(standing)

    def has_news_of(self, day: date) -> bool:
        """Whether its news, in the sitemap of news, are those of the ``day``."""
        then = date.fromisoformat(self.day)
        return all(
            page.entry.is_news_of(day) == page.entry.is_news_of(then)
            for page in self.pages.values()
        )

    def as_bytes(self) -> bytes:
        """What is written."""
        return as_json({"format": _FORMAT, **vars(self)}) + b"\n"


@dataclass(frozen=True)
class _Format:
    format: int


def as_json(value: object) -> bytes:
    """A record, or parts of one: the same bytes for the same content."""
    return msgspec.json.encode(value, enc_hook=plain, order="deterministic")


def read_record(site: Path) -> Record:
    """The record of a built site; an empty one where there is no site of ours, or no record that
    fits it.
    """
    data = record_bytes(site)
    try:
        if not data or msgspec.json.decode(data, type=_Format).format != _FORMAT:
            return Record()
        return msgspec.json.decode(data, type=Record)
    except (msgspec.MsgspecError, RecursionError):
        return Record()


def record_bytes(site: Path) -> bytes:
    """The record of a built site as it was written; empty where there is none that fits it."""
    try:
        site = site.resolve()
        marker = read_marker(site)
        data = record_path(site, marker.record).read_bytes() if marker and marker.record else b""
    except (OSError, RuntimeError, ValueError):
        return b""
    return data if marker and hashlib.sha256(data).hexdigest() == marker.record else b""
