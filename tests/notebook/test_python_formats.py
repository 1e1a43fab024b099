"""Numbers that expressions write by Python's own means: which are facts, and which stay plain."""

from __future__ import annotations

import json
from collections.abc import Callable

import lxml.html
import pytest

from conftest import Site

Command = Callable[..., tuple[int, str, str]]

CELL = """import broadsheet as bs
data = bs.table("trade")
trade = data.set_index("year")
calls = []
def billions(value):
    calls.append(value)
    return f"${value:.1f} billion"
def place(value):
    return f"{value:.0f}"
text = f"${trade.total[2022]:.0f} billion"
rounded = round(trade.total[2022], 1)
typed = 190
gone = trade.total[2022]
earlier = f"${gone:.0f} billion"
gone = "no number"
here = there = "$1"
here, there = there, here
draws = []
def draw():
    draws.append(trade.total[2022])
    return draws[-1]"""
STATED = {
    "trade.total[2022]": "190.271",
    'f"${trade.total[2022]:.1f} billion"': "$190.3 billion",
    "round(trade.total[2022], 1)": "190.3",
    "rounded": "190.3",
    "int(trade.total[2022])": "190",
    "str(round(trade.total[2022]))": "190",
    '"${:.0f} billion".format(trade.total[2022])': "$190 billion",
    '"{value:.1f}".format(value=trade.total[2022])': "190.3",
    '"$%.1f billion" % trade.total[2022]': "$190.3 billion",
    '"$" + str(round(trade.total[2022])) + " billion"': "$190 billion",
    "text": "$190 billion",
    "billions(trade.total[2022])": "$190.3 billion",
    'f"{trade.total[2022] - trade.total[2021]:.1f}"': "43.4",
    'f"{trade.total[2022] / trade.total[2021] - 1:.1%}"': "29.5%",
    'f"{(trade.total[2022] / trade.total[2021] - 1) * 100:.0f} percent"': "30 percent",
    'f"{trade.total[2022] / 1000:.2f} trillion dollars"': "0.19 trillion dollars",
    'f"{len(trade)} rows"': "5 rows",
    "trade.total[2022] / trade.total[2021]": "1.2953562942942534",
    'f"{trade.total[2019]:.1f}"': "66.5",
    'f"{trade.total[2018]:.1f}"': "66.2",
}
"""Expressions that state a number of the table, and their texts."""
PLAIN = {
    "typed": "190",
    "trade.index.max()": "2022",
    "trade.total.first_valid_index()": "2018",
    'f"{trade.total.corr(trade.total):.1f} percentage points"': "1.0 percentage points",
    'f"Figures end in {trade.index.max()}"': "Figures end in 2022",
    'f"It came to {trade.total[2022]} for all of them"': "It came to 190.271 for all of them",
    'f"{trade.total[2021]:.0f} to {trade.total[2022]:.0f}"': "147 to 190",
    "place(trade.total[2022] / 100)": "2",
    'f"{trade.total[2022]:.1f} kilograms"': "190.3 kilograms",
    'f"{trade.total[2022]:.1f}\\u2009%"': "190.3 %",
    "trade.total.get(1900, 190)": "190",
    "len(calls)": "1",
    "earlier": "$190 billion",
    "here": "$1",
    "draw()": "190.271",
    "len(draws) == 1": "True",
    "trade.total[2022] > 100": "True",
    'f"{trade.total[2022]:.1f}" + "5"': "190.35",
}
"""Expressions whose text is no number of the table in that format."""


@pytest.fixture
def trading(site: Site) -> Site:
    site.table("year,total\n2018,66.25\n2019,66.55\n2020,107.8\n2021,146.887\n2022,190.271\n")
    return site


def test_a_number_by_pythons_own_means_is_a_fact_or_stays_plain(
    trading: Site, run: Command
) -> None:
    prose = "\n".join(
        f"- `{{python}} {code}`" for expressions in (STATED, PLAIN) for code in expressions
    )
    trading.article("trade", CELL, ("md", prose))
    code, _, reported = run(trading, "build")
    assert code == 0, reported
    page = lxml.html.fromstring(trading.read("_site/posts/trade/index.html"))
    items = page.get_element_by_id("article-body").xpath("./ul[1]/li")
    shown = [" ".join(item.text_content().split()) for item in items]
    facts = json.loads(trading.read("_site/posts/trade/index_files/facts.json"))["facts"]
    assert shown == [*STATED.values(), *PLAIN.values()]
    stated = [
        code for code, item in zip((*STATED, *PLAIN), items, strict=True) if item.find_class("fact")
    ]
    assert stated == list(STATED)
    assert {fact["text"] for fact in facts} == set(STATED.values())
    assert {fact["sources"][0]["name"] for fact in facts} == {"trade"}
