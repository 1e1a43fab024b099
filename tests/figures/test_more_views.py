"""A figure whose menus and sliders change more than what is visible says that it has more views."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from broadsheet.figures import figure_making
from broadsheet.text.language import speaking
from plotly_alive.reading.plotly_json import checked

TRACES = [{"x": [1, 2], "y": [3, 4], "name": "A"}, {"x": [1, 2], "y": [5, 6], "name": "B"}]
FIRST = {"label": "Only A", "method": "update", "args": [{"visible": [True, False]}]}
BOTH = {"label": "Both", "method": "restyle", "args": [{"visible": [True, True]}]}
BARS = {"label": "Bars", "method": "restyle", "args": ["type", "bar"]}
LATER = {"label": "2020", "method": "restyle", "args": [{"y": [[1, 2]]}, [0]]}
LOG = {"label": "Log", "method": "relayout", "args": [{"yaxis.type": "log"}]}
PLAY = {"label": "Play", "method": "animate", "args": [None]}


def note(**layout: object) -> str:
    figure = checked({"data": TRACES, "layout": layout})
    return figure_making.sketched(figure, "fig-x", PurePosixPath("posts/a")).credits.note


@pytest.mark.parametrize(
    ("controls", "names"),
    [
        ({"updatemenus": [{"buttons": [BARS, LATER]}]}, "Bars and 2020"),
        ({"sliders": [{"steps": [LATER]}]}, "2020"),
        ({"updatemenus": [{"buttons": [FIRST, BOTH]}, {"buttons": [LOG]}]}, "Log"),
        ({"updatemenus": [{"buttons": [FIRST, BARS]}]}, "Only A and Bars"),
    ],
)
def test_what_a_control_changes_is_named(controls, names):
    assert note(**controls).endswith(f"it has more views: {names}.")


@pytest.mark.parametrize(
    "controls",
    [
        {},
        {"updatemenus": [{"buttons": [FIRST, BOTH]}]},
        {"updatemenus": [{"buttons": [PLAY]}]},
        {"updatemenus": [{"buttons": [BARS], "visible": False}]},
        {"updatemenus": "none", "sliders": [None]},
    ],
)
def test_what_is_in_the_table_and_what_is_hidden_needs_no_word(controls):
    assert note(**controls) == ""


def test_many_views_are_counted_in_the_language_of_the_page():
    steps = [{**LATER, "label": str(year)} for year in range(2000, 2030)]
    assert note(sliders=[{"steps": steps}]).endswith("controls show 30 views.")
    with speaking("de"):
        assert "30 Ansichten" in note(sliders=[{"steps": steps}])
