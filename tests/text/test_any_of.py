"""A pattern of any of some words finds what these find one after the other, the longest first."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.text.lexicon import any_of, lexicon

WORDS = st.lists(st.text("ab -.|é", min_size=1, max_size=4), max_size=8)


@given(
    words=WORDS, text=st.text("ab -.|é", max_size=12), behind=st.sampled_from(["", "b", "(?!a)"])
)
def test_the_same_is_found(words: list[str], text: str, behind: str) -> None:
    longest = sorted(words, key=len, reverse=True)
    plain = "|".join(map(re.escape, longest)) or "(?!)"
    assert [match.span() for match in re.finditer(f"(?:{any_of(words)}){behind}", text)] == [
        match.span() for match in re.finditer(f"(?:{plain}){behind}", text)
    ]


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_number_word_is_found_whole(language: str) -> None:
    counts = lexicon(language).facts.counts
    pattern = re.compile(any_of(counts))
    assert all(pattern.fullmatch(word) for word in counts)
