"""`broadsheet audit` contradicts nothing that is true and of something else than the tables."""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, rows_over_time, written  # noqa: F401 - a fixture

from broadsheet.checks.audit.auditing import audit

COUNTRIES = {
    "Germany": (79.4, 81.8, 83.2, 84.1),
    "France": (58.2, 65.0, 67.6, 68.0),
    "Poland": (38.1, 38.5, 37.9, 36.8),
    "Spain": (38.9, 46.6, 47.4, 47.8),
}
YEARS = (1990, 2010, 2020, 2022)
BOROUGHS = ("Camden", "Hackney", "Lambeth", "Newham", "Southwark", "Camden", "Hackney", "Lambeth")
TABLES = {
    "population.csv": "country,year,population (million)\n" + rows_over_time(YEARS, COUNTRIES),
    "unemployment.csv": "country,2010,2015,2020,2022\nGermany,7.0,4.6,3.6,3.1\nFrance,9.3,10.4,8.0,7.3\n"
    "Spain,19.9,22.1,15.5,12.9\nPoland,9.6,7.5,3.2,2.9\n",
    "murders.csv": "name,age,date,borough,weapon\n"
    + "".join(
        f"Person {at},{18 + at * 7 % 60},20{10 + at % 5:02}-0{1 + at % 9}-1{at % 9},"
        f"{BOROUGHS[at % 8]},{('knife', 'gun', 'other')[at % 3]}\n"
        for at in range(240)
    ),
    "cars.csv": "maker,model,horsepower,price_usd,body\nFord,Focus,160,22000,hatchback\nFord,Mustang,310,27000,coupe\n"
    "Fiat,500,101,17000,hatchback\nBMW,M4,425,66000,coupe\nAudi,R8,532,163000,coupe\nAudi,A3,170,31000,sedan\n",
    "births.csv": "Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec\n"
    "2001,330,303,338,324,340,333,355,361,348,343,326,333\n"
    "2002,327,301,334,323,341,328,356,358,348,344,324,334\n",
    "trust.csv": "city,police_officers,residents_share,white,black\nBoston,3000,0.46,0.41,0.62\n"
    "Miami,1200,0.07,0.05,0.12\nDetroit,2500,0.37,0.08,0.57\nDallas,3600,0.19,0.14,**\nDenver,1500,0.24,0.2,**\n",
}


TRUE = [
    # another part of the people, another source, another way of counting
    "In 2022 Germany's adult population was 69.4 million.",
    "In 2022 the population of western Germany was 67.6 million.",
    "In 2020 Germany's population, counting only citizens, was 72.6 million.",
    "In 2022 the population of Germany without Berlin was 80.4 million.",
    "According to the UN, Germany's population was 83.4 million in 2022.",
    "In 2020 the rural population of France was 12.9 million.",
    "Germany had a population of 68.7 million in the west in 2022.",
    "In 2022 about 45.6 million people in Germany were employed.",
    "Some 58.9 million Germans used the internet in 2020.",
    "In 2022 Germany insured 73.6 million people by law.",
    "In 2022, 61.4 million people in Germany were entitled to vote.",
    "Germany's Protestants numbered 19.2 million in 2022, and its population shrank in the east.",
    # other countries, years and units
    "In 2022 the population of Italy was 58.9 million.",
    "In 2005 the population of Germany was 82.5 million.",
    "In 1950 Spain had a population of 28.1 million.",
    "The population of Berlin was 3.7 million in 2022.",
    "In 2022 the population of Bavaria was 13.4 million.",
    "By 2070 Poland's population will be 29.4 million.",
    "Poland's population could fall to 31.5 million by 2060.",
    "In mid-2022 Germany's population stood at 83.9 million.",
    "At the start of 2020 Spain had 47.3 million inhabitants.",
    "Unemployment in Bavaria was 3.1 percent in 2020.",
    "Youth unemployment in Spain was 29.8 percent in 2022.",
    "In 2020 unemployment among women in Spain was 17.4 percent.",
    "Unemployment in Spain was 16.3 percent in the third quarter of 2020.",
    "In October 2020 unemployment in France stood at 8.7 percent.",
    "Unemployment in Germany was 5.3 percent in 2022 by the national definition.",
    "In 2022 long-term unemployment in Spain was 5.0 percent.",
    "In 2022 some 1.3 million people were unemployed in Germany.",
    "Unemployment in Greece was 12.4 percent in 2022.",
    "Spain's unemployment among graduates was 7.4 percent in 2022.",
    "Unemployment in the south of Spain was 19.0 percent in 2022.",
    # lists that are no censuses
    "Camden has 279,500 inhabitants.",
    "Camden has 11 libraries.",
    "Hackney counted 32 murders by strangers.",
    "In 2014 the police of London solved 41 murders.",
    "Most murders in Lambeth happen at night.",
    "London had 94 murders in 2015.",
    "In Lambeth 21 murders were never solved.",
    "Ford sold 150,000 cars in 2015.",
    "Ford has built 19 models since 1990.",
    "Audi employs 88,000 people.",
    "The BMW M4 reaches 250 km an hour.",
    "The Ford Focus costs 19,800 euros in France.",
    "A used Audi R8 costs about $120,000.",
    "With the larger engine the Audi A3 has 184 horsepower.",
    "The electric Fiat 500 has 117 horsepower.",
    "In 2002 there were 3.9 million births in Brazil.",
    "In July 2002 hospitals in Texas counted 34 births a day.",
    "In July 2003 there were 364 births.",
    # vague
    "The population of Germany grew a little.",
    "Spain has had a lot of unemployment for a long time.",
    "Nobody knows why murders rose in Camden.",
    "A good car costs less than you think.",
    "Half of Germany's population lives near a river, 42 million people.",
    "I spent 40 hours on this and read 12 papers.",
    "Prices of cars in this list begin where my savings of $9,000 end.",
    # what is carried from the sentence before
    "In 2022 the population of Germany was 84.1 million. Munich's was 1.5 million.",
    "In 2022 unemployment in Spain was 12.9 percent. Among the young it was 29.8 percent.",
    "In 2022 unemployment in Spain was 12.9 percent. Inflation there was 8.4 percent.",
    "In 2022 unemployment in Spain was 12.9 percent. In Portugal it was 6.2 percent.",
    "In 2022 the population of Germany was 84.1 million. France spent 75 million euros on its census.",
    "Germany's population was 84.1 million in 2022. Of these, 12.3 million had no German passport.",
    "The Audi R8 has 532 horsepower. It weighs 1,590 kg.",
    "The Audi R8 has 532 horsepower. The A3 is 4.3 metres long, and 18,000 were sold.",
    "In Boston 46% of the officers live in the city. In Chicago 88% do.",
    "In Boston 46% of the officers live in the city. Of its Asian officers, 51% do.",
    "In Miami just 7% of the officers live in the city. A house there costs $580,000, 12% more than a year ago.",
    "There were 356 births in July 2002. Twins were 11 of them.",
    "There were 356 births in July 2002. In July 2012 there were 344.",
    "Lambeth comes second. Its council has 63 seats.",
    "In Boston 2,200 of the police officers are white.",
    "Detroit's police had 2,500 officers. In 2001 there were 4,300.",
    "In 2020 unemployment was 8.0 percent in France. Ten years before it had been lower in Lyon, at 8.1 percent.",
]


def test_what_is_of_something_else_is_not_contradicted(tmp_path):
    folder = written(tmp_path / "site", TABLES)
    for number, text in enumerate(TRUE):
        (folder / f"page-{number}.md").write_text(f"---\nlang: en\n---\n\n{text}\n")
    statements = audit(folder).statements
    assert [each.sentence for each in statements if each.verdict == "contradicted"] == []
    assert len({each.place.file for each in statements}) > len(TRUE) / 2


@pytest.mark.parametrize(
    ("language", "used", "new"),
    [
        ("en", "Second-hand, an Audi R8 costs about $120,000.", "An Audi R8 costs about $120,000."),
        (
            "de",
            "Ein gebrauchter Audi R8 kostet etwa 120.000 Dollar.",
            "Ein Audi R8 kostet etwa 120.000 Dollar.",
        ),
        (
            "fr",
            "Une Audi R8 d'occasion coûte 120 000 dollars.",
            "Une Audi R8 coûte 120 000 dollars.",
        ),
    ],
)
def test_a_list_of_prices_is_not_of_what_is_used(tmp_path, language, used, new):
    said = audited(tmp_path, TABLES, f"{used}\n\n{new}", language)
    assert [each.sentence for each in said if each.verdict == "contradicted"] == [new]
