"""Plain sentences of journalists beside small tables: units in names of columns, quarters, groups of ages, months as
columns, labels that are counted.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, worst  # noqa: F401 - a fixture

HOUSES = {
    "Ashford": [(326800, 201), (328900, 175), (325400, 162), (319700, 188)],
    "Brexley": [(254000, 98), (257300, 91), (259900, 85), (262400, 104)],
    "Cotham": [(481200, 63), (476500, 58), (470100, 49), (473600, 55)],
}
QUARTERS = ("2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2")
TABLES = {
    "house-prices.csv": "town,quarter,average_price_gbp,sales\n"
    + "".join(
        f"{town},{quarter},{price},{sales}\n"
        for town, values in HOUSES.items()
        for quarter, (price, sales) in zip(QUARTERS, values, strict=True)
    ),
    "yields.csv": "crop;year;yield_t_per_ha;area_1000_ha\nWheat;2022;7,6;2981,2\nWheat;2023;7,5;2868,4\n"
    "Barley;2022;7,1;1609,9\nBarley;2023;6,9;1623,3\n",
    "rail.csv": "line,year,passengers_m\nNorthern,2022,35.6\nNorthern,2023,39.8\nValley,2022,6.9\nValley,2023,7.3\n",
    "garden-birds.csv": "species,2021,2022,2023\nGoldfinch,303,342,388\nSwift,71,64,52\nBlue tit,915,871,940\n",
    "rainfall-2023.csv": "station,Jan,Feb,Mar,Apr\nHarbour,88,61,74,52\nHilltop,142,118,125,96\n",
    "unemployment.csv": "country,year,unemployment_pct\nSpain,2019,14.1\nSpain,2020,15.5\nItaly,2019,9.9\n"
    "Italy,2020,9.3\n",
    "coffee.csv": "age_group,coffee_drinkers_pct\n18-29,52\n30-44,64\n45-59,71\n",
    "waits.csv": "hospital,specialty,median_wait_weeks,patients_waiting\nMercy,Hearts,18.5,1240\nMercy,Eyes,14.1,980\n"
    "Lister,Hearts,24.3,2105\nLister,Eyes,17.9,760\n",
    "exchange-rates.csv": "month,usd_per_eur,jpy_per_eur\n2023-01,1.0769,140.54\n2023-02,1.0715,142.38\n"
    "2023-03,1.0706,143.01\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The average home in Ashford sold for £319,700 in the second quarter of 2023.", "borne out"),
        ("In Ashford the price of a home was £328,900 in the last quarter of 2022.", "borne out"),
        ("In Ashford 36 more homes were sold in the second quarter of 2023 than in the quarter before.", "contradicted"),
        ("Cotham is the cheapest of the three towns.", "contradicted"),
        ("Brexley is the cheapest of the three towns.", "borne out"),
        ("The area under wheat was 2.3 million hectares in 2023.", "contradicted"),
        ("The area under wheat was 2.87 million hectares in 2023.", "borne out"),
        ("The yield of barley was 7.1 tonnes per hectare in 2023.", "contradicted"),
        ("The Valley line carried nearly 20 million passengers in 2023.", "contradicted"),
        ("The Valley line carried 7.3 million passengers in 2023.", "borne out"),
        ("In the gardens, 388 goldfinches were counted in 2023.", "borne out"),
        ("In the gardens, 342 goldfinches were counted in 2023.", "contradicted"),
        ("The number of swifts has fallen every year since 2021.", "borne out"),
        ("In February 2023 there was 118 mm of rainfall at Hilltop.", "borne out"),
        ("In February 2023 there was 61 mm of rainfall at Hilltop.", "contradicted"),
        ("Between 2019 and 2020 unemployment in Spain rose by 2.4 points.", "contradicted"),
        ("Between 2019 and 2020 unemployment in Spain rose by 1.4 points.", "borne out"),
        ("Of those aged 30 to 44, 64 percent are coffee drinkers.", "borne out"),
        ("Of those aged 30 to 44, 71 percent are coffee drinkers.", "contradicted"),
        ("12 percent drink coffee every day.", "unknown"),
        ("52 percent of those aged 18 to 29 drink coffee every day.", "unknown"),
        ("Eyes patients wait longest at Lister: 17.9 weeks.", "borne out"),
        ("Lister has fewer patients waiting for hearts than Mercy.", "contradicted"),
        ("Lister has fewer patients waiting for eyes than Mercy.", "borne out"),
        ("In March 2023 a euro bought 143.01 yen.", "borne out"),
        ("In March 2023 a euro bought 148.01 yen.", "contradicted"),
    ],
)  # fmt: skip
def test_what_a_journalist_writes(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text)) == verdict


def test_the_last_year_of_a_table_without_times_is_unknown(tmp_path):
    table = "state,schools\nOhio,40\nUtah,60\n"
    text = "Utah has 20 more schools than in Ohio last year."
    assert worst(audited(tmp_path, {"schools.csv": table}, text)) == "unknown"


def test_a_time_of_the_day_is_no_number(tmp_path):
    statements = audited(tmp_path, TABLES, "The doors of the Northern line open at 2:07:49.")
    assert not [each for each in statements if each.words in ("49", "07", "2")]


@pytest.mark.parametrize(
    "text",
    [
        "A terraced house in Ashford cost £254,000 in the second quarter of 2023.",
        "The longest wait of hearts at Mercy was 71 weeks.",
        "Prices in Brexley have risen in every quarter since the war.",
        "Over 60 percent of those aged 30 to 44 own a coffee machine.",
        "In the neighbouring country the area under wheat was 2.98 million hectares in 2023.",
        "Mercy has 1,240 square metres of garden for its hearts.",
        "In 2023 passengers of the Northern line climbed to 98 metres.",
    ],
)
def test_what_the_tables_cannot_tell(tmp_path, text):
    assert worst(audited(tmp_path, TABLES, text)) == "unknown"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Im zweiten Quartal 2023 wurden in Ashford 188 Häuser verkauft."),
        ("fr", "Au deuxième trimestre 2023, on a vendu 188 maisons à Ashford."),
        ("es", "En el segundo trimestre de 2023 se vendieron en Ashford 188 casas; ventas: 188."),
    ],
)
def test_quarters_in_each_language(tmp_path, language, text):
    table = {"house-prices.csv": TABLES["house-prices.csv"]}
    statements = audited(tmp_path, table, text, language)
    operands = [each.reading.operands[0].keys for each in statements if each.reading]
    assert operands and all(keys["quarter"] == "2023-Q2" for keys in operands)
