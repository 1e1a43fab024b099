"""The chart of a table's page: measured columns over the time in the key, or none.

A table has one if its rows follow each other in time: its key is a day or a year, alone or with one
other column of a few names. The first measured column says the unit. Alone in the key, time has a
line for each column of that unit; with another column, a line for each of its names. There is never
a line across names, and no chart of a table with more names than a chart can tell apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from broadsheet.data.descriptor import Field, Resource
from broadsheet.data.last_day import YEARS
from broadsheet.text.language import listed

if TYPE_CHECKING:
    import pandas as pd

MOST_LINES, FEWEST_PLACES, MOST_POINTS = 5, 3, 3000
"""The most lines of a chart, the fewest places in time, and the most values."""
MOST_DOTS = 60
"""The values from which on dots would hide a line."""
_LONGEST = 30
"""The most letters of a name at the end of a line."""


@dataclass(frozen=True)
class Shown:
    """The lines of a chart."""

    lines: pd.DataFrame
    """A column for each line, by its name, over the time."""
    title: str
    """The title of what is measured."""
    unit: str
    """Its unit; empty without one."""
    is_whole: bool
    """All values are whole numbers."""


def shown_of(resource: Resource, frame: pd.DataFrame) -> Shown | None:
    """Return the lines that show a table over time; None if it has none."""
    along, measures = time_column(resource, frame), _measures(resource, frame)
    others = [name for name in resource.table_schema.primary_key if name != along]
    if along is None or len(others) > 1 or not measures:
        return None
    first = measures[0]
    if others:
        lines = _by_name(frame, along, others[0], first)
        measured = [first]
    else:
        measured = [one for one in measures if one.unit == first.unit]
        lines = frame.set_index(along)[[one.name for one in measured]]
    lines = _with_gaps(lines.sort_index().dropna(axis="columns", how="all"))
    if not 1 <= len(lines.columns) <= MOST_LINES or lines.size > MOST_POINTS:
        return None
    if lines.dropna(how="all").index.nunique() < FEWEST_PLACES:
        return None
    if not others:
        titles = {one.name: one.title for one in measured}
        if len(set(titles.values())) == len(titles):
            lines = lines.rename(columns=titles)
    measured = [one for one in measured if {one.name, one.title} & {*lines.columns}] or [first]
    lines.columns = lines.columns.astype(str)
    lines.index.name = next(one.title for one in resource.table_schema.fields if one.name == along)
    return Shown(
        lines.astype(float),
        listed([one.title for one in measured]),
        first.unit or "",
        all(one.type == "integer" for one in measured),
    )


def time_column(resource: Resource, frame: pd.DataFrame) -> str | None:
    """Return the column of the key that has days or years; None without one."""
    key = resource.table_schema.primary_key
    fields = [one for one in resource.table_schema.fields if one.name in key]
    days = [one.name for one in fields if one.type == "date"]
    years = [
        one.name
        for one in fields
        if one.type == "integer"
        and len(frame)
        and frame[one.name].notna().all()
        and int(frame[one.name].min()) in YEARS
        and int(frame[one.name].max()) in YEARS
    ]
    return next(iter([*days, *years]), None)


def chart_of(shown: Shown, colours: Mapping[str, str]) -> dict[str, Any]:
    """Return the chart of lines, as plotly has it, in the current language. ``colours`` are those of
    names in this publication.
    """
    from broadsheet.notebook.charts import chart_style
    from broadsheet.notebook.charts.chart_parts import written
    from broadsheet.notebook.charts.newsroom_charts import lines
    from plotly_alive import chart_theme

    number = _format(shown)
    names = list(shown.lines.columns)
    chosen = {name: chart_style.ROLES.get(colour, colour) for name, colour in colours.items()}
    if len(names) == 1:
        chosen.setdefault(names[0], chart_style.ROLES["accent"])
    ends = {name: written(shown.lines[name].dropna().iloc[-1], number) for name in names}
    labels = {
        name: f"{_short(name)} {end}" if len(names) > 1 else end for name, end in ends.items()
    }
    figure = lines(
        shown.lines, colours=chosen, labels=labels, number=number, unit=_text(shown.unit)
    )
    has_gaps = bool(shown.lines.isna().any(axis=None))
    if shown.lines.size > MOST_DOTS and not has_gaps:  # a value between two gaps is a dot
        figure.update_traces(mode="lines")
    title = {"text": _text(shown.title), "subtitle": {"text": _text(shown.unit)}}
    figure.update_layout(title=title)
    figure.layout.template = chart_theme.template()
    plotly: dict[str, Any] = figure.to_plotly_json()
    return plotly


def _measures(resource: Resource, frame: pd.DataFrame) -> list[Field]:
    """Return the columns that measure something: a whole number without a unit may be a code."""
    return [
        one
        for one in resource.measured
        if (one.unit or one.type == "number") and frame[one.name].notna().any()
    ]


def _by_name(frame: pd.DataFrame, along: str, other: str, field: Field) -> pd.DataFrame:
    """Return a column of a table over time, for each name in another column of the key."""
    if frame[other].nunique() > MOST_LINES:
        return frame.iloc[:, :0]
    return frame.pivot(index=along, columns=other, values=field.name)


def _with_gaps(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines over years with the years that are missing, if they are few: no line leads across
    them.
    """
    places = lines.index
    if places.dtype.kind not in "iu" or len(places) < 2:
        return lines
    first, last = int(places.min()), int(places.max())
    years = range(first, last + 1)
    return lines.reindex(years) if len(years) <= 2 * len(places) else lines


def _format(shown: Shown) -> str:
    highest = float(shown.lines.abs().max().max())
    if shown.is_whole or highest >= 1000:
        return ",.0f"
    return ",.1f" if highest >= 10 else ",.2f"


def _short(name: str) -> str:
    """Return a name that has room beside a line."""
    text = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
    return _text(text)


def _text(text: str) -> str:
    """Return a text in which plotly reads no markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
