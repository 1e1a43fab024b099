"""The drawings of steps (:mod:`broadsheet.markdown.figure_steps`): figures of the page, without what
only the whole figure has, such as its data to take along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nbformat.notebooknode import NotebookNode

from broadsheet.errors import AssemblyError, Place
from broadsheet.figures.alive.figure_state import FigureState, at_state, described
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.figure_making import Made
from broadsheet.markdown.figure_steps import with_steps
from broadsheet.project.editions.edition import Edition
from broadsheet.text.did_you_mean import question

Charts = list[tuple[PageFigure, Mapping[str, Any]]]
"""Each figure of a page with the plotly figure that it is made of."""


def add(
    executed: NotebookNode,
    notebook: NotebookNode,
    charts: Charts,
    make: Callable[[Mapping[str, Any], str, str, Place], Made],
    edition: Edition,
) -> list[tuple[Place, Made, str]]:
    """Note in the cells of an edition's ``notebook`` what their steps show, and add the drawings to the
    ``charts``. ``make`` makes a figure with a label and an alternative text, for what is at a place.
    Returns what was made, each with its place and the alternative text that its author wrote. Raises
    :class:`AssemblyError` for a figure that the page does not have.
    """
    drawn: list[tuple[Place, Made, str]] = []

    def draw(label: str, number: int, state: FigureState, alt: str, place: Place) -> int:
        base, figure = _chart(label, charts, place)
        changed = at_state(dict(figure), state, place)
        made = make(changed, f"{label}-step-{number}", alt or described(changed, state), place)
        drawn.append((place, made, alt))
        shown = replace(
            made.figure, credits=base.credits, kinds="", table="", rows=0, downloads=(), page=""
        )
        charts.append((shown, changed))
        return len(charts) - 1

    numbers = (cell.metadata.get("broadsheet", {}).get("cell") for cell in executed.cells)
    cells = {
        number: (cell, edition.source.place(number))
        for number, cell in zip(numbers, notebook.cells, strict=True)
        if cell.cell_type == "markdown" and number is not None
    }
    with_steps(cells, draw)
    return drawn


def _chart(label: str, charts: Charts, place: Place) -> tuple[PageFigure, Mapping[str, Any]]:
    for made, figure in charts:
        if made.label == label:
            return made, figure
    labels = [made.label for made, _ in charts]
    known = f"There are: {', '.join(labels)}." if labels else "The page has no charts."
    raise AssemblyError(
        place,
        f"the steps show the figure `{label}`, and no chart has that label",
        question(label, labels) + known,
    )
