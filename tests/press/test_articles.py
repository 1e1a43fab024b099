"""What the articles on the votes, oil, China's reach, Everest, Odesa and the pause in Gaza say to a
reader, held against their tables.

What the tables say is read here by the `csv` module alone, so that no code is its own witness.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import lxml.html
import pytest

from broadsheet.markdown.finished_edition import Finished
from broadsheet.notebook.values.prose import unmarked
from broadsheet.project.reading import open_publication
from pressing import prepare
from publishing import charts_of

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow

VOTES, OIL, REACH, EVEREST = (
    "who-sat-out",
    "russian-oil",
    "chinas-wider-reach",
    "century-on-everest",
)
ODESA, PAUSE = "odesa-in-danger", "pause-in-gaza"


@pytest.fixture(scope="module")
def articles(publication_sources: Path) -> dict[str, Finished]:
    publication = open_publication(publication_sources)
    prepared = prepare(
        publication.project, publication.choose([VOTES, OIL, REACH, EVEREST, ODESA, PAUSE])
    )
    assert not prepared.faults
    return {finished.edition.slug: finished for finished in prepared.finished}


@pytest.fixture
def votes(articles: dict[str, Finished]) -> Finished:
    return articles[VOTES]


@pytest.fixture
def oil(articles: dict[str, Finished]) -> Finished:
    return articles[OIL]


@pytest.fixture
def reach(articles: dict[str, Finished]) -> Finished:
    return articles[REACH]


@pytest.fixture
def everest(articles: dict[str, Finished]) -> Finished:
    return articles[EVEREST]


@pytest.fixture
def odesa(articles: dict[str, Finished]) -> Finished:
    return articles[ODESA]


@pytest.fixture
def pause(articles: dict[str, Finished]) -> Finished:
    return articles[PAUSE]


@pytest.mark.parametrize(
    ("slug", "labels"),
    [
        (VOTES, ["fig-timeline", "fig-strip", "fig-count", "fig-map", "fig-agreement"]),
        (OIL, ["fig-price", "fig-discount", "fig-payers"]),
        (REACH, ["fig-shares", "fig-trade", "fig-settlement"]),
        (EVEREST, ["fig-map", "fig-ascents", "fig-deaths", "fig-rate"]),
        (ODESA, ["fig-map", "fig-sites", "fig-change", "fig-spells"]),
        (PAUSE, ["fig-map", "fig-days"]),
    ],
)
def test_an_article_is_of_a_length_to_be_read_and_its_charts_have_a_title_and_a_source(
    articles: dict[str, Finished], slug: str, labels: list[str]
) -> None:
    words = re.sub(
        r"\[@[^\]]*\]|^:::.*$",
        "",
        _prose(articles[slug]).partition("## References")[0],
        flags=re.MULTILINE,
    )
    assert 500 <= len(words.split()) <= (1100 if slug == PAUSE else 900)  # a day by day is longer
    charts = _charts(articles[slug])
    assert [label for label in charts if "-step-" not in label] == labels
    for chart in charts.values():
        assert chart.xpath(".//p[@class='chart-title']")[0].text_content()
        assert "Source: " in chart.text_content()


# The votes


def test_neither_china_nor_india_voted_yes_on_any_of_the_resolutions(votes: Finished) -> None:
    rows = _table("unga-ukraine-resolutions")
    assert len(rows) == 6
    assert "yes" not in {row[who] for row in rows for who in ("china", "india")}
    assert _title(votes) == "Six resolutions on Ukraine, and not one yes from China or India"


def test_the_counts_of_the_votes_are_the_table_s(votes: Finished) -> None:
    rows, prose = _table("unga-ukraine-resolutions"), _prose(votes)
    last = max(rows, key=lambda row: row["date"])
    assert f"by {last['yes']} to {last['no']}" in prose
    assert f"the {last['abstain']} members that abstained" in prose
    assert [row["china"] for row in rows].count("no") == 2
    assert "voted against two of the texts" in prose
    mild = min(int(row["yes"]) for row in rows if row["china"] == "abstain")
    hard = max(int(row["yes"]) for row in rows if row["china"] == "no")
    assert (
        f"The texts that China opposed found {hard} supporters at most, fewer than any of the others, which had {mild} or more"
        in prose
    )


def test_the_map_has_the_first_vote_of_each_member(votes: Finished) -> None:
    cast = [row["vote"] for row in _table("unga-votes-es-11-1")]
    assert len(cast) == 193
    sat_out = f"In the first vote {cast.count('abstain')} members abstained and {cast.count('absent')} did not take part"
    assert sat_out in _prose(votes)
    assert f"{cast.count('abstain')} members abstained" in _charts(votes)["fig-map"].text_content()
    data = votes.assets[str(votes.edition.files / "fig-map.csv")].decode().splitlines()
    assert {"China,Abstained", "India,Abstained", "Russia,No"} <= set(data)


def test_china_voted_more_often_with_russia_than_with_the_united_states_in_every_year(
    votes: Finished,
) -> None:
    alike = {
        (row["pair"], row["year"]): float(row["identical"]) for row in _table("unga-agreement")
    }
    years = sorted({year for _, year in alike})
    assert all(alike["China-Russia", year] > alike["China-United States", year] for year in years)
    assert (
        f"In every year from 1971 to {years[-1]} China voted more often with Russia than with the "
        "United States" in _prose(votes)
    )
    share = alike["China-Russia", years[-1]]
    assert f"alike in {share:.0f} percent of the roll calls of {years[-1]}" in _prose(votes)


# The oil


def test_urals_rose_above_the_cap_in_july_and_was_still_there_in_the_last_month_known(
    oil: Finished,
) -> None:
    prices = {row["month"]: float(row["urals"]) for row in _table("urals-brent") if row["urals"]}
    known = {month: price for month, price in prices.items() if month >= "2022-12"}
    assert [month for month, price in known.items() if price > 60] == [
        month for month in known if month >= "2023-07"
    ]
    last = max(known)
    assert last.startswith("2023-11")
    assert _title(oil) == (
        "Russian oil sold above the West's $60 cap every month from July to November"
    )
    rows = [row for row in _table("urals-brent") if row["month"] <= last]
    assert (len(rows), len(rows) - len(prices)) == (29, 9)
    assert "none for nine of the 29 months to November 2023, among them May 2023" in _prose(oil)
    assert f"In November, the last month with a figure, it was ${known[last]:.2f}" in _prose(oil)


def test_the_discount_is_brent_less_urals(oil: Finished) -> None:
    gaps = {
        row["month"][:7]: float(row["brent"]) - float(row["urals"])
        for row in _table("urals-brent")
        if row["urals"]
    }
    assert max(gaps, key=lambda month: gaps[month]) == "2022-06"
    assert f"in June 2022, at ${gaps['2022-06']:.0f}" in _prose(oil)
    assert (
        f"In December 2022 it was ${gaps['2022-12']:.0f}, in November 2023 ${gaps['2023-11']:.0f}"
        in _prose(oil)
    )


def test_the_buyers_sums_are_crea_s_and_the_page_says_where_they_end(oil: Finished) -> None:
    paid = {
        (row["buyer"], row["month"][:7]): float(row["paid"])
        for row in _table("russian-fossil-payments")
        if row["fuel"] == "oil"
    }
    prose = _prose(oil)
    assert (
        f"The European Union paid €{paid['European Union', '2022-01'] / 1000:.1f} billion" in prose
    )
    assert f"€{paid['European Union', '2022-10'] / 1000:.1f} billion, in October 2022" in prose
    assert 2 * paid["European Union", "2022-10"] < paid["European Union", "2022-01"]
    assert paid["India", "2022-10"] > 6 * paid["India", "2022-01"]
    assert "CREA's payments end with October 2022" in prose


# China's reach


def test_china_s_output_passed_the_european_union_s_and_is_the_world_s_average_for_each_person(
    reach: Finished,
) -> None:
    rows = {
        (row["economy"], int(row["year"])): row
        for row in _table("world-economies")
        if int(row["year"]) <= 2022
    }
    gdp = {place: float(row["gdp"]) for place, row in rows.items()}
    ahead = [year for year in range(1990, 2023) if gdp["China", year] > gdp["European Union", year]]
    prose = _prose(reach)
    assert ahead == list(range(ahead[0], 2023))
    assert f"larger than the European Union's since {ahead[0]}" in prose
    assert (
        f"produces {gdp['China', 2022] / gdp['World', 2022]:.1%}".replace("%", " percent") in prose
    )
    china, world = (
        gdp[who, 2022] * 1e9 / int(rows[who, 2022]["population"]) for who in ("China", "World")
    )
    assert f"${china:,.0f} a head, about the world's average of ${world:,.0f}" in prose
    assert f"it was {gdp['China', 2012] / gdp['Russia', 2012]:.1f} times Russia's" in prose


def test_china_s_trade_is_at_its_highest_and_absent_years_have_no_bar(reach: Finished) -> None:
    total = {
        row["year"]: float(row["total"])
        for row in _table("china-trade-total")
        if row["year"] <= "2022"
    }
    assert max(total, key=lambda year: total[year]) == "2022"
    assert f"counted ${total['2022']:g} trillion" in _prose(reach)
    data = reach.assets[str(reach.edition.files / "fig-trade.csv")].decode().splitlines()[1:]
    assert [line.partition(",")[0] for line in data] == list(total)


def test_the_yuan_s_part_in_russia_s_trade_is_that_of_months_known_at_the_article_s_date(
    reach: Finished,
) -> None:
    share = {
        (row["month"][:7], row["flow"], row["currency"]): float(row["share"])
        for row in _table("russian-trade-settlement")
    }
    then, now = (
        [f"{share[month, flow, 'yuan']:g} percent" for flow in ("exports", "imports")]
        for month in ("2022-01", "2022-12")
    )
    assert _title(reach) == f"As Xi leaves Moscow, the yuan pays for {now[1]} of Russia's imports"
    assert (
        f"{then[0]} of Russia's exports and {then[1]} of its imports were settled in yuan"
        in _prose(reach)
    )
    assert f"in December 2022, {now[0]} and {now[1]}" in _prose(reach)
    assert "March 2023" not in _prose(reach)


# Everest


def test_ascents_of_everest_grew_far_more_than_deaths_did(everest: Finished) -> None:
    ascents, deaths = (
        {decade: _sum(column, decade) for decade in (1990, 2010)}
        for column in ("ascents", "deaths")
    )
    assert (
        _title(everest) == "Audrey Salkeld, historian of the first Everest expeditions, dies at 87"
    )
    assert deaths[2010] / deaths[1990] - 1 == pytest.approx(1 / 3, abs=0.02)
    assert ascents[2010] / ascents[1990] == pytest.approx(6, rel=0.05)
    prose = _prose(everest)
    assert (
        f"{ascents[1990]} ascents in the 1990s and {ascents[2010]:,} in the 2010s, "
        "about six times as many" in prose
    )
    assert f"rose by about a third, from {deaths[1990]} in the 1990s to {deaths[2010]}" in prose
    then, before, lately = (
        100 * _sum("deaths", decade) / _sum("ascents", decade) for decade in (1970, 1990, 2010)
    )
    assert f"there were {before:.1f} deaths in the 1990s and {lately:.1f} in the 2010s" in prose
    assert (
        f"In the 1970s, the first decade with at least 50 ascents, there had been {then:.0f} deaths"
        in prose
    )


def test_the_deadliest_years_on_everest_are_the_table_s_and_their_causes_are_cited(
    everest: Finished,
) -> None:
    died = {
        row["year"]: (int(row["deaths"]), int(row["deaths_hired"]))
        for row in _table("everest-by-year")
    }
    assert sorted(died, key=lambda year: -died[year][0])[:3] == ["2014", "1996", "2015"]
    assert died["1922"] == (7, 7)
    assert died["2014"][0] == died["2014"][1]
    prose = _prose(everest)
    assert (
        f"no year up to 2021 was deadlier than 2014, with {died['2014'][0]} deaths, all of them of hired people"
        in prose
    )
    assert f"Next comes 1996, with {died['1996'][0]} deaths" in prose
    assert "put the dead at 19 to 24" in prose and "more than in 2014" in prose
    assert (
        f"counts {died['2015'][0]} deaths that year, {died['2015'][1]} of them of hired people"
        in prose
    )
    for cause, key in (
        ("below the North Col", "times1922everest"),
        ("in the Khumbu Icefall", "history2014everest"),
        ("in a single storm", "history2014everest"),
        ("an earthquake", "guardian2015everest"),
    ):
        sentence = prose[prose.index(cause) :].partition("]")[0]
        assert sentence.endswith(f"[@{key}"), cause


def test_the_page_on_everest_says_what_its_table_lacks(everest: Finished) -> None:
    assert max(row["year"] for row in _table("everest-by-year")) == "2021"
    assert "The table ends with 2021" in _prose(everest)
    assert "How many people set out and turned back is not in the table" in _prose(everest)


def _sum(column: str, decade: int) -> int:
    return sum(
        int(row[column])
        for row in _table("everest-by-year")
        if decade <= int(row["year"]) < decade + 10
    )


# Odesa


def test_the_list_in_danger_is_as_long_as_at_its_peak_in_the_table(odesa: Finished) -> None:
    sites = {row["year"]: int(row["sites"]) for row in _table("heritage-in-danger")}
    peak = max(sites, key=lambda year: sites[year])
    assert list(sites.values()).count(sites[peak]) == 1
    assert (
        _title(odesa) == "UNESCO lists Odesa as world heritage in danger, over Russia’s objection"
    )
    assert f"in Danger to {sites[peak]}, level with its peak at the end of {peak}" in _prose(odesa)
    assert sites["2021"] + 3 == sites[peak]  # Odesa, Marib and Tripoli
    assert f"the list ended the year at {sites['2021']}" in _prose(odesa)


def test_how_long_a_listing_lasts_is_counted_from_each_of_them(odesa: Finished) -> None:
    rows, prose = _table("heritage-in-danger-spells"), _prose(odesa)
    lasted = sorted(int(row["removed"]) - int(row["listed"]) for row in rows if row["removed"])
    assert f"sites were put on the list {len(rows)} times" in prose
    assert f"Of the {len({row['site'] for row in rows})} sites" in prose
    quick = sum(length <= 9 for length in lasted)
    assert quick > len(lasted) / 2 >= sum(length <= 8 for length in lasted)
    assert (
        f"Of these listings {len(lasted)} have ended: {quick} of them, more than half, after nine"
        in prose
    )
    long = [row for row in rows if not row["removed"] and 2021 - int(row["listed"]) >= 25]
    assert len(long) == 6
    assert "Six had been there for at least 25 years" in prose
    drawn = odesa.assets[str(odesa.edition.files / "fig-spells.csv")].decode()
    assert all(row["site"].split(",")[0] in drawn for row in rows)


# The pause in Gaza


def test_the_days_of_the_pause_add_up_to_those_who_were_released(pause: Finished) -> None:
    rows, prose = _table("gaza-pause-releases"), _prose(pause)
    israelis, others, prisoners = (
        sum(int(row[who]) for row in rows) for who in ("israelis", "others", "prisoners")
    )
    assert (len(rows), israelis + others, prisoners) == (7, 105, 240)
    assert _title(pause) == (
        f"War resumes in Gaza after a truce that freed {israelis + others} hostages and "
        f"{prisoners} Palestinian prisoners"
    )
    assert (
        f"Of the hostages, {israelis} were Israelis, some of them dual nationals; the other {others}"
        in prose
    )
    assert (
        max(rows, key=lambda row: int(row["israelis"]) + int(row["others"]))["date"] == "2023-11-24"
    )
    assert "The first day saw the most hostages released" in prose
    reported = re.findall(r"^### (\S+) hostages, (\d+) prisoners$", prose, re.MULTILINE)
    assert [int(number) for _, number in reported] == [
        int(row["prisoners"]) for row in reversed(rows[2:])
    ]
    words = {"Eight": 8, "Eleven": 11, "Twelve": 12}
    assert [words.get(word) or int(word) for word, _ in reported] == [
        int(row["israelis"]) + int(row["others"]) for row in reversed(rows[2:])
    ]


def test_each_day_of_the_pause_and_each_entry_on_it_has_two_sources(pause: Finished) -> None:
    assert all(row["source"] != row["second_source"] for row in _table("gaza-pause-releases"))
    entries = re.findall(r"^::: \{\.update .*?^:::$", _prose(pause), re.MULTILINE | re.DOTALL)
    assert len(entries) == 13
    for entry in entries:
        assert len(set(re.findall(r"@gaza\w+", entry))) >= 2, entry


def test_the_page_on_the_pause_is_shown_as_it_stood_when_it_was_extended(
    articles: dict[str, Finished],
) -> None:
    then = articles[f"{PAUSE}/2023-11-27"]
    rows = [row for row in _table("gaza-pause-releases") if row["date"] <= "2023-11-27"]
    hostages = sum(int(row["israelis"]) + int(row["others"]) for row in rows)
    prisoners = sum(int(row["prisoners"]) for row in rows)
    assert _title(then).startswith(
        f"Gaza truce is extended after {hostages} hostages and {prisoners} Palestinian"
    )
    assert (
        sum(int(row["israelis"]) for row in rows) - 1 == 50
    )  # one of them apart from the agreement
    assert "all 50 Israelis and 150 prisoners of the four-day deal had been released" in _prose(
        then
    )
    shown = [
        line
        for line in _prose(then).splitlines()
        if "{.update" in line and ".content-hidden" not in line
    ]
    assert len(shown) == 8
    assert 'time="2023-11-27"' in shown[0]


def _title(finished: Finished) -> str:
    return _plain(finished.edition.settings.title)


def _prose(finished: Finished) -> str:
    assert finished.notebook is not None
    return _plain(
        "\n\n".join(cell.source for cell in finished.notebook.cells if cell.cell_type == "markdown")
    )


def _charts(finished: Finished) -> dict[str, lxml.html.HtmlElement]:
    return {chart.get("id").removeprefix("chart-"): chart for chart in charts_of(finished)}


def _plain(markdown: str) -> str:
    return unmarked(markdown).replace("\\", "")


def _table(name: str) -> list[dict[str, str]]:
    with (ROOT / f"data/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
