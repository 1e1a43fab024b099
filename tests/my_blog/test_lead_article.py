"""The lead article as its readers get it: both editions run and finished, and held against the
tables.

What the tables say is read here by the `csv` module alone, so that no code is its own witness.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import lxml.html
import nbformat
import pytest

from broadsheet.markdown.finished_edition import Finished
from broadsheet.notebook.values.prose import unmarked
from broadsheet.project.reading import open_publication
from broadsheet.site.theme.theme_files import BUNDLES
from pressing import prepare
from publishing import charts_of

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow

FIGURES = ("fig-timeline", "fig-trade", "fig-energy", "fig-pivot", "fig-asymmetry")
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

    @property
    def standfirst(self) -> str:
        return _plain(self.finished.edition.settings.subtitle)

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


def test_the_headline_asks_and_the_standfirst_has_the_news(page: Page, year: int) -> None:
    growth = (_trade(year) / _trade(year - 1) - 1) * 100
    headline = {
        2022: "China and Russia draw closer, but how close?",
        2024: "China and Russia draw closer still, but how close?",
    }
    news = {
        2022: "The two countries traded $190 billion of goods in 2022, a record.",
        2024: f"Trade was a record $245 billion in 2024, but grew by only about {growth:.0f} percent.",
    }
    assert page.title == headline[year]
    assert news[year] in page.standfirst
    assert f"${_trade(year):.0f} billion" in page.standfirst
    assert _trade(year) > _trade(year - 1)


def test_its_voices_are_heard_with_their_sources(pages: dict[int, Page]) -> None:
    sentences = re.split(r"(?<=\])\. ", pages[2022].prose)
    for name, key in {
        "Li Qiang": "manilabulletin2023",
        "Ben Bland": "guardian2023",
        "Alexander Korolev": "globeandmail2023",
        "Andrey Kortunov": "worldview2023",
        "Lyle Goldstein": "goldstein2023",
        "Mr Goldstein": "worldview2023",
        "Alexander Gabuev": "worldview2023",
    }.items():
        assert any(name in one and f"@{key}" in one for one in sentences), name


def test_it_leads_to_its_siblings_and_has_the_related_articles_that_it_names(page: Page) -> None:
    for sibling in ("chinas-wider-reach", "who-sat-out"):
        assert f"](article:{sibling})" in page.prose
    settings = page.finished.edition.settings
    assert settings.related == ["century-on-everest", "odesa-in-danger", "pause-in-gaza"]
    assert settings.excerpt_position == "top"
    assert settings.author and settings.date


def test_the_first_edition_is_of_a_length_to_be_read(pages: dict[int, Page]) -> None:
    assert 600 <= len(_words(pages[2022].prose)) <= 1000


def test_the_record_is_the_highest_total_of_the_table(page: Page, year: int) -> None:
    earlier = [
        float(row["total"]) for row in _table("china-russia-trade") if int(row["year"]) < year
    ]
    assert _trade(year) > max(earlier)
    assert f"${_trade(year):.1f} billion in {year}, a record" in page.prose
    assert "a record" in page.standfirst


@pytest.mark.parametrize(("when", "figure"), [(2022, "190.3"), (2024, "244.8")])
def test_the_figures_of_customs_stand_in_their_edition_alone(
    pages: dict[int, Page], when: int, figure: str
) -> None:
    assert f"{_trade(when):.1f}" == figure
    assert [other for other in YEARS if f"${figure} billion" in pages[other].prose] == [when]


def test_the_directions_are_the_table_s(page: Page, year: int) -> None:
    row = next(row for row in _table("china-russia-trade") if row["year"] == str(year))
    assert f"${_tenths(row['china_imports'])} billion of goods came from Russia" in page.prose
    assert f"${_tenths(row['china_exports'])} billion went there" in page.prose


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
        assert "of what Russia sold to China in 2022, not counting liquefied gas" in page.prose
        assert f"China paid ${bill:.1f} billion" in page.prose
    assert "table of fuels ends with 2022" in pages[2024].prose
    assert "table of fuels ends" not in pages[2022].prose


def test_the_fund_s_figures_are_the_fund_s(page: Page, year: int) -> None:
    china, union = (_fund(code, year, "total") / 1000 for code in ("CHN", "G998"))
    assert f"trade with China came to ${china:.1f} billion" in page.prose
    assert f"the European Union to ${union:.1f} billion" in page.prose
    more, less = ("China", "the European Union")[:: 1 if china > union else -1]
    assert f"Russia traded more with {more} than with {less} in {year}" in page.prose
    assert ("as it has since 2023" in page.prose) == (china > union)


def test_the_shares_are_of_the_tables(page: Page, year: int) -> None:
    whole = next(
        float(row["total"]) for row in _table("china-trade-total") if row["year"] == str(year)
    )
    assert (
        f"Russia accounted for {_trade(year) / whole / 10:.1f} percent of China's trade"
        in page.prose
    )
    assert f"{_fund('CHN', year, 'share_of_total'):.1f} percent, by the IMF's count" in page.prose
    assert {2022: "about a fifth", 2024: "about a third"}.get(year, "about") in page.prose


def test_each_edition_tells_its_own_story(pages: dict[int, Page]) -> None:
    assert "this week" in pages[2022].prose
    assert "this week" not in pages[2024].prose
    assert "reported on Monday [@moscowtimes2025]" in pages[2024].prose
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


def test_nothing_in_the_timeline_is_later_than_the_edition(page: Page) -> None:
    days = [row["Date"] for row in page.data("fig-timeline")]
    assert days == sorted(days) and len(days) >= 5
    assert days[-1] <= str(page.finished.edition.settings.date)


# What the charts show


def test_there_are_three_numbers_the_timeline_and_the_four_charts(page: Page) -> None:
    assert tuple(page.charts)[:3] == ("cell-7", "cell-7-2", "cell-7-3")
    assert tuple(page.charts)[3:] == FIGURES


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


# Every year that it can be about, and other rivals

RIVALS = {"European Union": "the European Union", "Germany": "Germany"}
CASES = [(year, rival) for year in range(2019, 2025) for rival in RIVALS]


@pytest.fixture(scope="session")
def variants(
    publication_sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[int, str], Page]:
    """The article with each value of its parameters, with what either edition says in all."""
    root = tmp_path_factory.mktemp("variants")
    for name in ("_quarto.yml", "references.bib", "data", "theme", "posts/_metadata.yml"):
        (root / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (publication_sources / name).is_dir() else shutil.copyfile
        copy(publication_sources / name, root / name)
    notebook = nbformat.read(publication_sources / "posts/china-russia/index.ipynb", as_version=4)
    allowed = re.search(r"year: Literal(\[[\d, ]*\]) =", str(notebook.cells))
    assert allowed
    assert json.loads(allowed[1]) == sorted({year for year, _ in CASES})
    front = notebook.cells[0].source.partition("editions:\n")[0]
    for number, (year, rival) in enumerate(CASES):
        parameters = {"year": year, "rival": rival}
        edition = {
            "slug": f"n{number}",
            "parameters": parameters,
            "story": {"visit": True, "after": True},
        }
        front += f"{'editions:' if not number else ''}\n  - {json.dumps(edition)}"
    notebook.cells[0].source = f"{front}\n---"
    (root / "posts/china-russia").mkdir()
    nbformat.write(notebook, root / "posts/china-russia/index.ipynb")
    publication = open_publication(root)
    prepared = prepare(publication.project, publication.choose(["china-russia"]))
    assert not prepared.faults
    return dict(zip(CASES, map(_page, prepared.finished[1:]), strict=True))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_value_of_a_parameter_gives_true_whole_sentences(
    variants: dict[tuple[int, str], Page], case: tuple[int, str]
) -> None:
    (year, rival), page = case, variants[case]
    test_nothing_is_left_unevaluated(page)
    test_the_directions_are_the_table_s(page, year)
    test_the_shares_are_of_the_tables(page, year)
    assert all(claim["truth"] for claim in page.finished.facts["claims"].values())
    before = _trade(year - 1)
    change = f"about {abs(_trade(year) / before - 1) * 100:.0f} percent"
    assert (
        f"{change} {'more' if _trade(year) > before else 'less'} than in {year - 1}" in page.prose
    )
    assert f"two {'grew' if _trade(year) > before else 'shrank'} in {year}, and it" in page.prose
    peak = max(
        float(row["total"]) for row in _table("china-russia-trade") if int(row["year"]) <= year
    )
    is_record = peak == _trade(year)
    assert (f"in {year}, a record" in page.standfirst) == is_record
    assert (f"below the record of ${peak:.1f} billion in 2019" in page.prose) != is_record
    is_closer = _trade(year) > before and _share(year) > _share(year - 1)
    assert page.title == (
        f"China and Russia {'draw closer' if is_closer else 'are partners'}, but how close?"
    )
    code = {"European Union": "G998", "Germany": "DEU"}[rival]
    other = _fund(code, year, "total")
    assert f"with {RIVALS[rival]} to ${other / 1000:.1f} billion" in page.prose
    is_ahead = _fund("CHN", year, "total") > other
    more, less = ("China", RIVALS[rival])[:: 1 if is_ahead else -1]
    assert f"Russia traded more with {more} than with {less} in {year}" in page.prose
    assert ("as it has since" in page.prose) == (is_ahead and rival == "European Union")
    assert ("table of fuels ends" in page.prose) == (year > 2022)


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


def _tenths(written: str) -> Decimal:
    return Decimal(written).quantize(Decimal("0.1"), ROUND_HALF_UP)


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


def _share(year: int) -> float:
    """China's share of Russia's trade."""
    return _fund("CHN", year, "total") / _fund("G001", year, "total")
