"""Magnitudes beside the currency of a column, in its name or in brackets: `schools_eur_m`, "Umsatz (Mio. Euro)"."""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, worst  # noqa: F401 - a fixture

YEARS = "2020;45,9\n2021;47,7\n2022;50,3\n2023;54,0\n"


@pytest.mark.parametrize(
    "head",
    [
        "Umsatz (Mio. Euro)",
        "Umsatz (Mio. €)",
        "Umsatz (€m)",
        "Umsatz (M€)",
        "umsatz_mio_eur",
        "umsatz_eur_m",
        "umsatz_m_eur",
        "umsatz_meur",
    ],
)
@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Der Umsatz lag 2023 bei 54 Millionen Euro.", "borne out"),
        ("Der Umsatz lag 2023 bei 45 Millionen Euro.", "contradicted"),
        ("Der Umsatz lag 2023 bei 54 Milliarden Euro.", "unknown"),
    ],
)
def test_a_column_of_money_in_millions(tmp_path, head, text, verdict):
    tables = {"zahlen.csv": f"Jahr;{head}\n{YEARS}"}
    assert worst(audited(tmp_path, tables, text, "de")) == verdict


@pytest.mark.parametrize(
    "head", ["umsatz_teur", "Umsatz (T€)", "Umsatz (Tsd. Euro)", "umsatz_keur"]
)
def test_a_column_of_money_in_thousands(tmp_path, head):
    tables = {"zahlen.csv": f"Jahr;{head}\n{YEARS}"}
    text = "Der Umsatz lag 2023 bei {} Euro."
    assert worst(audited(tmp_path / "a", tables, text.format("54.000"), "de")) == "borne out"
    assert worst(audited(tmp_path / "b", tables, text.format("45.000"), "de")) == "contradicted"
