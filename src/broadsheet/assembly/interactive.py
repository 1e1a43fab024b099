"""What a reader's browser makes the interactive chart of: a file of JSON beside the page, for `theme/figures.js`.

It is the figure, with colours of the palette by their names (`--chart-1`, or `--chart-1/0.5` for half of it), so that
they follow the reader's setting, and under `phone` what is different in the figure as it is drawn for a phone.
"""

from __future__ import annotations

import json
import re
from typing import Any

from broadsheet.assembly.drawing import Figure
from broadsheet.house import PALETTE

_NAMES = {light: f"--{name}" for name, (light, _) in reversed(list(PALETTE.items()))}
_RGB = re.compile(r"rgba?\((\d+), ?(\d+), ?(\d+)(?:, ?([\d.]+))?\)")


def interactive(figure: Figure, phone: Figure) -> bytes:
    """The file, for a figure and the same as it is drawn for a phone."""
    layout = {name: value for name, value in phone["layout"].items() if figure["layout"].get(name) != value}
    changed = {"layout": layout, **({} if phone["data"] == figure["data"] else {"data": phone["data"]})}
    return json.dumps(_named({**figure, "phone": changed}), separators=(",", ":")).encode()


def traces(figure: Figure) -> str:
    """The types of its traces with spaces between, by which the page's plotly.js is chosen."""
    return " ".join(sorted({str(trace.get("type") or "scatter") for trace in figure["data"]} or {"scatter"}))


def _named(value: Any, is_colour: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _named(item, is_colour or "color" in key) for key, item in value.items()}
    if isinstance(value, list):
        return [_named(item, is_colour) for item in value]
    return _name(value) if is_colour and isinstance(value, str) else value


def _name(colour: str) -> str:
    found = _RGB.fullmatch(colour)
    plain = "#{:02x}{:02x}{:02x}".format(*map(int, found.groups()[:3])) if found else colour.lower()
    name = _NAMES.get(plain)
    return colour if name is None else f"{name}/{found[4]}" if found and found[4] else name
