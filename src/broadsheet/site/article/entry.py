"""Entry: the metadata of one page.

Listings, feeds, the sitemap and links between pages are made of this metadata, never of the pages'
sources. So a page that could not be built this time takes part in all of them with the metadata of
its old page (:mod:`broadsheet.site.index.build_record`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date as Date
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any

from broadsheet.project.settings.focal_point import FocalPoint

WORDS_A_MINUTE = 230
PARAMETERS = "edition-parameters"
"""The field with the parameters of an edition."""


@dataclass(frozen=True)
class Picture:
    """An image of the site (paths from its root). ``dark`` is its version for dark mode;
    ``is_chart`` says that it is drawn on the page's paper and is shown whole, not cropped. Of a
    photo with a ``focal`` point, ``small`` and ``large`` are its crops for lists and for the front
    page's lead.
    """

    path: str
    alt: str
    dark: str = ""
    is_chart: bool = False
    focal: FocalPoint | None = None
    small: str = ""
    large: str = ""

    @property
    def paths(self) -> Iterator[str]:
        """The paths of its files."""
        return filter(None, (self.path, self.dark, self.small, self.large))


@dataclass(frozen=True)
class Byline:
    """An author's name, and address if there is one."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class CorrectionText:
    """What was wrong in an article, and what is right; plain text."""

    date: Date
    wrong: str
    right: str


@dataclass(frozen=True)
class Entry:
    """One page of the site. ``path`` is its file from the site's root, ``url`` its address from
    there.

    ``title`` and ``subtitle`` are plain text, their ``_html`` twins are finished HTML. ``fields``
    has the page's metadata as plain JSON values, for listings that include, exclude or sort by a
    key that is not one of ours. ``related`` are the slugs of the articles that are to come first
    among the related ones. ``withheld`` is that of the edition, which only a site with drafts has.
    """

    path: str
    url: str
    source: str
    title: str
    title_html: str
    subtitle: str = ""
    subtitle_html: str = ""
    description: str = ""
    authors: tuple[Byline, ...] = ()
    date: Date | None = None
    modified: Date | None = None
    categories: tuple[str, ...] = ()
    picture: Picture | None = None
    chart: Picture | None = None
    card: Picture | None = None
    words: int = 0
    corrections: tuple[CorrectionText, ...] = ()
    related: tuple[str, ...] = ()
    lists_corrections: bool = False
    order: int | None = None
    lang: str = "en"
    is_listing: bool = False
    is_searched: bool = True
    withheld: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> Picture | None:
        """The picture for lists. A picture that was drawn of a chart is for cards on other sites:
        lists show the chart itself.
        """
        if self.picture and not (self.picture.is_chart and self.chart):
            return self.picture
        return self.chart

    @property
    def minutes(self) -> int:
        """Reading time."""
        return max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def updated(self) -> Date | None:
        """The date of the last change that readers see."""
        days = (self.date, self.modified, *(correction.date for correction in self.corrections))
        return max((day for day in days if day), default=None)

    @property
    def is_article(self) -> bool:
        """Whether the page is a dated piece of writing; else it is a plain page or a list."""
        return self.date is not None and not self.is_listing

    @property
    def is_in_search(self) -> bool:
        """Readers find the page by the search."""
        return self.is_article and self.is_searched

    def anchor_of(self, correction: CorrectionText) -> str:
        """The id of a correction on the article's page; several of one day are numbered."""
        number = [one for one in self.corrections if one.date == correction.date].index(correction)
        return f"correction-{correction.date}" + (f"-{number + 1}" if number else "")

    @property
    def copy(self) -> str:
        """The path of its copy in Markdown, if it is an article."""
        return str(PurePosixPath(self.path).with_suffix(".md")) if self.is_article else ""

    def is_news_of(self, day: Date) -> bool:
        """Whether it is news on a ``day``: an article of that day or of the two days before."""
        return (
            self.is_article
            and self.is_searched
            and self.date is not None
            and 0 <= (day - self.date).days <= 2
        )


def plain_fields(metadata: Mapping[str, object]) -> dict[str, Any]:
    """Metadata as JSON values, mappings in the order of their keys, as the record of a site has them."""
    text = json.dumps(dict(metadata), default=plain)
    fields: dict[str, Any] = json.loads(text, object_pairs_hook=_sorted)
    return fields


def plain(value: object) -> object:
    """A value that JSON does not have, as JSON."""
    if isinstance(value, Date):
        return value.isoformat()
    if isinstance(value, PurePosixPath):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _sorted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(sorted(pairs, key=itemgetter(0)))
