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

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Literal, Protocol

from markupsafe import Markup

from broadsheet import environment
from broadsheet.errors import (
    BroadsheetError,
    ConfigError,
    Notice,
    Place,
    RenderError,
    RestartError,
    guarded,
    unexpected,
)
from broadsheet.files import check_path, is_file, refusal
from broadsheet.language import has_catalogue, speaking, t_
from broadsheet.markdown.document import Document, Inline, Rendered
from broadsheet.markdown.document_text import document_of
from broadsheet.markdown.finished import Finished
from broadsheet.project.edition import Edition
from broadsheet.project.project import CONFIG, INPUTS, Project
from broadsheet.project.reading import Publication, not_yet
from broadsheet.project.settings import Listing
from broadsheet.project.source import slug_of
from broadsheet.schemes import LINKS, Refused
from broadsheet.site import addresses, cards, crawlers, feeds, links, search
from broadsheet.site.changes import changes_of
from broadsheet.site.editions import LISTED, one_entry_each, picker_of
from broadsheet.site.figure_pages import figures_of, press_figure
from broadsheet.site.folder import SiteFolder
from broadsheet.site.freshness import Files, dress_of, metadata_files, resources_fault, resources_of
from broadsheet.site.indexes import ARCHIVE, Indexes, indexes_of
from broadsheet.site.listing import categories, listed, ordered
from broadsheet.site.markdown_copy import copy_of
from broadsheet.site.newsletter_box import with_box
from broadsheet.site.page import (
    Block,
    FeedLink,
    Front,
    Page,
    Scene,
    base_path,
    charts_of,
    press_page,
    press_picker,
    press_redirect,
    sharing_pictures,
    site_title,
)
from broadsheet.site.page_content import NOT_FOUND, Story, story_of
from broadsheet.site.page_content_store import Stories
from broadsheet.site.page_meta import Correction, Entry
from broadsheet.site.paging import paged
from broadsheet.site.picture import chart_of
from broadsheet.site.record import PageRecord, Record, SourceRecord, as_json, read_record
from broadsheet.site.references import resolved, slug_of_page, unknown
from broadsheet.site.related import Likeness, gist_of, told_of
from broadsheet.site.swap import STAGING, building
from broadsheet.site.theme import Theme, load_theme
from broadsheet.site.translations import Version, unfounded, versions_of
from broadsheet.site.workers import Beside, Forks, at_once, beside

BESIDE, DAY, CHANGES, SECTION, EARLIER, CORRECTIONS = 3, 8, 5, 4, 12, 20
"""How many entries the parts of the front page and the feed of corrections show."""

_FRONT = "index.html"
FeedForm = Literal["full", "partial", "metadata"]
Reader = Callable[[Finished, Document, Rendered], object]
"""Is given each page once it is made, perhaps in another process; what it says of it is for who
listens here.
"""
_COMPOSING = "putting this page into the site"
_NAVIGATED = re.compile(r"\.(html|xml|atom|feed\.json)$")


class Renders(Protocol):
    """What we need of the Pandoc pool."""

    def render(self, document: Document) -> Rendered:
        """One page's body. Raises :class:`RenderError`."""


@dataclass(frozen=True)
class Standing:
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


def press_site(
    publication: Publication,
    finished: Sequence[Finished | Standing],
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
        press = Press(publication.project, pandoc, folder)
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


@dataclass(frozen=True)
class _Pressed:
    """What is held of a page that was pressed: the ``files`` that were made, those that ``came``
    with its story, all that it ``uses``, its anchors, the trace types of its charts, and the
    addresses that were ``refused``.
    """

    files: tuple[str, ...]
    came: tuple[str, ...]
    uses: frozenset[str]
    anchors: tuple[str, ...]
    charts: frozenset[str]
    refused: tuple[tuple[str, Refused], ...] = ()


class Press:
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

    def take(self, item: Finished | Standing) -> None:
        """Take in an edition: make its story, or let its old page stand. For many threads at a
        time.
        """
        if isinstance(item, Standing):
            self._wanted[str(item.edition.output)] = item.fault
            return
        try:
            with guarded(item.edition.source.place(), "making this page"):
                self.note(self.made(item))
        except BroadsheetError as error:
            self.take(Standing(item.edition, error))

    def made(self, item: Finished) -> Taken:
        """Make the story of an edition, and its files; perhaps in another process than the one that
        notes it.
        """
        document = document_of(item, self._project.root)
        rendered = self._pandoc.render(document)
        story, files = story_of(
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
        gist = gist_of(rendered.text, (story.entry.title, story.entry.subtitle), item.reads)
        record = PageRecord(
            story.entry,
            self._stories.keep(story),
            aliases=story.aliases,
            leads=story.leads,
            references=story.references,
            gist=gist,
        )
        if search.is_searched(story.entry):
            self._documents.keep(record.story, story)
        return Taken(
            record,
            _asked_for(record).difference(files).union(story.reads),
            story.notices,
            tuple(files),
            said,
        )

    def note(self, taken: Taken) -> None:
        """An edition is made. For many threads at a time."""
        path = taken.record.entry.path
        self._folder.names.update(taken.files)
        for name in _asked_for(taken.record):
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
            except _FailedPagesError as failed:
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
            site = _Site(
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
            except (BroadsheetError, RestartError, _FailedPagesError):
                raise
            except Exception as error:
                raise self._blamed(error, site, verbatim) from error
            finally:
                indexing.stop()  # its process writes into the folder that goes

    @staticmethod
    def _blamed(error: Exception, site: _Site, verbatim: Mapping[str, PageRecord]) -> Exception:
        """What stands for an ``error`` in making the whole: the pages with each of which alone it
        cannot be made either; else a fault of the publication.
        """
        for of_lists in (True, False):
            faults = {
                path: fault
                for path, record in sorted(site.records.items())
                if path not in verbatim
                and record.entry.is_listing is of_lists
                and (fault := site.alone(path))
            }
            if faults:
                return _FailedPagesError(faults)
        return unexpected(error, CONFIG, "making the site")

    def _filled(
        self,
        publication: Publication,
        site: _Site,
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
            {path: text.encode() for path, text in site.more_pages().items() if path not in records}
        )

        # What belongs to all pages.
        with speaking(str(project.metadata.get("lang", "en"))):
            folder.put_all({**site.for_crawlers(day), **resources})
        feed_digests = self._put_feeds(site)
        folder.put_all({path: text.encode() for path, text in site.redirects()})

        said = [
            *(notice for source in sorted(self._left) for notice in old.sources[source].notices),
            *(notice for _, taken in sorted(self._taken.items()) for notice in taken.notices),
        ]
        said += (
            *site.notices,
            *_refusals(folder.refused, site.entries),
            *_unspoken(site.entries),
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
                site.likeness,
                site.related,
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
        site: _Site,
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
                with guarded(Place(record.entry.source), _COMPOSING):
                    around = around or site.around(record)
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
        with Forks(at_once(self._jobs, len(anew)), site.tried) as forks:
            for path, pressed in zip(anew, forks.map(anew, died=_died_at), strict=True):
                if isinstance(pressed, BroadsheetError):
                    failed[path] = pressed
                    continue
                if overlap := _overlap(path, pressed, records):
                    failed[path] = overlap
                    continue
                for_charts = theme.for_charts(pressed.charts)
                uses = pressed.uses.union(for_charts)
                folder.note(pressed.files, pressed.refused)
                folder.put_all(for_charts)
                needed = uses.union(pressed.came)
                folder.keep(needed.intersection(left[path].files if path in left else ()))
                try:
                    with guarded(Place(records[path].entry.source), _COMPOSING):
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
            raise _FailedPagesError(failed)
        return anew

    def _front_page_fault(
        self, publication: Publication, records: Mapping[str, PageRecord]
    ) -> ConfigError | None:
        """That the site has lost its front page, or that its ``records`` have pages with lists and
        no front page.
        """
        if _FRONT in self._wanted or any(
            path.with_suffix(".html") == PurePosixPath(_FRONT) for path in publication.faults
        ):
            return None
        where = self._project.text.place(("project", "render"))
        withheld = [edition for edition in publication.withheld if str(edition.output) == _FRONT]
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
        if _FRONT in self._old.pages or any(record.entry.is_listing for record in records.values()):
            return ConfigError(
                where,
                "there is no source of the site's front page, index.html",
                "Write index.qmd, in the publication's root.",
            )
        return None

    def _put_lists(self, site: _Site, *, stand: bool) -> Mapping[str, str]:
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
        for page in site.list_pages():
            path = page.entry.path
            digests[path] = site.digest(page) if self._ground else ""
            if not (
                self._ground
                and self._old.lists.get(path) == digests[path]
                and self._folder.keep([path])
            ):
                self._folder.put(path, site.pressed(page).encode())
        return digests

    def _leading_nowhere(
        self, publication: Publication, site: _Site, verbatim: Mapping[str, PageRecord]
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
                    path, record.entry.source, site.leads(record), names, anchors, withheld=withheld
                )
        old = self._old.pages or read_record(self._project.output).pages
        yield from addresses.dropped(old, records, names, withheld)

    def _refuse(self, publication: Publication, left: dict[str, PageRecord]) -> None:
        """Take back the pages that refer to what no article is, or have an alias where they can not
        have one: each is a fault, and its old page stays up. Those of the sources that were
        ``left`` go out of it. So is a front page that no source makes.
        """
        records = {**left, **{path: taken.record for path, taken in self._taken.items()}}
        if _FRONT not in left and (missing := self._front_page_fault(publication, records)):
            self._wanted[_FRONT] = missing
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

    def _put_index(self, index: search.Index, site: _Site) -> None:
        if (
            index.fault is not None and search.PAGE not in site.records
        ):  # it is that of the indexes that stand
            self._folder.drop([search.PAGE])
            self._folder.put_all(
                {path: text.encode() for path, text in site.search_page(index.shards).items()}
            )
        self._folder.put_all(index.files)
        self._folder.keep(name for shard in index.shards.values() for name in shard.files)

    def _trim(self) -> None:
        self._stories.trim(int(self._project.settings.broadsheet.cache_size * 2**20))
        cards.trim(self._project.root)

    def _put_feeds(self, site: _Site) -> dict[str, str]:
        """Write what feeds are not as they were; the digests of all."""
        known = {
            name: digest
            for name, digest in self._old.feeds.items()
            if (self._folder.old / name).is_file()
        }
        made, digests = site.written_feeds(known)
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
        if name not in self._folder.names and _may_be_asked_for(name):
            file = self._project.root / name
            check_path(self._project.root, file, Place(source), published=True)
            if is_file(file) and not file.resolve().is_relative_to(self._folder.old):
                self._folder.put(name, file)

    def _refuse_files(self, story: Story, document: Document, files: Mapping[str, bytes]) -> None:
        """Raise :class:`FileError` for a file that a page leads to, and that may not be published."""
        for lead in story.leads:
            if lead.path not in files and _may_be_asked_for(lead.path):
                check_path(
                    self._project.root,
                    self._project.root / lead.path,
                    document.find(lead.written),
                    published=True,
                )


def _unspoken(entries: Mapping[str, Entry]) -> Iterator[Notice]:
    """What is told of a language that has no catalogue, once."""
    first = {entry.lang: entry for _, entry in sorted(entries.items(), reverse=True)}
    for lang, entry in sorted(first.items()):
        if not has_catalogue(lang):
            yield Notice(
                Place(entry.source),
                f"our own words on pages in {lang!r} are English: there is no catalogue "
                "of that language",
                "Add one (docs/languages.md), or set `lang` to a language that has one.",
            )


def _refuse_secrets(story: Story, files: Mapping[str, bytes]) -> None:
    """Raise :class:`SecretError` for a page, or a file of it, that holds the value of a known
    secret.
    """
    where = Place(story.entry.source)
    environment.refuse("\n".join([story.body, story.excerpt, repr(story.entry)]), where, "the page")
    for name, content in files.items():
        environment.refuse(content, where, f"the file {PurePosixPath(name).name} of the page")


def _refusals(
    refused: Iterable[tuple[str, Refused]], entries: Mapping[str, Entry]
) -> Iterator[Notice]:
    """What is told of addresses that were taken out of pages when they were written."""
    for page, one in dict.fromkeys(refused):
        yield Notice(
            Place(entries[page].source if page in entries else page),
            f"{one} is not on the page: its scheme is not one that a page may have",
            f"Of schemes there may be {', '.join(sorted(LINKS))}.",
            topic="address",
        )


def _footer(project: Project, pandoc: Renders) -> dict[str, Inline]:
    footer = project.settings.website.page_footer
    texts = {
        side: text
        for side in ("left", "center", "right")
        if isinstance(text := getattr(footer, side), str)
    }
    return dict(pandoc.render(Document("_quarto.yml", "", inlines=texts)).inlines) if texts else {}


def _may_be_asked_for(name: str) -> bool:
    """Whether a page may ask for a file of that name: it is no source, and nothing hidden."""
    path = PurePosixPath(name)
    return not links.is_source(path) and not any(part[0] in "._" for part in path.parts)


def _asked_for(record: PageRecord) -> frozenset[str]:
    """The files of the publication that a page asks for, if they are there."""
    return frozenset(
        lead.path for lead in record.leads if not _NAVIGATED.search(lead.path)
    ) | _pictures(record.entry)


def _pictures(entry: Entry) -> frozenset[str]:
    return frozenset(
        name
        for picture in (entry.picture, entry.chart, entry.card)
        if picture
        for name in (picture.path, picture.dark)
        if name
    )


class _FailedPagesError(Exception):
    """Pages that cannot be in the site, each with its fault, by path."""

    def __init__(self, faults: Mapping[str, BroadsheetError]) -> None:
        self.faults = faults
        super().__init__(faults)


def _overlap(
    path: str, pressed: _Pressed, records: Mapping[str, PageRecord]
) -> BroadsheetError | None:
    """The fault of a page one of whose figures has a page of its own where another source has one."""
    taken = next((name for name in pressed.files if name != path and name in records), None)
    return (
        None
        if taken is None
        else RenderError(
            records[path].entry.source,
            f"the page of a figure has the address /{taken}, and so has the page of "
            f"{records[taken].entry.source}",
            "Give the figure another label, or rename that page.",
        )
    )


def _died_at(path: str) -> BroadsheetError:
    return RenderError(
        path,
        "the process that made this page died",
        "It may have run out of memory; build with fewer `--jobs` to see.",
    )


@dataclass(frozen=True)
class _Feed:
    """A feed to be: its file's name, how it is written, and of what."""

    name: str
    write: Callable[[feeds.FeedHead, Sequence[feeds.Item]], bytes]
    head: feeds.FeedHead
    entries: Sequence[Entry]
    form: FeedForm


@dataclass(frozen=True)
class _Site:
    """All that a page may need of the rest of the site."""

    project: Project
    theme: Theme
    records: dict[str, PageRecord]
    stories: Stories
    folder: SiteFolder
    footer_texts: Mapping[str, Inline]
    ground: str
    old: Record
    notices: list[Notice] = field(default_factory=list)
    pickers: dict[str, str] = field(default_factory=dict)
    lists: dict[str, Sequence[tuple[Listing, Sequence[Entry]]]] = field(default_factory=dict)
    contents: dict[tuple[str, FeedForm], str] = field(default_factory=dict)

    def setting(self) -> str:
        """A digest of all that can be around pages that are no lists: where it is the old one, so
        is what is around each of them that has its old story. How many words an article has shows
        elsewhere in minutes.
        """
        entries = {
            path: {**vars(entry), "words": entry.minutes} for path, entry in self.entries.items()
        }
        lists = {
            path: record.story for path, record in self.records.items() if record.entry.is_listing
        }
        shown = (
            self.ground,
            sorted(self.theme.files),
            self.footer_texts,
            lists,
            entries,
            self.related,
        )
        return hashlib.sha256(as_json(shown)).hexdigest() if self.ground else ""

    def around(self, record: PageRecord) -> str:
        """A digest of all that is on a page beside its story."""
        titled = {one.slug for one in record.references if one.is_titled}
        return self.digest(
            self._surrounded(record),
            [
                (slug, one.path, [one.title_html, one.date] if slug in titled else [])
                for slug, one in self._referred(record).items()
            ],
        )

    def digest(self, page: Page, more: object = ()) -> str:
        """A digest of a page without its story."""
        entry, scene, website = (
            page.entry,
            self._scene(page.entry.path),
            self.project.settings.website,
        )
        shown = (
            self.ground,
            self.theme.names,
            scene.footer,
            scene.search,
            [(title, entry.path, entry.title) for title, entry in sorted(scene.sections.items())],
            [scene.navigation(items) for items in (website.navbar.left, website.navbar.right)],
            [
                scene.navigation(side)
                for side in (
                    website.page_footer.left,
                    website.page_footer.center,
                    website.page_footer.right,
                )
                if isinstance(side, list)
            ],
            page,
            [scene.authors.get(one.name) for one in entry.authors],
            [*map(scene.topic, entry.categories)],
            more,
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()

    def tried(self, path: str) -> _Pressed | BroadsheetError:
        """A page, pressed (:meth:`press`); or why it cannot be."""
        try:
            with guarded(Place(self.records[path].entry.source), _COMPOSING):
                return self.press(path)
        except BroadsheetError as error:
            return error

    def alone(self, path: str) -> BroadsheetError | None:
        """Why the parts of a site that are of all pages cannot be made of one page alone, beside
        those that are lists; None if they can.
        """
        records = {
            one: record
            for one, record in self.records.items()
            if one == path or record.entry.is_listing
        }
        if self.records[path].entry.is_listing:
            records = {path: self.records[path]}
        site = replace(self, records=records, notices=[], pickers={}, lists={}, contents={})
        try:
            with guarded(Place(self.records[path].entry.source), _COMPOSING):
                site.setting()
                for page in site.list_pages():
                    site.digest(page)
                    site.pressed(page)
                site.more_pages()
                site.for_crawlers(date.today())
                site.written_feeds({})
                list(site.redirects())
                as_json(records)
        except BroadsheetError as error:
            return error
        except _FailedPagesError as failed:
            return failed.faults.get(path)
        return None

    def press(self, path: str) -> _Pressed:
        """Press a page, and what goes with it, into the folder; perhaps in another process than the
        one that notes it.
        """
        record = self.records[path]
        story = self.stories.get(record.story)
        text = self.page(record, story)
        files = {path: text.encode(), **(self.copy(record) if record.references else {})}
        figures = self.figure_pages(record.entry, text)
        files |= {name: figure.encode() for name, figure in figures.items()}
        self.folder.put_all(files)
        refused = tuple(self.folder.refused)
        self.folder.refused.clear()
        return _Pressed(
            tuple(files),
            story.files,
            _uses(path, text, record.entry).union(figures),
            tuple(sorted(links.anchors(text))),
            charts_of(text),
            refused,
        )

    def page(self, record: PageRecord, story: Story) -> str:
        """The text of a page."""
        scene, page = self._scene(record.entry.path), self._surrounded(record)
        with speaking(record.entry.lang):
            body, excerpt = (
                resolved(text, self._referred(record), lambda other: scene.href(other.path))
                for text in (story.body, story.excerpt)
            )
            if page.kind == "article":
                body = with_box(body, excerpt, scene, page.feeds)
        return press_page(
            scene,
            replace(
                page,
                body=Markup(body),
                layout=story.layout,
                headings=story.headings,
                toc_title=story.toc_title,
                based_on=story.based_on,
            ),
        )

    def copy(self, record: PageRecord) -> dict[str, bytes]:
        """The copy of a page that refers to others, by its path."""
        story, scene = self.stories.get(record.story), self._scene(record.entry.path)
        with speaking(record.entry.lang):
            body = resolved(
                story.body, self._referred(record), lambda other: scene.href(other.path)
            )
        return copy_of(replace(story, body=body), self.project)

    def leads(self, record: PageRecord) -> list[links.Lead]:
        """All that a page leads to inside the site."""
        entries = self._referred(record)
        return [
            *record.leads,
            *(
                links.Lead(one.written, entries[one.slug].path, one.fragment)
                for one in record.references
                if one.slug in entries
            ),
        ]

    def figure_pages(self, entry: Entry, text: str) -> dict[str, str]:
        """The pages of the figures on a page, whose ``text`` that is, by their paths."""
        charts = charts_of(text)
        return {
            str(figure.path): press_figure(self._scene(str(figure.path)), entry, figure, charts)
            for figure in figures_of(PurePosixPath(entry.path), text)
        }

    def _surrounded(self, record: PageRecord) -> Page:
        """A page without its story."""
        entry = record.entry
        page = Page(
            entry, feeds=self._feed_links(entry), versions=self._versions.get(entry.path, ())
        )
        if entry.is_listing:
            first = next(self._pages_of_list(entry))
            return replace(first, feeds=page.feeds, versions=page.versions)
        if entry.lists_corrections:
            return replace(page, kind="corrections", corrections=self._corrections)
        if entry.is_article:
            others = [
                other
                for other in self._articles_by_source[entry.source]
                if other.path != entry.path
            ]
            related = [self.entries[other] for other in self.related.get(entry.source, ())]
            page = replace(page, kind="article", related=related)
            if len(others) > LISTED:
                return replace(page, picker=self._picker(entry))
            return replace(page, editions=others)
        return page

    def _pages_of_list(self, entry: Entry) -> Iterator[Page]:
        """The pages of a section page or of the front page, whose first list is edited."""
        blocks = [_block(listing, found) for listing, found in self._lists(entry)]
        edited = blocks.pop(0) if entry.path == "index.html" and blocks else None
        for number, one, paging in paged(entry, max((block.pages for block in blocks), default=1)):
            shown = [block.on(number) for block in blocks if number <= block.pages]
            page = Page(one, kind="section", blocks=shown, paging=paging)
            with speaking(entry.lang):
                yield (
                    replace(page, kind="front", front=self._front(edited.entries))
                    if edited and number == 1
                    else page
                )

    def list_pages(self) -> Iterator[Page]:
        """The pages of lists that no source asks for: of lists that go on, of authors, of topics,
        and the archive.
        """
        going_on = (
            page
            for _, entry in sorted(self.entries.items())
            if entry.is_listing
            for page in islice(self._pages_of_list(entry), 1, None)
        )
        for page in (*going_on, *self._indexes.pages()):
            if page.entry.path not in self.records:
                yield replace(page, feeds=self._front_feeds())

    def pressed(self, page: Page) -> str:
        """The text of a page that has no story."""
        return press_page(self._scene(page.entry.path), page)

    def more_pages(self) -> dict[str, str]:
        """The pages that no source asks for: the 404 page, and the page to search on."""
        with speaking(self.lang):
            title = t_("Page not found")
        entry = Entry(
            NOT_FOUND, NOT_FOUND, "_quarto.yml", title, title, lang=self.lang, is_searched=False
        )
        newest = [other for other in self._news if other.is_searched][:5]
        page = Page(entry, kind="404", related=newest, feeds=self._front_feeds())
        months = search.shards_of(filter(search.is_searched, self._articles))
        return {NOT_FOUND: press_page(self._scene(NOT_FOUND), page), **self.search_page(months)}

    def search_page(self, months: Iterable[str]) -> dict[str, str]:
        """The page to search on, if there is something to search; there are indexes of these
        ``months``.
        """
        if not self._search:
            return {}
        with speaking(self.lang):
            ways = (
                [(t_("The archive, with all articles"), ARCHIVE)] if self._indexes.articles else []
            )
        ways += [(section.title, section.path) for section, _ in self._sections()]
        return {
            search.PAGE: search.press_search(
                self._scene(search.PAGE),
                filter(search.is_searched, self._articles),
                months,
                ways,
                self.lang,
            )
        }

    def redirects(self) -> Iterator[tuple[str, str]]:
        """The path and text of a page at each alias, where no file is."""
        taken = frozenset(self.folder.names)
        for place, (path, target) in sorted(addresses.redirects(self.records).items()):
            here, entry = PurePosixPath(place), self.entries[path]
            if not taken.isdisjoint(map(str, (here, *here.parents))):
                self.notices.append(
                    Notice(
                        Place(entry.source),
                        f"no alias at `/{place}`: the site has a file there",
                        "Take one of the two away.",
                    )
                )
                continue
            relative = links.relative(here, target)
            canonical = self._scene(path).absolute(addresses.url_of(target)) or relative
            yield place, press_redirect(relative, canonical, entry.title, entry.lang)

    def written_feeds(self, known: Mapping[str, str]) -> tuple[dict[str, bytes], dict[str, str]]:
        """The feeds of each list that has one, but for those whose digest is ``known``; and the
        digests of all.
        """
        made: dict[str, bytes] = {}
        digests: dict[str, str] = {}
        for entry, listing, listed_here in self._with_feeds():
            if not self.project.site_url:
                self.notices.append(
                    Notice(
                        self.project.text.place(("website",)),
                        f"no feed for {entry.source}: a feed needs full addresses",
                        "Set `site-url` under `website`.",
                    )
                )
                continue
            for feed in self._feeds(entry, listing, listed_here):
                shown = (
                    self.ground,
                    feed.head,
                    feed.form,
                    [
                        (one, record.story, self._referred(record))
                        for one in feed.entries
                        if (record := self.records[one.path])
                    ],
                )
                digests[feed.name] = (
                    hashlib.sha256(repr(shown).encode()).hexdigest() if self.ground else ""
                )
                if not self.ground or known.get(feed.name) != digests[feed.name]:
                    made[feed.name] = feed.write(
                        feed.head, [self._item(one, feed.form) for one in feed.entries]
                    )
        for entry in (
            entry
            for entry in self.entries.values()
            if entry.lists_corrections and self.project.site_url
        ):
            items = [
                self._correction_item(one, correction)
                for one, correction in self._corrections[:CORRECTIONS]
            ]
            for form in feeds.FORMS:
                name = str(PurePosixPath(entry.path).with_suffix(form.suffix))
                head = self._feed_head(entry, name)
                digests[name] = (
                    hashlib.sha256(repr((self.ground, head, items)).encode()).hexdigest()
                    if self.ground
                    else ""
                )
                if not self.ground or known.get(name) != digests[name]:
                    made[name] = form.write(head, items)
        return made, digests

    def for_crawlers(self, day: date) -> dict[str, bytes | Path]:
        """`robots.txt`; and with a `site-url` the sitemaps, whose news are those of the ``day``,
        and `llms.txt`.
        """
        root, url, name = self.project.root, self.project.site_url, site_title(self.project)
        address = self._scene("index.html").absolute
        files: dict[str, bytes | Path] = {}
        if url:
            found = sorted(
                (
                    entry
                    for entry in self.entries.values()
                    if entry.is_searched and entry.path != NOT_FOUND
                ),
                key=lambda entry: entry.url,
            )
            news = [entry for entry in self._news if entry.is_searched]
            sections: dict[str, list[tuple[str, Entry]]] = {}
            for entry in news:
                sections.setdefault("".join(entry.categories[:1]) or t_("Articles"), []).append(
                    (address(entry.copy), entry)
                )
            others = [
                (entry.title, address(entry.url))
                for entry in found
                if not (entry.is_article or entry.is_listing)
            ]
            others += [
                (f"{feed.title} ({feed.name})", address(feed.path)) for feed in self._front_feeds()
            ]
            pages = [(entry.url, entry.updated) for entry in found]
            pages += [
                (
                    entry.url,
                    max((changed for one in shown if (changed := one.updated)), default=None),
                )
                for entry, shown in self._indexes.first_pages()
                if entry.path not in self.records
            ]
            files |= crawlers.sitemaps(
                ((address(path), changed) for path, changed in sorted(pages)),
                url,
                versions={
                    address(self.entries[path].url): [
                        (tag, address(one.entry.url)) for one in versions for tag in one.tags
                    ]
                    for path, versions in self._versions.items()
                },
            )
            files[crawlers.NEWS_MAP] = crawlers.news_sitemap(
                name, ((address(entry.url), entry) for entry in news if entry.is_news_of(day))
            )
            files[crawlers.LLMS] = crawlers.llms(
                name, self.project.settings.website.description, sections, others
            ).encode()
        own = root / "robots.txt"
        maps = [address(name) for name in (crawlers.MAP, crawlers.NEWS_MAP)] if url else []
        files["robots.txt"] = (
            own if own.is_file() and not refusal(root, own) else crawlers.robots(maps).encode()
        )
        return files

    def _scene(self, path: str) -> Scene:
        page = PurePosixPath(path)
        rooted = path == NOT_FOUND

        def rewrite(address: str) -> str:
            target = links.written(address, PurePosixPath())
            if target is None:
                return address
            return target.from_root(base_path(self.project)) if rooted else target.from_page(page)

        footer = {
            side: Markup(links.rewritten(text.html, rewrite))
            for side, text in self.footer_texts.items()
        }
        return Scene(
            self.project,
            self.theme,
            self.entries,
            page,
            self._section_pages,
            footer,
            rooted,
            self._search,
            self._author_pages,
            self._topic_pages,
        )

    @property
    def lang(self) -> str:
        """The language of the publication."""
        return str(self.project.metadata.get("lang", "en"))

    @cached_property
    def _indexes(self) -> Indexes:
        return indexes_of(self._articles, self._section_pages, self.lang)

    @cached_property
    def _author_pages(self) -> dict[str, str]:
        return {name: index.entry.path for name, index in self._indexes.authors.items()}

    @cached_property
    def _topic_pages(self) -> dict[str, str]:
        return {name: index.entry.path for name, index in self._indexes.topics.items()}

    @cached_property
    def _search(self) -> str:
        """The path of the page to search on: there is one if there is something to search."""
        return (
            search.PAGE
            if search.has_search(self.project) and any(map(search.is_searched, self._news))
            else ""
        )

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The entry of each page by its path."""
        return {path: record.entry for path, record in self.records.items()}

    @cached_property
    def _versions(self) -> Mapping[str, Sequence[Version]]:
        return versions_of(self.entries.values())

    @cached_property
    def _articles(self) -> list[Entry]:
        """The articles, newest first."""
        return ordered(
            (entry for entry in self.entries.values() if entry.is_article), ["date desc"]
        )

    @cached_property
    def _news(self) -> list[Entry]:
        """The articles, newest first, with one edition of each."""
        return one_entry_each(self._articles)

    @cached_property
    def _articles_by_source(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self._articles:
            found.setdefault(entry.source, []).append(entry)
        return found

    @cached_property
    def _alike(self) -> Likeness:
        return Likeness.of(
            (record.entry, record.gist)
            for record in self.records.values()
            if record.entry.is_article
        )

    @cached_property
    def likeness(self) -> str:
        """A digest of what tells which articles are related."""
        if not self.ground:
            return ""
        old, now = self.old.pages, self.records
        is_as_it_was = (
            self.ground == self.old.ground
            and old.keys() == now.keys()
            and all(
                now[path] is one
                or told_of(now[path].entry, now[path].gist) == told_of(one.entry, one.gist)
                for path, one in old.items()
            )
        )
        return self.old.likeness if is_as_it_was else self._alike.digest()

    @cached_property
    def related(self) -> Mapping[str, Sequence[str]]:
        """The pages that are related to those of each source."""
        stands = self.ground and (self.ground, self.likeness) == (
            self.old.ground,
            self.old.likeness,
        )
        return self.old.related if stands else self._alike.related()

    @cached_property
    def _section_pages(self) -> dict[str, Entry]:
        return {
            entry.title.casefold(): entry
            for path, entry in sorted(self.entries.items(), reverse=True)
            if entry.is_listing and path != "index.html"
        }

    @cached_property
    def _corrections(self) -> list[tuple[Entry, Correction]]:
        """Each correction with its article, newest first; one that several editions share once."""
        found = {
            (entry.source, one): entry
            for entry in self._articles[::-1]
            for one in entry.corrections
        }
        return sorted(
            ((entry, correction) for (_, correction), entry in found.items()),
            key=lambda one: (one[1].date, one[0].path),
            reverse=True,
        )

    @cached_property
    def _by_slug(self) -> dict[str, Entry]:
        return {slug_of_page(entry): entry for entry in self._articles}

    def _referred(self, record: PageRecord) -> dict[str, Entry]:
        """The articles that a page refers to, by slug: those that have a page."""
        return {
            one.slug: self._by_slug[one.slug]
            for one in record.references
            if one.slug in self._by_slug
        }

    def _lists(self, entry: Entry) -> Sequence[tuple[Listing, Sequence[Entry]]]:
        """The lists on a page, each with what it has; none on one that stands without its story."""
        if entry.path not in self.lists:
            name, source = self.records[entry.path].story, PurePosixPath(entry.source)
            listings = (
                self.stories.get(name).listings
                if entry.is_listing and self.stories.has(name)
                else ()
            )
            self.lists[entry.path] = [
                (one, listed(one, source, self.entries.values(), entry.lang)) for one in listings
            ]
        return self.lists[entry.path]

    def _front(self, entries: Sequence[Entry]) -> Front:
        lead = entries[0] if entries else None
        beside, day = entries[1 : 1 + BESIDE], entries[1 + BESIDE : 1 + BESIDE + DAY]
        shown = {entry.path for entry in (*entries[:1], *beside, *day)}
        columns = []
        for section, found in self._sections():
            below = [entry for entry in found if entry.path not in shown][:SECTION]
            shown |= {entry.path for entry in below}
            if below:
                columns.append((section, below))
        remaining = [entry for entry in entries if entry.path not in shown]
        is_chart = lead is not None and (lead.shown is None or lead.shown == lead.chart)
        chart = chart_of(self._text(lead), lead.picture) if lead and is_chart else None
        drawings = [Markup(drawing) for drawing in chart.drawings] if chart else []
        changes = changes_of((one for one in self._articles if one.is_searched), self.lang)[
            :CHANGES
        ]
        return Front(
            lead,
            drawings,
            Markup(chart.head if chart else ""),
            beside,
            day,
            changes,
            columns,
            remaining[:EARLIER],
            ARCHIVE if self._indexes.articles else "",
            len(self._indexes.articles),
        )

    def _sections(self) -> list[tuple[Entry, list[Entry]]]:
        navbar = self.project.settings.website.navbar
        named = [
            target.path
            for item in [*navbar.left, *navbar.right]
            if item.href and (target := links.written(item.href, PurePosixPath()))
        ]
        others = {_FRONT, *self._author_pages.values()}
        front = self.entries[_FRONT].lang if _FRONT in self.entries else self.lang
        found = [
            (entry, list(lists[0][1]))
            for path, entry in sorted(self.entries.items())
            if entry.is_listing
            and path not in others
            and entry.lang == front
            and (lists := self._lists(entry))
        ]
        found.sort(
            key=lambda one: (
                named.index(PurePosixPath(one[0].path))
                if PurePosixPath(one[0].path) in named
                else len(named)
            )
        )
        return found

    def _text(self, entry: Entry) -> str:
        """The body of a page; its whole text if it stands without its story."""
        name = self.records[entry.path].story
        return (
            self.stories.get(name).body
            if self.stories.has(name)
            else (self.folder.old / entry.path).read_text(encoding="utf-8")
        )

    def _picker(self, entry: Entry) -> Markup:
        """The picker on the page of ``entry``, with that page marked. It is made once for all
        editions of an article, which lie in one folder and so have the same addresses for each
        other.
        """
        if entry.source not in self.pickers:
            picker = picker_of(self._articles_by_source[entry.source])
            self.pickers[entry.source] = str(press_picker(self._scene(entry.path), picker))
        address = links.relative(PurePosixPath(entry.path), entry.path)
        return Markup(
            self.pickers[entry.source].replace(
                f'href="{address}"', f'href="{address}" aria-current="page"'
            )
        )

    def _feed_links(self, entry: Entry) -> list[FeedLink]:
        own = self._feeds_of(entry)
        return own + [link for link in self._front_feeds() if link not in own]

    def _front_feeds(self) -> list[FeedLink]:
        return self._feeds_of(self.entries["index.html"]) if "index.html" in self.entries else []

    def _feeds_of(self, entry: Entry) -> list[FeedLink]:
        """The feeds of a page."""
        listing = next((one for one, _ in self._lists(entry) if one.feed), None)
        if not self.project.site_url or not (listing or entry.lists_corrections):
            return []
        title = listing.feed.title if listing and listing.feed else None
        stem = PurePosixPath(entry.path).with_suffix("")
        return [
            FeedLink(
                form.media, form.name, title or self._feed_title(entry), f"{stem}{form.suffix}"
            )
            for form in feeds.FORMS
        ]

    def _feed_title(self, entry: Entry) -> str:
        name = site_title(self.project)
        return name if entry.title in ("", name) else f"{entry.title} – {name}"

    def _with_feeds(self) -> list[tuple[Entry, Listing, Sequence[Entry]]]:
        return [
            (entry, listing, shown)
            for _, entry in sorted(self.entries.items())
            for listing, shown in self._lists(entry)
            if listing.feed
        ]

    def _feeds(self, entry: Entry, listing: Listing, shown: Sequence[Entry]) -> Iterator[_Feed]:
        """The feeds of a list: of all that it has, and of each category that it names, in each
        form.
        """
        feed = listing.feed
        assert feed is not None
        scene, website = self._scene(entry.path), self.project.settings.website
        found = ordered((one for one in shown if one.date), ["date desc"])
        stem = str(PurePosixPath(entry.path).with_suffix(""))
        sets = [(stem, "", found)] + [
            (
                f"{stem}-{_slug(category)}",
                category,
                [one for one in found if category in one.categories],
            )
            for category in feed.categories or []
        ]
        for name, category, chosen in sets:
            title = (feed.title or self._feed_title(entry)) + (f": {category}" if category else "")
            for form in feeds.FORMS:
                head = feeds.FeedHead(
                    title,
                    feed.description or entry.description or website.description,
                    scene.absolute(entry.url),
                    scene.absolute(name + form.suffix),
                    feed.language or entry.lang,
                    scene.absolute(feed.image.lstrip("/")) if feed.image else "",
                )
                yield _Feed(name + form.suffix, form.write, head, chosen[: feed.items], feed.type)

    def _feed_head(self, entry: Entry, name: str) -> feeds.FeedHead:
        scene = self._scene(entry.path)
        return feeds.FeedHead(
            self._feed_title(entry),
            entry.description or self.project.settings.website.description,
            scene.absolute(entry.url),
            scene.absolute(name),
            entry.lang,
        )

    def _correction_item(self, entry: Entry, correction: Correction) -> feeds.Item:
        """A correction as news of its own."""
        address = f"{self._scene(entry.path).absolute(entry.url)}#{entry.anchor_of(correction)}"
        with speaking(entry.lang):
            told = replace(
                entry,
                title=t_("Correction: %(title)s", title=entry.title),
                date=correction.date,
                modified=None,
                corrections=(),
                description=t_(
                    "An earlier version said: %(wrong)s %(right)s",
                    wrong=t_("“%(text)s”", text=correction.wrong),
                    right=correction.right,
                ),
            )
        return feeds.Item(told, address, "")

    def _item(self, entry: Entry, form: FeedForm) -> feeds.Item:
        """An article as an item. Raises :class:`_FailedPagesError`."""
        try:
            with guarded(Place(entry.source), "putting this page into a feed"):
                return self._made_item(entry, form)
        except BroadsheetError as error:
            raise _FailedPagesError({entry.path: error}) from error

    def _made_item(self, entry: Entry, form: FeedForm) -> feeds.Item:
        """An article as an item; its content is read once for all the feeds that it is in."""

        def exists(address: str) -> bool:
            target = links.internal(address, PurePosixPath(entry.path).parent)
            return target is not None and str(target.path) in self.folder.names

        scene, content = self._scene(entry.path), self.contents.get((entry.path, form))
        url, pictures = scene.absolute(entry.url), sharing_pictures(entry)
        if content is None:
            content = feeds.content(
                (self.folder.new / entry.path).read_text("utf-8"), url, exists, form
            )
            self.contents[entry.path, form] = content
        return feeds.Item(
            entry, url, content, scene.absolute(pictures[-1].path) if pictures else ""
        )


def _block(listing: Listing, found: Sequence[Entry]) -> Block:
    return Block(
        listing.id or "",
        found,
        listing.page_size,
        fields=listing.fields,
        categories=categories(found) if listing.categories else (),
        max_description=listing.max_description_length,
    )


def _slug(category: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", category.casefold()).strip("-")


def _uses(path: str, text: str, entry: Entry) -> frozenset[str]:
    """The files that a page needs to be whole elsewhere: not the pages and feeds that it links to."""
    page = PurePosixPath(path)
    found = (links.internal(address, page.parent) for address in links.addresses(text))
    used = {
        str(target.path) for target in found if target and not _NAVIGATED.search(str(target.path))
    }
    used |= _pictures(entry)
    used |= {
        str(PurePosixPath(name).with_suffix(".svg")) for name in used if name.endswith(".json")
    }
    return frozenset(used | {path})
