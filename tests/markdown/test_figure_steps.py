"""Steps: a text whose parts each show one figure in a state of its own; below each other without a
script, on paper, in feeds and e-mail; in one place, that of the step that is read, with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

import broadsheet as bs
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.elements import figure_steps
from broadsheet.project.reading import open_publication
from broadsheet.quarto.notebook import notebook_for_quarto, slots
from broadsheet.site.build.build import build
from conftest import CONFIG, Site
from plotly_alive.alive.figure_state import FADED, FigureState, at_state, described
from plotly_alive.reading.plotly_json import checked, plain_text
from pressing import prepare

IMPORTS = "import pandas as pd, plotly.express as px\nimport broadsheet as bs"
LINES = """#| label: fig-trade
#| source: false
bs.charts.lines(pd.DataFrame({'China': [10, 12, 17, 24], 'India': [8, 9, 9.5, 14]}, index=[2018, 2019, 2020, 2021]),
    unit='US$ bn').update_layout(title='Trade')"""
BARS = """#| label: fig-bars
#| source: false
px.bar(x=['Chile', 'Peru', 'Bolivia'], y=[3, 2, 7]).update_layout(title='Tonnes')"""
MAP = """#| label: fig-map
#| source: false
px.choropleth(locations=['CHL', 'PER'], color=[3, 2], hover_name=['Chile', 'Peru']).update_layout(title='Where')"""
FRAMES = """#| label: fig-frames
#| source: false
px.scatter(px.data.gapminder(), x='gdpPercap', y='lifeExp', animation_frame='year', color='continent')"""
STEPS = """::: {.steps figure="fig-trade"}

::: {#whole .step}
Both at once.
:::

::: {.step highlight="China" alt="China alone"}
China, by [far](index.qmd).

- a list
:::

::: {.step highlight="China; India" from="2019" to="2020" events="2020: The embargo; 2021: Its end"}
Since the embargo.
:::

:::

What follows.
"""


def steps(figure: str, attributes: str) -> str:
    return f'::: {{.steps figure="{figure}"}}\n\n::: {{.step {attributes}}}\nText.\n:::\n\n:::\n'


def site_at(folder: Path, *cells: object) -> Site:
    site = Site(folder / "site")
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    site.article("steps", IMPORTS, *cells)
    return site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Site:
    """An article with steps of four kinds of figures, the figures before and after them."""
    others = [
        ("md", steps("fig-bars", 'highlight="Bolivia" from="Peru"')),
        ("md", steps("fig-map", 'highlight="Peru"')),
        ("md", steps("fig-frames", 'view="2007" highlight="Africa"')),
    ]
    site = site_at(
        tmp_path_factory.mktemp("publication"), ("md", STEPS), LINES, BARS, MAP, FRAMES, *others
    )
    assert not build(site.root).faults
    return site


@pytest.fixture(scope="module")
def address(built: Site, serve: Callable[[Path], str]) -> str:
    return serve(built.root / "_site")


PAGE = "posts/steps/index.html"


def shown(page: Page) -> list[int]:
    """The numbers of the steps whose drawings can be seen, of the first figure."""
    found: list[int] = page.locator(".steps").first.evaluate(
        """(steps) => [...steps.querySelectorAll(".step-figure")].flatMap((one, at) =>
            Number(getComputedStyle(one).opacity) > 0.5 ? [at + 1] : [])"""
    )
    return found


def read_step(page: Page, number: int) -> None:
    page.locator(".step-text").nth(number - 1).evaluate(
        "(text) => scrollTo(0, scrollY + text.getBoundingClientRect().bottom - innerHeight * 0.8)"
    )
    expect(page.locator(".steps").first.locator(".step").nth(number - 1)).to_have_class(
        "step is-read"
    )


@pytest.mark.browser
def test_the_drawing_is_that_of_the_step_that_is_read(opened):
    for width in (1280, 390):
        page = opened(PAGE, width)
        page.emulate_media(reduced_motion="reduce")
        assert shown(page) == [1]
        height = page.evaluate("document.documentElement.scrollHeight")
        for number in (2, 3, 1):
            read_step(page, number)
            assert shown(page) == [number]
        assert page.evaluate("document.documentElement.scrollHeight") == height
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_a_step_that_has_the_focus_is_shown_and_its_drawing_answers(opened):
    page = opened(PAGE)
    keys = page.locator("#chart-fig-trade-step-2 .chart-keys")
    keys.focus()
    expect(page.locator(".step").nth(1)).to_have_class("step is-read")
    page.keyboard.press("End")
    expect(page.locator("#chart-fig-trade-step-2 [role=status].chart-reading")).to_have_text(
        "China, 2021: US$24.0 bn"
    )


@pytest.mark.browser
def test_without_a_script_each_step_has_its_drawing_below_it(browser: Browser, address: str):
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(address + PAGE)
    for step in page.locator(".step").all():
        text, drawing = (
            step.locator(".step-text").bounding_box(),
            step.locator("svg:visible").bounding_box(),
        )
        assert text and drawing and drawing["y"] >= text["y"] + text["height"]
    context.close()


def test_what_does_not_stand_out_is_faded_and_stays_where_it_is(built: Site):
    page = built.read(f"_site/{PAGE}")
    whole, china, both = (
        page.split(f'id="chart-fig-trade-step-{number}"')[1].split("</svg>")[0]
        for number in (1, 2, 3)
    )
    assert 'opacity="0.18"' not in whole
    assert china.count('opacity="0.18"') >= 2  # the line, and the label at its end
    assert "The embargo" in both and "Its end" in both
    assert 'aria-label="China alone"' in china
    assert "Shaded: 2019 to 2020." in both
    assert "Marked: The embargo, 2020; Its end, 2021." in both


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("", "2021-12", "Shaded: up to December 2021."),
        ("2022-02", "", "Shaded: from February 2022 on."),
        ("2021-12", "2022-02", "Shaded: December 2021 to February 2022."),
        ("2022-01", "2022-01", "Shaded: January 2022."),
    ],
)
def test_what_is_shaded_is_said_as_the_axis_has_it(start: str, end: str, words: str):
    figure = {
        "data": [{"type": "scatter", "x": ["2021-12", "2022-01", "2022-02"], "y": [1, 2, 3]}],
        "layout": {"xaxis": {"type": "category"}},
    }
    assert described(checked(figure), FigureState(start=start, end=end)).endswith(words)


def test_a_label_fades_with_the_series_that_has_the_longest_name_in_it():
    frame = pd.DataFrame({"China": [1, 2], "China, Hong Kong": [3, 5]}, index=[2020, 2021])
    figure = checked(json.loads(bs.charts.lines(frame).to_json()))
    for name, faded in (("China", "China, Hong Kong"), ("China, Hong Kong", "China")):
        notes = at_state(figure, FigureState([name]))["layout"]["annotations"]
        shades = {
            plain_text(note["text"]).rpartition(" ")[0]: note.get("opacity") for note in notes
        }
        assert shades == {name: None, faded: FADED}


def test_an_event_of_a_step_is_marked_on_an_axis_that_is_open_at_one_end():
    figure = {
        "data": [{"type": "scatter", "x": [2020, 2021], "y": [1, 2]}],
        "layout": {"xaxis": {"range": [None, 2025]}},
    }
    state = FigureState(events=[("2023", "A")])
    found = at_state(checked(figure), state)
    assert [shape["x0"] for shape in found["layout"]["shapes"]] == [2023]


def test_the_words_are_an_authors_markdown(built: Site):
    page = built.read(f"_site/{PAGE}")
    step = page.split('<div class="step-text">')[2].split('<div class="step-figure">')[0]
    assert '<a href="index.html">far</a>' in step and "<li>a list</li>" in step
    assert 'id="whole"' in page
    assert "data-highlight" not in page and 'figure="fig-trade"' not in page


def test_what_a_cell_prints_before_its_chart_takes_nothing_of_the_label(site: Site):
    printed = f"import sys, warnings\nprint('a')\nwarnings.warn('b')\nprint('c', file=sys.stderr)\n{LINES}"
    cell = "#| label: fig-trade\n#| source: false\n" + printed.replace("#| ", "# ")
    site.front()
    front = "title: A\ndate: 2023-05-26\nimage: fig-trade"
    site.article("a", IMPORTS, cell, ("md", steps("fig-trade", "highlight=China")), front=front)
    assert not build(site.root).faults
    assert (site.root / "_site/posts/a/index_files/fig-trade-step-1.svg").is_file()
    assert (site.root / "_site/posts/a/figures/fig-trade/index.html").is_file()


def test_in_feeds_and_copies_each_step_has_its_picture(built: Site):
    copy = built.read("_site/posts/steps/index.md")
    at = [
        copy.index(text)
        for text in ("Both at once.", "fig-trade-step-1.svg", "China, by", "fig-trade-step-2.svg")
    ]
    assert at == sorted(at)
    assert (built.root / "_site/posts/steps/index_files/fig-trade-step-2.svg").is_file()


@pytest.mark.parametrize(
    ("figure", "attributes", "message"),
    [
        ("fig-trad", "", "the steps show the figure `fig-trad`, and no chart has that label"),
        ("fig-trade", 'highlight="Chnia"', "Did you mean `China`?"),
        ("fig-trade", 'hilight="China"', "Did you mean `highlight`?"),
        (
            "fig-trade",
            'from="then"',
            "the step names `then`, which is no place on the figure's axis",
        ),
        ("fig-trade", 'events="May: Then"', "the step marks an event: 'May' is no date"),
        ("fig-trade", 'events="2020"', "the event `2020` has no name"),
        (
            "fig-trade",
            'view="2020"',
            "the step shows the view `2020`, which the figure does not have",
        ),
    ],
)
def test_what_a_step_cannot_show_is_said_with_its_line(run, tmp_path, figure, attributes, message):
    site = site_at(tmp_path, ("md", "Before.\n\n" + steps(figure, attributes)), LINES)
    status, out, err = run(site, "build")
    assert status == 1
    assert message in out + err
    assert "posts/steps/index.ipynb, cell 3, line 5" in out + err


def test_other_divs_of_these_names_stay_as_they_are(run, tmp_path):
    site = site_at(
        tmp_path,
        ("md", '::: {.step n="1"}\nPlain.\n:::\n\n::: {.steps}\n::: {.step}\nToo.\n:::\n:::'),
    )
    assert run(site, "build")[0] == 0
    assert "step-figure" not in site.read(f"_site/{PAGE}")


def test_quarto_gets_the_steps_with_empty_places_for_their_drawings(built: Site):
    publication = open_publication(built.root)
    finished = next(
        one
        for one in prepare(publication.project, publication.editions, jobs=1).finished
        if one.notebook is not None
    )
    text = notebook_for_quarto(finished)
    filled = slots(finished)
    assert [text.count(f'data-slot=\\"{number}\\"') for number in range(len(filled))] == [1] * len(
        filled
    )
    first = next(
        number
        for number, one in enumerate(filled)
        if isinstance(one, PageFigure) and one.label == "fig-trade-step-1"
    )
    before, _, after = text.partition(f'data-slot=\\"{first}\\"')
    assert before.rstrip().endswith('<div class=\\"slot\\"') and "step-figure" in before[-400:]
    assert "China, by [far]" in after and figure_steps.KEY not in text
