"""False comparisons, which `broadsheet bind` binds to nothing: least of all to one that is true of other
times or things.
"""

from __future__ import annotations

import pandas as pd
import pytest

from probing import as_table, bound, codes, described

LIFTS = as_table(
    pd.DataFrame(
        {"lifts": [14, 6, 9, 3], "beds": [3200, 840, 2150, 310]},
        index=pd.Index(["Obertal", "Hinterwald", "Sankt Veit", "Kaltenegg"], name="village"),
    )
)
CLINICS = as_table(
    pd.DataFrame(
        {
            "operations": [1480, 1510, 1495, 1620, 5210, 5080, 4970, 4890],
            "wait": [45, 44, 47, 43, 61, 67, 75, 83],
        },
        index=pd.MultiIndex.from_product(
            [["Marlow", "Northfield"], [2021, 2022, 2023, 2024]], names=["clinic", "year"]
        ),
    )
)


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("Kaltenegg has the fewest lifts.", "Sankt Veit has fewer lifts than Hinterwald."),
        ("Obertal is the largest village.", "Kaltenegg has more beds than Hinterwald."),
    ],
)
def test_a_false_comparison_is_not_one_of_what_the_sentence_before_names(
    before: str, sentence: str
) -> None:
    assert not any(
        " < " in code or " > " in code for code in bound(f"{before} {sentence}", t=LIFTS)
    )


def test_a_false_comparison_of_two_times_is_not_one_of_another_time_or_measure() -> None:
    text = (
        "In 2021 Marlow did 1,480 operations. "
        "At Marlow 1,620 operations were done in 2024, fewer than in 2023."
    )
    assert not any("<" in code for code in bound(text, clinics=CLINICS))
    true = text.replace("fewer", "more")
    condition = "clinics.operations['Marlow'][2024] > clinics.operations['Marlow'][2023]"
    assert condition in bound(true, clinics=CLINICS)


def test_a_comparison_that_the_words_name_best_stays_beside_a_contrary_one() -> None:
    text = "Sankt Veit has more lifts than Hinterwald, and Kaltenegg has fewer lifts."
    assert "t.lifts['Sankt Veit'] > t.lifts['Hinterwald']" in codes(text, t=LIFTS)


def test_what_is_held_against_several_together_is_held_against_their_sum() -> None:
    text = "Obertal has {} beds than {} together: 3,200."
    false = text.format("more", "Hinterwald, Sankt Veit and Kaltenegg")
    assert not any(" > " in code for code in bound(false, t=LIFTS))
    true = text.format("more", "Hinterwald and Sankt Veit")
    sums = "t.beds['Obertal'] > t.beds['Hinterwald'] + t.beds['Sankt Veit']"
    assert not any(" > " in code and code != sums for code in bound(true, t=LIFTS))


def test_a_false_change_from_one_time_to_another_is_none_of_other_times() -> None:
    losses = as_table(
        pd.DataFrame({"losses": [2210, 2960, 2540, 3980]}, pd.Index(range(2018, 2022), name="year"))
    )
    text = "In 2018 there were 2,210 losses. From 2019 to 2020 the losses {}."
    assert not any("rose" in code for code in bound(text.format("rose"), t=losses))
    assert "fell(t.losses, 2019, 2020)" in bound(text.format("fell"), t=losses)


def test_more_of_something_is_not_more_of_another_thing_of_the_sentence() -> None:
    text = "Obertal has more beds than Sankt Veit, 3,200 against 2,150, and more lifts too."
    assert bound(text, t=LIFTS).count("t.beds['Obertal'] > t.beds['Sankt Veit']") == 1


def test_more_of_something_is_not_more_of_what_is_called_like_it_at_its_beginning() -> None:
    port = as_table(
        pd.DataFrame(
            {"car": [28, 28], "cargo": [440.0, 521.0]}, pd.Index([2023, 2024], name="year")
        )
    )
    text = "In 2024 the port handled 521 tonnes of cargo, more {}than in 2023."
    assert not any(" > " in code for code in bound(text.format("cars "), port=port))
    condition = "port.cargo[2024] > port.cargo[2023]"
    assert condition in bound(text.format(""), port=port)
    assert condition in bound(text.format("cargo "), port=port)


def test_more_of_something_than_in_another_year_is_not_less_of_it_than_of_another_thing() -> None:
    text = "In 2024 the farm had 521 tonnes of barley, more wheat than in 2023."
    farm = as_table(
        pd.DataFrame(
            {"wheat": [28, 28], "barley": [440.0, 521.0]}, pd.Index([2023, 2024], name="year")
        )
    )
    assert not any(" > " in code for code in bound(text, farm=farm))
    condition = "farm.barley[2024] > farm.wheat[2024]"
    more = "In 2024 the farm had more barley than wheat, 521 tonnes against 28."
    assert condition in bound(more, farm=farm)


def test_a_column_is_no_part_of_the_sum_of_another_table_whose_name_ends_alike() -> None:
    years, unit = pd.Index([2023, 2024], name="year"), {"unit": "tonnes"}
    foreign = described(
        pd.DataFrame({"exports": [30, 40], "imports": [20, 60]}, years), exports=unit, imports=unit
    )
    own = described(pd.DataFrame({"exports": [5, 25]}, years), exports=unit)
    text = "In 2024 exports were {} percent of the total trade."
    assert bound(text.format(25), us_trade=foreign, trade=own) == []
    share = "us_trade.exports[2024] / (us_trade.exports + us_trade.imports)[2024]"
    assert f'pct({share}, "40 percent")' in bound(text.format(40), us_trade=foreign)


def test_groups_of_which_only_the_text_before_tells_are_not_compared() -> None:
    text = "In 2023 the wait at Marlow and at Northfield was told. In 2023 it was told that 40 percent more "
    assert not any(
        " > " in code for code in bound(f"{text} than in 2020 had come.", clinics=CLINICS)
    )


COUNTERS = as_table(
    pd.DataFrame(
        {"park": [9100, 47100, 48800], "station": [28800, 38700, 36400]},
        index=pd.Index([2021, 2022, 2023], name="year"),
    )
)


def test_two_columns_may_be_compared_by_what_the_article_is_about() -> None:
    about = "Bicycles are counted in the park and at the station. "
    text = about + "In {} the park counted more {} than the station."
    condition = "counters.park[2022] > counters.station[2022]"
    assert condition in bound(text.format(2022, "bicycles"), counters=COUNTERS)
    assert bound(text.format(2022, "tourists"), counters=COUNTERS) == []
    assert bound(text.format(2021, "bicycles"), counters=COUNTERS) == []  # it counted fewer


def test_half_as_much_is_not_the_contrary_of_more() -> None:
    text = "In 2021 the park counted 9,100, less than half as many as the station."
    assert "counters.station[2021] > counters.park[2021]" in bound(text, counters=COUNTERS)


def test_a_limit_with_the_figures_of_a_value_is_not_that_value() -> None:
    climbs = as_table(
        pd.DataFrame(
            {"ascents": [80, 230, 880, 1900], "by_women": [5, 7, 30, 110]},
            pd.Index(["1970s", "1980s", "1990s", "2000s"], name="decade"),
        )
    )
    text = "In the 1970s there were five by women. Decades with fewer than 50 ascents are left out."
    assert bound(text, climbs=climbs) == ['count(climbs.by_women["1970s"])']


def test_numbers_of_a_false_change_are_not_those_of_its_other_end() -> None:
    losses = as_table(
        pd.DataFrame({"losses": [2210, 2960, 2540, 3980]}, pd.Index(range(2018, 2022), name="year"))
    )
    false = "From 2019 to 2020 the losses rose from 2,540 to 2,960."
    assert bound(false, losses=losses) == []
    true = "From 2019 to 2020 the losses fell from 2,960 to 2,540."
    assert bound(true, losses=losses) == [
        "fell(losses.losses, 2019, 2020)",
        "count(losses.losses[2019])",
        "count(losses.losses[2020])",
    ]
