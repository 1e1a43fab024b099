"""The number check reads each place of a page where prose may stand, by the same rules; a text in which
nothing can be marked borrows words of a mark that is about the same.
"""

from __future__ import annotations

import base64
import re

from test_check import Command, paper, report

from conftest import TABLE as TABLE_ENTRY
from conftest import Site

__all__ = ["paper"]

SETUP = """\
import broadsheet as bs
import pandas as pd
import plotly.graph_objects as go
trade = bs.table("trade").set_index("year")
total = bs.usd(trade.total[2022], "$190.3 billion", note="Zz14 overtook coal")
"""
CHART = """\
#| label: fig-a
#| fig-alt: "Zz01 overtook coal."
#| fig-cap: "Zz02 overtook coal."
#| note: "Zz42 overtook coal."
#| source: trade
fig = go.Figure(
    go.Scatter(x=[2021, 2022], y=[146.9, 190.3], name="Zz06 overtook coal", text=["", "Zz20 overtook coal"]),
    {
        "title": {"text": "Zz03 overtook coal", "subtitle": {"text": "Zz04 overtook coal"}},
        "annotations": [{"text": "Zz05 overtook coal"}],
        "yaxis": {"title": {"text": "Zz07 overtook coal"}},
        "shapes": [{"type": "line", "x0": 2021, "x1": 2021, "y0": 1, "y1": 9, "label": {"text": "Zz21 overtook coal"}}],
    },
)
bs.charts.events(fig, {"2021": "Zz08 overtook coal"})
fig
"""
TIMELINE = """\
#| label: fig-time
bs.charts.timeline({"2022-02-24": "Zz09 overtook coal", "2022-05-24": "Quiet"})
"""
TABLE = """\
#| label: tbl-a
#| tbl-cap: "Zz10 overtook coal."
#| note: "Zz43 overtook coal."
#| source: trade
pd.DataFrame({"a": [1, 2]}, index=["a", "b"])
"""
NUMBER = 'bs.big_number(trade["total"], "Zz15 overtook coal")'
PROSE = """\
## Zz11 overtook coal

::: {.update time="2023-05-24T16:00+02:00"}
### Zz12 overtook coal

Zz13 overtook coal.
:::

::: {.callout-note title="Zz16 overtook coal"}
It is so.
:::

::: {.steps figure="fig-a"}
::: {.step from="2021" to="2022" alt="Zz29 overtook coal"}
Zz25 overtook coal.
:::
:::

![Zz17 overtook coal](/x.png){fig-alt="Zz18 overtook coal"}

![](/x.png){fig-alt="Zz26 overtook coal"}

| a | b |
|---|---|
| Zz27 overtook coal | 3 |

: Zz19 overtook coal

Term
:   Zz28 overtook coal.

It came to `{python} total`.[^a]

[^a]: Zz44 overtook coal.
"""
FRONT = """\
title: Zz30 overtook coal
subtitle: Zz31 overtook coal
description: Zz32 overtook coal
excerpt: Zz33 overtook coal
date: 2023-05-26
edition-label: Zz34 overtook coal
picker-title: Zz35 overtook coal
image: /x.png
image-alt: Zz36 overtook coal
pagetitle: Zz37 overtook coal
corrections:
  - date: 2023-06-02
    wrong: It was so.
    right: Zz38 overtook coal.
editions:
  - slug: "2021"
    parameters: {year: 2021}
    edition-label: Zz39 overtook coal
    title: Zz40 overtook coal
    description: Zz41 overtook coal
"""
LIST = """\
---
title: Home
listing:
  contents:
    - title: Zz50 overtook coal
      subtitle: Zz51 overtook coal
      description: Zz52 overtook coal
      path: https://coal.example/
---
Welcome.
"""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def test_a_comparison_is_read_wherever_prose_may_stand(paper: Site, run: Command) -> None:
    (paper.root / "x.png").write_bytes(PIXEL)
    cells = (SETUP, NUMBER, CHART, TIMELINE, TABLE, PROSE)
    paper.article("trade", *cells[:-1], ("md", PROSE), front=FRONT, parameters="year: int = 2022")
    paper.write("index.qmd", LIST)
    whole = report(run, paper)
    assert not whole["faults"]
    reported = str(whole["unaccounted"])
    written = set(re.findall(r"Zz\d\d", "".join((*cells, FRONT, LIST))))
    assert len(written) > 40
    assert written == set(re.findall(r"Zz\d\d", reported))


ENTRY = {
    **TABLE_ENTRY,
    "schema": {
        "fields": [
            {"name": "year", "title": "Year", "type": "integer"},
            {"name": "exports", "title": "Exports", "type": "number", "unit": "US$ bn"},
            {"name": "imports", "title": "Imports", "type": "number", "unit": "US$ bn"},
        ],
        "primaryKey": ["year"],
    },
}
ROWS = "year,exports,imports\n2014,5,9\n2015,3,8\n2021,6,7\n2022,8,4\n"
MARKED = """\
Exports [rose]{claim="trade.exports[2022] > trade.exports[2021]"} in 2022. Imports
[tumbled to the lowest level]{claim="lowest(trade.imports, at=2022, gaps=True)"} then, to
`{python} bs.usd(trade.imports[2022], "$4 billion")`. Sales of ice [melted away]{held-by="Reuters, 2016"} in 2016.
"""


TITLES = {
    "Exports rose in 2022": [],
    "Exports rose": [],
    "Exports: rose since 2021": [],
    "Exports rose from 2021 to 2022": [],
    "Exports rose in 2015": ["rose"],
    "Exports rose in 2021": ["rose"],
    "In 2015, exports rose": ["rose"],
    "Imports rose in 2022": ["rose"],
    "Prices rose in 2022": ["rose"],
    "Exports rose steeply in 2022": ["rose steeply"],
    "Exports soared in 2022": ["soared"],
    "Imports tumbled to the lowest level in 2022": [],
    "Imports at the lowest level in 2022": ["lowest"],
    "Imports tumbled to the lowest level in 2014": ["tumbled", "lowest"],
    "Exports tumbled to the lowest level": ["tumbled", "lowest"],
    "Imports came to $4 billion in 2022": [],
    "Imports came to $4 billion in 2015": ["$4 billion"],
    "Exports came to $4 billion in 2022": ["$4 billion"],
    "Sales of ice melted away in 2016": [],
    "Sales of ice melted away in 2017": ["melted away"],
    "Imports melted away in 2016": ["melted away"],
}
"""Titles of charts, with the words of each that no mark bears out."""


def test_the_title_of_a_chart_borrows_words_of_a_mark_about_the_same(
    paper: Site, run: Command
) -> None:
    paper.table(ROWS, entry=ENTRY)
    setup = (
        "import broadsheet as bs\nimport plotly.graph_objects as go\n"
        'trade = bs.table("trade").set_index("year")'
    )
    charts = [
        f"#| label: fig-{number}\n#| source: trade\n"
        f'go.Figure(go.Bar(x=[2021, 2022], y=[6, 8]), {{"title": {{"text": "{title}"}}}})'
        for number, title in enumerate(TITLES)
    ]
    paper.article("trade", setup, *charts, ("md", MARKED), front="title: Trade\ndate: 2023-05-26")
    reported = report(run, paper)
    assert not reported["faults"]
    found = {str(one["sentence"]): one for one in reported["unaccounted"]}
    assert {title: found[title]["words"] if title in found else [] for title in TITLES} == TITLES
    assert found.keys() <= TITLES.keys()
    assert all("Mark the same words in the article" in str(one) for one in found.values())
