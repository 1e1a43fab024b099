"""A figure as a step of a text shows it: some of its series or marks stand out, a part of its axis
is shaded, events are marked on it, another of its views is shown.

What does not stand out is faded, and stays where it is: the axes are those of the whole figure, so
that a reader sees what changes from step to step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from broadsheet.errors import AssemblyError, Place, enumerated
from broadsheet.figures.layout.axes import categories
from broadsheet.figures.reading.chart_reading import read
from broadsheet.figures.reading.number_words import Places, date_of, number_of
from broadsheet.figures.reading.plotly_json import PlotlyFigure, Raw, plain_text
from broadsheet.figures.reading.views import begun, views_of
from broadsheet.figures.words.alt_text import describe
from broadsheet.notebook.charts.chart_events import events
from broadsheet.notebook.charts.chart_theme import PALETTE
from broadsheet.text.did_you_mean import question
from broadsheet.text.language import t_

FADED = 0.18
"""The opacity of what does not stand out."""
_NAMED = ("x", "y", "text", "hovertext", "locations", "labels")
"""The arrays that may have the name of a mark."""
_OF_MARKS = frozenset({"scatter", "bar", "choropleth", "scattergeo", "funnel"})
"""The kinds whose marks have an opacity each."""


@dataclass(frozen=True)
class FigureState:
    """What a step says: names that stand out (``highlight``), the ``start`` and the ``end`` of what
    is shaded, ``events`` by their places, the name of a ``view``. What is empty stays as it is.
    """

    highlight: Sequence[str] = ()
    start: str = ""
    end: str = ""
    events: Sequence[tuple[str, str]] = ()
    view: str = ""


def at_state(figure: PlotlyFigure, state: FigureState, place: Place) -> PlotlyFigure:
    """The figure in a state. Raises :class:`AssemblyError`, at ``place``, for a name or a view that
    it does not have, and for a part or an event of a figure without such an axis.
    """
    found = _viewed(figure, state.view, place) if state.view else begun(figure)
    if state.highlight:
        found = _highlighted(found, state.highlight, place)
    if state.start or state.end:
        found = _shaded(found, state, place)
    return _with_events(found, state.events, place) if state.events else found


def described(figure: PlotlyFigure, state: FigureState) -> str:
    """The alternative text of a figure in a state: of what stands out, then what is shaded."""
    named = [one for one in figure["data"] if plain_text(str(one.get("name"))) in state.highlight]
    chart = read({**figure, "data": named or figure["data"]})
    part = _shaded_part(state, chart.places)
    return describe(chart) + (" " + t_("Shaded: %(part)s.", part=part) if part else "")


def _shaded_part(state: FigureState, places: Places) -> str:
    """What is shaded, as the figure writes its places: ``2019 to 2021``, ``up to May 2023``."""
    start, end = (places.write(one) if one else "" for one in (state.start, state.end))
    if start and end:
        return start if start == end else t_("%(start)s to %(end)s", start=start, end=end)
    if start:
        return t_("from %(start)s on", start=start)
    return t_("up to %(end)s", end=end) if end else ""


def _viewed(figure: PlotlyFigure, name: str, place: Place) -> PlotlyFigure:
    views = {view.name: view.figure for view in views_of(figure).views}
    if name not in views:
        raise AssemblyError(
            place,
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


def _highlighted(figure: PlotlyFigure, wanted: Sequence[str], place: Place) -> PlotlyFigure:
    names = [plain_text(str(trace.get("name") or "")) for trace in figure["data"]]
    marks = [_names_of_marks(trace) for trace in figure["data"]]
    known = dict.fromkeys([*filter(None, names), *(name for one in marks for name in one)])
    for one in wanted:
        if one not in known:
            raise AssemblyError(
                place,
                f"the step highlights `{one}`, which the figure does not have",
                question(one, known) + f"It has {enumerated(list(known), 12)}."
                if known
                else "Highlight a series by its name, or a bar, a dot or a place by its own.",
            )
    traces, faded = [], []
    for trace, name, own in zip(figure["data"], names, marks, strict=True):
        if name in wanted:
            traces.append(trace)
        elif any(one in wanted for one in own):
            traces.append(_with_faded_marks(trace, [one in wanted for one in own]))
        else:
            traces.append(_faded(trace))
            faded.append(name)
    notes = [_faded_note(note, names, faded) for note in figure["layout"].get("annotations") or ()]
    layout = {**figure["layout"], "annotations": notes} if notes else figure["layout"]
    return {**figure, "data": traces, "layout": layout}


def _names_of_marks(trace: Raw) -> list[str]:
    """A name for each mark of a trace; none for a kind whose marks look alike."""
    if trace.get("type", "scatter") not in _OF_MARKS or "lines" in str(trace.get("mode", "")):
        return []
    arrays = [array for name in _NAMED if isinstance(array := trace.get(name), list)]
    named = [array for array in arrays if any(isinstance(one, str) for one in array)]
    chosen = named[0] if named else trace.get("y" if _lies(trace) else "x", [])
    return [plain_text(str(one)) for one in chosen if not isinstance(one, list)]


def _with_faded_marks(trace: Raw, stands_out: Sequence[bool]) -> dict[str, Any]:
    marker = trace.get("marker")
    own = marker if isinstance(marker, Mapping) else {}
    full = number_of(own.get("opacity"))
    shades = [(1.0 if full is None else full) * (1 if one else FADED) for one in stands_out]
    return {**trace, "marker": {**own, "opacity": shades}}


def _faded(trace: Raw) -> dict[str, Any]:
    if trace.get("type") == "choropleth":
        return _with_faded_marks(trace, [False] * len(trace.get("locations", [])))
    full = number_of(trace.get("opacity"))
    return {**trace, "opacity": FADED * (1.0 if full is None else full)}


def _faded_note(note: Any, names: Sequence[str], faded: Sequence[str]) -> Any:
    """A label at the end of a line fades with it. It is that of the series whose whole name it has:
    `China, Hong Kong` is no label of `China`.
    """
    if not isinstance(note, Mapping):
        return note
    text = plain_text(str(note.get("text") or ""))
    own = [one for one in names if one and (text.startswith(one) or text.endswith(one))]
    return {**note, "opacity": FADED} if own and max(own, key=len) in faded else note


# ---- What is marked on the axis


@dataclass(frozen=True)
class _Axis:
    """An axis along which a figure has its places: its name (`x2`), that of the axis across it, the
    names along it if it has such, its places, and half the width of its bars.
    """

    name: str
    across: str
    names: Sequence[str]
    places: Sequence[Any]
    half: float

    @property
    def is_number(self) -> bool:
        return all(isinstance(one, (int, float)) for one in self.places)

    def position(self, given: str, place: Place) -> Any:
        """What a step names, as plotly places it."""
        if self.names:
            if given not in self.names:
                raise AssemblyError(
                    place,
                    f"the step names `{given}`, which is not on the figure's axis",
                    question(given, self.names) + f"It has {enumerated(self.names, 12)}.",
                )
            return self.names.index(given)
        number = number_of(given)
        if number is None and (self.is_number or date_of(given) is None):
            raise AssemblyError(
                place,
                f"the step names `{given}`, which is no place on the figure's axis",
                "Write a number as 2020, or a day as 2020-02-24, as the axis has them.",
            )
        return number if self.is_number else given

    def edge(self, given: str, side: int, place: Place) -> Any:
        """Where a part of the axis begins (``side`` is −1) or ends (1); the axis's own end if a
        step names none.
        """
        in_order = sorted(self.places, key=lambda one: (isinstance(one, str), one))
        found = [*range(len(self.names))] if self.names else in_order
        at = self.position(given, place) if given else found[0 if side < 0 else -1]
        return at + side * self.half if isinstance(at, (int, float)) else at

    def band(self, start: Any, end: Any) -> dict[str, Any]:
        """What shades the plot from one place to another."""
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


def _shaded(figure: PlotlyFigure, state: FigureState, place: Place) -> PlotlyFigure:
    axes = list(_axes(figure))
    if not axes:
        raise AssemblyError(
            place,
            "the step shades a part of an axis, and the figure has none",
            "Leave out `from` and `to`; `highlight` names what stands out.",
        )
    bands = [
        axis.band(axis.edge(state.start, -1, place), axis.edge(state.end, 1, place))
        for axis in axes
    ]
    layout = figure["layout"]
    return {**figure, "layout": {**layout, "shapes": [*(layout.get("shapes") or ()), *bands]}}


def _with_events(
    figure: PlotlyFigure, marked: Sequence[tuple[str, str]], place: Place
) -> PlotlyFigure:
    """The figure with events, as `bs.charts.events` marks them."""
    import plotly.graph_objects as go

    drawn = go.Figure({"data": figure["data"], "layout": figure["layout"]}, skip_invalid=True)
    try:
        layout = events(drawn, dict(marked)).layout.to_plotly_json()
    except ValueError as error:
        raise AssemblyError(
            place,
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
    """The axes along which the figure has its places, each once."""
    found: dict[str, list[Raw]] = {}
    for trace in figure["data"]:
        if trace.get("x") or trace.get("y"):
            letter = "y" if _lies(trace) else "x"
            found.setdefault(str(trace.get(f"{letter}axis") or letter), []).append(trace)
    for name, traces in found.items():
        across = "y" if name[0] == "x" else "x"
        places = [
            one
            for trace in traces
            for one in trace.get(name[0]) or range(len(trace.get(across, [])))
            if one is not None and not isinstance(one, list)
        ]
        names = categories(figure, f"{name[0]}axis{name[1:]}")
        is_bars = any(trace.get("type") == "bar" for trace in traces)
        steps = sorted({one for one in places if isinstance(one, (int, float))})
        gaps = [after - before for before, after in pairwise(steps)]
        half = 0.5 if names else min(gaps, default=1) / 2 if is_bars else 0.0
        if places:
            other = str(traces[0].get(f"{across}axis") or across)
            yield _Axis(name, other, names, places, half)
