"""A drawing on a page is small, and looks as it was drawn, whatever is drawn and however much of
it.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import random
import re

import pytest

from conftest import slow_but
from plotly_alive import chart_theme
from plotly_alive.drawing import svg, svg_paths
from plotly_alive.drawing.drawing_page import DrawingPage

SIZE = (720, 420)
DIFFERENT = """
async ([one, other]) => {
    const pixels = async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
        canvas.drawImage(image, 0, 0);
        return canvas.getImageData(0, 0, image.width, image.height).data;
    };
    const [a, b] = [await pixels(one), await pixels(other)];
    let count = 0;
    for (let n = 0; n < a.length; n += 4) {
        count += Math.max(Math.abs(a[n] - b[n]), Math.abs(a[n + 1] - b[n + 1]), Math.abs(a[n + 2] - b[n + 2])) > 128;
    }
    return count;
}"""
NUMBERS = random.Random(5)
NOISE = [50 + 20 * math.sin(n / 400) + NUMBERS.gauss(0, 4) for n in range(10_000)]
CLOUD = {
    "x": [NUMBERS.gauss(0, 1) for _ in range(5_000)],
    "y": [NUMBERS.gauss(0, 1) for _ in range(5_000)],
    "type": "scatter",
    "mode": "markers",
}
FIGURES = {
    "lines": [
        {"y": [1, 3, 2], "mode": "lines+markers"},
        {"y": [2, None, 4], "line": {"dash": "5px,4px"}},
        {"y": NOISE[:30], "line": {"shape": "spline"}},
        {"y": NOISE[:300], "fill": "tozeroy"},
    ],
    "bars": [
        {"type": "bar", "y": [1, 2, -1], "marker": {"opacity": [1, 0.5, 1]}},
        {"type": "bar", "y": [2, 1, 3]},
    ],
    "marks": [
        {
            "y": [1, 2, 3],
            "mode": "markers",
            "marker": {"symbol": ["circle-open", "square", "diamond"], "size": [9, 20, 12]},
        }
    ],
    "heat": [{"type": "heatmap", "z": [NOISE[at : at + 20] for at in range(0, 400, 20)]}],
    "boxes": [{"type": "box", "y": NOISE[:300]}, {"type": "violin", "y": NOISE[:300]}],
    "pie": [{"type": "pie", "values": [3, 2, 1], "labels": ["a", "b", "c"]}],
    "long line": [{"y": NOISE}],
    "cloud": [CLOUD],
    "translucent cloud": [{**CLOUD, "marker": {"opacity": 0.3, "size": 8}}],
}


def spec(traces):
    layout = {
        "template": json.loads(json.dumps(chart_theme.template())),
        "xaxis": {"title": {"text": "A turned axis"}},
        "annotations": [
            {"x": 1, "y": 2, "text": "<b>A label</b><br>of two lines", "textangle": -20}
        ],
    }
    return {"data": traces, "layout": layout}


@pytest.fixture(scope="module")
def drawn(chromium):
    """A figure as the browser draws it."""
    page = DrawingPage()
    kept = {}

    def draw(name):
        if name not in kept:
            kept[name] = page.draw(spec(FIGURES[name]), SIZE, "svg", 1)
        return kept[name]

    yield draw
    page.close()


@pytest.fixture(scope="module")
def different(running_browser):
    """In how many pixels two drawings plainly differ."""
    page = running_browser().new_page()

    def count(*drawings):
        return page.evaluate(
            DIFFERENT,
            [
                "data:image/svg+xml;base64," + base64.b64encode(drawing).decode()
                for drawing in drawings
            ],
        )

    yield count
    page.close()


def in_one_font(drawing):
    """Other fonts have other shapes; which one the page's is depends on the machine."""
    text = re.sub(r"font-family: (?:&[#\w]+;|[^;])*;", "", drawing.decode())
    return re.sub(r' font-family="[^"]*"', "", text).encode()


@pytest.mark.parametrize("name", slow_but(FIGURES, ("lines", "cloud", "map")))
def test_it_looks_as_it_was_drawn(name, drawn, different):
    ours = svg.standalone_svg(svg.cleaned(drawn(name)), "A chart", dark=False)
    assert different(in_one_font(drawn(name)), in_one_font(ours)) < 0.001 * SIZE[0] * SIZE[1]


def test_two_drawings_that_differ_are_found_to(drawn, different):
    assert different(drawn("lines"), drawn("bars")) > 0.001 * SIZE[0] * SIZE[1]


@pytest.mark.parametrize("name", FIGURES)
def test_its_text_is_text_and_whole(name, drawn):
    def words(drawing):
        return sorted(
            "".join(found.itertext()) for found in svg.etree.fromstring(drawing).iter("{*}text")
        )

    assert words(svg.cleaned(drawn(name))) == words(drawn(name))


@pytest.mark.parametrize(
    ("name", "most"),
    [("lines", 3), ("bars", 2), ("long line", 10), ("cloud", 20), ("translucent cloud", 24)],
)
def test_it_is_small_however_many_points_it_has(name, most, drawn):
    cleaned, _ = svg.parted(svg.cleaned(drawn(name)))
    assert len(gzip.compress(cleaned)) < most * 1000 and len(cleaned) < len(drawn(name)) / 2


def test_a_simplified_line_is_near_the_drawn_one():
    ring = svg_paths.Line(
        tuple(
            (100 + 90 * math.cos(n / 500 * math.pi), 100 + 90 * math.sin(n / 500 * math.pi))
            for n in range(1000)
        ),
        closed=True,
    )
    simple = svg_paths.simplified(ring)
    assert 20 < len(simple.points) < 100 and simple.closed
    assert all(
        abs(math.hypot(x - 100, y - 100) - 90) <= svg_paths.TOLERANCE for x, y in simple.points
    )


def test_path_data_is_read_and_written_again():
    for data in (
        "M8.3,372V357.5H27.6V372Z",
        "M44,0h600m-10-2v4",
        "M0 0 1 1l-.5.25-1e1 2zM10,10,20,20",
        "M5,5M1,1H2",
    ):
        lines = svg_paths.read(data)
        again = svg_paths.read(svg_paths.write(lines))
        assert [[pytest.approx(point, abs=0.06) for point in line.points] for line in lines] == [
            list(line.points) for line in again
        ], data
    assert svg_paths.read("M0,0C1,1 2,2 3,3") is None and svg_paths.read("") is None
    for broken in ("M1,L3,4", "M1,2L3", "M1,2H"):
        with pytest.raises(svg_paths.BrokenPathError, match=re.escape(broken)):
            svg_paths.read(broken)


def test_ids_that_are_numbers_name_no_part_of_a_path():
    """plotly.js makes the ids of a drawing unique by a few random letters, which may all be digits."""
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="300">'
        '<defs id="defs-7247"><clipPath id="clip7247xy"><rect width="9" height="9"/></clipPath></defs>'
        '<g clip-path="url(#clip7247xy)"><path d="M1,2L662,281.7247L7247,4" '
        'style="fill: none; stroke: rgb(0, 0, 0);"/></g></svg>'
    )
    text = svg.cleaned(drawn.encode()).decode()
    assert 'd="M1 2l661 279.7 6585-277.7"' in text
    assert "7247" not in text and "-clipxy" in text
