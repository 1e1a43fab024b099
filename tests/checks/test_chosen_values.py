"""Words beside a value that the data choose, which fit the one that was recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from test_mutation import CELL, with_columns

from broadsheet.errors import Place
from broadsheet.verify.bound_sentences import Sentence, Value
from broadsheet.verify.chosen_values import moved
from conftest import Site

Command = Callable[..., tuple[int, str, str]]

PROSE = """In `{python} last`, the last year before the invasion, they traded. It came to
`{python} usd(trade.total[2022])`. In `{python} year`, the year of the war, too."""


def written(site: Site, *statuses: str, prose: str = PROSE) -> None:
    """An article with a year that the status of its rows chooses."""
    rows = zip((2020, 2021, 2022), (1.5, 2.5, 3.5), statuses, strict=True)
    csv = "year,total,status\n" + "".join(f"{y},{total},{status}\n" for y, total, status in rows)
    with_columns(site, csv, year="integer", total="number", status="string")
    cell = CELL.replace("year = 2022", "")
    last = 'last = trade.index[trade.status == "reported"].max()'
    site.article(
        "trade", ("code", "year: int = 2022", "parameters"), f"{cell}\n{last}", ("md", prose)
    )


def test_a_build_tells_of_words_beside_a_recorded_value_that_has_moved(
    site: Site, run: Command
) -> None:
    written(site, "reported", "reported", "estimate")
    assert run(site, "facts", "record", "trade")[0] == 0
    assert "the value that chooses" not in run(site, "build")[2]
    written(site, "reported", "reported", "reported")
    code, _, err = run(site, "build", "--strict")
    assert (
        "cell 4, line 1: the value that chooses moved from 2021 to 2022; the words beside it, “the "
        "last year before the invasion”, are as they were: read them (recorded on 20"
    ) in err
    assert code == 1
    assert run(site, "facts", "record", "trade")[0] == 0
    assert "the value that chooses" not in run(site, "check", "trade")[2]


def test_words_that_were_changed_with_it_are_not_told(site: Site, run: Command) -> None:
    written(site, "reported", "reported", "estimate")
    assert run(site, "facts", "record", "trade")[0] == 0
    written(
        site, "reported", "reported", "reported", prose=PROSE.replace("last year before", "year of")
    )
    assert "the value that chooses" not in run(site, "check", "trade")[2]


def test_values_of_parameters_are_not_recorded(site: Site, run: Command) -> None:
    written(site, "reported", "reported", "estimate")
    assert run(site, "facts", "record", "trade")[0] == 0
    ledger = site.read("posts/trade/facts.index.jsonl")
    assert '"kind": "chosen"' in ledger and "the year of the war" not in ledger


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (
            "In 2021, the last year before the war, trade fell.",
            "In 2022, the last year before the war, trade fell.",
            "moved from 2021 to 2022",
        ),
        (
            "Between 2021 and 2024, Russia's exports rose, and its imports fell.",
            "Between 2021 and 2024, Russia's exports fell, and its imports fell.",
            "",
        ),
    ],
)
def test_of_a_sentence_by_code_years_and_names_choose_and_verbs_do_not(
    was: str, now: str, told: str
) -> None:
    sentences = [
        Sentence(Place("a"), text, (), False, False, values=(Value("opening", text, "", ""),))
        for text in (was, now)
    ]
    said = list(moved(*sentences, "en", Path("/none")))
    assert [told in one for one in said] == ([True] if told else [])
