"""From the contents of pages to a whole site on disk.

A :class:`SiteBuilder` takes finished editions as they come, many at a time, and stores the content
of each. Then :meth:`SiteBuilder.compose` does the rest: it renders each page from its content and
from what the page shows of the rest of the site, unless neither has changed; writes lists, feeds
and the sitemap; gathers files; and checks every link. All of it goes into a folder beside the old
site, and the two are swapped. A page that cannot be made is a fault and stops no other: if the old
site has it, the old page is kept, with its files and its place in every list.

What belongs to the site and not to a page is deterministic: the same publication gives the same
bytes, whether its pages were made in one build or in many. The search index alone is not. Memory
does not grow with the size of the pages, because only the record of each is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from broadsheet.errors import BroadsheetError, Notice, Place, RestartError, guarded
from broadsheet.markdown.finished_edition import Finished
from broadsheet.processes.worker_processes import Workers, worker_count
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import SOURCES, Project
from broadsheet.project.reading import Publication
from broadsheet.run.build_steps import Steps, changes
from broadsheet.site.article import photos
from broadsheet.site.article.article_store import Articles
from broadsheet.site.build import faults
from broadsheet.site.build.addresses import misplaced, redirect_pages
from broadsheet.site.build.copied_files import STATIC, Resources, resources_of, static_inputs
from broadsheet.site.build.edition_pages import (
    NewPage,
    PageMaker,
    Reader,
    Renders,
    footer_texts,
    notices_on,
)
from broadsheet.site.build.shared_messages import once_each
from broadsheet.site.build.site_report import SiteReport
from broadsheet.site.build.unchanged_sources import Files, metadata_files
from broadsheet.site.formats import search, social_cards
from broadsheet.site.formats.feeds import feeds_of_site
from broadsheet.site.formats.sitemaps import for_crawlers
from broadsheet.site.index.build_record import PageRecord, Record, SourceRecord, read_record
from broadsheet.site.index.site import FRONT, SEARCH_PAGE, FailedPagesError, Site
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.output.swap import STAGING, building
from broadsheet.site.pages.page_rendering import (
    COMPOSING,
    asked_for,
    inputs_of,
    made_or_fault,
    may_be_asked_for,
    page_inputs,
    text_of_list,
)
from broadsheet.site.pages.page_values import list_pages, more_pages, search_page
from broadsheet.site.theme.theme_files import load_theme
from broadsheet.storage.files import check_path, is_file
from broadsheet.text.language import speaking


@dataclass(frozen=True)
class KeptPage:
    """An edition that is not made in this build, so that the old site's page of it is kept.
    ``fault`` says why it could not be made; it is None if the edition was not asked for.
    """

    edition: Edition
    fault: BroadsheetError | None = None


def make_site(
    publication: Publication,
    finished: Sequence[Finished | KeptPage],
    output: Path,
    *,
    pandoc: Renders,
    jobs: int = 1,
) -> SiteReport:
    """Build the site of ``publication`` at ``output``, whole or not at all, each page of it anew.
    ``finished`` has each edition that is to have a page. Other pages of the old site are not in the
    new one, except pages of sources that could not be read. ``jobs`` pages are rendered at a time.
    If another build of this site is under way, the function waits for it. Raises
    :class:`UsageError` if ``output`` is not a site's.
    """
    with building(output, publication.project.root) as folder:
        builder = SiteBuilder(publication.project, pandoc, folder)
        with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
            list(pool.map(builder.take, finished))
        return builder.compose(publication)


class SiteBuilder:
    """Makes one site in its ``folder``. Has state: the editions taken in so far, and the files that
    exist. ``old`` is the record of the old site. ``globals_now`` are the inputs of all contents,
    and ``files`` the digests of the other files that contents are made of; without global inputs,
    no later build will rely on this one. Up to ``jobs`` pages are made at a time; with ``anew``,
    also those that are up to date.
    """

    def __init__(
        self,
        project: Project,
        pandoc: Renders,
        folder: SiteFolder,
        *,
        old: Record | None = None,
        globals_now: Mapping[str, str] | None = None,
        files: Files | None = None,
        reader: Reader | None = None,
        jobs: int = 1,
        anew: bool = False,
    ) -> None:
        self._project, self._pandoc, self._folder = project, pandoc, folder
        self._old = read_record(folder.old) if old is None else old
        self._globals, self._digests = globals_now or {}, files or Files(project.root)
        self._jobs, self._anew = jobs, anew
        self._contents = Articles(project.root)
        self._documents = search.Documents(project.root, self._contents)
        self._maker = PageMaker(project, pandoc, folder, self._contents, self._documents, reader)
        self._new: dict[str, NewPage] = {}
        self._refused: dict[str, NewPage] = {}
        self._left: set[str] = set()
        self._wanted: dict[str, BroadsheetError | None] = {}

    def take(self, item: Finished | KeptPage) -> None:
        """Take in an edition: make its content, or keep its old page. Safe to call from many
        threads.
        """
        if isinstance(item, KeptPage):
            self._wanted[str(item.edition.output)] = item.fault
            return
        try:
            with guarded(item.edition.source.place(), "making this page"):
                self.note(self.made(item))
        except BroadsheetError as error:
            self.take(KeptPage(item.edition, error))

    def made(self, item: Finished) -> NewPage:
        """Make an edition; :meth:`note` may be called with the result in another process."""
        return self._maker.make(item)

    def note(self, new: NewPage) -> None:
        """Note an edition that was made. Safe to call from many threads."""
        path = new.record.meta.path
        if new.fault is not None:
            self._wanted[path], self._refused[path] = new.fault, new
            return
        self._folder.names.update(new.files)
        for name in asked_for(new.record):
            self._put_own(name, new.record.meta.source)
        self._wanted[path], self._new[path] = None, new

    def leave(self, sources: Iterable[PurePosixPath]) -> None:
        """Note sources whose pages are up to date: they are not opened, and their stored contents
        are used.
        """
        self._left.update(str(source) for source in sources)

    def compose(
        self, publication: Publication, given: Sequence[Notice] = (), *, sure: bool = True
    ) -> SiteReport:
        """Make the site of the editions that were taken in or left as they are. ``given`` are
        notices from before; ``sure`` says that nothing is missing from the contents that could be
        made on this machine.

        A page that fails at this stage becomes a fault, and the site is composed again without it.
        """
        left = {
            path: self._old.pages[path]
            for source in self._left
            for path in self._old.sources[source].pages
        }
        before = frozenset(self._folder.names)
        if any(self._wanted.values()):
            self._folder.back_to(before)  # without what a page that failed has put there
        while True:
            try:
                return self._composed(publication, left, given, sure=sure)
            except FailedPagesError as failed:
                found = {
                    path: fault
                    for path, fault in failed.faults.items()
                    if path in left or path in self._new
                }
                if not found:  # an old page, which is kept as it is
                    raise next(iter(failed.faults.values())) from failed
                for path, fault in found.items():
                    self._take_out(path, fault, left)
                self._folder.back_to(before & self._folder.names)

    def _take_out(self, path: str, fault: BroadsheetError, left: dict[str, PageRecord]) -> None:
        """Make a page that cannot be in the site a fault: drop its files, and keep its old page."""
        self._wanted[path] = fault
        if record := left.pop(path, None):
            self._left.discard(record.meta.source)
        if new := self._new.pop(path, None):
            self._folder.drop(new.files)

    def _composed(
        self,
        publication: Publication,
        left: dict[str, PageRecord],
        given: Sequence[Notice],
        *,
        sure: bool,
    ) -> SiteReport:
        """Compose the site. Raises :class:`FailedPagesError` for pages that cannot be in it."""
        self._refuse(publication, left)
        kept = self._kept(publication)
        new = {path: one.record for path, one in self._new.items()}
        records = {**new, **left, **kept}
        steps = Steps(self._old.all_steps, self._folder, self._unusable())
        footer = footer_texts(self._project, self._pandoc)
        theme = load_theme(self._project)
        site = Site(self._project, theme, records, self._contents, self._folder, footer)
        work = self._folder.new.parent
        with TemporaryDirectory(
            dir=work, prefix=f"{self._folder.old.name}.{STAGING}", ignore_cleanup_errors=True
        ) as staging:
            indexing = search.SearchIndexing(self._project, self._documents, steps, Path(staging))
            try:
                indexing.start(records)
                resources = resources_of(self._project)
                made = self._put_all(publication, site, steps, left, kept, resources=resources)
                index = indexing.result(self._months())
                self._put_index(index, site)
            except (BroadsheetError, RestartError, FailedPagesError):
                raise
            except Exception as error:
                raise faults.blamed(error, site, kept) from error
            finally:
                indexing.stop()
        found = self._faults(publication, index, resources)
        reported = self._notices(publication, site, kept)
        self._folder.record = Record(
            self._globals if sure else {},
            not found and sure,
            records,
            self._sources(publication),
            {name: step for name, step in steps.done.items() if name not in records},
            (*given, *reported),
            publication.day.isoformat(),
        ).as_bytes()
        self._trim()
        return SiteReport(
            self._folder.old,
            tuple(PurePosixPath(path) for path in sorted(set(records) - set(kept))),
            made,
            tuple(PurePosixPath(path) for path in sorted(kept)),
            tuple(PurePosixPath(path) for path in sorted(set(self._wanted) - set(records))),
            found,
            reported,
            steps.reasons,
            {
                **{path: new.record.answer for path, new in self._refused.items()},
                **{path: record.answer for path, record in records.items() if path not in kept},
            },
        )

    def _unusable(self) -> str:
        """Why no step of the old site can be reused; empty if they can."""
        changed = changes(self._old.globals, self._globals)
        if self._anew or not self._globals:
            return "all is made anew"
        return f"changed: {', '.join(changed)}" if changed else ""

    def _put_all(
        self,
        publication: Publication,
        site: Site,
        steps: Steps,
        left: Mapping[str, PageRecord],
        kept: Mapping[str, PageRecord],
        *,
        resources: Resources,
    ) -> int:
        """Put all files of the site except the search index into its folder. Returns how many pages
        were made.
        """
        folder = self._folder
        folder.put_all(site.theme.files)
        steps.put(STATIC, static_inputs(site.theme, resources.files, site.project.root), ())
        made = self._put_pages(site, steps, left, kept)
        for path in self._unknown_pages(publication, site.records):
            folder.keep_page(path)
        self._put_lists(site, steps)
        for path, text in more_pages(site).items():
            if path not in site.records:
                folder.put(path, text.encode())
        with speaking(site.lang):
            folder.put_all({**for_crawlers(site, publication.day), **resources.files})
        for feed in feeds_of_site(site):
            if not steps.reuse(feed.name, feed.inputs):
                folder.put(feed.name, feed.content())
                steps.put(feed.name, feed.inputs, [feed.name])
        for path, text in redirect_pages(site):
            folder.put(path, text.encode())
        return made

    def _put_pages(
        self,
        site: Site,
        steps: Steps,
        left: Mapping[str, PageRecord],
        kept: Mapping[str, PageRecord],
    ) -> int:
        """Make the pages that have a source, or keep those that are up to date. Returns how many
        were made. Raises :class:`FailedPagesError`.
        """
        records, failed = site.records, dict[str, BroadsheetError]()
        anew: dict[str, Mapping[str, str]] = {}
        for path, record in sorted(records.items()):
            if path in kept:
                self._folder.keep((path, *record.files))
                records[path] = replace(record, inputs={})
                continue
            try:
                with guarded(Place(record.meta.source), COMPOSING):
                    inputs = page_inputs(site, record)
            except BroadsheetError as error:
                failed[path] = error
                continue
            if steps.reuse(path, inputs):
                records[path] = replace(self._old.pages[path], answer=record.answer)
            else:
                anew[path] = inputs
        with Workers(worker_count(self._jobs, len(anew)), partial(made_or_fault, site)) as forks:
            for path, made in zip(anew, forks.map(anew, died=faults.died), strict=True):
                if isinstance(made, BroadsheetError):
                    failed[path] = made
                    continue
                if overlap := faults.overlap(path, made.files, records):
                    failed[path] = overlap
                    continue
                for_charts = site.theme.for_charts(made.charts)
                uses = made.uses.union(for_charts)
                self._folder.note(made.files, made.refused)
                self._folder.put_all(for_charts)
                needed = uses.union(made.came)
                self._folder.keep(needed.intersection(left[path].files if path in left else ()))
                try:
                    with guarded(Place(records[path].meta.source), COMPOSING):
                        for name in uses:
                            self._put_own(name, records[path].meta.source)
                except BroadsheetError as error:
                    failed[path] = error
                steps.put(path, anew[path], needed.intersection(self._folder.names))
                step = steps.done[path]
                records[path] = replace(
                    records[path], inputs=step.inputs, files=step.files, anchors=made.anchors
                )
        if failed:
            raise FailedPagesError(failed)
        return len(anew)

    def _put_lists(self, site: Site, steps: Steps) -> None:
        """Make the pages of lists that have no source."""
        for page in list_pages(site):
            path, inputs = page.meta.path, inputs_of(site, page)
            if not steps.reuse(path, inputs):
                self._folder.put(path, text_of_list(site, page).encode())
                steps.put(path, inputs, [path])

    def _put_index(self, index: search.Index, site: Site) -> None:
        """Put the search index into the folder. If the old one is kept, the search page has to say
        so.
        """
        if index.fault is not None and SEARCH_PAGE not in site.records:
            self._folder.drop([SEARCH_PAGE])
            for path, text in search_page(site, index.months).items():
                self._folder.put(path, text.encode())
        self._folder.put_all(index.files)

    def _months(self) -> list[str]:
        """The months of the old site's search indexes."""
        start = f"{search.FOLDER}/"
        return [name.removeprefix(start) for name in self._old.steps if name.startswith(start)]

    def _refuse(self, publication: Publication, left: dict[str, PageRecord]) -> None:
        """Take back the pages that refer to an unknown article, or have an alias where they cannot
        have one: each is a fault, and its old page is kept. Those among the ``left`` are removed
        from there. A front page that the site has lost is a fault, too.
        """
        records = {**left, **{path: one.record for path, one in self._new.items()}}
        if FRONT not in left and FRONT not in self._wanted:
            missing = faults.front_page_fault(publication, self._old.pages)
            if missing is not None:
                self._wanted[FRONT] = missing
        unfounded = faults.unfounded_references(publication, left, records)
        for path, fault in (misplaced(records) | unfounded).items():
            self._take_out(path, fault, left)

    def _kept(self, publication: Publication) -> dict[str, PageRecord]:
        """The old pages that are kept, by path: of editions that are wanted and were not made, and
        of sources that could not be read.
        """
        unread = {str(path) for path in publication.faults}

        def is_unread(source: str) -> bool:
            """Whether ``source`` could not be read, or lies in a folder that could not."""
            above = map(str, PurePosixPath(source).parents)
            return source in unread or not unread.isdisjoint(above)

        return {
            path: page
            for path, page in sorted(self._old.pages.items())
            if path not in self._new
            and (path in self._wanted or is_unread(page.meta.source))
            and page.meta.source not in self._left
            and (self._folder.old / path).is_file()
        }

    def _unknown_pages(
        self, publication: Publication, records: Mapping[str, PageRecord]
    ) -> list[str]:
        """The pages that could not be made and of which there is no record. Their files are known
        by name alone, and no list has them until they can be made again.
        """
        failed = {path for path, fault in self._wanted.items() if fault is not None}
        failed |= {
            str(path.with_suffix(".html")) for path in publication.faults if path.suffix in SOURCES
        }
        return sorted(failed - records.keys() - self._old.pages.keys())

    def _faults(
        self, publication: Publication, index: search.Index, resources: Resources
    ) -> dict[PurePosixPath, BroadsheetError]:
        found = dict(publication.faults)
        if index.fault is not None:
            found[PurePosixPath(search.FOLDER)] = index.fault
        paths_of = {str(edition.output): edition.path for edition in publication.editions}
        for path, fault in self._wanted.items():
            if fault is not None:  # what was not opened in this build has the place of its source
                where = paths_of.get(path) or PurePosixPath(path).with_suffix(
                    PurePosixPath(fault.where.file).suffix
                )
                found[where] = fault
        if resources.fault is not None:
            found[PurePosixPath(resources.fault.where.file)] = resources.fault
        return found

    def _notices(
        self, publication: Publication, site: Site, kept: Mapping[str, PageRecord]
    ) -> tuple[Notice, ...]:
        """The notices of the sources, and of the site as a whole."""
        before = read_record(self._project.output).pages or self._old.pages
        looked_over = {path: one for path, one in site.records.items() if path not in kept}
        looked_over |= {
            path: refused.with_files(self._project.root) for path, refused in self._refused.items()
        }
        return (
            *(one for source in sorted(self._left) for one in self._old.sources[source].notices),
            *once_each(notices_on(self._new | self._refused)),
            *once_each(faults.notices_of(site, publication, looked_over, before, self._wanted)),
        )

    def _sources(self, publication: Publication) -> dict[str, SourceRecord]:
        """A record of each source all of whose pages were made, and are the same on any day."""
        sources = {source: self._old.sources[source] for source in self._left}
        editions: dict[PurePosixPath, list[Edition]] = {}
        for edition in publication.editions:
            editions.setdefault(edition.source.path, []).append(edition)
        withheld = [(edition.source.path, edition.withheld) for edition in publication.withheld]
        for source, all_of_it in editions.items():
            pages = [str(edition.output) for edition in all_of_it]
            if not all(path in self._new for path in pages) or all_of_it[0].is_of_today:
                continue
            reads = set(metadata_files(source)).union(*(self._new[path].reads for path in pages))
            found = [one for one in publication.notices if one.where.file == str(source)]
            found += once_each(notices_on({path: self._new[path] for path in pages}))
            sources[str(source)] = SourceRecord(
                self._digests.digests(reads),
                tuple(pages),
                tuple(found),
                tuple(why for path, why in withheld if path == source),
                all_of_it[0].source.notebook is not None,
                {name: was for path in pages for name, was in self._new[path].libraries.items()},
            )
        return sources

    def _put_own(self, name: str, source: str) -> None:
        """Put a file that a page of ``source`` asks for. Raises :class:`FileError` if it may not be."""
        if name not in self._folder.names and may_be_asked_for(name):
            file = self._project.root / name
            check_path(self._project.root, file, Place(source), published=True)
            if is_file(file) and not file.resolve().is_relative_to(self._folder.old):
                self._folder.put(name, file)

    def _trim(self) -> None:
        self._contents.trim(int(self._project.settings.broadsheet.cache_size * 2**20))
        for stored in (social_cards, photos):
            stored.trim(self._project.root)
