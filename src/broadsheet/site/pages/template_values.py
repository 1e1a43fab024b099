"""The values of each page's template: the page's content, and its part of the rest of the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath

from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.site.article import links
from broadsheet.site.article.article import NOT_FOUND
from broadsheet.site.article.edition_select import selects_of
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.table_places import CATALOGUE_PAGE
from broadsheet.site.formats import search
from broadsheet.site.formats.feeds import feed_links, front_feeds
from broadsheet.site.formats.subscription_pages import subscription_pages
from broadsheet.site.index.author_and_topic_pages import ARCHIVE
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.corrections import changes_of
from broadsheet.site.index.edition_picker import LISTED, is_first
from broadsheet.site.index.listing import categories
from broadsheet.site.index.paging import paged
from broadsheet.site.index.scene import (
    Block,
    Front,
    Page,
    list_places,
    render_page,
)
from broadsheet.site.index.site_index import FRONT, SEARCH_PAGE, Index
from broadsheet.text.html_tree import parsed
from broadsheet.text.language import t_

BESIDE, DAY, CHANGES, SECTION, EARLIER = 3, 8, 5, 4, 12
"""The numbers of entries that the parts of the front page show."""


def model_of(site: Index, record: PageRecord) -> Page:
    """Return the values of a page's template, without the page's content."""
    meta = record.meta
    page = Page(
        meta,
        feeds=feed_links(site, meta),
        versions=site.versions.get(meta.path, ()),
        archived=site.archived.get(meta.path, ()),
    )
    if meta.is_listing:
        first = next(pages_of_list(site, meta))
        return replace(first, feeds=page.feeds, versions=page.versions)
    if meta.lists_corrections:
        return replace(page, kind="corrections", corrections=site.corrections)
    if meta.is_article:
        editions = site.editions[meta.source]
        others = [other for other in editions if other.path != meta.path]
        related = [site.entries[other] for other in site.related.of(meta.source)]
        index = site.edition_indexes.get(meta.source)
        page = replace(
            page,
            kind="article",
            related=related,
            selects=selects_of(meta, editions),
            index_path=index.path if index else "",
            index_title=index.meta.title if index else "",
            index_key="" if is_first(meta) else PurePosixPath(meta.path).stem,
        )
        if len(others) > LISTED:
            return replace(page, picker=site.picker(meta))
        return replace(page, editions=others)
    return page


def pages_of_list(site: Index, meta: Entry) -> Iterator[Page]:
    """Yield the pages of a section page, or of the front page, whose first list is edited."""
    blocks = [
        Block(
            listing,
            entries,
            categories(entries) if listing.categories else (),
            len(entries),
            number,
        )
        for number, (listing, entries) in enumerate(site.lists.get(meta.path, ()))
    ]
    edited = blocks.pop(0) if meta.path == FRONT and blocks and _is_edited(site, meta) else None
    for number, part, paging in paged(meta, max((block.pages for block in blocks), default=1)):
        shown = [block.on(number) for block in blocks if number <= block.pages]
        page = Page(part, kind="section", blocks=shown, paging=paging)
        if edited and number == 1:
            page = replace(page, kind="front", front=_front(site, edited))
        yield page


def _is_edited(site: Index, meta: Entry) -> bool:
    """True if the front page is made of its first list, as that of a newspaper. An author who
    places lists on it, or makes it about somebody, has the page as it is written.
    """
    content = site.article(meta)
    if content is None or content.about is None:
        ids = {listing.id or "" for listing, _ in site.lists.get(meta.path, ())}
        text = (
            "".join(block for block in content.blocks if isinstance(block, str)) if content else ""
        )
        return not ("<div" in text and list_places(parsed(text), ids))
    return False


def list_pages(site: Index) -> Iterator[Page]:
    """Yield the pages of lists without a source: further pages of long lists, of authors, of
    topics, the archive, and the pages by which readers subscribe.
    """
    going_on = (
        page
        for _, meta in sorted(site.entries.items())
        if meta.is_listing
        for page in islice(pages_of_list(site, meta), 1, None)
    )
    indexes = (
        Page(index.meta, kind="editions", index=index) for index in site.edition_indexes.values()
    )
    for page in (*going_on, *site.indexes.pages(), *subscription_pages(site), *indexes):
        if page.meta.path not in site.records:
            yield replace(page, feeds=front_feeds(site))


def _front(site: Index, block: Block) -> Front:
    """Return the front page of a list. An article is on it once, with the first of its editions."""
    entries = _once(block.entries)
    lead = entries[0] if entries else None
    lead_figure = _chart_of(site, lead)
    beside_figure = _chart_of(site, entries[1] if entries[1:] else None)
    last = BESIDE if beside_figure else 1 + BESIDE  # a figure takes an article's place
    beside, day = entries[1:last], entries[last : last + DAY]
    shown = {meta.source for meta in (*entries[:1], *beside, *day)}
    columns = []
    for section, listed in sections_of(site):
        below = [meta for meta in _once(listed) if meta.source not in shown][:SECTION]
        shown |= {meta.source for meta in below}
        if below:
            columns.append((section, below))
    remaining = [meta for meta in entries if meta.source not in shown]
    if beside_figure:  # the ids in its drawing are its own on this page
        narrow = beside_figure.narrow.replace(f"{beside_figure.label}-n-", "beside-")
        beside_figure = replace(beside_figure, narrow=narrow)
    changes = changes_of((one for one in site.articles if one.is_searched), site.lang)[:CHANGES]
    return Front(
        lead,
        lead_figure,
        beside,
        beside_figure,
        day,
        changes,
        columns,
        remaining[:EARLIER],
        ARCHIVE if site.indexes.articles else "",
        len(site.indexes.articles),
        replace(block, entries=()),
    )


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """Return the first edition of each article among the entries."""
    first: dict[str, Entry] = {}
    for meta in entries:
        first.setdefault(meta.source, meta)
    return list(first.values())


def _chart_of(site: Index, meta: Entry | None) -> PageFigure | None:
    """Return the drawn figure that an article is shown with, if it is one of its charts."""
    if meta is None or (meta.shown is not None and meta.shown != meta.chart):
        return None
    content = site.article(meta)
    return content.figure if content else None


def sections_of(site: Index) -> list[tuple[Entry, list[Entry]]]:
    """Return the section pages, each with the entries of its first list, in the order of the
    navigation bar.
    """
    navbar = site.project.settings.website.navbar
    named = [
        target.path
        for item in [*navbar.left, *navbar.right]
        if item.href and (target := links.target_of(item.href, PurePosixPath()))
    ]
    others = {FRONT, *site.author_pages.values()}
    front = site.entries[FRONT].lang if FRONT in site.entries else site.lang
    sections = [
        (meta, list(lists[0][1]))
        for path, meta in sorted(site.entries.items())
        if meta.is_listing
        and path not in others
        and meta.lang == front
        and (lists := site.lists.get(meta.path, ()))
    ]
    sections.sort(
        key=lambda one: (
            named.index(PurePosixPath(one[0].path))
            if PurePosixPath(one[0].path) in named
            else len(named)
        )
    )
    return sections


def more_pages(site: Index) -> dict[str, str]:
    """Return the other pages without a source: the 404 page, and the search page."""
    with site.project.speaking(site.lang):
        title = t_("Page not found")
    meta = Entry(
        NOT_FOUND, NOT_FOUND, "_quarto.yml", title, title, lang=site.lang, is_searched=False
    )
    newest = [other for other in site.news if other.is_searched][:5]
    page = Page(meta, kind="404", related=newest, feeds=front_feeds(site))
    months = search.shards_of(meta for meta in site.articles if meta.is_in_search)
    return {NOT_FOUND: render_page(site.scene(NOT_FOUND), page), **search_page(site, months)}


def search_page(site: Index, months: Iterable[str]) -> dict[str, str]:
    """Return the search page, by its path; empty if there is nothing to search. ``months`` name its
    indexes.
    """
    if not site.search_path:
        return {}
    with site.project.speaking(site.lang):
        ways = [(t_("The archive, with all articles"), ARCHIVE)] if site.indexes.articles else []
        if site.data.tables:
            ways.append((t_("The data, with all tables"), CATALOGUE_PAGE))
    ways += [(section.title, section.path) for section, _ in sections_of(site)]
    return {
        SEARCH_PAGE: search.render_search_page(
            site.scene(SEARCH_PAGE),
            (meta for meta in site.articles if meta.is_in_search),
            months,
            ways,
            site.lang,
        )
    }
