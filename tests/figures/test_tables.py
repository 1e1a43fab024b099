"""A DataFrame at the end of a cell becomes a table fit for a page: figures and dates as people
write them, titles and units of the catalogue where they hold, the data to download, a header that
sorts.
"""

from __future__ import annotations

import csv
import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import expect

from broadsheet.cli.main import main
from broadsheet.project.reading import open_publication
from pressing import prepare


def finished(site):
    publication = open_publication(site.root)
    result = prepare(publication.project, publication.editions, jobs=1)
    assert not result.faults, [str(fault) for fault in result.faults.values()]
    return result.finished[0]


@pytest.fixture
def shown(site):
    """What a page shows for each of the cells that are given; for one cell, that alone; and the
    files beside it.
    """

    def show(*cells, assets=None):
        site.article("a", "import pandas as pd", *cells)
        page = finished(site)
        (assets if assets is not None else {}).update(page.assets)
        made = [
            html.fragment_fromstring(cell.outputs[0].data["text/html"], create_parent="div")
            for cell in page.notebook.cells[-len(cells) :]
        ]
        return made if len(made) > 1 else made[0]

    return show


def texts(table, path=".//tbody/tr"):
    return [[cell.text_content() for cell in row] for row in table.iterfind(path)]


def column(table):
    return [row[-1] for row in texts(table)]


# Values as people write them

VALUES = {
    "[1234567, -8, 0]": ["1,234,567", "−8", "0"],
    "[1.5, 20.25, 3]": ["1.50", "20.25", "3.00"],
    "[1.0, None, 3.0]": ["1", "–", "3"],
    "[100 / 3, 200 / 3, 1000.0]": ["33.3", "66.7", "1,000.0"],
    "[1 / 3, 2 / 3, -0.00001]": ["0.333", "0.667", "0.000"],
    "[2 / 3 * 1e-8, 1e-8 / 3]": ["0.00000000667", "0.00000000333"],
    "[float('inf'), -float('inf'), 10 ** 20]": ["∞", "−∞", "100,000,000,000,000,000,000"],
    "[2021, 2022]": ["2021", "2022"],
    "[True, False]": ["Yes", "No"],
    "pd.to_datetime(['2023-05-26', None])": ["26 May 2023", "–"],
    "pd.to_datetime(['2023-05-26 14:05'], utc=True)": ["26 May 2023, 14:05 UTC"],
    "pd.period_range('2020Q1', periods=2, freq='Q')": ["2020Q1", "2020Q2"],
    "['a', 1, None]": ["a", "1", "–"],
}


def test_values_are_written_for_people(shown):
    tables = shown(*(f"pd.DataFrame({{'x': {values}}})" for values in VALUES))
    assert dict(zip(VALUES, map(column, tables), strict=True)) == VALUES


def test_numbers_stand_to_the_right_and_text_to_the_left_under_headers_that_do_the_same(shown):
    table = shown("pd.DataFrame({'who': ['China'], 'sum': [1.5]})")
    assert [cell.get("class") for cell in table.iter("th", "td")] == [
        None,
        "text-end",
        None,
        "text-end",
    ]
    assert [head.get("scope") for head in table.iter("th")] == ["col", "col"]


def test_a_missing_value_says_so_to_a_screen_reader(shown):
    cell = shown("pd.DataFrame({'x': [1.5, None]})").findall(".//td")[-1]
    assert (cell.text, cell.get("aria-label")) == ("–", "no data")


def test_values_and_headers_are_escaped_and_nothing_is_stripped(shown):
    evil = "<script>alert(1)</script><b onclick='x'>&amp;\""
    table = shown(
        f"pd.DataFrame({{{evil!r}: [{evil!r}]}}, index=pd.Index([{evil!r}], name={evil!r}))"
    )
    assert [cell.text_content() for cell in table.iter("th", "td")] == [evil] * 4
    assert not list(table.iter("script", "b"))


# Headers and the index

INDEXES = {
    "pd.DataFrame({'x': [1, 2]})": [],
    "pd.DataFrame({'x': [3, 1, 2]}).sort_values('x')": [],
    "pd.DataFrame({'x': [1, 2]}, index=['a', 'b'])": ["a", "b"],
    "pd.DataFrame({'x': [1, 2]}, index=[2021, 2022])": ["2021", "2022"],
    "pd.DataFrame({'x': [1, 2]}, index=pd.Index([1, 2], name='rank'))": ["1", "2"],
    "pd.Series([1, 2], index=['a', 'b'], name='x')": ["a", "b"],
}


def test_an_index_that_says_something_heads_the_rows(shown):
    found = {}
    for frame, table in zip(INDEXES, shown(*INDEXES), strict=True):
        found[frame] = [head.text_content() for head in table.findall(".//tbody//th[@scope='row']")]
        assert texts(table, ".//thead/tr")[-1][-1] == "x"
    assert found == INDEXES


def test_headers_of_several_levels_stand_above_their_columns(shown):
    table = shown(
        "pd.DataFrame([[1, 2, 3, 4]] * 2,"
        " columns=pd.MultiIndex.from_product([['Exports', 'Imports'], [2021, 2022]]),"
        " index=pd.MultiIndex.from_tuples([('North', 'a'), ('North', 'b')], names=['Half', 'Part']))"
    )
    groups = [
        (head.text, head.get("colspan")) for head in table.findall(".//th[@scope='colgroup']")
    ]
    assert groups == [("Exports", "2"), ("Imports", "2")]
    assert texts(table, ".//thead/tr")[1] == ["Half", "Part", "2021", "2022", "2021", "2022"]
    assert texts(table) == [["North", "a", "1", "2", "3", "4"], ["North", "b", "1", "2", "3", "4"]]


TRADE = "import broadsheet as bs\ntrade = bs.table('trade')\n"
TITLES = {
    "trade": ["Year", "Total US$ bn"],
    "trade.set_index('year')": ["Year", "Total US$ bn"],
    "trade.set_index('year')['total'].round(1)": ["Year", "Total US$ bn"],
    "trade[trade['total'] > 150]": ["Year", "Total US$ bn"],
    "trade.assign(total=trade['total'] / 1000)": ["Year", "total"],
    "trade.assign(total=trade['total'].rank())": ["Year", "total"],
    "trade.assign(share=trade['total'] / 500)": ["Year", "Total US$ bn", "share"],
}


def test_titles_and_units_are_the_catalogues_as_long_as_the_values_are(site, shown):
    site.table("year,total\n2021,146.87\n2022,190.26\n2023,1.4\n")
    tables = shown(*(TRADE + frame for frame in TITLES))
    assert {
        frame: texts(table, ".//thead/tr")[0] for frame, table in zip(TITLES, tables, strict=True)
    } == TITLES


# Long and wide tables


def test_of_a_very_long_frame_the_first_rows_are_shown_and_the_page_says_so(shown):
    page = shown("pd.DataFrame({'n': range(10_000)})")
    assert column(page)[-1] == "499" and len(column(page)) == 500
    assert (
        page.find(".//p[@class='table-foot']").text_content().strip()
        == "The first 500 of 10,000 rows."
    )
    assert "is-sortable" not in page.find(".//table").get("class")


def test_an_author_who_asks_pandas_for_all_rows_gets_them(shown):
    page = shown("pd.set_option('display.max_rows', None)\npd.DataFrame({'n': range(600)})")
    assert len(column(page)) == 600 and page.find(".//p") is None


BOXES = {
    "pd.DataFrame({'x': range(10)})": "table-scroll",
    "pd.DataFrame({'x': range(60)})": "table-scroll is-long",
    "pd.DataFrame([range(9)])": "table-scroll is-wide",
}


def test_a_table_that_scrolls_in_its_box_can_be_reached_by_keys(shown):
    for classes, table in zip(BOXES.values(), shown(*BOXES), strict=True):
        box = table.find("div")
        assert box.get("class") == classes
        assert (box.get("tabindex") == "0" and box.get("role") == "region") == (
            classes != "table-scroll"
        )


# The data


def test_a_labelled_table_has_its_values_as_they_are_to_download(site, shown):
    site.table("year,total\n2021,146.87\n2022,190.2612345\n")
    assets = {}
    page = shown(
        "#| label: tbl-trade\n#| tbl-cap: Trade\n" + TRADE + "trade.assign(note=['=1+1', None])",
        assets=assets,
    )
    link = page.findall(".//div[@class='chart-foot']//a")[-1]
    assert (link.text, link.get("href"), link.get("download")) == (
        "Download the data (CSV)",
        "index_files/tbl-trade.csv",
        "",
    )
    rows = list(csv.reader(io.StringIO(assets["posts/a/index_files/tbl-trade.csv"].decode())))
    assert rows == [
        ["Year", "Total (US$ bn)", "note"],
        ["2021", "146.87", "'=1+1"],
        ["2022", "190.2612345", ""],
    ]


def test_a_table_without_a_label_has_no_download(shown):
    assets = {}
    assert shown("pd.DataFrame({'x': [1]})", assets=assets).find(".//a") is None
    assert not assets


def test_the_html_of_a_styler_is_the_authors(shown):
    page = shown("pd.DataFrame({'x': [1234567]}).style.format('{} tonnes')")
    assert column(page) == ["1234567 tonnes"]


# In a browser

PARTNERS = """\
#| label: tbl-partners
#| tbl-cap: Partners
import pandas as pd
pd.DataFrame({
    "who": ["Zaire", "Ärmenien", "china", "Éire", "Denmark", "Austria", "Bolivia", "Eritrea"],
    "sum": [9.5, None, 1234.5678, -2, 10, 1234.5679, 10, 80],
    "since": pd.to_datetime(["2001-12-01", "1999-01-31", None, "2010-05-05", "2001-02-28", "2020-01-01", "2021-01-01",
                             "2022-01-01"])})"""


@pytest.fixture
def served(site, monkeypatch, serve):
    """The address of a site with a table that can be sorted, and one that is too short."""
    site.write("index.qmd", "---\ntitle: The Test\nlisting:\n  contents: posts\n---\n")
    site.article("a", PARTNERS)
    site.article("b", "import pandas as pd\npd.DataFrame({'x': [1, 2]})")
    monkeypatch.chdir(site.root)
    assert main(["build"]) == 0
    return f"{serve(site.root / '_site')}posts"


@pytest.mark.browser
def test_the_header_sorts_by_click_and_by_key_and_says_how(served, browser, site):
    assert "tables-" in site.read("_site/posts/a/index.html") and "tables-" not in site.read(
        "_site/posts/b/index.html"
    )
    assert re.search(
        r"<figcaption[^>]*>Table(&nbsp;|\s)1: Partners", site.read("_site/posts/a/index.html")
    )
    assert (site.root / "_site/posts/a/index_files/tbl-partners.csv").is_file()
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    refused = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(f"{served}/a/index.html")
    who, amount, since = (
        page.get_by_role("columnheader", name=name) for name in ("who", "sum", "since")
    )
    names = page.locator("tbody td:first-child")

    amount.get_by_role("button").click()
    expect(names).to_have_text(
        ["Austria", "china", "Eritrea", "Denmark", "Bolivia", "Zaire", "Éire", "Ärmenien"]
    )
    expect(amount).to_have_attribute("aria-sort", "descending")
    amount.get_by_role("button").press("Enter")
    expect(names).to_have_text(
        ["Éire", "Zaire", "Denmark", "Bolivia", "Eritrea", "china", "Austria", "Ärmenien"]
    )
    expect(amount).to_have_attribute("aria-sort", "ascending")

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(names).to_have_text(
        ["Ärmenien", "Denmark", "Zaire", "Éire", "Austria", "Bolivia", "Eritrea", "china"]
    )
    expect(since).to_have_attribute("aria-sort", "ascending")
    assert amount.get_attribute("aria-sort") is None

    who.get_by_role("button").click()
    expect(names).to_have_text(
        ["Ärmenien", "Austria", "Bolivia", "china", "Denmark", "Éire", "Eritrea", "Zaire"]
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not [text for text in refused if "favicon" not in text]
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(f"{served}/a/index.html")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
