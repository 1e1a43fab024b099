"""Big numbers, `bs.big_number`: a value with its change and a small line, bound to its table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

import broadsheet as bs
from broadsheet.notebook.session import big_number as module
from broadsheet.site.build.build import build
from conftest import TABLE, Site

CSV = "year,total,status\n2019,110.9,\n2020,,\n2021,146.9,\n2022,190.3,estimate\n"
FIELDS = TABLE["schema"]["fields"]  # type: ignore[index]
NOTED = {
    **TABLE,
    "schema": {
        "fields": [
            *FIELDS,
            {
                "name": "status",
                "title": "Status",
                "type": "string",
                "notes": [{"value": "estimate", "text": "estimates of the Fund"}],
            },
        ],
        "primaryKey": ["year"],
    },
}
IMPORTS = "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')"
ROW = """from IPython.display import display
display(
    bs.big_number(trade.total, "Trade", since=2019),
    bs.big_number(trade.total, "Trade the year before", 2021),
    bs.big_number(trade.total, "Trade at first", 2019),
)"""
PAGE = "_site/posts/numbers/index.html"


def said(values: Any, *places: Any, **options: Any) -> str:
    return str(bs.big_number(values, "Trade", *places, source="@customs", **options))


@pytest.mark.parametrize(
    ("values", "places", "unit", "text"),
    [
        ({2021: 146.9, 2022: 190.3}, (), "US$ bn", "$190.3 billion (2022). 29.5 percent more than in 2021"),
        ({2022: 190.3, 2021: 146.9}, (), "US$ bn", "$190.3 billion (2022). 29.5 percent more than in 2021"),
        ({2016: 50.0, 2021: 146.9, 2022: 190.3}, (2022, 2016), "US$ bn", "$190.3 billion (2022). 3.8 times as much as in 2016"),
        ({2021: 190.3, 2022: 146.9}, (), "US$ bn", "$146.9 billion (2022). 22.8 percent less than in 2021"),
        ({2021: 190.3, 2022: 190.3}, (), "US$ bn", "$190.3 billion (2022). almost the same as in 2021"),
        ({2021: 20.0, 2022: 22.5}, (), "percent", "22.5 percent (2022). 2.5 percentage points more than in 2021"),
        ({2021: 0.2, 2022: 0.225}, (), "ratio", "22.5 percent (2022). 2.5 percentage points more than in 2021"),
        ({2021: 0.0, 2022: 1.5}, (), "million tonnes", "1.5 million tonnes (2022). 1.5 million tonnes more than in 2021"),
        ({2021: -2.0, 2022: -5.5}, (), "US$ bn", "−$5.5 billion (2022). $3.5 billion less than in 2021"),
        ({2021: -2.0, 2022: 1.5}, (), "EUR mn", "€1.5 million (2022). €3.5 million more than in 2021"),
        ({2021: 3, 2022: 7}, (), "ships", "7 ships (2022). 4 more than in 2021"),
        ({2021: None, 2022: 7.5}, (2022, 2021), "years", "7.5 years (2022). No figure for 2021"),
        ({2022: 7.5}, (2022, 2012), "years", "7.5 years (2022). No figure for 2012"),
        ({2020: 5.0, 2021: None, 2022: 7.5}, (), "years", "7.5 years (2022). 50.0 percent more than in 2020"),
        ({2022: 7.5, 2023: None}, (), "years", "7.5 years (2022)."),
        ({"2022-02": 5.0, "2022-03": 6.0}, (), "euros", "6 euros (March 2022). 1 more than in February 2022"),
        ({"2022-02-24": 5.5, "2022-03-01": 6.6}, (), "euros", "6.6 euros (1 March 2022). 20.0 percent more than on 24 February 2022"),
        ({"2022-Q1": 5.5, "2022-Q2": 6.6}, (), "euros", "6.6 euros (Q2 2022). 20.0 percent more than in Q1 2022"),
    ],
)  # fmt: skip
def test_the_value_and_its_change_read_as_they_should(
    values: Any, places: tuple[Any, ...], unit: str, text: str
):
    assert said(values, *places, unit=unit) == f"Trade: {text}"


@pytest.mark.parametrize("index", ["D", "period"])
def test_months_of_pandas_are_months(index: str):
    months = pd.to_datetime(["2022-01-01", "2022-02-01"])
    values = pd.Series([5.5, 6.6], months if index == "D" else months.to_period("M"))
    for place in ("2022-02", pd.Timestamp("2022-02-01"), None):
        assert "(February 2022). 20.0 percent more than in January 2022" in said(
            values, place, unit="euros"
        )


@pytest.mark.parametrize(
    ("values", "places", "message"),
    [
        (pd.DataFrame({"total": [1]}), (), "this is a table; give one column"),
        ([1, 2], (), "this is a list; give a column over time"),
        ({"China": 1}, (), "'China' is no date"),
        ({2021: None}, (), "its column has no value"),
        ({2021: 1, 2022: float("inf")}, (), "the value at 2022 is inf, which is no number"),
        ({2021: "many"}, (), "the value at 2021 is 'many', which is no number"),
        ({2021: 1, 2022: 2}, (1999,), "no value at 1999; its column goes from 2021 to 2022"),
        ({2021: 1, 2022: 2}, ("last",), "`at` is 'last', which is no date"),
        ({2021: 1, 2022: 2}, (2022, "first"), "`since` is 'first', which is no date"),
        ({2021: 1, 2022: 2}, (2021, 2022), "`since` is 2022, and the value is of 2021"),
        ({2021: 1, 2022: 2}, (2022, 2022), "give an earlier place"),
        (pd.Series([1, 2], [2021, 2021]), (), "several values at 2021"),
    ],
)
def test_what_is_no_column_over_time_is_refused(values: Any, places: tuple[Any, ...], message: str):
    with pytest.raises((TypeError, ValueError), match="big_number") as raised:
        said(values, *places)
    assert message in str(raised.value)


def built(site: Site, *cells: Any, front: str = "") -> str:
    site.table(CSV, entry=NOTED)
    site.article("numbers", IMPORTS, *cells, front=front)
    result = build(site.root)
    assert not result.faults, result.faults
    assert not [one for one in result.notices if "alt" in one.topic], result.notices
    return site.read(PAGE)


def test_a_page_has_words_line_table_and_source(site: Site):
    page = built(site, ROW)
    assert page.count('class="big-number"') == 3
    assert page.count("<svg") == 4  # of the third there is nothing before
    for words in (
        "2022, estimates of the Fund:",
        "71.6 percent",
        "32.5 percent",
        "2019 to 2022",
        "The Customs",
        'aria-label="Data: Trade, 2019 to 2022"',
    ):
        assert words in page
    assert "2022: estimates of the Fund." not in page  # it is said of the value
    assert 'class="number-rose"' in page
    facts = json.loads(site.read("_site/posts/numbers/index_files/facts.json"))
    assert "$190.3 billion" in json.dumps(facts, ensure_ascii=False)


def test_feeds_and_copies_have_the_words_and_the_picture(site: Site):
    site.write("index.qmd", "---\ntitle: T\nlisting: {contents: posts, feed: {type: full}}\n---\n")
    built(site, ROW)
    copy = site.read("_site/posts/numbers/index.md")
    feed = site.read("_site/index.xml")
    for text in (copy, feed):
        assert "$190.3 billion" in text
        assert "cell-3.svg" in text
        assert "2019" in text
    assert copy.count("Trade the year before\n") == 1
    assert "| --- |" not in copy
    assert "is-chart" not in site.read("_site/index.html")  # the line is no picture of the article


def test_a_page_in_german(site: Site):
    page = built(
        site,
        "bs.language('de')",
        "bs.big_number(trade.total, 'Handel', since=2021)",
        front="title: Handel\ndate: 2023-05-26\nlang: de",
    )
    assert "190,3 Milliarden Dollar" in page
    assert "29,5 Prozent" in page
    assert "mehr als</span></a> 2021" in page


def test_another_output_of_its_type_is_refused(site: Site):
    site.table(CSV, entry=NOTED)
    bundle = {module.MIME: {"label": 3}, "application/vnd.plotly.v1+json": {"data": []}}
    site.article("numbers", f"from IPython.display import display\ndisplay({bundle!r}, raw=True)")
    [fault] = build(site.root).faults
    assert "is not what `bs.big_number` makes" in str(fault)


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, chromium: str, serve: Callable[[Path], str]
) -> str:
    site = Site(tmp_path_factory.mktemp("publication") / "site")
    site.front()
    built(site, ROW, "#| column: margin\nbs.big_number(trade.total, 'In the margin')")
    return serve(site.root / "_site")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "columns"), [(1280, 3), (390, 2)])
def test_numbers_stand_in_a_row_and_their_parts_at_one_height(
    opened: Callable[..., Page], width: int, columns: int
):
    page = opened("posts/numbers/index.html", width)
    boxes = page.locator(".big-number")
    lefts = {box["x"] for box in (one.bounding_box() for one in boxes.all()[:3]) if box}
    assert len(lefts) == columns
    tops = [one.bounding_box() for one in page.locator(".number-value").all()[:columns]]
    assert len({box["y"] for box in tops if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_line_answers_pointer_and_keys(opened: Callable[..., Page]):
    page = opened("posts/numbers/index.html")
    chart = page.locator(".big-number .chart").first
    chart.scroll_into_view_if_needed()
    chart.locator("svg:visible").hover(position={"x": 5, "y": 20})
    expect(page.locator(".chart-tip")).to_contain_text("2019")
    expect(page.locator(".chart-tip")).to_contain_text("110.9")
    chart.locator(".chart-keys").focus()
    page.keyboard.press("End")
    expect(chart.locator(".chart-reading")).to_contain_text("190.3")
    expect(chart.locator(".chart-reading")).to_contain_text("estimates of the Fund")
