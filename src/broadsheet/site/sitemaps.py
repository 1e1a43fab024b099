"""What a site says to programs that look for its pages: sitemaps, `robots.txt`, `llms.txt`.

The news sitemap has the articles of the last days, and so depends on the day; nothing else says
when it was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lxml import etree

from broadsheet.files import refusal
from broadsheet.language import t_
from broadsheet.site.page import site_title
from broadsheet.site.page_content import NOT_FOUND
from broadsheet.site.page_meta import PageMeta
from broadsheet.site.site import Site
from broadsheet.unprintable import UNPRINTABLE

MAP, NEWS_MAP, LLMS = "sitemap.xml", "sitemap-news.xml", "llms.txt"
LARGEST = 50_000
"""How many addresses one sitemap has at most; the protocol allows no more."""
NEWEST = 1000
"""How many articles a news sitemap has at most; crawlers read no more."""
LISTED = 20
"""How many articles of each section `llms.txt` has."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_SIGNS = re.compile(r"[\\\[\]<*_`]")


Versions = Mapping[str, Sequence[tuple[str, str]]]
"""For the address of a page, the addresses of all its versions, each with its language's tag."""


def for_crawlers(site: Site, day: date) -> dict[str, bytes | Path]:
    """`robots.txt`; and, with a `site-url`, the sitemaps, whose news are those of the ``day``, and
    `llms.txt`.
    """
    root, url, name = site.project.root, site.project.site_url, site_title(site.project)
    address = site.front_scene.absolute
    files: dict[str, bytes | Path] = {}
    if url:
        found = sorted(
            (
                meta
                for meta in site.meta_by_path.values()
                if meta.is_searched and meta.path != NOT_FOUND
            ),
            key=lambda meta: meta.url,
        )
        news = [meta for meta in site.news if meta.is_searched]
        sections: dict[str, list[tuple[str, PageMeta]]] = {}
        for meta in news:
            sections.setdefault("".join(meta.categories[:1]) or t_("Articles"), []).append(
                (address(meta.copy), meta)
            )
        others = [
            (meta.title, address(meta.url))
            for meta in found
            if not (meta.is_article or meta.is_listing)
        ]
        others += [
            (f"{feed.title} ({feed.name})", address(feed.path)) for feed in site.front_feeds()
        ]
        pages = [(meta.url, meta.updated) for meta in found]
        pages += [
            (
                meta.url,
                max((changed for one in shown if (changed := one.updated)), default=None),
            )
            for meta, shown in site.indexes.first_pages()
            if meta.path not in site.records
        ]
        files |= sitemaps(
            ((address(path), changed) for path, changed in sorted(pages)),
            url,
            versions={
                address(site.meta_by_path[path].url): [
                    (tag, address(one.meta.url)) for one in versions for tag in one.tags
                ]
                for path, versions in site.versions.items()
            },
        )
        files[NEWS_MAP] = news_sitemap(
            name, ((address(meta.url), meta) for meta in news if meta.is_news_of(day))
        )
        files[LLMS] = llms(
            name, site.project.settings.website.description, sections, others
        ).encode()
    own = root / "robots.txt"
    maps = [address(name) for name in (MAP, NEWS_MAP)] if url else []
    files["robots.txt"] = own if own.is_file() and not refusal(root, own) else robots(maps).encode()
    return files


def sitemaps(
    pages: Iterable[tuple[str, date | None]],
    root: str,
    largest: int = LARGEST,
    versions: Versions = MappingProxyType({}),
) -> dict[str, bytes]:
    """`sitemap.xml` of full addresses, with the date of the last change where one is known, and the
    versions in other languages. If there are more than fit into one, it is the index of several.

    https://www.sitemaps.org/protocol.html,
    https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    pages = list(pages)
    if len(pages) <= largest:
        return {MAP: _map("urlset", "url", pages, versions)}
    parts = {
        f"sitemap-{number}.xml": pages[start : start + largest]
        for number, start in enumerate(range(0, len(pages), largest), 1)
    }
    index = [
        (root + name, max((day for _, day in part if day), default=None))
        for name, part in parts.items()
    ]
    return {
        MAP: _map("sitemapindex", "sitemap", index, {}),
        **{name: _map("urlset", "url", part, versions) for name, part in parts.items()},
    }


def news_sitemap(name: str, articles: Iterable[tuple[str, PageMeta]]) -> bytes:
    """`sitemap-news.xml` of articles with their full addresses; ``name`` is the publication's.

    https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    spaces: Any = {None: _SITEMAP, "news": _NEWS}
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap=spaces)
    for address, meta in list(articles)[:NEWEST]:
        node = etree.SubElement(root, f"{{{_SITEMAP}}}url")
        put(node, f"{{{_SITEMAP}}}loc", address)
        news = etree.SubElement(node, f"{{{_NEWS}}}news")
        publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
        put(publication, f"{{{_NEWS}}}name", name)
        put(publication, f"{{{_NEWS}}}language", meta.lang.lower())
        put(news, f"{{{_NEWS}}}publication_date", meta.date.isoformat() if meta.date else "")
        put(news, f"{{{_NEWS}}}title", meta.title)
    return document(root)


def robots(maps: Sequence[str]) -> str:
    """`robots.txt`, which allows everything and has the full addresses of the sitemaps."""
    return (
        "User-agent: *\nAllow: /\n"
        + ("\n" if maps else "")
        + "".join(f"Sitemap: {one}\n" for one in maps)
    )


def llms(
    name: str,
    description: str,
    sections: Mapping[str, Sequence[tuple[str, PageMeta]]],
    others: Sequence[tuple[str, str]],
) -> str:
    """`llms.txt`: the newest articles of each section by the addresses of their copies in Markdown,
    and under `Optional` the title and address of other pages. https://llmstxt.org/
    """
    parts = [f"# {_one_line(name)}"] + ([f"> {_one_line(description)}"] if description else [])
    parts.append(
        t_(
            "Each article has a copy in Markdown beside its page: the same address with `index.md`, or with "
            "`.md` for `.html`. It has the tables of its charts, and its sources."
        )
    )
    for section, articles in sections.items():
        lines = [
            _link(meta.title, address, meta.description or meta.subtitle)
            for address, meta in articles
        ]
        parts.append("\n".join([f"## {_one_line(section)}", "", *lines[:LISTED]]))
    if others:
        parts.append(
            "\n".join(["## Optional", "", *(_link(title, address) for title, address in others)])
        )
    return "\n\n".join(parts) + "\n"


def _map(
    kind: str, each: str, pages: Sequence[tuple[str, date | None]], versions: Versions
) -> bytes:
    space: Any = {None: _SITEMAP} | (
        {"xhtml": _XHTML} if any(address in versions for address, _ in pages) else {}
    )
    root = etree.Element(f"{{{_SITEMAP}}}{kind}", nsmap=space)
    for address, updated in pages:
        node = etree.SubElement(root, f"{{{_SITEMAP}}}{each}")
        put(node, f"{{{_SITEMAP}}}loc", address)
        if updated:
            put(node, f"{{{_SITEMAP}}}lastmod", updated.isoformat())
        for tag, other in versions.get(address, ()):
            etree.SubElement(node, f"{{{_XHTML}}}link", rel="alternate", hreflang=tag, href=other)
    return document(root)


def _link(title: str, address: str, description: str = "") -> str:
    return f"- [{_one_line(title)}]({address})" + (
        f": {_one_line(description)}" if description else ""
    )


def _one_line(text: str) -> str:
    """A text in one line of Markdown."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))


def put(parent: etree._Element, name: str, text: str) -> etree._Element:
    """Add an element with a text to ``parent``."""
    node = etree.SubElement(parent, name)
    node.text = UNPRINTABLE.sub("", text)
    return node


def document(root: etree._Element) -> bytes:
    """An XML document as a file."""
    etree.indent(root, " ")
    return etree.tostring(root, xml_declaration=True, encoding="utf-8") + b"\n"
