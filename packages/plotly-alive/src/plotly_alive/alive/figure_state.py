"""A figure as a step of a text shows it: some of its series or marks stand out, a part of its axis
is shaded, events are marked on it, another of its views is shown.

Other series and marks are faded and stay in their places: the figure keeps its axes, so that a
reader sees the changes from step to step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from plotly_alive.chart_events import events
from plotly_alive.chart_theme import PALETTE
from plotly_alive.errors import FigureError, enumerated
from plotly_alive.layout.axes import categories
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.number_words import Places, date_of, number_of
from plotly_alive.reading.plotly_json import PlotlyFigure, Raw, plain_text
from plotly_alive.reading.views import begun, views_of
from plotly_alive.text.did_you_mean import question
from plotly_alive.text.language import followed_by, t_
from plotly_alive.words.alt_text import describe

FADED = 0.18
"""The opacity of what does not stand out."""
_NAMED = ("x", "y", "text", "hovertext", "locations", "labels")
"""The arrays that may have the name of a mark."""
_OF_MARKS = frozenset({"scatter", "bar", "choropleth", "scattergeo", "funnel"})
"""The kinds whose marks have an opacity each."""


@dataclass(frozen=True)
class FigureState:
    """The state of a figure at a step. An empty field changes nothing."""

    highlight: Sequence[str] = ()
    """The names that stand out."""
    start: str = ""
    """The start of the part that is shaded."""
    end: str = ""
    """The end of the part that is shaded."""
    events: Sequence[tuple[str, str]] = ()
    """The labels of events and their places."""
    view: str = ""
    """The name of the view."""


def at_state(figure: PlotlyFigure, state: FigureState) -> PlotlyFigure:
    """Return the figure in a state. Raises :class:`FigureError` for a name or a
    view that it does not have, and for a part or an event of a figure without such an axis.
    """
    shown = _viewed(figure, state.view) if state.view else begun(figure)
    if state.highlight:
        shown = _highlighted(shown, state.highlight)
    if state.start or state.end:
        shown = _shaded(shown, state)
    return _with_events(shown, state.events) if state.events else shown


def described(figure: PlotlyFigure, state: FigureState) -> str:
    """Write the alternative text of a figure in a state: the names that stand out, then the shaded
    part.
    """
    named = [
        trace for trace in figure["data"] if plain_text(str(trace.get("name"))) in state.highlight
    ]
    chart = read({**figure, "data": named or figure["data"]})
    part = _shaded_part(state, chart.places)
    return followed_by(describe(chart), t_("Shaded: %(part)s.", part=part) if part else "")


def _shaded_part(state: FigureState, places: Places) -> str:
    """Write the shaded part, as the figure writes its places: ``2019 to 2021``, ``up to May 2023``."""
    start, end = (places.write(place) if place else "" for place in (state.start, state.end))
    if start and end:
        return start if start == end else t_("%(start)s to %(end)s", start=start, end=end)
    if start:
        return t_("from %(start)s on", start=start)
    return t_("up to %(end)s", end=end) if end else ""


def _viewed(figure: PlotlyFigure, name: str) -> PlotlyFigure:
    views = {view.name: view.figure for view in views_of(figure).views}
    if name not in views:
        raise FigureError(
            f"the step shows the view `{name}`, which the figure does not have",
            question(name, views)
            + (
                f"Its views are {enumerated(list(views), 12)}."
                if views
                else "It has none: views are the frames of an animation, or what a slider shows."
            ),
        )
    return views[name]


# ---- What stands out


def _highlighted(figure: PlotlyFigure, highlight: Sequence[str]) -> PlotlyFigure:
    names = [plain_text(str(trace.get("name") or "")) for trace in figure["data"]]
    marks = [_names_of_marks(trace) for trace in figure["data"]]
    shown_names = dict.fromkeys(
        [*filter(None, names), *(name for of_trace in marks for name in of_trace)]
    )
    for name in highlight:
        if name not in shown_names:
            raise FigureError(
                f"the step highlights `{name}`, which the figure does not have",
                question(name, shown_names) + f"It has {enumerated(list(shown_names), 12)}."
                if shown_names
                else "Highlight a series by its name, or a bar, a dot or a place by its own.",
            )
    traces, faded = [], []
    for trace, name, of_marks in zip(figure["data"], names, marks, strict=True):
        if name in highlight:
            traces.append(trace)
        elif any(mark in highlight for mark in of_marks):
            traces.append(_with_faded_marks(trace, [mark in highlight for mark in of_marks]))
        else:
            traces.append(_faded(trace))
            faded.append(name)
    notes = [_faded_note(note, names, faded) for note in figure["layout"].get("annotations") or ()]
    layout = {**figure["layout"], "annotations": notes} if notes else figure["layout"]
    return {**figure, "data": traces, "layout": layout}


def _names_of_marks(trace: Raw) -> list[str]:
    """Return a name for each mark of a trace; none for a kind whose marks look alike."""
    if trace.get("type", "scatter") not in _OF_MARKS or "lines" in str(trace.get("mode", "")):
        return []
    arrays = [array for name in _NAMED if isinstance(array := trace.get(name), list)]
    named = [array for array in arrays if any(isinstance(value, str) for value in array)]
    chosen = named[0] if named else trace.get("y" if _lies(trace) else "x", [])
    return [plain_text(str(value)) for value in chosen if not isinstance(value, list)]


def _with_faded_marks(trace: Raw, stands_out: Sequence[bool]) -> dict[str, Any]:
    marker = trace.get("marker")
    entries = marker if isinstance(marker, Mapping) else {}
    full = number_of(entries.get("opacity"))
    shades = [(1.0 if full is None else full) * (1 if is_lit else FADED) for is_lit in stands_out]
    return {**trace, "marker": {**entries, "opacity": shades}}


def _faded(trace: Raw) -> dict[str, Any]:
    if trace.get("type") == "choropleth":
        return _with_faded_marks(trace, [False] * len(trace.get("locations", [])))
    full = number_of(trace.get("opacity"))
    return {**trace, "opacity": FADED * (1.0 if full is None else full)}


def _faded_note(note: Any, names: Sequence[str], faded: Sequence[str]) -> Any:
    """Fade a label at the end of a faded line. A label belongs to the series whose whole name it
    has: `China, Hong Kong` is no label of `China`.
    """
    if not isinstance(note, Mapping):
        return note
    text = plain_text(str(note.get("text") or ""))
    series = [name for name in names if name and (text.startswith(name) or text.endswith(name))]
    return {**note, "opacity": FADED} if series and max(series, key=len) in faded else note


# ---- What is marked on the axis


@dataclass(frozen=True)
class _Axis:
    """An axis along which a figure has its places."""

    name: str
    """Its name (`x2`)."""
    across: str
    """The name of the axis across it."""
    names: Sequence[str]
    """The names along it; none if it has numbers or dates."""
    places: Sequence[Any]
    """The places along it."""
    half: float
    """Half the width of its bars."""

    @property
    def is_number(self) -> bool:
        return all(isinstance(value, (int, float)) for value in self.places)

    def position(self, name: str) -> Any:
        """Return the place that a step names, as plotly has it."""
        if self.names:
            if name not in self.names:
                raise FigureError(
                    f"the step names `{name}`, which is not on the figure's axis",
                    question(name, self.names) + f"It has {enumerated(self.names, 12)}.",
                )
            return self.names.index(name)
        number = number_of(name)
        if number is None and (self.is_number or date_of(name) is None):
            raise FigureError(
                f"the step names `{name}`, which is no place on the figure's axis",
                "Write a number as 2020, or a day as 2020-02-24, as the axis has them.",
            )
        return number if self.is_number else name

    def edge(self, name: str, side: int) -> Any:
        """Return the place at which a part of the axis begins (``side`` is −1) or ends (1); the
        axis's own end if a step names no place.
        """
        in_order = sorted(self.places, key=lambda value: (isinstance(value, str), value))
        along = [*range(len(self.names))] if self.names else in_order
        at = self.position(name) if name else along[0 if side < 0 else -1]
        return at + side * self.half if isinstance(at, (int, float)) else at

    def band(self, start: Any, end: Any) -> dict[str, Any]:
        """Return the shape that shades the plot from one place to another."""
        along, across = self.name[0], self.across[0]
        return {
            f"{along}ref": self.name,
            f"{across}ref": f"{self.across} domain",
            f"{along}0": start,
            f"{along}1": end,
            f"{across}0": 0,
            f"{across}1": 1,
            **_BAND,
        }


def _shaded(figure: PlotlyFigure, state: FigureState) -> PlotlyFigure:
    axes = list(_axes(figure))
    if not axes:
        raise FigureError(
            "the step shades a part of an axis, and the figure has none",
            "Leave out `from` and `to`; `highlight` names what stands out.",
        )
    bands = [axis.band(axis.edge(state.start, -1), axis.edge(state.end, 1)) for axis in axes]
    layout = figure["layout"]
    return {**figure, "layout": {**layout, "shapes": [*(layout.get("shapes") or ()), *bands]}}


def _with_events(figure: PlotlyFigure, marked: Sequence[tuple[str, str]]) -> PlotlyFigure:
    """Return the figure with events, as `bs.charts.events` marks them."""
    import plotly.graph_objects as go

    drawn = go.Figure({"data": figure["data"], "layout": figure["layout"]}, skip_invalid=True)
    try:
        layout = events(drawn, dict(marked)).layout.to_plotly_json()
    except ValueError as error:
        raise FigureError(
            f"the step marks an event: {error}",
            'Write its date, a colon and its name: events="2022-02-24: The invasion".',
        ) from error
    added = {key: layout[key] for key in ("shapes", "annotations") if key in layout}
    return {**figure, "layout": {**figure["layout"], **added}}


_BAND = {
    "type": "rect",
    "layer": "below",
    "opacity": 0.55,
    "fillcolor": PALETTE["chart-grid"][0],
    "line": {"width": 0},
}


def _lies(trace: Raw) -> bool:
    return trace.get("orientation") == "h"


def _axes(figure: PlotlyFigure) -> Iterator[_Axis]:
    """Yield the axes along which the figure has its places, each once."""
    by_axis: dict[str, list[Raw]] = {}
    for trace in figure["data"]:
        if trace.get("x") or trace.get("y"):
            letter = "y" if _lies(trace) else "x"
            by_axis.setdefault(str(trace.get(f"{letter}axis") or letter), []).append(trace)
    for name, traces in by_axis.items():
        across = "y" if name[0] == "x" else "x"
        places = [
            value
            for trace in traces
            for value in trace.get(name[0]) or range(len(trace.get(across, [])))
            if value is not None and not isinstance(value, list)
        ]
        names = categories(figure, f"{name[0]}axis{name[1:]}")
        is_bars = any(trace.get("type") == "bar" for trace in traces)
        steps = sorted({value for value in places if isinstance(value, (int, float))})
        gaps = [after - before for before, after in pairwise(steps)]
        half = 0.5 if names else min(gaps, default=1) / 2 if is_bars else 0.0
        if places:
            other = str(traces[0].get(f"{across}axis") or across)
            yield _Axis(name, other, names, places, half)
