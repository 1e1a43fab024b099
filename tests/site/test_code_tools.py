"""The menu of a page's code: `code-tools`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from broadsheet.site.build.build import build
from conftest import CONFIG, Site
from page_queries import page_at, select, words

BODY = "Words.\n\n```{.python code-fold='true'}\nprint(1)\n```\n\n```{.python code-fold='show'}\nprint(2)\n```\n"
MENU = ["Show all code", "Hide all code", "View source"]


def _site(site: Site, tools: str, body: str = BODY, folder: str = "posts") -> Site:
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    site.write(f"{folder}/code.qmd", f"---\ntitle: Code\ndate: 2023-05-01\n{tools}\n---\n{body}")
    assert not build(site.root).faults
    return site


@pytest.mark.parametrize(
    ("tools", "body", "menu", "has_source"),
    [
        ("code-tools: true", BODY, MENU, True),
        ("code-tools: {toggle: false}", BODY, [], True),
        ("code-tools: {source: false}", BODY, MENU[:2], False),
        ("code-tools: {source: https://x.example/code}", BODY, MENU, False),
        ("code-tools: true", "Words.\n", [], True),
    ],
)
def test_it_has_what_the_author_asks_for(site, tools, body, menu, has_source):
    page = page_at(_site(site, tools, body).root / "_site", "posts/code.html")
    assert [words(item) for item in select(page, "details.code-tools li")] == menu
    sources = select(page, "details.page-source pre")
    assert [one.text_content() for one in sources] == (
        [site.read("posts/code.qmd")] if has_source else []
    )
    links = [link.get("href") for link in select(page, ".code-tools a")]
    address = "https://x.example/code" if "x.example" in tools else "#page-source"
    assert links == ([address] if has_source or "x.example" in tools else [])


@pytest.mark.parametrize("tools", ["", "code-tools: false", "code-tools: {source: false}"])
def test_without_anything_in_it_there_is_none(site, tools):
    page = page_at(_site(site, tools, "Words.\n").root / "_site", "posts/code.html")
    assert not select(page, ".code-tools") and not select(page, ".page-source")


def test_the_source_is_text_and_of_no_use_to_the_rest_of_the_site(site):
    hostile = "Words.\n\n```html\n</code></pre><script>alert(1)</script>\n```\n\nQuetzalcoatl.\n"
    _site(site, "code-tools: true", hostile)
    page = page_at(site.root / "_site", "posts/code.html")
    [source] = select(page, "details.page-source pre")
    assert "<script>alert(1)</script>" in source.text_content()
    assert site.read("_site/posts/code.md").count("Quetzalcoatl") == 1, "it is not in the copy"


def test_the_caption_is_the_author_s_or_an_icon(site):
    page = page_at(_site(site, "code-tools: {caption: Tools}").root / "_site", "posts/code.html")
    assert words(select(page, ".code-tools summary")[0]) == "Tools"
    page = page_at(_site(site, "code-tools: {caption: none}").root / "_site", "posts/code.html")
    [menu] = select(page, ".code-tools summary")
    assert select(menu, "svg.icon") and words(menu) == "Code"
    assert select(menu, "span.visually-hidden")


def test_the_source_of_a_notebook_is_in_quarto_s_markdown(site):
    site.front()
    site.article(
        "note", ("md", "Words."), "1 + 1", front="title: N\ndate: 2023-05-01\ncode-tools: true"
    )
    assert not build(site.root).faults
    page = page_at(site.root / "_site", "posts/note/index.html")
    [source] = select(page, "details.page-source pre")
    assert source.text_content().endswith("Words.\n\n```{python}\n1 + 1\n```\n")


@pytest.fixture
def address(site: Site, serve: Callable[..., str]) -> str:
    return serve(_site(site, "code-tools: true").root / "_site")


def test_the_source_of_a_notebook_names_its_language_and_shows_all_of_each_cell(site):
    path = site.article("r", "x <- '\n```\n````\n'", front="title: R\ncode-tools: true")
    notebook = json.loads(path.read_text())
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    path.write_text(json.dumps(notebook))
    site.front(CONFIG + "  enabled: false\n")
    assert not build(site.root).faults
    [source] = select(page_at(site.root / "_site", "posts/r/index.html"), "details.page-source pre")
    assert "\n`````{r}\nx <- '\n```\n````\n'\n`````\n" in source.text_content()


def test_it_shows_and_hides_all_code_and_opens_the_source_by_keyboard(opened):
    page = opened("posts/code.html")
    expect(page.locator("details.code-fold[open]")).to_have_count(1)
    summary = page.locator(".code-tools summary")
    for name, count in (("Show all code", 2), ("Hide all code", 0)):
        summary.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        expect(page.locator("details.code-fold[open]")).to_have_count(count)
    expect(page.locator("details.code-tools[open]")).to_have_count(0)
    summary.click()
    page.get_by_role("link", name="View source").click()
    expect(page.locator("#page-source")).to_be_visible()
    assert page.url.endswith("#page-source")


def test_without_scripts_the_menu_leads_to_the_source(browser: Browser, address: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}posts/code.html")
    page.locator(".code-tools summary").click()
    expect(page.get_by_role("button", name="Show all code")).to_have_count(0)
    page.get_by_role("link", name="View source").click()
    expect(page.locator(".page-source summary")).to_be_in_viewport()
    context.close()
