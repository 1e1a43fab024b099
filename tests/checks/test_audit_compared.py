"""`broadsheet audit` judges what a sentence compares: how many times, in which time, among which group, and
by which measure.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache  # noqa: F401 - a fixture

TABLES = {
    "ferries.csv": "year,passengers,cars,cancelled,revenue_eur\n"
    "2015,412000,98000,120,8200000\n2016,431500,101200,95,8610000\n2017,455200,104900,143,9020000\n"
    "2018,471800,109300,88,9480000\n2019,489300,113100,101,9950000\n2020,201400,71800,310,4310000\n"
    "2021,264900,88200,205,5760000\n2022,418700,107500,132,9020000\n2023,468100,112400,97,10210000\n"
    "2024,495600,116900,109,11040000\n",
    "energy.csv": "country,year,coal_twh,wind_twh,solar_twh\n"
    "Germany,2010,263,38,12\nGermany,2015,272,81,39\nGermany,2020,135,132,50\nGermany,2023,125,142,61\n"
    "France,2010,23,10,1\nFrance,2015,9,21,7\nFrance,2020,4,40,13\nFrance,2023,2,51,23\n"
    "Spain,2010,23,44,7\nSpain,2015,51,49,14\nSpain,2020,5,56,20\nSpain,2023,4,64,42\n"
    "Poland,2010,136,2,0\nPoland,2015,132,11,0\nPoland,2020,110,16,2\nPoland,2023,99,24,11\n",
    "unemployment.csv": "state,2019,2020,2021,2022\n"
    "Ohio,4.2,8.2,5.1,4.0\nIowa,2.6,5.2,3.9,2.7\nTexas,3.5,7.7,5.6,3.9\nNevada,4.1,13.5,7.2,5.4\n",
    "rivers.csv": "river,country,length_km,discharge_m3s\n"
    "Danube,Romania,2850,6500\nRhine,Netherlands,1230,2900\nElbe,Germany,1094,860\nLoire,France,1006,835\n"
    "Rhone,France,813,1710\nPo,Italy,652,1540\nOder,Poland,854,567\nSeine,France,777,563\n",
    "nba.csv": "PLAYER,TEAM,SALARY\nKobe Bryant,Los Angeles Lakers,25\nJoe Johnson,Brooklyn Nets,24.9\n"
    "LeBron James,Cleveland Cavaliers,22.9\nDeMar DeRozan,Toronto Raptors,10.05\n"
    "Kyle Lowry,Toronto Raptors,12.0\nCory Joseph,Toronto Raptors,7.0\n",
    "staedte.csv": "Stadt,Jahr,Einwohner,Arbeitslosenquote\n"
    + "".join(
        f"{town},{year},{people + 900 * (year - 2019)},{rate}\n"
        for town, people, rates in (
            ("Kiel", 247717, (8.1, 9.6, 8.7)),
            ("Bremen", 569396, (10.4, 11.2, 10.7)),
            ("Rostock", 209920, (7.9, 6.4, 5.9)),
        )
        for year, rate in zip((2019, 2020, 2021), rates, strict=True)
    ),
    "islands.csv": "island,population_2011,population_2023,area_km2,schools\n"
    "Skomer,1250,1310,12.4,2\nRamsey,640,588,6.1,1\nLundy,310,355,4.5,1\nBardsey,95,88,1.8,0\n"
    "Caldey,2140,2405,15.3,3\nPuffin,48,36,0.9,0\n",
    "schools.csv": "school,district,pupils_2019,pupils_2024,teachers,budget_m\n"
    "North High,North,1200,1310,88,9.1\nSouth High,South,940,870,61,6.7\nEast Primary,North,410,455,24,2.6\n",
    "gdp.csv": "Country,Code,2000,2010,2020,2023\nItaly,ITA,1147,2136,1896,2255\nPortugal,PRT,118,238,229,287\n"
    "Austria,AUT,197,392,433,516\n",
}  # fmt: skip
"""Ferries by year, power by country and year, a table with years as columns, and tables of things."""

BORNE_OUT = [
    # How many times.
    ("en", "In 2020 passengers more than halved from the year before.", "more than halved"),
    ("en", "Cancelled sailings more than doubled between 2019 and 2020.", "more than doubled"),
    ("en", "Spain's coal power was 51 TWh in 2015, more than twelve times as much as in 2023.", "more than twelve times as much"),
    ("en", "Spain's coal power in 2015 was more than twelve times as high as in 2023.", "more than twelve times as high"),
    ("de", "In Deutschland hat sich coal zwischen 2015 und 2023 mehr als halbiert.", "mehr als halbiert"),
    ("de", "In Spanien lag coal 2015 bei 51 TWh, mehr als zwölfmal so viel wie 2023.", "mehr als zwölfmal so viel"),
    # Its own highest, and a range of times.
    ("en", "Texas had its highest unemployment in 2020.", "its highest"),
    ("en", "Ohio saw its lowest unemployment in 2022.", "its lowest"),
    ("en", "Germany's coal power was at its lowest in 2023.", "at its lowest"),
    ("en", "Before 2020, passengers were highest in 2019.", "highest"),
    ("en", "Until 2020, passengers were highest in 2019.", "highest"),
    ("en", "Passengers were at their highest before 2020 in 2019.", "at their highest"),
    ("en", "After 2020 revenue was the lowest in 2021.", "the lowest"),
    ("en", "Since 2021, revenue was the lowest in 2021.", "the lowest"),
    ("de", "Vor 2020 waren die passengers 2019 am höchsten.", "am höchsten"),
    ("de", "Nach 2020 war die revenue 2021 am niedrigsten.", "am niedrigsten"),
    # A group.
    ("en", "Among French rivers, the Rhone is first by discharge.", "is first"),
    ("en", "Of the French rivers the Loire is the longest.", "the longest"),
    ("en", "France's longest river is the Loire.", "longest"),
    ("en", "At the Toronto Raptors, Kyle Lowry had the highest salary.", "the highest"),
    # The measure itself.
    ("en", "Revenue in euros rose between 2023 and 2024.", "rose"),
    ("en", "In 2023 Ramsey's population was larger than Lundy's.", "larger"),
    ("en", "Caldey has 3 schools, more than Skomer.", "more"),
    ("en", "North High has a bigger budget than South High.", "bigger"),
    ("en", "The area of Ramsey is 6.1 km2. Ramsey is bigger than Lundy.", "bigger"),
    ("en", "The Po is 652 km long. The Elbe is longer than the Po.", "longer"),
    ("de", "Die Arbeitslosenquote in Bremen betrug 2019 10,4 Prozent. In Kiel war sie niedriger als in Bremen.", "niedriger"),
    ("de", "Danube ist der längste Fluss.", "der längste"),
    ("de", "Po ist kürzer als Rhine.", "kürzer"),
]  # fmt: skip
CONTRADICTED = [
    ("en", "In 2020 cars more than halved from the year before.", "more than halved"),
    ("en", "Passengers less than halved between 2019 and 2020.", "less than halved"),
    ("en", "Spain's coal power in 2015 was more than fourteen times as high as in 2023.", "more than fourteen times as high"),
    ("en", "Spain's coal power in 2023 was more than twelve times as high as in 2015.", "more than twelve times as high"),
    ("en", "Germany had its highest wind power in 2020.", "its highest"),
    ("en", "Spain had the highest wind power in 2020.", "the highest"),
    ("en", "Before 2020, passengers were highest in 2018.", "highest"),
    ("en", "Since 2021, revenue was the lowest in 2023.", "the lowest"),
    ("en", "Of the French rivers the Seine is the longest.", "the longest"),
    ("en", "At the Toronto Raptors, Cory Joseph had the highest salary.", "the highest"),
    ("en", "The Po is 652 km long. The Elbe is shorter than the Po.", "shorter"),
    ("en", "Skomer's area is three times that of Ramsey.", "three times"),
    ("de", "Am kürzesten ist Seine.", "Am kürzesten"),
]  # fmt: skip
UNKNOWN = [
    # More than "doubled" says, and a rank of which a reading holds.
    ("en", "Cars less than doubled between 2019 and 2020."),
    ("en", "Spain's wind power was the highest in 2023."),
    ("en", "Unemployment in Ohio was the highest in 2020."),
    ("en", "Wind power in Spain was the lowest in 2010."),
    ("de", "Bremen hatte 2019 die niedrigste Arbeitslosenquote."),
    ("en", "Since 2021, revenue was the lowest in 2022."),
    ("en", "Passengers fell after 2020."),
    # A group of which the table has nothing else.
    ("en", "The Po is Italy's longest river."),
    ("en", "The longest river in Poland is the Oder."),
    ("en", "The Loire of France is the longest river."),
    ("en", "It is the longest river in Germany."),
    ("en", "The longest river in Germany is navigable."),
    ("en", "LeBron James had the highest salary of all the players of the Cleveland Cavaliers."),
]
OF_ANOTHER_MEASURE = [
    # What the words themselves say.
    ("en", "Ramsey has one school. Ramsey is bigger than Lundy."),
    ("en", "Ramsey, with one school, is smaller than Lundy."),
    ("en", "Ramsey has one school and is larger than Lundy."),
    ("en", "Caldey has 3 schools. Lundy is the largest island."),
    ("en", "Ramsey has one school. Skomer is three times as big as Ramsey."),
    ("en", "Ramsey has one school. Skomer is half the size of Ramsey."),
    ("en", "In 2023 Germany generated solar power of 61 TWh. Spain is hotter than Germany."),
    ("en", "In 2023 Germany generated solar power of 61 TWh. France is richer than Spain."),
    ("en", "The Po is 652 km long. The Rhone is the third-strongest."),
    ("de", "Die Arbeitslosenquote in Bremen betrug 2019 10,4 Prozent. Bremen ist kleiner als Kiel."),
    ("de", "Die Arbeitslosenquote in Bremen betrug 2019 10,4 Prozent, und Bremen ist ärmer als Kiel."),
    ("de", "Die Arbeitslosenquote in Bremen betrug 2019 10,4 Prozent. Kiel ist doppelt so groß wie Bremen."),
    # A density, a ratio, a share.
    ("en", "Ramsey was more densely populated than Skomer in 2023."),
    ("de", "2019 war Kiel dichter besiedelt als Bremen."),
    ("en", "Revenue per passenger fell between 2019 and 2020."),
    ("en", "North High spends more per pupil than South High."),
    ("en", "South High has fewer teachers per pupil than North High."),
    ("en", "South High has more teachers for each pupil than North High."),
    ("de", "2019 hatte Bremen mehr Einwohner pro Quadratkilometer als Kiel."),
    ("en", "In 2023 Germany had more wind power per head than France."),
    ("en", "In 2023 Spain had more solar power per square kilometre than Germany."),
    ("en", "The share of cars rose in 2020."),
    ("en", "Cars as a proportion of passengers rose in 2020."),
    ("de", "2020 war der Anteil der Einwohner in Kiel größer als in Bremen."),
    # A change, a kind, another currency, constant prices.
    ("en", "The number of new passengers fell in 2024."),
    ("en", "There were fewer new cars in 2021 than in 2020."),
    ("de", "2020 hatte Kiel mehr neue Einwohner als Bremen."),
    ("de", "Der Zuwachs der Einwohner war 2020 in Kiel größer als in Bremen."),
    ("en", "Average revenue rose in 2020."),
    ("en", "Revenue in dollars fell between 2023 and 2024."),
    ("en", "Italy's GDP was 2,255 in 2023. Portugal's real GDP rose between 2010 and 2020."),
]  # fmt: skip
OF_ANOTHER_THING = [
    # Each number is exactly that of another row.
    ("en", "German offshore wind gave 24 TWh in 2023."),
    ("en", "In 2023 German rooftop solar power gave 42 TWh."),
    ("en", "Germany curtailed 24 TWh of wind power in 2023."),
    ("en", "In 2023 wind power in eastern Germany was 24 TWh."),
    ("en", "Germany generated up to 64 TWh of wind power in 2023."),
    ("en", "It is a myth that Germany generated 64 TWh of wind power in 2023."),
    ("en", "In 2023 Germany reportedly generated 64 TWh of wind power."),
    ("en", "In 2023, at one point, German wind power was 64 TWh."),
    ("en", "Skomer's seal population was 355 in 2023."),
    ("en", "The population of Skomer village was 355 in 2023."),
    ("en", "The population of puffins on Skomer was 355 in 2023."),
    ("en", "Caldey's Catholic population was 1,310 in 2023."),
    ("de", "2019 hatte Kiel 209.920 katholische Einwohner."),
    ("de", "2019 hatte die Altstadt von Bremen 209.920 Einwohner."),
    ("de", "2019 hatte Kiel bis zu 209.920 Einwohner."),
    ("de", "Es ist ein Irrtum, dass Kiel 2019 209.920 Einwohner hatte."),
    ("de", "Angeblich hatte Kiel 2019 209.920 Einwohner."),
    ("de", "In Kiel wurden 2019 209.920 Einwohner geimpft."),
]
OF_A_NEIGHBOUR = [
    ("en", "Germany generated 64 TWh of wind power in 2023."),
    ("en", "Germany's wind power jumped up to 64 TWh in 2023."),
    ("en", "France's wind power stepped up to 64 TWh in 2023."),
    ("en", "Skomer's population was 355 in 2023."),
    ("de", "2019 hatte Kiel 209.920 Einwohner."),
]
CHANGES = [
    ("en", "The rise in revenue was smaller in 2024 than in 2023.", "borne out"),
    ("en", "The rise in revenue was larger in 2024 than in 2023.", "contradicted"),
    ("en", "Growth in revenue was lower in 2024 than in 2023.", "borne out"),
    ("en", "Growth in revenue was higher in 2024 than in 2023.", "contradicted"),
    ("en", "The rise in unemployment was larger in Texas than in Ohio in 2020.", "borne out"),
    ("en", "The rise in unemployment was larger in Ohio than in Nevada in 2020.", "contradicted"),
    ("en", "Unemployment rose more in Nevada than in Ohio in 2020.", "borne out"),
    ("en", "Unemployment fell more in Ohio than in Nevada in 2022.", "contradicted"),
    ("en", "Germany's wind power grew faster than Poland's between 2010 and 2015.", "unknown"),
    ("en", "Spain's wind power grew faster than Germany's between 2015 and 2023.", "contradicted"),
    ("en", "Spain's wind power grew more slowly than Germany's between 2015 and 2023.", "borne out"),
    ("de", "Die Arbeitslosenquote stieg zwischen 2019 und 2020 in Kiel schneller als in Bremen.", "borne out"),
    ("de", "Die Arbeitslosenquote stieg zwischen 2019 und 2020 in Bremen schneller als in Kiel.", "contradicted"),
    # The one rose and the other fell; of which time; from which year.
    ("en", "The decline in passengers was greater in 2020 than in 2019.", "unknown"),
    ("en", "Unemployment rose more in Nevada than in Ohio."  , "unknown"),
    ("en", "The rise in wind power was larger in Germany than in Spain in 2023.", "unknown"),
]  # fmt: skip
NONE_MORE = [
    ("en", "No other state had a higher unemployment rate in 2020 than Nevada.", "borne out"),
    ("en", "No other state had a higher unemployment rate in 2020 than Texas.", "contradicted"),
    ("en", "No river is longer than the Danube.", "borne out"),
    ("en", "No river is longer than the Rhine.", "contradicted"),
    ("en", "No river is shorter than the Rhine.", "contradicted"),
    ("en", "No other river in France is longer than the Loire.", "unknown"),
]


def verdicts(place, language: str, text: str) -> list[tuple[str, str]]:
    """The words of each statement that is not unknown, with its verdict."""
    said = audited(place, TABLES, text, language)
    return [(each.words, each.verdict) for each in said if each.verdict != "unknown"]


@pytest.mark.parametrize(("language", "text", "words"), BORNE_OUT)
def test_what_holds_is_borne_out(tmp_path, language, text, words):
    said = verdicts(tmp_path, language, text)
    assert (words, "borne out") in said
    assert {verdict for _, verdict in said} == {"borne out"}


@pytest.mark.parametrize(("language", "text", "words"), CONTRADICTED)
def test_what_holds_in_no_reading_is_contradicted(tmp_path, language, text, words):
    assert (words, "contradicted") in verdicts(tmp_path, language, text)


@pytest.mark.parametrize(("language", "text"), UNKNOWN)
def test_what_may_be_meant_otherwise_is_unknown(tmp_path, language, text):
    assert verdicts(tmp_path, language, text) == []


@pytest.mark.parametrize(("language", "text"), OF_ANOTHER_MEASURE)
def test_a_comparison_of_another_measure_is_unknown(tmp_path, language, text):
    said = audited(tmp_path, TABLES, text, language)
    compared = [each for each in said if each.kind == "comparison" or each.unit == "times"]
    assert {each.verdict for each in compared} <= {"unknown"}


@pytest.mark.parametrize(("language", "text", "verdict"), CHANGES)
def test_changes_are_compared_where_amount_and_percent_say_the_same(
    tmp_path, language, text, verdict
):
    compared = [each for each in audited(tmp_path, TABLES, text, language) if each.reading]
    said = {each.verdict for each in compared if each.reading.operation == "comparison of changes"}
    assert said <= {verdict}
    assert said or verdict == "unknown"


@pytest.mark.parametrize(("language", "text", "verdict"), NONE_MORE)
def test_what_none_has_more_of_is_the_first(tmp_path, language, text, verdict):
    said = {each for _, each in verdicts(tmp_path, language, text)}
    assert said == ({verdict} - {"unknown"})


@pytest.mark.parametrize(("language", "text"), OF_ANOTHER_THING)
def test_the_number_of_a_neighbour_may_be_of_something_else(tmp_path, language, text):
    assert verdicts(tmp_path, language, text) == []


@pytest.mark.parametrize(("language", "text"), OF_A_NEIGHBOUR)
def test_the_number_of_a_neighbour_contradicts_a_plain_sentence(tmp_path, language, text):
    assert [verdict for _, verdict in verdicts(tmp_path, language, text)] == ["contradicted"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("2020 gab es in Kiel mehr Ärzte je 1000 Einwohner als in Bremen.", "borne out"),
        ("2020 gab es in Bremen mehr Ärzte je 1000 Einwohner als in Kiel.", "contradicted"),
    ],
)
def test_a_measure_that_is_so_much_per_something_is_compared_as_such(tmp_path, text, verdict):
    rows = "".join(
        f"{town},2020,{rate}\n" for town, rate in (("Kiel", 5.1), ("Bremen", 4.4), ("Mainz", 4.9))
    )
    table = {"aerzte.csv": f"Stadt,Jahr,Ärzte je 1000 Einwohner\n{rows}"}
    assert {each.verdict for each in audited(tmp_path, table, text, "de")} == {verdict}
