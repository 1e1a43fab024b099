"""From runs to finished editions: their charts are drawn, and they are finished, for either renderer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import has_catalogue
from broadsheet.errors import (
    SAVED,
    BroadsheetError,
    Notice,
)
from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import ChartRenderer, Pictures
from broadsheet.markdown.finished_edition import Finished
from broadsheet.press.finishing import finish, finish_frozen
from broadsheet.press.frozen_results import frozen_page
from broadsheet.project.editions.execution import IDLE, has_outputs, reason_not_run
from broadsheet.project.project import Project
from broadsheet.run.running import Run


class Assembly:
    """The catalogue, and a browser that draws: what assembly needs beside the runs.

    ``fault`` says what is wrong with the catalogue, if it is. ``catalogue_of`` opens the catalogue of
    a publication, and ``make`` makes figures.
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

    def finish(self, outcome: Run, pictures: Pictures | None = None) -> Finished:
        """The finished form of an edition that was run, with its ``pictures``, or those of the browser
        here. Raises the error of its run, and that of what cannot be on a page.
        """
        if outcome.error is not None:
            raise outcome.error
        pictures = self.renderer if pictures is None else pictures
        if outcome.frozen is not None:
            page = frozen_page(self._root, outcome.edition)
            return finish_frozen(page, pictures, self.catalogue, make=self._make)
        notebook = outcome.notebook()
        finished = finish(
            outcome.edition,
            notebook,
            pictures,
            self.catalogue,
            make=self._make,
            colours=self._colours,
        )
        if notebook is None or outcome.kept is not None:
            return finished
        notices = (*_not_run(outcome), *finished.notices)
        return replace(finished, notices=notices, lacks=outcome.lacks)


def _not_run(outcome: Run) -> Iterator[Notice]:
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
