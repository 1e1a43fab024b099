"""German sentences about harvests: years behind numbers, words of two nouns, verbs of two parts, ranges."""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, words_with, worst  # noqa: F401 - a fixture

HARVESTS = {
    "Moorau": [(84.2, 31.5), (79.9, 33.1), (88.4, 30.2), (90.7, 28.8), (72.3, 34.6)],
    "Lindtal": [(120.6, 22.4), (111.0, 24.9), (126.3, 21.7), (131.5, 20.3), (98.1, 27.2)],
    "Ostenwald": [(45.3, 38.0), (41.8, 40.2), (47.9, 36.5), (52.6, 33.4), (39.4, 43.9)],
}
TABLES = {
    "ernte.csv": "Jahr;Landkreis;Weizen (1000 t);Gerste (1000 t)\n"
    + "".join(
        f"{2019 + at};{name};{wheat};{barley}\n".replace(".", ",")
        for name, values in HARVESTS.items()
        for at, (wheat, barley) in enumerate(values)
    )
}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Die Weizenernte in Ostenwald fiel von 52.600 Tonnen im Jahr 2022 auf 39.400 Tonnen im Jahr 2023.", "borne out"),
        ("Die Weizenernte in Ostenwald fiel von 52.600 Tonnen im Jahr 2022 auf 34.900 Tonnen im Jahr 2023.", "contradicted"),
        ("Ostenwald erntete 2021 36.500 Tonnen Gerste.", "borne out"),
        ("Ostenwald erntete 2021 63.500 Tonnen Gerste.", "contradicted"),
        ("Im Jahr 2023 ernteten die Bauern in Lindtal 89.100 Tonnen Weizen.", "contradicted"),
        ("Die Weizenernte in Lindtal ging 2023 um ein Viertel zurück.", "borne out"),
        ("Die Weizenernte in Lindtal ging 2023 um die Hälfte zurück.", "contradicted"),
        ("Lindtal hatte 2022 die größte Weizenernte.", "borne out"),
        ("Lindtal hatte 2022 die kleinste Weizenernte.", "contradicted"),
        ("Im Schnitt der Jahre 2019 bis 2023 erntete Moorau 83.100 Tonnen Weizen.", "borne out"),
        ("Im Schnitt der Jahre 2019 bis 2023 erntete Moorau 93.100 Tonnen Weizen.", "contradicted"),
        ("In allen drei Kreisen zusammen wurden 2023 209.800 Tonnen Weizen geerntet.", "borne out"),
        ("In allen drei Kreisen zusammen wurden 2023 290.800 Tonnen Weizen geerntet.", "contradicted"),
        ("Die höchste Gerstenernte gab es 2023 in Ostenwald: 49.300 Tonnen.", "contradicted"),
    ],
)  # fmt: skip
def test_what_is_said_of_harvests(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text, "de")) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "Der Weizenpreis lag 2021 in Ostenwald bei 63.500 Euro.",
        "Der Gerstenverbrauch lag 2021 in Ostenwald bei 63.500 Tonnen.",
        "Ostenwald exportierte 2021 63.500 Tonnen Gerste.",
    ],
)
def test_another_noun_behind_the_word_of_a_column_is_of_another_measure(tmp_path, text):
    assert worst(audited(tmp_path, TABLES, text, "de")) != "contradicted"


def test_harvests_are_none_of_a_table_of_something_else(tmp_path):
    tables = {"exporte.csv": TABLES["ernte.csv"]}
    text = "In Ostenwald betrug die Gerstenernte 2021 63.500 Tonnen."
    assert worst(audited(tmp_path, tables, text, "de")) != "contradicted"


def test_a_number_that_is_the_cell_contradicts_no_other_of_it(tmp_path):
    text = "Der Anbau in Ostenwald brachte 52.600 Tonnen im Jahre 2022, also mehr als die 39.400 Tonnen danach."
    assert words_with("contradicted", audited(tmp_path, TABLES, text, "de")) == []
