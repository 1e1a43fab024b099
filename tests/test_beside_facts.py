"""What stands beside a fact: years, months, names and columns that contradict the place from which it
comes, counts beside lists, and citations that account for too much.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.lexicon import lexicon
from broadsheet.verify.listed_names import miscounted
from conftest import TABLE, Site
from meanings import Result, checked

Run = Callable[..., tuple[int, str, str]]
HEAD = "title: Trade\ndate: 2023-05-26\nbibliography: /references.bib"
CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")"""


@pytest.fixture(scope="module")
def halves() -> dict[str, list[Result]]:
    return {part: list(checked(part)) for part in ("development", "held_out")}


@pytest.mark.parametrize("part", ["development", "held_out"])
def test_of_false_surroundings_most_are_told_and_of_right_ones_hardly_any(
    halves: dict[str, list[Result]], part: str
) -> None:
    kinds = ("beside", "lists", "citations", "ties")
    results = [one for one in halves[part] if one.sentence.kind in kinds]
    right = [one for one in results if one.sentence.true]
    assert sum(bool(one.refused) for one in right) <= 0.03 * len(right)
    false = [one for one in results if not one.sentence.true]
    assert sum(bool(one.refused) for one in false) >= 0.75 * len(false)


@pytest.fixture
def trading(site: Site) -> Site:
    fields = [*TABLE["schema"]["fields"]]
    for name in ("exports", "imports"):
        fields.append({"name": name, "type": "number", "title": name.title(), "unit": "US$ bn"})
    site.table(
        "year,total,exports,imports\n2019,110.8,61.1,49.7\n2021,146.9,79.3,67.6\n2022,190.3,114.2,76.1\n",
        entry={**TABLE, "schema": {**TABLE["schema"], "fields": fields}},
    )
    return site


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Trade came to `{python} usd(trade.total[2022])` in 2021.", "“2021” stands beside"),
        ("In 2019 trade came to `{python} usd(trade.total[2022])`.", "“2019” stands beside"),
        ("Exports came to `{python} usd(trade.imports[2022])`.", "“Exports” stands beside"),
        (
            "It was `{python} change(trade.total, 2021, 2022)` in 2019.",
            "“2019” stands beside",
        ),
        ("Trade came to `{python} usd(trade.total[2022])` in 2022.", ""),
        ("Under a law of 2021 trade came to `{python} usd(trade.total[2022])` in 2022.", ""),
        (
            "Of `{python} usd(trade.total[2022])`, imports were `{python} usd(trade.imports[2022])`.",
            "",
        ),
        ("It was `{python} change(trade.total, 2021, 2022)` in 2021.", ""),
        (
            "It rose from `{python} usd(trade.total[2019])` in 2019 to `{python} usd(trade.total[2022])`.",
            "",
        ),
        (
            '[In 2019 it came to `{python} usd(trade.total[2022])`]{.unchecked reason="a joke"}.',
            "",
        ),
    ],
)
def test_a_year_or_a_column_that_is_not_the_facts_is_told_and_stops_a_strict_check(
    trading: Site, run: Run, sentence: str, told: str
) -> None:
    trading.article("trade", CELL, ("md", sentence))
    _, _, reported = run(trading, "check", "--strict")
    assert (told in reported) if told else ("stands beside" not in reported)


def test_a_citation_accounts_for_what_stands_directly_before_it(trading: Site, run: Run) -> None:
    trading.write("references.bib", "@online{customs, title = {Trade}, date = {2023-01-01}}\n")
    prose = "Trade was nine times that of 2020, and came to `{python} usd(trade.total[2022])` [@customs]."
    trading.article("trade", CELL, ("md", prose), front=HEAD)
    assert "nothing accounts for “nine times" in run(trading, "check")[2]
    prose = "Trade came to `{python} usd(trade.total[2022])`, nine times that of 2020 [@customs]."
    trading.article("trade", CELL, ("md", prose), front=HEAD)
    assert "nothing accounts for" not in run(trading, "check")[2]


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ("Three partners, Anna and Berta, agreed.", True),
        ("Five men, Edmund Hillary and Tenzing Norgay, reached the top.", True),
        ("Two sites, the region of Kotor, left the list.", True),
        ("Three of the texts were opposed: on 7 April, and on 14 November.", True),
        ("Two countries, Trinidad and Tobago and Cuba, voted.", False),
        ("Three countries, among them Fiji, abstained.", False),
        ("Eleven hostages, 33 prisoners", False),
        ("Two of the texts failed: on 7 April, when it rained, and on 14 November.", False),
        ("It has two aims: lower prices and cleaner air.", False),
        ("Three ships, the Navy reported, were lost.", False),
        ("Of the six editors two, Anna Berg and Karl Otto, resigned.", False),
        ("The four partners, China, India, Turkey and Brazil, grew.", False),
    ],
)
def test_a_count_fits_the_list_behind_it(sentence: str, is_told: bool) -> None:
    assert bool(list(miscounted(sentence, lexicon("en")))) is is_told
