"""On a phone, names on a map neither touch each other nor leave its frame."""

from __future__ import annotations

from itertools import combinations

import pytest
from lxml import etree

from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from plotly_alive.drawing.self_contained import self_contained
from plotly_alive.layout.figure_layout import narrow, wide
from plotly_alive.reading.plotly_json import checked

CITIES = {
    "Vancouver": (-123.1, 49.3), "Victoria": (-123.4, 48.4), "Calgary": (-114.1, 51.0), "Regina": (-104.6, 50.4),
    "Winnipeg": (-97.1, 49.9), "Toronto": (-79.4, 43.7), "Ottawa": (-75.7, 45.4), "Montreal": (-73.6, 45.5),
    "Halifax": (-63.6, 44.6),
}  # fmt: skip
MAP = {
    "type": "scattergeo",
    "mode": "markers+text",
    "text": [*CITIES],
    "lon": [lon for lon, _ in CITIES.values()],
    "lat": [lat for _, lat in CITIES.values()],
}


def boxes(picture: bytes) -> dict[str, tuple[float, float, float, float]]:
    """Return the boxes of the names, by rough widths of their letters."""
    found = {}
    for text in etree.fromstring(picture).iter("{*}text"):
        name = "".join(text.itertext())
        if name in CITIES:
            size = float(text.get("font-size", "12"))
            half = len(name) * size * 0.24
            x, y = float(text.get("x")), float(text.get("y"))
            found[name] = (x - half, y - size * 0.6, x + half, y)
    return found


@pytest.mark.parametrize("kind", ["scattergeo", "scattermap"])
def test_names_neither_touch_nor_leave_the_map(tmp_path, chromium, kind):
    plain, _ = self_contained(checked({"data": [{**MAP, "type": kind}], "layout": {}}))
    with ChartRenderer(tmp_path) as renderer:
        small, large = renderer.draw(*narrow(plain)), renderer.draw(*wide(plain))
    names = boxes(small)
    assert len(names) >= 5
    assert all(left >= 0 and right <= 320 for left, _, right, _ in names.values())
    for (_, one), (_, other) in combinations(names.items(), 2):
        assert (
            one[2] <= other[0] + 2 or other[2] <= one[0] + 2
            or one[3] <= other[1] + 2 or other[3] <= one[1] + 2
        )  # fmt: skip
    assert set(boxes(large)) == set(CITIES)
