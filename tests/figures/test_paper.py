"""Nothing of a drawing vanishes on dark pages: one that would lose something keeps its light paper."""

from __future__ import annotations

import re
from typing import Any

import plotly.graph_objects as go
import pytest
from lxml import etree

from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.notebook.charts import chart_style
from plotly_alive.chart_theme import COLORWAY, PALETTE
from plotly_alive.drawing import svg
from plotly_alive.layout.figure_layout import wide
from plotly_alive.reading.plotly_json import checked

pytestmark = pytest.mark.usefixtures("chromium")

LINE = {"x": [1, 2, 3], "y": [1, 3, 2], "type": "scatter", "mode": "lines"}
BARS = {"x": ["a", "b"], "y": [1, 2], "type": "bar"}
NOTE = {"x": 2, "y": 2, "text": "Here", "showarrow": False}
CASES: dict[str, tuple[bool, dict[str, Any], dict[str, Any]]] = {
    "a line in the palette": (False, {**LINE, "line": {"color": COLORWAY[0]}}, {"showlegend": True}),
    "a line without a colour": (False, LINE, {}),
    "a dark line": (True, {**LINE, "line": {"color": "#000066"}}, {}),
    "a dark line, named": (True, {**LINE, "line": {"color": "navy"}}, {}),
    "a light line": (False, {**LINE, "line": {"color": "#66ccff"}}, {}),
    "a black line, which is our ink": (False, {**LINE, "line": {"color": "black"}}, {}),
    "dark bars": (True, {**BARS, "marker": {"color": "#101040"}}, {}),
    "dark letters": (True, LINE, {"annotations": [{**NOTE, "font": {"color": "#202080"}}]}),
    "our letters": (False, LINE, {"annotations": [NOTE]}),
    "letters on bars": (False, {**BARS, "text": ["a", "b"], "textposition": "inside"}, {}),
    "a light plot": (True, LINE, {"plot_bgcolor": "#e5ecf6"}),
    "light paper and our letters": (True, LINE, {"paper_bgcolor": "white", "plot_bgcolor": "white"}),
    "a light box": (True, LINE, {"annotations": [{**NOTE, "bgcolor": "#ffffcc"}]}),
    "a dark plot": (False, LINE, {"paper_bgcolor": "#111111", "plot_bgcolor": "#111111"}),
    "a scale that begins dark": (False, {"type": "heatmap", "z": [[1, 2], [3, 4]]}, {}),
    "a scene": (True, {"type": "scatter3d", "x": [1], "y": [1], "z": [1]}, {}),
    "light land": (True, {"type": "scattergeo", "lon": [1], "lat": [2], "mode": "text", "text": ["a"]},
                   {"geo": {"landcolor": "#d9d9d9"}}),
    "our land": (False, {"type": "scattergeo", "lon": [1], "lat": [2], "mode": "text", "text": ["a"]}, {}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def house_style() -> None:
    chart_style.apply()


@pytest.mark.parametrize("case", CASES)
def test_a_drawing_keeps_its_light_paper_where_dark_paper_swallows_something(case, tmp_path):
    is_light, trace, layout = CASES[case]
    figure = checked(go.Figure({"data": [trace], "layout": layout}).to_plotly_json())
    with ChartRenderer(tmp_path) as renderer:
        drawing = renderer.draw(*wide(figure))
    assert (etree.fromstring(drawing).get("data-paper") == "light") is is_light
    colours = [svg.standalone_svg(drawing, "A chart", dark=dark) for dark in (False, True)]
    assert (colours[0] == colours[1]) is (is_light or "var(" not in drawing.decode())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_shows_such_a_drawing_in_the_light_colours(browser, scheme):
    from plotly_alive import html

    figure = {"data": [{**LINE, "line": {"color": "#000066"}}], "layout": {"template": TEMPLATE}}
    page = browser.new_context(color_scheme=scheme).new_page()
    page.set_content(html(figure))
    shown = page.evaluate(
        "getComputedStyle(document.querySelector('svg[data-paper=light] rect')).fill"
    )
    red, green, blue = (int(PALETTE["chart-paper"][0][at : at + 2], 16) for at in (1, 3, 5))
    assert re.sub(r"\s", "", shown) == f"rgb({red},{green},{blue})"


TEMPLATE = {
    "layout": {
        "paper_bgcolor": PALETTE["chart-paper"][0],
        "plot_bgcolor": PALETTE["chart-paper"][0],
    }
}
