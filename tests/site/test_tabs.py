"""Tabs: which is open, and tabsets that change together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from broadsheet.site.build.build import build
from conftest import Site

SETS = """\
::: {{.panel-tabset group="language"}}
## R
An R of {page}.

## Python
A Python of {page}.
:::

::: {{.panel-tabset group="language"}}
## Python
Another Python of {page}.

## Julia
A Julia of {page}.
:::

::: {{.panel-tabset}}
## R
A plain R of {page}.

## Python {{.active .kept data-x="1"}}
A plain Python of {page}.
:::
"""


def pages(site: Site) -> None:
    for name in ("one", "two"):
        site.write(f"{name}.qmd", f"---\ntitle: {name}\n---\n\n{SETS.format(page=name)}")
    site.write("plain.qmd", "---\ntitle: Plain\n---\n\n::: {.panel-tabset}\n## A\nB\n:::\n")
    result = build(site.root)
    assert not result.faults and not result.notices, (result.faults, result.notices)


def shown(page: Page) -> list[str]:
    return page.locator(".tab-pane:visible").all_inner_texts()


def test_the_open_tab_is_the_first_or_the_active_one(site: Site):
    pages(site)
    html = site.read("_site/one.html")
    assert [html.count(f'id="tabset-{tab}-tab" checked') for tab in ("1-1", "2-1", "3-2")] == [
        1
    ] * 3
    assert html.count(" checked") == 3
    assert 'id="tabset-3-2" class="tab-pane active kept"' in html and ' data-x="1">' in html
    assert html.count('data-group="language"') == 2
    assert "broadsheet/tabs-" in html and "broadsheet/tabs-" not in site.read("_site/plain.html")


@pytest.mark.browser
def test_tabsets_of_a_group_change_together_and_on_the_next_page(
    site: Site, serve: Callable[[Path], str], browser: Browser
):
    pages(site)
    address = serve(site.root / "_site")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/one.html")
    assert shown(page) == ["An R of one.", "Another Python of one.", "A plain Python of one."]
    page.locator("#tabset-1-2-label").click()
    assert shown(page)[:2] == ["A Python of one.", "Another Python of one."]
    page.locator("#tabset-2-1-tab").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tabset-2-2")).to_be_visible()  # the first has no Julia, and stays
    assert shown(page)[0] == "A Python of one."
    page.locator("#tabset-1-2-tab").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.goto(f"{address}/two.html")
    assert shown(page) == ["A Python of two.", "Another Python of two.", "A plain Python of two."]
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("stored", ["[", "null", '{"language": {"a": 1}}', '"x"'])
def test_what_else_is_stored_breaks_nothing(
    site: Site, serve: Callable[[Path], str], browser: Browser, stored: str
):
    pages(site)
    context = browser.new_context()
    context.add_init_script(f"localStorage.setItem('broadsheet-tabs', {stored!r})")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{serve(site.root / '_site')}/one.html")
    page.locator("#tabset-1-2-label").click()
    assert shown(page)[0] == "A Python of one." and not errors
    context.close()
