"""Comparisons that are said to hold each time, everywhere, or of one alone; and changes told in parts."""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, worst  # noqa: F401 - a fixture

RAIL = {
    "Northern": [43.0, 17.5, 21.9, 39.8],
    "Coastal": [12.9, 4.1, 6.6, 13.6],
    "Valley": [8.5, 3.6, 4.4, 4.2],
    "Island": [9.1, 8.2, 7.0, 6.5],
}
TABLES = {
    "rail-passengers.csv": "line,year,passengers_m\n"
    + "".join(
        f"{line},{2020 + at},{value}\n"
        for line, values in RAIL.items()
        for at, value in enumerate(values)
    ),
    "waits.csv": "hospital,specialty,wait_weeks\n"
    "Mercy,Bones,18.5\nMercy,Hearts,9.2\nMercy,Eyes,14.1\n"
    "Saint Anne,Bones,24.3\nSaint Anne,Hearts,11.0\nSaint Anne,Eyes,12.6\n",
}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Passengers on the Island line have fallen every year since 2020.", "borne out"),
        ("Passengers on the Coastal line have grown every year since 2020.", "contradicted"),
        ("Passengers on the Coastal line have grown every year since 2021.", "borne out"),
        ("In 2023 passengers on the Island line fell for the third year in a row.", "borne out"),
        ("In 2023 passengers on the Valley line fell for the second year in a row.", "contradicted"),
        ("Coastal was the only line to carry more passengers in 2023 than in 2020.", "borne out"),
        ("Valley was the only line to carry fewer passengers in 2023 than in 2022.", "contradicted"),
        ("Northern was the line with the most passengers in every year.", "borne out"),
        ("Island was the line with the fewest passengers in every year.", "contradicted"),
        ("The wait for bones is the longest in every hospital.", "borne out"),
        ("The wait for eyes is the longest in every hospital.", "contradicted"),
        ("The Valley line lost roughly two thirds of its passengers from 2020 to 2021.", "contradicted"),
        ("The Northern line lost roughly three fifths of its passengers from 2020 to 2021.", "borne out"),
        ("From 2020 to 2023 passengers on the Island line fell by almost a third.", "borne out"),
        ("From 2020 to 2023 passengers on the Island line fell by more than a third.", "contradicted"),
    ],
)  # fmt: skip
def test_what_is_said_of_all_times_of_one_alone_and_in_parts(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text)) == verdict


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("In 2023 passengers on the Island line fell for the third year in a row.", -0.5),
        ("In 2023 passengers on the Coastal line rose for the second year in a row.", 7.0),
        ("Passengers on the Island line have fallen every year since 2020.", -0.5),
    ],
)
def test_a_fall_is_told_as_a_change_below_zero(tmp_path, text, change):
    values = [each.reading.value for each in audited(tmp_path, TABLES, text) if each.reading]
    assert values == [pytest.approx(change)]


def test_plus_is_no_more_than_in_english(tmp_path):
    text = "The Coastal line plus the Island line had quite some passengers in 2020."
    assert not audited(tmp_path, TABLES, text)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("In 2020 the Northern and the Valley line had 51.5 million passengers between them.", "borne out"),
        ("In 2020 the Northern and the Valley line had 61.5 million passengers between them.", "contradicted"),
        ("In 2020 the gap between them, the Northern and the Valley line, was 34.5 million passengers.", "unknown"),
        ("In 2020 the difference in passengers between them, Northern and Valley, was 34.5 million.", "unknown"),
    ],
)  # fmt: skip
def test_what_two_have_between_them_is_a_sum_and_a_gap_is_none(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text)) == verdict


def test_a_club_that_gained_members_is_no_number_of_clubs(tmp_path):
    table = "club,members_2022,members_2023\nRowing,214,231\nChess,88,85\nHiking,1032,1107\n"
    assert (
        worst(audited(tmp_path, {"clubs.csv": table}, "Rowing gained 17 members."))
        != "contradicted"
    )


def test_the_highest_of_rows_that_are_all_alike_is_none(tmp_path):
    statements = audited(tmp_path, TABLES, "Hearts has the most waits.")
    assert worst(statements) == "unknown"
