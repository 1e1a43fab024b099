"""`broadsheet check --mutate`: what becomes of the sentences that read a table when it is revised?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import conftest
from conftest import Site, slow_but

Command = Callable[..., tuple[int, str, str]]

CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
year = 2022"""
TABLE = "year,total\n2020,107.8\n2021,146.9\n2022,190.3\n"


def with_columns(site: Site, csv: str, *identities: dict[str, Any], **columns: str) -> None:
    """The table `trade` with these columns, each of a type."""
    fields = [
        {"name": name, "type": of, "title": name} | ({"unit": "US$ bn"} if of == "number" else {})
        for name, of in columns.items()
    ]
    schema = {"primaryKey": ["year"], "fields": fields}
    site.table(csv, entry={**conftest.TABLE, "schema": schema, "identities": list(identities)})


def mutated(
    site: Site, run: Command, prose: str, *arguments: str, cell: str = CELL, count: int = 10
) -> dict[str, Any]:
    """The report of the mutation test of an article with this ``prose``."""
    site.table(TABLE)
    site.article("trade", cell, ("md", prose))
    before = site.read("data/trade.csv")
    code, out, err = run(site, "check", "--mutate", f"{count}", "--json", *arguments)
    assert code == int("--strict" in arguments and not _is_clean(json.loads(out)["result"])), err
    assert site.read("data/trade.csv") == before
    whole = json.loads(out)
    reported: dict[str, Any] = whole | whole["result"]
    assert reported["faults"] == []
    return reported


def _is_clean(reported: dict[str, Any]) -> bool:
    return not (reported["escaped"] or reported["chosen"])


def escaped(reported: dict[str, Any]) -> list[str]:
    """The sentences that escaped."""
    return [one["message"].split("”")[0].strip("“") for one in reported["escaped"]]


@pytest.mark.parametrize(
    ("prose", "became"),
    slow_but(
        [
            ("Trade came to `{python} usd(trade.total[2022])`.", {"true", "failed"}),
            ('It was [a record]{claim="highest(trade.total)"}.', {"true", "failed"}),
            (
                'It was [more]{claim="trade.total[2022] > trade.total[2021]"}.',
                {"true", "failed"},
            ),
            ('It [rose|fell|held]{by="trade.total, 2021, 2022"}.', {"true", "failed"}),
            (
                'It was [a record|no record]{if="highest(trade.total)"}.',
                {"true", "reworded", "failed"},
            ),
        ],
        2,
    ),
)
def test_what_is_proved_or_fails_is_safe(
    site: Site, run: Command, prose: str, became: set[str]
) -> None:
    reported = mutated(site, run, prose)
    assert reported["escaped"] == reported["unmoved"] == reported["chosen"] == []
    assert set(reported["changes"]) - {"unread"} <= became
    assert reported["safe"] == reported["of"] - reported["changes"].get("reworded", 0) >= 5
    assert reported["changes"]["failed"] <= reported["stopped"]


def test_new_words_that_rest_on_their_author_are_to_be_read(site: Site, run: Command) -> None:
    prose = 'Trade was [a triumph|a disgrace]{if="trade.total[2022] > trade.total[2021]"}.'
    reported = mutated(site, run, prose, "--strict")
    (one,) = reported["reworded"]
    assert one["message"].startswith(
        "“Trade was a triumph.” becomes “Trade was a disgrace.”, with data/trade.csv, row "
    )
    assert one["level"] == "note"
    assert reported["changes"]["reworded"] > 0 and reported["share"] < 1


def test_words_on_which_a_condition_holds_anew_stay_on_their_authors_word(
    site: Site, run: Command
) -> None:
    reported = mutated(site, run, 'It was [some]{claim="trade.total[2022] > 9"}.', "--strict")
    (one,) = reported["unmoved"]
    assert "“It was some.” stays: “some” still rests on its author’s word" in one["message"]
    assert reported["escaped"] == []


@pytest.mark.parametrize(
    ("prose", "words"),
    slow_but(
        [
            (
                "In `{python} trade.total.idxmax()`, the last year before the war, it was most.",
                "the last year before the war",
            ),
            (
                "It fell in the pandemic's first year, `{python} trade.total.idxmin()`.",
                "first year",
            ),
            ("`{python} trade.total.idxmax()` was the last quiet year.", "the last quiet year"),
            ("Most was in the record year `{python} trade.total.idxmax()`.", "the record year"),
            (
                "`{python} f'It was most in {trade.total.idxmax()}, the last year before the war.'`",
                "the last year before the war",
            ),
        ],
        2,
    ),
)
def test_words_beside_a_value_that_the_data_choose_are_told(
    site: Site, run: Command, prose: str, words: str
) -> None:
    reported = mutated(site, run, prose, "--strict")
    (one,) = reported["chosen"]
    assert (
        one["message"].startswith("the value that chooses moved from 202")
        and words in one["message"]
    )
    assert one["level"] == "warning"


def test_a_status_that_chooses_a_year_is_tried(site: Site, run: Command) -> None:
    csv = "year,total,status\n2020,1.5,reported\n2021,2.5,reported\n2022,3.5,estimate\n"
    with_columns(site, csv, year="integer", total="number", status="string")
    cell = CELL + '\nlast = trade.index[trade.status == "reported"].max()'
    site.article(
        "trade",
        cell,
        ("md", "In `{python} last`, the last year before the invasion, they traded."),
    )
    code, out, err = run(site, "check", "--mutate", "20", "--strict")
    assert code == 1
    assert "the value that chooses moved from 2021 to 20" in err
    assert "“the last year before the invasion”, are as they were" in err
    assert "with words beside a value that chose another" in out


def test_a_value_that_the_data_choose_without_words_that_describe_it_is_true(
    site: Site, run: Command
) -> None:
    prose = "Most was traded in `{python} trade.total.idxmax()`, and so it was."
    reported = mutated(site, run, prose, "--strict")
    assert reported["chosen"] == []


def test_words_that_are_bound_to_nothing_count_where_they_name_what_the_table_is_of(
    site: Site, run: Command
) -> None:
    prose = "Trade doubled in 2022. It came to `{python} usd(trade.total[2022])`. Apples doubled."
    reported = mutated(site, run, prose)
    (one,) = reported["escaped"]
    assert "“Trade doubled in 2022.” is bound to nothing" in one["message"]
    assert reported["changes"]["unmoved"] > 0


def test_revisions_keep_the_identities(site: Site, run: Command) -> None:
    csv = (
        "year,exports,imports,total,share\n2020,1.5,2.5,4.0,37.5\n2021,3.0,3.0,6.0,50.0\n"
        "2022,2.0,6.0,8.0,25.0\n"
    )
    names = dict.fromkeys(("exports", "imports", "total", "share"), "number")
    with_columns(
        site,
        csv,
        {"holds": "total == exports + imports", "within": 0.06},
        {"holds": "share == exports / total * 100", "within": 0.6},
        year="integer",
        **names,
    )
    prose = "It was `{python} usd(trade.exports[2022])` and `{python} usd(trade.imports[2022])`."
    site.article("trade", CELL, ("md", prose))
    code, out, err = run(site, "check", "--mutate", "40", "--json")
    changes = json.loads(out)["result"]["changes"]
    assert (code, err) == (0, "")
    assert changes["refused"] > 0 and changes["true"] > 0


def test_cells_that_may_fail_that_await_and_that_print_run_as_in_a_build(
    site: Site, run: Command
) -> None:
    cell = (
        CELL
        + """
import asyncio
await asyncio.sleep(0)
print("much")
import plotly.graph_objects as go
go.Figure().show()"""
    )
    reported = mutated(site, run, "`{python} usd(trade.total[2022])`", cell=cell)
    assert reported["changes"]["true"] > 0


def test_a_run_that_never_ends_with_a_change_is_stopped(site: Site, run: Command) -> None:
    site.write("_quarto.yml", site.read("_quarto.yml") + "broadsheet:\n  time-limit: 4\n")
    cell = CELL + "\nwhile trade.total.max() != 190.3:\n    pass"
    reported = mutated(site, run, "`{python} usd(trade.total[2022])`", cell=cell, count=2)
    assert reported["changes"]["failed"] > 0


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
def test_a_sentence_that_stays_as_it_is_has_escaped(site: Site, run: Command, prose: str) -> None:
    reported = mutated(site, run, f"Nothing here.\n\nAll is well. {prose}", "--strict")
    (one,) = reported["escaped"]
    assert one["message"].startswith("“Trade ")
    assert (
        "stays as it is, with data/trade.csv, row 3, column 'total' (year 2022): " in one["message"]
    )
    assert one["cell_line"] == 3
    assert reported["changes"]["unmoved"] > 0


@pytest.mark.slow
def test_one_that_its_author_answers_for_is_counted_apart(site: Site, run: Command) -> None:
    large = '[Trade was [large]{claim="trade.total[2022] > -1"}]{.unchecked reason="it never was small"}.'
    reported = mutated(site, run, large)
    assert reported["escaped"] == []
    assert reported["changes"]["marked"] > 0


def test_a_sentence_is_judged_by_itself(site: Site, run: Command) -> None:
    prose = 'It was [a record]{claim="highest(trade.total)"}. It was [large]{claim="trade.total[2022] > -1"}.'
    assert escaped(mutated(site, run, prose, count=20)) == ["It was large."]


def test_facts_and_claims_of_cells_are_read(site: Site, run: Command) -> None:
    cell = (
        CELL
        + """
record = bs.highest(trade["total"], at=2022)
total = bs.usd(trade["total"][2022], "$190.3 billion", name="total")
large = bs.every(trade.total[2022] > -1, says="it is large")"""
    )
    prose = "It was [a record]{claim='record'} of `{python} total`, and [large]{claim='large'}.\n\n[Large]{claim='large'} it was."
    assert escaped(mutated(site, run, prose, cell=cell, count=20)) == ["Large it was."]


def test_what_the_catalogue_refuses_is_caught_before_it_runs(site: Site, run: Command) -> None:
    site.table(TABLE)
    package = json.loads(site.read("data/datapackage.json"))
    package["resources"][0]["identities"] = [{"holds": "sum(total) == 445"}]
    site.write("data/datapackage.json", json.dumps(package))
    site.article("trade", CELL, ("md", "`{python} usd(trade.total[2022])`"))
    code, out, err = run(site, "check", "--mutate", "12", "--json")
    changes = json.loads(out)["result"]["changes"]
    assert (code, err) == (0, "")
    assert changes["refused"] > changes.get("true", 0)


def test_a_page_that_is_not_true_as_it_is_is_a_fault(site: Site, run: Command) -> None:
    site.table(TABLE)
    site.article("trade", CELL, ("md", 'It was [a low]{claim="lowest(trade.total)"}.'))
    code, out, err = run(site, "check", "--mutate")
    assert code == 1 and out.startswith("0 of 0 changes stopped")
    assert "cell 3, line 1: “It was a low.” is not true as it is" in err


def test_a_publication_without_tables_has_nothing_to_change(site: Site, run: Command) -> None:
    site.article("trade", "1", ("md", "Words: `{python} 1 + 1`."))
    code, out, err = run(site, "check", "trade", "--mutate")
    assert (code, err) == (0, "") and out.startswith("0 of 0 changes stopped")


def test_a_table_that_is_not_read_is_left_alone(site: Site, run: Command) -> None:
    site.table(TABLE)
    site.article("trade", "1", ("md", "Words."))
    assert run(site, "check", "--mutate", "5")[1].startswith("0 of 0 changes stopped")


@pytest.mark.slow
def test_the_runs_are_not_stored(site: Site, run: Command) -> None:
    mutated(site, run, "`{python} usd(trade.total[2022])`")
    runs = list((site.root / ".broadsheet/runs").glob("??/*/*.json"))
    assert len(runs) == 1
    assert not list((site.root / ".broadsheet").glob("mutation-*"))


@pytest.mark.parametrize("number", ["0", "-1", "many", "99999"])
def test_the_number_is_checked(site: Site, run: Command, number: str) -> None:
    code, _, err = run(site, "check", f"--mutate={number}")
    assert code == 2 and "is not a whole number from 1 to 1,024" in err
