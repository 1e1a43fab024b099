"""Sentences that `broadsheet bind` reads with the one before: "That is", "a year later", "half as much"; and
what a sentence names beside its numbers: a war, a measure, an average.
"""

from __future__ import annotations

import pandas as pd
import pytest

from probing import bound, codes, described, scores

WORK = described(
    pd.DataFrame(
        {
            "unemployed": [1932.0, 1870.0, 3578.0, 2904.0, 4007.0],
            "armed_forces": [3594.0, 3547.0, 3350.0, 3048.0, 2827.0],
        },
        index=pd.Index([1952, 1953, 1954, 1955, 1962], name="year"),
    ),
    "Work in the United States",
    unemployed={"title": "Unemployed"},
    armed_forces={"title": "Armed forces"},
)
CRIME = described(
    pd.DataFrame(
        {
            "murder": [5.4, 6.9, 0.9, 5.5, 2.7],
            "poverty": [14.2, 21.9, 8.5, 17.2, 12.7],
            "graduates": [80.6, 80.4, 91.3, 79.9, 91.8],
        },
        index=pd.Index(
            ["California", "Mississippi", "New Hampshire", "Texas", "Wyoming"], name="state"
        ),
    ),
    "Crime and poverty in the states",
    murder={"title": "Murders"},
    poverty={"title": "Poverty rate", "unit": "percent"},
    graduates={"title": "High-school graduates", "unit": "percent"},
)


def test_a_year_later_is_the_one_behind_that_which_was_named_last() -> None:
    text = "In 1953 there were 1,870 unemployed. A year later it had nearly doubled, to 3,578."
    assert {"rose(work.unemployed, 1953, 1954)", "count(work.unemployed[1954])"} <= set(
        bound(text, work=WORK)
    )
    after = (
        "In 1953 there were 1,870 unemployed. A year after the strike there were 4,007 unemployed."
    )
    assert "count(work.unemployed[1962])" in bound(after, work=WORK)
    missing = "In 1955 there were 2,904 unemployed. A year later it was 4,007."
    assert "count(work.unemployed[1962])" not in bound(missing, work=WORK)


def test_that_is_is_said_of_the_last_number_of_the_sentence_before() -> None:
    text = "In 1954 there were 3,578 unemployed, and in 1962 there were 4,007. That is more than in 1953."
    assert "work.unemployed[1962] > work.unemployed[1953]" in bound(text, work=WORK)


def test_half_as_much_is_held_against_the_sentence_before() -> None:
    text = (
        "Poverty is highest in Mississippi, at 21.9 percent. In New Hampshire it is 8.5 percent, less "
        "than half as much."
    )
    condition = "crime.poverty['New Hampshire'] < crime.poverty['Mississippi']"
    assert condition in bound(text, crime=CRIME)


def test_above_the_average_is_above_the_mean() -> None:
    text = "In Texas poverty was above the average, at 17.2 percent; in Wyoming below the median."
    read = codes(text, crime=CRIME)
    assert "crime.poverty['Texas'] > crime.poverty.mean()" in read
    assert "crime.poverty['Wyoming'] < crime.poverty.median()" in read
    assert "crime.poverty['Texas'] > crime.poverty.mean()" in bound(text, crime=CRIME)


def test_a_share_of_something_is_that() -> None:
    text = "Wyoming has the largest share of high-school graduates, 91.8 percent."
    assert "highest(crime.graduates, 'Wyoming')" in bound(text, crime=CRIME)


def test_a_single_figure_behind_a_point_is_a_value() -> None:
    text = "Murder was rarest in New Hampshire, with a rate of 0.9."
    assert 'amount(crime.murder["New Hampshire"], "0.9")' in bound(text, crime=CRIME)


@pytest.mark.parametrize(
    ("beginning", "is_bound"),
    [
        ("Because of the war in Korea", True),
        ("In Korea", False),
        ("Unlike the army in Korea", False),
    ],
)
def test_the_place_of_a_war_is_not_where_something_was(beginning: str, is_bound: bool) -> None:
    text = f"{beginning} the armed forces came to 3,594 in 1952."
    assert ("count(work.armed_forces[1952])" in bound(text, work=WORK)) == is_bound


def test_rates_are_not_added_up_for_a_share() -> None:
    read = scores("In 3 states more than 16 percent of them are poor or no graduates.", crime=CRIME)
    assert not any(code.count(".sum()") > 1 for code in read)


def test_the_value_of_a_row_that_is_named_is_meant_and_not_the_lowest() -> None:
    text = (
        "The best year was 1953. Then only 1,870 were unemployed, the lowest number of all years."
    )
    assert "count(work.unemployed[1953])" in bound(text, work=WORK)


def test_the_row_directly_behind_words_is_the_other_side() -> None:
    text = "In Wyoming poverty, at 12.7 percent, is below Texas."
    assert "crime.poverty['Wyoming'] < crime.poverty['Texas']" in bound(text, crime=CRIME)


def test_a_record_does_not_rest_on_the_number_of_rows() -> None:
    names = "Sweden Israel Iceland Finland Belgium Denmark Ireland Austria Norway Australia Italy Germany"
    rows = pd.DataFrame(
        {"union": [82.4 - 3.1 * row for row in range(12)]},
        index=pd.Index(names.split(), name="country"),
    )
    unions = described(rows, "Trade unions in 12 rich countries", union={"unit": "percent"})
    text = (
        "In Sweden 82.4 percent of workers are members of a union, more than in any other of the 12 "
        "countries."
    )
    codes = bound(text, unions=unions)
    assert {'count(len(unions), "12")', "highest(unions.union, 'Sweden')"} <= set(codes)
