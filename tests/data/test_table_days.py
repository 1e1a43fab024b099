"""Days in tables that may have the day or the month first, and what is kept when a table's file is
replaced.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.data.csv_reading import plain_table
from conftest import Site

Command = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("cells", "kind", "first", "words"),
    [
        (
            ["5/6/2026", "7/8/2026"],
            "string",
            "5/6/2026",
            ["5 June 2026", "6 May 2026", "2026-06-05", "2026-05-06"],
        ),
        (["5-6-2026", "1-2-2026"], "string", "5-6-2026", ["5 June 2026", "6 May 2026"]),
        (
            ["5/6/2026", "13/6/2026"],
            "date",
            "2026-06-05",
            ["'13/6/2026'", "the day", "5 June 2026"],
        ),
        (["5/6/2026", "", "6/13/2026"], "date", "2026-05-06", ["the month", "6 May 2026"]),
        (["5-6-2026", "31-12-2026"], "date", "2026-06-05", ["'31-12-2026'", "5 June 2026"]),
        (["13/6/2026", "6/13/2026"], "string", "13/6/2026", ["'13/6/2026'", "'6/13/2026'"]),
        (["13/6/2026", "14/6/2026"], "date", "2026-06-13", []),
        (["5/5/2026", "6/6/2026"], "date", "2026-05-05", []),
        (["5.6.2026", "1.2.2026"], "date", "2026-06-05", []),
        (["5/6/2026", "soon"], "string", "5/6/2026", []),
    ],
)
def test_a_day_that_may_be_two_is_settled_by_another_row_or_left_and_told_in_both_cases(
    cells: list[str], kind: str, first: str, words: list[str]
) -> None:
    rows = "".join(f"{number},{cell}\n" for number, cell in enumerate(cells))
    table = plain_table(f"code,day\n{rows}".encode(), "f.csv")
    assert table.columns[1].type == kind
    assert table.rows[0][1] == first
    told = " ".join(table.notes)
    assert all(word in told for word in words) and bool(told) == bool(words)


def test_the_author_reads_it_when_the_table_is_added(site: Site, run: Command) -> None:
    site.front()
    site.write("in.csv", "day,price\n5/6/2026,1\n13/6/2026,2\n")
    _, out, err = run(site, "data", "add", "in.csv", "--name", "prices")
    assert "so '5/6/2026' is 5 June 2026" in err and "day (date)" in out
    site.write("in.csv", "day,price\n5/6/2026,1\n1/2/2026,2\n")
    _, out, err = run(site, "data", "add", "in.csv", "--name", "others")
    assert "may be 5 June 2026 or 6 May 2026" in err and "day (string)" in out


def test_a_unit_that_a_replaced_table_keeps_is_not_said_to_be_missing(
    site: Site, run: Command
) -> None:
    site.front()
    site.write("in.csv", "year,price,weight\n2021,1.5,2\n2022,2.5,3\n")
    _, _, err = run(site, "data", "add", "in.csv", "--name", "x", "--unit", "price=US$ per kg")
    assert "has no unit for weight" in err
    site.write("in.csv", "year,price,weight\n2021,1.5,2\n2022,2.5,3\n2023,3.5,4\n")
    code, _, err = run(site, "data", "add", "in.csv", "--name", "x", "--replace")
    assert code == 0 and "has no unit for weight\n" in err
    assert '"unit": "US$ per kg"' in site.read("data/datapackage.json")
    code, _, err = run(
        site, "data", "add", "in.csv", "--name", "x", "--replace", "--unit", "weight=kg"
    )
    assert "has no unit" not in err
