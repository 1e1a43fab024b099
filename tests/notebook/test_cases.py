"""What is said of a condition on each row: `most`, `only`, `first_time`, and counts of its cases."""

from __future__ import annotations

import pandas as pd
import pytest

import broadsheet as bs
from broadsheet.checks.check import check
from broadsheet.notebook.values import declarations as declared
from conftest import Site

TRUE, FALSE, UNKNOWN = True, False, None


def series(*values: float | None, start: int = 2020) -> pd.Series:
    return pd.Series(values, index=range(start, start + len(values)), dtype=float)


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    declared.clear()


@pytest.mark.parametrize(
    ("values", "gaps", "truth"),
    [
        ((5, 5, 1), False, TRUE),
        ((5, 1, 1), False, FALSE),
        ((5, 5, 1, 1), False, FALSE),  # half is not most
        ((5, 5, 5, None, 1), False, TRUE),  # whatever is missing cannot change it
        ((1, 1, 1, None, 5), False, FALSE),
        ((5, 5, 1, None, 1), False, UNKNOWN),
        ((5, 5, None, 1), False, UNKNOWN),
        ((5, 5, None, 1), True, TRUE),
        ((), False, UNKNOWN),
    ],
)
def test_most_is_more_than_half_of_the_places(
    values: tuple[float | None, ...], gaps: bool, truth: bool | None
) -> None:
    known = series(*values)
    assert bs.most(known > 2, gaps=gaps).truth is truth


@pytest.mark.parametrize(
    ("values", "who", "gaps", "truth"),
    [
        ((1, 5, 1), 2021, False, TRUE),
        ((1, 5, 5), 2021, False, FALSE),
        ((1, 5, 5), [2021, 2022], False, TRUE),
        ((1, 1, 5), [2021, 2022], False, FALSE),
        ((1, 5, None), 2021, False, UNKNOWN),
        ((1, 5, None), 2021, True, TRUE),
        ((1, 5, 1), 2030, False, FALSE),
    ],
)
def test_only_is_true_at_these_places_and_nowhere_else(
    values: tuple[float | None, ...], who: object, gaps: bool, truth: bool | None
) -> None:
    known = series(*values)
    assert bs.only(known > 2, who, gaps=gaps).truth is truth


@pytest.mark.parametrize(
    ("values", "since", "gaps", "truth"),
    [
        ((1, 1, 5, 1), None, False, TRUE),
        ((1, 1, 1, 5), None, False, FALSE),
        ((5, 1, 5, 5), None, False, FALSE),
        ((5, 1, 5, 5), 2020, False, TRUE),
        ((1, 1, 5, 5), 2020, False, FALSE),  # it was not so in 2020
        ((5, 5, 5, 5), 2020, False, FALSE),
        ((1, None, 5, 5), None, False, UNKNOWN),
        ((1, None, 5, 5), None, True, TRUE),
        ((1, 1, 5, None), None, False, TRUE),  # what comes later does not matter
    ],
)
def test_the_first_time_has_none_before_it(
    values: tuple[float | None, ...], since: int | None, gaps: bool, truth: bool | None
) -> None:
    known = series(*values)
    found = bs.first_time(known > 2, 2022, since=since, gaps=gaps)
    assert found.truth is truth


def test_what_is_missing_is_shown_as_evidence() -> None:
    known = series(5, None, 5, 1)
    claim = bs.most(known > 2)
    assert claim.truth is None
    assert [str(one) for one in claim.evidence] == [
        "places where it holds: 2 of 4",
        "2021: no value",
    ]


TABLE = "year,total\n" + "\n".join(
    f"{year},{value}" for year, value in enumerate([20, 30, 25, 26, 40, 38, 38, 60], start=2015)
)
CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
change = trade.total.diff().dropna()"""
ROWS = [
    # words, condition, what they rest on: proved by meaning, open (on the author's word), or refuted
    ("fell in every year", "every(trade.total.diff().dropna() > -9)", "author"),
    ("rose in only one year", "(trade.total.diff().dropna() < 0).sum() == 2", "refuted"),
    ("fell in two of the seven years", "(trade.total.diff().dropna() < 0).sum() == 2", "meaning"),
    ("rose in two of the seven years", "(trade.total.diff().dropna() < 0).sum() == 2", "refuted"),
    ("fell in three of the seven years", "(trade.total.diff().dropna() < 0).sum() == 2", "refuted"),
    (
        "fell in at least two of seven years",
        "(trade.total.diff().dropna() < 0).sum() == 2",
        "meaning",
    ),
    (
        "fell in at least three of seven years",
        "(trade.total.diff().dropna() < 0).sum() == 2",
        "refuted",
    ),
    ("was above 30 in most years", "most(trade.total > 25)", "author"),
    ("was above 25 in most years", "most(trade.total > 25)", "meaning"),
    ("was below 25 in most years", "most(trade.total > 25)", "refuted"),
    ("was above 20 in all years but one", "(trade.total > 20).sum() == 7", "meaning"),
    ("was above 20 in all years but two", "(trade.total > 20).sum() == 7", "refuted"),
    ("was above 40 only in 2022", "only(trade.total > 40, 2022)", "meaning"),
    ("was above 40 only in 2021", "only(trade.total > 40, 2022)", "author"),
    ("was above 35 for the first time", "first_time(trade.total > 35, 2019)", "meaning"),
    ("was below 35 for the first time", "first_time(trade.total > 35, 2019)", "refuted"),
    ("was above 28 for the first time", "trade.total[2019] > 28", "refuted"),
    (
        "was above 28 for the first time since 2016",
        "first_time(trade.total > 28, 2019, since=2016)",
        "meaning",
    ),
    ("was back above its level of 2016", "trade.total[2019] > trade.total[2016]", "meaning"),
    ("was back above its level of 2018", "trade.total[2019] > trade.total[2018]", "refuted"),
    ("was back at its level of 2020", "trade.total[2021] == trade.total[2020]", "refuted"),
    ("had no year with less than 20", "every(trade.total >= 20)", "meaning"),
    ("had no year with more than 10", "every(trade.total > 10)", "refuted"),
    ("was not a record", "not highest(trade.total[:2021])", "meaning"),
    ("has not fallen in any year", "rose(trade.total, 2015, 2022)", "author"),
    ("was the highest in any year", "highest(trade.total)", "meaning"),
    ("rose to more than 50", "trade.total[2022] > 50", "meaning"),
    ("rose to more than 30", "trade.total[2021] > 30", "author"),  # it had been as much before
]


def test_words_about_cases_are_proved_refused_or_left_to_the_author(site: Site) -> None:
    site.front()
    site.table(TABLE)
    site.article(
        "a", CELL, *[("md", f'Total trade [{words}]{{claim="{code}"}}.') for words, code, _ in ROWS]
    )
    report = check(site.root)
    refused = {one.where.cell for one in report.faults if "its values do not say" in one.what}
    rests = {one.where.cell: one.rests for one in report.claims}
    found = [
        (words, code, "refuted" if number in refused else rests[number])
        for number, (words, code, _) in enumerate(ROWS, start=3)
    ]
    assert [one for one, row in zip(found, ROWS, strict=True) if one != row] == []


def test_an_index_is_chosen_by_a_condition(site: Site) -> None:
    site.front()
    site.table(TABLE)
    chosen = "`{python} listing(trade.index[trade.total > 38])`"
    site.article("a", CELL, ("md", f"It was so in {chosen}."))
    assert [str(one) for one in check(site.root).faults] == []
