"""What "How we know" shows can be checked by hand: the computation gives the result, and each number of
it is named, with its unit, its column and its row.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from babel.numbers import parse_decimal

from broadsheet.notebook.claims import traced
from broadsheet.notebook.session.inline_results import evaluated
from conftest import TABLE, Site
from meanings import tables

Command = Callable[..., tuple[int, str, str]]

ROWS = """country,year,trade,people,kind,note
Ox,2021,120.5,4,large,
Ox,2022,150.25,5,large,late
Ax,2021,60,2,small,
Ax,2022,45.5,2.5,small,
Ix,2021,10,1,small,
Ix,2022,12,1.5,small,late
"""
FIELDS = [
    {"name": "country", "title": "Country", "type": "string"},
    {"name": "year", "title": "Year", "type": "integer"},
    {"name": "trade", "title": "Trade", "type": "number", "unit": "US$ bn"},
    {"name": "people", "title": "Inhabitants", "type": "number", "unit": "million people"},
    {"name": "kind", "title": "Kind", "type": "string"},
    {"name": "note", "title": "Note", "type": "string"},
]
ENTRY = TABLE | {
    "title": "Trade of islands",
    "schema": {"fields": FIELDS, "primaryKey": ["country", "year"]},
}
CELL = """import pandas as pd, broadsheet as bs
table = bs.table("trade")
by = table.set_index(["country", "year"]).sort_index()
wide = table.pivot(index="year", columns="country", values="trade")
ox, ax = by.loc["Ox"], by.loc["Ax"]
share = (wide.Ox / wide.sum(axis=1)).rename("Share of Ox")
head = (by.trade / by.people).rename("Trade per head")
added = by.assign(per=lambda d: d.trade / d.people).reset_index().set_index(["year", "country"])
table["double"] = table.trade * 2
kinds = table.groupby(["kind", "year"]).trade.sum()
order = wide.rank(axis=1, ascending=False)
merged = ox[["trade"]].join(ax[["trade"]], lsuffix="_ox", rsuffix="_ax")
islands = wide.rename(columns=lambda name: f"Island {name}")
late = by[by.note == "late"]
"""

COMPUTED = {
    "a share of a sum": "pct(ox.trade[2022] / wide.loc[2022].sum())",
    "a named share": "pct(share[2022])",
    "a difference of shares": "pct(share[2022] - share[2021])",
    "a mean": "usd(wide.loc[2022].mean())",
    "a growth": "pct(ox.trade.pct_change()[2022])",
    "a ratio of two columns": "amount(head['Ox', 2022], '30.1', unit='US$ a head')",
    "an added column": "amount(added.per[2022, 'Ox'], '30.1', unit='US$ a head')",
    "an assigned column": "usd(table.set_index(['country', 'year']).double['Ox', 2022], '$1 billion', unit='US$ bn')",
    "a sum of a group": "usd(kinds['small', 2022])",
    "a mean of a group": "usd(table.groupby('country').trade.mean()['Ox'])",
    "a sum of two tables": "usd(merged.trade_ox[2022] + merged.trade_ax[2022], '$1 billion', unit='US$ bn')",
    "a mean of a window": "usd(wide.Ox.rolling(2).mean()[2022])",
    "a step": "usd(wide.Ox.diff()[2022])",
    "a running total": "usd(wide.Ox.cumsum()[2022])",
    "the largest": "usd(wide.loc[2022].nlargest(2).sum())",
    "a range": "usd(by.trade['Ox'].max() - by.trade['Ox'].min())",
    "a ratio of ratios": "times(ox.trade[2022] / ox.people[2022] / (ax.trade[2022] / ax.people[2022]), unit='ratio')",
    "a query": "usd(table.query('year == 2022').trade.sum())",
    "some rows": "usd(table[table.kind == 'small'].trade.sum())",
    "a sum of Python": "usd(sum(wide.loc[2022]), '$1 billion', unit='US$ bn')",
    "parts of each row": "pct(wide.div(wide.sum(axis=1), axis=0).Ox[2022])",
    "a change": "moved(ox.trade, 2021, 2022)",
}
SHOWN = {
    "rank(order.Ax[2022])": ["Rank by Trade, Ax, 2022: 2.", "45.5 US$ bn; the one before, Ox: 150.25 US$ bn; the one after, Ix: 12 US$ bn."],
    "usd(wide.loc[2022].median())": ["Trade, 2022, median of 3 values: $45.5 billion.", "In order: 12; 45.5; 150.25."],
    "count((wide.loc[2022] > 40).sum())": ["Number of cases of Trade 2022 > 40, of 3 values: 2.", "Counted: Ax and Ox."],
    "count(len(late))": ["Number of rows: 2.", "Where Note = late."],
    "count(by.note.notna().sum())": ["Number of known values of Note, of 6 values: 2.", "Counted: Ix, 2022 and Ox, 2022."],
    "count(table.country.duplicated().sum())": ["Number of repeated values of Country, of 6 values: 3."],
    "count(table.country.str.startswith('O').sum())": ["Number of cases of Country beginning with “O”, of 6 values: 2."],
    "count(wide.Ox.idxmax(), '2022')": ["Year with the highest value of Trade, Ox: 2022.", "2022: 150.25; next, 2021: 120.5."],
    "usd(islands['Island Ox'][2022])": ["Trade, Island Ox, 2022: $150.3 billion.", "150.25 US$ bn: Trade, Ox, 2022"],
    "usd(by.trade.xs(2021, level='year')['Ox'])": ["Trade, 2021, Ox: $120.5 billion."],
}  # fmt: skip


def entries(site: Site, run: Command, prose: str, cell: str = CELL, **more: str) -> list[Any]:
    """The entries of the list under an article."""
    site.table(ROWS, entry=ENTRY)
    site.article("trade", cell, ("md", prose), **more)
    code, _, reported = run(site, "build")
    assert code == 0, reported
    page = lxml.html.fromstring(site.read("_site/posts/trade/index.html"))
    return [entry for entry in page.find_class("known")[0].iter("li") if entry.get("id")]


def lines(entry: Any) -> list[str]:
    """The lines of an entry that say how its value came about."""
    classes = {"known-exact", "known-note", "known-part"}
    found = [one for one in entry.iter() if classes & set((one.get("class") or "").split())]
    return [" ".join(one.text_content().split()) for one in found]


def rows(entry: Any) -> str:
    """The table of an entry, with its rows."""
    return " ".join(entry.find_class("known-table")[0].text_content().split())


NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
SUM = re.compile(r"\(?[\d.,]+(?: \+ [\d.,]+)+(?:\) / \d+)?")
"""A sum of values, or an average, whose place says in which rows they are."""


def equations(entry: Any) -> list[tuple[str, str]]:
    """The computations of an entry, each with its result."""
    notes = [one.text_content() for one in entry.find_class("known-note")]
    parts = [one.text_content() for one in entry.find_class("known-part")]
    found = [tuple(one.strip().rstrip(".").rsplit(" = ", 1)) for one in notes if " = " in one]
    found += [tuple(one.strip().rsplit(" = ", 1)[::-1]) for one in parts if " = " in one]
    return [one for one in found if re.match(r"[\d(|−]", one[0]) and NUMBER.search(one[1])]


def computed(text: str, locale: str) -> float:
    """The result of a computation as it is shown."""
    plain = NUMBER.sub(lambda one: str(parse_decimal(one[0], locale=locale)), text)
    tree = ast.parse(plain.translate(str.maketrans({"×": "*", "−": "-"})), mode="eval")
    allowed = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop)
    assert all(isinstance(one, allowed) for one in ast.walk(tree)), text
    return float(eval(compile(tree, "a computation", "eval")))


def check_by_hand(entry: Any, locale: str) -> None:
    """Compute what an entry shows: each computation has the result that it says, and each of its
    numbers is named below it, or is one of a sum whose rows are.
    """
    parts = [one.text_content().strip() for one in entry.find_class("known-part")]
    named = {first[0] for one in parts if ": " in one and (first := NUMBER.match(one))}
    assert equations(entry), lines(entry)
    for working, result in equations(entry):
        shown = NUMBER.findall(result)[0]
        number = parse_decimal(shown, locale=locale)
        is_share = ("percent" in result or "Prozent" in result) and "× 100" not in working
        off = abs(computed(working, locale) * (100 if is_share else 1) - float(number))
        assert off <= 0.5001 * 10.0 ** number.as_tuple().exponent, (working, result)
        if not SUM.fullmatch(working):
            assert set(NUMBER.findall(working)) <= named | {"1", "2", "100"}, lines(entry)


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_computation_gives_what_it_says_of_numbers_that_are_named(
    site: Site, run: Command, language: str
) -> None:
    cell, front = CELL, {}
    prose = ", ".join(f"`{{python}} {one}`" for one in COMPUTED.values())
    if language == "de":
        prose = prose.replace("$1 billion", "1 Milliarde Dollar").replace("'30.1'", "'30,1'")
        cell = CELL.replace("\n", '\nbs.language("de")\n', 1)
        front = {"front": "title: Handel\ndate: 2023-05-26\nlang: de"}
    found = entries(site, run, prose, cell, **front)
    facts = [one for one in found if one.get("id").startswith("fact")]
    assert len(facts) >= len(COMPUTED) - 2  # some state the same
    for entry in facts:
        check_by_hand(entry, language)
        assert "Trade of islands" in rows(entry)


@pytest.mark.parametrize("expression", list(SHOWN))
def test_what_is_no_equation_says_what_it_is_made_of(
    site: Site, run: Command, expression: str
) -> None:
    (entry,) = entries(site, run, f"`{{python}} {expression}`")
    assert lines(entry) == SHOWN[expression]


def test_a_chain_of_steps_derives_a_value_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [f"x{one} = x{one - 1}.rename(lambda year: year)" for one in range(1, 9)]
    cell = "\n".join(["x0 = trade.exports / trade.imports", *steps])
    namespace: dict[str, Any] = {**tables()}
    exec(cell, namespace)
    namespace["In"] = ["", cell]
    derived, derive = [], traced._derived_of
    monkeypatch.setattr(traced, "_derived_of", lambda *given: derived.append(1) or derive(*given))
    (result,) = evaluated(["pct(x8[2022])"], namespace)
    assert "150" in result["markdown"]
    assert len(derived) <= 2 * len(steps)
