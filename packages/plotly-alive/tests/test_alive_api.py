"""What the package does with a figure before any browser: read, describe, tabulate; and what is no
figure.
"""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import plotly.io as pio
import pytest

import plotly_alive as alive
from plotly_alive import chart_theme
from plotly_alive.command import _parser
from plotly_alive.figure_plan import planned
from plotly_alive.layout.axes import margins
from plotly_alive.reading.plotly_json import checked

BARS = {
    "data": [{"type": "bar", "x": ["North", "South"], "y": [1234.5, 2]}],
    "layout": {"title": {"text": "Sales"}},
}


def test_a_figure_is_an_object_its_dictionary_or_its_json() -> None:
    figure = px.bar(px.data.medals_long(), x="nation", y="count", color="medal")
    chart = alive.read(figure)
    words = alive.describe(figure)
    assert "South Korea" in words
    forms: tuple[Any, ...] = (
        figure.to_dict(),
        figure.to_plotly_json(),
        figure.to_json(),
        figure.to_json().encode(),
        pio.to_json(figure, engine="json"),
    )
    for form in forms:
        assert alive.read(form) == chart
        assert alive.describe(form) == words


def test_the_renderer_gets_arrays_of_pandas_and_numpy() -> None:
    frame = pd.DataFrame({"place": ["North", "South"], "day": [date(2024, 1, 1), date(2024, 1, 2)]})
    figure = go.Figure(go.Bar(x=frame["place"], y=np.array([1, 2])))
    words = alive.describe(figure.to_dict())
    assert "North" in words
    days = go.Figure(go.Scatter(x=frame["day"], y=np.array([1, np.nan]))).to_dict()
    assert "1 January 2024" in alive.describe(days)


def nested() -> dict[str, Any]:
    """A figure that has itself as its data."""
    figure: dict[str, Any] = {}
    figure["data"] = figure
    return figure


@pytest.mark.parametrize(
    ("figure", "said"),
    {
        "nothing": (None, "None is no figure of plotly"),
        "a number": (7, "7 is no figure of plotly"),
        "a table": (pd.DataFrame({"a": [1]}), "is no figure of plotly"),
        "text": ("figure", "the figure is text, and no JSON"),
        "bytes": (b"\xff\xfe\x00", "the figure is text, and no JSON"),
        "a list": ("[1]", "[1] has neither `data` nor `layout`"),
        "another JSON": ('{"mark": "bar"}', "neither `data` nor `layout`"),
        "a trace": (go.Bar(y=[1]), "neither `data` nor `layout`"),
        "a set": ({"data": [{"y": {1, 2}}]}, "a value that is no JSON"),
        "itself": (nested(), "a value that is no JSON"),
        "deep": ("[" * 100_000, "nested too deeply"),
        "no list": ({"data": 1}, "`data` is 1, and not a list of traces"),
    }.values(),
    ids=str,
)
def test_what_is_no_figure_is_an_error(figure: Any, said: str) -> None:
    for function in (alive.read, alive.describe, alive.tabulate):
        with pytest.raises(alive.FigureError, match="→ ") as caught:
            function(figure)
        assert said in str(caught.value)


def test_an_empty_figure_has_words_and_a_table() -> None:
    assert alive.describe(go.Figure()) == alive.describe({"data": []})
    assert alive.describe(go.Figure())
    assert alive.tabulate(go.Figure()).csv().strip() == ""


def test_languages() -> None:
    assert alive.describe(BARS).startswith("Bar chart: Sales. The highest is North, at 1,23")
    assert alive.describe(BARS, "de").startswith("Balkendiagramm: Sales.")
    assert alive.tabulate(BARS, "de").csv().startswith("Name,Wert")
    french = alive.describe(BARS, "fr")
    assert french.startswith("Graphique en barres\N{NARROW NO-BREAK SPACE}: Sales.")
    assert "1\N{NARROW NO-BREAK SPACE}23" in french
    swedish = alive.describe(BARS, "sv")
    assert swedish.startswith("Bar chart: Sales."), "words that are not translated are English"
    assert "1\N{NO-BREAK SPACE}23" in swedish
    for unknown in ("xx", "English", "", "de@x"):
        for function in (alive.describe, alive.tabulate):
            with pytest.raises(ValueError, match="there is no language"):
                function(BARS, unknown)


@pytest.mark.parametrize(
    ("layout", "top"),
    [
        ({}, chart_theme.PLOT_MARGIN["t"]),
        ({"title": {"text": "Trade"}}, chart_theme.PLOT_MARGIN["t"]),
        ({"template": "plotly_white"}, chart_theme.PLOT_MARGIN["t"]),
        ({"margin": {"t": 60}}, chart_theme.PLOT_MARGIN["t"]),  # plotly.express without a title
        ({"margin": {"t": 61}}, 61),
        ({"margin": {"t": 60, "l": 90}}, 60),
        ({"template": {"layout": {"margin": {"t": 33}}}}, 33),
    ],
    ids=str,
)
def test_an_untitled_drawing_has_no_margin_for_a_title(layout: dict[str, Any], top: float) -> None:
    figure = go.Figure(go.Scatter(x=[1, 2], y=[1, 2]), {"template": "plotly", **layout})
    plan = planned(checked(json.loads(figure.to_json())))
    assert margins(plan.untitled["layout"])["t"] == top
    assert plan.figure["layout"].get("margin", {}) == layout.get("margin", {})


def test_the_renderer_is_there_whichever_is_imported_first() -> None:
    assert isinstance(pio.renderers["alive"], alive.AliveRenderer)
    for first, second in (("plotly_alive", "plotly.io"), ("plotly.io", "plotly_alive")):
        program = (
            f"import {first}, {second}, plotly.io as pio; pio.renderers.default = 'alive';"
            "print(pio.renderers['alive'].language)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout == "en\n"


def test_the_import_loads_nothing_else() -> None:
    program = "import sys; before = set(sys.modules); import plotly_alive; print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    others = {name for name in done.stdout.split() if name not in sys.stdlib_module_names}
    assert others == {"plotly_alive"}


def test_a_figure_that_plotly_shows_loads_nothing_that_draws() -> None:
    program = (
        "import sys, plotly_alive, plotly.io as pio; assert 'alive' in pio.renderers;"
        "print(*(name for name in sys.modules if name.startswith('plotly_alive.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {"plotly_alive.plotly_renderer", "plotly_alive.errors"}


def test_readings_need_neither_pandas_nor_numpy() -> None:
    program = (
        "import sys; sys.modules['pandas'] = sys.modules['numpy'] = None\n"
        f"import plotly_alive as alive; figure = {BARS!r}\n"
        "import plotly.graph_objects as go\n"
        "print(alive.describe(figure) == alive.describe(go.Figure(figure)))\n"
        "print(alive.tabulate(figure).csv(), 'papermill' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "Name,Value", "North,1234.5", "South,2", "False"]


README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_readme_names_everything() -> None:
    for name in alive.__all__:
        if name not in ("Chart", "Drawing", "Table", "AliveRenderer"):  # what functions return
            assert name in README, name
    for action in _parser()._actions:
        options = set(action.option_strings) - {"-h", "--help", "--version"}
        assert not options or any(option in README for option in options), options
    for name in inspect.signature(alive.html).parameters:
        assert name == "figure" or f"`{name}" in README, name


@pytest.mark.browser
@pytest.mark.whole
def test_the_readme_is_true() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(blocks) == 3
    names: dict[str, Any] = {}
    before = pio.renderers.default
    try:
        for block in blocks:
            exec(compile(block, "README.md", "exec"), names)
    finally:
        pio.renderers.default = before
    figure = names["figure"]
    for line, words in re.findall(r"(alive\.describe\(.*?\)) +# (.*?)…", README):
        assert eval(line, names).startswith(words.strip()), line
    assert names["pages"] and alive.read(figure).title == "Trade with China, 2022"
