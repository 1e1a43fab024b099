"""The conditions to which `broadsheet bind` binds the comparisons of a page: by the numbers of their
sentence, by the labels that it names, by what the sentence before is about.
"""

from __future__ import annotations

import pandas as pd
import pytest

from broadsheet.checks.audit.vocabulary import concepts_in
from broadsheet.checks.bind.naming.columns_here import limit_of
from broadsheet.checks.bind.naming.named_values import NamedColumn
from broadsheet.checks.bind.naming.passages import BoundPassage
from probing import GRAIN, YEARS, as_table, bound, codes, scores

FARM = as_table(GRAIN.assign(oats=[75.0, 61.0, 0.0, 88.0]))
LIVES = as_table(
    pd.DataFrame(
        {"age": [61.3, 82.6, 64.4, 81.7, 58.2, 79.1]},
        index=pd.MultiIndex.from_product(
            [["Japan", "Norway", "Chile"], [1950, 2020]], names=["country", "year"]
        ),
    )
)
NOW = LIVES.xs(2020, level="year")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (
            "Wheat gave more than barley: 521 tonnes in 2023, against 146 tonnes.",
            "farm.wheat[2023] > farm.barley[2023]",
        ),
        (
            "In 2021 there were 264 tonnes of barley; in 2023 it was less, 146 tonnes of barley.",
            "farm.barley[2023] < farm.barley[2021]",
        ),
        (
            "From 2020 to 2021 wheat rose by 14 percent, and from 2021 to 2022 it rose by 25 percent.",
            "rose(farm.wheat, 2020, 2021)",
        ),
        (
            "From 2020 to 2021 wheat rose by 14 percent, and from 2021 to 2022 wheat rose by 25 percent.",
            "rose(farm.wheat, 2021, 2022)",
        ),
    ],
)
def test_a_comparison_is_that_of_the_numbers_of_its_sentence(text: str, condition: str) -> None:
    assert condition in bound(text, farm=FARM)


def test_a_change_comes_to_the_number_behind_to() -> None:
    text = "In 2021 barley gave 264 tonnes. By 2023 barley had fallen to 146 tonnes."
    assert "fell(farm.barley, 2021, 2023)" in bound(text, farm=FARM)


@pytest.mark.parametrize(
    "sentence",
    [
        "Barley gave less in 2023 than in 2021: 146 tonnes.",
        "In 2023 barley gave 146 tonnes, less than in 2021.",
    ],
)
def test_what_stands_behind_than_is_the_other_side(sentence: str) -> None:
    assert "farm.barley[2023] < farm.barley[2021]" in bound(sentence, farm=FARM)


def test_a_sentence_that_goes_on_is_about_the_one_before() -> None:
    text = "Barley is grown in the north. It was highest in 2021, at 264 tonnes."
    assert "highest(farm.barley, 2021)" in bound(text, farm=FARM)
    assert "highest(farm.oats, 2023)" not in bound(text, farm=FARM)


def test_a_record_is_one_of_the_places_that_the_words_name() -> None:
    text = "Norway's age was {}, longer than in any other {}: 81.7 years in 2020."
    country = bound(text.format(81.7, "country"), lives=LIVES, now=NOW)
    assert not any("lives.age['Norway']" in code and "highest" in code for code in country)
    japan = "In Japan in 2020 the age was 82.6 years, higher than in any other country."
    assert "highest(now.age, 'Japan')" in bound(japan, lives=LIVES, now=NOW)
    assert not any("highest(lives" in code for code in bound(japan, lives=LIVES, now=NOW))


def test_numbers_of_a_record_are_no_comparison() -> None:
    sentence = "Barley fell from 264 tonnes in 2021 to 146 tonnes in 2023, the lowest since 2020."
    assert not any(" < " in code for code in codes(sentence, farm=FARM) if "min" not in code)


def test_a_change_does_not_go_back_in_time() -> None:
    sentence = "Wheat rose to 521 tonnes in 2023 with 352 tonnes in 2021."
    assert "fell(farm.wheat, 2023, 2021)" not in codes(sentence, farm=FARM)
    assert "rose(farm.wheat, 2023, 2021)" not in codes(sentence, farm=FARM)


@pytest.mark.parametrize(
    ("sentence", "is_bound"),
    [
        ("In 2022 there were no oats.", True),
        ("In 2022 there was no hail.", False),
    ],
)
def test_the_noun_behind_no_is_the_column(sentence: str, is_bound: bool) -> None:
    conditions = codes(sentence, farm=FARM)
    assert "farm.oats[2022] == 0" in conditions or not is_bound


@pytest.mark.parametrize(("by", "unit", "limit"), [(1, "", "0.25"), (100, "%", "25")])
def test_a_limit_in_percent_is_of_the_form_of_the_column(by: int, unit: str, limit: str) -> None:
    values = {2020: 0.2 * by, 2021: 0.3 * by}
    column = NamedColumn("shares.oats", values, concepts_in("share"), frozenset(), unit)
    (quantity,) = BoundPassage("The share of oats was less than 25 percent.").quantities
    assert limit_of(quantity, column) == limit


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Wheat rose every year.", "every(farm.wheat.diff()[2021:] > 0)"),
        ("Wheat has grown every year since 2020.", "every(farm.wheat.diff()[2021:] > 0)"),
        ("In every year from 2020 to 2022 wheat rose.", "every(farm.wheat.diff()[2021:2022] > 0)"),
        (
            "Wheat gave more than 300 tonnes in every year from 2020 to 2022.",
            "every(farm.wheat[2020:2022] > 300)",
        ),
        ("In each year barley gave more than oats.", "every(farm.barley > farm.oats)"),
    ],
)
def test_words_for_each_time_are_a_condition_on_each(text: str, condition: str) -> None:
    assert condition in codes(text, farm=FARM)
    assert not any(code.startswith("rose(") for code in codes(text, farm=FARM))


def test_what_is_not_so_each_time_is_no_condition_on_each() -> None:
    assert not bound("Barley rose every year.", farm=FARM)


def test_an_amount_is_not_compared_with_a_share() -> None:
    farm = FARM.assign(wheat_share=[0.6, 0.5, 0.6, 0.7])
    read = codes("In 2023 the share of wheat was less than wheat.", farm=as_table(farm))
    assert not any("wheat_share" in code and "wheat[" in code for code in read)


def test_a_percentage_is_a_change_only_where_a_change_or_its_times_are_said() -> None:
    text = "In 2020 and 2021 there was wheat. Oats had 19 percent of it."
    assert not any(" - 1" in code or "1 - " in code for code in bound(text, farm=FARM))
    assert 'pct(1 - farm.oats[2021] / farm.oats[2020], "19 percent")' in codes(
        "From 2020 to 2021 oats fell by 19 percent.", farm=FARM
    )


@pytest.mark.parametrize(
    "text",
    [
        "The fall of barley from 2021 to 2022 was over, with 237 tonnes.",
        "Barley came to 146 tonnes in 2023; wheat and oats end below.",
        "Below the hill barley gave 146 tonnes in 2023, and wheat 521.",
        "In 2022 nobody came to the fields.",
    ],
)
def test_words_that_say_more_or_another_thing_are_not_bound(text: str) -> None:
    read = bound(text, farm=FARM)
    assert all(code.startswith(("amount(", "count(")) for code in read)


def test_words_far_from_a_number_are_bound_if_the_sentence_names_all_that_they_rest_on() -> None:
    text = "In 2022 there were no oats, and from the fields in the north came 237 tonnes of barley."
    assert "farm.oats[2022] == 0" in bound(text, farm=FARM)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Oats fell in 2021. In that year there were 61 tonnes of oats.",
            'amount(farm.oats[2021], "61 tonnes")',
        ),
        (
            "The share of oats is 35 percent of wheat, up from 24 percent in 2020.",
            'pct(farm.oats[2020] / farm.wheat[2020], "24 percent")',
        ),
    ],
)
def test_a_time_is_that_of_the_sentence_before_or_the_present_one(text: str, code: str) -> None:
    assert code in bound(text, farm=FARM)


def test_a_percentage_of_something_is_no_change() -> None:
    sentence = "From 2020 to 2021 the farm rose, with 14 percent of the wheat."
    assert not any(" - 1" in code for code in codes(sentence, farm=FARM))


def test_a_row_has_no_name_if_it_is_only_numbered() -> None:
    rows = as_table(FARM.reset_index().assign(year=lambda frame: frame.year + 0))
    assert not any(
        "[2]" in code for code in codes("The 2 fields gave 440 tonnes of wheat.", rows=rows)
    )


def test_a_single_figure_is_no_part_of_a_whole_one() -> None:
    fields = as_table(pd.DataFrame({"oats": [0.63, 2.0]}, index=YEARS[:2]))
    assert not any("[2020]" in code for code in codes("In 2020 oats had 1 of them.", fields=fields))


def test_months_have_the_year_of_the_sentence_before() -> None:
    months = pd.Index(["2022-03", "2022-04", "2022-05"], name="month")
    eggs = as_table(pd.DataFrame({"eggs": [120, 164, 158]}, index=months))
    text = "The first eggs came in March 2022 and April 2022. In April there were 164 eggs."
    assert 'count(eggs.eggs["2022-04"])' in bound(text, eggs=eggs)


def test_a_number_that_says_how_much_more_is_not_what_it_rests_on() -> None:
    text = "Barley gave 118 tonnes in 2020 and 264 tonnes in 2021, more than twice as much."
    read = bound(text, farm=FARM)
    assert {"farm.barley[2021] > farm.barley[2020]", "rose(farm.barley, 2020, 2021)"} & set(read)


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("In 2023 wheat came to no less than 500 tonnes.", "farm.wheat[2023] >= 500"),
        ("In 2023 oats came to no more than 90 tonnes.", "farm.oats[2023] <= 90"),
    ],
)
def test_a_value_that_is_no_less_than_a_number_is_held_against_it(
    sentence: str, condition: str
) -> None:
    assert condition in codes(sentence, farm=FARM)


def test_more_of_them_is_no_comparison_of_two() -> None:
    text = "For every ten more tonnes of wheat there were 146 tonnes of barley in 2023."
    assert not any(" > " in code for code in bound(text, farm=FARM))


def test_the_part_that_several_have_is_not_that_of_the_last_one() -> None:
    sentence = "Japan, Norway and Chile had 31 percent of the age of 2020."
    assert not any(
        code.startswith("pct(lives.age") and " / " in code for code in codes(sentence, lives=LIVES)
    )


def test_a_colon_introduces_the_numbers_that_words_rest_on() -> None:
    text = (
        "From 2022 to 2023 wheat rose from 440 to 521 tonnes, and barley gave less: 146 tonnes of"
        " barley in 2023, after 237 in 2022."
    )
    read = bound(text, farm=FARM)
    assert not any(code.startswith("farm.wheat") for code in read)


def test_a_number_behind_a_label_that_is_compared_with_is_of_the_other_one() -> None:
    rain = as_table(pd.DataFrame({"rain": [330.0, 330.0, 171.0]}, index=YEARS[:3]))
    sentence = "In 2021 there was as much rain as in 2020, 330 mm."
    read = scores(sentence, rain=rain)
    assert read['amount(rain.rain[2021], "330 mm")'] > read['amount(rain.rain[2020], "330 mm")']


def test_a_change_over_years_is_not_over() -> None:
    text = "From 2020 to 2023 wheat rose by 68 percent over the years, to 521 tonnes in 2023."
    assert "rose(farm.wheat, 2020, 2023)" in bound(text, farm=FARM)


def test_a_number_with_the_label_of_a_record_is_its_own() -> None:
    rain = as_table(pd.DataFrame({"rain": [330.0, 471.0, 171.0]}, index=YEARS[:3]))
    read = scores("No year had more rain than 2021, with 471 mm.", rain=rain)
    assert read['amount(rain.rain[2021], "471 mm")'] > 2
