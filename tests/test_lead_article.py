"""The lead article as its readers get it: both editions run and finished, and held against the
tables.

What the tables say is read here by the `csv` module alone, so that no code is its own witness.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import lxml.html
import pytest

from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.preparation import prepare
from broadsheet.notebook.prose import unmarked
from broadsheet.project.reading import open_publication
from broadsheet.site.theme_files import BUNDLES
from publishing import charts_of

ROOT = Path(__file__).parents[1]
FIGURES = ("fig-trade", "fig-energy", "fig-pivot", "fig-asymmetry")
YEARS = (2022, 2024)

_CONDITIONAL = re.compile(
    r'^::: \{\.content-visible when-meta="story\.(?P<key>\w+)"\}\n(?P<text>.*?)^:::$',
    re.DOTALL | re.MULTILINE,
)


class Page(NamedTuple):
    """An edition as a reader meets it: ``prose`` is what it shows, ``charts`` each chart's HTML by
    its label.
    """

    finished: Finished
    prose: str
    charts: dict[str, lxml.html.HtmlElement]

    @property
    def title(self) -> str:
        return _plain(self.finished.edition.settings.title)

    def figure(self, label: str) -> bytes:
        return self.finished.assets[str(self.finished.edition.files / f"{label}.json")]

    def data(self, label: str) -> list[dict[str, str]]:
        text = self.finished.assets[str(self.finished.edition.files / f"{label}.csv")].decode()
        return [
            {name.partition(" (")[0]: value for name, value in row.items()}
            for row in csv.DictReader(text.splitlines())
        ]


@pytest.fixture(scope="session")
def pages(publication_sources: Path) -> dict[int, Page]:
    publication = open_publication(publication_sources)
    prepared = prepare(publication.project, publication.choose(["china-russia"]))
    assert not prepared.faults
    return dict(zip(YEARS, map(_page, prepared.finished), strict=True))


@pytest.fixture(params=YEARS)
def year(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def page(pages: dict[int, Page], year: int) -> Page:
    return pages[year]


# What the page says


def test_the_title_names_the_year_and_the_sum_of_its_edition(page: Page, year: int) -> None:
    assert f"in {year}" in page.title
    assert f"${_trade(year):.0f} billion" in page.title


def test_the_first_edition_is_of_a_length_to_be_read(pages: dict[int, Page]) -> None:
    assert 600 <= len(_words(pages[2022].prose)) <= 900


def test_the_record_is_the_highest_total_of_the_table(page: Page, year: int) -> None:
    earlier = [
        float(row["total"]) for row in _table("china-russia-trade") if int(row["year"]) < year
    ]
    assert _trade(year) > max(earlier)
    assert f"${_trade(year):.1f} billion in {year}, a record" in page.prose
    assert "traded a record" in page.title


@pytest.mark.parametrize(("when", "figure"), [(2022, "190.3"), (2024, "244.8")])
def test_the_figures_of_customs_stand_in_their_edition_alone(
    pages: dict[int, Page], when: int, figure: str
) -> None:
    assert f"{_trade(when):.1f}" == figure
    assert [other for other in YEARS if f"${figure} billion" in pages[other].prose] == [when]


def test_the_directions_are_the_table_s(page: Page, year: int) -> None:
    row = next(row for row in _table("china-russia-trade") if row["year"] == str(year))
    assert f"${float(row['china_imports']):.1f} billion of goods came from Russia" in page.prose
    assert f"${float(row['china_exports']):.1f} billion went there" in page.prose


def test_the_growth_is_that_of_the_table(page: Page, year: int) -> None:
    growth = (_trade(year) / _trade(year - 1) - 1) * 100
    assert f"about {growth:.0f} percent more than in {year - 1}" in page.prose


def test_fuel_is_that_of_the_last_whole_year_and_the_page_says_so(pages: dict[int, Page]) -> None:
    bill = sum(
        float(row["value_usd_bn"] or 0)
        for row in _table("russian-energy-to-china")
        if row["year"] == "2022"
    )
    for page in pages.values():
        assert f"In 2022 China paid ${bill:.1f} billion" in page.prose
    assert "table of fuels ends with 2022" in pages[2024].prose
    assert "table of fuels ends" not in pages[2022].prose


def test_the_fund_s_figures_are_the_fund_s(page: Page, year: int) -> None:
    china, union = (_fund(code, year, "total") / 1000 for code in ("CHN", "G998"))
    assert f"trade with China came to ${china:.1f} billion" in page.prose
    assert f"the European Union to ${union:.1f} billion" in page.prose
    assert ("China overtook the European Union in 2023" in page.prose) == (china > union)


def test_the_shares_are_of_the_tables(page: Page, year: int) -> None:
    whole = next(
        float(row["total"]) for row in _table("china-trade-total") if row["year"] == str(year)
    )
    assert (
        f"Russia accounted for {_trade(year) / whole / 10:.1f} percent of China's trade"
        in page.prose
    )
    assert f"{_fund('CHN', year, 'share_of_total'):.1f} percent, by the Fund's count" in page.prose
    assert {2022: "about a fifth", 2024: "about a third"}[year] in page.prose


def test_each_edition_tells_its_own_story(pages: dict[int, Page]) -> None:
    assert "this week" in pages[2022].prose
    assert "this week" not in pages[2024].prose
    assert "13 January 2025" in pages[2024].prose
    assert "2025" not in pages[2022].prose
    assert str(pages[2024].finished.edition.settings.date) == "2025-01-13"
    subtitles = {page.finished.edition.settings.subtitle for page in pages.values()}
    assert len(subtitles) == len(YEARS)


def test_nothing_is_left_unevaluated(page: Page) -> None:
    edition = page.finished.edition
    own = {key: value for key, value in edition.metadata.items() if key != "editions"}
    assert "{python}" not in str(own)
    assert "{python}" not in page.prose
    assert not re.search(r"\bnan\b|[$.]{2}|  \S| [.,;:]", page.prose)


def test_each_citation_is_in_the_bibliography(pages: dict[int, Page]) -> None:
    known = set(
        re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text("utf-8"), re.MULTILINE)
    )
    cited = {key for page in pages.values() for key in re.findall(r"@(\w+)", page.prose)} - {"fig"}
    assert cited
    assert cited <= known


# What the charts show


def test_there_are_the_four_charts(page: Page) -> None:
    assert tuple(page.charts) == FIGURES


def test_the_charts_are_drawn_by_the_lightest_plotly(page: Page) -> None:
    for chart in page.charts.values():
        assert BUNDLES["basic"].issuperset(chart.get("data-traces").split())


@pytest.mark.parametrize("label", FIGURES)
def test_a_chart_has_a_name_for_those_who_do_not_see_it_and_a_source(
    page: Page, label: str
) -> None:
    chart = page.charts[label]
    assert chart.xpath(".//p[@class='chart-title']")[0].text_content()
    assert "Source: " in chart.text_content()
    options = next(
        cell.source for cell in page.finished.notebook.cells if f'label: "{label}"' in cell.source
    )
    alt = re.search(r'^#\| fig-alt: "(.+)"$', options, re.MULTILINE)
    assert alt
    assert len(alt[1]) > 80


def test_the_values_of_an_edition_stand_in_its_alt_texts(page: Page, year: int) -> None:
    alts = " ".join(
        cell.source for cell in page.finished.notebook.cells if "#| fig-alt" in cell.source
    )
    assert f"${_trade(year):.1f} billion in {year}, a record" in alts
    assert f"${_trade(year):.1f} billion in {year}" in str(page.finished.edition.settings.image_alt)


@pytest.mark.parametrize("label", ["fig-trade", "fig-pivot", "fig-asymmetry"])
def test_a_chart_of_one_edition_is_not_the_other_s(pages: dict[int, Page], label: str) -> None:
    assert pages[2022].figure(label) != pages[2024].figure(label)
    title = "p[@class='chart-title']"
    assert len({page.charts[label].xpath(f".//{title}")[0].text for page in pages.values()}) == len(
        YEARS
    )


def test_years_without_a_figure_are_not_filled_in(page: Page, year: int) -> None:
    known = [
        row["year"] for row in _table("china-russia-trade") if 2000 <= int(row["year"]) <= year
    ]
    shown = [row["Year"] for row in page.data("fig-trade")]
    assert sorted(shown) == known


def test_no_table_is_mixed_with_another_in_a_line(page: Page, year: int) -> None:
    assert {row["Year"]: f"{float(row['China']):.3f}" for row in page.data("fig-pivot")} == {
        str(when): f"{_fund('CHN', when, 'total') / 1000:.3f}" for when in range(2016, year + 1)
    }


def _page(finished: Finished) -> Page:
    assert finished.notebook is not None
    story = finished.edition.metadata["story"]
    assert isinstance(story, dict)
    cells = finished.notebook.cells
    prose = "\n\n".join(
        _shown(cell.source, story) for cell in cells if cell.cell_type == "markdown"
    )
    charts = {element.get("id").removeprefix("chart-"): element for element in charts_of(finished)}
    return Page(finished, _plain(prose), charts)


def _shown(markdown: str, story: dict[str, object]) -> str:
    """The text without what Quarto hides from this edition."""
    return _CONDITIONAL.sub(
        lambda match: match["text"] if story.get(match["key"]) else "", markdown
    )


def _plain(markdown: str) -> str:
    return re.sub(r"\\(.)", r"\1", unmarked(markdown))


def _words(prose: str) -> list[str]:
    """The words of the article's own text: no headings, citations, references."""
    text = re.sub(r"^(#.*|:::.*)$", "", prose, flags=re.MULTILINE)
    return re.findall(r"[\w$][\w.,'’$-]*", re.sub(r"\[@[^\]]*\]|\(@fig-\w+\)", "", text))


def _table(name: str) -> Iterator[dict[str, str]]:
    with (ROOT / f"data/{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _trade(year: int) -> float:
    return next(
        float(row["total"]) for row in _table("china-russia-trade") if row["year"] == str(year)
    )


def _fund(code: str, year: int, column: str) -> float:
    return next(
        float(row[column])
        for row in _table("russia-trade-by-partner")
        if row["partner_code"] == code and row["year"] == str(year)
    )
