"""A newsroom's staples (`bs.charts`): plotly figures, each drawn as its readers get it."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go
import pytest
from lxml import etree

import broadsheet as bs
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from plotly_alive import labels
from plotly_alive.layout import figure_layout
from plotly_alive.reading.chart_reading import read
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words.alt_text import describe

TRADE = pd.DataFrame(
    {
        "China": [66.1, 141.1, 236.3],
        "European Union": [189.8, 282.0, 68.0],
        "Gas": [None, 3.0, 66.0],
    },
    index=[2016, 2021, 2024],
)
PAIRS = pd.DataFrame(
    {"2021": [141.1, 282.0, 33.0], "2024": [236.3, 68.0, 50.0]}, index=["China", "Europe", "Turkey"]
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory, chromium):
    """The words of a figure's drawing, where each begins, and the drawing."""
    with ChartRenderer(tmp_path_factory.mktemp("staples")) as renderer:

        def draw(figure, variant=figure_layout.wide):
            assert isinstance(figure, go.Figure)
            picture = renderer.draw(*variant(json.loads(figure.to_json())))
            root = etree.fromstring(picture)
            return {
                "".join(text.itertext()): float(text.get("y")) for text in root.iter("{*}text")
            }, root

        yield draw


def described(figure, subtitle):
    return describe(replace(read(figure), subtitle=subtitle))


def table_of(figure):
    return chart_table_of(read(json.loads(figure.to_json()))).csv().splitlines()


def test_lines_are_named_at_their_ends_with_the_last_value_and_no_legend(drawn):
    words, root = drawn(bs.charts.lines(TRADE, colours=bs.COLOURS, number=".0f"))
    assert {"China 236", "European Union 68", "Gas 66"} <= set(words)
    assert (
        abs(words["European Union 68"] - words["Gas 66"]) >= labels.LINE
    )  # two pixels apart, would they not give way
    label = next(
        text for text in root.iter("{*}text") if "".join(text.itertext()) == "European Union 68"
    )
    assert label.get("fill") == "var(--chart-3-text)"


def test_estimates_are_dashed_from_the_last_place_that_is_none(drawn):
    figure = bs.charts.lines(TRADE[["China"]], dashed_after=2021)
    assert [(list(trace.x), trace.line.dash) for trace in figure.data] == [
        ([2016, 2021], "solid"),
        ([2021, 2024], "5px,4px"),
    ]
    _, root = drawn(figure)
    assert [path for path in root.iter("{*}path") if path.get("stroke-dasharray")]
    assert table_of(figure) == ["Year,China", "2016,66.1", "2021,141.1", "2024,236.3"]


def test_a_dot_may_be_open_and_a_label_said_otherwise():
    figure = bs.charts.lines(
        TRADE[["China"]], hollow=TRADE[["China"]] > 200, labels={"China": "To China"}
    )
    assert list(figure.data[0].marker.symbol) == ["circle", "circle", "circle-open"]
    assert figure.layout.annotations[0].text == "To China"


def test_dates_and_lines_below_zero_are_drawn(drawn):
    dates = pd.DataFrame(
        {"Balance": [-5.0, 3.5]}, index=pd.to_datetime(["2021-01-01", "2023-06-01"])
    )
    words, _ = drawn(bs.charts.lines(dates, unit="%"))
    assert "Balance 3.5" in words and any(word.startswith("−") for word in words)


def test_on_a_phone_the_names_of_lines_stand_in_the_plot(drawn):
    figure = bs.charts.lines(TRADE[["China", "European Union"]], colours=bs.COLOURS, number=".0f")
    words, root = drawn(figure, figure_layout.narrow)
    assert root.get("width") == "320"
    assert any(word.startswith("European Union") for word in words)
    plot = max(
        float(rect.get("width")) for rect in root.iter("{*}rect") if rect.get("fill") is None
    )
    assert plot > 250


def test_the_name_of_a_line_that_ends_early_stands_off_the_lines_that_go_on(drawn):
    data = pd.DataFrame(
        {"Short": [2.0, 1.0, None, None], "Long": [0.5, 6.0, 1.0, 1.0]}, index=range(4)
    )
    words, _ = drawn(bs.charts.lines(data))
    assert {"Short 1.0", "Long 1.0"} <= set(words)
    assert (
        words["Short 1.0"] > words["Long 1.0"] + 4
    )  # below its end, where the other line leads up and down


def test_a_slope_names_each_line_at_both_ends(drawn):
    figure = bs.charts.slope(PAIRS, colours={"China": bs.COLOURS["China"]}, number=".0f")
    words, _ = drawn(figure)
    assert {"China 141", "236 China", "Europe 282", "68 Europe", "2021", "2024"} <= set(words)
    assert figure.data[-1].name == "China"  # above what is context
    assert {"141", "236 China"} <= set(drawn(figure, figure_layout.narrow)[0])
    assert table_of(figure)[1:] == ["2021,282.0,33.0,141.1", "2024,68.0,50.0,236.3"]


def test_a_dumbbell_has_both_values_of_each_row_and_names_the_two_once(drawn):
    figure = bs.charts.dumbbell(PAIRS, number=".0f", unit="US$ bn", heads={"2024": "In 2024"})
    words, _ = drawn(figure)
    assert {
        "China",
        "Europe",
        "Turkey",
        "141",
        "236",
        "282",
        "68",
        "33",
        "50",
        "2021",
        "In 2024",
    } <= set(words)
    assert words["2021"] < words["China"] < words["Europe"] < words["Turkey"]
    assert table_of(figure)[1:] == ["China,141.1,236.3", "Europe,282.0,68.0", "Turkey,33.0,50.0"]


def test_the_rows_of_a_dumbbell_may_be_years_and_a_value_may_be_missing(drawn):
    shares = pd.DataFrame({"Russia": [2.0, 3.0], "China": [None, 21.6]}, index=[2017, 2022])
    words, _ = drawn(bs.charts.dumbbell(shares, colours=bs.COLOURS))
    assert {"2017", "2022", "2.0", "3.0", "21.6"} <= set(words) and "nan" not in words
    assert words["Russia"] < words["2022"] and words["Russia"] > words["2017"] - 12


def test_a_record_is_named_and_has_the_accent(drawn):
    words, root = drawn(
        bs.charts.record(pd.Series([3.0, 9.0, None, 4.0], index=[2019, 2020, 2021, 2022]))
    )
    assert "Record: 9.0" in words
    assert len([path for path in root.iter("{*}path") if path.get("fill") == "var(--chart-1)"]) == 1


def test_small_multiples_are_on_one_scale_and_two_abreast_on_a_phone(drawn):
    series = pd.DataFrame({f"Country {n}": [n, 2.0 * n] for n in range(1, 6)}, index=[2000, 2024])
    figure = bs.charts.multiples(series)
    words, _ = drawn(figure)
    assert {f"Country {n}" for n in range(1, 6)} <= set(words) and words["Country 1"] == words[
        "Country 3"
    ]
    assert len({tuple(axis.range) for axis in figure.select_yaxes()}) == 1
    phone, _ = drawn(figure, figure_layout.narrow)
    assert phone["Country 1"] == phone["Country 2"] < phone["Country 3"]


VOTES = pd.Series({"CHN": "abstain", "FRA": "yes", "SMR": "yes", "RUS": "no"})
SIDES = {"yes": bs.COLOURS["Russia"], "no": bs.COLOURS["accent"], "abstain": bs.COLOURS["spare"]}


def test_a_map_shows_each_country_and_counts_them_and_the_rest_is_grey(drawn):
    figure = bs.charts.world(
        VOTES, colours=SIDES, labels={"yes": "In favour"}, places={"SMR": "San Marino"}
    )
    words, root = drawn(figure)
    assert set(words) == {"In favour 2", "no 1", "abstain 1"}
    shapes: Counter[str] = Counter()
    for path in root.iter("{*}path"):
        shapes[path.get("fill")] += path.get("d").count("M")
    assert (
        shapes["var(--chart-2)"] > 2
        and shapes["var(--chart-1)"] > 5
        and shapes["var(--chart-grid)"] > 100
    )
    assert "San Marino" in figure.data[0].text
    assert described(json.loads(figure.to_json()), "The vote") == (
        "Map: The vote. Places: In favour 2, no 1 and abstain 1."
    )


def test_a_map_of_all_members_of_the_united_nations_is_small(drawn):
    votes = bs.table("unga-votes-es-11-1").set_index("code")["vote"]
    assert votes.value_counts().to_dict() == {"yes": 141, "abstain": 35, "absent": 12, "no": 5}
    figure = bs.charts.world(votes, colours={**SIDES, "absent": bs.COLOURS["context"]})
    for variant in (figure_layout.wide, figure_layout.narrow):
        _, root = drawn(figure, variant)
        assert len(gzip.compress(etree.tostring(root))) < 25_000
    phone, wide = (
        float(drawn(figure, variant)[1].get("height"))
        for variant in (figure_layout.narrow, figure_layout.wide)
    )
    assert phone < wide


def test_labels_keep_off_each_other_and_move_no_further_than_they_must():
    assert labels.apart([10, 100, 50], [16, 16, 16]) == [0, 0, 0]
    assert labels.apart([50, 50], [16, 16]) == [-8, 8]
    assert labels.apart([100, 95], [16, 16], floor=100) == [-8, -19]
    numbers = random.Random(3)
    middles = [numbers.uniform(0, 300) for _ in range(15)]
    heights = [numbers.choice([16.0, 32.0]) for _ in middles]
    shifts = labels.apart(middles, heights)
    placed = sorted((at + by, tall) for at, by, tall in zip(middles, shifts, heights, strict=True))
    assert all(low - high >= (a + b) / 2 - 0.2 for (high, a), (low, b) in pairwise(placed))


def test_a_line_that_goes_on_dashed_is_described_as_one():
    line = json.loads(bs.charts.lines(TRADE[["China"]], dashed_after=2021, unit="US$ bn").to_json())
    assert described(line, "Trade") == (
        "Line chart: Trade, 2016 to 2024. “China” goes from US$66.1 bn in 2016, the "
        "lowest, to US$236.3 bn in 2024, the highest."
    )
