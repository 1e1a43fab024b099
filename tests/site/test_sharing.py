"""What a reader finds to pass an article on, and what comes out of the printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from lxml import html

from publishing import SITE, article, chart, publish, select, write

TITLE = "Bread & <butter>: 50% “more”?"
URL = "https://gazette.example/paper/posts/a.html"
WITHOUT = SITE.replace("  site-url: https://gazette.example/paper\n", "")


def shared(root: Path, config: str = SITE) -> html.HtmlElement | None:
    write(
        root,
        {
            "_quarto.yml": config,
            "posts/a.qmd": article(TITLE.replace('"', '\\"').replace("<", "\\\\<")),
        },
    )
    publish(root)
    return next(iter(select(html.parse(root / "_site/posts/a.html").getroot(), "nav.share")), None)


def test_each_service_is_a_plain_link_with_title_and_full_address(tmp_path):
    links = {link.text: link.get("href") for link in select(shared(tmp_path), "li a")}
    assert list(links) == ["E-mail", "Mastodon", "X", "Facebook", "LinkedIn", "WhatsApp"]
    said = {
        name: parse_qs(urlsplit(link).query or urlsplit(link).fragment)
        for name, link in links.items()
    }
    assert said == {
        "E-mail": {"subject": [TITLE], "body": [URL]},
        "Mastodon": {"text": [f"{TITLE} {URL}"]},
        "X": {"text": [TITLE], "url": [URL]},
        "Facebook": {"u": [URL]},
        "LinkedIn": {"url": [URL]},
        "WhatsApp": {"text": [f"{TITLE} {URL}"]},
    }
    assert all("noreferrer" in link.get("rel") for link in select(shared(tmp_path), "li a"))


def test_a_space_in_the_subject_of_a_mail_is_no_plus(tmp_path):
    mail = select(shared(tmp_path), "li a")[0].get("href")
    assert "+" not in mail and unquote(mail) == f"mailto:?subject={TITLE}&body={URL}"


def test_the_address_itself_stands_there_to_be_copied(tmp_path):
    (link,) = select(shared(tmp_path), "p.share-address a")
    assert link.text == link.get("href") == URL


def test_the_publication_chooses_the_services_and_their_order(tmp_path):
    assert [
        link.text
        for link in select(shared(tmp_path, f"{SITE}broadsheet:\n  share: [x, email]\n"), "li a")
    ] == ["X", "E-mail"]


@pytest.mark.parametrize("config", [WITHOUT, f"{SITE}broadsheet:\n  share: []\n"])
def test_without_a_full_address_or_a_service_there_is_nothing_to_share(tmp_path, config):
    assert shared(tmp_path, config) is None


# On paper

LONG = "\n".join(f"| {number} | {number * 7} |" for number in range(80))
BODY = (
    f"A [source](https://source.example/report) and [us](../about.qmd).\n\n## One\n\n{chart()}\n\n## Two\n\n"
    f"| a | b |\n|---|---|\n{LONG}\n\n[](article:b)\n"
)


@pytest.fixture
def paper(tmp_path: Path, serve: Callable[[Path], str], browser):
    """The article as a browser lays it out for print, for a reader who reads in the dark."""
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", body=BODY, excerpt="Said in the letter."),
            "posts/b.qmd": article("Another"),
        },
    )
    publish(tmp_path)
    page = browser.new_page(color_scheme="dark")
    page.goto(serve(tmp_path / "_site") + "posts/a.html")
    page.emulate_media(media="print", color_scheme="light")
    yield page
    page.close()


@pytest.mark.browser
def test_what_serves_on_a_screen_alone_is_not_printed(paper):
    for part in (".sections", ".share ul", ".newsletter", ".related", ".chart-data", ".colophon"):
        assert paper.locator(part).first.is_hidden(), part
    assert paper.get_by_role("link", name=URL).is_visible()
    assert paper.get_by_text("Source: The town.").is_visible()


@pytest.mark.browser
def test_an_address_outside_of_the_site_is_printed_after_its_link_and_no_other(paper):
    after = {
        link.inner_text(): link.evaluate("link => getComputedStyle(link, '::after').content")
        for link in paper.locator(".prose p a").all()
    }
    assert "https://source.example/report" in after["source"] or "attr(href)" in after["source"]
    assert after["us"] == after["Another"] == "none"


@pytest.mark.browser
def test_it_is_ink_on_white_and_the_chart_too(paper):
    style = paper.evaluate("""() => {
        const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        return [of('--paper'), of('--ink'), of('--chart-paper'), of('--chart-ink')];
    }""")
    assert style == ["#ffffff", "#000000", "#ffffff", "#000000"]


@pytest.mark.browser
def test_rows_charts_and_headings_are_not_cut_and_nothing_is_wider_than_the_paper(paper):
    broken = {
        selector: paper.locator(selector).first.evaluate(
            "element => [getComputedStyle(element).breakInside, getComputedStyle(element).breakAfter]"
        )
        for selector in ("tbody tr", ".chart", "h2")
    }
    assert broken["tbody tr"][0] == broken[".chart"][0] == "avoid" and broken["h2"][1] == "avoid"
    paper.set_viewport_size({"width": 640, "height": 900})  # A4 within its margins, in CSS pixels
    assert paper.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert paper.locator(".chart-narrow").is_visible() and paper.locator(".chart-wide").is_hidden()
    assert paper.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.browser
def test_the_text_stands_in_two_columns_and_a_chart_is_in_one_with_its_words(paper):
    paper.set_viewport_size({"width": 670, "height": 1000})
    text, chart = (paper.locator(one).first for one in (".story > .prose", ".chart"))
    assert text.evaluate("text => getComputedStyle(text).columnCount") == "2"
    width, whole = (one.bounding_box()["width"] for one in (chart, text))
    assert 0.4 * whole < width < 0.5 * whole
    boxes = paper.evaluate("""() => [...document.querySelectorAll('.chart :is(.chart-head, svg, .chart-line)')]
        .filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().left)""")
    assert len({round(one) for one in boxes}) == 1
    line = paper.locator(".chart-line").inner_text()
    assert not line.strip().endswith("·")
