"""`broadsheet audit` reads places as tables write them: codes of states, states that are columns, the parts
of the world; and numbers below zero, pounds of weight and measures by place.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, worst  # noqa: F401 - a fixture

TABLES = {
    "settlers.csv": "year,state,population_thousands\n"
    + "".join(
        f"{year},{state},{size}\n"
        for state, sizes in {
            "NSW": (1904, 2402), "Vic": (1409, 1727), "Qld": (683, 2130), "SA": (440, 565), "WA": (306, 392), "Tas": (193, 211),
        }.items()
        for year, size in zip((1917, 1927), sizes, strict=True)
    ),
    "lufttemperatur.csv": "Jahr;Monat;Bayern;Sachsen;Hessen;Saarland;Thueringen;Deutschland\n"
    "1960;01;0,5;0,7;1,5;1,5;0,4;1,0\n1961;01;-1,5;-1,1;0,2;0,2;-1,2;-0,4\n"
    "1962;01;0,1;0,4;1,1;1,1;0,2;0,9\n1962;02;-9,3;-9,9;-7,2;-7,2;-8,8;-8,4\n1962;07;15,2;15,9;16,1;16,1;15,0;15,6\n"
    "1963;01;-8,1;-8,8;-6,4;-6,4;-7,7;-7,4\n1963;02;-5,5;-6,0;-4,1;-4,1;-5,2;-5,0\n1963;07;18,2;19,3;19,0;19,0;18,4;18,7\n"
    "1964;01;-4,2;-3,9;-3,1;-3,1;-4,4;-3,6\n1964;02;-1,0;-0,4;0,3;0,3;-0,7;-0,2\n1964;07;18,9;18,0;18,6;18,6;18,1;18,3\n",
    "phones.csv": "region,1951,1961\nNorth America,45939,79831\nEurope,21574,43173\nAsia,2876,9053\n"
    "South America,1815,3338\nOceania,1646,3224\nAfrica,589,2005\n",
    "meat.csv": "year,pork,veal\n2019,27650,79\n2020,28318,68\n2021,27688,56\n2022,27010,58\n",
    "films.csv": "film,gross_us,gross_world\nRed Moon,426829839,1128437854\nIron Bell,700059566,1347652209\nGrey Fox,180202163,519311965\n",
    "datapackage.json": """{"resources": [
        {"path": "phones.csv", "title": "Telephones in the regions of the world", "schema": {"fields": [{"name": "region"},
            {"name": "1951", "unit": "thousand telephones"}, {"name": "1961", "unit": "thousand telephones"}]}},
        {"path": "meat.csv", "title": "Meat production", "schema": {"fields": [{"name": "year"},
            {"name": "pork", "unit": "million pounds"}, {"name": "veal", "unit": "million pounds"}]}}
    ]}""",
}  # fmt: skip


@pytest.mark.parametrize(
    ("true", "false", "language"),
    [
        # codes of states
        (
            "In 1917 Queensland had 683,000 people.",
            "In 1917 Queensland had 440,000 people.",
            "en",
        ),
        (
            "En 1927 vivían en Victoria 1,7 millones de personas.",
            "En 1927 vivían en Victoria 2,4 millones de personas.",
            "es",
        ),
        (
            "Queensland had 2.1 million people in 1927. It passed the two million mark between 1917 and 1927.",
            "Queensland had 2.1 million people in 1927. Victoria passed the two million mark between 1917 and 1927.",
            "en",
        ),
        # states that are columns, and months
        (
            "In January 1963 the temperature in Bavaria was minus 8.1 degrees, in Saxony minus 8.8.",
            "In January 1963 the temperature in Bavaria was minus 8.8 degrees, in Saxony minus 8.1.",
            "en",
        ),
        (
            "Im Juli 1963 lag die Temperatur in Deutschland bei 18,7 Grad. In Bayern lag das Monatsmittel bei 18,2 Grad.",
            "Im Juli 1963 lag die Temperatur in Deutschland bei 18,7 Grad. In Bayern lag das Monatsmittel bei 19,3 Grad.",
            "de",
        ),
        (
            "January 1963 was the coldest January in Germany since 1960.",
            "January 1964 was the coldest January in Germany since 1960.",
            "en",
        ),
        # the world, of which the table has the parts
        (
            "The world had 141 million telephones in 1961.",
            "The world had 97 million telephones in 1961.",
            "en",
        ),
        (
            "Between 1951 and 1961 the number of telephones in the world almost doubled.",
            "Between 1951 and 1961 the number of telephones in the world more than trebled.",
            "en",
        ),
        (
            "En 1961 había 43,2 millones de teléfonos en Europa. Ese año América del Sur tenía más teléfonos que Oceanía.",
            "En 1961 había 43,2 millones de teléfonos en Europa. Ese año Oceanía tenía más teléfonos que América del Sur.",
            "es",
        ),
        # pounds that are no money
        (
            "Pork production was 28.3 billion pounds in 2020.",
            "Pork production was 27.7 billion pounds in 2020.",
            "en",
        ),
        # a place that a column is of
        (
            "Red Moon grossed 1.13 billion dollars worldwide.",
            "Red Moon grossed 1.35 billion dollars worldwide.",
            "en",
        ),
        (
            "Red Moon grossed 427 million dollars in the United States.",
            "Red Moon grossed 700 million dollars in the United States.",
            "en",
        ),
    ],
)  # fmt: skip
def test_a_true_sentence_is_borne_out_and_a_false_one_contradicted(tmp_path, true, false, language):
    for sentence, verdict in ((true, "borne out"), (false, "contradicted")):
        said = audited(tmp_path / verdict, TABLES, sentence, language)
        assert worst(said) == verdict, sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "February 1962 was colder in Germany than any January.",
        "January 1963 was the coldest January in Germany in memory.",
        "North America leads the world with 80 million telephones in 1961.",
        "Pork worth 3.1 billion pounds was sold in Britain in 2020.",
        "In 1961 Europe had 43 million of the world's telephones.",
        "Red Moon cost 356 million dollars worldwide.",
    ],
)
def test_what_may_be_of_something_else_is_not_contradicted(tmp_path, sentence):
    assert worst(audited(tmp_path, TABLES, sentence)) != "contradicted"
