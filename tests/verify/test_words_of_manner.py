"""Words of a claim that say more than a direction: how much, how steadily, of how many, of which measure."""

from __future__ import annotations

from typing import Any

import pytest

import meanings

ROSE = {
    "a little": "trade.total[2024] > trade.total[2023]",  # 240.1, 244.8
    "much": "trade.total[2022] > trade.total[2021]",  # 146.9, 190.3
    "steadily": "rose(trade.total, 2020, 2024)",
    "with a fall": "rose(trade.total, 2010, 2024)",
    "by a quarter": "trade.exports[2017] > trade.exports[2016]",  # 32.3, 41.2
    "by a fifteenth": "trade.imports[2012] > trade.imports[2011]",  # 38.9, 44.0
}
FELL = {
    "a little": "trade.total[2020] < trade.total[2019]",  # 110.8, 107.8
    "much": "trade.total[2015] < trade.total[2014]",  # 95.3, 68.1
}


@pytest.fixture(scope="module")
def namespace() -> dict[str, Any]:
    csv = "year,income,density,people\n2020,10,5,50\n2024,12,6,60\n"
    columns = {
        "income": ("Income per capita", "US$"),
        "density": ("Bevölkerungsdichte", ""),
        "people": ("Bevölkerung", ""),
    }
    land = meanings.table_of("land", {"csv": csv, "key": "year", "columns": columns})
    return {**meanings.tables(), "land": land, "In": ["", ""]}


def _truth(namespace: dict[str, Any], lang: str, words: str, claim: str) -> str:
    text = words.replace("]", f']{{claim="{claim}"}}')
    meanings.register.clear()
    with meanings.speaking(lang):
        sentence = meanings.Sentence("words", lang, true=True, text=text, why="")
        result = meanings.check(sentence, namespace)
    return "refuted" if result.refused else "proved" if result.by_meaning else "open"


@pytest.mark.parametrize(
    ("lang", "words", "claim", "truth"),
    [
        ("en", "Trade [rose slightly].", ROSE["a little"], "proved"),
        ("en", "Trade [rose slightly].", ROSE["much"], "refuted"),
        ("en", "Trade [rose] slightly.", ROSE["much"], "refuted"),
        ("en", "Trade [was slightly higher].", ROSE["much"], "refuted"),
        ("en", "Trade [soared].", ROSE["much"], "proved"),
        ("en", "Trade [soared].", ROSE["a little"], "refuted"),
        ("en", "Trade [rose sharply].", ROSE["much"], "proved"),
        ("en", "Trade [rose sharply].", ROSE["a little"], "open"),
        ("de", "2015 [fiel der Umfang des Handels deutlich].", FELL["much"], "proved"),
        ("de", "2020 [fiel der Umfang des Handels deutlich].", FELL["a little"], "open"),
        ("de", "2022 [stieg der Umfang des Handels leicht].", ROSE["much"], "open"),
        ("en", "Trade [collapsed].", FELL["much"], "proved"),
        ("en", "Trade [collapsed].", FELL["a little"], "refuted"),
        ("en", "Trade [did not collapse].", ROSE["a little"], "open"),
        ("en", "Trade [rose steadily].", ROSE["steadily"], "proved"),
        ("en", "Trade [rose steadily].", ROSE["with a fall"], "refuted"),
        ("en", "Trade [recovered].", ROSE["much"], "proved"),
        ("en", "Trade [recovered fully].", ROSE["much"], "open"),
        ("en", "Trade [has recovered] completely.", ROSE["much"], "open"),
        ("en", "Most years [saw trade grow].", ROSE["much"], "open"),
        ("en", "[Most years saw trade grow].", ROSE["much"], "open"),
        ("en", "Trade per head [rose].", ROSE["much"], "open"),
        ("en", "Trade per dock worker [rose].", ROSE["much"], "open"),
        ("en", "Its share of trade [rose].", ROSE["much"], "open"),
        ("en", "Trade per year [rose].", ROSE["much"], "proved"),
        ("en", "Income per head fell, and trade [rose].", ROSE["much"], "proved"),
        ("en", "The average year aside, trade [rose].", ROSE["much"], "proved"),
        ("en", "Average trade [was lower].", "trade.total.mean() < trade.total[2024]", "proved"),
        ("en", "[Trade per head rose].", ROSE["much"], "open"),
        ("en", "[The density of trade was the highest].", "highest(trade.total, at=2024)", "open"),
        ("en", "Trade [was above average].", "trade.total[2024] > trade.total.mean()", "proved"),
        ("de", "Der Handel [stieg leicht].", ROSE["a little"], "proved"),
        ("de", "Der Handel [stieg leicht].", ROSE["much"], "refuted"),
        ("de", "Der Handel [stieg geringfügig].", ROSE["much"], "refuted"),
        ("de", "Der Handel [stieg sprunghaft].", ROSE["much"], "proved"),
        ("de", "Der Handel [stieg drastisch].", ROSE["a little"], "refuted"),
        ("de", "Der Handel [stieg kräftig].", ROSE["a little"], "open"),
        ("de", "Der Handel [stieg stetig].", ROSE["with a fall"], "refuted"),
        ("de", "Der Handel [erholte sich vollständig].", ROSE["much"], "open"),
        ("de", "[Der Handel pro Kopf stieg].", ROSE["much"], "open"),
        ("de", "[Die Handelsdichte stieg].", ROSE["much"], "open"),
        ("de", "Der Handel [stieg].", ROSE["a little"], "proved"),
    ],
)
def test_words_that_say_more_than_a_direction_are_held_against_its_size(
    namespace: dict[str, Any], lang: str, words: str, claim: str, truth: str
) -> None:
    assert _truth(namespace, lang, words, claim) == truth


@pytest.mark.parametrize(
    ("lang", "words", "column", "truth"),
    [
        ("en", "Income per capita [rose].", "income", "proved"),
        ("en", "Income per head [rose].", "income", "proved"),
        ("en", "Median income [rose].", "income", "open"),
        ("de", "Die Bevölkerungsdichte [stieg].", "density", "proved"),
        ("de", "Die Dichte [stieg].", "density", "proved"),
        ("de", "Die Bevölkerungsdichte [stieg].", "people", "open"),
    ],
)
def test_a_measure_is_that_of_a_claim_if_its_column_has_it(
    namespace: dict[str, Any], lang: str, words: str, column: str, truth: str
) -> None:
    claim = f"land.{column}[2024] > land.{column}[2020]"
    assert _truth(namespace, lang, words, claim) == truth
