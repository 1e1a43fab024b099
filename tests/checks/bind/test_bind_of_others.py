"""Numbers and comparisons of a page that are about something else than the table beside it: none is
bound by `broadsheet bind` as if it were clear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from broadsheet.checks.bind.naming.named_values import NamedColumn
from broadsheet.checks.bind.naming.passages import BoundPassage, PlacedWords
from broadsheet.data.origin import Origin
from probing import as_table, bound, codes

YEARS = pd.Index([2019, 2020, 2021, 2022, 2023], name="year")


def table(frame: pd.DataFrame, title: str, units: Mapping[str, str]) -> pd.DataFrame:
    origin: Origin = as_table(frame, title).attrs["origin"]
    columns = (each.model_copy(update={"unit": units.get(each.name)}) for each in origin.columns)
    frame.attrs["origin"] = replace(origin, columns=tuple(columns))
    return frame


def landings(*, is_newest_first: bool = False, has_units: bool = False) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "boats": [47.0, 52.0, 50.0, 31.0, 27.0],
            "cod": [986.0, 1043.0, 1190.0, 872.0, 790.0],
            "herring": [2410.0, 2980.0, 2650.0, 3120.0, 2870.0],
        },
        index=YEARS,
    )
    units = {"cod": "tonnes", "herring": "tonnes"} if has_units else {}
    return table(frame.iloc[::-1] if is_newest_first else frame, "Landings", units)


def power(*, has_units: bool = False) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "wind": [120.0, 135.0, 162.0, 158.0],
            "coal": [240.0, 214.0, 163.0, 96.0],
            "price": [41.5, 97.2, 62.3, 58.4],
        },
        index=YEARS[1:],
    )
    units = {"wind": "TWh", "coal": "TWh", "price": "euros"} if has_units else {}
    return table(frame, "Electricity", units)


OTHERS = {
    "en": """
In 2019 the harbour master, who was 47, retired.
Ullapool lies 27 miles from the nearest hospital, and in 2023 it had a new pier.
Boats were few in 2023. Its school had 47 pupils in 2019.
Ullapool's ferry carried 52 cars in 2020.
In 2021 the mayor turned 50.
The oldest boat, built in 1972, was 47 years old in 2019.
Ullapool has 27 streets and 31 shops.
In 2021 the mayor, 50, sold the last boats.
In 2022 the port landed 2,870 tonnes of herring, less than in 2023.
In 2022 cod was sold at 872 pence a box.
In 2021 boats paid a fee of 50 pounds.
In 2022 cod fetched $31 a box.
In 2022 31 of the boats were repaired.
Since 2019, 27 boats were lost.
Since the storm of 2019 27 boats lie in the harbour.
In 2023 cod should come to 790 tonnes.
Without the storm, cod would have reached 1,190 tonnes in 2021.
In 2019 the quota for cod was 986 tonnes.
In 2021 exports of cod came to 1,190 tonnes.
Scientists predicted 790 tonnes of cod for 2023.
In Iceland boats landed 872 tonnes of cod in 2022.
In 2023 a box of cod cost 27 pounds.
In 2019 the boats paid 986 pounds in tax.
Landings of cod in Peterhead came to 790 boxes in 2023.
In 2020 2,980 inhabitants had herring on their tables.
In 2023 the cod fleet had 790 sailors.
In 2023 the boats sailed 27 miles further out.
In Norway boats landed 1,190 tonnes of cod in 2021.
In 2021 Peterhead's boats landed 1,190 tonnes of haddock.
In 2020 crab came to 1,043 tonnes.
By 2030 the port expects 872 tonnes of cod.
The plan for 2022 had been 872 tonnes of cod.
“We had 52 boats in 2020”, said the harbour master.
Cod made up 27 percent of what the port exported in 2023.
In 2023 31 percent of boats were wooden.
In 2023 boats burned 27 percent less oil.
In 2020 the village school had 52 children.
In 2022 the storm lasted 31 hours.
In 2023 it rained on 27 days.
In 2021, 50 kilometres away, another port opened.
In 2022 herring sold for 3,120 crowns a ton.
In 2020 herring weighed 2,980 grams a box.
Boats in 2023 were on average 27 metres long.
The harbour wall is 50 metres long and was built in 2021.
In 2022 the fish market employed 31.
In 2023 cod eggs numbered 790.
In 2021 the port's debt was 1,190.
Herring quotas came to 2,870 tonnes in 2023.
Cod stocks were 986 thousand tonnes in 2019.
In 2023 wind farms had 158 turbines.
In 2022 wind speeds reached 162 kilometres an hour.
In 2021 coal imports came to 214 TWh.
In 2020 a coal plant emitted 240 tonnes an hour.
In 2022 the wind lobby spent 162 million euros.
In Denmark wind gave 135 TWh in 2021.
In 2023 coal mines employed 96 people.
In 2021 the price of gas was 97.2 euros.
In 2023 oil cost 58.4 euros.
In 2023 wind shares fell to 158 euros.
Coal made 96 percent of Poland's power in 2023.
According to a forecast, wind will give 158 TWh in 2023.
""",
    "de": """
Im Jahr 2019 war der Hafenmeister 47 Jahre alt.
Im Jahr 2020 hatte die Schule 52 Kinder.
Im Jahr 2021 zahlten die Boote 50 Euro Gebühr.
2022 sollten es 31 Boote werden.
Die Boote waren 2020 genau 52 Wochen auf See.
2019 hatten die Boote 47 Matrosen.
Der Bürgermeister war 2021 schon 50.
2019 lagen 47 Kilometer zwischen den Häfen.
Ein Boot kostete 2022 rund 872 Euro Steuer.
Eine Kiste Kabeljau kostete 2023 nur 790 Euro.
2023 arbeiteten 27 Frauen im Hafen.
2022 sanken 31 Prozent der Boote.
2021 fuhren 50 Touristen mit den Booten hinaus.
2023 hatte die Kohle 96 Gegner.
2022 zählte der Wind 162 Tage.
„Wir hatten 2020 noch 52 Boote“, sagte der Hafenmeister.
2021 kostete Gas 97,2 Euro.
""",
}


@pytest.mark.parametrize("has_units", [False, True])
@pytest.mark.parametrize(
    ("language", "sentence"),
    [(language, each) for language, text in OTHERS.items() for each in text.strip().splitlines()],
)
def test_a_number_of_another_thing_is_not_bound(
    language: str, sentence: str, *, has_units: bool
) -> None:
    tables: dict[str, Any] = {
        "landings": landings(has_units=has_units),
        "power": power(has_units=has_units),
    }
    assert not bound(sentence, language=language, **tables)


@pytest.mark.parametrize("has_units", [False, True])
@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("In 2020 2,980 tonnes of herring were landed.", "landings.herring[2020]"),
        ("In 2023 there were only 27 boats left.", "landings.boats[2023]"),
        ("In 2021 Ullapool's boats landed 1,190 tonnes of cod.", "landings.cod[2021]"),
        ("In 2021 wind gave 135 TWh.", "power.wind[2021]"),
        ("In 2021 the price of electricity was 97.2 euros.", "power.price[2021]"),
    ],
)
def test_a_number_of_the_table_is_bound(sentence: str, code: str, *, has_units: bool) -> None:
    tables: dict[str, Any] = {
        "landings": landings(has_units=has_units),
        "power": power(has_units=has_units),
    }
    assert any(code in each for each in bound(sentence, **tables))


@pytest.mark.parametrize(
    ("language", "plan", "is_so"),
    [
        ("en", "In 2022 cod should come to 872 tonnes.", "In 2022 cod came to 872 tonnes."),
        ("de", "2022 sollte cod 872 Tonnen ergeben.", "2022 ergab cod 872 Tonnen."),
        ("fr", "En 2022, cod devrait atteindre 872 tonnes.", "En 2022, cod atteint 872 tonnes."),
        ("es", "En 2022 cod debería llegar a 872 tonnes.", "En 2022 cod llegó a 872 tonnes."),
    ],
)
def test_a_plan_is_told_by_the_words_of_the_language(language: str, plan: str, is_so: str) -> None:
    table = landings(has_units=True)
    assert any("cod[2022]" in code for code in bound(is_so, language=language, landings=table))
    assert not bound(plan, language=language, landings=table)


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_a_table_with_the_newest_year_first_tells_the_same_course(*, is_newest_first: bool) -> None:
    table = landings(is_newest_first=is_newest_first)
    true = "From 2019 to 2020 cod rose from 986 to 1,043 tonnes."
    false = "From 2019 to 2020 cod fell from 986 to 1,043 tonnes."
    assert "rose(landings.cod, 2019, 2020)" in bound(true, landings=table)
    assert not any("fell(" in code for code in codes(false, landings=table))
    every = codes("Cod rose every year from 2019 to 2021.", landings=table)
    assert any(code.startswith("every(") for code in every) is not is_newest_first


def test_seasons_are_times() -> None:
    seasons = pd.Index(["2021/22", "2020/21", "2019/20"], name="season")
    table = as_table(pd.DataFrame({"cod": [1190.0, 1043.0, 986.0]}, index=seasons))
    false = "From 2019/20 to 2021/22 cod fell from 986 to 1,190 tonnes."
    assert not any("fell(" in code for code in codes(false, landings=table))


@pytest.mark.parametrize(
    "sentence",
    [
        "Cod rose every month from 2019 to 2021.",
        "Cod rose nearly every year from 2019 to 2021.",
        "Cod prices rose every year from 2019 to 2021.",
        "The price of cod rose from 2019 to 2021.",
        "In 2021 boats landed 1,190 tonnes of cod. In 2022 it was 872 tonnes, and fewer tourists came.",
        "In 2019 the price was $2.34, and boats landed more cod in 2021: 1,190 tonnes.",
        "From 2019 to 2021 “cod rose”, said the harbour master.",
        "In 2021 boats landed 1,190 tonnes of cod. In 2022 it was 872 tonnes, and the rain was less.",
        "In 2021 boats landed 1,190 tonnes of cod, the highest tide on record.",
        "Under the herring cod came to 872 tonnes in 2022, and herring to 3,120 tonnes.",
        "Under the cliff cod came to 872 tonnes in 2022, and herring to 3,120 tonnes.",
        "In 2021, with 1,190 tonnes of cod, the harbour had more ships than ever before.",
        "In 2022, when Fraserburgh fell, boats landed 872 tonnes of cod, after 1,190 tonnes in 2021.",
    ],
)
def test_a_comparison_of_another_thing_is_not_bound(sentence: str) -> None:
    read = bound(sentence, landings=landings(has_units=True))
    assert all(code.startswith(("amount(", "count(")) for code in read)


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("In 2022 Polish wind power was 27 TWh, more than twice that of Norway.", " - "),
        ("In 2023 coal gave 40 percent less than in 2020.", "/"),
        ("Von 2020 bis 2023 gab Kohle 40 Prozent weniger.", "/"),
        ("In 2023 coal was 40 percent shorter than in 2020.", "/"),
        ("In 2023 coal came in 40 percent behind 2020.", "/"),
        (
            "Coal fell from 2020 to 2023. Its share is 20 percent, less than Norway's 60 percent.",
            "/",
        ),
        ("Herring came to 2,650 tonnes in 2021. Herring overtook its level of 2020 in 2022.", ">"),
        ("In 2021 cod came to 1,190 tonnes. Herring overtook its level of 2020 in 2022.", ">"),
    ],
)
def test_a_level_is_no_change_and_a_change_no_level(sentence: str, wrong: str) -> None:
    language = "de" if "Prozent" in sentence else "en"
    tables = {"landings": landings(has_units=True), "power": power(has_units=True)}
    assert not any(wrong in code for code in bound(sentence, language=language, **tables))


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("In 2022 wind gave 27 TWh more than in 2021.", "power.wind[2022] - power.wind[2021]"),
        ("From 2021 to 2022 wind rose by 27 TWh.", "power.wind[2022] - power.wind[2021]"),
        ("In 2023 coal gave 60 percent less than in 2020.", "1 - power.coal[2023]"),
        ("In 2023 wind overtook coal.", "power.wind[2023] > power.coal[2023]"),
    ],
)
def test_the_size_of_a_change_is_bound(sentence: str, code: str) -> None:
    assert any(code in each for each in bound(sentence, power=power(has_units=True)))


def test_words_of_size_are_no_side_of_what_they_compare() -> None:
    sentence = "Herring gave 2,870 tonnes in 2023 and cod 790 tonnes, more than three times as much as then."
    read = codes(sentence, landings=landings(has_units=True))
    sides = [code for code in read if " > " in code or " < " in code]
    assert sides
    assert not any("/" in code or " - " in code for code in sides)


@pytest.mark.parametrize(
    ("before", "places", "clear"),
    [
        ("Mallaig was quiet.", ["Ullapool", "Mallaig"], 0.4),
        ("The spring of 2020 was quiet.", [2019, 2020], 1.0),
    ],
)
def test_that_year_is_a_time(before: str, places: Sequence[Any], clear: float) -> None:
    text = "That year there were 52 boats."
    words = PlacedWords(BoundPassage(text, before), text.index("52"), text.index("52") + 2)
    column = NamedColumn("fleet.boats", dict.fromkeys(places, 52.0), frozenset(), frozenset())
    assert words.labels(column) == {places[1]: clear}


def test_a_year_behind_after_is_not_compared_with_the_last_one() -> None:
    sentence = "The storm came after 2020, when 27 boats were left."
    assert not any("2023" in code for code in bound(sentence, landings=landings()))


def rain(title: str, description: str = "") -> pd.DataFrame:
    frame = pd.DataFrame({"rain": [2210.0, 2495.0, 1987.0, 803.0, 2431.0]}, index=YEARS)
    named = table(frame, title, {"rain": "mm"})
    origin: Origin = named.attrs["origin"]
    named.attrs["origin"] = replace(origin, description=description)
    return named


ELSEWHERE = {
    "en": """
In Oslo 803 mm of rain fell in 2022.
In Oslo, 803 mm of rain fell in 2022.
In 2022 803 mm of rain fell at Aberdeen.
The rain of the Lofoten came to 803 mm in 2022.
Norway had 803 mm of rain in 2022.
In 2022 Norway had 803 mm of rain.
Oslo had 803 mm of rain in 2022.
In 2022 Oslo's rain came to 803 mm.
Norwegian rain came to 803 mm in 2022.
It was dry in 2022, and Norway had 803 mm of rain.
In 2022 the Aberdeen station had 803 mm of rain.
In 2022 Aberdeen streets had 803 mm of rain.
Oslo measured 803 mm of rain in 2022.
Rain fell over Oslo and Tromsø, 803 mm in 2022.
""",
    "de": """
In Oslo fielen 2022 803 mm Regen.
2022 fielen in Aberdeen 803 mm Regen.
Norwegen hatte 2022 803 mm Regen.
Oslos Regen kam 2022 auf 803 mm.
Oslo hatte 2022 803 mm Regen.
Der Regen von Oslo kam 2022 auf 803 mm.
Der norwegische Regen kam 2022 auf 803 mm.
""",
}
TITLES = {
    "en": [("Rain in Bergen", ""), ("Rain", "The rain at Bergen, by year"), ("Bergen's rain", "")],
    "de": [("Regen in Bergen", ""), ("Regen", "Der Regen in Bergen, nach Jahren")],
}


@pytest.mark.parametrize("is_described", [False, True])
@pytest.mark.parametrize(
    ("language", "sentence"),
    [(of, each) for of, text in ELSEWHERE.items() for each in text.strip().splitlines()],
)
def test_a_number_of_another_place_is_not_bound(
    language: str, sentence: str, *, is_described: bool
) -> None:
    title, description = TITLES[language][is_described]
    assert not bound(sentence, language=language, rain=rain(title, description))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "In Bergen 803 mm of rain fell in 2022."),
        ("en", "Bergen had 803 mm of rain in 2022."),
        ("en", "In 2022 Bergen's rain came to 803 mm."),
        ("en", "In March it was said that rain in 2022 came to 803 mm."),
        ("en", "In 2022 803 mm of rain fell."),
        ("en", "Sweden said that 803 mm of rain fell in 2022."),
        ("en", "In 2022 803 mm of rain fell, more than ever in Norway."),
        ("en", "Unlike Oslo, Bergen had 803 mm of rain in 2022."),
        ("de", "In Bergen fielen 2022 803 mm Regen."),
        ("de", "Im Jahr 2022 fielen 803 mm Regen."),
        ("de", "In Wahrheit kam der Regen 2022 auf 803 mm."),
        ("de", "Der Regen in Bergen kam 2022 auf 803 mm."),
    ],
)
@pytest.mark.parametrize("at", [0, 1])
def test_a_number_of_the_place_of_the_table_is_bound(language: str, sentence: str, at: int) -> None:
    codes = bound(sentence, language=language, rain=rain(*TITLES[language][at]))
    assert any("rain.rain[2022]" in code for code in codes)


def test_the_head_of_the_article_may_name_the_place_of_its_table() -> None:
    text = "The rain of Norway came to 803 mm in 2022."
    assert not bound(text, rain=rain("Rain in Bergen"))
    head = "---\ntitle: Norway in the rain\n---\n\n"
    assert bound(head + text, rain=rain("Rain in Bergen"))


FATES = {
    "en": """
In 2022 872 tonnes of cod were allowed.
In 2022 872 tonnes of cod were stolen.
In 2022 thieves stole 872 tonnes of cod.
In 2022 872 tonnes of cod were thrown back.
In 2022 872 tonnes of cod were eaten by seals.
In 2022 the port was robbed of 872 tonnes of cod.
In 2022 872 tonnes of cod went missing.
In 2022 872 tonnes of cod were smoked.
In 2022 872 tonnes of cod were later served in schools.
In 2022 872 tonnes of cod were not landed.
""",
    "de": """
2022 wurden 872 Tonnen Kabeljau gestohlen.
2022 waren 872 Tonnen Kabeljau erlaubt.
2022 wurden 872 Tonnen Kabeljau weggeworfen.
2022 fraßen Robben 872 Tonnen Kabeljau.
""",
}
LANDED = {
    "en": [
        "In 2022 872 tonnes of cod were landed.",
        "In 2022 boats caught 872 tonnes of cod.",
        "In 2022 872 tonnes of cod were recorded.",
    ],
    "de": ["2022 wurden 872 Tonnen Kabeljau angelandet."],
}


def caught(language: str, title: str = "Landings", *, has_units: bool) -> pd.DataFrame:
    frame = landings(has_units=has_units)
    frame = frame.rename(columns={"cod": "kabeljau"}) if language == "de" else frame
    return table(frame, title, {"cod": "tonnes", "kabeljau": "Tonnen"} if has_units else {})


@pytest.mark.parametrize("has_units", [False, True])
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_became_of_a_thing_is_not_how_much_of_it_there_was(
    language: str, *, has_units: bool
) -> None:
    frame = caught(language, has_units=has_units)
    for sentence in FATES[language].strip().splitlines():
        assert not bound(sentence, language=language, landings=frame), sentence
    for sentence in LANDED[language]:
        assert bound(sentence, language=language, landings=frame), sentence


def test_a_table_that_says_nothing_of_what_was_done_has_what_was_done() -> None:
    frame = caught("en", "Fish at Peterhead", has_units=True)
    assert bound("In 2022 872 tonnes of cod were smoked.", landings=frame)


def test_the_boats_of_another_port_are_not_those_of_the_table() -> None:
    frame = caught("en", "Landings at Peterhead", has_units=False)
    assert not bound("Aberdeen's cod numbered 872 in 2022.", landings=frame)
    assert bound("Peterhead's cod numbered 872 in 2022.", landings=frame)


def test_a_table_of_what_was_stolen_has_what_was_stolen() -> None:
    frame = caught("en", "Stolen fish", has_units=True)
    assert bound("In 2022 872 tonnes of cod were stolen.", landings=frame)


def test_works_of_which_a_museum_was_robbed_are_not_those_that_it_has() -> None:
    years = pd.Index([1822, 1823, 1824], name="year")
    works = table(pd.DataFrame({"works": [140.0, 131.0, 92.0]}, index=years), "Works", {})
    assert bound("In 1824 the museum had 92 works.", works=works)
    assert not bound("The museum was robbed in 1824 of 92 works.", works=works)


PARTS = [
    ("en", "In 2020 cod bones weighed 1,043 kilograms."),
    ("en", "In 2020 cod heads were 1,043 kilograms."),
    ("de", "2022 wogen Kabeljau-Gräten 872 Kilogramm."),
    ("de", "Kabeljau-Gräten wogen 2022 872 Kilogramm."),
]


@pytest.mark.parametrize("has_units", [False, True])
@pytest.mark.parametrize(("language", "sentence"), PARTS)
def test_a_part_of_a_thing_is_not_the_thing(
    language: str, sentence: str, *, has_units: bool
) -> None:
    frame = caught(language, has_units=has_units)
    assert not bound(sentence, language=language, landings=frame)


@pytest.mark.parametrize(
    ("language", "title", "is_bound", "sentence"),
    [
        ("en", "Electricity", False, "In 2022 electricity for trains cost 623 euros."),
        ("en", "Electricity", False, "In 2022 the price of electricity for trains was 623 euros."),
        ("en", "Electricity for households", True, "In 2022 electricity for households cost 623 euros."),
        ("en", "Electricity", True, "In 2022 electricity cost 623 euros."),
        ("de", "Strom", False, "2022 kostete Strom für Züge 623 Euro."),
        ("de", "Strom für Haushalte", True, "2022 kostete Strom für Haushalte 623 Euro."),
        ("de", "Strom", True, "2022 kostete Strom 623 Euro."),
    ],
)  # fmt: skip
def test_the_price_for_others_is_not_that_of_the_table(
    language: str, title: str, *, is_bound: bool, sentence: str
) -> None:
    frame = table(
        power()[["price"]] * 10, title, {"price": "Euro" if language == "de" else "euros"}
    )
    assert bool(bound(sentence, language=language, power=frame)) is is_bound


@pytest.mark.parametrize("has_units", [False, True])
@pytest.mark.parametrize(
    ("sentence", "is_of_table"),
    [
        ("In 2021 industrial wind power gave 135 TWh.", False),
        ("In 2021 domestic coal gave 214 TWh.", False),
        ("In 2021 total coal power gave 214 TWh.", True),
        ("In 2021 coal gave 214 TWh of industrial power.", True),
        ("The mayor said it landed 1,190 tonnes of cod in 2021.", False),
        ("The mill claimed that its cod came to 1,190 tonnes in 2021.", False),
        ("The harbour said that 1,190 tonnes of cod were landed in 2021.", True),
    ],
)
def test_a_kind_of_a_thing_and_what_someone_says_of_himself_are_not_of_the_table(
    sentence: str, *, is_of_table: bool, has_units: bool
) -> None:
    tables = {"landings": landings(has_units=has_units), "power": power(has_units=has_units)}
    assert bool(bound(sentence, **tables)) == is_of_table


def test_a_table_of_a_kind_of_a_thing_has_that_kind() -> None:
    frame = pd.DataFrame({"coal": [214.0, 163.0]}, index=YEARS[2:4])
    mill = table(frame, "Coal of domestic mines", {})
    assert bound("In 2021 domestic coal came to 214.", mill=mill)
