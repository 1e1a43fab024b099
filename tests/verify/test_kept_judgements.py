"""Kept judgements of the words of claims: they hold for a sentence, its values and the names around it."""

from __future__ import annotations

from typing import Any

from broadsheet.errors import Place
from broadsheet.text.lexicon import lexicon
from broadsheet.verify import marks
from broadsheet.verify.marks import PageMark, judged_marks
from broadsheet.verify.wording.table_names import Surroundings, surroundings

COLUMNS = [{"people": "People"}]


def _claim(now: float, before: float) -> dict[str, Any]:
    """The claim that Caldey has ``now`` people, and had ``before``."""
    this, than = (
        {"value": value, "what": "People", "where": f"Caldey, {year}", "at": ["Caldey", year]}
        for value, year in ((now, 2023), (before, 2011))
    )
    sign = ">" if now > before else "<"
    pair = {"kind": "pair", "sign": sign, "this": this, "than": than}
    return {"truth": True, "compared": {"series": [], "comparisons": [pair]}}


def _truth(sentence: str, claim: dict[str, Any], around: Surroundings | None = None) -> str:
    start = sentence.index("grew")
    mark = PageMark("claim", "people", "grew", sentence, Place("a.qmd"), start=start)
    [(_, words)] = judged_marks([mark], {"claims": {"people": claim}}, around=around)
    assert words is not None
    return words.truth


def test_the_same_words_are_judged_by_the_values_of_now() -> None:
    for _ in range(2):
        assert _truth("Caldey grew.", _claim(2405, 2140)) == "proved"
        assert _truth("Caldey grew.", _claim(2140, 2405)) == "refuted"


def test_the_same_words_are_judged_by_the_names_around_them() -> None:
    islands = frozenset(("Caldey", "Ramsey"))
    known = surroundings(COLUMNS, [islands], lexicon("en"))
    for _ in range(2):
        assert _truth("Ramsey grew.", _claim(2405, 2140), known) == "refuted"
        assert _truth("Ramsey grew.", _claim(2405, 2140)) == "proved"


def test_long_claims_are_not_kept() -> None:
    claim = {**_claim(2405, 2140), "says": "x" * 20_000}
    before = marks._judged_once.cache_info()
    assert _truth("Caldey grew.", claim) == "proved"
    assert marks._judged_once.cache_info() == before
