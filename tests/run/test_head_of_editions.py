"""What stands above the parameters of an article runs once for its editions, and is read by each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.project.reading import open_publication
from broadsheet.run.executors import local_executor
from broadsheet.run.running import Run, execute
from conftest import Site

ARTICLE = """\
---
title: A
editions:
  matrix: {{year: [2001, 2002, 2003]}}
  slug: "y{{{{ year }}}}"
---

```{{python}}
from pathlib import Path
with Path("heads").open("a") as heads:
    heads.write("h")
sums = dict(line.split(",") for line in Path("sums.csv").read_text().split())
{above}
```

```{{python}}
#| tags: [parameters]
year: int = 2000
```

```{{python}}
print(sums[str(year)])
```

In `{{python}} year` it was `{{python}} sums[str(year)]`.
"""


def runs(site: Site) -> list[Run]:
    """The runs of all editions, one after the other."""
    opened = open_publication(site.root)
    with local_executor(1, opened.project) as executor:
        return list(execute(opened.project, opened.editions, executor))


def shown(run: Run) -> tuple[str, str]:
    """What an edition prints, and the last value of its text."""
    notebook = run.notebook()
    assert notebook is not None
    printed = notebook.cells[-2].outputs[0].text
    return printed.strip(), notebook.cells[-1].metadata.broadsheet.inline[-1]["text"]


@pytest.fixture
def article(site: Site) -> Path:
    site.front()
    site.write("notes/sums.csv", "2000,1\n2001,2\n2002,3\n2003,4\n")
    return site.write("notes/a.qmd", ARTICLE.format(above=""))


def test_it_runs_once_for_the_editions_and_again_when_what_it_read_changes(
    site: Site, article: Path
) -> None:
    first = [run for run in runs(site) if run.edition.source.path.name == article.name]
    assert [shown(run) for run in first] == [(n, n) for n in "1234"]
    for run in first:
        notebook = run.notebook()
        assert notebook is not None
        assert {"notes/sums.csv"} <= notebook.metadata.broadsheet.reads.keys()
    assert (site.root / "notes/heads").read_text() == "hh", "the first has no parameters put in"
    assert not any(run.ran for run in runs(site))
    site.write("notes/sums.csv", "2000,5\n2001,6\n2002,7\n2003,8\n")
    again = [run for run in runs(site) if run.edition.source.path.name == article.name]
    assert [shown(run) for run in again] == [(n, n) for n in "5678"]
    assert all(run.ran for run in again)


def test_an_error_above_is_that_of_each_edition(site: Site, article: Path) -> None:
    site.write("notes/a.qmd", ARTICLE.format(above="1 / 0"))
    errors = [run.error for run in runs(site) if run.edition.source.path.name == article.name]
    assert len(errors) == 4
    assert {str(error and error.where) for error in errors} == {"notes/a.qmd, line 13"}
    assert all(error is not None and "division by zero" in error.what for error in errors)


def test_a_limit_of_time_holds_above(site: Site, article: Path) -> None:
    site.write(
        "_quarto.yml", json.dumps({"project": {"type": "website"}, "broadsheet": {"time-limit": 1}})
    )
    site.write("notes/a.qmd", ARTICLE.format(above="while True: pass"))
    errors = [run.error for run in runs(site) if run.edition.source.path.name == article.name]
    assert [error and error.what for error in errors] == ["the cell ran longer than 1 s"] * 4


TABLES = """\
import pandas as pd
import broadsheet as bs
pivots, pivot = [], pd.DataFrame.pivot
def counted(self, **options):
    pivots.append(options)
    return pivot(self, **options)
pd.DataFrame.pivot = counted
trade = bs.table("trade").assign(who="China")
wide = trade.pivot(index="year", columns="who", values="total")
"""


def test_the_tables_above_are_traced_once_for_the_editions(site: Site, article: Path) -> None:
    site.table("year,total\n2000,107.8\n2001,146.887\n2002,190.271\n2003,201.5\n")
    text = ARTICLE.format(above=TABLES).replace(
        "print(sums[str(year)])",
        "before = len(pivots)\ntold = bs.usd(wide['China'][year])\n"
        "print(told, told.key, len(pivots) - before)",
    )
    site.write("notes/a.qmd", text)
    printed = [shown(run)[0] for run in runs(site) if run.edition.source.path.name == article.name]
    assert printed == [
        "$107.8 billion ('2000', 'China') 1",  # it has no parameters put in
        "$146.9 billion ('2001', 'China') 0",
        "$190.3 billion ('2002', 'China') 0",
        "$201.5 billion ('2003', 'China') 0",
    ]
