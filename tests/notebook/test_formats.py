"""How a value reads: formats by example, each with the value, the unit, the example, and the text
that comes out.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from broadsheet.notebook.values.number_format import read
from broadsheet.notebook.values.units import unit_of
from broadsheet.notebook.values.values import FormatFault, plain_value

MONEY = ("$1.2 billion", "$12 million", "$1.2 million", "$1,000", "less than $1,000")


def text(value: Any, unit: str | None, *examples: str, language: str = "en") -> str:
    return read(plain_value(value), unit_of(unit, language), examples, language).text


@pytest.mark.parametrize(
    ("value", "unit", "example", "reads"),
    [
        (190.271, "US$ bn", "$190 billion", "$190 billion"),
        (190.271, "US$ bn", "$190.3 billion", "$190.3 billion"),
        (1234.4, "US$ bn", "$190 billion", "$1,234 billion"),
        (190271, "US$ mn", "US$190.3bn", "US$190.3bn"),
        (6.31, "US$ tn", "$190 billion", "$6,310 billion"),
        (86.25, "million tonnes", "86 million tonnes", "86 million tonnes"),
        (86.25, "million tonnes", "86,000 tonnes", "86,250,000 tonnes"),
        (190.271, "US$ bn", "190.3", "190.3"),
        (12.345, "percent", "12.3 percent", "12.3 percent"),
        (0.12345, "ratio", "12.3%", "12.3%"),
        (0.12345, "ratio", "45.6\u202f%", "12.3\u202f%"),
        (0.44, "percentage points", "2.1 percentage points", "0.4 percentage points"),
        (66.55, "years", "66.5 years", "66.5 years"),
        (66.55, "years", "66.6 years", "66.6 years"),
        (66.55, "years", "66.4 years", "66.6 years"),
        (-66.55, "years", "-66.5 years", "-66.5 years"),
        (-3.2, "percent", "+3.0 percent", "−3.2 percent"),
        (3.2, "percent", "+3.0 percent", "+3.2 percent"),
        (-1.24, "US$ bn", "-$3.1 billion", "-$1.2 billion"),
        (-1.26, "US$ bn", "a loss of −US$3.1 bn", "a loss of −US$1.3 bn"),
        (1.26, "US$ bn", "+$3.1 billion", "+$1.3 billion"),
        (2.14, "ratio", "3.6 times", "2.1 times"),
        (3.61, "ratio", "2.1-fold", "3.6-fold"),
        ((45, 50.2), "percent", "40 to 60 percent", "45 to 50 percent"),
        ((1.21, 1.5), "US$ bn", "$4.1-6.1 billion", "$1.2-1.5 billion"),
        (0.335, "ratio", "a third", "a third"),
        (74.8, "percent", "Half", "Three quarters"),
        (3.02, "ratio", "twice as much", "three times as much"),
        (2.0, None, "three times", "twice"),
        (7, None, "three", "seven"),
        (13, None, "three", "13"),
        (31, None, "twenty-one", "thirty-one"),
        (7, None, "Three", "Seven"),
        (22, None, "3rd", "22nd"),
        (112, None, "1st", "112th"),
        (2, None, "third", "second"),
        (2022, None, "2024", "2022"),
        (date(2024, 1, 2), None, "26 May 2023", "2 January 2024"),
        (date(2024, 1, 2), None, "May 2023", "January 2024"),
        (date(2023, 5, 26), None, "Wednesday, May 24", "Friday, May 26"),
        (date(2023, 7, 4), None, "26 Sep 2023", "4 Jul 2023"),
        (date(2023, 7, 4), None, "26 Sept 2023", "4 Jul 2023"),
        (date(2024, 1, 2), None, "2023-05-26", "2024-01-02"),
    ],
)
def test_the_value_takes_the_place_of_the_example_s(
    value: Any, unit: str | None, example: str, reads: str
) -> None:
    assert text(value, unit, example) == reads


@pytest.mark.parametrize(
    ("value", "unit", "example", "reads"),
    [
        (192.4, "US$ bn", "nearly $200 billion", "nearly $200 billion"),
        (192.4, "US$ bn", "more than $100 billion", "more than $100 billion"),
        (192.4, "US$ bn", "about $190 billion", "about $190 billion"),
        (32.5, "percent", "about a third", "about a third"),
        (47.4, "percent", "nearly half", "nearly half"),
        (27, "percent", "more than a quarter", "more than a quarter"),
        (99.7, "percent", "more than 99 percent", "more than 99 percent"),
        (2.9, "ratio", "nearly three times", "nearly three times"),
    ],
)
def test_a_rounding_word_says_where_the_number_lies(
    value: float, unit: str, example: str, reads: str
) -> None:
    assert text(value, unit, example) == reads


@pytest.mark.parametrize(
    ("value", "example"),
    [
        (162.3, "nearly $200 billion"),
        (200, "nearly $200 billion"),
        (200, "more than $200 billion"),
    ],
)
def test_a_rounding_word_that_is_not_true_does_not_fit(value: float, example: str) -> None:
    with pytest.raises(FormatFault, match="does not fit"):
        text(value, "US$ bn", example)


@pytest.mark.parametrize(
    ("value", "reads"),
    [
        (12345.6, "$12.3 billion"),
        (999.6, "$1.0 billion"),
        (12.6, "$13 million"),
        (1.26, "$1.3 million"),
        (0.026, "$26,000"),
        (0.0004, "less than $1,000"),
    ],
)
def test_of_several_examples_the_first_that_the_value_reaches_serves(
    value: float, reads: str
) -> None:
    assert text(value, "US$ mn", *MONEY) == reads


def test_an_example_in_words_yields_to_figures_where_no_word_is_near() -> None:
    assert text(29, "percent", "about a third", "about 33 percent") == "about 29 percent"
    assert text(33, "percent", "about a third", "about 28 percent") == "about a third"


@pytest.mark.parametrize(
    ("value", "example", "reads"),
    [
        (190.271, "190,3 Milliarden Dollar", "190,3 Milliarden Dollar"),
        (1234.5, "190,3 Milliarden Dollar", "1.234,5 Milliarden Dollar"),
        (1, "190 Milliarden Dollar", "1 Milliarde Dollar"),
    ],
)
def test_figures_are_in_the_language_of_the_article(value: float, example: str, reads: str) -> None:
    assert text(value, "US$ bn", example, language="de") == reads
    assert text(date(2023, 5, 26), None, "2. Januar 2024", language="de") == "26. Mai 2023"


@pytest.mark.parametrize(
    ("value", "unit", "example", "said"),
    [
        (190.2, "US$ bn", "€190 billion", "in EUR, and the unit is 'US$ bn'"),
        (190.2, None, "$190 billion", "say in `unit` what the value is in"),
        (0.12, None, "12 percent", "of a hundred"),
        (190.2, "US$ bn", "12 percent", "in percent, and the unit is 'US$ bn'"),
        (190.2, "US$ bn", "$1 billion in 2022", "2 numbers"),
        (-3, "percent", "3 percent", "has no sign"),
        (0.2, "US$ bn", "$190 billion", "would read 0"),
        (29, "percent", "a third", "no plain fraction"),
        (2.5, None, "three", "whole number"),
        (190, "US$ bn", "billions", "holds no number"),
        (float("nan"), "US$ bn", "$190 billion", "there is no value"),
        (date(2023, 5, 26), None, "soon", "is no date"),
    ],
)
def test_a_format_that_would_mislead_is_an_error(
    value: Any, unit: str | None, example: str, said: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        text(value, unit, example)


# German


@pytest.mark.parametrize(
    ("value", "unit", "example", "reads"),
    [
        (190.271, "US$ bn", "190,3 Milliarden Dollar", "190,3 Milliarden Dollar"),
        (1.04, "US$ bn", "1,2 Milliarden Dollar", "1,0 Milliarden Dollar"),
        (53.26, "percent", "53 Prozent", "53 Prozent"),
        (53.26, "Prozent", "53,3 Prozent", "53,3 Prozent"),
        (-2.34, "percent", "−2,1 Prozentpunkte", "−2,3 Prozentpunkte"),
        (6.19, "ratio", "das 6,2-Fache", "das 6,2-Fache"),
        (34.1, "percent", "rund ein Drittel", "rund ein Drittel"),
        (26.0, "percent", "rund ein Drittel", "rund ein Viertel"),
        (50.4, "percent", "gut ein Drittel", "gut die Hälfte"),
        (24.8, "percent", "einem Drittel", "einem Viertel"),
        (3.04, "ratio", "doppelt", "dreimal"),
        (2.02, "ratio", "dreimal", "doppelt"),
        (7, None, "drei", "sieben"),
        (1, None, "eine", "eine"),
        (3, None, "Einen", "Drei"),
        (31, None, "einundzwanzig", "einunddreißig"),
        (1200, None, "drei", "1.200"),
        (4, None, "dritten", "vierten"),
        (22, None, "dritte", "22."),
        (212.0, "US$ bn", "mehr als 200 Milliarden Dollar", "mehr als 200 Milliarden Dollar"),
        (196.0, "US$ bn", "knapp 200 Milliarden Dollar", "knapp 200 Milliarden Dollar"),
    ],
)
def test_words_and_figures_read_in_german_as_their_example_does(
    value: float, unit: str | None, example: str, reads: str
) -> None:
    assert text(value, unit, example, language="de") == reads


def test_a_word_that_is_not_true_of_the_value_does_not_fit_in_german_either() -> None:
    with pytest.raises(FormatFault, match="rounding word"):
        text(204.0, "US$ bn", "knapp 200 Milliarden Dollar", language="de")


def test_a_count_of_one_is_declined_in_german_so_that_its_example_has_to_say_how() -> None:
    with pytest.raises(FormatFault, match="one is declined"):
        text(1, None, "drei", language="de")
    assert text(1, None, "drei", "einen", language="de") == "einen"
