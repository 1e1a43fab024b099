"""An article with every element that the guides in `docs/` describe (Markdown, articles, charts,
tables and pictures): divs, spans and their attributes, cell options and tags, shortcodes, and the kinds
of charts.

:func:`write_every_element` puts it into a publication. `test_every_element.py` fails where a guide
describes an element that the article does not have.
"""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

from broadsheet.data.catalogue import update_hashes
from conftest import Site

SLUG = "every-element"
PAGE = f"posts/{SLUG}/index.html"

FRONT = """\
title: "Trade came to `{python} usd(trade.total[year])` in `{python} year`"
subtitle: "Every element, in one article."
description: "Every element that an author can write."
excerpt: "Trade came to `{python} usd(trade.total[year])`, [a record|no record]{if='highest(trade.total[:year])'}."
author: The Test Desk
date: 2024-02-29
date-modified: 2024-03-01
categories: [Elements]
bibliography: references.bib
image: fig-lines
number-sections: true
toc: true
reference-location: margin
unchecked: "Made up: its figures mean nothing."
story: {visit: true}
brand: {color: {palette: {quay: "#336699"}}}"""
PARAMETERS = "year: int = 2022"

PROSE = r"""
The first paragraph has **strong**, *stressed* and ~~struck~~ words, a [link](https://example.org/), `code`, H~2~O,
a note.[^note] Trade reached a record [@customs2024, p. 4]. As @customs2024 says; its year [-@customs2024]. Trade
[was higher than in any year before]{claim="highest(trade.total[:year])"}; it [rose|fell|held]{by="trade.total, year -
1, year"} by `{python} pct(trade.total[year] / trade.total[year - 1] - 1)`. See the [front page](../../index.qmd).

[^note]: A note, with a [link](https://example.org/note).

> A quotation.

Word
:   A definition.

- [x] A task that is done
- [ ] A task that is not

| A line
| of a block

(@) An example.

<p class="lead">Raw HTML.</p>

```{=html}
<hr>
```

[](article:every-element)
"""

CALLOUTS = """
::: {#nte-a .callout-note title="How this was counted"}
Each ship counts once.
:::

::: {#tip-a .callout-tip appearance="simple"}
## A title
A tip.
:::

::: {#wrn-a .callout-warning appearance="minimal"}
A warning.
:::

::: {#cau-a .callout-caution icon=false}
Caution.
:::

::: {#imp-a .callout-important collapse="true"}
## Important
It can be opened.
:::

::: {.callout-note collapse="false"}
It can be closed.
:::

See @nte-a, @tip-a, @wrn-a, @cau-a and @imp-a.
"""

REFERENCES = """
## A section {#sec-a}

![A caption](before.svg){#fig-a fig-alt="What it shows" width=50% height=120}

::: {#fig-b}
Anything.

The last paragraph is the caption.
:::

::: {#fig-parts layout-ncol=2}
![One](before.svg){#fig-part-a fig-alt="One"}

![Two](after.svg){#fig-part-b fig-alt="Two"}

Two parts.
:::

| Name | Value |
|:-----|------:|
| A    |     1 |

: A table's caption {#tbl-a .striped .hover}

::: {.list-table header-rows=1}
A list table

- - Name
  - Value
  - Share
- - []{colspan=2}Both
  - 1
:::

$$ x = y $$ {#eq-a}

```{#lst-a .python lst-cap="A caption"}
x = 1
```

@fig-a, [-@fig-a], [Chart @fig-a], [@fig-a; @fig-b], @fig-part-a, @tbl-a, @eq-a, @lst-a, @sec-a.
"""

THEOREMS = "\n".join(
    [
        *(
            f'::: {{#{prefix}-a name="Named"}}\nA text.\n:::\n'
            for prefix in [
                "thm",
                "lem",
                "cor",
                "prp",
                "cnj",
                "def",
                "exm",
                "exr",
                "alg",
                "sol",
                "rem",
                "prf",
            ]
        ),
        *(f"::: {{.{kind}}}\nA text.\n:::\n" for kind in ("proof", "remark", "solution")),
        "@thm-a, @lem-a, @cor-a, @prp-a, @cnj-a, @def-a, @exm-a, @exr-a, @alg-a.",
    ]
)

TABS = """
::: {.panel-tabset}
## By value
One.

## By weight {.active}
Two.
:::
"""

WIDTHS = (
    "margin",
    *("body", "body-outset", "body-outset-left", "body-outset-right"),
    *("page", "page-left", "page-right"),
    *("page-inset", "page-inset-left", "page-inset-right"),
    *("screen", "screen-left", "screen-right"),
    *("screen-inset", "screen-inset-left", "screen-inset-right"),
)
LAYOUTS = (
    """
::: {layout-ncol=2}
![One](before.svg){fig-alt="One"}

![Two](after.svg){fig-alt="Two"}
:::

::: {layout-nrow=1}
One.

Two.
:::

::: {layout="[[1,1],[1]]"}
One.

Two.

Three.
:::

::: {layout="[[30,70]]"}
One.

Two.
:::

::: {.columns}
::: {.column width="40%"}
Left.
:::

::: {.column width="60%"}
Right.
:::
:::

::: {.aside}
Beside the text.
:::

![A picture, its caption beside it](before.svg){.margin-caption fig-alt="One"}

::: {.lead}
A class of the author's.
:::
"""
    + "\n".join(f"\n::: {{.column-{width}}}\nAs wide as it is.\n:::" for width in WIDTHS)
    + "\n\nWords.[In the margin.]{.aside}"
)

CODE = """
```{.python filename="trade.py" .numberLines}
total = exports + imports  # <1>
```
1. A sum.

```{dot}
//| label: fig-way
//| fig-cap: "The way of a bill"
//| fig-width: 3
digraph { draft -> law [label="vote"] }
```

```{mermaid}
%%| file: way.mmd
```

```{.python code-fold="true" code-summary="The code"}
x = 1
```
"""

SHORTCODES = """
{{< include _included.md >}}

The key is {{< meta story.visit >}}, the variable {{< var place.name >}}, the environment {{< env BROADSHEET_NO_SUCH
fallback >}}; {{< kbd Ctrl-C >}}, {{< kbd mac=Command-C win=Ctrl-C linux=Ctrl-C >}}; {{{< meta key >}}} as written.

{{< video film.mp4 title="A film" >}}

{{< brand color quay >}}, {{< placeholder 40 30 >}}, version {{< version >}}.

{{< contents moved >}}

[What moves]{#moved}

{{< lipsum 1 >}}

{{< pagebreak >}}
"""

WARNED = """
{{< embed index.ipynb#fig-lines >}}

{{< fa star title="a star" >}} {{< bi star title="a star" >}} {{< iconify star title="a star" >}}
"""
"""Shortcodes of which a build warns in any case."""

CONDITIONS = """
::: {.content-visible when-meta="story.visit"}
The visit was the first.
:::

::: {.content-hidden when-format="html"}
Not on pages.
:::

::: {.content-visible unless-format="pdf"}
On pages.
:::

::: {.content-hidden when-profile="print"}
On the web.
:::

::: {.content-visible unless-profile="print"}
On the web, too.
:::

[It was a visit.]{.content-visible when-format="html" unless-meta="story.none"}
"""

UPDATES = """
::: {.update #truce time="2023-11-24T16:00+02:00"}
### The first hostages are released
They are well [@customs2024].
:::

::: {.update time="2023-11-23"}
### A truce is agreed
It begins the day after.
:::
"""

STEPS = """
::: {.steps figure="fig-lines"}

::: {.step}
Three partners.
:::

::: {.step highlight="China"}
China bought more.
:::

::: {.step highlight="China; India" from="2020" to="2021" events="2022-02-24: The invasion" alt="Two lines rise."}
So did India.
:::

:::

::: {.steps figure="fig-animation"}

::: {.step view="2007" highlight="Peru"}
The last year.
:::

:::
"""

PICTURES = """
![The harbour](harbour.png){#fig-harbour credit="A. Photographer" licence="CC BY 4.0" fig-alt="Grey" focal="50% 20%"}

::: {#fig-quay .before-after}
![In August](before.svg){credit="A. Photographer" licence="CC BY 4.0" fig-alt="Before" width=240 height=160}

![In October](after.svg){credit="A. Photographer" licence="CC BY 4.0" fig-alt="After" width=240 height=160}

The quay, twice.
:::
"""

IMPORTS = """
from datetime import date

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
from IPython.display import HTML, Markdown, display

import broadsheet as bs

trade = bs.table("every-element").set_index("year")
partners = trade[["china", "india", "peru"]].rename(columns=str.capitalize)
"""

OPTIONS = {
    "echoed": '#| echo: fenced\n#| label: lst-echoed\n#| lst-cap: "Code"\n#| code-line-numbers: true\n'
    '#| filename: "a.py"\n#| code-overflow: wrap\n1 + 1',
    "folded": '#| echo: true\n#| code-fold: show\n#| code-summary: "The code"\n#| classes: own-class\n'
    "#| code-overflow: scroll\n1 + 2",
    "as-is": "#| output: asis\n#| warning: false\nprint('*Printed*')",
    "failed": "#| error: true\n1 / 0",
    "not-run": "#| eval: false\n#| echo: true\n1 / 0",
    "left-out": "#| include: false\n1 + 3",
    "panel": "#| panel: center\nHTML('<p>A panel.</p>')",
    "parts": '#| label: fig-outputs\n#| fig-cap: "Two outputs"\n#| fig-subcap: ["One", "Two"]\n#| layout-ncol: 2\n'
    "#| layout-align: center\n#| layout-valign: top\n"
    "display(HTML('<p>One</p>'), HTML('<p>Two</p>'))",
    "rows": '#| layout-nrow: 2\ndisplay(HTML("<p>One</p>"), HTML("<p>Two</p>"))',
    "layout": '#| layout: "[[30, 70]]"\ndisplay(HTML("<p>One</p>"), HTML("<p>Two</p>"))',
    "chart": '#| label: fig-options\n#| lst-label: lst-options\n#| lst-cap: "Its code"\n#| echo: true\n'
    '#| fig-cap: "Of `{python} year`"\n#| fig-alt: "A line."\n'
    '#| fig-align: left\n#| fig-column: page\n#| source: {text: "Our own count", url: "https://example.org/"}\n'
    '#| as-of: 2024-12-31\n#| licence: CC BY 4.0\n#| note: "Of `{python} year`."\n#| interactive: plotly\n'
    'px.line(x=[1, 2, 3], y=[1, 3, 2]).update_layout(meta={"narrow": {"height": 520}, "heads": {"x": "Place"}})',
    "table": '#| label: tbl-options\n#| tbl-cap: "A table"\n#| tbl-colwidths: [40, 20, 20, 20]\n#| tbl-column: body-outset\n'
    "#| bars: [China, India]\n#| search: true\npd.concat([partners] * 2, ignore_index=True).rename_axis('Row')",
    "tables": '#| label: tbl-parts\n#| tbl-cap: "Two tables"\n#| tbl-subcap: ["One", "Two"]\n'
    "display(partners.head(2), partners.tail(2))",
    "captions": '#| fig-cap: "Above"\n#| fig-cap-location: top\n#| cap-location: top\n#| tbl-cap-location: bottom\n'
    '#| lst-cap-location: bottom\nHTML("<p>A figure.</p>")',
    "shades": '#| renderings: [light, dark]\ndisplay(HTML("<p>Light.</p>"), HTML("<p>Dark.</p>"))',
    "kept": '#| html-table-processing: none\nHTML("<table><tr><td>**As it is**</td></tr></table>")',
    "column": "#| column: margin\nbs.big_number(trade.total, 'In the margin')",
    "tagged": "#| tags: [hide-input]\n1 + 4",
    "numbers": "display(bs.big_number(trade.total, 'Trade', since=2020), bs.big_number(trade.china, 'China', "
    "2021, example='$19 billion', estimate=True))",
    "styled": "partners.style.format(precision=1)",
    "markdown": 'Markdown("*Markdown*, by a cell")',
    "happened": '#| fig-alt: "Two happenings."\nbs.charts.timeline({"2022-02-24": "Invasion", ("2022-06-03", "2022-12-05"): "Embargo"})',
}
TAGS = (
    *("remove-cell", "hide-cell", "remove-input", "remove-code", "hide-code", "hide-input"),
    *("remove-output", "hide-output", "remove-warnings", "hide-warnings", "remove-stderr"),
)

STAPLES = {
    "lines": 'bs.charts.lines(partners, dashed_after=2023, number=".1f", unit="US$ bn", colours=bs.COLOURS)',
    "slope": "bs.charts.slope(partners.loc[[2021, 2024]].T.set_axis(['Before', 'After'], axis=1), number='.0f')",
    "dumbbell": "bs.charts.dumbbell(partners.loc[[2021, 2024]].T.set_axis(['Before', 'After'], axis=1), "
    "heads={'Before': 'In 2021', 'After': 'In 2024'})",
    "record": 'bs.charts.record(trade.total, word="Record")',
    "events": "bs.charts.events(bs.charts.lines(partners), "
    '{"2022-02-24": "Invasion", ("2020-03", "2021-06"): "Pandemic"})',
    "multiples": "bs.charts.multiples(partners, across=3)",
    "world": 'bs.charts.world(pd.Series({"CHN": 3.0, "IND": 2.0, "PER": 1.0, "FRA": 5.0, "BRA": 4.0}), classes=[2, 4], '
    'unit="years")',
    "words": 'bs.charts.world(pd.Series({"CHN": "yes", "IND": "no"}), colours={"yes": bs.COLOURS["accent"], '
    '"no": bs.COLOURS["context"]}, labels={"yes": "In favour", "no": "Against"})',
    "tiles": 'bs.charts.tiles(pd.Series({"CHN": 3.0, "IND": 2.0, "PER": 1.0, "FRA": 5.0}), classes=2)',
    "symbols": 'bs.charts.symbols(pd.Series({"CHN": 3.0, "IND": 2.0, "PER": 1.0}), named=2)',
    "flows": 'bs.charts.flows(pd.DataFrame({"from": ["CHN", "IND"], "to": ["PER", "PER"], "of": [3.0, 2.0]}))',
    "locator": 'bs.charts.locator({"Odesa": (46.48, 30.73)}, emphasis=["UKR"])',
}
"""The charts of `bs.charts`, by the ends of their labels."""

FRAMES = (
    "px.bar(pd.DataFrame({'year': [2002] * 2 + [2007] * 2, 'name': ['Peru', 'Chile'] * 2, 'life': [69, 77, "
    "71, 78]}), x='name', y='life', animation_frame='year', range_y=[0, 90])"
)
PLOTLY = {
    "animation": FRAMES,
    "scatter": "px.scatter(x=[1, 2, 3], y=[2, 1, 3])",
    "scattergl": "go.Figure(go.Scattergl(x=[1, 2, 3], y=[2, 1, 3], mode='markers'))",
    "bar": "px.bar(x=['A', 'B', 'C'], y=[3, 5, 4])",
    "pie": "px.pie(names=['A', 'B', 'C'], values=[3, 5, 4])",
    "donut": "px.pie(names=['A', 'B', 'C'], values=[3, 5, 4], hole=0.4)",
    "funnel": "px.funnel(x=[9, 5, 2], y=['A', 'B', 'C'])",
    "funnelarea": "px.funnel_area(names=['A', 'B', 'C'], values=[9, 5, 2])",
    "waterfall": "go.Figure(go.Waterfall(x=['A', 'B', 'C'], y=[5, -2, None], measure=['relative', 'relative', 'total']))",
    "box": "px.box(x=['A'] * 4 + ['B'] * 4, y=[1, 2, 3, 9, 2, 3, 4, 5])",
    "violin": "px.violin(x=['A'] * 4 + ['B'] * 4, y=[1, 2, 3, 9, 2, 3, 4, 5])",
    "histogram": "px.histogram(x=[1, 2, 2, 3, 3, 3])",
    "histogram2d": "go.Figure(go.Histogram2d(x=[1, 2, 2, 3], y=[1, 1, 2, 2]))",
    "histogram2dcontour": "go.Figure(go.Histogram2dContour(x=[1, 2, 2, 3], y=[1, 1, 2, 2]))",
    "heatmap": "px.imshow([[1, 2], [3, 4]], x=['A', 'B'], y=['C', 'D'])",
    "contour": "go.Figure(go.Contour(z=[[1, 2, 3], [2, 4, 6], [3, 6, 9]]))",
    "scatterternary": "px.scatter_ternary(pd.DataFrame({'a': [1, 2], 'b': [2, 1], 'c': [3, 3]}), a='a', b='b', c='c')",
    "scatterpolar": "px.line_polar(r=[1, 2, 3], theta=['A', 'B', 'C'], line_close=True)",
    "scatterpolargl": "go.Figure(go.Scatterpolargl(r=[1, 2, 3], theta=[0, 120, 240], mode='markers'))",
    "barpolar": "px.bar_polar(r=[1, 2, 3], theta=['N', 'E', 'S'])",
    "surface": "go.Figure(go.Surface(z=[[1, 2], [3, 4]]))",
    "scatter3d": "px.scatter_3d(x=[1, 2], y=[1, 2], z=[1, 2])",
    "choropleth": "px.choropleth(locations=['CHN', 'IND', 'PER'], color=[3.0, 2.0, 1.0])",
    "scattergeo": "px.scatter_geo(locations=['CHN', 'IND', 'PER'], size=[3, 2, 1])",
    "scattermap": "px.scatter_map(lat=[46.5, 50.4], lon=[30.7, 30.5])",
    "densitymap": "px.density_map(lat=[46.5, 50.4, 40.0], lon=[30.7, 30.5, 20.0], z=[1, 2, 3])",
    "choroplethmap": "px.choropleth_map(locations=['A'], color=[1.0], geojson={'type': 'FeatureCollection', 'features': "
    "[{'type': 'Feature', 'id': 'A', 'properties': {}, 'geometry': {'type': 'Polygon', 'coordinates': "
    "[[[20, 40], [20, 52], [32, 52], [32, 40], [20, 40]]]}}]})",
    "candlestick": "go.Figure(go.Candlestick(x=['2022-01-03', '2022-01-04'], open=[1, 2], close=[2, 3], high=[3, 4], "
    "low=[0, 1]))",
    "ohlc": "go.Figure(go.Ohlc(x=['2022-01-03', '2022-01-04'], open=[1, 2], close=[2, 3], high=[3, 4], low=[0, 1]))",
    "timeline": "px.timeline([{'name': 'A', 'from': '2022-01-01', 'to': '2022-02-01'}], x_start='from', x_end='to', "
    "y='name')",
    "range": "go.Figure(go.Bar(base=[1, 2], x=[3, 4], y=['A', 'B'], orientation='h'))",
    "sankey": "go.Figure(go.Sankey(node={'label': ['A', 'B', 'C']}, link={'source': [0, 1], 'target': [2, 2], 'value': "
    "[3, 4]}))",
    "table": "go.Figure(go.Table(header={'values': ['Name', 'Value']}, cells={'values': [['A', 'B'], [1, 2]]}))",
    "indicator": "go.Figure(go.Indicator(mode='gauge+number', value=42))",
    "splom": "px.scatter_matrix(pd.DataFrame({'a': [1, 2, 3], 'b': [2, 1, 3]}))",
    "parcoords": "px.parallel_coordinates(pd.DataFrame({'a': [1, 2, 3], 'b': [2, 1, 3]}))",
    "treemap": "px.treemap(names=['A', 'B', 'C'], parents=['', 'A', 'A'], values=[0, 2, 3])",
    "facets": "px.line(pd.DataFrame({'x': [1, 2] * 2, 'y': [1, 2, 2, 1], 'name': ['A', 'A', 'B', 'B']}), x='x', y='y', "
    "facet_col='name')",
    "slider": "px.line(x=['2022-01-01', '2022-02-01'], y=[1, 2]).update_xaxes(rangeslider_visible=True)",
    "menu": "go.Figure([go.Bar(x=['A'], y=[1], name='One'), go.Bar(x=['A'], y=[2], name='Two', visible=False)])"
    ".update_layout(updatemenus=[{'buttons': [{'label': 'One', 'method': 'update', 'args': [{'visible': [True, False]}]}, "
    "{'label': 'Two', 'method': 'update', 'args': [{'visible': [False, True]}]}]}])",
}
"""A figure of each of plotly's types that the guides name, by the ends of their labels."""
IMAGE = (
    "px.imshow(np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]], dtype='uint8'))"
)
"""A picture: of its type, `image`, a build warns that there is no table."""


def chart(label: str, code: str, *options: str) -> str:
    """A cell that shows a chart."""
    words = [f'fig-cap: "Made up: {label}."', f'fig-alt: "A chart: {label}."']
    lines = [f"label: fig-{label}", *words, "source: false", *options]
    return "\n".join([*(f"#| {line}" for line in lines), code])


CELLS: tuple[Any, ...] = (
    IMPORTS,
    *(("md", text) for text in (PROSE, CALLOUTS, REFERENCES, THEOREMS, TABS, LAYOUTS, CODE)),
    *(("md", text) for text in (SHORTCODES, CONDITIONS, UPDATES)),
    *OPTIONS.values(),
    *(("code", "import sys\nprint(1, file=sys.stderr)\n2", tag) for tag in TAGS),
    *(chart(name, code) for name, code in STAPLES.items()),
    *(
        chart(f"plotly-{name}" if name != "animation" else name, code, f"interactive: {how}")
        for (name, code), how in zip(PLOTLY.items(), ["light", "none"] * len(PLOTLY), strict=False)
    ),
    ("md", STEPS),
    ("md", PICTURES),
    ("md", "::: {.before-after}"),
    chart("may", "px.line(x=[1, 2], y=[0, 1], range_y=[0, 9])"),
    chart("june", "px.line(x=[1, 2], y=[0, 9], range_y=[0, 9])"),
    ("md", ":::"),
    ("md", "::: {#refs}\n:::"),
)
"""The cells of the article, as `Site.article` takes them."""
WITH_WARNINGS: tuple[Any, ...] = (("md", WARNED), chart("plotly-image", IMAGE))
"""Those of which a build warns, so that `broadsheet publish` refuses them."""

TABLE = {
    "name": "every-element",
    "type": "table",
    "path": "every-element.csv",
    "title": "Trade with partners",
    "description": "Made up.",
    "schema": {
        "fields": [
            {"name": "year", "title": "Year", "type": "integer", "constraints": {"required": True}},
            *(
                {"name": name, "title": name.capitalize(), "type": "number", "unit": "US$ bn"}
                for name in ("china", "india", "peru", "total")
            ),
        ],
        "primaryKey": ["year"],
    },
    "sources": [{"title": "Trade", "publisher": "The Customs", "path": "https://customs.example/"}],
    "licenses": [{"name": "CC-BY-4.0"}],
    "as_of": "2024-12-31",
    "retrieved": "2025-01-31",
}
ROWS = """\
year,china,india,peru,total
2018,10.1,4.2,2.5,16.8
2019,11.4,4.6,2.4,18.4
2020,12.2,5.1,2.2,19.5
2021,14.6,6.3,2.1,23.0
2022,19.0,9.8,1.9,30.7
2023,24.1,13.5,1.8,39.4
2024,28.3,17.7,1.7,47.7
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="160" viewBox="0 0 240 160">'
    '<rect width="240" height="160" fill="{}"/></svg>\n'
)


def write_every_element(root: Path, *, has_warnings: bool = True) -> Path:
    """Write the article, and what it needs, into the publication at ``root``: its table into the
    catalogue, its pictures, what it includes; perhaps without the elements of which a build warns.
    Returns the notebook.
    """
    site = Site(root)
    descriptor = root / "data/datapackage.json"
    package = (
        json.loads(descriptor.read_text("utf-8"))
        if descriptor.exists()
        else {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "tables",
            "title": "Tables",
            "resources": [],
        }
    )
    others = [entry for entry in package["resources"] if entry["name"] != TABLE["name"]]
    site.write("data/every-element.csv", ROWS)
    site.write("data/datapackage.json", json.dumps(package | {"resources": [*others, TABLE]}))
    update_hashes(root)
    site.write("_variables.yml", "place: {name: Odesa}\n")
    folder = f"posts/{SLUG}"
    site.write(f"{folder}/_included.md", "A text from another file.\n")
    site.write(
        f"{folder}/references.bib",
        "@misc{customs2024,\n  title = {Trade by year},\n  author = {{The Customs}},\n"
        "  year = {2024},\n  url = {https://customs.example/}\n}\n",
    )
    site.write(f"{folder}/before.svg", SVG.format("#555"))
    site.write(f"{folder}/after.svg", SVG.format("#999"))
    site.write(f"{folder}/way.mmd", "graph LR\n  A[Draft] --> B[Law]\n")
    (root / folder / "harbour.png").write_bytes(_grey_png(48, 32))
    (root / folder / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
    cells = (*CELLS, *(WITH_WARNINGS if has_warnings else ()))
    return site.article(SLUG, *cells, front=FRONT, parameters=PARAMETERS)


def _grey_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\0" + b"\x80" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )
