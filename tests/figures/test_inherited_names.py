"""Names that every object of JavaScript inherits are names like any other: of series, categories, places,
headers, values to search for, editions. What is drawn and read with them is what is drawn and read
with plain words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
import test_edition_index
from playwright.sync_api import expect

import broadsheet as bs
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.figures.figure_making import drawn as drawn_figure
from broadsheet.figures.figure_making import sketched
from broadsheet.site.build.build import build
from conftest import Site, slow_but
from plotly_alive.reading.inherited_names import NAMES, marked, unmarked
from plotly_alive.reading.plotly_json import checked

INHERITED = ["__proto__", "toString", "constructor", "hasOwnProperty", "valueOf"]
PLAIN = ["one two", "twoTwo", "threethree3", "fourFourFourFo", "five555"]
SIZES = [1, 2, 3, 4, 5]
Names = list[str]
KINDS: dict[str, Callable[[Names], go.Figure]] = {
    "bars": lambda names: go.Figure(go.Bar(x=names, y=SIZES)),
    "slices": lambda names: go.Figure(go.Pie(labels=names, values=SIZES)),
    "tiles": lambda names: bs.charts.tiles(
        pd.Series(SIZES, index=names), positions={name: (at, 0) for at, name in enumerate(names)}
    ),
    "series": lambda names: bs.charts.lines(
        pd.DataFrame({name: [at, at + 1] for at, name in enumerate(names)}, index=[2020, 2021])
    ),
    "a heat map": lambda names: go.Figure(go.Heatmap(x=names, y=names, z=[SIZES] * 5)),
    "boxes": lambda names: go.Figure([go.Box(y=SIZES, name=name) for name in names]),
    "counts": lambda names: go.Figure(go.Histogram(x=names * 3)),
    "sets": lambda names: go.Figure(go.Parcats(dimensions=[{"label": names[0], "values": names}])),
    "flows": lambda names: go.Figure(
        go.Sankey(
            node={"label": names},
            link={"source": [0, 1], "target": [2, 3], "value": [1, 2]},
        )
    ),
    "spaces": lambda names: px.treemap(names=names, parents=[""] * 5, values=SIZES),
    "a circle": lambda names: go.Figure(go.Barpolar(theta=names, r=SIZES)),
    "a funnel": lambda names: go.Figure(go.Funnelarea(labels=names, values=SIZES)),
    "words on a map": lambda names: px.choropleth(locations=["KOR", "PER", "CHL", "FRA", "ITA"], color=names),
    "places on a map": lambda names: px.choropleth(locations=[*names, "KOR"], color=[*SIZES, 6]),
    "panels": lambda names: px.bar(x=names, y=SIZES, facet_col=names),
    "frames": lambda names: px.bar(x=names, y=SIZES, animation_frame=names),
    "two levels": lambda names: go.Figure(go.Bar(x=[names, names], y=SIZES)),
    "an order": lambda names: go.Figure(go.Bar(x=names, y=SIZES)).update_xaxes(categoryarray=names[::-1]),
    "stacks": lambda names: go.Figure(
        [go.Scatter(x=[1, 2], y=[1, 2], stackgroup=name, name=name) for name in names]
    ),
    "notes": lambda names: go.Figure(go.Bar(x=names, y=SIZES)).add_annotation(x=names[1], y=2, text=names[2]),
    "dumbbells": lambda names: bs.charts.dumbbell(pd.DataFrame({"a": SIZES, "b": SIZES[::-1]}, index=names)),
}  # fmt: skip


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[ChartRenderer]:
    with ChartRenderer(tmp_path_factory.mktemp("pictures")) as renderer:
        yield renderer


def drawn(figure: go.Figure, renderer: ChartRenderer) -> tuple[str, Any]:
    """The drawing of a figure, and the values by which it answers."""
    plotly = checked(json.loads(figure.to_json()))
    made = drawn_figure(sketched(plotly, "fig-x", PurePosixPath("a")), renderer)
    assert made.fault is None, made.fault
    values = json.loads(made.assets.get("a/fig-x-values.json", b"{}"))
    return made.assets["a/fig-x.svg"].decode(), values


@pytest.mark.browser
@pytest.mark.parametrize(
    "kind", slow_but(KINDS, ["bars", "slices", "tiles", "a heat map", "sets", "panels"])
)
def test_a_chart_of_such_names_is_that_of_plain_ones(kind: str, renderer: ChartRenderer) -> None:
    plain, plain_values = drawn(KINDS[kind](PLAIN), renderer)
    picture, values = drawn(KINDS[kind](INHERITED), renderer)
    for part in ("<path", "<rect", "<text", "<use", "data-point"):
        assert picture.count(part) == plain.count(part), part
    assert "[object" not in picture and "native code" not in picture
    assert "\u200b" not in picture, "the mark of a name is not in the drawing"
    texts = json.dumps(values, ensure_ascii=False)
    assert "\u200b" not in texts and "[object" not in texts
    shapes = [
        [[len(mark) if mark else 0 for mark in one["wide"]] for one in found.get("series", ())]
        for found in (values, plain_values)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.browser
def test_one_such_chart_spoils_none_that_is_drawn_after_it(renderer: ChartRenderer) -> None:
    before, _ = drawn(KINDS["bars"](PLAIN), renderer)
    drawn(KINDS["tiles"](["__proto__", "a", "b", "c", "d"]), renderer)
    after, _ = drawn(KINDS["bars"](PLAIN).update_layout(height=421), renderer)
    assert after.count("<text") == before.count("<text")


def test_names_alone_are_marked() -> None:
    figure = {"x": ["toString", "to string", 1, None, ["constructor"]], "__proto__": {"a": "x"}}
    given = json.dumps(marked(figure), ensure_ascii=False)
    assert unmarked(given) == json.dumps(figure)
    assert given.count("\u200b") == 3
    assert {*INHERITED} <= NAMES


# On a page.


DATA = "names, sizes = {names}, [1, 2, 3, 4, 5]"
TABLE = """#| label: tbl-a
#| tbl-cap: A table
#| source: false
#| search: true
#| bars: [toString]
pd.DataFrame({"__proto__": [*names, *"abcdefgh"], "toString": range(13), "constructor": range(13)}).set_index("__proto__")"""
FIGURES = {
    "bars": "go.Figure(go.Bar(x=names, y=sizes, name='valueOf')).update_layout(title='constructor')",
    "series": "bs.charts.lines(pd.DataFrame({name: [at, at + 1] for at, name in enumerate(names)}, index=[2020, 2021]))",
    "slices": "go.Figure(go.Pie(labels=names, values=sizes))",
    "events": "bs.charts.events(go.Figure(go.Bar(x=pd.to_datetime(['2021-01-01', '2022-01-01']), y=[1, 2])),"
    " {'2022-01-01': 'toString'})",
    "tiles": "bs.charts.tiles(pd.Series(sizes, index=names), positions={name: (at, 0) for at, name in enumerate(names)})",
}
EDITIONS = "".join(
    f"{code},{name},{year},{year - 2019},1,reported\n"
    for code, name in zip(["FRA", "BRA", "TUR", "PER", "CHL"], INHERITED, strict=True)
    for year in (2020, 2021)
)


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, chromium: str, serve: Callable[[Path], str]
) -> str:
    site = Site(tmp_path_factory.mktemp("publication") / "site")
    test_edition_index.write(site, rows=EDITIONS)
    imports = "import pandas as pd, plotly.graph_objects as go, broadsheet as bs\n" + DATA.format(
        names=INHERITED
    )
    cells = [f"#| label: fig-{name}\n#| source: false\n{code}" for name, code in FIGURES.items()]
    site.article(
        "names",
        imports,
        *cells,
        TABLE,
        front="title: toString\ndate: 2024-01-01\ncategories: [constructor, __proto__]\nauthor: valueOf",
    )
    report = build(site.root)
    assert not report.faults, report.faults
    return serve(site.root / "_site")


PAGE = "posts/names/index.html"
SAID = """() => [...document.querySelector('.chart-tip').querySelectorAll('p')].map((one) => one.textContent)"""


@pytest.mark.browser
@pytest.mark.parametrize("name", FIGURES)
def test_each_value_is_read_under_its_own_name(opened: Any, name: str) -> None:
    page = opened(PAGE)
    keys = page.locator(f"#chart-fig-{name} .chart-keys")
    keys.focus()
    heard = []
    for _ in INHERITED:
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(".chart-tip:popover-open")
        heard.append(" ".join(page.evaluate(SAID)))
    if name in ("series", "tiles"):
        for _ in INHERITED:
            for key in ("ArrowDown", "Home", "End"):
                page.keyboard.press(key)
                heard.append(" ".join(page.evaluate(SAID)))
    said = " ".join(heard)
    assert "[object" not in said and "native code" not in said and "function" not in said
    wanted = ["toString"] if name == "events" else INHERITED
    assert [one for one in wanted if one not in said] == []


@pytest.mark.browser
@pytest.mark.parametrize(
    "name", slow_but([one for one in FIGURES if one != "tiles"], ["bars", "slices"])
)
def test_plotly_js_draws_them_when_a_reader_explores(opened: Any, name: str) -> None:
    page = opened(PAGE)
    chart = page.locator(f"#chart-fig-{name}")
    chart.locator(".chart-explore button").click()
    live = chart.locator(".chart-live .main-svg").first
    live.wait_for()
    counts = {
        "bars": (".point", 5),
        "slices": (".slice", 5),
        "series": ("g.scatter", 5),
        "events": (".point", 2),
    }
    part, number = counts[name]
    expect(chart.locator(f".chart-live {part}")).to_have_count(number)
    assert "[object" not in chart.locator(".chart-live").inner_html()


@pytest.mark.browser
def test_a_table_of_such_names_is_sorted_and_searched(opened: Any) -> None:
    page = opened(PAGE)
    view = page.locator(".table-view").last
    field = view.get_by_role("searchbox")
    for name in INHERITED:
        field.fill(name)
        expect(view.locator("tbody tr:visible")).to_have_count(1)
        assert view.locator("tbody tr:visible th, tbody tr:visible td").first.inner_text() == name
    field.fill("")
    heads = view.locator("thead button")
    for at in range(heads.count()):
        heads.nth(at).click()
        heads.nth(at).click()
        assert view.locator("tbody tr").count() == 13
    assert "[object" not in page.locator("main").inner_html()


@pytest.mark.browser
def test_editions_of_such_names_are_compared(opened: Any) -> None:
    page = opened("posts/trade/editions/index.html?with=constructor,proto,tostring")
    panels = page.locator(".edition-panels > *")
    expect(panels).to_have_count(3)
    assert "[object" not in page.locator("main").inner_html()
    names = page.locator(".edition-choices select").first.locator("option").all_inner_texts()
    assert set(INHERITED) <= set(names)
