"""What is read out of a chart, value by value, to those who step through it with the arrow keys."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import plotly.express as px
import plotly.graph_objects as go
import pytest

from plotly_alive.alive import keyboard_series as keyboard_module
from plotly_alive.alive.keyboard_series import (
    STEPS,
    KeyboardPoint,
    KeyboardSeries,
    keyboard_series,
)
from plotly_alive.alive.marks import BoxPlot, Marks, TraceMarks
from plotly_alive.reading import chart_reading
from plotly_alive.reading.chart_data import Trace
from plotly_alive.reading.number_words import Places
from plotly_alive.reading.plotly_json import checked


def series_of(figure: go.Figure, subtitle: str = "") -> list[KeyboardSeries]:
    chart = chart_reading.read(checked(json.loads(figure.to_json())))
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


@pytest.mark.parametrize(
    "trace", [go.Box(y=[1, 2, 3]), go.Sankey(), go.Scatter3d(x=[1], y=[1], z=[1])]
)
def test_what_has_no_plain_series_is_not_read(trace):
    assert series_of(go.Figure(trace)) == []


def test_over_time_each_value_has_its_change_since_the_one_before():
    figure = go.Figure(go.Scatter(x=[2019, 2020, 2021], y=[3.5, None, 2.25]))
    (series,) = series_of(figure)
    assert [(point.place, point.change) for point in series.points] == [
        ("2019", ""),
        ("2021", "−1.25"),
    ]


def test_an_estimate_is_called_one():
    figure = go.Figure(
        [
            go.Scatter(x=[2019, 2020], y=[1, 2], name="A"),
            go.Scatter(x=[2020, 2021], y=[2, 3], name="A", meta={"estimate": True}),
        ]
    )
    (series,) = series_of(figure)
    assert [point.note for point in series.points] == ["", "", "estimate"]


def test_what_the_table_says_of_a_value_is_said_with_it():
    figure = go.Figure([go.Bar(x=[2020, 2021], y=[1, 2], name=name) for name in ("A", "B")])
    chart = chart_reading.read(checked(json.loads(figure.to_json())))
    series = keyboard_series(chart, remarks={(2021, "B"): "estimates of the Fund"})
    assert [[point.note for point in one.points] for one in series] == [
        ["", ""],
        ["", "estimates of the Fund"],
    ]


def test_a_heat_map_is_read_row_by_row_from_the_top():
    figure = go.Figure(go.Heatmap(z=[[1, None], [3, 4]], x=["a", "b"], y=["low", "high"]))
    assert read(figure) == {"high": ["a: 3", "b: 4"], "low": ["a: 1"]}
    figure.update_traces(z=[[1, 3], [None, 4]], transpose=True)
    assert read(figure) == {"high": ["a: 3", "b: 4"], "low": ["a: 1"]}


def test_a_timeline_has_beginnings_and_ends():
    rows = [{"What": "War", "from": "2022-02-24", "to": "2022-03-01"}]
    figure = px.timeline(rows, x_start="from", x_end="to", y="What")
    assert read(figure) == {"": ["War: 24 February 2022 – 1 March 2022"]}


def test_a_candle_has_four_values():
    figure = go.Figure(go.Candlestick(x=["2024-01-02"], open=[1], high=[4], low=[0.5], close=[3]))
    assert read(figure) == {
        "Open": ["2 January 2024: 1"],
        "High": ["2 January 2024: 4"],
        "Low": ["2 January 2024: 0.5"],
        "Close": ["2 January 2024: 3"],
    }


def test_a_dot_between_two_names_is_read_by_both():
    figure = go.Figure(go.Scatter(x=["China"], y=["First vote"], mode="markers", name="No"))
    assert read(figure) == {"": ["China, First vote"]}


def test_bins_and_quartiles_are_those_of_the_drawing():
    figure = go.Figure([go.Histogram(x=[1, 2]), go.Box(y=[1, 3], x=["A", "A"])])
    marks = Marks(
        [(0, 0, 9, 9)],
        {
            0: TraceMarks(0, bins=[(0, 10, 2)]),
            1: TraceMarks(0, boxes=[BoxPlot("A", (1, 1.5, 2, 2.5, 3))]),
        },
    )
    chart = chart_reading.read(checked(json.loads(figure.to_json())))
    assert [(one.name, [p[:2] for p in one.points]) for one in keyboard_series(chart, marks)] == [
        ("Series 1", [("0–10", "2")]),
        ("Highest", [("Series 2, A", "3")]),
        ("Upper quartile", [("Series 2, A", "2.5")]),
        ("Median", [("Series 2, A", "2")]),
        ("Lower quartile", [("Series 2, A", "1.5")]),
        ("Lowest", [("Series 2, A", "1")]),
    ]


def test_in_a_plane_both_numbers_say_what_they_are():
    dot = go.Scatter(x=[1.5, 4], y=[3, 5], text=["Peru", ""], mode="markers")
    axes = {"xaxis": {"title": {"text": "Income"}}, "yaxis": {"title": {"text": "Life"}}}
    assert read(go.Figure(dot, axes)) == {"": ["Peru: Income 1.5; Life 3", "Income 4: Life 5"]}


def test_parts_say_which_part_they_are_of():
    figure = go.Figure(go.Treemap(labels=["All", "Oil"], parents=["", "All"], values=[3, 2]))
    assert read(figure) == {"": ["All: 3", "Oil, All: 2"]}


def test_dates_that_are_categories_in_their_order_are_written_as_dates():
    months = ["2022-11", "2022-12", "2023-01"]

    def places(order: list[str]) -> list[str]:
        figure = go.Figure([go.Bar(name=name, x=order, y=[3, 4, 2]) for name in ("Oil", "Gas")])
        series, _ = series_of(figure.update_xaxes(type="category"))
        return [point.place for point in series.points]

    assert places(months) == ["November 2022", "December 2022", "January 2023"]
    assert places(months[::-1]) == months[::-1]


def test_codes_of_four_digits_are_names():
    figure = go.Figure(go.Bar(x=["0201", "0202", "0203"], y=[3, 4, 2])).update_xaxes(
        type="category"
    )
    (series,) = series_of(figure)
    assert [(point.place, point.change) for point in series.points] == [
        ("0201", ""),
        ("0202", ""),
        ("0203", ""),
    ]


def test_of_values_on_one_day_none_is_the_one_before():
    polls = go.Figure(go.Scatter(x=["2023-05-01", "2023-05-01", "2023-05-08"], y=[30, 34, 31]))
    (series,) = series_of(polls)
    assert {point.change for point in series.points} == {""}


def test_a_long_series_has_no_changes_since_points_that_it_leaves_out():
    days = [f"{date(2015, 1, 1) + timedelta(day)}" for day in range(STEPS + 200)]
    (series,) = series_of(go.Figure(go.Scatter(x=days, y=list(range(STEPS + 200)))))
    assert len(series.points) == STEPS
    assert {point.change for point in series.points} == {""}


def test_places_of_two_levels_are_written_as_one():
    assert (
        Places("name").whole(["2020", "Q1"]) == Places("name").whole(("2020", "Q1")) == "2020, Q1"
    )


LONG = list(range(3 * STEPS))
"""The values of a series of which only a third is taken."""


@pytest.mark.parametrize(
    "trace",
    [
        go.Scatter(x=LONG, y=LONG, mode="markers"),
        go.Scatter(x=LONG, y=LONG, mode="markers", text=[f"dot {number}" for number in LONG]),
        go.Bar(x=[f"bar {number}" for number in LONG], y=LONG),
        go.Scatter(x=[f"from {number}" for number in LONG], y=[f"to {number}" for number in LONG]),
        go.Pie(labels=[f"slice {number}" for number in LONG], values=LONG),
        go.Candlestick(x=LONG, open=LONG, high=LONG, low=LONG, close=LONG),
        go.Scatterternary(a=LONG, b=LONG, c=LONG),
    ],
    ids=lambda trace: trace.type,
)
def test_of_a_long_series_only_what_is_taken_is_written_and_no_column_is_made_for_a_point(
    trace: go.Scatter, monkeypatch: pytest.MonkeyPatch
):
    points, columns = [], []
    column = Trace.column
    monkeypatch.setattr(
        keyboard_module, "KeyboardPoint", lambda *read: points.append(read) or KeyboardPoint(*read)
    )
    monkeypatch.setattr(
        Trace, "column", lambda self, name: columns.append(name) or column(self, name)
    )
    series = series_of(go.Figure(trace))
    assert [len(one.points) for one in series] == [STEPS] * len(series)
    assert len(points) == STEPS * len(series)
    assert len(columns) < 100


def test_a_name_of_traces_of_two_kinds_has_the_places_of_both_once():
    figure = go.Figure(
        [
            go.Scatter(x=LONG, y=LONG, name="A"),
            go.Candlestick(x=[1, 2], open=[1, 2], high=[3, 4], low=[0, 1], close=[2, 3]),
            go.Scatter(x=[2, 3 * STEPS], y=[7, 8], name="A"),
        ]
    )
    (whole,) = [one for one in series_of(figure) if one.name == "A"]
    assert (len(whole.points), whole.points[-1][:2]) == (STEPS, ("3,000", "8"))
