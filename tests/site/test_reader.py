"""A walk through the publication as a reader takes it: front page, article, author, related
article, topic, archive, search; at three widths, by day and by night; then without scripts, and by
the keyboard alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

LOOKS = [
    (390, "dark"),
    *(
        pytest.param(width, scheme, marks=pytest.mark.slow)
        for width, scheme in (
            (1280, "light"),
            (390, "light"),
            (768, "light"),
            (768, "dark"),
            (1280, "dark"),
        )
    ),
]
FRONT, SEARCH = "index.html", "search/index.html"
LEAD = re.compile(r"/posts/china-russia/")


@pytest.fixture(scope="module")
def address(publication: Path, serve: Callable[[Path], str]) -> str:
    return serve(publication)


def read(page: Page) -> None:
    """What holds on every page: one headline, the content after the menu, nothing wider than the
    screen.
    """
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("main")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def follow(page: Page, selector: str) -> str:
    """Follow the first such link to the page that it leads to; its words."""
    link = page.locator(selector).first
    words = link.inner_text()
    link.click()
    page.wait_for_load_state()
    read(page)
    return words


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_reader_finds_the_way_from_the_front_page_through_the_site(opened, width, scheme):
    page = opened(FRONT, width, scheme)
    read(page)
    expect(page.locator(".lead > .lead-chart > svg:visible")).to_have_count(1)
    headline = follow(page, ".lead .headline a")
    assert LEAD.search(page.url) and page.locator("h1").inner_text() == headline

    # The parts of an article, in the order in which they are met.
    parts = [
        page.locator(css).first
        for css in (
            ".kicker",
            "h1",
            ".standfirst",
            ".authors",
            ".dates time",
            "#article-body p",
            "#article-body .chart",
            ".known",
            ".share",
            ".related",
        )
    ]
    boxes = [part.bounding_box() for part in parts]
    assert all(boxes), "a part of the article is not to be seen"
    assert all(one["y"] <= other["y"] for one, other in pairwise(box for box in boxes if box))
    expect(page.locator(".minutes").first).to_contain_text("min")
    expect(page.locator("aside.newsletter")).to_be_visible()
    expect(page.locator(".related .headline")).to_have_count(3)
    for other in page.locator(".related .item").all():
        expect(other.locator(".by")).not_to_be_empty()
        expect(other.locator("time")).to_be_visible()
        assert other.locator(".headline").inner_text() != headline
    chart = page.locator("#article-body .chart").first
    chart.locator(".chart-picture").click()
    expect(page.locator(".chart-tip")).to_be_visible()

    # And on: a related article, its author, the front page, a section, the archive, the search.
    other = follow(page, ".related .headline a")
    assert page.locator("h1").inner_text() == other
    author = follow(page, ".authors a")
    assert page.locator("h1").inner_text() == author
    expect(page.locator(".headline", has_text=headline).first).to_be_visible()
    follow(page, ".masthead-title a")
    section = follow(page, ".masthead .sections a")
    assert page.locator("h1").inner_text() == section
    expect(page.locator(".masthead [aria-current=page]")).to_have_text(section)
    follow(page, ".colophon a[href$='archive/index.html']")
    assert page.locator(".month .lines a").count() >= 7
    follow(page, ".masthead .to-search a")
    page.get_by_label("Words").fill("Everest")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"\d+ found"))
    read(page)
    found = follow(page, ".search-results .headline a")
    assert page.locator("h1").inner_text() == found


def test_without_scripts_a_reader_has_pictures_tables_editions_and_other_ways_than_the_search(
    browser: Browser, address: str
):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + FRONT)
    page.locator(".lead .headline a").click()
    charts = page.locator("#article-body .chart")
    assert charts.count() >= 4
    for chart in charts.all():
        expect(
            chart.locator(".chart-picture svg:visible, .chart-picture img:visible")
        ).to_have_count(1)
        chart.locator(".chart-data > summary").click()
        expect(chart.locator(".chart-data table")).to_be_visible()
    page.goto(address + "posts/russia-and-partner/index.html")
    page.get_by_role("link", name="India", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("India")
    page.locator(".picker summary").click()
    page.locator(".picker").get_by_role("link", name="Brazil", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Brazil")
    page.locator(".to-search a").click()
    expect(page.locator(".search-broken")).to_be_visible()
    page.locator(".search-ways a[href$='archive/index.html']").click()
    expect(page.locator("h1")).to_have_text("Archive")
    context.close()


def test_by_the_keyboard_alone_a_reader_gets_past_the_menu_and_to_the_related_articles(opened):
    page = opened(FRONT)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    lead = page.locator(".lead .headline a")
    go(page, lead)
    page.keyboard.press("Enter")
    page.wait_for_url(LEAD)
    related = page.locator(".related .headline a")
    for number in range(3):
        go(page, related.nth(number), by=400)
    words = related.nth(2).inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(words)


def go(page: Page, target, by: int = 20) -> None:
    """Press Tab until the target has the focus, and see that each stop on the way shows that it has
    it.
    """
    for _ in range(by):
        page.keyboard.press("Tab")
        assert page.evaluate("""() => {
            const style = getComputedStyle(document.activeElement);
            return style.outlineStyle !== 'none' || style.boxShadow !== 'none' ||
                   document.activeElement.closest('svg, .js-plotly-plot') !== null;
        }"""), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{by} stops do not lead to {target}")


def test_a_sum_in_a_title_that_a_text_leads_to_is_no_kicker(opened):
    """A sum is a `span` that is not broken, and "Read more" is one before the title."""
    page = opened("posts/who-sat-out/index.html")
    link = page.locator(".read-more a").first
    link.evaluate("(one) => one.insertAdjacentHTML('beforeend', ' <span class=whole>$1 bn</span>')")
    title, summed = (
        one.evaluate("(one) => [getComputedStyle(one).fontSize, getComputedStyle(one).display]")
        for one in (link, link.locator(".whole").first)
    )
    assert title == summed
