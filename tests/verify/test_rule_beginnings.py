"""Rules of meanings are tried where their words may begin: what they find is what each of them
finds in the whole sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.meaning_rules import Meanings, meanings_of, plain
from broadsheet.verify.wording.rule_beginnings import beginnings, starts_in

PROSE = Path(__file__).parents[1] / "prose"


def lines(language: str) -> Iterator[str]:
    """Yield the prose of the tests, by which the rules of a language are tried."""
    names = [path for path in sorted(PROSE.rglob("*")) if path.is_file()]
    for path in names:
        if ("german" in path.stem) == (language == "de"):
            yield from filter(None, map(plain, path.read_text("utf-8").splitlines()))


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_match_of_a_rule_is_missed(language: str) -> None:
    meanings = meanings_of(lexicon(language))
    texts, count = list(lines(language))[:3000], 0
    assert texts
    for text in texts:
        starts = starts_in(text)
        for rule in meanings._rules:
            if rule.form.search(text):
                count += 1
                assert not rule.beginnings.isdisjoint(starts), (rule.line, text)
    assert count > 100


def test_most_rules_are_not_tried_and_not_compiled() -> None:
    meanings = Meanings(lexicon("en"))
    meanings.of("Exports rose by 12 percent in 2022.", 0, 35)
    compiled = [rule for rule in meanings._rules if "form" in vars(rule)]
    assert 0 < len(compiled) < len(meanings._rules) / 3


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("doubl(?:ed|es)|twice", {"doubl", "twice"}),
        ("(?:the |its )?(?:first|last) year", {"first", "last "}),
        ("(?:un)?changed", {"un", "chang"}),
        ("colou?r", {"colo"}),
        ("a?bout", {""}),
        (r"\d+ years", set("0123456789")),
        (r"\w+ years", {""}),
        ("(?<!. )every (?!other )", {"every"}),
        ("{about}{class} times", {"once", "twice"}),
        ("{number} times", {"times"}),
        (r"{number} \w+ running", {*"0123456789", "one"}),
        ("{class}? more", {"once", "twice", " more"}),
        ("(?:so |as )*(?:much|many)+ more", {""}),
        ("", {""}),
    ],
)
def test_beginnings(form: str, expected: set[str]) -> None:
    items = {"class": ["once", "twice"], "number": [*"0123456789", "one"]}
    assert beginnings(form, items.__getitem__) == expected
