"""Feeds: RSS 2.0, Atom and JSON Feed 1.1 with whole articles.

What a feed reader can not use goes out of an item's content: scripts, styles, classes, what stands
behind a summary; a chart becomes its picture. Addresses are absolute. A feed says nothing of when
it was built: the same site gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from broadsheet import schemes
from broadsheet.characters import UNPRINTABLE
from broadsheet.language import speaking
from broadsheet.site.page_content import PageContent
from broadsheet.site.page_meta import PageMeta

ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_JSON_FEED = "https://jsonfeed.org/version/1.1"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
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


@dataclass(frozen=True)
class FeedHead:
    """What a feed says of itself. ``page`` and ``own`` are full addresses: of the list, and of the
    feed.
    """

    title: str
    description: str
    page: str
    own: str
    language: str
    image: str = ""


@dataclass(frozen=True)
class Item:
    """An entry in a feed, with its full address and its content as HTML (or nothing). ``picture``
    is the full address of its picture.
    """

    entry: PageMeta
    url: str
    content: str
    picture: str = ""

    @property
    def summary(self) -> str:
        """What it is about, in a sentence."""
        return self.entry.description or self.entry.subtitle


def rss(head: FeedHead, items: Sequence[Item]) -> bytes:
    """RSS 2.0, with `content:encoded`, `dc:creator`, and permalinks as guids."""
    root = etree.Element("rss", nsmap={"atom": ATOM, "content": _CONTENT, "dc": _DC})
    root.set("version", "2.0")
    channel = etree.SubElement(root, "channel")
    put(channel, "title", head.title)
    put(channel, "link", head.page)
    etree.SubElement(
        channel, f"{{{ATOM}}}link", rel="self", href=head.own, type="application/rss+xml"
    )
    put(channel, "description", head.description or head.title)
    put(channel, "language", head.language)
    put(channel, "generator", "broadsheet")
    if head.image:
        image = etree.SubElement(channel, "image")
        for name, value in (("url", head.image), ("title", head.title), ("link", head.page)):
            put(image, name, value)
    newest = _newest(items)
    if newest:
        put(channel, "lastBuildDate", format_datetime(_moment(newest)))
    for item in items:
        node = etree.SubElement(channel, "item")
        put(node, "title", item.entry.title)
        put(node, "link", item.url)
        guid = put(node, "guid", item.url)
        guid.set("isPermaLink", "true")
        for author in item.entry.authors:
            put(node, f"{{{_DC}}}creator", author.name)
        for category in item.entry.categories:
            put(node, "category", category)
        if item.entry.date:
            put(node, "pubDate", format_datetime(_moment(item.entry.date)))
        if item.entry.updated:
            put(node, f"{{{ATOM}}}updated", _moment(item.entry.updated).isoformat())
        if item.summary:
            put(node, "description", item.summary)
        if item.content:
            put(node, f"{{{_CONTENT}}}encoded", item.content)
    return document(root)


def atom(head: FeedHead, items: Sequence[Item]) -> bytes:
    """Atom (RFC 4287); ids are the pages' addresses."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_default(ATOM))
    root.set(_LANG, head.language)
    put(root, f"{{{ATOM}}}title", head.title)
    if head.description:
        put(root, f"{{{ATOM}}}subtitle", head.description)
    put(root, f"{{{ATOM}}}id", head.own)
    etree.SubElement(
        root, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=head.own
    )
    etree.SubElement(root, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=head.page)
    put(root, f"{{{ATOM}}}updated", _moment(_newest(items) or date(1970, 1, 1)).isoformat())
    if not all(item.entry.authors for item in items) or not items:
        put(etree.SubElement(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", head.title)
    for item in items:
        node = etree.SubElement(root, f"{{{ATOM}}}entry")
        if item.entry.lang != head.language:
            node.set(_LANG, item.entry.lang)
        put(node, f"{{{ATOM}}}title", item.entry.title)
        put(node, f"{{{ATOM}}}id", item.url)
        etree.SubElement(node, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=item.url)
        for author in item.entry.authors:
            person = etree.SubElement(node, f"{{{ATOM}}}author")
            put(person, f"{{{ATOM}}}name", author.name)
            if author.url:
                put(person, f"{{{ATOM}}}uri", author.url)
        for category in item.entry.categories:
            etree.SubElement(node, f"{{{ATOM}}}category", term=_xml(category))
        if item.entry.date:
            put(node, f"{{{ATOM}}}published", _moment(item.entry.date).isoformat())
        if item.entry.updated:
            put(node, f"{{{ATOM}}}updated", _moment(item.entry.updated).isoformat())
        if item.summary:
            put(node, f"{{{ATOM}}}summary", item.summary)
        if item.content:
            put(node, f"{{{ATOM}}}content", item.content).set("type", "html")
    return document(root)


def json_feed(head: FeedHead, items: Sequence[Item]) -> bytes:
    """JSON Feed 1.1; ids are the pages' addresses. What has no content says its summary, for it
    must say something.
    """

    def told(item: Item) -> dict[str, object]:
        entry = item.entry
        content = (
            {"content_html": item.content}
            if item.content
            else {"content_text": item.summary or entry.title}
        )
        return _given(
            {
                "id": item.url,
                "url": item.url,
                "title": entry.title,
                "summary": item.summary,
                **content,
                "image": item.picture,
                "date_published": _moment(entry.date).isoformat() if entry.date else "",
                "date_modified": _moment(entry.updated).isoformat() if entry.updated else "",
                "authors": [
                    _given({"name": author.name, "url": author.url}) for author in entry.authors
                ],
                "tags": list(entry.categories),
                "language": entry.lang,
            }
        )

    feed = _given(
        {
            "version": _JSON_FEED,
            "title": head.title,
            "home_page_url": head.page,
            "feed_url": head.own,
            "description": head.description,
            "icon": head.image,
            "language": head.language,
        }
    )
    return (
        json.dumps(
            {**feed, "items": [told(item) for item in items]}, ensure_ascii=False, indent=1
        ).encode()
        + b"\n"
    )


@dataclass(frozen=True)
class Form:
    """A kind of feed: what follows its page's name in its own, its media type, what people call it,
    who writes it.
    """

    suffix: str
    media: str
    name: str
    write: Callable[[FeedHead, Sequence[Item]], bytes] = field(repr=False)


FORMS = (
    Form(".xml", "application/rss+xml", "RSS", rss),
    Form(".atom", "application/atom+xml", "Atom", atom),
    Form(".feed.json", "application/feed+json", "JSON Feed", json_feed),
)
"""Each feed is written in all of them."""


def content(
    page: PageContent,
    absolute: Callable[[str], str],
    form: Literal["full", "partial", "metadata"],
) -> str:
    """What a feed carries of a page: its whole body, its first paragraph, or nothing, as HTML.

    ``absolute`` gives the full address of a path.
    """
    if form == "metadata":
        return ""
    with speaking(page.entry.lang):
        text = page.html(lambda figure: figure.plain_html(absolute))
    body = lxml_html.fragment_fromstring(text, create_parent="div")
    for mark in (*body.find_class("fact"), *body.find_class("claim")):
        mark.drop_tag()
    etree.strip_elements(body, *_CHROME, etree.Comment, with_tail=False)
    url = absolute(page.entry.path)
    for element in body.iter():
        for name in list(element.attrib):
            if name in _ADDRESSES:
                element.set(name, _absolute(url, str(element.get(name))))
            elif name not in _KEPT:
                del element.attrib[name]
    if form == "partial":
        first = body.find(".//p")
        return _markup(first) if first is not None else ""
    return "\n".join([(body.text or "").strip(), *(_markup(child) for child in body)]).strip()


def _absolute(url: str, address: str) -> str:
    try:
        absolute = urljoin(url, address)
    except ValueError:
        return ""
    return absolute if schemes.is_picture(absolute) else ""


def _markup(element: lxml_html.HtmlElement) -> str:
    return str(lxml_html.tostring(element, encoding="unicode", with_tail=False)).strip()


def _newest(items: Iterable[Item]) -> date | None:
    return max((updated for item in items if (updated := item.entry.updated)), default=None)


def _given(members: dict[str, object]) -> dict[str, object]:
    """``members`` without those that say nothing."""
    return {name: value for name, value in members.items() if value not in ("", [])}


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def put(parent: etree._Element, name: str, text: str) -> etree._Element:
    """An element with a text below its parent."""
    node = etree.SubElement(parent, name)
    node.text = _xml(text)
    return node


def _xml(text: str) -> str:
    """``text`` without the characters that XML 1.0 can not carry."""
    return UNPRINTABLE.sub("", text)


def _default(namespace: str) -> Any:
    """A namespace without a prefix, which lxml takes and its stubs do not know."""
    return {None: namespace}


def document(root: etree._Element) -> bytes:
    """An XML document as a file."""
    etree.indent(root, " ")
    return etree.tostring(root, xml_declaration=True, encoding="utf-8") + b"\n"
