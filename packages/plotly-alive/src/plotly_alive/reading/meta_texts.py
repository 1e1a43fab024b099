"""Texts of a figure that name a value of its `meta`, such as ``%{meta[0]}`` or
``%{data[1].meta.city}``, with the value in that place, as plotly draws them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from plotly_alive.reading.plotly_json import Raw

_NAMED = re.compile(r"%\{([^\s%{}:|]*)[^{}]*\}")
_STEP = re.compile(r"[^.\[\]]+")
_WITHOUT = frozenset({"template", "meta", "shapes", "geojson"})
"""Parts of a layout that have no texts for readers."""
_OF_TRACES = ("name", "colorbar", "title", "legendgrouptitle")
"""Parts of a trace whose texts may name its `meta`; hover labels have rules of their own."""


def filled(layout: Raw, data: Sequence[Raw]) -> tuple[Raw, list[Raw]]:
    """Return a layout and its traces with the values in their texts."""
    metas = [{"meta": trace.get("meta")} for trace in data]
    of_layout = {"meta": layout.get("meta"), "data": metas}
    texts = {
        key: part if key in _WITHOUT else _filled(part, of_layout) for key, part in layout.items()
    }
    traces: list[Raw] = []
    for trace, meta in zip(data, metas, strict=True):
        parts = {
            key: _filled(trace[key], meta | {"layout": of_layout})
            for key in _OF_TRACES
            if key in trace
        }
        traces.append({**trace, **parts})
    return texts, traces


def _filled(part: Any, of: Mapping[str, Any]) -> Any:
    if isinstance(part, str):
        return _NAMED.sub(lambda match: _value(match[1], of), part) if "%{" in part else part
    if isinstance(part, dict):
        return {key: _filled(item, of) for key, item in part.items()}
    if isinstance(part, list):
        is_text = any(isinstance(item, (str, dict)) for item in part)
        return [_filled(item, of) for item in part] if is_text else part
    return part


def _value(path: str, of: Any) -> str:
    """Return the text of a value at a path such as ``meta[0].city``; empty if there is none."""
    for step in _STEP.findall(path):
        if isinstance(of, Mapping):
            of = of.get(step)
        elif isinstance(of, list) and step.isdecimal() and int(step) < len(of):
            of = of[int(step)]
        else:
            return ""
    return "" if of is None or isinstance(of, (Mapping, list)) else str(of)
