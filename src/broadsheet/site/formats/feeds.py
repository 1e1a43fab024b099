"""Feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 with whole articles.

Each list that has a feed, each category that it names, and the page of corrections has one in every
form. :mod:`broadsheet.site.formats.feed_content` makes an item's content. A feed does not say when
it was built: the same site gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache, partial
from html import escape
from itertools import chain, count
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from broadsheet.errors import BroadsheetError, Place, guarded
from broadsheet.project.settings.address import slug
from broadsheet.project.settings.settings import Listing
from broadsheet.site.article import links
from broadsheet.site.article.entry import CorrectionText, Entry
from broadsheet.site.formats.feed_content import Extent, content_of
from broadsheet.site.index.listing import ordered
from broadsheet.site.index.scene import FeedLink, sharing_pictures, site_title
from broadsheet.site.index.site_index import FRONT, Index
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import speaking, t_
from broadsheet.text.templating import Templates
from plotly_alive.text.unprintable import UNPRINTABLE

CORRECTIONS = 20
"""The most corrections in the feed of corrections."""

_JSON_FEED = "https://jsonfeed.org/version/1.1"

Faults = Mapping[str, BroadsheetError]
Items = tuple[Sequence["Item"], Faults]


@dataclass(frozen=True)
class FeedHead:
    """The head of a feed."""

    title: str
    """The feed's title."""
    description: str
    """A sentence about the feed."""
    page: str
    """The full address of the list."""
    language: str
    """The code of the language."""
    image: str = ""
    """The full address of the feed's picture."""
    address: str = ""
    """The full address of the feed itself."""
    note: str = ""
    """A note for readers who come upon the feed in a browser."""
    style: str = ""
    """The address of its style sheet for browsers."""
    about: str = ""
    """The full address of the page about feeds."""


@dataclass(frozen=True)
class Item:
    """An entry in a feed."""

    meta: Entry
    """The article's entry."""
    url: str
    """The article's full address."""
    content: str
    """Its text as HTML; empty for the summary alone."""
    picture: str = ""
    """The full address of its picture."""

    @property
    def summary(self) -> str:
        """The description of the article, in a sentence."""
        return self.meta.description or self.meta.subtitle


@dataclass(frozen=True)
class SiteFeed:
    """A feed in one form."""

    name: str
    """The path of its file."""
    inputs: Mapping[str, str]
    """The digests of what it is made of, by names for people."""
    content: Callable[[], tuple[bytes, Faults]]
    """Makes its content. The faults are those of articles that cannot be in it, by the paths of
    their pages.
    """


# What a page links to


def feed_links(site: Index, meta: Entry) -> list[FeedLink]:
    """Return the feeds that a page links to: its own, or else those of the front page."""
    listed = _links_to_own(site, meta)
    return listed + [link for link in front_feeds(site) if link not in listed]


def front_feeds(site: Index) -> list[FeedLink]:
    """Return the feeds of the front page."""
    front = site.entries.get(FRONT)
    return _links_to_own(site, front) if front else []


def feeds_by_page(site: Index) -> list[list[FeedLink]]:
    """Return the feeds of each page that has one, and those of each category that it names: those
    of the front page first.
    """
    pages = sorted(site.entries.values(), key=lambda meta: (meta.path != FRONT, meta.title))
    return [feeds for meta in pages for feeds in _links_by_category(site, meta)]


def _links_to_own(site: Index, meta: Entry) -> list[FeedLink]:
    """Return the feeds of the whole list of a page."""
    return next(_links_by_category(site, meta), [])


def _links_by_category(site: Index, meta: Entry) -> Iterator[list[FeedLink]]:
    """Yield the feeds of the list of a page, of the whole one first, then of each category."""
    settings = next((one.feed for one, _ in site.lists.get(meta.path, ()) if one.feed), None)
    if not site.project.site_url or not (settings or meta.lists_corrections):
        return
    title = (settings.title if settings else "") or _title(site, meta)
    categories = (settings.categories if settings else None) or []
    for category, stem in _stems(_stem(meta), categories).items():
        name = f"{title}: {category}" if category else title
        yield [FeedLink(form.media, form.name, name, f"{stem}{form.suffix}") for form in FORMS]


def _title(site: Index, meta: Entry) -> str:
    name = site_title(site.project)
    return name if meta.title in ("", name) else f"{meta.title} – {name}"


def _stem(meta: Entry) -> str:
    """Return the path of a page's feeds, without their suffixes."""
    return str(PurePosixPath(meta.path).with_suffix(""))


# The feeds of a site


def feeds_of_site(site: Index) -> Iterator[SiteFeed]:
    """Yield the feeds of each list that has one, and those of corrections; without a `site-url`
    there are none. An article's text is made once for all feeds that have it.
    """
    text_of = cache(partial(_text_of, site))
    for _, meta in sorted(site.entries.items()):
        for listing, shown in site.lists.get(meta.path, ()):
            if listing.feed and site.project.site_url:
                yield from _feeds_of_list(site, meta, listing, shown, text_of)
    for meta in site.entries.values():
        if meta.lists_corrections and site.project.site_url:
            chosen = site.corrections[:CORRECTIONS]
            items = [_correction_item(site, one, correction) for one, correction in chosen]
            inputs = {"the corrections in it": digest_of(items)}
            yield from _in_each_form(
                site, _stem(meta), _head(site, meta), inputs, partial(_unbroken, items)
            )


def _unbroken(items: Sequence[Item]) -> Items:
    return items, {}


def _feeds_of_list(
    site: Index, meta: Entry, listing: Listing, shown: Sequence[Entry], text_of: TextOf
) -> Iterator[SiteFeed]:
    """Yield the feeds of a list, and of each category that it names."""
    settings = listing.feed
    assert settings is not None
    dated = ordered((one for one in shown if one.date and one.path in site.records), ["date desc"])
    plain = _head(site, meta)
    head = FeedHead(
        settings.title or plain.title,
        settings.description or plain.description,
        plain.page,
        settings.language or plain.language,
        site.scene(meta.path).absolute(settings.image.lstrip("/")) if settings.image else "",
    )
    stems = _stems(_stem(meta), settings.categories or [])
    for category, stem in stems.items():
        fitting = [one for one in dated if not category or category in one.categories]
        articles = fitting[: settings.items]
        records = [site.records[one.path] for one in articles]
        made_of = [(one.meta, one.content, site.referred(one)) for one in records]
        yield from _in_each_form(
            site,
            stem,
            replace(head, title=f"{head.title}: {category}") if category else head,
            {"the articles in it": digest_of((settings.type, made_of))},
            partial(_items, site, articles, settings.type, text_of),
        )


def _head(site: Index, meta: Entry) -> FeedHead:
    description = meta.description or site.project.settings.website.description
    return FeedHead(
        _title(site, meta), description, site.scene(meta.path).absolute(meta.url), meta.lang
    )


def _in_each_form(
    site: Index,
    stem: str,
    head: FeedHead,
    inputs: Mapping[str, str],
    items: Callable[[], Items],
) -> Iterator[SiteFeed]:
    scene = site.front_scene
    with speaking(head.language):
        about = scene.subscribing("feeds")
        note = t_("This is a feed. To follow it, copy its address into a feed reader.")
    for form in FORMS:
        name = stem + form.suffix
        whole = replace(
            head,
            address=scene.absolute(name),
            note=note,
            style=links.relative(PurePosixPath(name), site.theme.paths["feed.css"]),
            about=scene.absolute(links.url_of(about)) if about else "",
        )
        yield SiteFeed(
            name,
            {"what it says of itself": digest_of(whole), **inputs},
            partial(_written, form, whole, items),
        )


def _written(form: Form, head: FeedHead, items: Callable[[], Items]) -> tuple[bytes, Faults]:
    entries, faults = items()
    return form.write(head, entries), faults


def _correction_item(site: Index, meta: Entry, correction: CorrectionText) -> Item:
    """Return a correction as an item of its own."""
    address = f"{site.scene(meta.path).absolute(meta.url)}#{meta.anchor_of(correction)}"
    with meta.speaking():
        item = replace(
            meta,
            title=t_("Correction: %(title)s", title=meta.title),
            date=correction.date,
            modified=None,
            corrections=(),
            description=t_(
                "An earlier version said: %(wrong)s %(right)s",
                wrong=t_("“%(text)s”", text=correction.wrong),
                right=correction.right,
            ),
        )
    return Item(item, address, "")


TextOf = Callable[[str, Extent], str]
"""Gives the content of the page at a path in feeds of an extent."""


def _items(site: Index, articles: Sequence[Entry], extent: Extent, text_of: TextOf) -> Items:
    """Return the articles as items, and the faults of those that cannot be in a feed."""
    items, faults = list[Item](), dict[str, BroadsheetError]()
    for meta in articles:
        try:
            with guarded(Place(meta.source), "putting this page into a feed"):
                items.append(_item(site, meta, text_of(meta.path, extent)))
        except BroadsheetError as error:
            faults[meta.path] = error
    return items, faults


def _item(site: Index, meta: Entry, text: str) -> Item:
    scene, pictures = site.scene(meta.path), sharing_pictures(meta)
    picture = scene.absolute(pictures[-1].path) if pictures else ""
    return Item(meta, scene.absolute(meta.url), text, picture)


def _text_of(site: Index, path: str, extent: Extent) -> str:
    """Return the content of the page at ``path`` in feeds. Empty if its article cannot be read: an
    item then has the summary alone.
    """
    meta = site.entries[path]
    page = None if meta.is_listing else site.article(meta)
    return content_of(page, site.scene(path).absolute, extent) if page else ""


def _stems(stem: str, categories: Sequence[str]) -> dict[str, str]:
    """Return the paths of a list's feeds, without their suffixes, by category; that of the whole
    list by an empty one. A category whose name has no ASCII letters, or the same ones as one before
    it, is spelled in Latin letters, and numbered if that is taken, too.
    """
    stems = {"": stem}
    for category in dict.fromkeys(categories):
        plain = re.sub(r"[^a-z0-9]+", "-", category.casefold()).strip("-")
        spelled = slug(category)
        numbered = (f"{spelled or 'category'}-{number}" for number in count(2))
        names = (name for name in chain((plain, spelled), numbered) if name)
        free = (path for name in names if (path := f"{stem}-{name}") not in stems.values())
        stems[category] = next(free)
    return stems


# The forms


@dataclass(frozen=True)
class Form:
    """A kind of feed."""

    suffix: str
    """The suffix of its file."""
    media: str
    """Its media type."""
    name: str
    """Its name for readers."""
    write: Callable[[FeedHead, Sequence[Item]], bytes] = field(repr=False)
    """Writes the content of its file."""


def _xml_feed(template: str, head: FeedHead, items: Sequence[Item]) -> bytes:
    """Return a feed as RSS or Atom; the ids of items are the pages' addresses."""
    days = [item.meta.updated for item in items if item.meta.updated]
    newest = max(days, default=None)
    return xml_file(template, head=head, items=items, newest=newest, epoch=date(1970, 1, 1))


def _json_feed(head: FeedHead, items: Sequence[Item]) -> bytes:
    """Return a feed as JSON Feed; the ids of items are the pages' addresses."""
    feed = {
        "version": _JSON_FEED,
        "title": head.title,
        "home_page_url": head.page,
        "feed_url": head.address,
        "description": head.description,
        "icon": head.image,
        "language": head.language,
    }
    whole = {**_given(feed), "items": [_json_item(item) for item in items]}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _json_item(item: Item) -> dict[str, Any]:
    """Return an item of a JSON Feed; one without content has its summary as its text, since the
    format requires one.
    """
    meta = item.meta
    return _given(
        {
            "id": item.url,
            "url": item.url,
            "title": meta.title,
            "summary": item.summary,
            "content_html": item.content,
            "content_text": "" if item.content else item.summary or meta.title,
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


def _given(members: dict[str, Any]) -> dict[str, Any]:
    """Return ``members`` without the empty ones."""
    return {name: value for name, value in members.items() if value not in ("", [])}


FORMS = (
    Form(".xml", "application/rss+xml", "RSS", partial(_xml_feed, "rss.xml.jinja")),
    Form(".atom", "application/atom+xml", "Atom", partial(_xml_feed, "atom.xml.jinja")),
    Form(".feed.json", "application/feed+json", "JSON Feed", _json_feed),
)
"""All kinds; each feed is written in every one."""


def xml_file(template: str, **values: object) -> bytes:
    """Return an XML file of the site by its template, without what XML cannot have."""
    text = UNPRINTABLE.sub("", _TEMPLATES.render(template, **values))
    return text.strip().encode() + b"\n"


def _moment(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()


def _mail_date(day: date) -> str:
    return format_datetime(datetime.combine(day, time(), UTC))


def _xml_text(value: str) -> Markup:
    """Return ``value`` as the text of an XML element, in which quotes need no escape: HTML has
    many.
    """
    return Markup(escape(value, quote=False))


def _as_html(text: str) -> str:
    """Return plain text as HTML, which RSS has in a description: without this, readers would take a
    `<` of a text for a tag.
    """
    return escape(text, quote=False)


_TEMPLATES = Templates(
    {"moment": _moment, "mail_date": _mail_date, "xml_text": _xml_text, "as_html": _as_html}
)
