"""Makes pages from their content and the rest of the site, each with the files that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from lxml.html import HtmlElement
from markupsafe import Markup

from broadsheet.errors import (
    BroadsheetError,
    Place,
    StoreError,
    guarded,
)
from broadsheet.site.article import links
from broadsheet.site.article.article import Article
from broadsheet.site.article.article_store import STORE
from broadsheet.site.article.entry import Entry
from broadsheet.site.formats.markdown_copy import copy_of
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.scene import (
    Page,
    render_page,
)
from broadsheet.site.index.site_index import Index
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.pages.figure_pages import render_figure_page
from broadsheet.site.pages.newsletter_box import box
from broadsheet.site.pages.template_values import model_of
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.html_tree import parsed_page
from broadsheet.text.url_schemes import Refused

COMPOSING = "putting this page into the site"
_NAVIGATED = re.compile(r"\.(html|xml|atom|feed\.json)$")


@dataclass(frozen=True)
class MadePage:
    """A page that was made."""

    files: tuple[str, ...]
    """The paths of the files that were made."""
    came: tuple[str, ...]
    """The paths of the files that came with its content."""
    uses: frozenset[str]
    """The paths of all files that it needs."""
    anchors: tuple[str, ...]
    """The fragments that links may lead to."""
    charts: frozenset[str]
    """The trace types of its charts."""
    refused: tuple[tuple[str, Refused], ...] = ()
    """The addresses that were removed, each with the page's path."""


_NAMES = {
    "editions": "its other editions",
    "picker": "its other editions",
    "selects": "its other editions",
    "index_path": "its other editions",
    "index_key": "its other editions",
    "index_title": "its other editions",
    "index": "the editions of the article",
    "related": "its related articles",
    "archived": "its earlier versions",
    "versions": "its translations",
    "feeds": "the feeds that it names",
    "blocks": "what it lists",
    "front": "what it lists",
    "archive": "what it lists",
    "issues": "the newsletter's issues",
    "issue": "the newsletter's issues",
    "feed_groups": "the feeds that it names",
    "corrections": "what it lists",
    "paging": "the pages that it goes on with",
    "kicker": "its title",
    "author": "its title",
}
"""Names for people of a page's inputs, by the fields of :class:`Page`."""


def page_inputs(site: Index, record: PageRecord) -> dict[str, str]:
    """Return the inputs of the page of an article, of a plain page, or of a list that has a source."""
    titled = {one.slug for one in record.references if one.is_titled}
    referred = [
        (slug, one.path, [one.title_html, one.date] if slug in titled else [])
        for slug, one in site.referred(record).items()
    ]
    inputs = {"its text": record.content, **inputs_of(site, model_of(site, record))}
    if record.meta.copied_as:
        inputs["the pages that it leads to"] = digest_of(
            sorted(copies_beside(site, record).items())
        )
    return inputs | ({"the articles that it refers to": digest_of(referred)} if referred else {})


def copies_beside(site: Index, record: PageRecord) -> dict[str, str]:
    """Return the copies of the pages that a page leads to, by the paths of these pages."""
    lists = [entry.path for _, entries in site.lists.get(record.meta.path, ()) for entry in entries]
    paths = {*(lead.path for lead in leads_of(site, record)), *lists}
    entries = ((path, site.entries.get(path)) for path in paths)
    return {path: entry.copy for path, entry in entries if entry and entry.copy}


def inputs_of(site: Index, page: Page) -> dict[str, str]:
    """Return the inputs of a page in addition to its content."""
    meta = page.meta
    parts: dict[str, list[object]] = {"its title": [meta]}
    for field_name, name in _NAMES.items():
        if value := getattr(page, field_name):
            parts.setdefault(name, []).append(value)
    scene = site.front_scene
    parts["the pages of its authors and topics"] = [
        [site.author_pages.get(author.name) for author in meta.authors],
        [scene.topic(category) for category in meta.categories],
    ]
    return {**site.shared_inputs, **{name: digest_of(values) for name, values in parts.items()}}


def made_or_fault(site: Index, folder: SiteFolder, path: str) -> MadePage | BroadsheetError:
    """Make a page by :func:`make_page`. Return it, or the fault in making it."""
    try:
        with guarded(Place(site.records[path].meta.source), COMPOSING):
            return make_page(site, folder, path)
    except BroadsheetError as error:
        return error


def make_page(site: Index, folder: SiteFolder, path: str) -> MadePage:
    """Put a page, and the files that belong to it, into the ``folder``; perhaps in another process
    than the one that notes it. Raises :class:`StoreError` if its article is gone.
    """
    record = site.records[path]
    content = site.article(record.meta)
    if content is None:
        raise StoreError(
            Place(record.meta.source),
            f"its article was taken away from {STORE} or damaged while the site was built",
            "See that nothing else writes there, and build again; all of it may be removed.",
        )
    text = text_of(site, record, content)
    tree = parsed_page(text)
    files = {path: text.encode()}
    if record.meta.copied_as:
        lists = [entries for _, entries in site.lists.get(path, ())]
        files |= copy_of(content, site.project, lists, copies_beside(site, record))
    elif record.references:
        files |= copy_of(content, site.project)
    figures = figure_pages_of(site, content)
    files |= {name: figure.encode() for name, figure in figures.items()}
    folder.put_all(files)
    refused = tuple(folder.refused)
    folder.refused.clear()
    return MadePage(
        tuple(files),
        content.files,
        uses_of(path, tree, record.meta).union(figures),
        tuple(sorted(links.anchors(tree))),
        content.kinds,
        refused,
    )


def text_of(site: Index, record: PageRecord, content: Article) -> str:
    """Return the HTML of a page."""
    scene, page = site.scene(record.meta.path), model_of(site, record)
    with record.meta.speaking():
        pause = box(content.excerpt, scene) if page.kind == "article" else ""
        body = content.html(lambda figure: figure.html(scene.href), pause=pause)
    return render_page(scene, replace(page, body=Markup(body + content.proof), content=content))


def leads_of(site: Index, record: PageRecord) -> list[links.Lead]:
    """Return all links of a page inside the site."""
    entries = site.referred(record)
    return [
        *record.leads,
        *(
            links.Lead(one.written, entries[one.slug].path, one.fragment)
            for one in record.references
            if one.slug in entries
        ),
    ]


def figure_pages_of(site: Index, content: Article) -> dict[str, str]:
    """Return the pages of the figures on a page, by their paths."""
    return {
        figure.page: render_figure_page(
            site.scene(figure.page), content.meta, figure, content.kinds
        )
        for figure in content.figures
        if figure.page
    }


def text_of_list(site: Index, page: Page) -> str:
    """Return the HTML of a page that has no content of its own."""
    return render_page(site.scene(page.meta.path), page)


def uses_of(path: str, tree: HtmlElement, meta: Entry) -> frozenset[str]:
    """Return the files that a page needs to be complete elsewhere: not the pages and feeds that it
    links to.
    """
    folder = PurePosixPath(path).parent
    targets = (links.internal(address, folder) for address in {*links.addresses(tree)})
    names = {str(target.path) for target in targets if target}
    used = {name for name in names if not _NAVIGATED.search(name)}
    used |= pictures_of(meta)
    used |= {
        str(PurePosixPath(name).with_suffix(".svg")) for name in used if name.endswith(".json")
    }
    return frozenset(used | {path})


def may_be_asked_for(name: str) -> bool:
    """True if a page may have the publication's file of that name: it is not a source, and not
    hidden.
    """
    path = PurePosixPath(name)
    return not links.is_source(path) and not any(part[0] in "._" for part in path.parts)


def asked_for(record: PageRecord) -> frozenset[str]:
    """Return the files of the publication that a page needs and that exist."""
    return frozenset(
        lead.path for lead in record.leads if not _NAVIGATED.search(lead.path)
    ) | pictures_of(record.meta)


def pictures_of(meta: Entry) -> frozenset[str]:
    """Return the paths of the pictures that represent a page elsewhere."""
    return frozenset(
        name
        for picture in (meta.picture, meta.chart, meta.card)
        if picture
        for name in picture.paths
    )
