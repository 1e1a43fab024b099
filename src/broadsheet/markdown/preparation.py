"""From sources to finished notebooks: they are run, their charts are drawn, and they are finished in
turn, for either renderer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Self, TypeVar

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR, has_catalogue
from broadsheet.errors import (
    SAVED,
    AssemblyError,
    BroadsheetError,
    Notice,
    Place,
    ToolError,
    guarded,
)
from broadsheet.figures import figure_making
from broadsheet.figures.chart_renderer import STORE, ChartRenderer, Pictures, UndrawableError
from broadsheet.figures.sketch import MissingPicture, UndrawnError
from broadsheet.language import speaking
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.finishing import finish, finish_frozen
from broadsheet.markdown.frozen_results import frozen_outcome, frozen_page
from broadsheet.project.edition import Edition
from broadsheet.project.execution import IDLE, has_outputs, reason_not_run
from broadsheet.project.project import Project
from broadsheet.run.executors import local_executor
from broadsheet.run.running import Outcome, execute

ATTEMPTS = 3
"""How often an edition is begun of which pictures are missing: others may remove them again."""

Made = TypeVar("Made")


class Assembly:
    """What assembly needs beside the editions: the catalogue, and a browser that draws. A context
    manager.

    ``fault`` says what is wrong with the catalogue, if it is. ``catalogue_of`` opens the catalogue of
    a publication, and ``make`` makes figures. A ``renderer`` that is given draws each picture when it
    is asked for; else nothing is drawn by :meth:`finish`, so that a fork can do that.
    """

    def __init__(
        self,
        project: Project,
        catalogue_of: Callable[[Path], Catalogue] = Catalogue.open,
        renderer: ChartRenderer | None = None,
        make: figure_making.MakesFigure = figure_making.make,
    ) -> None:
        self.fault: BroadsheetError | None = None
        self._root, self._catalogue_of, self._make = project.root, catalogue_of, make
        self._renderer = renderer or ChartRenderer(project.root)
        self._pictures: Pictures = renderer or Pictures(project.root)
        self._colours = project.settings.broadsheet.colours
        self._catalogue: Catalogue | None = None
        self.open_catalogue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._renderer.close()

    def open_catalogue(self) -> None:
        """Read the catalogue as it is now."""
        self._catalogue, self.fault = None, None
        try:
            if has_catalogue(self._root):
                self._catalogue = self._catalogue_of(self._root)
        except BroadsheetError as error:
            self.fault = error

    @property
    def notices(self) -> list[Notice]:
        """What concerns all charts together; where there is something, they are not all
        that they could be.
        """
        return self._renderer.notices

    def finish(self, outcome: Outcome, goes_without: bool) -> Finished:
        """The finished form of an edition. Raises its error, or assembly's, and
        :class:`UndrawnError` unless the edition ``goes_without`` what is not drawn.
        """
        if outcome.error is not None:
            raise outcome.error
        if outcome.frozen is not None:
            return finish_frozen(
                frozen_page(self._root, outcome.edition),
                self._pictures,
                self._catalogue,
                goes_without,
                make=self._make,
            )
        notebook = outcome.notebook()
        finished = finish(
            outcome.edition,
            notebook,
            self._pictures,
            self._catalogue,
            goes_without,
            make=self._make,
            colours=self._colours,
        )
        if notebook is None or outcome.kept is not None:
            return finished
        notices = (*_not_run(outcome), *finished.notices)
        return replace(finished, notices=notices, lacks=outcome.lacks)

    def draw_for(self, edition: Edition, make: Callable[[bool], Made]) -> Made:
        """What ``make`` makes of an edition, once the pictures are drawn that it lacks. It is told
        whether the edition goes without them, as there is no browser. Raises its errors, and that
        of a browser that fails. For many threads at a time.
        """
        for _ in range(ATTEMPTS):
            try:
                return make(self._renderer.is_absent)
            except UndrawnError as error:
                missing = error.missing
            with speaking(edition.settings.lang):
                self._draw(missing)
        raise ToolError(
            Place(str(STORE)),
            f"pictures were gone after they were drawn, {ATTEMPTS} times",
            "See that nothing else removes files there, and build again.",
        )

    def _draw(self, missing: Iterable[MissingPicture]) -> None:
        for one in missing:
            try:
                # of a figure that is refused, the page that is made then says so
                with guarded(one.place, f"drawing {one.name}"), suppress(UndrawableError):
                    one.sketch.draw(self._renderer)
            except (AssemblyError, ToolError) as error:
                what = f"{one.name}: {error.what}"
                raise type(error)(one.place, what, error.mend, topic=error.topic) from error


def _not_run(outcome: Outcome) -> Iterator[Notice]:
    """What is said of a notebook that is shown as it is saved; nothing where it has no code to run."""
    edition = outcome.edition
    what = "with the outputs saved in it" if has_outputs(edition.source) else "without outputs"
    where = edition.source.place()
    if outcome.lacks:
        yield Notice(
            where,
            f"this page is shown {what}: it could not be run, since it needs {outcome.lacks}",
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


def outcomes(
    project: Project,
    editions: Iterable[Edition],
    executor: Executor,
    *,
    use_cache: bool = True,
    given: Mapping[str, object] | None = None,
) -> Iterator[Outcome]:
    """What becomes of each edition when it is run; those of pages without code come first, and are
    as they are.
    """
    notebooks = []
    for edition in editions:
        try:
            frozen = None if given else frozen_outcome(project.root, edition)
        except BroadsheetError as error:
            yield Outcome(edition, error=error)
            continue
        if frozen is not None:
            yield frozen
        elif edition.source.notebook is None:
            yield Outcome(edition)
        else:
            notebooks.append(edition)
    yield from execute(project, notebooks, executor, given=given, use_cache=use_cache)


@dataclass
class Preparation:
    """What became of the editions: ``finished`` in the order asked for, faults by the edition's
    page, notices.
    """

    finished: list[Finished] = field(default_factory=list)
    faults: dict[PurePosixPath, BroadsheetError] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    ran: int = 0


def prepare(
    project: Project,
    editions: Iterable[Edition],
    *,
    jobs: int = 0,
    use_cache: bool = True,
    given: Mapping[str, object] | None = None,
) -> Preparation:
    """Run and finish ``editions``; a broken one is a fault beside the others. ``jobs`` of 0 means
    the cores.
    """
    editions, prepared = list(editions), Preparation()
    finished: dict[PurePosixPath, Finished] = {}
    with (
        local_executor(workers(jobs, editions), project) as executor,
        Assembly(project) as assembly,
    ):
        if assembly.fault:
            prepared.faults[PurePosixPath(DESCRIPTOR)] = assembly.fault
        for outcome in outcomes(project, editions, executor, use_cache=use_cache, given=given):
            prepared.ran += outcome.ran
            try:
                with guarded(outcome.edition.source.place(), "finishing this page"):
                    finished[outcome.edition.output] = assembly.draw_for(
                        outcome.edition, partial(assembly.finish, outcome)
                    )
            except BroadsheetError as error:
                prepared.faults[outcome.edition.output] = error
        prepared.finished = [
            finished[edition.output] for edition in editions if edition.output in finished
        ]
        prepared.notices = [
            notice for one in prepared.finished for notice in one.notices
        ] + assembly.notices
    return prepared


def workers(jobs: int, editions: Iterable[Edition]) -> int:
    """How many processes ``editions`` are run in: ``jobs``, or the cores for 0, and no more than
    there are to run.
    """
    return max(
        1,
        min(
            jobs or os.cpu_count() or 1,
            sum(edition.source.notebook is not None for edition in editions),
        ),
    )
