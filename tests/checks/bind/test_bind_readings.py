"""Which of the expressions that read as a number does, and of the conditions that a comparison may mean,
`broadsheet bind` finds named most clearly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
import pytest

from broadsheet.checks.bind.asking import Answer, BoundReading, Key, sentences_of
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.bound_words import BoundWords
from broadsheet.checks.bind.choosing import chosen_words
from broadsheet.checks.bind.naming.labels import label_positions
from broadsheet.checks.bind.naming.number_words import numbers_in
from broadsheet.checks.bind.naming.passages import BoundPassage
from broadsheet.checks.bind.readings_apart import firsts_of
from probing import as_table, bound, codes, described, options, scores

POWER = as_table(
    pd.DataFrame(
        {"wind": [20.0, 24.0], "coal": [80.0, 56.0], "wind_share": [0.25, 0.3]},
        index=pd.Index([2023, 2024], name="year"),
    )
)
CHANGE = 'pct(power.wind[2024] / power.wind[2023] - 1, "20 percent")'


@pytest.mark.parametrize(
    "sentence",
    [
        "The share of wind makes up 20 percent of the power in 2024.",
        "In 2024 the share of wind was 20 percent, up from 17 percent in 2023.",
        "The share of wind went from 17 percent in 2023 to 20 percent in 2024.",
    ],
)
def test_a_level_is_no_change(sentence: str) -> None:
    power = as_table(
        pd.DataFrame({"wind_share": [0.1667, 0.2]}, index=pd.Index([2023, 2024], name="year"))
    )
    read = scores(sentence, power=power)
    level = max(
        score
        for code, score in read.items()
        if "[2024]" in code and "/" not in code and "pct" in code
    )
    assert all(score < level for code, score in read.items() if " / " in code and "pct" in code)


def test_a_change_that_is_said_is_one() -> None:
    ((kind, code), *_) = options("From 2023 to 2024 wind rose by 20 percent.", power=POWER)
    assert (kind, code) == ("fact", CHANGE)


def test_a_quotient_is_no_number_of_percent() -> None:
    power = as_table(pd.DataFrame({"wind": [20, 24], "coal": [20, 24]}, index=[2023, 2024]))
    read = codes("In 2024 wind and coal had 1.0 percent, after 1.0 percent in 2023.", power=power)
    assert not any(" / " in code for code in read)


def test_a_number_of_texts_has_the_noun_of_their_column() -> None:
    votes = as_table(pd.DataFrame({"china": ["no", "abstain", "no"], "text": ["a", "b", "a"]}))
    read = scores("China voted against two of them, of which there were two texts.", votes=votes)
    number = 'count(votes["{}"].nunique())'
    assert read[number.format("china")] + 1 < read[number.format("text")]


def months(**columns: Sequence[float | None]) -> pd.DataFrame:
    index = pd.period_range("2022-12", periods=4, freq="M", name="month")
    return as_table(pd.DataFrame(columns, index=index, dtype=float))


def test_a_record_may_lack_values() -> None:
    oil = months(price=[50, None, 70, 60])
    sentence = "The price of oil was dearest in February 2023, at 70 dollars."
    assert "highest(oil.price, '2023-02', gaps=True)" in codes(sentence, oil=oil)
    whole = months(price=[50, 55, 70, 60])
    assert "highest(oil.price, '2023-02')" in codes(sentence, oil=whole)


def test_a_month_takes_the_year_of_another() -> None:
    text = "From January to December 2022 it rose, in May 2021 it fell."
    assert label_positions(text, "2022-01")
    assert label_positions(text, "2022-12")
    assert not label_positions(text, "2022-05")
    assert not label_positions("On 7 January it rose, in 2022.", "2022-01")
    assert not label_positions("From January on it rose.", "2022-01")


@pytest.mark.parametrize(
    ("sentence", "sign"),
    [
        ("Wind's part of coal rose from 25 percent in 2023 to 43 percent in 2024.", ">"),
        ("Wind came to 43 percent of coal in 2024, up from 25 percent in 2023.", ">"),
        ("Wind came to 43 percent of coal in 2024, more than the 25 percent of 2023.", ">"),
    ],
)
def test_a_comparison_of_two_numbers_is_that_of_their_expressions(sentence: str, sign: str) -> None:
    now, then = (f"power.wind[{year}] / power.coal[{year}]" for year in (2024, 2023))
    assert f"{now} {sign} {then}" in codes(sentence, power=POWER)


def test_a_comparison_of_two_cells_of_a_column_is_a_change() -> None:
    sentence = "Coal fell from 80 TWh in 2023 to 56 TWh in 2024."
    assert "fell(power.coal, 2023, 2024)" in codes(sentence, power=POWER)
    assert not any("rose" in code for code in codes(sentence, power=POWER))


def test_a_rise_has_a_beginning_that_is_named_or_is_one_in_a_year() -> None:
    rise = "rose(power.wind, 2023, 2024)"
    assert rise not in codes("By 2024 wind had climbed with 24 TWh.", power=POWER)
    assert rise in codes("In 2024 wind climbed with 24 TWh.", power=POWER)
    assert rise in codes("In 2024 wind climbed to 24 TWh from a year earlier.", power=POWER)
    assert rise in codes("In 2024 wind rose by 20 percent.", power=POWER)


def zero(code: str, place: str) -> BoundReading:
    evidence = [{"place": place, "value": 0, "unit": ""}]
    changed = '[false, ["1"]]'
    return BoundReading(code, 2, {"truth": True, "evidence": evidence}, ("0",), (changed, changed))


def test_zeros_of_several_places_are_several_readings() -> None:
    first, other = zero("a[2020] == 0", "Ascents, 2020"), zero("b[2020] == 0", "Deaths, 2020")
    assert firsts_of([first, other]) == [first, other]
    assert firsts_of([first, zero("c[2020] == 0", "Ascents, 2020")]) == [first]


def fact(code: str, score: float, *otherwise: str) -> BoundReading:
    declared: dict[str, Any] = {
        "value": 872, "text": "872", "keys": [[]], "sources": ["everest"], "note": "",
    }  # fmt: skip
    return BoundReading(code, score, declared, ("872",), otherwise)


@pytest.mark.parametrize(
    ("clearness", "more", "count"), [(5.0, ", a record", 1), (3.0, ", a record", 0), (3.0, "", 1)]
)
def test_a_fact_of_the_same_value_rivals_only_what_is_no_clearer_if_its_name_is_said(
    clearness: float, more: str, count: int
) -> None:
    source = BoundSource(PurePosixPath("page.qmd"), f"In 2019 there were 872 ascents{more}.\n")
    asked = sentences_of(source, "en")
    cell, name = fact("everest.ascents[2019]", clearness, "1"), fact("record", 2.6, "2")
    answers: dict[Key, Answer] = {(0, 19, 22, "fact"): Answer("872", 3, (cell, name))}
    bound, unsure = chosen_words(source, asked, [answers], {})
    assert (len(bound), len(unsure)) == (count, 1 - count)
    assert all(isinstance(words, BoundWords) for words in bound)


@pytest.mark.parametrize(
    ("other", "count"), [("max()", 1), ("min()", 1), ("sum()", 0), ("iloc[-1]", 0)]
)
def test_a_value_with_a_name_is_not_rivalled_by_the_highest_of_its_column(
    other: str, count: int
) -> None:
    source = BoundSource(PurePosixPath("page.qmd"), "Most ascents, 872, were in 2019.\n")
    first = fact("count(everest.ascents[2019])", 3.0, "1")
    second = fact(f"count(everest.ascents.{other})", 2.9, "2")
    answers: dict[Key, Answer] = {(0, 14, 17, "fact"): Answer("872", 3, (first, second))}
    bound, _ = chosen_words(source, sentences_of(source, "en"), [answers], {})
    assert [words.code for words in bound] == [first.code] * count


def test_a_number_is_worked_out_as_another_one_of_its_sentence() -> None:
    source = BoundSource(PurePosixPath("page.qmd"), "Of 872 ascents, 872 were without oxygen.\n")
    readings = {
        (0, 3, 6, "fact"): [fact("pct(a.left[1] / a.all[1])", 4.0, "1")],
        (0, 16, 19, "fact"): [
            fact("pct(a.left[2] / a.left.sum())", 3.1, "1"),
            fact("pct(a.left[2] / a.all[2])", 3.0, "2"),
        ],
    }
    answers: dict[Key, Answer] = {
        (of, start, end, "fact"): Answer("872", 3, tuple(options))
        for (of, start, end, _), options in readings.items()
    }
    bound, _ = chosen_words(source, sentences_of(source, "en"), [answers], {})
    assert [words.code for words in bound] == [
        "pct(a.left[1] / a.all[1])",
        "pct(a.left[2] / a.all[2])",
    ]


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("Wind rose by 20 percent from 2023 to 2024.", "rose(power.wind, 2023, 2024)"),
        ("Coal fell by 30 percent from 2023 to 2024.", "fell(power.coal, 2023, 2024)"),
        ("In 2024 wind gave 20 percent more than in 2023.", "power.wind[2024] > power.wind[2023]"),
        ("In 2024 coal gave 2.3 times as much as wind.", "power.coal[2024] > power.wind[2024]"),
        (
            "In 2023 wind gave 20 TWh and coal 80 TWh, more by far.",
            "power.coal[2023] > power.wind[2023]",
        ),
    ],
)
def test_a_comparison_is_that_of_the_number_beside_it(sentence: str, condition: str) -> None:
    conditions = [code for kind, code in options(sentence, power=POWER) if kind == "claim"]
    assert conditions[0] == condition


def test_an_amount_is_no_share() -> None:
    read = codes("From 2023 to 2024 wind rose by 20 percent.", power=POWER)
    assert CHANGE in read
    assert not any(code.startswith("pct(power.wind[2023],") for code in read)


def test_a_sign_before_figures_is_not_of_the_year_before_it() -> None:
    passage = BoundPassage("The price was $30 in 2022, in 2023 $10, in 2024 € 9, and later 8 €.")
    read = {words.text for words, _ in numbers_in(passage)}
    assert {"$30", "$10", "€ 9", "8 €"} <= read
    assert not any(text.startswith("20") and len(text) > 4 for text in read)


def test_a_column_is_found_among_many() -> None:
    columns = {f"wind_{number}": [1.0, 2.0] for number in range(60)} | {"total": [5.0, 190.0]}
    power = as_table(pd.DataFrame(columns, index=pd.Index([2023, 2024], name="year")))
    assert "count(power.total[2024])" in codes("Wind gave 190 TWh in 2024.", power=power)


def test_a_day_of_an_index_of_times_is_named_by_its_text() -> None:
    days = pd.DatetimeIndex(["2022-03-02", "2022-04-07", "2022-10-12", "2022-11-14"], name="day")
    votes = as_table(pd.DataFrame({"yes": [141, 93, 143, 94]}, index=days))
    sentence = "Support by yes was highest on 12 October 2022, with 143."
    assert "highest(votes.yes, '2022-10-12')" in codes(sentence, votes=votes)


@pytest.mark.parametrize(("key", "count"), [("2024", 1), ("year", 0)])
def test_a_record_so_far_is_another_reading_where_a_parameter_says_how_far(
    key: str, count: int
) -> None:
    source = BoundSource(PurePosixPath("page.qmd"), "In 2024 wind was at a record.\n")
    places = [{"place": "Wind, 2024", "value": 31, "unit": ""}]
    declared = {"truth": True, "evidence": places}
    whole, so_far = (
        BoundReading(code, 3, declared, ("31",), (changed, changed))
        for code, changed in (
            (f"highest(power.wind, {key})", '[true, ["33"]]'),
            (f"highest(power.wind[:{key}])", '[false, ["33"]]'),
        )
    )
    answers: dict[Key, Answer] = {(0, 20, 28, "claim"): Answer("a record", 3, (whole, so_far))}
    bound, unsure = chosen_words(source, sentences_of(source, "en"), [answers], {})
    assert (len(bound), len(unsure)) == (count, 1 - count)


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("In 2024 wind gave more than in 2023.", "power.wind[2024] > power.wind[2023]"),
        ("In 2024 coal gave less than the 80 TWh of 2023.", "power.coal[2024] < power.coal[2023]"),
    ],
)
def test_what_is_behind_a_comparison_is_held_against(sentence: str, condition: str) -> None:
    assert condition in codes(sentence, power=POWER)


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2023 wind gave more than in 2024.",
        "Under the cap wind gave 20 TWh in 2023, and was at its best in 2024.",
    ],
)
def test_what_is_not_behind_a_comparison_is_not_held_against(sentence: str) -> None:
    read = codes(sentence, power=POWER)
    assert not read & {"power.wind[2024] > power.wind[2023]", "power.wind[2023] < power.wind[2024]"}


@pytest.mark.parametrize(("others", "count"), [((), 1), ((fact("b", 0.2, "2"),), 0)])
def test_a_number_that_has_one_reading_needs_less(
    others: Sequence[BoundReading], count: int
) -> None:
    source = BoundSource(PurePosixPath("page.qmd"), "In 2019 there were 872 ascents.\n")
    readings = (fact("a", 1.4, "1"), *others)
    answers: dict[Key, Answer] = {(0, 19, 22, "fact"): Answer("872", 2, readings)}
    bound, unsure = chosen_words(source, sentences_of(source, "en"), [answers], {})
    assert (len(bound), len(unsure)) == (count, 1 - count)


@pytest.mark.parametrize(
    ("code", "score", "size", "count"),
    [
        ("climb.ascents[2022]", 0.8, 2, 1),
        ("climb.ascents[2022]", 0.8, 1, 0),
        ("climb.ascents.max()", 0.8, 2, 0),
        ("climb.ascents[2022] / climb.falls[2022]", 0.8, 2, 0),
        ("votes.yes[2022]", 0.8, 2, 0),
        ("count(votes.yes[2019])", 0.8, 2, 0),
        ('count(votes.yes[2022], "872 ascents")', 0.8, 2, 0),
        ('count(votes, "872 ascents")', 0.8, 2, 0),
    ],
)
def test_a_number_that_can_only_be_a_single_value_that_is_named_needs_little(
    code: str, score: float, size: int, count: int
) -> None:
    source = BoundSource(PurePosixPath("page.qmd"), "In 2019 there were 872 ascents.\n")
    answers: dict[Key, Answer] = {
        (0, 19, 22, "fact"): Answer("872", size, (fact(code, score, "1"),))
    }
    bound, unsure = chosen_words(source, sentences_of(source, "en"), [answers], {})
    assert (len(bound), len(unsure)) == (count, 1 - count)


def test_the_same_row_in_a_part_of_a_table_is_the_same_value() -> None:
    whole, part = fact("votes.yes[2022]", 2, "3", "4"), fact("against.yes[2022]", 1.9, "3", "4")
    of_rows = [
        replace(each, declared={**each.declared, "keys": [["2022"]]}, otherwise=otherwise)
        for each, otherwise in ((whole, ("3", "4")), (part, (None, "4")))
    ]
    assert firsts_of(of_rows) == of_rows[:1]
    assert len(firsts_of([of_rows[0], replace(of_rows[1], otherwise=(None, "5"))])) == 2
    elsewhere = replace(of_rows[1], declared={**of_rows[1].declared, "place": "no, 2022"})
    assert len(firsts_of([of_rows[0], elsewhere])) == 2


@pytest.mark.parametrize(
    ("language", "sentence", "is_change"),
    [
        ("en", "From 2020 to 2021 wheat rose by more than 42 tonnes.", True),
        ("en", "From 2020 to 2021 wheat rose by at least 42 tonnes.", True),
        ("en", "From 2020 to 2021 wheat rose by only about 42 tonnes.", True),
        ("en", "From 2020 to 2021 wheat rose by about another 42 tonnes.", True),
        ("de", "Von 2020 bis 2021 stieg wheat um mehr als 42 Tonnen.", True),
        ("en", "From 2020 to 2021 wheat rose to more than 42 tonnes.", False),
        ("en", "From 2020 to 2021 wheat rose to about 42 tonnes.", False),
        ("de", "Von 2020 bis 2021 stieg wheat auf mehr als 42 Tonnen.", False),
    ],
)
def test_the_size_of_a_change_may_have_a_rounding_word(
    language: str, sentence: str, *, is_change: bool
) -> None:
    years = pd.Index([2020, 2021], name="year")
    farm = as_table(pd.DataFrame({"wheat": [310.0, 352.4]}, index=years))
    expressions = codes(sentence, language=language, farm=farm)
    difference = "farm.wheat[2021] - farm.wheat[2020]"
    assert any(difference in code for code in expressions) == is_change


def test_what_a_thing_is_of_is_not_counted() -> None:
    deaths = described(
        pd.DataFrame(
            {"wounds": [1200.0, 1570.0, 1000.0], "fever": [5400.0, 4240.0, 3000.0]},
            index=pd.Index([1854, 1855, 1856], name="year"),
        ),
        "The war",
        wounds={"title": "Deaths from wounds"},
        fever={"title": "Deaths from fever"},
    )
    read = bound("Of fever 12,640 died in all, and 3,770 of their wounds.", deaths=deaths)
    assert read == ["count(deaths.fever.sum())", "count(deaths.wounds.sum())"]
    assert not bound("Of fever 1,570 of the deaths came in 1855.", deaths=deaths)


def test_a_measure_per_head_is_not_another_one() -> None:
    years = pd.MultiIndex.from_product([["Cuba", "Haiti"], [1952, 2007]], names=["country", "year"])
    table = described(
        pd.DataFrame({"income": [5587.0, 8948.0, 1840.0, 1202.0]}, index=years),
        income={"title": "Income per person", "unit": "US$"},
    )
    text = "In Haiti income per person was lower in 2007 than in 1952: $1,202, down from $1,840."
    assert [code for code in bound(text, lives=table) if code.startswith("usd")] == [
        'usd(lives.income["Haiti"][2007])',
        'usd(lives.income["Haiti"][1952])',
    ]


def test_a_place_that_is_named_is_not_elsewhere() -> None:
    years = pd.MultiIndex.from_product(
        [["Cuba", "United States"], [2007]], names=["country", "year"]
    )
    frame = pd.DataFrame({"income": [8948.0, 42952.0]}, index=years)
    table = described(frame, income={"unit": "US$"})
    text = "In 2007 an income in the United States was almost five times the $8,948 of Cuba."
    assert 'usd(lives.income["Cuba"][2007])' in bound(text, lives=table)


def test_times_are_counted_at_which_a_value_is_beyond_a_number() -> None:
    years = pd.Index([2001, 2002, 2003, 2004, 2005], name="year")
    table = as_table(
        pd.DataFrame({"fossil": [353.0, 412.0, 427.0, 404.0, 293.0], "wind": 9.0}, index=years)
    )
    read = bound("In three years fossil plants gave more than 400 units.", power=table)
    assert read == ["count((power.fossil > 400).sum())"]
    assert not bound("In three plants fossil fuel gave more than 400 units.", power=table)


def test_since_then_reaches_to_the_present() -> None:
    years = pd.Index([2001, 2010, 2017], name="year")
    table = as_table(pd.DataFrame({"coal": [353.0, 427.0, 293.0], "wind": 9.0}, index=years))
    text = "Coal had its peak in 2010; since then coal has fallen by 31 percent."
    assert "fell(power.coal, 2010, 2017)" in codes(text, power=table)
    assert "fell(power.coal, 2010, 2017)" not in codes(text.replace("since", "by"), power=table)


SITES = described(
    pd.DataFrame(
        {"sites": [1.0, 30.0, 55.0, 52.0], "added": [1.0, 3.0, 8.0, 1.0]},
        index=pd.Index([1979, 2000, 2016, 2021], name="year"),
    ),
    "Sites in danger",
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The list had one site in 1979.", ["count(years.sites[1979])"]),
        ("Sites in danger: one in 1979.", ["count(years.sites[1979])"]),
        ("In 1979 one man listed sites.", []),
        ("In 1979 one of the sites was added.", []),
        ("One reason was that 1979 was early.", []),
    ],
)
def test_one_is_a_number_before_what_is_counted(text: str, read: list[str]) -> None:
    assert bound(text, years=SITES) == read


def test_the_columns_of_a_table_are_added_up_if_they_are_of_one_unit() -> None:
    years = pd.Index([2021, 2022], name="year")
    frame = pd.DataFrame({"wounds": [1200.0, 1570.0], "fever": [5400.0, 4240.0]}, years)
    titles = {"wounds": {"title": "Deaths from wounds"}, "fever": {"title": "Deaths from fever"}}
    text = "Of 12,410 deaths in all, fever caused 78 percent. In 2022 there were 5,810 deaths."
    both = "(deaths.wounds + deaths.fever)"
    assert bound(text, deaths=described(frame, **titles)) == [
        f"count({both}.sum())",
        f'pct(deaths.fever.sum() / {both}.sum(), "78 percent")',
        f"count({both}[2022])",
    ]
    titles["fever"]["unit"] = "percent"
    assert not any(both in code for code in codes(text, deaths=described(frame, **titles)))
    whole = frame.assign(total=frame.wounds + frame.fever)
    assert not any(" + " in code for code in codes(text, deaths=described(whole)))


def test_the_rows_of_another_table_are_not_counted() -> None:
    members = as_table(pd.DataFrame({"country": list("abcdefghij" * 4)}), "Votes of members")
    text = "Sites in danger numbered 30 in 2000, and 40 members voted."
    assert "count(len(roll))" not in bound(text, years=SITES, roll=members)
    assert "count(len(roll))" in bound("There were 40 members.", years=SITES, roll=members)
