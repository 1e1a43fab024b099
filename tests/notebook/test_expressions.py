"""Facts, claims and chosen words in one expression: what a reader gets, and what is known of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]

CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
year = 2022"""


def facts(site: Site) -> tuple[dict[str, dict], dict[str, dict]]:
    """The facts and claims of the article, by name."""
    known = json.loads(site.read("_site/posts/trade/index_files/facts.json"))
    return ({one["name"]: one for one in known[kind]} for kind in ("facts", "claims"))


@pytest.fixture
def trading(site: Site) -> Site:
    site.table("year,total\n2020,107.8\n2021,146.887\n2022,190.271\n")
    return site


def written(site: Site, run: Command, prose: str, cell: str = CELL, **more: str) -> str:
    """The prose of an article as readers get it."""
    site.article("trade", cell, ("md", prose), **more)
    code, _, reported = run(site, "build")
    assert code == 0, reported
    import lxml.html

    page = lxml.html.fromstring(site.read("_site/posts/trade/index.html"))
    return " ".join(page.get_element_by_id("article-body").text_content().split())


def test_a_value_carries_its_source_unit_date_and_name(trading: Site, run: Command) -> None:
    assert "came to $190.3 billion in" in written(
        trading, run, "Trade came to `{python} usd(trade.total[year])` in `{python} year`."
    )
    known, _ = facts(trading)
    fact = known["trade-total-year"]
    assert (fact["value"], fact["unit"], fact["place"]) == (190.271, "US$ bn", "Total, 2022")
    assert fact["as_of"] == "2022-12-31"
    assert [one["name"] for one in fact["sources"]] == ["trade"]


def test_a_computed_value_shows_how(trading: Site, run: Command) -> None:
    text = written(
        trading, run, "It grew `{python} pct(trade.total[year] / trade.total[year - 1] - 1)`."
    )
    assert "grew 29.5 percent" in text
    known, _ = facts(trading)
    (fact,) = known.values()
    assert fact["note"] == "190.271 / 146.887 − 1 = 29.5 percent"
    page = trading.read("_site/posts/trade/index.html")
    assert "29.5356" not in page and "0.295356" not in page.partition("<script")[0]


def test_a_condition_is_a_claim_with_its_evidence(trading: Site, run: Command) -> None:
    prose = """That was [a record]{claim="highest(trade.total[:year])"}, and
[more than the year before]{claim='trade.total[year] > trade.total[year - 1]'}."""
    assert "That was a record" in written(trading, run, prose)
    _, claims = facts(trading)
    record, more = claims.values()
    assert record["says"] == "“Total” of 2022 is the highest of 2020 to 2022"
    assert (
        more["says"] == "“Total, 2022” ($190.3 billion) is more than “Total, 2021” ($146.9 billion)"
    )
    assert [one["value"] for one in more["evidence"]] == [190.271, 146.887]


def test_a_comparison_of_two_values_names_them(trading: Site, run: Command) -> None:
    prose = '[More]{claim="more(trade.total[2022], trade.total[2020], times=1.5)"}.'
    written(trading, run, prose)
    _, claims = facts(trading)
    (claim,) = claims.values()
    assert claim["says"] == (
        "“Total, 2022” ($190.3 billion) is more than 1.5 times “Total, 2020” ($107.8 billion)"
    )
    assert [one["place"] for one in claim["evidence"]] == ["Total, 2022", "Total, 2020"]
    assert [one["name"] for one in claim["sources"]] == ["trade"]


def test_a_false_condition_stops_the_page(trading: Site, run: Command) -> None:
    trading.article(
        "trade", CELL, ("md", 'It was [the lowest]{claim="lowest(trade.total[:year])"} of all.')
    )
    code, _, reported = run(trading, "build")
    assert code == 1
    assert "rests on the claim `lowest-trade-total-year`, but it is not true that" in reported


def test_words_are_chosen_by_the_data(trading: Site, run: Command) -> None:
    prose = """Trade [rose|fell|held]{by="trade.total, year - 1, year"}. It was
[a record of `{python} usd(trade.total[year])`|below the record]{if="highest(trade.total[:year])"}; in
`{python} year` it was `{python} change(trade.total, year - 1, year)` before."""
    text = written(trading, run, prose)
    assert (
        "Trade rose. It was a record of $190.3 billion; in 2022 it was 29.5 percent more than before."
        in text
    )


@pytest.mark.parametrize("values", ["2020,1\n2021,2\n2022,1.5", "2020,1\n2021,1\n2022,0.5"])
def test_the_other_words_are_chosen_when_the_data_turn(
    site: Site, run: Command, values: str
) -> None:
    site.table(f"year,total\n{values}\n")
    prose = """Trade [rose|fell|held]{by="trade.total, 2021, 2022"}, [up|down]{if="rose(trade.total, 2021, 2022)"}."""
    assert "Trade fell, down." in written(site, run, prose)


@pytest.mark.parametrize(
    "series", ["trade.total[:2021]", "[one for one in [trade.total[:2021]]][0]"]
)
def test_a_slice_is_by_year_and_not_by_position(site: Site, run: Command, series: str) -> None:
    site.table("year,total\n2020,1\n2021,2\n2022,3\n2023,9\n")
    text = written(
        site, run, f'It was [a record]{{claim="highest({series})"}} of `{{python}} len({series})`.'
    )
    assert "a record of 2." in text
    _, claims = facts(site)
    assert [one["says"] for one in claims.values()] == [
        "“Total” of 2021 is the highest of 2020 to 2021"
    ]


def test_a_year_without_a_row_leaves_a_record_unproven(site: Site, run: Command) -> None:
    site.table("year,total\n2018,1\n2019,2\n2022,3\n")
    site.article("trade", CELL, ("md", '[A record]{claim="highest(trade.total)"}.'))
    code, _, reported = run(site, "build")
    assert code == 1 and "data are missing" in reported and "2020: no value" in reported
    text = written(site, run, '[A record]{claim="highest(trade.total, gaps=True)"}.')
    assert text.startswith("A record")


def test_cells_use_the_same_functions(trading: Site, run: Command) -> None:
    cell = (
        CELL
        + """
total = trade.total[year]
sum_ = bs.usd(total)
grown = bs.pct(total / trade.total[year - 1] - 1, "about 30 percent")
is_record = total == trade.total.max()"""
    )
    prose = 'It came to `{python} sum_`, `{python} grown` more, [a record]{claim="is_record"}.'
    text = written(trading, run, prose, cell)
    assert "It came to $190.3 billion, about 30 percent more, a record." in text
    known, _ = facts(trading)
    assert {one["place"] or one["note"] for one in known.values()} == {
        "Total, 2022", "190.271 / 146.887 − 1 = about 30 percent",
    }  # fmt: skip


def test_each_call_of_a_cell_is_told_from_the_others_on_its_line(
    trading: Site, run: Command
) -> None:
    cell = (
        CELL
        + """
one = bs.usd(trade.total[2021]); two = bs.usd(trade.total[2022])
moved = (
    bs
    .pct(
        trade.total[2022] / trade.total[2021] - 1
    )
)"""
    )
    written(trading, run, "`{python} one` `{python} two` `{python} moved`", cell)
    known, _ = facts(trading)
    assert {one["place"] for one in known.values()} == {
        "", "Total, 2021", "Total, 2022",
    }  # fmt: skip
    assert any(one["note"].startswith("190.271 / 146.887") for one in known.values())


def test_a_module_that_is_written_and_loaded_again_is_read_again(
    trading: Site, run: Command
) -> None:
    cell = (
        CELL
        + """
import importlib, pathlib, sys
sys.path.insert(0, ".")
pathlib.Path("mine.py").write_text("import broadsheet as bs\\ndef said(trade): return bs.usd(trade.total[2021])")
import mine
one = mine.said(trade)
pathlib.Path("mine.py").write_text("import broadsheet as bs\\n\\ndef said(trade): return bs.usd(trade.total[2022])")
two = importlib.reload(mine).said(trade)"""
    )
    written(trading, run, "`{python} one` `{python} two`", cell)
    known, _ = facts(trading)
    assert {one["place"] for one in known.values()} == {"Total, 2021", "Total, 2022"}


def test_units_are_converted_and_never_mixed(site: Site, run: Command) -> None:
    site.table("year,total\n2021,146.887\n2022,190.271\n")
    text = written(
        site,
        run,
        "`{python} usd(trade.total[2022] * 1000, unit=None)`, `{python} usd(trade.total.sum())`.",
    )
    assert "$190.3 billion, $337.2 billion" in text


def test_an_unknown_unit_is_asked_for(trading: Site, run: Command) -> None:
    cell = CELL + "\ndef half(when):\n    return trade.total[when] / 2"
    trading.article("trade", cell, ("md", "`{python} usd(half(2022))`"))
    code, _, reported = run(trading, "build")
    assert code == 1 and "its unit cannot be known from the expression; give it" in reported
    text = written(trading, run, '`{python} usd(half(2022), unit="US$ bn")`', cell)
    assert text.startswith("$95.1 billion")


def test_code_that_is_shown_is_no_expression(trading: Site, run: Command) -> None:
    prose = 'Write `` [a record]{claim="highest(x)"} `` or `[up|down]{if="a > b"}`.'
    assert '[a record]{claim="highest(x)"}' in written(trading, run, prose)


def test_titles_take_expressions(trading: Site, run: Command) -> None:
    written(
        trading, run, "Text.",
        front='title: "Trade [rose|fell]{by=\'trade.total, 2021, 2022\'} to `{python} usd(trade.total[2022])`"\ndate: 2023-05-26',
    )  # fmt: skip
    assert "Trade rose to $190.3 billion" in trading.read("_site/posts/trade/index.html")


def test_words_that_come_and_go_bring_their_spaces(trading: Site, run: Command) -> None:
    choice = "[{}|]{{if='rose(trade.total, 2021, 2022)'}}"
    title = f"Trade{choice.format(' a record')} of `{{python}} usd(trade.total[2022])`"
    text = f"It{choice.format(' really')} rose {choice.format('fast ')}again[ |x]{{if='trade.total[2022] > 0'}}."
    shown = written(trading, run, text, front=f'title: "{title}"\ndate: 2023-05-26')
    assert "It really rose fast again ." in shown
    page = trading.read("_site/posts/trade/index.html")
    assert "<title>Trade a record of $190.3 billion" in page


def test_a_slice_is_by_label_and_has_both_ends(site: Site, run: Command) -> None:
    site.table("year,total\n2019,9\n2020,1\n2021,2\n2022,3\n2023,4\n")
    prose = """[A record since 2020]{claim="highest(trade.total[2020:2022])"}; in all
`{python} usd(trade.total[2020:2022].sum())`."""
    assert "A record since 2020; in all $6.0 billion." in written(site, run, prose)


def test_a_column_of_the_notebook_has_the_unit_of_its_expression(
    trading: Site, run: Command
) -> None:
    cell = CELL + '\ntrade["half"] = trade.total / 2\nshown = trade.assign(twice=trade.total * 2)'
    text = written(
        trading, run, "`{python} usd(trade.half[2022])`, `{python} usd(shown.twice[2022])`", cell
    )
    assert "$95.1 billion, $380.5 billion" in text


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("usd(trade.total[1990])", "there is no Total of 1990; its rows go from 2020 to 2022"),
        (
            'usd(trade["totl"][2022])',
            "there is no trade of totl; its columns are total; did you mean 'total'?",
        ),
        (
            "pct(trade.total[2022])",
            "the format '1.2 percent' is in percent, and the unit is 'US$ bn'",
        ),
        ("usd(190)", "it has no source; give `source=`"),
        ("usd(trade.total)", "a value of the type Series is no fact"),
    ],
)
def test_an_expression_that_says_nothing_is_refused(
    trading: Site, run: Command, code: str, message: str
) -> None:
    trading.article("trade", CELL, ("md", f"`{{python}} {code}`"))
    exit_code, _, reported = run(trading, "build")
    assert exit_code == 1 and message in reported


def _built_in_unit(
    site: Site, run: Command, unit: str, lang: str, code: str
) -> tuple[int, str, str]:
    """The build of an expression of a value in a unit, if there is one."""
    measured = {"unit": unit} if unit else {}
    fields = [
        *TABLE["schema"]["fields"][:1],
        {"name": "total", "type": "number", "title": "Total", **measured},
    ]
    site.table(entry={**TABLE, "schema": {**TABLE["schema"], "fields": fields}})
    prose = f"`{{python}} {code.format('trade.total[2022]')}`"
    cell = CELL.replace("\ntrade", f"\nbs.language('{lang}')\ntrade", 1)
    site.article("trade", cell, ("md", prose), front=f"title: A\ndate: 2023-05-26\nlang: {lang}")
    return run(site, "build")


@pytest.mark.parametrize(
    ("unit", "lang", "code", "other"),
    [
        ("tonnes", "en", "amount({}, '14.2 kilograms')", "kilograms"),
        ("tonnes", "en", "usd({})", "USD"),
        ("tonnes", "en", "amount({}, 'about 14 kg a head')", "kg"),
        ("million tonnes", "en", "amount({}, '14 million barrels')", "barrels"),
        ("US$ bn", "en", "amount({}, '5 billion euros')", "euros"),
        ("US$ bn", "en", "amount({}, '5 tonnes')", "tonnes"),
        ("Tonnen", "de", "amount({}, '14,2 Kilogramm')", "kilogramm"),
        ("tonnes", "de", "eur({}, '14,2 €')", "EUR"),
    ],
)
def test_a_format_in_another_unit_than_the_column_is_refused(
    site: Site, run: Command, unit: str, lang: str, code: str, other: str
) -> None:
    exit_code, _, reported = _built_in_unit(site, run, unit, lang, code)
    assert exit_code == 1 and f"is in {other}, and the unit is '{unit}'" in reported
    if other == "kilograms":
        assert 'write "14.2 tonnes", or convert' in reported


@pytest.mark.parametrize(
    ("unit", "lang", "code"),
    [
        ("tonnes", "en", "amount({}, '14.2 tons')"),
        ("tonnes", "en", "amount({} * 1000, '14,200 kilograms', unit='kilograms')"),
        ("tonnes", "en", "amount({}, '14.2 jars')"),
        ("", "en", "amount({}, '14.2 kilograms')"),
        ("people", "en", "amount({}, '12 days')"),
        ("US$ a barrel", "en", "usd({}, '$70 a barrel')"),
        ("tonnes", "de", "amount({}, '14,2 Tonnen')"),
        ("US$ bn", "de", "usd({}, '5 Milliarden Dollar')"),
    ],
)
def test_a_format_whose_unit_may_be_that_of_the_column_is_taken(
    site: Site, run: Command, unit: str, lang: str, code: str
) -> None:
    exit_code, _, reported = _built_in_unit(site, run, unit, lang, code)
    assert exit_code == 0, reported


def test_months_and_columns_of_a_pivot_are_places_in_words(trading: Site, run: Command) -> None:
    cell = (
        CELL
        + """
import pandas as pd
month = pd.PeriodIndex(trade.index.astype(str) + "-12", freq="M")
sales = trade.assign(month=month, flow="net sales").pivot(index="month", columns="flow", values="total")
last = sales.index[-1]"""
    )
    prose = """`{python} usd(sales["net sales"][last], "$190 billion")`,
[twice that]{claim="sales['net sales'][last] / sales['net sales'].iloc[0] < 2"}
[or less]{claim="highest(sales['net sales'], gaps=True)"}."""
    assert "$190 billion, twice that or less." in written(trading, run, prose, cell)
    known, claims = facts(trading)
    (fact,) = known.values()
    assert (fact["place"], fact["as_of"]) == ("Total, net sales, December 2022", "2022-12-31")
    assert [one["says"] for one in claims.values()] == [
        "“Total net sales, December 2022 / Total net sales, December 2020” (1.8) is less than 2",
        "“Total, net sales” of December 2022 is the highest of December 2020 to December 2022 "
        "(22 have no value)",
    ]


def test_absent_months_are_named_and_may_be_allowed(trading: Site, run: Command) -> None:
    cell = (
        CELL
        + """
import pandas as pd
monthly = pd.Series([3.0, 4, 6, 5], pd.PeriodIndex(["2022-01", "2022-02", "2022-04", "2022-05"], freq="M"), name="Net sales")"""
    )
    prose = """[Above]{claim="since(monthly > 3, pd.Period('2022-02'), gaps=True, source='trade')"},
[a peak]{claim="highest(monthly, at=pd.Period('2022-04'), gaps=True, source='trade')"}."""
    assert "Above, a peak." in written(trading, run, prose, cell)
    _, claims = facts(trading)
    assert [one["says"] for one in claims.values()] == [
        "Net sales: from February 2022 on",
        "“Net sales” of April 2022 is the highest of January 2022 to May 2022 (March 2022 has no value)",
    ]
    unproven = prose.replace("gaps=True, ", "")
    trading.article("trade", cell, ("md", unproven))
    reported = run(trading, "build")[2]
    assert "whether Net sales: from February 2022 on" in reported
    assert "March 2022: no value" in reported


@pytest.mark.parametrize(
    ("days", "absent"),
    [
        ("2020-01-01 2021-01-01 2022-01-01", ""),
        ("2020-01-01 2020-04-01 2020-07-01", ""),
        ("2020-01-01 2020-04-01 2020-10-01", "1 July 2020: no value"),
        ("2020-01-01 2021-01-01 2023-01-01", "1 January 2022: no value"),
        ("2020-01-01 2020-02-01 2020-04-01", "1 March 2020: no value"),
    ],
)
def test_first_days_of_quarters_and_years_lack_no_months(
    trading: Site, run: Command, days: str, absent: str
) -> None:
    cell = f"""{CELL}
import pandas as pd
rates = pd.Series([1.0, 2, 3], pd.to_datetime({days.split()}), name="Rate")"""
    prose = """[A record]{claim="highest(rates, source='trade')"}."""
    trading.article("trade", cell, ("md", prose))
    code, _, reported = run(trading, "build")
    assert (code, absent in reported) == (bool(absent), True)
    assert absent or "no value" not in reported


def test_evidence_says_which_value_is_missing(site: Site, run: Command) -> None:
    site.table("year,total\n2020,107.8\n2021,\n2022,190.271\n")
    prose = "[More]{claim='trade.total[2022] > trade.total[2021]'}."
    site.article("trade", CELL, ("md", prose))
    code, _, reported = run(site, "build")
    assert code == 1 and "Total, 2021: no value" in reported


@pytest.mark.parametrize(
    "claim", ["trade.total[2022] / none > 3", "more(trade.total[2022] / none, 3)"]
)
def test_what_is_divided_by_zero_is_no_value(trading: Site, run: Command, claim: str) -> None:
    cell = f"{CELL}\nimport numpy as np\nnone = np.float64(0)"
    trading.article("trade", cell, ("md", f'[Much]{{claim="{claim}"}}.'))
    code, _, reported = run(trading, "build")
    assert code == 1 and "data are missing" in reported


def test_without_the_last_year_before_it_the_last_place_stays_the_last(
    trading: Site, run: Command
) -> None:
    trading.table("year,total\n2019,90\n2020,107.8\n2022,190.271\n")
    trading.article("trade", CELL, ("md", '[A record]{claim="highest(trade.total)"}.'))
    assert "whether “Total” of 2022 is the highest of 2019 to 2022" in run(trading, "build")[2]


def test_rows_of_one_key_have_it_for_a_place(site: Site, run: Command) -> None:
    fields = [{"name": "who", "title": "Museum", "type": "string"}, *TABLE["schema"]["fields"]]
    site.table(
        "who,year,total\nLouvre,2021,2.8\nLouvre,2022,7.7\nPrado,2021,1.3\nPrado,2022,2.4\n",
        entry=TABLE | {"schema": {"fields": fields, "primaryKey": ["who", "year"]}},
    )
    cell = """import broadsheet as bs
trade = bs.table("trade")
louvre = trade[trade.who == "Louvre"].set_index("year")
wide = trade.pivot(index="year", columns="who", values="total")"""
    prose = """`{python} usd(louvre.total[2022])`, `{python} usd(wide.loc[2022].sum())`,
`{python} count((wide.loc[2022] > 3).sum())`, `{python} count(wide.shape[1])`."""
    written(site, run, prose, cell)
    known, _ = facts(site)
    assert [one["place"] for one in known.values()] == [
        "Total, Louvre, 2022",
        "Total, 2022, sum of 2 values",
        "number of cases of Total 2022 > 3, of 2 values",
        "number of columns",
    ]


def test_large_numbers_of_a_change_are_written_out(site: Site, run: Command) -> None:
    site.table("year,total\n2021,7700000\n2022,8900000\n")
    written(site, run, "It `{python} moved(trade.total, 2021, 2022)`.")
    known, _ = facts(site)
    (fact,) = known.values()
    assert fact["note"] == "8,900,000 / 7,700,000 − 1 = 15.6 percent"


def test_the_language_is_set_also_when_its_module_is_loaded() -> None:
    import broadsheet as bs
    import broadsheet.text.language

    assert callable(bs.language)


def test_names_are_made_of_letters_with_marks_and_columns_without_a_unit_have_a_label(
    trading: Site, run: Command
) -> None:
    cell = CELL + "\ntrade = trade.rename(columns={'total': 'Todesfälle'})"
    written(
        trading,
        run,
        '`{python} count(trade.Todesfälle[2021], "1.5")`',
        cell.replace("2022", "2021"),
    )
    known, _ = facts(trading)
    (fact,) = known.values()
    assert (fact["name"], fact["place"]) == ("trade-todesfalle-2021", "Todesfälle, 2021")


def test_a_steep_rise_is_told_as_a_multiple_and_years_as_a_span(site: Site, run: Command) -> None:
    site.table("year,total\n2018,1\n2019,2\n2020,2.2\n2021,3\n2022,3.6\n")
    prose = (
        "It `{python} moved(trade.total, 2018, year, fold=2)`, `{python} change(trade.total, 2018, year, "
        "fold=2)` in 2018; `{python} moved(trade.total, 2021, year, fold=2)`. Years:"
        " `{python} listing([*trade.index[:3], 2022])`."
    )
    text = written(site, run, prose)
    assert "It grew 3.6-fold, 3.6 times as much as in 2018; rose by 20.0 percent." in text
    assert "Years: 2018 to 2020 and 2022." in text


def test_a_change_from_nothing_or_from_a_loss_is_an_amount(site: Site, run: Command) -> None:
    site.table("year,total\n2020,0\n2021,-1.5\n2022,3.6\n")
    prose = (
        "It `{python} moved(trade.total, 2020, 2021)` and `{python} moved(trade.total, 2021, year)`, "
        "`{python} change(trade.total, 2020, 2022)` in 2020."
    )
    text = written(site, run, prose)
    assert "fell by $1.5 billion and rose by $5.1 billion, $3.6 billion more than in 2020" in text
    known, _ = facts(site)
    assert "0 − (−1.5) = $1.5 billion" in {one["note"] for one in known.values()}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('bs.language("de")\nbs.language("de")', "the language is 'de' already"),
        ('sum_ = bs.usd(trade.total[2022])\nbs.language("de")', "the fact 'trade-total-2022' is made before it"),
        ('more = bs.rose(trade.total, 2021, 2022)\nmore("more")\nbs.language("de")', "is made before it"),
    ],
)  # fmt: skip
def test_the_language_is_settled_once_and_first(
    trading: Site, run: Command, cell: str, reason: str
) -> None:
    trading.article("trade", f"{CELL}\n{cell}", ("md", "Text."))
    code, _, reported = run(trading, "build")
    assert code == 1 and "TypeError" in reported and reason in reported


def test_what_a_cell_has_made_is_not_made_again_by_its_name(trading: Site, run: Command) -> None:
    cell = (
        CELL
        + '\ntold = bs.prose("It {}.", bs.moved(trade.total, 2021, year)) if year > 2022 else "Untold."'
    )
    cell += '\nmade = bs.prose("It {}.", bs.moved(trade.total, 2021, year))'
    assert "Untold. It rose by 29.5 percent." in written(
        trading, run, "`{python} told` `{python} made` `{python} made`", cell
    )
    known, claims = facts(trading)
    assert len(known) == len(claims) == 1


def test_a_claim_with_a_name_has_its_evidence_traced(trading: Site, run: Command) -> None:
    cell = CELL + "\nrecord = bs.highest(trade.total, year)"
    written(trading, run, "[A record]{claim='record'}.", cell)
    _, claims = facts(trading)
    assert [one["unit"] for one in claims["record"]["evidence"]] == ["US$ bn", "US$ bn"]


def test_a_day_or_month_may_be_written_as_text(trading: Site, run: Command) -> None:
    cell = (
        CELL
        + """
import pandas as pd
sales = trade.set_axis(pd.PeriodIndex(trade.index.astype(str) + "-12", freq="M"))"""
    )
    prose = """`{python} usd(sales.total["2021-12"], "$147 billion")`, `{python} usd(sales.total.loc["2022-12"])`"""
    assert written(trading, run, prose, cell).startswith("$147 billion, $190.3 billion")
    known, _ = facts(trading)
    assert [(one["place"], one["as_of"]) for one in known.values()] == [
        ("Total, December 2021", "2021-12-31"),
        ("Total, December 2022", "2022-12-31"),
    ]


def test_an_alternative_text_rests_on_claims_and_shows_no_marks(
    trading: Site, run: Command
) -> None:
    chart = """#| label: fig-trade
#| fig-cap: Trade
#| fig-alt: "Bars, of which [the last is the highest]{claim='highest(trade.total)'}, `{python} usd(trade.total[year])`."
fig = bs.charts.record(trade["total"], word="Highest", number=".1f", unit="US$ bn")
fig.update_layout(title={"text": "Trade"})
fig"""
    trading.article("trade", CELL, chart)
    code, _, reported = run(trading, "build")
    assert code == 0, reported
    page = trading.read("_site/posts/trade/index.html")
    assert "Bars, of which the last is the highest, $190.3 billion." in page
    assert "claim=" not in page


def test_a_fact_is_told_again_in_another_format(trading: Site, run: Command) -> None:
    cell = (
        CELL
        + "\nsum_ = bs.usd(trade.total[year])\nshare = bs.pct(trade.total[2022] / trade.total[2021])"
    )
    prose = '`{python} sum_`, `{python} usd(sum_, "$190 billion")`, `{python} pct(share, "130 percent")`.'
    assert "$190.3 billion, $190 billion, 130 percent." in written(trading, run, prose, cell)


def test_a_message_shows_a_slice_as_it_was_written(trading: Site, run: Command) -> None:
    trading.article("trade", CELL, ("md", '[x]{claim="abs(trade.total[2020:2022]).sum()"}'))
    code, _, reported = run(trading, "build")
    assert code == 1 and "`abs(trade.total[2020:2022]).sum()` is a float64" in reported


def test_a_multiple_is_called_one(trading: Site, run: Command) -> None:
    written(
        trading,
        run,
        'In 2022 it was [more than a quarter as large again]{claim="trade.total[2022] > 1.25 * trade.total[2021]"}.',
    )
    _, claims = facts(trading)
    (claim,) = claims.values()
    assert "is more than “1.25 × Total 2021” ($183.6 billion)" in claim["says"]


def test_a_claim_that_a_cell_ends_in_is_not_shown(trading: Site, run: Command) -> None:
    ending = "\nrose = bs.rose(trade.total, 2021, 2022)\nrose"
    text = written(trading, run, "Trade [rose]{claim='rose'}.", CELL + ending)
    assert "Trade rose. How we know" in text


def test_readers_see_who_reports_what(trading: Site, run: Command) -> None:
    reported = '[Trade fell sharply]{held-by="Reuters, 24 May 2023"} in May.'
    text = written(trading, run, reported, "import broadsheet as bs")
    assert text == (
        "Trade fell sharply in May. How we know What others report "
        "“Trade fell sharply”: Reuters, 24 May 2023"
    )


def test_a_change_can_be_said_twice_and_years_end_with_their_last(
    trading: Site, run: Command
) -> None:
    cell = f"""{CELL}
trade.loc["2011-2020", "total"] = 90.0
growth = bs.change(trade.total, 2021, 2022, name="growth")"""
    prose = (
        "It was `{python} growth` before. A decade had `{python} usd(trade.total['2011-2020'])`."
    )
    assert "It was 29.5 percent more than before." in written(trading, run, prose, cell)
    known, _ = facts(trading)
    assert known["growth"]["text"] == "29.5 percent"
    (decade,) = (one for one in known.values() if one["value"] == 90)
    assert decade["as_of"] == "2020-12-31"
