"""Pages made of their content and of the rest of the site, each with what goes with it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from markupsafe import Markup

from broadsheet.errors import (
    BroadsheetError,
    Place,
    guarded,
)
from broadsheet.language import speaking
from broadsheet.schemes import Refused
from broadsheet.site import links
from broadsheet.site.figure_pages import press_figure
from broadsheet.site.markdown_copy import copy_of
from broadsheet.site.newsletter_box import box
from broadsheet.site.page import (
    Page,
    press_page,
)
from broadsheet.site.page_content import PageContent
from broadsheet.site.page_meta import PageMeta
from broadsheet.site.page_model import (
    surrounded,
)
from broadsheet.site.record import PageRecord
from broadsheet.site.site import Site

COMPOSING = "putting this page into the site"
_NAVIGATED = re.compile(r"\.(html|xml|atom|feed\.json)$")


@dataclass(frozen=True)
class PressedPage:
    """What is held of a page that was pressed: the ``files`` that were made, those that ``came``
    with its content, all that it ``uses``, its anchors, the trace types of its charts, and the
    addresses that were ``refused``.
    """

    files: tuple[str, ...]
    came: tuple[str, ...]
    uses: frozenset[str]
    anchors: tuple[str, ...]
    charts: frozenset[str]
    refused: tuple[tuple[str, Refused], ...] = ()


def context_digest(site: Site, record: PageRecord) -> str:
    """A digest of all that is on a page beside its content."""
    titled = {one.slug for one in record.references if one.is_titled}
    return digest_of(
        site,
        surrounded(site, record),
        [
            (slug, one.path, [one.title_html, one.date] if slug in titled else [])
            for slug, one in site.referred(record).items()
        ],
    )


def digest_of(site: Site, page: Page, more: object = ()) -> str:
    """A digest of a page without its content."""
    entry, scene, website = (
        page.entry,
        site.scene(page.entry.path),
        site.project.settings.website,
    )
    shown = (
        site.ground,
        site.theme.names,
        scene.footer,
        scene.search,
        [(title, entry.path, entry.title) for title, entry in sorted(scene.sections.items())],
        [scene.navigation(items) for items in (website.navbar.left, website.navbar.right)],
        [
            scene.navigation(side)
            for side in (
                website.page_footer.left,
                website.page_footer.center,
                website.page_footer.right,
            )
            if isinstance(side, list)
        ],
        page,
        [scene.authors.get(one.name) for one in entry.authors],
        [*map(scene.topic, entry.categories)],
        more,
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def tried(site: Site, path: str) -> PressedPage | BroadsheetError:
    """A page, pressed (:meth:`press`); or why it cannot be."""
    try:
        with guarded(Place(site.records[path].entry.source), COMPOSING):
            return press_into(site, path)
    except BroadsheetError as error:
        return error


def press_into(site: Site, path: str) -> PressedPage:
    """Put a page, and what goes with it, into the folder; perhaps in another process than the
    one that notes it.
    """
    record = site.records[path]
    content = site.content_of(record.entry) or site.stories.get(record.story)
    text = text_of(site, record, content)
    files = {path: text.encode()}
    if record.references:
        files |= copy_of(content, site.project)
    figures = figure_pages_of(site, content)
    files |= {name: figure.encode() for name, figure in figures.items()}
    site.folder.put_all(files)
    refused = tuple(site.folder.refused)
    site.folder.refused.clear()
    return PressedPage(
        tuple(files),
        content.files,
        _uses(path, text, record.entry).union(figures),
        tuple(sorted(links.anchors(text))),
        content.kinds,
        refused,
    )


def text_of(site: Site, record: PageRecord, content: PageContent) -> str:
    """The text of a page."""
    scene, page = site.scene(record.entry.path), surrounded(site, record)
    with speaking(record.entry.lang):
        pause = box(content.excerpt, scene, page.feeds) if page.kind == "article" else ""
        body = content.html(lambda figure: figure.html(scene.href), pause=pause)
    return press_page(scene, replace(page, body=Markup(body + content.proof), content=content))


def leads_of(site: Site, record: PageRecord) -> list[links.Lead]:
    """All that a page leads to inside the site."""
    entries = site.referred(record)
    return [
        *record.leads,
        *(
            links.Lead(one.written, entries[one.slug].path, one.fragment)
            for one in record.references
            if one.slug in entries
        ),
    ]


def figure_pages_of(site: Site, content: PageContent) -> dict[str, str]:
    """The pages of the figures on a page, by their paths."""
    return {
        figure.page: press_figure(site.scene(figure.page), content.entry, figure, content.kinds)
        for figure in content.figures
        if figure.page
    }


def pressed(site: Site, page: Page) -> str:
    """The text of a page that has no content."""
    return press_page(site.scene(page.entry.path), page)


def _uses(path: str, text: str, entry: PageMeta) -> frozenset[str]:
    """The files that a page needs to be whole elsewhere: not the pages and feeds that it links to."""
    page = PurePosixPath(path)
    found = (links.internal(address, page.parent) for address in links.addresses(text))
    used = {
        str(target.path) for target in found if target and not _NAVIGATED.search(str(target.path))
    }
    used |= pictures_of(entry)
    used |= {
        str(PurePosixPath(name).with_suffix(".svg")) for name in used if name.endswith(".json")
    }
    return frozenset(used | {path})


def may_be_asked_for(name: str) -> bool:
    """Whether a page may ask for a file of that name: it is no source, and nothing hidden."""
    path = PurePosixPath(name)
    return not links.is_source(path) and not any(part[0] in "._" for part in path.parts)


def asked_for(record: PageRecord) -> frozenset[str]:
    """The files of the publication that a page asks for, if they are there."""
    return frozenset(
        lead.path for lead in record.leads if not _NAVIGATED.search(lead.path)
    ) | pictures_of(record.entry)


def pictures_of(entry: PageMeta) -> frozenset[str]:
    """The pictures that stand for a page elsewhere, by their paths."""
    return frozenset(
        name
        for picture in (entry.picture, entry.chart, entry.card)
        if picture
        for name in (picture.path, picture.dark)
        if name
    )
