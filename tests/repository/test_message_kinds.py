"""The catalogue of the words of messages, which snapshots name by their kinds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from message_kinds import VALUE, catalogue, in_full, in_short, kinds_in, stored

TESTS = Path(__file__).parents[1]
FILES = [
    *sorted(TESTS.glob("cli/__snapshots__/*.ambr")),
    *sorted(TESTS.glob("bad_data/messages/*.ambr")),
    *sorted(TESTS.glob("preview/__snapshots__/*.ambr")),
]
MESSAGE = """\
error: a.qmd, line 2: `author`: input should be a list, not 12; it is left out
  → Give `author` a value of that kind.
  │ what is quoted: stays
"""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_snapshot_can_be_written_out(file: Path) -> None:
    for name, short in stored(file).items():
        assert in_short(in_full(short)) == short, name


def test_each_kind_is_that_of_a_snapshot() -> None:
    used = {kind for file in FILES for short in stored(file).values() for kind in kinds_in(short)}
    assert used == catalogue().keys()


def test_each_kind_has_a_name_and_words_of_its_own() -> None:
    for name, words in catalogue().items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), name
        assert words == words.strip() and re.search(r"\w{2,}", words), name
    assert len(set(catalogue().values())) == len(catalogue())
    assert not [words for words in catalogue().values() if VALUE * 2 in words]


def test_a_message_is_its_kind_its_place_and_its_values() -> None:
    assert in_full(in_short(MESSAGE)) == MESSAGE
    assert "author ¦ 12\n" in in_short(MESSAGE) and "input should" not in in_short(MESSAGE)


@pytest.mark.parametrize(
    "old, new",
    [
        ("error", "warning"),
        ("line 2", "line 3"),
        ("a.qmd", "b.qmd"),
        ("not 12", "not 13"),
        ("a list", "a number"),
        ("; it is left out", ""),
        ("quoted", "told"),
    ],
)
def test_another_message_has_another_snapshot(old: str, new: str) -> None:
    assert MESSAGE.count(old) == 1
    assert in_short(MESSAGE.replace(old, new)) != in_short(MESSAGE)


@pytest.mark.parametrize("old, new", [("should", "must"), ("of that kind", "of this kind")])
def test_words_that_are_not_in_the_catalogue_have_no_snapshot(old: str, new: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"not in message_kinds.txt: .*(must|this)"):
        in_short(MESSAGE.replace(old, new))
