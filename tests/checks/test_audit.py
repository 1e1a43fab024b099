"""`broadsheet audit`: what tables say of the numbers and comparisons in somebody's prose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from audited_texts import cache, written  # noqa: F401 - a fixture

from broadsheet.checks.audit.auditing import audit
from broadsheet.checks.audit.statement import AuditStatement

GDP = """\
Country Name,Country Code,Year,Value
Germany,DEU,2010,3400000000000
Germany,DEU,2015,3360000000000
Germany,DEU,2021,4280000000000
Germany,DEU,2022,4080000000000
France,FRA,2010,2640000000000
France,FRA,2015,2440000000000
France,FRA,2021,2960000000000
France,FRA,2022,2780000000000
"Korea, Rep.",KOR,2010,1140000000000
"Korea, Rep.",KOR,2015,1470000000000
"Korea, Rep.",KOR,2021,1820000000000
"Korea, Rep.",KOR,2022,1670000000000
United Kingdom,GBR,2010,2490000000000
United Kingdom,GBR,2015,2930000000000
United Kingdom,GBR,2021,3120000000000
United Kingdom,GBR,2022,3090000000000
World,WLD,2010,66600000000000
World,WLD,2015,75200000000000
World,WLD,2021,97100000000000
World,WLD,2022,100600000000000
"""
CO2 = """\
year,mean
2012,394.1
2013,396.7
2014,398.9
2015,401.0
2016,404.4
2017,406.8
"""
JOBS = """\
year,labour_force,unemployed,unemployment_rate
2018,45.9,1.47,3.2
2019,46.1,1.40,3.0
2020,46.0,1.66,3.6
"""
POPULATION = """\
country,2000,2010,2020
Norway,4490967,4889252,5379475
Sweden,8872109,9378126,10353442
Denmark,5339616,5547683,5831404
"""
PENGUINS = """\
species,island,body_mass_g
Adelie,Torgersen,3700
Adelie,Dream,3800
Adelie,Dream,3600
Gentoo,Biscoe,5000
Gentoo,Biscoe,5200
"""
PACKAGE = {
    "name": "tables",
    "resources": [
        {
            "name": "jobs",
            "path": "jobs.csv",
            "title": "The German labour market",
            "schema": {
                "fields": [
                    {"name": "labour_force", "title": "Labour force", "unit": "million people"},
                    {"name": "unemployed", "title": "Unemployed", "unit": "million people"},
                    {"name": "unemployment_rate", "title": "Unemployment rate", "unit": "percent"},
                ]
            },
        },
        {
            "name": "co2",
            "path": "co2.csv",
            "title": "Concentration of carbon dioxide in the air",
            "schema": {"fields": [{"name": "mean", "title": "Mean", "unit": "ppm"}]},
        },
    ],
}


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with tables."""
    tables = {
        "gdp": GDP, "co2": CO2, "jobs": JOBS, "population": POPULATION, "penguins": PENGUINS,
    }  # fmt: skip
    data = written(tmp_path / "data", {f"{name}.csv": text for name, text in tables.items()})
    (data / "datapackage.json").write_text(json.dumps(PACKAGE))
    return tmp_path


def said_of(place: Path, sentence: str, lang: str = "en") -> tuple[AuditStatement, ...]:
    (place / "page.md").write_text(f"---\nlang: {lang}\n---\n\n{sentence}\n")
    return audit(place).statements


BORNE_OUT = [
    ("In 2022 Germany's GDP was 4.08 trillion dollars.", "cell"),
    ("In 2022 the German economy produced about $4.1 trillion.", "cell"),
    ("South Korea's gross domestic product came to $1,670bn in 2022.", "cell"),
    ("Britain's GDP was nearly 3.1 trillion dollars in 2022.", "cell"),
    ("Germany's GDP rose from $3.36 trillion in 2015 to $4.28 trillion in 2021.", "cell"),
    ("Between 2015 and 2021 the GDP of France increased by 21 percent.", "change in percent"),
    ("Between 2015 and 2021 Germany's GDP grew by $920 billion.", "change"),
    ("Together, Germany and France had a GDP of $6.86 trillion in 2022.", "sum"),
    ("Germany accounted for 4.1% of global GDP in 2022.", "share"),
    ("Germany's GDP was 2.4 times that of South Korea in 2022.", "ratio"),
    ("Germany had the largest GDP in the world in 2022.", "rank"),
    ("The United Kingdom had the second-largest GDP in 2022.", "rank"),
    ("France's GDP was higher than South Korea's in 2022.", "comparison"),
    ("CO2 first exceeded 400 ppm in 2015.", "first above"),
    ("The concentration of carbon dioxide rose between 2012 and 2017.", "comparison"),
    ("The unemployment rate in Germany was 3.6% in 2020.", "cell"),
    ("German unemployment rose by 0.6 percentage points in 2020.", "change in points"),
    ("On average, 1.51 million Germans were unemployed between 2018 and 2020.", "mean"),
    ("Sweden had 10.4 million inhabitants in 2020.", "cell"),
    ("The three Adelie penguins weigh 3700 g on average.", "mean"),
    ("There are 2 Gentoo penguins in the data.", "count"),
    ("The heaviest penguin in the data weighs 5,200 g.", "highest"),
]


@pytest.mark.parametrize(("sentence", "operation"), BORNE_OUT)
def test_borne_out(place, sentence, operation):
    statements = said_of(place, sentence)
    assert {statement.verdict for statement in statements} <= {"borne out", "unknown"}
    readings = [each.reading for each in statements if each.verdict == "borne out"]
    assert operation in {reading.operation for reading in readings if reading}
    assert all(reading.operands for reading in readings if reading)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("In 2022 Germany's GDP was 5.08 trillion dollars.", 4.08e12),
        ("In 2021 Germany's GDP was 4.08 trillion dollars.", 4.28e12),
        ("In 2022 the GDP of France was 4.08 trillion dollars.", 2.78e12),
        ("Britain's GDP exceeded 3.2 trillion dollars in 2022.", 3.09e12),
        ("Between 2015 and 2021 the GDP of France increased by 41 percent.", 21.3),
        ("Germany's GDP was 3.4 times that of South Korea in 2022.", 2.44),
        ("Germany had the second-largest GDP in the world in 2022.", 1),
        ("France's GDP was lower than South Korea's in 2022.", 1.11e12),
        ("CO2 first exceeded 400 ppm in 2013.", 401.0),
        ("The concentration of carbon dioxide fell between 2012 and 2017.", 12.7),
        ("The unemployment rate in Germany was 4.6% in 2020.", 3.6),
        ("Denmark had 10.4 million inhabitants in 2020.", 5831404),
        ("There are 14 Gentoo penguins in the data.", 2),
    ],
)
def test_contradicted(place, sentence, value):
    (statement,) = (each for each in said_of(place, sentence) if each.verdict == "contradicted")
    assert statement.reading is not None
    assert statement.reading.value == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2022 Spain's GDP was 1.42 trillion dollars.",
        "In 1999 Germany's GDP was 2.2 trillion dollars.",
        "Germany's GDP per capita was 48,700 dollars in 2022.",
        "Germany's GDP growth was 1.8% in 2022.",
        "Bavaria's GDP was 0.7 trillion dollars in 2022.",
        "By 2022 Germany's GDP would have reached 5.08 trillion dollars.",
        "Germany's GDP was not 5.08 trillion dollars in 2022.",
        "Germany's exports were 1.6 trillion dollars in 2022.",
        "The urban population of Sweden was 9.1 million in 2020.",
        "Youth unemployment in Germany was 7.5% in 2020.",
        "In March 2015 the concentration of CO2 was 403.3 ppm.",
        "Since 2010 Germany's GDP had lost 1.3 trillion dollars.",
        "The GDP of Germany in the 2010s came to 36 trillion dollars.",
        "The gap between the GDP of Germany and that of France was 1.5 trillion dollars in 2022.",
        "These are the 10 largest economies by GDP in 2022.",
        "See figure 2 of chapter 2022 on the GDP of Germany.",
        "Emperor penguins weigh 23,000 g on average.",
        "The model has 5 layers and 2022 parameters.",
    ],
)
def test_unknown(place, sentence):
    assert {statement.verdict for statement in said_of(place, sentence)} <= {"unknown"}


@pytest.mark.parametrize(
    ("lang", "sentence", "verdict"),
    [
        (
            "de",
            "Das Bruttoinlandsprodukt Deutschlands lag 2022 bei 4,08 Billionen Dollar.",
            "borne out",
        ),
        ("de", "Im Jahr 2022 betrug das BIP von Frankreich 2.780 Milliarden Dollar.", "borne out"),
        (
            "de",
            "Im Jahr 2022 betrug das BIP von Frankreich 3.780 Milliarden Dollar.",
            "contradicted",
        ),
        ("fr", "En 2020, la Suède comptait 10,4 millions d'habitants.", "borne out"),
        ("fr", "En 2020, la Suède comptait 12,4 millions d'habitants.", "contradicted"),
    ],
)
def test_other_languages(place, lang, sentence, verdict):
    assert {statement.verdict for statement in said_of(place, sentence, lang)} == {verdict}


def test_the_operands_name_row_column_and_keys(place):
    (statement,) = said_of(place, "In 2022 Germany's GDP was 5.08 trillion dollars.")
    assert statement.reading is not None
    (operand,) = statement.reading.operands
    assert (operand.table, operand.column, operand.row) == ("data/gdp.csv", "Value", 4)
    assert operand.keys == {"Country Name": "Germany", "Country Code": "DEU", "Year": "2022"}
    assert statement.words == "5.08 trillion dollars"


def test_a_wide_table_names_its_column(place):
    (statement,) = said_of(place, "Norway had 5.4 million inhabitants in 2020.")
    assert statement.reading is not None
    (operand,) = statement.reading.operands
    assert (operand.column, operand.row) == ("2020", 1)


def test_a_table_in_the_text(place):
    table = "| Country | GDP in 2022 |\n|---|---|\n| Germany | $4.08 trillion |\n| France | $3.78 trillion |"
    statements = said_of(place, table)
    assert {each.words: each.verdict for each in statements if each.words.startswith("$")} == {
        "$4.08 trillion": "borne out",
        "$3.78 trillion": "contradicted",
    }
