"""Files for programs that look for a site's pages: sitemaps, `robots.txt`, `llms.txt`.

The news sitemap has the articles of the last days, and so depends on the day; nothing else says
when it was made. The formats: https://www.sitemaps.org/protocol.html,
https://developers.google.com/search/docs/specialty/international/localized-versions,
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap,
https://llmstxt.org/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from markupsafe import Markup

from broadsheet.site.article.article import NOT_FOUND
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.links import url_of
from broadsheet.site.article.table_places import CATALOGUE_PAGE
from broadsheet.site.formats.feeds import front_feeds, xml_file
from broadsheet.site.formats.subscription_pages import subscription_pages
from broadsheet.site.index.scene import site_title
from broadsheet.site.index.site_index import Index
from broadsheet.storage.files import refusal
from broadsheet.text.language import t_
from broadsheet.text.templating import Templates

MAP, NEWS_MAP, LLMS = "sitemap.xml", "sitemap-news.xml", "llms.txt"
LARGEST = 50_000
"""The most addresses of one sitemap; the protocol allows no more."""
NEWEST = 1000
"""The most articles of a news sitemap; crawlers read no more."""

_SIGNS = re.compile(r"[\\\[\]<*_`]")

Pages = Sequence[tuple[str, date | None]]
"""Full addresses, each with the date of the last change where one is known."""


def for_crawlers(site: Index, day: date) -> dict[str, bytes | Path]:
    """Return `robots.txt`; and, with a `site-url`, the sitemaps and `llms.txt`. The news sitemap
    has the news of the ``day``. With `website: llms-txt`, there is `llms.txt` in any case.
    """
    address = site.front_scene.absolute
    file = site.project.root / "robots.txt"
    files: dict[str, bytes | Path] = {}
    robots = "User-agent: *\nAllow: /\n"
    news = [meta for meta in site.news if meta.is_searched]
    if site.project.site_url:
        files |= sitemaps(_pages(site), site.project.site_url, versions=_versions(site))
        files[NEWS_MAP] = xml_file(
            "sitemap-news.xml.jinja",
            site_title=site_title(site.project),
            articles=[meta for meta in news if meta.is_news_of(day)][:NEWEST],
            absolute=address,
        )
        robots += f"\nSitemap: {address(MAP)}\nSitemap: {address(NEWS_MAP)}\n"
    if site.project.site_url or site.project.settings.website.llms_txt:
        files[LLMS] = _llms(site, news)
    has_own = file.is_file() and not refusal(site.project.root, file)
    files["robots.txt"] = file if has_own else robots.encode()
    return files


def sitemaps(
    pages: Pages,
    root: str,
    largest: int = LARGEST,
    versions: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> dict[str, bytes]:
    """Return `sitemap.xml`; if there are more ``pages`` than fit into one, it is the index of
    several. ``versions`` has the addresses of all versions of a page, each with its language's tag,
    by the address of the page.
    """
    starts = range(0, len(pages), largest)
    parts = {
        f"sitemap-{number}.xml": pages[start : start + largest]
        for number, start in enumerate(starts, 1)
    }
    if len(parts) < 2:
        return {MAP: _map("urlset", "url", pages, versions)}
    index = [
        (root + name, max((day for _, day in part if day), default=None))
        for name, part in parts.items()
    ]
    files = {name: _map("urlset", "url", part, versions) for name, part in parts.items()}
    return {MAP: _map("sitemapindex", "sitemap", index), **files}


def _map(
    kind: str,
    each: str,
    pages: Pages,
    versions: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> bytes:
    return xml_file("sitemap.xml.jinja", kind=kind, each=each, pages=pages, versions=versions or {})


def _searched(site: Index) -> list[Entry]:
    """Return the pages with a source that search engines may have."""
    return [meta for meta in site.entries.values() if meta.is_searched and meta.path != NOT_FOUND]


def _pages(site: Index) -> Pages:
    """Return the address of each page, with its last change. A list without a source changes with
    the articles on it.
    """
    pages = [(meta.url, meta.updated) for meta in _searched(site)]
    for meta, shown in site.indexes.first_pages():
        if meta.path not in site.records:
            changes = [one.updated for one in shown if one.updated]
            pages.append((meta.url, max(changes, default=None)))
    for index in site.edition_indexes.values():
        pages.append((index.meta.url, None))
    for page in subscription_pages(site):
        if page.meta.path not in site.records:
            pages.append((page.meta.url, page.issue.sent if page.issue else None))
    pages += [(table.meta.url, table.resource.retrieved) for table in site.data.ours]
    if site.data.has_index:
        days = [table.resource.retrieved for table in site.data.tables.values()]
        pages.append((url_of(CATALOGUE_PAGE), max(days)))
    return [(site.front_scene.absolute(path), changed) for path, changed in sorted(pages)]


def _versions(site: Index) -> dict[str, list[tuple[str, str]]]:
    address = site.front_scene.absolute
    return {
        address(site.entries[path].url): [
            (tag, address(one.meta.url)) for one in versions for tag in one.tags
        ]
        for path, versions in site.versions.items()
    }


def _llms(site: Index, news: Sequence[Entry]) -> bytes:
    """Return the content of `llms.txt`."""
    address, has_copies = site.front_scene.absolute, site.project.settings.website.llms_txt
    sections: dict[str, list[Entry]] = {}
    for meta in news:
        sections.setdefault("".join(meta.categories[:1]) or t_("Articles"), []).append(meta)
    others = [meta for meta in _searched(site) if not meta.is_article]
    if has_copies:
        pages = sorted((meta for meta in others if meta.copy), key=lambda meta: meta.url)
        sections = {t_("Pages"): pages, **sections}
        others = []
    text = _TEMPLATES.render(
        "llms.txt.jinja",
        site_title=site_title(site.project),
        description=site.project.settings.website.description,
        sections=sections,
        has_copies=has_copies,
        heading_of_others="Optional",  # a word of the format, in every language
        plain_pages=sorted(
            (meta for meta in others if not meta.is_listing), key=lambda meta: meta.url
        ),
        feeds=front_feeds(site),
        absolute=lambda path: address(path) or path,
    )
    return text.encode()


def _one_line(text: str) -> Markup:
    """Return a text in one line of Markdown."""
    return Markup(_SIGNS.sub(r"\\\g<0>", " ".join(text.split())))


_TEMPLATES = Templates({"one_line": _one_line}, keep_trailing_newline=True)
