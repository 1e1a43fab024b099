"""Comparisons of all cases, which `broadsheet bind` binds to a condition on all of them: each time of a list,
each text of a column, each step.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import broadsheet as bs
from probing import GRAIN, YEARS, as_table, bound, codes, described, scores

FARM = as_table(GRAIN.assign(oats=[75.0, 75.0, 88.0, 88.0]))
DAYS = pd.DatetimeIndex(["2022-03-02", "2022-04-07", "2023-02-23"], name="day")
STATIONS = as_table(
    pd.DataFrame(
        {
            "harbour": ["closed", "closed", "closed"],
            "market": ["closed", "open", "closed"],
            "visitors": [141.0, 93.0, 143.0],
        },
        index=DAYS,
    ),
    "Stations",
)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("In 2021 and 2022 wheat gave more than barley.", "wheat[{}] > farm.barley[{}]"),
        ("In 2020 and 2021 oats gave less than barley.", "oats[{}] < farm.barley[{}]"),
        ("In 2020 and 2021 wheat gave more than 300 tonnes.", "wheat[{}] > 300"),
    ],
)
def test_what_holds_at_each_of_a_list_is_held_at_all_of_them(text: str, condition: str) -> None:
    years = (2020, 2021) if "2020" in text else (2021, 2022)
    both = " and ".join(f"farm.{condition.format(year, year)}" for year in years)
    assert bound(text, farm=FARM) == [both]


def test_what_does_not_hold_at_each_of_a_list_is_not_bound() -> None:
    assert not bound("In 2020 and 2023 barley gave more than 140 tonnes.", farm=FARM)


def test_two_times_behind_another_column_are_not_compared() -> None:
    rain = as_table(
        pd.DataFrame({"rain": [3.0, 4.0, 4.0, 6.0], "snow": [5.0, 2.0, 5.0, 1.0]}, YEARS)
    )
    text = "There was more rain than snow in 2020 and 2023."
    assert "rain.rain[2023] > rain.rain[2020]" not in codes(text, rain=rain)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Oats never fell.", "every(farm.oats.diff()[2021:] >= 0)"),
        ("The harbour was closed each time; the market was not.", "every({} == 'closed')"),
        ("The harbour was always closed.", "every({} == 'closed')"),
        ("The harbour was closed all three times.", "every({} == 'closed')"),
        ("The harbour was never open.", "every({} != 'open')"),
    ],
)
def test_what_was_so_each_time_or_never_is_bound(text: str, condition: str) -> None:
    read = bound(text, farm=FARM, stations=STATIONS)
    assert condition.format("stations['harbour']") in read


@pytest.mark.parametrize(
    "text",
    [
        "Barley never fell.",
        "The market was closed each time.",
        "The harbour and the market were closed each time.",
        "The harbour was not closed each time.",
        "The harbour was almost always closed.",
        "The harbour will always be closed.",
        "“The harbour was always closed,” she said.",
        "The museum was always closed.",
        "The harbour was closed all four times.",
    ],
)
def test_what_was_not_so_or_is_of_something_else_is_not_bound(text: str) -> None:
    assert not any(code.startswith("every") for code in bound(text, farm=FARM, stations=STATIONS))


@pytest.mark.parametrize(
    ("language", "text", "is_bound"),
    [
        ("en", "Wheat grew fast every year.", True),
        ("en", "Wheat grew close to every year.", False),
        ("de", "Wheat stieg jedes Jahr.", True),
        ("de", "Wheat stieg praktisch jedes Jahr.", False),
    ],
)
def test_the_words_of_a_language_say_that_it_was_not_each(
    language: str, text: str, *, is_bound: bool
) -> None:
    assert bool(bound(text, language=language, farm=FARM)) == is_bound


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("In 2023 wheat was above the cap.", "farm.wheat[2023] > cap"),
        ("Wheat was above the cap every year.", "every(farm.wheat > cap)"),
        ("Wheat gave more than the cap of 300 tonnes every year.", "every(farm.wheat > 300)"),
    ],
)
def test_a_limit_may_have_a_name(text: str, condition: str) -> None:
    assert condition in bound(text, farm=FARM, cap=300)


@pytest.mark.parametrize(("unit", "is_read"), [("tonnes", True), ("days", False), ("", True)])
def test_a_limit_is_in_the_unit_of_the_column(unit: str, *, is_read: bool) -> None:
    table = as_table(pd.DataFrame({"wheat": [310.0, 352.0, 440.0, 521.0]}, YEARS))
    origin = table.attrs["origin"]
    fields = tuple(each.model_copy(update={"unit": "tonnes"}) for each in origin.columns)
    table.attrs["origin"] = replace(origin, columns=fields)
    cap = bs.amount(300, "300", unit=unit, source="@council2020", name="cap")
    read = codes("In 2023 wheat was above the cap.", farm=table, cap=cap)
    assert ("farm.wheat[2023] > cap" in read) == is_read


def test_as_much_as_at_another_time_is_equal() -> None:
    read = bound("In 2021 oats came to as much as in 2020.", farm=FARM)
    assert read == ["farm.oats[2021] == farm.oats[2020]"]


def test_a_change_goes_not_from_one_column_to_another() -> None:
    read = scores("From 2020 to 2021 oats rose from 75 to 264 tonnes of barley.", farm=FARM)
    assert "farm.barley[2021] > farm.oats[2020]" not in read


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Oats have been below rye since 2021.", "since(farm.oats < farm.rye, 2021)"),
        (
            "Since 2021 there has been more rye than oats.",
            "since(farm.rye > farm.oats, 2021)",
        ),
        ("Wheat has been above 400 since 2022.", "since(farm.wheat > 400, 2022)"),
        ("Since 2022 wheat has been above the cap.", "since(farm.wheat > cap, 2022)"),
    ],
)
def test_what_is_so_since_a_time_was_not_before(text: str, condition: str) -> None:
    farm = as_table(FARM.assign(rye=[70.0, 80.0, 90.0, 99.0]))
    assert bound(text, farm=farm, cap=400) == [condition]


def test_what_was_so_before_is_not_bound_as_so_since_then() -> None:
    assert not bound("Wheat has been above barley since 2021.", farm=FARM)


@pytest.mark.parametrize(
    ("text", "is_bound"),
    [
        ("Caldey is one. From 2011 to 2023 Ramsey's schools rose.", False),
        ("Caldey is one. From 2011 to 2023 its schools rose.", True),
        ("Caldey is one. In 2023 it had more schools than Ramsey.", True),
    ],
)
def test_a_comparison_of_another_group_than_the_one_before_is_left(
    text: str, *, is_bound: bool
) -> None:
    places = pd.MultiIndex.from_product(
        [["Caldey", "Ramsey"], [2011, 2023]], names=["isle", "year"]
    )
    isles = as_table(pd.DataFrame({"schools": [3.0, 4.0, 2.0, 1.0]}, index=places))
    assert bool(bound(text, isles=isles)) == is_bound


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("Ramsey had more people in 2023 than in 2011.", []),
        ("In 2023 Ramsey had more people than schools.", ["{people} > {schools}"]),
    ],
)
def test_columns_of_a_group_are_compared_if_each_has_a_name_of_its_own(
    text: str, conditions: list[str]
) -> None:
    places = pd.MultiIndex.from_product(
        [["Caldey", "Ramsey"], [2011, 2023]], names=["isle", "year"]
    )
    values = {"schools": [3.0, 4.0, 2.0, 1.0], "people": [2140.0, 2405.0, 640.0, 588.0]}
    isles = as_table(pd.DataFrame(values, index=places))
    at = {name: f"isles.{name}['Ramsey'][2023]" for name in values}
    assert bound(text, isles=isles) == [each.format(**at) for each in conditions]


MONTHS = pd.Index(["2015-04", "2015-05", "2015-06", "2015-07", "2015-08", "2015-12"], name="month")
RAIN = described(
    pd.DataFrame(
        {"rain": [51.6, 14.8, 5.9, 2.3, 83.3, 284.5], "cold": [1.0, 4.0, 9.0, 11.0, 10.0, -7.1]},
        MONTHS,
    ),
    rain={"unit": "mm", "title": "Rain"},
    cold={"unit": "°C", "title": "Lowest temperature"},
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("In August there were 83.3 mm of rain.", 'amount(months.rain["2015-08"], "83.3")'),
        ("The lowest temperature came in December: −7.1 degrees.", "−7.1 degrees"),
        ("From April to July it rained less every month.", "every(months.rain.diff()["),
        ("The lowest temperature never rose above 12 degrees.", "every(months.cold <= 12)"),
        ("Rain came to more in August than in July.", "months.rain['2015-08'] > "),
    ],
)
def test_months_of_the_only_year_need_no_year(text: str, code: str) -> None:
    assert any(code in each for each in bound(text, months=RAIN))


def test_months_without_a_year_are_of_none_where_a_sentence_or_a_table_has_others() -> None:
    assert not bound("In August 2014 there were 83.3 mm of rain.", months=RAIN)
    other = described(pd.DataFrame({"snow": [3.0]}, pd.Index(["2014-08"], name="month")))
    assert not bound("In August there were 83.3 mm of rain.", months=RAIN, snow=other)


def test_what_comes_to_a_number_does_not_begin_at_it() -> None:
    read = codes("In August rain rose to 83.3 mm, and in December more fell.", months=RAIN)
    assert not any(code.startswith("rose(months.rain, '2015-08'") for code in read)


def test_places_are_compared_and_do_not_rise_from_one_to_another() -> None:
    places = pd.Index(["Waseca", "Duluth", "Morris"], name="site")
    farm = as_table(pd.DataFrame({"barley": [418.0, 208.0, 300.0]}, index=places))
    read = bound("Waseca gave about twice as much barley as Duluth.", farm=farm)
    assert read == ["farm.barley['Waseca'] > farm.barley['Duluth']"]


def test_nothing_is_not_never_and_a_text_is_of_its_column() -> None:
    votes = as_table(
        pd.DataFrame({"china": ["yes", "no", "yes"], "source": ["UN", "UN", "press"]}, index=DAYS),
        "Votes",
    )
    assert not bound("Nothing in the source says no.", votes=votes)
    assert not bound("The source never says no.", votes=votes)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Deaths came to 17 in 2014, all hired people."),
        ("de", "Deaths: 17 im Jahr 2014, allesamt Hired."),
    ],
)
def test_a_number_of_which_all_are_of_a_part_is_of_the_whole(language: str, text: str) -> None:
    years = pd.Index([2013, 2014], name="year")
    frame = pd.DataFrame({"deaths": [5.0, 17.0], "deaths_hired": [1.0, 17.0]}, index=years)
    read = bound(text, language=language, everest=as_table(frame))
    assert "count(everest.deaths[2014])" in read
