"""The index of a site: what its pages, lists and feeds show of each other.

:func:`index_of` makes it whole, of the records of all pages, before any page is rendered. It is a
value: nothing in it changes afterwards, and what it has to say to the author is in its ``notices``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from markupsafe import Markup

from broadsheet.errors import BroadsheetError, Notice
from broadsheet.markdown.document import Inline
from broadsheet.project.project import Project
from broadsheet.project.settings.settings import Listing
from broadsheet.site.article import links
from broadsheet.site.article.article import NOT_FOUND, Article
from broadsheet.site.article.article_references import resolve, slug_of_page
from broadsheet.site.article.edition_select import unknown_selects
from broadsheet.site.article.entry import CorrectionText, Entry
from broadsheet.site.article.table_places import IsPublished, nothing
from broadsheet.site.index.archived_pages import ArchivedPage, archived_pages, earlier_versions
from broadsheet.site.index.author_and_topic_pages import Indexes, indexes_of
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.data_tables import DataTables, data_tables
from broadsheet.site.index.edition_index import AllEditions, all_editions_of
from broadsheet.site.index.edition_picker import LISTED, one_entry_each, picker_of
from broadsheet.site.index.listing import categories, listed, ordered
from broadsheet.site.index.related import RelatedArticles
from broadsheet.site.index.scene import Scene, render_picker
from broadsheet.site.index.sign_up import sign_up
from broadsheet.site.index.translations import Version, versions_of
from broadsheet.site.output.sent_issues import SentIssue, issue_files, read_issues
from broadsheet.site.theme.theme_files import Theme
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import has_catalogue

FRONT = "index.html"
SEARCH_PAGE = "search/index.html"

ArticleOf = Callable[[str], Article | None]
"""Gives the article of a key, as a page's record has it; None if it is not to be had."""
Lists = Sequence[tuple[Listing, Sequence[Entry]]]
"""The lists on a page, each with its entries."""


@dataclass(frozen=True)
class Index:
    """The site, as far as a page may show something of it."""

    project: Project
    """The project."""
    theme: Theme
    """The style sheets and scripts."""
    texts: Mapping[str, Inline]
    """The texts of the configuration (:mod:`broadsheet.site.build.site_texts`)."""
    article_of: ArticleOf
    """Gives the articles."""
    records: Mapping[str, PageRecord]
    """The record of each page, by its path."""
    entries: Mapping[str, Entry]
    """The entry of each page, by its path."""
    articles: Sequence[Entry]
    """The articles, newest first."""
    news: Sequence[Entry]
    """The articles, newest first, with one edition of each."""
    editions: Mapping[str, Sequence[Entry]]
    """The articles of each source, newest first."""
    by_slug: Mapping[str, Entry]
    """The articles by their slugs."""
    sections: Mapping[str, Entry]
    """The section pages by their titles in lower case; the front page is none."""
    lists: Mapping[str, Lists]
    """The lists on each page that has some, by its path; none of a page whose article is not to be
    had.
    """
    indexes: Indexes
    """The lists without a source: of authors, of topics, and the archive."""
    author_pages: Mapping[str, str]
    """The path of each author's page, by name."""
    topic_pages: Mapping[str, str]
    """The path of each topic's page, by category."""
    edition_indexes: Mapping[str, AllEditions]
    """The indexes of editions, by the sources that have one."""
    versions: Mapping[str, Sequence[Version]]
    """The versions of each page in other languages, by its path."""
    related: RelatedArticles
    """The articles that are related to each."""
    corrections: Sequence[tuple[Entry, CorrectionText]]
    """Each correction with the page that it stands on, newest first."""
    issues: Sequence[SentIssue]
    """The issues of the newsletter that have been sent, newest first."""
    subscription_pages: Mapping[tuple[str, str], str]
    """The paths of the pages on the `newsletter` and on `feeds`, by kind and language."""
    search_path: str
    """The path of the search page; empty if there is nothing to search."""
    archived: Mapping[str, Sequence[ArchivedPage]]
    """The archived versions of each page, newest first, by its path."""
    data: DataTables
    """The tables of the catalogue that have a page."""
    is_published: IsPublished
    """Says if a file of the publication is on the site."""
    notices: tuple[Notice, ...]
    """The notices of what an author has asked of lists and editions and cannot be."""

    @property
    def lang(self) -> str:
        """The language of the publication."""
        return self.project.lang

    @cached_property
    def front_scene(self) -> Scene:
        """The site as the front page sees it."""
        return self.scene(FRONT)

    @cached_property
    def shared_inputs(self) -> Mapping[str, str]:
        """The inputs that all pages have in common, in addition to the configuration."""
        return _shared_inputs(self)

    @cached_property
    def inputs_beside_records(self) -> Mapping[str, str]:
        """The inputs of all that pages show of each other, in addition to the configuration and to
        the records of the pages.
        """
        lists = [
            (path, [listing for listing, _ in on_page])
            for path, on_page in sorted(self.lists.items())
        ]
        others = (lists, self.issues, self.archived, self.edition_indexes)
        return {**self.shared_inputs, "what else pages show": digest_of(others)}

    @cached_property
    def _pickers(self) -> Mapping[str, str | BroadsheetError]:
        """The pickers of sources with many editions, as HTML, or why there is none."""
        return _pickers(self)

    def scene(self, path: str) -> Scene:
        """Return the site as the page at ``path`` sees it."""
        return Scene(
            self.project,
            self.theme,
            self.entries,
            PurePosixPath(path),
            self.sections,
            self.texts,
            path == NOT_FOUND,
            self.search_path,
            self.author_pages,
            self.topic_pages,
            self.subscription_pages,
        )

    def picker(self, meta: Entry) -> Markup:
        """Return the picker of an article with many editions, with the page of ``meta`` marked.
        Raises :class:`RenderError`.
        """
        picker = self._pickers[meta.source]
        if isinstance(picker, BroadsheetError):
            raise picker
        address = f'href="{links.relative(PurePosixPath(meta.path), meta.path)}"'
        return Markup(picker.replace(address, f'{address} aria-current="page"'))

    def referred(self, record: PageRecord) -> dict[str, Entry]:
        """Return the articles with a page that a page refers to, by slug."""
        return {
            one.slug: self.by_slug[one.slug]
            for one in record.references
            if one.slug in self.by_slug
        }

    def article(self, meta: Entry) -> Article | None:
        """Return the article of a page, its references to others as links to their pages. None if
        there is no stored article, as for an old page that was kept, or an entry elsewhere.
        """
        record = self.records.get(meta.path)
        article = self.article_of(record.content) if record else None
        return self.linked(record, article) if record and article else None

    def linked(self, record: PageRecord, article: Article) -> Article:
        """Return the ``article`` of a page, its references to others as links to their pages."""
        if not record.references:
            return article
        scene, others = self.scene(record.meta.path), self.referred(record)
        with record.meta.speaking():
            return article.with_html(
                lambda root: resolve(root, others, lambda other: scene.href(other.path))
            )

    def of(self, records: Mapping[str, PageRecord]) -> Index:
        """Return the index of the same site with these pages."""
        return index_of(
            records,
            self.article_of,
            self.project,
            self.theme,
            self.texts,
            is_published=self.is_published,
        )


def index_of(
    records: Mapping[str, PageRecord],
    article_of: ArticleOf,
    project: Project,
    theme: Theme,
    texts: Mapping[str, Inline],
    *,
    has_search: bool = True,
    is_published: IsPublished = nothing,
) -> Index:
    """Return the index of a site of these pages. Without ``has_search`` the site has no search
    page. ``is_published`` says which files of the publication are on the site.
    """
    entries = {path: record.meta for path, record in records.items()}
    articles = ordered((meta for meta in entries.values() if meta.is_article), ["date desc"])
    editions: dict[str, list[Entry]] = {}
    for meta in articles:
        editions.setdefault(meta.source, []).append(meta)
    sections = {
        meta.title.casefold(): meta
        for path, meta in sorted(entries.items(), reverse=True)
        if meta.is_listing and path != FRONT
    }
    lists = {
        path: _lists_on(record, article_of(record.content), entries)
        for path, record in records.items()
        if record.meta.is_listing
    }
    filtered = {
        category
        for on_page in lists.values()
        for listing, listed_entries in on_page
        if listing.categories
        for category, _ in categories(listed_entries)
    }
    issues, notices = read_issues(project.root)
    archived, changed = archived_pages(project.root)
    edition_indexes, more = _edition_indexes(editions, records, project)
    indexes = indexes_of(
        articles, sections, project.lang, project.settings.broadsheet.authors, filtered
    )
    news = one_entry_each(articles)
    searched = any(meta.is_in_search for meta in news)
    return Index(
        project,
        theme,
        texts,
        article_of,
        records,
        entries,
        articles,
        news,
        editions,
        by_slug={slug_of_page(meta): meta for meta in articles},
        sections=sections,
        lists=lists,
        indexes=indexes,
        author_pages={name: one.meta.path for name, one in indexes.authors.items()},
        topic_pages={name: one.meta.path for name, one in indexes.topics.items()},
        edition_indexes=edition_indexes,
        versions=versions_of(entries.values()),
        related=RelatedArticles(
            (record.meta, record.tables) for record in records.values() if record.meta.is_article
        ),
        corrections=_corrections(articles),
        issues=issues,
        subscription_pages=_subscription_pages(project, articles, lists.get(FRONT, ()), issues),
        search_path=(
            SEARCH_PAGE if has_search and searched and project.settings.website.has_search else ""
        ),
        archived=earlier_versions(archived),
        data=data_tables(project, records, is_published),
        is_published=is_published,
        notices=(*notices, *changed, *more),
    )


def _lists_on(record: PageRecord, article: Article | None, entries: Mapping[str, Entry]) -> Lists:
    source = PurePosixPath(record.meta.source)
    return [
        (listing, listed(listing, source, entries.values(), record.meta.lang))
        for listing in (article.listings if article else ())
    ]


def _edition_indexes(
    editions: Mapping[str, Sequence[Entry]], records: Mapping[str, PageRecord], project: Project
) -> tuple[dict[str, AllEditions], list[Notice]]:
    """Return the indexes of editions, by source, unless a page has the address; and the notices
    about them.
    """
    indexes, notices = dict[str, AllEditions](), list[Notice]()
    for source, pages in editions.items():
        if len(pages) > 1:
            index, notice = all_editions_of(project.root, pages)
            if index is not None and index.path not in records:
                indexes[source] = index
            notices += filter(None, [notice, unknown_selects(pages)])
    return indexes, notices


def _corrections(articles: Iterable[Entry]) -> list[tuple[Entry, CorrectionText]]:
    return sorted(
        ((meta, correction) for meta in articles for correction in meta.corrections),
        key=lambda one: (one[1].date, one[0].path),
        reverse=True,
    )


def _subscription_pages(
    project: Project, articles: Iterable[Entry], front: Lists, issues: Sequence[SentIssue]
) -> dict[tuple[str, str], str]:
    """Return the paths of these pages, one for each language of the articles that has a catalogue.
    A page without anything to subscribe to is left out. ``front`` are the lists of the front page.
    """
    lang = project.lang
    kinds = {
        "newsletter": sign_up(project, lang) is not None or bool(issues),
        "feeds": bool(project.site_url) and any(listing.feed for listing, _ in front),
    }
    others = {one.lang for one in articles if has_catalogue(one.lang)} - {lang}
    return {
        (kind, spoken): f"{kind}/index.html" if spoken == lang else f"{kind}/{spoken}/index.html"
        for kind, is_there in kinds.items()
        if is_there
        for spoken in (lang, *sorted(others))
    }


def _pickers(index: Index) -> dict[str, str | BroadsheetError]:
    """Return a picker for all editions of an article, which lie in one folder and so have the same
    addresses for each other. One that fails is the fault of each page that would have it.
    """
    pickers: dict[str, str | BroadsheetError] = {}
    for source, editions in index.editions.items():
        if len(editions) > LISTED + 1:
            try:
                scene = index.scene(editions[0].path)
                pickers[source] = str(render_picker(scene, picker_of(editions)))
            except BroadsheetError as error:
                pickers[source] = error
    return pickers


def _shared_inputs(index: Index) -> dict[str, str]:
    project, scene = index.project, index.front_scene
    website, others = project.settings.website, project.settings.broadsheet.languages
    sides = [
        side
        for bar, foot in (
            (one.navbar, one.page_footer) for one in map(project.website_in, ("", *others))
        )
        for side in (bar.left, bar.right, bar.tools, foot.left, foot.center, foot.right)
        if isinstance(side, list)
    ]
    sections = [(one.path, one.title) for one in index.sections.values()]
    navigation = [scene.navigation(side) for side in sides]
    # Our templates show minutes, and the words of no other page; the publication's own may.
    shows_words = any("words" in text for _, text in project.templates)
    words = sorted((one.path, one.words) for one in index.articles) if shows_words else ()
    trees = [scene.contents(one) for one in website.sidebar]
    return {
        "the theme": digest_of(index.theme.names),
        "the pages to subscribe by": digest_of(
            (sorted(index.subscription_pages.items()), bool(issue_files(project.root)))
        ),
        "the navigation": digest_of(
            (navigation, trees, sections, sorted(index.texts.items()), index.search_path)
        ),
        **({"the lengths of articles": digest_of(words)} if words else {}),
    }
