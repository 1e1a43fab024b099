"""The publication as a reader meets it: a real browser, the network cut off, the strictest of
policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import slow_but

ARTICLES = ("posts/china-russia/", "posts/china-russia/2024.html")
PARTNER = "posts/russia-and-partner/uganda.html"
PAGES = ("", "about.html", "sections/world-news.html", "specimen/", PARTNER, *ARTICLES)


@pytest.fixture(scope="module")
def site(publication: Path, serve: Callable[[Path], str]) -> str:
    """The address of the publication, without the slash at its end."""
    return serve(publication).rstrip("/")


class Reader:
    """A page, and what went wrong on it. Requests to anywhere but the site are cut off and kept."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on(
            "response",
            lambda response: (
                self.complaints.append(f"{response.status}: {response.url}")
                if response.status >= 400
                else None
            ),
        )
        page.route("**/*", self._route)

    def _route(self, route) -> None:
        self.requests.append(route.request.url)
        if route.request.url.startswith(self.site):
            route.continue_()
        else:
            self.complaints.append(f"elsewhere: {route.request.url}")
            route.abort()

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.site}/{path}", wait_until="networkidle")
        return self.page


@pytest.fixture(
    params=[
        pytest.param((1280, "light"), marks=pytest.mark.slow, id="desktop"),
        pytest.param((390, "dark"), id="phone"),
    ]
)
def reader(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Reader]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield Reader(context.new_page(), site)
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    "path", slow_but(PAGES, ("", "specimen/", PARTNER, "posts/china-russia/2024.html"))
)
def test_no_page_complains_asks_elsewhere_or_scrolls_sideways(reader: Reader, path: str):
    page = reader.open(path)
    for chart in page.locator(".chart").all():
        chart.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert not reader.complaints
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    served = page.request.get(page.url).text()
    assert not re.search(r"<[^>]+\sstyle=|<style|\son\w+=|<script(?![^>]*(src=|ld\+json))", served)


@pytest.mark.browser
@pytest.mark.parametrize("path", slow_but(ARTICLES, ["posts/china-russia/2024.html"]))
def test_charts_answer_a_pointer_and_are_explored_in_place(reader: Reader, path: str):
    page = reader.open(path)
    assert page.locator(".chart").count() >= 4
    for label in ("fig-trade", "fig-energy", "fig-pivot", "fig-asymmetry"):
        picture = page.locator(f"#chart-{label} .chart-picture")
        picture.scroll_into_view_if_needed()
        picture.hover()
        tip = page.locator(".chart-tip:popover-open")
        expect(tip).to_contain_text("percent" if label == "fig-asymmetry" else "US$")
        page.mouse.move(0, 0)
        expect(tip).to_have_count(0)
    assert not any("/plotly-" in url for url in reader.requests)
    chart = page.locator("#chart-fig-pivot")
    before = chart.bounding_box()
    chart.get_by_role("button", name="Explore").click()
    expect(chart.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    after = chart.bounding_box()
    assert before and after and abs(before["height"] - after["height"]) <= 2
    assert sum("/plotly-" in url for url in reader.requests) == 1
    assert not reader.complaints


@pytest.mark.browser
def test_without_javascript_each_chart_shows_its_picture_and_its_table(browser: Browser, site: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/posts/china-russia/")
    chart = page.locator("#chart-fig-trade")
    expect(chart.locator("svg.chart-wide")).to_be_visible()
    expect(chart.locator("svg.chart-narrow")).to_be_hidden()
    chart.locator("summary").click()
    expect(chart.locator("table")).to_contain_text("2022")
    context.close()


@pytest.mark.browser
def test_the_editions_are_different_pages(browser: Browser, site: str):
    context = browser.new_context()
    page = context.new_page()
    seen = {}
    for path in ARTICLES:
        page.goto(f"{site}/{path}")
        seen[path] = (
            page.locator(".standfirst").first.inner_text(),
            page.locator("#chart-fig-trade svg.chart-wide").get_attribute("aria-label"),
        )
    (first, drawn_first), (second, drawn_second) = (seen[path] for path in ARTICLES)
    assert first != second
    assert "2022" in drawn_first and "190" in drawn_first
    assert "2024" in drawn_second and "24" in drawn_second
    context.close()


@pytest.mark.browser
def test_the_feed_has_both_editions_and_no_script(site: str):
    from urllib.request import urlopen

    import feedparser

    text = urlopen(f"{site}/index.xml").read().decode()
    feed = feedparser.parse(text)
    links = [entry.link for entry in feed.entries]
    assert all(len([one for one in links if one.endswith(path)]) == 1 for path in ARTICLES)
    assert "<script" not in text and "{python}" not in text
    without_tables = re.sub(
        "&lt;table.*?&lt;/table&gt;", "", text, flags=re.DOTALL
    )  # one has 192 countries
    assert len(without_tables) < 200_000
