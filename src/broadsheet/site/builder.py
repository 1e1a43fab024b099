"""From stories to a whole site on disk.

A :class:`Press` takes finished editions as they come, many at a time, and keeps of each its story.
Then :meth:`Press.compose` tells the rest: give each page its surroundings; press what is new or
newly surrounded and let the rest stand as it is; write feeds and the sitemap; gather files; check
every link. All of it goes into a folder beside the old site, and the two are swapped. A page that
can not be made is a fault and stops no other: if the old site has it, the old page stays up, with
its files and its place in every list.

What belongs to the site and not to a page is deterministic: the same publication gives the same
bytes, whether its pages were made in one build or in many. Memory does not grow with the pages'
size, for of each only its record is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Protocol

from broadsheet import environment, paths
from broadsheet.errors import (
    BroadsheetError,
    ConfigError,
    Notice,
    Place,
    RestartError,
    guarded,
    unexpected,
)
from broadsheet.figures.page_figure import PageFigure
from broadsheet.files import is_file
from broadsheet.language import speaking
from broadsheet.markdown.document import Document, Inline, Rendered
from broadsheet.markdown.document_text import document_of
from broadsheet.markdown.finished import Finished
from broadsheet.project.edition import Edition
from broadsheet.project.project import CONFIG, INPUTS, Project
from broadsheet.project.reading import Publication, not_yet
from broadsheet.project.source import slug_of
from broadsheet.site import addresses, cards, links, search
from broadsheet.site.addresses import redirect_pages
from broadsheet.site.crawlers import for_crawlers
from broadsheet.site.faults import (
    alone,
    died_at,
    overlap,
    refusals,
    unspoken,
)
from broadsheet.site.feed_files import written_feeds
from broadsheet.site.folder import SiteFolder
from broadsheet.site.freshness import Files, dress_of, metadata_files, resources_fault, resources_of
from broadsheet.site.markdown_copy import copy_of
from broadsheet.site.page import (
    base_path,
)
from broadsheet.site.page_content import PageContent, content_of
from broadsheet.site.page_content_store import Stories
from broadsheet.site.page_making import (
    COMPOSING,
    asked_for,
    context_digest,
    digest_of,
    leads_of,
    may_be_asked_for,
    pressed,
    tried,
)
from broadsheet.site.page_model import (
    list_pages,
    more_pages,
    search_page,
)
from broadsheet.site.record import PageRecord, Record, SourceRecord, read_record
from broadsheet.site.references import slug_of_page, unknown
from broadsheet.site.site import FRONT, FailedPagesError, Site
from broadsheet.site.swap import STAGING, building
from broadsheet.site.theme import load_theme
from broadsheet.site.translations import unfounded
from broadsheet.site.workers import Beside, Forks, at_once, beside

Reader = Callable[[Finished, Document, Rendered], object]
"""Is given each page once it is made, perhaps in another process; what it says of it is for who
listens here.
"""


class Renders(Protocol):
    """What we need of the Pandoc pool."""

    def render(self, document: Document) -> Rendered:
        """One page's body. Raises :class:`RenderError`."""


@dataclass(frozen=True)
class KeptPage:
    """An edition that is not made in this build: the page that the old site has of it stays up.

    ``fault`` says why it could not be made; None if it was not asked for.
    """

    edition: Edition
    fault: BroadsheetError | None = None


@dataclass(frozen=True)
class SiteReport:
    """What became of a build. ``pages`` are up to date, and ``made`` is how many of them were not
    before; ``standing`` are old pages of what could not be made, which stay up; ``absent`` could
    not be made and had no old page. ``faults`` has the error of each page by its path in the
    publication.
    """

    output: Path
    pages: tuple[PurePosixPath, ...]
    made: int
    standing: tuple[PurePosixPath, ...]
    absent: tuple[PurePosixPath, ...]
    faults: Mapping[PurePosixPath, BroadsheetError]
    notices: tuple[Notice, ...]


def make_site(
    publication: Publication,
    finished: Sequence[Finished | KeptPage],
    output: Path,
    *,
    pandoc: Renders,
    jobs: int = 1,
    waiting: Callable[[], None] = lambda: None,
) -> SiteReport:
    """Build the site of ``publication`` at ``output``, whole or not at all, each page of it anew.

    ``finished`` has each edition that is to have a page; what else the old site has is gone from
    the new one, except pages of sources that could not be read. ``jobs`` pages are rendered at a
    time. ``waiting`` is called if another build of this site is at work, which is waited for.
    Raises :class:`UsageError` if ``output`` is not a site's.
    """
    with building(output, publication.project.root, waiting) as folder:
        press = SiteBuilder(publication.project, pandoc, folder)
        with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
            list(pool.map(press.take, finished))
        return press.compose(publication)


@dataclass(frozen=True)
class Taken:
    """What is held of an edition that was taken in: its page's record, and what its source's record
    will say; the ``files`` that came with it, and what its reader ``said``.
    """

    record: PageRecord
    reads: frozenset[str]
    notices: tuple[Notice, ...]
    files: tuple[str, ...] = ()
    said: object = None


class SiteBuilder:
    """The making of one site, in its ``folder``. Has state: what was taken in so far, which files
    are there.

    ``old`` is the record of the old site. ``ground`` is what its stories and ours stand on, and
    ``files`` the digests of what they are made of; without a ground, no later build will rely on
    this one. ``reader`` is called in :meth:`made`. As many as ``jobs`` pages are pressed at a time;
    with ``anew``, also those that are as they were.
    """

    def __init__(
        self,
        project: Project,
        pandoc: Renders,
        folder: SiteFolder,
        *,
        old: Record | None = None,
        ground: str = "",
        files: Files | None = None,
        reader: Reader | None = None,
        jobs: int = 1,
        anew: bool = False,
    ) -> None:
        self._anew = anew
        self._project, self._pandoc, self._folder = project, pandoc, folder
        self._old = read_record(folder.old) if old is None else old
        self._ground, self._digests = ground, files or Files(project.root)
        self._reader, self._jobs = reader, jobs
        self._stories = Stories(project.root)
        self._documents = search.Documents(project.root, self._stories)
        self._taken: dict[str, Taken] = {}
        self._left: set[str] = set()
        self._wanted: dict[str, BroadsheetError | None] = {}

    def take(self, item: Finished | KeptPage) -> None:
        """Take in an edition: make its story, or let its old page stand. For many threads at a
        time.
        """
        if isinstance(item, KeptPage):
            self._wanted[str(item.edition.output)] = item.fault
            return
        try:
            with guarded(item.edition.source.place(), "making this page"):
                self.note(self.made(item))
        except BroadsheetError as error:
            self.take(KeptPage(item.edition, error))

    def made(self, item: Finished) -> Taken:
        """Make the story of an edition, and its files; perhaps in another process than the one that
        notes it.
        """
        document = document_of(item, self._project.root)
        rendered = self._pandoc.render(document)
        story, files = content_of(
            item, document, rendered, self._project.root, base_path(self._project)
        )
        self._refuse_files(story, document, files)
        if story.entry.is_article:
            story, card = cards.with_card(story, item.edition, files, self._project)
            files |= card
            files |= (
                {} if story.references else copy_of(story, self._project)
            )  # else when the others are known
        said = self._reader(item, document, rendered) if self._reader is not None else None
        _refuse_secrets(story, files)
        self._folder.put_all(files)
        record = PageRecord(
            story.entry,
            self._stories.keep(story),
            aliases=story.aliases,
            leads=story.leads,
            references=story.references,
            tables=tuple(sorted({name for name in item.reads if name.endswith(".csv")})),
        )
        if search.is_searched(story.entry):
            self._documents.keep(record.story, story)
        return Taken(
            record,
            asked_for(record).difference(files).union(story.reads),
            story.notices,
            tuple(files),
            said,
        )

    def note(self, taken: Taken) -> None:
        """An edition is made. For many threads at a time."""
        path = taken.record.entry.path
        self._folder.names.update(taken.files)
        for name in asked_for(taken.record):
            self._put_own(name, taken.record.entry.source)
        self._wanted[path], self._taken[path] = None, taken

    def leave(self, sources: Iterable[PurePosixPath]) -> None:
        """Sources whose pages are up to date: they are not opened, and their stories stand."""
        self._left.update(str(source) for source in sources)

    def compose(
        self, publication: Publication, notices: Sequence[Notice] = (), *, sure: bool = True
    ) -> SiteReport:
        """Make the site of what was taken and left. ``notices`` were given before; ``sure`` tells
        that the stories are all that they can be here.

        A page that fails while the site is made around it becomes a fault, and the site is made
        again without it: each time of fewer pages.
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
                return self._composed(publication, left, notices, sure=sure)
            except FailedPagesError as failed:
                faults = {
                    path: fault
                    for path, fault in failed.faults.items()
                    if path in left or path in self._taken
                }
                if not faults:  # an old page, which stays up as it is
                    raise next(iter(failed.faults.values())) from failed
                for path, fault in faults.items():
                    self._take_out(path, fault, left)
                self._folder.back_to(before & self._folder.names)

    def _take_out(self, path: str, fault: BroadsheetError, left: dict[str, PageRecord]) -> None:
        """A page that cannot be in the site is a fault: its files go, and its old page stays up."""
        self._wanted[path] = fault
        if record := left.pop(path, None):
            self._left.discard(record.entry.source)
        if taken := self._taken.pop(path, None):
            self._folder.drop(taken.files)

    def _composed(
        self,
        publication: Publication,
        left: dict[str, PageRecord],
        notices: Sequence[Notice],
        *,
        sure: bool,
    ) -> SiteReport:
        """Make the site. Raises :class:`_FailedPagesError` for pages that cannot be in it."""
        project, old, folder = self._project, self._old, self._folder
        self._refuse(publication, left)
        verbatim = self._verbatim(publication)
        records = {
            **{path: taken.record for path, taken in self._taken.items()},
            **left,
            **verbatim,
        }
        with TemporaryDirectory(
            dir=folder.new.parent, prefix=f"{folder.old.name}.{STAGING}", ignore_cleanup_errors=True
        ) as staging:
            indexing = beside(
                lambda: search.index_of(
                    project,
                    self._documents,
                    records,
                    folder.old,
                    old.search,
                    folder=Path(staging),
                    is_current=bool(self._ground) and self._ground == old.ground,
                )
            )
            site = Site(
                project,
                load_theme(project.root),
                records,
                self._stories,
                folder,
                _footer(project, self._pandoc),
                self._ground,
                old,
            )
            try:
                return self._filled(
                    publication, site, left, verbatim, indexing=indexing, notices=notices, sure=sure
                )
            except (BroadsheetError, RestartError, FailedPagesError):
                raise
            except Exception as error:
                raise self._blamed(error, site, verbatim) from error
            finally:
                indexing.stop()  # its process writes into the folder that goes

    @staticmethod
    def _blamed(error: Exception, site: Site, verbatim: Mapping[str, PageRecord]) -> Exception:
        """What stands for an ``error`` in making the whole: the pages with each of which alone it
        cannot be made either; else a fault of the publication.
        """
        for of_lists in (True, False):
            faults = {
                path: fault
                for path, record in sorted(site.records.items())
                if path not in verbatim
                and record.entry.is_listing is of_lists
                and (fault := alone(site, path))
            }
            if faults:
                return FailedPagesError(faults)
        return unexpected(error, CONFIG, "making the site")

    def _filled(
        self,
        publication: Publication,
        site: Site,
        left: Mapping[str, PageRecord],
        verbatim: Mapping[str, PageRecord],
        *,
        indexing: Beside[search.Index],
        notices: Sequence[Notice],
        sure: bool,
    ) -> SiteReport:
        """Put all files of the site into its folder, and say what became of it."""
        project, old, folder, day = self._project, self._old, self._folder, publication.day
        theme, records, setting = site.theme, site.records, site.setting()
        resources = resources_of(project)
        dress = dress_of(theme, resources)
        folder.put_all(theme.files)
        anew = self._put_pages(site, left, verbatim, setting)
        self._keep_unknown(publication, records)
        lists = self._put_lists(site, stand=setting == old.setting)
        folder.put_all(
            {path: text.encode() for path, text in more_pages(site).items() if path not in records}
        )

        # What belongs to all pages.
        with speaking(str(project.metadata.get("lang", "en"))):
            folder.put_all({**for_crawlers(site, day), **resources})
        feed_digests = self._put_feeds(site)
        folder.put_all({path: text.encode() for path, text in redirect_pages(site)})

        said = [
            *(notice for source in sorted(self._left) for notice in old.sources[source].notices),
            *(notice for _, taken in sorted(self._taken.items()) for notice in taken.notices),
        ]
        said += (
            *site.notices,
            *refusals(folder.refused, site.entries),
            *unspoken(site.entries),
            *unfounded(site.entries.values()),
        )
        said += self._leading_nowhere(publication, site, verbatim)
        index = indexing.result()
        self._put_index(index, site)

        faults = self._faults(publication, index)
        folder.record = self._record(
            publication,
            records,
            Record(
                self._ground if sure else "",
                dress,
                not faults and sure,
                records,
                {},
                feed_digests,
                (*notices, *said),
                setting,
                day.isoformat(),
                lists,
                index.shards,
            ),
        ).as_bytes()
        self._trim()
        return SiteReport(
            folder.old,
            tuple(PurePosixPath(path) for path in sorted(set(records) - set(verbatim))),
            len(anew),
            tuple(PurePosixPath(path) for path in sorted(verbatim)),
            tuple(PurePosixPath(path) for path in sorted(set(self._wanted) - set(records))),
            faults,
            tuple(said),
        )

    def _put_pages(
        self,
        site: Site,
        left: Mapping[str, PageRecord],
        verbatim: Mapping[str, PageRecord],
        setting: str,
    ) -> Mapping[str, str]:
        """Pages: what stands as it is, and what is pressed; of these, what is around them. Raises
        :class:`_FailedPagesError`.
        """
        old, folder, records, theme = self._old, self._folder, site.records, site.theme
        anew, failed = dict[str, str](), dict[str, BroadsheetError]()
        for path, record in sorted(records.items()):
            if path in verbatim:
                folder.keep((path, *record.files))
                records[path] = replace(record, around="")
                continue
            before = old.pages.get(path)
            settled = setting and setting == old.setting and not record.entry.is_listing
            around = (settled and before and before.story == record.story and before.around) or ""
            try:
                with guarded(Place(record.entry.source), COMPOSING):
                    around = around or context_digest(site, record)
            except BroadsheetError as error:
                failed[path] = error
                continue
            if (
                self._ground
                and before
                and not self._anew
                and (before.story, before.around) == (record.story, around)
                and folder.keep((path, *before.files))
            ):
                records[path] = before
                continue
            anew[path] = around
        with Forks(at_once(self._jobs, len(anew)), partial(tried, site)) as forks:
            for path, pressed in zip(anew, forks.map(anew, died=died_at), strict=True):
                if isinstance(pressed, BroadsheetError):
                    failed[path] = pressed
                    continue
                if shared := overlap(path, pressed, records):
                    failed[path] = shared
                    continue
                for_charts = theme.for_charts(pressed.charts)
                uses = pressed.uses.union(for_charts)
                folder.note(pressed.files, pressed.refused)
                folder.put_all(for_charts)
                needed = uses.union(pressed.came)
                folder.keep(needed.intersection(left[path].files if path in left else ()))
                try:
                    with guarded(Place(records[path].entry.source), COMPOSING):
                        for name in uses:
                            self._put_own(name, records[path].entry.source)
                except BroadsheetError as error:
                    failed[path] = error
                records[path] = replace(
                    records[path],
                    around=anew[path],
                    anchors=pressed.anchors,
                    files=tuple(sorted(needed.intersection(folder.names))),
                )
        if failed:
            raise FailedPagesError(failed)
        return anew

    def _front_page_fault(
        self, publication: Publication, records: Mapping[str, PageRecord]
    ) -> ConfigError | None:
        """That the site has lost its front page, or that its ``records`` have pages with lists and
        no front page.
        """
        if FRONT in self._wanted or any(
            path.with_suffix(".html") == PurePosixPath(FRONT) for path in publication.faults
        ):
            return None
        where = self._project.text.place(("project", "render"))
        withheld = [edition for edition in publication.withheld if str(edition.output) == FRONT]
        sources = [
            f"index{suffix}"
            for suffix in INPUTS
            if (self._project.root / f"index{suffix}").is_file()
        ]
        if withheld:
            return ConfigError(
                withheld[0].source.place(),
                f"the site has no front page, for {not_yet(withheld[0])}",
                "A site needs its front page: take `draft` or the date out.",
            )
        if sources:
            return ConfigError(
                where,
                f"`render:` leaves out {sources[0]}, so the site has no front page",
                f"Add {sources[0]} to `render:`.",
            )
        if FRONT in self._old.pages or any(record.entry.is_listing for record in records.values()):
            return ConfigError(
                where,
                "there is no source of the site's front page, index.html",
                "Write index.qmd, in the publication's root.",
            )
        return None

    def _put_lists(self, site: Site, *, stand: bool) -> Mapping[str, str]:
        """The pages of lists that no source asks for: what is on them is as it was, or they are
        made; their digests. Where the setting ``stand``s, nothing but an entry can have changed.
        """
        if (
            self._ground
            and stand
            and site.entries == {path: page.entry for path, page in self._old.pages.items()}
            and self._folder.keep(self._old.lists)
        ):
            return self._old.lists
        digests: dict[str, str] = {}
        for page in list_pages(site):
            path = page.entry.path
            digests[path] = digest_of(site, page) if self._ground else ""
            if not (
                self._ground
                and self._old.lists.get(path) == digests[path]
                and self._folder.keep([path])
            ):
                self._folder.put(path, pressed(site, page).encode())
        return digests

    def _leading_nowhere(
        self, publication: Publication, site: Site, verbatim: Mapping[str, PageRecord]
    ) -> Iterator[Notice]:
        """What is told of links, now that all that may be linked to is known; and of the addresses
        of the old site, or where there is none, of that in the publication's own output.
        """
        names, records = self._folder.names, site.records
        anchors = {path: frozenset(record.anchors) for path, record in records.items()}
        withheld = {str(one.output): not_yet(one) for one in publication.withheld}
        for path, record in sorted(records.items()):
            if path not in verbatim:
                yield from links.broken(
                    path,
                    record.entry.source,
                    leads_of(site, record),
                    names,
                    anchors,
                    withheld=withheld,
                )
        old = self._old.pages or read_record(self._project.output).pages
        yield from addresses.dropped(old, records, names, withheld)

    def _refuse(self, publication: Publication, left: dict[str, PageRecord]) -> None:
        """Take back the pages that refer to what no article is, or have an alias where they can not
        have one: each is a fault, and its old page stays up. Those of the sources that were
        ``left`` go out of it. So is a front page that no source makes.
        """
        records = {**left, **{path: taken.record for path, taken in self._taken.items()}}
        if FRONT not in left and (missing := self._front_page_fault(publication, records)):
            self._wanted[FRONT] = missing
        faults = addresses.misplaced(records) | dict(self._unfounded(publication, left, records))
        for path, fault in faults.items():
            self._wanted[path] = fault
            if left.pop(path, None):
                self._left.discard(records[path].entry.source)
            if self._taken.pop(path, None):
                self._folder.drop(self._stories.get(records[path].story).files)

    @staticmethod
    def _unfounded(
        publication: Publication, left: Mapping[str, PageRecord], records: Mapping[str, PageRecord]
    ) -> Iterator[tuple[str, BroadsheetError]]:
        """The pages that refer to what no article is, each with its fault."""
        referring = {path: record for path, record in records.items() if record.references}
        if not referring:
            return
        known: dict[str, set[str]] = {}
        unread = {slug_of(path) for path in publication.faults}
        withheld = {one.slug: not_yet(one) for one in publication.withheld}
        for slug, path in (
            *(
                (slug_of_page(one.entry), path)
                for path, one in left.items()
                if one.entry.is_article
            ),
            *((one.slug, str(one.output)) for one in publication.editions if one.settings.date),
        ):
            known.setdefault(slug, set()).add(path)
        for path, record in referring.items():
            fault = unknown(record.references, known, unread, withheld, slug_of_page(record.entry))
            if fault is not None:
                yield path, fault

    def _put_index(self, index: search.Index, site: Site) -> None:
        if (
            index.fault is not None and search.PAGE not in site.records
        ):  # it is that of the indexes that stand
            self._folder.drop([search.PAGE])
            self._folder.put_all(
                {path: text.encode() for path, text in search_page(site, index.shards).items()}
            )
        self._folder.put_all(index.files)
        self._folder.keep(name for shard in index.shards.values() for name in shard.files)

    def _trim(self) -> None:
        self._stories.trim(int(self._project.settings.broadsheet.cache_size * 2**20))
        cards.trim(self._project.root)

    def _put_feeds(self, site: Site) -> dict[str, str]:
        """Write what feeds are not as they were; the digests of all."""
        known = {
            name: digest
            for name, digest in self._old.feeds.items()
            if (self._folder.old / name).is_file()
        }
        made, digests = written_feeds(site, known)
        self._folder.put_all(made)
        self._folder.keep(digests)
        return digests

    def _keep_unknown(self, publication: Publication, records: Mapping[str, PageRecord]) -> None:
        """Let the old pages of what could not be made stand where there is no record of them: their
        files are known by name alone, and no list has them until they can be made again.
        """
        failed = {path for path, fault in self._wanted.items() if fault is not None}
        failed |= {
            str(path.with_suffix(".html")) for path in publication.faults if links.is_source(path)
        }
        for path in sorted(failed - records.keys() - self._old.pages.keys()):
            self._folder.keep_page(path)

    def _verbatim(self, publication: Publication) -> dict[str, PageRecord]:
        """The old pages that stay up as they are, by path: of editions wanted and not made, and of
        unread sources.
        """
        unread = {str(path) for path in publication.faults}

        def is_unread(source: str) -> bool:
            """Whether it is a source, or lies in a folder, that could not be read."""
            return source in unread or not unread.isdisjoint(
                map(str, PurePosixPath(source).parents)
            )

        return {
            path: page
            for path, page in sorted(self._old.pages.items())
            if path not in self._taken
            and (path in self._wanted or is_unread(page.entry.source))
            and page.entry.source not in self._left
            and (self._folder.old / path).is_file()
        }

    def _faults(
        self, publication: Publication, index: search.Index
    ) -> dict[PurePosixPath, BroadsheetError]:
        faults = dict(publication.faults)
        if index.fault is not None:
            faults[PurePosixPath(search.FOLDER)] = index.fault
        paths = {str(edition.output): edition.path for edition in publication.editions}
        for path, fault in self._wanted.items():
            if fault is not None:  # what was not opened in this build has the place of its source
                where = paths.get(path) or PurePosixPath(path).with_suffix(
                    PurePosixPath(fault.where.file).suffix
                )
                faults[where] = fault
        if fault := resources_fault(self._project):
            faults[PurePosixPath(fault.where.file)] = fault
        return faults

    def _record(
        self, publication: Publication, records: Mapping[str, PageRecord], whole: Record
    ) -> Record:
        """``whole`` with a record of each source all of whose pages were made, now or before."""
        sources = {source: self._old.sources[source] for source in self._left}
        editions: dict[PurePosixPath, list[Edition]] = {}
        for edition in publication.editions:
            editions.setdefault(edition.source.path, []).append(edition)
        withheld = [(edition.source.path, edition.withheld) for edition in publication.withheld]
        for source, all_of_it in editions.items():
            paths = [str(edition.output) for edition in all_of_it]
            if not all(path in self._taken for path in paths):
                continue
            reads = frozenset[str]().union(
                *(self._taken[path].reads for path in paths), metadata_files(source)
            )
            said = [notice for notice in publication.notices if notice.where.file == str(source)]
            said += [notice for path in paths for notice in self._taken[path].notices]
            sources[str(source)] = SourceRecord(
                self._digests.digests(reads),
                tuple(paths),
                tuple(said),
                tuple(why for path, why in withheld if path == source),
            )
        return replace(whole, sources=sources)

    def _put_own(self, name: str, source: str) -> None:
        """A file of the publication that a page of ``source`` asks for. Raises :class:`FileError`
        for one that may not be published.
        """
        if name not in self._folder.names and may_be_asked_for(name):
            file = self._project.root / name
            paths.check(self._project.root, file, Place(source), published=True)
            if is_file(file) and not file.resolve().is_relative_to(self._folder.old):
                self._folder.put(name, file)

    def _refuse_files(
        self, story: PageContent, document: Document, files: Mapping[str, bytes]
    ) -> None:
        """Raise :class:`FileError` for a file that a page leads to, and that may not be published."""
        for lead in story.leads:
            if lead.path not in files and may_be_asked_for(lead.path):
                paths.check(
                    self._project.root,
                    self._project.root / lead.path,
                    document.find(lead.written),
                    published=True,
                )


def _text_of(figure: PageFigure) -> str:
    """All that a figure says, for a look at its texts."""
    return "\n".join([figure.wide, figure.narrow, figure.table, repr(figure)])


def _refuse_secrets(story: PageContent, files: Mapping[str, bytes]) -> None:
    """Raise :class:`SecretError` for a page, or a file of it, that holds the value of a known
    secret.
    """
    where = Place(story.entry.source)
    texts = [story.html(_text_of), story.excerpt, story.proof, repr(story.entry)]
    environment.refuse("\n".join(texts), where, "the page")
    for name, content in files.items():
        environment.refuse(content, where, f"the file {PurePosixPath(name).name} of the page")


def _footer(project: Project, pandoc: Renders) -> dict[str, Inline]:
    footer = project.settings.website.page_footer
    texts = {
        side: text
        for side in ("left", "center", "right")
        if isinstance(text := getattr(footer, side), str)
    }
    return dict(pandoc.render(Document("_quarto.yml", "", inlines=texts)).inlines) if texts else {}
