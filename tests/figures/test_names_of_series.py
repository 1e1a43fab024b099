"""A series without a name is called the same in picture, text and table."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from lxml import etree

from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.text.language import speaking
from plotly_alive.reading.plotly_json import checked


def sketched(traces: list[dict], **layout: object):
    figure = checked({"data": traces, "layout": layout})
    return figure_making.sketched(figure, "fig-x", PurePosixPath("posts/a"))


def texts(drawing: bytes) -> set[str]:
    return {"".join(text.itertext()) for text in etree.fromstring(drawing).iter("{*}text")}


LINES = [
    {"x": [1, 2], "y": [3, 4]},
    {"x": [1, 2], "y": [5, 6], "name": "Oil"},
    {"x": [1], "y": [2]},
]


@pytest.mark.parametrize(
    ("language", "names"), [("en", ["Series 1", "Series 3"]), ("de", ["Reihe 1", "Reihe 3"])]
)
def test_the_legend_has_the_names_of_text_and_table(tmp_path, chromium, language, names):
    with speaking(language):
        sketch = sketched(LINES)
        with ChartRenderer(tmp_path) as renderer:
            drawings = sketch.drawings(renderer)
    for drawing in (drawings.wide, drawings.narrow):
        assert {*names, "Oil"} <= texts(drawing)
        assert not any(text.startswith("trace ") for text in texts(drawing))
    assert all(name in sketch.alt for name in names)
    assert all(name in sketch.table.csv() for name in names)


def test_a_series_alone_and_hidden_ones_have_names_where_a_legend_shows_them():
    assert "name" not in sketched(LINES[:1]).wide[0]["data"][0]
    assert sketched(LINES[:1], showlegend=True).wide[0]["data"][0]["name"] == "Series 1"
    hidden = [{**LINES[0], "visible": "legendonly"}, LINES[0], LINES[2]]
    shown = [trace["name"] for trace in sketched(hidden).wide[0]["data"]]
    assert shown == ["Series 3", "Series 1", "Series 2"]
