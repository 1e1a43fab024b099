"""What is read from a figure is what plotly.js itself computes before it draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import plotly
import pytest
from playwright.sync_api import Browser

from plotly_alive.reading import error_bars
from plotly_alive.reading.axis_types import type_of
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked

pytestmark = pytest.mark.browser

COLUMNS: list[list[Any]] = [
    [1, 2.5, None],
    ["1,000", "3$", "12 %", " 7 "],
    ["a", "b", 3],
    ["a", "b", "c", 3],
    ["2020-01-01", "2020-1-2 05:30"],
    ["2020", "2021"],
    ["1e3", "-2"],
    ["1_000", "nan", "x"],
    [True, False],
    [["a", "b"], ["c", "d"]],
]
BARS: list[dict[str, Any]] = [
    {"array": [1, 2]},
    {"array": [1, 2], "arrayminus": [3, 4]},
    {"type": "percent", "value": 10, "valueminus": 50},
    {"type": "sqrt"},
    {"type": "constant", "value": 3},
    {"value": 7},
    {"visible": True},
    {"thickness": 3},
]


@pytest.fixture(scope="module")
def drawn(running_browser: Callable[[], Browser]) -> Iterator[Callable[..., Any]]:
    """What plotly.js has of a figure after it has drawn it, by an expression of JavaScript."""
    page = running_browser().new_page()
    page.set_content("<div id=g></div>")
    page.add_script_tag(path=Path(plotly.__file__).parent / "package_data/plotly.min.js")

    def of(expression: str, data: list[dict[str, Any]], **layout: Any) -> Any:
        return page.evaluate(
            "async ([data, layout, expression]) => { const g = document.getElementById('g');"
            " await Plotly.newPlot(g, data, layout); return eval(expression); }",
            [data, layout, expression],
        )

    yield of
    page.close()


@pytest.mark.parametrize("rule", ["convert types", "strict"])
@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_axes_have_its_types(drawn, column, rule):
    data = [{"x": column, "y": [1] * len(column)}]
    kind = drawn("g._fullLayout.xaxis.type", data, autotypenumbers=rule)
    assert type_of(column, is_strict=rule == "strict") == kind


@pytest.mark.parametrize("mode", ["group", "stack", "relative"])
def test_bars_of_one_name_end_where_it_draws_their_ends(drawn, mode):
    data = [{"type": "bar", "x": ["a", "a", "b"], "y": [1, 5, 2]}]
    ends = dict(drawn("g.calcdata[0].map(bar => ['ab'[bar.p], bar.s1])", data, barmode=mode))
    chart = read(checked({"data": data, "layout": {"barmode": mode}}))
    assert dict(chart.drawn[0].known) == ends


def test_bars_that_are_drawn_over_each_other_begin_at_zero(drawn):
    data = [{"type": "bar", "x": ["a", "a"], "y": [1, 5]}]
    assert drawn("g.calcdata[0].map(bar => bar.s0)", data, barmode="overlay") == [0, 0]
    assert not read(checked({"data": data, "layout": {"barmode": "overlay"}})).drawn[0].is_single


@pytest.mark.parametrize("bars", BARS, ids=str)
def test_error_bars_reach_as_far(drawn, bars):
    trace = {"type": "bar", "x": ["a", "b"], "y": [16, 25], "error_y": bars}
    ends = drawn("g.calcdata[0].map(bar => [bar.ys, bar.yh])", [trace])
    columns = error_bars.read(trace, "y")
    above = columns.get("error", [None, None])
    below = columns.get("error_below", above)
    for value, low, high, ends_of_bar in zip(trace["y"], below, above, ends, strict=True):
        reach = [None, None] if high is None else [value - low, value + high]
        assert ends_of_bar == pytest.approx(reach)


def test_the_names_of_slices_are_its_own(drawn):
    pie = [{"type": "pie", "labels": ["", None, "x"], "values": [1, 2, 3], "sort": False}]
    assert [*read(checked({"data": pie})).traces[0].column("place")] == drawn(
        "g.calcdata[0].map(slice => slice.label)", pie
    )
