"""Maps as plotly draws them: filled lines, layers, states, fine outlines, scales of colours."""

from __future__ import annotations

import json

import plotly.express as px
import plotly.graph_objects as go
import pytest
from lxml import etree

from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.notebook.charts import chart_style
from plotly_alive import map_outlines
from plotly_alive.alive.interactive_file import interactive
from plotly_alive.drawing.self_contained import self_contained
from plotly_alive.layout.figure_layout import narrow, untitled, wide
from plotly_alive.reading.plotly_json import checked

SQUARE = {"lon": [-76, -76, -74, -74], "lat": [44, 46, 46, 44]}
WAYS = {
    "clockwise": SQUARE,
    "anticlockwise": {name: places[::-1] for name, places in SQUARE.items()},
    "closed": {name: [*places, places[0]] for name, places in SQUARE.items()},
    "over the 180th meridian": {"lon": [179, -179, -179, 179], "lat": [-17, -17, -15, -15]},
}
SHAPE = {
    "type": "Feature",
    "properties": {},
    "geometry": {"type": "Polygon", "coordinates": [[[5, 50], [8, 50], [8, 52], [5, 52], [5, 50]]]},
}


@pytest.fixture(autouse=True)
def house_style() -> None:
    chart_style.apply()


def made(figure: go.Figure) -> dict:
    return checked(json.loads(figure.to_json()))


def drawn(figure: dict, renderer: ChartRenderer) -> etree._Element:
    plain, _ = self_contained(figure)
    picture = renderer.draw(*wide(untitled(plain)))
    assert picture is not None
    return etree.fromstring(picture)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["scattermap", "scattermapbox"])
def test_a_filled_line_is_filled_inside_however_it_runs(way, kind):
    trace = {"type": kind, "mode": "markers", "fill": "toself", "fillcolor": "#123456", **WAYS[way]}
    plain, _ = self_contained(checked({"data": [trace], "layout": {}}))
    points, region = plain["data"]
    assert points["fill"] == "none"  # and has its points in their order
    assert points["lon"] == WAYS[way]["lon"]
    ((ring,),) = region["geojson"]["features"][0]["geometry"]["coordinates"]
    assert ring[0] == ring[-1] and len(ring) == 5
    east = [lon % 360 for lon, _ in ring]
    turns = sum(
        (east[at + 1] - east[at]) * (ring[at + 1][1] + ring[at][1]) for at in range(len(ring) - 1)
    )
    assert turns > 0  # clockwise: the inside of a ring on d3's globe


def test_gaps_part_what_is_filled_and_its_colour_is_the_trace_s():
    east = [*SQUARE["lon"], None, 10, 10, 12]
    north = [*SQUARE["lat"], None, 40, 42, 42]
    traces = [
        {"type": "scattermap", "lon": [1], "lat": [1]},
        {"type": "scattermap", "mode": "lines", "fill": "toself", "lon": east, "lat": north},
    ]
    plain, _ = self_contained(checked({"data": traces, "layout": {"colorway": ["red", "blue"]}}))
    region = plain["data"][-1]
    assert len(region["geojson"]["features"][0]["geometry"]["coordinates"]) == 2
    assert region["colorscale"][0][1] == "blue" and region["marker"]["opacity"] == 0.5


@pytest.mark.usefixtures("chromium")
def test_what_is_filled_is_painted_and_the_rest_of_the_world_is_not(tmp_path):
    trace = {"type": "scattermap", "mode": "lines", "fill": "toself", **WAYS["anticlockwise"]}
    frame = {"type": "scattermap", "lon": [-90, -60], "lat": [40, 50]}
    figure = checked({"data": [{**trace, "fillcolor": "#123456"}, frame], "layout": {}})
    with ChartRenderer(tmp_path) as renderer:
        picture = drawn(figure, renderer)
    (region,) = [path for path in picture.iter("{*}path") if path.get("fill") == "#123456"]
    numbers = [float(part) for part in _numbers(region.get("d", ""))]
    assert numbers and max(numbers) < 420


def _numbers(path: str) -> list[str]:
    return "".join(letter if letter.isdigit() or letter in ".-" else " " for letter in path).split()


def test_layers_of_a_map_are_drawn_and_those_of_other_sites_are_told():
    point = {"type": "Point", "coordinates": [6, 51]}
    figure = go.Figure(go.Scattermap(lon=[6], lat=[51]))
    layers = [
        {"sourcetype": "geojson", "type": "fill", "source": SHAPE, "color": "#ece2f0"},
        {"sourcetype": "geojson", "type": "line", "source": SHAPE, "color": "#00ff00"},
        {"sourcetype": "geojson", "type": "circle", "source": point, "color": "#0000ff"},
    ]
    figure.update_layout(map={"style": "white-bg", "layers": layers})
    plain, lines = self_contained(made(figure))
    fill, line, circle = plain["data"][1:]
    assert lines == []
    assert fill["type"] == "choropleth" and fill["colorscale"][0][1] == "#ece2f0"
    assert line["mode"] == "lines" and line["lon"][:2] in ([5, 8], [5, 5])
    assert circle["mode"] == "markers" and circle["lon"][0] == 6
    tiles = {"sourcetype": "raster", "source": ["https://example.org/{z}/{x}/{y}.png"]}
    figure.update_layout(map={"layers": [*layers, tiles]})
    plain, lines = self_contained(made(figure))
    assert len(plain["data"]) == 4 and "example.org" not in json.dumps(plain)
    assert lines == [
        "The background map is not shown: its tiles would be fetched from another site."
    ]


def test_a_map_of_layers_alone_shows_them():
    figure = go.Figure(go.Scattermap())
    figure.update_layout(map={"layers": [{"type": "fill", "source": SHAPE}]})
    plain, _ = self_contained(made(figure))
    assert plain["layout"]["geo"]["lonaxis"]["range"][0] < 5
    assert plain["layout"]["geo"]["lonaxis"]["range"][1] > 8


@pytest.mark.parametrize("lay_out", [wide, narrow])
def test_a_map_in_colours_has_its_scale(tmp_path, chromium, lay_out):
    values = {"locations": ["DEU", "FRA", "ITA"], "z": [1, 2, 3]}
    figure = made(go.Figure(go.Choropleth(**values, colorbar_title="Exports")))
    with ChartRenderer(tmp_path) as renderer:
        picture = renderer.draw(*lay_out(untitled(self_contained(figure)[0])))
    texts = {"".join(text.itertext()) for text in etree.fromstring(picture).iter("{*}text")}
    assert {"Exports", "2", "3"} <= texts


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("scope", ["usa", "north america", "world"])
@pytest.mark.parametrize(
    "states", [["CA", "TX"], ["California", " texas"]], ids=["letters", "names"]
)
def test_states_are_drawn_on_each_map_that_has_them(tmp_path, scope, states):
    trace = go.Choropleth(locations=states, locationmode="USA-states", z=[1, 2])
    figure = go.Figure(trace)
    figure.update_layout(geo={"scope": scope, "showrivers": True, "showlakes": True})
    plain, _ = self_contained(made(figure))
    assert map_outlines.unknown_places(plain) == []
    with ChartRenderer(tmp_path) as renderer:
        picture = etree.fromstring(renderer.draw(*wide(plain)))
    painted = [path for path in picture.iter("{*}path") if path.get("data-point") in ("0", "1")]
    assert len(painted) == 2 and all(len(path.get("d")) > 20 for path in painted)


def test_a_state_that_is_none_is_told():
    figure = go.Figure(
        go.Choropleth(locations=["CA", "Bavaria"], locationmode="USA-states", z=[1, 2])
    )
    assert map_outlines.unknown_places(self_contained(made(figure))[0]) == ["Bavaria"]
    figure.update_layout(geo_scope="europe")
    assert map_outlines.unknown_places(self_contained(made(figure))[0]) == ["Bavaria", "CA"]


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("scope", ["europe", "africa", "oceania", "nowhere"])
def test_a_fine_map_is_drawn_from_fine_outlines(tmp_path, scope):
    sizes = []
    with ChartRenderer(tmp_path) as renderer:
        for resolution in (110, 50):
            layout = {"geo": {"scope": scope, "resolution": resolution, "fitbounds": False}}
            figure = checked(
                {"data": [{"type": "scattergeo", "lat": [48], "lon": [11]}], "layout": layout}
            )
            picture = renderer.draw(*wide(figure))
            assert picture is not None
            sizes.append(len(picture))
            explored = json.loads(interactive(*(wide(figure)[0],) * 2))
            assert ("outlines" in explored) == (resolution == 50)
    assert sizes[1] > sizes[0]


def test_each_part_of_the_world_keeps_plotly_s_projection():
    figure = px.scatter_geo(lat=[48], lon=[11])
    figure.add_scattergeo(lat=[48], lon=[11], geo="geo2")
    figure.update_layout(geo2={"scope": "europe"})
    layout = self_contained(made(figure))[0]["layout"]
    assert layout["geo"]["projection"]["type"] == "equal earth"
    assert "projection" not in layout["geo2"]
    assert "projection" not in layout["template"]["layout"]["geo"]


@pytest.mark.usefixtures("chromium")
def test_the_projection_of_the_united_states_has_their_outlines(tmp_path):
    figure = go.Figure(go.Choropleth(locations=["CA"], locationmode="USA-states", z=[1]))
    figure.update_geos(projection_type="albers usa")
    with ChartRenderer(tmp_path) as renderer:
        picture = drawn(made(figure), renderer)
    assert [path for path in picture.iter("{*}path") if path.get("data-point") == "0"]


@pytest.mark.parametrize("kind", ["choropleth", "choroplethmap"])
def test_a_map_in_one_colour_has_a_scale_only_if_its_author_asks(kind):
    trace = {"type": kind, "locations": ["DEU"], "z": [1], "colorscale": [[0, "red"], [1, "red"]]}
    drawn, _ = self_contained(checked({"data": [trace], "layout": {}}))
    assert drawn["data"][0]["showscale"] is False
    drawn, _ = self_contained(checked({"data": [{**trace, "showscale": True}], "layout": {}}))
    assert drawn["data"][0]["showscale"] is True
