"""Pages of tables by keyboard, without scripts, on a phone, and as axe reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from broadsheet.data.catalogue import Catalogue, update_hashes
from broadsheet.data.vintages import Accepted, keep_all
from broadsheet.site.build.build import build
from conftest import TABLE, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CONFIG = """\
project: {type: website, resources: ["/data/*.csv"]}
website: {title: The Test, site-url: "https://example.org/"}
"""
LONG = "Außenhandelsstatistikdurchführungsverordnung" * 4
SOURCE = "https://customs.example/" + "a-long-way/" * 20
FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return {
    tag: at.localName, name: at.getAttribute("href") || at.getAttribute("aria-labelledby") || at.className,
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    inside: (at.closest("[class]") || at).className,
  };
}"""


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, chromium: str, serve: Callable[[Path], str]
) -> str:
    """A site with a table over time that has versions, one of names, and one of long words."""
    site = Site(tmp_path_factory.mktemp("tables"))
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Home\n---\nHome.\n")
    code: dict[str, Any] = {"name": "code", "title": "Code", "type": "string"}
    people: dict[str, Any] = {"name": "n", "title": "People", "type": "integer", "unit": "people"}
    names = TABLE | {
        "name": "names",
        "path": "names.csv",
        "title": "Names",
        "schema": {"fields": [code, people], "primaryKey": ["code"]},
    }
    wide = names | {
        "name": "wide-" + "long-" * 10 + "name",
        "path": "wide.csv",
        "title": LONG,
        "description": f"{LONG} {SOURCE}",
        "sources": [{"title": LONG, "publisher": LONG, "path": SOURCE}],
        "licenses": [{"name": "other", "title": LONG, "path": SOURCE}],
        "schema": {
            "fields": [
                code | {"title": LONG, "description": SOURCE},
                *(people | {"name": f"n_{'x' * 50}{at}", "unit": LONG} for at in range(8)),
            ],
            "primaryKey": ["code"],
        },
    }
    site.write("data/trade.csv", "year,total\n2019,110.9\n2020,107.8\n2021,146.9\n2022,190.3\n")
    site.write("data/names.csv", "code,n\nde,83\nfr,68\n")
    columns = [field["name"] for field in wide["schema"]["fields"]]
    site.write("data/wide.csv", f"{','.join(columns)}\n{LONG}{',123456789' * 8}\n")
    described = {"name": "test", "title": "Our tables", "resources": [TABLE, names, wide]}
    site.write("data/datapackage.json", json.dumps(described))
    update_hashes(site.root)
    for entry in Catalogue.open(site.root).package.resources:
        if not entry.name.startswith("names"):
            lines = (site.root / entry.file).read_text().splitlines()
            content = "\n".join([lines[0], *(line + "9" for line in lines[1:])]) + "\n"
            accepted = Accepted(entry, content.encode(), date(2022, 3, 1), SOURCE)
            keep_all(site.root, entry.name, [accepted])
    report = build(site.root)
    assert not report.faults
    return serve(site.root / "_site")


@pytest.fixture
def opened(address: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    contexts = []

    def open_(path: str, **options: Any) -> Page:
        look = {"viewport": {"width": 390, "height": 844}, "bypass_csp": True}
        contexts.append(browser.new_context(**(look | options)))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.goto(f"{address}/{path}")
        return page

    yield open_
    for context in contexts:
        context.close()


def tabbed(page: Page) -> list[dict[str, Any]]:
    """What the Tab key reaches, in order; a fold is opened by Enter as it is reached."""
    stops: list[dict[str, Any]] = []
    while len(stops) < 200:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["tag"] == "body":
            break
        if stop["tag"] == "summary":
            page.keyboard.press("Enter")
        stops.append(stop)
    return stops


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_all_of_a_page_is_reached_by_keyboard_with_a_focus_that_is_seen(
    opened: Callable[..., Page], scripts: bool
) -> None:
    page = opened("data/trade/", java_script_enabled=scripts)
    stops = tabbed(page)
    assert not [stop for stop in stops if not stop["seen"]]
    names = [stop["name"] for stop in stops]
    downloads = page.locator("a[download]").evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    assert {"../trade.csv", "trade.json", "fig-data.csv"} <= {*downloads} <= {*names}
    assert "columns" in names and SOURCE in names
    assert page.locator(".chart-data table").first.is_visible()
    versions = page.locator(".data-versions > li")
    assert versions.count() == 2 and versions.first.is_visible()


@pytest.mark.parametrize("name", ["", "trade/", "names/", f"wide-{'long-' * 10}name/"])
def test_a_page_has_no_fault_and_nothing_that_scrolls_sideways_on_a_phone(
    opened: Callable[..., Page], name: str
) -> None:
    for scheme in ("light", "dark"):
        page = opened(f"data/{name}", color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        violations = Axe().run(page).response["violations"]
        assert [
            (one["id"], node["html"][:200]) for one in violations for node in one["nodes"]
        ] == []
