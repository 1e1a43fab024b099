"""A map of countries by value or by category: `bs.charts.world`. The same on tiles, one for each
country: `bs.charts.tiles`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.notebook.charts import countries, map_region
from broadsheet.notebook.charts.chart_parts import (
    ColoursByName,
    check_once,
    finite,
    for_json,
    hover,
    names_for_readers,
)
from broadsheet.notebook.charts.map_classes import classes_of
from broadsheet.notebook.charts.map_tiles import geojson_of, tile_layout, tiles_of
from broadsheet.text.language import t_
from plotly_alive import chart_theme, country_names, map_outlines
from plotly_alive.labels import width

if TYPE_CHECKING:
    import pandas as pd

_LEGEND = {"itemclick": False, "itemdoubleclick": False, "x": 0, "y": 1, "yanchor": "bottom"}
_LINE, _SIGN = 18, 48
"""Pixels of a legend's line, and beside the words of an entry."""
_Names = Mapping[str, str]
"""Names of countries by their codes."""


@dataclass(frozen=True)
class _Group:
    """Countries of one colour."""

    name: str
    """The name by which the legend lists them."""
    colour: str
    """Their colour."""
    codes: Sequence[str]
    """Their codes."""
    values: Sequence[float]
    """The value of each."""
    hover: str = ""
    """The text under the pointer, a template of plotly; "" for none."""
    is_listed: bool = True
    """The legend above the map lists them."""
    is_class: bool = False
    """They are a class of numbers."""


def world(
    data: pd.Series[Any],
    *,
    colours: ColoursByName | None = None,
    labels: Mapping[str, str] | None = None,
    places: Mapping[str, str] | pd.Series[str] | None = None,
    classes: int | Sequence[float] = 5,
    number: str = ".1f",
    unit: str = "",
    region: Collection[str] | None = None,
    tall: int = 372,
) -> go.Figure:
    """Draw a map of the world: ``data`` has a number or a word for each country, by its ISO 3166-1
    alpha-3 code.

    Numbers are in ``classes``: so many, with about as many countries in each, between round
    numbers; or those between the breaks in a list. If some are below zero, zero is a break. Of
    words each has a colour in ``colours``; they are listed above the map, as in ``labels``, each
    with the number of its countries.

    ``places`` are the countries' names for readers; without them, countries have their names in the
    language of the page. ``region`` are the codes of the countries that the map shows; without it,
    it shows the world. Countries that ``data`` does not have are grey, and so are territories that
    the United Nations draw as of undetermined status.
    """
    check_once(data.index, data, map(country_names.one_code, data.index))
    groups = _groups(data, colours, labels, classes, (number, unit))
    present = set(data.index[data.notna()])
    shown = map_outlines.territories(countries.OUTLINES)
    others = [code for code in shown if code not in present]
    groups += _without_data(others, is_listed=colours is None)
    above = _above(groups)
    free = tall - above[0]
    sizes = (chart_theme.WIDE[0], free), (chart_theme.NARROW[0], 216 if region is None else 300)
    views = [map_region.view_of(region, size) for size in sizes]
    fig = _figure(groups, names_for_readers(places))
    fig.update_layout(
        geo={**views[0].geo, "showland": False},
        height=tall,
        margin={"l": 0, "r": 0, "t": above[0], "b": 0},
        legend=_LEGEND,
        meta={
            "narrow": {
                "height": sizes[1][1] + above[1],
                "margin": {"l": 0, "r": 0, "t": above[1], "b": 0},
                "geo": views[1].geo,
            },
            "heads": {"series": str(data.name)} if data.name else {},
        },
    )
    return fig


def tiles(
    data: pd.Series[Any],
    *,
    positions: Mapping[str, tuple[int, int]] | pd.DataFrame | None = None,
    colours: ColoursByName | None = None,
    labels: Mapping[str, str] | None = None,
    places: Mapping[str, str] | pd.Series[str] | None = None,
    short: Mapping[str, str] | pd.Series[str] | None = None,
    classes: int | Sequence[float] = 5,
    number: str = ".1f",
    unit: str = "",
) -> go.Figure:
    """Draw a tile of the same size for each place of ``data``, coloured as :func:`world` colours
    countries, so that small ones count as much as large ones.

    ``positions`` has the column and the row of each place, counted from the left and from the top:
    a table with these columns, or a mapping to pairs. Without it, the places must be countries, by
    ISO 3166-1 alpha-3: each gets a tile near its position on the map, so that the sum of all
    squared distances is the smallest possible. ``short`` has the texts on the tiles; without it,
    they are the codes.
    """
    keys = map(country_names.one_code, data.index) if positions is None else None
    check_once(data.index, data, keys)
    codes = [str(code) for code in data.index]
    where = tiles_of(codes, positions)
    groups = _groups(data[data.notna()], colours, labels, classes, (number, unit))
    groups += _without_data([str(code) for code in data.index[data.isna()]], is_listed=True)
    fig = _figure(groups, names_for_readers(places))
    shapes = geojson_of(where)
    fig.update_traces(geojson=shapes, featureidkey="id", marker={"line": {"width": 2}})
    layout = tile_layout(where, names_for_readers(short), _strong(groups), _above(groups))
    return fig.update_layout(**layout, legend=_LEGEND)


def _groups(
    data: pd.Series[Any],
    colours: ColoursByName | None,
    labels: Mapping[str, str] | None,
    classes: int | Sequence[float],
    measure: tuple[str, str],
) -> list[_Group]:
    """Return the categories of ``data``, or its classes."""
    if colours is not None:
        groups = []
        for word, colour in colours.items():
            codes = [str(code) for code in data.index[data == word]]
            name = f"{(labels or {}).get(word, word)} {len(codes)}"
            groups.append(_Group(name, colour, codes, [1] * len(codes), "%{text}<extra></extra>"))
        return groups
    present = data[data.notna()]
    if any(isinstance(value, (str, bool)) for value in present):
        raise ValueError(
            "the map's data are words: say their `colours`, such as colours={'yes': bs.COLOURS['accent']}"
        )
    values = finite(present)
    breaks = classes_of(values, classes, measure[0])
    of = [breaks.of(value) for value in values]
    said = f"{hover('text', 'z', *measure)}<extra></extra>"
    return [
        _Group(
            name,
            colour,
            [str(code) for code, which in zip(present.index, of, strict=True) if which == at],
            for_json(value for value, which in zip(present, of, strict=True) if which == at),
            said,
            is_class=True,
        )
        for at, (name, colour) in enumerate(zip(breaks.names, breaks.colours, strict=True))
    ]


def _without_data(codes: Sequence[str], *, is_listed: bool) -> list[_Group]:
    """Return the places without data, in grey; none if there are none."""
    grey = chart_theme.PALETTE["chart-grid"][0]
    group = _Group(t_("No data"), grey, codes, [1] * len(codes), is_listed=is_listed)
    return [group] if codes else []


def _figure(groups: Sequence[_Group], named: _Names) -> go.Figure:
    fig = go.Figure()
    for group in groups:
        fig.add_choropleth(
            locations=group.codes,
            z=group.values,
            colorscale=[[0, group.colour], [1, group.colour]],
            showscale=False,
            name=group.name,
            showlegend=group.is_listed,
            text=[named.get(code) or country_names.country_name(code) for code in group.codes],
            hovertemplate=group.hover or None,
            hoverinfo=None if group.hover else "skip",
            meta={"class": True} if group.is_class else None,
        )
    return fig


def _above(groups: Sequence[_Group]) -> tuple[int, int]:
    """Return the pixels for the legend above a map, on a wide page and on a phone."""
    names = [group.name for group in groups if group.is_listed]
    across = width(names) + _SIGN
    wide, narrow = (
        math.ceil(len(names) / max(1, size[0] // across)) * _LINE + 14
        for size in (chart_theme.WIDE, chart_theme.NARROW)
    )
    return wide, narrow


def _strong(groups: Sequence[_Group]) -> set[str]:
    """Return the places whose colour is so strong that letters on it have the colour of the
    paper.
    """
    light = {chart_theme.PALETTE[name][0] for name in ("chart-grid", "chart-3", "chart-4")}
    strong: set[str] = set()
    for group in groups:
        opacity = group.colour.rstrip(")").rpartition(",")[2] if "rgba" in group.colour else 1
        if float(opacity) == 1 and group.colour not in light:
            strong.update(group.codes)
    return strong
