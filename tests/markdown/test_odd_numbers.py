"""Layouts and tables written as lists, with numbers that are none: the page is made all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.pandoc import Pandoc


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(workers=1, time_limit=10) as pool:
        yield pool


def rendered(pandoc: Pandoc, content: str, attributes: str) -> Rendered:
    return pandoc.render(Document("a.qmd", f"::: {{{attributes}}}\n{content}\n:::"))


@pytest.mark.parametrize(
    ("layout", "rows"),
    [
        ("[[-1]]", [1, 1, 1, 1]),
        ("[[-1,-2]]", [1, 1, 1, 1]),
        ("[[1,1],[-1]]", [2, 1, 1]),
        ("[[-1],[1,1]]", [1, 2, 1]),
        ("[[-1,1],[1,1]]", [2, 2, 1]),
        ("[[0]]", [1, 1, 1, 1]),
    ],
)
def test_each_row_of_a_layout_takes_a_cell(pandoc: Pandoc, layout: str, rows: list[int]) -> None:
    html = rendered(pandoc, "a\n\nb\n\nc\n\nd", f'layout="{layout}"').html
    assert re.findall(r"<p>(.)</p>", html) == ["a", "b", "c", "d"]
    parts = html.split('<div class="quarto-layout-row ')[1:]
    assert [part.count("quarto-layout-cell") for part in parts] == rows


def test_a_row_of_many_equal_cells_is_laid_out_by_the_style_sheet(pandoc: Pandoc) -> None:
    html = rendered(pandoc, "a\n\n" * 9, f'layout="[{[1] * 9}]"').html
    assert html.count('class="quarto-layout-cell layout-span-1"') == 9
    assert html.count("quarto-layout-row layout-spans") == 1


@pytest.mark.parametrize("rows", ["*", "* - a\n  - b\n*\n* - c\n  - d"])
def test_a_row_without_cells_is_told(pandoc: Pandoc, rows: str) -> None:
    page = rendered(pandoc, rows, ".list-table")
    assert "<ul>" in page.html and "this one stays a list" in page.notices[0].what


@pytest.mark.parametrize("value", ["2.5", "0", "-1", "1e9", "1001", "inf", "nan", "no", "''"])
@pytest.mark.parametrize("key", ["colspan", "rowspan"])
def test_a_span_that_is_none_is_one_cell(pandoc: Pandoc, key: str, value: str) -> None:
    html = rendered(pandoc, f"* - []{{{key}={value}}}a\n  - b\n* - c\n  - d", ".list-table").html
    assert html.count("<th>") == 2 == html.count("<td>") and "span" not in html


@pytest.mark.parametrize("value", ["1.5", "-1", "inf", "no"])
@pytest.mark.parametrize("key", ["header-rows", "header-cols"])
def test_a_number_of_headers_that_is_none(pandoc: Pandoc, key: str, value: str) -> None:
    html = rendered(pandoc, "* - a\n  - b\n* - c\n  - d", f".list-table {key}={value}").html
    assert html.count("<th>") == 2 == html.count("<td>")


def test_spans_are_whole_numbers(pandoc: Pandoc) -> None:
    html = rendered(pandoc, "* - []{colspan=2}a\n* - c\n  - d", ".list-table").html
    assert '<th colspan="2">a</th>' in html
