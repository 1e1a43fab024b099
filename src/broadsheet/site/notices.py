"""Notices of a site as a whole: broken links, addresses that are dropped or that a page may not
have, languages without a catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from broadsheet.errors import Notice, Place
from broadsheet.language import has_catalogue
from broadsheet.project.reading import Publication, not_yet
from broadsheet.site import addresses, links
from broadsheet.site.build_record import PageRecord
from broadsheet.site.page_meta import PageMeta
from broadsheet.site.page_rendering import leads_of
from broadsheet.site.site import Site
from broadsheet.site.translations import unfounded_translations
from broadsheet.url_schemes import LINKS, Refused


def of_site(
    site: Site,
    publication: Publication,
    kept: Mapping[str, PageRecord],
    before: Mapping[str, PageRecord],
) -> Iterator[Notice]:
    """All of these notices, for a site whose files are in its folder. ``kept`` pages are old ones;
    ``before`` are the pages of the old site, or, if there is none, of that in the publication's own
    output.
    """
    yield from site.notices
    yield from _refused_addresses(site.folder.refused, site.meta_by_path)
    yield from _without_catalogue(site.meta_by_path)
    yield from unfounded_translations(site.meta_by_path.values())
    names, records = site.folder.names, site.records
    anchors = {path: frozenset(record.anchors) for path, record in records.items()}
    withheld = {str(one.output): not_yet(one) for one in publication.withheld}
    for path, record in sorted(records.items()):
        if path not in kept:
            leads = leads_of(site, record)
            yield from links.broken(
                path, record.meta.source, leads, names, anchors, withheld=withheld
            )
    yield from addresses.dropped(before, records, names, withheld)


def _refused_addresses(
    refused: Iterable[tuple[str, Refused]], meta_by_path: Mapping[str, PageMeta]
) -> Iterator[Notice]:
    """Addresses that were removed from pages when they were written."""
    for page, one in dict.fromkeys(refused):
        yield Notice(
            Place(meta_by_path[page].source if page in meta_by_path else page),
            f"{one} is not on the page: its scheme is not one that a page may have",
            f"Of schemes there may be {', '.join(sorted(LINKS))}.",
            topic="address",
        )


def _without_catalogue(meta_by_path: Mapping[str, PageMeta]) -> Iterator[Notice]:
    """Languages that have no catalogue, each once."""
    first = {meta.lang: meta for _, meta in sorted(meta_by_path.items(), reverse=True)}
    for lang, meta in sorted(first.items()):
        if not has_catalogue(lang):
            yield Notice(
                Place(meta.source),
                f"our own words on pages in {lang!r} are English: there is no catalogue "
                "of that language",
                "Add one (docs/languages.md), or set `lang` to a language that has one.",
            )
