"""The times that sentences name beside a claim, which are held against those of its values."""

from __future__ import annotations

import pytest

from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.claim_words import judged

FELL = {
    "compared": {
        "series": [{"places": [2019, 2020, 2021], "values": [50, 40, 60]}],
        "comparisons": [
            {
                "kind": "pair",
                "sign": "<",
                "this": {"value": 40, "where": "2020", "at": 2020, "series": 0},
                "than": {"value": 50, "where": "2019", "at": 2019, "series": 0},
            }
        ],
    }
}


@pytest.mark.parametrize(
    ("language", "sentence", "truth"),
    [
        ("en", "In 2020 it [fell].", "proved"),
        ("en", "In 2021 it [fell].", "refuted"),
        ("en", "It [fell] in the summer of 2021.", "proved"),
        ("de", "2021 [fiel er].", "refuted"),
        ("de", "Im Jahr 2020 [fiel er].", "proved"),
        ("de", "Im Jahr 2021 [fiel er].", "refuted"),
        ("de", "Er [fiel] im Jahr 2020.", "proved"),
        ("de", "Er [fiel] im Jahr 2021.", "refuted"),
        ("de", "Er [war kleiner als im Jahr 2019].", "proved"),
        ("de", "Er [war kleiner als im Jahr 2021].", "refuted"),
        ("de", "Ein Gesetz aus dem Jahr 2021 [ließ ihn fallen].", "proved"),
    ],
)
def test_a_year_beside_a_claim_is_one_of_its_values(
    language: str, sentence: str, truth: str
) -> None:
    before, words, _ = sentence.replace("]", "[").split("[")
    span = len(before), len(before) + len(words)
    text = sentence.replace("[", "").replace("]", "")
    assert judged(text, span, FELL, lexicon(language)).truth == truth
