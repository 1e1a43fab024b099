"""The files of the previewed site, apart from the pages of sources: files of pages, the theme,
pages of figures, lists, and files of the publication that a page shows or links to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from broadsheet.errors import BroadsheetError
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.site.article.article import NOT_FOUND
from broadsheet.site.build.copied_files import resources_of
from broadsheet.site.index.scene import Page
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


class SiteFiles:
    """The files of a previewed site, as they are now. What finding any of them needs is looked up once."""

    def __init__(self, previewed: PreviewedSite) -> None:
        self._previewed = previewed

    def at(self, path: str, digest: str = "") -> bytes | Path | None:
        """Return the bytes or the file at a ``path`` of the site; None if there is nothing. Of a file
        that two versions of a page have, the ``digest`` says which one.
        """
        places: tuple[Callable[[], bytes | Path | None], ...] = (
            lambda: self._of_theme.get(path),
            lambda: self._of_page(path, digest),
            lambda: self._list(path),
            lambda: self._of_table(path),
            lambda: self._own(path),
        )
        return next((file for place in places if (file := place()) is not None), None)

    @cached_property
    def _of_theme(self) -> Mapping[str, bytes | Path]:
        theme = self._previewed.site.theme
        bundles = {bundle.path: bundle.file for bundle in theme.bundles}
        return {**theme.files, **bundles, **theme.for_charts(MAPS)}

    def _of_page(self, path: str, digest: str) -> bytes | None:
        """Return a file that came with a page, or the page of a figure."""
        previewed = self._previewed
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

    @cached_property
    def _lists(self) -> Mapping[str, Page]:
        """The lists without a source, by their paths."""
        pages = dict[str, Page]()
        for page in list_pages(self._previewed.site):
            pages.setdefault(page.meta.path, page)
        return pages

    def _list(self, path: str) -> bytes | None:
        """Return a list without a source."""
        if not path.endswith(".html") or path not in self._lists:
            return None
        return text_of_list(self._previewed.site, self._lists[path]).encode()

    def _of_table(self, path: str) -> bytes | None:
        """Return the page of a table, a file of it, or a page of the index of all tables."""
        site = self._previewed.site
        for meta, _, html_of in catalogue_pages(site):
            if meta.path == path:
                return html_of().encode()
        folder = path.rpartition("/")[0]
        for table in site.data.ours:
            if table.meta.path == f"{folder}/index.html":
                return self._previewed.table_page(table).files.get(path)
        return None

    @cached_property
    def _resources(self) -> Mapping[str, bytes | Path]:
        """The files that the configuration publishes."""
        return resources_of(self._previewed.publication.project).files

    @cached_property
    def _asked_for(self) -> frozenset[str]:
        """The files that the pages made so far ask for."""
        return frozenset[str]().union(
            *(
                asked_for(page.record)
                | uses_of(page.record.meta.path, parsed_page(page.html), page.record.meta)
                for page in self._previewed.pages_at()
                if page.record is not None
            )
        )

    def _own(self, path: str) -> bytes | Path | None:
        """Return a file of the publication: one that its configuration publishes, or that a page asks
        for.
        """
        root = self._previewed.root
        if not may_be_asked_for(path):
            return None
        if path in self._resources:
            return self._resources[path]
        if path not in self._asked_for:
            return None
        try:
            check_path(root, root / path, path, published=True)
        except BroadsheetError:
            return None
        return root / path if is_file(root / path) else None


def not_found(previewed: PreviewedSite) -> str:
    """Return the page that the site shows where there is nothing."""
    return more_pages(previewed.site)[NOT_FOUND]
