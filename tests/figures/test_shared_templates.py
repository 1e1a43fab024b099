"""A figure's template, which is most of it and the same in many, is read and written once."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
import pytest

from plotly_alive.alive import interactive_file
from plotly_alive.alive.interactive_file import interactive
from plotly_alive.chart_theme import template
from plotly_alive.errors import FigureError
from plotly_alive.reading import inherited_names, plotly_json
from plotly_alive.reading.plotly_json import checked


def figure(name: str = "plotly_dark", **layout: object) -> dict[str, object]:
    drawn = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]), layout={"template": pio.templates[name]})
    return json.loads(drawn.update_layout(**layout).to_json())


def test_figures_of_a_template_share_it_and_those_of_another_do_not() -> None:
    first, second = checked(figure()), checked(figure(width=300))
    assert first["layout"]["template"] is second["layout"]["template"]
    assert first["layout"] != second["layout"]
    other = figure()
    other["layout"]["template"]["layout"]["font"] = {"color": "red", "size": None}
    changed = checked(other)["layout"]["template"]
    assert changed["layout"]["font"] == {"color": "red"}
    assert changed["data"] == first["layout"]["template"]["data"]


def test_a_template_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[str] = []
    plain, named = plotly_json._plain, interactive_file.palette_name
    monkeypatch.setattr(
        plotly_json,
        "_plain",
        lambda value, path, *rest: parts.append(path) or plain(value, path, *rest),
    )
    monkeypatch.setattr(
        interactive_file, "palette_name", lambda value: parts.append(value) or named(value)
    )
    counts = []
    for number in range(3):
        parts.clear()
        of = checked(figure("seaborn", width=300 + number))
        interactive(of, of)
        counts.append(len(parts))
    assert counts[0] > 10 * counts[1] and counts[1] == counts[2]


@pytest.mark.parametrize("wrong", [{"layout": 3}, {"data": "\x00"}, 3])
def test_a_fault_in_a_template_is_told_each_time(wrong: object) -> None:
    for _ in range(2):
        with pytest.raises(FigureError, match="template"):
            checked({"data": [], "layout": {"template": wrong}})


def test_a_template_of_arrays_is_read_as_before() -> None:
    of = checked({"data": [], "layout": {"template": {"layout": {"colorway": np.array(["red"])}}}})
    assert "layout" in of["layout"]["template"]


def test_colours_of_a_template_have_names_in_their_places() -> None:
    of = checked({"data": [], "layout": {"template": template(), "width": 300}})
    written = json.loads(interactive(of, of))
    assert list(written["layout"]) == ["template", "width"]
    assert "--chart-ink" in json.dumps(written["layout"]["template"])


def test_a_figure_without_inherited_names_is_not_copied_and_keys_deep_in_it_are_marked() -> None:
    plain = {"data": [{"name": "to string", "x": ["constructors"]}]}
    assert inherited_names.marked(plain) is plain
    deep = {"layout": {"meta": [{"valueOf": ["toString", 1]}]}}
    assert inherited_names.marked(deep) == {
        "layout": {"meta": [{"valueOf\u200b": ["toString\u200b", 1]}]}
    }
