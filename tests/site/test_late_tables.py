"""A table that was to be retrieved anew and was not: readers see it at the figure, from that day on."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from broadsheet.text.html_tree import parsed_page
from conftest import TABLE, Site, is_exact

CONFIG = (
    'project:\n  type: website\nwebsite:\n  title: The Test\n  site-url: "https://example.org/"\n'
)
CELL = 'import broadsheet as bs\ntrade = bs.table("trade")'
CHART = "#| label: fig-trade\n#| fig-cap: Trade\nimport plotly.express as px\npx.line(trade, x='year', y='total')"
SHOWN = "#| label: tbl-trade\n#| tbl-cap: Trade\ntrade"
LATE = "Update overdue since 31 July 2025"


@pytest.fixture
def paper(site: Site) -> Site:
    """A publication of a table that is due half a year after 31 January 2025."""
    site.write("_quarto.yml", CONFIG)
    site.front()
    site.table(entry=TABLE | {"refresh": "P6M"})
    site.article("trade", CELL, CHART, SHOWN, front="title: Trade\ndate: 2025-02-02")
    site.write("posts/other/index.qmd", "---\ntitle: Other\ndate: 2025-02-02\n---\nOther.\n")
    return site


def text_of(site: Site) -> str:
    page = parsed_page(site.read("_site/posts/trade/index.html"))
    return " ".join(page.text_content().split())


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if is_exact(one)
    }


def built_on(site: Site, day: date) -> dict[str, bytes]:
    assert not build(site.root, day=day).faults
    return files(site.root / "_site")


def test_the_figure_and_the_table_are_late_from_the_day_after(paper: Site) -> None:
    before = built_on(paper, date(2025, 7, 31))
    assert "overdue" not in text_of(paper)
    after = built_on(paper, date(2025, 8, 1))
    assert text_of(paper).count(LATE) == 2
    assert b"2025-07-31" in after["posts/trade/index.html"]
    other = "posts/other/index.html"
    assert before[other] == after[other]
    shutil.rmtree(paper.root / "_site")
    shutil.rmtree(paper.root / ".broadsheet")
    assert built_on(paper, date(2025, 8, 1)) == after


def test_a_later_day_makes_nothing_again_and_an_earlier_one_takes_it_back(paper: Site) -> None:
    first = built_on(paper, date(2025, 6, 1))
    built_on(paper, date(2025, 8, 1))
    late = (paper.root / "_site/posts/trade/index.html").stat()
    report = build(paper.root, day=date(2025, 9, 1))
    assert not report.ran and text_of(paper).count(LATE) == 2
    assert (paper.root / "_site/posts/trade/index.html").stat() == late
    assert built_on(paper, date(2025, 6, 1)) == first


def test_a_table_that_was_retrieved_again_is_late_no_more(paper: Site) -> None:
    built_on(paper, date(2025, 8, 1))
    package = json.loads(paper.read("data/datapackage.json"))
    package["resources"][0]["retrieved"] = "2025-07-30"
    paper.write("data/datapackage.json", json.dumps(package))
    built_on(paper, date(2025, 8, 1))
    assert "overdue" not in text_of(paper)


def test_a_version_that_was_known_is_not_late(paper: Site) -> None:
    cell = CELL.replace('"trade"', '"trade", known="2025-03-01"')
    paper.article("trade", cell, CHART, SHOWN, front="title: Trade\ndate: 2025-02-02")
    built_on(paper, date(2025, 8, 1))
    assert "overdue" not in text_of(paper) and "As known on 1 March 2025" in text_of(paper)


def test_it_says_so_in_the_language_of_the_page(paper: Site) -> None:
    front = "title: Handel\nlang: de\ndate: 2025-02-02"
    paper.article("trade", CELL, CHART, front=front)
    built_on(paper, date(2025, 8, 1))
    assert "Aktualisierung überfällig seit dem 31. Juli 2025" in text_of(paper)
