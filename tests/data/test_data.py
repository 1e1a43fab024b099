"""The tables that the publication ships: what they must say, and what they must not."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from broadsheet.data.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.open(ROOT)


@pytest.fixture
def trade() -> pd.DataFrame:
    return CATALOGUE.table("china-russia-trade")


@pytest.fixture
def partners() -> pd.DataFrame:
    return CATALOGUE.table("russia-trade-by-partner")


@pytest.fixture
def energy() -> pd.DataFrame:
    return CATALOGUE.table("russian-energy-to-china")


def test_every_table_is_sound() -> None:
    assert [str(error) for error in CATALOGUE.check()] == []


def test_the_descriptor_is_in_the_form_that_update_hashes_writes() -> None:
    text = (ROOT / "data/datapackage.json").read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_every_file_of_the_folder_is_described() -> None:
    described = {table.resource.file for table in CATALOGUE.states()}
    assert {f"data/{file.name}" for file in (ROOT / "data").glob("*.csv")} == described


@pytest.mark.parametrize("name", CATALOGUE.names)
def test_every_figure_has_a_unit_and_every_source_a_publisher(name: str) -> None:
    origin = CATALOGUE.table(name).attrs["origin"]
    figures = CATALOGUE.table(name).select_dtypes("float").columns
    assert set(figures) <= set(origin.units)
    assert all(source.publisher for source in origin.sources)
    assert origin.as_of <= origin.retrieved
    assert origin.description
    assert origin.licences


# China and Russia


def test_trade_is_what_customs_reported(trade: pd.DataFrame) -> None:
    totals = trade.set_index("year")["total"].round(1)
    assert totals.loc[2018:].to_dict() == {
        2018: 107.1, 2019: 110.8, 2020: 107.8, 2021: 146.9, 2022: 190.3, 2023: 240.1, 2024: 244.8
    }  # fmt: skip


def test_years_without_a_figure_are_absent(trade: pd.DataFrame) -> None:
    assert sorted({*range(1996, 2025)} - {*trade["year"]}) == [1997, 2001, 2011, 2012]
    assert trade["total"].notna().all()


def test_the_two_directions_make_the_total(trade: pd.DataFrame) -> None:
    split = trade.dropna(subset=["china_exports", "china_imports"])
    gap = (split["china_exports"] + split["china_imports"] - split["total"]).abs()
    assert (gap <= 0.051).all()
    assert trade["china_exports"].notna().equals(trade["china_imports"].notna())


def test_each_figure_of_trade_cites_a_page(trade: pd.DataFrame) -> None:
    cited = {*trade["source"], *trade["split_source"].dropna()}
    pages = {source.key: source.path for source in trade.attrs["origin"].sources if source.key}
    assert cited == pages.keys()
    assert all(path and path.startswith("http") for path in pages.values())
    split = trade["china_exports"].notna()
    assert trade["split_source"].notna().equals(split)
    assert trade["split_status"].notna().equals(split)


def test_what_is_derived_follows_from_what_was_reported(trade: pd.DataFrame) -> None:
    by_year = trade.set_index("year")
    derived = by_year[by_year["status"] == "derived"]
    growths = {1998: 1.04, 2004: 1.37, 2013: 1.068, 2015: 1.022}  # of the year after, as reported
    assert list(derived.index) == list(growths)
    for year, growth in growths.items():
        assert by_year.loc[year, "total"] == round(by_year.loc[year + 1, "total"] / growth, 1)
    assert list(by_year.index[by_year["split_status"] == "derived"]) == [2021, 2023]
    for year, growth in ((2021, 1.128), (2023, 1.041)):
        exports = round(by_year.loc[year + 1, "china_exports"] / growth, 1)
        assert by_year.loc[year, "china_exports"] == exports
        assert by_year.loc[year, "china_imports"] == round(by_year.loc[year, "total"] - exports, 1)


# Russia's partners


def test_the_only_aggregates_are_the_world_and_the_european_union(partners: pd.DataFrame) -> None:
    aggregates = partners[partners["kind"] == "aggregate"]
    assert set(aggregates["partner"]) == {"World", "European Union"}
    assert {"United Kingdom", "Greece", "Georgia", "Ghana"} <= {
        *partners.loc[partners["kind"] == "country", "partner"]
    }
    assert partners.groupby("partner")["partner_code"].nunique().max() == 1


@pytest.mark.parametrize("flow", ["exports_fob", "imports_cif", "total"])
def test_partners_make_the_world(partners: pd.DataFrame, flow: str) -> None:
    parts = partners[partners["kind"] != "aggregate"].groupby("year")[flow].sum()
    world = partners[partners["partner"] == "World"].set_index("year")[flow]
    assert list(world.index) == list(range(2016, 2025))
    assert (parts - world).abs().max() < 0.1


def test_members_make_the_european_union(partners: pd.DataFrame) -> None:
    codes = [
        *(
            "AUT",
            "BEL",
            "BGR",
            "HRV",
            "CYP",
            "CZE",
            "DNK",
            "EST",
            "FIN",
            "FRA",
            "DEU",
            "GRC",
            "HUN",
            "IRL",
        ),
        *(
            "ITA",
            "LVA",
            "LTU",
            "LUX",
            "MLT",
            "NLD",
            "POL",
            "PRT",
            "ROU",
            "SVK",
            "SVN",
            "ESP",
            "SWE",
        ),
    ]
    members = partners[partners["partner_code"].isin(codes)].groupby("year")["total"].sum()
    union = partners[partners["partner"] == "European Union"].set_index("year")["total"]
    assert (members - union).abs().max() < 0.1


def test_totals_and_shares_are_consistent(partners: pd.DataFrame) -> None:
    flows = partners["exports_fob"].fillna(0) + partners["imports_cif"].fillna(0)
    assert (flows - partners["total"]).abs().max() < 0.0015
    world = partners[partners["partner"] == "World"].set_index("year")["total"]
    shares = 100 * partners["total"] / partners["year"].map(world)
    assert (shares - partners["share_of_total"]).abs().max() < 0.00051


def test_estimates_are_marked(partners: pd.DataFrame) -> None:
    assert partners.groupby("status")["year"].agg(["min", "max"]).to_dict("index") == {
        "reported": {"min": 2016, "max": 2021},
        "estimate": {"min": 2022, "max": 2024},
    }


MIRRORS = {("Uzbekistan", 2023): 9800, ("Uzbekistan", 2024): 11600}
"""What a partner's own statistics count as its trade with Russia, in US$ mn."""


def test_implausible_rows_are_those_of_the_rules(partners: pd.DataFrame) -> None:
    rows = partners[partners["kind"] == "country"].set_index(["partner", "year"])
    late = rows.index.get_level_values("year") >= 2022
    marked = pd.Series(False, index=rows.index)
    for flow in ("exports_fob", "imports_cif"):
        values = rows[flow].unstack()
        usual = values[[2019, 2020, 2021]].fillna(0).mean(axis=1)
        past = (values > 1000) & values.gt(20 * usual, axis=0)
        before, after = values.shift(1, axis=1), values.shift(-1, axis=1)
        neighbours = (values > 100) & (values > 5 * before) & (values > 5 * after)
        marked |= (past | neighbours).stack().reindex(rows.index, fill_value=False)
    marked &= late
    for place, mirror in MIRRORS.items():
        assert rows["total"][place] > 2.5 * mirror
        marked[place] = True
    assert rows["implausible"].equals(marked)
    assert rows["note"].notna().equals(marked)
    assert not partners.loc[partners["kind"] != "country", "implausible"].any()
    assert [*rows.index[marked]] == [
        ("Cameroon", 2022),
        ("Ghana", 2022),
        *(("Uganda", year) for year in (2022, 2023, 2024)),
        ("Uzbekistan", 2023),
        ("Uzbekistan", 2024),
    ]


def test_names_are_plain(partners: pd.DataFrame) -> None:
    plain = partners.set_index("partner_code")["partner"]
    expected = {
        "CHN": "China",
        "HKG": "Hong Kong",
        "TWN": "Taiwan",
        "KOR": "South Korea",
        "TUR": "Turkey",
    }
    assert {code: plain[code].iloc[0] for code in expected} == expected
    countries = partners[partners["kind"] == "country"]
    assert not countries["partner"].str.contains(r"[,(]|Republic of$|Kingdom of").any()


# Energy


def test_energy_of_2022(energy: pd.DataFrame) -> None:
    last = energy[energy["year"] == 2022].set_index("fuel").round(1)
    assert last["value_usd_bn"].dropna().to_dict() == {
        "crude oil": 58.4,
        "coal": 11.7,
        "pipeline gas": 4.0,
    }
    assert last["tonnes_mn"].dropna().to_dict() == {"crude oil": 86.2, "coal": 64.1, "LNG": 6.5}


def test_energy_has_whole_years_only(energy: pd.DataFrame) -> None:
    assert energy["year"].max() == 2022
    crude = energy[energy["fuel"] == "crude oil"]
    assert list(crude["year"]) == list(range(2000, 2023))
    assert (crude["months"] == 12).all()
    assert energy[["value_usd_bn", "tonnes_mn"]].notna().any(axis=1).all()


def test_tonnes_of_pipeline_gas_stop_in_2021(energy: pd.DataFrame) -> None:
    gas = energy[energy["fuel"] == "pipeline gas"].set_index("year")
    assert list(gas.index) == [2019, 2020, 2021, 2022]
    assert gas["tonnes_mn"].isna().to_dict() == {2019: False, 2020: False, 2021: False, 2022: True}
    assert gas.loc[2019, "months"] == 1


def test_a_tonne_costs_what_it_may(energy: pd.DataFrame) -> None:
    prices = {"crude oil": (150, 900), "coal": (40, 250), "pipeline gas": (150, 400)}
    dollars = 1000 * energy["value_usd_bn"] / energy["tonnes_mn"]
    for fuel, (low, high) in prices.items():
        # A value of fewer months than the tonnes is noted, and gives no price.
        price = dollars[
            (energy["fuel"] == fuel) & ~energy["note"].str.contains("lacks", na=False)
        ].dropna()
        assert price.between(low, high).all(), fuel
