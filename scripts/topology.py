"""The outlines of maps in `theme/topology/`, made from those that a version of plotly.js has for itself.

    npm pack plotly.js@VERSION && tar xzf plotly.js-VERSION.tgz
    python scripts/topology.py package/dist/plotly-geo-assets.js

Run it when plotly.py brings another plotly.js. Kept are the outlines of scale 1:110 million. The
world's have a precision of 1/2500 of a degree, more than any chart can show: to the hundredth of a degree the file
is a third smaller. Standard library only.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "theme/topology"
STEP = 0.01
"""Degrees."""


def main(script: Path) -> None:
    """Write each file anew."""
    text = script.read_text(encoding="utf-8")
    TARGET.mkdir(parents=True, exist_ok=True)
    for found in re.finditer(r'"dist/topojson/([\w-]+_110m)\.json".*\n\s*module\.exports = (\{.*\});\n', text):
        topology = json.loads(re.sub(r"(?<=[{ ])\w+(?=: )", r'"\g<0>"', found[2]))
        topology = rounded(topology) if found[1].startswith("world") else topology
        path = TARGET / f"{found[1]}.json"
        path.write_text(json.dumps(topology, separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size:,} bytes")


def rounded(topology: dict[str, Any]) -> dict[str, Any]:
    """The same outlines to the nearest :data:`STEP`; what falls on the point before it is left out."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points: list[tuple[int, int]] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            point = round((x * scale[0] + shift[0] + 180) / STEP), round((y * scale[1] + shift[1] + 90) / STEP)
            if point not in points[-1:]:
                points.append(point)
        steps = [(at[0] - before[0], at[1] - before[1]) for before, at in pairwise(points)]
        arcs.append([points[0], *(steps or [(0, 0)])])
    return {**topology, "transform": {"scale": [STEP, STEP], "translate": [-180, -90]}, "arcs": arcs}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
