"""axe-core on the publication itself, built whole: no page of it has a fault that axe finds.

Of an article with many editions, whose pages have the same parts, each fortieth is read. Without
`--all`, one page of each kind is read, of the sample.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from conftest import slow_but

pytestmark = pytest.mark.browser

LEAD = "posts/china-russia/2024.html"
MANY = "posts/russia-and-partner/"
LOOKS = (
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"},
)


@pytest.fixture(scope="module")
def address(publication: Path, serve: Callable[[Path], str]) -> str:
    return serve(publication)


@pytest.fixture
def pages(browser: Browser) -> Iterator[tuple[Page, Page]]:
    """A wide page by day and a phone's by night; axe is an inline script, so they are read without
    the policy.
    """
    contexts = [browser.new_context(**look, bypass_csp=True) for look in LOOKS]  # type: ignore[arg-type]
    yield contexts[0].new_page(), contexts[1].new_page()
    for context in contexts:
        context.close()


def faults(page: Page) -> list[str]:
    """What axe finds, with all that is folded open."""
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    found = Axe().run(page)
    return [
        f"{page.url}: {fault['id']}: {node['html'][:120]}"
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]


def kind_of(page: Path) -> str:
    """The class of a page's body: its template."""
    found = re.search(r'<body class="([\w-]+)', page.read_text("utf-8"))
    assert found, page
    return found[1]


def test_no_page_has_a_fault(publication, address, pages, request):
    """By turns as a wide page by day and on a phone by night."""
    found = []
    names = sorted(
        path.relative_to(publication).as_posix()
        for path in publication.rglob("*.html")
        if 'http-equiv="refresh"' not in path.read_text("utf-8")  # no page to read: it leads on
    )
    assert LEAD in names and "index.html" in names and "404.html" in names
    many = [name for name in names if name.startswith(MANY)]
    figures = [name for name in names if "/figures/" in name and name not in many]
    others = [name for name in names if name not in {*many, *figures}]
    read = others + many[::40] + figures
    if not request.config.getoption("--all"):
        kinds: dict[str, list[str]] = {}
        for name in names:
            kinds.setdefault(kind_of(publication / name), []).append(name)
        assert {"is-article", "is-figure", "is-front"} <= kinds.keys()
        read = [LEAD, LEAD, "specimen/index.html", *(kind[0] for kind in kinds.values()), many[-1]]
    for number, name in enumerate(read):
        page = pages[number % 2]
        page.goto(address + name)
        found += faults(page)
    assert found == []


@pytest.mark.parametrize("look", slow_but([0, 1], 1))
def test_the_lead_has_none_when_one_chart_is_explored_and_others_are_pointed_at_and_read(
    address, pages, look
):
    page = pages[look]
    page.goto(address + LEAD)
    page.get_by_role("button", name="Explore").first.click()
    page.locator(".is-live").wait_for()
    page.locator(".chart-picture").nth(1).hover()
    page.locator(".chart-tip:popover-open").wait_for()
    assert faults(page) == []
    page.mouse.move(0, 0)
    keys = page.locator(".chart-keys").last
    keys.focus()
    keys.press("End")
    page.locator(".chart-tip:popover-open").wait_for()
    assert faults(page) == []
