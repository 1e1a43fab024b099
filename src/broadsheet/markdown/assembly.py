"""From runs to finished editions: their charts are drawn, and they are finished, for either renderer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import has_catalogue
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
from broadsheet.markdown.frozen_results import frozen_page
from broadsheet.project.edition import Edition
from broadsheet.project.execution import IDLE, has_outputs, reason_not_run
from broadsheet.project.project import Project
from broadsheet.run.running import Outcome

ATTEMPTS = 3
"""How often an edition is begun of which pictures are missing: others may remove them again."""

Made = TypeVar("Made")


class Assembly:
    """The catalogue, and a browser that draws: what assembly needs beside the runs.

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
        self.renderer = renderer or ChartRenderer(project.root)
        self._pictures: Pictures = renderer or Pictures(project.root)
        self._colours = project.settings.broadsheet.colours
        self.catalogue: Catalogue | None = None
        self.open_catalogue()

    def close(self) -> None:
        """End the browser; it starts again when it is needed."""
        self.renderer.close()

    def open_catalogue(self) -> None:
        """Read the catalogue as it is now."""
        self.catalogue, self.fault = None, None
        try:
            if has_catalogue(self._root):
                self.catalogue = self._catalogue_of(self._root)
        except BroadsheetError as error:
            self.fault = error

    @property
    def notices(self) -> list[Notice]:
        """What concerns all charts together; where there is something, they are not all
        that they could be.
        """
        return self.renderer.notices

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
                self.catalogue,
                goes_without,
                make=self._make,
            )
        notebook = outcome.notebook()
        finished = finish(
            outcome.edition,
            notebook,
            self._pictures,
            self.catalogue,
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
                return make(self.renderer.is_absent)
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
                    one.sketch.draw(self.renderer)
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
