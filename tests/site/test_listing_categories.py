"""The categories of a list, by which readers filter it; all categories of a page; and what lists
show of a page that says nothing about itself.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml.html import HtmlElement
from playwright.sync_api import Browser, Page, expect

from broadsheet.site.build.build import build
from conftest import Site
from page_queries import page_at, select, words

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
POSTS = {
    "one": ("2023-05-01", '[Energy, Oil, "C++ & co"]'),
    "two": ("2023-05-02", "[Energy]"),
    "three": ("2023-05-03", "[Oil]"),
}


def _blog(root: Path, categories: str = "true", more: str = "") -> Site:
    site = Site(root)
    site.write("_quarto.yml", "website: {title: Blog}\n")
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    site.write(
        "list.qmd",
        f"---\ntitle: List\nlisting: {{contents: posts, categories: {categories}{more}}}\n---\n",
    )
    for name, (day, topics) in POSTS.items():
        site.write(
            f"posts/{name}.qmd",
            f"---\ntitle: {name.title()}\ndate: {day}\ncategories: {topics}\n---\n"
            f"The beginning of {name}.[^n] It goes on.\n\nMore.\n\n[^n]: A note.\n",
        )
    return site


def _page(site: Site, path: str) -> HtmlElement:
    return page_at(site.root / "_site", path)


def _topics(site: Site, path: str) -> list[HtmlElement]:
    """The categories that readers of a list may choose without a script."""
    return [
        link
        for item in select(_page(site, path), ".listing-categories li")
        if item.get("hidden") is None
        for link in item.iter("a")
    ]


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("true", ["C++ & co 1", "Energy 2", "Oil 2"]),
        ("numbered", ["C++ & co 1", "Energy 2", "Oil 2"]),
        ("unnumbered", ["C++ & co", "Energy", "Oil"]),
        ("cloud", ["C++ & co", "Energy", "Oil"]),
    ],
)
def test_the_categories_of_a_list_lead_to_pages_of_their_articles(tmp_path, style, shown):
    site = _blog(tmp_path, style)
    assert not build(site.root).faults
    links = _topics(site, "list.html")
    assert [words(link) for link in links] == shown
    for link in links:
        titles = select(_page(site, unquote(link.get("href"))), ".item .headline")
        with_it = [name.title() for name, (_, topics) in POSTS.items() if words(link)[:3] in topics]
        assert [words(title) for title in titles] == with_it[::-1]


def test_a_cloud_shows_frequent_categories_larger(tmp_path):
    site = _blog(tmp_path, "cloud")
    build(site.root)
    assert [link.getparent().get("class") for link in _topics(site, "list.html")] == [
        "category-cloud-5",
        "category-cloud-10",
        "category-cloud-10",
    ]


def test_entries_of_such_a_list_show_all_their_categories_and_of_others_the_first(tmp_path):
    site = _blog(tmp_path)
    site.write("other.qmd", "---\ntitle: Other\nlisting: {contents: posts}\n---\n")
    site.write(
        "fields.qmd",
        "---\ntitle: Fields\nlisting: {contents: posts, fields: [title, categories]}\n---\n",
    )
    build(site.root)

    def kickers(path: str) -> list[str]:
        return [words(line) for line in select(_page(site, path), ".item .kicker")]

    assert (
        kickers("list.html") == kickers("fields.html") == ["Oil", "Energy", "Energy Oil C++ & co"]
    )
    assert kickers("other.html") == ["Oil", "Energy", "Energy"]


def test_a_page_names_all_its_topics_whether_they_have_a_list_or_not(tmp_path):
    site = _blog(tmp_path, "false")
    site.write("plain.qmd", "---\ntitle: Plain\ncategories: [Odd, Energy]\n---\nWords.\n")
    build(site.root)
    assert words(select(_page(site, "posts/one.html"), ".topics")[0]) == "Topics Oil C++ & co"
    assert words(select(_page(site, "plain.html"), ".topics")[0]) == "Topics Odd Energy"
    linked = select(_page(site, "posts/one.html"), ".topics a")
    assert [words(link) for link in linked] == ["Oil"], "the other list would be of this page alone"


def test_a_front_page_shows_the_categories_of_its_list_if_that_asks_for_them(tmp_path):
    site = _blog(tmp_path)
    for asked, shown in (("true", ["C++ & co 1", "Energy 2", "Oil 2"]), ("false", [])):
        site.write(
            "index.qmd",
            f"---\ntitle: Home\nlisting: {{contents: posts, categories: {asked}}}\n---\n",
        )
        build(site.root)
        links = _topics(site, "index.html")
        assert [words(link) for link in links] == shown


def test_a_list_shows_the_beginning_of_a_text_that_has_no_words_about_itself(tmp_path):
    site = _blog(tmp_path, more=", max-description-length: 16")
    site.write(
        "posts/two.qmd",
        "---\ntitle: Two\ndate: 2023-05-02\ndescription: What **two** is.\n---\nNot this.\n",
    )
    build(site.root)
    summaries = select(_page(site, "list.html"), ".item .summary")
    assert [words(one) for one in summaries] == ["The beginning…", "What two is.", "The beginning…"]


@pytest.mark.parametrize(
    ("limit", "shown"), [("16", ["The beginning…", "What one says…"]), ("0", None)]
)
@pytest.mark.parametrize("kind", ["default", "table"])
def test_a_limit_holds_once_and_in_tables_too(
    tmp_path: Path, kind: str, limit: str, shown: list[str] | None
) -> None:
    long = "What one says of it in more words than sixteen letters."
    site = _blog(tmp_path)
    site.write("more/a.qmd", "---\ntitle: A\n---\nThe beginning of a text.\n")
    site.write("more/b.qmd", f"---\ntitle: B\ndescription: {long}\n---\nNot this.\n")
    fields = "fields: [title, description], sort: title"
    listing = f"{{contents: more, type: {kind}, {fields}, max-description-length: {limit}}}"
    site.write("list.qmd", f"---\ntitle: L\nlisting: {listing}\n---\n")
    build(site.root)
    items = select(_page(site, "list.html"), ".item .summary" if kind == "default" else "td")
    summaries = items if kind == "default" else items[1::2]
    assert [words(item) for item in summaries] == (shown or ["The beginning of a text.", long])


def test_the_description_stands_under_the_title_where_no_subtitle_does(tmp_path):
    site = _blog(tmp_path)
    about = "description: About *this*, as [said](/list.qmd).\n"
    for folder, day in (("posts", "date: 2023-01-01\n"), ("pages", "")):
        site.write(f"{folder}/told.qmd", f"---\ntitle: Told\n{day}{about}---\nWords.\n")
    site.write("pages/both.qmd", f"---\ntitle: Both\nsubtitle: Sub\n{about}---\nWords.\n")
    assert "broken-link" not in {notice.topic for notice in build(site.root).notices}
    for path in ("posts/told.html", "pages/told.html"):
        [standfirst] = select(_page(site, path), "header .standfirst")
        assert words(standfirst) == "About this, as said."
        assert select(standfirst, "em") and select(standfirst, "a")[0].get("href") == "../list.html"
    [standfirst] = select(_page(site, "pages/both.html"), "header .standfirst")
    assert words(standfirst) == "Sub"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![First](a.png)\n\n![Second](b.png)", "a"),
        ("![Far](https://example.org/far.png)\n\n![Near](b.png)", "far.png"),
        ("![First](a.png)\n\n![Cover](my-cover.png)", "my-cover"),
        ("![First](a.png)\n\n![Cover](my-cover.png)\n\n![This](b.png){.preview-image}", "b"),
        ("No picture.", ""),
    ],
)
def test_the_picture_of_a_page_without_an_image_is_one_of_its_text(tmp_path, text, shown):
    site = _blog(tmp_path)
    for name in ("a", "b", "my-cover"):
        (site.root / f"posts/{name}.png").write_bytes(PIXEL)
    site.write("posts/three.qmd", f"---\ntitle: Three\ndate: 2023-05-03\n---\n{text}\n")
    assert not build(site.root).faults
    first = select(_page(site, "list.html"), ".item")[0]
    pictures = [Path(image.get("src")).name for image in select(first, "img")]
    assert [re.sub(r"-\w{6}-\d+\.png$", "", name) for name in pictures] == (
        [shown] if shown else []
    )
    if shown and shown != "my-cover":
        assert select(first, "img")[0].get("alt")


# In a browser


@pytest.fixture
def address(tmp_path: Path, serve: Callable[..., str]) -> str:
    site = _blog(tmp_path, more=", page-size: 1")
    assert not build(site.root).faults
    return serve(site.root / "_site")


def _shown(page: Page) -> list[str]:
    return page.locator(".item:visible .headline").all_inner_texts()


def test_a_category_filters_the_list_in_its_place_with_what_is_on_its_further_pages(opened):
    page = opened("list-page-2.html")
    assert _shown(page) == ["Two"]
    page.get_by_role("link", name="Energy 2").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".item:visible")).to_have_count(2)
    assert _shown(page) == ["Two", "One"]
    expect(page.get_by_role("status")).to_have_text("2 of 3")
    expect(page.locator(".listing-categories [aria-current]")).to_have_text("Energy 2")
    assert page.url.endswith("list-page-2.html#category=Energy")
    expect(page.locator(".paging")).to_be_hidden()
    page.get_by_role("link", name="C++ & co 1").click()
    expect(page.locator(".item:visible .headline")).to_have_text(["One"])
    page.go_back()
    expect(page.locator(".item:visible")).to_have_count(2)
    page.get_by_role("link", name="All 3").click()
    expect(page.locator(".item:visible .headline")).to_have_text(["Two"])
    expect(page.locator(".paging")).to_be_visible()


def test_an_address_of_quarto_s_shows_the_category_that_it_names(opened):
    page = opened("list.html#category=C%2B%2B%20%26%20co")
    expect(page.locator(".item:visible .headline")).to_have_text(["One"])
    page.goto(page.url.partition("#")[0] + "#category=100%25%")
    page.reload()
    expect(page.locator(".item:visible .headline")).to_have_text(["Three"])


@pytest.fixture
def two_lists(tmp_path: Path, serve: Callable[..., str], browser: Browser) -> Iterator[Page]:
    """The first page of two lists: a short one, which ends there, and one that goes on."""
    site = _blog(tmp_path)
    lists = [
        f"{{id: {name}, contents: {contents}, categories: true, page-size: {size}}}"
        for name, contents, size in (("short", "posts/one.qmd", 1), ("long", "posts", 2))
    ]
    site.write("list.qmd", f"---\ntitle: List\nlisting: [{', '.join(lists)}]\n---\n")
    assert not build(site.root).faults
    context = browser.new_context()
    page = context.new_page()
    page.goto(serve(site.root / "_site") + "list.html")
    yield page
    context.close()


def _in_list(page: Page, name: str) -> list[str]:
    return page.locator(f"#listing-{name} .item:visible .headline").all_inner_texts()


def test_each_list_of_a_page_is_filtered_by_its_own_entries(two_lists):
    asked = []
    two_lists.on("request", lambda request: asked.append(request.url))
    two_lists.locator("#listing-short [data-category=Energy]").click()
    expect(two_lists.locator("#listing-short [role=status]")).to_have_text("1 of 1")
    assert _in_list(two_lists, "short") == ["One"] and asked == []
    two_lists.locator("#listing-long [data-category=Energy]").click()
    expect(two_lists.locator("#listing-long [role=status]")).to_have_text("2 of 3")
    assert _in_list(two_lists, "long") == ["Two", "One"] and len(asked) == 1
    two_lists.goto(two_lists.url.replace("list.html", "list-page-2.html").partition("#")[0])
    two_lists.locator("#listing-long [data-category=Oil]").click()
    expect(two_lists.locator("#listing-long [role=status]")).to_have_text("2 of 3")
    assert _in_list(two_lists, "long") == ["Three", "One"]


def test_the_last_of_two_quick_choices_holds(two_lists):
    waiting = []

    def hold(route):
        waiting.append(route)

    two_lists.route("**/list-page-2.html", hold)
    for category in ("Energy", "Oil"):
        two_lists.locator(f"#listing-long [data-category={category}]").click()
    two_lists.locator('#listing-long [data-category=""]').click()
    expect(two_lists.locator("#listing-long [aria-current]")).to_have_text("All 3")
    two_lists.locator("#listing-long [data-category=Oil]").click()
    [request] = waiting
    request.continue_()
    expect(two_lists.locator("#listing-long [role=status]")).to_have_text("2 of 3")
    assert _in_list(two_lists, "long") == ["Three", "One"]
    expect(two_lists.locator("#listing-long [aria-current]")).to_have_text("Oil 2")


@pytest.mark.parametrize("answer", ["abort", "missing"])
def test_a_list_whose_pages_cannot_be_fetched_leads_to_the_page_of_the_category(two_lists, answer):
    two_lists.route(
        "**/list-page-2.html",
        lambda route: route.abort() if answer == "abort" else route.fulfill(status=404, body=""),
    )
    two_lists.locator("#listing-long [data-category=Energy]").click()
    expect(two_lists.locator("h1")).to_have_text("Energy")
    assert _shown(two_lists) == ["Two", "One"]


def test_without_scripts_a_category_leads_to_the_page_of_its_articles(
    browser: Browser, address: str
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}list.html")
    expect(page.get_by_role("link", name="All")).to_have_count(0)
    page.get_by_role("link", name="Energy 2").click()
    assert _shown(page) == ["Two", "One"]
    context.close()
