"""Arrays in base64, as plotly writes those of numpy: they become lists where a figure is checked."""

from __future__ import annotations

import base64
import struct

import pytest

from plotly_alive.layout.figure_layout import narrow, wide
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of


def typed(kind: str, code: str, *numbers: float, shape: str | None = None) -> dict[str, str]:
    data = base64.b64encode(struct.pack(f"<{len(numbers)}{code}", *numbers)).decode()
    return {"dtype": kind, "bdata": data} | ({} if shape is None else {"shape": shape})


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (typed("i1", "b", 1, -2), [1, -2]),
        (typed("u4", "I", 4_000_000_000), [4_000_000_000]),
        (typed("f8", "d", 1.5, float("nan"), float("inf")), [1.5, None, None]),
        (typed("f8", "d", 1.5, 2.5, shape="2"), [1.5, 2.5]),
        (typed("i2", "h", 1, 2, 3, 4, 5, 6, shape="2, 3"), [[1, 2, 3], [4, 5, 6]]),
        (typed("i1", "b", *range(8), shape="2,2,2"), [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]),
        (typed("f8", "d", shape="3, 0"), []),
    ],
)
def test_an_array_in_base64_is_a_list_once_it_is_checked(array, wanted):
    figure = checked({"data": [{"customdata": array}], "layout": {}})
    assert figure["data"][0]["customdata"] == wanted


def test_a_list_of_cells_in_base64_is_read_as_one_of_numbers():
    cells = {"type": "heatmap", "x": ["a", "b"], "y": ["c", "d"]}
    written, listed = (
        chart_table_of(read(checked({"data": [{**cells, "z": z}], "layout": {}})))
        for z in (typed("i1", "b", 3, 4), [3, 4])
    )
    assert written is not None and listed is not None
    assert written.csv() == listed.csv() and "3" in listed.csv()


def test_cells_in_a_list_that_have_no_place_are_not_drawn_and_not_read():
    cells = {"type": "heatmap", "y": ["c"], "z": [3, 4]}
    for places, wanted in (({}, 0), ({"x": ["a", "b"]}, 1)):
        chart = read(checked({"data": [{**cells, **places}], "layout": {}}))
        assert len(chart.traces[0].column("value")) == wanted


def test_what_plotly_wants_as_an_array_and_is_none_is_left_out():
    trace = {"type": "scatter", "x": "2020", "y": [1, 2], "base": 3}
    layout = {"xaxis": {"range": 5, "domain": "all", "tickvals": {"a": 1}}, "colorway": "red"}
    figure = checked({"data": [trace], "layout": layout})
    assert figure == {
        "data": [{"type": "scatter", "y": [1, 2], "base": 3}],
        "layout": {"xaxis": {}},
    }
    assert wide(figure)[0]["data"] and narrow(figure)[0]["data"]
