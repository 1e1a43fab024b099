"""A figure becomes a sentence or two: what is drawn, from where to where, what is highest and
lowest. All is true.
"""

from __future__ import annotations

import base64
import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alt_text_reading
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.project.reading import open_publication
from conftest import examples
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words import alt_text
from plotly_alive.words.alt_text import LIMIT
from pressing import prepare


def describe(figure, title="", subtitle=""):
    """The words for a figure with that title."""
    layout = {**figure["layout"], "title": {"text": title, "subtitle": {"text": subtitle}}}
    return alt_text.describe(read(checked({**figure, "layout": layout})))


YEARS = [2018, 2019, 2020, 2021, 2022]


def figure(*traces, **layout):
    """As a notebook's output has it: plotly's JSON."""
    return json.loads(go.Figure(list(traces), layout).to_json())


def line(y, x=YEARS, **trace):
    return go.Scatter(x=x, y=y, **trace)


def bars(x, y, **trace):
    return go.Bar(x=x, y=y, **trace)


CASES = {
    "a line: its ends, its highest, its lowest, in the unit that the subtitle ends with": (
        figure(line([3, 5, 2, 8, 6])),
        "Output, tonnes",
        "Line chart: Output, tonnes, 2018 to 2022. It goes from 3 tonnes in 2018 to 6 tonnes in 2022; the highest "
        "is 8 tonnes in 2021, and the lowest is 2 tonnes in 2020.",
    ),
    "an end that is the highest or lowest is said once": (
        figure(line([3, 5, 6, 8, 9], name="<b>China</b>")),
        "Output",
        "Line chart: Output, 2018 to 2022. “China” goes from 3 in 2018, the lowest, to 9 in 2022, the highest.",
    ),
    "typed arrays and thousands; large numbers in words; a gap is said": (
        figure(line(np.array([2e6, 2.5e6, 12_345.0, np.nan, 1.412e9]), np.array(YEARS))),
        "People",
        "Line chart: People, 2018 to 2022. It goes from 2 million in 2018 to 1.41 billion in 2022, the highest; "
        "the lowest is 12,300 in 2020. There is no figure for 2021.",
    ),
    "many gaps are counted in what the places are": (
        figure(line([None, None, 1, None, 2, None, 3], [f"2022-0{n}" for n in range(1, 8)])),
        "Output",
        "Line chart: Output, March 2022 to July 2022. It goes from 1 in March 2022, the lowest, to 3 in July 2022, "
        "the highest. There is no figure for 4 of 7 months.",
    ),
    "a text among the values is a gap": (
        figure(line(["n/a", 3, 4, 5, 2])),
        "Output",
        "Line chart: Output, 2019 to 2022. It goes from 3 in 2019 to 2 in 2022, the lowest; the highest is 5 in "
        "2021. There is no figure for 2018.",
    ),
    "dots beside names, joined by lines that are not told": (
        figure(
            go.Scatter(x=[1, 3], y=["A", "A"], mode="lines", hoverinfo="skip"),
            go.Scatter(x=[1, 2], y=["A", "B"], mode="markers", name="Before"),
            go.Scatter(x=[3, 4], y=["A", "B"], mode="markers", name="After"),
        ),
        "Trade",
        "Dot chart: Trade. For “Before” the highest is B, at 2, and the lowest is A, at 1; for “After” the highest is "
        "B, at 4, and the lowest is A, at 3.",
    ),
    "several lines: each from where to where, the one that ends highest first": (
        figure(
            line([3, 4, 5, 6, 7], name="A"),
            line([4, 4, 4, 4, 4], name="B"),
            line([9, 8, 9], [2020, 2021, 2022], name="C"),
        ),
        "Output",
        "Line chart: Output, 2018 to 2022. “C” goes from 9 in 2020 to 9 and ends highest; “A” from 3 to 7; “B” "
        "stays at 4.",
    ),
    "many lines: those that matter and how many there are": (
        figure(
            *(line([at, 20 - at, at, at, 2 * at], name=name) for at, name in enumerate("ABCDE", 1))
        ),
        "Output",
        "Line chart: Output, 2018 to 2022. Of five lines, the highest in 2022 is “E”, at 10, then “D”, at 8; the "
        "lowest is “A”, at 2. The highest value is 19, for “A” in 2019, and the lowest 1.",
    ),
    "a line that goes on dashed is one line": (
        figure(line([1, 2, 3], [2018, 2019, 2020], name="A"), line([3, 9], [2020, 2021], name="A")),
        "Output",
        "Line chart: Output, 2018 to 2021. “A” goes from 1 in 2018, the lowest, to 9 in 2021, the highest.",
    ),
    "days": (
        figure(line([1.25, 2.5, 2], ["2023-05-26", "2023-05-27", "2023-06-30"])),
        "Rate, %",
        "Line chart: Rate, %, 26 May 2023 to 30 June 2023. It goes from 1.25% on 26 May 2023, the lowest, to 2% "
        "on 30 June 2023; the highest is 2.5% on 27 May 2023.",
    ),
    "months, and a price": (
        figure(line([71.1, 80, 1234.5], ["2023-01-01", "2023-02-01", "2023-03-01"])),
        "Oil, US$ a barrel",
        "Line chart: Oil, US$ a barrel, January 2023 to March 2023. It goes from US$71.1 a barrel in January "
        "2023, the lowest, to US$1,235 a barrel in March 2023, the highest.",
    ),
    "years as dates": (
        figure(line([2, 1], ["2021-01-01", "2022-01-01"])),
        "Output",
        "Line chart: Output, 2021 to 2022. It goes from 2 in 2021, the highest, to 1 in 2022, the lowest.",
    ),
    "shares as percent, as the axis has them": (
        figure(line([0.1, 0.125, 0.2, 0.3, 0.25]), yaxis_tickformat=".0%"),
        "Share of trade",
        "Line chart: Share of trade, 2018 to 2022. It goes from 10% in 2018, the lowest, to 25% in 2022; the "
        "highest is 30% in 2021.",
    ),
    "the unit and the decimals of the hover label": (
        figure(
            line(
                [1, 2.25], [2021, 2022], hovertemplate="<b>%{x}</b>: US$ %{y:.1f} bn<extra></extra>"
            )
        ),
        "Trade",
        "Line chart: Trade, 2021 to 2022. It goes from US$1.0 bn in 2021, the lowest, to US$2.3 bn in 2022, the "
        "highest.",
    ),
    "one value": (
        figure(line([5], [2020])),
        "Output",
        "Line chart: Output, 2020. It has one value, 5 in 2020.",
    ),
    "all equal": (
        figure(line([5] * 5)),
        "Output",
        "Line chart: Output, 2018 to 2022. It stays at 5.",
    ),
    "nothing": (figure(line([], [])), "Output", "Line chart: Output. It has no figures."),
    "no trace": (figure(), "Output", "Chart: Output. It has no data."),
    "what a reader does not see is not told": (
        figure(line([1, 2, 3, 4, 5], name="A"), line([9] * 5, name="B", visible="legendonly")),
        "Output",
        "Line chart: Output, 2018 to 2022. “A” goes from 1 in 2018, the lowest, to 5 in 2022, the highest.",
    ),
    "a logarithmic axis": (
        figure(line([1, 10, 100, 1000, 10000]), yaxis_type="log"),
        "Output",
        "Line chart on a logarithmic scale: Output, 2018 to 2022. It goes from 1 in 2018, the lowest, to 10,000 "
        "in 2022, the highest.",
    ),
    "distances": (
        figure(line([0, 5, 3], [0, 10, 20]), xaxis_ticksuffix=" km"),
        "Height, metres",
        "Line chart: Height, metres, 0 km to 20 km. It goes from 0 metres at 0 km, the lowest, to 3 metres at 20 "
        "km; the highest is 5 metres at 10 km.",
    ),
    "bars over names": (
        figure(bars(["Germany", "France", "Malta"], [45.3, 30, 1.5])),
        "Trade, US$ bn",
        "Bar chart: Trade, US$ bn. The highest of three is Germany, at US$45.3 bn, and the lowest is Malta, at "
        "US$1.5 bn.",
    ),
    "bars on their side, one of them negative": (
        figure(bars([4, -1.5, -3], ["Oil", "Gas", "Coal"], orientation="h"), xaxis_ticksuffix="%"),
        "Growth",
        "Bar chart: Growth. The highest of three is Oil, at 4%, and the lowest is Coal, at −3%.",
    ),
    "bars in groups, with a tie": (
        figure(
            bars(["G", "F", "M"], [1, 2, 3], name="2019"),
            bars(["G", "F", "M"], [2, 2, 1], name="2020"),
        ),
        "Trade",
        "Bar chart: Trade. For “2019” the highest of three is M, at 3, and the lowest is G, at 1; for “2020” the "
        "highest of three are G and F, at 2, and the lowest is M, at 1.",
    ),
    "stacked bars over years: the total, and the largest part": (
        figure(
            bars(YEARS, [1, 2, 3, 4, 5], name="a"), bars(YEARS, [3] * 5, name="b"), barmode="stack"
        ),
        "Trade",
        "Stacked bar chart: Trade, 2018 to 2022. The total goes from 4 in 2018, the lowest, to 8 in 2022, the "
        "highest. The largest part in 2022 is “a”, at 5, the smallest “b”, at 3.",
    ),
    "stacked areas as shares of the whole": (
        figure(
            line([1, 2, 3, 1, 2], name="a", stackgroup="1", groupnorm="percent"),
            line([3, 2, 1, 1, 2], name="b", stackgroup="1"),
        ),
        "Share",
        "Stacked area chart: Share, 2018 to 2022. “a” goes from 25% to 50%; “b” from 75% to 50%.",
    ),
    "bars and a line on axes of their own are not compared": (
        figure(
            bars(YEARS, [1, 2, 3, 4, 5], name="GDP"),
            line([50, 4, 3, 2, 1], name="Rate", yaxis="y2"),
            yaxis={"tickprefix": "$", "ticksuffix": "bn"},
            yaxis2={"ticksuffix": "%"},
        ),
        "Economy",
        "Bar and line chart: Economy, 2018 to 2022. “GDP” goes from $1bn to $5bn; “Rate” from 50% to 1%.",
    ),
    "a pie": (
        figure(go.Pie(labels=["Coal", "Gas", "Oil", "Sun"], values=[40, 30, 25, 5])),
        "Energy",
        "Pie chart: Energy. The largest of four slices is Coal, 40%, then Gas, 30%; the smallest is Sun, 5%.",
    ),
    "a donut": (
        figure(go.Pie(labels=["Coal", "Gas", "Coal"], values=[20, 30, 20], hole=0.4)),
        "Energy",
        "Donut chart: Energy. Two slices: Coal, 57.1%; Gas, 42.9%.",
    ),
    "a heat map": (
        figure(
            go.Heatmap(
                x=["a", "b"], y=YEARS[:2], z=[[1, 2], [3, None]], colorbar_title="Trade (US$ bn)"
            )
        ),
        "Trade",
        "Heat map: Trade. Two columns by two rows: the highest value is US$3 bn, at 2019 and a; the lowest value "
        "is US$1 bn, at 2018 and a. One cell has no figure.",
    ),
    "a histogram": (
        figure(go.Histogram(x=np.array([1.0, 2, 3, 4, 10])), xaxis_title="Age (years)"),
        "",
        "Histogram: Age (years). Five values from 1 year to 10 years; the median is 3 years.",
    ),
    "boxes": (
        figure(go.Box(y=[1, 2, 3], name="A"), go.Box(y=[4, 5, 9], name="B")),
        "Marks",
        "Box plot: Marks. The highest of two medians is that of B, 5, and the lowest that of A, 2; all values go "
        "from 1 to 9.",
    ),
    "points: the range of both axes, and nothing of how they hang together": (
        figure(
            go.Scatter(x=[1.5, 2, 300], y=[30, 10, 20], mode="markers"),
            xaxis_title="Income (US$)",
            yaxis_title="Life (years)",
        ),
        "Countries",
        "Scatter plot: Countries. Three points: Income from US$1.5 to US$300, and Life from 10 years to 30 years.",
    ),
    "a map": (
        figure(
            go.Choropleth(
                locations=["DEU", "MLT", "FRA"], z=[3, 1, 2], text=["Germany", "Malta", "France"]
            )
        ),
        "Trade, %",
        "Map: Trade, %. The highest of three is Germany, at 3%, and the lowest is Malta, at 1%.",
    ),
    "candles": (
        figure(
            go.Candlestick(
                x=["2023-05-26", "2023-05-27"], open=[1, 2], close=[2, 3], high=[3, 4], low=[0.5, 1]
            )
        ),
        "Price",
        "Candlestick chart: Price, 26 May 2023 to 27 May 2023. It opens at 1 and closes at 3; the highest is 4 on "
        "27 May 2023 and the lowest 0.5 on 26 May 2023.",
    ),
    "bars from date to date": (
        figure(
            bars(
                [864e5, 864e5 * 30],
                ["Talks", "Pause"],
                base=["2023-11-24", "2023-11-01"],
                orientation="h",
            )
        ),
        "The war in days",
        "Timeline: The war in days, 1 November 2023 to 1 December 2023.",
    ),
    "a number alone": (
        figure(go.Indicator(value=42.5, number_suffix="%")),
        "Turnout",
        "Indicator: Turnout. It reads 42.5%.",
    ),
    "a kind without a plain highest is only named": (
        figure(go.Sankey()),
        "Flows",
        "Flow diagram: Flows.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_figure_in_words(name):
    drawn, subtitle, words = CASES[name]
    assert describe(drawn, "", subtitle) == words


def test_the_title_stands_for_a_subtitle_that_is_a_unit_alone():
    assert describe(figure(line([1, 2], [2021, 2022])), "Trade doubled", "US$ bn") == (
        "Line chart: Trade doubled, 2021 to 2022. It goes from US$1 bn in 2021, the lowest, to US$2 bn in 2022, the "
        "highest."
    )


# ---- Any figure
# ----------------------------------------------------------------------------------------------------

NUMBERS = (
    st.none() | st.integers(-(10**6), 10**9) | st.floats(-1e12, 1e12) | st.floats(allow_nan=True)
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60).filter(
    lambda text: not re.search("nan|none|inf", text, re.IGNORECASE)
)
PLACES = [
    st.integers(1900, 2100),
    st.floats(-1e6, 1e6),
    NAMES,
    st.dates().map(str),
    NUMBERS,
    st.datetimes().map(lambda when: when.isoformat()),
    st.sampled_from(["2023-01", "2022", "2021-06-01"]),
]


def typed(numbers):
    """The array as plotly's JSON has numpy's."""
    array = np.array([np.nan if number is None else number for number in numbers], dtype="f8")
    return {"dtype": "f8", "bdata": base64.b64encode(array.tobytes()).decode()}


def columns(values):
    return st.lists(values, max_size=12) | st.lists(values, max_size=12).map(typed)


def traces(places):
    """Lines, bars, points, samples over places of one kind, in order as often as not."""
    listed = st.lists(places, max_size=12)
    ordered = listed.map(lambda found: sorted(found, key=str) if None in found else sorted(found))
    return st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(
                    ["scatter", "scatter", "bar", "histogram", "box", "funnel"]
                ),
                "x": listed | ordered,
                "y": columns(NUMBERS) | columns(st.integers(0, 5)) | listed,
            },
            optional=OPTIONS,
        ),
        max_size=6,
    )


OPTIONS = {
    "name": NAMES,
    "mode": st.sampled_from(["lines", "markers", "lines+markers", "text"]),
    "orientation": st.sampled_from(["h", "v"]),
    "visible": st.sampled_from([True, True, False, "legendonly"]),
    "hovertemplate": st.sampled_from(["%{x}: US$ %{y:.1f} bn", "%{y}", "a=%{y:.0%}"]),
    "stackgroup": st.just("one"),
    "groupnorm": st.just("percent"),
    "yaxis": st.just("y2"),
}
OTHERS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("pie"), "labels": st.lists(NAMES), "values": columns(NUMBERS)}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("choropleth"),
            "locations": st.lists(NAMES, unique=True),
            "z": columns(NUMBERS),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("heatmap"),
            "z": st.lists(st.lists(NUMBERS, min_size=3, max_size=3), max_size=4),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("candlestick"), "x": st.lists(st.dates().map(str), max_size=5)}
        | {side: columns(NUMBERS) for side in ("open", "high", "low", "close")}
    ),
)
LAYOUTS = st.fixed_dictionaries(
    {},
    optional={
        "barmode": st.sampled_from(["stack", "group", "relative"]),
        "barnorm": st.just("percent"),
        "yaxis": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["log", "category", "linear"]),
                "tickformat": st.sampled_from([".0%", ",.1f", "~s", "$,.2f", "d"]),
                "ticksuffix": st.just(" bn"),
                "title": st.just({"text": "Trade (US$ bn)"}),
            },
        ),
    },
)


@settings(deadline=None, max_examples=examples(50))
@given(
    st.sampled_from(PLACES).flatmap(traces) | st.lists(OTHERS, max_size=2), LAYOUTS, NAMES, NAMES
)
def test_of_any_figure_something_true_is_said_and_little_enough(data, layout, title, subtitle):
    words = describe({"data": data, "layout": layout}, title, subtitle)
    assert words.endswith(".") and len(words) <= LIMIT
    assert not re.search(r"\b(nan|None|inf|NaT)\b", words)


# ---- Nothing but the truth
# ---------------------------------------------------------------------------------------------------


@st.composite
def charts(draw):
    """What is drawn, as rows of values; and a figure that draws it, in one of plotly's many ways."""
    kind = draw(
        st.sampled_from(["line", "bar", "lying bar", "area", "dot", "stacked", "stacked area"])
    )
    is_ordered = kind not in ("lying bar", "dot") and draw(st.booleans())
    places = draw(
        st.lists(st.integers(1990, 2030), min_size=1, max_size=8, unique=True).map(sorted)
        if is_ordered
        else st.lists(st.sampled_from(alt_text_reading.PLACES), min_size=1, unique=True)
    )
    numbers = st.integers(0, 1500) | st.integers(0, 3)
    numbers = numbers if "stacked" in kind else st.none() | numbers | st.integers(-50, 9999)
    rows = {
        name: draw(st.lists(numbers, min_size=len(places), max_size=len(places)))
        for name in draw(st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=5, unique=True))
    }
    traces = []
    for name, found in rows.items():
        trace = {"type": "bar" if "bar" in kind or kind == "stacked" else "scatter", "name": name}
        x, y = list(places), list(found)
        if draw(st.booleans()) and "stacked" not in kind:
            y = typed(y)
        if kind == "lying bar":
            trace |= {"x": y, "y": x, "orientation": "h"}
        elif kind == "line" and is_ordered and len(places) > 2 and isinstance(y, list):
            traces.append({**trace, "x": x[:2], "y": y[:2]})  # goes on dashed
            trace |= {"x": x[1:], "y": y[1:]}
        else:
            trace |= {"x": x, "y": y}
        trace |= {"area": {"fill": "tozeroy"}, "dot": {"mode": "markers"}}.get(kind, {})
        trace |= {"stackgroup": "one"} if kind == "stacked area" else {}
        traces.append(trace)
    unseen = {"x": list(places), "y": [99_999] * len(places), "name": "unseen"}
    traces += draw(
        st.sampled_from(
            [[], [unseen | {"visible": "legendonly"}], [unseen | {"hoverinfo": "skip"}]]
        )
    )
    layout = {"barmode": "stack"} if kind == "stacked" else {}
    is_stack = "stacked" in kind and len(rows) > 1
    return alt_text_reading.Drawn(places, rows, is_stack), {"data": traces, "layout": layout}


@settings(deadline=None, max_examples=400)
@given(charts())
def test_all_that_is_said_is_true(chart):
    drawn, figure = chart
    alt_text_reading.check(describe(figure, "", "Output"), drawn)


@settings(deadline=None, max_examples=200)
@given(charts(), st.data())
def test_a_number_that_is_not_true_would_be_found(chart, data):
    drawn, figure = chart
    words = describe(figure, "", "Output")
    numbers = list(re.finditer(r"\d[\d,]*\d|\d", words))
    if numbers:
        one = data.draw(st.sampled_from(numbers))
        false = str(int(one[0].replace(",", "")) + 1)
        with pytest.raises(AssertionError):
            alt_text_reading.check(words[: one.start()] + false + words[one.end() :], drawn)


KINDS = [
    go.Scatter(x=[1], y=[2]),
    go.Bar(x=["a"], y=[2], error_y={"array": [0.5]}),
    go.Bar(y=["a"], x=[864e5], base=["2023-11-24"], orientation="h"),
    go.Pie(labels=["a"], values=[2]),
    go.Box(y=[1, 2, 3]),
    go.Box(q1=[1], median=[2], q3=[3]),
    go.Violin(x=["a", "a"], y=[2, 3]),
    go.Heatmap(z=[[1, 2], [3]]),
    go.Heatmap(x=[1, 2], y=[1, 1], z=[3, 4]),
    go.Contour(z=[[1, 2], [3, 4]], x=[10, 20], y=["a", "b"]),
    go.Histogram(x=["a", "b", "b"]),
    go.Histogram(x=[1, 2], y=[3, 4], histfunc="sum"),
    go.Histogram2d(x=[1, 2], y=[3, 4]),
    go.Histogram2dContour(x=[1, 2], y=[3, 4]),
    go.Image(z=[[[255, 0, 0], [0, 0, 255]]]),
    go.Scatterternary(a=[1], b=[2], c=[3]),
    go.Scattergeo(lat=[1], lon=[2]),
    go.Choropleth(locations=["FRA"], z=[1]),
    go.Scatterpolar(r=[1, 2], theta=["N", "E"]),
    go.Waterfall(x=["a"], y=[1]),
    go.Funnel(y=["a", "b"], x=[2, 1]),
    go.Parcoords(dimensions=[{"label": "Speed", "values": [1, 2]}]),
    go.Splom(dimensions=[{"label": "Speed", "values": [1, 2]}]),
    go.Scatter3d(x=[1], y=[2], z=[3]),
    go.Surface(z=[[1, 2], [3, 4]]),
    go.Carpet(a=[1], b=[2], y=[3]),
    go.Table(header={"values": ["a", "a"]}, cells={"values": [[1], [2]]}),
]


@pytest.mark.parametrize("trace", KINDS, ids=lambda trace: trace.type)
def test_a_figure_of_any_kind_has_words_and_its_data(trace):
    drawn = figure(trace)
    words = describe(drawn, "", "What is shown")
    table = chart_table_of(read(checked(drawn)))
    assert ": What is shown" in words and len(words) <= LIMIT
    assert (table is None) == (trace.type == "image")


def test_of_an_animation_the_first_frame_is_described_and_that_is_said():
    frames = [go.Frame(data=[line([1, year])], name=str(year)) for year in range(1990, 2002)]
    drawn = go.Figure(line([1, 1990]), frames=frames)
    assert "It is animated, in 12 frames, 1990 to 2001; described is 1990. " in describe(
        json.loads(drawn.to_json()), "", "Output"
    )


# ---- On the page
# ---------------------------------------------------------------------------------------------------


def test_a_chart_without_fig_alt_gets_one_and_the_author_reads_it(site, no_browser):
    site.article(
        "a",
        "#| label: fig-x\nimport plotly.graph_objects as go\n"
        "go.Figure(go.Scatter(x=[2021, 2022], y=[1, 2])).update_layout(title='Trade, US$ bn')",
    )
    publication = open_publication(site.root)
    with ChartRenderer(site.root):
        result = prepare(publication.project, publication.editions, jobs=1)
    words = (
        "Line chart: Trade, US$ bn, 2021 to 2022. It goes from US$1 bn in 2021, the lowest, to US$2 bn in 2022, "
        "the highest."
    )
    assert result.finished[0].figures[0].alt == words
    assert (
        f"posts/a/index.ipynb, cell 2: the chart `fig-x` has no `fig-alt`; this one is generated: “{words}”\n"
        "  → Say in a sentence or two what the chart shows, or keep it."
        in map(str, result.finished[0].notices)
    )
