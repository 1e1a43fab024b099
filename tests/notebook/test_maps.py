"""The maps of `bs.charts`: classes, regions, circles, flows, tiles, and where a place is."""

from __future__ import annotations

import itertools
import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from broadsheet.notebook.charts import countries, map_region
from broadsheet.notebook.charts import newsroom_charts as charts
from broadsheet.notebook.charts.map_classes import classes_of
from broadsheet.notebook.charts.map_tiles import tiles_of
from broadsheet.text.language import speaking
from plotly_alive import country_names
from plotly_alive.drawing.drawing_page import DrawingPage
from plotly_alive.layout.figure_layout import narrow, wide
from plotly_alive.reading.chart_reading import read
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words.alt_text import describe

ODESA, KYIV = (46.48, 30.73), (50.45, 30.52)


def plain(figure: go.Figure) -> dict[str, object]:
    found: dict[str, object] = json.loads(figure.to_json())
    return found


def listed(figure: go.Figure) -> list[str]:
    """What stands above a map."""
    return [trace.name for trace in figure.data if trace.showlegend]


def test_numbers_are_in_classes_between_round_numbers():
    values = [1, 2, 3, 14, 18, 31, 33, 57, 81, 960]
    found = classes_of(values, 5, ".1f")
    assert found.breaks == [3.0, 15.0, 30.0, 60.0]
    assert found.names == ["under 3", "3–15", "15–30", "30–60", "60 and more"]
    assert found.of(3) == 1 and found.of(2.9) == 0 and found.of(960) == 4


def test_breaks_of_your_own_and_percent():
    assert classes_of([0.02, 0.2, 0.7], [0.05, 0.5], ".0%").names == [
        "under 5%",
        "5%–50%",
        "50% and more",
    ]


def test_zero_is_a_break_and_below_it_is_another_colour():
    found = classes_of([-40, -12, -3, 2, 9, 33, 70], 4, ".0f")
    assert 0 in found.breaks
    below, above = found.colours[0], found.colours[-1]
    assert below != above and below == "#b3262a"


@pytest.mark.parametrize(
    ("values", "given", "message"),
    [([1, 2], [5, 2], "go up"), ([1, 2], 12, "2 to 7"), ([1, 2], [*range(9)], "7 at most")],
)
def test_classes_that_cannot_be_are_refused(values, given, message):
    with pytest.raises(ValueError, match=message):
        classes_of(values, given, ".1f")


def test_one_value_is_one_class():
    assert classes_of([4, 4, 4], 5, ".1f").names == ["all"]


def test_a_map_of_numbers_lists_its_classes_and_what_it_has_no_data_for():
    figure = charts.world(pd.Series({"FRA": 1.0, "DEU": 2.0, "ITA": None}), classes=[2])
    assert listed(figure) == ["under 2", "2 and more", "No data"]
    assert figure.data[0].text == ("France",)
    assert "ITA" in figure.data[-1].locations


def test_countries_have_their_names_in_the_language_of_the_page():
    with speaking("de"):
        figure = charts.world(pd.Series({"DEU": 1.0, "CZE": 2.0}), classes=[2])
        assert figure.data[0].text == ("Deutschland",) and figure.data[1].text == ("Tschechien",)
        assert country_names.code_of("Türkei") == "TUR" and country_names.code_of("Turkey") is None
    assert (
        country_names.code_of("the Bahamas") == "BHS" and country_names.code_of("Atlantis") is None
    )


def test_words_without_colours_are_refused_with_what_to_do():
    with pytest.raises(ValueError, match="say their `colours`"):
        charts.world(pd.Series({"FRA": "yes"}))


def test_an_unknown_country_of_a_region_is_named():
    with pytest.raises(ValueError, match="'Poland'"):
        charts.world(pd.Series({"FRA": 1.0}), region=["Poland"])


def test_each_country_gets_the_tile_that_makes_all_distances_smallest():
    codes = ["FRA", "ESP", "DEU", "ITA", "POL"]
    found = tiles_of(codes, None)
    lons, lats = zip(*(countries.shapes()[code].middle for code in codes), strict=True)
    points = np.stack([*map_region.equal_earth(lons, lats)], axis=1) * [1, -1]
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    across, down = (max(one) + 1 for one in zip(*found.values(), strict=True))
    scaled = (points - low) / span * [across - 1, down - 1]

    def cost(tiles):
        return sum(((scaled - np.array(tiles)) ** 2).sum(axis=1))

    squares = [(column, row) for row in range(down) for column in range(across)]
    best = min(cost(tiles) for tiles in itertools.permutations(squares, len(codes)))
    assert cost([found[code] for code in codes]) == pytest.approx(best)


def test_tiles_of_any_places_by_positions_of_your_own():
    north = pd.DataFrame({"column": [0, 1], "row": [0, 0]}, index=["A", "B"])
    figure = charts.tiles(pd.Series({"A": 1.0, "B": 3.0}), positions=north, classes=[2])
    assert listed(figure) == ["under 2", "2 and more"]
    assert [note.text for note in figure.layout.annotations] == ["A", "B"]
    with pytest.raises(ValueError, match="no tile for C"):
        charts.tiles(pd.Series({"C": 1.0}), positions=north)
    with pytest.raises(ValueError, match="one tile for A, B"):
        charts.tiles(pd.Series({"A": 1.0, "B": 2.0}), positions={"A": (0, 0), "B": (0, 0)})
    with pytest.raises(ValueError, match="give `positions`"):
        charts.tiles(pd.Series({"Bavaria": 1.0}))


def test_tiles_of_no_place_are_refused():
    for positions in (None, {"FRA": (0, 0)}):
        with pytest.raises(ValueError, match="there is no place to show"):
            charts.tiles(pd.Series(dtype=float), positions=positions)


def test_circles_are_as_large_as_their_numbers():
    figure = charts.symbols(pd.Series({"FRA": 3.0, "DEU": 12.0, "ITA": None}), unit="US$ bn")
    circles = figure.data[0].marker
    assert list(circles.size) == [12.0, 3.0] and circles.sizemode == "area"
    table = chart_table_of(read(plain(figure)))
    assert table is not None
    column = next(one for one in (*table.index, *table.columns) if one.name == ("Value",))
    assert (list(column.values), column.unit) == ([12.0, 3.0], "US$ bn")
    assert "The highest is Germany, at US$12.0 bn" in describe(read(plain(figure)))
    with pytest.raises(ValueError, match="above zero"):
        charts.symbols(pd.Series({"FRA": -1.0}))


@pytest.mark.parametrize("chart", [charts.world, charts.tiles, charts.symbols])
def test_infinite_numbers_are_refused(chart):
    with pytest.raises(ValueError, match="divided by zero"):
        chart(pd.Series({"FRA": float("inf"), "DEU": 1.0}))


def test_a_place_without_a_name_of_its_own_has_that_of_the_language():
    named = pd.Series({"FRA": None, "DEU": "The neighbour"})
    for chart in (charts.world, charts.tiles, charts.symbols):
        figure = chart(pd.Series({"FRA": 2.0, "DEU": 1.0}), places=named)
        texts = {text for trace in figure.data for text in trace.text or ()}
        assert {"France", "The neighbour"} <= texts


def test_flows_say_from_where_to_where_and_how_much():
    figure = charts.flows(
        pd.DataFrame({"from": ["FRA", "ESP"], "to": ["ESP", "BRA"], "sum": [3.5, 2]}), unit="US$ bn"
    )
    chart = read(plain(figure))
    assert [trace.column("text") for trace in chart.traces] == [
        ["Spain → Brazil", "France → Spain"]
    ]
    assert chart.traces[0].numbers == [2, 3.5]
    with pytest.raises(ValueError, match="'XYZ'"):
        charts.flows(pd.DataFrame({"from": ["XYZ"], "to": ["ESP"], "sum": [1]}))


def test_flows_go_between_places_that_have_numbers_for_names():
    at = {"1": ODESA, "2": KYIV}
    figure = charts.flows(pd.DataFrame({"from": [1], "to": [2], "sum": [1.5]}), at=at)
    assert read(plain(figure)).traces[0].column("text") == ["1 → 2"]


def test_marks_of_a_plain_map_stand_for_what_their_label_shows():
    figure = go.Figure(
        go.Scattergeo(
            lat=[1, 2],
            lon=[3, 4],
            text=["A", "B"],
            customdata=[["x", 7], ["y", 9]],
            hovertemplate="%{text}: %{customdata[1]:.0f} km",
        )
    )
    assert read(plain(figure)).traces[0].numbers == [7, 9]


@pytest.mark.slow
def test_a_map_of_places_is_where_plotly_js_puts_it(chromium):
    page = DrawingPage()
    try:
        for codes in (["UKR"], ["CHN", "IDN", "JPN"], ["NOR", "PRT", "GRC"], ["FJI", "WSM"]):
            region = map_region.region_of_countries(codes, (720, 380))
            lons, lats = region.degrees([100, 360, 600], [80, 190, 300])
            figure = go.Figure(go.Scattergeo(lon=lons, lat=lats))
            figure.update_layout(geo=region.geo, margin=dict.fromkeys("lrtb", 0))
            drawn = page.draw(plain(figure), (720, 380), "svg", 1).decode()
            marks = json.loads(re.search("<metadata[^>]*>(.*?)</metadata>", drawn)[1])
            assert [mark[1:] for mark in marks["traces"]["0"]["marks"]] == [
                [100, 80],
                [360, 190],
                [600, 300],
            ]
    finally:
        page.close()


def test_where_a_place_is_has_names_that_do_not_touch():
    figure = charts.locator({"Odesa": ODESA, "Kyiv": KYIV}, emphasis=["UKR"])
    for form, size in ((wide, (720, 380)), (narrow, (320, 320))):
        drawn, _ = form(plain(figure))
        notes = [one for one in drawn["layout"]["annotations"] if one.get("visible") is not False]
        texts = [re.sub("<.*?>", "", note["text"]) for note in notes]
        assert {"Odesa", "Kyiv", "Ukraine", "Romania"} <= {*texts}
        centred = [note for note in notes if note["xanchor"] == "center"]
        for one, other in itertools.combinations(centred, 2):
            apart = abs(one["y"] - other["y"]) * size[1] >= 11
            beside = abs(one["x"] - other["x"]) * size[0] >= 15
            assert apart or beside


@pytest.mark.parametrize("across", [0, -100, float("nan"), float("inf")])
def test_a_map_that_is_no_kilometre_wide_is_refused(across):
    with pytest.raises(ValueError, match="a number of kilometres above zero"):
        charts.locator({"Odesa": ODESA}, across=across)


def test_the_map_of_a_place_is_described_by_the_place():
    assert describe(read(plain(charts.locator({"Odesa": ODESA})))) == "Map. Marked on it: Odesa."


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ({"Odesa": (130.73, 46.48)}, "latitudes, which come first"),
        ({}, "no place to show"),
        (pd.DataFrame({"lat": [1]}, index=["A"]), "no column lon"),
    ],
)
def test_places_that_are_none_are_refused(places, message):
    with pytest.raises(ValueError, match=message):
        charts.locator(places)


def test_a_place_may_be_anywhere():
    places = {"Suva": (-18.14, 178.44), "Apia": (-13.83, -171.76)}
    figure = charts.locator(places)
    region = map_region.around([178.44, -171.76], [-18.14, -13.83], (720, 380))
    assert region.wide * map_region.EARTH < 2000
    assert len(figure.layout.annotations) >= 3
    for pole in ((89, 0), (-89, 120)):
        charts.locator({"Pole": pole})


@pytest.mark.parametrize(("lon", "lat", "wide"), [(10, 50, 0.3), (179, -20, 1.2), (-60, 75, 2.5)])
def test_the_land_of_a_map_is_that_of_each_line_it_may_show(lon, lat, wide):
    region = map_region.Region(lon, lat, wide, (640, 480))
    land = region.land
    shown = {
        code
        for code, country in countries.detailed_shapes().items()
        if any(map(region.shows, country.rings))
    }
    of_world = {code for code, shape in land.items() if shape is countries.shapes().get(code)}
    assert shown
    assert land.keys() - of_world <= shown
    assert shown - land.keys() <= {
        code
        for code, shape in countries.shapes().items()
        if not any(map(region.shows, shape.rings))
    }
