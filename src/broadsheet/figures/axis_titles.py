"""Titles of the catalogue in place of bare column names: plotly express titles axes, legends and
scales of colours by the columns that they show (`life_expectancy`).

A title that is exactly a column's name becomes that column's title with its unit, and so do the
names in express's hover labels. What an author has worded stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broadsheet.figures.drawing import PlotlyFigure

_HOVERED = re.compile(r"(^|<br>)([^=<>%]+)(?==%?[{\w])")


def with_column_titles(figure: PlotlyFigure, titles: Mapping[str, str]) -> PlotlyFigure:
    """The figure with ``titles``, which are by the names of columns."""
    if not titles:
        return figure
    found = {**figure, "layout": _titled(figure["layout"], titles)}
    found["data"] = [_trace(one, titles) for one in figure["data"]]
    if "frames" in figure:
        found["frames"] = [
            {**one, "data": [_trace(trace, titles) for trace in one["data"]]}
            for one in figure["frames"]
        ]
    return found


def _titled(part: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """A part of a layout, with the titles of its axes, legends and scales; the figure's own title
    and its template are an author's.
    """
    found = dict(part)
    for name, value in part.items():
        if not isinstance(value, Mapping) or name == "template":
            continue
        title = value.get("title")
        text = title.get("text") if isinstance(title, Mapping) else title
        found[name] = _titled(value, titles) if name != "title" else value
        if isinstance(text, str) and text in titles:
            own = title if isinstance(title, Mapping) else {}
            found[name]["title"] = {**own, "text": titles[text]}
    return found


def _trace(trace: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    found = _titled(trace, titles)
    dimensions = trace.get("dimensions")
    if isinstance(dimensions, list):
        found["dimensions"] = [
            {**one, "label": titles[one["label"]]}
            if isinstance(one, Mapping) and one.get("label") in titles
            else one
            for one in dimensions
        ]
    hover = trace.get("hovertemplate")
    if isinstance(hover, str):
        found["hovertemplate"] = _HOVERED.sub(
            lambda part: part[1] + titles.get(part[2], part[2]), hover
        )
    return found
