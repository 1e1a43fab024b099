"""A figure's HTML in a browser: it answers pointer, finger and keys on pages of any kind, and nothing
of it runs, loads or shifts what it should not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import plotly_alive as alive
from plotly_alive import living_html

pytestmark = pytest.mark.browser

LINES = {
    "data": [
        {"type": "scatter", "name": "North", "x": [2020, 2021, 2022], "y": [1, 3, 2]},
        {"type": "scatter", "name": "South", "x": [2020, 2021, 2022], "y": [2, 1, 4]},
    ],
    "layout": {"title": {"text": "Sales"}},
}
BARS = {
    "data": [{"type": "bar", "x": ["East", "West"], "y": [5, 8]}],
    "layout": {"title": {"text": "Bars"}},
}
STRICT = "default-src 'self'; script-src 'self'; style-src 'self'"
FRAMEWORKS = """<style>
svg { fill: red; vertical-align: middle; max-width: 50%; margin: 3em; background: yellow }
article figure, main figure { width: fit-content; display: flow-root; margin: 1em auto; text-align: center }
main figcaption { font-style: italic; max-width: 8rem; margin: 2em auto; text-align: center }
main table:not([class]) { display: inline-block; font-size: 40px }
main table { width: 100%; border: 9px solid red; table-layout: fixed }
main table th, main table td { min-width: 30rem; border: 9px solid red }
main tbody tr:nth-child(odd) { background: red }
main details { border: 9px solid red; padding: 3em; box-shadow: 0 0 9px red }
main details > summary { padding: 3em; font-size: 40px; background: red; display: flex }
main details > summary::before, main details > summary::after { content: "!!"; }
[hidden] { display: none !important }
.chart { color: red; display: none } p { margin: 3em; font-size: 40px } div { text-align: center }
</style>"""
"""What frameworks set for elements, at its worst."""


def tip(page: Page) -> Locator:
    return page.locator(".chart-tip:popover-open")


def point(page: Page, number: int = 0, across: float = 0.5, down: float = 0.5) -> None:
    """Move the mouse into a drawing."""
    picture = page.locator(".chart-picture").nth(number)
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)


def violations(page: Page) -> list[str]:
    report = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in report for node in fault["nodes"]]


def test_it_answers_the_pointer_the_keys_and_the_finger(opened_page: Callable[..., Page]) -> None:
    page = opened_page(alive.html(LINES), has_touch=True)
    point(page)
    expect(tip(page)).to_contain_text("2021")
    expect(tip(page)).to_contain_text("North")
    page.mouse.move(1, 1)
    expect(tip(page)).to_have_count(0)
    page.locator(".chart-keys").focus()
    page.keyboard.press("ArrowRight")
    status = page.get_by_role("status")
    expect(status).to_have_text("North, 2020: 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(status).to_have_text("South, 2022: 4")
    page.keyboard.press("Escape")
    expect(status).to_have_text("")
    box = page.locator(".chart-picture").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tip(page)).to_contain_text("2021")
    page.touchscreen.tap(2, 2)
    expect(tip(page)).to_have_count(0)


def test_a_screen_reader_is_told_once(opened_page: Callable[..., Page]) -> None:
    untitled = {**BARS, "layout": {}}
    for figure in (BARS, untitled):
        page = opened_page(alive.html(figure))
        words = alive.describe(figure)
        tree = page.locator("figure").aria_snapshot()
        assert tree.count(words.rstrip(".")) == 1, tree
        expect(page.get_by_role("img", name=words)).to_have_count(1)
        page.locator("summary").click()
        expect(page.get_by_role("table")).to_contain_text("West")
        page.keyboard.press("Tab")
        expect(page.get_by_role("group", name="Table")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(1000, "light"), (390, "dark")])
def test_axe_has_nothing_to_say(opened_page: Callable[..., Page], width: int, scheme: str) -> None:
    style = "<style>:root{color-scheme:light dark}</style>"
    body = alive.html(LINES) + alive.html(BARS, script=None) + alive.html({**BARS, "layout": {}})
    page = opened_page(body, head=style, width=width, scheme=scheme)
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == []


def test_figures_of_one_page_and_the_same_twice(opened_page: Callable[..., Page]) -> None:
    same = alive.html(LINES)
    page = opened_page(same + alive.html(BARS) + same)
    ids = page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
    assert len(set(ids)) > 1
    for number, text in enumerate(("2021", "East", "2021")):
        point(page, number, 0.3 if text == "East" else 0.5)
        expect(tip(page)).to_contain_text(text)
    expect(page.locator(".chart-tip")).to_have_count(1)


def test_an_output_that_comes_again(opened_page: Callable[..., Page]) -> None:
    page = opened_page(f'<div id="output">{alive.html(LINES)}</div>')
    # JupyterLab puts a new output in place of the old, and runs its scripts
    page.evaluate(
        """html => {
            const range = document.createRange(), output = document.getElementById("output");
            range.selectNode(output);
            output.replaceChildren(range.createContextualFragment(html));
        }""",
        alive.html(BARS),
    )
    point(page, across=0.3)
    expect(tip(page)).to_contain_text("East")
    expect(page.locator(".chart-tip")).to_have_count(1)


def test_a_page_that_exchanges_its_body(opened_page: Callable[..., Page]) -> None:
    page = opened_page(alive.html(LINES))
    point(page)
    expect(tip(page)).to_contain_text("2021")
    # a theme with instant navigation
    page.evaluate(
        "html => { document.body.innerHTML = `<main><h1>Next</h1>${html}</main>` }",
        alive.html(BARS),
    )
    point(page, across=0.3)
    expect(tip(page)).to_contain_text("East")


def test_two_versions_of_the_script(
    opened_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = alive.html(LINES)
    monkeypatch.setattr(living_html, "FORM", "later")
    living_html.code.cache_clear()
    second = alive.html(BARS)
    monkeypatch.undo()
    living_html.code.cache_clear()
    page = opened_page(first + second)
    point(page, 0)
    expect(tip(page)).to_contain_text("2021")
    point(page, 1, 0.3)
    expect(tip(page).last).to_contain_text("East")
    assert page.locator(".chart-keys").count() == 2, "each figure is made to answer once"


def test_a_strict_policy(opened_page: Callable[..., Page], tmp_path: Path) -> None:
    assert sorted(path.name for path in alive.write_assets(tmp_path)) == [
        "plotly-alive.css",
        "plotly-alive.js",
    ]
    html = alive.html(LINES, script="link")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", html)
    page = opened_page(html + alive.html(BARS, script="link"), policy=STRICT)
    point(page)
    expect(tip(page)).to_contain_text("2021")
    page.locator(".chart-keys").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").first).to_have_text("North, 2020: 1")
    swatch = tip(page).locator(".chart-tip-swatch").first
    assert swatch.evaluate("node => getComputedStyle(node).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_the_base_of_links() -> None:
    html = alive.html(LINES, script="link", base='../a"b/')
    assert 'href="../a&#34;b/plotly-alive.css"' in html
    assert 'src="../a&#34;b/plotly-alive.js"' in html


def test_without_a_script(opened_page: Callable[..., Page]) -> None:
    html = alive.html(LINES, script=None)
    assert "<script" not in html
    page = opened_page(html, java_script_enabled=False)
    expect(page.get_by_role("img")).to_be_visible()
    page.locator("summary").click()
    expect(page.get_by_role("table")).to_be_visible()


def test_without_a_table() -> None:
    html = alive.html(LINES, table=False)
    assert "<table" not in html
    assert "chart-values" in html


def test_an_authors_alternative_text() -> None:
    html = alive.html(LINES, alt='A "quoted" <text>')
    assert html.count('aria-label="A &#34;quoted&#34; &lt;text&gt;"') == 2
    assert alive.describe(LINES) not in html


@pytest.mark.parametrize("width", [1000, 390])
def test_a_framework_does_not_reach_into_it(opened_page: Callable[..., Page], width: int) -> None:
    body = f'<div class="chart">Their own</div>{alive.html(LINES)}'
    plain = opened_page(body, width=width)
    styled = opened_page(body, width=width, head=FRAMEWORKS)
    looks = """() => ["figure", ".chart-picture", ".chart-picture > svg:not([display])", "figcaption", "summary"].map(
        name => { const box = [...document.querySelectorAll(name)].find(each => each.checkVisibility()).getBoundingClientRect();
                  return [name, Math.round(box.width), Math.round(box.height)]; })"""
    for page in (plain, styled):
        point(page)
        expect(tip(page)).to_contain_text("2021")
    assert styled.evaluate(looks) == plain.evaluate(looks)
    for page in (plain, styled):
        page.locator("summary").click()
    cells = """() => [...document.querySelectorAll(".chart-cells, .chart-cells :is(th, td)")].map(each => {
        const { width, height } = each.getBoundingClientRect();
        const { backgroundColor, textAlign, borderTopWidth } = getComputedStyle(each);
        return [Math.round(width), Math.round(height), backgroundColor, textAlign, borderTopWidth]; })"""
    assert styled.evaluate(cells) == plain.evaluate(cells)
    tips = "() => { const box = document.querySelector('.chart-tip'); return getComputedStyle(box.firstChild).margin; }"
    assert styled.evaluate(tips) == plain.evaluate(tips)


DARK = "rgb(22, 22, 19)"
LIGHT = "rgb(253, 252, 249)"


@pytest.mark.parametrize(
    ("html", "scheme", "paper"),
    [
        ("", "light", LIGHT),
        ("", "dark", DARK),
        ('data-bs-theme="dark"', "light", DARK),
        ('data-bs-theme="light"', "dark", LIGHT),
        ('data-theme="auto"', "dark", DARK),
        ('data-md-color-scheme="slate"', "light", DARK),
        ('data-jp-theme-light="false"', "light", DARK),
        ('data-jp-theme-light="true"', "dark", LIGHT),
        ('class="dark"', "light", DARK),
    ],
)
def test_the_colours_of_a_page(
    opened_page: Callable[..., Page], html: str, scheme: str, paper: str
) -> None:
    page = opened_page(alive.html(LINES), html=f'lang="en" {html}', scheme=scheme)
    point(page)
    box = tip(page)
    assert box.evaluate("node => getComputedStyle(node).backgroundColor") == paper


def test_a_page_from_right_to_left(opened_page: Callable[..., Page]) -> None:
    where = """() => [...document.querySelectorAll(".chart-wide text")].map(each => {
        const { left } = each.getBoundingClientRect(), own = each.closest("svg").getBoundingClientRect();
        return Math.round(left - own.left); })"""
    plain = opened_page(alive.html(LINES))
    turned = opened_page(alive.html(LINES), html='lang="ar" dir="rtl"')
    assert turned.evaluate(where) == plain.evaluate(where)
    arabic = opened_page(alive.html(LINES, language="ar"), html='lang="ar" dir="rtl"')
    assert arabic.locator("figure").get_attribute("dir") == "rtl"
    assert arabic.evaluate(where) == plain.evaluate(where)
    for page in (turned, arabic):
        point(page)
        box = tip(page).bounding_box()
        assert box
        assert 0 <= box["x"] <= 1000 - box["width"]


def test_print_and_reduced_motion(opened_page: Callable[..., Page]) -> None:
    page = opened_page(alive.html(LINES), reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    point(page)
    expect(tip(page)).to_have_count(1)
    assert page.evaluate("document.getAnimations().length") == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(tip(page)).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator("summary")).to_be_hidden()
    expect(page.get_by_role("img")).to_be_visible()


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "--><style>*{display:none}</style>",
    "<!--<script>",
    "</style></figure><b>out",
    '" onmouseover=alert(1) x="',
    "' autofocus onfocus=alert(1) '",
    '<a href="javascript:alert(1)">link</a>',
    "__proto__",
    "constructor",
    "\u2028\u2029",
    "${alert(1)}",
    "%(name)s {place} %s",
)


@pytest.mark.parametrize("script", ["inline", "link", None])
def test_hostile_texts(
    opened_page: Callable[..., Page], tmp_path: Path, script: living_html.Script
) -> None:
    alive.write_assets(tmp_path)
    names = [f"{text} {number}" for number, text in enumerate(HOSTILE)]
    figure = {
        "data": [
            {
                "type": "bar",
                "name": name,
                "x": names,
                "y": [*range(1, len(names) + 1)],
                "text": names,
                "hovertemplate": name,
                "__proto__": {"polluted": 1},
                "constructor": {"prototype": {"polluted": 1}},
                "</script>": "<script>alert(1)</script>",
            }
            for name in names
        ],
        "layout": {
            "title": {"text": HOSTILE[1] + HOSTILE[0] + HOSTILE[7]},
            "xaxis": {"title": {"text": HOSTILE[7]}},
            "annotations": [{"text": text, "x": 0, "y": 1} for text in HOSTILE],
            "images": [{"source": "https://example.org/x.png"}],
        },
    }
    html = alive.html(json.loads(json.dumps(figure)), script=script, alt=HOSTILE[5])
    page = opened_page(html + "<p id=after>after</p>")
    expect(page.locator("#after")).to_be_visible()
    assert page.locator("main > figure").count() == 1
    assert page.evaluate("document.querySelector('#after').parentElement.localName") == "main"
    assert page.locator("figure img, figure b, figure iframe, figure [onerror]").count() == 0
    links = page.locator("figure a")
    for link in links.all():
        assert not str(link.get_attribute("href")).startswith("javascript")
    assert page.evaluate("({}).polluted") is None
    if script:
        page.locator(".chart-keys").focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowDown", "End"):
            page.keyboard.press(key)
        expect(page.get_by_role("status")).not_to_have_text("")
        assert page.locator(".chart-tip :not(p, span, b)").count() == 0


def test_weights() -> None:
    figures: dict[str, tuple[Any, int]] = {
        "lines": (LINES, 40_000),
        "bars": (BARS, 40_000),
        "a year of days": (
            {"data": [{"y": [(day * 7919) % 100 for day in range(365)]}]},
            60_000,
        ),
    }
    for name, (figure, most) in figures.items():
        assert 10_000 < len(alive.html(figure).encode()) < most, name
    assert len(living_html.code()) < 19_000


def test_ten_thousand_points_and_none(opened_page: Callable[..., Page]) -> None:
    many = {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [(n * 7919) % 10_007 for n in range(10_000)],
                "y": [(n * 104_729) % 10_009 for n in range(10_000)],
            }
        ]
    }
    html = alive.html(many)
    assert len(html) < 1_000_000
    nothing = [
        alive.html({"data": []}),
        alive.html({"data": [{"type": "bar", "y": [None, "NaN"]}]}),
    ]
    page = opened_page(html + "".join(nothing))
    expect(page.locator("figure")).to_have_count(3)
    point(page, 0)
    page.mouse.move(1, 1)


def test_a_figure_that_is_refused_is_its_table(opened_page: Callable[..., Page]) -> None:
    refused = {"data": [{"type": "nonsense", "x": ["a", "b"], "y": [1, 2]}]}
    with pytest.raises(alive.DrawingError, match="there is no trace type"):
        alive.html(refused)
    with pytest.warns(UserWarning, match="shown as its table") as said:
        html = alive.html(refused, without_picture="warn")
    assert said[0].filename == __file__
    page = opened_page(html)
    expect(page.locator("figure")).to_contain_text("This chart could not be drawn.")


def test_a_notebook_that_is_not_trusted_has_no_words_of_a_drawing() -> None:
    """JupyterLab keeps `hidden` if it has a value, and the texts in elements that it removes."""
    html = alive.html(LINES)
    without_style = re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.S)
    assert '<div class="chart-picture" hidden="hidden"><svg' in without_style


def test_a_drawing_stands_by_itself(opened_page: Callable[..., Page]) -> None:
    drawing = alive.draw(LINES, 480)
    assert (drawing.width, drawing._repr_svg_()) == (520, drawing.svg)
    assert drawing.svg.count(f"<title>{drawing.alt}") == 1
    assert "var(" not in drawing.svg + drawing.dark_svg
    assert "Sales" in drawing.svg
    for width in (199, 4001, 720.0, "720", True, None):
        with pytest.raises(ValueError, match="200 to 4000 pixels"):
            alive.draw(LINES, width)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="script is 'no'"):
        alive.html(LINES, script="no")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="without_picture is 'no'"):
        alive.html(LINES, without_picture="no")  # type: ignore[arg-type]
