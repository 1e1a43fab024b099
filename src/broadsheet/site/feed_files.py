"""The feeds of a site: which there are, and what is in each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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

CORRECTIONS = 20
"""Corrections in the feed of corrections."""

FeedForm = Literal["full", "partial", "metadata"]


@dataclass(frozen=True)
class _Feed:
    """A feed to be: its file's name, how it is written, and of what."""

    name: str
    write: Callable[[feeds.FeedHead, Sequence[feeds.Item]], bytes]
    head: feeds.FeedHead
    entries: Sequence[PageMeta]
    form: FeedForm


def written_feeds(site: Site, known: Mapping[str, str]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The feeds of each list that has one, but for those whose digest is ``known``; and the
    digests of all.
    """
    made: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    for entry, listing, listed_here in _with_feeds(site):
        if not site.project.site_url:
            site.notices.append(
                Notice(
                    site.project.text.place(("website",)),
                    f"no feed for {entry.source}: a feed needs full addresses",
                    "Set `site-url` under `website`.",
                )
            )
            continue
        for feed in _feeds(site, entry, listing, listed_here):
            shown = (
                site.ground,
                feed.head,
                feed.form,
                [
                    (one, record.story, site.referred(record))
                    for one in feed.entries
                    if (record := site.records[one.path])
                ],
            )
            digests[feed.name] = (
                hashlib.sha256(repr(shown).encode()).hexdigest() if site.ground else ""
            )
            if not site.ground or known.get(feed.name) != digests[feed.name]:
                made[feed.name] = feed.write(
                    feed.head, [_item(site, one, feed.form) for one in feed.entries]
                )
    for entry in (
        entry
        for entry in site.entries.values()
        if entry.lists_corrections and site.project.site_url
    ):
        items = [
            _correction_item(site, one, correction)
            for one, correction in site.corrections[:CORRECTIONS]
        ]
        for form in feeds.FORMS:
            name = str(PurePosixPath(entry.path).with_suffix(form.suffix))
            head = _feed_head(site, entry, name)
            digests[name] = (
                hashlib.sha256(repr((site.ground, head, items)).encode()).hexdigest()
                if site.ground
                else ""
            )
            if not site.ground or known.get(name) != digests[name]:
                made[name] = form.write(head, items)
    return made, digests


def _with_feeds(site: Site) -> list[tuple[PageMeta, Listing, Sequence[PageMeta]]]:
    return [
        (entry, listing, shown)
        for _, entry in sorted(site.entries.items())
        for listing, shown in site.lists_on(entry)
        if listing.feed
    ]


def _feeds(
    site: Site, entry: PageMeta, listing: Listing, shown: Sequence[PageMeta]
) -> Iterator[_Feed]:
    """The feeds of a list: of all that it has, and of each category that it names, in each
    form.
    """
    feed = listing.feed
    assert feed is not None
    scene, website = site.scene(entry.path), site.project.settings.website
    found = ordered((one for one in shown if one.date), ["date desc"])
    stem = str(PurePosixPath(entry.path).with_suffix(""))
    sets = [(stem, "", found)] + [
        (
            f"{stem}-{_slug(category)}",
            category,
            [one for one in found if category in one.categories],
        )
        for category in feed.categories or []
    ]
    for name, category, chosen in sets:
        title = (feed.title or site.feed_title(entry)) + (f": {category}" if category else "")
        for form in feeds.FORMS:
            head = feeds.FeedHead(
                title,
                feed.description or entry.description or website.description,
                scene.absolute(entry.url),
                scene.absolute(name + form.suffix),
                feed.language or entry.lang,
                scene.absolute(feed.image.lstrip("/")) if feed.image else "",
            )
            yield _Feed(name + form.suffix, form.write, head, chosen[: feed.items], feed.type)


def _feed_head(site: Site, entry: PageMeta, name: str) -> feeds.FeedHead:
    scene = site.scene(entry.path)
    return feeds.FeedHead(
        site.feed_title(entry),
        entry.description or site.project.settings.website.description,
        scene.absolute(entry.url),
        scene.absolute(name),
        entry.lang,
    )


def _correction_item(site: Site, entry: PageMeta, correction: Correction) -> feeds.Item:
    """A correction as news of its own."""
    address = f"{site.scene(entry.path).absolute(entry.url)}#{entry.anchor_of(correction)}"
    with speaking(entry.lang):
        told = replace(
            entry,
            title=t_("Correction: %(title)s", title=entry.title),
            date=correction.date,
            modified=None,
            corrections=(),
            description=t_(
                "An earlier version said: %(wrong)s %(right)s",
                wrong=t_("“%(text)s”", text=correction.wrong),
                right=correction.right,
            ),
        )
    return feeds.Item(told, address, "")


def _item(site: Site, entry: PageMeta, form: FeedForm) -> feeds.Item:
    """An article as an item. Raises :class:`_FailedPagesError`."""
    try:
        with guarded(Place(entry.source), "putting this page into a feed"):
            return _made_item(site, entry, form)
    except BroadsheetError as error:
        raise FailedPagesError({entry.path: error}) from error


def _made_item(site: Site, entry: PageMeta, form: FeedForm) -> feeds.Item:
    """An article as an item; its content is made once for all the feeds that it is in. One whose
    content the store has no more has its summary alone.
    """
    scene, pictures = site.scene(entry.path), sharing_pictures(entry)
    if (entry.path, form) not in site.contents:
        content = None if entry.is_listing else site.content_of(entry)
        site.contents[entry.path, form] = (
            feeds.content(content, scene.absolute, form) if content else ""
        )
    return feeds.Item(
        entry,
        scene.absolute(entry.url),
        site.contents[entry.path, form],
        scene.absolute(pictures[-1].path) if pictures else "",
    )


def _slug(category: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", category.casefold()).strip("-")
