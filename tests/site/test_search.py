"""Search, as a reader uses it in a browser, under the strict policy and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser, Page, expect

from broadsheet.site.article.entry import Entry
from broadsheet.site.build.build import build
from broadsheet.site.formats import search
from conftest import CONFIG, Site, slow_but
from publishing import SITE, article, publish, write

pytestmark = pytest.mark.browser

SEA = (
    article("The sea & <the> land", "2024-01-20", "A zeppelin flies over the harbour.")
    .replace("[Town]", "[Sea]")
    .replace("A. Reporter", "B. Writer")
)
FILES = {
    "posts/bridge/index.qmd": article(
        "The bridge",
        "2024-01-16",
        "The zeppelin landed.\n\n<details><summary>Get the data</summary>quagga</details>",
        subtitle="Opened",
    ),
    "posts/sea/index.qmd": SEA,
    "posts/old.qmd": article("Long ago", "2019-03-01", "The first zeppelin was built."),
    "posts/hidden.qmd": article("Hidden", body="A zeppelin that nobody finds.", search="false"),
    "posts/draft.qmd": article("Draft", body="A zeppelin that is to come.", draft="true"),
    **{
        f"posts/many/n{number}.qmd": article(
            f"Number {number}", f"2024-01-{number:02}", "Of airships."
        )
        for number in range(1, 15)
    },
}


@pytest.fixture(scope="module")
def publication_of_posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its articles of 2019 and those of 2024 are in indexes of their own."""
    root = write(tmp_path_factory.mktemp("search") / "publication", FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "SMALLEST", 1)
        assert not build(root, jobs=2).faults
    return root


@pytest.fixture(scope="module")
def address(publication_of_posts: Path, serve: Callable[..., str]) -> str:
    """The site under a path of its host, as its `site-url` has it."""
    root = publication_of_posts / "served"
    root.mkdir()
    (root / "paper").symlink_to(publication_of_posts / "_site")
    return serve(root) + "paper/"


def find(page: Page, words: str, reported: str) -> list[str]:
    """The headlines of what is found."""
    page.get_by_label("Words").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(reported)
    return [link.inner_text() for link in page.locator(".search-results .headline").all()]


def test_words_are_found_in_the_articles_of_all_years_and_nothing_is_loaded_before(opened):
    page = opened("posts/old.html")
    page.get_by_role("link", name="Search").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_load_state("networkidle")
    assert not any("pagefind" in url for url in asked)
    assert sorted(find(page, "zeppelin", "3 found")) == [
        "Long ago",
        "The bridge",
        "The sea & <the> land",
    ]
    assert any("pagefind" in url for url in asked)
    assert page.url.endswith("?q=zeppelin")
    first = page.locator(".search-results li", has_text="The sea")
    assert first.locator("mark").first.inner_text() == "zeppelin"
    assert first.locator(".meta").inner_text().split("\n") == ["20 January 2024", "B. Writer"]
    day, by = first.locator(".date").bounding_box(), first.locator(".by").bounding_box()
    assert day and by and day["y"] == by["y"] and day["width"] < 130
    first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The sea & <the> land")


def test_what_stands_behind_a_summary_and_drafts_and_hidden_pages_are_not_found(opened):
    page = opened("search/")
    for word in ("quagga", "nobody", "come"):
        assert find(page, word, "None found") == []
    assert find(page, "Opened", "1 found") == ["The bridge"]


def test_a_word_that_no_article_has_finds_none(opened):
    page = opened("search/")
    assert find(page, "axolotl", "None found") == []  # though some have the word "a"
    assert find(page, "Zépp", "3 found") != []


def test_filters_narrow_it_down_and_stand_in_the_address(opened, address):
    page = opened("search/")
    find(page, "zeppelin", "3 found")
    page.get_by_label("Section", exact=True).select_option("Sea")
    expect(page.get_by_role("status")).to_have_text("1 found")
    page.get_by_label("Section", exact=True).select_option("Any")
    page.get_by_label("Author").select_option("A. Reporter")
    page.get_by_label("Year").select_option("2019")
    expect(page.locator(".search-results .headline")).to_have_text(["Long ago"])
    assert page.url == address + "search/?q=zeppelin&author=A.+Reporter&year=2019"
    page.reload()
    expect(page.locator(".search-results .headline")).to_have_text(["Long ago"])
    assert page.get_by_label("Year").input_value() == "2019"
    page.get_by_label("Words").fill("")
    page.get_by_label("Year").select_option("2024")
    page.get_by_label("Author").select_option("B. Writer")
    expect(page.locator(".search-results .headline")).to_have_text(["The sea & <the> land"])


def test_it_is_used_by_the_keyboard_alone(opened):
    page = opened("search/")
    page.get_by_label("Words").focus()
    page.keyboard.type("airships")
    expect(page.get_by_role("status")).to_have_text("14 found")
    assert page.locator(".search-results li").count() == 10
    page.get_by_role("button", name="More results").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".search-results li")).to_have_count(14)
    expect(page.locator(".search-results li").nth(10).get_by_role("link")).to_be_focused()
    expect(page.get_by_role("button", name="More results")).to_be_hidden()


@pytest.mark.parametrize("width, scheme", slow_but([(1280, "light"), (390, "dark")], 1))
def test_axe_finds_no_fault_in_it(browser: Browser, address, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(address + "search/")
    find(page, "zeppelin", "3 found")
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_where_the_server_allows_no_webassembly_the_page_says_how_to_go_on(
    browser: Browser, publication_of_posts: Path, serve: Callable[..., str]
):
    page = browser.new_page()
    page.goto(serve(publication_of_posts / "_site", webassembly=False) + "search/?q=zeppelin")
    expect(page.get_by_text("Searching does not work here.")).to_be_visible()
    page.get_by_role("link", name="The archive, with all articles").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Archive")
    page.close()


def test_without_scripts_the_page_says_how_to_go_on(browser: Browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "search/")
    expect(page.get_by_text("Searching does not work here.")).to_be_visible()
    assert page.locator(".search-ways a").all_inner_texts() == [
        "The archive, with all articles",
        "Town",
        "A web search of this site, by DuckDuckGo",
    ]
    assert (
        page.locator(".search-ways a").last.get_attribute("href")
        == "https://duckduckgo.com/?q=site%3Agazette.example/paper/"
    )
    context.close()


def inodes(root: Path, month: str) -> dict[str, int]:
    folder = root / "_site/search" / month
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ino
        for path in folder.rglob("*")
        if path.is_file()
    }


def shards(counts: dict[tuple[int, int], int]) -> dict[str, int]:
    """How many articles each index has, by its first month; ``counts`` are those of months."""
    entries = [
        Entry(
            f"{year}/{month}/{number}.html", "", "", "", "", date=date(year, month, 1 + number % 28)
        )
        for (year, month), count in counts.items()
        for number in range(count)
    ]
    return {first: len(pages) for first, pages in search.shards_of(entries).items()}


def test_months_share_an_index_until_it_has_some_hundreds_or_a_tenth_of_all():
    assert shards(
        {(2018, 1): 100, (2019, 5): 80, (2019, 6): 150, (2020, 1): 400, (2022, 3): 30}
    ) == {"2018-01": 330, "2020-01": 430}
    assert shards({(2018, 1): 30}) == {"2018-01": 30}
    monthly = {(year, month): 90 for year in range(2000, 2010) for month in range(1, 13)}
    assert len(shards(monthly)) <= 10 and min(shards(monthly).values()) > 1000


def test_an_edit_makes_the_index_of_its_month_anew_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "SMALLEST", 1)
    write(
        tmp_path,
        {"posts/a.qmd": article("A", "2024-01-01"), "posts/b.qmd": article("B", "2019-01-01")},
    )
    build(tmp_path)
    before = inodes(tmp_path, "2019-01"), inodes(tmp_path, "2024-01")
    (tmp_path / "posts/a.qmd").write_text(article("A", "2024-01-01", "A zeppelin."))
    build(tmp_path)
    assert inodes(tmp_path, "2019-01") == before[0] and inodes(tmp_path, "2024-01") != before[1]
    (tmp_path / "posts/a.qmd").unlink()
    build(tmp_path)
    assert (
        not (tmp_path / "_site/search/2024-01").exists()
        and (tmp_path / "_site/search/2019-01").is_dir()
    )


def test_an_index_that_has_gone_is_made_again(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", "2024-01-01")})
    build(tmp_path)
    (tmp_path / "_site/search/2024-01/pagefind-entry.json").unlink()
    build(tmp_path)
    assert (tmp_path / "_site/search/2024-01/pagefind-entry.json").is_file()


@pytest.mark.parametrize("config", [SITE.replace("website:", "website:\n  search: false"), SITE])
def test_there_is_none_where_it_is_not_wanted_or_where_there_is_nothing_to_search(tmp_path, config):
    write(
        tmp_path,
        {"_quarto.yml": config, **({} if config == SITE else {"posts/a.qmd": article("A")})},
    )
    report = publish(tmp_path)
    assert not (tmp_path / "_site/search").exists()
    lacks = ["missing-file"] * 2 if config == SITE else []  # the folder that its lists name
    assert [notice.topic for notice in report.notices] == lacks
    assert (
        "Search" not in html.parse(tmp_path / "_site/about.html").find(".//header").text_content()
    )


# Languages, editions, mistyped words

REPORT = """---
title: Trade
date: 2024-02-01
bibliography: refs.bib
---
The customs count the quinces, in peace and in war. [@hill]
"""


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> str:
    """A site with an article of seven editions, one in German, and one with a reference."""
    root = tmp_path_factory.mktemp("fair")
    site = Site(root)
    site.write("_quarto.yml", CONFIG)
    matrix = (
        "editions:\n  matrix: {town: [Ayr, Bath, Cork, Derby, Ely, Fife, Goole]}\n"
        "  slug: '{{ town | slug }}'\n  title: 'The fair of {{ town }}'\n"
    )
    site.article(
        "fair",
        ("md", "Everest stalls stood at the fair of `{python} town`. A constable watched."),
        front=f"title: The fair\ndate: 2024-01-05\n{matrix}",
        parameters='town: str = "here"',
    )
    site.write(
        "posts/markt.qmd",
        "---\ntitle: Der Markt\nlang: de\ndate: 2024-01-06\n---\nEs war ein Kirschkuchen auf dem Markt.\n",
    )
    site.write("posts/trade.qmd", REPORT)
    site.write(
        "posts/refs.bib",
        "@book{hill, title={Marmalade}, author={Hill, Ann}, year={2001}}\n",
    )
    assert not build(root, jobs=2).faults
    return serve(root / "_site")


@pytest.fixture
def searching(browser: Browser, fair: str):
    page = browser.new_page()
    page.goto(f"{fair}search/")
    yield page
    page.close()


def test_articles_in_the_language_of_the_page_are_found_and_others_where_there_is_none(searching):
    assert find(searching, "war", "1 found") == ["Trade"]
    assert find(searching, "Kirschkuchen", "1 found") == ["Der Markt"]
    assert searching.get_by_label("Language").input_value() == "English"
    searching.get_by_label("Language").select_option("Deutsch")
    assert find(searching, "Markt", "1 found") == ["Der Markt"]
    assert searching.url.endswith("?q=Markt&language=Deutsch")


def test_an_article_stands_before_its_editions_which_are_named_with_it(searching):
    assert find(searching, "constable", "8 found") == ["The fair"]
    editions = searching.locator(".search-editions")
    assert editions.inner_text().startswith("Other editions found: The fair of ")
    assert editions.locator("a").count() == 3
    assert find(searching, "Goole", "1 found") == ["The fair of Goole"]


def test_what_an_article_cites_is_not_found_and_its_prose_is_shown(searching):
    assert find(searching, "Marmalade", "None found") == []
    assert find(searching, "quinces", "1 found") == ["Trade"]
    assert "customs count the quinces" in searching.locator(".summary").inner_text()


@pytest.mark.parametrize(
    "mistyped", slow_but(["Everst", "everset", "Evverest", "EVERESST"], ["everset"])
)
def test_a_mistyped_word_finds_what_the_nearest_word_does(searching, mistyped: str):
    said = f"Nothing found for “{mistyped}”. Shown is what was found for “everest”."
    assert find(searching, mistyped, said) == ["The fair"]
