"""A colour stands for one thing in an article."""

from __future__ import annotations

import json
from typing import Any

import plotly.express as px
import plotly.graph_objects as go
import pytest

import broadsheet as bs
from broadsheet.errors import Place
from broadsheet.figures.colour_meanings import colour_notices
from broadsheet.site.check import check
from conftest import CONFIG, Site

RED, BLUE, GREY, INK = (bs.COLOURS[role] for role in ("accent", "series 2", "context", "ink"))
NAMED = {"China": "accent", "Russia": "series 2"}


def bars(**colours: str) -> go.Figure:
    return go.Figure(
        [go.Bar(x=[1], y=[1], name=name, marker_color=one) for name, one in colours.items()]
    )


def told(*figures: go.Figure) -> list[str]:
    charts = [
        (f"fig-{number}", json.loads(figure.to_json()))
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
