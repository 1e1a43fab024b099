"""The outlines of maps in `packages/plotly-alive/src/plotly_alive/topology/`, made from those that a
version of plotly.js has for itself.

    npm pack plotly.js@VERSION && tar xzf plotly.js-VERSION.tgz
    python scripts/topology.py package/dist/plotly-geo-assets.js

Run it when plotly.py brings another plotly.js. A site has the outlines of scale 1:110 million. Those
of the world, the only ones that a map of all countries needs, are made for a picture as wide as a
page: countries, land and coasts, their lines without corners that would not show, without islands
that would not. A country that would not show is a disc in its place, so that each member of the
United Nations can be seen and pointed at. In `whole/`, compressed, are the outlines of scale 1:50
million, and those of the world as plotly.js has them. Standard library only.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "packages/plotly-alive/src/plotly_alive/topology"
STEPS = 10_000
"""To which the width and the height of the world are divided."""
CORNER = 0.1
"""Square degrees that a corner of a line spans at least."""
ISLAND = 0.25
"""Square degrees of an island, where its country has a larger one."""
COUNTRY = 0.6
"""Square degrees of a country; of a smaller one there is a disc."""
RADIUS, CORNERS = 0.62, 10
"""Of a disc, in degrees."""
ENCLAVES = {"SMR": (12.46, 43.94)}
"""Members of the United Nations that plotly.js does not have."""

Point = tuple[float, float]
Ring = list[int]
"""Arcs, one after the other; `~n` is arc `n` backwards."""


def main(script: Path) -> None:
    """Write each file anew."""
    text = script.read_text(encoding="utf-8")
    TARGET.mkdir(parents=True, exist_ok=True)
    all_ = {
        found[1]: found[2]
        for found in re.finditer(
            r'"dist/topojson/([\w-]+)\.json".*\n\s*module\.exports = (\{.*\});\n', text
        )
    }
    for name in sorted(name for name in all_ if name.endswith("_110m")):
        topology = _read(all_[name])
        topology = world(topology, _read(all_["world_50m"])) if name == "world_110m" else topology
        path = TARGET / f"{name}.json"
        path.write_text(json.dumps(topology, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    (TARGET / "whole").mkdir(exist_ok=True)
    for name in sorted(name for name in all_ if name.endswith("_50m") or name == "world_110m"):
        content = json.dumps(_read(all_[name]), separators=(",", ":")).encode()
        path = TARGET / "whole" / f"{name}.json.gz"
        path.write_bytes(gzip.compress(content, mtime=0))
        print(f"whole/{path.name}: {path.stat().st_size:,} bytes")


def world(coarse: dict[str, Any], fine: dict[str, Any]) -> dict[str, Any]:
    """The outlines of ``coarse``, smaller; the countries that only ``fine`` has, as discs."""
    arcs = [_simplified(line) for line in _lines(coarse)]
    parts: dict[str, list[list[Ring]]] = {}
    middles: dict[str, Point] = dict(ENCLAVES)
    for country in coarse["objects"]["countries"]["geometries"]:
        parts.setdefault(country["id"], []).extend(_polygons(country))
        middles.setdefault(country["id"], country["properties"]["ct"])
    for country in fine["objects"]["countries"]["geometries"]:
        middles.setdefault(country["id"], country["properties"]["ct"])
    whole, discs = [], []
    for code, middle in sorted(middles.items()):
        made = {"type": "MultiPolygon", "id": code, "properties": {"ct": middle}}
        if sum(_area(polygon, arcs) for polygon in parts.get(code, ())) < COUNTRY:
            arcs.append(_disc(*middle))
            discs.append(
                {**made, "properties": {"ct": middle, "small": True}, "arcs": [[[len(arcs) - 1]]]}
            )
        else:
            whole.append({**made, "arcs": _shown(parts[code], arcs)})
    land = _shown(
        [polygon for one in coarse["objects"]["land"]["geometries"] for polygon in _polygons(one)],
        arcs,
    )
    objects: dict[str, list[dict[str, Any]]] = {
        "countries": [*whole, *discs],  # discs last: they lie on what they stand in
        "land": [{"type": "MultiPolygon", "arcs": land}],
        "coastlines": [
            {"type": "MultiLineString", "arcs": [ring for polygon in land for ring in polygon]}
        ],
        **{name: [] for name in ("lakes", "ocean", "rivers", "subunits")},
    }
    numbers: dict[int, int] = {}
    for geometries in objects.values():
        for geometry in geometries:
            geometry["arcs"] = _numbered(geometry["arcs"], numbers)
    across, up = 360 / STEPS, 180 / STEPS
    return {
        "type": "Topology",
        "transform": {"scale": [across, up], "translate": [-180, -90]},
        "objects": {
            name: {"type": "GeometryCollection", "geometries": made}
            for name, made in objects.items()
        },
        "arcs": [
            _stepped([(round((x + 180) / across), round((y + 90) / up)) for x, y in arcs[number]])
            for number in numbers
        ],
    }


def _read(text: str) -> dict[str, Any]:
    """JavaScript's short way to write JSON: names without quotes, a thousand as `1e3`."""

    def number(text: str) -> float:
        return int(float(text)) if float(text).is_integer() else float(text)

    topology: dict[str, Any] = json.loads(
        re.sub(r"(?<=[{ ])\w+(?=: )", r'"\g<0>"', text), parse_float=number
    )
    return topology


def _lines(topology: dict[str, Any]) -> Iterator[list[Point]]:
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        yield points


def _polygons(geometry: dict[str, Any]) -> list[list[Ring]]:
    rings = geometry.get("arcs", [])
    return [rings] if geometry["type"] == "Polygon" else list(rings)


def _area(polygon: list[Ring], arcs: list[list[Point]]) -> float:
    """Square degrees of what its first ring goes around."""
    ring = [
        point
        for number in polygon[0]
        for point in (arcs[number] if number >= 0 else arcs[~number][::-1])
    ]
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]))) / 2


def _shown(polygons: list[list[Ring]], arcs: list[list[Point]]) -> list[list[Ring]]:
    sizes = [_area(polygon, arcs) for polygon in polygons]
    return [
        polygon
        for polygon, size in zip(polygons, sizes, strict=True)
        if size >= min(ISLAND, max(sizes))
    ]


def _disc(x: float, y: float) -> list[Point]:
    """Clockwise, as outlines are."""
    wide = RADIUS / math.cos(math.radians(y))
    turns = [-2 * math.pi * (n % CORNERS) / CORNERS for n in range(CORNERS + 1)]
    return [(x + wide * math.cos(turn), y + RADIUS * math.sin(turn)) for turn in turns]


def _simplified(arc: list[Point]) -> list[Point]:
    """Visvalingam and Whyatt (1993): the corner that spans least goes first, until each spans
    enough.
    """
    points = list(arc)
    least = 4 if math.dist(arc[0], arc[-1]) < 1e-9 else 2
    while len(points) > least:
        spans = [
            abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
            for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False)
        ]
        smallest = min(range(len(spans)), key=spans.__getitem__)
        if spans[smallest] >= CORNER:
            break
        del points[smallest + 1]
    return points


def _numbered(rings: Any, numbers: dict[int, int]) -> Any:
    """The same rings, with the numbers that arcs get in the order in which they are first used."""
    if isinstance(rings, list):
        return [_numbered(ring, numbers) for ring in rings]
    own = numbers.setdefault(rings if rings >= 0 else ~rings, len(numbers))
    return own if rings >= 0 else ~own


def _stepped(points: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    listed = list(points)
    return [listed[0], *((x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(listed))]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
