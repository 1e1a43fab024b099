"""What a build shows, the preview shows: each element, cell option and chart that the guides name, alone
and within others, in an article of each form.

One site is built, and one preview of it runs. The text, the figures, their files and the warnings of
each page are compared.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from lxml import html

from broadsheet.site.build.build import Report, build
from broadsheet.site.theme.theme_files import BUNDLES
from conftest import CONFIG, TABLE, Site
from plotly_alive.reading.chart_data import FAMILIES
from previewing import Previewed, ended, started

ROOT = Path(__file__).parents[2]
GUIDES = {
    name: (ROOT / "docs" / name).read_text("utf-8")
    for name in (
        *("markdown.md", "authoring.md", "charts.md", "staple-charts.md", "tables-and-pictures.md"),
        *("proof.md", "checks.md", "bs.md"),
    )
}
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><path d="M0 0L40 30"/></svg>'
)
IMPORTS = """import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
from IPython.display import HTML, Markdown, display
import broadsheet as bs

trade = bs.table("trade").set_index("year")
data = pd.DataFrame({"China": [10, 12, 17], "India": [8, 9, 9.5]}, index=[2019, 2020, 2021])
days = pd.DataFrame({"China": [10, 12]}, index=pd.to_datetime(["2021-01-01", "2022-06-01"]))"""
ELEMENTS = r"""A note[^n], [another article](article:kinds), a citation [@tass] and @fig-bars, `{python} year`.

[^n]: The note.

::: {.callout-note title="How this was counted"}
Each ship counts once.
:::

::: {.callout-tip collapse="true"}
## A tip
Text.
:::

::: {.callout-warning appearance="simple"}
Text.
:::

::: {.callout-caution icon=false}
Text.
:::

::: {#imp-a .callout-important appearance="minimal"}
Text. See @imp-a.
:::

::: {.update time="2023-11-25T16:00+02:00"}
### The newest
First.
:::

::: {.update time="2023-11-24"}
The day before.
:::

::: {.panel-tabset}
## By value
First.

## By weight {.active}
Second.
:::

![Beside it](one.svg){.margin-caption fig-alt="A line."}

::: {.columns}
::: {.column width="50%"}
Left.
:::
::: {.column width="50%"}
Right.
:::
:::

::: {layout-ncol=2}
![One](one.svg){fig-alt="A line." credit="A. Photographer" licence="CC BY 4.0"}

![Two](one.svg){fig-alt="A line."}
:::

::: {#fig-pair layout="[[30,70]]" layout-valign="bottom"}
![First](one.svg){#fig-pair-a fig-alt="A line."}

![Second](one.svg){#fig-pair-b fig-alt="A line."}

A pair.
:::

::: {.content-visible when-meta="story.visit"}
The visit was the first.
:::

::: {.content-hidden when-format="html"}
Never.
:::

::: {.content-hidden when-profile="print"}
On the web.
:::

::: {.content-visible unless-profile="print"}
On the web, too.
:::

[A span]{.content-visible unless-meta="story.none"} and [wise men]{.unchecked reason="a proverb"}.

::: {.unchecked reason="of hearsay"}
It fell by 40 percent.
:::

::: {held-by="@tass"}
It fell sharply.
:::

::: {.lead}
A lead.
:::

::: {.aside}
Aside.
:::

::: {.column-margin}
Marginal.
:::

::: {.column-body}
Text.
:::

::: {.column-body-outset}
Text.
:::

::: {.column-page}
Text.
:::

::: {.column-page-inset}
Text.
:::

::: {.column-screen}
Text.
:::

::: {.column-screen-inset}
Text.
:::

::: {#thm-a name="Of lines"}
A line is straight.
:::

::: {.proof}
See @thm-a.
:::

::: {.remark}
So it is.
:::

::: {.solution}
Solved.
:::

::: {.before-after}
![Before](one.svg){fig-alt="A line." width=40px height=30px}

![After](one.svg){fig-alt="A line." width=40px height=30px}
:::

$$ E = mc^2 $$ {#eq-energy}

See @eq-energy and @lst-one.

```{#lst-one .python .numberLines filename="trade.py" lst-cap="A listing"}
x = 1  # <1>
```

1. A note on the code.

| a | b |
|:--|--:|
| 1 | 2 |

: A plain table {#tbl-plain}

- [x] done

Term
: Its meaning.

{{< include _part.md >}}

{{< meta story.visit >}}, {{< var version >}}, {{< env BROADSHEET_NONE fallback >}}, {{< kbd Ctrl-C >}},
{{< fa flag title="A flag" >}}, {{< video clip.mp4 title="A clip" >}} {{< pagebreak >}}

{{< brand color quay >}}, {{< placeholder 40 30 >}}, version {{< version >}}.

{{< contents moved >}}

[What moves]{#moved}

{{< lipsum 1 >}}

```{dot}
//| label: fig-way
//| fig-cap: "The way of a bill"
digraph { draft -> law }
```

{{< embed ../combined/index.ipynb#fig-trade >}}

## References

::: {#refs}
:::
"""
CELLS: tuple[Any, ...] = (
    ("md", ELEMENTS),
    "#| label: fig-bars\n#| fig-cap: Bars of `{python} year`.\n#| fig-alt: Two bars.\n#| source: trade.total\n"
    "#| as-of: 2022-12-31\n#| licence: CC BY 4.0\n#| note: In `{python} year`.\n#| interactive: plotly\n"
    "#| fig-align: left\npx.bar(trade.reset_index(), x='year', y='total')",
    "#| label: tbl-frame\n#| tbl-cap: A frame.\n#| bars: [total]\n#| search: true\n#| tbl-column: page\n"
    "#| tbl-colwidths: [50, 50]\ntrade",
    "#| echo: fenced\n#| code-fold: true\n#| code-summary: Show\n#| code-line-numbers: true\n"
    "#| filename: a.py\n#| code-overflow: wrap\n#| lst-cap: Code\n#| lst-label: lst-two\n1 + 1",
    "#| label: fig-two\n#| fig-cap: Two.\n#| fig-subcap: [One, Two]\n#| layout-ncol: 2\n#| layout-align: left\n"
    "#| fig-column: page\n#| interactive: none\n#| source: false\n"
    "display(px.bar(x=['a'], y=[1]), px.bar(x=['b'], y=[2]))",
    "#| label: tbl-two\n#| tbl-cap: Two.\n#| tbl-subcap: [One, Two]\n#| layout-nrow: 1\n#| layout-valign: top\n"
    "display(trade, trade)",
    "#| output: asis\n#| layout: [[1]]\n#| classes: own\n#| panel: tabset\n#| tags: [own]\nprint('*Set*')",
    "#| error: false\n#| warning: false\n1 + 1",
    "#| eval: false\n#| include: false\nnever()",
    "#| column: screen\nHTML('<table class=\"is-sortable\"><tr><td>1</td></tr></table>')",
    "Markdown('*Set* in Markdown')",
    "#| renderings: [light, dark]\n#| html-table-processing: none\n"
    "display(HTML('<p>Light.</p>'), HTML('<p>Dark.</p>'))",
)
CHARTS: tuple[str, ...] = (
    "bs.charts.lines(data, dashed_after=2020)",
    "bs.charts.slope(data)",
    "bs.charts.dumbbell(data)",
    "bs.charts.record(data.China)",
    "bs.charts.events(bs.charts.lines(days), {'2022-02-24': 'Invasion', ('2021-03', '2021-06'): 'Talks'})",
    "bs.charts.timeline({'2022-02-24': 'Invasion', ('2022-11-15', '2022-12-05'): 'Talks'})",
    "bs.charts.multiples(data)",
    "bs.charts.world(pd.Series({'CHN': 3, 'IND': 2, 'PER': 1}))",
    "bs.charts.tiles(pd.Series({'CHN': 3, 'IND': 2, 'PER': 1}))",
    "bs.charts.symbols(pd.Series({'CHN': 3, 'IND': 2, 'PER': 1}))",
    "bs.charts.flows(pd.DataFrame([('CHN', 'IND', 3.0), ('IND', 'PER', 2.0)], columns=['from', 'to', 'value']))",
    "bs.charts.locator({'Odesa': (46.48, 30.73)})",
)
STEPS = """::: {.steps figure="fig-%s"}

::: {.step}
Both.
:::

::: {.step highlight="China" alt="China alone"}
China.
:::

::: {.step highlight="China; India" from="2019" to="2020" events="2020: The embargo"}
Since the embargo.
:::

:::
"""
VIEWS = """::: {.column-margin}
::: {.steps figure="fig-frames"}

::: {.step view="2007" highlight="Africa"}
The last year, of `{python} year`.
:::

:::
:::
"""


def chart(label: str, code: str, *options: str) -> str:
    return "\n".join([f"#| label: fig-{label}", *(f"#| {one}" for one in options), code])


LINES = "bs.charts.lines(data, unit='US$ bn').update_layout(title='Trade')"
FRAMES = (
    "px.scatter(px.data.gapminder(), x='gdpPercap', y='lifeExp', animation_frame='year', "
    "color='continent')"
)
COMBINED: tuple[Any, ...] = (
    chart("trade", LINES, "source: trade"),
    chart("frames", FRAMES, "source: false"),
    ("md", STEPS % "trade"),
    ("md", "::: {.columns}\n::: {.column}\n" + STEPS % "trade" + ":::\n:::\n"),
    ("md", "::: {.panel-tabset}\n## Text\n" + STEPS % "trade" + "\n## Chart\n"),
    chart("tabbed", LINES, "source: false"),
    ("md", ":::\n\n" + VIEWS),
    ("md", "::: {.before-after}"),
    chart("before", LINES, "source: false", "fig-cap: Before"),
    chart("after", LINES, "source: false", "fig-cap: After"),
    ("md", ":::\n\n::: {.content-visible when-meta='story.visit'}"),
    "#| column: margin\nbs.big_number(trade.total, 'Trade')",
    ("md", ":::"),
    "display(bs.big_number(trade.total, 'Trade'), bs.big_number(trade.total, 'Since', since=2021))",
    ("md", "::: {layout-ncol=2}"),
    chart("left", LINES, "source: false"),
    "#| source: false\nbs.big_number(data.China, 'China', unit='US$ bn', source='@tass')",
    ("md", ":::\n\n" + STEPS % "left"),
)


def each(kinds: tuple[str, ...], arrays: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {kind: dict(arrays) for kind in kinds}


PLOTLY: dict[str, dict[str, Any]] = {
    **each(("scatter", "scattergl", "bar", "waterfall"), {"x": [1, 2], "y": [3, 4]}),
    "funnel": {"x": [3, 2], "y": ["a", "b"]},
    **each(("scatterpolar", "scatterpolargl", "barpolar"), {"r": [1, 2], "theta": [0, 90]}),
    **each(("pie", "funnelarea"), {"labels": ["a", "b"], "values": [1, 2]}),
    **each(("heatmap", "contour", "surface"), {"z": [[1, 2], [3, 4]]}),
    "choropleth": {"locations": ["CHN", "PER"], "z": [1, 2]},
    "choroplethmap": {
        "locations": ["a"],
        "z": [1],
        "geojson": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "id": "a",
                    "properties": {},
                    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]]]},
                }
            ],
        },
    },
    **each(("scattergeo", "scattermap"), {"lat": [10, 20], "lon": [10, 30]}),
    "densitymap": {"lat": [10, 20], "lon": [10, 30], "z": [1, 2]},
    **each(("histogram", "box", "violin"), {"x": [1, 2, 2, 3]}),
    **each(
        ("candlestick", "ohlc"),
        {"x": ["2024-01-01", "2024-01-02"], "open": [1, 2], "close": [2, 3], "high": [3, 4], "low": [0, 1]},
    ),
    "sankey": {
        "node": {"label": ["a", "b"]},
        "link": {"source": [0], "target": [1], "value": [3]},
    },
    "table": {"header": {"values": ["a"]}, "cells": {"values": [[1, 2]]}},
    "indicator": {"value": 3},
    **each(("histogram2d", "histogram2dcontour"), {"x": [1, 2], "y": [3, 4]}),
    "image": {"z": [[[0, 0, 0], [255, 255, 255]]]},
    "scatterternary": {"a": [1, 2], "b": [2, 1], "c": [1, 1]},
    **each(("sunburst", "treemap", "icicle"), {"labels": ["a", "b"], "parents": ["", "a"], "values": [2, 1]}),
    "parcoords": {"dimensions": [{"label": "a", "values": [1, 2]}, {"label": "b", "values": [2, 1]}]},
    "parcats": {"dimensions": [{"label": "a", "values": ["x", "y"]}]},
    "splom": {"dimensions": [{"label": "a", "values": [1, 2]}, {"label": "b", "values": [2, 1]}]},
    **each(("scatter3d", "mesh3d"), {"x": [0, 1, 0, 1], "y": [0, 0, 1, 1], "z": [1, 2, 3, 4]}),
    "scattersmith": {"real": [0.5, 1], "imag": [0.5, 1]},
    "carpet": {"a": [1, 1, 2, 2], "b": [1, 2, 1, 2], "y": [1, 2, 3, 4]},
}  # fmt: skip
DERIVED = {
    "donut": "go.Figure(go.Pie(labels=['a', 'b'], values=[1, 2], hole=0.4))",
    "timeline": "px.timeline(pd.DataFrame({'a': ['2024-01-01'], 'b': ['2024-02-01'], 'y': ['x']}), "
    "x_start='a', x_end='b', y='y')",
    "range": "go.Figure(go.Bar(x=[2, 3], base=[1, 1], y=['a', 'b'], orientation='h'))",
    "animation": FRAMES,
    "facets": "px.bar(px.data.tips(), x='day', y='tip', facet_col='sex')",
    "menu": "go.Figure([go.Bar(y=[1]), go.Bar(y=[2], visible=False)]).update_layout(updatemenus=[{'buttons': ["
    "{'label': 'A', 'method': 'update', 'args': [{'visible': [True, False]}]}, "
    "{'label': 'B', 'method': 'update', 'args': [{'visible': [False, True]}]}]}])",
    "undrawable": "{'data': [{'type': 'nonsense', 'y': [1]}], 'layout': {}}",
}
OLDER = {"heatmapgl", "choroplethmapbox", "scattermapbox", "densitymapbox"}
"""Types that newer versions of plotly have no longer."""


def of_plotly(code: str) -> str:
    return f"#| source: false\n{code}"


KINDS = tuple(
    of_plotly(f"go.Figure({{'data': [{{'type': {kind!r}, **{found!r}}}]}})")
    for kind, found in PLOTLY.items()
) + tuple(
    of_plotly(
        f"display({{'application/vnd.plotly.v1+json': {code}}}, raw=True)"
        if kind == "undrawable"
        else code
    )
    for kind, code in DERIVED.items()
)
FRONT = (
    "title: '{title} `{{python}} year`'\ndate: 2024-05-01\nauthor: A. One\ncategories: [World]\ntoc: true\n"
    "bibliography: refs.bib\nstory: {{visit: yes}}\nexcerpt: 'In `{{python}} year`.'\n"
    "editions:\n  - {{slug: again, title: '{title} again', parameters: {{year: 2021}}}}"
)
PARAMETERS = "year: int = 2022"
QMD = f"""---
title: Written
date: 2024-05-02
---

```{{python}}
#| tags: [parameters]
{PARAMETERS}
```

```{{python}}
{IMPORTS}
```

In `{{python}} year`.

{STEPS % "trade"}

```{{python}}
{chart("trade", LINES, "source: trade")}
```
"""
PERCENT = f"""# %% [markdown]
# ---
# title: Script
# date: 2024-05-03
# ---

# %% tags=["parameters"]
{PARAMETERS}

# %%
{IMPORTS}

# %% [markdown]
\"\"\"
{STEPS % "trade"}
\"\"\"

# %%
{chart("trade", LINES, "source: trade")}
"""


@dataclass(frozen=True)
class Both:
    """A publication as it was built, and as it is previewed."""

    site: Site
    report: Report
    preview: Previewed


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    site = Site(tmp_path_factory.mktemp("publication") / "site")
    config = CONFIG.replace('"posts/**/*.ipynb"', '"posts/**/*.*"')
    site.write("_quarto.yml", f'{config}brand: {{color: {{palette: {{quay: "#336699"}}}}}}\n')
    site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: posts}\n---\n")
    site.write("_variables.yml", "version: 1.2\n")
    site.table(entry=TABLE)
    for name, cells in (
        ("elements", CELLS),
        ("staples", tuple(of_plotly(code) for code in CHARTS)),
        ("kinds", KINDS),
        ("combined", COMBINED),
    ):
        front = FRONT.format(title=name.capitalize())
        if name == "kinds":  # many figures, and nothing in them that editions change
            front = front.partition("\neditions:")[0]
        site.article(name, IMPORTS, *cells, front=front, parameters=PARAMETERS)
        site.write(
            f"posts/{name}/refs.bib", "@misc{tass, title={Trade}, author={TASS}, year={2023}}"
        )
        site.write(f"posts/{name}/one.svg", PICTURE)
        site.write(f"posts/{name}/clip.mp4", "")
        site.write(f"posts/{name}/_part.md", "A part.")
    site.write("posts/written/index.qmd", QMD)
    site.write("posts/script/index.py", PERCENT)
    report = build(site.root)
    assert not report.faults, "\n".join(map(str, report.faults))
    preview = started(site)
    for path in PAGES:  # what a page says of others is known once they were made
        preview.ask(path)
    yield Both(site, report, preview)
    assert ended(preview) == 0


PAGES = [
    f"posts/{name}/{page}.html"
    for name, pages in {
        "elements": ("index", "again"),
        "staples": ("index", "again"),
        "kinds": ("index",),
        "combined": ("index", "again"),
        "written": ("index",),
        "script": ("index",),
    }.items()
    for page in pages
]


def main_of(page: str) -> html.HtmlElement:
    """What a reader has of a page, with the addresses of files as a build writes them."""
    page = re.sub(r'(="[^"]+)\?v=[0-9a-f]+"', r'\1"', page)
    # what the words of a claim rest on is the author's to know
    page = re.sub(r'\n<span class="preview-words" lang="en">.*?</span>', "", page)
    (main,) = html.fromstring(page).iter("main")
    return main


def files_of(main: html.HtmlElement) -> set[str]:
    names = ("data-figure", "data-values", "src")
    named = {one for name in names for one in main.xpath(f"//@{name}")}
    return named | set(main.xpath("//a[@download]/@href"))


def messages_of(page: str) -> set[tuple[str, str]]:
    """The place and the text of each warning and note."""
    (bar,) = html.fromstring(page).iter("broadsheet-preview")
    parts = (
        (one.xpath('string(.//*[@class="where"])'), one.xpath('string(.//*[@class="what"])'))
        for title in bar.xpath('.//h2[text()="Warnings" or starts-with(text(), "Notes")]')
        for one in title.getnext().iter("li")
    )
    return {(where.strip(), what.strip()) for where, what in parts}


@pytest.mark.parametrize("path", PAGES)
def test_the_preview_shows_what_a_build_shows(both: Both, path: str) -> None:
    status, page = both.preview.ask(path)
    assert status == 200
    assert 'role="alert"' not in page, re.sub(r"\s+", " ", page)[-3000:]
    shown, wanted = main_of(page), main_of(both.site.read(f"_site/{path}"))
    assert html.tostring(shown, encoding="unicode") == html.tostring(wanted, encoding="unicode")
    assert wanted.xpath("//@data-figure")
    for name in files_of(wanted):
        if name.endswith(".png") or name.startswith("data:"):
            continue  # pictures to take along are not drawn in a preview; others are in the page
        address = urljoin(path, name).lstrip("/")
        with urlopen(both.preview.address + address) as answer:
            assert answer.read() == (both.site.root / "_site" / address).read_bytes(), name


@pytest.mark.parametrize("path", PAGES)
def test_the_preview_warns_of_what_a_build_warns_of(both: Both, path: str) -> None:
    both.preview.ask(path)
    _, page = both.preview.ask(path)
    source = next((both.site.root / path).parent.glob("index.*"))
    name = str(source.relative_to(both.site.root))
    built = {(str(one.where), one.what) for one in both.report.notices if one.where.file == name}
    assert built
    assert messages_of(page) == {(where, entities.unescape(what)) for where, what in built}


def test_every_figure_is_drawn(both: Both) -> None:
    """The comparison is of drawings, and not of gaps: only what plotly.js does not know is not drawn."""
    gaps = {path: both.site.read(f"_site/{path}").count("could not be drawn") for path in PAGES}
    assert {path for path, number in gaps.items() if number} == {"posts/kinds/index.html"}
    assert gaps["posts/kinds/index.html"] == 1


# What the guides name is in the articles above.


SOURCES = "\n".join(
    [
        ELEMENTS,
        QMD,
        *(one if isinstance(one, str) else one[1] for one in (*CELLS, *COMBINED, *CHARTS)),
    ]
)
OF_PAGES = {
    "aside", "bib", "csv", "env", "git", "gitignore", "html", "ipynb", "md", "mp4", "py", "qmd", "quarto", "venv",
    "woff2", "yaml", "json", "toml", "css", "js", "broadsheet", "svg",
    "layout-spans", "layout-span-4", "quarto-layout-panel", "quarto-layout-row", "layout-ncol-2",
    "quarto-layout-cell", "tab-choice", "nav-link", "tab-pane", "unresolved",
}  # fmt: skip
"""Words with a dot that no author writes as a class: suffixes, and classes of the pages that are made."""


def test_each_div_of_the_guides_is_previewed() -> None:
    text = "".join(
        GUIDES[name] for name in ("markdown.md", "authoring.md", "tables-and-pictures.md")
    )
    named = set(re.findall(r"^:{3,} *\{[^}\n]*?\.([\w-]+)", text, re.MULTILINE))
    named |= set(re.findall(r"`\.([a-z][\w-]+)[`\s>]", text))
    named |= {
        f"callout{one}" for one in re.findall(r"`(?:callout)?(-[a-z]+)`", section("Callouts"))
    }
    assert len(named) > 25
    assert [one for one in sorted(named - OF_PAGES) if f".{one}" not in SOURCES] == []


def test_each_attribute_of_the_guides_is_previewed() -> None:
    rows = [
        *column(section("Callouts")),
        *column(section("Conditions")),
        *column(section("Show a chart step by step", "staple-charts.md")),
    ]
    assert len(rows) > 10
    missing = [one for one in rows if not re.search(rf"[\s{{]{one}=", SOURCES)]
    assert set(missing) <= {"unless-format"}


def test_each_option_of_a_cell_is_previewed() -> None:
    rows = [
        *column(section("Cells").partition("These tags")[0]),
        *column(GUIDES["charts.md"].partition("\n## ")[0]),
        *column(section("Make a table", "tables-and-pictures.md").partition("##")[0]),
    ]
    assert len(rows) > 30
    assert [one for one in rows if not re.search(rf"#\| {one}: ", SOURCES)] == []


def test_each_shortcode_of_the_guides_is_previewed() -> None:
    named = re.findall(r"^\| `\{\{\{< (\w+)", section("Shortcodes"), re.MULTILINE)
    assert len(named) > 7
    assert [one for one in named if f"{{{{< {one}" not in SOURCES] == []


def test_each_chart_is_previewed() -> None:
    staples = re.findall(r"^### `bs\.charts\.(\w+)`", GUIDES["bs.md"], re.MULTILINE)
    assert len(staples) > 10
    assert [name for name in staples if f"bs.charts.{name}(" not in SOURCES] == []
    kinds = {*FAMILIES, *(kind for kinds in BUNDLES.values() for kind in kinds)} - OLDER
    assert kinds - {*PLOTLY, *DERIVED} == set()


def section(heading: str, guide: str = "markdown.md") -> str:
    """What stands under a heading, up to the next of its level."""
    found = re.search(
        rf"^(##+) {re.escape(heading)}\n(.*)", GUIDES[guide], re.MULTILINE | re.DOTALL
    )
    assert found is not None
    level, after = found.groups()
    return re.split(rf"^#{{2,{len(level)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def column(text: str) -> list[str]:
    """The words of code in the first column of the tables."""
    rows = re.findall(r"^\| ([^|]*`[^|]*) \|", text, re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([\w-]+)", row)]
