"""Faults of a site as a whole, laid on the pages that they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from broadsheet.errors import (
    BroadsheetError,
    Notice,
    Place,
    RenderError,
    guarded,
)
from broadsheet.language import has_catalogue
from broadsheet.schemes import LINKS, Refused
from broadsheet.site.addresses import redirect_pages
from broadsheet.site.crawlers import for_crawlers
from broadsheet.site.feed_files import written_feeds
from broadsheet.site.page_making import (
    COMPOSING,
    PressedPage,
    digest_of,
    pressed,
)
from broadsheet.site.page_meta import PageMeta
from broadsheet.site.page_model import (
    list_pages,
    more_pages,
)
from broadsheet.site.record import PageRecord, as_json
from broadsheet.site.site import FailedPagesError, Site


def alone(site: Site, path: str) -> BroadsheetError | None:
    """Why the parts of a site that are of all pages cannot be made of one page alone, beside
    those that are lists; None if they can.
    """
    records = {
        one: record
        for one, record in site.records.items()
        if one == path or record.entry.is_listing
    }
    if site.records[path].entry.is_listing:
        records = {path: site.records[path]}
    site = replace(site, records=records, notices=[], pickers={}, lists={}, contents={})
    try:
        with guarded(Place(site.records[path].entry.source), COMPOSING):
            site.setting()
            for page in list_pages(site):
                digest_of(site, page)
                pressed(site, page)
            more_pages(site)
            for_crawlers(site, date.today())
            written_feeds(site, {})
            list(redirect_pages(site))
            as_json(records)
    except BroadsheetError as error:
        return error
    except FailedPagesError as failed:
        return failed.faults.get(path)
    return None


def overlap(
    path: str, pressed: PressedPage, records: Mapping[str, PageRecord]
) -> BroadsheetError | None:
    """The fault of a page one of whose figures has a page of its own where another source has one."""
    taken = next((name for name in pressed.files if name != path and name in records), None)
    return (
        None
        if taken is None
        else RenderError(
            records[path].entry.source,
            f"the page of a figure has the address /{taken}, and so has the page of "
            f"{records[taken].entry.source}",
            "Give the figure another label, or rename that page.",
        )
    )


def died_at(path: str) -> BroadsheetError:
    """The fault of a page whose process died."""
    return RenderError(
        path,
        "the process that made this page died",
        "It may have run out of memory; build with fewer `--jobs` to see.",
    )


def refusals(
    refused: Iterable[tuple[str, Refused]], entries: Mapping[str, PageMeta]
) -> Iterator[Notice]:
    """What is told of addresses that were taken out of pages when they were written."""
    for page, one in dict.fromkeys(refused):
        yield Notice(
            Place(entries[page].source if page in entries else page),
            f"{one} is not on the page: its scheme is not one that a page may have",
            f"Of schemes there may be {', '.join(sorted(LINKS))}.",
            topic="address",
        )


def unspoken(entries: Mapping[str, PageMeta]) -> Iterator[Notice]:
    """What is told of a language that has no catalogue, once."""
    first = {entry.lang: entry for _, entry in sorted(entries.items(), reverse=True)}
    for lang, entry in sorted(first.items()):
        if not has_catalogue(lang):
            yield Notice(
                Place(entry.source),
                f"our own words on pages in {lang!r} are English: there is no catalogue "
                "of that language",
                "Add one (docs/languages.md), or set `lang` to a language that has one.",
            )
