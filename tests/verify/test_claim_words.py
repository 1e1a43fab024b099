"""Words that rest on a claim, held against its values: what is refused, what is proved, and what rests
on the author's word.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from broadsheet.notebook.values.unit_arithmetic import are_counts
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.claim_words import judged
from conftest import TABLE as TABLE_ENTRY
from conftest import Site
from meanings import Result, advised, checked

Command = Callable[..., tuple[int, str, str]]
TABLE = """year,total
2010,55.5
2011,230
2016,69.6
2017,84.1
2018,107.1
2019,110.8
2020,107.8
2021,146.9
2022,190.3
"""
CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")"""


@pytest.fixture(scope="module")
def halves() -> dict[str, list[Result]]:
    parts = ("development", "held_out", "writers", "writers_held_out", "further")
    return {part: list(checked(part)) for part in parts}


@pytest.mark.parametrize("part", ["development", "held_out"])
@pytest.mark.parametrize("lang", ["en", "de"])
def test_of_right_words_hardly_any_are_refused_and_of_false_ones_nearly_all(
    halves: dict[str, list[Result]], part: str, lang: str
) -> None:
    """Sentences that were written before the rules; half of them nobody looks at."""
    results = [one for one in halves[part] if one.sentence.lang == lang]
    right = [one for one in results if one.sentence.true]
    refused = [one for one in right if one.refused]
    assert len(refused) <= 0.03 * len(right) + 2, [one.refused for one in refused]
    false = [one for one in results if not one.sentence.true and one.sentence.kind == "words"]
    assert sum(bool(one.refused) for one in false) >= 0.95 * len(false)


@pytest.mark.parametrize(
    ("part", "caught", "proved"),
    [("writers", 0.9, 0.78), ("writers_held_out", 0.48, 0.5), ("further", 0.88, 0.75)],
)
def test_sentences_of_a_writer_who_does_not_know_the_rules(
    halves: dict[str, list[Result]], part: str, caught: float, proved: float
) -> None:
    right = [one for one in halves[part] if one.sentence.true]
    false = [one for one in halves[part] if not one.sentence.true]
    refused = [one.refused for one in right if one.refused]
    assert len(refused) <= 0.02 * len(right), refused
    assert sum(bool(one.refused) for one in false) >= caught * len(false)
    assert sum(one.by_meaning for one in right) >= proved * sum(one.claims for one in right)


def test_of_right_claims_four_in_five_are_proved_by_their_meaning(
    halves: dict[str, list[Result]],
) -> None:
    results = [*halves["development"], *halves["held_out"]]
    right = [one for one in results if one.sentence.true]
    assert sum(one.by_meaning for one in right) >= 0.8 * sum(one.claims for one in right)


@pytest.mark.parametrize("part", ["development", "held_out"])
def test_the_words_that_a_message_names_are_true_when_they_are_put_in(part: str) -> None:
    """Of most refused words, the message names others; no advice leads to another message."""
    results = [one for one in checked(part) if one.refuted]
    assert sum(one.instead is not None for one in results) >= 0.8 * len(results)
    for before, after in advised(part):
        assert before.instead is not None
        assert after.refuted <= before.refuted - {before.instead[0]}, before.instead


@pytest.fixture
def trading(site: Site) -> Site:
    site.table(TABLE)
    return site


@pytest.mark.parametrize(
    ("words", "condition", "says"),
    [
        ("doubled", "trade.total[2022] > trade.total[2021]", "it is 1.3 times as much"),
        ("halved", "rose(trade.total, 2021, 2022)", "1.3 times"),
        ("the lowest on record", "highest(trade.total[2016:])", "from the lowest"),
        ("three times as much", "more(trade.total[2022], trade.total[2020], times=1.5)", "1.77"),
        ("the highest since 2010", "highest(trade.total[2016:2022])", "number 2 of"),
        ("more than ever before", "highest(trade.total[2020:2022])", "2011 is ahead"),
        ("grown every year since 2018", "rose(trade.total, 2018, 2022)", "107.8 in 2020 is less"),
        ("the second-highest", "highest(trade.total[2016:2022])", "number 1 of 7"),
        ("up 12 percent", "rose(trade.total, 2021, 2022)", "29.5 percent"),
        ("growing in all six years", "rose(trade.total, 2016, 2022)", "107.8 in 2020 is less"),
        ("at all six lower", "every(trade.total[2016:].drop(2022) < 150)", "not at 2022"),
        ("2.3 times as high", "rose(trade.total, 2020, 2022)", "1.77 times"),
        (
            "more than a year earlier",
            "rose(trade.total, 2016, 2022)",
            "“than a year earlier”: the values are of 2016 and 2022",
        ),
        ("higher in 2022 than in 2018", "rose(trade.total, 2021, 2022)", "of 2021 and 2022"),
        ("growing from 2018 to 2022", "rose(trade.total, 2021, 2022)", "of 2021 and 2022"),
        ("at its peak in 2021", "highest(trade.total[2016:2022], 2022)", "190.3 (Total, 2022)"),
    ],
)
def test_words_that_the_values_contradict_stop_the_page_whatever_the_condition_says(
    trading: Site, run: Command, words: str, condition: str, says: str
) -> None:
    trading.article("trade", CELL, ("md", f'It was [{words}]{{claim="{condition}"}}.'))
    code, _, reported = run(trading, "build")
    assert code == 1
    assert f"the condition of “{words}” is true, but" in reported
    assert "its values do not say “" in reported and says in reported


def test_the_message_has_words_that_would_be_true(trading: Site, run: Command) -> None:
    claim = '[doubled]{claim="trade.total[2022] > trade.total[2021]"}'
    trading.article("trade", CELL, ("md", f"Trade {claim}."))
    assert "True would be “rose by 29.5 percent”." in run(trading, "build")[2]


@pytest.mark.parametrize(
    ("prose", "code", "rests"),
    [
        ('Most years [rose]{claim="(trade.total.diff()[2017:] > 0).sum() == 5"}.', 0, "meaning"),
        ('All six years [rose]{claim="(trade.total.diff()[2017:] > 0).sum() == 5"}.', 1, ""),
        (
            'All years but one [rose]{claim="(trade.total.diff()[2017:] > 0).sum() == 5"}.',
            0,
            "author",
        ),
        (
            'Never since 2020 [did it fall]{claim="every(trade.total.diff()[2021:] > 0)"}.',
            0,
            "meaning",
        ),
        ('Since 2018 it [rose every year]{claim="every(trade.total.diff()[2021:] > 0)"}.', 1, ""),
        ('In 2021 it [fell]{claim="fell(trade.total, 2019, 2020)"}.', 1, ""),
        ('In 2020 it [fell]{claim="fell(trade.total, 2019, 2020)"}.', 0, "meaning"),
        ('In 2021 it [was the highest]{claim="highest(trade.total[2016:], 2022)"}.', 0, "author"),
        ('In 2022 it [was the highest]{claim="highest(trade.total[2016:], 2022)"}.', 0, "meaning"),
        ('It [fell from 2019 to 2020]{claim="fell(trade.total, 2019, 2020)"}.', 0, "meaning"),
        ('A law of 2021 [made it fall]{claim="fell(trade.total, 2019, 2020)"}.', 0, "meaning"),
        ('From 2018 to 2020 it [fell]{claim="fell(trade.total, 2019, 2020)"}.', 1, ""),
        ('It [fell]{claim="fell(trade.total, 2019, 2020)"} between 2019 and 2021.', 1, ""),
        ('Since 2018 it [has fallen]{claim="fell(trade.total, 2019, 2020)"}.', 1, ""),
        ('Between 2019 and 2020 it [fell]{claim="fell(trade.total, 2019, 2020)"}.', 0, "meaning"),
        ('Since 2019, it [has fallen]{claim="fell(trade.total, 2019, 2020)"}.', 0, "meaning"),
        (
            'Between 2011 and 2022, in 2020, it [fell]{claim="fell(trade.total, 2019, 2020)"}.',
            0,
            "meaning",
        ),
        (
            'From 2011 to 2018 oil rose, and trade [fell]{claim="fell(trade.total, 2019, 2020)"}.',
            0,
            "meaning",
        ),
        ('Trade and all else [fell]{claim="fell(trade.total, 2019, 2020)"}.', 0, "author"),
        ('Its share of all trade [fell]{claim="fell(trade.total, 2019, 2020)"}.', 0, "author"),
        ('The sum of all trade [fell]{claim="fell(trade.total, 2019, 2020)"}.', 0, "meaning"),
        (
            'It [rose faster than any other trade]{claim="rose(trade.total, 2019, 2022)"}.',
            0,
            "author",
        ),
        (
            'It [rose by 39.1 billion]{claim="trade.total[2021] - trade.total[2020] > 39"}.',
            0,
            "meaning",
        ),
        (
            'It [rose by 30 billion]{claim="trade.total[2021] - trade.total[2020] > 39"}.',
            0,
            "author",
        ),
    ],
)
def test_the_words_around_a_mark_belong_to_its_sentence(
    trading: Site, run: Command, prose: str, code: int, rests: str
) -> None:
    """How many it is of, since when, and which year."""
    trading.article("trade", CELL, ("md", prose))
    assert run(trading, "build")[0] == code
    if not code:
        known = json.loads(run(trading, "check", "--json")[1])["result"]
        assert [one["rests"] for one in known["claims"]] == [rests]


@pytest.mark.parametrize(
    ("units", "have_a_ratio"),
    [
        (("people", "vacancies"), True),
        (("thousand people", "seats"), True),
        (("people", "US$ bn"), False),
        (("people", "tonnes"), False),
        (("people", "percent"), False),
        (("people", ""), False),
    ],
)
def test_numbers_of_things_can_be_so_many_for_each(
    units: tuple[str, str], have_a_ratio: bool
) -> None:
    assert are_counts(*units) is have_a_ratio


def test_words_for_which_the_author_answers_are_not_held_against_the_values(
    trading: Site, run: Command
) -> None:
    claim = '[doubled]{claim="trade.total[2022] > trade.total[2021]"}'
    prose = f'Trade [[{claim} in a manner of speaking]]{{.unchecked reason="a quotation"}}.'
    trading.article("trade", CELL, ("md", prose.replace("[[", "[").replace("]]", "]")))
    code, _, reported = run(trading, "build")
    assert code == 0, reported


def test_who_reports_something_does_not_answer_for_the_claim_inside(
    trading: Site, run: Command
) -> None:
    claim = '[doubled]{claim="trade.total[2022] > trade.total[2021]"}'
    trading.article("trade", CELL, ("md", f'[Trade {claim}]{{held-by="the customs"}}.'))
    assert "its values do not say “doubled”" in run(trading, "build")[2]
    trading.article("trade", CELL, ("md", '[Trade doubled]{held-by="the customs"}.'))
    assert run(trading, "build")[0] == 0


def test_each_part_of_the_words_is_held_against_the_comparison_that_it_names(
    trading: Site, run: Command
) -> None:
    condition = "fell(trade.total, 2019, 2020) and rose(trade.total, 2020, 2022)"
    for words, code in (("fell in 2020 and rose", 0), ("rose in 2020 and rose again", 1)):
        trading.article("trade", CELL, ("md", f'Trade [{words}]{{claim="{condition}"}}.'))
        assert run(trading, "build")[0] == code


def test_a_publications_abbreviations_end_no_sentence_of_a_claim(
    trading: Site, run: Command
) -> None:
    """The sentence is whole in the message."""
    trading.write("theme/words/en.toml", "[sentences]\ngoes-on = 'Gesch'\n")
    claim = '[doubled]{claim="rose(trade.total, 2021, 2022)"}'
    trading.article("trade", CELL, ("md", f"It says in Gesch. Blatt that trade {claim}."))
    assert "“It says in Gesch. Blatt that trade doubled.”" in run(trading, "build")[2]


def test_the_check_counts_what_is_proved_and_what_rests_on_the_authors_word(
    trading: Site, run: Command
) -> None:
    prose = """Trade [rose]{claim="rose(trade.total, 2021, 2022)"}; it
[came into its own]{claim="trade.total[2022] > 100"}."""
    trading.article("trade", CELL, ("md", prose))
    out = run(trading, "check", "--claims")[1]
    assert "of 2 claims, 1 by meaning, 1 on the author's word" in out
    assert "“rose” ← “Total” of 2022 is more than in 2021 (by meaning)" in out
    assert "“came into its own” ← “Total, 2022” ($190.3 billion) is more than 100" in out
    assert "(on the author's word)" in out
    known = json.loads(run(trading, "check", "--json")[1])["result"]
    assert [one["rests"] for one in known["claims"]] == ["meaning", "author"]


def test_each_use_of_a_condition_has_its_own_place_and_message(trading: Site, run: Command) -> None:
    claim = '[{}]{{claim="rose(trade.total, 2021, 2022)"}}'
    first = f"Trade {claim.format('rose')}."
    second = f"It {claim.format('doubled')}, or {claim.format('halved')}."
    trading.article("trade", CELL, ("md", first), ("md", second))
    _, out, reported = run(trading, "check", "--claims")
    assert (
        "cell 4, line 1: “It doubled, or halved.”: the condition of “doubled”"
        in reported.replace("edition trade: ", "")
    )
    assert "the condition of “halved” is true" in reported
    assert "of 3 claims, 1 by meaning, 0 on the author's word, 2 refuted" in out
    assert "cell 4, line 1: “doubled” ← “Total” of 2022 is more than in 2021 (refuted)" in out


def test_no_change_is_proposed_in_place_of_a_rank(trading: Site, run: Command) -> None:
    condition = "trade.total[2022] > trade.total[2021]"
    trading.article("trade", CELL, ("md", f'It was [the highest ever]{{claim="{condition}"}}.'))
    reported = run(trading, "build")[2]
    assert "2011 is ahead" in reported and "True would be" not in reported


def test_a_publication_adds_words_and_what_they_mean(trading: Site, run: Command) -> None:
    trading.write(
        "theme/words/en.toml",
        "[meanings]\nrules = '''\ntimes=2 up  snowballed\n'''\n[meanings.classes]\nup = 'ballooned'\n",
    )
    prose = 'Trade [{}]{{claim="rose(trade.total, 2021, 2022)"}}.'
    for words, code in (("ballooned", 0), ("snowballed", 1)):
        trading.article("trade", CELL, ("md", prose.format(words)))
        assert run(trading, "build")[0] == code
    assert "by meaning" in run(trading, "check")[1]


def test_a_rule_that_cannot_be_read_is_reported_with_its_line(trading: Site, run: Command) -> None:
    trading.write("theme/words/en.toml", "[meanings]\nrules = '''\nmightier  stronger\n'''\n")
    trading.article("trade", CELL, ("md", '[It rose]{claim="rose(trade.total, 2021, 2022)"}.'))
    code, _, reported = run(trading, "build")
    assert code == 1
    assert "theme/words/en.toml" in reported and "no meaning 'mightier'" in reported


@pytest.mark.parametrize("spans", ["from {begin", "from {start}", "from ({begin}", "from {0}"])
def test_a_span_of_time_that_cannot_be_read_is_reported(
    trading: Site, run: Command, spans: str
) -> None:
    trading.write("theme/words/en.toml", f"[meanings]\nspans = '{spans}'\n")
    trading.article("trade", CELL, ("md", '[It rose]{claim="rose(trade.total, 2021, 2022)"}.'))
    code, _, reported = run(trading, "build")
    assert code == 1
    assert "theme/words/en.toml" in reported and "`meanings.spans` cannot be used" in reported


@pytest.mark.parametrize(
    ("ratio", "words", "truth"),
    [
        (1.96, "doubled", "proved"),
        (2.04, "doubled", "proved"),
        (1.9, "doubled", "open"),
        (1.8, "doubled", "refuted"),
        (1.9, "nearly doubled", "proved"),
        (2.04, "nearly doubled", "refuted"),
        (2.4, "more than doubled", "proved"),
        (1.96, "more than doubled", "refuted"),
        (1.3, "rose by a third", "open"),
        (1.32, "rose by a third", "proved"),
        (1.295, "rose by 30 percent", "proved"),
        (1.25, "rose by 30 percent", "refuted"),
        (0.5, "halved", "proved"),
        (0.6, "halved", "refuted"),
        (0.6, "was zero times as much", "open"),
    ],
)
def test_degrees_have_the_margins_that_newsrooms_give_them(
    ratio: float, words: str, truth: str
) -> None:
    values = {"this": {"value": ratio, "where": "2022"}, "than": {"value": 1.0, "where": "2021"}}
    known = {"series": [], "comparisons": [{"kind": "change", "sign": ">", **values}]}
    sentence = f"Trade {words} in 2022."
    span = 6, 6 + len(words)
    assert judged(sentence, span, {"compared": known}, lexicon("en")).truth == truth


def test_a_title_that_leaves_out_gaps_is_reported(trading: Site, run: Command) -> None:
    """In the text, "How we know" says which years have no value."""
    claim = '[the highest ever]{claim="highest(trade.total, gaps=True)"}'
    front = "title: 'Trade is {} in 2022'\ndate: 2023-05-26"
    cell = CELL.replace('"year")', '"year").drop(2011)')
    for title, text, is_told in (
        (claim, "Trade.", True),
        (f'[{claim}]{{.unchecked reason="a joke"}}', "Trade.", False),
        ("high", f"It was {claim}.", False),
    ):
        trading.article("trade", cell, ("md", text), front=front.format(title))
        code, _, reported = run(trading, "check", "--strict")
        told = "“the highest ever” in a title leaves out gaps: 2011, 2012, 2013 and 2 more have no value"
        assert (told in reported) is is_told, reported
        assert code == 0  # it is a note, which stops nothing


@pytest.mark.parametrize(
    "words",
    ["rose and fell " * 800, "more than " * 1_000, "1," * 5_000, "never " * 1_700, "x" * 10_000],
)
def test_words_of_ten_thousand_characters_rest_on_their_author(words: str) -> None:
    values = {"this": {"value": 1.3, "where": "2022"}, "than": {"value": 1.0, "where": "2021"}}
    known = {"series": [], "comparisons": [{"kind": "change", "sign": ">", **values}]}
    claim, sentence = {"compared": known}, f"It {words.strip()}, and it fell."
    assert judged(sentence, (3, len(words.strip()) + 3), claim, lexicon("en")).truth == "open"
    at = sentence.rindex("fell")
    assert judged(sentence, (at, at + 4), claim, lexicon("en")).truth == "refuted"


def test_a_rule_that_never_comes_to_an_end_is_a_fault_of_its_page(
    trading: Site, run: Command
) -> None:
    trading.write("theme/words/en.toml", "[meanings]\nrules = '''\nup  (?:a+)+b\n'''\n")
    settings = trading.read("_quarto.yml") + "broadsheet:\n  limits:\n    work-time: 3\n"
    trading.write("_quarto.yml", settings)
    claim = f'[{"a" * 60} rose]{{claim="rose(trade.total, 2021, 2022)"}}'
    trading.article("trade", CELL, ("md", f"It {claim}."))
    code, _, reported = run(trading, "build")
    assert code == 1 and "making this page took more than 3 seconds" in reported


def test_a_claim_over_a_hundred_thousand_rows_keeps_no_series_of_them(
    trading: Site, run: Command
) -> None:
    cell = f"{CELL}\nimport pandas as pd\nlong = pd.Series(range(100_000), name='steps')"
    claim = '[the highest]{claim="highest(long)"}, and [all of them]{claim="every(long >= 0)"}'
    trading.article("trade", cell, ("md", f"It was {claim} are."))
    out = run(trading, "check", "--claims")[1]
    assert "2 on the author's word" in out


RAIN = """month,rain,sun
2023-01,96,44
2023-02,44,72
2023-03,128,83
2023-04,63,149
2023-05,29,210
2023-06,58,231
2023-07,139,150
2023-08,87,161
"""
RAIN_ENTRY = TABLE_ENTRY | {
    "schema": {
        "fields": [
            {"name": "month", "title": "Month", "type": "string"},
            {"name": "rain", "title": "Rainfall", "type": "number", "unit": "mm"},
            {"name": "sun", "title": "Sunshine", "type": "number", "unit": "hours"},
        ],
        "primaryKey": ["month"],
    }
}
BY_MARCH = "highest(r.rain[:'2023-03'], '2023-03')"
WETTER = "r.rain['2023-07'] > r.rain['2023-06']"


@pytest.mark.parametrize(
    ("prose", "rests"),
    [
        (f'March 2023 [was the wettest month of the year]{{claim="{BY_MARCH}"}}.', "nothing"),
        (
            f'March 2023 [was the wettest month of the first half of the year]{{claim="{BY_MARCH}"}}.',
            "meaning",
        ),
        (
            "July 2023 [was the wettest month of the year]{claim=\"highest(r.rain, '2023-07')\"}.",
            "meaning",
        ),
        (f'In July 2023 [more rain fell than in June]{{claim="{WETTER}"}}.', "meaning"),
        (
            f'July 2023 [was colder than June]{{claim="{WETTER.replace("rain", "sun")}"}}.',
            "nothing",
        ),
        (
            "July 2023 [was colder than June]{claim=\"r.sun['2023-07'] < r.sun['2023-06']\"}.",
            "author",
        ),
    ],
)
def test_words_of_the_weather(site: Site, run: Command, prose: str, rests: str) -> None:
    """The year has all of its months, rain that fell is no decrease, and sunshine no warmth."""
    site.table(RAIN, entry=RAIN_ENTRY)
    site.article(
        "rain", 'import broadsheet as bs\nr = bs.table("trade").set_index("month")', ("md", prose)
    )
    known = json.loads(run(site, "check", "--json")[1])["result"]
    assert [one["rests"] for one in known["claims"]] == [rests]


WAGES = """year,construction,nursing,gas
2021,597,566,12
2022,641,590,14
2023,688,648,13
"""
NURSES = "w.nursing[2022] > w.nursing[2021]"


@pytest.mark.parametrize(
    ("prose", "rests"),
    [
        (f'In 2022 nursing [was paid more than construction]{{claim="{NURSES}"}}.', "author"),
        (f'Wages in nursing [exceeded those in construction]{{claim="{NURSES}"}}.', "author"),
        (f'Wages in nursing [were higher than in 2021]{{claim="{NURSES}"}}.', "meaning"),
        (
            "In 2022 nursing [outpaced construction]"
            f'{{claim="{NURSES} and w.construction[2022] > w.construction[2021]"}}.',
            "author",
        ),
        (
            "In 2023 nursing [outpaced construction]{claim="
            '"w.nursing[2023] / w.nursing[2022] > w.construction[2023] / w.construction[2022]"}.',
            "meaning",
        ),
        (f'In 2022 gas [rose]{{claim="{NURSES}"}}.', "author"),
        ('In 2022 gas [rose]{claim="w.gas[2022] > w.gas[2021]"}.', "meaning"),
        (f'Wages in construction [rose]{{claim="{NURSES}"}}.', "author"),
        (f'Wages of nurses and others in nursing [rose]{{claim="{NURSES}"}}.', "meaning"),
        (f'Wages [rose]{{claim="{NURSES}"}}.', "meaning"),
        (
            "In 2023 gas [fell behind nursing]"
            '{claim="w.nursing[2023] > w.nursing[2022] and w.gas[2023] < w.gas[2022]"}.',
            "author",
        ),
        ('Nurses [earned more than in any other trade]{claim="highest(w.nursing)"}.', "author"),
        ('Nurses [earned more than in any other year]{claim="highest(w.nursing)"}.', "meaning"),
        (
            "In 2023 construction [rose faster than nursing]"
            '{claim="w.construction[2023] > w.nursing[2023]"}.',
            "author",
        ),
        (
            "In 2023 nurses [earned a pound or more less than builders]"
            '{claim="w.nursing[2023] < w.construction[2023]"}.',
            "meaning",
        ),
    ],
)
def test_a_column_with_which_words_compare_is_read(
    site: Site, run: Command, prose: str, rests: str
) -> None:
    """Also one of three letters."""
    titles = {"construction": "Wages in construction", "nursing": "Wages in nursing", "gas": "Gas"}
    fields = [{"name": one, "title": title, "type": "number"} for one, title in titles.items()]
    year = {"name": "year", "title": "Year", "type": "integer"}
    schema = {"fields": [year, *fields], "primaryKey": ["year"]}
    site.table(WAGES, entry=TABLE_ENTRY | {"schema": schema})
    site.article(
        "wages", 'import broadsheet as bs\nw = bs.table("trade").set_index("year")', ("md", prose)
    )
    known = json.loads(run(site, "check", "--json")[1])["result"]
    assert [one["rests"] for one in known["claims"]] == [rests]
