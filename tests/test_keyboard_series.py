"""What is read out of a chart, value by value, to those who step through it with the arrow keys."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from broadsheet.figures import chart_reading
from broadsheet.figures.keyboard_series import STEPS, KeyboardSeries, keyboard_series


def series_of(figure: go.Figure, subtitle: str = "") -> list[KeyboardSeries]:
    chart = chart_reading.read(json.loads(figure.to_json()))
    return keyboard_series(replace(chart, subtitle=subtitle))


def read(figure: go.Figure, subtitle: str = "") -> dict[str, list[str]]:
    """The text of each series."""
    return {
        series.name: [": ".join(filter(None, point[:2])) for point in series.points]
        for series in series_of(figure, subtitle)
    }


def test_values_are_told_in_the_units_and_rounding_of_the_label():
    figure = go.Figure(
        go.Scatter(x=[2021, 2022], y=[146.88, 190.27], hovertemplate="%{x}: US$ %{y:.1f} bn")
    )
    assert read(figure) == {"": ["2021: US$146.9 bn", "2022: US$190.3 bn"]}


def test_a_unit_may_stand_in_the_subtitle():
    figure = go.Figure(go.Bar(x=["A", "B"], y=[3, 2500]))
    assert read(figure, "Output, tonnes") == {"": ["A: 3 tonnes", "B: 2,500 tonnes"]}


def test_a_line_that_goes_on_dashed_is_one_series_in_order():
    figure = go.Figure(
        [
            go.Scatter(x=[2021, 2022], y=[3, 4], name="China"),
            go.Scatter(x=[2020, 2021], y=[2, 3], name="China"),
            go.Scatter(x=[2020], y=[9], name="India"),
        ]
    )
    assert read(figure) == {"China": ["2020: 2", "2021: 3", "2022: 4"], "India": ["2020: 9"]}


def test_gaps_hidden_traces_and_lines_without_a_label_are_not_read():
    figure = go.Figure(
        [
            go.Scatter(x=[1, 2, 3], y=[5, None, 7], name="A"),
            go.Scatter(x=[1], y=[1], name="B", visible="legendonly"),
            go.Scatter(x=[1, 3], y=[5, 7], name="C", hoverinfo="skip"),
        ]
    )
    assert read(figure) == {"": ["1: 5", "3: 7"]}


def test_what_lies_on_its_side_is_read_by_its_names():
    figure = go.Figure(go.Bar(x=[1, 2], y=["<b>Chile</b>", "Peru"], orientation="h"))
    assert read(figure) == {"": ["Chile: 1", "Peru: 2"]}


def test_each_point_says_which_it_is_of_which_trace():
    figure = go.Figure(
        [
            go.Scatter(x=[1], y=[1], visible=False),
            go.Scatter(x=["2021-05", "2021-04"], y=[1.0, 2.0]),
        ]
    )
    points = series_of(figure)[0].points
    assert [(point.place, point.trace, point.point) for point in points] == [
        ("April 2021", 1, 1),
        ("May 2021", 1, 0),
    ]


def test_slices_are_reported_with_their_share():
    figure = go.Figure(go.Pie(labels=["Oil", "Coal"], values=[30, 10]))
    assert read(figure, "Imports, US$ billion") == {
        "": ["Oil: US$30 billion, 75%", "Coal: US$10 billion, 25%"]
    }


def test_places_of_a_map_go_from_a_to_z_with_the_words_of_its_colours():
    bar = {"tickvals": [0, 1], "ticktext": ["Against", "In favour"]}
    figure = go.Figure(
        go.Choropleth(locations=["UKR", "CHN"], text=["Ukraine", "China"], z=[1, 0], colorbar=bar)
    )
    assert read(figure) == {"": ["China: Against", "Ukraine: In favour"]}


def test_where_colour_says_what_the_name_says_the_place_is_enough():
    figure = go.Figure(
        [
            go.Choropleth(locations=["UKR"], z=[1], name="In favour"),
            go.Scattergeo(lon=[103.8], lat=[1.35], text=["Singapore"], name="Small"),
        ]
    )
    assert read(figure) == {"In favour": ["UKR"], "Small": ["Singapore"]}


def test_of_thousands_of_points_some_are_read_and_the_ends_among_them():
    (series,) = series_of(go.Figure(go.Scatter(x=list(range(5000)), y=[1.5] * 5000)))
    assert len(series.points) == STEPS
    assert (series.points[0].point, series.points[-1].point) == (0, 4999)


@pytest.mark.parametrize("trace", [go.Heatmap(z=[[1, 2]]), go.Box(y=[1, 2, 3]), go.Sankey()])
def test_what_has_no_plain_series_is_not_read(trace):
    assert series_of(go.Figure(trace)) == []
