"""Turns of phrase that compare without a number: the number check finds them, and leaves alone what only
looks like them.
"""

from __future__ import annotations

import pytest

from broadsheet.errors import Place
from broadsheet.markdown.prose import Passage
from broadsheet.verify.numbers.number_check import check_numbers


def found(text: str, language: str) -> list[str]:
    check = check_numbers([Passage(text, (), Place("posts/a/index.ipynb"))], language)
    return [finding.words for finding in check.unaccounted]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "It was a year of slower growth.", "slower"),
        ("en", "Prices end below where they began.", "below where"),
        ("en", "Japan and Russia end below.", "below"),
        ("en", "The central bank left borrowing costs where they were.", "where they were"),
        ("en", "Many of these members are in Africa.", "Many"),
        ("en", "The methods differ, but not by enough.", "not by enough"),
        ("en", "Nothing else explains such a gap.", "such a gap"),
        ("en", "China taking over", "taking over"),
        ("en", "Coal gave way to gas.", "gave way to"),
        ("en", "Diesel replaced petrol as the usual fuel.", "replaced"),
        ("en", "It shows how quickly it grew.", "how quickly"),
        ("en", "The rise offset the loss.", "offset"),
        ("en", "The firm slid into loss.", "into loss"),
        ("en", "The greens ate into the lead.", "ate into the"),
        ("en", "Spain retained the title.", "retained the title"),
        ("en", "Teenagers sleep less and scroll more.", "less"),
        ("en", "Fires burned an area the size of Luxembourg.", "the size of"),
        ("de", "Es war ein Jahr schwächeren Wachstums.", "schwächeren Wachstums"),
        ("de", "Der Preis endet darunter.", "darunter"),
        ("de", "Die Kurse schlossen, wo sie begonnen hatten.", "wo sie"),
        ("de", "Viele dieser Mitglieder liegen in Afrika.", "Viele dieser Mitglieder"),
        ("de", "China löst Amerika als Kreditgeber ab.", "löst"),
        ("de", "Es zeigt, wie schnell es wuchs.", "wie schnell"),
        ("de", "Nichts erklärt einen solchen Abstand.", "einen solchen Abstand"),
        ("de", "Nur Irland wuchs schneller.", "schneller"),
        ("de", "Die Ausfuhren machten den Verlust wett.", "machten"),
        ("de", "Die Firma rutschte in die roten Zahlen.", "rutschte"),
        ("de", "Spanien verteidigte den Titel.", "verteidigte den Titel"),
        ("de", "Der Markt hat sich abgekühlt.", "abgekühlt"),
    ],
)
def test_a_comparison_without_a_number_is_found(language: str, text: str, words: str) -> None:
    assert any(words in one for one in found(text, language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The driver gave way to the bus."),
        ("en", "She asked how far it was to the station."),
        ("en", "He replaced the lamp in the hall."),
        ("en", "Nobody could say where they were."),
        ("en", "Many of the guests had left."),
        ("en", "They took over the running of the inn."),
        ("en", "Pages can be enlarged without losing content."),
        ("en", "The men dropped where they stood, and slept."),
        ("de", "Er wollte nicht länger warten."),
        ("de", "Der Minister sollte besser zurücktreten."),
        ("de", "Sie löste die Schrauben und stellte das Licht ab."),
        ("de", "Niemand wusste, wo sie wohnte."),
        ("de", "Die Büste kam in den Keller."),
        ("de", "Dann machten sie das Licht aus."),
        ("de", "Die Dauerkarten gibt es ab Mittag."),
    ],
)
def test_what_compares_nothing_is_left_alone(language: str, text: str) -> None:
    assert found(text, language) == []
