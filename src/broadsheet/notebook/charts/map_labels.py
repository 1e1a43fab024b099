"""Labels on maps: names of places beside their marks, and names of countries on their land. None
lies on another, on a mark, or over the edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.notebook.charts.map_region import PictureSize, Region
from plotly_alive import chart_theme, country_names
from plotly_alive.labels import Box, folded, height, width

if TYPE_CHECKING:
    import plotly.graph_objects as go

CELL = 6
"""Pixels of the squares into which a country's land is divided."""
_INSIDE = 0.9
"""The part of a country's name that lies on its land at least."""


def beside(
    points: Sequence[tuple[float, float]],
    texts: Sequence[str],
    radii: Sequence[float],
    size: PictureSize,
    taken: list[Box],
    *,
    all_of_them: bool = False,
) -> list[dict[str, Any]]:
    """Return the labels of marks, which are about ``points``, as plotly's annotations. A label
    for which there is no room beside its mark is left out, unless ``all_of_them`` are wanted. The
    room that they cover is added to ``taken``.
    """
    taken += [
        Box.about(x, y, 2 * radius + 2, 2 * radius + 2)
        for (x, y), radius in zip(points, radii, strict=True)
    ]
    notes = []
    for (x, y), text, radius in zip(points, texts, radii, strict=True):
        wide, high, off = width([text]) + 2, height(text), radius + 3
        aside, above = off + wide / 2, off + high / 2
        ways = [
            *((aside, 0), (-aside, 0), (0, -above), (0, above)),
            *((aside * 0.9, -high / 2), (aside * 0.9, high / 2)),
            *((-aside * 0.9, -high / 2), (-aside * 0.9, high / 2)),
        ]
        boxes = [Box.about(x + dx, y + dy, wide, high) for dx, dy in ways]
        best = min(boxes, key=lambda box: _cost(box, size, taken))
        if all_of_them or _cost(best, size, taken) == 0:
            taken.append(best)
            notes.append(_note(best, text, size, bold=True))
    return notes


def on_land(region: Region, taken: list[Box]) -> list[dict[str, Any]]:
    """Return the names of the countries of a region, each well on its land, as plotly's
    annotations. A name for which there is no room is left out.
    """
    notes = []
    for code, mask in sorted(_land(region).items(), key=lambda item: -item[1].sum()):
        name = country_names.country_name(code)
        if name == code:
            continue  # land of undetermined status
        for text in dict.fromkeys((name, folded(name, 90), folded(name, 50))):
            if box := _place(mask, text, taken):
                taken.append(box)
                notes.append(_note(box, text, region.size, bold=False))
                break
    return notes


def finished(fig: go.Figure, wide: dict[str, Any], narrow: dict[str, Any]) -> go.Figure:
    """Return the figure of a map with its layout on a wide page, and with that on a phone. Of the
    labels that have room only on the page, a phone shows none.
    """
    unused = len(wide["annotations"]) - len(narrow["annotations"])
    notes = [*narrow["annotations"], *[{"visible": False}] * unused]
    meta = {"narrow": {**narrow, "annotations": notes}, "explore": False}
    return fig.update_layout(**wide, meta=meta)


def _cost(box: Box, size: PictureSize, taken: Iterable[Box]) -> float:
    """Return the area over the edge, which counts four times, and over what is taken."""
    inside = box.common(Box(2, 2, size[0] - 2, size[1] - 2))
    whole = (box.right - box.left) * (box.bottom - box.top)
    return round((whole - inside) * 4 + sum(box.common(other) for other in taken), 3)


def _note(box: Box, text: str, size: PictureSize, *, bold: bool) -> dict[str, Any]:
    """Return a text as plotly's annotation, in its box."""
    ink, muted = (chart_theme.PALETTE[f"chart-{name}"][0] for name in ("ink", "muted"))
    return {
        "xref": "paper",
        "yref": "paper",
        "x": round((box.left + box.right) / 2 / size[0], 4),
        "y": round(1 - (box.top + box.bottom) / 2 / size[1], 4),
        "text": f"<b>{text}</b>" if bold else text,
        "xanchor": "center",
        "yanchor": "middle",
        "align": "center",
        "showarrow": False,
        "borderpad": 0,
        "font": {"size": 12, "color": ink} if bold else {"size": 11, "color": muted},
    }


def _land(region: Region) -> Mapping[str, NDArray[np.bool_]]:
    """Return the squares of the picture that are land of a country, for each that has some."""
    wide, high = region.size
    columns, rows = (
        np.arange(CELL / 2, wide, CELL),
        np.arange(CELL / 2, high, CELL),
    )
    x, y = (grid.ravel() for grid in np.meshgrid(columns, rows))
    masks = {}
    for code, country in region.land.items():
        mask = np.zeros(len(x), dtype=bool)
        for ring in country.rings:
            if region.shows(ring):
                mask ^= _inside(x, y, *region.pixels(ring[:, 0], ring[:, 1]))
        if mask.any():
            masks[code] = mask.reshape(len(rows), len(columns))
    return masks


def _inside(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    across: NDArray[np.float64],
    down: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return a mask of the points that are within a closed line."""
    odd = np.zeros(len(x), dtype=bool)
    for x0, y0, x1, y1 in zip(across, down, across[1:], down[1:], strict=False):
        if y0 == y1 or max(y0, y1) < 0 or max(abs(x0), abs(x1)) > 1e5:
            continue
        between = (y0 > y) != (y1 > y)
        odd ^= between & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return odd


def _place(mask: NDArray[np.bool_], text: str, taken: Sequence[Box]) -> Box | None:
    """Return the box for a text on land, as near to its middle as there is room."""
    wide, high = width([text]) * 11 / 12 + 4, height(text)
    across, down = -(-int(wide) // CELL), -(-int(high) // CELL)
    rows, columns = mask.shape
    if across >= columns or down >= rows:
        return None
    sums = np.zeros((rows + 1, columns + 1), dtype=int)
    sums[1:, 1:] = mask.cumsum(axis=0).cumsum(axis=1)
    covered = (
        sums[down:, across:]
        - sums[:-down, across:]
        - sums[down:, :-across]
        + sums[:-down, :-across]
    )
    fits = np.argwhere(covered >= _INSIDE * across * down)
    if not len(fits):
        return None
    middle = np.argwhere(mask).mean(axis=0) - [down / 2, across / 2]
    for row, column in fits[np.argsort(((fits - middle) ** 2).sum(axis=1), kind="stable")][::2]:
        box = Box.about((column + across / 2) * CELL, (row + down / 2) * CELL, wide, high)
        if box.left > 2 and not any(box.common(other) for other in taken):
            return box
    return None
