"""What an author may ask of a table: bars in the cells of a column, a field to search its rows,
and under it source, date, licence and note, as under a figure.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Page, expect

from broadsheet.cli.main import main
from broadsheet.project.reading import open_publication
from pressing import prepare


@pytest.fixture
def prepared(site):
    """The tables of cells, and the messages of faults and notices."""

    def prepare_cells(*cells):
        site.article("a", "import pandas as pd", *cells)
        publication = open_publication(site.root)
        result = prepare(publication.project, publication.editions, jobs=1)
        messages = [str(one) for one in (*result.faults.values(), *result.notices)]
        tables = [
            html.fragment_fromstring(output.data["text/html"], create_parent="div")
            for page in result.finished
            for cell in page.notebook.cells[-len(cells) :]
            for output in cell.outputs
        ]
        return tables, messages

    return prepare_cells


def bars(table):
    """Of each cell with room for a bar: where it begins, how long it is, where zero is."""
    found = []
    for cell in table.findall(".//td[@class='text-end has-bars']"):
        bar, zero = cell.find("svg/rect"), cell.find("svg/line")
        found.append(
            (
                *((bar.get("x", "0%"), bar.get("width")) if bar is not None else ("", "")),
                "" if zero is None else zero.get("x1"),
            )
        )
    return found


BARS = {
    "[50, 100, 0]": [("0%", "50%", ""), ("0%", "100%", ""), ("", "", "")],
    "[3, -1, None]": [("25%", "75%", "25%"), ("0%", "25%", "25%"), ("", "", "25%")],
    "[-4, -2]": [("0%", "100%", "100%"), ("50%", "50%", "100%")],
    "[0.0, 0.0]": [("", "", "")] * 2,
    "[1e300, float('inf'), float('nan')]": [("0%", "100%", ""), ("", "", ""), ("", "", "")],
    "[-9e307, 9e307]": [("0%", "50%", "50%"), ("50%", "50%", "50%")],
}


def test_bars_are_on_one_scale_from_a_common_zero(prepared):
    tables, messages = prepared(
        *(f"#| bars: x\npd.DataFrame({{'x': {values}}})" for values in BARS)
    )
    assert not messages
    assert dict(zip(BARS, map(bars, tables), strict=True)) == BARS


def test_a_bar_is_no_text_and_needs_no_style(prepared):
    (table,), _ = prepared("#| bars: [x]\npd.DataFrame({'x': [1.5], 'y': [2]})")
    assert [cell.text_content() for cell in table.findall(".//td")] == ["1.5", "2"]
    assert not table.xpath(".//@style") and table.find(".//svg").get("aria-hidden") == "true"


NAMED = {
    "#| bars: [a, b]\npd.DataFrame({'a': [1], 'b': [2], 'c': [3]})": 2,
    "#| bars: 2021\npd.DataFrame({2020: [1], 2021: [2]})": 1,
    "#| bars: Exports 2021\npd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_product([['Exports'], [2020, 2021]]))": 1,
    "#| bars: a\npd.DataFrame([[1, 2]], columns=['a', 'a'])": 2,
    "#| bars: a\npd.Series([1, 2], name='a')": 2,
    "#| bars: a\npd.DataFrame({'a': [None, None]})": 0,
    "#| bars: a\n#| search: true\npd.DataFrame({'a': []})": 0,
    "#| bars: false\npd.DataFrame({'a': [1]})": 0,
}


def test_a_column_is_called_as_in_the_frame(prepared):
    tables, messages = prepared(*NAMED)
    assert not messages
    found = [len(bars(table)) for table in tables]
    assert dict(zip(NAMED, found, strict=True)) == NAMED


def test_a_column_of_the_catalogue_is_called_as_there_and_has_its_title(site, prepared):
    site.table()
    (table,), _ = prepared("#| bars: total\nimport broadsheet as bs\nbs.table('trade')")
    assert [head.text_content() for head in table.iter("th")] == ["Year", "Total US$ bn"]
    assert len(bars(table)) == 2


MISTAKES = {
    "#| bars: valeu\npd.DataFrame({'value': [1], 'who': ['a']})": (
        "cell 3, line 1: the table has no column 'valeu'\n"
        "  → Did you mean `value`? It has value, who."
    ),
    "#| bars: who\npd.DataFrame({'value': [1], 'who': ['a']})": (
        "cell 3, line 1: the column 'who' has 'a', and a bar is for a number\n"
        "  → Name a column of numbers; `pd.to_numeric` makes numbers of texts."
    ),
    "#| bars: day\npd.DataFrame({'day': pd.to_datetime(['2023-05-26'])})": (
        "cell 3, line 1: the column 'day' has '2023-05-26', and a bar is for a number\n"
        "  → Name a column of numbers; `pd.to_numeric` makes numbers of texts."
    ),
    "#| bars: true\npd.DataFrame({'value': [1]})": (
        "cell 3, line 1: `bars` has True\n"
        "  → Name a column of the table, or several: `bars: [exports, imports]`."
    ),
    "#| bars: a\npd.DataFrame()": "cell 3, line 1: the table has no column 'a'\n  → It has none.",
    "#| search: often\npd.DataFrame({'value': [1]})": (
        "cell 3, line 1: `search` is 'often'\n  → Write true or false."
    ),
    "#| search: true\npd.DataFrame({'n': range(5_000)})": (
        "cell 3, line 1: the table has no search field, since the page has 500 of its 5,000 rows\n"
        '  → Show all by `pd.set_option("display.max_rows", None)`, or fewer by `.head()`.'
    ),
    "#| bars: value\nx = 1": (
        "cell 3, line 1: `bars` is for a table, and this cell shows none\n"
        "  → End the cell with a DataFrame, or take the option away."
    ),
}


@pytest.mark.parametrize("cell", MISTAKES)
def test_an_option_that_does_not_fit_is_told(prepared, cell):
    _, messages = prepared(cell)
    assert messages == [f"posts/a/index.ipynb, {MISTAKES[cell]}"]


def test_a_table_with_a_label_has_what_a_figure_has_under_it(site, prepared):
    site.table()
    read = "import broadsheet as bs\nbs.table('trade')"
    (labelled, noted, bare), messages = prepared(
        f"#| label: tbl-trade\n{read}", f"#| note: Estimates.\n#| as-of: false\n{read}", read
    )
    assert not messages
    foot = labelled.find(".//div[@class='chart-foot']")
    assert [" ".join(one.text_content().split()) for one in foot.iter("li")] == [
        "Source: The Customs",
        "As of 31 December 2024",
        "CC BY 4.0",
        "Download the data (CSV)",
    ]
    assert foot.find(".//li/a").get("href") == "https://customs.example/trade"
    assert noted.find(".//p[@class='chart-note']").text == "Estimates."
    assert [one.text_content().strip() for one in noted.iter("li")] == [
        "Source: The Customs",
        "CC BY 4.0",
    ]
    assert bare.find(".//div[@class='chart-foot']") is None


# In a browser

NAMES = ["Ärmenien", "Łódź", "Øresund", "Straße", "New York", "São Tomé", "Curaçao", "İzmir"]
SEARCHED = f"""\
#| label: tbl-places
#| tbl-cap: Places
#| bars: sum
#| search: true
import pandas as pd
names = {NAMES} + [f"Place {{n}}" for n in range(55)]
pd.DataFrame({{"who": names, "sum": [None, -3.5] + [1000.25 * n for n in range(61)]}})"""
SHORT = "#| search: true\npd.DataFrame({'n': range(10)})"


@pytest.fixture
def address(site, monkeypatch, serve):
    """The address of an article with a long table and a short one, in English and in German."""
    site.write(
        "index.qmd", "---\ntitle: The Test\nlisting:\n  contents: posts\n  feed: true\n---\n"
    )
    site.article("a", SEARCHED, SHORT)
    site.article("b", SEARCHED, front="title: B\ndate: 2023-05-26\nlang: de")
    monkeypatch.chdir(site.root)
    assert main(["build"]) == 0
    return f"{serve(site.root / '_site')}posts"


def open_page(browser, address, **options) -> Page:
    page = browser.new_context(**options).new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    return page


@pytest.mark.browser
def test_rows_are_searched_without_accents_and_counted(address, browser):
    page = open_page(browser, f"{address}/a/index.html", viewport={"width": 390, "height": 800})
    field = page.get_by_role("searchbox", name="Search this table")
    assert field.count() == 1  # a table of ten rows has none
    view = page.locator(".table-view")
    shown = view.locator("tbody tr:visible td:first-child")
    told = view.locator(".table-search").get_by_role("status")
    widths = "cells => cells.map(cell => cell.offsetWidth)"
    before = view.locator("thead th").evaluate_all(widths)
    for words, names in {
        "armen": ["Ärmenien"],
        "LODZ": ["Łódź"],
        "ore": ["Øresund"],
        "strasse": ["Straße"],
        "york new": ["New York"],
        "sao tome": ["São Tomé"],
        "izmir": ["İzmir"],
        "curacao": ["Curaçao"],
        "nowhere": [],
    }.items():
        field.fill(words)
        expect(shown).to_have_text(names)
        expect(told).to_have_text(f"{len(names)} of 63")
        assert view.locator("thead th").evaluate_all(widths) == before
    field.fill("place")
    page.get_by_role("columnheader", name="sum").get_by_role("button").click()
    expect(told).to_have_text("55 of 63")
    expect(shown.first).to_have_text("Place 54")
    field.press("Escape")
    expect(told).to_be_empty()
    expect(shown).to_have_count(63)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    german = open_page(browser, f"{address}/b/index.html")
    german.get_by_role("searchbox", name="In dieser Tabelle suchen").fill("place")
    expect(german.locator(".table-search").get_by_role("status")).to_have_text("55 von 63")


@pytest.mark.slow
@pytest.mark.browser
def test_the_third_click_gives_the_first_order_back_and_each_is_announced(address, browser):
    page = open_page(browser, f"{address}/a/index.html", has_touch=True)
    view = page.locator(".table-view")
    head = view.get_by_role("columnheader", name="sum")
    names = view.locator("tbody td:first-child")
    told = page.locator("main > [role=status]")
    first = names.all_text_contents()
    for order, top, end, words in (
        ("descending", "Place 54", "Ärmenien", "Sorted by sum, descending"),
        ("ascending", "Łódź", "Ärmenien", "Sorted by sum, ascending"),
    ):
        head.get_by_role("button").tap()
        expect(head).to_have_attribute("aria-sort", order)
        expect(names.first).to_have_text(top)
        expect(names.last).to_have_text(end)  # what is missing comes last in either order
        expect(told).to_have_text(words)
    head.get_by_role("button").press("Space")
    expect(told).to_have_text("In the original order")
    assert head.get_attribute("aria-sort") is None and names.all_text_contents() == first


@pytest.mark.browser
def test_a_long_table_is_opened_and_has_all_rows_without_a_script_and_on_paper(address, browser):
    page = open_page(browser, f"{address}/a/index.html")
    box = page.locator(".is-long")
    scrolls = "box => box.scrollHeight > box.clientHeight + 1"
    assert box.evaluate(scrolls)
    page.get_by_role("button", name="Show all 63 rows").press("Enter")
    expect(box).to_be_focused()
    assert not box.evaluate(scrolls) and page.get_by_role("button", name="Show all").count() == 0
    page.get_by_role("searchbox").fill("nowhere")
    page.emulate_media(media="print")
    assert page.locator(".table-view tbody tr:visible").count() == 63
    assert not page.locator(".table-search").is_visible()
    found = Axe().run(open_page(browser, f"{address}/a/index.html", bypass_csp=True))
    assert found.violations_count == 0, found.generate_report()

    plain = open_page(browser, f"{address}/a/index.html", java_script_enabled=False)
    assert plain.locator(".table-view tbody tr").count() == 63
    assert not plain.locator(".table-search").is_visible()
    assert plain.locator("main .cell :is(button, input)").count() == 0


@pytest.mark.slow
@pytest.mark.browser
def test_nothing_moves_when_the_script_comes(address, browser):
    scripted, plain = (
        open_page(browser, f"{address}/a/index.html"),
        browser.new_context().new_page(),
    )
    plain.route("**/tables-*.js", lambda route: route.abort())
    plain.goto(f"{address}/a/index.html")
    expect(scripted.get_by_role("searchbox")).to_be_visible()
    tops = [
        page.locator(".table-view table").evaluate("box => box.getBoundingClientRect().top")
        for page in (scripted, plain)
    ]
    assert tops[0] == tops[1]


def test_a_copy_in_markdown_and_a_feed_have_the_plain_table(address, site):
    copy = site.read("_site/posts/a/index.md")
    assert "| Łódź | −3.50 |" in copy and "svg" not in copy and "Search" not in copy
    feed = site.read("_site/index.xml")
    assert "<td>−3.50</td></tr>" in feed.replace("&lt;", "<").replace("&gt;", ">")
    assert "svg" not in feed
