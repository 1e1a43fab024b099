"""The files of the previewed site, apart from the pages of sources: files of pages, the theme,
pages of figures, lists, and files of the publication that a page shows or links to.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from broadsheet.errors import BroadsheetError
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.site.article.article import NOT_FOUND
from broadsheet.site.build.copied_files import resources_of
from broadsheet.site.pages.data_pages import catalogue_pages
from broadsheet.site.pages.page_rendering import (
    asked_for,
    figure_pages_of,
    may_be_asked_for,
    text_of_list,
    uses_of,
)
from broadsheet.site.pages.template_values import list_pages, more_pages
from broadsheet.site.theme.theme_files import short_digest
from broadsheet.storage.files import check_path, is_file
from broadsheet.text.html_tree import parsed_page
from plotly_alive.map_outlines import MAPS


def file_at(previewed: PreviewedSite, path: str, digest: str = "") -> bytes | Path | None:
    """Return the bytes or the file at a ``path`` of the site; None if there is nothing. Of a file
    that two versions of a page have, the ``digest`` says which one.
    """
    theme = previewed.site.theme
    bundles = {bundle.path: bundle.file for bundle in theme.bundles}
    files: dict[str, bytes | Path] = {**theme.files, **bundles, **theme.for_charts(MAPS)}
    places: tuple[Callable[[], bytes | Path | None], ...] = (
        lambda: files.get(path),
        lambda: _of_page(previewed, path, digest),
        lambda: _list(previewed, path),
        lambda: _of_table(previewed, path),
        lambda: _own(previewed, path),
    )
    return next((file for place in places if (file := place()) is not None), None)


def not_found(previewed: PreviewedSite) -> str:
    """Return the page that the site shows where there is nothing."""
    return more_pages(previewed.site)[NOT_FOUND]


def _of_page(previewed: PreviewedSite, path: str, digest: str) -> bytes | None:
    """Return a file that came with a page, or the page of a figure."""
    edition = previewed.owner(path)
    if edition is None:
        return None
    page = previewed.page(PageAddress(str(edition.output)))
    versions = [version.files for version in previewed.pages_at(str(edition.output))]
    contents = [files[path] for files in versions if path in files]
    if contents:
        return next((file for file in contents if short_digest(file) == digest), contents[0])
    if page is None or page.article is None:
        return None
    figures = figure_pages_of(previewed.site, page.article)
    return figures[path].encode() if path in figures else None


def _list(previewed: PreviewedSite, path: str) -> bytes | None:
    """Return a list without a source."""
    if not path.endswith(".html"):
        return None
    site = previewed.site
    page = next((one for one in list_pages(site) if one.meta.path == path), None)
    return text_of_list(site, page).encode() if page is not None else None


def _of_table(previewed: PreviewedSite, path: str) -> bytes | None:
    """Return the page of a table, a file of it, or a page of the index of all tables."""
    site = previewed.site
    for meta, _, html_of in catalogue_pages(site):
        if meta.path == path:
            return html_of().encode()
    folder = path.rpartition("/")[0]
    for table in site.data.ours:
        if table.meta.path == f"{folder}/index.html":
            return previewed.table_page(table).files.get(path)
    return None


def _own(previewed: PreviewedSite, path: str) -> bytes | Path | None:
    """Return a file of the publication: one that its configuration publishes, or that a page asks
    for.
    """
    root = previewed.root
    if not may_be_asked_for(path):
        return None
    resources = resources_of(previewed.publication.project).files
    if path in resources:
        return resources[path]
    names = set[str]()
    for page in previewed.pages_at():
        if page.record is not None:
            names |= asked_for(page.record) | uses_of(
                page.record.meta.path, parsed_page(page.html), page.record.meta
            )
    if path not in names:
        return None
    try:
        check_path(root, root / path, path, published=True)
    except BroadsheetError:
        return None
    return root / path if is_file(root / path) else None
