"""The part of the earth that a map shows, and the pixels of places in its picture.

The world is drawn in the Equal Earth projection, a part of it in Lambert's azimuthal equal-area
projection about its middle: areas can be compared, and no shape is far from its true form. (J. P.
Snyder, Map Projections, USGS Professional Paper 1395, 1987, pages 182 to 190.)
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.notebook.charts import countries

LEAST = 1700.0
"""Kilometres that a map is wide at least: outlines at 1:110 million are too coarse for fewer."""
EARTH = 6371.0
"""The mean radius of the earth in kilometres."""
AROUND = 0.12
"""The part of a region that is left free around its places."""

_BOX = 1.0
"""Degrees on either side of the middle of the range that plotly fits into a picture."""

_FAR = 1.9
"""The distance from the middle, in radii of the earth, from which on a place is nearly on the other
side, which is at 2.
"""

PictureSize = tuple[int, int]
Floats = NDArray[np.float64]

_CUT = 11.0
"""The longitude in the middle of the world, whose edge then lies in the Bering Strait."""
_SOUTH, _NORTH = -58.0, 84.0  # without Antarctica


@dataclass(frozen=True)
class World:
    """The whole world, in a picture."""

    size: PictureSize
    """The width and the height of the picture, in pixels."""

    @property
    def geo(self) -> dict[str, Any]:
        """The world in plotly's form."""
        return {
            "projection": {"type": "equal earth", "rotation": {"lon": _CUT}},
            "lonaxis": {"range": [_CUT - 180, _CUT + 180]},
            "lataxis": {"range": [_SOUTH, _NORTH]},
        }

    def pixels(self, lon: Any, lat: Any) -> tuple[Floats, Floats]:
        """Return the pixels of places in the picture, from its left and from its top."""
        lats = np.linspace(_SOUTH, _NORTH, 57)
        x, y = equal_earth(np.full(57, _CUT + 179.999), lats)
        scale = min(self.size[0] / (2 * float(x.max())), self.size[1] / float(np.ptp(y)))
        middle = float(equal_earth(_CUT, (_SOUTH + _NORTH) / 2)[1])
        across, up = equal_earth(lon, lat)
        return self.size[0] / 2 + across * scale, self.size[1] / 2 - (up - middle) * scale


@dataclass(frozen=True)
class Region:
    """A part of the earth about a middle, in a picture."""

    lon: float
    """The longitude of the middle."""
    lat: float
    """The latitude of the middle."""
    wide: float
    """The width of the picture, in radii of the earth."""
    size: PictureSize
    """The width and the height of the picture, in pixels."""

    @property
    def geo(self) -> dict[str, Any]:
        """The region in plotly's form. plotly fits a range of degrees into the picture, and cuts it
        to that rectangle. So the range is small, has the picture's form, and is scaled.
        """
        half = _half(self.lat, self.size[0] / self.size[1])
        left, right = _span(self.lat, half)[0]
        return {
            "projection": {
                "type": "azimuthal equal area",
                "rotation": {"lon": self.lon, "lat": self.lat},
                "scale": round((right - left) / self.wide, 5),
            },
            "center": {"lon": self.lon, "lat": self.lat},
            "lonaxis": {"range": [self.lon - half, self.lon + half]},
            "lataxis": {"range": [self.lat - _BOX, self.lat + _BOX]},
        }

    @property
    def kilometre(self) -> float:
        """The pixels of a kilometre."""
        return self.size[0] / self.wide / EARTH

    def pixels(self, lon: Any, lat: Any) -> tuple[Floats, Floats]:
        """Return the pixels of places in the picture, from its left and from its top."""
        x, y = _projected(lon, lat, self.lon, self.lat)
        scale = self.size[0] / self.wide
        return self.size[0] / 2 + x * scale, self.size[1] / 2 - y * scale

    def degrees(self, across: Any, down: Any) -> tuple[Floats, Floats]:
        """Return the longitudes and latitudes of pixels."""
        scale = self.size[0] / self.wide
        x = (np.asarray(across, dtype=float) - self.size[0] / 2) / scale
        y = (self.size[1] / 2 - np.asarray(down, dtype=float)) / scale
        return _placed(x, y, self.lon, self.lat)

    def shows(self, ring: Floats) -> bool:
        """True if a closed line may be in the picture. A line that is nearly on the other side of
        the earth would go around it, and is not.
        """
        return bool(self._shown(ring, np.zeros(1, dtype=np.intp))[0])

    def _shown(self, points: Floats, starts: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return whether each of some closed lines may be in the picture. Their points stand one
        line after the other, and each line begins with the row in ``starts``.
        """
        x, y = _projected(points[:, 0], points[:, 1], self.lon, self.lat)
        right, top = self.wide / 2, self.wide / 2 * self.size[1] / self.size[0]
        least, most = np.minimum.reduceat, np.maximum.reduceat
        shown: NDArray[np.bool_] = (
            (most(np.hypot(x, y), starts) < _FAR)
            & (most(x, starts) > -right)
            & (least(x, starts) < right)
            & (most(y, starts) > -top)
            & (least(y, starts) < top)
        )
        return shown

    @cached_property
    def land(self) -> dict[str, countries.Country]:
        """The countries that the picture shows, by code, in detail. A country whose detailed
        shape lacks land that the picture shows has the shape of world maps.
        """
        rings = countries.detailed_rings()
        in_detail = set(compress(rings.codes, self._shown(rings.points, rings.starts)))
        shapes = {}
        for code, country in countries.detailed_shapes().items():
            whole = countries.shapes().get(code)
            rest = np.empty((0, 2)) if whole is None or whole.small else countries.cut_off(code)
            if len(rest):
                x, y = self.pixels(rest[:, 0], rest[:, 1])
                is_in = (x > 0) & (x < self.size[0]) & (y > 0) & (y < self.size[1])
                if whole is not None and is_in.any():
                    if any(map(self.shows, whole.rings)):
                        shapes[code] = whole
                    continue
            if code in in_detail:
                shapes[code] = country
        return shapes

    def outline(self) -> tuple[list[float], list[float]]:
        """Return the edge of the picture, as longitudes and latitudes."""
        (wide, high), part = self.size, np.linspace(0, 1, 9)
        across = np.concatenate([part * wide, np.full(9, wide), part[::-1] * wide, np.zeros(9)])
        down = np.concatenate([np.zeros(9), part * high, np.full(9, high), part[::-1] * high])
        lon, lat = self.degrees(np.append(across, across[:2]), np.append(down, down[:2]))
        return [round(float(x), 2) for x in lon], [round(float(y), 2) for y in lat]


MapView = World | Region
"""The part of the earth that a map shows."""


def around(
    lons: Iterable[float], lats: Iterable[float], size: PictureSize, least: float = LEAST
) -> Region:
    """Return the region that shows all of these places in a picture of that ``size``, at least
    ``least`` kilometres wide.
    """
    east, north = np.array([*lons], dtype=float), np.array([*lats], dtype=float)
    lon, lat = _middle(east), (float(north.min()) + float(north.max())) / 2
    for _ in range(4):
        x, y = _projected(east, north, lon, lat)
        middle = _placed((x.min() + x.max()) / 2, (y.min() + y.max()) / 2, lon, lat)
        lon, lat = (round(float(degrees), 3) for degrees in middle)
    x, y = _projected(east, north, lon, lat)
    wide = max(float(np.ptp(x)), float(np.ptp(y)) * size[0] / size[1]) * (1 + 2 * AROUND)
    return Region(lon, lat, round(max(wide, least / EARTH), 5), size)


def region_of_countries(codes: Collection[str], size: PictureSize) -> Region:
    """Return the region that shows the land of these countries; of a country with land far away,
    the largest part. Raises ValueError for an unknown code, and without any.
    """
    unknown = [code for code in codes if code not in countries.shapes()]
    if unknown or not codes:
        raise ValueError(
            f"region: {', '.join(map(repr, unknown)) or 'it is empty'}; "
            "write ISO 3166-1 alpha-3 codes, such as ['UKR', 'POL']"
        )
    main = [max(countries.shapes()[code].rings, key=_area) for code in codes]
    land = np.concatenate(main)
    return around(land[:, 0], land[:, 1], size, least=0)


def equal_earth(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Project degrees by the Equal Earth projection of a sphere of radius 1, cut through the
    Bering Strait (B. Šavrič, T. Patterson, B. Jenny, International Journal of Geographical
    Information Science 33, 2019).
    """
    turn = np.radians((np.asarray(lon, dtype=float) - _CUT + 180) % 360 - 180)
    a = (1.340264, -0.081106, 0.000893, 0.003796)
    t = np.arcsin(math.sqrt(3) / 2 * np.sin(np.radians(np.asarray(lat, dtype=float))))
    slope = 9 * a[3] * t**8 + 7 * a[2] * t**6 + 3 * a[1] * t**2 + a[0]
    across = 2 * math.sqrt(3) * turn * np.cos(t) / (3 * slope)
    return across, a[3] * t**9 + a[2] * t**7 + a[1] * t**3 + a[0] * t


def view_of(codes: Collection[str] | None, size: PictureSize) -> MapView:
    """Return the part of the earth that a map shows: the countries of these codes, the world
    without them.
    """
    return World(size) if codes is None else region_of_countries(codes, size)


def points(view: MapView, where: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the pixels of places that have these latitudes and longitudes."""
    lats, lons = zip(*where, strict=True)
    return [(float(x), float(y)) for x, y in zip(*view.pixels(lons, lats), strict=True)]


def great_circle(start: tuple[float, float], end: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return points of the shortest way between two places, longitudes and latitudes, one every
    two degrees.
    """
    return _great_circles(np.array([start[0], end[0]]), np.array([start[1], end[1]]))


def _projected(lon: Any, lat: Any, lon_0: float, lat_0: float) -> tuple[Floats, Floats]:
    """Project degrees by Lambert's projection about a middle, of a sphere of radius 1."""
    turn = np.radians(np.asarray(lon, dtype=float) - lon_0)
    up, middle = np.radians(np.asarray(lat, dtype=float)), math.radians(lat_0)
    toward = 1 + math.sin(middle) * np.sin(up) + math.cos(middle) * np.cos(up) * np.cos(turn)
    stretch = np.sqrt(2 / np.maximum(toward, 1e-9))
    north = math.cos(middle) * np.sin(up) - math.sin(middle) * np.cos(up) * np.cos(turn)
    return stretch * np.cos(up) * np.sin(turn), stretch * north


def _placed(x: Any, y: Any, lon_0: float, lat_0: float) -> tuple[Floats, Floats]:
    """Return the longitude and latitude of a point of that projection."""
    x, y, middle = np.asarray(x, dtype=float), np.asarray(y, dtype=float), math.radians(lat_0)
    far = np.maximum(np.hypot(x, y), 1e-12)
    angle = 2 * np.arcsin(np.minimum(far / 2, 1))
    up = np.cos(angle) * math.sin(middle) + y * np.sin(angle) * math.cos(middle) / far
    turn = np.arctan2(
        x * np.sin(angle),
        far * math.cos(middle) * np.cos(angle) - y * math.sin(middle) * np.sin(angle),
    )
    return lon_0 + np.degrees(turn), np.degrees(np.arcsin(np.clip(up, -1, 1)))


def _half(lat: float, ratio: float) -> float:
    """Return the degrees on either side of a middle of a small range that is ``ratio`` as wide as
    high.
    """
    low, high = 0.01, 80.0
    for _ in range(40):
        half = (low + high) / 2
        (left, right), (bottom, top) = _span(lat, half)
        low, high = (half, high) if (right - left) / (top - bottom) < ratio else (low, half)
    return round((low + high) / 2, 4)


def _span(lat: float, half: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of the small range, across and up. d3 goes from one point of its frame to
    the next along the great circle, as plotly gives four of a parallel.
    """
    along = np.linspace(-half, half, 5)
    lons = np.concatenate([[-half], along, along[::-1]])
    lats = np.concatenate([[lat - _BOX], [lat + _BOX] * 5, [lat - _BOX] * 5])
    x, y = _projected(*_great_circles(lons, lats), 0, lat)
    return (float(x.min()), float(x.max())), (float(y.min()), float(y.max()))


def _middle(lons: Floats) -> float:
    """Return the middle of the smallest arc that has all longitudes."""
    sorted_ = np.sort(np.unique(lons % 360))
    gaps = np.diff(np.append(sorted_, sorted_[0] + 360))
    widest = int(gaps.argmax())
    start, span = float(sorted_[(widest + 1) % len(sorted_)]), 360 - float(gaps[widest])
    return (start + span / 2 + 180) % 360 - 180


def _area(ring: Floats) -> float:
    """Return the area of a ring, in square degrees at the equator."""
    x, y = ring[:, 0] * np.cos(np.radians(ring[:, 1].mean())), ring[:, 1]
    return abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2


def _great_circles(lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
    """Return the lines between successive places, with points on the way."""
    lon, lat = np.radians(lons), np.radians(lats)
    points = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    parts = [points[:1]]
    for start, end in pairwise(points):
        angle = math.acos(max(-1.0, min(1.0, float(start @ end))))
        steps = max(2, round(math.degrees(angle) / 2))
        part = np.linspace(0, 1, steps + 1)[1:, None]
        if math.sin(angle) < 1e-9:
            parts.append(end[None])
            continue
        way = np.sin((1 - part) * angle) * start + np.sin(part * angle) * end
        parts.append(way / math.sin(angle))
    x, y, z = np.concatenate(parts).T
    return np.degrees(np.unwrap(np.arctan2(y, x))), np.degrees(np.arcsin(np.clip(z, -1, 1)))
