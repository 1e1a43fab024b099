"""A number for the top of an article or for the margin, with its change and a small line of
earlier values: `bs.big_number`.

The value is a fact and the change a claim, as in prose: both carry the sources of their
column, and the number check and readers' cards know them. The line is a plotly figure, which
a page shows under the words (:mod:`broadsheet.markdown.elements.big_numbers`).
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from broadsheet.notebook.charts import chart_style
from broadsheet.notebook.charts.chart_parts import hover
from broadsheet.notebook.claims.calls import current_call, traced
from broadsheet.notebook.claims.formats import ChangeSize, Example, change_in_words, stated
from broadsheet.notebook.claims.traced import looked_up
from broadsheet.notebook.claims.tracing import calling
from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.prose import MarkedText, prose, prose_of
from broadsheet.notebook.values.units import unit_of
from broadsheet.project.settings.address import slug
from broadsheet.project.sources.inline_expressions import escaped
from broadsheet.text.language import t_, written_day
from plotly_alive.moments import moment_of
from plotly_alive.text.numbers import line_decimals

MIME = "application/vnd.broadsheet.number+json"
HEIGHT = 72
"""Pixels of the line, whose width is that of a phone."""
_FOLD = 3
"""From so many times on, a change is a multiple and not a percentage."""
_FEW = 100
"""Of whole numbers up to this one, a change is an amount and not a percentage."""


@dataclass(frozen=True)
class BigNumber:
    """A number that a cell shows."""

    label: str
    """The words above the number."""
    value: Fact
    """The number, a fact."""
    place: str
    """The day, month or year of the value, in words."""
    change: MarkedText
    """The comparison with an earlier value."""
    sign: str
    """`+` or `-` for more or less than then; else empty."""
    span: str
    """The first and the last place of the line, in words."""
    figure: go.Figure
    """The line."""

    def __str__(self) -> str:
        return f"{self.label}: {self.value} ({self.place}). {self.change}".strip()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Return the parts for a page; and for notebooks, the line with its words as its title."""
        titled = go.Figure(self.figure)
        titled.update_layout(
            title={
                "text": f"{self.label}: {self.value}",
                "subtitle": {"text": f"{self.place}: {self.change}"},
            },
            height=170,
            margin={"t": 80},
        )
        return {
            MIME: {
                "label": escaped(self.label),
                "value": prose_of(self.value).markdown,
                "place": escaped(self.place),
                "sign": self.sign,
                "change": self.change.markdown,
                "span": self.span,
                "tables": list(self.value.sources.tables),
                "figure": json.loads(self.figure.to_json()),
            },
            "application/vnd.plotly.v1+json": json.loads(titled.to_json()),
            "text/plain": str(self),
        }


def big_number(
    values: Any,
    label: str,
    at: Any = None,
    since: Any = None,
    *,
    example: Example = None,
    unit: str | None = None,
    source: Any = None,
    estimate: bool = False,
) -> BigNumber:
    """Show a value at the top of an article or beside a paragraph, with its change, and a small line
    of the values before::

        bs.big_number(trade.total, "China's trade with Russia", since=2021)

    ``values`` is a column over time: the value is that at ``at``, or the last, and is compared with
    that at ``since``, or the one before. A change is in percent; of shares in percentage points; by
    the amount from zero or less, and of small whole numbers. ``example`` shows the format of the
    value; without it, the unit gives the format. An estimate is marked as such if the notes of the
    table say it, or ``estimate`` does. Several numbers that one cell shows by `display` stand in a
    row. Raises ValueError or TypeError, in words for the author.
    """
    with calling(current_call(sys._getframe(1))):
        who = f"big_number({label!r})"
        base = traced(values)
        course = _course(values, who)
        shown = course[-1] if at is None else _at(course, at, who)
        course = course[: course.index(shown) + 1]
        then = _earlier(course, since, who)
        value = stated(
            looked_up(base, shown.value, shown.place),
            example, name=slug(f"{label} {shown.words}"), unit=unit, source=source,
        )  # fmt: skip
        change, sign = MarkedText(), ""
        if then and then.value is None:
            change = prose_of(t_("No figure for %(place)s", place=then.words))
        elif then:
            shares: ChangeSize = "points" if value.unit == "ratio" else ""
            size = change_in_words(
                "than", values, then.place, shown.place, None, 0.005, _FOLD, source, slug(f"{label} change"),
                size="count" if _are_few(value, then) else shares, unit=unit,
            )  # fmt: skip
            change = _compared(size, then)
            sign = "+" if shown.value > then.value else "-" if shown.value < then.value else ""
        span = t_("%(start)s to %(end)s", start=course[0].words, end=shown.words)
        doubt = t_("estimate")
        return BigNumber(
            label,
            value,
            f"{shown.words}, {doubt}" if estimate else shown.words,
            change,
            sign,
            span,
            _line(course, then, unit or base.unit or "", label, span),
        )


# ---- The column


@dataclass(frozen=True)
class _Point:
    """A place of the column, and the value there."""

    place: Any
    """The place as the column has it."""
    text: str
    """The place in ISO form."""
    value: Any
    """The value; None if it is missing."""

    @property
    def words(self) -> str:
        return written_day(self.text)

    def is_at(self, text: str) -> bool:
        """True if it is at a place, which may be written as the first day of a month or a year."""
        return text == self.text or (len(text) == 10 and text.startswith(f"{self.text}-"))


def _course(values: Any, who: str) -> list[_Point]:
    """Return the points of a column, in order of time, from the first value to the last."""
    import pandas as pd

    if hasattr(values, "columns"):
        raise TypeError(f"{who}: this is a table; give one column of it, such as `trade.total`")
    if not hasattr(values, "items"):
        raise TypeError(
            f"{who}: this is a {type(values).__name__}; give a column over time, such as "
            "`trade.total`, or a mapping of years to values"
        )
    by_text: dict[str, _Point] = {}
    for place, value in values.items():
        moment = moment_of(place)
        if moment is None:
            raise ValueError(
                f"{who}: {place!r} is no date, and the values are looked up by dates: set the index "
                'to years, months or days, as `.set_index("year")` does'
            )
        if moment.text in by_text:
            raise ValueError(
                f"{who}: there are several values at {place!r}; take the rows of one thing first"
            )
        is_number = not isinstance(value, (str, bool)) and (pd.isna(value) or math.isfinite(value))
        if not is_number:
            raise ValueError(f"{who}: the value at {place!r} is {value!r}, which is no number")
        by_text[moment.text] = _Point(place, moment.text, None if pd.isna(value) else value)
    points = [point for _, point in sorted(_shortened(by_text).items())]
    present = [at for at, point in enumerate(points) if point.value is not None]
    if not present:
        raise ValueError(f"{who}: its column has no value")
    return points[present[0] : present[-1] + 1]


def _shortened(points: dict[str, _Point]) -> dict[str, _Point]:
    """Return the points by their texts: days that are all the first of a month or of a year
    stand for these.
    """
    for ending in ("-01-01", "-01"):
        if len(points) > 1 and all(len(text) == 10 and text.endswith(ending) for text in points):
            short = {text.removesuffix(ending): point for text, point in points.items()}
            return {text: replace(point, text=text) for text, point in short.items()}
    return points


def _at(course: Sequence[_Point], at: Any, who: str) -> _Point:
    """Return the point of the value itself."""
    text = _text(at, who, "at")
    point = next((other for other in course if other.is_at(text) and other.value is not None), None)
    if point is None:
        raise ValueError(
            f"{who}: there is no value at {at!r}; its column goes from {course[0].words} to "
            f"{course[-1].words}"
        )
    return point


def _earlier(course: Sequence[_Point], since: Any, who: str) -> _Point | None:
    """Return the point that the last one is compared with; without a value where the column
    has none.
    """
    *before, shown = course
    if since is None:
        return next((point for point in reversed(before) if point.value is not None), None)
    text = _text(since, who, "since")
    if text >= shown.text or shown.is_at(text):
        raise ValueError(
            f"{who}: `since` is {since!r}, and the value is of {shown.words}: give an earlier place"
        )
    return next((point for point in before if point.is_at(text)), _Point(since, text, None))


def _text(place: Any, who: str, key: str) -> str:
    moment = moment_of(place)
    if moment is None:
        raise ValueError(f'{who}: `{key}` is {place!r}, which is no date: write 2022 or "2022-03"')
    return moment.text


def _are_few(value: Fact, then: _Point) -> bool:
    """True if the values are small counts, such as of ships."""
    unit = unit_of(value.unit)
    return (
        not unit.currency
        and unit.scale == 1
        and unit.kind in ("none", "amount")
        and all(
            float(amount).is_integer() and abs(amount) <= _FEW
            for amount in (value.value, then.value)
        )
    )


def _compared(size: MarkedText, then: _Point) -> MarkedText:
    """Return a change with the earlier place: `29.5 percent more than in 2021`."""
    if len(then.text) == 10:
        return prose(t_("{change} on {day}"), change=size, day=then.words)
    if len(then.text) == 7 and "Q" not in then.text:
        return prose(t_("{change} in {month}"), change=size, month=then.words)
    return prose(t_("{change} in {year}"), change=size, year=then.words)


# ---- The line


def _line(
    course: Sequence[_Point], then: _Point | None, unit: str, label: str, span: str
) -> go.Figure:
    """Return a line without axes, whose last point has a dot, and the earlier one an open dot."""
    places = [int(point.text) if point.text.isdigit() else point.text for point in course]
    amounts = [None if point.value is None else float(point.value) for point in course]
    alone = [
        at
        for at, amount in enumerate(amounts)
        if amount is not None and {*amounts[at - 1 : at], *amounts[at + 1 : at + 2]} <= {None}
    ]
    decimals = line_decimals(amount for amount in amounts if amount is not None)
    fig = go.Figure()
    fig.add_scatter(
        x=places, y=amounts, name=label, mode="lines", cliponaxis=False, connectgaps=False,
        line={"color": chart_style.ROLES["muted"], "width": 2},
        hovertemplate=hover("x", "y", f",.{decimals}f", unit),
    )  # fmt: skip
    dots = {**dict.fromkeys(alone, "muted"), len(course) - 1: "accent"}
    if then in course:
        dots[course.index(then)] = "muted"
    for at, colour in dots.items():
        fig.add_scatter(
            x=[places[at]], y=[amounts[at]], name=label, mode="markers", cliponaxis=False, hoverinfo="skip",
            marker={"size": 8 if colour == "accent" else 6, "color": chart_style.ROLES[colour]},
        )  # fmt: skip
    bare = {"visible": False, "fixedrange": True}
    fig.update_layout(
        title={"text": f"{label}, {span}"},
        showlegend=False,
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={**bare, "type": "category"} if "Q" in course[-1].text else bare,
        yaxis=bare,
        meta={"explore": False},
    )
    return fig
