"""What `broadsheet bind` takes for one reading, and for two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from broadsheet.checks.bind.asking import BoundReading
from broadsheet.checks.bind.document_texts import stretches_in
from broadsheet.checks.bind.naming.labels import dates_in
from broadsheet.checks.bind.naming.named_values import NamedValues
from broadsheet.checks.bind.naming.number_words import numbers_in
from broadsheet.checks.bind.naming.passages import BoundPassage
from broadsheet.checks.bind.number_readings import readings
from broadsheet.checks.bind.probe import figures
from broadsheet.checks.bind.readings_apart import firsts_of


def reading(code: str, score: float, *otherwise: str | None, value: float = 31) -> BoundReading:
    declared: dict[str, Any] = {
        "value": value, "text": str(value), "keys": [[]], "sources": ["power"], "note": "",
    }  # fmt: skip
    return BoundReading(code, score, declared, (), otherwise)


def test_readings_that_differ_with_other_numbers_are_two() -> None:
    cell, same, highest = (
        reading("power.wind[2024]", 2, "3.2", "4.1"),
        reading("power.wind.iloc[-1]", 1, "3.2", "4.1"),
        reading("power.wind.max()", 1.9, "3.2", "5.5"),
    )
    assert firsts_of([cell, same, highest]) == [cell, highest]


def test_a_reading_of_which_other_numbers_tell_nothing_is_compared_by_what_it_rests_on() -> None:
    first, other = reading("a", 2, "3.1", None), reading("b", 1, "3.1", None)
    assert firsts_of([first, other]) == [first]


def condition(code: str, score: float, values: Sequence[float], truth: str) -> BoundReading:
    evidence = [{"place": str(value), "value": value, "unit": ""} for value in values]
    declared = {"truth": True, "evidence": evidence, "compared": {}}
    return BoundReading(
        code, score, declared, (figures(4.8), figures(3.3)), (f'[{truth}, ["{values[0]}"]]',)
    )


def test_a_share_that_is_worked_out_is_that_of_the_series() -> None:
    worked_out = condition("wind[2] / all[2] > wind[1] / all[1]", 3, [31, 65, 20, 60], "true")
    series = condition("rose(share, 1, 2)", 2, [4.8, 3.3], "true")
    assert [each.code for each in firsts_of([worked_out, series])] == ["rose(share, 1, 2)"]
    other = condition("rose(share, 1, 2)", 2, [4.8, 3.3], "false")
    assert firsts_of([worked_out, other]) == [worked_out, other]


def test_a_paragraph_of_an_update_is_about_its_day() -> None:
    text = '::: {.update time="2023-11-29T08:00"}\n### 16 hostages\n\nTwelve.\n:::\n\nThirty.\n'
    assert [(stretch.text.strip(), stretch.day) for stretch in stretches_in(text)] == [
        ("### 16 hostages", "2023-11-29"),
        ("Twelve.", "2023-11-29"),
        ("Thirty.", ""),
    ]


@pytest.mark.parametrize(
    ("text", "language", "dates"),
    [
        ("On 2 March 2022 and April 7.", "en", [(2022, 3, 2), (0, 4, 7)]),
        ("Am 2. März 2022.", "de", [(2022, 3, 2)]),
        ("In March 2022, 7 Aprils.", "en", []),
    ],
)
def test_dates_are_read(text: str, language: str, dates: Sequence[tuple[int, int, int]]) -> None:
    assert [day for _, _, day in dates_in(text, language)] == dates


def test_a_date_is_the_value_that_has_this_day() -> None:
    ((words, written),) = numbers_in(BoundPassage("The vote was on 7 April 2022."))
    single = {"vote": "2022-04-07", "other": date(2022, 3, 2), "number": 20_220_407}
    named = NamedValues((), single, {})
    assert [candidate.value for candidate in readings(words, written, named)] == ["vote"]
