"""Before and after, `::: {.before-after}`: two pictures that can be laid on each other."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from broadsheet.site.build.build import build
from conftest import Site, slow_but

RED, BLUE = (200, 30, 30), (20, 60, 180)
PHOTO = '![{0}]({0}.jpg){{credit="A. Nobody" licence="CC BY 4.0" fig-alt="The quay, {0}"}}'
DIV = "::: {.before-after}\n%s\n:::"
PAIR = DIV % "\n\n".join(map(PHOTO.format, ("before", "after")))
CHARTS = [
    "import plotly.express as px",
    ("md", "::: {.before-after}"),
    "#| label: fig-one\n#| fig-cap: In May\n#| fig-alt: Low\n#| source: false\npx.line(x=[1, 2], y=[0, 1], range_y=[0, 9])",
    "#| label: fig-two\n#| fig-cap: In June\n#| fig-alt: High\n#| source: false\npx.line(x=[1, 2], y=[0, 9], range_y=[0, 9])",
    ("md", ":::"),
]
PAGE = "_site/posts/quay/index.html"


def photo(colour: tuple[int, int, int], size: tuple[int, int] = (1200, 800)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "JPEG")
    return data.getvalue()


def site_with(site: Site, text: str, size: tuple[int, int] = (1200, 800)) -> Site:
    site.article("quay", ("md", f"Text.\n\n{text}"), front="title: The quay\ndate: 2023-05-26")
    folder = site.root / "posts/quay"
    (folder / "before.jpg").write_bytes(photo(RED))
    (folder / "after.jpg").write_bytes(photo(BLUE, size))
    return site


def test_the_html_is_that_of_two_pictures_with_their_words(site: Site):
    site.write("index.qmd", "---\ntitle: T\nlisting: {contents: posts, feed: {type: full}}\n---\n")
    result = build(site_with(site, PAIR).root)
    assert not result.faults and not result.notices, (result.faults, result.notices)
    page = site.read(PAGE)
    assert '<div class="before-after is-compared" data-label="Move the line' in page
    assert "before-after-" in page and "<input" not in page and " style=" not in page
    for text in (page, site.read("_site/index.xml"), site.read("_site/posts/quay/index.md")):
        assert text.index("The quay, before") < text.index("The quay, after")
        assert text.count("A. Nobody · CC BY 4.0") >= 2
    site.article("other", ("md", "Text."))
    build(site.root)
    assert "before-after" not in site.read("_site/posts/other/index.html")


@pytest.mark.parametrize(
    "text",
    [
        f"::: {{#fig-quay}}\n{PAIR}\n\nThe quay, twice.\n:::",
        PAIR.replace("{.", "{#fig-quay .").replace("\n:::", "\n\nThe quay, twice.\n:::"),
    ],
    ids=["within", "with-the-id"],
)
def test_a_pair_can_be_a_figure_with_a_number(site: Site, text: str):
    result = build(site_with(site, f"{text}\n\nAs @fig-quay shows.").root)
    assert not result.faults and not result.notices, (result.faults, result.notices)
    page = site.read(PAGE)
    assert (
        page.count("before-after is-compared") == 1 and 'id="fig-quay" class="quarto-float' in page
    )
    assert "Figure\u00a01: The quay, twice." in page
    pair = page[page.index("before-after is-compared") : page.index("The quay, twice.")]
    assert pair.count("<img") == 2 and pair.count("</figcaption>") == 2


@pytest.mark.parametrize(
    ("text", "size", "said"),
    slow_but(
        [
            (DIV % PHOTO.format("before"), (1200, 800), "compares two pictures, and has 1"),
            (DIV % "Words.", (1200, 800), "compares two pictures, and has none"),
            (PAIR.replace("\n:::", f"\n\n{PHOTO.format('before')}\n:::"), (1200, 800), "and has 3"),
            (PAIR, (1200, 1200), "have other proportions, 1200 × 800 and 1200 × 1200"),
            (PAIR.replace("after.jpg", "later.jpg"), (1200, 800), "the size of a picture"),
        ],
        1,
    ),
    ids=["one", "none", "three", "proportions", "missing"],
)
def test_what_cannot_be_compared_is_reported_and_stays(
    site: Site, text: str, size: tuple[int, int], said: str
):
    result = build(site_with(site, text, size).root)
    assert not result.faults, result.faults
    [notice] = [one for one in map(str, result.notices) if ".before-after" in one]
    assert said in notice and "posts/quay/index.ipynb, cell 2" in notice
    page = site.read(PAGE)
    assert '<div class="before-after">' in page and "before-after.js" not in page


def test_the_second_of_a_page_is_named_where_it_is(site: Site):
    result = build(site_with(site, f"{PAIR}\n\n{DIV % PHOTO.format('after')}").root)
    [notice] = [one for one in map(str, result.notices) if ".before-after" in one]
    assert "line 9" in notice


def test_charts_of_other_heights_are_reported(site: Site):
    site.article(
        "quay",
        *[one.replace("range_y", "height=600, range_y") if "two" in one else one for one in CHARTS],
    )
    [notice] = [one for one in map(str, build(site.root).notices) if ".before-after" in one]
    assert "720 × 420 and 720 × 600" in notice and "give both charts the same height" in notice


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, chromium: str, serve: Callable[[Path], str]
) -> str:
    site = Site(tmp_path_factory.mktemp("publication") / "site")
    site.front()
    site.article("charts", *CHARTS)
    site_with(site, PAIR)
    assert not build(site.root).faults
    return serve(site.root / "_site")


def seen(page: Page, part: float) -> str:
    """Which picture is seen at a part of the width."""
    box = page.locator(".before-after img").first.bounding_box()
    assert box
    shot = page.screenshot(
        clip={"x": box["x"] + box["width"] * part, "y": box["y"] + 20, "width": 2, "height": 2}
    )
    with Image.open(io.BytesIO(shot)) as image:
        pixel = image.convert("RGB").getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return "before" if pixel[0] > pixel[2] else "after"


@pytest.mark.browser
@pytest.mark.parametrize("width", slow_but([1280, 390], 1))
def test_mouse_and_keys_move_the_line(opened: Callable[..., Page], width: int):
    page = opened("posts/quay/index.html", width)
    page.locator(".before-after").scroll_into_view_if_needed()
    slider = page.get_by_role("slider", name="Move the line between the two pictures")
    expect(slider).to_have_attribute("aria-valuetext", "50 percent of the first picture")
    page.evaluate(
        "Promise.all([...document.querySelectorAll('.before-after img')].map((one) => one.decode()))"
    )
    assert (seen(page, 0.4), seen(page, 0.6)) == ("before", "after")
    heights = [
        page.locator(one).first.bounding_box()
        for one in (".before-after img", ".before-after-slider")
    ]
    assert len({box["height"] for box in heights if box}) == 1
    box = page.locator(".before-after img").first.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    page.mouse.up()
    assert (seen(page, 0.75), seen(page, 0.85)) == ("before", "after")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "0 percent of the first picture")
    assert seen(page, 0.02) == "after"
    page.keyboard.press("End")
    assert seen(page, 0.97) == "before"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_a_finger_moves_the_line(browser: Browser, address: str):
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(f"{address}posts/quay/index.html")
    slider = page.get_by_role("slider")
    slider.scroll_into_view_if_needed()
    box = page.locator(".before-after img").first.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    expect(slider).to_have_attribute("aria-valuetext", "20 percent of the first picture")
    context.close()


@pytest.mark.browser
def test_nothing_moves_and_without_a_script_both_stand_whole(browser: Browser, address: str):
    heights = {}
    for is_scripted in (True, False):
        context = browser.new_context(
            viewport={"width": 1280, "height": 800}, java_script_enabled=is_scripted
        )
        page = context.new_page()
        page.goto(f"{address}posts/quay/index.html")
        boxes = [one.bounding_box() for one in page.locator(".before-after img").all()]
        lefts = {box["x"] for box in boxes if box}
        assert len(lefts) == (1 if is_scripted else 2)
        if is_scripted:
            shift = page.evaluate(
                "new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().length))"
                ".observe({type: 'layout-shift', buffered: true})"
                " || requestAnimationFrame(() => requestAnimationFrame(() => done(0))))"
            )
            assert shift == 0
            page.emulate_media(media="print")
            assert page.locator(".before-after-slider").is_hidden()
            boxes = [one.bounding_box() for one in page.locator(".before-after img").all()]
            assert len({box["x"] for box in boxes if box}) == 2
        heights[is_scripted] = page.locator(".before-after figcaption").count()
        context.close()
    assert set(heights.values()) == {2}


@pytest.mark.browser
def test_charts_stay_alive_on_both_sides_of_the_line(opened: Callable[..., Page]):
    page = opened("posts/charts/index.html")
    pictures = page.locator(".before-after .chart-picture")
    pictures.first.scroll_into_view_if_needed()
    boxes = [one.bounding_box() for one in pictures.all()]
    assert boxes[0] == boxes[1] and boxes[0]
    page.get_by_role("button", name="Explore").first.click(trial=True)
    page.goto(page.url.partition("#")[0] + "#fig-two")
    figure = page.locator("#fig-two").bounding_box()
    assert figure and figure["y"] < 200 and page.evaluate("scrollY") > 0  # a link leads to it
    boxes = [one.bounding_box() for one in pictures.all()]
    assert boxes[0]
    tip = page.locator(".chart-tip:popover-open")
    for part, value in ((0.05, "0"), (0.95, "9")):  # at 1 the first, at 2 the second
        page.mouse.move(boxes[0]["x"] + boxes[0]["width"] * part, boxes[0]["y"] + 200)
        expect(tip.locator(".chart-tip-value").first).to_have_text(value)
