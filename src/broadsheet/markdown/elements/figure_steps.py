"""Steps: a text whose parts each show one figure in a state of its own, in Markdown cells::

    ::: {.steps figure="fig-trade"}

    ::: {.step highlight="China"}
    China bought more in each of these years.
    :::

    ::: {.step highlight="China; India" from="2022" to="2024" events="2022-02-24: The invasion"}
    From 2022 on, India did, too.
    :::

    :::

The figure is that of a cell with this label, before the steps or after them. In a step,
`highlight` names what stands out, `from` and `to` shade a part of the axis, `events` are marked on
it, `view` is a frame of an animation; several are divided by `;`. `alt` is the alternative text in
place of a generated one. Each step's drawing stands below its text (see
:mod:`plotly_alive.alive.figure_state`); the style sheet and `theme/charts.js` put them into one
place, where they change while a reader goes on.

:func:`steps_of` finds the steps; each is a figure of the page. What is to stand in the place of a line
of a cell is in the cell's metadata, :data:`KEY`, so that all other lines keep their numbers;
:func:`pieces` gives the text with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from nbformat.notebooknode import NotebookNode

from broadsheet.errors import AssemblyError, Place
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.cell_lines import written_lines
from broadsheet.project.sources.code_fences import fences
from broadsheet.text.quotation_marks import MISQUOTED, SMART, misquoted, straight_value
from plotly_alive.alive.figure_state import FigureState
from plotly_alive.text.did_you_mean import question

KEY = "broadsheet-steps"
"""The key of a cell's metadata: a list of `[line, text before, number of the figure, text after]`,
lines counted from 0; the number may be None.
"""

_OPENS = re.compile(r" {0,3}:{3,}[ \t]*(?:\{(?P<attributes>[^{}]*)\}|[^\s{}:]+)[ \t]*:*[ \t\r]*")
_CLOSES = re.compile(r" {0,3}:{3,}[ \t\r]*")
_CLASS = re.compile(r"(?:^|\s)\.(?P<name>steps?)(?![\w-])")
_ATTRIBUTE = re.compile(r"([\w-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")
_OF_STEPS = frozenset({"figure"})
_OF_STEP = frozenset({"highlight", "from", "to", "events", "view", "alt"})


@dataclass
class _Div:
    """An open div."""

    name: str = ""
    """The class `steps` or `step`; empty for other divs."""
    figure: str = ""
    """The label of its figure."""
    steps: int = 0
    """The number of its steps so far."""
    state: FigureState = field(default_factory=FigureState)
    """The state of the figure at a step."""
    alt: str = ""
    """The alternative text of a step."""
    place: Place = field(default_factory=lambda: Place(""))
    """The place of its first line."""


@dataclass(frozen=True)
class FigureStep:
    """A step of a figure."""

    figure: str
    """The label of the figure."""
    number: int
    """The number of the step."""
    state: FigureState
    """The state of the figure at the step."""
    alt: str
    """The alternative text that its author wrote; empty for none."""
    place: Place
    """The place of the step."""


def steps_of(cells: Mapping[int, tuple[NotebookNode, Place]], first: int) -> list[FigureStep]:
    """Return the steps in the Markdown ``cells``; they may begin in one cell and end in another.
    The cells note that their figures are the page's from the number ``first`` on. Raises
    :class:`AssemblyError` for a name or an attribute that a step cannot have.
    """
    steps: list[FigureStep] = []
    is_there = any(".steps" in cell.source for cell, _ in cells.values())
    opened: list[_Div] = []
    for cell, place in cells.values() if is_there else ():
        written = written_lines(cell, place)
        lines = [line for _, line in written]
        code = {at for fence in fences(lines) for at in range(fence.opens, fence.closes + 1)}
        changes = []
        for at, line in enumerate(lines):
            if at in code:
                continue
            if opening := _OPENS.fullmatch(line):
                div = _div(opening["attributes"] or "", opened, written[at][0])
                opened.append(div)
                if div.name:
                    head = f"::: {{{_kept(opening['attributes'])}}}"
                    text = ["", "::: {.step-text}", ""] if div.name == "step" else []
                    changes.append([at, "\n".join([head, *text]), None, ""])
            elif opened and _CLOSES.fullmatch(line):
                div = opened.pop()
                if div.name == "step":
                    around = next(div for div in reversed(opened) if div.name == "steps")
                    around.steps += 1
                    number = first + len(steps)
                    steps.append(
                        FigureStep(around.figure, around.steps, div.state, div.alt, div.place)
                    )
                    before = "\n".join(["", ":::", "", "::: {.step-figure}", ""])
                    changes.append([at, before, number, "\n".join(["", ":::", "", ":::"])])
        if changes:
            cell.metadata[KEY] = changes
    return steps


def of_step(figure: PageFigure, base: PageFigure) -> PageFigure:
    """Return the ``figure`` of a step, without the parts that only the whole figure has, its
    ``base``.
    """
    return replace(figure, credits=base.credits, kinds="", table="", rows=0, downloads=(), page="")


class Piece(NamedTuple):
    """A part of a Markdown cell, and the drawing that follows it."""

    start: int
    """The part's first line, counted from 0."""
    end: int
    """The line after the part, which a step changes."""
    text: str
    """The text of the lines from ``start`` to before ``end``."""
    before: str = ""
    """The text in the place of the line ``end`` before the drawing."""
    figure: int | None = None
    """The number of the drawing; None if there is none."""
    after: str = ""
    """The text after the drawing."""


def pieces(cell: NotebookNode) -> Iterator[Piece]:
    """Yield the text of a Markdown cell, up to each line that a step changes, and after the last
    one.
    """
    lines, start = cell.source.split("\n"), 0
    for at, before, number, after in cell.metadata.get(KEY, ()):
        yield Piece(start, at, "\n".join(lines[start:at]), before, number, after)
        start = at + 1
    yield Piece(start, len(lines), "\n".join(lines[start:]))


def _div(attributes: str, opened: list[_Div], place: Place) -> _Div:
    name = match["name"] if (match := _CLASS.search(attributes)) else ""
    for _, written in misquoted(attributes) if name else ():
        raise AssemblyError(
            place,
            f"the quotation marks of `{written}` are typographic, and hold no value",
            f"Write straight ones: `{straight_value(written)}`. {SMART}",
            topic=MISQUOTED,
        )
    values = {
        key: double or single or bare
        for key, double, single, bare in _ATTRIBUTE.findall(attributes)
    }
    if name == "steps" and "figure" in values:
        _check(values, _OF_STEPS, ".steps", place)
        return _Div(name, values["figure"], place=place)
    if name != "step" or not any(div.name == "steps" for div in opened):
        return _Div()  # a class of somebody else's
    _check(values, _OF_STEP, ".step", place)
    state = FigureState(
        _several(values.get("highlight", "")),
        values.get("from", ""),
        values.get("to", ""),
        tuple(_event(text, place) for text in _several(values.get("events", ""))),
        values.get("view", ""),
    )
    return _Div(name, state=state, alt=values.get("alt", ""), place=place)


def _check(values: Mapping[str, str], keys: frozenset[str], name: str, place: Place) -> None:
    for key in values:
        if key not in keys:
            raise AssemblyError(
                place,
                f"`{key}` is not an attribute of `{name}`",
                question(key, keys) + f"It may have {', '.join(sorted(keys))}.",
            )


def _kept(attributes: str) -> str:
    """Return the attributes without those of the drawing."""
    return " ".join(_ATTRIBUTE.sub("", attributes).split())


def _several(text: str) -> tuple[str, ...]:
    return tuple(part for item in text.split(";") if (part := item.strip()))


def _event(text: str, place: Place) -> tuple[str, str]:
    at, _, name = text.partition(": ")
    if not name.strip():
        raise AssemblyError(
            place,
            f"the event `{text}` has no name",
            'Write the place, a colon and the name: events="2022-02-24: The invasion".',
        )
    return at.strip(), name.strip()
