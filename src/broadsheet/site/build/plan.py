"""The plan of a build: what it makes anew, and what stays as it is.

A source that has not changed since its pages were made is left as it is, and is not opened. Its
pages are made again of their kept articles where the rest of the site asks for it; so a source
whose kept article is damaged is opened, as one that has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath

from broadsheet.errors import BroadsheetError, UsageError
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project
from broadsheet.project.reading import Publication, not_yet, open_publication
from broadsheet.project.sources.source import page_slug, slug_of
from broadsheet.site.article.article_store import Articles
from broadsheet.site.build.copied_files import (
    STATIC,
    TABLE_PAGES,
    catalogue_inputs,
    resources_of,
    static_inputs,
)
from broadsheet.site.build.options import Options
from broadsheet.site.build.unchanged_sources import (
    Files,
    global_inputs,
    is_fresh,
    usable_sources,
)
from broadsheet.site.index.build_record import (
    DROPPED,
    PageRecord,
    Record,
    SourceRecord,
    read_record,
)
from broadsheet.site.output.output_folder import Contents
from broadsheet.site.theme.theme_files import load_theme


@dataclass(frozen=True)
class Plan:
    """The work of a build, before any of it is done."""

    options: Options
    """The options of the build."""
    publication: Publication
    """The publication without the sources that are left as they are."""
    inputs: Sequence[PurePosixPath]
    """All of its sources."""
    site: Path
    """The folder of the site."""
    old: Record
    """The record of the old site."""
    files: Files
    """The digests of the publication's files, as they were before they were read."""
    global_inputs: Mapping[str, str]
    """The inputs of all articles; if there are none, no later build will rely on this one."""
    chosen: frozenset[PurePosixPath]
    """The pages that were asked for."""
    left: frozenset[PurePosixPath] = frozenset()
    """The sources that are left as they are."""
    is_idle: bool = False
    """There is nothing to do: the old site is the new one."""

    @property
    def project(self) -> Project:
        """The project."""
        return self.publication.project

    @property
    def wanted(self) -> list[Edition]:
        """The editions that are made."""
        return [
            edition
            for edition in self.publication.editions
            if edition.output in self.chosen
            or (edition.source.notebook is None and not self.options.is_alone)
        ]

    @property
    def unasked(self) -> frozenset[str]:
        """The paths of the pages of editions that are not made."""
        pages = {str(edition.output) for edition in self.publication.editions}
        return frozenset(pages.difference(str(edition.output) for edition in self.wanted))

    @cached_property
    def left_sources(self) -> dict[str, SourceRecord]:
        """The records of the sources that are left as they are."""
        return {str(source): self.old.sources[str(source)] for source in sorted(self.left)}

    @cached_property
    def left_pages(self) -> dict[str, PageRecord]:
        """The records of their pages."""
        sources = self.left_sources.values()
        return {path: self.old.pages[path] for source in sources for path in source.pages}

    @property
    def withheld(self) -> tuple[str, ...]:
        """The reason for which each page that is not on the site that day is not."""
        return (
            *(edition.withheld for edition in self.publication.withheld),
            *(why for source in self.left_sources.values() for why in source.withheld),
        )

    def next(self, record: Record) -> Plan:
        """Return the plan of the next build after one that leaves this ``record``, if nothing
        changes meanwhile.
        """
        left = frozenset(map(PurePosixPath, record.sources))
        editions, withheld = (
            tuple(edition for edition in among if edition.source.path not in left)
            for among in (self.publication.editions, self.publication.withheld)
        )
        publication = replace(self.publication, editions=editions, withheld=withheld)
        return replace(self, publication=publication, old=record, left=left)

    @property
    def explained(self) -> dict[str, str]:
        """The reason for which each edition that does not run does not, by its slug."""
        unchanged = {
            page_slug(PurePosixPath(source), PurePosixPath(page).stem): "unchanged"
            for source, record in self.left_sources.items()
            if record.is_notebook
            for page in record.pages
        }
        return unchanged | {
            edition.slug: f"not run: {not_yet(edition)}"
            for edition in self.publication.withheld
            if edition.source.notebook is not None and not self.options.drafts
        }


def plan_of(
    project: Project,
    site: Path,
    present: Contents,
    options: Options,
    *,
    files: Files | None = None,
) -> Plan:
    """Plan the build of the ``site``, of which these files are ``present``. ``files`` are the digests
    of a build that has begun before. Raises :class:`UsageError` for an unknown slug.
    """
    old, articles = read_record(site), Articles(project.root)
    files = files or Files(project.root)
    day = options.day or project.today
    globals_now = global_inputs(
        files, project.config_files, reader=options.reader is not None, drafts=options.drafts
    )
    unread: dict[PurePosixPath, BroadsheetError] = {}
    inputs = project.inputs(unread)
    usable = usable_sources(old, inputs, globals_now, articles) if options.use_cache else set()
    left = frozenset(_to_leave(usable, old, files, options, day))
    files.digests(map(str, inputs))  # as they are before they are read

    def opened(left: frozenset[PurePosixPath]) -> Plan:
        publication = open_publication(
            project.root,
            project,
            [path for path in inputs if path not in left],
            day=day,
            drafts=options.drafts,
            kept={page: source for source in left for page in old.sources[str(source)].pages},
            folders={path.parent for path in inputs},
        )
        publication = replace(publication, faults={**unread, **publication.faults})
        chosen = _chosen(publication, options)
        return Plan(options, publication, inputs, site, old, files, globals_now, chosen, left)

    plan = opened(left)
    if is_idle(plan, present):
        return replace(plan, is_idle=True)
    # Of two pages of one address none is left, so that both are reported whichever of them is new.
    disputed = plan.publication.disputed
    damaged = {source for source in left if not _is_whole(old.sources[str(source)], old, articles)}
    return opened(left - disputed - damaged) if disputed or damaged else plan


def _to_leave(
    usable: set[PurePosixPath], old: Record, files: Files, options: Options, day: date
) -> set[PurePosixPath]:
    """Return the sources that need not be opened: they are as they were; or they are not asked for."""
    names = {name for slug in options.slugs for name in (slug, slug.partition("/")[0])}
    articles = {path for path in usable if options.is_alone or old.sources[str(path)].is_notebook}
    chosen = {path for path in articles if slug_of(path) in names}
    unasked = articles - chosen if options.slugs else set()
    return unasked | {path for path in usable - unasked - chosen if is_fresh(old, path, files, day)}


def _is_whole(source: SourceRecord, old: Record, articles: Articles) -> bool:
    """True if the kept article of each page of a source is as it was written."""
    return all(articles.is_whole(old.pages[page].content) for page in source.pages)


def _chosen(publication: Publication, options: Options) -> frozenset[PurePosixPath]:
    try:
        chosen = publication.choose(list(options.slugs))
    except UsageError:  # it may be one of those that are left as they are
        whole = open_publication(
            publication.project.root,
            publication.project,
            day=publication.day,
            drafts=options.drafts,
        )
        chosen = whole.choose(list(options.slugs))
    return frozenset(edition.output for edition in chosen)


def is_idle(plan: Plan, present: Contents) -> bool:
    """True if the old site is what would be built."""
    publication, old = plan.publication, plan.old
    return (
        not publication.editions
        and not publication.faults
        and plan.left_pages.keys() == old.pages.keys()
        and old.is_whole(present.built)
        and old.has_news_of(publication.day)
        and _static_stands(plan)
        and _catalogue_stands(plan)
        # The publication's own site may have dropped them since.
        and not (plan.options.is_scratch and any(one.topic == DROPPED for one in old.notices))
    )


def _static_stands(plan: Plan) -> bool:
    """True if what goes into the site beside the pages is as it was, and nothing is wrong with it."""
    before, resources = plan.old.steps.get(STATIC), resources_of(plan.project)
    now = static_inputs(load_theme(plan.project), resources, plan.files)
    return before is not None and before.inputs == now and resources.fault is None


def _catalogue_stands(plan: Plan) -> bool:
    """True if what the pages of tables are made of is as it was."""
    before = plan.old.steps.get(TABLE_PAGES)
    now = catalogue_inputs(plan.project, plan.files, plan.publication.day)
    return (before.inputs if before else {}) == now
