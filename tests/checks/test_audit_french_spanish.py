"""`broadsheet audit` judges plain French and Spanish sentences: true ones, false ones, and those that may be of
something else.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, worst  # noqa: F401 - a fixture

TABLES = {
    "villes.csv": "ville,année,population,chômage (%)\n"
    + "".join(
        f"{ville},{year},{people + 1200 * (year - 2018)},{rate}\n"
        for ville, people, rates in (
            ("Angers", 152960, (8.4, 9.1, 7.9)),
            ("Dijon", 156920, (7.2, 8.0, 6.6)),
            ("Nancy", 104885, (9.8, 10.6, 9.3)),
            ("Perpignan", 120158, (13.7, 14.9, 12.8)),
        )
        for year, rate in zip((2018, 2020, 2022), rates, strict=True)
    ),
    "fleuves.csv": "fleuve,longueur (km)\nLoire,1006\nRhône,813\nSeine,777\nGaronne,529\nCharente,381\n",
    "rios.csv": "río,longitud (km)\nTajo,1007\nEbro,930\nDuero,897\nGuadiana,818\nGuadalquivir,657\n",
    "provincias.csv": "provincia,año,población,paro (%)\n"
    + "".join(
        f"{name},{year},{people - 900 * (year - 2019)},{rate}\n"
        for name, people, rates in (
            ("Soria", 88636, (7.1, 8.3, 7.7)),
            ("Lugo", 329587, (10.4, 11.2, 9.6)),
            ("Huelva", 521870, (21.9, 24.8, 20.3)),
            ("Burgos", 356958, (9.5, 10.1, 8.8)),
        )
        for year, rate in zip((2019, 2020, 2021), rates, strict=True)
    ),
}
SENTENCES = [
    ("fr", "En 2020, la ville de Nancy comptait 107 285 habitants.", "borne out"),
    ("fr", "En 2020, la ville de Nancy comptait 117 285 habitants.", "contradicted"),
    ("fr", "En 2022, le chômage à Perpignan était de 12,8 %.", "borne out"),
    ("fr", "En 2022, le chômage à Perpignan était de 14,9 %.", "contradicted"),
    ("fr", "À Dijon, le chômage a baissé entre 2020 et 2022.", "borne out"),
    ("fr", "À Dijon, le chômage a augmenté entre 2020 et 2022.", "contradicted"),
    ("fr", "En 2020, le chômage était plus élevé à Nancy qu'à Dijon.", "borne out"),
    ("fr", "En 2020, le chômage était moins élevé à Nancy qu'à Dijon.", "contradicted"),
    ("fr", "La Loire mesure 1006 km de longueur.", "borne out"),
    ("fr", "La Seine a une longueur de 813 km.", "contradicted"),
    # Of the young, of a plan, of a part, of another town.
    ("fr", "En 2022, le chômage des jeunes à Perpignan était de 24,9 %.", "unknown"),
    ("fr", "En 2022, le chômage à Perpignan pourrait atteindre 14,9 %.", "unknown"),
    ("fr", "En 2022, le chômage à Lille était de 14,9 %.", "unknown"),
    ("fr", "En 2020, le centre de Nancy comptait 47 285 habitants.", "unknown"),
    ("es", "En 2020, la provincia de Soria tenía 87.736 habitantes.", "borne out"),
    ("es", "En 2020, la provincia de Soria tenía 97.736 habitantes.", "contradicted"),
    ("es", "En 2021 el paro en Huelva fue del 20,3 %.", "borne out"),
    ("es", "En 2021 el paro en Huelva fue del 24,8 %.", "contradicted"),
    ("es", "En Lugo el paro bajó entre 2020 y 2021.", "borne out"),
    ("es", "En Lugo el paro subió entre 2020 y 2021.", "contradicted"),
    ("es", "En 2020 el paro era más alto en Lugo que en Burgos.", "borne out"),
    ("es", "En 2020 el paro era más alto en Burgos que en Lugo.", "contradicted"),
    ("es", "El Tajo tiene una longitud de 1007 km.", "borne out"),
    ("es", "El Duero tiene una longitud de 930 km.", "contradicted"),
    ("es", "En 2021 el paro juvenil en Huelva fue del 44,8 %.", "unknown"),
    ("es", "En 2021 el paro en Huelva podría llegar al 24,8 %.", "unknown"),
    ("es", "En 2021 el paro en Cuenca fue del 24,8 %.", "unknown"),
    # "Es" is no German pronoun here.
    ("es", "En 2021 el paro en Lugo fue del 9,6 %. Un paro del 24,8 % es normal.", "borne out"),
    ("es", "En 2021 el paro en Lugo fue del 9,6 %. El paro es del 24,8 %.", "borne out"),
    ("es", "En 2020 el casco antiguo de Soria tenía 37.736 habitantes.", "unknown"),
]


@pytest.mark.parametrize(("language", "text", "verdict"), SENTENCES)
def test_a_sentence_is_judged(tmp_path, language, text, verdict):
    assert worst(audited(tmp_path, TABLES, text, language)) == verdict


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Reds won 21 games in 2022."),
        ("de", "Die Reds gewannen 2022 21 Spiele."),
        ("fr", "En 2022, les Reds ont gagné 21 matchs."),
        ("es", "En 2022 el equipo Reds ganó 21 partidos."),
    ],
)
def test_what_a_team_won_are_games_in_each_language(tmp_path, language, text):
    table = "team,season,won,lost\nReds,2022,21,9\nReds,2023,18,12\nBlues,2022,15,14\n"
    assert worst(audited(tmp_path, {"league.csv": table}, text, language)) == "borne out"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "En 2020, le Tunnel coûtait 1500 euros."),
        ("es", "En 2020 el Tunnel costó 1500 euros."),
    ],
)
def test_a_verb_of_a_measure_has_accents(tmp_path, language, text):
    table = "project,year,spending_eur\nTunnel,2020,1200\nTunnel,2021,1500\nBridge,2020,800\nBridge,2021,700\n"
    assert worst(audited(tmp_path, {"projects.csv": table}, text, language)) == "contradicted"
