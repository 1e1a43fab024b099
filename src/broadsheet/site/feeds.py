"""Feeds: RSS 2.0, Atom and JSON Feed 1.1 with whole articles.

What a feed reader cannot use is removed from an item's content: scripts, styles, classes, and what
is folded behind a summary; a chart becomes its picture. Addresses are absolute. A feed does not say
when it was built: the same site gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from html import escape
from typing import Literal
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html
from markupsafe import Markup

from broadsheet import url_schemes
from broadsheet.language import speaking
from broadsheet.site.page_content import PageContent
from broadsheet.site.page_meta import PageMeta
from broadsheet.templating import Templates
from broadsheet.unprintable import UNPRINTABLE

_JSON_FEED = "https://jsonfeed.org/version/1.1"
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
    """The head of a feed. ``page`` and ``own`` are full addresses: of the list, and of the feed
    itself.
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

    meta: PageMeta
    url: str
    content: str
    picture: str = ""

    @property
    def summary(self) -> str:
        """The description of the article, in a sentence."""
        return self.meta.description or self.meta.subtitle


def rss(head: FeedHead, items: Sequence[Item]) -> bytes:
    """RSS 2.0, with `content:encoded`, `dc:creator`, and permalinks as guids."""
    return _xml("rss.xml.jinja", head, items)


def atom(head: FeedHead, items: Sequence[Item]) -> bytes:
    """Atom (RFC 4287); ids are the pages' addresses."""
    return _xml("atom.xml.jinja", head, items)


def _xml(template: str, head: FeedHead, items: Sequence[Item]) -> bytes:
    days = [updated for item in items if (updated := item.meta.updated)]
    newest = max(days, default=None)
    text = _TEMPLATES.render(
        template, head=head, items=items, newest=newest, epoch=date(1970, 1, 1)
    )
    return UNPRINTABLE.sub("", text).encode() + b"\n"


def json_feed(head: FeedHead, items: Sequence[Item]) -> bytes:
    """JSON Feed 1.1; ids are the pages' addresses. An item without content has its summary as its
    text, since the format requires one.
    """

    def written(item: Item) -> dict[str, object]:
        meta = item.meta
        content = (
            {"content_html": item.content}
            if item.content
            else {"content_text": item.summary or meta.title}
        )
        return _given(
            {
                "id": item.url,
                "url": item.url,
                "title": meta.title,
                "summary": item.summary,
                **content,
                "image": item.picture,
                "date_published": _moment(meta.date) if meta.date else "",
                "date_modified": _moment(meta.updated) if meta.updated else "",
                "authors": [
                    _given({"name": author.name, "url": author.url}) for author in meta.authors
                ],
                "tags": list(meta.categories),
                "language": meta.lang,
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
            {**feed, "items": [written(item) for item in items]}, ensure_ascii=False, indent=1
        ).encode()
        + b"\n"
    )


@dataclass(frozen=True)
class Form:
    """A kind of feed: the suffix of its file, its media type, its name for readers, and the
    function that writes it.
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
"""All kinds; each feed is written in every one."""


def content(
    page: PageContent,
    absolute: Callable[[str], str],
    form: Literal["full", "partial", "metadata"],
) -> str:
    """The content of a page in a feed as HTML: its whole body, its first paragraph, or nothing.
    ``absolute`` gives the full address of a path.
    """
    if form == "metadata":
        return ""
    with speaking(page.meta.lang):
        text = page.html(lambda figure: figure.plain_html(absolute))
    body = lxml_html.fragment_fromstring(text, create_parent="div")
    for mark in dict.fromkeys((*body.find_class("fact"), *body.find_class("claim"))):
        mark.drop_tag()
    etree.strip_elements(body, *_CHROME, etree.Comment, with_tail=False)
    url = absolute(page.meta.url)
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
    return absolute if url_schemes.is_picture(absolute) else ""


def _markup(element: lxml_html.HtmlElement) -> str:
    return str(lxml_html.tostring(element, encoding="unicode", with_tail=False)).strip()


def _given(members: dict[str, object]) -> dict[str, object]:
    """``members`` without the empty ones."""
    return {name: value for name, value in members.items() if value not in ("", [])}


def _moment(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()


def _mail_date(day: date) -> str:
    return format_datetime(datetime.combine(day, time(), UTC))


def _text(value: str) -> Markup:
    """``value`` as the text of an XML element, in which quotes need no escape: HTML has many."""
    return Markup(escape(value, quote=False))


_TEMPLATES = Templates({"moment": _moment, "mail_date": _mail_date, "xml_text": _text})
