"""What a reader sees who points at a fact, taps it, or reaches it by keyboard; and who has no
script.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from broadsheet.site.build.build import build
from conftest import CONFIG, Site, slow_but

pytestmark = pytest.mark.browser

CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
sum_ = bs.usd(trade["total"][2022], "$190 billion", name="trade-sum")
rose = bs.rose(trade["total"], 2021, 2022)
before = bs.usd(trade["total"][2021], "$147 billion", name="before")
two = bs.amount(2, "two", source=trade, name="two")"""
PROSE = (
    "Trade [rose to `{python} sum_` in all]{claim='rose'} in 2022. "
    + "Nothing else is to be said of it. " * 60
    + "\n\nOf `{python} two` years the first had `{python} before`. "
    + "Then it was `{python} sum_`, [more]{claim='rose'}."
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    site = Site(tmp_path_factory.mktemp("cards") / "publication")
    site.write("_quarto.yml", CONFIG)
    site.table()
    site.article("trade", CELL, ("md", PROSE))
    assert not build(site.root, jobs=1).faults
    return serve(site.root / "_site")


@pytest.fixture
def article(opened: Callable[..., Page]) -> Page:
    return opened("posts/trade/index.html")


def test_pointing_at_a_fact_shows_what_it_rests_on_and_escape_puts_it_away(article: Page) -> None:
    fact = article.locator("a.fact").first
    fact.hover()
    card = article.locator(".known-card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("Total, 2022: $190.3 billion")
    expect(card).to_contain_text("The Customs, as of 31 December 2022")
    expect(fact).to_have_accessible_description(
        "“Total” of 2022 is more than in 2021. Total, 2021: $146.9 billion; Total, 2022: $190.3 billion. "
        "Source: The Customs. Table: Trade, rows 2, 3. $190 billion Total, 2022: $190.3 billion. "
        "Source: The Customs, as of 31 December 2022. Table: Trade, row 3. How we know"
    )
    box = card.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 1280
    article.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_the_card_can_be_reached_with_the_pointer_and_leads_to_the_list(article: Page) -> None:
    article.locator("a.fact").first.hover()
    article.locator(".known-card").hover()
    article.locator(".known-more").click()
    expect(article).to_have_url(article.url.partition("#")[0] + "#claim-rose")
    expect(article.locator("#claim-rose")).to_be_in_viewport()


def test_the_keyboard_stops_once_in_a_paragraph_and_shows_all_that_it_rests_on(
    article: Page,
) -> None:
    stops = article.locator("a.fact:not([tabindex]), a.claim:not([tabindex])")
    expect(stops).to_have_count(2)
    stops.first.focus()
    article.keyboard.press("Tab")
    article.keyboard.press("Shift+Tab")
    expect(stops.first).to_be_focused()
    expect(article.locator(".known-card")).to_contain_text("$190.3 billion")
    article.keyboard.press("Tab")
    expect(stops.last).to_be_focused()
    expect(article.locator(".known-card > div")).to_have_count(4)


def test_a_first_touch_shows_the_card_and_a_second_follows_the_link(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{address}posts/trade/index.html")
    page.locator("a.fact").first.tap()
    expect(page.locator(".known-card")).to_be_visible()
    assert "#" not in page.url
    box = page.locator(".known-card").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.locator("a.fact").first.tap()
    expect(page.locator("#claim-rose")).to_be_in_viewport()
    context.close()


def test_adjoining_marks_are_one_and_small_words_none(article: Page) -> None:
    links = article.locator("a.fact, a.claim")
    assert links.all_inner_texts() == [
        "rose to $190 billion in all",
        "$147 billion",
        "$190 billion, more",
    ]
    assert links.first.get_attribute("data-known") == "claim-rose fact-trade-sum"
    assert links.nth(1).get_attribute("href") == "#fact-before"


def test_marks_are_quiet_until_a_reader_asks(article: Page) -> None:
    mark = article.locator("a.fact").first
    colour = "mark => getComputedStyle(mark).textDecorationColor"
    assert mark.evaluate(colour) == "rgba(0, 0, 0, 0)"
    article.locator("#article-body p").first.hover(position={"x": 5, "y": 5})
    assert mark.evaluate(colour) != "rgba(0, 0, 0, 0)"


def test_without_scripts_the_words_lead_to_the_list_and_back(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}posts/trade/index.html")
    page.locator("a.fact").first.click()
    expect(page.locator("#claim-rose")).to_be_in_viewport()
    page.locator("#fact-trade-sum .known-back").first.click()
    expect(page.locator("#fact-trade-sum-1")).to_be_in_viewport()
    context.close()


def test_the_list_is_folded_until_it_is_asked_for_and_is_whole_on_paper(article: Page) -> None:
    entry, fold = article.locator("#fact-trade-sum"), article.locator(".known summary")
    expect(fold).to_have_text("Each number and claim, with its source 4")
    expect(entry).to_be_hidden()
    article.emulate_media(media="print")
    assert entry.evaluate("entry => entry.checkVisibility({contentVisibilityAuto: true})")
    expect(fold).to_be_hidden()
    article.emulate_media(media="screen")
    expect(entry).to_be_hidden()
    fold.focus()
    article.keyboard.press("Enter")
    expect(entry).to_be_visible()
    fold.click()
    article.evaluate("location.hash = 'claim-rose'")
    expect(article.locator("#claim-rose")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", slow_but(["light", "dark"], 1))
def test_list_and_card_are_accessible(opened: Callable[..., Page], scheme: str) -> None:
    page = opened("posts/trade/index.html", scheme=scheme)
    page.locator("a.fact").first.hover()
    expect(page.locator(".known-card")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
