"""`broadsheet build`: the whole way from the sources to the site.

A source that has not changed since its pages were made is not opened. The others are run, a few at a
time, and each page is made as its run ends. Then the site is composed, and replaces the old one. If
nothing has changed at all, the old site stays, and no module that renders pages is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from broadsheet.data.catalogue import differences_of
from broadsheet.errors import BroadsheetError, Notice, StoreError, UsageError, guarded
from broadsheet.project.bibliographies import unused_references
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project, open_project
from broadsheet.project.reading import Publication, not_yet, open_publication
from broadsheet.project.sources.source import page_slug, slug_of
from broadsheet.site.article.article_store import STORE, Articles, MissingArticleError
from broadsheet.site.build.addresses import DROPPED
from broadsheet.site.build.copied_files import STATIC, resources_of, static_inputs
from broadsheet.site.build.shared_messages import of_each_page, once_each
from broadsheet.site.build.unchanged_sources import (
    Files,
    changed_files,
    global_inputs,
    is_fresh,
    usable_sources,
)
from broadsheet.site.index.build_record import Record, read_record
from broadsheet.site.output.output_folder import Contents, output_of
from broadsheet.site.output.swap import alone_at, clear_scratch, replacing
from broadsheet.site.theme.theme_files import load_theme
from broadsheet.storage.limits import bounded_work

if TYPE_CHECKING:
    from broadsheet.press.press import Press
    from broadsheet.run.running import Run
    from broadsheet.site.build.edition_pages import NewPage, Reader
    from broadsheet.site.build.site_builder import SiteBuilder


@dataclass(frozen=True)
class Report:
    """A build: how many ``pages`` are up to date and how many of them were ``made`` now, how many
    of what is broken were ``kept`` from the old site; how many notebooks ``ran`` and why
    (``explained``, by edition), and why each page, list or feed was made anew (``reasons``, by its
    path in the site). ``withheld`` says of each page that is not on the site that day why: it is a
    `draft`, or the day on which it comes out. ``answers`` are what the reader found in each page
    that is up to date, by its path in the site.
    """

    output: Path
    pages: int
    made: int = 0
    kept: int = 0
    ran: int = 0
    explained: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[BroadsheetError, ...] = ()
    notices: tuple[Notice, ...] = ()
    withheld: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)


DRAFTS = "_drafts"
"""Where a site with drafts goes, beside the real one: so that none is published by mistake."""
ATTEMPTS = 3
"""How often a build is begun that finds damaged what an earlier one has made, and it relied on."""

Watch = Callable[[Sequence[Edition]], AbstractContextManager[Callable[["Run"], None]]]
"""Given the editions that are notebooks, a context in which each is reported as it ends."""


@contextmanager
def unwatched(editions: Sequence[Edition]) -> Iterator[Callable[[Run], None]]:
    """Nobody watches."""
    yield lambda outcome: None


def build(
    root: Path,
    slugs: Sequence[str] = (),
    *,
    output: Path | None = None,
    jobs: int = 0,
    scheduler: str | None = None,
    use_cache: bool = True,
    watch: Watch = unwatched,
    waiting: Callable[[], None] = lambda: None,
    reader: Reader | None = None,
    day: date | None = None,
    drafts: bool = False,
    is_scratch: bool = False,
    is_foreign: bool = False,
    alone: bool = False,
) -> Report:
    """Build the site of the publication at ``root``, as it is on the ``day``, else today. With
    ``drafts`` it has also what is withheld that day, each page marked, and is put beside the real
    one if no ``output`` is given. Where an output may be is explained in :mod:`broadsheet.site.output.output_folder`;
    one that ``is_scratch`` is the caller's own, and is not asked about. A publication that
    ``is_foreign`` is somebody else's: its settings allow its notebooks nothing on this machine.

    ``waiting`` is called if another build of it is at work, and ``reader`` with each page that is
    made, which it may refuse by an error; pages that no reader has read are made anew. A reader may
    be called in another process: its answer is kept with the page, and is in the report.

    With ``slugs``, only these articles are run and made anew, with the pages without code, such as
    lists, or ``alone`` without them; the others stay as they are. Notebooks run in ``jobs``
    processes (0 means the cores), or on the cluster of the Dask ``scheduler``. What is broken is a
    fault in the report; its old page, if any, stays up. Raises :class:`ConfigError` for
    `_quarto.yml`, :class:`UsageError` for an unknown slug or an output that is not a site,
    :class:`ClusterError` for a lost cluster.
    """
    options = _Options(
        slugs=slugs,
        output=output,
        jobs=jobs or os.cpu_count() or 1,
        scheduler=scheduler,
        use_cache=use_cache,
        watch=watch,
        waiting=waiting,
        reader=reader,
        day=day,
        drafts=drafts,
        is_scratch=is_scratch,
        is_foreign=is_foreign,
        alone=alone and bool(slugs),
    )
    for _ in range(ATTEMPTS):
        with suppress(
            MissingArticleError
        ):  # which ones are missing is known then: their sources will be opened
            report = _built(root, options)
            return replace(report, notices=(*report.notices, *differences_of(root)))
    raise StoreError(
        str(STORE),
        f"pages are missing or damaged in {ATTEMPTS} attempts to build",
        "See that nothing else writes there, and build again; all of it may be removed.",
    )


@dataclass(frozen=True)
class _Options:
    """The arguments of :func:`build`."""

    slugs: Sequence[str]
    output: Path | None
    jobs: int
    scheduler: str | None
    use_cache: bool
    watch: Watch
    waiting: Callable[[], None]
    reader: Reader | None
    day: date | None
    drafts: bool
    is_scratch: bool
    is_foreign: bool
    alone: bool


def _built(root: Path, options: _Options) -> Report:
    """One attempt to build. Raises :class:`MissingArticleError` too."""
    project, drafts = open_project(root), options.drafts
    if options.is_foreign:
        project = project.without_permissions()
    day = options.day or project.today
    unread: dict[PurePosixPath, BroadsheetError] = {}
    site = options.output or (project.output.with_name(DRAFTS) if drafts else project.output)
    if options.is_scratch:
        clear_scratch(site, project.root)
        site = site.resolve()
    else:
        site = output_of(site, project.root)
    with alone_at(site, project.root, options.waiting) as present:
        files, old = Files(project.root), read_record(site)
        globals_now = global_inputs(
            files, project.config_files, reader=options.reader is not None, drafts=drafts
        )
        inputs = project.inputs(unread)
        contents = Articles(project.root)
        usable = usable_sources(old, inputs, globals_now, contents) if options.use_cache else set()
        leaving = _to_leave(usable, old, files, options, day)
        files.digests(map(str, inputs))  # as they are before they are read
        publication, leaving = _opened(project, inputs, leaving, old, day=day, drafts=drafts)
        publication = replace(publication, faults={**unread, **publication.faults})
        chosen = _chosen(publication, options.slugs, drafts)
        withheld = (
            *(edition.withheld for edition in publication.withheld),
            *(why for source in leaving for why in old.sources[str(source)].withheld),
        )
        unchanged = {page for source in leaving for page in old.sources[str(source)].pages}
        explained = {
            page_slug(source, PurePosixPath(page).stem): "unchanged"
            for source in leaving
            if old.sources[str(source)].is_notebook
            for page in old.sources[str(source)].pages
        }
        explained |= {
            edition.slug: f"not run: {not_yet(edition)}"
            for edition in publication.withheld
            if edition.source.notebook is not None and not drafts
        }
        if (
            not publication.editions
            and not publication.faults
            and unchanged == set(old.pages)
            and old.is_whole(present.built)
            and old.has_news_of(day)
            and _static_stands(old, project)
            # The publication's own site may have dropped them since.
            and not (options.is_scratch and any(one.topic == DROPPED for one in old.notices))
        ):
            return Report(
                site,
                len(unchanged),
                explained=explained,
                withheld=withheld,
                notices=old.notices,
                answers={path: page.answer for path, page in old.pages.items()},
            )
        work = _Build(options, publication, inputs, site, present, old, globals_now, files)
        try:
            report = work.made(chosen, leaving, explained)
        except MissingArticleError:
            contents.check(page.content for page in old.pages.values())
            raise
        return replace(report, withheld=withheld)


def _static_stands(old: Record, project: Project) -> bool:
    """Whether what goes into the site beside the pages is as it was, and nothing is wrong with it."""
    before, resources = old.steps.get(STATIC), resources_of(project)
    now = static_inputs(load_theme(project), resources.files, project.root)
    return before is not None and before.inputs == now and resources.fault is None


def _opened(
    project: Project,
    inputs: Sequence[PurePosixPath],
    leaving: set[PurePosixPath],
    old: Record,
    *,
    day: date,
    drafts: bool,
) -> tuple[Publication, set[PurePosixPath]]:
    """The sources that are not to be left, read; and those that are left. Of two pages of one
    address none is left, so that both are reported whichever of them is new.
    """
    standing = {page: source for source in leaving for page in old.sources[str(source)].pages}
    publication = open_publication(
        project.root,
        project,
        [path for path in inputs if path not in leaving],
        day=day,
        drafts=drafts,
        kept=standing,
        folders={path.parent for path in inputs},
    )
    if not publication.disputed:
        return publication, leaving
    leaving = leaving - publication.disputed
    standing = {page: source for page, source in standing.items() if source in leaving}
    return open_publication(
        project.root,
        project,
        [path for path in inputs if path not in leaving],
        day=day,
        drafts=drafts,
        kept=standing,
        folders={path.parent for path in inputs},
    ), leaving


def _to_leave(
    usable: set[PurePosixPath], old: Record, files: Files, options: _Options, day: date
) -> set[PurePosixPath]:
    """The sources that need not be opened: they are as they were; or they are not asked for."""
    asked = {name for slug in options.slugs for name in (slug, slug.partition("/")[0])}
    articles = {path for path in usable if options.alone or old.sources[str(path)].is_notebook}
    chosen = {path for path in articles if slug_of(path) in asked}
    unasked = articles - chosen if options.slugs else set()
    return unasked | {path for path in usable - unasked - chosen if is_fresh(old, path, files, day)}


def _chosen(publication: Publication, slugs: Sequence[str], drafts: bool) -> set[PurePosixPath]:
    """The pages of the editions to make."""
    try:
        chosen = publication.choose(list(slugs))
    except UsageError:
        whole = open_publication(
            publication.project.root, publication.project, day=publication.day, drafts=drafts
        )
        chosen = whole.choose(list(slugs))
    return {edition.output for edition in chosen}


@dataclass(frozen=True)
class _Build:
    """One build that has something to do."""

    options: _Options
    publication: Publication
    inputs: Sequence[PurePosixPath]
    site: Path
    present: Contents
    old: Record
    globals_now: Mapping[str, str]
    files: Files

    def made(
        self,
        chosen: Collection[PurePosixPath],
        leaving: Collection[PurePosixPath],
        explained: dict[str, str],
    ) -> Report:
        """Do it."""
        from broadsheet.press.press import Press
        from broadsheet.processes.worker_processes import worker_count

        options, publication = self.options, self.publication
        project = publication.project
        wanted = [one for one in publication.editions if self._is_wanted(one, chosen)]
        count, refused = worker_count(options.jobs, len(wanted)), list[Notice]()
        with (
            Press(
                project, options.jobs, scheduler=options.scheduler, refused=refused.append
            ) as press,
            replacing(self.site, project.root, self.present) as folder,
        ):
            if wanted and count < 2:  # else each process has a Pandoc of its own
                press.pandoc.begin()
            # Imported here, while Pandoc starts.
            from broadsheet.site.build.site_builder import KeptPage, SiteBuilder

            builder = SiteBuilder(
                project,
                press.pandoc,
                folder.begin(),
                old=self.old,
                globals_now=self.globals_now,
                files=self.files,
                reader=options.reader,
                jobs=options.jobs,
                anew=not options.use_cache,
            )
            builder.leave(leaving)
            for edition in publication.editions:
                if not self._is_wanted(edition, chosen):
                    builder.take(KeptPage(edition))
            ran = self._make_pages(wanted, press, builder, count=count, explained=explained)
            press.release()
            undrawn, fault = press.assembly.notices, press.assembly.fault
            notices = (
                *publication.notices,
                *undrawn,
                *unused_references(project, self.inputs),
            )
            made = builder.compose(publication, notices, sure=not undrawn and fault is None)
        faults = [*of_each_page(made.faults), *([fault] if fault else [])]
        return Report(
            self.site,
            len(made.pages),
            made.made,
            len(made.kept),
            ran,
            explained,
            self._reasons(made.reasons),
            tuple(once_each(faults)),
            (*notices, *refused, *made.notices),
            answers=made.answers,
        )

    def _is_wanted(self, edition: Edition, chosen: Collection[PurePosixPath]) -> bool:
        is_list = edition.source.notebook is None and not self.options.alone
        return edition.output in chosen or is_list

    def _make_pages(
        self,
        wanted: Sequence[Edition],
        press: Press,
        builder: SiteBuilder,
        *,
        count: int,
        explained: dict[str, str],
    ) -> int:
        """Run the ``wanted`` editions, and make the page of each as its run ends, in ``count``
        processes. A few editions are under work at a time, so that memory does not grow with their
        number. Returns how many were run; why each was run goes into ``explained``.
        """
        from broadsheet.figures.drawing.chart_renderer import Pictures
        from broadsheet.processes.worker_processes import DiedError, Line, Workers
        from broadsheet.run.running import Run
        from broadsheet.site.build.faults import died
        from broadsheet.site.build.site_builder import KeptPage

        options, assembly = self.options, press.assembly
        line = Line(assembly.renderer.drawn)
        pictures = Pictures(press.project.root, line.ask)
        editions = {str(edition.output): edition for edition in wanted}
        ran, limit = 0, BoundedSemaphore(2 * options.jobs)

        def make(asked: tuple[str, Path | None, str, PurePosixPath | None]) -> NewPage:
            page, run, lacks, frozen = asked
            place = editions[page].source.place()
            with guarded(place, "making this page"), bounded_work(place, "making this page"):
                outcome = Run(editions[page], run, lacks=lacks, frozen=frozen)
                return builder.made(assembly.finish(outcome, pictures))

        def make_elsewhere(outcome: Run) -> NewPage:
            try:
                page = str(outcome.edition.output)
                return forks.do((page, outcome.kept, outcome.lacks, outcome.frozen))
            except DiedError:
                raise died(outcome.edition.source.place()) from None

        def take(outcome: Run) -> None:
            try:
                if outcome.error is not None:
                    raise outcome.error
                with guarded(outcome.edition.source.place(), "making this page"):
                    builder.note(make_elsewhere(outcome))
            except BroadsheetError as error:
                builder.take(KeptPage(outcome.edition, error))
            finally:
                limit.release()

        with (
            Workers(count, make, end=press.pandoc.close, line=line) as forks,
            options.watch(_notebooks(wanted)) as on_outcome,
            ThreadPoolExecutor(2 * options.jobs) as pool,
        ):
            taking = list[Future[None]]()
            for outcome in press.run(wanted, use_cache=options.use_cache):
                if outcome.edition.source.notebook is not None or outcome.frozen is not None:
                    ran += outcome.ran
                    explained[outcome.edition.slug] = outcome.why or "unchanged"
                if outcome.edition.source.notebook is not None:
                    on_outcome(outcome)
                limit.acquire()
                if count < 2:  # in the main thread, a page that takes too long can be broken off
                    take(outcome)
                else:
                    taking.append(pool.submit(take, outcome))
            for future in taking:
                future.result()
        return ran

    def _reasons(self, reasons: Mapping[str, str]) -> dict[str, str]:
        """Why each page was made anew, with the files of the publication that its text rests on."""
        found = dict(reasons)
        for known in self.old.sources.values():
            changed = changed_files(known, self.files)
            for path in known.pages if changed else ():
                if path in found:
                    found[path] = found[path].replace(
                        "its text", f"its text ({', '.join(changed)})"
                    )
        return found


def _notebooks(editions: Sequence[Edition]) -> list[Edition]:
    return [edition for edition in editions if edition.source.notebook is not None]
