"""A colour stands for one thing in an article."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

import broadsheet as bs
from broadsheet.checks.check import check
from broadsheet.errors import Place
from broadsheet.figures.colour_meanings import colour_notices
from conftest import CONFIG, Site
from plotly_alive.reading.plotly_json import checked

RED, BLUE, GREY, INK = (bs.COLOURS[role] for role in ("accent", "series 2", "context", "ink"))
NAMED = {"China": "accent", "Russia": "series 2"}


def bars(**colours: str) -> go.Figure:
    return go.Figure(
        [go.Bar(x=[1], y=[1], name=name, marker_color=one) for name, one in colours.items()]
    )


def told(*figures: go.Figure) -> list[str]:
    charts = [
        (f"fig-{number}", checked(json.loads(figure.to_json())))
        for number, figure in enumerate(figures, start=1)
    ]
    return [one.what for one in colour_notices(charts, NAMED, Place("posts/a/index.ipynb"))]


def test_a_colour_of_two_things_is_reported_with_both_charts():
    votes = px.choropleth(locations=["RUS"], color=["No"], color_discrete_map={"No": RED})
    assert told(bars(China=RED, India=GREY), bars(Yes=GREY, No=RED)) == [
        "the colour `accent` stands for China in `fig-1`, and for No in `fig-2`"
    ]
    assert told(bars(China=RED, India=BLUE), votes.add_choropleth(name="b")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (bars(Hired=RED, Members=GREY), bars(**{"By hired climbers": RED, "All": INK})),
        (bars(**{"China sells": RED, "b": BLUE}), bars(**{"To China": RED, "b": BLUE})),
        (bars(China=RED, India=GREY), bars(Sites=RED)),
        (bars(A=GREY, B=BLUE), bars(C=GREY, B=BLUE)),
        (px.bar(x=["a", "b"], y=[1, 2], color=["a", "b"]), px.bar(x=["c", "d"], y=[1, 2], color=["c", "d"])),
        (bars(China=RED, b=BLUE), go.Figure(go.Bar(x=["x", "y", "z"], y=[1, 2, 3], marker_color=[RED, RED, GREY]))),
    ],
    ids=["words in common", "a name of the publication", "no other colour", "grey", "as plotly gives them", "set off"],
)  # fmt: skip
def test_what_is_one_thing_or_no_meaning_is_not(one: Any, other: Any):
    assert told(one, other) == []


def test_a_name_of_the_publication_counts_also_where_it_is_alone():
    assert told(bars(China=RED), bars(Yes=GREY, No=RED)) != []


def test_single_dots_and_slices_stand_for_their_places():
    dots = go.Figure(go.Scatter(x=["China", "India"], y=[1, 2], marker_color=[RED, BLUE]))
    pie = go.Figure(go.Pie(labels=["Oil", "Gas"], values=[1, 2], marker_colors=[RED, GREY]))
    assert told(dots, pie) == [
        "the colour `accent` stands for China in `fig-1`, and for Oil in `fig-2`"
    ]


FRAME = pd.DataFrame({"Peru": [1, 2], "Chile": [2, 3], "Fiji": [3, 1]}, index=[2021, 2022])
OTHER = FRAME.set_axis(["Oil", "Gas", "Coal"], axis=1)
PLACES = pd.Series({"CHN": 95.0, "IND": 60.0, "PER": 40.0, "CHL": 20.0, "FJI": 5.0, "GHA": 70.0})


def drawn(kind: str, frame: pd.DataFrame) -> go.Figure:
    """Two charts of a kind, of other names, in colours that no author gave."""
    rows = frame.reset_index().melt(id_vars="index", var_name="name")
    one = frame.iloc[0]
    charts = {
        "lines": lambda: bs.charts.lines(frame),
        "some lines": lambda: bs.charts.lines(frame, colours={frame.columns[1]: GREY}),
        "multiples": lambda: bs.charts.multiples(frame, colours={frame.columns[1]: INK}),
        "record": lambda: bs.charts.record(one),
        "slope": lambda: bs.charts.slope(frame.T),
        "dumbbell": lambda: bs.charts.dumbbell(frame.T),
        "express": lambda: px.line(rows, x="index", y="value", color="name"),
        "express, one grey": lambda: px.bar(
            rows, x="index", y="value", color="name", color_discrete_map={frame.columns[0]: GREY}
        ),
        "slices": lambda: px.pie(rows, names="name", values="value", color="name"),
        "a sequence": lambda: px.bar(
            rows, x="index", y="value", color="name", color_discrete_sequence=px.colors.qualitative.Set2
        ),
        "another template": lambda: px.line(
            rows, x="index", y="value", color="name", template="seaborn"
        ),
        "a sunburst": lambda: px.sunburst(rows, path=["name"], values="value", color="name"),
        "without colours": lambda: go.Figure([go.Bar(y=[1], name=name) for name in frame.columns]),
    }  # fmt: skip
    return charts[kind]()


KINDS = (
    "lines", "some lines", "multiples", "record", "slope", "dumbbell", "express", "express, one grey",
    "slices", "a sequence", "another template", "a sunburst", "without colours",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_colour_that_no_author_gave_means_nothing(kind: str):
    assert told(drawn(kind, FRAME), drawn(kind, OTHER)) == []
    assert told(drawn(kind, FRAME), bars(Yes=RED, No=BLUE, Perhaps=GREY)) == []
    assert told(drawn(kind, FRAME), bs.charts.world(PLACES)) == []


BINS = (["under 10", "10–20", "20 and more"], ["(0, 10]", "(10, 20]", "(20, 30]"],
        ["0 to 10", "10 to 20", "over 20"], ["unter 10", "10 bis 20", "20 und mehr"], ["<5", "5-9", "≥ 10"])  # fmt: skip


@pytest.mark.parametrize("names", BINS)
def test_a_class_of_a_scale_is_no_name(names: list[str]):
    shades = dict(zip(names, (RED, BLUE, bs.COLOURS["series 3"]), strict=True))
    assert told(bars(**shades), bars(Oil=RED, Gas=BLUE)) == []


@pytest.mark.parametrize("draw", [bs.charts.world, bs.charts.tiles])
def test_a_class_of_a_map_is_no_name(draw: Any):
    low = PLACES - 50
    assert told(draw(PLACES), draw(low), bars(Oil=RED, Gas=BLUE)) == []
    words = PLACES.map(lambda one: "yes" if one > 50 else "no")
    marked = draw(words, colours={"yes": BLUE, "no": GREY})
    assert told(marked, bars(Oil=RED, Gas=BLUE)) == [
        "the colour `series 2` stands for yes in `fig-1`, and for Gas in `fig-2`"
    ]


SHADES = {
    "a part of a scale": px.colors.sequential.Blues[2:],
    "every second shade": px.colors.sequential.Reds[1::2],
    "a scale turned round": px.colors.sequential.Viridis[::-3],
    "samples": px.colors.sample_colorscale("Viridis", 3),
    "samples of two directions": px.colors.sample_colorscale("RdBu", [0.1, 0.5, 0.8]),
}


@pytest.mark.parametrize("shades", SHADES.values(), ids=SHADES)
@pytest.mark.parametrize("draw", [px.bar, px.pie])
def test_shades_along_a_scale_are_classes_whatever_they_are_called(draw: Any, shades: list[str]):
    def shaded(*names: str) -> go.Figure:
        what = (
            {"names": names, "values": [1, 2, 3]}
            if draw is px.pie
            else {"x": names, "y": [1, 2, 3]}
        )
        return draw(**what, color=names, color_discrete_sequence=shades)

    assert told(shaded("Low", "Middle", "High"), shaded("Poor", "Fair", "Good")) == []


def test_colours_that_are_on_no_scale_in_order_are_an_author_s():
    first, second, third = px.colors.sequential.Viridis[::3][:3]
    one, other = bars(a=second, b=first, c=third), bars(d=second, e=first, f=third)
    assert len(told(one, other)) == 3


def test_a_hidden_series_changes_no_order():
    def hidden(*names: str) -> go.Figure:
        figure = px.bar(x=names, y=[1, 2, 3], color=names, template="none")
        figure.data[0].visible = "legendonly"
        return figure

    assert told(hidden("a", "b", "c"), hidden("d", "e", "f")) == []


def test_an_author_s_colour_is_reported_in_whatever_order_it_is_given():
    """Also where it is what the theme would have given."""
    assert told(bars(Oil=RED, Gas=BLUE), bars(Yes=RED, No=GREY)) == [
        "the colour `accent` stands for Oil in `fig-1`, and for Yes in `fig-2`"
    ]
    given = {"Oil": "#1f7a4d", "Gas": "#0a5c8f", "Coal": "#c02080"}
    other = {"Peru": "#c02080", "Chile": "#202020", "Fiji": GREY}
    assert (
        len(told(bs.charts.lines(OTHER, colours=given), bs.charts.lines(FRAME, colours=other))) == 1
    )
    rows = OTHER.reset_index().melt(id_vars="index", var_name="name")
    express = px.line(rows, x="index", y="value", color="name", color_discrete_map=given)
    assert len(told(express, bs.charts.lines(FRAME, colours=other))) == 1
    some = px.line(rows, x="index", y="value", color="name", color_discrete_map={"Gas": RED})
    assert len(told(some, bars(Yes=RED, No=GREY))) == 1


def test_check_reports_it(site: Site):
    site.front(CONFIG + "broadsheet:\n  colours:\n    China: accent\n")
    draw = (
        "#| label: fig-{0}\n#| source: false\nimport plotly.graph_objects as go\nimport broadsheet as bs\n"
        "go.Figure([go.Bar(x=[1], y=[1], name='{0}', marker_color=bs.COLOURS['accent']),"
        " go.Bar(x=[1], y=[2], name='Others', marker_color=bs.COLOURS['context'])])"
    )
    site.article("a", draw.format("China"), draw.format("No"))
    told = [one for one in check(site.root).notices if one.code == "colour"]
    assert [one.what for one in told] == [
        "the colour `accent` stands for China in `fig-China`, and for No in `fig-No`"
    ]
