"""The record of a site, for the next build. It lies beside the output and not in it.

Of each page it has the metadata, the key of its content, what it was made of, and its links. Of
each source it has the digest of every file that its pages were made of. So a build can tell which
sources need not even be opened, and what need not be made again
(:mod:`broadsheet.site.output.build_steps`); and a page that cannot be made takes part in all lists with the
metadata of its old one.

It is `.broadsheet/NAME.DIGEST.json`, NAME being the output's, and the site's marker has the digest:
so the record changes in the same step as the site. If it is missing, or does not have that digest,
the site is built anew. It names sources that have pages, and no others: it does not show that a
draft exists, nor a page that is yet to come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from broadsheet.errors import Notice
from broadsheet.site.article.entry import Entry, plain
from broadsheet.site.article.links import Lead, Reference, internal
from broadsheet.site.output.build_steps import Step
from broadsheet.site.output.output_folder import read_marker
from broadsheet.site.output.swap import record_path
from broadsheet.storage import store
from plotly_alive.text.json_decoding import decoder

_FORMAT = 14
DROPPED = "dropped"
"""The topic of notices of addresses that the publication's own site had."""


@dataclass(frozen=True)
class PageRecord:
    """The record of a page."""

    meta: Entry
    """The page's entry."""
    content: str = ""
    """The key of its content in the store."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """The inputs of its :class:`~broadsheet.site.output.build_steps.Step`: what it was made of."""
    files: tuple[str, ...] = ()
    """The site's files that it needs, its own among them."""
    aliases: tuple[str, ...] = ()
    """Other addresses that lead to it."""
    leads: tuple[Lead, ...] = ()
    """Its links inside the site."""
    references: tuple[Reference, ...] = ()
    """The other articles that it links to by their slugs."""
    anchors: tuple[str, ...] = ()
    """The fragments that links may lead to."""
    tables: tuple[str, ...] = ()
    """The names of the tables that it has read."""
    answer: Any = None
    """The answer of the build's reader, of JSON's types."""

    @property
    def step(self) -> Step:
        """The step that made the page."""
        return Step(self.inputs, self.files)


@dataclass(frozen=True)
class SourceRecord:
    """The record of a source all of whose pages were made."""

    inputs: Mapping[str, str]
    """The digests of the publication's files that its pages were made of, by name; empty for a file
    that did not exist.
    """
    pages: tuple[str, ...]
    """The paths of its pages."""
    notices: tuple[Notice, ...] = ()
    """Its notices."""
    withheld: tuple[str, ...] = ()
    """For each of its editions that is not on the site, the reason (:meth:`Edition.awaits`), and
    not which edition it is.
    """
    is_notebook: bool = False
    """It has code."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """The libraries of its notebook, with their versions."""
    overdue: tuple[str, ...] = ()
    """The tables of its pages that were late on the day of the build."""


@dataclass(frozen=True)
class Record:
    """The record of the whole site."""

    globals: Mapping[str, str] = field(default_factory=dict)
    """The inputs of every content: the configuration, the program and its libraries."""
    sound: bool = False
    """The build had no faults."""
    pages: Mapping[str, PageRecord] = field(default_factory=dict)
    """The records of pages, by their paths."""
    sources: Mapping[str, SourceRecord] = field(default_factory=dict)
    """The records of sources, by their paths."""
    steps: Mapping[str, Step] = field(default_factory=dict)
    """The steps that make something else than pages, by name."""
    notices: tuple[Notice, ...] = ()
    """All notices of the build."""
    day: str = ""
    """The day of the build, as an ISO date."""

    @property
    def all_steps(self) -> dict[str, Step]:
        """All steps by name, those of pages among them."""
        return {**self.steps, **{path: page.step for path, page in self.pages.items()}}

    def is_whole(self, there: Collection[str]) -> bool:
        """True if nothing was wrong with the build, and each file that it made is among those
        ``there``.
        """
        return self.sound and all(
            name in there for step in self.all_steps.values() for name in step.files
        )

    def has_news_of(self, day: date) -> bool:
        """True if the news sitemap is the right one for the ``day``."""
        then = date.fromisoformat(self.day)
        return all(
            page.meta.is_news_of(day) == page.meta.is_news_of(then) for page in self.pages.values()
        )

    def as_bytes(self) -> bytes:
        """Return the record as JSON."""
        return as_json({"format": _FORMAT, **vars(self)}) + b"\n"


@dataclass(frozen=True)
class _Format:
    format: int
    """The number of the record's format."""


def alias_paths(record: PageRecord) -> list[str]:
    """Return the paths of the redirects at the aliases of a page."""
    return [
        str(place)
        for alias in record.aliases
        if (place := alias_path(alias, record)) and ".." not in place.parts
    ]


def alias_path(alias: str, record: PageRecord) -> PurePosixPath | None:
    """Return the path of the redirect at an alias; None if it is no address of the site."""
    target = internal(alias, PurePosixPath(record.meta.source).parent)
    if target is None:
        return None
    return target.path if target.path.suffix == ".html" else target.path / "index.html"


def as_json(value: object) -> bytes:
    """Return a record, or parts of one, as JSON: the same bytes for the same value."""
    return msgspec.json.encode(value, enc_hook=plain, order="deterministic")


def read_record(site: Path) -> Record:
    """Return the record of a built site; an empty one where there is no site of ours, or no record
    that fits it.
    """
    data = record_bytes(site)
    try:
        if not data or decoder(_Format).decode(data).format != _FORMAT:
            return Record()
        return decoder(Record).decode(data)
    except (msgspec.MsgspecError, RecursionError):
        return Record()


def record_bytes(site: Path) -> bytes:
    """Return the record of a built site as it was written; empty if there is none with the right
    digest.
    """
    try:
        site = site.resolve()
        marker = read_marker(site)
        path = record_path(site, marker.record) if marker and marker.record else None
        data = (store.file_content(path) or b"") if path else b""
    except (OSError, RuntimeError, ValueError):
        return b""
    return data if marker and hashlib.sha256(data).hexdigest() == marker.record else b""
