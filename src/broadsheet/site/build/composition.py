"""From the articles of pages to a whole site on disk.

The index of the site is made of all pages that can be in it. Each page is rendered from its article
and from what the index shows of the others, unless neither has changed; then lists, feeds and the
sitemap are written, files gathered, and every link is checked. All of it goes into a folder beside
the old site. A page that cannot be made is a fault and stops no other: if the old site has it, the
old page is kept, with its files and its place in every list; else the index is made without it.

What belongs to the site and not to a page is deterministic: the same publication gives the same
bytes, whether its pages were made in one build or in many. The search index alone is not. Memory
does not grow with the size of the pages, because only the record of each is held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from broadsheet.data.catalogue import overdue_tables
from broadsheet.errors import BroadsheetError, Notice, Place, guarded, unexpected
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.markdown.document import Inline
from broadsheet.processes.worker_processes import Workers, worker_count
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import CONFIG, SOURCES
from broadsheet.site.article import photos
from broadsheet.site.article.article_store import Articles
from broadsheet.site.build import faults
from broadsheet.site.build.addresses import misplaced, redirect_pages
from broadsheet.site.build.copied_files import (
    STATIC,
    TABLE_PAGES,
    Resources,
    catalogue_inputs,
    resources_of,
    static_inputs,
)
from broadsheet.site.build.edition_pages import NewPage, notices_on, put_asked
from broadsheet.site.build.plan import Plan
from broadsheet.site.build.report import Report
from broadsheet.site.build.shared_messages import of_each_page, once_each
from broadsheet.site.build.site_texts import SiteTexts
from broadsheet.site.build.unchanged_sources import changed_files, metadata_files
from broadsheet.site.formats import search, social_cards
from broadsheet.site.formats.feeds import feeds_of_site
from broadsheet.site.formats.sitemaps import for_crawlers
from broadsheet.site.index.archived_pages import changed_since
from broadsheet.site.index.build_record import PageRecord, Record, SourceRecord, read_record
from broadsheet.site.index.site_index import FRONT, SEARCH_PAGE, Index, index_of
from broadsheet.site.output.build_steps import Steps
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.output.swap import STAGING
from broadsheet.site.pages.data_pages import catalogue_pages, data_page, inputs_of_data_page
from broadsheet.site.pages.page_rendering import (
    COMPOSING,
    inputs_of,
    made_or_fault,
    page_inputs,
    text_of_list,
    uses_of,
)
from broadsheet.site.pages.template_values import list_pages, more_pages, search_page
from broadsheet.site.theme.theme_files import load_theme
from broadsheet.storage.value_digest import changes, digest_of
from broadsheet.text.html_tree import parsed_page

BESIDE_RECORDS = "what pages show of each other"
"""The name of the step that notes it, apart from the records of pages."""


@dataclass(frozen=True)
class Pages:
    """The fate of each page, by its path in the site."""

    new: Mapping[str, NewPage]
    """The pages whose articles were made in this build."""
    left: Mapping[str, PageRecord]
    """Pages of sources that are left as they are."""
    kept: Mapping[str, PageRecord]
    """Old pages of editions that were not made, and of sources that could not be read."""
    faults: Mapping[str, BroadsheetError]
    """The faults for which pages could not be made."""
    refused: Mapping[str, NewPage]
    """Articles that were made and cannot be on the site: the messages about them are told, too."""

    @property
    def records(self) -> dict[str, PageRecord]:
        """The records of the pages of the site."""
        return {**{path: one.record for path, one in self.new.items()}, **self.left, **self.kept}


@dataclass(frozen=True)
class Composed:
    """A site in its folder, whole; unless pages of it have ``failed``, each with its fault."""

    steps: Steps
    """The steps that were done."""
    index: Index | None = None
    """The index of the site."""
    records: Mapping[str, PageRecord] = field(default_factory=dict)
    """The records of all pages, with what they were made of."""
    count: int = 0
    """The number of pages that were made anew."""
    notices: tuple[Notice, ...] = ()
    """The notices of redirects."""
    searched: search.SearchFiles = field(default_factory=search.SearchFiles)
    """The search index."""
    failed: Mapping[str, BroadsheetError] = field(default_factory=dict)
    """The faults of pages, by their paths."""
    is_whole: bool = True
    """The pages of tables lack nothing that this machine could not make."""
    data_faults: Mapping[str, BroadsheetError] = field(default_factory=dict)
    """The faults of pages of tables, by their paths: the old ones are kept."""


def compose(
    plan: Plan,
    made: Mapping[str, NewPage | BroadsheetError],
    folder: SiteFolder,
    texts: SiteTexts,
    *,
    notices: Sequence[Notice] = (),
    fault: BroadsheetError | None = None,
    sure: bool = True,
    pictures: Pictures | None = None,
) -> Report:
    """Put the site into its ``folder``: the pages that were ``made``, and those that are left as
    they are. ``notices`` are those from before, and ``fault`` is that of the whole publication;
    ``sure`` says that the articles lack nothing that this machine could not make; ``pictures`` draws
    the charts of tables.
    """
    before, resources = frozenset(folder.names), resources_of(plan.project)
    notices = (*notices, *texts.notices)
    pages = _pages(plan, made, folder)
    if pages.faults:
        folder.back_to(before & folder.names)  # without what a page that failed has put there
    site = _composed(plan, pages, folder, texts.by_name, resources, pictures=pictures)
    while site.failed:  # the index of the pages that are left has no place for these
        pages = _without(plan, pages, site.failed, folder)
        folder.back_to(before & folder.names)
        site = _composed(plan, pages, folder, texts.by_name, resources, pictures=pictures)
    records, steps = site.records, site.steps.done
    sure = sure and site.is_whole
    broken = _faults(plan, pages, site.searched, resources)
    broken |= {PurePosixPath(path): fault for path, fault in site.data_faults.items()}
    reported = _notices(plan, pages, site, folder)
    folder.record = Record(
        plan.global_inputs if sure else {},
        not broken and sure,
        records,
        _sources(plan, pages),
        {name: step for name, step in steps.items() if name not in records},
        (*notices, *reported),
        plan.publication.day.isoformat(),
    ).as_bytes()
    _trim(plan)
    paths = {*pages.new, *pages.faults, *plan.unasked}
    unasked = (pages.kept.keys() & plan.unasked) - pages.faults.keys()
    refused = {path: one.record.answer for path, one in pages.refused.items()}
    return Report(
        plan.site,
        len(records.keys() - pages.kept.keys()),
        new_pages=site.count,
        kept_pages=tuple(sorted(pages.kept.keys() - unasked)),
        unasked_pages=tuple(sorted(unasked)),
        absent=tuple(sorted(paths - records.keys())),
        reasons=_reasons(plan, site.steps.reasons),
        faults=tuple(once_each([*of_each_page(broken), *([fault] if fault else [])])),
        notices=(*notices, *reported),
        withheld=plan.withheld,
        answers={
            **refused,
            **{path: one.answer for path, one in records.items() if path not in pages.kept},
        },
    )


# What becomes of each page


def _pages(plan: Plan, made: Mapping[str, NewPage | BroadsheetError], folder: SiteFolder) -> Pages:
    """Sort the pages, before any is rendered."""
    new = {path: one for path, one in made.items() if isinstance(one, NewPage)}
    broken = {path: one for path, one in made.items() if isinstance(one, BroadsheetError)}
    broken |= {path: one.fault for path, one in new.items() if one.fault}
    left = {path: page for path, page in plan.left_pages.items() if path not in made}
    if FRONT not in {*left, *made, *plan.unasked}:
        missing = faults.front_page_fault(plan.publication, plan.old.pages)
        broken |= {FRONT: missing} if missing else {}
    sound = {path: one for path, one in new.items() if not one.fault}
    refused = {path: one for path, one in new.items() if one.fault}
    return _settled(plan, Pages(sound, left, {}, broken, refused), folder)


def _without(
    plan: Plan, pages: Pages, failed: Mapping[str, BroadsheetError], folder: SiteFolder
) -> Pages:
    """Return the pages when some have ``failed``. Raises the fault of an old page that fails as it
    is.
    """
    ours = {path: one for path, one in failed.items() if path in pages.left or path in pages.new}
    if not ours:
        raise next(iter(failed.values()))
    return _settled(plan, _taken_out(pages, ours, folder), folder)


def _settled(plan: Plan, pages: Pages, folder: SiteFolder) -> Pages:
    """Return the pages without those that refer to an unknown article, or have an alias where they
    cannot have one. Of pages that cannot be made, the old ones are kept.
    """
    new = {path: one.record for path, one in pages.new.items()}
    left = {**pages.left, **{path: new[path] for path in new.keys() & plan.left_pages.keys()}}
    records = {**left, **new}
    unfounded = faults.unfounded_references(plan.publication, left, records)
    pages = _taken_out(pages, misplaced(records) | unfounded, folder)
    return replace(pages, kept=_kept(plan, pages, folder))


def _taken_out(pages: Pages, failed: Mapping[str, BroadsheetError], folder: SiteFolder) -> Pages:
    """Return the pages without those that have ``failed``, whose files leave the ``folder``."""
    for path in failed.keys() & pages.new.keys():
        folder.drop(pages.new[path].files)
    return replace(
        pages,
        new={path: one for path, one in pages.new.items() if path not in failed},
        left={path: one for path, one in pages.left.items() if path not in failed},
        faults={**pages.faults, **failed},
    )


def _kept(plan: Plan, pages: Pages, folder: SiteFolder) -> dict[str, PageRecord]:
    """Return the old pages that are kept, by path: of editions that were not made, and of sources
    that could not be read.
    """
    unread = {str(path) for path in plan.publication.faults}
    unmade, left = pages.faults.keys() | plan.unasked, _left(plan, pages)

    def is_unread(source: str) -> bool:
        """True if ``source`` could not be read, or lies in a folder that could not."""
        above = map(str, PurePosixPath(source).parents)
        return source in unread or not unread.isdisjoint(above)

    return {
        path: page
        for path, page in sorted(plan.old.pages.items())
        if path not in pages.new
        and (path in unmade or is_unread(page.meta.source))
        and page.meta.source not in left
        and (folder.old / path).is_file()
    }


def _left(plan: Plan, pages: Pages) -> dict[str, SourceRecord]:
    """Return the records of the sources that are left as they are, and none of whose pages has
    failed.
    """
    return {
        source: record
        for source, record in plan.left_sources.items()
        if pages.faults.keys().isdisjoint(record.pages)
    }


# The site in its folder


def _composed(
    plan: Plan,
    pages: Pages,
    folder: SiteFolder,
    texts: Mapping[str, Inline],
    resources: Resources,
    *,
    pictures: Pictures | None,
) -> Composed:
    """Return the index of the site, and all that is made of it, in the ``folder``."""
    project, theme = plan.project, load_theme(plan.project)
    articles, records = Articles(project.root), pages.records
    steps = Steps(plan.old.all_steps, folder, _unusable(plan))
    documents = search.Documents(project.root, articles)
    index_with = partial(
        index_of,
        article_of=articles.get,
        project=project,
        theme=theme,
        texts=texts,
        is_published=resources.files.__contains__,
    )
    with TemporaryDirectory(
        dir=folder.new.parent, prefix=f"{folder.old.name}.{STAGING}", ignore_cleanup_errors=True
    ) as staging:
        indexing = search.SearchIndexing(project, documents, steps, Path(staging))
        try:
            indexing.start(records)
            index = index_with(records)
            folder.put_all(theme.files)
            steps.put(STATIC, static_inputs(theme, resources, plan.files), ())
            rendered, count, failed = _put_pages(plan, pages, index, folder, steps)
            if failed:
                return Composed(steps, index, failed=failed)
            for path in _unknown_pages(plan, pages, records):
                folder.keep_page(path)
            failed = _put_lists(plan, index, folder, steps, resources)
            if failed:
                return Composed(steps, index, failed=failed)
            is_whole, data_faults = _put_data_pages(plan, index, folder, steps, pictures)
            redirects = redirect_pages(index, rendered, folder)
            folder.put_all({path: text.encode() for path, text in redirects.pages.items()})
            searched = indexing.result(_months(plan.old))
            _put_search(searched, index, folder)
            return Composed(
                steps,
                index,
                rendered,
                count,
                redirects.notices,
                searched,
                is_whole=is_whole,
                data_faults=data_faults,
            )
        except BroadsheetError:
            raise
        except Exception as error:
            failed = faults.blamed(index_with, records, pages.kept)
            if not failed:
                raise unexpected(error, CONFIG, "making the site") from error
            return Composed(steps, failed=failed)
        finally:
            indexing.stop()


def _unusable(plan: Plan) -> str:
    """Say why no step of the old site can be reused; empty if they can."""
    if not (plan.options.use_cache and plan.global_inputs):
        return "all is made anew"
    changed = changes(plan.old.globals, plan.global_inputs)
    return f"changed: {', '.join(changed)}" if changed else ""


def _put_pages(
    plan: Plan, pages: Pages, index: Index, folder: SiteFolder, steps: Steps
) -> tuple[dict[str, PageRecord], int, dict[str, BroadsheetError]]:
    """Make the pages that have a source, or keep those that are up to date: their records, with
    what they were made of; how many were made; and the faults of those that failed.
    """
    project, theme = plan.project, index.theme
    records, failed = dict[str, PageRecord](), dict[str, BroadsheetError]()
    anew: dict[str, Mapping[str, str]] = {}
    is_same = _shows_the_same(plan, pages, index)
    steps.put(BESIDE_RECORDS, index.inputs_beside_records, ())
    for path, record in sorted(index.records.items()):
        if path in pages.kept:
            folder.keep((path, *record.files))
            records[path] = replace(record, inputs={})
            continue
        try:
            with guarded(Place(record.meta.source), COMPOSING):
                inputs = (
                    record.inputs
                    if is_same
                    and path in pages.left
                    and record.inputs
                    and not record.meta.is_listing
                    else page_inputs(index, record)
                )
        except BroadsheetError as error:
            failed[path] = error
            continue
        if steps.reuse(path, inputs):
            records[path] = replace(plan.old.pages[path], answer=record.answer)
        else:
            anew[path] = inputs
    count = worker_count(plan.options.processes, len(anew))
    with Workers(count, partial(made_or_fault, index, folder)) as forks:
        for path, page in zip(anew, forks.map(anew, died=faults.died), strict=True):
            record = index.records[path]
            if isinstance(page, BroadsheetError):
                failed[path] = page
                continue
            if overlap := faults.overlap(path, page.files, index.records):
                failed[path] = overlap
                continue
            for_charts = theme.for_charts(page.charts)
            uses = page.uses.union(for_charts)
            folder.note(page.files, page.refused)
            folder.put_all(for_charts)
            needed = uses.union(page.came)
            folder.keep(needed.intersection(record.files if path in pages.left else ()))
            try:
                with guarded(Place(record.meta.source), COMPOSING):
                    for name in uses:
                        put_asked(name, record.meta.source, project, folder)
            except BroadsheetError as error:
                failed[path] = error
            steps.put(path, anew[path], needed.intersection(folder.names))
            step = steps.done[path]
            records[path] = replace(
                record, inputs=step.inputs, files=step.files, anchors=page.anchors
            )
    return records, len(anew), failed


def _shows_the_same(plan: Plan, pages: Pages, index: Index) -> bool:
    """True if all that pages show of each other is as it was: then the page of an article that was
    left as it is has the inputs that it had. (A list may show the chart of another page.)
    """
    before, old = plan.old.steps.get(BESIDE_RECORDS), plan.old.pages
    return (
        before is not None
        and before.inputs == index.inputs_beside_records
        and not pages.kept
        and index.records.keys() == old.keys()
        and all(
            digest_of((one.record.meta, one.record.tables))
            == digest_of((old[path].meta, old[path].tables))
            for path, one in pages.new.items()
        )
    )


def _unknown_pages(plan: Plan, pages: Pages, records: Mapping[str, PageRecord]) -> list[str]:
    """Return the pages that could not be made and of which there is no record. Their files are
    known by name alone, and no list has them until they can be made again.
    """
    unread = {
        str(path.with_suffix(".html")) for path in plan.publication.faults if path.suffix in SOURCES
    }
    return sorted((pages.faults.keys() | unread) - records.keys() - plan.old.pages.keys())


def _put_lists(
    plan: Plan, index: Index, folder: SiteFolder, steps: Steps, resources: Resources
) -> dict[str, BroadsheetError]:
    """Put what is made of the index alone: lists, other pages without a source, files for crawlers,
    and feeds; and the ``resources``. Returns the faults of pages that cannot be in a feed.
    """
    failed: dict[str, BroadsheetError] = {}
    for page in list_pages(index):
        path, inputs = page.meta.path, inputs_of(index, page)
        if not steps.reuse(path, inputs):
            folder.put(path, text_of_list(index, page).encode())
            steps.put(path, inputs, [path])
    for path, text in more_pages(index).items():
        if path not in index.records:
            folder.put(path, text.encode())
    with index.project.speaking(index.lang):
        folder.put_all({**for_crawlers(index, plan.publication.day), **resources.files})
    for feed in feeds_of_site(index):
        if not steps.reuse(feed.name, feed.inputs):
            content, broken = feed.content()
            folder.put(feed.name, content)
            steps.put(feed.name, feed.inputs, [feed.name])
            failed |= broken
    return failed


def _put_data_pages(
    plan: Plan, index: Index, folder: SiteFolder, steps: Steps, pictures: Pictures | None
) -> tuple[bool, dict[str, BroadsheetError]]:
    """Put the pages of tables, and the index of them, unless the folder has a file in their way.
    Returns whether they lack nothing, and the faults of those that could not be made.
    """
    day, is_whole, failed = plan.publication.day, True, dict[str, BroadsheetError]()
    steps.put(TABLE_PAGES, catalogue_inputs(plan.project, plan.files, day), ())
    for table in index.data.ours:
        path = table.meta.path
        if not folder.has_room(path):
            continue
        inputs = inputs_of_data_page(index, table, day, plan.files.digest)
        if steps.reuse(path, inputs):
            continue
        try:
            with guarded(Place(table.meta.source), COMPOSING):
                page = data_page(index, table, day, pictures)
        except BroadsheetError as error:
            failed[path] = error
            steps.keep(path)
            continue
        for_charts = index.theme.for_charts(page.charts)
        uses = uses_of(path, parsed_page(page.files[path].decode()), table.meta)
        folder.put_all({**page.files, **for_charts})
        files = uses.union(page.files, for_charts).intersection(folder.names)
        steps.put(path, inputs, files, page.notices)
        is_whole = is_whole and page.is_whole
    for meta, inputs, html_of in catalogue_pages(index):
        if folder.has_room(meta.path) and not steps.reuse(meta.path, inputs):
            folder.put(meta.path, html_of().encode())
            steps.put(meta.path, inputs, [meta.path])
    return is_whole, failed


def _put_search(searched: search.SearchFiles, index: Index, folder: SiteFolder) -> None:
    """Put the search index into the folder. If the old one is kept, the search page has to say so."""
    if searched.fault is not None and SEARCH_PAGE not in index.records:
        folder.drop([SEARCH_PAGE])
        for path, text in search_page(index, searched.months).items():
            folder.put(path, text.encode())
    folder.put_all(searched.files)


def _months(old: Record) -> list[str]:
    """Return the months of the old site's search indexes."""
    start = f"{search.FOLDER}/"
    return [name.removeprefix(start) for name in old.steps if name.startswith(start)]


# What is said and noted of it


def _faults(
    plan: Plan, pages: Pages, searched: search.SearchFiles, resources: Resources
) -> dict[PurePosixPath, BroadsheetError]:
    """Return all faults, by the place of the page in the publication."""
    publication = plan.publication
    broken = dict(publication.faults)
    if searched.fault is not None:
        broken[PurePosixPath(search.FOLDER)] = searched.fault
    paths_of = {str(edition.output): edition.path for edition in publication.editions}
    for path, fault in pages.faults.items():
        # What was not opened in this build has the place of its source.
        where = paths_of.get(path) or PurePosixPath(path).with_suffix(
            PurePosixPath(fault.where.file).suffix
        )
        broken[where] = fault
    if resources.fault is not None:
        broken[PurePosixPath(resources.fault.where.file)] = resources.fault
    return broken


def _notices(plan: Plan, pages: Pages, site: Composed, folder: SiteFolder) -> tuple[Notice, ...]:
    """Return the notices of the sources, and of the site as a whole."""
    assert site.index is not None
    project = plan.project
    other = {} if plan.site == project.output else read_record(project.output).pages
    before = other or plan.old.pages
    looked_over = {path: one for path, one in site.records.items() if path not in pages.kept}
    looked_over |= {
        path: refused.with_files(plan.project.root) for path, refused in pages.refused.items()
    }
    of_site = faults.notices_of(
        site.index,
        plan,
        folder,
        records=site.records,
        looked_over=looked_over,
        before=before,
        faults=pages.faults,
    )
    archived = (page for pages in site.index.archived.values() for page in pages)
    altered = changed_since(archived, plan.files.digest)
    return (
        *(notice for record in _left(plan, pages).values() for notice in record.notices),
        *once_each(notices_on({**pages.new, **pages.refused})),
        *once_each([*site.index.notices, *site.notices, *site.steps.notices, *altered, *of_site]),
    )


def _reasons(plan: Plan, reasons: Mapping[str, str]) -> dict[str, str]:
    """Return the reason for making each page anew, with the changed files that its text rests on."""
    whole = dict(reasons)
    for source in plan.old.sources.values():
        changed = changed_files(source, plan.files)
        for path in source.pages if changed else ():
            if path in whole:
                text = f"its text ({', '.join(changed)})"
                whole[path] = whole[path].replace("its text", text)
    return whole


def _sources(plan: Plan, pages: Pages) -> dict[str, SourceRecord]:
    """Return a record of each source all of whose pages were made, and are the same on any day."""
    publication = plan.publication
    sources = _left(plan, pages)
    editions: dict[PurePosixPath, list[Edition]] = {}
    for edition in publication.editions:
        editions.setdefault(edition.source.path, []).append(edition)
    withheld = [(edition.source.path, edition.withheld) for edition in publication.withheld]
    for source, all_of_it in editions.items():
        paths = [str(edition.output) for edition in all_of_it]
        if not all(path in pages.new for path in paths) or all_of_it[0].is_of_today:
            continue
        new = {path: pages.new[path] for path in paths}
        reads = set(metadata_files(source)).union(*(one.reads for one in new.values()))
        notices = [one for one in publication.notices if one.where.file == str(source)]
        sources[str(source)] = SourceRecord(
            plan.files.digests(reads),
            tuple(paths),
            (*notices, *once_each(notices_on(new))),
            tuple(why for path, why in withheld if path == source),
            all_of_it[0].source.notebook is not None,
            {name: version for one in new.values() for name, version in one.libraries.items()},
            tuple(sorted(overdue_tables(plan.project.root, reads, publication.day))),
        )
    return sources


def _trim(plan: Plan) -> None:
    root = plan.project.root
    Articles(root).trim(int(plan.project.settings.broadsheet.cache_size * 2**20))
    for stored in (social_cards, photos):
        stored.trim(root)
