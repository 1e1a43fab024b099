"""Formulas in a picture are text that reads well, wherever plotly would draw them with MathJax."""

from __future__ import annotations

from pathlib import PurePosixPath

from lxml import etree

from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from plotly_alive.drawing.self_contained import self_contained
from plotly_alive.reading.plotly_json import checked

FORMULA = r"$\alpha_{1} = \frac{x^2}{2} \pm 11 \text{ km}$"
READ = "α₁ = x²/2 ± 11 km"
PLACES = {
    "xaxis": {"title": {"text": FORMULA}, "tickvals": [1, 2], "ticktext": ["a", FORMULA + " tick"]},
    "annotations": [{"x": 1, "y": 2, "text": r"$\sqrt{2}\,\mu\text{m}$", "showarrow": False}],
    "legend": {"title": {"text": r"$\Delta t$"}},
    "showlegend": True,
}


def test_titles_ticks_legends_and_annotations(tmp_path, chromium):
    traces = [{"x": [1, 2], "y": [2, 3], "name": r"$E = mc^2$", "mode": "lines"}]
    sketch = figure_making.sketched(
        checked({"data": traces, "layout": PLACES}), "fig-x", PurePosixPath("posts/a")
    )
    with ChartRenderer(tmp_path) as renderer:
        drawings = sketch.drawings(renderer)
    for drawing in (drawings.wide, drawings.narrow):
        texts = " ".join(
            "".join(text.itertext()) for text in etree.fromstring(drawing).iter("{*}text")
        )
        assert "$" not in texts and "\\" not in texts
        assert "E = mc²" in texts and "√2" in texts and "Δ" in texts
        for word in ("α₁", "±", "km"):
            assert word in texts


def test_prices_and_templates_are_no_formulas():
    figure = {
        "data": [
            {"y": [1], "x": ["$5 to $10"], "hovertemplate": "$%{y} of $%{x}", "text": ["$a_1$"]}
        ],
        "layout": {
            "yaxis": {"tickprefix": "$"},
            "meta": {"key": "$x^2$"},
            "title": {"text": "$1 and $2"},
        },
    }
    plain, _ = self_contained(checked(figure))
    assert plain["data"][0]["x"] == ["$5 to $10"]
    assert plain["data"][0]["hovertemplate"] == "$%{y} of $%{x}"
    assert plain["data"][0]["text"] == ["a₁"]
    assert plain["layout"]["meta"] == {"key": "$x^2$"}
    assert plain["layout"]["title"] == {"text": "$1 and $2"}
