"""The table of any figure that plotly can draw has all that it draws."""

from __future__ import annotations

import json

import plotly.figure_factory as ff
import plotly.graph_objects as go
import pytest

from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words.alt_text import describe


def chart_of(figure):
    return read(checked(json.loads(figure.to_json())))


def shown(figure):
    """Headers and rows, as they are read."""
    table = chart_table_of(chart_of(figure))
    heads = [column.header for column in (*table.index, *table.columns)]
    return [heads, *([text for _, text, *_ in row] for row in table.rows())]


@pytest.mark.parametrize(
    ("bars", "heads", "row"),
    [
        ({"array": [1, 2]}, ["Value, error"], ["1"]),
        ({"array": [1, 2], "arrayminus": [3, 4]}, ["Value, error above", "Value, error below"], ["1", "3"]),
        ({"array": [1, 2], "symmetric": False, "arrayminus": [3, 4]}, ["Value, error above", "Value, error below"], ["1", "3"]),
        ({"type": "percent", "value": 10}, ["Value, error"], ["1.6"]),
        ({"type": "percent", "value": 10, "valueminus": 50}, ["Value, error above", "Value, error below"], ["1.6", "8.0"]),
        ({"type": "constant", "value": 3}, ["Value, error"], ["3"]),
        ({"type": "sqrt"}, ["Value, error"], ["4"]),
        ({"visible": True}, ["Value, error"], ["1.6"]),
        ({"array": [1, 2], "visible": False}, [], []),
        ({"thickness": 3}, [], []),
    ],
)  # fmt: skip
def test_error_bars_reach_as_far_as_plotly_draws_them(bars, heads, row):
    figure = go.Figure(go.Bar(x=["a", "b"], y=[16, 25], error_y=bars))
    assert shown(figure)[0] == ["Name", "Value", *heads]
    assert shown(figure)[1] == ["a", "16", *row]


def test_the_words_of_a_table_of_the_figure_factory_are_its_cells():
    figure = ff.create_table([["Year", "Sales"], ["2020", "<b>12</b>"], ["2021", "13"]])
    assert shown(figure) == [["Year", "Sales"], ["2020", "12"], ["2021", "13"]]
    assert describe(chart_of(figure)) == "Table. Two rows of Year and Sales."


def test_the_words_over_a_heat_map_stand_beside_its_values():
    heat = go.Heatmap(z=[[1, 2], [3, 4]], x=["a", "b"], y=["r", "s"])
    places = [(x, y) for y in "rs" for x in "ab"]

    def annotated(texts):
        notes = [
            {"x": x, "y": y, "text": text, "xref": "x", "yref": "y"}
            for (x, y), text in zip(places, texts, strict=True)
        ]
        return go.Figure(heat, {"annotations": notes})

    assert shown(annotated(["low", "high", "mid", "<b>top</b>"]))[1:] == [
        ["low", "r", "a", "1"],
        ["high", "r", "b", "2"],
        ["mid", "s", "a", "3"],
        ["top", "s", "b", "4"],
    ]
    assert shown(annotated("1234"))[0] == ["Name", "a", "b"]


def test_boxes_in_colours_say_of_which_colour_and_place_each_value_is():
    boxes = [go.Box(x=["a", "b"], y=[1, 2], name="F"), go.Box(x=["a", "b"], y=[3, 4], name="M")]
    assert shown(go.Figure(boxes, {"xaxis": {"title": {"text": "Day"}}})) == [
        ["Group", "Day", "Value"],
        ["F", "a", "1"],
        ["F", "b", "2"],
        ["M", "a", "3"],
        ["M", "b", "4"],
    ]
    levels = go.Box(x=[["2019", "2019", "2020"], ["q1", "q2", "q1"]], y=[1, 2, 3])
    assert shown(go.Figure(levels))[1] == ["2019, q1", "1"]


def test_error_bars_along_both_axes_have_their_columns():
    dots = go.Scatter(
        x=[1, 2], y=[3, 4], mode="markers", error_x={"array": [5, 6]}, error_y={"array": [7, 8]}
    )
    figure = go.Figure(dots, {"xaxis": {"title": {"text": "Width"}}})
    assert shown(figure) == [
        ["Width", "Vertical axis", "Error", "Width, error"],
        ["1", "3", "7", "5"],
        ["2", "4", "8", "6"],
    ]
    line = go.Scatter(x=["a", "b"], y=[3, 4], error_x={"array": [5, 6], "arrayminus": [1, 2]})
    assert shown(go.Figure(line))[0] == [
        "Name", "Value", "Name, error above", "Name, error below",
    ]  # fmt: skip
