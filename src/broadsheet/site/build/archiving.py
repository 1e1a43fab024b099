"""Archives pages of a site: each with its figures, data and evidence, under an address that stays.

What is archived is what readers have: the files of the built site that the page needs. They keep
their places, below the folder of the day, so that their links to each other hold. Links to pages that
are not archived lead to the living site. The bytes of pages and style sheets may thus be new; all
other files are copies.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from broadsheet.site.article.style_addresses import rewrite_styles, style_addresses
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
    page = ArchivedPage(archived=day, article=meta.path, title=meta.title, lang=meta.lang, files={})
    contents = _needed(site, [*record.files, SCHEMA])  # the schema of its facts
    with meta.speaking():
        for name, content in contents.items():
            lead = partial(_lead, name, page, contents.keys())
            if name.endswith(".html"):
                tree = parsed_page(content.decode())
                _take_out(tree)
                rewrite_addresses(tree, lead)
                for element in tree.iter("style"):
                    element.text = rewrite_styles(element.text or "", lead)
                for element in tree.iterfind(".//*[@style]"):
                    element.set("style", rewrite_styles(element.get("style", ""), lead))
                if name == meta.path:
                    _mark(tree, project, meta, page)
                contents[name] = written_page(tree).encode()
            elif name.endswith(".css"):
                contents[name] = rewrite_styles(content.decode(*_LENIENT), lead).encode(*_LENIENT)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return page.model_copy(update={"files": digests}), contents


_LENIENT = ("utf-8", "surrogateescape")
"""The encoding of a style sheet, which may be another one: then its bytes stay."""


def _needed(site: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of these files of the ``site``, by their names, and of those that style sheets
    among them name.
    """
    contents, waiting = dict[str, bytes](), deque(names)
    while waiting:
        name = waiting.popleft()
        path = PurePosixPath(name)
        is_of_site = ".." not in path.parts and path.suffix not in INPUTS
        if name in contents or not is_of_site or not (site / name).is_file():
            continue
        contents[name] = (site / name).read_bytes()
        targets = (internal(address, path.parent) for address in _named_by_styles(name, contents))
        waiting += (str(target.path) for target in targets if target)
    return contents


def _named_by_styles(name: str, contents: Mapping[str, bytes]) -> list[str]:
    """Return the addresses in the style sheets that a file is or has."""
    if name.endswith(".css"):
        return style_addresses(contents[name].decode(*_LENIENT))
    if not name.endswith(".html"):
        return []
    tree = parsed_page(contents[name].decode())
    styles = [*(element.text or "" for element in tree.iter("style")), *tree.xpath("//@style")]
    return [address for style in styles for address in style_addresses(style)]


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


def _take_out(tree: HtmlElement) -> None:
    """Take out of an archived page what belongs to the living one, and keep the page out of search
    engines.
    """
    for path in _LIVING:
        for element in tree.findall(path):
            element.drop_tree()
    if not tree.findall(".//meta[@name='robots']"):
        tree.head.append(tree.makeelement("meta", name="robots", content="noindex"))


def _lead(name: str, page: ArchivedPage, names: Collection[str], address: str) -> str:
    """Return an address of the archived file ``name``: to one of the ``names`` that are archived with
    it, or else to the living site.
    """
    target = internal(address, PurePosixPath(name).parent)
    if target is None or address.startswith("?"):
        return address
    is_archived = not {str(target.path), f"{target.path}/index.html"}.isdisjoint(names)
    if is_archived and not address.lstrip().startswith("/"):
        return address
    path = PurePosixPath(page.folder, target.path) if is_archived else target.path
    return replace(target, path=path).from_page(PurePosixPath(page.folder, name))
