"""The records and sums of `broadsheet bind` in a table that has a column for each country, or for each
kind of something.
"""

from __future__ import annotations

import pandas as pd

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
