"""The views of a figure, of which a reader sees one at a time: the frames of an animation, or what
the steps of a slider or the buttons of a menu show.

A picture that stands still has the view that the figure begins with, and a line that says which it
is and of how many; table and CSV have all of them. What other controls change is neither drawn nor
in the table: a line names them (:func:`more_views`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plotly_alive.reading.plotly_json import ARRAYS, PlotlyFigure, Raw, plain_text
from plotly_alive.text.language import listed, t_, written_number

_DATA = ARRAYS | {"visible", "text", "dimensions", "node", "link", "cells", "value", "q1", "median"}
"""Keys of a trace that say what it draws."""
_PARTS = (("sliders", "steps"), ("updatemenus", "buttons"))
CONTROLS = tuple(name for name, _ in _PARTS)
"""The keys of a layout with controls that a reader can press or move."""
_NAMED = 6
"""The most views whose names are said."""


@dataclass(frozen=True)
class View:
    """A whole figure without controls."""

    name: str
    """Its name (``1952``)."""
    figure: PlotlyFigure
    """The figure."""


@dataclass(frozen=True)
class Views:
    """The views of a figure."""

    title: str = ""
    """The title of their names (``year``)."""
    views: Sequence[View] = ()
    """The views, in their order."""
    first: int = 0
    """The number of the view that the figure begins with."""
    is_animated: bool = False
    """They are the frames of an animation."""

    @property
    def line(self) -> str:
        """The line below a picture of the first view: `year: 1952, one of 12 frames`. It is empty
        if there is only one view.
        """
        if not self.views:
            return ""
        title, shown = self.title or t_("Shown"), self.views[self.first]
        name, count = f"{title}: {shown.name}", written_number(len(self.views))
        if self.is_animated:
            return t_("%(name)s, one of %(count)s frames", name=name, count=count)
        return t_("%(name)s, one of %(count)s views", name=name, count=count)


def views_of(figure: PlotlyFigure) -> Views:
    """Return the views of a figure; none, if it has only one."""
    views = _frames(figure) or _steps(figure)
    return views if views is not None and len(views.views) > 1 else Views()


def more_views(figure: PlotlyFigure) -> str:
    """Return a sentence on the views that menus and sliders show beside those of :func:`views_of`;
    empty if there are none.
    """
    stepped = _stepped(figure)
    labels = [
        plain_text(str(step.get("label") or ""))
        for name, part in _PARTS
        for control in _controls(figure, name)
        if stepped is None or control is not stepped[0]
        for step in control.get(part) or ()
        if isinstance(step, Mapping) and _changes(step)
    ]
    names = [label for label in dict.fromkeys(labels) if label]
    if not labels:
        return ""
    if not names or len(labels) > _NAMED:
        count = written_number(len(labels))
        return t_(
            "The picture shows the chart as it begins; controls show %(count)s views.", count=count
        )
    return t_(
        "The picture shows the chart as it begins; it has more views: %(names)s.",
        names=listed(names),
    )


def _changes(step: Raw) -> bool:
    """True if a step changes the figure itself: it plays no animation."""
    arguments = step.get("args")
    is_change = step.get("method", "restyle") in ("restyle", "update", "relayout")
    return is_change and isinstance(arguments, list) and any(arguments)


def choices_of(figure: PlotlyFigure) -> list[str]:
    """Return the names of the steps of a slider or the buttons of a menu that show other data, where
    these are no views of :func:`views_of`, such as menus that put in other arrays.
    """
    for name, part in _PARTS:
        for control in _controls(figure, name):
            steps = [step for step in control.get(part) or () if isinstance(step, Mapping)]
            names = [plain_text(str(step.get("label") or "")) for step in steps]
            if len(steps) > 1 and any(map(_changes_data, steps)):
                return [name for name in names if name]
    return []


def _changes_data(step: Raw) -> bool:
    """True if a step changes what traces draw, and not only how they or the layout look."""
    arguments = step.get("args")
    change = arguments[0] if isinstance(arguments, list) and arguments else None
    is_of_traces = step.get("method", "restyle") in ("restyle", "update")
    if not is_of_traces or not isinstance(change, Mapping):
        return False
    return any(re.split(r"[.\[]", str(key))[0] in _DATA for key in change)


def begun(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure with the traces of its first frame, if it has none of its own."""
    views = views_of(figure)
    if figure["data"] or not views.views:
        return figure
    return {**figure, "data": views.views[views.first].figure["data"]}


def still(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure as a picture that stands still: without its frames and controls, and
    without those of its axes.
    """
    layout = {
        name: _without_range(part) if isinstance(part, Mapping) and "axis" in name else part
        for name, part in _without_controls(figure).items()
    }
    return {"data": figure["data"], "layout": layout}


def _without_range(axis: Raw) -> Raw:
    """Return an axis without a slider and buttons for its range."""
    kept = {name: part for name, part in axis.items() if name != "rangeselector"}
    return kept | {"rangeslider": {"visible": False}} if "rangeslider" in axis else kept


def _frames(figure: PlotlyFigure) -> Views | None:
    """Return the frames of an animation. The figure as it is before it is played is a view of its
    own, if no frame shows it.
    """
    frames = [frame for frame in figure.get("frames") or () if isinstance(frame, Mapping)]
    if not frames:
        return None
    views = [
        View(plain_text(str(frame.get("name") or number)), _at_frame(figure, frame))
        for number, frame in enumerate(frames, start=1)
    ]
    data = figure["data"]
    begins = [
        number for number, view in enumerate(views) if not data or view.figure["data"] == data
    ]
    if not begins:
        alone = {"data": data, "layout": _without_controls(figure)}
        views = [View(t_("Start"), alone), *views]
    slider = _first(figure, "sliders")
    first = slider.get("active")
    if not (isinstance(first, int) and first in begins):
        first = begins[0] if begins else 0
    return Views(_title(slider), views, first, is_animated=True)


def _at_frame(figure: PlotlyFigure, frame: Raw) -> PlotlyFigure:
    """Return the figure as it is while a frame is shown, which has only what changes."""
    data = list(figure["data"])
    traces = frame.get("data")
    changes = (
        [trace for trace in traces if isinstance(trace, Mapping)]
        if isinstance(traces, list)
        else []
    )
    numbers = frame.get("traces") or list(range(len(changes)))
    for number, trace in zip(numbers, changes, strict=False):
        if not isinstance(number, int) or number < 0:
            continue
        while len(data) <= number:
            data.append({})
        data[number] = {**data[number], **trace}
    layout = frame.get("layout")
    changed = layout if isinstance(layout, Mapping) else {}
    return {"data": data, "layout": {**_without_controls(figure), **changed}}


def _steps(figure: PlotlyFigure) -> Views | None:
    """Return the views that the steps of a slider or the buttons of a menu show by hiding traces."""
    stepped = _stepped(figure)
    if stepped is None:
        return None
    control, views = stepped
    active = control.get("active", 0)
    first = active if isinstance(active, int) and 0 <= active < len(views) else 0
    return Views(_title(control), views, first)


def _stepped(figure: PlotlyFigure) -> tuple[Raw, list[View]] | None:
    """Return the first control all of whose steps hide traces, and its views."""
    for name, part in _PARTS:
        control = _first(figure, name)
        steps = [step for step in control.get(part) or () if isinstance(step, Mapping)]
        views = [
            View(plain_text(str(step.get("label") or number)), shown)
            for number, step in enumerate(steps, start=1)
            if (shown := _at_step(figure, step)) is not None
        ]
        if views and len(views) == len(steps):
            return control, views
    return None


def _at_step(figure: PlotlyFigure, step: Raw) -> PlotlyFigure | None:
    """Return the figure after a step that shows some traces and hides others; None for any other
    step.
    """
    arguments = step.get("args")
    change = arguments[0] if isinstance(arguments, list) and arguments else None
    if step.get("method", "restyle") not in ("restyle", "update"):
        return None
    if not isinstance(change, Mapping) or not isinstance(change.get("visible"), list):
        return None
    data, visible = figure["data"], change["visible"]
    if len(visible) != len(data):
        return None
    shown = [
        {**trace, "visible": is_visible} for trace, is_visible in zip(data, visible, strict=True)
    ]
    return {"data": shown, "layout": _without_controls(figure)}


def _without_controls(figure: PlotlyFigure) -> dict[str, Any]:
    return {name: value for name, value in figure["layout"].items() if name not in CONTROLS}


def _first(figure: PlotlyFigure, name: str) -> Raw:
    return next(_controls(figure, name), {})


def _controls(figure: PlotlyFigure, name: str) -> Iterator[Raw]:
    controls = figure["layout"].get(name)
    for control in controls if isinstance(controls, list) else ():
        if isinstance(control, Mapping) and control.get("visible", True):
            yield control


def _title(slider: Raw) -> str:
    """Return the words before a slider's value, without the sign after them: `year` of ``year=``."""
    value = slider.get("currentvalue")
    prefix = value.get("prefix") if isinstance(value, Mapping) else ""
    return plain_text(str(prefix or "")).rstrip("=: ")
