"""`broadsheet audit` reads what a sentence leaves out and the one before has: the measure, the time, the
place; and two numbers between which a value went.
"""

from __future__ import annotations

from io import BytesIO

import pytest
from audited_texts import audited, cache, rows_over_time, words_with, written  # noqa: F401 - a fixture
from openpyxl import Workbook

from broadsheet.checks.audit.auditing import audit
from broadsheet.checks.audit.explaining import explained

TABLES = {
    "literacy.csv": "country,year,literacy rate (%)\n"
    + rows_over_time(
        (1980, 2000, 2020),
        {
            "Kenya": (52.4, 68.1, 81.5),
            "Ghana": (46.7, 57.9, 76.6),
            "Mali": (18.8, 24.0, 35.5),
            "Chad": (10.9, 25.7, 22.3),
        },
    ),
    "libraries.csv": "city,loans\nAshford,812400\nBarton,655300\nCroft,540100\nDunmore,98200\n",
    "shops.csv": "shop,sales_2010 (euros),sales_2020 (euros)\nRed Door,2140000,2460000\nOld Mill,3310000,1980000\n",
    "bridges.csv": "bridge,region,year,length (m)\nStone Arch,North Vale,1905,310\nIron Span,North Vale,1931,540\n"
    "Long Crossing,South Vale,1958,1220\nHigh Ropes,South Vale,1974,870\nGlass Walk,East Vale,2011,1410\n",
    "prices.csv": "model,price ($)\nAlba,21500\nBrio,24900\nCirrus,31200\nDelta,19800\n",
    "spending.csv": "year,hotel spending (million dollars)\n2006,320\n2007,415\n2008,390\n2009,405\n2010,520\n",
    "papers.csv": "newspaper,copies_2004,copies_2013\nDaily Gull,41200,38500\nEvening Star,22100,25600\n"
    "Morning Post,87400,64300\nWeekly Echo,9300,9900\nThe Herald,15700,12800\n",
    "prizes.csv": 'museum,"Awards, 1980-1999","Awards, 2000-2019","Awards, 1980-2019"\nOld Hall,3,0,3\nGlass House,0,0,0\n'
    "Harbour,0,4,4\nMill,0,1,1\n",
    "cars.csv": "maker,model,price (dollars)\nAxel,Rapid,31000\nAxel,Swift,42500\nBorn,Comet,28400\nBorn,Meteor,51200\n",
    "election.csv": "district,share of the vote for Reed (%)\nHilltop,61.5\nRiverside,48.2\nLakeview,55.9\n",
    "visitors.csv": "year,visitors\n1998,1840000\n1999,1930000\n2000,2050000\n2001,1990000\n2002,2620000\n",
}
SPENT = "Hotel spending fell to $390 million in 2008."
KENYA = "The literacy rate of Kenya rose from 52.4 percent in 1980 to 81.5 percent in 2020."
LOANS = "Ashford's libraries counted the most loans, 812,400."

BORNE_OUT = [
    (f"{KENYA} Ghana's went from 46.7 to 76.6 percent over the same period.", ("46.7", "76.6")),
    (f"{KENYA} Mali's rate was 35.5 percent in 2020.", ("35.5",)),
    ("Kenya had the highest literacy rate in 2020. Ghana came second, with 76.6 percent.", ("second", "76.6")),
    (f"{LOANS} Barton follows with 655,300.", ("655,300",)),
    (f"{LOANS} Dunmore is at the other end with 98,200.", ("98,200",)),
    ("Sales of the Red Door rose from 2.1 million to 2.5 million euros.", ("2.1 million", "2.5 million")),
    ("The Iron Span is the longest North Vale bridge.", ("the longest",)),
    ("Visitors passed two million for the first time in 2000.", ("two million",)),
    ("Visitors numbered more than half a million in 1998.", ()),
    ("In 2002 there were 2.62 million visitors. That was more than the level of 2001.", ("more",)),
    (f"{SPENT} It was the only fall since 2006.", ("the only fall",)),
    ("The mark of two million visitors was first passed in 2000.", ("two million",)),
    ("Literacy in Ghana was 76.6 percent in 2020. In Mali the rate was even lower, at 35.5 percent.", ("lower",)),
    ("Visitors passed two million in 2000.", ("two million",)),
    ("Two of the newspapers had more copies in 2013 than in 2004.", ("Two",)),
    ("The Axel Rapid undercuts the Born Meteor.", ("undercuts",)),
    ("Reed's share of the vote was 61.5 percent in Hilltop. In Lakeview he took 55.9 percent.", ("55.9",)),
    ("Hotel spending fell by 6 percent in 2008.", ("6 percent",)),
    ("At $19,800 the Delta undercuts the Brio.", ("undercuts", "$19,800")),
    (f"{KENYA} In 2020 Mali's was even lower, at 35.5 percent.", ("35.5",)),
    ("Between 2006 and 2008 hotel spending was highest in 2007.", ("highest",)),
]  # fmt: skip
CONTRADICTED = [
    (f"{KENYA} Ghana's went from 46.7 to 81.5 percent over the same period.", ("81.5",)),
    (f"{KENYA} Ghana's rate went from 46.7 to 57.9 percent between 1980 and 2020.", ("57.9",)),
    (f"{KENYA} Mali's rate was 24.0 percent in 2020.", ("24.0",)),
    ("Kenya had the highest literacy rate in 2020. Ghana came third, with 76.6 percent.", ("third",)),
    (f"{LOANS} Barton follows with 540,100.", ("540,100",)),
    ("Sales of the Red Door fell from 2.5 million to 2.1 million euros.", ("2.5 million",)),
    ("The Stone Arch is the longest North Vale bridge.", ("the longest",)),
    ("Visitors passed two million for the first time in 2002.", ("two million",)),
    ("Hotel spending rose to $405 million in 2009. It was the only rise since 2006.", ("the only rise",)),
    ("The mark of two million visitors was first passed in 2002.", ("two million",)),
    ("Literacy in Mali was 35.5 percent in 2020. In Ghana the rate was even lower, at 76.6 percent.", ("lower",)),
    ("Three of the newspapers had more copies in 2013 than in 2004.", ("Three",)),
    ("The Born Meteor undercuts the Axel Rapid.", ("undercuts",)),
    ("Reed's share of the vote was 61.5 percent in Hilltop. In Lakeview he took 58.4 percent.", ("58.4",)),
    ("Hotel spending rose by 6 percent in 2008.", ("6 percent",)),
    ("Sales of the Red Door fell from 2.1 million to 2.5 million euros.", ("2.1 million", "2.5 million")),
    ("The Cirrus undercuts the Brio.", ("undercuts",)),
    ("Between 2006 and 2008 hotel spending was highest in 2006.", ("highest",)),
]  # fmt: skip
UNKNOWN = [
    "Visitors finished 16.3 percent higher in 1998.",
    "Sales of the Red Door were up and down, from 2.5 million to 2.1 million euros.",
    "Reed's share of the vote was 61.5 percent in Hilltop, against Mary Stone. In Lakeview she got 44.1 percent.",
    "The literacy rate of Kenya was 81.5 percent in 2020. Its capital had a literacy rate of 76.6 percent.",
    f"{KENYA} In 2020 Mali came last but one.",
    f"{LOANS} Barton ranks first by members, with 12,000.",
    "Hotel spending rose to $415 million in 2007. It was the only increase above 20 percent since 2006.",
    "South Vale's longest is the Long Crossing. Its second-longest, the High Ropes, dates from 1974.",
    "Hotel spending went from $415 million to $390 million and back to $405 million.",
    "One museum came away with no awards.",
    "Two museums came away with no awards at all.",
    "Reed's share of the vote was 61.5 percent in Hilltop. In Lakeview he took 30 percent of the older voters.",
    "Two of the newspapers had more readers in 2013 than in 2004.",
    "Hotel spending fell by 1 percent in 2007 at constant prices.",
    "Born's Comet undercuts the older Axel by half.",
    "In 1905 the Stone Arch was the longest North Vale bridge.",
    "The Stone Arch was the longest North Vale bridge until 1931.",
    "Kenya's literacy rate was 81.5 percent in 2020. That was 9 percent of all schools.",
    f"{KENYA} Ghana came third in the cup.",
    f"{LOANS} Croft's queue was even longer, at 12 minutes.",
    f"{KENYA} Ghana's economy went from 46.7 to 50.1 billion dollars over the same period.",
    f"{SPENT} It was the only fall in a decade that anybody noticed.",
    "The Delta has the lowest price. The Cirrus, shops say, undercuts nobody.",
    f"{SPENT} The first fall since 1990 had come earlier.",
    "Half a million visitors came in the first quarter of 1998.",
    "Visitors first passed two million in 2000, and a million visitors came by air in 2002.",
    f"{KENYA} Officials say that two in five of them left.",
    f"{LOANS} Barton came third in a survey, with 74 points.",
    "Sales of the Red Door rose from 1.9 million to 2.3 million euros.",
    "Visitors spent more than half a million on ice cream in 1998.",
    f"{KENYA} Its capital has a rate of 93 percent.",
    f"{LOANS} The figure is 20,000 higher than it should be.",
    "Chad's literacy rate rose from 10.9 to 25.7 percent, and fell from 25.7 to 22.3 percent.",
    (
        f"{KENYA} In 1980 Ghana's literacy rate was 46.7 percent, in 2020 it was 76.6.",
        ("46.7 percent", "76.6"),
    ),
    (
        f"{KENYA} In 1980 Ghana's literacy rate was the second highest, in 2000 it was second again.",
        ("second",),
    ),
    (
        f"{KENYA} Ghana had, in 1980, a literacy rate of 46.7 percent, and in 2020, 76.6 percent.",
        ("46.7 percent",),
    ),
]


@pytest.mark.parametrize(("text", "words"), BORNE_OUT)
def test_what_is_left_out_is_borne_out(tmp_path, text, words):
    statements = audited(tmp_path, TABLES, text)
    assert not words_with("contradicted", statements)
    fitting = words_with("borne out", statements)
    assert all(any(word in each for each in fitting) for word in words), fitting


@pytest.mark.parametrize(("text", "words"), CONTRADICTED)
def test_what_is_left_out_is_contradicted(tmp_path, text, words):
    wrong = words_with("contradicted", audited(tmp_path, TABLES, text))
    assert all(any(word in each for each in wrong) for word in words), wrong


GERMAN = "Die meisten Ausleihen zählte Ashford mit 812.400."
SPANISH = "Ashford registró 812.400 préstamos."


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("de", f"{GERMAN} Barton folgt mit 540.100.", ("540.100",)),
        ("de", f"{GERMAN} Croft liegt an zweiter Stelle.", ("an zweiter Stelle",)),
        ("de", f"{GERMAN} Croft liegt auf Platz zwei.", ("auf Platz zwei",)),
        ("de", f"{GERMAN} Barton folgt mit 655.300.", ()),
        ("de", f"{GERMAN} Barton liegt auf Platz zwei, Croft auf Platz drei der Radwege.", ()),
        ("es", f"{SPANISH} Le sigue Barton con 540.100.", ("540.100",)),
        ("es", f"{SPANISH} Le sigue Barton con 655.300.", ()),
    ],
)
def test_it_is_carried_in_other_languages(tmp_path, language, text, words):
    assert words_with("contradicted", audited(tmp_path, TABLES, text, language)) == list(words)


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_may_be_of_something_else_is_not_contradicted(tmp_path, text):
    assert not words_with("contradicted", audited(tmp_path, TABLES, text))


def test_the_change_between_two_numbers_is_told(tmp_path):
    text = "Sales of the Red Door fell from 2.5 million to 2.1 million euros."
    first, _ = audited(tmp_path, TABLES, text)
    assert "change is +320,000 euros of Red Door, 2010" in explained(first)


MURDERS = {
    "murders.csv": "city,murders\nChicago,771\nHouston,473\nMemphis,346\nDetroit,303\nDallas,254\n"
}


@pytest.mark.parametrize(
    ("language", "text", "verdict"),
    [
        ("en", "By murders Houston was second only to Chicago.", "borne out"),
        ("en", "Memphis came only third in murders, behind Chicago and Houston.", "borne out"),
        ("en", "Memphis came second in murders behind Chicago.", "contradicted"),
        ("de", "Memphis liegt bei murders nur hinter Chicago und Houston.", "borne out"),
        ("fr", "Pour murders, Memphis est seulement derrière Chicago et Houston.", "borne out"),
        ("fr", "Pour murders, Memphis est seulement derrière Chicago.", "contradicted"),
        ("es", "En murders, Memphis está solo por detrás de Chicago y Houston.", "borne out"),
    ],
)
def test_a_place_behind_others_is_of_the_one_before_them(tmp_path, language, text, verdict):
    statements = audited(tmp_path, MURDERS, text, language)
    assert verdict in {each.verdict for each in statements if each.words != "behind"}


@pytest.mark.parametrize("sheet", ["coast", "lakes"])
def test_a_paragraph_goes_on_about_the_sheet_that_is_named_best(tmp_path, sheet):
    book = Workbook()
    book.remove(book.active)
    for name, more in (("coast", 0), ("lakes", 100)):
        rows = book.create_sheet(name)
        rows.append(["country", "year", "ferry passengers (thousand)"])
        for country, year, value in (("Togo", 2000, 57), ("Kenya", 2000, 68), ("Togo", 2020, 66)):
            rows.append([country, year, value + more])
    data = BytesIO()
    book.save(data)
    folder = written(tmp_path / "site", {})
    (folder / "ferries.xlsx").write_bytes(data.getvalue())
    kenya, togo = (68, 57) if sheet == "coast" else (168, 157)
    (folder / "page.md").write_text(
        f"On the {sheet} of Kenya ferry passengers were {kenya} thousand in 2000. Togo had {togo} thousand.\n"
    )
    assert {each.verdict for each in audit(folder).statements} == {"borne out"}
