"""What stands beside a fact: years, months, names and columns that contradict the place from which it
comes, counts beside lists, and citations that account for too much.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.text.lexicon import lexicon
from broadsheet.verify.numbers.listed_names import miscounted
from broadsheet.verify.wording.beside_facts import other_row
from broadsheet.verify.wording.beside_units import Stated, misfits
from broadsheet.verify.wording.table_names import surroundings
from conftest import TABLE, Site
from meanings import Result, checked

Command = Callable[..., tuple[int, str, str]]
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
    assert sum(bool(one.refused) for one in false) >= (0.8 if part == "held_out" else 1) * len(
        false
    )


@pytest.mark.parametrize(
    ("lang", "sentence", "unit", "value", "words"),
    [
        ("en", "It came to {5.1} billion euros.", "US$ bn", 5.1, "euros"),
        ("en", "It came to {$5.1 billion} (4.7 billion euros).", "US$ bn", 5.1, ""),
        ("en", "It cost {$70} a tonne.", "US$ a barrel", 70, "a tonne"),
        ("en", "It cost {$70} a barrel.", "US$ a barrel", 70, ""),
        ("en", "It cost {$70} a year.", "US$ bn", 70, ""),
        ("en", "They shipped {12} million barrels.", "million tonnes", 12, "barrels"),
        ("en", "They shipped {12 million tonnes} barrels and all.", "million tonnes", 12, ""),
        ("en", "It rose by {0.9} percent.", "percentage points", 0.9, "percent"),
        ("en", "It rose by {0.9 percent}.", "percentage points", 0.9, "percent"),
        ("en", "It rose by {0.9} percentage points.", "percentage points", 0.9, ""),
        ("en", "It stands at {13.9} percentage points.", "percent", 13.9, "percentage points"),
        ("en", "{one} men came.", "", 1, "men"),
        ("en", "{1} countries voted.", "", 1, "countries"),
        ("en", "{two} country voted.", "", 2, "country"),
        ("en", "{two} country houses burned.", "", 2, ""),
        ("en", "{two} countries voted.", "", 2, ""),
        ("en", "The {sixth} resolution was lost.", "", 6, ""),
        ("en", "It won {21} seats in {2022}.", "", 21, ""),
        ("en", "{one} of the countries voted.", "", 1, ""),
        ("de", "Es waren {5,1} Milliarden Euro.", "US$ bn", 5.1, "Euro"),
        ("de", "Es kostete {70 Dollar} je Tonne.", "US$ a barrel", 70, "je Tonne"),
        ("de", "Sie stieg um {0,9} Prozent.", "percentage points", 0.9, "Prozent"),
        ("de", "Sie stieg um {0,9} Prozentpunkte.", "percentage points", 0.9, ""),
        ("de", "{ein} Länder stimmten zu.", "", 1, "Länder"),
        ("de", "{zwei} Land.", "", 2, "Land"),
        ("de", "{zwei} Länder stimmten zu.", "", 2, ""),
    ],
)
def test_units_and_nouns_beside_a_fact_fit_its_unit_and_its_number(
    lang: str, sentence: str, unit: str, value: float, words: str
) -> None:
    start, end = sentence.index("{"), sentence.index("}") - 1
    text = sentence.replace("{", "").replace("}", "")
    fact = Stated(start, end, text[start:end], value, unit)
    found = [text[slice(*span)] for span, _ in misfits(text, fact, lexicon(lang))]
    assert [one.strip(", ") for one in found] == ([words] if words else [])


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ("In May the index stood at `{python} amount(index.level['2023-04'], '1.2')`.", True),
        ("In May the index may have been `{python} amount(index.level['2023-05'], '1.2')`.", False),
        ("It may be `{python} amount(index.level['2023-04'], '1.2')`.", False),
        ("In the third quarter it was `{python} amount(index.level['2023-04'], '1.2')`.", True),
        ("In the second quarter it was `{python} amount(index.level['2023-04'], '1.2')`.", False),
        (
            "After the strike in May it was `{python} amount(index.level['2023-06'], '1.2')` in June.",
            False,
        ),
    ],
)
def test_a_month_or_a_quarter_without_a_year_is_the_facts(
    site: Site, run: Command, sentence: str, is_told: bool
) -> None:
    site.table()
    cell = """import broadsheet as bs, pandas as pd
months = pd.period_range("2023-03", "2023-08", freq="M")
index = pd.DataFrame({"level": range(1, 7)}, index=months)"""
    site.article("trade", cell, ("md", sentence.replace("'1.2'", "'1.2', source='trade'")))
    assert ("stands beside" in run(site, "check")[2]) is is_told


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
    trading: Site, run: Command, sentence: str, told: str
) -> None:
    trading.article("trade", CELL, ("md", sentence))
    _, _, reported = run(trading, "check", "--strict")
    assert (told in reported) if told else ("stands beside" not in reported)


def test_a_citation_accounts_for_what_stands_directly_before_it(
    trading: Site, run: Command
) -> None:
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


def test_of_each_edition_the_sentence_is_told_if_it_has_other_values(
    trading: Site, run: Command
) -> None:
    """What is beside the fact is the same in all of them."""
    front = f"{HEAD}\neditions:\n  - {{slug: later, parameters: {{last: 2022}}}}\n  - {{slug: earlier, parameters: {{last: 2021}}}}"
    prose = "In 2010 total trade came to `{python} usd(trade.total[2019] * (last - 2018))`."
    trading.article("trade", CELL, ("md", prose), front=front, parameters="last: int = 2022")
    told = run(trading, "check", "--verbose")[2]
    assert "“2010” stands beside a value" in told
    assert "$443.2 billion" in told and "$332.4 billion" in told


ENERGY = """country,year,wind_2020,wind_2023,coal
Germany,2020,132,142,90
Poland,2020,16,23,80
"""


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Poland generated {}.", "Poland"),
        ("In 2020 Poland generated {}.", "Poland"),
        ("In Poland it came to {}.", "Poland"),
        ("Germany generated {}.", ""),
        ("In 2020 Germany generated {}, and Poland less.", ""),
        ("Poland, with fewer turbines, bought some of the {} from Germany.", ""),
    ],
)
@pytest.mark.parametrize(
    "code",
    [
        "e.coal['Germany', 2020]",
        "e.coal['Germany'][2020]",
        "e.reset_index().query('country == \"Germany\"').set_index('year').coal[2020]",
    ],
)
def test_a_row_of_a_table_with_two_keys_is_known(
    energy: Site, run: Command, code: str, sentence: str, told: str
) -> None:
    cell = 'import broadsheet as bs\ne = bs.table("energy").set_index(["country", "year"])'
    fact = f"`{{python}} amount({code}, '90')`"
    energy.article("power", f"{cell}\nvalue = {code}", ("md", sentence.format(fact)))
    _, _, reported = run(energy, "check")
    assert (f"“{told}” stands beside" in reported) if told else ("stands beside" not in reported)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("In 2020 Germany had {}.", "2020"),
        ("In 2023 Germany had {}.", ""),
        ("Germany had {} in 2020.", "2020"),
        ("Germany, a member since 1957, had {}.", ""),
    ],
)
def test_the_year_in_the_name_of_a_column_is_that_of_its_values(
    energy: Site, run: Command, sentence: str, told: str
) -> None:
    cell = 'import broadsheet as bs\ne = bs.table("energy").set_index("country")'
    fact = "`{python} amount(e.wind_2023['Germany'], '90')`"
    energy.article("power", cell, ("md", sentence.format(fact)))
    _, _, reported = run(energy, "check")
    assert (f"“{told}” stands beside" in reported) if told else ("stands beside" not in reported)


def test_a_name_that_goes_on_is_another_one(site: Site, run: Command) -> None:
    fields = [
        {"name": "ward", "type": "string", "title": "Ward"},
        {"name": "beds", "type": "number", "title": "Beds"},
    ]
    schema = {"fields": fields, "primaryKey": ["ward"]}
    csv = "ward,beds\nWard 1,12\nWard 2,90\n"
    site.table(csv, entry={**TABLE, "name": "wards", "path": "wards.csv", "schema": schema})
    cell = 'import broadsheet as bs\nw = bs.table("wards").set_index("ward")'
    prose = "In Ward 13 nobody knew of the `{python} amount(w.beds['Ward 2'], '90')` beds."
    site.article("wards", cell, ("md", prose))
    assert "stands beside" not in run(site, "check")[2]
    site.article("wards", cell, ("md", prose.replace("13", "1")))
    assert "“Ward 1” stands beside a value of “Beds, Ward 2”" in run(site, "check")[2]


@pytest.mark.parametrize(
    ("row", "text", "told"),
    [
        ("Niger", "nigeria's exports came to", "nigeria"),
        ("Nigeria", "niger's exports came to", "niger"),
        ("Ward 1", "in ward 13 there were", "ward 13"),
        ("Ward 13", "in ward 1 there were", "ward 1"),
        ("Jersey", "new jersey's exports came to", "new jersey"),
        ("New Jersey", "jersey's exports came to", ""),
        ("Niger", "niger's exports came to", ""),
        ("Niger", "unlike nigeria, niger's exports came to", ""),
    ],
)
def test_a_row_whose_name_is_in_that_of_another_is_not_the_other(
    row: str, text: str, told: str
) -> None:
    rows = frozenset(("Niger", "Nigeria", "Ward 1", "Ward 13", "Jersey", "New Jersey"))
    around = surroundings([], [rows], lexicon("en"))
    span = other_row(text, (0, len(text)), len(text), [row], around, around.leads)
    assert (text[slice(*span)] if span else "") == told


@pytest.fixture
def energy(site: Site) -> Site:
    fields = [
        {"name": "country", "type": "string", "title": "Country"},
        {"name": "year", "type": "integer", "title": "Year"},
        {"name": "wind_2020", "type": "number", "title": "Wind 2020"},
        {"name": "wind_2023", "type": "number", "title": "Wind 2023"},
        {"name": "coal", "type": "number", "title": "Coal"},
    ]
    schema = {"fields": fields, "primaryKey": ["country", "year"]}
    site.table(ENERGY, entry={**TABLE, "name": "energy", "path": "energy.csv", "schema": schema})
    return site
