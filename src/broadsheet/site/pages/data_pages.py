"""The page of each table: what it is, its columns, sources and versions, its chart, and its files.

The site has a page for each table of :mod:`broadsheet.site.index.data_tables`, and an index of
them. The figures of a table that `resources` publishes are on its page: a chart
(:mod:`broadsheet.site.pages.data_chart`) or else the first rows, what moved between versions, and
the files of :mod:`broadsheet.site.formats.data_package`. A table whose file is large
(`data-page-size`) has its file alone.

:func:`data_page` makes a page with its files; :func:`inputs_of_data_page` says what it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import Resource
from broadsheet.data.version_log import LoggedVersion, logged
from broadsheet.data.versions.version_changes import Moved, VersionChanges
from broadsheet.data.vintages import BY_HAND, INDEX, Vintage, version_files, vintages
from broadsheet.data.vintages import FOLDER as VINTAGES
from broadsheet.errors import BroadsheetError, Notice, Place, ToolError
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.sketch import FigureOptions
from broadsheet.figures.figure_making import DrawnFigure, drawn, sketched
from broadsheet.figures.figure_notices import undrawn
from broadsheet.figures.table import data_table
from broadsheet.figures.table.credits import CreditLink
from broadsheet.notebook.session import dataframes
from broadsheet.run.library_versions import version_of
from broadsheet.site.article.article import Article
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.table_places import CATALOGUE_PAGE, NO_PLACES, file_kind
from broadsheet.site.formats.data_package import (
    catalogue_of,
    data_package,
    dataset_of,
    parquet_of,
)
from broadsheet.site.formats.feeds import front_feeds
from broadsheet.site.index.data_tables import DataTable, catalogue_entry
from broadsheet.site.index.paging import paged, pages_for
from broadsheet.site.index.scene import Page, as_json_block, render
from broadsheet.site.index.site_index import Index
from broadsheet.site.pages.data_chart import chart_of, shown_of, time_column
from broadsheet.storage.limits import TABLE
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.language import t_, written_date, written_number
from plotly_alive.reading.plotly_json import checked
from plotly_alive.text.numbers import AS_IT_IS, NumberStyle

if TYPE_CHECKING:
    import pandas as pd

LABEL = "fig-data"
"""The label of the chart."""
FIRST_ROWS, VERSIONS, CHANGES, PUBLISHERS, LINES = 10, 20, 3, 3, 100
"""The most rows that a page shows, the most versions, of each kind the most changes of a version,
the most publishers in a citation, and the most tables on a page of the index.
"""
_MEDIA = {
    "CSV": "text/csv",
    "JSON": "application/json",
    "Parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class DataFile:
    """A file of a table for readers to download."""

    kind: str
    """Its kind as people know it."""
    path: str
    """Its path in the site."""
    size: int
    """Its size in bytes."""

    @property
    def shown_size(self) -> str:
        """Its size in words, in the current language."""
        unit, size = next(
            (unit, self.size / bytes_of)
            for unit, bytes_of in (("MB", 1_000_000), ("kB", 1_000), ("B", 1))
            if self.size >= bytes_of or unit == "B"
        )
        return f"{written_number(size, NumberStyle(digits=2))} {unit}"


@dataclass(frozen=True)
class VersionLine:
    """A version of a table, for readers."""

    vintage: Vintage
    """The version."""
    source: CreditLink
    """Its source; without a text, one that readers are not told."""
    changes: VersionChanges | None
    """The changes since the version before; None if they are not known."""
    lost: Sequence[str]
    """Some of the rows that are gone, in words."""
    moved: Sequence[str]
    """The greatest moves, in words."""
    added: Sequence[str]
    """Some of the new rows, in words."""


@dataclass(frozen=True)
class TableView:
    """A table as its page shows it; made in the current language."""

    table: DataTable
    """The table."""
    overdue: date | None
    """The day since which it was to be retrieved anew; None if it is not late."""
    sha256: str
    """The digest of its file, hexadecimal; empty if its entry has none."""
    files: Sequence[DataFile]
    """Its files."""
    versions: Sequence[VersionLine]
    """Its versions, the newest first."""
    earlier: int
    """The number of versions before these."""

    @property
    def resource(self) -> Resource:
        """Its entry in the catalogue."""
        return self.table.resource

    @property
    def kinds(self) -> Mapping[str, str]:
        """The words for the types of columns."""
        return {
            "string": t_("Text"),
            "integer": t_("Whole number"),
            "number": t_("Number"),
            "boolean": t_("True or false"),
            "date": t_("Day"),
        }

    @property
    def licences(self) -> list[CreditLink]:
        """Its licences, each with the address of its text."""
        licences = self.resource.licenses
        return [CreditLink(one.title or one.name, one.path or "") for one in licences]

    @property
    def corrections(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Of each declared correction the row, the column, the value in the source, the value here,
        and the reason.
        """
        for correction in self.resource.corrections:
            row = ", ".join(_written(value) for _, value in correction.row)
            values = (_written(correction.expect), _written(correction.value))
            yield row, self.title_of(correction.column), *values, correction.reason

    def title_of(self, name: str) -> str:
        """Return the title of a column."""
        titles = {one.name: one.title for one in self.resource.table_schema.fields}
        return titles.get(name, name)

    @property
    def publishers(self) -> str:
        """The publishers of its sources, the first few by name."""
        names = list(dict.fromkeys(one.publisher for one in self.resource.sources))
        named = "; ".join(names[:PUBLISHERS])
        return t_("%(names)s and others", names=named) if len(names) > PUBLISHERS else named


@dataclass(frozen=True)
class MadeDataPage:
    """A page of a table with its files."""

    files: Mapping[str, bytes]
    """The bytes of its files, by their paths in the site; those of the page itself first."""
    charts: frozenset[str]
    """The trace types of its chart."""
    notices: Sequence[Notice]
    """The messages to the author about its chart."""
    is_whole: bool
    """It lacks nothing that another machine, or another time, could have given it."""


def data_page(site: Index, table: DataTable, day: date, pictures: Pictures | None) -> MadeDataPage:
    """Make the page of a table on a ``day``, in the language of the publication. ``pictures`` draws
    its chart.
    """
    with site.project.speaking(site.lang):
        assert site.data.package is not None  # the table is of it
        catalogue = Catalogue(site.project.root, site.data.package, day)
        frame = _frame(catalogue, table)
        files = dict(_files(table, frame))
        view = _view(site, table, day, frame, files)
        chart, notices, is_whole = _chart(site, table, catalogue, frame, pictures)
        figure = NO_PLACES.in_credits(chart.figure) if chart else None
    rows = "" if figure or frame is None else _first_rows(frame, catalogue, site, table.meta)
    page = Page(
        table.meta,
        Article(table.meta, (figure,) if figure else ()),
        kind="dataset",
        feeds=front_feeds(site),
        archived=site.archived.get(table.meta.path, ()),
    )
    scene = site.scene(table.meta.path)
    described = dataset_of(
        scene,
        table.resource,
        table.meta.url,
        [(_MEDIA[one.kind], one.path) for one in view.files],
        first_day=_first_day(table.resource, frame),
    )
    text = render(
        "dataset",
        table.meta,
        scene=scene,
        page=page,
        view=view,
        figure=figure,
        rows=rows,
        catalogue=CATALOGUE_PAGE,
        json_ld=as_json_block(described),
    )
    contents = {table.meta.path: text.encode(), **(chart.assets if chart else {})}
    contents |= {path: data for path, data in files.items() if data is not None}
    return MadeDataPage(
        contents,
        frozenset([figure.kinds] if figure and figure.kinds else ()),
        notices,
        is_whole,
    )


def inputs_of_data_page(
    site: Index, table: DataTable, day: date, digest: Callable[[str], str]
) -> dict[str, str]:
    """Return what the page of a table is made of. ``digest`` gives the digest of a file of the
    publication.
    """
    name, resource = table.resource.name, table.resource
    used = [(one.path, one.title_html, one.date, one.lang) for one in table.used_in]
    parts = {
        "the entry of the table": [resource, table.is_published, site.data.title],
        "its rows": digest(resource.file),
        "its versions": [
            digest(f"{VINTAGES}/{name}/{INDEX}"),
            version_files(site.project.root, name) if table.is_published else [],
        ],
        "the articles that use it": used,
        "whether it is late": table.resource.overdue(day),
        "its earlier versions": list(site.archived.get(table.meta.path, ())),
        "the feeds that it names": front_feeds(site),
        "what writes Parquet": version_of("pyarrow"),
        "the names that have a colour": site.project.settings.broadsheet.colours,
    }
    return {**site.shared_inputs, **{name: digest_of(value) for name, value in parts.items()}}


def catalogue_pages(site: Index) -> Iterator[tuple[Entry, dict[str, str], Callable[[], str]]]:
    """Yield the pages of the index of all tables: of each its entry, what it is made of, and what
    makes its HTML.
    """
    if not site.data.has_index:
        return
    tables = list(site.data.tables.values())
    with site.project.speaking(site.lang):
        first = catalogue_entry(t_("Data"), site.lang, site.data.description)
    for number, meta, paging in paged(first, pages_for(len(tables), LINES)):
        page = Page(meta, kind="datasets", feeds=front_feeds(site), paging=paging)
        listed = tables[(number - 1) * LINES : number * LINES]
        lines = [(one.meta, one.resource, one.is_published, len(one.used_in)) for one in listed]
        parts = {
            "the tables in it": [site.data.title, lines],
            "the feeds that it names": page.feeds,
            "the pages that it goes on with": paging,
        }

        def made(page: Page = page, listed: Sequence[Any] = listed) -> str:
            scene = site.scene(page.meta.path)
            described = catalogue_of(scene, first.url, site.data, site.data.title)
            is_first = page.paging is None or page.paging.number == 1
            return render(
                "datasets",
                page.meta,
                scene=scene,
                page=page,
                tables=listed,
                file_kind=file_kind,
                catalogue_title=site.data.title,
                count=len(tables),
                json_ld=as_json_block(described) if is_first else "",
            )

        inputs = {name: digest_of(value) for name, value in parts.items()}
        yield meta, {**site.shared_inputs, **inputs}, made


# The parts of a page


def _frame(catalogue: Catalogue, table: DataTable) -> pd.DataFrame | None:
    """Return the rows of a table, if its page shows them: a table that breaks its rules, which is
    told elsewhere, has none.
    """
    if not table.is_published or (table.resource.bytes or 0) > TABLE["data-page-size"].value:
        return None
    try:
        if len(catalogue.content(table.resource)) > TABLE["data-page-size"].value:
            return None
        return catalogue.table(table.resource.name)
    except BroadsheetError:
        return None


def _files(table: DataTable, frame: pd.DataFrame | None) -> Iterator[tuple[str, bytes | None]]:
    """Yield the path of each file of a table, with its bytes; None for its CSV, which is there."""
    if not table.is_published:
        return
    folder, name = PurePosixPath(table.meta.path).parent, table.resource.name
    yield table.resource.file, None
    if frame is not None:
        yield str(folder / f"{name}.json"), data_package(table.resource, frame)
        if not table.resource.is_parquet and (parquet := parquet_of(frame)) is not None:
            yield str(folder / f"{name}.parquet"), parquet


def _view(
    site: Index,
    table: DataTable,
    day: date,
    frame: pd.DataFrame | None,
    files: Mapping[str, bytes | None],
) -> TableView:
    root = site.project.root
    versions, earlier = _versions(site, table, is_read=frame is not None)
    listed = []
    for path, data in files.items():
        file = root / path
        size = len(data) if data is not None else file.stat().st_size if file.is_file() else 0
        listed.append(DataFile(file_kind(path), path, size))
    digest = (table.resource.hash or "").removeprefix("sha256:")
    return TableView(table, table.resource.overdue(day), digest, listed, versions, earlier)


def _versions(site: Index, table: DataTable, *, is_read: bool) -> tuple[list[VersionLine], int]:
    """Return the newest versions of a table, and the number of the others; with what changed, if
    they may be read.
    """
    root, name = site.project.root, table.resource.name
    try:
        versions = vintages(root, name, table.resource)
        if is_read and len(versions) > 1:
            most = int(TABLE["data-page-size"].value) // (table.resource.bytes or 1)
            lines, earlier = logged(root, name, VERSIONS, most)
        else:
            lines = [LoggedVersion(one) for one in versions[::-1][:VERSIONS]]
            earlier = max(0, len(versions) - VERSIONS)
    except BroadsheetError:
        return [], 0
    return [_version_line(line, table.resource) for line in lines], earlier


def _version_line(line: LoggedVersion, resource: Resource) -> VersionLine:
    changes = line.changes
    return VersionLine(
        line.vintage,
        _source(line.vintage.source),
        changes,
        [_row(key) for key in changes.lost[:CHANGES]] if changes else [],
        [_move(one, resource) for one in changes.moved[:CHANGES]] if changes else [],
        [_row(key) for key in changes.added[:CHANGES]] if changes else [],
    )


def _source(source: str) -> CreditLink:
    """Return the source of a version for readers: an address of the web, a commit, or `by hand`. A
    path on somebody's machine is not for them.
    """
    if source.startswith(("https://", "http://")):
        return CreditLink(source.split("/")[2], source)
    if source == BY_HAND:
        return CreditLink(t_("by hand"))
    return CreditLink(source.partition(",")[0] if source.startswith("commit ") else "")


def _row(key: Sequence[Any]) -> str:
    return ", ".join(map(_written, key))


def _move(moved: Moved, resource: Resource) -> str:
    titles = {one.name: one.title for one in resource.table_schema.fields}
    column = titles.get(moved.column, moved.column)
    return f"{_row(moved.key)}, {column}: {_written(moved.before)} → {_written(moved.now)}"


def _written(value: Any) -> str:
    """Return a cell in words, in the current language."""
    if value is None:
        return t_("empty")
    if isinstance(value, date):
        return written_date(value.date() if hasattr(value, "date") else value)
    if isinstance(value, float):
        return written_number(value, AS_IT_IS)
    text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _chart(
    site: Index,
    table: DataTable,
    catalogue: Catalogue,
    frame: pd.DataFrame | None,
    pictures: Pictures | None,
) -> tuple[DrawnFigure | None, list[Notice], bool]:
    """Return the chart of a table, if it has one, what there is to say of it, and whether it lacks
    nothing that another machine, or another time, could have given it.
    """
    shown = shown_of(table.resource, frame) if frame is not None else None
    if shown is None or pictures is None:
        return None, [], pictures is not None
    name = table.resource.name
    colours = site.project.settings.broadsheet.colours
    options = FigureOptions(drawn_from=(name,), saved_as=name)
    folder = PurePosixPath(table.meta.path).parent
    sketch = sketched(checked(chart_of(shown, colours)), LABEL, folder, catalogue, options)
    place = Place(table.resource.file)
    try:
        figure = drawn(sketch, pictures)
    except ToolError as error:
        what = f"the chart of its page is left out: {error.what}"
        return None, [Notice(place, what, error.mend, topic="picture")], False
    refused = [undrawn(sketch, figure.fault, place)] if figure.fault else []
    return figure, refused, figure.is_drawn


def _first_rows(frame: pd.DataFrame, catalogue: Catalogue, site: Index, meta: Entry) -> str:
    with site.project.speaking(site.lang):
        described = dataframes.described(frame, FIRST_ROWS)
        return data_table.html_table(data_table.read(described, catalogue), name=meta.title)


def _first_day(resource: Resource, frame: pd.DataFrame | None) -> str:
    """Return the first day or year of a table over time; empty for another table."""
    along = time_column(resource, frame) if frame is not None else None
    return str(frame[along].min())[:10] if frame is not None and len(frame) and along else ""
