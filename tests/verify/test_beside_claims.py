"""What stands beside a claim: names of rows and columns in place of those that its condition reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]
ISLANDS = """island,people_2011,people_2023,schools
Caldey,2140,2405,3
Ramsey,640,588,1
Lundy,310,355,1
"""
CELL = 'import broadsheet as bs\ni = bs.table("islands").set_index("island")'
GREW = "i.people_2023['Caldey'] > i.people_2011['Caldey']"
MORE = "i.people_2023['Caldey'] > i.people_2023['Lundy']"
TOP = "highest(i.people_2023, at='Caldey')"
SCHOOLS = "i.schools['Caldey'] > i.schools['Lundy']"
POWER = """country,year,coal,wind
Germany,2010,263,38
Germany,2015,272,81
Poland,2010,138,2
Poland,2015,130,11
"""
POWER_CELL = 'import broadsheet as bs\nstrom = bs.table("power").set_index(["country", "year"])'
COAL = "rose(strom.coal['Germany'], 2010, 2015)"
ONE = "strom.coal['Germany', 2015] > strom.coal['Germany', 2010]"


def _reported(site: Site, run: Command, words: str, claim: str, lang: str, cell: str) -> str:
    prose = words.replace("[", "[", 1).replace("]", f']{{claim="{claim}"}}', 1)
    site.article("a", cell, ("md", prose), front=f"title: A\ndate: 2023-05-26\nlang: {lang}")
    _, printed, told = run(site, "check", "--claims")
    return printed + told


def _table(site: Site, name: str, csv: str, key: list[str], texts: tuple[str, ...]) -> None:
    titles = csv.splitlines()[0].split(",")
    fields = [
        {"name": one, "type": "string" if one in texts else "number", "title": one.title()}
        for one in titles
    ]
    schema = {"fields": fields, "primaryKey": key}
    site.table(csv, entry={**TABLE, "name": name, "path": f"{name}.csv", "schema": schema})


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Ramsey [grew].", GREW),
        ("Lundy's people [grew] in number.", GREW),
        ("Ramsey [has more people than] Lundy.", MORE),
        ("Lundy [has the most people].", TOP),
    ],
)
def test_a_row_of_the_same_table_that_is_the_subject_of_a_claim_is_refused(
    site: Site, run: Command, words: str, claim: str
) -> None:
    _table(site, "islands", ISLANDS, ["island"], ("island",))
    told = _reported(site, run, words, claim, "en", CELL)
    assert "the condition reads “Caldey" in told
    assert "(refuted)" in told


@pytest.mark.parametrize(
    ("words", "claim", "named"),
    [
        ("On the map of Wales, people in Ramsey [grew].", GREW, "Ramsey"),
        ("In Ramsey, the number [grew].", GREW, "Ramsey"),
        ("Ramsey and its farms [grew].", GREW, "Ramsey"),
        ("Caldey [has more people than Ramsey].", MORE, "Ramsey"),
        ("The number [grew] in Lundy.", GREW, "Lundy"),
        ("Schools [are more numerous].", "i.people_2023['Caldey'] > 100", "Schools"),
    ],
)
def test_a_name_in_place_of_what_a_claim_reads_leaves_its_words_to_the_author(
    site: Site, run: Command, words: str, claim: str, named: str
) -> None:
    _table(site, "islands", ISLANDS, ["island"], ("island",))
    told = _reported(site, run, words, claim, "en", CELL)
    assert f"“{named}” stands beside a claim that reads" in told
    assert "(on the author's word)" in told


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Caldey [grew].", GREW),
        ("It [grew].", GREW),
        ("The largest island [grew], and Ramsey shrank.", GREW),
        ("Unlike Ramsey, Caldey [grew].", GREW),
        ("Ramsey's neighbour Caldey [grew].", GREW),
        ("Caldey [has more people than Lundy].", MORE),
        ("The island [has more people than its neighbour].", MORE),
        ("While Ramsey shrank, Caldey [grew].", GREW),
        ("New Ramsey [grew].", GREW),
        ("Caldey [has more schools than Lundy].", SCHOOLS),
        ("Inhabitants and schools [grew].", GREW),
        ('[Ramsey [grew]]{.unchecked reason="a joke"}.', GREW),
    ],
)
def test_what_names_the_rows_of_a_claim_or_none_is_left_alone(
    site: Site, run: Command, words: str, claim: str
) -> None:
    _table(site, "islands", ISLANDS, ["island"], ("island",))
    words = words.replace("[Ramsey [grew]]", "[Ramsey (grew)]") if words[0] == "[" else words
    if words[0] == "[":
        words = words.replace("(grew)", f'[grew]{{claim="{claim}"}}')
        site.article("a", CELL, ("md", words))
        told = run(site, "check", "--claims")[2]
    else:
        told = _reported(site, run, words, claim, "en", CELL)
    assert "stands beside" not in told and "refuted" not in told


@pytest.mark.parametrize("claim", [COAL, ONE])
@pytest.mark.parametrize(
    ("lang", "words", "told"),
    [
        ("en", "Poland's coal power [rose].", "the condition reads “Germany”"),
        ("en", "Coal power in Poland [rose].", "“Poland” stands beside a claim"),
        ("en", "In Germany wind power [rose].", "“wind” stands beside a claim"),
        ("en", "In Germany coal power [rose].", ""),
        ("de", "Polen [legte zu].", "the condition reads “Germany”"),
        ("de", "In Polen [stieg] die Kohle.", "“Polen” stands beside a claim"),
        ("de", "In Deutschland [stieg] die Kohle, in Polen nicht.", ""),
        ("de", "Deutschlands Kohle [legte zu].", ""),
    ],
)
def test_of_a_table_with_two_keys_each_part_is_known_in_the_language_of_the_page(
    site: Site, run: Command, claim: str, lang: str, words: str, told: str
) -> None:
    _table(site, "power", POWER, ["country", "year"], ("country",))
    reported = _reported(site, run, words, claim, lang, POWER_CELL)
    if told:
        assert told in reported
    else:
        assert "stands beside" not in reported and "refuted" not in reported
