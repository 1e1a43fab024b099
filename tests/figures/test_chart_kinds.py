"""Charts that are no lines, bars or dots: whatever the data are, the words and the table of a heat
map, a pie, a map, a box and the like hold exactly what it draws.

Each test draws random rows, makes the figure of them as an author would, and computes anew what the
alternative text says and what the table holds.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from statistics import median

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alt_text_reading import COUNTS, PLACES
from conftest import examples
from plotly_alive.alive.keyboard_series import keyboard_series
from plotly_alive.reading.chart_reading import read
from plotly_alive.reading.plotly_json import checked
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.words.alt_text import describe

often = settings(deadline=None, max_examples=examples(20))

COUNTRIES = ["CHL", "FJI", "GHA", "MLT", "PER", "QAT"]
WHOLE = st.integers(-999, 9999)
SIZES = st.integers(0, 9999)
NUMBERS = st.none() | WHOLE
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


def chart_of(figure):
    """The data of a figure that a cell ended in."""
    return read(checked(json.loads(figure.to_json())))


def words_of(figure):
    """The sentences of the alternative text, each without its full stop; the first is its kind."""
    figure.update_layout(title_subtitle_text="Output", title_text="Title")
    return re.split(r"\. (?=[A-Z\d])", describe(chart_of(figure)).removesuffix("."))


def rows_of(figure):
    """The rows of the table, as values."""
    table = chart_table_of(chart_of(figure))
    if table is None:
        return []
    columns = [column.values for column in (*table.index, *table.columns)]
    return list(zip(*columns, strict=True))


def heads_of(figure):
    table = chart_table_of(chart_of(figure))
    assert table is not None
    return [column.header for column in (*table.index, *table.columns)]


def read_out(figure):
    """What the keyboard reads: places and values of the only series."""
    (series,) = keyboard_series(chart_of(figure))
    return [(point.place, point.value) for point in series.points]


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def count(text):
    text = text.lower()
    return COUNTS.index(text) if text in COUNTS else int(number(text))


def columns_of(draw, length, values=NUMBERS):
    return draw(st.lists(values, min_size=length, max_size=length))


def names(draw, least=1):
    return draw(st.lists(st.sampled_from(PLACES), min_size=least, max_size=6, unique=True))


@often
@given(st.data())
def test_a_heat_map(data):
    rows, columns = (
        names(data.draw),
        data.draw(st.lists(st.integers(1990, 2030), min_size=1, max_size=5, unique=True)),
    )
    cells = [columns_of(data.draw, len(columns)) for _ in rows]
    figure = go.Figure(go.Heatmap(x=columns, y=rows, z=cells))
    known = {
        (row, str(column)): value
        for row, found in zip(rows, cells, strict=True)
        for column, value in zip(columns, found, strict=True)
        if value is not None
    }
    _, *sentences = words_of(figure)
    if not known:
        assert sentences == ["It has no figures"]
    else:
        at = r"(\S+), (?:at (\w+) and (\w+)|in (\w+) cells)"
        said = rf"the highest value is {at}; the lowest value is {at}|all values are (\S+)"
        found = re.fullmatch(rf"(\w+) columns? by (\w+) rows?: (?:{said})", sentences[0])
        assert (count(found[1]), count(found[2])) == (len(columns), len(rows))
        if found[11]:
            assert set(known.values()) == {number(found[11])}
        for pick, first in ((max, 3), (min, 7)) if not found[11] else ():
            value, row, column, tied = found.groups()[first - 1 : first + 3]
            assert number(value) == pick(known.values())
            same = [cell for cell, each in known.items() if each == number(value)]
            assert count(tied) == len(same) > 1 if tied else same == [(row, column)]
        empty = len(rows) * len(columns) - len(known)
        assert bool(empty) == (len(sentences) > 1)
        assert not empty or count(sentences[1].split()[0]) == empty
    drawn = [(row, *found) for row, found in zip(rows, cells, strict=True)]
    assert rows_of(figure) == drawn[::-1]


@often
@given(st.data())
def test_a_map_in_colours(data):
    places = names(data.draw)
    values = columns_of(data.draw, len(places))
    codes = [COUNTRIES[PLACES.index(place)] for place in places]
    figure = go.Figure(go.Choropleth(locations=codes, z=values, text=places))
    known = {place: value for place, value in zip(places, values, strict=True) if value is not None}
    _, *sentences = words_of(figure)
    if not known:
        assert sentences == ["It has no figures"]
    elif len(known) > 1 and len(set(known.values())) > 1:
        found = re.search(
            r"[Tt]he highest.*? (?:is|are) (.+), at (\S+), and the lowest", sentences[0]
        )
        if found:
            assert number(found[2]) == max(known.values())
            assert known[re.split(", and |, | and ", found[1])[0]] == max(known.values())
    assert rows_of(figure) == list(zip(places, codes, values, strict=True))
    said = dict(read_out(figure))
    assert set(said) == set(places)
    if len(set(values)) > 1:
        assert {place: number(said[place]) for place in known} == known


@often
@given(st.data(), st.sampled_from([0, 0.4]))
def test_a_pie(data, hole):
    labels = data.draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=8))
    sizes = columns_of(data.draw, len(labels), st.none() | st.integers(-9, 999))
    figure = go.Figure(go.Pie(labels=labels, values=sizes, hole=hole))
    drawn: dict[str, int] = {}
    for label, size in zip(labels, sizes, strict=True):
        if size is not None and size >= 0:
            drawn[label] = drawn.get(label, 0) + size
    whole = sum(drawn.values())
    kind, *sentences = words_of(figure)
    assert kind == ("Donut chart: Output" if hole else "Pie chart: Output")
    shares = re.findall(r"(\w+), ([\d.]+(?: × 10\S+)?)%", " ".join(sentences))
    if not whole:
        assert sentences == ["It has no slices"]
    for label, share in shares if whole else ():
        wanted = drawn[label] / whole * 100
        assert "×" in share or abs(float(share) - wanted) <= max(0.005 * wanted, 1e-9)
    assert rows_of(figure) == [(label, drawn.get(label)) for label in dict.fromkeys(labels)]
    if whole:
        sizes_read = {place: number(text.split(", ")[0]) for place, text in read_out(figure)}
        assert sizes_read == {label: size for label, size in drawn.items() if size}


@often
@given(st.lists(NUMBERS, min_size=1, max_size=20), st.booleans())
def test_a_histogram(values, lies):
    figure = go.Figure(go.Histogram(y=values) if lies else go.Histogram(x=values))
    known = [value for value in values if value is not None]
    _, *sentences = words_of(figure)
    if not known:
        assert sentences == ["It has no values"]
    elif min(known) == max(known):
        found = re.fullmatch(r"(\w+) values?, (\S+)", sentences[0])
        assert (count(found[1]), number(found[2])) == (len(known), known[0])
    else:
        found = re.fullmatch(
            r"(\w+) values? from (\S+) to (\S+); the median is (\S+)", sentences[0]
        )
        assert count(found[1]) == len(known)
        assert (number(found[2]), number(found[3])) == (min(known), max(known))
        assert abs(number(found[4]) - median(known)) <= 0.5
    assert rows_of(figure) == [(value,) for value in values]


@often
@given(st.data(), st.sampled_from(["box", "violin"]))
def test_boxes(data, kind):
    groups = {
        name: data.draw(st.lists(NUMBERS, min_size=1, max_size=7)) for name in names(data.draw)
    }
    make = go.Box if kind == "box" else go.Violin
    figure = go.Figure([make(y=values, name=name) for name, values in groups.items()])
    known = {
        name: sample
        for name, values in groups.items()
        if (sample := [value for value in values if value is not None])
    }
    _, *sentences = words_of(figure)
    drawn = [(name, value) for name, values in groups.items() for value in values]
    assert rows_of(figure) == (drawn if len(groups) > 1 else [(value,) for _, value in drawn])
    if len(known) < len(groups):
        return  # a trace without samples; only the kind is named
    every = [value for sample in known.values() for value in sample]
    ends = re.search(r"values go from (\S+) to ([^\s;]+)", sentences[0])
    assert (number(ends[1]), number(ends[2])) == (min(every), max(every))
    middles = {name: median(sample) for name, sample in known.items()}
    if len(middles) > 1:
        ranks = sorted(middles.values())
        if ranks[0] == ranks[1] or ranks[-1] == ranks[-2]:
            said = r"(?:All )?(\w+) medians (?:from (\S+) to|are) (\S+);"
            tied = re.match(said, sentences[0])
            assert count(tied[1]) == len(middles) and bool(tied[2]) == (ranks[0] != ranks[-1])
            low, high = number(tied[2] or tied[3]), number(tied[3])
            assert abs(low - ranks[0]) <= 0.5 >= abs(high - ranks[-1])
            return
        found = re.match(
            r"The highest of (\w+) medians is that of (\w+), (\S+), and the lowest that of (\w+), ([^;]+);",
            sentences[0],
        )
        assert count(found[1]) == len(middles)
        assert middles[found[2]] == max(middles.values())
        assert middles[found[4]] == min(middles.values())
        assert abs(number(found[3]) - middles[found[2]]) <= 0.5


@often
@given(st.data())
def test_points_with_sizes(data):
    points = data.draw(
        st.lists(st.tuples(WHOLE, WHOLE, st.integers(1, 60)), min_size=1, max_size=9)
    )
    x, y, sizes = map(list, zip(*points, strict=True))
    figure = go.Figure(go.Scatter(x=x, y=y, mode="markers", marker={"size": sizes}))
    _, *sentences = words_of(figure)
    found = re.fullmatch(
        r"(\w+) points?: the horizontal axis from (\S+) to (\S+), and the vertical axis from (\S+) to (\S+)",
        sentences[0],
    )
    if found:  # years make dots over time
        assert count(found[1]) == len(points)
        assert [number(one) for one in found.groups()[1:]] == [min(x), max(x), min(y), max(y)]
        assert rows_of(figure) == points


@often
@given(st.data(), st.sampled_from([go.Candlestick, go.Ohlc]))
def test_candles(data, make):
    days = data.draw(st.lists(DAYS, min_size=1, max_size=6, unique=True))
    sides = {
        side: columns_of(data.draw, len(days), SIZES) for side in ("open", "high", "low", "close")
    }
    figure = go.Figure(make(x=days, **sides))
    _, *sentences = words_of(figure)
    found = re.fullmatch(
        r"It opens at (\S+) and closes at (\S+); the highest is (\S+) .*? and the lowest (\S+) .*",
        sentences[0],
    )
    assert number(found[1]) == sides["open"][days.index(min(days))]
    assert number(found[2]) == sides["close"][days.index(max(days))]
    assert (number(found[3]), number(found[4])) == (max(sides["high"]), min(sides["low"]))
    rows = zip(
        map(str, days), *(sides[one] for one in ("open", "high", "low", "close")), strict=True
    )
    assert rows_of(figure) == list(rows)


@often
@given(st.data())
def test_a_timeline(data):
    tasks = names(data.draw)
    starts = [data.draw(DAYS) for _ in tasks]
    lengths = columns_of(data.draw, len(tasks), st.integers(1, 900))
    ends = [start + timedelta(days) for start, days in zip(starts, lengths, strict=True)]
    frame = pd.DataFrame({"task": tasks, "start": starts, "end": ends})
    figure = px.timeline(frame, x_start="start", x_end="end", y="task")
    (head,) = words_of(figure)
    written = re.fullmatch(r"Timeline: Output, (.+?)(?: to (.+))?", head)
    if re.search(r"\d+ \w+ \d{4}", head):
        read_date = "%d %B %Y"
        assert datetime.strptime(written[1], read_date).date() == min(starts)
        assert datetime.strptime(written[2], read_date).date() == max(ends)
    rows = {(task, start[:10], end[:10]) for task, start, end in rows_of(figure)}
    assert rows == {
        (task, str(start), str(end)) for task, start, end in zip(tasks, starts, ends, strict=True)
    }


@often
@given(st.data(), st.booleans())
def test_a_waterfall_with_totals(data, lies):
    steps = [f"step {at}" for at in range(data.draw(st.integers(1, 7)))]
    measures = [data.draw(st.sampled_from(["relative", "total", "absolute"])) for _ in steps]
    values = columns_of(data.draw, len(steps), st.none() | WHOLE)
    drawn, total = [], 0
    for measure, value in zip(measures, values, strict=True):
        if measure == "total":
            drawn.append(total)
        else:
            drawn.append(value)
            total = (value or 0) + (0 if measure == "absolute" else total)
    sides = {"x": values, "y": steps, "orientation": "h"} if lies else {"x": steps, "y": values}
    figure = go.Figure(go.Waterfall(measure=measures, **sides))
    kind, sentence = words_of(figure)
    assert kind == "Waterfall chart: Output"
    bars = [value for value in drawn if value is not None]
    if not bars:
        assert sentence == "It has no figures"
    elif len(set(bars)) > 1:
        found = re.search(
            r"the highest.*? (?:(?:is|are) .+, at (\S+)|is (\S+), shared by \w+), and the lowest",
            sentence,
        )
        assert number(found[1] or found[2]) == pytest.approx(max(bars), rel=5e-3)
        assert count(sentence.split()[0]) == len(bars)
    rows = list(zip(steps, drawn, strict=True))
    assert sorted(rows_of(figure)) == rows
    said = (
        [(place, number(value)) for place, value in read_out(figure)]
        if any(value is not None for value in drawn)
        else []
    )
    # of a sum above ten thousand, which no value is, three digits are read out
    assert said == [
        (step, pytest.approx(value, rel=5e-3)) for step, value in rows if value is not None
    ]


@often
@given(st.lists(SIZES, min_size=2, max_size=2), st.booleans(), st.booleans())
def test_bars_of_booleans(values, lies, is_express):
    frame = pd.DataFrame({"member": [True, False], "trade": values})
    if is_express:
        figure = px.bar(
            frame, **({"x": "trade", "y": "member"} if lies else {"x": "member", "y": "trade"})
        )
    else:
        sides = (frame["trade"], frame["member"]) if lies else (frame["member"], frame["trade"])
        figure = go.Figure(go.Bar(x=sides[0], y=sides[1], orientation="h" if lies else "v"))
    _, sentence = words_of(figure)
    if values[0] == values[1]:
        assert sentence == f"All two values are {values[0]:,}"
    else:
        high, low = ("true", "false") if values[0] > values[1] else ("false", "true")
        assert sentence == (
            f"The highest is {high}, at {max(values):,}, and the lowest is {low}, at {min(values):,}"
        )
    assert sorted(rows_of(figure)) == [("false", values[1]), ("true", values[0])]


@often
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_bars_of_durations(hours):
    """numpy's durations come out of plotly as numbers of their own unit."""
    durations = np.array(hours, dtype="timedelta64[ns]")
    figure = go.Figure(go.Bar(x=PLACES[: len(hours)], y=durations))
    assert rows_of(figure) == list(zip(PLACES, hours, strict=False))
    assert dict(read_out(figure)) == {
        place: f"{hour:,}" for place, hour in zip(PLACES, hours, strict=False)
    }


@often
@given(st.data())
def test_bars_from_number_to_number(data):
    tasks = names(data.draw)
    starts = columns_of(data.draw, len(tasks), st.integers(1, 999))
    lengths = columns_of(data.draw, len(tasks), st.integers(1, 999))
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    figure = go.Figure(go.Bar(x=tasks, y=lengths, base=starts))
    (head,) = words_of(figure)
    found = re.fullmatch(r"Bar chart: Output, (\S+) to (\S+)", head)
    assert found and (number(found[1]), number(found[2])) == (min(starts), max(ends))
    assert rows_of(figure) == list(zip(tasks, starts, ends, strict=True))


def test_what_is_no_sample_is_not_described_as_one():
    frame = pd.DataFrame({"x": ["a", "a", "b"], "y": [1, 2, 3]})
    assert words_of(px.histogram(frame, x="x", y="y")) == [
        "Histogram: Output",
        "Sum of y: all two values are 3",
    ]
    assert words_of(px.histogram(frame, x="x")) == [
        "Histogram: Output",
        "Three values: the highest is a, at 2, and the lowest is b, at 1",
    ]


def test_the_ends_of_a_timeline_and_days_of_a_histogram_are_written_to_the_day():
    frame = pd.DataFrame(
        {"task": ["a", "b"], "start": ["2020-01-01", "2020-02-01"], "end": "2020-03-05"}
    )
    table = chart_table_of(chart_of(px.timeline(frame, x_start="start", x_end="end", y="task")))
    assert [[cell.text for cell in column.cells()] for column in table.columns] == [
        ["1 January 2020", "1 February 2020"],
        ["5 March 2020", "5 March 2020"],
    ]
    days = chart_table_of(chart_of(go.Figure(go.Histogram(x=["2020-01-05", "2020-01-06"]))))
    assert [cell.text for cell in days.columns[0].cells()] == ["5 January 2020", "6 January 2020"]
