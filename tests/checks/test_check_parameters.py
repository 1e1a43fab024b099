"""`broadsheet check --parameters`: what is wrong with an article if its parameters have other values?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest

from broadsheet.errors import ParameterError
from broadsheet.project.editions.parameters import bind, choices, declared
from broadsheet.project.sources.source import read_source
from conftest import Site

Command = Callable[..., tuple[int, str, str]]

TABLE = "year,total\n2019,120.5\n2020,107.8\n2021,146.9\n2022,190.3\n"
READ = "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')"


def tried(site: Site, run: Command, *cells: Any, parameters: str, code: int = 1) -> dict[str, Any]:
    """The report on an article of these cells."""
    site.table(TABLE)
    site.article("trade", READ, *cells, parameters=parameters)
    ended, out, err = run(site, "check", "--parameters", "--json")
    assert ended == code, err
    whole = json.loads(out)
    reported: dict[str, Any] = whole | whole["result"]
    return reported


@pytest.mark.parametrize(
    ("annotation", "values"),
    [
        ("bool", [False, True]),
        ("Literal['a', 'b'] | None", ["a", "b", None]),
        ("Annotated[int, range(2019, 2022)]", [2019, 2020, 2021]),
        ("list[Literal['a', 'b']]", [["a"], ["b"]]),
        ("int", []),
    ],
)
def test_the_values_that_an_annotation_names(
    site: Site, annotation: str, values: list[Any]
) -> None:
    default = values[0] if values else 1
    site.article("trade", parameters=f"given: {annotation} = {default!r}")
    source = read_source(site.root, PurePosixPath("posts/trade/index.ipynb"))
    assert choices(declared(source)["given"].kind) == values
    for value in values:
        assert bind(source, {"given": value}) == {"given": value}
    if annotation.startswith("Annotated"):
        with pytest.raises(ParameterError, match="is 2022, which is not `Annotated"):
            bind(source, {"given": 2022})


def test_false_sentences_tracebacks_and_empty_charts_are_told(site: Site, run: Command) -> None:
    reported = tried(
        site,
        run,
        "change = trade.total[year] - trade.total[year - 1]",
        (
            "code",
            "#| label: fig-trade\nimport plotly.express as px\npx.line(trade[trade.index > year], y='total')",
        ),
        ("md", 'It [rose]{claim="change > 0"}.'),
        parameters="from typing import Literal\nyear: Literal[2019, 2020, 2021, 2022] = 2021",
    )
    assert (reported["articles"], reported["tried"]) == (1, 3)
    failed, false, empty = sorted(reported["faults"], key=lambda one: one["message"])
    assert failed["cell"] == 4
    assert "with `year` = 2019: " in failed["message"]
    assert "with `year` = 2020: " in false["message"]
    assert false["cell"] == 6
    assert "with `year` = 2022: the chart `fig-trade` is empty" in empty["message"]
    assert all("Annotated[int, range(…)]" in one["remedy"] for one in reported["faults"])


def test_a_number_that_only_other_values_have_is_told(site: Site, run: Command) -> None:
    reported = tried(
        site,
        run,
        "from IPython.display import Markdown\nMarkdown('It rose by 12 dollars.' if year > 2021 else 'It rose.')",
        parameters="year: int = 2021",
        code=0,
    )
    assert reported["tried"] == 3  # the years of the table's column
    assert [one["message"][:22] for one in reported["notices"]] == ["with `year` = 2022: no"]


def test_what_is_right_for_each_value_is_clean_and_a_cut_is_told(site: Site, run: Command) -> None:
    site.write(
        "_quarto.yml", site.read("_quarto.yml") + "broadsheet:\n  limits: {parameter-values: 2}\n"
    )
    reported = tried(
        site,
        run,
        ("md", "In `{python} year` trade came to `{python} usd(trade.total[year])`."),
        parameters="from typing import Annotated\nyear: Annotated[int, range(2019, 2023)] = 2022",
        code=0,
    )
    assert (reported["tried"], reported["faults"]) == (2, [])
    (cut,) = reported["notices"]
    assert "`year` has 3 other values, of which 2 are tried" in cut["message"]
