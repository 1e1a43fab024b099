"""Makes a cell's plotly figure a chart of the publication: a :class:`Figure`.

The figure's own title and subtitle become text, and the picture is drawn without them, once for a
wide page and once for a phone. Beside the page go the figure's JSON, from which the interactive
chart is made when a reader comes to it, the picture in light and dark, the data as CSV, and the
whole of it, with title and source, as a picture to take along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.origin import Origin
from broadsheet.figures import svg, tables
from broadsheet.figures.alt_text import describe
from broadsheet.figures.chart_reading import read
from broadsheet.figures.chart_renderer import Pictures
from broadsheet.figures.chart_table import tabulate
from broadsheet.figures.credits import NOTHING, Given, credits_of
from broadsheet.figures.drawing import PlotlyFigure
from broadsheet.figures.figure import Export, Figure
from broadsheet.figures.figure_layout import narrow, wide
from broadsheet.figures.interactive_file import interactive, trace_types
from broadsheet.figures.keyboard_series import keyboard_series
from broadsheet.figures.sketch import Sketch
from broadsheet.language import spoken

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.plotly.v1+json"
_SEPARATORS = ".,"
"""plotly's own marks: of decimals, and between thousands."""


def make(
    figure: PlotlyFigure,
    identifier: str,
    folder: PurePosixPath,
    pictures: Pictures,
    *,
    alt: str = "",
    given: Given = NOTHING,
    catalogue: Catalogue | None = None,
    drawn_from: Sequence[str] = (),
    saved_as: str = "",
    page: str = "",
) -> tuple[Figure, Sketch]:
    """The chart of a ``figure`` that is :func:`~broadsheet.figures.plotly_json.checked`, and what
    its pictures are drawn from.

    ``folder`` is where the edition's files lie, from the site's root. Without ``alt``, the figure
    is described from its data. ``drawn_from`` are the tables that it is drawn from; ``saved_as`` is
    what its files are called when a reader takes them along; ``page`` is the path of its own
    page, if it has one. Raises as ``pictures`` does.
    """
    chart = read(figure)
    alt = alt or describe(chart)
    series = keyboard_series(chart)
    table = tabulate(chart, _columns(catalogue, drawn_from))
    credits = credits_of(given, _frames(catalogue, drawn_from), table)
    untitled = _untitled(figure)
    on_page, on_phone = wide(untitled), narrow(untitled)
    files = {f"{identifier}.json": interactive(on_page[0], on_phone[0], series)}
    if table is not None:
        files[f"{identifier}.csv"] = table.csv().encode()
    sketch = Sketch(on_page, on_phone, chart.title, chart.subtitle, credits, alt)
    drawings = sketch.draw(pictures)
    if drawings is not None:
        files[f"{identifier}.svg"] = svg.standalone_svg(drawings.wide, alt, dark=False)
        files[f"{identifier}-dark.svg"] = svg.standalone_svg(drawings.wide, alt, dark=True)
        files[f"{identifier}-full.svg"] = drawings.export
        if drawings.png is not None:
            files[f"{identifier}-full.png"] = drawings.png
    made = Figure(
        identifier,
        chart.title,
        chart.subtitle,
        alt,
        credits,
        folder,
        drawings=drawings,
        table=table,
        series=series,
        trace_types=trace_types(on_page[0]),
        files=files,
        exports=tuple(_exports(files, identifier, saved_as or identifier)),
        page=page,
        needs_source=not credits.sources and given.sources is None,
    )
    return made, sketch


def _untitled(figure: PlotlyFigure) -> PlotlyFigure:
    """The figure as it is drawn: its title is the page's, its numbers have the language's marks."""
    layout = {name: value for name, value in figure["layout"].items() if name != "title"}
    if spoken().separators != _SEPARATORS:
        layout.setdefault("separators", spoken().separators)
    return {"data": figure["data"], "layout": layout}


def _exports(files: Iterable[str], identifier: str, saved_as: str) -> Iterator[Export]:
    for ending, kind in ((".csv", "CSV"), ("-full.svg", "SVG"), ("-full.png", "PNG")):
        if (name := f"{identifier}{ending}") in files:
            yield Export(kind, name, f"{saved_as}.{kind.lower()}")


def _columns(
    catalogue: Catalogue | None, names: Iterable[str]
) -> Iterator[tuple[tables.Column, frozenset[Any]]]:
    if catalogue is not None:
        for name in names:
            yield from (
                (column, values) for _, column, values in tables.known_columns(catalogue, name)
            )


def _frames(
    catalogue: Catalogue | None, names: Iterable[str]
) -> Iterator[tuple[Origin, pd.DataFrame]]:
    if catalogue is not None:
        for name in names:
            frame = catalogue.table(name)
            yield frame.attrs["origin"], frame
