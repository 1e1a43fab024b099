"""The outlines that maps are drawn with: files of the theme, for the static picture and for the reader's browser.

plotly.js would fetch them from elsewhere, one for each scope and resolution that a figure's maps have. They stand in
`theme/topology/`, which says where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve()
FOLDER = next((folder for folder in (_HERE.parent / "theme/topology", _HERE.parents[2] / "theme/topology")
               if folder.is_dir()), _HERE.parent / "theme/topology")
MAPS = frozenset({"choropleth", "scattergeo"})
"""The trace types that are drawn on outlines."""


class UnknownTopologyError(Exception):
    """There are no outlines for a map; says which there are."""


def names(figure: Mapping[str, Any]) -> frozenset[str]:
    """What the maps of a figure are drawn with, as plotly.js calls it: `world_110m`. Empty without a map."""
    layout = figure.get("layout") or {}
    common = ((layout.get("template") or {}).get("layout") or {}).get("geo") or {}
    found = set()
    for trace in figure.get("data") or []:
        if trace.get("type") in MAPS:
            geo = {**common, **(layout.get(trace.get("geo") or "geo") or {})}
            scope = str(geo.get("scope") or "world").replace(" ", "-")
            found.add(f"{scope}_{geo.get('resolution') or 110}m")
    return frozenset(found)


def read(name: str) -> bytes:
    """The outlines of that name, TopoJSON. Raises :class:`UnknownTopologyError`."""
    known = sorted(path.stem for path in FOLDER.glob("*.json"))
    if name not in known:
        raise UnknownTopologyError(f"there are no outlines `{name}` for its map, only {', '.join(known)}")
    return (FOLDER / f"{name}.json").read_bytes()
