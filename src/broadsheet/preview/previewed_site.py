"""The publication as it is now, in memory: each page is made when it is asked for.

What a build does for all pages is done here for one: it is run or its kept run is found, finished,
rendered, and put into the site. The warm processes, Pandoc, the browser that draws and the
catalogue live on from page to page. Pages that nobody has opened take part in lists with the titles
of their front matter.

Has state, and is used by one thread at a time, the one that makes pages.
"""

from __future__ import annotations

import posixpath
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Self
from urllib.parse import quote, unquote

from lxml import etree
from lxml.html import HtmlElement

from broadsheet.checks.check import CheckedSentence
from broadsheet.checks.claim_report import ClaimWords
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.recorded import FOLDER as RECORDS
from broadsheet.data.versions.partial_reads import files_behind
from broadsheet.errors import (
    MISSING_FILE,
    BroadsheetError,
    Notice,
    Place,
    guarded,
    unexpected,
)
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.markdown.document import Inline
from broadsheet.markdown.rendering import Rendering
from broadsheet.press.press import Press
from broadsheet.preview.access import tell_nothing
from broadsheet.preview.file_watcher import was_written
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import INPUTS, NOTEBOOK, SCRIPT, open_project
from broadsheet.project.reading import Publication, open_publication
from broadsheet.project.sources.pairing import is_article, is_notebook
from broadsheet.project.sources.source import Source, read_source
from broadsheet.site.article import links
from broadsheet.site.article.article import Article, meta_before
from broadsheet.site.build.copied_files import is_asked_for
from broadsheet.site.build.edition_pages import MAKING, article_of, record_of
from broadsheet.site.build.site_texts import site_texts
from broadsheet.site.build.unchanged_sources import Files
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.data_tables import DataTable
from broadsheet.site.index.site_index import Index, index_of
from broadsheet.site.pages.data_pages import MadeDataPage, data_page, inputs_of_data_page
from broadsheet.site.pages.page_rendering import text_of
from broadsheet.site.theme.theme_files import load_theme, short_digest
from broadsheet.storage.limits import bounded_work
from broadsheet.text import url_schemes
from broadsheet.text.html_tree import attributes, parsed_page, written_page

SECONDS_TO_END = 2.0
"""The time that a run whose code has changed meanwhile may take to end by itself."""


@dataclass(frozen=True)
class PageAddress:
    """A page, perhaps with other values of its parameters."""

    path: str
    """The page's path in the site."""
    values: tuple[tuple[str, str], ...] = ()
    """The values in place of its own, as text, by the parameters' names."""


@dataclass
class PreviewPage:
    """The page of a source, as it was made last."""

    source: PurePosixPath
    """The path of the source."""
    edition: Edition | None = None
    """The edition; None if the source could never be read."""
    version: int = 0
    """The number of times that something of the page has changed."""
    rendering: Rendering | None = None
    """The body of the edition."""
    article: Article | None = None
    """The article."""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The files of the article, by their paths in the site."""
    record: PageRecord | None = None
    """The page's record."""
    site: Index | None = field(default=None, repr=False)
    """The index of the site with which the HTML was made."""
    html: str = ""
    """The HTML of the last time that it could be made; empty if it never could."""
    anchors: frozenset[str] = frozenset()
    """The fragments of that HTML which links may lead to."""
    content_fault: BroadsheetError | None = None
    """The fault for which the article cannot be made now."""
    html_fault: BroadsheetError | None = None
    """The fault for which the HTML cannot be made of the article."""
    begun: float = 0.0
    """The time at which making it began, in seconds."""
    ended: float = 0.0
    """The time at which it was made, in seconds."""
    notices: tuple[Notice, ...] = ()
    """The messages to the author."""
    is_checked: bool = False
    """The page was looked over since it was made."""
    sentences: tuple[CheckedSentence, ...] = ()
    """Its sentences with words that nothing accounts for."""
    claims: tuple[ClaimWords, ...] = ()
    """Its claims, each with the ground of its words."""
    broken_links: tuple[Notice, ...] = ()
    """The messages of links and lists that lead nowhere."""
    table_changes: tuple[Notice, ...] = ()
    """The messages of what is suspicious in its tables."""
    check_faults: tuple[BroadsheetError, ...] = ()
    """The faults for which it could not be looked over."""
    reads: frozenset[str] = frozenset()
    """The files that it was made of."""
    ran: bool = False
    """The notebook was run."""
    why: str = ""
    """The reason for the run; empty if a kept run was used."""
    stale: bool = True
    """Something that it was made of has changed since."""

    @property
    def seconds(self) -> float:
        """The time in which it was made."""
        return self.ended - self.begun

    @property
    def fault(self) -> BroadsheetError | None:
        """The fault for which it cannot be made now."""
        return self.content_fault or self.html_fault

    def rests_on(self, changed: Collection[str], sources: Collection[str], root: Path) -> bool:
        """True if one of the files ``changed`` went into it, or might mend it. Another of the
        ``sources`` mends nothing, and neither does a file that the page's own run has written.
        """
        if str(self.source) in changed:
            return True
        # What a run has read and not written itself, an author has changed meanwhile.
        others = [name for name in changed if not was_written(root / name, self.begun, self.ended)]
        changes = others if self.fault is not None else changed
        if self.fault is not None and any(name not in sources for name in others):
            return True
        folders = {f"{PurePosixPath(name).parent}/" for name in others}
        return any(
            name in changes
            or name in folders
            or any(file != name and file in changed for file in files_behind(name))
            for name in self.reads
        )


class PreviewedSite:
    """The publication at ``root``; a context manager. What cannot be read as it is now stays as it
    was read last.
    """

    publication: Publication
    """The publication, as it was read last."""
    editions: Mapping[str, Edition]
    """The editions by the paths of their pages."""
    site: Index
    """The index of all pages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fault: BroadsheetError | None = None
        self._open = ExitStack()
        self._pages: dict[PageAddress, PreviewPage] = {}
        self._articles: dict[str, Article] = {}  # of the pages that were made, by their paths
        self._records: dict[str, PageRecord] = {}
        self._texts: Mapping[str, Inline] = {}
        self._tables: dict[str, tuple[Mapping[str, str], MadeDataPage]] = {}
        self._owners: dict[PurePosixPath, int] = {}
        self._running: Edition | None = None
        self._is_broken_off = False

    def __enter__(self) -> Self:
        project = open_project(self.root)
        # The press is the publication at work until it is closed, but here: others may be beside it.
        context = copy_context()
        with ExitStack() as stack:
            self._press = Press(project, 1, for_screen=True)
            context.run(self._press.__enter__)
            stack.push(partial(context.run, self._press.__exit__))
            self._press.pandoc.begin()
            self.open()
            self._open = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._open.__exit__(*error)  # type: ignore[arg-type]

    # What there is

    def owner(self, path: str) -> Edition | None:
        """Return the edition whose page, figure's page or file is at that path of the site."""
        above = (PurePosixPath(path), *PurePosixPath(path).parents)
        owners = self._owners or self._note_owners()
        numbers = [owners[one] for one in above if one in owners]
        return self.publication.editions[min(numbers)] if numbers else None

    def _note_owners(self) -> Mapping[PurePosixPath, int]:
        """Note the first edition that has each place, by its number."""
        for number, edition in enumerate(self.publication.editions):
            for place in (edition.output, edition.files, edition.figures):
                self._owners.setdefault(place, number)
        return self._owners

    def pages_at(self, path: str = "") -> list[PreviewPage]:
        """Return the pages that were made: those at a path with any values, or all."""
        return [
            page for one, page in self._pages.items() if page.article and path in ("", one.path)
        ]

    @property
    def pictures(self) -> Pictures:
        """The pictures of charts."""
        return self._press.pictures

    def known(self, address: PageAddress) -> PreviewPage | None:
        """Return a page as it was made last, if it was."""
        return self._pages.get(address)

    def table_changes(self, reads: Collection[str]) -> list[Notice]:
        """Return messages of what is suspicious in the tables among the files that were read,
        compared with their records.
        """
        if self._press.catalogue_fault or (catalogue := self._press.catalogue) is None:
            return []
        tables = catalogue.package.resources
        return catalogue.differences(one.name for one in tables if one.file in reads)

    def at_work(self) -> AbstractContextManager[None]:
        """Return a context for work on the publication, as it was read last."""
        return self.publication.project.at_work()

    # What has changed

    def open(self) -> None:
        """Read the whole publication. Raises :class:`BroadsheetError` for its configuration."""
        self._take(open_publication(self.root, open_project(self.root), drafts=True))
        with self.at_work():
            self._begin_anew()

    def _begin_anew(self) -> None:
        project = self.publication.project
        with guarded("_quarto.yml", "rendering the texts of the site"):
            texts = site_texts(project, self._press.pandoc)
        self._texts = texts.by_name
        notices = (*self.publication.notices, *texts.notices)
        self.publication = replace(self.publication, notices=notices)
        self._records = {
            str(edition.output): self._records.get(str(edition.output))
            or PageRecord(meta_before(edition))
            for edition in self.publication.editions
        }
        self._anew()
        for page in self._pages.values():
            page.stale = True

    def note(self, changed: Collection[str]) -> None:
        """Take note that these files of the publication have changed; some may be new or gone."""
        with self.at_work():
            self._note(changed)

    def _note(self, changed: Collection[str]) -> None:
        sources = {str(one.source.path) for one in self.publication.editions}
        sources |= {str(path) for path in self.publication.faults}
        if DESCRIPTOR in changed:
            self._press.reopen_catalogue()
        config = self.publication.project.config_files
        of_all = any(name in config or _is_of_all(name, sources, self.root) for name in changed)
        is_missed = any(
            one.topic == MISSING_FILE and one.where.file not in sources
            for one in self.publication.notices
        )
        of_all |= is_missed and not sources.issuperset(changed)
        if of_all or self.fault is not None:
            self.fault = None
            with self.attempt():
                return self.open()
        with self.attempt():
            if read := sorted(sources.intersection(changed)):
                self._reread([PurePosixPath(name) for name in read])
            if DESCRIPTOR in changed:
                self._anew()
            if any(name.startswith("theme/") or name.endswith(".css") for name in changed):
                self.site = replace(self.site, theme=load_theme(self.publication.project))
        has_record = any(name.startswith(f"{RECORDS}/") for name in changed)
        for page in self._pages.values():
            rests = has_record or page.rests_on(changed, sources, self.root)
            page.stale = page.stale or rests
        return None

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Make what goes wrong in the block a fault of all pages, until it is mended."""
        try:
            yield
        except Exception as error:
            self.fault = _fault_of(error, "the publication", "reading what was saved")

    @property
    def styles(self) -> list[str]:
        """The addresses of the style sheets, from the site's root."""
        theme = self.site.theme
        stylesheets = [f"{quote(path)}?{digest}" for path, digest in theme.stylesheets.items()]
        return [theme.paths["broadsheet.css"], *stylesheets]

    def _reread(self, paths: list[PurePosixPath]) -> None:
        """Read these sources again, and leave the others as they are."""
        before = self.publication
        others = [one for one in before.editions if one.source.path not in paths]
        read = open_publication(self.root, before.project, paths, day=before.day, drafts=True)
        if any(str(one.output) not in self.editions for one in read.editions):
            return self.open()  # a page of a new name, which another may have
        # Of a source that cannot be read now, the pages are still there.
        others += [one for one in before.editions if one.source.path in read.faults]
        fresh = {str(one.output): one for one in read.editions}
        lists = {path: meta_before(one) for path, one in fresh.items()}
        lists = {
            path: meta for path, meta in lists.items() if meta != meta_before(self.editions[path])
        }
        names = set(map(str, paths))
        faults = {path: one for path, one in before.faults.items() if path not in paths}
        kept = [one for one in before.notices if one.where.file not in names]
        kept += [one for one in read.notices if one.where.file in names]
        self._take(
            replace(
                before,
                editions=(*others, *read.editions),
                faults={**faults, **read.faults},
                notices=tuple(kept),
            )
        )
        gone = self._records.keys() - self.editions.keys()
        for path in gone:
            del self._records[path]
        for path, meta in lists.items():
            self._records[path] = replace(self._records[path], meta=meta)
        if gone or lists:
            self._anew()
        return None

    def break_off(self, changed: Collection[str]) -> None:
        """Break off the run of an article whose code is among the files ``changed``, which are
        noted next. Its result would be that of the code before, and it may never end. The next run
        has to warm up anew, so a run has some seconds to end by itself. From any thread.
        """
        running = self._running
        if running is None or str(running.source.path) not in changed:
            return
        with self.at_work(), suppress(BroadsheetError):
            if _code(read_source(self.root, running.source.path)) == _code(running.source):
                return

        def end() -> None:
            if self._running is running:
                self._is_broken_off = True
                self._press.break_off()

        timer = threading.Timer(SECONDS_TO_END, end)
        timer.daemon = True
        timer.start()

    def _take(self, publication: Publication) -> None:
        self.publication = publication
        self.editions = {str(edition.output): edition for edition in publication.editions}
        self._owners = {}

    def _anew(self) -> None:
        """Forget what was derived of all pages together."""
        project = self.publication.project
        self.site = index_of(
            dict(self._records),
            self._articles.get,
            project,
            load_theme(project),
            self._texts,
            has_search=False,
            is_published=partial(is_asked_for, project),
        )

    # Pages

    def table_page(self, table: DataTable) -> MadeDataPage:
        """Return the page of a table with its files, made if it was not, if it lacks something, or if
        something that it is made of has changed.
        """
        day, path = self.publication.day, table.meta.path
        with self.at_work():
            inputs = inputs_of_data_page(self.site, table, day, Files(self.root).digest)
            before = self._tables.get(path)
            if before is None or before[0] != inputs or not before[1].is_whole:
                before = inputs, data_page(self.site, table, day, self.pictures)
                self._tables[path] = before
            return before[1]

    def page(self, address: PageAddress) -> PreviewPage | None:
        """Return a page, made if it was not or if it is stale; None if there is none at that path."""
        with self.at_work():
            return self._page(address)

    def _page(self, address: PageAddress) -> PreviewPage | None:
        edition = self.editions.get(address.path)
        source = edition.source.path if edition else self._unread(address.path)
        if source is None:
            return None
        page = self._pages.setdefault(address, PreviewPage(source))
        if page.stale:
            page.edition = edition or page.edition
            self._make(page, address)
        if page.article is not None and page.site is not self.site:
            page.html_fault, page.site = None, self.site
            try:
                self._render(page)
            except Exception as error:
                page.html_fault = _fault_of(error, Place(str(page.source)), MAKING)
            page.version += 1
        return page

    def records(self) -> Mapping[str, PageRecord]:
        """Return the records of all pages by their paths. The record of a page that was not made is
        from its front matter.
        """
        return self._records

    def is_stale(self, address: PageAddress) -> bool:
        """True if a page has to be made again."""
        return address in self._pages and self._pages[address].stale

    def _unread(self, path: str) -> PurePosixPath | None:
        """Return the source that could not be read and whose page would be at that path."""
        faults = self.publication.faults
        return next((one for one in faults if str(one.with_suffix(".html")) == path), None)

    def _make(self, page: PreviewPage, address: PageAddress) -> None:
        """Make a page; what goes wrong is its fault, and the page stays as it was."""
        where = Place(str(page.source))
        page.content_fault = self.publication.faults.get(page.source)
        page.stale, page.begun = False, time.time()
        try:
            if page.content_fault is None and page.edition is not None:
                with bounded_work(where, MAKING):
                    self._run_and_make(page, page.edition, address)
        except Exception as error:
            page.content_fault = _fault_of(error, where, MAKING)
        page.ended = time.time()
        page.version += 1

    def _run_and_make(self, page: PreviewPage, edition: Edition, address: PageAddress) -> None:
        project = self.publication.project
        values = dict(address.values)
        self._running, self._is_broken_off = edition, False
        [outcome] = self._press.run([edition], given=values or None)
        self._running = None
        if self._is_broken_off:  # it is made again for the change that it was broken off for
            return
        page.ran, page.why = outcome.ran, outcome.why
        rendering = self._press.rendering(outcome)
        article, page.files = article_of(project, rendering)
        page.rendering, page.article, page.is_checked = rendering, article, False
        page.reads = frozenset(article.reads)
        page.notices = article.notices
        page.record = record_of(article, address.path, rendering.finished.reads)
        if not values:
            before = self._records.get(address.path)
            self._records[address.path] = page.record
            self._articles[address.path] = article
            if (
                before is None
                or page.record.meta.is_listing
                or _lists(before) != _lists(page.record)
            ):
                self._anew()
        page.site = None

    def _render(self, page: PreviewPage) -> None:
        """Make the HTML of a page from its content and the site."""
        assert page.article is not None
        assert page.record is not None
        content = self.site.linked(page.record, page.article)
        tree = parsed_page(text_of(self.site, page.record, content))
        tell_nothing(tree)
        _stamp(tree, page.record.meta.path, page.files)
        page.anchors = links.anchors(tree)
        page.html, _ = url_schemes.filtered(written_page(tree))


_ADDRESSES = etree.XPath("//@data-figure | //@data-values | //@src | //@href")
"""The attributes in which a page names a file of its own."""


def _stamp(tree: HtmlElement, path: str, files: Mapping[str, bytes]) -> None:
    """Add to the addresses of a page's own ``files`` their digests, so that a part of the page differs
    if a file of it does.
    """
    folder = PurePosixPath(path).parent
    for address in attributes(tree, _ADDRESSES):
        name = posixpath.normpath(str(folder / unquote(address)))
        if name in files and not set("?#:").intersection(address):
            address.getparent().set(address.attrname, f"{address}?v={short_digest(files[name])}")


def _code(source: Source) -> list[str]:
    return [cell.source for cell in source.cells() if cell.cell_type == "code"]


def _fault_of(error: Exception, where: Place | str, doing: str) -> BroadsheetError:
    return error if isinstance(error, BroadsheetError) else unexpected(error, where, doing)


def _lists(record: PageRecord) -> tuple[object, ...]:
    """Return what other pages show of a page."""
    return record.meta, record.aliases, record.references, record.tables, bool(record.content)


def _is_of_all(name: str, sources: Collection[str], root: Path) -> bool:
    """True if a file may concern any page: the configuration, a template, words, a source that is
    new or gone.
    """
    path = PurePosixPath(name)
    is_known, is_there = name in sources, (root / name).is_file()
    if is_there and not is_known and str(path.with_suffix(NOTEBOOK)) in sources:
        return not is_notebook(root, path)  # unless it is a copy
    if path.suffix == SCRIPT:
        return is_known != (is_there and is_article(root, path))
    if path.suffix in INPUTS and not any(part[0] == "_" for part in path.parts):
        return not (is_known and is_there)
    return path.suffix in (".yml", ".yaml") or name.startswith(("theme/templates/", "theme/words/"))
