"""The JSON from which plotly.js draws a chart that a reader explores, for a page that has plotly.js.

It is a file beside the page and holds the figure, with colours of the palette by their names
(`--chart-1`, or `--chart-1/0.5` for half of it), so that they follow the reader's setting; under
`phone` the differences of the figure for a phone; and under `outlines` those of its maps that are
no files of the site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from plotly_alive import map_outlines
from plotly_alive.chart_theme import palette_name
from plotly_alive.reading import inherited_names
from plotly_alive.reading.plotly_json import PlotlyFigure


def interactive(figure: PlotlyFigure, phone: PlotlyFigure) -> bytes:
    """Write the JSON of a figure, and of the same figure for a phone."""
    layout = {
        name: value
        for name, value in phone["layout"].items()
        if figure["layout"].get(name) != value
    }
    other = {
        name: phone[name] for name in ("data", "frames") if phone.get(name) != figure.get(name)
    }
    template = figure["layout"].get("template") or {}
    rest = {**figure, "layout": {**figure["layout"], "template": {}}} if template else figure
    named = _named({**_read_out(rest), "phone": {"layout": layout, **_read_out(other)}})
    if template:
        named["layout"]["template"] = _named_template(json.dumps(template))
    outlines = {name: json.loads(of) for name, of in map_outlines.whole(figure).items()}
    more = {"outlines": outlines} if outlines else {}
    written = _as_json({**named, **more})
    if inherited_names.are_in(written):
        written = _as_json({**inherited_names.marked(named), **more})
    return written.encode()


def _as_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@lru_cache(maxsize=64)
def _named_template(written: str) -> Any:
    """Return a template, nine tenths of a figure and the same in many, with the names of colours."""
    return _named(json.loads(written))


def _read_out(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure, or a part of it, with the labels of its traces."""
    labelled = dict(figure)
    if "data" in figure:
        labelled["data"] = _labelled(figure["data"])
    if "frames" in figure:
        labelled["frames"] = [
            {**frame, "data": _labelled(frame["data"])} for frame in figure["frames"]
        ]
    return labelled


def trace_types(figure: PlotlyFigure) -> tuple[str, ...]:
    """Return plotly's types of a figure's traces, by which the page's plotly.js is chosen."""
    types = {str(trace.get("type") or "scatter") for trace in figure["data"]}
    return tuple(sorted(types or {"scatter"}))


def _labelled(traces: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the traces with the name of the series in the hover label, if plotly would put it
    beside the label.
    """
    return [
        {**trace, "hovertemplate": f"{trace['name']}<br>{hover}<extra></extra>"}
        if len(traces) > 1
        and trace.get("name")
        and isinstance(hover := trace.get("hovertemplate"), str)
        and "<extra>" not in hover
        else trace
        for trace in traces
    ]


def _named(value: Any, is_colour: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _named(item, is_colour or "color" in key) for key, item in value.items()}
    if isinstance(value, list) and (
        is_colour or any(isinstance(item, (dict, list)) for item in value)
    ):
        return [_named(item, is_colour) for item in value]
    return palette_name(value) if is_colour and isinstance(value, str) else value
