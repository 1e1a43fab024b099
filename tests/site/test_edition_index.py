"""All editions of an article on one page: a map of links, a table, some side by side on one scale;
and from edition to edition by a parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from broadsheet.data.catalogue import update_hashes
from broadsheet.site.build.build import build
from conftest import Site, slow_but

COLUMNS = [
    ("code", "string"),
    ("partner", "string"),
    ("year", "integer"),
    ("sold", "number"),
    ("bought", "number"),
    ("status", "string"),
]
ROWS = """\
FRA,France,2020,10,8,reported
FRA,France,2021,12,9,reported
FRA,France,2022,15.5,,estimate
BRA,Brazil,2020,3,2,reported
BRA,Brazil,2022,1200,4,estimate
TUR,Türkiye,2021,7,6,reported
XYZ,Elsewhere,2021,0.25,1,reported
"""
RULE = """\
editions:
  from: partners
  each: partner
  slug: "{{ partner | slug }}"
  parameters: {partner: "{{ partner }}"}
  title: "Trade with {{ partner }}"
  edition-label: "{{ partner }}"
"""
INDEX = """\
edition-index:
  title: All partners
  table: partners
  over: year
  value: sold
  lines: [sold, bought]
  estimates: {status: estimate}
  place: code
"""
MATRIX = """\
edition-select: [year, measure]
editions:
  matrix: {year: [2020, 2021, 2022], measure: [value, tonnes]}
  slug: "{{ year }}-{{ measure }}"
  title: "{{ measure }} of {{ year }}"
"""
PAGE = "posts/trade/editions/index.html"


def write(site: Site, index: str = INDEX, rows: str = ROWS) -> None:
    """A publication with an edition for each partner, of which three are countries."""
    site.front()
    fields = [{"name": name, "type": kind, "title": name.capitalize()} for name, kind in COLUMNS]
    for field in fields[3:5]:
        field["unit"] = "US$ mn"
    entry = {
        "name": "partners",
        "type": "table",
        "path": "partners.csv",
        "title": "Partners",
        "description": "By year.",
        "schema": {"fields": fields, "primaryKey": ["code", "year"]},
        "sources": [{"title": "T", "publisher": "The Customs", "path": "https://customs.example/"}],
        "licenses": [{"name": "CC-BY-4.0"}],
        "as_of": "2024-12-31",
        "retrieved": "2025-01-31",
    }
    site.table(",".join(name for name, _ in COLUMNS) + "\n" + rows, entry=entry)
    site.article(
        "trade",
        ("md", "Of `{python} partner or 'all'`."),
        parameters="partner: str = ''",
        front="title: Trade\ndate: 2025-01-01\n" + index + RULE.rstrip(),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The publication, with an article of years and measures, built."""
    site = Site(tmp_path_factory.mktemp("publication") / "site")
    write(site)
    site.article(
        "measures",
        ("md", "Of `{python} year`."),
        parameters="year: int = 2022\nmeasure: str = 'value'",
        front="title: Measures\ndate: 2025-01-02\n" + MATRIX.rstrip(),
    )
    report = build(site.root)
    assert not report.faults
    return site


@pytest.fixture(scope="module")
def address(made: Site, serve: Callable[[Path], str]) -> str:
    return serve(made.root / "_site").rstrip("/")


def rows(site: Site) -> list[list[str]]:
    tree = lxml.html.fromstring(site.read(f"_site/{PAGE}"))
    return [[cell.text_content() for cell in row] for row in tree.xpath("//table//tbody/tr")]


def test_the_page_lists_each_edition_with_its_last_value(made):
    assert rows(made) == [
        ["Brazil", "1,200", "2022"],
        ["Elsewhere", "0.25", "2021"],
        ["France", "15.5", "2022"],
        ["Türkiye", "7", "2021"],
    ]
    text = made.read(f"_site/{PAGE}")
    assert "Sold, US$ mn" in text and "The Customs" in text


def test_the_map_has_a_link_for_each_country_with_its_value(made):
    tree = lxml.html.fromstring(made.read(f"_site/{PAGE}"))
    links = {a.get("href"): a.get("data-says") for a in tree.xpath("//figure//a")}
    assert links == {
        "../france.html": "France: 15.5 (2022)",
        "../brazil.html": "Brazil: 1,200 (2022)",
        "../turkiye.html": "Türkiye: 7 (2021)",
    }


def test_each_edition_leads_to_the_page_with_itself_chosen(made):
    page = made.read("_site/posts/trade/france.html")
    assert 'href="editions/index.html?with=france"' in page


def test_a_parameter_leads_to_the_editions_that_differ_in_it_alone(made):
    tree = lxml.html.fromstring(made.read("_site/posts/measures/2021-tonnes.html"))
    found = {
        nav.get("aria-label"): [
            (a.text_content(), a.get("href"), a.get("aria-current")) for a in nav.xpath(".//a")
        ]
        for nav in tree.xpath("//nav[contains(@class, 'edition-select')]")
    }
    assert found["Year"] == [
        ("2020", "2020-tonnes.html", None),
        ("2021", "2021-tonnes.html", "page"),
        ("2022", "2022-tonnes.html", None),
    ]
    assert found["Measure"] == [
        ("tonnes", "2021-tonnes.html", "page"),
        ("value", "2021-value.html", None),
    ]


def test_the_article_s_own_page_takes_part_with_its_defaults(made):
    tree = lxml.html.fromstring(made.read("_site/posts/measures/index.html"))
    current = tree.xpath("//nav[contains(@class, 'edition-select')]//a[@aria-current]/text()")
    assert current == ["2022", "value"]


@pytest.mark.parametrize(
    ("index", "message"),
    slow_but(
        [
            (INDEX.replace("value: sold", "value: total"), "has no column 'total'"),
            (INDEX.replace("table: partners", "table: partner"), "there is no table 'partner'"),
            (INDEX.replace("value: sold", "value: status"), "has no numbers"),
            (INDEX.replace("[sold, bought]", "[sold, year]"), "several units"),
        ],
        1,
    ),
)
def test_an_index_that_cannot_be_made_is_left_out_and_said(tmp_path, index, message):
    site = Site(tmp_path / "site")
    write(site, index)
    report = build(site.root)
    assert not report.faults
    assert any(
        "`edition-index` is left out" in one.what and message in one.what for one in report.notices
    )
    assert not (site.root / "_site" / PAGE).exists()
    assert "editions/" not in site.read("_site/posts/trade/france.html")


def test_a_table_that_changes_makes_the_page_anew_and_nothing_else_is_made_twice(tmp_path):
    site = Site(tmp_path / "site")
    write(site)
    assert not build(site.root).faults
    again = build(site.root)
    assert again.new_pages == 0 and PAGE not in again.reasons
    site.write(
        "data/partners.csv",
        site.read("data/partners.csv").replace("FRA,France,2022,15.5", "FRA,France,2022,16.5"),
    )
    update_hashes(site.root)
    build(site.root)
    assert ["France", "16.5", "2022"] in rows(site)


@pytest.mark.slow
def test_a_place_with_several_rows_has_no_value(tmp_path):
    site = Site(tmp_path / "site")
    write(site, rows=ROWS + "BR2,Brazil,2022,1,1,reported\n")
    assert not build(site.root).faults
    assert ["Brazil", "3", "2020"] in rows(site)


@pytest.mark.browser
def test_editions_stand_side_by_side_on_one_scale(opened, address):
    page = opened(f"/{PAGE}?with=france,brazil")
    panels = page.locator(".edition-panel")
    expect(panels.locator("h3")).to_have_text(["France", "Brazil"])
    ticks = [panel.locator(".edition-tick").all_text_contents() for panel in panels.all()]
    assert ticks[0] == ticks[1] and "1,500" in ticks[0]
    expect(panels.nth(0).locator("dd")).to_have_text(["US$15.5 mn, estimate", "No data"])
    page.get_by_label("Choose 3").select_option("Türkiye")
    expect(page).to_have_url(f"{address}/{PAGE}?with=france,brazil,turkiye")
    expect(panels).to_have_count(3)
    assert not Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]


@pytest.mark.browser
def test_keys_and_pointer_read_all_drawings_at_a_place(opened):
    page = opened(f"/{PAGE}?with=france,brazil")
    panels = page.locator(".edition-panel")
    panels.nth(0).locator("svg[role=application]").focus()
    page.keyboard.press("Home")
    expect(page.locator(".edition-place")).to_have_text(["2020", "2020"])
    said = page.locator(".edition-compare").get_by_role("status")
    expect(said).to_have_text("France, 2020: Sold US$10 mn; Bought US$8 mn")
    page.keyboard.press("ArrowRight")
    expect(panels.nth(1).locator("dd")).to_have_text(["No data", "No data"])
    picture = panels.nth(1).locator("svg[role=application]")
    box = picture.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 20)
    expect(panels.nth(1).locator("dd")).to_have_text(["US$3 mn", "US$2 mn"])


@pytest.mark.browser
def test_the_map_says_the_value_it_is_pointed_at_and_leads_to_the_page(opened, address):
    page = opened(f"/{PAGE}")
    country = page.locator(".edition-world a[data-says^=Brazil]")
    country.hover()
    expect(page.locator(".edition-said")).to_have_text("Brazil: 1,200 (2022)")
    country.click()
    expect(page).to_have_url(f"{address}/posts/trade/brazil.html")


@pytest.mark.browser
def test_the_table_is_sorted_by_the_values(opened):
    page = opened(f"/{PAGE}")
    page.get_by_role("columnheader", name="Sold").get_by_role("button").click()
    names = page.locator("tbody th")
    expect(names).to_have_text(["Brazil", "France", "Türkiye", "Elsewhere"])


@pytest.mark.slow
def test_a_long_table_has_room_for_a_field_that_searches_it(made, tmp_path):
    site = Site(tmp_path / "site")
    write(
        site, rows=ROWS + "".join(f"X{n:02},Place {n},2021,1,1,reported\n" for n in range(10, 17))
    )
    assert not build(site.root).faults
    assert "table-search" in site.read(f"_site/{PAGE}")
    assert "table-search" not in made.read(f"_site/{PAGE}")


@pytest.mark.browser
def test_without_a_script_all_are_links(opened, address):
    page = opened(f"/{PAGE}?with=france", java_script_enabled=False)
    expect(page.get_by_role("row")).to_have_count(5)
    expect(page.locator(".edition-compare")).to_be_empty()
    page.get_by_role("link", name="France").click()
    expect(page).to_have_url(f"{address}/posts/trade/france.html")
    page.goto(f"{address}/posts/measures/2021-tonnes.html")
    page.get_by_role("navigation", name="Year").get_by_role("link", name="2022").click()
    expect(page).to_have_url(f"{address}/posts/measures/2022-tonnes.html")


def test_days_and_empty_cells_are_places_as_others(tmp_path):
    site = Site(tmp_path / "site")
    site.front()
    fields = [
        {"name": "row", "type": "integer", "title": "Row"},
        {"name": "partner", "type": "string", "title": "Partner"},
        {"name": "day", "type": "date", "title": "Day"},
        {"name": "sold", "type": "number", "title": "Sold"},
    ]
    entry = {
        "name": "sales",
        "type": "table",
        "path": "sales.csv",
        "title": "Sales",
        "description": "By day.",
        "schema": {"fields": fields, "primaryKey": ["row"]},
        "sources": [{"title": "T", "publisher": "The Customs", "path": "https://customs.example/"}],
        "licenses": [{"name": "CC-BY-4.0"}],
        "as_of": "2024-12-31",
        "retrieved": "2025-01-31",
    }
    lines = "1,A,2024-01-01,1\n2,A,2024-01-03,3\n3,A,,9\n4,B,2024-01-02,2\n5,B,2023-01-02,8\n"
    site.table("row,partner,day,sold\n" + lines, entry=entry)
    site.article(
        "trade",
        ("md", "Of `{python} partner or 'all'`."),
        parameters="partner: str = ''",
        front="title: Trade\ndate: 2025-01-01\nedition-index:\n  table: sales\n  over: day\n  value: sold\n"
        "  where: {day: {from: 2024-01-01, to: 2024-12-31}}\n"
        "editions:\n  matrix: {partner: [A, B]}\n  slug: '{{ partner | slug }}'\n  title: 'Of {{ partner }}'\n"
        "  edition-label: '{{ partner }}'",
    )
    report = build(site.root)
    assert not report.faults, report.faults
    assert rows(site) == [["A", "3", "2024-01-03"], ["B", "2", "2024-01-02"]]
    assert "trade/editions/" in site.read("_site/sitemap.xml")
