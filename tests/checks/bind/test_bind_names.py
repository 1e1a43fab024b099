"""The words by which a text names values, that `broadsheet bind` follows: a place by another name, a
text in another form, the sides of a vote, the present time.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pandas as pd
import pytest
from test_bind_readings import fact

from broadsheet.checks.bind.asking import Answer, Key, sentences_of
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.choosing import chosen_words
from broadsheet.checks.bind.naming.labels import label_positions
from broadsheet.checks.bind.naming.number_words import numbers_in
from broadsheet.checks.bind.naming.passages import BoundPassage
from probing import as_table, bound, codes, scores

YEARS = pd.Index([2012, 2020, 2022], name="year")
SHARES = as_table(pd.DataFrame({"China": [11.3, 17.4, 17.7]}, index=YEARS))
GDP = as_table(
    pd.DataFrame({"China": [8.6, 14.7, 17.8], "United States": [16.2, 21.1, 25.7]}, YEARS)
)
VOTES = as_table(
    pd.DataFrame(
        {
            "yes": [141, 93, 143],
            "against": [5, 24, 7],
            "china": ["abstain", "no", "abstain"],
            "india": ["abstain", "abstain", "no"],
        },
        index=pd.DatetimeIndex(["2022-03-02", "2022-04-07", "2023-02-23"], name="day"),
    )
)


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("It had 69 percent of American output.", "United States", "American"),
        ("The Dutch part fell.", "Netherlands", "Dutch"),
        ("The output of Great Britain fell.", "United Kingdom", "Great Britain"),
        ("Turks and Caicos", "Turkey", ""),
    ],
)
def test_a_place_has_other_names(text: str, label: str, words: str) -> None:
    positions = [text[start:end] for start, end in label_positions(text, label)]
    assert positions == ([words] if words else [])


def test_what_is_up_from_another_time_is_the_present() -> None:
    values: dict[str, Any] = {"shares": SHARES}
    level = 'pct(shares.China[2022], "17.7 percent", unit="percent")'
    assert level in codes("China has 17.7 percent, up from 11.3 percent in 2012.", **values)
    assert level in codes("Since 2012 China has gone to 17.7 percent.", **values)
    fell = codes("Since 2012 China's share has risen to 17.7 percent.", **values)
    assert "rose(shares.China, 2012, 2022)" in fell


def test_a_text_is_counted_in_another_form() -> None:
    read = scores("India abstained two times.", votes=VOTES)
    count = 'count((votes["{}"] == "abstain").sum())'
    assert read[count.format("india")] > read[count.format("china")]
    assert not any('== "no"' in code for code in read)


def test_a_text_column_of_a_frame_is_no_row_of_it() -> None:
    read = bound("India abstained two times and sent two of its ministers.", votes=VOTES)
    assert read == ['count((votes["india"] == "abstain").sum())']


def test_the_numbers_of_a_vote_are_for_and_against() -> None:
    read = scores("On 7 April 2022 it passed by 93 votes to 24.", votes=VOTES)
    bare = scores("On 7 April 2022 it passed with 93 and 24.", votes=VOTES)
    for code in ('count(votes.yes["2022-04-07"])', 'count(votes.against["2022-04-07"])'):
        assert read[code] > bare[code] + 1


def test_a_german_noun_before_a_number_makes_no_name_of_what_is_counted() -> None:
    for text in ("Bis dahin starben am Berg 15 Menschen.", "Es gab in jenem Jahr 14 Tote."):
        assert [written.size for _, written in numbers_in(BoundPassage(text, "", "de"))]
    assert not list(numbers_in(BoundPassage("Er fliegt die Boeing 747, die alt ist.", "", "de")))


def test_a_change_is_that_of_one_column() -> None:
    table = as_table(
        pd.DataFrame(
            {"deaths": [62.0, 83.0], "falls": [62.0, 40.0]},
            index=pd.Index(["1990s", "2010s"], name="decade"),
        )
    )
    read = scores("Deaths rose from 62 in the 1990s to 83 in the 2010s.", everest=table)
    other = "everest.deaths['2010s'] > everest.falls['1990s']"
    assert read["rose(everest.deaths, '1990s', '2010s')"] > read.get(other, 0) + 1


@pytest.mark.parametrize(("reference", "is_cited"), [("@fig-rate", False), ("@smith2020", True)])
def test_a_reference_to_a_figure_is_no_source(reference: str, *, is_cited: bool) -> None:
    source = BoundSource(PurePosixPath("page.qmd"), f"It came to 31 TWh ({reference}).\n")
    (sentence,) = sentences_of(source, "en")
    assert sentence.is_cited == is_cited


@pytest.mark.parametrize(("name", "count"), [("at_peak", 1), ("ascents_now", 0)])
def test_a_small_word_names_no_fact(name: str, count: int) -> None:
    source = BoundSource(PurePosixPath("page.qmd"), "At the end of 2019 there were 872 ascents.\n")
    readings = (fact("everest.ascents[2019]", 3.0, "1"), fact(name, 2.6, "2"))
    answers: dict[Key, Answer] = {(0, 30, 33, "fact"): Answer("872", 3, readings)}
    bound, unsure = chosen_words(source, sentences_of(source, "en"), [answers], {})
    assert (len(bound), len(unsure)) == (count, 1 - count)


def test_a_series_has_as_many_values_as_places_and_not_what_it_counts() -> None:
    days = pd.Index(["2023-11-24", "2023-11-25", "2023-11-26"], name="day")
    hostages = as_table(pd.DataFrame({"all": [24, 17, 17]}, index=days))["all"].rename("Hostages")
    hostages.attrs["origin"] = VOTES.attrs["origin"]
    read = codes("Israel had refused a list of three hostages.", hostages=hostages)
    assert "count(len(hostages))" not in read


def test_the_first_of_two_days_is_no_number() -> None:
    text = "In all, 105 came between 24 and 30 November, and 17 from 3 to 5 May."
    read = [
        words.text for words, written in numbers_in(BoundPassage(text)) if written.kind != "day"
    ]
    assert read == ["105", "17"]


def test_nobody_rests_on_all_words_of_a_column() -> None:
    table = as_table(
        pd.DataFrame(
            {"hired_climbers": [3.0, 0.0], "ascents": [872.0, 28.0]},
            index=pd.Index([2019, 2020], name="year"),
        )
    )
    assert not bound("In the spring of 2020 Nepal let nobody climb.", everest=table)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("2015 gab es keine einzige Besteigung.", "everest.Besteigungen[2015] == 0"),
        ("2019 gab es 872 Besteigungen, 2015 keine Todesfälle.", "everest.Todesfälle[2015] == 0"),
    ],
)
def test_a_german_plural_is_named_by_the_singular(text: str, condition: str) -> None:
    years = pd.Index([2015, 2019], name="Jahr")
    frame = pd.DataFrame(
        {"Besteigungen": [0.0, 872.0], "Besteigungen durch Angestellte": [0.0, 410.0],
         "Todesfälle": [0.0, 11.0]},
        index=years,
    )  # fmt: skip
    read = scores(text, language="de", everest=as_table(frame))
    assert max(read, key=lambda code: read[code] * ("== 0" in code)) == condition
