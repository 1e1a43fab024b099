"""A figure before it is laid out and drawn: what it shows, its table, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plotly_alive import chart_theme, map_outlines
from plotly_alive.drawing.self_contained import self_contained
from plotly_alive.layout.axis_titles import with_column_titles
from plotly_alive.layout.figure_layout import untitled
from plotly_alive.reading.chart_data import Chart
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import PlotlyFigure
from plotly_alive.reading.series_signs import with_signs
from plotly_alive.reading.views import begun, more_views
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.table.table import Table
from plotly_alive.table.table_headers import Known
from plotly_alive.text.language import listed, t_
from plotly_alive.words.alt_text import describe


@dataclass(frozen=True)
class FigurePlan:
    """A figure before it is drawn."""

    figure: PlotlyFigure
    """The figure at its first view, as it can be drawn without the network."""
    chart: Chart
    """The values that it shows."""
    table: Table | None
    """Its values as a table."""
    alt: str
    """Its alternative text: its author's, or generated."""
    notes: Sequence[str]
    """Sentences for readers on what the picture does not show."""
    unplaced: Sequence[str]
    """The places that its map does not have."""
    untitled: PlotlyFigure
    """The figure without its title, which stands above the drawing; it is to be laid out."""


def prepared(figure: PlotlyFigure, titles: Mapping[str, str] | None = None) -> PlotlyFigure:
    """Return a checked figure at its first view, in the current language, with the signs of its series
    and the titles of columns.
    """
    return with_signs(with_column_titles(begun(figure), titles or {}))


def planned(
    figure: PlotlyFigure,
    alt: str = "",
    titles: Mapping[str, str] | None = None,
    known: Sequence[Known] = (),
) -> FigurePlan:
    """Return the plan of a ``figure`` that is :func:`~plotly_alive.reading.plotly_json.checked`, in
    the current language. ``titles`` are those of columns, by the names that axes may have;
    ``known`` are columns with their values, whose units the table takes.
    """
    figure = prepared(figure, titles)
    chart = read(figure)
    table = chart_table_of(chart, known)
    whole, notes = self_contained(_with_names(figure, chart))
    unplaced = map_outlines.unknown_places(whole)
    if unplaced:
        notes.append(t_("Not on the map: %(places)s.", places=listed(unplaced)))
    notes += filter(None, [more_views(figure)])
    plain = _with_margins(untitled(whole))
    return FigurePlan(whole, chart, table, alt or describe(chart), notes, unplaced, plain)


_EXPRESS_MARGIN = {"t": 60}
"""The margin that `plotly.express` gives to a figure without a title."""


def _with_margins(figure: PlotlyFigure) -> PlotlyFigure:
    """Return an untitled figure with the chart theme's margins, and axes that widen them as their
    labels need. A margin stays if the layout or its template sets it. plotly's own margins are
    made for a title, and leave a fifth of an untitled drawing empty.
    """
    layout = dict(figure["layout"])
    template: dict[str, Any] = dict(layout.get("template") or {})
    defaults: dict[str, Any] = dict(template.get("layout") or {})
    if defaults.get("margin"):
        return figure
    defaults["margin"] = dict(chart_theme.PLOT_MARGIN)
    for name in ("xaxis", "yaxis"):
        defaults[name] = {"automargin": True, **(defaults.get(name) or {})}
    if layout.get("margin") == _EXPRESS_MARGIN:
        del layout["margin"]
    layout["template"] = {**template, "layout": defaults}
    return {**figure, "layout": layout}


def _with_names(figure: PlotlyFigure, chart: Chart) -> PlotlyFigure:
    """Return the figure with a name for each trace of several that has none: the one by which text
    and table call it, in place of plotly's `trace 1`.
    """
    data = figure["data"]
    if len(data) < 2 and figure["layout"].get("showlegend") is not True:
        return figure
    labels = {trace.number: trace.label for trace in chart.traces}
    rest = [number for number in range(len(data)) if number not in labels]
    for position, number in enumerate(rest, start=len(labels) + 1):
        labels[number] = t_("Series %(number)s", number=position)
    named = [
        trace if trace.get("name") else {**trace, "name": labels[number]}
        for number, trace in enumerate(data)
    ]
    return {**figure, "data": named}
