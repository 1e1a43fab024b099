"""What an author places side by side for a wide page has room on a phone, too."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree

from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from plotly_alive.drawing import svg
from plotly_alive.layout.figure_layout import narrow, wide
from plotly_alive.reading.plotly_json import checked


def phone(data: list[dict], **layout: Any) -> tuple[dict, tuple[int, int]]:
    return narrow(checked({"data": data, "layout": layout}))


def axes(count: int, **layout: Any) -> tuple[list[dict], dict]:
    """Return lines on vertical axes over each other, as plotly's docs have them."""
    data = [
        {"x": [1, 2], "y": [1, 10**number], "yaxis": f"y{number}".removesuffix("1")}
        for number in range(1, count + 1)
    ]
    over = {
        f"yaxis{number}": {"overlaying": "y", "side": "right", "anchor": "free", "position": 0.85}
        for number in range(2, count + 1)
    }
    return data, {"xaxis": {"domain": [0.3, 0.7]}, "yaxis": {}, **over, **layout}


@pytest.mark.parametrize("count", [3, 4, 6])
def test_several_vertical_axes_have_a_panel_each(count, tmp_path, chromium):
    data, layout = axes(count)
    figure, size = phone(data, **layout)
    names = [f"yaxis{number}".removesuffix("1") for number in range(1, count + 1)]
    domains = [figure["layout"][name]["domain"] for name in names]
    assert all(lower[1] < upper[0] for upper, lower in pairwise(domains))
    assert not any("overlaying" in figure["layout"][name] for name in names)
    with ChartRenderer(tmp_path) as renderer:
        picture = renderer.draw(figure, size)
    panels = json.loads(svg.parted(picture)[1])["panels"]
    assert len(panels) == count
    assert all(right - left > 200 and bottom - top > 50 for left, top, right, bottom in panels)


def test_two_vertical_axes_and_those_of_a_wide_page_stay():
    data, layout = axes(2)
    assert phone(data, **layout)[0]["layout"]["yaxis2"]["overlaying"] == "y"
    data, layout = axes(4)
    figure, _ = wide(checked({"data": data, "layout": layout}))
    assert figure["layout"]["yaxis4"]["overlaying"] == "y"


@pytest.mark.parametrize("margin", [{"l": 200, "r": 40}, {"l": 100, "r": 100, "t": 300, "b": 200}])
def test_margins_that_would_leave_no_plot_are_made_anew(margin):
    figure, _ = phone([{"x": [1, 2], "y": [1, 2]}], margin=margin)
    new = figure["layout"]["margin"]
    assert new.get("l", 0) + new.get("r", 0) < 130
    own = phone(
        [{"x": [1, 2], "y": [1, 2]}], margin=margin, meta={"narrow": {"margin": {"l": 250}}}
    )
    assert own[0]["layout"]["margin"]["l"] == 250  # what an author says for a phone stays


PIES = [
    {"type": "pie", "values": [1, 2], "domain": {"x": [at / 4, at / 4 + 0.2], "y": [0, 1]}}
    for at in range(4)
]
GRID = [
    {
        "type": "sunburst",
        "labels": ["a", "b"],
        "parents": ["", "a"],
        "domain": {"row": 0, "column": at},
    }
    for at in range(3)
]


@pytest.mark.parametrize(
    ("data", "layout"),
    [(PIES, {}), (GRID, {"grid": {"rows": 1, "columns": 3}})],
    ids=["ends", "cells"],
)
def test_pies_in_a_row_are_one_below_the_other(data, layout):
    figure, (_, high) = phone(data, **layout)
    domains = [trace["domain"] for trace in figure["data"]]
    assert all(domain["x"] == [0, 1] for domain in domains)
    assert all(lower["y"][1] <= upper["y"][0] for upper, lower in pairwise(domains))
    assert all((domain["y"][1] - domain["y"][0]) * high > 150 for domain in domains)


def test_a_note_in_a_pie_goes_along():
    note = {
        "text": "2020",
        "x": 0.6,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
    }
    figure, _ = phone(PIES, annotations=[note])
    (moved,) = figure["layout"]["annotations"]
    domain = figure["data"][2]["domain"]
    assert moved["x"] == pytest.approx(0.5)
    assert moved["y"] == pytest.approx(sum(domain["y"]) / 2)


def test_parallel_categories_have_the_whole_width():
    parts = {"type": "parcats", "dimensions": [{"values": ["a", "b"]}] * 3}
    figure, _ = phone([{**parts, "domain": {"x": [0.1, 0.6], "y": [0, 1]}}])
    assert figure["data"][0]["domain"]["x"] == [0, 1]


LEVELS = [["2017"] * 4 + ["2018"] * 4, ["Yes", "No", "Perhaps", "Never"] * 2]


@pytest.mark.parametrize("lay_out", [wide, narrow])
@pytest.mark.parametrize("letter", ["x", "y"])
def test_names_on_two_levels_are_all_there(tmp_path, chromium, lay_out, letter):
    other = {"x": "y", "y": "x"}[letter]
    bar = {
        "type": "bar",
        letter: LEVELS,
        other: [*range(8)],
        "orientation": {"x": "v", "y": "h"}[letter],
    }
    with ChartRenderer(tmp_path) as renderer:
        picture = renderer.draw(*lay_out(checked({"data": [bar], "layout": {}})))
    texts = ["".join(text.itertext()) for text in etree.fromstring(picture).iter("{*}text")]
    assert all(texts.count(name) == 2 for name in LEVELS[1][:4])


@pytest.mark.parametrize("years", [[2019, 2020, 2021], [2019.0, 2020.0, 2021.0]])
@pytest.mark.parametrize("layout", [{}, {"template": {}}, {"xaxis": {"range": [2018.5, 2021.5]}}])
@pytest.mark.parametrize("lay_out", [wide, narrow])
def test_no_tick_is_between_two_years(years, layout, lay_out):
    figure, _ = lay_out(checked({"data": [{"x": years, "y": [1, 2, 3]}], "layout": layout}))
    assert figure["layout"]["xaxis"]["tickvals"] == [2019, 2020, 2021]


@pytest.mark.parametrize("title", ["Component C", "A share of the third part in all of them"])
def test_titles_of_a_triangle_are_whole(tmp_path, chromium, title):
    corners = {f"{letter}axis": {"title": {"text": title}} for letter in "abc"}
    trace = {"type": "scatterternary", "a": [1, 2], "b": [2, 1], "c": [1, 1]}
    with ChartRenderer(tmp_path) as renderer:
        drawn = renderer.draw(*phone([trace], ternary=corners))
    for text in etree.fromstring(drawn).iter("{*}text"):
        words = "".join(text.itertext())
        if words in title and len(words) > 3:
            half = len(words) * 3
            assert half - 4 <= float(text.get("x")) <= 320 - half + 4


def test_a_scene_is_seen_whole():
    figure, (across, high) = phone(
        [{"type": "scatter3d", "x": [1], "y": [1], "z": [1]}], height=900
    )
    assert figure["layout"]["scene"]["camera"]["eye"]["x"] == pytest.approx(1.5)
    assert high < across * 1.5


def test_the_margin_beside_labels_of_lines_stays():
    label = {"x": 2, "y": 2, "text": "A name", "xanchor": "left", "showarrow": False}
    bars = [{"type": "bar", "x": [1, 2], "y": [1, 2]}]
    figure, _ = phone(bars, margin={"l": 40, "r": 130}, annotations=[label])
    assert figure["layout"]["margin"] == {"l": 40, "r": 130}


def test_a_map_alone_is_not_higher_than_a_phone_is_wide_needs():
    points = {"type": "scattergeo", "lon": [1, 2], "lat": [3, 4]}
    assert phone([points], height=900)[1][1] <= 400
    assert phone([points, {**points, "geo": "geo2"}], height=900)[1][1] == 900


def test_legends_and_scales_beside_the_plot_are_above_it():
    lines = [{"x": [1, 2], "y": [1, 2], "name": name} for name in ("A series", "Another one")]
    template = {"layout": {"legend": {"orientation": "h"}}}
    figure, _ = phone(lines, template=template, legend={"x": 1.05, "y": 1, "font": {"size": 9}})
    assert figure["layout"]["legend"].get("x", 0) == 0
    assert figure["layout"]["legend"]["font"] == {"size": 9}
    grid = {
        "type": "heatmap",
        "z": [[1, 2]],
        "colorbar": {"x": 1.1, "len": 0.5, "ticksuffix": " m"},
    }
    bar = phone([grid])[0]["data"][0]["colorbar"]
    assert bar["orientation"] == "h" and bar["ticksuffix"] == " m" and bar["x"] == 0.5
    within = phone(lines, legend={"x": 0.1, "y": 0.9})[0]["layout"]["legend"]
    assert (within["x"], within["y"]) == (0.1, 0.9)


def test_a_long_legend_leaves_a_plot_whatever_the_height():
    lines = [
        {"x": [1, 2], "y": [1, 2], "name": f"A series with a long name {at}"} for at in range(18)
    ]
    figure, (_, high) = phone(lines, height=400)
    margin = figure["layout"]["margin"]
    assert high - margin["t"] - margin.get("b", 36) > 150


def test_a_note_longer_than_the_drawing_has_more_lines():
    text = "A note that says a good deal more than has room on a telephone that is held upright"
    note = {"x": 1, "y": 1, "text": text, "showarrow": False}
    (folds,) = phone([{"x": [1], "y": [1]}], annotations=[note])[0]["layout"]["annotations"]
    assert folds["text"].count("<br>") >= 1 and folds["text"].replace("<br>", " ") == text
    link = {**note, "text": f"<a href='https://example.org/a'>{text}</a>"}
    (kept,) = phone([{"x": [1], "y": [1]}], annotations=[link])[0]["layout"]["annotations"]
    assert kept["text"] == link["text"]


def test_a_title_in_large_letters_has_as_many_lines_as_it_needs():
    title = {"text": "A title in large letters", "font": {"size": 36}}
    figure, _ = phone([{"x": [1, 2], "y": [1, 2]}], xaxis={"title": title})
    assert "<br>" in figure["layout"]["xaxis"]["title"]["text"]
    title = {"text": "A title in letters of a size that plotly has"}
    figure, _ = wide(
        checked({"data": [{"x": [1, 2], "y": [1, 2]}], "layout": {"xaxis": {"title": title}}})
    )
    assert "<br>" not in figure["layout"]["xaxis"]["title"]["text"]
