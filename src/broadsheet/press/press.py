"""The press: what makes pages of a publication's editions and outlives each of them.

A :class:`Press` owns the processes that run notebooks, those of Pandoc, the browser that draws, and
what is remembered of figures. It is the only place that makes any of them. Each
starts when it is first needed, so a press that has nothing to do costs nothing.

The way of a page is the same for all: :meth:`Press.run` runs editions, and :meth:`Press.rendering`
gives the body of a run. :func:`~broadsheet.site.build.edition_pages.article_of` makes the article
of it: what that says depends on the site, of which the press knows nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from broadsheet.data.descriptor import DESCRIPTOR, has_catalogue
from broadsheet.errors import SAVED, BroadsheetError, Notice, guarded
from broadsheet.markdown import kept_answers
from broadsheet.markdown.elements.embeds import calls_of
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.editions.execution import IDLE, has_outputs, reason_not_run
from broadsheet.storage.store import Store

if TYPE_CHECKING:  # imported when they are needed, while Pandoc starts
    from datetime import date

    from broadsheet.data.catalogue import Catalogue
    from broadsheet.figures.drawing.chart_renderer import ChartRenderer, Pictures
    from broadsheet.markdown.finished_edition import Finished
    from broadsheet.markdown.rendering import Rendering
    from broadsheet.press.kept_figures import FigureMemory
    from broadsheet.processes.worker_processes import Asked, Done, ParentLine, Workers
    from broadsheet.project.editions.edition import Edition
    from broadsheet.project.project import Project
    from broadsheet.run.running import Run

FIGURES = "figures"
"""The store of figures, `.broadsheet/figures/`."""
ROOM = 256 * 2**20
"""The most bytes that the store of figures keeps, and that of what Pandoc has made."""


@dataclass
class Finishing:
    """The result for some editions."""

    finished: list[Finished] = field(default_factory=list)
    """The editions in the order in which they were given, without those that have a fault."""
    faults: dict[PurePosixPath, BroadsheetError] = field(default_factory=dict)
    """The faults by the paths of their pages."""
    notices: list[Notice] = field(default_factory=list)
    """The notices of all editions."""
    ran: int = 0
    """The number of editions that were run."""


class Press:
    """Makes pages of the editions of ``project``; a context manager, in whose block this is the
    publication at work (:meth:`.Project.at_work`). Has state: what it has started.

    Notebooks run in up to ``jobs`` processes (0 means the cores) or, with the address of a Dask
    ``scheduler``, on its cluster; ``refused`` gets a notice of each worker there that cannot be
    used. A press that does not draw has the pictures that were drawn before. One that is
    ``for_screen`` makes the same pages again and again: it remembers their figures, and makes no
    pictures to take along. ``day`` is the day of the build, on which tables are late; today by
    default. Runs, pictures and what Pandoc has made are ``kept_in`` the publication at that root; by
    default in the project's own. With a digest of the ``inputs`` of all pages, figures are kept, too.
    A press that works ``anew`` uses neither what Pandoc has made before nor such figures.
    """

    def __init__(
        self,
        project: Project,
        jobs: int = 0,
        *,
        scheduler: str | None = None,
        refused: Callable[[Notice], None] = lambda notice: None,
        draws: bool = True,
        for_screen: bool = False,
        day: date | None = None,
        kept_in: Path | None = None,
        inputs: str = "",
        anew: bool = False,
    ) -> None:
        self.project = project
        self._day, self._kept_in = day, kept_in or project.root
        self._inputs = "" if anew else inputs
        self.jobs = jobs or os.cpu_count() or 1
        self._scheduler, self._refused = scheduler, refused
        self._draws, self._for_screen = draws, for_screen
        self._executor: Executor | None = None
        self._at_work = ExitStack()
        time_limit = project.settings.broadsheet.page_time_limit
        kept_answers_in = None if anew else self._kept_in
        self.pandoc = Pandoc(self.jobs, time_limit, project.root, kept_answers_in)

    def __enter__(self) -> Self:
        self._at_work.enter_context(self.project.at_work())
        return self

    def __exit__(self, *error: Any) -> None:
        with self._at_work, self.pandoc:
            self._end(*error)
        for store in (kept_answers.STORE, FIGURES):
            Store(self._kept_in, store).trim(ROOM)

    def release(self) -> None:
        """End what runs and draws; Pandoc stays. What is ended starts again when it is needed."""
        self._end(None, None, None)

    def _end(self, *error: Any) -> None:
        executor, self._executor = self._executor, None
        try:
            if executor is not None:
                executor.__exit__(*error)
        finally:
            if "_renderer" in vars(self):
                self._renderer.close()

    # Editions are run

    def run(
        self,
        editions: Iterable[Edition],
        *,
        given: Mapping[str, object] | None = None,
        use_cache: bool = True,
        use_frozen: bool = True,
    ) -> Iterator[Run]:
        """Run ``editions`` and yield each as it is done. Those that are not run, as pages without
        code and what Quarto has frozen, come first. ``given`` are values of parameters, as strings,
        over each edition's own. Raises :class:`ClusterError` for a lost cluster.
        """
        from broadsheet.press.frozen_results import frozen_run
        from broadsheet.run.running import Run, execute

        notebooks = []
        for edition in editions:
            try:
                is_as_frozen = use_frozen and not given
                frozen = frozen_run(self.project.root, edition) if is_as_frozen else None
            except BroadsheetError as error:
                yield Run(edition, error=error)
                continue
            if frozen is not None:
                yield frozen
            elif edition.source.notebook is None:
                yield Run(edition)
            else:
                notebooks.append(edition)
        if notebooks:
            yield from execute(
                self.project,
                notebooks,
                self.executor,
                given=given,
                use_cache=use_cache,
                kept_in=self._kept_in,
            )

    @property
    def executor(self) -> Executor:
        """The processes that run notebooks. Raises :class:`UsageError` and :class:`ClusterError`
        for a cluster that cannot be had.
        """
        from broadsheet.run.executors import open_executor

        if self._executor is None:
            self._executor = open_executor(self._scheduler, self.jobs, self.project, self._refused)
        return self._executor

    def break_off(self) -> None:
        """End the runs that are under way on this machine, which then fail. From any thread."""
        from broadsheet.run.executors import LocalExecutor

        if isinstance(executor := self._executor, LocalExecutor):
            executor.break_off()

    # They are finished

    def finish(self, run: Run) -> Finished:
        """Return the finished form of an edition that was run, its pictures drawn. Raises the error
        of its run, or the error of an output that cannot be on a page.
        """
        if run.error is not None:
            raise run.error
        finished = self._finished(run)
        if not calls_of(run.edition.source):
            return finished
        from broadsheet.press.finishing import finish_embedded

        return finish_embedded(finished, self.project, *self._tools)

    @property
    def _tools(self) -> tuple[Pictures, Catalogue | None, FigureMemory]:
        return self.pictures, self._opened[0], self._figures

    def _finished(self, run: Run) -> Finished:
        from broadsheet.press.finishing import finish, finish_frozen
        from broadsheet.press.frozen_results import frozen_page

        tools = self._tools
        if run.is_frozen:
            page = frozen_page(self.project.root, run.edition)
            return finish_frozen(page, *tools)
        notebook = run.notebook()
        colours = self.project.settings.broadsheet.colours
        finished = finish(run.edition, notebook, *tools, colours=colours)
        if notebook is None or run.kept is not None:
            return finished
        notices = (*_not_run(run), *finished.notices)
        return replace(finished, notices=notices, lacks=run.lacks)

    def finish_all(
        self,
        editions: Iterable[Edition],
        *,
        given: Mapping[str, object] | None = None,
        use_cache: bool = True,
    ) -> Finishing:
        """Run and finish ``editions``; a broken one is a fault beside the others."""
        editions, result = list(editions), Finishing()
        finished: dict[PurePosixPath, Finished] = {}
        if fault := self.catalogue_fault:
            result.faults[PurePosixPath(DESCRIPTOR)] = fault
        for run in self.run(editions, given=given, use_cache=use_cache):
            result.ran += run.ran
            try:
                with guarded(run.edition.source.place(), "finishing this page"):
                    finished[run.edition.output] = self.finish(run)
            except BroadsheetError as error:
                result.faults[run.edition.output] = error
        result.finished = [
            finished[edition.output] for edition in editions if edition.output in finished
        ]
        result.notices = [notice for one in result.finished for notice in one.notices]
        result.notices += self.notices
        return result

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue of tables; None if there is none. Raises :class:`ConfigError` for one that
        cannot be read.
        """
        catalogue, fault = self._opened
        if fault is not None:
            raise fault
        return catalogue

    @property
    def catalogue_fault(self) -> BroadsheetError | None:
        """The fault of the catalogue, without which pages are made then; None if it has none."""
        return self._opened[1]

    def reopen_catalogue(self) -> None:
        """Read the catalogue again when it is next needed."""
        vars(self).pop("_opened", None)

    @cached_property
    def _opened(self) -> tuple[Catalogue | None, BroadsheetError | None]:
        """The catalogue, or the fault for which it cannot be read."""
        from broadsheet.data.catalogue import Catalogue

        try:
            return (
                Catalogue.open(root, self._day or self.project.today)
                if has_catalogue(root := self.project.root)
                else None
            ), None
        except BroadsheetError as error:
            return None, error

    @cached_property
    def _figures(self) -> FigureMemory:
        from broadsheet.press.kept_figures import (
            LARGEST,
            MOST,
            MOST_ON_SCREEN,
            FigureMemory,
            KeptFigures,
        )

        if self._for_screen:
            return FigureMemory(MOST_ON_SCREEN)
        if not self._inputs:
            return FigureMemory(MOST, LARGEST)
        store = Store(self._kept_in, FIGURES)
        return FigureMemory(MOST, LARGEST, KeptFigures(store, self._inputs, self.pictures))

    # Their pictures are drawn

    @cached_property
    def pictures(self) -> Pictures:
        """The pictures of charts, drawn by the browser of this press, also for forked processes."""
        from broadsheet.figures.drawing.chart_renderer import Pictures

        if not self._draws:
            return Pictures(self._kept_in)
        return Pictures(self._kept_in, self._line.ask, for_screen=self._for_screen)

    @cached_property
    def _line(self) -> ParentLine:
        from broadsheet.processes.worker_processes import ParentLine

        return ParentLine(self._renderer.drawn)

    @cached_property
    def _renderer(self) -> ChartRenderer:
        from broadsheet.figures.drawing.chart_renderer import ChartRenderer

        return ChartRenderer(self._kept_in)

    @property
    def notices(self) -> list[Notice]:
        """The notices that concern all charts together; with one, charts lack what they could have."""
        return self._renderer.notices if "_renderer" in vars(self) else []

    def forked(self, count: int, work: Callable[[Asked], Done]) -> Workers[Asked, Done]:
        """Return ``count`` processes, forked from this one, in which ``work`` may use this press
        for all but runs.
        """
        from broadsheet.processes.worker_processes import Workers

        _ = self._opened  # once, before the processes are forked
        return Workers(count, work, end=self.pandoc.close, line=self._line)

    # They are rendered

    def rendering(self, run: Run) -> Rendering:
        """Return the body of an edition that was run. Raises as :meth:`finish` and :meth:`render`
        do.
        """
        finished = self.finish(run)
        return self.render(finished)

    def render(self, finished: Finished) -> Rendering:
        """Return the body of a finished edition, by Pandoc. Raises :class:`RenderError`."""
        from broadsheet.markdown.rendering import rendering_of

        return rendering_of(finished, self.pandoc, self.project.root, self.pictures)


def _not_run(run: Run) -> Iterator[Notice]:
    """Yield the notice of a notebook that is shown as it is saved; none where it has no code to
    run.
    """
    edition = run.edition
    what = "with the outputs saved in it" if has_outputs(edition.source) else "without outputs"
    where = edition.source.place()
    if run.lacks:
        yield Notice(
            where,
            f"this page is shown {what}: it could not be run, since it needs {run.lacks}",
            "Install what is missing, or write `execute: enabled: false`.",
            topic="not-run",
        )
    elif reason_not_run(edition) != IDLE:
        yield Notice(
            where,
            f"this page is shown {what}, and was not run",
            "`execute: enabled: true` in its front matter, or in _quarto.yml for all, runs it.",
            topic=SAVED,
        )
