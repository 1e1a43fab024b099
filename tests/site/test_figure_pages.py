"""A figure has a page of its own: alone, to be embedded and cited; and files to take along that say
what they are.
"""

from __future__ import annotations

import io
import re
from html import escape
from urllib.parse import urljoin

import feedparser
import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import etree, html
from playwright.sync_api import expect

from broadsheet.site.build.build import build
from conftest import Site

CONFIG = """\
project:
  type: website
  render: ["*.qmd", "posts/**/*.ipynb"]
website:
  title: The Gazette
  site-url: "https://gazette.example/paper"
"""
FRONT = (
    "title: 'Trade in `{python} year`'\ndate: 2023-05-26\nauthor: A. Reporter\neditions:\n  - slug: '2024'\n"
    "    parameters: {year: 2024}\n    date: 2025-01-13"
)
FIGURE = """#| label: fig-trade
#| fig-cap: "A caption, see @fig-other and [below](#how)."
#| fig-alt: "Two bars."
#| note: "A note that says a good deal of the figure: how it was counted, by whom, what is in it and what is not."
import plotly.graph_objects as go
import broadsheet as bs
trade = bs.table("trade")
fig = go.Figure(go.Bar(x=trade["year"], y=trade["total"], name="China", hovertemplate="US$ %{y:.1f} bn"))
fig.update_layout(title={"text": f"Trade rose by {year}", "subtitle": {"text": "US$ bn"}})
fig"""
OTHER = re.sub(r"#\| fig-cap.*\n", "", FIGURE.replace("fig-trade", "fig-other"))
PAGE = "posts/a/figures/fig-trade/index.html"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Site:
    """An article of two editions with two figures and one without a label, built."""
    site = Site(tmp_path_factory.mktemp("figures"))
    site.write("_quarto.yml", CONFIG)
    site.write(
        "index.qmd", "---\ntitle: The Gazette\nlisting: {contents: [posts], feed: true}\n---\n"
    )
    site.table()
    site.article(
        "a",
        FIGURE,
        OTHER,
        OTHER.replace("#| label: fig-other\n", ""),
        ("md", "## How {#how}\n\nSo."),
        front=FRONT,
        parameters="year: int = 2022",
    )
    assert not build(site.root, jobs=2).faults
    return site


def read(site, path):
    return html.fromstring(site.read(f"_site/{path}"))


def text(page, path):
    return [" ".join(element.text_content().split()) for element in page.xpath(path)]


def test_each_labelled_figure_of_each_edition_has_a_page_in_the_folder_of_its_page(made):
    pages = {
        path.relative_to(made.root / "_site").as_posix()
        for path in (made.root / "_site").rglob("index.html")
    }
    assert {page for page in pages if "figures" in page} == {
        f"posts/a/{edition}figures/{label}/index.html"
        for edition in ("", "2024/")
        for label in ("fig-trade", "fig-other")
    }


def test_it_holds_the_figure_alone_with_its_caption_and_says_where_it_is_from(made):
    page = read(made, PAGE)
    assert text(page, "//title") == ["Trade rose by 2022 – The Gazette"]
    assert text(page, "//p[@class='chart-title']") == ["Trade rose by 2022"] and not page.xpath(
        "//header|//nav"
    )
    assert text(page, "//figcaption")[0].startswith("A caption, see Figure")
    assert text(page, "//p[@class='figure-from']") == ["Trade in 2022 · 26 May 2023 · The Gazette"]
    assert text(
        read(made, "posts/a/2024/figures/fig-trade/index.html"), "//p[@class='figure-from']"
    ) == ["Trade in 2024 · 13 January 2025 · The Gazette"]


def test_each_address_on_it_leads_to_a_file_of_the_site(made):
    for path in (PAGE, "posts/a/2024/figures/fig-other/index.html"):
        for element in read(made, path).iter("a", "link", "script", "div"):
            for name in ("href", "src", "data-figure", "data-values", "data-explore"):
                address = element.get(name, "")
                if address and not address.startswith(("#", "https:")):
                    target = urljoin(f"/{path}", address).partition("#")[0]
                    assert (made.root / f"_site{target}").is_file(), address
    page = read(made, PAGE)
    assert page.xpath("//figcaption//a/@href") == [
        "../../index.html#fig-other",
        "../../index.html#how",
    ]


def test_the_article_leads_to_it_and_it_leads_to_the_snippet(made):
    assert (
        read(made, "posts/a/index.html").xpath("//a[@class='chart-page']/@href")[0]
        == "figures/fig-trade/index.html#embed"
    )
    assert (
        read(made, "posts/a/2024.html").xpath("//a[@class='chart-page']/@href")[0]
        == "2024/figures/fig-trade/index.html#embed"
    )
    assert read(made, PAGE).xpath("//a[@class='chart-page']/@href") == ["#embed"]


def test_the_snippet_and_the_citation_have_the_permanent_address_and_the_editions_date(made):
    page = read(made, "posts/a/2024/figures/fig-trade/index.html")
    url = "https://gazette.example/paper/posts/a/2024/figures/fig-trade/"
    frame = html.fromstring(page.get_element_by_id("snippet").text)
    assert (frame.tag, frame.get("src"), frame.get("title")) == (
        "iframe",
        url,
        "Trade rose by 2024",
    )
    assert int(frame.get("height")) > 420 and frame.get("loading") == "lazy"
    assert page.get_element_by_id("citation").text == (
        "A. Reporter, The Gazette: “Trade rose by 2024” (chart), in: “Trade in 2024”, edition of 13 January 2025. "
        f"{url}"
    )
    assert page.xpath("//link[@rel='canonical']/@href") == [url]


def test_it_is_not_for_search_engines_and_shares_its_own_picture(made):
    page = read(made, PAGE)
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    (picture,) = page.xpath("//meta[@property='og:image']/@content")
    assert picture == "https://gazette.example/paper/posts/a/index_files/fig-trade-full.png"
    assert "figures/" not in made.read("_site/sitemap.xml") and "gazette" in made.read(
        "_site/sitemap.xml"
    )


def test_files_to_take_along_are_named_after_article_edition_and_figure(made):
    links = read(made, "posts/a/2024.html").xpath("(//p[@class='chart-downloads'])[1]/a")
    assert [(link.text, link.get("download")) for link in links] == [
        (kind.upper(), f"a-2024-trade.{kind}") for kind in ("csv", "svg", "png")
    ]
    for link in links:
        assert (made.root / "_site/posts/a" / link.get("href")).stat().st_size > 0


def test_the_note_of_a_figure_is_at_the_end_of_its_caption_and_nowhere_else(made):
    copy = (made.root / "_site/posts/a/index.md").read_text(encoding="utf-8")
    pages = ["posts/a/index.html", "posts/a/figures/fig-trade/index.html"]
    words = [read(made, page).xpath("(//figure)[1]")[0].text_content() for page in pages]
    for text in (*words, copy.split("![")[1]):
        assert text.count("A note that says a good deal") == 1
    note = read(made, pages[0]).xpath("(//figcaption)[1]/span[@class='chart-note']")
    assert note[0].text_content().startswith("A note that says")


def test_the_picture_to_take_along_has_the_title_and_the_source_in_it(made):
    root = etree.parse(made.root / "_site/posts/a/index_files/fig-trade-full.svg").getroot()
    words = [element.text for element in root.findall("{*}text")]
    assert words[:2] == ["Trade rose by 2022", "US$ bn"] and words[2].startswith("A note that says")
    assert words[-1] == "Source: The Customs · As of 31 December 2024 · CC BY 4.0"
    png = (made.root / "_site/posts/a/index_files/fig-trade-full.png").read_bytes()
    width, height = (int.from_bytes(png[at : at + 4]) for at in (16, 20))
    assert (width, height) == tuple(
        round(float(root.get(name)) * 1.5) for name in ("width", "height")
    )


def test_a_feed_has_the_picture_and_the_source_of_a_figure_and_neither_table_nor_snippet(made):
    (entry,) = feedparser.parse(io.BytesIO((made.root / "_site/index.atom").read_bytes())).entries
    body = entry.content[0].value
    assert (
        "fig-trade.svg" in body
        and "Source: " in body
        and "<table" not in body
        and "iframe" not in body
    )


def test_a_build_that_changes_nothing_keeps_it_and_one_that_changes_the_title_makes_it_anew(made):
    before = made.read(f"_site/{PAGE}")
    built = build(made.root, jobs=1)
    assert (built.new_pages, made.read(f"_site/{PAGE}")) == (0, before)
    made.write("_quarto.yml", CONFIG.replace("The Gazette", "The Herald"))
    build(made.root, jobs=1)
    assert "The Herald" in made.read(f"_site/{PAGE}")
    made.write("_quarto.yml", CONFIG)
    build(made.root, jobs=1)
    assert made.read(f"_site/{PAGE}") == before


@pytest.fixture
def address(made, serve):
    return serve(made.root / "_site")


@pytest.mark.browser
def test_the_snippet_is_shown_when_it_is_asked_for_and_without_scripts(opened):
    page = opened(PAGE)
    expect(page.locator("#snippet")).to_be_hidden()
    page.get_by_role("link", name="Embed or cite").click()
    expect(page.locator("#snippet")).to_be_visible()
    page.locator(".chart-picture").hover()
    page.wait_for_selector(".chart-tip:popover-open")  # the same chart that answers to the reader


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 700])
def test_in_a_frame_of_its_height_nothing_is_hidden(opened, made, width):
    page = opened(PAGE, width=width)
    height = int(html.fromstring(read(made, PAGE).get_element_by_id("snippet").text).get("height"))
    assert page.evaluate("document.documentElement.scrollHeight") <= max(
        height, page.viewport_size["height"]
    )
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().bottom") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_fault_is_found_by_axe(browser, address, scheme):
    page = browser.new_context(
        bypass_csp=True, color_scheme=scheme
    ).new_page()  # axe itself is an inline script
    page.goto(f"{address}{PAGE}#embed")
    page.locator("summary").click()
    found = Axe().run(page)
    page.context.close()
    assert found.violations_count == 0, found.generate_report()


EVIL = "<img src=x onerror=alert(1)></textarea></script><script>alert(2)</script>&\"' ]]>=1+1"


def test_a_hostile_figure_is_text_on_its_page_in_its_files_and_in_feeds(site, chromium):
    site.write("_quarto.yml", CONFIG)
    site.write(
        "index.qmd", "---\ntitle: The Gazette\nlisting: {contents: [posts], feed: true}\n---\n"
    )
    site.article(
        "a",
        f"""#| label: fig-x
#| source: {{text: "`{{python}} evil`", url: "https://example.org/"}}
#| licence: "`{{python}} evil`"
#| note: "`{{python}} evil`"
#| fig-alt: "`{{python}} evil`"
import plotly.graph_objects as go
evil = {EVIL!r}
fig = go.Figure(go.Bar(x=[evil, "b"], y=[1, 2], name=evil, hovertext=evil, hovertemplate=evil))
fig.update_layout(title={{"text": "&lt;b" + evil, "subtitle": {{"text": evil}}}}, xaxis_title=evil)
fig""",
        front=f"title: {escape(EVIL)!r}\ndate: 2023-05-26",
    )
    assert not build(site.root, jobs=1).faults
    for path in ("posts/a/index.html", "posts/a/figures/fig-x/index.html"):
        page = read(site, path)
        assert not page.xpath("//img") and not page.xpath("//@onerror")
        assert all(
            script.get("src") or script.get("type") == "application/ld+json"
            for script in page.iter("script")
        )
        assert EVIL in page.xpath("//*[@class='chart-note']")[0].text_content()
    frame = html.fragment_fromstring(
        read(site, "posts/a/figures/fig-x/index.html").get_element_by_id("snippet").text
    )
    assert frame.tag == "iframe" and len(frame.attrib) == 6 and "onerror" not in frame.attrib
    for picture in (site.root / "_site/posts/a/index_files").glob("*.svg"):
        assert not list(
            etree.parse(picture).getroot().iter("{*}script", "{*}image", "{*}foreignObject")
        )
    feed = feedparser.parse(
        io.BytesIO((site.root / "_site/index.atom").read_bytes()), sanitize_html=False
    )
    body = html.fromstring(feed.entries[0].content[0].value)
    assert not body.xpath("//script|//@onerror") and not feed.bozo
    assert all(
        element.get("src").startswith("https://gazette.example/") for element in body.xpath("//img")
    )


def test_a_site_without_an_address_has_the_page_and_the_citation_and_no_snippet(site, no_browser):
    site.write("_quarto.yml", re.sub(r"  site-url.*\n", "", CONFIG))
    site.table()
    site.article("a", OTHER.replace("fig-other", "fig-trade").replace("{year}", "2022"))
    build(site.root, jobs=1)
    page = read(site, PAGE)
    assert not page.xpath("//*[@id='snippet']")
    assert page.get_element_by_id("citation").text == (
        "The Gazette: “Trade rose by 2022” (chart), in: “A”, edition of 26 May 2023."
    )
