"""Charts that answer without plotly.js: each is pointed at in nine places of a grid, by mouse and by
finger, and read with the arrow keys. What they say is what their tables say.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

pytestmark = pytest.mark.browser

PAGE = "posts/kinds/index.html"
IMPORTS = (
    "import pandas as pd, plotly.graph_objects as go, plotly.express as px\nimport broadsheet as bs"
)
YEARS = "[2018, 2019, 2020, 2021]"
KINDS = {
    "lines": f"bs.charts.lines(pd.DataFrame({{'China': [10, 12.5, 17, 24], 'India': [8, 9, 9.5, 14]}}, index={YEARS}),"
    " unit='US$ bn', dashed_after=2020)",
    "areas": f"go.Figure([go.Scatter(x={YEARS}, y=[1, 2, 3, 4], name=name, stackgroup='all') for name in 'ABC'])",
    "stacked": f"go.Figure([go.Bar(x={YEARS}, y=[61.1, 57.2, None, 70], name=name) for name in 'AB'])"
    ".update_layout(barmode='stack')",
    "grouped": "go.Figure([go.Bar(x=['a', 'b', 'c'], y=[6.1, -5.2, 70], name=name) for name in 'AB'])",
    "lying": "go.Figure(go.Bar(y=['Chile', 'Peru', 'Bolivia'], x=[3, 2, 7], orientation='h'))",
    "multiples": f"bs.charts.multiples(pd.DataFrame({{'North': [1, 4, 2, 4], 'South': [2, 3, 4, 4]}}, index={YEARS}))",
    "heat": "go.Figure(go.Heatmap(z=[[1, 2, 3], [4, 5, 6]], x=['a', 'b', 'c'], y=['r', 's']))",
    "pie": "go.Figure(go.Pie(labels=['Oil', 'Coal', 'Gas'], values=[30, 10, 5]))",
    "map": "px.choropleth(px.data.gapminder().query('year == 2007 and gdpPercap > 4000'), locations='iso_alpha', color='lifeExp',"
    " hover_name='country')",
    "classes": "bs.charts.world(px.data.gapminder().query('year == 2007 and country != \"Korea, Dem. Rep.\"').set_index('iso_alpha').lifeExp, unit='years')",
    "locator": "bs.charts.locator({'Odesa': (46.48, 30.73), 'Kyiv': (50.45, 30.52)}, emphasis=['UKR'])",
    "candles": "go.Figure(go.Candlestick(x=['2024-01-02', '2024-01-03'], open=[1, 2], high=[3, 4], low=[0.5, 1],"
    " close=[2, 3]))",
}
MORE_KINDS = {
    "dots": "go.Figure(go.Scatter(x=[1.5, 4, 9, 2], y=[3, 5, 2, 8], text=['a', 'b', 'c', 'd'], mode='markers'))",
    "dumbbell": "bs.charts.dumbbell(pd.DataFrame({'then': [3, 5], 'now': [6, 4]}, index=['Chile', 'Peru']), unit='%')",
    "slope": "bs.charts.slope(pd.DataFrame({'2000': [3, 5], '2020': [6, 4]}, index=['Chile', 'Peru']))",
    "tiles": "bs.charts.tiles(pd.Series({'FRA': 3.5, 'ESP': 1.5, 'DEU': 4.5, 'ITA': None, 'POL': 2.5}), unit='US$ bn')",
    "circles": "bs.charts.symbols(pd.Series({'FRA': 3.5, 'ESP': 1.5, 'DEU': 4.5, 'BRA': 12}), unit='US$ bn')",
    "flows-on-map": "bs.charts.flows(pd.DataFrame({'a': ['FRA', 'ESP'], 'b': ['ESP', 'BRA'], 'c': [3.5, 2]}), unit='US$ bn')",
    "timeline": "px.timeline([{'What': 'War', 'from': '2024-01-03', 'to': '2024-02-01'},"
    " {'What': 'Truce', 'from': '2024-01-15', 'to': '2024-03-04'}], x_start='from', x_end='to', y='What')",
    "parts": "px.treemap(px.data.tips(), path=['day', 'sex'], values='total_bill')",
    "plane": "px.scatter(x=[1.5, 4.2, 9.1, 2.8], y=[3.5, 5.1, 2.2, 8.4], labels={'x': 'Income', 'y': 'Life'})",
    "waterfall": "go.Figure(go.Waterfall(x=['a', 'b', 'all'], y=[3, -1, None], measure=['relative', 'relative', 'total']))",
}
"""Tried with `--all` only."""
COMPUTED = {
    "histogram": "go.Figure(go.Histogram(x=[1, 2, 2, 3, 3, 3, 4, 5, 11, 12]))",
    "boxes": "go.Figure([go.Box(y=[1, 2, 3, 4, 9], name='P'), go.Box(y=[2, 3, 4], name='Q')])",
}
"""Of these plotly.js computes what is shown; their tables have the samples."""
SEVENTH = [10000 + 7 * step for step in range(60)]
ODD = {
    "in-order": "go.Figure([go.Scatter(x=['z', 'b'], y=['q', 's']),"
    " go.Heatmap(z=[[1, 2, 3], [4, 5, 6]], x=['a', 'b', 'c'], y=['r', 's'])])"
    ".update_xaxes(categoryarray=['c', 'a', 'b', 'z']).update_yaxes(categoryarray=['s', 'r', 'q'])",
    "transposed": "go.Figure(go.Heatmap(z=[[1, 4], [2, 5], [3, 6]], x=['a', 'b', 'c'], y=['r', 's'], transpose=True))",
    "outside": "go.Figure([go.Scatter(x=[1, 2, 3, 4], y=[2, 9.97e36, -9e36, 3]), go.Bar(x=[1, 2, 3, 9], y=[50, 1, 2, 3]),"
    " go.Heatmap(x=[2, 3], y=[1, 1e36], z=[[1, 2], [3, 4]])]).update_layout(xaxis_range=[0.5, 4.5], yaxis_range=[0, 40])",
    "logarithmic": "go.Figure(go.Scatter(x=[1, 2, 3], y=[10, -1, 100])).update_yaxes(type='log')",
    "alike": f"go.Figure([go.Scatter(x={SEVENTH}, y=list(range(60)), name=name) for name in 'AB'])"
    ".update_xaxes(tickprefix='about ', tickformat='.2s')",
    "many": "go.Figure(go.Scatter(x=[*range(1, 2501), 1e5], y=[*range(1, 2501), 1e5], mode='markers'))",
}
"""What was once answered wrongly."""
SOME = "px.choropleth(locations=['CHN', 'BRA'], color=[1, 2])"
ONLY_PLOTLY = {
    "space": "px.scatter_3d(x=[1, 2], y=[1, 3], z=[2, 4])",
    "contours": "px.density_contour(x=[1, 2, 2, 3], y=[1, 2, 3, 3])",
}
OPTIONS = {"by-plotly": "plotly", "still": "none"}
GRID = [(x, y) for y in (0.2, 0.5, 0.8) for x in (0.2, 0.5, 0.8)]
SAID = """() => {
    const tip = document.querySelector(".chart-tip:popover-open");
    return tip && { place: tip.querySelector(".chart-tip-place").firstChild.textContent,
        rows: [...tip.querySelectorAll(".chart-tip-row")].map((row) => ["name", "value"].map((part) =>
            row.querySelector(`.chart-tip-${part}`).textContent)) };
}"""
_NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def kinds(request: pytest.FixtureRequest) -> dict[str, str]:
    """The kinds that are tried."""
    return KINDS | (MORE_KINDS if request.config.getoption("--all") else {})


@pytest.fixture(scope="module")
def address(served_article: Callable[..., str], kinds: dict[str, str]) -> str:
    """An article with a chart of each kind."""
    figures = kinds | COMPUTED | ONLY_PLOTLY | ODD | {"some": SOME}
    cells = [f"#| label: fig-{name}\n#| source: false\n{code}" for name, code in figures.items()]
    cells += [
        f"#| label: fig-{name}\n#| source: false\n#| interactive: {way}\n{KINDS['stacked']}"
        for name, way in OPTIONS.items()
    ]
    return served_article("kinds", IMPORTS, *cells)


class Answer(NamedTuple):
    """What a chart says at a place: names and values."""

    place: str
    rows: list[tuple[str, str]]


def picture(page: Page, chart: Locator) -> Locator:
    """The picture of a chart, in the middle of the window."""
    found = chart.locator(".chart-picture")
    found.evaluate("(picture) => picture.scrollIntoView({ block: 'center' })")
    return found


def answers(page: Page, chart: Locator, *, by: str = "mouse") -> list[Answer | None]:
    """What a chart answers in nine places of a grid."""
    box = picture(page, chart).bounding_box()
    assert box is not None
    found: list[Answer | None] = []
    for x, y in GRID:
        at = box["x"] + box["width"] * x, box["y"] + box["height"] * y
        if by == "mouse":
            page.mouse.move(*at)
        else:
            page.touchscreen.tap(*at)
        page.wait_for_selector(".chart-tip:popover-open")
        said = page.evaluate(SAID)
        found.append(
            said and Answer(said["place"], [(name, value) for name, value in said["rows"]])
        )
    page.mouse.move(0, 0)
    return found


def table(chart: Locator) -> list[list[str]]:
    """The rows of a chart's table, with its heads, as a reader sees them; and those of its CSV."""
    rows: list[list[str]] = chart.locator("table").evaluate(
        "(table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
    )
    address = chart.get_by_role("link", name="CSV", include_hidden=True).evaluate(
        "(link) => link.href"
    )
    text = chart.page.request.get(address).text()
    return [*rows, *csv.reader(io.StringIO(text))]


def numbers(text: str) -> Iterator[tuple[float, float]]:
    """The numbers in a text, each with half of its last digit."""
    for found in _NUMBER.findall(text):
        plain = found.replace(",", "").replace("−", "-")
        yield float(plain), 0.5 * 10 ** -len(plain.partition(".")[2]) + 1e-9


def is_in(answer: Answer, rows: list[list[str]]) -> bool:
    """Whether all values of an answer are in the table, in rows or columns of their place."""
    heads = [at for row in rows for at, cell in enumerate(row) if cell == answer.place]
    where = [answer.place, answer.place.rpartition(" ")[2], *answer.place.split(", ")]
    with suppress(ValueError):  # some tables have dates as the figure has them
        where.append(f"{datetime.strptime(answer.place, '%d %B %Y'):%Y-%m-%d}")
    cells = [
        cell
        for row in rows
        for at, cell in enumerate(row)
        if at in heads or any(part in row for part in where)
    ]
    known = [number for cell in cells for number in numbers(cell)]
    for _, value in answer.rows:
        wanted = list(numbers(value.partition(", ")[0]))  # the share of a slice comes after it
        near = (
            any(abs(one - other) <= max(half, rest) for other, rest in known)
            for one, half in wanted
        )
        if not any(value in cell or cell in value for cell in cells if cell) and not all(near):
            return False
    return bool(cells)


def wrong(found: list[Answer | None], rows: list[list[str]]) -> list[Answer]:
    """The answers that are not in the table. A map says of land, or of a country by its name, that
    the table has no data.
    """
    places = {cell for row in rows for cell in row}
    return [
        one
        for one in found
        if one and one.place != "No data" and not is_in(one, rows)
        if one.rows != [("", "No data")] or one.place in places
    ]


def test_each_chart_answers_a_mouse_everywhere_with_what_its_table_says(opened, kinds):
    page = opened(PAGE)
    for name in kinds:
        chart = page.locator(f"#chart-fig-{name}")
        rows = table(chart)
        found = answers(page, chart)
        assert all(found), name
        assert wrong(found, rows) == [], name
        assert len({one and one.place for one in found}) > 1, name
    assert not page.evaluate(
        "performance.getEntriesByType('resource').some((entry) => entry.name.includes('/plotly'))"
    )


def test_what_plotly_js_computes_is_what_was_drawn(opened):
    page = opened(PAGE)
    bins = {
        one.place: one.rows[0][1]
        for one in answers(page, page.locator("#chart-fig-histogram"))
        if one
    }
    assert bins["0–4"] == "7" and bins["10–14"] == "2"
    boxes = {
        one.place: dict(one.rows) for one in answers(page, page.locator("#chart-fig-boxes")) if one
    }
    assert boxes["P"]["Median"] == "3"
    assert boxes["Q"]["Highest"] == "4"


def test_a_finger_gets_the_same_answers_and_a_tap_elsewhere_hides_them(
    browser: Browser, address, request
):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(address + PAGE)
    names = ("lines", "pie", "map", "stacked", "lying", "heat")
    for name in names if request.config.getoption("--all") else names[:3]:
        chart = page.locator(f"#chart-fig-{name}")
        by_finger = answers(page, chart, by="finger")
        assert all(by_finger), name
        page.locator("h1").first.evaluate(
            "(title) => title.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))"
        )
        expect(page.locator(".chart-tip:popover-open")).to_have_count(0)
        assert answers(page, chart) == by_finger, name
    context.close()


def test_keys_read_the_same_values_and_say_them_once(opened):
    page = opened(PAGE)
    for name in ("lines", "grouped", "lying", "heat", "pie", "map", "candles"):
        chart = page.locator(f"#chart-fig-{name}")
        rows = table(chart)
        chart.locator(".chart-keys").focus()
        for key in ("ArrowRight", "ArrowRight", "End"):
            page.keyboard.press(key)
            page.wait_for_selector(".chart-tip:popover-open")
            said = page.evaluate(SAID)
            assert is_in(Answer(said["place"], said["rows"]), rows), name
            meant = page.locator(
                ".chart-tip .is-meant .chart-tip-value, .chart-tip.is-alone .chart-tip-value"
            )
            spoken = chart.locator("[role=status].chart-reading").inner_text()
            assert said["place"] in spoken
            assert all(value in spoken for value in meant.all_text_contents()), name
        page.keyboard.press("Escape")
        expect(page.locator(".chart-tip:popover-open")).to_have_count(0)


def test_a_line_has_all_values_at_its_place_the_change_and_that_it_is_an_estimate(opened):
    page = opened(PAGE)
    chart = page.locator("#chart-fig-lines")
    chart.locator(".chart-keys").focus()
    page.keyboard.press("End")
    tip = page.locator(".chart-tip:popover-open")
    expect(tip.locator(".chart-tip-place")).to_have_text("2021since 2020")
    expect(tip.locator(".chart-tip-row")).to_have_text(
        ["ChinaUS$24.0 bn+7.0", "IndiaUS$14.0 bn+4.5"]
    )
    expect(tip.locator(".chart-tip-note")).to_have_text("estimate")
    dimmed = chart.locator(".chart-wide .is-dimmed")
    assert set(dimmed.evaluate_all("(parts) => parts.map((part) => part.dataset.trace)")) == {
        "2",
        "3",
    }
    page.keyboard.press("Escape")
    expect(dimmed).to_have_count(0)


@pytest.mark.slow
def test_the_box_is_within_the_window_and_nothing_moves(browser: Browser, address):
    for width in (320, 390, 1280):
        page = browser.new_page(viewport={"width": width, "height": 700})
        page.goto(address + PAGE)
        chart = page.locator("#chart-fig-candles")
        box = picture(page, chart).bounding_box()
        height = page.evaluate("document.documentElement.scrollHeight")
        for x in (0.01, 0.5, 0.99):
            page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] / 2)
            page.locator(".chart-tip:popover-open").wait_for()
            tip = page.locator(".chart-tip").bounding_box()
            assert tip["x"] >= 0 and tip["x"] + tip["width"] <= width
        assert page.evaluate("document.documentElement.scrollHeight") == height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_a_place_without_data_says_so(opened):
    page = opened(PAGE)
    chart = page.locator("#chart-fig-some")
    box = picture(page, chart).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.52, box["y"] + box["height"] * 0.42)
    expect(page.locator(".chart-tip:popover-open .chart-tip-place")).to_have_text("No data")
    chart.locator(".chart-keys").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".chart-tip:popover-open .chart-tip-place")).to_have_text("BRA")


def test_a_country_without_data_says_its_name(opened):
    page = opened(PAGE)
    chart = page.locator("#chart-fig-classes")
    box = picture(page, chart).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.27)
    tip = page.locator(".chart-tip:popover-open")
    expect(tip.locator(".chart-tip-place")).to_have_text("Russia")
    expect(tip.locator(".chart-tip-value")).to_have_text("No data")


def test_what_the_map_of_a_place_shows_beside_it_does_not_answer(opened):
    page = opened(PAGE)
    chart = page.locator("#chart-fig-locator")
    assert {one.place for one in answers(page, chart)} == {"Odesa", "Kyiv"}
    expect(chart.get_by_role("button", name="Explore")).to_have_count(0)


def test_the_cells_of_a_heat_map_are_where_they_answer(opened):
    page = opened(PAGE)
    box = picture(page, page.locator("#chart-fig-heat")).bounding_box()
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.3
    page.mouse.move(x, y)
    page.locator(".chart-tip:popover-open").wait_for()
    highlit, cell = page.evaluate(
        """([x, y]) => [document.querySelector(".chart-pointed-box"),
            document.elementsFromPoint(x, y).find((one) => one.matches(".chart-wide path[fill]"))]
            .map((one) => Object.values(one.getBoundingClientRect().toJSON()))""",
        [x, y],
    )
    assert max(abs(a - b) for a, b in zip(highlit, cell, strict=True)) < 3


def colours(page: Page, chart: Locator) -> dict[tuple[str, str], str]:
    """The colour of each cell of a heat map, by the names and the value that it answers with."""
    found = {}
    for cell in chart.locator(".chart-wide path[stroke-width='0.6']").all():
        cell.hover(force=True)
        said = page.evaluate(SAID)
        found[said["place"], *said["rows"][0]] = cell.get_attribute("fill")
    return found


@pytest.mark.slow
def test_cells_answer_for_themselves_in_whatever_order_an_axis_has_them(opened):
    page = opened(PAGE)
    found = []
    for name in ("heat", "in-order", "transposed"):
        chart = page.locator(f"#chart-fig-{name}")
        picture(page, chart).hover()
        page.locator(".chart-tip:popover-open").wait_for()
        found.append(colours(page, chart))
    plain, *others = found
    assert {(place, value) for place, _, value in plain} == set(
        zip("abcabc", "123456", strict=True)
    )
    for one in others:
        assert {place + value: colour for (place, _, value), colour in one.items()} == {
            place + value: colour for (place, _, value), colour in plain.items()
        }


def drawn_marks(page: Page, name: str) -> tuple[list[Any], list[int]]:
    """The marks of each series of a chart, and the box of its panel."""
    address = page.locator(f"#chart-fig-{name}").evaluate(
        "(chart) => new URL(chart.dataset.values, location).href"
    )
    known = page.request.get(address).json()
    return [series["wide"] for series in known["series"]], known["panels"][0]["wide"]


def test_what_is_outside_its_axes_has_no_mark(opened):
    page = opened(PAGE)
    (line, bars, *cells), (left, top, right, bottom) = drawn_marks(page, "outside")
    assert [bool(mark) for mark in line] == [True, False, False, True]
    assert [bool(mark) for mark in bars] == [True, True, True, False]
    assert bars[0][1] == top and bars[0][3] == bottom
    shown = [mark for marks in (line, bars, *cells) for mark in marks if mark]
    assert all(left <= x <= right for mark in shown for x in mark[::2])
    assert all(top <= y <= bottom for mark in shown for y in mark[1::2])
    (logarithmic,), _ = drawn_marks(page, "logarithmic")
    assert [bool(mark) for mark in logarithmic] == [True, False, True]


def test_a_series_has_one_value_at_places_that_are_written_alike(opened):
    page = opened(PAGE)
    for answer in answers(page, page.locator("#chart-fig-alike")):
        assert answer and [name for name, _ in answer.rows] in (["A", "B"], ["B", "A"])
        assert len({value for _, value in answer.rows}) == 1


def test_of_thousands_of_dots_only_near_ones_answer(opened):
    page = opened(PAGE)
    box = picture(page, page.locator("#chart-fig-many")).bounding_box()
    tip = page.locator(".chart-tip:popover-open")
    page.mouse.move(box["x"] + box["width"] * 0.98, box["y"] + box["height"] * 0.06)
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.wait_for_timeout(300)
    expect(tip).to_have_count(0)


def test_the_area_under_a_line_is_that_of_the_line(opened):
    page = opened(PAGE)
    chart = page.locator("#chart-fig-areas")
    bottom = picture(page, chart).bounding_box()
    page.mouse.move(bottom["x"] + bottom["width"] * 0.9, bottom["y"] + bottom["height"] * 0.85)
    expect(page.locator(".chart-tip .is-meant .chart-tip-name")).to_have_text("A")


def test_a_chart_that_has_lost_the_focus_stays_as_it_is(opened):
    page = opened(PAGE)
    held: list[Route] = []
    page.route("**/*-lines-values.json", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    keys = page.locator("#chart-fig-lines .chart-keys")
    keys.focus()
    page.keyboard.press("ArrowRight")
    while not held:
        page.wait_for_timeout(20)
    page.keyboard.press("Tab")
    with page.expect_response("**/*-lines-values.json") as response:
        held[0].continue_()
    response.value.finished()
    page.wait_for_timeout(300)
    assert page.evaluate(SAID) is None
    keys.focus()
    page.keyboard.press("ArrowRight")
    page.locator(".chart-tip:popover-open").wait_for()


@pytest.mark.slow
def test_a_double_click_explores_once(opened):
    page = opened(PAGE)
    chart = page.locator("#chart-fig-lines")
    chart.get_by_role("button", name="Explore").dblclick()
    chart.locator(".is-live").wait_for()
    page.wait_for_timeout(300)
    assert chart.locator(".chart-live").count() == 1
    expect(chart.get_by_role("button", name="Explore")).to_have_attribute("aria-pressed", "true")


def test_what_only_plotly_js_can_is_explored(opened):
    page = opened(PAGE)
    for name in ONLY_PLOTLY:
        chart = page.locator(f"#chart-fig-{name}")
        assert chart.locator(".chart-keys").count() == 0
        expect(chart.get_by_role("button", name="Explore")).to_be_visible()
    page.locator("#chart-fig-contours").get_by_role("button", name="Explore").click()
    page.locator("#chart-fig-contours .is-live").wait_for()


def test_an_author_decides(opened):
    page = opened(PAGE)
    still = page.locator("#chart-fig-still")
    assert still.get_by_role("button", name="Explore").count() == 0
    assert still.locator(".chart-keys").count() == 0
    chart = page.locator("#chart-fig-by-plotly")
    assert chart.locator(".chart-keys").count() == 1
    picture(page, chart).hover()
    assert chart.locator(".chart-live").count() == 0
    picture(page, chart).click()
    chart.locator(".is-live").wait_for()


@pytest.mark.slow
def test_each_chart_of_the_publication_answers_everywhere(browser: Browser, publication, serve):
    address = serve(publication)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    missing, false, count = [], [], 0
    for file in sorted(publication.glob("posts/*/*.html")):
        page.goto(address + str(file.relative_to(publication)))
        for chart in page.locator(".chart[data-pointing]:has(table)").all():
            rows, name = table(chart), f"{file.parent.name}/{file.stem} {chart.get_attribute('id')}"
            count += 1
            found = answers(page, chart)
            missing += [name for one in found if not one]
            false += [f"{name}: {one}" for one in wrong(found, rows)]
    page.close()
    assert count > 20
    assert missing == []
    assert false == []


def test_a_place_in_one_panel_is_shown_in_all(opened: Callable[..., Page]):
    page = opened(PAGE)
    chart = page.locator("#chart-fig-multiples")
    box = picture(page, chart).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    said = page.wait_for_selector(".chart-tip:popover-open .chart-tip-place")
    assert said.evaluate("(place) => place.firstChild.textContent") == "2018"
    shown = chart.locator("svg.chart-wide .chart-pointed")
    assert shown.locator(".chart-crosshair").count() == 2
    assert shown.locator(".chart-pointed-dot").count() == 2
    assert shown.locator(".chart-pointed-value").all_text_contents() == ["2.0"]
    assert not chart.locator(".is-dimmed").count()
