"""A figure is read as plotly reads it: which type an axis has, which texts are numbers or dates."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from plotly_alive.reading.axis_types import type_of
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words.alt_text import describe


def chart_of(*traces, **layout):
    """The chart of plotly's JSON without a template, as other libraries write it."""
    data = [json.loads(trace.to_json()) for trace in traces]
    return read(checked({"data": data, "layout": layout}))


@pytest.mark.parametrize(
    ("column", "kind", "strict"),
    [
        ([1, 2.5, None], "linear", "linear"),
        (["1,000", "3$", "12 %", " 7 "], "linear", "category"),
        (["a", "b", 3], "linear", "linear"),
        (["a", "b", "c", 3], "category", "category"),
        (["2020-01-01", "2020-1-2 05:30"], "date", "date"),
        (["2020", "2021"], "linear", "category"),
        ([True, False], "category", "category"),
        ([["a", "b"], ["c", "d"]], "multicategory", "multicategory"),
        ([None, None], "", ""),
    ],
)
def test_an_axis_has_the_type_that_plotly_gives_to_it(column, kind, strict):
    assert type_of(column, is_strict=False) == kind
    assert type_of(column, is_strict=True) == strict


def test_numbers_are_cleaned_as_plotly_cleans_them():
    chart = chart_of(go.Bar(x=["a", "b", "c", "d"], y=["3$", "1,000", "12 %", "none"]))
    assert describe(chart) == (
        "Bar chart. The highest of three is b, at 1,000, and the lowest is a, at 3. "
        "There is no figure for d."
    )
    assert chart_table_of(chart).columns[0].values == [3, 1000, 12, None]


def test_texts_of_numbers_are_names_if_the_template_is_strict():
    template = {"layout": {"autotypenumbers": "strict"}}
    chart = chart_of(go.Scatter(x=["7", "5", "3"], y=[1, 2, 3]), template=template)
    assert "The highest of three is 3, at 3" in describe(chart)


def test_a_logarithmic_axis_draws_nothing_that_is_not_above_zero():
    chart = chart_of(go.Scatter(x=[2020, 2021, 2022], y=[-5, 10, 100]), yaxis={"type": "log"})
    assert "from 10 in 2021, the lowest, to 100 in 2022" in describe(chart)
    assert chart_table_of(chart).columns[0].values == [-5, 10, 100]  # nothing of the data is lost


def test_a_plane_on_logarithmic_axes_is_told_as_far_as_it_is_drawn():
    points = go.Scatter(x=[-1, 10, 20, 15], y=[5, -5, 30, 40], mode="markers")
    chart = chart_of(points, xaxis={"type": "log"}, yaxis={"type": "log"})
    assert (
        "Two points: the horizontal axis from 15 to 20, and the vertical axis from 30 to 40"
        in describe(chart)
    )
    assert -1 in chart.traces[0].column("place")


def test_milliseconds_on_an_axis_of_dates_are_dates():
    chart = chart_of(go.Scatter(x=[0, 864e5], y=[1, 2]), xaxis={"type": "date"})
    assert "from 1 on 1 January 1970, the lowest, to 2 on 2 January 1970" in describe(chart)


def test_a_line_of_x_alone_has_its_numbers_in_order():
    assert describe(chart_of(go.Scatter(x=["a", "b", "c"]))) == (
        "Line chart. The highest of three is c, at 2, and the lowest is a, at 0."
    )
    dates = ["2020-01-01", "2020-03-01"]
    assert "from 0 in January 2020" in describe(chart_of(go.Scatter(x=dates)))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"$\alpha_{1c} = 352 \pm 11 \text{ km s}^{-1}$", "α_1c = 352 ± 11 km s⁻¹"),
        (r"$i\hbar\frac{d\Psi}{dt}=-\frac{\hbar^2}{2m}\nabla^2\Psi$", "iℏdΨ/dt=-(ℏ²)/(2m)∇²Ψ"),
        (r"Rate $\left(\sqrt{x^2}\right)$", "Rate (√(x²))"),
        ("US$5 to US$10", "US$5 to US$10"),
        ("10<sup>6</sup> m<sup>2</sup>", "10⁶ m²"),
        ("first<br />second<BR>third <i>x</i>", "first second third x"),
        ("A &amp; B, 20 &#176;C, x &lt; 3 &rest;", "A & B, 20 °C, x < 3 &rest;"),
        ("&amp;amp;", "&amp;"),
        ("bars < 3, lines > 5", "bars < 3, lines > 5"),
        (r"$\frac{$", "/"),
    ],
)
def test_markup_is_read_as_text(written, text):
    chart = chart_of(go.Bar(x=[written, "b"], y=[2, 1], name=written), title={"text": written})
    assert chart.title == text and chart.traces[0].name == text
    assert f"The highest is {text}, at 2" in describe(chart)
    assert text in chart_table_of(chart).csv()


def test_values_of_meta_stand_in_the_texts_that_name_them():
    chart = chart_of(
        go.Scatter(x=[2020, 2021], y=[1, 2], name="%{meta.city}", meta={"city": "Kyiv"}),
        go.Scatter(x=[2020, 2021], y=[3, 4], name="%{meta[1]} %{meta[9]}", meta=["a", "Lviv"]),
        title={"text": "%{meta[0]} in %{data[0].meta.city}"},
        meta=["Trams"],
    )
    assert describe(chart) == (
        "Line chart: Trams in Kyiv, 2020 to 2021. “Lviv” goes from 3 to 4 and ends highest; "
        "“Kyiv” from 1 to 2."
    )


def test_a_year_of_two_digits_on_an_axis_of_dates_is_a_year():
    chart = chart_of(go.Scatter(x=["20-12-20", "21-01-20"], y=[1, 2]), xaxis={"type": "date"})
    assert "from 1 on 20 December 2020, the lowest, to 2 on 20 January 2021" in describe(chart)
