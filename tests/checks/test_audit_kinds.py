"""`broadsheet audit` reads everyday comparisons, counts, periods, and what stands in another sentence."""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, rows_over_time, worst  # noqa: F401 - a fixture

from broadsheet.checks.audit.explaining import explained

TABLES = {
    "inflation.csv": "country,year,inflation rate (%)\n"
    "Austria,2021,2.8\nAustria,2022,8.6\nBelgium,2021,3.2\nBelgium,2022,10.3\n"
    "Croatia,2021,2.6\nCroatia,2022,10.8\nDenmark,2021,1.9\nDenmark,2022,8.5\n",
    "burglaries.csv": "city,state,burglaries_2014,burglaries_2015\n"
    "Ashford,Ohio,211,344\nBarton,Ohio,411,378\nCroft,Iowa,120,135\nDunmore,Iowa,95,88\nEly,Utah,61,70\n",
    "airlines.csv": "airline,crashes_85_99,crashes_00_14\n"
    "Blue Wings,24,6\nNorth Star,12,0\nPolar Air,3,9\nSun Air,7,0\nWest Jetlines,30,2\n",
    "drinks.csv": "country,beer (litres),wine (litres)\nGermany,92,27\nFrance,33,47\nItaly,31,46\n",
    "daily.csv": "year,month,day,visitors\n"
    + "".join(
        f"{year},{month},{day},{100 + 10 * month + day + (year - 2019) * 30}\n"
        for year in (2019, 2020)
        for month in range(1, 13)
        for day in (1, 11, 21)
    ),
    "films.csv": "title,year,budget ($)\nThe Long Road,1987,11000000\nRiver,1999,25000000\n"
    "Glass Tower,1999,40000000\nHome Again,2004,8000000\nSilent Field,2004,31000000\n",
}


BORNE_OUT = [
    ("Inflation in Belgium was higher than in Austria in 2022.", ("higher",)),
    ("In 2022 two countries had inflation of more than 10 percent.", ("two",)),
    ("Burglaries rose in 3 of the cities between 2014 and 2015.", ("3",)),
    (
        "In 2015 Barton had 378 burglaries, more than any other city.",
        ("378", "more than any other city"),
    ),
    ("More burglaries were counted in Ashford in 2015 than in 2014.", ("More",)),
    ("Blue Wings had 6 crashes between 2000 and 2014.", ("6",)),
    ("Blue Wings had more crashes than Polar Air from 1985 to 1999.", ("more",)),
    ("Two airlines had no crashes from 2000 to 2014.", ("Two",)),
    ("The Germans drink more beer than wine.", ("more",)),
    ("France ranks second for beer, with 33 litres.", ("ranks second", "33")),
    ("Between 2019 and 2020 the number of visitors rose by 17 percent.", ("17 percent",)),
    ("On 11 March 2019 there were 141 visitors.", ("141",)),
    ("The Long Road came out in 1987 on a budget of $11 million.", ("1987", "$11 million")),
    ("The file films.csv has 5 rows and 3 columns.", ("5", "3")),
    ("Croatia had the highest inflation in 2022, ahead of Belgium.", ("ahead",)),
]
CONTRADICTED = [
    ("Inflation in Belgium was lower than in Austria in 2022.", ("lower",)),
    ("In 2022 three countries had inflation of more than 10 percent.", ("three",)),
    ("Burglaries rose in 4 of the cities between 2014 and 2015.", ("4",)),
    ("In 2015 Barton had 411 burglaries.", ("411",)),
    ("More burglaries were counted in Barton in 2015 than in 2014.", ("More",)),
    ("Blue Wings had 24 crashes between 2000 and 2014.", ("24",)),
    ("Blue Wings had fewer crashes than Polar Air from 1985 to 1999.", ("fewer",)),
    ("The French drink more beer than wine.", ("more",)),
    ("Italy ranks second for beer.", ("ranks second",)),
    ("Between 2019 and 2020 the number of visitors rose by 47 percent.", ("47 percent",)),
    ("The Long Road came out in 1997.", ("1997",)),
    ("The file films.csv has 7 rows.", ("7",)),
    ("The file films.csv has 4 columns.", ("4",)),
]


def verdicts_of(place, text, lang="en"):
    """The verdict on each number and comparison of a text, by its words."""
    return {each.words: each.verdict for each in audited(place, TABLES, text, lang)}


@pytest.mark.parametrize(("sentence", "words"), BORNE_OUT)
def test_borne_out(tmp_path, sentence, words):
    verdicts = verdicts_of(tmp_path, sentence)
    assert {verdicts[each] for each in words} == {"borne out"}
    assert "contradicted" not in verdicts.values()


@pytest.mark.parametrize(("sentence", "words"), CONTRADICTED)
def test_contradicted(tmp_path, sentence, words):
    verdicts = verdicts_of(tmp_path, sentence)
    assert {verdicts[each] for each in words} == {"contradicted"}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("In 2021 inflation in Austria was low. In 2022 it was 8.6%.", "borne out"),
        ("In 2021 inflation in Austria was low. In 2022 it was 9.6%.", "contradicted"),
        ("## Denmark\n\nIn 2022 the inflation rate was 8.5 percent.", "borne out"),
        ("## Denmark\n\nIn 2022 the inflation rate was 10.3 percent.", "contradicted"),
    ],
)
def test_what_stands_in_the_sentence_before(tmp_path, text, verdict):
    assert verdict in verdicts_of(tmp_path, text).values()


@pytest.mark.parametrize(
    ("sentence", "lang", "verdict"),
    [
        ("In Belgien lag die Inflation 2022 bei 10,3 Prozent.", "de", "borne out"),
        ("In Belgien lag die Inflation 2022 bei 8,6 Prozent.", "de", "contradicted"),
        ("En 2022, la inflación en Bélgica fue del 10,3 %.", "es", "borne out"),
        ("En 2022, la inflación en Bélgica fue del 8,6 %.", "es", "contradicted"),
    ],
)
def test_languages(tmp_path, sentence, lang, verdict):
    assert verdict in verdicts_of(tmp_path, sentence, lang).values()


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2022 two countries in Asia had inflation of more than 20 percent.",
        "Blue Wings had 4 crashes in 1997 alone.",
        "After filtering, films.csv has 4 rows.",
        "The Swiss drink more beer than wine.",
        "In 2015 robberies in Barton rose to 500.",
        "Silent Field sold 3 million tickets in 2004.",
    ],
)
def test_what_tables_do_not_have_is_not_contradicted(tmp_path, sentence):
    assert "contradicted" not in verdicts_of(tmp_path, sentence).values()


QUARTERS = {
    "sales.csv": "month,sales (million euros)\n"
    + "".join(
        f"{year}-{month:02},{sales}\n"
        for year, of_year in (
            (2021, (12, 12, 12, 12, 12, 12, 16, 16, 16, 20, 20, 20)),
            (2022, (15, 16, 17, 10, 19, 22, 20, 12, 10, 18, 18, 18)),
        )
        for month, sales in enumerate(of_year, 1)
    ),
    "matches.csv": "home,away,date,goals\n"
    + "".join(
        f"Club{at},Club{at % 7 + 20},2022-{4 + at % 3:02}-{at + 1:02},{at % 5}\n"
        for at in range(15)
    ),
    "shops.csv": "city,month,revenue (euros)\n"
    + "".join(
        f"{city},2022-{month:02},{start + step * month}\n"
        for city, start, step in (("Leeds", 100, 5), ("York", 90, 4), ("Hull", 120, -6))
        for month in range(1, 10)
    ),
}


@pytest.mark.parametrize(
    ("sentence", "words", "verdict"),
    [
        ("Sales fell between Q2 2022 and Q3 2022.", "fell", "borne out"),
        ("Sales rose between Q2 2022 and Q3 2022.", "rose", "contradicted"),
        ("Sales rose from Q1 2022 to Q2 2022.", "rose", "borne out"),
        (
            "Sales were 9 million euros lower in Q3 2022 than in Q2 2022.",
            "9 million euros",
            "borne out",
        ),
        ("Sales fell by 9 million euros from Q2 2022 to Q3 2022.", "9 million euros", "borne out"),
        ("In Q2 2022 sales were 51 million euros.", "51 million euros", "borne out"),
        ("From Q1 2022 to Q2 2022 sales were 99 million euros.", "99 million euros", "borne out"),
        ("In Q3 2022 sales were the lowest since Q2 2021.", "the lowest", "borne out"),
        ("In Q2 2022 sales were the lowest since Q3 2021.", "the lowest", "contradicted"),
        ("In Q3 2022 sales were the highest since Q1 2021.", "the highest", "contradicted"),
        ("In Q4 2021 sales were the highest in the table.", "the highest", "borne out"),
        ("Leeds's revenue rose from Q1 2022 to Q2 2022.", "rose", "borne out"),
        ("In Q3 2022 Leeds's revenue was lower than in Q2 2022.", "lower", "contradicted"),
        ("In Q2 2022 there were 15 matches in the data.", "15", "borne out"),
        ("Between Q2 2022 and Q3 2022 revenue rose in 3 cities.", "3", "unknown"),
        ("Between May 2022 and June 2022 revenue rose in 3 cities.", "3", "contradicted"),
    ],
)
def test_quarters_of_months(tmp_path, sentence, words, verdict):
    said = {each.words: each.verdict for each in audited(tmp_path, QUARTERS, sentence)}
    assert said.get(words) == verdict


def test_a_difference_in_percent_is_told_in_percent(tmp_path):
    (statement,) = audited(
        tmp_path, TABLES, "In 2015 Barton had 15 percent more burglaries than Ashford."
    )
    assert statement.verdict == "contradicted"
    assert explained(statement).startswith(
        "difference in percent is 9.8837% of Barton, Ohio, 2015: 378;"
    )


OF_COUNTRIES = {
    f"{name.replace(' ', '-')}.csv": f"country,year,{name}{unit}\n{rows_over_time((2005, 2012), values)}"
    for name, unit, values in (
        ("literacy rate", " (%)", {"Ghana": (67.1, 76.6), "Mali": (26.2, 31.1), "Peru": (89.6, 93.8)}),
        ("infant mortality", "", {"Ghana": (57.1, 46.6), "Mali": (96.2, 81.1), "Peru": (21.6, 16.8)}),
        ("telephones", "", {"Ghana": (571341, 466123), "Mali": (96231, 81141), "Peru": (2161234, 1688123)}),
        ("mobile cellular subscriptions", "", {"Togo": (92334, 466587), "Chad": (11341, 81902), "Fiji": (2134, 16881)}),
    )
} | {
    "policy-rate.csv": "year,policy rate (%)\n2005,3.2\n2006,4.1\n2007,5.2\n2008,2.4\n",
    "temperatur.csv": "Ort,Jahr,Temperatur (°C)\nKiel,2012,9.6\nSylt,2012,9.1\nEmden,2012,9.8\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "whole", "kind"),
    [
        ("en", "Ghana had 1.2 million telephones in 2012.", "Ghana had 1.2 million mobile phones in 2012."),
        ("en", "Ghana had more telephones in 2012 than Peru.", "Ghana had more mobile phones in 2012 than Peru."),
        ("de", "Ghana hatte 2012 1,2 Millionen Telefone.", "Ghana hatte 2012 1,2 Millionen Handys."),
        ("en", "Togo had 566,123 mobile phones in 2012.", ""),
        ("en", "The literacy rate in Ghana was 66.6 percent in 2012.", "The illiteracy rate in Ghana was 23.4 percent in 2012."),
        ("en", "Literacy was higher in Mali than in Ghana in 2012.", "Illiteracy was higher in Mali than in Ghana in 2012."),
        ("en", "Infant mortality in Ghana was 68 in 2012.", "Child mortality in Ghana was 68 in 2012."),
        ("en", "In 2007 the policy rate was 6.2 percent.", "In 2007 the discount rate was 6.2 percent."),
        ("en", "In 2007 the policy rate was 4.6 percent.", "In 2007 treasury yields were at 4.6 percent."),
        ("de", "2012 betrug die Temperatur in Kiel 11,6 Grad.", "2012 betrug die Wassertemperatur in Kiel 11,6 Grad."),
    ],
)  # fmt: skip
def test_a_kind_of_a_measure_and_its_contrary_are_no_other_words_for_it(
    tmp_path, language, whole, kind
):
    assert worst(audited(tmp_path / "whole", OF_COUNTRIES, whole, language)) == "contradicted"
    if kind:
        said = audited(tmp_path / "kind", OF_COUNTRIES, kind, language)
        assert worst(said) != "contradicted"
