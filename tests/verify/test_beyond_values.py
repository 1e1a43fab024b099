"""Words beside a claim that say more than its values: the same of others, what may be, a rank in the world, another
measure. They are left to the author.
"""

from __future__ import annotations

from typing import Any

import pytest

import meanings
from broadsheet.errors import ConfigError, Place
from broadsheet.notebook.session.inline_results import evaluated
from broadsheet.notebook.values import declarations as register
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.text.language import speaking
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.marks import marks_of, words_of
from broadsheet.verify.passages import plain_passages
from broadsheet.verify.wording.beside_claims import other_name
from broadsheet.verify.wording.claim_words import JudgedWords
from broadsheet.verify.wording.table_names import Surroundings, surroundings

ISLANDS = {
    "csv": "island,people_2011,people_2023,homes,area\n"
    "Caldey,2140,2405,985,629\nRamsey,640,588,291,297\nLundy,310,355,90,445\n",
    "key": "island",
    "columns": {
        "people_2011": ("Population 2011", ""),
        "people_2023": ("Population 2023", ""),
        "homes": ("Homes", ""),
        "area": ("Area", "hectares"),
    },
}
POWER = {
    "csv": "country,year,coal,wind,total\n"
    "Poland,2021,131,16,180\nPoland,2022,125,20,179\nPoland,2023,103,24,167\n"
    "Spain,2021,5,12,272\nSpain,2022,8,25,287\nSpain,2023,4,64,280\n"
    "Italy,2021,14,20,280\nItaly,2022,21,20,276\nItaly,2023,11,23,257\n",
    "key": ["country", "year"],
    "columns": {
        "coal": ("Electricity from coal", "TWh"),
        "wind": ("Electricity from wind", "TWh"),
        "total": ("Electricity", "TWh"),
    },
}
GREW = "i.people_2023['Caldey'] > i.people_2011['Caldey']"
BOTH = f"{GREW} and i.people_2023['Lundy'] > i.people_2011['Lundy']"
SHRANK = "i.people_2023['Ramsey'] < i.people_2011['Ramsey']"
ONE_WAY = f"{GREW} and {SHRANK}"
MORE = "i.people_2023['Caldey'] > i.people_2023['Lundy']"
DENSE = "i.people_2023['Caldey'] / i.area['Caldey'] > i.people_2023['Ramsey'] / i.area['Ramsey']"
TOP = "highest(i.people_2023, at='Caldey')"
FEWEST = "lowest(i.homes, at='Lundy')"
ONLY = "only(i.people_2023 < i.people_2011, 'Ramsey')"
FELL = "fell(p.coal['Poland'], 2022, 2023)"
LESS = "fell(p.total['Poland'], 2022, 2023)"
WIND = "rose(p.wind['Spain'], 2021, 2023)"
AHEAD = "p.wind['Spain', 2022] > p.wind['Poland', 2022]"
STILL_AHEAD = "p.wind['Spain', 2023] > p.wind['Poland', 2023]"
ABOVE = "since(p.coal['Poland'] > 100, 2021)"
EACH = "every(p.coal['Poland'] > 100)"
FIRST = "highest(p.wind.xs(2023, level='year'), at='Spain')"


@pytest.fixture(scope="module")
def namespace() -> dict[str, Any]:
    islands, power = meanings.table_of("islands", ISLANDS), meanings.table_of("power", POWER)
    return {"i": islands, "p": power, "In": ["", ""]}


def _around(lang: str, *texts: str) -> Surroundings:
    columns = [
        {name: title for name, (title, _) in table["columns"].items()}  # type: ignore[attr-defined]
        for table in (ISLANDS, POWER)
    ]
    rows = [frozenset(("Caldey", "Ramsey", "Lundy")), frozenset(("Poland", "Spain", "Italy"))]
    return surroundings(columns, rows, lexicon(lang), texts)


def _judged(
    namespace: dict[str, Any], lang: str, words: str, claim: str, *texts: str
) -> JudgedWords:
    register.clear()
    text = words.replace("]", f']{{claim="{claim}"}}', 1)
    with speaking(lang):
        results = evaluated(inline.expressions(text), namespace)
        values = [each["markdown"] for each in results]
        (passage,) = plain_passages(inline.substitute(text, values), Place("a"), "paragraph")
        declared = register.declared()
        (mark,) = marks_of(passage, Place("a"), lang, None)
        assert declared["claims"][mark.name]["truth"] is True, "the condition is false"
        result = words_of(mark, declared, lang, None, _around(lang, *texts))
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("lang", "words", "claim", "said"),
    [
        ("en", "Caldey [grew], as did Ramsey.", GREW, "Ramsey"),
        ("en", "Caldey [grew], as did the mainland.", GREW, "the mainland"),
        ("en", "Caldey [grew], and so did Lundy.", GREW, "Lundy"),
        ("en", "Ramsey [did not grow], nor did Lundy.", SHRANK, "Lundy"),
        ("en", "Like Ramsey, Caldey [grew].", GREW, "Ramsey"),
        ("en", "Caldey, like Jersey, [grew].", GREW, "Jersey"),
        ("en", "Caldey, like its neighbours, [grew].", GREW, "its neighbours"),
        ("en", "Unlike Ramsey, Caldey [grew].", GREW, "Ramsey"),
        ("en", "Caldey [grew], unlike Ramsey.", GREW, "Ramsey"),
        ("en", "In contrast to Ramsey, Caldey [grew].", GREW, "Ramsey"),
        ("en", "Caldey [grew], as in 1991.", GREW, "1991"),
        ("en", "Caldey as well as Lundy [grew].", GREW, "Lundy"),
        ("en", "Coal in Poland [fell], as did wind.", FELL, "wind"),
        ("en", "In Caldey, and in Lundy too, the number [grew].", GREW, "Lundy too"),
        ("en", "Caldey [grew]; the same goes for Lundy.", GREW, "Lundy"),
        ("de", "Caldey [wuchs], ebenso wie Lundy.", GREW, "Lundy"),
        ("de", "Anders als Ramsey [wuchs] Caldey.", GREW, "Ramsey"),
    ],
)
def test_others_of_which_the_same_is_said_leave_a_claim_to_its_author(
    namespace: dict[str, Any], lang: str, words: str, claim: str, said: str
) -> None:
    result = _judged(namespace, lang, words, claim)
    assert (result.truth, result.beside and result.beside.words) == ("open", said)


@pytest.mark.parametrize(
    ("lang", "words", "claim"),
    [
        ("en", "Caldey [grew], as did Lundy.", BOTH),
        ("en", "Like Lundy, Caldey [grew].", BOTH),
        ("en", "Unlike Ramsey, Caldey [grew].", ONE_WAY),
        ("en", "Caldey [grew], as was expected.", GREW),
        ("en", "Caldey [grew] as it had before.", GREW),
        ("en", "Caldey has [more than six times as many people as Lundy has].", MORE),
        ("en", "Caldey [grew], but not by much.", GREW),
        ("en", "Like it or not, Caldey [grew].", GREW),
        ("en", "Caldey [grew]; as did Lundy, it has a ferry.", GREW),
        ("de", "Caldey [wuchs], wie erwartet.", GREW),
        ("de", "Wie das Amt mitteilt, [wuchs] Caldey.", GREW),
    ],
)
def test_words_of_likeness_that_name_what_the_claim_reads_or_nobody_are_left_alone(
    namespace: dict[str, Any], lang: str, words: str, claim: str
) -> None:
    assert _judged(namespace, lang, words, claim) == JudgedWords("proved")


def test_a_name_that_only_words_of_likeness_have_is_not_the_subject(
    namespace: dict[str, Any],
) -> None:
    assert _judged(namespace, "en", "Like Caldey, Ramsey [grew].", GREW).truth == "refuted"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Caldey [may grow]."),
        ("en", "Caldey may have [grown]."),
        ("en", "Caldey [could have grown]."),
        ("en", "Caldey [is expected to grow]."),
        ("en", "Caldey was said to have [grown]."),
        ("en", "Caldey [will grow]."),
        ("en", "Caldey [failed to grow]."),
        ("en", "Caldey reportedly [grew]."),
        ("en", "If Caldey [grew], so much the better."),
        ("de", "Caldey [dürfte wachsen]."),
        ("de", "In den Jahren könnte Caldey [gewachsen sein]."),
        ("de", "Caldey soll [gewachsen] sein."),
        ("de", "Caldey [wuchs] vermutlich."),
    ],
)
def test_what_may_be_is_left_to_the_author(
    namespace: dict[str, Any], lang: str, words: str
) -> None:
    result = _judged(namespace, lang, words, GREW)
    assert result.truth == "open"
    assert result.beside is not None and not result.beside.of


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Analysts may differ, but Caldey [grew]."),
        ("en", "In May Caldey [grew]."),
        ("en", "What may matter more, Caldey [grew]."),
        ("en", "Even if Caldey [grew], it has one school."),
        ("en", "Those that could leave did, and Caldey [grew]."),
        ("en", "Caldey [grew], which may please its ferrymen."),
        ("de", "Caldey [wuchs], auch wenn es anders kommen kann."),
        ("de", "Im Mai [wuchs] Caldey."),
    ],
)
def test_what_may_be_of_something_else_is_left_alone(
    namespace: dict[str, Any], lang: str, words: str
) -> None:
    assert _judged(namespace, lang, words, GREW) == JudgedWords("proved")


@pytest.mark.parametrize(
    ("lang", "words", "claim", "said"),
    [
        ("en", "Caldey has [the most people in the world].", TOP, "in the world"),
        ("en", "In the world, Caldey has [the most people].", TOP, "in the world"),
        ("en", "Caldey is [the largest island in Wales].", TOP, "wales"),
        ("en", "No island in Britain has [fewer homes] than Lundy.", FEWEST, "britain"),
        ("en", "Ramsey was [the only island in Europe that shrank].", ONLY, "in europe"),
        ("en", "Spain is [Europe's largest producer of wind power].", FIRST, "europe's"),
        ("en", "Spain had [the most wind power anywhere].", FIRST, "anywhere"),
        ("en", "In 2023 Spain had [the most wind power ever].", FIRST, "ever"),
        ("de", "Spanien hat [den meisten Windstrom der Welt].", FIRST, "der welt"),
        ("de", "Spanien hat [den meisten Windstrom Europas].", FIRST, "europas"),
    ],
)
def test_a_scope_beyond_the_rows_of_a_rank_is_left_to_the_author(
    namespace: dict[str, Any], lang: str, words: str, claim: str, said: str
) -> None:
    result = _judged(namespace, lang, words, claim)
    assert result.truth == "open"
    assert result.beside is not None and said in result.beside.words.lower()


@pytest.mark.parametrize(
    ("words", "claim", "about"),
    [
        ("Caldey has [the most people in Wales].", TOP, "Islands of Wales"),
        ("Spain had [the most wind power in Europe].", FIRST, "Power in Europe, by country"),
        ("Spain had [the most wind power in the world].", FIRST, "World energy"),
        ("In 2023 Spain had [the most wind power].", FIRST, ""),
        ("Caldey has [the most people of the three islands].", TOP, ""),
        ("In Caldey more people live than [in any other island].", TOP, ""),
        ("Caldey [grew], and the world took note.", GREW, ""),
        ("Caldey, the pride of Wales, has [the most people].", TOP, ""),
    ],
)
def test_a_scope_that_the_tables_name_or_that_is_of_no_rank_is_left_alone(
    namespace: dict[str, Any], words: str, claim: str, about: str
) -> None:
    assert _judged(namespace, "en", words, claim, about).beside is None


@pytest.mark.parametrize(
    ("lang", "words", "claim", "said"),
    [
        ("en", "Caldey is [richer than Lundy].", MORE, "richer"),
        ("en", "Lundy is [poorer than Caldey].", MORE, "poorer"),
        ("en", "Caldey is [heavier than Lundy].", MORE, "heavier"),
        ("en", "Caldey is [older than Lundy].", MORE, "older"),
        ("en", "Caldey is [warmer than Lundy].", MORE, "warmer"),
        ("en", "Lundy is [cheaper than Caldey].", MORE, "cheaper"),
        ("en", "Caldey is [busier than Lundy].", MORE, "busier"),
        ("en", "Caldey is [more crowded than Lundy].", MORE, "more crowded"),
        ("en", "Caldey is [the richest of the three].", TOP, "richest"),
        ("de", "Caldey ist [reicher als Lundy].", MORE, "reicher"),
        ("de", "Caldey ist [älter als Lundy].", MORE, "älter"),
    ],
)
def test_a_word_of_another_measure_is_left_to_the_author(
    namespace: dict[str, Any], lang: str, words: str, claim: str, said: str
) -> None:
    result = _judged(namespace, lang, words, claim)
    assert (result.truth, result.beside and result.beside.words) == ("open", said)


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Caldey is [larger than Lundy].", MORE),
        ("Caldey is [richer in people than Lundy].", MORE),
        ("The busiest home for people [is Caldey].", TOP),
        ("The richer Caldey [has more people than Lundy].", MORE),
        ("Caldey is [more crowded than Ramsey].", DENSE),
    ],
)
def test_a_word_of_the_measure_or_of_none_is_left_alone(
    namespace: dict[str, Any], words: str, claim: str
) -> None:
    assert _judged(namespace, "en", words, claim).beside is None


@pytest.mark.parametrize(
    ("lang", "words", "claim", "said"),
    [
        ("en", "Rents in Caldey [rose].", GREW, "Rents"),
        ("en", "In Caldey unemployment [rose].", GREW, "unemployment"),
        ("en", "Polish gas power [fell] in 2023.", FELL, "gas"),
        ("en", "Poland's emissions [fell] in 2023.", FELL, "emissions"),
        ("en", "Polish industrial electricity [fell] in 2023.", LESS, "industrial"),
        ("en", "Polish nuclear power [fell] in 2023.", LESS, "nuclear"),
        ("en", "Offshore wind in Spain [grew] from 2021 to 2023.", WIND, "Offshore"),
        (
            "en",
            "Second-hand homes in Caldey [are more than] those of Lundy.",
            "i.homes['Caldey'] > i.homes['Lundy']",
            "Second-hand",
        ),
        ("en", "Polish coal prices [fell] in 2023.", FELL, "prices"),
        ("en", "In 2023 Poland's emissions from coal [fell].", FELL, "emissions"),
        ("en", "Subsidies for coal in Poland [fell] in 2023.", FELL, "Subsidies"),
        ("de", "Die Mieten in Caldey [stiegen].", GREW, "Mieten"),
        ("de", "Polens Kohlepreise [sanken] 2023.", FELL, "Kohlepreise"),
    ],
)
def test_a_measure_that_no_table_has_is_left_to_the_author(
    namespace: dict[str, Any], lang: str, words: str, claim: str, said: str
) -> None:
    result = _judged(namespace, lang, words, claim)
    assert (result.truth, result.beside and result.beside.words) == ("open", said)


@pytest.mark.parametrize(
    ("lang", "words", "claim", "about"),
    [
        ("en", "Polish coal power [fell] in 2023.", FELL, ""),
        ("en", "Poland's power from coal [fell] in 2023.", FELL, ""),
        ("en", "Rents in Caldey [rose].", GREW, "Homes, by what is paid as rent"),
        ("en", "After a year of high rents Caldey's population [grew].", GREW, ""),
        ("en", "When rents rose, Caldey [grew].", GREW, ""),
        ("en", "Rural Caldey [grew].", GREW, ""),
        ("en", "Despite higher rents Caldey [grew].", GREW, ""),
        ("en", "Renewable electricity from wind [rose] in Spain from 2021 to 2023.", WIND, ""),
        ("de", "Trotz hoher Mieten [wuchs] Caldey.", GREW, ""),
        ("de", "Bei hohen Preisen [sank] Polens Strom 2023.", LESS, ""),
        ("en", "Polish industrial electricity [fell] in 2023.", LESS, "Use of power in industry"),
        ("de", "Kohle [verlor] 2023 in Polen an Boden.", FELL, ""),
    ],
)
def test_a_measure_of_the_tables_or_beside_that_of_the_claim_is_left_alone(
    namespace: dict[str, Any], lang: str, words: str, claim: str, about: str
) -> None:
    assert _judged(namespace, lang, words, claim, about).beside is None


@pytest.mark.parametrize(
    ("words", "claim", "truth"),
    [
        ("In 2022 Spain [overtook Poland] in wind power.", AHEAD, "proved"),
        ("In 2023 Spain [overtook Poland] in wind power.", STILL_AHEAD, "open"),
        ("In 2022 Poland [overtook Spain] in coal.",
         "p.coal['Poland', 2022] > p.coal['Spain', 2022]", "refuted"),
        ("Caldey [overtook Lundy].", MORE, "open"),
        ("Spain [overtook Poland].",
         f"{STILL_AHEAD} and p.wind['Spain', 2021] < p.wind['Poland', 2021]", "proved"),
    ],
)  # fmt: skip
def test_what_overtook_something_was_behind_it_before(
    namespace: dict[str, Any], words: str, claim: str, truth: str
) -> None:
    assert _judged(namespace, "en", words, claim).truth == truth


@pytest.mark.parametrize(
    ("words", "claim", "truth"),
    [
        ("Spain's coal power [has been above 100 since 2021].", ABOVE, "refuted"),
        ("In Spain coal power [was above 100 every year].", EACH, "open"),
        ("Poland's coal power [has been above 100 since 2021].", ABOVE, "proved"),
        ("Coal power in Poland [was above 100 every year].", EACH, "proved"),
        ("Only Ramsey [shrank].", ONLY, "proved"),
    ],
)
def test_a_condition_of_several_times_is_of_its_row(
    namespace: dict[str, Any], words: str, claim: str, truth: str
) -> None:
    assert _judged(namespace, "en", words, claim).truth == truth


def test_a_place_that_no_table_names_is_none_of_the_claim(namespace: dict[str, Any]) -> None:
    result = _judged(namespace, "en", "In Jersey the number of people [grew].", GREW)
    assert (result.truth, result.beside and result.beside.words) == ("open", "Jersey")
    assert _judged(namespace, "en", "In May the number of people [grew].", GREW).beside is None
    assert _judged(namespace, "en", "In Jersey's shade Caldey [grew].", GREW).beside is None


@pytest.mark.parametrize(
    ("lang", "words", "said"),
    [
        ("en", "In March 2023 Polish coal power [fell].", "March 2023"),
        ("en", "In ten years Polish coal power [fell].", "In ten years"),
        ("en", "Polish coal power [fell in a decade].", "in a decade"),
        ("de", "Im März 2023 [sank] Polens Kohlestrom.", "März 2023"),
    ],
)
def test_a_month_or_a_number_of_years_that_the_values_do_not_have_is_left_to_the_author(
    namespace: dict[str, Any], lang: str, words: str, said: str
) -> None:
    result = _judged(namespace, lang, words, FELL)
    assert (result.truth, result.beside and result.beside.words) == ("open", said)


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("In two years wind power in Spain [more than quintupled].", WIND),
        ("In 2023 Polish coal power [fell].", FELL),
        ("In three years Polish coal power [was at its lowest].",
         "lowest(p.coal['Poland'], at=2023)"),
        ("Signed in March 2022, the law worked: Polish coal power [fell] in 2023.", FELL),
    ],
)  # fmt: skip
def test_times_that_the_values_have_or_that_are_of_something_else_are_left_alone(
    namespace: dict[str, Any], words: str, claim: str
) -> None:
    assert _judged(namespace, "en", words, claim).beside is None


def test_a_question_says_nothing(namespace: dict[str, Any]) -> None:
    result = _judged(namespace, "en", "Has Caldey [grown]?", GREW)
    assert (result.truth, result.beside and result.beside.words) == ("open", "?")


@pytest.mark.parametrize("words", ["faster than prices", "more quickly than Lundy"])
def test_a_comparison_that_goes_on_behind_the_mark_is_not_proved_by_a_rise(
    namespace: dict[str, Any], words: str
) -> None:
    assert _judged(namespace, "en", f"Caldey [grew] {words}.", GREW).truth == "open"


@pytest.mark.parametrize(
    "line",
    ["likenesses = 'as did ({other}'", "possible = '(may'", "scopes = '(x'", "kinds = '(x'"],
)
def test_a_pattern_of_a_publication_that_cannot_be_read_is_reported(
    namespace: dict[str, Any], tmp_path: Any, line: str
) -> None:
    (tmp_path / "en.toml").write_text(f"[meanings]\n{line}\n", "utf-8")
    words = lexicon("en", tmp_path)
    _judged(namespace, "en", "Caldey has [the most people].", TOP)
    (claim,) = register.declared()["claims"].values()
    with pytest.raises(ConfigError, match="cannot be used"):
        other_name("Caldey has the most people.", (11, 26), (), claim, _around("en"), words)
