"""The data of a chart as a table: for each kind of chart, what a reader finds under it and in its
file.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime

import plotly.express as px
import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots
from plotly.utils import PlotlyJSONEncoder

from broadsheet.figures.figure_making import SHOWN
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.table.table import Column


def table(figure, subtitle="", known=()):
    chart = read(checked(json.loads(json.dumps(figure, cls=PlotlyJSONEncoder))))
    return chart_table_of(replace(chart, subtitle=subtitle), known)


def shown(figure, subtitle="", known=()):
    """Headers with their units, and rows, as they are read."""
    made = table(figure, subtitle, known)
    heads = [column.header for column in (*made.index, *made.columns)]
    return [heads, *([text for _, text, *_ in row] for row in made.rows())]


def filed(figure, **given):
    return list(csv.reader(io.StringIO(table(figure, **given).csv())))


def test_lines_have_a_row_a_place_and_a_column_a_series_in_the_unit_and_decimals_of_the_hover_label():
    hover = "%{x}: US$ %{y:.1f} bn"
    figure = go.Figure(
        [
            go.Scatter(x=[2022, 2021], y=[1190.271, 146.887], name="China", hovertemplate=hover),
            go.Scatter(x=[2022, 2023], y=[5, None], name="<b>Russia</b>", hovertemplate=hover),
        ]
    )
    assert shown(figure) == [
        ["Year", "China (US$ bn)", "Russia (US$ bn)"],
        ["2021", "146.9", ""],
        ["2022", "1,190.3", "5.0"],
        ["2023", "", ""],
    ]
    assert filed(figure)[1:] == [
        ["2021", "146.887", ""],
        ["2022", "1190.271", "5"],
        ["2023", "", ""],
    ]


def test_years_of_series_that_begin_apart_stand_in_order_and_names_as_the_chart_has_them():
    apart = go.Figure(
        [
            go.Bar(x=[2000, 2015], y=[8, 68], name="All"),
            go.Bar(x=[2007, 2022], y=[20, 114], name="Imports"),
        ]
    )
    assert [row[0] for row in shown(apart)[1:]] == ["2000", "2007", "2015", "2022"]
    named = go.Figure([go.Bar(x=["India", "China"], y=[1, 2]), go.Bar(x=["Belarus"], y=[3])])
    assert [row[0] for row in shown(named)[1:]] == ["India", "China", "Belarus"]


def test_parts_of_one_line_that_share_a_year_are_one_column():
    figure = go.Figure(
        [
            go.Scatter(x=[2020, 2021], y=[1, 2], name="China"),
            go.Scatter(x=[2021, 2022], y=[2, 3], name="China", line_dash="dot"),
        ]
    )
    assert shown(figure) == [["Year", "China"], ["2020", "1"], ["2021", "2"], ["2022", "3"]]


def test_a_series_that_draws_twice_at_one_place_has_a_row_for_each():
    figure = go.Figure(go.Scatter(x=["a", "a", "b"], y=[1, 2, 3], mode="markers"))
    assert shown(figure)[1:] == [["a", "1"], ["a", "2"], ["b", "3"]]


def test_lines_between_dots_and_words_on_the_chart_are_not_data():
    figure = go.Figure(
        [
            go.Scatter(x=[1, 2], y=["A", "A"], mode="lines", hoverinfo="skip"),
            go.Scatter(x=[1], y=["A"], mode="markers", name="Before"),
            go.Scatter(x=[2], y=["A"], mode="markers", name="After"),
            go.Scatter(x=[2], y=["A"], mode="text", text=["note"]),
        ]
    )
    assert shown(figure) == [["Name", "Before", "After"], ["A", "1", "2"]]


def test_bars_that_lie_are_read_from_the_top():
    figure = go.Figure(go.Bar(x=[3, 5], y=["low", "high"], orientation="h"))
    figure.update_layout(xaxis_title="Output (tonnes)")
    assert shown(figure) == [["Name", "Output (tonnes)"], ["high", "5"], ["low", "3"]]


def test_years_that_go_down_the_page_are_places():
    figure = go.Figure(
        [
            go.Scatter(x=[2.05, 3.1], y=[2017, 2018], mode="markers", name="Russia"),
            go.Scatter(x=[15.5, 18], y=[2017, 2018], mode="markers", name="China"),
        ]
    )
    assert shown(figure) == [
        ["Year", "Russia", "China"],
        ["2017", "2.05", "15.5"],
        ["2018", "3.10", "18.0"],
    ]


def test_months_and_percents_are_written_as_people_write_them():
    figure = go.Figure(go.Scatter(x=["2022-01-01", "2022-02-01"], y=[0.125, 0.5], name="Share"))
    figure.update_yaxes(tickformat=".0%")
    assert shown(figure) == [["Date", "Share"], ["January 2022", "13%"], ["February 2022", "50%"]]
    assert filed(figure)[1] == ["2022-01-01", "0.125"]


def test_small_multiples_have_the_panels_title_above_their_columns():
    figure = make_subplots(rows=1, cols=2, subplot_titles=("Exports", "Imports"))
    for number, values in enumerate(([1, 2], [3, 4]), start=1):
        figure.add_scatter(x=[2021, 2022], y=values, name="China", row=1, col=number)
        figure.add_scatter(x=[2021, 2022], y=values[::-1], name="India", row=1, col=number)
    made = table(figure)
    assert made.groups() == [[("Exports", 2), ("Imports", 2)]]
    assert filed(figure) == [
        ["Year", "Exports China", "Exports India", "Imports China", "Imports India"],
        ["2021", "1", "2", "3", "4"],
        ["2022", "2", "1", "4", "3"],
    ]


def test_facets_of_plotly_express_and_a_panel_named_as_its_line():
    frame = {"year": [2021, 2022] * 2, "total": [1, 2, 3, 4], "who": ["China"] * 2 + ["India"] * 2}
    figure = px.line(frame, x="year", y="total", color="who", facet_col="who")
    assert shown(figure)[0][1:] == ["China", "India"] and shown(figure)[1][1:] == ["1", "3"]


def test_a_second_axis_is_no_panel():
    figure = make_subplots(specs=[[{"secondary_y": True}]])
    figure.add_scatter(x=[2021], y=[1], name="Oil")
    figure.add_scatter(x=[2021], y=[2], name="Price", secondary_y=True)
    figure.update_yaxes(title_text="US$ a barrel", ticksuffix=" %", secondary_y=True)
    assert shown(figure) == [["Year", "Oil", "Price (%)"], ["2021", "1", "2"]]


def test_points_in_a_plane_have_a_row_each_with_their_names():
    figure = go.Figure(
        go.Scatter(x=[40.5, 70.25], y=[1.5, 3], mode="markers", text=["A", "B"], marker_size=[8, 9])
    )
    figure.update_layout(xaxis_title="Life (years)", yaxis_title="Children")
    assert shown(figure) == [
        ["Name", "Life (years)", "Children", "Size"],
        ["A", "40.50", "1.5", "8"],
        ["B", "70.25", "3.0", "9"],
    ]


def test_a_map_has_its_places_by_name_their_codes_and_their_values():
    figure = go.Figure(
        go.Choropleth(
            locations=["CHN", "IND"],
            z=[1.234, None],
            text=["China", "India"],
            colorbar={"title": "Share (%)"},
        )
    )
    assert shown(figure) == [
        ["Place", "Code", "Share (%)"],
        ["China", "CHN", "1.234"],
        ["India", "IND", ""],
    ]


def test_a_map_of_kinds_says_of_which_kind_each_place_is():
    kinds = [
        go.Choropleth(locations=["FRA", "PER"], z=[1, 1], text=["France", "Peru"], name="Yes 2"),
        go.Choropleth(locations=["CHN"], z=[1], text=["China"], name="Abstained 1"),
        go.Choropleth(locations=["GRL"], z=[1], hoverinfo="skip"),
    ]
    assert shown(go.Figure(kinds)) == [
        ["Place", "Kind"],
        ["France", "Yes"],
        ["Peru", "Yes"],
        ["China", "Abstained"],
    ]


def test_marks_on_a_map_have_their_place():
    figure = go.Figure(go.Scattergeo(lat=[27.99], lon=[86.93], text=["Everest"]))
    assert shown(figure) == [["Place", "Latitude", "Longitude"], ["Everest", "27.99", "86.93"]]


def test_a_heat_map_is_its_own_table_and_a_large_one_is_a_list():
    grid = [[1, 2], [3, 4]]
    figure = go.Figure(go.Heatmap(x=[2021, 2022], y=["a", "b"], z=grid))
    assert shown(figure) == [["Name", "2021", "2022"], ["b", "3", "4"], ["a", "1", "2"]]
    large = go.Figure(go.Heatmap(z=[list(range(40))] * 2))
    assert len(filed(large)) == 81


def test_typed_arrays_are_read_as_lists_are():
    import numpy as np

    figure = go.Figure(go.Heatmap(z=np.arange(4.0).reshape(2, 2), x=["p", "q"], y=[2021, 2022]))
    assert filed(figure) == [["Year", "p", "q"], ["2021", "0.0", "1.0"], ["2022", "2.0", "3.0"]]


def test_slices_samples_candles_flows_and_parts():
    assert shown(go.Figure(go.Pie(labels=["a", "b"], values=[1, 2])))[1:] == [
        ["a", "1"],
        ["b", "2"],
    ]
    assert shown(go.Figure(go.Histogram(x=[1, 1, 2], name="Ages"))) == [
        ["Value"],
        ["1"],
        ["1"],
        ["2"],
    ]
    assert shown(go.Figure([go.Box(y=[1, 2], name="p"), go.Box(y=[3], name="q")])) == [
        ["Group", "Value"],
        ["p", "1"],
        ["p", "2"],
        ["q", "3"],
    ]
    assert shown(go.Figure(go.Ohlc(x=["2022-01-03"], open=[1], high=[4], low=[0], close=[2]))) == [
        ["Date", "Open", "High", "Low", "Close"],
        ["3 January 2022", "1", "4", "0", "2"],
    ]
    flows = go.Sankey(
        node={"label": ["oil", "gas", "China"]},
        link={"source": [0, 1], "target": [2, 2], "value": [5, 6]},
    )
    assert shown(go.Figure(flows))[1:] == [["oil", "China", "5"], ["gas", "China", "6"]]
    assert shown(go.Figure(go.Treemap(labels=["a", "b"], parents=["", "a"], values=[3, 2])))[
        1:
    ] == [["a", "", "3"], ["b", "a", "2"]]


def test_the_unit_and_the_name_of_a_series_without_them_are_those_of_the_catalogue():
    known = [(Column(("Trade",), "number", (), "US$ bn"), frozenset([146.9, 190.3]))]
    figure = go.Figure(go.Bar(x=[2021, 2022], y=[146.9, 190.3]))
    assert shown(figure, known=known)[0] == ["Year", "Trade (US$ bn)"]
    doubled = go.Figure(go.Bar(x=[2021, 2022], y=[293.8, 380.6]))
    assert shown(doubled, known=known)[0] == ["Year", "Value"]


def test_the_page_shows_the_first_of_thousands_and_the_file_has_all():
    figure = go.Figure(go.Scatter(x=list(range(5000)), y=list(range(5000)), mode="markers"))
    made = table(figure).first(SHOWN)
    assert (made.length, made.count) == (SHOWN, 5000) and len(filed(figure)) == 5001


def test_a_timeline_has_the_start_and_the_end_of_each_bar():
    talks = {
        "what": ["Pause", "Talks", "Talks"],
        "from": [datetime(2023, 11, 24), datetime(2023, 12, 5), datetime(2024, 1, 10)],
        "to": [datetime(2023, 12, 1), datetime(2023, 12, 20), datetime(2024, 1, 11, 12, 30)],
        "who": ["both", "both", "Qatar"],
    }
    figure = px.timeline(talks, x_start="from", x_end="to", y="what")
    assert filed(figure) == [
        ["What", "Start", "End"],
        ["Pause", "2023-11-24", "2023-12-01"],
        ["Talks", "2023-12-05", "2023-12-20"],
        ["Talks", "2024-01-10", "2024-01-11T12:30:00"],
    ]
    assert shown(figure)[3] == ["Talks", "10 January 2024", "11 January 2024, 12:30"]
    coloured = px.timeline(talks, x_start="from", x_end="to", y="what", color="who")
    assert [row[:2] for row in filed(coloured)] == [
        ["Who", "What"],
        ["both", "Pause"],
        ["both", "Talks"],
        ["Qatar", "Talks"],
    ]
    broken = go.Figure(go.Bar(base=["2023-11-24"], x=[1e300], y=["a"], orientation="h"))
    assert filed(broken)[1:] == [["a"]]


def test_what_has_no_table_of_its_own_has_its_arrays_as_they_are():
    assert shown(go.Figure(go.Surface(z=[[1, 2], [3, 4]]))) == [
        ["Place", "0", "1"],
        ["0", "1", "2"],
        ["1", "3", "4"],
    ]
    assert shown(go.Figure(go.Scatter3d(x=[1], y=[2], z=[3], text=["a"]))) == [
        ["Name", "x", "y", "z"],
        ["a", "1", "2", "3"],
    ]
    assert shown(go.Figure(go.Scatterternary(a=[1, 2], b=[3, 4], c=[5, 6]))) == [
        ["a", "b", "c"],
        ["1", "3", "5"],
        ["2", "4", "6"],
    ]
    mixed = [go.Heatmap(z=[[1]], name="cells"), go.Scatter(x=[5], y=[6], name="a dot")]
    assert shown(go.Figure(mixed))[1:] == [
        ["cells", "0", "0", "1", "", ""],
        ["a dot", "", "", "", "5", "6"],
    ]


@pytest.mark.parametrize(
    ("trace", "measure"), [(go.Isosurface, "value"), (go.Volume, "value"), (go.Mesh3d, "intensity")]
)
def test_what_is_drawn_in_space_has_the_measure_that_its_colours_show(trace, measure):
    at = {
        "x": [0, 1],
        "y": [0, 2],
        "z": [0, 3],
        "customdata": [7, 8],
        "colorbar_title": "Heat (°C)",
    }
    assert shown(go.Figure(trace(**at, **{measure: [5, 6.5]}))) == [
        ["x", "y", "z", "Heat (°C)"],
        ["0", "0", "0", "5.0"],
        ["1", "2", "3", "6.5"],
    ]


def test_a_trace_of_any_type_has_all_of_its_numbers():
    smith = go.Scattersmith(real=[0, 1], imag=[5, 6.5], selectedpoints=[0], text=["a", "b"])
    assert shown(go.Figure(smith)) == [
        ["Name", "Imag", "Real"],
        ["a", "5.0", "0"],
        ["b", "6.5", "1"],
    ]


def test_places_of_two_levels_are_one_and_errors_have_a_column():
    figure = go.Figure(
        go.Bar(x=[["Asia", "Asia"], ["China", "India"]], y=[3, 4], error_y={"array": [0.5, 1]})
    )
    assert shown(figure) == [
        ["Name", "Value", "Value, error"],
        ["Asia, China", "3", "0.5"],
        ["Asia, India", "4", "1.0"],
    ]


def test_nothing_drawn_is_no_table():
    assert (
        table(go.Figure()) is None
        and table(go.Figure(go.Scatter(x=[1], y=[2], visible="legendonly"))) is None
    )


@pytest.mark.parametrize(
    "evil",
    [
        "=1+1",
        "+1+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "＝1+1",
        " =1",
        "\n=1",
        "-2+3",
        "-1%+1",
        "=-1",
        "-A1",
    ],
)
def test_no_text_of_a_file_is_a_formula(evil):
    figure = go.Figure(go.Bar(x=[evil, "-2.5"], y=[-1, 2], name=evil))
    figure.update_xaxes(type="category")
    rows = filed(figure)
    assert (
        rows[0][1].startswith("'")
        and rows[1][0].startswith("'")
        and rows[1][1] == "-1"
        and rows[2][0] == "-2.5"
    )


@pytest.mark.parametrize(
    "plain", ["-", "--", "+", "-12%", "+5 %", "-1,234.5", "-1.234,5", "+49 30 901820", "-3e-5"]
)
def test_what_computes_nothing_is_written_as_it_is(plain):
    figure = go.Figure(go.Bar(x=[plain, "Other"], y=[1, 2], name="Share"))
    figure.update_xaxes(type="category")
    assert filed(figure)[1][0] == plain


def test_headers_are_words_for_people():
    bars = go.Figure(
        [
            go.Bar(x=[2001, 2002], y=[3, 7], name="Added", hovertemplate="%{x}: %{y:.0f} added"),
            go.Bar(
                x=[2001, 2002], y=[-1, -5], name="removed_sites", hovertemplate="%{y:.0f}, removed"
            ),
        ]
    )
    assert shown(bars)[0] == ["Year", "Added", "Removed sites"]
    decades = go.Figure(go.Bar(x=["1990s", "2000s"], y=[36, 7], hovertemplate="%{y:.0f} deaths"))
    assert shown(decades, "Deaths, thousand people")[0] == ["Decade", "Deaths"]


def test_a_unit_is_the_whole_one_that_the_subtitle_says():
    figure = go.Figure(go.Scatter(x=[2001, 2002], y=[3, 7], hovertemplate="US$ %{y:.1f}"))
    assert shown(figure, "Average price, US$ a barrel")[0] == [
        "Year",
        "Average price (US$ a barrel)",
    ]


def test_an_author_says_what_axes_without_titles_are():
    votes = go.Figure(
        [
            go.Scatter(
                x=["China"], y=["2 March"], text=[" abstained"], name="Abstained", mode="markers"
            ),
            go.Scatter(x=["India"], y=["2 March"], text=[" no"], name="No", mode="markers"),
        ]
    )
    heads = {"x": "Country", "y": "Resolution", "series": "Vote"}
    votes.update_layout(meta={"heads": heads})
    assert shown(votes) == [
        ["Vote", "Country", "Resolution"],
        ["Abstained", "China", "2 March"],
        ["No", "India", "2 March"],
    ]


def test_an_axis_that_only_makes_room_is_no_data():
    figure = go.Figure(
        go.Scatter(
            x=[3, 3], y=[1, 2], text=["a", "b"], mode="markers", hovertemplate="%{text}: %{x} years"
        )
    )
    figure.update_yaxes(visible=False)
    assert shown(figure) == [["Name", "Years"], ["a", "3"], ["b", "3"]]


def test_an_axis_that_only_makes_room_may_stand_beside_what_has_no_axes():
    lines = go.Scatter(x=[3, 3], y=[1, 2], mode="markers")
    for other, row in (
        (go.Choropleth(locations=["FRA"], z=[7]), ["FRA", "", "", "7"]),
        (go.Indicator(value=5), ["", "", "5"]),
    ):
        figure = go.Figure([lines, other]).update_yaxes(visible=False)
        assert shown(figure)[-1] == row


def test_what_a_number_is_compared_with_has_a_column():
    numbers = [
        go.Indicator(mode="number+delta", value=200, delta={"reference": 320}, title="A"),
        go.Indicator(mode="number", value=350, title="B"),
    ]
    assert shown(go.Figure(numbers)) == [["Value", "Compared with"], ["200", "320"], ["350", ""]]


def test_bars_that_begin_where_others_end_are_stacked():
    days = ["2023-11-24", "2023-11-25"]
    figure = go.Figure(
        [
            go.Bar(x=days, y=[13, 13], name="Israelis", offsetgroup="a"),
            go.Bar(x=days, y=[11, 4], base=[13, 13], name="Others", offsetgroup="a"),
        ]
    )
    assert shown(figure) == [
        ["Date", "Israelis", "Others"],
        ["24 November 2023", "13", "11"],
        ["25 November 2023", "13", "4"],
    ]
