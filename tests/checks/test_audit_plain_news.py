"""`broadsheet audit` judges plain sentences about tables of states, races, prizes and votes, each as a true
one and as one with a single change.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, rows_over_time, worst  # noqa: F401 - a fixture

TABLES = {
    "crime.csv": "state,murder,poverty,urban\nLouisiana,12.3,17.3,61.3\nMississippi,6.9,21.9,27.6\nTexas,5.4,17.2,75.4\n"
    "Ohio,5.0,15.2,65.3\nUtah,1.4,11.5,81.2\nMaine,2.0,12.3,26.2\nArizona,5.5,16.5,80.1\nNevada,5.9,12.4,86.5\n",
    "races.csv": "race,distance_miles,climb_feet,time_minutes\nLairig Ghru,28,2100,192.7\nMoffat Chase,20,5000,159.8\n"
    "Seven Hills,14,2200,98.4\nBen Nevis,10,4400,85.6\nGoatfield,8,2866,73.2\nCow Hill,2,900,17.9\n",
    "votes.csv": "state,year,dem_vote\n"
    + rows_over_time(
        range(1992, 2009, 4),
        {
            "Vermont": (46.1, 53.4, 50.6, 58.9, 67.5),
            "Texas": (37.1, 43.8, 38.0, 38.2, 43.6),
            "Hawaii": (48.1, 56.9, 55.8, 54.0, 71.9),
            "Ohio": (40.2, 47.4, 46.5, 48.7, 51.4),
        },
    ),
    "prizes.csv": "winner,prize,age\nAnna Berg,Best actress,63\nCarl Dorn,Best actor,41\nEva Falk,Best actress,25\n"
    "Anna Berg,Best actress,71\nGert Holm,Best actor,58\nIda Juhl,Best actress,33\nKai Lund,Best actor,29\n",
    "salaries.csv": "city,year,salary_usd\nDover,2000,31000\nDover,2020,64500\nSalem,2000,28500\nSalem,2020,44200\n",
    "lake.csv": "year,level_ft\n1875,580.38\n1876,581.86\n1958,577.21\n1959,577.13\n1963,576.89\n1964,575.96\n1965,576.8\n",
    "hills.csv": "town,climb_feet\nDollar,2000\nScolty,800\nAcmony,500\n",
    "spending.csv": "category,1940,1945,1950\nHeating,10.5,15.5,29.0\nRent,22.2,44.5,59.6\n",
    "tips.csv": "guest,total_bill,tip\nCarter,16.99,1.01\nMiller,50.81,10\nSchmidt,41.3,6.5\nLopez,48.33,9\n",
    "counties.csv": "county,state,poptotal,percwhite\nCOOK,IL,5105067,62.78\nWAYNE,MI,2111687,57.4\nOAKLAND,MI,1083592,89.58\n"
    "CUYAHOGA,OH,1412140,72.64\n",
    "shop.csv": "day,year,sales\nThur,2020,620\nFri,2020,190\nSat,2020,870\nSun,2020,760\nThur,2021,640\nFri,2021,210\nSat,2021,850\nSun,2021,720\n",
    "guests93.csv": "name,sex,tip\n" + "".join(f"N{at},{'MF'[at % 2]},{at}\n" for at in range(1, 9)),
    "companies2000.csv": "name,town,profits\nAtlas Steel,Dover,17.85\nBorealis Oil,Dover,4.1\nCorvus Bank,Salem,9.3\nDelos Air,Dover,2.2\n"
    "Eos Foods,Salem,1.4\nFaro Paper,Salem,0.7\nGala Glass,Salem,3.2\nHelix Gas,Perth,5.5\n",
    "union-density.csv": "country,union,size\nAland,82.4,8.3\nBrede,80.1,6.9\nCorvia,74.3,4.4\nDalmark,73.3,7.6\nElland,71.9,8.1\n"
    "Farland,69.8,7.7\nGrania,68.1,6.8\nHelvia,35.4,7.8\nIllyra,31.2,9.3\nJuria,28.2,9.8\nKelland,24.5,11.4\n",
    "gas.csv": "quarter,gas_million_therms\n" + "".join(
        f"{year}-Q{quarter},{size}\n"
        for year, sizes in ((2000, (300, 190, 90, 250)), (2001, (340, 210, 110, 300)), (2002, (380, 240, 130, 340)))
        for quarter, size in enumerate(sizes, 1)
    ),
    "isles.csv": "isle,area_thousand_sq_miles\nTasland,16988\nNordisle,840\nSuderey,480\nWesterland,3745\n",
    "packs.csv": "town,year,tax,avgprs\nDover,2000,32,102.2\nDover,2010,40,128.0\nSalem,2000,28,108.0\nSalem,2010,31,130.5\n",
    "un.csv": "country,infant_mortality,gdp_per_capita\nSierra.Leone,169,160\nMali,149,251\nAlbania,32,863\nPapua.New.Guinea,61,1196\n",
    "arrests.csv": "state,Assault,Burglary\nOhio,120,73\nMaine,83,51\nNevada,252,181\nTexas,201,180\nIowa,56,57\n",
    "castle.csv": "date,temp_f\n"
    + "".join(
        f"{year}-{month:02}-01,{40 + 20 * (month in (6, 7, 8)) + (6 if (year, month) == (1922, 7) else 0) + warm}\n"
        for year, warm in ((1920, 1.2), (1921, 3.4), (1922, 0.1))
        for month in range(1, 13)
    ),
    "datapackage.json": """{"resources": [
        {"path": "arrests.csv", "title": "Arrests per 100,000 residents"},
        {"path": "gas.csv", "title": "Gas consumption by quarter", "schema": {"fields": [{"name": "quarter"},
            {"name": "gas_million_therms", "title": "Gas consumption", "unit": "million therms"}]}},
        {"path": "packs.csv", "title": "Cigarettes", "schema": {"fields": [{"name": "town"}, {"name": "year"},
            {"name": "tax", "title": "Average cigarette tax", "unit": "cents per pack"},
            {"name": "avgprs", "title": "Average price of a pack", "unit": "cents"}]}},
        {"path": "castle.csv", "title": "Temperature at the castle", "schema": {"fields": [{"name": "date"},
            {"name": "temp_f", "title": "Average air temperature", "unit": "degrees Fahrenheit"}]}},
        {"path": "lake.csv", "title": "Annual level of the lake", "schema": {"fields": [{"name": "year"},
            {"name": "level_ft", "title": "Lake level", "unit": "feet"}]}},
        {"path": "spending.csv", "title": "Personal expenditure", "schema": {"fields": [{"name": "category"},
            {"name": "1940", "unit": "billion US dollars"}, {"name": "1945", "unit": "billion US dollars"},
            {"name": "1950", "unit": "billion US dollars"}]}},
        {"path": "crime.csv", "title": "Crime in the states, 2009", "schema": {"fields": [{"name": "state"},
            {"name": "murder", "title": "Murders per 100,000 people"},
            {"name": "poverty", "title": "Percent below the poverty line"},
            {"name": "urban", "title": "Percent in urban areas"}]}},
        {"path": "votes.csv", "title": "Democratic votes for president", "schema": {"fields": [{"name": "state"},
            {"name": "year"}, {"name": "dem_vote", "title": "Share of the vote for the Democrats", "unit": "percent"}]}}]}""",
}  # fmt: skip
TOLD = [
    # A rate is what a measure of so many per something is.
    ("In Louisiana the murder rate was twice that of Utah.", "contradicted"),
    ("The murder rate of Louisiana was higher than that of Ohio.", "borne out"),
    ("Poverty was more common in Utah than in Arizona.", "contradicted"),
    # People of whom so many are: a share of them is no part of the measure.
    ("In Mississippi 21.9 percent of its people lived below the poverty line.", "borne out"),
    ("In Mississippi 23.9 percent of its people lived below the poverty line.", "contradicted"),
    ("Louisiana had 12.3 murders per 100,000 people.", "borne out"),
    ("Louisiana had 13.2 murders per 100,000 people.", "contradicted"),
    # The number of all rows is no number of a few.
    ("The longest of the 6 races is the Lairig Ghru.", "borne out"),
    ("The shortest of the six races is the Lairig Ghru.", "contradicted"),
    # A number in a name is none.
    ("Moffat Chase is shorter than the Seven Hills.", "contradicted"),
    ("The Seven Hills are 14 miles long.", "borne out"),
    # A share is first above a limit in a year.
    ("In Vermont the share of the Democrats was above 50 percent for the first time in 1996.", "borne out"),
    ("In Vermont the share of the Democrats was above 50 percent for the first time in 2000.", "contradicted"),
    # Who came third did so among others.
    ("In 2008 Texas came fourth in the share of the Democrats.", "borne out"),
    ("In 2004 Hawaii came third in the share of the Democrats.", "contradicted"),
    # A winner is no group of those who won twice.
    ("Eva Falk was the youngest winner of the prize for best actress.", "borne out"),
    ("Ida Juhl was the youngest winner of the prize for best actress.", "contradicted"),
    # From where something doubled.
    ("In Dover the salary more than doubled between 2000 and 2020, from $31,000 to $64,500.", "borne out"),
    ("In Dover the salary more than doubled between 2000 and 2020, from $33,000 to $64,500.", "contradicted"),
]  # fmt: skip


SHORTENED = [
    # A column's "dem" is of a longer word; "feet" names no column; "dollars" are no town of Dollar.
    (
        "In Ohio the Democratic vote rose by 2.7 percentage points between 2004 and 2008.",
        "borne out",
    ),
    (
        "In Ohio the Democratic vote rose by 3.7 percentage points between 2004 and 2008.",
        "contradicted",
    ),
    ("In Ohio the Republican vote rose by 3.7 percentage points between 2004 and 2008.", "unknown"),
    ("Ohio gave the Democrats a larger share in 2008 than in 2004.", "borne out"),
    ("Ohio gave the Democrats a smaller share in 2008 than in 2004.", "contradicted"),
    (
        "The level of the lake was highest in 1876, at 581.86 feet. Its lowest level, 575.96 feet, was in 1964.",
        "borne out",
    ),
    (
        "The level of the lake was highest in 1876, at 581.86 feet. Its lowest level, 577.13 feet, was in 1964.",
        "contradicted",
    ),
    ("Heating cost 15.5 billion dollars in 1950.", "contradicted"),
    ("Heating made 16.5 billion dollars in 1950.", "unknown"),
    # The largest of all, where the number is another one of the column.
    ("The largest bill came to 41.3 dollars.", "contradicted"),
    ("The largest bill came to 88.3 dollars.", "unknown"),
]
CODES = [
    # A column of codes of states, of short weekdays, of sexes.
    ("In Illinois the county of Cook has 5.1 million people.", "borne out"),
    ("In Michigan the county of Wayne has 1.4 million people.", "contradicted"),
    ("In 2020 sales on Saturday were 870.", "borne out"),
    ("In 2020 sales on Saturday were 620.", "contradicted"),
    ("In 2020 sales on Sunday were higher than on Saturday.", "contradicted"),
    ("The women's record of Cow Hill was 20.5 minutes.", "unknown"),
    # How many rows, of the list.
    ("Dover has 3 companies in the list.", "borne out"),
    ("Dover has 4 companies in the list.", "contradicted"),
    # A year of months that are not added.
    ("1921 was the warmest year.", "borne out"),
    ("1922 was the warmest year.", "contradicted"),
    ("1922 was the coldest year.", "borne out"),
    ("The temperature peaked in 1922.", "unknown"),
    ("The only fall in the level of the lake between 1875 and 1959 came in 1959.", "contradicted"),
    ("The only rise in the level of the lake between 1958 and 1965 came in 1965.", "borne out"),
    ("The only rise in the level of the lake between 1958 and 1965 came in 1964.", "contradicted"),
    # "They" are the measure of the sentence before.
    ("In Dover the salary was $64,500 in 2020. Between 2000 and 2020 it grew by 108 percent.", "borne out"),
    ("In Dover the salary was $64,500 in 2020. Between 2000 and 2020 it grew by 208 percent.", "contradicted"),
]  # fmt: skip
OTHERS = [
    # All but some.
    ("Mississippi has more murders per 100,000 people than any other state except Louisiana.", "borne out"),
    ("Nevada has more murders per 100,000 people than any other state except Louisiana.", "contradicted"),
    ("Nevada has more murders per 100,000 people than any other state except Louisiana and Mississippi.", "borne out"),
    ("Utah had 2.4 murders per 100,000 people, fewer than any other state.", "contradicted"),
    # What says no more than a label, and what does.
    ("3 of the 8 companies are from Dover.", "borne out"),
    ("5 of the 8 companies are from Dover.", "contradicted"),
    ("In 2009 long-term poverty in Utah was 12.3 percent.", "unknown"),
    # Shares that no unit tells.
    ("Aland has the highest union density, 82.4 percent.", "borne out"),
    ("Aland has the highest union density, 88.2 percent.", "contradicted"),
    # Words without a space.
    ("In Illinois the county of Cook has a white population of 62.8 percent.", "borne out"),
]  # fmt: skip
UNITS = [
    # A limit that is crossed by a year of quarters; a magnitude and an area in a name; cents; R's full stops.
    ("Gas consumption first exceeded 1,000 million therms a year in 2002.", "borne out"),
    ("Gas consumption first exceeded 1,000 million therms a year in 2001.", "contradicted"),
    ("Tasland has an area of 17 million square miles.", "borne out"),
    ("Nordisle has an area of 480,000 square miles.", "contradicted"),
    ("Only two isles are larger than 2 million square miles.", "borne out"),
    ("In Dover the average price of a pack was 102 cents in 2000.", "borne out"),
    ("In Dover the average price of a pack was 108 cents in 2000.", "contradicted"),
    ("# Taxes and prices\n\nIn 2000 the tax was higher in Salem than in Dover.", "contradicted"),
    ("Sierra Leone has an infant mortality of 169.", "borne out"),
    ("Sierra Leone has an infant mortality of 149.", "contradicted"),
    ("Albania is richer than Sierra Leone.", "borne out"),
    ("Sierra Leone is richer than Albania.", "contradicted"),
]  # fmt: skip
SAID_OTHERWISE = [
    # A quarter is no part of what a table of quarters has; a title may say per how many.
    ("In the second quarter of 2001 gas consumption was 210 million therms.", "borne out"),
    ("In the second quarter of 2001 gas consumption was 240 million therms.", "contradicted"),
    ("In a quarter of the towns gas consumption was 240 million therms in 2001.", "unknown"),
    ("In Ohio there were 120 assaults per 100,000 residents.", "borne out"),
    ("In Ohio there were 201 assaults per 100,000 residents.", "contradicted"),
    # Labels in the heading and in the sentence; the median of the rows.
    ("# Men and women\n\nWomen give larger tips than men on average.", "contradicted"),
    ("# Men and women\n\nMen give smaller tips than women on average.", "contradicted"),
    ("The median tip was 4.5.", "borne out"),
    ("In the list of guests the median tip was 6.5 dollars.", "contradicted"),
    ("Nevada and Arizona come third and fourth. Arizona comes third by murders.", "contradicted"),
]  # fmt: skip
WITNESSED = [
    # A number that is exactly its value, and a rank that holds among many, tell what the other is of.
    ("Louisiana, the saddest of all, had 12.3 murders per 100,000 people, the lowest rate.", "contradicted"),
    ("In Texas the party's fortunes fell: the Democrats got 43.8 percent of the vote in 1996 and 39.9 percent in 2000.", "contradicted"),
    # A word that is only of the other.
    ("Dover's salary was $64,500 in 2020; in 2000 its pensions paid about $28,000.", "borne out"),
    ("Dover's salary was $64,500 in 2020, and its nurses made $33,500 in 2000.", "borne out"),
    ("Dover's salary of $64,500 in 2020 bought less than the $33,500 pension of 2000.", "borne out"),
    ("In 2020 the salary in Dover was $64,500, the lowest of the coastal towns.", "borne out"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "verdict"), [*TOLD, *SHORTENED, *CODES, *OTHERS, *UNITS, *SAID_OTHERWISE, *WITNESSED]
)
def test_a_plain_sentence_is_judged_and_so_is_a_false_one(tmp_path, text, verdict):
    assert worst(audited(tmp_path, TABLES, text)) == verdict
