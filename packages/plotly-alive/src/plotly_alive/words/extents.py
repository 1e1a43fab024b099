"""The number of a chart's marks and their extent along each axis: this is true of any chart, and all
that is said of one whose values have no plain order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from plotly_alive.reading.chart_data import IN_SPACE, Axis, Chart, Trace
from plotly_alive.reading.error_bars import ERRORS
from plotly_alive.reading.number_words import Places, counted, short, spelled
from plotly_alive.text.language import clauses, listed, t_, under_head

NAMED = 3
"""The most series, and the most names along an axis, that are named one by one."""
MOST_AXES = 4
"""The most axes whose ends are said."""


class AxisExtent(NamedTuple):
    """The values of a chart along an axis."""

    name: str
    """The name of the axis."""
    places: Places
    """The style and order of the values."""
    column: Sequence[Any]
    """The values, without missing ones."""

    def __str__(self) -> str:
        if self.places.ordered:
            order = None if self.places.kind in ("number", "year") else self.places.order
            start, end = (self.places.write(pick(self.column, key=order)) for pick in (min, max))
            if start == end:
                return t_("%(axis)s at %(value)s", axis=self.name, value=start)
            return t_("%(axis)s from %(start)s to %(end)s", axis=self.name, start=start, end=end)
        names = list(dict.fromkeys(map(self.places.write, self.column)))
        if len(names) <= NAMED:
            return t_("%(axis)s with %(names)s", axis=self.name, names=listed(names))
        return t_("%(axis)s with %(count)s names", axis=self.name, count=spelled(len(names)))


def extent_of(chart: Chart) -> str:
    """Return the number of a chart's marks and their extent along each axis: ``12 points in two
    groups: Income from US$1 to US$9, and Life from 40 to 80``; empty if nothing can be said.
    """
    of_axes = list(dict.fromkeys(map(str, _extents(chart))))
    if not of_axes:
        return ""
    texts = of_axes[:MOST_AXES]
    more = len(of_axes) - MOST_AXES
    if more > 0:
        texts.append(counted("one more axis", "%(count)s more axes", more))
    ranges = t_(", and ").join(texts) if len(texts) < NAMED else clauses(texts)
    return under_head(_marks(chart), ranges)


def _marks(chart: Chart) -> str:
    """Return the number of marks, and of groups if there are several."""
    number = sum(_size(trace) for trace in chart.traces)
    look = chart.looks[0] if len(chart.looks) == 1 else ""
    kinds = {trace.kind for trace in chart.traces}
    families = {trace.family for trace in chart.traces}
    if look in ("line", "area") and not chart.is_plane:
        lines = sum(bool(_size(trace)) for trace in chart.traces)
        marks = (
            counted("a line", "%(count)s lines", lines)
            if look == "line"
            else counted("an area", "%(count)s areas", lines)
        )
    elif look == "bar":
        marks = counted("one bar", "%(count)s bars", number)
    elif families <= {"map", "marks"}:
        marks = counted("one place", "%(count)s places", number)
    elif kinds == {"mesh3d"}:
        marks = counted("one corner", "%(count)s corners", number)
    elif kinds == {"cone"}:
        marks = counted("one cone", "%(count)s cones", number)
    elif kinds == {"parcoords"}:
        marks = counted("a line", "%(count)s lines", number)
    elif kinds <= _OF_ROWS:
        marks = counted("one row", "%(count)s rows", number)
    elif kinds <= _OF_VALUES:
        marks = counted("one value", "%(count)s values", number)
    else:
        marks = counted("one point", "%(count)s points", number)
    groups = {trace.name for trace in chart.traces if trace.name}
    panels = {trace.panel for trace in chart.traces if trace.panel}
    if len(groups) > 1:
        written = counted("one group", "%(count)s groups", len(groups))
        marks = t_("%(points)s in %(groups)s", points=marks, groups=written)
    if len(panels) > 1:
        written = counted("one panel", "%(count)s panels", len(panels))
        marks = t_("%(points)s in %(groups)s", points=marks, groups=written)
    return marks


_OF_ROWS = frozenset({"parcats"})
_OF_VALUES = frozenset(
    {"contour", "heatmap", "box", "violin", "histogram", "histogram2d", "histogram2dcontour"}
)


def _size(trace: Trace) -> int:
    """Return the number of a trace's points that are drawn."""
    if trace.family != "series" or not {"place", "value"} <= trace.columns.keys():
        return trace.length
    return len(trace.drawn_pairs)


def _extents(chart: Chart) -> Iterator[AxisExtent]:
    """Yield the extents along the axes of a plane, in order of their letters, or along the axes
    that plotly names otherwise.
    """
    hovers = [trace.hover for trace in chart.traces]
    columns: dict[tuple[str, str, str], tuple[Axis, list[Any]]] = {}
    for trace in chart.traces:
        for name, axis, column in _columns(trace):
            filled = [value for value in column if value is not None and value != ""]
            kind = axis.places(filled).kind.replace("year", "number")
            letter = "" if trace.is_piled else axis.letter  # single values are of either axis
            columns.setdefault((name, letter, kind), (axis, []))[1].extend(filled)
    for (name, *_), (axis, column) in columns.items():
        if column:
            yield AxisExtent(short(name), axis.places(column, hovers), column)


def _columns(trace: Trace) -> Iterable[tuple[str, Axis, Sequence[Any]]]:
    """Yield the name, the axis and the values of each axis along which a trace has points."""
    columns = dict(trace.columns)
    if trace.family == "series":
        drawn = trace.drawn_pairs
        columns = {"place": [pair[0] for pair in drawn], "value": [pair[1] for pair in drawn]}
        if trace.is_raised:
            columns.pop("value")
    of_plane = {
        **dict.fromkeys(("place", "group", "column"), trace.across),
        **dict.fromkeys(("value", "start", "end", "open", "high", "low", "close"), trace.along),
        "row": trace.down,
    }
    if trace.kind not in IN_SPACE:
        of_plane |= {axis.letter: axis for axis in (trace.across, trace.along)}
    named = [
        (name, of_plane.get(name) or Axis(name, title=trace.corners.get(name) or name), column)
        for name, column in columns.items()
        if name not in _BESIDE
        and not (trace.aggregate and name == trace.across.letter)
        and not (name == "place" and trace.family in ("map", "marks"))
    ]
    if all(name in of_plane for name, _, _ in named):
        named.sort(key=lambda item: item[1].letter)
    for name, axis, column in named:
        if name == "value" and trace.is_piled:
            yield t_("single values"), axis, column
        elif name == "value" and trace.kind == "surface":
            yield axis.name or axis.letter, axis, column
        else:
            yield (_name_of(axis, trace) if name in of_plane else axis.name), axis, column


_BESIDE = frozenset({*ERRORS, "text", "size", "ids", "u", "v", "w", "sizes"})
"""Columns that say what a point looks like, and not where it is."""


def _name_of(axis: Axis, trace: Trace) -> str:
    if axis.title:
        return axis.name
    if trace.kind in IN_SPACE and axis.letter in "xy":
        return axis.letter
    names = {
        "x": t_("the horizontal axis"),
        "y": t_("the vertical axis"),
        "z": t_("the values"),
        "r": t_("the radius"),
        "theta": t_("the angle"),
    }
    return names.get(axis.letter, axis.letter)
