"""Reads the cell option `interactive`, which says how a chart answers its readers.

- `light`: values at its marks, by pointer, finger and keys; plotly.js when a reader asks to explore;
- `plotly`: plotly.js when a reader clicks or taps the chart, or asks to explore it;
- `none`: a picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broadsheet.errors import ConfigError
from broadsheet.storage.yaml_text import YamlText
from plotly_alive.errors import shown

KEY = "interactive"
LIGHT, PLOTLY, NONE = "light", "plotly", "none"


def interactivity(options: Mapping[str, Any], text: YamlText) -> str:
    """Read a cell's option; `light` without one. Raises :class:`ConfigError` for another value."""
    option = options.get(KEY)
    if option is None:
        return LIGHT
    if option not in (LIGHT, PLOTLY, NONE):
        raise ConfigError(
            text.place((KEY,)),
            f"`interactive` is {shown(option)}",
            "Write light, plotly or none.",
        )
    return str(option)
