"""The list "How we know": each line of it is true as it is written, and says what its value is."""

from __future__ import annotations

from collections.abc import Callable

import lxml.html
import numpy as np
import pytest

from broadsheet.notebook.charts.chart_parts import written
from broadsheet.notebook.values.places import at_place
from broadsheet.notebook.values.shown_values import shown
from conftest import TABLE, Site
from plotly_alive.reading.number_words import AxisNumbers

Command = Callable[..., tuple[int, str, str]]

ROWS = """code,country,year,power,price,fuel,note,output
DEU,Germany,2022,506.8,0.0004,gas,,1
DEU,Germany,2023,449.8,0,coal,late,2
FRA,France,2022,445.3,47.85,gas,,3
FRA,France,2023,494.6,1.2461,gas,,4
PRT,Portugal,2022,0.94,1.2457,wind,,5
PRT,Portugal,2023,0.96,-5.25,wind,,6
"""
FIELDS = [
    {"name": "code", "title": "Code", "type": "string"},
    {"name": "country", "title": "Country", "type": "string"},
    {"name": "year", "title": "Year", "type": "integer"},
    {"name": "power", "title": "Exports", "type": "number", "unit": "TWh"},
    {"name": "price", "title": "Balance", "type": "number", "unit": "US$ mn"},
    {"name": "fuel", "title": "Fuel", "type": "string"},
    {"name": "note", "title": "Note", "type": "string"},
    {"name": "output", "title": "Output", "type": "number", "unit": "US$ bn"},
]
ENTRY = TABLE | {"title": "Power", "schema": {"fields": FIELDS, "primaryKey": ["code", "year"]}}
CELL = """import broadsheet as bs
table = bs.table("trade")
power = table.set_index(["code", "year"]).sort_index()
french, german = table[table.code == "FRA"].set_index("year"), table[table.code == "DEU"].set_index("year")
wide = table.pivot(index="code", columns="year", values="power")
places = wide.rank(ascending=False)
names = ["Germany", "France"]
def rank_of(year, code):
    place, of = places[year][code], wide[year].count()
    return bs.prose("{}, {}", bs.rank(place, "third", source=table), bs.count(of, "190"))"""


def listed(
    site: Site, run: Command, prose: str, cell: str = CELL, **more: str
) -> list[tuple[str, str]]:
    """Each entry of the list, and the line that it rests on."""
    site.table(ROWS, entry=ENTRY)
    site.article("trade", cell, ("md", prose), **more)
    code, _, reported = run(site, "build")
    assert code == 0, reported
    page = lxml.html.fromstring(site.read("_site/posts/trade/index.html"))
    found = []
    for entry in page.find_class("known")[0].iter("li"):
        lines = [*entry.find_class("known-exact"), *entry.find_class("known-note")]
        text = entry.find("b").text_content()
        found.append((text, " ".join(" ".join(one.text_content() for one in lines).split())))
    return found


def facts(site: Site, run: Command, expressions: dict[str, str], **more: str) -> None:
    """Each expression, with the line that the fact rests on."""
    prose = ", ".join(f"`{{python}} {one}`" for one in expressions)
    lines = [line for _, line in listed(site, run, prose, **more)]
    assert lines == [f"{line}." for line in expressions.values()]


def claims(site: Site, run: Command, conditions: dict[str, str], **more: str) -> None:
    """Each condition, with what the claim says."""
    prose = " ".join(f"""[words]{{claim='{one}'}}""" for one in conditions)
    said = [head for head, _ in listed(site, run, prose, **more)]
    assert said == [f"{one}." for one in conditions.values()]


def test_the_working_of_a_change_is_an_equation_that_holds(site: Site, run: Command) -> None:
    shown = dict(
        listed(
            site, run,
            """`{python} moved(german.power, 2022, 2023, "11 percent")`, `{python} change(french.power, 2022, 2023)`,
`{python} moved(portuguese.price, 2022, 2023)`, `{python} moved(share, 2022, 2023)`, `{python} moved(doubled, 2022, 2023, fold=2)`.""",
            CELL + """
portuguese = table[table.code == "PRT"].set_index("year")
share = (german.power / (german.power + french.power) * 100).rename("Germany’s share")
doubled = german.power.mul([1, 3]).rename("Thrice as much")""",
        )
    )  # fmt: skip
    assert {text: line for text, line in shown.items() if "“" not in text} == {
        "11 percent": "1 − 449.8 / 506.8 = 11.2 percent.",
        "11.1 percent": "494.6 / 445.3 − 1 = 11.1 percent.",
        "$6.5 million": "1.2457 − (−5.25) = $6.5 million.",
        "5.6 percentage points": "53.2297 − 47.6281 = 5.6 percentage points.",
        "2.7-fold": "1,349.4 / 506.8 = 2.7-fold.",
    }


def test_a_sign_that_is_left_out_or_turned_is_part_of_the_working(site: Site, run: Command) -> None:
    change = "german.power[2023] / german.power[2022] - 1"
    facts(site, run, {
        f"pct(-({change}))": "−(449.8 / 506.8 − 1) = 11.2 percent",
        f"pct(abs({change}), '11.25 percent')": "|449.8 / 506.8 − 1| = 11.25 percent",
        "pct(1 - german.power[2023] / german.power[2022])": "1 − 449.8 / 506.8 = 11.2 percent",
        "amount(3 - power.price['PRT', 2023], '8')": "3 − (−5.25) = $8.25 million",
        "amount(-power.price['PRT', 2023] + 4, '9')": "−(−5.25) + 4 = $9.25 million",
        "amount(abs(power.price['PRT', 2023]), '5.25')": "Balance, Portugal, 2023, without its sign: $5.25 million",
        "amount(-power.price['PRT', 2023], '5.3')": "Balance, Portugal, 2023, with the opposite sign: $5.3 million",
        "amount(round(power.power['PRT', 2023]), '1 TWh')": "Exports, Portugal, 2023, rounded: 1 TWh",
    })  # fmt: skip


def test_a_count_and_a_rank_say_what_they_are(site: Site, run: Command) -> None:
    facts(site, run, {
        "count(wide[2022].count())": "Number of values of Exports, 2022: 3",
        "count(len(wide))": "Number of values of Exports: 3",
        "count(len(table))": "Number of rows: 6",
        "count(table.shape[1])": "Number of columns: 8",
        "count(len(names), source=table)": "Number of names: 2",
        "count(table.fuel.nunique())": "Number of different values of Fuel: 3",
        "count((table.fuel == 'gas').sum())": "Number of cases of Fuel = gas, of 6 values: 3",
        "pct((wide[2022] > 400).mean())": "Share of cases of Exports 2022 > 400, of 3 values: 66.7 percent",
        "count(table.fuel.value_counts()['gas'])": "Number of values of Fuel, gas: 3",
        "count(table.groupby('fuel').size()['coal'])": "Number of rows, coal: 1",
        "count(table.groupby('fuel').power.count()['wind'])": "Number of values of Exports, wind: 2",
        "count(len(table.groupby('fuel').power.count()))": "Number of values of Fuel: 3",
        "count(table.note.isna().sum())": "Number of missing values of Note, of 6 values: 5",
        "count(len(german.power > 400))": "Number of values of Year: 2",
        "amount(german.power.max(), '1 TWh')": "Exports, Germany, 2022: 506.8 TWh",
        "count(table.fuel.isin(['gas', 'coal']).sum())": "Number of chosen values of Fuel, of 6 values: 4",
        "rank(places[2023]['FRA'])": "Rank by Exports, 2023, France: 1",
        "count(german.power.idxmax(), '2022')": "Year with the highest value of Exports, Germany: 2022",
        "count(german.index[-1], '2020')": "Year: 2023",
        "count(table.year.max(), '2021')": "Year, highest of 6 values: 2023",
        "amount(wide[2023].median(), '1.2 TWh')": "Exports, 2023, median of 3 values: 449.8 TWh",
        "amount(wide[2023].std(), '1.2 TWh')": "Exports, 2023, standard deviation of 3 values: 273.0 TWh",
        "amount(german.power.diff()[2023], '-1.2 TWh')": "Change in Exports, Germany, 2023: −57.0 TWh",
        "amount(max(power.power['PRT', 2023], power.power['FRA', 2023]), '1 TWh')": "Exports, France, 2023: 494.6 TWh",
    })  # fmt: skip


def test_a_value_of_a_function_of_the_notebook_says_what_it_is(site: Site, run: Command) -> None:
    assert listed(site, run, "`{python} rank_of(2023, 'PRT')`.") == [
        ("third", "Rank by Exports, 2023, Portugal: 3."),
        ("3", "Number of values of Exports, 2023: 3."),
    ]


def test_a_value_in_another_unit_is_still_that_of_the_table(site: Site, run: Command) -> None:
    facts(site, run, {
        "usd(power.price['FRA', 2022] * 1000, '$47.85 million')": "Balance, France, 2022: $47.85 million",
        "usd(power.price['FRA', 2022] * 1000 / 3, '$16 million')": "(47.85 × 1,000) / 3 = $16.0 million",
    })  # fmt: skip


def test_a_ratio_of_millions_and_billions_says_how_it_is_converted(
    site: Site, run: Command
) -> None:
    facts(site, run, {
        "pct(power.price['FRA', 2022] / power.output['FRA', 2022])": "47.85 / (3 × 1,000) = 1.6 percent",
        "times(power.output['FRA', 2022] / power.price['FRA', 2022])": "3 × 1,000 / 47.85 = 62.7 times",
    })  # fmt: skip


def test_a_value_is_at_least_as_exact_as_what_is_stated(site: Site, run: Command) -> None:
    facts(site, run, {
        "usd(power.price['FRA', 2022], '$47.85 million')": "Balance, France, 2022: $47.85 million",
        "usd(power.price['FRA', 2023], '$1,246,100')": "Balance, France, 2023: $1.2461 million",
        "amount(power.power['PRT', 2022], '0.940 TWh')": "Exports, Portugal, 2022: 0.940 TWh",
        "amount(half, '223 TWh', unit='TWh', source=table)": "222.7 TWh",
        "usd(power.price['DEU', 2022], 'less than $1,000')": "Balance, Germany, 2022: $400.00",
        "usd(power.price['DEU', 2023], 'fewer than $1,000')": "Balance, Germany, 2023: $0 million",
    }, cell=f"{CELL}\nhalf = float('222.65')")  # fmt: skip


def test_values_that_differ_look_different_as_evidence(site: Site, run: Command) -> None:
    prose = """[x]{claim="power.price['FRA', 2023] > power.price['PRT', 2022]"}"""
    assert listed(site, run, prose) == [
        (
            "“Balance, France, 2023” ($1.2461 million) is more than “Balance, Portugal, 2022” ($1.2457 million).",
            "Balance, France, 2023: $1.2461 million; Balance, Portugal, 2022: $1.2457 million.",
        )
    ]


def test_what_is_said_is_right_of_one_and_of_many(site: Site, run: Command) -> None:
    claims(site, run, {
        'rose(french.power, 2022, 2023)': "“Exports, France” of 2023 is more than in 2022",
        'highest(french.power)': "“Exports, France” of 2023 is the highest of 2022 to 2023",
        'ranks(wide[2023], "DEU", 2, of=3)': "Number 2 of 3 by “Exports, 2023” is Germany",
        'power.power["FRA", 2022] < 446 and power.power["PRT", 2022] > 0 and power.power["DEU", 2022] > 500': (
            "“Exports, France, 2022” (445.3 TWh) is less than 446; “Exports, Portugal, 2022” (0.94 TWh) is more "
            "than 0, and “Exports, Germany, 2022” (506.8 TWh) is more than 500"
        ),
    })  # fmt: skip


def test_in_german_too(site: Site, run: Command) -> None:
    cell = CELL.replace("\n", '\nbs.language("de")\n', 1)
    facts(site, run, {
        "pct(1 - german.power[2023] / german.power[2022])": "1 − 449,8 / 506,8 = 11,2 Prozent",
        "count(wide[2022].count())": "Anzahl der Werte von Exports, 2022: 3",
        "rank(places[2023]['FRA'])": "Rang nach Exports, 2023, France: 1",
        "count((table.fuel == 'gas').sum())": "Anzahl der Fälle von Fuel = gas, von 6 Werten: 3",
        "usd(power.price['DEU', 2023], 'weniger als 1.000 Dollar')": "Balance, Germany, 2023: 0 Millionen Dollar",
        "amount(power.power['PRT', 2022] * 2, '1,9 TWh')": "0,94 × 2 = 1,9 TWh",
    }, cell=cell, front="title: Strom\ndate: 2023-05-26\nlang: de")  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("DEU,Allemagne,Germany,1\nFRA,la France,France,2", "Total, France"),
        ("DEU,Germany,Land,1\nFRA,France,Land,2\nITA,Italy,Land,2", "Total, France"),
        ("DEU,Germany,Land,1\nFRA,France,Land,2", "Total, FRA"),
        ("DEU,a,Land,1\nFRA,b,Land,2\nITA,c,Land,2", "Total, FRA"),
        ("DEU,a,Land,1\nFRA,a,Land,2", "Total, FRA"),
        ("DEU,,Germany,1\nFRA,,,2", "Total, FRA"),
        ("deu,x,Germany,1\nFRA,y,France,2", "Total, FRA"),
        ("FRA,some,France,2", "Total, France"),
    ],
    ids=["alike", "other", "of-two", "short", "one-for-all", "missing", "no-codes", "one"],
)
def test_a_code_has_the_name_of_its_row_if_each_has_one(
    site: Site, run: Command, rows: str, place: str
) -> None:
    fields = [
        {"name": "land_code", "title": "Code", "type": "string"},
        {"name": "kind", "title": "Kind", "type": "string"},
        {"name": "land", "title": "Land", "type": "string"},
        {"name": "total", "title": "Total", "type": "number", "unit": "t"},
    ]
    entry = TABLE | {"schema": {"fields": fields, "primaryKey": ["land_code"]}}
    site.table(f"land_code,kind,land,total\n{rows}\n", entry=entry)
    cell = 'import broadsheet as bs\ntable = bs.table("trade").set_index("land_code")'
    site.article("trade", cell, ("md", "`{python} amount(table.total['FRA'], '1 t')`."))
    code, _, reported = run(site, "build")
    assert code == 0, reported
    page = lxml.html.fromstring(site.read("_site/posts/trade/index.html"))
    assert page.find_class("known-exact")[0].text_content() == f"{place}: 2 t."


@pytest.mark.parametrize(
    ("label", "place", "named"),
    [
        ("Crude oil delivered", "crude oil, 2022", "Crude oil delivered, 2022"),
        ("Total trade", "China, 2022", "Total trade, China, 2022"),
        ("Women", "Oman, 2022", "Women, Oman, 2022"),
        ("Share of 2021", "2021", "Share of 2021, 2021"),
        ("", "China", "China"),
        ("Trade", "", "Trade"),
    ],
)
def test_words_of_a_place_that_its_label_has_stand_once(label, place, named):
    assert at_place(label, place) == named


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "sites", "1"),
        (2, "sites", "2 sites"),
        (1.04, "barrels", "1"),
        (1, "km", "1 km"),
        (1, "percent", "1 percent"),
    ],
)
def test_one_of_what_is_counted_has_no_plural_behind_it(value, unit, text):
    assert shown(value, unit, "en") == text


@pytest.mark.parametrize(
    ("value", "text"), [(6.05, "6.1"), (36.25, "36.3"), (-6.05, "−6.1"), (6.04, "6.0"), (0, "0.0")]
)
def test_a_half_is_rounded_up_in_tables_as_in_facts(value, text):
    assert AxisNumbers(format=".1f").write(value) == (text if value else "0")
    assert written(value, ".1f").replace("-", "−") == text


@pytest.mark.parametrize("value", [1234, np.int64(1234)])
def test_a_whole_number_may_have_a_format_of_whole_numbers(value):
    assert written(value, ",d") == "1,234"
