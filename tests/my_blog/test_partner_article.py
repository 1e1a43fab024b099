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
from broadsheet.notebook.values.prose import unmarked
from broadsheet.project.reading import open_publication
from pressing import prepare
from publishing import charts_of

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow

HEADLINES = {
    "china": "Russia's trade with China rose by 67 percent from 2021 to 2024",
    "germany": "Russia's trade with Germany collapsed: down 85 percent from 2021 to 2024",
    "netherlands": "Russia's trade with the Netherlands collapsed: down 88 percent from 2021 to 2024",
    "ukraine": "Russia's trade with Ukraine all but ended between 2021 and 2024",
    "armenia": "Russia's trade with Armenia more than quadrupled from 2021 to 2024",
    "ghana": "Russia's trade with Ghana rose almost fivefold from 2021 to 2024",
    "egypt": "Russia's trade with Egypt almost doubled from 2021 to 2024",
    "venezuela": "Russia's trade with Venezuela rose sevenfold from 2021 to 2024",
    "west-bank-and-gaza": "Russia's trade with the West Bank and Gaza rose more than fivefold from 2021 to 2024",
    "trinidad-and-tobago": "Russia's exports to Trinidad and Tobago came to $27 million in 2024, "
    "after $729 million in 2017",
    "macao": "Russia's trade with Macao jumped from $1.1 million in 2021 to $62 million in 2024",
    "slovenia": "Russia's trade with Slovenia hardly changed from 2021 to 2024",
    "kazakhstan": "Russia's trade with Kazakhstan rose by 5 percent from 2021 to 2023",
    "uganda": "Russia's trade with Uganda: plausible figures end in 2021",
    "uzbekistan": "Russia's trade with Uzbekistan rose by 14 percent from 2021 to 2022",
    "cameroon": "Russia's trade with Cameroon collapsed: down 88 percent from 2021 to 2024",
    "belarus": "Russia's trade with Belarus rose by 22 percent from 2021 to 2024",
    "algeria": "Russia's trade with Algeria rose by 42 percent from 2021 to 2024",
    "iraq": "Russia's exports to Iraq fell by 36 percent from 2021 to 2024",
    "cambodia": "Russia's imports from Cambodia fell by 67 percent between 2021 and 2024",
    "north-korea": "Russia's trade with North Korea: complete figures end in 2020",
    "united-arab-emirates": "Russia's trade with the United Arab Emirates rose by 69 percent from 2021 to 2024",
    "brunei": "Russia sells little to Brunei: $2.0 million in 2024, after $71 million in 2020",
    "fiji": "Russia hardly traded with Fiji up to 2020, when complete figures end",
    "guyana": "Russia hardly trades with Guyana",
    "nauru": "Russia hardly trades with Nauru",
    "east-timor": "Russia hardly trades with East Timor",
}
MARKED = ("Cameroon", "Ghana", "Uganda", "Uzbekistan")
"""Partners of which a year is not plausible; other pages name them where it matters."""
ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh")  # fmt: skip
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
    def standfirst(self) -> str:
        return _plain(self.finished.edition.settings.subtitle)

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
    flow, (base, before), (last, now) = _compared(page)
    growth = (now / before - 1) * 100 if before else 0.0
    years = _years(page, flow)
    peak = max(years, key=lambda year: years[year])
    if max(before, now) < 10:
        if _most(page) < 10 and last > 2021:
            assert page.title.startswith("Russia hardly trades with ")
        elif _most(page) < 10:
            assert re.search(rf"^Russia hardly traded with .* up to {last}, when ", page.title)
        else:
            sums = f": {_usd(now)} in {last}, after {_usd(years[peak])} in {peak}"
            assert " little " in page.title and page.title.endswith(sums)
        return
    assert flow in page.title
    is_import = flow == "imports from"
    span = f"between {base} and {last}" if is_import else f"from {base} to {last}"
    said = page.title.partition(f"{page.partner}")[2].lstrip(": ")
    if last <= 2021:
        assert re.fullmatch(rf"((plausible|complete) )?figures end in {last}", said)
    elif now < before / 50:
        assert said == f"all but ended between {base} and {last}"
    elif now > 20 * before:
        assert said == f"jumped from {_usd(before)} in {base} to {_usd(now)} in {last}"
    elif now < before / 4:
        assert said == f"collapsed: down {-growth:.0f} percent {span}"
    elif now > 1.95 * before and peak < base and years[peak] > 2 * now:
        assert said == f"came to {_usd(now)} in {last}, after {_usd(years[peak])} in {peak}"
    elif now > 1.95 * before:
        fold = now / before
        near = next((whole for whole in range(2, 10) if abs(fold / whole - 1) <= 0.025), None)
        about = "more than " if near is None else "almost " if fold < near else ""
        folds = ("fivefold", "sixfold", "sevenfold", "eightfold", "ninefold")
        words = ("", "", "doubled", "tripled", "quadrupled", *folds)[near or min(int(fold), 9)]
        verb = "rose " if words in folds else ""
        grew = f"grew {fold:.1f}-fold" if fold >= 10 else f"{verb}{about}{words}"
        assert said == f"{grew} {span}"
    elif abs(growth) < 5:
        assert said == f"hardly changed {span}"
    else:
        moved = f"{'rose' if growth > 0 else 'fell'} by {abs(growth):.0f} percent"
        assert said == f"{moved} {span}"


def test_the_sums_are_the_table_s(page: Page) -> None:
    _, (base, before), (last, now) = _compared(page)
    opening = page.prose.partition("(@fig-trade)")[0]
    assert f"goods worth {_usd(now)}" in opening or f" came to {_usd(now)}" in opening
    assert f" in {last}" in opening
    if max(before, now) < 10:
        same = _usd(before) == _usd(now)
        assert f"In {base} the sum was {'also ' if same else ''}{_usd(before)}. " in page.prose
    if _usd(before) == _usd(now):
        assert page.standfirst.startswith(f"{_usd(now)} in both {base} and {last}.")
    elif " jumped " not in page.title:
        assert page.standfirst.startswith(f"{_usd(before)} in {base}, {_usd(now)} in {last}")


def test_what_was_larger_in_another_year_is_said_to_have_been(pages: dict[str, Page]) -> None:
    assert (
        "Exports were higher in 2020 than in any other year with a figure: $71 million."
        in pages["brunei"].prose
    )
    assert (
        "Exports were higher in 2017 than in any other year since 2016: $729 million."
        in pages["trinidad-and-tobago"].prose
    )
    assert "than in any" not in pages["germany"].prose
    assert "than in any" not in pages["armenia"].prose


def test_what_hardly_trades_is_told_in_short(page: Page) -> None:
    _, (_, before), (_, now) = _compared(page)
    own = page.prose.partition("## How to read")[0]
    if max(before, now) < 10:
        assert len(own.split()) < 90
        assert "can turn on a single delivery" in own and "largest of" not in own


def test_the_rank_is_among_countries_with_plausible_figures_of_both_directions(page: Page) -> None:
    found = re.search(
        r"(?:It was|They were) the (?:(\S+)-)?largest of the (\d+) partners"
        r" with plausible figures; in (\d{4}) (?:it|they) had (?:also )?been the"
        r" (?:(\S+)-)?largest, of (\d+)\.",
        page.prose,
    )
    flow, (base, before), (last, now) = _compared(page)
    assert (found is not None) == (flow == "trade with" and max(before, now) >= 10)
    assert (found is not None) == ("Ranks are among" in page.prose)
    if found is None:
        return
    for place, of, year in ((found[1], found[2], last), (found[4], found[5], base)):
        rank = 1 if place is None else int(re.sub(r"\D", "", place) or 2 + ORDINALS.index(place))
        totals = {
            row["partner"]: float(row["total"])
            for row in _table()
            if row["kind"] == "country" and row["year"] == str(year)
            if row["implausible"] != "true"
            if row["exports_fob"] and row["imports_cif"]
        }
        assert len(totals) == int(of)
        assert 1 + sum(total > totals[page.partner] for total in totals.values()) == rank
    assert int(found[3]) == base


def test_the_share_is_the_table_s(page: Page) -> None:
    flow, _, (year, _) = _compared(page)
    if flow != "trade with":
        assert "of Russia's trade" not in page.prose and "of all that" not in page.prose
        return
    world = next(float(row["total"]) for row in _rows("World") if row["year"] == str(year))
    total = next(float(row["total"]) for row in _rows(page.partner) if row["year"] == str(year))
    share = 100 * total / world
    words = (
        "less than 0.01" if share < 0.01 else f"{share:.1f}" if share >= 0.095 else f"{share:.2f}"
    )
    assert re.search(rf"{words} percent of (Russia's trade|all that Russia traded)", page.prose)


def test_what_is_said_of_a_country_beyond_the_table_has_a_source(pages: dict[str, Page]) -> None:
    for slug, key in {
        "germany": "reuters2023german",
        "netherlands": "democracynow2022",
        "ukraine": "worldstockmarket2022",
        "armenia": "politico2023hubs",
        "kazakhstan": "diplomat2023hubs",
        "united-arab-emirates": "civilge2023",
    }.items():
        assert f"@{key}]" in pages[slug].prose
    assert "[@" not in pages["algeria"].prose


def test_china_s_customs_are_quoted_where_they_find_the_opposite(pages: dict[str, Page]) -> None:
    with (ROOT / "data/china-russia-trade.csv").open(encoding="utf-8", newline="") as file:
        counted = next(row for row in csv.DictReader(file) if row["year"] == "2024")
    bought, sold = (float(counted[column]) for column in ("china_imports", "china_exports"))
    assert bought > sold
    assert "In 2024 Russia sold less to China than it bought there." in pages["china"].prose
    assert (
        f"China's customs find the opposite: by their count China bought goods worth ${bought:.1f} billion "
        f"from Russia, and sold it ${sold:.1f} billion."
    ) in pages["china"].prose
    assert [slug for slug, page in pages.items() if "customs" in page.prose] == ["china"]


def test_what_an_official_said_is_held_against_the_table(pages: dict[str, Page]) -> None:
    emirates = pages["united-arab-emirates"].prose
    assert "The IMF's table does not show it: Russia's imports from there fell." in emirates
    assert "most of the rise since 2021 is in what Russia sold there" in pages["armenia"].prose
    assert "has Russian imports from there of $26 million for 2024" in pages["ukraine"].prose


# Flags


def test_estimates_are_said_to_be_estimates_and_dashed(page: Page) -> None:
    _, _, (year, _) = _compared(page)
    assert ("an estimate of the International Monetary Fund" in page.prose) == (year >= 2022)
    dashed = '"dash":"5px,4px"' in _figure(page).replace(" ", "")
    assert dashed == any(int(row["year"]) >= 2022 for row in _rows(page.partner))
    assert ("Dashed, with open dots, from 2022" in page.chart.text_content()) == dashed


def test_what_is_not_plausible_is_left_out_and_said_to_be(pages: dict[str, Page]) -> None:
    uganda = pages["uganda"]
    assert (
        "For 2022 to 2024 the IMF's table has figures that are not plausible, and none of them is used"
        in uganda.prose
    )
    assert (
        "The imports of 2024 are 1,739 times their mean of 2019 to 2021, $15.5 million."
        in uganda.prose
    )
    assert "2022 to 2024 left out as not plausible" in uganda.chart.text_content()
    assert not re.search(r"27003|12152|5766|27828", _figure(uganda) + _data(uganda))
    uzbekistan = pages["uzbekistan"]
    assert (
        "The total of 2024 is 3.2 times what Uzbekistan’s Statistics Agency counts"
        in uzbekistan.prose
    )
    assert not re.search(r"22836|28466", _figure(uzbekistan) + _data(uzbekistan))
    assert "For 2022 the IMF's table has figures that are not plausible" in pages["cameroon"].prose
    assert {slug for slug, page in pages.items() if "left out as not plausible" in page.chart.text_content()} == {
        "uganda", "uzbekistan", "cameroon", "ghana",
    }  # fmt: skip


def test_uganda_takes_no_rank_from_others_and_shares_say_what_it_costs_them(
    pages: dict[str, Page],
) -> None:
    china = pages["china"]
    assert (
        "figures for Uganda and Uzbekistan that are not plausible; without them the share would be 36.8 percent"
        in china.prose
    )
    assert not re.search(
        r">Uganda</a></th>\s*<td>\d+</td>\s*<td>2024", _html(pages["russia-and-partner"])
    )


def test_years_and_directions_that_are_missing_are_named(pages: dict[str, Page]) -> None:
    assert "For 2024 the IMF's table has no figure" in pages["kazakhstan"].prose
    assert "The IMF's table has no imports for 2022 to 2024" in pages["iraq"].prose
    assert "It has no exports for 2021, so the total" in pages["north-korea"].prose
    assert not re.search("no figure|table has no", pages["china"].prose)


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
        float(row.xpath("./td")[0].text.replace(",", "").replace("< 0.001", "0"))
        for row in table.xpath(".//tbody/tr")
    ]
    assert trade == sorted(trade, reverse=True)
    assert [cell.text for cell in table.xpath(".//tr[th/a='China']/td")] == [
        "236,331",
        "2024",
        "+67%",
        "33.42",
        "1",
        "estimate",
    ]
    assert [cell.text for cell in table.xpath(".//tr[th/a='Uganda']/td")] == [
        "432",
        "2021",
        "+22%",
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
    assert first.title == "China, India and Turkey made up more than half of Russia's trade in 2024"
    assert [row["partner"] for row in rows] == ["China", "India", "Turkey"]
    world = next(float(row["total"]) for row in _rows("World") if row["year"] == "2024")
    together = 100 * sum(float(row["total"]) for row in rows) / world
    assert f"China, India and Turkey, with {together:.1f} percent" in first.prose
    implausible = [
        float(row["total"])
        for row in _table()
        if row["year"] == "2024" and row["implausible"] == "true"
    ]
    without = together * world / (world - sum(implausible))
    assert (
        f", or {without:.1f} percent if figures that are not plausible are left out" in first.prose
    )


def test_a_row_has_a_rank_where_its_total_is_of_the_last_year(pages: dict[str, Page]) -> None:
    table = lxml.html.fromstring(_html(pages["russia-and-partner"]))
    rows = [[cell.text for cell in row.xpath("./td")] for row in table.xpath(".//tbody/tr")]
    for _, year, _, share, rank, basis in rows:
        assert (rank != "–") == (year == "2024" and "alone" not in basis)
        assert (share == "–") == ("alone" in basis)
    ranks = sorted(int(rank) for *_, rank, _ in rows if rank != "–")
    assert ranks == list(range(1, len(ranks) + 1))
    assert not [change for _, _, change, *_ in rows if change == "−100%"]
    assert [cell.text for cell in table.xpath(".//tr[th/a='Iceland']/td")][-2:] == [
        "–",
        "estimate, later figures incomplete",
    ]


def test_a_share_is_rounded_once(pages: dict[str, Page]) -> None:
    assert "Algeria had 0.6 percent of Russia's trade in 2024." in pages["algeria"].prose


# Any page


def test_a_page_speaks_of_its_partner_alone(pages: dict[str, Page], page: Page) -> None:
    own = " ".join([page.title, page.prose, page.alt, page.chart.text_content(), _figure(page)])
    others = {
        other.partner
        for other in pages.values()
        if other.partner not in ("", page.partner, "China")
    }
    assert not [name for name in others - {"Ukraine", *MARKED} if name in own]
    assert page.partner in page.alt and page.partner in page.title


def test_nothing_is_left_unevaluated_or_badly_joined(pages: dict[str, Page]) -> None:
    for page in pages.values():
        text = " ".join([page.title, page.prose, page.alt, page.chart.text_content()])
        assert not re.search(r"\{python\}|\bnan\b|\bNone\b|\.\.(?!/)| [.,;:]|\$-", text), text
        assert len(page.title) < 120


def test_the_prose_is_of_a_length_to_be_read(page: Page) -> None:
    assert 100 <= len(page.prose.split()) <= 330


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


def _years(page: Page, flow: str) -> dict[int, float]:
    """The values of the flow that the page compares, by year."""
    rows = _rows(page.partner)
    if flow == "trade with":
        rows = [row for row in rows if row["exports_fob"] and row["imports_cif"]]
    return {int(row["year"]): float(row[COLUMNS[flow]]) for row in rows if row[COLUMNS[flow]]}


def _most(page: Page) -> float:
    """The largest sum of a year, of what is known."""
    return max(float(row["total"]) for row in _rows(page.partner))


def _compared(page: Page) -> tuple[str, tuple[int, float], tuple[int, float]]:
    """The flow that the page compares, with the year and the value before the war and the last."""
    rows = sorted(_rows(page.partner), key=lambda row: int(row["year"]))
    both = [row for row in rows if row["exports_fob"] and row["imports_cif"]]
    sums = {
        side: [float(row[side]) for row in rows if row[side]]
        for side in ("exports_fob", "imports_cif")
    }
    if len(both) < 3:
        column = max(sums, key=lambda side: len(sums[side]))
    else:
        larger = max(sums, key=lambda side: sum(sums[side]))
        later = max(int(row["year"]) for row in rows if row[larger]) > int(both[-1]["year"])
        column = larger if later else "total"
    values = {
        int(row["year"]): float(row[column])
        for row in (both if column == "total" else rows)
        if row[column]
    }
    last = max(values)
    base = max(year for year in values if year <= 2021 and year < last)
    flow = next(flow for flow, its in COLUMNS.items() if its == column)
    return flow, (base, values[base]), (last, values[last])


def _usd(millions: float) -> str:
    if millions >= 999.5:
        return f"${millions / 1000:,.1f} billion"
    if millions >= 9.95:
        return f"${millions:,.0f} million"
    if millions >= 0.9995:
        return f"${millions:.1f} million"
    return f"${millions * 1000:.0f},000" if millions >= 0.0005 else "less than $1,000"
