"""The drawing of a chart for lists: few words that are the chart's, all within the picture, whatever
the figure is.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from lxml import etree
from test_alt_text import charts

import broadsheet as bs
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.text.language import speaking
from plotly_alive.chart_theme import COLORWAY
from plotly_alive.drawing import svg, svg_paths
from plotly_alive.drawing.map_miniature import map_miniature
from plotly_alive.drawing.miniature import miniature
from plotly_alive.drawing.miniature_parts import HEIGHT, WIDTH
from plotly_alive.layout.figure_layout import wide
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked

RED, BLUE, GREY = "rgb(179, 38, 42)", "rgb(43, 90, 148)", "rgb(143, 141, 135)"
YEARS = [2019, 2020, 2021, 2022]


def small(figure: Any, colours: dict[int, str] | None = None) -> etree._Element | None:
    """The picture, checked: no mark and no word leaves it."""
    raw = json.loads(figure.to_json()) if isinstance(figure, go.Figure) else figure
    return looked_through(miniature(read(checked(raw)), colours or {}))


def looked_through(text: str) -> etree._Element | None:
    if not text:
        return None
    root = etree.fromstring(text)
    for one in root.iter("{*}rect"):
        left, top, wide, tall = (float(one.get(name)) for name in ("x", "y", "width", "height"))
        assert left > -1 and left + wide < WIDTH + 1 and top > -1 and top + tall < HEIGHT + 1
    for one in root.iter("{*}circle"):
        assert -1 < float(one.get("cx")) < WIDTH + 1 and -1 < float(one.get("cy")) < HEIGHT + 1
    for one in root.iter("{*}path"):
        for x, y in (point for line in svg_paths.read(one.get("d")) for point in line.points):
            assert -1 < x < WIDTH + 1 and -1 < y < HEIGHT + 1
    for one in root.iter("{*}text"):
        assert one.text and 0 <= float(one.get("x")) <= WIDTH and 0 < float(one.get("y")) <= HEIGHT
    return root


def words(root: etree._Element | None) -> list[str]:
    assert root is not None
    return [one.text or "" for one in root.iter("{*}text")]


def test_columns_on_each_other_have_the_highest_sum():
    bars = [go.Bar(x=YEARS, y=[50, 60, 80, 114.1], name="Sold to the neighbours in the east")]
    bars += [go.Bar(x=YEARS, y=[50, 45, 67, 76.2], name="Bought from the neighbours in the east")]
    assert words(small(go.Figure(bars).update_layout(barmode="stack"))) == ["2019", "2022", "190"]


def test_the_highest_is_named_though_it_is_not_the_last():
    line = go.Figure(go.Scatter(x=YEARS, y=[1, 9, 4, 5], mode="lines"))
    assert words(small(line)) == ["2019", "2022", "9"]


def test_the_two_that_matter_are_named_without_the_words_that_all_begin_with():
    lines = [
        go.Scatter(x=YEARS, y=[9, 9, 9, 9], name="Russia's whole"),
        go.Scatter(x=YEARS, y=[1, 2, 3, 4], name="Russia's exports"),
        go.Scatter(x=YEARS, y=[3, 3, 2, 2], name="Russia's imports"),
    ]
    drawn = small(go.Figure(lines), {0: GREY, 1: RED, 2: BLUE})
    assert words(drawn)[-2:] == ["Exports", "Imports"]
    assert drawn is not None and drawn.xpath("//*[text()='Exports']")[0].get("fill") == (
        "var(--chart-1)"
    )


def test_names_that_do_not_fit_are_left_out_and_a_value_is_written():
    name = "The whole of what was sold abroad by the members of the union"
    lines = [go.Scatter(x=YEARS, y=[1, 2, 3, at], name=f"{at} {name}") for at in (4, 7)]
    assert words(small(go.Figure(lines))) == ["2019", "2022", "7"]


def test_names_have_bars_the_largest_first():
    frame = pd.Series({"Chile": 3.5, "Peru": -9.0, "Ghana": 1, "Japan": 2, "Italy": 5, "Iran": 4})
    drawn = small(go.Figure(go.Bar(x=frame.values, y=frame.index, orientation="h")))
    assert words(drawn) == ["Peru", "−9", "Italy", "5"]
    assert drawn is not None and len(drawn.xpath("//*[local-name()='rect']")) == 5


def test_shares_keep_their_sign_and_languages_their_marks():
    line = go.Figure(go.Scatter(x=YEARS, y=[1, 2, 3, 4.5], mode="lines"))
    line.update_layout(yaxis_ticksuffix="%")
    assert words(small(line))[-1] == "4.5%"
    with speaking("de"):
        assert words(small(line))[-1].startswith("4,5")


def test_a_gap_is_dotted():
    line = go.Figure(go.Scatter(x=YEARS, y=[1, None, 3, 4], mode="lines+markers"))
    drawn = small(line)
    assert drawn is not None and len(drawn.xpath("//*[@stroke-dasharray]")) == 1


@pytest.mark.parametrize(
    "figure",
    [
        px.scatter(x=[1, 2], y=[3, 4]),
        px.choropleth(locations=["FRA"], color=[1]),
        px.pie(names=["a"], values=[1]),
        px.line(px.data.gapminder().head(24), x="year", y="pop", facet_col="country"),
        px.histogram(x=[1, 2, 2]),
        go.Figure(),
        go.Figure(go.Bar(x=["a"], y=[None])),
    ],
)
def test_others_have_none(figure):
    assert small(figure) is None


@pytest.mark.parametrize(
    "figure",
    [
        go.Figure(go.Bar(x=["a"], y=[0])),
        go.Figure(go.Scatter(x=[2020], y=[5], name="one")),
        go.Figure(go.Bar(x=["x" * 200], y=[1e300])),
        go.Figure(go.Scatter(x=["2020-01-01", "2020-01-02T10:00"], y=[1, 1])),
        go.Figure(go.Scatter(x=YEARS, y=[1, 10, 100, 1e6])).update_yaxes(type="log"),
        go.Figure([go.Bar(x=["<b>a</b>"], y=[1], name="<i>&"), go.Bar(x=["<b>a</b>"], y=[2])]),
        bs.charts.dumbbell(pd.DataFrame({"2021": [1, 2], "2024": [3, 4]}, index=["a", "b"])),
    ],
)
def test_odd_figures_have_one(figure):
    assert small(figure) is not None


@settings(deadline=None, max_examples=200)
@given(charts())
def test_any_figure_s_is_within_its_picture(chart):
    small(chart[1])


VOTES = pd.Series({"CHN": "Abstained", "IND": "Abstained", "RUS": "No", "BRA": "Yes", "USA": "Yes"})
SHARES = pd.Series({"CHN": 36.0, "IND": 9.8, "TUR": 7.1, "KAZ": 3.9, "BLR": 7.3, "FJI": 0.1})


@pytest.fixture(scope="module")
def map_in_list(chromium, tmp_path_factory):
    """What a list shows of a map that a browser drew."""
    renderer = ChartRenderer(tmp_path_factory.mktemp("maps"))

    def make(figure: go.Figure) -> etree._Element | None:
        laid_out, size = wide(checked(json.loads(figure.to_json())))
        drawing, _ = svg.parted(renderer.draw(laid_out, size))
        return looked_through(map_miniature(read(checked(laid_out)), drawing))

    yield make
    renderer.close()


def test_a_map_of_categories_names_the_one_in_a_colour_and_one_more(map_in_list):
    colours = {"Yes": COLORWAY[3], "Abstained": COLORWAY[2], "No": "#1b1a17"}
    drawn = map_in_list(bs.charts.world(VOTES, colours=colours))
    assert words(drawn) == ["Yes 2", "Abstained 2"]
    assert {one.get("fill") for one in drawn.iter("{*}path")} >= {
        "var(--chart-3)",
        "var(--chart-4)",
    }
    assert len(etree.tostring(drawn)) < 24_000


def test_a_map_of_one_category_has_its_name(map_in_list):
    one = px.choropleth(locations=["FRA", "DEU"], color=["member", "member"])
    assert words(map_in_list(one)) == ["member"]


@pytest.mark.parametrize(
    "figure",
    [
        bs.charts.world(SHARES, unit="%"),
        bs.charts.world(SHARES.iloc[:3], unit="%", classes=[8, 20]),
        bs.charts.world(SHARES, unit="%", region=["CHN", "TUR"]),
        bs.charts.tiles(SHARES, unit="%"),
        px.choropleth(locations=[*SHARES.index], color=[*SHARES]),
    ],
    ids=["world", "a country in each class", "region", "tiles", "express"],
)
def test_a_map_of_values_names_the_highest(map_in_list, figure):
    name, value = words(map_in_list(figure))
    assert name in ("China", "CHN") and value.startswith("36")


@pytest.mark.parametrize(
    "figure",
    [
        px.scatter_geo(lat=[46.5], lon=[30.7]),
        px.line(x=[1, 2], y=[3, 4]),
        go.Figure(go.Choropleth(locations=["XXX"], z=[1])),
        px.choropleth(
            pd.DataFrame({"at": ["CHN", "IND"], "v": [1, 2], "year": ["a", "b"]}),
            locations="at",
            color="v",
            facet_col="year",
        ),
    ],
    ids=["marks", "line", "nowhere", "facets"],
)
def test_what_is_no_map_of_regions_has_no_such_picture(map_in_list, figure):
    assert map_in_list(figure) is None
