"""Archives pages of a site: each with its figures, data and evidence, under an address that stays.

What is archived is what readers have: the files of the built site that the page needs. They keep
their places, below the folder of the day, so that their links to each other hold. Links to pages that
are not archived lead to the living site. Of HTML files the bytes are thus new; all others are copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from lxml.html import HtmlElement
from markupsafe import Markup

from broadsheet.errors import ConfigError, UsageError
from broadsheet.project.project import INPUTS, Project
from broadsheet.site.article.article_references import slug_of_page
from broadsheet.site.article.citation import citation_of
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.links import internal, relative, rewrite_addresses
from broadsheet.site.build.copied_files import is_asked_for
from broadsheet.site.index.archived_pages import FOLDER, ArchivedPage, manifest_name
from broadsheet.site.index.build_record import PageRecord, Record
from broadsheet.site.index.data_tables import data_tables
from broadsheet.site.index.scene import site_title
from broadsheet.site.theme.templates import rendered
from broadsheet.site.theme.theme_files import SCHEMA
from broadsheet.storage import store
from broadsheet.text.html_tree import parsed, parsed_page, written_page
from plotly_alive.text.did_you_mean import nearest

_LIVING = (".//link[@rel='alternate']", ".//form[@method='post']")
"""The elements that archived pages lose: links to feeds and copies of the living page, and forms that
a service of the living site answers.
"""


def records_named(
    records: Mapping[str, PageRecord],
    slug: str,
    tables: Mapping[str, PageRecord] = MappingProxyType({}),
) -> list[PageRecord]:
    """Return the records of the pages that ``slug`` names: one page, or all editions of an article
    that has no page of that slug alone; the page of a table, `data/NAME`, among those of
    ``tables``. Raises :class:`UsageError` if there is none.
    """
    if table := tables.get(f"{slug.strip('/')}/index.html"):
        return [table]
    by_slug: dict[str, list[PageRecord]] = {}
    for record in records.values():
        name = slug_of_page(record.meta)
        by_slug.setdefault(name, []).append(record)
        if "/" in name:
            by_slug.setdefault(f"{name.partition('/')[0]}/", []).append(record)
    pages = by_slug.get(slug) or by_slug.get(f"{slug.rstrip('/')}/")
    if pages:
        return pages
    near = nearest(slug, [name for name in by_slug if not name.endswith("/")], 3, 0.4)
    raise UsageError(
        slug,
        "the site has no page with this slug",
        f"The nearest: {', '.join(near)}."
        if near
        else "Build the site, and name one of its pages.",
    )


def table_records(project: Project, record: Record) -> dict[str, PageRecord]:
    """Return records of the pages of tables on the site that has this ``record``."""
    tables = data_tables(project, record.pages, partial(is_asked_for, project))
    return {
        table.meta.path: PageRecord(table.meta, files=step.files)
        for table in tables.ours
        if (step := record.steps.get(table.meta.path))
    }


def archive(
    project: Project, site: Path, records: Sequence[PageRecord], day: date
) -> list[ArchivedPage]:
    """Archive the pages of these ``records`` of the built ``site``, as of that ``day``: write their
    files and manifests into the publication. Nothing that is archived is written over: raises
    :class:`UsageError` for a page that was archived on that day, and :class:`ConfigError` for a file
    that another page archived that day has with another content.
    """
    pages = [_archived(project, site, record, day) for record in records]
    folder = project.root / FOLDER / str(day)
    for page, contents in pages:
        if (folder / manifest_name(page.article)).exists():
            raise UsageError(
                page.path,
                "this page was archived on that day, and an archived page stays as it is",
                "Archive it on another day; or remove that version, if nobody can have cited it.",
            )
        for name, content in contents.items():
            if (folder / name).exists() and (folder / name).read_bytes() != content:
                raise ConfigError(
                    f"{page.folder}/{name}",
                    "a page archived that day needs this file with another content",
                    "Archive the page tomorrow.",
                )
    for page, contents in pages:
        for name, content in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / name).exists():
                store.write_file(folder / name, content, mode=0o644)
        text = page.model_dump_json(indent=1)  # last: a page is archived once its manifest is there
        store.write_file(folder / manifest_name(page.article), f"{text}\n".encode(), mode=0o644)
    return [page for page, _ in pages]


def _archived(
    project: Project, site: Path, record: PageRecord, day: date
) -> tuple[ArchivedPage, dict[str, bytes]]:
    """Return a page as it is archived, and its files by their paths from the folder of the day."""
    meta = record.meta
    names = [
        name
        for name in (*record.files, SCHEMA)  # the schema of its facts
        if PurePosixPath(name).suffix not in INPUTS and (site / name).is_file()
    ]
    page = ArchivedPage(archived=day, article=meta.path, title=meta.title, lang=meta.lang, files={})
    contents: dict[str, bytes] = {}
    with meta.speaking():
        for name in names:
            content = (site / name).read_bytes()
            if name.endswith(".html"):
                tree = parsed_page(content.decode())
                _lead_out(tree, name, page, frozenset(names))
                if name == meta.path:
                    _mark(tree, project, meta, page)
                content = written_page(tree).encode()
            contents[name] = content
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return page.model_copy(update={"files": digests}), contents


def _mark(tree: HtmlElement, project: Project, meta: Entry, page: ArchivedPage) -> None:
    """Say on an archived page that it is one, and how it is cited."""
    cited = replace(meta, fields={**meta.fields, "citation": _without_url(meta)})
    address = project.site_url + page.url if project.site_url else ""
    text = rendered(
        "archived.html.jinja",
        page=page,
        living=Markup(relative(PurePosixPath(page.path), meta.path)),
        citation=citation_of(cited, site_title(project), address),
    )
    banner, section = parsed(text)
    tree.find(".//main").insert(0, banner)
    for old in tree.xpath(".//*[@id='quarto-citation']"):
        old.drop_tree()
    appendix = tree.xpath(".//*[@id='quarto-appendix']") or tree.xpath(".//article") or [tree.body]
    appendix[0].append(section)


def _without_url(meta: Entry) -> object:
    """Return the page's `citation` without an address: the archived page has its own."""
    citation = meta.fields.get("citation")
    if not isinstance(citation, dict):
        return citation or True
    return {key: value for key, value in citation.items() if str(key).lower() != "url"}


def _lead_out(tree: HtmlElement, name: str, page: ArchivedPage, names: Collection[str]) -> None:
    """Lead the links of an archived page to pages that are not archived to the living site, and keep
    it out of search engines. ``name`` is its path in the living site, ``names`` are the files that
    are archived.
    """
    for path in _LIVING:
        for element in tree.findall(path):
            element.drop_tree()
    if not tree.findall(".//meta[@name='robots']"):
        tree.head.append(tree.makeelement("meta", name="robots", content="noindex"))
    here = PurePosixPath(page.folder) / name

    def living(address: str) -> str:
        target = internal(address, PurePosixPath(name).parent)
        if target is None or {str(target.path), f"{target.path}/index.html"} & {*names}:
            return address
        path = str(target.path)
        end = "".join(
            f"{sign}{text}" for sign, text in (("?", target.query), ("#", target.fragment)) if text
        )
        return relative(here, path) + end

    rewrite_addresses(tree, living)
