"""The records, sums and gaps of `broadsheet bind` in a table that has a column for each country, or for each
kind of something, and whose is a number of several comparisons of a sentence.
"""

from __future__ import annotations

import pandas as pd
import pytest

from probing import bound, described, scores

CONTINENTS = ["Europe", "Asia", "Africa", "Oceania"]
PHONES = described(
    pd.DataFrame(
        [[21.5, 2.8, 0.9, 1.6], [29.9, 4.7, 1.4, 2.3], [43.1, 9.3, 2.9, 3.2]],
        index=pd.Index([1951, 1956, 1961], name="year"),
        columns=[each.lower() for each in CONTINENTS],
    ),
    "Telephones in the world",
    **{each.lower(): {"title": each, "unit": "telephones"} for each in CONTINENTS},
)
POWER = described(
    pd.DataFrame(
        {"wind": [20.0, 24.0, 31.0], "coal": [28.0, 26.0, 19.0], "gas": [12.0, 13.0, 15.0]},
        index=pd.Index([2022, 2023, 2024], name="year"),
    ),
    "Power by source",
    **{each: {"unit": "TWh"} for each in ("wind", "coal", "gas")},
)


def test_a_record_is_among_the_columns_where_its_words_name_no_places_of_them() -> None:
    text = "Wind gave 31 TWh in 2024, more than any other source. Wind gave 31 TWh in 2024, more than in any other year."
    codes = [code for code in bound(text, power=POWER) if "highest" in code]
    assert codes == ["highest(power.loc[2024], 'wind')", "highest(power.wind, 2024)"]


def test_a_record_of_one_country_is_among_the_countries() -> None:
    text = "Africa had only 0.9 telephones in 1951, the fewest."
    assert "lowest(phones.loc[1951], 'africa')" in bound(text, phones=PHONES)
    ever = "Europe had 43.1 telephones in 1961, the most ever."
    assert "highest(phones.europe, 1961)" in bound(ever, phones=PHONES)


def test_a_column_with_a_gap_is_no_peer() -> None:
    frame = POWER.assign(sun=[1.0, float("nan"), 3.0])
    text = "Wind gave 31 TWh in 2024, more than any other source, and more than all others together in 2023."
    assert not any(".loc[" in code for code in scores(text, power=frame))


def test_more_than_all_others_together_is_more_than_their_sum() -> None:
    text = (
        "In 1961 there were 43.1 telephones in Europe, more than on all other continents together."
    )
    condition = "phones.europe[1961] > phones.loc[1961].drop('europe').sum()"
    assert condition in bound(text, phones=PHONES)
    assert not any("highest" in code for code in scores(text, phones=PHONES))


def test_a_column_with_the_name_of_a_place_is_of_that_place() -> None:
    text = "In 1961 there were 43.1 telephones in Europe."
    assert 'amount(phones.europe[1961], "43.1")' in " ".join(bound(text, phones=PHONES))


def test_a_share_is_not_of_one_time_in_another_where_the_sentence_says_neither() -> None:
    economy = pd.DataFrame(
        {"imports": [100.0, 172.0, 178.0], "output": [177.0, 230.0, 257.0]},
        index=pd.Index([2012, 2021, 2022], name="year"),
    )
    text = "In 2012 output was less than in 2021. At 77.0 percent of output, it is no giant."
    assert not any("[2012] /" in code for code in bound(text, economy=described(economy)))
    told = "In 2012 output was 77.0 percent of output in 2021."
    assert any("[2012] /" in code for code in bound(told, economy=described(economy)))


def test_a_gap_is_the_difference_of_two_columns() -> None:
    text = (
        "Asia and Oceania kept their places. From 1956 to 1961 Asia was ahead in every year, and the gap "
        "grew, from 2.4 in 1956 to 6.1 in 1961."
    )
    assert bound(text, phones=PHONES) == [
        "every(phones.asia[1956:1961] > phones.oceania[1956:1961])",
        "phones.asia[1961] - phones.oceania[1961] > phones.asia[1956] - phones.oceania[1956]",
        'amount(phones.asia[1956] - phones.oceania[1956], "2.4")',
        'amount(phones.asia[1961] - phones.oceania[1961], "6.1")',
    ]


def test_a_gap_that_has_a_name_is_that_and_not_worked_out_again() -> None:
    gap = (PHONES.asia - PHONES.oceania).rename("Lead of Asia on Oceania")
    text = "The gap between Asia and Oceania grew from 2.4 in 1956 to 6.1 in 1961. The gap was widest in 1961, at 6.1."
    codes = bound(text, phones=PHONES, lead=gap)
    assert "rose(lead, 1956, 1961)" in codes
    assert "highest(lead, 1961)" in codes
    assert not any("phones" in code for code in codes)


def test_ahead_every_year_is_no_growth_each_year() -> None:
    assert not any(".diff()" in code for code in scores("Wind was ahead every year.", power=POWER))
    assert any(".diff()" in code for code in scores("Wind gave more every year.", power=POWER))


SHIP = described(
    pd.DataFrame(
        {
            "aboard": [325, 285, 706, 885],
            "saved": [203, 118, 178, 212],
            "women": [144, 93, 165, 23],
            "women_saved": [140, 80, 76, 20],
            "children": [6, 24, 79, 0],
            "children_saved": [6, 24, 27, 0],
        },
        index=pd.Index(["First", "Second", "Third", "Crew"], name="group"),
    ),
    "People aboard the Titanic",
    aboard={"title": "Aboard", "unit": "people"},
    saved={"title": "Saved", "unit": "people"},
    women={"title": "Women", "unit": "women"},
    women_saved={"title": "Women saved", "unit": "women"},
    children={"title": "Children", "unit": "children"},
    children_saved={"title": "Children saved", "unit": "children"},
)


def test_a_number_behind_another_comparison_is_of_that_one() -> None:
    text = "The crew was the largest group aboard, and also saved the most people: 212."
    assert "highest(ship.saved, 'Crew')" in bound(text, ship=SHIP)
    assert bound(text, ship=SHIP).count("highest(ship.saved, 'Crew')") == 1


def test_two_numbers_are_held_against_each_other() -> None:
    text = "Third class had 165 women, more than first class, but fewer of them were saved: 76 against 140."
    assert "ship.women_saved['Third'] < ship.women_saved['First']" in bound(text, ship=SHIP)


def test_a_part_is_not_held_against_its_whole() -> None:
    text = "In third class, where there were three times as many children, 27 of 79 were saved."
    assert not any(sign in code for sign in "<>/" for code in bound(text, ship=SHIP))


def test_numbers_of_a_sentence_are_worked_out_alike() -> None:
    text = "In first class 203 of 325 were saved, or 62 percent; in third class it was 25 percent of those aboard."
    codes = bound(text, ship=SHIP)
    assert any('ship.saved["Third"] / ship.aboard["Third"]' in code for code in codes)


def test_a_comparison_of_the_clause_before_is_not_of_the_number_behind_and() -> None:
    text = "By 1956 Asia was ahead of Oceania, and in 1961 Asia had 9.3 telephones."
    assert "phones.asia[1956] > phones.oceania[1956]" in bound(text, phones=PHONES)


def test_two_times_of_the_column_behind_than_are_not_compared() -> None:
    text = "Gas gave less than coal in 2022: 12 TWh, after 13 TWh in 2023."
    assert "power.coal[2023] < power.coal[2022]" not in scores(text, power=POWER)


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        (
            "Of the 706 people aboard in third class 178 were saved, fewer than a third.",
            "ship.saved['Third'] < ship.aboard['Third'] / 3",
        ),
        (
            "Of the 325 people aboard in first class 203 were saved, less than two thirds.",
            "ship.saved['First'] < ship.aboard['First'] * 2 / 3",
        ),
        (
            "In first class 62 percent of those aboard were saved, more than half.",
            "ship.saved['First'] > ship.aboard['First'] / 2",
        ),
    ],
)
def test_more_than_a_part_is_held_against_the_whole(sentence: str, condition: str) -> None:
    assert condition in bound(sentence, ship=SHIP)
    about = sentence.replace("more than", "about").replace("less than", "nearly")
    assert condition not in bound(about.replace("fewer than", "about"), ship=SHIP)
