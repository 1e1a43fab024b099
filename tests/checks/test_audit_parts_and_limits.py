"""`broadsheet audit` reads parts in letters, limits that are just missed, multiples, years told by others, people, names
of two words, and values of the average row; each as a true sentence and as a false one.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, rows_over_time, worst  # noqa: F401 - a fixture

TABLES = {
    "jobs.csv": "country,year,unemployment\n"
    + rows_over_time(
        range(1980, 1996, 5),
        {
            "Belgium": (9.4, 11.7, 8.7, 9.3),
            "Norway": (1.7, 2.6, 5.2, 4.9),
            "Japan": (2.0, 2.6, 2.1, 3.2),
        },
    ),
    "games-1988.csv": "athlete,country,longjump,hurdles,score\n"
    "Carla Jung,GDR,6.71,12.85,6897\nAnke Berg,GDR,6.68,13.2,6858\nNadia Sokol,URS,6.25,13.61,6540\n"
    "Jane Fleming,AUS,6.37,13.38,6351\nJoyce Launa,PNG,4.88,16.42,4566\nLea Hagger,GB,6.34,13.47,5975\n"
    "Ines Braun,FRG,6.12,13.71,6109\nMia Kytola,FIN,5.75,14.31,5686\nAda Geremia,BRA,5.5,14.23,5508\n"
    "Rita Brown,USA,6.13,14.07,5972\nOlga Bouraga,URS,6.28,13.25,6252\n",
    "grads.csv": "major,graduates,women\nNursing,209394,187621\nComputer science,128319,28576\nHistory,141951,61050\n",
    "murders.csv": "city,state,2014_murders,2015_murders\nSt. Louis,Missouri,159,188\nChicago,Illinois,411,478\nDover,Ohio,30,41\n",
    "ships.csv": "ship,flag,built\nAmal,Norway,1990\nBora,Norway,1991\nCaro,Greece,1992\nDiva,Greece,1985\nElla,Norway,1970\n"
    "Fara,Malta,1988\nGala,Norway,1983\nHera,Norway,1999\nIris,Malta,2001\nJuno,Norway,2004\n",
    "spending.csv": "state,education\nOhio,172\nIowa,234\nMaine,189\nUtah,201\nTexas,155\nDistrict of Columbia,246\n",
    "medals.csv": "nation,gold,silver\nKorea,24,13\nChina,10,15\nCanada,9,12\n",
    "flow.csv": "year,flow\n1871,1120\n1879,1370\n1890,1140\n1916,1120\n1930,759\n1954,1050\n1964,1170\n",
    "crime.csv": "state,executions,poverty\nTexas,37,16.7\nVirginia,9,12.5\nArizona,2,18.8\nOhio,1,14.3\nUtah,0,8.2\n"
    "Glasgow City,0,15.1\nMaine,5,11.4\nIowa,3,9.9\nKansas,4,10.5\nIdaho,0,13.1\nOregon,1,11.7\n",
    "lifeboats.csv": "boat,side,women,total\n7,Port,20,27\n5,Port,30,41\n1,Port,2,12\n13,Starboard,59,64\n15,Starboard,53,70\nC,Port,64,71\n",
    "habits.csv": "age,coffee,juice\n12,3.9,41.2\n13,8.5,39.7\n21,83.2,33.0\n22-23,84.2,28.4\n65+,49.3,7.2\n",
    "savings.csv": "country,savings_rate,under_15,income_per_head\nJapan,21.1,27.01,1257.28\nIndia,9.0,41.31,88.94\nSweden,6.86,21.44,3299.49\n"
    "Italy,14.28,24.52,1390.0\nCosta Rica,10.78,47.64,471.24\n",
    "census.csv": "year,population\n1910,92.0\n1920,105.7\n1930,122.8\n1940,131.7\n1950,151.3\n",
    "army.csv": "year,soldiers\n1956,285.7\n1957,279.8\n1958,263.7\n",
    "fertility.csv": "country,year,births_per_woman\n"
    + rows_over_time(
        (2000, 2005, 2010),
        {
            name: (2.8 + at / 5, 2.6 + at / 5, 2.3 + at / 5)
            for at, name in enumerate(
                [
                    "Mali",
                    "India",
                    "Niger",
                    "Chad",
                    "Togo",
                    "Kenya",
                    "Ghana",
                    "Peru",
                    "Chile",
                    "Nepal",
                    "Laos",
                ]
            )
        },
    ),
    "storms.csv": "state,hurricanes\nGeorgia,20\nFlorida,120\nTexas,64\nOhio,0\nMaine,6\n",
    "trust.csv": "country,year,trust\nSpain,2016,75\nSpain,2017,7\nMexico,2016,49\nMexico,2017,5\n",
    "meat.csv": "year,beef,pork,chicken\n1990,22.7,15.4,18.4\n1995,25.2,17.8,24.8\n1996,25.5,17.1,26.1\n2020,27.2,28.3,44.6\n",
    "votes.csv": "county,bush,gore\nOrange,134476,140115\nVolusia,82214,97063\nPolk,90101,74977\n",
    "canada.csv": "year,population\n1941,11.507\n1951,13.648\n1961,17.78\n",
    "plague.csv": "year,burials\n1663,12741\n1664,15453\n1665,97306\n1666,12738\n1676,19076\n",
    "datapackage.json": """{"resources": [
        {"path": "jobs.csv", "title": "Unemployment", "schema": {"fields": [{"name": "country"}, {"name": "year"},
            {"name": "unemployment", "title": "Unemployment rate", "unit": "percent"}]}},
        {"path": "ships.csv", "title": "Ships of the fleet"},
        {"path": "spending.csv", "title": "School spending", "schema": {"fields": [{"name": "state"},
            {"name": "education", "title": "Education expenditures per head", "unit": "US dollars"}]}},
        {"path": "medals.csv", "title": "Olympic medals"},
        {"path": "flow.csv", "title": "Flow of the river Nile", "schema": {"fields": [{"name": "year"},
            {"name": "flow", "title": "Flow", "unit": "100 million cubic metres"}]}},
        {"path": "crime.csv", "title": "Executions by state", "schema": {"fields": [{"name": "state"},
            {"name": "executions", "title": "Executions"}, {"name": "poverty", "title": "People in poverty", "unit": "percent"}]}},
        {"path": "lifeboats.csv", "title": "People in the lifeboats"},
        {"path": "habits.csv", "title": "What people drink, by age", "schema": {"fields": [{"name": "age", "title": "Age group"},
            {"name": "coffee", "title": "Coffee drinkers", "unit": "percent"}, {"name": "juice", "title": "Juice drinkers", "unit": "percent"}]}},
        {"path": "savings.csv", "title": "Savings of countries", "schema": {"fields": [{"name": "country"},
            {"name": "savings_rate", "title": "Savings rate", "unit": "percent"},
            {"name": "under_15", "title": "People under 15", "unit": "percent"},
            {"name": "income_per_head", "title": "Income per head", "unit": "US dollars"}]}},
        {"path": "census.csv", "title": "Population of the United States", "schema": {"fields": [{"name": "year"},
            {"name": "population", "title": "Population", "unit": "millions"}]}},
        {"path": "army.csv", "title": "Soldiers of the army", "schema": {"fields": [{"name": "year"},
            {"name": "soldiers", "title": "Soldiers", "unit": "ten thousand"}]}},
        {"path": "fertility.csv", "title": "Births per woman"},
        {"path": "storms.csv", "title": "Hurricanes by state"},
        {"path": "trust.csv", "title": "Trust in the president", "schema": {"fields": [{"name": "country"}, {"name": "year"},
            {"name": "trust", "title": "Trust in the president", "unit": "percent"}]}},
        {"path": "meat.csv", "title": "Meat production in billion pounds"},
        {"path": "votes.csv", "title": "Votes for president by county"},
        {"path": "canada.csv", "title": "Population of Canada", "schema": {"fields": [{"name": "year"},
            {"name": "population", "title": "Population", "unit": "millions"}]}},
        {"path": "plague.csv", "title": "Burials in London"}]}""",
}
BOTH = [
    # A limit is kept or not, also by less than a whole of its last digit.
    ("Unemployment in Belgium was above 11 percent in 1985.", "Unemployment in Belgium was above 12 percent in 1985."),
    ("In 1990 unemployment in Norway was more than 5 percent.", "In 1990 unemployment in Belgium was more than 9 percent."),
    # A multiple is none of what is off by a sixth.
    ("In 1990 unemployment in Norway was more than twice that in Japan.", "In 1985 unemployment in Belgium was six times as high as in Japan."),
    # Two words of the text are one of the table.
    ("Anke Berg managed a long jump of 6.68 metres.", "Anke Berg managed a long jump of 6.86 metres."),
    ("Jane Fleming ran the hurdles in 13.38 seconds.", "Jane Fleming ran the hurdles in 13.25 seconds."),
    ("Joyce Launa had a score of 4,566 points.", "Joyce Launa had a score of 4,656 points."),
    # People are those of a measure of people, how far its value may be from their number.
    ("In St. Louis 188 people were murdered in 2015.", "In St. Louis 29 people were murdered in 2015."),
    # A part in letters is one of another measure, of the rows, of a label among all.
    ("Over a fifth of the computer science graduates are women.", "About a third of the computer science graduates are women."),
    ("60 percent of the ships are from Norway.", "Half of the ships are from Malta."),
    # The year is told by another: that of the sentence, or of the one before.
    ("In 1665 burials rose to 97,306. The year before there had been 15,453 burials.", "In 1665 burials rose to 97,306. The year before there had been 12,741 burials."),
    ("In 1666 there were 12,738 burials. Ten years later there were 19,076 burials.", "In 1666 there were 12,738 burials. Ten years later there were 15,453 burials."),
    # A record by "not since" and "never".
    ("Not since 1916 had the flow of the Nile been as high as in 1964.", "Not since 1916 had the flow of the Nile been as high as in 1930."),
    ("The flow was never as high as in 1879.", "The flow was never as high as in 1964."),
    ("The flow was never as low as in 1930.", "The flow was never as low as in 1954."),
    # A number in letters, or one of two digits, before the noun of the measure.
    ("Virginia had nine executions.", "Virginia had six executions."),
    ("Together the three nations won 43 gold medals.", "Together the three nations won 53 gold medals."),
    # People of whom the measure is itself.
    ("In Arizona 18.8 percent of people lived in poverty.", "In Arizona 14.8 percent of people lived in poverty."),
    # A number behind a name of a place is none of the name.
    ("In Glasgow City 15.1 percent lived in poverty.", "In Glasgow City 18.8 percent lived in poverty."),
    # A unit of so many.
    ("In 1879 the flow was 137 billion cubic metres.", "In 1879 the flow was 114 billion cubic metres."),
    # Labels that are a number, a range or a letter.
    ("Boat 13 had 59 women.", "Boat 13 had 53 women."),
    ("There were 64 women in boat C.", "There were 54 women in boat C."),
    ("There were more women in boat 15 than in boat 5.", "There were more women in boat 7 than in boat 5."),
    ("Among 21-year-olds, 83.2 percent were coffee drinkers.", "Among 21-year-olds, 84.2 percent were coffee drinkers."),
    ("In the group 22 to 23 juice drinkers were 28.4 percent.", "In the group 22 to 23 juice drinkers were 33 percent."),
    ("In 1956 there were 2.86 million soldiers.", "In 1956 there were 2.64 million soldiers."),
    # People of a measure that is of some of them.
    ("In Italy 24.5 percent of people were under 15.", "In Italy 27.5 percent of people were under 15."),
    # A decade ends with the next one in a table of every tenth year.
    ("In the 1930s the population grew by 8.9 million.", "In the 1930s the population grew by 17.1 million."),
    # A multiple of what the sentence before tells.
    ("Income per head in Sweden was 3,299 dollars. That was 37 times as much as in India.", "Income per head in Sweden was 3,299 dollars. That was 20 times as much as in India."),
    # All rows of a table that the sentence, or its heading, is of.
    ("There are 11 athletes in the table.", "There are 25 athletes in the table."),
    ("The savings rate of the five countries was 12.4 percent on average.", "The savings rate of the five countries was 14.2 percent on average."),
    # A limit in letters, and one of each of some.
    ("In India fertility was above two in 2010.", "In India fertility was above three in 2010."),
    ("Georgia and Maine have had fewer than 30 hurricanes.", "Georgia and Texas have had fewer than 30 hurricanes."),
    # A clause aside has a time and a condition of its own.
    ("Florida, which might have feared worse at that time, had 120 hurricanes.", "Florida, which might have feared worse at that time, had 130 hurricanes."),
    ("More hurricanes have struck Texas than Georgia.", "More hurricanes have struck Maine than Georgia."),
    # Columns that are compared with each other.
    ("Chicken overtook beef in 1996.", "Pork overtook chicken in 1996."),
    ("In 2020 beef came third.", "In 2020 pork came third."),
    ("In Orange County Gore was ahead of Bush.", "In Polk County Gore was ahead of Bush."),
    # The year of a table is in its title.
    ("In 1988 Lea Hagger had a score of 5,975.", "In 1988 Lea Hagger had a score of 5,795."),
    # A people is counted.
    ("In 1951 there were 13.6 million Canadians.", "In 1951 there were 11.5 million Canadians."),
    ("From 1951 to 1961 the number of Canadians rose by 30 percent.", "From 1951 to 1961 the number of Canadians rose by 40 percent."),
    # A part of all, of what the sentence before is of.
    ("Texas had 37 executions. That was 60 percent of all executions.", "Texas had 37 executions. That was 50 percent of all executions."),
]  # fmt: skip


@pytest.mark.parametrize(("true", "false"), BOTH)
def test_a_true_sentence_is_borne_out_and_a_false_one_is_contradicted(tmp_path, true, false):
    assert worst(audited(tmp_path / "true", TABLES, true)) == "borne out"
    assert worst(audited(tmp_path / "false", TABLES, false)) == "contradicted"


TRUE = [
    "Joyce Launa came last with a score of 4,566.",
    "11 athletes took part.",
    "Laos has the highest fertility.",
    "Three states had 0 executions each.",
    "The plague of 1665 led to 97,306 burials at last.",
    "The list has data for five states and the District of Columbia. The average state spent 199.5 dollars per head on education.",
]


@pytest.mark.parametrize("text", TRUE)
def test_a_true_sentence_is_not_contradicted(tmp_path, text):
    assert worst(audited(tmp_path, TABLES, text)) == "borne out"


def test_a_percentage_from_which_a_value_fell_is_no_change_in_spanish(tmp_path):
    true = "En España, la confianza en el presidente cayó del 75 % en 2016 al 7 % en 2017."
    assert worst(audited(tmp_path, TABLES, true, "es")) == "borne out"


UNKNOWN = [
    # A limit that is nearly kept, a multiple that is nearly right.
    "In 1995 unemployment in Norway was above 5 percent.",
    # Half of those of one place are no share of the place among all.
    "Half of Norway's unemployed were young in 1990.",
    # A time of its own, and not one told by another; one told by a time that is nowhere.
    "The savings rate of Italy was thought to be high. Two years later it was 12 percent.",
    "In 1976, eleven years later, it was 19,076.",
    "Two thirds of the athletes had a cold.",
    # A number that is no label, and one of another thing.
    "Boat 20 had 59 women.",
    "In 1992 Lea Hagger had a score of 5,795.",
    "Falls accounted for 14 percent of the burials in 1664.",
    "In 1951, 5 million Canadians owned a car.",
    "In 1951 there were 9 million Canadians over 20.",
    # A part of what the measure is of, and of more than the table has.
    "In Glasgow City 40 percent of people in poverty are old.",
    "Texas had executions. That was half of all executions in the country.",
    "Half of the computer science graduates found a job.",
    "Cabin 13 had 53 women.",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_in_the_data_is_not_contradicted(tmp_path, text):
    assert worst(audited(tmp_path, TABLES, text)) == "unknown"
