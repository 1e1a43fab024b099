"""A map shows one value of each place: two rows of a place are an error that names both."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

import broadsheet as bs
from broadsheet.site.build.build import build
from conftest import Site
from plotly_alive.errors import FigureError
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked

TWICE = pd.Series([67.3, 10.0, 78.6, 20.0], index=["KOR", "PER", "KOR", "CHL"])
AS_NAMES = TWICE.set_axis(["KOR", "PER", "South Korea", "CHL"])
MISSING = pd.Series([67.3, None, 10.0], index=["KOR", "KOR", "PER"])
WORDS = pd.Series(["yes", "no", "no"], index=["KOR", "KOR", "PER"])
COLOURS = {"yes": bs.COLOURS["accent"], "no": bs.COLOURS["context"]}
FLOWS = pd.DataFrame(
    [("KOR", "PER", 3.5), ("PER", "KOR", 1.0), ("CHL", "PER", 2.0), ("KOR", "PER", 4.5)],
    columns=["from", "to", "value"],
)
AT = {"Seoul": (37.5, 127.0), "Lima": (-12.0, -77.0)}
MAPS: dict[str, tuple[Callable[[], go.Figure], str]] = {
    "world": (lambda: bs.charts.world(TWICE), "KOR stands twice in the data: row 1 has 67.3, row 3 has 78.6"),
    "tiles": (lambda: bs.charts.tiles(TWICE), "KOR stands twice in the data: row 1 has 67.3, row 3 has 78.6"),
    "symbols": (lambda: bs.charts.symbols(TWICE), "KOR stands twice in the data: row 1 has 67.3, row 3 has 78.6"),
    "world by names": (lambda: bs.charts.world(AS_NAMES), "KOR and South Korea are one place in the data: row 1 has 67.3, row 3 has 78.6"),
    "tiles by names": (lambda: bs.charts.tiles(AS_NAMES), "KOR and South Korea are one place in the data: row 1"),
    "symbols by names": (lambda: bs.charts.symbols(AS_NAMES), "KOR and South Korea are one place"),
    "words": (lambda: bs.charts.world(WORDS, colours=COLOURS), "row 1 has yes, row 2 has no"),
    "tiles of words": (lambda: bs.charts.tiles(WORDS, colours=COLOURS), "row 1 has yes, row 2 has no"),
    "without a value": (lambda: bs.charts.world(MISSING), "row 1 has 67.3, row 2 has no value"),
    "three times": (
        lambda: bs.charts.world(pd.concat([TWICE, TWICE])),
        "KOR stands 4 times in the data (2 more do, too): row 1 has 67.3, row 3 has 78.6, row 5 has 67.3, row 7 has 78.6",
    ),
    "flows": (lambda: bs.charts.flows(FLOWS), "KOR → PER stands twice in the data: row 1 has 3.5, row 4 has 4.5"),
    "flows by names": (
        lambda: bs.charts.flows(FLOWS.replace({"from": {"CHL": "South Korea"}})),
        "row 1 has 3.5, row 3 has 2.0, row 4 has 4.5",
    ),
    "places of symbols": (
        lambda: bs.charts.symbols(pd.Series([1, 2], index=["Lima", "Lima"]), at=AT),
        "Lima stands twice in the data: row 1 has 1, row 2 has 2",
    ),
    "places of a locator": (
        lambda: bs.charts.locator(pd.DataFrame({"lat": [37.5, 38], "lon": [127, 127]}, index=["Seoul", "Seoul"])),
        "Seoul stands twice in the data: row 1 has latitude 37.5, longitude 127, row 2 has latitude 38.0",
    ),
    "tiles of one's own": (
        lambda: bs.charts.tiles(pd.Series([1, 2], index=["a", "a"]), positions={"a": (0, 0)}),
        "a stands twice in the data: row 1 has 1, row 2 has 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MAPS)
def test_a_place_in_two_rows_is_an_error_with_both(name: str) -> None:
    draw, said = MAPS[name]
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        draw()
    assert "; keep one row of each place, or put the rows together first" in str(caught.value)


def test_flows_there_and_back_are_two() -> None:
    assert bs.charts.flows(FLOWS.iloc[:3]).data


REPORTED: dict[str, tuple[str, str]] = {
    "a trace": ("px.choropleth(locations=['KOR', 'PER', 'KOR'], color=[67.3, 1.0, 78.6])", "KOR (row 1: 67.3, row 3: 78.6)"),
    "words": ("px.choropleth(locations=['KOR', 'PER', 'KOR'], color=['yes', 'no', 'no'])", "KOR (“yes”, “no”)"),
    "names": (
        "px.choropleth(locations=['South Korea', 'Peru', 'Korea, South', 'South Korea'], color=[1.0, 2.0, 3.0, 4.0],"
        " locationmode='country names')",
        "South Korea (row 1: 1.0, row 4: 4.0)",
    ),
    "a frame": (
        "px.choropleth(locations=['KOR', 'KOR', 'KOR'], color=[1.0, 2.0, 3.0], animation_frame=['a', 'b', 'b'])",
        "KOR (row 1: 2.0, row 2: 3.0)",
    ),
    "states": (
        "px.choropleth(locations=['TX', 'TX'], color=[1.0, 2.0], locationmode='USA-states', scope='usa')",
        "TX (row 1: 1.0, row 2: 2.0)",
    ),
}  # fmt: skip
UNREPORTED = {
    "each once": "px.choropleth(locations=['KOR', 'PER'], color=[67.3, 1.0])",
    "years in frames": "px.choropleth(px.data.gapminder().query('country != \"Korea, Dem. Rep.\"'), locations='iso_alpha', color='lifeExp', animation_frame='year')",
    "facets": "px.choropleth(locations=['KOR', 'KOR'], color=[1.0, 2.0], facet_col=['a', 'b'])",
    "a layer over another": "go.Figure([go.Choropleth(locations=['KOR', 'PER'], z=[1, 1], showscale=False),"
    " go.Choropleth(locations=['KOR'], z=[67.3])])",
    "marks at one place": "px.scatter_geo(locations=['KOR', 'KOR'], size=[1.0, 2.0])",
    "a map of ours": "bs.charts.world(pd.Series({'KOR': 3.0, 'PER': 1.0, 'CHL': 2.0}))",
}


def figure_of(code: str) -> Any:
    """The figure that a cell ends in, as plotly's JSON."""
    modules = {"pd": pd, "px": px, "go": go, "bs": bs}
    return checked(json.loads(eval(code, modules).to_json()))


@pytest.mark.parametrize("name", REPORTED)
def test_a_map_of_plain_plotly_with_two_values_of_a_place_is_an_error(name: str) -> None:
    code, said = REPORTED[name]
    with pytest.raises(FigureError) as fault:
        read(figure_of(code))
    assert fault.value.what.endswith(f"one drawn over the other: {said}")


@pytest.mark.parametrize("name", UNREPORTED)
def test_what_is_drawn_once_is_none(name: str) -> None:
    assert read(figure_of(UNREPORTED[name])).traces


def test_one_value_twice_is_one_value() -> None:
    assert read(figure_of("px.choropleth(locations=['KOR', 'KOR'], color=[1.0, 1.0])")).traces


def test_a_page_with_such_a_map_is_not_made(tmp_path: Path) -> None:
    site = Site(tmp_path / "publication")
    site.front()
    code = "px.choropleth(locations=['KOR', 'KOR'], color=[67.3, 1.0])"
    site.article("maps", f"#| label: fig-x\nimport plotly.express as px\n{code}")
    (fault,) = build(site.root).faults
    assert "the map has places with two values" in fault.what
    assert "posts/maps/index.ipynb, cell 2" in str(fault)
