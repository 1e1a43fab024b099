"""The rows of a table that a text names: of thousands, those alone are looked at."""

from __future__ import annotations

import pytest

from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.table_names import rows_in, surroundings

DISTRICTS = frozenset(f"District {number}" for number in range(10_000))
LANDS = frozenset(("Germany", "Jersey", "New Jersey", "Korea, Republic of", "Ward 1"))


@pytest.mark.parametrize(
    ("language", "text", "rows"),
    [
        ("en", "in district 77 and in district 123", ["District 123", "District 77"]),
        ("en", "germany's exports, and those of new jersey", ["New Jersey", "Germany", "Jersey"]),
        ("de", "deutschlands exporte", ["Germany"]),
        ("en", "", []),
    ],
)
def test_a_text_has_the_rows_whose_rarest_word_is_in_it(
    language: str, text: str, rows: list[str]
) -> None:
    around = surroundings([], [DISTRICTS, LANDS], lexicon(language))
    assert around.named_in(text) == rows


def test_rows_may_have_to_be_of_the_same_column() -> None:
    around = surroundings([], [DISTRICTS, LANDS], lexicon("en"))
    assert around.named_in("germany, district 7", beside=["Jersey"]) == ["Germany"]
    assert around.named_in("germany, district 7", beside=[]) == []


def test_a_place_in_words_names_rows_whole() -> None:
    around = surroundings([], [DISTRICTS, LANDS], lexicon("en"))
    places = ["Coal, Korea, Republic of, 2020", "New Jersey", "District 77"]
    assert rows_in(places, around) == ["Korea, Republic of", "New Jersey", "District 77"]
