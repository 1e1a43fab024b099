"""A tie is neither more nor less; what is missing is unknown, and neither false nor zero."""

from __future__ import annotations

from collections.abc import Callable

import lxml.html
import pytest

from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]
CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
ours, theirs = trade.total, trade.other"""
EQUAL = "year,total,other\n2020,5,4\n2021,7,7\n2022,7,9\n"
GAPPED = "year,total,other\n2019,5,4\n2020,,4\n2021,7,3\n2022,8,2\n"


def made(site: Site, run: Command, table: str, prose: str) -> tuple[int, str, str]:
    """The exit code of a build, its messages, and the text of the page if there is one."""
    fields = [*TABLE["schema"]["fields"], {"name": "other", "type": "number", "title": "Other"}]
    site.table(table, entry={**TABLE, "schema": {**TABLE["schema"], "fields": fields}})
    site.article("trade", CELL, ("md", prose))
    code, _, reported = run(site, "build")
    if code:
        return code, reported, ""
    page = lxml.html.fromstring(site.read("_site/posts/trade/index.html"))
    return code, reported, " ".join(page.text_content().split())


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ('[more|less]{if="ours[2021] > theirs[2021]"}', "is equal to"),
        ('[less|more]{if="less(ours[2021], theirs[2021])"}', "is equal to"),
        ('[more|less]{if="more(ours[2021], theirs[2021])"}', "is equal to"),
        ('[rose|fell]{by="ours, 2021, 2022"}', "the third ones are for values that held"),
        ('[the most|not the most]{if="highest(ours, 2022)"}', "have the same value"),
    ],
)
def test_a_page_that_has_no_words_for_a_tie_is_refused_with_advice(
    site: Site, run: Command, words: str, advice: str
) -> None:
    code, reported, _ = made(site, run, EQUAL, f"It was {words} then.")
    assert code == 1
    assert "there are no words for that" in reported and advice in reported


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ('[more|less|as much as]{if="ours[2021] > theirs[2021]"}', "as much as"),
        ('[rose|fell|held]{by="ours, 2021, 2022"}', "held"),
        ('[the most|less|as much as ever]{if="highest(ours, 2022)"}', "as much as ever"),
        ('[more|less|equal]{if="ours[2022] > theirs[2022]"}', "less"),
        ('[more|]{if="ours[2021] > theirs[2021]"}', ""),
    ],
)
def test_the_third_words_are_for_a_tie(site: Site, run: Command, words: str, chosen: str) -> None:
    code, reported, text = made(site, run, EQUAL, f"It was {words} then.")
    assert code == 0, reported
    assert " ".join(f"It was {chosen} then.".split()) in text


@pytest.mark.parametrize("condition", ["highest(ours, 2022)", "ranks(ours, 2022, 1)"])
def test_of_equal_values_none_has_a_place_alone(site: Site, run: Command, condition: str) -> None:
    code, reported, _ = made(site, run, EQUAL, f'[A good year]{{claim="{condition}"}}.')
    assert code == 1
    assert "it is not true that" in reported and "2021: 7" in reported
    shared = condition.replace(")", ", shared=True)")
    code, reported, text = made(site, run, EQUAL, f'[A good year]{{claim="{shared}"}}.')
    assert code == 0, reported
    assert "(2021 has the same)" in text


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ("every(ours > theirs)", "2020: no value"),
        ("every(ours != theirs)", "2020: no value"),
        ("since(ours > 6, 2021)", "2020: no value"),
        ("ours.sum() > 10", "Total, 2020: no value"),
        ("ours.max() == 8", "Total, 2020: no value"),
        ("ours[2022] / ours.sum() > 0.3", "Total, 2020: no value"),
        ("(ours > theirs).sum() == 3", "2020: no value"),
        ("more(ours.sum(), theirs.sum())", "Total, 2020: no value"),
        ("ours[2021] > ours[2020]", "Total, 2020: no value"),
    ],
)
def test_what_is_missing_leaves_a_claim_unproven_and_is_named(
    site: Site, run: Command, condition: str, place: str
) -> None:
    code, reported, _ = made(site, run, GAPPED, f'[Quite so]{{claim="{condition}"}}.')
    assert code == 1
    assert "data are missing to check whether" in reported or "there is no value" in reported
    assert place in reported


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ("every(ours > theirs, gaps=True)", "2020: no value"),
        ("since(ours > 6, 2021, gaps=True)", "Total > 6: from 2021 on"),
        ("highest(ours, 2022, gaps=True)", "(2020 has no value)"),
    ],
)
def test_gaps_that_an_author_allows_are_named_to_readers(
    site: Site, run: Command, condition: str, named: str
) -> None:
    code, reported, text = made(site, run, GAPPED, f'[Quite so]{{claim="{condition}"}}.')
    assert code == 0, reported
    assert named in text


def test_a_year_without_a_row_is_missing_in_a_sum_too(site: Site, run: Command) -> None:
    table = "year,total,other\n2018,1,1\n2019,1,1\n2022,3,1\n"
    code, reported, _ = made(site, run, table, '[Quite so]{claim="ours.sum() > 4"}.')
    assert code == 1 and "Total, 2020: no value" in reported
    allowed = '[Quite so]{claim="sum(ours[[2018, 2019, 2022]].tolist()) > 4"}.'
    assert made(site, run, table, allowed)[0] == 0


def test_what_an_author_leaves_out_is_not_missing(site: Site, run: Command) -> None:
    """`dropna()` in the middle of a series leaves a year without a row, and that is meant."""
    prose = 'It was [above zero]{claim="ours.dropna().sum() > 0"}.'
    assert made(site, run, GAPPED, prose)[0] == 0
    code, reported, _ = made(site, run, GAPPED, 'It was [above zero]{claim="ours.sum() > 0"}.')
    assert code == 1
    assert "data are missing" in reported and "`values.dropna()`" in reported
