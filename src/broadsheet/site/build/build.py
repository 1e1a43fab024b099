"""`broadsheet build`: the whole way from the sources to the site.

What is made anew is planned first: a source that has not changed since its pages were made is not
opened. The others are run, a few at a time, and the article of each page is made as its run ends.
Then the index of the site is made of all articles, and each page from its article and the index.
The new site replaces the old one. If nothing has changed at all, the old site stays, and no module
that renders pages is loaded.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.data.catalogue import differences_of
from broadsheet.errors import BroadsheetError, Notice, guarded
from broadsheet.project.bibliographies import unused_references
from broadsheet.project.project import Project, open_project
from broadsheet.project.reading import Publication, not_rendered
from broadsheet.site.build.dependencies import leave_standing, states_of
from broadsheet.site.build.options import Options
from broadsheet.site.build.plan import Plan, is_idle, plan_of
from broadsheet.site.build.report import Report
from broadsheet.site.build.unchanged_sources import Files
from broadsheet.site.index.build_record import read_record
from broadsheet.site.output.output_folder import Contents, output_of, site_at
from broadsheet.site.output.swap import alone_at, building, clear_scratch, lock_of, replacing
from broadsheet.storage.file_states import States, now_at
from broadsheet.storage.value_digest import digest_of

if TYPE_CHECKING:
    from broadsheet.figures.drawing.chart_renderer import Pictures
    from broadsheet.markdown.finished_edition import Finished
    from broadsheet.markdown.rendering import Renders
    from broadsheet.site.build.edition_pages import NewPage

DRAFTS = "_drafts"
"""The name of a site with drafts, beside the real one: so that none is published by mistake."""


def build(root: Path, slugs: Sequence[str] = (), **options: Any) -> Report:
    """Call :func:`build_site` with these :class:`~broadsheet.site.build.options.Options`, by name."""
    return build_site(root, Options(slugs, **options))


def build_site(root: Path, options: Options) -> Report:
    """Build the site of the publication at ``root``. What is broken is a fault in the report; its
    old page, if any, stays up. Raises :class:`ConfigError` for `_quarto.yml`, :class:`UsageError`
    for an unknown slug or an output that is not a site, :class:`ClusterError` for a lost cluster.
    """
    begun = time.monotonic_ns()
    project = open_project(root)
    if options.is_foreign:
        project = project.without_permissions(has_own_templates=options.has_own_templates)
    with project.at_work():
        return _built(project, options, begun)


def _built(project: Project, options: Options, begun: int) -> Report:
    site = options.output or (
        project.output.with_name(DRAFTS) if options.drafts else project.output
    )
    if options.is_scratch:
        clear_scratch(site, project.root)
        site = site.resolve()
    else:
        site = output_of(site, project.root)
    with alone_at(site, project.root, options.waiting) as present:
        moment = now_at(lock_of(site).parent, time.monotonic_ns() - begun)
        states = states_of(project, site, moment, options)
        files = Files(project.root, states=states)
        plan = plan_of(project, site, present, options, files=files)
        report = _unchanged(plan) if plan.is_idle else _made(plan, present)
        notices = [*differences_of(project.root), *not_rendered(project, plan.inputs)]
        if options.may_stand and not report.faults:
            _leave_standing(plan, present, states, notices)
    return _with(report, notices)


def _leave_standing(
    plan: Plan, present: Contents, states: States, notices: Sequence[Notice]
) -> None:
    """Leave the standing of a site that was just built, if the next build would have nothing to do."""
    project, site = plan.project, plan.site
    if not plan.is_idle:
        present = site_at(site, project.root)
        plan = plan.next(read_record(site))
        if not is_idle(plan, present):
            return
    leave_standing(plan, present, _with(_unchanged(plan), notices), states)


def _with(report: Report, notices: Sequence[Notice]) -> Report:
    return replace(report, notices=(*report.notices, *notices))


def _unchanged(plan: Plan) -> Report:
    """Return the report of a build that has nothing to do."""
    old = plan.old
    return Report(
        plan.site,
        len(old.pages),
        explained=plan.explained,
        withheld=plan.withheld,
        notices=old.notices,
        answers={path: page.answer for path, page in old.pages.items()},
    )


def _made(plan: Plan, present: Contents) -> Report:
    """Do what is planned, and put the new site in the place of the old one, which has these files
    ``present``.
    """
    from broadsheet.press.press import Press
    from broadsheet.processes.worker_processes import worker_count

    options, project, refused = plan.options, plan.project, list[Notice]()
    count = worker_count(options.processes, len(plan.wanted))
    with (
        Press(
            project,
            options.processes,
            scheduler=options.scheduler,
            refused=refused.append,
            day=plan.publication.day,
            inputs=digest_of(plan.global_inputs) if plan.global_inputs else "",
            anew=not options.use_cache,
        ) as press,
        replacing(plan.site, project.root, present) as folder,
    ):
        if plan.wanted and count < 2:  # else each process has a Pandoc of its own
            press.pandoc.begin()
        # Imported here, while Pandoc starts.
        from broadsheet.site.build.composition import compose
        from broadsheet.site.build.edition_pages import make_articles
        from broadsheet.site.build.site_texts import site_texts

        folder.begin()
        pages, explained, ran = make_articles(plan, press, folder, count)
        press.release()
        undrawn, fault = press.notices, press.catalogue_fault
        report = compose(
            plan,
            pages,
            folder,
            site_texts(project, press.pandoc),
            notices=(
                *plan.publication.notices,
                *undrawn,
                *unused_references(project, plan.inputs),
            ),
            fault=fault,
            sure=not undrawn and fault is None,
            pictures=press.pictures,
        )
    return replace(
        report,
        ran=ran,
        explained={**plan.explained, **explained},
        notices=(*refused, *report.notices),
    )


def make_site(
    publication: Publication,
    finished: Sequence[Finished],
    output: Path,
    *,
    pandoc: Renders,
    jobs: int = 1,
    plan: Plan | None = None,
    pictures: Pictures | None = None,
) -> Report:
    """Build the site of ``publication`` at ``output``, whole or not at all, each page of it anew.
    ``finished`` has each edition that is to have a page. Other pages of the old site are not in the
    new one, except pages of sources that could not be read, or that a ``plan`` leaves as they are.
    ``jobs`` pages are rendered at a time, with the ``pictures`` of their diagrams.
    If another build of this site is under way, the function waits for it. Raises
    :class:`UsageError` if ``output`` is not a site's.
    """
    from broadsheet.markdown.rendering import rendering_of
    from broadsheet.processes.worker_processes import Threads
    from broadsheet.site.build.composition import compose
    from broadsheet.site.build.edition_pages import MAKING, make_article, put_files_of
    from broadsheet.site.build.site_texts import site_texts

    project = publication.project

    def made(item: Finished) -> NewPage | BroadsheetError:
        try:
            with guarded(item.edition.source.place(), MAKING):
                rendering = rendering_of(item, pandoc, project.root, pictures)
                new = make_article(rendering, project, folder)
                put_files_of(new, project, folder)
                return new
        except BroadsheetError as error:
            return error

    with project.at_work(), building(output, project.root) as folder:
        with Threads(max_workers=max(1, jobs)) as pool:
            paths = [str(item.edition.output) for item in finished]
            pages = dict(zip(paths, pool.map(made, finished), strict=True))
        plan = plan or Plan(
            Options(jobs=1),
            publication,
            inputs=(),
            site=folder.old,
            old=read_record(folder.old),
            files=Files(project.root),
            global_inputs={},
            chosen=frozenset(edition.output for edition in publication.editions),
        )
        return compose(plan, pages, folder, site_texts(project, pandoc), pictures=pictures)
