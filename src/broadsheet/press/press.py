"""The press: what makes pages of a publication's editions and outlives each of them.

A :class:`Press` owns the processes that run notebooks, those of Pandoc, the browser that draws and
the catalogue. It is the only place that makes any of them. Each starts when it is first needed, so a
press that has nothing to do costs nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.errors import BroadsheetError, Notice, guarded
from broadsheet.markdown.pandoc import Pandoc

if TYPE_CHECKING:  # imported when they are needed, while Pandoc starts
    from broadsheet.data.catalogue import Catalogue
    from broadsheet.figures.drawing.chart_renderer import ChartRenderer
    from broadsheet.figures.figure_making import MakesFigure
    from broadsheet.markdown.document import Document, Rendered
    from broadsheet.markdown.finished_edition import Finished
    from broadsheet.press.assembly import Assembly
    from broadsheet.project.editions.edition import Edition
    from broadsheet.project.project import Project
    from broadsheet.run.running import Run


@dataclass(frozen=True)
class Memory:
    """What a press that makes the same pages again and again puts in place of what it would do for
    each page anew: how the catalogue is opened, what draws, and how figures are made.
    """

    catalogue_of: Callable[[Path], Catalogue]
    renderer: ChartRenderer
    make: MakesFigure


@dataclass
class Finishing:
    """The result for some editions: ``finished`` in the order in which they were given, the faults of
    the others by the paths of their pages, the notices of all, and how many were run.
    """

    finished: list[Finished] = field(default_factory=list)
    faults: dict[PurePosixPath, BroadsheetError] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    ran: int = 0


class Press:
    """Makes pages of the editions of ``project``; a context manager, in whose block this is the
    publication at work (:meth:`.Project.at_work`). Has state: what it has started.

    Notebooks run in up to ``jobs`` processes (0 means the cores) or, with the address of a Dask
    ``scheduler``, on its cluster; ``refused`` gets a notice of each worker there that cannot be used.
    """

    def __init__(
        self,
        project: Project,
        jobs: int = 0,
        *,
        scheduler: str | None = None,
        refused: Callable[[Notice], None] = lambda notice: None,
        memory: Memory | None = None,
    ) -> None:
        self.project = project
        self.jobs = jobs or os.cpu_count() or 1
        self._scheduler, self._refused, self._memory = scheduler, refused, memory
        self._executor: Executor | None = None
        self._at_work = ExitStack()
        self.pandoc = Pandoc(
            self.jobs, project.settings.broadsheet.page_time_limit, root=project.root
        )

    def __enter__(self) -> Self:
        self._at_work.enter_context(self.project.at_work())
        return self

    def __exit__(self, *error: Any) -> None:
        with self._at_work, self.pandoc:
            self._end(*error)

    def release(self) -> None:
        """End what runs and draws; Pandoc stays. What is ended starts again when it is needed."""
        self._end(None, None, None)

    def _end(self, *error: Any) -> None:
        executor, self._executor = self._executor, None
        try:
            if executor is not None:
                executor.__exit__(*error)
        finally:
            if "assembly" in vars(self):
                self.assembly.close()

    # Editions are run

    def run(
        self,
        editions: Iterable[Edition],
        *,
        given: Mapping[str, object] | None = None,
        use_cache: bool = True,
    ) -> Iterator[Run]:
        """Run ``editions`` and yield each as it is done. Those that are not run, as pages without code
        and what Quarto has frozen, come first. ``given`` are values of parameters, as strings, over
        each edition's own. Raises :class:`ClusterError` for a lost cluster.
        """
        from broadsheet.press.frozen_results import frozen_outcome
        from broadsheet.run.running import Run, execute

        notebooks = []
        for edition in editions:
            try:
                frozen = None if given else frozen_outcome(self.project.root, edition)
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
                self.project, notebooks, self.executor, given=given, use_cache=use_cache
            )

    @property
    def executor(self) -> Executor:
        """The processes that run notebooks. Raises :class:`UsageError` and :class:`ClusterError` for
        a cluster that cannot be had.
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

    @cached_property
    def assembly(self) -> Assembly:
        """The catalogue, and the browser that draws."""
        from broadsheet.press.assembly import Assembly

        if (memory := self._memory) is None:
            return Assembly(self.project)
        return Assembly(self.project, memory.catalogue_of, memory.renderer, memory.make)

    @property
    def catalogue(self) -> Catalogue | None:
        """The catalogue of tables; None if there is none. Raises :class:`ConfigError` for one that
        cannot be read.
        """
        if self.assembly.fault is not None:
            raise self.assembly.fault
        return self.assembly.catalogue

    def finish(self, outcome: Run) -> Finished:
        """The finished form of an edition that was run, its pictures drawn. Raises the error of its
        run, and that of what cannot be on a page.
        """
        return self.assembly.finish(outcome)

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
        if self.assembly.fault:
            result.faults[PurePosixPath(DESCRIPTOR)] = self.assembly.fault
        for outcome in self.run(editions, given=given, use_cache=use_cache):
            result.ran += outcome.ran
            try:
                with guarded(outcome.edition.source.place(), "finishing this page"):
                    finished[outcome.edition.output] = self.finish(outcome)
            except BroadsheetError as error:
                result.faults[outcome.edition.output] = error
        result.finished = [
            finished[edition.output] for edition in editions if edition.output in finished
        ]
        result.notices = [notice for one in result.finished for notice in one.notices]
        result.notices += self.assembly.notices
        return result

    # They are rendered

    def rendered(self, finished: Finished) -> tuple[Document, Rendered]:
        """The Markdown of an edition, and what Pandoc makes of it. Raises :class:`RenderError`."""
        from broadsheet.markdown.markdown_text import document_of

        document = document_of(finished, self.project.root)
        return document, self.pandoc.render(document)
