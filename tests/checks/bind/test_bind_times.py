"""The times that comparisons are of where their sentences name them only by the way: the year before, the
winter after, each year until one, in one year.
"""

from __future__ import annotations

import pandas as pd
import pytest

from broadsheet.checks.bind.compared_words import compared_words_in
from broadsheet.checks.bind.naming.passages import BoundPassage
from probing import as_table, bound, codes

YEARS = pd.Index([2018, 2019, 2020, 2021, 2022, 2023, 2024], name="year")
SHOP = as_table(
    pd.DataFrame(
        {
            "books": [4120.0, 4050.0, 3980.0, 3120.0, 3310.0, 3530.0, 3490.0],
            "returns_percent": [9.8, 13.1, 11.2, 17.4, 21.9, 14.6, 12.3],
        },
        YEARS,
    )
)
HILL = as_table(
    pd.DataFrame(
        {"skiers": [95100, 61300, 0, 83900, 52600, 66200, 70800]},
        index=pd.Index(
            ["2018/19", "2019/20", "2020/21", "2021/22", "2022/23", "2023/24", "2024/25"],
            name="season",
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (
            "In 2024 there were 3,490 books, fewer than the year before.",
            "shop.books[2024] < shop.books[2023]",
        ),
        (
            "In 2024 there were 3,490 books. That is a little less than the year before.",
            "shop.books[2024] < shop.books[2023]",
        ),
        (
            "Each year until 2021 the number of books fell.",
            "every(shop.books.diff()[2019:2021] < 0)",
        ),
        ("In 2023 the number of books rose again.", "rose(shop.books, 2022, 2023)"),
    ],
)
def test_a_time_that_is_told_by_the_way(text: str, condition: str) -> None:
    assert condition in bound(text, shop=SHOP)


@pytest.mark.parametrize(
    ("text", "language", "is_held"),
    [
        ("In 2024 there were 3,490, fewer than in the previous year.", "en", True),
        ("A year earlier there were fewer, and more came before.", "en", False),
        ("There were fewer; it was more than the year before.", "en", False),
        ("Im Jahr 2024 waren es weniger als im Vorjahr.", "de", True),
        ("Im Vorjahr waren es weniger als davor.", "de", False),
    ],
)
def test_the_time_before_behind_words_is_held_against(
    text: str, language: str, *, is_held: bool
) -> None:
    compared = next(compared_words_in(BoundPassage(text, language=language)))
    assert compared.is_held_against_it is is_held


@pytest.mark.parametrize(
    "text",
    [
        "In 2023 there were 3,530 books, fewer than the year before.",
        "By 2023 the number of books had risen.",
        "In 2022 and 2024 the number of books rose.",
    ],
)
def test_what_is_false_or_has_no_beginning_is_not_bound(text: str) -> None:
    assert not any("shop.books" in code and "count" not in code for code in bound(text, shop=SHOP))


def test_a_change_in_a_year_is_not_one_since_the_year_of_the_sentence_before() -> None:
    text = "In 2019 there were 4,050 books. In 2024 the number of books fell."
    assert "fell(shop.books, 2023, 2024)" in bound(text, shop=SHOP)
    assert "fell(shop.books, 2019, 2024)" not in bound(text, shop=SHOP)


def test_what_was_added_in_a_year_is_no_change_of_what_is_added() -> None:
    years = as_table(
        pd.DataFrame({"added": [2, 4, 0, 1]}, pd.Index(range(2018, 2022), name="year"))
    )
    assert not any("rose" in code for code in codes("In 2021 it added one site.", years=years))


def test_winters_are_times() -> None:
    text = "In 2020/21 no skiers came. The winter after, 83,900 skiers came, more than in 2019/20."
    assert "hill.skiers['2021/22'] > hill.skiers['2019/20']" in bound(text, hill=HILL)
    text = "Since 2022/23 the number of skiers has risen each winter."
    assert "every(hill.skiers.diff()['2023/24':] > 0)" in bound(text, hill=HILL)
    text = "In 2023/24 there were 66,200 skiers, more than the winter before."
    assert "hill.skiers['2023/24'] > hill.skiers['2022/23']" in bound(text, hill=HILL)


def test_a_number_behind_above_is_a_limit_and_no_value_below_it() -> None:
    text = "In 2023 the returns were {} 15 percent."  # they were 14.6 percent
    assert bound(text.format("above"), shop=SHOP) == []
    value = 'pct(shop.returns_percent[2023], "15 percent", unit="percent")'
    assert value in bound(text.format("below"), shop=SHOP)


def test_a_rate_is_no_part_of_the_sum_of_rates() -> None:
    text = "In 2019 the returns were 13 percent of all returns."
    assert not any(".sum()" in code for code in bound(text, shop=SHOP))


@pytest.mark.parametrize(
    "text",
    [
        "In 2024/25 there were 70,800 skiers, the most since 2021/22.",
        "In 2024/25 there were 70,800 skiers. That is the most since 2021/22.",
    ],
)
def test_a_record_since_a_time(text: str) -> None:
    record = "highest(hill.skiers, '2024/25', since='2021/22')"
    assert record in bound(text, hill=HILL)
    false = text.replace("2021/22", "2018/19")
    assert not any("highest" in code for code in bound(false, hill=HILL))
