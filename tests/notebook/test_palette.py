"""The chart's colours can be told apart, by readers who see fewer of them too, and read on their
paper.
"""

from __future__ import annotations

import math
from itertools import combinations

import plotly.graph_objects as go
import pytest

from plotly_alive.chart_theme import PALETTE, template

# Linear RGB as it reaches an eye without one kind of cone: Machado, Oliveira and Fernandes (2009),
# severity 1.0.
EYES = {
    "trichromacy": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
RGB_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
SERIES = [f"chart-{number}" for number in range(1, 6)]
SETTINGS = pytest.mark.parametrize("setting", [0, 1], ids=["light", "dark"])


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def linear(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(rgb):
    """CIE L*a*b* of linear RGB, D65."""
    x, y, z = (
        value / white
        for value, white in zip(times(RGB_TO_XYZ, rgb), (0.95047, 1, 1.08883), strict=True)
    )
    x, y, z = (
        value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116
        for value in (x, y, z)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other):
    """CIEDE2000, after Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.2 * math.cos(math.radians(4 * hue - 63))
    )
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    twist = (
        -math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
        * 2
        * math.sqrt(chroma**7 / (chroma**7 + 25**7))
    )
    return math.sqrt(dl**2 + dc**2 + dh**2 + twist * dc * dh)


def seen(colour, eye):
    return lab([min(max(part, 0), 1) for part in times(EYES[eye], linear(colour))])


def contrast(one, other):
    """WCAG 2.2."""
    lights = sorted(
        sum(
            weight * part
            for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True)
        )
        for colour in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_the_measure_is_the_published_one():
    # Two pairs of Sharma, Wu and Dalal's table.
    assert difference((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert difference((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514)) == pytest.approx(
        0.9082, abs=1e-4
    )


@SETTINGS
@pytest.mark.parametrize("eye", EYES)
def test_any_two_series_are_told_apart(eye, setting):
    near = {
        (one, other): round(
            difference(seen(PALETTE[one][setting], eye), seen(PALETTE[other][setting], eye)), 1
        )
        for one, other in combinations(SERIES, 2)
    }
    assert min(near.values()) >= 12, sorted(near.items(), key=lambda pair: pair[1])[:3]


@SETTINGS
def test_what_is_drawn_and_what_is_written_stand_out_from_the_paper(setting):
    paper = PALETTE["chart-paper"][setting]
    for name in (*SERIES, "chart-axis"):
        assert contrast(PALETTE[name][setting], paper) >= 3, name
    for name in (
        "chart-ink",
        "chart-muted",
        "chart-1",
        "chart-2",
        "chart-5",
        "chart-3-text",
        "chart-4-text",
    ):
        assert contrast(PALETTE[name][setting], paper) >= 4.5, name


def test_plotly_knows_each_property_of_the_template_and_its_value():
    """It is put in force without being looked at, since that would take every run longer."""
    assert go.layout.Template(template()).to_plotly_json() == template()
