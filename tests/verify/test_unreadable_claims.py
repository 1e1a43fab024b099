"""Claims on conditions that the program cannot put into words: readers never see code, and the author
is told how to say them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest

from broadsheet.site.build.build import build
from conftest import Site

Command = Callable[..., tuple[int, str, str]]

SETUP = """\
import broadsheet as bs
trade = bs.table("trade").set_index("year")
total = trade["total"]
flag = (total > 100).all()
def is_big(values):
    return values.max() > 150
"""
NEUTRAL = "the words follow from a calculation with the data"
CODE = re.compile(r"\w\.\w+\(|\w\(\w|\[\w+\]|lambda|RangeIndex|dtype|\bTrue\b|\bFalse\b|==|&|_")


@pytest.fixture
def paper(site: Site) -> Site:
    site.front()
    site.table()
    return site


def said(site: Site, claims: list[str], lang: str = "en") -> list[str]:
    """What readers read of claims below "How we know"."""
    text = "\n\n".join(
        f"It [is so]{{claim='{one}'}}." if '"' in one else f'It [is so]{{claim="{one}"}}.'
        for one in claims
    )
    front = f"title: A\ndate: 2023-05-26\nlang: {lang}"
    site.article("a", f"{SETUP}bs.language({lang!r})\n", ("md", text), front=front)
    report = build(site.root)
    assert not report.faults, report.faults
    page = site.read("_site/posts/a/index.html")
    items = re.findall(r'<li id="claim-[^>]*>.*?<b>(.*?)</b>', page, re.DOTALL)
    facts = json.loads(site.read("_site/posts/a/index_files/facts.json"))
    for one in facts["claims"]:
        assert not CODE.search(one["says"]), one["says"]
    return [html.unescape(re.sub(r"<[^>]+>|\s+", " ", one)).strip() for one in items]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("(total > 100).all()", "Total > 100: at every place"),
        ("all(total > 100)", "Total > 100: at every place"),
        ("flag", "Total > 100: at every place"),
        ("(total > 150).any()", "Total > 150: at one place at least"),
        ("any(total > 150)", "Total > 150: at one place at least"),
        ("total.is_monotonic_increasing", "Total: falls at no place"),
        ("2022 in total.index", "2022 is among “Year” (2021 and 2022)"),
        (
            "(total[2022] > 100) & (total[2021] > 100)",
            "“Total, 2022” ($190.3 billion) is more than",
        ),
    ],
)
def test_a_condition_is_said_in_words_as_far_as_they_are_known(
    paper: Site, claim: str, words: str
) -> None:
    [read] = said(paper, [claim])
    assert read.startswith(words)


UNKNOWN = [
    "is_big(total)",
    "is_big(total) == True",
    "not (total.min() > 500 and total.empty) and is_big(total)",
    "total.apply(lambda v: v > 1).all()",
    "total.between(100, 200).all()",
    'trade.eval("total > 100").all()',
    "all(one > 0 for one in total)",
    "bool(total.any())",
    "None if total.empty else True",
    "total.to_dict() == dict(total)",
    "not total.empty",
    "isinstance(total[2022], float)",
    "(total > 100).equals(total > 100)",
]


@pytest.mark.parametrize("claim", UNKNOWN)
def test_of_any_other_condition_readers_see_no_code(paper: Site, claim: str) -> None:
    [read] = said(paper, [claim])
    assert not CODE.search(read) and NEUTRAL in read.lower()


def test_the_author_is_told_once_how_to_say_it_and_nothing_stops(paper: Site, run: Command) -> None:
    said(paper, ["is_big(total)"])
    code, out, err = run(paper, "check", "--strict")
    assert code == 0 and out.endswith("Nothing stops publication.\n")
    assert err.startswith(
        "note: posts/a/index.ipynb, cell 3, line 1: “is so” rests on `is_big(total)`"
    )
    assert NEUTRAL in err and "every(is_big(total), says=" in err


def test_what_the_note_says_to_write_is_read_by_readers(paper: Site, run: Command) -> None:
    paper.article(
        "a",
        SETUP,
        ("md", "It [is so]{claim='every(is_big(total), says=\"Trade was large in a year\")'}."),
    )
    code, _, err = run(paper, "check", "--strict")
    assert code == 0 and "no words" not in err
    run(paper, "build")
    assert "Trade was large in a year" in paper.read("_site/posts/a/index.html")


def test_an_author_whose_claim_is_false_sees_its_condition(paper: Site) -> None:
    paper.article("a", SETUP, ("md", 'It [is so]{claim="not is_big(total)"}.'))
    [fault] = build(paper.root).faults
    assert "condition: not (is_big(total))" in fault.detail and NEUTRAL in fault.what


def test_in_german_too(paper: Site) -> None:
    [read] = said(paper, ["is_big(total)"], lang="de")
    assert read.startswith("Die Worte folgen aus einer Berechnung mit den Daten")


def test_a_method_without_a_name_in_words_is_a_calculation(paper: Site) -> None:
    paper.article("a", SETUP, ("md", "It came to `{python} usd(total.quantile(0.5))`."))
    build(paper.root)
    assert "calculated from 2021–2022" in paper.read("_site/posts/a/index.html")
