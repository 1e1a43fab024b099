"""Plotly figures that are left as HTML: in what Quarto has frozen, and in outputs that were saved
elsewhere. They are figures of the page, as any other; what else a script draws is said.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
import plotly.graph_objects as go
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output, new_raw_cell
from test_quarto import environment, quarto  # noqa: F401 - a fixture

from broadsheet.markdown.plotly_html import pieces
from broadsheet.site.build.build import build
from conftest import Site

CONFIG = "project:\n  type: website\nwebsite:\n  title: T\nexecute:\n  freeze: true\n"
FIGURE = go.Figure(
    go.Bar(x=["a", "b"], y=[3, 4], name="Ships </script> & “boats”"), layout_title_text="Ships"
)
OTHER = go.Figure(go.Scatter(x=[1, 2], y=[5, 6]), layout_title_text="Boats")
HTML = FIGURE.to_html(include_plotlyjs="cdn", full_html=False)
BARE = OTHER.to_html(include_plotlyjs=False, full_html=False)
NAME = "00f48f7f-30c4-4663-8213-b337420b75b4"
DATA, LAYOUT = '[{"type": "bar", "x": ["a", "b"], "y": [3, NaN]}]', '{"title": {"text": "Ships"}}'
DIV = f'<div id="{NAME}" class="plotly-graph-div" style="height:525px; width:100%;"></div>'
REQUIRE = (
    f'<div>{DIV}<script type="text/javascript">require(["plotly"], function(Plotly) {{ '
    f"window.PLOTLYENV=window.PLOTLYENV || {{}}; if (document.getElementById('{NAME}')) {{ "
    f"Plotly.newPlot(\n  '{NAME}',\n  {DATA},\n  {LAYOUT},\n  {{\"responsive\": true}}"
    ").then(function(){ var gd = 1; }) }; });</script></div>"
)
FORMS = {
    "cdn": HTML,
    "no library": FIGURE.to_html(include_plotlyjs=False, full_html=False),
    "whole page": FIGURE.to_html(include_plotlyjs="cdn"),
    "whole library": FIGURE.to_html(include_plotlyjs=True, full_html=False),
    "require": REQUIRE,
    "plot": f'{DIV}<script>Plotly.plot("{NAME}", {DATA}, {LAYOUT}, {{"linkText": "Export"}})</script>',
    "element": f'{DIV}<script>Plotly.react(document.getElementById("{NAME}"), {DATA}, {LAYOUT})</script>',
    "no layout": f'{DIV}<script>Plotly.newPlot("{NAME}", {DATA})</script>',
    "R": (
        '<div class="plotly html-widget html-fill-item" id="htmlwidget-1" style="width:100%"></div>'
        '<script type="application/json" data-for="htmlwidget-1">{"x":{"visdat":{},"data":'
        f'{DATA},"layout":{LAYOUT}}},"evals":[],"jsHooks":[]}}</script>'
    ),
}
FAILS = "```{python}\n1 / 0\n```"
LIBRARY = (
    "<script type='text/javascript'>window.PlotlyConfig = {MathJaxConfig: 'local'};"
    "if (typeof require !== 'undefined') { require.undef(\"plotly\"); }</script>"
)
BOKEH = '<div id="b1"></div><script>Bokeh.embed.embed_items(docs_json, render_items);</script>'


def cell(*outputs: str, code: str = "", attributes: str = "#2072c63b .cell") -> str:
    """A cell as Quarto freezes it."""
    parts = [f"``` {{.python .cell-code}}\n{code}\n```\n"] if code else []
    parts += [
        output
        if output.startswith(":::")
        else f"::: {{.cell-output .cell-output-display}}\n```{{=html}}\n{output}\n```\n:::\n"
        for output in outputs
    ]
    return "\n".join([f"::: {{{attributes} execution_count=1}}", *parts, ":::\n"])


def freeze(
    site: Site, *cells: str, source: str = FAILS, front: str = "title: A", **more: Any
) -> None:
    """A page `a/index.qmd`, and what Quarto has frozen of it."""
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Front\n---\nHello.\n")
    site.write("a/index.qmd", f"---\n{front}\n---\n\n{source}\n")
    markdown = "\n".join([f"---\n{front}\n---\n", *cells])
    result = {"engine": "jupyter", "markdown": markdown, **more}
    site.write(
        "_freeze/a/index/execute-results/html.json", json.dumps({"hash": "", "result": result})
    )


def page_of(site: Site) -> lxml.html.HtmlElement:
    report = build(site.root)
    assert not report.faults, report.faults
    return lxml.html.fromstring(site.read("_site/a/index.html"))


def charts(page: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    return page.find_class("chart")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_read(form):
    read = pieces(FORMS[form])
    assert len(read) == 1 and isinstance(read[0], dict), read
    trace = read[0]["data"][0]
    assert trace["type"] == "bar" and list(trace["x"]) == ["a", "b"]
    assert form == "no layout" or read[0]["layout"]["title"]["text"] == "Ships"


def test_frames_belong_to_the_figure():
    moving = go.Figure(FIGURE.data, frames=[go.Frame(data=[go.Bar(y=[1, 2])], name="2021")])
    (read,) = pieces(moving.to_html(include_plotlyjs=False, full_html=False))
    assert isinstance(read, dict) and [one["name"] for one in read["frames"]] == ["2021"]


def test_several_figures_and_what_stands_between_them_keep_their_order():
    read = pieces(f"<h3>One &amp; all</h3>{HTML}<p>Between.</p>{BARE}")
    kinds = [one if isinstance(one, str) else one["layout"]["title"]["text"] for one in read]
    assert len(kinds) == 4 and kinds[1::2] == ["Ships", "Boats"]
    assert "<h3>One &amp; all</h3>" in kinds[0] and "Between." in kinds[2]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Of Plotly.newPlot( and plotly.</p>",
        f'{DIV}<script>Plotly.newPlot("{NAME}", data, layout)</script>',
        f'{DIV}<script>Plotly.newPlot("{NAME}", [{{"x": [1, </script>',
        f'{DIV}<script>Plotly.newPlot("{NAME}", {"[" * 100_000}</script>',
        '<script type="application/json" data-for="htmlwidget-1">{"x":{"data":[]}}</script>',
        BOKEH,
        "<table><tr><td>1</td></tr></table>",
    ],
    ids=["text", "variables", "cut off", "deep", "no element", "bokeh", "table"],
)
def test_what_is_no_figure_stays_as_it_is(html):
    assert pieces(html) == [html]


def test_a_script_that_only_loads_plotly_is_nothing_to_see():
    assert pieces(LIBRARY) == []


def test_a_frozen_page_has_its_charts(site):
    source = (
        "```{python}\n#| label: fig-one\n#| fig-alt: Two bars.\n#| echo: false\nfig\n```\n\n"
        "```{python}\n#| fig-alt: Two bars more.\nships()\n```"
    )
    labelled = (
        f"::: {{#fig-one .cell-output .cell-output-display}}\n```{{=html}}\n{HTML}\n```\n\n"
        "A caption with *stress*.\n:::\n"
    )
    freeze(
        site,
        "See @fig-one.\n",
        cell(LIBRARY),
        cell(labelled, attributes="#cell-fig-one .cell"),
        cell(REQUIRE, BARE, code="ships()"),
        "> - In a list:\n",
        source=source,
    )
    page = page_of(site)
    drawn = charts(page)
    assert [one.get("data-figure") for one in drawn] == [
        "index_files/fig-one.json",
        "index_files/cell-2.json",
        "index_files/cell-3.json",
    ]
    assert all(one.xpath(".//*[local-name()='svg']") and one.xpath(".//table") for one in drawn)
    labels = [one.xpath(".//*[local-name()='svg']")[0].get("aria-label") for one in drawn]
    text = lxml.html.tostring(page, encoding="unicode")
    assert "Two bars." in text and "Two bars more." in text, labels
    assert "Figure&#160;1: A caption with <em>stress</em>." in text.replace("\xa0", "&#160;")
    assert "Plotly.newPlot" not in text and "<script>" not in text
    assert (site.root / "_site/a/index_files/fig-one.json").is_file()
    assert (site.root / "_site/a/figures/fig-one/index.html").is_file()


def test_a_frozen_chart_is_built_to_the_same_bytes_again(site):
    freeze(site, cell(HTML))
    page_of(site)
    before = site.read("_site/a/index.html")
    page_of(site)
    assert site.read("_site/a/index.html") == before
    shutil.rmtree(site.root / "_site")
    shutil.rmtree(site.root / ".broadsheet")
    page_of(site)
    assert site.read("_site/a/index.html") == before


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("title: A", [None, True]),
        ("title: A\nformat: {html: {code-fold: true, code-summary: Look}}", ["Look", True]),
        ("title: A\ncode-fold: show", ["Code", True]),
    ],
    ids=["not", "folded", "shown"],
)
def test_code_is_folded_as_the_page_says(site, front, expected):
    folded = '``` {.python .cell-code code-fold="true" code-summary="Its own"}\nx = 1\n```\n'
    freeze(site, cell(HTML, code="fig"), f"::: {{.cell}}\n{folded}:::\n", front=front)
    summaries = [one.findtext("summary").strip() for one in page_of(site).find_class("code-fold")]
    assert summaries == [one for one in (expected[0], "Its own") if one]


def test_code_stands_above_charts_that_are_beside_each_other(site):
    freeze(site, cell(HTML, BARE, code="two()", attributes="#b .cell layout-ncol='2'"))
    page = page_of(site)
    beside = [one.xpath(".//*[@data-figure]") for one in page.find_class("quarto-layout-cell")]
    assert [len(one) for one in beside] == [1, 1]
    assert "two()" in page.text_content()


def test_what_another_library_draws_is_said_and_noted_on_the_page(site, run):
    freeze(site, cell(BOKEH), cell(BOKEH), cell("<p>Seen.</p><script>draw()</script>"))
    report = build(site.root)
    lost = [one for one in report.notices if one.topic == "output"]
    assert [one.what for one in lost] == [
        "of the HTML output `1` this is not on the page: <script>, by which Bokeh draws",
        "of the HTML output `2` this is not on the page: <script>, by which Bokeh draws",
        "of the HTML output `3` this is not on the page: <script>",
    ]
    page = site.read("_site/a/index.html")
    assert page.count("An output that this page cannot show.") == 2 and "Seen." in page
    code, out, _ = run(site, "adopt", str(site.root))
    assert code == 0 and "by which Bokeh draws" in out and "  2 × of the HTML output" in out


def test_a_figure_that_quarto_put_into_the_head_is_said_to_be_missing(site, run):
    whole = FORMS["whole library"]
    freeze(site, cell(code="show()"), includes={"include-in-header": [LIBRARY, whole]})
    report = build(site.root)
    (notice,) = [one for one in report.notices if "not shown" in one.what]
    assert notice.what.startswith("a plotly figure is not shown") and notice.is_strict
    _, out, _ = run(site, "adopt", str(site.root))
    assert "a plotly figure is not shown" in out


def test_a_frozen_chart_that_cannot_be_drawn_is_noted(site):
    freeze(site, cell(REQUIRE.replace('"bar"', "5")))
    report = build(site.root)
    assert not report.faults and any(one.topic == "output" for one in report.notices)
    assert "An output that this page cannot show." in site.read("_site/a/index.html")


@pytest.mark.parametrize("form", ["cdn", "whole page", "require", "R"])
def test_an_output_saved_as_html_alone_is_a_figure(site, form):
    site.write("_quarto.yml", CONFIG.replace("true", "false"))
    saved = [
        new_output("display_data", data={"text/html": LIBRARY}),
        new_output("display_data", data={"text/html": FORMS[form], "text/plain": "HTML"}),
    ]
    notebook = new_notebook(
        cells=[new_raw_cell("---\ntitle: A\n---"), new_code_cell("f", outputs=saved)]
    )
    (site.root / "a").mkdir()
    nbformat.write(notebook, site.root / "a/index.ipynb")
    report = build(site.root)
    page = lxml.html.fromstring(site.read("_site/a/index.html"))
    assert not report.faults and len(charts(page)) == 1
    assert not [one for one in report.notices if one.topic == "output"]


@pytest.mark.quarto
def test_a_page_that_quarto_froze_itself(site, quarto, tmp_path: Path):  # noqa: F811
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Front\n---\nHello.\n")
    site.write(
        "a/index.qmd",
        "---\ntitle: A\nformat: {html: {code-fold: true}}\n---\n\n"
        "```{python}\nimport plotly.express as px\nfig = px.bar(x=['a'], y=[3])\nfig\n```\n\n"
        "```{python}\n#| label: fig-two\n#| fig-cap: Two.\n#| fig-subcap: [One, Other]\n"
        "#| layout-ncol: 2\nfig.show()\nfig.show()\n```\n\n"
        "```{python}\nfrom IPython.display import HTML\n"
        "HTML(fig.to_html(include_plotlyjs='cdn', full_html=False))\n```\n\nSee @fig-two.\n",
    )
    done = subprocess.run(
        [quarto, "render"],
        cwd=site.root,
        env=environment(tmp_path),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (site.root / "_freeze/a/index/execute-results/html.json").is_file()
    shutil.rmtree(site.root / "_site")
    page = page_of(site)
    assert len(charts(page)) == 4 and len(page.find_class("code-fold")) == 3
    assert "Figure 1" in page.text_content().replace("\xa0", " ")
