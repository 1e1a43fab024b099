"""Comparisons of long tables, whose rows have two names, which `broadsheet bind` binds: those of one group
at its times, and those of all groups at a time.
"""

from __future__ import annotations

import pandas as pd

from probing import as_table, bound, described

CLINICS = as_table(
    pd.DataFrame(
        {
            "operations": [
                3120, 3340, 3610, 3905, 5210, 5080, 4970, 4890,
                1480, 1510, 1495, 1620, 4020, 4310, 4405, 4415,
            ],
            "wait": [94, 88, 81, 73, 61, 67, 75, 83, 45, 44, 47, 43, 110, 104, 99, 97],
        },
        index=pd.MultiIndex.from_product(
            [["Rosehill", "Northfield", "Marlow", "Queensgate"], [2021, 2022, 2023, 2024]],
            names=["hospital", "year"],
        ),
    ).sort_index()
)  # fmt: skip


def conditions(text: str) -> list[str]:
    return [code for code in bound(text, clinics=CLINICS) if not code.startswith("count(")]


def test_a_record_among_others_is_that_of_all_groups_at_the_time() -> None:
    text = "Northfield did 4,890 operations in 2024, more than any other hospital."
    assert conditions(text) == ["highest(clinics.operations[:, 2024], 'Northfield')"]
    has = "In 2024 Queensgate had the longest wait: 97 days. Marlow had the shortest, 43 days."
    assert conditions(has) == [
        "highest(clinics.wait[:, 2024], 'Queensgate')",
        "lowest(clinics.wait[:, 2024], 'Marlow')",
    ]


def test_a_false_record_among_others_is_not_one_of_times() -> None:
    assert conditions("In 2024 Northfield had the longest wait: 83 days.") == []
    text = "Marlow did 1,620 operations in 2024, more than any other hospital."
    assert conditions(text) == []


def test_a_record_of_times_is_that_of_its_group() -> None:
    text = "At Northfield the wait was 83 days in 2024, the longest since 2021."
    assert conditions(text) == ["highest(clinics.wait['Northfield'], 2024)"]
    text = "At Northfield the wait was 83 days in 2024, longer than in any other year."
    assert conditions(text) == ["highest(clinics.wait['Northfield'], 2024)"]


def test_a_group_behind_than_is_the_other_side() -> None:
    text = "In 2024 patients at Northfield waited 83 days, longer than at Rosehill."
    condition = "clinics.wait['Northfield'][2024] > clinics.wait['Rosehill'][2024]"
    assert conditions(text) == [condition]
    assert conditions(text.replace("longer", "shorter")) == []


def test_a_limit_of_a_group_is_not_held_against_that_of_the_sentence_before() -> None:
    text = (
        "In 2023 it was 75 days at Northfield, 81 at Rosehill.\n\nQueensgate waited 110 days in 2021, more than "
        "twice as long as Marlow with 45. Only at Northfield did patients wait longer in 2024 than in 2021. "
        "At Marlow the wait never was above 50 days."
    )
    assert "every(clinics.wait['Marlow'] <= 50)" in conditions(text)


def test_whose_a_measure_is_does_not_say_which_it_is() -> None:
    index = pd.MultiIndex.from_product(
        [["China", "Norway"], [2021, 2022]], names=["partner", "year"]
    )
    fund = described(
        pd.DataFrame(
            {"out": [70.0, 98.0, 180.0, 206.0], "both": [141.0, 180.0, 290.0, 258.0]}, index
        ),
        "Russia's partners",
        out={"title": "Russia's exports"},
        both={"title": "Commerce in all"},
    )
    text = "Russia {} more with Norway than with China in 2022."
    assert bound(text.format("dealt"), fund=fund) == []
    exported = bound(text.format("had exports of").replace("with", "to"), fund=fund)
    assert all("fund.out" in code for code in exported)
