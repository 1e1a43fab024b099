"""Events and periods marked on a chart over time: `bs.charts.events`.

An event is a line across the plot with its label above it, a period a band. In the figure they are
plain shapes and annotations, whose `name` holds the date: `event 2022-02-24`. The labels get their
places when the chart is drawn, for the page and for a phone
(:mod:`plotly_alive.layout.event_labels`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from plotly_alive import chart_theme
from plotly_alive.moments import MOMENT_YEARS, Moment, moment_of

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

NAMED = "event "
"""The beginning of the names of an event's shapes and annotations; its date follows."""
BAND = 0.6
"""The opacity of a band."""
_MISSING = frozenset({"None", "nan", "NaT", "<NA>"})
"""The texts of missing values."""


def events(fig: go.Figure, events: Mapping[Any, str] | pd.Series[str]) -> go.Figure:
    """Mark events and periods on the time axis of a figure, and return it: each has a label, by its
    date or by a pair of dates::

        bs.charts.events(fig, {"2022-02-24": "Invasion", ("2020-03", "2021-06"): "Pandemic"})

    A date is a day, a month, a quarter (``2022-Q1``) or a year. The axis is horizontal and has
    dates, years, or periods as names; the middle of a year's or a period's place is the middle of
    the year or the period. In a figure of several panels each is marked, and labelled in the first.
    Call it when everything is drawn and the axis has its range. Of a period that reaches beyond the
    axis, the part within is marked. Raises :class:`ValueError` for a value that is no date, and for
    a date outside the axis.
    """
    axes = list(_panels(fig))
    if not axes:
        raise ValueError("the chart has no horizontal axis of dates, years or periods to mark")
    for when, label in events.items():
        moments = moments_of(when)
        for number, (panel, letters) in enumerate(axes):
            _mark(fig, panel, letters, moments, str(label), is_labelled=not number)
    return fig


def moments_of(when: Any) -> list[Moment]:
    """Return a date as a list, or both dates of a period. Raises :class:`ValueError` for a value
    that is neither.
    """
    ends = when if isinstance(when, tuple) else (when,)
    if len(ends) not in (1, 2):
        raise ValueError(f"{when!r} is neither a date nor a pair of dates")
    moments = [_moment(end) for end in ends]
    if moments[0].start > moments[-1].start:
        raise ValueError(f"the period {when!r} ends before it begins")
    return moments


def _moment(value: Any) -> Moment:
    moment = moment_of(value)
    if moment is None:
        raise ValueError(
            f"{value!r} is no date: write a day as '2022-02-24', a month as '2022-02', a quarter as "
            "'2022-Q1', a year as 2022"
        )
    return moment


def _mark(
    fig: go.Figure,
    axis: _Axis,
    letters: tuple[str, str],
    moments: Sequence[Moment],
    label: str,
    *,
    is_labelled: bool,
) -> None:
    x, y = letters
    name = NAMED + "/".join(moment.text for moment in moments)
    shape: dict[str, Any] = {"name": name, "xref": x, "yref": f"{y} domain", "layer": "below"}
    if len(moments) == 1:
        at = axis.inside(axis.at(moments[0]), moments[0].text)
        line = {"color": chart_theme.PALETTE["chart-muted"][0], "width": 1}
        fig.add_shape(**shape, type="line", x0=at, x1=at, y0=0, y1=1, line=line)
    else:
        at, end = axis.within(moments[0].start, moments[1].end, name)
        band = {"fillcolor": chart_theme.PALETTE["chart-grid"][0], "opacity": BAND}
        fig.add_shape(**shape, type="rect", x0=at, x1=end, y0=0, y1=1, line={"width": 0}, **band)
    if is_labelled:
        fig.add_annotation(
            name=name,
            x=at,
            y=1,
            xref=x,
            yref=f"{y} domain",
            text=label,
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"color": chart_theme.PALETTE["chart-muted"][0]},
        )


# ---- Time axes


@dataclass(frozen=True)
class _Axis:
    """A time axis."""

    kind: str
    """Its kind: `date`, `year` or `period`."""
    slots: tuple[Moment, ...]
    """The periods that it has by name, in order."""
    span: tuple[float, float]
    """The coordinates of its lower and its upper end."""

    def at(self, moment: Moment) -> float:
        """Return the coordinate of a moment: the middle of the axis's own years and periods, else
        the start.
        """
        if self.kind == "year" and len(moment.text) == 4:
            return moment.start.year
        for number, slot in enumerate(self.slots):
            if (slot.start, slot.end) == (moment.start, moment.end):
                return number
        return self._coordinate(moment.start)

    def _coordinate(self, when: datetime) -> float:
        if self.kind == "date":
            return _milliseconds(when)
        if self.kind == "year":
            begin, end = datetime(when.year, 1, 1), datetime(when.year + 1, 1, 1)
            return round(when.year - 0.5 + (when - begin) / (end - begin), 3)
        before = [number for number, slot in enumerate(self.slots) if slot.start <= when]
        if not before:
            return -1.0
        slot = self.slots[before[-1]]
        if when == slot.end and before[-1] == len(self.slots) - 1:
            return before[-1] + 0.5
        if when > slot.end:
            return before[-1] + 0.5 if before[-1] < len(self.slots) - 1 else len(self.slots) + 0.5
        return round(before[-1] - 0.5 + (when - slot.start) / (slot.end - slot.start), 3)

    def inside(self, at: float, text: str) -> Any:
        """Return a coordinate in the form of plotly. Raises :class:`ValueError` if the axis does
        not show it.
        """
        low, high = self.span
        if not low <= at <= high:
            raise self._outside(text)
        return self._for_plotly(at)

    def within(self, begin: datetime, finish: datetime, name: str) -> tuple[Any, Any]:
        """Return the ends of the part of a period that the axis shows. Raises :class:`ValueError`
        if it shows none.
        """
        (low, high), start, end = self.span, self._coordinate(begin), self._coordinate(finish)
        if end <= low or start >= high:
            raise self._outside(name.removeprefix(NAMED).replace("/", "–"))
        return self._for_plotly(max(start, low)), self._for_plotly(min(end, high))

    def _outside(self, text: str) -> ValueError:
        low, high = map(self._written, self.span)
        return ValueError(
            f"{text} is not on the chart, which goes from {low} to {high}: give its axis a range, "
            "or leave the event out"
        )

    def _for_plotly(self, at: float) -> Any:
        if self.kind != "date":
            return int(at) if at == int(at) else at
        return _moment_at(at).isoformat().removesuffix("T00:00:00")

    def _written(self, at: float) -> str:
        if self.kind == "date":
            return _moment_at(at).date().isoformat()
        if self.kind == "year":
            return str(round(at))
        return self.slots[min(max(round(at), 0), len(self.slots) - 1)].text


_EPOCH = datetime(1970, 1, 1)


def _milliseconds(when: datetime) -> float:
    return (when - _EPOCH).total_seconds() * 1000


def _moment_at(milliseconds: float) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _panels(fig: go.Figure) -> Iterator[tuple[_Axis, tuple[str, str]]]:
    """Yield the time axes of a figure, a panel after the other, each with the letters of its
    axes.
    """
    values: dict[tuple[str, str], list[Any]] = {}
    for trace in fig.data:
        if trace.visible in (False, "legendonly") or "xaxis" not in trace:
            continue
        letters = trace.xaxis or "x", trace.yaxis or "y"
        values.setdefault(letters, []).extend(_along(trace))
    seen = set()
    for (x, y), places in values.items():
        layout = fig.layout[f"xaxis{x[1:]}"]
        axis = _axis(places, layout.type or "", layout.range, layout.categoryarray)
        over = fig.layout[f"yaxis{y[1:]}"].overlaying
        if axis is not None and (x, over or y) not in seen:
            seen.add((x, over or y))
            yield axis, (x, over or y)


def _along(trace: Any) -> list[Any]:
    """Return a trace's values along the horizontal axis: the start and the end of a bar of a
    timeline.
    """
    along = [] if trace.x is None else list(trace.x)
    base = getattr(trace, "base", None) if trace.type == "bar" else None
    if base is None or isinstance(base, (str, int, float)):
        return along
    starts = [moment_of(start) for start in base]
    if not all(starts):
        return along
    lengths = [_number(length) or 0.0 for length in along]
    ends = [
        _moment_at(_milliseconds(start.start) + length)
        for start, length in zip(starts, lengths, strict=False)
        if start is not None
    ]
    return [*[start.start for start in starts if start is not None], *ends]


def _number(value: Any) -> float | None:
    """Return a number, or the milliseconds of a duration; None for anything else."""
    if hasattr(value, "total_seconds"):
        return float(value.total_seconds() * 1000)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _axis(values: Iterable[Any], kind: str, shown: Any, names: Any) -> _Axis | None:
    """Return the time axis of these values; None if they are no dates, years or periods."""
    present = [value for value in values if str(value) not in _MISSING]
    moments = {str(value): moment_of(value) for value in (*present, *(names or ()))}
    if not present or any(moment is None for moment in moments.values()):
        return None
    dates = [moment for moment in moments.values() if moment is not None]
    texts = all(isinstance(value, str) for value in present)
    are_years = all(len(date.text) == 4 for date in dates)
    if kind == "category" or (texts and any("Q" in date.text for date in dates)):
        slots = tuple(slot for name in (names or ()) if (slot := moments[str(name)]))
        slots = slots or tuple(dict.fromkeys(dates))
        if any(a.start >= b.start for a, b in pairwise(slots)):
            return None
        first, last = -0.5, len(slots) - 0.5

        def at(end: Any) -> float | None:
            number, named = _number(end), moments.get(str(end))
            return slots.index(named) if number is None and named in slots else number

        low, high = _ends(shown, at, first, last)
        return _Axis("period", slots, (max(low, first), min(high, last)))
    if are_years and kind != "date":
        years = [date.start.year for date in dates]
        span = _ends(shown, _number, min(years) - 0.5, max(years) + 0.5)
        return _Axis("year", (), span) if set(years) <= set(MOMENT_YEARS) else None
    starts = sorted({_milliseconds(date.start) for date in dates})
    step = median(b - a for a, b in pairwise(starts)) if len(starts) > 1 else 86_400_000

    def when(end: Any) -> float | None:
        moment = moment_of(end)
        return None if moment is None else _milliseconds(moment.start)

    return _Axis("date", (), _ends(shown, when, starts[0] - step / 2, starts[-1] + step))


def _ends(
    shown: Any, number: Callable[[Any], float | None], low: float, high: float
) -> tuple[float, float]:
    """Return both ends of an axis, the lower first: those of its range ``shown``, with ``low``
    and ``high`` where that leaves an end open.
    """
    begin, end = map(number, shown or (None, None))
    first, last = low if begin is None else begin, high if end is None else end
    return min(first, last), max(first, last)
