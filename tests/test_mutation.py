"""`broadsheet check --mutate`: which sentences stay as they are though a value that they read changes?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Site, slow_but

Run = Callable[..., tuple[int, str, str]]

CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
year = 2022"""
TABLE = "year,total\n2020,107.8\n2021,146.9\n2022,190.3\n"


def mutated(site: Site, run: Run, prose: str, *arguments: str, cell: str = CELL) -> dict[str, Any]:
    """The report of the mutation test of an article with this ``prose``."""
    site.table(TABLE)
    site.article("trade", cell, ("md", prose))
    before = site.read("data/trade.csv")
    code, out, err = run(site, "check", "--mutate", "10", "--json", *arguments)
    assert code == int("--strict" in arguments and '"escaped": []' not in out), err
    assert site.read("data/trade.csv") == before
    reported: dict[str, Any] = json.loads(out)
    assert reported["faults"] == []
    return reported


def escaped(reported: dict[str, Any]) -> list[str]:
    """The sentences that escaped."""
    return [one["what"].split("”")[0].strip("“") for one in reported["escaped"]]


@pytest.mark.parametrize(
    ("prose", "verdict"),
    slow_but(
        [
            ("Trade came to `{python} usd(trade.total[2022])`.", "changed"),
            ('It was [a record]{claim="highest(trade.total)"}.', "failed"),
            ('It was [some]{claim="trade.total[2022] > 9"}.', "held"),
            ('It was [more]{claim="trade.total[2022] > trade.total[2021]"}.', "failed"),
            ('It [rose|fell|held]{by="trade.total, 2021, 2022"}.', "changed"),
            ('It was [a record|no record]{if="highest(trade.total)"}.', "changed"),
        ],
        2,
    ),
)
def test_what_changes_or_fails_is_caught(site: Site, run: Run, prose: str, verdict: str) -> None:
    reported = mutated(site, run, prose)
    assert reported["escaped"] == []
    assert verdict in reported["values"]
    assert reported["caught"] == reported["of"] >= 1


@pytest.mark.parametrize(
    "prose",
    slow_but(
        [
            'Trade was [large]{claim="trade.total[2022] > -1"}.',
            "Trade came to `{python} usd(max(trade.total[2022] - trade.total[2022], 50))`.",
            "Trade came to `{python} 'a lot' if trade.total[2022] > -1 else 'little'`.",
        ],
        2,
    ),
)
def test_a_sentence_that_stays_as_it_is_has_escaped(site: Site, run: Run, prose: str) -> None:
    reported = mutated(site, run, f"Nothing here.\n\nAll is well. {prose}", "--strict")
    (one,) = reported["escaped"]
    assert one["what"].startswith("“Trade ")
    assert "data/trade.csv, row 3, column 'total' (year 2022), even if that is" in one["what"]
    assert one["where"]["line"] == 3
    assert reported["values"]["escaped"] == 1


@pytest.mark.slow
def test_one_that_its_author_answers_for_is_counted_apart(site: Site, run: Run) -> None:
    large = '[Trade was [large]{claim="trade.total[2022] > -1"}]{.unchecked reason="it never was small"}.'
    reported = mutated(site, run, large)
    assert reported["escaped"] == []
    assert reported["values"]["marked"] == 1


def test_a_sentence_is_judged_by_itself(site: Site, run: Run) -> None:
    prose = 'It was [a record]{claim="highest(trade.total)"}. It was [large]{claim="trade.total[2022] > -1"}.'
    assert escaped(mutated(site, run, prose)) == ["It was large."]


def test_facts_and_claims_of_cells_are_read(site: Site, run: Run) -> None:
    cell = (
        CELL
        + """
record = bs.highest(trade["total"], at=2022)
total = bs.usd(trade["total"][2022], "$190.3 billion", name="total")
large = bs.every(trade.total[2022] > -1, says="it is large")"""
    )
    prose = "It was [a record]{claim='record'} of `{python} total`, and [large]{claim='large'}.\n\n[Large]{claim='large'} it was."
    assert escaped(mutated(site, run, prose, cell=cell)) == ["Large it was."]


def test_what_the_catalogue_refuses_is_caught_before_it_runs(site: Site, run: Run) -> None:
    site.table(TABLE)
    package = json.loads(site.read("data/datapackage.json"))
    package["resources"][0]["identities"] = [{"holds": "sum(total) == 445"}]
    site.write("data/datapackage.json", json.dumps(package))
    site.article("trade", CELL, ("md", "`{python} usd(trade.total[2022])`"))
    code, out, err = run(site, "check", "--mutate")
    assert (code, err) == (0, "")
    assert out.startswith("3 of 3 changed values caught (3 refused by the catalogue, 0 by a claim")


def test_a_page_that_is_not_true_as_it_is_is_a_fault(site: Site, run: Run) -> None:
    site.table(TABLE)
    site.article("trade", CELL, ("md", 'It was [a low]{claim="lowest(trade.total)"}.'))
    code, out, err = run(site, "check", "--mutate")
    assert code == 1 and out.startswith("0 of 0 changed values caught")
    assert "cell 3, line 1: “It was a low.” is not true as it is" in err


def test_a_publication_without_tables_has_nothing_to_change(site: Site, run: Run) -> None:
    site.article("trade", "1", ("md", "Words: `{python} 1 + 1`."))
    code, out, err = run(site, "check", "trade", "--mutate")
    assert (code, err) == (0, "") and out.startswith("0 of 0 changed values caught")


def test_a_table_that_is_not_read_is_left_alone(site: Site, run: Run) -> None:
    site.table(TABLE)
    site.article("trade", "1", ("md", "Words."))
    assert run(site, "check", "--mutate", "5")[1].startswith("0 of 0 changed values caught")


@pytest.mark.slow
def test_the_runs_are_not_stored(site: Site, run: Run) -> None:
    mutated(site, run, "`{python} usd(trade.total[2022])`")
    runs = list((site.root / ".broadsheet/runs").glob("??/*/*.json"))
    assert len(runs) == 1
    assert not list((site.root / ".broadsheet").glob("mutation-*"))


@pytest.mark.parametrize("number", ["0", "-1", "many", "99999"])
def test_the_number_is_checked(site: Site, run: Run, number: str) -> None:
    code, _, err = run(site, "check", f"--mutate={number}")
    assert code == 2 and "is not a whole number from 1 to 1,024" in err
