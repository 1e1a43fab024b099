"""A chart in a reader's browser: without scripts, by keyboard, by touch; and with plotly.js when a
reader asks to explore it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from broadsheet.project.project import open_project
from broadsheet.site.theme.theme_files import BUNDLES, Theme, load_theme
from conftest import slow_but
from plotly_alive.alive.interactive_file import interactive
from publishing import article, chart, publish, write

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PAGE = "posts/trade/index.html"
SHIFT = """new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted =
    (window.shifted ?? 0) + entry.value; }).observe({ type: "layout-shift", buffered: true });"""
TRADE = """\
#| label: fig-trade
#| fig-alt: "Trade by year."
import plotly.graph_objects as go
import broadsheet as bs
years = [2019, 2020, 2021, 2022]
fig = go.Figure([
    go.Bar(x=years, y=[61.1, 57.2, None, 114.1], name="Imports <i>from</i> <img src=x onerror=alert(1)>",
           marker_color=bs.COLOURS["series 2"], hovertemplate="%{x}: US$ %{y:.1f} bn"),
    go.Scatter(x=years, y=[49.7, 50.6, 67.6, 76.1], name="Exports", line_color=bs.COLOURS["accent"],
               hovertemplate="%{x}: US$ %{y:.1f} bn")])
fig.update_layout(showlegend=False, title={"text": "Trade grew", "subtitle": {"text": "US$ bn"}},
                  transition_duration=500)
fig"""
ALONE = """\
#| label: fig-alone
#| fig-alt: "One line."
go.Figure(go.Scatter(x=years, y=[1, 2, 3, 4])).update_layout(title="It rises")"""
PROSE = (
    "md",
    "\n\n".join(["The engineers who built the bridge say that it will last a century. " * 6] * 14),
)
MAP = {
    "data": [
        {
            "type": "choropleth",
            "locations": ["CHN", "RUS", "UKR"],
            "z": [1, 2, 3],
            "showscale": False,
        }
    ],
    "layout": {"geo": {"projection": {"type": "natural earth"}}},
}
LINES = {
    "data": [
        {"type": "scatter", "x": [2020, 2021, 2022], "y": [1, 3, 2], "line": {"color": "#b3262a"}},
        {
            "type": "bar",
            "x": [2020, 2021, 2022],
            "y": [2, 2, 4],
            "marker": {"color": "rgba(43, 90, 148, 0.5)"},
        },
    ],
    "layout": {"showlegend": False},
}


@pytest.fixture(scope="module")
def address(served_article: Callable[..., str]) -> str:
    """A publication with an article of two charts, the second far below the first, built whole."""
    return served_article("trade", TRADE, PROSE, ALONE)


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A page as a reader opens it, with options of Playwright's context; nothing may fail or be
    asked for elsewhere.
    """
    troubles: list[str] = []
    contexts: list[BrowserContext] = []

    def open_(
        path: str = PAGE,
        *,
        at: str = address,
        script: str = "",
        before: Callable[[Page], Any] = lambda page: None,
        **options: Any,
    ) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(SHIFT + script)
        page.on(
            "console",
            lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith(at) else troubles.append(request.url),
        )
        before(page)
        page.goto(at + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def live(page: Page, label: str = "fig-trade") -> Page:
    """The page with plotly's chart, which a reader has asked for."""
    page.locator(f"#chart-{label}").get_by_role("button", name="Explore").click()
    page.wait_for_selector(f"#chart-{label} .is-live")
    return page


def asked(page: Page) -> list[str]:
    return [
        str(name)
        for name in page.evaluate(
            "performance.getEntriesByType('resource').map((entry) => entry.name)"
        )
    ]


def has_plotly(page: Page) -> bool:
    return any("/plotly-" in name for name in asked(page))


def settled(page: Page) -> None:
    """What a script would do when the page is at rest has been done."""
    page.wait_for_load_state("networkidle")
    page.evaluate("""new Promise((done) =>
        requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done))))""")
    page.wait_for_load_state("networkidle")


def keys(page: Page, label: str = "fig-trade") -> Any:
    return page.locator(f"#chart-{label} .chart-keys")


def swipe(page: Page, label: str) -> None:
    """A finger moves up over a chart, and the page moves with it."""
    picture = page.locator(f"#chart-{label} .chart-picture")
    picture.evaluate("(picture) => picture.scrollIntoView({ block: 'end' })")  # with page below it
    box = picture.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("scrollY")
    wire = page.context.new_cdp_session(page)
    wire.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        wire.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove", "touchPoints": [{"x": x, "y": y - 20 * step}]},
        )
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("(before) => scrollY - before > 100", arg=before)


# Without scripts


def test_without_scripts_there_are_the_picture_the_table_and_the_files(reader):
    page = reader(java_script_enabled=False)
    assert page.get_by_role("img", name="Trade by year.").is_visible()
    assert not page.get_by_role("cell", name="114.1").is_visible()
    page.get_by_text("Get the data").first.click()
    assert page.get_by_role("cell", name="114.1").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    assert "114.1" in download.value.path().read_text()
    assert page.locator(".chart-keys").count() == 0
    assert not page.get_by_text("Explore").first.is_visible()


# When plotly.js comes


def test_reading_to_the_end_and_pointing_asks_for_no_plotly_and_no_figure(reader):
    page = reader()
    for label in ("fig-trade", "fig-alone"):
        page.locator(f"#chart-{label} .chart-picture").hover()
        page.wait_for_selector(".chart-tip:popover-open")
    settled(page)
    assert sorted(Path(name).name for name in asked(page) if name.endswith(".json")) == [
        "fig-alone-values.json",
        "fig-trade-values.json",
    ]
    assert not has_plotly(page)
    assert not [name for name in asked(page) if "/figures-" in name]


def test_plotly_comes_once_when_a_reader_asks_to_explore(reader):
    page = live(live(reader()), "fig-alone")
    assert len([name for name in asked(page) if "/plotly-" in name]) == 1


def test_a_page_without_a_chart_has_no_script(reader):
    page = reader("index.html")
    settled(page)
    assert not [name for name in asked(page) if name.endswith(".js")]


def test_on_a_slow_line_the_picture_is_there_to_be_read_and_stays_in_its_place(reader):
    def slowly(page: Page) -> None:
        wire: CDPSession = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": 150,
                "downloadThroughput": 500_000,
                "uploadThroughput": 90_000,
            },
        )

    page = reader(before=slowly)
    assert page.get_by_role("img", name="Trade by year.").is_visible()
    assert page.evaluate("typeof Plotly") == "undefined"
    live(page)
    assert page.evaluate("window.shifted ?? 0") < 0.02


@pytest.mark.parametrize("width", slow_but([1280, 820, 390], [390]))
def test_the_figure_takes_over_in_place_without_a_jump(reader, width):
    places = """(root) => Object.fromEntries([...document.querySelectorAll(`#chart-fig-trade ${root} text`)]
        .filter((text) => /^20\\d\\d$/.test(text.textContent) && text.checkVisibility())
        .map((text) => [text.textContent, text.getBoundingClientRect().x]))"""
    page = reader(viewport={"width": width, "height": 900})
    page.locator("#chart-fig-trade").scroll_into_view_if_needed()
    height = page.evaluate("document.documentElement.scrollHeight")
    before = page.evaluate(places, ".chart-picture > svg")
    live(page)
    after = page.evaluate(places, ".chart-live")
    assert before.keys() == after.keys()
    assert max(abs(before[year] - after[year]) for year in before) < 6
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.evaluate("window.shifted ?? 0") < 0.02


def test_asked_again_the_picture_comes_back(reader):
    page = live(reader())
    button = page.locator("#chart-fig-trade").get_by_role("button", name="Explore")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#chart-fig-trade .chart-live")).to_be_hidden()
    expect(page.locator("#chart-fig-trade .chart-wide")).to_have_css("opacity", "1")


@pytest.mark.slow
def test_what_could_not_be_loaded_is_said_and_is_tried_again(browser, address):
    page = browser.new_page()
    page.route("**/plotly/**", lambda route: route.abort())
    page.goto(address + PAGE)
    chart = page.locator("#chart-fig-trade")
    chart.get_by_role("button", name="Explore").click()
    expect(chart.locator(".chart-reading")).to_have_text("The chart could not be loaded.")
    assert chart.locator(".chart-picture > svg").first.is_visible()
    page.unroute("**/plotly/**")
    live(page)
    page.close()


# What the interactive chart does


def test_a_pointer_is_shown_the_value(reader):
    page = live(reader())
    box = page.locator("#chart-fig-trade .chart-live .bars .point").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8)
    expect(page.locator(".hovertext").first).to_contain_text("2022: US$ 114.1 bn")


def test_colours_follow_the_setting_while_it_is_live(reader):
    page = live(reader(color_scheme="dark"))
    line = page.locator("#chart-fig-trade .chart-live .js-line")
    expect(line).to_have_css("stroke", "rgb(239, 123, 107)")
    page.emulate_media(color_scheme="light")
    expect(line).to_have_css("stroke", "rgb(179, 38, 42)")


@pytest.mark.slow
def test_reduced_motion_is_respected(reader):
    moving = (
        "document.querySelector('#chart-fig-trade .chart-live')._fullLayout.transition.duration"
    )
    assert live(reader()).evaluate(moving) == 500
    assert live(reader(reduced_motion="reduce")).evaluate(moving) == 0


@pytest.mark.slow
def test_a_finger_on_a_live_chart_scrolls_the_page(reader):
    page = live(reader(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True))
    swipe(page, "fig-trade")


def test_a_mouse_zooms_a_live_chart_and_a_double_click_ends_that(reader):
    page = live(reader())
    ends = "document.querySelector('#chart-fig-trade .chart-live')._fullLayout.xaxis.range"
    before = page.evaluate(ends)
    box = page.locator("#chart-fig-trade .chart-live").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 100, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 3, steps=5)
    page.mouse.up()
    page.wait_for_function(f"(before) => {ends}[0] > before", arg=before[0])
    page.mouse.dblclick(x, y)
    page.wait_for_function(f"(before) => {ends}[0] === before", arg=before[0])


@pytest.mark.slow
def test_a_wheel_over_a_live_chart_scrolls_the_page(reader):
    page = live(reader())
    page.locator("#chart-fig-trade .chart-live").hover()
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 300)
    page.wait_for_function("(before) => scrollY - before > 100", arg=before)


# By keyboard


def test_the_tab_key_comes_to_a_chart_that_is_named_and_shows_where_it_is(reader):
    page = reader()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "chart-keys":
            break
    focused = page.locator(":focus")
    assert focused.get_attribute("aria-label") == "Trade grew. The arrow keys read its values."
    assert focused.evaluate("(element) => parseFloat(getComputedStyle(element).outlineWidth)") >= 2
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") != "chart-keys"


@pytest.mark.parametrize("plotly", [True, False])
def test_arrow_keys_read_the_values_with_plotly_and_without(reader, plotly):
    page = live(reader()) if plotly else reader()
    reported = page.locator("#chart-fig-trade [role=status].chart-reading")
    keys(page).focus()
    imports = "Imports from"
    for key, expected in (
        ("ArrowRight", f"{imports}, 2019: US$61.1 bn"),
        ("ArrowRight", f"{imports}, 2020: US$57.2 bn"),
        ("ArrowRight", f"{imports}, 2022: US$114.1 bn"),
        ("ArrowDown", "Exports, 2022: US$76.1 bn"),
        ("ArrowLeft", "Exports, 2021: US$67.6 bn"),
        ("ArrowDown", "Exports, 2021: US$67.6 bn"),
        ("Home", "Exports, 2019: US$49.7 bn"),
        ("ArrowLeft", "Exports, 2019: US$49.7 bn"),
        ("End", "Exports, 2022: US$76.1 bn"),
        ("ArrowUp", f"{imports}, 2022: US$114.1 bn"),
    ):
        page.keyboard.press(key)
        expect(reported).to_have_text(expected)
    if plotly:
        expect(page.locator("#chart-fig-trade .hovertext").first).to_contain_text(
            "2022: US$ 114.1 bn"
        )
    else:
        assert not has_plotly(page)
        expect(page.locator(".chart-tip:popover-open .is-meant")).to_contain_text("US$114.1 bn")
    page.keyboard.press("Escape")
    expect(reported).to_have_text("")
    expect(page.locator("#chart-fig-trade .hovertext")).to_have_count(0)
    expect(page.locator(".chart-tip:popover-open")).to_have_count(0)


def test_what_is_read_is_announced_politely(reader):
    page = reader()
    assert (
        page.locator("#chart-fig-trade [role=status].chart-reading").evaluate(
            "(element) => element.computedRole ?? element.role"
        )
        == "status"
    )
    snapshot = page.locator("#chart-fig-trade").aria_snapshot()
    assert re.search(r'group "Trade grew"', snapshot)
    assert re.search(r'img "Trade by year\."', snapshot)
    assert re.search(r'application "Trade grew\. The arrow keys read its values\."', snapshot)


def test_keys_of_the_browser_and_of_a_single_series_are_left_alone(reader):
    page = reader()
    keys(page, "fig-alone").focus()
    before = page.evaluate("scrollY")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("(before) => scrollY < before", arg=before)
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#chart-fig-alone [role=status].chart-reading")).to_have_text("2019: 1")


# Bundles and maps


@pytest.fixture(scope="module")
def theme() -> Theme:
    return load_theme(open_project(ROOT))


@pytest.mark.slow
def test_the_bundles_have_the_trace_types_that_we_say(browser, theme):
    small = [bundle for bundle in theme.bundles if bundle.types is not None]
    assert {bundle.types for bundle in small} == set(BUNDLES.values()), "npm ci has not been run"
    for bundle in theme.bundles:
        page = browser.new_page()
        page.add_script_tag(path=bundle.file)
        types = set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)"))
        assert types == bundle.types or (
            bundle.types is None and types.issuperset(frozenset.union(*BUNDLES.values()))
        )
        page.close()


@pytest.mark.parametrize(
    ("charts", "names"),
    [
        ({"scatter"}, ["basic"]),
        ({"bar scatter", "pie"}, ["basic", "basic"]),
        ({"choropleth scattergeo"}, ["geo"]),
        ({"choropleth", "scatter"}, ["geo", "geo"]),
        ({"choropleth", "bar"}, ["basic", "geo"]),
        ({"bar", "violin"}, ["cartesian", "cartesian"]),
        ({"bar", "sankey"}, ["whole", "whole"]),
    ],
)
def test_a_page_has_the_plotly_that_is_the_fewest_bytes_for_all_its_charts(theme, charts, names):
    chosen = theme.bundles_for(charts)
    assert [Path(chosen[chart].path).name.split("-")[1] for chart in sorted(chosen)] == sorted(
        names
    )


def test_without_npm_the_one_of_plotly_py_serves(theme):
    whole = [bundle for bundle in theme.bundles if bundle.types is None]
    assert set(
        replace(theme, bundles=tuple(whole)).bundles_for({"bar", "choropleth"}).values()
    ) == set(whole)


@pytest.mark.slow
def test_a_map_and_bars_on_one_page_come_of_two_bundles_and_ask_for_nothing_elsewhere(
    reader, tmp_path, serve
):
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article(
                "Two kinds",
                body=chart() + chart("A map", "fig-map", kinds="choropleth"),
            )
        },
    )
    publish(
        tmp_path,
        assets={
            f"posts/a/index_files/{name}.json": interactive(figure, figure)
            for name, figure in (("fig-x", LINES), ("fig-map", MAP))
        },
    )
    page = reader(
        "posts/a/index.html",
        at=serve(tmp_path / "_site"),
        viewport={"width": 390, "height": 800},
        has_touch=True,
        is_mobile=True,
    )
    for label, drawn in (("fig-map", ".choroplethlayer path"), ("fig-x", ".barlayer path")):
        assert live(page, label).locator(f"#chart-{label} {drawn}").count() == 3
    swipe(page, "fig-map")
    names = [Path(name).name.split("-")[1] for name in asked(page) if "/plotly-" in name]
    assert sorted(names) == ["basic", "geo"]
    assert [Path(name).name for name in asked(page) if "outlines" in name] == ["world_110m.json"]


def test_a_colour_of_the_palette_goes_by_its_name_also_where_it_is_half_there():
    figure = json.loads(interactive(LINES, LINES))
    assert figure["data"][0]["line"]["color"] == "--chart-1"
    assert figure["data"][1]["marker"]["color"] == "--chart-2/0.5"
