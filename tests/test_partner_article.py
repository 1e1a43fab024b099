"""Russia's trade with each partner, as its readers get it: a dozen editions run, and held against
the table.

What the table says is read here by the `csv` module alone, and worded again, so that no code is its
own witness.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

import lxml.html
import pytest

from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.preparation import prepare
from broadsheet.notebook.prose import unmarked
from broadsheet.project.reading import open_publication
from publishing import charts_of

ROOT = Path(__file__).parents[1]
HEADLINES = {
    "china": "Russia's trade with China grew 3.6-fold between 2016 and 2024",
    "germany": "Russia's trade with Germany fell by 80 percent between 2016 and 2024",
    "netherlands": "Russia's trade with the Netherlands fell by 82 percent between 2016 and 2024",
    "armenia": "Russia's trade with Armenia grew 9.3-fold between 2016 and 2024",
    "slovakia": "Russia's trade with Slovakia hardly changed between 2016 and 2024",
    "kazakhstan": "Russia's trade with Kazakhstan grew 2.1-fold between 2016 and 2023",
    "uganda": "Russia's trade with Uganda grew 10-fold between 2016 and 2021",
    "uzbekistan": "Russia's trade with Uzbekistan grew 2.9-fold between 2016 and 2022",
    "cameroon": "Russia's trade with Cameroon fell by 24 percent between 2016 and 2024",
    "belarus": "Russia's trade with Belarus rose by 100 percent between 2016 and 2024",
    "algeria": "Russia's trade with Algeria rose by 8 percent between 2016 and 2024",
    "iraq": "Russia's exports to Iraq fell by 80 percent between 2016 and 2024",
    "north-korea": "Russia's trade with North Korea fell by 44 percent between 2016 and 2020",
    "guyana": "Russia's exports to Guyana went from $731,000 in 2016 to $26,000 in 2024",
    "nauru": "Russia's imports from Nauru went from less than $1,000 in 2016 to $2,000 in 2024",
    "east-timor": "Russia's imports from East Timor went from $13,000 in 2016 to less than $1,000 in 2024",
}
MARKED = ("Cameroon", "Ghana", "Uganda", "Uzbekistan")
"""Partners of which a year is not plausible; other pages name them where it matters."""
COLUMNS = {"trade with": "total", "exports to": "exports_fob", "imports from": "imports_cif"}


class Page(NamedTuple):
    """An edition as a reader meets it."""

    finished: Finished
    prose: str
    chart: lxml.html.HtmlElement

    @property
    def title(self) -> str:
        return _plain(self.finished.edition.settings.title)

    @property
    def partner(self) -> str:
        return str(self.finished.edition.parameters.get("partner", ""))

    @property
    def alt(self) -> str:
        cells = self.finished.notebook.cells
        return next(
            re.search(r'^#\| fig-alt: "(.*)"$', cell.source, re.MULTILINE)[1]
            for cell in cells
            if "#| fig-alt" in cell.source
        )


@pytest.fixture(scope="session")
def pages() -> dict[str, Page]:
    publication = open_publication(ROOT)
    chosen = publication.choose([f"russia-and-partner/{slug}" for slug in HEADLINES])
    first = next(
        edition for edition in publication.editions if edition.slug == "russia-and-partner"
    )
    prepared = prepare(publication.project, [first, *chosen], jobs=2)
    assert not prepared.faults
    return {
        done.edition.slug.removeprefix("russia-and-partner/"): _page(done)
        for done in prepared.finished
    }


@pytest.fixture(params=HEADLINES)
def page(request: pytest.FixtureRequest, pages: dict[str, Page]) -> Page:
    return pages[request.param]


# The set of pages


def test_there_is_a_page_for_each_country_with_six_years_and_for_no_aggregate() -> None:
    editions = [
        edition
        for edition in open_publication(ROOT).editions
        if edition.source.slug == "russia-and-partner"
    ]
    years: dict[str, int] = {}
    for row in _table():
        if row["kind"] == "country":
            years[row["partner"]] = years.get(row["partner"], 0) + 1
    expected = {name for name, count in years.items() if count >= 6}
    assert {
        str(edition.parameters["partner"]) for edition in editions if not edition.is_first
    } == expected
    assert 150 <= len(expected) <= 200


# The headline


@pytest.mark.parametrize("slug", HEADLINES)
def test_the_headline_is_the_one_that_the_table_bears_out(
    pages: dict[str, Page], slug: str
) -> None:
    assert pages[slug].title == HEADLINES[slug]


def test_the_words_of_the_headline_are_those_of_the_figures(page: Page) -> None:
    flow, before, now = _compared(page)
    said = page.title.partition(f"{page.partner} ")[2]
    growth = (now / before - 1) * 100 if before else 0.0
    if min(before, now) < 0.5 or now < before / 200:
        assert said.startswith("went from ")
    elif abs(growth) < 5:
        assert said.startswith("hardly changed between ")
    elif growth >= 100:
        fold = re.match(r"grew ([\d.]+)-fold", said)
        assert fold and abs(float(fold[1]) - now / before) < (
            0.5 if now / before >= 9.95 else 0.051
        )
    else:
        assert said.startswith(f"{'rose' if growth > 0 else 'fell'} by {abs(growth):.0f} percent")
    assert flow in page.title


def test_the_sums_are_the_table_s(page: Page) -> None:
    _, before, now = _compared(page)
    assert f"came to {_usd(now)} in " in page.prose
    assert f"was {_usd(before)}." in page.prose


def test_the_rank_is_among_countries_with_plausible_figures_of_that_year(page: Page) -> None:
    found = re.search(
        r"was the (?:(\d+)\w\w )?largest of (\d+) partners with a figure for (\d{4})", page.prose
    )
    assert found
    rank, of, year = int(found[1] or 1), int(found[2]), found[3]
    totals = {
        row["partner"]: float(row["total"])
        for row in _table()
        if row["kind"] == "country" and row["year"] == year and row["implausible"] != "true"
    }
    assert len(totals) == of
    assert 1 + sum(total > totals[page.partner] for total in totals.values()) == rank


def test_the_share_is_the_table_s(page: Page) -> None:
    year = re.search(r"partners with a figure for (\d{4})", page.prose)
    assert year
    world = next(float(row["total"]) for row in _rows("World") if row["year"] == year[1])
    total = next(float(row["total"]) for row in _rows(page.partner) if row["year"] == year[1])
    share = 100 * total / world
    words = (
        "less than 0.01" if share < 0.005 else f"{share:.1f}" if share >= 0.095 else f"{share:.2f}"
    )
    assert f"{words} percent of all that Russia traded" in page.prose


# Flags


def test_estimates_are_said_to_be_estimates_and_dashed(page: Page) -> None:
    year = int(re.search(r"came to .*? in (\d{4})", page.prose)[1])
    assert ("an estimate of the International Monetary Fund" in page.prose) == (year >= 2022)
    dashed = '"dash":"5px,4px"' in _figure(page).replace(" ", "")
    assert dashed == any(int(row["year"]) >= 2022 for row in _rows(page.partner))
    assert ("Dashed, from 2022" in page.chart.text_content()) == dashed


def test_what_is_not_plausible_is_left_out_and_said_to_be(pages: dict[str, Page]) -> None:
    uganda = pages["uganda"]
    assert (
        "For 2022 to 2024 the table holds figures that are not plausible, and none of them is used"
        in uganda.prose
    )
    assert "Imports are 1,739 times their mean of 2019-21, US$ 15.5 mn." in uganda.prose
    assert "2022 to 2024 left out as not plausible" in uganda.chart.text_content()
    assert not re.search(r"27003|12152|5766|27828", _figure(uganda) + _data(uganda))
    uzbekistan = pages["uzbekistan"]
    assert "Total is 3.2 times what Uzbekistan’s Statistics Agency counts" in uzbekistan.prose
    assert not re.search(r"22836|28466", _figure(uzbekistan) + _data(uzbekistan))
    assert "For 2022 the table holds figures that are not plausible" in pages["cameroon"].prose
    assert {slug for slug, page in pages.items() if "left out as not plausible" in page.chart.text_content()} == {
        "uganda", "uzbekistan", "cameroon",
    }  # fmt: skip


def test_uganda_takes_no_rank_from_others_and_shares_say_what_it_costs_them(
    pages: dict[str, Page],
) -> None:
    china = pages["china"]
    assert (
        "figures of Uganda and Uzbekistan that are not plausible; without them the share would be 36.8 percent"
        in china.prose
    )
    assert not re.search(
        r">Uganda</a></th>\s*<td>\d+</td>\s*<td>2024", _html(pages["russia-and-partner"])
    )


def test_years_and_directions_that_are_missing_are_named(pages: dict[str, Page]) -> None:
    assert "For 2024 the table has no figure" in pages["kazakhstan"].prose
    assert "The table has no imports for 2022 to 2024" in pages["iraq"].prose
    assert "The table has no exports for 2021" in pages["north-korea"].prose
    assert (
        "no figure" not in pages["china"].prose and "The table has no" not in pages["china"].prose
    )


# The page about all of them


def test_the_first_page_has_a_row_for_each_country_that_leads_to_its_page(
    pages: dict[str, Page],
) -> None:
    names = {
        edition.name
        for edition in open_publication(ROOT).editions
        if edition.source.slug == "russia-and-partner" and not edition.is_first
    }
    table = lxml.html.fromstring(_html(pages["russia-and-partner"]))
    links = [
        link.get("href").removesuffix(".html")
        for link in table.xpath(".//tbody//th[@scope='row']/a")
    ]
    assert sorted(links) == sorted(names)
    trade = [
        float(row.xpath("./td")[0].text.replace(",", "")) for row in table.xpath(".//tbody/tr")
    ]
    assert trade == sorted(trade, reverse=True)
    assert [cell.text for cell in table.xpath(".//tr[th/a='China']/td")] == [
        "236,331",
        "2024",
        "+257%",
        "33.42",
        "1",
        "estimate",
    ]
    assert [cell.text for cell in table.xpath(".//tr[th/a='Uganda']/td")] == [
        "432",
        "2021",
        "+902%",
        "0.05",
        "–",
        "reported, later figures not plausible",
    ]


def test_the_first_page_names_the_three_largest_and_their_share(pages: dict[str, Page]) -> None:
    first = pages["russia-and-partner"]
    rows = sorted(
        (
            row
            for row in _table()
            if row["kind"] == "country" and row["year"] == "2024" and row["implausible"] != "true"
        ),
        key=lambda row: -float(row["total"]),
    )[:3]
    assert first.title == "China, India and Turkey are about half of Russia's trade"
    assert [row["partner"] for row in rows] == ["China", "India", "Turkey"]
    world = next(float(row["total"]) for row in _rows("World") if row["year"] == "2024")
    together = 100 * sum(float(row["total"]) for row in rows) / world
    assert f"together were {together:.1f} percent" in first.prose


def test_a_share_is_rounded_once(pages: dict[str, Page]) -> None:
    assert re.search(r"In 2016 it was [\w ]+ of 201, with 0\.8 percent", pages["algeria"].prose)


# Any page


def test_a_page_speaks_of_its_partner_alone(pages: dict[str, Page], page: Page) -> None:
    own = " ".join([page.title, page.prose, page.alt, page.chart.text_content(), _figure(page)])
    others = {
        other.partner
        for other in pages.values()
        if other.partner not in ("", page.partner, "China")
    }
    assert not [name for name in others - {"Kazakhstan", *MARKED} if name in own]
    assert page.partner in page.alt and page.partner in page.title


def test_nothing_is_left_unevaluated_or_badly_joined(pages: dict[str, Page]) -> None:
    for page in pages.values():
        text = " ".join([page.title, page.prose, page.alt, page.chart.text_content()])
        assert not re.search(r"\{python\}|\bnan\b|\bNone\b|\.\.(?!/)| [.,;:]|\$-", text), text
        assert len(page.title) < 120


def test_the_prose_is_of_a_length_to_be_read(page: Page) -> None:
    assert 130 <= len(page.prose.split()) <= 320


def _page(finished: Finished) -> Page:
    assert finished.notebook is not None
    partner = "story" in finished.edition.metadata
    cells = finished.notebook.cells
    prose = "\n\n".join(
        _shown(cell.source, partner) for cell in cells if cell.cell_type == "markdown"
    )
    return Page(finished, _plain(prose), charts_of(finished)[0])


def _shown(markdown: str, partner: bool) -> str:
    block = r'^::: \{\.content-visible (when|unless)-meta="story\.partner"\}\n(.*?)^:::$'
    return re.sub(
        block,
        lambda match: match[2] if (match[1] == "when") == partner else "",
        markdown,
        flags=re.DOTALL | re.MULTILINE,
    )


def _plain(markdown: str) -> str:
    return re.sub(r"\\(.)", r"\1", unmarked(markdown))


def _asset(page: Page, suffix: str) -> str:
    return page.finished.assets[str(page.finished.edition.files / f"fig-trade.{suffix}")].decode()


def _figure(page: Page) -> str:
    return _asset(page, "json")


def _data(page: Page) -> str:
    return _asset(page, "csv")


def _html(page: Page) -> str:
    return next(
        output["data"]["text/html"]
        for cell in page.finished.notebook.cells
        for output in cell.get("outputs", [])
        if "<table" in output["data"].get("text/html", "")
    )


def _table() -> list[dict[str, str]]:
    with (ROOT / "data/russia-trade-by-partner.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _rows(partner: str) -> list[dict[str, str]]:
    return [row for row in _table() if row["partner"] == partner and row["implausible"] != "true"]


def _compared(page: Page) -> tuple[str, float, float]:
    """The flow that the headline names, and its first and last value by the table."""
    flow = next(flow for flow in COLUMNS if flow in page.title)
    rows = [
        row
        for row in _rows(page.partner)
        if row[COLUMNS[flow]]
        and (flow != "trade with" or (row["exports_fob"] and row["imports_cif"]))
    ]
    rows.sort(key=lambda row: int(row["year"]))
    assert rows[0]["year"] in page.title and rows[-1]["year"] in page.title
    return flow, float(rows[0][COLUMNS[flow]]), float(rows[-1][COLUMNS[flow]])


def _usd(millions: float) -> str:
    if millions >= 999.5:
        return f"${millions / 1000:,.1f} billion"
    if millions >= 9.95:
        return f"${millions:,.0f} million"
    if millions >= 0.9995:
        return f"${millions:.1f} million"
    return f"${millions * 1000:.0f},000" if millions >= 0.0005 else "less than $1,000"
