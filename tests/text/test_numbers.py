"""How a number becomes text: one way for facts, tables, charts, evidence and lists."""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from babel import Locale, localedata, numbers
from hypothesis import assume, given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect

import broadsheet
from broadsheet.notebook.charts.chart_parts import written
from broadsheet.notebook.charts.map_classes import classes_of
from broadsheet.notebook.claims.comparatives import multiplied
from broadsheet.notebook.values.number_format import read
from broadsheet.notebook.values.shown_values import shown
from broadsheet.notebook.values.units import unit_of
from broadsheet.notebook.values.written_numbers import as_given, in_computation, with_limit
from broadsheet.site.theme.templates import exact
from broadsheet.text.language import language_of, n_, notation_of, speaking, written_number
from plotly_alive.alive.keyboard_series import keyboard_series
from plotly_alive.reading.chart_reading import read as read_chart
from plotly_alive.reading.number_words import AxisNumbers
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.table.table import Column
from plotly_alive.text.numbers import (
    AS_IT_IS,
    AT_A_GLANCE,
    COMPACT,
    COMPUTED,
    COUNT,
    ENGLISH,
    YEAR,
    NumberStyle,
    column_decimals,
    fixed,
    style_of,
)
from plotly_alive.words.alt_text import describe

THEME = Path(broadsheet.__file__).parent / "theme"
LANGUAGES = ("en", "de", "fr", "es", "de-CH", "sv")


# ---- The rules


@pytest.mark.parametrize(
    "value, style, text",
    [
        # Halves, away from zero, of the number that Python writes
        (0.5, COUNT, "1"),
        (1.5, COUNT, "2"),
        (2.5, COUNT, "3"),
        (-2.5, COUNT, "−3"),
        (2.675, fixed(2), "2.68"),
        (1.005, fixed(2), "1.01"),
        (6.05, fixed(1), "6.1"),
        (1.4999999999999998, COUNT, "1"),
        (0.285, NumberStyle(is_percent=True), "29%"),
        (5_635_844_503_606.411, fixed(3), "5,635,844,503,606.411"),
        # Zero has no sign
        (-0.0, COUNT, "0"),
        (-0.04, fixed(1), "0.0"),
        (-0.0004, NumberStyle(is_percent=True), "0%"),
        (-1e-9, fixed(6), "0.000000"),
        (0, NumberStyle(is_signed=True), "0"),
        (3, NumberStyle(is_signed=True), "+3"),
        # The sign stands before the unit
        (-1234.5, fixed(1).with_unit("US$", " bn"), "−US$1,234.5 bn"),
        (1, COUNT.with_unit(suffix=" tonnes"), "1 tonne"),
        (-1, COUNT.with_unit(suffix=" tonnes"), "−1 tonne"),
        (2, COUNT.with_unit(suffix=" tonnes"), "2 tonnes"),
        (1, COUNT.with_unit(suffix=" km"), "1 km"),
        # Without a bound, and missing
        (math.inf, fixed(1), "∞"),
        (-math.inf, fixed(1).with_unit("$"), "−$∞"),
        (math.nan, fixed(1), ""),
        # Digits
        (99.96, AT_A_GLANCE, "100"),
        (0.00001234, AT_A_GLANCE, "0.0000123"),
        (-1.2e-7, AT_A_GLANCE, "−1.2 × 10⁻⁷"),
        (12_345.6, AT_A_GLANCE, "12,346"),
        (9467.205, COMPUTED, "9,467.21"),
        (0.1 + 0.2, AS_IT_IS, "0.3"),
        (123_456_789_012, AS_IT_IS, "123,456,789,012"),
        (10**16, COMPUTED, "1 × 10¹⁶"),
        (12_345, COMPACT, "12,300"),
        (9_999.6, COMPACT, "10,000"),
        (999_499, COMPACT, "999,000"),
        (999_500, COMPACT, "1 million"),
        (1_405_000_000, COMPACT, "1.41 billion"),
        (999.5e12, COMPACT, "1 × 10¹⁵"),
        (2022, YEAR, "2022"),
        # Of NumPy, and without limits
        (np.int64(1234), COUNT, "1,234"),
        (np.float64(0.05), fixed(1), "0.1"),
        (-(10**40) - 1, COUNT, "−10" + ",000" * 12 + ",001"),
        (Decimal("1e30"), fixed(2), "1" + ",000" * 10 + ".00"),
    ],
)
def test_a_number_is_written_by_its_style(value: float, style: NumberStyle, text: str) -> None:
    assert style.write(value, ENGLISH) == text


def test_the_notation_of_english_is_that_of_its_language() -> None:
    assert language_of("en").notation == ENGLISH


@pytest.mark.parametrize(
    "number_format, text",
    [
        (",.1f", "1,234.6"),
        (".1f", "1,234.6"),
        ("$,.2f", "1,234.57"),
        (",.3~f", "1,234.568"),
        (",.2~f", "1,234.57"),
        ("d", "1,235"),
        (".3g", "1,235"),
        (".1%", "123,456.8%"),
        ("+,.0f", "+1,235"),
        ("", "1,234.5678"),
    ],
)
def test_a_format_of_plotly_is_a_style(number_format: str, text: str) -> None:
    style = style_of(number_format)
    assert style is not None and style.write(1234.5678, ENGLISH) == text


@pytest.mark.parametrize("number_format", [".2s", "x", "%Y", ",.1f bn"])
def test_what_is_no_format_of_a_number_is_no_style(number_format: str) -> None:
    assert style_of(number_format) is None
    with pytest.raises(ValueError, match="write a format such as"):
        written(1.5, number_format)


@given(st.floats(-1e15, 1e15), st.integers(0, 6))
def test_halves_are_rounded_as_decimals_are(value: float, decimals: int) -> None:
    rounded = fixed(decimals).rounded(value)
    step = Decimal(1).scaleb(-decimals)
    assert rounded == Decimal(repr(value)).quantize(step, ROUND_HALF_UP)
    assert str(rounded) == fixed(decimals).write(value, ENGLISH).replace(",", "").replace("−", "-")


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([COUNT, fixed(2), AT_A_GLANCE, COMPUTED, COMPACT, NumberStyle(0, 3)]),
)
def test_a_number_that_is_rounded_stays_what_it_is(value: float, style: NumberStyle) -> None:
    rounded = style.rounded(value)
    assert style.rounded(rounded) == rounded
    assert style.write(rounded, ENGLISH) == style.write(value, ENGLISH)


@pytest.mark.parametrize("value", [1234, 1234567.05, 12.5, 0])
def test_marks_are_those_of_the_languages(value: float) -> None:
    """A peer: Babel, by the data of the Unicode CLDR, with groups of three in each language."""
    for name in localedata.locale_identifiers():
        locale = Locale.parse(name)
        babel = numbers.format_decimal(Decimal(repr(value)), "#,##0.##", locale=locale)
        assert NumberStyle(0, 2).write(value, notation_of(locale)) == babel, name


def test_words_and_signs_are_those_of_the_language() -> None:
    with speaking("de"):
        assert written_number(1_000_000, COMPACT) == "1 Million"
        assert written_number(-2_345_000_000, COMPACT) == "−2,35 Milliarden"
        assert written_number(0.125, NumberStyle(1, 1, is_percent=True)) == "12,5\u00a0%"
        assert n_("%(number)s row", "%(number)s rows", 1234).startswith("1.234")


# ---- The places


def _decimals_of(text: str, mark: str) -> int:
    number = re.search(rf"\d(?:[^ {re.escape(mark)}]*\d)?(?:{re.escape(mark)}(\d+))?", text)
    assert number is not None
    return len(number[1] or "")


def _said(value: float, decimals: int, language: str) -> dict[str, str]:
    """The text of a value in `km` with so many decimals, in each place."""
    style, notation = fixed(decimals), language_of(language).notation
    label = f"%{{x}}: %{{y:,.{decimals}f}} km"
    figure = go.Figure(go.Scatter(x=[2021], y=[value], hovertemplate=label, mode="lines"))
    chart = read_chart(json.loads(figure.to_json()))
    example = style.write(-1234.5, notation) + " km"
    (series,) = keyboard_series(chart)
    described = describe(chart).rpartition(", ")[2].partition(" km")[0]
    ((*_, cell),) = [[column.cells()[0].text for column in chart_table_of(chart).columns]]
    return {
        "style": style.with_unit(suffix=" km").write(value, notation),
        "fact": read(Decimal(repr(value)), unit_of("km"), [example], language).text,
        "chart": f"{written(value, f',.{decimals}f')} km",
        "pointer": series.points[0].value,
        "table": f"{cell} km",
        "alternative text": f"{described} km",
        "measure": AxisNumbers("", " km", f",.{decimals}f").write(value),
    }


@given(
    st.integers(-(10**8), 10**8),
    st.integers(0, 4),
    st.integers(0, 3),
    st.sampled_from(LANGUAGES),
)
def test_a_value_has_the_same_digits_everywhere(
    digits: int, power: int, decimals: int, language: str
) -> None:
    """Many of these values end in a half."""
    value = digits / 10**power
    assume(abs(value) < 1e6 and fixed(decimals).rounded(value))
    with speaking(language):
        texts = _said(value, decimals, language)
        assert set(texts.values()) == {texts["style"]}, texts
        evidence = shown(value, "km", language, digits=3)
        notation = language_of(language).notation
        same = fixed(_decimals_of(evidence, notation.decimal)).with_unit(suffix=" km")
        assert evidence == same.write(value, notation)


@given(st.integers(-(10**6), 10**6), st.integers(0, 2), st.sampled_from(LANGUAGES))
def test_a_percentage_has_the_same_digits_everywhere(
    thousandths: int, decimals: int, language: str
) -> None:
    share = thousandths / 1000
    number_format = f",.{decimals}%"
    with speaking(language):
        text = NumberStyle(decimals, decimals, is_percent=True).write(
            share, language_of(language).notation
        )
        assert written(share, number_format) == text
        if fixed(decimals + 2).rounded(share) and abs(share) < 1e4:
            assert AxisNumbers("", "", number_format).write(share) == text
        label = f"%{{x}}: %{{y:{number_format}}}"
        figure = go.Figure(go.Bar(x=["A"], y=[share], hovertemplate=label))
        table = chart_table_of(read_chart(json.loads(figure.to_json())))
        assert table.columns[-1].cells()[0].text == text


def test_a_change_is_that_of_the_values_that_are_read() -> None:
    """In binary, 0.35 - 0.1 is a little less than 0.25."""
    figure = go.Figure(go.Scatter(x=[2020, 2021], y=[0.1, 0.35], hovertemplate="%{y:.1f} km"))
    (series,) = keyboard_series(read_chart(json.loads(figure.to_json())))
    assert series.points[1].change == "+0.3"


def test_a_condition_says_a_limit_as_the_language_writes_numbers() -> None:
    with speaking("de"):
        assert with_limit("Handel", ">", 1_000_000) == "Handel > 1.000.000"
        assert with_limit("Jahr", "≥", 2014) == "Jahr ≥ 2014"
        assert with_limit("Anteil", "<", np.float64(0.5)) == "Anteil < 0,5"
        assert with_limit("Postleitzahl", "=", 10115) == "Postleitzahl = 10115"
        assert as_given(1234.5) == "1.234,5"


def test_a_claim_says_how_many_times_without_an_exponent() -> None:
    import pandas as pd

    values = pd.Series({2020: 1.0, 2021: 3e6})
    assert "2,500,000 times" in multiplied(values, 2020, 2021, 2_500_000, source="@x").says


@pytest.mark.parametrize(
    "value, text",
    [(1e-7, "1 × 10⁻⁷"), (2014, "2014"), (-1234.5, "−1,234.5"), (12_345_678.25, "12,345,678.3")],
)
def test_a_computation_has_no_notation_of_programs(value: float, text: str) -> None:
    assert in_computation(value) == text


def test_a_range_of_a_fact_has_signs_and_groups() -> None:
    fact = {"value": [-1234567890123, 0.5], "unit": "km", "text": "−1,234,567,890,123 to 0.5 km"}
    assert exact(fact) == "−1,234,567,890,123 to 0.5 km"


def test_labels_of_charts_and_classes_have_the_sign_that_texts_have() -> None:
    assert written(-1234.56, ".1f") == "−1,234.6"
    assert written(1990, ".0f") == "1990"
    assert written(1990, ",.0f") == "1,990"
    assert classes_of([-5.0, 5.0], [-1500.0, 0.0], ".1f").names[1] == "−1,500–0"


def test_a_column_of_trillions_keeps_its_digits() -> None:
    (cell,) = Column(("a",), "number", [5_635_844_503_606.411]).cells()
    assert (cell.text, cell.exact) == ("5,635,844,503,606.411", "")
    assert column_decimals([0.00123, 0.00456]) == 5


# ---- In the browser

PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><body>
<section class="edition-compare" data-places="[1, 2]" data-positions="[1, 2]" data-names='["A"]'
 data-before="" data-after="" data-separators="{separators}" data-words='{{}}'></section>
<table><tbody>{rows}</tbody></table><script type="module" src="editions.js"></script></body></html>"""
VALUES = (0.0, 1.005, -2.345, 99.96, 100.4, -1234.0, 1234567.0, 0.000123, 1.2e-7, -3.45e-12, 2e17)


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_writes_values_of_editions_as_their_table_does(
    browser: Browser, serve: Callable[..., str], tmp_path: Path, language: str
) -> None:
    rows = "".join(
        f"<tr data-key='{at}' data-lines='[[null, {float(AT_A_GLANCE.rounded(value))!r}]]' "
        f"data-estimates='00'><th><a href='#'>{at}</a></th></tr>"
        for at, value in enumerate(VALUES)
    )
    separators = language_of(language).separators
    (tmp_path / "index.html").write_text(
        PAGE.format(lang=language, separators=separators, rows=rows), "utf-8"
    )
    shutil.copy(THEME / "editions.js", tmp_path)
    address, page = serve(tmp_path), browser.new_page()
    with speaking(language):
        for at, value in enumerate(VALUES):
            page.goto(f"{address}/index.html?with={at}")
            expect(page.locator("dd")).to_have_text(written_number(value, AT_A_GLANCE))
    page.close()
