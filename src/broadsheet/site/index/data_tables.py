"""The tables of the catalogue that have a page: `data/NAME/`, with `data/` as the index of them.

A table has one if a published page reads it, or if `resources` publishes its file. A table that is
neither used nor published is named nowhere. The figures themselves, in a chart, as files, or as
what moved from one version to the next, are on the page only if `resources` publishes the file: a
page that shows a total does not publish the rows that it sums.

A source, an alias or a published file at the same address wins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import escape

from broadsheet.data.descriptor import DESCRIPTOR, Package, Resource, has_catalogue
from broadsheet.data.descriptor_reading import read_descriptor
from broadsheet.errors import BroadsheetError
from broadsheet.project.project import Project
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.table_places import CATALOGUE_PAGE, IsPublished, page_of
from broadsheet.site.index.build_record import PageRecord, alias_paths
from broadsheet.site.index.edition_picker import one_entry_each
from broadsheet.site.index.listing import ordered


@dataclass(frozen=True)
class DataTable:
    """A table that has a page."""

    resource: Resource
    """Its entry in the catalogue."""
    meta: Entry
    """The entry of its page."""
    is_published: bool
    """Its file is on the site, and so its page shows its figures."""
    used_in: Sequence[Entry]
    """The pages that use it, newest first, with one edition of each."""
    is_ours: bool
    """Nothing else has the address of its page."""


@dataclass(frozen=True)
class DataTables:
    """The tables that have a page, and what the index of them says."""

    package: Package | None = None
    """The catalogue; None if there is none that can be read."""
    tables: Mapping[str, DataTable] = field(default_factory=dict)
    """The tables by their names, in the order of the catalogue."""
    has_index: bool = False
    """The site has the index of them, and nothing else at its address."""

    @property
    def title(self) -> str:
        """The title of the catalogue."""
        return self.package.title if self.package else ""

    @property
    def description(self) -> str:
        """Its description."""
        return (self.package.description if self.package else None) or ""

    @property
    def ours(self) -> list[DataTable]:
        """The tables whose pages the site makes."""
        return [table for table in self.tables.values() if table.is_ours]


def data_tables(
    project: Project, records: Mapping[str, PageRecord], is_published: IsPublished
) -> DataTables:
    """Return the tables that have a page, on a site of pages with these ``records``; none if the
    catalogue cannot be read, which is a fault elsewhere.
    """
    if not project.settings.broadsheet.data_pages or not has_catalogue(project.root):
        return DataTables()
    try:
        package = read_descriptor(project.root)
    except BroadsheetError:
        return DataTables()
    users: dict[str, list[Entry]] = {}
    for record in records.values():
        for name in record.tables:
            users.setdefault(name, []).append(record.meta)
    taken = {*records, *(path for record in records.values() for path in alias_paths(record))}
    tables = {
        resource.name: DataTable(
            resource,
            _entry(page_of(resource.name), resource.title, resource.description, project.lang),
            is_published(resource.file),
            _listed(users.get(resource.file, ()), project.lang),
            page_of(resource.name) not in taken and not is_published(page_of(resource.name)),
        )
        for resource in package.resources
        if resource.file in users or is_published(resource.file)
    }
    has_index = bool(tables) and CATALOGUE_PAGE not in taken and not is_published(CATALOGUE_PAGE)
    return DataTables(package, tables, has_index)


def _entry(path: str, title: str, description: str, lang: str) -> Entry:
    return Entry(
        path,
        path.removesuffix("index.html"),
        DESCRIPTOR,
        title,
        str(escape(title)),
        description=" ".join(description.replace("`", "").split()),
        lang=lang,
    )


def catalogue_entry(title: str, lang: str, description: str = "") -> Entry:
    """Return the entry of the index of all tables."""
    return _entry(CATALOGUE_PAGE, title, description, lang)


def _listed(users: Collection[Entry], lang: str) -> list[Entry]:
    """Return the pages to name: those that may be found, with one edition of each article."""
    shown = [meta for meta in users if meta.is_searched and not meta.withheld]
    articles = [meta for meta in shown if meta.is_article]
    others = sorted((meta for meta in shown if not meta.is_article), key=lambda meta: meta.path)
    return [*one_entry_each(ordered(articles, ["date desc"]), lang), *others]
