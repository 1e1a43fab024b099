"""Titles of the catalogue in place of bare column names: plotly express titles axes, legends and
scales of colours by the columns that they show (`life_expectancy`).

A title that is exactly a column's name becomes that column's title with its unit, and so do the
names in express's hover labels. Several columns at once (`y=["imports", "exports"]`) are "value"
and "variable" for express: each trace gets its column's title, and the axis their unit. An author's
own words stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plotly_alive.reading.plotly_json import PlotlyFigure

_HOVERED = re.compile(r"(^|<br>)([^=<>%]+)(?==%?[{\w])")
_HEADER = re.compile(r"(?s)(?P<title>.*?)(?: \((?P<unit>[^()]*)\))?\Z")
_VARIABLE, _VALUE = "variable", "value"
"""express's names for the columns of a wide table, and for their values."""


def with_column_titles(figure: PlotlyFigure, titles: Mapping[str, str]) -> PlotlyFigure:
    """Return the figure with ``titles``, which are by the names of columns."""
    if not titles:
        return figure
    if _is_wide(figure, titles):
        figure, titles = _of_columns(figure, titles)
    titled = {**figure, "layout": _titled(figure["layout"], titles)}
    meta = titled["layout"].get("meta")
    if isinstance(meta, Mapping) and isinstance(meta.get("heads"), Mapping):
        heads = {key: _name(head, titles) for key, head in meta["heads"].items()}
        titled["layout"]["meta"] = {**meta, "heads": heads}
    titled["data"] = [_trace(trace, titles) for trace in figure["data"]]
    if "frames" in figure:
        titled["frames"] = [
            {**frame, "data": [_trace(trace, titles) for trace in frame["data"]]}
            for frame in figure["frames"]
        ]
    return titled


def _is_wide(figure: PlotlyFigure, titles: Mapping[str, str]) -> bool:
    """True if express drew several columns, all of them known, a trace for each."""
    legend = figure["layout"].get("legend")
    title = legend.get("title") if isinstance(legend, Mapping) else None
    return (
        isinstance(title, Mapping)
        and title.get("text") == _VARIABLE
        and bool(figure["data"])
        and all(trace.get("name") in titles for trace in figure["data"])
    )


def _of_columns(
    figure: PlotlyFigure, titles: Mapping[str, str]
) -> tuple[PlotlyFigure, Mapping[str, str]]:
    """Return a wide figure whose traces have the titles of their columns, and the title of its axis
    of values: their unit, if they share one.
    """
    traces, units = [], set()
    for trace in figure["data"]:
        title, unit = _HEADER.findall(titles[trace["name"]])[0]
        units.add(unit)
        hover = str(trace.get("hovertemplate", ""))
        hover = hover.replace(f"{_VARIABLE}={trace['name']}<br>", f"{title}<br>")
        traces.append({**trace, "name": title, "hovertemplate": hover})
    unit = units.pop() if len(units) == 1 else ""
    legend = {**figure["layout"]["legend"], "title": {}}
    layout = {**figure["layout"], "legend": legend}
    return {**figure, "data": traces, "layout": layout}, {**titles, _VALUE: unit}


def _titled(part: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """Return a part of a layout, with the titles of its axes, legends and scales; the figure's own
    title and its template are an author's.
    """
    titled = dict(part)
    for name, value in part.items():
        if not isinstance(value, Mapping) or name == "template":
            continue
        title = value.get("title")
        text = title.get("text") if isinstance(title, Mapping) else title
        titled[name] = _titled(value, titles) if name != "title" else value
        if isinstance(text, str) and text in titles:
            entries = title if isinstance(title, Mapping) else {}
            titled[name]["title"] = {**entries, "text": titles[text]}
    return titled


def _name(name: Any, titles: Mapping[str, str]) -> Any:
    """Return the title of a column without its unit."""
    is_column = isinstance(name, str) and name in titles
    return _HEADER.findall(titles[name])[0][0] if is_column else name


def _trace(trace: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    titled = _titled(trace, titles)
    dimensions = trace.get("dimensions")
    if isinstance(dimensions, list):
        titled["dimensions"] = [
            {**dimension, "label": titles[dimension["label"]]}
            if isinstance(dimension, Mapping) and dimension.get("label") in titles
            else dimension
            for dimension in dimensions
        ]
    if trace.get("name") in titles:
        titled["name"] = _name(trace["name"], titles)
    hover = trace.get("hovertemplate")
    if isinstance(hover, str):
        titled["hovertemplate"] = _HOVERED.sub(
            lambda part: part[1] + titles.get(part[2], part[2]), hover
        )
    return titled
