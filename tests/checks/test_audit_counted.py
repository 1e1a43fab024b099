"""`broadsheet audit` counts the rows of tables of things, reads on about what a paragraph is of, and knows
a neighbour's value.
"""

from __future__ import annotations

import pytest
from audited_texts import audited, cache, words_with  # noqa: F401 - a fixture

from broadsheet.checks.audit.audit_page import audit_page
from broadsheet.checks.audit.auditing import audit

RESCUES = [
    *[("Northport", 2019)] * 14,
    *[("Northport", 2020)] * 9,
    *[("Northport", 2021)] * 12,
    *[("Graysand", 2019)] * 6,
    *[("Graysand", 2020)] * 11,
    *[("Graysand", 2021)] * 4,
    *[("Ferry Bay", 2020)] * 5,
    *[("Ferry Bay", 2021)] * 3,
]
TABLES = {
    "sea-rescues.csv": "boat,date,station,cause\n"
    + "".join(
        f"Boat {at},{year}-0{1 + at % 9}-1{at % 9},{station},{('storm', 'engine', 'fog')[at % 3]}\n"
        for at, (station, year) in enumerate(RESCUES)
    ),
    "literacy.csv": "country,year,literacy rate (%)\nKenya,1980,52.4\nKenya,2000,68.1\nKenya,2020,81.5\n"
    "Ghana,1980,46.7\nGhana,2000,57.9\nGhana,2020,79.0\nTogo,1980,38.2\nTogo,2000,53.7\nTogo,2020,66.5\n",
    "ferries.csv": "year,ferry passengers\n1990,201300\n2000,248700\n2010,310400\n2020,187900\n",
    "output.csv": "month,output of the plant (tonnes)\n"
    + "".join(f"20{year}-{at + 1:02},{100 + year * at}\n" for year in (21, 22) for at in range(12)),
}


def verdicts(place, text: str, language: str = "en") -> dict[str, str]:
    return {each.words: each.verdict for each in audited(place, TABLES, text, language)}


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Northport had 35 rescues.", "35"),
        ("In 2020 there were 25 rescues.", "25"),
        ("Rescues at Graysand rose from 6 in 2019 to 11 in 2020.", "11"),
        ("In 2021 Ferry Bay had 3 rescues.", "3"),
        ("Northport had 35 rescues. Graysand had 21.", "21"),
        (
            "In 2000 literacy in Kenya was 68.1 percent. In Togo it was 53.7 percent.",
            "53.7 percent",
        ),
        ("In 2020 literacy in Ghana stood at 79 percent. Kenya had 81.5 percent.", "81.5 percent"),
        (
            "In Togo, where schools were few, literacy stood at 38.2 percent in 1980.",
            "38.2 percent",
        ),
    ],
)
def test_borne_out(tmp_path, sentence, words):
    assert verdicts(tmp_path, sentence)[words] == "borne out"


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Northport had 53 rescues.", "53"),
        ("In 2020 there were 28 rescues.", "28"),
        ("Rescues at Graysand rose from 6 in 2019 to 14 in 2020.", "14"),
        ("In 2021 Graysand had more rescues than Northport.", "more"),
        ("Northport had 35 rescues. Graysand had 27.", "27"),
        (
            "In 2000 literacy in Kenya was 68.1 percent. In Togo it was 57.9 percent.",
            "57.9 percent",
        ),
        ("In 2020 literacy in Ghana stood at 79 percent. Kenya had 85.1 percent.", "85.1 percent"),
        (
            "In Togo, where schools were few, literacy stood at 46.7 percent in 1980.",
            "46.7 percent",
        ),
        # the value of another year, and digits in disorder, beside words that nothing explains
        ("Eager as ever, Kenya brought literacy to 81.5 percent in 2000.", "81.5 percent"),
        ("Eager as ever, Kenya brought literacy to 86.1 percent in 2000.", "86.1 percent"),
    ],
)
def test_contradicted(tmp_path, sentence, words):
    assert verdicts(tmp_path, sentence)[words] == "contradicted"


@pytest.mark.parametrize(
    "sentence",
    [
        # a count of some rows, or of something else than rows
        "In 2020 there were 7 rescues in fog off the coast.",
        "Northport had 12 rescues by helicopter.",
        "Northport has 3 boats, and its rescues made the news 9 times.",
        "Rescues cost Northport 410,000 euros in 2020.",
        "Fewer than half of the rescues ended well.",
        # a count of some time, where the rows are of all
        "Northport had 12 rescues last year.",
        "Northport had 14 rescues a year.",
        "Northport had 12 rescues annually.",
        "Northport averages 14 rescues.",
        "Northport's record is 5 rescues.",
        "Northport had 9 rescues in its quietest year.",
        "Northport had 12 rescues in most years.",
        "Northport had up to 14 rescues.",
        "Northport usually has 14 rescues.",
        "Before the war Northport had 14 rescues.",
        "Northport had 23 rescues by then.",
        "In 2019 Northport had 14 rescues, an average of 12.",
        # of each month, where the reading is their sum
        "In 2022 output of the plant was 221 tonnes a month.",
        # another number of so many digits beside a word that nothing explains
        "According to Eurostat ferry passengers numbered 201,400 in 1990.",
        # clauses that say what is counted, and words that stand in a clause aside and outside of it
        "In Togo, as measured by Unesco, literacy stood at 55.1 percent in 2000.",
        "In Togo, when only citizens are counted, literacy stood at 55.1 percent in 2000.",
        "Village literacy in Togo, where each village had a school, was 55.1 percent in 2000.",
        # of what a paragraph is not
        "In 2000 literacy in Kenya was 68.1 percent. Among women it was 62.0 percent.",
        "In 2000 literacy in Kenya was 68.1 percent. Nairobi had 2.1 million inhabitants.",
        "In 2000 literacy in Kenya was 68.1 percent. In Mali it was 24.1 percent.",
        "In 2000 literacy in Kenya was 68.1 percent. Inflation reached 10.0 percent in 2000.",
        "In 2000 literacy in Kenya was 68.1 percent.\n\nThe next years were poor. Togo had 57.9 percent in 2000.",
        "In 2000 literacy in Kenya was 68.1 percent.\n\n# Fares\n\nTogo had 57.9 percent in 2000.",
        # between the years of a table nobody knows
        "Ferry passengers first exceeded 300,000 in 2006.",
        "Ferry passengers passed 300,000 in 2006.",
    ],
)
def test_not_contradicted(tmp_path, sentence):
    assert "contradicted" not in verdicts(tmp_path, sentence).values()


@pytest.mark.parametrize(
    ("language", "name", "sentences"),
    [
        (
            "de",
            "rettungen",
            {
                "Northport hatte 53 Rettungen.": ["53"],
                "Northport hatte 14 Rettungen pro Jahr.": [],
                "Northport zählt jährlich 12 Rettungen.": [],
                "Northports Rekord sind 14 Rettungen.": [],
            },
        ),
        (
            "fr",
            "sauvetages",
            {
                "Northport a compté 53 sauvetages.": ["53"],
                "Northport a compté 14 sauvetages par an.": [],
                "Northport a compté 12 sauvetages l'an dernier.": [],
                "Northport a compté 12 sauvetages en moyenne.": [],
                "Le record de Northport est de 14 sauvetages.": [],
            },
        ),
        (
            "es",
            "rescates",
            {
                "Northport tuvo 53 rescates.": ["53"],
                "Northport tuvo 14 rescates al año.": [],
                "Northport tuvo 12 rescates el año pasado.": [],
                "Northport tuvo 12 rescates de media.": [],
                "El récord de Northport es de 14 rescates.": [],
            },
        ),
    ],
)
def test_a_count_of_some_time_in_each_language(tmp_path, language, name, sentences):
    table = TABLES["sea-rescues.csv"].replace("boat,date,station,cause", "boat,date,station,type")
    for at, (sentence, words) in enumerate(sentences.items()):
        said = audited(tmp_path / str(at), {f"{name}.csv": table}, sentence, language)
        assert words_with("contradicted", said) == words, sentence


def test_a_count_of_no_rows_has_no_row(tmp_path):
    (statement,) = audited(tmp_path, TABLES, "In 2019 Ferry Bay had 4 rescues.")
    assert statement.verdict == "contradicted"
    assert [(each.value, each.row) for each in statement.reading.operands] == [(0, 0)]
    page = audit_page(audit(tmp_path / "site"), tmp_path / "site", [])
    assert '<td class="number" data-name="Row"></td>' in page


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Paris has 45,000 restaurants.", []),
        ("The list is a sample: Paris has 45,000 restaurants.", []),
        ("Paris has 45,000 restaurants, far more than the list.", []),
        ("Paris has 45,000 restaurants but the list leaves some out.", []),
        ("Paris has 25 restaurants.", ["25"]),
        ("There are 450 restaurants in Paris in the data.", ["450"]),
    ],
)
def test_a_list_says_nothing_of_what_is_much_more(tmp_path, sentence, words):
    rows = "".join(f"Place {at},{('Paris', 'Lyon', 'Nice')[at % 3]}\n" for at in range(60))
    said = audited(tmp_path, {"restaurants.csv": f"name,city\n{rows}"}, sentence)
    assert words_with("contradicted", said) == words


@pytest.mark.parametrize(
    ("language", "sentence", "words"),
    [
        ("de", "Kenia lag 2020 auf Platz drei.", "auf platz drei"),
        ("de", "Kenia hatte 2020 die höchste Alphabetisierung.", "höchste"),
    ],
)
def test_no_place_without_a_measure(tmp_path, language, sentence, words):
    assert "contradicted" not in verdicts(tmp_path, sentence, language).values()


def test_the_only_fall_is_no_first_one_in_other_languages():
    from broadsheet.checks.audit.vocabulary import words_of

    said = {
        "en": ("the only fall", "the first fall"),
        "de": ("der einzige rückgang", "der erste rückgang"),
        "fr": ("la seule baisse", "la première baisse"),
        "es": ("la única caída", "la primera caída"),
    }
    for language, (only, first) in said.items():
        form = words_of(language).patterns["only-change"]
        matches = form.search(only), form.search(first)
        assert matches[0] and matches[0]["only"]
        assert matches[1] and not matches[1]["only"]


@pytest.mark.parametrize(
    ("language", "words", "place"),
    [
        ("en", "ranked third", 3),
        ("de", "liegt auf platz vier", 4),
        ("fr", "se classe deuxième", 2),
        ("es", "ocupa el segundo lugar", 2),
    ],
)
def test_places_in_each_language(language, words, place):
    from broadsheet.checks.audit.vocabulary import words_of

    said = words_of(language)
    match = said.patterns["placed"].search(words)
    assert match and said.place_of(match["rank"]) == place
