"""The content of an article in a feed.

What a feed reader cannot use is removed: scripts, styles, classes, and what is folded behind a
summary; a chart becomes its picture. Addresses are absolute. An article that is written from right
to left says so itself, since readers of feeds show it within pages of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from html import escape
from typing import Literal
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement

from broadsheet.site.article.article import Article
from broadsheet.text import url_schemes
from broadsheet.text.html_tree import drop_dark, parsed, spell_drawings
from broadsheet.text.language import direction_of

Extent = Literal["full", "partial", "metadata"]
"""The part of an article that is in a feed: its whole body, its first paragraph, or nothing."""

_CHROME = (
    "script",
    "style",
    "details",
    "nav",
    "form",
    "button",
    "input",
    "select",
    "textarea",
    "iframe",
    "object",
    "embed",
    "link",
    "meta",
    "svg",
    "template",
    "noscript",
)
_KEPT = frozenset(
    {
        "href",
        "src",
        "alt",
        "title",
        "colspan",
        "rowspan",
        "width",
        "height",
        "lang",
        "dir",
        "datetime",
        "start",
        "cite",
        "scope",
        "display",
        "mathvariant",
        "xmlns",
    }
)
_ADDRESSES = ("href", "src", "cite")


def content_of(page: Article, absolute: Callable[[str], str], extent: Extent) -> str:
    """Return the content of a page in a feed as HTML. ``absolute`` gives the full address of a
    path.
    """
    if extent == "metadata":
        return ""
    with page.meta.speaking():
        text = page.html(lambda figure: figure.plain_html(absolute))
    body = parsed(text)
    drop_dark(body)
    for mark in dict.fromkeys((*body.find_class("fact"), *body.find_class("claim"))):
        mark.drop_tag()
    spell_drawings(body)
    etree.strip_elements(body, *_CHROME, etree.Comment, with_tail=False)
    for picture in list(body.iter("picture")):  # one address, for any reader
        for source in list(picture.iter("source")):
            source.drop_tag()
        picture.drop_tag()
    for link in list(body.iter("a")):  # those of lines of code have no words
        if link.get("aria-hidden") == "true" and not len(link) and not link.text:
            link.drop_tag()
    url = absolute(page.meta.url)
    for element in body.iter():
        for name in list(element.attrib):
            if name not in _KEPT:
                del element.attrib[name]
            elif name in _ADDRESSES:
                _make_absolute(element, name, url)
    if extent == "partial":
        first = body.find(".//p")
        content = _markup(first) if first is not None else ""
    else:
        content = "\n".join([(body.text or "").strip(), *map(_markup, body)]).strip()
    return _directed(content, page.meta.lang)


def _make_absolute(element: HtmlElement, name: str, url: str) -> None:
    """Make the address in an attribute a full one. One that no page may have goes with its
    attribute: readers take an empty address for that of the feed.
    """
    is_allowed = url_schemes.is_picture if name == "src" else url_schemes.is_link
    with suppress(ValueError):
        address = urljoin(url, str(element.get(name)))
        if is_allowed(address):
            element.set(name, address)
            return
    del element.attrib[name]


def _directed(content: str, lang: str) -> str:
    """Return the content in an element that says its direction, if that is from right to left."""
    if not content or direction_of(lang) == "ltr":
        return content
    return f'<div lang="{escape(lang)}" dir="rtl">\n{content}\n</div>'


def _markup(element: HtmlElement) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False)).strip()
