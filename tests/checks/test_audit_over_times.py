"""Comparisons of two things that are said to hold each time, always, or since a time."""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, rows_over_time, worst  # noqa: F401 - a fixture

TABLES = {
    "unemployment.csv": "town,year,unemployment_percent\n"
    + rows_over_time(
        range(2018, 2024),
        {
            "Harwick": [6.2, 5.8, 7.9, 7.1, 5.4, 4.9],
            "Brannock": [5.5, 5.6, 7.2, 6.8, 6.0, 5.1],
            "Dunford": [3.0, 2.7, 4.4, 3.5, 2.9, 2.8],
        },
    ),
    "spending.csv": "year,roads_eur_m,police_eur_m,schools_eur_m\n"
    "2019,16.4,17.6,44.1\n2020,14.8,14.2,45.9\n2021,15.5,14.9,47.7\n2022,19.6,15.8,50.3\n2023,21.0,16.1,54.0\n",
}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Unemployment was lower in Dunford than in Brannock in each year.", "borne out"),
        ("Unemployment was lower in Harwick than in Brannock in each year.", "contradicted"),
        ("Harwick always had lower unemployment than Brannock.", "contradicted"),
        ("Harwick had lower unemployment than Brannock throughout.", "contradicted"),
        ("Unemployment in Harwick was lower than in Brannock in every year from 2018 to 2023.", "contradicted"),
        ("Unemployment in Harwick was lower than in Brannock in every year from 2022 to 2023.", "borne out"),
        ("Unemployment in Harwick has been lower than in Brannock since 2022.", "borne out"),
        ("Unemployment in Harwick has been lower than in Brannock since 2020.", "contradicted"),
        ("Unemployment in Brannock has been lower than in Harwick since 2020.", "unknown"),
        ("Spending on schools was higher than on roads in each year.", "borne out"),
        ("Spending on roads was lower than on schools in every year from 2019 to 2023.", "borne out"),
        ("Spending on roads was higher than on police in every year from 2019 to 2023.", "contradicted"),
        ("Spending on roads has been higher than on police since 2020.", "borne out"),
    ],
)  # fmt: skip
def test_a_comparison_is_held_against_each_time_that_it_is_of(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text)) == verdict


@pytest.mark.parametrize("when", ["in jedem Jahr", "stets", "immer"])
def test_the_last_year_alone_bears_nothing_out_in_german(tmp_path, when):
    text = f"Die Arbeitslosigkeit in Harwick war {when} niedriger als in Brannock."
    assert worst(audited(tmp_path, TABLES, text, "de")) != "borne out"
