"""The messages that only the composed site shows: faults, each attributed to the page that causes
it; and notices of broken links, of addresses that are dropped or that a page may not have, of
languages without a catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath

from broadsheet.errors import (
    NO_ADDRESS,
    TO_A_FAULT,
    BroadsheetError,
    ConfigError,
    Notice,
    Place,
    RenderError,
    guarded,
)
from broadsheet.project.editions.edition import Edition
from broadsheet.project.file_lines import place_of_address
from broadsheet.project.project import INPUTS
from broadsheet.project.reading import Publication, not_yet
from broadsheet.project.sources.source import slug_of
from broadsheet.site.article import links
from broadsheet.site.article.article import meta_before
from broadsheet.site.article.article_references import slug_of_page, unknown_reference
from broadsheet.site.article.entry import Entry
from broadsheet.site.build.addresses import dropped, redirect_pages
from broadsheet.site.build.plan import Plan
from broadsheet.site.build.shared_messages import told_of
from broadsheet.site.formats.feeds import feeds_of_site
from broadsheet.site.formats.sitemaps import for_crawlers
from broadsheet.site.index.build_record import PageRecord, as_json
from broadsheet.site.index.listing import missing_contents
from broadsheet.site.index.site_index import FRONT, Index
from broadsheet.site.index.translations import unfounded_translations
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.output.output_folder import Contents
from broadsheet.site.pages.page_rendering import COMPOSING, inputs_of, leads_of, text_of_list
from broadsheet.site.pages.template_values import list_pages, more_pages
from broadsheet.text.language import has_catalogue
from broadsheet.text.url_schemes import LINKS, Refused
from plotly_alive.errors import enumerated

IndexWith = Callable[[Mapping[str, PageRecord]], Index]
"""Gives the index of the site with these pages."""


def _alone(
    index_with: IndexWith, records: Mapping[str, PageRecord], path: str
) -> BroadsheetError | None:
    """Return the error in making the parts that all pages share, for a site with only this page and
    the pages with lists; None without an error.
    """
    record = records[path]
    few = {one: other for one, other in records.items() if one == path or other.meta.is_listing}
    if record.meta.is_listing:
        few = {path: record}
    try:
        with guarded(Place(record.meta.source), COMPOSING):
            site = index_with(few)
            for page in list_pages(site):
                inputs_of(site, page)
                text_of_list(site, page)
            more_pages(site)
            for_crawlers(site, date.today())
            broken = [feed.content()[1] for feed in feeds_of_site(site)]
            redirect_pages(site, few, SiteFolder(Path(), Path(), Contents()))
            as_json(few)
    except BroadsheetError as error:
        return error
    return next((faults[path] for faults in broken if path in faults), None)


def overlap(
    path: str, files: Sequence[str], records: Mapping[str, PageRecord]
) -> BroadsheetError | None:
    """Return the fault of a page whose figure would have its page where another source has one."""
    taken = next((name for name in files if name != path and name in records), None)
    return (
        None
        if taken is None
        else RenderError(
            records[path].meta.source,
            f"the page of a figure has the address /{taken}, and so has the page of "
            f"{records[taken].meta.source}",
            "Give the figure another label, or rename that page.",
        )
    )


def died(where: Place | str) -> BroadsheetError:
    """Return the fault of a page whose process died."""
    return RenderError(
        where,
        "the process that made this page died",
        "It may have run out of memory; build with fewer `--jobs` to see.",
    )


def front_page_fault(publication: Publication, old: Mapping[str, PageRecord]) -> ConfigError | None:
    """Return the fault of a site that has lost its front page; None if it has one."""
    if any(path.with_suffix(".html") == PurePosixPath(FRONT) for path in publication.faults):
        return None
    where = publication.project.text.place(("project", "render"))
    withheld = [edition for edition in publication.withheld if str(edition.output) == FRONT]
    sources = [
        f"index{suffix}"
        for suffix in INPUTS
        if (publication.project.root / f"index{suffix}").is_file()
    ]
    if withheld:
        return ConfigError(
            withheld[0].source.place(),
            f"the site has no front page, for {not_yet(withheld[0])}",
            "A site needs its front page: take `draft` or the date out.",
        )
    if sources:
        return ConfigError(
            where,
            f"`render:` leaves out {sources[0]}, so the site has no front page",
            f"Add {sources[0]} to `render:`.",
        )
    if FRONT in old:
        return ConfigError(
            where,
            "there is no source of the site's front page, index.html",
            "Write index.qmd, in the publication's root.",
        )
    return None


def unfounded_references(
    publication: Publication, left: Mapping[str, PageRecord], records: Mapping[str, PageRecord]
) -> dict[str, BroadsheetError]:
    """Return the pages that refer to an unknown article, each with its fault."""
    referring = {path: record for path, record in records.items() if record.references}
    if not referring:
        return {}
    pages: dict[str, set[str]] = {}
    unread = {slug_of(path) for path in publication.faults}
    withheld = {one.slug: not_yet(one) for one in publication.withheld}
    for slug, path in (
        *((slug_of_page(one.meta), path) for path, one in left.items() if one.meta.is_article),
        *((one.slug, str(one.output)) for one in publication.editions if one.settings.date),
    ):
        pages.setdefault(slug, set()).add(path)
    faults: dict[str, BroadsheetError] = {}
    for path, record in referring.items():
        fault = unknown_reference(
            record.references, pages, unread, withheld, slug_of_page(record.meta)
        )
        if fault is not None:
            faults[path] = fault
    return faults


def blamed(
    index_with: IndexWith, records: Mapping[str, PageRecord], kept: Collection[str]
) -> dict[str, BroadsheetError]:
    """Return the faults of the pages that are to blame if the site of these ``records`` cannot be
    composed: with any one of them alone, it fails. Pages that are ``kept`` are not looked at. Empty
    if no page is to blame.
    """
    for of_lists in (True, False):
        faults = {
            path: fault
            for path, record in sorted(records.items())
            if path not in kept
            and record.meta.is_listing is of_lists
            and (fault := _alone(index_with, records, path))
        }
        if faults:
            return faults
    return {}


# Notices


def notices_of(
    site: Index,
    plan: Plan,
    folder: SiteFolder,
    *,
    records: Mapping[str, PageRecord],
    looked_over: Mapping[str, PageRecord],
    before: Mapping[str, PageRecord],
    faults: Mapping[str, BroadsheetError],
) -> Iterator[Notice]:
    """Yield all of these notices for a site whose files are in its ``folder``, and whose pages have
    these ``records``. The links of the pages that are ``looked_over`` are followed: of those that
    were made, and also of pages that then were refused. ``before`` are the pages of the site in the
    publication's own output, or of the old site if there is none. Pages that this build was not
    asked for, and that the folder does not have, are neither dropped nor missing. ``faults`` has
    the fault of each page that could not be made.
    """
    publication = plan.publication
    yield from _without_address(site)
    for meta in site.entries.values():
        yield from lists_of_nothing(site, meta)
    yield from _refused_addresses(folder.refused, site.entries)
    yield from _without_catalogue(site.entries)
    yield from unfounded_translations(site.entries.values())
    pages = {str(edition.output) for edition in publication.editions} - records.keys()
    unasked = pages - faults.keys()
    names = (folder.names | pages).union(
        *(one.files for path, one in looked_over.items() if one is not records.get(path))
    )
    failed = pages - unasked - folder.names
    away = [one for one in publication.editions if str(one.output) in unasked]
    names |= _lists_of(site, away)
    folders = {folder for one in away for folder in (one.files, one.figures)}
    anchors = {path: frozenset(record.anchors) for path, record in records.items()}
    withheld = {str(one.output): not_yet(one) for one in publication.withheld}
    for path, record in sorted(looked_over.items()):
        where = partial(place_of_address, site.project.root, record.meta.source)
        leads = [lead for lead in leads_of(site, record) if not _is_within(lead.path, folders)]
        for notice in links.broken(path, where, leads, names, anchors, withheld=withheld):
            yield told_of(notice, path)
        for lead in leads:
            if lead.path in failed and record is records.get(path):
                yield told_of(_to_a_fault(lead, where(lead.written)), path)
    stood = {path: record for path, record in before.items() if path not in unasked}
    yield from dropped(stood, records, folder.names | unasked, withheld)


def _to_a_fault(lead: links.Lead, where: Place) -> Notice:
    """Return the notice of a link to a page that could not be made: what to mend, that page's fault
    says.
    """
    return Notice(
        where,
        f"a link leads to `{lead.written}`, which the site does not have: that page has a fault",
        topic=TO_A_FAULT,
    )


def _lists_of(site: Index, away: Sequence[Edition]) -> set[str]:
    """Return the paths of the lists of authors and topics that the site has once the pages that
    were not asked for are made.
    """
    if not away:
        return set()
    records = {str(one.output): PageRecord(meta_before(one)) for one in away} | dict(site.records)
    whole = site.of(records)
    indexes = (index.path for index in whole.edition_indexes.values())
    return {*(page.meta.path for page in whole.indexes.pages()), *indexes}


def _is_within(path: str, folders: set[PurePosixPath]) -> bool:
    """True if a file is in one of the folders of pages that were not made, and may be there."""
    return bool(folders) and not folders.isdisjoint(PurePosixPath(path).parents)


def lists_of_nothing(site: Index, meta: Entry) -> Iterator[Notice]:
    """Yield a notice for each file or folder that a list on a page names and that does not exist."""
    for listing, _ in site.lists.get(meta.path, ()):
        entries = site.entries.values()
        yield from missing_contents(listing, meta.source, entries, site.project.root)


def _without_address(site: Index) -> Iterator[Notice]:
    """Yield the notice of what the site lacks because nobody has said where it will be."""
    with_feeds = sorted(
        {
            meta.source
            for meta in site.entries.values()
            for listing, _ in site.lists.get(meta.path, ())
            if listing.feed
        }
    )
    if site.project.site_url or not (with_feeds or site.news):
        return
    feeds = f"no feed for {enumerated(with_feeds, 3)}, " if with_feeds else ""
    yield Notice(
        site.project.text.place(("website",)),
        f"{feeds}no sitemap and no social cards: they need the site's full address",
        'Set it under `website`: `site-url: "https://example.org/"`.',
        topic="value" if with_feeds else NO_ADDRESS,
    )


def _refused_addresses(
    refused: Iterable[tuple[str, Refused]], meta_by_path: Mapping[str, Entry]
) -> Iterator[Notice]:
    """Yield a notice for each address that was removed from a page when it was written."""
    for page, address in dict.fromkeys(refused):
        yield Notice(
            Place(meta_by_path[page].source if page in meta_by_path else page),
            f"{address} is not on the page: its scheme is not one that a page may have",
            f"Of schemes there may be {', '.join(sorted(LINKS))}.",
            topic="address",
        )


def _without_catalogue(meta_by_path: Mapping[str, Entry]) -> Iterator[Notice]:
    """Yield a notice for each language that has no catalogue."""
    first = {meta.lang: meta for _, meta in sorted(meta_by_path.items(), reverse=True)}
    for lang, meta in sorted(first.items()):
        if not has_catalogue(lang):
            yield Notice(
                Place(meta.source),
                f"our own words on pages in {lang!r} are English: there is no catalogue "
                "of that language",
                "Set `lang` to a language that has one, or translate them: `locale/de/` in the installed "
                "package `broadsheet` shows how.",
                topic="language",
            )
