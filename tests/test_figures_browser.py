"""The interactive chart in a reader's browser: which plotly.js comes, when, and what it asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from broadsheet.assembly.interactive import interactive
from broadsheet.press.theme import BUNDLES, Theme, load_theme
from pressed import article, chart, press, write

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def theme() -> Theme:
    return load_theme(ROOT)


def test_the_bundles_have_the_trace_types_that_we_say(browser, theme):
    small = [bundle for bundle in theme.bundles if bundle.types is not None]
    assert {bundle.types for bundle in small} == set(BUNDLES.values()), "npm ci has not been run"
    for bundle in theme.bundles:
        page = browser.new_page()
        page.add_script_tag(path=bundle.file)
        types = set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)"))
        assert types == bundle.types or (bundle.types is None and types.issuperset(frozenset.union(*BUNDLES.values())))
        page.close()


@pytest.mark.parametrize(("charts", "names"), [
    ({"scatter"}, ["basic"]),
    ({"bar scatter", "pie"}, ["basic", "basic"]),
    ({"choropleth scattergeo"}, ["geo"]),
    ({"choropleth", "scatter"}, ["geo", "geo"]),
    ({"choropleth", "bar"}, ["basic", "geo"]),
    ({"bar", "violin"}, ["cartesian", "cartesian"]),
    ({"bar", "sankey"}, ["whole", "whole"]),
])
def test_a_page_has_the_plotly_that_is_the_fewest_bytes_for_all_its_charts(theme, charts, names):
    chosen = theme.bundles_for(charts)
    assert [Path(chosen[chart].path).name.split("-")[1] for chart in sorted(chosen)] == sorted(names)


def test_without_npm_the_one_of_plotly_py_serves(theme):
    whole = [bundle for bundle in theme.bundles if bundle.types is None]
    assert set(replace(theme, bundles=tuple(whole)).bundles_for({"bar", "choropleth"}).values()) == set(whole)


MAP = {
    "data": [{"type": "choropleth", "locations": ["CHN", "RUS", "UKR"], "z": [1, 2, 3], "showscale": False}],
    "layout": {"geo": {"projection": {"type": "natural earth"}}},
}
LINES = {
    "data": [{"type": "scatter", "x": [2020, 2021, 2022], "y": [1, 3, 2], "line": {"color": "#b3262a"}},
             {"type": "bar", "x": [2020, 2021, 2022], "y": [2, 2, 4], "marker": {"color": "rgba(43, 90, 148, 0.5)"}}],
    "layout": {"showlegend": False},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    root = tmp_path_factory.mktemp("atlas")
    write(root, {"posts/a/index.qmd": article("Two kinds", body=chart() + chart("A map", "fig-map").replace(
        'data-traces="bar scatter"', 'data-traces="choropleth"'))})
    press(root, output=root / "served" / "paper", assets={
        f"posts/a/index_files/{name}.json": interactive(figure, figure)
        for name, figure in (("fig-x", LINES), ("fig-map", MAP))})
    return serve(root / "served") + "paper/"


def test_a_map_and_bars_on_one_page_come_of_two_bundles_and_ask_for_nothing_elsewhere(opened, address):
    page: Page = opened("posts/a/index.html")
    for label, drawn in (("fig-map", ".choroplethlayer path"), ("fig-x", ".barlayer path")):
        page.locator(f"#chart-{label}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#chart-{label} .is-live")
        assert page.locator(f"#chart-{label} {drawn}").count() == 3
    asked = [entry.removeprefix(address) for entry in
             page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")]
    names = [Path(name).name.split("-")[1] for name in asked if name.startswith("site_libs/plotly/")]
    assert sorted(names) == ["basic", "geo"]
    assert [Path(name).name for name in asked if "outlines" in name] == ["world_110m.json"]


def test_a_colour_of_the_palette_goes_by_its_name_also_where_it_is_half_there():
    figure = json.loads(interactive(LINES, LINES))
    assert figure["data"][0]["line"]["color"] == "--chart-1"
    assert figure["data"][1]["marker"]["color"] == "--chart-2/0.5"
