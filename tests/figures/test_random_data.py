"""Random descriptors, tables and figures, each a good one that somebody has spoilt: it works, or it
is told as a fault.

What is looked for is any other exception, and what never ends. To look longer:
`HYPOTHESIS_EXAMPLES=5000 pytest tests/figures/test_random_data.py`.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bad_data import descriptors, tables
from broadsheet.data.catalogue import Catalogue
from broadsheet.errors import BroadsheetError, UnexpectedError
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.figure_making import drawn, sketched
from conftest import TABLE, Site, examples
from plotly_alive.errors import FigureError
from plotly_alive.reading.plotly_json import checked

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", examples(20)))
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="HYPOTHESIS_EXAMPLES" not in os.environ,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "",
            "\0",
            "a\nb",
            "2023-02-30",
            "P9Y",
            "1e999",
            "date",
            "bar",
            "year",
            "nan",
            "-1",
            "<b>",
            "9" * 400,
            10**309,
        ]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "text", "type", "x", "bdata", "dtype", "range", "title"])
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of nested JSON stand."""
    if path:
        yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in items:
        yield from paths(one, (*path, key))


@st.composite
def spoilt(draw: st.DrawFn, good: Any) -> Any:
    """A good value of which a few parts are taken out, replaced or added to."""
    value = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        *parents, last = draw(st.sampled_from(sorted(paths(value), key=str) or [("",)]))
        parent = value
        for step in parents:
            parent = parent[step]
        if draw(st.booleans()) or not isinstance(parent, (dict, list)):
            parent[last] = draw(VALUES)
        elif isinstance(parent, dict):
            del parent[last]
        else:
            parent.insert(0, draw(VALUES))
        if not value:
            break
    return value


@often
@given(descriptor=spoilt(descriptors.good()))
def test_descriptors(site: Site, descriptor: Any) -> None:
    site.write("data/trade.csv", "year,total\n2021,146.9\n")
    (site.root / "data/datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    try:
        catalogue = Catalogue.open(site.root)
        catalogue.states()
        assert not [fault for fault in catalogue.check() if isinstance(fault, UnexpectedError)]
    except UnexpectedError:
        raise
    except BroadsheetError as fault:
        assert fault.what and fault.mend


PIECES = st.sampled_from(
    [
        tables.HEADER,
        tables.ROW,
        b"\n",
        b"\r",
        b",",
        b'"',
        b"\0",
        b"\xff",
        b"-",
        b"9",
        b".",
        b"e5",
        b"nan",
        "é".encode(),
        b"2023-02-30",
        b"\xef\xbb\xbf",
        b"year",
        b"total",
    ]
) | st.binary(max_size=4)


@often
@given(
    content=st.lists(PIECES, max_size=12).map(b"".join)
    | st.lists(PIECES, max_size=6).map(lambda pieces: tables.GOOD + b"".join(pieces))
)
def test_tables(site: Site, content: bytes) -> None:
    (site.root / "data").mkdir(exist_ok=True)
    (site.root / "data/trade.csv").write_bytes(content)
    site.write(
        "data/datapackage.json",
        json.dumps(
            {
                "name": "test",
                "title": "Test",
                "resources": [
                    {**TABLE, "schema": {"fields": tables.FIELDS, "primaryKey": ["year"]}}
                ],
            }
        ),
    )
    faults = Catalogue.open(site.root).check()
    assert faults and not [fault for fault in faults if isinstance(fault, UnexpectedError)]


FIGURES = [
    {
        "data": [
            {
                "type": "scatter",
                "x": [2020, 2021, 2022],
                "y": [1.5, 2.5, 3.5],
                "name": "A",
                "mode": "lines",
            },
            {
                "type": "scatter",
                "x": ["2020", "2021"],
                "y": {"dtype": "f8", "bdata": "AAAAAAAA8D8AAAAAAAAAQA=="},
            },
        ],
        "layout": {
            "title": {"text": "T", "subtitle": {"text": "US$ bn"}},
            "height": 300,
            "xaxis": {"range": [2020, 2022]},
            "yaxis": {"tickformat": ",.1f", "ticksuffix": "%"},
            "annotations": [
                {"text": "A", "x": 2022, "y": 3.5, "xanchor": "left", "showarrow": False}
            ],
            "meta": {"narrow": {"height": 400}},
            "template": {"layout": {"margin": {"l": 10}}},
        },
    },
    {
        "data": [
            {
                "type": "bar",
                "x": ["a", "b"],
                "y": [1, -2],
                "orientation": "v",
                "text": ["one", "two"],
            }
        ],
        "layout": {
            "barmode": "stack",
            "shapes": [{"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 1}],
        },
    },
    {"data": [{"type": "pie", "labels": ["a", "b"], "values": [1, 2]}], "layout": {}},
    {
        "data": [{"type": "heatmap", "x": ["a", "b"], "y": ["c", "d"], "z": [[1, 2], [3, 4]]}],
        "layout": {},
    },
    {
        "data": [
            {
                "type": "choropleth",
                "locations": ["DEU", "FRA"],
                "z": [1, 2],
                "colorbar": {"title": {"text": "%"}},
            }
        ],
        "layout": {"geo": {"scope": "europe"}},
    },
    {
        "data": [{"type": "histogram", "x": [1, 2, 2, 3]}, {"type": "box", "y": [1, 2, 9]}],
        "layout": {},
    },
]


UNDRAWN = Pictures(Path("/none"))
"""No pictures: what is drawn is plotly's matter."""


@often
@given(figure=st.sampled_from(FIGURES).flatmap(spoilt))
def test_figures(figure: Any) -> None:
    try:
        sketch = sketched(checked(figure), "fig-x", PurePosixPath("a/index_files"))
        made = drawn(sketch, UNDRAWN)
    except (BroadsheetError, FigureError) as fault:
        assert fault.what and fault.mend
        return
    json.loads(made.assets["a/index_files/fig-x.json"], parse_constant=pytest.fail)
    assert made.figure.alt


def test_the_good_ones_are_good(site: Site) -> None:
    for figure in FIGURES:
        made = drawn(sketched(checked(figure), "fig-x", PurePosixPath("a")), UNDRAWN)
        assert made.figure.alt
    site.table()
    assert Catalogue.open(site.root).check() == []
    assert Path(site.root, "data/trade.csv").is_file()
