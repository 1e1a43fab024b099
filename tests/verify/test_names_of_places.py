"""Names of places in the words of a claim, in the language of the page and in other alphabets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.beside_claims import other_name
from broadsheet.verify.wording.claim_words import judged
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.place_names import names_place
from broadsheet.verify.wording.table_names import surroundings
from conftest import Site

Command = Callable[..., tuple[int, str, str]]
FEWEST = "[die wenigsten Einwohner]{claim='lowest(people)'}"


def _highest(values: dict[str, float], at: str) -> dict[str, Any]:
    """A claim that the value of a place is the highest."""
    this = {"value": values[at], "what": "Goals", "where": at, "at": at, "series": 0}
    rank = {"kind": "extreme", "sign": 1, "this": this, "among": 0}
    series = [{"places": [*values], "values": [*values.values()]}]
    return {"compared": {"series": series, "comparisons": [rank]}}


def _only(values: dict[str, bool]) -> dict[str, Any]:
    """A claim that says where a condition holds."""
    cases = {"kind": "cases", "sign": ">", "this": "Goals", "than": "45", "holds": 0, "since": None}
    series = [{"places": [*values], "values": [*values.values()]}]
    return {"compared": {"series": series, "comparisons": [cases | {"limit": 45.0}]}}


def _truth(sentence: str, words: str, claim: dict[str, Any], language: str = "en") -> str:
    at = sentence.index(words)
    return judged(sentence, (at, at + len(words)), claim, lexicon(language)).truth


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("İzmir GREW, and Ankara", "İzmir grew, and ankara"),
        ("It’s a\u2011b\u00a0C", "it's a-b c"),
        ("", ""),
        ("ΣΊΣΥΦΟΣ Éire", "σίσυφος éire"),
    ],
)
def test_a_letter_that_has_two_in_small_ones_stays_and_the_others_are_small(
    text: str, low: str
) -> None:
    assert plain(text) == low and len(low) == len(text)


@pytest.mark.parametrize(
    ("text", "place", "language", "is_named"),
    [
        ("only oman grew", "Oman", "en", True),
        ("only romania grew", "Oman", "en", False),
        ("nur deutschland wuchs", "Germany", "de", True),
        ("nur deutschlands handel wuchs", "Germany", "de", True),
        ("nur deutschlandweit wuchs er", "Germany", "de", False),
        ("only germany grew", ("Germany", 2021), "en", False),
        ("only germany grew in 2021", ("Germany", 2021), "en", True),
        ("only 2021 was warm", 2021, "en", True),
        ("only 12021 was warm", 2021, "en", False),
    ],
)
def test_a_text_names_a_place_by_whole_words_in_its_language(
    text: str, place: Any, language: str, is_named: bool
) -> None:
    assert names_place(text, place, language) is is_named


@pytest.mark.parametrize(
    ("place", "language", "sentence", "words", "truth"),
    [
        ("Germany", "de", "Nur Deutschland hatte mehr als 45.", "Nur Deutschland", "proved"),
        ("Germany", "de", "Nur Deutschlands Tore waren mehr als 45.", "Nur Deutschlands", "proved"),
        ("Germany", "en", "Only Germany had more than 45.", "Only Germany", "proved"),
        ("Oman", "en", "Only Romania had more than 45.", "Only Romania", "open"),
    ],
)
def test_only_is_proved_of_the_place_that_is_named(
    place: str, language: str, sentence: str, words: str, truth: str
) -> None:
    claim = _only({place: True, "France": False})
    assert _truth(sentence, words, claim, language) == truth


@pytest.mark.parametrize(
    ("subject", "truth"),
    [
        ("Garth and Hulme", "proved"),
        ("Garth", "refuted"),
        ("Garth and Elton", "refuted"),
        ("Hulme watched how Garth", "refuted"),
        ("Hulme, Garth", "proved"),
    ],
)
def test_a_rank_is_shared_if_all_that_have_it_are_named(subject: str, truth: str) -> None:
    claim = _highest({"Garth": 47, "Hulme": 47, "Elton": 35}, "Garth")
    sentence = f"{subject} conceded the most goals."
    assert _truth(sentence, "conceded the most goals", claim) == truth
    if truth == "proved":
        words = lexicon("en")
        around = surroundings([{"goals": "Goals"}], [frozenset(("Garth", "Hulme", "Elton"))], words)
        at = sentence.index("conceded"), len(sentence) - 1
        assert other_name(sentence, at, (), claim, around, words) is None


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("the most goals in Éire", "Éire"),
        ("the most goals in Ōsaka", "Ōsaka"),
        ("the most goals in the Łódź", "Łódź"),
        ("the most goals in autumn", None),
        ("the most goals, as well as the cafés", None),
        ("the most goals, as well as Éden", "Éden"),
        ("the most goals, as in February", "February"),
        ("the most goals for as long as in February", None),
    ],
)
def test_a_name_begins_with_a_capital_of_any_alphabet(words: str, named: str | None) -> None:
    lexical = lexicon("en")
    around = surroundings([{"goals": "Goals"}], [frozenset(("Garth", "Elton"))], lexical)
    sentence = f"Garth had {words}."
    claim = _highest({"Garth": 47, "Elton": 35}, "Garth")
    other = other_name(sentence, (10, 24), (), claim, around, lexical)
    assert (other.words if other else None) == named


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        (f"Deutschland hatte {FEWEST}.", True),
        (f"Frankreich hatte {FEWEST}.", False),
        (f"Irland hatte {FEWEST}.", False),
    ],
)
def test_the_row_that_is_meant_is_known_by_its_name_in_the_language_of_the_page(
    site: Site, run: Command, sentence: str, is_told: bool
) -> None:
    """Of rows that are equal none is meant: no other equals the lowest."""
    site.table("year,total\n2020,40\n2021,90\n2022,60\n2023,41\n")
    cell = """import broadsheet as bs
people = bs.table("trade").total.set_axis(["Germany", "France", "Ireland", "Spain"])"""
    site.article("trade", cell, ("md", sentence), front="title: A\ndate: 2023-05-26\nlang: de")
    code, _, reported = run(site, "build")
    assert code == 1
    assert ('at="Germany"' in reported) == is_told
