"""What `broadsheet check` would doubt, `broadsheet bind` does not propose: a sentence names another row or
column than the values that fit it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]

ISLANDS = """\
island,year,people,schools
Caldey,2011,2140,3
Caldey,2023,2405,4
Ramsey,2011,640,2
Ramsey,2023,588,1
"""
CELL = 'import broadsheet as bs\ni = bs.table("islands").set_index(["island", "year"])'
TEXTS = ("island",)


@pytest.fixture
def islands(site: Site) -> Site:
    names = ISLANDS.splitlines()[0].split(",")
    fields = [
        {"name": name, "type": "string" if name in TEXTS else "integer", "title": name.title()}
        for name in names
    ]
    schema = {"fields": fields, "primaryKey": ["island", "year"]}
    site.table(ISLANDS, entry={**TABLE, "name": "islands", "path": "islands.csv", "schema": schema})
    return site


def bind(site: Site, run: Command, text: str) -> tuple[str, str]:
    """Bind an article with a text; return what is bound and left, and what is told."""
    site.article("a", CELL, ("md", text))
    _, out, told = run(site, "bind", "posts/a/index.ipynb", "--write", "--yes")
    return out, told


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Caldey is one. In Ramsey people rose from 2,140 in 2011 to 2,405 in 2023.", "Ramsey"),
        ("Caldey is one. Ramsey's people rose from 2,140 in 2011 to 2,405 in 2023.", "Ramsey"),
        ("Caldey is one.\n\nPeople in Ramsey came\nto 2,405 in 2023.", "Ramsey"),
        ("In Caldey schools rose from 2,140 people in 2011 to 2,405 people in 2023.", "schools"),
    ],
)
def test_a_sentence_with_the_name_of_something_else_is_left(
    islands: Site, run: Command, text: str, name: str
) -> None:
    out, told = bind(islands, run, text)
    assert "0 numbers and 0 comparisons bound" in out
    assert f"“{name}”" in told
    assert run(islands, "check")[2].count("stands beside") == 0


def test_a_name_beside_a_comparison_leaves_the_numbers_of_its_sentence(
    islands: Site, run: Command
) -> None:
    text = "People on Caldey rose from 2,140 in 2011 to 2,405 in 2023; in Ramsey people rose, too."
    out, told = bind(islands, run, text)
    assert "2 numbers and 0 comparisons bound" in out
    assert "`rose` would be in doubt: “Ramsey” stands beside a claim that reads “Caldey”" in told


def test_a_doubt_that_the_page_has_already_is_none_of_what_is_bound(
    islands: Site, run: Command
) -> None:
    stated = "`{python} count(i.people['Caldey', 2023])`"
    text = f"In Ramsey there were {stated} people.\n\nIn Caldey people came to 2,405 in 2023."
    out, told = bind(islands, run, text)
    assert "1 number and 0 comparisons bound" in out
    assert "would be in doubt" not in told


def test_words_of_the_row_that_the_sentence_names_are_bound(islands: Site, run: Command) -> None:
    out, told = bind(
        islands, run, "In Caldey people rose from 2,140 in 2011 to 2,405 in 2023.\n\nIn Ramsey not."
    )
    assert "2 numbers and 1 comparison bound" in out
    assert not told


def test_a_comparison_of_another_row_is_left(islands: Site, run: Command) -> None:
    out, _ = bind(islands, run, "Caldey is one. From 2011 to 2023 Ramsey's schools rose.")
    assert "0 numbers and 0 comparisons bound" in out
    code, _, told = run(islands, "check")
    assert (code, told.count("the condition reads")) == (0, 0)
