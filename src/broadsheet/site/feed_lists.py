"""The feeds of a site: which there are, and what is in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Literal

from broadsheet.errors import (
    BroadsheetError,
    Notice,
    Place,
    guarded,
)
from broadsheet.language import speaking, t_
from broadsheet.project.settings import Listing
from broadsheet.site import feeds
from broadsheet.site.listing import ordered
from broadsheet.site.page import (
    sharing_pictures,
)
from broadsheet.site.page_meta import Correction, PageMeta
from broadsheet.site.site import FailedPagesError, Site
from broadsheet.steps import digest_of

CORRECTIONS = 20
"""How many corrections the feed of corrections has."""

FeedForm = Literal["full", "partial", "metadata"]


@dataclass(frozen=True)
class Feed:
    """A feed: the name of its file, what it is made of, and the function that makes its content."""

    name: str
    inputs: Mapping[str, str]
    content: Callable[[], bytes]


def feeds_of_site(site: Site) -> Iterator[Feed]:
    """The feeds of each list that has one, and those of corrections; none without a `site-url`."""
    for meta, listing, shown in _lists_with_feeds(site):
        if site.project.site_url:
            yield from _feeds_of_list(site, meta, listing, shown)
        else:
            notice = Notice(
                site.project.text.place(("website",)),
                f"no feed for {meta.source}: a feed needs full addresses",
                "Set `site-url` under `website`.",
            )
            site.notices.append(notice)
    for meta in site.meta_by_path.values():
        if meta.lists_corrections and site.project.site_url:
            yield from _feeds_of_corrections(site, meta)


def _lists_with_feeds(site: Site) -> list[tuple[PageMeta, Listing, Sequence[PageMeta]]]:
    return [
        (meta, listing, shown)
        for _, meta in sorted(site.meta_by_path.items())
        for listing, shown in site.lists_on(meta)
        if listing.feed
    ]


def _feeds_of_list(
    site: Site, meta: PageMeta, listing: Listing, shown: Sequence[PageMeta]
) -> Iterator[Feed]:
    """The feeds of a list, and of each category that it names, in each form."""
    settings = listing.feed
    assert settings is not None
    scene, website = site.scene(meta.path), site.project.settings.website
    found = ordered((one for one in shown if one.date), ["date desc"])
    stem = str(PurePosixPath(meta.path).with_suffix(""))
    sets = [(stem, "", found)] + [
        (
            f"{stem}-{_slug(category)}",
            category,
            [one for one in found if category in one.categories],
        )
        for category in settings.categories or []
    ]
    for name, category, chosen in sets:
        title = (settings.title or site.feed_title(meta)) + (f": {category}" if category else "")
        articles = chosen[: settings.items]
        records = [site.records[one.path] for one in articles]
        digest = digest_of([(one.meta, one.content, site.referred(one)) for one in records])
        for form in feeds.FORMS:
            head = feeds.FeedHead(
                title,
                settings.description or meta.description or website.description,
                scene.absolute(meta.url),
                scene.absolute(name + form.suffix),
                settings.language or meta.lang,
                scene.absolute(settings.image.lstrip("/")) if settings.image else "",
            )
            inputs = {
                "what it says of itself": digest_of((head, settings.type)),
                "the articles in it": digest,
            }
            content = partial(_written, site, form, head, articles, settings.type)
            yield Feed(name + form.suffix, inputs, content)


def _written(
    site: Site,
    form: feeds.Form,
    head: feeds.FeedHead,
    articles: Sequence[PageMeta],
    extent: FeedForm,
) -> bytes:
    return form.write(head, [_item(site, one, extent) for one in articles])


def _feeds_of_corrections(site: Site, meta: PageMeta) -> Iterator[Feed]:
    """The feeds of the page of corrections, in each form."""
    items = [
        _correction_item(site, one, correction)
        for one, correction in site.corrections[:CORRECTIONS]
    ]
    for form in feeds.FORMS:
        name = str(PurePosixPath(meta.path).with_suffix(form.suffix))
        head = _feed_head(site, meta, name)
        inputs = {
            "what it says of itself": digest_of(head),
            "the corrections in it": digest_of(items),
        }
        yield Feed(name, inputs, partial(form.write, head, items))


def _feed_head(site: Site, meta: PageMeta, name: str) -> feeds.FeedHead:
    scene = site.scene(meta.path)
    return feeds.FeedHead(
        site.feed_title(meta),
        meta.description or site.project.settings.website.description,
        scene.absolute(meta.url),
        scene.absolute(name),
        meta.lang,
    )


def _correction_item(site: Site, meta: PageMeta, correction: Correction) -> feeds.Item:
    """A correction as an item of its own."""
    address = f"{site.scene(meta.path).absolute(meta.url)}#{meta.anchor_of(correction)}"
    with speaking(meta.lang):
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
    return feeds.Item(item, address, "")


def _item(site: Site, meta: PageMeta, form: FeedForm) -> feeds.Item:
    """An article as an item. Raises :class:`FailedPagesError`."""
    try:
        with guarded(Place(meta.source), "putting this page into a feed"):
            return _made_item(site, meta, form)
    except BroadsheetError as error:
        raise FailedPagesError({meta.path: error}) from error


def _made_item(site: Site, meta: PageMeta, form: FeedForm) -> feeds.Item:
    """An article as an item. Its content is made once for all the feeds that have it. If the store
    has its content no more, the item has the summary alone.
    """
    scene, pictures = site.scene(meta.path), sharing_pictures(meta)
    if (meta.path, form) not in site.contents:
        content = None if meta.is_listing else site.content_of(meta)
        site.contents[meta.path, form] = (
            feeds.content(content, scene.absolute, form) if content else ""
        )
    return feeds.Item(
        meta,
        scene.absolute(meta.url),
        site.contents[meta.path, form],
        scene.absolute(pictures[-1].path) if pictures else "",
    )


def _slug(category: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", category.casefold()).strip("-")
