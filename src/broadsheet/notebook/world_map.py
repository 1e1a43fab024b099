"""A map of countries by category: `bs.charts.world`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from broadsheet.notebook import chart_theme, map_outlines
from broadsheet.notebook.chart_parts import Colours

if TYPE_CHECKING:
    import pandas as pd


def world(
    data: pd.Series[Any],
    *,
    colours: Colours,
    labels: Mapping[str, str] | None = None,
    places: Mapping[str, str] | pd.Series[str] | None = None,
    tall: int = 372,
) -> go.Figure:
    """A map of the world: ``data`` has a word for each country, by its ISO 3166-1 alpha-3 code, and
    each word has a colour.

    The words are listed above the map, as in ``labels``, each with the number of its countries.
    ``places`` are the countries' names for hover labels. Countries that ``data`` does not have are
    grey, and so are territories that the United Nations draw as of undetermined status.
    """
    named = {} if places is None else dict(places.items())
    fig = go.Figure()
    for word, colour in colours.items():
        codes = [str(code) for code in data.index[data == word]]
        name = (labels or {}).get(word, word)
        fig.add_choropleth(
            locations=codes,
            z=[1] * len(codes),
            colorscale=[[0, colour], [1, colour]],
            showscale=False,
            name=f"{name} {len(codes)}",
            showlegend=True,
            text=[str(named.get(code, code)) for code in codes],
            hovertemplate="%{text}<extra></extra>",
        )
    others = [code for code in map_outlines.territories("world_110m") if code not in data.index]
    grey = chart_theme.PALETTE["chart-grid"][0]
    fig.add_choropleth(
        locations=others,
        z=[1] * len(others),
        colorscale=[[0, grey], [1, grey]],
        showscale=False,
        showlegend=False,
        hoverinfo="skip",
    )
    legend = {"itemclick": False, "itemdoubleclick": False, "x": 0, "y": 1, "yanchor": "bottom"}
    # Cut through the Bering Strait, and without Antarctica, where nobody votes.
    fig.update_layout(
        geo={
            "projection": {"rotation": {"lon": 11}},
            "lonaxis": {"range": [-169, 191]},
            "lataxis": {"range": [-58, 84]},
            "showland": False,
        },
        height=tall,
        margin={"l": 0, "r": 0, "t": 32, "b": 0},
        legend=legend,
        meta={"narrow": {"height": 270, "margin": {"l": 0, "r": 0, "t": 54, "b": 0}}},
    )
    return fig
