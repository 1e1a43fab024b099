"""The switch between light and dark, on a site whose `theme` names both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from broadsheet.site.build.build import build
from conftest import Site
from page_queries import page_at, select

THEME = "theme: {light: flatly, dark: [darkly, custom.scss]}"
WATCH = """
window.papers = [];
const watch = () => {
  if (document.body) window.papers.push(getComputedStyle(document.documentElement).getPropertyValue("--paper").trim());
  if (document.readyState !== "complete") requestAnimationFrame(watch);
};
requestAnimationFrame(watch);
"""
LIGHT, DARK = "#fdfcf9", "#161613"


def _site(site: Site, format: str) -> Site:
    site.write("_quarto.yml", f"website: {{title: T, search: false}}\n{format}\n")
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    site.write("other.qmd", "---\ntitle: Other\n---\nWords.\n")
    assert not build(site.root).faults
    return site


@pytest.mark.parametrize(
    ("format", "has_it"),
    [
        (f"format: {{html: {{{THEME}}}}}", True),
        (THEME, True),
        ("brand: {light: a.yml, dark: b.yml}", True),
        ("format: {html: {theme: [cosmo, custom.scss]}}", False),
        ("theme: {light: flatly}", False),
        ("", False),
    ],
)
def test_it_is_on_the_pages_of_a_site_whose_theme_has_both(site, format, has_it):
    page = page_at(_site(site, format).root / "_site", "index.html")
    buttons = select(page, "header button.scheme-switch")
    assert len(buttons) == has_it
    scripts = [one for one in select(page, "head script") if "scheme" in one.get("src", "")]
    assert len(scripts) == has_it
    assert not [one for one in scripts if one.get("async") or one.get("type")], "it would come late"


@pytest.fixture
def address(site: Site, serve: Callable[..., str]) -> str:
    return serve(_site(site, f"format: {{html: {{{THEME}}}}}").root / "_site")


def _paper(page: Page) -> str:
    return page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_choice_holds_on_all_pages_before_they_are_seen(opened, scheme):
    first, second = (LIGHT, DARK) if scheme == "light" else (DARK, LIGHT)
    page = opened("index.html", scheme=scheme)
    button = page.get_by_role("button", name="Dark colours")
    expect(button).to_have_attribute("aria-pressed", str(scheme == "dark").lower())
    assert _paper(page) == first
    button.focus()
    page.keyboard.press("Enter")
    assert _paper(page) == second
    expect(button).to_have_attribute("aria-pressed", str(scheme == "light").lower())
    page.context.add_init_script(WATCH)
    page.goto(page.url.replace("index", "other"))
    page.wait_for_load_state("load")
    assert _paper(page) == second
    assert set(page.evaluate("window.papers")) <= {second}, "a page in other colours flashed up"
    expect(page.locator("body")).to_have_class(
        "is-plain quarto-dark" if second == DARK else "is-plain quarto-light"
    )
    page.get_by_role("button", name="Dark colours").click()
    assert _paper(page) == first


def test_without_a_choice_the_colours_follow_the_system(opened):
    page = opened("index.html")
    page.emulate_media(color_scheme="dark")
    assert _paper(page) == DARK
    expect(page.get_by_role("button", name="Dark colours")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_without_scripts_there_is_no_switch_and_the_system_decides(browser: Browser, address: str):
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}index.html")
    expect(page.get_by_role("button", name="Dark colours")).to_have_count(0)
    context.close()


def test_pictures_of_a_list_and_rules_of_the_author_follow_it(site, serve, browser):
    site.write(
        "own.css", "@media screen and (prefers-color-scheme: dark) { p { color: rgb(1, 2, 3) } }"
    )
    site.write(
        "index.qmd",
        "---\ntitle: Home\nlisting: {id: l, contents: posts}\n---\nWords.\n\n::: {#l}\n:::\n",
    )
    site.article(
        "chart",
        "import plotly.graph_objects as go",
        "#| label: fig-a\n#| fig-cap: A.\n#| fig-alt: B.\ngo.Figure(go.Bar(x=['a', 'b'], y=[1, 2]))",
    )
    site.write("_quarto.yml", f"website: {{title: T}}\ncss: own.css\n{THEME}\n")
    assert not build(site.root).faults
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(serve(site.root / "_site") + "index.html")
    picture = page.locator(".thumb img")
    expect(picture).to_have_js_property("complete", True)
    assert "-dark" not in picture.evaluate("one => one.currentSrc")
    page.get_by_role("button", name="Dark colours").click()
    page.wait_for_function(
        "() => document.querySelector('.thumb img').currentSrc.includes('-dark')"
    )
    expect(page.locator(".prose p").first).to_have_css("color", "rgb(1, 2, 3)")
    context.close()


def test_sheets_of_other_hosts_imported_ones_and_their_media_do_not_stop_it(site, serve, browser):
    dark = "(prefers-color-scheme: dark)"
    site.write("own.css", "@import 'more.css';\n@import 'dark.css' " + dark + ";\n")
    site.write("more.css", f"@media {dark} {{ p {{ color: rgb(1, 2, 3) }} }}")
    site.write("dark.css", "p { letter-spacing: 4px }")
    site.write("linked.css", "p { word-spacing: 5px }")
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    head = (
        "<link rel='stylesheet' href='https://other.example/a.css'>"
        f"<link rel='stylesheet' href='linked.css' media='{dark}'>"
    )
    site.write(
        "_quarto.yml",
        "project: {type: website, resources: ['*.css']}\nwebsite: {title: T}\ncss: own.css\n"
        f'include-in-header: {{text: "{head}"}}\n{THEME}\n',
    )
    assert not build(site.root).faults
    context = browser.new_context(color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.route(
        "https://other.example/a.css",
        lambda route: route.fulfill(content_type="text/css", body="h1 { color: red }"),
    )
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(serve(site.root / "_site") + "index.html")
    expect(page.locator("h1.title")).to_have_css("color", "rgb(255, 0, 0)")
    text, button = page.locator(".prose p").first, page.locator(".scheme-switch")
    light = text.evaluate("one => getComputedStyle(one).color")
    for _ in range(2):
        button.click()
        expect(text).to_have_css("color", "rgb(1, 2, 3)")
        expect(text).to_have_css("letter-spacing", "4px")
        expect(text).to_have_css("word-spacing", "5px")
        button.click()
        expect(text).to_have_css("color", light)
        expect(text).not_to_have_css("letter-spacing", "4px")
        expect(text).not_to_have_css("word-spacing", "5px")
    assert troubles == []
    context.close()
