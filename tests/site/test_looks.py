"""What only a browser shows: contrast, overflow, what scripts do, under the policy that the site is
meant for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import slow_but
from publishing import article, chart, publish, write

pytestmark = pytest.mark.browser

PAGES = ["index.html", "town.html", "about.html", "404.html", "posts/a/index.html", "posts/b.html"]
PROSE = """The engineers who built the bridge say that it will last a century. The council, which paid for it, hopes
for half as much: the last one stood for thirty years and was closed for nine. Nobody who came to the opening on
Saturday seemed to mind. They walked across in both directions, and some of them walked across again."""
BODY = (
    PROSE
    + """

A note.[^n] Averylongwordaverylongwordaverylongwordaverylongwordaverylongwordaverylongword.

[^n]: The note, with `code`.

## Heading

::: {.callout-warning}
Mind this.
:::

::: {.column-margin}
Aside.
:::

| a | b | c | d | e | f | g | h | i |
|--:|--:|--:|--:|--:|--:|--:|--:|--:|
| 1000000 | 1000000 | 1000000 | 1000000 | 1000000 | 1000000 | 1000000 | 1000000 | 1000000 |

```python
def f(x: int = 1) -> str:  # a comment that is long enough to need a box of its own that scrolls from side to side
    return "text"
```

::: {.panel-tabset}
### One
First.

### Two
Second.
:::

$$ \\sum_{n=1}^{\\infty} \\frac{1}{n^2} = \\frac{\\pi^2}{6} $$
"""
)
ROWS = "".join(
    f"\n::: {{layout-ncol={count}}}\n"
    + "".join(chart(label=f"fig-{count}-{number}") for number in range(count))
    + ":::\n"
    for count in (2, 3)
)
STYLE = "(element, name) => getComputedStyle(element)[name]"
FIGURE = {
    "data": [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [2020, 2021, 2022],
            "y": [1, 3, 2],
            "name": "One",
            "line": {"color": "--chart-1"},
            "text": ["<b>bold</b>"] * 3,
            "hovertemplate": "%{y}<extra></extra>",
        },
        {
            "type": "bar",
            "x": [2020, 2021, 2022],
            "y": [2, 2, 4],
            "name": "Other",
            "marker": {"color": "--chart-4"},
        },
    ],
    "layout": {
        "paper_bgcolor": "--chart-paper",
        "plot_bgcolor": "--chart-paper",
        "showlegend": False,
        "hovermode": "closest",
        "annotations": [{"x": 2022, "y": 4, "text": "<b>Record</b><br>of all"}],
    },
    "phone": {"layout": {"xaxis": {"nticks": 3}}},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """A site under a sub-path."""
    root = tmp_path_factory.mktemp("gazette")
    write(
        root,
        {
            "posts/a/index.qmd": article("A finding with a chart", body=chart() + BODY, toc="true"),
            "posts/b.qmd": article("Words", "2024-01-01", BODY, subtitle="A standfirst"),
            "posts/c.qmd": article("أرقام العام", "2024-01-02", "كلمات.\n\n" + BODY, lang="ar"),
            "posts/d.qmd": article("Charts beside each other", "2024-01-03", body=ROWS),
        },
    )
    publish(
        root,
        output=root / "served" / "paper",
        assets={
            "posts/a/index_files/fig-x.json": json.dumps(FIGURE).encode(),
            "posts/a/index_files/fig-x.svg": b"<svg/>",
        },
    )
    return serve(root / "served") + "paper/"


def live(page: Page) -> Page:
    """The page once its chart is plotly's."""
    page.get_by_role("button", name="Explore").first.click()
    page.wait_for_selector(".chart-picture.is-live")
    return page


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (390, "dark"),
        *(
            pytest.param(width, scheme, marks=pytest.mark.slow)
            for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"))
        ),
    ],
)
def test_no_page_has_a_fault_that_axe_finds(opened, browser, address, scheme, width):
    for path in PAGES:
        # axe itself is an inline script, so this one page is read without the policy.
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        page.goto(address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        context.close()


@pytest.mark.parametrize("width", slow_but([320, 390, 768, 1280, 1920], [320, 1280]))
def test_no_page_scrolls_sideways(opened, width):
    for path in (*PAGES, "posts/c.html", "posts/d.html"):
        page = opened(path, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("width", [820, 991, 1280])
def test_a_line_of_text_has_62_to_70_characters_where_there_is_room(opened, width):
    page = opened("posts/b.html", width)
    page.reload()  # the first time, a font that comes late is left out
    characters = page.evaluate("""() => {
        const text = document.querySelector("#article-body > p");
        const range = document.createRange();
        range.selectNodeContents(text);
        const width = [...range.getClientRects()].reduce((sum, line) => sum + line.width, 0);
        return text.textContent.length * text.clientWidth / width;
    }""")
    assert 62 <= characters <= 70


def test_the_measure_is_that_of_the_text_for_words_of_any_size_and_face(opened):
    page = opened("posts/b.html")
    wide = "selector => getComputedStyle(document.querySelector(selector)).getPropertyValue('--measure')"
    assert (
        page.evaluate(wide, ".dates")
        == page.evaluate(wide, "#article-body")
        != page.evaluate(wide, "html")
    )


def test_a_chart_answers_and_keeps_its_place(opened):
    page = opened("posts/a/index.html")
    before = page.evaluate("document.querySelector('.chart').getBoundingClientRect().height")
    live(page)
    assert (
        page.evaluate("document.querySelector('.chart').getBoundingClientRect().height") == before
    )
    assert page.evaluate("document.querySelectorAll('.chart-live .scatterlayer path').length") > 0
    expect(page.locator(".chart-picture > svg").first).to_have_css("opacity", "0")
    box = page.locator(".chart-live").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".hovertext")


def test_a_chart_takes_the_colours_of_the_setting_and_changes_with_it(opened):
    page = live(opened("posts/a/index.html", scheme="dark"))
    expect(page.locator(".chart-live .scatterlayer .js-line")).to_have_css(
        "stroke", "rgb(239, 123, 107)"
    )
    page.emulate_media(color_scheme="light")
    expect(page.locator(".chart-live .scatterlayer .js-line")).to_have_css(
        "stroke", "rgb(179, 38, 42)"
    )


@pytest.mark.parametrize("width", [820, 1280])
def test_charts_beside_each_other_have_letters_that_can_be_read(opened, width):
    """Each is hardly smaller than it was drawn."""
    sizes = opened("posts/d.html", width).evaluate("""() =>
        [...document.querySelectorAll(".chart-picture > svg")].filter((svg) => svg.checkVisibility())
            .map((svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)""")
    assert len(sizes) == 5
    assert min(sizes) > 0.8


def test_what_is_written_from_right_to_left(opened):
    """Code and addresses are read from the left all the same, and the dot before the first date is cut off."""
    page = opened("posts/c.html")
    for element in (".prose pre", ".share-address a"):
        assert page.locator(element).first.evaluate(STYLE, "direction") == "ltr"
    cut = page.locator(".byline .dates").evaluate(STYLE, "clipPath")
    assert re.fullmatch(r"inset\(0px [1-9][\d.]*px 0px 0px\)", cut)


def test_text_in_a_chart_is_never_under_11_pixels(opened):
    for width in (1280, 820, 390):
        page = live(opened("posts/a/index.html", width))
        smallest = page.evaluate("""() => Math.min(...[...document.querySelectorAll(".chart-live text")]
            .filter((text) => text.textContent).map((text) => parseFloat(getComputedStyle(text).fontSize)))""")
        assert smallest >= 11


def test_a_chart_s_text_is_as_wide_as_it_was_measured(opened):
    """The size of the page's serif is adjusted; in a chart, and where plotly measures its labels,
    nothing is.
    """
    places = ".chart-picture > svg, .main-svg, .lead-chart svg, #js-plotly-tester"
    measured = f"""() => Array.from(document.querySelectorAll("{places}"), svg => {{
        const text = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "text"));
        text.textContent = "United Arab Emirates";
        Object.assign(text.style, {{fontSize: "12px", fontFamily: "sans-serif"}});
        return [getComputedStyle(text).fontSizeAdjust, text.getComputedTextLength()];
    }})"""
    front = opened("index.html").evaluate(measured)
    article = live(opened("posts/a/index.html")).evaluate(measured)
    assert front and {adjusted for adjusted, _ in (*front, *article)} == {"none"}
    assert len({round(width) for _, width in article if width}) == 1


def test_pages_read_well_without_scripts(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "posts/a/index.html")
    assert (
        page.locator(".tab-pane").first.is_visible()
        and not page.locator(".tab-pane").nth(1).is_visible()
    )
    page.get_by_text("Two", exact=True).click()
    assert page.locator(".tab-pane").nth(1).is_visible()
    context.close()


def test_the_tab_key_reaches_what_scrolls(opened):
    page = opened("posts/b.html", 390)
    for selector in (".table-scroll", "pre"):
        box = page.locator(f"#article-body {selector}").first
        box.focus()
        assert box.evaluate("box => box === document.activeElement")


def test_on_paper_there_is_the_article_and_no_navigation(opened):
    page = opened("posts/a/index.html")
    page.emulate_media(media="print")
    assert (
        not page.locator("nav.sections").is_visible() and not page.locator(".colophon").is_visible()
    )
    assert page.locator("h1").is_visible() and page.locator(".chart-narrow").first.is_visible()


def test_the_theme_gives_every_setting_of_the_chart_palette_in_both(request):
    sheet = (Path(request.config.rootpath) / "src/broadsheet/theme/broadsheet.css").read_text()
    light, dark = sheet.split("@media (prefers-color-scheme: dark)", 1)
    names = {
        f"--chart-{name}:"
        for name in ("paper", "ink", "muted", "grid", "axis", "1", "2", "3", "4", "5")
    }
    assert all(name in light and name in dark for name in names)
