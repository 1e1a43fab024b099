"""Tiles for places: their positions, and their drawing.

The positions of countries' tiles are computed: a country gets one of the squares of a grid over the
world, so that the sum of the squared distances between the squares and the countries' middles is as
small as possible. This is the assignment problem, solved by the shortest augmenting paths of R.
Jonker and A. Volgenant (Computing 38, 1987).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.notebook.charts import countries, map_region
from plotly_alive import chart_theme

if TYPE_CHECKING:
    import pandas as pd

Tiles = Mapping[str, tuple[int, int]]
"""The column and the row of each place's tile."""

SIDE = 1.0
"""Degrees of a tile's side: in the projection of a plane, about the equator, it is a square."""
_ROOM = 1.7
"""The number of squares for each country."""
_WIDEST = 54
"""Pixels of a tile's side at most."""
SMALLEST = 25
"""Pixels of a tile's side on which three letters have room."""


def tiles_of(
    codes: Sequence[str], positions: Mapping[str, tuple[int, int]] | pd.DataFrame | None
) -> Tiles:
    """Return the tile of each place. Raises ValueError for places without one, and for no place."""
    if not codes:
        raise ValueError("there is no place to show")
    if positions is None:
        return _assigned(codes)
    if not isinstance(positions, Mapping):
        if not {"column", "row"} <= set(positions.columns):
            raise ValueError("positions has no columns `column` and `row`")
        pairs = zip(positions["column"], positions["row"], strict=True)
        chosen = dict(zip(map(str, positions.index), pairs, strict=True))
    else:
        chosen = {str(code): pair for code, pair in positions.items()}
    if missing := [code for code in codes if code not in chosen]:
        raise ValueError(f"positions has no tile for {', '.join(missing)}")
    tiles = {code: (int(chosen[code][0]), int(chosen[code][1])) for code in codes}
    twice = [code for code in codes if list(tiles.values()).count(tiles[code]) > 1]
    if twice:
        raise ValueError(f"positions has one tile for {', '.join(twice)}")
    return tiles


def geojson_of(tiles: Tiles) -> dict[str, Any]:
    """Return the tiles as squares on a plane, clockwise as plotly draws them."""
    features = []
    for code, (column, row) in tiles.items():
        left, top = column * SIDE, -row * SIDE
        right, bottom = left + SIDE, top - SIDE
        ring = [[left, bottom], [left, top], [right, top], [right, bottom], [left, bottom]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "id": code, "properties": {}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def tile_layout(
    tiles: Tiles, short: Mapping[str, str], strong: Collection[str], above: tuple[int, int]
) -> dict[str, Any]:
    """Return the layout of a figure of tiles, with their letters. The letters have the colour of
    the paper on the ``strong`` tiles, and there are none where a tile is too small. ``above`` is
    the room for the legend in pixels, on a wide page and on a phone.
    """
    columns, rows = zip(*tiles.values(), strict=True)
    left, top = min(columns), min(rows)
    across, down = max(columns) - left + 1, max(rows) - top + 1
    paper, ink = (chart_theme.PALETTE[f"chart-{name}"][0] for name in ("paper", "ink"))

    def layout(wide: int, room: int) -> dict[str, Any]:
        side = min(_WIDEST, wide / across)
        free = (wide - side * across) / 2 / wide
        has_letters = side >= SMALLEST
        notes = [
            {
                "xref": "paper",
                "yref": "paper",
                "x": round(free + (column - left + 0.5) * side / wide, 4),
                "y": round(1 - (row - top + 0.5) / down, 4),
                "text": short.get(code, code) if has_letters else "",
                "visible": has_letters,
                "xanchor": "center",
                "yanchor": "middle",
                "showarrow": False,
                "font": {"size": 11, "color": paper if code in strong else ink},
            }
            for code, (column, row) in tiles.items()
        ]
        margin = {"l": 0, "r": 0, "t": room, "b": 0}
        return {"height": round(side * down) + room, "margin": margin, "annotations": notes}

    return {
        **layout(chart_theme.WIDE[0], above[0]),
        "geo": {
            "projection": {"type": "equirectangular"},
            "lonaxis": {"range": [left * SIDE, (left + across) * SIDE]},
            "lataxis": {"range": [-(top + down) * SIDE, -top * SIDE]},
            "showland": False,
        },
        "meta": {"narrow": layout(chart_theme.NARROW[0], above[1]), "explore": False},
    }


def _assigned(codes: Sequence[str]) -> Tiles:
    """Return the tile of each country. Raises ValueError for an unknown code."""
    if unknown := [code for code in codes if code not in countries.shapes()]:
        raise ValueError(
            f"{', '.join(map(repr, unknown))}: no countries by ISO 3166-1 alpha-3; give `positions`"
        )
    lons, lats = zip(*(countries.shapes()[code].middle for code in codes), strict=True)
    east, up = map_region.equal_earth(lons, lats)
    points = np.stack([east, -up], axis=1)
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.maximum(high - low, 1e-3)
    side = math.sqrt(float(span.prod()) / (len(codes) * _ROOM))
    across, down = (max(1, math.ceil(float(length) / side)) for length in span)
    while across * down < len(codes):
        across, down = across + 1, down + 1
    scaled = (points - low) / span * [across - 1, down - 1]
    squares = np.array([(column, row) for row in range(down) for column in range(across)])
    cost = ((scaled[:, None, :] - squares[None, :, :]) ** 2).sum(axis=2)
    of = _cheapest(cost)
    return {
        code: (int(squares[at][0]), int(squares[at][1])) for code, at in zip(codes, of, strict=True)
    }


def _cheapest(cost: NDArray[np.float64]) -> list[int]:
    """Return the column of each row, so that the sum of the costs is the smallest possible. There
    are no fewer columns than rows.
    """
    rows, columns = cost.shape
    of_row, of_column = np.zeros(rows + 1), np.zeros(columns + 1)
    row_at = np.zeros(columns + 1, dtype=int)  # 0: free; rows are counted from 1
    for row in range(1, rows + 1):
        row_at[0] = row
        column = 0
        least = np.full(columns + 1, np.inf)
        before = np.zeros(columns + 1, dtype=int)
        used = np.zeros(columns + 1, dtype=bool)
        while row_at[column]:
            used[column] = True
            here = row_at[column]
            reduced = cost[here - 1] - of_row[here] - of_column[1:]
            is_less = ~used[1:] & (reduced < least[1:])
            least[1:][is_less], before[1:][is_less] = reduced[is_less], column
            free = np.where(used[1:], np.inf, least[1:])
            following = int(free.argmin()) + 1
            step = free[following - 1]
            of_row[row_at[used]] += step
            of_column[used] -= step
            least[1:][~used[1:]] -= step
            column = following
        while column:
            row_at[column] = row_at[before[column]]
            column = int(before[column])
    column_of = {int(row): column for column, row in enumerate(row_at[1:].tolist()) if row}
    return [column_of[row] for row in range(1, rows + 1)]
