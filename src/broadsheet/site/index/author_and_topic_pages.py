"""The lists that a site has without a source: a page for each author and each topic, and the
archive.

They are made of the articles' metadata. `authors/world-desk/` lists the articles with that byline,
`topics/energy/` those of that category, unless a section page lists them already, or the list would
have only the one article that links to it, and no list with `categories` does; both are paged.
`archive/` lists all articles by month, and each year has a page of its own, `archive/2023/`. An
article is on each list once, in the
language of the publication if there is a choice; an article that is not for search engines is on
none. Where a source makes a page of the same address, that page is used instead, and bylines link
to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import escape

from broadsheet.project.settings.address import slug
from broadsheet.project.settings.settings import KnownAuthor, Listing
from broadsheet.site.article.entry import Byline, Entry
from broadsheet.site.index.edition_picker import one_entry_each
from broadsheet.site.index.listing import ordered
from broadsheet.site.index.paging import paged, pages_for, part_of, path_of
from broadsheet.site.index.scene import Archive, Block, Month, Page, month_of
from broadsheet.text.language import speaking, t_

ARCHIVE = "archive/index.html"
LINES = 200
"""The most titles on one page of the archive."""
_LISTINGS = {
    "authors": Listing(fields=["date", "reading-time", "subtitle", "image"]),
    "topics": Listing(),
}
"""The form of the list of an author and of a topic."""


@dataclass(frozen=True)
class NameList:
    """The list of an author or a topic."""

    meta: Entry
    """The entry of its first page."""
    articles: Sequence[Entry]
    """Its articles, newest first."""
    kicker: str
    """The kind of name: an author, a desk, a topic."""
    listing: Listing
    """The form of the list."""
    author: Byline | None = None
    """The author, with an address elsewhere."""

    def pages(self) -> Iterator[Page]:
        """Yield the pages of the list, before the rest of the site is known."""
        block = Block(self.listing, self.articles)
        for number, meta, paging in paged(self.meta, block.pages):
            yield Page(
                meta,
                kind="section",
                blocks=[block.on(number)],
                paging=paging,
                kicker=self.kicker,
                author=self.author,
            )


@dataclass(frozen=True)
class Indexes:
    """All lists without a source."""

    authors: Mapping[str, NameList]
    """The lists of authors, by name."""
    topics: Mapping[str, NameList]
    """The lists of topics, by name."""
    articles: Sequence[Entry]
    """The articles of the archive, newest first."""
    lang: str
    """The language of the publication."""

    def first_pages(self) -> list[tuple[Entry, Sequence[Entry]]]:
        """Return the metadata of each list's first page, and the articles on the list."""
        archive = [(self._archive(), self.articles)] if self.articles else []
        return [
            *((one.meta, one.articles) for one in self._lists()),
            *archive,
            *((self._archive(year), articles) for year, articles in self._years()),
        ]

    def pages(self) -> Iterator[Page]:
        """Yield the pages of all lists, before the rest of the site is known."""
        for index in self._lists():
            yield from index.pages()
        with speaking(self.lang):  # not around a yield: it would hold for the caller too
            archive = list(self._archive_pages()) if self.articles else []
        yield from archive

    def _lists(self) -> Collection[NameList]:
        """Return the lists of authors and topics; names with the same address have one together."""
        both = (*self.authors.values(), *self.topics.values())
        return {one.meta.path: one for one in both}.values()

    def _years(self) -> list[tuple[str, list[Entry]]]:
        return [
            (year, list(entries))
            for year, entries in groupby(self.articles, lambda one: str(one.date)[:4])
        ]

    def _archive(self, year: str = "") -> Entry:
        with speaking(self.lang):
            title = t_("Archive: %(year)s", year=year) if year else t_("Archive")
        return list_entry(f"archive/{year}" if year else "archive", title, self.lang)

    def _archive_pages(self) -> Iterator[Page]:
        years = self._years()
        counted = [(year, self._archive(year).path, len(entries)) for year, entries in years]
        few = len(self.articles) <= LINES
        contents = (
            []
            if few
            else [
                (year, path, _contents(path, entries))
                for (year, path, _), (_, entries) in zip(counted, years, strict=True)
            ]
        )
        yield Page(
            self._archive(),
            kind="archive",
            archive=Archive(counted, "", _months(self.articles) if few else (), contents),
        )
        for year, entries in years:
            for number, meta, paging in paged(self._archive(year), pages_for(len(entries), LINES)):
                archive = Archive(counted, year, _months(part_of(entries, number, LINES)))
                yield Page(meta, kind="archive", archive=archive, paging=paging)


def indexes_of(
    articles: Iterable[Entry],
    sections: Collection[str],
    lang: str,
    known: Mapping[str, KnownAuthor] = {},
    filtered: Collection[str] = (),
) -> Indexes:
    """Return the indexes of a publication in the language ``lang`` that has section pages for
    ``sections`` (in lower case). ``known`` has the settings of authors, by name; ``filtered`` are
    the categories that a list links to, which have a page even if it lists one article.
    """
    newest = ordered((one for one in articles if one.is_searched), ["date desc"])
    authors: dict[str, list[Entry]] = {}
    topics: dict[str, list[Entry]] = {}
    for meta in newest:
        for author in meta.authors:
            authors.setdefault(author.name, []).append(meta)
        for category in meta.categories:
            if category.casefold() not in sections:
                topics.setdefault(category, []).append(meta)
    addresses = {
        slug(author.name): author.url for meta in newest for author in meta.authors if author.url
    }
    several = {
        name: index
        for name, index in _indexes("topics", topics, lang).items()
        if len(index.articles) > 1 or name in filtered
    }
    return Indexes(
        {
            name: _of_author(
                index, addresses.get(slug(index.meta.title), ""), known.get(index.meta.title)
            )
            for name, index in _indexes("authors", authors, lang).items()
        },
        several,
        one_entry_each(newest, lang),
        lang,
    )


def _of_author(index: NameList, address: str, known: KnownAuthor | None) -> NameList:
    """Return the list of an author: the kicker of a desk, and the sentence about the author."""
    author, meta, kicker = Byline(index.meta.title, address), index.meta, index.kicker
    if known and known.desk:
        with speaking(meta.lang):
            kicker = t_("Desk")
    if known and known.about:
        meta = replace(meta, description=known.about)
    return replace(index, meta=meta, kicker=kicker, author=author)


def list_entry(folder: str, title: str, lang: str, description: str = "") -> Entry:
    """Return the metadata of a list that the site has without a source, at `FOLDER/`."""
    return Entry(
        f"{folder}/index.html",
        f"{folder}/",
        "_quarto.yml",
        title,
        str(escape(title)),
        description=description,
        lang=lang,
        is_listing=True,
    )


def _indexes(folder: str, found: Mapping[str, Sequence[Entry]], lang: str) -> dict[str, NameList]:
    """Return the list of each name; names with the same address have one together."""
    alike: dict[str, list[str]] = {}
    for name in sorted(found):
        alike.setdefault(slug(name), []).append(name)
    alike.pop("", None)
    lists: dict[str, NameList] = {}
    for address, names in alike.items():
        entries = list({meta.path: meta for name in names for meta in found[name]}.values())
        spoken = {meta.lang for meta in entries}
        language = spoken.pop() if len(spoken) == 1 else lang
        with speaking(language):
            kicker = t_("Author") if folder == "authors" else t_("Topic")
            description = (
                t_("Articles by %(name)s", name=names[0])
                if folder == "authors"
                else t_("Articles on %(topic)s", topic=names[0])
            )
        index = NameList(
            list_entry(f"{folder}/{address}", names[0], language, description),
            one_entry_each(ordered(entries, ["date desc"]), language),
            kicker,
            _LISTINGS[folder],
        )
        lists |= dict.fromkeys(names, index)
    return lists


def _months(entries: Sequence[Entry]) -> list[Month]:
    return [
        Month(month_of(listed[0].date), month, listed)
        for month, group in groupby(entries, lambda one: str(one.date)[:7])
        if (listed := list(group))
    ]


def _contents(path: str, entries: Sequence[Entry]) -> list[tuple[str, str, int, str]]:
    """Return the months of a year whose first page is at ``path``, each with the page on which it
    begins.
    """
    contents, before = [], 0
    for month in _months(entries):
        contents.append(
            (month.title, month.id, len(month.entries), path_of(path, before // LINES + 1))
        )
        before += len(month.entries)
    return contents
