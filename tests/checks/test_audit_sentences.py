"""`broadsheet audit` reads the sentences of newspapers, annual reports and releases: each here is true of
its table, and with one word or figure changed it is contradicted.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, rows_over_time, words_with  # noqa: F401 - a fixture

TABLES = {
    "overnight-stays.csv": "Region,2019,2020,2021,2022,2023\n"
    "Bavaria,100942,60123,61210,93541,100870\nBerlin,34124,12337,13989,26534,29620\n"
    "Hamburg,15414,6892,7487,14726,15931\nSaxony,20812,13044,12316,19214,20455\n",
    "state-unemployment.csv": "state,year,unemployment rate (%)\n"
    + rows_over_time(
        range(2019, 2024),
        {
            "Bavaria": (2.8, 3.6, 3.5, 3.1, 3.4),
            "Hesse": (4.4, 5.4, 5.2, 4.8, 5.2),
            "Berlin": (7.8, 9.7, 9.8, 8.8, 9.1),
            "Bremen": (9.9, 11.2, 10.7, 10.2, 10.6),
        },
    ),
    "emissions-by-sector.csv": "Year,Energy,Industry,Transport,Buildings,Total\n"
    "1990,466,284,164,210,1124\n2021,245,183,147,119,694\n2022,256,164,148,112,680\n2023,205,155,146,102,608\n",
    "company-results.csv": "year,revenue (million dollars),operating profit (million dollars),employees\n"
    "2020,745.0,61.3,3290\n2021,868.7,112.5,3515\n2022,941.2,128.8,3770\n2023,1012.6,119.4,3905\n",
    "library-loans.csv": "branch,year,loans,visitors\n"
    "Northside,2022,97600,64300\nNorthside,2023,93200,66900\nRiverside,2022,70400,49900\n"
    "Riverside,2023,78800,55300\nHillcrest,2022,44100,31500\nHillcrest,2023,41700,30800\n",
    "medals.csv": "Country,Gold,Silver,Bronze,Total\nNorway,16,8,13,37\nGermany,12,10,5,27\nUnited States,8,10,7,25\n"
    "Sweden,8,5,5,18\nNetherlands,8,5,4,17\nAustria,7,7,4,18\n",
    "election.csv": "party,votes,vote share (%),seats\nSocial Democrats,11955434,25.7,206\n"
    "Christian Democrats,8775471,18.9,152\nGreens,6852206,14.8,118\nFree Democrats,5319952,11.5,92\n",
    "weather.csv": "month,mean temperature (°C),rainfall (mm),sunshine (hours)\n"
    + "".join(
        f"{year}-{month:02},{temperature + year - 2023},{rain},{sun}\n"
        for year in (2022, 2023)
        for month, (temperature, rain, sun) in enumerate(
            (
                (3.5, 62, 41),
                (2.9, 35, 77),
                (5.7, 91, 109),
                (7.6, 48, 158),
                (13.1, 19, 262),
                (18.5, 58, 308),
                (18.7, 95, 221),
                (18.1, 121, 186),
                (17.2, 28, 220),
                (11.8, 96, 103),
                (5.9, 101, 48),
                (4.4, 88, 38),
            ),
            1,
        )
    ),
    "house-prices.csv": "city,year,price per square metre (euros)\n"
    "Munich,2013,5100\nMunich,2023,9350\nFrankfurt,2013,3400\nFrankfurt,2023,6480\nLeipzig,2013,1350\nLeipzig,2023,2890\n",
    "package-downloads.csv": "month,requests,django\n2024-04,448900000,19400000\n2024-05,463100000,20100000\n",
    "births.csv": "country,year,births,deaths\nDenmark,2021,63473,57152\nDenmark,2022,58430,59435\n"
    "Finland,2021,49594,57659\nFinland,2022,44951,63219\nNorway,2021,56060,42002\nNorway,2022,51480,45774\n",
    "electricity-mix.csv": "year,wind (TWh),coal (TWh)\n2021,114.7,164.7\n2022,124.8,179.2\n2023,142.1,126.0\n",
    "gdp_growth.csv": "Country Name,Country Code,2020,2021,2022\nGermany,DEU,-3.8,3.2,1.8\nFrance,FRA,-7.5,6.4,2.5\n"
    "Italy,ITA,-9.0,8.3,4.0\n",
    "films.csv": "title,director,year,gross ($ million),rating\nTitanic,James Cameron,1997,2264,7.9\n"
    "Avatar,James Cameron,2009,2923,7.6\nFrozen,Chris Buck,2013,1280,7.4\nJaws,Steven Spielberg,1975,477,8.1\n"
    "Inception,Christopher Nolan,2010,839,8.8\n",
    "wages-by-sector.csv": "sector,gender,median hourly wage (euros)\nManufacturing,women,18.40\nManufacturing,men,22.10\n"
    "Finance,women,24.80\nFinance,men,34.20\n",
    "cpi.csv": "month,inflation rate (%)\n"
    + "".join(
        f"2023-{month:02},{rate}\n"
        for month, rate in enumerate(
            (8.7, 8.7, 7.4, 7.2, 6.1, 6.4, 6.2, 6.1, 4.5, 3.8, 3.2, 3.7), 1
        )
    ),
    "life-expectancy.csv": "Country,1960,2000,2020\nJapan,67.7,81.1,84.6\nIndia,45.2,62.7,70.1\nBrazil,52.7,69.6,74.0\n",
    "coffee-exports.csv": "country,year,exports_tonnes\nBrazil,2022,2420000\nBrazil,2023,2230000\nVietnam,2022,1780000\n"
    "Vietnam,2023,1620000\nColombia,2022,684000\nColombia,2023,637000\n",
    "schools.csv": "district,schools,pupils,teachers\nNorth,42,18350,1210\nSouth,38,17420,1105\nEast,51,23910,1480\n"
    "West,29,11260,830\n",
    "models.csv": "model,accuracy (%),stars\nResNet-50,76.1,4310\nVGG-16,71.6,2780\nViT-B/16,81.1,9120\n",
    "box-office.csv": "Year,Tickets (millions),Best Film\n2019,1229,Endgame\n2020,224,Bad Boys\n2021,492,No Way Home\n"
    "2022,713,Maverick\n2023,830,Barbie\n",
    "national-accounts.csv": "year,GDP (million euros)\n2021,3617450\n2022,3876810\n2023,4121160\n",
}

RELATIVE_TIMES = [
    "Berlin counted 29.6 million overnight stays in 2023, up {11.6%|17.6%} on the previous year.",
    "In 2023 Hamburg had 15.9 million overnight stays, {8.2|5.2} percent more than a year earlier.",
    "Industry emitted 155 Mt in 2023, {5.5%|9.5%} less than the year before.",
    "Berlin's unemployment rate rose to 9.1% in 2023 from {8.8%|8.1%} a year earlier.",
    "Riverside had 55,300 visitors in 2023, up from {49,900|45,900} the year before.",
    "In 2022 operating profit was $128.8 million; the following year it was {$119.4|$191.4} million.",
    "Bavaria's unemployment rate was {higher|lower} in 2023 than in the year before.",
    "In 2023 Northside had {fewer|more} loans than the year before.",
]
CHANGES = [
    "Saxony's overnight stays increased {6.5%|9.5%} to 20.5 million in 2023.",
    "Revenue increased {7.6%|12.6%} to $1,012.6 million in 2023.",
    "Bremen's jobless rate climbed {0.4|1.4} percentage points to 10.6 percent in 2023.",
    "In 2023 visitors to Hillcrest fell by {700|1,700} to 30,800.",
    "Loans at Riverside rose {12|22} percent in 2023, while those at Hillcrest fell 5 percent.",
    "Loans at Riverside rose 12 percent in 2023, while those at Hillcrest fell {5|15} percent.",
    "Revenue {grew|fell} in 2023.",
    "Operating profit {declined|increased} in 2023.",
    "Unemployment in Hesse {rose|dropped} in 2023.",
    "The unemployment rate ranged from 3.4 percent in Bavaria to {10.6|12.6} percent in Bremen in 2023.",
]
SEVERAL_MEASURES = [
    "The United States took 8 gold, {10|12} silver and 7 bronze medals.",
    "Norway topped the table with {16|18} golds.",
    "The Social Democrats won 25.7 percent of the vote and {206|226} seats.",
    "The Greens took {118|181} seats with 6,852,206 votes.",
    "Total emissions came to {608|668} in 2023.",
    "In 2023 Northside had {93,200|39,200} loans and 66,900 visitors.",
]
SUPERLATIVES = [
    "In 2023 {Munich|Frankfurt} was the most expensive city.",
    "In 2023 {Munich|Leipzig} was the most expensive city, followed by Frankfurt.",
    "{July|May} was the warmest month of 2023.",
    "In 2023, {June|May} was the sunniest month.",
]
WHOLES = [
    "Over the year 2023, {842|942} mm of rain fell.",
    "In 2023 the three branches together recorded {213,700|312,700} loans.",
    "In 2023 all branches had {153,000|253,000} visitors in total.",
    "requests was downloaded {463|493} million times in May 2024.",
    "In August 2023 {121|141} mm of rain fell.",
    "Transport was responsible for {24|42} percent of total emissions in 2023.",
]
OTHERS = [
    "Between 2021 and 2022 Finland lost {4,643|6,443} births.",
    "Births fell in all {three|two} countries in 2022.",
    "Coal plants generated {126|162} TWh in 2023.",
    "In 2023 wind produced {more|less} electricity than coal.",
    "GDP growth in Italy was {8.3|6.3} percent in 2021.",
    "Germany's economy shrank by {3.8|5.8} percent in 2020.",
    "Avatar grossed {$2.9|$3.9} billion worldwide.",
    "{Inception|Titanic} has the highest rating.",
    "Men in finance had a median hourly wage of {34.20|43.20} euros.",
    "In manufacturing, women earned 18.40 euros an hour and men {22.10|26.10} euros.",
    "Inflation averaged {6.0|9.0} percent in 2023.",
    "In 2022, {58,430|68,430} children were born in Denmark, 8 percent fewer than a year earlier.",
]
WORDS_OF_A_TITLE = [
    "Life expectancy in India climbed from 45.2 years in 1960 to {70.1|74.1} years in 2020.",
    "Life expectancy in Brazil rose by {4.4|6.4} years between 2000 and 2020.",
    "Brazil shipped {2.23|3.23} million tonnes of coffee in 2023.",
    "Colombia was the {third|second}-largest exporter of coffee in 2023.",
]
LABELS = [
    "Across all models the average accuracy is {76.3|79.3} percent.",
    "However, Berlin's unemployment rate edged up to {9.1|9.7} percent in 2023.",
    "Box office tickets were {higher|lower} in 2023 than in 2022.",
    "The East district has 51 schools and {23,910|29,910} pupils.",
    "There are {1,210|1,120} teachers in the North district.",
    "North has {18,350|13,850} pupils.",
    "The four districts have {160|190} schools in total.",
    "Emissions from transport amounted to {146|164} million tonnes in 2023.",
    "{ViT-B/16|VGG-16} is the most accurate model.",
    "ResNet-50 has {4,310|3,410} stars on GitHub.",
]
SENTENCES = [
    *RELATIVE_TIMES,
    *CHANGES,
    *SEVERAL_MEASURES,
    *SUPERLATIVES,
    *WHOLES,
    *OTHERS,
    *WORDS_OF_A_TITLE,
    *LABELS,
]


def version(sentence: str, at: int) -> str:
    """A sentence with the true or the false one of its two words."""
    before, _, rest = sentence.partition("{")
    words, _, after = rest.partition("}")
    return f"{before}{words.split('|')[at]}{after}"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_true_is_borne_out(tmp_path, sentence):
    verdicts = {each.verdict for each in audited(tmp_path, TABLES, version(sentence, 0))}
    assert "borne out" in verdicts
    assert "contradicted" not in verdicts


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_false_is_contradicted(tmp_path, sentence):
    said = audited(tmp_path, TABLES, version(sentence, 1))
    (statement,) = (each for each in said if each.verdict == "contradicted")
    assert statement.words.split()[0] in version(sentence, 1)


@pytest.mark.parametrize(
    "sentence",
    [
        "GDP fell in 2023.",
        "GDP rose by 1.8 percent in 2023.",
        "After a decline in 2023, revenue is high.",
        "Since 2020 revenue had fallen in 2023 for the first time.",
        "Operating profit fell short in 2023.",
        "Revenue fell to second place in 2023.",
        "In 2023 Riverside had 55,300 visitors, 20 percent more than in the year before the fire.",
        "Between 2021 and 2023 Berlin's unemployment rate rose at first, then fell.",
        "In 2023 visitors to Riverside rose by 5 to 10 percent.",
        "Most visitors to Northside came on Mondays in 2023.",
        "In 2022 the unemployment rate of Hesse peaked at 5.9 percent in May.",
        "In 2023 the two branches together recorded 100,000 loans.",
        "May was the warmest month of 2021.",
        "In 2023 a flat in Munich cost 450,000 euros.",
        "In August 2023, 41 mm of rain fell on a single day.",
        "In Bogenhausen, a part of Munich, prices were 12,100 euros in 2023.",
        "In the east, the Social Democrats won 24.1 percent of the vote.",
        "Organic revenue growth was 5.8 percent in 2023.",
        "Coal imports fell by 40 percent in 2023.",
        "Avatar's sequel grossed $2.3 billion.",
        "Stillbirths fell in all two countries in 2022.",
        "In the fourth quarter of 2022 Germany's economy shrank by 0.5 percent.",
        "Germany's industry grew by 4.1 percent in 2021.",
        "Women in finance earned 17.10 euros less than men in banks.",
        "Healthy life expectancy in Japan was 74.1 years in 2020.",
        "In 2020 women in Japan had a life expectancy of 87.7 years.",
        "In 2023 Brazil shipped 1.9 million tonnes of coffee to Europe and Asia.",
        "In 2023 Brazil exported 37 million bags of coffee.",
        "Vietnam's coffee exports fell by 4 percent in value in 2023.",
        "In the east of the city 29,910 pupils go to 51 schools.",
        "East of the river there are 31 schools.",
        "Emissions from road transport amounted to 139 million tonnes in 2023.",
        "Three of the districts have 131 schools in total, and 12 of them are new.",
        "Life expectancy at 65 in Japan was 22.4 years in 2020.",
        "Norway had won 14 golds the year before.",
        "North had 17,900 pupils the year before.",
        "Did revenue fall in 2023?",
        "Norway won 20 silver and bronze medals.",
        "In 2022 Hesse lost 5,000 jobs.",
        "In 2023 Berlin's unemployment rate was between 9.5 and 10 percent, up from 9.2 percent in May.",
        "In December 2023 Bavaria's unemployment rate fell from the year before.",
    ],
)
def test_what_may_be_of_something_else_is_not_contradicted(tmp_path, sentence):
    said = audited(tmp_path, TABLES, sentence)
    assert words_with("contradicted", said) == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "2023 exportierte Brasilien {2,23|2,83} Millionen Tonnen Kaffee."),
        ("de", "Die Lebenserwartung in Japan lag 2020 bei {84,6|88,6} Jahren."),
        (
            "de",
            "2022 lag die Zahl der Geburten in Dänemark um {8|18} Prozent niedriger als im Vorjahr.",
        ),
        ("fr", "En 2020, l'espérance de vie au Japon était de {84,6|88,6} ans."),
        ("fr", "En 2023, le Brésil a exporté {2,23|2,83} millions de tonnes de café."),
        ("es", "En 2020 la esperanza de vida en Japón fue de {84,6|88,6} años."),
        ("es", "En 2023 Colombia exportó {637.000|837.000} toneladas de café."),
    ],
)
def test_other_languages(tmp_path, language, sentence):
    said = audited(tmp_path / "true", TABLES, version(sentence, 0), language)
    assert {"borne out"} <= {each.verdict for each in said} <= {"borne out", "unknown"}
    assert "contradicted" in {
        each.verdict for each in audited(tmp_path / "false", TABLES, version(sentence, 1), language)
    }
