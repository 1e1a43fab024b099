"""`broadsheet audit` counts rows before and after a time, and those "of them" under a condition; and reads a
turnout of "euro" elections as no money, and growth "since" a time up to the last.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, worst  # noqa: F401 - a fixture

TABLES = {
    "journals.csv": "title,publisher,foundingyear,pages\n"
    + "".join(
        f"Review {at},{'Acorn' if at % 3 else 'Beech'},{1860 + 16 * (at // 2)},{400 + 25 * at}\n"
        for at in range(20)
    ),
    "turnout.csv": "country,euro_turnout,nat_turnout,population\nAustria,59.8,75.6,8754413\nBelgium,88.47,88.38,11647253\n"
    "France,50.12,42.64,66991000\nItaly,54.5,72.93,62137802\nSpain,60.73,71.76,48958159\nPortugal,30.75,48.57,10839514\n",
    "towns.csv": "name,population_1996,population_2006,population_2021\nMilbrook,32104,53889,129979\nCairnton,9021,9544,9871\n"
    "Ashford,14200,15100,18900\n",
    "harbour-vote-2013.csv": "district,Meyer,Oduya,winner\n"
    + "".join(f"District {'ABCDEFGHIJKLMNOPQRSTUVWX'[at]},{900 - 20 * at},{500 + 7 * at},{'Meyer' if at < 15 else 'Oduya'}\n" for at in range(24)),
    "films.csv": "film,gross_world\nRed Moon,1128437854\nIron Bell,1347652209\nGrey Fox,519311965\nLow Tide,1214811252\nBlue Hour,385000000\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("true", "false", "language"),
    [
        (
            "Six of the journals were founded before 1900.",
            "Eight of the journals were founded before 1900.",
            "en",
        ),
        (
            "Two of the journals were founded after 2000.",
            "Five of the journals were founded after 2000.",
            "en",
        ),
        (
            "The films are in a table. Three of them grossed more than a billion dollars worldwide.",
            "",
            "en",
        ),
        (
            "En Italia la participación en las elecciones fue del 54,5 %.",
            "",
            "es",
        ),
        (
            "In Belgium the euro turnout was 88.47 percent.",
            "In Belgium the euro turnout was 50.12 percent.",
            "en",
        ),
        # the next in a ranking
        (
            "France has the largest population, 66,991,000 people, followed by Italy.",
            "France has the largest population, 66,991,000 people, followed by Spain.",
            "en",
        ),
        # a year that the name of a table has, and rows by the name of their column
        ("15 of the 24 districts went to Meyer in 2013.", "", "en"),
        ("Milbrook's population has quadrupled since 1996.", "", "en"),
    ],
)
def test_a_true_sentence_is_borne_out_and_a_false_one_contradicted(tmp_path, true, false, language):
    for sentence, verdict in ((true, "borne out"), (false, "contradicted")):
        if sentence:
            said = audited(tmp_path / verdict, TABLES, sentence, language)
            assert worst(said) == verdict, sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Eight of the journals were bought before 1900.",
        "Eight of the journals of physics were founded before 1900.",
        "Eight of the journals that were founded before 1900 are French.",
        "In Western Europe France has the largest population, followed by Spain.",
        "France is a republic, followed by Spain in 1978.",
        "France has the largest population, followed by a crowd of others such as Spain.",
        "By 1900 eight of the journals were founded.",
        "Eight of the journals were founded in Paris before 1900.",
        "There are many journals. Eight of them have more than 500 pages and a cover in red.",
    ],
)
def test_rows_of_which_more_is_said_are_not_contradicted(tmp_path, sentence):
    assert worst(audited(tmp_path, TABLES, sentence)) != "contradicted"
