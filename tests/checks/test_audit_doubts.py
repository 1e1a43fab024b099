"""`broadsheet audit` contradicts nothing that is of a part, of another way, or of a few."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from audited_texts import audited, cache, words_with  # noqa: F401 - a fixture


def rows(times, **values) -> str:
    """Rows of CSV: a country, a time, a value."""
    return "".join(
        f"{country},{time},{value}\n"
        for country, series in values.items()
        for time, value in zip(times, series, strict=True)
    )


TABLES = {
    "population.csv": "country,year,population\n"
    + rows(
        (1990, 2010, 2022),
        Germany=(80000000, 82000000, 84000000),
        France=(60000000, 65000000, 68000000),
        Poland=(38000000, 38500000, 37000000),
    ),
    "emissions.csv": "country,year,emissions_mt\n"
    + rows(
        (1990, 2010, 2021, 2022),
        Germany=(1050, 830, 675, 660),
        France=(390, 350, 310, 300),
    ),
    "unemployment.csv": "country,year,unemployment rate (%)\n"
    + rows(
        (2010, 2020, 2021, 2022),
        Germany=(7.0, 3.6, 3.1, 3.2),
        France=(9.3, 7.9, 7.3, 7.0),
    ),
    "sales.csv": "year,sales (million euros)\n2019,120\n2020,90\n2021,110\n2022,140\n",
    "gold.csv": "year,price of gold (dollars an ounce)\n2009,973\n2012,1670\n2015,1161\n",
    "companies.csv": "company,sector,founded\n"
    + "".join(
        f"Firm{at},{'Energy' if at < 21 else 'Health Care'},{1950 + at}\n" for at in range(60)
    ),
}


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2022, 64 million of Germany's 84 million people lived in cities.",
        "In 2022 about 150 million tonnes of Germany's emissions came from traffic.",
        "In 2022 sales of shoes were 40 million euros.",
        "Sales in the first half of 2022 were 70 million euros.",
        "In 2022 sales were 140 million euros, 30 million euros of it abroad.",
        "In 2022, unemployment in Germany was 5.3 percent in the east.",
        "By 2022, Germany's emissions had fallen 37 percent.",
        "Compared with France, Germany's population was 1.2 times as large in 2022.",
        "Since 1990, Germany's emissions have fallen by 390 million tonnes; in 2022 they fell by 2 percent.",
        "Between 2010 and 2022, Germany's emissions rose only once.",
        "Between 2010 and 2022, unemployment in Germany first rose to 3.8 percent and then fell again.",
        "Of the two neighbours, France had the largest population in 2022.",
        "In 2021 sales were the second-highest of the decade.",
        "The lowest sales outside of 2020 were 110 million euros.",
        "Between 2019 and 2022 sales fell below 100 million euros in one year only.",
        "In 2021 sales recovered to 110 million euros, having lost 30 million euros in 2020.",
        "7 companies in Energy are new.",
        "55 companies with a website are in the data.",
    ],
)
def test_what_is_of_less_is_not_contradicted(tmp_path, sentence):
    verdicts = {statement.verdict for statement in audited(tmp_path, TABLES, sentence)}
    assert "contradicted" not in verdicts
    assert "unknown" in verdicts


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Bis 2022 waren die Emissionen Deutschlands um 37 Prozent gesunken."),
        ("de", "2022 sanken die Emissionen Deutschlands gegenüber 1990 um 37 Prozent."),
        ("de", "2022 gingen 150 Millionen Tonnen der Emissionen Deutschlands auf den Verkehr zurück."),
        ("de", "2022 lagen die Emissionen Deutschlands im Osten bei 90 Millionen Tonnen."),
        ("de", "2022 verlor Deutschland 300.000 Einwohner."),
        ("de", "2022 hatte Frankreich die höchste Bevölkerung der beiden Nachbarn."),
        ("fr", "En 2022, les émissions de l'Allemagne avaient baissé de 37 %."),
        ("fr", "En 2022, les émissions de l'Allemagne ont baissé de 37 % par rapport à 1990."),
        ("fr", "En 2022, la moitié des émissions de la France, 150 millions de tonnes, venait des transports."),
        ("es", "En 2022, las emisiones de Alemania habían bajado un 37 %."),
        ("es", "En 2022 las emisiones de Alemania bajaron un 37 % respecto a 1990."),
        ("es", "En 2022 la mitad de las emisiones de Francia, 150 millones de toneladas, era del transporte."),
    ],
)  # fmt: skip
def test_doubts_hold_in_each_language(tmp_path, language, sentence):
    said = audited(tmp_path, TABLES, sentence, language)
    assert words_with("contradicted", said) == []


@pytest.mark.parametrize(
    ("language", "sentence", "words"),
    [
        ("de", "2022 lag die Bevölkerung Deutschlands bei 94 Millionen.", "94 Millionen"),
        ("de", "2022 sanken die Emissionen Deutschlands um 9 Prozent.", "9 Prozent"),
        ("fr", "En 2022, les émissions de l'Allemagne ont baissé de 9 %.", "9 %"),
        ("es", "En 2022, las emisiones de Alemania bajaron un 9 %.", "9 %"),
    ],
)
def test_what_is_whole_is_contradicted_in_each_language(tmp_path, language, sentence, words):
    said = audited(tmp_path, TABLES, sentence, language)
    assert words_with("contradicted", said) == [words]


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Lyon compte plus d'1,2 million d'habitants.", "borne out"),
        ("Lyon compte plus d’1,2 million d'habitants.", "borne out"),
        ("Lyon compte plus d’1,5 million d'habitants.", "contradicted"),
        ("Lyon compte jusqu’à 1,5 million d'habitants.", "borne out"),
    ],
)
def test_french_words_that_round_may_end_in_an_apostrophe(tmp_path, sentence, verdict):
    table = {"villes.csv": "ville,habitants\nLyon,1290000\nNantes,320000\nLille,236000\n"}
    said = audited(tmp_path, table, sentence, "fr")
    assert {each.verdict for each in said} == {verdict}


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("In 2022 the population of Germany was 94 million.", "94 million"),
        ("In 2022 sales were 150 million euros.", "150 million euros"),
        ("Germany's emissions fell by 20 percent in 2022.", "20 percent"),
        ("Unemployment in Germany was 5.3 percent in 2022.", "5.3 percent"),
        ("There are 30 companies in Energy in the data.", "30"),
        ("30 companies of the data have their sector in Energy.", "30"),
        (
            "In 1990 Germany's emissions were 290 million tonnes higher than in 2022.",
            "290 million tonnes",
        ),
        ("Gold fell from $1,670 in 2012 to $973 an ounce in 2015.", "$973"),
    ],
)
def test_what_is_whole_is_contradicted(tmp_path, sentence, words):
    (statement,) = (
        each for each in audited(tmp_path, TABLES, sentence) if each.verdict == "contradicted"
    )
    assert statement.words == words


def test_two_times_are_read_in_the_order_of_the_sentence(tmp_path):
    statements = audited(
        tmp_path, TABLES, "In 1990 Germany's emissions were 390 million tonnes higher than in 2022."
    )
    assert {each.verdict for each in statements} == {"borne out"}


def test_the_row_of_a_change_is_that_of_the_time_behind_the_number(tmp_path):
    sentence = "Gold fell from $1,670 in 2012 to $973 an ounce in 2015."
    (statement,) = (
        each for each in audited(tmp_path, TABLES, sentence) if each.verdict == "contradicted"
    )
    assert statement.reading is not None
    assert [operand.keys["year"] for operand in statement.reading.operands] == ["2015"]


def _years(population, rates, deaths) -> Iterator[tuple[int, int, float, int]]:
    """Rows of the years 2000 to 2022, between the values of some of them."""
    for at, year in enumerate(range(2000, 2023)):
        size = round(population[0] + (population[1] - population[0]) * at / 22, -5)
        yield year, int(size), rates[at], deaths + 1000 * at


GERMANY = (7.9, 7.8, 8.6, 9.7, 10.3, 11.0, 10.0, 8.8, 7.7, 8.0, 7.2, 6.1, 5.6, 5.5, 5.2, 4.8, 4.3, 4.0,
           3.6, 3.3, 3.9, 5.5, 5.3)  # fmt: skip
WIDE = {
    "world.csv": "country,year,population,unemployment_rate,deaths\n"
    + "".join(
        f"{country},{year},{size},{rate},{deaths}\n"
        for country, about in {
            "Germany": ((73e6, 83.2e6), GERMANY, 840_000),
            "France": ((59e6, 68e6), (*(round(9 + at % 5 / 5, 1) for at in range(22)), 7.3), 530_000),
            "Austria": ((8e6, 9e6), tuple(round(4 + at % 4 / 4, 1) for at in range(23)), 76_000),
            "Switzerland": ((7.2e6, 8.8e6), tuple(round(2.5 + at % 4 / 4, 1) for at in range(23)), 62_000),
            "Bhutan": ((600e3, 800e3), tuple(round(2 + at % 4 / 4, 1) for at in range(23)), 5_000),
        }.items()
        for year, size, rate, deaths in _years(*about)
    ),
    "poland-by-quarter.csv": "quarter,population_of_poland\n"
    + "".join(
        f"{year}-Q{quarter},{37_900_000 + 100_000 * (year - 2020) + 25_000 * quarter}\n"
        for year in (2020, 2021, 2022)
        for quarter in (1, 2, 3, 4)
    ),
    "sales.csv": "month,sales (million euros)\n"
    + "".join(f"{year}-{month:02},{10 + month / 10:.1f}\n" for year in (2021, 2022) for month in range(1, 13)),
    "orders.csv": "quarter,orders (million euros)\n"
    + "".join(f"{year}-Q{quarter},{14 + quarter}\n" for year in (2021, 2022) for quarter in (1, 2, 3, 4)),
    "lake.csv": "date,depth of the lake (m)\n"
    + "".join(f"2022-{month:02}-{day:02},{12 + month / 10}\n" for month in range(1, 13) for day in (1, 11, 21)),
    "petrol.csv": "year,price of petrol (dollars a litre)\n2020,1.10\n2021,1.15\n2022,1.20\n",
    "penguins.csv": "species,island,bill_length,body_mass\n"
    "Adelie,Dream,39.1,3750\nAdelie,Biscoe,39.5,3800\nGentoo,Biscoe,46.1,5000\nChinstrap,Dream,48.7,3700\nGentoo,Biscoe,50.0,5700\n",
}  # fmt: skip

TRUE_OF_OTHERS = [
    # Several times of what is there, and is not added.
    "In 2020 Poland's population was 38 million.",
    "In 2022 the lake was 12 metres deep.",
    # Persons who are not the population.
    "In 2022, 1.2 million people came to Germany.",
    "In 2022, 45 million people worked in Germany.",
    "In 2022, 200,000 people left Germany.",
    "In 2022, 4 million people visited Germany.",
    "In 2022, 15 million people moved within Germany.",
    "In 2022 Germany had 1.5 million people with dementia.",
    "In 2022 Germany needed 400,000 people a year.",
    # Words beside the measure.
    "In 2022 Germany's elderly population was 18 million.",
    "In 2022 Germany's working population was 45 million.",
    "In 2022 Germany's long-term unemployment rate was 1.0 percent.",
    "In 2022 Germany's excess deaths were 70,000.",
    "In 2022, 231,000 deaths in Germany were due to cancer.",
    "In 2022, 231,000 deaths in Germany were from cancer.",
    # Ranges and limits.
    "In 2022 Germany's population was between 80 million and 85 million.",
    "Between 2012 and 2022 unemployment in Germany ranged from 3 percent to 6 percent.",
    "In 2022 unemployment in Germany was 5.0 to 5.6 percent.",
    "From 2012 to 2022 unemployment in Germany stayed within 3% and 8%.",
    "In 2022 Germany's population exceeded 80 million.",
    "In 2022 Germany's population surpassed 80 million.",
    "In 2022 Germany's population topped 80 million.",
    "In 2022 Germany's population was upwards of 80 million.",
    "In 2022 Germany's population fell short of 90 million.",
    "In 2022 Germany's population was no more than 90 million.",
    "In 2022 Germany's population was no fewer than 80 million.",
    "In 2022 as many as 85 million people lived in Germany.",
    # What belongs to it.
    "Germany had a population of 83.2 million in 2022. Its capital had 3.4 million inhabitants.",
    "Germany had a population of 83.2 million in 2022. Its largest city had 3.4 million inhabitants.",
    # Quarters and months.
    "In Q2 2022 sales were 31.5 million euros.",
    "In the second quarter of 2022 sales were 31.5 million euros.",
    "In April 2022 orders were 5 million euros.",
    # Times that are told without a year, and parts of years.
    "In 2022 Germany's unemployment rate was the lowest in two years.",
    "In 2019 Germany's unemployment rate was the lowest since reunification.",
    "In 2014 Germany's unemployment rate was the lowest since the oil crisis.",
    "In 2014 Germany's unemployment rate was the lowest in five years.",
    "In the first half of 2022 Germany's population grew by 0.3 percent.",
    "At the beginning of 2022 Germany's unemployment rate was 5.1 percent.",
    "In early 2022 Germany's unemployment rate was 5.1 percent.",
    "In 2022 Germany's unemployment rate peaked at 5.9 percent in March.",
    "Around 2010 Germany's unemployment rate was 8 percent.",
    "In 2005 Germany's population was 75.3 million; today it is 83.2 million.",
    "In 2022 Germany's unemployment rate was down from a peak of 8.8 percent.",
    # A few by an adjective.
    "In 2022 two landlocked countries had an unemployment rate above 4 percent.",
    "In 2022 Austria had the largest population of any landlocked country.",
    "In 2022 one Alpine country had an unemployment rate above 4 percent.",
    # Another side.
    "In 2022 France's unemployment rate was 2 points higher than Germany's, at 7.3 percent.",
    "Bhutan has 2000 schools and a population of 780,000.",
    "Germany's unemployment rate was higher than France's until 2005.",
    # Parts of a file.
    "penguins.csv has 2 numeric columns.",
    "In penguins.csv, 3 columns hold text.",
    "penguins.csv has 100 rows and 4 features.",
    "We drew 20 rows from penguins.csv at random.",
    # Tables in the text, and lists, under headings.
    "# Inflation\n\n- Germany: 7.9% (2022)",
    "# Inflation\n\n- In 2022, Germany: 7.9%",
    "## GDP growth\n\n| Country | 2021 | 2022 |\n|---|---|---|\n| Germany | 3.2 | 1.8 |\n| France | 6.4 | 2.5 |",
]  # fmt: skip
TRUE_OF_OTHERS_IN_OTHER_LANGUAGES = [
    ("de", "2022 lag die Einwohnerzahl Deutschlands zwischen 80 und 85 Millionen."),
    ("de", "2022 überschritt die Bevölkerung Deutschlands 80 Millionen."),
    ("de", "2022 lag die Arbeitslosenquote in Bayern bei 3,1 Prozent."),
    ("de", "2022 lag die Arbeitslosenquote in Deutschland bei Jugendlichen bei 6,1 Prozent."),
    ("de", "In Berlin lag die Arbeitslosenquote 2022 bei 8,8 Prozent."),
    ("de", "2022 lebten in Deutschland 64 Millionen Menschen in Städten."),
    ("de", "2022 waren 15 Millionen Einwohner Deutschlands unter 20 Jahre alt."),
    ("de", "2022 wanderten 2 Millionen Menschen nach Deutschland ein."),
    ("fr", "En 2022, la population de l'Allemagne était entre 80 et 85 millions."),
    ("fr", "En 2022, la population de l'Allemagne dépassait 80 millions."),
]
NOT_SAID = [
    "In 2022 Germany had 83.2 million cars.",
    "In 2022, 83.2 million people died in Germany.",
    "In 2022, 83.2 million people in Germany were unemployed.",
    "In 2022 Germany lost 83.2 million people.",
    "In 2022 Germany never had 83.2 million people.",
    "In 2022 petrol cost 1.2 cents a litre.",
    "In 2022 petrol cost C$1.2 a litre.",
    "In 2022 Germany's unemployment rate was at most 5 percent.",
    "Germany's unemployment rate rose to 5.3 percent in 2022.",
]


@pytest.mark.parametrize("text", TRUE_OF_OTHERS)
def test_what_is_true_of_something_else_is_not_contradicted(tmp_path, text):
    assert words_with("contradicted", audited(tmp_path, WIDE, text)) == []


@pytest.mark.parametrize(("language", "text"), TRUE_OF_OTHERS_IN_OTHER_LANGUAGES)
def test_nor_in_other_languages(tmp_path, language, text):
    said = audited(tmp_path, WIDE, text, language)
    assert words_with("contradicted", said) == []


@pytest.mark.parametrize("sentence", NOT_SAID)
def test_what_tables_do_not_say_is_not_borne_out(tmp_path, sentence):
    assert words_with("borne out", audited(tmp_path, WIDE, sentence)) == []


OTHERS = {
    "rivers.csv": "river,country,length (km),discharge (m3/s)\n"
    "Rhine,Germany,1233,2900\nElbe,Germany,1094,860\nLoire,France,1006,850\nTagus,Portugal,1007,500\n",
    "schools.csv": "city,year,pupils,teachers\n"
    + "".join(
        f"{city},{year},{pupils + 100 * (year - 2018)},{teachers + 5 * (year - 2018)}\n"
        for city, pupils, teachers in (
            ("Leeds", 110000, 6200),
            ("York", 25000, 1500),
            ("Hull", 40000, 2300),
        )
        for year in range(2018, 2024)
    ),
    "rain.csv": "month,rainfall (mm)\n"
    + "".join(
        f"{year}-{month:02},{40 + month * 3}\n" for year in (2021, 2022) for month in range(1, 13)
    ),
    "wages.csv": "country,year,average wage (euros)\n"
    + "".join(
        f"{country},{year},{wage + 900 * (year - 2018)}\n"
        for country, wage in (("Spain", 26000), ("Italy", 29000), ("Greece", 17000))
        for year in range(2018, 2024)
    ),
    "power.csv": "year,solar (TWh),wind (TWh),coal (TWh)\n"
    "2019,46,126,171\n2020,50,132,134\n2021,49,114,164\n2022,60,125,180\n",
    "hospital.csv": "country,year,hospital beds,life expectancy\nNorway,2019,18700,82.9\nNorway,2020,18500,83.2\n"
    "Denmark,2019,15000,81.4\nDenmark,2020,14900,81.5\nSweden,2019,21000,83.1\nSweden,2020,20800,82.4\n",
}
TRUE_OF_OTHER_TABLES = [
    "In 2022 Leeds had 9,000 pupils in private schools.",
    "In 2022, 1,200 teachers in Leeds worked part-time.",
    "Leeds closed 12 schools with 3,000 pupils in 2022.",
    "In 2023 York's primary schools had 12,000 pupils.",
    "The average wage of women in Spain was 24,000 euros in 2022.",
    "The minimum wage in Spain was 14,000 euros in 2022.",
    "In 2022 the average wage of engineers in Italy was 41,000 euros.",
    "Wages in Greece fell by 3 percent in real terms in 2022.",
    "In 2022 Spain's average wage after tax was 22,000 euros.",
    "The navigable length of the Rhine is 883 km.",
    "The Rhine flows through Germany for 865 km.",
    "The Elbe is the longest river of Saxony.",
    "In the summer of 2022 rainfall was 180 mm.",
    "In the wettest week of April 2022, 30 mm of rain fell.",
    "In March 2022 Manchester had 110 mm of rainfall.",
    "Solar produced 9 TWh in June 2022.",
    "In 2022 wind farms at sea generated 25 TWh of electricity.",
    "Coal plants burnt 40 million tonnes of coal in 2022.",
    "In 2020 Norway had 300 hospital beds in intensive care.",
    "Men in Sweden had a life expectancy of 80.6 in 2020.",
    "In 2020 Danish women lived to 83.5 years.",
    "In 2020 life expectancy at 65 was 20.1 years in Norway.",
    "In 2019 Norway had more than 3 hospital beds per 1,000 inhabitants.",
    "Of all Nordic capitals, Norway's had the most hospital beds in 2020.",
    "Norway added 200 hospital beds during 2020.",
    "In 2022 solar met 11 percent of demand.",
    "Solar rose by 10 TWh in Bavaria in 2022.",
    "In 2022 wind power was 20 TWh below forecast.",
    "By the end of 2022 York had lost 400 pupils.",
    "Nearly 2,000 pupils left Hull in 2022.",
    "In 2022 York's pupils came from 90 countries.",
    "Spain's wages were the lowest of the big euro economies in 2022.",
    "In 2023 Italy's average wage in industry was 34,000 euros.",
    "In 2022, 2,400 pupils moved from Hull to York.",
    "In 2021 coal generated 30 percent of German electricity.",
    "In 2019 Denmark had 15,600 beds in hospitals and clinics.",
    "In 2022 wind and solar together generated 210 TWh in France.",
    "The Loire is 15 km shorter than in 1900.",
    "In 2022 Greek wages reached 60 percent of the European average.",
    "The Tagus is the longest river of the Iberian peninsula.",
    "In 2022 Leeds spent 110 million pounds on its pupils.",
    "Half of Hull's 40,400 pupils walked to school in 2022, and 5,000 cycled.",
    "In 2022 Leeds had 9,000 pupils born in 2010.",
    "In 2022 the solar power sold was 45 TWh.",
    "In 2022 Leeds had 9,000 pupils solo.",
    "According to Ofsted Leeds had 11,004 pupils in 2022.",
]


@pytest.mark.parametrize("text", TRUE_OF_OTHER_TABLES)
def test_another_measure_group_time_or_part_is_not_contradicted(tmp_path, text):
    said = audited(tmp_path, OTHERS, text)
    assert words_with("contradicted", said) == []
