"""The picture of a page, for lists and for other sites: a chart that is drawn for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from broadsheet.errors import AssemblyError, ToolError
from broadsheet.figures.drawing.chart_renderer import Pictures, UndrawableError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.drawing.sketch import card
from broadsheet.project.editions.edition import Edition

Chart = tuple[PageFigure, Mapping[str, Any]]
"""A figure of a page, and the plotly figure that it is made of."""


def add(
    metadata: dict[str, object], edition: Edition, charts: Sequence[Chart], pictures: Pictures
) -> dict[str, bytes]:
    """Add the picture to the ``metadata``: a chart that `image` names by its label, else the first
    chart of a page that is an entry of its own. An edition that no list shows by itself goes without,
    since a picture takes longer than the page.

    Returns the file of the picture by its path in the site. Raises :class:`AssemblyError` if no chart
    has the label, :class:`ToolError` for a browser that fails.
    """
    named = metadata.get("image")
    labels = {figure.label: (figure, plotly) for figure, plotly in charts}
    if (
        isinstance(named, str)
        and named.startswith("fig-")
        and "." not in named
        and named not in labels
    ):
        raise AssemblyError(
            edition.source.place(1),
            f"`image` names {named!r}, and no chart has that label",
            f"There are: {', '.join(labels) or 'no charts'}.",
        )
    eligible = [labels[str(named)]] if named in labels else [] if named else charts
    if eligible:
        metadata.pop("image", None)
    chosen = next((chart for chart in eligible if chart[0].kinds and not chart[0].number), None)
    is_entry = edition.is_first or edition.settings.edition_entries == "each"
    if chosen is None or not is_entry:
        return {}
    figure, plotly = chosen
    try:
        drawn = card(dict(plotly), pictures)
    except UndrawableError:
        return {}
    except ToolError as error:
        what = f"the picture of the page, of the chart `{figure.label}`: {error.what}"
        raise ToolError(edition.source.place(), what, error.mend, topic=error.topic) from error
    if drawn is None:
        return {}
    path = edition.files / f"{figure.label}.png"
    metadata["image"] = f"{path.parent.name}/{path.name}"
    metadata.setdefault("image-alt", figure.alt)
    return {str(path): drawn}
