"""Plain plotly through the house style: a figure that an author makes with plotly express loses no
name, point, frame, series or control; where something has no place in the picture, it says so.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from lxml import etree
from plotly.subplots import make_subplots

from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import ChartRenderer, Pictures
from broadsheet.notebook.charts import chart_style
from plotly_alive import chart_theme
from plotly_alive.drawing.self_contained import self_contained
from plotly_alive.layout.axis_titles import with_column_titles
from plotly_alive.layout.figure_layout import narrow, wide
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.reading.series_signs import with_signs
from plotly_alive.reading.views import views_of
from plotly_alive.table.chart_table import chart_table_of

GAPMINDER = px.data.gapminder()
EUROPE = GAPMINDER.query("continent == 'Europe' and year == 2007")
AMERICAS = GAPMINDER.query("continent == 'Americas'")
LATE = GAPMINDER.query("year == 2007")
TIPS = px.data.tips()
WIDTHS = pytest.mark.parametrize("lay_out", [wide, narrow])

KINDS: dict[str, Callable[[], go.Figure]] = {
    "bars with long names": lambda: px.bar(EUROPE, x="pop", y="country", orientation="h"),
    "bars with names below": lambda: px.bar(EUROPE, x="country", y="pop"),
    "a heat map": lambda: px.imshow(EUROPE.pivot(index="country", columns="year", values="pop")),
    "a box": lambda: px.box(EUROPE, x="lifeExp", y="country"),
    "an animation": lambda: px.bar(GAPMINDER, x="pop", y="continent", animation_frame="year"),
}


@pytest.fixture(autouse=True)
def house_style() -> None:
    chart_style.apply()


def made(figure: go.Figure) -> dict:
    return checked(json.loads(figure.to_json()))


def rows(figure: dict) -> list[dict[str, str]]:
    table = chart_table_of(read(figure))
    assert table is not None
    return list(csv.DictReader(io.StringIO(table.csv())))


def plain(text: str) -> str:
    return text.replace("<br>", " ")


@WIDTHS
@pytest.mark.parametrize("kind", KINDS)
def test_every_name_is_on_its_axis_or_it_is_said_where_the_others_are(kind, lay_out):
    figure = made(KINDS[kind]())
    laid_out, (across, high) = lay_out(figure)
    data = figure["data"][0]
    for letter in "xy":
        names = data.get(letter) or []
        names = list(dict.fromkeys(names)) if isinstance(names, list) else []
        if not names or not all(isinstance(name, str) for name in names):
            continue
        axis = laid_out["layout"][f"{letter}axis"]
        drawn = [plain(text) for text in axis.get("ticktext", names)]
        if len(drawn) < len(names):
            assert "all are in the data" in plain(axis["title"]["text"])
            assert {row[name] for row in rows(figure) for name in row} >= set(names)
        else:
            assert drawn == names
            assert (high if letter == "y" else across) >= 14 * len(names)


@pytest.mark.parametrize(
    "figure",
    [
        px.scatter(LATE, x="gdpPercap", y="lifeExp"),
        px.box(LATE, x="continent", y="lifeExp"),
        px.line(AMERICAS, x="year", y="lifeExp", color="country"),
    ],
)
def test_the_template_stretches_no_axis_to_zero(figure):
    template = chart_theme.template()
    axes = (template["layout"]["xaxis"], template["layout"]["yaxis"])
    assert not any({"rangemode", "nticks", "range"} & set(axis) for axis in axes)
    laid_out, _ = wide(made(figure))
    assert "range" not in laid_out["layout"]["yaxis"]


def test_an_animation_keeps_its_frames_and_the_table_has_all_of_them():
    figure = made(
        px.scatter(GAPMINDER, x="gdpPercap", y="lifeExp", animation_frame="year", color="continent")
    )
    found = rows(figure)
    assert {row["Year"] for row in found} == {str(year) for year in range(1952, 2008, 5)}
    assert len(found) == len(GAPMINDER)
    frames = wide(figure)[0]["frames"]
    assert [frame["name"] for frame in frames] == [str(year) for year in range(1952, 2008, 5)]
    assert views_of(figure).line == "year: 1952, one of 12 frames"
    assert read(figure).line == "year: 1952, one of 12 frames"


def test_an_animation_that_begins_with_a_part_of_itself_has_that_too():
    figure = made(
        go.Figure(
            go.Scatter(x=[1], y=[1]),
            frames=[go.Frame(data=[go.Scatter(x=[1, 2], y=[1, 4])], name="whole")],
        )
    )
    assert [view.name for view in views_of(figure).views] == ["Start", "whole"]
    assert [row["Frame"] for row in rows(figure)] == ["Start", "whole", "whole"]


@pytest.mark.parametrize("frames", [[3], [{"data": 3}], [{"data": [3]}], [{"layout": []}]])
def test_a_frame_that_is_none_is_told(frames):
    with pytest.raises(Exception, match=r"frames\[0\]"):
        checked({"data": [], "layout": {}, "frames": frames})


def test_what_a_menu_hides_is_in_the_table():
    figure = go.Figure([go.Bar(x=["a"], y=[1], name="One"), go.Bar(x=["a"], y=[2], name="Two")])
    figure.data[1].visible = False
    buttons = [
        {"label": name, "method": "update", "args": [{"visible": [name == "One", name == "Two"]}]}
        for name in ("One", "Two")
    ]
    figure.update_layout(updatemenus=[{"buttons": buttons}])
    assert [row["View"] for row in rows(made(figure))] == ["One", "Two"]


def _looks(figure: dict) -> dict[str, set]:
    """Of each series how it looks: colour, dash, symbol, pattern."""
    found: dict[str, set] = {}
    for trace in figure["data"]:
        line, marker = trace.get("line") or {}, trace.get("marker") or {}
        look = (
            marker.get("color") or line.get("color"),
            line.get("dash"),
            marker.get("symbol"),
            (marker.get("pattern") or {}).get("shape"),
        )
        found.setdefault(trace["name"], set()).add(look)
    return found


@pytest.mark.parametrize(
    "figure",
    [
        px.line(AMERICAS, x="year", y="lifeExp", color="country"),
        px.scatter(AMERICAS, x="gdpPercap", y="lifeExp", color="country"),
        px.bar(AMERICAS, x="year", y="pop", color="country", facet_col="continent"),
    ],
)
def test_no_two_of_thirty_series_look_the_same(figure):
    looks = _looks(with_signs(made(figure)))
    assert len(looks) == 25
    every = [look for own in looks.values() for look in own]
    assert len(every) == len(set(every)) == 25


@pytest.mark.parametrize("draw", [px.line, px.scatter, px.bar])
def test_a_name_that_an_author_gave_no_colour_does_not_look_like_one_that_has(draw):
    countries = GAPMINDER[GAPMINDER.country.isin(["India", "Japan", "China", "Thailand"])]
    own = {"Japan": chart_theme.COLORWAY[0], "Thailand": chart_theme.COLORWAY[1]}
    figure = draw(countries, x="year", y="lifeExp", color="country", color_discrete_map=own)
    looks = [look for one in _looks(with_signs(made(figure))).values() for look in one]
    assert len(looks) == len(set(looks)) == 4


def test_colours_that_an_author_repeats_stay_as_they_are():
    figure = made(
        go.Figure([go.Scatter(y=[1, at], name=str(at), line_color="#8f8d87") for at in range(9)])
    )
    assert with_signs(figure) == figure


def test_a_bare_column_name_becomes_the_column_s_title_and_an_author_s_words_stay():
    figure = made(px.line(AMERICAS, x="year", y="lifeExp", labels={"year": "Year of the census"}))
    titled = with_column_titles(figure, {"lifeExp": "Life expectancy (years)", "year": "Year"})
    assert titled["layout"]["yaxis"]["title"]["text"] == "Life expectancy (years)"
    assert titled["layout"]["xaxis"]["title"]["text"] == "Year of the census"
    assert "Life expectancy (years)=%{y}" in titled["data"][0]["hovertemplate"]


def test_what_an_author_calls_an_axis_may_be_anything():
    figure = made(px.line(AMERICAS, x="year", y="lifeExp"))
    figure["layout"]["meta"] = {"heads": {"x": ["a"], "y": "lifeExp"}}
    titled = with_column_titles(figure, {"lifeExp": "Life expectancy (years)"})
    assert titled["layout"]["meta"]["heads"] == {"x": ["a"], "y": "Life expectancy"}


def test_several_columns_at_once_have_their_titles_and_the_axis_their_unit():
    frame = pd.DataFrame({"year": [2020, 2021], "imports": [57.2, 79.4], "exports": [50.6, 67.5]})
    titles = {"imports": "Imports (US$ bn)", "exports": "Exports (US$ bn)"}

    def drawn(figure: go.Figure) -> dict[str, Any]:
        return with_column_titles(checked(json.loads(figure.to_json())), titles)

    upright = drawn(px.bar(frame, x="year", y=["imports", "exports"]))
    assert [trace["name"] for trace in upright["data"]] == ["Imports", "Exports"]
    assert upright["layout"]["yaxis"]["title"]["text"] == "US$ bn"
    assert not upright["layout"]["legend"]["title"]
    assert upright["data"][0]["hovertemplate"] == (
        "Imports<br>year=%{x}<br>US$ bn=%{y}<extra></extra>"
    )
    lying = drawn(px.bar(frame, y="year", x=["imports", "exports"], orientation="h"))
    assert lying["layout"]["xaxis"]["title"]["text"] == "US$ bn"
    titles["exports"] = "Exports (tonnes)"
    assert drawn(px.line(frame, x="year", y=["imports", "exports"]))["layout"]["yaxis"][
        "title"
    ] == {"text": ""}
    del titles["exports"]  # another column than those of the table
    assert [trace["name"] for trace in drawn(px.line(frame.set_index("year")))["data"]] == [
        "Imports",
        "exports",
    ]


def test_on_a_phone_a_scale_of_colours_leaves_the_whole_width_to_a_map():
    figure = made(px.choropleth(LATE, locations="iso_alpha", color="lifeExp"))
    laid_out, (across, _) = narrow(figure)
    assert laid_out["layout"]["coloraxis"]["colorbar"]["orientation"] == "h"
    margin = laid_out["layout"]["margin"]
    assert across - margin["l"] - margin["r"] > 280


def test_a_pie_of_many_rows_is_as_high_as_one_of_its_sums():
    (_, of_rows), (_, of_sums) = (
        wide(made(px.pie(frame, values="tip", names="day")))[1]
        for frame in (TIPS, TIPS.groupby("day", as_index=False)[["tip"]].sum())
    )
    assert of_rows == of_sums < 600


def test_panels_side_by_side_have_room_for_the_titles_between_them():
    figure = make_subplots(rows=1, cols=2)
    for at in (1, 2):
        figure.add_trace(go.Scatter(y=[1, 2]), 1, at).update_yaxes(title="Output")
    laid_out, (across, _) = narrow(made(figure))
    layout = laid_out["layout"]
    assert (layout["xaxis2"]["domain"][0] - layout["xaxis"]["domain"][1]) * across > 56


def test_what_an_author_has_set_stays():
    figure = px.bar(EUROPE, x="pop", y="country", orientation="h", height=300)
    figure.update_layout(margin={"t": 5}, legend={"x": 1, "y": 0}, yaxis={"nticks": 4})
    for lay_out in (wide, narrow):
        laid_out, (_, high) = lay_out(made(figure))
        assert high == 300
        assert laid_out["layout"]["margin"]["t"] == 5
        assert laid_out["layout"]["yaxis"]["nticks"] == 4


def _boxes(drawing: bytes) -> dict[str, tuple[float, float]]:
    """Where each text of a drawing stands: its left end, perhaps its middle, and its baseline."""
    root = etree.fromstring(drawing)
    found = {}
    for text in root.iter("{*}text"):
        words, x, y = "".join(text.itertext()), text.get("x", "0"), text.get("y", "0")
        for parent in text.iterancestors():
            moved = re.match(r"translate\(([-\d.]+)[, ]+([-\d.]+)", parent.get("transform", ""))
            if moved:
                x, y = str(float(x) + float(moved[1])), str(float(y) + float(moved[2]))
        found[words] = (float(x), float(y))
    return found


@pytest.mark.browser
def test_no_legend_lies_on_the_titles_of_panels(tmp_path: Path, chromium: str):
    facets = px.scatter(TIPS, x="total_bill", y="tip", color="day", facet_col="sex")
    panels = make_subplots(rows=1, cols=2, subplot_titles=("Left one", "Right one"))
    for at in (1, 2):
        panels.add_trace(go.Scatter(y=[1, 2], name=f"Trace {at}"), 1, at)
    animated = px.bar(TIPS, x="sex", y="tip", color="smoker", animation_frame="day")
    cases = [
        (facets, ("Sun", "Sat", "Thur", "Fri"), ("Female", "Male")),
        (panels, ("Trace 1", "Trace 2"), ("Left one", "Right one")),
    ]
    with ChartRenderer(tmp_path) as renderer:
        for figure, entries, titles in cases:
            for lay_out in (wide, narrow):
                laid_out, size = lay_out(made(figure))
                boxes = _boxes(renderer.draw(laid_out, size))
                ends = {name.rpartition("=")[2]: y for name, (_, y) in boxes.items()}
                lowest = max(ends[entry] for entry in entries)
                assert all(ends[title] - lowest >= 12 for title in titles)
        sketch = figure_making.sketched(made(animated), "fig-x", PurePosixPath("a"))
        drawn = figure_making.drawn(sketch, renderer)
    assert isinstance(renderer, Pictures)
    assert "day: Sun, one of 4 frames" in drawn.figure.wide
    assert "▶" not in drawn.figure.wide
    assert len(json.loads(drawn.assets["a/fig-x.json"])["frames"]) == 4


def _stations(**given: object) -> go.Figure:
    return px.scatter_map(px.data.carshare(), lat="centroid_lat", lon="centroid_lon", **given)


def _districts(name: str = "choroplethmap") -> dict:
    figure = made(
        px.choropleth_map(
            px.data.election(),
            geojson=px.data.election_geojson(),
            color="Bergeron",
            locations="district",
            featureidkey="properties.district",
        )
    )
    figure["data"][0]["type"] = name
    return figure


TILED: dict[str, Callable[[], dict]] = {
    "points": lambda: made(_stations(color="peak_hour", size="car_hours")),
    "lines": lambda: made(px.line_map(LATE.head(3), lat=[1, 2, 3], lon=[4, 5, 6])),
    "a density": lambda: made(
        px.density_map(px.data.carshare(), lat="centroid_lat", lon="centroid_lon", z="car_hours")
    ),
    "regions": _districts,
    "regions of older plotly": lambda: _districts("choroplethmapbox"),
    "an animation": lambda: made(_stations(animation_frame="peak_hour")),
}

DISTRICTS = ("regions", "regions of older plotly")


@pytest.mark.parametrize("kind", TILED)
def test_a_map_of_tiles_is_drawn_without_them(kind):
    figure = TILED[kind]()
    drawn, lines = self_contained(figure)
    frames = drawn.get("frames") or ()
    types = {one["type"] for part in (drawn, *frames) for one in part["data"]}
    assert types <= {"scattergeo", "choropleth"}
    assert not any(name.startswith("map") for name in drawn["layout"])
    assert lines[0].startswith("The background map is not shown")
    assert len(rows(figure)) == {"lines": 3, **dict.fromkeys(DISTRICTS, 58)}.get(kind, 249)
    west, east = drawn["layout"]["geo"]["lonaxis"]["range"]
    south, north = drawn["layout"]["geo"]["lataxis"]["range"]
    for trace in (one for part in (drawn, *frames) for one in part["data"]):
        assert all(west < lon < east for lon in trace.get("lon", []))
        assert all(south < lat < north for lat in trace.get("lat", []))


def test_a_density_has_its_values_as_colours_and_in_the_table():
    figure = TILED["a density"]()
    (trace,) = self_contained(figure)[0]["data"]
    assert trace["marker"]["color"] == figure["data"][0]["z"]
    assert "%{marker.color}" in trace["hovertemplate"]
    assert {"Latitude", "Longitude", "Car hours"} <= set(rows(figure)[0])


def test_regions_are_drawn_however_their_rings_run():
    figure = _districts()
    turned = json.loads(json.dumps(figure))
    for feature in turned["data"][0]["geojson"]["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"]
        for part in parts if shape["type"] == "MultiPolygon" else [parts]:
            part[0].reverse()

    def ring(figure: dict) -> list:
        shape = self_contained(figure)[0]["data"][0]["geojson"]["features"][0]["geometry"]
        found = shape["coordinates"]
        return (found[0] if shape["type"] == "MultiPolygon" else found)[0]

    assert {tuple(point) for point in ring(figure)} == {tuple(point) for point in ring(turned)}
    assert ring(figure) in (ring(turned), ring(turned)[::-1])
    turns = sum(
        (x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise([*ring(turned), ring(turned)[0]])
    )
    assert turns > 0  # clockwise


def test_a_map_without_tiles_needs_no_word_and_a_world_is_whole():
    figure = go.Figure(go.Scattermap(lat=[40, -33], lon=[-73, 151]))
    figure.update_layout(map_style="white-bg")
    drawn, lines = self_contained(made(figure))
    assert lines == []
    assert drawn["layout"]["geo"]["lonaxis"]["range"] == [-180, 180]


def test_a_picture_of_another_site_is_left_out_and_one_of_the_figure_stays():
    figure = go.Figure(go.Image(source="https://example.org/a.png"))
    figure.add_layout_image(source="https://example.org/b.png")
    figure.add_layout_image(source="data:image/png;base64,AAAA")
    drawn, lines = self_contained(made(figure))
    assert "example.org" not in json.dumps(drawn)
    assert len(drawn["layout"]["images"]) == 1
    assert lines == ["A picture in the chart is not shown: it would be fetched from another site."]


def test_a_table_alone_is_a_table_of_the_page(tmp_path: Path):
    cells = [[1, 2], ["a", "a"], [1.5, None]]
    heads = ["<b>size</b>", "name", "Value"]
    figure = made(go.Figure(go.Table(header={"values": heads}, cells={"values": cells})))
    sketch = figure_making.sketched(figure, "fig-x", PurePosixPath("a"))
    shown = figure_making.drawn(sketch, Pictures(tmp_path))
    assert shown.is_drawn and not shown.figure.wide and not shown.figure.kinds
    assert shown.assets["a/fig-x.csv"].decode() == "Size,Name,Value\n1,a,1.5\n2,a,\n"
    page = etree.HTML(shown.figure.html(str))
    assert len(page.findall(".//table")) == 1
    assert not page.findall(".//details//table")
    assert [head.text.strip() for head in page.iter("th")] == ["Size", "Name", "Value"]


def test_a_few_years_have_a_tick_each_however_long_the_axis_is():
    """With a tick at each whole number from 0, an axis would take half a minute to be drawn."""
    figure = go.Figure(go.Bar(x=[2021, 2023], y=[1, 2]), {"annotations": [{"text": "Somewhere"}]})
    axis = wide(made(figure))[0]["layout"]["xaxis"]
    assert axis["tickvals"] == [2021, 2022, 2023] and "dtick" not in axis
    figure.update_xaxes(range=[2000, 2030])
    assert "tickvals" not in wide(made(figure))[0]["layout"]["xaxis"]


@WIDTHS
def test_a_logarithmic_axis_may_span_more_than_a_number_can(lay_out):
    figure = go.Figure(go.Scatter(x=[1, 2, 3], y=[1e-9, 1, 1e300])).update_yaxes(type="log")
    axis = lay_out(made(figure))[0]["layout"]["yaxis"]
    assert 10 < axis["dtick"] < 309
