"""The words for any figure that plotly can draw: they say what is drawn, not what its arrays may
seem to say, and at least kind, axes and number of marks.
"""

from __future__ import annotations

import json

import plotly.express as px
import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from broadsheet.text.language import speaking
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words.alt_text import describe


def chart_of(figure):
    return read(checked(json.loads(figure.to_json())))


def words(*traces, **layout):
    return describe(chart_of(go.Figure(list(traces), layout)))


TRADE = {
    "place": ["North", "North", "South", "South"],
    "year": [2020, 2021, 2020, 2021],
    "value": [1, 2, 30, 40],
    "who": ["A", "B", "A", "B"],
}


# ---- What stands on each other


def test_bars_with_several_rows_a_name_are_told_as_the_sums_that_are_drawn():
    assert describe(chart_of(px.bar(TRADE, x="place", y="value"))) == (
        "Bar chart: value. The highest is South, at 70, and the lowest is North, at 3."
    )
    assert "The highest value is 70, “South” for South, and the lowest 3" in describe(
        chart_of(px.bar({**TRADE, "x": TRADE["place"]}, x="x", y="value", color="place"))
    )


def test_bars_that_are_drawn_over_each_other_are_not_summed():
    bars = go.Bar(x=["a", "a", "b"], y=[1, 5, 2])
    assert "Three bars" in words(bars, barmode="overlay")
    assert words(bars) == "Bar chart. The highest is a, at 6, and the lowest is b, at 2."
    mixed = go.Bar(x=["a", "a", "b"], y=[-1, 5, 2])
    assert "Three bars: the horizontal axis with a and b, and single values from −1 to 5" in (
        words(mixed)
    )


def test_areas_of_one_name_stand_on_each_other():
    frame = {
        "year": [1990, 2000] * 3,
        "folk": [100, 200, 1000, 3000, 500, 600],
        "continent": ["Asia"] * 4 + ["Europe"] * 2,
        "country": ["A", "A", "B", "B", "C", "C"],
    }
    figure = px.area(frame, x="year", y="folk", color="continent", line_group="country")
    assert describe(chart_of(figure)) == (
        "Stacked area chart: folk, 1990 to 2000. The total goes from 1,600 in 1990, the lowest, to 3,800 in 2000, "
        "the highest. The largest part in 2000 is “Asia”, at 3,200, the smallest “Europe”, at 600."
    )


def test_lines_of_one_name_are_several_lines():
    frame = {
        "year": [1990, 2000] * 2,
        "folk": [1, 2, 9, 7],
        "continent": ["Asia"] * 4,
        "who": ["A", "A", "B", "B"],
    }
    figure = px.line(frame, x="year", y="folk", color="continent", line_group="who")
    assert describe(chart_of(figure)) == (
        "Line chart: folk. Two lines: year from 1990 to 2000, and folk from 1 to 9."
    )


def test_facets_of_bars_are_not_summed_over_panels():
    figure = px.bar(TRADE, x="year", y="value", facet_row="place", color="who")
    said = describe(chart_of(figure))
    assert "total" not in said and "South" in said and "40" in said
    panels = {trace.panel for trace in chart_of(figure).traces}
    assert panels == {"North", "South"}
    grid = chart_of(px.bar(TRADE, x="year", y="value", facet_row="place", facet_col="who"))
    assert {trace.panel for trace in grid.traces} == {
        "A, North",
        "B, North",
        "A, South",
        "B, South",
    }


@pytest.mark.parametrize("mode", ["stack", "group"])
def test_bars_that_are_drawn_as_shares_are_told_as_shares(mode):
    bars = [go.Bar(x=["a", "b"], y=[1, 3], name="A"), go.Bar(x=["a"], y=[3], name="B")]
    said = words(*bars, barmode=mode, barnorm="percent")
    assert "100%" in said and "25%" in said and "3," not in said


# ---- What is along the axes


def test_values_that_are_dates_or_names_have_a_range():
    dates = ["2020-01-05", "2020-03-07"]
    assert words(go.Scatter(x=["a", "b"], y=dates)) == (
        "Line chart. A line: the horizontal axis with a and b, and the vertical axis from 5 January 2020 to 7 "
        "March 2020."
    )


def test_parts_of_years_are_written_without_a_mark_between_thousands():
    said = words(go.Scatter(x=[2020, 2020.5, 2021], y=[1, 3, 2]))
    assert said == (
        "Line chart, 2020 to 2021. It goes from 1 in 2020, the lowest, to 2 in 2021; the highest is 3 in 2020.5."
    )


def test_times_of_years_are_years_if_the_axis_says_so():
    line = go.Scatter(x=[2020.25, 2020.75], y=[1, 3])
    assert ", 2020.25 to 2020.75." in words(line, xaxis_title="Year")


def test_traces_without_names_have_one_name_in_text_and_table():
    lines = [go.Scatter(x=[1, 2], y=[1, 3]), go.Scatter(x=[1, 2], y=[2, 4])]
    assert "“Series 2” goes from 2 to 4" in words(*lines)
    heads = [column.header for column in chart_table_of(chart_of(go.Figure(lines))).columns]
    assert heads == ["Series 1", "Series 2"]
    assert "“Series 2” goes from 2 to 4" in words(*lines, showlegend=False)
    assert "Series" not in words(lines[0])


def test_boxes_without_names_are_two_groups():
    table = chart_table_of(chart_of(go.Figure([go.Box(y=[1, 2]), go.Box(y=[8, 9])])))
    assert [column.values for column in (*table.index, *table.columns)] == [
        ["Series 1", "Series 1", "Series 2", "Series 2"],
        [1, 2, 8, 9],
    ]


# ---- Ranks


def test_ties_are_no_ranks():
    pie = go.Pie(labels=["a", "b", "c", "d"], values=[2, 2, 2, 2])
    assert words(pie) == "Pie chart. All four values are 25%."
    second = go.Pie(labels=["a", "b", "c", "d"], values=[4, 2, 2, 1])
    assert "then" not in words(second)
    heat = go.Heatmap(z=[[1, 5], [5, 2]])
    assert "the highest value is 5, in two cells; the lowest value is 1, at 0 and 0" in words(heat)
    boxes = [go.Box(y=[value], name=name) for value, name in ((1, "A"), (1, "B"), (2, "C"))]
    assert "Three medians from 1 to 2" in words(*boxes)
    flows = go.Sankey(
        node={"label": ["a", "b", "c"]}, link={"source": [0, 0], "target": [1, 2], "value": [3, 3]}
    )
    assert words(flows) == "Flow diagram. The largest of two flows is 3, shared by two."
    parts = go.Treemap(labels=["all", "a", "b"], parents=["", "all", "all"], values=[4, 2, 2])
    assert words(parts) == "Treemap. The largest of two parts is 2, shared by two."


def test_places_without_names_have_a_range():
    marks = go.Densitymap(lat=[1, 2, 3], lon=[1, 2, 3], z=[5, 9, 7])
    assert words(marks) == "Map. Three places with values from 5 to 9."


def test_the_slices_of_plotly_have_its_labels():
    assert "1, 75%" in words(go.Pie(values=[1, 3]))
    assert "2015, 75%" in words(go.Pie(values=[1, 3], label0=2010, dlabel=5))
    area = go.Funnelarea(text=["First", "Second"], values=[1, 3])
    assert words(area) == "Funnel area chart. Two slices: Second, 75%; First, 25%."


# ---- Histograms


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("count", "Three values: the highest is a, at 2, and the lowest is b, at 1."),
        ("sum", "Sums: the highest is b, at 9, and the lowest is a, at 3."),
        ("avg", "Averages: the highest is b, at 9, and the lowest is a, at 1.5."),
        ("min", "Lowest values: the highest is b, at 9, and the lowest is a, at 1."),
        ("max", "Highest values: the highest is b, at 9, and the lowest is a, at 2."),
    ],
)
def test_a_histogram_over_names_is_told_by_its_bars(function, said):
    trace = go.Histogram(x=["a", "a", "b"], y=[1, 2, 9], histfunc=function)
    assert words(trace) == f"Histogram. {said}"


def test_a_histogram_of_shares_is_not_told_in_numbers():
    assert "2" not in words(go.Histogram(x=["a", "a", "b"], histnorm="percent"))


# ---- Every kind

SPACE = {"x": [1, 2, 3], "y": [4, 5, 6], "z": [7, 8, 9]}
KINDS = {
    "Three-dimensional scatter plot. Three points: x from 1 to 3; y from 4 to 6; z from 7 to 9.": (
        go.Scatter3d(SPACE)
    ),
    "Three-dimensional mesh. Three corners: x from 1 to 3; y from 4 to 6; z from 7 to 9.": (
        go.Mesh3d(SPACE)
    ),
    "Three-dimensional field of cones. Three cones: x from 1 to 3; y from 4 to 6; z from 7 to 9.": (
        go.Cone(SPACE, u=[1, 1, 1], v=[1, 1, 1], w=[0, 0, 0])
    ),
    "Three-dimensional stream tubes. Three points: x from 1 to 3; y from 4 to 6; z from 7 to 9.": (
        go.Streamtube(SPACE, u=[1, 1, 1], v=[1, 1, 1], w=[0, 0, 0])
    ),
    "Isosurface. Three points: x from 1 to 3; y from 4 to 6; z from 7 to 9; the values from 2 to 5.": (
        go.Isosurface(SPACE, value=[2, 5, 4])
    ),
    "Three-dimensional volume. Three points: x from 1 to 3; y from 4 to 6; z from 7 to 9; the values from 2 to 5.": (
        go.Volume(SPACE, value=[2, 5, 4])
    ),
    "Surface. Two columns by one row: the highest value is 2, at 0 and 1; the lowest value is 1, at 0 and 0.": (
        go.Surface(z=[[1, 2]])
    ),
    "Smith chart. Two points: imag from −1 to 2, and real from 0 to 1.": (
        go.Scattersmith(real=[0, 1], imag=[-1, 2])
    ),
    "Ternary plot. Two points: a from 1 to 2; b from 3 to 4; c from 5 to 6.": (
        go.Scatterternary(a=[1, 2], b=[3, 4], c=[5, 6])
    ),
    "Carpet plot. Two points: the vertical axis from 3 to 4; a from 1 to 2; b from 5 to 6.": (
        go.Carpet(a=[1, 2], b=[5, 6], y=[3, 4])
    ),
    "Parallel coordinates. Two lines: Speed from 1 to 2, and Weight from 3 to 9.": go.Parcoords(
        dimensions=[{"label": "Speed", "values": [1, 2]}, {"label": "Weight", "values": [3, 9]}]
    ),
    "Parallel categories. Three rows: Class with 1st and 2nd, and Sex with f and m.": go.Parcats(
        dimensions=[
            {"label": "Class", "values": ["1st", "1st", "2nd"]},
            {"label": "Sex", "values": ["f", "m", "m"]},
        ]
    ),
    "Scatter plot matrix. Two points: Speed from 1 to 2, and Weight from 3 to 9.": go.Splom(
        dimensions=[{"label": "Speed", "values": [1, 2]}, {"label": "Weight", "values": [3, 9]}]
    ),
    "Two-dimensional histogram. Two values: the horizontal axis from 1 to 2, and the vertical axis from 3 to 9.": (
        go.Histogram2d(x=[1, 2], y=[3, 9])
    ),
    "Table. Two rows of Name and Age.": go.Table(
        header={"values": ["Name", "<b>Age</b>"]}, cells={"values": [["A", "B"], [1, 2]]}
    ),
    "Picture. 3 by 2 pixels.": go.Image(z=[[[0, 0, 0]] * 3] * 2),
    "Indicator: Speed. It reads 420.": go.Indicator(value=420, title={"text": "Speed"}),
    "Indicator. It reads $42 (compared with $40).": go.Indicator(
        mode="gauge+number+delta", value=42, delta={"reference": 40}, number={"prefix": "$"}
    ),
    "Indicator. It reads 43.": go.Indicator(mode="number", value=43, delta={"reference": 40}),
    "Sunburst chart. The largest of three parts is X, W, at 50.": go.Sunburst(
        labels=["W", "X", "Y", "Z"],
        parents=["", "W", "W", "X"],
        values=[100, 50, 40, 10],
        branchvalues="total",
    ),
    "Sunburst chart. The largest of two parts is Y, W, at 60.": go.Sunburst(
        labels=["W", "X", "Y", "Z"],
        parents=["", "W", "W", "X"],
        values=[120, 50, 60, 50],
        branchvalues="total",
    ),
    "Treemap. The largest of three parts is X, at 50.": go.Treemap(
        labels=["X", "Y", "Z"], parents=["", "", "X"], values=[50, 40, 10]
    ),
    "Icicle chart. Two parts of all.": go.Icicle(
        labels=["all", "a", "b"], parents=["", "all", "all"]
    ),
    "Waterfall chart. Three bars from a to c; the highest of three is a, at 5, and the lowest is b, at −2.": (
        go.Waterfall(x=["a", "b", "c"], y=[5, -2, None], measure=["relative", "relative", "total"])
    ),
}


@pytest.mark.parametrize("said", KINDS)
def test_each_kind_has_words(said):
    assert words(KINDS[said]) == said


def test_the_axes_of_a_space_have_their_titles():
    scene = {"xaxis": {"title": {"text": "Width (m)"}}, "zaxis": {"title": {"text": "Height"}}}
    figure = go.Figure(go.Scatter3d(SPACE), {"scene": scene})
    assert "Width from 1 to 3; y from 4 to 6; Height from 7 to 9" in describe(chart_of(figure))
    heads = [column.header for column in chart_table_of(chart_of(figure)).columns]
    assert heads == ["Width (m)", "y", "Height"]


def test_a_surface_whose_points_have_positions_of_their_own():
    surface = go.Surface(x=[[0, 1], [0, 2]], y=[[0, 0], [1, 1]], z=[[1, 2], [3, 9]])
    assert "Four cells: the highest value is 9, at 1 and 2" in words(surface)
    assert chart_table_of(chart_of(go.Figure(surface))).length == 4


def test_kinds_side_by_side_are_each_described():
    figure = make_subplots(1, 2, specs=[[{"type": "xy"}, {"type": "domain"}]])
    figure.add_trace(go.Bar(x=["a", "b"], y=[1, 2], name="Bars"), 1, 1)
    figure.add_trace(go.Pie(labels=["c", "d"], values=[1, 3]), 1, 2)
    assert describe(chart_of(figure)) == (
        "Bar chart and Pie chart. Bar chart: the highest is b, at 2, and the lowest is a, at 1. Pie chart: two "
        "slices: d, 75%; c, 25%."
    )
    with speaking("de"):
        assert describe(chart_of(figure)).startswith("Balkendiagramm und Kreisdiagramm. ")


# ---- Other views


def menu(*changes):
    buttons = [
        {"label": f"No. {at}", "method": "restyle", "args": [change]}
        for at, change in enumerate(changes, start=1)
    ]
    return {"updatemenus": [{"buttons": buttons}]}


def test_a_menu_that_puts_in_other_data_is_said():
    line = go.Scatter(x=[2020, 2021], y=[1, 2])
    said = words(line, **menu({"y": [[1, 2]]}, {"y": [[8, 9]]}))
    assert said == (
        "Line chart, 2020 to 2021. Readers choose among No. 1 and No. 2. It goes from 1 in 2020, the lowest, to 2 in "
        "2021, the highest."
    )
    assert "choose" not in words(line, **menu({"line.color": "red"}, {"line.color": "blue"}))


def test_a_heat_map_of_equal_or_nearly_equal_values_says_so():
    assert words(go.Heatmap(z=[[3, 3]])) == "Heat map. Two columns by one row: all values are 3."
    near = go.Heatmap(z=[[54320.5, 54322.25]])
    assert "the highest value is 54,322.25, at 0 and 1; the lowest value is 54,320.5" in words(near)


def test_axes_of_several_kinds_are_told_apart():
    figure = make_subplots(1, 3)
    for at, x in enumerate((["a", "b"], ["2021-01-01", "2023-03-04"], [5, 9]), start=1):
        figure.add_scatter(x=x, y=[1, 2], mode="markers", row=1, col=at)
    said = describe(chart_of(figure))
    assert "the horizontal axis with a and b;" in said
    assert "the horizontal axis from 1 January 2021 to 4 March 2023" in said
    assert "the horizontal axis from 5 to 9" in said


def test_a_stack_is_turned_by_one_of_its_areas():
    areas = [
        go.Scatter(x=[2, 6], y=[1, 3], stackgroup="a", orientation="h", name="A"),
        go.Scatter(x=[1, 3], y=[1, 3], stackgroup="a", name="B"),
    ]
    assert words(*areas) == (
        "Stacked area chart, 1 to 3. The total goes from 3 at 1, the lowest, to 9 at 3, the highest. The largest part "
        "at 3 is “A”, at 6, the smallest “B”, at 3."
    )


def test_names_of_two_levels_are_texts_along_any_axis():
    levels = [["2019", "2019", "2020"], ["q1", "q2", "q1"]]
    assert "the horizontal axis with 2019, q1, 2019, q2 and 2020, q1" in (
        words(go.Scatter(x=levels, y=["a", "b", "c"], mode="markers"))
    )
    candles = go.Ohlc(x=levels, open=[1, 2, 3], high=[4, 5, 6], low=[0, 1, 2], close=[2, 3, 4])
    assert "[" not in words(candles) and "2020, q1" in words(candles)
    assert "the highest of three are" not in words(go.Histogram(x=levels))
    assert "[" not in words(go.Histogram(x=levels))
