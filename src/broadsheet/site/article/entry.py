"""Entry: the metadata of one page.

Listings, feeds, the sitemap and links between pages are made of this metadata, never of the pages'
sources. So a page that could not be built this time takes part in all of them with the metadata of
its old page (:mod:`broadsheet.site.index.build_record`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date as Date
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any

from broadsheet.project.settings.focal_point import FocalPoint
from broadsheet.text.language import speaking_with
from broadsheet.text.own_words import of_metadata
from plotly_alive.text.language import Language

WORDS_A_MINUTE = 230
PARAMETERS = "edition-parameters"
"""The field with the parameters of an edition."""


@dataclass(frozen=True)
class Picture:
    """An image of the site. Paths count from the site's root."""

    path: str
    """The image's path, or its address on another site."""
    alt: str
    """The text for readers who do not see it."""
    dark: str = ""
    """The path of its version for dark mode."""
    is_chart: bool = False
    """It is drawn on the page's paper, and is shown whole, not cropped."""
    focal: FocalPoint | None = None
    """The point around which a photo is cropped."""
    small: str = ""
    """The path of a photo's crop for lists."""
    large: str = ""
    """The path of a photo's crop for the front page's lead."""

    @property
    def paths(self) -> Iterator[str]:
        """The paths of the image's files; none of an image elsewhere."""
        return filter(None, (self.local, self.dark, self.small, self.large))

    @property
    def local(self) -> str:
        """The image's path; empty if it is on another site."""
        return "" if "://" in self.path else self.path


@dataclass(frozen=True)
class Byline:
    """An author's name, and address if there is one."""

    name: str
    """The author's name."""
    url: str = ""
    """The author's address."""
    orcid: str = ""
    """The author's number in the register ORCID."""

    @property
    def profile(self) -> str:
        """The address of the author's page in that register; empty without a number."""
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""


@dataclass(frozen=True)
class CorrectionText:
    """A correction of an article; plain text."""

    date: Date
    """The day of the correction."""
    wrong: str
    """The words that were wrong."""
    right: str
    """The words that are right."""


@dataclass(frozen=True)
class Entry:
    """One page of the site, as lists, feeds and other pages know it."""

    path: str
    """The page's file, from the site's root."""
    url: str
    """The page's address, from the site's root."""
    source: str
    """The path of its source in the publication."""
    title: str
    """The title, in plain text."""
    title_html: str
    """The title, in finished HTML."""
    subtitle: str = ""
    """The subtitle, in plain text."""
    subtitle_html: str = ""
    """The subtitle, in finished HTML."""
    description: str = ""
    """A sentence or two about the page, in plain text."""
    description_html: str = ""
    """The same, in finished HTML."""
    opening: str = ""
    """The first paragraph of the text, in plain text: what lists show of a page without words of
    its own about it.
    """
    authors: tuple[Byline, ...] = ()
    """The authors, in their order."""
    date: Date | None = None
    """The day of publication; a page without one is no article."""
    modified: Date | None = None
    """The day of the last change."""
    categories: tuple[str, ...] = ()
    """The topics."""
    picture: Picture | None = None
    """The picture that stands for the page."""
    chart: Picture | None = None
    """The chart that stands for the page in lists."""
    card: Picture | None = None
    """The picture for cards on other sites."""
    words: int = field(default=0, compare=False)
    """The number of words of its text. Two entries that differ in it alone are equal, since other pages
    show ``minutes``. Where a publication's own templates show it, the index compares it as well.
    """
    minutes: int = 1
    """The minutes that it takes to read."""
    corrections: tuple[CorrectionText, ...] = ()
    """The corrections, in the order of their days."""
    related: tuple[str, ...] = ()
    """The slugs of the articles that come first among the related ones."""
    lists_corrections: bool = False
    """The page lists the corrections of all articles."""
    order: int | None = None
    """The place in lists that are sorted by it."""
    lang: str = "en"
    """The code of its language."""
    is_listing: bool = False
    """The page lists other pages."""
    is_searched: bool = True
    """The page may be in the search."""
    copied_as: str = ""
    """The suffix of its copy in Markdown, on a site that has one of each page."""
    withheld: str = ""
    """The reason for which the edition is not published; only a site with drafts has such a page.
    """
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The page's metadata as plain JSON values, for listings that include, exclude or sort by other
    keys.
    """

    @property
    def shown(self) -> Picture | None:
        """The picture for lists. A picture that was drawn of a chart is for cards on other sites:
        lists show the chart itself.
        """
        if self.picture and not (self.picture.is_chart and self.chart):
            return self.picture
        return self.chart

    @property
    def own_words(self) -> Mapping[str, object]:
        """The author's words in place of ours: `language:`."""
        return of_metadata(self.fields)

    def speaking(self) -> AbstractContextManager[Language]:
        """Return a context in which our words are those of the page."""
        return speaking_with(self.lang, self.own_words)

    @property
    def standfirst(self) -> str:
        """The line under the title, in finished HTML."""
        return self.subtitle_html or self.description_html

    @property
    def updated(self) -> Date | None:
        """The date of the last change that readers see."""
        days = (self.date, self.modified, *(correction.date for correction in self.corrections))
        return max((day for day in days if day), default=None)

    @property
    def is_article(self) -> bool:
        """The page is a dated piece of writing. Others are plain pages or lists."""
        return self.date is not None and not self.is_listing

    @property
    def is_in_search(self) -> bool:
        """Readers find the page by the search."""
        return self.is_article and self.is_searched

    def anchor_of(self, correction: CorrectionText) -> str:
        """Return the id of a correction on the article's page; several of one day are numbered."""
        same_day = [other for other in self.corrections if other.date == correction.date]
        number = same_day.index(correction)
        return f"correction-{correction.date}" + (f"-{number + 1}" if number else "")

    @property
    def copy(self) -> str:
        """The path of its copy in Markdown, if it is an article, or the site has one of each page."""
        suffix = self.copied_as or (".md" if self.is_article else "")
        return str(PurePosixPath(self.path).with_suffix(suffix)) if suffix else ""

    def is_news_of(self, day: Date) -> bool:
        """True if the page is news on a ``day``: an article of that day or of the two days before."""
        return (
            self.is_article
            and self.is_searched
            and self.date is not None
            and 0 <= (day - self.date).days <= 2
        )


def plain_fields(metadata: Mapping[str, object]) -> dict[str, Any]:
    """Return metadata as JSON values, with mappings sorted by key, as the record of a site has
    them.
    """
    text = json.dumps(dict(metadata), default=plain)
    fields: dict[str, Any] = json.loads(text, object_pairs_hook=_sorted)
    return fields


def minutes_of(words: int) -> int:
    """Return the minutes that it takes to read so many words."""
    return max(1, round(words / WORDS_A_MINUTE))


def plain(value: object) -> object:
    """Return a value that JSON does not have in a form that it has."""
    if isinstance(value, Date):
        return value.isoformat()
    if isinstance(value, PurePosixPath):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _sorted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(sorted(pairs, key=itemgetter(0)))
