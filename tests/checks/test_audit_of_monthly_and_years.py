"""Numbers of a table of months, and counts of the rows of a column of years."""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, rows_over_time, worst  # noqa: F401 - a fixture

MONTHS = [f"2022-{month:02}" for month in range(1, 13)]
TABLES = {
    "ferries.csv": "month,port,passengers_k\n"
    + rows_over_time(
        MONTHS,
        {
            "Skerry": [12.1, 12.8, 15.0, 19.4, 24.6, 31.2, 42.5, 44.1, 28.3, 18.7, 13.2, 14.0],
            "Tolby": [30.2, 29.8, 33.1, 34.0, 36.2, 37.5, 38.8, 38.1, 36.0, 34.9, 32.0, 31.1],
        },
    ),
    "bridges.csv": "bridge,town,opened,length_m\nOld Bridge,Harwick,1788,86\nKing's Bridge,Harwick,1871,142\n"
    "Station Bridge,Tolby,1906,118\nMill Bridge,Tolby,1752,41\nHarbour Bridge,Eastmere,1998,612\n"
    "Abbey Bridge,Dunford,1811,73\nFerry Bridge,Brannock,1932,330\n",
}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Over the whole of 2022, 275,900 passengers took the Skerry ferry.", "borne out"),
        ("Over the whole of 2022, 257,900 passengers took the Skerry ferry.", "contradicted"),
        ("In summer 2022 Skerry had 117,800 passengers.", "unknown"),
        ("In 2022 the Skerry ferry carried up to 44,100 passengers a month.", "unknown"),
        ("By May 2022, 83,900 passengers had taken the Skerry ferry.", "unknown"),
        ("Passengers to Skerry peaked at 46,100 in August 2022 and had dropped to 14,000 by December 2022.", "contradicted"),
        ("In three months of 2022, Skerry had more than 30,000 passengers.", "borne out"),
        ("In five months of 2022, Skerry had more than 30,000 passengers.", "contradicted"),
        ("August 2022 was the quietest month on the Skerry ferry.", "contradicted"),
    ],
)  # fmt: skip
def test_months_of_a_year(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text)) == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Four of the bridges were opened before 1900.", "borne out"),
        ("Six of the bridges were opened before 1900.", "contradicted"),
        ("Three of the bridges were opened after 1900.", "borne out"),
        ("Five of the bridges were repaired before 1900.", "unknown"),
        ("Mill Bridge, opened in 1752, is the oldest of the seven.", "borne out"),
        ("Mill Bridge, opened in 1852, is the oldest of the seven.", "contradicted"),
    ],
)
def test_rows_before_and_after_a_year(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text)) == verdict
