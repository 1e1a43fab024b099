"""A plotly figure becomes a chart: title as text, a static picture in the page's colours, the data
as table and CSV.
"""

from __future__ import annotations

import csv
import io
import json
import re

import plotly.graph_objects as go
import pytest
from lxml import etree, html

import publishing
from broadsheet.errors import ConfigError
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.notebook.charts import chart_style
from broadsheet.project.reading import open_publication
from conftest import CONFIG
from plotly_alive import chart_theme
from plotly_alive.drawing import drawing_page as drawing
from pressing import prepare

FIGURE = """\
#| label: fig-trade
#| fig-alt: "Trade rose from 146.9 to `{python} last` billion dollars."
#| source: trade
#| note: "2021 is derived."
import plotly.graph_objects as go
import broadsheet as bs
trade = bs.table("trade")
last = float(trade["total"].iloc[-1])
fig = go.Figure(go.Scatter(x=trade["year"], y=trade["total"], name="China", line_color=bs.COLOURS["accent"]))
fig.update_layout(title={"text": "Trade set a record", "subtitle": {"text": "US$ bn"}})
fig"""


def finished(site):
    publication = open_publication(site.root)
    result = prepare(publication.project, publication.editions, jobs=1)
    assert not result.faults, [str(fault) for fault in result.faults.values()]
    return result


@pytest.fixture
def made(site, chromium):
    site.table()
    site.article("a", FIGURE)
    return finished(site).finished[0]


def chart_of(page):
    return publishing.charts_of(page)[-1]


def test_the_title_is_text_of_the_page_and_not_of_the_picture(made):
    chart = chart_of(made)
    assert chart.findtext(".//p[@class='chart-title']") == "Trade set a record"
    assert chart.findtext(".//p[@class='chart-subtitle']") == "US$ bn"
    assert "Trade set a record" not in "".join(chart.find(".//svg").itertext())


def test_there_is_a_picture_for_a_wide_page_and_one_for_a_phone_both_named(made):
    pictures = chart_of(made).findall(".//svg")
    sizes = [(svg.get("class"), svg.get("width")) for svg in pictures]
    assert sizes == [("chart-wide", "720"), ("chart-narrow", "320")]
    assert {svg.get("aria-label") for svg in pictures} == {
        "Trade rose from 146.9 to 190.3 billion dollars."
    }


def test_the_picture_takes_its_colours_from_the_stylesheet_and_has_no_inline_style(made):
    text = html.tostring(chart_of(made), encoding="unicode")
    assert 'stroke="var(--chart-1)"' in text and 'fill="var(--chart-muted)"' in text
    assert "style=" not in text and "<style" not in text and "<script" not in text


def test_the_foot_names_source_date_licence_and_note(made):
    foot = chart_of(made).find_class("chart-foot")[0]
    assert foot.findtext("p[@class='chart-note']") == "2021 is derived."
    line = [item.text_content().strip() for item in foot.find_class("chart-line")[0]]
    assert line[:3] == ["Source: The Customs", "As of 31 December 2024", "CC BY 4.0"]
    assert (
        foot.find(".//li[@class='chart-source']/a").get("href") == "https://customs.example/trade"
    )


def test_the_data_is_a_table_and_a_csv_file_of_what_is_drawn(made):
    rows = [
        [cell.text_content().strip() for cell in row] for row in chart_of(made).iterfind(".//tr")
    ]
    assert rows == [["Year", "China US$ bn"], ["2021", "146.9"], ["2022", "190.3"]]
    written = made.assets["posts/a/index_files/fig-trade.csv"].decode()
    assert list(csv.reader(io.StringIO(written))) == [["Year", "China (US$ bn)"], *rows[1:]]


def test_beside_the_page_go_the_figure_and_pictures_in_light_and_dark(made):
    assert sorted(made.assets) == [
        f"posts/a/index_files/fig-trade{end}"
        for end in (
            *("-dark.svg", "-full.png", "-full.svg", "-values.json"),
            *(".csv", ".json", ".png", ".svg"),
        )
    ]
    figure = json.loads(made.assets["posts/a/index_files/fig-trade.json"])
    assert figure["data"][0]["name"] == "China" and "title" not in figure["layout"]
    for name, colour in (
        ("fig-trade.svg", chart_theme.PALETTE["chart-1"][0]),
        ("fig-trade-dark.svg", chart_theme.PALETTE["chart-1"][1]),
    ):
        assert f'stroke="{colour}"'.encode() in made.assets[f"posts/a/index_files/{name}"]
    assert made.assets["posts/a/index_files/fig-trade.png"].startswith(b"\x89PNG")
    assert made.edition.settings.image == "index_files/fig-trade.png"


def test_the_same_figure_gives_the_same_bytes(site, chromium):
    site.table()
    site.article("a", FIGURE)
    first = finished(site).finished[0]
    for picture in (site.root / ".broadsheet/pictures").iterdir():
        picture.unlink()
    again = finished(site).finished[0]
    assert dict(first.assets) == dict(again.assets)
    assert first.notebook.cells[-1].outputs == again.notebook.cells[-1].outputs


def test_a_hostile_figure_is_escaped_everywhere(site, chromium):
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>&\"'"
    site.article(
        "a",
        f"""#| label: fig-x
import plotly.graph_objects as go
evil = {evil!r}
fig = go.Figure(go.Bar(x=[evil, "=1+1"], y=[1, 2], name=evil))
fig.update_layout(title=evil, xaxis_title=evil)
fig.add_annotation(x=0, y=1, text=evil)
fig""",
    )
    page = finished(site).finished[0]
    chart = chart_of(page)
    assert not list(chart.iter("script", "img"))
    assert not any(name.startswith("on") for element in chart.iter() for name in element.attrib)
    for name, asset in page.assets.items():
        if name.endswith(".svg"):
            assert not list(
                etree.fromstring(asset).iter("{*}script", "{*}image", "{*}foreignObject")
            )
    assert "'=1+1" in page.assets["posts/a/index_files/fig-x.csv"].decode()


def test_without_a_browser_there_is_the_table_and_one_line_that_says_so(site, no_browser):
    site.table()
    site.article("a", FIGURE)
    site.article("b", FIGURE)
    result = finished(site)
    reported = [str(notice) for notice in result.notices]
    assert reported == [
        "charts: no static pictures: there is no Chrome or Chromium here; each chart shows its table "
        "instead\n  → Install Chrome or Chromium, or run `kaleido_get_chrome`, and build again."
    ]
    chart = chart_of(result.finished[0])
    assert chart.find(".//svg") is None and "open" in chart.find(".//details").attrib


def test_an_unknown_source_is_reported_with_its_line(site):
    site.table()
    site.article("a", FIGURE.replace("source: trade", "source: trad"))
    publication = open_publication(site.root)
    with ChartRenderer(site.root):
        faults = prepare(publication.project, publication.editions).faults
    reported = str(next(iter(faults.values())))
    assert reported.startswith("posts/a/index.ipynb, cell 2, line 3: ") and "trad" in reported


def test_a_table_loses_its_inline_style_and_gets_a_box_that_scrolls(site):
    site.article(
        "a", "import pandas as pd\npd.DataFrame({'a': [1]}).style.set_properties(color='red')"
    )
    shown = finished(site).finished[0].notebook.cells[-1].outputs[0].data["text/html"]
    assert (
        " style=" not in shown
        and "<style" not in shown
        and re.search(r'<div class="table-scroll" tabindex="0"[^>]*><table', shown)
    )


def test_an_output_that_a_page_cannot_show_is_an_error(site):
    site.article(
        "a",
        "from IPython.display import display\n"
        "display({'application/vnd.widget-view+json': {}, 'text/plain': 'Widget()'}, raw=True)",
    )
    publication = open_publication(site.root)
    reported = str(next(iter(prepare(publication.project, publication.editions).faults.values())))
    assert reported.startswith(
        "posts/a/index.ipynb, cell 2: this output is of a kind that a page cannot show"
    )


def test_the_stylesheet_and_the_template_agree_on_colours(request):
    css = (request.config.rootpath / "src/broadsheet/theme/broadsheet.css").read_text(
        encoding="utf-8"
    )
    assert f"--sans: {chart_theme.FONT};".replace("'", '"') in css
    light, dark = css.split("@media (prefers-color-scheme: dark)", 1)
    for name, values in chart_theme.PALETTE.items():
        for block, value in zip((light, dark), values, strict=True):
            assert re.search(rf"--{name}: {value};", block), f"--{name} is not {value}"


def test_names_that_the_publication_gives_a_colour_have_it_and_a_changed_one_is_drawn(
    site, monkeypatch
):
    monkeypatch.setattr(
        "choreographer.browsers.chromium.Chromium.find_browser", lambda **options: None
    )
    monkeypatch.setattr(drawing, "SHELLS", ())
    cell = """#| label: fig-x
import plotly.graph_objects as go
import broadsheet as bs
go.Figure([go.Bar(x=[1], y=[1], marker_color=bs.COLOURS[name]) for name in ("China", "Brazil")])"""
    site.article("a", cell)
    for role, colour in (("accent", "--chart-1"), ("series 3", "--chart-3")):
        names = f'colours: {{China: {role}, Brazil: "#1F7A4D"}}'
        site.write("_quarto.yml", f"{CONFIG}broadsheet:\n  {names}\n")
        assets = finished(site).finished[0].assets
        figure = json.loads(assets["posts/a/index_files/fig-x.json"])
        colours = [trace["marker"]["color"].lower() for trace in figure["data"]]
        assert colours == [colour, "#1f7a4d"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("China: reed", "the colour of 'China' is 'reed'; one is accent, context, spare, ink"),
        ("accent: ink", "'accent' is a role of the theme, and keeps its colour"),
    ],
)
def test_a_colour_that_is_none_is_a_fault_of_its_line(site, names, message):
    site.write("_quarto.yml", f"{CONFIG}broadsheet:\n  colours:\n    {names}\n")
    site.article("a", "1 + 1")
    with pytest.raises(ConfigError) as fault:
        open_publication(site.root)
    assert message in str(fault.value) and str(fault.value).startswith("_quarto.yml, line ")


def test_the_template_is_the_theme_s_and_plotly_knows_all_of_it():
    import plotly.io as pio

    chart_style.apply()
    assert pio.templates.default == "broadsheet"
    checked = go.layout.Template(chart_theme.template())  # raises for what plotly does not know
    assert checked.to_plotly_json() == pio.templates["broadsheet"].to_plotly_json()
