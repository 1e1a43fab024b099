"""Events and periods on charts over time: `bs.charts.events`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser, expect

import broadsheet as bs
from broadsheet.site.build.build import build
from conftest import Site
from plotly_alive.alive.keyboard_series import keyboard_series
from plotly_alive.labels import height
from plotly_alive.layout import event_labels, figure_layout
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words.alt_text import describe

YEARS = pd.DataFrame(
    {"China": [1.0, 2, 4, 8], "India": [1.0, 2, 3, 4]}, index=[2019, 2020, 2021, 2022]
)
MONTHS = [f"2022-{month:02}" for month in range(1, 13)]
INVASION = {"2022-02-24": "Full-scale invasion"}


def years() -> go.Figure:
    return bs.charts.lines(YEARS)


def periods() -> go.Figure:
    return go.Figure(go.Bar(x=MONTHS, y=list(range(12)))).update_xaxes(type="category")


def days() -> go.Figure:
    return go.Figure(go.Scatter(x=pd.date_range("2022-01-01", "2022-12-31"), y=list(range(365))))


def timeline() -> go.Figure:
    rows = [{"What": "War", "from": "2022-01-03", "to": "2022-12-01"}]
    return px.timeline(rows, x_start="from", x_end="to", y="What")


def at(figure: go.Figure) -> list[Any]:
    return [shape.x0 for shape in figure.layout.shapes if shape.name]


@pytest.mark.parametrize(
    ("figure", "place"),
    [(years(), 2021.648), (periods(), 1.321), (days(), "2022-02-24"), (timeline(), "2022-02-24")],
    ids=["years", "periods", "dates", "timeline"],
)
def test_an_event_is_at_its_day_on_each_kind_of_axis(figure: go.Figure, place: Any):
    assert at(bs.charts.events(figure, INVASION)) == [place]


@pytest.mark.parametrize("when", ["2021", 2021, pd.Period("2021"), date(2021, 7, 2)])
def test_a_whole_year_is_where_its_value_is(when: Any):
    found = at(bs.charts.events(years(), {when: "A"}))
    assert found == [pytest.approx(2021, abs=0.003)]


@pytest.mark.parametrize(
    ("figure", "when", "place"),
    [
        (go.Figure(go.Scatter(x=days().data[0].x.astype("datetime64[ns]"))), "2022-02-24", "2022-02-24"),
        (go.Figure(go.Scatter(x=[2020.0, float("nan"), 2022.0])), 2021, 2021),
        (go.Figure(go.Scatter(x=[pd.NaT, *pd.date_range("2022-01-01", "2022-12-31")])), "2022-02", "2022-02-01"),
        (years().update_xaxes(range=[None, 2025]), 2024, 2024),
        (years().update_xaxes(range=[2025, 2015]), 2016, 2016),
        (days().update_xaxes(range=["2021-01-01", None]), "2021-06-01", "2021-06-01"),
        (periods().update_xaxes(range=[11.5, -0.5]), "2022-03", 2),
        (periods().update_xaxes(range=["2022-02", "2022-06"]), "2022-03", 2),
        (periods().update_xaxes(range=[None, 5]), "2022-03", 2),
    ],
    ids=["nanoseconds", "no year", "no day", "open", "turned", "open dates", "turned names", "names", "open names"],
)  # fmt: skip
def test_an_axis_may_lack_values_and_ends(figure: go.Figure, when: Any, place: Any):
    assert at(bs.charts.events(figure, {when: "A"})) == [place]


def test_what_is_beyond_a_range_of_names_is_told():
    figure = periods().update_xaxes(range=["2022-02", "2022-06"])
    message = "2022-09 is not on the chart, which goes from 2022-02 to 2022-06"
    with pytest.raises(ValueError, match=message):
        bs.charts.events(figure, {"2022-09": "A"})


def test_a_period_is_a_band_as_far_as_the_axis_goes():
    figure = bs.charts.events(
        periods(), {("2022-06", "2022-08"): "Summer", ("2022-10-01", 2025): "B"}
    )
    bands = [(shape.x0, shape.x1) for shape in figure.layout.shapes if shape.type == "rect"]
    assert bands == [(4.5, 7.5), (8.5, 11.5)]


@pytest.mark.parametrize(
    ("figure", "events", "message"),
    [
        (years(), {"soon": "A"}, "'soon' is no date: write a day as '2022-02-24'"),
        (years(), {"2022-13-01": "A"}, "'2022-13-01' is no date"),
        (years(), {"2030-01-01": "A"}, "2030-01-01 is not on the chart, which goes from 2019 to 2022"),
        (days(), {"2021-06-01": "A"}, "2021-06-01 is not on the chart, which goes from 2021-12-31 to 2023-01-01"),
        (periods(), {"2023-03": "A"}, "2023-03 is not on the chart, which goes from 2022-01 to 2022-12"),
        (periods(), {(2030, 2031): "A"}, "2030–2031 is not on the chart"),
        (years(), {(2021, 2020): "A"}, "ends before it begins"),
        (years(), {(2019, 2020, 2021): "A"}, "neither a date nor a pair of dates"),
        (go.Figure(go.Bar(x=["a", "b"], y=[1, 2])), INVASION, "no horizontal axis of dates, years or periods"),
        (go.Figure(go.Pie(values=[1])), INVASION, "no horizontal axis of dates, years or periods"),
    ],
)  # fmt: skip
def test_what_cannot_be_marked_is_told(figure: go.Figure, events: Any, message: str):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        bs.charts.events(figure, events)


def test_each_panel_is_marked_and_the_first_is_labelled():
    figure = bs.charts.events(bs.charts.multiples(YEARS), {2020: "Pandemic"})
    assert at(figure) == [2020, 2020]
    assert [note.text for note in figure.layout.annotations if note.name] == ["Pandemic"]


@pytest.mark.parametrize("seed", range(40))
def test_no_label_lies_on_another_or_on_another_ones_line(seed: int):
    chance = random.Random(seed)
    flags = [
        (chance.uniform(0, 300), chance.uniform(20, 118), chance.choice([16.0, 32.0]))
        for _ in range(chance.randint(1, 5))
    ]
    found = event_labels.placed(flags, 0, 310)
    boxes = [
        (left, bottom, left + flag[1], bottom + flag[2])
        for (left, bottom), flag in zip(found, flags, strict=True)
    ]
    for left, _, right, _ in boxes:
        assert left >= -0.1 and right <= 310.1
    for (one, flag), (other, second) in combinations(list(zip(boxes, flags, strict=True)), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        for label, line, top in ((one, second[0], other[1]), (other, flag[0], one[1])):
            is_over = label[0] < line < label[2] and abs(flag[0] - second[0]) >= 1
            assert not (is_over and label[1] < top)


@pytest.mark.parametrize("layout", [figure_layout.wide, figure_layout.narrow])
def test_the_drawing_grows_by_the_labels_and_the_plot_stays(layout: Callable[..., Any]):
    bare = json.loads(years().to_json())
    marked = json.loads(bs.charts.events(years(), INVASION).to_json())
    (before, size), (after, grown) = layout(bare), layout(marked)
    label = next(note for note in after["layout"]["annotations"] if note.get("name"))
    more = grown[1] - size[1]
    assert more == height(label["text"]) + 6
    assert after["layout"]["margin"]["t"] - before["layout"]["margin"]["t"] == more


def test_the_words_of_a_chart_say_what_is_marked():
    figure = bs.charts.events(years(), {**INVASION, (2020, 2021): "Pandemic"})
    assert describe(read(checked(json.loads(figure.to_json())))).endswith(
        " Marked: Pandemic, 2020 – 2021; Full-scale invasion, 24 February 2022."
    )


@pytest.mark.browser
def test_a_place_says_what_happened_there(
    tmp_path: Path, browser: Browser, serve: Callable[[Path], str]
):
    site = Site(tmp_path / "site")
    site.front()
    site.article(
        "a",
        "#| label: fig-a\n#| source: false\nimport pandas as pd\nimport broadsheet as bs\n"
        "fig = bs.charts.lines(pd.DataFrame({'A': [1, 2, 4.]}, index=[2020, 2021, 2022]))\n"
        "bs.charts.events(fig, {'2022-02-24': 'Invasion', ('2020-03', '2021-06'): 'Pandemic'})",
    )
    assert not build(site.root).faults
    page = browser.new_page()
    page.goto(serve(site.root / "_site") + "/posts/a/index.html")
    page.locator(".chart-keys").focus()
    said = []
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        expect(page.locator(".chart-tip-event")).to_be_visible()
        said.append(page.locator(".chart-tip-event").text_content())
    assert said == [*["Pandemic, March 2020 – June 2021"] * 2, "Invasion, 24 February 2022"]
    expect(page.locator(".chart-reading")).to_contain_text("Invasion, 24 February 2022")
    page.get_by_text("Get the data").click()
    expect(page.locator(".chart-marked")).to_have_text(
        "Marked: Pandemic, March 2020 – June 2021; Invasion, 24 February 2022."
    )


def test_a_timeline_has_a_row_for_each_happening_in_order_of_time():
    figure = bs.charts.timeline(
        {"2022-12-05": "Embargo", "2022-02-24": "Invasion", ("2022-06", "2022-08"): "Summer"}
    )
    chart = read(checked(json.loads(figure.to_json())))
    table = chart_table_of(chart)
    assert table is not None
    assert table.csv().splitlines() == [
        "What happened,Start,End",
        "Invasion,2022-02-24,2022-02-24",
        "Summer,2022-06-01,2022-08-31",
        "Embargo,2022-12-05,2022-12-05",
    ]
    (series,) = keyboard_series(chart)
    assert [point[:2] for point in series.points] == [
        ("Invasion", "24 February 2022"),
        ("Summer", "1 June 2022 – 31 August 2022"),
        ("Embargo", "5 December 2022"),
    ]


def test_a_date_of_a_timeline_stands_on_one_line_on_a_phone_where_it_fits():
    figure = bs.charts.timeline(
        {
            "2022-02-24": "Invasion",
            "2023-03-20": "Visit",
            "2023-05-24": "Summit",
            "2024-07-10": "End",
        }
    )
    notes = figure.layout.meta["narrow"]["annotations"]
    dates = {note["text"].partition("</b>")[0].removeprefix("<b>") for note in notes}
    assert dates == {"24 February 2022", "20 March 2023", "24 May 2023", "10 July 2024"}


def test_a_timeline_of_dates_alone_has_one_column_of_dates():
    figure = bs.charts.timeline({1953: "First ascent", 2014: "Avalanche"})
    table = chart_table_of(read(checked(json.loads(figure.to_json()))))
    assert table is not None
    assert [one.header for one in (*table.index, *table.columns)] == ["What happened", "Date"]


def test_a_timeline_may_have_one_happening_at_a_time_of_day():
    figure = bs.charts.timeline({"2022-02-24 05:30": "Invasion"})
    assert figure.layout.xaxis.range == ("2022-02-23T05:30:00", "2022-02-25T05:30:00")


@pytest.mark.parametrize(
    ("happenings", "message"),
    [
        ({}, "a timeline needs a happening"),
        ({2014: "Vote", 2015: "Vote"}, "two happenings are called 'Vote': tell them apart"),
        ({"soon": "Vote"}, "'soon' is no date"),
    ],
)
def test_a_timeline_tells_what_it_cannot_show(happenings: Any, message: str):
    with pytest.raises(ValueError, match=message):
        bs.charts.timeline(happenings)
