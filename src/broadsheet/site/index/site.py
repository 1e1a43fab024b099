"""The whole site, from which each page, list and feed takes what it shows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from markupsafe import Markup

from broadsheet.errors import (
    BroadsheetError,
    Notice,
)
from broadsheet.markdown.document import Inline
from broadsheet.project.project import Project
from broadsheet.project.settings.settings import Listing
from broadsheet.site.article import links
from broadsheet.site.article.article import NOT_FOUND, Article
from broadsheet.site.article.article_references import resolved, slug_of_page
from broadsheet.site.article.article_store import Articles
from broadsheet.site.article.edition_select import unknown_selects
from broadsheet.site.article.entry import Correction, Entry
from broadsheet.site.index.author_and_topic_pages import Indexes, indexes_of
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.edition_index import AllEditions, index_of
from broadsheet.site.index.edition_picker import one_entry_each
from broadsheet.site.index.listing import listed, ordered
from broadsheet.site.index.page import (
    Scene,
    base_path,
)
from broadsheet.site.index.related import related_articles
from broadsheet.site.index.sign_up import sign_up
from broadsheet.site.index.translations import Version, versions_of
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.output.sent_issues import SentIssue, issue_files, read_issues
from broadsheet.site.theme.theme_files import Theme
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import has_catalogue, speaking

FRONT = "index.html"


SEARCH_PAGE = "search/index.html"


class FailedPagesError(Exception):
    """Pages that cannot be in the site, each with its fault, by path."""

    def __init__(self, faults: Mapping[str, BroadsheetError]) -> None:
        self.faults = faults
        super().__init__(faults)


@dataclass(frozen=True)
class Site:
    """Everything that a page may need of the rest of the site."""

    project: Project
    theme: Theme
    records: dict[str, PageRecord]
    store: Articles
    folder: SiteFolder
    footer_texts: Mapping[str, Inline]
    notices: list[Notice] = field(default_factory=list)
    pickers: dict[str, str] = field(default_factory=dict)
    lists: dict[str, Sequence[tuple[Listing, Sequence[Entry]]]] = field(default_factory=dict)
    contents: dict[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def shared_inputs(self) -> dict[str, str]:
        """The inputs that all pages have in common, in addition to the configuration."""
        website, others = self.project.settings.website, self.project.settings.broadsheet.languages
        sides = [
            side
            for bar, foot in (
                (one.navbar, one.page_footer) for one in map(self.project.website_in, ("", *others))
            )
            for side in (bar.left, bar.right, bar.tools, foot.left, foot.center, foot.right)
            if isinstance(side, list)
        ]
        sections = [(one.path, one.title) for one in self.section_pages.values()]
        navigation = [self.front_scene.navigation(side) for side in sides]
        trees = [self.front_scene.contents(one) for one in website.sidebar]
        return {
            "the theme": digest_of(self.theme.names),
            "the pages to subscribe by": digest_of(
                (sorted(self.subscription_pages.items()), bool(issue_files(self.project.root)))
            ),
            "the navigation": digest_of(
                (navigation, trees, sections, sorted(self.footer_texts.items()), self.search_path)
            ),
        }

    def scene(self, path: str) -> Scene:
        """The site as the page at ``path`` sees it."""
        page = PurePosixPath(path)
        rooted = path == NOT_FOUND

        def rewrite(address: str) -> str:
            target = links.target_of(address, PurePosixPath())
            if target is None:
                return address
            return target.from_root(base_path(self.project)) if rooted else target.from_page(page)

        footer = {
            side: Markup(links.rewritten(text.html, rewrite))
            for side, text in self.footer_texts.items()
        }
        return Scene(
            self.project,
            self.theme,
            self.meta_by_path,
            page,
            self.section_pages,
            footer,
            rooted,
            self.search_path,
            self.author_pages,
            self.topic_pages,
            self.subscription_pages,
        )

    @cached_property
    def front_scene(self) -> Scene:
        """The site as the front page sees it."""
        return self.scene(FRONT)

    @property
    def lang(self) -> str:
        """The language of the publication."""
        return self.project.lang

    @cached_property
    def indexes(self) -> Indexes:
        """The lists without a source: of authors, of topics, and the archive."""
        known = self.project.settings.broadsheet.authors
        return indexes_of(self.articles, self.section_pages, self.lang, known)

    @cached_property
    def author_pages(self) -> dict[str, str]:
        """The path of each author's page, by name."""
        return {name: index.meta.path for name, index in self.indexes.authors.items()}

    @cached_property
    def topic_pages(self) -> dict[str, str]:
        """The path of each topic's page, by category."""
        return {name: index.meta.path for name, index in self.indexes.topics.items()}

    @cached_property
    def issues(self) -> Sequence[SentIssue]:
        """The issues of the newsletter that have been sent, newest first."""
        issues, notices = read_issues(self.project.root)
        self.notices.extend(notices)
        return issues

    @cached_property
    def subscription_pages(self) -> dict[tuple[str, str], str]:
        """The paths of the pages on the `newsletter` and on `feeds`, by kind and language: one in each
        language of the articles that we speak. There is none of what readers cannot have.
        """
        front = self.meta_by_path.get(FRONT)
        lists = self.lists_on(front) if front and self.project.site_url else ()
        kinds = {
            "newsletter": sign_up(self.project, self.lang) is not None or bool(self.issues),
            "feeds": any(listing.feed for listing, _ in lists),
        }
        others = {one.lang for one in self.articles if has_catalogue(one.lang)} - {self.lang}
        return {
            (kind, lang): f"{kind}/index.html" if lang == self.lang else f"{kind}/{lang}/index.html"
            for kind, is_there in kinds.items()
            if is_there
            for lang in (self.lang, *sorted(others))
        }

    @cached_property
    def search_path(self) -> str:
        """The path of the search page; empty if there is nothing to search."""
        return (
            SEARCH_PAGE
            if self.project.settings.website.has_search
            and any(meta.is_in_search for meta in self.news)
            else ""
        )

    @cached_property
    def meta_by_path(self) -> dict[str, Entry]:
        """The metadata of each page by its path."""
        return {path: record.meta for path, record in self.records.items()}

    @cached_property
    def versions(self) -> Mapping[str, Sequence[Version]]:
        """The versions of each page in other languages, by its path."""
        return versions_of(self.meta_by_path.values())

    @cached_property
    def articles(self) -> list[Entry]:
        """The articles, newest first."""
        return ordered(
            (meta for meta in self.meta_by_path.values() if meta.is_article), ["date desc"]
        )

    @cached_property
    def news(self) -> list[Entry]:
        """The articles, newest first, with one edition of each."""
        return one_entry_each(self.articles)

    @cached_property
    def articles_by_source(self) -> dict[str, list[Entry]]:
        """The articles of each source, newest first."""
        found: dict[str, list[Entry]] = {}
        for meta in self.articles:
            found.setdefault(meta.source, []).append(meta)
        return found

    @cached_property
    def edition_indexes(self) -> dict[str, AllEditions]:
        """The indexes of editions, by the sources that have one."""
        found = {}
        for source, editions in self.articles_by_source.items():
            if len(editions) > 1:
                index, notice = index_of(self.project.root, editions)
                if index is not None and index.path not in self.records:
                    found[source] = index
                self.notices.extend(filter(None, [notice, unknown_selects(editions)]))
        return found

    @cached_property
    def related(self) -> Mapping[str, Sequence[str]]:
        """The pages that are related to those of each source."""
        return related_articles(
            (record.meta, record.tables)
            for record in self.records.values()
            if record.meta.is_article
        )

    @cached_property
    def section_pages(self) -> dict[str, Entry]:
        """The section pages by their titles in lower case; the front page is none."""
        return {
            meta.title.casefold(): meta
            for path, meta in sorted(self.meta_by_path.items(), reverse=True)
            if meta.is_listing and path != FRONT
        }

    @cached_property
    def corrections(self) -> list[tuple[Entry, Correction]]:
        """Each correction with the page that it stands on, newest first."""
        return sorted(
            ((meta, correction) for meta in self.articles for correction in meta.corrections),
            key=lambda one: (one[1].date, one[0].path),
            reverse=True,
        )

    @cached_property
    def by_slug(self) -> dict[str, Entry]:
        """The articles by their slugs."""
        return {slug_of_page(meta): meta for meta in self.articles}

    def referred(self, record: PageRecord) -> dict[str, Entry]:
        """The articles with a page that a page refers to, by slug."""
        return {
            one.slug: self.by_slug[one.slug]
            for one in record.references
            if one.slug in self.by_slug
        }

    def lists_on(self, meta: Entry) -> Sequence[tuple[Listing, Sequence[Entry]]]:
        """The lists on a page, each with its entries; none for a page kept from the old site."""
        if meta.path not in self.lists:
            name, source = self.records[meta.path].content, PurePosixPath(meta.source)
            listings = (
                self.store.get(name).listings if meta.is_listing and self.store.has(name) else ()
            )
            self.lists[meta.path] = [
                (one, listed(one, source, self.meta_by_path.values(), meta.lang))
                for one in listings
            ]
        return self.lists[meta.path]

    def content_of(self, meta: Entry) -> Article | None:
        """The content of a page, its references to other articles as links to their pages; None if
        the store does not have it, as for a page that was kept, or for what is elsewhere.
        """
        record = self.records.get(meta.path)
        if record is None or not self.store.has(record.content):
            return None
        return self.linked(record, self.store.get(record.content))

    def linked(self, record: PageRecord, content: Article) -> Article:
        """The ``content`` of a page, its references to other articles as links to their pages."""
        if not record.references:
            return content
        scene, others = self.scene(record.meta.path), self.referred(record)
        with speaking(record.meta.lang):
            return content.map_html(
                lambda text: resolved(text, others, lambda other: scene.href(other.path))
            )
